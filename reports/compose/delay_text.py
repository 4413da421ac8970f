"""Section Delay of a paper with a section Mitigation: which milestones slipped, by how much, and why. The other papers have
`late_by_item`.

Included are milestones that are late on the paper's date, and delays that were found, open or ended in its
period. Every late item that is key or whose delay hurts people is reported. Of the other late items, the three
that slipped most are reported while there is room; the rest are named, or counted by cause.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from reports.compose.at_risk_text import moved_with_reason
from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source
from reports.compose.late_words import (
    FEWER_WORDS,
    REASON_WORDS,
    because,
    challenge_of,
    count_of_late,
    effect_in_words,
    effects,
    explained_delay,
    how_long,
    in_agency_words,
    in_words_of,
    is_done,
    latest_step,
    noun_of,
    open_delay,
    requested,
    settled,
    speaker,
    without_repeating,
    without_second,
)
from reports.compose.measures_text import Said, missed_by_late
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.slips import LateItem, cause_of
from reports.compose.subjects import (
    CAUSES,
    Names,
    at_risk,
    because_of,
    by_when,
    from_when,
    has_new_date,
    how_late,
    is_sayable,
    is_waiting,
    moved_furthest,
    moved_in_words,
    new_date,
    no_reason,
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
    closed,
    count_in_words,
    join_words,
    joined,
    number,
    opened,
    some,
)
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.terms.fragments import as_reason as as_a_reason
from workitems.terms.lateness import ends_in_a_quarter, times_in_words
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import cause as as_reason
from workitems.terms.stems import says_nothing, says_we
from workitems.terms.third_person import possessive

# Annexes that list all late items.
HOLDS_EVERY_DELAY = ("delays", "items", "items_texts")
# Limit on the items reported that are not key.
MAX_OTHERS = 3
# Limit on the other late items that are named in one sentence.
MAX_NAMED = 4
# So few are told with their dates, whether there is room or not.
FEWEST = 2
# The same without their causes, and the words of their names.
MAX_LISTED = 6
LISTED_WORDS = 50
# Items that lead whose reasons, and what their delays mean, are printed whether they fit or not.
MAX_EXPLAINED = 6
# The same in a paper that is tight; what the delay means is printed then of the first.
MAX_EXPLAINED_IF_TIGHT = 3
# If more items than this lead, the others are only named.
MAX_LEADING = 3
# Words of an agency's reason among others in one sentence.
SHORT_REASON = 14
QUOTED_REASON = 20
# Limits on the other items that lead which a tight paper has in one sentence, and on the words of that sentence.
MAX_IN_A_SENTENCE = 4
MOST_IN_A_SENTENCE = 90
# Words of what such a delay means.
EFFECT_WORDS = 25
# Limit on an item's milestones.
MAX_STEPS = 2
# Words about one item in a paragraph, and those after which another paragraph begins.
MOST_WORDS = 140
PARAGRAPH_WORDS = 90


def delay(writer: Writer) -> Section:
    room = writer.room("delay")
    entries = writer.facts.late
    if not (entries or writer.moves_told):
        return _section([no_delay(writer, room)])
    late = [entry for entry in entries if entry.is_late]
    keys = [entry for entry in late if entry.leads]
    others = [entry for entry in late if not entry.leads]
    # Of key items before those that only hurt people.
    explained = sorted(keys, key=lambda entry: not entry.item.is_key)
    explained = explained[: MAX_EXPLAINED_IF_TIGHT if writer.is_tight else MAX_EXPLAINED]
    shortened = _to_shorten(writer, keys, explained)
    keys = [entry for entry in keys if entry not in shortened]
    # What every item that leads must have is counted first, so that there is room for it.
    slips = {entry.item.pk: _slips(writer.names, entry) for entry in keys}
    texts = {pk: start for pk, (start, _) in slips.items()}
    room.use(*(" ".join(both) for both in slips.values()))
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
                must=entry in explained,
                is_crowded=len(keys) > MAX_LEADING,
            )
            texts[entry.item.pk] += slips[entry.item.pk][1]
    missed = {entry.item.pk: missed_by_late(writer, entry.item) for entry in keys}
    for entry in keys:
        texts[entry.item.pk] += request_sentences(writer, entry, room)
        texts[entry.item.pk] += "".join(f" {text}" for text, _ in missed[entry.item.pk])
    for entry in keys:
        must = entry in explained[: 1 if writer.is_tight else None]
        texts[entry.item.pk] += _effects(writer, entry, room, texts[entry.item.pk], must=must)
    for entry in keys:
        texts[entry.item.pk] += _further_sentences(writer, entry, room, texts[entry.item.pk])
    paragraphs = [
        paragraph
        for cause, group in groups
        for paragraph in _key_items(writer, cause, group, texts, missed, room)
    ]
    if shortened:
        paragraphs += _shortened(writer, shortened, room)
    paragraphs += _other_items(writer, others, room, leading=len(keys))
    gone = [entry for entry in entries if not entry.is_late]
    moved = [item for item in writer.facts.items if item.pk in writer.moves_told]
    gone = [entry for entry in gone if entry.item not in moved]
    for item in moved:
        text, sources = moved_with_reason(writer, item)
        room.use(text)
        about = f"moved date of item {item.pk}"
        paragraphs.append(writer.paragraph(text, about=about, sources=sources))
    paragraphs += no_longer_late(writer, gone, room, must=not paragraphs)
    paragraphs += without_cause(writer, late, room)
    return _section(paragraphs)


def _to_shorten(writer: Writer, keys: list[LateItem], explained: list[LateItem]) -> list[LateItem]:
    """Return the items of a tight paper that get no reason and ask for nothing, if there are several."""
    if not writer.is_tight:
        return []
    rest = [each for each in keys if each not in explained]
    rest = [each for each in rest if each.item.pk not in writer.facts.requests]
    return rest if len(rest) > 1 else []


def _shortened(writer: Writer, entries: list[LateItem], room: Room) -> Iterator[Paragraph]:
    """Yield how late each of several items that lead is, until when, and its cause: in one sentence, of many as a list."""
    lines = []
    for entry in entries:
        late = " without a new date"
        if step := latest_step(entry):
            day = when(step.forecast, step.on)
            to = f"in {day}" if ends_in_a_quarter(step) else f"to {day}"
            late = f" by {how_long(entry)}, {to}"
            if is_waiting(step):
                late = f", not before {from_when(step.forecast, step.on)}"
        text = f"{writer.names.in_full(entry.item)}{late}{short_reason(writer, entry)}"
        lines.append((text, sources_of(writer, [entry])))
    count = count_in_words(len(entries), f"more {noun_of(entries, 'item')}")
    start = f"{capitalised(count)} are late"
    room.use(start, *(line for line, _ in lines))
    *first, last = [line for line, _ in lines]
    words = f"{start}: {'; '.join(first)}; and {last}."
    is_list = len(lines) > MAX_IN_A_SENTENCE or len(words.split()) > MOST_IN_A_SENTENCE
    if is_list:
        bullets = [(Bullet(writer.text(capitalised(f"{line}."))), of) for line, of in lines]
        yield from writer.paragraphs(f"{start}:", about="more key delays", bullets=bullets)
        return
    yield writer.paragraph(words, about="more key delays", sources=sources_of(writer, entries))


_IS_LATE = re.compile(r"\b(?:days?|weeks?|months?|years?) late\b")


def short_reason(writer: Writer, entry: LateItem) -> str:
    """Return why an item is late as the end of a sentence: in its agency's words if they are few, else by its cause."""
    if (found := explained_delay(entry)) is None:
        return ""
    source, delay = found
    with errors_naming(source):
        who = speaker(writer, entry)
        typed = in_agency_words(writer, delay.explanation, 1, SHORT_REASON, who)
        if not typed:
            # Of a long one, its first half.
            whole = in_agency_words(writer, delay.explanation, 1, REASON_WORDS, who)
            first = without_second(opened(whole))
            typed = closed(first) if count_words(first) <= SHORT_REASON else ""
    # That it is late is no cause.
    typed = "" if _IS_LATE.search(typed) else as_a_reason(typed)
    is_told = typed and delay.is_open and not says_we(typed)
    why = as_reason(typed, writer.agency_names) if is_told else None
    if why is None and delay.cause != Delay.Cause.OTHER:
        why = f"because of {CAUSES[Delay.Cause(delay.cause)]}"
    return f", {why}" if why else ""


