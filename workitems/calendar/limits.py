"""Rate limits for requests without sign-in, counted in the cache that all workers share."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_within(limit: int, *, seconds: int, what: str, of: str) -> bool:
    """Count one more request and return whether it is within the limit.

    `what` names the limit and `of` identifies the requester. Counting starts anew every `seconds`
    seconds, so up to twice the limit can pass around the end of a window.
    """
    window = int(time.time() // seconds)
    who = hashlib.sha256(of.encode()).hexdigest()
    key = f"asked:{what}:{window}:{who}"
    if cache.add(key, 1, seconds):
        return limit >= 1
    try:
        return cache.incr(key) <= limit
    except ValueError:  # evicted from the cache since `add`
        return True


def address_of(request: HttpRequest) -> str:
    """Return the client's IP address, behind the proxies in the settings."""
    return str(get_adapter().get_client_ip(request))
