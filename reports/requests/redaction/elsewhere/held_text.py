"""The words of a paper as we hold it, in whatever program it was made."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import pypdfium2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from reports.requests.redaction.elsewhere.hidden_parts import MAX_PAGES, MAX_UNPACKED, unpacked

MAX_PART = 50_000_000  # bytes of one part of an Office file
NOTES = re.compile(r"word/(?:footnotes|endnotes)\.xml")
OPEN_PARTS = re.compile(r"content\.xml")
SLIDES = re.compile(r"ppt/slides/slide\d+\.xml")
# Which parts of an Office file have the words of its pages; of Word's headers and footers, those that are used.
PARTS = {"docx": NOTES, "pptx": SLIDES, "odt": OPEN_PARTS}
# What has words that no page shows: the older form of a text box, from where text was moved, deleted text, comments.
UNSHOWN = {"Fallback", "moveFrom", "del", "tracked-changes", "annotation"}
WORD = "word/document.xml"


def text_of(data: bytes, ending: str, check_time: Callable[[], None]) -> str:
    """Return the words of a file, or "" if they cannot be read: of a scan, a picture, an older format."""
    try:
        if ending == "pdf":
            return _of_pdf(data, check_time)
        if ending in PARTS:
            return "\n".join(_of_office(data, ending, check_time))
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


def _of_office(data: bytes, ending: str, check_time: Callable[[], None]) -> Iterator[str]:
    """Yield the words of each paragraph that a page shows."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = [each for each in archive.namelist() if PARTS[ending].fullmatch(each)]
        hidden = set[str]()
        if ending == "docx":
            names = [WORD, *_headers(archive), *names]
            hidden = _hidden_styles(archive)
        for name in names:
            if archive.getinfo(name).file_size <= MAX_PART:
                with archive.open(name) as opened:
                    for words in _paragraphs(opened, hidden):
                        check_time()
                        yield words


def _paragraphs(opened: IO[bytes], hidden: set[str]) -> Iterator[str]:
    """Yield the words that are shown of each paragraph. Text in a `hidden` style is not."""
    unshown = 0
    for event, each in iterparse(opened, events=("start", "end")):
        name = _name(each)
        if name in UNSHOWN:
            unshown += 1 if event == "start" else -1
            if event == "end":
                each.clear()
        elif name == "sld" and each.get("show") == "0":
            return
        elif event == "end" and name == "r" and _is_hidden(each, hidden):
            each.clear()
        elif event == "end" and name in ("p", "h"):
            # Word has its letters in elements of their own, and those it deleted in others.
            words = [t.text or "" for t in each.iter() if _name(t) == "t"]
            if not unshown and not _is_hidden(each, hidden):
                yield "".join(words or each.itertext())
            each.clear()


def _name(of: Any) -> str:
    name: str = of.tag.rpartition("}")[2]
    return name


def _value(of: Any, name: str = "val") -> str:
    return next((value for key, value in of.items() if key.rpartition("}")[2] == name), "")


def _child(of: Any, *names: str) -> Any:
    """Return what stands in an element at these names, one in the other, or None."""
    for name in names:
        of = next((each for each in of if _name(each) == name), None) if of is not None else None
    return of


def _is_hidden(of: Any, hidden: set[str]) -> bool:
    """Whether a run's own look, or the style of a run or a paragraph, says that it is not shown."""
    own = _child(of, "rPr", "vanish")
    if own is not None:
        return _value(own) not in ("0", "false", "off")
    style = _child(of, f"{_name(of)}Pr", f"{_name(of)}Style")
    return style is not None and _value(style) in hidden


def _hidden_styles(archive: zipfile.ZipFile) -> set[str]:
    """Return the styles of a Word file whose text is not shown, and those based on them."""
    above, hidden = {}, set()
    for each in _read(archive, "word/styles.xml"):
        key, base = _value(each, "styleId"), _child(each, "basedOn")
        above[key] = _value(base) if base is not None else ""
        if _is_hidden(each, set()):
            hidden.add(key)
    while more := {key for key, base in above.items() if base in hidden} - hidden:
        hidden |= more
    return hidden


def _headers(archive: zipfile.ZipFile) -> list[str]:
    """Return the headers and footers that a section of a Word file shows on some page, each once."""
    is_even = any(
        _name(each) == "evenAndOddHeaders" for each in _read(archive, "word/settings.xml")
    )
    targets = {
        _value(each, "Id"): f"word/{_value(each, 'Target').removeprefix('/word/')}"
        for each in _read(archive, "word/_rels/document.xml.rels")
    }
    used, shown = dict[str, None](), {"default", *(["even"] if is_even else [])}
    with archive.open(WORD) as opened:
        sections = [each for _event, each in iterparse(opened) if _name(each) == "sectPr"]
    for section in sections:
        kinds = {*shown, *(["first"] if _child(section, "titlePg") is not None else [])}
        for each in section:
            if (
                _name(each) in ("headerReference", "footerReference")
                and _value(each, "type") in kinds
            ):
                used[targets[_value(each, "id")]] = None
    return list(used)


def _read(archive: zipfile.ZipFile, name: str) -> Any:
    """Return the root of a small part, or nothing if the file has no such part."""
    if name not in archive.namelist() or archive.getinfo(name).file_size > MAX_PART:
        return ()
    return fromstring(archive.read(name))
