"""Answer milestones in a return.

An answer is its agency's own until the return is submitted. Submitting performs all of them through
the services of items, so that the rules are the same as for a change that takes effect at once.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from workitems.models import (
    Delay,
    Milestone,
    MilestoneAnswer,
    MilestoneDraft,
    Mitigation,
    Plan,
    Return,
)
from workitems.plan.services import items
from workitems.plan.services.refusals import Conflict, Refused, check_with_agency, locked
from workitems.returns.services.handover import locked_return
from workitems.returns.three_texts import compare
from workitems.terms.known_dates import Due
from workitems.terms.stems import CASE

Outcome = MilestoneAnswer.Outcome
# In what is typed and not finished: the version of the answer that it was typed on.
ANSWER_VERSION = "answer_version"
# What an agency says in an answer. An unchanged answer is not written again.
WORDS = (
    *("outcome", "when", "reason", "cause", "effect", "meanwhile", "needs", *CASE),
    *("new_mitigation",),
    *("owner_agency_id", "mitigation_due_on", "milestone_version"),
    *("settlement", "settling_agency_id", "settling_other", "settling_by"),
)


def open_return(of_return: Return) -> Return:
    """Return the locked return. Raise `Refused` if it is not with its agency in an open round."""
    of_return = locked_return(of_return)
    check_with_agency(of_return)
    return of_return


def return_to_write(agency_id: int, plan: Plan) -> Return | None:
    """Return the return that the agency is writing in the plan's open round, if there is one."""
    found = Return.objects.in_open_round(agency_id, plan.pk).first()
    if found is None or not found.is_with_agency:
        return None
    found.round.plan = plan
    return found


@transaction.atomic
def answer(
    *,
    of_return: Return,
    milestone: Milestone,
    version: int,
    outcome: str,
    day: Due | None = None,
    reason: str = "",
    cause: str = "",
    effect: str = "",
    meanwhile: str = "",
    needs: str = "",
    money_from: str = "",
    if_declined: str = "",
    mitigation: str = "",
    owner_agency: Agency | None = None,
    mitigation_due_on: date | None = None,
    settlement: str = "",
    settling_agency: Agency | None = None,
    settling_other: str = "",
    settling_by: date | None = None,
    delay: Delay | None = None,
    step: Mitigation | None = None,
    answer_version: int = 0,
    leaves_draft: bool = False,
    from_email: bool = False,
    by: User,
    on: date,
    at: datetime,
) -> MilestoneAnswer:
    """Write or change the return's answer on a milestone, or on a delay or mitigation (`step`) of it.

    `day` is the day of completion, or the new forecast, which may be a month or a quarter; none if there is no new
    date yet. Raise `Conflict` if `version` is not the
    milestone's, or if `answer_version` (0 for none) is not that of the answer, and `Refused` for
    whatever would be refused if it took effect today. `leaves_draft`: somebody else's words are in what
    is not finished, so it stays. `from_email`: the person came from a link in an email.
    """
    of_return = open_return(of_return)
    milestone = locked(milestone, version=version, related=("item",))
    _check_own(of_return, milestone, step)
    pending = of_return.milestone_answers.pending().select_for_update()
    row = pending.filter(milestone=milestone, delay=delay, mitigation=step).first()
    row = row or MilestoneAnswer(
        of_return=of_return,
        milestone=milestone,
        delay=delay,
        mitigation=step,
        # Its versions go on from those of an answer that was removed, so that a page tells the two apart.
        version=of_return.milestone_answers.filter(
            milestone=milestone, delay=delay, mitigation=step
        ).aggregate(last=Max("version"))["last"]
        or 0,
    )
    was = _said(row)
    row.outcome, row.when, row.reason = outcome, day, reason
    row.cause, row.effect, row.new_mitigation = cause, effect, mitigation
    row.meanwhile, row.needs = meanwhile, needs
    row.money_from, row.if_declined = money_from, if_declined
    row.owner_agency, row.mitigation_due_on = owner_agency, mitigation_due_on
    row.settlement, row.settling_agency = settlement, settling_agency
    row.settling_other, row.settling_by = settling_other, settling_by
    row.milestone_version = version
    if row.pk is None or _said(row) != was:
        if answer_version != (row.version if row.pk else 0):
            raise Conflict(MilestoneAnswer.objects.for_page().get(pk=row.pk) if row.pk else None)
        row.from_email = from_email
        row = _write(row, by=by, on=on, at=at)
    if row.is_on_milestone and not leaves_draft:
        of_return.milestone_drafts.filter(milestone=milestone).delete()
    return row


