"""Compare the words of a copy with those of the paper that we hold, in time that grows with their number."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from reports.requests.redaction.withheld_words import folded

MAX_WORDS = 300_000
RUN = 3  # words that are found once in both texts and so hold them together
MAX_GAP = 2_500  # pairs of words between two such runs that are compared one by one
CONTEXT = 4  # words shown on each side of a change
SHOWN = 60  # changes, and words of one
# How alike words are that a program recognised wrongly, and how long at most.
MISREAD = 0.6
MISREAD_LENGTH = 200
# What stands in a copy in the place of words: "[s 9(2)(a)]", "Section 6(c)", "9(2)(g)(i)", "[redacted]".
LABEL = re.compile(
    r"(?i)[\[(]?\s*(?:withheld\s+under\s+)?(?:s(?:ection|ec|s)?\.?\s*)?\d{1,2}[A-Z]{0,2}(?:\s*\([a-z0-9]{1,4}\)){1,3}\s*[\])]?"
    r"|[\[(]\s*(?:withheld|redacted|deleted|out of scope|not relevant to request)\s*[\])]"
)
_WORD = re.compile(r"[^\W_]+")
_BROKEN = re.compile(r"(?<=\w)[\u00ad\u2010\ufffe\x02-]\s*\n\s*(?=\w)|\u00ad|\ufffe|\x02")


@dataclass(frozen=True, slots=True)
class Change:
    """Words that one text has and the other has not, between words that both have."""

    before: str
    missing: str
    added: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a copy differs. `missing` and `added` count the words of all changes, `gone` those of them that
    stand nowhere in the copy, not even with letters recognised wrongly; `labels` ours."""

    held: int
    missing: int
    added: int
    labels: int
    gone: int
    changes: tuple[Change, ...] = ()
    more: int = 0

    @property
    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def lists_all(self) -> bool:
        """Whether `changes` has every missing word: they are cut when there are many, and removed when a request ends."""
        listed = [each.missing for each in self.changes]
        return not self.more and any(listed) and not any(each.endswith(" …") for each in listed)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Comparison:
        # Those stored before words were counted as they are listed have the other count alone.
        plain = {"gone": plain["missing"], **plain}
        return cls(**{**plain, "changes": tuple(Change(**each) for each in plain["changes"])})


class _Word(NamedTuple):
    shown: str
    key: str


def compare(held: str, copy: str) -> Comparison | None:
    """Return how the copy differs from the held text, or None for texts too long or without words."""
    copy, labels = _without_labels(copy, held)
    one, other = _words_of(held), _words_of(copy)
    if not one or not other or max(len(one), len(other)) > MAX_WORDS:
        return None
    changes = list(_changes(one, other))
    missing, added = Counter[str](), Counter[str]()
    for a, b, c, d in changes:
        keys, others = [each.key for each in one[a:b]], [each.key for each in other[c:d]]
        if not _is_misread(keys, others):
            missing.update(keys)
            added.update(others)
    return Comparison(
        held=len(one),
        missing=sum(b - a for a, b, _c, _d in changes),
        added=sum(d - c for _a, _b, c, d in changes),
        labels=labels,
        gone=(missing - added).total(),
        changes=tuple(_change(one, other, *each) for each in changes[:SHOWN]),
        more=max(0, len(changes) - SHOWN),
    )


def missing_passages(held: str, copy: str) -> list[str]:
    """Return every stretch of words that the copy is without, whole; none if one of the texts has no words."""
    copy, _labels = _without_labels(copy, held)
    one, other = _words_of(held), _words_of(copy)
    if not one or not other or max(len(one), len(other)) > MAX_WORDS:
        return []
    return [
        " ".join(word.shown for word in one[a:b])
        for a, b, c, d in _changes(one, other)
        if b > a
        and not _is_misread([each.key for each in one[a:b]], [each.key for each in other[c:d]])
    ]


def _without_labels(copy: str, held: str) -> tuple[str, int]:
    """Return the copy without the labels that it has more often than the paper, and how many these are."""
    own = Counter("".join(folded(match[0])) for match in LABEL.finditer(held))
    labels = 0

    def put(match: re.Match[str]) -> str:
        nonlocal labels
        label = "".join(folded(match[0]))
        if own[label]:
            own[label] -= 1
            return match[0]
        labels += 1
        return " "

    return LABEL.sub(put, copy), labels


def _words_of(text: str) -> list[_Word]:
    text = _BROKEN.sub("", text)
    words = (_Word(match[0], "".join(folded(match[0]))) for match in _WORD.finditer(text))
    return [word for word in words if word.key]


def _changes(one: list[_Word], other: list[_Word]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches in which two texts differ."""
    a = c = 0
    for b, d in [*_anchors(one, other), (len(one), len(other))]:
        if b > a or d > c:
            for stretch in _within(one[a:b], other[c:d]):
                yield a + stretch[0], a + stretch[1], c + stretch[2], c + stretch[3]
        a, c = b + 1, d + 1


def _within(one: list[_Word], other: list[_Word]) -> Iterator[tuple[int, int, int, int]]:
    keys, others = [word.key for word in one], [word.key for word in other]
    if "".join(keys) == "".join(others):  # spaced or broken otherwise
        return
    if len(keys) * len(others) > MAX_GAP or not keys or not others:
        yield 0, len(keys), 0, len(others)
        return
    for tag, a, b, c, d in SequenceMatcher(None, keys, others, autojunk=False).get_opcodes():
        if tag != "equal" and "".join(keys[a:b]) != "".join(others[c:d]):
            yield a, b, c, d


def _is_misread(keys: list[str], others: list[str]) -> bool:
    """Whether words are the same, but for letters that a program recognised wrongly."""
    one, other = "".join(keys), "".join(others)
    if not one or not other or max(len(one), len(other)) > MISREAD_LENGTH:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= MISREAD


def _anchors(one: Sequence[_Word], other: Sequence[_Word]) -> list[tuple[int, int]]:
    """Return the places of words that hold both texts together, in order in both."""
    there = _unique_runs(other)
    pairs = [(at, there[run]) for run, at in _unique_runs(one).items() if run in there]
    # The longest series in which the second places grow too (patience sorting).
    tails: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for index, (_at, place) in enumerate(pairs):
        height = bisect_left(tails, place)
        before.append(chain[height - 1] if height else -1)
        if height == len(tails):
            tails.append(place)
            chain.append(index)
        else:
            tails[height], chain[height] = place, index
    found = []
    index = chain[-1] if chain else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _unique_runs(words: Sequence[_Word]) -> dict[tuple[str, ...], int]:
    runs = [tuple(word.key for word in words[at : at + RUN]) for at in range(len(words))]
    count = Counter(runs)
    return {run: at for at, run in enumerate(runs) if count[run] == 1}


def _change(one: list[_Word], other: list[_Word], a: int, b: int, c: int, d: int) -> Change:
    return Change(
        before=_joined(one[max(0, a - CONTEXT) : a]),
        missing=_joined(one[a:b]),
        added=_joined(other[c:d]),
        after=_joined(one[b : b + CONTEXT]),
    )


def _joined(words: list[_Word]) -> str:
    shown = " ".join(word.shown for word in words[:SHOWN])
    return f"{shown} …" if len(words) > SHOWN else shown
