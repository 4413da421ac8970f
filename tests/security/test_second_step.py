"""Test the second step: setting it up, using it, who must, and who lost it."""

import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.urls import reverse

from agencies.models import Seat
from agencies.people.record_history import history_of_account
from agencies.people.services import accounts
from agencies.people.services.conflicts import Conflict, Refused
from agencies.records.sealing import unseal
from tests.factories import (
    PASSWORD,
    BriefingFactory,
    MemberFactory,
    PlanFactory,
    SeatFactory,
    UserFactory,
)
from tests.security.second_steps import code_of, set_up_app
from trafficking_plan.running import deployment_checks, start_up

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
STEP = "/account/second-step/"
MORNING = datetime(2026, 3, 2, 20, tzinfo=UTC)


@pytest.fixture
def person():
    return SeatFactory(user__email="contributor@example.org", role=Seat.Role.CONTRIBUTOR).user


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run what waits for the commit after each block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def sign_in(client, password=PASSWORD):
    return client.post(SIGN_IN, {"login": "contributor@example.org", "password": password})


def set_up(client, committed):
    """Set an app up in the pages, and return the page of the recovery codes."""
    page = client.get(f"{STEP}app/")
    secret = re.search(r'<code class="secret">(\w+)</code>', page.text)[1]
    with committed():
        response = client.post(f"{STEP}app/", {"code": code_of(secret)})
    assert response.url == f"{STEP}recovery-codes/"
    return client.get(response.url)


# --- setting up and using -------------------------------------------------------------------


def test_a_person_sets_up_an_app_and_then_signs_in_with_its_code(client, person, committed):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client)
        codes = set_up(client, committed)
        assert len(re.findall(r"<li><code>\d{8}</code></li>", codes.text)) == 10
        assert "<li><code>" not in client.get(f"{STEP}recovery-codes/").text, "shown once"
        assert [each.subject for each in mail.outbox] == [
            "Plan Register: How you sign in was changed"
        ]
        client.post("/account/sign-out/")
        assert sign_in(client).url == f"{STEP}code/"
        assert client.get("/").status_code == 302, "the password alone does not sign in"
        clock.shift(timedelta(minutes=2))
        secret = unseal(Authenticator.objects.get(type="totp").data["secret"])
        wrong = client.post(f"{STEP}code/", {"code": "000000"})
        assert "The code is incorrect or was used before. Enter the newest one." in wrong.text
        assert client.post(f"{STEP}code/", {"code": code_of(secret)}).url == "/"
        assert client.get("/").status_code == 200


def test_a_code_of_the_app_works_once(client, person):
    set_up_app(person)
    with time_machine.travel(MORNING, tick=False):
        sign_in(client)
        assert client.post(f"{STEP}code/", {"code": code_of()}).url == "/"
        client.post("/account/sign-out/")
        sign_in(client)
        assert client.post(f"{STEP}code/", {"code": code_of()}).status_code == 200


def test_a_recovery_code_works_once_and_the_page_says_how_many_are_left(client, person):
    codes = set_up_app(person)
    sign_in(client)
    assert client.post(f"{STEP}code/", {"code": codes[3]}).url == "/"
    page = client.get(f"{STEP}recovery-codes/")
    assert len(re.findall("<li><code>", page.text)) == 9
    client.post("/account/sign-out/")
    sign_in(client)
    assert client.post(f"{STEP}code/", {"code": codes[3]}).status_code == 200
    assert client.post(f"{STEP}code/", {"code": codes[4]}).url == "/"


def test_five_wrong_codes_are_enough(client, person):
    set_up_app(person)
    with time_machine.travel(MORNING, tick=False):
        sign_in(client)
        for _ in range(5):
            client.post(f"{STEP}code/", {"code": "000000"})
        refused = client.post(f"{STEP}code/", {"code": code_of()})
        assert refused.status_code == 200
        assert client.get("/").status_code == 302


def test_a_change_of_the_second_step_asks_for_the_password_five_minutes_after_signing_in(
    client, person
):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client)
        assert client.get(f"{STEP}app/").status_code == 200
        clock.shift(timedelta(minutes=6))
        asked = client.get(f"{STEP}app/")
        assert asked.url == "/account/reauthenticate/?" + urlencode({"next": f"{STEP}app/"})
        assert client.post(asked.url, {"password": PASSWORD}).url == f"{STEP}app/"
        assert client.get(f"{STEP}app/").status_code == 200


def test_the_app_can_be_removed_and_its_recovery_codes_go_with_it(client, person, committed):
    set_up_app(person)
    sign_in(client)
    client.post(f"{STEP}code/", {"code": code_of()})
    assert client.get(f"{STEP}app/remove/").status_code == 200
    with committed():
        assert client.post(f"{STEP}app/remove/").url == STEP
    assert not Authenticator.objects.exists()


