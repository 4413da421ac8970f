"""Test simultaneous writes: locks and constraints let one through and refuse the others."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from agencies.models import Appointment, Seat
from agencies.people.services import give_seat
from tests.factories import (
    MeetingFactory,
    MilestoneFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, SLIPPED, TODAY, entries, ready_to_decide
from workitems.models import Round, Variation, WorkItem
from workitems.plan.services import Conflict, Refused, items
from workitems.returns.services import rounds
from workitems.variations.services import variations

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@contextmanager
def threads(count: int) -> Iterator[Callable[[Callable[[int], Any]], list[Any]]]:
    """Give a function that calls another in so many threads that start together.

    It returns what each returned or raised. The threads and their connections serve all its calls.
    """
    start = threading.Barrier(count)

    def call(act: Callable[[int], Any], number: int) -> Any:
        try:
            with connection.cursor():  # connect before the race
                start.wait(timeout=20)
            return act(number)
        except Exception as refusal:
            return refusal

    def leave(number: int) -> None:
        connection.close()

    with ThreadPoolExecutor(count) as pool:

        def simultaneously(act: Callable[[int], Any]) -> list[Any]:
            return list(pool.map(partial(call, act), range(count), timeout=80))

        try:
            yield simultaneously
        finally:
            simultaneously(leave)


def simultaneously(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Call `act` in so many threads that start together; return what each returned or raised."""
    with threads(count) as together:
        return together(act)


def kinds(outcomes: list[Any]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def test_only_one_of_twenty_users_with_the_same_page_saves(item, contributor):
    outcomes = simultaneously(
        20,
        lambda number: items.change_status(
            item=item,
            version=1,
            stage="under_way",
            confidence="at_risk",
            by=contributor,
            on=TODAY,
            reason=f"Reason {number}",
        ),
    )
    assert kinds(outcomes) == {"WorkItem": 1, "Conflict": 19}
    item.refresh_from_db()
    (winner,) = (number for number, outcome in enumerate(outcomes) if isinstance(outcome, WorkItem))
    assert (item.confidence, item.version) == ("at_risk", 2)
    assert entries(item) == [
        ("+", "", ""),
        ("~", "Police contributor (Police)", f"Reason {winner}"),
    ]
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert {conflict.current.version for conflict in conflicts} == {2}


def test_only_one_of_two_simultaneous_grants_of_a_seat_succeeds(police, coordinator):
    user = UserFactory()
    outcomes = simultaneously(
        2,
        lambda number: give_seat(
            user=user,
            place=police,
            role=Seat.Role.CONTRIBUTOR,
            from_on=date(2010, 1, 1 + number),
            by=coordinator,
        ),
    )
    assert kinds(outcomes) == {"Seat": 1, "SeatRefused": 1}
    assert Seat.objects.filter(user=user).count() == 1


def with_slow_commit(write: Callable[[], Any]) -> Any:
    """Write, and keep the transaction open so that the other cannot see the row."""
    with transaction.atomic():
        written = write()
        time.sleep(0.3)
    return written


def test_the_database_refuses_two_simultaneous_overlapping_seats(police):
    """Without the service and its lock, neither transaction sees the other's row in time."""
    user = UserFactory()
    outcomes = simultaneously(
        2,
        lambda number: with_slow_commit(
            lambda: Seat.objects.create(
                user=user, agency=police, role="observer", from_on=date(2010, 1, 1 + number)
            )
        ),
    )
    assert kinds(outcomes) == {"Seat": 1, "IntegrityError": 1}
    assert Seat.objects.filter(user=user).count() == 1


def test_the_database_refuses_two_ministers_appointed_simultaneously():
    outcomes = simultaneously(
        2,
        lambda number: with_slow_commit(
            lambda: Appointment.objects.create(
                minister=f"Hon Minister {number}",
                portfolio="Minister of Immigration",
                from_on=date(2010, 1, 1 + number),
            )
        ),
    )
    assert kinds(outcomes) == {"Appointment": 1, "IntegrityError": 1}
    assert Appointment.objects.count() == 1


def test_only_one_of_two_simultaneous_requests_to_move_a_milestone_succeeds(
    milestone, contributor, police
):
    outcomes = simultaneously(
        2,
        lambda number: variations.request_date(
            milestone=milestone,
            due_after=SLIPPED,
            reason="The printer is late.",
            agency=police,
            by=contributor,
            at=NOW,
        ),
    )
    assert kinds(outcomes) == {"Variation": 1, "Refused": 1}
    assert "A request to change this milestone’s date is already waiting." in map(str, outcomes)
    assert Variation.objects.count() == 1


def test_simultaneous_requests_in_a_plan_are_numbered_without_gaps_or_duplicates(
    item, contributor, police
):
    milestones = MilestoneFactory.create_batch(8, item=item)
    simultaneously(
        8,
        lambda number: variations.request_date(
            milestone=milestones[number],
            due_after=SLIPPED,
            reason="So.",
            agency=police,
            by=contributor,
            at=NOW,
        ),
    )
    numbers = Variation.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))


def test_only_one_of_two_rounds_opened_simultaneously_is_open(plan, coordinator):
    for agency in plan.agencies:
        WorkItemFactory(plan=plan, lead_agency=agency)
    outcomes = simultaneously(
        2,
        lambda number: rounds.open_round(
            plan=plan,
            name="A round",
            period_start=date(2010, 1, 1 + number),
            period_end=date(2010, 6, 30),
            due_on=date(2010, 7, 14),
            by=coordinator,
            at=NOW,
        ),
    )
    assert kinds(outcomes) == {"Round": 1, "Refused": 1}
    assert Round.objects.get().returns.count() == 3


def test_an_item_cannot_be_completed_while_its_milestone_is_being_reopened(item, contributor):
    """In either order, a complete item has no open milestone afterwards."""
    milestone = MilestoneFactory(item=item, completed_on=TODAY)
    outcomes = simultaneously(
        2,
        lambda number: [
            lambda: items.change_status(
                item=item,
                version=1,
                stage="complete",
                confidence="",
                by=contributor,
                on=TODAY,
                reason="Printed.",
            ),
            lambda: items.reopen_milestone(
                milestone=milestone, version=1, by=contributor, reason="Faulty."
            ),
        ][number](),
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    item.refresh_from_db()
    milestone.refresh_from_db()
    assert (item.stage == "complete") != milestone.is_open


def test_a_milestone_cannot_be_closed_while_its_item_is_being_withdrawn(
    plan, item, milestone, contributor, coordinator
):
    """The second finds the row as the first left it; the database need not refuse anything."""
    variation = VariationFactory(
        kind="withdrawal",
        milestone=None,
        plan=plan,
        item=item,
        due_before=None,
        due_after=None,
        state="recommended",
    )
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), variation)
    outcomes = simultaneously(
        2,
        lambda number: [
            lambda: variations.decide(
                variation=variation, approve=True, meeting=meeting, by=coordinator, at=NOW
            ),
            lambda: items.close_milestone(
                milestone=milestone, version=1, completed_on=TODAY, by=contributor, on=TODAY
            ),
        ][number](),
    )
    assert {"IntegrityError", "OperationalError"} & set(kinds(outcomes)) == set()
    milestone.refresh_from_db()
    item.refresh_from_db()
    assert item.stage == "withdrawn"
    assert (milestone.completed_on is None) != (milestone.withdrawn_on is None)