def quoted_reason(writer: Writer, entry: LateItem) -> str:
    """Return the quoted cause of an open delay that `short_reason` could only name by its kind; "" if it is none or long."""
    found = open_delay(entry)
    if found is None or short_reason(writer, entry) != f",{because_of(found[1].cause)}":
        return ""
    source, delay = found
    who = speaker(writer, entry)
    with errors_naming(source):
        typed = as_a_reason(in_agency_words(writer, delay.explanation, 2, QUOTED_REASON, who))
    if not typed or in_words_of(who, typed) == typed:
        return typed
    return f"{capitalised(possessive(who))} reason: “{typed}”"


def no_delay(writer: Writer, room: Room) -> Paragraph:
    """Return a sentence that nothing is late and that no delay was recorded."""
    span = period(writer.facts.briefing.period_start, writer.facts.briefing.period_end)
    words = f"No delay was recorded in {span}, and no milestone is late."
    room.use(words)
    return writer.paragraph(words, about="no delay")


def _section(paragraphs: Iterable[Paragraph]) -> Section:
    return Section(SectionKind.DELAY, "Delay", tuple(paragraphs))


def _by_cause(entries: list[LateItem]) -> list[LateItem]:
    """Put items with the same cause together, in the order of the first."""
    order = list(dict.fromkeys(map(cause_of, entries)))
    return sorted(entries, key=lambda entry: order.index(cause_of(entry)))


