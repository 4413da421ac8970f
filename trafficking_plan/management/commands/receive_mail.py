"""receive_mail: take one email, as it was received, from standard input."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from trafficking_plan.maintenance import announced
from workitems.by_email import services
from workitems.by_email.mime_reading import MOST_BYTES
from workitems.notices.answer_keys import is_on

# The mail server keeps the email and tries again (EX_TEMPFAIL). Any other failure would send an email to its sender.
TRY_AGAIN = getattr(os, "EX_TEMPFAIL", 75)


class Command(BaseCommand):
    help = (
        "Reads one email from standard input and takes it, if it answers one of ours. Let the mail server pipe each "
        "email to MAIL_ANSWERS_TO into it. What is not taken is said on its sender's desk, and the command succeeds. "
        "It exits with 75 when the email should be tried again."
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            self.stdout.write("Not taken: the email has more than 5 MB.")
            return
        if not is_on():
            raise CommandError("Set MAIL_ANSWERS_TO and MAIL_VERIFIED.", returncode=TRY_AGAIN)
        at = timezone.now()
        try:
            row = announced.current()
            if row is not None and row.is_read_only and row.is_under_way(at):
                raise CommandError(announced.refusal_of(row, at), returncode=TRY_AGAIN)
            outcome = services.take_email(raw, at=at)
        except (OperationalError, InterfaceError) as fault:
            raise CommandError("The database is away.", returncode=TRY_AGAIN) from fault
        self.stdout.write(f"{outcome}")
