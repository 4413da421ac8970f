"""The demo of a second country: a plan of Fiji, its people, and the open round."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from agencies.records import history
from workitems.demo.people import ADMINISTRATOR, Person, Role, user_of
from workitems.intake.workbook.record import round_name
from workitems.models import Plan
from workitems.returns.services import rounds

TEXT = Path(__file__).parent / "plan-of-fiji.toml"
PLAN = "national-action-plan-against-trafficking-in-persons"
PORTFOLIO = "Minister for Home Affairs"
COORDINATOR = Person("Coordinator", Role.COORDINATOR, ("MHA",))
PEOPLE = (
    ADMINISTRATOR,
    COORDINATOR,
    *(
        Person(f"{agency} {role.in_sentence}", role, (agency,))
        for agency in ("MHA", "Police", "Immigration", "Employment", "Women", "ODPP", "FRCS")
        for role in (Role.CONTRIBUTOR, Role.APPROVER)
    ),
    Person("Authorising manager", Role.AUTHORISING_MANAGER, ("MHA",)),
    Person("Minister's office", Role.MINISTERS_OFFICE, (PORTFOLIO,)),
    Person("Observer", Role.OBSERVER, ("Women",)),
)
PERIOD_DAYS = 180
OPENED_DAYS_AGO = 13
DUE_IN_DAYS = 6


def open_round(plan: Plan, today: date) -> None:
    """Ask the agencies for their returns, some days ago."""
    opened_on = today - timedelta(days=OPENED_DAYS_AGO)
    at = timezone.make_aware(datetime.combine(opened_on, time(9)))
    start = today - timedelta(days=PERIOD_DAYS)
    with history.written_at(at):
        rounds.open_round(
            plan=plan,
            name=round_name(start, today),
            period_start=start,
            period_end=today,
            due_on=today + timedelta(days=DUE_IN_DAYS),
            message="",
            by=user_of(COORDINATOR),
            at=at,
        )
