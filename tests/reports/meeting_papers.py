"""A plan before a meeting, with data for every part of a pack, for the tests of papers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from agencies.models import Agency, Seat, User
from agencies.records import history
from tests.factories import (
    AgencyFactory,
    DecisionFactory,
    DelayFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    VariationFactory,
    WorkItemFactory,
)
from workitems.models import Meeting, Plan, Return

NZ = ZoneInfo("Pacific/Auckland")
HELD = date(2010, 6, 10)


def at(day: int, hour: int = 12, month: int = 6) -> datetime:
    return datetime(2010, month, day, hour, tzinfo=NZ)


@dataclass(frozen=True)
class Before:
    """Everything is recorded by 1 June 2010; the group meets on the 10th."""

    plan: Plan
    meeting: Meeting
    police: Agency
    coordinator: User
    observer: User
    brochure: Any
    printed: Any


def before_a_meeting() -> Before:
    """Make the plan; call this with the clock at 1 June 2010, since history is dated by it."""
    labour = AgencyFactory(short_name="DoL", name_mi="Te Tari Mahi")
    police, customs = AgencyFactory(short_name="Police"), AgencyFactory(short_name="Customs")
    plan = PlanFactory(
        slug="the-plan",
        title="Plan of Action",
        coordinating_agency=labour,
        members=[police, customs],
    )
    one = PillarFactory(plan=plan, number=1, title="Prevention")
    two = PillarFactory(plan=plan, number=2, title="Protection of whānau")
    brochure = WorkItemFactory(
        plan=plan,
        pillar=one,
        number="1.1",
        title="Print a brochure",
        lead_agency=police,
        stage="under_way",
        confidence="on_track",
        reviewer_confidence="at_risk",
        objective="People know their rights.",
        action="Print a brochure in ten languages.\r\n\r\nHand it out at airports.",
    )
    printed = MilestoneFactory(
        item=brochure,
        number=1,
        description="Brochure printed",
        original_due=date(2010, 3, 31),
        forecast_due=date(2010, 8, 31),
    )
    MilestoneFactory(
        item=brochure, number=2, description="Handed out", original_due=date(2010, 7, 15)
    )
    DelayFactory(milestone=printed, cause="procurement", settlement="needs_decision")
    complete = WorkItemFactory(
        plan=plan, pillar=one, number="1.2", lead_agency=customs, complete=True
    )
    MilestoneFactory(item=complete, completed_on=date(2010, 4, 1))
    helped = WorkItemFactory(
        plan=plan,
        pillar=two,
        number="2.1",
        title="Help Māori witnesses",
        lead_agency=labour,
        stage="under_way",
        confidence="off_track",
    )
    MilestoneFactory(item=helped, description="Guide written", original_due=date(2010, 6, 20))
    WorkItemFactory.create_batch(7, plan=plan, pillar=two, lead_agency=customs)
    last = MeetingFactory(plan=plan, held_on=date(2010, 5, 3), place="Stout Street")
    decision = DecisionFactory(
        meeting=last,
        text="Police finds a printer.",
        item=brochure,
        owner_agency=police,
        due_on=date(2010, 5, 20),
    )
    meeting = MeetingFactory(plan=plan, held_on=HELD, place="Bowen House", notes="Bring a pen.")
    moves = VariationFactory(
        milestone=printed,
        number=4,
        state="recommended",
        recommends="approve",
        recommendation="Agree, for the last time.",
    )
    words = VariationFactory(
        milestone=None,
        item=brochure,
        plan=plan,
        number=5,
        kind="wording",
        wording="action",
        due_before=None,
        due_after=None,
        text_before="Print a brochure in ten languages.",
        text_after="Print a brochure in twelve languages.",
        reason="Two more languages are spoken.",
    )
    risk = RiskFactory(
        plan=plan,
        item=helped,
        number=2,
        escalated_to="group",
        escalated_on=date(2010, 5, 30),
        response="Train more.",
    )
    round = RoundFactory(plan=plan, due_on=date(2010, 5, 14))
    answer = ReturnFactory(round=round, agency=police)
    ReturnFactory(round=round, agency=customs, state="submitted", submitted_at=at(14, month=5))
    for position, about in enumerate(
        (
            {"title": "Welcome", "note": "Ten minutes."},
            {"item": brochure, "title": "1.1 Print a brochure", "why": "Overdue.\nSlipped again."},
            {"variation": moves, "title": "V4 on item 1.1"},
            {"variation": words, "title": "V5 on item 1.1"},
            {
                "decision": decision,
                "title": "Decision of 3 May 2010: Police finds a printer.",
            },
            {"risk": risk, "title": "Risk R2: Trained staff leave."},
            {"of_return": answer, "title": "Return of Police"},
        ),
        start=1,
    ):
        MatterFactory(meeting=meeting, position=position, **about)
    return Before(
        plan=plan,
        meeting=meeting,
        police=police,
        coordinator=SeatFactory(agency=labour, role=Seat.Role.COORDINATOR, user__name="Ann").user,
        observer=SeatFactory(agency=police, role=Seat.Role.OBSERVER).user,
        brochure=brochure,
        printed=printed,
    )


def reworded(made: Before, now: datetime) -> None:
    made.brochure.title = f"Print a leaflet by {now:%H:%M}"
    made.brochure.confidence = "off_track"
    history.save(made.brochure, by=None, at=now)


def done(made: Before, now: datetime) -> None:
    made.printed.completed_on = timezone.localdate(now)
    history.save(made.printed, by=None, at=now)


def withdrawn(made: Before, now: datetime) -> None:
    for item in made.plan.items.filter(number__gt="2.1"):
        item.stage = "withdrawn"
        history.save(item, by=None, at=now)


def begun(made: Before, now: datetime) -> None:
    """Make a new item that is late at once."""
    with time_machine.travel(now, tick=False):
        new = WorkItemFactory(plan=made.plan, pillar=made.brochure.pillar, lead_agency=made.police)
        milestone = MilestoneFactory(item=new, original_due=date(2010, 6, 1))
        DelayFactory(milestone=milestone, cause="legislation")


def answered(made: Before, now: datetime) -> None:
    for row in Return.objects.filter(round__plan=made.plan):
        row.state, row.submitted_at, row.accepted_on = "accepted", now, timezone.localdate(now)
        history.save(row, by=None, at=now)


def renamed(made: Before, now: datetime) -> None:
    pillar = made.brochure.pillar
    pillar.title = f"Prevention, as of {now:%H:%M}"
    history.save(pillar, by=None, at=now)


# Changes after a pack was frozen, one for every part of it.
CHANGES = (reworded, done, withdrawn, begun, answered, renamed)


def change_everything(made: Before, now: datetime) -> None:
    for change in CHANGES:
        change(made, now)
