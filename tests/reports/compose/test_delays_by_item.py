"""Test the section Delay of a paper without a section Mitigation, and which delay of an item is reported."""

import re
from datetime import date
from functools import partial

import pytest

from reports.compose import UNDRAFTED
from reports.compose.facts import GroupDecision
from reports.compose.late_words import meant_by
from reports.compose.paper_parts import write
from reports.compose.slips import late_items
from reports.document import Source
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    action,
    delay,
    facts,
    item,
    risk,
    section_texts,
    step,
    text_of,
    update_of,
)
from workitems.terms.date_order import before_due, explains_a_part

pytestmark = pytest.mark.one_database(reason="reads no database")

AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)
BY = date(2010, 12, 31)
BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")


def by_item(*items, **given):
    """Return the paragraphs of the section Delay of a paper without a section Mitigation."""
    section = write(facts(*items, **given), BY_ITEM, in_full=False).sections["delay"]
    return [text_of(paragraph) for paragraph in section.paragraphs]


def late_step(*delays, agreed=AGREED, **given):
    return step(agreed, *delays, forecast_due=EXPECTED, **given)


def late(number, *delays, **given):
    return item(number, late_step(*delays), **{"is_key": True} | given)


def test_a_late_item_runs_in_with_its_dates_cause_bridge_and_action():
    held_up = delay(
        explanation="the trainers left",
        meanwhile="volunteers teach at two airports",
        actions=[action("hire two trainers", HEALTH, BY)],
    )
    assert by_item(late("1.1", held_up, as_told="the training")) == [
        "Training (1.1): The brochure was to be printed by 31 May 2010; that is now expected in May 2011. The trainers left. In the meantime, volunteers teach "
        "at two airports. The Ministry of Health (MOH) will hire two trainers by December 2010."
    ]


def test_the_name_is_bold_and_the_milestone_follows_the_dates_unless_the_name_says_it():
    held_up = delay(explanation="the trainers left")
    one = item(
        "1.1",
        late_step(held_up, as_told="the signing of the rule"),
        is_key=True,
        as_told="the rule",
    )
    (paragraph,) = write(facts(one), BY_ITEM, in_full=False).sections["delay"].paragraphs[:1]
    assert [(run.text, run.bold) for run in paragraph.text] == [
        ("Rule (1.1):", True),
        (" The signing, due on 31 May 2010, will now come in May 2011. The trainers left.", False),
    ]


@pytest.mark.parametrize(
    ("given", "dates"),
    [
        ({}, "by 31 May 2010; that is now expected in May 2011"),
        (
            {"original_due": date(2010, 3, 31)},
            "by March 2010 (moved to 31 May by the working group in April); that is now expected in May 2011",
        ),
        ({"forecast_due": AGREED}, "by 31 May 2010; no new date is set"),
        (
            {"forecast_due": date(2010, 6, 30)},
            "by 31 May 2010, and then on 30 June 2010; no new date is set",
        ),
        (
            {"settlement": "being_settled"},
            "by 31 May 2010; that is now expected in May 2011 at the earliest",
        ),
    ],
)
def test_both_dates_are_one_sentence(given, dates):
    settlement = given.pop("settlement", "") if "settlement" in given else ""
    held_up = delay(explanation="the trainers left", settlement=settlement)
    late_one = step(AGREED, held_up, **({"forecast_due": EXPECTED} | given))
    moves = {
        late_one.pk: GroupDecision("", date(2010, 4, 12), Source("workitems.variation", 1, 1, "V1"))
    }
    assert by_item(item("1.1", late_one, is_key=True), moves=moves)[0].startswith(
        f"Train staff (1.1): The brochure was to be printed {dates}. "
    )


# What an agency was to do, what was to be, a thing; each with a new date, one that waits and none.
@pytest.mark.parametrize(
    ("given", "new", "waits", "hopes", "none"),
    [
        (
            {"description": "Introduce the Bill"},
            "DoL was to introduce the Bill by 31 May 2010 and now expects to do so in May 2011",
            "DoL was to introduce the Bill by 31 May 2010 and will not do so before May 2011, because the trainers left",
            "DoL was to introduce the Bill by 31 May 2010 and now aims for May 2011",
            "DoL was to introduce the Bill by 31 May 2010, and has set no new date",
        ),
        (
            {"description": "Rules in force"},
            "The rules were to be in force by 31 May 2010; that is now expected in May 2011",
            "The rules were to be in force by 31 May 2010 and will not be before May 2011, because the trainers left",
            "The rules were to be in force by 31 May 2010 and are now expected in May 2011 at the earliest",
            "The rules were to be in force by 31 May 2010; no new date is set",
        ),
        (
            {"as_told": "the repair fund"},
            "The repair fund, due on 31 May 2010, will now come in May 2011",
            "The repair fund, due on 31 May 2010, is not expected before May 2011, because the trainers left",
            "The repair fund, due on 31 May 2010, will come in May 2011 at the earliest",
            "The repair fund was due on 31 May 2010; no new date is set",
        ),
    ],
)
def test_the_form_of_a_milestone_and_how_firm_its_date_is_decide_the_sentence(
    given, new, waits, hopes, none
):
    def told(settlement="", **more):
        held_up = delay(explanation="the trainers left", settlement=settlement)
        one = step(AGREED, held_up, **({"forecast_due": EXPECTED} | more | given))
        text = by_item(item("1.1", one, is_key=True, title="Teach"))[0]
        text = text.replace("The Department of Labour (DoL)", "DoL")
        return text.removeprefix("Teach (1.1): ").partition(".")[0]

    assert told() == new
    assert told("needs_decision") == waits
    assert told("being_settled") == hopes
    assert told(forecast_due=AGREED) == none


