"""An Act of official information as data: its grounds, limits, calendar and wording.

Each file in `acts/` is one Act; the law of another country is another file. Where a ground or a
limit is cited, it is by the code that the Act's own sections have, such as "9(2)(a)".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from agencies.wording.translation import _

ACTS = Path(__file__).parent / "acts"
NEW_ZEALAND = "nz-oia-1982"


class UnknownAct(ValueError):
    """There is no file of this name."""


class UnknownGround(ValueError):
    """The Act has no such ground. The message is shown to the user."""


class Family(StrEnum):
    """What a ground requires before information is withheld or refused: nothing more, a balance, or a search."""

    CONCLUSIVE = "conclusive"
    SPECIAL = "special"  # conclusive too, about territories beside New Zealand
    BALANCED = "balanced"  # against the public interest in release
    EXISTENCE = "existence"  # neither confirms nor denies that the information exists
    ADMINISTRATIVE = "administrative"


# Grounds of these families withhold words or a paper; the others refuse the request for it.
WITHHOLDING = frozenset({Family.CONCLUSIVE, Family.SPECIAL, Family.BALANCED})


def cited(code: str) -> str:
    """Return a section as labels and tables print it: "s 9(2)(a)"."""
    return f"s {code}"


def cited_in_full(code: str) -> str:
    """Return a section as sentences print it: "section 9(2)(a)"."""
    return f"section {code}"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for withholding or refusing. `words` is short, for lists; `wording` completes
    "we withheld this ..." in a letter. `until` is the last day in force, or None."""

    code: str
    words: str
    family: Family
    since: date
    until: date | None
    wording: str

    @property
    def is_balanced(self) -> bool:
        """Whether it gives way to a stronger public interest in release."""
        return self.family == Family.BALANCED

    @property
    def withholds(self) -> bool:
        """Whether it withholds information; otherwise it refuses the request for it."""
        return self.family in WITHHOLDING

    @property
    def cited(self) -> str:
        return cited(self.code)

    def is_in_force_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def __str__(self) -> str:
        return f"{self.cited} {self.words}"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for an extension or a transfer. `wording` completes "because ..."; that of a transfer
    has a place for the name of the other agency."""

    code: str
    words: str
    wording: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in working days. The day of receipt is day 0."""

    clarify: int  # a clarification that we ask for later does not start the time again
    clarify_since: date  # of a request received before, no clarification does
    transfer: int
    decide: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are not working days, besides Saturdays and Sundays.

    `holidays` is the country whose public holidays count. The closed days of each year go from
    `closed_from` to `closed_to`, (month, day) both, and may include a new year. Outside the years
    nothing is known.
    """

    holidays: str
    first_year: int
    last_year: int
    closed_from: tuple[int, int]
    closed_to: tuple[int, int]

    def is_closed(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.closed_from <= self.closed_to:
            return self.closed_from <= at <= self.closed_to
        return at >= self.closed_from or at <= self.closed_to


@dataclass(frozen=True)
class Act:
    """An Act. `sections` gives the code of what a letter cites, `letters` the letters' sentences,
    `stamp` what each page of a released paper says."""

    name: str
    title: str
    language: str
    stamp: str
    limits: Limits
    calendar: Calendar
    sections: Mapping[str, str]
    extension_reasons: tuple[Reason, ...]
    transfer_reasons: tuple[Reason, ...]
    grounds: tuple[Ground, ...]
    letters: Mapping[str, Any]

    def ground(self, code: str) -> Ground:
        """Return the ground of this code. Raise `UnknownGround`."""
        for each in self.grounds:
            if each.code == code:
                return each
        raise UnknownGround(
            _("“{ground}” is not a ground for withholding in the {act}.").format(
                ground=code, act=self.title
            )
        )

    def grounds_on(self, day: date) -> tuple[Ground, ...]:
        """Return the grounds in force on a day, in the order of the Act."""
        return tuple(each for each in self.grounds if each.is_in_force_on(day))

    def in_order(self, codes: Iterable[str]) -> tuple[Ground, ...]:
        """Return the grounds of these codes, each once, in the order of the Act."""
        wanted = {self.ground(code).code for code in codes}
        return tuple(each for each in self.grounds if each.code in wanted)


@cache
def act_named(name: str = NEW_ZEALAND) -> Act:
    """Return the Act of the file `acts/NAME.json`. Raise `UnknownAct` if there is none."""
    path = ACTS / f"{name}.json"
    if path.parent != ACTS or not path.is_file():
        raise UnknownAct(f"There is no Act “{name}”.")
    data = json.loads(path.read_text("utf-8"))
    return Act(
        name=data["name"],
        title=data["title"],
        language=data["language"],
        stamp=data["stamp"],
        limits=_limits(data["limits"]),
        calendar=_calendar(data["calendar"]),
        sections=data["sections"],
        extension_reasons=tuple(Reason(**each) for each in data["extension_reasons"]),
        transfer_reasons=tuple(Reason(**each) for each in data["transfer_reasons"]),
        grounds=tuple(_ground(each) for each in data["grounds"]),
        letters=data["letters"],
    )


def _ground(data: dict[str, Any]) -> Ground:
    until = data["until"]
    return Ground(
        code=data["code"],
        words=data["words"],
        family=Family(data["family"]),
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(until) if until else None,
        wording=data["wording"],
    )


def _limits(data: dict[str, Any]) -> Limits:
    return Limits(**{**data, "clarify_since": date.fromisoformat(data["clarify_since"])})


def _calendar(data: dict[str, Any]) -> Calendar:
    return Calendar(
        holidays=data["holidays"],
        first_year=data["first_year"],
        last_year=data["last_year"],
        closed_from=_month_and_day(data["closed_from"]),
        closed_to=_month_and_day(data["closed_to"]),
    )


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
