"""What is late and what is being done about it, in a paper without a section Mitigation: one bullet for each item.

All have one shape. The item's name runs in, in bold; then the date that was promised and the one expected now, the cause,
what follows from it, what bridges it and what is being done. What matters least of an item is left to the annex, and of all items
the last ones first; beyond its dates, cause and action a bullet has at most so many words.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source
from reports.compose.delay_text import (
    MAX_OTHERS,
    further_sentences,
    no_delay,
    no_longer_late,
    request_sentences,
    sources_of,
    unreported,
    without_cause,
)
from reports.compose.late_words import (
    REASON_WORDS,
    effect_in_words,
    effects,
    explained_delay,
    in_agency_words,
    needed_for,
    noun_of,
    own_sentence,
    speaker,
)
from reports.compose.mitigation_text import (
    action_in_words,
    all_done,
    has_words,
    is_step,
    meanwhile,
    undated,
    what_is_left_open,
    without_action,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.planned import Plan, planned_in_words, plans
from reports.compose.slips import LateItem
from reports.compose.subjects import (
    because_of,
    by_when,
    has_new_date,
    in_when,
    is_sayable,
    new_date,
    what,
    when,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import month_of
from reports.document.wording import (
    agree,
    capitalised,
    count_in_words,
    first_sentences,
    number,
    opened,
)
from workitems.plan.plan_at import MilestoneAt
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import has_verb

# The first items, of which what the delay means goes with the action; it is printed whether it fits or not, unless a paper is
# tight.
MAX_FOREMOST = 4
# Items whose cause is printed whether it fits or not, and those whose action is; words of a bullet, and its open actions.
MAX_CAUSES = 12
MAX_SURE = 8
MAX_SURE_IF_TIGHT = 3
MOST_WORDS = 60
LONGEST = 120  # with an action, whatever an agency has typed
MAX_ACTIONS = 2
# What matters most of an item after its dates and cause. Every item gets the first before any gets the next.
ACTION, EFFECT, NEXT_DATE, BRIDGE, REST = range(5)


class Line(NamedTuple):
    """A sentence of a bullet: how much it matters, what it says, its source, and whether it is printed though there is no
    room. `written` writes it for print, with an agency's name in full where it comes first. `action` is the open action
    that it tells, and `step` the milestone whose date it gives."""

    rank: int
    text: str
    source: Source
    must: bool = False
    written: Callable[[], str] | None = None
    action: int | None = None
    step: int | None = None

    def __str__(self) -> str:
        return self.written() if self.written else self.text


def late_by_item(writer: Writer) -> Section:
    room = writer.room("delay")
    entries = writer.facts.late
    late = [entry for entry in entries if entry.is_late]
    leading = [entry for entry in late if entry.leads]
    others = [entry for entry in late if not entry.leads]
    shown = leading or others[:MAX_OTHERS]
    rest = [entry for entry in others if entry not in shown]
    introduction = _introduction(writer, shown)
    ends = (
        unreported(writer, rest, room, is_all=rest == others, with_keys=bool(shown)) if rest else ""
    )
    room.use(introduction, ends)
    starts, lines = _told(writer, shown, room)
    told = [line for of in lines.values() for line in of]
    writer.actions.update(line.action for line in told if line.action)
    writer.dated.update(line.step for line in told if line.step)
    writer.dated.update(told_first(entry).pk for entry in shown)
    acted = {pk for pk, of in lines.items() if any(line.action for line in of)}
    gone = [entry for entry in entries if not entry.is_late]
    paragraphs = [
        *_bullets(writer, introduction, shown, starts, lines),
        *([writer.paragraph(ends, about="other delays", sources=sources_of(writer, rest))] if rest else ()),
        *no_longer_late(writer, gone, room, must=not late),
        *without_cause(writer, late, room),
        *undated(writer, leading, acted, room),
        *without_action(writer, late, {pk for pk, of in lines.items() if of}, room),
    ]  # fmt: skip
    return Section(SectionKind.DELAY, "Delay", tuple(paragraphs or [no_delay(writer, room)]))


def _told(
    writer: Writer, entries: list[LateItem], room: Room
) -> tuple[dict[int, str], dict[int, list[Line]]]:
    """Return what is told of each item: its dates, cause and requests, then other sentences. What every item must have is
    counted first, so that there is room for it."""
    starts = {entry.item.pk: _dates(writer, entry) for entry in entries}
    room.use(*starts.values(), *(writer.names.heading(entry.item) for entry in entries))
    ahead = {plan.item.pk: plan for plan in plans(writer.facts)}
    lines: dict[int, list[Line]] = {}
    most = MAX_SURE_IF_TIGHT if writer.is_tight else MAX_SURE
    for place, entry in enumerate(entries):
        pk, is_sure = entry.item.pk, place < most
        starts[pk] = _with_cause(writer, entry, starts[pk], room, must=place < MAX_CAUSES)
        starts[pk] += request_sentences(writer, entry, room)
        is_foremost = place < MAX_FOREMOST
        found = _lines(writer, entry, ahead.get(pk), is_sure=is_sure, is_foremost=is_foremost)
        lines[pk] = list(found)
    return starts, _chosen(writer, starts, lines, room)


def _chosen(
    writer: Writer, starts: dict[int, str], lines: dict[int, list[Line]], room: Room
) -> dict[int, list[Line]]:
    """Return the lines of each item that are printed, in their order."""
    room.use(*(line.text for of in lines.values() for line in of if line.must))
    chosen: dict[int, list[Line]] = {pk: [] for pk in lines}
    is_full = False
    for rank in range(REST + 1):
        for pk, of in lines.items():
            for line in of:
                if line.rank != rank or line.text in writer.used_sentences:
                    continue
                before = [each.text for each in chosen[pk]]
                length = count_words(starts[pk], *before, line.text)
                is_short = length <= (LONGEST if line.rank == ACTION else MOST_WORDS)
                if is_short and (line.must or (not is_full and room.take(line.text))):
                    writer.used_sentences.add(line.text)
                    chosen[pk].append(line)
                elif is_short and rank == ACTION:
                    # What is worth less is left out too.
                    is_full = True
    return {pk: [line for line in of if line in chosen[pk]] for pk, of in lines.items()}


def _bullets(
    writer: Writer,
    introduction: str,
    entries: list[LateItem],
    starts: dict[int, str],
    lines: dict[int, list[Line]],
) -> Iterator[Paragraph]:
    """Yield a paragraph with a bullet for each item; of one item a paragraph."""
    bullets: list[tuple[Bullet, list[Source]]] = []
    for entry in entries:
        of_item = lines[entry.item.pk]
        told = " ".join([starts[entry.item.pk], *map(str, of_item)])
        text = writer.text(writer.bold(f"{writer.names.heading(entry.item)}:"), f" {told}")
        sources = [*sources_of(writer, [entry]), *(line.source for line in of_item)]
        bullets.append((Bullet(text), sources))
    if len(bullets) == 1:
        ((bullet, sources),) = bullets
        yield writer.paragraph(bullet.text, about="late items", sources=sources)
    elif bullets:
        yield from writer.paragraphs(introduction, about="late items", bullets=bullets)


def _introduction(writer: Writer, entries: list[LateItem]) -> str:
    """Return how many items the list has, and in which order."""
    late = [entry for entry in writer.facts.late if entry.is_late]
    keys = [entry for entry in late if entry.item.is_key]
    is_whole = len(entries) == len(late) or all(entry in keys for entry in entries)
    how_many = f"{capitalised(count_in_words(len(entries), noun_of(entries, 'item')))} are late."
    if not is_whole:
        how_many = f"Of {number(len(late))} late items, these {number(len(entries))} matter most."
    first = "have slipped"
    if any(entry.hurts_people or entry.touches_people for entry in entries):
        first = "touch people"
    where = writer.where(["delays"])
    return f"{how_many} Those that {first} most come first{f'; {where} says more of each' if where else ''}."


def _dates(writer: Writer, entry: LateItem) -> str:
    """Return when the item's late milestone was due and when it is expected now, as a sentence that follows the item's
    name; of several, the one whose delay is told. The milestone is named in brackets unless the item's name says it."""
    step, dated = told_first(entry), entry.item.on
    thing = _in_item(writer, entry, step)
    due = f"due {when(step.agreed, dated)}"
    if step.original_due < step.agreed_due:
        first = when(step.original, dated)
        moved = _in_year(when(step.agreed, dated), step.original_due)
        due = f"due {first}, moved to {moved} by the working group"
        if decision := writer.facts.moves.get(step.pk):
            due += f" in {_in_year(month_of(decision.decided_on), step.original_due)}"
    if has_new_date(step):
        return f"{due}, now {new_date(step)}{thing}."
    passed = ""
    if step.forecast_due > step.agreed_due:
        passed = f" and then expected {in_when(step.forecast, dated)}"
    return f"{due}{passed}{thing}; no new date is set."


