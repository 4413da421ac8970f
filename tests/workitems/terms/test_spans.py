"""Test lengths of time in words."""

from datetime import date

import pytest

from workitems.terms.known_dates import read_known_date
from workitems.terms.spans import in_words, span_in_words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("1 June 2026", "2 June 2026", "one day"),
        ("1 June 2026", "10 June 2026", "nine days"),
        ("1 June 2026", "14 June 2026", "13 days"),
        ("1 June 2026", "15 June 2026", "two weeks"),
        ("1 June 2026", "19 June 2026", "two weeks"),
        ("1 June 2026", "20 June 2026", "nearly three weeks"),
        ("1 June 2026", "30 June 2026", "four weeks"),
        ("1 June 2026", "1 July 2026", "a month"),
        ("30 June 2026", "31 July 2026", "a month"),
        ("30 June 2026", "30 August 2026", "two months"),
        ("30 June 2026", "31 August 2026", "two months"),
        ("29 June 2026", "31 August 2026", "nine weeks"),
        ("29 October 2026", "14 January 2027", "11 weeks"),
        ("31 January 2026", "28 February 2026", "a month"),
        ("1 June 2026", "24 August 2026", "12 weeks"),
        ("1 June 2026", "25 August 2026", "nearly three months"),
        ("1 June 2026", "30 September 2026", "nearly four months"),
        ("1 June 2026", "20 September 2026", "three months"),
        ("1 June 2026", "28 May 2027", "nearly a year"),
        ("1 June 2026", "1 June 2027", "a year"),
        ("1 June 2026", "20 July 2027", "a year and a month"),
        ("1 June 2026", "1 September 2029", "three years and three months"),
        ("29 February 2024", "28 February 2025", "a year"),
        ("June 2026", "August 2026", "two months"),
        ("June 2026", "April to June 2027", "a year"),
        ("April to June 2026", "July to September 2026", "three months"),
        ("June 2026", "15 August 2026", "six weeks"),
    ],
)
def test_a_length_is_given_in_the_unit_that_people_use(first, last, words):
    assert span_in_words(read_known_date(first), read_known_date(last)) == words


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (date(2026, 6, 20), "two weeks"),
        (date(2026, 8, 25), "12 weeks"),
        (date(2026, 8, 31), "13 weeks"),
        (date(2026, 9, 30), "three months"),
        (date(2027, 5, 31), "11 months"),
    ],
)
def test_at_least_is_never_nearly(last, words):
    assert span_in_words(date(2026, 6, 1), last, at_least=True) == words


@pytest.mark.parametrize("last", [date(2026, 6, 1), date(2026, 5, 31)])
def test_a_day_that_is_not_later_is_refused(last):
    with pytest.raises(ValueError, match="is not after 1 June 2026"):
        span_in_words(date(2026, 6, 1), last)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, "one"), (9, "nine"), (10, "10"), (1200, "1,200")]
)
def test_small_numbers_are_words(count, words):
    assert in_words(count) == words
