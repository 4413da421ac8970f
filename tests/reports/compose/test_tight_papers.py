"""Test what a paper by item says where it has little room: why, for whom, and as whose word."""

import re
from dataclasses import replace
from datetime import date

import pytest

from reports.compose import UNDRAFTED
from reports.compose.late_words import without_second
from reports.compose.paper_parts import write
from reports.compose.paragraphs import length
from tests.reports.in_memory import (
    LABOUR,
    POLICE,
    action,
    delay,
    facts,
    item,
    paper,
    risk,
    step,
    text_of,
    update_of,
)
from workitems.measures.completion import CompletedMilestone, Completion, Completions

pytestmark = pytest.mark.one_database(reason="reads no database")

BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")
AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)
BY = date(2010, 12, 31)


def late(number, *delays, **given):
    one = step(AGREED, *delays, forecast_due=EXPECTED)
    return item(number, one, **{"is_key": True} | given)


def many(*items):
    """The items with others on track, so that a plan has ten."""
    fine = [item(f"9.{n}", step(EXPECTED), as_told=f"the map {n}") for n in range(10 - len(items))]
    return [*items, *fine]


def sections(*items, annexes=("items", "delays"), **given):
    made = write(facts(*items, **given), BY_ITEM, annexes, in_full=False).sections
    return {name: "\n".join(map(text_of, each.paragraphs)) for name, each in made.items()}


def test_what_nothing_shows_to_be_complete_is_reported_so_throughout():
    day = date(2010, 2, 1)
    steps = [step(day, completed_on=day) for _ in range(2)]
    done = [
        item(f"2.{n}", each, stage="complete", completed_on=day, as_told=f"the card {n}")
        for n, each in enumerate(steps, 1)
    ]
    without = [
        CompletedMilestone(each.pk, of, 1, "", "", LABOUR, day, "", Completion.WITHOUT)
        for of, each in zip(done, steps, strict=True)
    ]
    rows = [late("1.1", delay(), as_told="the poster"), *done]
    results = [
        update_of(each, achieved=f"{n}00 cards were printed.", key_achievement="headline")
        for n, each in enumerate(done, 1)
    ]
    of = many(*rows)
    told = sections(*of, updates=results, completions=Completions(without))
    assert (
        "- One of the Plan’s 10 work items is late (a key item); seven are on track. Agencies report two complete, not yet "
        "verified."
    ) in told["purpose"]
    assert "The year’s main results, as agencies report them:" in told["achievements"]
    assert told["achievements"].count(", reported complete): ") == 2
    assert "were completed" not in told["achievements"]


def doubtful(number="1.5", **given):
    return item(number, step(EXPECTED), confidence="at_risk", as_told="the posts", **given)


def test_a_key_item_at_risk_says_what_is_done_about_it():
    posts = doubtful(is_key=True)
    threat = risk(
        description="Posts stay empty.", response="ask the College", item=posts.pk,
        escalated_to="", escalated_on=None, likelihood="medium",
    )  # fmt: skip
    told = sections(*many(posts, late("1.1", delay())), all_risks=(threat,))["purpose"]
    assert (
        "- The posts (1.5), a key item, may become late, because posts stay empty. The Department of Labour (DoL) plans to ask the "
        "College."
    ) in told
    # One that is closed says nothing.
    closed = threat._replace(closed_on=date(2010, 6, 1))
    told = sections(*many(posts, late("1.1", delay())), all_risks=(closed,))["purpose"]
    assert (
        "The posts (1.5), a key item, may become late; the Department of Labour (DoL) has recorded no action."
    ) in told


def test_an_item_at_risk_that_is_not_key_is_only_counted_unless_a_record_says_why():
    posts = doubtful()
    rows = many(posts, late("1.1", delay()))
    assert "posts" not in sections(*rows)["purpose"]
    reported = update_of(posts, challenges="Staff cannot be released from rosters.")
    told = sections(*rows, updates=[reported])["purpose"]
    why = "- The posts (1.5) may become late, because staff cannot be released from rosters"
    assert f"{why}; the Department of Labour (DoL) has recorded no action." in told
    reported = update_of(
        posts, challenges="Staff cannot be released from rosters.", planned_next="Report results"
    )
    told = sections(*rows, updates=[reported])["purpose"]
    # To report is no remedy.
    assert f"{why}; the Department of Labour (DoL) has recorded no action." in told


