"""maintenance: announce planned maintenance on every page, let nothing be saved during it, or end it."""

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.models import Maintenance
from agencies.people.services.conflicts import Refused
from trafficking_plan.maintenance import announced, services


def moment(text: str) -> datetime:
    """Parse "20:00" (today) or "2026-12-02T20:00", both local. Raise `ValueError` for others."""
    here = timezone.get_current_timezone()
    if len(text) <= 5:
        return datetime.combine(timezone.localdate(), time.fromisoformat(text.zfill(5)), here)
    return datetime.fromisoformat(text).replace(tzinfo=here)


class Command(BaseCommand):
    help = (
        "Announces planned maintenance at the top of every page, in place of what is announced. With --read-only nothing "
        "can be saved meanwhile. Without anything it says what is announced."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        form = "local, such as 20:00 (today) or 2026-12-02T20:00"
        parser.add_argument("--from", dest="begins", type=moment, help=f"{form}; now if not given")
        parser.add_argument("--until", type=moment, help=form)
        parser.add_argument("--read-only", action="store_true", help="let nothing be saved")
        parser.add_argument("--message", default="", help="a sentence beside the time")
        parser.add_argument("--end", action="store_true", help="end what is announced")

    def handle(self, **options: Any) -> None:
        at = timezone.now()
        row = Maintenance.objects.announced(at).first()
        if options["end"]:
            services.end_announced(by=None, at=at)
            self.stdout.write("People can save again." if row else "No maintenance was announced.")
            return
        if options["until"] is not None:
            try:
                row = services.announce(
                    begins_at=options["begins"] or at,
                    ends_at=options["until"],
                    is_read_only=options["read_only"],
                    message=options["message"][:300],
                    by=None,
                    at=at,
                )
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        elif options["begins"] or options["read_only"] or options["message"]:
            raise CommandError("Say until when: --until 20:00")
        self.stdout.write(announced.banner_of(row, at) if row else "No maintenance is announced.")
