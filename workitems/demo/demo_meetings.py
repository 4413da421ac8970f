"""The demo's meetings: two past ones with closed records, and one next week with its agenda.

Each step is dated on the day it happened, so that history shows it then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agencies.records import history
from workitems.demo.story import Story
from workitems.meetings import agenda
from workitems.meetings.services import actions, decisions, matters, meetings
from workitems.models import Matter, Meeting, Variation
from workitems.variations.services import variations

PLACE = "Stout Street, Wellington"
FIRST, LAST, NEXT = -112, -42, 8


def hold(story: Story) -> None:
    """Hold the two past meetings, with their matters and decisions."""
    moved, declined = story.ask("advice"), story.ask("tracing")
    first = _called(story, FIRST, [(moved, ()), (story.item("1.1"), ("Its guide is behind.",))])
    _attend(story, first, FIRST, absent=("DIA",))
    _decide(
        story,
        first,
        moved,
        approve=True,
        text="Agreed. The group asks to hear of any further move before it happens.",
    )
    _consider_the_rest(story, first, FIRST)
    _close(story, first, FIRST)

    subjects: list[tuple[Any, Sequence[str]]] = [
        (declined, ("With the working group.",)),
        (story.item("5.1"), ("Its agency says it is off track.",)),
        (story.item("2.3"), ("Four regions have no safe place to stay.",)),
        (story.item("1.1"), ("Its date has moved.",)),
    ]
    last = _called(story, LAST, subjects)
    _attend(story, last, LAST, absent=("OT", "IR"))
    _decide(
        story,
        last,
        declined,
        approve=False,
        text="Declined. Inland Revenue lends an analyst, and the talks with banks begin.",
    )
    for number, agency, due, text in (
        ("5.1", "Police", 10, "Police will say which figures the assessment can do without."),
        (
            "2.3",
            "MSD",
            -5,
            "Social Development will list the regions without a safe place to stay.",
        ),
        ("1.1", "MBIE", -10, "The coordinator will bring the guide’s open chapters next time."),
    ):
        with story.written(LAST, 11):
            made = decisions.record_decision(
                meeting=last,
                matter=last.matters.get(item__number=number),
                text=text,
                owner_agency=story.agencies[agency],
                due_on=story.day(due),
                on=story.day(LAST),
                by=story.coordinator,
            )
    with story.written(-12, 15):
        actions.finish(
            action=made,
            done_on=story.day(-12),
            note="The open chapters went to the members with the agenda.",
            on=story.day(-12),
            by=story.coordinator,
            confirms=True,
        )
    _consider_the_rest(story, last, LAST)
    _close(story, last, LAST)
    with story.written(LAST + 4, 10):
        meetings.call_meeting(
            plan=story.plan, held_on=story.day(NEXT), place=PLACE, by=story.coordinator
        )


def prepare_next(story: Story) -> None:
    """Draft the next agenda: a welcome, then the proposals."""
    meeting = story.plan.meetings.coming(story.today).get()
    matters.add_matter(
        meeting=meeting,
        title="Welcome, and the record of the last meeting",
        note="The minutes went to all members a week ago.",
        by=story.coordinator,
    )
    matters.draft_agenda(
        meeting=meeting,
        proposals=agenda.proposals(story.plan, story.today),
        by=story.coordinator,
    )


def _called(story: Story, day: int, subjects: list[tuple[Any, Sequence[str]]]) -> Meeting:
    with story.written(day - 8, 9):
        meeting = meetings.call_meeting(
            plan=story.plan, held_on=story.day(day), place=PLACE, by=story.coordinator
        )
        for about, reasons in subjects:
            matters.add_matter(meeting=meeting, about=about, reasons=reasons, by=story.coordinator)
        matters.add_matter(meeting=meeting, title="When to meet next", by=story.coordinator)
    return meeting


def _attend(story: Story, meeting: Meeting, day: int, *, absent: tuple[str, ...]) -> None:
    with story.written(day, 10):
        meetings.record_attendance(
            meeting=meeting,
            agencies=[agency for name, agency in story.agencies.items() if name not in absent],
            on=story.day(day),
            by=story.coordinator,
        )


def _decide(
    story: Story, meeting: Meeting, variation: Variation, *, approve: bool, text: str
) -> None:
    at = _at(story, meeting)
    with history.written_at(at):
        variations.decide(
            variation=variation,
            approve=approve,
            meeting=meeting,
            by=story.coordinator,
            at=at,
            text=text,
        )


def _at(story: Story, meeting: Meeting) -> datetime:
    return story.at((meeting.held_on - story.today).days, 11)


def _consider_the_rest(story: Story, meeting: Meeting, day: int) -> None:
    with story.written(day, 12):
        for matter in Matter.objects.on_agenda().filter(meeting=meeting, considered_on=None):
            matters.consider(matter=matter, on=story.day(day), by=story.coordinator)


def _close(story: Story, meeting: Meeting, day: int) -> None:
    at = story.at(day + 1, 16)
    with history.written_at(at):
        meetings.close_meeting(meeting=meeting, on=story.day(day + 1), at=at, by=story.coordinator)
