"""Compares what an edited or written paragraph says with its records: numbers, dates, agencies, items and status.

What the text that was generated for it says, and what any record of its items or of an item that it names says,
agrees. So words that are left out or put in another order never disagree. But a value that stands in a generated
sentence where another one stood disagrees, though a record has it elsewhere.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy, ngettext

from agencies.wording.translation import StrOrPromise
from reports.checks.evidence import Evidence
from reports.checks.in_place import ITEM as ITEM_VALUE
from reports.checks.in_place import LATE, SPAN, STATUS, Token, changed
from reports.checks.item_records import ItemRecords
from reports.checks.recorded import sentences_of
from reports.checks.values import (
    WORDS,
    dates_in,
    lengths_in,
    numbers_in,
)
from reports.compose.facts import Facts
from reports.document.wording import join_words, mentions, number
from reports.drafting.draft import REFERENCE, Origin, Part
from reports.drafting.paper import Drafted
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt

_MODAL = r"(?:not|never|no longer|may|might|could|should|would|will|shall|can|must|if|until|unless|once|when|before|to|be|yet|is it)"


class Claim(NamedTuple):
    """A word for a status: what a text says with it, and whether an item or a milestone has that status."""

    words: re.Pattern[str]
    of_item: Callable[[ItemAt], bool]
    of_milestone: Callable[[MilestoneAt], bool]
    otherwise: StrOrPromise

    def found_in(self, text: str) -> str:
        for match in self.words.finditer(text):
            if not re.search(
                rf"\b{_MODAL}\s+(?:\w+\s+){{0,3}}$", text[: match.start()], re.IGNORECASE
            ):
                return match.group()
        return ""


def _claim(
    words: str,
    of_item: Callable[[ItemAt], bool],
    of_milestone: Callable[[MilestoneAt], bool],
    otherwise: StrOrPromise,
) -> Claim:
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    return Claim(pattern, of_item, of_milestone, otherwise)


def _was_late(step: MilestoneAt) -> bool:
    return (
        step.is_late
        or bool(step.delays)
        or (step.completed_on or step.agreed_due) > min(step.agreed_due, step.original_due)
    )


CLAIMS = (
    _claim(
        LATE,
        lambda item: item.is_late,
        _was_late,
        gettext_lazy("item {item} is not late"),
    ),
    _claim(
        "on time|on track|on schedule",
        lambda item: not item.is_late,
        lambda step: step.is_done and not _was_late(step),
        gettext_lazy("item {item} is late"),
    ),
    _claim(
        "complete|completed|finished",
        lambda item: item.stage == Stage.COMPLETE,
        lambda step: step.is_done,
        gettext_lazy("nothing of item {item} is complete"),
    ),
    _claim(
        "withdrawn",
        lambda item: item.stage == Stage.WITHDRAWN,
        lambda step: step.is_withdrawn,
        gettext_lazy("item {item} is not withdrawn"),
    ),
)
# "Nine items are late", "nine of the 25 items are late"; not the 25 of that.
_COUNT = re.compile(
    r"(?<!of )(?<!of its )(?<!of the )(?<!of the Plan’s )(?<![\w-])(?P<count>[\w-]+)"
    r"(?:\s+of\s+(?:its|the)(?:\s+Plan[’']s)?\s+[\w-]+)?\s+(?:key\s+)?(?:work\s+)?items?\s+(?:is|are|were|was|have been)\s+"
    r"(?P<status>late|overdue|complete|completed|withdrawn|under way or ongoing|under way|ongoing)\b",
    re.IGNORECASE,
)
# Counted, but no claim: a text says it of much else than items.
_STAGES = {
    "under way": (Stage.UNDER_WAY,),
    "ongoing": (Stage.ONGOING,),
    "under way or ongoing": (Stage.UNDER_WAY, Stage.ONGOING),
}


class Disagreement(NamedTuple):
    """What a paragraph says and its records do not: in a sentence, the dates or numbers as they are written, and what the
    records have in their place, as far as that is known."""

    sentence: str
    typed: Sequence[str] = ()
    recorded: Sequence[str] = ()


def disagreements(
    drafted: Drafted, part: Part, further: ItemRecords | None = None
) -> list[Disagreement]:
    """Return what the paragraph says that its records do not, with what they say. None for a generated paragraph. Of a
    paragraph written from no record, only the numbers of items are compared. `further` are read if it seems to disagree
    with the records that the paper is composed from."""
    if part.origin == Origin.GENERATED or drafted.found is None:
        return []
    facts = drafted.found.facts
    text = REFERENCE.sub(" ", part.text).replace("**", "")
    counts = list(_counts(text, facts))
    if not part.sources:
        return counts
    evidence = Evidence(drafted, part, facts)
    counted = " ".join(match.group() for match in _COUNT.finditer(text)) if counts else ""
    in_place = [each for each in _in_place(text, evidence) if not _is_in(each.typed[0], {counted})]
    known = frozenset(word for each in in_place for word in each.typed)
    found = list(_not_recorded(text, evidence, known, is_counted=bool(counts)))
    if found and further:
        evidence.widen(further)
        found = list(_not_recorded(text, evidence, known, is_counted=bool(counts)))
    return [*counts, *in_place, *found]


def _not_recorded(
    text: str, evidence: Evidence, known: frozenset[str], *, is_counted: bool
) -> Iterator[Disagreement]:
    """Yield what no record says, apart from values that are `known` to stand in the place of others."""
    yield from _dates(text, evidence, known)
    yield from _numbers(text, evidence, known, is_counted=is_counted)
    yield from _names(text, evidence, known)
    yield from _status(text, evidence, known)


def _says(typed: str, recorded: str = "") -> Disagreement:
    sentence = (
        gettext("It says {typed}; its records say {recorded}.")
        if recorded
        else gettext("It says {typed}, which none of its records says.")
    )
    return Disagreement(
        sentence.format(typed=typed, recorded=recorded), [typed], [recorded] if recorded else []
    )


def _in_place(text: str, evidence: Evidence) -> Iterator[Disagreement]:
    """Yield the values that stand in the place of others of a sentence that was generated from the same records."""
    records = evidence.all_records
    generated = evidence.generated_sentences
    seen = set()
    for sentence in records.tokens_of(text) if generated else ():
        for typed, recorded in changed(sentence, generated):
            # An item is late by one length after the first date, and by another after the agreed one.
            is_true = typed.kind == SPAN and evidence.is_slip(_length(typed))
            if not is_true and (typed.words, recorded.words) not in seen:
                seen.add((typed.words, recorded.words))
                yield _says(_quoted(typed), _quoted(recorded))._replace(
                    typed=[typed.words], recorded=[recorded.words]
                )


def _quoted(token: Token) -> str:
    if token.kind == ITEM_VALUE:
        return gettext("item {number}").format(number=token.words)
    return f"“{token.words}”" if token.kind == STATUS else token.words


def _length(token: Token) -> tuple[int, str]:
    count, _space, unit = token.key.partition(" ")
    return int(count) if count.isdecimal() else 0, unit


# "The Residential Tenancies Act 1986": the year is a part of the name.
_OF_AN_ACT = re.compile(r"(?<=\bAct )(?:19|20)\d\d\b")


def _dates(text: str, evidence: Evidence, known: frozenset[str]) -> Iterator[Disagreement]:
    typed = {
        each: sentence
        for sentence in sentences_of(text)
        for each in dates_in(_OF_AN_ACT.sub(" ", sentence))
        if not _is_in(each.words, known)
    }
    said = [*evidence.said, *evidence.of_named] if typed else []
    recorded = [known_date for each in said for known_date in each.dates]
    for each, sentence in typed.items():
        if not any(each.agrees(other) for other in recorded):
            yield _says(each.words, evidence.date_for(each, text, sentence))


def _numbers(
    text: str, evidence: Evidence, known: frozenset[str], *, is_counted: bool
) -> Iterator[Disagreement]:
    for sentence in sentences_of(text):
        found = numbers_in(sentence)
        if not found:
            continue
        lengths = lengths_in(sentence)
        of_lengths = {str(count) for count, _unit in lengths}
        numbers = evidence.all_records.numbers
        typed = {
            n: word
            for n, word in found.items()
            if n not in numbers and n not in of_lengths and not _is_in(word, known)
        }
        if is_counted:
            counted = {match["count"] for match in _COUNT.finditer(text)}
            typed = {n: word for n, word in typed.items() if word not in counted}
        for length, words in lengths.items():
            is_of_slip = _LATE.match(sentence, sentence.index(words) + len(words))
            holds = evidence.is_slip if is_of_slip else evidence.has_length
            # "2 months" of "a year and two months" is known, too.
            is_known = _is_in(words, known) or length in lengths_in(evidence.generated.text)
            if not is_known and not holds(length):
                yield _says(words, evidence.length_for(length, sentence))
        for n, word in typed.items():
            if not evidence.has_number(n, sentence):
                yield _says(word, evidence.number_for(word, sentence))


_LATE = re.compile(r",? (?:late|later|behind)\b")


def _is_in(words: str, known: Collection[str]) -> bool:
    return any(words in each for each in known)


def _names(text: str, evidence: Evidence, known: frozenset[str]) -> Iterator[Disagreement]:
    facts = evidence.facts
    others = [
        agency
        for agency in facts.agencies.values()
        if not known & set(agency.names)
        and mentions(text, agency.names)
        and not evidence.names(agency)
    ]
    gone = [
        agency.short_name
        for agency in (facts.agencies.values() if others else ())
        if mentions(evidence.generated.text, agency.names) and not mentions(text, agency.names)
    ]
    if len(others) == len(gone) == 1:
        yield _says(others[0].short_name, gone[0])
    elif others:
        sentence = ngettext(
            "It names {agencies}, which none of its records names.",
            "It names {agencies}, which none of its records name.",
            len(others),
        )
        names = join_words(each.short_name for each in others)
        yield Disagreement(sentence.format(agencies=names))


def _status(text: str, evidence: Evidence, known: frozenset[str]) -> Iterator[Disagreement]:
    for claim in CLAIMS:
        said = claim.found_in(text)
        if not said or said in known:
            continue
        items = evidence.subjects_of(claim.words)
        if not items:
            items = [*evidence.items, *evidence.items_named]
            if claim.words.search(evidence.generated.text):
                continue
        steps = [step for item in items for step in item.milestones]
        if not items or any(map(claim.of_item, items)) or any(map(claim.of_milestone, steps)):
            continue
        first = items[0].number
        says = gettext("It says “{said}”, but {record}.").format(
            said=said, record=str(claim.otherwise).format(item=first)
        )
        yield Disagreement(says)


def _counts(text: str, facts: Facts) -> Iterator[Disagreement]:
    """Yield counts of items with a status that are higher than the records give."""
    for match in _COUNT.finditer(text):
        word = match["count"].casefold()
        count = int(word) if word.isdecimal() else WORDS.get(word, 0)
        if stages := _STAGES.get(match["status"].casefold()):
            actual = sum(item.stage in stages for item in facts.items)
        else:
            claim = next(each for each in CLAIMS if each.words.fullmatch(match["status"]))
            actual = sum(map(claim.of_item, facts.items))
        if count > actual:
            says = gettext("It says “{said}”; the records count {actual}.").format(
                said=match.group(), actual=number(actual) if actual else gettext("none")
            )
            yield Disagreement(says)
