"""Test the sections Next steps and Risks: attention, plans, dates, and risks with the Minister."""

from datetime import date, timedelta

import pytest

from reports.compose import write
from reports.compose.facts import LastPaper
from reports.compose.planned import last_plan, why_past
from reports.document import words
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    ON,
    POLICE,
    action,
    delay,
    facts,
    item,
    paper,
    risk,
    section_texts,
    step,
    update_of,
)

PAST, SOON, LATER = date(2010, 6, 30), date(2010, 8, 31), date(2011, 6, 30)
PROMISE = "You will be told at once of any new delay or risk."


def ahead(*items, annexes=("progress", "items"), **given):
    return section_texts(facts(*items, **given), "next_steps", annexes)


def late(number="1.1", *delays, **given):
    return item(number, step(PAST, *delays, forecast_due=LATER), **given)


def test_a_date_before_what_was_planned_first_is_listed_alone():
    first = step(PAST, delay(), forecast_due=date(2010, 12, 31), description="Draft sent")
    then = step(SOON, description="Advice")
    lines = ahead(item("1.1", first, then))[0].splitlines()
    assert lines[1] == "- 31 August 2010: “Advice” (1.1, DoL)"
    in_order = step(LATER, description="Advice")
    assert "in doubt" not in ahead(item("1.1", first, in_order))[0]


@pytest.mark.parametrize(
    ("description", "line"),
    [
        (
            "Agreements on the exchange of data with seven ports signed",
            "the signing of the agreements on the exchange of data with seven ports (DoL)",
        ),
        ("Guidance published", "the publication of the guidance (1.1, DoL)"),
    ],
)
def test_a_long_phrase_made_from_a_description_stands_in_the_list_without_its_item(
    description, line
):
    one = item("1.1", step(SOON, description=description))
    assert ahead(one)[0].splitlines()[1] == f"- 31 August 2010: {line}"


# --- plans ------------------------------------------------------------------------------------

WRITTEN = date(2010, 7, 10)


@pytest.mark.parametrize(
    ("done", "answered_since", "is_ahead"),
    [
        (None, None, True),
        (WRITTEN - timedelta(days=1), None, True),
        (WRITTEN, None, False),
        (WRITTEN + timedelta(days=1), None, False),
        (None, WRITTEN, True),
        (None, WRITTEN + timedelta(days=1), False),
    ],
)
def test_a_plan_is_old_once_a_milestone_is_done_or_another_update_is_submitted(
    done, answered_since, is_ahead
):
    one = item("1.1", step(LATER), step(LATER, completed_on=done))
    plan = update_of(one, planned_next="Hold a course.", written_on=WRITTEN)
    assert (why_past(plan, one, answered_since) == "") is is_ahead


def test_the_last_plan_counts_and_no_change_keeps_it():
    one = item("1.1", step(LATER))
    first = update_of(one, planned_next="Hold a course.", written_on=date(2010, 1, 10))
    second = update_of(one, planned_next="Hold two courses.", written_on=WRITTEN)
    unchanged = update_of(one, no_change_on=date(2010, 7, 20), written_on=date(2010, 7, 20))
    silent = update_of(one, achieved="It went well.", written_on=date(2010, 7, 20))
    assert last_plan([]) is None
    assert last_plan([first, second]) is second
    assert last_plan([first, unchanged]) is first
    assert last_plan([unchanged]) is None
    assert last_plan([second, silent]) is None


def test_what_is_planned_for_a_late_key_item_stands_with_its_actions():
    acted = late("1.1", delay(actions=[action("DoL prints a card.", LABOUR)]), is_key=True)
    bare = late("1.2", is_key=True, title="Ask")
    minor = late("1.5")
    items = (acted, bare, minor)
    updates = [update_of(each, planned_next="hold a course. And another.") for each in items]
    of = facts(*items, updates=updates)
    assert section_texts(of, "mitigation")[:2] == [
        "For “Train staff” (1.1), DoL prints a card (no date set). Next, DoL will hold a course.",
        "For “Ask” (1.2), DoL will hold a course.",
    ]
    assert "course" not in "".join(section_texts(of, "next_steps"))
    sources = paper(of).sections[4].paragraphs[0].sources
    assert [each.pk for each in sources if each.model == "workitems.update"] == [updates[0].pk]


def test_what_is_planned_for_a_key_item_at_risk_is_a_next_step():
    doubtful = item("1.3", is_key=True, confidence="at_risk", as_told="the policy")
    other = item("1.4", is_key=True, reviewer_confidence="off_track")
    calm = item("1.5", is_key=True)
    texts = ("hold a course.", "Course for all who ask", "hold a course.")
    updates = [
        update_of(each, planned_next=text)
        for each, text in zip((doubtful, other, calm), texts, strict=True)
    ]
    assert ahead(doubtful, other, calm, updates=updates)[0] == (
        "For the policy, DoL will hold a course. For “Train staff” (1.4), DoL plans: “Course for all who ask”."
    )


