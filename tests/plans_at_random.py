"""Random plans with random pasts, for properties that hold for every plan on every day.

A plan is written as people would have written it: each record is made on some day and changed on
later ones, and its history says when. What the services refuse is not drawn (a completion to come,
a delay found after it was recorded), since nobody could have recorded it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from hypothesis import strategies as st

from agencies.models import Agency, User
from agencies.records import history
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MatterFactory,
    MeetingFactory,
    MemberFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    ReturnNoteFactory,
    RiskFactory,
    RoundFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from workitems.models import Delay, Milestone, Plan, WorkItem
from workitems.plan.asat import Moment

FIRST, TODAY = date(2010, 2, 1), date(2011, 3, 1)
NZ = ZoneInfo("Pacific/Auckland")
LIFE = (TODAY - FIRST).days

SURE = ("", "on_track", "on_track", "at_risk", "off_track")
STAGES = ("not_started", "under_way", "under_way", "ongoing", "complete", "withdrawn")
SLIPS = (0, 0, 10, 45, 200)


# Hypothesis picks how many items there are; what they say comes from a number that it picks as well.
# A plan has some hundred choices, and with each drawn by itself it would leave out the big ones.
chances = st.integers(0, 10**6).map(Random)


def moments() -> st.SearchStrategy[Moment]:
    """Today, the end of a past day, or an instant inside one; some are before the plan began."""

    def past(chance: Random) -> date:
        return FIRST + timedelta(days=chance.randint(-5, LIFE - 1))

    return (
        st.just(Moment.today(TODAY))
        | chances.map(lambda chance: Moment.end_of(past(chance)))
        | chances.map(lambda chance: Moment.at(noon(past(chance))))
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), NZ)


@dataclass
class Made:
    """A plan in the database."""

    plan: Plan
    agencies: list[Agency]
    person: User
    items: list[WorkItem] = field(default_factory=list)


@st.composite
def plans(
    draw: Callable[[st.SearchStrategy[Any]], Any], sizes: Sequence[int] = (1, 4, 7, 10, 0)
) -> Made:
    """Writes a plan of so many items, of two agencies and two pillars, with all that hangs on
    them. The test undoes it."""
    items, chance = draw(st.sampled_from(sizes)), draw(chances)
    first, second = AgencyFactory.create_batch(2)
    plan = _write(PlanFactory.build(coordinating_agency=first), FIRST)
    made = Made(plan, [first, second], UserFactory())
    for agency in made.agencies:
        _write(MemberFactory.build(plan=plan, agency=agency), FIRST)
    pillars = [
        _write(PillarFactory.build(plan=plan, number=n, title=f"P{n}"), FIRST) for n in (1, 2)
    ]
    for day in _later(chance, FIRST, most=1):
        pillars[0].title = f"P1, as renamed on {day}"
        _write(pillars[0], day)
    with without_decisions():
        for number in range(items):
            _item(chance, made, pillars, f"1.{number + 8}")
    for number in range(chance.randint(0, 2)):
        _risk(chance, made, number + 1)
    _round(chance, made)
    return made


def _write(row: Any, day: date) -> Any:
    """The row and its version, at noon of the day."""
    return history.save(row, by=None, actor="Made at random", at=noon(day))


def _day(chance: Random, since: date) -> date:
    return since + timedelta(days=chance.randint(0, (TODAY - since).days))


def _later(chance: Random, since: date, most: int = 3) -> list[date]:
    """The days of a record's changes; two may fall on one day."""
    return sorted(_day(chance, since) for _ in range(chance.randint(0, most)))


