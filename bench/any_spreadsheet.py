"""The row of the tracker: reading one of 5,000 rows as far as the preview of its plan."""

import io
import resource
import time
from datetime import date

from bench.rows import Line

ROWS = 5_000


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


def run(keys: set[str]) -> list[Line]:
    from django.utils import timezone

    from workitems.tracker.book import PlanFacts, book_of
    from workitems.tracker.guess import guess
    from workitems.tracker.known_agencies import known_agencies
    from workitems.tracker.opening import open_tracker
    from workitems.tracker.plan_reading import understand
    from workitems.tracker.understood import About
    from workitems.workbook.importing import preview_book

    content = tracker(ROWS)
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
    return [Line("tracker", ROWS, {"cpu": round(taken), "mib": round(peak)})] * ("tracker" in keys)
