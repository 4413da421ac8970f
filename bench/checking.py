"""Pages while the worker checks crafted files: what users meet, on a plan of 1,000 items with a request."""

import itertools
import os
import statistics
import time
from datetime import timedelta
from functools import partial

from bench.crafted import CRAFTED
from bench.papers import working
from bench.server import cookies_of, seconds, serving
from bench.web import slug_of

BAR = 300  # ms, of 95 of 100 pages
PACE = 0.2  # seconds between two pages
READINGS = 60  # before anything is checked
PATIENCE = 1200  # seconds for all files


def run(size: int, only: list[str]) -> bool:
    """Queue crafted files for a worker, all or those with these names, and read pages until all are checked."""
    from django.urls import reverse
    from django.utils import timezone

    from bench.big_plan import make_person
    from reports.models.issue import sha256
    from reports.requests.demo.demo_requests import file_earlier_paper
    from reports.requests.demo.information_request import Asked
    from reports.requests.models import FileCheck
    from reports.requests.services.file_checks import EDITION
    from workitems.models import Plan

    plan = Plan.objects.get(slug=slug_of(size))
    today = timezone.localdate()
    make_person(plan.coordinating_agency, "oia_adviser", "1.")
    asked = Asked(plan.coordinating_agency, today - timedelta(days=20)).record(
        plan=plan,
        reference="1",
        channel="email",
        dated=today - timedelta(days=20),
        text="All reports to the Minister.",
        requester_name="A requester",
        requester_address="role@example.org",
    )
    asked.later(1).acknowledge(contact="OIA adviser")
    paper = file_earlier_paper(plan, asked)
    asked.scope(plan.released_on, today, "All of them.")
    line = asked.list_paper(paper)
    rows = []
    for make in CRAFTED:
        if only and make.__name__ not in only:
            continue
        data = make()
        row = FileCheck(line=line, decision="part", pdf=data, pdf_sha256=sha256(data))
        row.edition, row.asked_at = EDITION, timezone.now()
        rows.append(row)
    place = [line.request_id, line.number]
    root = f"/plans/{plan.slug}/"
    with serving() as server:
        adviser = server.browser(cookies_of(asked.adviser))
        writer = server.browser(cookies_of(make_person(asked.agency, "coordinator", "2.")))
        addresses = [
            (adviser, reverse("requests:request", args=place[:1])),
            (writer, f"{root}items/"),
            (writer, f"{root}items/1.1/"),
        ]
        pages = itertools.cycle(addresses)

        def read() -> float:
            time.sleep(PACE)
            browser, address = next(pages)
            return 1000 * seconds(partial(browser.get, address))

        for _ in range(4 * len(addresses)):
            read()
        quiet = [read() for _ in range(READINGS)]
        for row in rows:
            row.save(force_insert=True)
        waiting = FileCheck.objects.filter(state__in=["waiting", "running"])
        busy, until = [], time.monotonic() + PATIENCE
        addresses += [
            (adviser, reverse("requests:request-file-check", args=[*place, row.pk])) for row in rows
        ]
        pages = itertools.cycle(addresses)
        with working():
            while waiting.exists() and time.monotonic() < until:
                busy.append(read())
    left = waiting.count()
    for name, waits in (("before", quiet), ("meanwhile", busy)):
        parts = statistics.quantiles(waits, n=20)
        print(
            f"{name:10}{len(waits):6} pages, p50 {statistics.median(waits):.0f} ms, p95 {parts[-1]:.0f} ms, "
            f"most {max(waits):.0f} ms"
        )
    is_met = statistics.quantiles(busy, n=20)[-1] <= BAR and not left
    print(
        f"{len(rows)} files, {left} not checked (0); p95 ≤ {BAR} ms; load {os.getloadavg()[0]:.1f}: "
        f"{'met' if is_met else 'MISSED'}"
    )
    return is_met
