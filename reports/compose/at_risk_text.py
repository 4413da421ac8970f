"""Items that are not late but at risk, in the summary: why, and which date has moved."""

from collections.abc import Iterable, Iterator
from functools import partial

from reports.compose.ahead import response_in_words, risk_source, threat_alone
from reports.compose.budget import Room
from reports.compose.citations import NO_LINE, Line, item_source, milestone_source
from reports.compose.late_words import (
    AT_RISK_WORDS,
    cause_by,
    challenge_of,
    in_agency_words,
    in_words_of,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.planned import is_dated, last_plan, plans
from reports.compose.rates import part_done
from reports.compose.subjects import (
    DOUBTFUL,
    MAX_LATE,
    MAX_NAMED,
    Names,
    is_in_doubt,
    moved_furthest,
    moved_in_words,
    what,
    when,
    with_notes,
)
from reports.document import Source
from reports.document.dates import month_of
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    number,
    opened,
    some,
)
from workitems.models.item import Confidence
from workitems.plan.plan_at import ItemAt, MilestoneAt, RiskAt
from workitems.terms.as_told import is_plural
from workitems.terms.spans import span_in_words
from workitems.terms.stems import cause, says_we, within
from workitems.terms.third_person import is_plural_agency


def others_at_risk(
    writer: Writer, items: list[ItemAt], room: Room, *, are_counted: bool
) -> Iterator[Line]:
    """Yield a line on each item at risk that is not key if they are few, else one with their number. If they `are_counted`
    above, those of which no record says why have none; a check asks for it."""
    if not items:
        return
    if len(items) <= MAX_NAMED:
        told = [item for item in items if not are_counted or has_reason(writer, item)]
        lines = [_with_answer(writer, item) for item in told]
        room.use(*(text for text, _ in lines))
        yield from lines
        return
    count = capitalised(count_in_words(len(items), "item"))
    names = [writer.names.item(item) for item in items]
    text = f"{count} that are not key items are at risk: {some(names, MAX_LATE)}."
    room.use(text)
    yield text, [item_source(item) for item in items]


def keys_at_risk(writer: Writer, doubtful: list[ItemAt], room: Room) -> Iterator[Line]:
    """Yield lines on the key items that are not late but at risk, with who rates them so and why."""
    for item in doubtful[:MAX_NAMED]:
        line = _with_answer(writer, item)
        room.use(line[0])
        yield line
    if unnamed := doubtful[MAX_NAMED:]:
        items = agree(len(unnamed), "key item is", "key items are")
        names = [writer.names.item(item) for item in unnamed]
        text = f"{capitalised(number(len(unnamed)))} more {items} at risk: {some(names, MAX_LATE)}."
        room.use(text)
        yield text, [item_source(item) for item in unnamed]


def _with_answer(writer: Writer, item: ItemAt) -> Line:
    """Return a line on an item at risk with what is done about it."""
    text, sources = _why_at_risk(writer, item)
    if not text:
        return NO_LINE
    told, answers = _answer(writer, item)
    if told.startswith(";"):
        text = opened(text)
    return text + told, [*sources, *answers]


def _why_at_risk(writer: Writer, item: ItemAt) -> Line:
    """Return a line on an item at risk, with its sources. Why it is at risk and how its date has moved are reported
    here or, if the item has slipped, in section Delay."""
    sources = [item_source(item)]
    moved = moved_furthest(item)
    if moved:
        sources.append(milestone_source(item, moved))
    why, of_reason = _reason(writer, item)
    sources += of_reason
    if moved and item.pk in writer.moves_told:
        # Section Delay has from when, and why.
        reason = because(writer, why)
        if not (item.is_key or reason):
            # The first line has it.
            return NO_LINE
        if writer.is_by_item:
            writer.used_sentences.update((why, moved_in_words(moved)))
            return (
                f"{slipped_to(writer, item, moved)}, and may slip again{_again(reason)}.",
                sources,
            )
        return f"{slipped_to(writer, item, moved)}, and may slip again.", sources
    who = writer.facts.lead_of(item)
    names, how = writer.agency_names, None
    if writer.has("delay") and any(entry.item.pk == item.pk for entry in writer.facts.late):
        # What is no reason is reported there.
        why = why if cause(why, names) else ""
        how = in_doubt_in_words(item, moved, is_alone=not why) if moved else None
        if how and moved and moved.forecast_due == moved.agreed_due:
            # Section Delay does not repeat it.
            writer.used_sentences.add(moved_in_words(moved))
            if not why:
                return how, sources
    updates = writer.facts.updates_of(item)
    if moved and how is None and updates and (part := part_done(moved, updates[-1].achieved)):
        how = f"{moved_in_words(moved)} {capitalised(part)}."
        sources.append(updates[-1].source)
    writer.used_sentences.add(why)
    text = at_risk_in_words(
        writer.names,
        item,
        why,
        names,
        who=who.short_name,
        otherwise=_seen_on_track(writer, item),
        moved=how,
        is_another=writer.tells_of_risk,
    )
    writer.tells_of_risk = True
    return text, sources


