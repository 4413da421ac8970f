"""The check as a job of the worker: bytes in, bytes out, without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any

import pikepdf
from pypdfium2 import PDFIUM_INFO

from reports.requests.redaction.elsewhere.compared import Comparison, compare
from reports.requests.redaction.elsewhere.examination import (
    SECONDS,
    Clock,
    Examined,
    TooSlow,
    examine_copy,
)
from reports.requests.redaction.elsewhere.found import DRAWN_OVER, INFORMATION, UNREADABLE, Found
from reports.requests.redaction.elsewhere.held_text import text_of
from reports.requests.redaction.elsewhere.looks import Looks, compare_looks
from reports.requests.redaction.elsewhere.office_parts import TooLarge
from reports.requests.redaction.elsewhere.picture_files import NO_PICTURE
from reports.requests.redaction.elsewhere.pictures import printed
from reports.requests.redaction.withheld_words import Searched, sought


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be checked: a file, and the paper that it stands for.

    `endings` are of the files in which the paper is held, none if there is nothing to compare. `known` is what
    the schedule says of the paper, which the file may say too. `needles` are words withheld elsewhere in the
    schedule. Of an upload, document information that no page shows is removed if nothing else is wrong.
    """

    endings: tuple[str, ...] = ()
    known: str = ""
    is_upload: bool = False
    is_part: bool = False
    as_pictures: bool = False
    needles: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()

    def packed(self, data: bytes, *held: bytes) -> bytes:
        head = {**asdict(self), "sizes": [len(each) for each in (data, *held)]}
        return b"".join((json.dumps(head).encode(), b"\n", data, *held))


def checked(packed: bytes) -> bytes:
    """Return the report as JSON and, after a line break, the file that was made of the one that was sent."""
    head, _line, rest = packed.partition(b"\n")
    entries: dict[str, Any] = json.loads(head)
    files, at = [], 0
    for size in entries.pop("sizes"):
        files.append(rest[at : at + size])
        at += size
    report, made = check(Task(**entries), *files)
    return json.dumps(report, ensure_ascii=False).encode() + b"\n" + made


def check(task: Task, data: bytes, *held: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the report as plain data, and the file printed to pictures or cleaned, or b""."""
    made = b""
    clock = Clock()
    examined = first = examine_copy(data, known=task.known, clock=clock)
    if task.as_pictures:
        if {each.kind for each in first.found} & UNREADABLE:
            return _report(first), b""
        try:
            data = made = printed(data, clock.check)
        except NO_PICTURE:
            return _report(replace(first, found=(Found("unexamined"), Found("damaged")))), b""
        except TooSlow:
            return _report(replace(first, found=(*first.found, _slow()))), b""
        examined = examine_copy(data, known=task.known, clock=clock)
    elif task.is_upload and first.found and {each.kind for each in first.found} <= INFORMATION:
        cleaned = without_information(data)
        again = examine_copy(cleaned, known=task.known, clock=clock)
        if again.passes:
            data = made = cleaned
            examined = first = again
    if task.as_pictures and {each.kind for each in first.found} & DRAWN_OVER:
        # A comment covers some of what was seen before, and pictures have no words.
        first = examined
    # Pictures have no words to compare, but what was seen before has.
    text = "\n".join(first.visible if task.as_pictures else first.texts)
    if found := Searched(text).found(sought(task.needles, task.visible)):
        words = ", ".join(form.shown for form in found)
        examined = replace(examined, found=(*examined.found, Found("withheld", words=words)))
    if not examined.is_complete:  # It is refused, and what was not read would count as missing.
        return _report(examined), made
    try:
        held_texts, is_large = [], False
        for each, ending in zip(held, task.endings, strict=True):
            try:
                held_texts.append(text_of(each, ending, clock.check))
            except TooLarge:
                is_large = True
        comparison = _compared(text, held_texts) if first.is_complete else None
        looks = _looked_at(task, data, held, clock) if task.is_part else None
    except TooSlow:
        return _report(replace(examined, found=(*examined.found, _slow()))), made
    return {
        **_report(examined),
        "comparison": comparison.as_plain if comparison is not None else None,
        "looks": looks.as_plain if looks is not None else None,
        "held_has_text": comparison is not None or any(each.strip() for each in held_texts),
        "held_is_large": is_large and comparison is None,
        "is_cleaned": bool(made) and not task.as_pictures,
        "unread": first.unread,
    }, made


def _slow() -> Found:
    return Found("slow", words=f"{SECONDS:.0f}")


def without_information(data: bytes) -> bytes:
    """Return the file without its document information, in both places in which a PDF has it."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream) and "/Metadata" in each:
                del each["/Metadata"]
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _compared(text: str, held_texts: Sequence[str]) -> Comparison | None:
    """Return how the words differ from those of that file of the paper which is nearest."""
    if not text.strip():
        return None
    found = [compare(each, text) for each in held_texts]
    return min(filter(None, found), key=lambda each: (each.gone, each.added), default=None)


def _looked_at(task: Task, data: bytes, held: Sequence[bytes], clock: Clock) -> Looks | None:
    found = [
        compare_looks(each, ending, data, clock.check)
        for each, ending in zip(held, task.endings, strict=True)
    ]
    return max(filter(None, found), key=lambda each: (each.is_whole, each.same), default=None)


def _report(examined: Examined) -> dict[str, Any]:
    return {
        **examined.as_plain,
        "texts": (),
        "visible": (),
        "readers": (f"pikepdf {pikepdf.__version__}", f"PDFium {PDFIUM_INFO.build}"),
        "has_text": any(text.strip() for text in examined.texts),
        "comparison": None,
        "looks": None,
        "is_cleaned": False,
        "unread": (),
    }
