"""A rate that an agency reports, against what is still to be reached by a milestone's date."""

import re

from reports.compose.paragraphs import Writer
from reports.compose.slips import LateItem
from reports.compose.subjects import when
from reports.document import Source
from reports.document.wording import agree, number
from workitems.plan.plan_at import MilestoneAt

# Days of what a rate is told by, and how much faster than that a target would still be missed before it is said to be.
DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30.4, "quarter": 91.3, "year": 365.25}
MARGIN = 1.2
AT_A_RATE = "At "
# "12,000 rental homes", and "210 homes a month".
COUNTED = re.compile(r"\b(?P<count>\d[\d,]*) (?:[a-z-]+ ){0,2}?(?P<what>[a-z]{3,}s)\b")
_RATE = re.compile(
    rf"\b(?P<count>\d[\d,]*) (?P<what>[a-z]{{3,}}s) (?:a|each|every|per) (?P<unit>{'|'.join(DAYS)})\b"
)


def too_slow(writer: Writer, entry: LateItem) -> tuple[str, Source] | None:
    """Return that the last milestone of an item that counts something would be missed at the rate that its agency reports, if
    the same is counted by all three: the rate, what is reached and the milestone; with the report of what is reached. None of
    a rate that would do."""
    updates = writer.facts.updates_of(entry.item)
    if not updates:
        return None
    update = updates[-1]
    told = [row.description for _, row in entry.mitigations() if not row.done_on]
    for rate in (each for text in (*told, update.planned_next) for each in _RATE.finditer(text)):
        reached, step = count_of(update.achieved, rate["what"]), _last(entry, rate["what"])
        if reached is None or step is None:
            continue
        left = (count_of(step.description, rate["what"]) or 0) - reached
        ended = update.of_return.round.period_end or update.written_on
        days = max((step.forecast_due - ended).days, 0)
        more = as_number(rate["count"]) * days / DAYS[rate["unit"]]
        if MARGIN * more < left:
            due = f"the {number(left + reached)} due {_by(step)}"
            short = number(_rounded_down(left - int(more)))
            return (
                f"{AT_A_RATE}{rate[0]}, {due} would be missed by more than {short}.",
                update.source,
            )
    return None


_FEW = {number(count): count for count in range(1, 10)}
_THINGS_DONE = re.compile(r"(?P<count>\w+) (?P<what>[a-z]+s) (?:are )?(?P<done>[a-z]+ed)\b")


def part_done(step: MilestoneAt, achieved: str) -> str:
    """Return how many of a milestone's few things a report says are done: "three are signed" of "Four agreements signed"; "" if it
    does not say, or says all."""
    wanted = _THINGS_DONE.match(step.description)
    if not wanted or not (whole := _few(wanted["count"])):
        return ""
    same = rf"\b(\w+) (?:of (?:the )?{wanted['count']} )?{wanted['what']} (?:are |were )?{wanted['done']}\b"
    found = re.search(same, achieved, re.IGNORECASE)
    done = _few(found[1]) if found else 0
    if not 0 < done < whole:
        return ""
    return f"{number(done)} {agree(done, 'is', 'are')} {wanted['done']}"


def _few(word: str) -> int:
    return int(word) if word.isdecimal() else _FEW.get(word.casefold(), 0)


def _last(entry: LateItem, what: str) -> MilestoneAt | None:
    """Return the last open milestone that counts the same."""
    steps = [
        step
        for step in entry.item.milestones
        if step.is_open and count_of(step.description, what) is not None
    ]
    return max(steps, key=lambda step: step.forecast_due, default=None)


def count_of(text: str, what: str) -> int | None:
    """Return the first number of such things in a text."""
    return next(
        (as_number(found["count"]) for found in COUNTED.finditer(text) if found["what"] == what),
        None,
    )


def _rounded_down(count: int) -> int:
    """Return a number with its first digit only, as the day on which a result was counted is not known."""
    power = int(f"1{'0' * (len(str(count)) - 1)}")
    return count // power * power


def as_number(digits: str) -> int:
    return int(digits.replace(",", ""))


def _by(step: MilestoneAt) -> str:
    day = when(step.forecast, step.on)
    return f"{'on' if day[:1].isdigit() else 'in'} {day}"
