"""Test pages of the demo that users reach by links, at two widths: that of a laptop, and that of a phone or
of a laptop at 400 per cent. Of each kind of page, the fullest is read."""

from collections import deque
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
import pytest
from django.test import Client
from django.urls import resolve, reverse

from agencies.models import User

pytestmark = pytest.mark.django_db(transaction=True)

# These respond with a file or end the session.
NO_PAGES = {
    "portfolio:due-csv",
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
# The first page of a kind may be empty and the next full.
OF_EACH_KIND = 2
WIDE, NARROW = 1280, 320
# Together they reach every kind of page that somebody reaches. Others see fewer buttons on the same pages.
# A page of the first is read again as another person only if that one sees an element of another kind there.
PEOPLE = ("coordinator", "police.approver", "ministers.office", "former.contributor")
# Pages of a person's own account are the same for all.
OF_AN_ACCOUNT = ("account_", "mfa_", "choose-colours", "usersessions_list", "agencies:tokens")


def links_on(html: bytes, address: str) -> list[str]:
    """Return the paths of links to our other pages, without queries and fragments."""
    hrefs = lxml.html.fromstring(html).xpath("//a/@href")
    absolute = [urlsplit(urldefrag(urljoin(address, href)).url) for href in hrefs]
    return [link.path for link in absolute if link.netloc == urlsplit(address).netloc]


def fullest_pages(client: Client) -> dict[str, bytes]:
    """Return one page of each kind that links lead to, from the desk on, by its path."""
    waiting = deque([reverse("home")])
    reached = set(waiting)
    pages: dict[str, dict[str, bytes]] = {}
    while waiting:
        path = waiting.popleft()
        kind = resolve(path).view_name
        found = pages.setdefault(kind, {})
        if kind in NO_PAGES or len(found) >= OF_EACH_KIND:
            continue
        response = client.get(path, follow=True)
        assert (path, response.status_code) == (path, 200)
        if response.streaming:
            continue  # a file
        found[path] = response.content
        address = response.wsgi_request.build_absolute_uri()
        for link in links_on(response.content, address):
            if link not in reached:
                reached.add(link)
                waiting.append(link)
    return dict(
        max(found.items(), key=lambda page: len(page[1])) for found in pages.values() if found
    )


def elements(html: bytes) -> set[tuple[str | None, ...]]:
    """Return the kinds of elements on a page."""
    return {
        (each.tag, *map(each.get, ("class", "type", "role")))
        for each in lxml.html.fromstring(html).iter("*")
    }


def read_by(client: Client, path: str) -> set[tuple[str | None, ...]]:
    """Return the kinds of elements that this user sees on a page, or none where they may not read it."""
    response = client.get(path, follow=True)
    return elements(response.content) if response.status_code == 200 else set()


def signed_in(person: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=f"{person}@example.org"))
    return client


def complaints(page, message) -> list[str]:
    """What the console says is wrong. Chromium's remark on a font that is fetched early is left out: where
    it came, on a page that was busy for seconds, the page's fonts had loaded and were drawn."""
    is_wrong = message.type in ("error", "warning")
    is_remark = "was preloaded using link preload but not used" in message.text
    return [f"{page.url}: {message.text}"] if is_wrong and not is_remark else []


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_of_the_demo_has_an_accessibility_fault(
    person, page, live_server, load_demo, sign_in, accessibility_faults
):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    said: list[str] = []
    page.on("console", lambda message: said.extend(complaints(page, message)))
    sign_in(User.objects.get(email=f"{person}@example.org"))
    widths = [WIDE, NARROW]
    pages = fullest_pages(signed_in(person))
    paths = [*pages]
    assert paths[0] == reverse("home")
    if person != PEOPLE[0]:
        first = signed_in(PEOPLE[0])
        paths = [
            path
            for path, html in pages.items()
            if not resolve(path).view_name.startswith(OF_AN_ACCOUNT)
            and not elements(html) <= read_by(first, path)
        ]
    for path in paths:
        page.goto(live_server.url + path)
        faults = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            faults += accessibility_faults(page)
        widths.reverse()  # the next page is loaded at the width of this one
        assert (path, faults) == (path, [])
    assert said == [], "the browser's console is quiet: no blocked style, script or font"
