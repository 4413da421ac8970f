"""Shared by the demo's events: the plan, today, and the people by agency."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from agencies.models import Agency
from workitems.demo.people import APPROVERS, CONTRIBUTORS, COORDINATOR, user_of
from workitems.models import Milestone, Plan, WorkItem


class Story:
    """The plan, today, and the people by agency."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.plan, self.today = plan, today
        self.coordinator = user_of(COORDINATOR)
        self.writers = {agency: user_of(person) for agency, person in CONTRIBUTORS.items()}
        self.approvers = {agency: user_of(person) for agency, person in APPROVERS.items()}
        self.agencies = {
            agency.short_name: agency for agency in Agency.objects.filter(memberships__plan=plan)
        }

    def day(self, days: int) -> date:
        """Return the date this many days after today, or before it if negative."""
        return self.today + timedelta(days=days)

    def at(self, days: int, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.day(days), time(hour)))

    def item(self, number: str) -> WorkItem:
        return self.plan.items.get(number=number)

    def milestone(self, item: str, number: int) -> Milestone:
        return Milestone.objects.get(item__plan=self.plan, item__number=item, number=number)
