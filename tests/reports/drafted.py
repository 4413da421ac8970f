"""A briefing of the plan in `conftest`, with a complete cover, drafted as an annual report."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.timezone import localdate

from agencies.models import Appointment
from agencies.records import history
from reports.briefings import services
from reports.drafting.paper import composed
from reports.kinds.services import kinds
from reports.models import Briefing, BriefingKind
from reports.workshop.services import drafts
from reports.workshop.services.beginning import begin_as
from tests.factories import AppointmentFactory

DATED = date(2010, 7, 30)
# Records made at this moment are from before the paper's date.
BEFORE = datetime(2010, 7, 1, tzinfo=UTC)
BEFORE_ON = localdate(BEFORE)


def drafted(
    plan: Any, item: Any, by: Any, kind: str = "annual", *, with_asks: bool = False, **cover: Any
) -> Briefing:
    """Of the records so far, failing no check; those of `plan` and `item` get a history row of before
    the paper's date. Its recommendations are those of the kind or, `with_asks`, also those that the records give."""
    if not Appointment.objects.exists():
        AppointmentFactory(portfolio=plan.portfolio)
    for row in (plan, item):
        history.save(row, by=None, at=BEFORE)
    cover = {
        "title": "Progress on the Plan",
        "tracker_number": "10/96252",
        "period_start": date(2009, 7, 31),
        "period_end": DATED,
        "dated": DATED,
        "copied_to": "Minister of Women’s Affairs",
        "agencies_consulted": "Police, Customs",
        "contact_name": "Plan coordinator",
        "contact_phone": "(04) 555 0110",
        "manager_name": "Group manager",
        "manager_phone": "(04) 555 0100",
    } | cover
    briefing = services.create_briefing(plan=plan, by=by, at=BEFORE, **cover)
    kinds.take_patterns(plan=plan, by=by)
    briefing.kind = pattern = BriefingKind.objects.get(plan=plan, slug=kind)
    found = composed(briefing)
    briefing.kind = None
    if with_asks:
        return begin_as(briefing=briefing, slug=kind, by=by)
    return drafts.begin_draft(briefing=briefing, kind=pattern, composed=found, by=by)
