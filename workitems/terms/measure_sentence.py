"""What a measure says on a day, in one sentence that every page and paper prints. Knows neither records nor the clock.

The caller gives the values that count (accepted by the day) and the targets that were set by then. Nothing is added up
or forecast; only two comparable numbers are compared.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from agencies.typed.typed_dates import MONTHS
from agencies.wording.translation import _, gettext_noop
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.sentence_ends import with_capital, without_capital
from workitems.terms.spans import add_months, in_words

LEVEL, TOTAL, PERIOD, SHARE, YES_NO, WORDS = (
    "level", "total", "period", "share", "yes_no", "words",
)  # fmt: skip
HIGHER, LOWER = "higher", "lower"
MOST_DECIMALS = 3
# What begins a sentence of its own, and with a small letter what follows "because".
_BEGINS = re.compile(r"(?:An?|Its?|Nobody|No|Our|The(?:ir|re|se|y)?|Th(?:is|ose)|We)\b")


def _within(text: str) -> str:
    """Return what somebody typed as a sentence as it stands within another one: "the register is not built"."""
    return without_capital(text) if _BEGINS.match(text) else text


class State(StrEnum):
    """How a measure stands on a day. Only `MISSED` and `WORSE` need attention."""

    WORDS = "words"  # not set up
    NONE = "none"  # no number has been given
    NO_NUMBER_YET = "no_number_yet"
    GIVEN = "given"  # there is no target
    AHEAD = "ahead"  # the target is not due yet
    REACHED = "reached"
    REACHED_LATE = "reached_late"
    UNKNOWN = "unknown"  # no number since the target was due
    MISSED = "missed"
    WORSE = "worse"  # than the baseline, and no target is reached or missed

    @property
    def needs_attention(self) -> bool:
        return self in (State.MISSED, State.WORSE)

    @property
    def label(self) -> str:
        return _(LABELS[self])

    @property
    def shape(self) -> str:
        """The shape beside its label (components/shape.html)."""
        return SHAPES[self]


LABELS = {
    State.WORDS: gettext_noop("Not set up"),
    State.NONE: gettext_noop("No number given"),
    State.NO_NUMBER_YET: gettext_noop("No number yet"),
    State.GIVEN: gettext_noop("No target"),
    State.AHEAD: gettext_noop("Target not due yet"),
    State.REACHED: gettext_noop("Target reached"),
    State.REACHED_LATE: gettext_noop("Target reached late"),
    State.UNKNOWN: gettext_noop("Not known"),
    State.MISSED: gettext_noop("Target missed"),
    State.WORSE: gettext_noop("Worse than before"),
}
SHAPES = {
    State.WORDS: "none",
    State.NONE: "not_started",
    State.NO_NUMBER_YET: "not_started",
    State.GIVEN: "agreed",
    State.AHEAD: "due",
    State.REACHED: "completed",
    State.REACHED_LATE: "completed",
    State.UNKNOWN: "unjudged",
    State.MISSED: "late",
    State.WORSE: "off_track",
}


class Measured(NamedTuple):
    """A measure as it is set up. `began` is the day on which the plan was released."""

    kind: str
    as_told: str
    unit: str  # "months", or "month/months" if one is called otherwise
    better: str
    baseline: Decimal | None
    baseline_on: date | None
    began: date


class Aim(NamedTuple):
    """A target: `number` (per cent of a share) `by` a date, of a period in so many `months`."""

    pk: int
    number: Decimal
    by: KnownDate
    months: int | None = None
    replaces: int | None = None


class Given(NamedTuple):
    """A value, or that there is no number yet and why."""

    pk: int
    day: date
    number: Decimal | None
    of: Decimal | None = None
    starts_on: date | None = None
    not_comparable: bool = False
    because: str = ""
    expected_by: KnownDate | None = None
    corrects: int | None = None
    correction_reason: str = ""
    agency: str = ""
    is_in_return: bool = True


@dataclass(frozen=True)
class Reading:
    """What a measure says on a day.

    `value` is the last number that counts, `target` the one that is judged or comes next, with `first_promised` if it
    replaced another. `no_number` is the answer "no number yet" that came after it. `is_better` and `is_worse` compare
    the number with the baseline; `is_compared` is whether the sentence compares it with an earlier one instead. The sentence is made when it is first shown: of a plan's measures most are counted only.
    """

    state: State
    value: Given | None = None
    target: Aim | None = None
    no_number: Given | None = None
    is_worse: bool = False
    is_better: bool = False
    is_compared: bool = False
    words: "_Words | None" = field(default=None, repr=False, compare=False)

    @cached_property
    def sentence(self) -> str:
        return self.words.sentence() if self.words else ""

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """The ids of the values that the sentence is made of."""
        return self.words.sources() if self.words else ()


def exact(value: Given) -> Fraction:
    """Return the number, of a share as per cent and unrounded."""
    assert value.number is not None
    number = Fraction(value.number)
    return number * 100 / Fraction(value.of) if value.of else number


def _amount(value: Given) -> Fraction | Decimal:
    """Return the same for comparing: as it was given, unless it is a share. To make a fraction takes longer."""
    return exact(value) if value.of or value.number is None else value.number


def in_force(values: Iterable[Given], on: date) -> list[Given]:
    """Return the values dated by the day, in order, without those that were corrected."""
    known = [each for each in values if each.day <= on]
    corrected = {each.corrects for each in known}
    return sorted(
        (each for each in known if each.pk not in corrected),
        key=lambda each: (each.day, each.number is not None, each.pk),
    )


def current(targets: Sequence[Aim]) -> list[Aim]:
    """Return the targets that no other replaces, by their dates."""
    replaced = {each.replaces for each in targets}
    left = [each for each in targets if each.pk not in replaced]
    return sorted(left, key=lambda each: (each.by.last_day, each.pk))


def first_promised(target: Aim, targets: Sequence[Aim]) -> Aim:
    """Return the target that this one replaced first, or itself."""
    by_pk = {each.pk: each for each in targets}
    while target.replaces in by_pk:
        target = by_pk[target.replaces]
    return target


def reading(
    measure: Measured, targets: Sequence[Aim], values: Sequence[Given], on: date
) -> Reading:
    """Return what the measure says on the day."""
    if measure.kind == WORDS:
        return Reading(State.WORDS)
    answers = in_force(values, on)
    numbers = [each for each in answers if each.number is not None]
    last = numbers[-1] if numbers else None
    refused = [each for each in answers if last is None or each.day > last.day]
    counted = [each for each in numbers if not _is_nothing(measure, each)]
    verdict = _verdict(measure, targets, counted, on)
    change = _change(measure, numbers, verdict.target)
    is_worse = change < 0
    state = verdict.state
    if is_worse and state in (State.GIVEN, State.AHEAD, State.UNKNOWN):
        state = State.WORSE
    if last is None and state != State.UNKNOWN:
        state = State.NO_NUMBER_YET if refused else State.NONE
    was = next((each for each in values if last and each.pk == last.corrects), None)
    return Reading(
        state=state,
        value=last,
        target=verdict.target,
        no_number=refused[-1] if refused else None,
        is_worse=is_worse,
        is_better=change > 0,
        is_compared=_before(measure, numbers) is not None,
        words=_Words(measure, targets, numbers, refused, verdict, was),
    )


def _is_nothing(measure: Measured, value: Given) -> bool:
    """Whether it is a share of nothing: 0 of 0."""
    return measure.kind == SHARE and not value.of


# --- what is judged -------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """What the values say of the targets: the one that is judged, or else the next."""

    state: State
    target: Aim | None = None
    decided_by: Given | None = None
    next: Aim | None = None


def meets(measure: Measured, target: Aim, number: Fraction | Decimal) -> bool:
    aim: Any = target.number if isinstance(number, Decimal) else Fraction(target.number)
    return bool(number <= aim if measure.better == LOWER else number >= aim)


def can_judge(measure: Measured, target: Aim, value: Given) -> bool:
    """Whether the value is of as long a period as the target names."""
    if measure.kind != PERIOD or target.months is None:
        return True
    if value.starts_on is None:
        return False
    return add_months(value.starts_on, target.months) - timedelta(days=1) == value.day


def _verdict(
    measure: Measured, targets: Sequence[Aim], counted: Sequence[Given], on: date
) -> Verdict:
    """Judge the last target that is due, or a later one that is reached already."""
    aims = current(targets)
    due = [each for each in aims if each.by.last_day <= on]
    ahead = [each for each in aims if each.by.last_day > on]
    last = counted[-1] if counted else None
    coming = ahead[0] if ahead else None
    for aim in reversed(ahead):
        if last and can_judge(measure, aim, last) and meets(measure, aim, _amount(last)):
            later = [each for each in ahead if each.by.last_day > aim.by.last_day]
            return Verdict(State.REACHED, aim, last, later[0] if later else None)
    if not due:
        state = State.AHEAD if coming else State.GIVEN
        return Verdict(state, coming)
    aim = due[-1]
    since = [
        each for each in counted if each.day >= aim.by.last_day and can_judge(measure, aim, each)
    ]
    if not since:
        early = last is not None and can_judge(measure, aim, last)
        if early and last and meets(measure, aim, _amount(last)):
            return Verdict(State.REACHED, aim, last, coming)
        return Verdict(State.UNKNOWN, aim, None, coming)
    if meets(measure, aim, _amount(since[0])):
        return Verdict(State.REACHED, aim, since[0], coming)
    for each in since[1:]:
        if meets(measure, aim, _amount(each)):
            return Verdict(State.REACHED_LATE, aim, each, coming)
    return Verdict(State.MISSED, aim, since[0], coming)


def is_comparable(
    measure: Measured, numbers: Iterable[Given], target: Aim | None, value: Given
) -> bool:
    """Whether the value and the baseline can be compared: counted alike, and of a period as long as its targets name."""
    if measure.baseline is None or measure.kind == YES_NO:
        return False
    if any(each.not_comparable for each in numbers):
        return False
    is_as_long = target is not None and target.months and can_judge(measure, target, value)
    return measure.kind != PERIOD or bool(is_as_long)


def _change(measure: Measured, numbers: Sequence[Given], target: Aim | None) -> Fraction | Decimal:
    """Return by how much the last number is better than the baseline: 0 if the two cannot be compared."""
    if not numbers or _is_nothing(measure, numbers[-1]):
        return Fraction(0)
    if not is_comparable(measure, numbers, target, numbers[-1]):
        return Fraction(0)
    last: Any = _amount(numbers[-1])
    before = measure.baseline or Decimal(0)
    difference: Fraction | Decimal = last - (
        before if isinstance(last, Decimal) else Fraction(before)
    )
    return -difference if measure.better == LOWER else difference


def _turned(measure: Measured, numbers: Sequence[Given], target: Aim | None) -> Given | None:
    """Return the number before the last one, if the last one is on its other side than on the baseline's: less than it
    and more than before the plan, or the reverse."""
    if len(numbers) < 2 or any(_is_nothing(measure, each) for each in numbers[-2:]):
        return None
    before, last = numbers[-2:]
    if not all(is_comparable(measure, numbers, target, each) for each in (before, last)):
        return None
    now = printed(measure, last, target)
    since = now - printed(measure, before, target)
    return before if since * (now - Fraction(measure.baseline or 0)) < 0 else None


def _before(measure: Measured, numbers: Sequence[Given]) -> Given | None:
    """Return the number before the last one, if the two are counted alike and none is known from before the plan."""
    if measure.baseline is not None or measure.kind in (PERIOD, YES_NO) or len(numbers) < 2:
        return None
    before, last = numbers[-2:]
    is_broken = any(each.not_comparable for each in numbers)
    if is_broken or any(_is_nothing(measure, each) for each in (before, last)):
        return None
    return before


# --- the words ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    measure: Measured
    targets: Sequence[Aim]
    numbers: Sequence[Given]
    refused: Sequence[Given]
    verdict: Verdict
    was: Given | None = None  # the number that the last one corrects

    def sentence(self) -> str:
        if not self.numbers:
            return self._without_number()
        if self.measure.kind == YES_NO:
            first = self._yes_or_no(self.numbers[-1])
        else:
            first = f"{self._number(self.numbers[-1])}{self._target()}."
        return " ".join(filter(None, (first, self._no_newer(), self._corrected())))

    def sources(self) -> tuple[int, ...]:
        last = self.numbers[-1] if self.numbers else None
        turned = _turned(self.measure, self.numbers, self.verdict.target)
        before = _before(self.measure, self.numbers)
        used = (last, self.verdict.decided_by, turned or before, *self.refused[-1:])
        return tuple(dict.fromkeys(each.pk for each in used if each is not None))

    def _without_number(self) -> str:
        name = self.measure.as_told
        if self.refused:
            last = self.refused[-1]
            says = _("There is no number yet for {name}, because {because}{expected}.").format(
                name=name, because=_within(last.because), expected=_expected(last)
            )
            return " ".join(filter(None, (says, self._how_often(), self._fell_due())))
        if self.measure.kind == YES_NO:
            says = _("It is not known whether {name} is in place{target}.")
        else:
            says = _("No number has been given for {name}{target}.")
        return says.format(name=name, target=self._target())

    def _fell_due(self) -> str:
        aim = self.verdict.target
        if aim is None or self.verdict.state != State.UNKNOWN:
            return ""
        return _("The target of {target} fell due {when}.").format(
            target=self._aim(aim), when=aim.by.on
        )

    def _how_often(self) -> str:
        """Return since when there has been none: each return asks for one."""
        asked = [each for each in self.refused if each.is_in_return]
        if len(asked) < 2:
            return ""
        since = _month(asked[0].day)
        if len(asked) == 2:
            return _("There was none in {month} either.").format(month=since)
        times = in_words(len(asked) - 1)
        return _("There was none the {count} times before either, since {month}.").format(
            count=times, month=since
        )

    def _no_newer(self) -> str:
        if not self.refused:
            return ""
        last = self.refused[-1]
        says = _("There is no newer number, because {because}{expected}.").format(
            because=_within(last.because), expected=_expected(last)
        )
        return " ".join(filter(None, (says, self._how_often())))

    def _corrected(self) -> str:
        if self.was is None or self.was.number is None:
            return ""
        return corrected_in_words(self.measure, self.was, self.numbers[-1])

    def _number(self, value: Given) -> str:
        when = when_in_words(value)
        if _is_nothing(self.measure, value):
            return _("There was nothing to count {when} for {name}").format(
                when=when, name=self.measure.as_told
            )
        return _("{name} was {number} {when}{compared}").format(
            name=with_capital(self.measure.as_told),
            number=number_in_words(self.measure, value, self.verdict.target),
            when=when,
            compared=self._compared(value),
        )

    def _compared(self, value: Given) -> str:
        if value.not_comparable:
            return _(
                ", counted differently from before, so earlier numbers cannot be compared with it"
            )
        measure = self.measure
        if last := _before(measure, self.numbers):
            return self._since_last(value, last)
        if not is_comparable(measure, self.numbers, self.verdict.target, value):
            return ""
        assert measure.baseline is not None and measure.baseline_on is not None
        then = (
            _("before the plan")
            if measure.baseline_on <= measure.began
            else _("in {month}").format(month=_month(measure.baseline_on))
        )
        before = Fraction(measure.baseline)
        now = printed(measure, value, self.verdict.target)
        difference = now - before
        since = self._since(now)
        if not difference:
            return _(", the same as {then}").format(then=then)
        is_up = difference > 0
        if is_up == (measure.better != LOWER):
            says = _(", up from {before} {then}") if is_up else _(", down from {before} {then}")
            return says.format(before=_figure(measure, before), then=then) + since
        size = abs(difference)
        if measure.kind == SHARE:
            points = _("one percentage point") if size == 1 else _("{count} percentage points")
            by = points.format(count=_plain(size))
        else:
            by = _plain(size)
        if is_up:
            says = _(", {by} more than {then}")
        elif measure.kind == SHARE or size.denominator != 1:
            says = _(", {by} less than {then}")
        else:
            says = _(", {by} fewer than {then}")
        return says.format(by=by, then=then) + since

    def _since_last(self, value: Given, before: Given) -> str:
        """Return ", up from 40 per cent in December 2025", of a number with none from before the plan."""
        now, was = (printed(self.measure, each, self.verdict.target) for each in (value, before))
        if exact(value) == exact(before):
            return _(", the same as {then}").format(then=when_in_words(before))
        if now == was:
            return ""
        says = _(", up from {was} {when}") if now > was else _(", down from {was} {when}")
        return says.format(was=_figure(self.measure, was), when=when_in_words(before))

    def _since(self, now: Fraction) -> str:
        """Return " but down from 11 in May 2026", if that is the other way than from before the plan."""
        measure, target = self.measure, self.verdict.target
        turned = _turned(measure, self.numbers, target)
        if turned is None:
            return ""
        was = printed(measure, turned, target)
        says = _(" but up from {was} {when}") if now > was else _(" but down from {was} {when}")
        return says.format(was=_figure(measure, was), when=when_in_words(turned))

    def _target(self) -> str:
        """Return what is said of the target, from the semicolon on."""
        verdict, aim = self.verdict, self.verdict.target
        if aim is None:
            return ""
        target, by = self._aim(aim), _by(aim.by)
        changed = self._changed(aim)
        match verdict.state:
            case State.AHEAD if self.measure.kind == YES_NO:
                says = _("; it is to be {by}{changed}")
            case State.AHEAD:
                says = _("; the target is {target} {by}{changed}")
            case State.REACHED:
                says = _("; the target of {target} {by}{changed} was reached")
            case State.REACHED_LATE:
                says = _("; the target of {target} {by}{changed} was reached by {late}")
            case State.MISSED:
                says = _("; the target of {target} {by}{changed} was missed")
            case _ if not self.numbers:
                says = _("; the target of {target}{changed} fell due {when}")
            case _ if self.measure.kind == PERIOD and aim.months:
                says = _(
                    "; no number for so long a period has been given since the target of {target}{changed} fell due {when}"
                )
            case _:
                says = _(
                    "; no number has been given since the target of {target}{changed} fell due {when}"
                )
        late = _month(verdict.decided_by.day) if verdict.decided_by else ""
        words = says.format(target=target, by=by, changed=changed, when=aim.by.on, late=late)
        if verdict.next is None:
            return words
        return words + _("; the next is {target} {by}{changed}").format(
            target=self._aim(verdict.next),
            by=_by(verdict.next.by),
            changed=self._changed(verdict.next),
        )

    def _aim(self, aim: Aim) -> str:
        if self.measure.kind == YES_NO:
            return _("yes") if aim.number else _("no")
        number = _figure(self.measure, Fraction(aim.number))
        if self.measure.kind != PERIOD or aim.months is None:
            return number
        return _("{number} in {length}").format(number=number, length=length_in_words(aim.months))

    def _changed(self, aim: Aim) -> str:
        first = first_promised(aim, self.targets)
        parts = []
        if (first.number, first.months) != (aim.number, aim.months):
            parts.append(self._aim(first))
        if first.by != aim.by:
            parts.append(_by(first.by))
        return _(" (first promised: {first})").format(first=" ".join(parts)) if parts else ""

    def _yes_or_no(self, value: Given) -> str:
        verdict, aim = self.verdict, self.verdict.target
        name, month = with_capital(self.measure.as_told), _month(value.day)
        if value.number:
            was_late = verdict.state == State.REACHED_LATE
            says = _("{name} is in place ({month})")
            promised = _("; it was promised for {by}") if was_late and aim else ""
        else:
            says = _("{name} is not in place ({month})")
            promised = ""
            if aim is not None and verdict.state == State.AHEAD:
                promised = _("; it is promised for {by}")
            elif aim is not None and verdict.state == State.UNKNOWN:
                promised = _("; no answer has been given since it was due {when}")
            elif aim is not None:
                promised = _("; it was promised for {by}")
        words = says.format(name=name, month=month)
        if aim is not None and promised:
            words += promised.format(by=aim.by, when=aim.by.on) + self._changed_date(aim)
        return f"{words}."

    def _changed_date(self, aim: Aim) -> str:
        first = first_promised(aim, self.targets)
        if first.by == aim.by:
            return ""
        return _(" (first promised for {by})").format(by=first.by)


def corrected_in_words(measure: Measured, was: Given, now: Given, *, in_paper: bool = False) -> str:
    """Return "The last paper gave 83; the number was 79, because two courses were counted twice." """
    says = (
        _("The last paper gave {was}; the number was {now}, because {because}.")
        if in_paper
        else _("The number first given was {was}; it is {now}, because {because}.")
    )
    return says.format(
        was=number_in_words(measure, was),
        now=number_in_words(measure, now),
        because=now.correction_reason,
    )


def number_in_words(measure: Measured, value: Given, target: Aim | None = None) -> str:
    """Return "83", "eleven months", "67 per cent (640 of 960)", "nothing to count" or "in place"."""
    assert value.number is not None
    if measure.kind == YES_NO:
        return _("in place") if value.number else _("not in place")
    if _is_nothing(measure, value):
        return _("nothing to count")
    if measure.kind == SHARE:
        return _("{share} ({number} of {of})").format(
            share=_figure(measure, printed(measure, value, target)),
            number=figure(value.number),
            of=figure(value.of or Decimal(0)),
        )
    words = _plain(Fraction(value.number))
    one, __, many = measure.unit.partition("/")
    unit = one if value.number == 1 or not many else many
    return f"{words} {unit}" if unit else words


def units(measure: Measured) -> str:
    """Return the unit as it is called of many: "months"."""
    one, _of, many = measure.unit.partition("/")
    return many or one


def target_in_words(measure: Measured, target: Aim) -> str:
    """Return "1,700 by June 2027", or of a yes or no "by June 2027"."""
    by = _by(target.by)
    if measure.kind == YES_NO:
        return by
    return f"{_Words(measure, (), (), (), Verdict(State.NONE))._aim(target)} {by}"


def when_in_words(value: Given) -> str:
    """Return "in November 2026", or of a period "from June to November 2026"; in days if it is not of whole months."""
    first, last = value.starts_on, value.day
    if first is None or (first.year, first.month) == (last.year, last.month):
        return _("in {month}").format(month=_month(last))
    is_whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    begins = MONTHS[first.month - 1]
    if not is_whole:  # A year from within June ends in June again, and would read as 13 months.
        begins = f"{first.day} {begins}"
    if first.year != last.year:
        begins = f"{begins} {first.year}"
    ends = _month(last) if is_whole else str(KnownDate(last))
    return _("from {first} to {last}").format(first=begins, last=ends)


def printed(measure: Measured, value: Given, target: Aim | None = None) -> Fraction:
    """Return the number as it is printed. A share is rounded, but not so that a miss looks reached, or a change like none."""
    number = exact(value)
    if measure.kind != SHARE:
        return number
    tests: list[Callable[[Fraction], bool]] = []
    if target is not None:
        tests.append(lambda each: meets(measure, target, each))
    if measure.baseline is not None:
        tests.append(lambda each: each == measure.baseline)
    for decimals in range(MOST_DECIMALS + 1):
        rounded = _rounded(number, decimals)
        if all(test(rounded) == test(number) for test in tests):
            return rounded
    return _towards_the_miss(measure, number)


def _rounded(number: Fraction, decimals: int) -> Fraction:
    scaled = Decimal(number.numerator * 10**decimals) / Decimal(number.denominator)
    return Fraction(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), 10**decimals)


def _towards_the_miss(measure: Measured, number: Fraction) -> Fraction:
    """Return the number cut to three decimals, so that it does not look better than it is."""
    scaled = number * 10**MOST_DECIMALS
    whole = scaled.numerator // scaled.denominator
    if measure.better == LOWER and whole != scaled:
        whole += 1
    return Fraction(whole, 10**MOST_DECIMALS)


def figure(number: Decimal) -> str:
    """Return the number in figures: "1,700", "4.5"."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(number: Fraction) -> str:
    """Return the number as text has it: "zero", "one" to "nine", "1,700", "4.5"."""
    if number.denominator == 1:
        return in_words(int(number)) if number else _("zero")
    return figure(Decimal(number.numerator) / Decimal(number.denominator))


def _figure(measure: Measured, number: Fraction) -> str:
    if measure.kind != SHARE:
        return _plain(number)
    return _("{number} per cent").format(
        number=figure(Decimal(number.numerator) / Decimal(number.denominator))
    )


def length_in_words(months: int) -> str:
    """Return "a month", "three months", "a year" or "two years"."""
    if months == 1:
        return _("a month")
    if months == 12:
        return _("a year")
    if months % 12 == 0:
        return _("{count} years").format(count=in_words(months // 12))
    return _("{count} months").format(count=in_words(months))


def _month(day: date) -> str:
    return str(KnownDate(day, KnownTo.MONTH))


def _by(known: KnownDate) -> str:
    if known.known_to == KnownTo.MONTH:
        return _("by {month}").format(month=known)
    return known.by


def _expected(value: Given) -> str:
    if value.expected_by is None:
        return ""
    return _("; {agency} expects one {by}").format(agency=value.agency, by=_by(value.expected_by))
