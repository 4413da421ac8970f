"""Test signing in with an organisation's OpenID Connect, against a provider on the loopback."""

from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.timezone import localdate

from agencies.models import Seat, User
from agencies.people.record_history import history_of_account
from agencies.people.seating import history_of
from tests.factories import AgencyFactory, SeatFactory
from tests.oidc_provider import CLIENT_ID, SECRET, running_provider
from tests.security.second_steps import set_up_app
from trafficking_plan.running import service_checks
from trafficking_plan.sign_in import openid

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/organisation/sign-in/"
KNOWN = {
    "sub": "7",
    "email": "ana@police.example",
    "email_verified": True,
    "name": "Ana Kereama",
}
SETTINGS = {
    "server": "https://id.example/realm",
    "client_id": CLIENT_ID,
    "secret": SECRET,
    "name": "Police",
    "domains": ["police.example"],
    "roles_claim": "roles",
    "seats": "staff=Police:contributor, heads=Police:approver",
    "asks_second_step": False,
}


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings):
    configure(running, settings)
    running.claims = dict(KNOWN)
    return running


def configure(provider, settings, **differs):
    settings.OIDC = openid.read_organisation(**{**SETTINGS, "server": provider.url, **differs})
    settings.SOCIALACCOUNT_PROVIDERS = settings.OIDC.for_allauth


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police")


def come_back(client, address=SIGN_IN):
    """Go to the provider and come back, as a browser would."""
    away = client.get(address)
    assert away.status_code == 302
    sent = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(sent)
    return client.get(f"{parts.path}?{parts.query}")


def is_in(client):
    return client.get("/").status_code == 200


def roles_of(user):
    return sorted(user.seats.on(localdate()).values_list("agency__short_name", "role"))


# --- who is let in --------------------------------------------------------------------------


def test_an_account_with_the_address_is_linked_and_keeps_its_seats(client, provider, police):
    user = SeatFactory(agency=police, role="observer", user__email="Ana@police.example").user
    assert come_back(client).url == "/"
    assert is_in(client)
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (user, "organisation", "7")
    assert account.extra_data == {}, "the claims are not kept"
    provider.claims["email"] = "ana.kereama@police.example"
    client.post("/account/sign-out/")
    assert come_back(client).url == "/", "known by the provider's id from now on"
    assert User.objects.count() == 1
    assert roles_of(user) == [("Police", "observer")]


def test_the_page_that_was_asked_for_follows(client, provider, police):
    SeatFactory(agency=police, user__email="ana@police.example")
    assert come_back(client, f"{SIGN_IN}?next=/plans/").url == "/plans/"
    page = client.get("/account/sign-in/?next=/plans/")
    client.post("/account/sign-out/")
    page = client.get("/account/sign-in/?next=/plans/")
    assert 'href="/account/organisation/sign-in/?next=/plans/"' in page.text
    assert "Sign in with Police" in page.text


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ana@other.example"},
        {"email_verified": False},
        {"email": "ana"},
    ],
)
def test_a_person_whom_the_organisation_does_not_vouch_for_is_refused(
    client, provider, police, claims
):
    SeatFactory(agency=police, user__email="ana@police.example")
    SeatFactory(agency=police, user__email="ana@other.example")
    provider.claims |= claims
    response = come_back(client)
    assert response.status_code == 403
    assert "Police did not confirm that this account is one of its own" in response.text
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


TENANT = "11111111-2222-3333-4444-555555555555"
ENTRA = {
    "server": f"https://login.microsoftonline.com/{TENANT}/v2.0",
    "claims": {"email": "Ana@Police.example", "tid": TENANT, "acct": 0, "xms_edov": True},
}
GOOGLE = {
    "server": "https://accounts.google.com",
    "claims": {"email": "ana@police.example", "email_verified": True, "hd": "police.example"},
}
OTHER = {
    "server": "https://id.example/realm",
    "claims": {"email": "ana@police.example", "email_verified": True},
}


def vouches(provider, **claims):
    """Whether this provider's people are ours with other claims; None takes a claim away."""
    organisation = openid.read_organisation(**{**SETTINGS, "server": provider["server"]})
    given = {
        name: value for name, value in (provider["claims"] | claims).items() if value is not None
    }
    return organisation.is_ours(given)


@pytest.mark.parametrize(
    ("provider", "claim"),
    [(provider, claim) for provider in (ENTRA, GOOGLE, OTHER) for claim in provider["claims"]],
)
def test_a_claim_that_is_missing_lets_nobody_in(provider, claim):
    assert (vouches(provider), vouches(provider, **{claim: None})) == (True, False)


