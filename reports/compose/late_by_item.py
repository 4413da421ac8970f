"""What is late and what is being done about it, in a paper without a section Mitigation: one bullet for each item.

The item's name runs in, in bold. Then comes what its story asks for: when it was due and is expected now, with the cause in
the same sentence if a decision has to be taken, after it if the cause is being settled, and before it if that is over; what
follows for people, what of it is done, what bridges it and what will be done. What matters least of an item is left to the annex, and of
all items the last ones first; beyond its dates, cause and action a bullet has at most so many words.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

from reports.compose.action_words import action_in_words, is_step
from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source
from reports.compose.delay_text import (
    MAX_OTHERS,
    further_sentences,
    no_delay,
    no_longer_late,
    quoted_reason,
    request_sentences,
    short_reason,
    sources_of,
    without_cause,
)
from reports.compose.late_dates import (
    THIS,
    Done,
    dates_in_words,
    done_so_far,
    follows_in_words,
    money_after,
)
from reports.compose.late_others import (
    MAX_LISTED,
    POINTS,
    listed_others,
    others_late,
    others_mean,
    where_actions_are,
)
from reports.compose.late_words import (
    REASON_WORDS,
    THIS_MEANS,
    WHO_DECIDES,
    as_still_open,
    effect_in_words,
    effects,
    explained_delay,
    in_agency_words,
    is_over,
    needed_for,
    needs_decision,
    nobody_decides,
    noun_of,
    own_sentence,
    speaker,
    told_first,
    without_second,
)
from reports.compose.mitigation_text import (
    MAX_NAMED,
    all_done,
    has_no_date,
    has_words,
    meanwhile,
    undated,
    what_is_left_open,
    without_action,
    without_mitigation,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.part_left import left_of
from reports.compose.planned import Plan, planned_in_words, plans
from reports.compose.rates import AT_A_RATE, too_slow
from reports.compose.slips import LateItem, cause_of
from reports.compose.subjects import (
    because_of,
    by_when,
    has_new_date,
    is_sayable,
    is_waiting,
    numbers_of,
    when,
)
from reports.compose.waits_text import not_to_be_met, waits_sentence
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import month_of
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    number,
    opened,
)
from workitems.models import Delay
from workitems.plan.plan_at import DelayAt, MitigationAt
from workitems.terms.date_order import explains_a_part
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.sentence_ends import sentences
from workitems.terms.spans import add_months, span_in_words
from workitems.terms.stems import cause, has_verb, says_we
from workitems.terms.third_person import is_plural_agency
from workitems.terms.verbs import FROM_TWO

# The first items, of which what the delay means goes with the action; it is printed whether it fits or not, unless a paper is
# tight.
MAX_FOREMOST = 4
# Items that are told whole, with cause, effect and action: one for so many words that the paper shares out. Of the others that
# lead, so many have a sentence with dates and cause. The rest share one sentence, if they are not more.
MIN_WHOLE, MAX_WHOLE = 3, 6
MAX_SHORT = 5
WORDS_FOR_ONE = 60
MOST_WORDS = 60  # of a bullet
ONE_SENTENCE = 30  # of a sentence with dates and cause
LONGEST = 120  # with an action, whatever an agency has typed
FEW_WORDS = 8  # of a cause, beside which its second sentence is told
MAX_ACTIONS = 2
MOST_IN_A_PARAGRAPH = 145
SHORT_FOR_A_LAW = 6  # months
# What matters most of an item after its dates and cause. Every item gets the first before any gets the next.
DONE, MEANS, ACTION, EFFECT, BRIDGE, NEXT_DATE, REST = range(7)


# "About 40 students": whom a delay concerns, before the dates.
_SO_MANY = re.compile(r"(?:About|Around|More than|Nearly|Over|Some|Up to) \d[\d,]* ")


# "The two banks", which only the cause has introduced.
_LEANS_ON_CAUSE = re.compile(
    rf"\b(?:the|these|those) (?:last |other )?(?:\d+|{FROM_TWO}) ", re.IGNORECASE
)


class Line(NamedTuple):
    """A sentence of a bullet: how much it matters, what it says, its source, and whether it is printed though there is no
    room. `written` writes it for print, with an agency's name in full where it comes first. `action` is the open action
    that it tells, and `step` the milestone whose date it gives. One that `is_first` comes before the dates: it is of people."""

    rank: int
    text: str
    source: Source
    must: bool = False
    written: Callable[[], str] | None = None
    action: int | None = None
    step: int | None = None
    is_first: bool = False

    def __str__(self) -> str:
        return self.written() if self.written else self.text


def late_by_item(writer: Writer) -> Section:
    room = writer.room("delay")
    entries = writer.facts.late
    late = [entry for entry in entries if entry.is_late]
    leading = [entry for entry in late if entry.leads]
    others = [entry for entry in late if not entry.leads]
    whole = min(max(writer.words // WORDS_FOR_ONE, MIN_WHOLE), MAX_WHOLE)
    if writer.is_tight:
        # Of the others, what there is room for.
        whole = MIN_WHOLE
    shown = leading[: whole + MAX_SHORT] or others[:MAX_OTHERS]
    rest = [entry for entry in late if entry not in shown]
    writer.is_full = any(entry.leads for entry in rest)
    introduction = _introduction(writer, shown)
    is_listed = writer.is_tight and 1 < len(rest) <= MAX_LISTED
    ends = ""
    if rest and not is_listed:
        ends = others_late(writer, rest, room, with_others=bool(shown))
    room.use(introduction, ends)
    # Where a tight paper says that their dates are, their actions are too.
    ends += where_actions_are(writer, rest, room) if shown and not writer.is_tight else ""
    idle = _idle_in_list(late, rest) if is_listed else []
    the_rest = (
        [*listed_others(writer, rest, idle, room, with_others=bool(shown))] if is_listed else []
    )
    if not is_listed:
        ends += "".join(request_sentences(writer, entry, room) for entry in rest if entry.leads)
    starts, lines = _told(writer, shown, whole, room)
    if not is_listed:
        ends += others_mean(writer, rest, room, most=MOST_IN_A_PARAGRAPH - count_words(ends))
    told = [line for of in lines.values() for line in of]
    writer.actions.update(line.action for line in told if line.action)
    writer.dated.update(line.step for line in told if line.step)
    writer.dated.update(told_first(entry).pk for entry in shown)
    acted = {pk for pk, of in lines.items() if any(line.action for line in of)}
    gone = [entry for entry in entries if not entry.is_late]
    paragraphs = [
        *_bullets(writer, introduction, shown, starts, lines),
        *([writer.paragraph(ends, about="other delays", sources=sources_of(writer, rest))] if ends else ()),
        *the_rest,
        *not_to_be_met(writer, room),
        *no_longer_late(writer, gone, room, must=not late),
        *_not_recorded(
            writer, [entry for entry in late if entry not in idle], shown, acted,
            {pk for pk, of in lines.items() if acted_on(of)}, room,
        ),
    ]  # fmt: skip
    return Section(SectionKind.DELAY, "Delay", tuple(paragraphs or [no_delay(writer, room)]))


def _idle_in_list(late: list[LateItem], listed: list[LateItem]) -> list[LateItem]:
    """Return the late items without any action, if they are few and all are only listed: the list says so."""
    idle = without_mitigation(late, ())
    return idle if len(idle) <= MAX_NAMED and all(entry in listed for entry in idle) else []


def _not_recorded(
    writer: Writer,
    late: list[LateItem],
    shown: list[LateItem],
    told: set[int],
    acted: set[int],
    room: Room,
) -> Iterator[Paragraph]:
    """Yield on which late items no cause, no action or no date of one is recorded: in one sentence, if there are some of each.
    `told` are those whose action the list has, `acted` those of which it says what is being done. Of those that nobody has
    explained, the list has said so."""
    silent = {entry.item.pk for entry in shown if entry.is_unexplained}
    bare = [entry.item for entry in late if cause_of(entry) is None]
    idle = [entry.item for entry in without_mitigation(late, acted)]
    if not bare or len(idle) <= MAX_NAMED:
        yield from undated(writer, [each for each in shown if each.leads], told, room)
        if any(item.pk not in silent for item in bare):
            yield from without_cause(writer, late, room)
        if any(item.pk not in silent for item in idle):
            yield from without_action(writer, late, acted, room)
        return
    bare = [item for item in bare if item.pk not in silent] or bare
    idle = [item for item in idle if item.pk not in silent] or idle
    no_date = [entry for entry in late if has_no_date(entry)]
    of_late = agree(len(bare), "late item", "late items")
    more_than_told = "more " if silent else ""
    start = f"For {number(len(bare))} {more_than_told}{of_late} ({numbers_of(bare)})"
    more = []
    if bare == idle:
        start += " neither a cause nor an action is recorded"
    else:
        start += " no cause is recorded"
        more = [f"for {number(len(idle))} ({numbers_of(idle)}) no action"]
    if no_date:
        items = [entry.item for entry in no_date]
        more.append(f"for {number(len(items))} ({numbers_of(items)}) no date of an action")
    words = (
        f"{start}{f', {more[0]}' if len(more) > 1 else ''}{f', and {more[-1]}' if more else ''}."
    )
    room.use(words)
    sources = [item_source(item) for item in dict.fromkeys([*bare, *idle])]
    sources += [source for entry in no_date for source, _ in entry.mitigations()]
    yield writer.paragraph(words, about="not done", sources=sources)


def acted_on(lines: list[Line]) -> bool:
    """Whether something is said of what is being done about an item, or what it needs."""
    return any(line.rank in (ACTION, BRIDGE) for line in lines)


def _told(
    writer: Writer, entries: list[LateItem], whole: int, room: Room
) -> tuple[dict[int, str], dict[int, list[Line]]]:
    """Return what is told of each item: its dates, cause and requests, then, of the first that are told `whole`, other sentences.
    What every item must have is counted first, so that there is room for it."""
    starts = {
        entry.item.pk: dates_in_words(
            writer, entry, told_first(entry), is_only=len(entry.late_steps) == 1
        )
        for entry in entries
    }
    room.use(*starts.values(), *(writer.names.heading(entry.item) for entry in entries))
    ahead = {plan.item.pk: plan for plan in plans(writer.facts)}
    lines: dict[int, list[Line]] = {}
    for place, entry in enumerate(entries):
        pk = entry.item.pk
        if entry.is_unexplained:
            starts[pk] += f" {_unexplained(writer, entry)}"
            room.use(_unexplained(writer, entry, introduce=False))
        if place >= whole:
            why, quoted = short_reason(writer, entry), quoted_reason(writer, entry)
            if pk in writer.causes_told:
                why = quoted = ""
            if writer.is_tight and count_words(starts[pk], why) > ONE_SENTENCE:
                why = without_second(why)
            if quoted:
                starts[pk] += f" {quoted}"
            else:
                starts[pk] = f"{opened(starts[pk])}{why}."
            room.use(quoted or why)
            starts[pk] += request_sentences(writer, entry, room)
            # What is done about a key item is told whether there is room or not, and more of the first ones if there is.
            is_told_more = entry.leads and place < MAX_WHOLE
            plan = ahead.get(pk) if is_told_more else None
            # Whom the delay of a key item hurts is told, and before what of it is done.
            lines[pk] = [
                line._replace(
                    must=entry.item.is_key
                    and (_is_act(line) or (is_told_more and line.rank == MEANS)),
                    rank=EFFECT if line.rank == DONE else line.rank,
                )
                for line in _lines(writer, entry, plan, is_foremost=False)
                if is_told_more or _is_act(line)
            ]
            continue
        starts[pk] = _with_cause(writer, entry, starts[pk], room)
        starts[pk] += request_sentences(writer, entry, room)
        is_foremost = place < MAX_FOREMOST
        found = _lines(writer, entry, ahead.get(pk), is_foremost=is_foremost)
        lines[pk] = list(found)
    return starts, _chosen(writer, starts, lines, room)


def _unexplained(writer: Writer, entry: LateItem, *, introduce: bool = True) -> str:
    """Return that nobody has said why an item is late, or what is being done about it; of an agency that still may, by when."""
    agency = writer.facts.agencies[told_first(entry).responsible]
    who = capitalised(writer.agency(agency, introduce=introduce))
    if day := writer.facts.awaited.get(agency.pk):
        is_to = "are to" if is_plural_agency(agency.short_name) else "is to"
        return f"{who} {is_to} report by {when(KnownDate(day), entry.item.on)}."
    has = "have" if is_plural_agency(agency.short_name) else "has"
    return f"{who} {has} reported neither the cause nor an action."


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
                is_short = length <= (LONGEST if line.rank <= ACTION or line.must else MOST_WORDS)
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
        of_item, told = lines[entry.item.pk], starts[entry.item.pk]
        for line in (each for each in of_item if each.is_first):
            told = f"{line} {told}"
        for line in (each for each in of_item if not each.is_first):
            writer.note_mentions(told)
            told += f" {line}"
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
    is_whole = entries in (late, keys)
    # It has those of which a delay is recorded.
    where = writer.where(["delays"]) if all(entry.main_delay for entry in entries) else ""
    order = f"the gravest first{f' (details in {where})' if where else ''}"
    if is_whole:
        count = capitalised(count_in_words(len(entries), noun_of(entries, "item")))
        return f"{count} are late, {order}."
    return f"Of {number(len(late))} late items, these {number(len(entries))} matter most, {order}."


def cause_told(writer: Writer, entry: LateItem) -> str:
    """Return the cause of a delay as a sentence in its agency's words, which the paper then has; "" without such words, or if it
    has them."""
    if (found := explained_delay(entry)) is None:
        return ""
    source, delay = found
    who = speaker(writer, entry)
    with errors_naming(source):
        reason = in_agency_words(writer, delay.explanation, 1, REASON_WORDS, who)
        both = in_agency_words(writer, delay.explanation, 2, REASON_WORDS, who)
    more = both.removeprefix(reason)
    if (
        count_words(reason) <= FEW_WORDS
        and has_verb(reason)
        and has_verb(more)
        and not says_we(more)
    ):
        # A short first sentence only leads to the cause.
        reason = both
    reason = as_still_open(delay, reason)
    told = own_sentence(reason, delay, who, writer.agency_names) if reason else ""
    if not told or reason in writer.used_sentences:
        return ""
    writer.used_sentences.update((reason, told))
    return told


def _with_cause(writer: Writer, entry: LateItem, start: str, room: Room) -> str:
    """Return the dates with the cause in its agency's words. These are in the same sentence if a decision is awaited, and
    otherwise in one of their own, which comes first if the cause is over. Without such words, or if they were printed before,
    the sentence on the dates names the kind of cause; where the Minister decides, the summary has it."""
    if (found := explained_delay(entry)) is None:
        return start
    delay, told = found[1], cause_told(writer, entry)
    if not told:
        is_told = entry.item.pk in writer.causes_told
        return start if is_told else _with_kind_of_cause(entry, start, room)
    room.use(told)
    is_alone = not told.startswith("It ") and "”" not in told
    part = _explained_part(entry)
    told = f"{_of_what_is_left(writer, entry, told)}{part}"
    if writer.is_tight and delay.settlement == Delay.Settlement.SETTLED:
        told = closed(without_second(told))
    # What explains a part is two sentences.
    if not part and needs_decision(entry) and (joined := _in_one(start, told, told, delay, writer)):
        return joined
    if (
        is_over(delay)
        and is_alone
        # What is not explained of the delay stands after that.
        and not part
        and has_new_date(told_first(entry))
        and not start.startswith(THIS)
    ):
        return f"{told} {start}"
    return f"{start} {told}"


def _of_what_is_left(writer: Writer, entry: LateItem, told: str) -> str:
    """Return a cause as it follows the dates of two things that are left: "Both are on Māori land" of "Two of the six sites are
    on Māori land"."""
    left = left_of(writer, entry, told_first(entry))
    if not left or left.rest != "the last two":
        return told
    return re.sub(rf"^Two of the {re.escape(left.whole)} (?=are|have|need|were)", "Both ", told)


