"""Compares what an edited or written paragraph says with its records: numbers, dates, agencies, items and status.

What the text that was generated for it says, and what any record of its items or of an item that it names says,
agrees. So words that are left out or put in another order never disagree.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy

from agencies.models import Agency
from agencies.wording.translation import StrOrPromise
from reports.checks.item_records import ItemRecords
from reports.compose.facts import AnswerFacts, Facts
from reports.document.dates import MONTHS, long_date
from reports.document.wording import TEENS, TENS, join_words, mentions, number
from reports.drafting.changed_records import PLAN
from reports.drafting.draft import REFERENCE, Origin, Part
from reports.drafting.paper import Drafted
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.known_dates import KnownDate
from workitems.terms.spans import NUMBERS, span_in_words

MOST_NAMED = 3

# --- what a text says ---------------------------------------------------------------------------

_MONTH = "|".join(MONTHS)
# A month alone is a date only after such a word: "may" is a verb.
_DATE = re.compile(
    # First what most words fail at: a date begins with a digit or the capital of a month.
    r"\b(?=[\dADFJMNOS])(?:"
    rf"(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{_MONTH})(?:\s+(?P<year>\d{{4}}))\b"
    rf"|(?P<day_2>\d{{1,2}})\s+(?P<month_2>{_MONTH})\b"
    rf"|(?<=\bin )(?P<month_3>{_MONTH})\b|(?<=\bby )(?P<month_4>{_MONTH})\b|(?<=\bof )(?P<month_5>{_MONTH})\b"
    r"|(?P<year_2>(?:19|20)\d\d)\b)"
)
_UNITS = [str(word) for word in NUMBERS]
_WORDS = {word: n for n, word in enumerate([*_UNITS, *map(str, TEENS)], start=1)}
_WORDS |= {str(word): 10 * n for n, word in enumerate(TENS, start=2)}
_WORDS |= {
    f"{tens}-{unit}": 10 * t + u
    for t, tens in enumerate(TENS, start=2)
    for u, unit in enumerate(_UNITS, start=1)
}
# As it stands in a sentence: with a point, so that it is no count.
ITEM_NUMBER = re.compile(r"(?<!\w)\w+(?:\.\w+)+(?!\w)")
# "One" is hardly ever a count.
del _WORDS["one"]
_IN_WORDS = {str(n): word for word, n in _WORDS.items()}
_WORD = "|".join(sorted((word for word in _WORDS if "-" not in word), key=len, reverse=True))
_NUMBER = re.compile(
    # First what most words fail at: a number begins with a digit or one of these letters.
    r"(?<![\w.,])(?=[\defnst])(?:\d[\d,]*(?:\.\d+)?(?:k|m|bn| (?:thousand|million|billion))?"
    rf"|(?:{'|'.join(map(str, TENS))})-(?:{'|'.join(_UNITS)})|{_WORD})(?!\w)",
    re.IGNORECASE,
)


class Date(NamedTuple):
    """A date as precisely as a text gives it."""

    day: int | None
    month: int | None
    year: int | None
    words: str

    def agrees(self, other: "Date") -> bool:
        """Whether the other date is the same, as precisely as this one is given."""
        return all(
            mine is None or mine == theirs for mine, theirs in zip(self[:3], other[:3], strict=True)
        )


@lru_cache(maxsize=2000)
def dates_in(text: str) -> Sequence[Date]:
    """Return the dates of a text, in order."""
    found = []
    for match in _DATE.finditer(text):
        groups = match.groupdict()
        day, month, year = (
            next((value for name, value in groups.items() if value and name.startswith(part)), "")
            for part in ("day", "month", "year")
        )
        found.append(
            Date(
                int(day) if day else None,
                MONTHS.index(month) + 1 if month else None,
                int(year) if year else None,
                match.group(),
            )
        )
    return found


@lru_cache(maxsize=2000)
def numbers_in(text: str) -> Mapping[str, str]:
    """Map the numbers of a text, as digits, to how it gives them. Dates are none."""
    return {
        _as_digits(word): word
        for match in _NUMBER.finditer(_DATE.sub(" ", text))
        for word in [match.group()]
    }


# By how they are written: what thousands and the like multiply by.
_TIMES = {
    **dict.fromkeys(("k", "thousand"), 1_000),
    **dict.fromkeys(("m", "million"), 1_000_000),
    **dict.fromkeys(("bn", "billion"), 1_000_000_000),
}
_SCALED = re.compile(r"(?P<digits>[\d.]+) ?(?P<times>[a-z]+)", re.IGNORECASE)


def _as_digits(word: str) -> str:
    """Return a number as digits: "214000" of "214k" and "214,000", "6200000" of "6.2 million"."""
    plain = word.replace(",", "").rstrip(".")
    if scaled := _SCALED.fullmatch(plain):
        value = Decimal(scaled["digits"]) * _TIMES[scaled["times"].casefold()]
        return str(int(value)) if value == int(value) else f"{value:f}"
    return str(_WORDS.get(word.casefold(), plain))


# --- what the records say -----------------------------------------------------------------------


class Said:
    """A text of the records. The dates and numbers in it are read once, and only if a paragraph has some."""

    def __init__(self, *texts: str) -> None:
        self.text = "\n".join(texts)

    @cached_property
    def dates(self) -> Sequence[Date]:
        return dates_in(self.text)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        return numbers_in(self.text)

    @cached_property
    def _plain(self) -> str:
        return self.text.replace(",", "").casefold()

    def has(self, digits: str) -> bool:
        """Whether it has a number. All its numbers are read only if this one's digits or word are there, or if it may be
        written as "214k" or "6.2 million"."""
        word = _IN_WORDS.get(digits, digits)
        may_be_there = digits in self._plain or word in self._plain or digits.endswith("000")
        return may_be_there and digits in self.numbers


class Records:
    """The texts of a paper's records, those of each item put together once for all paragraphs that cite it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.numbers = {item.number for item in facts.items}
        self._of_items: dict[int, Said] = {}
        self._further: dict[int, Said] = {}

    @cached_property
    def of_paper(self) -> Said:
        """What every paragraph may say: the titles, the background and the days of the paper, and the last answer."""
        plan, briefing = self.facts.plan, self.facts.briefing
        days = (briefing.dated, briefing.period_start, briefing.period_end, self.facts.as_at)
        answer = self.facts.answer
        answered = _texts_of_answer(answer) if answer else ()
        texts = (plan.title, plan.background, briefing.title)
        return Said(*texts, *map(long_date, days), *answered)

    def of_item(self, item: ItemAt) -> Said:
        if item.pk not in self._of_items:
            self._of_items[item.pk] = Said(*_texts_of(self.facts, item))
        return self._of_items[item.pk]

    def further(self, records: ItemRecords, item: int = 0) -> Said:
        """What the records say from which the paper is not composed: of an item, else of the plan."""
        if item not in self._further:
            texts = records.of_item(item) if item else records.of_plan
            self._further[item] = Said(*texts)
        return self._further[item]


