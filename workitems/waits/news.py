"""Emails of waits: asked to confirm one, told of the answer, and told when a date that others wait for moves, is met or is
withdrawn. Sources of `notices.news`; what is waited for directly is told at once.

A mail between plans has only what readers of one may see of the other: plan, number, description, agency and dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Seat
from workitems.desk.to_dos import not_ended
from workitems.models import Delay, Milestone, Notice, Plan, Variation, Wait
from workitems.models.wait import ANSWERED_WITHIN_DAYS
from workitems.notices.news import OtherNews, Seats, other_news
from workitems.notices.sending import mail_at_once
from workitems.plan.plan_at.waits_at import Waits, waits_of_all
from workitems.plan.services.waits import is_kept_apart
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import CAUSES
from workitems.terms.spans import span_in_words

Reason, Role = Notice.Reason, Seat.Role


def ask_to_answer(wait: Wait, *, on: date, at: datetime) -> None:
    """Email the approvers of the agency that is waited for, once the wait is saved."""
    mail_at_once(lambda: asked_news(on, only=wait.pk), on=on, at=at)


def tell_answer(wait: Wait, *, on: date, at: datetime) -> None:
    """Email the contributors and approvers of the agency that waits what the other one answered."""
    mail_at_once(lambda: _answered(wait.pk, on), on=on, at=at)


def asked_news(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield what approvers are to confirm or dispute, of the last days. At most three queries."""
    rows = Wait.objects.to_answer().filter(
        not_ended(on, "milestone__item__plan"), said_on__gte=on - timedelta(ANSWERED_WITHIN_DAYS)
    )
    found = list((rows if only is None else rows.filter(pk=only)).for_list())
    if not found:
        return
    seats = Seats((row.other_plan for row in found), (row.other_agency_id for row in found), on)
    for row in found:
        yield from other_news(
            seats.sitting(row.other_plan, row.other_agency_id, Role.APPROVER),
            plan=row.other_plan,
            agency=row.other_agency,
            reason=Reason.WAIT_ASKED,
            occasion=f"version {row.version}",
            about=f"wait {row.pk}",
            due_on=row.said_on,
            title=_named(row.waits_for),
            sentence=_(
                "{agency} says that {milestone} waits for it. Confirm or dispute it: once confirmed, briefings may say so."
            ).format(agency=row.agency, milestone=_in_plan(row.milestone, row.other_plan)),
            state=_("is waited for"),
            path=reverse("waits:detail", args=[row.other_plan.slug, row.pk]),
            link=_("Confirm or dispute it"),
        )


def _answered(pk: int, on: date) -> Iterator[OtherNews]:
    row = Wait.objects.for_list().get(pk=pk)
    seats = Seats([row.plan], [row.agency_id], on)
    says = (
        _("{agency} confirms that it waits for {other}.")
        if row.answer == Wait.Answer.CONFIRMED
        else _("{agency} disputes that it waits for {other}.")
    )
    yield from other_news(
        seats.sitting(row.plan, row.agency_id, *WRITING_ROLES),
        plan=row.plan,
        agency=row.agency,
        reason=Reason.WAIT_ANSWERED,
        occasion=f"version {row.version}",
        about=f"wait {row.pk}",
        due_on=on,
        title=_named(row.milestone),
        sentence=says.format(agency=row.other_agency, other=_in_plan(row.waits_for, row.plan)),
        state=_("has an answer"),
        path=row.get_absolute_url(),
        link=_("Open what it waits for"),
    )


# --- dates that move --------------------------------------------------------------------------


@dataclass
class _Tell:
    """Tells who waits for the milestones that changed in a transaction, once it is committed: one email a person."""

    on: date
    at: datetime
    # History rows by milestone: the last of this transaction. A rehearsal writes some that are not there then.
    rows: dict[int, list[int]] = field(default_factory=dict)
    is_done: bool = False

    def __call__(self) -> None:
        self.is_done = True
        mail_at_once(lambda: moved_news(self.rows, self.on), on=self.on, at=self.at)


