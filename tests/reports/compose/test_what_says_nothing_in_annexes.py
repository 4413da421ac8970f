"""Test that what says nothing is not printed in annexes."""

from datetime import date

import pytest

from reports.compose import assembled, write
from reports.compose.annex_rows import NO_REASON, delay_register, work_item_texts
from reports.document import words
from tests.reports.in_memory import LABOUR, action, delay, facts, item, step, update_of
from workitems.models import Return, Round

LATE = date(2010, 6, 30)


@pytest.mark.parametrize("nothing", ["n/a", "N/a.", "As above.", "tbc"])
def test_a_delay_of_which_nothing_is_said_has_empty_cells(nothing):
    held_up = delay(
        explanation=nothing, effect=nothing, meanwhile=nothing, needs=nothing,
        actions=[action(nothing, LABOUR), action("Print it.", LABOUR)],
    )  # fmt: skip
    of = facts(item("1.1", step(LATE, held_up)))
    (row,) = delay_register(of).rows
    assert words(row.explanation) == NO_REASON
    assert (row.effect, row.meanwhile, row.needs) == ((), (), ())
    assert [words(each.text) for each in row.mitigations] == ["Print it."]
    # The paper can be printed.
    made = assembled(write(of, ["purpose"], ["delays"]))
    assert len(made.annexes) == 1


def test_a_report_that_says_nothing_has_no_text():
    of = item("1.1", step(LATE))
    said = update_of(of, achieved="Printed it.", planned_next="as above", challenges="n/a")
    half = Round(period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    said = said._replace(of_return=Return(agency=LABOUR, round=half))
    ((found,),) = [
        each.reports
        for pillar in work_item_texts(facts(of, updates=[said])).pillars
        for each in pillar.items
    ]
    assert (found.planned_next, found.challenges) == ((), ())
    assert [words(each.text) for each in found.achieved] == ["Printed it."]
