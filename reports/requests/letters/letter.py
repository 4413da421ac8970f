"""A letter as plain data: who writes to whom, and its parts. Rendered as PDF, Word and page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from reports.document.dates import long_date
from reports.document.markup import languages
from reports.document.plain_json import build, plain
from reports.document.text import Text, words
from reports.requests.law.act import act_named, cited
from reports.requests.letters.letter_facts import Kind, Person, Requester

SCHEMA = 1

# Shorter names, and words of names, are left where they stand: too many words are spelt so.
SHORTEST, SHORTEST_WORD = 2, 3


class Purpose(StrEnum):
    """What a part of a letter is for, so that a letter without a required one is noticed."""

    REQUEST = "request"
    PROPOSAL = "proposal"
    EARLIER = "earlier"
    LATE = "late"
    NEXT = "next"
    DECISION = "decision"
    GROUNDS = "grounds"
    PUBLIC_INTEREST = "public_interest"
    OWN_WORDS = "own_words"
    CONTACT = "contact"
    COMPLAINT = "complaint"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: Text


@dataclass(frozen=True, slots=True)
class Quote:
    """The requester's or the agency's own words, set apart; one paragraph a line."""

    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A bulleted list."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a heading for each column."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]


Block = Words | Quote | Points | Grid


@dataclass(frozen=True, slots=True)
class LetterPart:
    """Blocks with one purpose; the heading may be empty."""

    purpose: Purpose
    heading: str
    blocks: tuple[Words | Quote | Points | Grid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter. The schedule is printed behind the signature."""

    kind: Kind
    act: str
    language: str
    agency: str
    reference: str
    dated: date
    subject: str
    addressee: Requester
    greeting: str
    closing: str
    signatory: Person
    parts: tuple[LetterPart, ...]
    schema: int = SCHEMA

    @property
    def title(self) -> str:
        """The title of the file, which does not name the requester."""
        return f"{self.subject}, {self.reference}"

    @property
    def body(self) -> tuple[LetterPart, ...]:
        return tuple(part for part in self.parts if part.purpose != Purpose.SCHEDULE)

    @property
    def schedule(self) -> tuple[LetterPart, ...]:
        return tuple(part for part in self.parts if part.purpose == Purpose.SCHEDULE)

    def has(self, purpose: Purpose) -> bool:
        return any(part.purpose == purpose for part in self.parts)

    def as_plain(self) -> dict[str, Any]:
        """Return the letter as dictionaries and lists, for JSON."""
        data: dict[str, Any] = plain(self)
        return data


def letter_from(data: Any) -> Letter:
    """Return the letter of `as_plain`. Raise `Malformed`."""
    return build(Letter, data, "letter")


def lines_of(letter: Letter) -> list[str]:
    """Return every string that the letter prints, in order, without its looks."""
    found = [letter.agency, long_date(letter.dated), letter.reference]
    found += [letter.addressee.name, *letter.addressee.address, letter.subject, letter.greeting]
    for part in letter.body:
        found += _lines_of_part(part)
    found += [letter.closing, letter.signatory.name, letter.signatory.role]
    for part in letter.schedule:
        found += _lines_of_part(part)
    return [line for line in found if line]


def _lines_of_part(part: LetterPart) -> list[str]:
    found = [part.heading]
    for block in part.blocks:
        match block:
            case Words(text):
                found.append(words(text))
            case Quote(texts) | Points(texts):
                found += map(words, texts)
            case Grid(heads, rows):
                found += heads
                found += [words(cell) for row in rows for cell in row.cells]
    return found


def public_copy(letter: Letter) -> Letter:
    """Return the letter without its requester, for publication.

    The name and address are left out of the head and replaced by the ground of privacy wherever the
    text has them; within quoted words so are the single words of the name. Raise `ValueError` for a letter to a
    receiving agency, which is about who asked.
    """
    if letter.kind == Kind.HAND_OVER:
        raise ValueError("A letter to a receiving agency has no public copy.")
    act = act_named(letter.act)
    label = f"[{cited(act.sections['privacy'])}]"
    whole, single = _patterns(letter.addressee)

    def cleared(text: Text, *, quoted: bool) -> Text:
        old = words(text)
        new = whole.sub(label, old) if whole else old
        new = single.sub(label, new) if quoted and single else new
        return text if new == old else languages(new)

    return replace(
        letter,
        addressee=Requester(),
        greeting=act.letters["greeting"],
        parts=tuple(_cleared_part(part, cleared) for part in letter.parts),
    )


def without_requester(text: str, requester: Requester, label: str) -> str:
    """Return typed text with the label wherever it has the name, a word of it, or the address."""
    text = unicodedata.normalize("NFC", text)
    for pattern in _patterns(requester):
        text = pattern.sub(label, text) if pattern else text
    return text


def _cleared_part(part: LetterPart, cleared: Callable[..., Text]) -> LetterPart:
    blocks: list[Block] = []
    for block in part.blocks:
        match block:
            case Words(text):
                blocks.append(Words(cleared(text, quoted=False)))
            case Quote(lines):
                blocks.append(Quote(tuple(cleared(line, quoted=True) for line in lines)))
            case Points(items):
                blocks.append(Points(tuple(cleared(item, quoted=True) for item in items)))
            case Grid(heads, rows):
                blocks.append(
                    Grid(
                        heads,
                        tuple(
                            Row(tuple(cleared(cell, quoted=False) for cell in row.cells))
                            for row in rows
                        ),
                    )
                )
    return replace(part, blocks=tuple(blocks))


def _patterns(requester: Requester) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Return what finds the name and the lines of the address, and what finds words of the name."""
    named = [unicodedata.normalize("NFC", each) for each in (requester.name, *requester.address)]
    parts = [word for word in named[0].split() if word[:1].isupper()]
    return _any_of(named, SHORTEST, re.IGNORECASE), _any_of(parts, SHORTEST_WORD)


def _any_of(strings: Iterable[str], shortest: int, flags: int = 0) -> re.Pattern[str] | None:
    found = sorted(
        {" ".join(each.split()) for each in strings if len(each) >= shortest},
        key=lambda each: (-len(each), each),
    )
    if not found:
        return None
    # White space is collapsed where text is quoted, and not where it was typed.
    either = "|".join(r"\s+".join(map(re.escape, each.split())) for each in found)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", flags)