def _key_items(
    writer: Writer,
    cause: "Delay.Cause | None",
    entries: list[LateItem],
    texts: dict[int, str],
    missed: dict[int, list[Said]],
    room: Room,
) -> Iterator[Paragraph]:
    """Yield a paragraph for one item, and a list for several with the same cause."""

    def sources(entry: LateItem) -> list[Source]:
        of_measures = [source for _, of in missed[entry.item.pk] for source in of]
        return [*sources_of(writer, [entry]), *of_measures]

    if len(entries) == 1:
        entry = entries[0]
        yield writer.paragraph(
            texts[entry.item.pk],
            about=f"delay of item {entry.item.pk}",
            sources=sources(entry),
        )
        return
    items = count_in_words(len(entries), noun_of(entries, "item"))
    if cause is None:
        introduction = f"These {items} are late:"
    else:
        introduction = f"{capitalised(items)} were held up, mainly by {CAUSES[cause]}:"
    room.use(introduction)
    bullets = [(Bullet(writer.text(texts[entry.item.pk])), sources(entry)) for entry in entries]
    yield from writer.paragraphs(
        introduction, about=f"key delays {cause or 'unexplained'}", bullets=bullets
    )


def _slips(names: Names, entry: LateItem) -> tuple[str, str]:
    """Return how late the item's late milestones are: up to two by name; of more, their number and the last
    of their dates. Of two, the second sentence is apart, after a space, to follow the reason of the first."""
    late = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    if found := entry.main_delay:
        late.sort(key=lambda step: step is not found[0].milestone)
    is_plain = all(map(is_sayable, late)) and len(set(map(what, late))) == len(late)
    if len(late) == 1 or (len(late) <= MAX_STEPS and is_plain):
        told = [capitalised(slip_sentence(names, entry.item, step)) for step in late]
        start, *more = names.once(entry.item, told)
        return start, "".join(f" {each}" for each in more)
    dated = entry.item.on
    name = f"{capitalised(number(len(late)))} milestones of {names.item(entry.item)}"
    ahead = [step for step in late if has_new_date(step)]
    if not ahead:
        first = min(late, key=lambda step: step.agreed_due)
        return (
            f"{name} are late, the first due {by_when(first.agreed, dated)}, and have no new date.",
            "",
        )
    last = max(ahead, key=lambda step: step.forecast_due)
    sentence = f"{name} are late, the last now expected {by_when(last.forecast, dated)}"
    if how := how_late(last, last.forecast):
        sentence += f", {how}"
    if undated := len(late) - len(ahead):
        sentence += f"; {number(undated)} {agree(undated, 'has', 'have')} no new date"
    return f"{sentence}.", ""


