"""Section Purpose, with the summary "In brief": how the plan goes, what is late, what is at risk, what is asked."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from reports.compose.achievements import Reports
from reports.compose.ahead import grave_risks
from reports.compose.at_risk_text import keys_at_risk, others_at_risk
from reports.compose.budget import Room, count_words
from reports.compose.citations import Line, item_source, milestone_source
from reports.compose.decided_changes import decided_changes
from reports.compose.decisions import condition_of, dated_decision, decisions, own_decision
from reports.compose.facts import Facts
from reports.compose.late_by_item import cause_told, told_first
from reports.compose.late_dates import not_before, what_comes
from reports.compose.late_words import (
    THIS_MEANS,
    as_you,
    effect_in_words,
    effects,
    explained_delay,
    how_long,
    latest_step,
    needed_for,
)
from reports.compose.measures_text import in_brief as measures_in_brief
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.settling import depends_in_words
from reports.compose.slips import LateItem, cause_of, people_first
from reports.compose.subjects import (
    CAUSES,
    MAX_LATE,
    MAX_NAMED,
    Names,
    at_risk,
    has_new_date,
    in_when,
    is_in_doubt,
    is_reported,
    is_waiting,
    length_of_delay,
    new_date,
    when,
    with_notes,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import long_date, month_of, period
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    joined,
    number,
    numbers,
    opened,
    some,
    the,
)
from workitems.measures.completion import Completion
from workitems.models import Delay, Update
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.lateness import Late
from workitems.terms.sentence_ends import sentences as sentences_of
from workitems.terms.stems import completion, within

STAGE_VERBS = {
    Stage.COMPLETE: ("is complete", "are complete"),
    Stage.UNDER_WAY: ("is under way", "are under way"),
    Stage.ONGOING: ("is ongoing", "are ongoing"),
    Stage.NOT_STARTED: ("has not started", "have not started"),
    Stage.WITHDRAWN: ("is withdrawn", "are withdrawn"),
}
# A plan of so many items of which none is complete says so.
MANY_ITEMS = 10
# Late key items for which the summary says by how much: of more, section Delay has it.
MAX_MEASURED = 3
EASY_NAME = 8  # words
# Late key items that are all named.
MAX_ALL_NAMED, ALL_NAMED_WORDS = 6, 40
# Words of an agency in a reason.
REASON_WORDS = 20
# Days after the end of its period from which a paper says on which day the Plan stands as told.
PERIOD_ENDED = 31

_COMPLETED = re.compile(r"\bcompleted?\b", re.IGNORECASE)

NO_LINE: Line = ("", [])


def purpose(writer: Writer) -> Section:
    facts, briefing = writer.facts, writer.facts.briefing
    room = writer.room("purpose")
    plan, month = the(facts.plan.title), month_of(facts.plan.released_on)
    # Section Background may say it.
    is_said = writer.has("background") and any(
        month in each and "releas" in each for each in sentences_of(facts.plan.background)
    )
    released = "" if is_said else f", released in {month}"
    # What happened since is told too: the paper has the facts of its day.
    since = ""
    if (facts.as_at - briefing.period_end).days > PERIOD_ENDED:
        since = f", and says how the Plan stands on {long_date(facts.as_at)}"
    opening = (
        f"This is your annual report on {plan} (the Plan){released}. "
        f"It covers the year to {long_date(briefing.period_end)}{since}."
        if facts.is_year
        else f"This paper reports to you on {plan} (the Plan){released}. "
        f"It covers {period(briefing.period_start, briefing.period_end)}{since}."
    )
    room.use(opening)
    first = writer.paragraph(opening, about="purpose")
    return Section(SectionKind.PURPOSE, "Purpose", (first, *_in_brief(writer, room)))


def figures(writer: Writer) -> Section:
    """Return the summary alone, for sections whose standing text states the purpose."""
    paragraphs = tuple(_in_brief(writer, writer.room("figures")))
    return Section(SectionKind.OTHER, "Figures", paragraphs)


def _in_brief(writer: Writer, room: Room) -> Iterator[Paragraph]:
    facts = writer.facts
    writer.conditions |= decisions(writer)
    first, *worries = [*_worries(writer, room)] if facts.items else [NO_LINE]
    # What the Minister decides comes before why; what is only noted, last.
    is_own = writer.is_by_item and any(map(own_decision, writer.conditions.values()))
    asks = [
        _asked(writer, room)
        if is_own
        else (f"You are asked to {writer.asked}.", [facts.plan_source])
    ]
    lines = [
        first,
        *(asks if is_own else ()),
        *worries,
        grave_risks(writer, room) if facts.items else NO_LINE,
        _how_it_goes(writer, room),
        *measures_in_brief(writer, room),
        _added(writer, room),
        _withdrawn(writer, room),
        decided_changes(writer, room),
        *(() if is_own else asks),
    ]
    yield from writer.paragraphs(
        "In brief:",
        about="figures",
        bullets=[(Bullet(writer.text(text)), sources) for text, sources in lines if text],
    )


def _asked(writer: Writer, room: Room) -> Line:
    """Return what the Minister is asked to decide with why, of one decision, and on which dated decisions of others new dates
    depend."""
    text, sources = f"You are asked to {writer.asked}.", [writer.facts.plan_source]
    waiting = [entry for entry in writer.facts.late if entry.item.pk in writer.conditions]
    own = [entry for entry in waiting if own_decision(writer.conditions[entry.item.pk])]
    if len(own) == 1 and (why := cause_told(writer, own[0])):
        # What is asked stands between the item and its cause.
        text += " " + re.sub(
            r"^(?:It|This) (?=depends|is late|slipped|waits)", f"Item {own[0].item.number} ", why
        )
        writer.causes_told.add(own[0].item.pk)
        sources += own[0].sources()
    for entry in waiting:
        when_taken = dated_decision(writer.conditions[entry.item.pk])
        if entry not in own and when_taken:
            thing = what_comes(writer, entry, told_first(entry))
            text += f" The new date for {thing} depends on {when_taken}."
            sources += entry.sources()
    room.use(text)
    return text, sources


def _how_it_goes(writer: Writer, room: Room) -> Line:
    """Return the number of items at each stage, unless the first line has it, the change since the last paper, and which
    few items have not started."""
    facts = writer.facts
    is_divided = _is_divided(writer)
    told = [*_silent(facts), *_late_and_idle(facts)] if is_divided else []
    is_short = writer.is_by_item and writer.is_tight
    waiting, first_steps = _not_started(facts, writer.names, [item.pk for item in told])
    has_figures = is_divided or (facts.items and _keys_come_first(facts))
    figures = [] if has_figures else [_stages(facts)]
    if is_short and is_divided:
        # What has begun late is told with what is late; the rest is on track.
        waiting, first_steps = NO_LINE
    sentences = [*figures, *_since_last_paper(facts), *([waiting] if waiting else ())]
    if not sentences:
        return NO_LINE
    sources = [item_source(item) for item in facts.items] or [facts.plan_source]
    room.use(*sentences)
    return " ".join(sentences), [*sources, *first_steps]


def _stages(facts: Facts, of_all: str = "") -> str:
    """Return sentences on how many items are at each stage. `of_all` says already how many items there are, and is
    completed: "In all, three of its four items are late"."""
    if not facts.items:
        return "The Plan has no work items."
    stages = [item.stage for item in facts.kept]
    gone = len(facts.items) - len(stages)
    if of_all:
        *first, last = [of_all, *_other_parts(facts)]
        sentences = [f"{', '.join(first)} and {last}." if first else f"{last}."]
    else:
        none = _none_complete(facts)
        sentences = [_at_each_stage(stages, none)] if stages else []
    if gone:
        more = "more " if stages else ""
        verb = agree(gone, *STAGE_VERBS[Stage.WITHDRAWN])
        count = (
            count_in_words(gone, "work item") if not stages else f"{number(gone)} {more}".strip()
        )
        sentences.append(f"{capitalised(count)} {verb}.")
    return " ".join(sentences)


def _other_parts(facts: Facts) -> list[str]:
    """Return how many items that are not late are complete, at risk, not reported on and on track: with those that are late, they
    are all."""
    rest = [item for item in facts.kept if not (item.is_live and item.is_late)]
    live = [item for item in rest if item.is_live]
    doubtful = at_risk(live)
    silent = [item for item in live if item not in doubtful and not is_reported(item)]
    fine = [item for item in live if item not in [*doubtful, *silent]]
    done, at, unheard, good = numbers(
        [len(rest) - len(live), len(doubtful), len(silent), len(fine)]
    )
    parts = []
    if len(rest) > len(live):
        parts.append(f"{done} {agree(len(rest) - len(live), 'is', 'are')} complete")
    elif len(facts.kept) >= MANY_ITEMS:
        parts.append(_none_complete(facts))
    if doubtful:
        parts.append(f"{at} {agree(len(doubtful), 'is', 'are')} at risk")
    if silent:
        parts.append(f"nothing has been reported on {unheard}")
    if fine:
        parts.append(f"{good} {agree(len(fine), 'is', 'are')} on track")
    return parts


def _is_divided(writer: Writer) -> bool:
    """Whether the summary begins with how many items are complete, on track and late: that of a paper by item on a
    large plan, if some are late."""
    facts = writer.facts
    return (
        writer.is_by_item
        and len(facts.kept) >= MANY_ITEMS
        and any(entry.is_late for entry in facts.late)
    )


def _silent(facts: Facts) -> list[ItemAt]:
    """Return the live items that are neither late nor at risk, and on which nobody has reported."""
    return [
        item
        for item in facts.kept
        if item.is_live and not item.is_late and not is_in_doubt(item) and not is_reported(item)
    ]


def _late_and_idle(facts: Facts) -> list[ItemAt]:
    """Return the late items that have not started."""
    return [
        entry.item
        for entry in facts.late
        if entry.is_late and entry.item.stage == Stage.NOT_STARTED
    ]


def _divided(writer: Writer) -> str:
    """Return how many items are complete, on track, late and so on: every item is counted once. Those on which nobody has
    reported are named, if they are few."""
    facts = writer.facts
    late, keys = _late_and_keys(facts)
    silent = _silent(facts)
    idle = [item for item in silent if item.stage == Stage.NOT_STARTED]
    unheard = [item for item in silent if item not in idle]
    live = [item for item in facts.kept if item.is_live and not item.is_late]
    doubtful = at_risk(live)
    done = len(facts.kept) - len(live) - late
    last = facts.last_paper
    has_keys = any(item.is_key for item in facts.kept)
    notes = []
    if has_keys and keys <= MAX_MEASURED:
        of_them = agree(keys, "a key item", "key items")
        notes.append(
            of_them
            if keys == late == 1
            else f"{number(keys) if keys else 'none'} of them {of_them}"
        )
    if last:
        notes.append(f"{number(last.late) if last.late else 'none'} in the last paper")
    if (idle_late := _late_and_idle(facts)) and not writer.is_tight:
        # The list of a tight paper names it.
        notes.append(
            f"{number(len(idle_late))} {agree(len(idle_late), *STAGE_VERBS[Stage.NOT_STARTED])}"
        )
    is_unshown = _is_unshown(writer)
    parts = [
        ""
        if is_unshown
        else _count(done, "is complete", "are complete")
        if done
        else _none_complete(facts),
        _count(len(live) - len(doubtful) - len(silent), "is on track", "are on track"),
        _count(len(doubtful), "may become late", "may become late"),
        _count(len(idle), "has not started", "have not started", *_named(writer.names, idle)),
        _count(
            len(unheard),
            "has not been reported on",
            "have not been reported on",
            *_named(writer.names, unheard),
        ),
    ]
    gone = len(facts.items) - len(facts.kept)
    of_all = f"{capitalised(number(late))} of the Plan’s {number(len(facts.kept))} work items"
    words = with_notes(
        f"{of_all} {agree(late, 'is', 'are')} late", *filter(None, ["; ".join(notes)])
    )
    if keys > MAX_MEASURED and _has_no_names_of_late(writer):
        total = sum(item.is_key for item in facts.kept)
        which = f"all {number(keys)}" if keys == total else f"{number(keys)} of the {number(total)}"
        words += f", among them {which} that the Plan marks as key"
    *first, end = [*filter(None, parts)] or [""]
    rest = f"{', '.join(first)} and {end}" if first else end
    words = f"{words}; {rest}." if rest else f"{words}."
    if is_unshown:
        words += f" Agencies report {number(done)} complete, not yet verified."
    if gone:
        words += f" {capitalised(number(gone))} more {agree(gone, *STAGE_VERBS[Stage.WITHDRAWN])}."
    return words


def _is_unshown(writer: Writer) -> bool:
    """Whether items are complete and none is shown to be: then the paper says so, and that agencies report it."""
    facts = writer.facts
    found = [
        facts.completions.of_item(item.pk) for item in facts.kept if item.stage == Stage.COMPLETE
    ]
    writer.tells_of_evidence = bool(found) and all(
        each in (Completion.NOTE_ONLY, Completion.WITHOUT) for each in found
    )
    return writer.tells_of_evidence


def _count(count: int, one: str, many: str, *notes: str) -> str:
    """Return "two are late (one a key item)", "" of none."""
    return (
        with_notes(f"{number(count)} {agree(count, one, many)}", *filter(None, ["; ".join(notes)]))
        if count
        else ""
    )


def _named(names: Names, items: list[ItemAt]) -> list[str]:
    """Return the names of a few items for use in brackets."""
    return (
        [f"{names.bare(item)}, {item.number}" for item in items] if len(items) <= MAX_NAMED else []
    )


def _none_complete(facts: Facts) -> str:
    """Return that no item is complete, as a whole where a main result says that something within one was completed."""
    told = facts.once(Reports).main
    is_part = any(_COMPLETED.search(update.achieved) for _, update in told)
    return f"none is complete{' as a whole' if is_part else ''}"


def _at_each_stage(stages: list[str], none: str) -> str:
    """Return how many items are at each of these stages; `none` says that none is complete."""
    total = len(stages)
    found = [(stages.count(stage), STAGE_VERBS[stage]) for stage in STAGE_VERBS if stage in stages]
    if len(found) == 1:
        who = {1: "The Plan’s one work item", 2: "Both work items"}.get(
            total, f"All {count_in_words(total, 'work item')}"
        )
        return f"{who} {agree(total, *found[0][1])}."
    if Stage.COMPLETE not in stages and total >= MANY_ITEMS:
        found.insert(0, (0, STAGE_VERBS[Stage.COMPLETE]))
    whole, *parts = numbers([total, *(count for count, _ in found)])
    parts_in_words = [
        f"{figure} {agree(count, *verbs)}" if count else none
        for figure, (count, verbs) in zip(parts, found, strict=True)
    ]
    return f"Of the Plan’s {whole} work items, {join_words(parts_in_words)}."


def _since_last_paper(facts: Facts) -> Iterator[str]:
    """Yield what has changed since the last paper that was issued."""
    last = facts.last_paper
    if last is None or not facts.items:
        return
    complete = sum(item.stage == Stage.COMPLETE for item in facts.items)
    late = sum(item.is_late for item in facts.items)
    difference = complete - last.complete
    done = f"{number(difference)} more {agree(difference, 'is', 'are')} complete"
    if difference < 0:
        done = f"{number(-difference)} fewer {agree(-difference, 'is', 'are')} complete"
    # How many were late is said with those that are; if none is, here.
    change = "" if late else " and none is late"
    if not late and last.late:
        change += f" any more ({number(last.late)} then)"
    yield f"Since the last paper, of {long_date(last.dated)}, {done}{change}."


def _not_started(facts: Facts, by: Names, told: Collection[int] = ()) -> Line:
    """Return a sentence on the items that have not started and are not late, if they are few, with the first date on which
    something is due: an item without a date is only counted. There is none on those that are `told` of in the first line."""
    items = [item for item in facts.items if item.stage == Stage.NOT_STARTED]
    if not items or len(items) > MAX_NAMED:
        return NO_LINE
    items = [item for item in items if item.pk not in told]
    if not items:
        return NO_LINE
    dates, dated = [], []
    sources: list[Source] = []
    for item in items:
        first = min(
            (step for step in item.milestones if step.is_open),
            key=lambda step: step.forecast_due,
            default=None,
        )
        if first is not None and first.forecast_due >= item.on and not item.is_late:
            dated.append(item)
            dates.append(first.forecast)
            sources += [item_source(item), milestone_source(item, first)]
    if not dated:
        return NO_LINE
    due, on = min(dates, key=lambda each: each.last_day), facts.as_at
    words = f"Work has yet to start on {join_words(map(by.item, dated))}"
    words += (
        f"; its first step is due {in_when(due, on)}"
        if len(dated) == 1
        else f"; their first steps are due from {when(due, on)}"
    )
    return f"{words}.", sources


def _withdrawn(writer: Writer, room: Room) -> Line:
    """Return the items withdrawn in the period, with the reason that the group was given or, without
    one, the agency's last report."""
    gone = [item for item in writer.facts.items if item.stage == Stage.WITHDRAWN]
    found = [(item, why) for item in gone if (why := why_withdrawn(writer.facts, item))]
    return _with_reasons(writer, found, room)


