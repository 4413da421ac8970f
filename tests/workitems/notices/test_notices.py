"""Test who is notified about a return on which day, and when reminders stop."""

from datetime import UTC, date, datetime

import pytest

from agencies.models import Seat
from tests.factories import (
    MilestoneFactory,
    ReturnFactory,
    ReturnNoteFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.notices.sent import run
from workitems.models import Member, Notice, Return, Round
from workitems.returns.news import reminder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Of the round in these tests.
OPENED, DUE = date(2010, 6, 15), date(2010, 7, 14)


def july(day):
    return date(2010, 7, day)


def seat(name, agency, role, **period):
    return SeatFactory(user__name=name, agency=agency, role=role, **period).user


def set_to(of_return, state, **fields):
    Return.objects.filter(pk=of_return.pk).update(state=state, **fields)


# --- the timetable of a round ---------------------------------------------------------------


def due(on):
    """A return of a round that is due on the day."""
    return Return(round=RoundFactory.build(plan=None, due_on=on))


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (OPENED, "opened"),
        (july(6), "opened"),
        (july(7), "due_week"),
        (july(12), "due_week"),
        (july(13), "due_day"),
        (DUE, "due_day"),
        (july(15), "overdue"),
        (date(2011, 7, 14), "overdue"),
    ],
)
def test_the_latest_reminder_step_that_was_reached_applies(day, step):
    assert reminder(due(DUE), day) == step


@pytest.mark.parametrize(
    ("due_on", "steps"),
    [
        # Opened on 15 June. A reminder on that day or the next would repeat the opening notice.
        (date(2010, 6, 24), {9: "opened", 7: "due_week", 2: "due_week", 1: "due_day"}),
        (date(2010, 6, 23), {8: "opened", 7: "opened", 2: "opened", 1: "due_day"}),
        (date(2010, 6, 18), {3: "opened", 2: "opened", 1: "due_day"}),
        (date(2010, 6, 17), {2: "opened", 1: "opened", 0: "opened", -1: "overdue"}),
    ],
)
def test_a_short_round_has_no_reminder_just_after_it_opens(due_on, steps):
    found = {
        left: reminder(due(due_on), date.fromordinal(due_on.toordinal() - left)) for left in steps
    }
    assert found == steps


def test_the_day_of_opening_is_the_day_in_new_zealand(of_return, item, contributor):
    """Half past eight in the evening of the 14th in London is the morning of the 15th here."""
    Round.objects.update(opened_at=datetime(2010, 6, 14, 20, 30, tzinfo=UTC))
    assert run(date(2010, 6, 14)) == []
    assert run(date(2010, 6, 15)) == [("Police contributor", "opened")]
    assert Notice.objects.get().occasion == "2010-06-15"


# --- recipients -----------------------------------------------------------------------------


def test_contributors_are_notified_and_approvers_only_when_it_is_late(
    of_return, item, contributor, approver, coordinator
):
    story = [(day, run(day)) for day in (OPENED, *map(july, (7, 13, 15, 16, 17, 23, 24)))]
    assert story == [
        (OPENED, [("Police contributor", "opened")]),
        (july(7), [("Police contributor", "due_week")]),
        (july(13), [("Police contributor", "due_day")]),
        (july(15), [("Police contributor", "overdue")]),
        (july(16), []),
        (july(17), [("Police approver", "overdue")]),
        (july(23), []),
        (july(24), [("Coordinator", "overdue")]),
    ]


def test_overdue_notices_end_with_the_coordinator(
    of_return, item, contributor, approver, coordinator
):
    run(july(24))
    assert [run(date(2010, month, 25)) for month in range(7, 13)] == [[]] * 6


def test_approvers_are_notified_where_there_is_no_contributor(
    of_return, item, approver, coordinator
):
    assert run(july(7)) == [("Police approver", "due_week")]


def test_the_coordinator_is_notified_where_an_agency_has_no_users(
    of_return, item, coordinator, colleague
):
    assert run(july(7)) == [("Coordinator", "due_week")]


def test_the_coordinator_is_notified_sooner_where_there_is_no_approver(
    of_return, item, contributor, coordinator
):
    run(july(15))
    assert run(july(17)) == [("Coordinator", "overdue")]
    assert run(july(24)) == []


def test_nobody_is_notified_where_there_is_no_coordinator_either(
    of_return, item, colleague, stranger
):
    assert run(july(24)) == []


def test_all_contributors_are_notified(of_return, item, police, contributor):
    seat("Another contributor", police, Seat.Role.CONTRIBUTOR)
    assert run(july(7)) == [("Another contributor", "due_week"), ("Police contributor", "due_week")]


