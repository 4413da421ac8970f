"""When a person was last on their desk. Only they are shown it."""

from datetime import datetime, timedelta

from agencies.models import User
from workitems.models import ReadConversation, Seen

# Pages opened within it belong to one visit.
VISIT = timedelta(hours=4)
# Nobody is told of what happened longer ago.
KEPT_FOR = timedelta(days=400)


def visit(person: User, at: datetime) -> datetime | None:
    """Note that the person is on their desk; return when the visit before this one began, None if this is the first.

    Writes at most once in a visit.
    """
    row, is_new = Seen.objects.get_or_create(person=person, defaults={"began_at": at})
    if is_new or at - row.began_at < VISIT:
        return row.before_at
    Seen.objects.filter(pk=row.pk, began_at=row.began_at).update(
        began_at=at, before_at=row.began_at
    )
    return row.began_at


def forget_old(at: datetime) -> None:
    """Delete the visits of 13 months ago and before, to a desk and to a conversation."""
    for model in (Seen, ReadConversation):
        model._default_manager.filter(began_at__lt=at - KEPT_FOR).delete()
