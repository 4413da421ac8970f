"""The four steps from an empty register to a plan's first round, and how far each is.

Pure functions of the facts that `workitems.getting_started` reads.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reader(StrEnum):
    """Who reads the steps. An administrator does the first two, a coordinator the others."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    BOTH = "both"

    @property
    def administers(self) -> bool:
        return self != Reader.COORDINATOR

    @property
    def coordinates(self) -> bool:
        return self != Reader.ADMINISTRATOR


class PlanState(StrEnum):
    """How far the plan is that the reader coordinates, or for an administrator the first of all."""

    NONE = "none"
    BEGUN = "begun"
    # Adopted without a work item, as an imported register can have it.
    EMPTY = "empty"
    ADOPTED = "adopted"


class State(StrEnum):
    DONE = "done"
    NEXT = "next"
    LATER = "later"


class Key(StrEnum):
    AGENCIES = "agencies"
    PEOPLE = "people"
    PLAN = "plan"
    ROUND = "round"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the register has so far. A round counts from its opening on, closed or not."""

    reader: Reader
    agencies: int = 0
    # With an open account and a seat today.
    coordinators: int = 0
    # Whom an invitation to be coordinator is waiting for.
    invited: str = ""
    plan: PlanState = PlanState.NONE
    plan_title: str = ""
    round_was_opened: bool = False


@dataclass(frozen=True)
class Step:
    """A step with its sentence. `act` is the button's words, or "" where the reader has none."""

    key: Key
    title: str
    state: State
    sentence: str
    act: str = ""


def steps(facts: Facts) -> list[Step]:
    """Return the four steps in order, or none once a round was opened."""
    if facts.round_was_opened:
        return []
    done = {
        Key.AGENCIES: facts.agencies > 0,
        Key.PEOPLE: facts.coordinators > 0,
        Key.PLAN: facts.plan == PlanState.ADOPTED,
        Key.ROUND: False,
    }
    first = next(key for key in Key if not done[key])
    return [
        _STEPS[key](facts, State.DONE if done[key] else State.NEXT if key == first else State.LATER)
        for key in Key
    ]


def _agencies(facts: Facts, state: State) -> Step:
    title, adds = "Agencies", facts.reader.administers
    if state == State.DONE:
        many = "1 agency is" if facts.agencies == 1 else f"{facts.agencies} agencies are"
        more = "Add more at any time." if adds else "The plan’s workbook can bring more."
        return Step(
            Key.AGENCIES, title, state, f"{many} in the register. {more}", "Add an agency" * adds
        )
    sentence = "Add the agency that coordinates the plan, and those that take part."
    return Step(Key.AGENCIES, title, state, sentence, "Add an agency" * adds)


def _people(facts: Facts, state: State) -> Step:
    title = "People"
    if state == State.DONE:
        if facts.reader.coordinates:
            sentence = "You are a coordinator. Invite the colleagues of your agency at any time."
        else:
            many = (
                "1 person is a" if facts.coordinators == 1 else f"{facts.coordinators} people are"
            )
            plural = "coordinator" if facts.coordinators == 1 else "coordinators"
            sentence = f"{many} {plural}. Invite more people at any time."
        return Step(Key.PEOPLE, title, state, sentence, "Invite a person")
    if facts.invited:
        sentence = f"{facts.invited} is invited as coordinator and has not accepted yet."
    else:
        sentence = "Invite the first coordinator, who makes the plan and opens its rounds."
    return Step(Key.PEOPLE, title, state, sentence, "Invite a person" * (facts.agencies > 0))


def _plan(facts: Facts, state: State) -> Step:
    title = "Plan"
    if not facts.reader.coordinates:
        sentence = (
            "The coordinator has made a plan."
            if state == State.DONE
            else "The coordinator makes the plan. You do not need to do anything here."
        )
        return Step(Key.PLAN, title, state, sentence)
    if state == State.DONE:
        return Step(Key.PLAN, title, state, f"{facts.plan_title} is adopted.", "Open the plan")
    if facts.plan == PlanState.BEGUN:
        sentence = f"{facts.plan_title} is begun. Complete it, then adopt it."
        return Step(Key.PLAN, title, state, sentence, "Open the plan")
    if facts.plan == PlanState.EMPTY:
        sentence = f"{facts.plan_title} has no work items yet. Add them on its page."
        return Step(Key.PLAN, title, state, sentence, "Open the plan")
    sentence = "Make the plan: its pillars, work items and milestones."
    return Step(Key.PLAN, title, state, sentence, "Start a plan")


def _round(facts: Facts, state: State) -> Step:
    title = "Round"
    if not facts.reader.coordinates:
        sentence = "The coordinator opens the first round, which asks each agency for its return."
        return Step(Key.ROUND, title, state, sentence)
    sentence = "Open the first round. It asks each agency for its return by a day that you choose."
    act = "Open a round" if state == State.NEXT else ""
    return Step(Key.ROUND, title, state, sentence, act)


_STEPS = {
    Key.AGENCIES: _agencies,
    Key.PEOPLE: _people,
    Key.PLAN: _plan,
    Key.ROUND: _round,
}
