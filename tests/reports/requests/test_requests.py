"""Test what happens to a request: its steps, its events, and what is refused in which words."""

from datetime import date
from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.db import transaction

from agencies.records import history
from reports.requests.models import InformationRequest, RequestEvent
from reports.requests.services import requests
from tests.factories import UserFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, RECEIVED, TODAY, at, client_of, fresh
from tests.reports.requests.factories import (
    InformationRequestFactory,
    ReleaseFactory,
    RequestEventFactory,
    ScheduleLineFactory,
)
from workitems.plan.services import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

State = InformationRequest.State


def refusal_of(act, **arguments):
    """Return the sentence with which a service refuses, and the field that it is about."""
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(**arguments)
    return str(refusal.value)


def events_of(request):
    return [
        (each.kind, each.happened_on)
        for each in request.events.in_force().in_order()
        if each.kind != "received"
    ]


# --- states --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end"), product(State, State))
def test_a_step_that_the_state_does_not_allow_is_refused(start, end):
    ended = {"closed_on": TODAY} if start in InformationRequest.ENDED else {}
    row = InformationRequestFactory(state=start, **ended)
    row.closed_on = TODAY if end in InformationRequest.ENDED else None
    by = UserFactory()
    if end in InformationRequest.NEXT[start]:
        assert requests.move(row, end, by=by).state == end
        return
    assert refusal_of(requests.move, row=row, to=end, by=by) == (
        f"This request is {start.label.lower()}; it cannot become {end.label.lower()} from there."
    )


DAY = {"on": date(2013, 4, 23), "at": NOW}
STEPS = {
    "start_scoping": ({}, {State.RECEIVED: State.SCOPING}),
    "start_preparing": ({}, {State.SCOPING: State.PREPARING}),
    "send_for_review": ({"ombudsman": OMBUDSMAN, "at": NOW}, {State.PREPARING: State.IN_REVIEW}),
    "send_back": (
        {"reason": "A date is wrong", "at": NOW},
        {State.IN_REVIEW: State.PREPARING, State.READY: State.PREPARING},
    ),
    "finish_review": ({"ombudsman": OMBUDSMAN, "at": NOW}, {State.IN_REVIEW: State.READY}),
    "withdraw": (
        {"note": "By email", **DAY},
        dict.fromkeys(InformationRequest.OPEN, State.WITHDRAWN),
    ),
    "transfer": (
        {"whom": "Police", **DAY},
        dict.fromkeys(
            [State.RECEIVED, State.SCOPING, State.PREPARING, State.IN_REVIEW], State.TRANSFERRED
        ),
    ),
    "close": ({"on": TODAY, "at": NOW}, {State.DECIDED: State.CLOSED}),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_gives_the_expected_state_from_every_state(name, recorded, adviser):
    arguments, leads = STEPS[name]
    found = {}
    for state in State:
        row = recorded(reference=state)
        schedule_one_line(row)
        row.state = state
        row.closed_on = TODAY if state in InformationRequest.ENDED else None
        history.save(row, by=None)
        if name == "close":
            RequestEventFactory(request=row, kind="decision_sent", happened_on=TODAY)
        try:
            with transaction.atomic():
                getattr(requests, name)(request=row, by=adviser, **arguments)
        except Refused:
            assert fresh(row).state == state
        else:
            found[state] = fresh(row).state
    assert found == leads


def schedule_one_line(row):
    ScheduleLineFactory(
        request=row, kind="not_held", issued=None, decided=True, decision="refused", grounds="18(g)"
    )


def test_every_allowed_step_is_made_by_a_service():
    made = {(start, end) for _, leads in STEPS.values() for start, end in leads.items()}
    # `deciding.sign_decision` makes these.
    made |= {(State.READY, State.DECIDED), (State.READY, State.REFUSED)}
    # `releases.begin_correction` makes these; `releases.release` and `cancel_correction` end them (test_corrections).
    made |= {(State.DECIDED, State.CORRECTING), (State.CLOSED, State.CORRECTING)}
    made |= {(State.CORRECTING, State.DECIDED), (State.CORRECTING, State.CLOSED)}
    assert made == {(start, end) for start, ends in InformationRequest.NEXT.items() for end in ends}


@pytest.mark.both_databases
def test_the_migration_records_what_was_handed_over_before(request_, adviser, reviewer):
    """It stood in the history alone."""
    for state, by, reason in (
        (State.SCOPING, adviser, ""),
        (State.PREPARING, adviser, ""),
        (State.IN_REVIEW, adviser, ""),
        (State.PREPARING, reviewer, "A date is wrong"),
        (State.IN_REVIEW, adviser, ""),
        (State.READY, reviewer, ""),
    ):
        requests.move(fresh(request_), state, by=by, reason=reason)
    name = "reports.requests.migrations.0004_record_reviews_and_send_backs"
    import_module(name).record_earlier(apps, None)
    events = request_.events.in_order().exclude(kind="received")
    assert [(each.kind, each.note, each.recorded_by, each.recorded_as) for each in events] == [
        ("sent_for_review", "", adviser, adviser.signature),
        ("sent_back", "A date is wrong", reviewer, reviewer.signature),
        ("sent_for_review", "", adviser, adviser.signature),
        ("reviewed", "", reviewer, reviewer.signature),
    ]


# --- the receipt ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_request_is_recorded_with_its_receipt(recorded, adviser):
    row = recorded()
    assert row.state == State.RECEIVED
    event = row.events.get()
    assert (event.kind, event.happened_on) == ("received", RECEIVED)
    assert event.recorded_as == "OIA adviser (Labour)"
    assert row.history.get().history_user == adviser


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"received_on": date(2013, 5, 23)}, "A request cannot be received after today."),
        (
            {"received_on": date(2013, 4, 20)},
            "A request is received on or after the day that it is dated.",
        ),
        ({"text": " \n"}, "Enter what is asked, word for word."),
        ({"reference": " "}, "Enter the reference in the agency’s register."),
        ({"requester_name": ""}, "Say who asked."),
        (
            {"channel": "own_initiative"},
            "A proactive release has no requester.",
        ),
        (
            {"received_on": date(1983, 7, 1), "dated": date(1983, 7, 1)},
            "Working days are known from 1984 to 2052, and not for 1983.",
        ),
    ],
)
@pytest.mark.both_databases
def test_a_wrong_request_is_refused_in_a_sentence(recorded, wrong, sentence):
    assert refusal_of(recorded, **wrong) == sentence
    assert not InformationRequest.objects.exists()


