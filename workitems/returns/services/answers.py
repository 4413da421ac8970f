"""What a return still needs before it can be submitted. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.records.composed import composed
from workitems.measures.asked import AskedMeasure, measures_asked
from workitems.models import (
    Delay,
    Measure,
    Milestone,
    MilestoneAnswer,
    MilestoneDraft,
    Return,
    Update,
    WorkItem,
)
from workitems.models.item import Confidence, Stage
from workitems.models.round import UpdateQuerySet
from workitems.plan.services.items import stage_obstacle
from workitems.terms.sentence_ends import stops_at

# An agency may say "no change" twice; the third time it must write something.
NO_CHANGE_RUN = 2
OVERDUE_NEEDS_WORDS = gettext_lazy(
    "a milestone is overdue, so “No change” is not enough. Write at least one sentence."
)
AFTER_NO_CHANGES = gettext_lazy(
    "This item had “no change” twice in a row. Write at least one sentence this time."
)


@dataclass(frozen=True)
class Fault:
    """Something missing in the answer on an item, as a sentence, with the milestone or the form
    field where the user can give it."""

    item: WorkItem | None  # none of an outcome of the plan
    says: str
    milestone: Milestone | None = None
    field: str = ""
    measure: Measure | None = None


@dataclass(frozen=True)
class Answers:
    """Numbers of items to answer and answered, of those with "no change", and what is missing, in
    the Plan's order."""

    total: int
    answered: int
    unchanged: int
    missing: list[Fault]


def items_of(of_return: Return) -> list[WorkItem]:
    """Return the items that a return must answer: those its agency leads, except withdrawn ones and those that their
    earlier lead answered in the same round."""
    return list(
        WorkItem.objects.filter(plan=of_return.round.plan_id, lead_agency=of_return.agency_id)
        .exclude(stage=Stage.WITHDRAWN)
        .exclude(pk__in=answers_of_earlier_leads(of_return).values("item"))
        .in_order()
    )


def answers_of_earlier_leads(of_return: Return) -> UpdateQuerySet:
    """Return the accepted answers of this round on the agency's items from those that led them before."""
    return Update.objects.of_earlier_leads(of_return.round_id, of_return.agency_id)


def answer_of_earlier_lead(of_return: Return, item: WorkItem) -> Update | None:
    """Return with what an earlier lead answered the item in this round, if it was accepted. One query at most."""
    if item.lead_agency_id != of_return.agency_id:
        return None
    found = answers_of_earlier_leads(of_return).filter(item=item)
    return found.select_related("of_return__agency", "of_return__round").first()


def answers_of(of_return: Return, on: date) -> Answers:
    """Return how complete the return is on a day.

    Every item that the agency leads needs an answer: text or "no change", with a stage that the
    item may move to, and that nothing newer contradicts. Each late milestone of the agency
    (overdue, or forecast after its agreed date) of a live item needs an open delay with a
    mitigation. An item rated off track needs at least one. Answers on milestones in the return
    count as if they had taken effect; those whose milestone has changed since must be confirmed,
    and what is typed on a milestone must be finished or discarded. A measure whose number is due needs one, or why there
    is none yet.
    """
    items = items_of(of_return)
    updates = {update.item_id: update for update in of_return.updates.all()}
    return Answers(
        total=len(items),
        answered=sum(item.pk in updates and updates[item.pk].says_something for item in items),
        unchanged=sum(
            item.pk in updates and updates[item.pk].no_change_on is not None for item in items
        ),
        missing=[
            *faults_of(of_return, [*items, *_items_with_own(of_return, items)], updates, on),
            *faults_of_measures(measures_asked(of_return, on)),
        ],
    )


def faults_of_measures(asked: Iterable[AskedMeasure]) -> Iterator[Fault]:
    """Yield which numbers are due and not answered. "No change" does not answer them."""
    for each in asked:
        if each.is_wanted:
            row = each.measure
            says = (
                _("Item {number}: enter {name}, or say why there is no number yet.")
                if row.item
                else _("Enter {name}, or say why there is no number yet.")
            )
            yield Fault(row.item, says.format(number=row.place, name=row.as_told), measure=row)


def _items_with_own(of_return: Return, asked: Collection[WorkItem]) -> list[WorkItem]:
    """Return the items that have open milestones of the agency and that it need not answer."""
    own = Milestone.objects.open().filter(responsible_agency=of_return.agency_id)
    found = list(
        WorkItem.objects.filter(plan=of_return.round.plan_id, pk__in=own.values("item"))
        .exclude(pk__in=[item.pk for item in asked])
        .exclude(stage=Stage.WITHDRAWN)
        .in_order()
    )
    for item in found:
        item.is_answered_for = True
    return found


