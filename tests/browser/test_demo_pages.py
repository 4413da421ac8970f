"""Test every page of the demo that each kind of user reaches by links, at two widths: that of a laptop,
and that of a phone or of a laptop at 400 per cent.

Two fifths of the visits show a page that somebody has seen with other words. It is read once: see
`structures.py`, and for what axe reads once, `outlines.py`.
"""

from collections import Counter, deque
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from agencies.models import User
from tests.browser.axe import beyond_window, wait_for_layout
from tests.browser.outlines import mark_of
from tests.browser.structures import Read, Structure
from tests.made_once import kept_in_this_run

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
WIDE, NARROW = 1280, 320
HREFS = "a[href]"
PEOPLE = (
    "coordinator",
    "police.approver",
    "msd.contributor",
    "observer",
    "authorising.manager",
    "ministers.office",
    "former.contributor",
)


def ours(found: list[str], address: str) -> list[str]:
    """Return the paths of links to our other pages, without queries and fragments."""
    absolute = [urlsplit(urldefrag(urljoin(address, link)).url) for link in found]
    return [link.path for link in absolute if link.netloc == urlsplit(address).netloc]


def complaints(page, message) -> list[str]:
    """What the console says is wrong. Chromium's remark on a font that is fetched early is left out: where
    it came, on a page that was busy for seconds, the page's fonts had loaded and were drawn."""
    is_wrong = message.type in ("error", "warning")
    is_remark = "was preloaded using link preload but not used" in message.text
    return [f"{page.url}: {message.text}"] if is_wrong and not is_remark else []


@pytest.fixture(scope="session")
def read_before(request, tmp_path_factory):
    """Return two folders, shared by all workers: of outlines in which axe found nothing, and of
    structures of pages that were found faultless."""
    names = ("outlines", "structures")
    folders = [kept_in_this_run(request.config, tmp_path_factory, name) for name in names]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    return folders


@pytest.fixture
def answer_with(live_server):
    """Return a function to let the server answer the next request with this response."""
    server = live_server.thread.httpd
    plain, prepared = server.get_app(), {}

    def application(environ, start_response):
        response = prepared.pop(environ["PATH_INFO"], None)
        if response is None:
            return plain(environ, start_response)
        cookies = [("Set-Cookie", each.OutputString()) for each in response.cookies.values()]
        start_response("200 OK", [*response.items(), *cookies])
        return [response.content]

    server.set_app(application)
    yield prepared.__setitem__
    server.set_app(plain)


def faults_at(page, width, accessibility_faults, faultless) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    wait_for_layout(page)
    mark = mark_of(page, faultless)
    found = beyond_window(page) if mark.exists() else accessibility_faults(page)
    if not found:
        mark.touch()
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_of_the_demo_has_an_accessibility_fault(
    person, page, live_server, load_demo, sign_in, answer_with, accessibility_faults, read_before
):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    faultless, read = read_before[0], Read(read_before[1])
    said: list[str] = []
    page.on("console", lambda message: said.extend(complaints(page, message)))
    user = User.objects.get(email=f"{person}@example.org")
    sign_in(user)
    client = Client(headers={"host": urlsplit(live_server.url).netloc})
    client.force_login(user)
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
        response = client.get(path, follow=True)
        assert (path, response.status_code) == (path, 200)
        structure = Structure(response.content.decode())
        found, place = structure.links, response.request["PATH_INFO"]
        if not read.has(structure):
            answer_with(place, response)
            page.goto(live_server.url + path)
            faults = []
            for width in widths:
                faults += faults_at(page, width, accessibility_faults, faultless)
            widths.reverse()  # the next page is loaded at the width of this one
            assert (path, faults) == (path, [])
            found = page.eval_on_selector_all(HREFS, "all => all.map(a => a.getAttribute('href'))")
            read.add(structure)
        new = [link for link in ours(found, live_server.url + place) if link not in reached]
        reached.update(new)
        waiting.extend(new)
    assert asked["home"] == 1
    assert said == [], "the browser's console is quiet: no blocked style, script or font"