def _with_reason(
    writer: Writer,
    entry: LateItem,
    room: Room,
    start: str,
    cause: "Delay.Cause | None",
    *,
    must: bool = False,
    is_crowded: bool = False,
) -> str:
    """Return the start with the agency's reason, if there is room or it `must` be printed (where the section
    `is_crowded`, only a short one); otherwise with a sentence on `cause`, if there is one."""
    who, is_typed = speaker(writer, entry), False
    if found := explained_delay(entry):
        source, delay = found
        is_typed = not says_nothing(delay.explanation)
        words = FEWER_WORDS if is_crowded else REASON_WORDS
        with errors_naming(source):
            reason = in_agency_words(writer, delay.explanation, 2, words, who)
        if reason and reason not in writer.used_sentences and (must or room.has(reason)):
            room.use(reason)
            writer.used_sentences.add(reason)
            names = writer.agency_names
            return because(
                start,
                without_repeating(start, reason),
                delay,
                is_late=entry.is_late,
                who=who,
                agencies=names,
                step=entry.main_delay[0].milestone if entry.main_delay else None,
            )
    why = because_of(cause)
    if why and is_typed and found:
        why = f" because of {CAUSES[Delay.Cause(found[1].cause)]}"
        if len(sentences(start)) == 1:
            room.use(why)
            return f"{opened(start)},{why}."
    label = no_reason(cause)
    if why and is_typed:
        label = f"It is late{why}."
    room.use(label)
    return f"{start} {label}".rstrip()


def _effects(writer: Writer, entry: LateItem, room: Room, text: str, *, must: bool = False) -> str:
    """Return what the delay means, in the agency's words, to add to the item's text, if there is room or it `must` be
    printed, and the summary does not have it."""
    told = ""
    for effect in effects(writer, entry):
        sentence = effect_in_words(writer, entry, effect)
        is_new = not {effect, sentence} & writer.used_sentences
        is_short = count_words(text, sentence) <= MOST_WORDS
        is_must = must and count_words(sentence) <= EFFECT_WORDS
        if is_new and (is_must or (is_short and room.has(sentence))):
            room.use(sentence)
            writer.used_sentences.update((effect, sentence))
            told += f" {sentence}"
    return told


def _further_sentences(writer: Writer, entry: LateItem, room: Room, text: str) -> str:
    """Return sentences to add to the item's text while there is room: whether its cause is settled and how often the
    date has moved."""
    further = ""
    for sentence in further_sentences(writer, entry):
        is_short = count_words(text, further, sentence) <= MOST_WORDS
        if sentence not in writer.used_sentences and is_short and room.take(sentence):
            writer.used_sentences.add(sentence)
            further += f" {sentence}"
    return further


