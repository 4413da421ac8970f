"""Random plans with random pasts, for properties that hold for every plan on every day.

A plan is written as people would have written it: each record is made on some day and changed on
later ones, and its history says when. What the services refuse is not drawn (a completion to come,
a delay found after it was recorded), since nobody could have recorded it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from hypothesis import strategies as st

from agencies import history
from agencies.models import Agency, User
from tests.factories import (
    AgencyFactory,
    DelayFactory,
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
from workitems.asat import Moment
from workitems.models import Delay, Milestone, Plan, WorkItem

FIRST, TODAY = date(2010, 2, 1), date(2011, 3, 1)
NZ = ZoneInfo("Pacific/Auckland")
LIFE = (TODAY - FIRST).days

Draw = Callable[[st.SearchStrategy[Any]], Any]

sure = st.sampled_from(["", "on_track", "at_risk", "off_track"])
stages = st.sampled_from(["not_started", "under_way", "ongoing", "complete", "withdrawn"])
# Around the life of the plan, so that some are past and some ahead on any day of it.
dues = st.integers(-60, LIFE + 120).map(lambda days: FIRST + timedelta(days=days))
slips = st.sampled_from([0, 0, 10, 45, 200])


def moments() -> st.SearchStrategy[Moment]:
    """Today, the end of a past day, or an instant inside one; some are before the plan was."""
    past = st.integers(-5, LIFE - 1).map(lambda days: FIRST + timedelta(days=days))
    return (
        st.just(Moment.today(TODAY))
        | past.map(Moment.end_of)
        | past.map(lambda day: Moment.at(noon(day)))
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
def plans(draw: Draw) -> Made:
    """Writes a plan of up to six items, of two agencies and two pillars, with all that hangs on
    them. The test undoes it."""
    first, second = AgencyFactory.create_batch(2)
    plan = _write(PlanFactory.build(coordinating_agency=first), FIRST)
    made = Made(plan, [first, second], UserFactory())
    for agency in made.agencies:
        _write(MemberFactory.build(plan=plan, agency=agency), FIRST)
    pillars = [
        _write(PillarFactory.build(plan=plan, number=n, title=f"P{n}"), FIRST) for n in (1, 2)
    ]
    for day in _later(draw, FIRST, most=1):
        pillars[0].title = f"P1, as renamed on {day}"
        _write(pillars[0], day)
    for number in range(draw(st.integers(0, 6))):
        _item(draw, made, pillars, f"1.{number + 8}")
    for number in range(draw(st.integers(0, 2))):
        _risk(draw, made, number + 1)
    _round(draw, made)
    return made


def _write(row: Any, day: date) -> Any:
    """The row and its version, at noon of the day."""
    return history.save(row, by=None, actor="Made at random", at=noon(day))


def _day(draw: Draw, since: date) -> date:
    return since + timedelta(days=draw(st.integers(0, (TODAY - since).days)))


def _later(draw: Draw, since: date, most: int = 3) -> list[date]:
    """The days of a record's changes; two may fall on one day."""
    days = draw(st.lists(st.integers(0, (TODAY - since).days), max_size=most))
    return [since + timedelta(days=number) for number in sorted(days)]


def _item(draw: Draw, made: Made, pillars: list[Any], number: str) -> None:
    since = _day(draw, FIRST)
    item = WorkItemFactory.build(plan=made.plan, number=number)
    for day in [since, *_later(draw, since)]:
        item.pillar, item.lead_agency = draw(st.sampled_from(pillars)), _agency(draw, made)
        item.stage = draw(stages)
        item.completed_on = day if item.stage == "complete" else None
        item.confidence, item.reviewer_confidence = draw(sure), draw(sure)
        item.heard_on = draw(st.sampled_from([None, day, day - timedelta(days=150)]))
        item.is_key = draw(st.booleans())
        _write(item, day)
    made.items.append(item)
    for step in range(draw(st.integers(0, 2))):
        _milestone(draw, made, item, step + 1, _day(draw, since))


def _agency(draw: Draw, made: Made) -> Agency:
    agency: Agency = draw(st.sampled_from(made.agencies))
    return agency


