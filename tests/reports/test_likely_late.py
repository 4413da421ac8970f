"""Test the page of milestones that are likely to be late: what it says, of what, to whom, and its file."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
import time_machine
from django.urls import reverse

from agencies import history
from agencies.models import Seat
from reports.progress.likely_late import read_likely_late
from reports.progress.view import Look
from tests.codebase.source import modules, name_of
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    PillarFactory,
    SeatFactory,
    WorkItemFactory,
)
from workitems.asat import Moment
from workitems.services.estimates import keep_estimates

pytestmark = pytest.mark.django_db

BEGAN, TODAY = date(2010, 1, 15), date(2010, 12, 1)


def noon(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def written(row, day=BEGAN):
    return history.save(row, by=None, actor="Test", at=noon(day))


def step_of(item, number, due, done=None, **fields):
    """A milestone, done on the day it says."""
    step = MilestoneFactory.build(item=item, number=number, original_due=due, **fields)
    written(step)
    if done:
        step.completed_on = done
        written(step, done)
    return step


@pytest.fixture
def items(plan, police, customs):
    """Two items of two agencies: Police met 5 of its 6 dates, Customs 1 of 5; one of each is to come."""
    first, second = (PillarFactory(plan=plan, number=n, title=f"Pillar {n}") for n in (1, 2))
    one = written(
        WorkItemFactory.build(
            plan=plan, pillar=first, number="1.1", title="Brochure", lead_agency=police
        )
    )
    two = written(
        WorkItemFactory.build(
            plan=plan, pillar=second, number="2.1", title="Training", lead_agency=customs
        )
    )
    for n in range(6):
        due = date(2010, 3, 1) + timedelta(days=30 * n)
        step_of(one, n + 1, due, due if n else None, description=f"Draft {n + 1}")
        if n < 5:
            step_of(two, n + 1, due, due if n == 2 else None, description=f"Course {n + 1}")
    step_of(one, 8, date(2011, 2, 1), description="Brochure printed")
    step_of(two, 8, date(2011, 3, 1), description="Trainers found")
    return one, two


@pytest.fixture
def reader(client, police):
    client.force_login(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    with time_machine.travel(noon(TODAY), tick=False):
        yield client


def text_of(response):
    body = lxml.html.fromstring(response.text).get_element_by_id("main")
    return " ".join(" ".join(body.itertext()).split())


def page(client, plan, **query):
    response = client.get(reverse("dashboard:likely-late", args=[plan.slug]), query)
    assert response.status_code == 200
    return text_of(response)


def test_the_page_names_a_band_and_each_milestone_with_its_reasons(reader, plan, items):
    text = page(reader, plan)
    assert "Of the 2 milestones due by 30 June 2011, at most 2 will probably be late." in text
    assert "5 of the plan’s 11 dates that have come were missed." in text
    assert text.index("Trainers found") < text.index("Brochure printed")
    assert "4 of Customs’s last 5 dates were missed, more than usual." in text
    assert "1 of Police’s last 6 dates was missed, fewer than usual." in text
    assert "No update was accepted for" in text
    assert "5 milestones overdue already are not counted here." in text


def test_a_reader_sees_how_the_dates_of_their_own_agency_went(reader, plan, items, customs):
    text = page(reader, plan)
    own = text[text.index("Dates of Police") : text.index("How agencies met their dates")]
    assert "Police met 5 of its 6 dates so far." in own
    assert "Draft 1 1 Mar 2010 Missed, not done" in own
    assert own.index("Draft 6") < own.index("Draft 1 "), "the newest first"
    assert "Dates of Customs" not in text
    assert "Customs 5 1 4 Police 6 5 1" in text, "everybody reads every agency's record"


def test_a_date_that_moved_was_missed_even_if_the_new_one_was_met(reader, plan, items):
    step = items[0].milestones.get(number=2)
    moved = MilestoneFactory.build(
        item=items[0], number=20, original_due=date(2010, 4, 1), description="Moved"
    )
    moved.agreed_due = moved.forecast_due = date(2010, 8, 1)
    written(moved)
    moved.completed_on = date(2010, 7, 20)
    written(moved, date(2010, 7, 20))
    text = page(reader, plan)
    assert "Moved 1 Aug 2010 Met" in text
    assert "Moved 1 Apr 2010 Missed, done 20 July 2010" in text
    assert step.completed_on is not None


def test_a_delay_and_what_the_agency_expects_are_reasons(reader, plan, items):
    step = items[0].milestones.get(number=8)
    step.forecast_due = date(2011, 5, 1)
    written(step, date(2010, 11, 1))
    written(
        DelayFactory.build(milestone=step, cause="staffing", found_on=date(2010, 11, 1)),
        date(2010, 11, 1),
    )
    text = page(reader, plan)
    assert (
        "Police itself expects it by 1 May 2011. No date like this has come yet, so about 8 in 10 are taken to be missed."
        in text
    )
    assert "It is delayed by staffing." in text


def test_the_page_shows_the_chosen_pillar_and_agency_with_the_record_of_the_whole_plan(
    reader, plan, items, customs
):
    for query in ({"pillar": items[1].pillar_id}, {"agency": customs.pk}):
        text = page(reader, plan, **query)
        assert "Trainers found" in text
        assert "Brochure printed" not in text
        assert "The only milestone due by 30 June 2011" in text
        assert "5 of the plan’s 11 dates that have come were missed." in text


def test_a_past_day_knows_nothing_of_later_ones(reader, plan, items):
    before = page(reader, plan, at="2010-11-20")
    for step in items[1].milestones.all():
        step.completed_on = date(2010, 11, 25)
        written(step, date(2010, 11, 25))
    assert page(reader, plan, at="2010-11-20") == before
    assert page(reader, plan) != before


def test_with_too_little_record_it_says_so_and_gives_no_number(reader, plan, items):
    text = page(reader, plan, at="2010-03-15")
    assert "Only 2 dates have come. An estimate needs 10." in text
    assert "will probably" not in text
    assert "in 10" not in text.split("How a chance is estimated")[0]


def test_an_empty_plan_says_so(reader, plan):
    text = page(reader, plan)
    assert "No date of the plan has come yet. An estimate needs 10 dates that have come." in text
    assert "There are no earlier estimates yet." in text


def test_earlier_estimates_stand_beside_what_happened(reader, plan, items):
    (kept,) = keep_estimates(on=TODAY, at=noon(TODAY))
    assert "30 Nov 2010" in page(reader, plan)
    step = items[0].milestones.get(number=8)
    step.completed_on = date(2011, 1, 20)
    written(step, date(2011, 1, 20))
    with time_machine.travel(noon(date(2011, 7, 1)), tick=False):
        reader.force_login(SeatFactory(agency=items[0].lead_agency, role=Seat.Role.OBSERVER).user)
        found = read_likely_late(Look(plan=plan, at=Moment.today(date(2011, 7, 1))))
        assert found.scored == (
            f"Of the 2 milestones due by 31 May 2011, "
            f"{'at most' if not kept.low else f'{kept.low} to'} {kept.high} were expected to be late; 1 was."
            " Of 1 called probably late, 1 was."
        )
        text = page(reader, plan)
        assert found.scored in text
        assert (
            "In the only estimate whose dates have all come, the number late was within what was expected."
            in text
        )
        assert "30 Nov 2010" not in page(reader, plan, at="2010-11-29")


def test_the_file_has_the_rows_of_the_page_with_the_calculation(reader, plan, items):
    address = reverse("dashboard:export", args=[plan.slug, "likely-late", "csv"])
    response = reader.get(address)
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    at = next(n for n, row in enumerate(rows) if row and row[0] == "Item")
    assert rows[at] == [
        *(
            "Item",
            "Work item",
            "Lead agency",
            "Milestone",
            "Responsible agency",
            "Agreed date",
            "Forecast",
        ),
        *("Estimate", "Chance of being late, %", "Why", "Calculation"),
    ]
    assert [row[3] for row in rows[at + 1 :]] == ["Trainers found", "Brochure printed"]
    assert rows[at + 1][7] == "Probably late"
    assert rows[at + 1][10].endswith(f" {rows[at + 1][8]}%.")
    assert reader.get(address.replace("csv", "xlsx")).status_code == 200


def test_no_paper_is_made_of_an_estimate():
    """Only the page, its file and the back-test read estimates."""
    readers = {
        name_of(path)
        for path in modules("reports")
        if re.search(r"\b(estimates|KeptEstimate|likely_late)\b", path.read_text())
    }
    assert readers == {
        *("reports/progress/likely_late.py", "reports/progress/exports.py"),
        *("reports/views/likely_late.py", "reports/views/exports.py", "reports/urls.py"),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_makes_the_same_queries_for_any_number_of_rows(
    reader, plan, items, count, django_assert_num_queries
):
    for n in range(count - 1):
        step_of(items[0], 30 + n, date(2011, 2, 1 + n))
    keep_estimates(on=TODAY, at=noon(TODAY))
    address = reverse("dashboard:likely-late", args=[plan.slug])
    with django_assert_num_queries(16 + 2):
        reader.get(address)
