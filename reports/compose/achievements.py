"""Section Achievements: the main results, key achievements by pillar, and what was completed.

Agencies' words are quoted: the sentence that tells the result, and of an achievement that is no main result at most two.
The rest is in their reports and in the annex of texts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from agencies.wording.translation import in_english
from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source, milestone_source
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.findings_text import audited
from reports.compose.measures_text import SURE, Said, beside_achievements, of_outcomes
from reports.compose.paragraphs import Writer, errors_naming, flat, key
from reports.compose.results import (
    ENOUGH,
    HEADLINE_WORDS,
    as_result_in_english,
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
    told_alone,
    without_lead,
    without_parts,
    worth,
)
from reports.compose.subjects import NEAR, in_when, is_sayable, numbers_of
from reports.document import Bullet, Paragraph, Run, Section, SectionKind, Source, Text, words
from reports.document.dates import MONTHS, long_date, month_of, period
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    number,
    opened,
    some,
)
from workitems.measures.completion import Completion, Writing, sentence
from workitems.models import Pillar, Update
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.acronyms import acronyms_in
from workitems.terms.fragments import WITHOUT_A_THING, done_at, is_several
from workitems.terms.known_dates import KnownDate
from workitems.terms.sentence_ends import on_one_line
from workitems.terms.stems import completion, says_nothing, says_we, without_announcements
from workitems.terms.third_person import without_we

MOST_WORDS = 60
# Words in one paragraph; the achievements of a pillar may take several.
PARAGRAPH_WORDS = 110
# The longest first sentence offered as a main result.
MOST_SHOWN_WORDS = 150
# Results that are printed whether they fit or not, and the limit on the main ones.
MIN_RESULTS = 3
MAX_HEADLINES = 6
# More of them are printed whether they fit or not while they have at most so many words together.
SURE_WORDS = 120
SURE_WORDS_IF_TIGHT = 90
SURE_WORDS_BY_ITEM = 95  # and in a paper by item, where each has its item's name
# And what is told of key items that their agencies marked, as long as the section has so many.
SURE_WORDS_OF_KEY = 150
# Acronyms that nobody explains, from which a result cannot be read.
MANY_UNKNOWN = 3
# Limit on the milestones named in a paper without key achievements.
MAX_MILESTONES = 8
# Limit on the completed items named.
MAX_COMPLETED = 12
# Limit on the completed items that are named although a result above is theirs, in a paper by item.
MAX_NAMED = 6
# Limit on the items named of those whose key achievements have no room.
MAX_LEFT = 8

# The key of the paragraph of the main results.
MAIN_RESULTS = key("p", "headlines")

Achieved = tuple[ItemAt, UpdateFacts]
# A result that is told, with its item and its sources.
Result = tuple[ItemAt, str, list[Source]]

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


class PassedOver(NamedTuple):
    """A report that is no main result, with its first sentence ("" if it says nothing)."""

    item: ItemAt
    update: UpdateFacts
    text: str
    reason: WhyNot


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
            if own_words(update.achieved) or _done_instead(self.facts, item, update)
        ]

    @cached_property
    def can_be_results(self) -> list[Achieved]:
        """What can be a main result, the best first: what its agency marked and says something, and of an agency's
        last report on an item what is a result without a mark. A report without a mark comes after each of any worth
        that has one. Of the same worth, what is late and not key comes last; then what was marked goes first, a key
        item, what is short, and what speaks of people."""
        facts, late = self.facts, {entry.item.pk for entry in self.facts.late}
        found: list[tuple[tuple[int | bool, ...], Achieved]] = []
        last = {(item.pk, update.of_return.agency_id): update.pk for item, update in self.achieved}
        for item, update in self.achieved:
            own = own_words(update.achieved)
            text = headline(own)
            is_last = last[item.pk, update.of_return.agency_id] == update.pk
            is_leads = is_last and update.of_return.agency_id == item.lead
            is_done = is_leads and bool(_done_in_period(facts, item) or _is_completed(facts, item))
            value = -1 if boasts(text) else min(worth(text, is_done=is_done), ENOUGH)
            if WITHOUT_A_THING.match(own):
                # It says only when.
                value = min(value, 1)
            mark = MARKS.index(Update.KeyAchievement(update.key_achievement))
            is_unasked = is_last and value >= ENOUGH and not _why_unfit_as_it_is(item, update)
            if (mark == 0 or is_unasked) and not _is_talk((item, update)) and (text or not own):
                unknown = {*acronyms_in(text)} - self.known
                order = (
                    value <= 0,
                    len(unknown) >= MANY_UNKNOWN,
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
        """Those for a paper by item, which tells with what is late how much of it is done: none of late items, and no
        lists, unless there are too few others."""
        late = {entry.item.pk for entry in self.facts.late if entry.is_late}
        others = [
            (item, update)
            for item, update in self.results
            if item.pk not in late and not is_typed_as_list(update.achieved)
        ]
        return self._listed(others) if len(others) >= MIN_RESULTS else self.main

    def _listed(self, results: list[Achieved]) -> list[Achieved]:
        is_marked = [each for each in self.achieved if not _is(each, Update.KeyAchievement.NO)]
        told = {item.pk for item, update in is_marked if own_words(update.achieved)}
        unmarked = [pair for pair in results if _is(pair, Update.KeyAchievement.NO)]
        left_out = unmarked[max(MAX_HEADLINES - len(told), 0) :]
        return [pair for pair in results if pair not in left_out][:MAX_HEADLINES]


def achievements(writer: Writer) -> Section:
    facts, room = writer.facts, writer.room("achievements")
    reports = facts.once(Reports)
    achieved, results = reports.achieved, reports.results
    headlines = reports.main_by_item if writer.is_by_item else reports.main
    others = [
        pair
        for pair in achieved
        if pair not in headlines and (pair in results or not _is(pair, Update.KeyAchievement.NO))
    ]
    if writer.is_by_item:
        late = {entry.item.pk for entry in facts.late if entry.is_late}
        others = [pair for pair in others if pair[0].pk not in late]
    completed = [item for item in facts.items if _is_completed(facts, item)]
    # The sentence that the section must have is counted first, so that there is room for it.
    room.use(_completed(writer, completed, [of for of, _ in [*headlines, *others]]))
    # The actions against late items go before one more.
    fewest = MIN_RESULTS - (writer.is_tight and writer.is_by_item)
    lines, omitted = _headlines(writer, headlines, room, fewest - bool(others))
    least = max(fewest - (len(headlines) - len(omitted)), 0 if writer.is_tight else 1)
    sure = _sure_of_key(writer) - sum(count_words(told) for _, told, _ in lines)
    said = beside_achievements(writer, [item for item, _, _ in lines], room, sure=SURE)
    texts, omitted_of_pillars = _by_pillar(writer, others, results, room, least, sure)
    if writer.is_by_item:
        # They are one list.
        lines += [
            (
                item,
                dated_by_round(
                    facts, update, texts[update.pk], opened(_alone(writer, item, texts[update.pk]))
                ),
                [update.source],
            )
            for item, update in others
            if update.pk in texts
        ]
    said |= beside_achievements(writer, [item for item, up in others if up.pk in texts], room)
    paragraphs = of_outcomes(writer, room)
    paragraphs += _listed(writer, [_with_measures(line, said) for line in lines], room)
    if not writer.is_by_item:
        paragraphs += _of_pillars(writer, others, texts, said)
    left_out = {update.pk for _, update in [*omitted, *omitted_of_pillars]}
    told = [pair for pair in [*headlines, *others] if pair[1].pk not in left_out]
    writer.reported.update(update.pk for _, update in told)
    above = [item for item, _ in told]
    paragraphs += _omitted(
        writer, omitted + omitted_of_pillars, completed, room, must=not (paragraphs or completed)
    )
    if not [*headlines, *others]:
        paragraphs += _milestones(writer, room)
    if closing := _completed(writer, completed, above):
        paragraphs.append(
            writer.paragraph(
                closing,
                about="completed",
                sources=[item_source(item) for item in completed],
            )
        )
    if not paragraphs:
        paragraphs.append(_nothing_achieved(writer))
    paragraphs += _shown(writer)
    paragraphs += audited(writer)
    return Section(SectionKind.ACHIEVEMENTS, "Achievements", tuple(paragraphs))


def _with_measures(line: Result, said: dict[int, list[Said]]) -> Result:
    """Return a result followed by what its item's measures say, if that is not told yet."""
    item, text, sources = line
    found = said.pop(item.pk, [])
    if not found:
        return line
    text = " ".join([closed(capitalised(text)), *(sentence for sentence, _ in found)])
    return item, text, [*sources, *(source for _, of in found for source in of)]


