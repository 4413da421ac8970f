"""Test changes of agreed dates, official wording and scope, and when they are refused."""

from datetime import date

import pytest
from simple_history.signals import pre_create_historical_record

from tests.factories import (
    MeetingFactory,
    MilestoneFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    SLIPPED_AGAIN,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    ready_to_decide,
    refused,
    unchanged,
)
from workitems.models import Decision, Delay, Milestone, Variation, WorkItem
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

State = Variation.State


@pytest.fixture
def request_for_date(milestone):
    """A recommended request to move the milestone to 30 September."""
    return VariationFactory(milestone=milestone, number=4, due_after=SLIPPED, state="recommended")


# --- requesting -------------------------------------------------------------------------------


def ask_for_date(milestone, by, agency, due_after=SLIPPED, reason="The printer is late."):
    return variations.request_date(
        milestone=milestone, due_after=due_after, reason=reason, agency=agency, by=by, at=NOW
    )


def test_an_agency_requests_another_agreed_date(milestone, contributor, police):
    with unchanged(milestone, milestone.item):
        made = ask_for_date(milestone, contributor, police)
    made.refresh_from_db()
    assert (made.reference, made.kind, made.state) == ("V1", "date", "requested")
    assert (made.item, made.milestone, made.plan) == (
        milestone.item,
        milestone,
        milestone.item.plan,
    )
    assert (made.due_before, made.due_after) == (DUE, SLIPPED)
    assert (made.requesting_agency, made.requested_by, made.requested_at) == (
        police,
        contributor,
        NOW,
    )
    assert made.is_pending
    assert entries(made) == [("+", "Police contributor (Police)", "The printer is late.")]


def test_requests_are_numbered_within_the_plan(milestone, item, contributor, police):
    VariationFactory(number=7, milestone=MilestoneFactory(item=item))
    VariationFactory(number=99)  # of another plan
    assert ask_for_date(milestone, contributor, police).reference == "V8"


@pytest.mark.parametrize(
    ("due_after", "reason", "sentence", "field"),
    [
        (DUE, "So.", "That is already the agreed date. Enter another date.", "due_after"),
        (SLIPPED, "", "Say why the change is needed.", "reason"),
    ],
)
def test_a_request_for_an_invalid_date_is_refused_with_the_reason(
    milestone, contributor, police, due_after, reason, sentence, field
):
    with refused(sentence, field):
        ask_for_date(milestone, contributor, police, due_after, reason)
    assert Variation.objects.count() == 0


@pytest.mark.parametrize(
    ("closed", "sentence"),
    [
        ({"completed_on": YESTERDAY}, "This milestone is done, so its date cannot change."),
        (
            {"withdrawn_on": YESTERDAY},
            "This milestone was cancelled on 31 May 2010, so its date cannot change.",
        ),
    ],
)
def test_a_closed_milestone_cannot_have_a_request_to_move_it(
    item, contributor, police, closed, sentence
):
    milestone = MilestoneFactory(item=item, **closed)
    with refused(sentence):
        ask_for_date(milestone, contributor, police)


@pytest.mark.parametrize("state", ["requested", "recommended"])
def test_a_milestone_can_have_only_one_pending_request(milestone, contributor, police, state):
    VariationFactory(milestone=milestone, state=state)
    with refused("A request to change this milestone’s date is already waiting."):
        ask_for_date(milestone, contributor, police, SLIPPED_AGAIN)


def test_a_new_request_is_possible_after_one_was_withdrawn(milestone, contributor, police):
    VariationFactory(milestone=milestone, number=1, state="taken_back")
    assert ask_for_date(milestone, contributor, police).reference == "V2"


def ask_for_wording(item, by, agency, wording="title", text_after="Print a leaflet"):
    return variations.request_wording(
        item=item,
        wording=wording,
        text_after=text_after,
        reason="It is a leaflet.",
        agency=agency,
        by=by,
        at=NOW,
    )


@pytest.mark.parametrize("wording", ["title", "objective", "action"])
def test_an_agency_requests_other_official_wording(item, contributor, police, wording):
    made = ask_for_wording(item, contributor, police, wording)
    assert (made.kind, made.wording, made.milestone) == ("wording", wording, None)
    assert (made.text_before, made.text_after) == (getattr(item, wording), "Print a leaflet")
    assert entries(made) == [("+", "Police contributor (Police)", "It is a leaflet.")]


