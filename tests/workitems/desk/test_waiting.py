"""Test the to-dos of each kind of user on their desk, most urgent first."""

from datetime import date, timedelta

import pytest

from tests.factories import (
    AssignmentFactory,
    DecisionFactory,
    DelayFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY
from workitems.desk.to_dos import days_until, grouped, headline, lines_for, names_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def told(user):
    return [(line.what, line.detail, line.when, line.is_late) for line in lines_for(user, TODAY)]


def days(number):
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "Due today"),
        (1, "Due in 1 day"),
        (30, "Due in 30 days"),
        (-1, "Overdue by one day"),
        (-1200, "Overdue by three years and three months"),
    ],
)
def test_days_are_given_in_words(number, words):
    assert days_until(days(number), TODAY) == words


def test_a_user_without_a_seat_has_no_to_dos(nobody, item, milestone, of_return):
    assert lines_for(nobody, TODAY) == []


def test_an_observer_has_no_to_dos(police, item, milestone, of_return):
    assert lines_for(SeatFactory(agency=police, role="observer").user, TODAY) == []


# --- an agency's own work -------------------------------------------------------------------


def test_a_return_is_a_to_do_of_contributor_and_approver(contributor, approver, item, of_return):
    line = (
        "Return for January to June 2010, Police",
        "0 of 1 item answered",
        "Due in 43 days",
        False,
    )
    assert told(contributor) == told(approver) == [line]
    UpdateFactory(item=item, of_return=of_return)
    assert told(contributor)[0][1] == "All answered: hand it over to the approver"
    # Who approves does not hand over to themselves.
    assert told(approver)[0][1] == "1 of 1 item answered"


def test_a_return_sent_back_says_so_and_how_late_it_is(contributor, plan, police):
    ReturnFactory(round=RoundFactory(plan=plan, due_on=days(-2)), agency=police, state="sent_back")
    SeatFactory(agency=police, role="approver")
    assert told(contributor) == [
        (
            "Return for January to June 2010, Police",
            "Sent back: the coordinator asks for changes",
            "Overdue by two days",
            True,
        )
    ]


def test_an_accepted_return_is_no_to_do_and_is_among_what_is_done_for_two_weeks(
    contributor, plan, police
):
    ReturnFactory(round=RoundFactory(plan=plan), agency=police, state="accepted", accepted_on=TODAY)
    (group,) = grouped(lines_for(contributor, TODAY), TODAY)
    assert (str(group.heading), [line.when for line in group.lines]) == (
        "Done",
        ["Accepted on 1 June 2010"],
    )
    assert headline(group.lines, TODAY) == "Nothing needs you now"
    assert lines_for(contributor, days(15)) == []


def test_an_accepted_return_stays_among_what_is_done_once_its_round_is_closed(
    contributor, approver, plan, police
):
    closed = RoundFactory(plan=plan, closed_at="2010-05-31T00:00:00Z")
    taken = ReturnFactory(round=closed, agency=police, state="accepted", accepted_on=TODAY)
    assert told(contributor) == []  # as of a spreadsheet, which nobody submitted
    taken.submitted_by, taken.submitted_at = approver, NOW
    taken.save()
    assert [line.when for line in lines_for(contributor, TODAY)] == ["Accepted on 1 June 2010"]
    assert lines_for(contributor, days(15)) == []


def test_a_return_that_was_handed_over_waits_for_the_approver_on_the_desk_of_its_writer(
    contributor, approver, item, of_return
):
    UpdateFactory(item=item, of_return=of_return, written_by=contributor)
    (group,) = grouped(lines_for(contributor, TODAY), TODAY)
    assert str(group.heading) == "For you now"
    of_return.ready_at, of_return.ready_by = NOW, contributor
    of_return.save()
    (group,) = grouped(lines_for(contributor, TODAY), TODAY)
    assert (str(group.heading), [line.detail for line in group.lines]) == (
        "With others",
        ["With the approver since 1 June 2010"],
    )
    (group,) = grouped(lines_for(approver, TODAY), TODAY)
    assert str(group.heading) == "For you now"


def test_a_return_of_a_closed_round_is_no_to_do(contributor, plan, police):
    closed = RoundFactory(plan=plan, closed_at="2010-05-01T00:00:00Z")
    ReturnFactory(round=closed, agency=police)
    assert told(contributor) == []


def test_milestones_are_to_dos_from_a_month_ahead_with_the_latest_first(contributor, item):
    for due in (31, 30, 0, -5):
        MilestoneFactory(item=item, description=f"Due {due}", original_due=days(due))
    detail = "Item 1.2 Print a brochure"
    assert told(contributor) == [
        ("Due -5", detail, "Overdue by five days", True),
        ("Due 0", detail, "Due today", False),
        ("Due 30", detail, "Due in 30 days", False),
    ]


