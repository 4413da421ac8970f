"""The rows of the table with their limits ("bars"), saved runs, and comparing two of them.

Nothing is measured here. What is measured is a dict of figures for each row and number of items.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Each figure: how its limit is printed, and how the figure itself is.
FIGURES = {
    "statements": ("{} statements", "{:.0f}"),
    "cpu": ("{} CPU ms", "{:,.1f}"),
    "ms": ("{} ms", "{:,.1f}"),
    "kb": ("{} KB", "{:,.1f}"),
    "sent": ("{} KB sent", "{:,.1f}"),
    "sql": ("{} ms of SQL", "{:,.1f}"),
    "per_s": ("{}/s", "{:.1f}"),
    "ratio": ("{} ×", "{:.2f}"),
    "pages": ("{} pages", "{:.0f}"),
    "mib": ("{} MiB", "{:,.0f}"),
}
# The figures that have a column of their own; others are printed together in one.
COLUMNS = {
    "statements": "statements",
    "cpu": "CPU ms",
    "ms": "median ms",
    "kb": "KB",
    "sent": "KB sent",
    "sql": "SQL alone ms",
}
MORE_IS_BETTER = {"per_s"}
MOVED = 0.10
# Moves below these are noise, however large in percent.
NOISE = {"cpu": 1.0, "ms": 1.0, "sql": 1.0}

Figures = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A row of the table. `bars` are limits by number of items and figure."""

    key: str
    title: str
    bars: dict[int, Figures] = field(default_factory=dict)


TOP = 1_000  # the number of items for which rows without a size of their own have their bars

# Of a page of more items than anybody has; a row may have a limit of its own.
MANY = 10_000
OF_MANY: Figures = {"cpu": 400}

PAGES = [
    Row("list", "list of 100", {TOP: {"cpu": 27}}),
    Row("item", "item page", {TOP: {"cpu": 24}}),
    Row("save", "save a status", {TOP: {"cpu": 12}}),
    Row("search", "search in the list", {TOP: {"cpu": 11}}),
    Row("find", "search in everything", {MANY: {"ms": 100}}),
    Row("dashboard", "dashboard", {TOP: {"cpu": 35}}),
    Row("numbers", "dashboard with 40,000 numbers of measures", {TOP: {"cpu": 35}}),
    Row("timeline", "timeline of all", {TOP: {"cpu": 60}}),
    Row("past", "as at 5 years ago, compared", {TOP: {"cpu": 80}}),
    Row("changes", "what changed in a year", {TOP: {"cpu": 60}}),
    Row("slips", "slips"),
    Row("trends", "trends"),
    Row("history", "plan history"),
    Row("return", "return of one agency (83 items)", {TOP: {"cpu": 60, "sent": 60, "per_s": 15}}),
    Row("answer", "save a section of a return", {TOP: {"statements": 20, "cpu": 40}}),
    Row("workshop", "workshop, 200 paragraphs", {200: {"cpu": 90, "sent": 60}}),
    Row("act", "one act in the workshop", {200: {"cpu": 25}}),
    Row("write", "save a paragraph in the workshop", {200: {"ms": 300}}),
    Row("undo", "undo or redo in the workshop", {200: {"ms": 300}}),
    Row("csv", "CSV"),
    Row("xlsx", "XLSX", {MANY: {"cpu": 1_000}}),
    Row("odata", "1,000 milestones as OData", {MANY: {"cpu": 2_000}}),
    Row("memory", "PSS after 8 clients", {TOP: {"mib": 200}}),
]
PAPERS = [
    Row("short", "the briefing of 2010, × bare WeasyPrint", {28: {"cpu": 800, "ratio": 0.8}}),
    Row("long", "paper of 47 pages, × bare WeasyPrint", {122: {"cpu": 2_200, "ratio": 0.8}}),
    Row("word", "that paper as a Word file"),
    Row("release", "redacting that paper and examining its bytes", {122: {"cpu": 600}}),
    Row("texts", "paper of 1,000 items with texts, in the worker", {1_000: {"ms": 20_000}}),
    Row("compose", "asking for that paper", {1_000: {"cpu": 400}}),
    Row("meanwhile", "pages of others meanwhile, p95, × what is allowed", {1_000: {"ratio": 1}}),
    Row("again", "that paper again, unchanged", {1_000: {"ms": 20}}),
]
WORKBOOK = [
    Row("import", "import a workbook", {5_000: {"ms": 60_000}}),
    Row("import-again", "import it again"),
    Row("export", "export it"),
    Row("tracker", "preview a tracker of 5,000 rows", {5_000: {"cpu": 30_000, "mib": 300}}),
]
TEN_PLANS = [
    Row("all-plans", "ten plans of 30 items side by side", {300: {"cpu": 400}}),
    Row("all-due", "what is due in ten plans of 30 items", {300: {"cpu": 400}}),
]
EMPTY = [Row("migrate", "make an empty database", {0: {"cpu": 10_000}})]
GROUPS = {
    "pages": PAGES,
    "ten-plans": TEN_PLANS,
    "papers": PAPERS,
    "workbook": WORKBOOK,
    "empty": EMPTY,
}
ROWS = {row.key: row for rows in GROUPS.values() for row in rows}


