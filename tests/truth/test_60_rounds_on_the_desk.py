"""Rule 60: the coordinator's desk has the returns that are missing and the round that has not followed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    InvitationFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from workitems.desk.to_dos import headline, lines_for
from workitems.meetings.agenda import present_lines
from workitems.models import Return

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

AFTER = date(2010, 8, 1)


@pytest.fixture
def half_year(plan):
    """A round of the first half of 2010, due on 15 July."""
    return RoundFactory(
        plan=plan,
        name="January to June 2010",
        period_start=date(2010, 1, 1),
        period_end=date(2010, 6, 30),
        due_on=date(2010, 7, 15),
    )


def lines(user, on):
    return [
        (line.what, line.detail, line.is_late)
        for line in lines_for(user, on)
        if "missing" in line.what or "next round" in line.what
    ]


def test_missing_returns_are_on_the_desk_once_a_round(half_year, coordinator, police, customs):
    for agency in (police, customs):
        ReturnFactory(round=half_year, agency=agency, state=Return.State.DUE)
    assert lines(coordinator, date(2010, 7, 15)) == []
    assert lines(coordinator, AFTER) == [
        (
            "2 returns are missing for January to June 2010: remind the agencies",
            "Customs and Police",
            True,
        )
    ]


def test_an_extended_return_is_not_missing(half_year, coordinator, police):
    ReturnFactory(
        round=half_year, agency=police, state=Return.State.DUE, extended_to=date(2010, 8, 20)
    )
    assert lines(coordinator, AFTER) == []


def test_a_return_whose_agency_gave_away_all_that_it_was_asked_is_not_due(
    half_year, coordinator, police, customs, client_of
):
    item = WorkItemFactory(plan=half_year.plan, lead_agency=customs, number="3.6")
    SupportFactory(item__plan=half_year.plan, agency=police)
    of_return = ReturnFactory(round=half_year, agency=police, state=Return.State.DUE)
    client = client_of(coordinator)

    def said():
        missing = [
            line.reasons[0].words for line in present_lines(half_year.plan, AFTER) if line.of_return
        ]
        with time_machine.travel(datetime(2010, 8, 1, tzinfo=UTC)):
            page = " ".join(client.get(half_year.get_absolute_url()).text.split())
        return len(lines(coordinator, AFTER)), len(missing), "Due, overdue" in page

    assert said() == (1, 1, True)
    VariationFactory(
        milestone__item=item,
        kind="lead",
        agency_before=police,
        agency_after=customs,
        due_before=None,
        due_after=None,
        milestone=None,
        item=item,
        plan=half_year.plan,
        approved=True,
        decided_at=half_year.opened_at,
    )
    assert said() == (0, 0, False)
    of_return.updates.create(
        item=item, achieved="Printed.", written_by=coordinator, written_at=half_year.opened_at
    )
    assert said() == (1, 1, True)


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2010, 11, 30), []),
        (date(2010, 12, 10), [False]),
        (date(2011, 1, 10), [True]),
    ],
)
def test_a_round_that_has_not_followed_is_on_the_desk(half_year, coordinator, on, found):
    half_year.closed_at = datetime(2010, 7, 30, tzinfo=UTC)
    half_year.save()
    assert [is_late for _, _, is_late in lines(coordinator, on)] == found


def test_a_second_plan_without_a_round_is_on_the_desk_until_its_first_is_open(
    half_year, coordinator
):
    lead = half_year.plan.coordinating_agency
    plan = PlanFactory(title="Second plan", coordinating_agency=lead, adopted_on=AFTER)

    def first():
        found = lines_for(coordinator, AFTER)
        return [(each.plan, each.url) for each in found if each.what == "Open the first round"]

    assert first() == [("Second plan", reverse("returns:open-round", args=[plan.slug]))]
    RoundFactory(plan=plan)
    assert first() == []


def test_nothing_is_to_follow_once_the_plan_has_ended_or_a_round_is_open(
    plan, half_year, coordinator
):
    assert lines(coordinator, date(2011, 1, 10)) == []
    half_year.closed_at = datetime(2010, 7, 30, tzinfo=UTC)
    half_year.save()
    with without_decisions():
        plan.ends_on = date(2010, 12, 31)
        plan.save()
    assert lines(coordinator, date(2011, 1, 10)) == []


@pytest.mark.both_databases
def test_a_round_is_to_be_closed_once_its_time_is_over(half_year, coordinator, police, customs):
    of_police = ReturnFactory(
        round=half_year, agency=police, state=Return.State.DUE, extended_to=date(2010, 7, 20)
    )
    said = (
        "Close the round January to June 2010",
        "It was due on 15 July 2010, and the next period has begun",
    )

    def closing(on):
        lines = lines_for(coordinator, on)
        return [(each.what, each.detail) for each in lines if "Close" in each.what]

    assert closing(date(2010, 7, 20)) == []
    assert closing(AFTER) == [said]
    of_police.state = Return.State.SUBMITTED
    of_police.submitted_at = datetime(2010, 7, 22, tzinfo=UTC)
    of_police.submitted_by = coordinator
    of_police.save()
    assert closing(AFTER) == []


def test_opening_a_round_says_first_that_another_is_open(half_year, coordinator, client_of):
    page = (
        client_of(coordinator).get(reverse("returns:open-round", args=[half_year.plan.slug])).text
    )
    assert "Another round is open" in page
    assert f'href="{half_year.get_absolute_url()}#manage"' in page
    assert "You can still open the round." not in page


def test_the_headline_says_what_an_open_round_still_asks(half_year, plan, police):
    ReturnFactory(round=half_year, agency=police, state=Return.State.DUE)
    for _each in range(2):
        WorkItemFactory(plan=plan, lead_agency=police)
    user, on = SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user, date(2010, 7, 1)
    lines = [line for line in lines_for(user, on) if "Return for" in line.what]
    assert headline(lines, on) == "Soon: answer two items by 15 July 2010"


def test_the_headline_counts_the_items_of_all_agencies_of_one_person(
    half_year, plan, police, customs
):
    user, on = SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user, date(2010, 7, 1)
    SeatFactory(agency=customs, role=Seat.Role.CONTRIBUTOR, user=user)
    for agency in (police, customs):
        ReturnFactory(round=half_year, agency=agency, state=Return.State.DUE)
        WorkItemFactory(plan=plan, lead_agency=agency)
    lines = [line for line in lines_for(user, on) if "Return for" in line.what]
    assert headline(lines, on) == "Soon: answer two items by 15 July 2010"


@pytest.mark.parametrize(
    ("on", "is_now"), [(date(2010, 7, 7), False), (date(2010, 7, 8), True)], ids=["8", "7"]
)
def test_a_return_with_items_unanswered_waits_from_a_week_before_it_is_due(
    half_year, plan, police, on, is_now
):
    ReturnFactory(round=half_year, agency=police, state=Return.State.DUE)
    WorkItemFactory(plan=plan, lead_agency=police)
    user = SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user
    [line] = [line for line in lines_for(user, on) if "Return for" in line.what]
    assert (line.is_now(on), line.is_late) == (is_now, False)


def test_a_coordinator_reads_who_has_not_joined_and_that_their_own_return_is_due(
    half_year, coordinator, police
):
    own = half_year.plan.coordinating_agency
    for agency in (own, police):
        ReturnFactory(round=half_year, agency=agency, state=Return.State.DUE)
    for role in (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER):
        InvitationFactory(agency=police, role=role)
    for role in (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER):
        SeatFactory(agency=own, role=role)
    on = date(2010, 7, 1)
    found = lines_for(coordinator, on)
    assert [
        (line.what, line.detail) for line in found if line.url == half_year.get_absolute_url()
    ] == [
        ("2 people who are invited have not joined: January to June 2010", police.short_name),
        (
            "Return of your agency for January to June 2010",
            f"The contributors and approvers of {own} answer and submit it",
        ),
    ]
    assert (
        headline(found, on)
        == "Soon: 2 people who are invited have not joined; returns are due on 15 July 2010"
    )


def test_a_coordinator_reads_which_agencies_have_nobody_to_answer(half_year, coordinator, police):
    ReturnFactory(round=half_year, agency=police, state=Return.State.DUE)
    on = date(2010, 7, 1)

    def found():
        return [
            (line.detail, line.url, line.is_now(on))
            for line in lines_for(coordinator, on)
            if line.what == "Invite people to answer January to June 2010"
        ]

    invite = reverse("agencies:invite", args=[police.pk])
    assert found() == [(f"{police} has no contributor or approver", invite, True)]
    InvitationFactory(agency=police, role=Seat.Role.APPROVER)
    assert found() == [(f"{police} needs a contributor", invite, True)]
    InvitationFactory(agency=police, role=Seat.Role.CONTRIBUTOR)
    assert found() == []
