"""Measure frequent pages with plans of three sizes, on PostgreSQL behind gunicorn.

Prints for each page and size: SQL statements, CPU ms per request (both web workers together), and
the median response time in ms for one client, with their limits ("bars").
"""

import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import client_of, measure, prepare, served, statements  # noqa: E402

from trafficking_plan.testing.postgresql import throwaway_server  # noqa: E402

SIZES = (100, 1_000, 10_000)
# page: (statements, CPU ms) at most
BARS = {
    "list of 100 rows": (10, 60),
    "item page": (12, 50),
    "saving a status": (20, 40),
}


def main(url: str) -> bool:
    prepare(url)
    from big_plan import make_person, make_plan
    from django.utils.timezone import localdate

    today = localdate()
    plans = {}
    for size in SIZES:
        start = time.perf_counter()
        plans[size] = make_plan(size, today)
        print(f"made a plan of {size:,} items in {time.perf_counter() - start:.0f} s", flush=True)
    person = make_person(plans[SIZES[0]].coordinating_agency, "contributor")
    from django.db import connection

    connection.cursor().execute("ANALYZE")
    client = client_of(person)
    within = True
    with served(person) as (browser, workers):
        cpu_at: dict[tuple[str, int], float] = {}
        count_at: dict[str, set[int]] = {name: set() for name in BARS}
        print(f"\n{'page':18} {'items':>7} {'statements':>11} {'CPU ms':>7} {'median ms':>10}")
        for size, plan in plans.items():
            item = plan.items.filter(lead_agency=plan.coordinating_agency, stage="under_way")[0]
            listing = f"/plans/{plan.slug}/items/"
            page = f"{listing}{item.number}/"

            def save(page: str = page, item=item) -> tuple[int, str]:
                item.refresh_from_db(fields=["version", "confidence"])
                sure = "at_risk" if item.confidence == "on_track" else "on_track"
                answer = browser.ask(
                    f"{page}status/",
                    {"version": str(item.version), "stage": "under_way", "confidence": sure}
                    | {"reason": "Benchmark"},
                )
                assert answer[0] == 302, answer
                return answer

            form = {"version": str(item.version), "stage": "under_way", "confidence": "off_track"}
            counts = {
                "list of 100 rows": statements(client, "GET", listing),
                "item page": statements(client, "GET", page),
                "saving a status": statements(client, "POST", f"{page}status/", form),
            }
            browser.ask(f"{page}status/")  # sets the CSRF cookie
            acts = {
                "list of 100 rows": lambda listing=listing: browser.ask(listing),
                "item page": lambda page=page: browser.ask(page),
                "saving a status": save,
            }
            for name, act in acts.items():
                cpu, median = measure(workers, act)
                cpu_at[name, size] = cpu
                count_at[name].add(counts[name])
                at_most, cpu_bar = BARS[name]
                ok = counts[name] <= at_most and cpu <= cpu_bar
                within &= ok
                print(
                    f"{name:18} {size:>7,} {counts[name]:>6} ≤ {at_most:<2} "
                    f"{cpu:>7.1f} {median:>10.1f}   {'' if ok else f'over ({cpu_bar} CPU ms)'}"
                )
        for name, (_, cpu_bar) in BARS.items():
            growth = cpu_at[name, SIZES[-1]] / cpu_at[name, SIZES[-2]]
            same = len(count_at[name]) == 1
            within &= same and growth <= 1.3
            print(
                f"{name}: bar {cpu_bar} CPU ms; statements "
                f"{'equal' if same else 'NOT equal'} at all sizes; CPU at "
                f"{SIZES[-1]:,} is {growth:.2f} x that at {SIZES[-2]:,} (bar 1.3)"
            )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MiB. {'Within all bars.' if within else 'Over a bar.'}")
    return within


if __name__ == "__main__":
    with throwaway_server() as address:
        sys.exit(not main(address))
