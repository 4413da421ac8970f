"""Test the page where people make the tokens of their programs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Token
from tests.api.programs import program
from tests.factories import (
    PASSWORD,
    AgencyFactory,
    PlanFactory,
    SeatFactory,
    TokenFactory,
    UserFactory,
)
from workitems.plan.coordinators import titles_read_with

pytestmark = pytest.mark.django_db


def client_of(person):
    """Return the browser of a person who has just signed in."""
    client = Client()
    client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    return client


def sent(**changes):
    usual = {
        "name": "Power BI",
        "scope": "read",
        "expires_on": (localdate() + timedelta(days=9)).isoformat(),
    }
    return usual | changes


PAGE = "/account/api-keys/"


def test_a_token_is_shown_once_and_works(person):
    client = client_of(person)
    made = client.post(PAGE, sent(), follow=True)
    text = made.context["text"]
    assert f'value="{text}"' in made.text
    assert program(text).get(reverse("api:plans")).status_code == 200
    later = client.get(PAGE)
    assert "Power BI" in later.text
    assert text not in later.text


def test_making_a_token_asks_for_the_password_five_minutes_after_signing_in(person):
    with time_machine.travel(datetime(2026, 3, 2, 20, tzinfo=UTC), tick=False) as clock:
        client, form = client_of(person), sent()
        clock.shift(timedelta(minutes=6))
        assert client.get(PAGE).status_code == 200, "reading the list asks for nothing"
        asked = client.post(PAGE, form)
        assert (asked.url, Token.objects.count()) == (
            "/account/reauthenticate/?next=%2Faccount%2Fapi-keys%2F",
            0,
        )
        assert client.post(asked.url, {"password": "wrong"}).status_code == 200
        assert not Token.objects.exists()
        # What was typed is kept while the password is asked for.
        assert client.post(asked.url, {"password": PASSWORD}).url == PAGE
        assert Token.objects.get().name == "Power BI"
        assert 'value="planregister_' in client.get(PAGE).text


def test_revoking_a_token_asks_for_nothing_more(person):
    token = TokenFactory(user=person, seat=person.seats.get())
    with time_machine.travel(datetime(2026, 3, 2, 20, tzinfo=UTC), tick=False) as clock:
        client = client_of(person)
        clock.shift(timedelta(minutes=6))
        assert client.post(reverse("agencies:revoke-token", args=[token.pk]), {}).url == PAGE
    assert not Token.objects.filter(revoked_at=None).exists()


def test_only_its_hash_is_stored_and_history_keeps_neither(person):
    text = client_of(person).post(PAGE, sent(), follow=True).context["text"]
    row = Token.objects.get()
    assert text not in str(vars(row))
    past = Token.history.get()
    assert (past.name, hasattr(past, "token_hash")) == ("Power BI", False)


def test_the_form_begins_with_ninety_days(person):
    form = client_of(person).get(PAGE).context["form"]
    assert form.initial | {"expires_on": form["expires_on"].initial} == {
        "expires_on": localdate() + timedelta(days=90)
    }


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": " "}, "name", "Say which program will use it."),
        ({"expires_on": "2010-01-01"}, "expires_on", "Choose today or a later day."),
        (
            {"expires_on": (localdate() + timedelta(days=366)).isoformat()},
            "expires_on",
            f"A key can work for a year at most, until {localdate() + timedelta(days=365):%-d %B %Y}.",
        ),
        ({"scope": "audit"}, "scope", "That is no longer in the list. Choose from the list."),
    ],
)
def test_what_cannot_be_made_is_refused_at_its_field(person, changes, field, says):
    answer = client_of(person).post(PAGE, sent(**changes))
    assert (answer.status_code, Token.objects.count()) == (422, 0)
    assert answer.context["form"].errors[field] == [says]


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("contributor", ["read", "write"]),
        ("approver", ["read", "write"]),
        ("observer", ["read"]),
        ("coordinator", ["read", "audit"]),
        ("oia_adviser", ["read"]),
    ],
)
def test_a_role_offers_what_its_tokens_may_do(police, role, scopes):
    client = client_of(SeatFactory(agency=police, role=role).user)
    form = client.get(PAGE).context["form"]
    assert [value for value, _ in form.fields["scope"].choices] == scopes


def test_each_role_is_shown_with_the_plans_that_it_reads_and_none_is_chosen_beforehand(
    person, police, django_assert_num_queries
):
    leader = AgencyFactory(short_name="DoL")
    PlanFactory(title="First Plan", members=[police, leader], released_on=date(2020, 1, 1))
    PlanFactory(title="Second Plan", members=[police], released_on=date(2026, 1, 1))
    PlanFactory(title="Draft Plan", members=[police], adopted_on=None)
    other = SeatFactory(user=person, role="coordinator", agency=leader)
    SeatFactory(user=person, role="observer", agency=AgencyFactory(short_name="Customs"))
    field = client_of(person).get(PAGE).context["form"]["seat"]
    assert field.initial is None
    assert [label for _, label in field.field.choices] == [
        "Observer, Customs: reads no plan",
        "Coordinator, DoL: reads “First Plan”",
        "Contributor, Police: reads “Second Plan” and “First Plan”",
    ]
    with django_assert_num_queries(1):
        assert titles_read_with(other) == ["First Plan"]


def test_a_person_with_two_roles_chooses_one(person):
    other = SeatFactory(user=person, role="coordinator", agency=AgencyFactory(short_name="DoL"))
    client = client_of(person)
    assert client.post(PAGE, sent(scope="audit")).context["form"].errors.keys() == {"seat"}
    wrong = client.post(PAGE, sent(scope="audit", seat=person.seats.earliest("pk").pk))
    assert wrong.context["form"].errors == {
        "scope": ["Only coordinators and administrators can read the audit stream."]
    }
    client.post(PAGE, sent(scope="audit", seat=other.pk))
    assert Token.objects.get().seat == other


def test_an_administrator_without_a_role_reads_the_audit_stream(police):
    person = UserFactory(is_superuser=True)
    text = client_of(person).post(PAGE, sent(scope="audit"), follow=True).context["text"]
    assert program(text).get(reverse("api:audit")).status_code == 200
    person.is_superuser = False
    person.save()
    assert program(text).get(reverse("api:audit")).status_code == 401


def test_a_person_without_a_role_makes_none():
    client = client_of(UserFactory())
    page = client.get(PAGE)
    assert "You have no role today, so a key would open nothing." in page.text
    assert client.post(PAGE, sent()).status_code == 422
    assert Token.objects.count() == 0


def test_twenty_tokens_are_enough(person):
    TokenFactory.create_batch(20, user=person, seat=person.seats.get())
    answer = client_of(person).post(PAGE, sent())
    assert "You have 20 keys. Revoke one that no program uses." in answer.text


def test_a_token_is_revoked_on_its_page(person):
    client = client_of(person)
    text = client.post(PAGE, sent(), follow=True).context["text"]
    token = Token.objects.get()
    page = client.post(
        reverse("agencies:revoke-token", args=[token.pk]), {"reason": "Not used"}, follow=True
    )
    assert "The key “Power BI” is revoked." in page.text
    assert program(text).get(reverse("api:plans")).status_code == 401
    assert Token.history.latest("history_id").history_change_reason == "Not used"
    again = client.post(reverse("agencies:revoke-token", args=[token.pk]), {})
    assert "This key is already revoked." in again.text


def test_the_list_says_why_a_token_no_longer_works(person, police):
    TokenFactory(seat=person.seats.get(), user=person, name="Old", expires_on=date(2010, 6, 30))
    ended = SeatFactory(user=person, agency=police, role="observer", to_on=date(2010, 1, 31))
    TokenFactory(seat=ended, user=person, name="Ended")
    page = client_of(person).get(PAGE)
    assert [
        (row["token"].name, row["works"], row["has_expired"]) for row in page.context["tokens"]
    ] == [
        ("Ended", False, False),
        ("Old", False, True),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_makes_as_many_queries_for_one_token_as_for_three(
    person, count, django_assert_num_queries
):
    TokenFactory.create_batch(count, user=person, seat=person.seats.get())
    client = client_of(person)
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_the_database_refuses_a_token_of_another_persons_seat(person):
    with pytest.raises(IntegrityError):
        TokenFactory(user=UserFactory(), seat=person.seats.get())
