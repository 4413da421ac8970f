"""Say that a milestone waits for another, confirm or dispute it, and end it."""

from collections.abc import Callable, Iterator
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Milestone, Plan, Wait
from workitems.plan.services.refusals import Refused, locked, need_reason

# At most so many days are needed after what is waited for.
DAYS_AT_MOST = 3650
# Which plans have no waits from or for another plan. Other apps register theirs in `AppConfig.ready`.
KEPT_APART: list[Callable[[Plan], bool]] = []

RELATED = (
    *("milestone__responsible_agency", "milestone__item__plan"),
    *("waits_for__responsible_agency", "waits_for__item__plan"),
)


def is_kept_apart(plan: Plan) -> bool:
    """Whether a plan has no waits from or for another plan, and readers of others learn only numbers and dates of it."""
    return any(is_apart(plan) for is_apart in KEPT_APART)


@transaction.atomic
def add(
    *, milestone: Milestone, waits_for: Milestone, days_after: int, why: str, by: User, on: date
) -> Wait:
    """Say that a milestone waits for another. Within one agency it is confirmed at once.

    Raise `Refused` without a reason, for a milestone that is closed or itself, for a plan that is not adopted or is kept
    apart, for a pair that is there, and for a loop.
    """
    related = ("responsible_agency", "item__plan")
    milestone, waits_for = locked(milestone, related=related), locked(waits_for, related=related)
    Refused.raise_any(_faults(milestone, waits_for, days_after, why))
    wait = Wait(
        milestone=milestone, waits_for=waits_for, days_after=days_after, why=why, said_on=on
    )
    if milestone.responsible_agency_id == waits_for.responsible_agency_id:
        wait.answer, wait.answered_on = Wait.Answer.CONFIRMED, on
    try:
        with transaction.atomic():
            return history.save(wait, by=by)
    except IntegrityError as error:
        # Another writer was quicker, and the database refuses what the two make together.
        Refused.raise_any(_faults(milestone, waits_for, days_after, why))
        raise Refused(
            _("Somebody else has just changed what waits for what. Try again.")
        ) from error


def _faults(
    milestone: Milestone, other: Milestone, days_after: int, why: str
) -> Iterator[tuple[str, str]]:
    if not milestone.is_open:
        yield _("This milestone is closed, so it waits for nothing."), ""
    if milestone == other:
        yield _("A milestone cannot wait for itself. Choose another one."), "waits_for"
    elif not other.is_open:
        yield (
            _("“{milestone}” is closed, so nothing waits for it.").format(milestone=other),
            "waits_for",
        )
    elif Wait.objects.live().filter(milestone=milestone, waits_for=other).exists():
        yield (
            _("It already waits for {reference}.").format(reference=other.reference),
            "waits_for",
        )
    elif path := loop_of(milestone, other):
        yield _loop_in_words(path), "waits_for"
    plan, other_plan = milestone.item.plan, other.item.plan
    if plan.adopted_on is None or other_plan.adopted_on is None:
        yield _("Milestones wait for each other only in adopted plans."), "waits_for"
    elif plan != other_plan and (is_kept_apart(plan) or is_kept_apart(other_plan)):
        yield (
            _(
                "A plan with a paper marked SENSITIVE has no waits from or for another plan. Tell the coordinators instead."
            ),
            "waits_for",
        )
    if not 0 <= days_after <= DAYS_AT_MOST:
        yield _("Enter a number of days from 0 to 3,650."), "days_after"
    if not why:
        yield _("Say why it waits."), "why"


