"""Compares what agencies recorded in the period with what the paper prints of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reports.compose.annex_rows import last_round
from reports.compose.facts import Facts
from workitems.terms.acronyms import acronyms_in
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import says_nothing

# Words by which a sentence is found in the paper, at least.
FEWEST_WORDS = 3
# Marks of bold, bullets and line ends.
_MARKUP = re.compile(r"\*\*|^\s*-\s+", re.MULTILINE)


@dataclass(frozen=True)
class Recorded:
    """A text of the period: the number of its item, what it is, and the annex that has it whole."""

    item: str
    what: str
    text: str
    annex: str

    @cached_property
    def ends(self) -> Mapping[str, str]:
        """Its sentences by their ends, to be found in what `plain` returns: the paper may begin a sentence in other
        words. Sentences that say nothing are left out."""
        return _ends(self.text)


@lru_cache(maxsize=5000)
def _ends(text: str) -> Mapping[str, str]:
    found = sentences_of(text)
    return {end_of(sentence): sentence for sentence in found if not says_nothing(sentence)}


def recorded(facts: Facts) -> list[Recorded]:
    """Return the texts that agencies recorded in the period, without those that say nothing."""
    return [row for row in _recorded(facts) if not says_nothing(row.text)]


def _recorded(facts: Facts) -> Iterator[Recorded]:
    for item in facts.items:
        in_annex = last_round(facts, item)
        for row in facts.updates_of(item):
            annex = "items_texts" if row in in_annex else ""
            yield Recorded(item.number, "achieved", row.achieved, annex)
            yield Recorded(item.number, "planned next", row.planned_next, annex)
            yield Recorded(item.number, "challenges", row.challenges, annex)
        delays = [delay for step in item.milestones for delay in step.delays]
        for delay in delays:
            if not delay.was_open_since(facts.briefing.period_start):
                continue
            yield Recorded(item.number, "effect", delay.effect, "delays")
            yield Recorded(item.number, "until then", delay.meanwhile, "delays")
            yield Recorded(item.number, "what it needs", delay.needs, "delays")
            yield Recorded(item.number, "where the money comes from", delay.money_from, "")
            yield Recorded(item.number, "what if it is declined", delay.if_declined, "")
            for action in delay.mitigations:
                yield Recorded(item.number, "mitigation", action.description, "delays")


def plain(text: str) -> str:
    """Return a text on one line, without markup, to be searched."""
    return " ".join(_MARKUP.sub("", text).split()).casefold()


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text and its bullets, without markup."""
    lines = _MARKUP.sub("", text).splitlines()
    return [each for line in lines for each in sentences(line)]


# How much of a sentence's words a text has that says the same: of those that matter, by their beginnings; less is enough if
# it has all its numbers.
_SAYS_IT, _SAYS_ITS_NUMBERS = 0.6, 0.3
# What is generated has an agency's sentence in nearly its words, or has another one that is like it.
NEARLY_ALL = 0.9
_MATTERS = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
# The beginnings of words that only point: "Please refer to item 2.3."
_POINTS = frozenset(("pleas", "refer", "item", "also"))
_DIGITS = re.compile(r"\d[\d,.]*\d|\d")


def is_told_in(sentence: str, text: str, least: float = _SAYS_IT) -> bool:
    """Whether a text says in other words what a sentence says: it has all its numbers, and most of its words (at
    `least`) or, beside numbers, its acronyms and some of its words. Of one that only points to an item, its number."""
    words = stems(sentence)
    numbers = set(_DIGITS.findall(sentence))
    if not words or not numbers <= set(_DIGITS.findall(text)):
        return False
    if numbers and words <= _POINTS:
        return True
    share = len(words & stems(text)) / len(words)
    has_exact = (
        bool(numbers) and least == _SAYS_IT and set(acronyms_in(sentence)) <= set(acronyms_in(text))
    )
    return share >= (_SAYS_ITS_NUMBERS if has_exact else least)


@lru_cache(maxsize=5000)
def stems(text: str) -> frozenset[str]:
    return frozenset(word.casefold()[:_STEM] for word in _MATTERS.findall(text))


def end_of(sentence: str) -> str:
    """Return the second half of a sentence, but three words if it has them. Two may stand anywhere: "the plan"."""
    words = sentence.casefold().rstrip(".!?;, ").split()
    return " ".join(words[max(min(len(words) // 2, len(words) - FEWEST_WORDS), 0) :])
