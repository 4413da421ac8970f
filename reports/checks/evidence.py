"""What the records say that a paragraph may say: of its items and those that it names, of its measures and findings, and of
the plan as a whole."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from itertools import combinations

from agencies.models import Agency
from reports.checks.in_place import Token, tokens
from reports.checks.item_records import ItemRecords
from reports.checks.recorded import sentences_of, stems
from reports.checks.values import (
    IN_WORDS,
    ITEM_NUMBER,
    NUMBER,
    Date,
    as_digits,
    dates_in,
    lengths_in,
    numbers_in,
)
from reports.compose.facts import AnswerFacts, Facts
from reports.compose.finding_facts import FINDING
from reports.compose.measure_sources import MEASURE
from reports.document.dates import long_date
from reports.document.wording import mentions
from reports.drafting.changed_records import PLAN
from reports.drafting.draft import Part
from reports.drafting.paper import Drafted
from workitems.measures.completion import Completion
from workitems.models import Finding
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.acronyms import acronyms_in
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import exact, figure, number_in_words, target_in_words
from workitems.terms.spans import span_in_words

RETURN = "workitems.return"
MOST_NAMED = 3
# How many of a sentence's words a record's sentence has that may say in its place what is right.
SOMEWHAT_ALIKE = 0.4
# The number of an item and the verb after it.
_SUBJECT = re.compile(rf"(?P<number>{ITEM_NUMBER.pattern})\)? (?:is|are|was|were) $")
# Of more items than these, not all lengths between two dates are sought.
MANY_ITEMS = 100
# How many words after a number can name what it counts.
NEAR = 3


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
    def sentences(self) -> Sequence[tuple[str, frozenset[str]]]:
        """Each sentence, with the beginnings of its words."""
        return [(each, stems(each)) for each in sentences_of(self.text)]

    @cached_property
    def plain(self) -> str:
        return self.text.replace(",", "").casefold()

    def has(self, digits: str) -> bool:
        """Whether the text has a number, given as digits. Its numbers are read only if it can be there: by its digits, its
        word or, of thousands, as "214k" or "6.2 million"."""
        word = IN_WORDS.get(digits, digits)
        may_be_there = digits in self.plain or word in self.plain or digits.endswith("000")
        return may_be_there and digits in self.numbers


class Records:
    """The texts of a paper's records, those of each item put together once for all paragraphs that cite it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.numbers = {item.number for item in facts.items}
        self._of_items: dict[int, Said] = {}
        self._further: dict[int, Said] = {}
        self._lengths: dict[int, frozenset[tuple[int, str]]] = {}
        self._slips: dict[int, frozenset[tuple[int, str]]] = {}
        self._tokens: dict[str, list[Token]] = {}

    @cached_property
    def _agencies(self) -> tuple[Mapping[str, int], re.Pattern[str]]:
        names = {
            name: agency.pk
            for agency in self.facts.agencies.values()
            for name in agency.names
            if name
        }
        longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        return names, re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)" if names else r"(?!)")

    def tokens_of(self, text: str) -> list[list[Token]]:
        """Return the sentences of a text, each as its words and values."""
        found = sentences_of(text)
        for each in found:
            if each not in self._tokens:
                self._tokens[each] = tokens(each, self.numbers, *self._agencies)
        return [self._tokens[each] for each in found]

    def agencies_in(self, sentence: str) -> int:
        """Return how many agencies a sentence names, with other bodies by their acronyms."""
        names, pattern = self._agencies
        others = {each for each in acronyms_in(sentence) if each not in names}
        return len(others | {str(names[match.group()]) for match in pattern.finditer(sentence)})

    @cached_property
    def phrases(self) -> list[tuple[str, ItemAt]]:
        """What items are called besides by their numbers, each with its item."""
        return [
            (phrase.casefold(), item)
            for item in self.facts.items
            for phrase in dict.fromkeys(
                (item.as_told, item.title, *(step.as_told for step in item.milestones))
            )
            if " " in phrase
        ]

    @cached_property
    def _things_in_titles(self) -> Mapping[str, set[str]]:
        """The beginnings of the words that follow each number in the titles of items."""
        found = defaultdict[str, set[str]](set)
        for item in self.facts.items:
            for digits in numbers_in(item.title):
                found[digits] |= _things_after(digits, item.title)
        return found

    def has_in_a_title(self, digits: str, sentence: str) -> bool:
        """Whether the title of an item gives a number of the same thing: "12,000 homes" of "Insulate 12,000 rental homes"."""
        things = self._things_in_titles.get(digits, set())
        return bool(things) and not things.isdisjoint(_things_after(digits, sentence))

    def named_in(self, text: str) -> list[ItemAt]:
        """Return the items that a text names by number or, whole, by what they are called."""
        numbers, plain = set(ITEM_NUMBER.findall(text)), text.casefold()
        found = [item for item in self.facts.items if item.number in numbers]
        return [*found, *(item for phrase, item in self.phrases if phrase in plain)]

    def lengths_of(self, item: ItemAt) -> frozenset[tuple[int, str]]:
        """How long it is between any two dates of the item, of the paper and of the plan."""
        if item.pk not in self._lengths:
            plan, briefing = self.facts.plan, self.facts.briefing
            days = {self.facts.as_at, briefing.period_start, briefing.period_end, plan.released_on}
            days |= {each for each in (item.starts_on, item.completed_on, plan.ends_on) if each}
            for step in item.milestones:
                days |= set(_days_of(step))
            pairs = combinations(sorted(days), 2)
            self._lengths[item.pk] = frozenset(
                length for first, last in pairs for length in _lengths_between(first, last)
            )
        return self._lengths[item.pk]

    def slips_of(self, item: ItemAt) -> frozenset[tuple[int, str]]:
        """How much later the item's milestones were or will be reached than was promised or agreed."""
        if item.pk not in self._slips:
            self._slips[item.pk] = frozenset(
                length
                for step in item.milestones
                for before, after in _moves_of(step)
                # A month counts from its last day, or to its first.
                for last in (after.last_day, after.first_day)
                if last > before.last_day
                for length in _lengths_between(before.last_day, last)
            )
        return self._slips[item.pk]

    @cached_property
    def counts(self) -> Mapping[str, frozenset[str]]:
        """The counts that can be made of what a plan has, by the words for it."""
        facts = self.facts
        live = [item for item in facts.items if item.is_live]
        groups = [list(facts.items), live, [item for item in live if item.is_key]]
        groups += [[item for item in live if item.pillar == each.pk] for each in facts.pillars]
        groups += [[item for item in live if item.lead == pk] for pk in facts.agencies]
        items = {count for group in groups for count in _counts_by_status(group)}
        steps = [step for item in facts.items for step in item.milestones if not step.is_withdrawn]
        done = sum(step.is_done for step in steps)
        milestones = {len(steps), done, len(steps) - done, sum(step.is_late for step in steps)}
        milestones |= {len(facts.completions), *facts.completions.counts.values()}
        milestones.add(
            len(facts.completions)
            - facts.completions.counts[Completion.BUSINESS_AS_USUAL]
            - facts.completions.counts[Completion.BEFORE_PLAN]
        )
        measures = facts.measures.rows
        findings = facts.findings.rows
        return {
            noun: frozenset(map(str, counts))
            for noun, counts in {
                "item": items,
                "mileston": milestones,
                "agenc": {len(facts.members)},
                "measur": {
                    *(len(measures), len(measures.set_up), len(measures.needing_attention)),
                    *measures.counts.values(),
                },
                "target": {len(measures.needing_attention), *measures.counts.values()},
                "finding": {len(findings), *_by_verdict(findings)},
                "risk": {len(facts.all_risks), len(facts.risks)},
                "pillar": {len(facts.pillars)},
            }.items()
        }

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
        self._is_of_plan = any(model == PLAN for model, _ in self._records)
        self._is_of_returns = any(model == RETURN for model, _ in self._records)
        self.items = facts.items if self._is_of_plan else drafted.items_of(self._records)
        self._text = part.text

    def widen(self, further: ItemRecords) -> None:
        """Take in the records that the paper is not composed from, where any were needed."""
        read, of = vars(self), partial(self.all_records.further, further)
        if "said" in read:
            self.said += [of(), *(of(item.pk) for item in self.items)]
            if self._is_of_returns:
                self.said.append(Said(*further.of_returns))
        if "of_named" in read:
            self.of_named += [of(item.pk) for item in self.items_named]
        read.pop("texts", None)

    @cached_property
    def said(self) -> list[Said]:
        records = self.all_records
        own = list(self._labels)
        for risk in self.facts.all_risks:
            if ("workitems.risk", risk.pk) in self._records:
                own += [risk.description, risk.response]
        for measure in self.facts.measures.rows:
            if (MEASURE, measure.pk) in self._records or (self._is_of_plan and not measure.item):
                own += _texts_of_measure(self.facts, measure)
        for finding in self.facts.findings.rows:
            if (FINDING, finding.pk) in self._records or (self._is_of_plan and not finding.item_id):
                own += _texts_of_finding(self.facts, finding)
        # A paragraph that was split or merged says what was generated on its records for another.
        for record in self._records:
            own += self._generated_on.get(record, ())
        return [self.generated, Said(*own), records.of_paper, *map(records.of_item, self.items)]

    @cached_property
    def of_named(self) -> list[Said]:
        """What the records of other items say that the paragraph names."""
        return [*map(self.all_records.of_item, self.items_named)]

    @cached_property
    def items_named(self) -> Sequence[ItemAt]:
        """The other items that the paragraph names."""
        own = {item.pk for item in self.items}
        found = {item.pk: item for item in self.all_records.named_in(self._text)}
        return [item for pk, item in found.items() if pk not in own]

    def subjects_of(self, words: re.Pattern[str]) -> Sequence[ItemAt]:
        """Return the items of whose number the paragraph says such words, and no text generated for it does: "the advice
        (2.1) is late"."""
        said, generated = (
            {
                found["number"]
                for each in words.finditer(text)
                if (found := _SUBJECT.search(text[: each.start()]))
            }
            for text in (self._text, self.generated.text)
        )
        return [item for item in self.facts.items if item.number in said - generated]

    def is_slip(self, length: tuple[int, str]) -> bool:
        """Whether a milestone of the items is as late, or its date moved as far."""
        items = (*self.items, *self.items_named)
        return any(length in self.all_records.slips_of(item) for item in items)

    def has_length(self, length: tuple[int, str]) -> bool:
        """Whether a record gives this length of time, or two dates of one item are as far apart. Of many items only the dates
        of each milestone are compared."""
        items = (*self.items, *self.items_named)
        if any(length in lengths_in(each.text) for each in (*self.said, *self.of_named)):
            return True
        if len(items) > MANY_ITEMS:
            return self.is_slip(length)
        return any(length in self.all_records.lengths_of(item) for item in items)

    def has_number(self, digits: str, sentence: str) -> bool:
        """Whether a record has a number, or it is a count that can be made of what the sentence counts."""
        # What is generated has most, so other texts are seldom put together.
        if self.generated.has(digits) or any(
            each.has(digits) for each in (*self.said, *self.of_named)
        ):
            return True
        if self.all_records.has_in_a_title(digits, sentence):
            return True
        plain = sentence.casefold()
        if "agenc" in plain and digits == str(self.all_records.agencies_in(sentence)):
            return True
        counts = self.all_records.counts.items()
        return any(noun in plain and digits in found for noun, found in counts)

    @cached_property
    def generated_sentences(self) -> list[list[Token]]:
        """The sentences that were generated for it; of one without, those that were generated on its records."""
        texts = [self.generated.text]
        if not self.generated.text:
            texts = [
                text for record in self._records for text in self._generated_on.get(record, ())
            ]
        return [each for text in dict.fromkeys(texts) for each in self.all_records.tokens_of(text)]

    def date_for(self, typed: Date, text: str, sentence: str) -> str:
        """Return the date that the records have in the place of a typed one, if that is sure: the only one that was generated
        and is gone, the one of the record's sentence that is most alike, or the only one with the same day, month or year
        in two of the three."""
        now = dates_in(text)

        def is_gone(each: Date) -> bool:
            return not any(each.agrees(one) or one.agrees(each) for one in now)

        gone = dict.fromkeys(each.words for each in self.generated.dates if is_gone(each))
        if len(gone) == 1:
            return next(iter(gone))
        for alike in self._alike(sentence):
            found = dict.fromkeys(each.words for each in dates_in(alike) if is_gone(each))
            if len(found) == 1:
                return next(iter(found))
        near = dict.fromkeys(
            each.words
            for said in (*self.said, *self.of_named)
            for each in said.dates
            if each.day and sum(a == b for a, b in zip(each[:3], typed[:3], strict=True)) == 2
        )
        return next(iter(near)) if typed.day and len(near) == 1 else ""

    def number_for(self, word: str, sentence: str) -> str:
        """Return the number that the record's sentence which is most alike, or all records, have before the same word as the
        sentence has a typed one, if there is only one."""
        after = re.search(
            rf"(?<!\w){re.escape(word)} (?P<noun>per cent|[^\W\d_]{{2,}}(?: \d+)?)", sentence
        )
        if not after:
            return ""
        pattern = re.compile(
            rf"(?P<number>{NUMBER.pattern}) {re.escape(after['noun'])}", re.IGNORECASE
        )
        noun = after["noun"].casefold()
        texts = [each.text for each in (*self.said, *self.of_named) if noun in each.plain]
        if not texts:
            return ""
        for alike in ([each] for each in self._alike(sentence)):
            if found := _numbers_before(pattern, alike):
                texts = alike
                break
        else:
            found = _numbers_before(pattern, texts)
        return next(iter(found.values())) if len(found) == 1 else ""

    def _alike(self, sentence: str) -> Iterator[str]:
        """Yield the sentences of the records that have most words of a sentence, the most alike first."""
        words = stems(sentence)
        found = [
            (len(words & others) / len(words), each)
            for said in (*self.said, *self.of_named)
            for each, others in said.sentences
            if words
        ]
        found = [pair for pair in found if pair[0] >= SOMEWHAT_ALIKE]
        yield from (each for _share, each in sorted(found, key=lambda pair: -pair[0])[:MOST_NAMED])

    def length_for(self, length: tuple[int, str], sentence: str) -> str:
        """Return the only length of time that was generated in the same unit, or ""."""
        found = [
            words
            for (_count, unit), words in lengths_in(self.generated.text).items()
            if unit == length[1] and words not in sentence
        ]
        return found[0] if len(found) == 1 else ""

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
    for measure in facts.measures.rows.of_item(item.pk):
        yield from _texts_of_measure(facts, measure)
    for finding in facts.findings.rows:
        if finding.item_id == item.pk:
            yield from _texts_of_finding(facts, finding)


