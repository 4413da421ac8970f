"""How often a program that has not signed in may ask. Counted in the cache that all workers share."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_within(limit: int, *, seconds: int, what: str, of: str) -> bool:
    """Count one more asking `of` somebody; false once there are more than `limit` in the window.

    Windows follow each other, so that twice the limit may pass around the turn of one.
    """
    window = int(time.time() // seconds)
    who = hashlib.sha256(of.encode()).hexdigest()
    key = f"asked:{what}:{window}:{who}"
    if cache.add(key, 1, seconds):
        return limit >= 1
    try:
        return cache.incr(key) <= limit
    except ValueError:  # thrown out of the cache in this moment
        return True


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, past the proxies that we know of."""
    return str(get_adapter().get_client_ip(request))