@pytest.mark.parametrize(
    ("text_after", "sentence"),
    [
        ("Print a brochure", "That is already the wording."),
        ("", "Write the new wording."),
        ("x" * 201, "A title has at most 200 characters."),
    ],
)
def test_a_request_for_invalid_wording_is_refused(item, contributor, police, text_after, sentence):
    with refused(sentence, "text_after"):
        ask_for_wording(item, contributor, police, text_after=text_after)
    assert Variation.objects.count() == 0


def ask_to_withdraw(item, by, agency):
    return variations.request_withdrawal(
        item=item, reason="The law has passed.", agency=agency, by=by, at=NOW
    )


def test_an_agency_requests_to_withdraw_an_item(item, contributor, police):
    made = ask_to_withdraw(item, contributor, police)
    assert (made.kind, made.item, made.milestone) == ("withdrawal", item, None)


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [("complete", "Item 1.2 is complete."), ("withdrawn", "Item 1.2 is withdrawn.")],
)
def test_a_complete_or_withdrawn_item_cannot_have_a_request_to_withdraw_it(
    plan, contributor, police, stage, sentence
):
    item = WorkItemFactory(
        plan=plan, number="1.2", stage=stage, completed_on=TODAY if stage == "complete" else None
    )
    with refused(sentence):
        ask_to_withdraw(item, contributor, police)


def test_an_item_can_have_only_one_pending_request_to_withdraw_it(item, contributor, police):
    ask_to_withdraw(item, contributor, police)
    with refused("A request to withdraw this item is already waiting."):
        ask_to_withdraw(item, contributor, police)


# --- every pair of states ---------------------------------------------------------------------

STEPS = {
    ("requested", "recommended"),
    ("requested", "taken_back"),
    ("recommended", "approved"),
    ("recommended", "declined"),
    ("recommended", "taken_back"),
}
ACTS = {
    "recommended": lambda variation, meeting, by: variations.recommend(
        variation=variation, recommendation="Approve.", by=by, at=NOW
    ),
    "approved": lambda variation, meeting, by: decide(variation, meeting, by),
    "declined": lambda variation, meeting, by: decide(variation, meeting, by, approve=False),
    "taken_back": lambda variation, meeting, by: variations.take_back(
        variation=variation, by=by, reason="Not needed."
    ),
}


def in_state(state, milestone, meeting, number=4):
    decided = {"meeting": meeting, "decided_by": UserFactory(), "decided_at": NOW}
    return VariationFactory(
        milestone=milestone,
        number=number,
        due_after=SLIPPED,
        state=state,
        **(decided if state in ("approved", "declined") else {}),
    )


@pytest.mark.parametrize("new", ACTS)
@pytest.mark.parametrize("old", State.values)
def test_a_variation_takes_only_the_allowed_steps(old, new, milestone, meeting, coordinator):
    variation = in_state(old, milestone, meeting)
    if (old, new) in STEPS:
        ACTS[new](variation, meeting, coordinator)
        variation.refresh_from_db()
        assert variation.state == new
        assert newest(variation)[:2] == ("~", "Coordinator (DoL)")
        return
    labels = [str(State(state).label).lower() for state in (old, new)]
    with (
        unchanged(variation, milestone),
        refused(f"V4 is {labels[0]}; it cannot become {labels[1]}."),
    ):
        ACTS[new](variation, meeting, coordinator)


def test_a_variation_never_becomes_requested_again():
    assert {new for following in Variation.NEXT.values() for new in following} == set(ACTS)


def test_only_requested_and_recommended_variations_are_pending(milestone, meeting):
    pending = [
        state
        for number, state in enumerate(State.values, start=1)
        if in_state(state, MilestoneFactory(item=milestone.item), meeting, number).is_pending
    ]
    assert pending == ["requested", "recommended"]


# --- recommending and withdrawing -------------------------------------------------------------


@pytest.mark.both_databases
def test_the_coordinator_sends_a_request_to_the_group_with_a_recommendation(milestone, coordinator):
    variation = VariationFactory(milestone=milestone)
    variations.recommend(
        variation=variation, recommendation="Approve; the date is real.", by=coordinator, at=NOW
    )
    variation.refresh_from_db()
    assert variation.recommendation == "Approve; the date is real."
    assert (variation.recommended_by, variation.recommended_at) == (coordinator, NOW)
    assert newest(variation) == ("~", "Coordinator (DoL)", "Approve; the date is real.")


