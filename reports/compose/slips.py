"""What slipped: the milestones that are late on the paper's date, and those with delays that were found, open or
ended in its period, by item."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from reports.compose.citations import (
    delay_source,
    item_source,
    milestone_source,
    mitigation_source,
)
from reports.document import Source
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt, told_order
from workitems.terms.stems import completion, says_nothing

PEOPLE = re.compile(
    r"\b(?:child(?:ren)?|communit(?:y|ies)|families|family|people|survivors?|victims?|women|workers?)\b",
    re.I,
)
# A text that begins with those whom a plan protects: "Victims in four regions …", but not "Boards that meet a victim".
HURT = re.compile(
    r"(?:(?!(?:who|that|which|if|until|while|when)\b)(?:[\w’'-]|(?<=\d),(?=\d))+ ){0,3}"
    r"(?:child(?:ren)?|families|households|people|survivors?|victims?|women|workers?)\b"
    r"(?! (?:won[’']t|will not|(?:are|do|did|is|were|will) (?:not|hardly|barely)|(?:don|aren|isn|didn)[’']t|see no)\b)",
    re.I,
)
# People in general are hurt by harm only: "People check three websites" is none.
ANY_PEOPLE = re.compile(r"(?:[\w’'-]+ ){0,3}people\b", re.I)
HARM = re.compile(
    r"\b(?:can(?:not|[’']t)|get no|go without|harm\w*|hurt|injur\w+|lack|los[et]|miss(?:ed)?|not|risk|trapped|unsafe|wait|without)\b",
    re.I,
)
DEATH = re.compile(r"\b(?:deaths?|died|drowned|killed)\b", re.I)


# An action that is only a meeting: "Weekly meeting with PCO".
IS_MEETING = re.compile(
    r"(?:an? |the )?(?:(?:fortnightly|monthly|regular|weekly) )*(?:calls?|catch[- ]ups?|meetings?)\b(?! (?:room|place))[^,;:]*",
    re.I,
)


def _is_meeting(row: MitigationAt) -> bool:
    return bool(IS_MEETING.fullmatch(row.description.strip().rstrip(".")))


@dataclass(frozen=True)
class Slip:
    """A milestone with its delays in the period. Late milestones may have none recorded."""

    milestone: MilestoneAt
    delays: tuple[DelayAt, ...]

    @property
    def days(self) -> int:
        """Days by which it came, or is expected, after its agreed date; if it is late, at least to
        the paper's date."""
        step = self.milestone
        reached = step.completed_on or step.forecast_due
        if step.is_overdue:
            reached = max(reached, step.on)
        return max((reached - step.agreed_due).days, 0)