def test_a_cause_that_is_over_comes_before_the_dates():
    held_up = delay(explanation="the supplier delivered late", settlement="settled")
    one = item("1.1", late_step(held_up, as_told="the repair fund"), is_key=True)
    assert by_item(one)[0].startswith(
        "Train staff (1.1): The supplier delivered late. The repair fund, due on 31 May 2010, will now come in May 2011."
    )


def test_a_second_late_milestone_follows_in_its_own_form():
    first = late_step(delay(explanation="the price rose"), as_told="the signing")
    second = late_step(agreed=date(2010, 6, 30), description="Rule in force")
    told = by_item(item("1.1", first, second, is_key=True))[0]
    assert told.endswith(" The rule will be in force in May 2011 instead of 30 June 2010.")


def test_how_much_is_done_is_told_with_what_is_late_and_not_as_a_result():
    one = item(
        "1.1", late_step(delay(explanation="the trainers left"), description="Complete all twenty plans"),
        is_key=True,
    )  # fmt: skip
    update = update_of(one, achieved="14 of 20 plans are complete.", key_achievement="yes")
    fine = [item(f"2.{n}", as_told=f"card {n}") for n in range(1, 4)]
    results = [
        update_of(each, achieved=f"{each.number[-1]}00 cards were printed, up from 20.", key_achievement="yes")
        for each in fine
    ]  # fmt: skip
    found = write(facts(one, *fine, updates=[update, *results]), BY_ITEM, in_full=False).sections
    assert "Fourteen of 20" not in text_of(found["achievements"].paragraphs[0])
    assert text_of(found["delay"].paragraphs[0]).endswith(
        " Of 20 plans, 14 are complete; the other 6 were due by 31 May 2010 and wait until May 2011. The trainers left."
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("no money was set aside", ". No money was set aside."),
        ("because no money was set aside", ". No money was set aside."),
        ("Not enough trainers", ". It is late because there are not enough trainers."),
        ("waiting for the tender", ". This waits for the tender."),
        ("", ", because of a lack of funding."),
    ],
)
def test_the_cause_is_a_sentence_of_its_own_where_it_can_stand_alone(typed, told):
    (text, *_) = by_item(late("1.1", delay(explanation=typed)))
    assert text == (
        f"Train staff (1.1): The brochure was to be printed by 31 May 2010; that is now expected in May 2011{told}"
    )


def test_several_late_items_are_bullets_of_one_shape_below_how_many_and_in_which_order():
    items = [
        late(f"1.{n}", delay(effect="Victims wait" if n == 7 else ""), title=f"Print {n}")
        for n in range(2, 8)
    ]
    lines = by_item(*items)[0].splitlines()
    assert lines[0] == "Six key items are late, the gravest first."
    assert [line.partition(":")[0] for line in lines[1:]] == [
        f"- Print {n} (1.{n})" for n in (7, 2, 3, 4, 5, 6)
    ]
    others = [late(f"2.{n}", delay(), title=f"Fold {n}", is_key=False) for n in range(1, 3)]
    texts = by_item(*items, *others)
    assert texts[0].startswith("Six key items are late, ")
    assert texts[1].startswith("Two other items are late")


@pytest.mark.parametrize("words", [60, 950])
def test_a_bullet_has_at_most_sixty_words_and_leaves_what_matters_least_to_the_annex(words):
    held_up = delay(
        explanation="the trainers left for better pay in the two months before the course began",
        effect="Staff at nine airports wait for the course that they were promised a year ago",
        meanwhile="volunteers teach at two airports on the first day of each month of the year",
        actions=[action("hire two trainers", LABOUR, BY)],
    )
    items = [late(f"1.{n}", held_up, title=f"Print {n}") for n in range(1, 9)]
    of = facts(*items, most_words=words)
    section = write(of, BY_ITEM, ("items", "delays"), in_full=False).sections["delay"]
    first, *bullets = text_of(section.paragraphs[0]).splitlines()
    assert first.endswith(" the gravest first (details in Annex B).")
    assert max(len(each.split()) for each in bullets) <= 1 + 60 + 3


def test_the_dates_list_does_not_repeat_a_date_that_a_bullet_has():
    held_up = delay(explanation="the trainers left")
    fine = item("1.2", step(date(2010, 9, 30), description="Cards printed"), is_key=True)
    found = write(facts(late("1.1", held_up), fine), BY_ITEM, in_full=False).sections
    texts = [text_of(each) for each in found["next_steps"].paragraphs]
    assert texts[0].splitlines()[1:] == ["- 30 September 2010: “Cards printed” (1.2, DoL)"]
    assert "Annex B" not in texts[1]


def test_what_an_item_needs_does_not_name_it_twice():
    held_up = delay(settlement="needs_decision", needs="to run a second tender", settling_by=BY)
    text = by_item(late("1.1", held_up, as_told="the training"))[0]
    assert text.endswith("DoL must run a second tender by December 2010.")


