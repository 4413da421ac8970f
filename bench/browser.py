"""Pages in a browser on a slow link and a slow machine: what is loaded, when it shows, what moves.

Each page is opened in a new context of Chromium, so nothing is cached. Its own developer tools slow
it down: 1.6 Mbit/s with 150 ms for each request, and the CPU four times slower.
"""

import os
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.server import cookies_of, serving

LINK = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000, "offline": False}
CPU = 4
SETTLED = 1_000  # ms after the page has loaded in which something may still move
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Each figure: its heading and how it is printed. LCP is when the largest text or picture is shown,
# CLS how much of the page moves afterwards; a long task keeps the page from answering for 50 ms.
FIGURES = {
    "requests": ("requests", "{:.0f}"),
    "sheets": ("stylesheets", "{:.0f}"),
    "kb": ("KB sent", "{:.1f}"),
    "lcp": ("LCP ms", "{:,.0f}"),
    "cls": ("CLS", "{:.3f}"),
    "long": ("long tasks", "{:.0f}"),
    "long_ms": ("their ms", "{:,.0f}"),
    "nodes": ("nodes", "{:,.0f}"),
}
EVERYWHERE = {"cls": 0.02, "sheets": 2}
BARS = {
    "desk": {"kb": 100, "lcp": 1_200},
    "list": {"lcp": 1_200},
    "item": {"lcp": 1_200},
    "dashboard": {"lcp": 1_200},
    "timeline": {"lcp": 2_000},
}
WATCH = """() => {
    const seen = window.benchmark = {lcp: 0, cls: 0, long: 0, long_ms: 0};
    const watch = (type, note) => new PerformanceObserver(
        list => list.getEntries().forEach(note)).observe({type, buffered: true});
    watch("largest-contentful-paint", entry => { seen.lcp = entry.startTime; });
    watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.cls += entry.value; });
    watch("longtask", entry => { seen.long += 1; seen.long_ms += entry.duration; });
}"""
FIND = """() => ({
    ...window.benchmark,
    nodes: document.querySelectorAll("*").length,
    sheets: document.querySelectorAll("link[rel=stylesheet]").length,
})"""

Figures = dict[str, float]


@dataclass(frozen=True)
class Page:
    key: str
    path: str
    role: str = "contributor"


def pages_of(size: int) -> Iterator[Page]:
    from django.utils.timezone import localdate

    from bench.web import acts_of, acts_of_return, acts_of_workshop

    yield Page("desk", "/")
    paths = {act.key: act.path for act in acts_of(size, localdate())}
    for key in ("list", "item", "dashboard", "timeline"):
        yield Page(key, paths[key])
    yield Page("return", next(iter(acts_of_return(size))).path)
    yield Page("workshop", next(iter(acts_of_workshop())).path, "coordinator")


def program() -> str:
    """Return the path of this machine's Chromium."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("No Chromium was found. Install it, or set CHROMIUM to its path.")
    return found


def opened(chromium: Any, address: str, cookies: dict[str, str]) -> Figures:
    """Return the figures of a first visit to a page."""
    host = "/".join(address.split("/")[:3])
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-NZ")
    context.add_cookies([{"name": k, "value": v, "url": host} for k, v in cookies.items()])
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    sizes: list[float] = []
    tools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    response = page.goto(address, wait_until="load", timeout=120_000)
    assert response.status == 200, (address, response.status)
    page.wait_for_timeout(SETTLED)
    figures: Figures = page.evaluate(FIND)
    context.close()
    return figures | {"requests": len(sizes), "kb": sum(sizes) / 1000}


def run(size: int, rounds: int = 3) -> bool:
    """Print the figures of each page, the median of some rounds; return whether all are in bounds."""
    from playwright.sync_api import sync_playwright

    from agencies.models import User

    roles = ("contributor", "coordinator")
    people = [User.objects.filter(seats__role=role).order_by("pk")[0] for role in roles]
    cookies = {role: cookies_of(person) for role, person in zip(roles, people, strict=True)}
    pages = list(pages_of(size))
    print("".join(f"{heading:>12}" for heading in ["page", *(h for h, _ in FIGURES.values())]))
    within = True
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving() as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program(), args=sandbox)
        for page in pages:
            address = f"http://127.0.0.1:{server.port}{page.path}"
            visits = [opened(chromium, address, cookies[page.role]) for _ in range(rounds + 1)]
            # The first visit after the start also fills the server's caches of templates.
            found = {name: statistics.median(v[name] for v in visits[1:]) for name in FIGURES}
            over = [
                f"{FIGURES[name][0]} ≤ {limit:,}"
                for name, limit in (EVERYWHERE | BARS.get(page.key, {})).items()
                if found[name] > limit
            ]
            within &= not over
            figures = (shown.format(found[name]) for name, (_, shown) in FIGURES.items())
            print("".join(f"{text:>12}" for text in [page.key, *figures]), "  ", *over, flush=True)
        chromium.close()
    print("Within all bars." if within else "Over a bar.")
    return within
