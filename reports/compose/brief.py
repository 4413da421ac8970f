"""Section Purpose, with the summary "In brief": how the plan goes, what is late, what is at risk, what is asked."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from reports.compose.budget import Room
from reports.compose.delay_text import LateItem, cause_of, late_items
from reports.compose.facts import Facts, UpdateFacts, item_source, milestone_source
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.subjects import (
    CAUSES,
    DOUBTFUL,
    Names,
    at_risk,
    has_new_date,
    numbers_of,
    when,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import long_date, month_of, months_in, period
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    number,
    numbers,
    the,
)
from workitems.models import Update
from workitems.models.item import Stage
from workitems.plan_at import ItemAt
from workitems.standing import Late

STANDING = {
    Stage.COMPLETE: ("is complete", "are complete"),
    Stage.UNDER_WAY: ("is under way", "are under way"),
    Stage.ONGOING: ("is ongoing", "are ongoing"),
    Stage.NOT_STARTED: ("has not started", "have not started"),
    Stage.WITHDRAWN: ("is withdrawn", "are withdrawn"),
}
# Limits on the items named: not started, withdrawn, late, at risk.
MAX_NAMED = 2
MAX_LATE = 4
# Words of an agency in a reason; twice as many in a single sentence.
REASON_WORDS = 20

Line = tuple[str, list[Source]]


def purpose(writer: Writer) -> Section:
    facts, briefing = writer.facts, writer.facts.briefing
    room = writer.room("purpose")
    plan = the(facts.plan.title)
    is_year = months_in(briefing.period_start, briefing.period_end) == 12
    opening = (
        f"This is your annual report on {plan} (the Plan), released in {month_of(facts.plan.released_on)}. "
        f"It covers the year to {long_date(briefing.period_end)}."
        if is_year
        else f"This paper reports to you on {plan} (the Plan), released in {month_of(facts.plan.released_on)}. "
        f"It covers {period(briefing.period_start, briefing.period_end)}."
    )
    room.use(opening)
    first = writer.paragraph(opening, about="purpose")
    return Section(SectionKind.PURPOSE, "Purpose", (first, *_in_brief(writer, room)))


def figures(writer: Writer) -> Section:
    """Return the summary alone, for sections whose standing text states the purpose."""
    told = tuple(_in_brief(writer, writer.room("figures")))
    return Section(SectionKind.OTHER, "Figures", told)


def _in_brief(writer: Writer, room: Room) -> Iterator[Paragraph]:
    facts = writer.facts
    lines = [
        _how_it_goes(writer, room),
        *(_worries(writer, room) if facts.items else ()),
        *_beside_the_way(writer, room),
        (f"You are asked to {writer.asked}.", [facts.plan_source]),
    ]
    yield from writer.paragraphs(
        "In brief:",
        about="figures",
        bullets=[(Bullet(writer.text(text)), sources) for text, sources in lines if text],
    )


def _how_it_goes(writer: Writer, room: Room) -> Line:
    """Return the number of items at each stage, and the change since the last paper."""
    facts = writer.facts
    told = [*_figures(facts), *_since_last_paper(facts)]
    sources = [item_source(item) for item in facts.items] or [facts.plan_source]
    room.use(*told)
    return " ".join(told), sources


def _beside_the_way(writer: Writer, room: Room) -> Iterator[Line]:
    """Yield which few items have not started, and which were withdrawn, with when or why."""
    for sentence, sources in (_withdrawn(writer), _not_started(writer.facts, writer.names)):
        if sentence and room.take(sentence):
            yield sentence, sources


def _figures(facts: Facts) -> Iterator[str]:
    total = len(facts.items)
    if not total:
        yield "The Plan has no work items."
        return
    stages = [item.stage for item in facts.items]
    found = [(stages.count(stage), STANDING[stage]) for stage in STANDING if stage in stages]
    if len(found) == 1:
        who = {1: "The Plan’s one work item", 2: "Both work items"}.get(
            total, f"All {count_in_words(total, 'work item')}"
        )
        yield f"{who} {agree(total, *found[0][1])}."
        return
    whole, *parts = numbers([total, *(count for count, _ in found)])
    said = [
        f"{figure} {agree(count, *standing)}"
        for figure, (count, standing) in zip(parts, found, strict=True)
    ]
    yield f"Of the Plan’s {whole} work items, {join_words(said)}."


def _since_last_paper(facts: Facts) -> Iterator[str]:
    """Yield what has changed since the last paper that was issued."""
    last = facts.last_paper
    if last is None or not facts.items:
        return
    complete = sum(item.stage == Stage.COMPLETE for item in facts.items)
    late = sum(item.is_late for item in facts.items)
    more = complete - last.complete
    done = f"{number(more)} more {agree(more, 'is', 'are')} complete"
    if more < 0:
        done = f"{number(-more)} fewer {agree(-more, 'is', 'are')} complete"
    if late == last.late:
        change = f"as many are late, {number(late)}" if late else "none is late, as then"
    else:
        move = "risen" if late > last.late else "fallen"
        was, now = (number(count) if count else "none" for count in (last.late, late))
        change = f"late items have {move} from {was} to {now}"
    yield f"Since the last paper, of {long_date(last.dated)}, {done} and {change}."


def _not_started(facts: Facts, by: Names) -> Line:
    items = [item for item in facts.items if item.stage == Stage.NOT_STARTED]
    if not items or len(items) > MAX_NAMED:
        return "", []
    dated = facts.briefing.dated
    names, sources = [], []
    for item in items:
        first = min(
            (step for step in item.milestones if step.is_open),
            key=lambda step: step.forecast_due,
            default=None,
        )
        is_ahead = first is not None and first.forecast_due >= dated
        due = [f"first step due {when(first.forecast, dated)}"] if first and is_ahead else []
        names.append(by.item(item, *due))
        sources.append(item_source(item))
        sources += [milestone_source(item, first)] if first else []
    return f"Not yet started: {join_words(names)}.", sources


def _withdrawn(writer: Writer) -> Line:
    """Return the items withdrawn in the period, with the reason that the group was given or, without
    one, the agency's last report."""
    gone = [item for item in writer.facts.items if item.stage == Stage.WITHDRAWN]
    found = [(item, why) for item in gone if (why := _why_withdrawn(writer.facts, item))]
    if len(found) > MAX_NAMED:
        return "", []
    told, sources = [], []
    for item, (start, said, source) in found:
        with errors_naming(source):
            reason = first_sentences(writer.flat(said), 1, REASON_WORDS) if said.strip() else ""
        told.append(f"{start}: {writer.names.item(item)}. {closed(capitalised(reason))}".strip())
        sources.append(source)
    return " ".join(told), sources


