"""Mark actions as done, confirm that, and reopen them.

An action is a decision of the working group with an owner, or a follow-up of the Minister's answer.
"""

from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Action
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked, need_reason

Row = TypeVar("Row", bound=Action)


def _step(action: Row, to: Action.Progress, version: int | None = None) -> Row:
    row = locked(action, version=version)
    if row.owner_agency_id is None:
        raise Refused(_("This decision has no owner, so there is no action to mark as done."))
    if to not in Action.NEXT[row.progress]:
        raise Refused(
            {
                Action.Progress.OPEN: _("This is not marked as done."),
                Action.Progress.REPORTED: _("This is already marked as done."),
                Action.Progress.CONFIRMED: _("This is already confirmed as done."),
            }[row.progress]
        )
    return row


@transaction.atomic
def finish(
    *,
    action: Row,
    done_on: date,
    note: str,
    on: date,
    by: User,
    confirms: bool,
    version: int | None = None,
) -> Row:
    """Mark an action as done on a day, with a note of what was done.

    If `confirms`, because the coordinator does it, it is confirmed at once; otherwise it waits for
    the coordinator. Raise `Refused` without a note, if it is done already, and for a day before the
    decision or in the future.
    """
    to = Action.Progress.CONFIRMED if confirms else Action.Progress.REPORTED
    row = _step(action, to, version)
    if not note:
        raise Refused(_("Say in a few words what was done."), "note")
    Refused.raise_any(done_faults(row, done_on, on))
    row.done_on, row.done_note, row.reopened_because = done_on, note, ""
    row.awaits_confirmation = not confirms
    row.confirmed_on = on if confirms else None
    return history.save_version(row, by=by, reason=note)


def done_faults(action: Action, done_on: date, on: date) -> Faults:
    """Yield why the action may not be done on that day."""
    decided_on = action.decided_on
    if done_on > on:
        yield _("Enter today or an earlier date."), "done_on"
    elif decided_on is not None and done_on < decided_on:
        yield (
            _("This was decided on {day}. Enter that day or a later one.").format(
                day=day_words(decided_on)
            ),
            "done_on",
        )


@transaction.atomic
def confirm(*, action: Row, on: date, by: User, version: int | None = None) -> Row:
    """Confirm that an action which its agency marked as done is done."""
    row = _step(action, Action.Progress.CONFIRMED, version)
    if row.progress == Action.Progress.OPEN:
        raise Refused(_("This is not marked as done."))
    row.awaits_confirmation, row.confirmed_on = False, on
    return history.save_version(row, by=by)


@transaction.atomic
def reopen(*, action: Row, reason: str, by: User, version: int | None = None) -> Row:
    """Reopen an action that was marked as done. Its agency reads the reason."""
    row = _step(action, Action.Progress.OPEN, version)
    need_reason(reason, _("Say what is still to be done."))
    row.done_on, row.done_note, row.reopened_because = None, "", reason
    row.awaits_confirmation, row.confirmed_on = False, None
    return history.save_version(row, by=by, reason=reason)
