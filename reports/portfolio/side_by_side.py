"""Plans side by side as at one day, each counted as its dashboard counts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency
from reports.progress.dashboard import Dashboard, Figure, in_all, read_dashboard
from reports.progress.view import PlanView, within_record
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.plan_at import ItemAt
from workitems.terms.lateness import Status
from workitems.terms.spans import add_months

COLUMNS = (Status.LATE, Status.IN_DOUBT, Status.ON_TIME, Status.COMPLETE)


@dataclass(frozen=True)
class PlanRow:
    """A plan as at a day: what its dashboard says compared with a month before, and its key items that are late.
    `has_ended`: by that day; `agencies`: those of the reader."""

    plan: Plan
    dashboard: Dashboard
    has_ended: bool
    agencies: Sequence[Agency] = ()

    @property
    def url(self) -> str:
        return self.dashboard.view.link("overview")

    @property
    def since(self) -> date | None:
        """The day that it is compared with."""
        since = self.dashboard.view.since
        return since.on if since else None

    @property
    def changes_url(self) -> str:
        return self.dashboard.view.link("changes")

    @property
    def own_changes(self) -> list[tuple[str, str]]:
        """The reader's agencies that lead an item, each with what changed in theirs."""
        view, leads = self.dashboard.view, {item.lead for item in self.dashboard.at.items}
        return [
            (agency.short_name, view.link("changes", agency=agency.pk))
            for agency in self.agencies
            if agency.pk in leads
        ]

    @property
    def figures(self) -> list[Figure]:
        """The figures of the columns, each with the list behind it."""
        of = {figure.kind: figure for figure in self.dashboard.figures}
        return [of[status] for status in COLUMNS]

    @property
    def total(self) -> int:
        """The items that count: those that are withdrawn do not."""
        counted = in_all(self.dashboard.now)
        return counted.total() - counted[Status.WITHDRAWN]

    @property
    def late_share(self) -> float:
        return in_all(self.dashboard.now)[Status.LATE] / (self.total or 1)

    @property
    def cannot_be_met(self) -> int:
        """The items that are on time and have an agreed date that can no longer be met."""
        at = self.dashboard.at
        items = at.waits.items_not_met
        return sum(item.pk in items and item.status == Status.ON_TIME for item in at.items)

    @property
    def attention_url(self) -> str:
        return self.dashboard.view.link("attention")

    @property
    def late_key_items(self) -> list[tuple[ItemAt, str]]:
        """The late key items, each with the address of its page at that day."""
        view = self.dashboard.view
        return [
            (item, view.item(item.number))
            for item in self.dashboard.at.items
            if item.is_key and item.status == Status.LATE
        ]


def plan_rows(
    plans: Iterable[Plan], on: date, today: date, agencies: Sequence[Agency] = ()
) -> list[PlanRow]:
    """Return the plans that were adopted by the day: those that go on, with the largest share of late items first, and
    then those that have ended. The queries of a dashboard, compared, for each.

    A plan that had ended by then stands as at its end, compared with nothing.
    """
    rows = [
        PlanRow(plan, read_dashboard(_view(plan, on, today)), plan.has_ended(on), agencies)
        for plan in plans
        if plan.adopted_on is not None and plan.adopted_on <= on
    ]
    return sorted(rows, key=lambda row: (row.has_ended, 0 if row.has_ended else -row.late_share))


def month_before(on: date) -> date:
    return add_months(on, -1)


def _view(plan: Plan, on: date, today: date) -> PlanView:
    if plan.has_ended(on):
        return PlanView(plan=plan, at=Moment.present(plan, on))
    at = Moment.today(on) if on == today else Moment.end_of(on)
    since = within_record(plan, Moment.end_of(month_before(on)))
    is_young = plan.adopted_on is None or not plan.adopted_on <= since.on < on
    return PlanView(plan=plan, at=at, since=None if is_young else since)
