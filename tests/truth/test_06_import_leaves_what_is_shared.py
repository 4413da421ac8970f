"""Rule 6: importing a plan never changes what all plans share, and an empty cell clears nothing."""

import io
from datetime import date

import openpyxl
import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from agencies.models import Agency, Appointment, Seat
from agencies.records import history
from tests.cast import seated
from tests.factories import AgencyFactory, AppointmentFactory
from tests.workitems.demo.plans import TODAY, noon
from tests.workitems.workbooks import file_of, setting, small
from workitems.demo.demo_plans import TEXT_OF_2009, appoint_minister, import_text
from workitems.intake.workbook import (
    WorkbookRefused,
    export_workbook,
    import_workbook,
    preview_import,
)
from workitems.intake.workbook.columns import AGENCIES, CLEARED, PLAN, SHEETS
from workitems.models import Milestone, Plan, Update

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
AT = noon(TODAY)


def shared():
    """Return every row of every table that all plans share, with every field, and its history."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("agencies").get_models()
    }


def imported(sheets, **more):
    return import_workbook(file_of(sheets), name="plan.xlsx", at=AT, **more)


# --- which agency a row names -----------------------------------------------------------------


def renamed(agency, to):
    agency.short_name = to
    history.save(agency, by=None, actor="A test")


@pytest.mark.both_databases
def test_an_agency_is_found_by_a_short_name_that_it_had_before():
    renamed(AgencyFactory(short_name="DoL", name="Department of Labour"), "MBIE")
    outcome = imported(small())
    assert outcome.differences == (
        "“DoL” is a former short name of MBIE. The workbook’s row counts as MBIE.",
    )
    assert Plan.objects.get().coordinating_agency.short_name == "MBIE"
    assert sorted(Agency.objects.values_list("short_name", flat=True)) == ["MBIE", "Police"]


def test_a_former_name_of_two_agencies_is_refused():
    for name in ("MBIE", "MSD"):
        renamed(AgencyFactory(short_name="DoL"), name)
    with pytest.raises(WorkbookRefused) as refused:
        imported(small())
    assert "“DoL” was the short name of MBIE and of MSD. Expected: MBIE or MSD." in str(
        refused.value
    )


def test_the_agency_that_has_a_name_now_comes_before_one_that_had_it():
    renamed(AgencyFactory(short_name="DoL"), "MBIE")
    now = AgencyFactory(short_name="DoL", name="Department of Labour")
    assert imported(small()).differences == ()
    assert Plan.objects.get().coordinating_agency == now


# --- Ministers --------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_recorded_minister_stays_and_the_difference_is_a_sentence():
    AppointmentFactory(minister="Hon A", portfolio="Minister of Immigration", to_on=None)
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Minister", "Hon B")
    before = list(Appointment.objects.values())
    said = "Minister of Immigration: the workbook has Hon B on 31 July 2009, the register Hon A."
    for _ in ("a new plan", "the same plan"):
        assert imported(sheets).differences == (said,)
        assert list(Appointment.objects.values()) == before


# --- emptying a value -------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_value_is_emptied_only_by_the_word_for_nothing():
    sheets = small()
    sheets["Plan"] += [("Ends on", date(2014, 6, 30)), ("Background", "Why."), ("Copied to", "Me")]
    sheets["Updates"][0]["Challenges"] = "Few trainers."
    imported(sheets)
    sheets["Plan"] = [
        (key, CLEARED if key in ("Ends on", "Background", "Copied to") else value)
        for key, value in sheets["Plan"]
    ]
    sheets["Updates"][0]["Challenges"] = "(None)"
    sheets["Milestones"][0]["Forecast due"] = CLEARED
    left = imported(sheets)
    plan, milestone = Plan.objects.get(), Milestone.objects.get()
    assert (plan.background, plan.copied_to) == ("", "")
    # The end of an adopted plan is the working group's.
    assert [(row.heading, row.was, row.now) for row in left.to_decide] == [
        ("Ends on", "30 June 2014", "")
    ]
    assert plan.ends_on == date(2014, 6, 30)
    assert milestone.forecast_due == milestone.agreed_due
    assert Update.objects.get().challenges == ""


@pytest.mark.parametrize(
    ("sheet", "heading", "problem"),
    [
        ("Work items", "Title", "Title must be filled."),
    ],
)
def test_what_cannot_be_emptied_is_refused(sheet, heading, problem):
    sheets = small()
    imported(sheets)
    sheets[sheet][0][heading] = CLEARED
    with pytest.raises(WorkbookRefused) as refused:
        imported(sheets)
    assert [fault.problem for fault in refused.value.faults] == [problem]


@pytest.mark.both_databases
def test_a_text_that_is_the_word_for_nothing_comes_back_unchanged():
    sheets = small()
    imported(sheets)
    Update.objects.update(challenges=CLEARED)
    exported = export_workbook(Plan.objects.get())
    assert preview_import(io.BytesIO(exported), at=AT).is_empty


# --- the page ---------------------------------------------------------------------------------


def test_the_preview_says_what_is_not_imported(client):
    imported(small())
    plan = Plan.objects.get()
    user = seated("coordinator", Seat.Role.COORDINATOR, plan.coordinating_agency)
    client.force_login(user)
    sheets = small()
    sheets["Agencies"][1]["Name"] = "NZ Police"
    file = file_of(sheets)
    file.name = "plan.xlsx"
    response = client.post(reverse("plans:import", args=[plan.slug]), {"workbook": file})
    assert "Agencies and Ministers belong to all plans." in response.text
    assert (
        "<li>Police: the workbook has NZ Police as Name, the register New Zealand Police.</li>"
        in response.text
    )
    assert "Nothing in the plan would change." in response.text


# --- the demo's plan: last, because it is there until the module ends ----------------------------


@pytest.fixture(scope="module")
def demo_plan(django_db_setup, django_db_blocker):
    """The demo's plan of 2009, loaded once for the tests here, which leave it as it is."""
    with django_db_blocker.unblock(), transaction.atomic():
        appoint_minister()
        yield import_text(TEXT_OF_2009, at=AT)
        transaction.set_rollback(True)


