"""Test the record of dates: which dates came, what warned of them, what became of them, and where it is shown."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Seat
from agencies.records import history
from reports.progress import trend_words
from reports.progress.record_of_dates import (
    DateWarning,
    Outcome,
    PastDate,
    RecordOfDates,
    record_of_dates,
    warning_of,
)
from tests.factories import MilestoneFactory, PillarFactory, SeatFactory, WorkItemFactory
from tests.plans_at_random import moments, plans
from tests.reports.compose.test_reconcile import some_plans, undone
from tests.scenery import without_decisions
from workitems.models import Milestone, WorkItem
from workitems.plan.asat import Moment, end_of
from workitems.terms.spans import add_months

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BEGAN, DUE, LATER, TODAY = (
    *(date(2010, 2, 1), date(2010, 6, 30)),
    *(date(2010, 9, 30), date(2010, 12, 1)),
)
NONE, FORECAST, AGENCY, SPREADSHEET, REVIEWER, MOVED = DateWarning


def noon(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def written(row, day, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return history.save(row, by=None, actor="Test", at=noon(day))


@pytest.fixture
def item(plan, police):
    pillar = PillarFactory(plan=plan, number=1)
    return written(
        WorkItemFactory.build(plan=plan, pillar=pillar, number="1.1", lead_agency=police), BEGAN
    )


@pytest.fixture
def milestone(item):
    return written(
        MilestoneFactory.build(item=item, number=1, original_due=DUE, description="Guide"), BEGAN
    )


def counted(plan, on=TODAY, **narrowed):
    moment = Moment.end_of(on)
    found = record_of_dates(plan, moment, **narrowed)
    return {key: count for key, count in found.counts.items() if count}


# --- what came, and how -------------------------------------------------------------------------


def last_by(rows, day):
    """The last of these history rows by the end of a day."""
    found = [row for row in rows if row.history_date < end_of(day)]
    return max(found, key=lambda row: (row.history_date, row.history_id), default=None)


@given(data=st.data())
@some_plans
@pytest.mark.both_databases
def test_groups_add_up_to_all_dates_that_came(data):
    """Each date is looked up day by day, in the plainest way."""
    with undone():
        made = data.draw(plans())
        moment = data.draw(moments())
        pillar = data.draw(st.sampled_from([None, *made.plan.pillars.values_list("pk", flat=True)]))
        lead = data.draw(st.sampled_from([None, *(agency.pk for agency in made.agencies)]))
        expected = Counter()
        for step in Milestone.objects.all():
            rows = [
                row
                for row in step.history.all()
                if moment.until is None or row.history_date < moment.until
            ]
            if not rows:
                continue
            last = last_by(rows, date(2030, 1, 1))
            for due in {row.agreed_due for row in rows if row.agreed_due < moment.on}:
                ahead = min(due, last.completed_on or due) - timedelta(days=1)
                then = last_by(rows, ahead)
                if then is None or then.agreed_due != due:
                    continue
                of_item = WorkItem.history.filter(id=step.item_id)
                item = last_by(of_item, ahead)
                if pillar not in (None, item.pillar_id) or lead not in (None, item.lead_agency_id):
                    continue
                if last.completed_on and last.completed_on <= due:
                    outcome = Outcome.MET
                elif (last.withdrawn_on and last.withdrawn_on <= due) or item.stage in (
                    "complete",
                    "withdrawn",
                ):
                    outcome = Outcome.NOT_DUE
                else:
                    outcome = Outcome.MISSED
                # Three months before or, if it was agreed later, on that day.
                known = min(add_months(due, -3), ahead)
                while (was := last_by(rows, known)) is None or any(
                    row.agreed_due != due
                    for row in rows
                    if end_of(known) <= row.history_date < end_of(ahead) or row == was
                ):
                    known += timedelta(days=1)
                then, item = was, last_by(of_item, known)
                if then.forecast_due > due:
                    warning = FORECAST
                elif item.confidence in ("at_risk", "off_track"):
                    warning = AGENCY
                elif item.reviewer_confidence in ("at_risk", "off_track"):
                    warning = REVIEWER
                else:
                    warning = NONE if due == then.original_due else MOVED
                expected[outcome, warning] += 1
        found = record_of_dates(made.plan, moment, pillar=pillar, lead=lead)
        came = {key: count for key, count in found.counts.items() if key[0] != Outcome.MOVED}
        assert came == expected
        assert sum(group.dates for group in found.groups) == found.dates
        assert sum(group.missed for group in found.groups) == found.missed


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([(DUE, {"completed_on": DUE})], Outcome.MET),
        ([(LATER, {"completed_on": DUE})], Outcome.MET),
        ([(LATER, {"completed_on": DUE + timedelta(days=1)})], Outcome.MISSED),
        ([], Outcome.MISSED),
        ([(DUE, {"withdrawn_on": DUE})], Outcome.NOT_DUE),
        ([(LATER, {"withdrawn_on": LATER})], Outcome.MISSED),
    ],
    ids=[
        "on the day",
        "recorded later",
        "a day late",
        "never",
        "withdrawn by then",
        "withdrawn later",
    ],
)
def test_a_date_is_met_if_the_milestone_is_done_by_then(plan, milestone, changes, outcome):
    with without_decisions():
        for day, fields in changes:
            written(milestone, day, **fields)
    assert counted(plan) == {(outcome, NONE): 1}


def test_a_date_comes_when_its_day_is_over(plan, milestone):
    written(milestone, BEGAN + timedelta(days=9), completed_on=BEGAN)
    assert counted(plan, DUE) == {}
    written(milestone, BEGAN + timedelta(days=10), completed_on=None)
    assert counted(plan, DUE + timedelta(days=1)) == {(Outcome.MISSED, NONE): 1}


def test_a_month_comes_on_its_last_day(plan, item):
    written(
        MilestoneFactory.build(item=item, number=1, original_due=DUE, original_known_to="month"),
        BEGAN,
    )
    assert counted(plan, DUE) == {}
    assert counted(plan, DUE + timedelta(days=1)) == {(Outcome.MISSED, NONE): 1}


def test_nothing_is_due_of_an_item_that_was_closed_by_then(plan, item, milestone):
    written(item, DUE - timedelta(days=9), stage="withdrawn")
    assert counted(plan) == {(Outcome.NOT_DUE, NONE): 1}


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (DUE - timedelta(days=1), Outcome.MOVED),
        (DUE, Outcome.MISSED),
        (DUE + timedelta(days=9), Outcome.MISSED),
    ],
    ids=["before it came", "on its day", "once it had passed"],
)
def test_a_date_that_was_moved_is_missed_unless_it_was_moved_before_it_came(
    plan, milestone, day, outcome
):
    version = milestone.history.get()
    version.pk, version.history_date = None, noon(day)
    version.agreed_due = version.forecast_due = LATER
    version.save()
    assert counted(plan) == {(outcome, NONE): 1, (Outcome.MISSED, MOVED): 1}


def test_dates_of_a_draft_plan_and_dates_recorded_late_are_left_out(plan, item, milestone):
    written(MilestoneFactory.build(item=item, number=2, original_due=DUE), DUE)
    written(MilestoneFactory.build(item=item, number=3, original_due=LATER), LATER)
    assert counted(plan) == {(Outcome.MISSED, NONE): 1}
    plan.adopted_on = DUE
    assert counted(plan) == {}
    plan.adopted_on = DUE - timedelta(days=1)
    assert counted(plan) == {(Outcome.MISSED, NONE): 1}
    plan.adopted_on = None
    assert counted(plan) == {}


# --- warnings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ((True, True, "agency"), FORECAST),
        ((False, True, "agency"), AGENCY),
        ((False, True, "reviewer"), REVIEWER),
        ((False, True, ""), MOVED),
        ((False, False, ""), NONE),
    ],
)
def test_a_date_has_the_first_warning_that_applies(fields, warning):
    names = ("is_late", "is_moved", "doubt")
    assert warning_of(**dict(zip(names, fields, strict=True))) == warning


def test_a_warning_counts_if_it_was_recorded_three_months_before_the_date(plan, item, milestone):
    written(item, date(2010, 3, 30), reviewer_confidence="at_risk")
    assert counted(plan) == {(Outcome.MISSED, REVIEWER): 1}
    written(item, date(2010, 3, 31), confidence="off_track")
    assert counted(plan) == {(Outcome.MISSED, REVIEWER): 1}


def test_of_a_date_agreed_less_than_three_months_before_it_is_what_was_known_that_day(plan, item):
    written(MilestoneFactory.build(item=item, number=1, original_due=DUE), date(2010, 5, 3))
    written(item, date(2010, 5, 3), confidence="at_risk")
    written(item, date(2010, 5, 4), confidence="on_track")
    assert counted(plan) == {(Outcome.MISSED, AGENCY): 1}


def test_a_rating_after_a_milestone_was_done_is_of_the_next_date(plan, item, milestone):
    written(item, date(2010, 4, 1), confidence="at_risk")
    written(item, date(2010, 4, 10), confidence="on_track")
    written(milestone, date(2010, 5, 1), completed_on=date(2010, 5, 1))
    written(item, date(2010, 5, 2), confidence="off_track")
    assert counted(plan) == {(Outcome.MET, NONE): 1}


# --- words --------------------------------------------------------------------------------------


def record(**groups):
    """A record of these (dates, missed) by warning."""
    found = []
    for name, (dates, missed) in groups.items():
        for n in range(dates):
            outcome = Outcome.MISSED if n < missed else Outcome.MET
            found.append(PastDate(n, 1, DUE, outcome, DateWarning(name)))
    return RecordOfDates(found)


@pytest.mark.parametrize(
    ("groups", "finding"),
    [
        ({}, "No agreed date has come yet"),
        (
            {"none": (26, 3), "reviewer": (4, 4)},
            "23 of 30 dates were met. All four that the reviewer rated at risk or off track were missed",
        ),
        ({"none": (2, 0), "moved": (3, 1)}, "4 of 5 dates were met"),
        ({"none": (2, 1)}, "1 of 2 dates was met"),
        ({"none": (2, 2)}, "None of 2 dates was met"),
        ({"agency": (1, 0)}, "The only date that came was met"),
    ],
)
def test_the_record_in_words(groups, finding):
    assert trend_words.dates_finding(record(**groups)) == finding


# --- pages --------------------------------------------------------------------------------------


@pytest.fixture
def reader(client, police):
    client.force_login(SeatFactory(agency=police, role=Seat.Role.OBSERVER).user)
    with time_machine.travel(datetime(2010, 12, 1, tzinfo=UTC), tick=False):
        yield client


def text_of(response):
    body = lxml.html.fromstring(response.text).get_element_by_id("main")
    return " ".join(" ".join(body.itertext()).split())


@pytest.fixture
def dates(plan, item, milestone):
    """One date that came without a warning and was missed, and one to come that the reviewer doubts."""
    written(MilestoneFactory.build(item=item, number=2, original_due=date(2011, 1, 31)), BEGAN)
    written(item, date(2010, 11, 1), reviewer_confidence="at_risk")


def test_slips_has_the_record_of_dates(reader, plan, dates):
    text = text_of(reader.get(f"/plans/{plan.slug}/dashboard/slips/"))
    assert (
        "The only date that came was missed Each date that came, by what was known three months before"
        " No warning 1.1 Guide, 30 June 2010: missed 1 of 1 missed" in text
    )
    assert "On time, but doubted" in text


def test_the_file_of_trends_has_the_record_of_dates(reader, plan, dates):
    response = reader.get(f"/plans/{plan.slug}/dashboard/export/trends.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    part = [row for row in rows if row[0].startswith("Dates that")]
    assert part[:2] == [
        ["Dates that came, by warning", "No warning", "2010-12-01", "Dates", "1"],
        ["Dates that came, by warning", "No warning", "2010-12-01", "Missed", "1"],
    ]
    assert part[-1] == ["Dates that did not come", "No longer due", "2010-12-01", "Dates", "0"]