def test_a_recommendation_needs_text(milestone, coordinator):
    variation = VariationFactory(milestone=milestone)
    with (
        unchanged(variation),
        refused("Write what you recommend to the working group.", "recommendation"),
    ):
        variations.recommend(variation=variation, recommendation="", by=coordinator, at=NOW)


def test_withdrawing_a_request_needs_a_reason(request_for_date, contributor):
    with unchanged(request_for_date), refused("Say why the request is withdrawn.", "reason"):
        variations.take_back(variation=request_for_date, by=contributor, reason="")
    variations.take_back(variation=request_for_date, by=contributor, reason="Printed after all.")
    assert newest(request_for_date) == (
        "~",
        "Police contributor (Police)",
        "Printed after all.",
    )


# --- deciding ---------------------------------------------------------------------------------


def decide(variation, meeting, by, approve=True, text=""):
    """Decide at the meeting, with the variation on its agenda and every member present."""
    if meeting.plan_id == variation.plan_id:
        ready_to_decide(meeting, variation)
    return variations.decide(
        variation=variation, approve=approve, meeting=meeting, by=by, at=NOW, text=text
    )


def test_an_approved_date_takes_effect_at_once_with_its_reason(
    request_for_date, milestone, meeting, coordinator
):
    decide(request_for_date, meeting, coordinator)
    milestone.refresh_from_db()
    assert (milestone.original_due, milestone.agreed_due, milestone.forecast_due) == (
        DUE,
        SLIPPED,
        SLIPPED,
    )
    assert milestone.version == 2
    assert newest(milestone) == (
        "~",
        "Coordinator (DoL)",
        "Variation V4: The printer is late.",
    )


def test_a_decision_is_recorded_at_its_meeting(request_for_date, meeting, coordinator):
    Decision.objects.create(meeting=meeting, number=1, text="The minutes are right.")
    decide(request_for_date, meeting, coordinator)
    request_for_date.refresh_from_db()
    assert (request_for_date.meeting, request_for_date.decided_by, request_for_date.decided_at) == (
        meeting,
        coordinator,
        NOW,
    )
    decision = request_for_date.decision
    assert (decision.meeting, decision.number, decision.item) == (
        meeting,
        2,
        request_for_date.item,
    )
    assert decision.text == "Approved: Move “Brochure printed” to 30 September 2010, 1.2 (V4)."
    assert entries(decision) == [("+", "Coordinator (DoL)", "")]


@pytest.mark.both_databases
def test_a_declined_request_does_not_move_the_date(
    request_for_date, milestone, meeting, coordinator
):
    with unchanged(milestone, milestone.item):
        decide(request_for_date, meeting, coordinator, approve=False, text="The date must hold.")
    assert request_for_date.decision.text == "The date must hold."
    assert newest(request_for_date) == ("~", "Coordinator (DoL)", "The date must hold.")


@pytest.mark.parametrize(
    ("meeting_of", "sentence"),
    [
        (lambda plan: MeetingFactory(held_on=TODAY), "The meeting is of another plan."),
        (
            lambda plan: MeetingFactory(plan=plan, held_on=TOMORROW),
            "That meeting has not been held yet.",
        ),
    ],
)
def test_a_decision_needs_a_meeting_of_the_plan_that_was_held(
    request_for_date, milestone, plan, coordinator, meeting_of, sentence
):
    meeting = meeting_of(plan)
    with unchanged(request_for_date, milestone), refused(sentence, "meeting"):
        decide(request_for_date, meeting, coordinator)


def test_an_approval_is_refused_if_the_date_moved_meanwhile(
    request_for_date, milestone, meeting, coordinator
):
    """The request names the old date; approving another change would be wrong."""
    VariationFactory(
        milestone=milestone, number=5, due_after=SLIPPED_AGAIN, approved=True, meeting=meeting
    )
    Milestone.objects.filter(pk=milestone.pk).update(agreed_due=SLIPPED_AGAIN)
    with (
        unchanged(request_for_date, milestone),
        refused("The agreed date has moved since this was requested."),
    ):
        decide(request_for_date, meeting, coordinator)
    assert Decision.objects.count() == 0


def test_an_approval_is_refused_if_the_milestone_was_closed_meanwhile(
    request_for_date, milestone, meeting, coordinator
):
    Milestone.objects.filter(pk=milestone.pk).update(completed_on=TODAY)
    with (
        unchanged(request_for_date, milestone),
        refused("This milestone is done, so its date cannot change."),
    ):
        decide(request_for_date, meeting, coordinator)