class Evidence:
    """What a paragraph may say: the texts generated for it, all texts of its items and of those that it names, and who is
    named there."""

    def __init__(self, drafted: Drafted, part: Part, facts: Facts) -> None:
        now = {each.key: each.text for each in drafted.composed} if part.taken else {}
        generated = [text for taken in part.taken for text in (taken.text, now.get(taken.key, ""))]
        self.generated = Said(*generated)
        self.facts = facts
        self.all_records = facts.once(Records)
        self._generated_on = drafted.generated_on
        self._labels = [source.label for source in part.sources]
        self._records = {(source.model, source.pk) for source in part.sources}
        is_of_plan = any(model == PLAN for model, _ in self._records)
        self.items = facts.items if is_of_plan else drafted.items_of(self._records)
        self._named = {*ITEM_NUMBER.findall(part.text)} - {item.number for item in self.items}

    def widen(self, further: ItemRecords) -> None:
        """Take in the records that the paper is not composed from, where any were needed."""
        read, of = vars(self), partial(self.all_records.further, further)
        if "said" in read:
            self.said += [of(), *(of(item.pk) for item in self.items)]
        if "of_named" in read:
            self.of_named += [of(item.pk) for item in self._items_named]
        read.pop("texts", None)

    @property
    def milestones(self) -> Iterator[MilestoneAt]:
        return (step for item in self.items for step in item.milestones)

    @cached_property
    def said(self) -> list[Said]:
        records = self.all_records
        own = list(self._labels)
        for risk in self.facts.all_risks:
            if ("workitems.risk", risk.pk) in self._records:
                own += [risk.description, risk.response]
        # A paragraph that was split or merged says what was generated on its records for another.
        for record in self._records:
            own += self._generated_on.get(record, ())
        return [self.generated, Said(*own), records.of_paper, *map(records.of_item, self.items)]

    @cached_property
    def of_named(self) -> list[Said]:
        """What the records of other items say that the paragraph names."""
        return [*map(self.all_records.of_item, self._items_named)]

    @property
    def _items_named(self) -> Iterable[ItemAt]:
        items = self.facts.items if self._named else ()
        return (item for item in items if item.number in self._named)

    @cached_property
    def texts(self) -> str:
        return "\n".join(each.text for each in self.said)

    def names(self, agency: Agency) -> bool:
        """Whether the records are the agency's, or name it."""
        return (
            agency.pk in self._agencies
            or mentions(self.texts, agency.names)
            or any(mentions(each.text, agency.names) for each in self.of_named)
        )

    @cached_property
    def _agencies(self) -> frozenset[int]:
        of_items = (pk for item in self.items for pk in _agencies_of(self.facts, item))
        return frozenset((self.facts.coordinator.pk, *of_items))


