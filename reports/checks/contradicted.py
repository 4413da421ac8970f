"""Finds sentences of agencies that a measure or an audit contradicts: with an older number, or a report without evidence."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext

from reports.checks.recorded import stems
from reports.checks.values import NUMBER, as_digits, dates_in
from reports.compose.facts import Facts
from workitems.models import Finding, Measure
from workitems.plan.plan_at import ItemAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.measure_sentence import exact, figure, printed

# How many of the words that say what is measured a sentence has that gives a number of it.
_ABOUT = 0.4
_PER_CENT = re.compile(rf"(?P<number>{NUMBER.pattern})\s?(?:%|per cent\b|percent\b)", re.IGNORECASE)
# What was before the plan.
_BEFORE = re.compile(
    r"\b(?:used to|before the plan|previously|formerly|until now)\b", re.IGNORECASE
)


class Contradiction(NamedTuple):
    """What a record says against a sentence, and the sentence of a measure that could be in its place."""

    words: str
    instead: str = ""


def contradiction(facts: Facts, item: ItemAt, sentence: str) -> Contradiction | None:
    """Return what a measure of an item says against a sentence on it: another number, unless the sentence has a date, or what
    was before the plan. None if no measure does."""
    for row in facts.measures.rows.of_item(item.pk):
        if row.is_set_up and (found := _of_measure(facts, row, sentence)):
            return found
    return None


def without_evidence(facts: Facts, item: ItemAt) -> str:
    """Return that an audit found no evidence of what was reported on an item, or ""."""
    verdicts = [row.verdict for row in facts.findings.rows if row.item_id == item.pk]
    if Finding.Verdict.NOT_SUPPORTED not in verdicts:
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


def _of_measure(facts: Facts, row: MeasureAt, sentence: str) -> Contradiction | None:
    baseline = row.measured.baseline
    told = facts.measures.sentence_of(row)
    if _BEFORE.search(sentence) and baseline is not None and baseline > 1:
        is_given = any(_as_number(match.group()) == baseline for match in NUMBER.finditer(sentence))
        says_one = re.search(r"\b(?:only|alone)\b", sentence)
        if says_one and not is_given:
            words = gettext(
                "A measure of item {number} says that there were {baseline} before the plan."
            )
            return Contradiction(words.format(number=_number_of(row), baseline=figure(baseline)))
        return None
    if row.measured.kind != Measure.Kind.SHARE or not _is_about(row, sentence):
        return None
    given = [each for each in row.in_force if each.number is not None]
    typed = [
        number
        for match in _PER_CENT.finditer(sentence)
        if (number := _as_number(match["number"])) is not None
    ]
    if not given or not typed or dates_in(sentence):
        return None
    last = {printed(row.measured, given[-1]), Fraction(round(exact(given[-1])))}
    targets = {Fraction(each.number) for each in row.targets}
    if any(number in last for number in typed) or all(number in targets for number in typed):
        return None
    return Contradiction(gettext("A measure says: {sentence}").format(sentence=told), told)


def _number_of(row: MeasureAt) -> str:
    return row.item.number if row.item else ""


def _is_about(row: MeasureAt, sentence: str) -> bool:
    words = stems(row.name)
    return bool(words) and len(words & stems(sentence)) / len(words) >= _ABOUT


def _as_number(word: str) -> Fraction | None:
    digits = as_digits(word)
    return Fraction(digits) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else None