def loop_of(milestone: Milestone, other: Milestone) -> list[str]:
    """Return the references from the other milestone to this one, along live waits; [] if it is not reached. Two queries, one if the other waits for nothing that is there."""
    links: dict[int, list[int]] = {}
    for start, to in Wait.objects.live().values_list("milestone", "waits_for").order_by("pk"):
        links.setdefault(start, []).append(to)
    came_from: dict[int, int] = {}
    queue = [other.pk]
    for row in queue:
        for to in links.get(row, ()):
            if to not in came_from and to != other.pk:
                came_from[to] = row
                queue.append(to)
    if milestone.pk not in came_from:
        return []
    path = [milestone.pk]
    while path[-1] != other.pk:
        path.append(came_from[path[-1]])
    rows = Milestone.objects.select_related("item").in_bulk(path)
    return [rows[pk].reference for pk in reversed(path)]


def _loop_in_words(path: list[str]) -> str:
    """ "That would be a loop: 2.1.3 waits for 2.3.2, which waits for 2.1.3." """
    own = path[-1]
    chain = _(", which waits for ").join(path)
    return _("That would be a loop: {own} waits for {chain}.").format(own=own, chain=chain)


@transaction.atomic
def answer(*, wait: Wait, version: int, answer: str, words: str, by: User, on: date) -> Wait:
    """Confirm or dispute a wait for the agency that is waited for. It may answer again. To dispute needs words."""
    wait = _live(wait, version=version)
    if answer not in Wait.Answer.values:
        raise Refused(_("Choose whether you confirm or dispute it."), "answer")
    if answer == Wait.Answer.DISPUTED and not words:
        raise Refused(_("Say why you dispute it."), "words")
    wait.answer, wait.answer_words, wait.answered_on = answer, words, on
    return history.save_version(wait, "answer", "answer_words", "answered_on", by=by)


@transaction.atomic
def end(*, wait: Wait, version: int, reason: str, by: User, on: date) -> Wait:
    """End a wait. Its record stays. Needs a reason."""
    wait = _live(wait, version=version)
    need_reason(reason, _("Say why it no longer waits."))
    wait.ended_on, wait.end_reason = on, reason
    return history.save_version(wait, "ended_on", "end_reason", by=by, reason=reason)


def carry_over(plan: Plan, *, by: User, on: date) -> None:
    """Let what was carried over into a plan that has just been adopted wait as it did in the plan before, with the same
    words and answer. A wait from or for a third plan ends there; within the plan before, waits stay as they were.

    Two queries, and one without a plan before; a pair that is kept apart is not carried.
    """
    if plan.successor_of_id is None:
        return
    rows = Milestone.objects.open().filter(item__plan=plan, item__carried_from__isnull=False)
    heirs = {
        (row.item.carried_from_id, row.number): row
        for row in rows.select_related("item__plan").order_by("pk")
    }
    of_old = Q(milestone__item__plan=plan.successor_of_id) | Q(
        waits_for__item__plan=plan.successor_of_id
    )
    for wait in Wait.objects.live().filter(of_old).for_list():
        ends = [
            heirs.get((row.item_id, row.number))
            if row.item.plan_id == plan.successor_of_id
            else row
            for row in (wait.milestone, wait.waits_for)
        ]
        milestone, waits_for = ends
        if milestone is None or waits_for is None or not (milestone.is_open and waits_for.is_open):
            continue
        is_between = milestone.item.plan_id != waits_for.item.plan_id
        if is_between and (
            is_kept_apart(milestone.item.plan) or is_kept_apart(waits_for.item.plan)
        ):
            continue
        same = {
            name: getattr(wait, name)
            for name in ("days_after", "why", "said_on", "answer", "answer_words", "answered_on")
        }
        if wait.is_between_plans:
            wait.ended_on, wait.end_reason = on, _("Carried over into {plan}").format(plan=plan)
            history.save_version(wait, "ended_on", "end_reason", by=by, reason=wait.end_reason)
        history.save(
            Wait(milestone=milestone, waits_for=waits_for, **same),
            by=by,
            reason=f"Carried over from {plan.successor_of}"[:200],
        )


def _live(wait: Wait, *, version: int) -> Wait:
    wait = locked(wait, version=version, related=RELATED)
    if wait.ended_on is not None:
        raise Refused(_("This ended on {day}.").format(day=day_words(wait.ended_on)))
    return wait
