"""Test the sections Purpose and Background: what the Minister is told first."""

import re
from datetime import date

import pytest

from reports.compose import write
from reports.compose.brief import MOST_BULLETS
from reports.compose.facts import LastPaper
from reports.document import words
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    POLICE,
    delay,
    facts,
    item,
    paper,
    section_texts,
    step,
    update_of,
    withdrawn,
)
from workitems.models import Return, Round

_CHANGE = re.compile(r"The (?:working group (?!on )|Plan no longer)")
PAST, SOON, LATER = date(2010, 6, 30), date(2010, 8, 31), date(2011, 6, 30)


def brief(*items, **given):
    """Return the lines of the summary, with how the Plan changed, which section Background says, and what is asked."""
    of = facts(*items, **given)
    opening, summary = section_texts(of, "purpose")
    changes = [each for each in section_texts(of, "background") if _CHANGE.match(each)]
    return [*summary.split("\n- "), *changes, opening[opening.index("You are asked") :]]


def late(number="1.1", cause="funding", forecast=LATER, **given):
    """An item with a milestone that is late; `cause` may be ""."""
    delays = [delay(cause)] if cause else []
    return item(number, step(PAST, *delays, forecast_due=forecast), title=f"Item {number}", **given)


# --- purpose ----------------------------------------------------------------------------------


def test_a_period_of_a_year_makes_an_annual_report():
    assert section_texts(facts(), "purpose")[0] == (
        "This is your annual report on the Plan of Action to Prevent People Trafficking (the Plan), "
        "released in July 2009. It covers the year to 30 July 2010. You are asked to {recommendations}."
    )


def test_another_period_is_given_with_its_days():
    assert section_texts(facts(on=date(2010, 1, 29)), "purpose")[0] == (
        "This paper reports to you on the Plan of Action to Prevent People Trafficking (the Plan), "
        "released in July 2009. It covers the period from 31 July 2009 to 29 January 2010. You are asked to {recommendations}."
    )


# --- how it goes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ([], "The Plan has no work items."),
        (["under_way"], "The Plan’s one work item is under way."),
        (["ongoing"] * 2, "Both work items are ongoing."),
        (["complete"] * 3, "All three work items are complete."),
        (
            ["complete", *["not_started"] * 3],
            "Of the Plan’s four work items, one is complete and three have not started.",
        ),
        (
            ["complete", "under_way", "ongoing", "ongoing"],
            "Of the Plan’s four work items, one is complete and three are under way or ongoing.",
        ),
        (
            ["complete"] * 2 + ["under_way"] * 10 + ["withdrawn"],
            "Of the Plan’s 12 work items, 2 are complete and 10 are under way. One item that was withdrawn (1.13) is not counted.",
        ),
    ],
)
def test_items_are_counted_by_stage(stages, sentence):
    items = [item(f"1.{n}", stage=stage) for n, stage in enumerate(stages, start=1)]
    lines = brief(*items)
    assert lines[0] == "In brief:"
    assert lines[-2].partition(" Work has yet to start on ")[0] == sentence


@pytest.mark.parametrize(
    ("then", "now", "sentence"),
    [
        ((0, 0), (0, 0), "no more are complete and none is late"),
        ((0, 1), (1, 1), "one item has been completed"),
        ((0, 1), (3, 1), "three items have been completed"),
        ((1, 0), (3, 2), "two more are complete"),
        ((2, 3), (1, 1), "one fewer is complete"),
        ((3, 2), (1, 0), "two fewer are complete and none is late any more (two then)"),
    ],
)
def test_the_items_completed_since_the_last_paper_are_counted(then, now, sentence):
    done, slipped = now
    items = [item(f"1.{n}", stage="complete") for n in range(1, done + 1)]
    items += [late(f"2.{n}") for n in range(1, slipped + 1)]
    line = brief(*items, item("2.9"), last_paper=LastPaper(date(2009, 12, 1), *then))[-2]
    assert line.partition("Since ")[2] == f"the last paper, of 1 December 2009, {sentence}."