def request_sentences(writer: Writer, entry: LateItem, room: Room) -> str:
    """Return sentences to add to the item's text on what its agency has asked of the working group: of an item that
    leads, whether they fit or not, unless it is only about wording."""
    asked = ""
    for words, is_grave in requested(writer, entry.item):
        sentence = _with_number(writer, entry, words)
        if (is_grave and entry.leads) or room.has(sentence):
            room.use(sentence)
            writer.used_sentences.add(sentence)
            asked += f" {sentence}"
    return asked


def further_sentences(writer: Writer, entry: LateItem) -> Iterator[str]:
    """Yield whether the delay's cause is settled, and how often the date has moved."""
    if found := explained_delay(entry):
        delay = found[1]
        is_acted_on = any(not is_done(row) for _, row in entry.mitigations())
        if delay.is_open and delay.settlement == Delay.Settlement.SETTLED and not is_acted_on:
            yield _with_number(writer, entry, settled(writer, delay))
    moved = max((sum(each.times_moved for each in slip.delays) for slip in entry.slips), default=0)
    if moved > 1:
        yield _with_number(writer, entry, f"The date has moved {times_in_words(moved)}.")


def _with_number(writer: Writer, entry: LateItem, sentence: str) -> str:
    """Return the sentence, with the item's number if the paper has the same sentence about another item."""
    if sentence not in writer.used_sentences:
        return sentence
    return joined(f"For {entry.item.number}", ",", sentence, writer.agency_names)


def _other_items(
    writer: Writer, others: list[LateItem], room: Room, *, leading: int
) -> Iterator[Paragraph]:
    """Yield paragraphs on the late items that do not lead: their dates and reasons or, if many lead, their names."""
    if not others:
        return
    with_keys, is_crowded = leading > 0, leading > MAX_LEADING
    # Each item gets its dates before any of them gets a reason.
    shown: list[tuple[LateItem, str, str]] = []
    is_one = len(others) == 1
    for entry in others[: 0 if is_crowded else MAX_OTHERS]:
        start, more = _slips(writer.names, entry)
        if not (is_one or room.has(start, more)):
            break
        room.use(start, more)
        shown.append((entry, start, more))
    rest = ""
    if remaining := others[len(shown) :]:
        rest = unreported(writer, remaining, room, is_all=not shown, with_keys=with_keys)
        room.use(rest)
    passages = [
        (
            # One alone is told whole.
            _with_reason_or_effect(writer, entry, room, start, more, must=is_one),
            sources_of(writer, [entry]),
        )
        for entry, start, more in shown
    ]
    passages += [(rest, sources_of(writer, remaining))] if rest else []
    yield from _in_paragraphs(writer, passages, about="other delays")


def _with_reason_or_effect(
    writer: Writer,
    entry: LateItem,
    room: Room,
    start: str,
    more: str = "",
    *,
    must: bool = False,
) -> str:
    """Return the start with the agency's reason, if there is room or it `must` be printed, or, without one, with what the
    delay means, if there is room; `more` is said of the item after a reason."""
    text = f"{_with_reason(writer, entry, room, start, None, must=must)}{more}"
    if text == f"{start}{more}":
        text += _effects(writer, entry, room, text)
        text += _further_sentences(writer, entry, room, text)
    return f"{text}{request_sentences(writer, entry, room)}"


def sources_of(writer: Writer, entries: Iterable[LateItem]) -> list[Source]:
    """Return the sources of what is reported of the items, and of what is asked about them."""
    requests = writer.facts.requests
    return [
        source
        for entry in entries
        for source in (
            *entry.sources(),
            *(asked.source for asked in requests.get(entry.item.pk, ())),
        )
    ]


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


