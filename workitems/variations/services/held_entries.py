"""Hold what a contributor raises until an approver of the same agency releases it.

Holding rehearses what releasing will do, so that a mistake is refused where it was typed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import make_naive
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from workitems.models import HeldEntry, Milestone, Plan, Risk, Variation, Wait, WorkItem
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.terms.additions import Addition, NewItem, NewMilestone
from workitems.terms.known_dates import Due, known
from workitems.variations.services import additions, variations
from workitems.variations.services import change_requests as changes
from workitems.variations.services.change_requests import Changed, Given

Kind, State = HeldEntry.Kind, HeldEntry.State
# How an entry becomes a record, by kind, where that is no variation. They register in `AppConfig.ready`.
MAKERS: dict[str, Callable[[HeldEntry, User], Risk | Wait]] = {}


@transaction.atomic
def hold_date(
    *,
    milestone: Milestone,
    due_after: Due,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
    after_end: bool = False,
) -> HeldEntry:
    """Hold a request for a new agreed date. Arguments and refusals are those of `request_date`."""
    milestone = locked(milestone, version=version, related=("item__plan",))
    on = make_naive(at).date()
    Refused.raise_any(
        variations.new_date_faults(milestone, due_after, on=on, after_end=after_end, reason=reason)
    )
    entry = HeldEntry(
        kind=Kind.DATE,
        plan=milestone.item.plan,
        agency=agency,
        item=milestone.item,
        milestone=milestone,
        made_from=milestone.version,
        reason=reason,
    )
    entry.after = known(due_after)
    return hold(entry, by=by, at=at)


@transaction.atomic
def hold_wording(
    *,
    item: WorkItem,
    wording: str,
    text_after: str,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
) -> HeldEntry:
    """Hold a request for a new wording. Arguments and refusals are those of `request_wording`."""
    item = locked(item, version=version, related=("plan",))
    return hold(
        HeldEntry(
            kind=Kind.WORDING,
            plan=item.plan,
            agency=agency,
            item=item,
            made_from=item.version,
            wording=wording,
            text=text_after,
            reason=reason,
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def hold_withdrawal(
    *,
    item: WorkItem,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
) -> HeldEntry:
    """Hold a request to withdraw an item. Arguments and refusals are those of `request_withdrawal`."""
    item = locked(item, version=version, related=("plan",))
    return hold(
        HeldEntry(
            kind=Kind.WITHDRAWAL,
            plan=item.plan,
            agency=agency,
            item=item,
            made_from=item.version,
            reason=reason,
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def hold_item(
    *,
    plan: Plan,
    adds: NewItem,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    after_end: bool = False,
) -> HeldEntry:
    """Hold a request to add a work item. Arguments and refusals are those of `request_item`."""
    entry = HeldEntry(kind=Kind.ITEM, plan=plan, agency=agency, adds=adds.data, reason=reason)
    return _hold_addition(entry, adds, by=by, at=at, after_end=after_end)


@transaction.atomic
def hold_milestone(
    *,
    item: WorkItem,
    adds: NewMilestone,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    after_end: bool = False,
) -> HeldEntry:
    """Hold a request to add a milestone. Arguments and refusals are those of `request_milestone`."""
    entry = HeldEntry(
        kind=Kind.MILESTONE,
        plan=item.plan,
        agency=agency,
        item=item,
        made_from=item.version,
        adds=adds.data,
        reason=reason,
    )
    return _hold_addition(entry, adds, by=by, at=at, after_end=after_end)


@transaction.atomic
def hold_change(
    *,
    kind: str,
    row: Changed,
    given: Given,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
) -> HeldEntry:
    """Hold a request to change what was adopted. Arguments and refusals are those of
    `request_change`."""
    row = locked(row, version=version, related=variations.RELATED[type(row)])
    asked = changes.drafted(kind, row, given)
    need_reason(reason, variations.WHY)
    return hold(
        HeldEntry(
            kind=kind,
            plan=asked.plan,
            agency=agency,
            item=asked.item,
            milestone=asked.milestone,
            made_from=row.version,
            wording=asked.wording,
            adds=dict(given),
            reason=reason,
        ),
        by=by,
        at=at,
    )


def _hold_addition(
    entry: HeldEntry, adds: Addition, *, by: User, at: datetime, after_end: bool
) -> HeldEntry:
    on = make_naive(at).date()
    need_reason(entry.reason, variations.WHY)
    Refused.raise_any(
        additions.day_faults(additions.dues_of(adds), plan=entry.plan, on=on, after_end=after_end)
    )
    return hold(entry, by=by, at=at)


def hold(entry: HeldEntry, *, by: User, at: datetime) -> HeldEntry:
    """Write an entry that waits. Raise `Refused` if the same waits already, or if releasing it would fail."""
    entry.written_by, entry.written_at = by, at
    same = HeldEntry.objects.waiting().filter(
        agency=entry.agency, kind=entry.kind, item=entry.item, milestone=entry.milestone
    )
    adds = entry.addition
    if adds is not None:
        is_same = any(row.addition and row.addition.number == adds.number for row in same)
    else:
        is_same = entry.kind != Kind.RISK and any(
            (row.wording, row.adds, row.waits_for) == (entry.wording, entry.adds, entry.waits_for)
            for row in same
        )
    if is_same:
        raise Refused(
            _("The same request is already waiting for release by an approver of {agency}.").format(
                agency=entry.agency
            )
        )
    with transaction.atomic():
        _make(entry, at=at, by=by)
        transaction.set_rollback(True)
    return history.save(entry, by=by, reason=entry.reason)


@transaction.atomic
def release(*, entry: HeldEntry, by: User, at: datetime) -> Variation | Risk | Wait:
    """Make the variation, the risk or the wait, which everyone in the plan may read from then on.

    The variation names the person who wrote it, and the history names the two. Raise `Refused` if the entry is not waiting, or for
    what the service that makes the record refuses by now.
    """
    entry = _waiting(entry)
    with history.released_of(entry.written_by):
        made = _make(entry, at=at, by=by)
    if isinstance(made, Risk):
        entry.risk = made
    elif isinstance(made, Wait):
        entry.wait = made
    else:
        entry.variation = made
    entry.state, entry.settled_by, entry.settled_at = State.RELEASED, by, at
    history.save(entry, by=by)
    return made


@transaction.atomic
def withdraw(*, entry: HeldEntry, note: str, by: User, at: datetime) -> HeldEntry:
    """Withdraw an entry before it is released. Needs a reason, which its writer can read."""
    entry = _waiting(entry)
    if not note:
        raise Refused(_("Say why it is withdrawn."), "note")
    entry.state, entry.settled_by, entry.settled_at, entry.note = State.WITHDRAWN, by, at, note
    return history.save(entry, by=by, reason=note)


def asked_change(entry: HeldEntry) -> Variation | None:
    """Return the request that a release makes, as it would be today, or None of another kind of entry."""
    if entry.kind == Kind.WAIT or entry.adds is None or entry.addition is not None:
        return None
    row = entry.milestone or entry.item or entry.plan
    return changes.drafted(entry.kind, row, entry.adds)


def _waiting(entry: HeldEntry) -> HeldEntry:
    related = ("plan", "agency", "item", "milestone", "waits_for", "owner_agency", "written_by")
    entry = locked(entry, related=related)
    if not entry.is_waiting:
        raise Refused(_("This is already {state}.").format(state=entry.get_state_display().lower()))
    return entry


def _make(entry: HeldEntry, *, by: User, at: datetime) -> Variation | Risk | Wait:
    """Call the service that makes the record. A request names the contributor who wrote it."""
    if entry.kind in MAKERS:
        return MAKERS[entry.kind](entry, by)
    asked: dict[str, Any] = {"reason": entry.reason, "agency": entry.agency, "by": by, "at": at}
    asked["requested_by"] = entry.written_by
    if (change := asked_change(entry)) is not None:
        row = changes.row_of(change)
        return variations.request_change(kind=entry.kind, row=row, given=entry.adds or {}, **asked)
    match entry.kind:
        case Kind.DATE:
            assert entry.milestone is not None and entry.after is not None
            # That it may lie after the plan's end was asked when it was written.
            return variations.request_date(
                milestone=entry.milestone, due_after=entry.after, after_end=True, **asked
            )
        case Kind.WORDING:
            assert entry.item is not None
            return variations.request_wording(
                item=entry.item, wording=entry.wording, text_after=entry.text, **asked
            )
        case Kind.ITEM:
            adds = entry.addition
            assert isinstance(adds, NewItem)
            return variations.request_item(plan=entry.plan, adds=adds, after_end=True, **asked)
        case Kind.MILESTONE:
            adds = entry.addition
            assert entry.item is not None and isinstance(adds, NewMilestone)
            return variations.request_milestone(item=entry.item, adds=adds, after_end=True, **asked)
        case _:
            assert entry.item is not None
            return variations.request_withdrawal(item=entry.item, **asked)