def test_the_delay_of_the_first_of_two_late_milestones_is_told():
    first = late_step(delay(explanation="the price rose"), description="Service opens")
    second = late_step(
        delay(explanation="the service has to open first"),
        agreed=date(2010, 6, 30),
        description="Old service ends",
    )._replace(forecast_due=date(2012, 6, 30))
    text = by_item(item("1.1", first, second, is_key=True))[0]
    assert "the price rose" in text.casefold()
    assert "has to open first" not in text


def test_the_action_against_the_delay_that_is_told_comes_first_then_the_earliest():
    told = delay(
        explanation="the price rose",
        actions=[
            action("Print maps.", LABOUR, date(2011, 4, 30)),
            action("Print cards.", LABOUR, BY),
        ],
    )
    other = delay(actions=[action("Print leaflets.", LABOUR, date(2010, 9, 30))])
    steps = [
        late_step(told, description="Service opens"),
        late_step(other, agreed=date(2010, 6, 30), description="Old service ends"),
    ]
    (text,) = section_texts(facts(item("1.1", *steps, is_key=True)), "mitigation")
    assert text.index("print cards") < text.index("print maps")
    assert "leaflets" not in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"confidence": "off_track"}, " One of them is off track: the cards (1.2, now May 2011)."),
        ({"confidence": "at_risk"}, ""),
    ],
)
def test_a_late_item_that_is_off_track_is_named_where_others_are_counted(given, told):
    cards = late("1.2", delay(), is_key=False, as_told="the cards", **given)
    others = [late(f"1.{n}", delay(), is_key=False, title=f"Item {n}") for n in range(3, 9)]
    texts = section_texts(facts(cards, *others, most_words=60), "delay")
    assert texts == [f"Seven items are late because of a lack of funding (dates in Annex B).{told}"]


def test_every_item_with_a_bullet_has_its_cause_effect_and_action_and_the_rest_share_a_sentence():
    held_up = partial(
        delay,
        meanwhile="volunteers teach at two airports",
    )
    items = [
        late(
            f"1.{n}",
            held_up(
                explanation=f"course {n} has no trainers",
                effect=f"Course {n} is missed by staff at {n}0 airports",
                actions=[action(f"hire {n}0 trainers", LABOUR, BY)],
            ),
            title=f"Print {n}",
        )
        for n in range(1, 9)
    ]
    others = [late(f"2.{n}", held_up(), title=f"Fold {n}", is_key=False) for n in range(1, 3)]
    texts = by_item(*items, *others, most_words=400)
    _, *bullets = texts[0].splitlines()
    assert texts[0].startswith("Eight key items are late, the gravest first")
    # The last ones have their dates, cause and action, the first of them also what the delay means.
    bullets, short = bullets[:3], bullets[3:]
    assert short == [
        f"- Print {n} (1.{n}): The brochure was to be printed by 31 May 2010; that is now expected in May 2011, because course {n} "
        f"has no trainers. {f'Course {n} is missed by staff at {n}0 airports. ' if n < 7 else ''}DoL will hire {n}0 trainers by "
        f"December 2010."
        for n in range(4, 9)
    ]
    # The summary has what the first delay means.
    assert all(
        f" Course {n} is missed by staff at {n}0 airports." in each
        for n, each in enumerate(bullets[1:], 2)
    )
    assert [
        n for n, each in enumerate(bullets, start=1) if f" Course {n} has no trainers." not in each
    ] == []
    assert texts[1] == (
        "Two other items are late, with new dates in 2011:\n"
        "- Fold 1 (2.1): brochure to be printed in May, because of a lack of funding; no action is recorded.\n"
        "- Fold 2 (2.2): brochure to be printed in May, because of a lack of funding; no action is recorded."
    )
    acts = [
        each.endswith(f" will hire {n}0 trainers by December 2010.")
        for n, each in enumerate(bullets, 1)
    ]
    assert acts == [True] * 3


def test_key_items_that_are_only_counted_are_named():
    keys = [late(f"1.{n}", delay(), title=f"Print {n}") for n in range(1, 11)]
    others = [late(f"2.{n}", delay(), title=f"Fold {n}", is_key=False) for n in range(1, 10)]
    others.append(late("3.1", delay(), title="Cut", is_key=False, confidence="off_track"))
    texts = by_item(*keys, *others, most_words=60)
    assert texts[1] == (
        "Twelve other items are late because of a lack of funding (dates in Annex B). The key items among them are “Print 9” (1.9) "
        "and “Print 10” (1.10). Another one is off track: “Cut” (3.1, now May 2011)."
    )