@pytest.mark.parametrize(
    ("then", "now", "start"),
    [
        (0, 1, "Half of the Plan is on track, and one item is late (none in the last paper)."),
        (3, 1, "Half of the Plan is on track, and one item is late (three in the last paper)."),
        (3, 0, "The Plan is on track, and no item is late."),
    ],
)  # fmt: skip
def test_how_many_were_late_in_the_last_paper_is_said_with_those_that_are(then, now, start):
    items = [*[late() for _ in range(now)], item("2.9")]
    last = LastPaper(date(2009, 12, 1), 0, then)
    assert brief(*items, last_paper=last)[1].startswith(start)


def test_most_key_items_being_late_comes_first_with_how_many_items_are_late_in_all():
    keys = [late(f"1.{n}", forecast=date(2010, 8, 31), is_key=True) for n in range(1, 7)]
    others = [late(f"2.{n}") for n in range(1, 6)]
    fine = [item(f"3.{n}", is_key=n < 4) for n in range(1, 15)]
    last = LastPaper(date(2009, 12, 1), 0, 2)
    assert brief(*keys, *others, *fine, last_paper=last)[1] == (
        "Six of the Plan’s nine key items are late: Item 1.1 (1.1), Item 1.2 (1.2), Item 1.3 (1.3), Item 1.4 (1.4), Item 1.5 "
        "(1.5) and Item 1.6 (1.6). In all, 11 of its 25 items are late (two in the last paper), none is complete and 14 are on "
        "track."
    )
    # Half of them are not most.
    assert brief(*keys, *others, *fine, *[item(f"4.{n}", is_key=True) for n in range(3)])[
        1
    ].startswith("More than half of the Plan is on track, but 11 items are late, including six of")


@pytest.mark.parametrize(
    ("count", "moved"),
    [
        (1, "one has been given a later date. “Draft” (2.1) has slipped a year, to June 2011."),
        (2, "“Train staff” (2.1) and “Train staff” (2.2) have been given a later date."),
        (3, "three have been given a later date."),
    ],
)
def test_one_item_that_was_given_a_later_date_is_told_with_it_two_are_named_and_more_are_counted(
    count, moved
):
    later = [
        item(f"2.{n}", step(LATER, original_due=PAST, description="Draft"))
        for n in range(1, count + 1)
    ]
    told = what_is_late(late(), *later)
    all_of = ("Two", "Three", "Four")[count - 1]
    assert told.startswith(f"{all_of} items have slipped: one is late, and {moved}")


def test_nothing_is_said_of_an_earlier_paper_when_there_is_none():
    assert brief(item())[-2] == "The Plan’s one work item is under way."


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        # Without a date it is only counted.
        ([], ""),
        # Late: told among the late ones.
        ([step(PAST)], ""),
        ([step(SOON, forecast_due=LATER)], ""),
        (
            [step(LATER), step(SOON)],
            "Work has yet to start on adopting it (1.2); its first step is due on 31 August 2010.",
        ),
        (
            [step(LATER)],
            "Work has yet to start on adopting it (1.2); its first step is due in June 2011.",
        ),
        (
            [step(date(2011, 3, 31), forecast_known_to="quarter")],
            "Work has yet to start on adopting it (1.2); its first step is due in January to March 2011.",
        ),
    ],
)
def test_an_item_that_has_not_started_is_named_with_its_first_date(steps, sentence):
    items = [item(), item("1.2", *steps, title="Adopt it", stage="not_started")]
    assert brief(*items)[-2].partition("not started.")[2].strip() == sentence


def test_two_items_that_have_not_started_are_reported_with_the_nearer_date():
    first, second = (
        item(f"1.{n}", step(due), as_told=f"the aim {n}", stage="not_started")
        for n, due in ((1, SOON), (2, LATER))
    )
    assert brief(item("1.9"), first, second)[-2].endswith(
        "Work has yet to start on the aim 1 (1.1) and the aim 2 (1.2); their first steps are due from 31 August 2010."
    )


def test_items_that_have_not_started_are_named_by_phrase_and_only_if_they_are_few():
    first, second, third = (
        item(f"1.{n}", step(LATER), as_told=f"the aim {n}", stage="not_started") for n in (1, 2, 3)
    )
    assert brief(item("1.9"), first, second)[-2] == (
        "Of the Plan’s three work items, one is under way and two have not started. Work has yet to start on "
        "the aim 1 (1.1) and the aim 2 (1.2); their first steps are due from June 2011."
    )
    assert brief(item("1.9"), first, second, third)[-2] == (
        "Of the Plan’s four work items, one is under way and three have not started."
    )