def _why_withdrawn(facts: Facts, item: ItemAt) -> tuple[str, str, Source] | None:
    """Return how a sentence on it begins, the reason and its record, if the period has one. A key
    achievement is none: it has a section of its own."""
    if row := facts.withdrawals.get(item.pk):
        return f"Withdrawn in {month_of(row.decided_on)}", row.reason, row.source
    for each in reversed(facts.updates_of(item)):
        if each.achieved.strip() and each.key_achievement == Update.KeyAchievement.NO:
            return "Withdrawn", each.achieved, each.source
    return None


def _worries(writer: Writer, room: Room) -> Iterator[Line]:
    """Yield what is late and what is at risk, in one line if no key item is at risk."""
    live = [item for item in writer.facts.items if item.is_live]
    doubtful = at_risk(live)
    keys = [item for item in live if item.is_key]
    late, sources = _late(writer, room)
    others = _others_at_risk([item for item in doubtful if not item.is_key], is_first=not keys)
    room.use(others)
    if any(item.is_key for item in doubtful):
        yield late, sources
        told, more = _at_risk(writer, [item for item in doubtful if item.is_key], room)
        yield (
            f"{told} {others}".strip(),
            more + [item_source(item) for item in doubtful if not item.is_key],
        )
        return
    if any(item.confidence or item.reviewer_confidence for item in keys):
        other = "other " if any(item.is_late for item in keys) else ""
        late += f" No {other}key item is at risk"
        if doubtful:
            late += f"; of the others, {numbers_of(doubtful, MAX_LATE)} {agree(len(doubtful), 'is', 'are')}"
        yield f"{late}.", sources
        return
    yield f"{late} {others}".strip(), sources


def _others_at_risk(items: list[ItemAt], *, is_first: bool) -> str:
    """Return how many items that are not key are at risk, with their numbers."""
    if not items:
        return ""
    count = count_in_words(len(items), "item" if is_first else "other item")
    verb = agree(len(items), "is", "are")
    return f"{capitalised(count)} {verb} at risk ({numbers_of(items, MAX_LATE)})."


