"""How the plan goes, in the numbers of the summary: how many items are late, complete, on track and so on. Each is counted once."""

import re

from reports.compose.facts import Facts
from reports.compose.paragraphs import Writer
from reports.compose.reported import Reports
from reports.compose.subjects import (
    MAX_NAMED,
    Names,
    at_risk,
    is_in_doubt,
    is_reported,
    numbers_of,
    with_notes,
)
from reports.document.wording import agree, capitalised, count_in_words, join_words, number, numbers
from workitems.measures.completion import Completion
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt

STAGE_VERBS = {
    Stage.COMPLETE: ("is complete", "are complete"),
    Stage.UNDER_WAY: ("is under way", "are under way"),
    Stage.ONGOING: ("is ongoing", "are ongoing"),
    Stage.NOT_STARTED: ("has not started", "have not started"),
    Stage.WITHDRAWN: ("is withdrawn", "are withdrawn"),
}
# Of those under way and those that go on, together.
IN_HAND = ("is under way or ongoing", "are under way or ongoing")


# A plan of so many items of which none is complete says so.
MANY_ITEMS = 10


# Late key items for which the summary says by how much: of more, section Delay has it.
MAX_MEASURED = 3


# The summary says so if evidence is missing for more than one in so many of the milestones reported complete.
MANY_LACKING = 6


_COMPLETED = re.compile(r"\bcompleted?\b", re.IGNORECASE)


def at_stages(facts: Facts, of_all: str = "") -> str:
    """Return sentences on how many items are at each stage. `of_all` says already how many items there are, and is
    completed: "In all, three of its four items are late"."""
    if not facts.items:
        return "The Plan has no work items."
    stages = [item.stage for item in facts.kept]
    if of_all:
        *first, last = [of_all, *_other_parts(facts)]
        sentences = [f"{', '.join(first)} and {last}." if first else f"{last}."]
    else:
        none = _none_complete(facts)
        sentences = [_at_each_stage(stages, none)] if stages else []
    return " ".join([*sentences, *_gone(facts)])


def _gone(facts: Facts) -> list[str]:
    """Return a sentence on how many items are withdrawn, which the numbers before it leave out."""
    gone = len(facts.items) - len(facts.kept)
    if not gone:
        return []
    if not facts.kept:
        count = capitalised(count_in_words(gone, "work item"))
        return [f"{count} {agree(gone, *STAGE_VERBS[Stage.WITHDRAWN])}."]
    that, are = agree(gone, "that was", "that were"), agree(gone, "is", "are")
    which = [item for item in facts.items if item.stage == Stage.WITHDRAWN]
    named = f" ({numbers_of(which)})" if gone <= MAX_NAMED else ""
    return [
        f"{capitalised(count_in_words(gone, 'item'))} {that} withdrawn{named} {are} not counted."
    ]


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


def begins_with_counts(writer: Writer) -> bool:
    """Whether the summary begins with how many items are complete, on track and late: that of a paper by item on a
    large plan, if some are late."""
    facts = writer.facts
    return (
        writer.is_by_item
        and len(facts.kept) >= MANY_ITEMS
        and any(entry.is_late for entry in facts.late)
    )


def silent_items(facts: Facts) -> list[ItemAt]:
    """Return the live items that are neither late nor at risk, and on which nobody has reported."""
    return [
        item
        for item in facts.kept
        if item.is_live and not item.is_late and not is_in_doubt(item) and not is_reported(item)
    ]


def late_and_idle(facts: Facts) -> list[ItemAt]:
    """Return the late items that have not started."""
    return [
        entry.item
        for entry in facts.late
        if entry.is_late and entry.item.stage == Stage.NOT_STARTED
    ]


def divided(writer: Writer) -> str:
    """Return how many items are complete, on track, late and so on: every item is counted once. Those on which nobody has
    reported are named, if they are few."""
    facts = writer.facts
    late, keys = late_and_keys(facts)
    silent = silent_items(facts)
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
    if (idle_late := late_and_idle(facts)) and not writer.is_tight:
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
        _count(len(idle), "has not started", "have not started", *_in_brackets(writer.names, idle)),
        _count(
            len(unheard),
            "has not been reported on",
            "have not been reported on",
            *_in_brackets(writer.names, unheard),
        ),
    ]
    of_all = f"{capitalised(number(late))} of the Plan’s {number(len(facts.kept))} work items"
    words = with_notes(
        f"{of_all} {agree(late, 'is', 'are')} late", *filter(None, ["; ".join(notes)])
    )
    of_key = ""
    if keys > MAX_MEASURED and has_no_names_of_late(writer):
        keys_at_risk = sum(item.is_key for item in doubtful)
        total, bad = sum(item.is_key for item in facts.kept), keys + keys_at_risk
        which = f"all {number(bad)}" if bad == total else f"{number(bad)} of the {number(total)}"
        if keys_at_risk:
            of_key = (
                f" {capitalised(which)} that the Plan marks as key are late or may become late."
            )
        else:
            words += f", among them {which} that the Plan marks as key"
    *first, end = [*filter(None, parts)] or [""]
    rest = f"{', '.join(first)} and {end}" if first else end
    words = f"{words}; {rest}.{of_key}" if rest else f"{words}.{of_key}"
    if is_unshown:
        words += f" Agencies report {number(done)} complete, not yet verified."
    return " ".join([words, *_gone(facts)])


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