def _shown(writer: Writer) -> Iterator[Paragraph]:
    """Yield how the completed milestones are shown to be done; nothing if none is completed."""
    facts = writer.facts
    found = facts.completions
    if not found or (writer.is_tight and writer.tells_of_evidence):
        return
    done = {row.pk for row in found}
    # A paper on a year counts what was done since the Plan began, and has no other name for who reviews.
    writing = Writing(
        number=lambda count, _of: number(count),
        noun=lambda count: f"milestone{'' if count == 1 else 's'} completed since the Plan began",
        reviewer=facts.coordinator.short_name,
    )
    without = _without_evidence(found.counts) if writer.is_by_item else ""
    yield writer.paragraph(
        without or in_english(sentence)(found, writing),
        about="shown to be done",
        sources=[
            milestone_source(item, step)
            for item in facts.items
            for step in item.milestones
            if step.pk in done
        ],
    )


def _without_evidence(counts: Counter[Completion]) -> str:
    """Return in plain words that no completed milestone of the plan's own has a file or a link to show it; "" if one has, or is
    questioned. What was usual before, or was done before the plan began, is counted by itself."""
    bare = counts[Completion.NOTE_ONLY] + counts[Completion.WITHOUT]
    if not bare or counts[Completion.WITH_EVIDENCE] or counts[Completion.QUESTIONED]:
        return ""
    usual, before = counts[Completion.BUSINESS_AS_USUAL], counts[Completion.BEFORE_PLAN]
    more = [
        f"{number(count)} more {agree(count, *verbs)}"
        for count, verbs in (
            (usual, ("is business as usual", "are business as usual")),
            (before, ("was done before it", "were done before it")),
        )
        if count
    ]
    aside = f"; {join_words(more)}" if more else ""
    of = f"None of the {number(bare)} milestones" if bare > 1 else "The one milestone"
    has = "has" if bare > 1 else "has no"
    return f"{of} completed since the Plan began {has} evidence yet{aside}."


