"""Rule 52: the history of an imported plan says what the spreadsheet gave, and no act, stage or day that nobody said."""

import pytest
from django.urls import reverse

from tests.truth.test_52_first_day import kept_files
from tests.workitems.intake.test_tracker_pages import import_rows, mbie, person

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]

ROWS = [
    ["No", "Action", "Lead", "Due", "Status", "Last updated", "Achieved"],
    ["1.1", "Write a code", "MBIE", "Mar 2026", "Done", "15/06/2026", "Published"],
    ["1.2", "Install", "MBIE", "Mar 2027 (was Sep 2026)", "On track", "20/06/2026", "31 of 40"],
]


@pytest.fixture
def plan(person):
    return import_rows(person, ROWS, lambda doubt: {doubt.name: "note"})


def entries(person, url):
    return [(each.who, each.what) for each in person.get(url).context["page"].entries]


def test_the_plans_history_says_once_that_the_updates_are_the_spreadsheets(person, plan):
    found = entries(person, f"{reverse('plans:history', args=[plan.slug])}?about=returns")
    assert found == [
        ("The spreadsheet", "gave the updates of “From the spreadsheet of 30 June 2026”.")
    ]


def test_an_items_history_names_no_stage_and_no_day_that_nobody_gave(person, plan):
    def of(number):
        return [
            what
            for _, what in entries(person, reverse("workitems:history", args=[plan.slug, number]))
        ]

    assert of("1.1") == [
        "gave MBIE’s update, last changed on 15 June 2026.",
        "gave its stage as complete, on a day that is not known.",
        "entered the item.",
    ]
    assert of("1.2") == [
        "gave MBIE’s update, last changed on 20 June 2026.",
        "gave March 2027 as the forecast of “Install”.",
        "gave the agency’s confidence as on track.",
        "gave its stage as under way.",
        "entered the milestone “Install”, due in September 2026.",
        "entered the item.",
    ]


def test_a_day_that_is_only_that_of_the_last_update_is_said_to_be(person, plan):
    page = person.get(reverse("workitems:history", args=[plan.slug, "1.2"])).context["page"]
    (why,) = {each.why.partition(". ")[2] for each in page.entries if "forecast" in each.what}
    assert why == (
        "The spreadsheet gives no day for this, so it is shown on the day of the row’s last update."
    )
