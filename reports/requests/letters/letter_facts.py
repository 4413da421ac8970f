"""What a letter is written from: the request, its events, its schedule, and who writes.

Plain data, filled by the caller. Codes are those that the records store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports.requests.law.act import NEW_ZEALAND, Act, act_named
from reports.requests.law.working_days import WorkingDays


class Kind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    CLARIFY = "clarify"
    TRANSFER = "transfer"
    HAND_OVER = "hand_over"  # to the body that a request is transferred to
    EXTEND = "extend"
    DECIDE = "decide"
    RELEASE = "release"
    DECIDE_AND_RELEASE = "decide_and_release"

    @property
    def decides(self) -> bool:
        return self in (Kind.DECIDE, Kind.DECIDE_AND_RELEASE)

    @property
    def releases(self) -> bool:
        return self in (Kind.RELEASE, Kind.DECIDE_AND_RELEASE)

    @property
    def has_schedule(self) -> bool:
        return self.decides or self.releases


class Happened(StrEnum):
    """Events that a later letter mentions to the requester."""

    ACKNOWLEDGED = "acknowledged"
    CLARIFICATION_SOUGHT = "clarification_sought"
    CLARIFICATION_RECEIVED = "clarification_received"
    TRANSFERRED_IN_PART = "transferred_in_part"
    TRANSFERRED = "transferred"
    EXTENDED = "extended"
    DECISION_NOTIFIED = "decision_notified"
    RELEASED = "released"
    COMPLAINT_RECEIVED = "complaint_received"


class Decision(StrEnum):
    """The decision on one document of the schedule."""

    FULL = "full"
    PART = "part"
    WITHHELD = "withheld"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def gives(self) -> bool:
        return self in (Decision.FULL, Decision.PART)

    @property
    def keeps(self) -> bool:
        """Whether something is withheld or refused, so that a ground is needed."""
        return self in (Decision.PART, Decision.WITHHELD, Decision.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asked. `address` is the lines of a postal address, or an email address."""

    name: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact or signatory; either the name or the role may be empty."""

    name: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""

    @property
    def who(self) -> str:
        if self.name and self.role and self.name != self.role:
            return f"{self.name} ({self.role})"
        return self.name or self.role


@dataclass(frozen=True, slots=True, kw_only=True)
class Ombudsman:
    """Contact details of the Ombudsman. Empty ones are not printed."""

    website: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An earlier event. `whom` is of a transfer, `until` of an extension."""

    kind: Happened
    on: date
    whom: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A document of the schedule.

    `grounds` are all used on it or within it, `weighed` those of them whose public interest somebody
    has noted. `reason` says why it is out of scope, or to whom it was transferred. A paper that
    `shows_labels` was redacted here, so labels stand in the place of its withheld words.
    """

    number: int
    title: str
    decision: Decision | None
    dated: date | None = None
    grounds: tuple[str, ...] = ()
    weighed: tuple[str, ...] = ()
    reason: str = ""
    shows_labels: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """`part` is the part of the request that is transferred, empty if all of it is. `address`, `enclosures` (one a
    line) and `words` are of the letter to the receiving body."""

    whom: str
    reason: str  # a code, as "14(b)(i)"
    part: str = ""
    contact: str = ""
    address: str = ""
    enclosures: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`explanation` is the preparer's own sentence beside the Act's wording."""

    reason: str  # a code, as "15A(1)(a)"
    until: date
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The limits of a request, and how late a letter of a day is, in working days."""

    first_due: date  # without an extension
    decide_by: date
    transfer_by: date
    day: int  # the number of working days since receipt
    late: int
    transfer_late: int


def clock_of(
    days: WorkingDays, *, counted_from: date, on: date, extended_to: date | None = None
) -> Clock:
    """Return the limits of a request as a letter of the day `on` needs them.

    `counted_from` is the day of receipt, or of the clarification that started the time again. Raise
    `BeyondCalendar`.
    """
    first_due = days.due(counted_from)
    decide_by = extended_to or first_due
    transfer_by = days.due(counted_from, days.act.limits.transfer)
    return Clock(
        first_due=first_due,
        decide_by=decide_by,
        transfer_by=transfer_by,
        day=days.day_number(counted_from, on),
        late=days.late_by(decide_by, on),
        transfer_late=days.late_by(transfer_by, on),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a letter about one request may need; `missing` says what its kind lacks."""

    agency: str
    reference: str
    requester: Requester
    dated: date
    received: date
    text: str
    on: date  # the date of the letter
    clock: Clock
    contact: Person
    signatory: Person
    ombudsman: Ombudsman
    act_name: str = NEW_ZEALAND
    scope: str = ""
    is_urgent: bool = False
    is_own_initiative: bool = False  # without a requester, the decision is a memo
    events: tuple[Event, ...] = ()
    lines: tuple[Line, ...] = ()
    question: str = ""  # one question a line
    transfer: Transfer | None = None
    extension: Extension | None = None
    release_by: date | None = None
    public_interest: str = ""  # what was weighed, in the agency's own words
    own_words: str = ""  # paragraphs of the agency's own, before the contact
    will_be_published: bool = False
    is_corrected: bool = False  # the papers take the place of those that were sent before
    apologises: bool = True
    no_apology_reason: str = ""

    @property
    def act(self) -> Act:
        return act_named(self.act_name)

    def has_happened(self, kind: Happened) -> bool:
        return any(event.kind == kind for event in self.events)

    def grounds_used(self) -> tuple[str, ...]:
        """Return the codes of the grounds that the schedule uses, each once, in its order."""
        return tuple(dict.fromkeys(code for line in self.lines for code in line.grounds))
