"""Test who is told that a measure was set up, and when."""

from datetime import timedelta

import pytest

from tests.factories import MeasureFactory, SeatFactory
from tests.workitems.record import TODAY
from workitems.measures.services import set_up
from workitems.returns.measure_news import set_up_news

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.usefixtures("on_the_day"),
]
VALUES = {"kind": "level", "as_told": "the number of staff trained"}


def told(on=TODAY):
    return [(each.recipient, each.title, each.sentence) for each in set_up_news(on)]


def make(measure, by):
    set_up.set_up(measure=measure, version=1, values=VALUES, reason="Agreed.", by=by, on=TODAY)


def test_the_agency_that_gives_its_numbers_is_told_once_it_is_set_up(
    item, contributor, coordinator, customs
):
    SeatFactory(agency=customs, role="contributor")
    measure = MeasureFactory(item=item)
    assert told() == []
    make(measure, coordinator)
    says = f"This measure of {item} is set up. Give its number in your returns, in each round."
    assert told() == [(contributor, "The number of staff trained", says)]
    assert told(TODAY + timedelta(days=15)) == []


def test_a_measure_that_is_asked_of_another_agency_is_told_to_that_one(item, coordinator, customs):
    writer = SeatFactory(agency=customs, role="approver").user
    measure = MeasureFactory(item=item, responsible_agency=customs)
    make(measure, coordinator)
    assert [recipient for recipient, *_ in told()] == [writer]


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_three_as_for_one(
    item, coordinator, contributor, count, django_assert_num_queries
):
    for number in range(count):
        make(MeasureFactory(item=item, number=number + 1), coordinator)
    with django_assert_num_queries(3):
        assert len(told()) == count
