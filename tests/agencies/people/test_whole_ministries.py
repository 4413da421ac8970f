"""An administrator invites the people of whole ministries by one paste or file, after seeing how it is understood."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from agencies.models import Invitation, Seat
from agencies.people.pasted_people import read_people
from agencies.people.services import invitations
from agencies.people.services.seats import SeatRefused
from tests.factories import AgencyFactory, InvitationFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db

MANY = reverse("agencies:invite-many")
CHECK = "Check how the lines are understood, then send."


@pytest.fixture
def administrator():
    return UserFactory(is_superuser=True, name="Kim")


@pytest.fixture
def client(client, administrator):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def ministries():
    return [
        AgencyFactory(short_name=f"M{number}", name=f"Ministry {number}") for number in range(3)
    ]


def lines(count, role="contributor"):
    return "\n".join(
        f"Person {number}, person{number}@example.org, M{number % 3}, {role}"
        for number in range(count)
    )


def queries_of(act):
    with CaptureQueriesContext(connection) as sent:
        act()
    return len(sent)


@pytest.mark.both_databases
def test_reading_takes_as_many_queries_for_one_person_as_for_many(administrator):
    read = {
        count: queries_of(
            lambda count=count: read_people(lines(count), by=administrator, on=localdate())
        )
        for count in (1, 3, 60)
    }
    assert read == {1: 1, 3: 1, 60: 1}


@pytest.mark.both_databases
def test_inviting_takes_as_many_queries_for_three_people_as_for_thirty(administrator):
    def invite(count, role):
        offers = read_people(lines(count, role), by=administrator, on=localdate()).offers
        return queries_of(
            lambda: invitations.invite_many(
                offers=offers, by=administrator, on=localdate(), at=now()
            )
        )

    assert administrator.current_seats == []
    assert (invite(3, "observer"), invite(30, "contributor")) == (8, 8)


def test_a_long_list_is_shown_before_anybody_is_invited(client, django_capture_on_commit_callbacks):
    page = client.post(MANY, {"lines": lines(21)})
    assert (page.status_code, CHECK in page.text, Invitation.objects.count()) == (422, True, 0)
    found = page.context["form"].pasted.by_role
    assert [(str(agency), role, many) for agency, role, many in found] == [
        (name, "Contributor", 7) for name in ("M0", "M1", "M2")
    ]
    text = " ".join(page.text.split())
    assert '<th scope="row">Ministry 2</th><td data-label="Role">Contributor</td>' in text
    seen = page.context["form"]["seen"].value()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(MANY, {"lines": lines(21), "seen": seen}, follow=True)
    assert "21 people are invited." in done.text
    assert (Invitation.objects.count(), len(mail.outbox)) == (21, 21)
    row = Invitation.objects.get(email="person4@example.org")
    past = row.history.get()
    assert (past.history_type, past.history_actor, past.name, row.role) == (
        "+",
        "Kim",
        "Person 4",
        Seat.Role.CONTRIBUTOR,
    )
    link = next(each for each in mail.outbox if each.to == [row.email]).body
    token = link.partition("/invitation/")[2].partition("/")[0]
    assert invitations.find_by_token(token, now()) == row


def test_another_list_than_the_one_that_was_shown_is_shown_again(client):
    page = client.post(MANY, {"lines": lines(21)})
    sent = {"lines": lines(22), "seen": page.context["form"]["seen"].value()}
    assert (client.post(MANY, sent).status_code, Invitation.objects.count()) == (422, 0)


@pytest.mark.parametrize("code", ["utf-8-sig", "cp1252"])
def test_a_csv_file_of_excel_comes_into_the_page(client, code):
    text = 'Name,Email,Agency,Role\r\n"Müller, Ana",ana@example.org,Ministry 1,observor\r\n'
    file = SimpleUploadedFile("people.csv", text.encode(code))
    page = client.post(MANY, {"file": file})
    (offer,) = page.context["form"].pasted.offers
    assert (offer.line, offer.name, offer.doubts) == (
        2,
        "Müller, Ana",
        ["“observor” is read as observer"],
    )
    shown = page.context["form"]["lines"].value()
    assert shown == text.replace("\r\n", "\n")
    client.post(MANY, {"lines": shown, "seen": page.context["form"]["seen"].value()})
    assert Invitation.objects.get().name == "Müller, Ana"


def test_an_empty_page_asks_for_somebody(client):
    page = client.post(MANY, {})
    assert page.context["form"].errors["lines"] == ["Enter at least one person."]


def test_more_faults_than_one_reads_are_counted(client):
    page = client.post(MANY, {"lines": "nothing\n" * 35})
    errors = page.context["form"].errors["lines"]
    assert (len(errors), errors[-1]) == (31, "5 more lines cannot be read. Correct these first.")


def test_all_are_invited_or_nobody(administrator, ministries):
    InvitationFactory(agency=ministries[0], role="contributor", email="person0@example.org")
    seated = SeatFactory(
        agency=ministries[1], role="contributor", user__email="Person1@example.org"
    )
    offers = read_people(lines(3), by=administrator, on=localdate()).offers
    with pytest.raises(SeatRefused) as refused:
        invitations.invite_many(offers=offers, by=administrator, on=localdate(), at=now())
    says = [str(refused.value), *(str(message) for message, _ in refused.value.others)]
    assert says == [
        "Line 1: person0@example.org is already invited to be a contributor at M0. Withdraw that invitation first, or send it again.",
        f"Line 2: person1@example.org is already {seated.position} for part of that time.",
    ]
    assert Invitation.objects.count() == 1


def test_only_an_administrator_invites_more_than_one_may_in_an_hour(ministries, administrator):
    offers = read_people(lines(32), by=administrator, on=localdate()).offers
    approver = SeatFactory(role="approver", agency=ministries[0]).user
    with pytest.raises(SeatRefused) as refused:
        invitations.invite_many(offers=offers, by=approver, on=localdate(), at=now())
    assert str(refused.value) == (
        "Line 31: You sent 30 invitations within an hour. Wait an hour, then send more."
    )
    invitations.invite_many(offers=offers, by=administrator, on=localdate(), at=now())
    assert Invitation.objects.count() == 32
