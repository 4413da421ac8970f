"""Section Achievements: the main results, key achievements by pillar, and what was completed.

Agencies' words are quoted: the sentence that tells the result, and of an achievement that is no main result at most two.
The rest is in their reports and in the annex of texts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from agencies.wording.translation import in_english
from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source, milestone_source
from reports.compose.facts import Facts
from reports.compose.findings_text import audited
from reports.compose.measures_text import SURE, Said, beside_achievements, of_outcomes
from reports.compose.paragraphs import Writer, key
from reports.compose.reported import (
    MIN_RESULTS,
    MOST_WORDS,
    Achieved,
    Reports,
    done_in_period,
    has_mark,
    is_completed,
    is_wished_for,
)
from reports.compose.results import (
    boasts,
    headline,
    is_of_people,
    own_words,
    passage,
    without_lead,
    without_parts,
)
from reports.compose.subjects import numbers_of
from reports.compose.told_results import (
    achieved_in_words,
    dated_by_round,
    has_date,
    told_with_name,
)
from reports.compose.verdict import LACKING, lacking_in_short
from reports.document import Bullet, Paragraph, Run, Section, SectionKind, Source, Text, words
from reports.document.dates import long_date, period
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    join_words,
    number,
    opened,
    some,
)
from workitems.measures.completion import Completion, Writing, sentence
from workitems.models import Pillar, Update
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt

# Words in one paragraph; the achievements of a pillar may take several.
PARAGRAPH_WORDS = 110
# More of them are printed whether they fit or not while they have at most so many words together.
SURE_WORDS = 120
SURE_WORDS_IF_TIGHT = 90
SURE_WORDS_BY_ITEM = 95  # and in a paper by item, where each has its item's name
# And what is told of key items that their agencies marked, as long as the section has so many.
SURE_WORDS_OF_KEY = 150
SURE_WORDS_IF_LATE = 110  # where more than `MIN_RESULTS` items that lead are late
# Limit on the milestones named in a paper without key achievements.
MAX_MILESTONES = 8
# Limit on the completed items named.
MAX_COMPLETED = 12
# Limit on the completed items that are named although a result above is theirs.
MAX_NAMED = 6
# Limit on the items named of those whose key achievements have no room.
MAX_LEFT = 8

# The key of the paragraph of the main results.
MAIN_RESULTS = key("p", "headlines")

# A result that is told, with its item and its sources.
Result = tuple[ItemAt, str, list[Source]]


def achievements(writer: Writer) -> Section:
    facts, room = writer.facts, writer.room("achievements")
    reports = facts.once(Reports)
    achieved, results = reports.achieved, reports.results
    headlines = reports.main_by_item if writer.is_by_item else reports.main
    others = [
        pair
        for pair in achieved
        if pair not in headlines
        and (pair in results or not has_mark(pair, Update.KeyAchievement.NO))
    ]
    if writer.is_by_item:
        late = {entry.item.pk for entry in facts.late if entry.is_late}
        others = [pair for pair in others if pair[0].pk not in late]
    completed = [item for item in facts.items if is_completed(facts, item)]
    # The sentence that the section must have is counted first, so that there is room for it.
    room.use(_completed(writer, completed, [of for of, _ in [*headlines, *others]]))
    # A paper by item has them in one list, the best first.
    fewest = MIN_RESULTS + writer.is_by_item
    lines, omitted = _headlines(
        writer, headlines, room, fewest - (bool(others) and not writer.is_by_item)
    )
    least = max(fewest - (len(headlines) - len(omitted)), 0 if writer.is_tight else 1)
    sure = _sure_of_key(writer) - sum(count_words(told) for _, told, _ in lines)
    said = beside_achievements(writer, [(item, told) for item, told, _ in lines], room, sure=SURE)
    texts, omitted_of_pillars = _by_pillar(writer, others, results, room, least, sure)
    if writer.is_by_item:
        # They are one list.
        lines += [
            (
                item,
                dated_by_round(
                    facts,
                    update,
                    texts[update.pk],
                    opened(told_with_name(writer, item, texts[update.pk])),
                ),
                [update.source],
            )
            for item, update in others
            if update.pk in texts
        ]
    beside = [(item, texts[update.pk]) for item, update in others if update.pk in texts]
    said |= beside_achievements(writer, beside, room)
    lines, month = _of_one_month(lines)
    paragraphs = of_outcomes(writer, room)
    paragraphs += _listed(writer, [_with_measures(line, said) for line in lines], month, room)
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
    paragraphs += audited(writer)
    paragraphs += _shown(writer)
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
    lacking = "" if without else _lacking_evidence(writer, found.counts)
    yield writer.paragraph(
        without or lacking or in_english(sentence)(found, writing),
        about="shown to be done",
        # It sums the plan up: what is filed later is no version of a milestone.
        sources=[
            facts.plan_source,
            *(
                milestone_source(item, step)
                for item in facts.items
                for step in item.milestones
                if step.pk in done
            ),
        ],
    )


def _lacking_evidence(writer: Writer, counts: Counter[Completion]) -> str:
    """Return for how many completed milestones evidence is missing: "DoL cannot yet vouch fully for six of the 35 milestones reported
    complete: two have no evidence on file and four rest on a note alone."; "" if it is missing for
    none. Where the summary has how many, this says only what is missing. What was usual before, or was done before the plan began,
    is counted by itself."""
    reviewer = writer.facts.coordinator.short_name
    bare, notes, doubted = (counts[each] for each in LACKING)
    lacking = bare + notes + doubted
    if not bare or not counts[Completion.WITH_EVIDENCE]:
        return ""
    which = "it" if lacking == 1 else number(bare)
    parts = [f"{which} {agree(bare, 'has', 'have')} no evidence on file"]
    parts += [f"{number(notes)} {agree(notes, 'rests', 'rest')} on a note alone"] if notes else []
    parts += [f"{reviewer} questions {number(doubted)}"] if doubted else []
    if writer.tells_of_lacking:
        for_which = f"for which {reviewer} cannot yet vouch fully"
        if lacking == 1:
            return f"The one milestone {for_which} has no evidence on file{_not_new(counts)}."
        return f"Of the {number(lacking)} milestones {for_which}, {join_words(parts)}{_not_new(counts)}."
    of_completed = "" if writer.is_tight else _of_completed(writer.facts)
    return f"{lacking_in_short(writer.facts)}: {join_words(parts)}{of_completed}{_not_new(counts)}."


def _not_new(counts: Counter[Completion]) -> str:
    """Return how many more completed milestones are no new work of the plan, as the end of a sentence."""
    more = [
        f"{number(count)} more {agree(count, *verbs)}"
        for count, verbs in (
            (
                counts[Completion.BUSINESS_AS_USUAL],
                ("is business as usual", "are business as usual"),
            ),
            (
                counts[Completion.BEFORE_PLAN],
                ("was done before the Plan", "were done before the Plan"),
            ),
        )
        if count
    ]
    return f"; {join_words(more)}" if more else ""


def _of_completed(facts: Facts) -> str:
    """Return which completed items have milestones for which evidence is missing, or that none has, as the end of a sentence."""
    lacking = {row.item.pk for each in LACKING for row in facts.completions.of(each)}
    completed = [item for item in facts.items if item.stage == Stage.COMPLETE]
    if not completed:
        return ""
    bare = [item for item in completed if item.pk in lacking]
    if not bare:
        return "; none of them is of an item reported complete"
    items = agree(len(bare), "item", "items")
    return f"; some are of the completed {items} {numbers_of(bare)}"


def _without_evidence(counts: Counter[Completion]) -> str:
    """Return in plain words that no completed milestone of the plan's own has a file or a link to show it; "" if one has, or is
    questioned. What was usual before, or was done before the plan began, is counted by itself."""
    bare = counts[Completion.NOTE_ONLY] + counts[Completion.WITHOUT]
    if not bare or counts[Completion.WITH_EVIDENCE] or counts[Completion.QUESTIONED]:
        return ""
    of = f"None of the {number(bare)} milestones" if bare > 1 else "The one milestone"
    has = "has" if bare > 1 else "has no"
    return f"{of} completed since the Plan began {has} evidence on file yet{_not_new(counts)}."


def _headlines(
    writer: Writer, headlines: list[Achieved], room: Room, least: int
) -> tuple[list[Result], list[Achieved]]:
    """Return the headlines, at least so many, and those for which there is no room."""
    lines: list[Result] = []
    omitted = []
    for item, update in headlines:
        row = writer.facts.once(Reports).measured_instead(item, update)
        text = headline(achieved_in_words(writer, item, update))
        if row:
            text = writer.facts.measures.whole_sentence_of(row)
        elif writer.is_by_item:
            text = without_parts(without_lead(text) if writer.is_tight else text)
        told = told_with_name(writer, item, text)
        if not row:
            told = dated_by_round(writer.facts, update, text, told)
        certain = count_words(told, *(line for _, line, _ in lines))
        is_short = SURE_WORDS_IF_TIGHT if writer.is_tight else SURE_WORDS
        most = _sure_of_key(writer)
        sure = most if is_wished_for(item, update) else min(is_short, most)
        must = len(lines) < least or certain <= sure
        if text and text not in writer.used_sentences and (must or room.has(told)):
            room.use(told)
            writer.used_sentences.add(text)
            sources = [update.source]
            if row:
                writer.measures_told.add(row.pk)
                sources += writer.facts.measures.sources_of(row)
            lines.append((item, told, sources))
        else:
            omitted.append((item, update))
    return lines, omitted


def _sure_of_key(writer: Writer) -> int:
    """Return the number of words of key items' results that are always printed: fewer in a paper by item, where late items
    come first."""
    if writer.is_by_item:
        return SURE_WORDS_BY_ITEM
    leading = sum(entry.is_late and entry.leads for entry in writer.facts.late)
    return SURE_WORDS_OF_KEY if leading <= MIN_RESULTS else SURE_WORDS_IF_LATE


def _listed(writer: Writer, lines: list[Result], month: str, room: Room) -> Iterator[Paragraph]:
    """Yield the list of the main results."""
    if lines:
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
    """Return the results without their month, and the month, if all without a date of their own have the same; else the results
    and ""."""
    found = [(told, _MONTH_AT_END.search(told)) for _, told, _ in lines]
    months = {each["month"] if each else "" for told, each in found if each or not has_date(told)}
    if len(lines) == 1 or len(months) != 1 or not (month := months.pop()):
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
        is_wished = is_wished_for(item, update)
        if room.remaining < 1 and len(texts) >= least and not is_wished:
            continue
        found = passage(achieved_in_words(writer, item, update), MOST_WORDS)
        if not found.least or found.least in writer.used_sentences:
            continue
        least_told = told_with_name(writer, item, found.least)
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
        is_unmarked = has_mark(pair, Update.KeyAchievement.NO)
        is_boast = boasts(passage(own_words(update.achieved), MOST_WORDS).least)
        is_wished = is_wished_for(item, update)
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
        size = count_words(told_with_name(writer, pair[0], texts[pair[1].pk]))
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
        told = text if item is last else told_with_name(writer, item, text)
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
    """Return a sentence that names the completed items: all, if they are few; of many, the first, and the number of others. Of many,
    items that are named `above` are counted only, if there are several."""
    if not completed:
        return ""
    count = count_in_words(len(completed), "work item")
    when = "year" if writer.facts.is_year else "period"
    done = f"{capitalised(count)} {agree(len(completed), 'was', 'were')} completed in the {when}"
    if any(item.pk in writer.facts.unsupported for item in completed):
        # The audit found otherwise.
        done = f"{capitalised(count)} {agree(len(completed), 'was', 'were')} reported complete in the {when}"
    if writer.tells_of_evidence:
        # The summary says that nothing shows it.
        done = f"Agencies report {count} completed in the {when}"
    shown = sorted(completed, key=lambda item: not item.is_key)
    new = [item for item in shown if item not in above]
    if len(shown) - len(new) == 1 or len(shown) <= MAX_NAMED:
        new = shown
    if writer.is_by_item and len(shown) <= MAX_NAMED and any(item in above for item in shown):
        # Those above are noted as complete.
        if not (rest := [item for item in shown if item not in above]):
            return ""
        reported = "reported " if writer.tells_of_evidence else ""
        return f"Also {reported}complete: {join_words(_with_doubt(writer, item) for item in rest)}."
    if not new:
        return f"{done} ({numbers_of(shown, MAX_COMPLETED)})."
    if writer.is_by_item and writer.is_tight and new == shown and len(new) <= MAX_NAMED:
        how = "Reported complete" if writer.tells_of_evidence else f"Completed in the {when}"
        return f"{how}: {join_words(_with_doubt(writer, item) for item in new)}."
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
        for day, step in done_in_period(facts, item)
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
