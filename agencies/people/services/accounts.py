"""Change, close and reopen the accounts of people. Accounts are never deleted."""

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.people import letters
from agencies.people.allowed_domains import domain_faults
from agencies.people.services.conflicts import Refused, locked, need_reason
from agencies.records import history
from agencies.typed.asking import Fault

ADDRESS_TAKEN = gettext_lazy("Another person signs in with this address.")
OWN_ACCOUNT = gettext_lazy(
    "This is your own account. Ask another administrator, so that the register is never without one."
)

OWN_SECOND_STEP = gettext_lazy(
    "This is your own account. Ask another administrator, who can check that it is you."
)


@transaction.atomic
def change_account(
    *,
    user: User,
    version: int,
    name: str,
    email: str,
    is_administrator: bool,
    reason: str,
    by: User,
) -> User:
    """Set a person's name, address and whether they administer. Without a change, write nothing.

    Email the old address about a new one, so that nobody takes over an account unseen. Raise
    `Conflict` if another user saved first, and `Refused` without a reason or with all that
    `account_faults` finds.
    """
    user = locked(user, version=version)
    old, email = user.email, email.lower()
    if (name, email, is_administrator) == (user.name, old, user.is_superuser):
        return user
    need_reason(reason, _("Say why the account changes."))
    Refused.raise_any(account_faults(user, email=email, is_administrator=is_administrator, by=by))
    user.name, user.email = name, email
    user.is_superuser = is_administrator
    try:
        with transaction.atomic():
            history.save_version(user, by=by, reason=reason)
    except IntegrityError as error:
        raise Refused(ADDRESS_TAKEN, "email") from error
    if email != old:
        transaction.on_commit(lambda: letters.email_about_new_address(user, old=old))
    return user


def account_faults(
    user: User, *, email: str | None, is_administrator: bool, by: User
) -> Iterator[Fault]:
    """Yield why an account cannot be changed so: a known address, one of another domain than those that
    are allowed, or one's own administration."""
    if email and email != user.email:
        yield from domain_faults(email)
    if email and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        yield ADDRESS_TAKEN, "email"
    if user.pk == by.pk and user.is_superuser and not is_administrator:
        yield OWN_ACCOUNT, "is_administrator"


@transaction.atomic
def close_account(*, user: User, version: int, reason: str, by: User) -> User:
    """Stop a person from signing in, and from all that their seats allow, from the next request.

    Their seats stay as they are, for the day when the account is opened again. Raise `Refused` for
    one's own account, a closed one, or without a reason; `Conflict` if another user saved first.
    """
    user = locked(user, version=version)
    if user.pk == by.pk:
        raise Refused(OWN_ACCOUNT)
    if not user.is_active:
        raise Refused(_("This account is already closed."))
    need_reason(reason, _("Say why the account is closed."))
    user.is_active = False
    return history.save_version(user, "is_active", by=by, reason=reason)


@transaction.atomic
def reopen_account(*, user: User, version: int, reason: str, by: User) -> User:
    """Open a closed account, so that its person can sign in. Raise `Refused` if it is open, or without
    a reason."""
    user = locked(user, version=version)
    if user.is_active:
        raise Refused(_("This account is already open."))
    need_reason(reason, _("Say why the account is opened again."))
    user.is_active = True
    return history.save_version(user, "is_active", by=by, reason=reason)


@transaction.atomic
def reset_second_step(*, user: User, version: int, reason: str, by: User, at: datetime) -> User:
    """Remove the passkeys, app and recovery codes of a person who lost them, and end their sessions.

    They sign in with their password and set up a new second step. They get an email, so that nobody is
    robbed of it unseen. Raise `Refused` for one's own account, without a second step, or without a
    reason; `Conflict` if another user saved first.
    """
    user = locked(user, version=version)
    if user.pk == by.pk:
        raise Refused(OWN_SECOND_STEP)
    lost = Authenticator.objects.filter(user_id=user.pk)
    if not lost.exists():
        raise Refused(_("This person has no second step."))
    need_reason(reason, _("Say how you know that it is lost."))
    lost.delete()
    end_sessions(user)
    user.second_step_reset_at = at
    history.save_version(user, "second_step_reset_at", by=by, reason=reason)
    transaction.on_commit(lambda: letters.email_about_reset(user, by=by))
    return user


def second_steps_of(user: User) -> list[str]:
    """Return what the person has for the second step, as words. One query."""
    names = {
        "webauthn": _("passkey"),
        "totp": _("app"),
        "recovery_codes": _("recovery codes"),
    }
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    return [words for kind, words in names.items() if kind in kinds]


def end_sessions(user: User) -> None:
    """Sign the person out everywhere."""
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()