@dataclass(frozen=True)
class Line:
    """What one row measured with this many items."""

    key: str
    items: int
    figures: Figures

    @property
    def row(self) -> Row:
        return ROWS[self.key]

    @property
    def limits(self) -> Figures:
        return self.row.bars.get(self.items, OF_MANY if self.items == MANY else {})

    def bars(self) -> Iterator[tuple[str, bool]]:
        """Yield each limit in words, and whether it is met."""
        for name, limit in self.limits.items():
            is_more = name in MORE_IS_BETTER
            found = self.figures.get(name)
            is_met = found is not None and (found >= limit if is_more else found <= limit)
            yield f"{'≥' if is_more else '≤'} {FIGURES[name][0].format(f'{limit:,}')}", is_met

    @property
    def is_met(self) -> bool:
        return all(is_met for _, is_met in self.bars())


def table(lines: Iterable[Line]) -> str:
    """Return the table as text. Columns without a figure are left out."""
    lines = list(lines)
    used = {name: heading for name, heading in COLUMNS.items() if any_has(lines, name)}
    rows = [["row", "items", *used.values(), "also", "bars"]]
    for line in lines:
        also = [in_words(n, v) for n, v in line.figures.items() if n not in COLUMNS]
        bars = [f"{bar} {'met' if is_met else 'MISSED'}" for bar, is_met in line.bars()]
        rows.append(
            [line.row.title, f"{line.items:,}"]
            + [shown(name, line.figures[name]) if name in line.figures else "" for name in used]
            + [", ".join(also), ", ".join(bars)]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    first_words = 2 + len(used)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < place < first_words else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def any_has(lines: list[Line], name: str) -> bool:
    return any(name in line.figures for line in lines)


def shown(name: str, value: float) -> str:
    return FIGURES[name][1].format(value)


def in_words(name: str, value: float) -> str:
    return FIGURES[name][0].format(shown(name, value))


def faults(lines: list[Line]) -> list[str]:
    """Return a sentence for each row whose statements grow with the plan."""
    counts: dict[str, set[float]] = {}
    for line in lines:
        if "statements" in line.figures:
            counts.setdefault(line.key, set()).add(line.figures["statements"])
    return [
        f"{ROWS[key].title}: statements are not equal at all sizes."
        for key, found in counts.items()
        if len(found) > 1
    ]


def verdict(lines: list[Line]) -> tuple[str, bool]:
    """Return the last words under the table, and whether all is well."""
    missed = sum(not line.is_met for line in lines)
    bars = sum(len(line.limits) > 0 for line in lines)
    words = [*faults(lines), f"{bars - missed} of {bars} rows with bars are within them."]
    return "\n".join(words), len(words) == 1 and not missed


# --- saved runs -----------------------------------------------------------------------------


def save(path: Path, header: dict[str, Any], lines: Iterable[Line]) -> None:
    rows = [{"row": line.key, "items": line.items, "figures": line.figures} for line in lines]
    path.write_text(json.dumps({"header": header, "rows": rows}, indent=1) + "\n")


def load(path: Path) -> tuple[dict[str, Any], list[Line]]:
    """Return the header and lines of a saved run, without rows that there no longer are."""
    saved = json.loads(path.read_text())
    lines = [
        Line(row["row"], row["items"], row["figures"])
        for row in saved["rows"]
        if row["row"] in ROWS
    ]
    return saved["header"], lines


def moves(before: Iterable[Line], after: Iterable[Line]) -> Iterator[str]:
    """Yield in words each figure that moved by more than 10 % between two runs."""
    then = {(line.key, line.items): line for line in before}
    for line in after:
        was = then.pop((line.key, line.items), None)
        name = f"{line.row.title}, {line.items:,} items"
        if was is None:
            yield f"{name}: only in the second run"
            continue
        for figure in sorted(was.figures.keys() & line.figures.keys(), key=list(FIGURES).index):
            old, new = was.figures[figure], line.figures[figure]
            if abs(new - old) > max(MOVED * abs(old), NOISE.get(figure, 0)):
                share = f" ({new / old - 1:+.0%})" if old else ""
                is_better = (new > old) == (figure in MORE_IS_BETTER)
                yield (
                    f"{name}: {shown(figure, old)} → {in_words(figure, new)}{share}"
                    f"{'' if is_better else ', WORSE'}"
                )
    for line in then.values():
        yield f"{line.row.title}, {line.items:,} items: only in the first run"
