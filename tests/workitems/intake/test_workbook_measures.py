"""Measures and their numbers in a plan's workbook: out and in, and what is refused."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from tests.factories import MeasureFactory, MeasureValueFactory, TargetFactory
from tests.workitems.workbooks import NOW, file_of, imported, place, saved, small
from workitems.intake.workbook import WorkbookRefused, export_workbook, preview_import
from workitems.intake.workbook.importing import import_workbook
from workitems.models import MeasureValue, Plan, Target

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LATER = NOW + timedelta(minutes=1)
SET_UP = {
    "What is counted": "the share of staff who are trained",
    "Counted as": "A share: so many of so many",
    "Targets": "80 by June 2012",
}
VALUE = {
    "Work item": "1.1",
    "Number of the measure": 1,
    "As at, or to": date(2010, 6, 30),
    "Number": 640,
    "Of how many": 960,
    "Agency": "DoL",
    "Accepted on": date(2010, 7, 20),
}


def sheets_with(*values, **measure):
    sheets = small()
    sheets["Measures"][0] |= {**SET_UP, **measure}
    sheets["Measure values"] = [VALUE | value for value in values]
    return sheets


def faults(sheets):
    with pytest.raises(WorkbookRefused) as refused:
        preview_import(file_of(sheets), at=NOW)
    return [str(each) for each in refused.value.faults]


@pytest.mark.both_databases
def test_a_plan_with_measures_of_all_kinds_comes_back_without_a_difference():
    plan = imported(small()).plan
    (item,) = plan.items.all()
    corrected = MeasureValueFactory(
        measure=MeasureFactory(item=item, number=2, kind="level", as_told="the number of staff"),
        number=Decimal("1.125"), day=date(2010, 6, 30), accepted_on=date(2010, 7, 1),
    )  # fmt: skip
    for number, day in ((2, date(2010, 6, 30)), (3, date(2010, 12, 31))):
        corrected = MeasureValueFactory(
            measure=corrected.measure, number=number, day=day, accepted_on=date(2011, 1, 5),
            corrects=corrected, correction_reason="counted twice",
        )  # fmt: skip
    MeasureValueFactory(measure=corrected.measure, number=9, day=date(2011, 6, 30))  # waits
    period = MeasureFactory(
        number=1, item=None, of_plan=plan, responsible_agency=item.lead_agency, kind="period",
        as_told="the number of vessels", unit="vessel/vessels", better="lower", asked="each_year",
        source="The register.", baseline=Decimal("70.5"), baseline_on=date(2009, 6, 30),
    )  # fmt: skip
    first = TargetFactory(measure=period, number=60, months=12, due=date(2012, 6, 30))
    TargetFactory(measure=period, number=50, months=12, replaces=first, due=date(2012, 6, 30), due_known_to="month")  # fmt: skip
    MeasureValueFactory(
        measure=period, number=None, because="the register opens in March", expected=date(2011, 3, 31),
        expected_known_to="month", accepted_on=date(2010, 7, 1),
    )  # fmt: skip

    content = export_workbook(plan)
    outcome = preview_import(io.BytesIO(content), at=LATER, plan=plan)
    assert (outcome.is_empty, outcome.missing, outcome.to_decide) == (True, (), ())
    assert {each.sheet: each.same for each in outcome.counts if "easure" in each.sheet} == {
        "Measures": 3,
        "Measure values": 4,
    }
    # Into an empty register it makes the same sheets again.
    plan.title, plan.slug = "Other", "other"
    plan.save()
    again = import_workbook(io.BytesIO(content), name="plan.xlsx", at=NOW).plan
    assert sheets_of(export_workbook(again)) == sheets_of(content)
    chain = MeasureValue.objects.get(measure__item__plan=again, number=3)
    assert (chain.corrects.number, chain.corrects.corrects.number) == (2, Decimal("1.125"))


def sheets_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[[c.value for c in row] for row in book[name]] for name in ("Measures", "Measure values")]  # fmt: skip


@pytest.mark.both_databases
def test_a_new_plan_has_its_targets_from_the_release_on():
    plan = imported(sheets_with({})).plan
    target, value = Target.objects.get(), MeasureValue.objects.get()
    assert (target.number, str(target.by), target.set_on) == (80, "June 2012", plan.released_on)
    assert (value.number, value.of, value.agency.short_name, value.accepted_on) == (640, 960, "DoL", date(2010, 7, 20))  # fmt: skip


@pytest.mark.parametrize("said", ["N/A", "High", "see description", "about 80", "٨٣", "1,7OO"])
def test_what_is_no_number_is_refused(said):
    assert faults(sheets_with({"Number": said})) == [
        f"{place('Measure values', 2, 'Number')}: The cell holds “{said}”. Expected: "
        "Enter a number, such as 1,250, or choose “No number yet”."
    ]


@pytest.mark.parametrize(
    ("value", "heading", "says"),
    [
        ({"Number": 1000}, "Number", "1,000 is more than 960."),
        ({"Of how many": None}, "Of how many", "Enter how many, of how many."),
        ({"Number": None, "Of how many": None}, "No number yet, because", "Say why there is no number yet."),
        ({"As at, or to": date(2009, 6, 1)}, "As at, or to", "The plan was released on 31 July 2009"),
        ({"Why corrected": "twice"}, "Corrects the number of", "A correction names the day"),
        ({"Number of the measure": 7}, "Number of the measure", "There is no measure 7 of it."),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_measure_is_refused(value, heading, says):
    assert faults(sheets_with(value))[0].startswith(
        f"{place('Measure values', 2, heading)}: {says}"
    )


def test_two_numbers_of_a_day_are_refused():
    (says,) = faults(sheets_with({}, {"Number": 1}))
    assert says.startswith(f"{place('Measure values', 3, 'As at, or to')}: There is a number for that day.")  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "heading"),
    [
        ({"What is counted": None}, "What is counted"),
        ({"Before the plan": 40}, "Before the plan, on"),
        ({"Targets": "120 by June 2012"}, "Targets"),
        ({"Targets": "as soon as possible"}, "Targets"),
    ],
)
def test_a_set_up_that_does_not_fit_together_is_refused(measure, heading):
    (says,) = faults(sheets_with(**measure))
    assert says.startswith(f"{place('Measures', 2, heading)}: ")


def test_an_adopted_plan_takes_no_set_up_and_no_number():
    plan = imported(sheets_with({})).plan
    Plan.objects.filter(pk=plan.pk).update(adopted_on=date(2009, 7, 31))
    for change, heading in (
        (sheets_with({}, Unit="person"), "Unit"),
        (sheets_with({}, {"As at, or to": date(2010, 12, 31)}), "Number"),
    ):
        (says,) = faults(change)
        assert f", {heading} (" in says
    (left,) = preview_import(
        file_of(sheets_with({}, Targets="90 by June 2012")), at=LATER
    ).to_decide
    assert (left.was, left.now, left.obstacle) == (
        "80 by June 2012",
        "90 by June 2012",
        "A target of an adopted plan is changed on the page of its measure.",
    )
    assert preview_import(file_of(sheets_with({})), at=LATER).is_empty
    assert preview_import(saved_without_values(plan), at=LATER).missing[0].rows == (
        "1.1, measure 1, 30 June 2010",
    )


def saved_without_values(plan):
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(plan)))
    book["Measure values"].delete_rows(2)
    return saved(book)


def test_a_workbook_without_the_sheets_leaves_measures_as_they_are():
    imported(sheets_with({}))
    older = small()
    del older["Measures"], older["Measure values"]
    assert preview_import(file_of(older), at=LATER).is_empty
