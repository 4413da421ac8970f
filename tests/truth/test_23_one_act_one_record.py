"""Rule 23: one act makes one record, however often its form is sent."""

import re
from datetime import timedelta
from functools import partial
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from agencies.models import SentForm
from agencies.pages import services as sent_forms
from agencies.pages.once import SENT_BEFORE
from agencies.typed.fields import TOKEN_FIELD
from reports.meetings import services as meeting_papers
from tests.cast import client_of, scene
from tests.factories import PASSWORD
from tests.test_permissions import NO_TOKEN, NOT_ALLOWED, RULES, addresses
from tests.truth.every_form import CHANGES, CREATES
from tests.workitems.plan.test_concurrency import threads
from workitems.models import Risk

AT_ONCE = 8
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


# --- every form ---------------------------------------------------------------------------------


def takes_posts(name):
    return not {NOT_ALLOWED, NO_TOKEN} & set(RULES[name].post.values())


def test_every_address_that_takes_a_form_says_whether_it_creates_something():
    posted = {name for name, _ in addresses(get_resolver()) if name in RULES and takes_posts(name)}
    assert posted - set(CREATES) - set(CHANGES) == set(), (
        "say in every_form.py what it does; the view of one that creates is @once"
    )
    assert (set(CREATES) | set(CHANGES)) - posted == set()
    assert set(CREATES) & set(CHANGES) == set()


@pytest.mark.django_db
def test_the_views_that_create_are_once():
    people = scene()

    def is_once(name):
        view = resolve(reverse(name, args=RULES[name].arguments(people))).func
        # A view that is loaded late is marked where it is defined.
        view = getattr(import_module(view.__module__), view.__name__, view)
        return hasattr(view, "is_once")

    assert {name for name in (*CREATES, *CHANGES) if is_once(name)} == {
        name for name, form in CREATES.items() if not form.held_by
    }


def tab_of(client):
    tab = Client()
    tab.cookies.update(client.cookies)
    return tab


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_makes_one_record(monkeypatch):
    # Each would print the paper before it finds that another was first.
    monkeypatch.setattr(meeting_papers, "print_paper", lambda paper, plan, state="": b"%PDF-1.7")
    world = scene()
    found = {}
    with threads(AT_ONCE) as simultaneously:
        for name, form in CREATES.items():
            form.first(world)
            client = client_of(world, form.who)
            if name == "agencies:tokens":  # which asks for the password again
                client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
            address = form.address(name, world)
            fields = form.fields(world, client, address)
            before = form.makes.objects.count()
            tabs = [tab_of(client) for _ in range(AT_ONCE)]
            answers = simultaneously(partial(send, tabs, address, fields))
            found[name] = (
                form.makes.objects.count() - before,
                TOKEN_FIELD in fields,
                # What is held by something else may refuse the others.
                {} if form.held_by else {"answers": len(set(answers)), "led on": led_on(answers)},
            )
    assert found == {
        name: (
            form.rows,
            not form.held_by,
            {} if form.held_by else {"answers": 1, "led on": True},
        )
        for name, form in CREATES.items()
    }


def send(tabs, address, fields, number):
    """Return the status of the answer, and where it leads."""
    answer = tabs[number].post(address, {name: fresh(value) for name, value in fields.items()})
    return answer.status_code, answer.headers.get("Location")


def fresh(value):
    """Return a file that was not read yet, for a file."""
    if isinstance(value, SimpleUploadedFile):
        return SimpleUploadedFile(value.name, value.file.getvalue())
    return value


def led_on(answers):
    return {status for status, _ in answers} == {302}


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
    assert str(SENT_BEFORE) in again.text


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
    other.force_login(people["other approver"], backend=MODEL_BACKEND)
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
