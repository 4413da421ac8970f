"""To-dos from meetings: to record or cancel one whose day is over. A source of `desk`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from agencies.wording.translation import day_words
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended, since
from workitems.models import Meeting


def lines_for(user: User, on: date) -> list[Line]:
    """Return the coordinator's lines, in one query."""
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if not coordinating:
        return []
    return [
        line(
            due=each.held_on,
            on=on,
            plan=each.plan.title,
            what=_("Record or cancel the meeting of {day}").format(day=day_words(each.held_on)),
            detail=_("Nothing is recorded of it"),
            when=since(each.held_on, on),
            url=each.get_absolute_url(),
        )
        for each in _to_record(agencies=coordinating, on=on)
    ]


@composed
def _to_record(agencies: Any, on: Any) -> Any:
    rows = Meeting.objects.to_record_or_cancel(on).filter(
        not_ended(on, "plan"), plan__coordinating_agency__among=agencies
    )
    return rows.select_related("plan").order_by("held_on")[:SHOWN_AT_MOST]
