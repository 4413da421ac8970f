"""report_failure: email the operator that a service failed."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandParser

from agencies.people import outbox

TEXT = """{unit} failed on {site}. What it said, and everything that is wrong now:

    journalctl --unit={unit} --lines=50
    plan-register check_service
"""


class Command(BaseCommand):
    help = (
        "Emails OPERATOR_EMAIL that a unit of systemd failed. Without that setting it does nothing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("unit", metavar="UNIT")

    def handle(self, *, unit: str, **options: Any) -> None:
        if not settings.OPERATOR_EMAIL:
            self.stdout.write("OPERATOR_EMAIL is not set, so nobody gets an email.")
            return
        # Not by the queue, which is in the database: that may be what failed.
        send_mail(
            f"{settings.PRODUCT_NAME}: {unit} failed",
            TEXT.format(unit=unit, site=settings.SITE_URL),
            None,
            [settings.OPERATOR_EMAIL],
            connection=outbox.transport(),
        )
