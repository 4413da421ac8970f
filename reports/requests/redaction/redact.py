"""Takes withheld words out of a `Document`, so that they never reach what is printed.

`leaves` lists every text that prints, each at its place; `wholes` the paragraphs, rows and annexes
that can be withheld whole. A `Span` is some of the text at a place, with its grounds. Places are
opaque and hold for one document, which its SHA-256 names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from itertools import chain
from string import ascii_uppercase
from typing import Any

from agencies.wording.translation import _, gettext_lazy
from reports.document import (
    Bullet,
    ConsultedRow,
    ConsultedTable,
    Cover,
    DelayRegister,
    DelayRow,
    Document,
    FindingRow,
    FindingTable,
    HeadingInMaori,
    ItemReport,
    Level,
    MeasureRow,
    MeasureTable,
    MilestoneRow,
    MitigationLine,
    Paragraph,
    Passage,
    PillarProgress,
    PillarRows,
    PillarTexts,
    ProgressPicture,
    Recommendation,
    RiskRegister,
    RiskRow,
    Run,
    Section,
    Stage,
    TimelineRow,
    Verb,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    plain,
    words,
)
from reports.requests.redaction.withheld_words import APART, Searched, sought

# Entries of text that do not print.
SILENT = frozenset(
    {
        *("key", "language", "sources", "png", "ink", "rule", "paper_size"),
        *("withheld", "stages_withheld", "timeline_withheld", "chart", "chart_withheld"),
    }
)
# Entries of a row or annex that stay when it is withheld whole, unless withheld themselves.
KEPT = frozenset({"number", "heading"})

ANNEXES = (
    *(ProgressPicture, WorkItemTable, WorkItemTexts),
    *(DelayRegister, RiskRegister, ConsultedTable, MeasureTable, FindingTable),
)
ROWS = (
    *(WorkItemRow, WorkItemText, ItemReport, MilestoneRow, TimelineRow, PillarProgress),
    *(DelayRow, MitigationLine, RiskRow, ConsultedRow, MeasureRow, FindingRow),
)
WHOLES = (
    *(Section, Paragraph, Passage, Bullet, Recommendation, PillarRows, PillarTexts),
    *ANNEXES,
    *ROWS,
)
# The date of a row that is withheld. It does not print.
NO_DATE = date.min
# Around what is withheld, in the copy of reviewers; in no paper, as our fonts do not have them.
OPENS, SHUT, CLOSES = "⦃", "⦄", "⧽"


ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
SINGULARS = {"agencies_consulted": "agency consulted"}

NOT_IN_PAPER = gettext_lazy("Words are withheld that are not in the paper. Select them again.")


class BadSpan(ValueError):
    """A span is not of this document, or has no ground. The message is shown to the user."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text that prints, or all texts of a whole, one a line. `where` names the place for people:
    "Paragraph 4", "Annex B, 1.1, title"."""

    place: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The text at a place from `start` up to `end`, with the codes of its grounds ("9(2)(a)").

    At the place of a whole, it is all of its text.
    """

    place: str
    start: int
    end: int
    grounds: tuple[str, ...] = ()


def leaves(document: Document) -> tuple[Leaf, ...]:
    """Return every text that prints."""
    return tuple(_Map(document).leaves)


def wholes(document: Document) -> tuple[Leaf, ...]:
    """Return the paragraphs, bullets, rows, sections and annexes that can be withheld whole."""
    read = _Map(document)
    return tuple(read.whole(place) for place in read.within)


def is_name_of_official(place: str) -> bool:
    """Whether the place is a contact's or the authorising manager's name on the cover."""
    return bool(re.fullmatch(r"cover\.(authorising_manager|contacts\.\d+)\.name", place))


def label(grounds: Iterable[str]) -> str:
    """Return what is printed instead of words that are withheld on these grounds."""
    codes = sorted(set(grounds), key=_in_order)
    return f"[{', '.join(f's {code}' for code in codes)}]"


def redact(document: Document, spans: Iterable[Span]) -> Document:
    """Return the document with a label instead of each span, and without sources.

    Spans that overlap or touch are one. A row withheld whole loses its dates, counts and ratings,
    and a chart that would draw it is withheld. Raise `BadSpan` for a span that is not of the
    document or has no ground, `DocumentError` if labels make a text too long.
    """
    return _Redaction(document, tuple(spans)).document()


