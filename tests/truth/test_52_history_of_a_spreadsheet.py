"""Rule 52: the history of an imported plan says what the spreadsheet gave, and no act, stage or day that nobody said."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.wording.translation import day_words
from tests.truth.test_52_first_day import kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    LIKELIEST,
    PREVIEW,
    answer,
    give_columns,
    import_rows,
    mbie,
    person,
    upload,
)
from workitems.models import Plan

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]

WHEN_IS_NOT_KNOWN = "The spreadsheet says that the date was moved; when is not known, so this is shown no later than the first date."
ROWS = [
    ["No", "Action", "Lead", "Due", "Status", "Last updated", "Achieved"],
    ["1.1", "Write a code", "MBIE", "Mar 2026", "Done", "15/06/2026", "Published"],
    ["1.2", "Install", "MBIE", "Mar 2027 (was Sep 2026)", "On track", "20/06/2026", "31 of 40"],
]


def likeliest(doubt):
    return {doubt.name: LIKELIEST.get(doubt.key.partition(":")[0], "note")}


@pytest.fixture
def plan(person):
    return import_rows(person, ROWS, likeliest)


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
        "entered the milestone “Install”, due in September 2026.",
        "entered the item.",
    ]


def test_a_day_that_is_only_that_of_the_last_update_is_said_to_be(person, plan):
    page = person.get(reverse("workitems:history", args=[plan.slug, "1.2"])).context["page"]
    (why,) = {each.why.partition(". ")[2] for each in page.entries if "forecast" in each.what}
    assert why == (
        "The spreadsheet gives no day for this, so it is shown on the day of the row’s last update."
    )


@pytest.mark.parametrize(
    ("done", "day", "said"),
    [
        ("", "30 September 2025", []),
        ("10/02/2026", "30 September 2025", ["10 February 2026"]),
        ("10/08/2025", "10 August 2025", ["10 August 2025"]),
    ],
)
def test_a_move_that_was_agreed_is_no_later_than_the_first_date_and_the_completion(
    person, done, day, said
):
    rows = [
        ["No", "Action", "Lead", "Due", "Completed on", "Last updated", "Achieved"],
        ["1", "Open", "MBIE", "Mar 2026 (was Sep 2025)", done, "20/06/2026", "Ready"],
    ]
    upload(person, trackers.sheet_of(rows))
    give_columns(person)
    said_agreed = {"Mar_2026_(was_Sep_2025)": "agreed"}
    answer(person, **said_agreed)
    shown = person.get(PREVIEW).text
    assert "September 2025, moved to March 2026" in " ".join(shown.split())
    answer(person, "import", **said_agreed)
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    page = person.get(reverse("workitems:history", args=[Plan.objects.get().slug, "1"])).context[
        "page"
    ]
    dated = [
        (each.what, day_words(localdate(each.at)), each.why.partition(". ")[2])
        for each in reversed(page.entries)
        if "“Open”" in each.what and "entered" not in each.what
    ]
    moved = ("gave March 2026 as the agreed date of “Open”.", day, WHEN_IS_NOT_KNOWN)
    assert dated == [
        moved,
        *((f"gave {each} as the day on which “Open” was done.", each, "") for each in said),
    ]


def test_a_stage_that_whoever_imported_it_said_is_not_told_as_the_spreadsheets(person):
    rows = [
        ["No", "Action", "Lead", "Due", "RAG", "Last updated", "Achieved"],
        ["1", "Open", "MBIE", "Mar 2027", "Green", "20/06/2026", "Ready"],
    ]
    plan = import_rows(person, rows, likeliest)
    assert plan.items.get().stage == "under_way"
    found = entries(person, reverse("workitems:history", args=[plan.slug, "1"]))
    assert found == [
        ("The spreadsheet", "gave MBIE’s update, last changed on 20 June 2026."),
        ("The spreadsheet", "gave the agency’s confidence as on track."),
        ("The spreadsheet", "entered the milestone “Open”, due in March 2027."),
        ("The spreadsheet", "entered the item."),
    ]
