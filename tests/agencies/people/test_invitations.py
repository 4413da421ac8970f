"""Test invitations: what is sent to whom, what is refused, and that links work once."""

import re
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction

from agencies.models import Invitation, Seat, User
from agencies.people.services import invitations as services
from agencies.people.services.invitations import InvitationGone
from tests.agencies.reading import (
    NIGHT,
    TODAY,
    TOMORROW,
    record,
    refusal,
    token,
)
from tests.factories import (
    PASSWORD,
    AgencyFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

Role = Seat.Role


# --- the email --------------------------------------------------------------------------------


def test_an_invitation_sends_one_plain_text_email(invite):
    invite(reason="New in the team.")
    (letter,) = mail.outbox
    assert (letter.to, letter.cc, letter.bcc) == (["aroha@example.org"], [], [])
    assert letter.subject == "Plan Register: You are invited to Police"
    assert letter.body.startswith(
        "Police approver, an approver at New Zealand Police, invites you to the Plan Register as a "
        "contributor at New Zealand Police.\n"
    )
    assert "until 11:30 p.m. on 16 March 2026:" in letter.body


def test_the_email_contains_nothing_that_the_inviter_typed(invite):
    invite(name="Win at http://example.net", reason="http://example.net")
    assert "example.net" not in mail.outbox[0].body


def test_the_token_is_not_stored(invite):
    invitation = invite()
    kept = Invitation.objects.values().get() | {"history": invitation.history.values().get()}
    assert token() not in str(kept)
    assert len(token()) >= 43
    assert not hasattr(invitation.history.get(), "token_hash")


@pytest.mark.both_databases
def test_an_invitation_records_who_made_it_and_why(invite):
    assert record(invite(reason="New in the team.")) == [
        ("Police approver (Police)", "New in the team.")
    ]


def test_known_and_unknown_addresses_get_the_same_invitation(invite):
    UserFactory(email="known@example.org", name="Known")
    known, unknown = invite(email="Known@Example.org"), invite(email="unknown@example.org")
    assert (known.name, known.email) == ("Aroha", "known@example.org")
    told = [
        letter.body.replace(re.search(r"/invitation/\S+/", letter.body)[0], "")
        for letter in mail.outbox
    ]
    assert told[0] == told[1]
    assert known.expires_at == unknown.expires_at


def test_nothing_is_sent_when_the_transaction_is_rolled_back(
    police, approver, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(KeyboardInterrupt),
        transaction.atomic(),
    ):
        services.invite(
            place=police,
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


def test_an_email_that_failed_is_recorded_as_unsent_and_can_be_resent(
    invite, approver, deliver, monkeypatch
):
    def send_messages(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)
        invitation = invite()
    invitation.refresh_from_db()
    assert invitation.failed_at == NIGHT
    assert record(invitation)[-1] == ("Mail server", "The email was not accepted.")
    with deliver():
        invitation = services.send_again(
            invitation=invitation, version=invitation.version, by=approver, at=NIGHT
        )
    assert invitation.failed_at is None
    assert len(mail.outbox) == 1


# --- what is refused, and what happens once ----------------------------------------------------


def test_repeating_an_invitation_creates_one_row_and_sends_one_email(invite):
    invite()
    assert refusal(invite) == (
        "aroha@example.org is already invited to be a contributor at Police. Withdraw that invitation first, "
        "or send it again.",
        "email",
    )
    assert Invitation.objects.count() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        (
            {"from_on": TODAY - timedelta(days=1), "email": "b@example.org"},
            ("Enter today or a later day.", "from_on"),
        ),
        (
            {"from_on": date(2026, 3, 9), "to_on": date(2026, 3, 8), "email": "b@example.org"},
            ("The role would end on 8 March 2026, before it begins.", "to_on"),
        ),
        (
            {"email": "APPROVER@example.org", "role": Role.APPROVER},
            (
                "approver@example.org is already an approver at Police for part of that time.",
                "email",
            ),
        ),
    ],
)
@pytest.mark.both_databases
def test_an_invalid_invitation_is_refused_with_the_reason(invite, approver, differs, sentence):
    User.objects.filter(pk=approver.pk).update(email="approver@example.org")
    invite()
    assert refusal(lambda: invite(**differs)) == sentence
    assert len(mail.outbox) == 1


