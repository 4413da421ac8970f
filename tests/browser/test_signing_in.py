"""Test signing in in a real browser: an app, recovery codes, passkeys, a lost device, an organisation, sessions."""

import pytest
from django.core import mail
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import User
from tests.factories import PASSWORD, AgencyFactory, SeatFactory, UserFactory
from tests.oidc_provider import CLIENT_ID, SECRET, running_provider
from tests.security.second_steps import code_of, set_up_app
from trafficking_plan.sign_in import openid

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "ana@police.example"
PRESENT = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person():
    return SeatFactory(
        agency=AgencyFactory(short_name="Police"), user__email=EMAIL, user__name="Ana Kereama"
    ).user


@pytest.fixture
def assert_fits(page, assert_accessible):
    """Return a check that the page has no fault, and fits a screen of 320 px."""

    def check():
        assert_accessible()
        page.set_viewport_size({"width": 320, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.set_viewport_size({"width": 1280, "height": 900})

    return check


def enter_password(page, live_server, email=EMAIL):
    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def from_the_account_menu(page, link):
    page.locator(".masthead-person").click()
    page.get_by_role("link", name=link).click()


def sign_out(page):
    page.locator(".masthead-person").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def assert_signed_in(page):
    expect(page.locator(".masthead-person")).to_be_visible()


def test_whoever_must_sets_an_app_up_and_signs_in_with_its_code_or_a_recovery_code(
    page, live_server, person, settings, assert_fits
):
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    enter_password(page, live_server)
    expect(page.get_by_text("You need a second step")).to_be_visible()
    assert_fits()
    page.goto(f"{live_server.url}/plans/")
    expect(page.get_by_text("You need a second step")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="The picture for the app")).to_be_visible()
    page.get_by_text("I cannot scan it").click()
    assert_fits()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".error-summary")).to_contain_text("The code is incorrect")
    assert page.locator(".secret").text_content() == secret, "the same picture goes on"
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert_fits()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Continue").click()
    assert_signed_in(page)
    for code in (code_of(secret), codes[0]):
        sign_out(page)
        enter_password(page, live_server)
        expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_role("button", name="Continue").click()
        assert_signed_in(page)
    page.goto(f"{live_server.url}/account/second-step/")
    page.get_by_role("link", name="See how many are left").click()
    expect(page.get_by_text("9 of 10 are left")).to_be_visible()


def test_a_passkey_is_added_signs_in_by_itself_and_is_the_second_step(
    page, context, live_server, person, assert_fits
):
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PRESENT})
    enter_password(page, live_server)
    from_the_account_menu(page, "Two-step sign-in")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Work laptop")
    assert_fits()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    assert_fits()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    assert_signed_in(page)
    sign_out(page)
    enter_password(page, live_server)
    expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()
    assert_fits()
    page.get_by_role("button", name="Use your passkey").click()
    assert_signed_in(page)
    from_the_account_menu(page, "Two-step sign-in")
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("rowheader", name="Work laptop")).to_have_count(0)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#main").get_by_text("This passkey was not accepted.")).to_be_visible()


def test_a_passkey_that_is_not_there_is_a_sentence_at_the_button(page, context, live_server):
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**PRESENT, "isUserVerified": False}},
    )
    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").last).to_contain_text("No passkey was used")


def test_someone_who_lost_the_device_asks_an_administrator_and_sets_up_a_new_one(
    page, live_server, browser, person, settings, assert_fits
):
    settings.REQUIRE_SECOND_STEP = frozenset(["everyone"])
    set_up_app(person)
    enter_password(page, live_server)
    page.get_by_text("I have neither my device nor a recovery code").click()
    expect(page.get_by_text("Ask an administrator of the register")).to_be_visible()
    assert_fits()
    admin = UserFactory(name="Administrator", email="admin@police.example", is_superuser=True)
    set_up_app(admin)
    with browser.new_context() as theirs:
        desk = theirs.new_page()
        enter_password(desk, live_server, admin.email)
        desk.get_by_label("Code", exact=True).fill(code_of())
        desk.get_by_role("button", name="Continue").click()
        desk.goto(f"{live_server.url}/people/{person.pk}/")
        desk.get_by_role("link", name="Reset it").click()
        desk.get_by_label("How you know that it is lost").fill("She rang from her desk number.")
        desk.get_by_role("button", name="Reset the second step").click()
        said = desk.locator("#main").get_by_text("The second step of Ana Kereama is reset.")
        expect(said).to_be_visible()
        expect(desk.get_by_text("She rang from her desk number.")).to_be_visible()
    assert [each.subject for each in mail.outbox] == ["Plan Register: Your second step was reset"]
    enter_password(page, live_server)
    expect(page.get_by_text("You need a second step")).to_be_visible()


def test_a_person_signs_out_everywhere_else(page, live_server, browser, person, assert_fits):
    with browser.new_context() as theirs:
        phone = theirs.new_page()
        enter_password(phone, live_server)
        assert_signed_in(phone)
        enter_password(page, live_server)
        from_the_account_menu(page, "Where you are signed in")
        expect(page.locator("tbody tr")).to_have_count(2)
        assert_fits()
        page.get_by_role("button", name="Sign out everywhere else").click()
        said = page.locator("#main").get_by_text("You are signed out everywhere else.")
        expect(said).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(1)
        phone.reload()
        expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    assert_signed_in(page)


def test_a_person_signs_in_with_their_organisation_which_gives_their_roles(
    page, live_server, settings, assert_fits
):
    AgencyFactory(short_name="Police")
    with running_provider() as provider:
        settings.OIDC = openid.read_organisation(
            server=provider.url,
            client_id=CLIENT_ID,
            secret=SECRET,
            name="Police",
            domains=["police.example"],
            roles_claim="roles",
            seats="staff=Police:contributor",
            asks_second_step=True,
        )
        settings.SOCIALACCOUNT_PROVIDERS = settings.OIDC.for_allauth
        settings.REQUIRE_SECOND_STEP = frozenset(["contributor"])
        provider.claims = {
            "sub": "7",
            "email": EMAIL,
            "email_verified": True,
            "name": "Ana Kereama",
            "roles": ["staff"],
        }
        page.goto(live_server.url)
        assert_fits()
        page.get_by_role("link", name="Sign in with Police").click()
        assert_signed_in(page)
        place = page.locator(".person-panel > p").first
        expect(place).to_have_text("Ana Kereama, Contributor, Police")
        sign_out(page)
        provider.claims["email"] = "ana@elsewhere.example"
        page.get_by_role("link", name="Sign in with Police").click()
        expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
        assert_fits()
    assert [seat.role for seat in User.objects.get().seats.on(localdate())] == ["contributor"]
