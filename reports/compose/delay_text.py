"""Sections Delay and Mitigation: which milestones slipped, by how much, why, and what is done.

Included are delays that were open on the paper's date, or were found or ended in its period. Key
items come first, with a paragraph each; the others share one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.compose.facts import Facts, item_source, milestone_source, version_of
from reports.compose.paragraphs import MOST_TOLD, Writer, errors_naming, join_fitting, quoted
from reports.document import Bullet, Paragraph, Section, SectionKind, Source, Text
from reports.document.dates import days, long_date, period
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    count_in_words,
    join_words,
    mentions,
    number,
    some,
)
from workitems.known_dates import KnownTo
from workitems.models import Delay
from workitems.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt
from workitems.standing import Late, times_in_words

# Annexes that list all late items.
HOLDS_EVERY_DELAY = {"items", "items_texts", "delays"}
# Limit on the bullets for items that are not key.
MAX_OTHERS = 12

HELD_UP_BY = {
    Delay.Cause.FUNDING: "a lack of funding",
    Delay.Cause.PRIOR_COMMITMENTS: "prior commitments",
    Delay.Cause.STAFFING: "a shortage of staff",
    Delay.Cause.ANOTHER_AGENCY: "work that depends on another agency",
    Delay.Cause.LEGISLATION: "legislation",
    Delay.Cause.PROCUREMENT: "procurement",
    Delay.Cause.CONSULTATION: "consultation",
    Delay.Cause.OUTSIDE_EVENT: "an outside event",
}


@dataclass(frozen=True)
class Slip:
    """A milestone with its delays in the period. Overdue milestones may have none recorded."""

    milestone: MilestoneAt
    delays: tuple[DelayAt, ...]


@dataclass(frozen=True)
class LateItem:
    item: ItemAt
    slips: tuple[Slip, ...]

    @property
    def is_open(self) -> bool:
        return any(slip.milestone.is_open for slip in self.slips)

    @property
    def days(self) -> int:
        return max(slip.milestone.late.days for slip in self.slips)

    def sources(self) -> Iterator[Source]:
        yield item_source(self.item)
        for slip in self.slips:
            yield milestone_source(self.item, slip.milestone)
            for delay in slip.delays:
                yield delay_source(self.item, slip.milestone, delay)

    def mitigations(self) -> Iterator[tuple[Source, MitigationAt]]:
        for slip in self.slips:
            for delay in slip.delays:
                for row in delay.mitigations:
                    yield mitigation_source(self.item, slip.milestone, delay, row), row


def delay_source(item: ItemAt, step: MilestoneAt, delay: DelayAt) -> Source:
    label = f"Delay {delay.number}, milestone {step.number} of item {item.number}"
    return version_of(delay, "delay", label)


def mitigation_source(item: ItemAt, step: MilestoneAt, delay: DelayAt, row: MitigationAt) -> Source:
    label = (
        f"Mitigation {row.number} of delay {delay.number}, milestone {step.number} "
        f"of item {item.number}"
    )
    return version_of(row, "mitigation", label)


def late_items(facts: Facts) -> list[LateItem]:
    """Return items with a delay in the period or an overdue milestone, key items first."""
    start = facts.briefing.period_start
    found = []
    for item in facts.items:
        slips = []
        for step in item.milestones:
            delays = tuple(delay for delay in step.delays if delay.was_open_since(start))
            if delays or (item.is_live and step.late.state == Late.OVERDUE):
                slips.append(Slip(step, delays))
        if slips:
            found.append(LateItem(item, tuple(slips)))
    # The sort is stable, so equal items stay in the plan's order.
    return sorted(found, key=lambda late: (not late.item.is_key, not late.is_open))


def delay(writer: Writer) -> Section:
    facts = writer.facts
    late = late_items(facts)
    keys = [entry for entry in late if entry.item.is_key]
    others = [entry for entry in late if not entry.item.is_key]
    paragraphs = []
    if not late:
        span = period(facts.briefing.period_start, facts.briefing.period_end)
        words = f"No delay was recorded in {span}, and no milestone is overdue."
        paragraphs.append(writer.paragraph(words, about="no delay"))
    if len(keys) > 1:
        paragraphs.append(_key_items(writer, keys))
    for entry in keys:
        paragraphs += _key_item(writer, entry)
    if others:
        paragraphs += _other_items(writer, others, with_keys=bool(keys))
    return Section(SectionKind.DELAY, "Delay", tuple(paragraphs))


def _key_items(writer: Writer, keys: list[LateItem]) -> Paragraph:
    still = [entry for entry in keys if entry.is_open]
    caught_up = [entry for entry in keys if not entry.is_open]
    sentences = []
    if still:
        sentences.append(
            f"{capitalised(count_in_words(len(still), 'key work item'))} "
            f"{agree(len(still), 'has', 'have')} slipped: "
            f"{some([quoted(entry.item) for entry in still])}."
        )
    if caught_up:
        sentences.append(
            f"{capitalised(count_in_words(len(caught_up), 'key work item'))} "
            f"{agree(len(caught_up), 'was', 'were')} late and "
            f"{agree(len(caught_up), 'has', 'have')} caught up: "
            f"{some([quoted(entry.item) for entry in caught_up])}."
        )
    return writer.paragraph(
        " ".join(sentences),
        about="key delays",
        sources=[item_source(entry.item) for entry in keys],
    )


def _key_item(writer: Writer, entry: LateItem) -> Iterator[Paragraph]:
    row = entry.item
    parts: list[str | Text] = [
        writer.bold(row.title),
        f" (item {row.number}, led by {writer.lead(entry.item)}) is a key work item",
    ]
    parts.append(
        f" with an anticipated timeframe of {count_in_words(row.months, 'month')}. "
        if row.months
        else ". "
    )
    bullets = []
    about, sources = f"delay of item {row.pk}", list(entry.sources())
    with errors_naming(item_source(entry.item)):
        if len(entry.slips) == 1:
            parts.append(_slip(writer, entry.slips[0]))
        else:
            parts.append(f"{capitalised(number(len(entry.slips)))} of its milestones slipped:")
            bullets = [(Bullet(writer.text(_slip(writer, slip))), sources) for slip in entry.slips]
        text = writer.text(*parts)
    if bullets:
        yield from writer.paragraphs(text, about=about, bullets=bullets)
    else:
        yield writer.paragraph(text, about=about, sources=sources)


def _latest(others: list[LateItem]) -> list[LateItem]:
    """Return the items to describe, in the plan's order.

    Chosen are open ones before those that caught up, and the latest first.
    """
    chosen = sorted(others, key=lambda entry: (not entry.is_open, -entry.days))[:MAX_OTHERS]
    kept = {entry.item.pk for entry in chosen}
    return [entry for entry in others if entry.item.pk in kept]


def _other_items(writer: Writer, others: list[LateItem], *, with_keys: bool) -> Iterator[Paragraph]:
    shown = _latest(others)
    lead = capitalised(count_in_words(len(others), "other work item" if with_keys else "work item"))
    lead += " also slipped" if with_keys else " slipped"
    if len(shown) < len(others):
        lead += f"; these {number(len(shown))} are the latest"
        if HOLDS_EVERY_DELAY & set(writer.annexes):
            lead += ", and the annex shows the rest"
    bullets = []
    for entry in shown:
        row = entry.item
        with errors_naming(item_source(entry.item)):
            body = join_fitting((_slip(writer, slip) for slip in entry.slips), MOST_TOLD + 500)
            head = f" (item {row.number}, {writer.lead(entry.item)}): "
            text = writer.text(writer.bold(row.title), head, body)
            bullets.append((Bullet(text), list(entry.sources())))
    return writer.paragraphs(f"{lead}:", about="other delays", bullets=bullets)


def _slip(writer: Writer, slip: Slip) -> str:
    """Return sentences with the dates, the days between them, the cause and the explanation."""
    sentences = [_dates(slip.milestone)]
    moved = sum(delay.times_moved for delay in slip.delays)
    if moved > 1:
        sentences.append(f"Its date has moved {times_in_words(moved)}.")
    found = [HELD_UP_BY.get(Delay.Cause(delay.cause), "") for delay in slip.delays]
    causes = dict.fromkeys(filter(None, found))
    if causes:
        is_was = "is" if any(delay.is_open for delay in slip.delays) else "was"
        sentences.append(f"It {is_was} held up by {join_words(causes)}.")
    if not slip.delays:
        sentences.append("The cause has not been recorded.")
    told = [delay.explanation for delay in slip.delays]
    told += [delay.effect for delay in slip.delays]
    sentences += [capitalised(writer.flat(text)) for text in dict.fromkeys(told) if text.strip()]
    return join_fitting(sentences)


def _dates(step: MilestoneAt) -> str:
    late = step.late
    name = f"“{step.description}”"
    done = long_date(step.completed_on) if step.completed_on else ""
    was = f"was due {step.agreed.on}"
    if step.agreed != step.original:
        was = f"was first due {step.original.on} and then, by agreement, {step.agreed.on}"
    if late.state == Late.WITHDRAWN:
        return f"{name} {was} and has been withdrawn."
    if late.state == Late.DONE_LATE:
        return f"{name} {was} and was completed on {done}, {days(late.days)} later."
    if late.state == Late.DONE:
        return f"{name} {was} and was completed in time, on {done}."
    if late.state == Late.OVERDUE and step.forecast_due <= step.agreed_due:
        return f"{name} {was}, is {days(late.days)} overdue and has no new date yet."
    gap = (step.forecast_due - step.agreed_due).days
    expected = step.forecast.by if step.forecast.known_to == KnownTo.DAY else step.forecast.on
    if late.state == Late.OVERDUE:
        return f"{name} {was} and is now expected {expected}, {days(gap)} later."
    is_due = was.replace("was due", "is due")
    if late.state == Late.SLIPPING:
        return f"{name} {is_due} and is now expected {expected}, {days(gap)} later."
    return f"{name} {is_due} and is expected by then again."


def mitigation(writer: Writer) -> Section:
    late = late_items(writer.facts)
    keys = [entry for entry in late if entry.item.is_key and list(entry.mitigations())]
    others = [entry for entry in late if not entry.item.is_key and list(entry.mitigations())]
    bare = [
        entry
        for entry in late
        if any(
            slip.milestone.is_open and not any(delay.mitigations for delay in slip.delays)
            for slip in entry.slips
        )
    ]
    paragraphs = [told for entry in keys for told in _of_key_item(writer, entry)]
    if others:
        paragraphs += _of_other_items(writer, others, with_keys=bool(keys))
    if bare:
        paragraphs.append(
            writer.paragraph(
                f"Nothing has been recorded yet against the delay of "
                f"{some([quoted(entry.item) for entry in bare])}.",
                about="no mitigation",
                sources=[source for entry in bare for source in entry.sources()],
            )
        )
    if not paragraphs:
        words = "There is no delay to make good."
        if late:
            words = "The delays above are over; no mitigation was recorded for them."
        paragraphs.append(writer.paragraph(words, about="nothing to mitigate"))
    return Section(SectionKind.MITIGATION, "Mitigation", tuple(paragraphs))


def _of_key_item(writer: Writer, entry: LateItem) -> Iterator[Paragraph]:
    measures = list(entry.mitigations())
    title = writer.bold(entry.item.title)
    where = f" (item {entry.item.number})"
    owners = {row.owner for _, row in measures}
    # If one agency does everything, the introduction names it and the bullets do not.
    is_named = len(owners) == 1 and len(measures) > 1
    told = [_measure(writer, source, row, name_owner=not is_named) for source, row in measures]
    about, sources = f"mitigation of item {entry.item.pk}", [[source] for source, _ in measures]
    if len(told) == 1:
        yield writer.paragraph(
            writer.text(title, f"{where}: {told[0]}"), about=about, sources=sources[0]
        )
        return
    agency = writer.facts.agencies[measures[0][1].owner]
    who = writer.agency(agency) if is_named else "the agencies named"
    bullets = [Bullet(writer.text(measure)) for measure in told]
    yield from writer.paragraphs(
        writer.text(title, f"{where}. These steps are being taken by {who}:"),
        about=about,
        bullets=zip(bullets, sources, strict=True),
    )


def _of_other_items(
    writer: Writer, others: list[LateItem], *, with_keys: bool
) -> Iterator[Paragraph]:
    bullets = []
    for entry in _latest(others):
        measures = list(entry.mitigations())
        told = join_fitting(_measure(writer, source, row) for source, row in measures)
        head = f" (item {entry.item.number}): "
        text = writer.text(writer.bold(entry.item.title), head, told)
        bullets.append((Bullet(text), [source for source, _ in measures]))
    lead = "For the other items" if with_keys else "For these items"
    return writer.paragraphs(
        f"{lead}, agencies are taking these steps:", about="other mitigations", bullets=bullets
    )


def _measure(writer: Writer, source: Source, row: MitigationAt, *, name_owner: bool = True) -> str:
    """Return a mitigation with its owner and date, unless its text already mentions them."""
    agency = writer.facts.agencies[row.owner]
    dated = writer.facts.briefing.dated
    with errors_naming(source):
        told = capitalised(writer.flat(row.description))
    notes = []
    if name_owner and not mentions(told, [agency.name, agency.short_name, agency.name_mi]):
        notes.append(agency.short_name)
    if row.done_on and row.done_on <= dated:
        notes.append(f"done on {long_date(row.done_on)}")
    elif row.due_on and row.due_on < dated:
        notes.append(f"due by {long_date(row.due_on)} and not yet done")
    elif row.due_on is None:
        notes.append("no date set")
    elif long_date(row.due_on) not in told:
        notes.append(f"by {long_date(row.due_on)}")
    return cited(told, ", ".join(notes)) if notes else told
