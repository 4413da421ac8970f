"""A document as a tagged PDF. Only this module, `structure` and `chart_letters` use WeasyPrint.

WeasyPrint can read files and the network, so here it gets only our own fonts and stylesheets; any
other URL stops the rendering. So do WeasyPrint's warnings and characters that our fonts lack,
because a paper must be right or not be made. With the same version of the libraries, equal
documents give equal bytes.
"""

from __future__ import annotations

import atexit
import gc
import logging
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pydyf  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring

from reports.document import CoverDesign, Document
from reports.render.chart_letters import letters_laid_out_once
from reports.render.claims import ARCHIVE, claim_accessible, makes_both_claims
from reports.render.html import (
    ASSETS,
    LETTER_SHEET,
    MARKED_UP_SHEET,
    MEETING_SHEET,
    RELEASED_SHEET,
    SHEETS,
    colours_css,
    document_html,
)
from reports.render.structure import own_structure

FONTS = (
    "fonts/SourceSans3-Regular.ttf",
    "fonts/SourceSans3-It.ttf",
    "fonts/SourceSans3-Semibold.ttf",
    "fonts/SourceSans3-Bold.ttf",
)
# URLs of the paper's own pictures, which hold them.
PICTURE = "data:image/png;base64,"
# In place of a character that our fonts lack, where others' words are quoted.
NO_LETTER = "□"
MAX_HTML = 6_000_000  # characters; about 5,000 work items, which take a minute and less than 1 GiB

# Called with progress: the stage, the page, and the number of pages (0 if unknown).
ReportProgress = Callable[[str, int, int], None]
LAYOUT, WRITING, CHECKING = "layout", "writing", "checking"

# URLs of the stylesheet with a design's colours.
_COLOURS = re.compile(rf"{ASSETS}([0-9a-f]{{6}})-([0-9a-f]{{6}})\.css")

# Void elements, as our templates write them.
_NO_END = re.compile(r"<((?:meta|link|col|br|img)\b[^<>]*[^<>/]|(?:col|br))>")

# WeasyPrint has global state while it renders, and the garbage collector is switched for the whole
# process. So render one paper at a time.
_one_at_a_time = threading.Lock()


class RenderRefused(Exception):
    """No file was made. The message is shown to the user.

    `character` is the one that cannot be printed, if that is why.
    """

    def __init__(self, message: str, *, character: str = "") -> None:
        super().__init__(message)
        self.character = character


def report_nothing(stage: str, page: int, pages: int) -> None:
    pass


def render_pdf(document: Document, report: ReportProgress = report_nothing) -> bytes:
    """Return the document as PDF/UA-1 and PDF/A-2a, dated with its own date.

    Raise `RenderRefused` if anything is wrong with the file.
    """
    with undisturbed():
        html = document_html(document)
    return html_to_pdf(html, title=document.title, language=document.language, report=report)


def html_to_pdf(
    html: str, *, title: str, language: str, report: ReportProgress = report_nothing
) -> bytes:
    """Return the page as a PDF with this title and language. See `render_pdf`."""
    if len(html) > MAX_HTML:
        raise RenderRefused(
            f"The paper is too long to print: {len(html):,} characters; the limit is {MAX_HTML:,}."
        )
    refuse_unprintable(html)
    with _carefully():
        data = _write(html, title, language, report)
    check_file(data)
    return data


def get_ready() -> None:
    """Load what the first paper of a process would otherwise spend a second on."""
    sheets = "".join(f'<link rel="stylesheet" href="{ASSETS}{name}">' for name in SHEETS)
    with _one_at_a_time:
        _drawable()
        _lay_out(f"<html><head>{sheets}</head><body/></html>")


def refuse_unprintable(text: str) -> None:
    """Raise `RenderRefused` for characters that our fonts lack."""
    unknown = set(text) - _drawable()
    if unknown:
        character = min(unknown)
        raise RenderRefused(
            f"The character “{character}” (U+{ord(character):04X}) cannot be printed in this paper’s "
            "typeface. Please write it another way.",
            character=character,
        )


def printable(text: str) -> str:
    """Return a text from outside with a box for each character that our fonts lack."""
    unknown = set(text) - _drawable()
    return text.translate({ord(each): NO_LETTER for each in unknown}) if unknown else text


