"""What a check says of measures: what is due, untold, corrected or overdue."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from reports.checks.measure_checks import of_measures
from reports.compose.measure_sources import MEASURE, MeasureFacts
from reports.document import Source
from tests.reports import in_memory
from tests.reports.compose.test_measures_in_papers import measure, number, target
from workitems.plan.plan_at.measures_at import Measures
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.measure_sentence import Given

NAME = "the number of staff trained"


def found(*rows, told=(), corrected_since=frozenset()):
    facts = in_memory.facts(
        in_memory.item(), measures=MeasureFacts(Measures(rows), {}, corrected_since)
    )
    shown = [SimpleNamespace(sources=[Source(MEASURE, pk, None, "Measure")]) for pk in told]
    material = SimpleNamespace(
        drafted=SimpleNamespace(found=SimpleNamespace(facts=facts)),
        shown=shown,
        urls={"workshop:draft": "/draft/"},
    )
    return [(check.key, check.words) for check in of_measures(material)]


@pytest.fixture
def of():
    return in_memory.item("1.1")


def test_a_measure_with_a_number_of_the_period_and_a_target_ahead_is_fine(of):
    assert found(measure(of, number(83), targets=[target(100, 2011)])) == []


def test_a_number_that_is_due_is_asked_for(of):
    early = number(83)._replace(day=date(2009, 6, 30))
    words = f"A measure has no number of this period: {NAME} (1.1)."
    for row in (measure(of), measure(of, early)):
        assert found(row) == [("measures-due", words)]


def test_that_there_is_no_number_yet_is_an_answer_until_the_day_on_which_one_was_expected(of):
    def answer(by):
        return Given(1, date(2010, 6, 30), None, because="the register opens", expected_by=by)

    words = f"There is still no number where one was expected by now: {NAME} (1.1)."
    past = KnownDate(date(2010, 7, 29), KnownTo.DAY)
    assert found(measure(of, answer(past))) == [("measures-expected", words)]
    assert found(measure(of, answer(KnownDate(in_memory.ON, KnownTo.DAY)))) == []


def test_a_missed_target_in_no_paragraph_is_a_warning(of):
    row = measure(of, number(83), targets=[target(100, 2010)])
    words = (
        "No paragraph says that a target was missed, or that a measure is worse than before the plan: "
        f"{NAME} (1.1)."
    )
    assert found(row) == [("measures-missed", words)]
    assert found(row, told=[1]) == []


def test_a_missed_outcome_is_of_the_plan():
    row = measure(None, number(83), targets=[target(100, 2010)])
    assert found(row)[0][1].endswith(f"{NAME} (the plan).")


def test_a_number_that_was_corrected_since_the_last_paper_and_is_not_told_is_a_warning(of):
    fixed = number(79, 2, corrects=1, correction_reason="two were counted twice")
    row = measure(of, number(83), fixed)
    words = (
        "The last paper gave a number that was corrected since, and no paragraph says so: "
        f"{NAME} (1.1)."
    )
    assert found(row, corrected_since=frozenset({1})) == [("measures-corrected", words)]
    assert found(row, told=[1], corrected_since=frozenset({1})) == []
    assert found(row) == []


def test_several_are_named_in_one_sentence(of):
    rows = [
        measure(of, number(Decimal(83), pk), targets=[target(100, 2010)], pk=pk) for pk in (1, 2)
    ]
    ((_, words),) = found(*rows)
    assert words == (
        "No paragraph says that 2 targets were missed, or measures are worse than before the plan: "
        f"{NAME} (1.1); {NAME} (1.1)."
    )
