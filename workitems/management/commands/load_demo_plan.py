"""Load the demo's plans and people, unless they exist."""

from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workitems.demo import demo_plans, fiji, people
from workitems.demo import four_plans as more_plans

# The agencies and the Minister of the current plan did not all exist before.
FIRST_YEAR = 2016


def noon(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a day. Write it as 2026-06-30.") from None
    if day.year < FIRST_YEAR:
        raise CommandError(
            f"The current plan’s agencies were not all there in {day.year}. "
            f"Choose a day from {FIRST_YEAR} on."
        )
    return timezone.make_aware(datetime.combine(day, time(12)))


class Command(BaseCommand):
    help = "Load the country's demo plans and people to sign in as."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today",
            metavar="YYYY-MM-DD",
            help="the day around which the current plan is placed (today in the country)",
        )
        parser.add_argument(
            "--four-plans",
            action="store_true",
            help="also load two made-up plans, so that Police is in four (New Zealand)",
        )

    def handle(self, *, today: str | None, four_plans: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo's people sign in with a password that everyone knows, so they are loaded only with "
                "DEBUG=yes. Put DEBUG=yes into .env there."
            )
        is_fiji = settings.COUNTRY == "fiji"
        if four_plans and is_fiji:
            raise CommandError("The two made-up plans are only for the demo of New Zealand.")
        at = noon(today) if today else timezone.now()
        loaded = demo_plans.load(at)
        if four_plans:
            loaded += more_plans.load(at)
        for plan in loaded:
            self.stdout.write(f"Loaded    {plan.title}")
        if not loaded:
            self.stdout.write("The demo plans are here already; nothing was changed.")
        self.stdout.write("")
        seated = fiji.PEOPLE if is_fiji else people.PEOPLE
        if four_plans:
            seated += more_plans.PEOPLE
        for line in people.sign_ins(seated):
            self.stdout.write(line)