def test_a_reference_is_taken_once_and_never_parsed(recorded):
    recorded(reference="DOIA 2324-1559")
    assert refusal_of(recorded, reference="DOIA 2324-1559") == (
        "Another request to this agency has this reference."
    )
    recorded(reference="DOIA 2324-1559 b")


def test_the_text_of_a_request_is_kept_as_it_came(recorded):
    assert fresh(recorded(text="  As it\ncame.  ")).text == "  As it\ncame.  "


@pytest.mark.both_databases
def test_what_is_recorded_about_a_request_can_be_changed(recorded, plan, adviser):
    row = recorded()
    values = {
        "plan": plan,
        "requester_name": "Another name",
        "requester_address": "",
        "scope_note": "Reports alone",
        "urgency_reason": "",
    }
    changed = requests.change_request(
        request=row, reference="13/02026", version=row.version, by=adviser, **values
    )
    assert (changed.reference, changed.requester_name) == ("13/02026", "Another name")
    assert (changed.plan, changed.text) == (plan, row.text)
    recorded(reference="13/1")
    assert (
        refusal_of(
            requests.change_request,
            request=row,
            reference="13/1",
            version=changed.version,
            by=adviser,
            **values,
        )
        == "Another request to this agency has this reference."
    )


# --- events --------------------------------------------------------------------------------------


def test_an_event_is_not_after_today_and_not_before_the_receipt(request_, adviser):
    act = {"act": requests.acknowledge, "request": request_, "by": adviser, "at": NOW}
    assert refusal_of(on=date(2013, 5, 23), **act) == "That day is in the future."
    assert refusal_of(on=date(2013, 4, 21), **act) == (
        "The request was received on 22 April 2013, after that day."
    )


@pytest.mark.both_databases
def test_a_request_is_acknowledged_once(request_, adviser):
    act = {"request": request_, "on": date(2013, 4, 23), "by": adviser, "at": NOW}
    requests.acknowledge(**act)
    assert (
        refusal_of(requests.acknowledge, **act) == "This request was acknowledged on 23 April 2013."
    )
    assert events_of(request_) == [("acknowledged", date(2013, 4, 23))]


