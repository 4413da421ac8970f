"""A plan whose agencies write much: 20 items, 60 milestones, half of them late, updates of 50 to 300
words. In memory, and the same in every run."""

from datetime import date, timedelta
from random import Random

from reports.compose.facts import Facts
from tests.reports.in_memory import (
    AGENCIES,
    ON,
    action,
    delay,
    facts,
    item,
    risk,
    step,
    update_of,
)
from workitems.models import Delay

ITEMS, STEPS = 20, 3
SUBJECTS = (
    *("the hospitals", "front-line staff", "the regional offices", "a first group of employers"),
    *("the service providers", "each of the four districts", "the training team", "our auditors"),
    *("the steering group", "local communities", "the information desk", "the new coordinators"),
)
ACTS = (
    *("met with", "wrote to", "trained", "heard from", "sent the draft guidance to", "visited"),
    *("tested the new form with", "agreed the next dates with", "shared first results with"),
)
ENDS = (
    *("and the answers were good", "though two of them could not come", "as was planned in March"),
    *("which took longer than the plan allowed", "and a written summary is with the managers"),
    *("before the end of the quarter", "so that work can begin in the new year"),
    *("and more of them have asked for it since", "with the money that was left from last year"),
)
TITLES = (
    "Review how {} are supported when they meet people who need help",
    "Develop and publish shared guidance for {} on what to do and whom to call",
    "Improve the way in which information is collected from {} and given back to them",
    "Set up regular training for {} together with the other agencies of the Plan",
)


def prose(chance: Random, words: int) -> str:
    """Return sentences of some 15 words, no two the same, with at least so many words."""
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < words:
        day = chance.randint(1, 28)
        subject = chance.choice(SUBJECTS)
        sentence = (
            f"On {day} {chance.choice(('March', 'April', 'May'))} 2010 we {chance.choice(ACTS)} {subject}, "
            f"{chance.choice(('with', 'without'))} {chance.choice(SUBJECTS)}, {chance.choice(ENDS)}."
        )
        if sentence not in sentences:
            sentences.append(sentence)
    return " ".join(sentences)


def long_plan(most_words: int = 1000) -> Facts:
    chance = Random(4)
    items, updates = [], []
    for n in range(ITEMS):
        steps = []
        for number in range(STEPS):
            is_late = (n + number) % 2 == 0
            due = ON - timedelta(days=chance.randint(5, 150)) if is_late else ON
            due += timedelta(days=chance.randint(20, 300)) if not is_late else timedelta()
            slip = timedelta(days=chance.choice((0, 60, 200, 300))) if is_late else timedelta()
            held_up = (
                delay(
                    chance.choice(list(Delay.Cause)), prose(chance, chance.randint(50, 120)),
                    prose(chance, 40), settlement=chance.choice(["", "settled", "needs_decision"]),
                    times_moved=chance.randint(1, 3),
                    actions=[action(prose(chance, 30), chance.choice(list(AGENCIES.values())))],
                ),
            )  # fmt: skip
            steps.append(
                step(
                    due, *(held_up if is_late and chance.random() < 0.7 else ()),
                    description=f"{prose(chance, 25)[:-1]} and report {number + 1} on it",
                    forecast_due=due + slip, responsible=chance.choice(list(AGENCIES)),
                )
            )  # fmt: skip
        title = TITLES[n % 4].format(chance.choice(SUBJECTS))
        made = item(
            f"{n % 2 + 1}.{n // 2 + 1}", *steps, title=title, lead=chance.choice(list(AGENCIES)),
            is_key=n % 3 == 0, confidence=chance.choice(("on_track", "at_risk", "")),
        )  # fmt: skip
        items.append(made)
        updates.append(
            update_of(
                made, AGENCIES[made.lead], written_on=date(2010, 7, 10),
                key_achievement=("no", "yes", "headline")[n % 3],
                **{
                    name: prose(chance, chance.randint(50, 300))
                    for name in ("achieved", "planned_next", "challenges")
                },
            )
        )  # fmt: skip
    risks = tuple(risk(n, prose(chance, 60), prose(chance, 60)) for n in (1, 2, 3))
    return facts(*items, updates=updates, all_risks=risks, most_words=most_words)
