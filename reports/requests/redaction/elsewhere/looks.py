"""Compare the pictures of a copy's pages with those of the paper that we hold, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from reports.requests.redaction.elsewhere.hidden_parts import MAX_PAGES, MAX_UNPACKED, unpacked

DOTS = 144  # an inch
CELLS = 168  # along the longer side of a page, of five points on A4
# How far a cell with the eight around it must differ, of 255: a figure of ten points does, and what a JPEG loses does not.
CONTRAST = 14
SECONDS = 60.0  # of processor time
MAX_PIXELS = 6_000_000  # of a page
MAX_PICTURE = 50_000_000  # pixels of a scan
PICTURES = ("png", "jpg", "jpeg")


@dataclass(frozen=True, slots=True)
class Looks:
    """Which pages of a copy look like one of the paper's, and whether each of the paper's is in it."""

    same: tuple[int, ...]  # numbers of the copy's pages
    is_whole: bool

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
    return Looks(tuple(sorted(same)), found == len(theirs))


def _pages_of(data: bytes, ending: str, check_time: Callable[[], None]) -> list[Image.Image]:
    """Return the pages, small, or none if they cannot be drawn."""
    try:
        if ending == "pdf" and unpacked(data) <= MAX_UNPACKED:
            with pypdfium2.PdfDocument(data) as opened:
                return list(_drawn(opened, check_time)) if len(opened) <= MAX_PAGES else []
        if ending in PICTURES:
            with Image.open(BytesIO(data)) as opened:
                return [_small(opened)] if opened.width * opened.height <= MAX_PICTURE else []
    except (pypdfium2.PdfiumError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
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


def _is_alike(page: Image.Image, other: Image.Image) -> bool:
    if max(abs(page.width - other.width), abs(page.height - other.height)) > 1:
        return False
    apart = ImageChops.difference(page, other.resize(page.size)).histogram()
    return not any(apart[CONTRAST:])
