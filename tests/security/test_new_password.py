"""Test choosing a new password: emails disclose nothing, links work once and are not logged."""

import re

import pytest
from django.conf import settings
from django.core import mail

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

RESET = "/account/password/reset/"
NEW = "another quite long password"


def ask(client, email):
    return client.post(RESET, {"email": email})


def link_in(letter):
    link = rf"^{re.escape(settings.SITE_URL)}(/account/password/reset/key/\S+)$"
    return re.search(link, letter.body, re.MULTILINE).group(1)


def test_known_and_unknown_addresses_get_the_same_response(client, person):
    known, unknown = ask(client, person.email), ask(client, "nobody@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert client.get(known.url).text == client.get(unknown.url).text
    # An email is sent for both, so the response times do not differ.
    assert [letter.to for letter in mail.outbox] == [[person.email], ["nobody@example.org"]]


def test_emails_use_our_wording_and_have_safe_headers(client, person):
    ask(client, person.email)
    ask(client, "nobody@example.org")
    known, unknown = mail.outbox
    assert known.subject == "Plan Register: Choose a new password"
    assert unknown.subject == "Plan Register: There is no account with this address"
    for letter in mail.outbox:
        assert letter.from_email == "plan-of-action@localhost"
        assert (letter.cc, letter.bcc, letter.alternatives) == ([], [], [])
        headers = letter.message().items()
        assert [name for name, value in headers if "\n" in value or "\r" in value] == []
        assert person.name not in letter.body
    assert "http" not in unknown.body


def test_the_link_leads_to_our_site_whatever_host_the_request_names(client, person, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://plan.example.govt.nz", ["*"]
    client.post(RESET, {"email": person.email}, headers={"host": "evil.example"})
    (letter,) = mail.outbox
    assert re.findall(r"https?://[^/\s]+", letter.body) == ["https://plan.example.govt.nz"]


def test_an_address_with_a_line_break_sends_nothing(client, person):
    response = ask(client, "contributor@example.org\nBcc: all@example.org")
    assert response.status_code == 200
    assert mail.outbox == []


def test_a_link_sets_a_password_only_once(client, person):
    ask(client, person.email)
    link = link_in(mail.outbox[0])
    form_page = client.get(link).url
    # The page's URL does not contain the key, so history and referrer do not leak it.
    assert link.rsplit("-", 1)[1].rstrip("/") not in form_page
    chosen = client.post(form_page, {"password1": NEW, "password2": NEW})
    assert (chosen.status_code, chosen.url) == (302, "/account/password/reset/key/done/")
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "<h1>This link no longer works</h1>" in client.get(link).text


def test_a_new_password_ends_other_sessions(client, person):
    other = type(client)()
    other.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert other.get("/").status_code == 200
    ask(client, person.email)
    client.post(client.get(link_in(mail.outbox[0])).url, {"password1": NEW, "password2": NEW})
    assert other.get("/").status_code == 302


@pytest.mark.parametrize("weak", ["short", "contributor@example.org", "password1234"])
def test_a_weak_password_is_refused(client, person, weak):
    ask(client, person.email)
    page = client.get(link_in(mail.outbox[0])).url
    response = client.post(page, {"password1": weak, "password2": weak})
    assert response.status_code == 200
    assert response.context["form"].has_error("password1")


def test_history_stores_no_password(client, person):
    ask(client, person.email)
    client.post(client.get(link_in(mail.outbox[0])).url, {"password1": NEW, "password2": NEW})
    assert not hasattr(person.history.latest(), "password")
