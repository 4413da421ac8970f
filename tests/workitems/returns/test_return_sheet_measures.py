"""Test the sheet Measures of a return's workbook: out, back in, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import MeasureFactory, MeasureValueFactory, TargetFactory
from tests.workitems.record import TODAY
from tests.workitems.sheets import Sheets, downloaded, take, upload
from workitems.measures.services.values import Answer
from workitems.models import MeasureValue
from workitems.returns.services import measure_answers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]
MARCH = date(2010, 3, 31)


@pytest.fixture
def measure(item):
    return MeasureFactory(item=item, kind="level", as_told="the number of staff trained")


def answered(of_return, measure, by, number=83, version=0):
    return measure_answers.answer_measure(
        of_return=of_return, measure=measure, answer=Answer(day=TODAY, number=Decimal(number)),
        version=version, by=by, on=TODAY, at=timezone.now(),
    )  # fmt: skip


class Sheet(Sheets):
    def measure(self, heading, value, row=0):
        return self.write(heading, value, row, "Measures")


def out(writer, of_return):
    return Sheet(downloaded(writer, of_return))


def faults(writer, of_return, sheet):
    """Return (cell, sentence) of what the comparison refuses; nothing may be left to take."""
    page = writer.get(upload(writer, of_return, sheet).url)
    assert page.context["parts"] == []
    return [
        (each.sheet.rpartition(", ")[2], f"{each.problem} {each.right}".strip())
        for each in page.context["faults"]
    ]


def test_a_row_has_the_last_number_and_the_target_beside_the_new_one(writer, of_return, measure):
    TargetFactory(measure=measure, number=1700, due=date(2011, 6, 30), due_known_to="month")
    MeasureValueFactory(measure=measure, number=80, day=MARCH, accepted_on=MARCH)
    sheet = out(writer, of_return)
    headings, values = ([c.value for c in row][1:] for row in sheet.book["Measures"].iter_rows())
    assert dict(zip(headings, values, strict=True)) == {
        "Item": "1.2",
        "Measure": "the number of staff trained",
        "Last number": "80 in March 2010",
        "Target": "1,700 by June 2011",
        "Number": None,
        "Of how many": None,
        "From": None,
        "As at, or to": "1 June 2010",
        "Counted": None,
        "Note": None,
        "Why the number for that day changes": None,
        "There is no number yet, because": None,
        "A number is expected by": None,
    }


def test_without_measures_there_is_no_such_sheet(writer, of_return, item):
    assert out(writer, of_return).book.sheetnames == ["Instructions", "Answers", "Milestones", "Lists"]  # fmt: skip


@pytest.mark.parametrize("wanted", [1, 2])
def test_the_instructions_say_how_many_numbers_are_due(writer, of_return, item, wanted):
    for number in range(wanted):
        MeasureFactory(item=item, number=number + 1, kind="level", as_told=f"measure {number}")
    (line,) = (r[0] for r in out(writer, of_return).book["Instructions"].values if "asks for numbers" in r[0])  # fmt: skip
    due = {1: "One is due: without it", 2: "2 are due: without them"}[wanted]
    assert f"asks for numbers. {due} the return cannot be submitted. " in line


def test_an_answered_workbook_that_is_unchanged_changes_nothing(
    writer, of_return, item, contributor
):
    for number, (kind, of) in enumerate((("level", None), ("share", 960), ("yes_no", None)), 1):
        measure = MeasureFactory(item=item, number=number, kind=kind, as_told=f"measure {number}")
        said = Answer(day=TODAY, number=Decimal(1), of=of and Decimal(of), note="As counted.\nTwice.")  # fmt: skip
        measure_answers.answer_measure(
            of_return=of_return, measure=measure, answer=said, by=contributor, on=TODAY, at=timezone.now(),
        )  # fmt: skip
    assert faults(writer, of_return, out(writer, of_return)) == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1,250", "1250"), (83, "83"), (1.25, "1.25"), (1.125, "1.125"), ("83", "83")],
)
def test_a_number_is_taken_into_the_draft(writer, of_return, measure, typed, number):
    sheet = out(writer, of_return).measure("Number", typed).measure("Note", "Of both courses.")
    sheet.measure("As at, or to", "31 May 2010")
    page = upload(writer, of_return, sheet).url
    shown = [(each.label, each.said) for _title, groups in writer.get(page).context["parts"] for _, group in groups for each in group]  # fmt: skip
    assert ("As at, or to", "31 May 2010") in shown
    take(writer, page)
    value = MeasureValue.objects.get()
    assert (value.of_return, value.number, value.day, value.note) == (
        of_return,
        Decimal(number),
        date(2010, 5, 31),
        "Of both courses.",
    )


def test_no_number_yet_is_an_answer(writer, of_return, measure):
    sheet = out(writer, of_return).measure("There is no number yet, because", "it opens in March")
    sheet.measure("A number is expected by", "March 2011")
    take(writer, upload(writer, of_return, sheet).url)
    value = MeasureValue.objects.get()
    assert (value.number, value.because, str(value.expected_by)) == (None, "it opens in March", "March 2011")  # fmt: skip


def test_yes_is_the_answer_to_a_yes_or_no(writer, of_return, item):
    MeasureFactory(item=item, kind="yes_no", as_told="advice with options")
    take(writer, upload(writer, of_return, out(writer, of_return).measure("Number", "Yes")).url)
    assert MeasureValue.objects.get().number == 1


PLAIN = "Enter a number, such as 1,250, or choose “No number yet”."


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        *((text, PLAIN) for text in ("N/A", "High", "see description", "about 80", "٨٣", "1,7OO", "NaN", "1e999")),
        ("1.250", "Write 1250 or 1.25."),
        ("80%", "Enter how many, of how many."),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_as_on_the_page(writer, of_return, measure, typed, says):
    found = faults(writer, of_return, out(writer, of_return).measure("Number", typed))
    assert found == [("Number (F2)", says)]
    assert not MeasureValue.objects.exists()


def test_a_cell_in_per_cent_is_not_taken_for_how_many(writer, of_return, item):
    MeasureFactory(item=item, kind="share", as_told="the share of staff trained")
    sheet = out(writer, of_return).measure("Number", 0.8).measure("Of how many", 960)
    sheet.cell("Number", sheet="Measures").number_format = "0%"
    found = faults(writer, of_return, sheet)
    assert found[0] == ("Number (F2)", "Enter how many, of how many.")


def test_more_than_the_whole_is_refused(writer, of_return, item):
    MeasureFactory(item=item, kind="share", as_told="the share of staff trained")
    sheet = out(writer, of_return).measure("Number", 640).measure("Of how many", 600)
    assert faults(writer, of_return, sheet)[0] == ("Number (F2)", "640 is more than 600.")


def test_a_total_that_falls_is_refused(writer, of_return, item):
    measure = MeasureFactory(item=item, kind="total", as_told="the number of staff trained")
    MeasureValueFactory(measure=measure, number=140, day=MARCH, accepted_on=MARCH)
    ((_, says), *_rest) = faults(writer, of_return, out(writer, of_return).measure("Number", 120))
    assert says.startswith("A total cannot fall; the last was 140. Is this for the period only")


def test_the_same_day_asks_why(writer, of_return, measure):
    MeasureValueFactory(measure=measure, number=83, day=TODAY, accepted_on=TODAY)
    sheet = out(writer, of_return).measure("Number", 79)
    assert faults(writer, of_return, sheet)[0] == (
        "Why the number for that day changes (L2)",
        "There is a number for that day: 83. Correct it and say why.",
    )
    sheet.measure("Why the number for that day changes", "two courses were counted twice")
    take(writer, upload(writer, of_return, sheet).url)
    assert MeasureValue.objects.get(of_return=of_return).corrects.number == 83


def test_what_the_measure_does_not_ask_is_refused(writer, of_return, measure):
    sheet = out(writer, of_return).measure("Number", 83).measure("Of how many", 100)
    assert faults(writer, of_return, sheet) == [
        ("Of how many (G2)", "“the number of staff trained” does not ask for this. an empty cell.")
    ]


def test_a_number_given_meanwhile_is_a_choice(writer, of_return, measure, contributor):
    sheet = out(writer, of_return).measure("Number", 84)
    answered(of_return, measure, contributor)
    page = upload(writer, of_return, sheet).url
    assert writer.post(page, {"fingerprint": writer.get(page).context["form"]["fingerprint"].value()}).status_code == 422  # fmt: skip
    take(writer, page, **{f"v{measure.pk}": "return"})
    assert MeasureValue.objects.get().number == 83
    page = upload(writer, of_return, sheet).url
    take(writer, page, **{f"v{measure.pk}": "sheet"})
    assert MeasureValue.objects.get().number == 84


@pytest.mark.both_databases
def test_an_emptied_number_is_left(writer, of_return, measure, contributor):
    answered(of_return, measure, contributor)
    sheet = out(writer, of_return).measure("Number", None)
    assert faults(writer, of_return, sheet) == [
        (
            "Number (F2)",
            "The number was emptied. a number, or nothing changed. To remove it, use the return’s page.",
        )
    ]


@pytest.mark.both_databases
def test_a_measure_that_went_to_another_agency_is_not_asked(writer, of_return, measure, customs):
    sheet = out(writer, of_return).measure("Number", 84)
    measure.responsible_agency = customs
    measure.save()
    ((place, says),) = faults(writer, of_return, sheet)
    assert (place, says.partition(". ")[0]) == ("row 2", "This is not asked in the return any more")


def test_an_outcome_is_answered_too(writer, of_return, item):
    MeasureFactory(
        item=None, of_plan=item.plan, responsible_agency=of_return.agency, kind="level",
        as_told="the number of people found",
    )  # fmt: skip
    take(writer, upload(writer, of_return, out(writer, of_return).measure("Number", 5)).url)
    assert MeasureValue.objects.get().number == 5
