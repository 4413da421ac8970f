"""To-dos of findings that wait for a reply. A source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended
from workitems.models import Finding


def lines_for(user: User, on: date) -> list[Line]:
    """Return the findings that the user may reply to. One query for approvers and coordinators, none for others."""
    approving = user.agencies_as(Seat.Role.APPROVER)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    if not (approving or coordinating):
        return []
    return [
        line(
            due=row.shown_from,
            on=on,
            plan=row.plan.title,
            what=_("Reply to finding {reference} of the audit").format(reference=row.reference),
            detail=str(row.item or _("On the whole plan")),
            url=row.get_absolute_url(),
            is_late=False,
        )
        for row in _waiting(approving=approving, coordinating=coordinating, on=on)
    ]


@composed
def _waiting(approving: Any, coordinating: Any, on: Any) -> Any:
    led = Q(item__lead_agency__among=approving)
    whole = Q(item=None, audit__plan__coordinating_agency__among=coordinating)
    rows = Finding.objects.filter(led | whole, not_ended(on, "audit__plan"), reply="")
    return rows.filter(shown_from__gt=on).for_list()[:SHOWN_AT_MOST]
