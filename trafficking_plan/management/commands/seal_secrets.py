"""seal_secrets: the secrets of second steps, sealed with the newest key of SEALING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.people import outbox
from trafficking_plan.sign_in import sealed_steps
from workitems.terms.lateness import count_noun


class Command(BaseCommand):
    help = (
        "Seals the secrets of second steps with the newest key of SEALING_KEYS, so that older keys can be taken "
        "out. It may be stopped and run again. Ends with an error if no key opens some."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--open",
            action="store_true",
            dest="is_opened",
            help="take the seals off, before an earlier release runs that cannot read them",
        )

    def handle(self, *, is_opened: bool, **options: Any) -> None:
        changed = sealed_steps.seal_all(is_opened=is_opened)
        outbox.reseal()
        found = sealed_steps.look()
        if is_opened:
            self.stdout.write(
                f"{count_noun(changed, 'secret')} opened; all are readable in the database."
            )
        else:
            self.stdout.write(
                f"{count_noun(changed, 'secret')} sealed anew; {found.newest:,} have the newest key."
            )
        if found.unreadable:
            raise CommandError(
                f"No key opens {count_noun(len(found.unreadable), 'secret')}, of the people with these numbers: "
                f"{found.whose}. Put the key back that sealed them, or let an administrator reset their second step."
            )
