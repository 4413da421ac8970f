"""Which edition of our own code and look a file was made with: another one is made anew.

Both are digests of source files and versions, so that nobody has to remember to raise a number.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

# What a file's bytes depend on besides the paper's words.
LOOK = (
    "reports/document",
    "reports/render",
    "workitems/standing.py",
    "static/fonts",
    "static/paper",
    "templates/reports/paper",
)
PRINTERS = ("weasyprint", "pydyf", "fonttools", "tinycss2", "cssselect2", "python-docx", "lxml")
# What writes the words from the records.
WRITERS = ("agencies", "reports", "workitems")
SOURCES = {".py", ".html", ".css", ".ttf", ".xml"}


@cache
def look() -> str:
    """Of everything between a `Document` and the bytes of its file."""
    return _digest(LOOK, [f"{name} {version(name)}" for name in PRINTERS])


@cache
def wording() -> str:
    """Of everything between the records and a `Document`."""
    return _digest(WRITERS, [f"django {version('django')}", settings.TIME_ZONE])


def _digest(places: Iterable[str], facts: Iterable[str]) -> str:
    """Digest of the facts and of the files, by name and content. The folder makes no difference."""
    contents = sorted(
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for place in places
        for path in _files(settings.BASE_DIR / place)
    )
    return hashlib.sha256("\n".join([*facts, *contents]).encode()).hexdigest()


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.suffix in SOURCES)
