"""Test the Word file with python-docx, comparing its text with the paper's HTML by block."""

import io
import zipfile
from dataclasses import replace

import lxml.etree
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table
from hypothesis import given, settings
from PIL import Image

from reports.charts import slip_words
from reports.document import (
    Marking,
)
from reports.document.dates import short_date
from reports.render.docx import PLACES, render_docx
from reports.render.pdf import RenderRefused
from tests.reports import sample
from tests.reports.documents_at_random import PRINTABLE, documents
from tests.reports.word_reading import (
    counted,
    is_timeline,
    opened,
    paper_lines,
    word_lines,
    written,
)


@pytest.fixture(scope="module")
def data():
    return render_docx(sample.document())


@pytest.fixture(scope="module")
def file(data):
    return opened(data)


# --- the same text --------------------------------------------------------------------------


@given(document=documents(PRINTABLE))
@settings(max_examples=40, deadline=None)
def test_any_document_has_the_same_text_in_word(document):
    file = opened(render_docx(document))
    assert word_lines(file) == paper_lines(document)
    numbers = [number for style, number, _ in counted(file) if style == "Numbered Paragraph"]
    assert numbers == [paragraph.number for paragraph in document.paragraphs()]


def test_a_row_of_the_timeline_table_has_the_data_of_the_chart(file):
    table = next(block for block in file.iter_inner_content() if is_timeline(block))
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["No.", "Milestone", "Promised", "Agreed", "Done or expected"]
    assert rows[1:] == [
        [
            row.number,
            row.milestone.label,
            short_date(row.milestone.original_on),
            short_date(row.milestone.agreed_on or row.milestone.original_on),
            f"{'done' if row.milestone.completed_on else 'expected'} {slip_words(row.milestone)}",
        ]
        for row in sample.progress_picture().timeline
    ]


def test_charts_are_pictures_with_a_bitmap_for_programs_that_show_no_svg(data):
    charts = [f"word/media/chart{number}" for number in (1, 2)]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert sorted(package.namelist()) == sorted(
            [
                *PLACES,
                *(f"{name}.{ending}" for name in charts for ending in ("png", "svg")),
                *("word/header1.xml", "word/footer1.xml", "docProps/core.xml"),
            ]
        )
        for name in charts:
            with Image.open(io.BytesIO(package.read(f"{name}.png"))) as bitmap:
                assert bitmap.format == "PNG"
                assert bitmap.width == 1800
            svg = lxml.etree.fromstring(package.read(f"{name}.svg"))
            assert svg.get("font-family") == "Calibri, Carlito, Arial, sans-serif"
        assert package.read("word/document.xml").count(b"<asvg:svgBlip") == 2


def test_a_picture_has_the_title_of_its_chart_as_alternative_text(file):
    [bars, timeline] = file.element.body.xpath(".//wp:docPr/@descr")
    assert (bars[:18], timeline[:8]) == ("Bars of work items", "Timeline")


@pytest.mark.parametrize("shape", ['<path d="M0 0"/>', '<circle r="1"/>'])
def test_a_chart_that_cannot_be_drawn_is_replaced_by_its_text(shape):
    high = 1 if "path" in shape else 2_000
    file = written(
        f'<div><svg viewBox="0 0 1 {high}"><title>Two of three done</title>{shape}</svg></div>'
    )
    assert [(p.style.name, p.text) for p in file.paragraphs] == [("Note", "Two of three done")]


def test_no_word_of_a_column_heading_is_broken(file):
    for block in file.iter_inner_content():
        if not hasattr(block, "rows") or block.style.name != "Paper Grid":
            continue
        for cell in block.rows[0].cells:
            longest = max(map(len, cell.text.split()), default=0)
            assert cell.width.pt >= longest * 9 * 0.6 + 5, cell.text


@pytest.mark.parametrize(
    "html", ["<p><img></p>", "<blockquote>x</blockquote>", "<ol><li><ol></ol></li></ol>"]
)
def test_an_unknown_element_is_refused_and_not_dropped(html):
    with pytest.raises(RenderRefused, match="^A Word file (has no place|cannot have this)"):
        written(html)


# --- headings and numbers -------------------------------------------------------------------


def test_headings_use_words_built_in_styles_and_form_an_outline(file):
    outline = [
        (p.style.name, p.text)
        for p in file.paragraphs
        if p.style.name.startswith(("Title", "Heading"))
    ]
    assert outline == [
        ("Title", sample.document().title),
        ("Heading 1", "Purpose"),
        ("Heading 1", "Background"),
        ("Heading 1", "Achievements"),
        ("Heading 1", "Delay"),
        ("Heading 1", "Mitigation"),
        ("Heading 1", "Next steps"),
        ("Heading 1", "Recommendation"),
        ("Heading 1", "Annex A: The Plan at a glance"),
        ("Heading 2", "Work items by stage"),
        ("Heading 2", "Milestones: promised and now expected"),
        ("Heading 1", "Annex B: Work items"),
        ("Heading 2", "1 Prevention"),
        ("Heading 2", "2 Protection"),
        ("Heading 2", "3 Prosecution"),
    ]
    levels = {
        name: file.styles[name].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val"))
        for name in ("Heading 1", "Heading 2")
    }
    assert levels == {"Heading 1": "0", "Heading 2": "1"}


