"""Invitations: what is sent and to whom, links that work once, and what nobody learns."""

import re
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from agencies.models import Invitation, Seat, User
from agencies.services import invitations as services
from agencies.services.invitations import InvitationGone
from agencies.services.seats import SeatRefused
from tests.factories import PASSWORD, AgencyFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Seat.Role
TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)
# Late in New Zealand's day, so that a UTC day would be the wrong one.
NIGHT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
GONE = "<h1>This link does not work, or no longer</h1>"


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police", name="New Zealand Police")


@pytest.fixture
def approver(police):
    return SeatFactory(user__name="Police approver", agency=police, role=Role.APPROVER).user


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as the letter does."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def invite(police, approver, deliver):
    def invite(**differs):
        values = {
            "agency": police,
            "role": Role.CONTRIBUTOR,
            "name": "Aroha",
            "email": "aroha@example.org",
            "from_on": TODAY,
            "to_on": None,
            "by": approver,
            "at": NIGHT,
        }
        with deliver():
            return services.invite(**{**values, **differs})

    return invite


def link() -> str:
    """The path of the link in the last letter."""
    found = re.search(r"http://\S+?(/invitation/\S+/)", mail.outbox[-1].body)
    assert found is not None
    return found[1]


def token() -> str:
    return link().split("/")[2]


def refusal(act) -> tuple[str, str | None]:
    with pytest.raises(SeatRefused) as refused:
        act()
    return str(refused.value), refused.value.field


def record(row) -> list[tuple[str, str]]:
    rows = row.history.order_by("history_id")
    return list(rows.values_list("history_actor", "history_change_reason"))


# --- the letter -------------------------------------------------------------------------------


def test_an_invitation_sends_one_plain_letter(invite):
    invite(reason="New in the team.")
    (letter,) = mail.outbox
    assert (letter.to, letter.cc, letter.bcc) == (["aroha@example.org"], [], [])
    assert letter.subject == "Plan Register: A seat for you at Police"
    assert "New Zealand Police offers you a seat in the Plan Register, as contributor.\n" in (
        letter.body
    )
    assert "Police approver (Police) sends this." in letter.body
    assert "until 11:30 p.m. on 16 March 2026:" in letter.body


def test_the_letter_holds_nothing_that_the_inviter_typed(invite):
    invite(name="Win at http://example.net", reason="http://example.net")
    assert "example.net" not in mail.outbox[0].body


def test_the_token_is_kept_nowhere(invite):
    invitation = invite()
    kept = Invitation.objects.values().get() | {"history": invitation.history.values().get()}
    assert token() not in str(kept)
    assert len(token()) >= 43
    assert not hasattr(invitation.history.get(), "token_hash")


def test_an_invitation_is_recorded_with_who_and_why(invite):
    assert record(invite(reason="New in the team.")) == [
        ("Police approver (Police)", "New in the team.")
    ]


def test_known_and_unknown_addresses_are_invited_alike(invite):
    UserFactory(email="known@example.org", name="Known")
    known, unknown = invite(email="Known@Example.org"), invite(email="unknown@example.org")
    assert (known.name, known.email) == ("Aroha", "known@example.org")
    told = [
        letter.body.replace(re.search(r"/invitation/\S+/", letter.body)[0], "")
        for letter in mail.outbox
    ]
    assert told[0] == told[1]
    assert known.expires_at == unknown.expires_at


def test_nothing_is_sent_when_the_invitation_is_undone(
    police, approver, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(KeyboardInterrupt),
        transaction.atomic(),
    ):
        services.invite(
            agency=police,
            role=Role.OBSERVER,
            name="A",
            email="a@example.org",
            from_on=TODAY,
            to_on=None,
            by=approver,
            at=NIGHT,
        )
        raise KeyboardInterrupt
    assert mail.outbox == []


def test_a_letter_that_was_not_taken_is_noted_and_sent_again(
    invite, approver, deliver, monkeypatch
):
    def send_messages(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)
        invitation = invite()
    invitation.refresh_from_db()
    assert invitation.failed_at == NIGHT
    assert record(invitation)[-1] == ("Mail server", "The letter was not taken.")
    with deliver():
        invitation = services.send_again(
            invitation=invitation, version=invitation.version, by=approver, at=NIGHT
        )
    assert invitation.failed_at is None
    assert len(mail.outbox) == 1


# --- what is refused, and what happens once ----------------------------------------------------