def _added(writer: Writer, room: Room) -> Line:
    """Return the items that the group added in the period, with the reason that it was given."""
    decided = writer.facts.additions
    found = [
        (
            item,
            (
                f"The working group added {{}} in {month_of(row.decided_on)}.",
                row.reason,
                row.source,
            ),
        )
        for item in writer.facts.items
        if (row := decided.get(item.pk)) and item.stage != Stage.WITHDRAWN
    ]
    return _with_reasons(writer, found, room)


def _with_reasons(
    writer: Writer, found: list[tuple[ItemAt, tuple[str, str, Source]]], room: Room
) -> Line:
    """Return a sentence for each item, with the reason in its record; nothing if they are many."""
    if len(found) > MAX_NAMED:
        return "", []
    sentences, sources = [], []
    for item, (how, typed, source) in found:
        with errors_naming(source):
            reason = first_sentences(writer.flat(typed), 1, REASON_WORDS) if typed.strip() else ""
        start = how.format(writer.names.official(item))
        why = closed(capitalised(reason))
        sentences.append(joined(opened(start), ":", why, writer.agency_names) if why else start)
        sources.append(source)
    room.use(*sentences)
    return " ".join(sentences), sources


def why_withdrawn(facts: Facts, item: ItemAt) -> tuple[str, str, Source] | None:
    """Return a sentence with a placeholder for the item, the reason and its source; None if the period has no
    reason. A key achievement is not used: it has its own section."""
    if row := facts.withdrawals.get(item.pk):
        start = f"The working group withdrew {{}} in {month_of(row.decided_on)}."
        return start, row.reason, row.source
    for each in reversed(facts.updates_of(item)):
        if each.achieved.strip() and each.key_achievement == Update.KeyAchievement.NO:
            return "The Plan no longer includes {}.", each.achieved, each.source
    return None