def _texts_of_answer(answer: AnswerFacts) -> Iterator[str]:
    """Yield what is recorded of the Minister's last answer, and of what agencies are to do after it."""
    yield from (answer.source.label, answer.paper.title, long_date(answer.paper.dated))
    yield answer.response.comment
    for choice in answer.choices:
        yield from (choice.text, choice.option, choice.comment)
    actions = [*(row for rows in answer.actions.values() for row in rows), *answer.earlier]
    for row in actions:
        yield row.text
        yield from (long_date(day) for day in (row.due_on, row.done_on) if day)


def _texts_of(facts: Facts, item: ItemAt) -> Iterator[str]:
    yield from (f"({item.number})", item.title, item.as_told, item.objective, item.action)
    yield from (role for _agency, role in facts.supports_of(item))
    yield from _counts_of(item)
    for step in item.milestones:
        yield from (step.description, step.as_told, step.done_means)
        for due in dict.fromkeys((step.original, step.agreed, step.forecast)):
            yield from (str(due), long_date(due.last_day))
        yield from _lengths(step)
        if move := facts.moves.get(step.pk):
            yield from (move.reason, long_date(move.decided_on))
        for delay in step.delays:
            yield from (delay.explanation, delay.effect, delay.meanwhile, delay.needs)
            yield from (delay.money_from, delay.if_declined)
            yield delay.settling_other
            yield from (str(delay.before), str(delay.after), str(delay.times_moved))
            for action in delay.mitigations:
                yield action.description
                yield from (long_date(day) for day in (action.due_on, action.done_on) if day)
            yield from (
                long_date(day) for day in (delay.settling_by, delay.found_on, delay.ended_on) if day
            )
        yield from (long_date(day) for day in (step.completed_on, step.withdrawn_on) if day)
    for update in facts.updates_of(item):
        yield from (update.achieved, update.planned_next, update.challenges)
    for decision in (facts.additions.get(item.pk), facts.withdrawals.get(item.pk)):
        if decision:
            yield from (decision.reason, long_date(decision.decided_on))
    for asked in facts.requests.get(item.pk, ()):
        yield from (str(asked.due), long_date(asked.due.last_day)) if asked.due else ()
    yield facts.reviewers_reasons.get(item.pk, "")
    yield from (long_date(day) for day in (item.starts_on, item.completed_on) if day)


def _counts_of(item: ItemAt) -> Iterator[str]:
    """Yield how many milestones the item has, and how many of them are done and are not, and so its actions."""
    steps = [step for step in item.milestones if not step.is_withdrawn]
    delays = [delay for step in steps for delay in step.delays]
    actions = [action for delay in delays for action in delay.mitigations]
    for done, rows in (
        (sum(step.is_done for step in steps), steps),
        (sum(action.done_on is not None for action in actions), actions),
    ):
        yield from map(str, (done, len(rows) - done, len(rows)))


def _lengths(step: MilestoneAt) -> Iterator[str]:
    """Yield how much later than first promised, and than agreed, the milestone was or will be reached, and by how much
    its date was moved, as annexes and charts word it."""
    reached = KnownDate(step.completed_on) if step.completed_on else step.forecast
    moved = [(delay.before, delay.after) for delay in step.delays]
    for before, after in ((step.original, step.agreed), *moved):
        if after.last_day > before.last_day:
            yield span_in_words(before, after)
    for due in (step.original, step.agreed):
        if reached.last_day > due.last_day:
            yield span_in_words(due, reached)


def _agencies_of(facts: Facts, item: ItemAt) -> Iterator[int]:
    yield item.lead
    yield from (agency.pk for agency, _role in facts.supports_of(item))
    yield from (update.of_return.agency_id for update in facts.updates_of(item))
    yield from (asked.agency for asked in facts.requests.get(item.pk, ()))
    for step in item.milestones:
        yield step.responsible
        for delay in step.delays:
            yield from (action.owner for action in delay.mitigations)
            yield from (delay.settling_agency,) if delay.settling_agency else ()


# --- where they disagree ------------------------------------------------------------------------

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
        "late(?! [A-Z])|overdue|behind schedule",
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
# "Nine items are late", with the claim's place in `CLAIMS`; not the 25 of "three of the 25 items are late".
_COUNT = re.compile(
    r"(?<!of )(?<!of its )(?<!of the )(?<!of the Plan’s )\b(?P<count>[\w-]+|\d+)\s+(?:key\s+)?(?:work\s+)?items?\s+(?:is|are|were|was|have been)\s+"
    r"(?P<status>late|overdue|complete|completed|withdrawn)\b",
    re.IGNORECASE,
)


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
    found = _disagreements(text, evidence, counts)
    if found and further:
        evidence.widen(further)
        return _disagreements(text, evidence, counts)
    return found