def test_late_items_that_are_only_named_have_their_date_and_cause():
    keys = [
        late(f"1.{n}", delay(explanation=f"trainer {n} left", actions=[action(f"hire {n}")]))
        for n in range(1, 5)
    ]
    others = [
        late(f"2.{n}", *of, is_key=False, as_told=f"the card {n}")
        for n, of in enumerate(
            (
                [delay("staffing")],
                [delay("staffing")],
                [delay("consultation")],
                [delay("other")],
                [],
            ),
            1,
        )
    ]
    told = sections(*many(*keys, *others), most_words=250)["delay"]
    assert (
        "Five other items are late, with new dates in 2011:\n- Card 1 (2.1): brochure to be printed in May, because of a shortage of "
        "staff.\n- Card 2 (2.2): brochure to be printed in May, because of a shortage of staff.\n- Card 3 (2.3): brochure to be printed "
        "in May, because of consultation.\n- Card 4 (2.4): brochure to be printed in May, instead of 31 May 2010.\n- Card 5 (2.5): brochure "
        "to be printed in May, instead of 31 May 2010."
    ) in told


def test_a_cause_of_a_vague_kind_is_told_in_its_agencys_words():
    keys = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 5)]
    hired = delay("outside_event", explanation="hospitals hired fewer people")
    busy = delay("prior_commitments", explanation="staff were on other work")
    others = [
        late("2.1", hired, is_key=False, as_told="the posts"),
        late("2.2", busy, is_key=False, as_told="the card", stage="not_started"),
        late("2.3", delay("staffing"), is_key=False, as_told="the map", stage="not_started"),
    ]
    told = sections(*many(*keys, *others), most_words=250)["delay"]
    assert (
        "Three other items are late, with new dates in 2011:\n- Posts (2.1): May, because hospitals hired fewer people.\n"
        "- Card (2.2, not started): May, because staff were on other work.\n- Map (2.3, not started): brochure to be printed in May, because of a shortage of staff."
    ) in told


def test_what_comes_to_the_minister_is_told_under_next_steps():
    keys = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 5)]
    check = action("check the draft and consult the Minister", LABOUR, date(2011, 4, 30))
    rules = late(
        "2.1",
        delay(explanation="a drafter left", actions=[check]),
        is_key=False,
        as_told="the rules",
    )
    told = sections(*many(*keys, rules), most_words=250)
    assert "consult" not in told["delay"]
    assert told["next_steps"].endswith(
        "- 30 April 2011: DoL is to check the draft brochure and consult you (2.1)"
    )


def test_an_act_on_something_that_is_not_named_is_not_told():
    keys = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 5)]
    send = action("send it to the Minister", LABOUR, date(2011, 4, 30))
    rules = late("2.1", delay(explanation="a drafter left", actions=[send]), is_key=False)
    assert "send it" not in sections(*many(*keys, rules), most_words=250)["next_steps"]


def test_people_come_before_dates_where_a_delay_counts_them():
    held_up = delay(explanation="the building failed", effect="About 40 students train elsewhere")
    told = sections(late("1.2", delay(effect="Victims wait")), late("1.1", held_up, title="Hubs"))
    assert "Hubs (1.1): About 40 students train elsewhere. The brochure was" in told["delay"]
    # No sentence begins with a digit.
    held_up = delay(explanation="the building failed", effect="318 nurses stay in motels")
    told = sections(late("1.2", delay(effect="Victims wait")), late("1.1", held_up, title="Hubs"))
    assert " Meanwhile, 318 nurses stay in motels." in told["delay"]


@pytest.mark.parametrize(
    ("due", "says"),
    [
        (
            date(2011, 2, 28),
            " That leaves three months to change the law, so the new date is in doubt.",
        ),
        (date(2010, 10, 31), ""),
    ],
)
def test_a_decision_that_leaves_little_time_for_a_law_says_so(due, says):
    held_up = delay(
        "legislation", "the Act does not allow it", settlement="needs_decision",
        needs="a decision by Cabinet on the bill", actions=[action("take a paper to Cabinet", LABOUR, due)],
    )  # fmt: skip
    told = sections(late("1.1", held_up))["delay"]
    assert ("to change the law" in told) == bool(says) and says in told


def test_a_background_that_says_when_the_plan_was_released_says_it_alone():
    said = sections(late("1.1"), background="The Plan was released in July 2009.")["purpose"]
    assert "(the Plan). It covers" in said
    for other in ("", "Cabinet agreed in July 2009 to have it. The Plan was released later."):
        said = sections(late("1.1"), background=other)["purpose"]
        assert "(the Plan), released in July 2009. It covers" in said


