"""Check the sheets Measures and Measure values, and the column of measures of earlier releases."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from workitems.intake.cell_kinds import TargetText, day_words, one_line, read_target
from workitems.intake.workbook.columns import (
    ITEMS,
    MEASURE,
    MEASURE_VALUES,
    MEASURES,
)
from workitems.intake.workbook.proposal import Draft, Proposal
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Row
from workitems.intake.workbook.record import Numbered, matched, morning
from workitems.measures.services.set_up import SET_UP, set_up_faults, target_faults
from workitems.measures.services.values import Answer, number_faults
from workitems.models import Measure, MeasureValue, Target, Variation
from workitems.terms.additions import Aimed

Measures = dict[str, Numbered]
SAID = (
    "starts_on", "day", "number", "of", "not_comparable", "note", "because", "expected_by", "correction_reason",
)  # fmt: skip
HEADINGS = {column.field: column.heading for column in MEASURE_VALUES if column.field}
WORDS = (Variation.Kind.DETAIL, Variation.Wording.MEASURE.value)


def measures(proposal: Proposal) -> Measures:
    """Return the plan's measures by item number ("" for outcomes) and number, including new ones."""
    of_item: dict[str, list[Row]] = defaultdict(list)
    for row in [*proposal.book[MEASURES], *_lines(proposal)]:
        item = proposal.item(row, may_be_proposed=True)
        if item is not None or row["Work item"] is NOT_GIVEN:
            of_item[item.number if item else ""].append(row)
    found: Measures = {}
    for number, draft in [("", None), *proposal.items.items()]:
        stored = proposal.stored.measures_of[draft.row.pk if draft else None]
        parent = {"item": draft.row} if draft else {"of_plan": proposal.plan}
        if draft and draft.is_new:
            stored = []
        found[number], rows = matched(proposal, of_item[number], stored, MEASURE, Measure, **parent)
        for row, each in rows:
            _measure(proposal, row, each, found[number])
        for each in found[number].values():
            if each.source is None:
                proposal.leave(
                    MEASURES, f"{number}, “{one_line(each.row.description)}”".lstrip(", ")
                )
    return found


def _lines(proposal: Proposal) -> Iterator[Row]:
    """Yield the lines of the column Measure as rows of the sheet."""
    for row in proposal.book[ITEMS]:
        lines = row[MEASURE] if row["Number"] and row[MEASURE] else ""
        for line in filter(None, lines.split("\n")):
            blank = {column.heading: NOT_GIVEN for column in MEASURES}
            values = blank | {"Work item": row["Number"], MEASURE: line}
            yield Row(sheet=MEASURES, number=row.number, values=values, letters={}, numbers={})


def _measure(proposal: Proposal, row: Row, draft: Draft, numbered: Numbered) -> None:
    measure, words = draft.row, row[MEASURE]
    item = measure.item
    before = one_line(measure.description)
    is_decided = proposal.is_adopted and item is not None and item.pk is not None
    draft.source = row
    if is_decided and words and (draft.is_new or one_line(words) != before):
        kind, wording = WORDS
        given = {"wording": wording, "value": one_line(words)}
        given |= {} if draft.is_new else {"number": measure.number}
        proposal.decide(row, MEASURE, before, one_line(words), kind, item, given)
        if draft.is_new:
            del numbered[measure.number]
            return
    same = [MEASURE] if is_decided or one_line(words or "") == before else []
    proposal.fill(row, draft, leave_out=same)
    if proposal.faults.found:
        return
    number = f"{item.number}, " if item else ""
    if not item and measure.responsible_agency is None:
        proposal.fault(row, "Responsible agency", _("An outcome needs who gives its numbers."), MEASURES.column("Responsible agency").kind.right)  # fmt: skip
    now = {name: getattr(measure, name) for name in SET_UP}
    for says, name in set_up_faults(now) if measure.kind != Measure.Kind.WORDS else ():
        heading = next(column.heading for column in MEASURES if column.field == name)
        proposal.fault(row, heading, str(says), MEASURES.column(heading).kind.right)
    aims = _aims(proposal, row, draft)
    if item is not None and any(item is each for each in proposal.proposed):
        proposal.of_proposed[id(item)][1].append((measure, aims))
        del numbered[measure.number]
        return
    proposal.add(draft, MEASURES.name, _("{number}measure {measure}").format(number=number, measure=measure.number))  # fmt: skip
    for aim in aims:
        # A first import takes what its records say of the past.
        set_on = proposal.plan.released_on if proposal.is_first else proposal.today
        target = Target(measure=measure, number=aim.number, months=aim.months, set_on=set_on)
        target.by = aim.by
        proposal.add(Draft(target))


def _aims(proposal: Proposal, row: Row, draft: Draft) -> list[Aimed]:
    """Return the targets to set, which the measure does not have. Those that no line has stay."""
    if not row["Targets"]:
        return []
    stored = proposal.stored.targets_of[draft.row.pk] if not draft.is_new else []
    known = {(each.number, each.months, each.by) for each in stored}
    given = map(read_target, row["Targets"].split("\n"))
    aims = [Aimed(each.number, each.by, each.months) for each in given if each not in known]
    if aims and proposal.is_adopted and not draft.is_new:
        lines = (str(TargetText(each.number, each.months, each.by)) for each in stored)
        was, now = "; ".join(lines), "; ".join(row["Targets"].split("\n"))
        obstacle = _("A target of an adopted plan is changed on the page of its measure.")
        of = draft.row.item or proposal.plan
        proposal.decide(row, "Targets", was, now, Variation.Kind.MEASURE, of, {}, obstacle)
        return []
    for says, _name in target_faults(proposal.plan, draft.row.kind, aims, "{}"):
        proposal.fault(row, "Targets", str(says), MEASURES.column("Targets").kind.right)
    return aims


