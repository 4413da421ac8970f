"""Test that second steps are sealed at rest, that keys change safely, and that a lost key is a sentence."""

import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import connection

from agencies.records import sealing
from tests.factories import PASSWORD, UserFactory
from tests.security.second_steps import SECRET, code_of, set_up_app
from trafficking_plan.running import service_checks, start_up
from trafficking_plan.sign_in import sealed_steps

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER = ("o" * 43, "n" * 43, "x" * 43)
STEP = "/account/second-step/"


@pytest.fixture
def person():
    return UserFactory(email="person@example.org")


@pytest.fixture(autouse=True)
def keys(settings):
    settings.SEALING_KEYS = [OLD]


def to_code(client):
    """Sign in as far as the page that asks for a code."""
    client.post("/account/sign-in/", {"login": "person@example.org", "password": PASSWORD})


def run(*arguments):
    said = StringIO()
    call_command("seal_secrets", *arguments, stdout=said)
    return said.getvalue()


def found():
    answer = service_checks.check_second_steps()
    return answer.state.value, answer.sentence


def kept(kind):
    data = Authenticator.objects.get(type=kind).data
    return data[sealed_steps.KEPT_AS[kind]]


def test_what_is_sealed_opens_again_and_says_nothing():
    text = sealing.seal(SECRET)
    assert SECRET not in text
    assert sealing.seal(SECRET) != text
    assert sealing.unseal(text) == SECRET


def test_a_new_second_step_is_sealed(person):
    RecoveryCodes.activate(person)
    assert kept("recovery_codes").startswith(sealing.MARK)


def test_a_start_seals_what_an_earlier_release_wrote(person, client, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    set_up_app(person)
    Authenticator.objects.filter(type="recovery_codes").update(
        data={"seed": "ab" * 40, "used_mask": 5}
    )
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert found() == ("wrong", "2 secrets not sealed. Run seal_secrets.")
    start_up.refuse_to_start_unprepared()
    assert found() == ("ok", "The newest key opens 2 secrets, which is all.")
    assert sealing.unseal(kept("totp")) == SECRET
    assert Authenticator.objects.get(type="recovery_codes").data["used_mask"] == 5
    to_code(client)
    assert client.post(f"{STEP}code/", {"code": codes[0]}).url == "/"
    to_code(client)


@pytest.mark.parametrize("keys_now", [[NEW, OLD], [OLD]])
def test_codes_work_before_during_and_after_a_change_of_keys(person, client, settings, keys_now):
    codes = set_up_app(person)
    run()
    settings.SEALING_KEYS = keys_now
    to_code(client)
    assert client.post(f"{STEP}code/", {"code": code_of()}).url == "/"
    client.post("/account/sign-out/")
    to_code(client)
    assert client.post(f"{STEP}code/", {"code": codes[0]}).url == "/"


def test_a_change_of_keys_that_was_stopped_half_way_is_finished_by_running_it_again(
    person, settings, monkeypatch
):
    set_up_app(person)
    set_up_app(UserFactory())
    run()
    settings.SEALING_KEYS = [NEW, OLD]
    assert found() == ("warning", "4 secrets sealed with an older key. Run seal_secrets.")
    renewed, plain = [], sealed_steps._renew

    def stop_after_two(pk, *more):
        if len(renewed) == 2:
            raise KeyboardInterrupt
        renewed.append(pk)
        return plain(pk, *more)

    with monkeypatch.context() as patch:
        patch.setattr(sealed_steps, "_renew", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert found() == ("warning", "2 secrets sealed with an older key. Run seal_secrets.")
    assert run() == "2 secrets sealed anew; 4 have the newest key.\n"
    assert run() == "0 secrets sealed anew; 4 have the newest key.\n"
    settings.SEALING_KEYS = [NEW]
    assert found() == ("ok", "The newest key opens 4 secrets, which is all.")
    assert sealing.unseal(kept_of(person)) == SECRET


def kept_of(user):
    return Authenticator.objects.get(user=user, type="totp").data["secret"]


def test_seals_are_taken_off_for_an_earlier_release(person):
    set_up_app(person)
    run()
    assert run("--open") == "2 secrets opened; all are readable in the database.\n"
    assert kept("totp") == SECRET


def test_a_lost_key_is_a_sentence_with_the_way_out(person, client, settings):
    codes = set_up_app(person)
    run()
    settings.SEALING_KEYS = [OTHER]
    to_code(client)
    for code in (code_of(), codes[0], "000000"):
        answer = client.post(f"{STEP}code/", {"code": code})
        assert answer.status_code == 422
        assert "<h1>Your second step cannot be checked</h1>" in answer.text
        assert "ask an administrator of the register to reset your second step" in answer.text
    assert client.get("/").status_code == 302
    # Pages of the second step, as somebody reads them who signed in with a passkey.
    client.post("/account/sign-out/")
    client.force_login(person)
    session = client.session
    proof = {"method": "mfa", "at": time.time()}
    session["account_authentication_methods"] = [proof]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    pages = ("", "app/", "app/remove/", "recovery-codes/", "recovery-codes/new/")
    answers = [client.get(f"{STEP}{page}").status_code for page in pages]
    assert answers == [200, 302, 200, 422, 422]
    client.post("/account/sign-out/")
    settings.SEALING_KEYS = [OTHER, OLD]
    to_code(client)
    assert client.post(f"{STEP}code/", {"code": code_of()}).url == "/"


def test_the_operator_reads_whose_secrets_no_key_opens(person, settings):
    set_up_app(person)
    run()
    settings.SEALING_KEYS = [OTHER]
    answer = service_checks.check_second_steps()
    assert (answer.state.value, answer.detail) == ("wrong", f"Their numbers: {person.pk}")
    assert answer.sentence.startswith("No key of SEALING_KEYS opens 2 secrets. Put the key back")
    before = kept("totp")
    with pytest.raises(CommandError, match=f"of the people with these numbers: {person.pk}"):
        run()
    assert kept("totp") == before, "it opens again once the key is back"


def test_damaged_secrets_are_a_sentence_too(person, client):
    set_up_app(person)
    for text in (sealing.MARK, f"{sealing.MARK}ÿ", sealing.seal(SECRET)[:-4]):
        Authenticator.objects.filter(type="totp").update(data={"secret": text})
        to_code(client)
        assert client.post(f"{STEP}code/", {"code": code_of()}).status_code == 422
