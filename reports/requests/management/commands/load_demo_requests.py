"""Load the demo's requests for official information, once for each plan."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.models import IssuedPaper
from reports.requests.demo import demo_requests
from workitems.demo.demo_plans import CURRENT_PLAN, PLAN_OF_2009
from workitems.models import Plan


class Command(BaseCommand):
    help = "Add the demo's requests and what was released; a second run keeps what was entered."

    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo runs only with DEBUG=yes. Put DEBUG=yes into .env.")
        issued = IssuedPaper.objects.values_list("briefing__plan__slug", flat=True)
        if not {PLAN_OF_2009, CURRENT_PLAN} <= set(issued):
            raise CommandError(
                "Load the demo briefings first: python3 manage.py load_demo_briefing"
            )
        plans = Plan.objects.select_related("coordinating_agency").in_bulk(field_name="slug")
        for slug, play in (
            (PLAN_OF_2009, demo_requests.request_of_2013),
            (CURRENT_PLAN, lambda plan: demo_requests.open_request(plan, timezone.localdate())),
        ):
            plan = plans[slug]
            if plan.information_requests.exists():
                self.stdout.write(f"{plan.title} has requests already; nothing was changed.")
                continue
            play(plan)
            for row in plan.information_requests.order_by("received_on"):
                state = row.get_state_display().lower()
                self.stdout.write(f"Loaded    request {row}, {state}")
