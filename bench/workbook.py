"""The rows of the workbook: importing a big one, importing it again, exporting it, and reading a tracker of
5,000 rows as far as the preview of its plan."""

import io
import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.rows import Line
from bench.server import seconds

ITEMS = 5_000  # each with two milestones and two accepted updates
TRACKER_ROWS = 5_000
AGENCIES = ["DoL", "Police", "Customs", "MFAT", "MSD", "MoJ"]
PERIODS = [(date(2009, 7, 1), date(2009, 12, 31)), (date(2010, 1, 1), date(2010, 6, 30))]


def workbook(items: int) -> bytes:
    """Return a workbook with a plan of this many items."""
    import openpyxl

    from workitems.intake.workbook.columns import SHEETS

    rows: dict[str, list[list[object]]] = {
        "Plan": [
            ["Title", "A plan of many items"],
            ["Released on", date(2009, 7, 1)],
            ["Portfolio", "Minister of Immigration"],
            ["Coordinating agency", "DoL"],
        ],
        "Agencies": [[name, f"The agency {name}", None, None, None, None] for name in AGENCIES],
        "Pillars": [[number, f"Pillar {number}", None] for number in range(1, 6)],
        "Work items": [],
        "Milestones": [],
        "Delays": [],
        "Mitigations": [],
        "Updates": [],
        "Risks": [],
    }
    for index in range(items):
        number = f"{index % 5 + 1}.{index // 5 + 1}"
        lead = AGENCIES[index % len(AGENCIES)]
        helper = AGENCIES[(index + 1) % len(AGENCIES)]
        rows["Work items"].append(
            [number, index % 5 + 1, f"Train the staff of office {index}", "Staff know the signs.",
             f"The agency will train the staff of its office {index} to see the signs of "
             "trafficking, and will say each year how many it has trained.",
             "Action item", lead, helper, "No", "Medium", 24, None, "Under way", "On track",
             "Share of staff trained"]
        )  # fmt: skip
        for milestone in (1, 2):
            late = index % 10 == 0 and milestone == 2
            rows["Milestones"].append(
                [number, milestone, f"Step {milestone} of office {index}", "It is done.", lead,
                 date(2010, 3 * milestone, 28), None,
                 date(2010, 9, 30) if late else None,
                 date(2010, 3, 20) if milestone == 1 else None]
            )  # fmt: skip
            if late:
                rows["Delays"].append(
                    [number, 2, "Funding", "The money came late.", "Fewer are trained.",
                     date(2010, 5, 1), None]
                )  # fmt: skip
                rows["Mitigations"].append([number, 2, 1, "Train in turns.", lead, None, None])
        for start, end in PERIODS:
            rows["Updates"].append(
                [start, end, lead, number, "Under way", "On track",
                 f"Thirty people of office {index} were trained in this half year.",
                 "Thirty more.", None, "No", date(end.year + end.month // 12, end.month % 12 + 1, 20)]
            )  # fmt: skip
    book = openpyxl.Workbook(write_only=True)
    for sheet in SHEETS:
        worksheet = book.create_sheet(sheet.name)
        headings = ["Key", "Value"] if sheet.downwards else [c.heading for c in sheet]
        worksheet.append(headings)
        for row in rows[sheet.name]:
            worksheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def run(keys: set[str]) -> list[Line]:
    from django.utils import timezone

    from workitems.intake.workbook import export_workbook, import_workbook

    content = workbook(ITEMS)

    plan: Any = None

    def bring_in() -> None:
        nonlocal plan
        plan = import_workbook(io.BytesIO(content), name="bench.xlsx", at=timezone.now()).plan

    works: dict[str, Callable[[], object]] = {
        "import": bring_in,
        "import-again": bring_in,
        "export": lambda: export_workbook(plan),
    }
    lines = []
    for key, work in works.items():
        taken = seconds(work) * 1000
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(Line(key, ITEMS, {"ms": round(taken), "mib": round(peak)}))
    return [line for line in lines if line.key in keys]


def tracker(rows: int) -> bytes:
    """Return a workbook with one row a milestone, as an agency keeps it."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Tracker")
    sheet.append(
        ["Item ID", "Theme", "Initiative", "Lead agency", "Deliverable", "Target date", "Actual date",
         "Status", "RAG", "Budget", "Update March 2026", "Update June 2026", "Risks"]
    )  # fmt: skip
    due = ("Q1 2027", "mid-2027", "TBC", "30/06/2027", "Dec-26")
    for index in range(rows):
        item = index // 2 + 1
        sheet.append(
            [f"PR-{item:04}", f"{item % 4 + 1}. Theme {item % 4 + 1}", f"Train the staff of office {item}",
             ("MBIE (lead), Customs", "Police/Customs", "NZ Police", "Office of Trees")[item % 4],
             f"Deliverable {index % 2 + 1}", due[item % 5] if index % 2 else date(2026, item % 12 + 1, 15),
             date(2026, 5, 20) if item % 3 == 0 else None, "Complete" if item % 3 == 0 else "In progress",
             "GAR"[item % 3], 1_000 * item, f"March: office {item}.", f"June: office {item}.",
             f"Staff of office {item} may leave."]
        )  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_tracker() -> list[Line]:
    from django.utils import timezone

    from workitems.intake.tracker.book import PlanFacts, book_of
    from workitems.intake.tracker.guess import guess
    from workitems.intake.tracker.known_agencies import known_agencies
    from workitems.intake.tracker.opening import open_tracker
    from workitems.intake.tracker.plan_reading import understand
    from workitems.intake.tracker.understood import About
    from workitems.intake.workbook.importing import preview_book

    content = tracker(TRACKER_ROWS)
    about = About(date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 20), "DoL")
    began = time.process_time()
    opened, known = open_tracker(io.BytesIO(content)), known_agencies(about.today)
    mappings = {sheet.name: guess(sheet, known, about.as_at) for sheet in opened.sheets}
    found = understand(opened, mappings, known, about)
    answers = {doubt.name: "add" for doubt in found.open_doubts}
    found = understand(opened, mappings, known, about, answers)
    facts = PlanFacts("A tracker", about.released_on, None, "Minister of Police", "DoL")
    preview_book(book_of(found, facts, known), at=timezone.now())
    taken = (time.process_time() - began) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [Line("tracker", TRACKER_ROWS, {"cpu": round(taken), "mib": round(peak)})]
