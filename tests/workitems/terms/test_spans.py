"""Test lengths of time in words."""

import re

import pytest

from workitems.terms.spans import in_words, span_in_words

UNIT = r"(?:a|one|two|three|four|five|six|seven|eight|nine|1[0-3])"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "one day"),
        (2, "two days"),
        (9, "nine days"),
        (10, "10 days"),
        (13, "13 days"),
        (14, "two weeks"),
        (17, "two weeks"),
        (18, "three weeks"),
        (26, "four weeks"),
        (27, "a month"),
        (31, "a month"),
        (33, "a month"),
        (34, "five weeks"),
        (45, "six weeks"),
        (46, "two months"),
        (62, "two months"),
        (92, "three months"),
        (304, "10 months"),
        (351, "a year"),
        (350, "11 months"),
        (365, "a year"),
        (366, "a year"),
        (396, "a year and a month"),
        (456, "a year and three months"),
        (730, "two years"),
        (731, "two years"),
        (4018, "11 years"),
    ],
)
def test_a_length_is_given_in_the_unit_that_people_use(days, words):
    assert span_in_words(days) == words


def test_every_length_has_words_and_a_longer_one_is_not_told_shorter():
    told = [span_in_words(days) for days in range(1, 5001)]
    shape = re.compile(
        rf"{UNIT} (day|week|month|year)s?( and (a|one|two|three|four|five|six|seven|eight|nine|10|11) "
        r"months?)?"
    )
    assert [words for words in told if not shape.fullmatch(words)] == []
    plural = re.compile(r"\b(a|one) \w+s\b|\b(?!a\b|one\b)\w+ (day|week|month|year)\b")
    assert [words for words in told if plural.search(words)] == []
    # Each wording is used for one run of days.
    runs = [
        words for words, before in zip(told, [None, *told[:-1]], strict=True) if words != before
    ]
    assert len(runs) == len(set(runs))


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, "one"), (9, "nine"), (10, "10"), (1200, "1,200")]
)
def test_small_numbers_are_words(count, words):
    assert in_words(count) == words
