"""Shared by the demo's events: the plan, today, and the people by agency."""

import tomllib
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from agencies.models import Agency
from agencies.records import history
from workitems.demo.people import APPROVERS, CONTRIBUTORS, COORDINATOR, user_of
from workitems.demo.plan_text import working_day
from workitems.models import Milestone, Plan, Variation, WorkItem
from workitems.variations.services import variations

REQUESTS = tomllib.loads((Path(__file__).parent / "requests.toml").read_text(encoding="utf-8"))


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

    def due_day(self, days: int) -> date:
        """Return the last working day up to this many days after today."""
        return working_day(self.day(days))

    def at(self, days: int, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.day(days), time(hour)))

    def written(self, days: int, hour: int) -> AbstractContextManager[None]:
        """Date the history of what is done in the block then, not now."""
        return history.written_at(self.at(days, hour))

    def ask(self, name: str) -> Variation:
        """Make the request of that name (requests.toml), and pass it on if it was passed on."""
        request = REQUESTS[name]
        how: dict[str, Any] = {
            "reason": request["reason"],
            "agency": self.agencies[request["agency"]],
            "by": self.writers[request["agency"]],
            "at": self.at(*request["asked"]),
        }
        with self.written(*request["asked"]):
            if "wording" in request:
                what = {name: request[name] for name in ("wording", "text_after")}
                asked = variations.request_wording(item=self.item(request["item"]), **what, **how)
            else:
                milestone = self.milestone(request["item"], request["milestone"])
                due_after = milestone.forecast_due
                if "later_by" in request:
                    due_after = working_day(
                        milestone.agreed_due + timedelta(days=request["later_by"])
                    )
                elif "due_in" in request:
                    due_after = self.due_day(request["due_in"])
                asked = variations.request_date(milestone=milestone, due_after=due_after, **how)
        if "passed_on" not in request:
            return asked
        with self.written(*request["passed_on"]):
            return variations.recommend(
                variation=asked,
                recommends=request["recommends"],
                recommendation=request["recommendation"],
                by=self.coordinator,
                at=self.at(*request["passed_on"]),
            )

    def item(self, number: str) -> WorkItem:
        return self.plan.items.get(number=number)

    def milestone(self, item: str, number: int) -> Milestone:
        return Milestone.objects.get(item__plan=self.plan, item__number=item, number=number)