def test_a_withdrawn_item_is_named_with_the_reason_and_month_of_the_decision():
    gone = item("1.10", title="Study a help line", stage="withdrawn")
    reasons = {gone.pk: withdrawn("its options were compared. They cost more.")}
    assert brief(item(), gone, withdrawals=reasons)[3:-1] == [
        "The working group withdrew “Study a help line” (1.10) in February 2010: its options were compared.",
    ]
    purpose, background, *_ = paper(facts(item(), gone, withdrawals=reasons)).sections
    assert "workitems.variation" in [each.model for each in purpose.paragraphs[1].sources]
    assert "withdrew" not in " ".join(words(each.text) for each in background.paragraphs)


def test_a_withdrawn_item_begins_section_delay_where_the_summary_has_five_bullets():
    gone = item("1.10", title="Study a help line", stage="withdrawn")
    doubtful = [
        item(f"2.{n}", title=f"Item {n}", is_key=n < 3, confidence="at_risk") for n in range(1, 5)
    ]
    of = facts(late(), gone, *doubtful, withdrawals={gone.pk: withdrawn("They cost more.")})
    sections = paper(of).sections
    assert len(sections[0].paragraphs[1].bullets) == MOST_BULLETS
    (delayed,) = (each for each in sections if each.heading == "Delay")
    assert words(delayed.paragraphs[0].text) == (
        "The working group withdrew “Study a help line” (1.10) in February 2010: they cost more."
    )


def test_a_withdrawal_before_the_period_is_only_counted():
    gone = item("1.2", stage="withdrawn")
    unchanged = update_of(gone, no_change_on=date(2010, 7, 10))
    assert brief(item(), gone, updates=[unchanged])[2:-1] == [
        "The Plan’s one work item is under way. One item that was withdrawn (1.2) is not counted.",
    ]


def test_a_withdrawal_without_a_decision_is_reported_from_the_agencys_last_report():
    gone = item("1.2", title="Study a help line", stage="withdrawn")
    updates = [
        update_of(gone, achieved="We compared.", written_on=date(2010, 1, 10)),
        update_of(gone, achieved="another line does it. We stopped."),
        update_of(gone, no_change_on=date(2010, 7, 20)),
    ]
    summary = paper(facts(item(), gone, updates=updates)).sections[0].paragraphs[1]
    assert brief(item(), gone, updates=updates)[-2] == (
        "The Plan no longer includes “Study a help line” (1.2): another line does it."
    )
    assert updates[1].source in summary.sources
    decided = {gone.pk: withdrawn("It cost more")}
    assert brief(item(), gone, updates=updates, withdrawals=decided)[-2] == (
        "The working group withdrew “Study a help line” (1.2) in February 2010: it cost more."
    )


def test_a_key_achievement_is_no_reason_for_a_withdrawal():
    gone = item("1.2", stage="withdrawn")
    update = update_of(gone, achieved="Lines were compared.", key_achievement="yes")
    assert brief(item(), gone, updates=[update])[3:-1] == []


def test_withdrawn_items_are_named_after_those_that_have_not_started_with_reasons_if_they_are_few():
    gone = [item(f"1.{n}", title=f"Item {n}", stage="withdrawn") for n in (1, 2, 3)]
    updates = [update_of(each, achieved=f"Study {each.number} ended.") for each in gone]
    waiting = item("1.4", step(LATER), title="Wait", stage="not_started")
    assert brief(*gone[:2], waiting, updates=updates[:2])[-3:-1] == [
        "The Plan’s one work item has not started. Two items that were withdrawn (1.1 and 1.2) are not counted. Work has yet "
        "to start on “Wait” (1.4); its first step is due in June 2011.",
        "The Plan no longer includes “Item 1” (1.1). Study 1.1 ended. "
        "The Plan no longer includes “Item 2” (1.2). Study 1.2 ended.",
    ]
    assert brief(*gone, waiting, updates=updates)[-2] == (
        "The Plan no longer includes “Item 1” (1.1), “Item 2” (1.2) and “Item 3” (1.3)."
    )
    many = [item(f"1.{n}", title=f"Item {n}", stage="withdrawn") for n in range(1, 8)]
    updates = [update_of(each, achieved=f"Study {each.number} ended.") for each in many]
    assert brief(*many, waiting, updates=updates)[-2] == (
        "The Plan no longer includes seven items (1.1, 1.2, 1.3, 1.4, 1.5, 1.6 and 1.7)."
    )


