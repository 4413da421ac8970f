"""Word-by-word diff of two texts, for pages that show what changed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# A space belongs to the word before it, so that a changed phrase is marked as a whole.
WORDS = re.compile(r"\w+(?:[’'\-]\w+)*\s*|[^\w\s]+\s*|\s+")
# `SequenceMatcher` takes time in proportion to old words × new words, or worse. If the part
# between the first and the last difference is larger than this, all of it counts as replaced.
MAX_PAIRS = 160_000
# Number of unchanged words shown on either side of a change.
SHOWN = 12

Step = tuple[bool, list[str], list[str]]


@dataclass(frozen=True)
class Piece:
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Strand:
    """A run of words: removed, added, or (neither flag) unchanged."""

    text: str
    is_removed: bool = False
    is_added: bool = False


def side_by_side(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return the old and the new text, each split into changed and unchanged pieces.

    Joining the pieces of a side gives its text.
    """
    was: list[Piece] = []
    now: list[Piece] = []
    for stays, old, new in _steps(before, after):
        was += _run(old, not stays)
        now += _run(new, not stays)
    return was, now


def full_diff(before: str, after: str) -> list[Strand]:
    """Return one diff of both full texts. Removed words come before the words added instead."""
    return _strands(list(_steps(before, after)), lambda words, place: "".join(words))


def short_diff(before: str, after: str) -> list[Strand]:
    """Return one diff of both texts, with long unchanged runs shortened to "…"."""
    steps = list(_steps(before, after))
    return _strands(steps, lambda words, place: _cut(words, place == 0, place == len(steps) - 1))


def _strands(steps: list[Step], stayed: Callable[[list[str], int], str]) -> list[Strand]:
    strands = []
    space = ""
    for place, (stays, old, new) in enumerate(steps):
        if stays:
            strands.append(Strand(stayed(new, place)))
            # The last word of the new text has no space after it; the old one may have had one.
            space = "" if new[-1][-1].isspace() else _space_after(old[-1])
            continue
        if old:
            strands.append(Strand(space + "".join(old), is_removed=True))
        if new:
            strands.append(Strand("".join(new), is_added=True))
    return strands


def _space_after(word: str) -> str:
    return word[len(word.rstrip()) :]


def _steps(before: str, after: str) -> Iterator[Step]:
    """Yield (is unchanged, old words, new words). The common start and end are found without the
    matcher, to save time."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    was, now = [[word.strip() for word in words] for words in (old, new)]
    shorter = min(len(was), len(now))
    head = 0
    while head < shorter and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < shorter - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    if head:
        yield True, old[:head], new[:head]
    a_end, b_end = len(old) - tail, len(new) - tail
    if (a_end - head) * (b_end - head) > MAX_PAIRS:
        yield False, old[head:a_end], new[head:b_end]
    else:
        matcher = SequenceMatcher(None, was[head:a_end], now[head:b_end], autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            yield kind == "equal", old[head + a : head + b], new[head + c : head + d]
    if tail:
        yield True, old[a_end:], new[b_end:]


def _cut(words: list[str], is_first: bool, is_last: bool) -> str:
    ahead, behind = 0 if is_first else SHOWN, 0 if is_last else SHOWN
    if len(words) <= ahead + behind + SHOWN:
        return "".join(words)
    return f"{''.join(words[:ahead])}… {''.join(words[len(words) - behind :])}"


def _run(words: list[str], is_changed: bool) -> list[Piece]:
    return [Piece("".join(words), is_changed)] if words else []