def check_file(data: bytes) -> None:
    """Raise `RenderRefused` unless the bytes are one complete PDF that declares both standards."""
    is_whole = data.startswith(b"%PDF-1.7") and data.rstrip().endswith(b"%%EOF")
    if not is_whole or data.count(b"%%EOF") != 1:
        raise RenderRefused("The file came out incomplete. Please try again.")
    if not makes_both_claims(data):
        raise RenderRefused(
            "The file would not state that it is accessible and suitable for archiving."
        )


def _write(html: str, title: str, language: str, report: ReportProgress) -> bytes:
    def finish(_document: Any, pdf: Any) -> None:
        report(CHECKING, 0, 0)
        claim_accessible(pdf)
        _check_catalog(pdf, title=title, language=language)
        pdf.objects[1:] = [_Ready(each) for each in pdf.objects[1:]]

    with _layout_reported(report):
        drawn = _lay_out(html)
    _report_painting(drawn.pages, report)
    with own_structure(drawn), letters_laid_out_once():
        data: bytes = drawn.write_pdf(pdf_variant=ARCHIVE, finisher=finish)
    return data


def _read(html: str) -> Any:
    """Return the root element of our HTML.

    Our templates write XML except for void elements, and are parsed as XML: WeasyPrint's HTML
    parser would take a twentieth of a long paper's time.
    """
    try:
        return fromstring(_NO_END.sub(r"<\1/>", html.replace("<!doctype", "<!DOCTYPE", 1)))
    except ParseError:
        from weasyprint import HTML

        return HTML(string=html).etree_element


def _lay_out(html: str) -> Any:
    """Return WeasyPrint's `Document` of our HTML.

    The page's stylesheets are parsed once in a process and given to WeasyPrint in place of its links.
    """
    from cssselect2 import ElementWrapper
    from weasyprint import HTML

    root = _read(html)
    sheets = []
    for head in root.iterfind("head"):
        for link in head.findall("link[@rel='stylesheet']"):
            sheets.append(_sheet(link.get("href")))
            head.remove(link)

    class Read(HTML):
        def __init__(self) -> None:
            self.base_url, self.url_fetcher, self.media_type = ASSETS, _fetcher(), "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

    return Read().render(
        font_config=_font_configuration(), counter_style=_counter_styles(), stylesheets=sheets
    )


class _Ready(pydyf.Object):
    """A finished object of a PDF. It keeps its bytes, because pydyf computes them twice, which
    takes a tenth of a long paper's time."""

    compressible = False

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.number, self.compressible = of.number, of.compressible
        self.bytes: bytes = of.data

    @property
    def data(self) -> bytes:
        return self.bytes


def _check_catalog(pdf: Any, *, title: str, language: str) -> None:
    """Raise `RenderRefused` for a file without language, title, tags or colours, or with actions."""
    catalog = pdf.catalog
    if catalog.get("MarkInfo", {}).get("Marked") != "true" or "StructTreeRoot" not in catalog:
        raise RenderRefused("The file would have no tags, so a screen reader could not read it.")
    if getattr(catalog.get("Lang"), "string", None) != language:
        raise RenderRefused("The file would not state its language.")
    if getattr(pdf.info.get("Title"), "string", None) != title:
        raise RenderRefused("The file would not carry the paper’s title.")
    if [intent["S"] for intent in catalog.get("OutputIntents", [])] != ["/GTS_PDFA1"]:
        raise RenderRefused("The file would not say what its colours are.")
    if "EmbeddedFiles" in catalog.get("Names", {}) or catalog.keys() & {"OpenAction", "AA"}:
        raise RenderRefused("The file would carry more than the paper.")
    if any("Annots" in pdf.objects[number] for number in pdf.pages["Kids"][::3]):
        raise RenderRefused("The paper would hold a link, which its tags do not describe.")