def test_word_numbers_paragraphs_throughout_and_recommendations_separately(file):
    document = sample.document()
    found = counted(file)
    assert [(n, words) for style, n, words in found if style == "Numbered Paragraph"] == [
        (p.number, "".join(run.text for run in p.text)) for p in document.paragraphs()
    ]
    assert [(n, words) for style, n, words in found if style == "List Number"] == [
        (1, "note the contents of this paper"),
        (2, "agree that the training of border staff be finished by 30 June 2011"),
    ]


def test_sub_bullets_are_a_list_style_of_two_levels(file):
    found = {(style, mark) for style, mark, _ in counted(file) if "Bullet" in style}
    assert found == {("List Bullet", "•"), ("List Bullet 2", "–")}


def test_a_continued_list_keeps_its_numbering_and_a_new_list_restarts():
    file = written(
        '<ol class="paper-paragraphs" start="1"><li>a</li><li>b</li></ol>'
        '<ol class="paper-paragraphs" start="3"><li>c</li></ol>'
        '<ol class="paper-paragraphs" start="9"><li>j</li></ol>'
        "<ol><li>x</li></ol><ol><li>y</li><li>z</li></ol>"
    )
    assert [(n, words) for _, n, words in counted(file)] == [
        (1, "a"), (2, "b"), (3, "c"), (9, "j"), (1, "x"), (1, "y"), (2, "z"),
    ]  # fmt: skip


# --- looks and languages --------------------------------------------------------------------


def test_bold_and_te_reo_are_separate_runs(file):
    paragraph = next(p for p in file.paragraphs if "kaupapa" in p.text)
    runs = [
        (run.text, bool(run.bold), "".join(run._r.xpath("w:rPr/w:lang/@w:val")))
        for run in paragraph.runs
    ]
    assert [run for run in runs if run[1] or run[2]] == [
        ("kaupapa Māori", False, "mi-NZ"),
        ("whānau", False, "mi-NZ"),
        ("28 of them", True, ""),
    ]


def test_white_space_between_elements_makes_no_run():
    file = written("<p>\n<strong> a </strong> b<br>\n c <span lang='mi'>d</span>\n</p>")
    assert [run.text for run in file.paragraphs[0].runs] == ["a ", "b", "\n", "c ", "d"]


def test_the_verb_of_a_recommendation_is_bold(file):
    asked = [p for p in file.paragraphs if p.style.name == "List Number"]
    assert [(p.runs[0].text, p.runs[0].bold) for p in asked] == [("note", True), ("agree", True)]