@dataclass(frozen=True)
class LateItem:
    """An item of the section, with its slips: late milestones first, those that slipped most."""

    item: ItemAt
    slips: tuple[Slip, ...]

    @property
    def is_late(self) -> bool:
        return self.item.is_late

    @property
    def days(self) -> int:
        return self.slips[0].days

    @cached_property
    def hurts_people(self) -> bool:
        """Whether what an open delay means happens to those whom a plan protects, or people have died of it."""
        return self.begins_with_people or any(map(DEATH.search, self._effects))

    @cached_property
    def begins_with_people(self) -> bool:
        """Whether what an open delay means begins with those whom a plan protects; of an item that is not key, with any people
        only if that is harm."""
        return any(map(self._is_of_people, self._effects))

    def _is_of_people(self, effect: str) -> bool:
        told = completion("effect", effect) or effect
        is_hurt = self.item.is_key or not ANY_PEOPLE.match(told) or HARM.search(told)
        return bool(HURT.match(told) and is_hurt)

    @cached_property
    def _effects(self) -> list[str]:
        return [each.effect for slip in self.slips for each in slip.delays if each.is_open]

    @property
    def is_off_track(self) -> bool:
        """Whether its agency rates the item off track. A paper names such an item; it is never only counted."""
        return self.item.confidence == Confidence.OFF_TRACK

    @property
    def is_grave(self) -> bool:
        """Whether its agency rates it off track and says that it needs a decision."""
        return self.is_off_track and any(
            each.is_open and each.settlement == Delay.Settlement.NEEDS_DECISION
            for slip in self.slips
            for each in slip.delays
        )

    @property
    def leads(self) -> bool:
        """Whether it is reported before others and in full: it hurts people, its agency marked it as key, or it is
        grave."""
        return self.item.is_key or self.hurts_people or self.is_grave

    @property
    def touches_people(self) -> bool:
        """Whether its name, or what an open delay means, speaks of the people for whom the plan is made."""
        return bool(PEOPLE.search(" ".join([self.item.title, self.item.as_told, *self._effects])))

    @cached_property
    def main_delay(self) -> tuple[Slip, DelayAt] | None:
        """The delay that the paper reports, with its slip: the first in `told_order`, which the dashboard tells too."""
        delays = [(slip, delay) for slip in self.slips for delay in slip.delays]
        return min(delays, key=lambda pair: told_order(pair[0].milestone, pair[1]), default=None)

    @cached_property
    def is_unexplained(self) -> bool:
        """Whether a late item has neither a new date nor a recorded delay, so that nobody has said why it is late or what is
        being done."""
        return (
            self.is_late
            and not self.main_delay
            and all(step.forecast_due < step.on for step in self.late_steps)
        )

    @property
    def late_steps(self) -> list[MilestoneAt]:
        """Its late milestones, the one whose delay is told first."""
        steps = [slip.milestone for slip in self.slips if slip.milestone.is_late]
        found = self.main_delay
        return sorted(steps, key=lambda step: found is None or step is not found[0].milestone)

    def sources(self) -> Iterator[Source]:
        yield item_source(self.item)
        for slip in self.slips:
            yield milestone_source(self.item, slip.milestone)
            for delay in slip.delays:
                yield delay_source(self.item, slip.milestone, delay)

    def mitigations(self) -> list[tuple[Source, MitigationAt]]:
        """The actions against its delays, those against the delay that is reported first, the earliest due first."""
        pairs = [(slip, delay) for slip in self.slips for delay in slip.delays]
        pairs.sort(key=lambda pair: pair != self.main_delay)
        found = [
            (mitigation_source(self.item, slip.milestone, delay, row), row)
            for slip, delay in pairs
            for row in sorted(delay.mitigations, key=lambda row: row.due_on or date.max)
            if not says_nothing(row.description)
        ]
        # A meeting beside something else that is open is no remedy.
        others = [pair for pair in found if not _is_meeting(pair[1])]
        return others if any(row.done_on is None for _, row in others) else found


def late_items(items: Iterable[ItemAt], since: date) -> list[LateItem]:
    """Return the items with late milestones, or with delays that were open since a day, the gravest first.

    People come first: a late item whose delay hurts victims, survivors, children, workers, women or families, as its
    agency writes, stands before a key item whose delay does not, and of these the key items first. Key items follow,
    those that nobody has explained before others, then those that touch people, then the rest; equal ones by days. Milestones that are cancelled, and those of a withdrawn
    item, do not count."""
    found = []
    for item in items:
        slips = []
        for step in item.milestones if item.stage != Stage.WITHDRAWN else ():
            if step.withdrawn_on is not None:
                continue
            delays = tuple(
                sorted(
                    (delay for delay in step.delays if delay.was_open_since(since)),
                    key=partial(told_order, step),
                )
            )
            if delays or (item.is_live and step.is_late):
                slips.append(Slip(step, delays))
        if slips:
            slips.sort(key=lambda slip: (not slip.milestone.is_late, -slip.days))
            found.append(LateItem(item, tuple(slips)))
    # The sort is stable, so equal items stay in the plan's order.
    return sorted(found, key=_by_worry)


def _by_worry(entry: LateItem) -> tuple[bool, bool, bool, bool, bool, bool, int]:
    is_for_people = entry.item.is_key and entry.touches_people
    is_unexplained = entry.item.is_key and entry.is_unexplained
    return (
        not entry.leads,
        not entry.is_late,
        not entry.hurts_people,
        not entry.item.is_key,
        not is_unexplained,
        not is_for_people,
        -entry.days,
    )


def people_first(items: Iterable[ItemAt]) -> list[ItemAt]:
    """Put the items whose names speak of the people for whom the plan is made before others."""
    return sorted(items, key=lambda item: not PEOPLE.search(f"{item.title} {item.as_told}"))


def cause_of(entry: LateItem) -> "Delay.Cause | None":
    """Return the cause of the delay that the paper reports, if one is recorded."""
    found = entry.main_delay
    return Delay.Cause(found[1].cause) if found else None
