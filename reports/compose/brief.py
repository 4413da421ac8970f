"""Section Purpose, with the summary "In brief": how the plan goes, what is late, what is at risk, what is asked."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby

from reports.compose.ahead import grave_risks
from reports.compose.at_risk_text import keys_at_risk, others_at_risk, slipped_to, why_in_doubt
from reports.compose.budget import Room, count_words
from reports.compose.citations import NO_LINE, Line, item_source, milestone_source
from reports.compose.decided_changes import changes_of_plan, withdrawn
from reports.compose.decisions import condition_of, dated_decision, decisions, own_decision
from reports.compose.facts import Facts
from reports.compose.late_by_item import cause_told
from reports.compose.late_dates import not_before, what_comes
from reports.compose.late_words import (
    THIS_MEANS,
    as_you,
    effect_in_words,
    effects,
    explained_delay,
    how_long,
    is_over,
    latest_step,
    needed_for,
    told_first,
)
from reports.compose.measures_text import in_brief as measures_in_brief
from reports.compose.paragraphs import Writer
from reports.compose.settling import SINCE_SETTLED, STILL_OPEN, depends_in_words
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
    moved_furthest,
    new_date,
    numbers_of,
    when,
)
from reports.compose.verdict import (
    MAX_MEASURED,
    all_of,
    at_stages,
    begins_with_counts,
    divided,
    has_no_names_of_late,
    how_many,
    is_badly_shown,
    keys_come_first,
    lacking_in_short,
    late_and_idle,
    late_and_keys,
    late_keys,
    other_keys,
    silent_items,
    verdict_of,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import long_date, month_of, period
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    join_words,
    joined,
    number,
    opened,
    some,
    the,
)
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.as_told import is_plural
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late
from workitems.terms.sentence_ends import sentences as sentences_of
from workitems.terms.stems import completion, within

EASY_NAME = 8  # words
# Late key items that are all named.
MAX_ALL_NAMED, ALL_NAMED_WORDS = 6, 40
# Bullets of a summary, unless what is late, at risk and asked takes more.
MOST_BULLETS, BULLET_WORDS, LONGEST_BULLET = 5, 110, 150
# Days after the end of its period from which a paper says on which day the Plan stands as told.
PERIOD_ENDED = 31


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
    writer.conditions |= decisions(writer)
    if not _decides(writer):
        opening += f" {_ask(writer)}"
    room.use(opening)
    first = writer.paragraph(opening, about="purpose")
    summary = _in_brief(writer, room, asks=_decides(writer))
    return Section(SectionKind.PURPOSE, "Purpose", (first, *summary))


def figures(writer: Writer) -> Section:
    """Return the summary alone, for sections whose standing text states the purpose."""
    writer.conditions |= decisions(writer)
    paragraphs = tuple(_in_brief(writer, writer.room("figures"), asks=True))
    return Section(SectionKind.OTHER, "Figures", paragraphs)


def _decides(writer: Writer) -> bool:
    """Whether the Minister is asked for a decision of their own, in a paper by item: then the summary has it, with why."""
    return writer.is_by_item and any(map(own_decision, writer.conditions.values()))


def _ask(writer: Writer) -> str:
    return f"You are asked to {writer.asked}."


def _in_brief(writer: Writer, room: Room, *, asks: bool) -> Iterator[Paragraph]:
    """Yield the summary; it `asks` the Minister if no paragraph before it does."""
    facts = writer.facts
    first, *worries = [*_worries(writer, room)] if facts.items else [NO_LINE]
    # What the Minister decides comes before why; what is only noted, last.
    is_own = _decides(writer)
    asked = [_asked(writer, room) if is_own else (_ask(writer), [facts.plan_source])]
    before = [
        first,
        *(asked if asks and is_own else ()),
        *worries,
        grave_risks(writer, room) if facts.items else NO_LINE,
    ]
    stages = _how_it_goes(writer, room)
    after = [
        *(() if writer.has("background") else changes_of_plan(writer, room)),
        *(asked if asks and not is_own else ()),
    ]
    # Outcomes that go well may wait for the achievements.
    others = sum(bool(text) for text, _ in (*before, stages, *after))
    measures = list(measures_in_brief(writer, room, most=MOST_BULLETS - others))
    if others + len(measures) < MOST_BULLETS or not writer.has("delay"):
        # Else section Delay has it.
        after.insert(0, withdrawn(writer, room))
    lines = _folded(before, measures, stages, after)
    yield from writer.paragraphs(
        "In brief:",
        about="figures",
        bullets=[(Bullet(writer.text(text)), sources) for text, sources in lines],
    )


def _folded(
    before: list[Line], measures: list[Line], stages: Line, after: list[Line]
) -> list[Line]:
    """Return the lines of a summary, of which more than `MOST_BULLETS` are joined: how many items are at each stage to how the plan
    goes, then what the measures say, and then the last lines on what is at risk."""
    before, after, counts = (
        [line for line in lines if line[0]] for lines in (before, after, [stages])
    )
    excess = len([*before, *measures, *counts, *after]) - MOST_BULLETS
    if excess > 0 and before and counts and _is_short(before[0], counts[0]):
        before[0] = _joined(before[0], counts.pop())
        excess -= 1
    first, worries = before[:1], before[1:]
    # Shorter bullets as long as they are enough.
    for most in (BULLET_WORDS, LONGEST_BULLET):
        for lines in (measures, after, worries):
            while excess > 0 and len(lines) > 1 and _is_short(*lines[-2:], most=most):
                last = lines.pop()
                lines[-1] = _joined(lines[-1], last)
                excess -= 1
    return [*first, *worries, *measures, *counts, *after]


def _is_short(*lines: Line, most: int = BULLET_WORDS) -> bool:
    """Whether lines are short enough to be joined in one bullet."""
    return count_words(*(text for text, _ in lines)) <= most


def _joined(first: Line, second: Line) -> Line:
    return f"{first[0]} {second[0]}", [*first[1], *second[1]]


def _asked(writer: Writer, room: Room) -> Line:
    """Return what the Minister is asked to decide with why, of one decision, and on which dated decisions of others new dates
    depend."""
    text, sources = _ask(writer), [writer.facts.plan_source]
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
    is_divided = begins_with_counts(writer)
    told = [*silent_items(facts), *late_and_idle(facts)] if is_divided else []
    is_short = writer.is_by_item and writer.is_tight
    waiting, first_steps = _not_started(writer, [item.pk for item in told])
    has_figures = is_divided or (facts.items and keys_come_first(facts))
    figures = [] if has_figures else [at_stages(facts)]
    if is_short and is_divided:
        # What has begun late is told with what is late; the rest is on track.
        waiting, first_steps = NO_LINE
    sentences = [*figures, *_since_last_paper(facts), *([waiting] if waiting else ())]
    sources = [item_source(item) for item in facts.items] or [facts.plan_source]
    if is_badly_shown(facts) and not writer.tells_of_evidence:
        writer.tells_of_lacking = True
        sentences.append(f"{lacking_in_short(facts)}.")
        steps = [(item, step) for item in facts.items for step in item.milestones]
        done = facts.completions.by_milestone
        sources += [milestone_source(item, step) for item, step in steps if step.pk in done]
    if not sentences:
        return NO_LINE
    room.use(*sentences)
    return " ".join(sentences), [*sources, *first_steps]


def _since_last_paper(facts: Facts) -> Iterator[str]:
    """Yield what has changed since the last paper that was issued."""
    last = facts.last_paper
    if last is None or not facts.items:
        return
    complete = sum(item.stage == Stage.COMPLETE for item in facts.items)
    late = sum(item.is_late for item in facts.items)
    difference = complete - last.complete
    done = f"{number(difference)} more {agree(difference, 'is', 'are')} complete"
    if complete and not last.complete:
        # All that the counts before it have, which may end with those that are withdrawn.
        done = f"{count_in_words(complete, 'item')} {agree(complete, 'has', 'have')} been completed"
    elif difference < 0:
        done = f"{number(-difference)} fewer {agree(-difference, 'is', 'are')} complete"
    # How many were late is said with those that are; if none is, here.
    change = "" if late else " and none is late"
    if not late and last.late:
        change += f" any more ({number(last.late)} then)"
    yield f"Since the last paper, of {long_date(last.dated)}, {done}{change}."


def _not_started(writer: Writer, told: Collection[int] = ()) -> Line:
    """Return a sentence on the items that have not started and are not late, if they are few, with the first date on which
    something is due: an item without a date is only counted. There is none on those that are `told` of in the first line."""
    facts, by = writer.facts, writer.names
    items = [item for item in facts.items if item.stage == Stage.NOT_STARTED]
    if not items or len(items) > MAX_NAMED:
        return NO_LINE
    items = [item for item in items if item.pk not in told]
    if not items:
        return NO_LINE
    dates, dated, steps = [], [], []
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
            steps.append(first)
            sources += [item_source(item), milestone_source(item, first)]
    if not dated:
        return NO_LINE
    due, on = min(dates, key=lambda each: each.last_day), facts.as_at
    writer.first_steps.update(step.pk for step in steps if step.forecast_due == due.last_day)
    words = f"Work has yet to start on {join_words(map(by.item, dated))}"
    words += (
        f"; its first step is due {in_when(due, on)}"
        if len(dated) == 1
        else f"; their first steps are due from {when(due, on)}"
    )
    return f"{words}.", sources


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
        others = other_keys(writer.facts, [item for item in keys if not item.is_late])
    is_short = writer.is_by_item and writer.is_tight
    is_divided = begins_with_counts(writer)
    if is_short and (of_all or is_divided):
        # The number of all that are on track has them.
        others = ""
    stages = at_stages(writer.facts, of_all) if of_all else ""
    judged = late if is_divided else verdict_of(writer.facts, late)
    room.use(others, stages)
    yield " ".join(filter(None, (judged, others, stages))), sources
    if worry:
        yield _what_it_means(writer, room, *worry, said=late)
    yield from keys_at_risk(writer, doubtful_keys, room)
    others_doubtful = [item for item in doubtful if not item.is_key]
    yield from others_at_risk(writer, others_doubtful, room, are_counted=is_divided)


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
    keys = [entry for entry in late if entry.item.is_key]
    leading = [entry for entry in late if entry.leads]
    words, of_all = how_many(facts, len(moved) if len(keys) <= MAX_MEASURED else 0)
    sentences: list[str] = []
    is_divided = begins_with_counts(writer)
    all_named = _names_of_slipped(writer, [entry.item for entry in late], moved)
    if is_divided:
        words, of_all = divided(writer), ""
        sentences = [words]
    if all_named:
        beside = _slipped_beside(writer, moved) if len(moved) == 1 else None
        measured = leading if len(leading) <= MAX_MEASURED else []
        sentences = [f"{all_named}.", *(_and_its_cause(writer, each) for each in measured)]
        sentences += [beside] if beside else []
    elif len(keys) > MAX_MEASURED and is_divided and has_no_names_of_late(writer):
        # The first sentence has them.
        pass
    elif len(keys) > MAX_MEASURED:
        start = capitalised(late_keys(facts, "its")) if is_divided else words
        sentences.append(f"{start}{_names_of_late(writer, keys)}")
        if moved and not is_divided:
            noun = agree(len(moved), "more item", "more items")
            more = _slipped_beside(writer, moved)
            later = f"{capitalised(_given_later_dates(writer.names, moved, noun))}."
            sentences.append(more or later)
    else:
        # All of them if they are few, else those that matter most.
        named = late if len(late) <= MAX_LATE else (leading or late)[:MAX_LATE]
        if not is_divided:
            more = _slipped_beside(writer, moved)
            later = "one has been given a later date" if more is not None else ""
            later = later or (_given_later_dates(writer.names, moved) if moved else "")
            sentences.append(f"{words}, and {later}." if later else f"{words}.")
            sentences += [more] if more else []
        sentences += _with_cause(writer, late, named)
        if (unnamed := len(keys) - sum(entry.item.is_key for entry in named)) > 0:
            sentences.append(
                f"{capitalised(number(unnamed))} more {agree(unnamed, 'key item is', 'key items are')} late."
            )
    unexplained = [entry for entry in keys if entry.is_unexplained]
    if is_divided and 0 < len(unexplained) <= MAX_NAMED:
        are, it = agree(len(unexplained), "is", "are"), agree(len(unexplained), "it", "them")
        which = join_words(writer.names.item(entry.item) for entry in unexplained)
        sentences.append(
            f"Nobody has reported why {which} {are} late, or what is being done about {it}{_still_due(writer, unexplained)}."
        )
    if is_divided and moved:
        sentences.append(_moved_beside_late(writer, moved))
    if gone:
        which = some([writer.names.item(entry.item) for entry in gone], MAX_NAMED)
        count = capitalised(count_in_words(len(gone), "more item"))
        verb = agree(len(gone), "is", "are")
        sentences.append(f"{count} slipped and {verb} no longer late: {which}.")
    room.use(*sentences, of_all)
    return (" ".join(sentences), sources), of_all


def _still_due(writer: Writer, unexplained: list[LateItem]) -> str:
    """Return by when the agencies of late items are to report, as the end of a sentence that they have not; "" if one can no
    longer."""
    days = [writer.facts.awaited.get(told_first(entry).responsible) for entry in unexplained]
    due = [day for day in days if day]
    if len(due) < len(days):
        return ""
    return f"; that is due by {when(KnownDate(max(due)), unexplained[0].item.on)}"


def _moved_beside_late(writer: Writer, moved: list[ItemAt]) -> str:
    """Return a sentence on the items that are not late by their new dates: by name if they are a few that are on track beside those
    in doubt, which the lines on them tell."""
    told = [item for item in moved if not is_in_doubt(item)]
    if 0 < len(told) <= MAX_NAMED and all(map(is_reported, told)):
        which = f"{number(len(told))} of those on track"
        names = f": {join_words(map(writer.names.item, told))}"
        numbers = ""
    else:
        told, names, numbers = moved, "", f" ({numbers_of(moved)})"
        which = count_in_words(len(moved), "item that is not late", "items that are not late")
    has = agree(len(told), "has", "have")
    return f"{capitalised(which)}{numbers} {has} been given a later date{names}."


def _names_of_slipped(writer: Writer, late: list[ItemAt], moved: list[ItemAt]) -> str:
    """Return a clause that names all items that have slipped, the gravest first: "four items have slipped: training and public
    awareness, both key items; guidance; and advice". It is "" of one item or of many, or if one has no phrase."""
    facts, slipped = writer.facts, [*late, *moved]
    phrases = {item.pk: writer.names.phrase(item) for item in slipped}
    # What moved is named as the line on it does.
    steps = {item.pk: moved_furthest(item) for item in moved}
    phrases |= {pk: step.as_told for pk, step in steps.items() if step and step.as_told}
    if (
        writer.is_by_item
        or keys_come_first(facts)
        or not 1 < len(slipped) <= MAX_LATE
        or any("“" in each or each.startswith("item ") for each in phrases.values())
    ):
        return ""
    parts = []
    for is_key, group in groupby(slipped, key=lambda item: item.is_key):
        of_group = [phrases[item.pk] for item in group]
        if is_key:
            are = "a key item" if len(of_group) == 1 else f"{all_of(len(of_group))} key items"
            parts.append(f"{join_words(of_group)}, {are}")
        else:
            parts += of_group
    *first, last = parts
    named = f"{'; '.join(first)}; and {last}" if first else last
    if not any(item.is_key for item in slipped):
        named = join_words(parts)
    count = count_in_words(len(slipped), "item")
    then = facts.last_paper.late if facts.last_paper else 0
    notes = f"{number(then) if then else 'none'}{' late' if moved else ''} in the last paper"
    before = f" ({notes})" if facts.last_paper else ""
    start = f"{count} {'have slipped' if moved else 'are late'}{before}"
    return f"{start}: {named}"


