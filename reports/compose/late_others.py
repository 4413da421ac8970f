"""The late items that a paper by item only names: in one sentence or a list, each with its new date and what matters most."""

import re
from collections.abc import Iterator

from reports.compose.budget import Room, count_words
from reports.compose.delay_text import (
    request_sentences,
    short_reason,
    sources_of,
    unreported,
)
from reports.compose.late_words import (
    are_two,
    effect_in_words,
    effects,
    explained_delay,
    told_first,
    with_figure,
)
from reports.compose.paragraphs import Writer
from reports.compose.results import named_by
from reports.compose.slips import LateItem, cause_of
from reports.compose.subjects import (
    CAUSES,
    because_of,
    from_when,
    has_new_date,
    is_sayable,
    is_waiting,
    when,
    with_notes,
)
from reports.document import Bullet, Paragraph, Source
from reports.document.dates import month_of
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    number,
    opened,
)
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.plan.plan_at import MilestoneAt
from workitems.terms.as_told import is_plural
from workitems.terms.fragments import done_at
from workitems.terms.known_dates import KnownTo
from workitems.terms.sentence_ends import sentences, without_capital
from workitems.terms.stems import has_verb, keeps_capital, says_we, within

MAX_LISTED = 10


LONGEST_LIST = 130  # words


MAX_MEANT = 3  # late items that are only named, of which it is told what that means


def others_late(writer: Writer, entries: list[LateItem], room: Room, *, with_others: bool) -> str:
    """Return a sentence on the late items that have no bullet: each with its agency, the date that was agreed and the new one.
    Of many, as `unreported` says it."""
    if len(entries) > MAX_LISTED:
        return unreported(writer, entries, room, is_all=True, with_keys=with_others)
    noun = "other item" if with_others else "item"
    # The list of the items that lead has said so.
    where = "" if with_others else writer.where(["delays"])
    of = f" ({where} has causes and actions where recorded)" if where else ""
    start = (
        f"{capitalised(count_in_words(len(entries), noun))} {agree(len(entries), 'is', 'are')} late"
    )
    text = f"{start}{of}{_dated_one_by_one(writer, entries)}."
    if count_words(text) > LONGEST_LIST:
        return unreported(writer, entries, room, is_all=True, with_keys=with_others)
    return text


def _dated_one_by_one(writer: Writer, entries: list[LateItem]) -> str:
    """Return the items with when each was due and is expected, as the end of a sentence."""
    told = []
    for entry in entries:
        step = told_first(entry)
        agency = writer.facts.agencies[step.responsible].short_name
        notes = [agency, f"due {when(step.agreed, step.on)}"] if not writer.is_tight else []
        new = "no new date"
        if has_new_date(step):
            is_sure = not is_waiting(step)
            now = "now " if notes or len(entries) == 1 else ""
            new = f"{now if is_sure else 'not before '}{from_when(step.forecast, step.on)}"
        told.append(with_notes(writer.names.bare(entry.item), entry.item.number, *notes, new))
    if year := _one_year(told):
        told = [each.replace(f" {year}", "") for each in told]
    *first, last = told
    listed = f"{'; '.join(first)}; and {last}" if first else last
    # The dates are not those on which the items are complete.
    when_new = f", with milestones now expected {f'in {year}' if year else 'as follows'}"
    return f"{when_new if len(entries) > 1 else ''}: {listed}"


def _first_day(step: MilestoneAt) -> str:
    """Return when a milestone is expected, or before when it is not: the first month of a quarter."""
    if is_waiting(step) and step.forecast.known_to == KnownTo.QUARTER:
        return month_of(step.forecast.first_day)
    return from_when(step.forecast, step.on)


def listed_others(
    writer: Writer,
    entries: list[LateItem],
    idle: list[LateItem],
    room: Room,
    *,
    with_others: bool,
) -> Iterator[Paragraph]:
    """Yield the late items that are only named, each with its new date and what matters most, and of those that are `idle` that no
    action is recorded. What is asked of the working group follows if the item leads."""
    noun = "other item" if with_others else "item"
    # The list of the items that lead has said so.
    where = "" if with_others else writer.where(["delays"])
    of = f" ({where} has causes and actions where recorded)" if where else ""
    steps = [told_first(entry) for entry in entries]
    days = [_first_day(step) if has_new_date(step) else "" for step in steps]
    year = _one_year(days)
    start = f"{capitalised(count_in_words(len(entries), noun))} are late{of}"
    if all(days):
        start += f", with new dates in {year}" if year else ", with these new dates"
    start += ":"
    room.use(start)
    bullets: list[tuple[Bullet, list[Source]]] = []
    for entry, step, day in zip(entries, steps, days, strict=True):
        begun = ["not started"] if entry.item.stage == Stage.NOT_STARTED else []
        day = day.removesuffix(f" {year}") if year else day
        name = writer.names.heading(entry.item, *begun)
        told = _most_told(writer, entry)
        is_bare = told in ("", f",{because_of(cause_of(entry))}")
        expected = _expected(writer, entry, step, day, is_bare=is_bare)
        why = cause_of(entry)
        if is_bare and why and CAUSES[Delay.Cause(why)] in expected:
            # "A draft for consultation", because of consultation.
            told = ""
        if not told and day and step.agreed == step.original:
            # Of one without a cause, how long it is late.
            told = f", instead of {when(step.agreed, step.on)}"
        text = f"{name}: {expected}{told}"
        if entry in idle:
            text += "; no action is recorded"
        text = closed(text)
        room.use(text)
        if entry.leads:
            text += request_sentences(writer, entry, room)
        bullets.append((Bullet(writer.text(text)), list(sources_of(writer, [entry]))))
    yield from writer.paragraphs(start, about="other delays", bullets=bullets)


