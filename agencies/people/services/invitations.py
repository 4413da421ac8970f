"""Send, resend, withdraw and accept invitations. Accepting an invitation gives the seat."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Invitation, Place, Seat, User, columns_of
from agencies.people import letters
from agencies.people.allowed_domains import domain_faults
from agencies.people.pasted_people import Offer
from agencies.people.seating import INVITED_BY
from agencies.people.services.seats import (
    SeatRefused,
    email_about_seat,
    give_seat,
    lock,
    period_faults,
)
from agencies.records import history
from agencies.rules import is_administrator
from agencies.typed.asking import Fault

LINK_VALID_DAYS = 14
# Sent by one user, so that a stolen session cannot flood others with email.
EMAILS_PER_HOUR = 30
# Why an invitation was sent again with those of others, in one act.
SENT_TO_ALL = "Sent again as a round opened."
# Sent to one address, so that nobody is flooded.
EMAILS_PER_DAY_TO_ADDRESS = 5

# A link goes on through so many later emails.
LATER_LINKS = 50

# What follows when somebody accepts an invitation: functions of other apps, which register in `AppConfig.ready`.
JOINED: list[Callable[[Seat, datetime], None]] = []


class InvitationGone(SeatRefused):
    """The link is unknown, used, withdrawn or expired. The message does not say which."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more."))


def hash_of(token: str) -> str:
    # Tokens are long and random, so an unsalted hash is enough to protect a stolen table.
    return hashlib.sha256(token.encode()).hexdigest()


def _token_after(token_hash: str) -> str:
    """Return the token of the next link to the same invitation. Whoever has the database only cannot make it."""
    return salted_hmac("agencies.invitations.link", token_hash, algorithm="sha256").hexdigest()


def _hashes_of(token: str) -> list[str]:
    """Return the hash of a token, and of those that were sent to the same address after it."""
    found = [hash_of(token)]
    for _number in range(LATER_LINKS):
        found.append(hash_of(_token_after(found[-1])))
    return found


def find_by_token(token: str, at: datetime) -> Invitation | None:
    """Return the invitation of this token with its agency, or None if its link does not work.

    The link of an earlier email works as long as that of the last one.
    """
    return (
        Invitation.objects.live(at)
        .select_related("agency")
        .filter(token_hash__in=_hashes_of(token))
        .first()
    )


def was_accepted_by(token: str, user: User) -> bool:
    """Return whether this user accepted the invitation of this token earlier."""
    return Invitation.objects.filter(token_hash__in=_hashes_of(token), seat__user=user).exists()


@transaction.atomic
def invite(
    *,
    place: Place,
    role: Seat.Role,
    name: str,
    email: str,
    from_on: date,
    to_on: date | None,
    by: User,
    at: datetime,
    reason: str = "",
) -> Invitation:
    """Offer a seat by email. The link works for 14 days, but not after the role's last day.

    The inviter cannot learn whether the address has an account. Raise `SeatRefused` if the
    address already holds the seat or has an invitation to it, if `from_on` is in the
    past, if the sending limits are exceeded, or if the period is not possible (`check_period`).
    """
    # The second of two clicks finds the first one's invitation.
    lock(place)
    email = email.lower()
    invitation = Invitation(
        role=role, name=name, email=email, from_on=from_on, to_on=to_on, **columns_of(place)
    )
    same = Invitation.objects.waiting().filter(role=role, email=email, **columns_of(place))
    waiting = same.first()
    if waiting is not None:
        raise _already_invited(invitation)
    SeatRefused.raise_any(domain_faults(email))
    SeatRefused.raise_any(period_faults(place, from_on, to_on, timezone.localdate(at)))
    held = Seat.objects.during(from_on, to_on).filter(role=role, **columns_of(place))
    if held.filter(user__email__iexact=email).exists():
        raise _already_seated(invitation)
    _check_limit_of_person(by, at)
    return _send(invitation, by=by, at=at, reason=reason)


