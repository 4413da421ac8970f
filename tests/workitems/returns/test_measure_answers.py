"""A measure on a return's page: with the whole page, and alone as the script sends it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories import MeasureFactory, MeasureValueFactory, UserFactory
from tests.workitems.record import TODAY
from workitems.measures.services.values import Answer
from workitems.models import MeasureValue
from workitems.returns.services import measure_answers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]
PLAIN = "Enter a number, such as 1,250, or choose “No number yet”."


@pytest.fixture
def writer(client_of, contributor):
    return client_of(contributor)


@pytest.fixture
def measure(item):
    return MeasureFactory(item=item, kind="level", as_told="the number of staff trained")


def typed(measure, version=0, **said):
    """Return the fields of a measure as a browser posts them from a page without an answer."""
    names = ["number", "day", "note", "because", "expected_by", "correction_reason"]
    values = {**dict.fromkeys(names, ""), "version": version, **said}
    fields = {f"v{measure.pk}-{name}": value for name, value in values.items()}
    return fields | {f"initial-v{measure.pk}-{name}": "" for name in names}


def alone(of_return, measure):
    round_ = of_return.round
    return reverse(
        "returns:measure", args=[round_.plan.slug, round_.pk, of_return.agency_id, measure.pk]
    )


def test_number_is_saved_with_the_page_and_printed_in_its_sentence(writer, of_return, measure):
    page = writer.post(of_return.get_absolute_url(), typed(measure, number="83"), follow=True)

    value = MeasureValue.objects.get()
    assert (value.number, value.day, value.of_return) == (
        83,
        TODAY,
        of_return,
    )
    assert "The number of staff trained was 83 in June 2010." in page.text


def test_what_is_no_number_comes_back_with_its_error(writer, of_return, measure):
    page = writer.post(of_return.get_absolute_url(), typed(measure, number="see description"))

    assert page.status_code == 422
    assert page.text.count(PLAIN) == 2  # in the summary and at the field
    assert 'value="see description"' in page.text
    assert not MeasureValue.objects.exists()


def test_reason_why_there_is_no_number_yet_is_an_answer(writer, of_return, measure):
    said = typed(measure, because="the register opens in March.", expected_by="March 2011")

    answer = writer.post(alone(of_return, measure), said)

    assert (answer.status_code, answer.json()["is_wanted"]) == (200, False)
    assert "because the register opens in March; " in answer.json()["printed"]


@pytest.mark.both_databases
def test_same_as_last_time_is_a_new_dated_number(writer, of_return, measure):
    MeasureValueFactory(measure=measure, number=80, day=date(2009, 12, 31), accepted_on=TODAY)

    answer = writer.post(alone(of_return, measure), typed(measure, act="same") | {"act": "same"})

    assert answer.status_code == 200
    value = MeasureValue.objects.get(of_return=of_return)
    assert (value.number, value.day) == (80, TODAY)


@pytest.mark.both_databases
def test_number_of_a_day_that_has_one_asks_why(writer, of_return, measure):
    MeasureValueFactory(measure=measure, number=80, day=date(2010, 6, 1), accepted_on=TODAY)
    said = typed(measure, number="79", day="1 June 2010")

    answer = writer.post(alone(of_return, measure), said)

    assert (answer.status_code, answer.json()["asks_why"]) == (422, True)
    assert answer.json()["errors"] == {
        f"v{measure.pk}-correction_reason": [
            "There is a number for that day: 80. Correct it and say why."
        ]
    }
    said[f"v{measure.pk}-correction_reason"] = "one course was counted twice"
    assert writer.post(alone(of_return, measure), said).status_code == 200


def test_two_people_who_give_different_numbers_are_asked(writer, of_return, measure):
    measure_answers.answer_measure(
        of_return=of_return,
        measure=measure,
        answer=Answer(day=TODAY, number=Decimal(83)),
        by=UserFactory(name="Ana"),
        on=TODAY,
        at=timezone.now(),
    )

    answer = writer.post(alone(of_return, measure), typed(measure, number="84", day="1 June 2010"))

    assert answer.status_code == 409
    assert "Ana saved another answer" in answer.json()["theirs"]
    mine = typed(measure, version=1, number="84", day="1 June 2010")
    assert writer.post(alone(of_return, measure), mine).status_code == 200
    assert MeasureValue.objects.get().number == 84


@pytest.mark.both_databases
def test_emptied_number_is_taken_back(writer, of_return, measure):
    said = typed(measure, number="83", day="1 June 2010")
    writer.post(alone(of_return, measure), said)

    shown = {
        f"initial-v{measure.pk}-{name}": text
        for name, text in (("number", "83"), ("day", "1 June 2010"))
    }
    answer = writer.post(
        alone(of_return, measure), typed(measure, version=1, day="1 June 2010") | shown
    )

    assert (answer.status_code, answer.json()["is_wanted"]) == (200, True)
    assert not MeasureValue.objects.exists()


def test_page_that_sends_only_what_it_read_changes_nothing(writer, of_return, measure):
    writer.post(alone(of_return, measure), typed(measure, number="83", day="1 June 2010"))

    writer.post(of_return.get_absolute_url(), {f"v{measure.pk}-version": "1"})

    assert MeasureValue.objects.get().version == 1


def test_an_accepted_return_says_what_its_number_meant_then_and_that_it_was_corrected(
    client_of, contributor, of_return, measure
):
    """Later numbers are not what this return said."""
    given = MeasureValueFactory(
        measure=measure, of_return=of_return, number=23, day=date(2010, 5, 1), accepted_on=TODAY
    )
    type(of_return).objects.filter(pk=of_return.pk).update(state="accepted", accepted_on=TODAY)
    later = TODAY + timedelta(days=90)
    MeasureValueFactory(measure=measure, number=80, day=later, accepted_on=later)
    MeasureValueFactory(
        measure=measure,
        number=19,
        day=given.day,
        corrects=given,
        correction_reason="Counted twice.",
        accepted_on=later,
    )
    with time_machine.travel(datetime(2010, 12, 1, tzinfo=UTC), tick=False):
        page = client_of(contributor).get(of_return.get_absolute_url())
    assert "The number of staff trained was 23 in May 2010. It was corrected later to 19." in (
        " ".join(page.text.split())
    )