def values(proposal: Proposal, measures: Measures) -> None:
    """Add the accepted numbers of the sheet that the plan does not have."""
    known: dict[int, list[MeasureValue]] = {}
    matched: set[int] = set()
    for row in proposal.book[MEASURE_VALUES]:
        draft = _measure_of(proposal, row, measures)
        if draft is None:
            continue
        there = known.setdefault(id(draft.row), _stored(proposal, draft))
        value = _value(proposal, row, draft.row)
        if value is None:
            continue
        corrects = row["Corrects the number of"] or None
        said = _said(row, value, corrects)
        stored = (e for e in there if e.pk is not None and e.pk not in matched)
        same = next(
            (e for e in stored if _said(row, e, e.corrects.day if e.corrects else None) == said),
            None,
        )
        if same is not None:
            matched.add(same.pk)
            proposal.note(MEASURE_VALUES.name, "", Draft(same))
            continue
        corrected = [each.corrects for each in there]
        of_day = (e for e in reversed(there) if e.day == corrects and e not in corrected)
        value.corrects = next(of_day, None)
        is_kept = proposal.is_adopted and not draft.is_new
        for says, heading in _faults(proposal, value, there, is_kept=is_kept):
            proposal.fault(row, heading, says, MEASURE_VALUES.column(heading).kind.right)
        there.append(value)
        made = Draft(value)
        made.source = row
        proposal.add(made, MEASURE_VALUES.name, _label(value))
    for numbered in measures.values():
        for draft in numbered.values():
            for each in _stored(proposal, draft):
                if each.pk not in matched:
                    proposal.leave(MEASURE_VALUES, _label(each))


def _stored(proposal: Proposal, draft: Draft) -> list[MeasureValue]:
    return [] if draft.is_new else list(proposal.stored.values_of[draft.row.pk])


def _label(value: MeasureValue) -> str:
    measure, day = value.measure, day_words(value.day)
    number = f"{measure.item.number}, " if measure.item else ""
    return _("{number}measure {measure}, {day}").format(number=number, measure=measure.number, day=day)  # fmt: skip


def _measure_of(proposal: Proposal, row: Row, measures: Measures) -> Draft | None:
    item, number = proposal.item(row), row["Number of the measure"]
    if number is UNREADABLE or (item is None and row["Work item"] is not NOT_GIVEN):
        return None
    draft = measures.get(item.number if item else "", {}).get(number)
    if draft is None:
        problem = _("There is no measure {number} of it.").format(number=number)
        proposal.fault(row, "Number of the measure", problem, _("the number of a measure on the sheet Measures."))  # fmt: skip
    return draft


def _value(proposal: Proposal, row: Row, measure: Measure) -> MeasureValue | None:
    """Return the number of a row, not saved; None of one that cannot be read."""
    value: MeasureValue = proposal.fill(row, Draft(MeasureValue(measure=measure))).row
    if not row.readable(*row.values):
        return None
    value.accepted_on = value.given_on = row.given("Accepted on", proposal.today)
    value.written_at = morning(value.given_on)
    return value


def _said(row: Row, value: MeasureValue, corrects: date | None) -> tuple[Any, ...]:
    """Return what the columns that the workbook has say of a number."""
    said = {HEADINGS[name]: getattr(value, name) for name in (*SAID, "agency")}
    said["Corrects the number of"] = corrects
    given = [each for heading, each in said.items() if heading in row.letters]
    return tuple(one_line(each) if isinstance(each, str) else each for each in given)


def _faults(
    proposal: Proposal, value: MeasureValue, there: list[MeasureValue], *, is_kept: bool
) -> Iterator[tuple[str, str]]:
    """Yield (sentence, heading) of what keeps a new number from being added."""
    if is_kept:
        yield _("An adopted plan takes no number from a workbook. Give or correct it in a return or on the measure’s page."), HEADINGS["number"]  # fmt: skip
        return
    answer = Answer(**{name: getattr(value, name) for name in SAID})
    for says, name in number_faults(value.measure, answer):
        yield str(says), HEADINGS[name or "number"]
    released = proposal.plan.released_on
    if released and value.day < released:
        yield _("The plan was released on {day}, after that day.").format(day=day_words(released)), HEADINGS["day"]  # fmt: skip
    if value.given_on < value.day:
        yield _("The number is of a later day."), "Accepted on"
    if bool(value.corrects) != bool(value.correction_reason):
        yield _("A correction names the day of a number that is there, and says why."), "Corrects the number of"  # fmt: skip
    corrected = [each.corrects for each in [*there, value]]
    same = [each for each in there if each.day == value.day and each not in corrected]
    if value.number is not None and any(each.number is not None for each in same):
        yield _("There is a number for that day."), HEADINGS["day"]