def milestone_written(sender: Any, history_instance: Any, **kwargs: Any) -> None:
    """Receive each history row of a milestone. Nothing is asked of the database before the commit."""
    at = history_instance.history_date
    queue = transaction.get_connection().run_on_commit
    tell = next(
        (act for _sids, act, _robust in queue if isinstance(act, _Tell) and not act.is_done), None
    )
    if tell is None:
        tell = _Tell(localdate(at), at)
        transaction.on_commit(tell, robust=True)
    tell.rows.setdefault(history_instance.id, []).append(history_instance.history_id)


def moved_news(changed: dict[int, list[int]], on: date) -> Iterator[OtherNews]:
    """Yield to each agency that waits, and has that confirmed, what became of the milestones: moved, met or withdrawn.

    `changed` are their new history rows. One query if nothing waits for them.
    """
    waits = Wait.objects.live().filter(waits_for__in=changed, answer=Wait.Answer.CONFIRMED)
    rows = [
        row
        for row in waits.filter(not_ended(on, "milestone__item__plan")).for_list()
        if row.milestone.is_open
    ]
    if not rows:
        return
    everything = waits_of_all(on)
    causes = dict(
        Delay.objects.open(on)
        .filter(milestone__in={row.waits_for_id for row in rows})
        .order_by("number")
        .values_list("milestone", "cause")
    )
    seats = Seats((row.plan for row in rows), (row.agency_id for row in rows), on)
    for row in rows:
        what = _change_of(row.waits_for, changed[row.waits_for_id])
        if not what:
            continue
        cause = causes.get(row.waits_for_id, "")
        if cause in CAUSES and not row.is_between_plans and row.waits_for.is_open:
            what = f"{what} {_('Cause: {cause}.').format(cause=CAUSES[cause])}"
        step = everything.steps[row.milestone_id]
        is_late = everything.cannot_be_met(step)
        yield from _to_agency(
            seats,
            row.milestone,
            reason=Reason.WAIT_MOVED,
            about=f"wait {row.pk}",
            state=_("waits for a date that changed"),
            sentence=f"{_in_plan(row.waits_for, row.plan)} {what} {_follows(row.milestone, is_late)}",
            # On the same day, what is corrected is told again only if the answer differs.
            occasion=f"{on} {'not met' if is_late else 'met'}",
        )


def _change_of(row: Milestone, versions: list[int]) -> str:
    """Return what the newest of these history rows changed, as the end of a sentence; "" if no date."""
    past: Any = row.history
    last = past.filter(history_id__in=versions).order_by("history_id").first()
    if last is None:
        return ""
    was = past.filter(history_id__lt=last.history_id).order_by("-history_id").first()
    if was is None:
        return ""
    if row.completed_on and not was.completed_on:
        return _("was done {on}.").format(on=KnownDate(row.completed_on).on)
    if row.withdrawn_on and not was.withdrawn_on:
        return _("was withdrawn and will not be done. Say what it waits for now.")
    if was.completed_on and row.is_open:
        return _("is open again, expected {on}.").format(on=row.forecast.on)
    then = KnownDate(was.forecast_due, was.forecast_known_to)
    if not row.is_open or then == row.forecast:
        return ""
    how_long = span_in_words(*sorted([then, row.forecast]))
    says = (
        _("is now expected {on}, {time} later than before.")
        if row.forecast.last_day > then.last_day
        else _("is now expected {on}, {time} earlier than before.")
    )
    return says.format(on=row.forecast.on, time=how_long)


def _follows(milestone: Milestone, is_late: bool) -> str:
    names = {"own": _named(milestone), "agreed": milestone.agreed}
    if milestone.forecast_due > milestone.agreed_due:
        return _("{own} waits for it.").format(**names)
    says = (
        _("{own} waits for it: its agreed date, {agreed}, can no longer be met.")
        if is_late
        else _("{own} waits for it: its agreed date, {agreed}, can be met.")
    )
    return says.format(**names)


