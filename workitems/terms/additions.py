"""What a variation proposes to add to an adopted plan, as plain data: a work item, or a milestone.

It is kept in a column of the request (`adds`) until the working group decides; only an approval makes
rows of it. Agencies and pillars are named by their ids. Nothing here queries the database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from agencies.wording.translation import gettext
from workitems.terms.known_dates import KnownDate

Data = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class NewMilestone:
    """A milestone to add; its number gives its place within the item."""

    number: int
    description: str
    due: KnownDate
    responsible_agency: int
    done_means: str = ""
    as_told: str = ""

    @classmethod
    def of(cls, data: Data) -> Self:
        day, known_to = data["due"]
        return cls(**{**data, "due": KnownDate(date.fromisoformat(day), known_to)})

    @property
    def data(self) -> dict[str, Any]:
        return {**_columns(self), "due": [self.due.last_day.isoformat(), str(self.due.known_to)]}

    @property
    def milestones(self) -> tuple[Self, ...]:
        return (self,)

    @property
    def agencies(self) -> Iterator[int]:
        """Yield the ids of the agencies that it names."""
        yield self.responsible_agency


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """A work item to add, with its supporting agencies (id and role), measures and milestones."""

    pillar: int
    number: str
    title: str
    objective: str = ""
    action: str = ""
    kind: str
    lead_agency: int
    is_key: bool = False
    timeframe: str
    months: int | None = None
    starts_on: date | None = None
    as_told: str = ""
    supports: tuple[tuple[int, str], ...] = ()
    measures: tuple[str, ...] = ()
    milestones: tuple[NewMilestone, ...]

    @classmethod
    def of(cls, data: Data) -> Self:
        starts = data["starts_on"]
        return cls(
            **{
                **data,
                "starts_on": date.fromisoformat(starts) if starts else None,
                "supports": tuple((agency, role) for agency, role in data["supports"]),
                "measures": tuple(data["measures"]),
                "milestones": tuple(map(NewMilestone.of, data["milestones"])),
            }
        )

    @property
    def data(self) -> dict[str, Any]:
        return {
            **_columns(self),
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "supports": [list(each) for each in self.supports],
            "measures": list(self.measures),
            "milestones": [each.data for each in self.milestones],
        }

    @property
    def agencies(self) -> Iterator[int]:
        """Yield the ids of the agencies that it names."""
        yield self.lead_agency
        for agency, _ in self.supports:
            yield agency
        for milestone in self.milestones:
            yield milestone.responsible_agency

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


Addition = NewItem | NewMilestone


def _columns(row: Addition) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def addition_of(kind: str, data: Data | None) -> Addition | None:
    """Return what a request of this kind adds, or None if it changes an existing row."""
    if data is None or kind not in ("item", "milestone"):
        return None
    return NewItem.of(data) if kind == "item" else NewMilestone.of(data)


def in_lines(addition: Addition | None) -> str:
    """Return the official wording and the milestones that are to be added, each on a line."""
    if addition is None:
        return ""
    wording = (addition.objective, addition.action) if isinstance(addition, NewItem) else ()
    steps = (
        gettext("Milestone {number}: {description}, due {due}").format(
            number=each.number, description=each.description, due=each.due
        )
        for each in addition.milestones
    )
    return "\n".join(filter(None, (*wording, *steps)))