def _in_year(words: str, day: date) -> str:
    """Return a date without its year if it follows a day of that year: "December"."""
    return words.removesuffix(f" {day.year}")


def _late_steps(entry: LateItem) -> list[MilestoneAt]:
    """Return the item's late milestones, the one whose delay is told first."""
    steps = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    found = entry.main_delay
    return sorted(steps, key=lambda step: found is None or step is not found[0].milestone)


def told_first(entry: LateItem) -> MilestoneAt:
    """Return the late milestone of an item whose dates are told."""
    return _late_steps(entry)[0]


_LONG = re.compile(r"\w{4,}")


def _in_item(writer: Writer, entry: LateItem, step: MilestoneAt) -> str:
    """Return the milestone's name as a note after its dates: " (signing)" of "the signing of the rule"; "" if the item's name
    has its words, or if the item has one late milestone without a phrase."""
    phrase = (step.phrase or what(step)).replace("**", "")
    if not step.phrase and (len(_late_steps(entry)) == 1 or not is_sayable(step)):
        return ""
    for name in filter(None, (entry.item.as_told.replace("**", ""), entry.item.title)):
        phrase = phrase.removesuffix(f" of {name}").removeprefix(f"{name} ")
    named = set(
        _LONG.findall(f"{entry.item.as_told} {writer.names.heading(entry.item)}".casefold())
    )
    if set(_LONG.findall(phrase.casefold())) <= named:
        return ""
    # What is in brackets has none itself.
    phrase = re.sub(r" \(([^()]*)\)", r", \1", phrase.removeprefix("the "))
    return f" ({writer.in_brackets(phrase)})"


