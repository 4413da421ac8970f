"""Lateness, freshness and status on a given day, and why an item needs attention.

Pure functions of rows (or objects with the same attributes) and a day. They make no queries and do
not read the clock. All lengths are calendar days; days are New Zealand local dates.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol

from agencies.wording.translation import _, day_words, gettext_lazy, list_in_words, ngettext
from workitems.terms.known_dates import Due, KnownDate, KnownTo
from workitems.terms.spans import in_words, span_in_words

DUE_SOON_DAYS = 30
# Agencies report twice a year: updates older than that are stale, older than a quarter ageing.
AGEING_AFTER_DAYS = 92
STALE_AFTER_DAYS = 184


def count_noun(count: int, noun: str) -> str:
    """Return "1 item" or "1,092 items", always in digits."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def times_in_words(count: int) -> str:
    """Return "once", "twice" or "three times", in digits from ten on."""
    if count == 1:
        return _("once")
    if count == 2:
        return _("twice")
    return ngettext("{number} time", "{number} times", count).format(number=in_words(count))


def days_in_words(count: int) -> str:
    """Return "1 day" or "1,092 days"."""
    return ngettext("{count:,} day", "{count:,} days", count).format(count=count)


CONFIDENCES = {
    "on_track": gettext_lazy("on track"),
    "at_risk": gettext_lazy("at risk"),
    "off_track": gettext_lazy("off track"),
}
DOUBTFUL = frozenset({"at_risk", "off_track"})
# Causes of a delay within a sentence; the others have no word of their own.
CAUSES = {
    "funding": gettext_lazy("funding"),
    "prior_commitments": gettext_lazy("prior commitments"),
    "staffing": gettext_lazy("staffing"),
    "another_agency": gettext_lazy("another agency"),
    "legislation": gettext_lazy("legislation"),
    "procurement": gettext_lazy("procurement"),
    "consultation": gettext_lazy("consultation"),
    "cabinet": gettext_lazy("Cabinet decision"),
    "outside_event": gettext_lazy("outside event"),
}


def by_then(day: date | None, on: date) -> date | None:
    """Return the day unless it is after `on`; then the event had not happened yet."""
    return day if day is not None and day <= on else None


class MilestoneLike(Protocol):
    """The attributes of a milestone that are needed here: a record, or an immutable row."""

    @property
    def description(self) -> str: ...
    @property
    def original_due(self) -> date: ...
    @property
    def agreed_due(self) -> date: ...
    @property
    def agreed_known_to(self) -> str: ...
    @property
    def forecast_due(self) -> date: ...
    @property
    def original_known_to(self) -> str: ...
    @property
    def forecast_known_to(self) -> str: ...
    @property
    def original(self) -> KnownDate: ...
    @property
    def agreed(self) -> KnownDate: ...
    @property
    def forecast(self) -> KnownDate: ...
    @property
    def completed_on(self) -> date | None: ...
    @property
    def withdrawn_on(self) -> date | None: ...


class DelayLike(Protocol):
    """The attributes of a delay that are needed here."""

    @property
    def settlement(self) -> str: ...
    @property
    def times_moved(self) -> int: ...
    @property
    def ended_on(self) -> date | None: ...


class DelaySettledLike(DelayLike, Protocol):
    """A delay with the day by which its cause is settled."""

    @property
    def settling_by(self) -> date | None: ...


class Late(StrEnum):
    """A milestone's state relative to its agreed date, worst first."""

    OVERDUE = "overdue"
    SLIPPING = "slipping"
    DUE_SOON = "due_soon"
    ON_TIME = "on_time"
    NO_DATE = "no_date"
    DONE_LATE = "done_late"
    DONE = "done"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return str(LATE_LABELS[self])