def test_what_is_being_done_is_told_of_every_item_in_the_list_and_of_others_where_it_is():
    held_up = [
        delay(explanation=f"trainer {n} left", actions=[action(f"hire trainer {n}", LABOUR, BY)])
        for n in range(1, 8)
    ]
    keys = [late(f"1.{n}", held_up[n - 1], as_told=f"course {n}") for n in range(1, 6)]
    others = [late(f"2.{n}", held_up[n - 1], as_told=f"card {n}", is_key=False) for n in (6, 7)]
    of = facts(*keys, *others, most_words=300)
    section = write(of, BY_ITEM, ("items", "delays"), in_full=False).sections["delay"]
    first, rest, *_ = map(text_of, section.paragraphs)
    bullets = first.splitlines()[1:]
    assert [f"will hire trainer {n} by" in each for n, each in enumerate(bullets, 1)] == [True] * 5
    assert rest.startswith("Two other items are late, with new dates in 2011:\n- Card 6 (2.6): ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("hire two trainers", "DoL will hire two trainers by December 2010."),
        # What goes on is not said to end on its day.
        ("keep the post filled", "DoL will keep the post filled."),
        ("Ongoing use of motels", "DoL continues its use of motels."),
        (
            "Hire two trainers. Short note to be shared in the interim.",
            "DoL will hire two trainers by December 2010. A short note will be shared in the interim.",
        ),
        (
            "A charity meets each trainer before every course.",
            "DoL reports that a charity meets each trainer before every course.",
        ),
        (
            "meet the trainers every month",
            "DoL will meet the trainers every month.",
        ),
        (
            "Talks with MOH about joint funding",
            "DoL plans talks with MOH about joint funding by December 2010.",
        ),
        (
            "The draft is with the board",
            "DoL reports that the draft is with the board.",
        ),
        (
            "Leaflets keep staff aware until then",
            "DoL reports that leaflets keep staff aware until then.",
        ),
    ],
)
def test_the_day_of_an_action_stands_where_it_is_read_with_the_act(typed, told):
    held_up = delay(explanation="the trainers left", actions=[action(typed, LABOUR, BY)])
    text = by_item(late("1.1", held_up))[0]
    text = text.replace("the Department of Labour (DoL)", "DoL").replace(
        "The Department of Labour (DoL)", "DoL"
    )
    assert text.replace("the Ministry of Health (MOH)", "MOH").endswith(told)


def test_the_summary_measures_the_milestone_that_the_bullet_dates_unless_its_date_had_moved():
    held_up = delay(explanation="the trainers left")
    later = step(date(2010, 6, 30), forecast_due=date(2012, 6, 30))
    items = [
        item(f"1.{n}", late_step(held_up), later, is_key=True, as_told=f"the card {n}")
        for n in range(1, 3)
    ]
    assert "The card 1 will be a year late and the card 2 a year, both mainly" in _brief(*items)
    moved = item(
        "1.3",
        late_step(held_up, original_due=date(2010, 3, 31)),
        is_key=True,
        as_told="the card 3",
    )
    assert (
        "The card 1 will come in May 2011, the card 2 in May 2011 and the card 3 in May 2011"
        in (_brief(*items, moved))
    )


def _brief(*items, **given):
    section = write(facts(*items, **given), BY_ITEM, in_full=False).sections["purpose"]
    return "\n".join(map(text_of, section.paragraphs))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Independent chair to report", " An independent chair is to report by December 2010."),
        (
            "Joint briefing to Ministers",
            " DoL plans a joint briefing to Ministers by December 2010.",
        ),
        (
            "Interim: second line to the control room",
            " DoL plans a second line to the control room by December 2010.",
        ),
        (
            "Trial of mobile pools in two regions, 4 pools",
            " DoL plans a trial of mobile pools in two regions, 4 pools, by December 2010.",
        ),
        # What has happened is no plan, and what turns an action is told with it if it has a subject.
        (
            "A team of three started on 1 July 2010",
            " DoL reports that a team of three started on 1 July 2010.",
        ),
        (
            "A smaller scheme goes to Cabinet in February",
            " DoL reports that a smaller scheme goes to Cabinet in February.",
        ),
        (
            "Weekly meeting with the drafters. Carve-out dropped.",
            " DoL plans a weekly meeting with the drafters.",
        ),
        (
            "hire two trainers. Nobody applied.",
            " DoL will hire two trainers by December 2010; nobody applied.",
        ),
        (
            "hire two trainers. The contractor resigned.",
            " DoL will hire two trainers by December 2010; the contractor resigned.",
        ),
    ],
)
def test_an_action_that_is_typed_as_a_thing_is_a_sentence(typed, told):
    held_up = delay(explanation="the trainers left", actions=[action(typed, LABOUR, BY)])
    assert by_item(late("1.1", held_up))[0].endswith(told)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "Tender 1 – no compliant bids",
            " DoL gives a lack of funding as the reason: “Tender 1 – no compliant bids.”",
        ),
        ("Delayed by DoL as staff moved to other work", " Staff moved to other work."),
        ("Dependent on the upgrade", " This depends on the upgrade."),
    ],
)
def test_a_cause_that_is_typed_in_a_hurry_is_a_sentence(typed, told):
    assert by_item(late("1.1", delay(explanation=typed)))[0].endswith(told)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        (
            "1,900 primary schools give ten lessons",
            "1,900 primary schools were to give ten lessons by 31 May 2010; that is now expected in May 2011.",
        ),
        (
            "Five of nine black spots covered",
            "Five of nine black spots were to be covered by 31 May 2010; that is now expected in May 2011.",
        ),
        ("Cabinet decisions", "Cabinet decisions, due on 31 May 2010, will now come in May 2011."),
    ],
)
def test_a_milestone_that_is_no_phrase_is_told_by_what_was_to_be(description, told):
    one = late_step(delay(explanation="the trainers left"), description=description)
    text = by_item(item("1.1", one, is_key=True))[0]
    assert f"(1.1): {told} " in text


