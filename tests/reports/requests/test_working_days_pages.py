"""Test the pages that record days which count otherwise, and what a request's clock says of them."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from reports.requests.declared_days import services as working_calendar
from reports.requests.models import NonWorkingDay
from reports.requests.services import requests
from tests.reports.requests.conftest import NOW, client_of, fresh

pytestmark = pytest.mark.django_db

DAYS = "/requests/days/"
TYPED = {"day": "6 May 2013", "is_working": "no", "authority": "A notice"}


@pytest.fixture(autouse=True)
def day_of_the_letter():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(adviser):
    return client_of(adviser)


@pytest.fixture
def entered(adviser):
    def enter(day=date(2013, 5, 6), **others):
        return working_calendar.enter_day(
            **{"day": day, "authority": "A notice", "by": adviser, **others}
        )

    return enter


def withdrawing(row):
    return reverse("requests:request-withdraw-day", args=[row.pk])


def problems(answer):
    assert answer.status_code == 422
    return {field: list(sentences) for field, sentences in answer.context["form"].errors.items()}


def test_a_recorded_day_moves_the_clock_and_says_who_recorded_it(client, request_):
    assert "No day is recorded." in client.get(DAYS).text
    assert client.post(DAYS, TYPED).url == DAYS
    page = client.get(DAYS)
    assert "6 May 2013 is recorded as not a working day." in page.text
    (row,) = page.context["rows"]
    assert (row.day, row.is_working, row.authority) == (date(2013, 5, 6), False, "A notice")
    assert (row.changed_as, row.changed_at) == ("OIA adviser (Labour)", NOW)
    assert requests.clock(request_).due == date(2013, 5, 22)


def test_a_holiday_can_be_made_a_working_day(client):
    client.post(DAYS, {**TYPED, "day": "4 May 2013", "is_working": "yes"})
    assert NonWorkingDay.objects.overrides() == {date(2013, 5, 4): True}


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({"authority": " "}, {"authority": ["Enter the authority."]}),
        ({"is_working": ""}, {"is_working": ["Say whether it is a working day."]}),
        ({"day": "the sixth"}, {"day": ["Enter a date, such as 28 May 2013."]}),
        (
            {"day": "7 May 2013"},
            {
                "day": [
                    "7 May 2013 is already recorded. To change it, withdraw it and record it again."
                ]
            },
        ),
    ],
)
def test_what_cannot_be_recorded_is_refused_at_its_field_and_stays(
    client, entered, typed, sentences
):
    entered(date(2013, 5, 7))
    answer = client.post(DAYS, {**TYPED, **typed})
    assert problems(answer) == sentences
    assert answer.context["form"]["day"].value() == typed.get("day", "6 May 2013")
    assert NonWorkingDay.objects.count() == 1


def test_a_day_is_withdrawn_with_a_reason_that_is_kept(client, entered, request_):
    row = entered()
    address = withdrawing(row)
    assert problems(client.post(address, {"version": 1, "reason": ""})) == {
        "reason": ["Say why the day is withdrawn."]
    }
    assert client.post(address, {"version": 1, "reason": "Another year"}).url == DAYS
    page = client.get(DAYS)
    assert page.context["rows"] == []
    assert [each.changed_because for each in page.context["withdrawn"]] == ["Another year"]
    assert requests.clock(request_).due == date(2013, 5, 21)


def test_a_day_withdrawn_elsewhere_meanwhile_says_so_with_what_was_typed(client, entered, adviser):
    row = entered()
    working_calendar.withdraw_day(row=row, reason="A slip", version=1, by=adviser)
    answer = client.post(withdrawing(row), {"version": 1, "reason": "Another year"})
    assert answer.status_code == 422
    assert "This day is already withdrawn" in answer.text
    assert "A slip" in answer.text
    assert "Your reason was not saved: “Another year”" in answer.text
    assert fresh(row).version == 2
    assert "Withdraw the day" not in client.get(withdrawing(row)).text


def test_a_day_recorded_again_meanwhile_is_shown_before_it_is_withdrawn(client, entered, adviser):
    row = entered()
    working_calendar.withdraw_day(row=row, reason="A slip", version=1, by=adviser)
    entered(authority="Another notice")
    answer = client.post(withdrawing(row), {"version": 1, "reason": "Another year"})
    assert answer.status_code == 422
    assert "This day was changed elsewhere while you were writing" in answer.text
    assert "Another notice" in answer.text
    typed = {name: answer.context["form"][name].value() for name in ("version", "reason")}
    assert typed == {"version": "3", "reason": "Another year"}
    assert client.post(withdrawing(row), typed).url == DAYS


def test_a_reviewer_reads_the_days_without_the_form(reviewer, entered):
    row = entered()
    client = client_of(reviewer)
    page = client.get(DAYS)
    assert "Record the day" not in page.text
    assert withdrawing(row) not in page.text
    assert client.post(DAYS, {**TYPED, "day": "7 May 2013"}).status_code == 403


def test_a_decision_maker_records_a_day(decision_maker):
    assert client_of(decision_maker).post(DAYS, TYPED).url == DAYS


@pytest.mark.parametrize("count", [1, 3])
def test_the_days_take_the_same_queries(client, entered, count, django_assert_num_queries):
    for number in range(count):
        entered(date(2013, 5, 6 + number))
    client.get(DAYS)
    with django_assert_num_queries(6):
        client.get(DAYS)


@pytest.mark.parametrize(
    ("days", "sentences"),
    [
        ([], None),
        ([date(2013, 4, 22), date(2013, 6, 10)], None),
        ([date(2013, 4, 23)], "1 day recorded differently"),
        ([date(2013, 4, 23), date(2013, 5, 6)], "2 days recorded differently"),
    ],
)
def test_a_clock_says_how_many_of_its_days_are_recorded(client, request_, entered, days, sentences):
    for day in days:
        entered(day)
    text = client.get(request_.get_absolute_url()).text
    assert ("recorded differently" in text) == bool(sentences)
    assert sentences is None or f'<a href="{DAYS}">{sentences}</a>' in text
