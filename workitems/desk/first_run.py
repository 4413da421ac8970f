"""The four steps from an empty register to a plan's first round, and how far each is.

Pure functions of the facts that `workitems.desk.getting_started` reads.
"""

from dataclasses import dataclass
from enum import StrEnum

from agencies.wording.translation import _, ngettext


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


class Link(StrEnum):
    """What became of the link of an invitation."""

    WORKS = "works"
    EXPIRED = "expired"
    NOT_SENT = "not_sent"


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
    # Whom an invitation to be coordinator is waiting for, and whether that is the reader.
    invited: str = ""
    is_reader_invited: bool = False
    link: Link = Link.WORKS
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
    title, adds = _("Agencies"), facts.reader.administers
    if state == State.DONE:
        many = ngettext(
            "{count} agency is in the register.",
            "{count} agencies are in the register.",
            facts.agencies,
        ).format(count=facts.agencies)
        return Step(
            Key.AGENCIES,
            title,
            state,
            many,
            _("Add an agency") * adds,
        )
    sentence = _(
        "Add the agency that coordinates the plan. The plan’s spreadsheet can bring the others."
    )
    return Step(Key.AGENCIES, title, state, sentence, _("Add an agency") * adds)


def _people(facts: Facts, state: State) -> Step:
    title = _("Coordinator")
    if state == State.DONE:
        if facts.reader.coordinates:
            sentence = _("You are a coordinator.")
        else:
            sentence = ngettext(
                "{count} person is a coordinator.",
                "{count} people are coordinators.",
                facts.coordinators,
            ).format(count=facts.coordinators)
        return Step(Key.PEOPLE, title, state, sentence, _("Invite a person"))
    if facts.is_reader_invited and facts.link != Link.EXPIRED:
        sentence = _("You are invited as coordinator.")
        return Step(Key.PEOPLE, title, state, sentence, _("Accept invitation"))
    if facts.invited and facts.link != Link.WORKS:
        return Step(Key.PEOPLE, title, state, _dead_link(facts), _("Send it again"))
    if facts.invited:
        sentence = _("{person} is invited as coordinator and has not accepted yet.").format(
            person=facts.invited
        )
    else:
        sentence = _("Invite the first coordinator, who makes the plan and opens its rounds.")
    return Step(Key.PEOPLE, title, state, sentence, _("Invite a person") * (facts.agencies > 0))


def _dead_link(facts: Facts) -> str:
    """Say why an invitation to be coordinator cannot be accepted, and what to do."""
    who = (
        _("You are invited as coordinator")
        if facts.is_reader_invited
        else _("{person} is invited as coordinator").format(person=facts.invited)
    )
    says = (
        _("{who}, but the link has expired. Send the invitation again.")
        if facts.link == Link.EXPIRED
        else _("{who}, but the email could not be sent. Check the address, and send it again.")
    )
    return says.format(who=who)


def _plan(facts: Facts, state: State) -> Step:
    title = _("Plan")
    if not facts.reader.coordinates:
        sentence = (
            _("The coordinator has made a plan.")
            if state == State.DONE
            else _("The coordinator makes the plan.")
        )
        return Step(Key.PLAN, title, state, sentence)
    if state == State.DONE:
        return Step(
            Key.PLAN,
            title,
            state,
            _("{plan} is adopted.").format(plan=facts.plan_title),
            _("Open the plan"),
        )
    if facts.plan == PlanState.BEGUN:
        sentence = _("{plan} is begun. Complete it, then adopt it.").format(plan=facts.plan_title)
        return Step(Key.PLAN, title, state, sentence, _("Open the plan"))
    if facts.plan == PlanState.EMPTY:
        sentence = _("{plan} has no work items yet. Add them on its page.").format(
            plan=facts.plan_title
        )
        return Step(Key.PLAN, title, state, sentence, _("Open the plan"))
    sentence = _("Make the plan, or start it from the spreadsheet that you keep.")
    return Step(Key.PLAN, title, state, sentence, _("Start a plan"))


def _round(facts: Facts, state: State) -> Step:
    title = _("Round")
    if not facts.reader.coordinates:
        sentence = _("The coordinator opens the first round.")
        return Step(Key.ROUND, title, state, sentence)
    sentence = _("Open the first round, which asks each agency for its return.")
    act = _("Open a round") if state == State.NEXT else ""
    return Step(Key.ROUND, title, state, sentence, act)


_STEPS = {
    Key.AGENCIES: _agencies,
    Key.PEOPLE: _people,
    Key.PLAN: _plan,
    Key.ROUND: _round,
}
