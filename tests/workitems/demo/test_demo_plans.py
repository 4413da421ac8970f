"""Test the loaded demo: its users, the year of 2010, and a round in progress."""

import re
import tomllib
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import transaction
from django.db.models import Count

from agencies.models import Appointment, Seat, User
from agencies.records import history
from reports.compose import generate
from reports.document import words
from reports.document.wording import count_in_words
from tests.factories import AppointmentFactory, BriefingFactory
from tests.workitems.demo.plans import TODAY, load, noon, unexplained
from workitems.demo import demo_plans
from workitems.demo.people import APPROVERS, user_of
from workitems.demo.plan_text import workbook_of
from workitems.desk import to_dos as desk
from workitems.intake.services import plan_making, successor
from workitems.intake.workbook import WorkbookRefused, export_workbook, preview_import
from workitems.intake.workbook.columns import MEASURE_VALUES, MEASURES, SHEETS
from workitems.models import (
    Delay,
    HeldEntry,
    Milestone,
    Mitigation,
    Plan,
    Return,
    Round,
    StatusProposal,
    Update,
)
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at

LAST_DAY_REPORTED = date(2010, 7, 30)


@pytest.fixture(scope="module")
def _demo(django_db_setup, django_db_blocker):
    """Load the demo once for all tests here, which only read, and roll it back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


pytestmark = [
    pytest.mark.usefixtures("_demo"),
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="tests/truth/test_14_demo_and_history.py loads the demo on both"
    ),
]


def test_the_demo_has_a_user_in_every_role():
    held = Seat.objects.on(TODAY).values_list("role", flat=True)
    assert set(held) == set(Seat.Role.values)


def test_the_coordinator_coordinates_both_plans():
    coordinator = User.objects.get(email="coordinator@example.org")
    assert [
        coordinator.has_perm("workitems.manage_plan", plan)
        for plan in Plan.objects.order_by("released_on")
    ] == [True, True]


def test_a_former_user_sees_no_plan():
    former = User.objects.get(email="former.contributor@example.org")
    assert not Plan.objects.visible_to(former).exists()


def test_the_desk_lists_nothing_left_open_in_the_plan_of_2009():
    contributor = User.objects.get(email="police.contributor@example.org")
    lines = desk.lines_for(contributor, TODAY)
    assert [line.url for line in lines if demo_plans.PLAN_OF_2009 in line.url] == []
    # Its two late milestones have a new date ahead, so they are not asked about again.
    assert len([line for line in lines if demo_plans.CURRENT_PLAN in line.url]) == 2


@pytest.mark.parametrize("slug", [demo_plans.PLAN_OF_2009, demo_plans.CURRENT_PLAN])
def test_importing_the_export_of_a_loaded_plan_changes_nothing(slug):
    exported = export_workbook(Plan.objects.get(slug=slug))
    again = preview_import(BytesIO(exported), at=noon(TODAY))
    assert again.sentences == ["No changes: nothing in the plan would change."]


def test_the_minister_of_2010_is_named_only_for_his_term():
    named = [
        str(Appointment.objects.holding("Minister of Immigration", date(year, 7, 30)))
        for year in (2008, 2010, 2013, 2026)
    ]
    assert named == [
        "None",
        "Hon Dr Jonathan Coleman, Minister of Immigration",
        "None",
        "The Minister of Immigration, Minister of Immigration",
    ]


def test_two_key_items_of_2009_are_late_and_have_a_cause_and_a_mitigation():
    plan = Plan.objects.get(slug=demo_plans.PLAN_OF_2009)
    items = plan_at(plan, Moment.today(LAST_DAY_REPORTED)).items
    assert [item.title for item in items if item.is_key and item.is_late] == [
        "Train frontline staff to recognise trafficking",
        "Raise public awareness of trafficking",
    ]
    assert unexplained(plan, LAST_DAY_REPORTED) == []


def test_the_year_of_2010_has_its_headlines_and_key_achievements():
    said = (
        Update.objects.accepted(until=LAST_DAY_REPORTED)
        .filter(item__plan__slug=demo_plans.PLAN_OF_2009)
        .exclude(key_achievement="no")
    )
    found = {
        kind: list(
            said.filter(key_achievement=kind)
            .order_by("item__number_key")
            .values_list("item__number", flat=True)
        )
        for kind in ("headline", "yes")
    }
    assert found == {
        "headline": ["1.1", "1.2", "1.3", "1.4"],
        "yes": ["1.5", "1.6", "2.1", "2.3", "3.1", "3.2"],
    }


def test_the_demos_returns_range_from_unanswered_to_fully_answered():
    opened = Round.objects.get(closed_at=None)
    answered = opened.returns.annotate(answers=Count("updates")).values_list(
        "agency__short_name", "state", "answers"
    )
    assert set(answered) == {
        ("Customs", "accepted", 1),
        ("MFAT", "due", 2),
        ("MoJ", "submitted", 3),
        ("MSD", "sent_back", 3),
        ("Police", "due", 2),
        ("MBIE", "due", 3),
        ("DIA", "due", 0),
        ("IR", "due", 0),
        ("MOH", "due", 0),
        ("OT", "due", 0),
    }


def test_something_waits_for_another_person_in_each_way_there_is():
    """Test for a proposal to the lead agency, and a request and a return to an approver."""
    proposal = StatusProposal.objects.get()
    assert (str(proposal.agency), proposal.item.number, proposal.state) == (
        "Customs",
        "3.1",
        "open",
    )
    held = HeldEntry.objects.get()
    assert (str(held.agency), held.kind, held.state) == ("Police", "date", "waiting")
    ready = Return.objects.exclude(ready_at=None).get(state="due")
    assert (str(ready.agency), ready.ready_by.name) == ("MFAT", "MFAT contributor")
    seen = {
        name: {line.what for line in desk.lines_for(user_of(person), TODAY)}
        for name, person in (("Police", APPROVERS["Police"]), ("MFAT", APPROVERS["MFAT"]))
    }
    assert "Customs proposes a status for item 3.1" in seen["Police"]
    assert f"Release or withdraw: {held.asks}" in seen["Police"]
    assert any(what.startswith("Read and submit: return for") for what in seen["MFAT"])


def test_texts_of_the_current_plan_name_no_month_because_its_dates_move():
    months = re.compile(
        r"\b(January|February|March|April|May|June|July|August|September|October|November"
        r"|December|Christmas|Easter|this year|next year)\b"
    )
    workbook = openpyxl.load_workbook(workbook_of(demo_plans.CURRENT_TEXT), read_only=True)
    named = [
        f"{worksheet.title}: {cell}"
        for worksheet in workbook.worksheets
        for row in worksheet.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, str) and months.search(cell)
    ]
    # Due dates of months and quarters move with the days.
    dates = [
        "Milestones: January to March 2027",
        "Milestones: November 2027",
        "Milestones: June 2027",
    ]
    assert named == [due for due in dates for _ in range(3)]


@pytest.mark.parametrize(
    "path", [demo_plans.TEXT_OF_2009, demo_plans.CURRENT_TEXT], ids=lambda path: path.stem
)
def test_a_plans_text_has_every_sheet_and_only_known_headings(path):
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    # Measures are set up and answered as people do it (measures.toml).
    sheets = [sheet for sheet in SHEETS if sheet not in (MEASURES, MEASURE_VALUES)]
    assert list(text) == [sheet.name for sheet in sheets]
    for sheet in sheets:
        rows = [text[sheet.name]] if sheet.downwards else text[sheet.name]
        used = {heading for row in rows for heading in row}
        assert used <= {column.heading for column in sheet}


def test_an_unknown_heading_in_a_plans_text_is_refused_by_name(tmp_path):
    path = tmp_path / "plan.toml"
    text = demo_plans.TEXT_OF_2009.read_text(encoding="utf-8")
    path.write_text(text.replace("Timeframe =", "Time =", 1) + '[[Photographs]]\nTitle = "x"\n')
    with pytest.raises(WorkbookRefused) as refusal:
        demo_plans.import_text(path, at=noon(TODAY))
    assert [(fault.sheet, fault.column) for fault in refusal.value.faults] == [
        ("Work items", "Time"),
        ("Work items", "Timeframe"),
        ("Photographs", ""),
    ]


# --- the plan that follows that of 2009 -------------------------------------------------------

FOLLOWS_ON = date(2014, 7, 1)


@pytest.fixture
def followed():
    """The plan of 2009, the coordinator, and the plan that follows with all open items."""
    plan = Plan.objects.get(slug=demo_plans.PLAN_OF_2009)
    by = User.objects.get(email="coordinator@example.org")
    with history.written_at(noon(FOLLOWS_ON)):
        new = successor.start_successor(
            plan=plan,
            title="Plan of Action against Forced Labour",
            released_on=FOLLOWS_ON,
            ends_on=None,
            items=plan.items.live().in_order(),
            with_kinds=True,
            by=by,
            on=FOLLOWS_ON,
        )
    return plan, by, new


def open_records(plan):
    """Return what is open of a plan's live items, without its agencies."""
    # Lists, because the server may plan nested queries badly right after the demo is loaded.
    milestones = Milestone.objects.open().filter(item__in=list(plan.items.live()))
    delays = Delay.objects.filter(milestone__in=list(milestones), ended_on=None)
    steps = Mitigation.objects.filter(delay__in=list(delays), done_on=None)
    return (
        sorted(plan.items.live().values_list("number", "title", "action", "stage", "is_key")),
        sorted(
            milestones.values_list(
                "item__number", "number", "original_due", "agreed_due", "forecast_due"
            )
        ),
        sorted(delays.values_list("milestone__item__number", "number", "cause", "found_on")),
        sorted(steps.values_list("delay__milestone__item__number", "number", "description")),
    )