def test_approved_wording_replaces_the_official_text(
    item, contributor, police, meeting, coordinator
):
    variation = recommended(ask_for_wording(item, contributor, police), coordinator)
    decide(variation, meeting, coordinator)
    item.refresh_from_db()
    assert (item.title, item.version) == ("Print a leaflet", 2)
    assert newest(item) == ("~", "Coordinator (DoL)", "Variation V1: It is a leaflet.")
    assert list(WorkItem.objects.matching("leaflet")) == [item]


def recommended(variation, by):
    return variations.recommend(variation=variation, recommendation="Approve.", by=by, at=NOW)


def test_an_approval_is_refused_if_the_wording_changed_meanwhile(
    item, contributor, police, meeting, coordinator
):
    variation = recommended(ask_for_wording(item, contributor, police), coordinator)
    WorkItem.objects.filter(pk=item.pk).update(title="Print a poster")
    with unchanged(variation, item), refused("The wording has changed since this was requested."):
        decide(variation, meeting, coordinator)


@pytest.mark.both_databases
def test_an_approved_withdrawal_ends_the_item_its_milestones_and_delays(
    item, milestone, delayed, contributor, police, meeting, coordinator
):
    done = MilestoneFactory(item=item, completed_on=YESTERDAY)
    variation = recommended(ask_to_withdraw(item, contributor, police), coordinator)
    with unchanged(done):
        decide(variation, meeting, coordinator)
    item.refresh_from_db()
    assert (item.stage, item.version) == ("withdrawn", 2)
    assert [each.withdrawn_on for each in item.milestones.order_by("number")] == [
        TODAY,
        TODAY,
        None,
    ]
    delay = delayed.delays.get()
    assert delay.ended_on == TODAY
    why = "Variation V1: The law has passed."
    for row in (item, milestone, delayed, delay):
        assert newest(row) == ("~", "Coordinator (DoL)", why)


@pytest.mark.parametrize("stage", ["not_started", "under_way", "ongoing"])
def test_a_live_item_can_be_withdrawn_from_any_stage(
    plan, contributor, police, meeting, coordinator, stage
):
    item = WorkItemFactory(plan=plan, stage=stage)
    decide(
        recommended(ask_to_withdraw(item, contributor, police), coordinator), meeting, coordinator
    )
    item.refresh_from_db()
    assert item.stage == "withdrawn"


def test_an_approval_is_refused_if_the_item_was_completed_meanwhile(
    item, contributor, police, meeting, coordinator
):
    variation = recommended(ask_to_withdraw(item, contributor, police), coordinator)
    WorkItem.objects.filter(pk=item.pk).update(stage="complete", completed_on=TODAY)
    with unchanged(variation, item), refused("Item 1.2 is complete."):
        decide(variation, meeting, coordinator)


@pytest.mark.parametrize("model", [Milestone, Delay, WorkItem, Decision])
def test_an_approval_that_fails_is_rolled_back_completely(
    item, milestone, delayed, contributor, police, meeting, coordinator, model
):
    """If recording any of the rows fails, none of them has changed."""
    variation = recommended(ask_to_withdraw(item, contributor, police), coordinator)

    def fail(sender, instance, **kwargs):
        if isinstance(instance, model):
            raise RuntimeError("The machine stopped half-way.")

    pre_create_historical_record.connect(fail)
    try:
        rows = (variation, item, milestone, delayed, delayed.delays.get())
        with unchanged(*rows), pytest.raises(RuntimeError):
            decide(variation, meeting, coordinator)
    finally:
        pre_create_historical_record.disconnect(fail)
    assert Decision.objects.count() == 0


def test_a_forecast_after_the_new_agreed_date_stays(delayed, meeting, coordinator):
    variation = VariationFactory(
        milestone=delayed, number=4, due_after=date(2010, 8, 31), state="recommended"
    )
    decide(variation, meeting, coordinator)
    delayed.refresh_from_db()
    assert (delayed.agreed_due, delayed.forecast_due) == (date(2010, 8, 31), SLIPPED)


def test_a_later_approval_can_move_the_date_back(
    request_for_date, milestone, meeting, coordinator, contributor, police
):
    decide(request_for_date, meeting, coordinator)
    back = recommended(ask_for_date(milestone, contributor, police, DUE), coordinator)
    decide(back, meeting, coordinator)
    milestone.refresh_from_db()
    assert (milestone.agreed_due, milestone.version) == (DUE, 3)
