"""Test what the script beside a date box is told."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    MilestoneAnswerFactory,
    MilestoneFactory,
    ReturnFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="a form reads what is typed"),
]


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
        ("Q4 2026", "ahead", "Enter a day or a month, such as 2 December 2026 or December 2026."),
        ("20/11/1950", "day", "Check the year: it should be between 1990 and 2100."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(told, text, kind, says):
    assert told(text, kind) == {"fault": says}


def test_nothing_is_told_of_nothing(told):
    assert told("", "day") == told(" ", "due") == {}


# --- the order of milestones -------------------------------------------------------------------

ASKS = (
    "Milestone 2 of item 1.2 is expected on 30 June 2010, but milestone 1, which was to come before it, only on {}. "
    'Is that so? If not, <a href="{}">change the date of milestone 1</a>.'
)


def asks(client, milestone, text):
    typed = {"text": text, "as": "due", "milestone": milestone.pk}
    return client.get(reverse("read-date"), typed).json().get("asks")


@pytest.mark.usefixtures("on_the_day")
def test_a_date_before_that_of_what_comes_first_is_asked_about(
    client_of, item, contributor, colleague, nobody
):
    first = MilestoneFactory(item=item, number=1, forecast_due=date(2010, 7, 31))
    then = MilestoneFactory(item=item, number=2, agreed_due=date(2010, 8, 1))
    writer = client_of(contributor)
    assert asks(writer, then, "30 June 2010") == [
        ASKS.format("31 July 2010", first.get_absolute_url())
    ]
    assert asks(writer, then, "August 2010") == []
    assert asks(client_of(nobody), then, "30 June 2010") == []
    round = RoundFactory(plan=item.plan)
    of_return = ReturnFactory(round=round, agency=item.lead_agency)
    MilestoneAnswerFactory(
        of_return=of_return,
        milestone=first,
        outcome="not_yet",
        day=date(2010, 9, 30),
        reason="No printer.",
    )
    assert asks(writer, then, "30 June 2010") == [
        ASKS.format("30 September 2010", first.get_absolute_url())
    ]
    # Another agency is not told what a draft says.
    assert asks(client_of(colleague), then, "30 June 2010") == [
        ASKS.format("31 July 2010", first.get_absolute_url())
    ]