def test_a_milestone_is_a_to_do_of_its_responsible_agency_and_not_of_the_lead(
    contributor, colleague, item, customs
):
    MilestoneFactory(item=item, original_due=TODAY, responsible_agency=customs)
    assert told(contributor) == []
    (line,) = lines_for(colleague, TODAY)
    assert line.url.startswith(item.get_absolute_url())


@pytest.mark.parametrize(
    "done", [{"completed_on": date(2010, 5, 1)}, {"withdrawn_on": date(2010, 5, 1)}]
)
def test_a_closed_milestone_is_no_to_do(contributor, item, done):
    MilestoneFactory(item=item, original_due=TODAY, **done)
    MilestoneFactory(item=item, original_due=date(2011, 6, 30))
    assert told(contributor) == []


@pytest.mark.parametrize(
    ("outcome", "is_shown"), [("done", False), ("not_yet", False), ("delay_over", True)]
)
def test_a_milestone_that_the_return_answers_is_no_to_do(
    contributor, item, of_return, outcome, is_shown
):
    late = MilestoneFactory(item=item, agreed_due=days(-9), description="Provider contracted")
    delay = DelayFactory(milestone=late) if outcome == "delay_over" else None
    said = {"outcome": outcome, "day": TODAY, "delay": delay}
    MilestoneAnswerFactory(of_return=of_return, milestone=late, **said)
    shown = [line.what for line in lines_for(contributor, TODAY)]
    assert ("Provider contracted" in shown) is is_shown


def test_a_milestone_of_a_withdrawn_item_is_no_to_do(contributor, plan, police):
    item = WorkItemFactory(plan=plan, lead_agency=police, stage="withdrawn")
    MilestoneFactory(item=item, original_due=TODAY)
    assert told(contributor) == []


def test_open_work_of_an_ended_plan_is_no_to_do(contributor, police):
    for ends_on, waits in [(days(-1), False), (TODAY, True)]:
        plan = PlanFactory(ends_on=ends_on, members=[police])
        milestone = MilestoneFactory(
            item=WorkItemFactory(plan=plan, lead_agency=police), original_due=TODAY
        )
        found = milestone.description in [line.what for line in lines_for(contributor, TODAY)]
        assert found is waits


def test_a_decision_is_a_to_do_of_its_owner(contributor, colleague, plan, police):
    meeting = MeetingFactory(plan=plan, held_on=date(2010, 5, 20))
    DecisionFactory(meeting=meeting, text="Ask the printer.", owner_agency=police, due_on=days(3))
    DecisionFactory(meeting=meeting, number=2, text="Note.")
    line = (
        "Ask the printer.",
        "Decided by the working group, meeting of 20 May 2010",
        "Due in 3 days",
        False,
    )
    assert told(contributor) == [line]
    assert told(colleague) == []


# --- the coordinator's ----------------------------------------------------------------------


def test_a_submitted_return_is_a_to_do_of_the_coordinator(coordinator, plan, police):
    sent = ReturnFactory(round=RoundFactory(plan=plan), agency=police, state="submitted")
    assert told(coordinator) == [
        (
            "Read the return of Police for January to June 2010",
            "Accept it or send it back",
            "Submitted",
            False,
        )
    ]
    (waiting,) = lines_for(coordinator, TODAY)
    assert (waiting.url, waiting.is_now(TODAY)) == (sent.get_absolute_url(), True)


def test_a_round_whose_returns_are_all_accepted_is_to_be_closed(coordinator, plan, police, customs):
    row = RoundFactory(plan=plan)
    ReturnFactory(round=row, agency=police, accepted=True)
    other = ReturnFactory(round=row, agency=customs)
    for role in ("contributor", "approver"):
        SeatFactory(agency=customs, role=role)
    assert told(coordinator) == []
    other.delete()
    assert told(coordinator) == [
        ("Close the round January to June 2010", "Every return is accepted", "Now", False)
    ]


def test_variations_are_to_dos_of_the_coordinator(coordinator, contributor, milestone):
    VariationFactory(milestone=milestone, number=4)
    assert told(coordinator) == [
        (
            "Move “Brochure printed” to 30 September 2010, 1.2 (V4)",
            "Item 1.2 Print a brochure, Police",
            "Waiting for your recommendation",
            False,
        )
    ]
    assert told(contributor) == [
        ("Brochure printed", "Item 1.2 Print a brochure", "Due in 29 days", False)
    ]