def _expected(
    writer: Writer, entry: LateItem, step: MilestoneAt, day: str, *, is_bare: bool
) -> str:
    """Return when a late item is expected, for a list: "June". If the list says nothing else of it (`is_bare`), say what is expected
    as well, unless the item's name does: "memorandum to be signed in June"."""
    thing, done = ("", "") if step.as_told else done_at(step.description)
    what = f"{_inside(thing)} to be {done}" if thing else _inside(step.phrase or step.description)
    is_short = is_sayable(step) and not (
        writer.names.act(step) or has_verb(what.partition(" to be ")[0])
    )
    is_said = named_by(what) <= named_by(f"{entry.item.title} {entry.item.as_told}")
    if not is_bare or not is_short or is_said:
        return f"{'not before ' * is_waiting(step)}{day}" if day else "no new date"
    on = f"{'on' if day[:1].isdigit() else 'in'} {day}"
    if " to be " in what:
        # "Memorandum to be signed in June".
        if not day:
            return f"{what}, without a new date"
        return f"{what}, not before {day}" if is_waiting(step) else f"{what} {on}"
    are, have = ("are", "have") if is_plural(what) else ("is", "has")
    if not day:
        return f"{what} {have} no new date"
    return (
        f"{what} {are} {f'not expected before {day}' if is_waiting(step) else f'now expected {on}'}"
    )


def _inside(thing: str) -> str:
    text = thing.strip().rstrip(".").replace("**", "")
    return text if keeps_capital(text) else without_capital(text)


# What follows a comma and belongs to what is before it.
_GOES_ON = re.compile(r"(?:and|but|which|who)\b")


# What points at something that only its own text names.
POINTS = re.compile(r"\b(?:it|its|that|them|these|they|this|those)\b", re.IGNORECASE)


# Words of what an item's delay means, and of its cause, in a list.
MOST_TOLD, MOST_TOLD_OF_CAUSE = 16, 13


def _most_told(writer: Writer, entry: LateItem) -> str:
    """Return what a list says of a late item after its date: what the delay means, else the cause in its agency's words, else the
    kind of cause."""
    for effect in effects(writer, entry):
        clause = _with_figure(entry, within(opened(effect), writer.agency_names) or "")
        is_whole = clause and has_verb(effect) and not (POINTS.search(effect) or says_we(effect))
        if is_whole and effect not in writer.used_sentences and count_words(effect) <= MOST_TOLD:
            writer.used_sentences.add(effect)
            return f"; {clause}"
    reason, why = short_reason(writer, entry), cause_of(entry)
    # Of two sentences that only a comma divides, the first.
    first, _comma, rest = reason[2:].partition(", ")
    is_two = are_two(first, rest) and not _GOES_ON.match(rest)
    reason = f", {first}" if is_two else reason
    is_long = count_words(reason) > MOST_TOLD_OF_CAUSE and why != Delay.Cause.OTHER
    if why and (is_long or reason == f",{because_of(why)}"):
        return f",{because_of(why)}"
    return reason


def _with_figure(entry: LateItem, clause: str) -> str:
    """Return what a delay means, as it stands within a sentence, with the figure with which its agency began it."""
    found = explained_delay(entry)
    return with_figure(clause, found[1].effect) if found else clause


def where_actions_are(writer: Writer, entries: list[LateItem], room: Room) -> str:
    """Return which annex has what is being done about items that are only named, if something is."""
    where = writer.where(["delays"])
    acted = [each for each in entries if any(row.done_on is None for _, row in each.mitigations())]
    if not (where and acted):
        return ""
    of = agree(len(entries), "it", "them")
    if len(acted) < len(entries):
        of = f"{number(len(acted))} of them"
    sentence = f" {where} has what is being done about {of}."
    room.use(sentence)
    return sentence


def _one_year(told: list[str]) -> str:
    """Return the year of all the dates, which are in brackets or alone, if it is one, and each of several has it; "" otherwise."""
    years = [set(re.findall(r"\b20\d\d\b", each.rpartition("(")[2])) for each in told]
    return (
        next(iter(years[0]))
        if len(told) > 1 and len(set().union(*years)) == 1 and all(years)
        else ""
    )


def others_mean(writer: Writer, entries: list[LateItem], room: Room, *, most: int) -> str:
    """Return what the delays of items that are only named mean for people, of the first few that their agencies say it of."""
    told: list[str] = []
    if writer.is_tight and not any(entry.leads for entry in entries):
        return ""
    for entry in entries:
        effect = next(effects(writer, entry), "")
        if not effect or effect in writer.used_sentences or len(told) == MAX_MEANT:
            continue
        sentence = effect_in_words(writer, entry, effect)
        if "”" in sentence or len(sentences(sentence)) > 1:
            continue
        text = sentence if len(entries) == 1 else cited(sentence, entry.item.number)
        if count_words(*told, text) <= most and room.take(text):
            writer.used_sentences.add(effect)
            told.append(text)
    return "".join(f" {each}" for each in told)
