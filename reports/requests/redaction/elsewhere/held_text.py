"""The words of a paper as we hold it, in whatever program it was made."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import ParseError

import pypdfium2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from reports.requests.redaction.elsewhere.hidden_parts import MAX_PAGES, MAX_UNPACKED, unpacked

MAX_PART = 50_000_000  # bytes of one part of an Office file
WORD_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
OPEN_PARTS = re.compile(r"content\.xml")
SLIDES = re.compile(r"ppt/slides/slide\d+\.xml")
# Which parts of an Office file have the words of its pages.
PARTS = {"docx": WORD_PARTS, "pptx": SLIDES, "odt": OPEN_PARTS}


def text_of(data: bytes, ending: str, check_time: Callable[[], None]) -> str:
    """Return the words of a file, or "" if they cannot be read: of a scan, a picture, an older format."""
    try:
        if ending == "pdf":
            return _of_pdf(data, check_time)
        if ending in PARTS:
            return "\n".join(_of_office(data, PARTS[ending]))
        return data.decode("utf-8-sig", "replace") if ending in ("txt", "csv") else ""
    except (
        *(pypdfium2.PdfiumError, zipfile.BadZipFile, ParseError, DefusedXmlException),
        *(ValueError, KeyError, OSError, RuntimeError, NotImplementedError),
    ):
        return ""


def _of_pdf(data: bytes, check_time: Callable[[], None]) -> str:
    if unpacked(data) > MAX_UNPACKED:
        return ""
    texts = []
    with pypdfium2.PdfDocument(data) as opened:
        if len(opened) > MAX_PAGES:
            return ""
        for page in opened:
            check_time()
            texts.append(page.get_textpage().get_text_range())
            page.close()
    return "\n".join(texts)


def _of_office(data: bytes, parts: re.Pattern[str]) -> Iterator[str]:
    """Yield the words of each paragraph; what a tracked change deleted is none."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for part in archive.infolist():
            if parts.fullmatch(part.filename) and part.file_size <= MAX_PART:
                with archive.open(part) as opened:
                    yield from _paragraphs(opened)


def _paragraphs(opened: IO[bytes]) -> Iterator[str]:
    deleted = 0
    for event, each in iterparse(opened, events=("start", "end")):
        name = each.tag.rpartition("}")[2]
        if name == "tracked-changes":
            deleted += 1 if event == "start" else -1
        elif event == "end" and name in ("p", "h"):
            # Word has its letters in elements of their own, and those it deleted in others.
            words = [t.text or "" for t in each.iter() if t.tag.rpartition("}")[2] == "t"]
            if not deleted:
                yield "".join(words or each.itertext())
            each.clear()