def chain_news(on: date) -> Iterator[OtherNews]:
    """Yield, once, that an agreed date can no longer be met because of what lies further along the chain."""
    everything = waits_of_all(on)
    far = {
        pk: step
        for pk, step in everything.steps.items()
        if everything.cannot_be_met(step) and len(everything.chain(pk)) > 1
    }
    rows = Milestone.objects.filter(pk__in=far).filter(not_ended(on, "item__plan"))
    found = list(rows.select_related("item__plan__coordinating_agency", "responsible_agency"))
    seats = Seats(
        (row.item.plan for row in found), (row.responsible_agency_id for row in found), on
    )
    for row in found:
        waits = Waits(row.item.plan_id, on, everything.rows, everything.steps)
        yield from _to_agency(
            seats,
            row,
            reason=Reason.WAIT_MOVED,
            about=f"milestone {row.pk}",
            occasion=f"agreed {row.agreed_due}",
            sentence=_plain(row.item.plan, waits.why_not_met(far[row.pk]), row),
            state=_("can no longer be met"),
        )


def variation_news(on: date) -> Iterator[OtherNews]:
    """Yield, when a request goes to the working group, that it makes dates of others impossible, or that it ends what they
    wait for."""
    kinds = Variation.Kind
    rows = Variation.objects.filter(not_ended(on, "plan"), state=Variation.State.RECOMMENDED)
    waited_for = Wait.objects.live().values("waits_for")
    of_items = Milestone.objects.filter(pk__in=waited_for).values("item")
    asked = list(
        rows.filter(
            Q(kind__in=[kinds.DATE, kinds.CANCEL], milestone__in=waited_for)
            | Q(kind=kinds.WITHDRAWAL, item__in=of_items)
        ).order_by("pk")
    )
    if not asked:
        return
    everything = waits_of_all(on)
    hit = {row.pk: everything.hit_by(row) for row in asked}
    milestones = Milestone.objects.select_related(
        "item__plan__coordinating_agency", "responsible_agency"
    ).in_bulk([step.pk for pairs in hit.values() for pair in pairs for step in pair])
    seats = Seats(
        (row.item.plan for row in milestones.values()),
        (row.responsible_agency_id for row in milestones.values()),
        on,
    )
    for variation in asked:
        is_date = variation.kind == kinds.DATE
        says = (
            _(
                "The working group is asked to change the date of {other}, for which it waits. If it approves, the agreed date of {own} can no longer be met."
            )
            if is_date
            else _(
                "The working group is asked to withdraw {other}. {own} waits for it: tell the group what that would mean, or say what it waits for instead."
            )
        )
        for step, other in hit[variation.pk]:
            row = milestones[step.pk]
            yield from _to_agency(
                seats,
                row,
                reason=Reason.WAIT_IF,
                about=f"variation {variation.pk} for {row.pk}",
                occasion="recommended",
                sentence=says.format(
                    other=_in_plan(milestones[other.pk], row.item.plan), own=_named(row)
                ),
                state=_("waits for a date that may change")
                if is_date
                else _("waits for what may be withdrawn"),
            )


def _to_agency(seats: Seats, row: Milestone, **same: Any) -> Iterator[OtherNews]:
    """Return the news about a milestone to the contributors and approvers of its agency."""
    return other_news(
        seats.sitting(row.item.plan, row.responsible_agency_id, *WRITING_ROLES),
        plan=row.item.plan,
        agency=row.responsible_agency,
        due_on=row.agreed_due,
        title=_named(row),
        path=row.item.get_absolute_url(),
        link=_("Open the item"),
        **same,
    )


# --- names ------------------------------------------------------------------------------------


def _named(row: Milestone) -> str:
    """Return a milestone's number with its description; only the number in a plan with a SENSITIVE paper."""
    if is_kept_apart(row.item.plan):
        return row.reference
    return _("{reference} “{milestone}”").format(reference=row.reference, milestone=row)


def _in_plan(row: Milestone, reader: Plan) -> str:
    """Return a milestone's name, with its plan for readers of another one."""
    if row.item.plan_id == reader.pk:
        return _named(row)
    return _("{milestone} in “{plan}”").format(milestone=_named(row), plan=row.item.plan)


def _plain(plan: Plan, words: str, row: Milestone) -> str:
    if not is_kept_apart(plan):
        return words
    return _("The agreed date of {reference}, {agreed}, can no longer be met.").format(
        reference=row.reference, agreed=row.agreed
    )
