"""Test what every request passes: tokens, limits, ETags, refusals as JSON."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from agencies.models import Token
from agencies.people.services import accounts, seats, tokens
from tests.api.programs import program, program_of, token_of
from tests.factories import (
    BriefingFactory,
    PlanFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.security.second_steps import set_up_app
from trafficking_plan.api import admission

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def plan(police):
    return PlanFactory(title="Plan of Action", slug="plan-of-action", members=[police])


@pytest.fixture
def item(plan, police):
    return WorkItemFactory(plan=plan, number="1.1", lead_agency=police)


def items_of(plan):
    return reverse("api:items", args=[plan.slug])


def test_without_a_token_nothing_is_said(plan):
    answer = Client().get(items_of(plan))
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Send an API key that works, in the header “Authorization: Bearer” followed by the key.",
    }


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer x\0y", "Bearer ÿ"]
)
def test_other_headers_are_no_token(plan, header):
    answer = Client(headers={"Authorization": header}).get(items_of(plan))
    assert answer.status_code == 401


def test_a_token_opens_nothing_while_its_person_lacks_the_second_step_that_they_must_use(
    plan, person
):
    reader = program_of(person)
    assert reader.get(items_of(plan)).status_code == 200
    etag = reader.get(items_of(plan)).headers["ETag"]
    BriefingFactory(plan=plan, marking="SENSITIVE")
    for address in (items_of(plan), reverse("api:plans")):
        refused = reader.get(address, headers={"If-None-Match": etag})
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            "The person of this API key must use a second step. Sign in and set one up; then the key"
            " works again.",
        )
    set_up_app(person)
    assert reader.get(items_of(plan)).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("contributor", 403), ("coordinator", 200)])
def test_a_role_that_must_use_a_second_step_needs_one_for_its_tokens(
    plan, person, settings, role, status
):
    settings.REQUIRE_SECOND_STEP = frozenset([role])
    assert program_of(person).get(items_of(plan)).status_code == status


def test_a_token_ends_with_its_last_day(plan, person):
    text = token_of(person, expires_on=localdate())
    assert program(text).get(items_of(plan)).status_code == 200
    with time_machine.travel(now() + timedelta(days=1)):
        assert program(text).get(items_of(plan)).status_code == 401


def test_a_token_ends_when_it_is_revoked(plan, person):
    text = token_of(person)
    tokens.revoke_token(token=Token.objects.get(), by=person, at=now())
    assert program(text).get(items_of(plan)).status_code == 401


def test_a_token_ends_with_its_seat_at_once(plan, person):
    text = token_of(person)
    seats.end_seat_at_once(seat=person.seats.get(), by=person, reason="Left", at=now())
    assert program(text).get(items_of(plan)).status_code == 401


def test_a_token_ends_when_the_account_is_closed(plan, person):
    text = token_of(person)
    accounts.close_account(user=person, version=1, reason="Left", by=UserFactory(is_superuser=True))
    assert program(text).get(items_of(plan)).status_code == 401


def test_a_token_has_the_rights_of_its_own_seat_alone(plan, person, item):
    elsewhere = SeatFactory(user=person, role="observer")
    assert program_of(person, seat=elsewhere).get(items_of(plan)).status_code == 404
    assert program_of(person).get(items_of(plan)).status_code == 200


def test_an_administrators_token_of_a_seat_does_not_administer(police):
    person = SeatFactory(user__is_superuser=True, agency=police, role="observer").user
    answer = program_of(person).get(reverse("api:audit"))
    assert answer.status_code == 403


@pytest.mark.both_databases
def test_the_day_of_the_last_use_is_kept_and_nothing_else(plan, person):
    text = token_of(person)
    rows = Token.history.count()
    program(text).get(items_of(plan))
    assert Token.objects.get().last_used_on == localdate()
    assert Token.history.count() == rows


def test_too_many_requests_wait(plan, person, monkeypatch):
    monkeypatch.setattr(admission, "REQUESTS_A_MINUTE", 2)
    client, other = program_of(person), program_of(person)
    with time_machine.travel(now().replace(second=20, microsecond=0), tick=False):
        got = [client.get(items_of(plan)) for _ in range(3)]
        assert [each.status_code for each in got] == [200, 200, 429]
        assert got[2]["Retry-After"] == "40"
        # Each token has its own limit.
        assert other.get(items_of(plan)).status_code == 200


def test_guessing_tokens_is_limited_and_a_token_still_works(plan, person, monkeypatch):
    monkeypatch.setattr(admission, "WRONG_TOKENS_AN_HOUR", 2)
    guesses = [program("planregister_guess").get(items_of(plan)).status_code for _ in range(3)]
    assert guesses == [401, 401, 429]
    assert program_of(person).get(items_of(plan)).status_code == 200


def test_an_unchanged_list_is_not_sent_again(plan, person, item, django_assert_max_num_queries):
    client = program_of(person)
    first = client.get(items_of(plan))
    with django_assert_max_num_queries(18):
        again = client.get(items_of(plan), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    item.title = "Another title"
    item.save()
    changed = client.get(items_of(plan), headers={"If-None-Match": first["ETag"]})
    assert changed.json()["results"][0]["title"] == "Another title"


def test_an_etag_is_of_one_token_one_address_and_one_day(plan, person, item):
    text = token_of(person)
    first = program(text).get(items_of(plan))["ETag"]
    given = {"If-None-Match": first}
    assert program(text).get(f"{items_of(plan)}?page=2", headers=given).status_code == 200
    assert program_of(person).get(items_of(plan), headers=given).status_code == 200
    with time_machine.travel(now() + timedelta(days=1)):
        assert program(text).get(items_of(plan), headers=given).status_code == 200


def test_responses_are_kept_out_of_shared_caches_and_other_sites(plan, person):
    answer = program_of(person).get(items_of(plan), headers={"Origin": "https://x.test"})
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Access-Control-Allow-Origin" not in answer
    assert answer.cookies == {}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/nothing/", 404),
        ("/api/plans/?at=%00", 400),
        ("/api/plans/?at=%ff", 400),
        (f"/api/plans/?at={'9' * 5000}", 400),
        ("/api/plans/plan-of-action/papers/99999999999999999999999/1/pdf", 404),
    ],
)
def test_refusals_before_the_api_are_json_too(plan, person, path, status):
    answer = program_of(person).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_other_methods_are_refused_with_those_that_are_allowed(plan, person):
    answer = program_of(person).delete(items_of(plan))
    assert (answer.status_code, answer["Allow"]) == (405, "GET")


def test_what_is_posted_needs_no_token_against_forgery(plan, person):
    client = Client(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token_of(person)}"}
    )
    assert client.post(items_of(plan), {}).status_code == 405


def test_a_fault_is_told_without_its_cause(plan, person, monkeypatch):
    client = program_of(person)
    client.raise_request_exception = False
    monkeypatch.setattr("trafficking_plan.api.plan_endpoints.plan_at", lambda *args: 1 / 0)
    answer = client.get(items_of(plan))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in json.dumps(answer.json())
