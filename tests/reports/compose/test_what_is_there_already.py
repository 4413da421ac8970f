"""Test that a paper by item tells what is done of what is late, what comes on a new date, and what is planned for it."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED
from reports.compose.late_dates import not_before, what_comes
from reports.compose.paper_parts import write
from reports.compose.paragraphs import Writer
from reports.compose.slips import late_items
from reports.document import SectionKind
from tests.reports.compose.test_shown_to_be_done import given as completed
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    action,
    delay,
    facts,
    item,
    step,
    text_of,
    update_of,
)
from workitems.terms.known_dates import KnownTo

pytestmark = pytest.mark.one_database(reason="reads no database")

BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")
AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)


def sections(*items, **given):
    return write(facts(*items, **given), BY_ITEM, in_full=False).sections


def texts(section):
    return [text_of(paragraph) for paragraph in section.paragraphs]


def late(*delays, number="1.1", description="First two hubs open", **given):
    one = step(AGREED, *delays, forecast_due=EXPECTED, description=description)
    return item(number, one, **{"is_key": True, "title": "Training hubs"} | given)


def told_of(one, achieved, **given):
    """What is told of a late item with a report, beside three others that have the main results."""
    fine = [item(f"2.{n}", step(EXPECTED), title=f"Map {n}", is_key=True) for n in range(1, 4)]
    results = [
        update_of(
            each, achieved=f"{n}00 maps {n} were printed, up from 20.", key_achievement="headline"
        )
        for n, each in enumerate(fine, 1)
    ]
    of = update_of(one, achieved=achieved, **given)
    return texts(sections(one, *fine, updates=[of, *results])["delay"])[0]


def test_what_is_done_of_a_late_item_is_told_with_it():
    one = late(delay(explanation="the building failed its assessment"))
    assert "DoL opened the first hub in Taupō in February 2010." in told_of(
        one, "opened the first hub in Taupō in February 2010"
    )
    assert "So far, 22 beds in two hubs are ready." in told_of(
        one, "chose ten towns. 22 beds in two hubs are ready"
    )


def test_a_sentence_that_counts_and_leans_on_it_follows():
    one = late(delay(), description="Relief pool of 30 locums")
    told = told_of(one, "set up the relief pool in April 2010. It has 18 locums")
    assert "DoL set up the relief pool in April 2010. It has 18 locums." in told


def test_without_words_of_the_milestone_a_report_on_its_item_is_told_if_it_is_marked():
    one = late(delay(), description="Six sites agreed", title="Clinics on papakāinga")
    achieved = "opened the first of the clinics on 7 May 2010"
    assert "opened the first" in told_of(one, achieved, key_achievement="yes")
    assert "opened the" not in told_of(
        one, achieved.replace("clinics", "shops"), key_achievement="yes"
    )


@pytest.mark.parametrize(
    ("description", "known_to", "settlement", "what", "when"),
    [
        (
            "Six sites agreed with iwi", KnownTo.MONTH, "needs_decision",
            "six sites to be agreed with iwi (1.1)", "Six sites will not be agreed with iwi before May 2011.",
        ),
        (
            "First report on graduates", KnownTo.DAY, "settled",
            "the first report on graduates (1.1)", "The first report on graduates is now expected in May 2011.",
        ),
    ],
)  # fmt: skip
def test_the_summary_and_the_asks_name_what_comes_on_the_new_date(
    description, known_to, settlement, what, when
):
    one = late(delay(settlement=settlement), description=description)
    (entry,) = late_items([one], date(2009, 7, 31))
    writer = Writer(facts(one), (), BY_ITEM, 0)
    (milestone,) = entry.late_steps
    milestone = milestone._replace(forecast_known_to=known_to)
    assert what_comes(writer, entry, milestone) == what
    assert not_before(writer, entry, milestone) == when


def test_a_date_known_to_the_quarter_is_told_as_the_quarter():
    quarter = {"forecast_due": date(2011, 3, 31), "forecast_known_to": "quarter"}
    one = item(
        "1.1",
        step(AGREED, delay(settlement="being_settled", settling_agency=LABOUR.pk), **quarter),
        is_key=True,
    )
    told = " ".join(texts(sections(one)["delay"]))
    assert "in January to March 2011 at the earliest" in told
    assert "January 2011" not in told


def test_next_steps_tells_a_dated_plan_for_what_is_late():
    # What is planned for an item without a dated action is told with it.
    one = late(delay(actions=[action("appoint a builder", HEALTH, date(2010, 10, 1))]))

    def ahead(planned):
        return texts(sections(one, updates=[update_of(one, planned_next=planned)])["next_steps"])[0]

    assert ahead("open the hub in Westport in May 2011") == (
        "DoL will open the hub in Westport in May 2011 (1.1)."
    )
    # Without a date it is none, and neither is what the action against the delay is.
    assert "(1.1)" not in ahead("await the builders")
    held_up = delay(
        actions=[action("fit out the second hub in Westport", LABOUR, date(2011, 2, 1))]
    )
    planned = "fit out the second hub in Westport by May 2011"
    of = late(held_up)
    told = texts(sections(of, updates=[update_of(of, planned_next=planned)])["next_steps"])
    assert "Westport" not in " ".join(told)


def test_a_paper_by_item_says_plainly_that_nothing_done_has_evidence():
    def told(*classes):
        found = write(completed(*classes), BY_ITEM, in_full=False).sections[
            SectionKind.ACHIEVEMENTS
        ]
        return texts(found)[-1]

    assert told("note_only", "without", "business_as_usual") == (
        "None of the two milestones completed since the Plan began has evidence on file yet; one more is business as usual."
    )
    assert (
        told("without")
        == "The one milestone completed since the Plan began has no evidence on file yet."
    )
    assert told("with_evidence", "note_only") == (
        "Of two milestones completed since the Plan began, one has a document or a link on file and one only a note."
    )
