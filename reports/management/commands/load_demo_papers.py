"""Freeze the packs and minutes of the demo's past meetings, once.

A pack is frozen on the morning of the meeting, the minutes when the record was closed.
"""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.meetings.services import freeze_minutes, freeze_pack
from reports.models import MeetingPaper
from workitems.demo.demo_plans import CURRENT_PLAN
from workitems.models import Meeting

MORNING = time(9)


class Command(BaseCommand):
    help = "Freeze pack and minutes of the demo's meetings; a second run keeps what is there."

    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo runs only with DEBUG=yes. Put DEBUG=yes into .env.")
        meetings = Meeting.objects.filter(plan__slug=CURRENT_PLAN, closed_at__isnull=False)
        for meeting in meetings.select_related("plan", "closed_by").order_by("held_on"):
            if MeetingPaper.objects.filter(meeting=meeting).exists():
                continue
            morning = timezone.make_aware(datetime.combine(meeting.held_on, MORNING))
            assert meeting.closed_by is not None and meeting.closed_at is not None
            freeze_pack(meeting=meeting, by=meeting.closed_by, at=morning)
            freeze_minutes(meeting=meeting, by=meeting.closed_by, at=meeting.closed_at)
            self.stdout.write(f"Frozen    pack and minutes, {meeting}")
