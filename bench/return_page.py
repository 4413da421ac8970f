"""Measure the page of a return, and saving one section, on PostgreSQL behind gunicorn.

Prints SQL statements, CPU ms per request (both web workers together), the median response time in
ms for one client, and the size of the page. The page is measured for agencies that lead 3, 10 and
83 items (and support as many); saving is measured in plans of 1,000 and 10,000 items.
"""

import gzip
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import client_of, measure, prepare, served, statements  # noqa: E402

from trafficking_plan.testing.postgresql import throwaway_server  # noqa: E402

AGENCIES = 12
PAGES = (3, 10, 83)  # items of one agency
PAGE_BARS = (60, 60)  # CPU ms, KB sent
PLANS = (1_000, 10_000)  # items of the whole plan
SAVE_BARS = (20, 40)  # statements, CPU ms


def open_round(plan, today):
    """Create an open round with one agency's return, and return the latter."""
    from workitems.models import Return, Round

    made = Round.objects.create(
        plan=plan,
        name="This round",
        period_start=today - timedelta(days=180),
        period_end=today,
        due_on=today + timedelta(days=14),
        opened_at=datetime(today.year, today.month, today.day, tzinfo=UTC),
    )
    return Return.objects.create(round=made, agency=plan.coordinating_agency)


def main(url: str) -> bool:
    prepare(url)
    from big_plan import make_person, make_plan
    from django.db import connection
    from django.utils.timezone import localdate

    today = localdate()
    returns = {}
    for size in [*(count * AGENCIES for count in PAGES), *PLANS]:
        start = time.perf_counter()
        returns[size] = open_round(make_plan(size, today), today)
        print(f"made a plan of {size:,} items in {time.perf_counter() - start:.0f} s", flush=True)
    connection.cursor().execute("ANALYZE")
    person = make_person(returns[PLANS[0]].agency, "contributor")
    client = client_of(person)
    within = True
    with served(person) as (browser, workers):
        print(
            f"\n{'the page':>12} {'statements':>11} {'CPU ms':>8} {'median ms':>10} {'bytes':>10}"
        )
        counts = set()
        for count in PAGES:
            path = returns[count * AGENCIES].get_absolute_url()
            counts.add(statements(client, "GET", path))
            cpu, median = measure(workers, lambda path=path: browser.ask(path))
            page = browser.ask(path)[1].encode()
            buttons = [page.count(name) for name in (b"data-save-section", b"data-open-section")]
            assert sum(buttons) == 2 * count, "each item that it leads, each that it supports"
            sent = len(gzip.compress(page))
            ok = cpu <= PAGE_BARS[0] and sent <= PAGE_BARS[1] * 1000
            within &= ok
            print(
                f"{count:>6} items {max(counts):>11} {cpu:>8.1f} {median:>10.1f} {len(page):>10,}"
                f"  ({sent:,} compressed) {'' if ok else 'over the bar'}"
            )
        within &= len(counts) == 1
        print(f"Statements are {'equal' if len(counts) == 1 else 'NOT equal'} at all sizes.")

        print(f"\n{'saving':>12} {'statements':>11} {'CPU ms':>8} {'median ms':>10}")
        for size in PLANS:
            path = returns[size].get_absolute_url()
            item = returns[size].round.plan.items.filter(
                lead_agency=returns[size].agency, stage="under_way"
            )[0]
            browser.ask(path)  # sets the CSRF cookie
            address = f"{path}items/{item.number}/"
            written = iter(range(10_000))

            def fields(item=item, written=written) -> dict[str, str]:
                version = next(written)
                said = {"version": str(version), "stage": item.stage, "confidence": ""}
                said |= {"achieved": f"The training was given {version} times. " * 5}
                said |= {"planned_next": "The rest.", "challenges": "", "key_achievement": "no"}
                return {f"i{item.pk}-{name}": value for name, value in said.items()}

            def save(address=address, fields=fields) -> tuple[int, str]:
                answer = browser.ask(address, fields())
                assert answer[0] == 200, answer
                return answer

            save()
            count = statements(client, "POST", address, fields())
            cpu, median = measure(workers, save)
            ok = count <= SAVE_BARS[0] and cpu <= SAVE_BARS[1]
            within &= ok
            print(
                f"{size:>6} items {count:>6} ≤ {SAVE_BARS[0]:<2} {cpu:>8.1f} {median:>10.1f}"
                f"   {'' if ok else 'over the bar'}"
            )
    print("Within all bars." if within else "Over a bar.")
    return within


if __name__ == "__main__":
    with throwaway_server() as address:
        sys.exit(not main(address))