def test_a_submitted_return_is_with_the_coordinator_and_no_to_do(contributor, plan, police):
    of_return = ReturnFactory(agency=police, state="submitted", round=RoundFactory(plan=plan))
    lines = lines_for(contributor, TODAY)
    [group] = grouped(lines, TODAY)
    [line] = group.lines
    assert (group.heading, line.what, line.detail, line.when) == (
        "With others",
        f"Return for {of_return.round.name}, Police",
        "Waits for acceptance by the coordinator",
        "Submitted",
    )
    assert headline(lines, TODAY) == "Nothing needs you now"
    assert names_for(contributor, TODAY) == []


def test_a_request_for_a_date_that_is_overtaken_is_a_to_do_of_who_asked(contributor, milestone):
    asked = VariationFactory(milestone=milestone, number=4, due_after=date(2010, 9, 30))
    milestone.forecast_due = date(2010, 12, 31)
    milestone.save()
    line = (
        "Withdraw V4, and ask for the new date: Move “Brochure printed” to 30 September 2010",
        "Police now expects 31 December 2010, later than the date asked for",
        "Now",
        False,
    )
    assert line in told(contributor)
    asked.state = "taken_back"
    asked.save()
    assert line not in told(contributor)


def test_another_plans_work_is_a_to_do_of_its_own_coordinator(coordinator):
    VariationFactory()
    ReturnFactory(state="submitted")
    assert told(coordinator) == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.both_databases
def test_the_desk_takes_the_same_queries_for_any_number_of_to_dos(
    count, plan, labour, police, django_assert_num_queries
):
    """Every kind of to-do: a user who writes for one agency and coordinates for another."""
    user = SeatFactory(agency=labour, role="coordinator").user
    SeatFactory(user=user, agency=police)
    meeting = MeetingFactory(plan=plan)
    around = RoundFactory(plan=plan)
    ReturnFactory(round=around, agency=labour, state="submitted")
    ReturnFactory(round=around, agency=police)
    for number in range(count):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        milestone = MilestoneFactory(item=item, original_due=TODAY)
        VariationFactory(milestone=milestone)
        AssignmentFactory(item=item, unit=None, user=user)
        DecisionFactory(
            meeting=meeting, number=number + 1, owner_agency=police, due_on=TODAY, item=item
        )
    # Seats, those to confirm; items of ended leads; returns to send, milestones, what is given to the user, items without an
    # open milestone, decisions; returns to read, who writes for the agencies that are to submit and who is invited to them,
    # rounds that have not followed, meetings to record, variations, own requests that are overtaken. Of briefings:
    # clearances and follow-ups; consultations; papers to send or follow up. Consultations on requests.
    # Plans that the user's agencies have left. Findings to reply to.
    with django_assert_num_queries(30):
        assert len(lines_for(user, TODAY)) == 3 + 4 * count


# --- measures -------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.usefixtures("approver")
@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "0 of 1 item answered; 1 measure to answer"), (2, "0 of 1 item answered; 2 measures to answer")],
)  # fmt: skip
def test_a_return_says_how_many_measures_are_to_be_answered(
    contributor, of_return, item, police, count, words
):
    for number in range(count):
        MeasureFactory(item=item, number=number + 1, kind="level", as_told=f"measure {number}")
    MeasureFactory(item=item, number=8)  # words only
    given = MeasureFactory(item=item, number=9, kind="level", as_told="measure 9")
    MeasureValueFactory(measure=given, of_return=of_return, day=TODAY)
    told_now = MeasureFactory(outcome=True, of_plan=item.plan, responsible_agency=police, kind="level", as_told="x")  # fmt: skip
    MeasureValueFactory(measure=told_now, day=TODAY, accepted_on=TODAY)
    assert told(contributor)[0][1] == words


@pytest.mark.usefixtures("on_the_day")
def test_the_coordinator_accepts_a_number_in_one_press(coordinator, client_of, item):
    measure = MeasureFactory(item=item, kind="level", as_told="the number of staff trained")
    value = MeasureValueFactory(measure=measure, number=83, day=TODAY)
    MeasureValueFactory(measure=measure, number=80, day=days(-30), written_by=coordinator)
    found = [each for each in lines_for(coordinator, TODAY) if each.act]
    assert [(each.what, each.detail) for each in found] == [
        ("Police gives a number: 83", "The number of staff trained")
    ]
    answer = client_of(coordinator).post(found[0].act.url, {"from": "desk"})
    value.refresh_from_db()
    assert (answer.url, value.accepted_on) == ("/", TODAY)
