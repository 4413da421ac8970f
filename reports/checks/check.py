"""A check that a briefing fails, as plain data."""

import hashlib
from dataclasses import dataclass
from typing import Any

BLOCKING, WARNING = "blocking", "warning"


@dataclass(frozen=True)
class Check:
    """One thing that is wrong. `key` says what is wrong where, and stays the same while it is;
    `about` stands for the words that it is about, and changes with them."""

    key: str
    severity: str
    words: str
    url: str
    place: str = ""
    about: str = ""
    # A standing override of a warning, or one that no longer holds since the words have changed.
    override: Any = None
    lapsed: Any = None
    # For missing returns: the paper can be made to say so with one click.
    is_listable: bool = False

    @property
    def is_blocking(self) -> bool:
        return self.severity == BLOCKING

    @property
    def is_open(self) -> bool:
        return self.override is None


def fingerprint(*words: str) -> str:
    """What stands for words, so that a change of them shows."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