def _again(reason: str) -> str:
    """Return why a date may move again, as the end of a sentence."""
    if reason.startswith("because of "):
        return f" {reason}"
    return f": {reason.removeprefix('because ')}" if reason else ""


def moved_with_reason(writer: Writer, item: ItemAt) -> Line:
    """Return a sentence for section Delay on a date that the group has moved: from when to when, why, and why it may move again."""
    step = moved_furthest(item)
    if step is None:
        return NO_LINE
    sources = [item_source(item), milestone_source(item, step)]
    was, now = (when(due, step.on) for due in (step.original, step.agreed))
    has = "have" if is_plural(what(step)) else "has"
    name = capitalised(writer.names.step(item, step))
    text = f"{name} {has} moved from {was} to {now}{_why_moved(writer, step) or _delay_that_moved(writer, item, step)}."
    if is_in_doubt(item):
        why, of_reason = _reason(writer, item)
        text += f" The new date may slip again{_again(because(writer, why))}."
        writer.used_sentences.add(why)
        sources += of_reason
    writer.used_sentences.add(moved_in_words(step))
    return text, sources


# Words of the reason for which the group has moved a date.
MOVE_WORDS = 12


def slipped_to(writer: Writer, item: ItemAt, step: MilestoneAt) -> str:
    """Return by how much the group has moved a date, to when and, in a paper by item, why, without the full stop: "Advice on
    penalties (3.4) has slipped three months, to March 2011"."""
    of_key = ["a key item"] if item.is_key and is_in_doubt(item) else []
    which = capitalised(writer.names.step(item, step, *of_key))
    span = span_in_words(step.original, step.agreed)
    has = "have" if is_plural(what(step)) else "has"
    why = _why_moved(writer, step) if writer.is_by_item else ""
    return f"{which} {has} slipped {span}, to {when(step.agreed, step.on)}{why}"


def _why_moved(writer: Writer, step: MilestoneAt) -> str:
    """Return the reason for which the group has moved a date, as the end of a clause; "" of a long one, or of one that cannot be."""
    decided = writer.facts.moves.get(step.pk)
    if decided is None:
        return ""
    with errors_naming(decided.source):
        typed = (
            first_sentences(writer.flat(decided.reason), 1, MOVE_WORDS)
            if decided.reason.strip()
            else ""
        )
    reason = because(writer, typed)
    return f", {reason}" if reason else ""


def _delay_that_moved(writer: Writer, item: ItemAt, step: MilestoneAt) -> str:
    """Return the reason of a delay of the item that says, in what it means, to which month it moved the date, as the end of a
    clause."""
    for delay in (each for of in item.milestones for each in of.delays):
        if month_of(step.agreed_due) in delay.effect and delay.explanation.strip():
            with errors_naming(item_source(item)):
                typed = first_sentences(writer.flat(delay.explanation), 1, AT_RISK_WORDS)
            if reason := because(writer, typed):
                return f", {reason}"
    return ""


def because(writer: Writer, why: str) -> str:
    """Return a reason as it follows a sentence: "because bills come first"; "" of one that cannot."""
    return (cause(why, writer.agency_names) or "") if why and not says_we(why) else ""


def why_in_doubt(writer: Writer, item: ItemAt) -> str:
    """Return why an item is at risk, as it follows a sentence; "" if no record says so in words that can."""
    return because(writer, _reason(writer, item)[0])


def _reason(writer: Writer, item: ItemAt) -> tuple[str, list[Source]]:
    """Return why an item is at risk, with the sources that it does not have itself: what its agency reports to be in the way,
    the reviewer's reason, or else what threatens it."""
    if item.confidence in DOUBTFUL and (found := challenge_of(writer, item)):
        return found[0], [found[1]]
    if why := writer.facts.reviewers_reasons.get(item.pk, ""):
        with errors_naming(item_source(item)):
            # The reviewer is of the agency whose paper it is.
            by = writer.facts.coordinator.short_name
            return in_agency_words(writer, why, 1, AT_RISK_WORDS, by), []
    for risk in _risks_of(writer, item):
        if threat := threat_alone(writer, risk):
            return capitalised(threat), [risk_source(risk)]
    return "", []


