"""send_notices [--today DATE]: email people what they have to do.

Run it from a timer.
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.pages import services as sent_forms
from agencies.people import outbox
from agencies.records import history
from workitems.by_email import services as by_email
from workitems.following import visits
from workitems.notices import send_notices


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a day. Write it as 2026-06-30.") from None


def mails(count: int) -> str:
    return f"{count:,} {'mail' if count == 1 else 'mails'}"


class Command(BaseCommand):
    help = (
        "Email each person once about returns that are new, due, late, sent back or accepted, and "
        "about other things to do. Safe to run again: nobody gets the same notice twice. Run it from a timer, "
        "once or more a day. It also deletes week-old records of sent forms."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today", metavar="YYYY-MM-DD", help="the day to run for (today in New Zealand)"
        )

    def handle(self, *, today: str | None, **options: Any) -> None:
        on = day(today) if today else timezone.localdate()
        outcome = send_notices(on=on, at=timezone.now())
        sent_forms.forget_old(at=timezone.now())
        visits.forget_old(timezone.now())
        by_email.forget_old(timezone.now())
        history.end_pauses_before(timezone.localdate())
        self.stdout.write(f"{on:%-d %B %Y}: {mails(outcome.sent)} sent.")
        if waiting := outbox.send_waiting():
            raise CommandError(f"{mails(waiting)} waiting for the mail server. We try again.")
        if outcome.failed:
            # The exit code reports the failure to the timer.
            raise CommandError(
                f"{mails(outcome.failed)} could not be sent. The next run tries again."
            )