# --- what is late -----------------------------------------------------------------------------


def what_is_late(*items, **given):
    """Return the first line after its judgement of the plan, as a sentence of its own."""
    line = re.sub("^.*? (?:on track|late or at risk), (?:and|but) ", "", brief(*items, **given)[1])
    return line[0].upper() + line[1:]


def fine(count, **given):
    return [item(f"2.{n}", **given) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("items", "start"),
    [
        (fine(2), "The Plan is on track, and no item is late"),
        ([late(), *fine(3)], "Most of the Plan is on track, but one item is late"),
        ([late(), *fine(2)], "More than half of the Plan is on track, but one item is late"),
        ([late(), *fine(1)], "Half of the Plan is on track, and one item is late"),
        (
            [late(), item("1.2", confidence="at_risk"), *fine(1)],
            "Less than half of the Plan is on track, and one item is late",
        ),
        (
            [late(), late("1.2"), item("1.3", confidence="at_risk")],
            "All of the Plan is late or at risk, and two items are late",
        ),
        ([item(confidence="at_risk")], "All of the Plan is late or at risk, but no item is late"),
        (
            [item(confidence="at_risk"), *fine(3)],
            "Most of the Plan is on track, and no item is late",
        ),
        # What is withdrawn does not count; what is complete does.
        (
            [late(), *fine(3, stage="withdrawn")],
            "All of the Plan is late or at risk, and one item is late",
        ),
        (
            [late(), *fine(3, stage="complete")],
            "Most of the Plan is on track, but one item is late",
        ),
        # Nothing is open.
        (fine(2, stage="complete"), "No item is late"),
    ],
)
def test_the_summary_begins_with_how_the_plan_goes_as_a_whole(items, start):
    assert re.split("[:.]", brief(*items)[1])[0] == start


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ([False], "One item is late, not a key item."),
        ([True], "One item is late, a key item."),
        ([True, True], "Two items are late, both of them key items."),
        ([True, True, True], "Three items are late, all three of them key items."),
        ([True, False], "Two items are late, including one of its two key items."),
        (
            [True, True, False],
            "Two of the Plan’s three key items are late.",
        ),
        ([False, False], "Two items are late, none of them a key item."),
    ],
)
def test_late_items_are_counted_with_the_number_of_key_ones(keys, sentence):
    items = [late(f"1.{n}", is_key=is_key) for n, is_key in enumerate(keys, start=1)]
    assert what_is_late(*items, item("1.9", is_key=True)).startswith(
        f"{sentence} “Item 1.1” (1.1) will be a year late"
    )


def test_where_most_key_items_are_late_one_line_has_all_items_by_stage_too():
    items = [late(f"1.{n}", is_key=n < 3) for n in (1, 2, 3)]
    lines = brief(*items, item("1.9", is_key=True, stage="complete"))
    assert lines[1].endswith(" In all, three of its four items are late and one is complete.")
    assert [line for line in lines if line.startswith("Of the Plan’s")] == []


@pytest.mark.parametrize(
    ("keys", "including"),
    [
        ([True, False], ", including its one key item."),
        ([True, True, False], ", including both of its key items."),
        ([False, False], "."),
    ],
)
def test_it_is_said_if_all_key_items_are_late(keys, including):
    items = [late(f"1.{n}", is_key=is_key) for n, is_key in enumerate(keys, start=1)]
    assert re.match(rf"\w+ items are late{including}", what_is_late(*items))


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (0, "No item is late."),
        (1, "No item is late; one that had slipped no longer is."),
        (2, "No item is late; two that had slipped no longer are."),
    ],
)
def test_it_is_said_when_nothing_is_late(ended, sentence):
    items = [item(f"1.{n}", step(LATER, delay())) for n in range(1, ended + 1)]
    assert what_is_late(item("2.1"), *items) == sentence


