"""Test the one rule of what is next with a briefing, by whom and by when."""

from datetime import date

import pytest

from reports.briefings.whats_next import Act, Standing, Who, next_of
from reports.models import Briefing

State = Briefing.State
DATED, DEADLINE, DUE = date(2010, 7, 30), date(2010, 8, 20), date(2010, 7, 20)


def following(state, **known):
    found = next_of(Standing(state=state, dated=DATED, deadline=DEADLINE, **known))
    return found and (found.act, found.words, found.who, found.by)


@pytest.mark.parametrize(
    ("known", "act", "words"),
    [
        ({"is_drafted": False}, Act.BEGIN, "Begin the draft"),
        # Where the checks did not run, nothing is said of them.
        ({}, Act.EDIT, "Open the draft"),
        ({"problems": 2}, Act.FIX, "Fix the problems"),
        ({"problems": 0}, Act.CONSULT, "Ask the agencies"),
        ({"problems": 2, "is_corrected": True}, Act.FIX, "Fix the problems"),
        ({"is_corrected": True}, Act.ASK, "Ask for authorisation"),
    ],
)
def test_while_it_is_drafted_the_coordinator_is_next(known, act, words):
    assert following(State.DRAFTING, **known) == (act, words, Who.COORDINATOR, DATED)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        # What the coordinator can do comes before what the agencies are waited for.
        (
            {"unresolved": 1, "unanswered": 2, "problems": 3},
            (Act.RESOLVE, "Resolve 1 comment", Who.COORDINATOR, DATED),
        ),
        (
            {"unanswered": 2, "problems": 3},
            (Act.FIX, "Fix the problems", Who.COORDINATOR, DATED),
        ),
        (
            {"unanswered": 2, "late": 1, "first_due": DUE},
            (Act.REMIND, "Remind 1 agency", Who.COORDINATOR, DATED),
        ),
        (
            {"unanswered": 2, "first_due": DUE},
            (Act.ANSWERS, "2 agencies have not answered", Who.AGENCIES, DUE),
        ),
        ({}, (Act.ASK, "Ask for authorisation", Who.COORDINATOR, DATED)),
    ],
)
def test_in_consultation_it_is_the_coordinator_or_the_agencies(known, expected):
    assert following(State.IN_CONSULTATION, **known) == expected


@pytest.mark.parametrize(
    ("state", "known", "expected"),
    [
        (State.AWAITING, {}, (Act.AUTHORISE, "Read and authorise", Who.MANAGER, DEADLINE)),
        (
            State.AUTHORISED,
            {},
            (Act.SEND, "Mark as sent to the Minister", Who.COORDINATOR, DEADLINE),
        ),
        (State.WITH_MINISTER, {}, (Act.ANSWER, "Read and answer", Who.OFFICE, DEADLINE)),
        (
            State.RETURNED,
            {"to_follow_up": True},
            (Act.FOLLOW_UP, "Follow up the Minister’s answer", Who.COORDINATOR, None),
        ),
        (State.RETURNED, {}, (Act.CLOSE, "Close the briefing", Who.COORDINATOR, None)),
        (State.CLOSED, {}, None),
        (State.WITHDRAWN, {}, None),
    ],
)
def test_after_the_consultation_each_state_has_one_next_step(state, known, expected):
    assert following(state, **known) == expected
