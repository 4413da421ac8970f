"""Test how papers and comparisons tell of work items and milestones that were added by variation."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from reports.compose.facts import read_facts
from reports.meetings.minutes import compose_minutes
from reports.meetings.pack import compose_pack
from reports.progress.changes.change import Kind
from reports.progress.changes.compare import differences
from tests.factories import AppointmentFactory, BriefingFactory, MatterFactory
from tests.reports.compose.test_paper_summary import brief
from tests.reports.in_memory import item, withdrawn
from tests.reports.meeting_papers import HELD, at
from tests.reports.progress.test_changes import BROCHURE, NOW, THEN, WITHDRAWAL, plan, sentences
from tests.workitems.record import ready_to_decide
from workitems.models import WorkItem
from workitems.plan.asat import Moment
from workitems.terms.additions import Aimed, NewItem, NewMeasure, NewMilestone, in_lines
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.variations.services import variations


def test_what_changed_names_the_variation_that_added_an_item_or_a_milestone():
    added = WITHDRAWAL._replace(number=3, kind="item", reason="a new law asks for it")
    assert sentences(plan(THEN, item=None), plan(NOW, added)) == [
        (
            Kind.NEW,
            "1.2 Print a brochure: added by V3 under Prevention, led by Police. A new law asks for it.",
        )
    ]
    step = added._replace(kind="milestone", milestone=BROCHURE.pk)
    [change] = differences(plan(THEN), plan(NOW, step, BROCHURE))
    assert change.kind == Kind.NEW_MILESTONE
    assert change.words.startswith("New milestone “Brochure printed” by V3, ")
    assert change.why == "A new law asks for it."


def test_a_briefing_names_few_items_that_were_added_with_reason_and_month():
    new = item("1.10", title="Open a help line")
    decided = {new.pk: withdrawn("the survey asked for it. Many did not know.")}
    assert brief(item(), new, additions=decided)[3:-1] == [
        "The working group added “Open a help line” (1.10) in February 2010: the survey asked for it."
    ]
    many = [item(f"1.{n}") for n in range(2, 9)]
    assert brief(*many, additions={each.pk: withdrawn() for each in many})[3:-1] == [
        "The working group added seven items (1.2, 1.3, 1.4, 1.5, 1.6, 1.7 and 1.8)."
    ]
    gone = item("1.11", stage="withdrawn")
    assert brief(item(), gone, additions={gone.pk: withdrawn()})[3:-1] == []


@pytest.fixture
def asked(made):
    """A request for item 1.9 and one for a milestone of 1.1, on the agenda of the meeting."""
    police = made.police
    step = NewMilestone(
        number=7, description="Line opened", due=KnownDate(date(2010, 9, 30)),
        responsible_agency=police.pk,
    )  # fmt: skip
    adds = NewItem(
        pillar=made.brochure.pillar_id, number="1.9", title="Open a help line",
        objective="Help is near.", action="Open a line.\r\n\r\nIn ten languages.", kind="action_item",
        timeframe="short", lead_agency=police.pk, milestones=(step,),
        measures=(
            NewMeasure(description="Survey"),
            NewMeasure(
                description="Calls", kind="level", as_told="the number of calls",
                targets=(Aimed(Decimal(1200), KnownDate(date(2011, 6, 30), KnownTo.MONTH)),),
            ),
        ),
    )  # fmt: skip
    request = {"reason": "A law.", "agency": police, "by": made.coordinator}
    with time_machine.travel(at(2), tick=False):
        rows = (
            variations.request_item(plan=made.plan, adds=adds, at=at(2), **request),
            variations.request_milestone(item=made.brochure, adds=step, at=at(2), **request),
        )
        for place, row in enumerate(rows, start=8):
            variations.recommend(
                variation=row, recommendation="Yes.", by=made.coordinator, at=at(2)
            )
            MatterFactory(meeting=made.meeting, position=place, variation=row, title=str(row))
    return rows


AFTER = (
    "Help is near.", "Open a line.", "In ten languages.", "Police leads.",
    "Measure: Survey", "Measure: Calls; target 1,200 by June 2011; baseline not known",
    "Milestone: Line opened, due 30 September 2010 (Police)",
)  # fmt: skip


@pytest.mark.django_db
def test_a_pack_says_what_would_be_added(made, asked):
    of_item, of_step = compose_pack(made.meeting, Moment.at(at(3))).agenda[-2:]
    assert (of_item.item, of_item.variation.asks_of_item, of_item.variation.after) == (
        None,
        "Add work item 1.9 Open a help line (V6)",
        AFTER,
    )
    assert (of_step.item.number, of_step.variation.asks_of_item, of_step.variation.after) == (
        "1.1",
        "Add the milestone “Line opened”, due 30 September 2010, 1.1 Print a brochure (V7)",
        ("Line opened, due 30 September 2010 (Police)",),
    )


@pytest.mark.django_db
def test_the_exported_register_has_a_line_for_each_measure_and_milestone(asked):
    assert in_lines(asked[0].addition).split("\n")[-3:] == [
        "Measure: Survey",
        "Measure: Calls; target 1,200 by June 2011; baseline not known",
        "Milestone 7: Line opened, due 30 September 2010",
    ]


@pytest.mark.django_db
def test_minutes_and_the_next_briefing_say_what_was_added(made, asked):
    with time_machine.travel(at(10), tick=False):
        ready_to_decide(made.meeting, *asked)
        for row in asked:
            variations.decide(
                variation=row, approve=True, meeting=made.meeting, by=made.coordinator, at=at(10)
            )
        minutes = compose_minutes(made.meeting, at(10))
    told_of = [each.variation for each in minutes.considered]
    assert [(each.item, each.outcome) for each in told_of] == [
        ("1.9 Open a help line", "Approved"),
        ("1.1 Print a brochure", "Approved"),
    ]
    new = WorkItem.objects.get(number="1.9")
    AppointmentFactory(portfolio=made.plan.portfolio, from_on=date(2009, 1, 1))
    paper = BriefingFactory(plan=made.plan, dated=date(2010, 7, 30))
    facts = read_facts(paper)
    assert {pk: (each.reason, each.decided_on) for pk, each in facts.additions.items()} == {
        new.pk: ("A law.", HELD)
    }