def _with_cause(writer: Writer, entry: LateItem, start: str, room: Room, *, must: bool) -> str:
    """Return the start with the cause as its agency gives it, in a sentence of its own, if there is room or it `must` be
    printed; otherwise by its name within the start."""
    if (found := explained_delay(entry)) is None:
        return start
    source, delay = found
    who = speaker(writer, entry)
    with errors_naming(source):
        words = REASON_WORDS if must else REASON_WORDS // 2
        reason = in_agency_words(writer, delay.explanation, 1, words, who)
    told = own_sentence(reason, delay, who, writer.agency_names) if reason else ""
    why = because_of(delay.cause) if delay.is_open else ""
    is_sure = must or not why
    if told and reason not in writer.used_sentences and (is_sure or room.has(told)):
        writer.used_sentences.update((reason, told))
        room.use(told)
        return f"{start} {told}"
    room.use(why)
    return f"{opened(start)}{',' if why else ''}{why}."


def _lines(
    writer: Writer, entry: LateItem, plan: Plan | None, *, is_sure: bool, is_foremost: bool
) -> Iterator[Line]:
    """Yield what can be told of an item after its dates and its cause, in the order in which it is printed. Of one that
    `is_foremost`, what the delay means goes before an action's second sentence."""
    home, found = item_source(entry.item), explained_delay(entry)
    of_delay = found[0] if found else home
    steps = [pair for pair in entry.mitigations() if is_step(writer, *pair)]
    # What stands for an action that is not recorded.
    instead = BRIDGE if steps else ACTION
    for effect in effects(writer, entry):
        if effect not in writer.used_sentences and has_verb(effect_in_words(writer, entry, effect)):
            rank = ACTION if is_foremost else EFFECT
            must = is_foremost and not writer.is_tight
            yield Line(rank, effect_in_words(writer, entry, effect), of_delay, must)
    if line := _further_date(entry, home):
        yield line
    # That a cause has to be settled says nothing beside the action that does it.
    if not (steps and needed_for(writer, entry) is None) and (
        needs := what_is_left_open(writer, entry, introduce=False)
    ):
        written = partial(what_is_left_open, writer, entry)
        yield Line(instead, needs, of_delay, is_sure and not steps, written)
    bridge = meanwhile(writer, entry, *found) if found and found[1].is_open else ""
    # An action may be to go on with it.
    if (
        found
        and has_verb(bridge)
        and not any(has_words(row.description, found[1].meanwhile) for _, row in steps)
    ):
        yield Line(BRIDGE, bridge, of_delay)
    for sentence in further_sentences(writer, entry):
        yield Line(REST, sentence, of_delay)
    for place, (source, row) in enumerate(steps[:MAX_ACTIONS]):
        text = action_in_words(writer, entry, source, row, introduce=False)
        written = partial(action_in_words, writer, entry, source, row)
        rank, must = REST if place else ACTION, is_sure and not place
        first, more = _divided(text)
        typed = writer.flat(row.description)
        turns = first_sentences(typed, 1, count_words(typed)) != sentences(typed)[0]
        if turns or not (is_foremost and more):
            yield Line(rank, text, source, must, written, action=row.pk)
            continue
        for part, of_rank in ((0, rank), (1, REST)):
            in_print = partial(_part, written, part)
            is_first = part == 0
            yield Line(
                of_rank, (first, more)[part], source, must and is_first, in_print,
                action=row.pk if is_first else None,
            )  # fmt: skip
    if done := all_done(entry):
        yield Line(ACTION, done.format(f" for {writer.names.again(entry.item)}"), home)
    # Beside an action that has its own day, a plan is a second promise.
    is_dated = any(row.due_on for _, row in steps)
    if plan and not is_dated and (ahead := planned_in_words(writer, plan, Room(MOST_WORDS))):
        yield Line(instead, ahead, plan.update.source)


