"""Sections Delay and Mitigation: which milestones slipped, by how much, why, and what is done.

Included are milestones that are late on the paper's date, and delays that were found, open or ended in its
period. Every late key item is reported. Of the other late items, the three that slipped most are reported while
there is room; the rest are counted by cause.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from agencies.models import Agency
from reports.compose.budget import Room, count_words
from reports.compose.citations import delay_source, item_source
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.planned import planned_in_words, plans
from reports.compose.settling import settled_in_words
from reports.compose.slips import LateItem, cause_of, main_delay
from reports.compose.subjects import (
    CAUSES,
    Names,
    at_risk,
    by_when,
    has_new_date,
    how_late,
    is_sayable,
    late_because,
    moved_furthest,
    moved_in_words,
    numbers_of,
    slip_sentence,
    what,
    when,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import period
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
    named,
    number,
    opened,
    sentences,
)
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MitigationAt
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import times_in_words
from workitems.terms.stems import completion, says_nothing, says_we

# Annexes that list all late items.
HOLDS_EVERY_DELAY = ("delays", "items", "items_texts")
# Limits on the items reported that are not key, and on an item's milestones and open actions.
MAX_OTHERS = 3
# Key items whose reasons are always printed.
MAX_EXPLAINED = 4
MAX_STEPS = 2
MAX_ACTIONS = 2
# Words of an agency in one paragraph: its reasons, why an item is at risk (twice as many in a single sentence),
# and an action.
REASON_WORDS = 45
AT_RISK_WORDS = 20
EFFECT_WORDS = 30
ACTION_WORDS = 40
# Words of a sentence that says how late something is and why.
SENTENCE_WORDS = 45
# Words about one item in a paragraph, and those after which another paragraph begins.
MOST_WORDS = 140
PARAGRAPH_WORDS = 90
# Letters of a word that can identify an item: shorter words are in any text.
LONG_WORD = 6


# --- Delay ----------------------------------------------------------------------------------------


def delay(writer: Writer) -> Section:
    facts, room = writer.facts, writer.room("delay")
    entries = writer.facts.late
    if not entries:
        span = period(facts.briefing.period_start, facts.briefing.period_end)
        words = f"No delay was recorded in {span}, and no milestone is late."
        room.use(words)
        return _section(SectionKind.DELAY, [writer.paragraph(words, about="no delay")])
    late = [entry for entry in entries if entry.is_late]
    keys = [entry for entry in late if entry.item.is_key]
    others = [entry for entry in late if not entry.item.is_key]
    # What every key item must have is counted first, so that there is room for it.
    texts = {entry.item.pk: _slips(writer.names, entry) for entry in keys}
    room.use(*texts.values())
    groups = [(cause, list(of)) for cause, of in groupby(_by_cause(keys), key=cause_of)]
    # Each item gets its reason before any of them gets further sentences.
    for cause, group in groups:
        for entry in group:
            texts[entry.item.pk] = _with_reason(
                writer,
                entry,
                room,
                texts[entry.item.pk],
                cause if len(group) == 1 else None,
                must=len(keys) <= MAX_EXPLAINED,
            )
    for entry in keys:
        texts[entry.item.pk] += _further_sentences(writer, entry, room, texts[entry.item.pk])
    paragraphs = [
        paragraph
        for cause, group in groups
        for paragraph in _key_items(writer, cause, group, texts, room)
    ]
    paragraphs += _other_items(writer, others, room, with_keys=bool(keys))
    gone = [entry for entry in entries if not entry.is_late]
    paragraphs += _no_longer_late(writer, gone, room, must=not paragraphs)
    paragraphs += _without_cause(writer, late, room)
    return _section(SectionKind.DELAY, paragraphs)


def _section(kind: SectionKind, paragraphs: Iterable[Paragraph]) -> Section:
    return Section(kind, kind.value.capitalize(), tuple(paragraphs))


def _by_cause(entries: list[LateItem]) -> list[LateItem]:
    """Put items with the same cause together, in the order of the first."""
    order = list(dict.fromkeys(map(cause_of, entries)))
    return sorted(entries, key=lambda entry: order.index(cause_of(entry)))


def _key_items(
    writer: Writer,
    cause: "Delay.Cause | None",
    entries: list[LateItem],
    texts: dict[int, str],
    room: Room,
) -> Iterator[Paragraph]:
    """Yield a paragraph for one item, and a list for several with the same cause."""
    if len(entries) == 1:
        entry = entries[0]
        yield writer.paragraph(
            texts[entry.item.pk], about=f"delay of item {entry.item.pk}", sources=entry.sources()
        )
        return
    if cause is None:
        introduction = f"These {number(len(entries))} key items are late:"
    else:
        introduction = (
            f"{capitalised(CAUSES[cause])} held up {count_in_words(len(entries), 'key item')}:"
        )
    room.use(introduction)
    bullets = [
        (Bullet(writer.text(texts[entry.item.pk])), list(entry.sources())) for entry in entries
    ]
    yield from writer.paragraphs(
        introduction, about=f"key delays {cause or 'unexplained'}", bullets=bullets
    )


def _slips(names: Names, entry: LateItem) -> str:
    """Return how late the item's late milestones are: up to two by name; of more, their number and the last
    of their dates."""
    late = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    is_plain = all(map(is_sayable, late)) and len(set(map(what, late))) == len(late)
    if len(late) == 1 or (len(late) <= MAX_STEPS and is_plain):
        return " ".join(capitalised(slip_sentence(names, entry.item, step)) for step in late)
    dated = entry.item.on
    name = f"{capitalised(number(len(late)))} milestones of {names.item(entry.item)}"
    ahead = [step for step in late if has_new_date(step)]
    if not ahead:
        first = min(late, key=lambda step: step.agreed_due)
        return (
            f"{name} are late, the first due {by_when(first.agreed, dated)}, and have no new date."
        )
    last = max(ahead, key=lambda step: step.forecast_due)
    sentence = f"{name} are late, the last now expected {by_when(last.forecast, dated)}"
    if how := how_late(last, last.forecast):
        sentence += f", {how}"
    if undated := len(late) - len(ahead):
        sentence += f"; {number(undated)} {agree(undated, 'has', 'have')} no new date"
    return f"{sentence}."


def _with_reason(
    writer: Writer,
    entry: LateItem,
    room: Room,
    start: str,
    cause: "Delay.Cause | None",
    *,
    must: bool = False,
) -> str:
    """Return the start with the agency's reason, if there is room or it `must` be printed; otherwise with a
    sentence on `cause`, if there is one."""
    if found := _explained_delay(entry):
        source, delay = found
        with errors_naming(source):
            reason = _in_agency_words(writer, delay.explanation, 2, REASON_WORDS)
        if reason and reason not in writer.used_sentences and (must or room.has(reason)):
            room.use(reason)
            writer.used_sentences.add(reason)
            who = writer.facts.lead_of(entry.item).short_name
            names = writer.agency_names
            return because(start, reason, delay, is_late=entry.is_late, who=who, agencies=names)
    words = late_because(cause)
    room.use(words)
    return f"{start} {words}".rstrip()


def because(
    start: str,
    reason: str,
    delay: DelayAt,
    *,
    is_late: bool,
    who: str,
    agencies: Iterable[str] = (),
) -> str:
    """Return the start and the reason as one sentence if they fit together. Of a late item, a cause that is over is
    reported as past. A reason that speaks as "we" is quoted as that of the agency `who`."""
    if says_we(reason):
        return f"{start} In {who}’s words: “{reason}”"
    first, *rest = sentences(reason)
    clause = completion("explanation", first, agencies)
    if clause is None or not is_late:
        return f"{start} {reason}"
    if not delay.is_open:
        begun = f"{start} It slipped at first because {clause}."
    elif len(sentences(start)) == 1 and count_words(start, clause) <= SENTENCE_WORDS:
        begun = f"{opened(start)}, because {clause}."
    else:
        return f"{start} {reason}"
    return " ".join([begun, *rest])


def _further_sentences(writer: Writer, entry: LateItem, room: Room, text: str) -> str:
    """Return sentences to add to the item's text while there is room: what the delay means, in the agency's
    words, and how often the date has moved."""
    further = ""
    for sentence in _further(writer, entry):
        is_short = count_words(text, further, sentence) <= MOST_WORDS
        if sentence not in writer.used_sentences and is_short and room.take(sentence):
            writer.used_sentences.add(sentence)
            further += f" {sentence}"
    return further


def effects(writer: Writer, entry: LateItem) -> Iterator[str]:
    """Yield what the delay means, in the agency's words."""
    if found := _explained_delay(entry):
        source, delay = found
        with errors_naming(source):
            effect = _in_agency_words(writer, delay.effect, 1, EFFECT_WORDS)
        if effect:
            yield effect