def _with_kind_of_cause(entry: LateItem, start: str, room: Room) -> str:
    """Return the dates with what the cause of an open delay is called."""
    found = explained_delay(entry)
    why = because_of(found[1].cause) if found and found[1].is_open else ""
    room.use(why)
    return f"{opened(start)}{',' if why else ''}{why}."


def _explained_part(entry: LateItem) -> str:
    """Return how much of the delay its cause explains, if that took less time than the delay."""
    found, step = explained_delay(entry), told_first(entry)
    if found is None or not has_new_date(step):
        return ""
    part = explains_a_part(found[1].explanation, step.agreed, step.forecast)
    return f" {part}" if part else ""


def _in_one(start: str, told: str, reason: str, delay: DelayAt, writer: Writer) -> str:
    """Return the dates and the cause as one sentence: "…, because no money was set aside."; "" if it is long or does not fit."""
    why = cause(reason, writer.agency_names)
    is_one = len(sentences(start)) == len(sentences(told)) == 1 and not told.startswith(
        "It is late"
    )
    if not why or not is_one or not delay.is_open or "”" in told:
        return ""
    figure = delay.explanation.partition(" ")[0]
    if figure.isdigit() or why.count(" because ") or count_words(start, why) > ONE_SENTENCE:
        return ""
    return f"{opened(start)}, {why}."


