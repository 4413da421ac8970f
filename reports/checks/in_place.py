"""Finds the value that an edited sentence has in the place of another one: between the same words as a generated sentence,
another date, number, length of time, agency, item or status."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from reports.checks.values import DATE, ITEM_NUMBER, LENGTH, NUMBER, Date, as_digits, dates_in

# How alike two sentences are of which one was edited into the other, whatever their values.
ALIKE, NEARLY_THE_SAME = 0.6, 0.85
# Words around a value that both sentences have, of so many on either side.
FEWEST_AROUND, AROUND = 3, 3

DAY, NUMERAL, SPAN, AGENCY, ITEM, STATUS = "date", "number", "length", "agency", "item", "status"
# Not of a time: "late June", "late in June".
LATE = r"late(?! (?:in\b|(?-i:[A-Z])))|overdue|behind schedule"
# What is said of a plan's items and milestones; words for one status are one value.
_STATUS = {
    "complete": "complete|completed|finished",
    "late": LATE,
    "on time": "on time|on track|on schedule",
    "at risk": "at risk",
    "under way": "under way|underway",
    "not started": "not started",
    "ongoing": "ongoing",
    "withdrawn": "withdrawn",
}
_STATUSES = re.compile(
    rf"\b(?:{'|'.join(f'(?P<s{n}>{words})' for n, words in enumerate(_STATUS.values()))})\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
_ARTICLES = {"a", "an", "the"}
_STEM = 6


class Token(NamedTuple):
    """A word of a sentence, or a value (`kind`) that counts as one word. Words and values that say the same have one key."""

    kind: str
    key: str
    words: str
    date: Date | None = None

    @property
    def masked(self) -> str:
        return f"<{self.kind}>" if self.kind else self.key

    def is_same(self, other: "Token") -> bool:
        if self.date and other.date:
            return self.date.agrees(other.date) or other.date.agrees(self.date)
        return self.kind == other.kind and self.key == other.key


def tokens(
    sentence: str, items: Collection[str], agencies: Mapping[str, int], pattern: re.Pattern[str]
) -> list[Token]:
    """Split a sentence. `items` are the numbers of items, `agencies` the ids of agencies by their names, which `pattern`
    finds."""
    found: dict[int, tuple[int, Token]] = {}
    taken = bytearray(len(sentence))

    def put(match: re.Match[str], token: Token) -> None:
        if not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            found[match.start()] = (match.end(), token)

    for match in ITEM_NUMBER.finditer(sentence):
        if match.group() in items:
            put(match, Token(ITEM, match.group(), match.group()))
    for match in DATE.finditer(sentence):
        for date in dates_in(sentence[max(match.start() - 3, 0) : match.end()])[-1:]:
            put(match, Token(DAY, "", match.group(), date))
    for match in pattern.finditer(sentence):
        put(match, Token(AGENCY, str(agencies[match.group()]), match.group()))
    for match in LENGTH.finditer(sentence):
        key = f"{as_digits(match['number'])} {match['unit'].casefold()}"
        put(match, Token(SPAN, key, match.group()))
    for match in NUMBER.finditer(sentence):
        put(match, Token(NUMERAL, as_digits(match.group()), match.group()))
    for match in _STATUSES.finditer(sentence):
        status = next(
            name for n, name in enumerate(_STATUS) if match.groupdict()[f"s{n}"] is not None
        )
        put(match, Token(STATUS, status, match.group()))
    for match in _WORD.finditer(sentence):
        word = match.group().casefold()
        if word not in _ARTICLES:
            put(match, Token("", word[:_STEM], match.group()))
    made: list[Token] = []
    for _start, (_end, token) in sorted(found.items()):
        # "The Ministry of Health (MOH)" names one agency.
        if not (made and token.kind == AGENCY and made[-1].is_same(token)):
            made.append(token)
    return made


def changed(
    typed: Sequence[Token], generated: Sequence[Sequence[Token]]
) -> list[tuple[Token, Token]]:
    """Return the values of a sentence that stand in the place of others, each with the other, by the generated sentence that is
    most like it; none if no generated sentence is alike, or one has the same values."""
    likeness: list[tuple[float, list[tuple[Token, Token]]]] = []
    masked = [each.masked for each in typed]
    # Counts the words of the one sentence once for all others; a quick ratio is the same either way.
    quick = SequenceMatcher(b=masked, autojunk=False)
    for sentence in generated:
        other = [each.masked for each in sentence]
        quick.set_seq1(other)
        if quick.quick_ratio() < ALIKE:
            continue
        matcher = SequenceMatcher(None, masked, other, autojunk=False)
        if (ratio := matcher.ratio()) >= ALIKE:
            pairs = list(_in_place(typed, sentence, matcher))
            if pairs and _is_of_others(typed, sentence):
                continue
            if ratio < NEARLY_THE_SAME:
                # A value of another sentence may have come into one that was written anew.
                pairs = [pair for pair in pairs if not _is_in(pair[0], generated)]
            likeness.append((round(ratio, 1), pairs))
    if not likeness:
        return []
    best = max(ratio for ratio, _pairs in likeness)
    return min((pairs for ratio, pairs in likeness if ratio == best), key=len)


def _in_place(
    typed: Sequence[Token], sentence: Sequence[Token], matcher: "SequenceMatcher[str]"
) -> Iterator[tuple[Token, Token]]:
    for a, b, size in matcher.get_matching_blocks():
        for n in range(size):
            mine, theirs = typed[a + n], sentence[b + n]
            if not mine.kind or mine.is_same(theirs):
                continue
            before = min(n, AROUND)
            after = min(size - n - 1, AROUND)
            begins, ends = a == b == 0, a + size == len(typed) and b + size == len(sentence)
            around = before + after + (AROUND - before) * begins + (AROUND - after) * ends
            is_between = (before or begins) and (after or ends)
            # A value that was moved within the sentence is there as often as before.
            is_moved = _times(theirs, typed) >= _times(theirs, sentence) or _times(
                mine, sentence
            ) >= _times(mine, typed)
            if is_between and around >= FEWEST_AROUND and not is_moved:
                yield mine, theirs


def _is_in(value: Token, sentences: Sequence[Sequence[Token]]) -> bool:
    return any(_times(value, each) for each in sentences)


def _times(value: Token, sentence: Sequence[Token]) -> int:
    return sum(value.is_same(each) for each in sentence)


def _is_of_others(typed: Sequence[Token], sentence: Sequence[Token]) -> bool:
    """Whether two sentences are alike but of different items, with different values: neither was edited into the other."""
    mine, theirs = ({each.key for each in one if each.kind == ITEM} for one in (typed, sentence))
    values = [
        {(each.kind, each.key, each.date) for each in one if each.kind and each.kind != ITEM}
        for one in (typed, sentence)
    ]
    return bool(mine and theirs) and not mine & theirs and not values[0] & values[1]
