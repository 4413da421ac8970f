"""Annexes composed from the facts: progress, work items, delays, risks, and consultation."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from reports.compose.citations import delay_source, item_source, mitigation_source, version_of
from reports.compose.facts import Facts, UpdateFacts
from reports.compose.paper_cover import names
from reports.compose.paragraphs import Writer, errors_naming, key
from reports.compose.subjects import has_new_date, is_waiting
from reports.compose.waits_text import waits_in_register
from reports.document import (
    Confidence,
    ConsultedRow,
    ConsultedTable,
    DelayRegister,
    DelayRow,
    ItemReport,
    Level,
    MilestoneRow,
    MitigationLine,
    Passage,
    PillarProgress,
    PillarRows,
    PillarTexts,
    ProgressPicture,
    RiskRegister,
    RiskRow,
    Stage,
    StageCount,
    Text,
    TimelineRow,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    markup,
    plain,
    timeline_room,
)
from reports.document.dates import long_date, period
from reports.document.wording import capitalised, count_in_words
from workitems.measures.completion import Completion
from workitems.models import Delay, Risk
from workitems.models.item import Stage as ItemStage
from workitems.models.risk import SEVERITY, WEIGHT
from workitems.plan.plan_at import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    RiskAt,
    causes_in_words,
    grouped,
)
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.lateness import Late, Status
from workitems.terms.measure_sentence import State
from workitems.terms.spans import span_in_words
from workitems.terms.stems import says_nothing


def progress_picture(facts: Facts) -> ProgressPicture:
    """Return items by stage in each pillar, and the main milestones that slipped or are still to
    come, in the plan's order."""
    known = [(item, step) for item in facts.items for step in item.milestones]
    known = [(item, step) for item, step in known if not step.is_withdrawn]
    steps = [(item, step) for item, step in known if step.is_open or _slip(step)]
    not_shown = len(known) - len(steps)
    note = f"Not shown: {count_in_words(not_shown, 'milestone')} done on time." if not_shown else ""
    room = timeline_room(len(facts.pillars))
    if len(steps) > room:
        chosen = sorted(steps, key=lambda pair: _weight(pair[1], facts.as_at))[:room]
        keep = {id(step) for _, step in chosen}
        note = f"{room} of {len(known):,} milestones: those that have slipped most, and those due next."
        note = note if room else f"The {len(known):,} milestones are in the next annex."
        steps = [(item, step) for item, step in steps if id(step) in keep]
    if any(_moved(step) for _, step in steps):
        note = f"{note} {FROM_FIRST}".strip()
    pillars = []
    for title, items in _by_pillar(facts):
        stages = [item.stage for item in items]
        counts = tuple(StageCount(stage, stages.count(stage)) for stage in Stage if stage in stages)
        pillars.append(PillarProgress(title, counts))
    return ProgressPicture(
        key=key("a", "picture"),
        heading="Progress at a glance",
        as_at=facts.as_at,
        pillars=tuple(pillars),
        timeline=tuple(
            TimelineRow(
                item.number,
                _milestone(facts, step),
                wraps=True,
                is_overdue=step.is_overdue and not has_new_date(step),
                has_four_marks=True,
            )
            for item, step in steps
        ),
        note=note,
    )


# As the annex of work items counts from the date that is agreed now.
FROM_FIRST = "“Later” and “earlier” count from the date first promised."


def _by_pillar(facts: Facts) -> Iterator[tuple[str, list[ItemAt]]]:
    items = grouped(facts.items, "pillar")
    for pillar in facts.pillars:
        yield f"{pillar.number} {pillar.title}", items.get(pillar.pk, [])


def _weight(step: MilestoneAt, dated: date) -> tuple[int, int]:
    """Sort the largest slip first; of equal slips, the one nearest to the paper's date."""
    expected = step.completed_on or step.forecast_due
    return -_slip(step), abs((expected - dated).days)


def _slip(step: MilestoneAt) -> int:
    """Return the days by which it comes after the date first promised."""
    return max(((step.completed_on or step.forecast_due) - step.original_due).days, 0)


