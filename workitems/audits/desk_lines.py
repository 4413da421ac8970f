"""To-dos of findings that wait for a reply, and of audits that last. A source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended
from workitems.models import Audit, Finding


def lines_for(user: User, on: date) -> list[Line]:
    """Return the findings that the user may reply to, and the audits that they do. One query for approvers and coordinators,
    one for auditors, none for others."""
    approving = user.agencies_as(Seat.Role.APPROVER)
    coordinating = user.agencies_as(Seat.Role.COORDINATOR)
    lines: list[Line] = []
    if auditing := user.agencies_as(Seat.Role.AUDITOR):
        lines += _own(auditing, on)
    if not (approving or coordinating):
        return lines
    return lines + [
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


def _own(auditing: set[int], on: date) -> list[Line]:
    rows = Audit.objects.on(on).filter(agency__in=auditing).select_related("plan").order_by("to_on")
    return [
        line(
            due=row.to_on,
            on=on,
            plan=row.plan.title,
            what=_("Audit the plan and give findings"),
            detail=row.scope,
            url=row.get_absolute_url(),
        )
        for row in rows
    ]


@composed
def _waiting(approving: Any, coordinating: Any, on: Any) -> Any:
    led = Q(item__lead_agency__among=approving)
    whole = Q(item=None, audit__plan__coordinating_agency__among=coordinating)
    rows = Finding.objects.filter(led | whole, not_ended(on, "audit__plan"), reply="")
    return rows.filter(shown_from__gt=on).for_list()[:SHOWN_AT_MOST]
