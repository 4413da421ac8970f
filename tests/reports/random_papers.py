"""Random plans in memory, with what a paper on them may say, worked out without the composer.

Agencies' words are made of letters only and differ from each other, so that each number and date of a
paper comes from its records, and each sentence can be traced to one of them.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from string import ascii_lowercase

from reports.compose.facts import Facts, LastPaper
from tests.reports.in_memory import (
    AGENCIES,
    ON,
    PILLARS,
    START,
    action,
    delay,
    facts,
    item,
    risk,
    step,
    update_of,
    withdrawn,
)
from workitems.models import Delay
from workitems.terms.known_dates import MONTHS, KnownDate

SURE = ("", "on_track", "at_risk", "off_track")
LEVELS = ("low", "medium", "high", "high")
STAGES = ("not_started", "under_way", "under_way", "under_way", "ongoing", "complete", "withdrawn")


# Words that complete what a form begins, and those that turn the sense of the sentence before.
ACTS = ("Publish", "publish", "Will train", "Support", "Police will write")
CAUSES = ("No", "The", "because", "DoL has", "It was")
RESULTS = ("Trained", "Published the", "In June", "Police taught")
TURNS = ("But", "Then", "However,", "We")


class Words:
    """Words that come once each."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._count = 0

    def one(self) -> str:
        self._count += 1
        count, word = self._count, ""
        while count:
            count, letter = divmod(count, 26)
            word += ascii_lowercase[letter]
        return f"q{word}z"

    def phrase(self, most: int) -> str:
        words = [self.one() for _ in range(self.chance.randint(2, most))]
        if self.chance.random() < 0.05:
            words[1] = f"**{words[1]}**"
        return " ".join(words)

    def sentence(self, starts: tuple[str, ...] = ()) -> str:
        mark = self.chance.choice((".", ".", ".", "!", "?", ""))
        start = self.one()
        if self.chance.random() < 0.8:
            start = start.capitalize()
        if starts and self.chance.random() < 0.5:
            start = f"{self.chance.choice(starts)} {start.lower()}"
        return f"{start} {self.phrase(self.chance.choice((8, 20, 45, 90)))}{mark}"

    def prose(self, starts: tuple[str, ...] = ()) -> str:
        """Text that begins with one of the words at times, or is empty or says nothing."""
        chance = self.chance
        if chance.random() < 0.15:
            return chance.choice(("", "", "As above.", "Ongoing"))
        first = self.sentence(starts)
        lines = [" ".join([first, *(self.sentence(TURNS) for _ in range(chance.randint(0, 3)))])]
        if chance.random() < 0.1:
            lines += [f"- {self.phrase(6)}" for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.1:
            lines += ["", self.sentence()]
        return "\n".join(lines)


def _due(chance: Random, first: int = -250, last: int = 500) -> KnownDate:
    day = ON + timedelta(days=chance.randint(first, last))
    return KnownDate.holding(day, chance.choice(("day", "day", "month", "quarter")))


def _step(chance: Random, words: Words) -> object:
    original = _due(chance)
    agreed = forecast = original
    if chance.random() < 0.2:
        agreed = forecast = _due(chance)
    if chance.random() < 0.5:
        later = agreed.last_day + timedelta(days=chance.choice((-30, 0, 10, 45, 200, 400)))
        forecast = KnownDate.holding(later, chance.choice(("day", "month", "quarter")))
    ended = chance.random()
    done = chance.choice((0, 1, 20, 200))
    delays = [_delay(chance, words) for _ in range(chance.choice((0, 0, 1, 1, 2)))]
    return step(
        original.last_day,
        *delays,
        description=words.phrase(chance.choice((6, 6, 30))),
        as_told=f"the {words.phrase(4)}" if chance.random() < 0.4 else "",
        original_known_to=original.known_to,
        agreed_due=agreed.last_day,
        agreed_known_to=agreed.known_to,
        forecast_due=forecast.last_day,
        forecast_known_to=forecast.known_to,
        completed_on=ON - timedelta(days=done) if ended < 0.25 else None,
        withdrawn_on=ON - timedelta(days=done) if 0.25 < ended < 0.3 else None,
        responsible=chance.choice(list(AGENCIES)),
    )


def _delay(chance: Random, words: Words) -> object:
    found = ON - timedelta(days=chance.randint(0, 500))
    ended = chance.choice((None, None, min(ON, found + timedelta(days=chance.randint(0, 300)))))
    settled = chance.choice(("", "settled", "being_settled", "needs_decision"))
    actions = [
        action(
            words.prose(ACTS) or words.one(),
            chance.choice(list(AGENCIES.values())),
            due_on=chance.choice((None, _due(chance).last_day)),
            done_on=chance.choice((None, ON - timedelta(days=chance.randint(0, 400)))),
            number=number,
        )
        for number in range(1, 1 + chance.choice((0, 1, 1, 3)))
    ]
    return delay(
        chance.choice(list(Delay.Cause)), words.prose(CAUSES), words.prose(CAUSES), actions=actions,
        found_on=found, ended_on=ended, settlement=settled, times_moved=chance.randint(1, 12),
        settling_agency=chance.choice(list(AGENCIES)) if settled == "being_settled" else None,
        settling_by=_due(chance, 0).last_day if settled == "being_settled" else None,
    )  # fmt: skip


def random_facts(seed: int) -> Facts:
    """A plan with its past year; the same seed makes the same one."""
    chance = Random(seed)
    words = Words(chance)
    items, updates, withdrawals, answered = [], [], {}, {}
    for n in range(chance.choice((0, 1, 2, 3, 5, 8, 13, 30))):
        stage = chance.choice(STAGES)
        made = item(
            f"{chance.choice(PILLARS).number}.{n + 1}",
            *(_step(chance, words) for _ in range(chance.choice((0, 1, 1, 2, 4)))),
            title=words.phrase(chance.choice((4, 14))),
            as_told=f"the {words.phrase(4)}" if chance.random() < 0.4 else "",
            stage=stage, is_key=chance.random() < 0.4, lead=chance.choice(list(AGENCIES)),
            completed_on=ON - timedelta(days=chance.choice((0, 90, 600))) if stage == "complete" else None,
            confidence=chance.choice(SURE), reviewer_confidence=chance.choice(SURE),
        )  # fmt: skip
        items.append(made)
        if stage == "withdrawn" and chance.random() < 0.7:
            withdrawals[made.pk] = withdrawn(
                words.sentence(), ON - timedelta(days=chance.randint(0, 300))
            )
        days = sorted(
            ON - timedelta(days=chance.randint(0, 360)) for _ in range(chance.choice((0, 1, 1, 2)))
        )
        updates += [_update(chance, words, made, day) for day in days]
        if chance.random() < 0.1:
            answered[made.pk] = ON - timedelta(days=chance.randint(0, 60))
    items.sort(key=lambda each: (each.pillar, int(each.number[2:])))
    last = LastPaper(START, chance.randint(0, 5), chance.randint(0, 5))
    return facts(
        *items, updates=updates, withdrawals=withdrawals, answered_since=answered,
        last_paper=chance.choice((None, last)), most_words=chance.choice((300, 600, 1000, 1500)),
        all_risks=tuple(_risk(chance, words, n) for n in range(1, 1 + chance.choice((0, 0, 1, 3, 8)))),
        background=chance.choice(("", f"{words.sentence()}\n\n{words.sentence()}")),
        members=chance.choice((tuple(AGENCIES.values()), tuple(AGENCIES.values())[:1])),
    )  # fmt: skip


def _update(chance: Random, words: Words, made: object, day: date) -> object:
    starts = {"achieved": RESULTS, "planned_next": ACTS, "challenges": CAUSES}
    texts = {name: words.prose(of) for name, of in starts.items()}
    if chance.random() < 0.2:
        texts = {"no_change_on": day}
    return update_of(
        made, chance.choice(list(AGENCIES.values())), written_on=day,
        key_achievement=chance.choice(("no", "yes", "yes", "headline")), **texts,
    )  # fmt: skip


def _risk(chance: Random, words: Words, number: int) -> object:
    return risk(
        number, words.prose(CAUSES), words.prose(ACTS), owner=chance.choice(list(AGENCIES)),
        likelihood=chance.choice(LEVELS), impact=chance.choice(LEVELS),
        closed_on=chance.choice((None, None, None, ON)),
        escalated_to=chance.choice(("minister", "minister", "group")),
    )  # fmt: skip


# --- what a paper may say ---------------------------------------------------------------------


def _day_words(day: date) -> set[str]:
    month = f"{MONTHS[day.month - 1]} {day.year}"
    return {month, f"{day.day} {month}"}


def _known(due: KnownDate) -> set[str]:
    """A date as precisely as it is known; a quarter also by its first and last month."""
    month = f"{MONTHS[due.last_day.month - 1]} {due.last_day.year}"
    if due.known_to == "quarter":
        return {str(due), month, f"{MONTHS[due.first_day.month - 1]} {due.first_day.year}"}
    return {month} if due.known_to == "month" else _day_words(due.last_day)


def dates_of(of: Facts) -> set[str]:
    """Every date that a record of the plan or the paper has, as text."""
    found = _day_words(of.briefing.period_start) | _day_words(of.briefing.dated)
    found |= _day_words(of.plan.released_on)
    found |= _day_words(of.last_paper.dated) if of.last_paper else set()
    for row in of.withdrawals.values():
        found |= _day_words(row.decided_on)
    for asked in (row for rows in of.requests.values() for row in rows if row.due):
        found |= _known(asked.due)
    for each in of.items:
        found |= _day_words(each.heard_on) if each.heard_on else set()
        for own in each.milestones:
            for due in (own.original, own.agreed, own.forecast):
                found |= _known(due)
            found |= _day_words(own.completed_on) if own.completed_on else set()
            for held in own.delays:
                found |= _known(held.before) | _known(held.after)
                found |= _day_words(held.settling_by) if held.settling_by else set()
                for act in held.mitigations:
                    found |= _day_words(act.due_on) if act.due_on else set()
    return found


def late_steps(of: Facts) -> Iterator[tuple[object, object]]:
    """Every open milestone of a live item that is past its agreed date, or expected after it."""
    for each in of.items:
        if each.stage in ("complete", "withdrawn"):
            continue
        for own in each.milestones:
            is_open = own.completed_on is None and own.withdrawn_on is None
            if is_open and (
                own.agreed_due < of.briefing.dated or own.forecast_due > own.agreed_due
            ):
                yield each, own