def _texts_of_measure(facts: Facts, row: MeasureAt) -> Iterator[str]:
    """Yield what a measure says: its words, targets and numbers with their dates, and how far these are apart."""
    yield from (row.row.description, row.row.as_told, row.row.source, row.responsible.short_name)
    if row.row.baseline_on:
        yield long_date(row.row.baseline_on)
    if not row.is_set_up:
        return
    measured = row.measured
    yield facts.measures.sentence_of(row)
    yield from (target_in_words(measured, each) for each in row.targets)
    given = [each for each in row.values if each.number is not None]
    yield from (number_in_words(measured, each) for each in given)
    for each in row.values:
        yield from (long_date(day) for day in (each.starts_on, each.day) if day)
        yield str(each.expected_by or "")
        yield each.because
    sizes = [exact(each) for each in given] + [Fraction(each.number) for each in row.targets]
    if measured.baseline is not None:
        yield figure(measured.baseline)
        sizes.append(Fraction(measured.baseline))
    for one, other in combinations(dict.fromkeys(map(round, sizes)), 2):
        yield str(abs(one - other))


def _texts_of_finding(facts: Facts, row: Finding) -> Iterator[str]:
    """Yield what an audit found, and who audited whom."""
    yield from (row.reference, row.note, row.reply, str(row.get_verdict_display()))
    yield from (*row.audit.agency.names, row.replies.short_name)
    yield from (long_date(day) for day in (row.as_at, row.given_on, row.replied_on) if day)


