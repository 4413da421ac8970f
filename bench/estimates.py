"""A back-test of the estimates of late milestones: what they said at each past month's end beside what happened.

Random plans are made by rules that the estimate does not know (`WORLDS`): reliable and unreliable agencies, agencies
that warn and that stay silent, plans that go well and badly, and one that changes half-way. Each estimate is made of
what had been recorded by then. Two simple ones are compared with it: that all goes as agreed, and that an agency's next
date goes as its last one did.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import chain, islice
from math import sqrt
from random import Random
from typing import Any, NamedTuple

FIRST, LAST = date(2016, 1, 15), date(2022, 12, 31)
ALL = "all together"
SIMPLE = {"as_agreed": "all as agreed", "as_last": "as the agency’s last date"}
# The estimate is worse than a simple one if the difference is more than so many standard errors.
NOISE = 2
CAUSES = ("funding", "staffing", "consultation", "procurement")


class World(NamedTuple):
    """How the dates of random plans go. An agency's rate of missed dates is drawn around `missed` as widely as
    `spread`; `warns` is how often a date that will be missed is said to be, `alarms` how often one that will be met;
    `moves` how often a date is moved before it is missed; `later` is the rate of the plan's second half."""

    missed: float
    spread: float = 4
    warns: float = 0.6
    alarms: float = 0.1
    moves: float = 0.4
    later: float | None = None


WORLDS = {
    "as plans go": World(0.35),
    "nobody warns": World(0.35, warns=0, alarms=0),
    "warnings say nothing": World(0.35, warns=0.3, alarms=0.3),
    "agencies differ much": World(0.4, spread=1.2),
    "agencies are alike": World(0.3, spread=1000),
    "nearly all is met": World(0.03, spread=30),
    "nearly all is missed": World(0.85, spread=6),
    "gets worse half-way": World(0.15, later=0.6),
    "gets better half-way": World(0.6, later=0.15),
}


class Said(NamedTuple):
    """A date's chance as it was said, what the simple forecasts said, and whether it was missed."""

    chance: float
    as_last: float
    by_agency: float
    was_missed: bool

    def error(self, name: str) -> float:
        """Return the squared error of a column, or of `as_agreed`, which says 0."""
        return float((getattr(self, name, 0.0) - self.was_missed) ** 2)


@dataclass
class BackTest:
    """What was said of dates, and for each estimate its band and how many were missed. `plans` are the numbers of
    dates of each plan, in the order of `said`."""

    said: list[Said] = field(default_factory=list)
    bands: list[tuple[int, int, int]] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)

    def __iadd__(self, other: "BackTest") -> "BackTest":
        self.said += other.said
        self.bands += other.bands
        self.plans += other.plans
        return self

    def brier(self, name: str) -> float:
        """Return the mean squared error (see `Said.error`)."""
        sums = [row.error(name) for row in self.said]
        return sum(sums) / len(sums) if sums else 0.0

    def than(self, name: str) -> tuple[float, float]:
        """Compare the estimate with a simple one: return the difference of their errors, and its standard error.

        The dates of a plan hang together, so the error is of plans drawn again, and not of dates. Of a single
        plan it is not known, and 0."""
        more = self.brier("chance") - self.brier(name)
        rows = iter(self.said)
        apart = [
            sum(row.error("chance") - row.error(name) - more for row in islice(rows, count))
            for count in self.plans
        ]
        count = len(apart)
        if count < 2:
            return more, 0.0
        return more, sqrt(sum(each**2 for each in apart) * count / (count - 1)) / len(self.said)

    def is_worse(self, name: str) -> bool:
        """Whether the estimate is worse than a simple one, beyond the noise of so few plans."""
        more, error = self.than(name)
        return more > NOISE * error

    @property
    def held(self) -> float:
        """How often the number missed was in the band."""
        return sum(low <= n <= high for low, high, n in self.bands) / max(1, len(self.bands))

    def by_chance(self) -> Iterator[tuple[float, float, int]]:
        """Yield, for each tenth: the mean of what was said, how many of these were missed, and of how many."""
        tenths: dict[int, list[Said]] = defaultdict(list)
        for row in self.said:
            tenths[min(9, int(row.chance * 10))].append(row)
        for _, rows in sorted(tenths.items()):
            mean = sum(row.chance for row in rows) / len(rows)
            yield mean, sum(row.was_missed for row in rows) / len(rows), len(rows)


# --- random plans -------------------------------------------------------------------------------


