"""Request what a workbook would change of an adopted plan. Registered with the import in `AppConfig.ready`."""

from typing import Any

from django.db import transaction

from workitems.intake.to_decide import Asking, ToDecide
from workitems.models import Variation
from workitems.plan.services.refusals import Refused
from workitems.variations.services import variations

Kind = Variation.Kind


def ask(row: ToDecide, asking: Asking) -> Variation:
    """Request the change. Refusals are those of its service."""
    of: dict[str, Any] = asking._asdict()
    match row.kind:
        case Kind.DATE:
            # The reason says why it may lie after the plan's end.
            return variations.request_date(milestone=row.row, after_end=True, **row.given, **of)
        case Kind.WORDING if row.given["wording"] in Variation.OF_ITEM:
            wording, text = row.given["wording"], row.given["text"]
            return variations.request_wording(item=row.row, wording=wording, text_after=text, **of)
        case Kind.WITHDRAWAL:
            return variations.request_withdrawal(item=row.row, **of)
        case Kind.ITEM:
            return variations.request_item(plan=row.row, after_end=True, **row.given, **of)
        case Kind.MILESTONE:
            return variations.request_milestone(item=row.row, after_end=True, **row.given, **of)
    return variations.request_change(kind=row.kind, row=row.row, given=row.given, **of)


def obstacles(rows: list[ToDecide], asking: Asking) -> list[str]:
    """Return of each change why it cannot be requested together with those before it, or "". Nothing stays written."""
    found = []
    with transaction.atomic():
        for row in rows:
            found.append(row.obstacle or _obstacle(row, asking))
        transaction.set_rollback(True)
    return found


def _obstacle(row: ToDecide, asking: Asking) -> str:
    try:
        with transaction.atomic():
            ask(row, asking)
    except Refused as refused:
        return str(refused)
    return ""
