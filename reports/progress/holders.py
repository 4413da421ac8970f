"""For whom delays and dates count: the agency that has the milestone now, with a note on who had it then.

An agency that has ended counts as its successor, also where its work was never handed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import TypeVar

from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.people.succession import agency_on
from agencies.wording.translation import day_words, list_in_words
from reports.progress.histories import Histories, day_of, seconds_of
from workitems.plan.asat import end_of

Counted = TypeVar("Counted")
# In a version of `milestone_histories`.
AT, RESPONSIBLE = 1, 7


class Holders:
    """The agencies of a plan's milestones on a day, from their histories. One query, if any is asked for."""

    def __init__(self, milestones: Histories, on: date) -> None:
        self.milestones, self.on = milestones, on

    @cached_property
    def agencies(self) -> dict[int, Agency]:
        found = Agency.objects.in_bulk()
        for each in found.values():
            if each.successor_id is not None:
                each.successor = found[each.successor_id]
        return found

    def rows(
        self, counted: Iterable[tuple[int, date, Counted]]
    ) -> Iterator[tuple[str, list[Counted]]]:
        """Yield each agency in words and what counts for it, of things that happened to a milestone on a day."""
        found: dict[int, list[Counted]] = defaultdict(list)
        before: dict[int, dict[str, date]] = defaultdict(dict)
        for milestone, day, each in counted:
            versions = self.milestones[milestone]
            holder = self._living[versions[-1][RESPONSIBLE]]
            found[holder].append(each)
            if {version[RESPONSIBLE] for version in versions} == {holder}:
                continue
            for name, until in self._earlier(milestone, day, holder):
                before[holder][name] = max(until, before[holder].get(name, until))
        for pk, rows in found.items():
            notes = [
                _("{agency} until {day}").format(agency=name, day=day_words(until))
                for name, until in sorted(before[pk].items(), key=lambda pair: pair[1])
            ]
            name = self.agencies[pk].short_name
            yield f"{name} ({list_in_words(notes)})" if notes else name, rows

    @cached_property
    def _living(self) -> dict[int, int]:
        """By agency id: the agency that has its work on the day, which is another if it has ended."""
        return {pk: agency_on(agency, self.on).pk for pk, agency in self.agencies.items()}

    def _earlier(self, milestone: int, day: date, holder: int) -> Iterator[tuple[str, date]]:
        """Yield the agencies that had the milestone on the day or since, but for that which has it now, until which day."""
        versions, until = self.milestones[milestone], seconds_of(end_of(day))
        for number, version in enumerate(versions):
            after = versions[number + 1] if number + 1 < len(versions) else None
            if version[RESPONSIBLE] == holder or (after is not None and after[AT] < until):
                continue
            agency = self.agencies[version[RESPONSIBLE]]
            if agency.valid_to is not None and agency.valid_to < self.on:
                yield agency.short_name, agency.valid_to
            elif after is not None:
                yield agency.short_name, day_of(after[AT])
