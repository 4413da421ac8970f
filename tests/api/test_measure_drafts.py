"""Test the numbers of measures that programs write into a return's draft."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.api.programs import program_of
from tests.factories import (
    MeasureFactory,
    MeasureValueFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    TargetFactory,
    WorkItemFactory,
)
from workitems.models import MeasureValue
from workitems.plan.services import Conflict

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="PostgreSQL is asked the same by other tests"),
]


@pytest.fixture
def of_return(police):
    plan = PlanFactory(slug="plan", members=[police])
    return ReturnFactory(round=RoundFactory(plan=plan), agency=police)


@pytest.fixture
def item(police, of_return):
    return WorkItemFactory(plan=of_return.round.plan, number="1.2", lead_agency=police)


@pytest.fixture
def measure(item):
    row = MeasureFactory(item=item, kind="level", as_told="the number of staff trained")
    TargetFactory(measure=row, number=120, due=date(2090, 12, 31))
    return row


@pytest.fixture
def writer(police):
    return program_of(SeatFactory(agency=police, role="contributor").user, "write", name="Tracker")


def listed(writer, of_return):
    at = ["plan", of_return.round_id, of_return.agency_id]
    return writer.get(reverse("api:measure_answers", args=at)).json()["results"]


def put(writer, of_return, measure, **body):
    at = ["plan", of_return.round_id, of_return.agency_id, measure.pk]
    return writer.put(reverse("api:save_number", args=at), body, content_type="application/json")


def test_a_number_is_saved_as_a_draft_of_the_return(writer, of_return, measure):
    (before,) = listed(writer, of_return)
    assert (before["item"], before["is_wanted"], before["version"], before["answer"]) == ("1.2", True, 0, None)  # fmt: skip
    answer = put(writer, of_return, measure, number="83", day="30 June 2010", note="By the end.")
    assert answer.status_code == 200, answer.content
    assert answer.json() == listed(writer, of_return)[0] == before | {
        "is_wanted": False,
        "version": 1,
        "sentence": "The number of staff trained was 83 in June 2010; the target is 120 by 31 December 2090.",
        "answer": {
            "starts_on": None, "day": "2010-06-30", "number": 83, "of": None, "counted_differently": False,
            "note": "By the end.", "because": "", "expected_by": None, "correction_reason": "",
        },
    }  # fmt: skip
    row = MeasureValue.objects.get()
    assert (row.of_return, row.number, row.accepted_on) == (of_return, Decimal(83), None)
    assert row.history.get().history_change_reason == "Through the API, “Tracker”"


def test_why_there_is_no_number_yet_is_an_answer_and_nothing_takes_it_back(
    writer, of_return, measure
):
    said = {"because": "the register opens in March", "expected_by": "2090-06"}
    answer = put(writer, of_return, measure, **said)
    assert answer.status_code == 200, answer.content
    assert answer.json()["answer"]["expected_by"] == {"code": "2090-06", "last_day": "2090-06-30"}
    assert put(writer, of_return, measure, version=1).json()["answer"] is None
    assert not MeasureValue.objects.exists()


@pytest.mark.parametrize(
    ("kind", "said", "field", "says"),
    [
        ("level", {}, "number", "Enter a number, such as 1,250, or choose “No number yet”."),
        ("level", {"number": "N/A"}, "number", "Enter a number, such as 1,250, or choose “No number yet”."),
        ("level", {"number": "1.250"}, "number", "Write 1250 or 1.25."),
        ("level", {"number": "83", "of": "90"}, "of", "This measure does not take this. Leave it out."),
        ("level", {"number": "83", "counted_differently": True}, "counted_differently",
         "This measure does not take this. Leave it out."),
        ("share", {"number": "640", "of": "600"}, "number", "640 is more than 600."),
        ("share", {"number": "80%"}, "number", "Enter how many, of how many."),
    ],
)  # fmt: skip
def test_what_the_page_refuses_is_refused_with_its_words(
    writer, of_return, item, kind, said, field, says
):
    measure = MeasureFactory(item=item, kind=kind, as_told="the share of staff trained")
    answer = put(writer, of_return, measure, **said)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"] == [{"field": field, "detail": says}]
    assert not MeasureValue.objects.exists()


def test_a_number_that_was_saved_meanwhile_is_not_overwritten(writer, of_return, measure):
    put(writer, of_return, measure, number="83")
    put(writer, of_return, measure, number="84", version=1)
    late = put(writer, of_return, measure, number="85", version=1)
    assert (late.status_code, late.json()["version"]) == (409, 2)
    assert late.json()["detail"] == str(Conflict(None))
    assert MeasureValue.objects.get().number == 84


def test_a_return_that_was_submitted_and_a_measure_of_another_agency_take_none(
    writer, of_return, measure, customs
):
    theirs = MeasureFactory(
        item=measure.item, number=7, kind="level", as_told="it", responsible_agency=customs
    )
    assert put(writer, of_return, theirs, number="83").status_code == 404
    of_return.state = "submitted"
    of_return.save()
    answer = put(writer, of_return, measure, number="83")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The number is not saved: the return was submitted meanwhile."


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_measures_as_for_one(
    writer, of_return, item, count, django_assert_num_queries
):
    for number in range(count):
        row = MeasureFactory(item=item, number=number + 1, kind="level", as_told=f"it {number}")
        MeasureValueFactory(measure=row, of_return=of_return)
    listed(writer, of_return)
    with django_assert_num_queries(21):
        listed(writer, of_return)