@transaction.atomic
def invite_many(
    *, offers: Sequence[Offer], by: User, on: date, at: datetime, reason: str = ""
) -> list[Invitation]:
    """Invite all of these people from a day on, or nobody.

    Raise `SeatRefused` with what `invite` refuses of each, by the number of its line. The number of queries grows only
    with the batches in which rows are written.
    """
    agencies = {each.agency.pk for each in offers}
    # The second of two clicks finds the first one's invitations.
    list(Agency.objects.select_for_update().filter(pk__in=agencies).order_by("pk"))
    waiting = Invitation.objects.waiting().filter(agency__in=agencies)
    invited = set(waiting.values_list("agency_id", "role", "email"))
    seats = Seat.objects.during(on, None).filter(agency__in=agencies)
    held = set(seats.values_list("agency_id", "role", Lower("user__email")))
    within_a_day = _emails_sent().filter(history_date__gt=at - timedelta(days=1)).order_by()
    sent_to = Counter(
        dict(
            within_a_day.values_list("email")
            .annotate(many=Count("pk"))
            .values_list("email", "many")
        )
    )
    # An administrator sets up whole ministries, by lists that they have seen first.
    left = len(offers) if is_administrator.test(by) else EMAILS_PER_HOUR - _sent_by(by, at)
    rows: list[Invitation] = []
    tokens: list[str] = []
    faults: list[Fault] = []
    for each in offers:
        row = Invitation(
            agency=each.agency, role=each.role, name=each.name, email=each.email, from_on=on
        )
        key = (each.agency.pk, str(each.role), each.email)
        try:
            if key in invited:
                raise _already_invited(row)
            SeatRefused.raise_any(domain_faults(each.email))
            SeatRefused.raise_any(period_faults(each.agency, on, None, timezone.localdate(at)))
            if key in held:
                raise _already_seated(row)
            if len(rows) >= left:
                raise _too_many_of_person()
            if sent_to[each.email] >= EMAILS_PER_DAY_TO_ADDRESS:
                raise _too_many_to_address(each.email)
        except SeatRefused as refused:
            says = _("Line {number}: {why}").format(number=each.line, why=refused)
            faults.append((says, None))
            continue
        sent_to[each.email] += 1
        tokens.append(_renew_link(row, at))
        rows.append(row)
    SeatRefused.raise_any(faults)
    Invitation.objects.bulk_create(rows, batch_size=500)
    history.write_past([(row, at, reason) for row in rows], by=by, actor="")
    transaction.on_commit(lambda: _post(rows, tokens, by))
    return rows


@transaction.atomic
def send_again(*, invitation: Invitation, version: int, by: User, at: datetime) -> Invitation:
    """Send the link again, for another 14 days.

    `version` is the version that the page was made from: if the invitation has been sent again
    since, do nothing. Raise `SeatRefused` if it was accepted or withdrawn, if the role's last day
    is in the past, or if the sending limits are exceeded.
    """
    invitation = _locked(invitation)
    if invitation.accepted_at is not None:
        raise SeatRefused(_("The invitation was already accepted."))
    if invitation.withdrawn_at is not None:
        raise SeatRefused(_("The invitation was already withdrawn."))
    if invitation.version != version:
        return invitation
    if invitation.to_on is not None and invitation.to_on < timezone.localdate(at):
        raise SeatRefused(_("The last day of this role has passed. Withdraw the invitation."))
    _check_limit_of_person(by, at)
    return _send(invitation, by=by, at=at, reason="Sent again.")


@transaction.atomic
def send_all_again(*, agencies: Collection[int], by: User, at: datetime) -> list[Invitation]:
    """Send the link again to everybody who is invited to write for these agencies and has not joined, and return the
    invitations that were sent.

    This is one act, so it does not count towards what a person may send in an hour. Left are those whose role has ended,
    and addresses that were sent most in a day.
    """
    waiting = Invitation.objects.may_join_on(timezone.localdate(at))
    waiting = waiting.filter(agency__in=agencies, role__in=WRITING_ROLES)
    sent = []
    for each in waiting.order_by("pk"):
        with suppress(SeatRefused):
            sent.append(_send(_locked(each), by=by, at=at, reason=SENT_TO_ALL))
    return sent


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: datetime, reason: str = "") -> Invitation:
    """Stop the link from working. Raise `SeatRefused` if it was accepted or withdrawn."""
    invitation = _locked(invitation)
    if invitation.withdrawn_at is not None:
        raise SeatRefused(_("The invitation was already withdrawn."))
    if invitation.accepted_at is not None:
        raise SeatRefused(_("The invitation was already accepted. End the role instead."))
    invitation.withdrawn_at = at
    return history.save(invitation, by=by, at=at, reason=reason, fields=["withdrawn_at"])


