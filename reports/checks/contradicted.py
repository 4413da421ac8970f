"""Finds sentences of agencies that a measure or an audit contradicts: with an older number, or a report without evidence."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext

from reports.checks.recorded import stems
from reports.checks.values import NUMBER, as_digits, dates_in
from reports.compose.facts import Facts
from workitems.models import Measure
from workitems.plan.plan_at import ItemAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.measure_sentence import Given, exact, figure, printed

# How many of the words that say what is measured a sentence has that gives a number of it.
_ABOUT = 0.4
_PER_CENT = re.compile(rf"(?P<number>{NUMBER.pattern})\s?(?:%|per cent\b|percent\b)", re.IGNORECASE)
# What was before the plan.
_BEFORE = re.compile(
    r"\b(?:used to|before the plan|previously|formerly|until now)\b", re.IGNORECASE
)
# What a measure counts, and not a share of something.
_COUNTS = {Measure.Kind.LEVEL, Measure.Kind.PERIOD, Measure.Kind.TOTAL}


class Contradiction(NamedTuple):
    """What a record says against a sentence, and the sentence of a measure that could be in its place."""

    words: str
    instead: str = ""


def contradiction(facts: Facts, item: ItemAt, sentence: str) -> Contradiction | None:
    """Return what a measure of an item says against a sentence on it: another number, unless the sentence has a date, or what
    was before the plan. None if no measure does, or one has the number."""
    rows = [row for row in facts.measures.rows.of_item(item.pk) if row.is_set_up]
    if any(_has(row, sentence) for row in rows):
        return None
    return next(filter(None, (_of_measure(facts, row, sentence) for row in rows)), None)


def without_evidence(facts: Facts, item: ItemAt) -> str:
    """Return a sentence if an audit found that the evidence does not support what was reported on an item, else ""."""
    if item.pk not in facts.unsupported:
        return ""
    return gettext(
        "An audit found that the evidence does not support what was reported on item {number}."
    ).format(number=item.number)


def contradicted_in(
    facts: Facts, items: Iterable[ItemAt], sentences: Iterable[str]
) -> Iterator[tuple[str, Contradiction]]:
    """Yield the sentences that a measure of these items contradicts, each with what that says."""
    own = list(items)
    for sentence in sentences:
        found = (contradiction(facts, item, sentence) for item in own)
        if first := next(filter(None, found), None):
            yield sentence, first


def _has(row: MeasureAt, sentence: str) -> bool:
    """Whether a measure has the number that a sentence gives."""
    baseline = row.measured.baseline
    if _BEFORE.search(sentence) and baseline is not None:
        found = (_as_number(match.group()) for match in NUMBER.finditer(sentence))
        return any(number == baseline for number in found)
    given, typed = _given(row), _shares_in(sentence)
    if row.measured.kind != Measure.Kind.SHARE or not given or not typed:
        return False
    last = {printed(row.measured, given[-1]), Fraction(round(exact(given[-1])))}
    targets = {Fraction(each.number) for each in row.targets}
    return any(number in last for number in typed) or all(number in targets for number in typed)


def _given(row: MeasureAt) -> list[Given]:
    return [each for each in row.in_force if each.number is not None]


def _shares_in(sentence: str) -> list[Fraction]:
    found = (_as_number(match["number"]) for match in _PER_CENT.finditer(sentence))
    return [number for number in found if number is not None]


def _of_measure(facts: Facts, row: MeasureAt, sentence: str) -> Contradiction | None:
    """Return what a measure that a sentence is about says against it, if it does not have the number."""
    if not _is_about(row, sentence):
        return None
    baseline = row.measured.baseline
    if _BEFORE.search(sentence) and baseline is not None and baseline > 1:
        if row.measured.kind in _COUNTS and re.search(r"\b(?:only|alone)\b", sentence):
            words = gettext(
                "A measure of item {number} says that there were {baseline} before the plan."
            )
            return Contradiction(words.format(number=_number_of(row), baseline=figure(baseline)))
        return None
    is_share = row.measured.kind == Measure.Kind.SHARE
    if not (is_share and _given(row) and _shares_in(sentence)) or dates_in(sentence):
        return None
    told = facts.measures.sentence_of(row)
    return Contradiction(gettext("A measure says: {sentence}").format(sentence=told), told)


def _number_of(row: MeasureAt) -> str:
    return row.item.number if row.item else ""


def _is_about(row: MeasureAt, sentence: str) -> bool:
    words = stems(row.name)
    return bool(words) and len(words & stems(sentence)) / len(words) >= _ABOUT


def _as_number(word: str) -> Fraction | None:
    digits = as_digits(word)
    return Fraction(digits) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else None