def test_the_same_invitation_twice_is_one_invitation_and_one_letter(invite):
    assert invite() == invite()
    assert Invitation.objects.count() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        (
            {"name": "Another name"},
            (
                "aroha@example.org was invited to be contributor already. Withdraw that invitation "
                "first, or send it again.",
                "email",
            ),
        ),
        (
            {"from_on": TODAY - timedelta(days=1), "email": "b@example.org"},
            ("The seat begins today or later.", "from_on"),
        ),
        (
            {"from_on": date(2026, 3, 9), "to_on": date(2026, 3, 8), "email": "b@example.org"},
            ("The seat would end on 8 March 2026, before it begins.", "to_on"),
        ),
        (
            {"email": "APPROVER@example.org", "role": Role.APPROVER},
            ("approver@example.org already is approver at Police for part of that time.", "email"),
        ),
    ],
)
def test_an_invitation_that_cannot_be_says_why(invite, approver, differs, sentence):
    User.objects.filter(pk=approver.pk).update(email="approver@example.org")
    invite()
    assert refusal(lambda: invite(**differs)) == sentence
    assert len(mail.outbox) == 1


def test_an_agency_that_has_ended_seats_nobody(invite):
    ended = AgencyFactory(short_name="DoL", valid_to=date(2012, 6, 30))
    assert refusal(lambda: invite(agency=ended)) == (
        "DoL does not exist on 2 March 2026.",
        "from_on",
    )


def test_one_address_may_wait_for_two_different_seats(invite):
    invite()
    invite(role=Role.APPROVER)
    assert Invitation.objects.count() == 2


def test_letters_of_one_person_are_counted_by_the_hour(invite, monkeypatch):
    monkeypatch.setattr(services, "LETTERS_AN_HOUR", 3)
    for number in range(3):
        invite(email=f"person{number}@example.org")
    message = "You sent 3 invitations within an hour. Go on in an hour."
    assert refusal(lambda: invite(email="one@example.org")) == (message, None)
    invite(email="one@example.org", at=NIGHT + timedelta(hours=1), from_on=TOMORROW)
    assert len(mail.outbox) == 4


def test_letters_to_one_address_are_counted_by_the_day_whoever_sends_them(
    invite, approver, deliver, monkeypatch
):
    monkeypatch.setattr(services, "LETTERS_A_DAY_TO_ONE", 2)
    invitation = invite()
    with deliver():
        services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    other = SeatFactory(role=Role.APPROVER)
    again = {"agency": other.agency, "by": other.user}
    message = "aroha@example.org had 2 invitations within a day. Try tomorrow."
    assert refusal(lambda: invite(**again)) == (message, None)
    invite(**again, at=NIGHT + timedelta(days=1), from_on=TOMORROW)
    assert len(mail.outbox) == 3


# --- sent again, withdrawn ----------------------------------------------------------------------


def test_sent_again_the_new_link_works_and_the_old_one_does_not(invite, approver, deliver):
    invitation = invite()
    old = token()
    later = NIGHT + timedelta(days=20)
    with deliver():
        services.send_again(invitation=invitation, version=1, by=approver, at=later)
    assert services.behind(old, later) is None
    assert services.behind(token(), later) == invitation
    assert record(invitation)[-1] == ("Police approver (Police)", "Sent again.")


def test_sent_again_from_an_old_page_sends_nothing_more(invite, approver, deliver):
    invitation = invite()
    with deliver():
        for _ in range(2):
            services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    assert len(mail.outbox) == 2


def test_a_withdrawn_invitation_opens_nothing_and_is_withdrawn_once(invite, approver):
    invitation = invite()
    for _ in range(2):
        services.withdraw(invitation=invitation, by=approver, at=NIGHT, reason="Wrong person.")
    assert services.behind(token(), NIGHT) is None
    assert [why for _, why in record(invitation)] == ["", "Wrong person."]
    assert refusal(
        lambda: services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    ) == ("The invitation was withdrawn already.", None)


def test_an_accepted_invitation_is_neither_withdrawn_nor_sent_again(invite, approver):
    invitation = invite()
    services.accept_as_new_person(invitation=invitation, name="Aroha", password=PASSWORD, at=NIGHT)
    assert refusal(lambda: services.withdraw(invitation=invitation, by=approver, at=NIGHT)) == (
        "The invitation was accepted already. End the seat instead.",
        None,
    )
    assert refusal(
        lambda: services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    ) == ("The invitation was accepted already.", None)