def _divided(text: str) -> tuple[str, str]:
    """Return the first sentence and the rest; a quoted text is one."""
    first, *more = [text] if "”" in text else sentences(text)
    return first, " ".join(more)


def _part(written: Callable[[], str], part: int) -> str:
    return _divided(written())[part]


def _further_date(entry: LateItem, home: Source) -> Line | None:
    """Return when the next of the item's late milestones follows, or of many how many more are late."""
    more = _late_steps(entry)[1:]
    ahead = [step for step in more if has_new_date(step)]
    if not ahead:
        return None
    last, dated = max(ahead, key=lambda step: step.forecast_due), entry.item.on
    if len(more) > 1 or not is_sayable(last):
        count = capitalised(count_in_words(len(more), "more milestone"))
        are = agree(len(more), "is", "are")
        text = f"{count} {are} late, the last now expected {by_when(last.forecast, dated)}."
        return Line(NEXT_DATE, text, home)
    # "The rule" of "Rule in force" says no more than the name of the item.
    is_told = last.as_told or not set(_LONG.findall(last.phrase)) <= set(
        _LONG.findall(entry.item.title.casefold() + entry.item.as_told)
    )
    name = what(last) if is_told else f"“{last.description}”"
    text = f"{capitalised(name)}: due {when(last.agreed, dated)}, now {new_date(last)}."
    return Line(NEXT_DATE, text, home, step=last.pk)
