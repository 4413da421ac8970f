"""A document as an Excel workbook: the cover's fields, and a sheet for each type of annex row.

Made from the document alone, so that the workbook of an issued paper holds what was signed. Every
sheet carries the marking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time

from reports.document import (
    ConsultedTable,
    DelayRegister,
    DelayRow,
    Document,
    MilestoneRow,
    Passage,
    ProgressPicture,
    RiskRegister,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    words,
)
from reports.document.dates import long_date
from reports.progress.tables import Column, Kind, Sheet, Value
from reports.render import xlsx

Rows = list[Sequence[Value]]

NUMBER, TITLE = Column("No.", 8), Column("Work item", 40)


def render_workbook(document: Document) -> bytes:
    """Return the workbook, dated with the document's date."""
    made_at = datetime.combine(document.cover.dated, time(), UTC)
    return xlsx.write_all(sheets(document), made_at)


def sheets(document: Document) -> list[Sheet]:
    """Return the cover, then a sheet for each type of row that the annexes hold, in a fixed
    order."""
    return [_cover(document), *_items(document), *_registers(document)]


def _sheet(document: Document, name: str, columns: list[Column], rows: Rows) -> Sheet:
    cover = document.cover
    return Sheet(
        name=name,
        title=f"{document.title}: {name.lower()}",
        about=[
            ("Tracker number", cover.tracker_number),
            ("Dated", long_date(cover.dated)),
            ("Marking", cover.marking.value),
        ],
        columns=columns,
        rows=rows,
        marking=cover.marking.value,
    )


def _cover(document: Document) -> Sheet:
    cover = document.cover
    manager = cover.authorising_manager
    facts: list[tuple[str, str]] = [
        ("Plan", document.plan_title),
        ("Title", cover.title),
        ("Tracker number", cover.tracker_number),
        ("Dated", long_date(cover.dated)),
        ("Minister", cover.minister),
        ("Portfolio", cover.portfolio),
        ("Deadline", long_date(cover.deadline) if cover.deadline else "N/A"),
        ("Action sought", cover.action_sought),
        ("Security marking", cover.marking.value),
        ("Copied to", "\n".join(cover.copied_to) or "N/A"),
        ("For referral to", "\n".join(cover.for_referral_to) or "N/A"),
        ("Agencies consulted", ", ".join(cover.agencies_consulted) or "N/A"),
        ("Authorising manager", ", ".join(filter(None, (manager.name, manager.role)))),
    ]
    return _sheet(document, "Briefing", [Column("Fact", 24), Column("On the cover", 70)], [*facts])


def _items(document: Document) -> Iterator[Sheet]:
    """Yield items and milestones from the most detailed annex, and reports if texts are printed."""
    texts = [annex for annex in document.annexes if isinstance(annex, WorkItemTexts)]
    tables = [annex for annex in document.annexes if isinstance(annex, WorkItemTable)]
    pictures = [annex for annex in document.annexes if isinstance(annex, ProgressPicture)]
    if texts:
        told = [(pillar.title, item) for pillar in texts[0].pillars for item in pillar.items]
        yield _sheet(document, "Work items", TEXT_COLUMNS, [_text(*pair) for pair in told])
        yield _milestones(
            document,
            [(item.number, words(item.title), row) for _, item in told for row in item.milestones],
        )
        yield _sheet(document, "Reports", REPORT_COLUMNS, [*_reports(item for _, item in told)])
    elif tables:
        listed = [(pillar.title, row) for pillar in tables[0].pillars for row in pillar.rows]
        yield _sheet(
            document,
            "Work items",
            ITEM_COLUMNS,
            [
                (
                    *(pillar, row.number, row.title, row.lead, row.stage.label),
                    row.confidence.label if row.confidence else "",
                    row.standing,
                )
                for pillar, row in listed
            ],
        )
        yield _milestones(
            document,
            [(row.number, row.title, step) for _, row in listed for step in row.milestones],
        )
    elif pictures:
        yield _milestones(
            document, [(row.number, "", row.milestone) for row in pictures[0].timeline]
        )


ITEM_COLUMNS = [
    Column("Pillar", 20),
    NUMBER,
    TITLE,
    Column("Lead", 12),
    Column("Stage", 13),
    Column("Confidence", 13),
    Column("Standing", 20),
]
TEXT_COLUMNS = [
    *ITEM_COLUMNS[:4],
    Column("Supporting", 24),
    Column("Key item", 9),
    *ITEM_COLUMNS[4:],
    *(Column(label, 50) for label in WorkItemText.LABELS.values()),
]
REPORT_COLUMNS = [
    NUMBER,
    TITLE,
    Column("Reported by", 12),
    Column("On", 26),
    Column("Achieved", 50),
    Column("Planned next", 50),
    Column("Challenges", 40),
    Column("No change, said on", 14, Kind.DATE),
]