def test_an_item_whose_late_milestone_was_cancelled_is_not_one_that_caught_up():
    cancelled = step(LATER, delay())._replace(withdrawn_on=LATER)
    assert what_is_late(item("2.1"), item("1.1", cancelled)) == "No item is late."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "One more item slipped and is no longer late: “Train staff” (1.2)"),
        (
            2,
            "Two more items slipped and are no longer late: “Train staff” (1.2) and “Train staff” (1.3)",
        ),
        (
            3,
            "Three more items slipped and are no longer late: “Train staff” (1.2), “Train staff” (1.3) and one other",
        ),
    ],
)
def test_items_that_slipped_and_caught_up_are_counted_with_the_late_ones(count, words):
    over = [item(f"1.{n}", step(LATER, delay())) for n in range(2, 2 + count)]
    assert what_is_late(late(), *over) == (
        "One item is late. “Item 1.1” (1.1) will be a year late, mainly because of a lack of funding. "
        f"{words}."
    )


def test_items_that_came_late_are_not_counted_with_the_late_ones():
    came = item("1.2", step(PAST, delay(), completed_on=date(2010, 7, 20)))
    assert what_is_late(late(), came).endswith("mainly because of a lack of funding.")


def test_more_late_key_items_than_three_are_named_and_not_measured():
    items = [
        late("1.1", "funding", is_key=True),
        late("1.2", "outside_event", date(2010, 8, 15), is_key=True),
        late("1.3", "", PAST, is_key=True),
        late("1.4", "funding", date(2011, 1, 31), is_key=True, as_told="public material"),
        late("1.5", "staffing"),
    ]
    assert what_is_late(*items) == (
        "All four of the Plan’s key items are late: Item 1.3 (1.3), Item 1.1 (1.1), Item 1.4 (1.4) and Item 1.2 (1.2). All "
        "five of its items are late."
    )


def test_how_late_an_item_is_depends_on_its_milestone_that_comes_last():
    first = step(date(2009, 9, 30), delay(), forecast_due=date(2010, 12, 31))
    last = step(date(2010, 6, 30), delay(), forecast_due=date(2011, 3, 31))
    one = item(
        "1.1", first, step(PAST, delay(), forecast_due=date(2010, 9, 30)), last, as_told="the card"
    )
    assert " The card will be nine months late, " in brief(one)[1]
    assert section_texts(facts(one), "delay")[0].startswith(
        "Three milestones of the card (1.1) are late, the last now expected by March 2011, nine months late"
    )


def test_a_decision_that_a_date_needs_is_in_the_recommendations_and_what_else_it_waits_for_in_the_summary():
    def of_worry(settlement):
        held_up = delay(settlement=settlement, effect="Victims wait", settling_agency=LABOUR.pk)
        one = item("1.1", step(PAST, held_up, forecast_due=LATER), is_key=True, as_told="the card")
        return brief(one)[2]

    start = "The delay of the card matters most: victims wait."
    assert of_worry("needs_decision") == start
    assert of_worry("being_settled") == (
        f"{start} Its new date holds only if the Department of Labour (DoL) can find the funding."
    )


def test_what_a_delay_means_is_a_sentence_of_its_own_unless_it_fits_after_a_colon():
    def means(effect):
        return brief(
            item("1.1", step(PAST, delay(effect=effect), forecast_due=LATER), is_key=True)
        )[2]

    start = "The delay of “Train staff” (1.1) matters most"
    assert (
        means("Labour hire workers are unprotected")
        == f"{start}. Labour hire workers are unprotected."
    )
    assert means("the workers are unprotected") == f"{start}: the workers are unprotected."
    assert (
        means("we cannot print it") == f"{start}: the Department of Labour (DoL) cannot print it."
    )


def test_all_late_items_are_named_if_they_are_at_most_five():
    items = [
        late("1.1", "staffing"),
        late("1.2", "funding", is_key=True),
        late("1.3", "funding"),
        late("1.4", ""),
    ]
    assert what_is_late(*items) == (
        "Four items are late, including its one key item. “Item 1.2” (1.2) will be a year late, “Item 1.1” (1.1) a "
        "year, “Item 1.3” (1.3) a year and “Item 1.4” (1.4) a year."
    )
    more = [late("1.5"), late("1.6")]
    assert what_is_late(*items, *more) == (
        "Six items are late, including its one key item. “Item 1.2” (1.2) will be a year late."
    )


def _told(number, as_told, *delays, **given):
    """An item with a phrase and a milestone that is a year late."""
    slipped = step(PAST, *delays, forecast_due=LATER)
    return item(number, slipped, title=f"Item {number}", as_told=as_told, **given)