def faults_of_item(
    of_return: Return,
    item: WorkItem,
    update: Update | None,
    on: date,
    answers: Collection[MilestoneAnswer] | None = None,
) -> list[Fault]:
    """Return what is missing for one item. `update` is its answer in this return, and `answers` those on
    its milestones, if they have been loaded."""
    if item.stage == Stage.WITHDRAWN:
        return []
    updates = {item.pk: update} if update else {}
    return list(faults_of(of_return, [item], updates, on, answers))


def status_in_words(row: Update | WorkItem) -> str:
    """Return "under way, at risk"."""
    parts = (row.get_stage_display(), row.get_confidence_display())
    return ", ".join(part.lower() for part in parts if part)


def moved_items(pairs: Iterable[tuple[Update, WorkItem]]) -> dict[int, Any]:
    """Return the items whose status has changed since their answer was compared with them, and
    which now differ from it: the history row of the last change, by item id.

    At most one query; none if no item has a newer version.
    """
    suspects = {
        item.pk: update.item_version or 0
        for update, item in pairs
        if update.stage
        and (update.item_version or 0) < item.version
        and (update.stage, update.confidence) != (item.stage, item.confidence)
    }
    if not suspects:
        return {}
    rows = WorkItem.history.filter(id__in=suspects, version__gte=min(suspects.values()))
    last: dict[int, Any] = {}
    found: dict[int, Any] = {}
    for row in rows.order_by("version", "history_id"):
        before, last[row.id] = last.get(row.id), row
        if (
            before is not None
            and row.version > suspects[row.id]
            and (row.stage, row.confidence) != (before.stage, before.confidence)
        ):
            found[row.id] = row
    return found


def after_no_changes(of_return: Return, items: Collection[WorkItem]) -> set[int]:
    """Return the ids of items that the agency answered with "no change" in its last two returns
    before this one, so that it must write text this time."""
    runs: dict[int, list[bool]] = defaultdict(list)
    earlier = (
        Update.objects.filter(item__in=items, of_return__agency=of_return.agency_id)
        .exclude(of_return=of_return)
        .newest_first()
        .values_list("item", "no_change_on")
    )
    for item, no_change_on in earlier:
        runs[item].append(no_change_on is not None)
    return {
        item for item, run in runs.items() if len(run) >= NO_CHANGE_RUN and all(run[:NO_CHANGE_RUN])
    }


def faults_of(
    of_return: Return,
    items: list[WorkItem],
    updates: dict[int, Update],
    on: date,
    answers: Collection[MilestoneAnswer] | None = None,
) -> Iterator[Fault]:
    """Yield what is missing in the answers on these items. `updates` are those of the return by
    item id, `answers` its pending ones on milestones, with these, if they have been loaded."""
    if answers is None:
        answers = of_return.milestone_answers.pending().filter(milestone__item__in=items)
    by_milestone = {answer.milestone_id: answer for answer in answers if answer.is_on_milestone}
    open_milestones: dict[int, list[Milestone]] = defaultdict(list)
    pks = [item.pk for item in items]
    for milestone in _open_milestones(items=pks, of_return=of_return.pk):
        open_milestones[milestone.item_id].append(milestone)
    explained = {pk for (pk,) in _explained_milestones(items=pks, on=on)}
    moved = moved_items((updates[item.pk], item) for item in items if item.pk in updates)
    for item in items:
        is_led = item.lead_agency_id == of_return.agency_id and not item.is_answered_for
        rows, update = open_milestones[item.pk], updates.get(item.pk)
        mine = [each for each in rows if each.responsible_agency_id == of_return.agency_id]
        if is_led:
            still_open = [
                each
                for each in rows
                if each.pk not in by_milestone
                or by_milestone[each.pk].outcome != MilestoneAnswer.Outcome.DONE
            ]
            yield from _faults_of_answer(item, update, still_open, item.pk in moved, on)
        yield from _faults_of_milestones(item, mine, by_milestone, explained, on)
        if is_led and (update or item).confidence == Confidence.OFF_TRACK and item.is_live:
            yield from _fault_of_off_track(item, mine, by_milestone, explained, on)


@composed
def _open_milestones(items: Any, of_return: Any) -> Any:
    drafts = MilestoneDraft.objects.filter(of_return=of_return, milestone=OuterRef("pk"))
    rows = Milestone.objects.open().filter(item__among=items)
    return rows.annotate(is_unfinished=Exists(drafts)).in_order()


@composed
def _explained_milestones(items: Any, on: Any) -> Any:
    """The milestones with an open delay and a mitigation of it."""
    rows = Delay.objects.open(on).filter(milestone__item__among=items, mitigations__isnull=False)
    return rows.values_list("milestone")