def _in_brackets(names: Names, items: list[ItemAt]) -> list[str]:
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
    at_work = [stages.count(stage) for stage in (Stage.UNDER_WAY, Stage.ONGOING)]
    if all(at_work) and len(found) > len(at_work):
        # What differs between them, the annex has.
        place = found.index((at_work[0], STAGE_VERBS[Stage.UNDER_WAY]))
        found[place : place + 2] = [(sum(at_work), IN_HAND)]
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


def other_keys(facts: Facts, fine: list[ItemAt]) -> str:
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
    those = "other key item is" if count == 1 else f"{number(count)} other key items are"
    return f"The {those} on track{' or complete' if done else ''}."


def verdict_of(facts: Facts, late: str) -> str:
    """Return how much of the plan is on track, complete items included, followed by what is late. Without
    open items, or if most key items are late, return only what is late. What nobody has reported on is not on
    track; it is counted by itself."""
    kept = facts.kept
    if keys_come_first(facts) or not any(item.is_live for item in kept):
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


def has_no_names_of_late(writer: Writer) -> bool:
    """Whether the summary names no late key items: the list of a tight paper by item has all of them, the gravest first."""
    return writer.is_by_item and writer.is_tight


def late_and_keys(facts: Facts) -> tuple[int, int]:
    """Return how many items are late, and how many of them are key items."""
    late = [entry.item for entry in facts.late if entry.is_late]
    return len(late), sum(item.is_key for item in late)


def keys_come_first(facts: Facts) -> bool:
    """Whether the summary begins with the late key items: more than half of three or more are late, and others too."""
    late, keys = late_and_keys(facts)
    return keys != late and MAX_NAMED < sum(item.is_key for item in facts.kept) < 2 * keys


def how_many(facts: Facts, moved: int = 0) -> tuple[str, str]:
    """Return how many items are late, how many were in the last paper, and how many of them are key items, as a clause: with
    those that were `moved`, as a part of all that have slipped.
    If the late key items come first, it is theirs, and the second text is a sentence on all items, without its full
    stop; else that is ""."""
    late, keys = late_and_keys(facts)
    last = facts.last_paper
    before = f" ({number(last.late) if last.late else 'none'} in the last paper)" if last else ""
    if keys_come_first(facts):
        items = len(facts.kept)
        of_keys = late_keys(facts, "the Plan’s")
        of_all = f"In all, {number(late)} of its {number(items)} items are late{before}"
        if late == items:
            of_all = f"All {number(items)} of its items are late{before}"
        return of_keys, of_all
    words = f"{count_in_words(late, 'item')} {agree(late, 'is', 'are')} late{before}"
    if moved:
        slipped = f"{count_in_words(late + moved, 'item')} have slipped"
        words = f"{slipped}: {number(late)} {agree(late, 'is', 'are')} late{before}"
    return words + _how_many_key(facts, late, keys), ""


def late_keys(facts: Facts, whose: str) -> str:
    """Return how many key items are late, as a clause."""
    return f"{_of_keys(facts, whose)} are late"


def _of_keys(facts: Facts, whose: str) -> str:
    """Return how many of the key items are late: "six of its 11 key items"."""
    keys = late_and_keys(facts)[1]
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
        return f", {agree(keys, 'a key item', f'{all_of(keys)} of them key items')}"
    if keys == total:
        those = "its one key item" if keys == 1 else f"{all_of(keys)} of its key items"
        return f", including {those}"
    return f", including {number(keys)} of its {number(total)} key items"


def all_of(count: int) -> str:
    return "both" if count == 2 else f"all {number(count)}"


# A completed milestone for which evidence is missing: without any, by a note alone, or questioned.
LACKING = (Completion.WITHOUT, Completion.NOTE_ONLY, Completion.QUESTIONED)


def lacking_in_short(facts: Facts) -> str:
    """Return "DoL cannot yet vouch fully for six of the 35 milestones reported complete", without a full stop."""
    count, total = _lacking(facts)
    new = "new " if total < facts.completions.counts.total() else ""
    return (
        f"{facts.coordinator.short_name} cannot yet vouch fully for {number(count)} of the {number(total)} {new}milestones "
        "reported complete"
    )


def is_badly_shown(facts: Facts) -> bool:
    """Whether evidence is missing for so many of the completed milestones, though not for all, that the summary says so."""
    count, total = _lacking(facts)
    has_bare = facts.completions.counts[Completion.WITHOUT] > 0
    return has_bare and count < total < MANY_LACKING * count


def _lacking(facts: Facts) -> tuple[int, int]:
    """Return for how many completed milestones evidence is missing, and of how many it is asked: not of business as usual, and
    not of what was done before the plan."""
    counts = facts.completions.counts
    count = sum(counts[each] for each in LACKING)
    return count, count + counts[Completion.WITH_EVIDENCE]
