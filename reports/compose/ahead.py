"""Section Next steps: where attention goes, the dates that matter most, and risks with the Minister."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source, milestone_source, version_of
from reports.compose.delay_text import unsettled
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.settling import WORDS
from reports.compose.subjects import at_risk, is_in_doubt, is_waiting, numbers_of, with_notes
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import add_months, long_date
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    count_in_words,
    first_sentences,
    join_words,
    number,
    opened,
    some,
)
from workitems.models import Delay
from workitems.plan.plan_at import ItemAt, MilestoneAt

MONTHS_SHOWN = 6
MONTHS_AHEAD = 12
MAX_DATES = 5
# Limits on the plans quoted, the late items named as first priority, and the risks reported in full.
MAX_NAMED = 3
MAX_FIRST = 2
MAX_RISKS = 5
PLAN_WORDS = 30
RISK_WORDS = 40
ATTENTION_WORDS = 130
Step = tuple[ItemAt, MilestoneAt]
Passage = tuple[str, list[Source]]


def next_steps(writer: Writer) -> Section:
    room = writer.room("next_steps")
    attention = _attention(writer, room)
    ahead = _steps_ahead(writer.facts)
    shown = _most_important(writer, ahead, room)
    paragraphs = [
        *_attention_and_dates(writer, attention, shown, room),
        *(_risks(writer, room) if writer.facts.risks else ()),
        _closing(
            writer, [step for step in ahead if step not in shown], room, has_shown=bool(shown)
        ),
    ]
    return Section(SectionKind.NEXT_STEPS, "Next steps", tuple(paragraphs))


def _attention_and_dates(
    writer: Writer, attention: list[Passage], shown: list[Step], room: Room
) -> Iterator[Paragraph]:
    """Yield the sentences on what the working group attends to, and the main dates ahead. A single sentence leads
    to the dates."""
    lines = [
        (step.forecast_due, _line(writer, item, step), milestone_source(item, step))
        for item, step in shown
    ]
    lines += _days_to_settle(writer, room)
    introduction = f"The {agree(len(lines), 'main date', 'main dates')} ahead:"
    sources: list[Source] = []
    if len(attention) > 1 or not lines:
        yield writer.running(attention, about="next steps")
    else:
        before, sources = attention[0]
        introduction = f"{before} {introduction}"
    if lines:
        room.use(introduction)
        yield from writer.paragraphs(
            introduction,
            about="dates",
            sources=sources,
            bullets=[
                (Bullet(writer.text(text)), [source])
                for _, text, source in sorted(lines, key=lambda line: line[0])
            ],
        )


def _days_to_settle(writer: Writer, room: Room) -> Iterator[tuple[date, str, Source]]:
    """Yield the days by which the causes of delay in the summary are to be settled."""
    for entry in writer.facts.late:
        if entry.item.pk not in writer.conditions or not (found := unsettled(entry)):
            continue
        source, delay = found
        day = delay.settling_by
        if day is None or day < delay.on:
            continue
        on_the_day = WORDS[Delay.Cause(delay.cause)].on_the_day
        text = f"{long_date(day)}: {on_the_day.format(writer.names.again(entry.item))}"
        if delay.settling_agency:
            text = with_notes(text, writer.bracketed(writer.facts.agencies[delay.settling_agency]))
        room.use(text)
        yield day, text, source


def _attention(writer: Writer, room: Room) -> list[Passage]:
    """Return which key items the working group attends to, and what is planned for them."""
    keys = [item for item in writer.facts.items if item.is_key and item.is_live]
    late = [item for item in keys if item.is_late]
    doubtful = at_risk(keys)
    sources = [item_source(item) for item in [*late, *doubtful]]
    first, watched = (numbers_of(items) for items in (late, doubtful))
    if 0 < len(late) <= MAX_FIRST and not doubtful:
        names = join_words(map(writer.names.item, late))
        first = agree(len(late), "first priority is", "priorities are")
        words = f"The working group’s {first} {names}."
    elif late:
        words = f"The working group will concentrate on the late key {agree(len(late), 'item', 'items')} ({first})"
        words += f", and watch {watched}, which may become late." if doubtful else "."
    elif doubtful:
        words = f"The working group will watch {watched}, which may become late."
    else:
        words = "No key item is late or at risk, so the working group attends to the dates as they come."
    room.use(words)
    passages = [(words, sources or [writer.facts.plan_source])]
    for plan, source in _plans(writer, room, ATTENTION_WORDS - count_words(words)):
        passages.append((plan, [source]))
    return passages


class Plan(NamedTuple):
    """What an agency plans next for an item. `past` is why that may be past, as the end of a sentence that
    begins "It is left out because"; "" if it is still ahead."""

    item: ItemAt
    update: UpdateFacts
    past: str


def plans(facts: Facts) -> Iterator[Plan]:
    """Yield the plans for key items that are late or at risk and have no open action."""
    acted = {
        entry.item.pk
        for entry in facts.late
        if any(row.done_on is None for _, row in entry.mitigations())
    }
    for item in facts.items:
        is_worrying = item.is_late or is_in_doubt(item)
        if not (item.is_key and item.is_live and is_worrying) or item.pk in acted:
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


def _plans(writer: Writer, room: Room, most_words: int) -> Iterator[tuple[str, Source]]:
    """Yield a sentence for each plan that is still ahead, up to three and to so many words."""
    count = 0
    for item, update, past in plans(writer.facts):
        if past or count == MAX_NAMED:
            continue
        with errors_naming(update.source):
            plan = first_sentences(writer.flat(update.planned_next), 1, PLAN_WORDS)
        words = f"The plan for {writer.names.item(item)}: “{opened(plan)}”."
        length = count_words(words)
        if plan and length <= most_words and room.take(words):
            count += 1
            most_words -= length
            yield words, update.source


def _steps_ahead(facts: Facts) -> list[Step]:
    """Return the open milestones of the coming 12 months, in the plan's order."""
    on = facts.briefing.dated
    return [
        (item, step)
        for item in facts.items
        if item.is_live
        for step in item.milestones
        if step.is_open and on < step.forecast_due <= add_months(on, MONTHS_AHEAD)
    ]


