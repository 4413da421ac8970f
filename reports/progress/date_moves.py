"""Slips: how expected dates moved over time, and what became of the dates that came.

At most eight queries, whatever the plan's size: two histories, then the names, reasons and delays of what is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.wording.translation import day_words
from reports.charts import SlipLine, Stair
from reports.document.dates import long_date
from reports.progress.histories import (
    Histories,
    day_of,
    milestone_histories,
    rated_histories,
    seconds_of,
)
from reports.progress.holders import Holders
from reports.progress.record_of_dates import (
    DateWarning,
    Outcome,
    PastDate,
    RecordOfDates,
    is_of_spreadsheet,
    rated_in_words,
    recorded,
    warning_of,
)
from reports.progress.view import Earlier, PlanView
from workitems.models import Delay, Milestone, WorkItem
from workitems.models.item import Stage
from workitems.models.plan import IMPORTED
from workitems.plan.asat import rows_at
from workitems.plan.plan_at.waits_at import waits_at
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import length_in_words, times_in_words
from workitems.terms.sentence_ends import with_capital
from workitems.terms.spans import in_words

LINES_SHOWN = 10
MARKS_UP_TO = 120  # With more dates, they are bars, and their names are in the lists behind them.
WARNED_SHOWN = 6
# Of the time before the first slip, so much is shown, and at least so much in all.
BEFORE, LEAST = timedelta(days=45), timedelta(days=180)
RATED = (DateWarning.AGENCY, DateWarning.SPREADSHEET, DateWarning.REVIEWER)
KNOWN_TO = ("original_known_to", "forecast_known_to")


class Move(NamedTuple):
    """A new expected date. `at` is its instant in seconds."""

    at: int
    before: KnownDate
    after: KnownDate

    @property
    def is_later(self) -> bool:
        return self.after.last_day > self.before.last_day


class Slip(NamedTuple):
    """A milestone's promise, what was expected since, and how it ended; `done_on` and `withdrawn` are at the last."""

    pk: int
    item: int
    at: int  # the instant in seconds at which it was recorded
    promised: KnownDate
    first: KnownDate  # expected when it was recorded
    moves: Sequence[Move]
    done_on: date | None
    reached: KnownDate  # done, expected, or the day itself if the expected date has passed

    @property
    def recorded(self) -> date:
        return day_of(self.at)

    @property
    def days(self) -> int:
        """Days later than promised; negative if earlier."""
        return (self.reached.last_day - self.promised.last_day).days

    @property
    def later(self) -> list[Move]:
        return [move for move in self.moves if move.is_later]

    @property
    def was_moved_before(self) -> bool:
        """Whether it had moved when it was recorded: by the spreadsheet that the plan came from, on an unknown day."""
        return self.first.last_day > self.promised.last_day

    @property
    def began(self) -> date:
        """The day on which it slipped first: that of a move, or the day after the promise."""
        return min([*(day_of(move.at) for move in self.later), self.promised.last_day])

    def words(self, *, waits: bool = False) -> str:
        """ "moved three times: six months", "2 May 2027, never moved". `waits`: it depends on something, so the length is
        the least."""
        if self.days <= 0:
            if self.done_on:
                return _("done {day}").format(day=KnownDate(self.done_on))
            if self.moves:
                return _("{day}, moved").format(day=self.reached)
            return _("{day}, never moved").format(day=self.reached)
        span = length_in_words(self.promised, self.reached, is_least=waits)
        if not self.later and self.was_moved_before and not self.done_on:
            return _("{span} later than promised").format(span=span)
        if self.later:
            times = times_in_words(len(self.later))
            return _("moved {times}: {span}").format(times=times, span=span)
        if self.done_on:
            return _("done {span} late").format(span=span)
        return _("{span} overdue").format(span=span)


class Mark(NamedTuple):
    """A date that came, with its words and the URL of its item."""

    date: PastDate
    words: str
    url: str

    @property
    def is_met(self) -> bool:
        return self.date.outcome == Outcome.MET


class MarkRow(NamedTuple):
    """Dates of one warning or agency, missed ones first. `marks` is empty if there are too many."""

    label: str
    dates: int
    missed: int
    marks: Sequence[Mark]

    @property
    def met(self) -> int:
        return self.dates - self.missed

    @property
    def share(self) -> str:
        return f"{100 * self.missed / self.dates:.1f}%"


class Warned(NamedTuple):
    """An open date that is still expected on time, and doubted or held up."""

    number: str
    url: str
    name: str
    due: KnownDate
    says: str  # who doubts it, and how much, or that it can no longer be met


