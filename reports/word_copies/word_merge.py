"""Merges two changes of one text, word by word."""

from difflib import SequenceMatcher

from workitems.terms.word_diff import WORDS

# Old words × new words for which the matcher is quick enough.
MAX_PAIRS = 400_000

Change = tuple[int, int, list[str]]


def merged(base: str, one: str, other: str) -> str | None:
    """Return `base` with the changes of both texts, or None if they touch each other."""
    if base in (one, other) or one == other:
        return other if base == one else one
    old = _words(base)
    changes: list[Change] = []
    for text in (one, other):
        new = _words(text)
        if len(old) * len(new) > MAX_PAIRS:
            return None
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        changes += [
            (a, b, new[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
        ]
    result: list[str] = []
    at = 0
    last: Change | None = None
    for change in sorted(changes, key=lambda each: each[:2]):
        if change == last:
            continue
        start, end, words = change
        if last and (start < at or start == at == last[1] and (start == end or last[0] == last[1])):
            return None
        result += old[at:start] + words
        at, last = end, change
    return "".join(result + old[at:]).strip()


def _words(text: str) -> list[str]:
    """Return the words. A space at the end keeps the last one equal when words follow it."""
    return WORDS.findall(f"{text} ")