def random_record(chance: Random, world: World) -> Any:
    """Return the record of a plan of some ten agencies and a hundred milestones, over seven years."""
    from workitems.estimates.outcomes import Record, instant_after

    def noon(day: date) -> int:
        return instant_after(day) - 12 * 3600

    def rate(mean: float) -> float:
        return chance.betavariate(mean * world.spread, (1 - mean) * world.spread)

    agencies = {
        n: (rate(world.missed), rate(world.later or world.missed))
        for n in range(chance.randint(3, 12))
    }
    milestones, items, delays = {}, {}, {}
    for pk in range(chance.randint(20, 140)):
        agency = chance.choice(list(agencies))
        due = FIRST + timedelta(days=chance.randint(90, (LAST - FIRST).days))
        begun = (
            FIRST
            if chance.random() < 0.6
            else max(FIRST, due - timedelta(days=chance.randint(120, 700)))
        )
        is_later = due > FIRST + (LAST - FIRST) / 2
        missed = agencies[agency][is_later if world.later is not None else 0]
        milestones[pk], items[pk], delays[pk] = _life(
            chance, world, pk, agency, begun, due, missed, noon
        )
    return Record(
        LAST + timedelta(days=1000),
        noon(FIRST),
        milestones,
        items,
        {k: v for k, v in delays.items() if v},
    )


