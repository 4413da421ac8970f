"""What agencies plan next for key items that are late or at risk, unless it may be past."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from reports.compose.budget import Room
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.subjects import is_in_doubt
from reports.document.dates import MONTHS, long_date
from reports.document.wording import capitalised, cited, first_sentences, joined, opened
from workitems.plan.plan_at import ItemAt
from workitems.terms.fragments import with_months
from workitems.terms.stems import completion, future

PLAN_WORDS = 30
# Share of a plan's long words that a milestone has, if the plan only repeats it.
SAME = 0.8


class Plan(NamedTuple):
    """What an agency plans next for an item. `past` is why that may be past, as the end of a sentence that
    begins "It is left out because"; "" if it is still ahead."""

    item: ItemAt
    update: UpdateFacts
    past: str


def plans(facts: Facts) -> Iterator[Plan]:
    """Yield the plans for key items that are late or at risk."""
    for item in facts.items:
        is_worrying = item.is_late or is_in_doubt(item)
        if not (item.is_key and item.is_live and is_worrying):
            continue
        if update := last_plan(facts.updates_of(item)):
            yield Plan(item, update, why_past(update, item, facts.answered_since.get(item.pk)))


def last_plan(updates: Sequence[UpdateFacts]) -> UpdateFacts | None:
    """Return the last update that is not "no change", if it has a plan."""
    last = next((each for each in reversed(updates) if each.no_change_on is None), None)
    return last if last is not None and last.planned_next.strip() else None


def why_past(update: UpdateFacts, item: ItemAt, answered_since: date | None) -> str:
    """Return why a plan may be past: an update on the item was submitted since, accepted or not, or an open
    milestone was done since. "" if it is still ahead."""
    if answered_since and answered_since > update.written_on:
        return f"an update submitted on {long_date(answered_since)} is not accepted yet"
    for step in item.milestones:
        if step.completed_on and step.completed_on >= update.written_on:
            return (
                f"milestone {step.number} was done on {long_date(step.completed_on)}, and the plan was written "
                f"on {long_date(update.written_on)}"
            )
    return ""


def _repeats(item: ItemAt, typed: str) -> bool:
    """Whether a plan says little more than one of the item's open milestones, of which the paper has the date."""
    words = _long_words(typed)
    return bool(words) and any(
        len(words & _long_words(step.as_told or step.description)) >= SAME * len(words)
        for step in item.milestones
        if step.is_open
    )


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{5,}", text.casefold()))


def planned_in_words(writer: Writer, plan: Plan, room: Room) -> str:
    """Return a sentence on what the lead agency plans, if there is room: "Next, DoL will train staff at all ports.",
    or its words in quotation marks. "" if the plan may be past or says nothing."""
    agency = writer.facts.lead_of(plan.item)
    with errors_naming(plan.update.source):
        typed = first_sentences(writer.flat(plan.update.planned_next), 1, PLAN_WORDS)
    if plan.past or not typed or _repeats(plan.item, typed):
        return ""
    names = agency.names
    verb = completion("planned_next", typed, names)
    words = f"will {verb}." if verb else f"plans: “{opened(typed)}”."
    later = None if verb else future(typed, writer.agency_names)
    if not room.take(f"Next, {agency.short_name} {words}"):
        return ""
    name = writer.names.item(plan.item)
    if later:
        start = "Next" if plan.item.is_late else f"For {name}"
        return joined(start, ",", f"{later}.", writer.agency_names)
    who = writer.agency(agency)
    if plan.item.is_late:
        return f"Next, {who} {words}"
    return f"For {name}, {who} {words}"


_DATED = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\b20\d\d\b")


def is_dated(typed: str) -> bool:
    """Whether a plan has a date: "cutover on 19 December"."""
    return bool(_DATED.search(with_months(typed)))


def planned_for(writer: Writer, plan: Plan) -> str:
    """Return what the lead agency plans for a late item, with the item's number: "TEC will open the second hub in May 2027
    (1.1)."; "" if the plan has no date or may be past, completes no sentence or says only what the item's bullet does."""
    agency = writer.facts.lead_of(plan.item)
    with errors_naming(plan.update.source):
        typed = first_sentences(writer.flat(plan.update.planned_next), 1, PLAN_WORDS)
    verb = completion("planned_next", typed, agency.names) if typed else None
    is_told = f"Next, {agency.short_name} will {verb}." in writer.used_sentences
    if (
        plan.past
        or not verb
        or not _DATED.search(verb)
        or is_told
        or _repeats(plan.item, typed)
        or _is_action(writer, plan)
    ):
        return ""
    return cited(f"{capitalised(writer.agency(agency))} will {verb}.", plan.item.number)


def _is_action(writer: Writer, plan: Plan) -> bool:
    """Whether a plan says little more than an action that the item's bullet tells."""
    wanted = _long_words(plan.update.planned_next)
    return any(
        len(wanted & _long_words(row.description)) >= SAME * len(wanted)
        for entry in writer.facts.late
        if entry.item.pk == plan.item.pk
        for _, row in entry.mitigations()
        if row.pk in writer.actions
    )
