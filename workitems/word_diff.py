"""Two wordings compared word by word, for pages that show what changed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# Spaces go with the word before them, so that a changed phrase is marked as one.
WORDS = re.compile(r"\w+(?:[’'\-]\w+)*\s*|[^\w\s]+\s*|\s+")
# The matcher takes time by old words × new words, at the worst times either again. Where more than
# this is between the first and the last difference, the whole of it counts as replaced.
MOST_PAIRS = 160_000
# Of words that stayed, so many are shown on either side of a change.
SHOWN = 12

Step = tuple[bool, list[str], list[str]]


@dataclass(frozen=True)
class Piece:
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Strand:
    """Words that stayed (neither), went or came."""

    text: str
    is_removed: bool = False
    is_added: bool = False


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts as runs of pieces, each the same in the other text or not. Joined, they are the texts."""
    was: list[Piece] = []
    now: list[Piece] = []
    for stays, old, new in _steps(before, after):
        was += _run(old, not stays)
        now += _run(new, not stays)
    return was, now


def interwoven(before: str, after: str) -> list[Strand]:
    """Both texts in one, whole: what went stands before what came."""
    return _strands(list(_steps(before, after)), lambda words, place: "".join(words))


def woven(before: str, after: str) -> list[Strand]:
    """The same, with long runs that stayed cut short."""
    steps = list(_steps(before, after))
    return _strands(steps, lambda words, place: _cut(words, place == 0, place == len(steps) - 1))


def _strands(steps: list[Step], stayed: Callable[[list[str], int], str]) -> list[Strand]:
    strands = []
    space = ""
    for place, (stays, old, new) in enumerate(steps):
        if stays:
            strands.append(Strand(stayed(new, place)))
            # A word that ends the text now may have had more after it.
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
    """Runs of words that stay, and of words that are replaced; what is alike at both ends is found
    without the matcher."""
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
    if (a_end - head) * (b_end - head) > MOST_PAIRS:
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
