"""Test what each token opens: every address of the API, every kind of user, and each scope.

Strangers get 404, colleagues 403; a token opens what its seat may read on the pages and nothing else.
"""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from tests.api.programs import ADDRESSES, OPEN, program, program_of, scope_of
from tests.cast import Scene
from tests.factories import UpdateFactory
from tests.test_permissions import (
    EVERYBODY,
    OIA,
    PAPER_READERS,
    POLICE,
    READERS,
    WRITERS,
    WRITERS_OF_CUSTOMS,
    addresses,
)
from trafficking_plan.api.odata.entity_sets import SETS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the rules of seats and tokens decide"),
]

OK, NO_TOKEN, FORBIDDEN, GONE, INVALID = 200, 401, 403, 404, 422
# Their seats are over, or they never had one.
WITHOUT_TOKEN = ("anonymous", "stranger", "former contributor")
ADMINISTRATOR = "superuser"
WITH_SEAT = tuple(who for who in EVERYBODY if who not in (*WITHOUT_TOKEN, ADMINISTRATOR))
COORDINATORS = ("coordinator", "member's coordinator", "other plan's coordinator")


def reads(*may: str, colleagues: tuple[str, ...] = ()) -> dict[str, int]:
    """Return who gets what with a token that reads. The administrator's does not."""
    found = {
        who: OK if who in may else FORBIDDEN if who in colleagues else GONE for who in WITH_SEAT
    }
    return found | dict.fromkeys(WITHOUT_TOKEN, NO_TOKEN) | {ADMINISTRATOR: FORBIDDEN}


NOT_READ = (
    dict.fromkeys(WITH_SEAT, 405) | dict.fromkeys(WITHOUT_TOKEN, NO_TOKEN) | {ADMINISTRATOR: 405}
)
READ = {
    "api:plans": reads(*WITH_SEAT),
    "api:due": reads(*WITH_SEAT),
    "api:plan": reads(*READERS),
    "api:items": reads(*READERS),
    "api:item": reads(*READERS),
    "api:milestones": reads(*READERS),
    "api:delays": reads(*READERS),
    "api:measures": reads(*READERS),
    "api:findings": reads(*READERS),
    "api:risks": reads(*READERS),
    "api:notes": reads(*READERS),
    "api:changes": reads(*READERS),
    "api:csv": reads(*READERS),
    "api:odata": reads(*READERS),
    "api:odata-resource": reads(*READERS),
    "api:papers": reads(*PAPER_READERS),
    "api:paper_pdf": reads(*PAPER_READERS),
    "api:paper_json": reads(*PAPER_READERS),
    # The plan's public page is open to everybody.
    "api:released": reads(*WITH_SEAT),
    "api:released_pdf": reads(*WITH_SEAT),
    # A token that reads the plan does not read the stream; the administrator's is made for that.
    "api:audit": reads(colleagues=WITH_SEAT) | {ADMINISTRATOR: OK},
    "api:rounds": reads(*READERS),
    "api:return": reads(*POLICE, colleagues=READERS),
    "api:answer": reads(*WRITERS, colleagues=READERS),
    "api:measure_answers": reads(*WRITERS, colleagues=READERS),
    # There is nothing to read.
    "api:save_milestone": NOT_READ,
    "api:save_number": NOT_READ,
}
DRAFTS = ("api:answer", "api:save_milestone", "api:save_number")
# The token may come as a password, and errors have OData's form.
ODATA = ("api:odata", "api:odata-resource")
BY_PASSWORD = ("api:csv", *ODATA)


def test_every_address_has_a_row():
    there = {name for name, _ in addresses(get_resolver()) if name.startswith("api:")}
    assert there - {"api:save_answer"} == {*ADDRESSES, *OPEN}
    assert set(READ) == set(ADDRESSES)
    for row in READ.values():
        assert set(row) == set(EVERYBODY)


@pytest.fixture(scope="module")
def programs(people: Scene) -> dict[str, Client]:
    """A program of each person that reads; without a seat it audits, or has a text that is no token."""
    return {
        who: program("planregister_no-such-token")
        if who in ("anonymous", "stranger")
        else program_of(people[who], scope_of(people[who]))
        for who in EVERYBODY
    }


