"""Notices about actions: to their agency while they are open and once confirmed; to the coordinator to confirm.

A source of `notices.news` for decisions. `reports.responses.follow_up_news` uses it for follow-ups.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Seat
from agencies.wording.translation import day_words
from workitems.models import Action, Decision, Notice, Plan
from workitems.notices.news import Addressed, OtherNews, Seats, other_news, step_of, until
from workitems.terms.spans import span_in_words

Reason, Role = Notice.Reason, Seat.Role

# An action that was confirmed longer ago is no news.
NEWS_FOR_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class ActionNews:
    """An action with the texts of its notices. `about` is its key in the log of notices."""

    action: Any
    about: str
    plan: Plan
    title: str
    # The email about the minutes names it, so it needs no email of its own.
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
            ActionNews(
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


def action_notices(actions: list[ActionNews], on: date) -> Iterator[OtherNews]:
    """Yield the notices of these actions as at a day."""
    if not actions:
        return
    seats = Seats(
        (each.plan for each in actions), (each.action.owner_agency_id for each in actions), on
    )
    for each in actions:
        yield from _of(each, seats, on)


def _of(news: ActionNews, seats: Seats, on: date) -> Iterator[OtherNews]:
    row, plan = news.action, news.plan
    coordinators = seats.coordinators(plan)
    owners = seats.sitting(plan, row.owner_agency_id, *WRITING_ROLES)
    version = f"version {row.version}"
    agency: Agency = row.owner_agency
    if row.progress == Action.Progress.REPORTED:
        yield from _lines(
            news, coordinators, Reason.ACTION_DONE, version,
            _("{agency} marked it as done. Confirm it, or say what is still to be done.").format(agency=agency),
            _("waits to be confirmed"),
        )  # fmt: skip
    elif row.progress == Action.Progress.CONFIRMED:
        yield from _lines(
            news, owners, Reason.ACTION_CONFIRMED, version,
            _("The coordinator confirmed it as done."), _("is confirmed as done"),
        )  # fmt: skip
    else:
        if row.reopened_because:
            yield from _lines(
                news, owners or coordinators, Reason.ACTION_REOPENED, version,
                _("The coordinator reopened it and says what is still to be done."), _("is reopened"),
            )  # fmt: skip
        yield from _due(news, owners, coordinators, on)


def _due(
    news: ActionNews, owners: list[Addressed], coordinators: list[Addressed], on: date
) -> Iterator[OtherNews]:
    row, people = news.action, owners or coordinators
    reason = step_of(row.due_on, row.decided_on or on, on, first=Reason.ACTION)
    due = day_words(row.due_on)
    if reason == Reason.OVERDUE and news.plan.has_ended(on):
        sentence, state = (
            _("It was due on {due} and is not marked as done.").format(due=due),
            _("was due on {due}").format(due=due),
        )
    elif reason == Reason.OVERDUE:
        late = span_in_words(row.due_on, on)
        sentence, state = (
            _("It was due on {due} and is overdue by {time}.").format(due=due, time=late),
            _("is overdue by {time}").format(time=late),
        )
    else:
        when = until(row.due_on, on)
        if reason == Reason.ACTION and news.is_in_minutes and owners:
            return
        sentence = _("{agency} is to do it by {due}, {when}. Then mark it as done.").format(
            agency=row.owner_agency, due=due, when=when
        )
        state = _("is due {when}").format(when=when)
    yield from _lines(news, people, reason, row.due_on.isoformat(), sentence, state)


def _lines(
    news: ActionNews,
    people: Iterable[Addressed],
    reason: Notice.Reason,
    occasion: str,
    sentence: str,
    state: str,
) -> Iterator[OtherNews]:
    row = news.action
    return other_news(
        people,
        plan=news.plan,
        agency=row.owner_agency,
        reason=reason,
        occasion=occasion,
        about=news.about,
        due_on=row.due_on,
        title=news.title,
        sentence=sentence,
        state=state,
        path=row.get_absolute_url(),
        link=_("Open the action"),
    )
