"""Invitations: sent, sent again, withdrawn, accepted. Accepting one gives the seat."""

import hashlib
import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from agencies import history, letters
from agencies.models import Agency, Invitation, Seat, User
from agencies.services.seats import SeatRefused, check_period, give_seat

LINK_WORKS_DAYS = 14
# Of one person, so that a stolen session is no mail cannon.
LETTERS_AN_HOUR = 30
# To one address, so that nobody is pestered.
LETTERS_A_DAY_TO_ONE = 5


class InvitationGone(SeatRefused):
    """Unknown, used, withdrawn or expired: which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__("This link does not work, or no longer.")


def hash_of(token: str) -> str:
    # Tokens are long and random, so a plain hash is enough to make a stolen table useless.
    return hashlib.sha256(token.encode()).hexdigest()


def behind(token: str, at: datetime) -> Invitation | None:
    """The invitation whose link works now, with its agency."""
    return (
        Invitation.objects.live(at)
        .select_related("agency")
        .filter(token_hash=hash_of(token))
        .first()
    )


def was_accepted_by(token: str, user: User) -> bool:
    """Whether this person followed the link before, when it worked."""
    return Invitation.objects.filter(token_hash=hash_of(token), seat__user=user).exists()


@transaction.atomic
def invite(
    *,
    agency: Agency,
    role: Seat.Role,
    name: str,
    email: str,
    from_on: date,
    to_on: date | None,
    by: User,
    at: datetime,
    reason: str = "",
) -> Invitation:
    """Offer a seat by letter; its link works for 14 days, and not beyond the seat's last day.

    The very same asked again, as by a double click, sends nothing more. Whether somebody signs in
    with the address makes no difference here, or to what the inviter sees. Refused with
    `SeatRefused` where the address has the seat or another invitation to it, where the first day
    has gone by, when too many letters went out, and where the seat itself could not be.
    """
    # The agency's row is the lock: the second of two clicks finds the first's invitation.
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    email = email.lower()
    waiting = Invitation.objects.waiting().filter(agency=agency, role=role, email=email).first()
    if waiting is not None:
        if (waiting.name, waiting.from_on, waiting.to_on) == (name, from_on, to_on):
            return waiting
        raise SeatRefused(
            f"{email} was invited to be {role.label.lower()} already. Withdraw that invitation "
            "first, or send it again.",
            "email",
        )
    if from_on < timezone.localdate(at):
        raise SeatRefused("The seat begins today or later.", "from_on")
    check_period(agency, from_on, to_on)
    held = Seat.objects.during(from_on, to_on).filter(agency=agency, role=role)
    if held.filter(user__email__iexact=email).exists():
        raise SeatRefused(
            f"{email} already is {role.label.lower()} at {agency} for part of that time.", "email"
        )
    invitation = Invitation(
        agency=agency, role=role, name=name, email=email, from_on=from_on, to_on=to_on
    )
    return _send(invitation, by=by, at=at, reason=reason)


@transaction.atomic
def send_again(*, invitation: Invitation, version: int, by: User, at: datetime) -> Invitation:
    """Send a new link; the old one stops working.

    `version` is that of the page: where somebody has just sent it again, nothing more is sent.
    Refused with `SeatRefused` once it was accepted or withdrawn, and as `invite` refuses.
    """
    invitation = _locked(invitation)
    if invitation.accepted_at is not None:
        raise SeatRefused("The invitation was accepted already.")
    if invitation.withdrawn_at is not None:
        raise SeatRefused("The invitation was withdrawn already.")
    if invitation.version != version:
        return invitation
    if invitation.to_on is not None and invitation.to_on < timezone.localdate(at):
        raise SeatRefused("The seat's last day has gone by. Withdraw the invitation.")
    return _send(invitation, by=by, at=at, reason="Sent again.")


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: datetime, reason: str = "") -> Invitation:
    """Stop the link from working. Asked twice, it is withdrawn once. Refused once accepted."""
    invitation = _locked(invitation)
    if invitation.withdrawn_at is not None:
        return invitation
    if invitation.accepted_at is not None:
        raise SeatRefused("The invitation was accepted already. End the seat instead.")
    invitation.withdrawn_at = at
    return history.save(invitation, by=by, at=at, reason=reason, fields=["withdrawn_at"])


@transaction.atomic
def accept(*, invitation: Invitation, user: User, at: datetime) -> Seat:
    """Seat the person who signs in with the invitation's address.

    Refused with `InvitationGone` where the link has stopped working since the page was made, with
    `SeatRefused` for anybody else's address, and as `give_seat` refuses.
    """
    invitation = _live(invitation, at)
    if user.email.lower() != invitation.email:
        raise SeatRefused("This invitation is for another address than the one you sign in with.")
    return _give(invitation, user, at)


@transaction.atomic
def accept_as_new_person(*, invitation: Invitation, name: str, password: str, at: datetime) -> User:
    """Make the account of the invitation's address and seat its person. Refused as `accept`."""
    invitation = _live(invitation, at)
    if account_of(invitation) is not None:
        raise SeatRefused("Somebody signs in with this address already. Sign in to take the seat.")
    user = User(email=invitation.email, name=name)
    user.set_password(password)
    history.save(user, by=None, at=at, actor=name, reason=_invited_by(invitation))
    _give(invitation, user, at)
    return user