def _text(pillar: str, item: WorkItemText) -> Sequence[Value]:
    return (
        *(pillar, item.number, words(item.title), item.lead, "\n".join(item.supporting)),
        "Yes" if item.is_key else "",
        item.stage.label,
        item.confidence.label if item.confidence else "",
        item.standing,
        *(_typed(getattr(item, name)) for name in item.LABELS),
    )


def _reports(items: Iterable[WorkItemText]) -> Iterator[Sequence[Value]]:
    for item in items:
        for report in item.reports:
            yield (
                *(item.number, words(item.title), report.agency, report.period),
                *map(_typed, (report.achieved, report.planned_next, report.challenges)),
                report.no_change_on,
            )


def _typed(passages: tuple[Passage, ...]) -> str:
    """Return the passages as text, one line for each paragraph and bullet."""
    lines = []
    for passage in passages:
        lines.append(words(passage.text))
        for bullet in passage.bullets:
            lines.append(f"• {words(bullet.text)}")
            lines += [f"   – {words(inner.text)}" for inner in bullet.bullets]
    return "\n".join(lines)


DATES = [Column(title, 13, Kind.DATE) for title in ("Original", "Agreed", "Forecast", "Done")]


def _dates(row: MilestoneRow) -> tuple[Value, ...]:
    agreed = row.agreed_on or row.original_on
    forecast = None if row.completed_on else row.forecast_on or agreed
    return row.original_on, agreed, forecast, row.completed_on


def _milestones(document: Document, rows: list[tuple[str, str, MilestoneRow]]) -> Sheet:
    columns = [
        NUMBER,
        TITLE,
        Column("Milestone", 40),
        *DATES,
        Column("Days from original", 10, Kind.NUMBER),
        Column("Standing", 22),
    ]
    return _sheet(
        document,
        "Milestones",
        columns,
        [
            (number, title, row.label, *_dates(row), row.slip, row.standing)
            for number, title, row in rows
        ],
    )


def _registers(document: Document) -> Iterator[Sheet]:
    for annex in document.annexes:
        if isinstance(annex, DelayRegister):
            yield _sheet(document, "Delays", DELAY_COLUMNS, [_delay(row) for row in annex.rows])
            yield _sheet(
                document,
                "Mitigations",
                MITIGATION_COLUMNS,
                [
                    (
                        *(row.number, words(row.title), row.milestone.label, row.cause),
                        *(words(line.text), line.owner, line.due_on, line.done_on),
                    )
                    for row in annex.rows
                    for line in row.mitigations
                ],
            )
        elif isinstance(annex, RiskRegister):
            yield _sheet(
                document,
                "Risks",
                RISK_COLUMNS,
                [
                    (
                        *(row.number, words(row.text), row.item or "The Plan"),
                        *(row.likelihood.label, row.impact.label, row.severity.label),
                        *(row.owner, words(row.response)),
                        *(row.escalated_to, row.escalated_on, row.closed_on),
                    )
                    for row in annex.rows
                ],
            )
        elif isinstance(annex, ConsultedTable):
            yield _sheet(
                document,
                "Consulted",
                CONSULTED_COLUMNS,
                [
                    (row.name, row.short_name, row.answer, row.answered_on, words(row.text))
                    for row in annex.rows
                ],
            )


DELAY_COLUMNS = [
    NUMBER,
    TITLE,
    Column("Milestone", 40),
    Column("Cause", 18),
    Column("Explanation", 50),
    Column("Effect", 40),
    Column("Found", 13, Kind.DATE),
    Column("Ended", 13, Kind.DATE),
    *DATES,
    Column("Days", 8, Kind.NUMBER),
    Column("Times moved", 8, Kind.NUMBER),
]
MITIGATION_COLUMNS = [
    NUMBER,
    TITLE,
    Column("Milestone", 40),
    Column("Cause of the delay", 18),
    Column("What is done", 50),
    Column("By", 12),
    Column("Due", 13, Kind.DATE),
    Column("Done", 13, Kind.DATE),
]
RISK_COLUMNS = [
    Column("No.", 8),
    Column("Risk", 50),
    Column("To item", 10),
    Column("Likelihood", 11),
    Column("Impact", 11),
    Column("Severity", 11),
    Column("Owner", 12),
    Column("Response", 50),
    Column("Escalated to", 18),
    Column("Escalated on", 13, Kind.DATE),
    Column("Closed on", 13, Kind.DATE),
]
CONSULTED_COLUMNS = [
    Column("Agency", 40),
    Column("Short name", 14),
    Column("Answer", 34),
    Column("Answered on", 13, Kind.DATE),
    Column("Comment or reason", 60),
]


def _delay(row: DelayRow) -> Sequence[Value]:
    return (
        *(row.number, words(row.title), row.milestone.label, row.cause),
        *(words(row.explanation), words(row.effect), row.found_on, row.ended_on),
        *_dates(row.milestone),
        *(row.days, row.times_moved),
    )
