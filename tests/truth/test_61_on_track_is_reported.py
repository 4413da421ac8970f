"""Rule 61: a paper says "on track" only of what somebody has reported on."""

from datetime import date

import pytest

from tests.reports.in_memory import facts, item, section_texts, step

pytestmark = pytest.mark.one_database(reason="reads no database")

AHEAD, PASSED = date(2011, 6, 30), date(2010, 6, 30)


def verdict(*items):
    """The first sentence on how the plan goes."""
    lines = section_texts(facts(*items), "purpose")[1].splitlines()
    return next(
        line for line in lines if "on track" in line or "reported yet" in line
    ).removeprefix("- ")


def silent(number, **given):
    return item(number, step(AHEAD), heard_on=None, **given)


def test_a_plan_on_which_nobody_reported_is_not_on_track():
    assert verdict(silent("1.1"), silent("1.2")).startswith(
        "Nothing has been reported yet on any work item, and no item is late"
    )


def test_what_nobody_reported_on_is_counted_apart_from_what_is_on_track():
    said = verdict(item("1.1", step(AHEAD)), silent("1.2"), item("1.3", step(AHEAD)))
    assert said.startswith(
        "More than half of the Plan is on track, nothing has been reported yet on one work item, and no item is late"
    )


def test_other_key_items_on_which_nobody_reported_are_not_on_track():
    late = item("1.1", step(PASSED), is_key=True)
    heard = item("1.2", step(AHEAD), is_key=True, confidence="on_track")
    unheard = [silent(number, is_key=True) for number in ("1.3", "1.4")]
    said = " ".join(section_texts(facts(late, heard, *unheard), "purpose"))
    assert (
        "Of the three other key items, one is on track, and nothing has been reported yet on two."
        in said
    )