def _worries(writer: Writer, room: Room) -> Iterator[Line]:
    """Yield lines on how the plan goes, what matters most of what is late and what is at risk. An agency's own words
    have a line of their own, so that the agency clears it."""
    live = [item for item in writer.facts.items if item.is_live]
    doubtful = at_risk(live)
    keys = [item for item in live if item.is_key]
    worry = _worry(writer)
    (late, sources), of_all = _late(writer, room)
    doubtful_keys = [item for item in people_first(doubtful) if item.is_key]
    others = ""
    if not doubtful_keys and any(item.confidence or item.reviewer_confidence for item in keys):
        others = _other_keys(writer.facts, [item for item in keys if not item.is_late])
    is_short = writer.is_by_item and writer.is_tight
    is_divided = _is_divided(writer)
    if is_short and (of_all or is_divided):
        # The number of all that are on track has them.
        others = ""
    stages = _stages(writer.facts, of_all) if of_all else ""
    judged = late if is_divided else _judged(writer.facts, late)
    room.use(others, stages)
    yield " ".join(filter(None, (judged, others, stages))), sources
    if worry:
        yield _what_it_means(writer, room, *worry, said=late)
    yield from keys_at_risk(writer, doubtful_keys, room)
    others_doubtful = [item for item in doubtful if not item.is_key]
    yield from others_at_risk(writer, others_doubtful, room, are_counted=is_divided)


