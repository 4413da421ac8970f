"""Checks of what a paper says of measures, and of what audits found. They only warn."""

import re
from collections.abc import Iterator
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from reports.checks.check import WARNING, Check, fingerprint
from reports.checks.evidence import Records
from reports.checks.material import WORKSHOP, Material
from reports.checks.recorded import sentences_of
from reports.compose.facts import Facts
from reports.compose.finding_facts import FINDING
from reports.compose.measure_sources import MEASURE
from workitems.measures.services.values import is_due
from workitems.models import Finding
from workitems.plan.plan_at.measures_at import MeasureAt

warn = partial(Check, severity=WARNING)


def of_measures(material: Material) -> Iterator[Check]:
    """Yield the measures for which a number was due in the period, those that were missed or are worse and those that were
    corrected since the last paper, if no paragraph tells them, and those without a number past the day it was expected."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    told = {
        source.pk for part in material.shown for source in part.sources if source.model == MEASURE
    }
    rows = facts.measures.rows.set_up
    silent = [row for row in rows if row.pk not in told]
    due = [row for row in rows if _is_due(row, facts)]
    if due:
        yield _listed(
            facts,
            "measures-due",
            ngettext(
                "A measure has no number of this period: {measures}.",
                "{count} measures have no number of this period: {measures}.",
                len(due),
            ),
            due,
        )
    missed = [row for row in silent if row.state.needs_attention]
    if missed:
        yield _listed(
            facts,
            "measures-missed",
            ngettext(
                "No paragraph says that a target was missed, or that a measure is worse than before the plan: {measures}.",
                "No paragraph says that {count} targets were missed, or measures are worse than before the plan: {measures}.",
                len(missed),
            ),
            missed,
            f"{material.urls[WORKSHOP]}#delay",
        )
    corrected = [row for row in silent if facts.measures.is_corrected(row)]
    if corrected:
        yield _listed(
            facts,
            "measures-corrected",
            ngettext(
                "The last paper gave a number that was corrected since, and no paragraph says so: {measures}.",
                "The last paper gave {count} numbers that were corrected since, and no paragraph says so: {measures}.",
                len(corrected),
            ),
            corrected,
            f"{material.urls[WORKSHOP]}#achievements",
        )
    overdue = [row for row in rows if _is_past_expected(row, facts)]
    if overdue:
        yield _listed(
            facts,
            "measures-expected",
            ngettext(
                "There is still no number where one was expected by now: {measures}.",
                "There are still no numbers for {count} measures where they were expected by now: {measures}.",
                len(overdue),
            ),
            overdue,
        )


def of_findings(material: Material) -> Iterator[Check]:
    """Yield that the evidence does not support what was reported, if no paragraph is about it."""
    assert material.drafted.found is not None
    facts = material.drafted.found.facts
    told = {
        source.pk for part in material.shown for source in part.sources if source.model == FINDING
    }
    rows = [
        row
        for row in facts.findings.rows
        if row.verdict == Finding.Verdict.NOT_SUPPORTED
        and row.pk not in told
        and not any(_is_finding_in(row, material.texts[part.key], facts) for part in material.shown)
    ]
    if rows:
        words = ngettext(
            "No paragraph says that the audit found a report not supported by evidence: {findings}.",
            "No paragraph says that the audit found {count} reports not supported by evidence: {findings}.",
            len(rows),
        )
        named = [f"{row.item.number if row.item else gettext('the plan')}" for row in rows]
        yield warn(
            key="findings",
            words=words.format(count=len(rows), findings=", ".join(named)),
            url=f"{material.urls[WORKSHOP]}#achievements",
            place=gettext("Audit"),
            about=fingerprint(*(f"{row.pk} {row.reply}" for row in rows)),
        )


_AUDIT = re.compile(r"\baudit", re.IGNORECASE)
_NOT_SUPPORTED = re.compile(
    r"\b(?:not|no|nothing|cannot|without|unsupported|lack\w*|missing)\b", re.IGNORECASE
)


def _is_finding_in(row: Finding, text: str, facts: Facts) -> bool:
    """Whether a sentence says in any words that an audit did not find evidence, and the text names the item."""
    says = any(_AUDIT.search(each) and _NOT_SUPPORTED.search(each) for each in sentences_of(text))
    if not says or row.item_id is None:
        return says
    return any(item.pk == row.item_id for item in facts.once(Records).named_in(text))


def _listed(facts: Facts, key: str, words: str, rows: list[MeasureAt], url: str = "") -> Check:
    named = [f"{row.name} ({row.item.number if row.item else gettext('the plan')})" for row in rows]
    return warn(
        key=key,
        words=words.format(count=len(rows), measures="; ".join(named)),
        url=url or reverse("measures:register", args=[facts.plan.slug]),
        place=gettext("Measures"),
        about=fingerprint(*(f"{row.pk} {row.reading.sources}" for row in rows)),
    )


def _is_due(row: MeasureAt, facts: Facts) -> bool:
    """Whether no answer is of the period, or of the year, if it is asked each year. That there is no number yet answers."""
    last = max((each.day for each in row.in_force), default=None)
    return is_due(row.row.asked, last, facts.briefing)


def _is_past_expected(row: MeasureAt, facts: Facts) -> bool:
    answer = row.reading.no_number
    return bool(answer and answer.expected_by and answer.expected_by.last_day < facts.as_at)