def test_a_user_with_two_seats_is_notified_once(of_return, item, police, contributor):
    SeatFactory(user=contributor, agency=police, role=Seat.Role.APPROVER)
    assert run(july(17)) == [("Police contributor", "overdue")]
    assert Notice.objects.get().told_as == "contributor"


def test_other_users_of_the_agency_are_not_notified(of_return, item, police):
    for role in (
        Seat.Role.OBSERVER,
        Seat.Role.COORDINATOR,
        Seat.Role.AUTHORISING_MANAGER,
    ):
        seat(role.label, police, role)
    assert run(july(24)) == []


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ({"to_on": july(6)}, []),
        ({"to_on": july(7)}, [("Seated", "due_week")]),
        ({"from_on": july(7)}, [("Seated", "due_week")]),
        ({"from_on": july(8)}, []),
    ],
)
def test_seats_count_from_their_first_to_their_last_day(of_return, item, police, period, told):
    seat("Seated", police, Seat.Role.CONTRIBUTOR, **period)
    assert run(july(7)) == told


def test_approvers_are_notified_when_the_last_contributor_has_left(
    of_return, item, police, approver
):
    seat("Leaver", police, Seat.Role.CONTRIBUTOR, to_on=july(10))
    assert run(july(7)) == [("Leaver", "due_week")]
    # The leaver was notified on the 7th, the approver was not.
    assert run(july(11)) == [("Police approver", "due_week")]


def test_a_deactivated_user_is_not_notified_and_does_not_count_as_contributor(
    of_return, item, contributor, approver
):
    contributor.is_active = False
    contributor.save()
    assert run(july(7)) == [("Police approver", "due_week")]


def test_an_agency_that_left_the_working_group_is_not_notified(
    of_return, item, police, contributor, coordinator
):
    """Its users can no longer open the plan."""
    Member.objects.get(agency=police).delete()
    assert run(july(7)) == [("Coordinator", "due_week")]


def test_a_new_contributor_is_notified_of_the_current_step(of_return, item, police, contributor):
    run(OPENED)
    seat("Newcomer", police, Seat.Role.CONTRIBUTOR, from_on=date(2010, 7, 1))
    assert run(date(2010, 7, 1)) == [("Newcomer", "opened")]


# --- answered, pending approval -------------------------------------------------------------


def test_an_approver_is_notified_once_when_the_return_is_complete(
    of_return, item, contributor, approver, coordinator
):
    UpdateFactory(of_return=of_return, item=item, written_by=contributor)
    assert run(date(2010, 6, 20)) == [("Police approver", "ready")]
    assert run(date(2010, 6, 21)) == []


def test_approvers_are_not_notified_while_an_answer_or_delay_is_missing(
    of_return, item, contributor, approver
):
    UpdateFactory(of_return=of_return, item=item, written_by=contributor)
    MilestoneFactory(item=item)  # due on 30 June
    assert run(date(2010, 6, 30)) == [("Police approver", "ready")]
    # The return lacks an answer about the milestone, whose date has passed.
    assert run(date(2010, 7, 1)) == [
        ("Police contributor", "date_past"),
        ("Police contributor", "opened"),
    ]


def test_reminders_go_to_the_approver_once_the_return_is_complete(
    of_return, item, contributor, approver, coordinator
):
    UpdateFactory(of_return=of_return, item=item, written_by=contributor)
    story = [(day, run(july(day))) for day in (7, 13, 15, 17, 24)]
    assert story == [
        (7, [("Police approver", "due_week"), ("Police approver", "ready")]),
        (13, [("Police approver", "due_day")]),
        (15, [("Police approver", "overdue")]),
        (17, []),
        (24, [("Coordinator", "overdue")]),
    ]


def test_an_approver_who_wrote_all_of_it_is_not_asked_to_submit_it(
    of_return, item, police, approver
):
    UpdateFactory(of_return=of_return, item=item, written_by=approver)
    seat("Second approver", police, Seat.Role.APPROVER)
    assert run(date(2010, 6, 20)) == [("Second approver", "ready")]


def test_the_coordinator_is_notified_of_a_return_that_nobody_can_submit(
    of_return, item, approver, coordinator
):
    UpdateFactory(of_return=of_return, item=item, written_by=approver)
    assert run(date(2010, 6, 20)) == [("Coordinator", "ready")]


# --- sent back, accepted, closed ------------------------------------------------------------