def _other_keys(facts: Facts, fine: list[ItemAt]) -> str:
    """Return a sentence on the key items that are not late, when none is at risk. `fine` are those still open."""
    kept = [item for item in facts.kept if item.is_key]
    done = sum(item.stage == Stage.COMPLETE for item in kept)
    count = len(fine) + done
    if not fine:
        return ""
    silent = sum(not is_reported(item) for item in fine)
    if silent:
        those = (
            f"the {number(count)} other key items"
            if count < len(kept)
            else f"the {number(count)} key items"
        )
        if silent == count:
            return f"Nothing has been reported yet on {agree(count, 'the only other key item', those)}."
        good = count - silent
        return (
            f"Of {those}, {number(good)} {agree(good, 'is', 'are')} on track{' or complete' if done else ''}, and "
            f"nothing has been reported yet on {number(silent)}."
        )
    if count == len(kept):
        return "No key item is at risk."
    those = agree(count, "other key item", f"other {number(count)} key items")
    return f"The {those} {agree(count, 'is', 'are')} on track{' or complete' if done else ''}."


def _judged(facts: Facts, late: str) -> str:
    """Return how much of the plan is on track, complete items included, followed by what is late. Without
    open items, or if most key items are late, return only what is late. What nobody has reported on is not on
    track; it is counted by itself."""
    kept = facts.kept
    if _keys_come_first(facts) or not any(item.is_live for item in kept):
        return capitalised(late)
    count = sum(item.is_live and item.is_late for item in kept)
    doubtful = at_risk(kept)
    silent = sum(
        item.is_live and not item.is_late and item not in doubtful and not is_reported(item)
        for item in kept
    )
    fine = len(kept) - count - len(doubtful) - silent
    if silent == len(kept):
        return f"Nothing has been reported yet on {agree(silent, 'the only work item', 'any work item')}, and {late}"
    if silent:
        unheard = f"nothing has been reported yet on {count_in_words(silent, 'work item')}"
        if not fine:
            return f"{capitalised(unheard)}, and {late}"
        return f"{_how_much(fine, len(kept))}, {unheard}, and {late}"
    goes_well = fine * 2 > len(kept)
    joined = "and" if goes_well != bool(count) else "but"
    return f"{_how_much(fine, len(kept))}, {joined} {late}"