def _and_its_cause(writer: Writer, entry: LateItem) -> str:
    """Return how late an item will be and whether its cause is settled: "Training will be a year late and is still unfunded."."""
    (told,) = _will_be(writer, [entry])
    found = explained_delay(entry)
    if found is None:
        return told
    delay, cause = found[1], Delay.Cause(found[1].cause)
    if is_over(delay):
        return f"{opened(told)}; {SINCE_SETTLED[cause]}."
    if delay.settlement and cause in STILL_OPEN:
        one, many = STILL_OPEN[cause]
        verb = many if is_plural(writer.names.phrase(entry.item)) else one
        # "No new date is set for the course; it is still unfunded."
        joint = " and " if _how_long(writer, entry) else f"; {'they' if verb == many else 'it'} "
        return f"{opened(told)}{joint}{verb}."
    return told


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


def _slipped_beside(writer: Writer, moved: list[ItemAt]) -> str | None:
    """Return a sentence on the one item that the group has given a later date: "The advice (3.4) has slipped three months, to March
    2011."; "" where the line on what is at risk has it, and None of several or of a date that has moved again."""
    step = moved_furthest(moved[0]) if len(moved) == 1 else None
    if step is None or step.forecast_due != step.agreed_due:
        return None
    (item,) = moved
    if is_in_doubt(item) and (item.is_key or why_in_doubt(writer, item)):
        writer.moves_told.add(item.pk)
        return ""
    if not item.is_key:
        writer.moves_told.add(item.pk)
    again = ", and may slip again" if is_in_doubt(item) else ""
    return f"{slipped_to(writer, item, step)}{again}."


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