def needles(document: Document, spans: Iterable[Span]) -> tuple[str, ...]:
    """Return the strings that are withheld, each once. Numbers of rows are not among them."""
    redaction = _Redaction(document, tuple(spans))
    return tuple(dict.fromkeys(redaction.needles()))


def visible_elsewhere(document: Document, spans: Iterable[Span]) -> tuple[str, ...]:
    """Return what is withheld but can still be read elsewhere in the redacted document: a needle,
    or a piece or the digits of one, as `reports.requests.redaction.gate` will look for it."""
    redaction = _Redaction(document, tuple(spans))
    redacted = Searched(APART.join(leaf.text for leaf in leaves(redaction.document())))
    found = redacted.found(sought(dict.fromkeys(redaction.needles())))
    return tuple(form.text for form in found)


def framed(document: Document, spans: Iterable[Span]) -> tuple[Document, tuple[str, ...]]:
    """Return the document with marks around what is withheld, for the copy of reviewers.

    Before the words stand OPENS, the number of their label among those returned, and SHUT; after
    them CLOSES. A part of a text whose label comes later has no number. Marks are no letters, so
    a paper can be drawn with them only when its renderer puts frames instead. Charts that will be
    withheld keep their rows, and have their label.
    """
    redaction = _Redaction(document, tuple(spans), is_framing=True)
    return redaction.document(), tuple(redaction.labels)


# Quotation marks and apostrophes as a keyboard types them.
STRAIGHT = str.maketrans(dict.fromkeys("‘’‚‛′ʼ", "'") | dict.fromkeys("“”„‟″", '"'))


# What ends the words that were selected, and stands elsewhere without it.
ENDS = " .,;:!?"


def occurrences(document: Document, text: str) -> tuple[Span, ...]:
    """Return where the words stand in the document, as spans without grounds.

    Capitals, macrons, white space, the form of quotation marks and what ends a sentence do not matter. "Ann" is not
    found in "Annex".
    """
    wanted, _places = _comparable(text)
    wanted = wanted.strip().rstrip(ENDS) or wanted.strip()
    if not wanted:
        return ()
    before = r"(?<!\w)" if wanted[0].isalnum() else ""
    after = r"(?!\w)" if wanted[-1].isalnum() else ""
    pattern = re.compile(before + r"\s?".join(map(re.escape, wanted.split())) + after)
    found = []
    for leaf in leaves(document):
        compared, places = _comparable(leaf.text)
        for match in pattern.finditer(compared):
            end = places[match.end() - 1] + 1
            while end < len(leaf.text) and unicodedata.combining(leaf.text[end]):
                end += 1
            found.append(Span(leaf.place, places[match.start()], end))
    return tuple(found)


def _comparable(text: str) -> tuple[str, list[int]]:
    """Return the text in small letters, without accents, with straight quotation marks and single spaces, and where
    each of its characters stands in the text."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isspace():
            folded = "" if characters and characters[-1] == " " else " "
        elif character.isascii():
            folded = character.lower()
        else:
            folded = "".join(
                each
                for each in unicodedata.normalize("NFD", character.casefold()).translate(STRAIGHT)
                if not unicodedata.combining(each)
            )
        characters += folded
        places += [place] * len(folded)
    return "".join(characters), places


def _in_order(code: str) -> list[tuple[int, str]]:
    """Return what grounds are sorted by: 6(c), 9(2)(a), 9(2)(ba), 18(g)."""
    return [
        (int(part), "") if part.isdigit() else (0, part)
        for part in re.findall(r"\d+|[a-zA-Z]+", code)
    ]


class _Map:
    """A document's leaves in order, and the leaves within each whole."""

    def __init__(self, document: Document) -> None:
        self.leaves: list[Leaf] = []
        self.names: list[str] = []  # the name of each leaf's entry
        self.at: dict[str, int] = {}
        self.kinds: dict[str, type] = {}
        self.called: dict[str, str] = {}
        self.within: dict[str, range] = {}
        self._read(document, "", "", "")

    def whole(self, place: str) -> Leaf:
        return Leaf(
            place,
            "\n".join(self.leaves[index].text for index in self.taken(place)),
            self.called[place],
        )

    def taken(self, place: str) -> Iterator[int]:
        """Yield the leaves that go when the whole at this place is withheld."""
        for index in self.within[place]:
            of = self.leaves[index].place
            if not (self.names[index] in KEPT and of == f"{place}.{self.names[index]}"):
                yield index

    def _read(self, value: Any, place: str, name: str, where: str) -> None:
        if isinstance(value, Enum) or name in SILENT:
            return
        text = _text(value)
        if text is not None:
            if text:
                self.at[place] = len(self.leaves)
                self.leaves.append(Leaf(place, text, where))
                self.names.append(name)
        elif isinstance(value, tuple):
            for index, entry in enumerate(value):
                called = _called(entry, index, name, where)
                self._read(entry, f"{place}.{index}", name, called)
        elif is_dataclass(value):
            first = len(self.leaves)
            if isinstance(value, WHOLES):
                self.within[place] = range(0)  # in the order of the document, before its parts
            for each in fields(value):
                inner = f"{place}.{each.name}" if place else each.name
                entry = getattr(value, each.name)
                if _is_of_heading(value, each.name):
                    continue
                self._read(entry, inner, each.name, _entry_called(value, each.name, where))
            if isinstance(value, WHOLES):
                self.within[place] = range(first, len(self.leaves))
                self.kinds[place] = type(value)
                is_pillar = isinstance(value, PillarRows | PillarTexts)
                index = int(place.rpartition(".")[2]) if is_pillar else 0
                self.called[place] = _nth(where, "pillars", index) if is_pillar else where


