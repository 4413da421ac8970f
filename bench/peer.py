"""A peer beside our product: another web application on this machine, asked in turn with ours.

Its profile is a JSON file. `login` has the `path`, `user` and `password`; `ids` says how to find
items; `pages` have a `name`, a `path` (with `{id}`) and, for a form that is to be sent, `form` (a
part of its id), `set` and `cycle` (the fields to change).
"""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.rows import PAGES
from bench.server import (
    CLIENTS,
    REDIRECTS,
    Browser,
    Timed,
    cpu_seconds,
    plain_body,
    pss_mebibytes,
    together,
    tree,
)

LASTING = 4  # seconds that eight clients ask for each page before memory is read


@dataclass(frozen=True)
class Peer:
    """Where the peer is. `pid` is its first process, and `items` how many it has."""

    address: str
    pid: int
    profile: Path
    items: int

    def timed(self, keys: set[str]) -> dict[tuple[str, int], Timed]:
        """Return its pages that stand beside our rows."""
        browser = self.signed_in()
        found = {}
        for row in PAGES:
            if row.key in keys and (visit := self.visit(browser, row.peer)):
                timed = Timed(visit, lambda: cpu_seconds(tree(self.pid)), visit.ready)
                found[row.key, self.items] = timed
        return found

    def memory(self) -> float:
        """Return its PSS in MiB after eight clients have read its pages."""
        browsers = [self.signed_in() for _ in range(CLIENTS)]
        for row in PAGES:
            visits = [self.visit(browser, row.peer) for browser in browsers]
            together([each for each in visits if each and not each.is_form], LASTING)
        return pss_mebibytes(self.pid)

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.profile.read_text()))

    def signed_in(self) -> Browser:
        place = urlsplit(self.address)
        assert place.hostname in ("127.0.0.1", "localhost"), "only a peer on this machine"
        browser, login = Browser(place.port or 80), self.told["login"]
        assert browser.ask(login["path"]) == 200, login["path"]
        form = next(form for form in forms_of(browser) if form.password)
        fields = form.fields | {form.user: login["user"], form.password: login["password"]}
        assert browser.ask(form.action or login["path"], fields) in REDIRECTS, "sign-in refused"
        return browser

    def visit(self, browser: Browser, name: str) -> "Visit | None":
        for page in self.told["pages"]:
            if page["name"] == name:
                ids = self.ids(browser) if "{id}" in page["path"] else [""]
                return Visit(browser, page, itertools.cycle(ids))
        return None

    def ids(self, browser: Browser) -> list[str]:
        [found] = self.told["ids"].values()
        browser.get(found["path"])
        return sorted(set(re.findall(found["regex"], plain_body(browser).decode())))


class Visit:
    """Asks for one of the peer's pages, each time with another item, or sends its form."""

    def __init__(self, browser: Browser, page: dict[str, Any], ids: Iterator[str]) -> None:
        self.browser, self.page, self.ids = browser, page, ids
        self.is_form = "form" in page
        self.number = 0
        self.path = ""
        self.fields: dict[str, str] | None = None

    def ready(self) -> None:
        """Choose the next item and, if there is a form, fetch and fill it."""
        self.path = self.page["path"].replace("{id}", next(self.ids))
        if not self.is_form:
            return
        self.number += 1
        self.browser.get(self.path)
        form = next(each for each in forms_of(self.browser) if self.page["form"] in each.id)
        self.path, fields = form.action or self.path, form.fields
        for name, value in self.page.get("set", {}).items():
            value = value.replace("{n}", str(self.number)).replace("{d10}", f"{self.number % 10}0")
            fields[name] = value
        for name, values in self.page.get("cycle", {}).items():
            fields[name] = values[self.number % len(values)]
        self.fields = fields

    def __call__(self) -> None:
        if not self.is_form:
            self.ready()
        status = self.browser.ask(self.path, self.fields)
        assert status in (REDIRECTS if self.is_form else (200,)), (self.path, status)


@dataclass
class Form:
    """A form as a browser would send it, and the names of its fields for signing in."""

    id: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    user: str = ""
    password: str = ""


class FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms = [Form("", "")]
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        name, kind, form = told.get("name", ""), told.get("type", "text"), self.forms[-1]
        if tag == "form":
            self.forms.append(Form(told.get("id", ""), told.get("action", "")))
        elif tag == "option" and self.select:
            if "selected" in told or self.select not in form.fields:
                form.fields[self.select] = told.get("value", "")
        elif not name or "disabled" in told or kind in ("submit", "button", "file", "image"):
            return
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            form.fields[name] = ""
        elif tag == "input" and (kind not in ("checkbox", "radio") or "checked" in told):
            form.fields[name] = told.get("value", "")
            form.password = form.password or (name if kind == "password" else "")
            form.user = form.user or (name if kind in ("text", "email") else "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1].fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def forms_of(browser: Browser) -> list[Form]:
    reader = FormReader()
    reader.feed(plain_body(browser).decode())
    return reader.forms