@transaction.atomic
def keep(
    *,
    of_return: Return,
    milestone: Milestone,
    typed: Mapping[str, str],
    shown: Mapping[str, str],
    answer_version: int | None = None,
    is_chosen: bool = False,
    by: User,
    at: datetime,
) -> MilestoneDraft:
    """Keep what is typed on a milestone, finished or not, as it is typed. It never takes effect.

    `shown` is what the user's page began with. Fields that the user left alone keep what others typed
    meanwhile. `answer_version` is that of the answer it was typed on: who saves what is typed is asked
    about an answer that was saved since. It is the earliest one, unless the user has chosen
    (`is_chosen`) between the two. NUL characters, which no column keeps, are left out. Raise `Conflict` if both changed one to different words, and `Refused` if the return is
    not with its agency, or if another agency answers for the milestone.
    """
    of_return = open_return(of_return)
    _check_own(of_return, milestone)
    row = of_return.milestone_drafts.filter(milestone=milestone).first()
    if row is None:
        row = MilestoneDraft(of_return=of_return, milestone=milestone, typed={})
    differences = compare(dict(shown), {**shown, **row.typed}, dict(typed))
    if any(each.is_conflict for each in differences):
        raise Conflict(row)
    now = {**typed, **row.typed, **{each.field: each.said for each in differences}}
    if answer_version is not None:
        began = int(row.typed.get(ANSWER_VERSION, answer_version))
        now[ANSWER_VERSION] = str(answer_version if is_chosen else min(began, answer_version))
    if row.pk is None or now != row.typed:
        row.typed = {name: each.replace("\0", "") for name, each in now.items()}
        row.written_by, row.written_at = by, at
        row.save()
    return row


def removed(of_return: Return, milestone: Milestone) -> MilestoneAnswer | None:
    """Return the answer on the milestone that was removed last, said to be written by who removed it, then."""
    rows = of_return.milestone_answers.filter(milestone=milestone, delay=None, mitigation=None)
    row = rows.filter(removed_at__isnull=False).order_by("removed_at").last()
    if row is not None and row.removed_at is not None:
        row.written_by = row.history.select_related("history_user").latest().history_user
        row.written_at = row.removed_at
    return row


@transaction.atomic
def discard(*, of_return: Return, milestone: int) -> None:
    """Delete what is typed on a milestone and not finished. An answer that is finished stays."""
    open_return(of_return).milestone_drafts.filter(milestone=milestone).delete()


def _check_own(of_return: Return, milestone: Milestone, step: Mitigation | None = None) -> None:
    own = {milestone.responsible_agency_id, step.owner_agency_id if step else None}
    if of_return.agency_id not in own:
        raise Refused(
            _("{agency} answers for this milestone.").format(agency=milestone.responsible_agency)
        )


@transaction.atomic
def confirm(*, answer: MilestoneAnswer, version: int, by: User, on: date, at: datetime) -> None:
    """Keep an answer whose milestone has changed since. `version` is the milestone's on the page."""
    open_return(answer.of_return)
    answer = _pending(answer)
    answer.milestone = locked(answer.milestone, version=version)
    answer.milestone_version = version
    _write(answer, by=by, on=on, at=at)