LATE_LABELS = {
    Late.OVERDUE: gettext_lazy("Overdue"),
    Late.SLIPPING: gettext_lazy("Expected late"),
    Late.DUE_SOON: gettext_lazy("Due soon"),
    Late.ON_TIME: gettext_lazy("On time"),
    Late.NO_DATE: gettext_lazy("No date"),
    Late.DONE_LATE: gettext_lazy("Done late"),
    Late.DONE: gettext_lazy("Done"),
    Late.WITHDRAWN: gettext_lazy("Withdrawn"),
}
LATE_ORDER = tuple(Late)


class Lateness(NamedTuple):
    """A state, and by how many days it is late or expected late after `due`, the agreed date. A state with
    days has a date.

    `has_length` is false of one expected in a quarter, so that nobody knows by how much it is late; its days are
    those to the quarter's end.
    """

    state: Late
    days: int = 0
    due: date | None = None
    has_length: bool = True
    # What is sure of one that waits for something: "at least".
    is_least: bool = False

    @property
    def is_late(self) -> bool:
        return self.state in (Late.OVERDUE, Late.SLIPPING)

    @property
    def length(self) -> str:
        """How late it is: "12 days", "at least a month"; "" if it is not late or nobody knows by how much."""
        if not (self.days and self.due and self.has_length):
            return ""
        reached = self.due + timedelta(days=self.days)
        return length_in_words(self.due, reached, is_least=self.is_least)

    @property
    def words(self) -> str:
        """Text such as "Overdue by 12 days", "Expected a month late", "Done a year late".

        Each counts from the agreed date: overdue to the day asked about, expected to the forecast,
        done to the completion.
        """
        if self.state == Late.WITHDRAWN and self.due is not None:
            # A milestone; an item, which is withdrawn, has no date here.
            return _("Cancelled")
        if not self.has_length:
            return self.state.label
        length = self.length
        if self.state == Late.OVERDUE:
            return _("Overdue by {time}").format(time=length)
        if self.state == Late.SLIPPING:
            return _("Expected {time} late").format(time=length)
        if self.state == Late.DONE_LATE:
            return _("Done {time} late").format(time=length)
        return self.state.label


NO_DATES = Lateness(Late.NO_DATE)


def milestone_lateness(milestone: MilestoneLike, on: date) -> Lateness:
    """Return the lateness of a milestone on the day `on`.

    A milestone is "done late" if it was completed after its agreed date, overdue if it is open
    after that date, and slipping if open and forecast after it. Later completions are ignored.
    """
    due = milestone.agreed_due
    if milestone.withdrawn_on is not None and milestone.withdrawn_on <= on:
        return Lateness(Late.WITHDRAWN, due=due)
    if milestone.completed_on is not None and milestone.completed_on <= on:
        days = (milestone.completed_on - due).days
        return Lateness(Late.DONE_LATE, days, due) if days > 0 else Lateness(Late.DONE, due=due)
    if due < on:
        return Lateness(Late.OVERDUE, (on - due).days, due)
    if milestone.forecast_due > due:
        return _slipping(milestone)
    if due <= on + timedelta(days=DUE_SOON_DAYS):
        return Lateness(Late.DUE_SOON, due=due)
    return Lateness(Late.ON_TIME, due=due)


def _slipping(milestone: MilestoneLike) -> Lateness:
    days = (milestone.forecast_due - milestone.agreed_due).days
    is_sure = not ends_in_a_quarter(milestone)
    return Lateness(Late.SLIPPING, days, milestone.agreed_due, has_length=is_sure)


def while_waiting(
    late: Lateness, milestone: MilestoneLike, delays: Iterable[DelayLike]
) -> Lateness:
    """Return the lateness with the length that is sure, as `slip_in_words` says it, of a milestone that waits for
    something. `delays` are its open ones."""
    if late.state != Late.SLIPPING or not late.has_length or not is_waiting(milestone, delays):
        return late
    agreed, forecast = milestone.agreed, milestone.forecast
    is_alike = agreed.known_to == forecast.known_to
    reached = forecast.last_day if is_alike else forecast.first_day
    return late._replace(days=(reached - milestone.agreed_due).days, is_least=True)


