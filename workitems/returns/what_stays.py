"""What a submitted return has changed for everybody, and what stays so if it is recalled; who recalled it. Reads only."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models import MilestoneAnswer, Return, WorkItem
from workitems.models.round import recalls
from workitems.returns.services.answers import status_in_words
from workitems.returns.services.handover import reason_of_submitting

Outcome = MilestoneAnswer.Outcome


def what_stays(of_return: Return) -> list[str]:
    """Return sentences such as "5.1 still says under way, off track." in the Plan's order.

    They are of what submitting this return changed, and nothing changed since. Two queries.
    """
    found: list[tuple[str, str]] = []
    by_submitting = WorkItem.history.filter(
        plan_id=of_return.round.plan_id,
        history_change_reason=reason_of_submitting(of_return),
    )
    items = WorkItem.objects.filter(pk__in=by_submitting.values("id"))
    last = {row.id: row for row in by_submitting.order_by("history_id")}
    for item in items:
        row = last[item.pk]
        if (row.stage, row.confidence) == (item.stage, item.confidence):
            says = _("{number} still says {status}.")
            found.append(
                (item.number_key, says.format(number=item.number, status=status_in_words(item)))
            )
    answers = of_return.milestone_answers.filter(applied_at__isnull=False).for_page()
    for answer in answers.select_related("milestone__item").in_order():
        item = answer.milestone.item
        found += ((item.number_key, f"{item.number} {says}") for says in _of_milestone(answer))
    return [says for _key, says in sorted(found, key=lambda each: each[0])]


def recalled(of_return: Return) -> Any:
    """Return the history row of the recall, if that is why the return is with its agency. At most one query."""
    # Sent back, it keeps when it was submitted; submitted at all, it has a later version.
    if not of_return.is_with_agency or of_return.submitted_at or of_return.version == 1:
        return None
    return recalls([of_return.pk]).get(of_return.pk)


def _of_milestone(answer: MilestoneAnswer) -> Iterator[str]:
    milestone = answer.milestone
    match answer.outcome:
        case Outcome.DONE if answer.day and milestone.completed_on == answer.day:
            yield _("still says “{milestone}” is done on {day}.").format(
                milestone=milestone, day=day_words(answer.day)
            )
        case Outcome.NOT_YET if milestone.is_open and milestone.forecast == answer.when:
            yield _("still says “{milestone}” is now expected: {day}.").format(
                milestone=milestone, day=answer.when
            )
        case Outcome.NO_DATE if milestone.is_open:
            yield _("still says “{milestone}” has no new date yet.").format(milestone=milestone)
        case Outcome.REOPENED if milestone.is_open:
            yield _("still says “{milestone}” is not done.").format(milestone=milestone)
        case Outcome.DELAY_OVER if (
            answer.delay and answer.day and answer.delay.ended_on == answer.day
        ):
            yield _("still says the delay of “{milestone}” ended on {day}.").format(
                milestone=milestone, day=day_words(answer.day)
            )
        case Outcome.STEP_DONE if answer.mitigation and answer.day and answer.mitigation.done_on:
            yield _("still says “{action}” was done on {day}.").format(
                action=answer.mitigation.description, day=day_words(answer.day)
            )
        case Outcome.SETTLEMENT if answer.settled:
            yield _("still says of “{milestone}”: {settled}").format(
                milestone=milestone, settled=answer.settled
            )
