"""Test which sentences on an item a measure contradicts."""

from datetime import date
from decimal import Decimal

import pytest

from reports.checks.contradicted import contradiction
from reports.compose.measure_sources import MeasureFacts
from tests.reports import in_memory
from tests.reports.compose.test_measures_in_papers import measure, number
from workitems.plan.plan_at.measures_at import Measures

OF = in_memory.item("1.1")
BEFORE = {"baseline": Decimal(42), "baseline_on": date(2009, 6, 30)}
SHARE = {"kind": "share", "unit": "%"}


def found(sentence, *rows):
    facts = in_memory.facts(OF, measures=MeasureFacts(Measures(rows)))
    against = contradiction(facts, OF, sentence)
    return against and against.words


@pytest.mark.parametrize(
    ("sentence", "kind", "says"),
    [
        ("Previously only one refuge was open.", "level", "there were 42 before the plan."),
        ("Previously only 42 refuges were open.", "level", ""),
        # Of something else, or no count.
        ("Previously only Police answered.", "level", ""),
        ("Previously only one refuge was open.", "share", ""),
    ],
)
def test_what_was_before_is_contradicted_by_a_count_of_the_same_thing(sentence, kind, says):
    row = measure(OF, name="the refuges", kind=kind, **BEFORE)
    assert (found(sentence, row) or "").removeprefix("A measure of item 1.1 says that ") == says


def test_a_number_that_another_measure_of_the_item_has_is_not_contradicted():
    older = measure(OF, number(640, of=960), name="the share of staff who finished", **SHARE)
    other = measure(OF, number(50, of=100), pk=2, name="the share of staff hired", **SHARE)
    said = "50 per cent of staff finished."
    assert found(said, older) is not None
    assert found(said, older, other) is None