def slip_in_words(milestone: MilestoneLike, delays: Iterable[DelayLike]) -> str:
    """Return how far an open milestone is from its agreed date, over all its open delays, such as
    "Expected five months after the agreed date. Its date has moved three times." Empty if on time.

    Of one that waits for something, and of a quarter, it is the length that is sure: "Expected at least three
    months after the agreed date."
    """
    delays = list(delays)
    is_late = milestone.forecast_due > milestone.agreed_due
    moves = sum(delay.times_moved for delay in delays if delay.ended_on is None)
    if not is_late or not moves or milestone.completed_on or milestone.withdrawn_on:
        return ""
    at_least = is_waiting(milestone, delays) or ends_in_a_quarter(milestone)
    says = (
        _("Expected at least {time} after the agreed date.")
        if at_least
        else _("Expected {time} after the agreed date.")
    ).format(time=span_in_words(milestone.agreed, milestone.forecast, at_least=at_least))
    if moves < 2:
        return says
    moved = _("Its date has moved {times}.").format(times=times_in_words(moves))
    return f"{says} {moved}"


def length_in_words(first: Due, last: Due, *, is_least: bool) -> str:
    """Return a length as all say it: "a year", or "at least 11 months" of one that waits for something."""
    length = span_in_words(first, last, at_least=is_least)
    return _("at least {time}").format(time=length) if is_least else length


def is_waiting(milestone: MilestoneLike, delays: Iterable[DelayLike]) -> bool:
    """Whether a milestone's new date, which is later than the agreed one, depends on something: the cause of an open
    delay is said not to be settled."""
    return milestone.forecast.first_day > milestone.agreed_due and any(
        delay.ended_on is None and delay.settlement not in ("", "settled") for delay in delays
    )


def new_date_by(delays: Iterable[DelaySettledLike], on: date) -> date | None:
    """Return by when the new date of a late milestone is to be known, where its agency has said that it has none yet; None once
    that day is past."""
    days = (each.settling_by for each in delays if each.ended_on is None and not each.times_moved)
    return next((day for day in days if day and day >= on), None)


def new_date_in_words(agency: object, by: date) -> str:
    """Return by when a new date is to be known, and who says it, as a sentence."""
    return _("A new date is to be known by {day} ({agency}).").format(
        day=KnownDate(by), agency=agency
    )


def ends_in_a_quarter(milestone: MilestoneLike) -> bool:
    """Whether a late milestone is expected in a quarter, and agreed for a day or month before it: nobody knows by how
    much it will be late."""
    return (
        milestone.forecast_known_to == KnownTo.QUARTER != milestone.agreed_known_to
        and milestone.forecast.first_day > milestone.agreed_due
    )


def settlement_in_words(
    settlement: str, agency: object, by: date | None, on: date | None = None
) -> str:
    """Return the state of a delay's cause: "is settled", "needs a decision", "is being settled by
    Police by 30 June 2027". Empty if it is unknown. A date before `on` is worded as past."""
    if settlement == "settled":
        return _("is settled")
    if settlement == "needs_decision":
        return _("needs a decision")
    if settlement != "being_settled":
        return ""
    if by is None:
        return _("is being settled by {agency}").format(agency=agency)
    says = (
        _("was to be settled by {agency} by {day}")
        if on and by < on
        else _("is being settled by {agency} by {day}")
    )
    return says.format(agency=agency, day=KnownDate(by))


def cause_in_words(
    cause: str, settlement: str, agency: object, by: date | None, on: date | None = None
) -> str:
    """Return `settlement_in_words` as a sentence: "The cause (funding) needs a decision." Empty if
    it is unknown. A cause that is not in `CAUSES` is not named."""
    words = settlement_in_words(settlement, agency, by, on)
    if not words:
        return ""
    if cause not in CAUSES:
        return _("The cause {is_settled}.").format(is_settled=words)
    return _("The cause ({cause}) {is_settled}.").format(cause=CAUSES[cause], is_settled=words)


