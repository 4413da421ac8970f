"""What agencies report that was achieved, and which of it can be a main result of a paper: decided by what it says."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from reports.compose.facts import Facts, UpdateFacts
from reports.compose.results import (
    ENOUGH,
    HEADLINE_WORDS,
    boasts,
    counts,
    headline,
    is_list_without_verbs,
    is_of_people,
    is_talk,
    is_told,
    is_typed_as_list,
    own_words,
    passage,
    worth,
)
from workitems.models import Update
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.acronyms import acronyms_in
from workitems.terms.fragments import WITHOUT_A_THING
from workitems.terms.measure_sentence import exact
from workitems.terms.sentence_ends import on_one_line
from workitems.terms.stems import completion, says_we
from workitems.terms.third_person import without_we

MOST_WORDS = 60


# Results that are printed whether they fit or not, and the limit on the main ones.
MIN_RESULTS = 3


MAX_HEADLINES = 6


# Acronyms that nobody explains, from which a result cannot be read.
MANY_UNKNOWN = 3


Achieved = tuple[ItemAt, UpdateFacts]


# The marks of reports, what is most wished for first.
MARKS = (Update.KeyAchievement.HEADLINE, Update.KeyAchievement.YES, Update.KeyAchievement.NO)


UNMARKED = MARKS.index(Update.KeyAchievement.NO)


class WhyNot(StrEnum):
    """Why a report is no main result."""

    NOTHING = "nothing"
    TALK = "talk"
    ONGOING = "ongoing"
    SAME_ITEM = "same item"
    BEHIND = "behind"
    SAID = "said"
    ELSEWHERE = "elsewhere"
    NO_ROOM = "no room"
    NEWER = "newer"
    OTHERS_MARKED = "others marked"
    UNSUPPORTED = "unsupported"
    TOO_LITTLE = "too little"
    WE = "we"
    LIST = "list"
    NO_SENTENCE = "no sentence"
    TOO_LONG = "too long"
    SHORTHAND = "shorthand"


_PER_CENT = re.compile(r"(\d+(?:\.\d+)?) ?(?:%|per cent)")


class Reports:
    """What the reports of a paper's items say that was achieved: each is read once, though the paper is composed
    several times until it has its length."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def known(self) -> set[str]:
        """The acronyms that readers know or the paper writes out."""
        names = (agency.short_name for agency in self.facts.agencies.values())
        return {*names, *self.facts.glossary}

    @cached_property
    def achieved(self) -> list[Achieved]:
        """The reports that say what was achieved, or whose items' milestones do, unless an audit found that nothing supports them."""
        return [
            (item, update)
            for item in self.facts.items
            if item.pk not in self.facts.unsupported
            for update in self.facts.updates_of(item)
            if own_words(update.achieved) or done_instead(self.facts, item, update)
        ]

    def measured_instead(self, item: ItemAt, update: UpdateFacts) -> MeasureAt | None:
        """Return the measure whose sentence tells a report's result better than its own words, by a number of the period: of words
        that are no sentence or have abbreviations that nobody explains, one that is good; of words with a percentage, one of
        which that is not the number."""
        text = headline(own_words(update.achieved))
        is_headline = has_mark((item, update), Update.KeyAchievement.HEADLINE)
        is_unfit = not is_headline and why_unfit_as_it_is(item, update) is not None
        is_better = is_unfit or self.is_shorthand(text)
        shares = [Decimal(each) for each in _PER_CENT.findall(text)]
        start = self.facts.briefing.period_start
        for row in self.facts.measures.rows.of_item(item.pk):
            value = row.reading.value
            if value is None or value.number is None or value.day < start:
                continue
            is_other = bool(shares and value.of) and round(exact(value)) not in shares
            if (is_better and row.is_good) or (is_other and not row.state.needs_attention):
                return row
        return None

    def unexplained(self, text: str) -> list[str]:
        """Return the abbreviations in a text that neither readers know nor the paper writes out."""
        return sorted({*acronyms_in(text)} - self.known)

    def is_shorthand(self, text: str) -> bool:
        return len(self.unexplained(text)) >= MANY_UNKNOWN

    @cached_property
    def can_be_results(self) -> list[Achieved]:
        """What can be a main result, the best first: what its agency marked as a headline and says something, and of an
        agency's last report on an item what is a result without that: one that counts people if it is marked as a key achievement.
        A report without a mark comes after each of any worth that has one. Of the same worth, what is late and not key comes last; then what was marked goes first, a key
        item, what is short, and what speaks of people."""
        facts, late = self.facts, {entry.item.pk for entry in self.facts.late}
        found: list[tuple[tuple[int | bool, ...], Achieved]] = []
        last = {(item.pk, update.of_return.agency_id): update.pk for item, update in self.achieved}
        for item, update in self.achieved:
            own = own_words(update.achieved)
            text = headline(own)
            is_last = last[item.pk, update.of_return.agency_id] == update.pk
            is_leads = is_last and update.of_return.agency_id == item.lead
            is_done = is_leads and bool(done_in_period(facts, item) or is_completed(facts, item))
            value = -1 if boasts(text) else min(worth(text, is_done=is_done), ENOUGH)
            if WITHOUT_A_THING.match(own):
                # It says only when.
                value = min(value, 1)
            mark = MARKS.index(Update.KeyAchievement(update.key_achievement))
            # What happened to people is worth as much as what was completed.
            is_for_people = mark < UNMARKED and counts(text) and is_of_people(text)
            least = 1 if is_for_people else ENOUGH
            is_measured = is_leads and self.measured_instead(item, update) is not None
            is_fit = not why_unfit_as_it_is(item, update)
            is_unasked = is_last and ((is_fit and value >= least) or is_measured)
            value = ENOUGH if is_measured else min(value + (is_for_people and value > 0), ENOUGH)
            if (mark == 0 or is_unasked) and not is_only_talk((item, update)) and (text or not own):
                order = (
                    value <= 0,
                    self.is_shorthand(text) and not is_measured,
                    mark == UNMARKED,
                    -value,
                    item.pk in late and not item.is_key,
                    mark,
                    not item.is_key,
                    is_typed_as_list(update.achieved),
                    len(text.split()) > HEADLINE_WORDS,
                    not is_of_people(text),
                )
                found.append((order, (item, update)))
        return [pair for _, pair in sorted(found, key=lambda each: each[0])]

    @cached_property
    def results(self) -> list[Achieved]:
        """The first of each item of those."""
        firsts = {pair[0].pk: pair for pair in reversed(self.can_be_results)}
        return [pair for pair in self.can_be_results if firsts[pair[0].pk] is pair]

    @cached_property
    def main(self) -> list[Achieved]:
        """Those for the list of main results. Reports without a mark only make up for what is marked of too few items."""
        return self._listed(self.results)

    @cached_property
    def main_by_item(self) -> list[Achieved]:
        """Those for a paper by item, which tells with what is late how much of it is done: no lists, and of late items only what
        their agencies call a headline; the rest only if these are too few."""
        late = {entry.item.pk for entry in self.facts.late if entry.is_late}
        others = [
            pair
            for pair in self.results
            if not is_typed_as_list(pair[1].achieved)
            and (pair[0].pk not in late or has_mark(pair, Update.KeyAchievement.HEADLINE))
        ]
        if len(others) < MIN_RESULTS:
            others += [pair for pair in self.results if pair not in others]
        return self._listed(others)

    def _listed(self, results: list[Achieved]) -> list[Achieved]:
        is_marked = [each for each in self.achieved if not has_mark(each, Update.KeyAchievement.NO)]
        told = {item.pk for item, update in is_marked if own_words(update.achieved)}
        unmarked = [pair for pair in results if has_mark(pair, Update.KeyAchievement.NO)]
        left_out = unmarked[max(MAX_HEADLINES - len(told), 0) :]
        return [pair for pair in results if pair not in left_out][:MAX_HEADLINES]


