"""Generate a plan of any size in bulk, for benchmarks."""

from datetime import UTC, date, datetime, timedelta

from agencies.models import Agency, Seat, User
from agencies.records import history
from workitems.models import (
    Delay,
    Measure,
    MeasureValue,
    Member,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Round,
    Support,
    Target,
    Update,
    WorkItem,
)

AGENCIES = 12
PILLARS = 5
ROUNDS = 5
STAGES = ("not_started", "under_way", "under_way", "ongoing", "complete")
CONFIDENCE = ("on_track", "on_track", "at_risk", "off_track")


def make_plan(size: int, today: date, name: str = "") -> Plan:
    """Create a plan with `size` items, each with two milestones, one supporting agency, five
    accepted updates and about a dozen history rows. Every seventh has a delay with a mitigation.
    `name` tells plans of one size apart."""
    agencies = [
        Agency.objects.get_or_create(short_name=f"AG{n}", defaults={"name": f"Agency {n}"})[0]
        for n in range(AGENCIES)
    ]
    plan = Plan.objects.create(
        title=f"Plan {name} of {size} items".replace("  ", " "),
        slug=f"plan-of-{size}{name}",
        released_on=today - timedelta(days=900),
        adopted_on=today - timedelta(days=900),
        portfolio="Minister of Immigration",
        coordinating_agency=agencies[0],
    )
    Member.objects.bulk_create(Member(plan=plan, agency=agency) for agency in agencies)
    pillars = [
        Pillar.objects.create(plan=plan, number=n + 1, title=f"Pillar {n + 1}")
        for n in range(PILLARS)
    ]
    items = [_item(n, plan, pillars, agencies, today) for n in range(size)]
    for item in items:
        item.derive()
    WorkItem.objects.bulk_create(items, batch_size=1000)
    Support.objects.bulk_create(
        (Support(item=item, agency=agencies[(n + 1) % AGENCIES]) for n, item in enumerate(items)),
        batch_size=1000,
    )
    milestones = Milestone.objects.bulk_create(
        (_milestone(n, number, item, today) for n, item in enumerate(items) for number in (1, 2)),
        batch_size=1000,
    )
    delays = Delay.objects.bulk_create(
        (
            Delay(
                milestone=milestone,
                number=1,
                cause="funding",
                explanation="No money was set aside for it.",
                found_on=today - timedelta(days=60),
                due_before=milestone.agreed_due,
                due_after=milestone.forecast_due,
            )
            for milestone in milestones[::14]
        ),
        batch_size=1000,
    )
    Mitigation.objects.bulk_create(
        (
            Mitigation(
                delay=delay,
                number=1,
                description="Ask for money in the next budget.",
                owner_agency=agencies[0],
            )
            for delay in delays
        ),
        batch_size=1000,
    )
    _rounds(plan, agencies, items, today)
    _past(items, milestones, plan.released_on)
    return plan


def make_person(agency: Agency, role: str, before: str = "") -> User:
    user = User.objects.create_user(
        f"{before}{role}.{agency.pk}@example.org", name=f"{agency} {role}"
    )
    Seat.objects.create(user=user, agency=agency, role=role, from_on=date(2000, 1, 1))
    return user


def give_numbers(plan: Plan, today: date, each: int) -> None:
    """Give every item a measure with a target and so many accepted numbers. Two of three targets fell due a year ago, and a
    quarter of all is missed."""
    items = list(plan.items.order_by("pk"))
    measures = Measure.objects.bulk_create(
        Measure(
            item=item, number=1, description="Staff trained", kind="level", unit="staff",
            as_told=f"the number of staff of {item.number} who were trained",
            baseline=5, baseline_on=plan.released_on,
        )
        for item in items
    )  # fmt: skip
    Target.objects.bulk_create(
        Target(
            measure=row, number=50 if n % 4 else 900, set_on=plan.released_on,
            due=today + timedelta(days=-365 if n % 3 else 365),
        )
        for n, row in enumerate(measures)
    )  # fmt: skip
    at = datetime(today.year, today.month, today.day, tzinfo=UTC)
    MeasureValue.objects.bulk_create(
        (
            MeasureValue(
                measure=row, agency_id=item.lead_agency_id, number=100 - number, written_at=at,
                day=day, given_on=day, accepted_on=day,
            )
            for row, item in zip(measures, items, strict=True)
            for number in range(each)
            for day in [today - timedelta(days=22 * number)]
        ),
        batch_size=1000,
    )  # fmt: skip


def _item(
    n: int, plan: Plan, pillars: list[Pillar], agencies: list[Agency], today: date
) -> WorkItem:
    stage = STAGES[n % len(STAGES)]
    return WorkItem(
        plan=plan,
        pillar=pillars[n % PILLARS],
        number=f"{n % PILLARS + 1}.{n // PILLARS + 1}",
        title=f"Train front-line staff of district {n + 1} to notice the signs",
        objective="Staff who meet people at the border and at work notice the signs.",
        action="Develop and deliver training on the signs of trafficking. " * 4,
        lead_agency=agencies[n % AGENCIES],
        is_key=n % 9 == 0,
        stage=stage,
        completed_on=today - timedelta(days=40) if stage == "complete" else None,
        confidence=CONFIDENCE[n % len(CONFIDENCE)],
        heard_on=today - timedelta(days=100),
    )


def _milestone(n: int, number: int, item: WorkItem, today: date) -> Milestone:
    due = today + timedelta(days=(n * 37 + number * 91) % 700 - 250)
    return Milestone(
        item=item,
        number=number,
        description=f"Step {number} of the training is delivered",
        done_means="Every member of staff has been to it.",
        responsible_agency=item.lead_agency,
        original_due=due,
        agreed_due=due,
        forecast_due=due + timedelta(days=45 if n % 7 == 0 else 0),
        completed_on=due if item.stage == "complete" or due < today - timedelta(days=90) else None,
    )


def _rounds(plan: Plan, agencies: list[Agency], items: list[WorkItem], today: date) -> None:
    at = datetime(today.year, today.month, today.day, tzinfo=UTC)
    updates = []
    for n in range(ROUNDS):
        start = today - timedelta(days=182 * (ROUNDS - n))
        made = Round.objects.create(
            plan=plan,
            name=f"Round {n + 1}",
            period_start=start,
            period_end=start + timedelta(days=181),
            due_on=start + timedelta(days=195),
            opened_at=at,
            closed_at=at,
            closed_by=None,
        )
        returns = {
            agency.pk: Return.objects.create(
                round=made, agency=agency, state="accepted", accepted_on=start + timedelta(days=200)
            )
            for agency in agencies
        }
        updates += [
            Update(
                of_return=returns[item.lead_agency_id],
                item=item,
                stage=item.stage,
                confidence=item.confidence,
                achieved="The training was given in four districts and well attended. " * 5,
                planned_next="The other districts follow before winter. " * 3,
                challenges="Trainers are few. " * 3,
                written_at=at,
            )
            for item in items
        ]
    Update.objects.bulk_create(updates, batch_size=1000)


def _past(items: list[WorkItem], milestones: list[Milestone], released_on: date) -> None:
    """Write six history rows per item and three per milestone, a quarter apart."""
    start = datetime(released_on.year, released_on.month, released_on.day, tzinfo=UTC)
    for rows, versions in ((items, 6), (milestones, 3)):
        for first in range(0, len(rows), 1000):
            history.write_past(
                (
                    (row, start + timedelta(days=91 * n), "Quarterly report")
                    for row in rows[first : first + 1000]
                    for n in range(versions)
                ),
                by=None,
                actor="Benchmark",
            )