@transaction.atomic
def remove(*, answer: MilestoneAnswer, by: User, at: datetime) -> None:
    """Remove an answer that has not taken effect. Its history stays."""
    open_return(answer.of_return)
    answer = _pending(answer)
    answer.removed_at = at
    answer.version += 1
    history.save(answer, by=by, fields=["removed_at", "version"])


def take_effect(of_return: Return, *, by: User, on: date, at: datetime) -> None:
    """Perform the answers of a return that is being submitted.

    Raise `Refused` with the item and the milestone if one cannot be performed.
    """
    rows = of_return.milestone_answers.pending().for_page().select_related("milestone__item")
    for row in rows.in_order().select_for_update(of=("self",)):
        of_what = _("Item {number}, “{milestone}”").format(
            number=row.milestone.item.number, milestone=row.milestone
        )
        try:
            _perform(row, by=by, on=on)
        except Conflict as conflict:
            raise Refused(
                _("{of_what} changed after it was answered here. Choose again.").format(
                    of_what=of_what
                )
            ) from conflict
        except Refused as refusal:
            raise Refused(f"{of_what}: {refusal}") from refusal
        row.applied_at = at
        history.save(row, by=by, fields=["applied_at"])


def _pending(answer: MilestoneAnswer) -> MilestoneAnswer:
    answer = locked(answer, related=("milestone", "of_return__round", "delay", "mitigation"))
    if not answer.is_pending:
        raise Refused(_("This answer is no longer pending."))
    return answer


def _said(row: MilestoneAnswer) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in WORDS)


def _write(row: MilestoneAnswer, *, by: User, on: date, at: datetime) -> MilestoneAnswer:
    with transaction.atomic():
        # A rehearsal: whatever is refused is refused now, at the field where it was typed.
        _perform(row, by=by, on=on)
        transaction.set_rollback(True)
    row.written_by, row.written_at = by, at
    row.version += 1
    return history.save(row, by=by)


def _perform(row: MilestoneAnswer, *, by: User, on: date) -> None:
    of_milestone: dict[str, Any] = {
        "milestone": row.milestone,
        "version": row.milestone_version,
        "reason": row.reason,
        "by": by,
    }
    settled: dict[str, Any] = {
        "settlement": row.settlement,
        "settling_agency": row.settling_agency,
        "settling_other": row.settling_other,
        "settling_by": row.settling_by,
    }
    match row.outcome:
        case Outcome.DONE:
            assert row.day is not None  # held by a check constraint, as in the other cases
            items.close_milestone(**of_milestone, completed_on=row.day, on=on)
        case Outcome.NOT_YET | Outcome.NO_DATE:
            assert (row.when is None) == (row.outcome == Outcome.NO_DATE)
            items.move_forecast(
                **of_milestone,
                forecast_due=row.when,
                cause=row.cause,
                effect=row.effect,
                meanwhile=row.meanwhile,
                needs=row.needs,
                money_from=row.money_from,
                if_declined=row.if_declined,
                mitigation=row.new_mitigation,
                owner_agency=row.owner_agency,
                mitigation_due_on=row.mitigation_due_on,
                **settled,
                on=on,
            )
        case Outcome.REOPENED:
            items.reopen_milestone(**of_milestone)
        case Outcome.DELAY_OVER:
            assert row.delay is not None and row.day is not None
            items.end_delay(delay=row.delay, ended_on=row.day, reason=row.reason, by=by, on=on)
        case Outcome.SETTLEMENT:
            assert row.delay is not None
            # What the record says meanwhile is replaced, as the milestone's page shows both.
            was = Delay.objects.get(pk=row.delay.pk).settlement_key
            texts: dict[str, Any] = {
                name: getattr(row, name) for name in ("meanwhile", "needs", *CASE)
            }
            items.settle_cause(delay=row.delay, was=was, **settled, **texts, by=by, on=on)
        case Outcome.STEP_DONE:
            assert row.mitigation is not None and row.day is not None
            items.finish_mitigation(mitigation=row.mitigation, done_on=row.day, by=by, on=on)