def _how_much(fine: int, total: int) -> str:
    """Return how much of the plan is on track: `fine` of its `total` items."""
    if not fine:
        return "All of the Plan is late or at risk"
    if fine == total:
        return "The Plan is on track"
    if fine * 4 >= total * 3:
        return "Most of the Plan is on track"
    if fine * 2 == total:
        return "Half of the Plan is on track"
    return f"{'More' if fine * 2 > total else 'Less'} than half of the Plan is on track"


def _late(writer: Writer, room: Room) -> tuple[Line, str]:
    """Return how many items are late, as the end of a sentence, and which of them (of many, which key ones) and by how
    much; if the late key items come first, also a clause on all items."""
    facts = writer.facts
    entries = facts.late
    late = [entry for entry in entries if entry.is_late]
    # An item that was done late is reported in section Delay.
    gone = [
        entry
        for entry in entries
        if not entry.is_late
        and entry.slips[0].milestone.late.state != Late.DONE_LATE
        and not _has_later_date(entry.item)
    ]
    moved = [item for item in facts.items if _has_later_date(item)]
    sources = [source for entry in entries for source in entry.sources()]
    sources += [*map(item_source, moved), *map(item_source, facts.items)]
    sources = sources or [facts.plan_source]
    if not late:
        words = _none_late(writer.names, moved, gone)
        room.use(words)
        return (words, sources), ""
    of_moved = _given_later_dates(writer.names, moved, "more")
    keys = [entry for entry in late if entry.item.is_key]
    leading = [entry for entry in late if entry.leads]
    words, of_all = _how_many(facts)
    sentences: list[str] = []
    is_divided = _is_divided(writer)
    if is_divided:
        words, of_all = _divided(writer), ""
        sentences = [words]
        if moved:
            which = count_in_words(len(moved), "item that is not late", "items that are not late")
            has = agree(len(moved), "has", "have")
            sentences.append(f"{capitalised(which)} {has} been given a later date.")
    if len(keys) > MAX_MEASURED and is_divided and _has_no_names_of_late(writer):
        # The first sentence has them.
        pass
    elif len(keys) > MAX_MEASURED:
        start = capitalised(_late_keys(facts, "its")) if is_divided else words
        sentences.append(f"{start}{_names_of_late(writer, keys)}")
        if moved and not is_divided:
            noun = agree(len(moved), "more item", "more items")
            sentences.append(f"{capitalised(_given_later_dates(writer.names, moved, noun))}.")
    else:
        # All of them if they are few, else those that matter most.
        named = late if len(late) <= MAX_LATE else (leading or late)[:MAX_LATE]
        if not is_divided:
            sentences.append(f"{words}{f', and {of_moved}' if moved else ''}.")
        sentences += _with_cause(writer, late, named)
        if (unnamed := len(keys) - sum(entry.item.is_key for entry in named)) > 0:
            sentences.append(
                f"{capitalised(number(unnamed))} more {agree(unnamed, 'key item is', 'key items are')} late."
            )
    if gone:
        which = some([writer.names.item(entry.item) for entry in gone], MAX_NAMED)
        count = capitalised(count_in_words(len(gone), "more item"))
        verb = agree(len(gone), "is", "are")
        sentences.append(f"{count} slipped and {verb} no longer late: {which}.")
    room.use(*sentences, of_all)
    return (" ".join(sentences), sources), of_all