def _milestone(facts: Facts, step: MilestoneAt) -> MilestoneRow:
    shown = facts.completions.by_milestone
    return MilestoneRow(
        label=step.description,
        original_on=step.original_due,
        agreed_on=step.agreed_due,
        forecast_on=None if step.is_done else step.forecast_due,
        completed_on=step.completed_on if step.is_done else None,
        original_known_to=KnownTo(step.original_known_to),
        agreed_known_to=KnownTo(step.agreed_known_to),
        forecast_known_to=KnownTo.DAY if step.is_done else KnownTo(step.forecast_known_to),
        standing=_with_gap(facts, _standing_of_step(facts, step), shown.get(step.pk)),
        moved=_moved(step),
    )


# Where the explanation of a delay says nothing.
NO_REASON = "No reason is recorded."
# What is lacking to show that a milestone is done, where its agency gave no file and no link.
LACKING = {
    Completion.QUESTIONED: "questioned by {}",
    Completion.NOTE_ONLY: "with a note only",
    Completion.WITHOUT: "no evidence",
}


def _with_gap(facts: Facts, standing: str, shown: Completion | None) -> str:
    """Return how a milestone stands, with what is lacking to show that it is done; the coordinator reviews."""
    if shown not in LACKING:
        return standing
    lacking = LACKING[shown].format(facts.coordinator.short_name)
    return f"{standing}, {lacking}" if standing != str(Late.DONE.label) else lacking


def _standing_of_step(facts: Facts, step: MilestoneAt) -> str:
    """Return how the milestone stands; of one that waits for something, how late it will be at least, as in the text, or
    that it cannot be done by its agreed date. Lateness by a date that was moved says so: the progress annex counts from the first
    one."""
    if step.pk in facts.waits.not_met:
        return NOT_MET
    return _from_date(step.as_sure(step.late).words, _is_late_again(step))


def _is_late_again(step: MilestoneAt) -> bool:
    return step.is_late and step.is_open and step.agreed_due != step.original_due


def _from_date(words: str, is_again: bool) -> str:
    """Return how late something is, with that the date from which it counts was moved before."""
    return f"{words} (revised date)" if is_again else words


# Of a milestone that is not late yet, but waits for one that comes too late, as its agency has confirmed.
NOT_MET = "Can no longer be met"


def _moved(step: MilestoneAt) -> str:
    """Return how far the milestone's expected date is from its original one, in words."""
    reached = KnownDate(step.completed_on) if step.completed_on else step.forecast
    if reached.last_day == step.original_due:
        return ""
    if step.is_open and is_waiting(step):
        return f"at least {span_in_words(step.original, reached, at_least=True)} later"
    span = span_in_words(*sorted([step.original, reached]))
    return f"{span} {'later' if reached.last_day > step.original_due else 'earlier'}"


def work_item_table(facts: Facts) -> WorkItemTable:
    return WorkItemTable(
        key=key("a", "work items"),
        heading="Work items",
        as_at=facts.as_at,
        pillars=tuple(
            PillarRows(title, tuple(_row(facts, item) for item in items))
            for title, items in _by_pillar(facts)
        ),
    )


def _row(facts: Facts, item: ItemAt) -> WorkItemRow:
    with errors_naming(item_source(item)):
        return WorkItemRow(
            key=key("w", f"item {item.pk}"),
            number=item.number,
            title=item.title,
            lead=facts.lead_of(item).short_name,
            stage=Stage(item.stage),
            confidence=Confidence(item.confidence) if item.confidence and item.is_live else None,
            milestones=tuple(_milestone(facts, step) for step in item.milestones),
            standing=_standing_with_doubts(facts, item),
            is_key=item.is_key,
        )


# What measures say that needs attention, beside how an item stands by its dates.
RESULTS = {State.MISSED: "target missed", State.WORSE: "result worse than before"}


def _standing_with_doubts(facts: Facts, item: ItemAt) -> str:
    """Return how an item stands by its dates, and what its measures or an audit say against it: "Completed 13 May 2026; target
    missed; audit: not supported"."""
    states = {row.state for row in facts.measures.rows.of_item(item.pk)}
    results = [words for state, words in RESULTS.items() if state in states]
    doubts = ["audit: not supported"] if item.pk in facts.unsupported else []
    return "; ".join([_standing(facts, item), *results, *doubts])