@pytest.fixture
def sent_back(of_return, item, contributor, approver, coordinator):
    """A return sent back on 1 July, with every item answered before."""
    UpdateFactory(
        of_return=of_return,
        item=item,
        written_by=contributor,
        written_at=datetime(2010, 6, 20, tzinfo=UTC),
    )
    ReturnNoteFactory(of_return=of_return, by=coordinator, at=datetime(2010, 7, 1, tzinfo=UTC))
    set_to(of_return, "sent_back", version=3, submitted_at=datetime(2010, 6, 21, tzinfo=UTC))
    return of_return


def test_contributor_and_approver_are_notified_that_it_was_sent_back(sent_back):
    both = [("Police approver", "sent_back"), ("Police contributor", "sent_back")]
    assert run(july(1)) == both
    assert run(july(2)) == []


@pytest.mark.both_databases
def test_the_approver_is_notified_again_once_a_returned_one_was_corrected(sent_back):
    run(july(1))
    sent_back.updates.update(written_at=datetime(2010, 7, 2, tzinfo=UTC))
    assert run(july(3)) == [("Police approver", "ready")]


def test_a_return_sent_back_twice_in_a_day_is_notified_twice(sent_back):
    run(july(1))
    set_to(sent_back, "sent_back", version=5)
    assert run(july(1)) == []
    assert run(july(2)) == [("Police approver", "sent_back"), ("Police contributor", "sent_back")]


def test_a_return_sent_back_gets_the_same_reminders_as_one_never_submitted(sent_back):
    run(july(1))
    assert [(day, run(july(day))) for day in (7, 13, 15, 17, 24)] == [
        (7, [("Police contributor", "due_week")]),
        (13, [("Police contributor", "due_day")]),
        (15, [("Police contributor", "overdue")]),
        (17, [("Police approver", "overdue")]),
        (24, [("Coordinator", "overdue")]),
    ]


def test_the_coordinator_is_notified_of_a_return_sent_back_to_an_agency_without_users(
    of_return, item, coordinator
):
    set_to(of_return, "sent_back", version=3)
    assert run(july(1)) == [("Coordinator", "sent_back")]


def test_a_submitted_return_sends_no_notices(of_return, item, contributor, approver, coordinator):
    set_to(of_return, "submitted", version=2)
    assert [run(day) for day in (OPENED, july(7), july(24))] == [[], [], []]


def test_contributor_and_approver_are_notified_once_of_the_acceptance(
    of_return, item, contributor, approver, coordinator
):
    set_to(of_return, "accepted", version=3, accepted_on=july(3))
    assert run(july(3)) == [("Police approver", "accepted"), ("Police contributor", "accepted")]
    assert [run(july(day)) for day in (4, 7, 13, 15, 24)] == [[]] * 5


def test_an_acceptance_is_told_though_its_round_was_closed_the_same_day(
    of_return, item, contributor, approver
):
    at = of_return.round.opened_at
    submitted = {"submitted_by": approver, "submitted_at": at}
    set_to(of_return, "accepted", version=3, accepted_on=july(3), **submitted)
    Round.objects.filter(pk=of_return.round_id).update(closed_at=at)
    told = [("Police approver", "accepted"), ("Police contributor", "accepted")]
    assert [run(july(day)) for day in (3, 4, 24)] == [told, [], []]


@pytest.mark.both_databases
def test_the_coordinator_is_not_notified_of_their_own_acceptance(of_return, item, coordinator):
    set_to(of_return, "accepted", version=3, accepted_on=july(3))
    assert run(july(3)) == []


@pytest.mark.parametrize("state", ["due", "sent_back", "accepted"])
def test_a_closed_round_sends_no_notices(
    of_return, item, contributor, approver, coordinator, state
):
    set_to(of_return, state, accepted_on=july(3) if state == "accepted" else None)
    Round.objects.update(closed_at=datetime(2010, 7, 5, tzinfo=UTC))
    assert [run(day) for day in (july(5), july(24))] == [[], []]


@pytest.mark.both_databases
def test_a_reopened_round_repeats_no_notice(of_return, item, contributor, coordinator):
    run(july(15))
    Round.objects.update(closed_at=datetime(2010, 7, 16, tzinfo=UTC))
    assert run(july(16)) == []
    Round.objects.update(closed_at=None)
    assert run(july(16)) == []
    assert run(july(24)) == [("Coordinator", "overdue")]


@pytest.mark.both_databases
def test_returns_of_two_plans_come_in_one_mail(of_return, item, police, contributor):
    other = WorkItemFactory(lead_agency=police)
    Member.objects.create(plan=other.plan, agency=police)
    ReturnFactory(round=RoundFactory(plan=other.plan), agency=police)
    assert run(july(7)) == [("Police contributor", "due_week")] * 2
    assert list(Notice.objects.order_by("line").values_list("line", flat=True)) == [1, 2]
