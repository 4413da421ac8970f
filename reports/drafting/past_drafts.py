"""Earlier states of a draft: the moments offered for comparison, and the paper as of a moment.

The text is as stored then. As for any draft, annexes are composed as at the paper's date; the
agencies' answers on the cover are the current ones.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Max, Min
from django.db.models.functions import TruncDate, TruncMinute
from django.utils.timezone import localdate
from django.utils.translation import gettext

from reports.document import Document, DocumentError
from reports.drafting import draft_rows
from reports.drafting.draft import DraftError
from reports.drafting.draft_rows import DRAFTED, REFRESHED, REFRESHED_BEFORE
from reports.drafting.paper import assembled, generated
from reports.models import Briefing, DraftAsk, DraftParagraph, DraftSection
from workitems.plan.asat import Moment, rows_as_at

State = Briefing.State
# Newest moments offered of each type. Any other moment has an address too.
OFFERED = 20
# The resolution of history.
INSTANT = timedelta(microseconds=1)
# A refresh saves its rows one after another, within this time.
ONE_ACT = timedelta(minutes=1)


@dataclass(frozen=True)
class PastMoment:
    """A moment of the draft and what happened then, such as "as it was begun"."""

    at: datetime
    moment: Moment
    words: str


def moments(briefing: Briefing, today: date) -> list[PastMoment]:
    """Return the moments offered, newest first, in five queries.

    They are the draft's beginning, each step and update, and the end of each day with edits.
    """
    begun, refreshed = _generated(briefing)
    if begun is None:
        return []
    found = [_after(begun, gettext("as it was begun"))]
    found += [
        PastMoment(at, Moment.at(at), gettext("before it was updated from the records"))
        for at in refreshed
    ]
    found += [_after(at, words) for at, words in _steps(briefing) if at >= begun]
    for each in _edited_days(briefing):
        if each < today:
            moment = Moment.end_of(each)
            assert moment.until is not None
            found.append(PastMoment(moment.until, moment, gettext("at the end of the day")))
    return sorted(found, key=lambda then: then.at, reverse=True)


def _after(at: datetime, words: str) -> PastMoment:
    return PastMoment(at, Moment.at(at + INSTANT), words)


def _generated(briefing: Briefing) -> tuple[datetime | None, list[datetime]]:
    """Return when the draft was begun, and when each of the newest refreshes started. One query."""
    history: Any = DraftParagraph.history.model
    acts = (
        history.objects.filter(
            briefing_id=briefing.pk,
            history_change_reason__in=(DRAFTED, REFRESHED, REFRESHED_BEFORE),
        )
        .annotate(minute=TruncMinute("history_date"))
        .values("history_change_reason", "minute")
        .annotate(first=Min("history_date"), last=Max("history_date"))
        .order_by("first")
        .values_list("history_change_reason", "first", "last")
    )
    begun: datetime | None = None
    refreshed: list[datetime] = []
    before: datetime | None = None
    for reason, first, last in acts:
        if reason == DRAFTED:
            begun = last
        elif before is None or first - before > ONE_ACT:
            refreshed.append(first)
        before = last if reason != DRAFTED else before
    return begun, refreshed[-OFFERED:]


def _steps(briefing: Briefing) -> list[tuple[datetime, str]]:
    """Return the newest steps that did not change the text. One query."""
    rows = briefing.history.order_by("history_date", "history_id")
    states = list(rows.values_list("history_date", "state"))
    found = [(at, _step(was, now)) for (_, was), (at, now) in pairwise(states) if was != now]
    return [(at, words) for at, words in found if words][-OFFERED:]


def _step(was: str, now: str) -> str:
    """Describe a step, or return "" for a step after which the issued paper is the same."""
    if now == State.IN_CONSULTATION:
        return (
            gettext("when it came back")
            if was == State.AWAITING
            else gettext("when it went to the agencies")
        )
    if now == State.AWAITING:
        return gettext("when authorisation was asked for")
    if now == State.WITHDRAWN:
        return gettext("when it was withdrawn")
    if now == State.DRAFTING:
        return (
            gettext("when its correction began")
            if was in Briefing.ISSUED
            else gettext("when it came back")
        )
    return gettext("when its correction was given up") if was == State.DRAFTING else ""


def _edited_days(briefing: Briefing) -> list[date]:
    """Return the newest days on which the draft was saved. Three queries."""
    found: set[date] = set()
    for model in (DraftParagraph, DraftSection, DraftAsk):
        history: Any = model.history.model
        days = history.objects.filter(briefing_id=briefing.pk).annotate(
            day=TruncDate("history_date")
        )
        found.update(days.order_by("-day").values_list("day", flat=True).distinct()[:OFFERED])
    return sorted(found)[-OFFERED:]


def read_past_draft(briefing: Briefing, until: datetime) -> Document | None:
    """Return the paper of the draft just before an instant, or None if it had not been begun.

    The number of queries is fixed. Raise `DocumentError` if that draft cannot be printed.
    """
    was = rows_as_at(Briefing, until, of={"pk": briefing.pk}).first()
    if was is None or was.kind_id is None:
        return None
    row: Briefing = was.instance
    row.plan = briefing.plan
    try:
        draft = draft_rows.read_draft_as_at(row, until)
    except DraftError as error:
        raise DocumentError(str(error)) from error
    return assembled(draft, generated(row, draft, localdate(until)))
