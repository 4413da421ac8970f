"""Test tables as XLSX and CSV: their content, and that no cell is a formula."""

import csv as standard_csv
import io
import zipfile
from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render import csv, xlsx
from reports.render.tables import Column, Kind, Sheet
from workitems.intake.cell_kinds import CELL_CHARACTERS, clean
from workitems.terms.known_dates import KnownDate, KnownTo

MADE_AT = datetime(2010, 7, 30, 1, 15, tzinfo=UTC)
DAY = date(2010, 7, 30)
MIDNIGHT = datetime.combine(DAY, time())  # spreadsheet dates have a time and no zone
COLUMNS = [
    Column("Item", 8),
    Column("Work item", 40),
    Column("Due", 12, Kind.DATE),
    Column("Days", 8, Kind.NUMBER),
]
ROWS = [["1.10", "Print a brochure", DAY, 12], ["1.2", "", None, None]]
# Formulas of spreadsheet programs, and text that looks already escaped.
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-", "＝1", "'", "'plain", "#N/A"]
WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(RISKY),
    st.builds("".join, st.tuples(st.sampled_from("=+-@\t\r'＝"), st.text(max_size=20))),
)


def sheet(rows=ROWS, columns=COLUMNS, **facts):
    about = [("Plan", "Plan of Action"), ("As at", "30 July 2010")]
    return Sheet(
        **({"name": "Items", "title": "Work items", "about": about} | facts),
        columns=columns,
        rows=rows,
    )


def opened(made):
    return openpyxl.load_workbook(io.BytesIO(xlsx.write(made, MADE_AT)))


def read_csv(made):
    text = csv.write(made).decode("utf-8-sig")
    return list(standard_csv.reader(io.StringIO(text, newline="")))


# --- Excel ----------------------------------------------------------------------------------


def test_a_workbook_has_its_description_and_then_the_rows():
    (worksheet,) = opened(sheet()).worksheets
    assert [[cell.value for cell in row] for row in worksheet.iter_rows()] == [
        ["Work items", None, None, None],
        ["Plan: Plan of Action · As at: 30 July 2010", None, None, None],
        ["Item", "Work item", "Due", "Days"],
        ["1.10", "Print a brochure", MIDNIGHT, 12],
        ["1.2", None, None, None],
    ]


def test_column_titles_are_frozen_filterable_and_repeated_in_print():
    (worksheet,) = opened(sheet()).worksheets
    assert (worksheet.freeze_panes, worksheet.auto_filter.ref) == ("A4", "A3:D5")
    assert worksheet.print_title_rows == "$3:$3"
    assert worksheet["A3"].font.bold


def test_dates_are_stored_as_dates_and_numbers_as_numbers():
    (worksheet,) = opened(sheet()).worksheets
    assert (worksheet["C4"].is_date, worksheet["C4"].number_format) == (True, "d mmm yyyy")
    assert (worksheet["D4"].data_type, worksheet["D4"].number_format) == ("n", "#,##0")
    assert (worksheet["A4"].data_type, worksheet["A4"].number_format) == ("s", "@")


def test_a_month_and_a_quarter_are_dates_that_are_shown_as_such():
    due = [KnownDate(date(2010, 6, 30), known_to) for known_to in KnownTo]
    made = sheet([["1", "", each, 1] for each in due])
    (worksheet,) = opened(made).worksheets
    cells = [worksheet[f"C{row}"] for row in (4, 5, 6)]
    assert {cell.value.date() for cell in cells} == {date(2010, 6, 30)}
    formats = [cell.number_format for cell in cells]
    assert formats == ["d mmm yyyy", "mmm yyyy", '"Apr–Jun" yyyy']
    assert all(cell.is_date and cell.alignment.vertical == "top" for cell in cells)
    assert [row[2] for row in read_csv(made)[1:]] == ["2010-06-30", "2010-06", "2010-Q2"]


def test_columns_have_widths_and_wrapped_text():
    (worksheet,) = opened(sheet()).worksheets
    widths = [worksheet.column_dimensions[letter].width for letter in "ABCD"]
    # So many characters, and the space at both sides of a cell.
    assert [int(width) for width in widths] == [8, 40, 12, 8]
    assert worksheet["B4"].alignment.wrap_text


@pytest.mark.parametrize(("width", "paper"), [(40, 9), (140, 8)])
def test_a_table_prints_one_page_wide_on_landscape_a4_or_a3(width, paper):
    (worksheet,) = opened(sheet([["a", "b"]], [Column("A"), Column("B", width)])).worksheets
    assert (worksheet.page_setup.orientation, worksheet.page_setup.paperSize) == (
        "landscape",
        paper,
    )
    assert worksheet.sheet_properties.pageSetUpPr.fitToPage
    assert worksheet.page_setup.fitToHeight == 0


