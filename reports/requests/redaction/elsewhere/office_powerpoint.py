"""Find what a PowerPoint presentation has that its slides do not show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.office_excel import of_drawing
from reports.requests.redaction.elsewhere.office_parts import Parts, all_named, child_of, value_of

PRESENTATION = "ppt/presentation.xml"
SIZE = (12_192_000, 6_858_000)  # in English Metric Units, if the file does not say it
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")


def of_powerpoint(parts: Parts, check_time: Callable[[], None]) -> Iterator[Found]:
    main = parts.root(PRESENTATION)
    said = child_of(main, "sldSz") if not isinstance(main, tuple) else None
    size = SIZE if said is None else (int(value_of(said, "cx")), int(value_of(said, "cy")))
    for name in parts.names:
        if not (match := SLIDE.fullmatch(name)):
            continue
        check_time()
        slide, place = parts.root(name), f"slide::{match[1]}"
        if value_of(slide, "show") == "0":
            yield Found("office_slide", words=_text(slide), place=place)
        for shape in all_named(slide, "sp", "pic", "graphicFrame"):
            if _is_off(shape, size):
                yield Found("office_away", words=_text(shape), place=place)
        yield from of_drawing(slide, place)
        for each in parts.related(name).values():
            if each.is_outside or each.target not in parts.names:
                continue
            if each.kind == "notesSlide" and (words := _text(parts.root(each.target))).strip():
                yield Found("office_notes", words=words, place=place)
            elif each.kind == "comments":
                for note in all_named(parts.root(each.target), "cm"):
                    words = _text(note) or "".join(
                        text.text or "" for text in all_named(note, "text")
                    )
                    yield Found("office_comment", words=words, place=place)


def _is_off(shape: Any, size: tuple[int, int]) -> bool:
    at = next(all_named(shape, "off"), None)
    extent = next(all_named(shape, "ext"), None)
    if at is None:
        return False
    for side, length, end in (("x", "cx", size[0]), ("y", "cy", size[1])):
        begins = int(value_of(at, side) or 0)
        long = int(value_of(extent, length) or 0) if extent is not None else 0
        if begins >= end or begins + long <= 0:
            return True
    return False


def _text(of: Any) -> str:
    return " ".join("".join(t.text or "" for t in all_named(p, "t")) for p in all_named(of, "p"))
