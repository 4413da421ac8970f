"""Text of records as papers print it: normalised characters, paragraphs without line breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from reports.charts import chart_of_measure
from reports.document.markup import tidy
from reports.meetings.parts import (
    Answers,
    Asked,
    DecisionLine,
    MeasureTold,
    MilestoneDates,
    ReturnLine,
    Words,
)
from workitems.models import Variation
from workitems.plan.attention import Ask, Line, Point
from workitems.plan.plan_at import ReturnAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.additions import Addition, NewItem, addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.lateness import MilestoneLike, by_then, milestone_lateness


def line(text: str) -> str:
    return " ".join(tidy(text).split())


def paragraphs(text: str) -> Words:
    return tuple(filter(None, (" ".join(part.split()) for part in tidy(text).splitlines())))


def told(rows: Iterable[MeasureAt]) -> tuple[MeasureTold, ...]:
    """Return what measures say, with their charts. Those in words only say nothing."""
    return tuple(
        MeasureTold(
            line(row.sentence), chart_of_measure(row.measured, row.targets, row.values, row.on)
        )
        for row in rows
        if row.sentence
    )


def answers_of(each: Line) -> Answers:
    """Return the answers of a line of the attention list, as the dashboard and the slides say them."""
    return Answers(
        why=tuple(map(line, each.reason_texts)),
        cause=line(each.cause),
        expected=_point(each.expected),
        doing=_point(each.doing),
        asked=". ".join(_point(ask) for ask in each.all_asked),
        is_late=each.is_late,
    )


def _point(point: Point | Ask) -> str:
    return line(f"{point.words.rstrip('.')} ({point.note})" if point.note else point.words)


def name_of(agencies: Mapping[int, Any], pk: int | None) -> str:
    return agencies[pk].short_name if pk is not None else ""


def milestone_dates(row: MilestoneLike, item: str, on: date) -> MilestoneDates:
    """Return the dates of a milestone or its history row. `item` is the item's number."""
    late = milestone_lateness(row, on)
    return MilestoneDates(
        item=item,
        description=line(row.description),
        original=row.original_due,
        agreed=row.agreed_due,
        forecast=row.forecast_due,
        completed=by_then(row.completed_on, on),
        words=late.words,
        is_late=late.is_late,
        original_known_to=KnownTo(row.original.known_to),
        agreed_known_to=KnownTo(row.agreed.known_to),
        forecast_known_to=KnownTo(row.forecast.known_to),
    )


def answer(row: ReturnAt) -> ReturnLine:
    """Return an agency's return with its state, or with the reason it needs attention."""
    words = row.reasons[0].words if row.reasons else row.state_label
    return ReturnLine(row.agency.short_name, words, bool(row.reasons))


def decision_line(
    row: Any, *, held: date, on: date, agencies: Mapping[int, Any], about: str = ""
) -> DecisionLine:
    """Return a decision or its history row. Completion after `on` is ignored."""
    done = by_then(row.done_on, on)
    return DecisionLine(
        number=row.number,
        meeting=held,
        text=paragraphs(row.text),
        about=line(row.about or about),
        owner=name_of(agencies, row.owner_agency_id),
        due=row.due_on,
        done=done,
        is_overdue=row.due_on is not None and done is None and row.due_on < on,
    )


def asked(row: Any, *, item: Any, milestone: str, agencies: Mapping[int, Any]) -> Asked:
    """Return a variation or its history row, with the text or date before and after. `item` is None of
    a request for a new item, or for a change of the plan itself."""
    adds = addition_of(row.kind, row.adds)
    before, after = _sides(row) if adds is None else _added(adds, agencies)
    state = Variation.State(row.state)
    is_approved = state == Variation.State.APPROVED
    return Asked(
        reference=f"V{row.number}",
        asks=_name(row, milestone, adds),
        item=line(str(adds))
        if isinstance(adds, NewItem)
        else f"{item.number} {line(item.title)}"
        if item
        else "The Plan",
        agency=name_of(agencies, row.requesting_agency_id),
        requested=timezone.localdate(row.requested_at),
        reason=paragraphs(row.reason),
        before=before,
        after=after,
        recommends=str(Variation.Recommends(row.recommends).label) if row.recommends else "",
        recommendation=paragraphs(row.recommendation),
        outcome="" if state in Variation.PENDING else str(state.label),
        before_label="Was" if is_approved else "As agreed",
        after_label="Now" if is_approved else "Asked for",
        asked_label="Requested by",
        is_named=True,
    )


def _name(row: Any, milestone: str, adds: Addition | None) -> str:
    return name_of_change(
        row.kind,
        code=row.wording,
        label=str(Variation.Wording(row.wording).label) if row.wording else "",
        before=line(row.text_before),
        after=line(row.text_after),
        milestone=milestone,
        due=KnownDate(row.due_after, row.after_known_to) if row.due_after else None,
        adds=adds,
    )


def _sides(row: Any) -> tuple[Words, Words]:
    if row.kind == Variation.Kind.DATE:
        return _date(row.due_before, row.before_known_to), _date(row.due_after, row.after_known_to)
    if row.kind == Variation.Kind.WITHDRAWAL:
        return ("In the Plan",), ("Withdrawn from the Plan",)
    after = {Variation.Kind.CANCEL: "Cancelled", Variation.Kind.MEMBER: "Not in the working group"}
    return (
        paragraphs(row.text_before),
        paragraphs(row.text_after) or ((after[row.kind],) if row.kind in after else ()),
    )


def _added(adds: Addition, agencies: Mapping[int, Any]) -> tuple[Words, Words]:
    steps = [
        f"{line(each.description)}, due {each.due} ({name_of(agencies, each.responsible_agency)})"
        for each in adds.milestones
    ]
    if not isinstance(adds, NewItem):
        return ("Not in the Plan",), tuple(steps)
    found = [*paragraphs(adds.objective), *paragraphs(adds.action)]
    found.append(f"{name_of(agencies, adds.lead_agency)} leads.")
    if adds.supports:
        found[-1] += f" Supported by {', '.join(name_of(agencies, pk) for pk, _ in adds.supports)}."
    found += [f"Measure: {line(str(each))}" for each in adds.measures]
    found += [f"Milestone: {step}" for step in steps]
    return ("Not in the Plan",), tuple(found)


def _date(day: date, known_to: str) -> Words:
    return (str(KnownDate(day, known_to)),)
