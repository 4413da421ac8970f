"""The work item list as at a moment: the filters and sorts of `filters`, over the plan's lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from agencies.models import Agency
from workitems import standing
from workitems.asat import Moment, rows_at
from workitems.filters import CONFIDENCES, MACRONS, STAGES
from workitems.models import Milestone, Support, WorkItem
from workitems.models.item import Stage, number_key, searchable
from workitems.on_day import ItemOnDay, PlanOnDay
from workitems.standing import Late, Lateness

# Whether a line is what the filter's value asks for.
TESTS: dict[str, Callable[[ItemOnDay, Any], bool]] = {
    "pillar": lambda line, pillar: line.pillar == pillar,
    "lead": lambda line, agency: line.lead == agency,
    "standing": lambda line, standing: line.standing == standing,
    "stage": lambda line, stage: line.stage == stage,
    "confidence": lambda line, confidence: line.confidence == confidence,
    "late": lambda line, late: (
        line.is_live and (line.late.is_late if late == "late" else line.late.state == Late.OVERDUE)
    ),
    "attention": lambda line, _: line.needs_attention,
}


def narrowed(at: PlanOnDay, wanted: Mapping[str, Any]) -> list[ItemOnDay]:
    """The lines that the list's filters leave; `wanted` is what their form cleaned.

    One query for words, which are looked for in the wording of then, and one for an agency's part.
    """
    lines = at.items
    for name, is_wanted in TESTS.items():
        if value := wanted.get(name):
            lines = [line for line in lines if is_wanted(line, value)]
    if agency := wanted.get("agency"):
        supported = set(
            rows_at(
                Support, at.moment, of={"item__plan_id": at.plan.pk}, agency_id=agency
            ).values_list("item_id", flat=True)
        )
        lines = [line for line in lines if line.lead == agency or line.pk in supported]
    if words := searchable(wanted.get("q") or "").split()[:10]:
        wordings = rows_at(WorkItem, at.moment, of={"plan_id": at.plan.pk}).values_list(
            "id", "number", "title", "objective", "action"
        )
        texts = {pk: searchable(*wording) for pk, *wording in wordings}
        lines = [line for line in lines if all(word in texts[line.pk] for word in words)]
    return lines


PLAIN = str.maketrans(MACRONS)


def in_order(
    lines: Iterable[ItemOnDay], sort: str, agencies: Mapping[int, Agency]
) -> list[ItemOnDay]:
    """The lines as `filters.sort_of` sorts items; what comes out equal, in the Plan's order."""
    keys: dict[str, Callable[[ItemOnDay], Any]] = {
        "number": lambda line: number_key(line.number),
        "title": lambda line: line.title.translate(PLAIN).lower(),
        "lead": lambda line: agencies[line.lead].short_name.translate(PLAIN).lower(),
        "stage": lambda line: STAGES.index(line.stage),
        "confidence": lambda line: CONFIDENCES.index(line.confidence),
        "due": lambda line: line.due,
    }
    key, is_reversed = keys[sort.removeprefix("-")], sort.startswith("-")
    lines = list(lines)
    if sort.endswith("due"):
        dated = sorted((line for line in lines if line.due), key=key, reverse=is_reversed)
        return dated + [line for line in lines if not line.due]
    return sorted(lines, key=key, reverse=is_reversed)


def lateness(stage: str, milestones: Iterable[standing.MilestoneLike], on: date) -> Lateness:
    """Of the worst milestone; a withdrawn item is neither late nor done, whatever was closed."""
    if stage == Stage.WITHDRAWN:
        return Lateness(Late.WITHDRAWN)
    return standing.item_lateness(list(milestones), on)


def latenesses(lines: Iterable[ItemOnDay], moment: Moment) -> dict[int, Lateness]:
    """How the items' dates stood, closed milestones among them, by the item's id. One query."""
    stages = {line.pk: line.stage for line in lines}
    milestones: dict[int, list[Any]] = defaultdict(list)
    for row in rows_at(Milestone, moment, of={"item_id__in": list(stages)}):
        milestones[row.item_id].append(row)
    return {pk: lateness(stage, milestones[pk], moment.on) for pk, stage in stages.items()}
