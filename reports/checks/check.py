"""A failed check as plain data."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext

from agencies.wording.translation import StrOrPromise

BLOCKING, WARNING = "blocking", "warning"


class Place(StrEnum):
    """Where a problem is fixed, in the order in which a page lists them."""

    TEXT = "text"
    COVER = "cover"
    RECORDS = "records"


# The places of checks that are not about the text, by the first word of their keys.
_PLACES = {
    **dict.fromkeys(("cover", "dated"), Place.COVER),
    **dict.fromkeys(("return", "late"), Place.RECORDS),
}


class Gate(StrEnum):
    """A step that checks can block. Earlier steps come first."""

    CONSULTATION = "consultation"
    AUTHORISATION = "authorisation"

    @property
    def before(self) -> str:
        """What comes after the step, as the end of a sentence: "before the agencies are asked"."""
        if self == Gate.CONSULTATION:
            return gettext("the agencies are asked")
        return gettext("the paper is authorised")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One problem.

    `key` identifies what is wrong where, and stays the same while the problem lasts. `about` is the
    digest of the text that the check is about.
    """

    key: str
    severity: str
    words: str
    # Where readers of the draft can see the problem, and where the coordinator can fix it if that
    # is elsewhere.
    url: str
    place: str = ""
    about: str = ""
    mend_url: StrOrPromise = ""
    # How to fix it, unless the words say so.
    remedy: str = ""
    # The first step that it blocks. All later steps are blocked too.
    stops: Gate = Gate.CONSULTATION
    # The valid override of a warning, or an override that lapsed because the text has changed.
    override: Any = None
    lapsed: Any = None
    # The sentence of the paragraph that it is about, if it is one.
    sentence: str = ""
    # What could be in the place of that sentence.
    instead: str = ""
    # The dates or numbers of the paragraph that its records do not have, and those that they have in their place.
    differing: Sequence[tuple[Sequence[str], Sequence[str]]] = ()
    # The sentences that paragraphs leave out, by key, each with the end of what is printed before it.
    left_out: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    # What it lists, a line each.
    lines: Sequence[str] = ()
    # What it says at each of the paragraphs that it is about, by key.
    at: Mapping[str, str] = field(default_factory=dict)
    # For missing returns: a button adds a paragraph that says so.
    is_listable: bool = False
    # The short name of an agency that has not answered, or whose return is missing.
    agency: str = ""
    # The day that it waits for, if it does.
    due: date | None = None

    @property
    def is_blocking(self) -> bool:
        return self.severity == BLOCKING

    @property
    def paragraph(self) -> str:
        """The key of the one paragraph that it is about, or ""."""
        key = self.url.partition("#")[2]
        return key if key and self.key.endswith(f"-{key}") else ""

    @property
    def where(self) -> Place:
        return _PLACES.get(self.key.partition("-")[0], Place.TEXT)

    @property
    def is_open(self) -> bool:
        return self.override is None

    @property
    def waits(self) -> bool:
        """Whether it needs a day to come, or an agency to answer, and nothing from the coordinator before."""
        return self.due is not None or self.key.startswith("dissent-")

    @property
    def is_late_stop(self) -> bool:
        """Whether it blocks authorisation but not consultation."""
        return self.is_blocking and self.stops == Gate.AUTHORISATION


@dataclass(frozen=True)
class Count:
    """Number of checks that block each step, and of warnings that nobody accepted. `by_place` are the checks that block, by
    where they are fixed, without the places that have none."""

    blocking: int
    by_place: Mapping[Place, Sequence[Check]]
    before_consultation: int
    warnings: int

    def before(self, gate: Gate) -> int:
        return self.before_consultation if gate == Gate.CONSULTATION else self.blocking


def count(found: Iterable[Check]) -> Count:
    checks = list(found)
    stops = [check for check in checks if check.is_blocking]
    return Count(
        blocking=len(stops),
        by_place={
            place: there
            for place in Place
            if (there := [check for check in stops if check.where == place])
        },
        before_consultation=sum(check.stops == Gate.CONSULTATION for check in stops),
        warnings=sum(not check.is_blocking and check.is_open for check in checks),
    )


def fingerprint(*words: str) -> str:
    """Return a digest of texts, to detect changes."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