@pytest.mark.parametrize(
    ("provider", "claims"),
    [
        (ENTRA, {"tid": "66666666-7777-8888-9999-000000000000"}),
        (ENTRA, {"acct": 1}),
        (ENTRA, {"acct": "1"}),
        *((ENTRA, {"xms_edov": value}) for value in (False, 0, "0", "false", "yes", [])),
        (ENTRA, {"xms_edov": None, "email_verified": True}),
        (GOOGLE, {"hd": "other.example"}),
        (GOOGLE, {"email_verified": "true"}),
    ],
)
def test_a_claim_that_says_no_lets_nobody_in(provider, claims):
    assert not vouches(provider, **claims)


@pytest.mark.parametrize("claims", [{"xms_edov": "1"}, {"xms_edov": 1}, {"acct": "0"}])
def test_entra_id_writes_yes_and_no_in_several_ways(claims):
    assert vouches(ENTRA, **claims)


def test_who_is_refused_for_a_missing_claim_reads_why_and_the_operator_which(
    client, provider, police, monkeypatch
):
    SeatFactory(agency=police, user__email="ana@police.example")
    monkeypatch.setattr(openid.Organisation, "tenant", TENANT)
    assert service_checks.check_organisation().sentence == (
        "The organisation's OpenID Connect answers. Its tokens must have: email, tid, acct, xms_edov."
    )
    provider.claims = {"sub": "7", "email": "ana@police.example", "tid": TENANT}
    response = come_back(client)
    assert response.status_code == 403
    assert "Police does not say enough about your account" in response.text
    assert not is_in(client)
    found = service_checks.check_organisation()
    assert (found.state, found.sentence) == (
        service_checks.State.WRONG,
        "The last token had no acct and no xms_edov, so nobody is let in. Let the organisation send "
        'what is missing (docs/operations.md, "OpenID Connect").',
    )
    provider.claims |= {"acct": 0, "xms_edov": True}
    assert come_back(client).url == "/"
    assert service_checks.check_organisation() == service_checks.well(
        "The organisation's OpenID Connect answers, and its tokens say all that is needed."
    )


def test_a_person_without_an_account_or_a_seat_is_refused(client, provider, police):
    response = come_back(client)
    assert response.status_code == 403
    assert "you have no role here yet" in response.text
    assert not User.objects.exists()


def test_a_closed_account_stays_closed(client, provider, police):
    user = SeatFactory(agency=police, user__email="ana@police.example", user__is_active=False).user
    provider.claims["roles"] = ["heads"]
    assert come_back(client).url == "/account/inactive/"
    assert not is_in(client)
    assert len(roles_of(user)) == 1


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_nobody_links_another_account_by_themselves(client, provider, police, process):
    client.force_login(SeatFactory(agency=police).user)
    assert come_back(client, f"{SIGN_IN}?process={process}&next=/plans/").status_code == 502
    assert not SocialAccount.objects.exists()


# --- the protocol ---------------------------------------------------------------------------


def test_a_token_that_another_key_signed_is_refused(client, provider, police):
    SeatFactory(agency=police, user__email="ana@police.example")
    provider.signing_key, kept = rsa.generate_private_key(65537, 2048), provider.signing_key
    try:
        assert come_back(client).status_code == 502
    finally:
        provider.signing_key = kept
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims", [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1_700_000_000}]
)
def test_a_token_of_another_issuer_audience_or_time_is_refused(client, provider, police, claims):
    SeatFactory(agency=police, user__email="ana@police.example")
    provider.claims |= claims
    assert come_back(client).status_code == 502
    assert not is_in(client)


def test_an_answer_that_nobody_asked_for_or_a_cancelled_one_is_refused(client, provider):
    for query in ("code=1&state=made-up", "error=access_denied&state=made-up", ""):
        response = client.get(f"/account/organisation/come-back/?{query}")
        assert response.status_code == 502
        assert "Back to signing in" in response.text


def test_a_provider_that_does_not_answer_is_a_sentence(client, provider, settings):
    configure(provider, settings, server="http://127.0.0.1:9")
    response = client.get(SIGN_IN)
    assert response.status_code == 502
    assert "Signing in with Police was cancelled, took too long or did not work" in response.text


def test_the_service_check_asks_the_provider(provider, settings):
    well = "The organisation's OpenID Connect answers. Its tokens must have: email, email_verified."
    assert service_checks.check_organisation().sentence == well
    configure(provider, settings, server=f"{provider.url}/other")
    answer = service_checks.check_organisation()
    assert answer.sentence == "The organisation's OpenID Connect does not answer."
    settings.OIDC = None
    assert service_checks.check_organisation().sentence == "OpenID Connect is not used."