@contextmanager
def _carefully() -> Iterator[None]:
    """Render one paper at a time, and refuse it on WeasyPrint's warnings and foreign URLs."""
    # Imported here because it needs Pango and starts many processes to find it; only rendering
    # should need that.
    from weasyprint.urls import FatalURLFetchingError

    with undisturbed(), _warnings_refused():
        try:
            yield
        except FatalURLFetchingError as fault:
            raise RenderRefused("The paper asked for a file that is not part of it.") from fault


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold the lock with the garbage collector off: a long paper has millions of live objects, and
    scanning them takes a fifth of the time."""
    with _one_at_a_time:
        was_on = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_on:
                gc.enable()


class _Pages(logging.Handler):
    """Reports each page that is laid out. The second layout, for page counters, is not reported."""

    def __init__(self, report: ReportProgress) -> None:
        super().__init__(logging.INFO)
        self.report, self.last = report, 0

    def emit(self, record: logging.LogRecord) -> None:
        if "Creating layout - Page" in record.msg and isinstance(record.args, tuple):
            (page,) = record.args
            if isinstance(page, int) and page > self.last:
                self.last = page
                self.report(LAYOUT, page, 0)


@contextmanager
def _layout_reported(report: ReportProgress) -> Iterator[None]:
    """Report each page that WeasyPrint lays out meanwhile, from its log."""
    logger = logging.getLogger("weasyprint.progress")
    pages, level, passed_on = _Pages(report), logger.level, logger.propagate
    logger.addHandler(pages)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(pages)
        logger.setLevel(level)
        logger.propagate = passed_on


def _report_painting(pages: list[Any], report: ReportProgress) -> None:
    """Make each page report when it is painted.

    A page forgets this as soon as it is painted: it would hold itself, and all its boxes, until
    the garbage collector has walked through them, which takes a fifteenth of a long paper's time.
    """

    def painted(number: int, page: Any) -> Callable[..., None]:
        def paint_and_report(*args: Any, **kwargs: Any) -> None:
            del page.paint
            report(WRITING, number, len(pages))
            page.paint(*args, **kwargs)

        return paint_and_report

    for number, page in enumerate(pages, start=1):
        page.paint = painted(number, page)


class _Refusals(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _warnings_refused() -> Iterator[None]:
    """Refuse the paper if the renderer logs a warning."""
    logger = logging.getLogger("weasyprint")
    refusals = _Refusals()
    level = logger.level
    logger.addHandler(refusals)
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.removeHandler(refusals)
        logger.setLevel(level)
    if refusals.messages:
        raise RenderRefused(f"The paper could not be printed: {refusals.messages[0]}")


def _asset_path(name: str) -> Path:
    """Return the path of one of our static files, as found by Django."""
    from django.contrib.staticfiles import finders

    found = finders.find(name)
    if not found:
        raise RenderRefused(f"A file of the paper’s own look is missing: {name}.")
    return Path(found)


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """Return all URLs that the renderer may request, with their bytes and types."""
    kinds = {".css": "text/css", ".ttf": "font/ttf"}
    return {
        ASSETS + name: (path.read_bytes(), kinds[path.suffix])
        for name in (*SHEETS, LETTER_SHEET, MEETING_SHEET, RELEASED_SHEET, MARKED_UP_SHEET, *FONTS)
        for path in [_asset_path(name)]
    }


@cache
def _drawable() -> frozenset[str]:
    """Return the characters that all our fonts can draw."""
    from fontTools.ttLib import TTFont

    tables = []
    for name in FONTS:
        body, _kind = _assets()[ASSETS + name]
        tables.append(TTFont(BytesIO(body), lazy=True).getBestCmap().keys())
    codes = set.intersection(*map(set, tables))
    return frozenset(map(chr, codes)) | frozenset("\n")


@cache
def _font_configuration() -> Any:
    """Kept for the life of the process: loading the fonts takes a sixth of a short rendering.

    It removes its folder of fonts when it is dropped, so it must be before its modules are.
    """
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_font_configuration.cache_clear)
    return FontConfiguration()


@cache
def _counter_styles() -> Any:
    """Return where parsed stylesheets put their counter styles."""
    from weasyprint.css.counters import CounterStyle

    return CounterStyle()


@cache
def _sheet(url: str) -> Any:
    """Return a parsed stylesheet. Parsing takes a tenth of a short rendering."""
    from weasyprint import CSS

    return CSS(
        url=url,
        url_fetcher=_fetcher(),
        font_config=_font_configuration(),
        counter_style=_counter_styles(),
    )


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnAssetsOnly(URLFetcher):
        """Serves `_assets()` and pictures within the paper, without opening any URL."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(PICTURE):
                body, kind = b64decode(url.removeprefix(PICTURE), validate=True), "image/png"
            elif colours := _COLOURS.fullmatch(url):
                looks = CoverDesign(ink=f"#{colours[1]}", rule=f"#{colours[2]}")
                body, kind = colours_css(looks).encode(), "text/css"
            elif url in _assets():
                body, kind = _assets()[url]
            else:
                raise ValueError("Only the paper's own assets are served.")
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    return OwnAssetsOnly(allowed_protocols=("https",), allow_redirects=False, fail_on_errors=True)
