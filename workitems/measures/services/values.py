"""Give, correct and accept the numbers of a measure.

A number is an answer: in a return it is submitted and accepted with it; between rounds the coordinator accepts it by
itself. Until then it can be changed or taken back; then only corrected.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Measure, MeasureValue, Return
from workitems.models.item import Stage
from workitems.plan.plan_at.measures_at import given, measured
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Conflict, Refused, locked
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import figure, in_force, number_in_words
from workitems.terms.spans import add_months

Kind = Measure.Kind
RELATED = ("item__plan", "of_plan", "item__lead_agency", "responsible_agency")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an agency says of a measure: a number as at a day or of a period, or why there is none yet and by when."""

    day: date
    number: Decimal | None = None
    of: Decimal | None = None
    starts_on: date | None = None
    note: str = ""
    not_comparable: bool = False
    because: str = ""
    expected_by: KnownDate | None = None
    correction_reason: str = ""

    @property
    def is_number(self) -> bool:
        return self.number is not None


class HasPeriod(Protocol):
    """A round or a paper."""

    period_start: date
    period_end: date


def is_due(asked: str, last: date | None, of: HasPeriod) -> bool:
    """Whether a number is due in a period: the day of the last answer is older than it is asked at the period's end."""
    if last is None:
        return True
    if asked == Measure.Asked.EACH_ROUND:
        return last < of.period_start
    return add_months(last, 12) <= of.period_end


@transaction.atomic
def give(
    *,
    measure: Measure,
    agency: Agency,
    answer: Answer,
    of_return: Return | None = None,
    value: MeasureValue | None = None,
    corrects: MeasureValue | None = None,
    version: int = 0,
    by: User,
    on: date,
    at: datetime,
    is_pause: bool = False,
) -> MeasureValue:
    """Give a number, or say that there is none yet. Without a change, write nothing.

    `value` is the one that is changed, which is not accepted yet; `version` is that of the user's page (0 for none).
    `corrects` is an accepted one that this corrects, with `correction_reason`. Raise `Conflict` if another user saved
    first, and `Refused` for what `faults` says, or if another agency is responsible. `is_pause`: the page saved by itself.
    """
    measure = locked(measure, related=RELATED)
    if measure.responsible.pk != agency.pk:
        raise Refused(
            _("{agency} gives the numbers of this measure.").format(agency=measure.responsible)
        )
    row = _row(measure, of_return, value)
    if row is not None and row.accepted_on is not None:
        raise Refused(_("This number is accepted. Correct it instead."))
    new = row or MeasureValue(measure=measure, of_return=of_return, version=0)
    corrects = corrects or corrected_by(measure, answer)
    before = _said(new) if row else None
    _say(new, answer, corrects)
    if row and _said(new) == before:
        return row
    if version != new.version:
        rows = MeasureValue.objects.select_related("written_by", "agency")
        raise Conflict(rows.get(pk=row.pk) if row else None)
    Refused.raise_any(faults(measure, answer, on=on, row=row, corrects=corrects))
    new.agency, new.given_on = agency, on
    new.written_by, new.written_at = by, at
    new.version += 1
    reason = answer.correction_reason
    return history.save(new, by=by, reason=reason, is_pause=is_pause)


def _row(
    measure: Measure, of_return: Return | None, value: MeasureValue | None
) -> MeasureValue | None:
    rows = MeasureValue.objects.select_for_update().filter(measure=measure)
    if of_return is not None:
        return rows.filter(of_return=of_return).first()
    return rows.filter(pk=value.pk).first() if value else None


def corrected_by(measure: Measure, answer: Answer) -> MeasureValue | None:
    """Return the accepted number of the same day, which an answer that says why corrects."""
    if not answer.correction_reason:
        return None
    return _of_day(measure, answer.day, None, accepted_on__isnull=False)