def item_lateness(milestones: Sequence[MilestoneLike], on: date) -> Lateness:
    """Return the lateness of the worst milestone; among equals, of the one with most days."""
    found = [milestone_lateness(milestone, on) for milestone in milestones]
    if not found:
        return NO_DATES
    return min(found, key=lambda late: (LATE_ORDER.index(late.state), -late.days))


def item_dates(stage: str, milestones: Sequence[MilestoneLike], on: date) -> Lateness:
    """Return the lateness of an item with all its milestones, including closed ones. A withdrawn
    item is neither late nor done, and one that goes on without an open milestone has no date: it is not done."""
    if stage == "withdrawn":
        return Lateness(Late.WITHDRAWN)
    found = item_lateness(milestones, on)
    is_closed = found.state in (Late.DONE_LATE, Late.DONE, Late.WITHDRAWN)
    return NO_DATES if is_closed and stage != "complete" else found


def dates_ahead(milestones: Iterable[MilestoneLike], on: date) -> tuple[Lateness, KnownDate | None]:
    """Return the lateness and the earliest agreed date of the milestones that are open on the day.

    The lateness is that of `item_lateness`, found in one pass for thousands of items. Of a day, a
    month and a quarter with the same end, the earliest is the day, then the month.
    """
    due: date | None = None
    slips: MilestoneLike | None = None
    known_to = ""
    slip = 0
    for row in milestones:
        done, withdrawn, agreed = row.completed_on, row.withdrawn_on, row.agreed_due
        if (done is None or done > on) and (withdrawn is None or withdrawn > on):
            if due is None or agreed < due:
                due, known_to = agreed, row.agreed_known_to
            elif agreed == due and row.agreed_known_to < known_to:
                known_to = row.agreed_known_to
            if row.forecast_due > agreed and (days := (row.forecast_due - agreed).days) > slip:
                slip, slips = days, row
    if due is None:
        return NO_DATES, None
    first = KnownDate(due, known_to)
    if due < on:
        return Lateness(Late.OVERDUE, (on - due).days, due), first
    if slips is not None:
        return _slipping(slips), first
    is_soon = (due - on).days <= DUE_SOON_DAYS
    return Lateness(Late.DUE_SOON if is_soon else Late.ON_TIME, due=due), first


def span(milestones: Sequence[MilestoneLike], on: date) -> tuple[date, date]:
    """Return the first and last of the day and all dates, to draw milestones to one scale."""
    days = [on]
    for milestone in milestones:
        days += [milestone.original_due, milestone.agreed_due, milestone.forecast_due]
        days += [milestone.completed_on] if milestone.completed_on else []
    return min(days), max(days)