@pytest.mark.parametrize("mark", ["’", "'"])
def test_a_ministers_office_is_not_called_you(mark):
    told = f"The group reports to the Minister of Immigration{mark}s office."
    assert told in sections(late("1.1"), background=told)["background"]
    told = "The group reports to the Minister of Immigration."
    assert "The group reports to you." in sections(late("1.1"), background=told)["background"]


def own_decision(**given):
    return delay(
        explanation="the rate is low", settlement="needs_decision",
        needs="a decision by the Minister of Immigration on a higher rate, at $2 million a year",
        actions=[action("offer houses", LABOUR, date(2010, 12, 31))], **given,
    )  # fmt: skip


def test_what_the_minister_decides_comes_second_and_is_joined_to_its_item():
    rows = many(late("1.1", delay(effect="Victims wait")), late("1.2", own_decision()))
    told = sections(*rows)
    lines = told["purpose"].split("\n- ")
    assert [lines[2][:18], lines[3][:12]] == ["You are asked to {", "The delay of"]
    assert (
        " The new date depends on your decision. DoL will also offer houses by December 2010."
    ) in told["delay"]
    assert (
        sections(*many(late("1.1", delay())))["purpose"]
        .splitlines()[0]
        .endswith(". You are asked to {recommendations}.")
    )


@pytest.mark.parametrize(
    ("money", "said"),
    [
        ("the baseline", "The new date depends on your decision."),
        ("the baseline of 2010/11", "The new date depends on your decision."),
        (
            "Budget 2011, 2011/12 and 2012/13",
            "The new date depends on your decision, and is in doubt, as the money would come only from July 2011.",
        ),
    ],
)
def test_a_new_date_before_its_money_is_in_doubt(money, said):
    rows = many(late("1.1", delay()), late("1.2", own_decision(money_from=money)))
    assert said in sections(*rows)["delay"]


def test_a_doubtful_date_points_to_why_and_gives_no_second_figure():
    filled = step(date(2010, 9, 30), description="35 registrar posts filled")
    posts = item("1.5", filled, confidence="at_risk", is_key=True, as_told="the registrars")
    why = update_of(posts, challenges="Only 9 of the 15 posts have a supervisor.")
    act = delay(
        explanation="a trainer left", actions=[action("hire another", LABOUR, date(2010, 10, 31))]
    )
    others = [
        item(f"8.{n}", step(date(2010, 9, 30)), is_key=True, as_told=f"the chart {n}")
        for n in range(2)
    ]
    told = sections(*many(late("1.1", act), posts, *others), updates=[why])["next_steps"]
    assert "The main dates ahead, beside those in paragraph {" in told
    assert ", in doubt (paragraph {" in told
    assert "35" not in told


def test_the_annex_has_what_is_being_done_about_as_many_as_have_an_action():
    keys = [late(f"1.{n}", delay()) for n in range(1, 5)]
    acted = delay(actions=[action("hire two trainers", POLICE, BY)])
    others = [
        late(f"2.{n}", acted if n < 3 else delay(), is_key=False, title=f"Maps {n}")
        for n in range(1, 9)
    ]
    told = sections(*many(*keys, *others))["delay"]
    assert "Annex B has what is being done about two of them." in told


def listed(explanation, effect="", known_to="day", **of_delay):
    """The line of an item in the list of those that are only named."""
    keys = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 5)]
    held_up = delay(explanation=explanation, effect=effect, **of_delay)
    one = step(AGREED, held_up, forecast_due=EXPECTED, forecast_known_to=known_to)
    others = [item("2.1", one, title="Links"), late("2.2", delay(), is_key=False, title="Maps")]
    told = sections(*many(*keys, *others), most_words=250)["delay"]
    return next(line for line in told.split("\n") if line.startswith("- Links (2.1)"))


def test_a_late_item_that_is_only_named_says_what_its_delay_means_else_why():
    assert listed("a trainer left", "19 clinics cannot run consultations") == (
        "- Links (2.1): May; 19 clinics cannot run consultations."
    )
    # What points at something else is not understood in a list.
    assert listed("a trainer left", "new staff in these two regions wait") == (
        "- Links (2.1): May, because a trainer left."
    )
    long = " ".join(["nobody applied in"] * 5)
    assert listed(long, cause="staffing") == (
        "- Links (2.1): brochure to be printed in May, because of a shortage of staff."
    )


