"""What was written when milestones were marked as done. The history has it, because a milestone can be reopened."""

from collections.abc import Iterable

from workitems.models import Milestone
from workitems.plan.asat import Moment


def completion_notes(milestones: Iterable[Milestone], moment: Moment) -> dict[int, str]:
    """Return the notes of completed milestones by id, as at the moment. One query if any is completed."""
    done = [each.pk for each in milestones if each.completed_on]
    if not done:
        return {}
    rows = Milestone.history.filter(id__in=done)
    if moment.until is not None:
        rows = rows.filter(history_date__lt=moment.until)
    found: dict[int, str] = {}
    # Entered as done, it has the reason of its entry: the name of a file.
    was_done = dict.fromkeys(done, True)
    columns = ("id", "completed_on", "history_change_reason")
    for pk, completed_on, reason in rows.order_by("history_id").values_list(*columns):
        if completed_on and not was_done[pk]:
            found[pk] = reason or ""
        was_done[pk] = completed_on is not None
    return found