def _is(pair: Achieved, mark: Update.KeyAchievement) -> bool:
    return pair[1].key_achievement == mark


def _is_wished(item: ItemAt, update: UpdateFacts) -> bool:
    """Whether a report is on a key item, is marked and can be told as it is."""
    is_marked = not _is((item, update), Update.KeyAchievement.NO)
    return item.is_key and is_marked and not _why_unfit_as_it_is(item, update)


def _is_talk(pair: Achieved) -> bool:
    """Whether it is only a meeting or an announcement, without a number: no main result."""
    item, update = pair
    told = passage(own_words(update.achieved), MOST_WORDS).least
    return is_talk(told) and item.completed_on is None


def _why_unfit_as_it_is(item: ItemAt, update: UpdateFacts) -> WhyNot | None:
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


def _is_completed(facts: Facts, item: ItemAt) -> bool:
    """Whether the item was completed in the period."""
    start, end = facts.briefing.period_start, facts.briefing.period_end
    return item.completed_on is not None and start <= item.completed_on <= end


def _weight(pair: Achieved) -> tuple[bool, bool]:
    """Order results: what has no number after what has one, then what is of no key item."""
    item, update = pair
    return not any(map(str.isdigit, update.achieved)), not item.is_key


def _achieved(writer: Writer, item: ItemAt, update: UpdateFacts) -> str:
    """Return what was achieved as a result (see `as_result`); of a text that says nothing, the milestones that were
    done."""
    if done := _done_instead(writer.facts, item, update):
        return " ".join(_done(writer, item, step) for step in done)
    with errors_naming(update.source):
        text = flat(update.achieved, writer.facts.maori)
    text = _with_thing(writer, item, text)
    agency = update.of_return.agency
    names = (agency.name, agency.short_name)
    return as_result_in_english(update.achieved, text, writer.short_subject(agency), names)