def test_one_question_at_a_time_is_asked_and_answered(request_, adviser):
    act = {"request": request_, "by": adviser, "at": NOW}
    requests.seek_clarification(on=date(2013, 5, 2), note="Which years?", **act)
    again = {"on": date(2013, 5, 3), "note": "And which agencies?", **act}
    assert refusal_of(requests.seek_clarification, **again) == (
        "The requester has not answered the last question yet."
    )
    assert (
        refusal_of(requests.receive_clarification, on=date(2013, 5, 1), note="All", **act)
        == "The question was asked on 2 May 2013, after that day."
    )
    requests.receive_clarification(on=date(2013, 5, 6), note="All of them", **act)
    # Before 26 March 2015 the Act let no answer start the clock again.
    assert requests.clock(request_).starts_on == date(2013, 4, 22)
    assert (
        refusal_of(requests.receive_clarification, on=date(2013, 5, 7), note="All", **act)
        == "No question to the requester is open."
    )


def test_a_request_is_transferred_in_part_and_as_a_whole(request_, adviser):
    act = {"request": request_, "whom": "Police", "by": adviser, "at": NOW}
    assert refusal_of(requests.transfer, on=date(2013, 5, 7), **{**act, "whom": ""}) == (
        "Say where it was transferred to."
    )
    requests.transfer(on=date(2013, 5, 6), in_part=True, **act)
    assert fresh(request_).state == State.RECEIVED
    requests.transfer(on=date(2013, 5, 7), **act)
    row = fresh(request_)
    assert (row.state, row.closed_on) == (State.TRANSFERRED, date(2013, 5, 7))


def test_a_late_transfer_is_recorded_with_its_day_and_said_to_be_late(request_, adviser, today):
    act = {"request": request_, "whom": "Police", "by": adviser, "at": NOW}
    event = requests.transfer(on=date(2013, 5, 9), **act)
    page = client_of(adviser).get(at("request", request_.pk)).text
    assert "2 working days late" in page
    corrected = requests.correct_event(
        event=event, on=date(2013, 5, 8), reason="A day earlier", by=adviser, at=NOW
    )
    assert corrected.happened_on == date(2013, 5, 8)


def test_an_extension_is_refused_after_the_first_twenty_working_days(request_, adviser):
    act = {
        "request": request_,
        "to": date(2013, 6, 18),
        "extension_reason": "15A(1)(a)",
        "by": adviser,
        "at": NOW,
    }
    assert refusal_of(requests.extend, on=date(2013, 5, 22), **act) == (
        "An extension is notified within the first 20 working days. Those ended on 21 May 2013."
    )
    on_time = {**act, "on": date(2013, 5, 21)}
    assert refusal_of(requests.extend, **{**on_time, "extension_reason": ""}) == (
        "Choose the reason for the extension."
    )
    assert refusal_of(requests.extend, **{**on_time, "extension_reason": "9(2)(a)"}) == (
        "Choose the reason for the extension."
    )
    assert refusal_of(requests.extend, **{**on_time, "to": date(2013, 5, 21)}) == (
        "It is already due on 21 May 2013. Enter a later day."
    )
    assert refusal_of(requests.extend, **{**on_time, "to": date(2013, 6, 3)}) == (
        "That is not a working day."
    )
    requests.extend(**on_time)
    assert requests.clock(request_).due == date(2013, 6, 18)
    assert refusal_of(requests.extend, **on_time) == (
        "This request was extended to 18 June 2013. A request can be extended only once."
    )


def test_a_complaint_may_come_in_any_state_and_is_closed_once(decided, adviser):
    act = {"request": decided, "by": adviser, "at": NOW}
    assert refusal_of(requests.close_complaint, on=TODAY, note="Upheld", **act) == (
        "No complaint about this request is open."
    )
    requests.receive_complaint(on=TODAY, note="It was late", **act)
    requests.close_complaint(on=TODAY, note="We apologised", **act)
    assert refusal_of(requests.close_complaint, on=TODAY, note="Upheld", **act) == (
        "No complaint about this request is open."
    )


def test_a_request_ends_when_its_requester_withdraws_it(request_, adviser):
    act = {"request": request_, "on": TODAY, "by": adviser, "at": NOW}
    assert refusal_of(requests.withdraw, note="", **act) == "Say how the requester withdrew it."
    requests.withdraw(note="By email", **act)
    row = fresh(request_)
    assert (row.state, row.closed_on) == (State.WITHDRAWN, TODAY)
    assert refusal_of(requests.seek_clarification, note="Which?", **act) == (
        "This request is withdrawn; nothing more is recorded before its decision."
    )


