"""To-dos of waits: confirm or dispute what another agency says, and say what now if what was waited for is withdrawn. A
source of `desk`."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.records.composed import composed
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, not_ended, since
from workitems.models import Wait


def lines_for(user: User, on: date) -> list[Line]:
    """Return what approvers are to answer, and the waits for what is withdrawn. One query for approvers."""
    approving = user.agencies_as(Seat.Role.APPROVER)
    if not approving:
        return []
    found = []
    for row in _waiting(approving=approving, on=on):
        if row.waits_for.withdrawn_on is not None:
            if row.agency_id in approving:
                found.append(_withdrawn(row, on))
        elif row.other_agency_id in approving:
            found.append(_to_answer(row, on))
    return found


def _to_answer(row: Wait, on: date) -> Line:
    return line(
        due=row.answer_by,
        on=on,
        plan=row.other_plan.title,
        what=_("Confirm or dispute that “{milestone}” of {agency} waits for “{other}”").format(
            milestone=row.milestone, agency=row.agency, other=row.waits_for
        ),
        detail=row.why,
        url=reverse("waits:detail", args=[row.other_plan.slug, row.pk]),
        is_late=False,
    )


def _withdrawn(row: Wait, on: date) -> Line:
    assert row.waits_for.withdrawn_on is not None
    return line(
        due=row.waits_for.withdrawn_on,
        on=on,
        plan=row.plan.title,
        what=_("“{milestone}” waits for “{other}”, which is withdrawn: say what now").format(
            milestone=row.milestone, other=row.waits_for
        ),
        detail=str(row.milestone.item),
        when=_("Since {day}").format(day=since(row.waits_for.withdrawn_on, on)),
        url=row.get_absolute_url(),
        is_late=False,
    )


@composed
def _waiting(approving: Any, on: Any) -> Any:
    own = Q(milestone__responsible_agency__among=approving) & ~Q(waits_for__withdrawn_on=None)
    asked = Q(waits_for__responsible_agency__among=approving, answer="")
    is_open = Q(milestone__completed_on=None, milestone__withdrawn_on=None)
    rows = Wait.objects.live().filter(own | asked, is_open, not_ended(on, "milestone__item__plan"))
    return rows.for_list()[:SHOWN_AT_MOST]
