"""A result in the sentences of a paper: with its subject, its item and the month of an earlier round."""

import re

from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paragraphs import Writer, errors_naming, flat
from reports.compose.reported import (
    done_in_period,
    done_instead,
    is_completed,
)
from reports.compose.results import (
    as_result_in_english,
    is_told,
    named_by,
    told_alone,
)
from reports.compose.subjects import NEAR, in_when, is_sayable
from reports.document.dates import MONTHS, month_of
from reports.document.wording import (
    capitalised,
    cited,
)
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.fragments import WITHOUT_A_THING, done_at, is_several
from workitems.terms.known_dates import KnownDate
from workitems.terms.sentence_ends import sentences


def achieved_in_words(writer: Writer, item: ItemAt, update: UpdateFacts) -> str:
    """Return what was achieved as a result (see `as_result`); of a text that says nothing, the milestones that were
    done."""
    if done := done_instead(writer.facts, item, update):
        return " ".join(_done(writer, item, step) for step in done)
    with errors_naming(update.source):
        text = flat(update.achieved, writer.facts.maori)
    text = _with_thing(writer, item, text)
    agency = update.of_return.agency
    names = (agency.name, agency.short_name)
    return as_result_in_english(update.achieved, text, writer.short_subject(agency), names)


def _with_thing(writer: Writer, item: ItemAt, text: str) -> str:
    """Return a result with its subject. "Published on 8 October." gets that of the milestone done in the period that ends
    with the same word."""
    found = WITHOUT_A_THING.match(text)
    if not found:
        return text
    for _, step in reversed(done_in_period(writer.facts, item)):
        thing, done = done_at(step.description)
        if done.casefold() == found["done"].casefold():
            was = "were" if is_several(thing) else "was"
            start = thing if is_several(thing) else f"The {thing[:1].lower()}{thing[1:]}"
            when_done = re.sub(r"^(\w+) (?=\d)", r"\1 on ", f"{text[:1].lower()}{text[1:]}")
            return f"{start} {was} {when_done}"
    return text


def told_with_name(writer: Writer, item: ItemAt, text: str) -> str:
    """Return a result as it is told alone: in a paper by item after the item's name, which runs in, in bold, with the note that
    the item is complete; of a text that says what it is about, with its number only."""
    if not writer.is_by_item:
        return told_alone(writer.names, item, text, writer.agency_names)
    reported = "reported complete" if writer.tells_of_evidence else "complete"
    notes = [reported] if is_completed(writer.facts, item) else []
    name = writer.names.heading(item).removesuffix(f" ({item.number})")
    first, *rest = sentences(text) or [""]
    if _begins_with_name(name, text) or _says_what(item, first):
        return " ".join([cited(capitalised(first), ", ".join([item.number, *notes])), *rest])
    return f"**{writer.names.heading(item, *notes)}:** {capitalised(text)}"


def _says_what(item: ItemAt, first: str) -> bool:
    """Whether a first sentence with its subject has two thirds of the words that name its item: "MHU published the count: a quarter of
    the homes were damp" of "Publish a yearly count of damp homes"."""
    own = named_by(item.title)
    shared = len(own & named_by(first))
    return shared > 1 and 3 * shared >= 2 * len(own) and is_told(first)


_QUOTED = re.compile(r"[“‘'\"](?P<name>[^”’'\"]{8,})[”’'\"]")


def _begins_with_name(name: str, text: str) -> bool:
    """Whether a result's first words have what an item's name has in quotation marks: "The ‘Pause, check’ campaign launched" of "Run
    a ‘Pause, check’ campaign"."""
    found = _QUOTED.search(name)
    return found is not None and found["name"].casefold() in text[: 2 * len(name)].casefold()


def _done(writer: Writer, item: ItemAt, step: MilestoneAt) -> str:
    """Return "DoL completed the brochure (1.1) in June 2010."."""
    assert step.completed_on is not None
    agency = writer.short_subject(writer.facts.agencies[step.responsible])
    day = in_when(KnownDate(step.completed_on), step.on)
    name = writer.names.step(item, step)
    if writer.is_by_item:
        # The item's name runs in.
        name = writer.names.what(step) if is_sayable(step) else "a milestone"
    return f"{agency} completed {name} {day}."


# A day, month or year of the text's own.
_HAS_DATE = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\b(?:19|20)\d\d\b")


# "is now in use", but not "until now" and "by now".
_NOW = re.compile(
    r"(?:(?<=\bis )|(?<=\bare )|(?<=\bhas )|(?<=\bhave ))(?:at present|currently|now) "
)


def has_date(text: str) -> bool:
    return bool(_HAS_DATE.search(text))


def dated_by_round(facts: Facts, update: UpdateFacts, text: str, told: str) -> str:
    """Return a result, as it is `told`, with the month in which its round ended: "… the online module (June 2026).". Not if the
    round is the period's last and ended near its end, or if the `text`, without its item's name, has a date: else it need not be so
    today."""
    ended, period_end = update.of_return.round.period_end, facts.briefing.period_end
    is_current = ended is None or (
        ended >= (facts.last_round or ended) and period_end - ended <= NEAR
    )
    if not text or is_current or has_date(text):
        return told
    month, told = month_of(ended), _NOW.sub("", told)
    return cited(told, month) if told.rstrip().endswith((".", "!", "?")) else f"{told} ({month})"