def test_a_correction_is_another_event_that_names_the_first(request_, adviser):
    first = requests.acknowledge(request=request_, on=date(2013, 4, 24), by=adviser, at=NOW)
    act = {"event": first, "by": adviser, "at": NOW}
    assert refusal_of(requests.correct_event, on=date(2013, 4, 23), reason=" ", **act) == (
        "Say why this is corrected."
    )
    second = requests.correct_event(on=date(2013, 4, 23), reason="A day early", **act)
    assert second.corrects == first
    assert events_of(request_) == [("acknowledged", date(2013, 4, 23))]
    assert refusal_of(requests.correct_event, on=date(2013, 4, 25), reason="No", **act) == (
        "Another user has corrected this. Reload the page."
    )
    struck = {**act, "event": second}
    requests.correct_event(
        on=second.happened_on, reason="It was another", did_not_happen=True, **struck
    )
    assert events_of(request_) == []
    assert RequestEvent.objects.filter(kind="acknowledged").count() == 3


def test_correcting_the_receipt_moves_the_due_day(request_, adviser):
    receipt = request_.events.get()
    act = {"event": receipt, "reason": "The site’s own time", "by": adviser, "at": NOW}
    assert refusal_of(requests.correct_event, on=RECEIVED, did_not_happen=True, **act) == (
        "Later records depend on this. Correct its day instead."
    )
    requests.correct_event(on=date(2013, 4, 23), **act)
    row = fresh(request_)
    assert row.received_on == date(2013, 4, 23)
    assert requests.clock(row).due == date(2013, 5, 22)


def test_a_decided_request_is_closed_once_its_papers_are_released(decided, adviser):
    act = {"request": decided, "on": TODAY, "by": adviser, "at": NOW}
    assert refusal_of(requests.close, **act) == "The papers of the decision are not released yet."
    release = ReleaseFactory(request=decided)
    RequestEventFactory(request=decided, kind="released", happened_on=TODAY, release=release)
    assert requests.close(**act).closed_on == TODAY


def test_a_corrected_extension_is_still_one_of_the_first_twenty_working_days(request_, adviser):
    event = requests.extend(
        request=request_,
        to=date(2013, 6, 18),
        extension_reason="15A(1)(a)",
        on=date(2013, 5, 20),
        by=adviser,
        at=NOW,
    )
    act = {"event": event, "reason": "The letter’s day", "by": adviser, "at": NOW}
    assert refusal_of(requests.correct_event, on=date(2013, 5, 22), **act) == (
        "An extension is notified within the first 20 working days. Those ended on 21 May 2013."
    )
    assert requests.correct_event(on=date(2013, 5, 21), **act).due_on == date(2013, 6, 18)


def test_correcting_the_day_of_a_withdrawal_moves_the_close(request_, adviser):
    event = requests.withdraw(request=request_, on=TODAY, note="By email", by=adviser, at=NOW)
    requests.correct_event(
        event=event, on=date(2013, 5, 20), reason="The email’s day", by=adviser, at=NOW
    )
    assert fresh(request_).closed_on == date(2013, 5, 20)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("", ()),
        ("a@example.org", ("a@example.org",)),
        (
            "12 Quiet Street\nThorndon\nWellington 6011",
            ("12 Quiet Street", "12 Quiet Street Thorndon Wellington 6011"),
        ),
        ("PO Box 1234\nWellington 6140", ("PO Box 1234", "PO Box 1234 Wellington 6140")),
    ],
)
def test_a_place_with_its_postcode_does_not_name_a_requester(address, own):
    row = InformationRequest(requester_name="Somebody", requester_address=address)
    assert row.requester == ("Somebody", *own)


@pytest.mark.both_databases
def test_a_search_finds_words_of_a_request_and_who_asked_only_for_those_who_may_see_it(
    request_, agency
):
    name = request_.requester_name
    assert name
    InformationRequest.objects.filter(pk=request_.pk).update(scope_note=f"Māori wards for {name}")

    def found(words, naming=()):
        return InformationRequest.objects.matching(words, naming=naming).exists()

    assert found("maori WARDS")
    assert found(request_.reference)
    assert found(request_.agency.name)
    assert not found("maori nothing")
    assert found(name, naming={agency.pk})
    assert not found(name)
