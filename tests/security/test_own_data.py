"""What is kept about a person, as a file to give to them: all of it, and no words of a plan."""

import json

import pytest
from django.urls import reverse

from tests.factories import InvitationFactory, SeatFactory, TokenFactory, UpdateFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    seat = SeatFactory(user__name="Ana", user__email="ana@police.example", agency__name="Police")
    InvitationFactory(email="ana@police.example", name="Ana K")
    TokenFactory(user=seat.user, seat=seat, name="A sheet of mine")
    UpdateFactory(written_by=seat.user, achieved="Words of the agency.")
    return seat.user


def file_of(client, user):
    client.force_login(UserFactory(is_superuser=True))
    answer = client.get(reverse("data-of-person", args=[user.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="person-{user.pk}.json"'
    return answer.text


def test_it_has_account_roles_invitations_tokens_and_where_the_person_is_named(client, ana):
    found = json.loads(file_of(client, ana))
    account = {name: found["account"][name] for name in ("name", "email", "is_open")}
    assert account == {"name": "Ana", "email": "ana@police.example", "is_open": True}
    assert [each["agency__name"] for each in found["roles"]] == ["Police"]
    assert [each["name"] for each in found["invitations"]] == ["Ana K"]
    assert [each["name"] for each in found["api_keys"]] == ["A sheet of mine"]
    assert [(each["kind"], each["as"]) for each in found["named_in"]] == [("update", "written by")]


def test_no_word_of_a_plan_and_nothing_of_others_is_in_it(client, ana):
    SeatFactory(user__name="Somebody else", user__email="else@police.example")
    text = file_of(client, ana)
    assert [word in text for word in ("Words of the agency", "else@", "Somebody")] == [False] * 3
    assert ana.password not in text


def test_history_says_when_the_person_wrote_what(client):
    administrator = UserFactory(is_superuser=True, name="Kim")
    client.force_login(administrator)
    client.post(reverse("agencies:add"), {"short_name": "MSD", "name": "Social Development"})
    (row,) = json.loads(client.get(reverse("data-of-person", args=[administrator.pk])).text)["history"]  # fmt: skip
    assert (row["kind"], row["signed"]) == ("agency", "Kim")


def test_the_persons_page_leads_to_it(client, ana):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(reverse("agencies:person", args=[ana.pk]))
    assert f'href="{reverse("data-of-person", args=[ana.pk])}"' in page.text