def _none_late(names: Names, moved: list[ItemAt], gone: list[LateItem]) -> str:
    """Return that no item is late, as the end of a sentence, and how many were given later dates or had slipped."""
    words = f"no item is late{f', though {_given_later_dates(names, moved)}' if moved else ''}"
    if gone:
        words += f"; {number(len(gone))} that had slipped no longer {agree(len(gone), 'is', 'are')}"
    return f"{words}."


def _given_later_dates(names: Names, moved: list[ItemAt], *more: str) -> str:
    """Return "the map (1.3) has been given a later date"; of many, and of those in doubt, which are named below, their
    number, with the words `more` if others are late."""
    which = " ".join([number(len(moved)), *more])
    if len(moved) <= MAX_NAMED and not any(map(is_in_doubt, moved)):
        which = join_words(map(names.item, moved))
    return f"{which} {agree(len(moved), 'has', 'have')} been given a later date"


def _has_later_date(item: ItemAt) -> bool:
    """Whether an item that is not late would be by the dates first promised: the group has agreed to later ones."""
    return (
        item.is_live
        and not item.is_late
        and any(step.is_open and step.agreed_due > step.original_due for step in item.milestones)
    )


def _how_long(writer: Writer, entry: LateItem) -> str:
    """Return how late an item is by the milestone that section Delay dates: by item, the one whose delay is told, else the
    latest. It is "" without a new date."""
    if not writer.is_by_item:
        return how_long(entry)
    step = told_first(entry)
    return length_of_delay(step, step.forecast) if has_new_date(step) else ""


def _has_no_names_of_late(writer: Writer) -> bool:
    """Whether the summary names no late key items: the list of a tight paper by item has all of them, the gravest first."""
    return writer.is_by_item and writer.is_tight


def _names_of_late(writer: Writer, keys: list[LateItem]) -> str:
    """Return the end of a sentence with the names of the late key items, of many only the gravest. Section Delay says how late each
    is; a tight paper by item lists all of them there, the gravest first."""
    if _has_no_names_of_late(writer):
        return "."
    phrases = _alike(writer.names, keys)
    if len(keys) <= MAX_ALL_NAMED and count_words(*phrases) <= ALL_NAMED_WORDS:
        return f": {join_words(phrases)}."
    # The gravest whose names are easy to read, if there are enough of those.
    easy = [each for each in keys if count_words(writer.names.phrase(each.item)) <= EASY_NAME]
    first = (easy if len(easy) >= MAX_MEASURED else keys)[:MAX_MEASURED]
    return f", among them {join_words(_alike(writer.names, first))}."


