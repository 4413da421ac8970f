"""A document as an Excel workbook: the cover's fields, and a sheet for each type of annex row.

Made from the document alone, so that it holds what was signed. Every sheet has the marking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple

from agencies.wording.translation import in_english
from reports.document import (
    ConsultedRow,
    ConsultedTable,
    DelayRegister,
    DelayRow,
    Document,
    FindingRow,
    FindingTable,
    ItemReport,
    MeasureRow,
    MeasureTable,
    MilestoneRow,
    MitigationLine,
    Passage,
    ProgressPicture,
    RiskRegister,
    RiskRow,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    words,
)
from reports.document.dates import long_date
from reports.render import xlsx
from reports.render.tables import Column, Field, Kind, Row, Sheet
from workitems.terms.item_texts import ITEM_TEXTS


class Listed(NamedTuple):
    """A work item under its pillar."""

    pillar: str
    item: WorkItemRow | WorkItemText


class ListedText(NamedTuple):
    """A work item with its texts, under its pillar."""

    pillar: str
    item: WorkItemText


class Dated(NamedTuple):
    """A milestone with its item's number and title."""

    number: str
    title: str
    milestone: MilestoneRow


@in_english
def render_workbook(document: Document) -> bytes:
    """Return the workbook, dated with the document's date."""
    made_at = datetime.combine(document.cover.dated, time(), UTC)
    return xlsx.write_all(sheets(document), made_at)


@in_english
def sheets(document: Document) -> list[Sheet]:
    """Return the cover, then a sheet for each type of row in the annexes, in a fixed order."""
    return [_cover(document), *_items(document), *_registers(document)]


def _sheet(
    document: Document, name: str, fields: Sequence[Field[Row]], rows: Iterable[Row]
) -> Sheet:
    cover = document.cover
    about = [
        ("Tracker number", cover.tracker_number),
        ("Dated", long_date(cover.dated)),
        ("Marking", cover.printed_marking),
    ]
    title = f"{document.title}: {name.lower()}"
    return Sheet.of(name, fields, rows, about=about, title=title, marking=cover.printed_marking)


def _cover(document: Document) -> Sheet:
    cover = document.cover
    manager = cover.authorising_manager
    facts = [
        ("Plan", document.plan_title),
        ("Title", cover.title),
        ("Tracker number", cover.tracker_number),
        ("Dated", long_date(cover.dated)),
        ("Minister", cover.minister),
        ("Portfolio", cover.portfolio),
        ("Deadline", long_date(cover.deadline) if cover.deadline else "N/A"),
        ("Action sought", cover.action_sought),
        ("Security marking", cover.printed_marking),
        ("Copied to", "\n".join(cover.copied_to) or "N/A"),
        ("For referral to", "\n".join(cover.for_referral_to) or "N/A"),
        ("Agencies consulted", ", ".join(cover.agencies_consulted) or "N/A"),
        ("Authorising manager", ", ".join(filter(None, (manager.name, manager.role)))),
    ]
    fields: list[Field[tuple[str, str]]] = [
        (Column("Fact", 24), lambda fact: fact[0]),
        (Column("On the cover", 70), lambda fact: fact[1]),
    ]
    return _sheet(document, "Briefing", fields, facts)


def _items(document: Document) -> Iterator[Sheet]:
    """Yield items and milestones from the most detailed annex, and reports if texts are printed."""
    texts = [annex for annex in document.annexes if isinstance(annex, WorkItemTexts)]
    tables = [annex for annex in document.annexes if isinstance(annex, WorkItemTable)]
    pictures = [annex for annex in document.annexes if isinstance(annex, ProgressPicture)]
    dated: list[Dated] = []
    if texts:
        listed_texts = [
            ListedText(each.title, item) for each in texts[0].pillars for item in each.items
        ]
        columns = [*LISTED_TEXTS, *map(_text, WorkItemText.TEXTS)]
        yield _sheet(document, "Work items", columns, listed_texts)
        dated = [
            Dated(row.item.number, words(row.item.title), step)
            for row in listed_texts
            for step in row.item.milestones
        ]
    elif tables:
        listed = [Listed(each.title, item) for each in tables[0].pillars for item in each.rows]
        yield _sheet(document, "Work items", ITEMS, listed)
        dated = [
            Dated(item.number, item.title, step)
            for each in tables[0].pillars
            for item in each.rows
            for step in item.milestones
        ]
    elif pictures:
        dated = [Dated(row.number, "", row.milestone) for row in pictures[0].timeline]
    if texts or tables or pictures:
        yield _sheet(document, "Milestones", MILESTONES, dated)
    if texts:
        reports = [(row.item, report) for row in listed_texts for report in row.item.reports]
        yield _sheet(document, "Reports", REPORTS, reports)


