"""What an app inside `reports`, such as that of official information, adds to the rest.

The app fills these in its `AppConfig.ready`. A country may leave it out; then they are empty. To-do lines, due
days, notices and kinds of search have registries of their own, and so have the roles on offer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest

from agencies.models import User
from agencies.records.guards import Trigger
from workitems.models import Plan


class Addresses(NamedTuple):
    """A module whose `urlpatterns` are at the root of the site, in these folders; it is loaded when one is asked for."""

    module: str
    namespace: str
    folders: tuple[str, ...]


URLS: list[Addresses] = []

# Each returns what a person's menu has besides the sections of a plan: its words, the address of its page, and the
# namespace of its pages; None for a person without it.
MENU: list[Callable[[User], "MenuEntry | None"]] = []

# Triggers of the app's tables.
GUARDS: list[Trigger] = []


# What the worker does beside papers, as dotted paths of functions that only the worker loads. Each does one piece of work,
# if any waits, and returns whether it did. It gets `render.room.Room.make` to do it in the worker's process, and a
# function to call meanwhile: it returns the moment, or raises if the worker must stop.
JOBS: list[str] = []


class MenuEntry(NamedTuple):
    words: str
    url: str
    namespace: str


class ListedPaper(NamedTuple):
    """A paper as the list by year has it. `kind` is "Issued here", or its kind in its agency's words."""

    dated: date
    title: str
    number: str
    kind: str
    url: str


# The papers on a plan from before the product that a person may read.
EARLIER_PAPERS: list[Callable[[User, Plan], Iterable[ListedPaper]]] = []


class KeptFiles(NamedTuple):
    """Files that `verify_issued` checks: what they are called, how they were checked without and with `--render`, a
    function that yields each with its faults, and what is printed if there is none."""

    called: str
    how: tuple[str, str]
    checked: Callable[[bool], Iterable[tuple[object, list[str]]]]
    none: str = ""


KEPT_FILES: list[KeptFiles] = []


class PublicPage(NamedTuple):
    """The public page of a plan's released papers."""

    plan: Plan
    url: str
    releases: int
    is_indexed: bool


@dataclass(frozen=True, kw_only=True)
class Released:
    """Released papers, as the public pages of progress and the API show them.

    `on_progress` returns the rows of the part of a page of progress; `page_url` the address of the plan's page, "" if
    nobody can read it. `readable` returns the releases that a program may read, or raises `Http404`, and `papers`
    those of some releases, without their files.
    """

    pages: Callable[[], Iterable[PublicPage]]
    page_url: Callable[[Plan], str]
    on_progress: Callable[[Plan, date], list[dict[str, Any]]]
    readable: Callable[[HttpRequest, str], Any]
    papers: Callable[[Iterable[Any]], Any]


RELEASED: list[Released] = []
