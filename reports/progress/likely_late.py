"""Milestones that will probably be late: the estimate as at a moment, with reasons, and how earlier ones went.

Nothing of this is in a paper: an estimate is for the working group, and changes with every record.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from agencies.translation import day_words
from reports.progress.view import Look
from workitems.estimates import estimate_words
from workitems.estimates.chances import LEAST_DATES, Chance, Estimate, Line, Words, band, estimate
from workitems.estimates.outcomes import AgreedDate
from workitems.estimates.recorded import read_record
from workitems.estimates.scores import Kept, Score, by_words, scores
from workitems.models import KeptEstimate
from workitems.plan_at import ItemAt, MilestoneAt, agencies_at, items_at, milestones_at
from workitems.standing import times_in_words

# An agency's own dates that its page lists, newest first.
OWN_DATES = 10
# Kept estimates that the page lists, newest first.
SHOWN_SCORES = 12


class LateRow(NamedTuple):
    """An open milestone with its chance of being late, and the reasons in words."""

    milestone: MilestoneAt
    item: ItemAt
    agency: str
    line: Line

    @property
    def chance(self) -> Chance:
        return self.line.chance

    @property
    def words(self) -> Words:
        return self.chance.words

    @property
    def in_ten(self) -> str:
        return estimate_words.in_ten(self.chance.chance)

    @property
    def percent(self) -> int:
        return estimate_words.percent(self.chance.chance)

    @property
    def reasons(self) -> list[str]:
        return estimate_words.reasons(self.line, self.agency, self.milestone.forecast)

    @property
    def sum(self) -> str:
        return estimate_words.sum_in_words(self.line, self.agency)


class OwnDate(NamedTuple):
    """A date of an agency that has come."""

    milestone: MilestoneAt
    item: ItemAt
    date: AgreedDate

    @property
    def is_moved(self) -> bool:
        return self.milestone.agreed_due != self.date.due

    @property
    def outcome(self) -> str:
        """ "Met", "Moved to 30 June 2027", "Done a month late", "Missed, not done yet"."""
        if self.date.was_met:
            return _("Met")
        if self.date.done_on:
            return _("Missed, done {day}").format(day=day_words(self.date.done_on))
        return (
            _("Missed, moved to {date}").format(date=self.milestone.agreed)
            if self.is_moved
            else _("Missed, not done")
        )


@dataclass(frozen=True)
class AgencyRecord:
    """How an agency's dates went, the newest first."""

    agency: Agency
    dates: Sequence[AgreedDate] = field(repr=False)

    @property
    def met(self) -> int:
        return sum(bool(row.was_met) for row in self.dates)

    @property
    def missed(self) -> int:
        return len(self.dates) - self.met

    @property
    def words(self) -> str:
        return estimate_words.own_record_in_words(self.agency.short_name, self.met, len(self.dates))