def changed(plan, change):
    """Return the plan's workbook after `change(sheet, worksheet)` of each sheet."""
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(plan)))
    for sheet in SHEETS:
        change(sheet, book[sheet.name])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def test_leaving_out_the_optional_agency_columns_changes_no_agency(demo_plan):
    def leave_out(sheet, worksheet):
        if sheet is AGENCIES:
            optional = {column.heading for column in sheet if not column.required}
            for cell in reversed(worksheet[1]):
                if cell.value in optional:
                    worksheet.delete_cols(cell.column)

    before = shared()
    outcome = import_workbook(changed(demo_plan, leave_out), name="plan.xlsx", at=AT)
    assert (outcome.changes, outcome.differences) == ((), ())
    assert shared() == before


@pytest.mark.both_databases
def test_an_empty_cell_keeps_what_the_plan_has_in_every_sheet(demo_plan):
    emptied = set()

    def empty(sheet, worksheet):
        optional = {column.heading for column in sheet if not column.required}
        for row in worksheet.iter_rows(min_row=2):
            for cell in row:
                heading = row[0].value if sheet is PLAN else worksheet.cell(1, cell.column).value
                if heading in optional and cell.value is not None and cell is not row[0]:
                    emptied.add((sheet.name, heading))
                    cell.value = None

    before = shared()
    outcome = preview_import(changed(demo_plan, empty), at=AT)
    assert outcome.sentences == ["No changes: nothing in the plan would change."]
    assert outcome.differences == ()
    assert shared() == before
    # Nearly every optional column holds something in the demo.
    assert len(emptied) > 25


def test_no_value_of_a_known_agency_changes_and_each_difference_is_a_sentence(demo_plan):
    fields = {field.name for field in Agency._meta.concrete_fields} - {
        "id",
        "short_name",
        "version",
    }
    assert fields == {column.field for column in AGENCIES if column.field}

    def other(sheet, worksheet):
        if sheet is AGENCIES:
            headings = [cell.value for cell in worksheet[1]]
            for row in worksheet.iter_rows(min_row=2):
                if row[0].value != "DoL":
                    continue
                for column in sheet:
                    cell = row[headings.index(column.heading)]
                    if column.heading == "Successor":
                        cell.value = "Police"
                    elif column.heading.startswith("Valid"):
                        cell.value = date(2011, 1, 1 + headings.index(column.heading))
                    elif column.field:
                        cell.value = "Something else"

    before = shared()
    outcome = import_workbook(changed(demo_plan, other), name="plan.xlsx", at=AT)
    assert (outcome.changes, shared()) == ((), before)
    assert outcome.differences == (
        "DoL: the workbook has Something else as Name, the register Department of Labour.",
        "DoL: the workbook has Something else as Te reo name, the register Te Tari Mahi.",
        "DoL: the workbook has 4 January 2011 as Valid from, the register nothing.",
        "DoL: the workbook has 5 January 2011 as Valid to, the register 30 June 2012.",
        "DoL: the workbook has Police as Successor, the register MBIE.",
    )
