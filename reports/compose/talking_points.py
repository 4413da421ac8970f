"""Section Talking points: three to six things that the Minister could say aloud, each with its sources.

How the plan goes, what was achieved, what is late, what is being done about it, and what comes next.
Uses the facts alone, so that each number is that of the annexes.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from reports.compose.citations import item_source, milestone_source, version_of
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.subjects import by_when, has_new_date, is_sayable, what, when
from reports.document import Section, SectionKind, Source
from reports.document.dates import long_date
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    joined,
    mentions,
    number,
    numbers,
    the,
)
from workitems.models import Update
from workitems.models.item import Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import completion, future, without_announcements

MOST_POINTS = 6
MOST_ACHIEVED = 2
MOST_NEXT = 2
# Longer words are not said aloud.
MOST_WORDS = 40

STAGE_VERBS = (
    ((Stage.COMPLETE,), "is complete", "are complete"),
    ((Stage.UNDER_WAY, Stage.ONGOING), "is under way", "are under way"),
    ((Stage.NOT_STARTED,), "has not started", "have not started"),
)

Point = tuple[str, list[Source]]


def talking_points(writer: Writer) -> Section:
    """Return one paragraph for each point. A plan without items has one point, others three to six."""
    facts = writer.facts
    points = [_stages(facts)]
    if facts.items:
        points += islice(_achieved(writer), MOST_ACHIEVED)
        points += [_late(writer), *_remedy(writer), _next(writer)]
    return Section(
        SectionKind.OTHER,
        "Talking points",
        tuple(
            writer.paragraph(text, about=f"talking point {place}", sources=sources)
            for place, (text, sources) in enumerate(points[:MOST_POINTS])
        ),
    )


# --- for talking points and questions -----------------------------------------------------------


def late_steps(item: ItemAt) -> list[MilestoneAt]:
    """Return the open milestones that are overdue or expected late, the latest first."""
    late = [step for step in item.milestones if step.is_late]
    return sorted(late, key=lambda step: (-step.late.days, step.number))


def new_date(step: MilestoneAt) -> str:
    """Return when a late milestone is expected now, if that is ahead."""
    name = what(step) if is_sayable(step) else "one of its milestones"
    if has_new_date(step):
        return f"the new date for {name} is {when(step.forecast, step.on)}"
    return f"for {name}, no new date is set"


def open_delays(steps: list[MilestoneAt]) -> Iterator[tuple[MilestoneAt, DelayAt]]:
    for step in steps:
        for delay in step.delays:
            if delay.is_open:
                yield step, delay


def to_do(facts: Facts, item: ItemAt) -> list[tuple[MitigationAt, Source]]:
    """Return what is still to be done about an item's delays, soonest first. What was to be done
    before the paper's date is not ahead, so it is left out."""
    found = [
        (row, version_of(row, "mitigation", f"Mitigation {row.number}, item {item.number}"))
        for _, delay in open_delays(late_steps(item))
        for row in delay.mitigations
        if not row.done_on and (row.due_on is None or row.due_on >= facts.as_at)
    ]
    return sorted(found, key=lambda each: (each[0].due_on or date.max, each[0].pk))


def in_short(writer: Writer, text: str) -> str:
    """Return the first sentence of typed text, or "" if it is too long to be said."""
    first = first_sentences(writer.flat(text), 1, MOST_WORDS)
    return first if len(first.split()) <= MOST_WORDS else ""


def with_owner(writer: Writer, row: MitigationAt, words: str) -> str:
    """Return the words of a mitigation with who does it and by when, unless they say so."""
    agency = writer.facts.agencies[row.owner]
    names = agency.names
    first, *rest = sentences(words) or [""]
    if verb := completion("mitigation", first, names):
        by = (
            f", by {long_date(row.due_on)}"
            if row.due_on and long_date(row.due_on) not in verb
            else ""
        )
        return " ".join([f"{capitalised(writer.subject(agency))} will {verb}{by}.", *rest])
    if later := future(first, writer.agency_names):
        words = " ".join([closed(later), *rest])
    notes = []
    if not mentions(words, names):
        notes.append(agency.short_name)
    if row.due_on and long_date(row.due_on) not in words:
        notes.append(f"by {long_date(row.due_on)}")
    return cited(words, ", ".join(notes)) if notes else closed(words)


# --- the points -----------------------------------------------------------------------------------