# --- seats by claims ------------------------------------------------------------------------


def test_claims_open_an_account_with_its_seats(client, provider, police):
    provider.claims["roles"] = ["staff", "heads", "unknown"]
    assert come_back(client).url == "/"
    user = User.objects.get()
    assert (user.email, user.name) == ("ana@police.example", "Ana Kereama")
    assert not user.has_usable_password()
    assert roles_of(user) == [("Police", "approver"), ("Police", "contributor")]
    assert [(entry.who, entry.what, entry.why) for entry in history_of_account(user)] == [
        ("Police", "opened the account.", "By the sign-in of Police.")
    ]
    assert {entry.why for entry in history_of(police)} == {"By the sign-in of Police."}


def test_a_seat_by_a_claim_ends_with_the_claim_and_others_stay(client, provider, police):
    user = SeatFactory(agency=police, role="observer", user__email="ana@police.example").user
    provider.claims["roles"] = "heads"
    come_back(client)
    assert roles_of(user) == [("Police", "approver"), ("Police", "observer")]
    client.post("/account/sign-out/")
    provider.claims["roles"] = ["staff"]
    come_back(client)
    assert roles_of(user) == [("Police", "contributor"), ("Police", "observer")]
    client.post("/account/sign-out/")
    come_back(client)
    assert Seat.objects.filter(user=user).count() == 3, "signing in again changes nothing"


def test_without_seats_in_the_settings_claims_change_none(client, provider, police, settings):
    user = SeatFactory(agency=police, user__email="ana@police.example").user
    before = roles_of(user)
    configure(provider, settings, seats="")
    provider.claims["roles"] = ["heads"]
    come_back(client)
    assert roles_of(user) == before


# --- the second step ------------------------------------------------------------------------


@pytest.mark.parametrize(("asks", "where"), [(True, "/"), (False, "/account/second-step/code/")])
def test_an_app_is_asked_for_unless_the_organisation_asks_itself(
    client, provider, police, settings, asks, where
):
    configure(provider, settings, asks_second_step=asks)
    set_up_app(SeatFactory(agency=police, user__email="ana@police.example").user)
    assert come_back(client).url == where


@pytest.mark.parametrize("asks", [True, False])
def test_who_must_use_a_second_step_has_done_so_if_the_organisation_asks(
    client, provider, police, settings, asks
):
    configure(provider, settings, asks_second_step=asks)
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    provider.claims["roles"] = ["staff"]
    come_back(client)
    assert is_in(client) == asks
    if not asks:
        assert client.get("/").url == "/account/second-step/"
        assert client.get("/account/second-step/app/").status_code == 200


# --- the settings ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("differs", "complaint"),
    [
        ({"server": ""}, "OIDC_CLIENT_ID is set, but OIDC_SERVER is not."),
        ({"client_id": ""}, "OIDC_SERVER is set, but OIDC_CLIENT_ID is not."),
        ({"secret": ""}, "OIDC_SERVER is set, but OIDC_CLIENT_SECRET is not."),
        ({"domains": []}, "OIDC_SERVER is set, but OIDC_DOMAINS is not."),
        ({"server": "http://id.example"}, "OIDC_SERVER must begin with https://."),
        (
            {"server": "https://login.microsoftonline.com/common/v2.0"},
            "OIDC_SERVER lets in the people of every tenant. Put the id of your own tenant into it.",
        ),
        (
            {"server": "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad"},
            "OIDC_SERVER lets in the people of every tenant. Put the id of your own tenant into it.",
        ),
        (
            {"server": "https://login.microsoftonline.com/police.example/v2.0"},
            "OIDC_SERVER does not have the id of your tenant. Put it where its name is.",
        ),
        (
            {"seats": "staff=Police"},
            "OIDC_SEATS has 'staff=Police'. Write each as value=agency:role, such as "
            "plan-staff=Police:contributor.",
        ),
    ],
)
def test_half_a_configuration_is_refused(differs, complaint):
    with pytest.raises(ValueError) as refused:
        openid.read_organisation(**{**SETTINGS, **differs})
    assert str(refused.value) == complaint


def test_without_settings_there_is_no_such_sign_in(client):
    nothing = dict.fromkeys(("server", "client_id", "secret", "name"), "")
    assert openid.read_organisation(**{**SETTINGS, **nothing, "domains": []}) is None
    assert client.get(SIGN_IN).status_code == 404
    assert "organisation" not in client.get("/account/sign-in/").text