@transaction.atomic
def accept(*, invitation: Invitation, user: User, at: datetime) -> Seat:
    """Give the seat to the signed-in user, whose address must be the invitation's.

    Raise `InvitationGone` if the link has stopped working since the page was made, and
    `SeatRefused` for another address or if `give_seat` refuses.
    """
    invitation = _live(invitation, at)
    if user.email.lower() != invitation.email:
        raise SeatRefused(_("This invitation is for a different email address."))
    return _give(invitation, user, at)


@transaction.atomic
def accept_as_new_person(*, invitation: Invitation, name: str, password: str, at: datetime) -> User:
    """Create an account for the invitation's address, give it the seat, and return it.

    Raise `InvitationGone` if the link has stopped working since the page was made, and
    `SeatRefused` if the address already has an account or if `give_seat` refuses.
    """
    invitation = _live(invitation, at)
    if account_of(invitation) is not None:
        raise SeatRefused(
            _("This address already has an account. Sign in to accept the invitation.")
        )
    user = User(email=invitation.email, name=name)
    user.set_password(password)
    history.save(user, by=None, at=at, actor=name, reason=_invited_by(invitation))
    _give(invitation, user, at)
    return user


def account_of(invitation: Invitation) -> User | None:
    """Return the account of the invitation's address, or None.

    Show the answer only to a person with the link, never to the inviter.
    """
    return User.objects.filter(email__iexact=invitation.email).first()


def _give(invitation: Invitation, user: User, at: datetime) -> Seat:
    offered = invitation.history.select_related("history_user").earliest()
    inviter = offered.history_user
    seat = give_seat(
        user=user,
        place=invitation.place,
        role=Seat.Role(invitation.role),
        from_on=max(invitation.from_on, timezone.localdate(at)),
        to_on=invitation.to_on,
        by=user,
        given_by=inviter,
        given_at=offered.history_date,
        reason=_invited_by(invitation),
    )
    if inviter is not None and (
        inviter == user or is_administrator.test(inviter) or seat.is_unconfirmed
    ):
        email_about_seat(seat, by=inviter, on=timezone.localdate(at))
    invitation.accepted_at, invitation.seat = at, seat
    history.save(invitation, by=user, at=at, fields=["accepted_at", "seat"])
    for tell in JOINED:
        tell(seat, at)
    return seat


def _invited_by(invitation: Invitation) -> str:
    return f"{INVITED_BY}{invitation.history.earliest().history_actor}."


def _live(invitation: Invitation, at: datetime) -> Invitation:
    invitation = _locked(invitation)
    if not Invitation.objects.live(at).filter(pk=invitation.pk):
        raise InvitationGone
    return invitation


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("agency")
    return rows.get(pk=invitation.pk)


def _already_invited(invitation: Invitation) -> SeatRefused:
    says = _(
        "{email} is already invited to be {position}. Withdraw that invitation first, or send it again."
    )
    return SeatRefused(says.format(email=invitation.email, position=invitation.position), "email")


def _already_seated(invitation: Invitation) -> SeatRefused:
    says = _("{email} is already {position} for part of that time.")
    return SeatRefused(says.format(email=invitation.email, position=invitation.position), "email")


def _send(invitation: Invitation, *, by: User, at: datetime, reason: str) -> Invitation:
    """Send a new link. Raise `SeatRefused` if the address was sent most in a day."""
    _check_limit_of_address(invitation.email, at)
    token = _renew_link(invitation, at)
    if invitation.pk is not None:
        invitation.version += 1
    history.save(invitation, by=by, at=at, reason=reason)
    transaction.on_commit(lambda: _post([invitation], [token], by))
    return invitation