def unreported(
    writer: Writer, entries: list[LateItem], room: Room, *, is_all: bool, with_keys: bool
) -> str:
    """Return a sentence with the number of items that are not reported here and their names, by cause if there is room,
    and the annex that has their dates; of many, how many each cause delayed, and which are off track. Without that
    annex, the first ones are named."""
    noun = "other item" if with_keys else "item"
    count = count_in_words(len(entries), noun if is_all else "more item")
    start = f"{capitalised(count)} {agree(len(entries), 'is', 'are')} late"
    where = writer.where(HOLDS_EVERY_DELAY)
    if len(entries) <= MAX_NAMED:
        is_one = writer.is_by_item and writer.is_tight and len(entries) == 1
        dated = f"{start}{_named(writer, entries, with_dates=True, with_causes=not is_one)}."
        is_short = writer.is_by_item and writer.is_tight and len(entries) > 1
        if not is_short and (len(entries) <= FEWEST or room.has(dated)):
            return dated
        alike = join_words(writer.names.alike([each.item for each in entries]))
        named = f"{start}: {alike}." if is_short else f"{start}{_named(writer, entries)}."
        if not where or room.has(named):
            return named
    names = writer.names.alike([each.item for each in entries])
    annex = where if writer.where(["delays"]) else f"dates in {where}"
    if where and len(entries) <= MAX_LISTED and count_words(*names) <= LISTED_WORDS:
        return f"{start} ({annex}): {join_words(names)}."
    why = _counted(Counter(map(cause_of, entries)))
    if not where:
        return f"{start}{why}: {some(names, MAX_NAMED)}."
    keys = [entry for entry in entries if entry.item.is_key]
    grave = [entry for entry in entries if entry.is_off_track and entry not in keys]
    if is_each_explained := bool(grave) and len({*map(cause_of, entries)}) > 1:
        # Which are the worst, and why, says more than how many there are of each cause.
        why = ""
    text = f"{start}{why} ({annex})."
    if keys:
        verb = agree(len(keys), "item among them is", "items among them are")
        text += f" The key {verb} {_listed(writer, keys)}."
    if grave:
        count = f"{capitalised(number(len(grave)))} {'others' if keys else 'of them'}"
        if len(grave) == 1:
            count = "Another one" if keys else "One of them"
        named = some(
            [_named_with_date(writer, entry, with_cause=is_each_explained) for entry in grave],
            MAX_NAMED,
        )
        text += f" {count} {agree(len(grave), 'is', 'are')} off track: {named}."
    told = [entry for entry in entries if entry not in (*keys, *grave[:MAX_NAMED])]
    if told := [entry for entry in told if has_result(writer, entry)]:
        verb = agree(len(told), "one with a result above is", "those with results above are")
        text += f" Among them {verb} {_listed(writer, told)}."
    return text


def has_result(writer: Writer, entry: LateItem) -> bool:
    """Whether section Achievements tells a result of the item: then it is named where it is told to be late."""
    return any(each.pk in writer.reported for each in writer.facts.updates_of(entry.item))


def _listed(writer: Writer, entries: list[LateItem]) -> str:
    """Return the names of all the items, or of many only their numbers."""
    named = join_words([writer.names.item(entry.item) for entry in entries])
    if count_words(named) <= MOST_IN_A_SENTENCE:
        return named
    return join_words([f"item {entry.item.number}" for entry in entries])


def _named(
    writer: Writer,
    entries: list[LateItem],
    *,
    with_dates: bool = False,
    with_causes: bool = True,
) -> str:
    """Return the items by cause, `with_dates` with those on which they are expected now, as the end of a sentence that they
    are late: ": the map (1.3, now June 2011) because of legislation and the card (1.4)". The cause that holds up all of
    them comes first."""
    groups: dict[str, list[str]] = {}
    for entry in sorted(entries, key=lambda entry: not because_of(cause_of(entry))):
        step = latest_step(entry) if with_dates else None
        notes = [f"now {new_date(step)}"] if step else []
        name = writer.names.item(entry.item, *notes)
        groups.setdefault(because_of(cause_of(entry)), []).append(name)
    if len(groups) == 1:
        ((cause, names),) = groups.items()
        return f"{cause if with_causes else ''}: {join_words(names)}"
    return f": {join_words(f'{join_words(names)}{cause}' for cause, names in groups.items())}"


