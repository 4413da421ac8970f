"""Turn what was understood of a tracker into the rows of a workbook, which are imported as any other."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext

from workitems.intake.cell_kinds import InvalidCell
from workitems.intake.tracker.understood import Item, Milestone, Progress, Understood, joined
from workitems.intake.tracker.words import Agencies, read_cause
from workitems.intake.workbook.columns import (
    AGENCIES,
    DELAYS,
    ITEMS,
    MILESTONES,
    MITIGATIONS,
    PILLARS,
    PLAN,
    SHEETS,
    UPDATES,
    Sheet,
)
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Book, Faults, Row
from workitems.terms.known_dates import KnownDate

Period = tuple[date, date]


@dataclass(frozen=True)
class PlanFacts:
    """What a person says of the plan itself."""

    title: str
    released_on: date
    ends_on: date | None
    portfolio: str
    coordinating: str


def book_of(understood: Understood, facts: PlanFacts, agencies: Agencies) -> Book:
    """Return the rows of the plan. A value that does not fit its column is a fault of the book."""
    return _Book(understood, facts, agencies).made()


class _Book:
    def __init__(self, understood: Understood, facts: PlanFacts, agencies: Agencies) -> None:
        self.understood, self.facts, self.agencies = understood, facts, agencies
        self.book = Book(
            {sheet.name: [] for sheet in SHEETS},
            Faults(),
            known_on={item.number: self._known_on(item) for item in understood.items},
            decided_on={
                (item.number, number): step.agreed_on
                for item in understood.items
                for number, step in enumerate(item.milestones, start=1)
                if step.agreed_on
            },
            answered={item.number for item in understood.items if item.is_stage_answered},
            undated={item.number for item in understood.items if item.is_undated},
        )
        self.named: dict[str, None] = {facts.coordinating: None}
        self.periods = self._periods()

    def _known_on(self, item: Item) -> date:
        """Return the day from which on what the row says is known: its last update, or the tracker's day."""
        return item.updated_on or self.understood.about.as_at

    def made(self) -> Book:
        facts = self.facts
        self.add(
            PLAN,
            1,
            {
                "Title": facts.title,
                "Released on": facts.released_on,
                "Ends on": facts.ends_on,
                "Portfolio": facts.portfolio,
                "Coordinating agency": facts.coordinating,
            },
        )
        for pillar in self.understood.pillars:
            self.add(
                PILLARS,
                pillar.number or 1,
                {
                    "Number": pillar.number,
                    "Title": pillar.title,
                    "Description": pillar.description,
                },
            )
        for item in self.understood.items:
            self.item(item)
        names = {agency.short: agency.name for agency in self.agencies.known}
        names |= self.understood.new_agencies
        for number, short in enumerate(self.named, start=1):
            self.add(AGENCIES, number, {"Short name": short, "Name": names.get(short, short)})
        return self.book

    def add(
        self, sheet: Sheet, number: int, cells: dict[str, Any], written_on: date | None = None
    ) -> None:
        row = Row(
            sheet=sheet, number=number, values={}, letters={}, numbers={}, written_on=written_on
        )
        for column in sheet:
            raw = cells.get(column.heading)
            try:
                if raw is None or raw == "":
                    if column.required:
                        raise InvalidCell(gettext("It is missing."), column.kind.right)
                    row.values[column.heading] = NOT_GIVEN
                else:
                    is_known = isinstance(raw, KnownDate)
                    row.values[column.heading] = raw if is_known else column.kind.read(raw)
            except InvalidCell as invalid:
                self.book.faults.add(row.fault(column.heading, invalid.problem, invalid.right))
                row.values[column.heading] = UNREADABLE
            if column.names_agency and isinstance(raw, str) and raw:
                self.named.setdefault(raw)
        self.book.rows[sheet.name].append(row)

    def item(self, item: Item) -> None:
        for short in item.supporting:
            self.named.setdefault(short)
        supporting = [
            f"{short} ({role.replace(';', ',')})" if role else short
            for short, role in item.supporting.items()
        ]
        self.add(
            ITEMS,
            item.row,
            {
                "Number": item.number,
                "Pillar": item.pillar and item.pillar.number,
                "Title": item.title,
                "Objective": item.objective,
                "Action": item.action,
                "Kind": item.kind,
                "Lead agency": item.lead,
                "Supporting agencies": "; ".join(supporting),
                "Key": "yes" if item.is_key else "no",
                "Timeframe": item.timeframe,
                "Starts on": item.starts_on,
                # An item that nobody reported on begins as every item does.
                "Stage": item.stage or "not_started",
                "Confidence": item.confidence,
                "Measure": "\n".join(item.measures),
            },
        )
        for number, step in enumerate(item.milestones, start=1):
            self.add(
                MILESTONES,
                item.row,
                {
                    "Work item": item.number,
                    "Milestone": number,
                    "Description": step.description,
                    "Done means": step.full,
                    "Responsible agency": step.agency or item.lead,
                    "Original due": step.original,
                    "Agreed due": step.agreed,
                    "Forecast due": step.forecast,
                    "Completed on": step.completed,
                },
            )
        late = next(
            (n for n, s in enumerate(item.milestones, start=1) if self._is_late(item, s)), 0
        )
        explains = [] if late and item.causes else [*item.causes, *item.mitigations]
        if late and item.causes:
            self.delay(item, late)
        self.updates(item, explains)

    def _is_late(self, item: Item, step: Milestone) -> bool:
        agreed = step.agreed or step.original
        slips = step.forecast is not None and step.forecast > agreed
        past = agreed.last_day < self.understood.about.as_at
        return (
            not step.completed and item.stage not in ("complete", "withdrawn") and (slips or past)
        )

    def delay(self, item: Item, milestone: int) -> None:
        text = joined(item.causes)
        where = {"Work item": item.number, "Milestone": milestone}
        found = self._known_on(item)
        cause = read_cause(text)
        self.add(DELAYS, item.row, where | {"Cause": cause, "Explanation": text, "Found on": found})
        for mitigation in item.mitigations:
            self.add(
                MITIGATIONS,
                item.row,
                where | {"Delay": 1, "Mitigation": mitigation, "Owner agency": item.lead},
            )

    # --- updates --------------------------------------------------------------------------------

    def _end(self, period: KnownDate | None) -> date:
        """Return the last day of the round that progress goes to: of its column's period, else the tracker's.

        Days of single updates make no rounds: nobody was asked on them.
        """
        return period.last_day if period else self.understood.about.as_at

    def _periods(self) -> dict[date, Period]:
        """Return the periods of updates by their last day. Each begins where the one before ends."""
        about = self.understood.about
        ends = sorted(
            {self._end(period) for item in self.understood.items for period in item.progress}
        )
        found: dict[date, Period] = {}
        before: date | None = None
        for end in ends:
            start = before + timedelta(days=1) if before else about.released_on
            if start >= end:
                start = end - timedelta(days=90 if before is None else 1)
            found[end] = (start, end)
            before = end
            name = (
                gettext("From the spreadsheet of {day}")
                if end == about.as_at
                else gettext("From the spreadsheet, to {day}")
            )
            self.book.round_names[start, end] = name.format(day=KnownDate(end))
        return found

    def updates(self, item: Item, explains: list[str]) -> None:
        """Add what the item says as accepted updates, the last of them with its stage."""
        by_end: dict[date, list[Progress]] = defaultdict(list)
        for period, progress in item.progress.items():
            by_end[self._end(period)].append(progress)
        last, about = max(by_end, default=None), self.understood.about
        for end, parts in sorted(by_end.items()):
            is_last = end == last
            earlier = item.stage if item.stage in ("ongoing", "withdrawn") else "under_way"
            start, _ = self.periods[end]
            self.add(
                UPDATES,
                item.row,
                {
                    "Period start": start,
                    "Period end": end,
                    "Agency": item.lead,
                    "Work item": item.number,
                    "Stage": item.stage if is_last else earlier,
                    "Confidence": item.confidence if is_last else "",
                    "Achieved": joined(text for part in parts for text in part.achieved),
                    "Planned next": joined(text for part in parts for text in part.planned),
                    "Challenges": joined(
                        [
                            *(text for part in parts for text in part.challenges),
                            *(explains if is_last else ()),
                        ]
                    ),
                    "Accepted on": end,
                },
                item.updated_on if None in item.progress and end == about.as_at else None,
            )
