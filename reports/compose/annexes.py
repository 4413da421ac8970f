"""The annexes, written from the facts: progress pictured, the work items as a table and with their texts."""

from datetime import date

from reports import markup
from reports.compose.facts import Facts, ItemFacts, MilestoneFacts
from reports.compose.paragraphs import key, naming
from reports.document import (
    Confidence,
    ItemReport,
    MilestoneRow,
    Passage,
    PillarProgress,
    PillarRows,
    PillarTexts,
    ProgressPicture,
    Stage,
    StageCount,
    TimelineRow,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    timeline_room,
)
from reports.wording import day, period
from workitems.models import Update
from workitems.models.item import Stage as ItemStage
from workitems.standing import Late


def progress_picture(facts: Facts) -> ProgressPicture:
    """Items by stage in each pillar, and the milestones that matter most, in the plan's order."""
    steps = [(item, step) for item in facts.items for step in item.milestones]
    steps = [(item, step) for item, step in steps if step.lateness.state != Late.WITHDRAWN]
    note, room = "", timeline_room(len(facts.pillars))
    if len(steps) > room:
        chosen = sorted(steps, key=lambda pair: _weight(pair[1], facts.briefing.dated))[:room]
        keep = {id(step) for _, step in chosen}
        note = f"Shown: the {room} milestones with the largest slips or the nearest dates, of {len(steps):,}."
        note = note if room else f"The {len(steps):,} milestones are in the next annex."
        steps = [(item, step) for item, step in steps if id(step) in keep]
    pillars = []
    for pillar in facts.pillars:
        stages = [item.row.stage for item in facts.items if item.pillar.pk == pillar.pk]
        counts = tuple(StageCount(stage, stages.count(stage)) for stage in Stage if stage in stages)
        pillars.append(PillarProgress(f"{pillar.number} {pillar.title}", counts))
    return ProgressPicture(
        key=key("a", "picture"),
        heading="Progress at a glance",
        as_at=facts.briefing.dated,
        pillars=tuple(pillars),
        timeline=tuple(
            TimelineRow(item.row.number, _milestone(step, facts.briefing.dated))
            for item, step in steps
        ),
        note=note,
    )


def _weight(step: MilestoneFacts, dated: date) -> tuple[int, int]:
    """Largest slip first; among equal slips, nearest to the paper's date."""
    row = _milestone(step, dated)
    return -max(row.slip, 0), abs((row.expected_on - dated).days)


def _milestone(step: MilestoneFacts, dated: date) -> MilestoneRow:
    row = step.row
    return MilestoneRow(
        label=row.description,
        original_on=row.original_due,
        agreed_on=row.agreed_due,
        forecast_on=None if step.is_done else row.forecast_due,
        completed_on=row.completed_on if step.is_done else None,
        standing=step.lateness.words,
    )


def work_item_table(facts: Facts) -> WorkItemTable:
    return WorkItemTable(
        key=key("a", "work items"),
        heading="Work items",
        as_at=facts.briefing.dated,
        pillars=tuple(
            PillarRows(
                f"{pillar.number} {pillar.title}",
                tuple(
                    _row(item, facts.briefing.dated)
                    for item in facts.items
                    if item.pillar.pk == pillar.pk
                ),
            )
            for pillar in facts.pillars
        ),
    )


def _row(item: ItemFacts, dated: date) -> WorkItemRow:
    row = item.row
    with naming(item.source):
        return WorkItemRow(
            key=key("w", f"item {row.id}"),
            number=row.number,
            title=row.title,
            lead=item.lead.short_name,
            stage=Stage(row.stage),
            confidence=Confidence(row.confidence) if row.confidence and item.is_live else None,
            milestones=tuple(_milestone(step, dated) for step in item.milestones),
            standing=_standing(item),
        )


def _standing(item: ItemFacts) -> str:
    if item.row.stage == ItemStage.COMPLETE:
        return f"Completed {day(item.row.completed_on)}"
    if item.row.stage == ItemStage.WITHDRAWN:
        return "Withdrawn"
    if not item.milestones:
        return "No date set"
    if item.lateness.state in (Late.DONE, Late.DONE_LATE, Late.WITHDRAWN):
        return "No milestone open"
    return item.lateness.words


def work_item_texts(facts: Facts) -> WorkItemTexts:
    """Each item in the Plan's own words, and in those of the agencies that last reported on it."""
    briefing = facts.briefing
    return WorkItemTexts(
        key=key("a", "work items with texts"),
        heading="Work items with their texts",
        as_at=briefing.dated,
        period=period(briefing.period_start, briefing.period_end),
        pillars=tuple(
            PillarTexts(
                f"{pillar.number} {pillar.title}",
                tuple(_texts(facts, item) for item in facts.items if item.pillar.pk == pillar.pk),
            )
            for pillar in facts.pillars
        ),
    )


def _texts(facts: Facts, item: ItemFacts) -> WorkItemText:
    row = item.row
    with naming(item.source):
        return WorkItemText(
            key=key("w", f"texts of item {row.id}"),
            number=row.number,
            title=markup.languages(row.title, maori=facts.maori),
            lead=item.lead.short_name,
            supporting=tuple(
                f"{agency.short_name} ({role})" if role else agency.short_name
                for agency, role in item.supports
            ),
            is_key=row.is_key,
            stage=Stage(row.stage),
            confidence=Confidence(row.confidence) if row.confidence and item.is_live else None,
            standing=_standing(item),
            objective=_passages(facts, row.objective),
            action=_passages(facts, row.action),
            reports=tuple(_report(facts, item, update) for update in _last_round(item)),
            milestones=tuple(_milestone(step, facts.briefing.dated) for step in item.milestones),
        )


def _last_round(item: ItemFacts) -> list[Update]:
    """What was accepted of the item from the last round in which anything was, its lead's first."""
    if not item.updates:
        return []
    last = item.updates[-1].of_return.round_id
    found = [update for update in item.updates if update.of_return.round_id == last]
    return sorted(found, key=lambda update: update.of_return.agency_id != item.lead.pk)


def _report(facts: Facts, item: ItemFacts, update: Update) -> ItemReport:
    of_round = update.of_return.round
    with naming(facts.update_source(item, update)):
        return ItemReport(
            agency=update.of_return.agency.short_name,
            period=period(of_round.period_start, of_round.period_end),
            achieved=_passages(facts, update.achieved),
            planned_next=_passages(facts, update.planned_next),
            challenges=_passages(facts, update.challenges),
            no_change_on=update.no_change_on,
        )


def _passages(facts: Facts, source: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(block.text, block.bullets) for block in markup.parse(source, maori=facts.maori)
    )