def _alike(names: Names, entries: list[LateItem]) -> list[str]:
    """Return the names of items in one form: their phrases, or if one has none, the titles and numbers of all."""
    items = [entry.item for entry in entries]
    phrases = [names.phrase(item) for item in items]
    return names.alike(items) if any("“" in each for each in phrases) else phrases


def _worry(writer: Writer) -> tuple[LateItem, str] | None:
    """Return the one worry that leads: the first of the late items that lead, with what its delay means, if its
    agency has written that. As people come first, it is an item whose delay hurts them, if there is one."""
    for entry in writer.facts.late:
        if entry.is_late and entry.leads and (effect := next(effects(writer, entry), "")):
            return entry, effect
    return None


def _what_it_means(writer: Writer, room: Room, entry: LateItem, effect: str, *, said: str) -> Line:
    """Return what the delay of the item means, in its agency's words, and what it needs or, in a paper that is not by item, on
    what its new date depends, unless a recommendation says it. Section Delay does not repeat it. `said` is the line before,
    which may have named the item."""
    told, item, names = list(effects(writer, entry)), entry.item, writer.names
    shown = [effect_in_words(writer, entry, each) for each in told]
    writer.used_sentences.update((*told, *shown))
    name = names.phrase(item)
    if names.bare(item).casefold() in said.casefold():
        name = names.bare(item) if writer.is_by_item else names.short(item)
    # An item that is not key leads where its delay hurts people. That it matters most is not recorded.
    is_foremost = item.is_key or not _late_and_keys(writer.facts)[1]
    start = f"The delay of {name} {'matters most' if is_foremost else 'affects people directly'}"
    if clause := completion("effect", effect, writer.agency_names):
        first = closed(f"{start}: {clause}")
    elif shown[0] == effect:
        first = joined(start, ":", closed(effect), writer.agency_names)
    elif (means := shown[0]).startswith(THIS_MEANS):
        first = f"{start}: it means {means.removeprefix(THIS_MEANS)}"
    else:
        first = f"{start}. {means}"
    # Of few items the line before says how late each is, and why.
    is_dated = any(each in said for each in (" will be ", " will come ", "No new date is set for"))
    rest = _depends(writer, entry)
    if writer.is_by_item:
        rest = "" if is_dated else _held_up(writer, entry)
    text = " ".join(filter(None, [first, *shown[1:], rest]))
    room.use(text)
    return text, list(entry.sources())


def _depends(writer: Writer, entry: LateItem) -> str:
    """Return a sentence on what an item's new date depends, which the paper then has; "" if it has it."""
    pk = entry.item.pk
    condition = "" if pk in writer.conditions else condition_of(writer, entry)
    if writer.is_by_item or not (condition and latest_step(entry)):
        return ""
    writer.conditions[pk] = condition
    return f"Its new date {depends_in_words(condition)}."


# What an item needs whose cause has no words that complete "It needs …", if it is not only the effort of its agency.
NEEDS = {
    Delay.Cause.FUNDING: "money",
    Delay.Cause.LEGISLATION: "a change of the law",
    Delay.Cause.STAFFING: "staff",
    Delay.Cause.ANOTHER_AGENCY: "another agency’s work",
}
# Words of an agency after "It needs".
NEEDS_WORDS = 8


def _held_up(writer: Writer, entry: LateItem) -> str:
    """Return a sentence on what an item needs first and when it is expected now. Its cause is told with its dates."""
    step = told_first(entry)
    thing = _first_needed(writer, entry) if is_waiting(step) else ""
    if not has_new_date(step):
        return (
            f"It needs {thing} first, and no new date is set." if thing else "No new date is set."
        )
    comes = not_before(writer, entry, step)
    if not thing:
        # The list of what is late has the date.
        return "" if writer.is_tight else comes
    clause = within(opened(comes), writer.agency_names)
    return f"It needs {thing} first, so {clause}." if clause else f"It needs {thing} first. {comes}"


def _first_needed(writer: Writer, entry: LateItem) -> str:
    """Return what an item needs: as its agency has typed it if that is short, else by the kind of its cause."""
    needed = needed_for(writer, entry)
    if (
        needed
        and not (needed.is_act or needed.is_quoted)
        and count_words(needed.thing) <= NEEDS_WORDS
    ):
        return as_you(writer, needed.thing, needed.agency)
    found = explained_delay(entry)
    return NEEDS.get(Delay.Cause(found[1].cause), "") if found and found[1].is_open else ""


def _late_and_keys(facts: Facts) -> tuple[int, int]:
    """Return how many items are late, and how many of them are key items."""
    late = [entry.item for entry in facts.late if entry.is_late]
    return len(late), sum(item.is_key for item in late)


