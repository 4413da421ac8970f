"""Fingerprints of the code, templates and fonts that files are made with.

When one changes, files are made again. They are digests of source files and library versions, so
that no version number has to be raised by hand.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

# Files that the rendered bytes depend on, besides the document.
LOOK = (
    "agencies/wording/translation.py",
    "reports/charts",
    "reports/document",
    "reports/render",
    "reports/templatetags/papers.py",
    "workitems/terms/item_texts.py",
    "workitems/terms/known_dates.py",
    "workitems/terms/spans.py",
    "workitems/terms/lateness.py",
    "workitems/terms/measure_sentence.py",
    "static/fonts",
    "static/paper",
    "templates/reports/render/paper",
)
PRINTERS = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "tinycss2",
    "cssselect2",
    "python-docx",
    "lxml",
    "pillow",
)
# Apps that compose a document from the records.
WRITERS = ("agencies", "reports", "workitems")
SOURCES = {".py", ".html", ".css", ".ttf", ".xml"}


@cache
def look() -> str:
    """Return the fingerprint of everything between a `Document` and the bytes of its file."""
    return _digest(LOOK, [f"{name} {version(name)}" for name in PRINTERS])


@cache
def wording() -> str:
    """Return the fingerprint of everything between the records and a `Document`."""
    return _digest(WRITERS, [f"django {version('django')}", settings.TIME_ZONE])


def _digest(places: Iterable[str], facts: Iterable[str]) -> str:
    """Return a digest of the facts, and of the files by name and content but not by folder."""
    contents = sorted(
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for place in places
        for path in _files(_found(place))
    )
    return hashlib.sha256("\n".join([*facts, *contents]).encode()).hexdigest()


def _found(place: str) -> Path:
    is_resource = place.startswith(("static/", "templates/"))
    folder: Path = settings.RESOURCES_DIR if is_resource else settings.CODE_DIR
    return folder / place


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.suffix in SOURCES)