@dataclass(frozen=True)
class Slips:
    """What the page shows. `slips` are of all milestones, `slipped` those that are later than promised, `shown` those that moved most, with their `lines`."""

    view: PlanView
    slips: Sequence[Slip]
    slipped: Sequence[Slip]
    shown: Sequence[Slip]
    lines: Sequence[SlipLine]
    record: RecordOfDates
    by_warning: Sequence[MarkRow]
    by_agency: Sequence[MarkRow]
    warned: Sequence[Warned]
    last_meeting: Earlier | None

    @property
    def shown_words(self) -> str:
        """Which of the lines are shown, or "" if all are."""
        shown, total = len(self.lines), len(self.slips)
        if shown == total:
            return ""
        slipped = len(self.slipped)
        if slipped >= shown:
            return _("The {shown} that moved most, of {total}.").format(shown=shown, total=total)
        return (
            _("{shown} of {total}: first the {slipped} that slipped.").format(
                shown=shown, total=total, slipped=in_words(slipped)
            )
            if slipped
            else _("{shown} of {total}.").format(shown=shown, total=total)
        )

    @property
    def first(self) -> date:
        """The day on which the chart begins."""
        shown = self.shown
        began = min([each.began for each in shown if each.days > 0], default=self.view.at.on)
        done = min((each.done_on for each in shown if each.done_on), default=began)
        day = min(began - BEFORE, self.view.at.on - LEAST, done)
        return max(day, min(each.recorded for each in shown)).replace(day=1)

    @property
    def finding(self) -> str:
        """ "Seven of 53 dates have slipped since July 2026. Five of the ten moves came since 20 October." """
        count, total = len(self.slipped), len(self.slips)
        if not count:
            return ngettext(
                "The only date has not slipped.", "None of {total:,} dates has slipped.", total
            ).format(total=total)
        moves = [move for each in self.slipped for move in each.later]
        began = [each.promised.last_day for each in self.slipped]
        began += [day_of(min(move.at for move in moves))] if moves else []
        since = long_date(min(began)).split(" ", 1)[1]
        if any(each.was_moved_before for each in self.slipped):
            says = ngettext(
                "{count} of {total:,} dates has slipped.",
                "{count} of {total:,} dates have slipped.",
                count,
            )
        else:
            says = ngettext(
                "{count} of {total:,} dates has slipped since {month}.",
                "{count} of {total:,} dates have slipped since {month}.",
                count,
            )
        says = says.format(count=_capital(count), total=total, month=since)
        if not moves or self.last_meeting is None or self.last_meeting.moment.until is None:
            return says
        until = seconds_of(self.last_meeting.moment.until)
        new = sum(move.at >= until for move in moves)
        how = ngettext(
            "{new} of the {all} moves came since {day}.",
            "{new} of the {all} moves came since {day}.",
            len(moves),
        ).format(
            new=_capital(new) if new else _("None"),
            all=in_words(len(moves)),
            day=day_words(self.last_meeting.moment.on).rsplit(" ", 1)[0],
        )
        return f"{says} {how}"


def _capital(count: int) -> str:
    return with_capital(in_words(count))


def read_slips(view: PlanView, meetings: Sequence[Earlier]) -> Slips:
    """Return the slips of a view. `meetings` are those before it, newest first."""
    items = rated_histories(view.plan, view.at)
    milestones = milestone_histories(view.plan, view.at, *KNOWN_TO)
    record = recorded(view.plan, view.at, items, milestones, view.pillar, view.agency)
    slips = list(_slips(view, items, milestones))
    slipped = [each for each in slips if each.days > 0]
    of = slipped if len(slipped) >= LINES_SHOWN else slips
    shown = nsmallest(LINES_SHOWN, of, key=_most_first)
    not_met = waits_at(view.plan, view.at).not_met_pks
    held_up = [each for each in slips if each.pk in not_met]
    warned = [row for row in _warned(view, slips, items, milestones) if row[0].pk not in not_met]
    came = record.came
    named = came if len(came) <= MARKS_UP_TO else []
    names = _Names(view, [*shown, *held_up, *(each for each, _warning in warned)], named)
    return Slips(
        view=view,
        slips=slips,
        slipped=slipped,
        shown=shown,
        lines=_lines(view, shown, names),
        record=record,
        by_warning=[
            _row(each.label, [one for one in came if one.warning == each], names)
            for each in DateWarning
            if any(one.warning == each for one in came)
        ],
        by_agency=_by_agency(came, Holders(milestones, view.at.on), names),
        warned=[
            Warned(
                names.number(each.item), names.url(each.item), names.milestones[each.pk],
                each.reached, says,
            )
            for each, says in [
                *((each, _("Cannot be met.")) for each in held_up),
                *(
                    (each, rated_in_words(warning, names.rating(each.item, warning)))
                    for each, warning in warned
                ),
            ][:WARNED_SHOWN]
        ],
        last_meeting=meetings[0] if meetings else None,
    )  # fmt: skip