def test_the_file_has_a_title_and_creation_time():
    properties = opened(sheet()).properties
    assert (properties.title, properties.creator) == ("Work items", "Plan Register")
    assert properties.description == "Plan: Plan of Action · As at: 30 July 2010"
    assert properties.created == MADE_AT.replace(tzinfo=None)


def test_a_date_before_1900_is_written_as_text():
    day = date(1899, 12, 31)
    rows = [["1", "", day, 1], ["2", "", KnownDate(day, "month"), 1]]
    (worksheet,) = opened(sheet(rows)).worksheets
    assert [worksheet["C4"].value, worksheet["C5"].value] == ["1899-12-31", "1899-12"]


def test_text_too_long_for_a_cell_is_cut_with_a_note():
    (worksheet,) = opened(sheet([["1", "a" * 40_000, None, 1]])).worksheets
    assert len(worksheet["B4"].value) == CELL_CHARACTERS
    assert worksheet["B4"].value.endswith("a … (the CSV file has the whole text)")
    assert len(read_csv(sheet([["1", "a" * 40_000, None, 1]]))[1][1]) == 40_000


def test_the_same_table_has_the_same_bytes():
    assert xlsx.write(sheet(), MADE_AT) == xlsx.write(sheet(), MADE_AT)


def test_text_that_looks_like_an_escape_of_the_file_stays_as_it_is():
    parts = zipfile.ZipFile(io.BytesIO(xlsx.write(sheet([["_x0041_", "", None, 1]]), MADE_AT)))
    assert b"<t>_x005F_x0041_</t>" in parts.read("xl/worksheets/sheet1.xml")


def test_an_ampersand_in_the_title_is_escaped_in_the_footer():
    (worksheet,) = opened(sheet(title="Search & rescue")).worksheets
    assert worksheet.oddFooter.left.text == "Search && rescue"


def test_a_table_without_rows_is_still_written():
    (worksheet,) = opened(sheet([])).worksheets
    assert (worksheet.max_row, worksheet.auto_filter.ref) == (3, "A3:D3")
    assert read_csv(sheet([])) == [["Item", "Work item", "Due", "Days"]]


@given(st.lists(WORDS, min_size=4, max_size=4))
def test_any_text_survives_a_workbook_without_becoming_a_formula(words):
    """Title, heading, a column's title and a cell."""
    title, about, column, cell = words
    made = sheet(
        [[cell, "x", None, None]],
        [Column(column), *COLUMNS[1:]],
        title=title,
        about=[("Shown", about)],
    )
    (worksheet,) = opened(made).worksheets
    found = [worksheet["A1"], worksheet["A3"], worksheet["A4"]]
    assert [each.value or "" for each in found] == [clean(title), clean(column), clean(cell)]
    assert worksheet["A2"].value == clean(f"Shown: {about}")
    assert {each.data_type for row in worksheet.iter_rows() for each in row} <= {"s", "n"}
    parts = zipfile.ZipFile(io.BytesIO(xlsx.write(made, MADE_AT)))
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


# --- CSV ------------------------------------------------------------------------------------


def test_csv_has_only_the_table_with_iso_dates():
    assert csv.write(sheet()).decode() == (
        "\ufeffItem,Work item,Due,Days\r\n1.10,Print a brochure,2010-07-30,12\r\n1.2,,,\r\n"
    )


@pytest.mark.parametrize("text", [word for word in RISKY if clean(word)[0] in "=+-@＝"])
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    assert read_csv(sheet([[text, "", None, None]]))[1][0] == f"'{clean(text)}"


@pytest.mark.parametrize("text", ["'", "'plain", "it's", "1.2", "Māori"])
def test_other_text_is_not_changed(text):
    assert read_csv(sheet([[text, "", None, None]]))[1][0] == text


def test_a_negative_number_is_a_number():
    assert read_csv(sheet([["1", "", None, -5]]))[1][3] == "-5"


@given(WORDS, WORDS)
def test_any_text_survives_csv_without_becoming_a_formula(title, cell):
    titles, row = read_csv(sheet([[cell, "x", None, None]], [Column(title), *COLUMNS[1:]]))
    assert (csv.unescaped(titles[0]), csv.unescaped(row[0])) == (clean(title), clean(cell))
    for text in (titles[0], row[0]):
        assert text[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(st.text() | st.sampled_from(RISKY))
def test_unescaping_undoes_escaping(text):
    assert csv.unescaped(csv.escaped(text)) == text
