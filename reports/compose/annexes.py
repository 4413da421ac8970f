"""The two annexes: a page that pictures progress, and a table with one row per work item."""

from datetime import date

from reports.compose.facts import Facts, ItemFacts, MilestoneFacts
from reports.compose.paragraphs import key, naming
from reports.document import (
    Confidence,
    MilestoneRow,
    PillarProgress,
    PillarRows,
    ProgressPicture,
    Stage,
    StageCount,
    TimelineRow,
    WorkItemRow,
    WorkItemTable,
    timeline_room,
)
from reports.wording import day
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