def _counts_by_status(items: Sequence[ItemAt]) -> Iterator[int]:
    """Yield how many items there are, how many of each stage, and how many are late and are not."""
    stages = [item.stage for item in items]
    late = sum(item.is_late for item in items)
    yield from (len(items), late, len(items) - late)
    yield from map(stages.count, set(stages))
    yield sum(item.stage in (Stage.COMPLETE, Stage.WITHDRAWN) for item in items)


def _by_verdict(findings: Sequence[Finding]) -> Iterator[int]:
    verdicts = [row.verdict for row in findings]
    yield from map(verdicts.count, set(verdicts))
    yield sum(row.item_id is not None for row in findings)


def _days_of(step: MilestoneAt) -> Iterator[date]:
    for due in (step.original, step.agreed, step.forecast):
        yield from (due.first_day, due.last_day)
    yield from (day for day in (step.completed_on, step.withdrawn_on) if day)
    for delay in step.delays:
        for moved in (delay.before, delay.after):
            yield moved.last_day
        yield from (day for day in (delay.found_on, delay.ended_on, delay.settling_by) if day)
        for action in delay.mitigations:
            yield from (day for day in (action.due_on, action.done_on) if day)


def _moves_of(step: MilestoneAt) -> Iterator[tuple[KnownDate, KnownDate]]:
    """Yield each date of a milestone with the one that came in its place, and with that on which it was or will be reached."""
    reached = KnownDate(step.completed_on) if step.completed_on else step.forecast
    yield from ((step.original, step.agreed), (step.original, reached), (step.agreed, reached))
    yield from ((delay.before, delay.after) for delay in step.delays)