# --- who must -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "led"),
    [("contributor", True), ("everyone", True), ("coordinator", False), ("administrator", False)],
)
def test_whoever_must_use_a_second_step_is_led_to_set_it_up(
    client, person, settings, required, led
):
    settings.REQUIRE_SECOND_STEP = frozenset([required])
    sign_in(client)
    for address in ("/", "/plans/", "/account/password/change/"):
        response = client.get(address)
        assert (getattr(response, "url", "") == STEP) == led
    if led:
        assert "You need a second step" in client.get(STEP).text
        assert client.post("/plans/").url == STEP
        assert client.post("/account/sign-out/").url == SIGN_IN


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_everything_else(client, person, settings):
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    sign_in(client)
    assert client.get("/plans/").url == STEP
    set_up(client, nullcontext)
    assert client.get("/plans/").status_code == 200


def test_an_administrator_must_if_the_setting_says_so(client, settings):
    settings.REQUIRE_SECOND_STEP = frozenset(["administrator"])
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(reverse("agencies:people")).url == STEP


def test_a_role_that_is_given_later_counts_from_the_next_request(client, person, settings):
    settings.REQUIRE_SECOND_STEP = frozenset(["approver"])
    sign_in(client)
    assert client.get("/").status_code == 200
    SeatFactory(user=person, role=Seat.Role.APPROVER)
    assert client.get("/").url == STEP


def test_a_session_from_before_the_second_step_was_set_up_signs_in_again(client, person, settings):
    sign_in(client)
    set_up_app(person)
    assert client.get("/").status_code == 200
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    assert client.get("/plans/").url == f"{SIGN_IN}?next=/plans/"
    assert client.get(STEP).url == f"{SIGN_IN}?next={STEP}"


def test_removing_the_only_second_step_leads_back_to_setting_one_up(client, person, settings):
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    set_up_app(person)
    sign_in(client)
    client.post(f"{STEP}code/", {"code": code_of()})
    assert client.get("/").status_code == 200
    client.post(f"{STEP}app/remove/")
    assert client.get("/").url == STEP


@pytest.mark.parametrize(("marking", "led"), [("SENSITIVE", True), ("IN CONFIDENCE", False)])
def test_readers_of_a_plan_with_a_sensitive_paper_must_whatever_the_setting(
    client, person, marking, led
):
    plan = PlanFactory()
    MemberFactory(plan=plan, agency=person.seats.get().agency)
    BriefingFactory(plan=plan, marking=marking)
    sign_in(client)
    response = client.get("/")
    assert (getattr(response, "url", "") == STEP) == led


def test_readers_of_other_plans_need_no_second_step(client, person):
    BriefingFactory(marking="SENSITIVE")
    sign_in(client)
    assert client.get("/").status_code == 200


def test_an_unknown_role_in_the_setting_is_refused(settings, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    settings.REQUIRE_SECOND_STEP = frozenset(["coordinator", "boss"])
    with pytest.raises(ImproperlyConfigured, match=r"REQUIRE_SECOND_STEP has boss\. Use some of"):
        start_up.refuse_to_start_unprepared()
    (error,) = deployment_checks.refuse_unknown_roles(None)
    assert error.id == "trafficking_plan.E001"


# --- who lost it ----------------------------------------------------------------------------


def test_an_administrator_resets_the_second_step_of_someone_who_lost_it(
    client, person, administrator, committed
):
    set_up_app(person)
    theirs = type(client)()
    sign_in(theirs)
    theirs.post(f"{STEP}code/", {"code": code_of()})
    assert theirs.get("/").status_code == 200
    client.force_login(administrator)
    page = reverse("agencies:person", args=[person.pk])
    reset = reverse("agencies:reset-second-step", args=[person.pk])
    assert reset in client.get(page).text
    assert client.post(reset, {"version": 1, "reason": ""}).status_code == 422
    with committed():
        assert client.post(reset, {"version": 1, "reason": "She rang."}).url == page
    assert [(entry.who, entry.what, entry.why) for entry in history_of_account(person)][0] == (
        ("Administrator", "reset the second step.", "She rang.")
    )
    assert [(each.to, each.subject) for each in mail.outbox] == [
        ([person.email], "Plan Register: Your second step was reset")
    ]
    assert theirs.get("/").url == f"{SIGN_IN}?next=/"
    assert sign_in(theirs).url == "/", "the password is enough again"


def test_a_reset_is_refused_of_ones_own_account_and_without_a_second_step(person, administrator):
    def reset(user, **differs):
        values = {"version": user.version, "reason": "Lost.", "by": administrator, "at": MORNING}
        return accounts.reset_second_step(user=user, **{**values, **differs})

    with pytest.raises(Refused, match="This person has no second step"):
        reset(person)
    set_up_app(person)
    with pytest.raises(Refused, match="Say how you know that it is lost"):
        reset(person, reason="")
    with pytest.raises(Conflict):
        reset(person, version=7)
    set_up_app(administrator)
    with pytest.raises(Refused, match="This is your own account"):
        reset(administrator)
    assert Authenticator.objects.filter(type="totp").count() == 2