def _of_day(
    measure: Measure, day: date, row: MeasureValue | None, **only: Any
) -> MeasureValue | None:
    """Return the number of the day that is in force, other than the row."""
    rows = MeasureValue.objects.filter(measure=measure, day=day, number__isnull=False, **only)
    rows = rows.exclude(pk=row.pk if row else 0).exclude(of_return__isnull=False, accepted_on=None)
    corrected = MeasureValue.objects.filter(measure=measure, corrects__isnull=False)
    if row is not None:
        corrected = corrected.exclude(pk=row.pk)
    counted = corrected.exclude(of_return__isnull=False, accepted_on=None)
    return rows.exclude(pk__in=counted.values("corrects")).order_by("pk").last()


FIELDS = (
    "day", "number", "of", "starts_on", "note", "not_comparable", "because", "expected_by",
    "correction_reason",
)  # fmt: skip


def _said(row: MeasureValue) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in (*FIELDS, "corrects_id"))


def _say(row: MeasureValue, answer: Answer, corrects: MeasureValue | None) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(answer, name))
    row.corrects = corrects
    if corrects is None:
        row.correction_reason = ""


def faults(
    measure: Measure,
    answer: Answer,
    *,
    on: date,
    row: MeasureValue | None = None,
    corrects: MeasureValue | None = None,
) -> Faults:
    """Yield what is wrong with an answer, each with the field that it is typed in."""
    if measure.kind == Kind.WORDS:
        yield _("This measure has not been set up, so it has no numbers."), None
        return
    if measure.item is not None and measure.item.stage == Stage.WITHDRAWN:
        yield _("Item {number} is withdrawn.").format(number=measure.item.number), None
        return
    if answer.day > on:
        yield (
            _("{day} has not come yet. Enter today or an earlier day.").format(
                day=day_words(answer.day)
            ),
            "day",
        )
    elif answer.day < measure.plan.released_on:
        yield (
            _("The plan was released on {day}, after that day. Enter a later day.").format(
                day=day_words(measure.plan.released_on)
            ),
            "day",
        )
    yield from number_faults(measure, answer)
    if not answer.is_number:
        if answer.expected_by and answer.expected_by.last_day <= on:
            yield _("Enter a date after today."), "expected_by"
        return
    there = _of_day(measure, answer.day, row)
    if there is not None and (corrects is None or there.pk != corrects.pk):
        yield (
            _("There is a number for that day: {number}. Correct it and say why.").format(
                number=in_words(measure, there)
            ),
            "correction_reason" if there.accepted_on else "day",
        )
    if corrects is not None and not answer.correction_reason:
        yield _("Say why the number is corrected."), "correction_reason"
    if measure.kind == Kind.TOTAL and corrects is None and not answer.not_comparable:
        yield from _total_faults(measure, answer, row)


def number_faults(measure: Measure, answer: Answer) -> Faults:
    """Yield what of a number, or of why there is none, does not fit its measure. Asks nothing of the database."""
    number, of = answer.number, answer.of
    if number is None:
        if not answer.because:
            yield _("Say why there is no number yet."), "because"
        if answer.expected_by is None:
            yield _("Say by when you expect one."), "expected_by"
        return
    if answer.because or answer.expected_by:
        yield _("Enter a number, or say why there is none yet, not both."), "because"
    if measure.kind == Kind.SHARE:
        if of is None:
            yield _("Enter how many, of how many."), "of"
        elif number < 0 or of < 0:
            yield _("Enter 0 or more."), "number"
        elif number > of:
            yield (
                _("{number} is more than {of}.").format(number=figure(number), of=figure(of)),
                "number",
            )
    elif of is not None:
        yield _("This measure is not a share. Leave this empty."), "of"
    if measure.kind == Kind.YES_NO and number not in (0, 1):
        yield _("Choose yes or no."), "number"
    if measure.kind in (Kind.TOTAL, Kind.PERIOD) and number < 0:
        yield _("Enter 0 or more."), "number"
    if measure.kind == Kind.PERIOD and answer.starts_on is None:
        yield _("Enter the first day of the period."), "starts_on"
    if answer.starts_on is not None and answer.starts_on > answer.day:
        yield _("The period ends before it begins. Enter an earlier day."), "starts_on"