def test_what_a_delay_means_is_a_sentence_if_it_is_typed_as_a_thing():
    items = [
        late(
            f"1.{n}",
            delay(effect=f"Another summer under {n}0 bylaws", explanation="the bill waits"),
        )
        for n in (1, 2)
    ]
    assert " This means another summer under 20 bylaws." in by_item(*items)[0]
    assert "matters most: it means another summer under 10 bylaws." in _brief(*items)


def test_late_items_without_a_cause_and_those_without_an_action_are_one_sentence():
    items = [late(f"1.{n}", title=f"Print {n}") for n in range(1, 4)]
    held_up = delay(actions=[action("hire two trainers", LABOUR, BY)])
    assert by_item(*items, late("1.4", held_up, title="Fold"))[-1] == (
        "For three late items (1.1, 1.2 and 1.3) neither a cause nor an action is recorded."
    )


def test_what_bridges_a_delay_without_a_verb_is_a_sentence():
    held_up = delay(
        explanation="the trainers left", meanwhile="Temporary life rings at the 7 busiest"
    )
    assert by_item(late("1.1", held_up))[0].endswith(
        " In the meantime, there are temporary life rings at the 7 busiest."
    )


def test_the_day_of_an_action_that_the_cause_has_too_is_left_out():
    held_up = delay(
        explanation="nothing can be connected before the old one is replaced in December 2010",
        actions=[action("connect the rest in stages as it is ready", HEALTH, BY)],
    )
    assert by_item(late("1.1", held_up))[0].endswith(
        "will connect the rest in stages as it is ready."
    )


def test_a_risk_of_a_told_item_names_it_and_does_not_repeat_its_action():
    held_up = delay(
        explanation="the trainers left", actions=[action("submit a bid for money", LABOUR, BY)]
    )
    one = late("1.1", held_up)
    grave = risk(
        description="Trained staff leave.", likelihood="high", impact="high", escalated_to="",
        escalated_on=None, item=one.pk, response="submit a bid for money",
    )  # fmt: skip
    section = write(facts(one, all_risks=(grave,)), BY_ITEM, in_full=False).sections["next_steps"]
    assert text_of(section.paragraphs[0]) == (
        "One likely and serious risk is new to you. Trained staff leave (1.1)."
    )


def test_all_late_key_items_are_named_in_the_summary_while_they_are_at_most_six():
    items = [
        item(f"1.{n}", late_step(delay()), is_key=True, as_told=f"the card {n}")
        for n in range(1, 5)
    ]
    fine = [item(f"2.{n}", step(EXPECTED), as_told=f"the map {n}") for n in range(1, 4)]
    assert "key items: the card 1, the card 2, the card 3 and the card 4." in _brief(*items, *fine)


def test_the_summary_says_what_holds_up_the_item_that_matters_most_and_until_when():
    held_up = delay(effect="People at home are found by telephone", settlement="being_settled")
    one = late("1.5", held_up, title="Know who needs help")
    assert (
        "- The delay of “Know who needs help” matters most: people at home are found by telephone.\n"
        in _brief(one)
    )


def test_an_effect_that_ends_before_the_agreed_date_is_not_told():
    """Of the milestone that it names: the rule was to be in force only in March 2027."""
    signing = step(
        date(2026, 8, 31),
        delay(
            effect="The rule will not be in force for the summers of 2026/27 and 2027/28. About 14 people drown a year."
        ),
        forecast_due=date(2027, 7, 30),
        description="Rule signed",
    )
    force = step(date(2027, 3, 1), forecast_due=date(2028, 3, 1), description="Rule in force")
    one = item("3.1", signing, force, is_key=True, as_told="the rule")
    at = date(2026, 12, 1)
    assert before_due("not in force for the summers of 2026/27", force.agreed) != ""
    assert before_due("not in force for the summer of 2027/28", force.agreed) == ""
    assert before_due("not in force for the summers of 2026/27", signing.agreed) == ""
    entry = late_items(
        [item("3.1", *[each._replace(on=at) for each in (signing, force)], is_key=True)], at
    )[0]
    assert meant_by("The rule will not be in force", entry).description == "Rule in force"
    assert meant_by("Drivers wait for it", entry).description == "Rule signed"
    assert one.number == "3.1"


def test_a_cause_that_waits_for_a_decision_which_is_not_taken_is_told_as_open():
    typed = "Drafting could not begin until policy decisions were taken on which craft are exempt"
    told = by_item(
        late(
            "1.1",
            delay(explanation=typed, needs="a decision on craft", settlement="needs_decision"),
        )
    )[0]
    assert "Drafting cannot begin until policy decisions are taken on which craft" in told
    dated = "Drafting could not start until a decision was taken in July 2009"
    told = by_item(
        late(
            "1.1",
            delay(explanation=dated, needs="a decision on craft", settlement="needs_decision"),
        )
    )[0]
    assert "rafting could not start until a decision was taken in July 2009" in told


def test_a_cause_that_took_less_time_says_how_much_of_the_delay_it_explains():
    held_up = delay(explanation="the staff were moved away for three months", settlement="settled")
    told = by_item(late("1.1", held_up, as_told="the fund"))[0]
    assert (
        "May 2011. The staff were moved away for three months. The rest of the delay is not explained. "
        in told
    )
    nine = step(date(2010, 8, 31), held_up, forecast_due=date(2011, 5, 31))
    assert explains_a_part(held_up.explanation, nine.agreed, nine.forecast) == (
        "This accounts for about three months; the other six are not explained."
    )
    assert explains_a_part("away for eight months", nine.agreed, nine.forecast) == ""
    assert explains_a_part("Data came seven weeks late", nine.agreed, nine.forecast) == (
        "The rest of the delay is not explained."
    )


