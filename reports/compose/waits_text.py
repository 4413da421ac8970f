"""What late milestones wait for, and agreed dates that can no longer be met because of it: under Delay.

Only what the other agency has confirmed is printed, because it names that agency before a Minister.
"""

from collections.abc import Iterator

from agencies.wording.translation import in_english
from reports.compose.budget import Room
from reports.compose.citations import item_source
from reports.compose.facts import Facts
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Paragraph, Source
from reports.document.wording import capitalised, count_in_words
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.plan.plan_at.waits_at import StepAt, Waits

# Items told one by one whose date can no longer be met.
MOST_TOLD = 3


def waits_sentence(writer: Writer, milestone: MilestoneAt) -> tuple[str, Source] | None:
    """Return what a milestone waits for, with its source: "It waits for the way of tracing agreed with banks, which Police
    now expects in July 2026." None if nothing that is confirmed and open holds it up."""
    waits = writer.facts.waits.waits
    step = waits.steps.get(milestone.pk)
    wait = waits.deciding(step) if step else None
    if wait is None or not waits.steps[wait.waits_for].is_open:
        return None
    source = writer.facts.waits.source(wait)
    with errors_naming(source):
        return _sentence(writer, waits, waits.steps[wait.waits_for]), source


@in_english
def waits_in_register(facts: Facts, milestone: MilestoneAt) -> str:
    """Return what a milestone waits for, beside its delay in a table: "It waits for “Bail” of Police (3.3), now expected on
    29 January 2027." "" if nothing confirmed and open holds it up."""
    waits = facts.waits.waits
    step = waits.steps.get(milestone.pk)
    wait = waits.deciding(step) if step else None
    if wait is None or not waits.steps[wait.waits_for].is_open:
        return ""
    other = waits.steps[wait.waits_for]
    return f"It waits for {waits.name_of_agency(other)}, {other.expected}."


def _phrase(writer: Writer, step: StepAt) -> str:
    """Return the milestone's noun phrase, or its description quoted."""
    return writer.flat(step.phrase).rstrip(".") or f"“{writer.flat(step.description).rstrip('.')}”"


def _sentence(writer: Writer, waits: Waits, other: StepAt) -> str:
    phrase = _phrase(writer, other)
    where = "" if other.plan == waits.plan else f" of “{other.plan_title}”"
    agency = writer.agency(writer.facts.agencies[other.responsible])
    if other.lacks_date:
        return f"It waits for {phrase}{where}, for which {agency} has no new date."
    now = "now " if other.forecast_due != other.agreed_due else ""
    return f"It waits for {phrase}{where}, which {agency} {now}expects {other.forecast.on}."


def not_to_be_met(writer: Writer, room: Room) -> Iterator[Paragraph]:
    """Yield a paragraph on the items that are not late and have an agreed date that can no longer be met."""
    waits = writer.facts.waits.waits
    items = {item.pk: item for item in writer.facts.items if item.is_live and not item.is_late}
    found = [(items[step.item], step) for step in waits.not_met if step.item in items]
    if not found:
        return
    told = [_told(writer, waits, item, step) for item, step in found[:MOST_TOLD]]
    sources = [source for _, own in told for source in own]
    if rest := found[MOST_TOLD:]:
        count = count_in_words(len({item.pk for item, _ in rest}), "further item")
        told.append((f"The same is true of {count}.", []))
        sources += [item_source(item) for item, _ in rest]
    words = " ".join(words for words, _ in told)
    room.use(words)
    yield writer.paragraph(words, about="cannot be met", sources=sources)


def _told(writer: Writer, waits: Waits, item: ItemAt, step: StepAt) -> tuple[str, list[Source]]:
    wait = waits.deciding(step)
    assert wait is not None
    start = f"the agreed date of {_phrase(writer, step)} ({item.number}), {step.agreed}, can no longer be met."
    sources = [item_source(item), writer.facts.waits.source(wait)]
    return f"{capitalised(start)} {_sentence(writer, waits, waits.steps[wait.waits_for])}", sources