def _with_thing(writer: Writer, item: ItemAt, text: str) -> str:
    """Return a result with its subject. "Published on 8 October." gets that of the milestone done in the period that ends
    with the same word."""
    found = WITHOUT_A_THING.match(text)
    if not found:
        return text
    for _, step in reversed(_done_in_period(writer.facts, item)):
        thing, done = done_at(step.description)
        if done.casefold() == found["done"].casefold():
            was = "were" if is_several(thing) else "was"
            start = thing if is_several(thing) else f"The {thing[:1].lower()}{thing[1:]}"
            when_done = re.sub(r"^(\w+) (?=\d)", r"\1 on ", f"{text[:1].lower()}{text[1:]}")
            return f"{start} {was} {when_done}"
    return text


def _alone(writer: Writer, item: ItemAt, text: str) -> str:
    """Return a result as it is told alone: in a paper by item after the item's name, which runs in, in bold, with the note that
    the item is complete."""
    if not writer.is_by_item:
        return told_alone(writer.names, item, text, writer.agency_names)
    reported = "reported complete" if writer.tells_of_evidence else "complete"
    notes = [reported] if _is_completed(writer.facts, item) else []
    return f"**{writer.names.heading(item, *notes)}:** {capitalised(text)}"


def _done_instead(facts: Facts, item: ItemAt, update: UpdateFacts) -> list[MilestoneAt]:
    """Return the milestones done in the period for which the item's last update has no words of its own."""
    if update is not facts.updates_of(item)[-1] or own_words(update.achieved):
        return []
    return [step for _, step in reversed(_done_in_period(facts, item))]


def _done_in_period(facts: Facts, item: ItemAt) -> list[tuple[date, MilestoneAt]]:
    """Return the item's milestones that were done in the period, with their dates, the first one first."""
    start, end = facts.briefing.period_start, facts.briefing.period_end
    done = [(step.completed_on, step) for step in item.milestones if step.completed_on]
    return sorted(pair for pair in done if start <= pair[0] <= end)


def _done(writer: Writer, item: ItemAt, step: MilestoneAt) -> str:
    """Return "DoL completed the brochure (1.1) in June 2010."."""
    assert step.completed_on is not None
    agency = writer.short_subject(writer.facts.agencies[step.responsible])
    day = in_when(KnownDate(step.completed_on), step.on)
    name = writer.names.step(item, step)
    if writer.is_by_item:
        # The item's name runs in.
        name = writer.names.what(step) if is_sayable(step) else "a milestone"
    return f"{agency} completed {name} {day}."


# A day, month or year of the text's own.
_HAS_DATE = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\b(?:19|20)\d\d\b")


# "is now in use", but not "until now" and "by now".
_NOW = re.compile(
    r"(?:(?<=\bis )|(?<=\bare )|(?<=\bhas )|(?<=\bhave ))(?:at present|currently|now) "
)


def dated_by_round(facts: Facts, update: UpdateFacts, text: str, told: str) -> str:
    """Return a result, as it is `told`, with the month in which its round ended: "… the online module (June 2026).". Not if the
    round is the period's last and ended near its end, or if the `text`, without its item's name, has a date: else it need not be so
    today."""
    ended, period_end = update.of_return.round.period_end, facts.briefing.period_end
    is_current = ended is None or (
        ended >= (facts.last_round or ended) and period_end - ended <= NEAR
    )
    if not text or is_current or _HAS_DATE.search(text):
        return told
    month, told = month_of(ended), _NOW.sub("", told)
    return cited(told, month) if told.rstrip().endswith((".", "!", "?")) else f"{told} ({month})"


def _headlines(
    writer: Writer, headlines: list[Achieved], room: Room, least: int
) -> tuple[list[Result], list[Achieved]]:
    """Return the headlines, at least so many, and those for which there is no room."""
    lines: list[Result] = []
    omitted = []
    for item, update in headlines:
        text = headline(_achieved(writer, item, update))
        if writer.is_by_item:
            text = without_parts(without_lead(text) if writer.is_tight else text)
        told = dated_by_round(writer.facts, update, text, _alone(writer, item, text))
        certain = count_words(told, *(line for _, line, _ in lines))
        is_short = SURE_WORDS_IF_TIGHT if writer.is_tight else SURE_WORDS
        most = _sure_of_key(writer)
        sure = most if _is_wished(item, update) else min(is_short, most)
        must = len(lines) < least or certain <= sure
        if text and text not in writer.used_sentences and (must or room.has(told)):
            room.use(told)
            writer.used_sentences.add(text)
            lines.append((item, told, [update.source]))
        else:
            omitted.append((item, update))
    return lines, omitted


