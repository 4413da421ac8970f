"""Test wrong, foolish and hostile files at the upload of a return's workbook: a sentence each, and
never a change."""

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import ReturnFactory, RoundFactory, UpdateFactory, WorkItemFactory
from tests.workitems.record import NOW
from tests.workitems.sheets import Sheets, address, downloaded, take, upload
from workitems.models import MilestoneAnswer, ReturnSheet, Update
from workitems.returns.sheet import write_workbook
from workitems.returns.sheet.sheet_columns import KEY

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="a file is read and compared before anything is kept"),
    pytest.mark.usefixtures("on_the_day"),
]

OLD = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")
DAMAGED = (
    "The file is damaged or is not a workbook (.xlsx). Expected: a workbook saved as .xlsx. Open it in your "
    "spreadsheet program and save it again."
)
SAVE_AS = "Expected: the workbook from this page, saved as Excel workbook (.xlsx)."


@pytest.fixture
def others(plan, police, customs, item):
    """Returns of Customs in this round and of Police in the last one."""
    WorkItemFactory(plan=plan, lead_agency=customs, number="2.1")
    last = RoundFactory(
        plan=plan, name="Last round", period_start="2009-07-01", period_end="2009-12-31", closed_at=NOW
    )  # fmt: skip
    return {"last": ReturnFactory(round=last, agency=police)}


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_member(content, name, data, without=()):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(file, "w") as made:
        for member in was.namelist():
            if member not in without:
                made.writestr(member, was.read(member))
        made.writestr(name, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def bomb(content):
    return with_member(content, "xl/media/image1.bin", b"\0" * (121 * 1024 * 1024))


def broken(content):
    good, bad = b"Print a brochure", b"Print \xff\xfe brochure"
    with zipfile.ZipFile(io.BytesIO(content)) as was:
        sheet = next(name for name in was.namelist() if good in was.read(name))
        data = was.read(sheet).replace(good, bad)
    return with_member(content, sheet, data, without=[sheet])


def as_csv(content):
    file = io.StringIO()
    csv.writer(file).writerows(Sheets(content).book["Answers"].values)
    return file.getvalue().encode()


def without_sheets(content):
    sheets = Sheets(content)
    del sheets.book["Answers"], sheets.book["Milestones"]
    return sheets.content


def without_rows(content):
    sheets = Sheets(content)
    sheets.book["Answers"].delete_rows(2, 99)
    sheets.book["Milestones"].delete_rows(2, 99)
    return sheets.content


FILES = {
    "nothing": (lambda c: b"", "police.xlsx", "The file is empty."),
    ".xls": (lambda c: OLD, "police.xls", f"The file is an Excel workbook of the old format (.xls). {SAVE_AS}"),
    ".xls as .xlsx": (lambda c: OLD, "police.xlsx", "The file is not an .xlsx workbook; it may be one of the old format (.xls). Expected: the same workbook saved as .xlsx."),
    ".xlsm": (lambda c: c, "police.xlsm", f"The file is a workbook with macros (.xlsm). {SAVE_AS}"),
    "macros in .xlsx": (lambda c: with_member(c, "xl/vbaProject.bin", b"macro"), "police.xlsx", f"The workbook has macros, which may be harmful. {SAVE_AS}"),
    ".ods": (lambda c: b"PK", "police.ods", f"The file is an OpenDocument spreadsheet (.ods). {SAVE_AS}"),
    ".ods as .xlsx": (lambda c: zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "police.xlsx", DAMAGED),
    ".numbers": (lambda c: b"PK", "police.numbers", f"The file is a Numbers file (.numbers). {SAVE_AS}"),
    "CSV": (as_csv, "police.csv", f"The file is a CSV file. {SAVE_AS}"),
    "CSV as .xlsx": (as_csv, "police.xlsx", DAMAGED),
    "PDF as .xlsx": (lambda c: b"%PDF-1.7 " + b"x" * 999, "police.xlsx", DAMAGED),
    "half a file": (lambda c: c[: len(c) // 2], "police.xlsx", DAMAGED),
    "broken encoding": (broken, "police.xlsx", DAMAGED),
    "with a password": (lambda c: LOCKED, "police.xlsx", "The workbook is protected by a password, so it cannot be read. Expected: the same workbook saved without a password."),
    "a zip bomb": (bomb, "police.xlsx", "Unpacked, the workbook has 121 MB in"),
    "30 MB": (lambda c: b"x" * (30 * 1024 * 1024), "police.xlsx", "The file has more than 10 MB."),
    "no ending": (lambda c: c, "police", f"The file is not an Excel workbook (.xlsx). {SAVE_AS}"),
    "no sheets": (without_sheets, "police.xlsx", "This is not a workbook of a return. Expected: the workbook from this page. Download it, and copy your words into it."),
    "no rows": (without_rows, "police.xlsx", "The workbook has no row of this return. Expected: the workbook from this page, with at least one row left in it."),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    writer, of_return, item, milestone, kind
):
    make, name, sentence = FILES[kind]
    answer = upload(writer, of_return, make(downloaded(writer, of_return)), name)
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["workbook"]
    assert said.startswith(sentence)
    assert (Update.objects.count(), ReturnSheet.objects.count()) == (0, 0)


def test_another_agencys_workbook_is_named(writer, client_of, of_return, item, others, colleague):
    other = ReturnFactory(round=of_return.round, agency=colleague.seats.get().agency)
    content = downloaded(client_of(colleague), other)
    (said,) = upload(writer, of_return, content).context["form"].errors["workbook"]
    assert said == (
        "This is the workbook of another return: Customs, January to June 2010. Expected: the workbook of "
        "Police, January to June 2010. Download it from this page."
    )


def test_last_rounds_workbook_is_named(writer, of_return, item, others):
    content = write_workbook(others["last"], NOW.date())
    (said,) = upload(writer, of_return, content).context["form"].errors["workbook"]
    assert said.startswith("This is the workbook of another return: Police, Last round.")


@pytest.fixture
def three(plan, police, item):
    """Items 1.2 to 1.4 of Police."""
    return [
        item,
        *(WorkItemFactory(plan=plan, lead_agency=police, number=f"1.{n}") for n in (3, 4)),
    ]


def swap(sheets, heading):
    one, other = sheets.cell(heading, 0), sheets.cell(heading, 1)
    one.value, other.value = other.value, one.value


def edit_key(sheets):
    cell = sheets.cell(KEY)
    cell.value = cell.value.replace(".i.", ".i.9", 1)


def copy_row(sheets):
    rows = sheets.book["Answers"]
    rows.append([cell.value for cell in rows[2]])


def error_cell(sheets):
    cell = sheets.cell("Achieved in this period")
    cell.value, cell.data_type = "#REF!", "e"


def rename_column(sheets):
    sheets.book["Answers"].cell(
        1, sheets.column("Answers", "Achieved in this period")
    ).value = "Done"


def own_column(sheets):
    sheets.book["Answers"].cell(1, 20).value = "My notes"


ROWS = {
    "keys of two rows swapped": (lambda sheets: swap(sheets, KEY), [
        ("Answers, row 2", "This was the row of item 1.3, but it shows item 1.2."),
        ("Answers, row 3", "This was the row of item 1.2, but it shows item 1.3."),
    ], []),
    "numbers of two rows swapped": (lambda sheets: swap(sheets, "Item"), [
        ("Answers, row 2", "This was the row of item 1.2, but it shows item 1.3."),
        ("Answers, row 3", "This was the row of item 1.3, but it shows item 1.2."),
    ], []),
    "a key edited": (edit_key, [("Answers, row 2", "The hidden first cell of this row was changed, so we cannot tell what it answers.")], ["1.3"]),
    "a key deleted": (lambda sheets: sheets.write(KEY, None), [("Answers, row 2", "This row was added, or its hidden first cell is gone, so we cannot tell what it answers.")], ["1.3"]),
    "a row added": (lambda sheets: sheets.book["Answers"].append(["", "1.9", *[""] * 7, "Added by hand."]), [("Answers, row 5", "This row was added, or its hidden first cell is gone, so we cannot tell what it answers.")], ["1.2", "1.3"]),
    "a row copied": (copy_row, [("Answers, row 2", "This row is in the workbook more than once."), ("Answers, row 5", "This row is in the workbook more than once.")], ["1.3"]),
    "a formula": (lambda sheets: sheets.write("Achieved in this period", '=HYPERLINK("http://example.org", "Printed")'), [("Answers, row 2, Achieved in this period (J2)", "The cell has a formula.")], ["1.3"]),
    "an error": (error_cell, [("Answers, row 2, Achieved in this period (J2)", "The cell shows a spreadsheet error.")], ["1.3"]),
    "a number": (lambda sheets: sheets.write("Achieved in this period", 12.5), [("Answers, row 2, Achieved in this period (J2)", "The cell holds the number 12.5, not text.")], ["1.3"]),
    "a column renamed": (rename_column, [("Answers, row 1", "The column “Achieved in this period” is missing, so nothing of it was read."), ("Answers, row 1, Done (J1)", "This column does not belong to the workbook, so it was not read.")], []),
    "a column added": (own_column, [("Answers, row 1, My notes (T1)", "This column does not belong to the workbook, so it was not read.")], ["1.2", "1.3"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_rows_that_cannot_be_read_are_listed_and_the_rest_is_taken(writer, of_return, three, kind):
    change, faults, answered = ROWS[kind]
    sheets = Sheets(downloaded(writer, of_return))
    sheets.write("Achieved in this period", "First.").write("Achieved in this period", "Second.", 1)
    change(sheets)
    page = upload(writer, of_return, sheets).url
    found = writer.get(page).context["faults"]
    assert [(fault.place, fault.problem) for fault in found] == faults
    assert all(fault.right for fault in found)
    take(writer, page)
    assert [each.item.number for each in Update.objects.order_by("item__number")] == answered


def sort_rows(sheets):
    rows = sheets.book["Answers"]
    values = [[cell.value for cell in row] for row in rows.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(values), start=2):
        for column, value in enumerate(row, start=1):
            rows.cell(number, column).value = value


def delete_row(sheets):
    sheets.book["Answers"].delete_rows(4)


def rename_sheet(sheets):
    sheets.book["Answers"].title = "Return of Police"


def move_column(sheets):
    rows = sheets.book["Answers"]
    place = sheets.column("Answers", "Achieved in this period")
    for number in range(1, 5):
        rows.cell(number, 20).value = rows.cell(number, place).value
        rows.cell(number, place).value = None


def title_above(sheets):
    sheets.book["Answers"].insert_rows(1)
    sheets.book["Answers"].cell(1, 2).value = "Our return"


HARMLESS = [sort_rows, delete_row, rename_sheet, move_column, title_above]


@pytest.mark.parametrize("change", HARMLESS, ids=lambda each: each.__name__)
def test_rows_and_columns_may_be_moved_and_taken_out(writer, of_return, three, change):
    sheets = Sheets(downloaded(writer, of_return))
    sheets.write("Achieved in this period", "First.").write("Achieved in this period", "Second.", 1)
    change(sheets)
    page = upload(writer, of_return, sheets).url
    assert writer.get(page).context["faults"] == []
    take(writer, page)
    assert [(each.item.number, each.achieved) for each in Update.objects.order_by("item__number")] == [
        ("1.2", "First."),
        ("1.3", "Second."),
    ]  # fmt: skip


def test_rows_of_another_return_are_refused_one_by_one(writer, of_return, item, others):
    sheets = Sheets(downloaded(writer, of_return))
    strange = Sheets(write_workbook(others["last"], NOW.date()))
    sheets.book["Answers"].append([cell.value for cell in strange.book["Answers"][2]])
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    assert [fault.problem for fault in writer.get(page).context["faults"]] == [
        "This row belongs to another return."
    ]


def test_a_milestone_with_two_dates_is_a_question(writer, of_return, milestone):
    sheets = Sheets(downloaded(writer, of_return))
    sheets.milestone("Done on", "31 May 2010").milestone("New date", "30 September 2010")
    page = upload(writer, of_return, sheets).url
    assert [fault.problem for fault in writer.get(page).context["faults"]] == [
        "Both “Done on” and “New date” are filled."
    ]
    take(writer, page)
    assert MilestoneAnswer.objects.count() == 0


def test_a_sheet_of_formatted_empty_rows_is_read_to_an_end(writer, of_return, item):
    sheets = Sheets(downloaded(writer, of_return)).write("Challenges", "No money.")
    sheets.book["Answers"].cell(200_000, 3).value = " "
    assert upload(writer, of_return, sheets).status_code == 302


def test_a_file_of_another_name_is_shown_by_its_name(writer, of_return, item):
    UpdateFactory(of_return=of_return, item=item, achieved="Printed.")
    file = SimpleUploadedFile("C:\\tmp\\our <b>return.xlsx", downloaded(writer, of_return))
    writer.post(address(of_return), {"workbook": file})
    assert ">our &lt;b&gt;return.xlsx<" in writer.get(address(of_return)).text


def test_every_wrong_cell_of_a_milestone_is_named_with_what_is_left_beside_it(
    writer, of_return, milestone
):
    sheets = Sheets(downloaded(writer, of_return)).milestone("New date", "32 Febtober")
    sheets.milestone("Why the date moves", "Still waiting.").milestone("Cause", "Laziness")
    sheets.milestone("By which agency", "FBI").milestone("By when", "soon")
    page = upload(writer, of_return, sheets).url
    found = writer.get(page).context["faults"]
    assert sorted((fault.place, fault.problem) for fault in found) == [
        ("Milestones, row 2", "The rest of this row was not read either: Why the date moves."),
        ("Milestones, row 2, By when (V2)", "“soon” is no date."),
        ("Milestones, row 2, By which agency (U2)", "“FBI” is not an allowed value."),
        ("Milestones, row 2, Cause (J2)", "“Laziness” is not an allowed value."),
        ("Milestones, row 2, New date (H2)", "“32 Febtober” is no date."),
    ]  # fmt: skip
    take(writer, page)
    assert MilestoneAnswer.objects.count() == 0


def test_a_milestone_that_the_form_refuses_names_what_is_left(writer, of_return, milestone):
    sheets = Sheets(downloaded(writer, of_return)).milestone("New date", "30 September 2010")
    page = upload(writer, of_return, sheets.milestone("What is being done", "Hire one.")).url
    places = [(fault.place, fault.problem) for fault in writer.get(page).context["faults"]]
    assert ("Milestones, row 2, Why the date moves (I2)", "Say why the date moves.") in places
    assert places[-1] == (
        "Milestones, row 2",
        "The rest of this row was not read either: New date, What is being done.",
    )
