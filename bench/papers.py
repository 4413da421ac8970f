"""The rows of papers: made from records beside bare WeasyPrint, in the worker, and meanwhile."""

import io
import itertools
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import Any

from bench.rows import PAPERS, Figures, Line
from bench.server import ROOT, Browser, Server, client_of, cookies_of, seconds, serving, statements

DATED = date(2010, 7, 30)
DEMO, LONG, ITEMS = 28, 122, 1_000  # items of the demo's plan and of the generated ones
MADE_UP = r"^plan-of-\d+$"
# What others wait while a long paper is made: times their p95 before, or so many ms more.
MEANWHILE, MEANWHILE_MS = 1.5, 15
MINUTES = 5
PACE = 0.5  # seconds between two requests of the reading client
READINGS = 40
STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"


# --- the data -------------------------------------------------------------------------------


def fill() -> None:
    """Create the demo's plan and generated plans, each with a briefing, and a coordinator."""
    from django.utils import timezone

    from agencies.models import Appointment
    from bench.big_plan import make_person, make_plan
    from reports.drafting.cover import draft
    from workitems.demo.demo_plans import TEXT_OF_2009, import_text
    from workitems.models import Plan

    import_text(TEXT_OF_2009, at=timezone.now())
    for size in (LONG, ITEMS):
        make_plan(size, DATED)
    if not Appointment.objects.holding("Minister of Immigration", DATED):
        Appointment.objects.create(
            portfolio="Minister of Immigration", minister="Hon A Minister", from_on=date(2008, 1, 1)
        )
    for plan in Plan.objects.order_by("pk"):
        row = draft(
            plan,
            period_start=date(2009, 7, 31),
            period_end=DATED,
            dated=DATED,
            tracker_number=f"10/{plan.pk}",
        )
        row.created_at = timezone.now()
        annexes = ["progress", "items_texts" if re.search(MADE_UP, plan.slug) else "items"]
        row.save()
        begin(row, annexes)
    make_person(plan.coordinating_agency, "coordinator")


def begin(briefing: Any, annexes: list[str]) -> None:
    """Begin the draft as a coordinator would, with these annexes."""
    from reports.workshop.services.beginning import begin_as

    nobody: Any = None
    briefing.annexes = annexes
    briefing.save()
    begin_as(briefing=briefing, slug="annual", by=nobody)
    briefing.refresh_from_db()
    briefing.annexes = annexes
    briefing.save()


def briefing_of(items: int) -> Any:
    from reports.models import Briefing

    made_up = Briefing.objects.filter(plan__slug__regex=MADE_UP)
    if items != DEMO:
        return made_up.get(plan__slug=f"plan-of-{items}")
    return Briefing.objects.exclude(pk__in=made_up).get()


# --- the papers -----------------------------------------------------------------------------


def measure_paper(items: int, runs: int, pipe: Any) -> None:
    """Measure a paper in its own process and send the figures through the pipe.

    CPU time is that of composing it from the records and rendering it to a checked PDF.
    """
    import django

    django.setup()
    from pikepdf import Pdf
    from weasyprint import HTML

    from reports.drafting.paper import document_of
    from reports.render import html, pdf
    from reports.render.docx import render_docx
    from reports.requests.print.released import render_released
    from reports.requests.redaction import gate, redact

    briefing = briefing_of(items)
    document = document_of(briefing)
    pages: list[int] = [0]
    pdf.render_pdf(document, lambda stage, page, of: pages.append(of))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before it is drawn below
    page = html.document_html(document)

    def draw() -> None:
        fetcher = pdf._fetcher()
        HTML(string=page, base_url=html.ASSETS, url_fetcher=fetcher).write_pdf(
            pdf_variant="pdf/a-2a"
        )

    spans = [
        redact.Span(leaf.place, 0, len(leaf.text), ("9(2)(a)",))
        for leaf in redact.leaves(document)[::40]
    ]
    released = render_released(document, spans, stamp=STAMP)

    def release() -> None:
        redact.redact(document, spans)
        report = gate.examine(
            released,
            needles=redact.needles(document, spans),
            file_name="paper.pdf",
            pages=len(Pdf.open(io.BytesIO(released)).pages),
            stamp=STAMP,
            visible_on_purpose=redact.visible_elsewhere(document, spans),
        )
        assert report.passes, report.findings

    draw()
    works: list[Callable[[], object]] = [
        lambda: document_of(briefing),
        lambda: pdf.render_pdf(document),
        draw,
        lambda: render_docx(document),
        release,
    ]
    timed = [[cpu_ms(work) for work in works] for _ in range(runs)]
    composing, rendering, drawing, wording, releasing = map(min, zip(*timed, strict=True))
    ours = composing + rendering
    pipe.send(
        (
            {"cpu": ours, "ratio": ours / drawing, "pages": max(pages), "mib": peak},
            {"cpu": wording},
            {"cpu": releasing},
        )
    )


def cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def paper(items: int, runs: int) -> tuple[Figures, Figures, Figures]:
    """Return the figures of a paper, of its Word file and of its release."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=measure_paper, args=(items, runs, theirs))
    process.start()
    theirs.close()
    found: tuple[Figures, Figures, Figures] = ours.recv()
    process.join()
    return found


# --- behind the web server ------------------------------------------------------------------


def in_the_worker(runs: int) -> Iterator[tuple[str, Figures]]:
    """Ask for a paper of 1,000 items, and read other pages while the worker makes it."""
    from agencies.models import User
    from reports.models import Rendering

    briefing = briefing_of(ITEMS)
    person = User.objects.get(
        seats__role="coordinator", seats__agency=briefing.plan.coordinating_agency_id
    )
    address = f"{briefing.get_absolute_url()}pdf/"
    root = f"/plans/{briefing.plan.slug}/"
    pages = itertools.cycle([f"{root}items/", f"{root}items/1.1/", f"{root}briefings/"])
    taken: list[float] = []
    asked: list[float] = []
    meanwhile: list[float] = []
    with serving() as server, working():
        browser = server.browser(cookies_of(person))

        def read() -> float:
            time.sleep(PACE)
            return seconds(partial(browser.get, next(pages)))

        for _ in range(12):
            read()
        before = [read() for _ in range(READINGS)]
        counted = 0
        for _ in range(runs):
            Rendering.objects.all().delete()
            counted = statements(client_of(person), address)
            Rendering.objects.all().delete()
            asked.append(cost_of_asking(server, browser, address))
            until = time.monotonic() + MINUTES * 60
            while not (row := Rendering.objects.get(briefing=briefing, form="pdf")).is_done:
                assert time.monotonic() < until, row.reason or row.state
                meanwhile.append(read())
            assert row.begun_at and row.finished_at
            taken.append((row.finished_at - row.begun_at).total_seconds())
        yield "texts", {"ms": min(taken) * 1000, "pages": row.pages_of}
        yield "compose", {"statements": counted, "cpu": min(asked)}
        quiet, busy = p95(before), p95(meanwhile)
        allowed = max(quiet * MEANWHILE, quiet + MEANWHILE_MS)
        yield "meanwhile", {"ms": busy, "ratio": busy / allowed}
        for _ in range(4):  # so that both web workers have opened their database connection
            browser.get(address)
        again = [seconds(partial(browser.get, address)) for _ in range(60)]
        yield "again", {"ms": statistics.median(again) * 1000, "sent": len(browser.body) / 1000}


def cost_of_asking(server: Server, browser: Browser, address: str) -> float:
    before = server.cpu_seconds()
    assert (status := browser.ask(address)) == 303, status
    return (server.cpu_seconds() - before) * 1000


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] * 1000


@contextmanager
def working() -> Iterator[None]:
    """Run a worker while the block runs."""
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "render_papers"],
        cwd=ROOT,
        env=os.environ | {"SET_UP": "no"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def run(keys: set[str], runs: int) -> list[Line]:
    found: dict[str, tuple[int, Figures]] = {}
    if "short" in keys:
        found["short"] = DEMO, paper(DEMO, runs)[0]
    if keys & {"long", "word", "release"}:
        figures = zip(("long", "word", "release"), paper(LONG, runs), strict=True)
        found |= {key: (LONG, of_paper) for key, of_paper in figures}
    if keys & {"texts", "compose", "meanwhile", "again"}:
        found |= {key: (ITEMS, figures) for key, figures in in_the_worker(runs)}
    return [
        Line(row.key, items, {name: round(value, 2) for name, value in figures.items()})
        for row in PAPERS
        if row.key in keys and row.key in found
        for items, figures in [found[row.key]]
    ]
