"""A long paper made by two processes side by side, to the very bytes that one alone would make.

The HTML is cut where a page begins anyhow. Each process lays out its half and paints it; between the two, each says how
many pages it has, so that both can print "page 120 of 331". The first then takes the second's pages for its own and
writes the file. It puts itself before one of WeasyPrint's private functions: see `reports.render.structure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from reports.render.glyphs import glyphs_remembered
from reports.render.structure import SVG, Reader, ReadPage, Steps, decoration_unmarked

# Characters of HTML, some forty pages: below that, two take as long as one.
LONG = 200_000

# How much of the paper each of the two gets at least.
_WORTH_IT = 0.25

_POINT = 0.75  # points in a CSS pixel


class PageFacts(NamedTuple):
    """What WeasyPrint asks of a page besides painting it."""

    width: float
    height: float
    bleed: dict[str, float]
    bookmarks: list[Any]
    anchors: dict[str, Any]


class Painted(NamedTuple):
    """A half's pages as their streams' bytes and what to read in them, and what the streams draw on."""

    pages: list[tuple[bytes, Steps]]
    fonts: dict[Any, tuple[dict[int, Any], dict[int, str]]]  # by key: widths, characters
    states: dict[str, Any]


# --- the cut ------------------------------------------------------------------------------


def middle(root: Any) -> int | None:
    """Where in the HTML the second half begins: the place of that element, counted from the root. None: nowhere.

    Pictures stay in the first half, since their drawings cannot be handed over. A cut that leaves one of the two less
    than `_WORTH_IT` is none.
    """
    found, best = None, _WORTH_IT
    before, total = 0, sum(len(text) for text in root.itertext())
    for place, element in enumerate(root.iter()):
        if element.tag == SVG:
            found, best = None, _WORTH_IT
        elif _begins_page(element):
            share = before / total
            if abs(share - 0.5) < abs(best - 0.5):
                found, best = place, share
        before += len(element.text or "") + len(element.tail or "")
    return found


def _begins_page(element: Any) -> bool:
    """By the look of the paper's own stylesheet."""
    return not {"paper-annex", "paper-next-page"}.isdisjoint(element.get("class", "").split())


def keep_first(root: Any, place: int) -> None:
    """Take the second half out of the HTML."""
    for parent, at in _way(root, place):
        del parent[at + 1 :]
    del parent[at]


def keep_second(root: Any, place: int) -> None:
    """Take the first half out of the HTML's body."""
    _, *way = _way(root, place)
    for parent, at in way:
        del parent[:at]


def _way(root: Any, place: int) -> list[tuple[Any, int]]:
    """From the root down to an element: each parent, and where among its children the way goes on."""
    wanted = next(element for at, element in enumerate(root.iter()) if at == place)
    way: list[tuple[Any, int]] = []

    def leads(element: Any) -> bool:
        for at, child in enumerate(element):
            way.append((element, at))
            if child is wanted or leads(child):
                return True
            way.pop()
        return False

    leads(root)
    return way


# --- page numbers -------------------------------------------------------------------------


@contextmanager
def numbered(agree: Callable[[int], tuple[int, int]]) -> Iterator[None]:
    """Within this, WeasyPrint numbers pages as part of a longer paper.

    Once the pages are made, `agree` is told how many they are, and says how many come before them and how many there
    are in all.
    """
    from weasyprint import layout

    make = layout.make_margin_boxes
    agreed: tuple[int, int] | None = None

    def make_numbered(context: Any, page: Any, state: Any) -> Any:
        nonlocal agreed
        _, counters, *_ = state
        if agreed is None:
            agreed = agree(counters["pages"][0])
        before, total = agreed
        counters["page"], counters["pages"] = [before + context.current_page], [total]
        return make(context, page, state)

    layout.make_margin_boxes = make_numbered
    try:
        yield
    finally:
        layout.make_margin_boxes = make


# --- the second half, and how the first takes it --------------------------------------------


def facts(document: Any) -> list[PageFacts]:
    return [
        PageFacts(page.width, page.height, page.bleed, page.bookmarks, page.anchors)
        for page in document.pages
    ]


def paint(document: Any, reader: Reader) -> Painted:
    """The pages of WeasyPrint's document. Raises ValueError for more than text, lines and areas of plain colour."""
    from weasyprint.pdf.stream import Stream

    fonts: dict[Any, Any] = {}
    resources: dict[str, Any] = {
        name: {} for name in ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")
    }
    pages = []
    with decoration_unmarked(reader), glyphs_remembered():
        for page in document.pages:
            marks: dict[Any, Any] = {}
            area = 0, 0, page.width, page.height
            stream = Stream(fonts, area, resources, {}, marks, {}, None, compress=True)
            stream.transform(d=-1, f=page.height * _POINT)
            page.paint(stream, _POINT)
            pages.append((stream.data, reader.read(page._page_box, marks)))
    if resources["XObject"] or resources["Pattern"] or resources["Shading"]:
        raise ValueError("The second half of the paper holds a picture that cannot be handed over")
    return Painted(
        pages,
        {key: (font.widths, font.to_unicode) for key, font in fonts.items()},
        resources["ExtGState"],
    )


class OtherHalf:
    """The second half as the process with the first sees it: asked for at once, taken page by page.

    Instead of an answer the other process may send an exception, which is raised here.
    """

    def __init__(self, connection: Connection, html: str) -> None:
        self.connection = connection
        connection.send(html)
        self.painted: Painted | None = None
        # The bytes of streams in our file, by number.
        self.streams: dict[int, bytes] = {}

    def agree(self, own: int) -> tuple[int, int]:
        """For `numbered`."""
        total = own + self._answer()
        self.connection.send((own, total))
        return 0, total

    def pages(self) -> list[_PageElsewhere]:
        """Its pages, for WeasyPrint to write behind our own."""
        return [_PageElsewhere(self, at, *facts) for at, facts in enumerate(self._answer())]

    def steps(self, at: int) -> Steps:
        assert self.painted is not None
        return self.painted.pages[at][1]

    def take(self, at: int, stream: Any) -> None:
        """Keep a page's bytes for its stream, once that has every font and state they ask for."""
        if self.painted is None:
            self.painted = self._answer()
            for key, (widths, characters) in self.painted.fonts.items():
                _fill(stream._fonts[key].widths, widths)
                _fill(stream._fonts[key].to_unicode, characters)
            _fill(stream._resources["ExtGState"], self.painted.states)
        self.streams[stream.number] = self.painted.pages[at][0]

    def _answer(self) -> Any:
        answer = self.connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _fill(ours: dict[Any, Any], theirs: Mapping[Any, Any]) -> None:
    """What was met first stands, and stands first."""
    for key, value in theirs.items():
        ours.setdefault(key, value)


class _PageElsewhere:
    """A page in the way that WeasyPrint knows its own."""

    def __init__(
        self,
        half: OtherHalf,
        at: int,
        width: float,
        height: float,
        bleed: dict[str, float],
        bookmarks: list[Any],
        anchors: dict[str, Any],
    ) -> None:
        self.half, self.at = half, at
        self.width, self.height, self.bleed = width, height, bleed
        self.bookmarks, self.anchors = bookmarks, anchors
        self.links: list[Any] = []
        self.forms: dict[Any, list[Any]] = {}

    def paint(self, stream: Any, scale: float) -> None:
        self.half.take(self.at, stream)

    @property
    def _page_box(self) -> ReadPage:
        return ReadPage(self.half.steps(self.at))
