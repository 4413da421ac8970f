"""Every work item of a plan as a tile, by pillar. Pure.

Tiles never change place: a filter leaves them, a status colours them. A large plan has smaller tiles,
and a larger one the numbers of each pillar.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from agencies.models import Agency
from reports.progress.moves import Moves
from reports.progress.plan_counts import PlanCounts
from reports.progress.view import PlanView
from workitems.models.item import Stage
from workitems.plan.attention import Line
from workitems.plan.plan_at import ItemAt, MilestoneAt, PillarAt, PlanAt
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, Status

# With more items, tiles have numbers only, and with more than that, none.
TITLES_UP_TO = 40
TILES_UP_TO = 120


@dataclass(frozen=True)
class Tile:
    """An item. `line` is what needs attention about it, `coming` its next open milestone. `was` is its status before,
    if that was another."""

    item: ItemAt
    lead: Agency
    url: str
    line: Line | None = None
    coming: MilestoneAt | None = None
    was: Status | None = None

    @property
    def is_new(self) -> bool:
        """Whether it became late since the moment that is compared with."""
        return self.was is not None and self.item.status == Status.LATE

    @property
    def mark(self) -> str:
        """Its shape: an item that is expected late differs from one that is overdue."""
        is_expected = self.item.status == Status.LATE and self.item.late.state == Late.SLIPPING
        return "expected_late" if is_expected else str(self.item.status)

    @property
    def word(self) -> str:
        """The word beside the title; none of an item on time whose dates can be met."""
        if self.is_new:
            return _("late, new")
        status = self.item.status
        if status == Status.ON_TIME:
            return _("date can’t be met") if self.line and self.line.cannot_be_met else ""
        return status.label.lower()

    @property
    def place(self) -> str:
        lead = self.lead.short_name
        return _("{agency}, key item").format(agency=lead) if self.item.is_key else lead

    @cached_property
    def facts(self) -> list[str]:
        """Sentences for who looks closer: how late and why, when it is expected, or what comes next."""
        item, line = self.item, self.line
        found = []
        if self.was is not None:
            found.append(_("Before: {status}.").format(status=self.was.label.lower()))
        if line is not None:
            found += [line.reason, line.further, line.cause]
            if line.expected_on:
                found.append(_("Expected {day}.").format(day=line.expected_on))
            elif item.status == Status.LATE:
                found.append(_("No new date."))
        elif item.status == Status.COMPLETE and item.completed_on:
            found.append(_("Complete since {day}.").format(day=KnownDate(item.completed_on)))
        else:
            found.append(f"{item.status.label}.")
        if item.is_live and not item.milestones:
            found.append(_("No open milestone."))
        if line is None and item.stage == Stage.NOT_STARTED and item.starts_on:
            found.append(_("Starts on {day}.").format(day=KnownDate(item.starts_on)))
        elif self.coming and not (line and line.is_late):
            found.append(
                _("Next: {milestone}, {day}.").format(
                    milestone=self.coming.description, day=self.coming.agreed
                )
            )
        return [each for each in found if each]


@dataclass(frozen=True)
class TileColumn:
    """The tiles of a pillar, or its numbers of items by status."""

    pillar: PillarAt
    url: str
    tiles: Sequence[Tile]
    counts: Sequence[tuple[Status, int, str]]


@dataclass(frozen=True)
class Tiles:
    """All items by pillar. `kind` is "titles", "numbers" or "counts"."""

    columns: Sequence[TileColumn]
    kind: str

    @property
    def has_new(self) -> bool:
        return any(tile.is_new for column in self.columns for tile in column.tiles)

    @property
    def has_key(self) -> bool:
        return any(tile.item.is_key for column in self.columns for tile in column.tiles)

    @property
    def has_expected(self) -> bool:
        return any(tile.mark == "expected_late" for column in self.columns for tile in column.tiles)


def tiles_of(view: PlanView, at: PlanAt, now: PlanCounts, moves: Moves) -> Tiles:
    """Return the tiles of a plan, counted from the same rows as its figures."""
    count = len(at.items)
    pillars = [row for row in at.pillars if view.pillar in (None, row.pk)]
    if count > TILES_UP_TO:
        columns = [_counted(view, row, now) for row in pillars]
        return Tiles(columns, "counts")
    lines = {line.item.pk: line for line in now.lines if line.item}
    coming: dict[int, MilestoneAt] = {}
    for row in at.milestones:
        coming.setdefault(row.item, row)
    was: Mapping[int, Status | None] = {move.item.pk: move.was for move in moves.found}
    by_pillar: dict[int, list[Tile]] = defaultdict(list)
    for item in at.items:
        by_pillar[item.pillar].append(
            Tile(
                item=item,
                lead=at.agencies[item.lead],
                url=view.item(item.number),
                line=lines.get(item.pk),
                coming=coming.get(item.pk),
                was=was.get(item.pk),
            )
        )
    return Tiles(
        [
            TileColumn(row, view.items(pillar=row.pk), by_pillar[row.pk], ())
            for row in pillars
            if by_pillar[row.pk]
        ],
        "titles" if count <= TITLES_UP_TO else "numbers",
    )


def _counted(view: PlanView, pillar: PillarAt, now: PlanCounts) -> TileColumn:
    found: dict[Status, int] = defaultdict(int)
    for (of_pillar, _lead), counts in now.statuses.items():
        if of_pillar == pillar.pk:
            for status, count in counts.items():
                found[status] += count
    return TileColumn(
        pillar,
        view.items(pillar=pillar.pk),
        (),
        [
            (status, found[status], view.items(pillar=pillar.pk, standing=str(status)))
            for status in Status
            if found[status]
        ],
    )
