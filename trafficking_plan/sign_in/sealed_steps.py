"""The secrets of second steps as they are kept: sealed (agencies/records/sealing.py)."""

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from agencies.records import sealing

# Where allauth keeps what has to be read again. A passkey has a public key alone.
KEPT_AS = {
    Authenticator.Type.TOTP: "secret",
    Authenticator.Type.RECOVERY_CODES: "seed",
}


@dataclass
class Found:
    """How many secrets are of which kind, and whose no key opens."""

    newest: int = 0
    older: int = 0
    plain: int = 0
    unreadable: list[int] = field(default_factory=list)

    @property
    def whose(self) -> str:
        """The numbers of those people."""
        return ", ".join(str(each) for each in sorted(set(self.unreadable)))


def look() -> Found:
    """Try to open each secret, and change nothing."""
    found = Found()
    for row in Authenticator.objects.filter(type__in=KEPT_AS).iterator():
        text = row.data[KEPT_AS[row.type]]
        try:
            if sealing.is_sealed_with_newest(text):
                found.newest += 1
            elif text.startswith(sealing.MARK):
                found.older += 1
            else:
                found.plain += 1
        except sealing.Unreadable:
            found.unreadable.append(row.user_id)
    return found


def seal_all(*, is_opened: bool = False) -> int:
    """Seal each secret with the newest key, each in a transaction of its own, and return how many were changed.

    So it may be stopped half-way and run again. What no key opens stays as it is. `is_opened` takes the
    seals off instead, for a release that cannot read them.
    """
    rows = Authenticator.objects.filter(type__in=KEPT_AS)
    return sum(_renew(pk, is_opened) for pk in list(rows.values_list("pk", flat=True)))


def seal_plain() -> int:
    """Seal the secrets that an earlier release wrote, and return how many. One query if there are none."""
    is_plain = Q()
    for kind, name in KEPT_AS.items():
        is_plain |= Q(type=kind) & ~Q(**{f"data__{name}__startswith": sealing.MARK})
    rows = Authenticator.objects.filter(is_plain)
    return sum(_renew(pk) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _renew(pk: int, is_opened: bool = False) -> bool:
    # Locked, since using a recovery code writes to the same row.
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    name = KEPT_AS[row.type]
    try:
        text = sealing.unseal(row.data[name])
        is_done = not is_opened and sealing.is_sealed_with_newest(row.data[name])
    except sealing.Unreadable:
        return False
    if is_done or (is_opened and text == row.data[name]):
        return False
    row.data[name] = text if is_opened else sealing.seal(text)
    row.save(update_fields=["data"])
    return True
