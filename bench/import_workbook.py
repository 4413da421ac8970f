"""Measure time and peak memory of importing a big workbook, importing it again, and exporting it.

    python3 bench/import_workbook.py [ITEMS]

5,000 items by default, each with two milestones and two accepted updates, into an SQLite database
in a temporary folder. The first import may take 60 seconds on two cores.
"""

import io
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AGENCIES = ["DoL", "Police", "Customs", "MFAT", "MSD", "MoJ"]
PERIODS = [(date(2009, 7, 1), date(2009, 12, 31)), (date(2010, 1, 1), date(2010, 6, 30))]


def workbook(items: int) -> bytes:
    """Return a workbook with a plan of this many items."""
    import openpyxl

    from workitems.workbook.columns import SHEETS

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


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DEBUG", "yes")
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "trafficking_plan.settings"
        sys.path.insert(0, str(ROOT))
        import django
        from django.conf import settings

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        # With DEBUG on, Django keeps every SQL statement in memory.
        settings.DEBUG = False
        call_command("migrate", verbosity=0)
        from workitems.workbook import export_workbook, import_workbook

        content = workbook(items)
        print(f"{items:,} items in a workbook of {len(content) / 1024 / 1024:.1f} MiB")
        print(f"before:        peak {peak():.0f} MiB")
        for what in ("first import", "import again"):
            start = time.perf_counter()
            outcome = import_workbook(io.BytesIO(content), name="bench.xlsx", at=timezone.now())
            seconds = time.perf_counter() - start
            print(
                f"{what}:  {seconds:5.1f} s, peak {peak():.0f} MiB, {len(outcome.changes):,} changes"
            )
        start = time.perf_counter()
        export_workbook(outcome.plan)
        print(f"export:        {time.perf_counter() - start:5.1f} s, peak {peak():.0f} MiB")


if __name__ == "__main__":
    main()
