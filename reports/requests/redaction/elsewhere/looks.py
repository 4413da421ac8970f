"""Compare the pictures of a copy's pages with those of the paper that we hold, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from reports.requests.redaction.elsewhere.hidden_parts import MAX_PAGES, MAX_UNPACKED, unpacked
from reports.requests.redaction.elsewhere.picture_files import MAX_PICTURE, NO_PICTURE, as_seen

DOTS = 144  # an inch
CELLS = 168  # along the longer side of a page, of five points on A4
# How far a cell with the eight around it must differ, of 255: a figure of ten points does, and what a JPEG loses does not.
CONTRAST = 14
MAX_PIXELS = 6_000_000  # of a page
MAX_LINES = 500  # of a page
MAX_LINE = 200  # letters shown of a line
PICTURES = ("png", "jpg", "jpeg")


@dataclass(frozen=True, slots=True)
class Apart:
    """A page of a copy that looks different from the paper's at its place, and the paper's lines that lie where they
    differ: none if the words of the paper's page cannot be read."""

    page: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """Which pages of a copy look like one of the paper's, and whether each of the paper's is in it."""

    same: tuple[int, ...]  # numbers of the copy's pages
    is_whole: bool
    apart: tuple[Apart, ...] = ()

    @property
    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def compare_looks(
    held: bytes, ending: str, copy: bytes, check_time: Callable[[], None]
) -> Looks | None:
    """Return how the pages compare, or None if the pages of one of both cannot be drawn.

    A page of the copy may have moved by as many pages as the copy has more than the paper.
    """
    theirs = _pages_of(held, ending, check_time)
    ours = _pages_of(copy, "pdf", check_time)
    if not theirs or not ours:
        return None
    more = max(len(ours) - len(theirs), 0)
    same: set[int] = set()
    found = 0
    for at, page in enumerate(theirs):
        check_time()
        alike = [
            at + by + 1
            for by in range(more + 1)
            if at + by < len(ours) and _is_alike(page, ours[at + by])
        ]
        same.update(alike)
        found += bool(alike)
    apart: tuple[Apart, ...] = ()
    if len(ours) == len(theirs):  # else a page's place in the paper is not known
        others = [at for at in range(len(ours)) if at + 1 not in same]
        apart = tuple(_apart(held, ending, theirs, ours, others, check_time))
    return Looks(tuple(sorted(same)), found == len(theirs), apart)


def _apart(
    held: bytes,
    ending: str,
    theirs: list[Image.Image],
    ours: list[Image.Image],
    pages: Iterable[int],
    check_time: Callable[[], None],
) -> Iterable[Apart]:
    """Yield each of the pages with the paper's lines where it differs."""
    if ending != "pdf":
        yield from (Apart(at + 1) for at in pages)
        return
    with pypdfium2.PdfDocument(held) as opened:
        for at in pages:
            check_time()
            page = opened[at]
            try:
                yield Apart(at + 1, tuple(_lines_apart(page, theirs[at], ours[at])))
            except pypdfium2.PdfiumError:
                yield Apart(at + 1)
            finally:
                page.close()


def _lines_apart(page: Any, theirs: Image.Image, ours: Image.Image) -> Iterable[str]:
    """Yield the lines of a page through whose middle a difference runs. Of a turned page, yield none."""
    if page.get_rotation() or not _is_same_size(theirs, ours):
        return
    left, bottom, right, top = page.get_cropbox()
    across, down = theirs.width / (right - left), theirs.height / (top - bottom)
    apart = ImageChops.difference(theirs, ours.resize(theirs.size))
    text = page.get_textpage()
    words: dict[int, list[str]] = {}  # the rectangles of a line by the row of cells in its middle
    differs = set()
    for number in range(min(text.count_rects(), MAX_LINES)):
        x, y, x_end, y_end = text.get_rect(number)
        row = min(max(int((top - (y + y_end) / 2) * down), 0), theirs.height - 1)
        words.setdefault(row, []).append(text.get_text_bounded(x, y, x_end, y_end).strip())
        ends = max(int((x - left) * across), 0), min(int((x_end - left) * across) + 1, theirs.width)
        if ends[0] < ends[1]:
            cells = apart.crop((ends[0], row, ends[1], row + 1)).histogram()
            if any(cells[CONTRAST:]):
                differs.add(row)
    for row, found in words.items():
        if row in differs:
            yield " ".join(" ".join(found).split())[:MAX_LINE]


def _pages_of(data: bytes, ending: str, check_time: Callable[[], None]) -> list[Image.Image]:
    """Return the pages, small, or none if they cannot be drawn."""
    try:
        if ending == "pdf" and unpacked(data) <= MAX_UNPACKED:
            with pypdfium2.PdfDocument(data) as opened:
                return list(_drawn(opened, check_time)) if len(opened) <= MAX_PAGES else []
        if ending in PICTURES:
            with Image.open(BytesIO(data)) as opened:
                is_small = opened.width * opened.height <= MAX_PICTURE
                return [_small(as_seen(opened))] if is_small else []
    except (pypdfium2.PdfiumError, *NO_PICTURE):
        return []
    return []


def _drawn(opened: Any, check_time: Callable[[], None]) -> Iterable[Image.Image]:
    for page in opened:
        check_time()
        width, height = page.get_size()
        scale = min(DOTS / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
        yield _small(page.render(scale=scale, draw_annots=False, may_draw_forms=False).to_pil())
        page.close()


def _small(page: Image.Image) -> Image.Image:
    by = CELLS / max(page.size)
    cells = max(1, round(page.width * by)), max(1, round(page.height * by))
    return page.convert("L").resize(cells, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))


def _is_same_size(page: Image.Image, other: Image.Image) -> bool:
    return max(abs(page.width - other.width), abs(page.height - other.height)) <= 1


def _is_alike(page: Image.Image, other: Image.Image) -> bool:
    if not _is_same_size(page, other):
        return False
    apart = ImageChops.difference(page, other.resize(page.size)).histogram()
    return not any(apart[CONTRAST:])
