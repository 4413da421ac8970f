"""What a variation proposes to add to an adopted plan, as plain data: a work item, or a milestone.

It is kept in a column of the request (`adds`) until the working group decides; only an approval makes
rows of it. Agencies and pillars are named by their ids. Nothing here queries the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Self

from agencies.wording.translation import day_words, gettext, list_in_words
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import SHARE, WORDS, Aim, Measured, figure, target_in_words

Data = Mapping[str, Any]


class Aimed(NamedTuple):
    """A target to set: a new one, or one that replaces the one with the id `replaces`."""

    number: Decimal
    by: KnownDate
    months: int | None = None
    replaces: int | None = None

    @classmethod
    def of(cls, data: Data) -> Self:
        return cls(**{**data, "number": Decimal(data["number"]), "by": _known(data["by"])})

    @property
    def data(self) -> dict[str, Any]:
        return {**self._asdict(), "number": f"{self.number:f}", "by": _plain(self.by)}


@dataclass(frozen=True, kw_only=True)
class NewMeasure:
    """A measure to add: its words and, unless it is of words only, how it is counted, with its targets."""

    description: str
    kind: str = WORDS
    as_told: str = ""
    unit: str = ""
    better: str = "higher"
    asked: str = "each_round"
    source: str = ""
    responsible_agency: int | None = None
    baseline: Decimal | None = None
    baseline_on: date | None = None
    baseline_unknown: str = ""
    targets: tuple[Aimed, ...] = ()

    @classmethod
    def of(cls, data: Data | str) -> Self:
        if isinstance(data, str):
            return cls(description=data)
        return cls(**{**set_up_of(data), "targets": tuple(map(Aimed.of, data["targets"]))})

    @property
    def data(self) -> dict[str, Any] | str:
        """Words alone are a string, as earlier releases wrote and read every measure."""
        if self == NewMeasure(description=self.description):
            return self.description
        plain = {name: _plain(value) for name, value in _columns(self).items()}
        return {**plain, "targets": [each.data for each in self.targets]}

    def __str__(self) -> str:
        """Return its words, and of one that is set up its targets and the number before the plan."""
        if self.kind == WORDS:
            return self.description
        now = Measured(
            self.kind, self.as_told, self.unit, self.better, self.baseline, None, date.min
        )
        aims = [
            target_in_words(now, Aim(0, each.number, each.by, each.months)) for each in self.targets
        ]
        parts = [self.description.rstrip(".")]
        if aims:
            parts.append(gettext("target {targets}").format(targets=list_in_words(aims)))
        if self.baseline is None or self.baseline_on is None:
            parts.append(gettext("baseline not known"))
        else:
            says = gettext("baseline {number} per cent on {day}") if self.kind == SHARE else gettext("baseline {number} on {day}")  # fmt: skip
            parts.append(says.format(number=figure(self.baseline), day=day_words(self.baseline_on)))
        return "; ".join(parts)


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
        return cls(**{**data, "due": _known(data["due"])})

    @property
    def data(self) -> dict[str, Any]:
        return {**_columns(self), "due": _plain(self.due)}

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
    measures: tuple[NewMeasure, ...] = ()
    milestones: tuple[NewMilestone, ...]

    @classmethod
    def of(cls, data: Data) -> Self:
        starts = data["starts_on"]
        return cls(
            **{
                **data,
                "starts_on": date.fromisoformat(starts) if starts else None,
                "supports": tuple((agency, role) for agency, role in data["supports"]),
                "measures": tuple(map(NewMeasure.of, data["measures"])),
                "milestones": tuple(map(NewMilestone.of, data["milestones"])),
            }
        )

    @property
    def data(self) -> dict[str, Any]:
        return {
            **_columns(self),
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "supports": [list(each) for each in self.supports],
            "measures": [each.data for each in self.measures],
            "milestones": [each.data for each in self.milestones],
        }

    @property
    def agencies(self) -> Iterator[int]:
        """Yield the ids of the agencies that it names."""
        yield self.lead_agency
        for agency, _ in self.supports:
            yield agency
        for measure in self.measures:
            if measure.responsible_agency is not None:
                yield measure.responsible_agency
        for milestone in self.milestones:
            yield milestone.responsible_agency

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


Addition = NewItem | NewMilestone


def _columns(row: Addition | NewMeasure) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _plain(value: Any) -> Any:
    if isinstance(value, KnownDate):
        return [value.last_day.isoformat(), str(value.known_to)]
    return str(value) if isinstance(value, Decimal | date) else value


def _known(data: Sequence[str]) -> KnownDate:
    day, known_to = data
    return KnownDate(date.fromisoformat(day), known_to)


def set_up_of(data: Data) -> dict[str, Any]:
    """Return what the set-up of a measure has, of plain data: its numbers and days as such."""
    types: dict[str, Callable[[str], Any]] = {
        "baseline": Decimal,
        "baseline_on": date.fromisoformat,
    }
    return {
        name: types[name](value) if name in types and value is not None else value
        for name, value in data.items()
    }


def addition_of(kind: str, data: Data | None) -> Addition | None:
    """Return what a request of this kind adds, or None if it changes an existing row."""
    if data is None or kind not in ("item", "milestone"):
        return None
    return NewItem.of(data) if kind == "item" else NewMilestone.of(data)


def in_lines(addition: Addition | None) -> str:
    """Return the official wording, the measures and the milestones that are to be added, each on a line."""
    if addition is None:
        return ""
    wording: list[str] = []
    if isinstance(addition, NewItem):
        says = gettext("Measure: {measure}")
        measures = [says.format(measure=each) for each in addition.measures]
        wording = [addition.objective, addition.action, *measures]
    steps = (
        gettext("Milestone {number}: {description}, due {due}").format(
            number=each.number, description=each.description, due=each.due
        )
        for each in addition.milestones
    )
    return "\n".join(filter(None, (*wording, *steps)))
