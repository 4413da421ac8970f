"""Test that what was understood of a tracker is imported as a workbook is: all or nothing, dated."""

import io
from datetime import UTC, date, datetime

import pytest

from agencies.models import Agency
from tests.factories import AgencyFactory
from tests.workitems import trackers
from workitems.intake.tracker.book import PlanFacts, book_of
from workitems.intake.tracker.doubts import ADD
from workitems.intake.tracker.guess import guess
from workitems.intake.tracker.known_agencies import known_agencies
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.understood import About
from workitems.intake.workbook.importing import import_book
from workitems.models import Delay, Mitigation, Round, WorkItem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 20, 12, tzinfo=UTC)
ABOUT = About(date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 20), "MBIE")
FACTS = PlanFacts(
    "Plan against Forced Labour", date(2025, 7, 1), None, "Minister of Immigration", "MBIE"
)


@pytest.fixture(autouse=True)
def agencies():
    mbie = AgencyFactory(short_name="DoL", name="Department of Labour")
    mbie.short_name, mbie.name = "MBIE", "Ministry of Business, Innovation and Employment"
    mbie.save()
    AgencyFactory(short_name="Police", name="New Zealand Police")
    AgencyFactory(
        short_name="Customs",
        name="New Zealand Customs Service",
        name_mi="Te Mana Ārai o Aotearoa",
    )


def bring_in(content, **answers):
    tracker, known = open_tracker(io.BytesIO(content)), known_agencies(ABOUT.today)
    mappings = {sheet.name: guess(sheet, known, ABOUT.as_at) for sheet in tracker.sheets}
    found = understand(tracker, mappings, known, ABOUT)
    by_name = {
        each.name: answers[each.quoted.replace(" ", "_")]
        for each in found.doubts
        if each.quoted.replace(" ", "_") in answers
    }
    found = understand(tracker, mappings, known, ABOUT, by_name)
    assert found.open_doubts == []
    return import_book(
        book_of(found, FACTS, known), name="tracker.xlsx", at=NOW, new_for={Agency.objects.get(short_name="MBIE").pk}
    ).plan  # fmt: skip


def test_agencies_are_found_by_earlier_and_maori_names_and_new_ones_are_added():
    content = trackers.sheet_of(
        [
            ["No", "Action", "Lead"],
            ["1", "Train staff", "Department of Labour"],
            ["2", "Map chains", "Te Mana Arai o Aotearoa"],
            ["3", "Fund shelters", "Ministry of Forests, Fish and Fowl"],
        ]
    )
    plan = bring_in(content, **{"Ministry_of_Forests,_Fish_and_Fowl": ADD})
    assert [item.lead_agency.short_name for item in plan.items.in_order()] == [
        "MBIE",
        "Customs",
        "MFFF",
    ]
    assert Agency.objects.get(short_name="MFFF").name == "Ministry of Forests, Fish and Fowl"
    assert sorted(member.agency.short_name for member in plan.members.all()) == [
        "Customs", "MBIE", "MFFF",
    ]  # fmt: skip


def test_dates_of_the_sheet_are_the_dates_of_the_history():
    content = trackers.sheet_of(
        [
            ["No", "Action", "Milestone", "Due date", "Revised date", "Completed on", "Reason for delay",
             "Mitigation", "Update March 2026"],
            ["1", "Train staff", "Course written", date(2026, 2, 28), None, date(2026, 3, 10), None, None,
             "Written."],
            ["1", None, "Staff trained", date(2026, 5, 31), "Q4 2026", None, "Two staff left.", "Hire two.",
             None],
        ]
    )  # fmt: skip
    plan = bring_in(content, **{"": "under_way"})
    item = WorkItem.objects.get(plan=plan)
    assert (item.stage, item.heard_on) == ("under_way", date(2026, 6, 30))
    first, second = item.milestones.in_order()
    assert (first.completed_on, str(second.forecast)) == (
        date(2026, 3, 10),
        "October to December 2026",
    )
    assert first.history.filter(completed_on=date(2026, 3, 10)).first().history_date.date() == date(
        2026, 3, 9
    )
    delay, mitigation = Delay.objects.get(), Mitigation.objects.get()
    assert (delay.cause, delay.explanation, delay.found_on) == (
        "staffing",
        "Two staff left.",
        date(2026, 6, 30),
    )
    assert (mitigation.description, mitigation.owner_agency) == ("Hire two.", item.lead_agency)
    assert [(r.period_start, r.period_end) for r in Round.objects.order_by("period_end")] == [
        (date(2025, 7, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30)),
    ]  # fmt: skip