def _most_first(slip: Slip) -> tuple[Any, ...]:
    """Those that moved most first; of the others open ones by their date."""
    late = max(slip.days, 0)
    return -late, slip.done_on is not None, slip.reached.last_day, slip.pk


def _slips(view: PlanView, items: Histories, milestones: Histories) -> Iterable[Slip]:
    """Yield the promise and moves of each milestone that is not withdrawn. What the spreadsheet that the plan came from
    says was so before it: its moves are of days that nobody knows."""
    on, begins = view.at.on, view.plan.record_begins
    for pk, versions in milestones.items():
        if begins is not None:
            versions = _recorded(versions, begins)
        _, at, original, _, _, _, _, _, _, original_to, _ = versions[0]
        _, _, _, _, forecast, completed, withdrawn, _, item, _, _ = versions[-1]
        _, _, stage, pillar, lead, *_ = items[item][-1]
        if (
            withdrawn <= on
            or stage == Stage.WITHDRAWN
            or view.pillar not in (None, pillar)
            or view.agency not in (None, lead)
        ):
            continue
        done_on = completed if completed <= on else None
        first = _expected(versions[0])
        moves = (
            [
                Move(after[1], _expected(before), _expected(after))
                for before, after in pairwise(versions)
                if before[4] != after[4] and not (done_on and day_of(after[1]) > done_on)
            ]
            if len(versions) > 1
            else ()
        )
        if done_on or forecast < on:
            reached = KnownDate(done_on or on)
        else:
            reached = _expected(versions[-1]) if len(versions) > 1 else first
        promised = KnownDate(original, original_to)
        yield Slip(pk, item, at, promised, first, moves, done_on, reached)


def _expected(version: tuple[Any, ...]) -> KnownDate:
    return KnownDate(version[4], version[-1])


def _recorded(versions: list[tuple[Any, ...]], begins: date) -> list[tuple[Any, ...]]:
    """Return the versions of a milestone from the one that was so at the end of the day on which the record begins."""
    before = sum(day_of(row[1]) <= begins for row in versions)
    kept = versions[max(before - 1, 0) :]
    if before and kept[0][5] <= begins:
        # Done by then: its line begins with the plan, and ends on that day.
        return [versions[0], *kept]
    is_same = {row[4] for row in versions[:before]} == {kept[0][4]}
    # One whose expected date was the same all along is drawn from its beginning.
    return [versions[0][:2] + kept[0][2:], *kept[1:]] if is_same else kept


def _warned(
    view: PlanView, slips: Iterable[Slip], items: Histories, milestones: Histories
) -> list[tuple[Slip, DateWarning]]:
    """Return the next open dates that are expected on time and rated at risk or off track, each with by whom."""
    found: list[tuple[Slip, DateWarning]] = []
    doubted = [
        each
        for each in slips
        if not each.done_on
        and items[each.item][-1][-1]
        and milestones[each.pk][-1][3] >= view.at.on
    ]
    for slip in sorted(doubted, key=lambda each: (each.reached.last_day, _most_first(each))):
        _, _, _, agreed, forecast, *_ = milestones[slip.pk][-1]
        _, _, stage, *_, heard_on, doubt = items[slip.item][-1]
        warning = warning_of(
            is_late=forecast > agreed,
            is_moved=False,
            doubt=doubt,
            is_of_spreadsheet=is_of_spreadsheet(view.plan.record_begins, heard_on),
        )
        if stage != Stage.COMPLETE and warning in RATED:
            found.append((slip, warning))
            if len(found) == WARNED_SHOWN:
                break
    return found


def _row(label: str, dates: Sequence[PastDate], names: "_Names") -> MarkRow:
    missed = [each for each in dates if each.outcome == Outcome.MISSED]
    in_order = [*missed, *(each for each in dates if each.outcome == Outcome.MET)]
    marks = [names.mark(each) for each in in_order] if names.has_dates else []
    return MarkRow(label, len(dates), len(missed), marks)


def _by_agency(dates: Sequence[PastDate], holders: Holders, names: "_Names") -> list[MarkRow]:
    """Return a row for each responsible agency, those that missed most first."""
    found = holders.rows((each.milestone, each.due, each) for each in dates)
    rows = [_row(label, of_agency, names) for label, of_agency in found]
    return sorted(rows, key=lambda row: (-row.missed, -row.dates, row.label.casefold()))


