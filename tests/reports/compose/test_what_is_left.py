"""Test that a paper tells what is left of a late milestone of which a part is done, and not the whole."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED
from reports.compose.late_dates import not_before, what_comes
from reports.compose.paper_parts import write
from reports.compose.paragraphs import Writer
from reports.compose.part_left import left_of
from reports.compose.slips import late_items
from tests.reports.in_memory import delay, facts, item, step, text_of, update_of

pytestmark = pytest.mark.one_database(reason="reads no database")

BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")
AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)


def reported(description, *, achieved="", planned="", **of_delay):
    held_up = delay(explanation="the builders left", **of_delay)
    one = step(AGREED, held_up, forecast_due=EXPECTED, description=description)
    of = item("1.1", one, is_key=True, title="Clinics")
    return facts(of, updates=[update_of(of, achieved=achieved, planned_next=planned)])


@pytest.mark.parametrize(
    ("description", "achieved", "planned", "told"),
    [
        (
            "Six sites agreed with iwi", "",
            "agree the last two sites, at Ruatōria and Kaikohe, by May 2011",
            "Six sites were to be agreed with iwi by 31 May 2010; the last two, at Ruatōria and Kaikohe, are now expected in May "
            "2011. The builders left.",
        ),
        (
            "First 40 homes ready", "22 homes in six towns are let", "finish another 18 homes by May 2011",
            "The first 40 homes were to be ready by 31 May 2010; the last 18 are now expected in May 2011. The builders left.",
        ),
        (
            "First two hubs open", "", "open the second hub, in Westport, in May 2011",
            "The first two hubs were to be open by 31 May 2010; the second, in Westport, is now expected in May 2011. The builders left.",
        ),
        (
            "Relief pool of 30 locums", "The pool has 18 locums", "recruit 12 more locums by May 2011",
            "The relief pool of 30 locums was due on 31 May 2010; the last 12 are now expected in May 2011. The builders left.",
        ),
        (
            "Agreement with both councils", "signed with the Nursing Council", "sign with the Medical Council",
            "The agreement with the Medical Council, due on 31 May 2010, will now come in May 2011. The builders left. DoL signed with "
            "the Nursing Council.",
        ),
    ],
)  # fmt: skip
def test_the_list_of_what_is_late_says_what_is_left(description, achieved, planned, told):
    of = reported(description, achieved=achieved, planned=planned)
    sections = write(of, BY_ITEM, in_full=False).sections
    listed = text_of(sections["delay"].paragraphs[0])
    assert listed == f"Clinics (1.1): {told}"
    # What it says is left is not told again as planned next.
    assert "(1.1)" not in text_of(sections["next_steps"].paragraphs[0])


@pytest.mark.parametrize(
    ("achieved", "planned"),
    [
        ("", ""),
        # Nothing says that these are all that are left.
        ("", "agree two more sites"),
        ("Three sites are agreed", "agree two more sites"),
        ("", "agree the last two roads"),
        ("", "agree the last six sites"),
    ],
)
def test_what_no_report_says_to_be_left_is_not_told(achieved, planned):
    of = reported("Six sites agreed with iwi", achieved=achieved, planned=planned)
    (entry,) = of.late
    (milestone,) = entry.late_steps
    assert left_of(Writer(of), entry, milestone) is None


def test_the_summary_and_the_asks_tell_what_is_left_too():
    needs = {"settlement": "needs_decision"}
    of = reported("Six sites agreed with iwi", planned="agree the last two sites", **needs)
    (entry,) = of.late
    (milestone,) = entry.late_steps
    writer = Writer(of, (), BY_ITEM, 0)
    milestone = milestone._replace(forecast_known_to="month")
    assert not_before(writer, entry, milestone) == (
        "The last two of six sites will not be agreed with iwi before May 2011."
    )
    of = reported(
        "Agreement with both councils",
        achieved="with the Nursing Council",
        planned="with the Medical Council",
    )
    (entry,) = late_items(of.items, date(2009, 7, 31))
    assert what_comes(Writer(of, (), BY_ITEM, 0), entry, entry.late_steps[0]) == (
        "the agreement with the Medical Council (1.1)"
    )


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ("All 80 homes ready", "The first 40 of the 80 homes were to be ready by 31 May 2010"),
        # Of other things, and fewer of them.
        ("All 80 flats ready", "The first 40 homes were to be ready by 31 May 2010"),
        ("30 homes sold", "The first 40 homes were to be ready by 31 May 2010"),
    ],
)
def test_the_first_of_several_things_are_of_how_many(whole, told):
    held_up = delay(explanation="the builders left")
    first = step(AGREED, held_up, forecast_due=EXPECTED, description="First 40 homes ready")
    of = item("1.1", first, step(date(2012, 6, 30), description=whole), is_key=True, title="Homes")
    listed = text_of(write(facts(of), BY_ITEM, in_full=False).sections["delay"].paragraphs[0])
    assert listed.startswith(f"Homes (1.1): {told}; that is now expected in May 2011.")


@pytest.mark.parametrize("second", ["The next 60 homes ready", "Another 60 homes ready"])
def test_the_next_of_several_things_are_not_how_many_they_are_in_all(second):
    first = step(AGREED, delay(), forecast_due=EXPECTED, description="First 40 homes ready")
    of = item("1.1", first, step(date(2012, 6, 30), description=second), is_key=True, title="Homes")
    listed = text_of(write(facts(of), BY_ITEM, in_full=False).sections["delay"].paragraphs[0])
    assert listed.startswith("Homes (1.1): The first 40 homes were to be ready by 31 May 2010;")


def test_a_cause_of_the_two_that_are_left_says_both():
    planned = "agree the last two sites, at Ruatōria and Kaikohe, by May 2011"
    held_up = delay(explanation="two of the six sites are on land with many owners")
    one = step(AGREED, held_up, forecast_due=EXPECTED, description="Six sites agreed with iwi")
    of = item("1.1", one, is_key=True, title="Clinics")
    made = facts(of, updates=[update_of(of, planned_next=planned)])
    listed = text_of(write(made, BY_ITEM, in_full=False).sections["delay"].paragraphs[0])
    assert "Both are on land with many owners." in listed