def test_those_whom_a_bridge_serves_are_counted_where_the_effect_counts_all():
    held_up = delay(
        explanation="the trainers left",
        effect="19 sites without equipment",
        meanwhile="Temporary life rings at the 7 busiest",
    )
    assert by_item(late("1.1", held_up))[0].endswith(
        " The seven busiest of the 19 sites have temporary life rings."
    )


def test_an_act_is_told_in_one_form_at_most_twice():
    items = [
        item(
            f"1.{n}",
            step(
                AGREED,
                delay(explanation=f"trainer {n} left"),
                forecast_due=EXPECTED,
                description=f"Introduce Bill {n}0",
            ),
            title=f"Teach {n}",
            is_key=True,
        )
        for n in range(1, 5)
    ]
    text = by_item(*items)[0]
    assert text.count("and now expects to do so in May 2011") == 2
    assert "DoL expects to introduce Bill 30 in May 2011; this was due by 31 May 2010." in text


def test_what_people_suffer_begins_a_bullet_unless_the_summary_has_it():
    hurts = delay(explanation="the trainers left", effect="Families wait seven weeks")
    text = by_item(late("1.1", delay(effect="Families wait longer")), late("1.2", hurts))[0]
    assert "(1.2): Families wait seven weeks. " in text


def _many(*items):
    """Return the items with others on track, so that a plan has ten."""
    fine = [item(f"9.{n}", step(EXPECTED), as_told=f"the map {n}") for n in range(10 - len(items))]
    return [*items, *fine]


def test_the_summary_counts_each_item_of_a_plan_of_many_once():
    done = item("2.1", stage="complete")
    idle = item("2.2", step(EXPECTED), stage="not_started", heard_on=None, as_told="the help line")
    silent = item("2.3", step(EXPECTED), heard_on=None, as_told="the poster")
    told = _brief(*_many(late("1.1", delay(), as_told="the card"), done, idle, silent))
    assert (
        "In brief:\n- One of the Plan’s 10 work items is late (a key item); one is complete, six are on track, one has not "
        "started (the help line, 2.2) and one has not been reported on (the poster, 2.3). The card will"
    ) in told
    assert "Work has yet to start" not in told
    assert "under way" not in told


def test_late_items_that_have_not_started_are_counted_beside_the_late_ones():
    items = [late(f"1.{n}", delay(), as_told=f"the card {n}") for n in range(1, 5)]
    idle = late("1.5", delay(), stage="not_started", is_key=False, as_told="the poster")
    told = _brief(*_many(*items, idle))
    assert (
        "- Five of the Plan’s 10 work items are late (one has not started); none is complete and five are on track. All four of "
        "its key items are late: the card 1, the card 2, the card 3 and the card 4."
    ) in told


def _grave(**given):
    return risk(likelihood="high", impact="high", escalated_to="", escalated_on=None, **given)


def _risks(**given):
    sections = write(
        facts(item("1.1", step(EXPECTED)), all_risks=(_grave(**given),)), BY_ITEM, in_full=False
    ).sections
    line = text_of(sections["purpose"].paragraphs[1]).split("\n- ")[2]
    return line.partition("{")[0], text_of(sections["next_steps"].paragraphs[0])


def test_the_summary_tells_the_one_grave_risk_that_nobody_has_raised_and_what_is_done_about_it():
    typed = "The pools are closing faster than lessons grow."
    start = "The pools may be closing faster than lessons grow (a risk new to you)."
    summary, ahead = _risks(description=typed, response="Train more of them.")
    assert summary == (f"{start} The Department of Labour (DoL) plans to train more of them.")
    # Next steps does not tell it again.
    assert "pools" not in ahead and "risk" not in ahead.partition("You will be")[0]
    assert _risks(description=typed, response="Stocktake (1.7), then advice")[0] == (
        f"{start} The Department of Labour’s (DoL) response is “Stocktake (1.7), then advice”."
    )
    assert _risks(description=typed, response="")[0] == f"{start} No response is recorded."
    assert _risks(description="Loss of the pools.", response="Train more.")[0] == (
        "A likely and serious risk is new to you: loss of the pools. The Department of Labour (DoL) plans to train more."
    )
    assert _risks(description="Marae walk away.", response="")[0].startswith(
        "A likely and serious risk is new to you: marae walk away."
    )


def test_the_summary_says_what_the_worst_item_needs_first():
    waits = {"effect": "Victims wait", "settlement": "needs_decision", "cause": "legislation"}
    many = [late(f"1.{n}", delay(), as_told=f"the card {n}") for n in range(2, 6)]
    told = _brief(late("1.1", delay(**waits)), *many)
    assert (
        " It needs a change of the law first, so the brochure will not be printed before May 2011."
        in told
    )
    told = _brief(late("1.1", delay(**waits, needs="a new bill")), *many)
    assert (
        " It needs a new bill first, so the brochure will not be printed before May 2011." in told
    )
    told = _brief(late("1.1", delay(effect="Victims wait")), *many)
    assert " The brochure is now expected to be printed in May 2011." in told