def _most_important(writer: Writer, ahead: list[Step], room: Room) -> list[Step]:
    """Return the steps to show, by date: late ones of key items and those of items at risk that have
    moved, then those of the coming six months: those of key items and late ones, then the others."""
    soon = add_months(writer.facts.briefing.dated, MONTHS_SHOWN)
    ranked = sorted(ahead, key=lambda pair: _weight(*pair))
    must = [pair for pair in ranked if _must(*pair)][:MAX_DATES]
    near = [pair for pair in ranked if pair[1].forecast_due <= soon and pair not in must]
    shown = [
        pair
        for pair in [*must, *near[: MAX_DATES + min(len(must), 1) - len(must)]]
        if room.take(_line(writer, *pair)) or pair in must
    ]
    return sorted(shown, key=lambda pair: (pair[1].forecast_due, pair[0].pk, pair[1].number))


def _must(item: ItemAt, step: MilestoneAt) -> bool:
    if step.is_late:
        return item.is_key
    return is_in_doubt(item) and step.forecast_due > step.original_due


def _weight(item: ItemAt, step: MilestoneAt) -> tuple[bool, bool, date]:
    return (
        not (item.is_key and step.is_late),
        not (item.is_key or step.is_late),
        step.forecast_due,
    )


def _line(writer: Writer, item: ItemAt, step: MilestoneAt) -> str:
    """Return "31 August 2010: brochures out in public (DoL)", "30 June 2011 at the earliest: …", "31 March 2011, in
    doubt: …"."""
    who = writer.bracketed(writer.facts.agencies[step.responsible])
    sure = ""
    if step.is_late and is_waiting(step):
        sure = " at the earliest"
    elif is_in_doubt(item) and not step.is_late and step.forecast_due > step.original_due:
        sure = ", in doubt"
    return f"{step.forecast}{sure}: {writer.names.line(item, step, who)}"


def _closing(writer: Writer, unshown: list[Step], room: Room, *, has_shown: bool) -> Paragraph:
    """Return a paragraph on where the other steps of the coming 12 months are, and the promise to report risks."""
    words = "We will tell you at once if a date moves again or a new risk appears."
    if unshown:
        where = writer.where(["items", "items_texts"])
        if where:
            count = f"{number(len(unshown))} milestones" if len(unshown) > 1 else "milestone"
            sentence = (
                f"{where} lists the {'other ' if has_shown else ''}{count} of the next 12 months."
            )
        else:
            count = count_in_words(len(unshown), "more milestone" if has_shown else "milestone")
            sentence = f"{capitalised(count)} {agree(len(unshown), 'follows', 'follow')} in the next 12 months."
        words = f"{sentence} {words}"
    room.use(words)
    sources = [milestone_source(item, step) for item, step in unshown]
    return writer.paragraph(words, about="closing", sources=sources or None)


def risks(writer: Writer) -> Section:
    """Return the risks escalated to the Minister, or a sentence that there are none."""
    room = writer.room("risks")
    none = writer.paragraph("No risk to the Plan is before you.", about="risks")
    paragraphs = tuple(_risks(writer, room)) if writer.facts.risks else (none,)
    return Section(SectionKind.RISKS, "Risks", paragraphs)


def _risks(writer: Writer, room: Room) -> Iterator[Paragraph]:
    """Yield the risks escalated to the Minister, by number: the threat and the response."""
    facts = writer.facts
    lines: list[tuple[Bullet, list[Source]]] = []
    omitted = []
    for risk in facts.risks:
        source = version_of(risk, "risk", f"Risk {risk.number}")
        with errors_naming(source):
            threat = _start(writer, risk.description, room)
            if not threat or len(lines) == MAX_RISKS:
                omitted.append(risk)
                continue
            room.use(threat)
            answer = _start(writer, risk.response, room, must=False)
            room.use(answer)
        owner = writer.bracketed(facts.agencies[risk.owner])
        text = cited(f"{capitalised(threat)} {capitalised(answer)}".strip(), f"owner: {owner}")
        lines.append((Bullet(writer.text(text)), [source]))
    count = len(facts.risks)
    introduction = f"{capitalised(count_in_words(count, 'risk'))} {agree(count, 'has', 'have')} been raised with you and {agree(count, 'remains', 'remain')} open"
    if omitted:
        where = writer.where(["risks"])
        others = some([risk.reference for risk in omitted])
        verb = agree(len(omitted), "is", "are")
        introduction += f" ({others} {verb} {f'in {where}' if where else 'not told here'})"
    room.use(introduction)
    sources = [version_of(risk, "risk", f"Risk {risk.number}") for risk in facts.risks]
    if lines:
        yield from writer.paragraphs(f"{introduction}:", about="risks", bullets=lines)
    else:
        yield writer.paragraph(f"{introduction}.", about="risks", sources=sources)


def _start(writer: Writer, typed: str, room: Room, *, must: bool = True) -> str:
    """Return the first two sentences if they fit, else the first one, if it fits or `must` be printed."""
    if not typed.strip():
        return ""
    one, two = (first_sentences(writer.flat(typed), most, RISK_WORDS) for most in (1, 2))
    if room.has(two):
        return two
    return one if must or room.has(one) else ""
