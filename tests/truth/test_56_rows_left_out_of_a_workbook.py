"""A row that a workbook leaves out changes no other row, and is named with what to do instead."""

import io
import re
from datetime import date, timedelta
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    DelayFactory,
    MeasureFactory,
    MilestoneFactory,
    MitigationFactory,
    RiskFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.workitems.intake.conftest import files  # noqa: F401
from tests.workitems.workbooks import NOW, headings_of, saved
from workitems.intake.workbook import export_workbook, import_workbook, preview_import
from workitems.models import Delay, Mitigation, Risk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
WITHOUT_NUMBERS = ("Delays", "Mitigations", "Risks")


@pytest.fixture
def milestone():
    """Milestone 1 of item 1.1, with two delays, each with two mitigations; three risks; two measures."""
    item = WorkItemFactory(number="1.2")
    milestone = MilestoneFactory(item=item, number=1, forecast_due=date(2010, 9, 30))
    MeasureFactory(item=milestone.item, number=1, description="Staff trained")
    MeasureFactory(item=milestone.item, number=2, description="Calls answered")
    for number in (1, 2):
        found_on = date(2010, 2, number)
        delay = DelayFactory(
            milestone=milestone, number=number, explanation="Staff left.", found_on=found_on
        )
        for each in (1, 2):
            MitigationFactory(delay=delay, number=each, description=f"Step {each}")
    for number, escalated_on in ((1, None), (2, date(2010, 3, 2)), (3, None)):
        RiskFactory(
            plan=milestone.item.plan,
            number=number,
            description=f"Risk text {number}",
            escalated_on=escalated_on,
            escalated_to="group" if escalated_on else "",
        )
    return milestone


def workbook_without(plan, *rows, is_older=False):
    """Return the plan's workbook without these rows, given as sheet and row; `is_older`: without numbers."""
    made = openpyxl.load_workbook(io.BytesIO(export_workbook(plan)))
    for sheet, row in rows:
        made[sheet].delete_rows(row)
    if is_older:
        for sheet in WITHOUT_NUMBERS:
            place = [cell.value for cell in made[sheet][1]].index("Number") + 1
            made[sheet].delete_cols(place)
    return saved(made)


def preview(plan, *rows, **how):
    return preview_import(workbook_without(plan, *rows, **how), at=NOW, plan=plan)


def left_out(outcome):
    return {each.sheet: list(each.rows) for each in outcome.missing}


@pytest.mark.parametrize("is_older", [False, True])
def test_a_deleted_row_of_risks_delays_or_mitigations_moves_no_other_row(milestone, is_older):
    plan = milestone.item.plan
    kept = {
        model: list(model.objects.order_by("pk").values()) for model in (Risk, Delay, Mitigation)
    }
    file = workbook_without(
        plan, ("Risks", 2), ("Delays", 2), ("Mitigations", 2), is_older=is_older
    )
    outcome = import_workbook(file, name="plan.xlsx", at=NOW, plan=plan)
    assert (outcome.changes, outcome.to_decide) == ((), ())
    assert left_out(outcome) == {
        "Delays": ["1.2, milestone 1, delay 1"],
        "Mitigations": ["1.2, milestone 1, delay 1, mitigation 1"],
        "Risks": ["R1 “Risk text 1”"],
    }
    assert [each.is_found_by_text for each in outcome.missing] == [is_older] * 3
    assert kept == {model: list(model.objects.order_by("pk").values()) for model in kept}


def test_rows_in_another_order_are_the_same_rows(milestone):
    plan = milestone.item.plan
    for is_older in (False, True):
        made = openpyxl.load_workbook(workbook_without(plan, is_older=is_older))
        for sheet in WITHOUT_NUMBERS:
            rows = [[cell.value for cell in row] for row in made[sheet].iter_rows(min_row=2)]
            for at, row in enumerate(reversed(rows), start=2):
                for column, value in enumerate(row, start=1):
                    made[sheet].cell(at, column, value)
        outcome = preview_import(saved(made), at=NOW, plan=plan)
        assert (outcome.changes, outcome.missing) == ((), ())


def test_a_new_row_without_a_number_is_new_once(milestone):
    plan = milestone.item.plan
    made = openpyxl.load_workbook(workbook_without(plan, ("Risks", 2)))
    owner = plan.risks.get(number=1).owner_agency.short_name
    values = {"Risk": "Money ends", "Likelihood": "High", "Impact": "High", "Owner agency": owner}
    made["Risks"].append([values.get(each) for each in headings_of("Risks")])
    for minutes, expected in ((0, 1), (1, 0)):
        at = NOW + timedelta(minutes=minutes)
        outcome = import_workbook(saved(made), name="plan.xlsx", at=at, plan=plan)
        assert next(each.new for each in outcome.counts if each.sheet == "Risks") == expected
    assert plan.risks.get(description="Money ends").number == 4


def test_a_line_taken_out_of_the_measures_rewords_no_other(milestone):
    """As workbooks of earlier releases have them, which are read by their texts."""
    plan = milestone.item.plan
    for text, was_and_now in (
        ("Calls answered", []),
        ("Calls answered\nStaff trained", []),
        ("Calls answered\nMoney spent\nStaff trained", [("", "Money spent")]),
    ):
        made = openpyxl.load_workbook(workbook_without(plan))
        del made["Measures"], made["Measure values"]
        column = len(headings_of("Work items")) + 1
        made["Work items"].cell(1, column, "Measure")
        made["Work items"].cell(2, column, text)
        outcome = preview_import(saved(made), at=NOW, plan=plan)
        assert [(row.was, row.now) for row in outcome.to_decide] == was_and_now
        taken_out = {"Measures": ["1.2, “Staff trained”"]} if text == "Calls answered" else {}
        assert left_out(outcome) == taken_out


def test_every_row_that_is_left_out_is_named_with_what_to_do(milestone, client):
    plan = milestone.item.plan
    seat = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR)
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    MilestoneFactory(item=milestone.item, number=2, description="Guide published")
    WorkItemFactory(plan=plan, number="5.4", title="Publish a guide")
    file = workbook_without(plan, ("Milestones", 3), ("Work items", 3))
    sent = SimpleUploadedFile("plan.xlsx", file.getvalue())
    page = unescape(client.post(reverse("plans:import", args=[plan.slug]), {"workbook": sent}).text)
    callout = page[page.index("Rows that are not in the workbook") :]
    said = [
        " ".join(re.sub("<[^>]+>", "", each).split())
        for each in re.findall("<li>(.*?)</li>", callout, re.S)
    ]
    assert said[:2] == [
        "Work items: 5.4 Publish a guide. Withdraw an item by a variation: on its page, or with Withdrawn as its "
        "stage in the workbook.",
        "Milestones: 1.2, milestone 2 “Guide published”. Cancel a milestone by a variation: on its item’s page, or "
        "with a day in Cancelled on in the workbook.",
    ]


def test_a_workbook_of_the_whole_plan_leaves_out_nothing(milestone):
    assert preview(milestone.item.plan).missing == ()
