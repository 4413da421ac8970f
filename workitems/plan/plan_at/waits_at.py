"""What the milestones of a plan wait for at a moment, and how early that lets them be done.

A milestone of another plan is known here by its plan, number, description, agency and dates, and by nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _

from workitems.models import Milestone, Plan, Variation, Wait
from workitems.models.item import number_key
from workitems.plan.asat import Moment
from workitems.plan.plan_at.loading import grouped
from workitems.plan.plan_at.moment_reading import read_at
from workitems.terms.earliest import Earliest, earliest, latest, own_earliest
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import by_then, days_in_words

# So many steps of a chain are shown.
STEPS_SHOWN = 5


class WaitAt(NamedTuple):
    """A wait that had not ended."""

    pk: int
    milestone: int
    waits_for: int
    days_after: int
    why: str
    answer: str
    answer_words: str
    answered_on: date | None = None

    @property
    def is_confirmed(self) -> bool:
        return self.answer == Wait.Answer.CONFIRMED

    @property
    def is_disputed(self) -> bool:
        return self.answer == Wait.Answer.DISPUTED

    @property
    def state(self) -> str:
        return str(Wait.Answer(self.answer).label) if self.answer else _("Not answered")


class StepAt(NamedTuple):
    """A milestone that waits or is waited for, of this plan or another."""

    pk: int
    item: int
    number: int
    description: str
    as_told: str
    responsible: int
    agency: str
    agreed_due: date
    agreed_known_to: str
    forecast_due: date
    forecast_known_to: str
    completed_on: date | None
    withdrawn_on: date | None
    item_number: str
    plan: int
    plan_title: str
    plan_slug: str
    plan_ends_on: date | None
    on: date

    @property
    def reference(self) -> str:
        return f"{self.item_number}.{self.number}"

    @property
    def rank(self) -> tuple[int, str, int, int]:
        """Its place in lists: by plan, item and number."""
        return self.plan, number_key(self.item_number), self.number, self.pk

    @property
    def agreed(self) -> KnownDate:
        return KnownDate(self.agreed_due, self.agreed_known_to)

    @property
    def forecast(self) -> KnownDate:
        return KnownDate(self.forecast_due, self.forecast_known_to)

    @property
    def phrase(self) -> str:
        """The noun phrase that names it in sentences, as of `MilestoneAt`."""
        from workitems.terms.made_phrases import phrase_of_description

        return self.as_told or phrase_of_description(self.description)

    @property
    def has_ended(self) -> bool:
        """Whether its plan has ended without it."""
        ends_on = self.plan_ends_on
        return self.completed_on is None and ends_on is not None and ends_on < self.on

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.withdrawn_on is None and not self.has_ended

    @property
    def is_late(self) -> bool:
        return self.is_open and (self.agreed_due < self.on or self.forecast_due > self.agreed_due)

    @property
    def lacks_date(self) -> bool:
        """Whether it is overdue and nobody knows a later date."""
        return self.is_open and self.forecast_due < self.on

    @property
    def own(self) -> Earliest:
        return own_earliest(
            forecast_due=self.forecast_due,
            completed_on=self.completed_on,
            has_end=not self.is_open,
            on=self.on,
        )

    @property
    def expected(self) -> str:
        """When it is or was done, after its name: "now expected on 29 January 2027"."""
        if self.completed_on is not None:
            return _("done {on}").format(on=KnownDate(self.completed_on).on)
        if self.withdrawn_on is not None:
            return _("withdrawn")
        if self.has_ended:
            return _("not done when its plan ended")
        if self.lacks_date:
            return _("overdue, without a new date")
        if self.forecast_due != self.agreed_due:
            return _("now expected {on}").format(on=self.forecast.on)
        return _("expected {on}").format(on=self.forecast.on)


COLUMNS = (
    *("id", "item_id", "number", "description", "as_told"),
    *("responsible_agency_id", "responsible_agency__short_name"),
    *("agreed_due", "agreed_known_to", "forecast_due", "forecast_known_to"),
    *("completed_on", "withdrawn_on", "item__number", "item__plan_id", "item__plan__title"),
    *("item__plan__slug", "item__plan__ends_on"),
)
DAYS = COLUMNS.index("completed_on"), COLUMNS.index("withdrawn_on")
WAIT = (
    "id",
    "milestone_id",
    "waits_for_id",
    "days_after",
    "why",
    "answer",
    "answer_words",
    "answered_on",
)


class Waits:
    """What waits for what at a moment, as far as it concerns a plan. Only what is confirmed moves `earliest`."""

    def __init__(
        self, plan: int, on: date, rows: Iterable[WaitAt], steps: Mapping[int, StepAt]
    ) -> None:
        self.plan, self.on, self.steps = plan, on, steps
        # A milestone that was cancelled waits no more.
        rows = (row for row in rows if steps[row.milestone].withdrawn_on is None)
        self.rows = sorted(
            rows, key=lambda row: (*steps[row.milestone].rank, *steps[row.waits_for].rank)
        )
        # By milestone what it waits for, and by whom it is waited for.
        self.of: Mapping[int, Sequence[WaitAt]] = grouped(self.rows, "milestone")
        self.by: Mapping[int, Sequence[WaitAt]] = grouped(self.rows, "waits_for")

    @cached_property
    def _links(self) -> dict[int, list[tuple[int, int]]]:
        return {
            pk: [(row.waits_for, row.days_after) for row in rows if row.is_confirmed]
            for pk, rows in self.of.items()
        }

    @cached_property
    def _closed(self) -> frozenset[int]:
        return frozenset(pk for pk, step in self.steps.items() if not step.is_open)

    @cached_property
    def earliest(self) -> Mapping[int, Earliest]:
        """By milestone the later of its forecast and of what it waits for."""
        return self._earliest({})

    def _earliest(self, instead: Mapping[int, Earliest]) -> dict[int, Earliest]:
        own = {pk: instead.get(pk, step.own) for pk, step in self.steps.items()}
        return earliest(own, self._links, self._closed)

    def cannot_be_met(self, step: StepAt, at_least: Mapping[int, Earliest] | None = None) -> bool:
        """Whether what it waits for, which is confirmed, comes too late for its agreed date. Of a late one, its own date
        says so."""
        ahead = self._ahead(step, self.earliest if at_least is None else at_least)
        return (
            step.is_open
            and not step.is_late
            and bool(ahead)
            and latest(ahead).day > step.agreed_due
        )

    def _ahead(self, step: StepAt, days: Mapping[int, Earliest]) -> list[Earliest]:
        links = self._links.get(step.pk, ())
        return [days[to].after(after) for to, after in links if to in days]

    @cached_property
    def not_met(self) -> list[StepAt]:
        """The milestones of the plan whose agreed date can no longer be met because of what they wait for."""
        own = [self.steps[pk] for pk in self.of if self.steps[pk].plan == self.plan]
        return sorted((step for step in own if self.cannot_be_met(step)), key=lambda each: each.pk)

    @cached_property
    def not_met_pks(self) -> frozenset[int]:
        return frozenset(step.pk for step in self.not_met)

    @property
    def items_not_met(self) -> set[int]:
        """The items with such a milestone."""
        return {step.item for step in self.not_met}

    def deciding(self, step: StepAt) -> WaitAt | None:
        """Return the confirmed wait that lets it be done last."""
        rows = [row for row in self.of.get(step.pk, ()) if row.is_confirmed]
        return max(
            rows,
            key=lambda row: (self.earliest[row.waits_for].after(row.days_after).day, -row.pk),
            default=None,
        )

    def why_not_met(self, step: StepAt) -> str:
        """ "The agreed date of “First leads passed on” can no longer be met: it waits for “Way of tracing agreed with
        banks” of Police (3.3), now expected on 29 January 2027." """
        wait = self.deciding(step)
        assert wait is not None
        other = self.steps[wait.waits_for]
        return _(
            "The agreed date of “{milestone}” can no longer be met: it waits for {other}, {expected}."
        ).format(
            milestone=step.description,
            other=self.name_of_agency(other),
            expected=self._when_it_comes(wait),
        )

    def held_up_by(self, milestone: int) -> str:
        """Return "It waits for “Bail” of Police (3.3), now expected on 29 January 2027." of one that waits for what is open,
        and that is confirmed; else ""."""
        step = self.steps.get(milestone)
        wait = self.deciding(step) if step else None
        if wait is None or not self.steps[wait.waits_for].is_open:
            return ""
        other = self.name_of_agency(self.steps[wait.waits_for])
        expected = self._when_it_comes(wait)
        return _("It waits for {other}, {expected}.").format(other=other, expected=expected)

    def _when_it_comes(self, wait: WaitAt) -> str:
        """When what is waited for comes: "expected on 16 January 2027, on 13 February 2027 at the earliest, and 30 days
        needed after it"."""
        other = self.steps[wait.waits_for]
        parts = [other.expected]
        day = self.earliest_day(other.pk)
        if day is not None and day > other.forecast_due:
            parts.append(_("{on} at the earliest").format(on=KnownDate(day).on))
        if wait.days_after and other.is_open:
            days = days_in_words(wait.days_after)
            parts.append(_("and {days} needed after it").format(days=days))
        return ", ".join(parts)

    def in_words(self, milestone: int) -> str:
        """Return what a milestone waits for in a table: "“Bail” of Police (3.3), now expected on 29 January 2027 (confirmed)"."""
        found = []
        for row in self.of.get(milestone, ()):
            other = self.steps[row.waits_for]
            found.append(
                _("{other}, {expected} ({state})").format(
                    other=self.name_of_agency(other, self.steps[milestone].plan),
                    expected=self._when_it_comes(row),
                    state=row.state.lower(),
                )
            )
        return "; ".join(found)

    def back_in_words(self, milestone: int) -> str:
        """Return what waits for a milestone: "“Leads” of IR (3.6), agreed for 22 December 2026, which can no longer be met", with
        "(disputed, so it counts for no date)" or "(not answered, …)"."""
        found = []
        for row in self.by.get(milestone, ()):
            step = self.steps[row.milestone]
            if not step.is_open:
                continue
            if not row.is_confirmed:
                says = _("{other}, agreed for {agreed} ({state}, so it counts for no date)")
            elif self.cannot_be_met(step):
                says = _("{other}, agreed for {agreed}, which can no longer be met")
            else:
                says = _("{other}, agreed for {agreed}")
            found.append(
                says.format(
                    other=self.name_of_agency(step, self.steps[milestone].plan),
                    agreed=step.agreed,
                    state=row.state.lower(),
                )
            )
        return "; ".join(found)

    def earliest_day(self, milestone: int) -> date | None:
        """Return the earliest day of an open milestone that what it waits for decides; None if it waits for nothing
        confirmed, or if no day is known."""
        step = self.steps.get(milestone)
        if step is None or not step.is_open or self.deciding(step) is None:
            return None
        found = self.earliest[milestone]
        return found.day if found.is_known else None

    def name_of_agency(self, step: StepAt, plan: int | None = None) -> str:
        """Return “Way of tracing agreed with banks” of Police (3.3), or with (3.3 in “Plan of Action”)."""
        if step.plan == (self.plan if plan is None else plan):
            words = _("“{milestone}” of {agency} ({item})")
        else:
            words = _("“{milestone}” of {agency} ({item} in “{plan}”)")
        return words.format(
            milestone=step.description,
            agency=step.agency,
            item=step.item_number,
            plan=step.plan_title,
        )

    def chain(self, first: int, *, back: bool = False) -> list[StepAt]:
        """Return what a milestone waits for, what that waits for, and so on: at each step the confirmed wait that decides;
        or, `back`, what waits for it. At most `STEPS_SHOWN`, for a page."""
        found: list[StepAt] = []
        step = self.steps[first]
        while len(found) < STEPS_SHOWN:
            row = (
                next((each for each in self.by.get(step.pk, ()) if each.is_confirmed), None)
                if back
                else self.deciding(step)
            )
            if row is None:
                break
            step = self.steps[row.milestone if back else row.waits_for]
            found.append(step)
        return found

    def hit_by(self, variation: Variation) -> list[tuple[StepAt, StepAt]]:
        """Return the milestones that could not be met if a request were approved, or that wait for what it ends; each with
        the milestone of the request that it waits for."""
        is_withdrawal = variation.kind == Variation.Kind.WITHDRAWAL
        ends = [
            step
            for pk, step in self.steps.items()
            if pk == variation.milestone_id or (is_withdrawal and step.item == variation.item_id)
        ]
        found: dict[int, tuple[StepAt, StepAt]] = {}
        for end in ends:
            for step in self.not_met_if(end.pk, variation.due_after):
                found.setdefault(step.pk, (step, end))
        return [pair for pair in found.values() if pair[0] not in ends]

    def not_met_if(self, milestone: int, day: date | None) -> list[StepAt]:
        """Return the milestones that wait for this one, also through others, and could not be met if it were done on a
        day, or never (None)."""
        if milestone not in self.steps:
            return []
        instead = Earliest(day) if day is not None else Earliest(self.on, is_known=False)
        after = self._earliest({milestone: instead})
        found, queue = [], [milestone]
        for pk in queue:
            for row in self.by.get(pk, ()):
                step = self.steps[row.milestone]
                if row.is_confirmed and step.is_open and row.milestone not in queue:
                    queue.append(row.milestone)
                    if day is None or (not step.is_late and self.cannot_be_met(step, after)):
                        found.append(step)
            if day is None:
                break  # who waits for it directly
        return found


def waits_at(plan: Plan, moment: Moment) -> Waits:
    """Return the waits that concern a plan at a moment. Two queries; none if nothing in it ever waited."""
    if not plan.has_waits:
        return Waits(plan.pk, moment.on, (), {})
    rows = [WaitAt._make(row) for row in read_at(Wait, moment, WAIT, {}, ended_on=None)]
    return Waits(plan.pk, moment.on, rows, steps_at(moment, rows))


def waits_of_all(on: date) -> Waits:
    """Return the waits of all plans today. Two queries, one without any."""
    rows = [WaitAt._make(row) for row in Wait.objects.live().values_list(*WAIT)]
    return Waits(0, on, rows, steps_at(Moment.today(on), rows))


def steps_at(moment: Moment, rows: Iterable[WaitAt]) -> dict[int, StepAt]:
    """Return the milestones of waits by id. One query."""
    ids = sorted({pk for row in rows for pk in (row.milestone, row.waits_for)})
    found = {}
    for values in read_at(Milestone, moment, COLUMNS, {"pk__in": ids}):
        row = list(values)
        for place in DAYS:
            row[place] = by_then(row[place], moment.on)
        found[row[0]] = StepAt._make([*row, moment.on])
    return found
