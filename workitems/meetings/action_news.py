"""Notices about actions: their agency is asked and told what became of it; the coordinator confirms.

A source of `notices.news` for decisions. `reports.responses.follow_up_news` uses it for follow-ups.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat
from agencies.wording.translation import day_words
from workitems.models import Action, Decision, Notice, Plan
from workitems.notices.news import Addressed, OtherNews, Seats, other_news, step_of, until
from workitems.terms.spans import span_in_words

Reason, Role = Notice.Reason, Seat.Role

# An action that was confirmed longer ago is no news.
NEWS_FOR_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Told:
    """An action with what its notices say. `about` is its key in the log of notices."""

    action: Any
    about: str
    plan: Plan
    title: str
    # The mail about the minutes names it, so that it is not told once more by itself.
    is_in_minutes: bool = False


def news_worth(on: date) -> Q:
    """Filter actions that are not done, wait to be confirmed, or were confirmed a short time ago."""
    return Q(owner_agency__isnull=False) & (
        Q(done_on=None)
        | Q(awaits_confirmation=True)
        | Q(confirmed_on__gt=on - timedelta(days=NEWS_FOR_DAYS))
    )


def decision_notices(on: date) -> Iterator[OtherNews]:
    """Yield the notices of all decisions with an owner, but for ended plans. Four queries."""
    rows = (
        Decision.objects.filter(news_worth(on))
        .select_related(
            "owner_agency",
            "meeting__plan__coordinating_agency",
            "out_of_session__variation__plan__coordinating_agency",
        )
        .order_by("due_on", "pk")
    )
    return action_notices(
        [
            Told(
                action=row,
                about=f"decision {row.pk}",
                plan=row.plan,
                title=_("Action from the {origin}").format(origin=row.origin)
                if row.meeting_id
                else _("Action from the decision of {origin}").format(origin=row.origin),
                is_in_minutes=row.meeting is not None and row.meeting.is_closed,
            )
            for row in rows
            if not row.plan.has_ended(on)
        ],
        on,
    )


def action_notices(told: list[Told], on: date) -> Iterator[OtherNews]:
    """Yield the notices of these actions as at a day."""
    if not told:
        return
    seats = Seats((each.plan for each in told), (each.action.owner_agency_id for each in told), on)
    for each in told:
        yield from _of(each, seats, on)


def _of(told: Told, seats: Seats, on: date) -> Iterator[OtherNews]:
    row, plan = told.action, told.plan
    coordinators = seats.coordinators(plan)
    owners = seats.sitting(plan, row.owner_agency_id, Role.CONTRIBUTOR, Role.APPROVER)
    version = f"version {row.version}"
    agency: Agency = row.owner_agency
    if row.progress == Action.Progress.REPORTED:
        yield from _lines(
            told, coordinators, Reason.ACTION_DONE, version,
            _("{agency} marked it as done. Confirm it, or say what is still to be done.").format(agency=agency),
            _("waits to be confirmed"),
        )  # fmt: skip
    elif row.progress == Action.Progress.CONFIRMED:
        yield from _lines(
            told, owners, Reason.ACTION_CONFIRMED, version,
            _("The coordinator confirmed it as done."), _("is confirmed as done"),
        )  # fmt: skip
    else:
        if row.reopened_because:
            yield from _lines(
                told, owners or coordinators, Reason.ACTION_REOPENED, version,
                _("The coordinator reopened it and says what is still to be done."), _("is reopened"),
            )  # fmt: skip
        yield from _due(told, owners, coordinators, on)


def _due(
    told: Told, owners: list[Addressed], coordinators: list[Addressed], on: date
) -> Iterator[OtherNews]:
    row, people = told.action, owners or coordinators
    reason = step_of(row.due_on, row.decided_on or on, on, first=Reason.ACTION)
    due = day_words(row.due_on)
    if reason == Reason.OVERDUE and told.plan.has_ended(on):
        sentence, state = (
            _("It was due on {due} and is not marked as done.").format(due=due),
            _("was due on {due}").format(due=due),
        )
    elif reason == Reason.OVERDUE:
        late = span_in_words((on - row.due_on).days)
        sentence, state = (
            _("It was due on {due} and is overdue by {time}.").format(due=due, time=late),
            _("is overdue by {time}").format(time=late),
        )
    else:
        left = until(row.due_on, on)
        if reason == Reason.ACTION and told.is_in_minutes and owners:
            return
        sentence = _("{agency} is to do it by {due}, {when}. Then mark it as done.").format(
            agency=row.owner_agency, due=due, when=left
        )
        state = _("is due {when}").format(when=left)
    yield from _lines(told, people, reason, row.due_on.isoformat(), sentence, state)


def _lines(
    told: Told,
    people: Iterable[Addressed],
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
) -> Iterator[OtherNews]:
    row = told.action
    return other_news(
        people,
        plan=told.plan,
        agency=row.owner_agency,
        reason=reason,
        occasion=occasion,
        about=told.about,
        due_on=row.due_on,
        title=told.title,
        sentence=sentence,
        state=state,
        path=row.get_absolute_url(),
        link=_("Open the action"),
    )
