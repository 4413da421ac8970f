"""Test opening trackers: encodings, what is hidden or merged, and files that are refused."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.workitems import trackers
from tests.workitems.trackers import sheet_day
from workitems.intake.tracker import opening
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.workbook import WorkbookRefused


def opened(content):
    return open_tracker(io.BytesIO(content))


def refusal(content):
    with pytest.raises(WorkbookRefused) as refused:
        opened(content)
    (fault,) = refused.value.faults
    return fault.problem


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_x_", "."), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Windows-1252"),
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
@pytest.mark.parametrize(
    ("delimiter", "words"), [(";", "semicolons"), (",", "commas"), ("\t", "tabs")]
)
def test_a_csv_file_is_read_in_its_encoding_and_with_its_delimiter(
    encoding, name, delimiter, words
):
    tracker = opened(trackers.plain_csv(3, encoding, delimiter))
    assert tracker.how == f"A CSV file in {name} with {words}."
    (sheet,) = tracker.sheets
    assert sheet.cells[3, 8].text == "Café meeting held – “good” progress on 2."


def test_excels_first_line_may_name_the_delimiter():
    (sheet,) = opened(b"sep=;\r\nNo;Action, and more\r\n1;Train\r\n").sheets
    assert [cell.text for cell in sheet.cells.values()] == ["No", "Action, and more", "1", "Train"]


def test_merged_hidden_struck_and_commented_cells_are_known():
    (sheet,) = opened(trackers.by_milestone(8)).sheets
    assert (sheet.hidden_columns, sheet.hidden_rows) == ({10}, {3})
    assert sheet.cells[2, 3].note == "Asked for by the Minister."
    assert [at for at, cell in sheet.cells.items() if cell.is_struck] == [(4, 3)]
    merged, _ = opened(trackers.merged(3)).sheets
    assert merged.at(4, 4) is merged.cells[4, 3]
    assert merged.at(8, 2) is merged.cells[7, 2]


def test_a_formula_without_a_saved_result_is_a_cell_with_a_fault():
    cell = opened(trackers.sheet_of([["No", "Action"], ["1", "=A1&A2"]])).sheets[0].cells[2, 2]
    assert (cell.text, cell.fault) == ("(formula)", opening.NO_RESULT)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1.1, "0.00", "1.10"),
        (1.1, "General", "1.1"),
        (0.5, "0%", "50%"),
        (12.0, "General", "12"),
        (sheet_day(2026, 12, 1), "mmm-yy", "December 2026"),
        (sheet_day(2026, 12, 1), "d/mm/yyyy", "1 December 2026"),
        (True, "General", "TRUE"),
    ],
)
def test_a_cell_has_the_text_that_the_spreadsheet_shows(value, number_format, text):
    assert opening.shown(value, number_format) == text


def macro():
    book = openpyxl.Workbook()
    book.active.append(["No", "Action"])
    content = io.BytesIO(trackers.saved(book))
    with zipfile.ZipFile(content, "a") as made:
        made.writestr("xl/vbaProject.bin", b"\0")
    return content.getvalue()


def merging(area):
    """Return a workbook that says that an area is merged. openpyxl would make a cell of each place."""
    made, out = zipfile.ZipFile(io.BytesIO(trackers.sheet_of([["No", "Action"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for info in made.infolist():
            merge = f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'.encode()
            changed.writestr(info.filename, made.read(info).replace(b"</sheetData>", merge))
    return out.getvalue()


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"")
        made.writestr("xl/workbook.xml", b"<" + b" " * 130 * 1024 * 1024)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.7 and more", "The file is a PDF."),
        (opening.package.OLD_FORMAT + b"\0" * 600, "The file is not an .xlsx workbook; it may be one of the old format (.xls)."),
        (archive(mimetype="x", content_x_xml="<a/>"), "The file is an OpenDocument file (.ods)."),
        (archive(Index__Document_x_iwa="x"), "The file is a Numbers or Pages file."),
        (archive(xl__workbook_x_bin="x"), "The file is a binary workbook (.xlsb)."),
        (archive(word__document_x_xml="x"), "The file is a Word document."),
        (archive(readme="x"), "The file is a ZIP archive, not a workbook."),
        (b"PK\x03\x04 not really", "The file is damaged or is not a workbook (.xlsx)."),
        (b"<!DOCTYPE html><table><tr><td>1", "The file is a web page or a document, not a spreadsheet."),
        (b"\x00\x01\x02\x00\x05\x06", "The file is not a spreadsheet."),
        ("Māori, kōrero, whānau\n".encode() + b"No,Acti\xc3n", "The characters in line 2 are broken: most of the file is UTF-8, and this is not."),
        (b"\xff\xfea\x00b\x00\x00\xd8", "The characters of the file cannot be read."),
        (b" \r\n\r\n", "The file is empty."),
        (b"a," * 300, "The sheet “CSV” holds something in row 1, column 201."),
        (b"No,Action\n1," + b"x" * 140_000, "The file cannot be read as CSV (field larger than field limit (131072))."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_foolish_files_are_refused_with_a_sentence(content, problem):
    assert refusal(content) == problem


def test_hostile_workbooks_are_refused_with_a_sentence():
    assert refusal(macro()) == "The workbook has macros."
    assert refusal(bomb()).startswith("Unpacked, the workbook has 130 MB")
    assert refusal(merging("A3:GR19999")) == "The sheet “Sheet1” has too many merged cells."


def test_a_workbook_cut_short_is_refused_and_not_a_crash():
    content = trackers.by_milestone(3)
    for length in range(200, len(content), 997):
        assert refusal(content[:length]) == "The file is damaged or is not a workbook (.xlsx)."


def test_struck_text_is_found_by_its_style():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "a", "b"
    book.active["B1"].font = Font(strike=True)
    (sheet,) = opened(trackers.saved(book)).sheets
    assert [cell.is_struck for cell in sheet.cells.values()] == [False, True]
