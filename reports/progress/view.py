"""The view of a plan that the dashboard and its pages show: moment, comparison, pillar, agency."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext

from reports.document.dates import long_date
from reports.models import Briefing, MeetingPaper
from reports.models.meeting_paper import moment_before
from workitems.models import Milestone, Plan, WorkItem
from workitems.models.item import number_key
from workitems.plan.asat import Moment, end_of
from workitems.plan.plan_at.moment_reading import read_at
from workitems.plan.plan_at.rows import CLOSED

# The newest meetings and briefings offered. Earlier ones can be entered by date.
OFFERED = 6
# What `reverse` leaves as it is in a part of a URL.
IN_URLS = "!$&'()*+,;=~:@"
# Nearly all numbers need no quoting, which takes longer than the rest of a URL.
PLAIN = re.compile(r"[\w.-]*", re.ASCII).fullmatch


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A plan as at a moment, optionally compared with an earlier one, of a pillar or lead agency.

    `query` and `link` keep all of it, so that every URL can be shared.
    """

    plan: Plan
    at: Moment
    since: Moment | None = None
    pillar: int | None = None
    agency: int | None = None
    # Whether nobody chose the earlier moment; then addresses leave it out.
    is_compared_by_default: bool = False

    def without_comparison(self) -> "PlanView":
        return replace(self, since=None)

    @property
    def is_narrowed(self) -> bool:
        return self.pillar is not None or self.agency is not None

    @property
    def asked(self) -> dict[str, Any]:
        """The view as parameters of an address, some of them empty."""
        return {
            "at": self._key,
            "since": self.since.key if self.since and not self.is_compared_by_default else "",
            "pillar": self.pillar,
            "agency": self.agency,
        }

    def query(self, **params: Any) -> str:
        """Return a query string such as "?at=2010-07-30&pillar=3", or ""."""
        return _query(self.asked | params)

    def link(self, page: str, **params: Any) -> str:
        """Return the URL of a page of the dashboard ("timeline") with the same view."""
        if page not in self._pages:
            self._pages[page] = reverse(f"dashboard:{page}", args=[self.plan.slug])
        return self._pages[page] + self.query(**params)

    def item(self, number: str) -> str:
        """Return the URL of an item as at the same moment."""
        return f"{self._page_of(number)}{self._moment}"

    @cached_property
    def led_by_others(self) -> list[str]:
        """The numbers of items with an open milestone for which the chosen agency answers, and another leads them: the view
        leaves them out. Two queries; none without an agency."""
        if self.agency is None:
            return []
        columns = ("item_id", "responsible_agency_id")
        open_ones = read_at(
            *(Milestone, self.at, columns, {"item__plan_id": self.plan.pk}),
            not_yet=("completed_on", "withdrawn_on"),
        )
        answered = {item for item, agency in open_ones if agency == self.agency}
        rows = read_at(
            WorkItem, self.at, ("number", "lead_agency_id", "stage"), {"pk__in": sorted(answered)}
        )
        found = [
            number for number, lead, stage in rows if lead != self.agency and stage not in CLOSED
        ]
        return sorted(found, key=number_key)

    def item_history(self, number: str) -> str:
        """Return the URL of an item's whole history."""
        return f"{self._page_of(number)}history/"

    def items(self, **params: Any) -> str:
        """Return the URL of the list of work items behind a figure."""
        asked = {"at": self._key, "pillar": self.pillar, "lead": self.agency} | params
        return self._list + _query(asked)

    # A page has hundreds of links, so the URL configuration is asked once for each kind.

    @cached_property
    def _pages(self) -> dict[str, str]:
        """The URLs of the dashboard's pages, without a query, as far as they were asked for."""
        return {}

    @cached_property
    def _list(self) -> str:
        """The URL of the list of items, which the URLs of items begin with."""
        return reverse("workitems:list", args=[self.plan.slug])

    def _page_of(self, number: str) -> str:
        return f"{self._list}{number if PLAIN(number) else quote(number, safe=IN_URLS)}/"

    @cached_property
    def _key(self) -> str:
        return self.at.key

    @cached_property
    def _moment(self) -> str:
        return _query({"at": self._key})


def _query(asked: dict[str, Any]) -> str:
    """Return a query string of the values that are set, or "". Names need no quoting.

    Most values are ids; `urlencode` takes five times as long.
    """
    kept = "&".join(
        f"{name}={value if type(value) is int else quote_plus(str(value))}"
        for name, value in asked.items()
        if value not in (None, "")
    )
    return f"?{kept}" if kept else ""


@dataclass(frozen=True)
class Earlier:
    """An earlier event to compare with: "Meeting of 3 May 2010"."""

    moment: Moment
    words: str
    # The words within a sentence: "the meeting of 3 May 2010", "a quarter ago".
    within: str
    # The label of a link to that day: "3 May 2010 (meeting)".
    back: str = ""
    is_meeting: bool = False


def within_record(plan: Plan, since: Moment) -> Moment:
    """Return the moment or, if that is later, the end of the day of the spreadsheet that the plan came from: what was so
    by then is no change, whenever it began."""
    begins = plan.record_begins
    return since if begins is None or since.on >= begins else Moment.end_of(begins)


def meetings_before(plan: Plan, at: Moment) -> list[Earlier]:
    """Return the newest meetings that are recorded as held before the moment's day, newest first. Two queries.

    The moment of each is that of its last frozen pack or, without one, the end of its day.
    """
    packs = MeetingPaper.objects.filter(meeting=OuterRef("pk"), kind=MeetingPaper.Kind.PACK)
    held = plan.meetings.recorded().filter(held_on__lt=at.on).order_by("-held_on")
    if plan.record_begins:
        held = held.filter(held_on__gte=plan.record_begins)
    rows = held.values_list("held_on", Subquery(packs.newest_first().values("as_at")[:1]))
    return [
        Earlier(
            moment_before(shown or end_of(held_on), held_on),
            gettext("Meeting of {day}").format(day=day),
            gettext("the meeting of {day}").format(day=day),
            gettext("{day} (meeting)").format(day=day),
            is_meeting=True,
        )
        for held_on, shown in rows[:OFFERED]
        for day in (long_date(held_on),)
    ]


def events_before(plan: Plan, at: Moment, today: date) -> list[Earlier]:
    """Return the meetings and then the briefings before the moment's day, of each kind the newest first. Two queries."""
    return [*meetings_before(plan, at), *briefings_before(plan, at, today)]


def briefings_before(plan: Plan, at: Moment, today: date) -> list[Earlier]:
    """Return the newest briefings dated before the moment's day.

    Drafts are included, as their dates are not confidential.
    """
    rows = Briefing.objects.filter(plan=plan, dated__lt=min(at.on, today)).newest_first()
    if plan.record_begins:
        rows = rows.filter(dated__gte=plan.record_begins)
    return [
        Earlier(
            Moment.end_of(dated),
            gettext("Briefing of {day}").format(day=day),
            gettext("the briefing of {day}").format(day=day),
            gettext("{day} (briefing)").format(day=day),
        )
        for dated in rows.values_list("dated", flat=True)[:OFFERED]
        for day in (long_date(dated),)
    ]