def test_an_agency_that_has_ended_cannot_invite_anyone(invite):
    ended = AgencyFactory(short_name="DoL", valid_to=date(2012, 6, 30))
    assert refusal(lambda: invite(place=ended)) == (
        "DoL does not exist on 2 March 2026.",
        "from_on",
    )


def test_one_address_can_have_pending_invitations_to_two_roles(invite):
    invite()
    invite(role=Role.APPROVER)
    assert Invitation.objects.count() == 2


def test_emails_sent_by_one_person_are_limited_per_hour(invite, monkeypatch):
    monkeypatch.setattr(services, "EMAILS_PER_HOUR", 3)
    for number in range(3):
        invite(email=f"person{number}@example.org")
    message = "You sent 3 invitations within an hour. Wait an hour, then send more."
    assert refusal(lambda: invite(email="one@example.org")) == (message, None)
    invite(email="one@example.org", at=NIGHT + timedelta(hours=1), from_on=TOMORROW)
    assert len(mail.outbox) == 4


def test_emails_to_one_address_are_limited_per_day_for_all_senders_together(
    invite, approver, deliver, monkeypatch
):
    monkeypatch.setattr(services, "EMAILS_PER_DAY_TO_ADDRESS", 2)
    invitation = invite()
    with deliver():
        services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    other = SeatFactory(role=Role.APPROVER)
    again = {"place": other.agency, "by": other.user}
    message = "aroha@example.org was sent 2 invitations within a day. Try again tomorrow."
    assert refusal(lambda: invite(**again)) == (message, None)
    invite(**again, at=NIGHT + timedelta(days=1), from_on=TOMORROW)
    assert len(mail.outbox) == 3


# --- resending and withdrawing ------------------------------------------------------------------


def test_after_resending_the_links_of_all_emails_work_until_one_is_used(invite, approver, deliver):
    invitation = invite()
    links, later = [token()], NIGHT + timedelta(days=2)
    for version in (1, 2):
        with deliver():
            services.send_again(invitation=invitation, version=version, by=approver, at=later)
        links.append(token())
    found = {services.find_by_token(link, later) for link in links}
    assert (len(set(links)), found) == (3, {invitation})
    page = services.find_by_token(links[0], later)
    user = services.accept_as_new_person(invitation=page, name="Aroha", password=PASSWORD, at=later)
    assert [services.find_by_token(link, later) for link in links] == [None] * 3
    assert all(services.was_accepted_by(link, user) for link in links)


def test_a_link_that_was_sent_again_stops_with_the_invitation(invite, approver, deliver):
    invitation = invite()
    old = token()
    with deliver():
        services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    last = NIGHT + timedelta(days=14)
    assert services.find_by_token(old, last) is None
    services.withdraw(invitation=invitation, by=approver, at=NIGHT)
    assert [services.find_by_token(link, NIGHT) for link in (old, token())] == [None, None]


def test_a_link_that_had_expired_stays_dead_when_another_is_sent(invite, approver, deliver):
    invitation = invite()
    old, later = token(), NIGHT + timedelta(days=20)
    with deliver():
        services.send_again(invitation=invitation, version=1, by=approver, at=later)
    found = [services.find_by_token(link, later) for link in (old, token())]
    assert found == [None, invitation]


def test_resending_is_recorded(invite, approver):
    invitation = invite()
    services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    assert record(invitation)[-1] == ("Police approver (Police)", "Sent again.")


def test_resending_from_an_outdated_page_sends_nothing(invite, approver, deliver):
    invitation = invite()
    with deliver():
        for _ in range(2):
            services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    assert len(mail.outbox) == 2


