"""The words of a paper as we hold it, in whatever program it was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO, Any

import pypdfium2
from defusedxml.ElementTree import iterparse

from reports.requests.redaction.elsewhere.hidden_parts import MAX_PAGES, MAX_UNPACKED, unpacked
from reports.requests.redaction.elsewhere.office_parts import (
    UNREADABLE_OFFICE,
    Parts,
    TooLarge,
    child_of,
    is_on,
    local_name,
    value_of,
)

NOTES = re.compile(r"word/(?:footnotes|endnotes)\.xml")
OPEN_PARTS = re.compile(r"content\.xml")
SLIDES = re.compile(r"ppt/slides/slide\d+\.xml")
# Which parts of an Office file have the words of its pages; of Word's headers and footers, those that are used.
PARTS = {"docx": NOTES, "pptx": SLIDES, "odt": OPEN_PARTS}
# What has words that no page shows: the older form of a text box, from where text was moved, deleted text, comments.
UNSHOWN = {"Fallback", "moveFrom", "del", "tracked-changes", "annotation"}
WORD = "word/document.xml"


def text_of(data: bytes, ending: str, check_time: Callable[[], None]) -> str:
    """Return the words of a file, or "" if they cannot be read: of a scan, a picture, an older format.

    Raise `TooLarge` for a file of which only a part would be read.
    """
    try:
        if ending == "pdf":
            return _of_pdf(data, check_time)
        if ending in PARTS:
            return "\n".join(_of_office(data, ending, check_time))
        return data.decode("utf-8-sig", "replace") if ending in ("txt", "csv") else ""
    except (pypdfium2.PdfiumError, *UNREADABLE_OFFICE):
        return ""


def _of_pdf(data: bytes, check_time: Callable[[], None]) -> str:
    if unpacked(data) > MAX_UNPACKED:
        raise TooLarge
    texts = []
    with pypdfium2.PdfDocument(data) as opened:
        if len(opened) > MAX_PAGES:
            raise TooLarge
        for page in opened:
            check_time()
            texts.append(page.get_textpage().get_text_range())
            page.close()
    return "\n".join(texts)


def _of_office(data: bytes, ending: str, check_time: Callable[[], None]) -> Iterator[str]:
    """Yield the words of each paragraph that a page shows."""
    with Parts(data) as parts:
        names = [each for each in parts.names if PARTS[ending].fullmatch(each)]
        hidden = set[str]()
        if ending == "docx":
            names = [WORD, *headers_shown(parts), *names]
            hidden = hidden_styles(parts)
        for name in names:
            with parts.open(name) as opened:
                for words in _paragraphs(opened, hidden):
                    check_time()
                    yield words


def _paragraphs(opened: IO[bytes], hidden: set[str]) -> Iterator[str]:
    """Yield the words that are shown of each paragraph. Text in a `hidden` style is not."""
    unshown = 0
    for event, each in iterparse(opened, events=("start", "end")):
        name = local_name(each)
        if name in UNSHOWN:
            unshown += 1 if event == "start" else -1
            if event == "end":
                each.clear()
        elif name == "sld" and each.get("show") == "0":
            return
        elif event == "end" and name == "r" and is_hidden(each, hidden):
            each.clear()
        elif event == "end" and name in ("p", "h"):
            # Word has its letters in elements of their own, and those it deleted in others.
            words = [t.text or "" for t in each.iter() if local_name(t) == "t"]
            if not unshown and not is_hidden(each, hidden):
                yield "".join(words or each.itertext())
            each.clear()


def is_hidden(of: Any, hidden: set[str]) -> bool:
    """Whether a run's own look, or the style of a run or a paragraph, says that it is not shown."""
    own = child_of(of, "rPr", "vanish")
    if own is not None:
        return is_on(own)
    style = child_of(of, f"{local_name(of)}Pr", f"{local_name(of)}Style")
    return style is not None and value_of(style) in hidden


def hidden_styles(parts: Parts) -> set[str]:
    """Return the styles of a Word file whose text is not shown, and those based on them."""
    above, hidden = {}, set()
    for each in parts.root("word/styles.xml"):
        key, base = value_of(each, "styleId"), child_of(each, "basedOn")
        above[key] = value_of(base) if base is not None else ""
        if is_hidden(each, set()):
            hidden.add(key)
    while more := {key for key, base in above.items() if base in hidden} - hidden:
        hidden |= more
    return hidden


def headers_shown(parts: Parts) -> list[str]:
    """Return the headers and footers that a section of a Word file shows on some page, each once."""
    is_even = child_of(parts.root("word/settings.xml"), "evenAndOddHeaders") is not None
    targets = {key: each.target for key, each in parts.related(WORD).items()}
    used, shown = dict[str, None](), {"default", *(["even"] if is_even else [])}
    with parts.open(WORD) as opened:
        for _event, section in iterparse(opened):
            name = local_name(section)
            if name == "sectPr":
                is_first = child_of(section, "titlePg") is not None
                kinds = {*shown, *(["first"] if is_first else [])}
                for each in section:
                    if (
                        local_name(each) in ("headerReference", "footerReference")
                        and value_of(each, "type") in kinds
                    ):
                        used[targets[value_of(each, "id")]] = None
            elif (
                name == "r"
            ):  # of which nothing is kept, so that memory does not grow with the words
                section.clear()
    return list(used)
