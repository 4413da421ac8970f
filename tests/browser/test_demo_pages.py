"""Test every page of the demo that each kind of user reaches by links, at two widths.

Half of the visits show a page that somebody else has seen with other words. axe reads one of each.
"""

import os
from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import resolve, reverse

from agencies.models import User
from tests.browser.outlines import mark_of

pytestmark = pytest.mark.django_db(transaction=True)

# These respond with a file or end the session.
NO_PAGES = {
    "plans:export",
    "plans:blank-workbook",
    "briefings:pdf",
    "briefings:preview",
    "briefings:docx",
    "briefings:json",
    "briefings:version-pdf",
    "briefings:version-docx",
    "briefings:version-json",
    "briefings:xlsx",
    "briefings:version-xlsx",
    "briefings:scan",
    "papers:pack-draft",
    "papers:pack-version",
    "papers:minutes-draft",
    "papers:minutes-version",
    "return_papers:pdf",
    "returns:download-workbook",
    "evidence:download",
    "dashboard:export",
    "account_logout",
}
# How many pages of one kind are checked: the first may be empty and the next full.
OF_EACH_KIND = 2
WIDE, NARROW = 1280, 375
PEOPLE = (
    "coordinator",
    "police.approver",
    "msd.contributor",
    "observer",
    "authorising.manager",
    "ministers.office",
    "former.contributor",
)


def links(page) -> list[str]:
    """Return the page's links to our other pages, without queries and fragments."""
    found = page.eval_on_selector_all(
        "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), a.baseURI).href)"
    )
    here = urlsplit(page.url).netloc
    return [urlsplit(urldefrag(link).url).path for link in found if urlsplit(link).netloc == here]


def complaints(page, message) -> list[str]:
    """What the console says is wrong. Chromium's remark on a font that is fetched early is left out: where
    it came, on a page that was busy for seconds, the page's fonts had loaded and were drawn."""
    is_wrong = message.type in ("error", "warning")
    is_remark = "was preloaded using link preload but not used" in message.text
    return [f"{page.url}: {message.text}"] if is_wrong and not is_remark else []


@pytest.fixture(scope="session")
def faultless(tmp_path_factory):
    """Return the folder, shared by all workers, of marks of the outlines in which axe found nothing."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    folder /= "faultless"
    folder.mkdir(exist_ok=True)
    return folder


def faults_at(page, width, accessibility_faults, faultless) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    mark = mark_of(page, faultless)
    found = [] if mark.exists() else accessibility_faults(page)
    if not found:
        mark.touch()
    scrolls = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{scrolls} px wider than the window"] if scrolls > 0 else [])


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_of_the_demo_has_an_accessibility_fault(
    person, page, live_server, load_demo, sign_in, accessibility_faults, faultless
):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    said: list[str] = []
    page.on("console", lambda message: said.extend(complaints(page, message)))
    sign_in(User.objects.get(email=f"{person}@example.org"))
    waiting = deque([reverse("home")])
    asked: Counter[str] = Counter()
    widths = [WIDE, NARROW]
    reached = set(waiting)
    while waiting:
        path = waiting.popleft()
        kind = resolve(path).view_name
        if kind in NO_PAGES or asked[kind] >= OF_EACH_KIND:
            continue
        asked[kind] += 1
        response = page.goto(live_server.url + path)
        faults = [] if response.ok else [str(response.status)]
        for width in widths:
            faults += faults_at(page, width, accessibility_faults, faultless)
        widths.reverse()  # the next page is loaded at the width of this one
        assert (path, faults) == (path, [])
        new = [link for link in links(page) if link not in reached]
        reached.update(new)
        waiting.extend(new)
    assert asked["home"] == 1
    assert said == [], "the browser's console is quiet: no blocked style, script or font"