@dataclass(frozen=True)
class LikelyLate:
    """The page. `rows` are of the pillar or lead agency looked at; the record is that of the whole plan."""

    look: Look
    estimate: Estimate
    rows: Sequence[LateRow]
    overdue: int
    agencies: Sequence[AgencyRecord]
    own: Sequence[tuple[AgencyRecord, Sequence[OwnDate]]]
    scores: Sequence[Score]

    @property
    def is_enough(self) -> bool:
        return self.estimate.rates.is_enough

    @property
    def too_little(self) -> str:
        """Why there is no estimate."""
        come = self.estimate.rates.all.dates
        if not come:
            return _(
                "No date of the plan has come yet. An estimate needs {least} dates that have come."
            ).format(least=LEAST_DATES)
        return ngettext(
            "Only {count} date has come. An estimate needs {least}.",
            "Only {count} dates have come. An estimate needs {least}.",
            come,
        ).format(count=come, least=LEAST_DATES)

    @property
    def until(self) -> str:
        return day_words(self.estimate.until)

    @property
    def headline(self) -> str:
        return estimate_words.band_in_words(
            band([row.chance.chance for row in self.rows]), len(self.rows), self.until
        )

    @property
    def usual(self) -> str:
        return estimate_words.usual_in_words(self.estimate.rates)

    @property
    def called(self) -> list[tuple[Words, int]]:
        return [(words, sum(row.words == words for row in self.rows)) for words in Words]

    @property
    def by_words(self) -> list[Kept]:
        return by_words(self.scores)

    @property
    def band_record(self) -> str:
        """How often the number late was in the band, in estimates whose dates have all come; or ""."""
        over = [row for row in self.scores if row.is_over and row.come]
        if not over:
            return ""
        held = sum(row.is_in_band for row in over)
        if held == len(over):
            said = ngettext(
                "In the only estimate whose dates have all come, the number late was within "
                "what was expected.",
                "In {count:,} estimates whose dates have all come, the number late was within "
                "what was expected.",
                len(over),
            )
        elif not held:
            said = ngettext(
                "In the only estimate whose dates have all come, the number late was not within "
                "what was expected.",
                "In {count:,} estimates whose dates have all come, the number late was not within "
                "what was expected.",
                len(over),
            )
        else:
            said = _(
                "In {count:,} estimates whose dates have all come, the number late was {times} "
                "within what was expected."
            )
        return said.format(count=len(over), times=times_in_words(held) if held else "")

    @property
    def newest_scored(self) -> Score | None:
        """The newest kept estimate of which every date has come."""
        return next((row for row in self.scores if row.is_over and row.come), None)

    @property
    def scored(self) -> str:
        """Return "Of 24 milestones due by 30 June 2026, 3 to 7 were expected to be late; 5 were. …"."""
        row = self.newest_scored
        if row is None:
            return ""
        kept = row.estimate
        band = estimate_words.band_in_words(
            (kept.low, kept.high), kept.due, day_words(kept.until), is_past=True
        )
        if row.missed:
            said = ngettext("{expected}; {count:,} was.", "{expected}; {count:,} were.", row.missed)
        else:
            said = _("{expected}; none was.")
        said = said.format(expected=band.rstrip("."), count=row.missed)
        if not row.called:
            return said
        if row.called_missed:
            called = ngettext(
                "Of {count:,} called probably late, {late:,} was.",
                "Of {count:,} called probably late, {late:,} were.",
                row.called_missed,
            )
        else:
            called = _("Of {count:,} called probably late, none were.")
        return f"{said} {called.format(count=len(row.called), late=row.called_missed)}"


def read_likely_late(look: Look, own: Collection[int] = ()) -> LikelyLate:
    """Return the page as at the look's moment. `own` are the reader's agencies, by id."""
    record = read_record(look.plan, look.at)
    found = estimate(record)
    of = {"item__plan_id": look.plan.pk}
    milestones = {row.pk: row for row in milestones_at(look.at, of, texts=False)}
    items = {row.pk: row for row in items_at(look.at, {"plan_id": look.plan.pk}, texts=False)}
    agencies = agencies_at(Agency.objects.in_bulk(), look.at)

    def is_shown(item: ItemAt) -> bool:
        return look.pillar in (None, item.pillar) and look.agency in (None, item.lead)

    lines = [] if look.at.is_end_of_plan else found.lines
    rows = [
        LateRow(
            milestones[line.date.milestone], items[line.date.item],
            agencies[line.date.responsible].short_name, line,
        )
        for line in lines
        if is_shown(items[line.date.item])
    ]  # fmt: skip
    overdue = sum(
        row.is_overdue and items[row.item].is_live and is_shown(items[row.item])
        for row in milestones.values()
    )
    records = _by_agency(found, agencies)
    kept = KeptEstimate.objects.filter(plan=look.plan).known_by(look.at.until).newest_first()
    return LikelyLate(
        look,
        found,
        rows,
        overdue,
        records,
        [
            (row, [OwnDate(milestones[each.milestone], items[each.item], each) for each in row.dates[:OWN_DATES]])
            for row in records
            if row.agency.pk in own
        ],
        scores(kept, record),
    )  # fmt: skip


def _by_agency(found: Estimate, agencies: Mapping[int, Agency]) -> list[AgencyRecord]:
    dates: dict[int, list[AgreedDate]] = defaultdict(list)
    for row in reversed(found.dates):
        if row.was_met is not None:
            dates[row.responsible].append(row)
    rows = [AgencyRecord(agencies[pk], own) for pk, own in dates.items()]
    return sorted(rows, key=lambda row: row.agency.short_name.casefold())
