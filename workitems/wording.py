"""Two wordings compared word by word, for pages that show what changed."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Spaces go with the word before them, so that a changed phrase is marked as one.
WORDS = re.compile(r"\w+(?:[’'\-]\w+)*\s*|[^\w\s]+\s*|\s+")
# Beyond this many words, comparing costs more than anyone would read.
MOST_WORDS = 4_000


@dataclass(frozen=True)
class Piece:
    text: str
    is_changed: bool


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts as runs of pieces, each the same in the other text or not. Joined, they are the texts."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _run(old, before != after), _run(new, before != after)
    was: list[Piece] = []
    now: list[Piece] = []
    keys = [[word.strip() for word in words] for words in (old, new)]
    for kind, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        was += _run(old[a:b], kind != "equal")
        now += _run(new[c:d], kind != "equal")
    return was, now


def _run(words: list[str], is_changed: bool) -> list[Piece]:
    return [Piece("".join(words), is_changed)] if words else []
