"""check_service: say of everything that the service needs whether it is there."""

import json
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.pages.mail_files import mail_folder
from agencies.people import outbox
from trafficking_plan.running.service_checks import CHECKS, State, findings

WIDTH = max(len(check.name) for check in CHECKS)


class Command(BaseCommand):
    help = (
        "Checks the database, migrations, triggers, fonts, storage, worker, mail, TLS, clock and disk, and "
        "says one sentence about each. Ends with an error if something is wrong."
    )
    # What Django would refuse, such as an unmigrated database, is for us to say.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mail", metavar="ADDRESS", help="send a test email to this address")
        parser.add_argument(
            "--json", action="store_true", help="print JSON, for monitoring; the same exit code"
        )

    def handle(self, *, mail: str | None, **options: Any) -> None:
        self.said: list[dict[str, str]] | None = [] if options["json"] else None
        faults = 0
        for check, found in findings(CHECKS):
            self._say(found.state, check.name, f"{found.sentence} {found.detail}".strip())
            faults += found.state is State.WRONG
        if mail:
            faults += not self._send(mail)
        if self.said is not None:
            whole = {"release": settings.RELEASE, "wrong": faults, "checks": self.said}
            self.stdout.write(json.dumps(whole, indent=1, ensure_ascii=False))
        if faults:
            raise CommandError(
                "1 thing is wrong." if faults == 1 else f"{faults} things are wrong."
            )

    def _say(self, state: State, name: str, sentence: str) -> None:
        if self.said is not None:
            self.said.append({"name": name, "state": state.value, "sentence": sentence})
            return
        self.stdout.write(f"{state.value:8}{name:{WIDTH + 2}}{sentence}")

    def _send(self, address: str) -> bool:
        """Send a test email and return whether the server accepted it. Where emails are files, write one."""
        folder = mail_folder()
        try:
            send_mail(
                f"{settings.PRODUCT_NAME}: test",
                f"This is a test from {settings.SITE_URL}. Email from {settings.PRODUCT_NAME} arrives.",
                None,
                [address],
                connection=outbox.transport(),
            )
        except (smtplib.SMTPException, OSError) as error:
            self._say(State.WRONG, "Test email", f"It was not accepted: {error}")
            return False
        if folder:
            self._say(State.WARNING, "Test email", f"It was written to {folder}, and not sent.")
        else:
            self._say(State.WELL, "Test email", f"The server accepted it for {address}.")
        return True
