"""Make, find and revoke the tokens with which programs use the API (trafficking_plan/api)."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Seat, Token, User
from agencies.people.services.conflicts import Refused, locked
from agencies.people.services.invitations import hash_of
from agencies.records import history
from agencies.typed.asking import Fault
from agencies.wording.translation import day_words

Role, Scope = Seat.Role, Token.Scope
USUAL_DAYS, MAX_DAYS = 90, 365
# Limit per person: nobody keeps track of more.
MAX_TOKENS = 20
# How every token begins, so that people and scanners of source code know one when they see it.
PREFIX = "planregister_"
# Besides reading.
MORE_SCOPES = {
    Role.CONTRIBUTOR: (Scope.WRITE,),
    Role.APPROVER: (Scope.WRITE,),
    Role.COORDINATOR: (Scope.AUDIT,),
}
# The titles of what a role reads, the newest first: functions of other apps, which register in `AppConfig.ready`.
READ_WITH: list[Callable[[Seat], Iterable[str]]] = []


def scopes_of(seat: Seat | None) -> tuple[Token.Scope, ...]:
    """Return what a token of this seat may do; without a seat, of an administrator."""
    if seat is None:
        return (Scope.AUDIT,)
    return (Scope.READ, *MORE_SCOPES.get(Role(seat.role), ()))


def token_faults(
    *, scope: str, seat: Seat | None, expires_on: date | None, today: date
) -> Iterator[Fault]:
    """Yield why a token with this scope and last day cannot be made for the seat."""
    if scope and scope not in scopes_of(seat):
        if scope == Scope.AUDIT:
            yield _("Only coordinators and administrators can read the audit stream."), "scope"
        elif seat is None:
            yield (
                _("An administrator reads no plan. Choose the audit stream, or one of your roles."),
                "scope",
            )
        else:
            yield _("Only contributors and approvers write returns. Choose another scope."), "scope"
    if expires_on is None:
        return
    latest = today + timedelta(days=MAX_DAYS)
    if expires_on < today:
        yield _("Choose today or a later day."), "expires_on"
    elif expires_on > latest:
        yield (
            _("A key can work for a year at most, until {day}.").format(day=day_words(latest)),
            "expires_on",
        )


@transaction.atomic
def make_token(
    *, seat: Seat | None, name: str, scope: str, expires_on: date, by: User, at: datetime
) -> tuple[Token, str]:
    """Create a token of the person's own seat and return it with its text, which is not stored.

    The text is 32 random bytes, so a plain SHA-256 protects a stolen table: nobody can try them all,
    and a slow hash would only make every request slow.

    Raise `Refused` if the seat is not held by the person today, if the scope is not one of the seat's,
    for a last day before today or after a year, without a name, or for too many tokens. Without a seat,
    the person must be an administrator.
    """
    # Lock the person's row, so that two requests do not both pass the limit.
    by = User.objects.select_for_update().get(pk=by.pk)
    today = timezone.localdate(at)
    if seat is None and not by.is_superuser:
        raise Refused(_("Only administrators can do this without a role."), "seat")
    if seat is not None and not Seat.objects.on(today).filter(pk=seat.pk, user=by).exists():
        raise Refused(_("You do not have this role today. Choose another."), "seat")
    if not name:
        raise Refused(_("Say which program will use it."), "name")
    Refused.raise_any(token_faults(scope=scope, seat=seat, expires_on=expires_on, today=today))
    if Token.objects.working(today).filter(user=by).count() >= MAX_TOKENS:
        raise Refused(
            _("You have {count} keys. Revoke one that no program uses.").format(count=MAX_TOKENS)
        )
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        user=by,
        seat=seat,
        name=name,
        scope=scope,
        token_hash=hash_of(text),
        created_at=at,
        expires_on=expires_on,
    )
    return history.save(token, by=by, at=at), text


@transaction.atomic
def revoke_token(*, token: Token, by: User, at: datetime, reason: str = "") -> Token:
    """Revoke a token, so that it opens nothing from the next request. Raise `Refused` if it is revoked."""
    token = locked(token)
    if token.is_revoked:
        raise Refused(_("This key is already revoked."))
    token.revoked_at, token.revoked_by = at, by
    return history.save(token, by=by, at=at, reason=reason, fields=["revoked_at", "revoked_by"])


def find_by_text(text: str, on: date) -> Token | None:
    """Return the token with its person and seat, or None if it opens nothing on the day."""
    tokens = Token.objects.working(on).select_related("user", "seat__agency")
    return tokens.filter(token_hash=hash_of(text)).first()


def person_of(token: Token) -> User:
    """Return the person as a program with this token is treated: with the token's seat alone.

    Every rule and scoped queryset asks the person's seats, so all of them hold for the program too.
    Never save what this returns.
    """
    person = token.user
    person.is_superuser = token.seat is None
    person.current_seats = [token.seat] if token.seat else []
    return person


def note_use(token: Token, on: date) -> None:
    """Store the day of the last request. At most one write a day."""
    if token.last_used_on != on:
        Token.objects.filter(pk=token.pk).update(last_used_on=on)
