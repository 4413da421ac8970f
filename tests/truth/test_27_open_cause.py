"""Test rule 27: the cause that a paper gives is the one that is open."""

from datetime import date

import pytest

from reports.compose.as_printed import of_milestone
from reports.compose.slips import cause_of
from reports.document import words
from tests.reports.in_memory import LABOUR, delay, facts, item, section_texts, step

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)
MONEY = "no money was set aside"
BILL = "the Bill has not been passed"


def ended(cause="funding", explanation=MONEY, **more):
    return delay(cause, explanation, ended_on=date(2010, 7, 1), times_moved=0, **more)


def late(*delays, due=PAST, forecast=LATER, **more):
    return step(due, *delays, forecast_due=forecast, **more)


def delays(*steps):
    return section_texts(facts(item("1.1", *steps, is_key=True)), "delay")[0]


OPEN = delay("legislation", BILL, number=2)
DECIDE = delay(
    "staffing", "the post has no approval", number=3, settlement="needs_decision", times_moved=0
)


@pytest.mark.parametrize("rows", [[ended(), OPEN], [OPEN, ended()]])
def test_the_open_cause_is_reported_and_the_ended_one_is_not(rows):
    assert delays(late(*rows)) == (
        "“Brochure printed” (1.1) will be a year late, in June 2011, because the Bill has not been passed."
    )


def test_of_open_causes_the_one_that_needs_a_decision_is_reported():
    assert delays(late(ended(), OPEN, DECIDE)) == (
        "“Brochure printed” (1.1), due on 30 June 2010, will not come before June 2011, because the post "
        "has no approval."
    )


def test_the_open_cause_of_a_smaller_slip_goes_before_the_ended_one_of_the_largest():
    large = late(ended(), description="Course held")
    small = late(OPEN, forecast=date(2010, 9, 30))
    assert delays(large, small).partition(". ")[0].endswith(f", because {BILL}")
    (entry,) = facts(item("1.1", large, small)).late
    assert cause_of(entry) == "legislation"


def test_an_ended_cause_is_reported_as_past():
    assert delays(late(ended())) == (
        "“Brochure printed” (1.1) will be a year late, in June 2011. It slipped at first because no money was "
        "set aside."
    )


def test_the_summary_counts_the_open_cause():
    one = item("1.1", late(ended(), OPEN), title="Train")
    brief = section_texts(facts(one, item("1.2")), "purpose")[1]
    assert brief.splitlines()[1].endswith("mainly because of legislation that has to come first.")


def test_the_return_shows_the_same_cause():
    row = item("1.1", late(ended(), OPEN, ended()), is_key=True)
    shown = of_milestone(row, row.milestones[0], LABOUR)
    assert words(shown.text) == section_texts(facts(row), "delay")[0]
