"""Test what papers say of waits: under Delay, only what is confirmed, and only where a date is late or cannot be met."""

from datetime import date

import pytest

from reports.compose import write
from reports.compose.annex_rows import work_item_table
from reports.compose.paper_parts import write as write_parts
from reports.compose.wait_facts import WAIT, WaitFacts
from reports.document import words
from tests.reports import in_memory
from tests.reports.compose.test_delays_by_item import BY_ITEM, late_step
from tests.reports.in_memory import HEALTH, LABOUR, delay, facts, item, step
from workitems.plan.plan_at.waits_at import StepAt, WaitAt, Waits

pytestmark = pytest.mark.one_database(reason="reads no database")

ON, AGREED, EXPECTED = date(2010, 7, 30), date(2010, 12, 31), date(2011, 5, 31)
OTHER = 900


def far(**given):
    """The milestone of the Ministry of Health that is waited for."""
    of = {
        "pk": OTHER, "item": 800, "number": 2, "description": "Guidance agreed", "as_told": "the guidance for hospitals",
        "responsible": HEALTH.pk, "agency": HEALTH.short_name, "agreed_due": date(2010, 9, 30), "agreed_known_to": "day",
        "forecast_due": EXPECTED, "forecast_known_to": "month", "completed_on": None, "withdrawn_on": None,
        "item_number": "2.4", "plan": 1, "plan_title": "Plan", "plan_slug": "plan", "plan_ends_on": None, "on": ON,
    }  # fmt: skip
    return StepAt(**(of | given))


def waits(row, of, answer="confirmed", **given):
    """The facts of a wait of a milestone in memory, of the item `of`."""
    own = StepAt(
        pk=row.pk, item=of.pk, number=row.number, description=row.description, as_told=row.as_told,
        responsible=LABOUR.pk, agency="DoL", agreed_due=row.agreed_due, agreed_known_to="day",
        forecast_due=row.forecast_due, forecast_known_to="day", completed_on=None, withdrawn_on=None,
        item_number=of.number, plan=1, plan_title="Plan", plan_slug="plan", plan_ends_on=None, on=ON,
    )  # fmt: skip
    wait = WaitAt(5, row.pk, OTHER, 0, "It needs it.", answer, "")
    found = Waits(1, ON, [wait], {row.pk: own, OTHER: far(**given)})
    return WaitFacts(found, {5: 7})


def told(one, found):
    section = write_parts(facts(one, waits=found), BY_ITEM, in_full=False).sections["delay"]
    return " ".join(in_memory.text_of(each) for each in section.paragraphs), [
        source.label
        for each in section.paragraphs
        for source in each.sources
        if source.model == WAIT
    ]


def test_a_late_milestone_says_what_it_waits_for_with_its_source():
    row = late_step(delay(explanation="the trainers left"))
    one = item("1.1", row, is_key=True)
    text, sources = told(one, waits(row, one))
    assert (
        "It waits for the guidance for hospitals, which the Ministry of Health (MOH) now expects in May 2011."
        in text
    )
    assert sources == [f"1.1.{row.number} waits for 2.4.2"]


def test_a_date_that_can_no_longer_be_met_is_said_of_an_item_that_is_not_late():
    row = step(AGREED, as_told="the brochure")
    one = item("1.1", row)
    text, sources = told(one, waits(row, one))
    assert (
        "The agreed date of the brochure (1.1), 31 December 2010, can no longer be met. It waits for the guidance for "
        "hospitals, which the Ministry of Health (MOH) now expects in May 2011." in text
    )
    assert sources == [f"1.1.{row.number} waits for 2.4.2"]


@pytest.mark.parametrize(
    ("answer", "standing"),
    [("confirmed", "Can no longer be met"), ("", "On time"), ("disputed", "On time")],
)
def test_the_annex_of_items_says_that_a_date_can_no_longer_be_met_if_it_is_confirmed(
    answer, standing
):
    row = step(AGREED)
    one = item("1.1", row)
    table = work_item_table(facts(one, waits=waits(row, one, answer)))
    ((found,),) = [pillar.rows for pillar in table.pillars if pillar.rows]
    assert (found.standing, found.milestones[0].standing) == (standing, standing)


@pytest.mark.parametrize("answer", ["", "disputed"])
def test_what_is_not_confirmed_is_in_no_paper(answer):
    late, open_ = late_step(delay(explanation="the trainers left")), step(AGREED)
    for row in (late, open_):
        one = item("1.1", row, is_key=True)
        document = write(facts(one, waits=waits(row, one, answer)), tuple(BY_ITEM), [])
        everything = " ".join(
            words(each.text)
            for section in document.sections.values()
            for each in section.paragraphs
        )
        assert "waits for" not in everything and "no longer be met" not in everything


def test_of_what_has_no_new_date_the_paper_says_so_and_of_what_is_done_nothing():
    row = late_step(delay(explanation="the trainers left"))
    one = item("1.1", row, is_key=True)
    text, _ = told(one, waits(row, one, forecast_due=date(2010, 7, 1), forecast_known_to="day"))
    assert (
        "It waits for the guidance for hospitals, for which the Ministry of Health (MOH) has no new date."
        in text
    )
    text, sources = told(one, waits(row, one, completed_on=date(2010, 7, 1)))
    assert ("waits for" in text, sources) == (False, [])