def _registers(document: Document) -> Iterator[Sheet]:
    for annex in document.annexes:
        if isinstance(annex, DelayRegister):
            yield _sheet(document, "Delays", DELAYS, annex.rows)
            measures = [(row, line) for row in annex.rows for line in row.mitigations]
            yield _sheet(document, "Mitigations", MITIGATIONS, measures)
        elif isinstance(annex, RiskRegister):
            yield _sheet(document, "Risks", RISKS, annex.rows)
        elif isinstance(annex, ConsultedTable):
            yield _sheet(document, "Consulted", CONSULTED, annex.rows)
        elif isinstance(annex, MeasureTable):
            yield _sheet(document, "Measures", MEASURES, annex.rows)
        elif isinstance(annex, FindingTable):
            yield _sheet(document, "Findings", FINDINGS, annex.rows)


def _typed(passages: tuple[Passage, ...]) -> str:
    """Return the passages as text, one line for each paragraph and bullet."""
    lines = []
    for passage in passages:
        lines.append(words(passage.text))
        for bullet in passage.bullets:
            lines.append(f"• {words(bullet.text)}")
            lines += [f"   – {words(inner.text)}" for inner in bullet.bullets]
    return "\n".join(lines)


def _title(item: WorkItemRow | WorkItemText) -> str:
    return item.title if isinstance(item, WorkItemRow) else words(item.title)


def _text(name: str) -> Field[ListedText]:
    label = str(ITEM_TEXTS[name].label)
    return Column(label, 50), lambda row: _typed(getattr(row.item, name))


# --- the columns of each sheet --------------------------------------------------------------