def _text(value: Any) -> str | None:
    """Return a value's text, or None if it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and value and all(isinstance(entry, Run) for entry in value):
        return words(value)
    return None


def _is_of_heading(value: object, name: str) -> bool:
    """Whether an entry only says beside which heading te reo Māori is printed."""
    return isinstance(value, HeadingInMaori) and name == "heading"


def _called(entry: object, index: int, name: str, where: str) -> str:
    """Return how people name an entry of a list."""
    match entry:
        case Section():
            return entry.heading
        case Paragraph():
            return _("Paragraph {number}").format(number=entry.number)
        case Recommendation():
            return _("Recommendation {number}").format(number=entry.number)
        case Bullet():
            return _nth(where, name, index)
    if isinstance(entry, ANNEXES):
        return _("Annex {letter}").format(letter=ascii_uppercase[index % 26])
    if isinstance(entry, ROWS) and hasattr(entry, "number"):
        return f"{where.removesuffix(', ' + _spoken(name))}, {entry.number}"
    if isinstance(entry, PillarRows | PillarTexts):
        return where.removesuffix(", pillars")
    return _nth(where, name, index)


def _nth(where: str, name: str, index: int) -> str:
    """Return the name of one entry of a list: "Cover, first contact", "Cover, copied to, second"."""
    tens = 0 if 10 <= (index + 1) % 100 <= 20 else (index + 1) % 10
    ending = {1: "st", 2: "nd", 3: "rd"}.get(tens, "th")
    nth = ORDINALS[index] if index < len(ORDINALS) else f"{index + 1}{ending}"
    spoken = _spoken(name)
    one = SINGULARS.get(name) or (spoken.removesuffix("s") if spoken.endswith("s") else "")
    within = where.removesuffix(f", {spoken}")
    return f"{within}, {nth} {one}" if one else f"{where}, {nth}"


def _entry_called(value: object, name: str, where: str) -> str:
    if isinstance(value, Cover):
        return f"Cover, {_spoken(name)}"
    if isinstance(value, Document):
        return _spoken(name).capitalize()
    if name == "lead" and isinstance(getattr(value, name), Paragraph):
        return _("Paragraph {number}").format(number=getattr(value, name).number)
    return where if name in ("text", "items", "rows") else f"{where}, {_spoken(name)}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


class _Redaction:
    """Spans put upon a document: labels instead of them, or frames around them."""

    def __init__(
        self, document: Document, spans: tuple[Span, ...], *, is_framing: bool = False
    ) -> None:
        self.of = document
        self.is_framing = is_framing
        self.labels: list[str] = []  # of frames
        self.read = _Map(document)
        self.whole: dict[str, set[str]] = {}  # places withheld whole, with their grounds
        spans_at: dict[int, list[Span]] = defaultdict(list)
        for span in spans:
            for index, part in self._parts(span):
                spans_at[index].append(part)
        self.merged = {index: _merged(parts) for index, parts in spans_at.items()}
        self._find_wholes()

    def _parts(self, span: Span) -> Iterator[tuple[int, Span]]:
        """Yield the parts of a span by leaf. Raise `BadSpan`."""
        if not span.grounds or not all(span.grounds):
            raise BadSpan(_("Words are withheld without a ground. Choose one."))
        index = self.read.at.get(span.place)
        if index is not None:
            if not 0 <= span.start < span.end <= len(self.read.leaves[index].text):
                raise BadSpan(NOT_IN_PAPER)
            yield index, span
            return
        if span.place not in self.read.within:
            raise BadSpan(NOT_IN_PAPER)
        if (span.start, span.end) != (0, len(self.read.whole(span.place).text)):
            raise BadSpan(_("A paragraph, row or annex is withheld whole, or words of it."))
        self.whole.setdefault(span.place, set()).update(span.grounds)
        for part in self.read.taken(span.place):
            leaf = self.read.leaves[part]
            yield part, Span(leaf.place, 0, len(leaf.text), span.grounds)

    def _find_wholes(self) -> None:
        """Add what is withheld whole because all its words are, and collect all grounds."""
        is_all = {
            index: bool(parts)
            and (parts[0].start, parts[0].end) == (0, len(self.read.leaves[index].text))
            for index, parts in self.merged.items()
        }
        for place in self.read.within:
            taken = list(self.read.taken(place))
            if place in self.whole or (taken and all(is_all.get(index) for index in taken)):
                of_words = (part.grounds for index in taken for part in self.merged.get(index, ()))
                self.whole.setdefault(place, set()).update(chain.from_iterable(of_words))

    def needles(self) -> Iterator[str]:
        for index in sorted(self.merged):
            if self.read.names[index] == "number":
                continue
            for part in self.merged[index]:
                text = self.read.leaves[index].text[part.start : part.end].strip()
                if text:
                    yield text

    def document(self) -> Document:
        document: Document = self._of(self.of, "", "")
        annexes = tuple(
            self._without_charts(annex, f"annexes.{index}", was)
            for index, (annex, was) in enumerate(
                zip(document.annexes, self.of.annexes, strict=True)
            )
        )
        if self.is_framing:
            return replace(document, annexes=annexes)
        return replace(document, annexes=annexes, cover=_without_headings(self.of, document))

    def _of(self, value: Any, place: str, name: str) -> Any:
        """Return a value as it is printed after redaction."""
        if isinstance(value, Enum):
            return value
        if name == "sources":
            return ()
        withhold = None if self.is_framing else WITHHELD.get(type(value))
        if place in self.whole and withhold:
            return withhold(value, label(self.whole[place]), self._heading(value, place))
        if (index := self.read.at.get(place)) is not None:
            parts = self.merged.get(index)
            if not parts:
                return value
            return self._framed(value, parts) if self.is_framing else _labelled(value, parts)
        if isinstance(value, tuple):
            made = tuple(
                self._of(entry, f"{place}.{index}", name) for index, entry in enumerate(value)
            )
            return value if all(map(_is, made, value)) else made
        if is_dataclass(value) and not isinstance(value, type):
            changes = {}
            for each in fields(value):
                was = getattr(value, each.name)
                inner = f"{place}.{each.name}" if place else each.name
                made = self._of(was, inner, each.name)
                if made is not was:
                    changes[each.name] = made
            if changes and isinstance(value, MeasureRow) and value.chart and not self.is_framing:
                # It would draw what is withheld.
                grounds = self._grounds_within(f"{place}.")
                changes |= {"chart": None, "chart_withheld": label(grounds)}
            return replace(value, **changes) if changes else value
        return value

    def _framed(self, value: Any, parts: tuple[Span, ...]) -> Any:
        """Return a text with marks around these parts of it."""

        def framing(part: Span, text: str, is_last: bool) -> str:
            if is_last:
                self.labels.append(label(part.grounds))
            number = len(self.labels) - 1 if is_last else ""
            return f"{OPENS}{number}{SHUT}{text}{CLOSES}"

        return _replaced(
            value,
            parts,
            lambda part, run, text, is_first, is_last: replace(
                run, text=framing(part, text, is_last)
            ),
        )

    def _heading(self, value: Any, place: str) -> dict[str, Any]:
        """Return the entries that stay when a whole is withheld, redacted."""
        return {
            each.name: self._of(getattr(value, each.name), f"{place}.{each.name}", each.name)
            for each in fields(value)
            if each.name in KEPT
        }

    def _without_charts(self, annex: Any, place: str, was: Any) -> Any:
        """Return the picture with labels instead of the charts that would draw a withheld row."""
        if not isinstance(annex, ProgressPicture) or annex.withheld:
            return annex
        items, steps = self._withheld_rows()
        stages: set[str] = set().union(*items.values())
        for index in range(len(was.pillars)):
            stages |= self.whole.get(f"{place}.pillars.{index}", set())
        timeline: set[str] = set()
        for index, row in enumerate(was.timeline):
            at = f"{place}.timeline.{index}"
            timeline |= self.whole.get(at, set()) | self.whole.get(f"{at}.milestone", set())
            timeline |= items.get(row.number, set())
            timeline |= steps.get((row.number, row.milestone.label), set())
        if stages:
            # Words withheld beside them go with the picture, and their grounds into its label.
            stages |= self._grounds_within(f"{place}.pillars.")
            kept = annex.pillars if self.is_framing else ()
            annex = replace(annex, pillars=kept, stages_withheld=label(stages))
        if timeline:
            timeline |= self._grounds_within(f"{place}.timeline.")
            kept = annex.timeline if self.is_framing else ()
            annex = replace(annex, timeline=kept, timeline_withheld=label(timeline))
        return annex

    def _grounds_within(self, place: str) -> set[str]:
        """Return the grounds of all words withheld in the places that begin so."""
        return {
            ground
            for index, parts in self.merged.items()
            if self.read.leaves[index].place.startswith(place)
            for part in parts
            for ground in part.grounds
        }

    def _withheld_rows(self) -> tuple[Mapping[str, set[str]], Mapping[tuple[str, str], set[str]]]:
        """Return the grounds of withheld work items by number, and of withheld milestones by the
        number of their item and what they are called."""
        items: dict[str, set[str]] = defaultdict(set)
        steps: dict[tuple[str, str], set[str]] = defaultdict(set)
        for at, annex in enumerate(self.of.annexes):
            for place, row in _rows_of(annex, f"annexes.{at}"):
                whole = self.whole.get(place, set()) | self.whole.get(f"annexes.{at}", set())
                if isinstance(row, DelayRow):
                    whole |= self.whole.get(f"{place}.milestone", set())
                    if whole:
                        steps[row.number, row.milestone.label] |= whole
                    continue
                if whole:
                    items[row.number] |= whole
                for index, step in enumerate(row.milestones):
                    grounds = self.whole.get(f"{place}.milestones.{index}", set())
                    if grounds:
                        steps[row.number, step.label] |= grounds
        return items, steps


def _is(one: object, other: object) -> bool:
    return one is other


def _rows_of(annex: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield an annex's work items and delays with their places."""
    if isinstance(annex, DelayRegister):
        for index, row in enumerate(annex.rows):
            yield f"{place}.rows.{index}", row
    elif isinstance(annex, WorkItemTable | WorkItemTexts):
        name = "rows" if isinstance(annex, WorkItemTable) else "items"
        for pillar, of in enumerate(annex.pillars):
            for index, row in enumerate(getattr(of, name)):
                yield f"{place}.pillars.{pillar}.{name}.{index}", row