def _lines(
    writer: Writer, entry: LateItem, plan: Plan | None, *, is_foremost: bool
) -> Iterator[Line]:
    """Yield what can be told of an item after its dates and its cause, in the order in which it is printed. Of one that
    `is_foremost`, what the delay means goes before an action's second sentence."""
    home, found = item_source(entry.item), explained_delay(entry)
    of_delay = found[0] if found else home
    steps = [pair for pair in entry.mitigations() if is_step(writer, *pair)]
    # What stands for an action that is not recorded.
    instead = BRIDGE if steps else ACTION
    so_far = done_so_far(writer, entry, told_first(entry))
    left = left_of(writer, entry, told_first(entry))
    says_rest = left is not None and left.rest and entry.item.pk in writer.plans_told
    for place, effect in enumerate(effects(writer, entry)):
        told = effect_in_words(writer, entry, effect)
        if writer.is_tight and POINTS.search(told.partition(", and ")[2]):
            told = closed(without_second(told))
        if effect not in writer.used_sentences and (told.startswith(THIS_MEANS) or has_verb(told)):
            must = not place
            rank = MEANS if must else EFFECT
            is_of_people = entry.begins_with_people or bool(_SO_MANY.match(told))
            is_first = must and is_of_people and not _LEANS_ON_CAUSE.search(told)
            yield Line(rank, told, of_delay, must, is_first=is_first)
    if line := _further_date(writer, entry, home):
        yield line
    # That a cause has to be settled says nothing beside the action that does it.
    if not (steps and needed_for(writer, entry) is None) and (
        needs := what_is_left_open(writer, entry, introduce=False)
    ):
        written = partial(what_is_left_open, writer, entry)
        yield Line(instead, needs, of_delay, not steps, written)
    bridge = meanwhile(writer, entry, *found) if found and found[1].is_open else ""
    # An action may be to go on with it.
    if (
        found
        and has_verb(bridge)
        and not any(has_words(row.description, found[1].meanwhile) for _, row in steps)
    ):
        yield Line(BRIDGE, bridge, of_delay)
    if waited := waits_sentence(writer, told_first(entry)):
        yield Line(EFFECT, *waited)
    for sentence in further_sentences(writer, entry):
        yield Line(REST, sentence, of_delay)
    if is_yours := _is_yours(writer, entry):
        yield Line(ACTION, _waits_for_you(entry), of_delay, must=True)
        if writer.is_tight:
            # What its agency does besides is in the annex.
            steps = []
    for place, (source, row) in enumerate(steps[:MAX_ACTIONS]):
        written = partial(_acts, writer, entry, source, row, is_besides=is_yours and not place)
        text = written(introduce=False)
        doubt = "" if place else _doubt(entry, row)
        rank, must = REST if place else ACTION, not place
        first, more = _divided(text)
        typed = writer.flat(row.description)
        turns = first_sentences(typed, 1, count_words(typed)) != sentences(typed)[0]
        if turns or not (is_foremost and more) or len(sentences(typed)) == 1:
            written = partial(_followed, written, doubt)
            yield Line(rank, f"{text}{doubt}", source, must, written, action=row.pk)
            continue
        for part, of_rank in ((0, rank), (1, REST)):
            is_first = part == 0
            after = doubt if is_first else ""
            in_print = partial(_followed, partial(_part, written, part), after)
            yield Line(
                of_rank, f"{(first, more)[part]}{after}", source, must and is_first, in_print,
                action=row.pk if is_first else None,
            )  # fmt: skip
    if slow := too_slow(writer, entry):
        yield Line(ACTION, *slow, entry.item.is_key)
    if undecided := nobody_decides(entry):
        yield Line(ACTION, undecided, of_delay, entry.item.is_key)
    if done := all_done(entry):
        yield Line(ACTION, done.format(f" for {writer.names.again(entry.item)}"), home)
    # Beside an action that has its own day, a plan is a second promise; beside what is left, it is told.
    is_dated = any(row.due_on for _, row in steps)
    is_told = entry.item.pk in writer.plans_told
    if (
        plan
        and not (is_dated or is_told)
        and (ahead := planned_in_words(writer, plan, Room(MOST_WORDS)))
    ):
        yield Line(instead, ahead, plan.update.source)
    if so_far and (so_far.is_headline or not says_rest):
        # It stands between no cause and its remedy. A late item of which nothing is said to be done reads as one of which nothing is. Where the dates say what is left,
        # they say that the rest is done.
        written = partial(_introduced, writer, so_far)
        rank = DONE if so_far.is_of_it or so_far.is_headline else EFFECT
        yield Line(
            rank, so_far.text, so_far.source, so_far.is_headline and not writer.is_tight, written
        )


