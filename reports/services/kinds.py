"""A plan's kinds of briefing: the patterns that come with the product, made the plan's own."""

import json
from pathlib import Path

from django.db import transaction

from agencies import history
from agencies.models import User
from reports.models import BriefingKind, KindSection
from workitems.models import Plan
from workitems.services.refusals import locked

# Order, headings and standing text of the kinds that every plan starts with.
PATTERNS = Path(__file__).resolve().parent.parent / "kinds.json"


@transaction.atomic
def take_patterns(*, plan: Plan, by: User | None) -> list[BriefingKind]:
    """The plan's kinds; those that come with the product are made the plan's where it has none."""
    plan = locked(plan)
    found = list(plan.briefing_kinds.order_by("position", "pk"))
    if found:
        return found
    for position, pattern in enumerate(json.loads(PATTERNS.read_text()), start=1):
        kind = history.save(
            BriefingKind(
                plan=plan,
                name=pattern["name"],
                slug=pattern["slug"],
                position=position,
                annexes=pattern["annexes"],
                asks=pattern["asks"],
            ),
            by=by,
        )
        for place, section in enumerate(pattern["sections"], start=1):
            history.save(KindSection(kind=kind, position=place, **section), by=by)
        found.append(kind)
    return found