@pytest.mark.parametrize(
    ("explanation", "told"),
    [
        ("the trainer was ill, the room was closed", "the trainer was ill"),
        (
            "ports at Nelson, Picton and Bluff are full",
            "ports at Nelson, Picton and Bluff are full",
        ),
        ("the builder closed, which was known", "the builder closed, which was known"),
        ("the room was built, but it leaked", "the room was built, but it leaked"),
    ],
)
def test_a_cause_in_a_list_ends_at_a_comma_only_between_two_sentences(explanation, told):
    assert listed(explanation) == f"- Links (2.1): May, because {told}."


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("The builder closed, and Police hired another.", "The builder closed"),
        (", because the builder closed, and Police hired another", ", because the builder closed"),
        ("Ports at Nelson, Picton, and Bluff are full.", None),
        ("The builder closed, and nobody else applied.", None),
        ("The builder closed, and Police hired another. That took a year.", None),
    ],
)
def test_a_second_cause_is_left_out_only_if_both_are_sentences(cause, told):
    assert without_second(cause) == (told or cause)


def test_the_summary_says_why_the_minister_decides_and_when_others_do():
    asked = delay(
        explanation="the rate is too low", settlement="needs_decision",
        needs="a decision by the Minister of Immigration on a higher rate", effect="Victims wait",
    )  # fmt: skip
    law = delay(
        "legislation", explanation="the Act says less", settlement="needs_decision",
        needs="a decision by Cabinet in February 2011 on the Bill",
    )  # fmt: skip
    rows = many(late("1.1", asked, title="Pool"), late("1.2", law, title="Rule"))
    told = sections(*rows)
    assert told["purpose"].split("\n- ")[2] == (
        "You are asked to {recommendations}. The rate is too low. The new date for the brochure to be printed (1.2) depends on "
        "a decision by Cabinet in February 2011."
    )
    # Told once.
    assert "rate is too low" not in told["delay"]


def test_fewer_than_a_number_is_said_of_what_was_planned():
    homes = item("1.9", step(EXPECTED, description="All 80 homes ready"), as_told="the homes")
    threat = risk(
        description="The money may cover fewer than 80 homes", response="buy finished ones",
        item=homes.pk, likelihood="high", impact="high", escalated_to="", escalated_on=None,
    )  # fmt: skip
    told = sections(*many(homes, late("1.1", delay())), all_risks=(threat,))["purpose"]
    assert (
        "- The money may cover fewer than the 80 homes planned (1.9, a risk new to you). The Department of Labour (DoL) plans "
        "to buy finished ones."
    ) in told


def test_the_case_for_a_decision_is_that_of_the_ministers_own():
    held_up = delay(
        explanation="the bid failed", settlement="needs_decision", needs="a decision by the Minister on $6 million",
        money_from="the baseline", if_declined="the line opens in 2012",
    )  # fmt: skip
    one = item(
        "1.1",
        step(AGREED, held_up, forecast_due=EXPECTED, responsible=POLICE.pk),
        is_key=True,
        lead=POLICE.pk,
    )
    made = write(facts(*many(one)), BY_ITEM, ("items", "delays"), in_full=False)
    (ask,) = made.asks
    assert (str(ask.verb), ask.text) == (
        "agree",
        "to provide $6 million, on which the new date for the brochure to be printed (1.1), May 2011 at the earliest, depends. The money would "
        "come from the baseline. If you decline, the line opens in 2012.",
    )


def test_a_recommendation_says_that_a_date_before_its_money_is_in_doubt():
    money = {"money_from": "Budget 2011, 2011/12", "if_declined": "the line opens in 2012"}
    rows = many(late("1.1", delay()), late("1.2", own_decision(**money)))
    made = write(facts(*rows), BY_ITEM, ("items", "delays"), in_full=False)
    assert made.asks[0].text.partition("depends. ")[2] == (
        "The money would come from Budget 2011, 2011/12. Even if you agree, May 2011 is in doubt, because the money would come "
        "only from July 2011. If you decline, the line opens in 2012."
    )


def test_a_result_that_begins_with_the_words_of_its_items_title_has_no_lead():
    one = item("2.1", step(EXPECTED), title="Run a national 'Pause, check, tell' campaign")
    told = "The 'Pause, check, tell' campaign began in May 2010. It reached 40 people."
    of = many(late("1.1", delay()), one)
    results = [update_of(one, achieved=told, key_achievement="headline")]
    assert (
        "- The 'Pause, check, tell' campaign began in May 2010 (2.1). It reached 40 people"
        in (sections(*of, updates=results)["achievements"])
    )


