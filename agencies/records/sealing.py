"""Secrets that are kept to be read again are sealed with a key outside the database, so that a copy of it opens nothing.

A secret that only has to be recognised, such as a token, is hashed instead (`hash_of`).
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

# Before each sealed text: what was written before sealing began has no such mark, and is read as it is.
MARK = "sealed:"


class Unreadable(Exception):
    """No key of the settings opens the text: the key that sealed it was changed or lost."""


@cache
def _ciphers(keys: Sequence[str]) -> "tuple[Fernet, MultiFernet]":
    """Return the cipher that seals, of the newest key, and the one that opens, of all keys.

    Fernet is authenticated (AES and HMAC-SHA-256), takes several keys, and is of `cryptography`, which passkeys need
    already. It loads 5 MiB, so only processes that seal or open something import it.
    """
    from cryptography.fernet import Fernet, MultiFernet

    every = [Fernet(f"{key.rstrip('=')}=") for key in keys]
    return every[0], MultiFernet(every)


def seal(text: str) -> str:
    newest, _ = _ciphers(tuple(settings.SEALING_KEYS))
    return MARK + newest.encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """Return what was sealed with any of the keys. Raise `Unreadable` if none opens it."""
    if not text.startswith(MARK):
        return text
    return _opened(text, _ciphers(tuple(settings.SEALING_KEYS))[1])


def is_sealed_with_newest(text: str) -> bool:
    """Return whether a text needs no sealing anew. Raise `Unreadable` if no key opens it."""
    unseal(text)
    try:
        _opened(text, _ciphers(tuple(settings.SEALING_KEYS))[0])
    except Unreadable:
        return False
    return text.startswith(MARK)


def _opened(text: str, cipher: "Fernet | MultiFernet") -> str:
    from cryptography.fernet import InvalidToken

    try:
        return cipher.decrypt(text.removeprefix(MARK)).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error