def _stages(facts: Facts) -> Point:
    total = len(facts.kept)
    who = capitalised(the(facts.plan.title))
    if not total:
        return f"{who} has no work items.", [facts.plan_source]
    stages = [item.stage for item in facts.kept]
    found = [
        (sum(stages.count(stage) for stage in group), one, many) for group, one, many in STAGE_VERBS
    ]
    found = [each for each in found if each[0]]
    start = f"{who} has {count_in_words(total, 'work item')}"
    sources = [item_source(item) for item in facts.kept]
    if total == 1:
        return f"{start}, which {found[0][1]}.", sources
    if len(found) == 1:
        return f"{start}; {'both' if total == 2 else 'all'} {found[0][2]}.", sources
    whole, *parts = numbers([total, *(count for count, _, _ in found)])
    parts_in_words = [
        f"{part} {agree(count, one, many)}"
        for part, (count, one, many) in zip(parts, found, strict=True)
    ]
    return f"{who} has {whole} work items: {join_words(parts_in_words)}.", sources


def _achieved(writer: Writer) -> Iterator[Point]:
    """Yield what agencies called their headlines, then other key achievements, key items first."""
    facts = writer.facts
    pairs = [
        (item, update)
        for item in facts.items
        for update in facts.updates_of(item)
        if update.achieved and update.key_achievement != Update.KeyAchievement.NO
    ]
    headline = Update.KeyAchievement.HEADLINE
    pairs.sort(key=lambda pair: (pair[1].key_achievement != headline, not pair[0].is_key))
    for item, update in pairs:
        if words := _reported(writer, update):
            yield words, [update.source, item_source(item)]
    done = [item for item in facts.items if _is_completed_in_period(facts, item)]
    if done and not pairs:
        names = [writer.names.item(item) for item in done[:MOST_NEXT]]
        unnamed = len(done) - len(names)
        if unnamed:
            names.append(f"{number(unnamed)} {agree(unnamed, 'other', 'others')}")
        yield (
            f"Completed in the period: {join_words(names)}.",
            [item_source(item) for item in done],
        )


def _is_completed_in_period(facts: Facts, item: ItemAt) -> bool:
    start, end = facts.briefing.period_start, facts.briefing.period_end
    return item.completed_on is not None and start <= item.completed_on <= end


def _reported(writer: Writer, update: UpdateFacts) -> str:
    """Return an agency's first sentence, after its name unless the sentence has it; "" if it is too long."""
    with errors_naming(update.source):
        words = closed(in_short(writer, without_announcements(update.achieved)))
    if not words:
        return ""
    agency = update.of_return.agency
    if mentions(words, agency.names):
        return capitalised(words)
    return f"{capitalised(writer.agency(agency))}: {words}"


def _late(writer: Writer) -> Point:
    facts = writer.facts
    late = [item for item in facts.items if item.is_late]
    if not late:
        return "No work item is late.", [item_source(item) for item in facts.items]
    late.sort(key=lambda item: (not item.is_key, -item.late.days))
    worst = late[0]
    step = late_steps(worst)[0]
    expected = new_date(step)
    count = agree(len(late), "work item is", "work items are")
    text = f"{capitalised(number(len(late)))} {count} late"
    if len(late) == 1:
        text += f", {writer.names.item(worst)}: {expected}."
    else:
        which = "key item" if worst.is_key else "one"
        text += f". The latest {which} is {writer.names.item(worst)}: {expected}."
    sources = [milestone_source(worst, step), *(item_source(item) for item in late)]
    return text, sources


def _remedy(writer: Writer) -> Iterator[Point]:
    """Yield the soonest step against the delay of a late item, a key one if there is one."""
    facts = writer.facts
    late = [item for item in facts.items if item.is_late]
    late.sort(key=lambda item: (not item.is_key, -item.late.days))
    for item in late:
        for row, source in to_do(facts, item):
            with errors_naming(source):
                words = in_short(writer, row.description)
            if words:
                action = with_owner(writer, row, words)
                name = f"For {writer.names.item(item)}"
                text = joined(name, ",", action, writer.agency_names)
                yield text, [source, item_source(item)]
                return


def _next(writer: Writer) -> Point:
    facts, dated = writer.facts, writer.facts.as_at
    ahead = [
        (step.forecast_due, not item.is_key, place, item, step)
        for place, item in enumerate(facts.items)
        if item.is_live
        for step in item.milestones
        if step.is_open and step.forecast_due >= dated and step.forecast_due >= step.agreed_due
    ]
    if not ahead:
        return "No further milestone has a date.", [facts.plan_source]
    ahead.sort(key=lambda each: each[:3])
    passages = [
        (
            f"{writer.names.step(item, step)} {by_when(step.forecast, dated)}",
            milestone_source(item, step),
        )
        for _, _, _, item, step in ahead[:MOST_NEXT]
    ]
    return (
        f"Next: {join_words([words for words, _ in passages])}.",
        [source for _, source in passages],
    )
