"""A check that a briefing fails, as plain data."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

BLOCKING, WARNING = "blocking", "warning"


class Gate(StrEnum):
    """A step that checks stand before, the earlier one first."""

    CONSULTATION = "consultation"
    AUTHORISATION = "authorisation"

    @property
    def stopped(self) -> str:
        """What the paper is kept from, to go into a sentence."""
        return {
            Gate.CONSULTATION: "going to the agencies",
            Gate.AUTHORISATION: "being authorised",
        }[self]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is wrong. `key` says what is wrong where, and stays the same while it is;
    `about` stands for the words that it is about, and changes with them."""

    key: str
    severity: str
    words: str
    # Where it is seen by whoever reads drafts, and where the coordinator puts it right if elsewhere.
    url: str
    place: str = ""
    about: str = ""
    mend_url: str = ""
    # What can be done about it, where the words do not say so.
    remedy: str = ""
    # The first step that it stops; what stops a step stops the later one too.
    stops: Gate = Gate.CONSULTATION
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

    @property
    def is_late_stop(self) -> bool:
        """Whether the agencies may be asked before it is put right."""
        return self.is_blocking and self.stops == Gate.AUTHORISATION


@dataclass(frozen=True)
class Count:
    """How many checks stop the paper before each step, how many warnings nobody has answered, and
    how many are left as they are."""

    blocking: int
    before_consultation: int
    warnings: int
    overridden: int

    def before(self, gate: Gate) -> int:
        return self.before_consultation if gate == Gate.CONSULTATION else self.blocking


def count(found: Iterable[Check]) -> Count:
    checks = list(found)
    stops = [check for check in checks if check.is_blocking]
    return Count(
        blocking=len(stops),
        before_consultation=sum(check.stops == Gate.CONSULTATION for check in stops),
        warnings=sum(not check.is_blocking and check.is_open for check in checks),
        overridden=sum(not check.is_open for check in checks),
    )


def fingerprint(*words: str) -> str:
    """What stands for words, so that a change of them shows."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