def _sure_of_key(writer: Writer) -> int:
    """Return the number of words of key items' results that are always printed: fewer in a paper by item, where late items
    come first."""
    return SURE_WORDS_BY_ITEM if writer.is_by_item else SURE_WORDS_OF_KEY


def _listed(writer: Writer, lines: list[Result], room: Room) -> Iterator[Paragraph]:
    """Yield the list of the main results."""
    if lines:
        lines, month = _of_one_month(lines)
        introduction = introduced(
            writer.facts, len(lines), month, is_reported=writer.tells_of_evidence
        )
        room.use(introduction)
        bullets = _bullets([writer.text(told) for _, told, _ in lines])
        sources = [of_line for _, _, of_line in lines]
        yield from writer.paragraphs(
            introduction, about="headlines", bullets=zip(bullets, sources, strict=True)
        )


_MONTH_AT_END = re.compile(r" \((?P<month>[A-Z][a-z]+ \d{4})\)(?=\.?$)")
_REPORTED_TO = ", as reported to "


def _of_one_month(lines: list[Result]) -> tuple[list[Result], str]:
    """Return the results without their month, and the month, if all have the same; else the results and ""."""
    found = [_MONTH_AT_END.search(told) for _, told, _ in lines]
    months = {each["month"] if each else "" for each in found}
    if len(lines) == 1 or len(months) > 1 or not (month := months.pop()):
        return lines, ""
    return [(item, _MONTH_AT_END.sub("", told), of) for item, told, of in lines], month


def without_month(bullet: str, introduction: str) -> str:
    """Return a result without its month if the words above the list have it."""
    found = _MONTH_AT_END.search(bullet)
    is_same = found and found["month"] == reported_to(introduction)
    return _MONTH_AT_END.sub("", bullet) if is_same else bullet


def introduced(facts: Facts, count: int, month: str = "", *, is_reported: bool = False) -> str:
    """Return the words above so many main results, which agencies reported to a `month` if they are of an earlier round. If
    the summary says that evidence is missing, these say that the results are as reported."""
    results = f"main {agree(count, 'result', 'results')}"
    whose = f"The year’s {results}" if facts.is_year else f"The {results} of the period"
    if month:
        return f"{whose}{_REPORTED_TO}{month}:"
    return f"{whose}{', as agencies report them' if is_reported else ''}:"


def reported_to(introduction: str) -> str:
    """Return the month that the words above a list give, or ""."""
    _, has_it, month = introduction.rpartition(_REPORTED_TO)
    return month.rstrip(":") if has_it else ""


def _bullets(texts: list[Text]) -> list[Bullet]:
    """Return one bullet for each text: fragments if all were typed as fragments, else sentences."""
    fragments = all(words(text)[:1].islower() for text in texts)
    last = len(texts) - 1
    return [Bullet(_ended(text, fragments, place == last)) for place, text in enumerate(texts)]


def _ended(text: Text, fragments: bool, last: bool) -> Text:
    """Return a bullet's text with a full stop, or with none before the last fragment."""
    if not fragments:
        text = (_with_text(text[0], capitalised(text[0].text)), *text[1:])
    ending = (closed if last or not fragments else opened)(text[-1].text)
    if not ending and len(text) > 1:  # the last run was only a full stop, after bold text
        return text[:-1]
    return (*text[:-1], _with_text(text[-1], ending))


def _with_text(run: Run, text: str) -> Run:
    """Return the run with another text, or itself if it has that text."""
    return run if run.text == text else replace(run, text=text)