def _late(writer: Writer, room: Room) -> Line:
    """Return how many items are late, and by cause which of them (of many, which key ones) and
    until when."""
    facts = writer.facts
    entries = late_items(facts)
    late = [entry for entry in entries if entry.is_late]
    no_longer = len(entries) - len(late)
    sources = [source for entry in entries for source in entry.sources()] or [facts.plan_source]
    if not late:
        words = "No item is late"
        if no_longer:
            words += (
                f"; {number(no_longer)} that had slipped no longer {agree(no_longer, 'is', 'are')}"
            )
        room.use(words)
        return f"{words}.", sources
    keys = [entry for entry in late if entry.item.is_key]
    words = f"{capitalised(count_in_words(len(late), 'item'))} {agree(len(late), 'is', 'are')} late"
    words += _how_many_key(len(late), len(keys))
    if no_longer:
        which = numbers_of([entry.item for entry in entries if not entry.is_late], MAX_NAMED)
        came = all(
            entry.slips[0].milestone.late.state == Late.DONE_LATE
            for entry in entries
            if not entry.is_late
        )
        verb = agree(no_longer, "is", "are")
        how = "came late" if came else f"slipped and {verb} no longer late"
        words += f"; {number(no_longer)} more ({which}) {how}"
    # All of them if they are few, else those that matter most.
    named = late if len(late) <= MAX_LATE else (keys or late)[:MAX_LATE]
    told = [f"{words}.", *_by_cause(writer.names, named)]
    if (left := len(keys) - sum(entry.item.is_key for entry in named)) > 0:
        told.append(
            f"{capitalised(number(left))} more {agree(left, 'key item is', 'key items are')} late."
        )
    room.use(*told)
    return " ".join(told), sources


def _how_many_key(late: int, keys: int) -> str:
    if not keys:
        return ", not a key item" if late == 1 else ", none of them a key item"
    if late == 1:
        return ", a key item"
    if keys == late:
        return f", {'both' if keys == 2 else 'all'} of them key items"
    return f", {number(keys)} of them {agree(keys, 'a key item', 'key items')}"


def _by_cause(names: Names, entries: Iterable[LateItem]) -> Iterator[str]:
    """Yield a sentence for each cause, in the order of the first item that it holds up."""
    entries = list(entries)
    order = list(dict.fromkeys(cause_of(entry) for entry in entries))
    entries.sort(key=lambda entry: order.index(cause_of(entry)))
    for cause, group in groupby(entries, key=cause_of):
        items = join_words(_until(names, entry) for entry in group)
        if cause is None:
            yield f"No cause is recorded for {items}."
        else:
            what, verb = CAUSES[cause]
            yield f"{capitalised(what)} {verb} up {items}."


def _until(names: Names, entry: LateItem) -> str:
    """Return the item with its new date: "“Train staff” (1.1, now June 2011)"."""
    steps = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    if not all(map(has_new_date, steps)):
        return names.item(entry.item, "no new date yet")
    last = max(steps, key=lambda step: step.forecast_due)
    return names.item(entry.item, f"now {when(last.forecast, last.on)}")


def _at_risk(writer: Writer, doubtful: list[ItemAt], room: Room) -> Line:
    """Return the key items that are not late but in doubt, with who says so and why."""
    sources: list[Source] = []
    told: list[str] = []
    for item in doubtful[:MAX_NAMED]:
        sentence, update = _why_at_risk(writer, item)
        sources += [item_source(item), *([update.source] if update else [])]
        told.append(capitalised(sentence) if told else f"At risk, though not late: {sentence}")
    if left := len(doubtful) - len(told):
        others = agree(left, "key item is", "key items are")
        told.append(f"{capitalised(number(left))} more {others} at risk.")
    room.use(*told)
    return " ".join(told), sources


def _why_at_risk(writer: Writer, item: ItemAt) -> tuple[str, UpdateFacts | None]:
    says = "" if item.confidence in DOUBTFUL else ", as the reviewer sees it"
    update = next(
        (each for each in reversed(writer.facts.updates_of(item)) if each.challenges.strip()), None
    )
    why = ""
    if update:
        with errors_naming(update.source):
            why = first_sentences(writer.flat(update.challenges), 1, REASON_WORDS)
    return f"{writer.names.item(item)}{says}. {capitalised(why)}".strip(), update
