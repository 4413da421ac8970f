"""What a return still needs before it can be submitted. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from workitems.models import Delay, Milestone, Return, Update, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.services.items import stage_obstacle

# An agency may say "no change" twice; the third time it must write something.
NO_CHANGE_RUN = 2
OVERDUE_NEEDS_WORDS = "a milestone is overdue, so say how it stands."


@dataclass(frozen=True)
class Fault:
    """Something missing in the answer on an item, as a sentence, with the milestone or the form
    field where the user can give it."""

    item: WorkItem
    says: str
    milestone: Milestone | None = None
    field: str = ""


@dataclass(frozen=True)
class Answers:
    """Numbers of items to answer and answered, of those with "no change", and what is missing, in
    the Plan's order."""

    total: int
    answered: int
    unchanged: int
    missing: list[Fault]


def items_of(of_return: Return) -> list[WorkItem]:
    """Return the items that a return must answer: those its agency leads, except withdrawn ones."""
    return list(
        WorkItem.objects.filter(plan=of_return.round.plan_id, lead_agency=of_return.agency_id)
        .exclude(stage=Stage.WITHDRAWN)
        .in_order()
    )


def answers_of(of_return: Return, on: date) -> Answers:
    """Return how complete the return is on a day.

    Every item that the agency leads needs an answer: text or "no change", with a stage that the
    item may move to. Each late milestone (overdue, or forecast after its agreed date) of a live
    item needs an open delay with a mitigation. An item rated off track needs at least one.
    """
    items = items_of(of_return)
    updates = {update.item_id: update for update in of_return.updates.all()}
    return Answers(
        total=len(items),
        answered=sum(item.pk in updates for item in items),
        unchanged=sum(
            item.pk in updates and updates[item.pk].no_change_on is not None for item in items
        ),
        missing=list(faults_of(items, updates, on)),
    )


def faults_of_item(
    of_return: Return, item: WorkItem, update: Update | None, on: date
) -> list[Fault]:
    """Return what is missing for one item; nothing if the agency only supports it. `update` is
    its answer in this return."""
    if item.lead_agency_id != of_return.agency_id or item.stage == Stage.WITHDRAWN:
        return []
    return list(faults_of([item], {item.pk: update} if update else {}, on))


def after_no_changes(of_return: Return, items: Collection[WorkItem]) -> set[int]:
    """Return the ids of items that the agency answered with "no change" in its last two returns
    before this one, so that it must write text this time."""
    said: dict[int, list[bool]] = defaultdict(list)
    earlier = (
        Update.objects.filter(item__in=items, of_return__agency=of_return.agency_id)
        .exclude(of_return=of_return)
        .newest_first()
        .values_list("item", "no_change_on")
    )
    for item, no_change_on in earlier:
        said[item].append(no_change_on is not None)
    return {
        item for item, run in said.items() if len(run) >= NO_CHANGE_RUN and all(run[:NO_CHANGE_RUN])
    }


def faults_of(items: list[WorkItem], updates: dict[int, Update], on: date) -> Iterator[Fault]:
    """Yield what is missing in the answers on these items, which the agency leads. `updates` are
    its answers by item id."""
    open_milestones: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in Milestone.objects.open().filter(item__in=items).in_order():
        open_milestones[milestone.item_id].append(milestone)
    explained = set(
        Delay.objects.open(on)
        .filter(milestone__item__in=items, mitigations__isnull=False)
        .values_list("milestone", flat=True)
    )
    for item in items:
        yield from _faults(item, updates.get(item.pk), open_milestones[item.pk], explained, on)


def _faults(
    item: WorkItem,
    update: Update | None,
    open_milestones: list[Milestone],
    explained: set[int],
    on: date,
) -> Iterable[Fault]:
    name = f"Item {item.number}"
    if update is None:
        yield Fault(item, f"{name} has no answer yet.", field="achieved")
        return
    if update.no_change_on is None:
        if not (update.achieved or update.planned_next or update.challenges):
            says = f"{name}: write a few words, or say that nothing changed."
            yield Fault(item, says, field="achieved")
    elif any(milestone.agreed_due < on for milestone in open_milestones):
        yield Fault(item, f"{name}: {OVERDUE_NEEDS_WORDS}", field="achieved")
    if item.stage == Stage.COMPLETE and update.stage != Stage.COMPLETE:
        says = (
            f"{name} is recorded as complete, but its answer says "
            f"{update.get_stage_display().lower()}. Open it again first, or change the answer."
        )
        yield Fault(item, says, field="stage")
    elif obstacle := stage_obstacle(item, update.stage, open_milestones):
        yield Fault(item, obstacle, field="stage")
    if not item.is_live:
        return
    unexplained = [
        milestone
        for milestone in open_milestones
        if (milestone.agreed_due < on or milestone.forecast_due > milestone.agreed_due)
        and milestone.pk not in explained
    ]
    for milestone in unexplained:
        says = f"{name}: “{milestone}” is late. Record the delay and what is done about it."
        yield Fault(item, says, milestone=milestone)
    if (
        update.confidence == Confidence.OFF_TRACK
        and not unexplained
        and open_milestones
        and not any(milestone.pk in explained for milestone in open_milestones)
    ):
        says = (
            f"{name} is off track. Move the forecast of the milestone that slips, with the cause "
            "and what is done about it."
        )
        yield Fault(item, says, milestone=min(open_milestones, key=by_agreed_date))


def by_agreed_date(milestone: Milestone) -> tuple[date, int]:
    """Sort key for an item's milestones: the first open one is the next."""
    return milestone.agreed_due, milestone.number
