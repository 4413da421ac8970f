"""Test notices about a consultation and the to-dos that briefings make."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core import mail

from agencies.models import Seat
from reports.models import Briefing, Clearance
from reports.responses.desk_lines import lines_for
from tests.factories import (
    BriefingFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    SeatFactory,
)
from tests.workitems.notices.sent import run

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

Role = Seat.Role
# Asked for on this day in New Zealand.
ASKED, DUE = date(2010, 7, 5), date(2010, 7, 15)


def july(day):
    return date(2010, 7, day)


def seat(name, agency, role):
    return SeatFactory(user__name=name, agency=agency, role=role).user


@pytest.fixture
def approver(police):
    return seat("Police approver", police, Role.APPROVER)


@pytest.fixture
def contributor(police):
    return seat("Police contributor", police, Role.CONTRIBUTOR)


@pytest.fixture
def coordinator(labour):
    return seat("Coordinator", labour, Role.COORDINATOR)


@pytest.fixture
def briefing(plan):
    return BriefingFactory(plan=plan, tracker_number="10/96252", state="in_consultation")


@pytest.fixture
def asked(briefing, police):
    return ClearanceFactory(
        briefing=briefing, agency=police, asked_at=datetime(2010, 7, 5, tzinfo=UTC)
    )


def set_to(row, **fields):
    Clearance.objects.filter(pk=row.pk).update(**fields)


CONCURS = {
    "answer": "concurs",
    "answered_as": "Police approver",
    "answered_at": datetime(2010, 7, 12, tzinfo=UTC),
}


# --- the timetable ----------------------------------------------------------------------------


def test_an_agency_gets_notices_until_late_and_then_the_coordinator_too(
    asked, approver, contributor, coordinator
):
    shown = {day.day: run(day) for day in map(july, range(5, 20))}
    approvers = "Police approver"
    assert {day: lines for day, lines in shown.items() if lines} == {
        5: [(approvers, "asked"), ("Police contributor", "asked")],
        8: [(approvers, "due_week")],
        14: [(approvers, "due_day")],
        16: [(approvers, "overdue")],
        18: [("Coordinator", "overdue")],
    }


def test_notices_fall_back_to_contributors_and_then_to_the_coordinator(
    asked, contributor, coordinator
):
    assert run(july(8)) == [("Police contributor", "due_week")]
    Seat.objects.filter(user=contributor).update(to_on=july(8))
    assert run(july(14)) == [("Coordinator", "due_day")]


@pytest.mark.parametrize("state", set(Briefing.State) - {Briefing.State.IN_CONSULTATION})
def test_nobody_is_notified_outside_a_consultation(asked, approver, state):
    Briefing.objects.filter(pk=asked.briefing_id).update(state=state)
    assert run(july(8)) == []


@pytest.mark.both_databases
def test_an_agency_that_answered_or_is_no_longer_asked_is_not_notified(
    asked, approver, briefing, customs
):
    seat("Customs approver", customs, Role.APPROVER)
    ClearanceFactory(briefing=briefing, agency=customs, is_withdrawn=True)
    set_to(asked, **CONCURS, answered_by=approver)
    assert run(july(8)) == []


@pytest.mark.both_databases
def test_an_agency_is_notified_once_each_time_it_is_asked_again(asked, approver, contributor):
    run(july(5))
    set_to(asked, reopened_because="Paragraph 5 was changed.", version=3)
    again = [("Police approver", "again"), ("Police contributor", "again")]
    assert (run(july(6)), run(july(7))) == (again, [])
    set_to(asked, version=5)
    assert run(july(8)) == sorted([*again, ("Police approver", "due_week")])


def test_the_coordinator_is_notified_once_when_every_agency_has_answered(
    asked, approver, coordinator, briefing, customs
):
    other = ClearanceFactory(briefing=briefing, agency=customs)
    seat("Customs approver", customs, Role.APPROVER)
    set_to(asked, **CONCURS, answered_by=approver)
    assert run(july(12)) == [("Customs approver", "due_week")]
    set_to(other, **CONCURS, answered_by=approver)
    assert run(july(13)) == [("Coordinator", "answered")]
    assert run(july(14)) == []


def test_the_mail_links_to_the_draft_and_quotes_none_of_it(asked, approver):
    run(july(5))
    (sent,) = mail.outbox
    assert sent.subject.endswith("Clearance of 10/96252 by Police is asked for by 15 July 2010")
    assert "Police is asked to clear the draft by 15 July 2010, in 10 days." in sent.body
    assert f"Read the draft and answer: {settings.SITE_URL}{asked.get_absolute_url()}" in (
        sent.body
    )
    assert "You get this as approver at Police." in sent.body
    assert asked.briefing.title not in sent.body


# --- the desk ---------------------------------------------------------------------------------


def shown(user):
    lines = lines_for(user, july(8))
    return [(line.what, line.detail, line.when, line.is_late) for line in lines]


@pytest.mark.both_databases
def test_a_clearance_is_a_to_do_of_its_agencys_writers_until_answered(
    asked, approver, contributor, briefing
):
    line = ("Clearance of 10/96252, Police", briefing.title, "Due in 7 days", False)
    assert shown(approver) == shown(contributor) == [line]
    assert {each.plan for each in lines_for(approver, july(8))} == {briefing.plan.title}
    set_to(asked, reopened_because="Paragraph 5 was changed.")
    assert shown(approver)[0][1] == "Asked again. Paragraph 5 was changed."
    set_to(asked, **CONCURS, answered_by=approver, reopened_because="")
    assert shown(approver) == []


def test_a_consultation_is_a_to_do_of_the_coordinator_with_open_answers(
    asked, coordinator, briefing, customs, approver
):
    ClearanceFactory(briefing=briefing, agency=customs, concurs=True)
    for _ in range(2):
        ClearanceCommentFactory(clearance=asked)
    assert shown(coordinator) == [
        (
            "Resolve 2 comments: 10/96252",
            "1 of 2 agencies answered",
            "Due in 7 days",
            False,
        )
    ]


def test_a_paper_is_a_to_do_until_signed_and_then_until_answered(briefing, labour):
    manager = seat("Group manager", labour, Role.AUTHORISING_MANAGER)
    office = OfficeSeatFactory().user
    IssuedPaperFactory(briefing=briefing)
    assert shown(manager) == shown(office) == []
    Briefing.objects.update(state="awaiting")
    assert [line[0] for line in shown(manager)] == ["Read and authorise 10/96252"]
    Briefing.objects.update(state="with_minister")
    assert shown(manager) == []
    assert [line[0] for line in shown(office)] == ["Record the Minister’s answer to 10/96252"]


def test_a_follow_up_of_an_answer_is_a_to_do_of_its_owner(plan, police, approver):
    paper = IssuedPaperFactory(briefing=BriefingFactory(plan=plan, tracker_number="09/1"))
    row = FollowUpFactory(issued=paper, owner_agency=police, due_on=july(1))
    assert shown(approver) == [
        (row.text, "After the Minister’s answer to 09/1", "Overdue by seven days", True)
    ]
    FollowUpFactory(issued=paper, owner_agency=police, key="r-03", done_on=july(2))
    assert len(shown(approver)) == 1


def test_an_observer_has_no_to_dos(asked, police, briefing):
    assert shown(seat("Observer", police, Role.OBSERVER)) == []