def _total_faults(measure: Measure, answer: Answer, row: MeasureValue | None) -> Faults:
    rows = MeasureValue.objects.filter(measure=measure, number__isnull=False, day__lt=answer.day)
    rows = rows.exclude(pk=row.pk if row else 0).exclude(of_return__isnull=False, accepted_on=None)
    counted = in_force([given(each) for each in rows.select_related("agency")], answer.day)
    last = counted[-1].number if counted else None
    if last is not None and answer.number is not None and answer.number < last:
        yield (
            _(
                "A total cannot fall; the last was {last}. Is this for the period only, or a correction? Enter the "
                "total since the plan began, or correct the last number on the item’s page."
            ).format(last=figure(last)),
            "number",
        )


def in_words(measure: Measure, value: MeasureValue) -> str:
    """Return the number as the sentence says it. Load the measure's plan first."""
    if value.number is None:
        return _("no number yet")
    return number_in_words(measured(measure, measure.plan.released_on), given(value))


def same_as_last(last: Answer, day: date) -> Answer:
    """Return "the same as last time": the last number with a new date, and a period as long as the last one was."""
    starts_on = last.starts_on
    if starts_on is not None:
        starts_on = day - (last.day - starts_on)
    return replace(
        last, day=day, starts_on=starts_on, note="", not_comparable=False, correction_reason=""
    )


def answer_of(value: MeasureValue) -> Answer:
    """Return what a value says, as `give` takes it."""
    return Answer(**{name: getattr(value, name) for name in FIELDS})


@transaction.atomic
def take_back(*, value: MeasureValue, version: int, by: User, reason: str = "") -> None:
    """Delete a number that is not accepted; its history stays."""
    value = locked(value, version=version)
    if value.accepted_on is not None:
        raise Refused(_("This number is accepted. Correct it instead."))
    history.delete_all(MeasureValue.objects.filter(pk=value.pk), by=by, reason=reason)


@transaction.atomic
def accept(*, value: MeasureValue, by: User, on: date) -> MeasureValue:
    """Accept a number that was given between rounds: from now on it counts.

    Raise `Refused` if the user gave it, if it is accepted, or if another number of that day or another correction was
    accepted meanwhile.
    """
    value = locked(value, related=("measure__item__plan", "measure__of_plan", "agency"))
    if value.accepted_on is not None or value.of_return_id is not None:
        raise Refused(_("This number is no longer waiting."))
    if value.written_by_id == by.pk:
        raise Refused(_("You gave this number. Another coordinator must accept it."))
    _accept(value, by=by, on=on)
    return value


def accept_all(of_return: Return, *, by: User, on: date) -> None:
    """Accept the numbers of a return that is being accepted."""
    rows = of_return.measure_values.filter(accepted_on=None).order_by("pk")
    related = ("measure__item__plan", "measure__of_plan", "agency")
    for value in rows.select_for_update(of=("self",)).select_related(*related):
        _accept(value, by=by, on=on)


def _accept(value: MeasureValue, *, by: User, on: date) -> None:
    Refused.raise_any((says, None) for says in overtaken(value))
    value.accepted_on, value.accepted_by = on, by
    history.save_version(value, "accepted_on", "accepted_by", by=by)


def overtaken(value: MeasureValue) -> Iterator[str]:
    """Yield why a number cannot be accepted any more: another one of its day, or another correction, was meanwhile."""
    if value.number is None:
        return
    there = _of_day(value.measure, value.day, value, accepted_on__isnull=False)
    if there is not None and there.pk != value.corrects_id:
        yield _("“{measure}”: another number is accepted for {day}: {number}.").format(
            measure=value.measure.as_told,
            day=day_words(value.day),
            number=in_words(value.measure, there),
        )
    others = MeasureValue.objects.accepted().filter(corrects=value.corrects_id)
    if value.corrects_id is not None and others.exclude(pk=value.pk).exists():
        yield _("“{measure}”: this number has been corrected already.").format(
            measure=value.measure.as_told
        )