def _names_of_late(writer: Writer, keys: list[LateItem]) -> str:
    """Return the end of a sentence with the names of the late key items, of many only the gravest. Section Delay says how late each
    is; a tight paper by item lists all of them there, the gravest first."""
    if has_no_names_of_late(writer):
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
    is_foremost = item.is_key or not late_and_keys(writer.facts)[1]
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
    Delay.Cause.CABINET: "a Cabinet decision",
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
        because = f"mainly because of {CAUSES[main]}{_settled_for(writer, main, of_main)}"
        first = f"{opened(sentence)}, {all_of(count) + ' ' if count > 1 else ''}{because}."
        return [first, *_will_be(writer, rest)]
    return list(_will_be(writer, named))


def _settled_for(writer: Writer, cause: Delay.Cause, entries: list[LateItem]) -> str:
    """Return, for items delayed by one cause, for which of them it is over, as the end of a sentence: "; the funding has since been
    found for the poster, but not for the course"; "" if for none."""
    settled = [
        entry for entry in entries if (found := explained_delay(entry)) and is_over(found[1])
    ]
    if not settled:
        return ""
    if len(settled) == len(entries):
        return f"; {SINCE_SETTLED[cause]}"
    names, rest = (
        join_words(writer.names.phrase(entry.item) for entry in some_of)
        for some_of in (settled, [entry for entry in entries if entry not in settled])
    )
    return f"; {SINCE_SETTLED[cause]} for {names}, but not for {rest}"


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
