"""Rule 23: one act makes one record, however often its form is sent."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from agencies.models import SentForm
from agencies.services import sent_forms
from agencies.views.once import SENT_BEFORE
from tests.cast import scene
from tests.test_permissions import NOT_ALLOWED, RULES, addresses
from workitems.models import Risk

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"

# The forms that create something. Their views are `@once`, except where the record itself can be
# made only once: then the reason stands here.
BY_TOKEN = "a token"
CREATES = {
    "agencies:invite": BY_TOKEN,
    "agencies:cover": BY_TOKEN,
    "agencies:accept-invitation": BY_TOKEN,
    "feeds:list": BY_TOKEN,
    "plans:import-new": BY_TOKEN,
    "plans:import": BY_TOKEN,
    "workitems:milestone": BY_TOKEN,
    "returns:open-round": BY_TOKEN,
    "returns:detail": "an answer has the version that its page was made from",
    "returns:save": "an answer has the version that its page was made from",
    "variations:request-date": BY_TOKEN,
    "variations:request-wording": BY_TOKEN,
    "variations:request-withdrawal": BY_TOKEN,
    "variations:decide": BY_TOKEN,
    "risks:raise": BY_TOKEN,
    "briefings:record-decision": BY_TOKEN,
    "meetings:call": BY_TOKEN,
    "meetings:attendance": BY_TOKEN,
    "meetings:draft": BY_TOKEN,
    "meetings:add-matter": BY_TOKEN,
    "meetings:decide": BY_TOKEN,
    "meetings:record-on": BY_TOKEN,
    "meetings:record": BY_TOKEN,
    "papers:pack-freeze": "a version is frozen after the one that the page showed",
    "papers:minutes-freeze": "a version is frozen after the one that the page showed",
    "evidence:add-to-milestone": BY_TOKEN,
    "evidence:add-to-answer": BY_TOKEN,
    "briefings:create": BY_TOKEN,
    "briefings:kinds": BY_TOKEN,
    "briefings:copy-kind": BY_TOKEN,
    "briefings:add-section": BY_TOKEN,
    "briefings:checks": BY_TOKEN,
    "briefings:ask-agencies": BY_TOKEN,
    "briefings:comment": BY_TOKEN,
    "briefings:thread": BY_TOKEN,
    "briefings:authorise": "only a paper that waits for it is authorised",
    "briefings:answer": BY_TOKEN,
    "briefings:follow-up": BY_TOKEN,
    "workshop:begin": BY_TOKEN,
    "workshop:refresh": "a generated paragraph has the key of what it is generated from",
    "workshop:paragraph": "the page chooses the key of a new paragraph",
}

# The forms that create nothing, and why sending one twice does no harm.
VERSION = "changes a row of the version that its page was made from"
STATE = "moves a row on from the state that it is in"
SAME = "leaves the row as it would be left again"
ACCOUNT = "is about the person's own account"
CHANGES = {
    "account_login": ACCOUNT,
    "account_logout": ACCOUNT,
    "account_signup": ACCOUNT,
    "account_reauthenticate": ACCOUNT,
    "account_change_password": ACCOUNT,
    "account_reset_password": ACCOUNT,
    "account_reset_password_from_key": ACCOUNT,
    "agencies:end": STATE,
    "agencies:send-again": VERSION,
    "agencies:withdraw": STATE,
    "feeds:revoke": STATE,
    "workitems:change-status": VERSION,
    "workitems:review": VERSION,
    "workitems:end-delay": STATE,
    "workitems:finish-mitigation": STATE,
    "returns:send-back": STATE,
    "returns:accept": STATE,
    "returns:close-round": STATE,
    "returns:reopen-round": STATE,
    "variations:recommend": STATE,
    "variations:take-back": STATE,
    "risks:change": VERSION,
    "risks:escalate": STATE,
    "risks:lower": STATE,
    "risks:close": STATE,
    "risks:reopen": STATE,
    "meetings:change": VERSION,
    "meetings:change-matter": VERSION,
    "meetings:move-matter": SAME,
    "meetings:remove-matter": STATE,
    "meetings:restore-matter": STATE,
    "meetings:consider": SAME,
    "meetings:close": STATE,
    "meetings:reopen": STATE,
    "meetings:change-decision": VERSION,
    "meetings:finish-decision": STATE,
    "meetings:reopen-decision": STATE,
    "evidence:withdraw": STATE,
    "evidence:mark": VERSION,
    "briefings:change-kind": VERSION,
    "briefings:change-section": VERSION,
    "briefings:withdraw-section": STATE,
    "briefings:move-section": SAME,
    "briefings:restore-section": STATE,
    "briefings:change-cover": VERSION,
    "briefings:annexes": VERSION,
    "briefings:file-again": SAME,
    "briefings:ask": STATE,
    "briefings:send": STATE,
    "briefings:close": STATE,
    "briefings:recall": STATE,
    "briefings:send-back": STATE,
    "briefings:withdraw": STATE,
    "briefings:correct": STATE,
    "briefings:give-up": STATE,
    "briefings:give-clearance": VERSION,
    "briefings:change-follow-up": VERSION,
    "briefings:finish-follow-up": STATE,
    "workshop:section": VERSION,
    "workshop:ask": VERSION,
}


# --- every form ---------------------------------------------------------------------------------


def takes_posts(name):
    return NOT_ALLOWED not in RULES[name].post.values()


def test_every_address_that_takes_a_form_says_whether_it_creates_something():
    posted = {name for name, _ in addresses(get_resolver()) if name in RULES and takes_posts(name)}
    assert posted - set(CREATES) - set(CHANGES) == set(), (
        "say in CREATES or CHANGES what it does; the view of one that creates is @once"
    )
    assert (set(CREATES) | set(CHANGES)) - posted == set()
    assert set(CREATES) & set(CHANGES) == set()


@pytest.mark.django_db
def test_the_views_that_create_are_once():
    people = scene()

    def is_once(name):
        view = resolve(reverse(name, args=RULES[name].arguments(people))).func
        return hasattr(view, "is_once")

    assert {name for name in (*CREATES, *CHANGES) if is_once(name)} == {
        name for name, held_by in CREATES.items() if held_by == BY_TOKEN
    }


# --- one form -----------------------------------------------------------------------------------


@pytest.fixture
def people(db):
    return scene()


@pytest.fixture
def client(people):
    client = Client()
    client.force_login(people["coordinator"], backend=MODEL_BACKEND)
    return client


@pytest.fixture
def address(people):
    return reverse("risks:raise", args=[people.plan.slug])


@pytest.fixture
def risk(people, client, address):
    """What the form of a risk says, with the token of its page."""
    return {
        "description": "The printer burns down.",
        "likelihood": "low",
        "impact": "high",
        "owner_agency": people.agencies["police"].pk,
        "once": token_of(client.get(address)),
    }


def token_of(page):
    return re.search('name="once" value="([^"]+)" autocomplete="off"', page.text)[1]


def risks():
    return sorted(Risk.objects.values_list("number", "description"))


def test_a_form_sent_again_leads_to_what_the_first_made(client, address, risk):
    first, again = client.post(address, risk), client.post(address, risk, follow=True)
    assert risks()[1:] == [(2, "The printer burns down.")]
    assert again.redirect_chain == [(first.url, 302)]
    assert SENT_BEFORE in again.text


def test_the_next_form_has_a_token_of_its_own(client, address, risk):
    client.post(address, risk)
    client.post(address, risk | {"once": token_of(client.get(address))})
    assert len(risks()) == 3


def test_a_refused_form_can_be_mended_and_sent(client, address, risk):
    assert client.post(address, risk | {"likelihood": ""}).status_code == 422
    assert client.post(address, risk).status_code == 302
    assert len(risks()) == 2


def test_other_words_with_a_spent_token_are_kept_and_can_be_recorded_as_well(client, address, risk):
    first = client.post(address, risk)
    page = client.post(address, risk | {"description": "It <floods> & burns."})
    assert (page.status_code, len(risks())) == (409, 2)
    assert first.url in page.text
    assert "It &lt;floods&gt; &amp; burns." in page.text
    kept = dict(re.findall('name="([a-z_]+)" value="([^"]*)"', page.text.split("<main")[1]))
    kept["description"] = "It <floods> & burns."
    assert set(risk) <= set(kept)
    assert kept["once"] != risk["once"]
    assert client.post(address, kept).status_code == 302
    assert risks()[-1] == (3, "It <floods> & burns.")


def test_a_form_without_a_token_counts_as_one_with_the_same_words(client, address, risk):
    del risk["once"]
    client.post(address, risk)
    client.post(address, risk)
    client.post(address, risk | {"description": "Another."})
    assert [number for number, _ in risks()] == [1, 2, 3]


def test_a_token_is_of_one_person_and_one_address(client, people, address, risk):
    client.post(address, risk)
    other = Client()
    other.force_login(people["other contributor"], backend=MODEL_BACKEND)
    assert other.post(address, risk).status_code == 302
    called = reverse("meetings:call", args=[people.plan.slug])
    assert client.post(called, {"held_on": "1 May 2027", "once": risk["once"]}).status_code == 302
    assert len(risks()) == 3


def test_nothing_typed_is_stored_with_a_token(client, address, risk):
    client.post(address, risk)
    sent = SentForm.objects.get()
    assert [len(sent.token), len(sent.content)] == [64, 64]
    assert risk["once"] not in sent.token


def test_tokens_are_forgotten_after_a_week(client, address, risk):
    client.post(address, risk)
    sent_forms.forget_old(at=timezone.now() + timedelta(days=6))
    assert SentForm.objects.count() == 1
    sent_forms.forget_old(at=timezone.now() + timedelta(days=8))
    assert SentForm.objects.count() == 0