class Fresh(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class Freshness:
    """Age in days of the last accepted update, which came on the day `heard_on`, or of a spreadsheet's row."""

    state: Fresh
    days: int = 0
    heard_on: date | None = None
    is_of_spreadsheet: bool = False

    @property
    def words(self) -> str:
        if self.heard_on is None:
            return _("No accepted update yet")
        if self.is_of_spreadsheet:
            return _("From the spreadsheet, {day}").format(day=day_words(self.heard_on))
        if self.days == 0:
            return _("Updated today")
        until = self.heard_on + timedelta(days=self.days)
        return _("Updated {time} ago").format(time=span_in_words(self.heard_on, until))


def freshness(heard_on: date | None, on: date, record_begins: date | None = None) -> Freshness:
    """Return how old what is known of an item is. `record_begins` is the day of the spreadsheet that its plan came
    from, if it came from one."""
    if heard_on is None or heard_on > on:
        return Freshness(Fresh.NEVER)
    days = (on - heard_on).days
    is_of_spreadsheet = record_begins is not None and heard_on <= record_begins
    if days > STALE_AFTER_DAYS:
        return Freshness(Fresh.STALE, days, heard_on, is_of_spreadsheet)
    state = Fresh.AGEING if days > AGEING_AFTER_DAYS else Fresh.FRESH
    return Freshness(state, days, heard_on, is_of_spreadsheet)


class Status(StrEnum):
    """The status of an item. Every item has exactly one.

    Lateness takes precedence over the agency's confidence. The words are not those of a
    confidence, so that "at risk" always means what an agency or the reviewer said.
    """

    LATE = "late"
    IN_DOUBT = "in_doubt"
    UNJUDGED = "unjudged"
    ON_TIME = "on_time"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return str(STANDING_LABELS[self])

    @property
    def counts(self) -> str:
        """What the dashboard's figure counts, in a few words."""
        return str(COUNTS[self])


STANDING_LABELS = {
    Status.LATE: gettext_lazy("Late"),
    Status.IN_DOUBT: gettext_lazy("In doubt"),
    Status.UNJUDGED: gettext_lazy("Cannot be judged"),
    Status.ON_TIME: gettext_lazy("On time"),
    Status.COMPLETE: gettext_lazy("Complete"),
    Status.WITHDRAWN: gettext_lazy("Withdrawn"),
}
COUNTS = {
    Status.LATE: gettext_lazy("a milestone is overdue or expected late"),
    Status.IN_DOUBT: gettext_lazy("not late, but reported as at risk or off track"),
    Status.UNJUDGED: gettext_lazy("not in doubt, and without an open milestone"),
    Status.ON_TIME: gettext_lazy("not late, and not in doubt"),
    Status.COMPLETE: gettext_lazy("recorded as complete"),
    Status.WITHDRAWN: gettext_lazy("withdrawn from the Plan"),
}


def status_of(stage: str, late: Lateness, confidence: str) -> Status:
    """Return the status of an item, whose open milestones are as `late`.

    Late: live, with a milestone overdue or expected late. In doubt: live, not late, and the
    agency's confidence is at risk or off track. Unjudged: live, not in doubt, and without an open
    milestone, whatever its agency says: nothing can be on time. On time: every other live item.
    """
    if stage == "complete":
        return Status.COMPLETE
    if stage == "withdrawn":
        return Status.WITHDRAWN
    if late.is_late:
        return Status.LATE
    if confidence in DOUBTFUL:
        return Status.IN_DOUBT
    return Status.UNJUDGED if late.state == Late.NO_DATE else Status.ON_TIME


class Rank(IntEnum):
    """Reasons for the working group's attention; lower is more urgent.

    docs/attention.md describes them; a test checks that it has the same order.
    """

    ACTION_OVERDUE = 1
    OVERDUE_UNMITIGATED = 2
    OVERDUE = 3
    EXPECTED_LATE = 4
    CANNOT_BE_MET = 5
    MEASURE_FAILS = 6
    NOT_SUPPORTED = 7
    SLIPPED_AGAIN = 8
    OFF_TRACK = 9
    RISK_ESCALATED = 10
    AT_RISK = 11
    VIEWS_DIFFER = 12
    STALE = 13
    VARIATION_WAITS = 14
    SENT_BACK = 15
    RETURN_MISSING = 16


class Reason(NamedTuple):
    """A reason for attention, in a sentence or more.

    `short` leaves out causes and mitigations, for pages that show them beside it; empty if there is
    nothing to leave out.
    """

    rank: Rank
    words: str
    short: str = ""


class ItemLike(Protocol):
    """The attributes of a live item that are needed here. `late` is the lateness of its open milestones."""

    @property
    def confidence(self) -> str: ...
    @property
    def reviewer_confidence(self) -> str: ...
    @property
    def heard_on(self) -> date | None: ...
    @property
    def starts_on(self) -> date | None: ...
    @property
    def late(self) -> Lateness: ...


class MeasureLike(Protocol):
    """A measure, with its sentence."""

    @property
    def sentence(self) -> str: ...


@dataclass(slots=True)
class Concerns:
    """What belongs to an item and decides, with the item, whether it needs attention. Most items have none.

    `times_moved` is the highest number of moves of a milestone over all its open delays, `is_mitigated` whether
    any open delay has a mitigation. `causes` are sentences on the causes of open delays, appended to the lateness.
    `answered_by` are the days by which agencies answer the pending variations that are decided out of session.
    `risks` are the references of open, escalated risks. `measures` are those whose target was missed, or that are worse
    than before the plan. `not_met` are sentences on milestones whose agreed date can no longer be met
    because of what they wait for. `not_supported` is who audits and found that the evidence does not support what was
    reported, or "". `is_unknown` if the spreadsheet that the plan came from gave neither a date nor a status of it, and
    its agency has not reported.
    """

    is_mitigated: bool = False
    times_moved: int = 0
    causes: Sequence[str] = ()
    variations_pending: int = 0
    answered_by: Sequence[date] = ()
    risks: Sequence[str] = ()
    measures: Sequence[MeasureLike] = ()
    not_met: Sequence[str] = ()
    not_supported: str = ""
    is_unknown: bool = False


NO_CONCERNS = Concerns()


# Reasons that name who gave a rating.
RATED = frozenset((Rank.OFF_TRACK, Rank.AT_RISK, Rank.VIEWS_DIFFER))


def reasons(
    of: Iterable[Rank],
    item: ItemLike,
    on: date,
    concerns: Concerns = NO_CONCERNS,
    *,
    of_spreadsheet: bool = False,
) -> list[Reason]:
    """Return reasons why an item needs attention on the day, in words.

    `of_spreadsheet` if the spreadsheet that the plan came from gave its rating, and no agency.
    """
    return [_reason(rank, item, on, concerns, of_spreadsheet) for rank in of]


def ranks(item: ItemLike, on: date, concerns: Concerns = NO_CONCERNS) -> list[Rank]:
    """Return why a live item needs attention on the day, most urgent first. `reasons` has the words: thousands of items
    are ranked, few are shown."""
    found: list[Rank] = []
    add, state = found.append, item.late.state
    if state == Late.OVERDUE:
        add(Rank.OVERDUE if concerns.is_mitigated else Rank.OVERDUE_UNMITIGATED)
    if state == Late.SLIPPING:
        add(Rank.EXPECTED_LATE)
    if concerns.not_met:
        add(Rank.CANNOT_BE_MET)
    found += ranks_of_results(concerns)
    if concerns.times_moved > 1:
        add(Rank.SLIPPED_AGAIN)
    said, rated = item.confidence, item.reviewer_confidence
    if (said or rated) == "off_track":
        add(Rank.OFF_TRACK)
    if concerns.risks:
        add(Rank.RISK_ESCALATED)
    views_differ = said and rated and said != rated
    if (said or rated) == "at_risk" and not views_differ:
        add(Rank.AT_RISK)
    if views_differ:
        add(Rank.VIEWS_DIFFER)
    has_begun = item.starts_on is None or item.starts_on <= on
    is_old = item.heard_on is not None and (on - item.heard_on).days > STALE_AFTER_DAYS
    if has_begun and (is_old or concerns.is_unknown):
        add(Rank.STALE)
    if concerns.variations_pending:
        add(Rank.VARIATION_WAITS)
    return found


def ranks_of_results(concerns: Concerns) -> list[Rank]:
    """Return the reasons for which a complete item needs attention too."""
    found = [Rank.MEASURE_FAILS] if concerns.measures else []
    if concerns.not_supported:
        found.append(Rank.NOT_SUPPORTED)
    return found


def _reason(
    rank: Rank, item: ItemLike, on: date, concerns: Concerns, of_spreadsheet: bool
) -> Reason:
    """Return a reason of these in words."""
    if rank in (Rank.OVERDUE, Rank.OVERDUE_UNMITIGATED, Rank.EXPECTED_LATE):
        words = f"{item.late.words}."
        if rank == Rank.OVERDUE_UNMITIGATED:
            words = _("{status}, and no mitigation is recorded.").format(status=item.late.words)
        return Reason(rank, " ".join([words, *concerns.causes]), f"{item.late.words}.")
    if rank == Rank.CANNOT_BE_MET:
        return Reason(rank, " ".join(concerns.not_met), _("The agreed date can no longer be met."))
    if rank == Rank.MEASURE_FAILS:
        words = " ".join(row.sentence for row in concerns.measures)
    elif rank == Rank.NOT_SUPPORTED:
        words = _("{agency} found that the evidence does not support what was reported.").format(
            agency=concerns.not_supported
        )
    elif rank == Rank.SLIPPED_AGAIN:
        words = _("Its date has moved {times}.").format(times=times_in_words(concerns.times_moved))
    elif rank in (Rank.OFF_TRACK, Rank.AT_RISK):
        pattern = (
            _("The spreadsheet says it is {confidence}.")
            if of_spreadsheet
            else _("Its agency says it is {confidence}.")
            if item.confidence
            else _("The reviewer rates it {confidence}.")
        )
        words = pattern.format(confidence=CONFIDENCES[item.confidence or item.reviewer_confidence])
    elif rank == Rank.RISK_ESCALATED:
        words = ngettext("{risks} is escalated.", "{risks} are escalated.", len(concerns.risks))
        words = words.format(risks=list_in_words(concerns.risks))
    elif rank == Rank.VIEWS_DIFFER:
        words = _views_differ(item, of_spreadsheet)
    elif rank == Rank.STALE and item.heard_on is None:
        words = _("It has no date, and nobody has reported on it.")
    elif rank == Rank.STALE:
        assert item.heard_on is not None
        since = span_in_words(item.heard_on, on)
        words = _("No update accepted for {time}.").format(time=since)
    else:
        words = " ".join(_variations(concerns, on))
    return Reason(rank, words)


def _variations(concerns: Concerns, on: date) -> Iterator[str]:
    """Yield how many variations are waiting, and which are decided out of session and by when; of those whose day has
    passed, who has to close them."""
    if waiting := concerns.variations_pending - len(concerns.answered_by):
        yield ngettext(
            "A variation is waiting for a decision.",
            "{count} variations are waiting for a decision.",
            waiting,
        ).format(count=waiting)
    for day in concerns.answered_by:
        words = (
            _("A variation is being decided out of session; agencies answer by {day}.")
            if on <= day
            else _(
                "The time to answer on a variation out of session ended on {day}; the coordinator has to close it, "
                "give more time or end it."
            )
        )
        yield words.format(day=KnownDate(day))


def _views_differ(item: ItemLike, of_spreadsheet: bool) -> str:
    says = (
        _("The reviewer rates it {reviewer}; the spreadsheet says {agency}.")
        if of_spreadsheet
        else _("The reviewer rates it {reviewer}; the agency says {agency}.")
    )
    return says.format(
        reviewer=CONFIDENCES[item.reviewer_confidence], agency=CONFIDENCES[item.confidence]
    )


def return_attention(
    state: str,
    due_on: date,
    sent_back_on: date | None,
    on: date,
    recalled_on: date | None = None,
) -> list[Reason]:
    """Return why a return of an open round needs attention on the day: sent back, recalled after it was
    sent back and answered, or missing."""
    if state == "sent_back" and recalled_on:
        words = _("Recalled on {day} and not submitted again.").format(day=KnownDate(recalled_on))
        return [Reason(Rank.SENT_BACK, words)]
    if state == "sent_back":
        words, short = _("Sent back and not answered yet."), _("Sent back.")
        if sent_back_on and sent_back_on < on:
            since = span_in_words(sent_back_on, on)
            words = _("Sent back {since} ago and not answered.").format(since=since)
            short = _("Sent back {since} ago.").format(since=since)
            if (on - sent_back_on).days == 1:
                words = _("Sent back yesterday and not answered yet.")
                short = _("Sent back yesterday.")
        return [Reason(Rank.SENT_BACK, words, short)]
    if state == "due" and due_on < on:
        since = span_in_words(due_on, on)
        words = _("Due {since} ago and not submitted.").format(since=since)
        return [Reason(Rank.RETURN_MISSING, words, _("Due {since} ago.").format(since=since))]
    return []
