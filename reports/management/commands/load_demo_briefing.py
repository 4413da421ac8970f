"""Puts the 2010 briefing of the demo's first plan among its briefings, once."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.models import Seat, User
from reports.drafts import draft
from reports.models import Briefing
from reports.services import COVER_FIELDS, create_briefing
from workitems.demo.plans import PLAN_OF_2009
from workitems.models import Plan

TRACKER_NUMBER = "10/96252"
# Roles, not people: the officials of the time are not ours to name.
COVER = {
    "contact_name": "Business Advisor",
    "contact_phone": "(04) 555 0110",
    "manager_name": "Group Manager",
    "manager_role": "Border Security",
    "manager_phone": "(04) 555 0100",
    "on_behalf_of": "Secretary of Labour",
}


class Command(BaseCommand):
    help = "Add the 2010 briefing to the demo's first plan; a second run keeps what was entered."

    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo is for a debugging machine: put DEBUG=yes into .env.")
        plan = Plan.objects.filter(slug=PLAN_OF_2009).select_related("coordinating_agency").first()
        if plan is None:
            raise CommandError("Load the demo plans first: python3 manage.py load_demo_plan")
        if Briefing.objects.filter(tracker_number=TRACKER_NUMBER).exists():
            self.stdout.write("The demo briefing is here already; nothing was changed.")
            return
        start = draft(
            plan,
            period_start=date(2009, 7, 31),
            period_end=date(2010, 7, 30),
            dated=date(2010, 7, 30),
            tracker_number=TRACKER_NUMBER,
        )
        cover = {name: getattr(start, name) for name in COVER_FIELDS} | COVER
        create_briefing(plan=plan, by=coordinator(plan), at=timezone.now(), **cover)
        self.stdout.write(f"Loaded    {start.title}, {TRACKER_NUMBER}")


def coordinator(plan: Plan) -> User | None:
    seat = Seat.objects.filter(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR)
    found = seat.select_related("user").order_by("from_on", "pk").first()
    return found.user if found else None