def _merged(parts: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans of one leaf in order, those that overlap or touch as one with all grounds."""
    merged: list[Span] = []
    for part in sorted(parts, key=lambda part: (part.start, part.end)):
        if merged and part.start <= merged[-1].end:
            last = merged[-1]
            grounds = tuple(sorted({*last.grounds, *part.grounds}, key=_in_order))
            merged[-1] = replace(last, end=max(last.end, part.end), grounds=grounds)
        else:
            merged.append(part)
    return tuple(merged)


def _labelled(value: Any, parts: tuple[Span, ...]) -> Any:
    """Return a text with labels instead of these parts of it."""
    return _replaced(
        value,
        parts,
        lambda part, run, text, is_first, is_last: Run(label(part.grounds)) if is_first else None,
    )


# Takes a part, the run it is in, its text there, and whether that is the first and the last of it.
_Write = Callable[[Span, Run, str, bool, bool], Run | None]


def _replaced(value: Any, parts: tuple[Span, ...], write: _Write) -> Any:
    """Return a text with what `write` makes of these parts of it, which are in order."""
    if isinstance(value, str):
        return "".join(run.text for run in _replaced(plain(value), parts, write))
    runs: list[Run] = []
    start = 0
    for run in value:
        at, end = start, start + len(run.text)
        for part in parts:
            if part.end <= at or part.start >= end:
                continue
            if part.start > at:
                runs.append(replace(run, text=run.text[at - start : part.start - start]))
            first, last = max(part.start, start), min(part.end, end)
            text = run.text[first - start : last - start]
            made = write(part, run, text, part.start >= start, part.end <= end)
            if made:
                runs.append(made)
            at = last
        if at < end:
            runs.append(replace(run, text=run.text[at - start :]))
        start = end
    return tuple(runs)


def _without_headings(was: Document, now: Document) -> Cover:
    """Return the cover without te reo Māori for headings that are withheld."""
    cover = now.cover
    if cover.design is None:
        return cover
    gone = _headings(was) - _headings(now)
    headings = tuple(each for each in cover.design.headings if each.heading.casefold() not in gone)
    return replace(cover, design=replace(cover.design, headings=headings))


def _headings(document: Document) -> set[str]:
    parts = (*document.sections, document.recommendation, *document.annexes)
    return {part.heading.casefold() for part in parts}


# --- what stands for something withheld whole: from it, its label, and the entries that stay -------

_Withhold = Callable[[Any, str, dict[str, Any]], Any]


def _step(label: str) -> MilestoneRow:
    return MilestoneRow(label=label, original_on=NO_DATE, withheld=label)


WITHHELD: dict[type, _Withhold] = {
    Paragraph: lambda was, label, kept: replace(was, text=plain(label), bullets=(), sources=()),
    Passage: lambda was, label, kept: Passage(plain(label)),
    Bullet: lambda was, label, kept: Bullet(plain(label)),
    Recommendation: lambda was, label, kept: Recommendation(
        key=was.key, verb=Verb.NOTE, text=plain(label), number=was.number, withheld=label
    ),
    MilestoneRow: lambda was, label, kept: _step(label),
    WorkItemRow: lambda was, label, kept: WorkItemRow(
        key=was.key, title=label, lead=label, stage=Stage.NOT_STARTED, withheld=label, **kept
    ),
    WorkItemText: lambda was, label, kept: WorkItemText(
        key=was.key, title=plain(label), lead=label, stage=Stage.NOT_STARTED, withheld=label, **kept
    ),
    ItemReport: lambda was, label, kept: ItemReport(agency=label, period=label, withheld=label),
    MitigationLine: lambda was, label, kept: MitigationLine(plain(label), label, withheld=label),
    DelayRow: lambda was, label, kept: DelayRow(
        key=was.key,
        title=plain(label),
        milestone=_step(label),
        cause=label,
        explanation=plain(label),
        found_on=NO_DATE,
        days=0,
        withheld=label,
        **kept,
    ),
    RiskRow: lambda was, label, kept: RiskRow(
        key=was.key,
        text=plain(label),
        likelihood=Level.LOW,
        impact=Level.LOW,
        severity=Level.LOW,
        owner=label,
        withheld=label,
        **kept,
    ),
    ConsultedRow: lambda was, label, kept: ConsultedRow(
        key=was.key, name=label, answer=label, withheld=label
    ),
    ProgressPicture: lambda was, label, kept: ProgressPicture(
        key=was.key, as_at=NO_DATE, pillars=(), withheld=label, **kept
    ),
    WorkItemTable: lambda was, label, kept: WorkItemTable(
        key=was.key, as_at=NO_DATE, pillars=(), withheld=label, **kept
    ),
    WorkItemTexts: lambda was, label, kept: WorkItemTexts(
        key=was.key, as_at=NO_DATE, period=label, pillars=(), withheld=label, **kept
    ),
    DelayRegister: lambda was, label, kept: DelayRegister(
        key=was.key, as_at=NO_DATE, period=label, withheld=label, **kept
    ),
    RiskRegister: lambda was, label, kept: RiskRegister(
        key=was.key, as_at=NO_DATE, period=label, withheld=label, **kept
    ),
    ConsultedTable: lambda was, label, kept: ConsultedTable(key=was.key, withheld=label, **kept),
    MeasureRow: lambda was, label, kept: MeasureRow(
        key=was.key, text=plain(label), agency=label, state=label, withheld=label, **kept
    ),
    MeasureTable: lambda was, label, kept: MeasureTable(
        key=was.key, as_at=NO_DATE, withheld=label, **kept
    ),
    FindingRow: lambda was, label, kept: FindingRow(
        key=was.key,
        verdict=label,
        text=plain(label),
        auditor=label,
        agency=label,
        as_at=NO_DATE,
        withheld=label,
        **kept,
    ),
    FindingTable: lambda was, label, kept: FindingTable(
        key=was.key, as_at=NO_DATE, withheld=label, **kept
    ),
}