@pytest.fixture(autouse=True)
def _fresh_limits(people):
    cache.clear()


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_program_gets_the_expected_response_to_get_and_head(name, people, programs):
    address = reverse(name, args=ADDRESSES[name](people))
    got = {who: programs[who].get(address) for who in EVERYBODY}
    assert {who: answer.status_code for who, answer in got.items()} == READ[name]
    refused = [answer for answer in got.values() if answer.status_code >= 400]
    if name in ODATA:
        assert {answer["Content-Type"] for answer in refused} == {"application/json"}
        assert all(answer.json()["error"]["message"] for answer in refused)
    else:
        assert {answer["Content-Type"] for answer in refused} == {"application/problem+json"}
        assert all(answer.json()["detail"] for answer in refused)
    one_of_each = {status: who for who, status in READ[name].items()}
    assert {programs[who].head(address).status_code for who in one_of_each.values()} == {
        *one_of_each
    }


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_session_opens_nothing(name, people):
    client = Client()
    client.force_login(people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse(name, args=ADDRESSES[name](people)))
    asks = "Basic" if name in BY_PASSWORD else "Bearer"
    assert (answer.status_code, answer["WWW-Authenticate"].partition(" ")[0]) == (401, asks)


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_token_that_reads_writes_nothing(name, people, programs):
    address = reverse(name, args=ADDRESSES[name](people))
    body = {"data": {}, "content_type": "application/json"}
    got = {who: programs[who].put(address, **body).status_code for who in (*WITH_SEAT, "superuser")}
    assert set(got.values()) == {FORBIDDEN if name in DRAFTS else 405}


@pytest.mark.parametrize("name", DRAFTS)
def test_only_the_agencys_writers_write_its_drafts(name, people):
    address = reverse(name, args=ADDRESSES[name](people))
    got = {
        who: program_of(people[who], "write")
        .put(address, {}, content_type="application/json")
        .status_code
        for who in (*WRITERS, *WRITERS_OF_CUSTOMS)
    }
    # What they send lacks what the form asks for.
    assert got == dict.fromkeys(WRITERS, INVALID) | dict.fromkeys(WRITERS_OF_CUSTOMS, FORBIDDEN)


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_token_of_the_audit_stream_opens_it_alone(name, people):
    if READ[name] == NOT_READ:
        return
    address = reverse(name, args=ADDRESSES[name](people))
    got = {who: program_of(people[who], "audit").get(address).status_code for who in COORDINATORS}
    assert got == dict.fromkeys(COORDINATORS, OK if name == "api:audit" else FORBIDDEN)


def test_released_papers_of_a_plan_without_an_open_page_are_for_its_own(people, programs):
    page = people.plan.public_page
    page.is_open = False
    page.save()
    address = reverse("api:released", args=[people.plan.slug])
    got = {who: programs[who].get(address).status_code for who in WITH_SEAT}
    assert got == {who: OK if who in (*READERS, *OIA) else GONE for who in WITH_SEAT}


def test_a_plan_that_is_not_adopted_is_gone_for_all_but_its_coordinator(people, programs):
    address = reverse("api:plan", args=["plan-being-made"])
    got = {who: programs[who].get(address).status_code for who in WITH_SEAT}
    assert got == dict.fromkeys(WITH_SEAT, GONE) | {"coordinator": 409}


def test_what_another_agency_has_only_drafted_is_in_no_row_and_no_count(people):
    police = people.agencies["police"]
    UpdateFactory(
        of_return=people.round.returns.get(agency=police), item=people.item, achieved="A draft"
    )
    reader = program_of(people["other contributor"])
    for name in SETS:
        answer = reader.get(reverse("api:odata-resource", args=[people.plan.slug, name]))
        assert answer.status_code == 200
        assert "A draft" not in answer.text
    # A number that is not accepted is no row, and is not counted.
    count = reader.get(f"/api/plans/{people.plan.slug}/odata/Values/$count")
    assert (count.status_code, count.text) == (200, "0")