def test_all_items_that_have_slipped_are_named_by_their_phrases_with_whether_the_cause_is_settled():
    found = delay("funding", "no money was set aside", settlement="settled")
    missing = delay(
        "funding",
        "no money was set aside",
        settlement="being_settled",
        settling_by=SOON,
        settling_agency=LABOUR.pk,
    )
    course = _told("1.1", "training for staff", missing, is_key=True)
    notices = _told("1.2", "notices for the public", found, is_key=True)
    guide = _told("1.3", "the guide for boards")
    moved = item("2.1", step(LATER, original_due=PAST, as_told="advice on penalties"))
    assert what_is_late(course, notices, guide, moved) == (
        "Four items have slipped: training for staff and notices for the public, both key items; the guide for boards; and "
        "advice on penalties. Training for staff will be at least a year late and is still unfunded. Notices for the public will "
        "be a year late; the funding has since been found. Advice on penalties (2.1) has slipped a year, to June 2011."
    )
    assert what_is_late(notices, guide, last_paper=LastPaper(date(2009, 12, 1), 0, 0)).startswith(
        "Two items are late (none in the last paper): notices for the public, a key item; and the guide for boards. "
    )


def test_late_items_that_are_not_key_and_have_no_new_date_are_named_by_themselves():
    items = [
        late("1.1", is_key=True),
        late("1.2"),
        late("1.3", forecast=PAST),
        late("1.4", "", PAST),
    ]
    assert what_is_late(*items) == (
        "Four items are late, including its one key item. “Item 1.1” (1.1) will be a year late and “Item 1.2” "
        "(1.2) a year. No new date is set for “Item 1.3” (1.3) and “Item 1.4” (1.4)."
    )


def test_a_cause_of_more_than_half_of_the_late_items_stands_with_them():
    items = [late(f"1.{n}", cause) for n, cause in enumerate(("funding", "funding", "staffing"), 1)]
    assert what_is_late(*items).endswith(
        "“Item 1.1” (1.1) will be a year late and “Item 1.2” (1.2) a year, both mainly because of a lack of "
        "funding. “Item 1.3” (1.3) will be a year late."
    )


def test_a_cause_that_is_settled_for_some_of_its_items_is_said_to_be():
    found = delay("funding", "no money was set aside", settlement="settled", due_after=LATER)
    open_ = delay("funding", "no money was set aside", due_after=LATER)
    steps = [step(PAST, each, forecast_due=LATER) for each in (found, open_)]
    items = [item(f"1.{n}", each, title=f"Item {n}") for n, each in enumerate(steps, 1)]
    assert (
        "mainly because of a lack of funding; the funding has since been found for “Item 1” (1.1), but not for “Item 2” (1.2)."
        in (what_is_late(*items))
    )


@pytest.mark.parametrize(
    ("count", "figures"),
    [
        (8, "Of the Plan’s nine work items, eight are under way and one is ongoing."),
        (9, "Of the Plan’s 10 work items, none is complete, 9 are under way and 1 is ongoing."),
    ],
)
def test_that_none_is_complete_is_said_of_a_plan_of_ten_items(count, figures):
    assert brief(*fine(count), item("1.1", stage="ongoing"))[-2] == figures


def test_more_late_key_items_than_are_named_are_counted():
    items = [late(f"1.{n}", forecast=date(2010, 8, 31), is_key=True) for n in range(1, 7)]
    line = brief(*items, late("1.7", is_key=True))[1]
    assert line.endswith(
        "all seven of them key items, among them Item 1.7 (1.7), Item 1.1 (1.1) and Item 1.2 (1.2)."
    )


def test_an_item_has_no_new_date_unless_all_its_late_milestones_have():
    one = item("1.1", step(PAST, forecast_due=LATER), step(PAST), title="Train")
    assert what_is_late(one) == "One item is late. No new date is set for “Train” (1.1)."


# --- what is at risk, and what is asked -------------------------------------------------------