def _by_pillar(
    writer: Writer,
    pairs: list[Achieved],
    results: list[Achieved],
    room: Room,
    least: int,
    sure: int,
) -> tuple[dict[int, str], list[Achieved]]:
    """Return the key achievements that are told beside the main results, at least so many, by the update's primary key,
    and those for which there is no room. Pillars take turns; in each, those of key items come first, and of these so many words are `sure`."""
    texts: dict[int, str] = {}
    seconds: dict[int, str] = {}
    # Each achievement gets one sentence before any of them gets a second.
    for item, update in _in_turns(pairs, results):
        is_wished = _is_wished(item, update)
        if room.remaining < 1 and len(texts) >= least and not is_wished:
            continue
        found = passage(_achieved(writer, item, update), MOST_WORDS)
        if not found.least or found.least in writer.used_sentences:
            continue
        least_told = _alone(writer, item, found.least)
        told = dated_by_round(writer.facts, update, found.least, least_told)
        is_sure = is_wished and count_words(told, *texts.values()) <= sure
        if len(texts) < least or is_sure or room.has(told):
            room.use(told)
            writer.used_sentences.add(found.least)
            texts[update.pk] = found.least
            seconds[update.pk] = found.beside
    for pk, beside in seconds.items():
        second = beside.replace(texts[pk], "").strip()
        if second and second not in writer.used_sentences and room.take(second):
            writer.used_sentences.add(second)
            texts[pk] = beside
    return texts, [pair for pair in pairs if pair[1].pk not in texts]


def _of_pillars(
    writer: Writer, pairs: list[Achieved], texts: dict[int, str], said: dict[int, list[Said]]
) -> Iterator[Paragraph]:
    """Yield paragraphs of each pillar's key achievements, each item's with what its measures say."""
    of_pillars: dict[int, list[Achieved]] = defaultdict(list)
    for item, update in pairs:
        if update.pk in texts:
            of_pillars[item.pillar].append((item, update))
    for pillar in writer.facts.pillars:
        for place, box in enumerate(_boxes(writer, of_pillars[pillar.pk], texts)):
            yield _of_pillar(writer, pillar, place, box, texts, said)


def _in_turns(pairs: list[Achieved], results: list[Achieved]) -> list[Achieved]:
    """Return the first of each pillar, then the second of each, and so on; what its agency marked before others, of it
    what could be a main result first, the best before others, and then key items and what speaks of people."""

    def order(pair: Achieved) -> tuple[bool, bool, bool, int, bool, bool]:
        item, update = pair
        place = results.index(pair) if pair in results else len(results)
        is_unmarked = _is(pair, Update.KeyAchievement.NO)
        is_boast = boasts(passage(own_words(update.achieved), MOST_WORDS).least)
        is_wished = _is_wished(item, update)
        is_about_people = is_of_people(update.achieved)
        return is_unmarked, is_boast, not is_wished, place, not item.is_key, not is_about_people

    turns: Counter[int] = Counter()
    ranked = []
    for item, update in sorted(pairs, key=order):
        turns[item.pillar] += 1
        ranked.append((turns[item.pillar], (item, update)))
    return [pair for _, pair in sorted(ranked, key=lambda each: each[0])]


def _boxes(
    writer: Writer, pairs: list[Achieved], texts: dict[int, str]
) -> Iterator[list[Achieved]]:
    """Yield the achievements for each paragraph of a pillar."""
    box: list[Achieved] = []
    length = 0
    for pair in pairs:
        size = count_words(_alone(writer, pair[0], texts[pair[1].pk]))
        if box and length + size > PARAGRAPH_WORDS:
            yield box
            box, length = [], 0
        box.append(pair)
        length += size
    if box:
        yield box


def _of_pillar(
    writer: Writer,
    pillar: Pillar,
    place: int,
    box: list[Achieved],
    texts: dict[int, str],
    said: dict[int, list[Said]],
) -> Paragraph:
    passages: list[Said] = []
    last: ItemAt | None = None
    for item, update in box:
        if last is not None and item is not last:
            passages += said.pop(last.pk, [])
        text = texts[update.pk]
        told = text if item is last else _alone(writer, item, text)
        told = dated_by_round(writer.facts, update, text, told)
        passages.append((closed(capitalised(told)), [update.source]))
        last = item
    if last is not None:
        passages += said.pop(last.pk, [])
    about = f"achievements {pillar.pk} {place}" if place else f"achievements {pillar.pk}"
    return writer.running(passages, about=about)