def has_reason(writer: Writer, item: ItemAt) -> bool:
    """Whether a record says why an item is at risk, or which of its dates has moved."""
    return bool(moved_furthest(item) or _reason(writer, item)[0])


def _risks_of(writer: Writer, item: ItemAt) -> list[RiskAt]:
    """Return the item's open risks of which the paper tells nowhere else."""
    told = (*writer.facts.risks, *writer.facts.grave_risks)
    return [
        risk
        for risk in writer.facts.all_risks
        if risk.item == item.pk and risk.closed_on is None and risk not in told
    ]


def _answer(writer: Writer, item: ItemAt) -> tuple[str, list[Source]]:
    """Return what will be done about the first of the item's risks to which there is a response, with its source; in a paper
    by item else that no action is recorded, unless Next steps may tell what its agency plans. What it plans without a date
    for an item that is not key need be no remedy."""
    for risk in _risks_of(writer, item):
        if told := response_in_words(writer, risk):
            return f" {told}", [risk_source(risk)]
    ahead = last_plan(writer.facts.updates_of(item))
    is_planned = any(plan.item.pk == item.pk for plan in plans(writer.facts))
    if not writer.is_by_item or is_planned or (ahead and is_dated(ahead.planned_next)):
        return "", []
    lead = writer.facts.lead_of(item)
    has = "have" if is_plural_agency(lead.short_name) else "has"
    return f"; {writer.agency(lead)} {has} recorded no action.", []


def in_doubt_in_words(item: ItemAt, moved: MilestoneAt, *, is_alone: bool) -> str:
    """Return that the new date of a milestone is in doubt, and from when the working group has moved it. A sentence that `is_alone`
    gives the item's number."""
    was, now = (when(due, moved.on) for due in (moved.original, moved.forecast))
    if moved.forecast_due != moved.agreed_due:
        return f"The new date for {what(moved)}, {now}, is in doubt."
    notes = [item.number, *(["a key item"] if item.is_key else [])] if is_alone else []
    which = with_notes(what(moved), *notes)
    return f"The working group has moved the date for {which} from {was} to {now}, and the new date is in doubt."


def at_risk_in_words(
    names: Names,
    item: ItemAt,
    why: str,
    agencies: Iterable[str] = (),
    *,
    who: str,
    otherwise: str = "",
    moved: str | None = None,
    is_another: bool = False,
) -> str:
    """Return sentences on an item at risk: that it may become late; why, if the words of its agency (`who`) or of the
    reviewer, who is of the agency whose paper it is, fit, or else when its next milestone is due; that its agency says `otherwise`; and which date
    has `moved`. One that `is_another` may be late too. `agencies` are names with which the reason may begin."""
    key = ", a key item," if item.is_key else ""
    start = f"{capitalised(names.item(item))}{key} may become late{' too' if is_another else ''}"
    is_reviewers = item.confidence not in DOUBTFUL
    words = partial(cause_by, who) if not is_reviewers else cause
    reason = words(why, agencies) if why and not says_we(why) else None
    # An agency's own words are not quoted here: the date that is at risk is told.
    own = in_words_of(who, closed(capitalised(why))) if why else ""
    is_quoted = not is_reviewers and "“" in (reason or own)
    if is_quoted:
        start += _next_date(item)
    elif reason:
        start = f"{start}, {reason}"
    elif why and is_reviewers:
        start = f"{start}: {within(opened(why), agencies) or opened(why)}"
    sentences = [f"{start}{otherwise}."]
    if why and not (reason or is_reviewers or is_quoted):
        sentences.append(own)
    if step := moved_furthest(item):
        sentences.append(moved or moved_in_words(step))
    return " ".join(sentences)


def _next_date(item: ItemAt) -> str:
    """Return when the next of an item's milestones is due, as the end of a sentence; "" without one, or if its date has moved."""
    ahead = [step for step in item.milestones if step.is_open and step.forecast_due >= item.on]
    if not ahead or moved_furthest(item):
        return ""
    step = min(ahead, key=lambda step: step.forecast_due)
    return f"; the next date is {when(step.forecast, item.on)}"


def _seen_on_track(writer: Writer, item: ItemAt) -> str:
    """Return that another agency than that whose paper it is sees the item on track, if it does, and when it said so last, as the
    end of a sentence."""
    lead = writer.facts.lead_of(item)
    if item.confidence != Confidence.ON_TRACK or lead == writer.facts.coordinator:
        return ""
    if item.heard_on:
        return f"; {writer.agency(lead)} reported it on track in {month_of(item.heard_on)}"
    sees = "see" if is_plural_agency(lead.short_name) else "sees"
    return f"; {writer.agency(lead)} {sees} it on track"