def _standing(facts: Facts, item: ItemAt) -> str:
    if item.completed_on is not None:
        return f"Completed {long_date(item.completed_on)}"
    if item.stage == ItemStage.COMPLETE:
        return "Complete, day not recorded"
    if item.stage == ItemStage.WITHDRAWN:
        return "Withdrawn"
    if item.status == Status.UNJUDGED:
        return str(item.status.label)
    if not item.milestones:
        return "No date set"
    dates = item.dates
    if dates.state in (Late.DONE, Late.DONE_LATE, Late.WITHDRAWN):
        return "No milestone open"
    ahead = [step for step in item.milestones if step.is_open]
    if not item.is_late and any(step.pk in facts.waits.not_met for step in ahead):
        return NOT_MET
    if dates.state == Late.ON_TIME and any(step.agreed != step.original for step in ahead):
        return "On time for the revised date"
    if not item.is_late:
        return dates.words
    late = item.late_as_sure
    return _from_date(
        late.words, any(_is_late_again(step) for step in ahead if step.agreed_due == late.due)
    )


def work_item_texts(facts: Facts) -> WorkItemTexts:
    """Return each item with its official wording and the agencies' latest updates."""
    briefing = facts.briefing
    return WorkItemTexts(
        key=key("a", "work items with texts"),
        heading="Work items with their texts",
        as_at=facts.as_at,
        period=period(briefing.period_start, briefing.period_end),
        pillars=tuple(
            PillarTexts(title, tuple(_texts(facts, item) for item in items))
            for title, items in _by_pillar(facts)
        ),
    )


def _texts(facts: Facts, item: ItemAt) -> WorkItemText:
    with errors_naming(item_source(item)):
        texts: dict[str, Any] = {
            name: _passages(facts, getattr(item, name)) for name in WorkItemText.TEXTS
        }
        return WorkItemText(
            key=key("w", f"texts of item {item.pk}"),
            number=item.number,
            title=markup.languages(item.title, maori=facts.maori),
            lead=facts.lead_of(item).short_name,
            supporting=tuple(
                f"{agency.short_name} ({role})" if role else agency.short_name
                for agency, role in facts.supports_of(item)
            ),
            is_key=item.is_key,
            stage=Stage(item.stage),
            confidence=Confidence(item.confidence) if item.confidence and item.is_live else None,
            standing=_standing_with_doubts(facts, item),
            **texts,
            reports=tuple(_report(facts, item, update) for update in last_round(facts, item)),
            milestones=tuple(_milestone(facts, step) for step in item.milestones),
        )


def last_round(facts: Facts, item: ItemAt) -> list[UpdateFacts]:
    """Return the item's accepted updates of the last round that has any, the lead's first."""
    updates = facts.updates_of(item)
    found = [row for row in updates if row.of_return.round_id == updates[-1].of_return.round_id]
    return sorted(found, key=lambda update: update.of_return.agency_id != item.lead)


def _report(facts: Facts, item: ItemAt, update: UpdateFacts) -> ItemReport:
    of_round = update.of_return.round
    with errors_naming(update.source):
        return ItemReport(
            agency=update.of_return.agency.short_name,
            period=period(of_round.period_start, of_round.period_end),
            achieved=_reported(facts, update.achieved),
            planned_next=_reported(facts, update.planned_next),
            challenges=_reported(facts, update.challenges),
            no_change_on=update.no_change_on,
        )


def _reported(facts: Facts, source: str) -> tuple[Passage, ...]:
    """Return what an agency reports, nothing of a text that says nothing."""
    return () if says_nothing(source) else _passages(facts, source)


def _passages(facts: Facts, source: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(block.text, block.bullets) for block in markup.parse(source, maori=facts.maori)
    )


def delay_register(facts: Facts) -> DelayRegister:
    """Return the delays that were open at any time since the period began, in the plan's order."""
    briefing, writer = facts.briefing, Writer(facts)
    return DelayRegister(
        key=key("a", "delays"),
        heading="Register of delays",
        as_at=facts.as_at,
        period=period(briefing.period_start, briefing.period_end),
        rows=tuple(
            _delay(writer, item, step, delay)
            for item in facts.items
            for step in item.milestones
            for delay in step.delays
            if delay.was_open_since(briefing.period_start)
        ),
    )