def test_a_link_works_for_fourteen_days(invite):
    invitation = invite()
    last = NIGHT + timedelta(days=14)
    assert services.behind(token(), last - timedelta(seconds=1)) == invitation
    assert services.behind(token(), last) is None
    with pytest.raises(InvitationGone):
        services.accept(invitation=invitation, user=UserFactory(email=invitation.email), at=last)


def test_a_link_does_not_outlive_the_seat_that_it_gives(invite, approver):
    invitation = invite(to_on=TOMORROW)
    assert invitation.expires_at.astimezone(UTC) == datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert refusal(
        lambda: services.send_again(
            invitation=invitation, version=1, by=approver, at=NIGHT + timedelta(days=2)
        )
    ) == ("The seat's last day has gone by. Withdraw the invitation.", None)


# --- accepted -----------------------------------------------------------------------------------


def test_a_new_person_gets_an_account_and_the_seat(invite, police):
    invitation = invite()
    user = services.accept_as_new_person(
        invitation=invitation, name="Aroha Ngata", password=PASSWORD, at=NIGHT
    )
    seat = user.seats.get()
    assert (user.email, user.name) == ("aroha@example.org", "Aroha Ngata")
    assert user.check_password(PASSWORD)
    assert (seat.agency, seat.role, seat.from_on, seat.to_on) == (
        police,
        "contributor",
        TODAY,
        None,
    )
    why = "Invited by Police approver (Police)."
    assert record(user) == [("Aroha Ngata", why)]
    assert record(seat) == [("Aroha Ngata", why)]
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.seat) == (NIGHT, seat)


def test_a_seat_of_later_begins_later_and_an_old_invitation_gives_it_from_today(invite):
    later = invite(from_on=date(2026, 4, 1), to_on=date(2026, 5, 31))
    user = services.accept_as_new_person(
        invitation=later, name="Aroha", password=PASSWORD, at=NIGHT
    )
    seat = user.seats.get()
    assert (seat.from_on, seat.to_on) == (date(2026, 4, 1), date(2026, 5, 31))
    soon = invite(role=Role.APPROVER)
    services.accept(invitation=soon, user=user, at=NIGHT + timedelta(days=3))
    assert user.seats.get(role=Role.APPROVER).from_on == date(2026, 3, 5)


def test_an_invitation_is_accepted_once(invite):
    invitation = invite()
    user = services.accept_as_new_person(
        invitation=invitation, name="Aroha", password=PASSWORD, at=NIGHT
    )
    with pytest.raises(InvitationGone):
        services.accept(invitation=invitation, user=user, at=NIGHT)
    assert user.seats.count() == 1


def test_a_link_that_was_replaced_while_its_page_was_open_is_gone(invite, approver):
    invitation = invite()
    page = services.behind(token(), NIGHT)
    services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    with pytest.raises(InvitationGone):
        services.accept_as_new_person(invitation=page, name="A", password=PASSWORD, at=NIGHT)


def test_nobody_takes_anothers_seat(invite):
    invitation = invite()
    other = UserFactory(email="other@example.org")
    assert refusal(lambda: services.accept(invitation=invitation, user=other, at=NIGHT)) == (
        "This invitation is for another address than the one you sign in with.",
        None,
    )
    assert other.seats.count() == 0


def test_a_second_account_for_one_address_is_refused(invite):
    invitation = invite()
    UserFactory(email="aroha@example.org", password="what it was before")
    assert refusal(
        lambda: services.accept_as_new_person(
            invitation=invitation, name="A", password=PASSWORD, at=NIGHT
        )
    ) == ("Somebody signs in with this address already. Sign in to take the seat.", None)
    assert User.objects.get(email="aroha@example.org").check_password("what it was before")


def test_history_of_invitations_is_never_changed(invite):
    invitation = invite()
    with pytest.raises(IntegrityError, match="History rows are never"), transaction.atomic():
        invitation.history.update(name="Somebody else")


# --- the page behind the link -------------------------------------------------------------------


@pytest.fixture
def now():
    """The clock of the pages stands where the invitations were made."""
    with time_machine.travel(NIGHT, tick=False):
        yield


CHOICE = {"name": "Aroha Ngata", "password1": PASSWORD, "password2": PASSWORD}