def _omitted(
    writer: Writer, omitted: list[Achieved], completed: list[ItemAt], room: Room, *, must: bool
) -> Iterator[Paragraph]:
    """Yield a sentence on the key achievements for which there was no room, except those of items that are named
    as completed: their number, if an annex has them, else the items, if they fit or the section `must` report
    something. A check names the others."""
    omitted = [
        pair for pair in omitted if len(completed) > MAX_COMPLETED or pair[0] not in completed
    ]
    if not omitted:
        return
    items = list({item.pk: item for item, _ in omitted}.values())
    if where := writer.where(["items_texts"]):
        count = capitalised(number(len(omitted)))
        further = agree(len(omitted), "further key achievement is", "further key achievements are")
        sentence = f"{count} {further} in {where}."
        room.use(sentence)
    else:
        what = agree(len(omitted), "Another key achievement", "Other key achievements")
        sentence = f"{what}: {some([writer.names.item(item) for item in items], MAX_LEFT)}."
        if not must and (len(items) > MAX_LEFT or not room.has(sentence)):
            return
        room.use(sentence)
    yield writer.paragraph(
        sentence, about="more achievements", sources=[update.source for _, update in omitted]
    )


def _completed(writer: Writer, completed: list[ItemAt], above: list[ItemAt]) -> str:
    """Return a sentence that names the completed items: all, or the first and the number of others. Items that are
    named `above` are counted only, if there are several."""
    if not completed:
        return ""
    count = count_in_words(len(completed), "work item")
    when = "year" if writer.facts.is_year else "period"
    done = f"{capitalised(count)} {agree(len(completed), 'was', 'were')} completed in the {when}"
    if writer.tells_of_evidence:
        # The summary says that nothing shows it.
        done = f"Agencies report {count} completed in the {when}"
    shown = sorted(completed, key=lambda item: not item.is_key)
    new = [item for item in shown if item not in above]
    if len(shown) - len(new) == 1:
        new = shown
    if writer.is_by_item and len(shown) <= MAX_NAMED and any(item in above for item in shown):
        # Those above are noted as complete.
        if not (rest := [item for item in shown if item not in above]):
            return ""
        reported = "reported " if writer.tells_of_evidence else ""
        return f"Also {reported}complete: {join_words(_with_doubt(writer, item) for item in rest)}."
    if not new:
        return f"{done} ({numbers_of(shown, MAX_COMPLETED)})."
    names = some([_with_doubt(writer, item) for item in new], MAX_COMPLETED)
    where = writer.where(["items", "items_texts"]) if len(new) > MAX_COMPLETED else ""
    among = "among them " if len(new) < len(completed) else ""
    return f"{done}{', ' if among else ': '}{among}{names}{f' ({where})' if where else ''}."


def _with_doubt(writer: Writer, item: ItemAt) -> str:
    """Return a completed item by name and number, and whether an audit doubts it."""
    notes = ["not supported by the audit"] if item.pk in writer.facts.unsupported else []
    return writer.names.item(item, *notes)


def _milestones(writer: Writer, room: Room) -> Iterator[Paragraph]:
    """Yield the milestones that were done in the period, for a paper without key achievements: those of key items
    before others, at least some of them, and the number of the rest."""
    facts = writer.facts
    done = [
        (day, item, step)
        for item in sorted(facts.items, key=lambda item: not item.is_key)
        for day, step in _done_in_period(facts, item)
    ]
    if not done:
        return
    lines: list[tuple[date, str, Source]] = []
    for day, item, step in done[:MAX_MILESTONES]:
        who = writer.bracketed(facts.agencies[step.responsible])
        line = f"{long_date(day)}: {writer.names.line(item, step, who)}"
        if len(lines) < MIN_RESULTS or room.has(line):
            room.use(line)
            lines.append((day, line, milestone_source(item, step)))
    count = f"{count_in_words(len(done), 'milestone')} {agree(len(done), 'was', 'were')} reached"
    some_of_them = "" if len(lines) == len(done) else ", among them"
    introduction = (
        f"No report names a key achievement. {capitalised(count)} in the "
        f"{'year' if facts.is_year else 'period'}{some_of_them}:"
    )
    room.use(introduction)
    yield from writer.by_date(introduction, lines, about="milestones done")


def _nothing_achieved(writer: Writer) -> Paragraph:
    facts = writer.facts
    span = period(facts.briefing.period_start, facts.briefing.period_end)
    heard = [item for item in facts.items if facts.updates_of(item)]
    if not heard:
        sentence = (
            f"No agency’s report on {span} had been accepted by "
            f"{long_date(facts.as_at)}, so this paper can name no achievement."
        )
    else:
        sentence = (
            f"Agencies reported on {count_in_words(len(heard), 'work item')} in {span}. "
            "None of the accepted reports names a key achievement."
        )
    return writer.paragraph(
        sentence,
        about="no achievement",
        sources=[update.source for item in heard for update in facts.updates_of(item)] or None,
    )


