"""The check as a job of the worker: bytes in, bytes out, without a database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import pikepdf
from pypdfium2 import PDFIUM_INFO

from reports.requests.redaction.elsewhere.compared import compare
from reports.requests.redaction.elsewhere.examination import Clock, Examined, examine_copy
from reports.requests.redaction.elsewhere.found import DRAWN_OVER, UNREADABLE, Found
from reports.requests.redaction.elsewhere.held_text import text_of
from reports.requests.redaction.elsewhere.pictures import printed
from reports.requests.redaction.withheld_words import Searched, sought


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be checked: a file, and the paper that it stands for.

    `ending` is of the held paper's name, "" if there is nothing to compare. `known` is what the schedule says
    of the paper, which the file may say too. `needles` are words withheld elsewhere in the schedule.
    """

    ending: str = ""
    known: str = ""
    as_pictures: bool = False
    needles: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()

    def packed(self, data: bytes, held: bytes) -> bytes:
        head = {**asdict(self), "size": len(data)}
        return json.dumps(head).encode() + b"\n" + data + held


def checked(packed: bytes) -> bytes:
    """Return the report as JSON and, after a line break, the file that was printed to pictures."""
    head, _line, rest = packed.partition(b"\n")
    entries: dict[str, Any] = json.loads(head)
    size = entries.pop("size")
    task = Task(**entries)
    report, made = check(task, rest[:size], rest[size:])
    return json.dumps(report, ensure_ascii=False).encode() + b"\n" + made


def check(task: Task, data: bytes, held: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the report as plain data, and the file made of pictures or b""."""
    made, text = b"", ""
    if task.as_pictures:
        first = examine_copy(data, known=task.known)
        kinds = {each.kind for each in first.found}
        if kinds & UNREADABLE:
            return _report(first, None), b""
        # Pictures have no words to compare, but what was seen before has, unless a comment covers some.
        text = "" if kinds & DRAWN_OVER else "\n".join(first.visible)
        data = made = printed(data, Clock().check)
    examined = examine_copy(data, known=task.known)
    text = text or "\n".join(examined.texts)
    if found := Searched(text).found(sought(task.needles, task.visible)):
        words = ", ".join(form.shown for form in found)
        examined = replace(examined, found=(*examined.found, Found("withheld", words=words)))
    comparison = None
    if task.ending and text.strip():
        comparison = compare(text_of(held, task.ending, Clock().check), text)
    return _report(examined, comparison), made


def _report(examined: Examined, comparison: Any) -> dict[str, Any]:
    return {
        **examined.as_plain,
        "texts": (),
        "visible": (),
        "readers": (f"pikepdf {pikepdf.__version__}", f"PDFium {PDFIUM_INFO.build}"),
        "has_text": any(text.strip() for text in examined.texts),
        "comparison": comparison.as_plain if comparison is not None else None,
    }
