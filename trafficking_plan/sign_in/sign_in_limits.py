"""Limits on wrong passwords that stop a guesser and not the people beside or behind them.

| who fails | how often | then |
|---|---|---|
| one account from one network | 3 | each further failure makes the next try wait longer: 2, 4, 8 … seconds |
| one account from one network | 10 | no try there for five minutes |
| one account from anywhere | 30 in an hour | only devices that have signed in to it before |
| one network, any accounts | 100 in five minutes | only devices that have signed in before |

A device that has signed in to an account keeps a cookie that says so. Its tries are counted apart, so that the right
password works there whatever others do. Tries that wait are refused without a look at the password.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import cache_lock
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from agencies.models import User
from trafficking_plan.sign_in.addresses import network_of

COOKIE = "__Host-device" if settings.BEHIND_TLS else "device"
COOKIE_DAYS = 180
SALT = "a device that has signed in"

FREE, LOCKED = 3, 10  # failures
LONGEST_WAIT = 60  # seconds, before the lock
LOCK = 5 * 60
ACCOUNT_LIMIT, ACCOUNT_WINDOW = 30, 60 * 60
NETWORK_LIMIT, NETWORK_WINDOW = 100, 5 * 60


def key_of(*parts: str) -> str:
    return f"sign-in:{hashlib.sha256(':'.join(parts).encode()).hexdigest()}"


@dataclass(frozen=True)
class Try:
    """One try to sign in to an account: its address as typed, the network, and whether the device is known."""

    account: str
    network: str
    device: str = ""

    @property
    def pair_key(self) -> str:
        return key_of("pair", self.account, self.device or self.network)

    @property
    def totals(self) -> tuple[tuple[str, int, int], ...]:
        """The wider counts, with their limits and windows. A known device is exempt from them."""
        if self.device:
            return ()
        return (
            (key_of("account", self.account), ACCOUNT_LIMIT, ACCOUNT_WINDOW),
            (key_of("network", self.network), NETWORK_LIMIT, NETWORK_WINDOW),
        )

    def wait(self, now: float) -> int:
        """Return for how many seconds this try has to wait; 0 if it may go on."""
        failures, at = cache.get(self.pair_key, (0, 0.0))
        pause = 0
        if failures >= LOCKED:
            pause = LOCK
        elif failures >= FREE:
            pause = min(2 ** (failures - FREE + 1), LONGEST_WAIT)
        waits = [at + pause - now]
        waits += [
            at + window - now
            for key, limit, window in self.totals
            for failures, at in [cache.get(key, (0, 0.0))]
            if failures >= limit
        ]
        return max(0, *(int(each + 0.999) for each in waits))

    def take(self, now: float) -> int:
        """Return for how many seconds this try has to wait. If it may go on, count it as a failure until
        `succeed` says otherwise, so that tries at the same time are counted too."""
        with cache_lock(self.pair_key):
            if wait := self.wait(now):
                return wait
            failures, _ = cache.get(self.pair_key, (0, 0.0))
            cache.set(self.pair_key, (failures + 1, now), LOCK + LONGEST_WAIT)
            for key, _, window in self.totals:
                before, began = cache.get(key, (0, now))
                if now - began >= window:
                    before, began = 0, now
                cache.set(key, (before + 1, began), window)
        return 0

    def succeed(self) -> None:
        cache.delete(self.pair_key)
        for key, _, window in self.totals:
            failures, began = cache.get(key, (1, 0.0))
            cache.set(key, (failures - 1, began), window)

    def forgive(self) -> None:
        """Forget the failures of the account: its person chose a new password by email."""
        cache.delete_many([self.pair_key, key_of("account", self.account)])


def in_words(seconds: int) -> str:
    if seconds < 60:
        return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)
    minutes = -(-seconds // 60)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def try_of(request: HttpRequest, account: str) -> Try:
    account = account.strip().lower()
    network = network_of(str(get_adapter().get_client_ip(request)))
    return Try(account, network, known_device(request, account))


def fingerprint(user: User) -> str:
    """Return what changes with the password, so that a new one makes all devices unknown."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"{user.pk}:{user.password}".encode(), "sha256").hexdigest()[:16]


def known_device(request: HttpRequest, account: str) -> str:
    """Return the id of the device if it has signed in to this account before, or ""."""
    try:
        kept = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_DAYS * 24 * 60 * 60
        )
    except signing.BadSignature:
        return ""
    user = User.objects.filter(email__iexact=account).first()
    is_known = user is not None and kept.get(str(user.pk)) == fingerprint(user)
    return str(kept.get("id", "")) if is_known else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the device keep that it has signed in to this account, beside at most four others."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        kept = {"id": signing.dumps(time.time_ns(), salt=SALT)[-16:]}
    others = [(pk, mark) for pk, mark in kept.items() if pk not in ("id", str(user.pk))]
    value = {"id": kept["id"], **dict(others[-4:]), str(user.pk): fingerprint(user)}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=SALT),
        max_age=COOKIE_DAYS * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