def _delay(writer: Writer, item: ItemAt, step: MilestoneAt, delay: DelayAt) -> DelayRow:
    with errors_naming(delay_source(item, step, delay)):
        return DelayRow(
            key=key("d", f"delay {delay.pk}"),
            number=item.number,
            title=markup.languages(item.title, maori=writer.facts.maori),
            milestone=_milestone(writer.facts, step),
            cause=str(Delay.Cause(delay.cause).label),
            explanation=_flat(writer, delay.explanation) or writer.text(NO_REASON),
            effect=_flat(writer, delay.effect),
            meanwhile=_flat(writer, delay.meanwhile),
            needs=_flat(writer, delay.needs),
            waits_for=_flat(writer, waits_in_register(writer.facts, step) if delay.is_open else ""),
            found_on=delay.found_on,
            ended_on=delay.ended_on,
            days=delay.days,
            times_moved=delay.times_moved,
            mitigations=tuple(_mitigations(writer, item, step, delay)),
            settled=" ".join(causes_in_words([delay], writer.facts.agencies)),
        )


def _mitigations(
    writer: Writer, item: ItemAt, step: MilestoneAt, delay: DelayAt
) -> Iterator[MitigationLine]:
    for row in delay.mitigations:
        if says_nothing(row.description):
            continue
        with errors_naming(mitigation_source(item, step, delay, row)):
            yield MitigationLine(
                text=_flat(writer, row.description),
                owner=writer.facts.agencies[row.owner].short_name,
                due_on=row.due_on,
                done_on=row.done_on,
            )


def risk_register(facts: Facts) -> RiskRegister:
    """Return the risks open at any time in the period: open ones first, then by severity."""
    briefing, writer = facts.briefing, Writer(facts)
    numbers = {item.pk: item.number for item in facts.items}
    rows = sorted(
        facts.all_risks,
        key=lambda row: (
            row.closed_on is not None,
            -WEIGHT[row.likelihood, row.impact],
            row.number,
        ),
    )
    return RiskRegister(
        key=key("a", "risks"),
        heading="Register of risks",
        as_at=facts.as_at,
        period=period(briefing.period_start, briefing.period_end),
        rows=tuple(
            _risk(writer, row, numbers.get(row.item, "") if row.item else "") for row in rows
        ),
    )


def _risk(writer: Writer, row: RiskAt, item: str) -> RiskRow:
    facts = writer.facts
    with errors_naming(version_of(row, "risk", f"Risk R{row.number}")):
        return RiskRow(
            key=key("k", f"risk {row.pk}"),
            number=f"R{row.number}",
            text=_flat(writer, row.description),
            likelihood=Level(row.likelihood),
            impact=Level(row.impact),
            severity=Level(SEVERITY[row.likelihood, row.impact]),
            owner=facts.agencies[row.owner].short_name,
            item=item,
            response=_flat(writer, row.response),
            escalated_to=str(Risk.EscalatedTo(row.escalated_to).label) if row.escalated_on else "",
            escalated_on=row.escalated_on,
            closed_on=row.closed_on,
        )


def _flat(writer: Writer, source: str) -> Text:
    """Return typed text as sentences for a table cell, or () if it says nothing: "n/a", "As above."."""
    return () if says_nothing(source) else writer.text(capitalised(writer.flat(source)))


def consulted_table(facts: Facts) -> ConsultedTable:
    return ConsultedTable(
        key=key("a", "consulted"),
        heading="Who was consulted",
        rows=tuple(consulted_rows(facts)),
    )


def consulted_rows(facts: Facts) -> Iterator[ConsultedRow]:
    """Yield a row for each agency asked for clearance, then for others named on the cover."""
    briefing = facts.briefing
    asked = set()
    for row in facts.clearances:
        asked |= {row.agency.name.casefold(), row.agency.short_name.casefold()}
        unanswered = f"Had not answered by {long_date(facts.as_at)}"
        yield ConsultedRow(
            key=key("c", f"clearance {row.pk}"),
            name=row.agency.name,
            short_name=row.agency.short_name,
            answer=str(row.get_answer_display()) if row.is_answered else unanswered,
            answered_on=localdate(row.answered_at) if row.answered_at else None,
            text=plain(" ".join(row.words.split())) if row.words else (),
        )
    known = {
        name: agency
        for agency in facts.agencies.values()
        for name in (agency.name, agency.short_name)
    }
    for place, name in enumerate(names(briefing.agencies_consulted, r"[,;\n]"), start=1):
        agency = known.get(name)
        if name.casefold() in {*asked, "n/a"}:
            continue
        yield ConsultedRow(
            key=key("c", f"consulted {place}"),
            name=agency.name if agency else name,
            short_name=agency.short_name if agency else "",
            answer="Consulted; no answer recorded here",
        )
