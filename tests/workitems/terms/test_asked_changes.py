"""Test the names of requests: what each does, in a few words."""

from datetime import date

import pytest

from workitems.terms.asked_changes import name_of_change
from workitems.terms.known_dates import KnownDate, KnownTo

REVIEW = "Review the offences of trafficking, forced labour and slavery, and advise Ministers."


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (
            REVIEW,
            REVIEW.replace("labour and slavery", "labour, slavery and forced marriage"),
            "Add “forced marriage” to the action",
        ),
        (REVIEW, REVIEW.replace(" of trafficking,", " of"), "Take “trafficking” out of the action"),
        (
            REVIEW,
            REVIEW.replace("Ministers", "the Minister"),
            "Change “Ministers” to “the Minister” in the action",
        ),
        (REVIEW, "Ask Parliament to amend the Act by June, and print it.", "Change the action"),
        ("", REVIEW, "Change the action"),
        (REVIEW, "", "Change the action"),
    ],
)
def test_a_wording_is_named_by_what_changes_in_it(before, after, name):
    assert name_of_change("wording", label="Action", before=before, after=after) == name


def test_the_words_of_a_milestone_are_named_by_those_that_it_had():
    name = name_of_change(
        "wording",
        code="description",
        label="Words",
        before="Guide published",
        after="Guide published online",
        milestone="Guide published online",
    )
    assert name == "Add “online” to the words of “Guide published”"


@pytest.mark.parametrize(
    ("due", "name"),
    [
        (KnownDate(date(2027, 3, 2)), "Move “Guide published” to 2 March 2027"),
        (KnownDate(date(2027, 3, 31), KnownTo.MONTH), "Move “Guide published” to March 2027"),
        (
            KnownDate(date(2027, 9, 30), KnownTo.QUARTER),
            "Move “Guide published” to July–September 2027",
        ),
    ],
)
def test_a_date_is_named_by_the_milestone_and_the_date_asked_for(due, name):
    assert name_of_change("date", milestone="Guide published", due=due) == name


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("Short term", "Long term", "Change the timeframe from “Short term” to “Long term”"),
        ("", "Long term", "Set the timeframe to “Long term”"),
        ("Short term", "", "Change the timeframe"),
    ],
)
def test_a_detail_is_named_by_its_values(before, after, name):
    assert name_of_change("detail", label="Timeframe", before=before, after=after) == name
