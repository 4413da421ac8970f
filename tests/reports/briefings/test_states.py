"""Test a briefing's states: every step from every state, and the recorded reasons."""

import pytest
from django.db import transaction

from agencies.records import history
from reports.briefings.services import states
from reports.briefings.services.gates import Blocked
from reports.models import Briefing
from tests.factories import BriefingFactory
from tests.reports.drafted import drafted
from workitems.plan.services import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

State = Briefing.State
BEFORE = [State.DRAFTING, State.IN_CONSULTATION, State.AWAITING]

STEPS = {
    "start_consultation": {},
    "recall": {"reason": "A figure is wrong"},
    "ask_for_authorisation": {},
    "send_back": {"reason": "Say what it costs"},
    "send_to_minister": {},
    "close": {},
    "withdraw": {"reason": "The meeting was called off"},
    "start_correction": {"reason": "A date was wrong"},
    "give_up_correction": {"reason": "The date was right"},
}
# Where each step leads, from each state that it may be taken in. All others are refused.
LEADS = {
    "start_consultation": {State.DRAFTING: State.IN_CONSULTATION},
    "recall": {State.IN_CONSULTATION: State.DRAFTING, State.AWAITING: State.IN_CONSULTATION},
    "ask_for_authorisation": {State.IN_CONSULTATION: State.AWAITING},
    "send_back": {State.AWAITING: State.IN_CONSULTATION},
    "send_to_minister": {State.AUTHORISED: State.WITH_MINISTER},
    "close": {State.RETURNED: State.CLOSED},
    "withdraw": dict.fromkeys(BEFORE, State.WITHDRAWN),
    "start_correction": dict.fromkeys(
        [State.AUTHORISED, State.WITH_MINISTER, State.RETURNED], State.DRAFTING
    ),
    "give_up_correction": {},
}
# The same for a paper whose next version is being made.
LEADS_OF_A_CORRECTION = {
    "start_consultation": {State.DRAFTING: State.IN_CONSULTATION},
    "recall": {State.IN_CONSULTATION: State.DRAFTING, State.AWAITING: State.DRAFTING},
    "ask_for_authorisation": {
        State.DRAFTING: State.AWAITING,
        State.IN_CONSULTATION: State.AWAITING,
    },
    "send_back": {State.AWAITING: State.DRAFTING},
    "send_to_minister": {},
    "close": {},
    "withdraw": {},
    "start_correction": {},
    "give_up_correction": {State.DRAFTING: State.WITH_MINISTER},
}


@pytest.fixture
def briefing(plan, item, by):
    """A draft that passes every check."""
    return drafted(plan, item, by)


def put(briefing, state, **others):
    """Put the briefing in a state, with its history."""
    for name, value in {"state": state, **others}.items():
        setattr(briefing, name, value)
    return history.save(briefing, by=None)


def outcome(name, briefing, by):
    try:
        with transaction.atomic():
            return getattr(states, name)(briefing=briefing, by=by, **STEPS[name]).state
    except Refused:
        return None


@pytest.mark.parametrize("name", STEPS)
def test_each_step_gives_the_expected_state_from_every_state(name, briefing, by):
    found = {}
    for state in State:
        row = put(Briefing.objects.get(pk=briefing.pk), state)
        found[state] = outcome(name, row, by)
    assert {state: led for state, led in found.items() if led} == LEADS[name]


@pytest.mark.parametrize("name", STEPS)
def test_each_step_of_a_correction_gives_the_expected_state(name, briefing, by):
    put(briefing, State.WITH_MINISTER)
    found = {}
    for state in BEFORE:
        row = put(Briefing.objects.get(pk=briefing.pk), state, correction_note="A date was wrong")
        found[state] = outcome(name, row, by)
    assert {state: led for state, led in found.items() if led} == LEADS_OF_A_CORRECTION[name]


@pytest.mark.parametrize("start", State)
@pytest.mark.parametrize("end", State)
def test_a_step_that_the_state_does_not_allow_is_refused(start, end, by):
    briefing = BriefingFactory(state=start)
    if end in Briefing.NEXT[start]:
        assert states.move(briefing, end, by=by).state == end
        return
    with pytest.raises(Refused) as refusal:
        states.move(briefing, end, by=by)
    assert str(refusal.value) == (
        f"This briefing is {start.label.lower()}; it cannot become {end.label.lower()} from there."
    )


