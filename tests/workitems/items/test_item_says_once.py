"""The page of an item says each thing once: its status in one line, its milestones below one axis with what came of
each, and what is asked of the reader or of the group."""

import re
from datetime import date

import pytest
from django.utils import timezone

from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from workitems.templatetags.milestones import moves_in_words, outcome_in_words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
TODAY = date(2010, 6, 1)
NEXT_YEAR = date(2011, 3, 2)
LATER = date(2011, 7, 29)


@pytest.fixture
def late(plan, police):
    item = WorkItemFactory(
        plan=plan, lead_agency=police, number="2.3", title="Find safe places",
        confidence="at_risk", stage="under_way", heard_on=date(2010, 5, 1),
    )  # fmt: skip
    return MilestoneFactory(
        item=item, description="Twelve regions agreed", original_due=NEXT_YEAR, forecast_due=LATER
    )


def words_of(client, item):
    text = client.get(item.get_absolute_url()).text
    main = text.partition('<main id="main"')[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_how_an_item_is_is_one_line_below_its_number_and_title(client_of, colleague, late):
    assert words_of(client_of(colleague), late.item).startswith(
        "Work items 2.3 Find safe places Late: expected nearly five months late Police says At risk"
        " Under way Updated a month ago"
    )


def test_how_late_the_item_is_is_said_once(client_of, contributor, late):
    assert words_of(client_of(contributor), late.item).count("nearly five months late") == 1


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({}, ("Due 2 March 2011", [], False)),
        (
            {"forecast_due": LATER},
            (
                "Expected 29 July 2011",
                ["nearly five months late", "first promised for 2 March 2011"],
                True,
            ),
        ),
        (
            {"original_due": date(2010, 4, 30), "completed_on": date(2010, 5, 21)},
            ("Done 21 May", ["three weeks late"], False),
        ),
        (
            {"original_due": date(2010, 5, 20)},
            ("Overdue by 12 days", ["first promised for 20 May"], True),
        ),
        (
            {"original_due": date(2010, 12, 31), "agreed_due": NEXT_YEAR},
            ("Due 2 March 2011", ["first promised for 31 December"], False),
        ),
    ],
)
def test_what_came_of_a_milestone_is_said_beside_its_strip(plan, dates, says):
    milestone = MilestoneFactory(
        item=WorkItemFactory(plan=plan), **{"original_due": NEXT_YEAR} | dates
    )
    assert outcome_in_words(milestone, [], TODAY) == says


def test_how_often_a_date_moved_is_said_without_the_dates_of_the_strip(late):
    once = DelayFactory(milestone=late, due_before=NEXT_YEAR, due_after=LATER, found_on=TODAY)
    assert moves_in_words(late, [once]) == "Moved once, on 1 June 2010, because of funding"
    assert moves_in_words(late, [once], is_told=True) == "Moved once, on 1 June 2010"
    once.times_moved = 3
    once.due_before = date(2011, 1, 31)
    assert moves_in_words(late, [once], is_told=True) == (
        "Moved three times, first on 1 June 2010, from 31 January 2011 to 29 July 2011"
    )


def test_who_recommends_is_asked_and_others_read_that_it_is_not_advised(
    client_of, coordinator, contributor, late
):
    name = VariationFactory(milestone=late, number=5, due_before=NEXT_YEAR, due_after=LATER).asks
    asked = words_of(client_of(coordinator), late.item)
    assert f"Asked of you Advise the group: {name}? V5" in asked
    others = words_of(client_of(contributor), late.item)
    assert f"For the group {name}? Not advised yet V5" in others
    assert "Asked for" not in asked + others


def test_the_latest_update_is_short_and_the_others_are_folded(client_of, contributor, late):
    for begin, end in (
        (date(2009, 6, 1), date(2009, 12, 1)),
        (date(2009, 12, 2), date(2010, 4, 30)),
    ):
        UpdateFactory(
            item=late.item, achieved=f"Signed by {end.year}.", planned_next="Two more.",
            of_return__accepted=True, of_return__round__period_end=end,
            of_return__round__period_start=begin,
            of_return__round__closed_at=timezone.now(),
        )  # fmt: skip
    said = words_of(client_of(contributor), late.item)
    assert "Latest update Signed by 2010. Next: Two more." in said
    assert "One earlier update Signed by 2009." in said
