"""Test how sentences name items, milestones and dates."""

from datetime import date, timedelta

import pytest

from reports.compose.subjects import (
    CAUSES,
    LONG_TITLE,
    MOST_WORDS,
    Names,
    by_when,
    has_new_date,
    how_late,
    is_in_doubt,
    numbers_of,
    when,
    when_done,
)
from tests.reports.in_memory import ON, item, step
from workitems.models import Delay
from workitems.terms.known_dates import KnownDate

LONG = "Training for all who meet people from abroad in their work"
PAST = date(2010, 6, 30)


def test_an_item_and_a_milestone_are_named_by_phrase_or_in_quotation_marks():
    plain, phrased = item("1.1"), item("1.2", as_told="the training")
    names = Names([plain, phrased])
    assert names.item(plain) == "“Train staff” (1.1)"
    assert names.item(phrased, "now June 2011", "DoL") == "the training (1.2, now June 2011, DoL)"
    assert names.step(plain, step()) == "“Brochure printed” (1.1)"
    assert names.step(phrased, step(as_told="the brochure"), "DoL") == "the brochure (1.2, DoL)"


def test_a_long_description_is_not_recited():
    plain, phrased = item("1.1"), item("1.2", as_told="the training")
    names = Names([plain, phrased])
    most = step(description="word " * (MOST_WORDS - 1) + "word")
    long = step(description="word " * (MOST_WORDS + 1))
    assert names.step(plain, most) == f"“{most.description}” (1.1)"
    assert names.step(plain, long) == "a milestone of “Train staff” (1.1)"
    assert names.step(phrased, long, "DoL") == "a milestone of the training (1.2, DoL)"
    assert names.step(plain, long._replace(as_told="the map")) == "the map (1.1)"


def test_a_long_title_is_printed_in_one_section_and_then_the_number():
    assert len(LONG.split()) > LONG_TITLE
    long, phrased = item("1.1", title=LONG), item("1.2", title=LONG, as_told="the training")
    short = item("1.3")
    names = Names([long, phrased, short])
    names.note("Nothing is late.")
    assert names.item(long) == f"“{LONG}” (1.1)"
    names.note(f"“{LONG}” (1.1), the training (1.2) and “Train staff” (1.3) are late.")
    assert [names.item(each) for each in (long, phrased, short)] == [
        "item 1.1",
        "the training",
        "“Train staff” (1.3)",
    ]
    assert names.item(long, "now June 2011") == "item 1.1 (now June 2011)"
    assert (
        names.step(long, step(description="word " * 20), "DoL") == "a milestone of item 1.1 (DoL)"
    )
    assert names.step(long, step()) == "“Brochure printed” (1.1)"


def test_a_phrase_made_from_a_title_names_the_item_and_beside_its_milestones_too():
    made = item("1.1", title="Publish the guide")
    names = Names([made, item("1.2", title="Publish a guide to all that a hirer must do")])
    assert names.item(made) == "publishing the guide (1.1)"
    assert names.step(made, step(), "DoL") == "“Brochure printed” (1.1, publishing the guide, DoL)"
    assert names.official(made) == "“Publish the guide” (1.1)"
    names.note("“Brochure printed” (1.1, publishing the guide) is late.")
    assert names.item(made) == names.again(made) == "publishing the guide"
    assert names.step(made, step(description="Draft agreed")) == "agreement on the draft (1.1)"


def test_a_long_phrase_made_from_a_title_is_in_one_section_only():
    long = item("1.1", title="Publish a guide to all that a hirer must do")
    names = Names([long])
    assert names.phrase(long) == "publishing a guide to all that a hirer must do (1.1)"
    names.note("Publishing a guide to all that a hirer must do (1.1) is late.")
    assert (names.item(long), names.short(long)) == ("item 1.1", "item 1.1")


def test_two_titles_that_make_one_phrase_are_quoted():
    titles = (
        "Publish the guide: for hirers",
        "Publish the guide: for all who work for others in New Zealand",
    )
    items = [item(f"1.{n}", title=title) for n, title in enumerate(titles)]
    assert [Names(items).item(each) for each in items] == [
        "publishing the guide: for hirers (1.0)",
        "publishing the guide: for all who work for others (1.1)",
    ]
    same = [item(f"1.{n}", title="Publish the guide") for n in range(2)]
    assert Names(same).item(same[0]) == "“Publish the guide” (1.0)"


@pytest.mark.parametrize(
    ("title", "cited"),
    [
        (
            "Small community supplies: a package of technical advice for fewer than 100 people",
            "Small community supplies",
        ),
        ("Training of staff – for all who meet people from abroad at work", "Training of staff"),
        # One word does not stand alone, and a shorter title is not cut.
        ("Training: for all the staff who meet people from abroad at work", ""),
        ("Labour hire: options for licensing", ""),
        ("Training of all (staff: who meet people) from abroad in their work", ""),
    ],
)
def test_a_title_of_ten_words_is_cited_by_its_words_before_a_colon_or_a_dash(title, cited):
    long = item("1.1", title=title)
    assert Names([long]).item(long) == f"“{cited or title}” (1.1)"
    # Two items with these words have their titles.
    again = item("1.2", title=f"{title} also")
    assert Names([long, again]).item(long) == f"“{title}” (1.1)"