def _lengths_between(first: date, last: date) -> Iterator[tuple[int, str]]:
    """Yield a length of time as a text may give it, in any unit: rounded up or down."""
    days = (last - first).days
    months = (last.year - first.year) * 12 + last.month - first.month
    whole = months - (last.day < first.day)
    yield days, "day"
    yield from ((days // 7, "week"), (-(-days // 7), "week"))
    yield from ((whole, "month"), (whole + 1, "month"), (months, "month"))
    yield from ((whole // 12, "year"), (-(-(whole + 1) // 12), "year"))


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
    for before, after in _moves_of(step):
        if after.last_day > before.last_day:
            yield span_in_words(before, after)


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


def _things_after(digits: str, text: str) -> frozenset[str]:
    """Return the beginnings of the words that follow a number, at most `NEAR` of them."""
    word = numbers_in(text).get(digits)
    after = text.partition(word)[2] if word else ""
    return stems(" ".join(re.split(r"[.,;:()]", after)[0].split()[:NEAR]))


def _numbers_before(pattern: re.Pattern[str], texts: Iterable[str]) -> dict[str, str]:
    """Map the numbers before a word, as digits, to how texts give them."""
    found = (match["number"] for text in texts for match in pattern.finditer(text))
    return {as_digits(each): each for each in found}