ITEMS: list[Field[Listed | ListedText]] = [
    (Column("Pillar", 20), lambda row: row.pillar),
    (Column("No.", 8), lambda row: row.item.number),
    (Column("Work item", 40), lambda row: _title(row.item)),
    (Column("Lead", 12), lambda row: row.item.lead),
    (Column("Stage", 13), lambda row: row.item.stage.label),
    (Column("Confidence", 13), lambda row: row.item.confidence and row.item.confidence.label),
    (Column("Standing", 20), lambda row: row.item.standing),
]
LISTED_TEXTS: list[Field[ListedText]] = [
    *ITEMS[:4],
    (Column("Supporting", 24), lambda row: "\n".join(row.item.supporting)),
    (Column("Key item", 9), lambda row: "Yes" if row.item.is_key else ""),
    *ITEMS[4:],
]
REPORTS: list[Field[tuple[WorkItemText, ItemReport]]] = [
    (Column("No.", 8), lambda row: row[0].number),
    (Column("Work item", 40), lambda row: words(row[0].title)),
    (Column("Reported by", 12), lambda row: row[1].agency),
    (Column("On", 26), lambda row: row[1].period),
    (Column("Achieved", 50), lambda row: _typed(row[1].achieved)),
    (Column("Planned next", 50), lambda row: _typed(row[1].planned_next)),
    (Column("Challenges", 40), lambda row: _typed(row[1].challenges)),
    (Column("No change, said on", 14, Kind.DATE), lambda row: row[1].no_change_on),
]
DATES: list[Field[Dated | DelayRow]] = [
    (Column("Original", 13, Kind.DATE), lambda row: row.milestone.promised),
    (Column("Agreed", 13, Kind.DATE), lambda row: row.milestone.due),
    (
        Column("Forecast", 13, Kind.DATE),
        lambda row: None if row.milestone.completed_on else row.milestone.expected,
    ),
    (Column("Done", 13, Kind.DATE), lambda row: row.milestone.completed_on),
]
MILESTONES: list[Field[Dated]] = [
    (Column("No.", 8), lambda row: row.number),
    (Column("Work item", 40), lambda row: row.title),
    (Column("Milestone", 40), lambda row: row.milestone.label),
    *DATES,
    (Column("Days from original", 10, Kind.NUMBER), lambda row: row.milestone.slip),
    (Column("Standing", 22), lambda row: row.milestone.standing),
]
DELAYS: list[Field[DelayRow]] = [
    (Column("No.", 8), lambda row: row.number),
    (Column("Work item", 40), lambda row: words(row.title)),
    (Column("Milestone", 40), lambda row: row.milestone.label),
    (Column("Cause", 18), lambda row: row.cause),
    (Column("Explanation", 50), lambda row: words(row.explanation)),
    (Column("Cause settled", 34), lambda row: row.settled),
    (Column("Effect", 40), lambda row: words(row.effect)),
    (Column("Until then", 40), lambda row: words(row.meanwhile)),
    (Column("It needs", 40), lambda row: words(row.needs)),
    (Column("Waits for", 40), lambda row: words(row.waits_for)),
    (Column("Found", 13, Kind.DATE), lambda row: row.found_on),
    (Column("Ended", 13, Kind.DATE), lambda row: row.ended_on),
    *DATES,
    (Column("Days", 8, Kind.NUMBER), lambda row: row.days),
    (Column("Times moved", 8, Kind.NUMBER), lambda row: row.times_moved),
]
MITIGATIONS: list[Field[tuple[DelayRow, MitigationLine]]] = [
    (Column("No.", 8), lambda row: row[0].number),
    (Column("Work item", 40), lambda row: words(row[0].title)),
    (Column("Milestone", 40), lambda row: row[0].milestone.label),
    (Column("Cause of the delay", 18), lambda row: row[0].cause),
    (Column("What is done", 50), lambda row: words(row[1].text)),
    (Column("By", 12), lambda row: row[1].owner),
    (Column("Due", 13, Kind.DATE), lambda row: row[1].due_on),
    (Column("Done", 13, Kind.DATE), lambda row: row[1].done_on),
]
RISKS: list[Field[RiskRow]] = [
    (Column("No.", 8), lambda row: row.number),
    (Column("Risk", 50), lambda row: words(row.text)),
    (Column("To item", 10), lambda row: row.item or "The Plan"),
    (Column("Likelihood", 11), lambda row: row.likelihood.label),
    (Column("Impact", 11), lambda row: row.impact.label),
    (Column("Severity", 11), lambda row: row.severity.label),
    (Column("Owner", 12), lambda row: row.owner),
    (Column("Response", 50), lambda row: words(row.response)),
    (Column("Escalated to", 18), lambda row: row.escalated_to),
    (Column("Escalated on", 13, Kind.DATE), lambda row: row.escalated_on),
    (Column("Closed on", 13, Kind.DATE), lambda row: row.closed_on),
]
CONSULTED: list[Field[ConsultedRow]] = [
    (Column("Agency", 40), lambda row: row.name),
    (Column("Short name", 14), lambda row: row.short_name),
    (Column("Answer", 34), lambda row: row.answer),
    (Column("Answered on", 13, Kind.DATE), lambda row: row.answered_on),
    (Column("Comment or reason", 60), lambda row: words(row.text)),
]
MEASURES: list[Field[MeasureRow]] = [
    (Column("No.", 8), lambda row: row.number or "The Plan"),
    (Column("Work item", 40), lambda row: words(row.title)),
    (Column("What it says", 60), lambda row: words(row.text)),
    (Column("Target", 24), lambda row: row.target),
    (Column("Last number", 34), lambda row: row.last),
    (Column("State", 22), lambda row: row.state),
    (Column("Agency", 12), lambda row: row.agency),
]
FINDINGS: list[Field[FindingRow]] = [
    (Column("No.", 8), lambda row: row.number or "The Plan"),
    (Column("Work item", 40), lambda row: words(row.title)),
    (Column("Supported?", 20), lambda row: row.verdict),
    (Column("Finding", 60), lambda row: words(row.text)),
    (Column("By", 24), lambda row: row.auditor),
    (Column("As at", 13, Kind.DATE), lambda row: row.as_at),
    (Column("Agency", 12), lambda row: row.agency),
    (Column("Reply", 60), lambda row: words(row.reply)),
]
