"""Test the page of an invitation’s link, what it must not disclose, and the pages to invite."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import Invitation, Seat, User
from agencies.people.services import invitations as services
from tests.agencies.reading import (
    NIGHT,
    TODAY,
    link,
)
from tests.factories import (
    PASSWORD,
    SeatFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Role = Seat.Role
GONE = "<h1>This link does not work any more</h1>"


# --- the page of the link -----------------------------------------------------------------------


CHOICE = {"name": "Aroha Ngata", "password1": PASSWORD, "password2": PASSWORD}


def test_a_new_person_chooses_a_password_and_is_signed_in(client, invite, now):
    invite()
    page = client.get(link())
    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "Aroha"
    assert "You will sign in as aroha@example.org." in page.text
    response = client.post(link(), CHOICE, follow=True)
    assert response.redirect_chain == [(reverse("home"), 302)]
    assert "You are a contributor at Police." in response.text
    assert response.context["user"].name == "Aroha Ngata"


def test_whoever_must_set_up_a_second_step_next_is_not_asked_for_the_password_again(
    client, invite, now, settings
):
    settings.REQUIRE_SECOND_STEP = frozenset(["contributor"])
    invite()
    client.post(link(), CHOICE)
    assert client.get(reverse("home")).url == reverse("mfa_index")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_new_password_works_at_the_sign_in_page(client, invite, now):
    invite()
    client.post(link(), CHOICE)
    other = Client()
    other.post(reverse("account_login"), {"login": "Aroha@example.org", "password": PASSWORD})
    assert other.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A\0"}, "name"),
        ({"password2": "another long password"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "aroha@example.org", "password2": "aroha@example.org"}, "password1"),
    ],
)
def test_an_invalid_name_or_password_is_refused_and_no_account_is_created(
    client, invite, now, differs, field
):
    invite()
    response = client.post(link(), {**CHOICE, **differs})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.filter(email="aroha@example.org").exists()
    assert Invitation.objects.waiting().count() == 1


def test_a_person_with_an_account_signs_in_first_and_cannot_set_a_password_by_the_link(
    client, invite, police, now
):
    person = UserFactory(email="aroha@example.org", name="Aroha")
    invite()
    page = client.get(link())
    assert f'href="{reverse("account_login")}?next={link()}"' in page.text
    assert page.context.get("form") is None
    # A password cannot be set through the link.
    client.post(
        link(), {**CHOICE, "password1": "an intruder's one", "password2": "an intruder's one"}
    )
    person.refresh_from_db()
    assert person.check_password(PASSWORD)

    signed_in = client.post(
        f"{reverse('account_login')}?next={link()}",
        {"login": person.email, "password": PASSWORD, "next": link()},
    )
    assert signed_in.url == link()
    response = client.post(link(), follow=True)
    assert response.redirect_chain == [(reverse("home"), 302)]
    assert (person.seats.get().agency, person.seats.get().role) == (police, "contributor")


def test_an_invitation_link_does_not_end_the_session_of_another_person(client, invite, now):
    other = UserFactory(name="Other")
    client.force_login(other)
    invite()
    for response in (client.get(link()), client.post(link(), CHOICE)):
        assert response.status_code == 200
        assert "<h1>This invitation is for another person</h1>" in response.text
        assert "aroha@example.org" not in response.text
        assert response.context["user"] == other
    assert not User.objects.filter(email="aroha@example.org").exists()


def test_an_invitation_does_not_reactivate_a_deactivated_account(client, invite, now):
    person = UserFactory(email="aroha@example.org", is_active=False)
    invite()
    page = client.post(link(), CHOICE)
    assert "The account of aroha@example.org is closed" in page.text
    person.refresh_from_db()
    assert (person.is_active, person.seats.count()) == (False, 0)


def test_a_seat_that_can_no_longer_be_given_shows_the_reason_on_the_page(
    client, invite, police, now
):
    person = UserFactory(email="aroha@example.org", name="Aroha")
    invite()
    SeatFactory(user=person, agency=police, role=Role.CONTRIBUTOR)
    client.force_login(person)
    response = client.post(link())
    assert response.status_code == 422
    assert "Aroha is already a contributor at Police for part of that time." in response.text


def dead_links(invite, approver) -> dict[str, str]:
    links = {"unknown": "/invitation/no-such-token/", "long": f"/invitation/{'a' * 3000}/"}
    links |= {"not ASCII": "/invitation/%C4%81roha/"}
    for name in ("withdrawn", "used", "expired"):
        at = NIGHT - timedelta(days=14) if name == "expired" else NIGHT
        starts = TODAY - timedelta(days=14) if name == "expired" else TODAY
        invitation = invite(email=f"{name}@example.org", at=at, from_on=starts)
        links[name] = link()
        if name == "withdrawn":
            services.withdraw(invitation=invitation, by=approver, at=NIGHT)
        elif name == "used":
            services.accept_as_new_person(
                invitation=invitation, name="Used", password=PASSWORD, at=NIGHT
            )
    return links


def without_csrf(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_every_invalid_or_expired_link_shows_the_same_page(client, invite, approver, now):
    links = dead_links(invite, approver)
    for answers in (
        {name: client.get(path) for name, path in links.items()},
        {name: client.post(path, CHOICE) for name, path in links.items()},
    ):
        assert {name: each.status_code for name, each in answers.items()} == dict.fromkeys(
            links, 404
        )
        assert {without_csrf(each.text) for each in answers.values()} == {
            without_csrf(answers["unknown"].text)
        }
        assert GONE in answers["unknown"].text


def test_an_accepted_invitation_link_redirects_its_person_to_the_desk(client, invite, now):
    invite()
    client.post(link(), CHOICE)
    assert client.get(link()).url == reverse("home")
    client.logout()
    assert GONE in client.get(link()).text


def test_the_token_is_not_logged(client, invite, now, caplog):
    from trafficking_plan.running.logs import without_token

    invite()
    assert without_token(f"GET {link()}") == "GET /invitation/(key)/"


# --- the pages to invite ------------------------------------------------------------------------


FORM = {
    "name": "Aroha",
    "email": "aroha@example.org",
    "role": "contributor",
    "from_on": "2 March 2026",
    "to_on": "",
    "reason": "",
}


def test_an_approver_invites_from_the_page(client, police, approver, now, deliver):
    client.force_login(approver)
    with deliver():
        response = client.post(reverse("agencies:invite", args=[police.pk]), FORM, follow=True)
    assert response.redirect_chain == [(reverse("agencies:seats", args=[police.pk]), 302)]
    assert "Aroha is invited." in response.text
    assert [letter.to for letter in mail.outbox] == [["aroha@example.org"]]


def test_submitting_the_form_twice_creates_one_invitation_and_redirects_both_times(
    client, police, approver, now, deliver
):
    client.force_login(approver)
    address = reverse("agencies:invite", args=[police.pk])
    with deliver():
        answers = [client.post(address, FORM) for _ in range(2)]
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("agencies:seats", args=[police.pk]))
    }
    assert (Invitation.objects.count(), len(mail.outbox)) == (1, 1)


@pytest.mark.parametrize("role", ["coordinator", "authorising_manager", "ministers_office"])
def test_an_approver_cannot_invite_to_a_role_that_coordinates_or_authorises(
    client, police, approver, now, role
):
    client.force_login(approver)
    response = client.post(reverse("agencies:invite", args=[police.pk]), {**FORM, "role": role})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["role"]
    assert Invitation.objects.count() == 0


def test_a_refusal_is_an_error_at_its_field(client, police, approver, now):
    client.force_login(approver)
    response = client.post(
        reverse("agencies:invite", args=[police.pk]), {**FORM, "from_on": "1 March 2026"}
    )
    assert response.context["form"].errors == {"from_on": ["Enter today or a later day."]}


def test_an_approver_cannot_resend_or_withdraw_the_invitation_of_a_coordinator(
    client, invite, approver, police, now
):
    invitation = invite(role=Role.COORDINATOR)
    client.force_login(approver)
    for name in ("send-again", "withdraw"):
        address = reverse(f"agencies:{name}", args=[police.pk, invitation.pk])
        assert client.post(address, {"version": 1}).status_code == 403
    assert Invitation.objects.waiting().count() == 1


def test_an_invitation_is_found_only_under_its_own_agency(client, invite, approver, now):
    other = SeatFactory(user=approver, role=Role.APPROVER).agency
    invitation = invite()
    client.force_login(approver)
    assert (
        client.get(reverse("agencies:withdraw", args=[other.pk, invitation.pk])).status_code == 404
    )


def test_an_invitation_can_be_resent_and_withdrawn_on_the_page(
    client, invite, approver, police, now, deliver
):
    invitation = invite()
    client.force_login(approver)
    again = reverse("agencies:send-again", args=[police.pk, invitation.pk])
    with deliver():
        for version in ("1", "1", "", "x", "9" * 5000):
            client.post(again, {"version": version})
    assert len(mail.outbox) == 2
    withdraw = reverse("agencies:withdraw", args=[police.pk, invitation.pk])
    response = client.post(withdraw, {"reason": "Wrong person."}, follow=True)
    assert "The invitation to aroha@example.org is withdrawn." in response.text
    assert "Wrong person." in response.text
    assert "The invitation was already withdrawn." in client.post(again, follow=True).text


# --- where the email does not arrive --------------------------------------------------------------


def test_who_is_signed_in_with_the_invited_address_accepts_without_the_email(
    client, police, invite, now
):
    user = UserFactory(email="Aroha@example.org")
    address = reverse("agencies:accept-own", args=[invite().pk])
    client.force_login(user)
    assert f'<a href="{address}">Accept invitation</a>' in client.get(reverse("home")).text
    assert "invites you as a contributor" in client.get(address).text
    assert not user.seats.exists()
    response = client.post(address, follow=True)
    assert response.redirect_chain == [(reverse("home"), 302)]
    assert [(seat.role, seat.agency) for seat in user.seats.all()] == [("contributor", police)]
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("email", ["aroha@example.org", "ana@example.org"])
def test_an_invitation_that_is_over_or_anothers_is_not_accepted_without_the_email(
    client, invite, now, email
):
    user = UserFactory(email=email)
    invitation = invite()
    if email == invitation.email:
        long_ago = NIGHT - timedelta(days=20)
        Invitation.objects.update(sent_at=long_ago, expires_at=NIGHT - timedelta(days=1))
    client.force_login(user)
    address = reverse("agencies:accept-own", args=[invitation.pk])
    assert address not in client.get(reverse("home")).text
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    assert not user.seats.exists()


def test_pages_that_invite_say_that_emails_are_files(client, police, approver, now, settings):
    client.force_login(approver)
    address = reverse("agencies:invite", args=[police.pk])
    assert "it sends none" not in client.get(address).text
    settings.EMAIL_BACKEND = settings.MAIL_FILES
    settings.EMAIL_FILE_PATH = Path("/srv/mail")
    says = "This service writes its emails to files in <code>/srv/mail</code>; it sends none."
    assert says in client.get(address).text
    assert says in client.get(reverse("agencies:invite-many")).text
