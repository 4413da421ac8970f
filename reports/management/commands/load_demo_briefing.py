"""Load the demo's briefings, once for each plan."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.demo import demo_briefings
from workitems.demo import fiji
from workitems.demo.demo_plans import CURRENT_PLAN, PLAN_OF_2009
from workitems.models import Plan


class Command(BaseCommand):
    help = "Add the demo's briefings; a second run keeps what was entered."

    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo runs only with DEBUG=yes. Put DEBUG=yes into .env.")
        plans = Plan.objects.select_related("coordinating_agency").in_bulk(field_name="slug")
        today = timezone.localdate()
        plays: dict[str, Callable[[Plan], None]] = {
            PLAN_OF_2009: demo_briefings.briefing_of_2010,
            CURRENT_PLAN: lambda plan: demo_briefings.current_briefings(plan, today),
        }
        if settings.COUNTRY == "fiji":
            plays = {fiji.PLAN: demo_briefings.briefing_of_fiji}
        if not plays.keys() <= plans.keys():
            raise CommandError("Load the demo plans first: python3 manage.py load_demo_plan")
        for slug, play in plays.items():
            plan = plans[slug]
            if plan.briefings.exists():
                self.stdout.write(f"{plan.title} has briefings already; nothing was changed.")
                continue
            play(plan)
            for briefing in plan.briefings.order_by("dated"):
                state = briefing.get_state_display().lower()
                self.stdout.write(f"Loaded    {briefing.name}, {state}")