@pytest.mark.parametrize("text", ["Word " * 61, "As above.", "n/a"])
def test_a_plan_that_is_too_long_or_says_nothing_is_not_printed(text):
    one = item("1.1", is_key=True, confidence="at_risk")
    assert ahead(one, updates=[update_of(one, planned_next=text)]) == [PROMISE]


# --- dates ------------------------------------------------------------------------------------


def test_the_day_to_settle_a_cause_of_which_the_summary_tells_is_a_main_date():
    waits = delay(
        settlement="being_settled", settling_agency=POLICE.pk, settling_by=date(2010, 12, 17)
    )
    waits = waits._replace(effect="Victims wait")
    of = facts(late("1.1", waits, is_key=True), late("1.2", waits))
    dates = section_texts(of, "next_steps")[0]
    assert dates.startswith("The main dates ahead; for what is late")
    # Of the worry that leads, not of every late item.
    assert dates.count("17 December 2010") == 1
    assert "\n- 17 December 2010: Police to find the funding for “Train staff” (1.1)\n" in dates
    assert (
        "only if Police can find the funding by December 2010." in section_texts(of, "purpose")[1]
    )


def test_open_milestones_of_the_next_months_are_listed_by_date():
    assert ahead(
        item("1.1", step(LATER), step(SOON), step(ON), step(PAST, completed_on=PAST)),
        item("1.2", step(ON + timedelta(days=1), responsible=POLICE.pk), step(date(2011, 7, 31))),
        item("1.3", step(SOON, description="Print " * 15, responsible=HEALTH.pk), as_told="the card"),
        item("1.4", step(SOON), stage="withdrawn"),
        item("1.5", step(date(2010, 9, 30), as_told="the map", forecast_known_to="quarter")),
        item("1.6", step(date(2010, 9, 30), withdrawn_on=PAST)),
    ) == [
        "The main dates ahead:\n"
        "- 31 July 2010: “Brochure printed” (1.2, Police)\n"
        "- 31 August 2010: “Brochure printed” (1.1, DoL)\n"
        "- 31 August 2010: a milestone of the card (1.3, Ministry of Health)\n"
        "- July to September 2010: the map (DoL)",
        f"Annex B has every milestone; five are due in the next year. {PROMISE}",
    ]  # fmt: skip


def test_late_steps_of_key_items_come_before_others_and_five_or_six_are_shown():
    months = [date(2010, 9, day) for day in range(1, 8)]
    steps = [step(day, description=f"Step {day.day}") for day in months]
    lines = ahead(late("1.1", is_key=True), item("1.2", *steps))[0].splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == [
        *(f"- {day} September 2010" for day in range(1, 6)),
        "- 30 June 2011",
    ]
    assert len(ahead(item("1.2", *steps))[0].splitlines()) == 1 + 5


def test_dates_give_way_to_those_of_key_items_but_not_the_nearest():
    days = [*(date(2010, 8, day) for day in range(24, 32)), date(2010, 9, 1)]
    near = [step(day, description=f"Near {day.day}") for day in days]
    others = [step(date(2010, 9, day), description=f"Step {day}") for day in range(2, 7)]
    lines = ahead(item("1.1", *near), item("1.2", *others, is_key=True))[0].splitlines()
    assert [line.partition("“")[2].partition("”")[0] for line in lines[1:]] == [
        # Due within four weeks, the first three.
        "Near 24", "Near 25", "Near 26",
        "Step 2", "Step 3",
    ]  # fmt: skip


def test_an_action_of_the_next_weeks_stands_among_the_dates_by_its_item():
    soon = action("print it", HEALTH, date(2010, 8, 20))
    one = late("1.1", delay(actions=[soon]), is_key=True, as_told="the card")
    assert ahead(one)[0].splitlines() == [
        "The main dates ahead:",
        "- 20 August 2010: the action above for the card (MOH)",
        "- 30 June 2011: “Brochure printed” (1.1, DoL)",
    ]


@pytest.mark.parametrize(
    ("annexes", "steps", "sentence"),
    [
        (["items"], 1, "Annex A has every milestone; one is due in the next year. "),
        (
            ["progress", "items_texts"],
            2,
            "Annex B has every milestone; two are due in the next year. ",
        ),
        (["progress"], 1, "One milestone follows in the next 12 months. "),
        ([], 2, "Two milestones follow in the next 12 months. "),
        ([], 0, ""),
    ],
)
def test_the_other_milestones_of_the_year_are_counted(annexes, steps, sentence):
    one = item("1.1", *(step(LATER) for _ in range(steps)))
    assert ahead(one, annexes=annexes) == [f"{sentence}{PROMISE}"]