class _Names:
    """What names the dates that are shown: the number of their items and the words of their milestones, as at the
    moment. Two queries."""

    def __init__(self, view: PlanView, slips: Sequence[Slip], dates: Sequence[PastDate]) -> None:
        self.view, self.has_dates = view, bool(dates)
        steps = {each.pk for each in slips} | {each.milestone for each in dates}
        of_items = {each.item for each in slips} | {each.item for each in dates}
        self.milestones: Mapping[int, str] = dict(
            rows_at(Milestone, view.at, of={"item__plan_id": view.plan.pk}, id__in=steps)
            .order_by()
            .values_list("id", "description")
        )
        rows = rows_at(WorkItem, view.at, of={"plan_id": view.plan.pk}, id__in=of_items).order_by()
        columns = ("id", "number", "confidence", "reviewer_confidence")
        self.items: Mapping[int, tuple[str, str, str]] = {
            pk: (number, rating, reviewers)
            for pk, number, rating, reviewers in rows.values_list(*columns)
        }

    def number(self, item: int) -> str:
        return self.items[item][0]

    def rating(self, item: int, warning: DateWarning) -> str:
        """The rating behind a warning: the reviewer's, or that of the agency or its spreadsheet."""
        return self.items[item][2 if warning == DateWarning.REVIEWER else 1]

    def url(self, item: int) -> str:
        return self.view.item(self.number(item))

    def mark(self, found: PastDate) -> Mark:
        outcome = _("met") if found.outcome == Outcome.MET else _("missed")
        words = _("{number} {milestone}, {day}: {outcome}").format(
            number=self.number(found.item),
            milestone=self.milestones[found.milestone],
            day=KnownDate(found.due),
            outcome=outcome,
        )
        return Mark(found, words, self.url(found.item))


# --- lines ---------------------------------------------------------------------------------------


def _lines(view: PlanView, slips: Sequence[Slip], names: _Names) -> list[SlipLine]:
    """Return the lines of the chart, with the reason of each move. Two queries."""
    why, waiting = _reasons(view, [each for each in slips if each.moves])
    found = []
    for each in slips:
        kind = "done" if each.done_on else "moved" if each.days > 0 else "kept"
        stairs = [
            Stair(
                day_of(move.at),
                move.before.last_day,
                move.after.last_day,
                _stair_words(names.number(each.item), move, why.get((each.pk, move.at), "")),
            )
            for move in each.moves
        ]
        found.append(
            SlipLine(
                each.pk, names.number(each.item), names.milestones[each.pk], names.url(each.item),
                each.words(waits=each.pk in waiting), kind, each.days > 0, each.recorded,
                each.first.last_day, stairs, each.done_on, _moved_before(each),
            )
        )  # fmt: skip
    return found


def _moved_before(slip: Slip) -> str:
    """Return that a date had moved by the day from which the record has it, or ""."""
    if not slip.was_moved_before:
        return ""
    return _("Before {day}, when this record begins: from {promised} to {first}.").format(
        day=day_words(slip.recorded), promised=slip.promised, first=slip.first
    )


def _stair_words(number: str, move: Move, why: str) -> str:
    says = _("{number}, {day}: from {before} to {after}.").format(
        number=number, day=KnownDate(day_of(move.at)), before=move.before, after=move.after
    )
    return f"{says} {why}".strip()


def _reasons(view: PlanView, slips: Sequence[Slip]) -> tuple[dict[tuple[int, int], str], set[int]]:
    """Return why each move was made: in the words of the record or, without them, of the delay recorded with it; and
    the milestones that wait for something."""
    if not slips:
        return {}, set()
    delays: dict[int, list[tuple[date, date, str, str]]] = defaultdict(list)
    waiting = set()
    rows = rows_at(
        Delay,
        view.at,
        of={"milestone__item__plan_id": view.plan.pk},
        milestone_id__in=[each.pk for each in slips],
    ).filter(found_on__lte=view.at.on)
    for pk, settlement, ended_on, *delay in rows.order_by("number").values_list(
        *("milestone_id", "settlement", "ended_on"),
        *("found_on", "due_after", "cause", "explanation"),
    ):
        delays[pk].append((delay[0], delay[1], delay[2], delay[3]))
        is_open = ended_on is None or ended_on > view.at.on
        if is_open and settlement not in ("", Delay.Settlement.SETTLED):
            waiting.add(pk)
    said = {
        (pk, seconds_of(at)): why
        for pk, at, why in Milestone.history.filter(id__in=[each.pk for each in slips])
        .exclude(history_change_reason=None)
        .values_list("id", "history_date", "history_change_reason")
    }
    found = {}
    for slip in slips:
        for move in slip.later:
            own = [
                (cause, words)
                for found_on, after, cause, words in delays[slip.pk]
                if after == move.after.last_day or found_on == day_of(move.at)
            ]
            why = said.get((slip.pk, move.at), "")
            if why and not why.startswith(IMPORTED):
                found[slip.pk, move.at] = why
            elif own:
                cause, words = own[-1]
                found[slip.pk, move.at] = f"{Delay.Cause(cause).label}: {words}"
    return found, {each.pk for each in slips if each.pk in waiting and not each.done_on}
