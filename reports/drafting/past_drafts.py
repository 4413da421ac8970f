"""A draft as it was: the moments worth going back to, and the paper that it would have made then.

Its words are those that were stored then. Its annexes are made from the records as at the paper's
date, as those of any draft are, and agencies' answers stand on its cover as they are now.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Max, Min
from django.db.models.functions import TruncDate, TruncMinute

from reports.document import Document, DocumentError
from reports.drafting import draft_rows
from reports.drafting.draft import DraftError
from reports.drafting.draft_rows import DRAFTED, REFRESHED
from reports.drafting.paper import assembled, generated
from reports.models import Briefing, DraftAsk, DraftParagraph, DraftSection
from workitems.asat import Moment, rows_as_at

State = Briefing.State
# Of each kind, the newest; any other moment is reached by its address.
OFFERED = 20
# The least that history tells apart.
INSTANT = timedelta(microseconds=1)
# One refresh writes its rows one after the other, within this time.
ONE_ACT = timedelta(minutes=1)


@dataclass(frozen=True)
class Then:
    """The draft at a moment, and what happened then: "as it was begun"."""

    at: datetime
    moment: Moment
    words: str


def moments(briefing: Briefing, today: date) -> list[Then]:
    """When it was begun, each step, just before each refresh, and the days before today on which it
    was edited; newest first. Five queries."""
    begun, refreshed = _generated(briefing)
    if begun is None:
        return []
    found = [_after(begun, "as it was begun")]
    found += [Then(at, Moment.at(at), "before it was refreshed") for at in refreshed]
    found += [_after(at, words) for at, words in _steps(briefing) if at >= begun]
    for each in _edited_days(briefing):
        if each < today:
            moment = Moment.end_of(each)
            assert moment.until is not None
            found.append(Then(moment.until, moment, "at the end of the day"))
    return sorted(found, key=lambda then: then.at, reverse=True)


def _after(at: datetime, words: str) -> Then:
    return Then(at, Moment.at(at + INSTANT), words)


def _generated(briefing: Briefing) -> tuple[datetime | None, list[datetime]]:
    """When the draft was begun, and when each of the newest refreshes started. One query."""
    history: Any = DraftParagraph.history.model
    acts = (
        history.objects.filter(
            briefing_id=briefing.pk, history_change_reason__in=(DRAFTED, REFRESHED)
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
        before = last if reason == REFRESHED else before
    return begun, refreshed[-OFFERED:]


def _steps(briefing: Briefing) -> list[tuple[datetime, str]]:
    """The newest steps of the briefing that left its text as it was. One query."""
    rows = briefing.history.order_by("history_date", "history_id")
    states = list(rows.values_list("history_date", "state"))
    found = [(at, _step(was, now)) for (_, was), (at, now) in pairwise(states) if was != now]
    return [(at, words) for at, words in found if words][-OFFERED:]


def _step(was: str, now: str) -> str:
    """Empty where an issued paper says the same."""
    if now == State.IN_CONSULTATION:
        return "when it came back" if was == State.AWAITING else "when it went to the agencies"
    if now == State.AWAITING:
        return "when authorisation was asked for"
    if now == State.WITHDRAWN:
        return "when it was withdrawn"
    if now == State.DRAFTING:
        return "when its correction began" if was in Briefing.ISSUED else "when it came back"
    return "when its correction was given up" if was == State.DRAFTING else ""


def _edited_days(briefing: Briefing) -> list[date]:
    """The newest days on which a paragraph, a heading or a recommendation was saved. Three queries."""
    found: set[date] = set()
    for model in (DraftParagraph, DraftSection, DraftAsk):
        history: Any = model.history.model
        days = history.objects.filter(briefing_id=briefing.pk).annotate(
            day=TruncDate("history_date")
        )
        found.update(days.order_by("-day").values_list("day", flat=True).distinct()[:OFFERED])
    return sorted(found)[-OFFERED:]


def read(briefing: Briefing, until: datetime) -> Document | None:
    """The paper of the draft just before an instant: a fixed number of queries. None where it was not begun then.

    Refused with a `DocumentError` where the draft of then cannot be printed.
    """
    was = rows_as_at(Briefing, until, of={"pk": briefing.pk}).first()
    if was is None or was.kind_id is None:
        return None
    row: Briefing = was.instance
    row.plan = briefing.plan
    try:
        draft = draft_rows.read_as_at(row, until)
    except DraftError as error:
        raise DocumentError(str(error)) from error
    return assembled(draft, generated(row, draft))