# What an item waits for whose decision is the Minister's: the recommendations say what it is.
YOURS, WAITS = "The new date depends on your decision", "This waits for your decision"
_YOU = re.compile(r"\byour?\b")


def _waits_for_you(entry: LateItem) -> str:
    """Return that an item waits for the Minister's decision; that its new date is in doubt, if the money would come after it."""
    step, found = told_first(entry), explained_delay(entry)
    if not has_new_date(step):
        return f"{WAITS}."
    if found and (begins := money_after(step, found[1])):
        return f"{YOURS}, and is in doubt, as the money would come only from {month_of(begins)}."
    return f"{YOURS}."


def _is_yours(writer: Writer, entry: LateItem) -> bool:
    condition = writer.conditions.get(entry.item.pk, "")
    return needs_decision(entry) and bool(_YOU.search(condition))


def _acts(
    writer: Writer,
    entry: LateItem,
    source: Source,
    row: MitigationAt,
    *,
    is_besides: bool,
    introduce: bool = True,
) -> str:
    """Return an action in words; one that is done besides what the Minister is to decide says "will also"."""
    text = action_in_words(writer, entry, source, row, introduce=introduce)
    return text.replace(" will ", " will also ", 1) if is_besides and "”" not in text else text


def _is_act(line: Line) -> bool:
    return line.rank == ACTION and (
        bool(line.action) or line.text.startswith((YOURS, WAITS, WHO_DECIDES, AT_A_RATE))
    )


