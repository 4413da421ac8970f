"""Test the sections Next steps and Risks: attention, plans, dates, and risks with the Minister."""

from datetime import date, timedelta

import pytest

from reports.compose import write
from reports.compose.ahead import last_plan, why_past
from tests.reports.in_memory import (
    HEALTH,
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
PROMISE = "We will tell you at once if a date moves again or a new risk appears."


def ahead(*items, annexes=("progress", "items"), **given):
    return section_texts(facts(*items, **given), "next_steps", annexes)


def late(number="1.1", *delays, **given):
    return item(number, step(PAST, *delays, forecast_due=LATER), **given)


def attention(*items, **given):
    """Return what the section says first, without the dates that may follow."""
    return ahead(*items, **given)[0].partition(" The main date")[0]


# --- attention --------------------------------------------------------------------------------


def test_attention_goes_to_the_late_key_items_and_those_in_doubt():
    doubtful = item("1.3", is_key=True, title="Write a policy", reviewer_confidence="off_track")
    assert attention(item()) == (
        "No key item is late or at risk, so the working group attends to the dates as they come."
    )
    assert attention(late("1.1", is_key=True), late("1.2")) == (
        "The working group’s first priority is “Train staff” (1.1)."
    )
    keys = [late(f"1.{n}", is_key=True, as_told=f"card {n}") for n in (1, 2, 3)]
    assert attention(*keys[:2]) == "The working group’s priorities are card 1 and card 2."
    assert attention(*keys) == (
        "The working group will concentrate on the late key items (1.1, 1.2 and 1.3)."
    )
    assert attention(doubtful) == ("The working group will watch 1.3, which may become late.")
    assert attention(late("1.1", is_key=True), doubtful) == (
        "The working group will concentrate on the late key item (1.1), and watch 1.3, which may "
        "become late."
    )
    assert attention(*(late(f"1.{n}", is_key=True) for n in range(1, 7))).endswith(
        "(1.1, 1.2, 1.3, 1.4, 1.5 and 1.6)."
    )


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


def test_the_plans_for_key_items_late_or_in_doubt_are_quoted_unless_an_action_says_more():
    acted = late("1.1", delay(actions=[action()]), is_key=True)
    over = late("1.2", delay(actions=[action(done_on=PAST)]), is_key=True, title="Ask")
    doubtful = item("1.3", is_key=True, confidence="at_risk", as_told="the policy")
    calm, minor = item("1.4", is_key=True), late("1.5")
    items = (acted, over, doubtful, calm, minor)
    updates = [update_of(each, planned_next="hold a course. And another.") for each in items]
    assert ahead(*items, updates=updates)[0].partition("late. ")[2] == (
        "The plan for “Ask” (1.2): “hold a course”. The plan for the policy: “hold a course”."
    )
    sources = paper(facts(*items, updates=updates)).sections[5].paragraphs[0].sources
    assert [each.pk for each in sources if each.model == "workitems.update"] == [
        updates[1].pk,
        updates[2].pk,
    ]


def test_at_most_three_plans_are_quoted_and_a_long_one_is_not():
    items = [late(f"1.{n}", is_key=True) for n in range(1, 6)]
    plans = ["Word " * 61, *["Hold a course."] * 4]
    updates = [update_of(each, planned_next=plan) for each, plan in zip(items, plans, strict=True)]
    words = ahead(*items, updates=updates)[0]
    assert [n for n in range(1, 6) if f"The plan for “Train staff” (1.{n})" in words] == [2, 3, 4]


# --- dates ------------------------------------------------------------------------------------


def test_the_day_to_settle_what_a_late_key_item_waits_for_is_a_date_to_watch():
    waits = delay(
        settlement="being_settled", settling_agency=POLICE.pk, settling_by=date(2010, 12, 17)
    )
    assert ahead(late("1.1", waits, is_key=True), late("1.2", waits))[0] == (
        "The working group’s first priority is “Train staff” (1.1). The main dates ahead:\n"
        "- 17 December 2010: funding to be found for item 1.1 (Police)\n"
        "- 30 June 2011 at the earliest: “Brochure printed” (1.1, DoL)"
    )
    past = delay(settlement="being_settled", settling_agency=POLICE.pk, settling_by=PAST)
    assert "to be found" not in ahead(late("1.1", past, is_key=True))[0]


def test_open_milestones_of_the_next_months_are_listed_by_date():
    assert ahead(
        item("1.1", step(LATER), step(SOON), step(ON), step(PAST, completed_on=PAST)),
        item("1.2", step(ON + timedelta(days=1), responsible=POLICE.pk), step(date(2011, 7, 31))),
        item("1.3", step(SOON, description="Print " * 15, responsible=HEALTH.pk), as_told="the card"),
        item("1.4", step(SOON), stage="withdrawn"),
        item("1.5", step(date(2010, 9, 30), as_told="the map", forecast_known_to="quarter")),
        item("1.6", step(date(2010, 9, 30), withdrawn_on=PAST)),
    ) == [
        "No key item is late or at risk, so the working group attends to the dates as they come. The main dates "
        "ahead:\n"
        "- 31 July 2010: “Brochure printed” (1.2, Police)\n"
        "- 31 August 2010: “Brochure printed” (1.1, DoL)\n"
        "- 31 August 2010: a milestone of the card (1.3, Ministry of Health)\n"
        "- July to September 2010: the map (DoL)",
        f"Annex B lists the other milestone of the next 12 months. {PROMISE}",
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


def test_near_dates_give_way_to_those_of_key_items():
    near = [step(date(2010, 8, day), description=f"Near {day}") for day in (2, 3)]
    others = [step(date(2010, 9, day), description=f"Step {day}") for day in range(1, 6)]
    lines = ahead(item("1.1", *near), item("1.2", *others, is_key=True))[0].splitlines()
    assert [line.partition("“")[2][:6] for line in lines[1:]] == [
        "Step 1", "Step 2", "Step 3", "Step 4", "Step 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("annexes", "steps", "sentence"),
    [
        (["items"], 1, "Annex A lists the milestone of the next 12 months. "),
        (
            ["progress", "items_texts"],
            2,
            "Annex B lists the two milestones of the next 12 months. ",
        ),
        (["progress"], 1, "One milestone follows in the next 12 months. "),
        ([], 2, "Two milestones follow in the next 12 months. "),
        ([], 0, ""),
    ],
)
def test_the_other_milestones_of_the_year_are_counted(annexes, steps, sentence):
    one = item("1.1", *(step(LATER) for _ in range(steps)))
    assert ahead(one, annexes=annexes)[1:] == [f"{sentence}{PROMISE}"]


def test_without_room_only_the_late_steps_of_key_items_are_listed():
    lines = ahead(late("1.1", is_key=True), item("1.2", step(SOON)), most_words=60)
    assert lines == [
        "The working group’s first priority is “Train staff” (1.1). The main date ahead:\n"
        "- 30 June 2011: “Brochure printed” (1.1, DoL)",
        f"Annex B lists the other milestone of the next 12 months. {PROMISE}",
    ]


# --- risks ------------------------------------------------------------------------------------


def test_risks_with_the_minister_are_reported_with_their_owner():
    assert section_texts(facts(all_risks=(risk(),)), "next_steps")[1:] == [
        "One risk has been raised with you and remains open:\n"
        "- Trained staff leave. Train more of them (owner: DoL).",
        PROMISE,
    ]
    risks = (
        risk(description="It rains"), risk(2, closed_on=PAST), risk(3, escalated_to="group"),
        risk(4, "it snows", ""), risk(5, "Word " * 90, ""),
    )  # fmt: skip
    assert section_texts(facts(all_risks=risks), "next_steps", ["risks"])[1] == (
        "Three risks have been raised with you and remain open (R5 is in Annex A):\n"
        "- It rains. Train more of them (owner: DoL).\n- It snows (owner: DoL)."
    )


@pytest.mark.parametrize(
    ("count", "annexes", "note"),
    [
        (5, [], ""),
        (6, [], " (R6 is not told here)"),
        (7, [], " (R6 and R7 are not told here)"),
        (6, ["risks"], " (R6 is in Annex A)"),
        (8, ["risks"], " (R6, R7 and R8 are in Annex A)"),
    ],
)
def test_at_most_five_risks_are_mentioned(count, annexes, note):
    risks = tuple(risk(n) for n in range(1, count + 1))
    lines = section_texts(facts(all_risks=risks), "next_steps", annexes)[1].splitlines()
    assert lines[0].partition("open")[2] == f"{note}:"
    assert len(lines) == 1 + 5


def test_a_risk_alert_says_that_there_is_no_risk():
    section = write(facts(item()), ["risks"]).sections["risks"]
    assert [run.text for run in section.paragraphs[0].text] == [
        "No risk to the Plan is before you."
    ]