def test_an_action_by_the_contract_of_somebody_is_told_without_it_and_another_act_is_kept():
    def told(typed):
        held_up = delay(explanation="the trainers left", actions=[action(typed, LABOUR, BY)])
        return sections(*many(late("1.1", held_up)), most_words=100)["delay"]

    assert "will hire cameras by December 2010." in told(
        "hire cameras under a contract with Aurora of Napier"
    )
    both = "hire cameras under a contract that ends in June and train 40 staff"
    assert f"will {both}" in told(both)


def test_fewer_than_a_number_are_of_those_planned_only_if_as_many_are():
    def ahead(planned):
        rows = [item("1.9", step(EXPECTED, description=planned)), late("1.1", delay())]
        grave = risk(
            item=rows[0].pk, likelihood="high", impact="high", escalated_to="", escalated_on=None,
            description="The money may cover fewer than 80 homes", response="buy finished ones",
        )  # fmt: skip
        return sections(*many(*rows), all_risks=(grave,))["purpose"]

    assert "fewer than the 80 homes planned" in ahead("All 80 homes ready")
    assert "fewer than 80 homes" in ahead("All 180 homes ready")


def test_a_full_paper_keeps_the_actions_that_come_to_cabinet():
    rows = [late(f"1.{n}", delay(explanation=f"trainer {n} left")) for n in range(1, 9)]
    taken = action("send a paper on fees to Cabinet", LABOUR, BY)
    last = late("1.9", delay(explanation="the trainers left", actions=[taken]))
    told = sections(*many(*rows, last), most_words=250)
    assert "Cabinet" not in told["delay"]
    assert told["next_steps"].endswith(
        "- 31 December 2010: DoL is to send a paper on fees to Cabinet (1.9)"
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("no money", "Item 1.1 is late because of a lack of money."),
        ("This waits for the card of Customs.", "Item 1.1 waits for the card of Customs."),
        ("the trainers left", "The trainers left."),
    ],
)
def test_the_cause_that_follows_what_is_asked_names_its_item(typed, told):
    held_up = delay(
        explanation=typed, needs="your decision on a new card", settlement="needs_decision",
        settling_agency=LABOUR.pk,
    )  # fmt: skip
    summary = sections(*many(late("1.1", held_up)))["purpose"]
    assert f"You are asked to {{recommendations}}. {told}" in summary


@pytest.mark.parametrize("contents", [UNDRAFTED, BY_ITEM])
@pytest.mark.parametrize("most", [600, 950])
def test_a_paper_whose_late_items_fill_it_keeps_to_its_limit(contents, most):
    rows = [
        late(
            f"1.{n}",
            delay(
                explanation=f"trainer {n} left and nobody else applied for the post in time",
                effect=f"Victims in district {n} wait a year longer for somebody to help them",
                actions=[action(f"hire another trainer for district {n}", LABOUR, BY)],
            ),
            as_told=f"the course {n}",
        )
        for n in range(1, 31)
    ]
    made = write(facts(*rows, most_words=most), contents, ("items", "delays"), in_full=False)
    paragraphs = [each for section in made.sections.values() for each in section.paragraphs]
    assert sum(map(length, paragraphs)) <= most
    assert re.search(
        r"(?:more|Also late) \(Annex B\): |Annex B has ", "\n".join(map(text_of, paragraphs))
    )
    # Each bullet has its own sources.
    lists = [each for each in paragraphs if each.key in made.lines and each.bullets]
    assert [each for each in lists if len(made.lines[each.key]) != len(each.bullets)] == []


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ("complete", "Completed: “Print card 6” (1.6)."),
        ("under_way", "One more: “Print card 6” (1.6)."),
    ],
)
def test_results_that_are_left_out_are_named_as_completed_if_they_are(stage, told):
    items = [item(f"1.{n}", title=f"Print card {n}", stage=stage) for n in range(1, 7)]
    held_up = delay(
        explanation="the trainers left for other work and nobody else can teach the course before winter",
        effect="victims in four regions wait for help that they need at once",
        actions=[
            action("hire two trainers and send them to all regions before winter", LABOUR, BY)
        ],
    )
    lates = [late(f"2.{n}", held_up, title=f"Train staff {n}") for n in range(1, 9)]
    rows = [
        update_of(
            each,
            key_achievement="headline",
            achieved=f"DoL printed {n} cards for all airports by June.",
        )
        for n, each in enumerate(items, start=901)
    ]
    labelled = [
        row._replace(source=replace(row.source, label=f"Update of item {each.number}"))
        for row, each in zip(rows, items, strict=True)
    ]
    made = paper(facts(*items, *lates, updates=labelled, most_words=600))
    texts = "\n".join(text_of(each) for section in made.sections for each in section.paragraphs)
    assert f"- {told}" in texts.splitlines()
