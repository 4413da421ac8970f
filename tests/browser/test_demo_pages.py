"""Test pages of the demo that users reach by links, at two widths: that of a laptop, and that of a phone or
of a laptop at 400 per cent. Of each kind of page, the fullest is read."""

from collections import Counter, deque
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
import pytest
from django.test import Client
from django.urls import resolve, reverse
from lxml import etree

from agencies.models import User
from tests.browser.axe import beyond_window, wait_for_layout

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
# What these say is of one element, and changes nothing of how it looks or what it is.
OF_ONE_ELEMENT = {"action", "for", "href", "id", "lang", "name", "src", "title", "value"}
# Together they reach every kind of page that somebody reaches. Others see fewer buttons on the same pages.
PEOPLE = ("coordinator", "police.approver", "ministers.office", "former.contributor")


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


def elements(html: bytes) -> set[Any]:
    """Return the kinds of elements on a page, each with the kind that it stands in."""

    def kind(element: Any) -> Any:
        names = tuple(sorted(name for name in element.attrib if name not in OF_ONE_ELEMENT))
        return (element.tag, *map(element.get, ("class", "type", "role", "aria-current")), names)

    root = lxml.html.fromstring(html)
    return {(kind(each.getparent()), kind(each)) for each in root.iterdescendants(etree.Element)}


def loose_ends(html: bytes) -> list[str]:
    """Return what stands in the way of a name or a description: an id twice, or words that are not there."""
    root = lxml.html.fromstring(html)
    ids = Counter(root.xpath("//@id"))
    referred = " ".join(root.xpath("//@for | //@aria-labelledby | //@aria-describedby")).split()
    return [each for each, number in ids.items() if number > 1] + sorted({*referred} - {*ids})


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


def test_no_page_of_the_demo_has_an_accessibility_fault(
    page, live_server, load_demo, sign_in, accessibility_faults
):
    """axe reads a page that has an element of a kind that it has read on none, in the same kind of place. Another page
    of the first person is opened as on a phone, and one of the others is left out."""
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    said: list[str] = []
    page.on("console", lambda message: said.extend(complaints(page, message)))
    widths = [WIDE, NARROW]
    read: set[Any] = set()
    for person in PEOPLE:
        sign_in(User.objects.get(email=f"{person}@example.org"))
        pages = fullest_pages(signed_in(person))
        assert reverse("home") in pages
        ends = {path: found for path, html in pages.items() if (found := loose_ends(html))}
        assert (person, ends) == (person, {})
        kinds = {path: elements(html) for path, html in pages.items()}
        for path in sorted(kinds, key=lambda path: -len(kinds[path])):
            is_new = not kinds[path] <= read
            read |= kinds[path]
            if not is_new and person != PEOPLE[0]:
                continue
            page.goto(live_server.url + path)
            faults = []
            for width in widths if is_new else [NARROW]:
                page.set_viewport_size({"width": width, "height": 900})
                if is_new:
                    faults += accessibility_faults(page)
                else:
                    wait_for_layout(page)
                    faults += beyond_window(page)
            # The next page is loaded at the width of this one.
            widths = widths[::-1] if is_new else [NARROW, WIDE]
            assert (person, path, faults) == (person, path, [])
    assert said == [], "the browser's console is quiet: no blocked style, script or font"
