"""Two made-up plans beside the demo's, so that one agency is in four: with waits between plans, and rounds that collide."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from workitems.demo import demo_plans
from workitems.demo.people import APPROVERS, COORDINATOR, Person, Role, seat_people, user_of
from workitems.demo.plan_text import moved_by
from workitems.demo.story import Story
from workitems.intake.workbook.record import round_name
from workitems.models import Milestone, Plan
from workitems.plan.services import waits
from workitems.returns.services import rounds

FRAUD = "scams-and-fraud-action-plan"
LAUNDERING = "money-laundering-work-programme"
TEXTS = {
    FRAUD: Path(__file__).parent / "plan-against-fraud.toml",
    LAUNDERING: Path(__file__).parent / "plan-against-laundering.toml",
}
COORDINATOR_OF_JUSTICE = Person("MoJ coordinator", Role.COORDINATOR, ("MoJ",))
# Reads the four plans of Police, and no others.
CHIEF_EXECUTIVE = Person("Police chief executive", Role.OBSERVER, ("Police",))
PEOPLE = (COORDINATOR_OF_JUSTICE, CHIEF_EXECUTIVE)
# The open round of the current plan is due in six days, so the first of these is three days later.
ROUNDS = {FRAUD: (COORDINATOR, 9), LAUNDERING: (COORDINATOR_OF_JUSTICE, 34)}


class Waiting(NamedTuple):
    """A milestone of a plan waits for one of another plan: the plan, item, milestone, and who says so."""

    milestone: tuple[str, str, int]
    waits_for: tuple[str, str, int]
    agency: str
    days_after: int
    why: str
    answer: str = ""


WAITS = (
    Waiting(
        (FRAUD, "2.1", 2), (demo_plans.CURRENT_PLAN, "3.3", 2), "Police", 14,
        "Night desk uses the same way of tracing, so banks need to sign that first.",
    ),
    Waiting(
        (LAUNDERING, "2.1", 2), (FRAUD, "2.1", 2), "Police", 30,
        "Joint orders come out of the night desk.",
    ),
    Waiting(
        (FRAUD, "1.2", 2), (FRAUD, "1.2", 1), "Police", 60,
        "Cannot build the link until form is final.", "confirmed",
    ),
)  # fmt: skip


@transaction.atomic
def load(at: datetime) -> list[Plan]:
    """Load the missing ones of the two plans, once the demo's own are there, and return those that were loaded.

    A wait is said once both its plans are there.
    """
    today = timezone.localdate(at)
    known = set(Plan.objects.filter(slug__in=TEXTS).values_list("slug", flat=True))
    later_by = moved_by(today)
    loaded = [
        demo_plans.import_text(text, at=at, later_by=later_by)
        for slug, text in TEXTS.items()
        if slug not in known
    ]
    seat_people(today, PEOPLE)
    for plan in loaded:
        open_round(plan, today)
    if len(loaded) == len(TEXTS):
        wait_between_plans(Story(loaded[0], today))
    return loaded


def open_round(plan: Plan, today: date) -> None:
    story = Story(plan, today)
    coordinator, due_in = ROUNDS[plan.slug]
    with story.written(-10, 9):
        rounds.open_round(
            plan=plan,
            name=round_name(story.day(-180), today),
            period_start=story.day(-180),
            period_end=today,
            due_on=story.day(due_in),
            message="",
            by=user_of(coordinator),
            at=story.at(-10, 9),
        )


def wait_between_plans(story: Story) -> None:
    """Let Police wait in three plans: for itself, which confirms it at once, and for MBIE, which answers later."""
    for row in WAITS:
        with story.written(-9, 11):
            wait = waits.add(
                milestone=_milestone(*row.milestone),
                waits_for=_milestone(*row.waits_for),
                days_after=row.days_after,
                why=row.why,
                by=user_of(APPROVERS[row.agency]),
                on=story.day(-9),
            )
        if row.answer:
            with story.written(-8, 15):
                waits.answer(
                    wait=wait,
                    version=wait.version,
                    answer=row.answer,
                    words="",
                    by=user_of(APPROVERS[str(wait.other_agency.short_name)]),
                    on=story.day(-8),
                )


def _milestone(plan: str, item: str, number: int) -> Milestone:
    return Milestone.objects.get(item__plan__slug=plan, item__number=item, number=number)