def test_a_phrase_has_its_number_until_a_section_has_both():
    brochure = step(as_told="the brochure")
    phrased, other = item("1.1", brochure, as_told="the training"), item("1.2", as_told="the card")
    names = Names([phrased, other])
    names.note("The training is late.")
    assert (names.item(phrased), names.step(phrased, brochure)) == (
        "the training (1.1)",
        "the brochure (1.1)",
    )
    names.note("Two items are late: the training (1.1, by a year) and “The card” (1.2).")
    assert (names.item(phrased), names.step(phrased, brochure)) == ("the training", "the brochure")
    assert names.item(phrased, "now June 2011") == "the training (now June 2011)"
    assert names.item(other) == "the card (1.2)"


def test_a_phrase_that_two_things_have_keeps_its_number():
    guides = [step(as_told="the guide") for _ in range(2)]
    first, second = (
        item(number, guide, as_told="the training")
        for number, guide in zip(("1.1", "1.2"), guides, strict=True)
    )
    names = Names([first, second])
    names.note("The training (1.1) is late.")
    assert (names.item(first), names.again(first)) == ("the training (1.1)", "item 1.1")
    assert names.step(first, guides[0]) == "the guide (1.1)"
    assert names.line(first, guides[0], "DoL") == "the guide (1.1, DoL)"


def test_a_list_needs_no_number_beside_a_phrase():
    brochure, card = step(as_told="the brochure"), step()
    phrased = item("1.1", brochure, card)
    names = Names([phrased])
    assert names.line(phrased, brochure, "DoL") == "the brochure (DoL)"
    assert names.line(phrased, card, "DoL") == "“Brochure printed” (1.1, DoL)"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1.1"),
        (2, "1.1 and 1.2"),
        (3, "1.1, 1.2 and 1.3"),
        (4, "1.1, 1.2, 1.3 and one other"),
        (5, "1.1, 1.2, 1.3 and two others"),
        (20, "1.1, 1.2, 1.3 and 17 others"),
    ],
)
def test_numbers_of_items_are_listed_up_to_a_limit(count, words):
    assert numbers_of([item(f"1.{n}") for n in range(count, 0, -1)], most=3) == words


@pytest.mark.parametrize(
    ("due", "phrased", "by"),
    [
        (KnownDate(ON), "30 July 2010", "by 30 July 2010"),
        (KnownDate(ON + timedelta(days=62)), "30 September 2010", "by 30 September 2010"),
        (KnownDate(ON + timedelta(days=63)), "October 2010", "by October 2010"),
        (KnownDate(ON - timedelta(days=62)), "29 May 2010", "by 29 May 2010"),
        (KnownDate(ON - timedelta(days=63)), "May 2010", "by May 2010"),
        (KnownDate(date(2010, 8, 31), "month"), "August 2010", "by August 2010"),
        (KnownDate(date(2010, 9, 30), "quarter"), "July to September 2010", "by September 2010"),
    ],
)
def test_near_days_are_written_to_the_day_and_no_day_is_made_up(due, phrased, by):
    assert (when(due, ON), by_when(due, ON)) == (phrased, by)


def test_a_day_of_the_past_is_written_as_near_ones_are():
    assert when_done(date(2010, 7, 1), ON) == "1 July 2010"
    assert when_done(date(2010, 1, 1), ON) == "January 2010"


@pytest.mark.parametrize(
    ("original", "agreed", "reached", "words"),
    [
        (PAST, PAST, PAST, ""),
        (PAST, PAST, date(2010, 7, 12), "12 days late"),
        (date(2010, 4, 30), PAST, PAST, ""),
        (
            date(2010, 4, 30),
            PAST,
            date(2010, 10, 31),
            "four months later than agreed",
        ),
        (date(2010, 7, 31), PAST, date(2010, 8, 30), "two months later than agreed"),
        (PAST, PAST, date(2010, 8, 30), "two months late"),
    ],
)
def test_lateness_is_told_against_the_agreed_date(original, agreed, reached, words):
    assert how_late(step(original, agreed_due=agreed), KnownDate(reached)) == words


@pytest.mark.parametrize(
    ("forecast", "is_new"),
    [(PAST, False), (ON - timedelta(days=1), False), (ON, True), (date(2011, 6, 30), True)],
)
def test_a_new_date_is_after_the_agreed_one_and_not_past(forecast, is_new):
    assert has_new_date(step(PAST, forecast_due=forecast)) is is_new


@pytest.mark.parametrize("own", ["", "on_track", "at_risk", "off_track"])
@pytest.mark.parametrize("reviewer", ["", "on_track", "at_risk", "off_track"])
def test_an_item_is_in_doubt_if_its_agency_or_the_reviewer_says_so(own, reviewer):
    doubts = {own, reviewer} & {"at_risk", "off_track"}
    assert is_in_doubt(item(confidence=own, reviewer_confidence=reviewer)) is bool(doubts)


def test_every_cause_has_its_words():
    assert set(CAUSES) == set(Delay.Cause)
