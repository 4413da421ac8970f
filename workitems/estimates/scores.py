"""How kept estimates went: what was expected of each date, and what happened as far as it is known."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from workitems.estimates.chances import Words, words_for
from workitems.estimates.outcomes import Record, outcome
from workitems.models import KeptEstimate


class Scored(NamedTuple):
    """A date of a kept estimate. `was_met` is None while it is to come, or if nothing was due any more."""

    chance: float
    due: date
    was_met: bool | None


class Score(NamedTuple):
    """A kept estimate beside what happened. `called` are the dates that were called probably late."""

    estimate: KeptEstimate
    dates: Sequence[Scored]
    on: date

    @property
    def to_come(self) -> int:
        return sum(row.due >= self.on for row in self.dates)

    @property
    def is_over(self) -> bool:
        return self.to_come == 0

    @property
    def come(self) -> list[Scored]:
        return [row for row in self.dates if row.was_met is not None]

    @property
    def missed(self) -> int:
        return sum(row.was_met is False for row in self.dates)

    @property
    def dropped(self) -> int:
        """Dates of which nothing was due any more."""
        return sum(row.was_met is None and row.due < self.on for row in self.dates)

    @property
    def called(self) -> list[Scored]:
        return [row for row in self.come if words_for(row.chance) == Words.PROBABLY_LATE]

    @property
    def called_missed(self) -> int:
        return sum(row.was_met is False for row in self.called)

    @property
    def is_in_band(self) -> bool:
        return self.estimate.low <= self.missed <= self.estimate.high


class Kept(NamedTuple):
    """What happened to all dates that were given one name, in all kept estimates."""

    words: Words
    dates: int
    missed: int


def scores(estimates: Iterable[KeptEstimate], record: Record) -> list[Score]:
    """Compare each estimate with the record."""
    return [
        Score(
            each,
            [
                Scored(line["chance"] / 100, due, _outcome(line["milestone"], due, record))
                for line in each.lines
                for due in (date.fromisoformat(line["due"]),)
            ],
            record.on,
        )
        for each in estimates
    ]


def _outcome(milestone: int, due: date, record: Record) -> bool | None:
    versions = record.milestones.get(milestone)
    if not versions:
        return None
    last = versions[-1]
    return outcome(due, last, record.items.get(last.item, ()), record.on)


def by_words(found: Iterable[Score]) -> list[Kept]:
    """Return what happened to the dates by what they were called. A date counts once for each estimate."""
    rows = [row for score in found for row in score.come]
    return [
        Kept(words, len(own), sum(row.was_met is False for row in own))
        for words in Words
        for own in ([row for row in rows if words_for(row.chance) == words],)
    ]