def _further(writer: Writer, entry: LateItem) -> Iterator[str]:
    """Yield what the delay means, whether its cause is settled, and how often the date has moved."""
    yield from effects(writer, entry)
    if found := _explained_delay(entry):
        delay = found[1]
        is_acted_on = any(not _is_done(row) for _, row in entry.mitigations())
        if delay.is_open and delay.settlement == Delay.Settlement.SETTLED and not is_acted_on:
            yield _with_number(writer, entry, _settled(writer, delay))
    moved = max((sum(each.times_moved for each in slip.delays) for slip in entry.slips), default=0)
    if moved > 1:
        yield _with_number(writer, entry, f"The date has moved {times_in_words(moved)}.")


def _with_number(writer: Writer, entry: LateItem, sentence: str) -> str:
    """Return the sentence, with the item's number if the paper has the same sentence about another item."""
    if sentence not in writer.used_sentences:
        return sentence
    return joined(f"For {entry.item.number}", ",", sentence, writer.agency_names)


def unsettled(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, if it is open and its agency reports its cause as not settled."""
    found = _open_delay(entry)
    if found and found[1].settlement not in ("", Delay.Settlement.SETTLED):
        return found
    return None


def _explained_delay(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, with its source."""
    if (found := main_delay(entry)) is None:
        return None
    slip, delay = found
    return delay_source(entry.item, slip.milestone, delay), delay


def challenge_of(writer: Writer, item: ItemAt) -> tuple[str, Source] | None:
    """Return the first sentence of the item's last update that reports challenges, and its source."""
    for update in reversed(writer.facts.updates_of(item)):
        if not says_nothing(update.challenges):
            with errors_naming(update.source):
                return _in_agency_words(writer, update.challenges, 1, AT_RISK_WORDS), update.source
    return None


def _in_agency_words(writer: Writer, typed: str, most: int, words: int) -> str:
    if not typed.strip():
        return ""
    return closed(capitalised(first_sentences(writer.flat(typed), most, words)))


def _settled(writer: Writer, delay: DelayAt, *, of: str = "", introduce: bool = True) -> str:
    """Return a sentence on whether the delay's cause is settled, "" if its agency has not reported it. `of` is
    the name of what is late."""
    by, who = delay.settling_by, ""
    if delay.settling_agency:
        agency = writer.facts.agencies[delay.settling_agency]
        who = writer.agency(agency) if introduce else agency.short_name
    return settled_in_words(
        delay.cause,
        delay.settlement,
        of=of,
        who=who,
        by=when(KnownDate(by), delay.on) if by else "",
        is_past=by is not None and by < delay.on,
    )


def _other_items(
    writer: Writer, others: list[LateItem], room: Room, *, with_keys: bool
) -> Iterator[Paragraph]:
    """Yield paragraphs on the late items that are not key."""
    if not others:
        return
    # Each item gets its dates before any of them gets a reason.
    shown: list[tuple[LateItem, str]] = []
    for entry in others[:MAX_OTHERS]:
        if not room.take(start := _slips(writer.names, entry)):
            break
        shown.append((entry, start))
    rest = ""
    if remaining := others[len(shown) :]:
        counts = Counter(map(cause_of, remaining))
        rest = _rest(writer, counts, is_all=not shown, with_keys=with_keys)
        room.use(rest)
    passages = [
        (_with_reason_or_effect(writer, entry, room, start), _sources([entry]))
        for entry, start in shown
    ]
    passages += [(rest, _sources(remaining))] if rest else []
    yield from _in_paragraphs(writer, passages, about="other delays")


def _with_reason_or_effect(writer: Writer, entry: LateItem, room: Room, start: str) -> str:
    """Return the start with the agency's reason or, without one, with what the delay means, if there is room."""
    text = _with_reason(writer, entry, room, start, None)
    return text if text != start else f"{start}{_further_sentences(writer, entry, room, start)}"


def _sources(entries: Iterable[LateItem]) -> list[Source]:
    return [source for entry in entries for source in entry.sources()]


def _in_paragraphs(
    writer: Writer, passages: list[tuple[str, list[Source]]], *, about: str
) -> Iterator[Paragraph]:
    """Yield the texts, each with its sources, in as many paragraphs as they need."""
    boxes: list[list[tuple[str, list[Source]]]] = []
    length = 0
    for text, sources in passages:
        length += count_words(text)
        if not boxes or length > PARAGRAPH_WORDS:
            boxes.append([])
            length = count_words(text)
        boxes[-1].append((text, sources))
    for place, box in enumerate(boxes):
        yield writer.running(box, about=f"{about} {place}" if place else about)


def _rest(
    writer: Writer, counts: "Counter[Delay.Cause | None]", *, is_all: bool, with_keys: bool
) -> str:
    """Return a sentence with the number of items that are not reported here, by cause, and the annex that lists them."""
    total = sum(counts.values())
    causes = [
        (
            count,
            "because of another cause"
            if (cause, count) == (Delay.Cause.OTHER, 1)
            else f"because of {CAUSES[cause]}",
        )
        for cause, count in counts.most_common()
        if cause is not None
    ]
    if missing := counts[None]:
        causes.append((missing, "without a recorded cause"))
    why = f" {causes[0][1]}"
    if len(causes) > 1:
        why = f", {join_words(f'{number(count)} {cause}' for count, cause in causes)}"
    where = writer.where(HOLDS_EVERY_DELAY)
    noun = "other item" if with_keys else "item"
    count = count_in_words(total, noun if is_all else "more item")
    verb = agree(total, "is", "are")
    return f"{capitalised(count)} {verb} late{why}{f' ({where})' if where else ''}."


def _no_longer_late(
    writer: Writer, entries: list[LateItem], room: Room, *, must: bool
) -> Iterator[Paragraph]:
    """Yield paragraphs on the items that slipped in the period and are not late now: those at risk with which date
    has moved and why, then others. The summary counts them, so all may be left out unless the section `must`
    report something."""
    passages: list[tuple[str, list[Source]]] = []
    entries = sorted(entries, key=lambda entry: not _is_at_risk(entry))
    for entry in entries[:MAX_OTHERS]:
        start = slip_sentence(writer.names, entry.item, entry.slips[0].milestone)
        if entry.item.stage == Stage.COMPLETE and entry.slips[0].milestone.is_open:
            start = f"{writer.names.item(entry.item)} slipped before completion."
        start = capitalised(start)
        if _is_at_risk(entry):
            passages.append(_why_at_risk(writer, entry, room, start))
        elif room.take(start):
            passages.append((_with_reason_or_effect(writer, entry, room, start), _sources([entry])))
        else:
            break
    if must and entries and not passages:
        verb = agree(len(entries), "is", "are")
        rest = f"{capitalised(count_in_words(len(entries), 'item'))} slipped and {verb} no longer late."
        room.use(rest)
        passages.append((rest, _sources(entries)))
    yield from _in_paragraphs(writer, passages, about="no longer late")


def _is_at_risk(entry: LateItem) -> bool:
    return bool(at_risk([entry.item]))


def _why_at_risk(
    writer: Writer, entry: LateItem, room: Room, start: str
) -> tuple[str, list[Source]]:
    """Return the start with the agency's reason, how a date has moved and the agency's challenge, of a key item
    whether they fit or not, and the sources."""
    room.use(start)
    must, sources = entry.item.is_key, _sources([entry])
    parts = [_with_reason(writer, entry, room, start, None, must=must)]
    moved = moved_furthest(entry.item)
    if moved and (room.has(sentence := moved_in_words(moved)) or must):
        room.use(sentence)
        parts.append(sentence)
    found = challenge_of(writer, entry.item)
    if found and (room.has(found[0]) or must):
        room.use(found[0])
        parts.append(found[0])
        sources.append(found[1])
    return " ".join(parts), sources


def _without_cause(writer: Writer, late: list[LateItem], room: Room) -> Iterator[Paragraph]:
    """Yield a sentence on the late items without a recorded cause."""
    bare = [entry.item for entry in late if cause_of(entry) is None]
    if not bare:
        return
    words = f"For {_count_of_late(bare, late)} no cause is recorded ({numbers_of(bare)})."
    room.use(words)
    yield writer.paragraph(words, about="no cause", sources=[item_source(item) for item in bare])


def _count_of_late(items: list[ItemAt], late: list[LateItem]) -> str:
    """Return "two of the three late items", "both late items", "all three late items"."""
    count, total = len(items), len(late)
    if count < total:
        return f"{number(count)} of the {number(total)} late items"
    return whole_of_late(total)


def whole_of_late(total: int) -> str:
    """Return "the one late item", "both late items", "all three late items"."""
    whole = {1: "the one late item", 2: "both late items"}
    return whole.get(total, f"all {number(total)} late items")


# --- Mitigation -----------------------------------------------------------------------------------


def mitigation(writer: Writer) -> Section:
    """Return the section on what is being done about the late items: by item, open actions and causes that are
    not settled."""
    facts, room = writer.facts, writer.room("mitigation")
    entries = facts.late
    late = [entry for entry in entries if entry.is_late]
    keys = [entry for entry in late if entry.item.is_key]
    others = [entry for entry in late if not entry.item.is_key]
    actions = _actions(writer, keys, others[:MAX_OTHERS], room)
    still_open = _not_settled(writer, [*keys, *others[:MAX_OTHERS]], actions, room)
    bridges = _bridges(writer, [*keys, *others[:MAX_OTHERS]], room)
    ahead = {
        plan.item.pk: (text, plan.update.source)
        for plan in plans(facts)
        if plan.item.is_late and (text := planned_in_words(writer, plan, room))
    }
    paragraphs = [
        *_by_item(writer, late, actions, still_open, bridges, ahead),
        *_without_action(writer, late, {*still_open, *bridges, *ahead}, room),
    ]
    if not paragraphs:
        words = "There is no delay to make good."
        if entries:
            words = "The delays above are over; no action against them was recorded."
        paragraphs.append(writer.paragraph(words, about="nothing to mitigate"))
    return _section(SectionKind.MITIGATION, paragraphs)


# By primary key of an item: the open actions to report, and a sentence with its source.
Actions = dict[int, list[tuple[Source, MitigationAt]]]
Passages = dict[int, tuple[str, Source]]


def _bridges(writer: Writer, entries: list[LateItem], room: Room) -> Passages:
    """Return what bridges the delays: of key items always, of others while there is room."""
    bridges: Passages = {}
    for entry in entries:
        found = _open_delay(entry)
        if found is None:
            continue
        source, delay = found
        clause = _completed(writer, source, "meanwhile", delay.meanwhile)
        if clause is None:
            continue
        sentence = f"In the meantime, {clause}."
        if entry.item.is_key or room.has(sentence):
            room.use(sentence)
            bridges[entry.item.pk] = (sentence, source)
    return bridges


def _what_is_open(writer: Writer, entry: LateItem, name: str, *, introduce: bool = True) -> str:
    """Return what the item needs, or else whether the cause of its delay is settled; "" if it is not said. `name` is
    that of the item."""
    if needed := needed_for(writer, entry):
        who = writer.agency(needed.agency) if introduce else needed.agency.short_name
        must = needed.thing.removeprefix("to ") if needed.is_act else f"have {needed.thing}"
        return f"For {name}, {who} must {must}{needed.until}."
    if found := unsettled(entry):
        return _settled(writer, found[1], of=name, introduce=introduce)
    return ""


class Needed(NamedTuple):
    """What an item needs: "a second tender" or "to appoint a translator", by which agency, and until when (" by
    June 2011", or "")."""

    agency: Agency
    thing: str
    until: str

    @property
    def is_act(self) -> bool:
        return self.thing.startswith("to ")


def needed_for(writer: Writer, entry: LateItem) -> Needed | None:
    """Return what the item needs; None if its agency has not written it, or if the day has passed."""
    found = _open_delay(entry)
    if found is None:
        return None
    source, delay = found
    by = delay.settling_by
    if delay.settlement == Delay.Settlement.SETTLED or (by and by < delay.on):
        return None
    thing = _completed(writer, source, "needs", delay.needs)
    if thing is None:
        return None
    agency = writer.facts.agencies[delay.settling_agency or entry.item.lead]
    return Needed(agency, thing, f" by {when(KnownDate(by), delay.on)}" if by else "")


def _open_delay(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, with its source, if it is open."""
    found = _explained_delay(entry)
    return found if found and found[1].is_open else None


def _completed(writer: Writer, source: Source, asked: str, typed: str) -> str | None:
    """Return the first sentence of a delay's text, as it completes what is `asked`; None if it does not."""
    with errors_naming(source):
        first = _in_agency_words(writer, typed, 1, EFFECT_WORDS)
    return completion(asked, first, writer.agency_names)


def _actions(writer: Writer, keys: list[LateItem], others: list[LateItem], room: Room) -> Actions:
    """Return the open actions for which there is room: the first of each item, then the second.

    A key item gets one action whether there is room or not.
    """
    actions: Actions = {}
    used: dict[int, str] = {}
    for place in range(MAX_ACTIONS):
        for entry in [*keys, *others]:
            found = [pair for pair in entry.mitigations() if not _is_done(pair[1])]
            if place >= len(found):
                continue
            item = entry.item
            sentence = _action(writer, entry, *found[place], introduce=False)
            so_far = used.get(item.pk, "")
            is_long = count_words(so_far, sentence) > PARAGRAPH_WORDS
            if sentence in so_far or (so_far and is_long):
                continue
            if not room.take(sentence):
                if item.pk in actions or not item.is_key:
                    continue
                room.use(sentence)
            used[item.pk] = f"{so_far} {sentence}"
            actions.setdefault(item.pk, []).append(found[place])
    return actions


def _not_settled(
    writer: Writer, entries: list[LateItem], actions: "Actions", room: Room
) -> set[int]:
    """Return the items with a sentence on what they need, or that the cause of their delay is not settled: key items
    always, others while there is room. What the summary has of a need is not repeated, nor of a cause if the
    item has an action."""
    unsettled_items = set()
    for entry in entries:
        needed = needed_for(writer, entry)
        is_in_summary = entry.item.pk in writer.conditions and (
            not needed.is_act if needed else entry.item.pk in actions
        )
        name = writer.names.item(entry.item)
        sentence = _what_is_open(writer, entry, name, introduce=False)
        if not sentence or is_in_summary:
            continue
        if entry.item.is_key or room.has(sentence):
            room.use(sentence)
            unsettled_items.add(entry.item.pk)
    return unsettled_items


def _by_item(
    writer: Writer,
    entries: list[LateItem],
    actions: Actions,
    still_open: set[int],
    bridges: Passages,
    ahead: Passages,
) -> Iterator[Paragraph]:
    """Yield a paragraph on each item: the cause to be settled, what bridges the delay, its open actions, whether all
    actions are done, and what its agency plans next."""
    for entry in entries:
        name, passages = writer.names.item(entry.item), []
        if entry.item.pk in still_open and (found := _explained_delay(entry)):
            passages.append((_what_is_open(writer, entry, name), found[0]))
        if entry.item.pk in bridges:
            passages.append(bridges[entry.item.pk])
        of_item = actions.get(entry.item.pk, [])
        passages += [(_action(writer, entry, source, row), source) for source, row in of_item]
        if done := _all_done(entry):
            of = f" for {writer.names.again(entry.item)}" if passages else ""
            passages.append((done.format(of), item_source(entry.item)))
        if entry.item.pk in ahead:
            passages.append(ahead[entry.item.pk])
        if not passages:
            continue
        first, source = passages[0]
        if name not in first and not (
            _begins_with(writer.facts.agencies.values(), first)
            and _identifies_item(first, entry, entries)
        ):
            first = first.removeprefix("Next, ")
            # An action may be no sentence: "A shorter course by video".
            is_sentence = not of_item or _begins_with(writer.facts.agencies.values(), first)
            if is_sentence or first.startswith(("It was for", "In the meantime")):
                first = joined(f"For {name}", ",", first, writer.agency_names)
            else:
                first = f"For {name}: {first}"
            passages[0] = (first, source)
        yield writer.running(
            [(text, [source]) for text, source in passages],
            about=f"mitigation of item {entry.item.pk}",
        )


def _begins_with(agencies: Iterable[Agency], text: str) -> bool:
    """Whether a text begins with an agency, so that it says who acts."""
    names = [name for each in agencies for name in (each.name, each.short_name, each.name_mi)]
    starts = [capitalised(form) for name in names if name for form in (name, named(name))]
    return text.startswith(tuple(starts))


def _identifies_item(text: str, entry: LateItem, entries: list[LateItem]) -> bool:
    """Whether the first sentence of a text shows which item it is about: it has a long word of the item's phrases
    that no other late item has."""
    others = {word for each in entries if each is not entry for word in _long_words(each)}
    first = sentences(text)[0].casefold()
    return any(mentions(first, [word]) for word in _long_words(entry) - others)


def _long_words(entry: LateItem) -> set[str]:
    """Return the words that identify an item: the long ones in the phrases of it and its late milestones."""
    phrases = [entry.item.as_told or entry.item.title]
    phrases += [slip.milestone.as_told or slip.milestone.description for slip in entry.slips]
    return {
        word for name in phrases for word in re.findall(rf"\w{{{LONG_WORD},}}", name.casefold())
    }


def _is_done(row: MitigationAt) -> bool:
    return row.done_on is not None and row.done_on <= row.on


def _action(
    writer: Writer, entry: LateItem, source: Source, row: MitigationAt, *, introduce: bool = True
) -> str:
    """Return an open action in the agency's words, with its owner and date unless they mention them, or the date
    is the item's new one: "DoL will print the card, by 31 August 2010." if they complete that sentence. Words that
    are too long are left out."""
    agency = writer.facts.agencies[row.owner]
    with errors_naming(source):
        words = _in_agency_words(writer, row.description, 2, ACTION_WORDS)
    if not words:
        words = f"One action for {writer.names.item(entry.item)} is open."
    first, *rest = sentences(words)
    if verb := completion("mitigation", first, [agency.name, agency.short_name, agency.name_mi]):
        who = writer.agency(agency) if introduce else agency.short_name
        return " ".join([_will(who, verb, row, entry), *rest])
    notes = []
    if not mentions(words, [agency.name, agency.short_name, agency.name_mi]):
        notes.append(writer.bracketed(agency))
    if row.due_on is None:
        notes.append("no date set")
    elif row.due_on < row.on:
        notes.append(f"due {by_when(KnownDate(row.due_on), row.on)} and not done yet")
    elif row.due_on not in _new_dates(entry) and when(KnownDate(row.due_on), row.on) not in words:
        notes.append(by_when(KnownDate(row.due_on), row.on))
    return cited(words, ", ".join(notes)) if notes else words


def _will(who: str, verb: str, row: MitigationAt, entry: LateItem) -> str:
    """Return who will do it, with the date unless the words have it or it is the item's new one."""
    if row.due_on is None:
        return f"{capitalised(who)} will {verb}; no date is set."
    by = by_when(KnownDate(row.due_on), row.on)
    if row.due_on < row.on:
        return f"It was for {who} to {verb} {by}, and this is not recorded as done."
    is_dated = row.due_on in _new_dates(entry) or by.removeprefix("by ") in verb
    return closed(f"{capitalised(who)} will {verb}{'' if is_dated else f', {by}'}")


def _new_dates(entry: LateItem) -> set[date]:
    return {slip.milestone.forecast_due for slip in entry.slips if slip.milestone.is_late}


def _all_done(entry: LateItem) -> str:
    """Return a sentence that all recorded actions are done, with a placeholder for "for item …"; "" if some are open
    or there are none."""
    acts = [row for _, row in entry.mitigations()]
    if not acts or not all(map(_is_done, acts)):
        return ""
    what = agree(len(acts), "The one action", "All actions")
    return f"{what} recorded{{}} {agree(len(acts), 'is', 'are')} done."


def _without_action(
    writer: Writer, late: list[LateItem], still_open: set[int], room: Room
) -> Iterator[Paragraph]:
    """Yield a paragraph on the late items without any action and without a cause reported as not settled."""
    bare = [entry for entry in late if not entry.mitigations() and entry.item.pk not in still_open]
    if not bare:
        return
    items = [entry.item for entry in bare]
    words = (
        f"No action is recorded yet for {join_words(map(writer.names.item, items))}."
        if len(items) <= MAX_STEPS
        else f"For {_count_of_late(items, late)} no action is recorded ({numbers_of(items)})."
    )
    room.use(words)
    sources = [source for entry in bare for source in entry.sources()]
    yield writer.paragraph(words, about="not done", sources=sources)
