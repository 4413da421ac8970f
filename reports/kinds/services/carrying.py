"""Carries a plan's own kinds of briefing over to the plan that follows it."""

from django.db import transaction

from agencies.models import User
from agencies.records import history
from reports.kinds.kind_history import CAME_ALONG
from reports.models import BriefingKind, KindSection
from workitems.models import Plan


@transaction.atomic
def carry_kinds(plan: Plan, to: Plan, by: User) -> None:
    """Give a plan that follows another the kinds of briefing that the other has of its own."""
    for kind in plan.briefing_kinds.in_order():
        copy = BriefingKind(
            plan=to,
            name=kind.name,
            title=kind.title,
            slug=kind.slug,
            position=kind.position,
            annexes=kind.annexes,
            most_words=kind.most_words,
            asks=kind.asks,
        )
        history.save(copy, by=by, reason=f"Carried over from {plan.title}"[:200])
        sections = [
            KindSection(kind=copy, position=place, **section.copied)
            for place, section in enumerate(kind.sections.live().in_order(), start=1)
        ]
        history.save_new(sections, by=by, reason=CAME_ALONG)