def _named_with_date(writer: Writer, entry: LateItem, *, with_cause: bool) -> str:
    """Return a late item by name and number, with when it is expected and, if asked, why it is late."""
    step = latest_step(entry)
    notes = [f"now {new_date(step)}" if step else "without a new date"]
    why = because_of(cause_of(entry)) if with_cause else ""
    return f"{writer.names.item(entry.item, *notes)}{why}"


def _counted(counts: "Counter[Delay.Cause | None]") -> str:
    """Return how many items each cause delayed, as the end of a sentence that they are late."""
    known = [
        (cause, count)
        for cause, count in counts.most_common()
        if cause not in (None, Delay.Cause.OTHER)
    ]
    causes = [f"{number(count)} because of {CAUSES[cause]}" for cause, count in known if count > 1]
    if single := [CAUSES[cause] for cause, count in known if count == 1]:
        each = "one each" if len(single) > 1 else "one"
        causes.append(f"{each} because of {join_words(single)}")
    if missing := counts[None]:
        causes.append(f"{number(missing)} without a recorded cause")
    if others := counts[Delay.Cause.OTHER]:
        causes.append(
            f"{number(others)} {agree(others, 'for another reason', 'for other reasons')}"
        )
    if len(counts) == 1:
        return f" {causes[0].partition(' ')[2]}"
    return f", {join_words(causes)}"


def no_longer_late(
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
        # In a paper by item the summary may say that it was given more time.
        is_told = writer.is_tight and entry.item.pk in writer.moves_told
        if _is_at_risk(entry) and not is_told:
            passages.append(_why_at_risk(writer, entry, room, start))
        elif room.take(start):
            passages.append(
                (_with_reason_or_effect(writer, entry, room, start), sources_of(writer, [entry]))
            )
        else:
            break
    if must and entries and not passages:
        verb = agree(len(entries), "is", "are")
        rest = f"{capitalised(count_in_words(len(entries), 'item'))} slipped and {verb} no longer late."
        room.use(rest)
        passages.append((rest, sources_of(writer, entries)))
    yield from _in_paragraphs(writer, passages, about="no longer late")


def _is_at_risk(entry: LateItem) -> bool:
    return bool(at_risk([entry.item]))


def _why_at_risk(
    writer: Writer, entry: LateItem, room: Room, start: str
) -> tuple[str, list[Source]]:
    """Return the start with the agency's reason, how a date has moved and the agency's challenge, of a key item
    whether they fit or not, and the sources."""
    room.use(start)
    must, sources = entry.item.is_key, sources_of(writer, [entry])
    parts = [_with_reason(writer, entry, room, start, None, must=must)]
    moved = moved_furthest(entry.item)
    # That its date was moved may be what the start says.
    is_said = (
        moved is not None
        and "has been moved to" in start
        and moved.forecast_due == moved.agreed_due
    )
    is_said = is_said or (moved is not None and moved_in_words(moved) in writer.used_sentences)
    if moved and not is_said and (room.has(sentence := moved_in_words(moved)) or must):
        room.use(sentence)
        parts.append(sentence)
    found = challenge_of(writer, entry.item)
    if found and found[0] not in writer.used_sentences and (room.has(found[0]) or must):
        room.use(found[0])
        parts.append(in_words_of(writer.facts.lead_of(entry.item).short_name, found[0]))
        sources.append(found[1])
    return " ".join(parts), sources


def without_cause(writer: Writer, late: list[LateItem], room: Room) -> Iterator[Paragraph]:
    """Yield a sentence on the late items without a recorded cause."""
    bare = [entry.item for entry in late if cause_of(entry) is None]
    if not bare:
        return
    words = f"For {count_of_late(bare, late)} no cause is recorded ({numbers_of(bare)})."
    room.use(words)
    yield writer.paragraph(words, about="no cause", sources=[item_source(item) for item in bare])
