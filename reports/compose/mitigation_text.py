"""Section Mitigation: what is being done about the late items, what bridges their delays, and what they still need."""

import re
from collections.abc import Collection, Iterator

from reports.compose.action_words import action_in_words, is_step, says_who
from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source
from reports.compose.late_words import (
    EFFECT_WORDS,
    Needed,
    completed,
    count_of_late,
    explained_delay,
    in_agency_words,
    in_words_of,
    is_done,
    latest_step,
    needed_for,
    noun_of,
    open_delay,
    settled,
    speaker,
    unsettled,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.planned import planned_in_words, plans
from reports.compose.slips import LateItem
from reports.compose.subjects import from_when, is_waiting, numbers_of
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.wording import (
    agree,
    capitalised,
    count_in_words,
    join_words,
    joined,
    number,
    opened,
    some,
)
from workitems.plan.plan_at import DelayAt, MitigationAt
from workitems.terms.as_told import is_plural
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import has_verb
from workitems.terms.third_person import is_plural_agency, possessive

# Limits on the items reported that are not key, on those named without an action, and on an item's open actions.
MAX_OTHERS = 3
MAX_NAMED = 2
MAX_ACTIONS = 2
# Items that have a paragraph each; of more, all are in one list.
MAX_PARAGRAPHS = 3
# Limit on the items named without a dated step.
MAX_UNDATED = 7
PARAGRAPH_WORDS = 90
# By primary key of an item: the open actions to report, a sentence with its source, and what it needs.
Actions = dict[int, list[tuple[Source, MitigationAt]]]
Passages = dict[int, tuple[str, Source]]
Needs = dict[int, Needed | None]


def mitigation(writer: Writer) -> Section:
    """Return the section on what is being done about the late items: by item, open actions and causes that are
    not settled. Of those that lead it is told whether there is room or not."""
    facts, room = writer.facts, writer.room("mitigation")
    late = [entry for entry in facts.late if entry.is_late]
    keys = [entry for entry in late if entry.leads]
    others = [entry for entry in late if not entry.leads]
    # Of these something is told whether there is room or not.
    sure = {entry.item.pk for entry in keys}
    # A few others are named as late, so what is done about them is told.
    is_few = len(others) <= MAX_OTHERS and not (writer.is_tight and len(keys) > MAX_PARAGRAPHS)
    few = {entry.item.pk for entry in others if is_few}
    actions = _actions(writer, keys, others[:MAX_OTHERS], sure | few, room)
    writer.actions.update(row.pk for rows in actions.values() for _, row in rows)
    still_open = _not_settled(writer, [*keys, *others[:MAX_OTHERS]], actions, sure, room)
    told = actions.keys() | still_open.keys()
    bridges = _bridges(writer, [*keys, *others[:MAX_OTHERS]], actions, told, sure, room)
    ahead = {
        plan.item.pk: (text, plan.update.source)
        for plan in plans(facts)
        if plan.item.is_late and (text := planned_in_words(writer, plan, room))
    }
    paragraphs = [
        *_by_item(writer, late, actions, still_open, bridges, ahead),
        *undated(writer, keys, actions, room),
        *without_action(writer, late, {*still_open, *bridges, *ahead}, room),
    ]
    if not paragraphs:
        words = "There is no delay to make good."
        if facts.late:
            words = "The delays above are over; no action against them was recorded."
        paragraphs.append(writer.paragraph(words, about="nothing to mitigate"))
    return Section(SectionKind.MITIGATION, "Mitigation", tuple(paragraphs))


def _bridges(
    writer: Writer,
    entries: list[LateItem],
    actions: Actions,
    told: Collection[int],
    sure: Collection[int],
    room: Room,
) -> Passages:
    """Return what bridges the delays while there is room: of the items that are `sure` always if their delay hurts people
    or nothing else is told of them."""
    bridges: Passages = {}
    for entry in entries:
        found = open_delay(entry)
        if found is None:
            continue
        source, delay = found
        sentence = meanwhile(writer, entry, source, delay)
        # An action may be to go on with it.
        if any(
            has_words(row.description, delay.meanwhile) for _, row in actions.get(entry.item.pk, ())
        ):
            continue
        must = entry.item.pk in sure and (entry.hurts_people or entry.item.pk not in told)
        if sentence and (must or room.has(sentence)):
            room.use(sentence)
            bridges[entry.item.pk] = (sentence, source)
    return bridges


def meanwhile(writer: Writer, entry: LateItem, source: Source, delay: DelayAt) -> str:
    """Return a sentence on what bridges the delay, in its agency's words if they do not fit into one; "" if that is
    not recorded."""
    who = speaker(writer, entry)
    clause = completed(writer, source, "meanwhile", delay.meanwhile, who)
    if clause:
        return f"In the meantime, {clause}."
    with errors_naming(source):
        typed = in_agency_words(writer, delay.meanwhile, 1, EFFECT_WORDS, who)
    if not typed:
        return ""
    if writer.is_by_item and not has_verb(typed):
        thing = completed(writer, source, "needs", delay.meanwhile, who)
        if thing and not thing.startswith("to "):
            return _in_place(thing, delay.effect)
    told = in_words_of(who, typed)
    if told == typed and delay.meanwhile.lstrip()[:1].islower():
        told = f"{told[:1].lower()}{told[1:]}"
    return (
        f"In the meantime, {told}"
        if told[:1].islower()
        else joined("In the meantime", ",", told, writer.agency_names)
    )


# "temporary life rings at the 7 busiest", and "19 sites" of an effect.
_OF_SOME = re.compile(r"(.+?) (?:at|for|in|on) the (\d+) (\w+est)")
_COUNTED = re.compile(r"(\d+) ([a-z]+s)\b")


def _in_place(thing: str, effect: str) -> str:
    """Return a sentence on a thing that bridges a delay: "In the meantime, there are temporary life rings at seven sites.", and
    of some of those that the `effect` counts, "The seven busiest of the 19 sites have temporary life rings."
    """
    some_of, counted = _OF_SOME.fullmatch(thing), _COUNTED.match(effect.strip())
    if some_of and counted and int(some_of[2]) < int(counted[1]):
        those = f"The {number(int(some_of[2]))} {some_of[3]} of the {number(int(counted[1]))} {counted[2]}"
        has = "has" if int(some_of[2]) == 1 else "have"
        return f"{those} {has} {some_of[1]}."
    return f"In the meantime, there {'are' if is_plural(thing) else 'is'} {thing}."


def has_words(text: str, words: str) -> bool:
    """Whether a text has the words, in this order."""
    return opened(words).casefold() in text.casefold()


def what_is_open(
    writer: Writer, entry: LateItem, name: str, needed: Needed | None, *, introduce: bool = True
) -> str:
    """Return what the item needs, or else whether the cause of its delay is settled; "" if it is not said. `name` is
    that of the item, "" where its paragraph has named it."""
    if needed:
        who = writer.agency(needed.agency, introduce=introduce)
        start = f"For {name}, " if name else ""
        if needed.is_quoted:
            said = f"{start}in {possessive(who)} words, what is needed is {needed.thing}{needed.until}."
            return capitalised(said)
        until = needed.until or "; no date is set"
        if needed.is_act:
            must = f"must {needed.thing.removeprefix('to ')}"
        else:
            # It is not there yet.
            must = f"still {'need' if is_plural_agency(who) else 'needs'} {needed.thing}"
        return capitalised(f"{start}{who} {must}{until}.")
    if found := unsettled(entry):
        return settled(writer, found[1], of=name, introduce=introduce)
    return ""


def _actions(
    writer: Writer,
    keys: list[LateItem],
    others: list[LateItem],
    sure: Collection[int],
    room: Room,
) -> Actions:
    """Return the open actions for which there is room: the first of each item, then the second.

    The items that are `sure` get one action whether there is room or not.
    """
    actions: Actions = {}
    used: dict[int, str] = {}
    for place in range(MAX_ACTIONS):
        for entry in [*keys, *others]:
            found = [pair for pair in entry.mitigations() if is_step(writer, *pair)]
            if place >= len(found):
                continue
            item = entry.item
            sentence = action_in_words(writer, entry, *found[place], introduce=False)
            so_far = used.get(item.pk, "")
            is_long = count_words(so_far, sentence) > PARAGRAPH_WORDS
            if sentence in so_far or (so_far and is_long):
                continue
            if not room.take(sentence):
                if item.pk in actions or item.pk not in sure:
                    continue
                room.use(sentence)
            used[item.pk] = f"{so_far} {sentence}"
            actions.setdefault(item.pk, []).append(found[place])
    return actions


def is_told_before(writer: Writer, entry: LateItem, needed: Needed | None) -> bool:
    """Whether the summary or a recommendation says on what the item's new date depends."""
    return entry.item.pk in writer.conditions and (
        not needed.is_act if needed else bool(entry.mitigations())
    )


def what_is_left_open(writer: Writer, entry: LateItem, *, introduce: bool = True) -> str:
    """Return what a named item needs, or whether its cause is settled; nothing if the paper has told it."""
    needed = needed_for(writer, entry)
    if is_told_before(writer, entry, needed):
        return ""
    return what_is_open(writer, entry, "", needed, introduce=introduce)


def _not_settled(
    writer: Writer,
    entries: list[LateItem],
    actions: "Actions",
    sure: Collection[int],
    room: Room,
) -> Needs:
    """Return what items need, of those with a sentence on it, or None where it says that the cause of the delay is not
    settled: of items that are `sure` and have no action always, of others while there is room. What the summary has of a
    need is not repeated, nor of a cause if the item has an action or is named without a dated one."""
    needs: Needs = {}
    for entry in entries:
        name, needed = _name(writer, entry), needed_for(writer, entry)
        sentence = what_is_open(writer, entry, name, needed, introduce=False)
        if not sentence or is_told_before(writer, entry, needed):
            continue
        must = entry.item.pk in sure and entry.item.pk not in actions
        if must or room.has(sentence):
            room.use(sentence)
            needs[entry.item.pk] = needed
    return needs


def _passages(
    writer: Writer,
    entry: LateItem,
    name: str,
    actions: Actions,
    still_open: Needs,
    bridges: Passages,
    ahead: Passages,
) -> list[tuple[str, Source]]:
    """Return the sentences on an item: the cause to be settled, what bridges the delay, its open actions, whether all
    actions are done, and what its agency plans next."""
    pk, passages = entry.item.pk, []
    if pk in still_open and (found := explained_delay(entry)):
        passages.append((what_is_open(writer, entry, name, still_open[pk]), found[0]))
    if pk in bridges:
        passages.append(bridges[pk])
    of_item = actions.get(pk, [])
    passages += [(action_in_words(writer, entry, source, row), source) for source, row in of_item]
    passages = [(_until_dated(entry, text), source) for text, source in passages]
    if done := all_done(entry):
        of = f" for {writer.names.again(entry.item)}" if passages else ""
        passages.append((done.format(of), item_source(entry.item)))
    if pk in ahead:
        passages.append(ahead[pk])
    return passages


def _until_dated(entry: LateItem, text: str) -> str:
    """Return a sentence with the item's new date in place of "until then", as section Delay has the date."""
    step = latest_step(entry)
    if step is None:
        return text
    at_least = "at least " if is_waiting(step) else ""
    return re.sub(r"\buntil then\b", f"until {at_least}{from_when(step.forecast, step.on)}", text)


def _by_item(
    writer: Writer,
    late: list[LateItem],
    actions: Actions,
    still_open: Needs,
    bridges: Passages,
    ahead: Passages,
) -> Iterator[Paragraph]:
    """Yield a paragraph on each item, which begins with its name; of many a list."""
    acted = {*actions, *still_open, *bridges, *ahead}
    told = [entry for entry in late if entry.item.pk in acted or all_done(entry)]
    is_list = len(told) > MAX_PARAGRAPHS
    bullets: list[tuple[Bullet, list[Source]]] = []
    for entry in told:
        name = "" if is_list else _name(writer, entry)
        passages = _passages(writer, entry, name, actions, still_open, bridges, ahead)
        if not passages:
            continue
        if not is_list:
            yield _of_item(writer, entry, name, passages)
            continue
        heading = writer.bold(f"{writer.names.heading(entry.item)}:")
        text = " ".join(text for text, _ in passages).removeprefix("Next, ")
        bullet = Bullet(writer.text(heading, f" {capitalised(text)}"))
        bullets.append((bullet, [source for _, source in passages]))
    if bullets:
        has_needs = any(entry.item.pk in still_open for entry in told)
        words = f"What agencies are doing about these delays{', and what they need' if has_needs else ''}:"
        yield from writer.paragraphs(words, about="mitigation", bullets=bullets)


def _of_item(
    writer: Writer, entry: LateItem, name: str, passages: list[tuple[str, Source]]
) -> Paragraph:
    """Return a paragraph on an item, which begins with its name."""
    (first, source), *rest = passages
    first = _with_name(name, first)
    if name not in first:
        first = first.removeprefix("Next, ")
        # An action may be no sentence: "A shorter course by video".
        is_sentence = says_who(writer, first) or has_verb(sentences(first)[0])
        if is_sentence or first.startswith(("It was for", "In ")):
            # "Training for staff" has a "for" of its own.
            on = "On" if re.match(r"\w+ for ", name) else "For"
            first = joined(f"{on} {name}", ",", first, writer.agency_names)
        else:
            first = f"For {name}: {first}"
    return writer.running(
        [(text, [of]) for text, of in ((first, source), *rest)],
        about=f"mitigation of item {entry.item.pk}",
    )


def _with_name(name: str, text: str) -> str:
    """Return a text with an item's name in place of its noun: "The board’s guidance on health care is in draft"."""
    noun = name.partition(" ")[0]
    if not (noun.isalpha() and noun.islower() and len(noun) > 3) or name in text:
        return text
    return re.sub(rf"(?<=’s ){noun}(?= (?:has|have|is|are|was|were|will)\b)", name, text, count=1)


def _name(writer: Writer, entry: LateItem) -> str:
    """Return the item as a paragraph on it begins: never by its number alone."""
    name = writer.names.item(entry.item)
    return writer.names.in_full(entry.item) if name == f"item {entry.item.number}" else name


def all_done(entry: LateItem) -> str:
    """Return a sentence that all recorded actions are done, with a placeholder for "for item …"; "" if some are open
    or there are none."""
    acts = [row for _, row in entry.mitigations()]
    if not acts or not all(map(is_done, acts)):
        return ""
    subject = agree(len(acts), "The one action", "All actions")
    return f"{subject} recorded{{}} {agree(len(acts), 'is', 'are')} done."


def undated(
    writer: Writer, keys: list[LateItem], told: Collection[int], room: Room
) -> Iterator[Paragraph]:
    """Yield a sentence on the items that lead of which actions are open, but none that has a date, unless the text on
    each of them (whose items are `told`) says so."""
    bare = [entry for entry in keys if has_no_date(entry)]
    if all(entry.item.pk in told for entry in bare):
        return
    count = count_in_words(len(bare), noun_of(bare, "late item"))
    names = some([writer.names.item(entry.item) for entry in bare], MAX_UNDATED)
    words = f"For {count} no dated next step is recorded: {names}."
    room.use(words)
    sources = [source for entry in bare for source, _ in entry.mitigations()]
    yield writer.paragraph(words, about="no dated step", sources=sources)


def has_no_date(entry: LateItem) -> bool:
    """Whether the item has open actions, of which none has a date."""
    open_ones = [row for _, row in entry.mitigations() if not is_done(row)]
    return bool(open_ones) and not any(row.due_on for row in open_ones)


def without_mitigation(late: list[LateItem], told: Collection[int]) -> list[LateItem]:
    """Return the late items without any action, of which nothing else is told (whose items are `told`)."""
    return [entry for entry in late if not entry.mitigations() and entry.item.pk not in told]


def without_action(
    writer: Writer, late: list[LateItem], still_open: set[int], room: Room
) -> Iterator[Paragraph]:
    """Yield a paragraph on the late items without any action and without a cause reported as not settled."""
    bare = without_mitigation(late, still_open)
    if not bare:
        return
    items = [entry.item for entry in bare]
    words = (
        f"No action is recorded yet for {join_words(map(writer.names.item, items))}."
        if len(items) <= MAX_NAMED
        else f"For {count_of_late(items, late)} no action is recorded ({numbers_of(items)})."
    )
    room.use(words)
    sources = [source for entry in bare for source in entry.sources()]
    yield writer.paragraph(words, about="not done", sources=sources)
