"""What a Minister's office reads of all plans: the last paper about each, with its figures as at the paper's date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reports.document import Stage, WorkItemRow, WorkItemTable
from reports.document.document import from_json
from reports.models import IssuedPaper

# How a paper says that a milestone was withdrawn.
CANCELLED = "Cancelled"


@dataclass(frozen=True)
class PaperRow:
    """The last issued paper about a plan. Its figures are counted from its annex of work items, as it was signed."""

    issued: IssuedPaper

    @cached_property
    def table(self) -> WorkItemTable | None:
        annexes = from_json(bytes(self.issued.document)).annexes
        tables = (each for each in annexes if isinstance(each, WorkItemTable))
        return next(tables, None)

    @property
    def as_at(self) -> date:
        return self.table.as_at if self.table else self.issued.briefing.dated

    @cached_property
    def items(self) -> list[WorkItemRow]:
        """The items that count: those that were withdrawn do not."""
        pillars = self.table.pillars if self.table else ()
        return [row for each in pillars for row in each.rows if row.stage != Stage.WITHDRAWN]

    @property
    def complete(self) -> int:
        return sum(row.stage == Stage.COMPLETE for row in self.items)

    @property
    def late(self) -> list[WorkItemRow]:
        return [row for row in self.items if row.stage != Stage.COMPLETE and self._is_late(row)]

    @property
    def late_key_items(self) -> list[str]:
        return [row.number for row in self.late if row.is_key]

    def _is_late(self, row: WorkItemRow) -> bool:
        """Whether a milestone was open and past its agreed date, or expected after it."""
        return any(
            not step.completed_on
            and step.standing != CANCELLED
            and max(step.forecast_on or self.as_at, self.as_at)
            > (step.agreed_on or step.original_on)
            for step in row.milestones
        )


def paper_rows(portfolios: Iterable[str], on: date) -> list[PaperRow]:
    """Return the last paper about each plan that was signed by the day for one of the portfolios, newest first. Two queries."""
    signed = IssuedPaper.objects.addressed_to(portfolios).filter(authorised_at__date__lte=on)
    newest = dict(
        signed.order_by("briefing__dated", "authorised_at", "pk").values_list(
            "briefing__plan", "pk"
        )
    )
    rows = IssuedPaper.objects.filter(pk__in=newest.values()).defer("pdf")
    rows = rows.select_related("briefing__plan").order_by("-briefing__dated", "pk")
    return [PaperRow(row) for row in rows]