def test_key_items_in_doubt_are_named_with_why_and_who_sees_them_on_track():
    """The reviewer is of the agency whose paper it is, so whose view that is goes without saying."""
    first = item("1.1", title="Train", is_key=True, confidence="at_risk")
    second = item(
        "1.2", as_told="the policy", is_key=True, confidence="on_track",
        reviewer_confidence="off_track", lead=POLICE.pk,
    )  # fmt: skip
    own = second._replace(lead=LABOUR.pk)
    updates = [
        update_of(first, challenges="trainers leave. Others come."),
        update_of(first, written_on=date(2010, 7, 20)),  # says nothing of challenges
    ]
    assert brief(first, second, updates=updates)[2:4] == [
        "“Train” (1.1), a key item, may become late. Trainers leave.",
        "The policy (1.2), a key item, may become late too; the New Zealand Police reported it on track in July 2010.",
    ]
    assert brief(first, own)[3] == "The policy (1.2), a key item, may become late too."
    updates = [update_of(first, challenges="the trainers leave for better pay. Others come.")]
    assert brief(first, updates=updates)[2] == (
        "“Train” (1.1), a key item, may become late, because the trainers leave for better pay."
    )


def test_words_of_an_agency_that_would_be_quoted_give_way_to_the_next_date():
    one = item("1.1", step(LATER), as_told="the register", is_key=True, confidence="at_risk")
    typed = "One NZ switch upgrade may come first"
    assert brief(one, updates=[update_of(one, challenges=typed)])[2] == (
        "The register (1.1), a key item, may become late; the next date is June 2011."
    )


def test_more_key_items_in_doubt_than_are_named_are_counted():
    items = [item(f"1.{n}", is_key=True, confidence="off_track") for n in range(1, 5)]
    assert brief(*items)[3:5] == [
        "“Train staff” (1.2), a key item, may become late too.",
        "Two more key items are at risk: “Train staff” (1.3) and “Train staff” (1.4).",
    ]
    assert brief(*items[:3])[4] == "One more key item is at risk: “Train staff” (1.3)."


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([item(is_key=True, confidence="on_track")], "No key item is at risk."),
        (
            [late(is_key=True), item("1.2", is_key=True, reviewer_confidence="on_track")],
            "The other key item is on track.",
        ),
        (
            [
                late(is_key=True),
                item("1.2", is_key=True, confidence="on_track"),
                item("1.3", is_key=True, stage="complete"),
            ],
            "The two other key items are on track or complete.",
        ),
        ([item(is_key=True)], "no item is late."),  # nobody has said
        (
            [item(is_key=True, confidence="on_track"), item("1.2", confidence="off_track")],
            "No key item is at risk.",
        ),
    ],
)
def test_it_is_said_how_the_other_key_items_go_if_somebody_has_said_so(items, sentence):
    assert brief(*items)[1].endswith(sentence)


def test_few_other_items_at_risk_are_named_with_the_date_that_has_moved_and_more_are_counted():
    moved = step(date(2011, 3, 31), original_due=date(2010, 10, 31), as_told="the advice")
    reviewed, *others = [item(f"1.{n}", moved, confidence="at_risk") for n in range(1, 5)]
    moved_on = "The working group has agreed to move the advice from October 2010 to March 2011."
    assert brief(reviewed, others[0])[2:4] == [
        f"“Train staff” (1.1) may become late. {moved_on}",
        f"“Train staff” (1.2) may become late too. {moved_on}",
    ]
    assert (
        brief(reviewed, *others)[2]
        == "Four items that are not key items are at risk: “Train staff” (1.1), “Train staff” (1.2), “Train staff” "
        "(1.3) and “Train staff” (1.4)."
    )


def test_the_first_paragraph_ends_with_what_is_asked():
    document = paper(facts(item()))
    assert words(document.sections[0].paragraphs[0].text).endswith(
        " It covers the year to 30 July 2010. You are asked to note the contents of this paper."
    )
    drafted = write(facts(item())).sections["purpose"].paragraphs[0]
    assert words(drafted.text).endswith(" You are asked to {recommendations}.")


def test_a_summary_without_a_first_paragraph_ends_with_what_is_asked():
    (summary,) = write(facts(item()), ["figures"]).sections["figures"].paragraphs
    assert words(summary.bullets[-1].text) == "You are asked to {recommendations}."


