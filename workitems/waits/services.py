"""Hold what a contributor says that a milestone waits for, until it is released."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from agencies.models import User
from agencies.records import history
from workitems.models import HeldEntry, Milestone, Return, Wait
from workitems.plan.services import waits
from workitems.plan.services.refusals import Refused
from workitems.variations.services import held_entries

DAYS_AFTER = "days_after"


@transaction.atomic
def hold_wait(
    *, milestone: Milestone, waits_for: Milestone, days_after: int, why: str, by: User, at: datetime
) -> HeldEntry:
    """Hold a wait for an approver of the milestone's agency. Arguments and refusals are those of `waits.add`."""
    return held_entries.hold(
        HeldEntry(
            kind=HeldEntry.Kind.WAIT,
            plan=milestone.item.plan,
            agency=milestone.responsible_agency,
            item=milestone.item,
            milestone=milestone,
            waits_for=waits_for,
            adds={DAYS_AFTER: days_after},
            reason=why,
        ),
        by=by,
        at=at,
    )


def add_held(entry: HeldEntry, by: User) -> Wait:
    """Add the wait that a contributor wrote, when it is released."""
    assert entry.milestone is not None and entry.waits_for is not None and entry.adds is not None
    return waits.add(
        milestone=entry.milestone,
        waits_for=entry.waits_for,
        days_after=entry.adds[DAYS_AFTER],
        why=entry.reason,
        by=by,
        on=localdate(history.moment_of_writing()),
    )


def release_with(of_return: Return, *, by: User, at: datetime) -> None:
    """Release what waits of the return's agency in its plan: it takes effect with the return."""
    rows = HeldEntry.objects.waiting().filter(
        kind=HeldEntry.Kind.WAIT, agency=of_return.agency, plan=of_return.round.plan
    )
    for row in rows.order_by("pk"):
        with (
            suppress(Refused),
            transaction.atomic(),
        ):  # what cannot be released by now stays where it is
            held_entries.release(entry=row, by=by, at=at)
