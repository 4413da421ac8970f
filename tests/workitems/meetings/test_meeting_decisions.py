"""Test the decisions of a meeting and following them up."""

import pytest

from tests.factories import (
    DecisionFactory,
    MatterFactory,
    MeetingFactory,
    RiskFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    TODAY,
    YESTERDAY,
    entries,
    newest,
    ready_to_decide,
    refused,
    unchanged,
)
from workitems.meetings.services import decisions
from workitems.models import Decision
from workitems.plan.services import Conflict
from workitems.variations.services import variations

pytestmark = pytest.mark.django_db

WHO = "Coordinator (DoL)"


def decide(meeting, by, **differs):
    wanted = {"text": "Print it.", "on": TODAY} | differs
    return decisions.record_decision(meeting=meeting, by=by, **wanted)


def test_decisions_are_numbered_within_their_meeting(meeting, item, police, coordinator):
    first = decide(meeting, coordinator)
    second = decide(meeting, coordinator, item=item, owner_agency=police, due_on=DUE)
    assert [(each.number, each.text) for each in (first, second)] == [
        (1, "Print it."),
        (2, "Print it."),
    ]
    assert (second.item, second.owner_agency, second.due_on) == (item, police, DUE)
    assert entries(second) == [("+", WHO, "")]


def test_a_decision_on_a_matter_links_to_its_item_and_marks_it_considered(
    meeting, item, coordinator
):
    matter = MatterFactory(meeting=meeting, item=item)
    decision = decide(meeting, coordinator, matter=matter)
    assert (decision.matter, decision.item) == (matter, item)
    matter.refresh_from_db()
    assert matter.considered_on == TODAY
    assert newest(matter) == ("~", WHO, "")


def test_a_decision_on_an_items_risk_links_to_that_item(meeting, plan, item, coordinator):
    matter = MatterFactory(meeting=meeting, risk=RiskFactory(plan=plan, item=item))
    assert decide(meeting, coordinator, matter=matter).item == item


def test_an_invalid_decision_is_refused_with_the_reason(meeting, plan, police, coordinator):
    with refused("Write what was decided.", "text"):
        decide(meeting, coordinator, text="")
    with refused("Enter the date by which the agency is to do it.", "due_on"):
        decide(meeting, coordinator, owner_agency=police)
    with refused("Choose the agency that is to do it.", "owner_agency"):
        decide(meeting, coordinator, due_on=DUE)
    with refused("This was decided on 1 June 2010. Enter that day or a later one.", "due_on"):
        decide(meeting, coordinator, owner_agency=police, due_on=YESTERDAY)
    with refused("The item belongs to another plan.", "item"):
        decide(meeting, coordinator, item=WorkItemFactory())
    with refused("That meeting has not been held yet.", "meeting"):
        decide(meeting, coordinator, on=YESTERDAY)
    elsewhere = MatterFactory(meeting=MeetingFactory(plan=plan, held_on=DUE))
    removed = MatterFactory(meeting=meeting, withdrawn_on=TODAY)
    for matter in (elsewhere, removed):
        with refused("That matter is not on the agenda of this meeting.", "matter"):
            decide(meeting, coordinator, matter=matter)
    assert Decision.objects.count() == 0


def test_a_decision_can_be_changed_while_the_record_is_open(meeting, police, coordinator):
    decision = decide(meeting, coordinator)
    changed = decisions.change_decision(
        decision=decision,
        text="Print two.",
        owner_agency=police,
        due_on=DUE,
        version=1,
        by=coordinator,
    )
    assert (changed.text, changed.owner_agency, changed.due_on) == ("Print two.", police, DUE)
    assert newest(changed) == ("~", WHO, "")
    with unchanged(changed):
        decisions.change_decision(
            decision=changed, text="Print two.", owner_agency=police, due_on=DUE, by=coordinator
        )
    with unchanged(changed), pytest.raises(Conflict):
        decisions.change_decision(decision=changed, text="Three.", version=1, by=coordinator)


def test_a_decision_marked_as_done_cannot_be_changed(meeting, police, coordinator):
    decision = DecisionFactory(meeting=meeting, owner_agency=police, due_on=DUE, done_on=TODAY)
    with unchanged(decision), refused("This was done on 1 June 2010, so it cannot be changed."):
        decisions.change_decision(decision=decision, text="No.", by=coordinator)


# --- variations -------------------------------------------------------------------------------


@pytest.fixture
def recommended(milestone, police, coordinator):
    asked = variations.request_date(
        milestone=milestone, due_after=SLIPPED, reason="So.", agency=police, by=coordinator, at=NOW
    )
    return variations.recommend(variation=asked, recommendation="Agree.", by=coordinator, at=NOW)


def test_deciding_a_variation_marks_its_matter_considered(
    meeting, milestone, recommended, coordinator
):
    matter = MatterFactory(meeting=meeting, variation=recommended)
    ready_to_decide(meeting)
    variations.decide(
        variation=recommended, approve=True, meeting=meeting, by=coordinator, at=NOW, text="Yes."
    )
    matter.refresh_from_db()
    milestone.refresh_from_db()
    assert (matter.considered_on, milestone.agreed_due) == (TODAY, SLIPPED)
    assert [row.text for row in matter.decisions.all()] == ["Yes."]
