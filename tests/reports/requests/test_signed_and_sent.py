"""Test that signing a decision and sending it are two facts, each with its own day.

The product sends no letter, so a signature says nothing of the day on which the requester was told.
"""

from datetime import date, timedelta

import pytest

from agencies.records import history
from reports.requests.models import InformationRequest
from reports.requests.models.figures import figures_of
from reports.requests.models.request_clock import calendar, clock_of
from reports.requests.registered import request_lines
from reports.requests.services import requests
from tests.reports.requests.conftest import NOW, RECEIVED, TODAY, TYPED, at, client_of, fresh
from tests.reports.requests.factories import ReleaseFactory, RequestEventFactory
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LATER = TODAY + timedelta(days=1)


@pytest.fixture
def signed(ready, sign, request_):
    """A decision that was signed and that nobody has sent yet."""
    sign(ready(), sends=False)
    return fresh(request_)


def to_do(user, on=TODAY):
    return [each.what for each in request_lines.lines_for(user, on)]


def test_the_adviser_is_asked_to_send_a_signed_decision_and_to_record_the_day(
    signed, adviser, decision_maker, today
):
    ask = "Send the decision on request 13/02025, and record the day"
    assert to_do(adviser) == [ask]
    assert to_do(decision_maker) == ["Release the papers of request 13/02025"]
    page = " ".join(client_of(adviser).get(at("request", signed.pk)).text.split())
    assert "signed on 22 May 2013 by OIA decision-maker" in page
    assert "sent on 22 May 2013" not in page
    assert at("request-sent", signed.pk) in page
    answer = client_of(adviser).post(at("request-sent", signed.pk), {"on": "22 May 2013"})
    assert answer.status_code == 302
    assert to_do(adviser) == []
    assert "Decision sent to the requester" in client_of(adviser).get(answer.url).text


def test_the_day_of_sending_counts_for_the_clock_the_figures_and_later_letters(signed, adviser):
    requests.record_sent(request=signed, on=LATER, by=adviser, at=NOW + timedelta(days=1))
    clock = clock_of(signed.events.all(), calendar())
    assert (clock.stopped_on, clock.late_by(LATER)) == (LATER, 2)
    rows = InformationRequest.objects.for_list()
    before = figures_of(rows, calendar(), first=RECEIVED, last=TODAY)
    after = figures_of(rows, calendar(), first=LATER, last=date(2013, 6, 30))
    assert (before.completed, after.completed, after.on_time) == (0, 1, 0)


def test_a_decision_is_sent_once_and_not_before_its_signature(request_, ready, sign, adviser):
    act = {"request": request_, "on": TODAY, "by": adviser, "at": NOW}
    letter = ready()
    assert refusal_of(requests.record_sent, **act) == (
        "The decision is not signed yet. It is sent after that."
    )
    sign(letter, sends=False)
    assert refusal_of(requests.record_sent, **{**act, "on": date(2013, 5, 21)}) == (
        "The decision was signed on 22 May 2013, after that day."
    )
    event = requests.record_sent(**act)
    assert refusal_of(requests.record_sent, **act) == (
        "The decision was sent on 22 May 2013. Correct that record if the day is wrong."
    )
    right = {"on": LATER, "reason": "The post left a day later", "by": adviser}
    later = requests.correct_event(event=event, at=NOW + timedelta(days=1), **right)
    assert (later.kind, later.happened_on) == ("decision_sent", LATER)


@pytest.mark.both_databases
def test_a_request_is_not_closed_before_its_decision_is_sent(signed, adviser):
    signed.lines.update(decision="refused", grounds="18(g)")
    act = {"request": signed, "on": TODAY, "by": adviser, "at": NOW}
    assert refusal_of(requests.close, **act) == (
        "Record first on which day the decision was sent to the requester."
    )
    requests.record_sent(**act)
    assert requests.close(**act).state == "closed"


def test_a_refusal_is_sent_too_and_an_old_one_counts_as_sent(ready, sign, request_, adviser):
    sign(ready("withheld", grounds=["6(a)"]), sends=False)
    assert fresh(request_).state == "refused"
    ask = "Send the decision on request 13/02025, and record the day"
    assert to_do(adviser) == [ask]
    assert to_do(adviser, TODAY + timedelta(days=31)) == []


def test_the_reviewer_and_the_signatory_have_what_waits_for_them_now(
    ready, request_, reviewer, decision_maker, adviser, today
):
    """However far the day is on which the decision is due."""
    ready()
    early = RECEIVED + timedelta(days=3)
    (waits,) = request_lines.lines_for(decision_maker, early)
    assert (waits.is_now(early), waits.is_late) == (True, False)
    row = fresh(request_)
    row.state = "in_review"
    history.save_version(row, by=adviser)
    (waits,) = request_lines.lines_for(reviewer, early)
    assert (waits.what, waits.is_now(early)) == ("Review the answer to request 13/02025", True)


def test_the_clock_of_an_extended_request_has_one_day_on_which_the_decision_is_due(
    request_, adviser, today
):
    requests.extend(
        request=request_,
        to=date(2013, 6, 19),
        extension_reason="15A(1)(a)",
        on=date(2013, 5, 20),
        by=adviser,
        at=NOW,
    )
    days = client_of(adviser).get(at("request", request_.pk)).context["days"]
    assert [(each.name, each.what) for each in days if "ecision" in each.what] == [
        ("Day 20", "Decision was first due; the time is extended"),
        ("Extended", "Decision due, as extended"),
    ]


@pytest.mark.both_databases
def test_a_promise_to_publish_is_on_a_home_page_until_it_is_kept(
    ready, sign, request_, decision_maker, monkeypatch, today
):
    monkeypatch.setitem(TYPED, "will_be_published", True)
    sign(ready())
    release = ReleaseFactory(request=fresh(request_), released_on=TODAY)
    ask = "Publish the papers of request 13/02025, as its letter says"
    assert to_do(decision_maker) == [ask]
    InformationRequest.objects.update(state="closed", closed_on=TODAY)
    assert to_do(decision_maker) == [ask]
    RequestEventFactory(request=request_, kind="published", release=release, happened_on=TODAY)
    assert to_do(decision_maker) == []


@pytest.mark.both_databases
def test_what_is_not_acknowledged_or_due_soon_needs_its_adviser_now(request_, adviser):
    early, soon = RECEIVED + timedelta(days=1), date(2013, 5, 15)
    (waits,) = request_lines.lines_for(adviser, early)
    assert (waits.what, waits.is_now(early)) == ("Acknowledge request 13/02025", True)
    requests.acknowledge(request=request_, on=early, by=adviser, at=NOW)
    (waits,) = request_lines.lines_for(adviser, early)
    assert (waits.what, waits.is_now(early)) == ("Answer request 13/02025", False)
    (waits,) = request_lines.lines_for(adviser, soon)
    assert (waits.when, waits.is_now(soon)) == ("Due in 4 working days", True)