def test_the_plan_that_follows_keeps_what_is_open(followed):
    plan, _, new = followed
    assert (new.adopted_on, new.successor_of) == (None, plan)
    assert open_records(new) == open_records(plan)
    assert all(open_records(new))
    assert not Milestone.objects.filter(item__plan=new).exclude(pk__in=Milestone.objects.open())


def test_an_agency_that_is_gone_gives_way_to_its_successor(followed):
    plan, _, new = followed
    assert plan.coordinating_agency.short_name == "DoL"
    assert new.coordinating_agency.short_name == "MBIE"
    given = {*new.items.values_list("lead_agency__short_name", flat=True)}
    given |= {*new.members.values_list("agency__short_name", flat=True)}
    assert "DoL" not in given


def test_the_trail_leads_both_ways(followed, client):
    plan, by, new = followed
    item = new.items.live().in_order()[0]
    old = item.carried_from
    assert (old.plan, old.number) == (plan, item.number)
    client.force_login(by)
    assert (
        f'Carried on as <a href="{item.get_absolute_url()}">'
        in client.get(old.get_absolute_url()).text
    )
    plan_making.adopt(
        plan=new, version=1, adopted_on=FOLLOWS_ON, by=by, on=TODAY, reason="Targets follow."
    )
    page = client.get(item.get_absolute_url()).text
    assert f'Carried over from <a href="{old.get_absolute_url()}">' in page
    page = client.get(f"{item.get_absolute_url()}history/").text
    assert f"Carried over from {old.number} of {plan.title}" in page


@pytest.mark.parametrize(("year", "is_told"), [(2014, True), (2015, False)])
def test_the_briefing_of_the_first_year_tells_what_was_carried_over(followed, year, is_told):
    plan, by, new = followed
    plan_making.adopt(
        plan=new, version=1, adopted_on=FOLLOWS_ON, by=by, on=TODAY, reason="Targets follow."
    )
    AppointmentFactory(from_on=FOLLOWS_ON, to_on=date(2017, 9, 30))
    paper = BriefingFactory.build(
        plan=new,
        period_start=date(year, 7, 1),
        period_end=date(year + 1, 6, 30),
        dated=date(year + 1, 6, 30),
        kind=None,
    )
    section = generate(paper, ["background"]).sections["background"]
    told = [
        (words(each.text), each.sources)
        for each in section.paragraphs
        if "carries over" in words(each.text)
    ]
    carried = new.items.in_order()
    if not is_told:
        assert told == []
        return
    ((sentence, sources),) = told
    assert sentence == (
        "The Plan follows the Plan of Action to Prevent People Trafficking and carries over "
        f"{count_in_words(carried.count(), 'work item')} from it."
    )
    assert [source.pk for source in sources[1:]] == [item.pk for item in carried]