def _keys_come_first(facts: Facts) -> bool:
    """Whether the summary begins with the late key items: more than half of three or more are late, and others too."""
    late, keys = _late_and_keys(facts)
    return keys != late and MAX_NAMED < sum(item.is_key for item in facts.kept) < 2 * keys


def _how_many(facts: Facts) -> tuple[str, str]:
    """Return how many items are late, how many were in the last paper, and how many of them are key items, as a clause.
    If the late key items come first, it is theirs, and the second text is a sentence on all items, without its full
    stop; else that is ""."""
    late, keys = _late_and_keys(facts)
    last = facts.last_paper
    before = f" ({number(last.late) if last.late else 'none'} in the last paper)" if last else ""
    if _keys_come_first(facts):
        items = len(facts.kept)
        of_keys = _late_keys(facts, "the Plan’s")
        of_all = f"In all, {number(late)} of its {number(items)} items are late{before}"
        if late == items:
            of_all = f"All {number(items)} of its items are late{before}"
        return of_keys, of_all
    words = f"{count_in_words(late, 'item')} {agree(late, 'is', 'are')} late{before}"
    return words + _how_many_key(facts, late, keys), ""


def _late_keys(facts: Facts, whose: str) -> str:
    """Return how many key items are late, as a clause."""
    return f"{_of_keys(facts, whose)} are late"


def _of_keys(facts: Facts, whose: str) -> str:
    """Return how many of the key items are late: "six of its 11 key items"."""
    keys = _late_and_keys(facts)[1]
    total = sum(item.is_key for item in facts.kept)
    if keys == total:
        return f"all {number(keys)} of {whose} key items"
    return f"{number(keys)} of {whose} {number(total)} key items"


def _how_many_key(facts: Facts, late: int, keys: int) -> str:
    """Return how many of the late items are key items, as the end of a clause."""
    total = sum(item.is_key for item in facts.kept)
    if not total:
        return ""
    if not keys:
        return f", {'not a' if late == 1 else 'none of them a'} key item"
    if keys == late:
        return f", {agree(keys, 'a key item', f'{_all(keys)} of them key items')}"
    if keys == total:
        those = "its one key item" if keys == 1 else f"{_all(keys)} of its key items"
        return f", including {those}"
    return f", including {number(keys)} of its {number(total)} key items"


def _all(count: int) -> str:
    return "both" if count == 2 else f"all {number(count)}"


def _with_cause(writer: Writer, late: list[LateItem], named: list[LateItem]) -> list[str]:
    """Return sentences on how late the named items will be. If one cause delayed more than half of the late ones, and all
    of those are named, it stands with them."""
    counts = Counter(cause for entry in late if (cause := cause_of(entry)) is not None)
    main, count = counts.most_common(1)[0] if counts else (None, 0)
    of_main = [entry for entry in named if cause_of(entry) == main]
    is_main = count * 2 > len(late) and main != Delay.Cause.OTHER
    if (
        main
        and is_main
        and len(of_main) == count
        and all(_how_long(writer, entry) for entry in of_main)
    ):
        rest = [entry for entry in named if entry not in of_main]
        (sentence,) = _will_be(writer, of_main)
        because = f"mainly because of {CAUSES[main]}"
        first = f"{opened(sentence)}, {_all(count) + ' ' if count > 1 else ''}{because}."
        return [first, *_will_be(writer, rest)]
    return list(_will_be(writer, named))


def _will_be(writer: Writer, entries: list[LateItem]) -> Iterator[str]:
    """Yield how long after their agreed dates the items are expected: "The card (1.2) will be two months late
    and the poster (1.3) a month."""
    names = writer.names
    spans = [(entry, _how_long(writer, entry)) for entry in entries]
    late = [(names.phrase(entry.item), span) for entry, span in spans if span]
    dated = [(entry, told_first(entry)) for entry, span in spans if span]
    if late and writer.is_by_item and any(step.agreed != step.original for _, step in dated):
        # A date that the group has moved has two lengths: the paper gives neither.
        (name, day), *rest = [
            (names.phrase(entry.item), _on_new_date(step)) for entry, step in dated
        ]
        parts = [f"{name} will come {day}", *(f"{each} {later}" for each, later in rest)]
        yield f"{capitalised(join_words(parts))}."
    elif late:
        (name, span), *rest = late
        parts = [f"{name} will be {span} late", *(f"{each} {span}" for each, span in rest)]
        yield f"{capitalised(join_words(parts))}."
    if without := [names.phrase(entry.item) for entry, span in spans if not span]:
        yield f"No new date is set for {join_words(without)}."


def _on_new_date(step: MilestoneAt) -> str:
    day = new_date(step)
    return f"{'on' if day[:1].isdigit() else 'in'} {day}"
