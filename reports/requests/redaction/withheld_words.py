"""Withheld words as they are searched for, however they are written, spaced or broken.

Text is compared by its letters and digits alone, in small letters and without macrons, so that a
name is found in capitals, decomposed, with each letter by itself, or hyphenated at the end of a
line. Labels such as "[s 9(2)(a)]" are ours and are never found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

# Letters and digits of the shortest words that can be distinguished from others.
LEAST = 3
# Shorter words are found as whole words only: "Ant" is not in "important".
LEAST_WITHIN = 6
# A long text may be broken by a page's end, so it is searched for in pieces too.
PIECE = 8
# Digits in a row that are a number by themselves, such as a telephone's.
NUMBER = 6
SHOWN = 60
# Between words that must not be read as one: where a label was, between texts of their own.
APART = "\n\ue000\n"

_SECTION = r"s\s*\d+[A-Z]*(?:\([a-z0-9]+\))*"
LABEL = re.compile(rf"\[\s*{_SECTION}(?:,\s*{_SECTION})*\s*\]")
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORDS = re.compile(rf"[^\W_]+|{APART.strip()}")
_DIGITS = re.compile(r"\d(?:[\d .\-()/\u2010-\u2015\u00a0]*\d)?")


def folded(text: str) -> list[str]:
    """Return the words of a text in small letters and without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = text.casefold()
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _WORDS.findall(text)


@dataclass(frozen=True, slots=True)
class Form:
    """What is searched for: a withheld string, a piece of it, or its digits. `letters` is how it
    is compared."""

    text: str
    letters: str

    @property
    def shown(self) -> str:
        """The text for a sentence, cut short."""
        return quoted(self.text)


def quoted(text: str) -> str:
    """Return words for a sentence on one line, and of many the first, each whole."""
    text = " ".join(text.split())
    if len(text) <= SHOWN:
        return text
    first = text[:SHOWN].rpartition(" ")[0] or text[: SHOWN - 1]
    return f"{first} …"


def forms(needle: str) -> tuple[Form, ...]:
    """Return the needle, its pieces if it is long, and its digits; none if it is too short."""
    texts = [" ".join(needle.split())]
    words = texts[0].split()
    if len(words) > PIECE:
        starts = [*range(0, len(words) - PIECE, PIECE), len(words) - PIECE]
        texts += [" ".join(words[start : start + PIECE]) for start in starts]
    found = {"".join(folded(text)): text for text in reversed(texts)}
    for digits in _digits(texts[0]):
        found.setdefault(digits, digits)
    return tuple(
        Form(text, letters) for letters, text in reversed(found.items()) if len(letters) >= LEAST
    )


def _digits(text: str) -> Iterable[str]:
    """Yield the digits of each long number, and all of them if there are few letters beside."""
    letters = "".join(folded(text))
    digits = "".join(filter(str.isdigit, letters))
    if len(digits) >= LEAST and 2 * len(digits) >= len(letters):
        yield digits
    for match in _DIGITS.finditer(text):
        number = "".join(filter(str.isdigit, match.group()))
        if len(number) >= NUMBER:
            yield number


def sought(needles: Iterable[str], visible: Iterable[str] = ()) -> tuple[Form, ...]:
    """Return the forms of all needles, each once, without those of what is visible on purpose."""
    shown = {form.letters for text in visible for form in forms(text)}
    found = {form.letters: form for needle in needles for form in forms(needle)}
    return tuple(form for letters, form in found.items() if letters not in shown)


@dataclass(slots=True)
class Searched:
    """A text to search in, prepared once."""

    text: str
    letters: str = field(init=False)
    _starts: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        words = folded(LABEL.sub(APART, self.text))
        self.letters = "".join(words)
        self._starts = frozenset(accumulate((len(word) for word in words), initial=0))

    def has(self, form: Form) -> bool:
        """Whether the form is in the text; a short one, as a word or words."""
        at = self.letters.find(form.letters)
        if at < 0 or len(form.letters) >= LEAST_WITHIN:
            return at >= 0
        while at >= 0:
            if at in self._starts and at + len(form.letters) in self._starts:
                return True
            at = self.letters.find(form.letters, at + 1)
        return False

    def found(self, sought: Iterable[Form]) -> list[Form]:
        return [form for form in sought if self.has(form)]