def _life(
    chance: Random,
    world: World,
    pk: int,
    agency: int,
    begun: date,
    due: date,
    missed: float,
    noon: Any,
) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the versions of a milestone, of its item, and of its delays."""
    from workitems.estimates.outcomes import DelayVersion, ItemVersion, MilestoneVersion

    def version(day: date, **fields: Any) -> MilestoneVersion:
        return (steps[-1] if steps else first)._replace(at=noon(day), **fields)

    first = MilestoneVersion(noon(begun), due, "day", due, "day", due, None, None, agency, pk)
    steps: list[MilestoneVersion] = [first]
    said = [ItemVersion(noon(begun), "under_way", "", "", None)]
    held_up: list[list[DelayVersion]] = []
    heard = begun
    while chance.random() < 0.9 and heard < due:
        heard += timedelta(days=chance.randint(90, 330))
        if heard < due:
            said.append(said[-1]._replace(at=noon(heard), heard_on=heard))
    for _ in range(4):
        will_miss = chance.random() < missed
        warned = due - timedelta(days=chance.randint(30, 160))
        if (
            chance.random() < (world.warns if will_miss else world.alarms)
            and noon(warned) > steps[-1].at
        ):
            if chance.random() < 0.5:
                said.append(said[-1]._replace(at=noon(warned), confidence="at_risk"))
            else:
                late = due + timedelta(days=chance.randint(20, 200))
                steps.append(version(warned, forecast=late))
                held_up.append([DelayVersion(noon(warned), chance.choice(CAUSES), None)])
        if not will_miss:
            done = max(
                due - timedelta(days=int(chance.expovariate(1 / 25))), day_after(steps[-1].at)
            )
            steps.append(version(min(done, due), completed=min(done, due)))
            break
        later = due + timedelta(days=chance.randint(30, 250))
        if chance.random() < world.moves:
            moved = max(due - timedelta(days=chance.randint(5, 120)), day_after(steps[-1].at))
            steps.append(version(moved, agreed=later, forecast=later))
            said.append(said[-1]._replace(at=noon(moved), confidence="on_track"))
            due = later
            continue
        steps.append(version(later, completed=later))
        break
    return sorted(steps), sorted(said, key=lambda row: row.at), held_up


def day_after(seconds: int) -> date:
    from workitems.estimates.outcomes import day_of

    return day_of(seconds) + timedelta(days=1)


# --- the test -----------------------------------------------------------------------------------


def tested(
    record: Any, months: Iterable[date], record_of: Callable[[date], Any] | None = None
) -> BackTest:
    """Make the estimate of each month's end from what had been recorded by then, and look up what happened. Without
    `record_of`, the record has all versions, and is cut."""
    from workitems.estimates.chances import estimate
    from workitems.estimates.outcomes import outcome, until

    found = BackTest()
    for on in months:
        then = estimate(record_of(on) if record_of else until(record, on))
        last = {
            row.responsible: float(not row.was_met) for row in then.dates if row.was_met is not None
        }
        missed = []
        for line in then.lines:
            row = line.date
            versions = record.milestones[row.milestone]
            met = outcome(row.due, versions[-1], record.items.get(row.item, ()), record.on)
            if met is not None:
                now = next(v for v in reversed(versions) if v.at < _end(on))
                says = float(now.forecast > now.agreed)
                found.said.append(
                    Said(line.chance.chance, last.get(row.responsible, 0.0), says, not met)
                )
                missed.append(not met)
        if len(missed) == len(then.lines) and missed:
            found.bands.append((*then.band, sum(missed)))
    found.plans = [len(found.said)]
    return found


def _end(on: date) -> int:
    from workitems.estimates.outcomes import instant_after

    return instant_after(on)


def month_ends(first: date, last: date, step: int = 1) -> Iterator[date]:
    """Yield each month's end, or each of so many months."""
    month = first.year * 12 + first.month
    while (day := date(month // 12, month % 12 + 1, 1) - timedelta(days=1)) <= last:
        if day >= first:
            yield day
        month += step


def random_tests(plans: int, seed: int = 1) -> dict[str, BackTest]:
    """Return the tests of so many random plans of each world."""
    return {name: random_test(name, plans, seed) for name in WORLDS}


def random_test(name: str, plans: int, seed: int = 1) -> BackTest:
    """Return the test of so many random plans of a world."""
    found = BackTest()
    for number in range(plans):
        record = random_record(Random(f"{seed} {name} {number}"), WORLDS[name])
        found += tested(record, month_ends(FIRST, LAST, step=3))
    return found


def said_and_happened(test: BackTest) -> str:
    """Return, for each tenth of the chance, what was said and what happened."""
    lines = [f"{'said':>8}{'happened':>10}{'dates':>9}"]
    lines += [
        f"{said:8.0%}{happened:10.0%}{dates:9,}" for said, happened, dates in test.by_chance()
    ]
    return "\n".join(lines)


def table(tests: dict[str, BackTest]) -> str:
    """Return the mean squared errors (Brier scores) of the estimate and the simple ones; less is better. "more" is the
    estimate's less the simple one's, and what may be noise."""
    lines = [
        f"{'':24}{'dates':>8}{'estimate':>10}{'as agreed':>11}{'more':>17}{'as last':>9}{'more':>17}{'by agency':>11}{'in band':>9}"
    ]
    for name, test in tests.items():
        line = f"{name:24}{len(test.said):8,}{test.brier('chance'):10.3f}"
        for simple, width in (("as_agreed", 11), ("as_last", 9)):
            more, error = test.than(simple)
            line += f"{test.brier(simple):{width}.3f}{f'{more:+.4f} ± {NOISE * error:.4f}':>17}"
        lines.append(f"{line}{test.brier('by_agency'):11.3f}{test.held:9.0%}")
    return "\n".join(lines)


# --- the command --------------------------------------------------------------------------------


def of_the_demo(today: date) -> dict[str, BackTest]:
    """Return the tests of the demo's plans, which must be loaded, up to the last day with a record: of dates after
    that, nobody said what became of them."""
    from workitems.asat import Moment
    from workitems.estimates.outcomes import until
    from workitems.estimates.recorded import read_record
    from workitems.models import Plan

    def read_as_at(plan: Plan, day: date) -> Any:
        return read_record(plan, Moment.end_of(day))

    found = {}
    for plan in Plan.objects.order_by("released_on"):
        record = read_record(plan, Moment.present(plan, today))
        record = until(record, min(record.on, last_day(record)))
        months = month_ends(plan.adopted_on or plan.released_on, record.on)
        found[f"demo, plan of {plan.released_on.year}"] = tested(
            record, months, partial(read_as_at, plan)
        )
    return found


def last_day(record: Any) -> date:
    """Return the last day on which something was recorded."""
    from workitems.estimates.outcomes import day_of

    versions = chain(*record.milestones.values(), *record.items.values())
    return day_of(max(row.at for row in versions))


def run(plans: int) -> dict[str, BackTest]:
    from django.utils import timezone

    tests = random_tests(plans)
    whole = BackTest()
    for test in tests.values():
        whole += test
    demo = of_the_demo(timezone.localdate())
    for test in demo.values():
        whole += test
    return tests | demo | {ALL: whole}


def missed(tests: dict[str, BackTest]) -> list[str]:
    """Return a sentence for each simple forecast that is better than the estimate, beyond the noise, by kind of plan."""
    return [
        f"{kind}: {words} is better: {test.brier(name):.3f}, the estimate {test.brier('chance'):.3f}."
        for kind, test in tests.items()
        for name, words in SIMPLE.items()
        if test.is_worse(name)
    ]