def _introduced(writer: Writer, done: Done) -> str:
    """Return how much is done with its agency's short name after the full one, if it is the first time."""
    if not done.text.startswith(f"{done.agency.name} "):
        return done.text
    return f"{capitalised(writer.agency(done.agency))}{done.text.removeprefix(done.agency.name)}"


def _followed(written: Callable[[], str], more: str) -> str:
    return f"{written()}{more}"


def _doubt(entry: LateItem, row: MitigationAt) -> str:
    """Return a sentence that the new date is in doubt, because an action that it waits for is due in the same month or later. An
    action due on the very day is what is late."""
    step = told_first(entry)
    new = step.forecast
    if row.due_on is None or row.due_on < row.on or not has_new_date(step):
        return ""
    day = when(new, step.on)
    if row.due_on > new.last_day:
        return f" That is after the new date, {day}, which is therefore in doubt."
    if after := _left_for_the_law(entry, row.due_on, new):
        return f" That leaves {after} to change the law, so the new date is in doubt."
    is_close = new.first_day.replace(day=1) <= row.due_on < new.last_day
    if is_close and is_waiting(step) and new.known_to != KnownTo.QUARTER:
        return " The new date, in the same month, is in doubt."
    return ""


def _left_for_the_law(entry: LateItem, decided: date, new: KnownDate) -> str:
    """Return how long is left to change the law after an action by which a decision on it is taken, if that is at most
    `SHORT_FOR_A_LAW`; "" of another cause."""
    found = entry.main_delay
    if not (found and needs_decision(entry) and found[1].cause == Delay.Cause.LEGISLATION):
        return ""
    decision = KnownDate(decided, KnownTo.MONTH)
    is_short = new.last_day <= add_months(decision.last_day, SHORT_FOR_A_LAW)
    return span_in_words(decision, KnownDate(new.last_day, KnownTo.MONTH)) if is_short else ""


def _divided(text: str) -> tuple[str, str]:
    """Return the first sentence and the rest; a quoted text is one."""
    first, *more = [text] if "”" in text else sentences(text)
    return first, " ".join(more)


def _part(written: Callable[[], str], part: int) -> str:
    return _divided(written())[part]


def _further_date(writer: Writer, entry: LateItem, home: Source) -> Line | None:
    """Return when the next of the item's late milestones follows, or of many how many more are late."""
    more = entry.late_steps[1:]
    ahead = [step for step in more if has_new_date(step)]
    if not ahead:
        return None
    last, dated = max(ahead, key=lambda step: step.forecast_due), entry.item.on
    if len(more) > 1 or not is_sayable(last):
        count = capitalised(count_in_words(len(more), "more milestone"))
        are = agree(len(more), "is", "are")
        text = f"{count} {are} late, the last now expected {by_when(last.forecast, dated)}."
        return Line(NEXT_DATE, text, home)
    return Line(NEXT_DATE, follows_in_words(writer, entry, last), home, step=last.pk)