def _disagreements(text: str, evidence: Evidence, counts: list[Disagreement]) -> list[Disagreement]:
    found = [*counts, *_dates(text, evidence)]
    found += _numbers(text, evidence, is_counted=bool(found))
    found += _names(text, evidence)
    found += _status(text, evidence)
    return found


def _says(typed: Iterable[str], recorded: Iterable[str]) -> Disagreement:
    says, known = (list(dict.fromkeys(words)) for words in (typed, recorded))
    sentence = gettext("It says {typed}; its records say {recorded}.").format(
        typed=join_words(says[:MOST_NAMED]),
        recorded=join_words(known[:MOST_NAMED]) or gettext("nothing of it"),
    )
    return Disagreement(sentence, says, known)


def _dates(text: str, evidence: Evidence) -> Iterator[Disagreement]:
    typed = dates_in(text)
    said = [*evidence.said, *evidence.of_named] if typed else []
    known = [date for each in said for date in each.dates]
    wrong = [date.words for date in typed if not any(date.agrees(each) for each in known)]
    if wrong:
        recorded = evidence.generated.dates or known
        gone = [each for each in recorded if not any(each.agrees(date) for date in typed)]
        yield _says(wrong, (each.words for each in gone or recorded))


def _numbers(text: str, evidence: Evidence, *, is_counted: bool) -> Iterator[Disagreement]:
    found = numbers_in(text)
    if not found:
        return
    numbers = evidence.all_records.numbers
    typed = {n: word for n, word in found.items() if n not in numbers}
    if is_counted:
        counted = {match["count"] for match in _COUNT.finditer(text)}
        typed = {n: word for n, word in typed.items() if word not in counted}
    generated = evidence.generated
    wrong = [
        word
        for n, word in typed.items()
        # What is generated has most, so other texts are seldom put together.
        if not (
            generated.has(n) or any(each.has(n) for each in (*evidence.said, *evidence.of_named))
        )
    ]
    if wrong:
        recorded = {n: w for n, w in evidence.generated.numbers.items() if n not in numbers}
        gone = [word for n, word in recorded.items() if n not in typed]
        yield _says(wrong, gone or recorded.values())


def _names(text: str, evidence: Evidence) -> Iterator[Disagreement]:
    facts = evidence.facts
    numbers = set(ITEM_NUMBER.findall(text))
    own = [item.number for item in evidence.items]
    strange = [
        item.number
        for item in (facts.items if numbers else ())
        if item.number in numbers
        and item.number not in own
        and not mentions(evidence.texts, [item.number])
    ]
    if strange:
        says = gettext("It names item {items}; its records are of {own}.").format(
            items=join_words(strange), own=join_words(own[:MOST_NAMED]) or gettext("no item")
        )
        yield Disagreement(says)
    others = [
        agency.short_name
        for agency in facts.agencies.values()
        if mentions(text, agency.names) and not evidence.names(agency)
    ]
    if others:
        known = [agency.short_name for agency in facts.agencies.values() if evidence.names(agency)]
        says = gettext("It names {agencies}; its records name {known}.").format(
            agencies=join_words(others), known=join_words(known[: 2 * MOST_NAMED])
        )
        yield Disagreement(says)


def _status(text: str, evidence: Evidence) -> Iterator[Disagreement]:
    for claim in CLAIMS:
        said = claim.found_in(text)
        if not said or not evidence.items or claim.words.search(evidence.generated.text):
            continue
        if any(map(claim.of_item, evidence.items)) or any(
            map(claim.of_milestone, evidence.milestones)
        ):
            continue
        first = evidence.items[0].number
        says = gettext("It says “{said}”, but {record}.").format(
            said=said, record=str(claim.otherwise).format(item=first)
        )
        yield Disagreement(says)


def _counts(text: str, facts: Facts) -> Iterator[Disagreement]:
    """Yield counts of items with a status that are higher than the records give."""
    for match in _COUNT.finditer(text):
        word = match["count"].casefold()
        count = int(word) if word.isdigit() else _WORDS.get(word, 0)
        claim = next(each for each in CLAIMS if each.words.fullmatch(match["status"]))
        actual = sum(map(claim.of_item, facts.items))
        if count > actual:
            says = gettext("It says “{said}”; the records count {actual}.").format(
                said=match.group(), actual=number(actual)
            )
            yield Disagreement(says)