@in_english
def passed_over(
    facts: Facts,
    main: Collection[int],
    told: Collection[int],
    most: int,
    contents: Iterable[str] = (),
) -> tuple[list[PassedOver], int]:
    """Return what could be a main result of a paper of these `contents` and is none, the likeliest first, and the number of
    those beyond `most`.

    `main` are the ids of the updates that are main results, `told` of those that the section has in any paragraph.
    Passed over is what an agency calls a headline; and of what is not told: what it calls a key achievement, and of an
    item's last report what begins with a number, or completed the item in the period.
    """
    found = []
    for item in facts.items:
        updates = facts.updates_of(item) if item.stage != Stage.WITHDRAWN else ()
        for pair in ((item, update) for update in updates if update.pk not in main):
            update = pair[1]
            is_wished = _is(pair, Update.KeyAchievement.HEADLINE)
            if update.pk in told and not is_wished:
                continue
            is_likely = not _is(pair, Update.KeyAchievement.NO) or (
                update is updates[-1]
                and (
                    _is_completed(facts, item)
                    or counts(passage(own_words(update.achieved), MOST_SHOWN_WORDS).least)
                )
            )
            if is_wished or (is_likely and not says_nothing(update.achieved)):
                found.append(pair)
    found.sort(key=lambda pair: (not _is(pair, Update.KeyAchievement.HEADLINE), *_weight(pair)))
    writer = Writer(facts, contents=contents)
    shown = []
    for item, update in found[:most]:
        whole = _achieved(writer, item, update)
        text = headline(whole) or first_sentences(whole, 1, MOST_SHOWN_WORDS)
        text = dated_by_round(facts, update, text, _alone(writer, item, text)) if text else ""
        reason = _why_not(writer, (item, update), text, told, len(main))
        if not text and reason != WhyNot.NOTHING:
            text = first_sentences(writer.flat(update.achieved), 1, MOST_SHOWN_WORDS)
        shown.append(PassedOver(item, update, closed(capitalised(text)), reason))
    return shown, len(found[most:])


def _why_not(
    writer: Writer, pair: Achieved, text: str, told: Collection[int], count: int
) -> WhyNot:
    """Return why a report with this sentence is no main result. `told` are the ids of the updates that the section
    has; `count` is the number of main results."""
    item, update = pair
    reports = writer.facts.once(Reports)
    if not text:
        if says_nothing(update.achieved):
            return WhyNot.NOTHING
        return WhyNot.ONGOING if without_announcements(update.achieved) else WhyNot.TALK
    if _is_talk(pair):
        return WhyNot.TALK
    if pair not in reports.can_be_results:
        return _why_unfit(reports, pair)
    if pair not in reports.results:
        return WhyNot.SAME_ITEM
    line = opened(headline(_achieved(writer, item, update)))
    before = reports.results[: reports.results.index(pair)]
    if any(line == opened(headline(_achieved(writer, *other))) for other in before):
        return WhyNot.SAID
    if count >= MAX_HEADLINES:
        return WhyNot.BEHIND
    if update.pk in told:
        return WhyNot.ELSEWHERE
    is_left_out = pair not in reports.main and len(reports.main) < MAX_HEADLINES
    return WhyNot.OTHERS_MARKED if is_left_out else WhyNot.NO_ROOM


def _why_unfit(reports: Reports, pair: Achieved) -> WhyNot:
    """Return why a report cannot be a main result as it is."""
    item, update = pair
    own = own_words(update.achieved)
    if item.pk in reports.facts.unsupported:
        return WhyNot.UNSUPPORTED
    if own and not headline(own):
        return WhyNot.TOO_LONG
    if _is(pair, Update.KeyAchievement.HEADLINE):
        return WhyNot.NOTHING
    agency = update.of_return.agency_id
    last = [
        each for of, each in reports.achieved if of is item and each.of_return.agency_id == agency
    ][-1:]
    if last and last[0] is not update:
        return WhyNot.NEWER
    return _why_unfit_as_it_is(item, update) or WhyNot.TOO_LITTLE
