"""Seconds and memory from records to PDF: ours, beside WeasyPrint alone on the same HTML.

    python bench/briefing.py [--items 600] [--runs 3]

Two papers, on a throw-away SQLite database: the demo's 2010 briefing, and one on a made-up plan
whose annex has 600 items. "Ours" is composing from records, the template, the tags and the checks;
"alone" is WeasyPrint as its documentation has it, given the finished HTML and the same assets.
Each is timed warm and in turns, and the better run counts. Ours may take 15 % more.
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from datetime import date
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

BUDGET = 1.15
WORKBOOK = ROOT / "workitems" / "demo" / "plan-of-action-2009.xlsx"
DATED = date(2010, 7, 30)


def peak_mebibytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def prepare(items: int) -> None:
    """Fill the database; in a process of its own, whose memory is not counted."""
    import django

    django.setup()
    from big_plan import make_plan
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("import_plan", str(WORKBOOK), stdout=StringIO())
    make_plan(items, DATED)


def papers(items: int) -> dict[str, Any]:
    """The two briefings, unsaved, by name."""
    from reports.drafts import draft
    from workitems.models import Plan

    facts = {"period_start": date(2009, 7, 31), "period_end": DATED, "dated": DATED}
    long = Plan.objects.get(slug=f"plan-of-{items}")
    demo = Plan.objects.exclude(pk=long.pk).get()
    return {
        "the 2010 briefing": draft(demo, tracker_number="10/96252", **facts),
        f"{items} items": draft(long, tracker_number="10/96253", **facts),
    }


def seconds(work: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=600, help="work items of the long paper")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each, after a warm one")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            "DEBUG": "yes",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        }
        filling = get_context("spawn").Process(target=prepare, args=(options.items,))
        filling.start()
        filling.join()
        if filling.exitcode:
            return 1

        import django

        django.setup()
        from django.conf import settings

        # With DEBUG, Django would keep every statement in memory.
        settings.DEBUG = False
        within = measure(papers(options.items), options.runs)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, best of {options.runs}")
    print("within the budget" if within else f"over the budget of {BUDGET:.2f}")
    return 0 if within else 1


def measure(briefings: dict[str, Any], runs: int) -> bool:
    from weasyprint import HTML

    from reports.compose import compose
    from reports.render import html, pdf

    def alone(page: str) -> bytes:
        data: bytes = HTML(string=page, base_url=html.ASSETS, url_fetcher=pdf._fetcher()).write_pdf(
            pdf_variant="pdf/a-2a"
        )
        return data

    heads = ("compose", "render", "alone", "ratio", "KB", "peak MiB")
    print(f"{'paper':<20}" + "".join(f"{head:>10}" for head in heads))
    within = True
    for name, briefing in briefings.items():
        document = compose(briefing)
        page = html.document_html(document)
        data = pdf.render_pdf(document)
        peak = peak_mebibytes()  # of ours: WeasyPrint alone has not drawn this paper yet
        alone(page)
        timed = []
        for _ in range(runs):
            composing, document = seconds(lambda briefing=briefing: compose(briefing))
            rendering, _ = seconds(lambda document=document: pdf.render_pdf(document))
            drawing, _ = seconds(lambda page=page: alone(page))
            timed.append((composing, rendering, drawing))
        composing, rendering, drawing = (min(column) for column in zip(*timed, strict=True))
        ratio = (composing + rendering) / drawing
        within = within and ratio <= BUDGET
        print(
            f"{name:<20}{composing:>9.3f}s{rendering:>9.2f}s{drawing:>9.2f}s{ratio:>10.2f}"
            f"{len(data) // 1024:>10,}{peak:>10.0f}"
        )
    return within


if __name__ == "__main__":
    sys.exit(main())
