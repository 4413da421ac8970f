"""Test what the script beside a date box is told."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client, time_machine, django_assert_num_queries):
    time_machine.move_to("2026-11-26T00:00:00+00:00")
    client.force_login(UserFactory())

    def told(text, kind):
        return client.get(reverse("read-date"), {"text": text, "as": kind}).json()

    return told


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("20 nov", "day", ("Friday 20 November 2026", "20 November 2026", "2026-11-20")),
        ("20 nov", "due", ("Friday 20 November 2026", "20 November 2026", "2026-11-20")),
        ("feb 2027", "ahead", ("Sunday 28 February 2027", "28 February 2027", "2027-02-28")),
        ("nov 2026", "due", ("November 2026", "November 2026", "2026-11-30")),
        ("Q4 2026", "due", ("October to December 2026", "October to December 2026", "2026-12-31")),
    ],
)
def test_the_words_and_the_day_are_told(told, text, kind, answer):
    assert tuple(told(text, kind).values()) == answer


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("nov 2026", "day", "Add the day to November 2026."),
        ("nov 2026", "past", "Add the day to November 2026."),
        ("nov 0000", "ahead", "Add the day to November 0."),
        ("nov 2026", "something else", "Add the day to November 2026."),
        ("soon", "due", "Enter a date, such as 2 December 2026, December 2026 or October to December 2026."),
        ("20/11/1950", "day", "Check the year: it should be between 1990 and 2100."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(told, text, kind, says):
    assert told(text, kind) == {"fault": says}


def test_nothing_is_told_of_nothing(told):
    assert told("", "day") == told(" ", "due") == {}