def account_of(invitation: Invitation) -> User | None:
    """Who signs in with the invitation's address. For whoever holds its link, not the inviter."""
    return User.objects.filter(email__iexact=invitation.email).first()


def _give(invitation: Invitation, user: User, at: datetime) -> Seat:
    seat = give_seat(
        user=user,
        agency=invitation.agency,
        role=Seat.Role(invitation.role),
        from_on=max(invitation.from_on, timezone.localdate(at)),
        to_on=invitation.to_on,
        by=user,
        reason=_invited_by(invitation),
    )
    invitation.accepted_at, invitation.seat = at, seat
    history.save(invitation, by=user, at=at, fields=["accepted_at", "seat"])
    return seat


def _invited_by(invitation: Invitation) -> str:
    return f"Invited by {invitation.history.earliest().history_actor}."


def _live(invitation: Invitation, at: datetime) -> Invitation:
    token_hash = invitation.token_hash
    invitation = _locked(invitation)
    # Sent again since, it has another token: the link that was followed is an old one.
    if invitation.token_hash != token_hash or not Invitation.objects.live(at).filter(
        pk=invitation.pk
    ):
        raise InvitationGone
    return invitation


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("agency")
    return rows.get(pk=invitation.pk)


def _send(invitation: Invitation, *, by: User, at: datetime, reason: str) -> Invitation:
    _refuse_a_flood(invitation.email, by, at)
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.sent_at, invitation.failed_at = at, None
    invitation.expires_at = at + timedelta(days=LINK_WORKS_DAYS)
    if invitation.to_on is not None:
        after = datetime.combine(
            invitation.to_on + timedelta(days=1), time.min, timezone.get_current_timezone()
        )
        invitation.expires_at = min(invitation.expires_at, after)
    if invitation.pk is not None:
        invitation.version += 1
    history.save(invitation, by=by, at=at, reason=reason)

    def post() -> None:
        try:
            letters.send_invitation(invitation, by=by, token=token)
        except OSError:
            # The mail server is away or will not take it; the page says so and offers another try.
            _note_failure(invitation, at)

    transaction.on_commit(post)
    return invitation


def _refuse_a_flood(email: str, by: User, at: datetime) -> None:
    """Each letter left a history row of an invitation that waits."""
    letters_sent = Invitation.history.filter(accepted_at=None, withdrawn_at=None, failed_at=None)
    by_this_person = letters_sent.filter(history_user=by, history_date__gt=at - timedelta(hours=1))
    if by_this_person.count() >= LETTERS_AN_HOUR:
        raise SeatRefused(
            f"You sent {LETTERS_AN_HOUR} invitations within an hour. Go on in an hour."
        )
    to_this_address = letters_sent.filter(email=email, history_date__gt=at - timedelta(days=1))
    if to_this_address.count() >= LETTERS_A_DAY_TO_ONE:
        raise SeatRefused(
            f"{email} had {LETTERS_A_DAY_TO_ONE} invitations within a day. Try tomorrow."
        )


@transaction.atomic
def _note_failure(invitation: Invitation, at: datetime) -> None:
    version = invitation.version
    invitation = _locked(invitation)
    if invitation.version == version:
        invitation.failed_at = at
        history.save(
            invitation,
            by=None,
            actor="Mail server",
            reason="The letter was not taken.",
            fields=["failed_at"],
        )
