"""Test how what officials type in a hurry is mended for a sentence."""

import pytest

from workitems.terms.fragments import (
    as_reason,
    does_at,
    done_at,
    is_several,
    mended,
    with_months,
    without_fragment,
)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Published 8 Oct. It has 71 names.", "Published 8 October. It has 71 names."),
        ("paused in Feb. following a complaint", "paused in February following a complaint"),
        ("Between Jan and Sept 2026", "Between January and September 2026"),
        ("Ask Jan, the chair", "Ask Jan, the chair"),
        ("The chair and Jan agreed", "The chair and Jan agreed"),
        ("Mar is a name and may is a verb", "Mar is a name and may is a verb"),
        ("on dec 4", "on dec 4"),
        ("a crew within 24h", "a crew within 24 hours"),
        (
            "in Haast, Te Araroa, Mōkau etc. wait",
            "in Haast, Te Araroa and Mōkau, among others, wait",
        ),
        ("towns, villages etc.", "towns, villages etc."),
    ],
)
def test_months_are_written_out_where_they_are_months(typed, told):
    assert with_months(typed) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Panel has reviewed 52 deaths.", "The panel has reviewed 52 deaths."),
        ("Minister asked for a report.", "The Minister asked for a report."),
        ("Panel of experts", "Panel of experts"),
        ("The data not delivered yet", "The data was not delivered yet"),
        ("Data and maps not delivered", "Data and maps were not delivered"),
        ("The data was not delivered", "The data was not delivered"),
    ],
)
def test_an_article_or_verb_that_is_left_out_is_added(typed, told):
    assert mended(typed) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("It got 61 replies, i.e. 61 in total.", "It got 61 replies."),
        ("It got 61 replies, i.e. 61 in total (33 online).", "It got 61 replies (33 online)."),
        ("It got 6, i.e. 6, and 5, i.e. 5, and lost 1.", "It got 6, and 5, and lost 1."),
        ("It got 6, i.e. 6, and then 9, i.e. 7.", "It got 6, and then 9, i.e. 7."),
    ],
)
def test_an_aside_that_says_a_number_again_is_left_out(typed, told):
    assert mended(typed) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Delayed by DIA as staff moved to other work.", "Staff moved to other work."),
        ("It was delayed because the builder closed.", "The builder closed."),
        ("Dependent on the upgrade.", "This depends on the upgrade."),
        ("Awaiting a response", "This waits for a response"),
        ("Waiting on councils", "This waits for councils"),
        ("The builder closed.", "The builder closed."),
    ],
)
def test_a_cause_begins_with_what_is_the_cause(typed, told):
    assert as_reason(typed) == told


@pytest.mark.parametrize(
    ("description", "parts"),
    [
        ("Five of nine black spots covered", ("Five of nine black spots", "covered")),
        ("60 sites done", ("60 sites", "done")),
        ("Code signed by 50 companies", ("Code", "signed by 50 companies")),
        ("The rule was signed", ("", "")),
        ("Cabinet decisions", ("", "")),
        ("Rule consulted on and signed", ("", "")),
    ],
)
def test_a_milestone_at_which_something_is_done_is_a_thing_and_what_is_done(description, parts):
    assert done_at(description) == parts


@pytest.mark.parametrize(
    ("description", "parts"),
    [
        (
            "1,900 primary schools give ten lessons",
            ("1,900 primary schools", "give ten lessons"),
        ),
        ("Every home has a plan", ("Every home", "have a plan")),
        ("Phone location goes to Police", ("Phone location", "go to Police")),
        ("Lessons at 40 pools run by clubs", ("", "")),
        ("Give ten lessons", ("", "")),
        ("Homes has a plan", ("", "")),
    ],
)
def test_a_milestone_at_which_somebody_does_something_is_who_and_what(description, parts):
    assert does_at(description) == parts


def test_a_count_is_several_things():
    assert [
        thing
        for thing in ("five of nine spots", "1,900 schools", "1 school", "the map", "maps")
        if is_several(thing)
    ] == ["five of nine spots", "1,900 schools", "maps"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Seven languages are done; Tongan and Hindi left.", "Seven languages are done."),
        (
            "Contracts were signed in June, response crew within a day guaranteed; used after the storm (2023: 41 days)",
            "Contracts were signed in June.",
        ),
        ("Seven are done; two are left.", "Seven are done; two are left."),
        (
            "2,150 adults finished; 78% could float for five minutes",
            "2,150 adults finished; 78% could float for five minutes",
        ),
        ("Seven are done; two left. More will come.", "Seven are done; two left. More will come."),
    ],
)
def test_a_result_ends_before_what_is_no_sentence(typed, told):
    assert without_fragment(typed) == told
