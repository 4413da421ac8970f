"""The paper on a screen, where each piece of text says which place of the document it is from.

A page's script finds there what a person selects. What is withheld is marked in its place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reports.document import Document, ProgressPicture, Run, plain, words
from reports.render.html import document_fragment
from reports.requests.redaction.redact import CLOSES, KEPT, OPENS, SHUT, leaves

# Entries that are drawn, or counted, rather than printed.
DRAWN = frozenset({"pillars", "timeline"})

# Beside the grounds, so that colour alone says nothing.
SHAPES = {"proposed": "in_doubt", "agreed": "complete", "chosen": "late"}

_PIECE = re.compile(rf"{OPENS}(\d+)\.(\d+)\.([\d,]*){SHUT}([^<>{CLOSES}]*){CLOSES}")
_MARKS = re.compile(rf"{OPENS}[\d.,]*{SHUT}|{CLOSES}")
# What holds no elements: tags with their attributes, and pictures.
_WITHOUT_PIECES = re.compile(r"<svg\b.*?</svg>|<[^>]*>", re.S)


@dataclass(frozen=True)
class Marked:
    """What is withheld, as the paper shows it: `key` is its anchor, `said` its grounds and state.

    `look` is proposed, agreed, or chosen: what the form is about to withhold.
    """

    key: str
    place: str
    start: int
    end: int
    grounds: str
    look: str = "proposed"


def selectable_fragment(document: Document, marked: Sequence[Marked]) -> SafeString:
    """Return the paper alone, its texts as elements with their place and where in it they begin.

    Counts of a picture, and its rows, are not among them.
    """
    paper = _Paper(document, marked)
    return mark_safe(paper.with_elements(document_fragment(paper.document())))


class _Paper:
    def __init__(self, document: Document, marked: Sequence[Marked]) -> None:
        self.of, self.marked = document, marked
        self.leaves = leaves(document)
        self.at = {leaf.place: index for index, leaf in enumerate(self.leaves)}
        self.spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for number, each in enumerate(marked):
            for index, start, end in self._parts(each):
                self.spans[index].append((start, end, number))
        self.named: set[int] = set()

    def _parts(self, marked: Marked) -> Iterator[tuple[int, int, int]]:
        """Yield the leaves that it withholds, each with start and end."""
        if marked.place in self.at:
            yield self.at[marked.place], marked.start, marked.end
            return
        kept = {f"{marked.place}.{name}" for name in KEPT}
        for index, leaf in enumerate(self.leaves):
            if leaf.place.startswith(f"{marked.place}.") and leaf.place not in kept:
                yield index, 0, len(leaf.text)

    def document(self) -> Document:
        """Return the document with marks around each piece of text."""
        document: Document = self._of(self.of, "")
        cover = document.cover
        if len(self.of.cover.addressee) == 1:
            cover = _with(cover, minister=cover.portfolio)
        if cover.design is not None and self.of.cover.design is not None:
            pairs = zip(
                (*self.of.sections, self.of.recommendation, *self.of.annexes),
                (*document.sections, document.recommendation, *document.annexes),
                strict=True,
            )
            marked = {was.heading.casefold(): now.heading for was, now in pairs}
            headings = tuple(
                _with(now, heading=marked.get(was.heading.casefold(), was.heading))
                for was, now in zip(
                    self.of.cover.design.headings, cover.design.headings, strict=True
                )
            )
            cover = _with(cover, design=_with(cover.design, headings=headings))
        document = _with(document, cover=cover)
        return document

    def _of(self, value: Any, place: str) -> Any:
        if (index := self.at.get(place)) is not None:
            if isinstance(value, str):
                return "".join(run.text for run in self._pieces(plain(value), index))
            return tuple(self._pieces(value, index))
        if isinstance(value, tuple):
            return tuple(self._of(entry, f"{place}.{number}") for number, entry in enumerate(value))
        if is_dataclass(value) and not isinstance(value, Enum | type):
            skipped = DRAWN if isinstance(value, ProgressPicture) else ()
            changes = {
                each.name: self._of(
                    getattr(value, each.name), f"{place}.{each.name}" if place else each.name
                )
                for each in fields(value)
                if each.name not in skipped
            }
            return _with(value, **changes)
        return value

    def _pieces(self, text: tuple[Run, ...], index: int) -> Iterator[Run]:
        """Yield the text's runs, each cut where something withheld begins or ends."""
        spans = self.spans[index]
        cuts = {cut for start, end, _number in spans for cut in (start, end)}
        at = 0
        for run in text:
            inside = sorted(cut for cut in cuts if at < cut < at + len(run.text))
            for start, end in zip((at, *inside), (*inside, at + len(run.text)), strict=True):
                over = ",".join(
                    str(number) for first, last, number in spans if first <= start < last
                )
                piece = words(text)[start:end]
                yield _with(run, text=f"{OPENS}{index}.{start}.{over}{SHUT}{piece}{CLOSES}")
            at += len(run.text)

    def with_elements(self, html: str) -> str:
        parts, at = [], 0
        for match in _WITHOUT_PIECES.finditer(html):
            parts += [_PIECE.sub(self._element, html[at : match.start()])]
            parts.append(_MARKS.sub("", match.group()))
            at = match.end()
        return "".join([*parts, _PIECE.sub(self._element, html[at:])])

    def _element(self, match: re.Match[str]) -> str:
        index, start, over, text = match.groups()
        place = escape(self.leaves[int(index)].place)
        piece = f'<span class="leaf" data-place="{place}" data-start="{start}">{text}</span>'
        for number in over.split(",") if over else ():
            piece = self._mark(int(number), piece)
        return piece

    def _mark(self, number: int, piece: str) -> str:
        """Return the piece marked as withheld; the first has the anchor and the grounds."""
        each = self.marked[number]
        if number in self.named:
            return f'<mark class="withheld withheld-{each.look}">{piece}</mark>'
        self.named.add(number)
        shape = render_to_string("components/shape.html", {"name": SHAPES[each.look]}).strip()
        return (
            f'<mark class="withheld withheld-{each.look}" id="{each.key}" tabindex="-1">{piece}'
            f'<span class="withheld-ground">{shape} {escape(each.grounds)}</span></mark>'
        )


def _with(value: Any, **changes: Any) -> Any:
    """Return a copy of plain data with other entries, which may be longer than a paper's may."""
    made = object.__new__(type(value))
    for each in fields(value):
        object.__setattr__(made, each.name, changes.get(each.name, getattr(value, each.name)))
    return made


def shown_in(fragment: str, keys: Iterable[str]) -> set[str]:
    """Return those of the anchors that the paper has."""
    return {key for key in keys if f'id="{key}"' in fragment}
