"""Matches passages of two papers: by key, then by equal text, then by similar text.

Swapping the papers gives the same pairs, so ties are broken without regard to which is older. The
work is bounded: papers of hundreds of pages are matched in well under a second.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

WORD = re.compile(r"\w+")
# Minimum similarity of a pair, from 0 to 1,000. Any two passages of plain English share about 300,
# because of common words.
SIMILAR_IN_SECTION = 500
SIMILAR_ELSEWHERE = 750
# Words or word pairs that occur in more pairs of passages than this are too common to match by.
MOST_PAIRS_OF_WORDS = 16
# Limit on the pairs compared word for word.
MOST_CANDIDATES = 10_000

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or recommendation. `home` identifies its section in both papers."""

    key: str
    home: Hashable
    words: str


def pairs(was: Sequence[Passage], now: Sequence[Passage]) -> list[Pair]:
    """Return the matching positions in both papers. Each position is in at most one pair."""
    places = {passage.key: place for place, passage in enumerate(now)}
    found = [
        (place, places[passage.key]) for place, passage in enumerate(was) if passage.key in places
    ]
    # Equal text is looked for within the same section first.
    for words_of in (
        lambda passage: (passage.home, passage.words),
        lambda passage: passage.words,
    ):
        by_words: tuple[dict[Hashable, list[int]], ...] = (defaultdict(list), defaultdict(list))
        for side, passages, unmatched in zip(
            by_words, (was, now), _left(was, now, found), strict=True
        ):
            for place in unmatched:
                side[words_of(passages[place])].append(place)
        for words in by_words[0].keys() & by_words[1].keys():
            found += zip(by_words[0][words], by_words[1][words], strict=False)
    found += _similar(was, now, *_left(was, now, found))
    return sorted(found)


def _left(
    was: Sequence[Passage], now: Sequence[Passage], found: Iterable[Pair]
) -> tuple[list[int], list[int]]:
    taken = list(found)
    old, new = {pair[0] for pair in taken}, {pair[1] for pair in taken}
    return (
        [place for place in range(len(was)) if place not in old],
        [place for place in range(len(now)) if place not in new],
    )


def _similar(
    was: Sequence[Passage], now: Sequence[Passage], old: list[int], new: list[int]
) -> list[Pair]:
    """Return pairs that are similar enough, most similar first."""
    if not old or not new:
        return []
    words_was = {place: WORD.findall(was[place].words.casefold()) for place in old}
    words_now = {place: WORD.findall(now[place].words.casefold()) for place in new}
    likely = _candidates(words_was, words_now)
    counted = [
        {place: Counter(words[place]) for place in {pair[side] for pair in likely}}
        for side, words in enumerate((words_was, words_now))
    ]
    scored = []
    for a, b in likely:
        alike = _similarity(counted[0][a], counted[1][b])
        at_home = was[a].home == now[b].home
        if alike >= (SIMILAR_IN_SECTION if at_home else SIMILAR_ELSEWHERE):
            keys = sorted((was[a].key, now[b].key))
            scored.append((not at_home, -alike, abs(a - b), keys, a, b))
    found: list[Pair] = []
    gone, come = set(), set()
    for *_, a, b in sorted(scored):
        if a not in gone and b not in come:
            found.append((a, b))
            gone.add(a)
            come.add(b)
    return found


def _candidates(was: dict[int, list[str]], now: dict[int, list[str]]) -> list[Pair]:
    """Return pairs that share an uncommon word or word pair, limited to the most similar."""
    index: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, passages in enumerate((was, now)):
        for place, words in passages.items():
            for feature in {*words, *pairwise(words)}:
                index[feature][side].append(place)
    shared: Counter[Pair] = Counter()
    for old, new in index.values():
        if len(old) * len(new) <= MOST_PAIRS_OF_WORDS:
            shared.update((a, b) for a in old for b in new)
    if len(shared) <= MOST_CANDIDATES:
        return list(shared)

    def likeliness(pair: Pair) -> tuple[float, int]:
        a, b = pair
        return -shared[pair] / (len(was[a]) + len(now[b])), abs(a - b)

    return sorted(shared, key=likeliness)[:MOST_CANDIDATES]


def _similarity(was: Counter[str], now: Counter[str]) -> int:
    """Return the similarity in thousandths: twice the shared words by the words of both."""
    few, many = sorted((was, now), key=len)
    both = sum(min(count, many[word]) for word, count in few.items() if word in many)
    return 2000 * both // max(was.total() + now.total(), 1)


def in_order(
    found: Sequence[Pair], was: Sequence[Passage], now: Sequence[Passage]
) -> frozenset[Pair]:
    """Return the pairs that kept their order; the others were moved.

    Chooses the pairs so that as few and as short passages as possible count as moved.
    """
    if not found:
        return frozenset()
    heaviest = _Heaviest(1 + max(b for _, b in found))
    ahead: dict[Pair, Pair | None] = {}
    for a, b in sorted(found):
        keys = " ".join(sorted((was[a].key, now[b].key)))
        length = len(was[a].words) + len(now[b].words)
        before, last = heaviest.up_to(b)
        ahead[a, b] = last
        heaviest.put(b, before + (1 << 96) + (length << 48) + crc32(keys.encode()), (a, b))
    _, last = heaviest.up_to(len(heaviest.best) - 1)
    kept = []
    while last is not None:
        kept.append(last)
        last = ahead[last]
    return frozenset(kept)


class _Heaviest:
    """The heaviest chain ending before a position, as a Fenwick tree: operations in O(log n)."""

    def __init__(self, places: int) -> None:
        self.best: list[tuple[int, Pair | None]] = [(0, None)] * (places + 1)

    def up_to(self, place: int) -> tuple[int, Pair | None]:
        """Return the heaviest chain among the positions below `place`."""
        found: tuple[int, Pair | None] = (0, None)
        while place > 0:
            found = max(found, self.best[place], key=lambda each: each[0])
            place -= place & -place
        return found

    def put(self, place: int, weight: int, pair: Pair) -> None:
        place += 1
        while place < len(self.best):
            if weight > self.best[place][0]:
                self.best[place] = (weight, pair)
            place += place & -place
