"""Measure the dashboard and lists with ten years of history, on PostgreSQL and SQLite.

    python bench/dashboard.py [--only postgresql|sqlite] [--sizes 28 1000 10000]

Plans of 28, 1,000 and 10,000 items, about 40 versions per item, behind gunicorn with two workers.
Prints for each page and size: SQL statements, CPU ms per request (both web workers together), and
the median response time in ms for one client. Beside them the lower bound: the page's statements
alone, executed and fetched with a plain cursor, in ms and in CPU ms of the client. On SQLite the
database runs in the web worker, so its CPU time is included.

"5 years ago" is the end of that day, compared with the end of the day 6 years ago. "All open" is
the timeline with every item drawn. The limits ("bars") are for PostgreSQL.
"""

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import client_of, measure, prepare, served, sql_alone, statements  # noqa: E402

from trafficking_plan.testing.postgresql import throwaway_server  # noqa: E402

SIZES = (28, 1_000, 10_000)
YEAR = timedelta(days=365)
# (page, items): maximum CPU ms. For the timeline also the maximum response time in ms.
BARS = {
    ("dashboard today", 1_000): 80,
    ("dashboard today", 10_000): 250,
    ("5 years ago, compared", 1_000): 200,
    ("5 years ago, compared", 10_000): 900,
    ("timeline, all open", 1_000): 500,
    ("XLSX of all items", 1_000): 300,
}
# How long each page is requested repeatedly at each size, in seconds.
PATIENCE = 4


def pages(today: date) -> dict[str, str]:
    """Return the URL of each page, relative to the plan's."""
    then, before, last_year = today - 5 * YEAR, today - 6 * YEAR, today - YEAR
    return {
        "dashboard today": "dashboard/",
        "5 years ago, compared": f"dashboard/?at={then}&since={before}",
        "list of items": "items/",
        "list 5 years ago": f"items/?at={then}",
        "item today": "items/1.1/",
        "item 5 years ago": f"items/1.1/?at={then}",
        "changes of a year": f"dashboard/changes/?since={last_year}",
        "trends": "dashboard/trends/",
        "timeline": "dashboard/timeline/",
        "timeline, all open": "dashboard/timeline/?open=all",
        "XLSX of all items": "dashboard/export/items.xlsx",
    }


def nothing_is_cut(client, root: str, name: str, path: str, size: int) -> None:
    """Check that the two pages that must contain every item do."""
    if name == "timeline, all open":
        text = client.get(root + path).content.decode()
        found = len(set(re.findall(rf'href="{root}items/([^/"]+)/', text)))
    elif name == "XLSX of all items":
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(client.get(root + path).content), read_only=True)
        numbers = {row[0] for sheet in book for row in sheet.iter_rows(values_only=True)}
        found = sum(bool(re.fullmatch(r"\d+\.\d+", str(number))) for number in numbers)
    else:
        return
    assert found == size, f"{name}: {found:,} of {size:,} items"


def run(url: str, sizes: list[int]) -> bool:
    prepare(url)
    from big_plan import make_person
    from django.db import connection
    from django.utils.timezone import localdate
    from ten_years import make_ten_years

    today = localdate()
    plans = {}
    for size in sizes:
        start = time.perf_counter()
        plans[size] = make_ten_years(size, today)
        print(f"made a plan of {size:,} items in {time.perf_counter() - start:.0f} s", flush=True)
    connection.cursor().execute("ANALYZE")
    person = make_person(plans[sizes[0]].coordinating_agency, "contributor")
    client = client_of(person)
    is_barred = connection.vendor == "postgresql"
    within = True
    print(f"\n{connection.vendor}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'page':22} {'items':>7} {'statements':>10} {'CPU ms':>8} {'median ms':>10}"
        f"   {'SQL alone ms':>12} {'of it CPU':>9}   bar"
    )
    with served(person) as (browser, workers):
        for name, path in pages(today).items():
            counts = {}
            for size, plan in plans.items():
                root = f"/plans/{plan.slug}/"
                counts[size] = statements(client, "GET", root + path)
                nothing_is_cut(client, root, name, path, size)

                def ask(address: str = root + path) -> None:
                    status, _ = browser.ask(address)
                    assert status == 200, (address, status)

                browser.connection.close()  # the server has closed it meanwhile
                ask()
                start = time.perf_counter()
                ask()
                once = time.perf_counter() - start
                requests = max(5, min(60, int(PATIENCE / once)))
                cpu, median = measure(workers, ask, requests)
                floor, floor_cpu = sql_alone(client, root + path)
                bar = BARS.get((name, size)) if is_barred else None
                waited = median if name.startswith("timeline") else 0
                ok = bar is None or max(cpu, waited) <= bar
                within &= ok
                print(
                    f"{name:22} {size:>7,} {counts[size]:>10} {cpu:>8.1f} {median:>10.1f}"
                    f"   {floor:>12.1f} {floor_cpu:>9.1f}"
                    f"   {f'≤ {bar}' if bar else ''}{'' if ok else ' MISSED'}",
                    flush=True,
                )
            if len(set(counts.values())) > 1:
                within = False
                print(f"{name}: statements are NOT equal at all sizes")
    print("Within all bars." if within else "Over a bar.")
    return within


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--database", help="address of a database that this run may fill")
    options = parser.parse_args()
    if options.database:
        return run(options.database, options.sizes)

    def filled(url: str) -> bool:
        """Run in a separate process, because Django is set up for one database per process."""
        command = [sys.executable, __file__, "--database", url, "--sizes"]
        return subprocess.run([*command, *map(str, options.sizes)]).returncode == 0

    within = True
    if options.only != "sqlite":
        with throwaway_server() as url:
            within &= filled(url)
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            within &= filled(f"sqlite:///{folder}/bench.sqlite3")
    return within


if __name__ == "__main__":
    sys.exit(not main())