def _item(chance: Random, made: Made, pillars: list[Any], number: str) -> None:
    since = FIRST + timedelta(days=chance.randint(0, LIFE // 2))
    item = WorkItemFactory.build(plan=made.plan, number=number)
    for day in [since, *_later(chance, since)]:
        item.pillar, item.lead_agency = chance.choice(pillars), _agency(chance, made)
        item.stage = chance.choice(STAGES)
        item.completed_on = day if item.stage == "complete" else None
        item.confidence, item.reviewer_confidence = chance.choice(SURE), chance.choice(SURE)
        item.heard_on = chance.choice([None, day, day - timedelta(days=150)])
        item.is_key = chance.choice([False, True])
        _write(item, day)
    made.items.append(item)
    for step in range(chance.randint(0, 2)):
        _milestone(chance, made, item, step + 1, _day(chance, since))


def _due(chance: Random) -> date:
    """Around the life of the plan, so that some are past and some ahead on any day of it."""
    return FIRST + timedelta(days=chance.randint(-60, LIFE + 120))


def _agency(chance: Random, made: Made) -> Agency:
    agency: Agency = chance.choice(made.agencies)
    return agency


def _milestone(chance: Random, made: Made, item: WorkItem, number: int, since: date) -> None:
    due = _due(chance)
    milestone = MilestoneFactory.build(item=item, number=number, original_due=due)
    _write(milestone, since)
    for day in _later(chance, since):
        happens = chance.choice(["slips", "ends", "opens", "moves"])
        milestone.completed_on = milestone.withdrawn_on = None
        if happens == "slips":
            milestone.forecast_due = milestone.agreed_due + timedelta(days=chance.choice(SLIPS))
        elif happens == "ends":
            done = chance.choice(["completed_on", "withdrawn_on"])
            setattr(milestone, done, max(since, day - timedelta(days=chance.choice(SLIPS))))
        elif happens == "moves":
            _move(chance, made, milestone, day)
        _write(milestone, day)
    for _ in range(chance.randint(0, 1)):
        _delay(chance, milestone, _day(chance, since))
    for _ in range(chance.randint(0, 1)):
        _variation(chance, made, milestone, _day(chance, since))


def _move(chance: Random, made: Made, milestone: Milestone, day: date) -> None:
    """The agreed date, by a variation that the working group approved on the day."""
    meeting = made.plan.meetings.filter(held_on=day).first() or _write(
        MeetingFactory.build(plan=made.plan, held_on=day), day
    )
    due = _due(chance)
    variation = VariationFactory.build(
        plan=made.plan, number=_next(made.plan.variations), milestone=milestone,
        due_before=milestone.agreed_due, due_after=due, state="approved", meeting=meeting,
        decided_by=made.person, decided_at=noon(day),
    )  # fmt: skip
    _write(variation, day)
    _write(MatterFactory.build(meeting=meeting, variation=variation), day)
    milestone.agreed_due = milestone.forecast_due = due


def _next(rows: "models.Manager[Any]") -> int:
    return int(rows.aggregate(last=models.Max("number"))["last"] or 0) + 1


def _variation(chance: Random, made: Made, milestone: Milestone, since: date) -> None:
    """A pending variation, later withdrawn."""
    variation = VariationFactory.build(
        plan=made.plan, number=_next(made.plan.variations), milestone=milestone
    )
    _write(variation, since)
    for day in _later(chance, since, most=1):
        variation.state = "taken_back"
        _write(variation, day)


def _delay(chance: Random, milestone: Milestone, since: date) -> None:
    delay = DelayFactory.build(
        milestone=milestone,
        cause=chance.choice(list(Delay.Cause)),
        found_on=since - timedelta(days=chance.randint(0, 40)),
        due_after=milestone.agreed_due + timedelta(days=chance.choice(SLIPS)),
    )
    _write(delay, since)
    for _ in range(chance.randint(0, 1)):
        _write(MitigationFactory.build(delay=delay), _day(chance, since))
    for day in _later(chance, since, most=2):
        delay.times_moved += 1
        delay.ended_on = chance.choice([None, day])
        _write(delay, day)


def _risk(chance: Random, made: Made, number: int) -> None:
    since = _day(chance, FIRST)
    item = chance.choice([None, *made.items])
    risk = RiskFactory.build(plan=made.plan, item=item, number=number)
    if item is not None:
        since = max(since, item.history.earliest().history_date.astimezone(NZ).date())
    for day in [since, *_later(chance, since)]:
        risk.escalated_to = chance.choice(["", "group", "minister"])
        risk.escalated_on = day if risk.escalated_to else None
        risk.closed_on = chance.choice([None, None, day])
        _write(risk, day)


def _round(chance: Random, made: Made) -> None:
    """A round in which each agency owes a return; it may have been closed."""
    since = _day(chance, FIRST)
    opened = RoundFactory.build(
        plan=made.plan, due_on=since + timedelta(days=20), opened_at=noon(since)
    )
    _write(opened, since)
    for agency in made.agencies:
        owed = ReturnFactory.build(round=opened, agency=agency)
        _write(owed, since)
        for day in _later(chance, since, most=2):
            owed.state = chance.choice(["due", "submitted", "sent_back", "accepted"])
            owed.submitted_at = noon(day) if owed.state != "due" else None
            owed.accepted_on = day if owed.state == "accepted" else None
            _write(owed, day)
            if owed.state == "sent_back":
                note = ReturnNoteFactory.build(of_return=owed, by=made.person, at=noon(day))
                _write(note, day)
    for day in _later(chance, since, most=1):
        opened.closed_at = noon(day)
        _write(opened, day)
