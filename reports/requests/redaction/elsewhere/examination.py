"""Examine a PDF that another program made: the whole check, and its result as plain data."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.hidden_parts import (
    MAX_PAGES,
    MAX_UNPACKED,
    Structure,
    of_the_bytes,
    unpacked,
    unread,
    unseen_words,
)
from reports.requests.redaction.elsewhere.other_kinds import examine_other
from reports.requests.redaction.elsewhere.seen import Seen, look
from reports.requests.redaction.withheld_words import folded

SECONDS = 18.0  # of processor time for a whole check; the step that passes it ends first
MAX_FOUND = 200  # that are listed
MAX_WORDS = 200  # letters that are quoted


class TooSlow(Exception):
    """The check has used its time."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The result: what is wrong, what the pages say, and which part of that is seen."""

    pages: int
    found: tuple[Found, ...]
    texts: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    recognised: int = 0

    @property
    def passes(self) -> bool:
        return not self.found

    @property
    def is_complete(self) -> bool:
        """Whether it came to the last page."""
        return 0 < self.pages == len(self.texts)

    @property
    def unread(self) -> tuple[int, ...]:
        """The numbers of the pages without a word: pictures, drawings, and blank ones."""
        return tuple(number for number, text in enumerate(self.texts, 1) if not text.strip())

    @property
    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


class Clock:
    """The processor time that one check may take."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds, self.until = seconds, time.process_time() + seconds

    def check(self) -> None:
        """Raise `TooSlow` when it is used."""
        if time.process_time() > self.until:
            raise TooSlow


def examine_copy(data: bytes, *, known: str = "", clock: Clock | None = None) -> Examined:
    """Return everything that is in a PDF and that its pages do not show, all at once; of another file, why it is none
    and what it has unseen.

    Words of `known` may stand in its information: the title that the schedule gives the paper.
    """
    clock = clock or Clock()
    if not data.startswith(b"%PDF-"):
        try:
            return Examined(0, examine_other(data, clock.check))
        except TooSlow:
            return Examined(0, (Found("slow", words=f"{clock.seconds:.0f}"),))
    if unpacked(data) > MAX_UNPACKED:
        return Examined(0, (Found("large", words=f"{MAX_UNPACKED // 1_000_000} MB"),))
    work = _Examination(data, known, clock)
    try:
        work.run()
    except pikepdf.PasswordError:
        work.found.append(Found("password"))
    except pikepdf.PdfError:
        work.found.append(Found("damaged" if work.pages else "not_pdf"))
    except TooSlow:
        work.found.append(Found("slow", words=f"{clock.seconds:.0f}"))
    except OverflowError:
        work.found.append(Found("crowded"))
    except MemoryError:
        work.found.append(Found("large", words=f"{MAX_UNPACKED // 1_000_000} MB"))
    except (
        *(pypdfium2.PdfiumError, ValueError, TypeError, KeyError, AttributeError, RecursionError),
        *(OSError, AssertionError, IndexError, NotImplementedError),
    ):
        work.found.append(Found("damaged"))
    return work.examined


class _Examination:
    def __init__(self, data: bytes, known: str, clock: Clock) -> None:
        self.data, self.known, self.check_time = data, known, clock.check
        self.pages = 0
        self.found: list[Found] = []
        self.seen: list[Seen] = []

    @property
    def examined(self) -> Examined:
        once = dict.fromkeys(replace(each, words=each.words[:MAX_WORDS]) for each in self.found)
        found = sorted(once, key=lambda each: (each.page == 0, each.page))
        if more := len(found[MAX_FOUND:]):
            found[MAX_FOUND:] = [Found("more", words=f"{more:,}")]
        return Examined(
            pages=self.pages,
            found=tuple(found),
            texts=tuple(each.text for each in self.seen),
            visible=tuple(each.visible for each in self.seen),
            recognised=sum(each.recognised for each in self.seen),
        )

    def run(self) -> None:
        with pikepdf.open(BytesIO(self.data), suppress_warnings=True) as pdf:
            self.pages = len(pdf.pages)
            if not 0 < self.pages <= MAX_PAGES:
                kind = "pages" if self.pages else "no_pages"
                self.found.append(Found(kind, words=str(MAX_PAGES)))
                return
            if pdf.is_encrypted:
                self.found.append(Found("password"))
                return
            structure = Structure(pdf, self.check_time)
            structure.read()
            self.found += structure.found
            self.found += of_the_bytes(self.data, pdf)
            if pdf.get_warnings() and Found("revision") not in self.found:
                self.found.append(Found("damaged"))
        self._look(structure)

    def _look(self, structure: Structure) -> None:
        shown = set(folded(self.known))
        with pypdfium2.PdfDocument(self.data) as opened:
            if len(opened) != self.pages:
                self.found.append(Found("damaged"))
                return
            for number in range(1, self.pages + 1):
                page = opened[number - 1]
                seen = look(page, number, self.check_time)
                page.close()
                self.seen.append(seen)
                self.found += seen.found
                shown.update(folded(seen.visible))
                if words := unread(structure.texts[number - 1], seen.text):
                    self.found.append(Found("unread", number, words))
        self.found += unseen_words(structure.said, shown)