def test_how_the_plan_changed_stands_in_the_summary_of_a_paper_without_a_background():
    gone = item("1.2", title="Study a help line", stage="withdrawn")
    of = facts(item(), gone, withdrawals={gone.pk: withdrawn("It cost more.")})
    (summary,) = write(of, ["figures"]).sections["figures"].paragraphs
    assert [words(each.text) for each in summary.bullets[1:-1]] == [
        "The Plan’s one work item is under way. One item that was withdrawn (1.2) is not counted.",
        "The working group withdrew “Study a help line” (1.2) in February 2010: it cost more.",
    ]


def test_the_section_figures_is_the_summary_alone():
    made = write(facts(item()), ["figures"])
    assert [len(each.paragraphs) for each in made.sections.values()] == [1]


# --- background -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "group"),
    [
        ([LABOUR], "."),
        ([LABOUR, POLICE], " for a working group of two agencies."),
        ([LABOUR, POLICE, HEALTH], " for a working group of three agencies."),
    ],
)
def test_background_is_the_standing_text_then_who_coordinates(members, group):
    text = "New Zealand ratified a protocol.\n\nIt is **binding**."
    assert section_texts(facts(background=text, members=members), "background") == [
        "New Zealand ratified a protocol.",
        "It is binding.",
        f"The Department of Labour (DoL) coordinates the Plan{group}",
    ]


def test_background_names_the_coordinator_only_once():
    text = "The Department of Labour coordinates the Plan."
    assert section_texts(facts(background=text), "background") == [text]


def test_a_standing_text_may_introduce_the_coordinator():
    text = "The Department of Labour (DoL) coordinates the Plan."
    row = late("1.1", is_key=True)
    done = delay(settlement="being_settled", settling_agency=LABOUR.pk)
    held_up = item("1.2", step(PAST, done, forecast_due=LATER), is_key=True)
    assert (
        "DoL must still find the funding for “Train staff” (1.2)."
        in section_texts(facts(row, held_up, background=text), "mitigation")[0]
    )


def test_te_reo_names_are_marked_with_their_language():
    text = "The Department of Labour (Te Tari Mahi) coordinates the Plan."
    runs = paper(facts(background=text)).sections[1].paragraphs[0].text
    assert [run.text for run in runs if run.lang == "mi"] == ["Te Tari Mahi"]


def test_a_paper_long_after_its_period_says_on_which_day_the_plan_stands_as_told():
    opening = section_texts(facts(item("1.1"), on=date(2010, 10, 1)), "purpose")[0]
    assert opening.endswith(
        "It covers the year to 30 July 2010, and says how the Plan stands on 1 October 2010. You are asked to "
        "{recommendations}."
    )
    opening = section_texts(facts(item("1.1")), "purpose")[0]
    assert " It covers the year to 30 July 2010. You are asked" in opening


def test_what_stood_in_the_way_in_an_earlier_round_is_not_told():
    doubtful = item("1.1", is_key=True, confidence="at_risk", title="Train")
    before = update_of(doubtful, challenges="the trainers leave")
    now = update_of(doubtful, achieved="Police asked.")
    later = Return(pk=9, agency=LABOUR, round=Round(pk=2, name="July 2010"))
    late = "“Train” (1.1), a key item, may become late"
    assert brief(doubtful, updates=[before])[2] == f"{late}, because the trainers leave."
    assert brief(doubtful, updates=[before, now._replace(of_return=later)])[2] == f"{late}."
    # One that says "no change" leaves it as it was.
    same = now._replace(of_return=later, no_change_on=date(2010, 7, 20))
    assert brief(doubtful, updates=[before, same])[2] == f"{late}, because the trainers leave."


@pytest.mark.parametrize(
    ("challenges", "doubt", "line"),
    [
        ("", "“Draft” (2.1) has slipped a year, to June 2011, and may slip again. ", None),
        (
            "Bills may come first.",
            "",
            "“Draft” (2.1) has slipped a year, to June 2011, and may slip again.",
        ),
    ],
)
def test_an_item_given_a_later_date_that_is_in_doubt_says_so_once(challenges, doubt, line):
    moved = item("2.1", step(LATER, original_due=PAST, description="Draft"), confidence="at_risk")
    update = update_of(moved, challenges=challenges)
    lines = brief(late(), moved, updates=[update] if challenges else [])
    assert f"one is late, and one has been given a later date. {doubt}“Item 1.1” (1.1)" in lines[1]
    assert [each for each in lines[2:] if "2.1" in each] == ([line] if line else [])
