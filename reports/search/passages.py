"""The sentence of a text that a search found, with the words that were found in it. No Django."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agencies.records.text_index import WORD, Words

# Characters of a passage, of which so many may stand before the first word that was found.
LENGTH, BEFORE = 240, 80
END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\s*\n\s*")
# What is typed for bold, and before a sub-bullet.
MARKS = re.compile(r"\*\*|^\s*[-•]\s+")
MOST_READ = 20_000  # characters of one text

# Pieces of a text, and whether each is a word that was found.
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Passage:
    """A sentence with what it is of: "Achieved". `found` counts the different words that it has."""

    label: str
    pieces: Pieces
    found: int


def marked(text: str, words: Words) -> Pieces:
    """Return the text in pieces."""
    pieces: Pieces = []
    at = 0
    for match in WORD.finditer(text):
        if words.has(match.group()):
            if match.start() > at:
                pieces.append((text[at : match.start()], False))
            pieces.append((match.group(), True))
            at = match.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def passage_of(texts: Iterable[tuple[str, str]], words: Words) -> Passage | None:
    """Return the first sentence with the most of the words; without any of them, the first one."""
    best: Passage | None = None
    for label, text in texts:
        for sentence in _sentences(text):
            found = len({word for word in words if _is_in(word, sentence)})
            if best is None or found > best.found:
                best = Passage(label, marked(_short(sentence, words), words), found)
    return best


def _sentences(text: str) -> Iterator[str]:
    for sentence in END_OF_SENTENCE.split(text[:MOST_READ]):
        if plain := MARKS.sub("", sentence).strip():
            yield plain


def _is_in(word: str, sentence: str) -> bool:
    one = Words((word,))
    return any(one.has(match.group()) for match in WORD.finditer(sentence))


def _short(sentence: str, words: Words) -> str:
    """Return the part of a long sentence around the first word that was found."""
    if len(sentence) <= LENGTH:
        return sentence
    first = next((m.start() for m in WORD.finditer(sentence) if words.has(m.group())), 0)
    start = max(first - BEFORE, 0)
    if start:
        start = sentence.find(" ", start, first) + 1 or start
    part = sentence[start : start + LENGTH]
    is_cut = start + LENGTH < len(sentence)
    if is_cut:
        part = part.rsplit(" ", 1)[0]
    return f"{'… ' if start else ''}{part}{' …' if is_cut else ''}"