def test_a_cause_without_a_verb_is_quoted_where_only_dates_and_causes_are_told():
    items = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 7)]
    for typed, told in (
        (
            "Helicopter weather. Also access at 4 of 31 sites",
            " DoL’s reason: “Helicopter weather. Also access at 4 of 31 sites.”",
        ),
        ("Lidar for Northland not delivered (aircraft)", " Lidar for Northland was not delivered"),
    ):
        held_up = delay(explanation=typed, cause="outside_event")
        text = by_item(*items, late("1.8", held_up, as_told="the radio"))[0]
        assert told in text.partition("(1.8)")[2]
        assert "events outside the Plan" not in text.partition("(1.8)")[2]


def test_an_action_due_in_the_month_of_the_new_date_or_after_it_makes_the_date_doubtful():
    def told(day, settlement="being_settled"):
        held_up = delay(
            explanation="the trainers left",
            settlement=settlement,
            settling_agency=HEALTH.pk,
            actions=[action("hire two trainers", HEALTH, day)],
        )
        return by_item(late("1.1", held_up))[0].partition("will hire two trainers")[2]

    assert told(date(2011, 5, 12)) == " by May 2011. The new date, in the same month, is in doubt."
    assert told(date(2011, 6, 12)) == (
        " by June 2011. That is after the new date, May 2011, which is therefore in doubt."
    )
    assert told(date(2011, 4, 30)) == " by April 2011."
    assert told(date(2011, 5, 12), "settled") == " by May 2011."
    # It is what is late.
    assert told(EXPECTED) == "."


def test_items_whose_action_has_no_date_are_counted_with_those_without_an_action():
    items = [late(f"1.{n}", title=f"Print {n}") for n in range(1, 4)]
    held_up = delay(actions=[action("Officials supporting the committee", LABOUR, None)])
    assert by_item(*items, late("1.4", held_up, title="Fold"))[-1] == (
        "For three late items (1.1, 1.2 and 1.3) neither a cause nor an action is recorded, and for one (1.4) no "
        "date of an action."
    )


def test_a_late_key_item_that_nobody_has_explained_comes_first_and_says_so():
    bare = item("1.2", step(AGREED), title="Print it", is_key=True)
    told = by_item(late("1.1", delay(actions=[action("hire two trainers", LABOUR, BY)])), bare)
    assert told[0].splitlines()[1].startswith("- Print it (1.2): ")
    assert (
        told[0]
        .splitlines()[1]
        .endswith("no new date is set. DoL has reported neither the cause nor an action.")
    )
    assert [each for each in told[1:] if "recorded" in each] == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "Paper forms are used in these districts",
            "Paper forms were to be used in these districts; this was due by 1 July 2010, and DoL has not "
            "confirmed it.",
        ),
        (
            "Hiring two lawyers",
            "DoL is hiring two lawyers; this was due by 1 July 2010 and is not reported as done.",
        ),
    ],
)
def test_an_action_whose_day_has_passed_is_not_told_as_done(typed, told):
    past = action(typed, LABOUR, date(2010, 7, 1))
    assert by_item(late("1.1", delay(actions=[past])))[0].endswith(told)


def test_the_worst_of_many_other_late_items_are_told_with_their_causes():
    others = [late(f"1.{n}", delay(), is_key=False, title=f"Item {n}") for n in range(3, 9)]
    cards = late(
        "1.2", delay("staffing"), is_key=False, as_told="the cards", confidence="off_track"
    )
    assert section_texts(facts(cards, *others, most_words=60), "delay") == [
        "Seven items are late (dates in Annex B). One of them is off track: the cards (1.2, now May 2011) because of a "
        "shortage of staff."
    ]


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (
            "They do 210 homes a month.",
            "At 210 homes a month, the 12,000 due in June 2012 would be missed by more than 3,000.",
        ),
        ("They do 600 homes a month.", ""),  # that would do
        ("They do 330 homes a month.", ""),  # a little faster, it would do
        ("They hear 210 complaints a month.", ""),  # which are not counted by the milestone
    ],
)
def test_a_rate_that_cannot_reach_the_last_target_is_said_not_to(rate, told):
    held_up = delay(actions=[action(rate, LABOUR, BY)])
    last = step(date(2012, 6, 30), description="12,000 homes insulated", number=2)
    first = step(AGREED, held_up, description="6,000 homes insulated", forecast_due=EXPECTED)
    one = item("1.1", first, last, title="Insulate homes", is_key=True)
    done = update_of(one, achieved="DoL insulated 4,000 homes by June 2010.")
    text = by_item(one, updates=[done])[0]
    assert re.findall(r"At .*?,000\.", text) == ([told] if told else [])


def test_the_summary_says_which_late_key_item_nobody_has_explained():
    bare = item("1.2", step(AGREED), title="Print it", is_key=True)
    rest = [item(f"2.{n}", title=f"Item {n}", confidence="on_track") for n in range(1, 30)]
    told = "Nobody has reported why “Print it” (1.2) is late, or what is being done about it."
    assert told in _brief(late("1.1", delay()), bare, *rest)
    assert "Nobody has reported why" not in _brief(late("1.1", delay()), *rest)