def test_a_new_person_chooses_a_password_and_is_in(client, invite, now):
    invite()
    page = client.get(link())
    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "Aroha"
    assert "You will sign in as aroha@example.org." in page.text
    response = client.post(link(), CHOICE, follow=True)
    assert response.redirect_chain == [(reverse("home"), 302)]
    assert "You are contributor at Police." in response.text
    assert response.context["user"].name == "Aroha Ngata"


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
        ({"password2": "another long password"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "aroha@example.org", "password2": "aroha@example.org"}, "password1"),
        ({"password1": "password1234", "password2": "password1234"}, "password1"),
    ],
)
def test_a_poor_choice_is_refused_and_nothing_is_made(client, invite, now, differs, field):
    invite()
    response = client.post(link(), {**CHOICE, **differs})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.filter(email="aroha@example.org").exists()
    assert Invitation.objects.waiting().count() == 1


def test_a_known_person_signs_in_first_and_takes_the_seat_alone(client, invite, police, now):
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


def test_signing_in_by_a_link_ends_no_other_persons_session(client, invite, now):
    other = UserFactory(name="Other")
    client.force_login(other)
    invite()
    for response in (client.get(link()), client.post(link(), CHOICE)):
        assert response.status_code == 200
        assert "<h1>This invitation is for somebody else</h1>" in response.text
        assert "aroha@example.org" not in response.text
        assert response.context["user"] == other
    assert not User.objects.filter(email="aroha@example.org").exists()


def test_a_closed_account_stays_closed(client, invite, now):
    person = UserFactory(email="aroha@example.org", is_active=False)
    invite()
    page = client.post(link(), CHOICE)
    assert "The account of aroha@example.org is closed" in page.text
    person.refresh_from_db()
    assert (person.is_active, person.seats.count()) == (False, 0)


def test_a_seat_that_became_impossible_says_why_on_the_page(client, invite, police, now):
    person = UserFactory(email="aroha@example.org", name="Aroha")
    invite()
    SeatFactory(user=person, agency=police, role=Role.CONTRIBUTOR)
    client.force_login(person)
    response = client.post(link())
    assert response.status_code == 422
    assert "Aroha already is contributor at Police for part of that time." in response.text


def dead_links(invite, approver) -> dict[str, str]:
    links = {"unknown": "/invitation/no-such-token/", "long": f"/invitation/{'a' * 3000}/"}
    links |= {"not ASCII": "/invitation/%C4%81roha/"}
    for name in ("withdrawn", "used", "replaced", "expired"):
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
        elif name == "replaced":
            services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    return links


def without_csrf(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_every_dead_link_gets_the_same_page(client, invite, approver, now):
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


def test_whoever_took_the_seat_is_led_to_the_desk_by_the_old_link(client, invite, now):
    invite()
    client.post(link(), CHOICE)
    assert client.get(link()).url == reverse("home")
    client.logout()
    assert GONE in client.get(link()).text


def test_logs_do_not_hold_the_token(client, invite, now, caplog):
    from trafficking_plan.logs import without_letter_key

    invite()
    assert without_letter_key(f"GET {link()}") == "GET /invitation/(key)/"


# --- the pages of whoever invites ---------------------------------------------------------------


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
    assert "Aroha is invited. The letter goes to aroha@example.org." in response.text
    assert [letter.to for letter in mail.outbox] == [["aroha@example.org"]]


def test_a_double_click_makes_one_invitation_and_two_same_answers(
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
def test_an_approver_gives_no_seat_that_runs_the_plan(client, police, approver, now, role):
    client.force_login(approver)
    response = client.post(reverse("agencies:invite", args=[police.pk]), {**FORM, "role": role})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["role"]
    assert Invitation.objects.count() == 0


def test_a_refusal_stands_at_its_field(client, police, approver, now):
    client.force_login(approver)
    response = client.post(
        reverse("agencies:invite", args=[police.pk]), {**FORM, "from_on": "1 March 2026"}
    )
    assert response.context["form"].errors == {"from_on": ["The seat begins today or later."]}


def test_an_approver_touches_no_invitation_of_a_coordinator(client, invite, approver, police, now):
    invitation = invite(role=Role.COORDINATOR)
    client.force_login(approver)
    for name in ("send-again", "withdraw"):
        address = reverse(f"agencies:{name}", args=[police.pk, invitation.pk])
        assert client.post(address, {"version": 1}).status_code == 403
    assert Invitation.objects.waiting().count() == 1


def test_an_invitation_is_found_under_its_own_agency_alone(client, invite, approver, now):
    other = SeatFactory(user=approver, role=Role.APPROVER).agency
    invitation = invite()
    client.force_login(approver)
    assert (
        client.get(reverse("agencies:withdraw", args=[other.pk, invitation.pk])).status_code == 404
    )


def test_an_invitation_is_sent_again_and_withdrawn_from_the_page(
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
    assert "The invitation was withdrawn already." in client.post(again, follow=True).text