def test_every_allowed_transition_is_made_by_a_step():
    reached = {
        (start, end)
        for table in (LEADS, LEADS_OF_A_CORRECTION)
        for leads in table.values()
        for start, end in leads.items()
    }
    # Signing and answering have separate services; a correction can return to three states.
    reached |= {(State.AWAITING, State.AUTHORISED), (State.WITH_MINISTER, State.RETURNED)}
    reached |= {(State.DRAFTING, State.AUTHORISED), (State.DRAFTING, State.RETURNED)}
    assert reached == {(start, end) for start, ends in Briefing.NEXT.items() for end in ends}


@pytest.mark.parametrize("name", [name for name, words in STEPS.items() if words])
def test_a_step_that_needs_a_reason_is_refused_without_one(name, briefing, by):
    (argument,) = STEPS[name]
    with pytest.raises(Refused) as refusal:
        getattr(states, name)(briefing=briefing, by=by, **{argument: "  "})
    assert refusal.value.field == argument


@pytest.mark.both_databases
def test_reasons_and_authors_are_kept_in_history(briefing, by):
    states.start_consultation(briefing=briefing, by=by)
    states.recall(briefing=briefing, reason="A figure is wrong", by=by)
    rows = briefing.history.order_by("history_id").values_list(
        "state", "history_change_reason", "history_actor"
    )
    assert list(rows)[-2:] == [
        ("in_consultation", "", "Coordinator"),
        ("drafting", "A figure is wrong", "Coordinator"),
    ]


@pytest.mark.parametrize("before", [State.AUTHORISED, State.WITH_MINISTER, State.RETURNED])
@pytest.mark.both_databases
def test_an_abandoned_correction_leaves_the_paper_in_its_state(before, briefing, by):
    put(briefing, before)
    states.start_correction(briefing=briefing, reason="A date was wrong", by=by)
    row = states.give_up_correction(briefing=briefing, reason="It was right", by=by)
    assert (row.state, row.correction_note) == (before, "")


# --- steps stopped by checks ----------------------------------------------------------------


def refusal_of(step, briefing, by):
    with pytest.raises(Blocked) as refusal, transaction.atomic():
        step(briefing=briefing, by=by)
    briefing.refresh_from_db()
    return str(refusal.value)


def test_a_paper_stopped_by_a_check_cannot_go_to_the_agencies(briefing, by):
    put(briefing, State.DRAFTING, copied_to="")
    assert refusal_of(states.start_consultation, briefing, by) == (
        "One problem must be fixed before the agencies are asked. “Checks” says what and where."
    )
    assert briefing.state == State.DRAFTING


def test_a_paper_stopped_by_checks_cannot_go_for_authorisation(briefing, by):
    put(briefing, State.IN_CONSULTATION, copied_to="", tracker_number="")
    assert refusal_of(states.ask_for_authorisation, briefing, by) == (
        "Two problems must be fixed before the paper is authorised. “Checks” says what and where."
    )
    assert briefing.state == State.IN_CONSULTATION


def test_a_correction_stopped_by_checks_cannot_go_for_authorisation(briefing, by):
    put(briefing, State.DRAFTING, correction_note="A date was wrong", copied_to="")
    assert refusal_of(states.ask_for_authorisation, briefing, by).startswith(
        "One problem must be fixed"
    )


def test_a_problem_that_stops_only_authorisation_allows_consultation(briefing, by):
    put(briefing, State.DRAFTING, agencies_consulted="")
    assert states.start_consultation(briefing=briefing, by=by).state == State.IN_CONSULTATION
    assert refusal_of(states.ask_for_authorisation, briefing, by).startswith(
        "One problem must be fixed"
    )


def test_a_warning_does_not_stop_a_step(briefing, by):
    put(briefing, State.DRAFTING, contact_phone=briefing.manager_phone)
    states.start_consultation(briefing=briefing, by=by)
    assert states.ask_for_authorisation(briefing=briefing, by=by).state == State.AWAITING


@pytest.mark.parametrize("name", ["recall", "send_back"])
def test_checks_do_not_stop_a_step_back(name, briefing, by):
    put(briefing, State.AWAITING, copied_to="")
    assert outcome(name, briefing, by) == State.IN_CONSULTATION


def test_a_paper_without_a_draft_cannot_move_on(plan, by):
    briefing = BriefingFactory(plan=plan)
    assert refusal_of(states.start_consultation, briefing, by).startswith(
        "One problem must be fixed"
    )