def test_an_agency_that_still_may_answer_is_said_to_report_by_its_day():
    bare = item("1.2", step(AGREED), title="Print it", is_key=True)
    rest = [item(f"2.{n}", title=f"Item {n}", confidence="on_track") for n in range(1, 30)]
    awaited = {LABOUR.pk: date(2010, 8, 13)}
    first = by_item(
        late("1.1", delay(actions=[action("hire two trainers", LABOUR, BY)])), bare, awaited=awaited
    )
    assert (
        first[0].splitlines()[1].endswith("no new date is set. DoL is to report by 13 August 2010.")
    )
    assert (
        "Nobody has reported why “Print it” (1.2) is late, or what is being done about it; that is due by 13 August 2010."
        in _brief(late("1.1", delay()), bare, *rest, awaited=awaited)
    )


@pytest.mark.parametrize(
    ("of_delay", "told"),
    [
        ({}, True),
        ({"needs": "Cabinet to decide on $4m"}, False),
        ({"settling_by": date(2010, 12, 1)}, False),
        ({"settling_other": "the banks"}, False),
    ],
)
def test_a_decision_without_a_name_and_a_day_is_said_to_have_none(of_delay, told):
    waits = delay(
        actions=[action("hire two trainers", LABOUR, BY)], settlement="needs_decision", **of_delay
    )
    says = (
        "Who decides on the funding, and when, is not reported." in by_item(late("1.1", waits))[0]
    )
    assert says == told


@pytest.mark.parametrize(
    ("achieved", "told"),
    [
        (
            "DoL carried out 1,720 inspections in the year (980 before).",
            "Of the 2,500 inspections in the first year, due by 31 May 2010, DoL reports 1,720; all 2,500 are now expected in May "
            "2011, because of a lack of funding.",
        ),
        (
            "DoL hired 40 inspectors.",
            "2,500 inspections in the first year, due on 31 May 2010, will now come in May 2011, because of a lack of funding.",
        ),
    ],
)
def test_what_of_a_number_is_reached_is_told_with_its_date(achieved, told):
    first = step(
        AGREED, delay(), description="2,500 inspections in the first year", forecast_due=EXPECTED
    )
    one = item("1.1", first, title="Inspect homes", is_key=True)
    assert told in by_item(one, updates=[update_of(one, achieved=achieved)])[0]


def test_items_on_track_by_a_later_date_are_named():
    moved = step(date(2011, 6, 30), agreed_due=date(2011, 9, 30), description="Print the card")
    on_track = item("2.1", moved, title="Print the card", confidence="on_track")
    at_risk = item(
        "2.2",
        moved._replace(description="Print the map"),
        title="Print the map",
        confidence="at_risk",
    )
    rest = [item(f"3.{n}", title=f"Item {n}", confidence="on_track") for n in range(1, 30)]
    assert "One of those on track has been given a later date: printing the card (2.1)." in _brief(
        late("1.1", delay()), on_track, at_risk, *rest
    )


@pytest.mark.parametrize(
    ("achieved", "told"),
    [("Three agreements signed, 46 homes repaired.", "Three are signed"), ("Hui held.", "")],
)
def test_what_is_done_of_a_few_things_is_told_where_their_date_has_moved(achieved, told):
    moved = step(
        date(2010, 8, 31), agreed_due=date(2010, 9, 30), description="Four agreements signed"
    )
    one = item("2.2", moved, title="Print the map", confidence="at_risk")
    rest = [item(f"3.{n}", title=f"Item {n}", confidence="on_track") for n in range(1, 30)]
    text = _brief(late("1.1", delay()), one, *rest, updates=[update_of(one, achieved=achieved)])
    assert re.findall(r"(?<=to 30 September 2010\. )\w+ are signed", text) == (
        [told] if told else []
    )


@pytest.mark.parametrize(
    ("achieved", "told"),
    [
        (
            "Published the second count of damp rental homes on 30 June 2010: 25 per cent were damp.",
            "DoL published the second count of damp rental homes on 30 June 2010: 25 per cent were damp (2.1).",
        ),
        (
            "Median wait fell from 47 to 29 days.",
            "Count damp rental homes (2.1): Median wait fell from 47 to 29 days.",
        ),
    ],
)
def test_a_result_that_says_what_it_is_about_has_no_name_before_it(achieved, told):
    one = item("2.1", title="Count damp rental homes")
    two = item("2.2", title="Print the map")
    headline = {"key_achievement": "headline"}
    rows = [
        update_of(one, achieved=achieved, **headline),
        update_of(two, achieved="DoL handed out 900 maps in March 2010.", **headline),
    ]
    section = write(facts(one, two, updates=rows), BY_ITEM, in_full=False).sections["achievements"]
    assert told in "\n".join(map(text_of, section.paragraphs)).replace(
        "The Department of Labour (DoL)", "DoL"
    )


def test_a_late_milestone_without_a_new_date_says_by_when_one_is_known():
    unknown = {"settlement": "being_settled", "settling_by": date(2010, 9, 15), "times_moved": 0}
    for moved, told in (
        ({}, "a new date is to be known by 15 September 2010."),
        ({"times_moved": 1}, "no new date is set"),
    ):
        held_up = delay(explanation="the trainers left", **unknown | moved)
        text = by_item(item("1.1", step(AGREED, held_up), is_key=True))[0]
        assert text.startswith(
            f"Train staff (1.1): The brochure was to be printed by 31 May 2010; {told}"
        )