def _faults_of_answer(
    item: WorkItem,
    update: Update | None,
    still_open: list[Milestone],
    is_moved: bool,
    on: date,
) -> Iterator[Fault]:
    """`still_open` are the milestones that will be open once the return is submitted."""
    name = _("Item {number}").format(number=item.number)
    if update is None:
        yield Fault(item, _("{name} has no answer yet.").format(name=name), field="achieved")
        return
    if is_moved:
        says = _(
            "{name} changed after this answer was saved. Choose which status is right."
        ).format(name=name)
        yield Fault(item, says, field="moved")
    for field, label, end in unfinished_boxes(update):
        says = _("{name}: “{box}” ends with “{end}”. Finish the sentence.")
        yield Fault(item, says.format(name=name, box=label, end=end), field=field)
    if update.no_change_on is None:
        if not (update.achieved or update.planned_next or update.challenges):
            says = _("{name}: write at least one sentence, or choose “No change”.").format(
                name=name
            )
            yield Fault(item, says, field="achieved")
    elif any(milestone.agreed_due < on for milestone in still_open):
        yield Fault(item, f"{name}: {OVERDUE_NEEDS_WORDS}", field="achieved")
    if not update.stage:
        yield Fault(item, _("{name}: choose its stage.").format(name=name), field="stage")
    elif not is_moved and (obstacle := stage_obstacle(item, update.stage, still_open)):
        yield Fault(item, obstacle, field="stage")


def unfinished_boxes(update: Update) -> Iterator[tuple[str, str, str]]:
    """Yield the boxes whose text stops within a sentence: the field, its name, and the word at its end."""
    boxes = {
        "achieved": _("Achieved"),
        "planned_next": _("Planned next"),
        "challenges": _("Challenges"),
    }
    for field, label in boxes.items():
        if end := stops_at(getattr(update, field)):
            yield field, str(label), end


def _is_late(milestone: Milestone, on: date) -> bool:
    return milestone.agreed_due < on or milestone.forecast_due > milestone.agreed_due


def _faults_of_milestones(
    item: WorkItem,
    mine: list[Milestone],
    answers: dict[int, MilestoneAnswer],
    explained: set[int],
    on: date,
) -> Iterator[Fault]:
    """`mine` are the item's open milestones that the agency is responsible for."""
    name = _("Item {number}").format(number=item.number)
    for milestone in mine:
        answer = answers.get(milestone.pk)
        if milestone.is_unfinished:  # type: ignore[attr-defined]
            says = _(
                "{name}: what is typed on “{milestone}” is not finished. Finish it and choose “Save "
                "milestone”, or discard it."
            ).format(name=name, milestone=milestone)
            yield Fault(item, says, milestone=milestone)
        elif answer is None:
            if item.is_live and _is_late(milestone, on) and milestone.pk not in explained:
                says = _(
                    "{name}: is “{milestone}” done, or not yet? If not yet, record the delay and what is done "
                    "about it."
                ).format(name=name, milestone=milestone)
                yield Fault(item, says, milestone=milestone)
        elif answer.milestone_version != milestone.version:
            says = _(
                "{name}: “{milestone}” changed after it was answered here. Choose again."
            ).format(name=name, milestone=milestone)
            yield Fault(item, says, milestone=milestone)
        elif answer.outcome == MilestoneAnswer.Outcome.NOT_YET and answer.day < on:  # type: ignore[operator]
            says = _("{name}: the new date of “{milestone}” has passed. Give another date.").format(
                name=name, milestone=milestone
            )
            yield Fault(item, says, milestone=milestone)
        elif answer.outcome == MilestoneAnswer.Outcome.NO_DATE and answer.settling_by < on:  # type: ignore[operator]
            says = _(
                "{name}: the day by which a new date of “{milestone}” was to be known has passed. Answer it again."
            ).format(name=name, milestone=milestone)
            yield Fault(item, says, milestone=milestone)


def _fault_of_off_track(
    item: WorkItem,
    mine: list[Milestone],
    answers: dict[int, MilestoneAnswer],
    explained: set[int],
    on: date,
) -> Iterator[Fault]:
    """An item off track needs a delay with a mitigation on one of the agency's milestones."""
    outcomes = {pk: answer.outcome for pk, answer in answers.items()}
    rest = [each for each in mine if outcomes.get(each.pk) != MilestoneAnswer.Outcome.DONE]
    # A late one without a delay has its own fault already; one with a new date has its delay in the answer.
    slips = any(each.pk in explained or each.pk in outcomes or _is_late(each, on) for each in rest)
    if rest and not slips:
        says = _(
            "Item {number} is off track. Move the forecast of the milestone that slips, with the "
            "cause and what is done about it."
        ).format(number=item.number)
        yield Fault(item, says, milestone=min(rest, key=by_agreed_date))


def by_agreed_date(milestone: Milestone) -> tuple[date, int]:
    """Sort key for an item's milestones: the first open one is the next."""
    return milestone.agreed_due, milestone.number