def _milestone(draw: Draw, made: Made, item: WorkItem, number: int, since: date) -> None:
    due = draw(dues)
    milestone = MilestoneFactory.build(item=item, number=number, original_due=due)
    _write(milestone, since)
    for day in _later(draw, since):
        happens = draw(st.sampled_from(["slips", "ends", "opens", "moves"]))
        milestone.completed_on = milestone.withdrawn_on = None
        if happens == "slips":
            milestone.forecast_due = milestone.agreed_due + timedelta(days=draw(slips))
        elif happens == "ends":
            done = draw(st.sampled_from(["completed_on", "withdrawn_on"]))
            setattr(milestone, done, max(since, day - timedelta(days=draw(slips))))
        elif happens == "moves":
            _move(draw, made, milestone, day)
        _write(milestone, day)
    for _ in range(draw(st.integers(0, 1))):
        _delay(draw, milestone, _day(draw, since))
    for _ in range(draw(st.integers(0, 1))):
        _variation(draw, made, milestone, _day(draw, since))


def _move(draw: Draw, made: Made, milestone: Milestone, day: date) -> None:
    """The agreed date, by a variation that the working group approved on the day."""
    meeting = made.plan.meetings.filter(held_on=day).first() or _write(
        MeetingFactory.build(plan=made.plan, held_on=day), day
    )
    due = draw(dues)
    variation = VariationFactory.build(
        plan=made.plan, number=_next(made.plan.variations), milestone=milestone,
        due_before=milestone.agreed_due, due_after=due, state="approved", meeting=meeting,
        decided_by=made.person, decided_at=noon(day),
    )  # fmt: skip
    _write(variation, day)
    milestone.agreed_due = milestone.forecast_due = due


def _next(rows: "models.Manager[Any]") -> int:
    return int(rows.aggregate(last=models.Max("number"))["last"] or 0) + 1


def _variation(draw: Draw, made: Made, milestone: Milestone, since: date) -> None:
    """One that waits, until it is taken back."""
    variation = VariationFactory.build(
        plan=made.plan, number=_next(made.plan.variations), milestone=milestone
    )
    _write(variation, since)
    for day in _later(draw, since, most=1):
        variation.state = "taken_back"
        _write(variation, day)


def _delay(draw: Draw, milestone: Milestone, since: date) -> None:
    delay = DelayFactory.build(
        milestone=milestone,
        cause=draw(st.sampled_from(list(Delay.Cause))),
        found_on=since - timedelta(days=draw(st.integers(0, 40))),
        due_after=milestone.agreed_due + timedelta(days=draw(slips)),
    )
    _write(delay, since)
    for _ in range(draw(st.integers(0, 1))):
        _write(MitigationFactory.build(delay=delay), _day(draw, since))
    for day in _later(draw, since, most=2):
        delay.times_moved += 1
        delay.ended_on = draw(st.sampled_from([None, day]))
        _write(delay, day)


def _risk(draw: Draw, made: Made, number: int) -> None:
    since = _day(draw, FIRST)
    item = draw(st.sampled_from([None, *made.items]))
    risk = RiskFactory.build(plan=made.plan, item=item, number=number)
    if item is not None:
        since = max(since, item.history.earliest().history_date.astimezone(NZ).date())
    for day in [since, *_later(draw, since)]:
        risk.escalated_to = draw(st.sampled_from(["", "group", "minister"]))
        risk.escalated_on = day if risk.escalated_to else None
        risk.closed_on = draw(st.sampled_from([None, None, day]))
        _write(risk, day)


def _round(draw: Draw, made: Made) -> None:
    """A round in which each agency owes a return; it may have been closed."""
    since = _day(draw, FIRST)
    opened = RoundFactory.build(
        plan=made.plan, due_on=since + timedelta(days=20), opened_at=noon(since)
    )
    _write(opened, since)
    for agency in made.agencies:
        owed = ReturnFactory.build(round=opened, agency=agency)
        _write(owed, since)
        for day in _later(draw, since, most=2):
            owed.state = draw(st.sampled_from(["due", "submitted", "sent_back", "accepted"]))
            owed.submitted_at = noon(day) if owed.state != "due" else None
            owed.accepted_on = day if owed.state == "accepted" else None
            _write(owed, day)
            if owed.state == "sent_back":
                note = ReturnNoteFactory.build(of_return=owed, by=made.person, at=noon(day))
                _write(note, day)
    for day in _later(draw, since, most=1):
        opened.closed_at = noon(day)
        _write(opened, day)