def test_the_file_is_new_zealand_english_in_a_typeface_that_word_has(file, data):
    defaults = file.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    assert defaults.find(qn("w:lang")).get(qn("w:val")) == "en-NZ"
    assert defaults.find(qn("w:rFonts")).get(qn("w:ascii")) == "Calibri"
    fonts = zipfile.ZipFile(io.BytesIO(data)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="Calibri">\n    <w:altName w:val="Carlito"/>' in fonts


def test_every_used_style_is_defined(file):
    known = {style.style_id for style in file.styles}
    body = file.element.body
    used = set(body.xpath(".//w:pStyle/@w:val | .//w:rStyle/@w:val | .//w:tblStyle/@w:val"))
    assert used - known == set()
    based = set(file.styles.element.xpath(".//w:basedOn/@w:val | .//w:next/@w:val"))
    assert based - known == set()


# --- tables ---------------------------------------------------------------------------------


def facts(table):
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    repeated = [
        row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in table.rows
    ]
    return (
        table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")),
        repeated.count(True),
        repeated[0],
        look.get(qn("w:firstRow")),
        look.get(qn("w:firstColumn")),
    )


def test_tables_of_annexes_repeat_header_rows_and_mark_row_headers(file):
    grids = [table for table in file.tables if table.style.name == "Paper Grid"]
    assert [facts(table) for table in grids] == [
        ("Work items by stage", 1, True, "1", "1"),
        ("Milestones: promised and now expected", 1, True, "1", "0"),
        ("1 Prevention", 1, True, "1", "0"),
        ("2 Protection", 1, True, "1", "0"),
        ("3 Prosecution", 1, True, "1", "0"),
    ]


def test_no_row_breaks_across_pages(file):
    rows = file.element.body.xpath(".//w:tr")
    assert len(rows) == len(file.element.body.xpath(".//w:tr[w:trPr/w:cantSplit]")) > 40


def test_columns_have_the_widths_of_the_pdf_and_rows_add_up(file):
    for table in file.tables:
        grid = [int(width) for width in table._tbl.xpath("w:tblGrid/w:gridCol/@w:w")]
        whole = int(table._tbl.xpath("w:tblPr/w:tblW/@w:w")[0])
        assert sum(grid) == whole
        for row in table._tbl.xpath("w:tr"):
            assert sum(map(int, row.xpath("w:tc/w:tcPr/w:tcW/@w:w"))) == whole
            assert sum(cell.grid_span for cell in row.tc_lst) == len(grid)
    # Of the PDF, but that no heading is broken.
    items = file.tables[-1]._tbl.xpath("w:tblGrid/w:gridCol/@w:w")
    shares = [int(width) / sum(map(int, items)) * 100 for width in items]
    assert shares == pytest.approx([4.5, 22, 9.5, 8.5, 8.5, 38.5, 8.5], abs=0.5)


def test_a_cell_that_spans_rows_keeps_the_columns_below_in_place(file):
    cover = next(table for table in file.tables if table.rows[0].cells[0].text == "Action sought")
    rows = {row.cells[1].text: [cell.text for cell in row.cells] for row in cover.rows}
    assert rows["Policy Advisor"] == [
        "Contact information",
        "Policy Advisor",
        "DDI: (04) 555 0102\nMB: 021 555 010",
    ]


def test_a_paragraph_follows_every_table(file):
    tags = [child.tag for child in file.element.body]
    table = qn("w:tbl")
    pairs = list(zip(tags, tags[1:], strict=False))
    assert (table, table) not in pairs
    assert (table, qn("w:sectPr")) not in pairs
    assert tags.count(table) == 10


def test_sign_offs_stay_with_the_text_they_sign(file):
    body = list(file.element.body)
    signed = next(
        place
        for place, block in enumerate(body)
        if block.tag == qn("w:tbl") and "Signature" in "".join(block.xpath(".//w:t/text()"))
    )
    kept = [
        block.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None
        for block in body[signed - 4 : signed]
    ]
    assert kept == [
        True,
        False,
        True,
        True,
    ]  # a recommendation ends after its options, except for the last
    table = Table(body[signed], file)
    assert [cell.text for cell in table.rows[0].cells] == [
        "Group Manager\nBorder Security Group\nfor Secretary of Labour\nSignature\tDate\t/\t/",
        "",
        "Hon Dr Jonathan Coleman\nMinister of Immigration\nSignature\tDate\t/\t/",
    ]


def test_the_file_has_a_box_for_the_ministers_comments(file):
    box = next(
        table for table in file.tables if table.rows[0].cells[0].text == "Minister’s comments"
    )
    assert box.rows[0].height.mm == pytest.approx(39.5, abs=0.1)


# --- pages ----------------------------------------------------------------------------------


def test_each_kind_of_page_is_a_section_and_items_are_landscape(file):
    assert [
        (s.orientation, round(s.page_width.mm), round(s.left_margin.mm)) for s in file.sections
    ] == [
        (WD_ORIENT.PORTRAIT, 210, 27),
        (WD_ORIENT.PORTRAIT, 210, 20),
        (WD_ORIENT.LANDSCAPE, 297, 18),
    ]


def test_the_paper_begins_on_a_page_after_the_cover(file):
    broken = [p.text for p in file.paragraphs if p._p.pPr.find(qn("w:pageBreakBefore")) is not None]
    assert broken == ["10/96252"]


@pytest.mark.parametrize("marking", Marking)
def test_every_page_has_its_marking_at_top_and_bottom_and_a_number(marking):
    file = opened(render_docx(sample.document(cover=replace(sample.cover(), marking=marking))))
    assert not file.settings.odd_and_even_pages_header_footer
    assert len(file.sections) == 3
    for section in file.sections:
        assert not section.different_first_page_header_footer
        assert not section.header.is_linked_to_previous
        assert not section.footer.is_linked_to_previous
        assert [p.text for p in section.header.paragraphs] == [marking.value]
        assert section.footer.paragraphs[0].text == marking.value
    foot = file.sections[0].footer.paragraphs
    assert "".join(foot[1]._p.xpath(".//w:t/text()")) == "10/96252 · page 1 of 1"
    assert foot[1]._p.xpath(".//w:instrText/text()") == [" PAGE ", " NUMPAGES "]


def test_a_measure_says_its_sentence_once_in_word_without_its_chart():
    made = render_docx(sample.document(annexes=(sample.measure_table(),)))
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        text = file.read("word/document.xml").decode()
        assert text.count("The number of staff trained was 83") == 1
        assert [name for name in file.namelist() if "/media/chart" in name] == []