def test_a_withdrawn_invitation_cannot_be_accepted_or_withdrawn_again(invite, approver):
    invitation = invite()
    services.withdraw(invitation=invitation, by=approver, at=NIGHT, reason="Wrong person.")
    assert refusal(
        lambda: services.withdraw(invitation=invitation, by=approver, at=NIGHT, reason="So.")
    ) == ("The invitation was already withdrawn.", None)
    assert services.find_by_token(token(), NIGHT) is None
    assert [why for _, why in record(invitation)] == ["", "Wrong person."]
    assert refusal(
        lambda: services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    ) == ("The invitation was already withdrawn.", None)


def test_an_accepted_invitation_cannot_be_withdrawn_or_resent(invite, approver):
    invitation = invite()
    services.accept_as_new_person(invitation=invitation, name="Aroha", password=PASSWORD, at=NIGHT)
    assert refusal(lambda: services.withdraw(invitation=invitation, by=approver, at=NIGHT)) == (
        "The invitation was already accepted. End the role instead.",
        None,
    )
    assert refusal(
        lambda: services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    ) == ("The invitation was already accepted.", None)


def test_a_link_works_for_fourteen_days(invite):
    invitation = invite()
    last = NIGHT + timedelta(days=14)
    assert services.find_by_token(token(), last - timedelta(seconds=1)) == invitation
    assert services.find_by_token(token(), last) is None
    with pytest.raises(InvitationGone):
        services.accept(invitation=invitation, user=UserFactory(email=invitation.email), at=last)


def test_a_link_expires_with_the_seat_that_it_offers(invite, approver):
    invitation = invite(to_on=TOMORROW)
    assert invitation.expires_at.astimezone(UTC) == datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert refusal(
        lambda: services.send_again(
            invitation=invitation, version=1, by=approver, at=NIGHT + timedelta(days=2)
        )
    ) == ("The last day of this role has passed. Withdraw the invitation.", None)


# --- accepting ----------------------------------------------------------------------------------


@pytest.mark.both_databases
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


@pytest.mark.both_databases
def test_an_accepted_seat_starts_on_its_first_day_or_today_if_that_has_passed(invite):
    later = invite(from_on=date(2026, 4, 1), to_on=date(2026, 5, 31))
    user = services.accept_as_new_person(
        invitation=later, name="Aroha", password=PASSWORD, at=NIGHT
    )
    seat = user.seats.get()
    assert (seat.from_on, seat.to_on) == (date(2026, 4, 1), date(2026, 5, 31))
    soon = invite(role=Role.APPROVER)
    services.accept(invitation=soon, user=user, at=NIGHT + timedelta(days=3))
    assert user.seats.get(role=Role.APPROVER).from_on == date(2026, 3, 5)


def test_an_invitation_can_be_accepted_only_once(invite):
    invitation = invite()
    user = services.accept_as_new_person(
        invitation=invitation, name="Aroha", password=PASSWORD, at=NIGHT
    )
    with pytest.raises(InvitationGone):
        services.accept(invitation=invitation, user=user, at=NIGHT)
    assert user.seats.count() == 1


def test_an_invitation_that_is_sent_again_while_its_page_is_open_can_be_accepted(invite, approver):
    invitation = invite()
    page = services.find_by_token(token(), NIGHT)
    services.send_again(invitation=invitation, version=1, by=approver, at=NIGHT)
    user = services.accept_as_new_person(invitation=page, name="A", password=PASSWORD, at=NIGHT)
    assert user.seats.count() == 1


def test_an_invitation_cannot_be_accepted_by_a_user_with_another_address(invite):
    invitation = invite()
    other = UserFactory(email="other@example.org")
    assert refusal(lambda: services.accept(invitation=invitation, user=other, at=NIGHT)) == (
        "This invitation is for a different email address.",
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
    ) == ("This address already has an account. Sign in to accept the invitation.", None)
    assert User.objects.get(email="aroha@example.org").check_password("what it was before")
