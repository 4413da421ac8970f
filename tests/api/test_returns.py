"""Test the drafts that programs write: by the services of the return's page, with its refusals."""

from datetime import date

import pytest
from django.urls import reverse

from tests.api.programs import program_of
from tests.factories import (
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from workitems.models import MilestoneAnswer, Update
from workitems.plan.services import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def plan(police):
    return PlanFactory(slug="plan", members=[police])


@pytest.fixture
def of_return(plan, police):
    return ReturnFactory(round=RoundFactory(plan=plan), agency=police)


@pytest.fixture
def item(plan, police, of_return):
    return WorkItemFactory(plan=plan, number="1.2", lead_agency=police, stage="under_way")


@pytest.fixture
def person(police):
    return SeatFactory(agency=police, role="contributor", user__name="Contributor").user


@pytest.fixture
def writer(person):
    return program_of(person, "write", name="Tracker")


def address(of_return, item, *more):
    name = "api:save_milestone" if more else "api:answer"
    return reverse(name, args=["plan", of_return.round_id, of_return.agency_id, item.number, *more])


def put(writer, url, **body):
    return writer.put(url, body, content_type="application/json")


SAID = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed 200 brochures."}


def test_a_draft_is_saved_and_its_history_names_the_token(writer, of_return, item):
    answer = put(writer, address(of_return, item), **SAID)
    assert answer.status_code == 200, answer.content
    assert answer.json()["answer"]["version"] == 1
    row = Update.objects.get()
    assert (row.achieved, row.written_by.name) == ("Printed 200 brochures.", "Contributor")
    past = row.history.get()
    assert (past.history_actor, past.history_change_reason) == (
        "Contributor (Police)",
        "Through the API, “Tracker”",
    )


def test_a_draft_that_was_saved_meanwhile_is_not_overwritten(writer, of_return, item):
    put(writer, address(of_return, item), **SAID)
    put(writer, address(of_return, item), **SAID | {"achieved": "Printed 300.", "version": 1})
    late = put(writer, address(of_return, item), **SAID | {"achieved": "None.", "version": 1})
    assert (late.status_code, late.json()["version"]) == (409, 2)
    assert late.json()["detail"] == str(Conflict(None))
    assert Update.objects.get().achieved == "Printed 300."


def test_what_the_page_refuses_is_refused_with_its_words(writer, of_return, item):
    answer = put(
        writer, address(of_return, item), **SAID | {"stage": "nearly", "achieved": "x\u0007"}
    )
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"stage", "achieved"}
    assert not Update.objects.exists()


def test_a_return_that_was_submitted_takes_no_drafts(writer, of_return, item):
    of_return.state = "submitted"
    of_return.save()
    answer = put(writer, address(of_return, item), **SAID)
    assert answer.status_code == 422
    assert "the return was submitted meanwhile" in answer.json()["detail"]


def test_no_change_is_said_with_its_rules(writer, of_return, item):
    answer = put(writer, address(of_return, item), no_change=True)
    assert answer.status_code == 200, answer.content
    assert Update.objects.get().no_change_on is not None


def test_a_milestone_is_answered_and_takes_effect_later(writer, of_return, item):
    step = MilestoneFactory(item=item, number=3)
    url = address(of_return, item, 3)
    wrong = put(writer, url, version=step.version, outcome="done")
    assert wrong.json()["errors"] == [
        {"field": "completed_on", "detail": "Enter the day it was done."}
    ]
    said = {"outcome": "done", "completed_on": "30 June 2010", "shown_by": "The brochure"}
    answer = put(writer, url, version=step.version, **said)
    assert answer.status_code == 200, answer.content
    assert MilestoneAnswer.objects.get().outcome == "done"
    step.refresh_from_db()
    assert step.completed_on is None


def test_a_program_says_what_bridges_a_delay_and_not_nothing(writer, of_return, item):
    step = MilestoneFactory(item=item, number=3, original_due=date(2099, 6, 30))
    url = address(of_return, item, 3)
    late = {
        "outcome": "not_yet",
        "forecast_due": "2099-09-30",
        "reason": "the printer is ill",
        "cause": "procurement",
        "meanwhile": "Police copy the old one",
        "money_from": "Vote Police",
        "needs": "a second tender",
        "mitigation": "n/a",
    }
    wrong = put(writer, url, version=step.version, **late)
    assert [each["field"] for each in wrong.json()["errors"]] == ["mitigation"]
    answer = put(writer, url, version=step.version, **late | {"mitigation": "print it here"})
    assert answer.status_code == 200, answer.content
    made = MilestoneAnswer.objects.get()
    assert (made.meanwhile, made.needs) == ("Police copy the old one", "a second tender")
    assert (made.money_from, made.if_declined) == ("Vote Police", "")


def test_a_program_submits_nothing(writer, of_return, item):
    url = reverse("api:return", args=["plan", of_return.round_id, of_return.agency_id])
    assert writer.post(url, {}).status_code == 405


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"version": -1}', b'{"achieved": "\\ud800"}'])
def test_a_body_that_cannot_be_read_is_refused(writer, of_return, item, body):
    answer = writer.put(address(of_return, item), body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_rounds_tell_how_far_each_return_is(writer, of_return):
    (found,) = writer.get(reverse("api:rounds", args=["plan"])).json()["results"]
    (row,) = found["returns"]
    assert (row["agency_name"], row["state"]) == ("Police", "due")
    page = writer.get(row["url"].removeprefix("http://testserver")).json()
    assert page["items"] == []