def test_without_room_only_the_late_steps_of_key_items_are_listed():
    lines = ahead(late("1.1", is_key=True), item("1.2", step(SOON)), most_words=60)
    assert lines == [
        "The main date ahead:\n- 30 June 2011: “Brochure printed” (1.1, DoL)",
        "Annex B has every milestone; two are due in the next year.",
    ]


# --- risks ------------------------------------------------------------------------------------


def test_risks_with_the_minister_are_told_with_their_owner():
    assert section_texts(facts(all_risks=(risk(),)), "next_steps") == [
        "One risk raised with you remains open. Trained staff leave. DoL plans to train more of them.",
        PROMISE,
    ]
    risks = (
        risk(description="It rains"), risk(2, closed_on=PAST), risk(3, escalated_to="group"),
        risk(4, "it snows", "Cards for all."), risk(5, "Word " * 90, ""), risk(6, "it hails", "Monitor."),
    )  # fmt: skip
    assert section_texts(facts(all_risks=risks), "next_steps", ["risks"])[0] == (
        "Four risks raised with you remain open (R5 is in Annex A):\n"
        "- It rains. DoL plans to train more of them.\n- It snows. Cards for all (owner: DoL).\n"
        "- It hails (owner: DoL)."
    )


def test_risks_high_in_likelihood_and_impact_are_reported_though_nobody_raised_them():
    high = {"likelihood": "high", "impact": "high"}
    risks = (
        risk(1, escalated_to="group", **high),
        risk(2, "It snows.", escalated_to="group", likelihood="high"),
        risk(3, "It rains.", closed_on=PAST, escalated_to="group", **high),
        risk(4, "It thaws.", escalated_to="group", **high),
    )
    assert "likely and serious" not in section_texts(facts(all_risks=risks), "purpose")[1]
    of = facts(item(), all_risks=risks)
    assert section_texts(of, "next_steps") == [
        "Two likely and serious risks are new to you:\n"
        "- Trained staff leave. DoL plans to train more of them.\n"
        "- It thaws. DoL plans to train more of them.",
        PROMISE,
    ]
    document = paper(of)
    (place,) = [
        each.number for each in document.paragraphs() if words(each.text).startswith("Two likely")
    ]
    assert words(document.sections[0].paragraphs[1].bullets[1].text) == (
        f"Two likely and serious risks are new to you (paragraph {place})."
    )


@pytest.mark.parametrize(
    ("count", "annexes", "note"),
    [
        (5, [], ""),
        (6, [], ", five of them listed here"),
        (7, [], ", five of them listed here"),
        (6, ["risks"], " (R6 is in Annex A)"),
        (8, ["risks"], " (R6, R7 and R8 are in Annex A)"),
    ],
)
def test_at_most_five_risks_are_mentioned(count, annexes, note):
    risks = tuple(risk(n) for n in range(1, count + 1))
    lines = section_texts(facts(all_risks=risks), "next_steps", annexes)[0].splitlines()
    assert lines[0].partition("open")[2] == f"{note}:"
    assert len(lines) == 1 + 5


def test_a_risk_alert_says_that_there_is_no_risk():
    section = write(facts(item()), ["risks"]).sections["risks"]
    assert [run.text for run in section.paragraphs[0].text] == [
        "No risk to the Plan is before you."
    ]


def test_a_paper_that_first_tells_of_a_late_item_does_not_promise_to_tell_at_once():
    one = item("1.1", step(PAST, delay(), forecast_due=LATER))
    told = LastPaper(date(2010, 1, 10), complete=0, late=1, late_items=frozenset({one.pk}))
    assert ahead(one, last_paper=told)[-1].endswith(PROMISE)
    untold = told._replace(late=0, late_items=frozenset())
    assert not any(PROMISE in each for each in ahead(one, last_paper=untold))


def test_what_the_summary_names_ahead_is_among_the_dates_before_anything_else():
    keys = [
        item(f"1.{n}", step(SOON, as_told=f"card {n}"), title=f"Card {n}", is_key=True)
        for n in range(1, 6)
    ]
    late_ones = [
        item(f"2.{n}", step(PAST, as_told=f"map {n}", forecast_due=LATER), title=f"Map {n}")
        for n in range(1, 5)
    ]
    first = step(date(2011, 2, 28), as_told="the first note")
    idle = item("3.1", first, step(LATER, as_told="the second"), stage="not_started", title="Notes")
    lines = ahead(*keys, *late_ones, idle)[0].splitlines()
    assert [each for each in lines if "card" not in each] == [
        "The main dates ahead:",
        "- 28 February 2011: the first note (DoL)",
        *(f"- 30 June 2011: map {n} (DoL)" for n in range(1, 5)),
    ]