def _renew_link(invitation: Invitation, at: datetime) -> str:
    """Give the invitation a new link, and return the token in it."""
    before = invitation.token_hash
    # Earlier links go on with this one, unless their last minute, which their email names, is over.
    goes_on = before and invitation.expires_at > at
    token = _token_after(before) if goes_on else secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.sent_at, invitation.failed_at = at, None
    invitation.expires_at = at + timedelta(days=LINK_VALID_DAYS)
    if invitation.to_on is not None:
        after = datetime.combine(
            invitation.to_on + timedelta(days=1), time.min, timezone.get_current_timezone()
        )
        invitation.expires_at = min(invitation.expires_at, after)
    return token


def _post(rows: Sequence[Invitation], tokens: Sequence[str], by: User) -> None:
    try:
        letters.send_invitations(list(zip(rows, tokens, strict=True)), by=by)
    except OSError:
        # The mail server is down or refuses the email; the page shows it and offers a retry.
        for each in rows:
            note_failure(each, sent_at=each.sent_at)


def _emails_sent() -> QuerySet[Any]:
    """Return the history rows of waiting invitations: each email wrote one."""
    rows: QuerySet[Any] = Invitation.history.filter(
        accepted_at=None, withdrawn_at=None, failed_at=None
    )
    return rows


def sent_to_writers(
    agencies: Collection[int], since: datetime, until: datetime | None
) -> list[Any]:
    """Return the history row of each email that invited somebody to write for these agencies in a time, newest first, but
    of those that the mail server refused. One query."""
    rows: QuerySet[Any] = Invitation.history.filter(
        agency__in=agencies, role__in=WRITING_ROLES, history_date__gte=since
    )
    if until is not None:
        rows = rows.filter(history_date__lte=until)
    rows = rows.filter(accepted_at=None, withdrawn_at=None).select_related("agency")
    found = list(rows.order_by("-history_date", "-history_id"))
    emails = {(each.id, each.sent_at): each for each in reversed(found)}
    for each in found:
        if each.failed_at:
            emails.pop((each.id, each.sent_at), None)
    return [each for each in found if emails.get((each.id, each.sent_at)) is each]


def _sent_by(by: User, at: datetime) -> int:
    """Return how many invitations a person has sent within an hour, without those of a round."""
    sent = _emails_sent().filter(history_user=by, history_date__gt=at - timedelta(hours=1))
    return sent.exclude(history_change_reason=SENT_TO_ALL).count()


def _check_limit_of_person(by: User, at: datetime) -> None:
    """Raise `SeatRefused` if a person has sent as many invitations as they may in an hour."""
    if _sent_by(by, at) >= EMAILS_PER_HOUR:
        raise _too_many_of_person()


def _too_many_of_person() -> SeatRefused:
    says = _("You sent {count} invitations within an hour. Wait an hour, then send more.")
    return SeatRefused(says.format(count=EMAILS_PER_HOUR))


def _check_limit_of_address(email: str, at: datetime) -> None:
    """Raise `SeatRefused` if an address was sent as many invitations as it may be in a day."""
    to_this_address = _emails_sent().filter(email=email, history_date__gt=at - timedelta(days=1))
    if to_this_address.count() >= EMAILS_PER_DAY_TO_ADDRESS:
        raise _too_many_to_address(email)


def _too_many_to_address(email: str) -> SeatRefused:
    says = _("{email} was sent {count} invitations within a day. Try again tomorrow.")
    return SeatRefused(says.format(email=email, count=EMAILS_PER_DAY_TO_ADDRESS))


@transaction.atomic
def note_failure(invitation: Invitation, *, sent_at: datetime) -> None:
    """Record that the mail server did not accept the email of a moment, unless it was sent again since."""
    invitation = _locked(invitation)
    if invitation.sent_at <= sent_at and not invitation.accepted_at and not invitation.withdrawn_at:
        invitation.failed_at = sent_at
        history.save(
            invitation,
            by=None,
            actor="Mail server",
            reason="The email was not accepted.",
            fields=["failed_at"],
        )