def has_mark(pair: Achieved, mark: Update.KeyAchievement) -> bool:
    return pair[1].key_achievement == mark


def is_wished_for(item: ItemAt, update: UpdateFacts) -> bool:
    """Whether a report is on a key item, is marked and can be told as it is."""
    is_marked = not has_mark((item, update), Update.KeyAchievement.NO)
    return item.is_key and is_marked and not why_unfit_as_it_is(item, update)


def is_only_talk(pair: Achieved) -> bool:
    """Whether it is only a meeting or an announcement, without a number: no main result."""
    item, update = pair
    told = passage(own_words(update.achieved), MOST_WORDS).least
    return is_talk(told) and item.completed_on is None


def why_unfit_as_it_is(item: ItemAt, update: UpdateFacts) -> WhyNot | None:
    """Return why a report that its agency did not mark can be no main result as it is; None if it is a sentence of the
    paper, on an item that goes on."""
    agency = update.of_return.agency
    text = without_we(update.achieved, agency.short_name)
    if item.stage == Stage.WITHDRAWN:
        return WhyNot.TOO_LITTLE
    if is_list_without_verbs(text, on_one_line(text)):
        return WhyNot.LIST
    told = passage(own_words(text), MOST_WORDS).least
    if says_we(told):
        return WhyNot.WE
    # "Job families issued to all in January" may lack "were".
    names = (agency.short_name, agency.name, f"The {agency.name}")
    is_sentence = is_told(told) or completion("achieved", told) or told.startswith(names)
    return None if is_sentence else WhyNot.NO_SENTENCE


def is_completed(facts: Facts, item: ItemAt) -> bool:
    """Whether the item was completed in the period."""
    start, end = facts.briefing.period_start, facts.briefing.period_end
    return item.completed_on is not None and start <= item.completed_on <= end


def done_instead(facts: Facts, item: ItemAt, update: UpdateFacts) -> list[MilestoneAt]:
    """Return the milestones done in the period for which the item's last update has no words of its own."""
    if update is not facts.updates_of(item)[-1] or own_words(update.achieved):
        return []
    return [step for _, step in reversed(done_in_period(facts, item))]


def done_in_period(facts: Facts, item: ItemAt) -> list[tuple[date, MilestoneAt]]:
    """Return the item's milestones that were done in the period, with their dates, the first one first."""
    start, end = facts.briefing.period_start, facts.briefing.period_end
    done = [(step.completed_on, step) for step in item.milestones if step.completed_on]
    return sorted(pair for pair in done if start <= pair[0] <= end)
