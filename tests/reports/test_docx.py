"""The Word file: read back with python-docx, and its words held against the paper's own HTML, block by block."""

import io
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph
from hypothesis import given, settings
from openxml_audit import FileFormat, OpenXmlValidator

from reports.document import (
    Contact,
    DocumentError,
    Marking,
    Paragraph,
    Recommendation,
    Recommendations,
    Run,
    Section,
    SectionKind,
    Verb,
    plain,
)
from reports.render.charts import slip_words
from reports.render.docx import PLACES, _blank, render_docx, write
from reports.render.html import document_html
from reports.render.pdf import MAX_HTML, RenderRefused
from reports.render.words import short_date
from tests.reports import sample
from tests.reports.documents_at_random import PRINTABLE, documents

BLOCKS = {"p", "h1", "h2", "h3", "li", "td", "th", "div", "section", "header", "ul", "ol", "table"}


class PaperBlocks(HTMLParser):
    """What a reader of the HTML sees, a line for each block, without the pictures."""

    def __init__(self, html):
        super().__init__()
        self.lines = [""]
        self.unseen = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.unseen += tag in ("head", "svg")
        if tag in BLOCKS:
            self.lines.append("")
        if tag == "br":
            self.lines[-1] += " "

    def handle_endtag(self, tag):
        self.unseen -= tag in ("head", "svg")
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data):
        if not self.unseen:
            self.lines[-1] += data


def folded(lines):
    return [
        words for words in (re.sub(r"[ \t\n]+", " ", line).strip(" ") for line in lines) if words
    ]


def paper_lines(document):
    return folded(PaperBlocks(document_html(document)).lines)


def opened(data):
    return docx.Document(io.BytesIO(data))


def paragraphs(holder):
    """Every paragraph in reading order, those in tables among them, each once."""
    for block in holder.iter_inner_content():
        if isinstance(block, Table):
            for cell in block._tbl.iter_tcs():
                for inner in cell.iterchildren(qn("w:p")):
                    yield WordParagraph(inner, holder)
        else:
            yield block


def is_timeline(block):
    return isinstance(block, Table) and "Promised" in [cell.text for cell in block.rows[0].cells]


def word_lines(file):
    """The file's words, a line for each paragraph, without the tables that stand for a picture."""
    lines = []
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            if not is_timeline(block):
                cells = block._tbl.iter_tcs()
                lines += [
                    WordParagraph(p, file).text for c in cells for p in c.iterchildren(qn("w:p"))
                ]
        else:
            lines.append(block.text)
    return folded(lines)


def style_of(file, paragraph):
    return next(style for style in file.styles if style.style_id == paragraph._p.style)


def counted(file):
    """Each numbered paragraph as Word counts: (style, number, words). Only the body's own; cells have none."""
    numbering = file.part.numbering_part.element
    counts = Counter()
    found = []
    for paragraph in file.paragraphs:
        direct = paragraph._p.pPr.numPr
        style = style_of(file, paragraph)
        numbered = (
            direct
            if direct is not None
            else (style.element.pPr.numPr if style.element.pPr is not None else None)
        )
        if numbered is None:
            continue
        number = numbering.num_having_numId(numbered.numId.val)
        kind = number.abstractNumId.val
        level = 0 if numbered.ilvl is None else numbered.ilvl.val
        shape = numbering.xpath(
            f"w:abstractNum[@w:abstractNumId='{kind}']/w:lvl[@w:ilvl='{level}']"
        )[0]
        shape_name = shape.find(qn("w:numFmt")).get(qn("w:val"))
        if shape_name == "bullet":
            found.append((style.name, shape.find(qn("w:lvlText")).get(qn("w:val")), paragraph.text))
            continue
        starts = number.xpath("w:lvlOverride/w:startOverride/@w:val")
        if starts and ("started", number.numId) not in counts:
            counts["started", number.numId] = 1
            counts[kind] = int(starts[0]) - 1
        counts[kind] += 1
        found.append((style.name, counts[kind], paragraph.text))
    return found


@pytest.fixture(scope="module")
def data():
    return render_docx(sample.document())


@pytest.fixture(scope="module")
def file(data):
    return opened(data)


# --- the same words -------------------------------------------------------------------------


def test_every_paragraph_is_the_papers_in_its_order(file):
    assert word_lines(file) == paper_lines(sample.document())


@given(document=documents(PRINTABLE))
@settings(max_examples=40, deadline=None)
def test_whatever_a_document_holds_the_words_are_the_papers(document):
    file = opened(render_docx(document))
    assert word_lines(file) == paper_lines(document)
    numbers = [number for style, number, _ in counted(file) if style == "Numbered Paragraph"]
    assert numbers == [paragraph.number for paragraph in document.paragraphs()]


def test_a_row_of_the_timeline_says_what_the_picture_shows(file):
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


def test_there_are_no_pictures(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert sorted(package.namelist()) == sorted(
            [*PLACES, "word/header1.xml", "word/footer1.xml", "docProps/core.xml"]
        )
        assert b"<w:drawing" not in package.read("word/document.xml")


def written(html):
    file = docx.Document(_blank())
    write(html, file, tables={})
    return file


def test_a_picture_without_figures_beside_it_is_told_in_its_own_words():
    file = written(
        '<div><svg viewBox="0 0 1 1"><title>Two of three done</title><path d="M0 0"/><text>2</text></svg></div>'
    )
    assert [(p.style.name, p.text) for p in file.paragraphs] == [("Note", "Two of three done")]


@pytest.mark.parametrize(
    "html", ["<p><img></p>", "<blockquote>x</blockquote>", "<ol><li><ol></ol></li></ol>"]
)
def test_a_part_that_it_does_not_know_is_refused_rather_than_lost(html):
    with pytest.raises(RenderRefused, match="^A Word file (has no place|cannot have this)"):
        written(html)


# --- headings and numbers -------------------------------------------------------------------


def test_headings_are_words_own_and_make_an_outline(file):
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


def test_word_numbers_paragraphs_through_the_paper_and_recommendations_apart(file):
    document = sample.document()
    found = counted(file)
    assert [(n, words) for style, n, words in found if style == "Numbered Paragraph"] == [
        (p.number, "".join(run.text for run in p.text)) for p in document.paragraphs()
    ]
    assert [(n, words) for style, n, words in found if style == "List Number"] == [
        (1, "note the contents of this paper"),
        (2, "agree that the training of border staff be finished by 30 June 2011"),
    ]


def test_no_number_is_typed(file):
    assert [
        words for style, _, words in counted(file) if style != "List Bullet" and words[0].isdigit()
    ] == []


def test_sub_bullets_are_a_list_style_two_levels_deep(file):
    found = {(style, mark) for style, mark, _ in counted(file) if "Bullet" in style}
    assert found == {("List Bullet", "•"), ("List Bullet 2", "–")}


def test_a_list_that_goes_on_elsewhere_keeps_its_start_and_another_begins_again():
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


def test_bold_and_te_reo_are_runs_of_their_own(file):
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


def test_white_space_between_elements_leaves_no_run_behind():
    file = written("<p>\n<strong> a </strong> b<br>\n c <span lang='mi'>d</span>\n</p>")
    assert [run.text for run in file.paragraphs[0].runs] == ["a ", "b", "\n", "c ", "d"]


def test_the_verb_of_a_recommendation_is_bold(file):
    asked = [p for p in file.paragraphs if p.style.name == "List Number"]
    assert [(p.runs[0].text, p.runs[0].bold) for p in asked] == [("note", True), ("agree", True)]


def test_the_whole_is_new_zealand_english_in_our_typeface_with_another_to_fall_back_on(file, data):
    defaults = file.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    assert defaults.find(qn("w:lang")).get(qn("w:val")) == "en-NZ"
    assert defaults.find(qn("w:rFonts")).get(qn("w:ascii")) == "Source Sans 3"
    fonts = zipfile.ZipFile(io.BytesIO(data)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="Source Sans 3">\n    <w:altName w:val="Calibri"/>' in fonts


def test_every_style_that_is_used_is_there(file):
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


def test_tables_of_annexes_repeat_their_heads_and_say_what_heads_a_row(file):
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


def test_columns_are_as_wide_as_on_paper_and_rows_add_up(file):
    for table in file.tables:
        grid = [int(width) for width in table._tbl.xpath("w:tblGrid/w:gridCol/@w:w")]
        whole = int(table._tbl.xpath("w:tblPr/w:tblW/@w:w")[0])
        assert sum(grid) == whole
        for row in table._tbl.xpath("w:tr"):
            assert sum(map(int, row.xpath("w:tc/w:tcPr/w:tcW/@w:w"))) == whole
            assert sum(cell.grid_span for cell in row.tc_lst) == len(grid)
    items = file.tables[-1]._tbl.xpath("w:tblGrid/w:gridCol/@w:w")
    assert [round(int(width) / sum(map(int, items)) * 100, 1) for width in items] == [4.5, 22.0, 9.5, 8.5, 8.5, 38.5, 8.5]  # fmt: skip


def test_a_cell_that_reaches_down_keeps_the_columns_below_in_place(file):
    cover = next(table for table in file.tables if table.rows[0].cells[0].text == "Action sought")
    rows = {row.cells[1].text: [cell.text for cell in row.cells] for row in cover.rows}
    assert rows["Policy Advisor"] == [
        "Contact information",
        "Policy Advisor",
        "DDI: (04) 555 0102\nMB: 021 555 010",
    ]


def test_tables_that_follow_each_other_do_not_touch_and_none_comes_last(file):
    tags = [child.tag for child in file.element.body]
    table = qn("w:tbl")
    pairs = list(zip(tags, tags[1:], strict=False))
    assert (table, table) not in pairs
    assert (table, qn("w:sectPr")) not in pairs
    assert tags.count(table) == 10


def test_sign_offs_stay_together_with_what_is_signed(file):
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
    ]  # a recommendation ends where its options do, but for the last
    table = Table(body[signed], file)
    assert [cell.text for cell in table.rows[0].cells] == [
        "Group Manager\nBorder Security Group\nfor Secretary of Labour\nSignature\tDate\t/\t/",
        "",
        "Hon Dr Jonathan Coleman\nMinister of Immigration\nSignature\tDate\t/\t/",
    ]


def test_there_is_room_to_comment(file):
    box = next(
        table for table in file.tables if table.rows[0].cells[0].text == "Minister’s comments"
    )
    assert box.rows[0].height.mm == pytest.approx(39.5, abs=0.1)


# --- pages ----------------------------------------------------------------------------------


def test_each_kind_of_page_is_a_section_and_the_items_lie_across(file):
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
def test_every_page_is_marked_at_both_ends_and_numbered(marking):
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


# --- the file -------------------------------------------------------------------------------


def test_the_file_says_what_it_is_and_is_dated_by_the_paper(file):
    about = file.core_properties
    assert (about.title, about.subject) == (sample.document().title, sample.document().plan_title)
    assert (about.author, about.last_modified_by) == ("Secretary of Labour",) * 2
    assert (about.identifier, about.language) == ("10/96252", "en-NZ")
    assert (about.created.date(), about.modified.date()) == (date(2010, 7, 30),) * 2
    assert about.comments == about.keywords == ""


def test_equal_documents_give_equal_bytes_in_any_process(data, project_root):
    assert render_docx(sample.document()) == data
    code = (
        "import django, sys; django.setup()\n"
        "from reports.render.docx import render_docx; from tests.reports import sample\n"
        "sys.stdout.buffer.write(render_docx(sample.document()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, check=True
    )
    assert other.stdout == data


def faults(data, tmp_path):
    path = tmp_path / "briefing.docx"
    path.write_bytes(data)
    checked = OpenXmlValidator(FileFormat.MICROSOFT_365).validate(path)
    return [error.description for error in checked.errors]


def test_it_keeps_every_rule_of_the_format(data, tmp_path):
    assert faults(data, tmp_path) == []


def test_a_file_with_two_elements_the_wrong_way_round_is_found(data, tmp_path):
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = re.sub(rb"(<w:tblStyle [^>]*>)(<w:tblW [^>]*>)", rb"\2\1", source.read(name))
            target.writestr(name, content)
    assert faults(changed.getvalue(), tmp_path)[0] == "Unexpected element 'tblStyle' found"


def test_it_opens_as_a_present_day_file(file):
    mode = file.settings.element.xpath(
        "w:compat/w:compatSetting[@w:name='compatibilityMode']/@w:val"
    )
    assert mode == ["15"]


def test_six_hundred_items_make_one_row_each():
    document = sample.document(annexes=(sample.work_item_table(copies=67),))
    file = opened(render_docx(document))
    assert (
        sum(len(table.rows) - 1 for table in file.tables if table.style.name == "Paper Grid") == 603
    )


# --- hostile text ---------------------------------------------------------------------------

PAYLOADS = {
    "markup": "</w:t></w:r></w:p><w:p><w:r><w:t>&amp; <b>x</b> <script>alert(1)</script> ]]> <!-- ",
    "field": 'INCLUDETEXT "http://127.0.0.1:9/x" DDEAUTO c:\\\\cmd.exe { PAGE } «MERGEFIELD»',
    "entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "template": "{% include '/etc/passwd' %}{{ settings.SECRET_KEY }}",
    "long word": "w" * 9_000,
    "spaces": "a  b\u00a0\u00a0c",
    "formula": '=HYPERLINK("http://127.0.0.1:9")',
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_payload_in_every_place_is_written_as_typed(payload):
    table = sample.work_item_table()
    row = replace(table.pillars[0].rows[0], title=payload, lead=payload)
    document = sample.document(
        plan_title=payload,
        cover=replace(
            sample.cover(),
            title=payload,
            minister=payload,
            tracker_number=payload,
            copied_to=(payload,),
            contacts=(Contact(payload, payload, payload, payload),),
        ),
        sections=(
            Section(SectionKind.PURPOSE, payload, (Paragraph("p-1", (Run(payload, True, "mi"),)),)),
        ),
        recommendation=Recommendations(
            sample.paragraph("p-2", payload), (Recommendation("r-1", Verb.NOTE, plain(payload)),)
        ),
        annexes=(
            replace(sample.progress_picture(), note=payload),
            replace(table, pillars=(replace(table.pillars[0], title=payload, rows=(row,)),)),
        ),
    )
    data = render_docx(document)
    file = opened(data)
    assert word_lines(file) == paper_lines(document)
    title = file.core_properties.title
    assert title == (payload if len(payload) <= 255 else payload[:254] + "…")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            content = package.read(name)
            assert b"root:" not in content
            assert b'TargetMode="External"' not in content
            assert content.count(b"<w:instrText") == (2 if name == "word/footer1.xml" else 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ما هو", "0627"),
        ("שלום", "05D5"),
        ("done 👍", "1F44D"),
        ("漢字", "5B57"),
        ("a\u200db", "200D"),
    ],
    ids=["Arabic", "Hebrew", "emoji", "Chinese", "joiner"],
)
def test_what_the_paper_cannot_print_is_refused_with_a_sentence(text, code):
    section = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph("p-1", text),))
    with pytest.raises(
        RenderRefused, match=rf"\(U\+{code}\) cannot be printed in this paper’s typeface"
    ):
        render_docx(sample.document(sections=(section,)))


@pytest.mark.parametrize(
    "text", ["a\x00b", "\x0b", "\x1b[31m", "pay \u202edrawkcab", "\ud83d", "\ufffe"]
)
def test_controls_never_become_a_document(text):
    with pytest.raises(DocumentError):
        Paragraph("p-1", plain(text))


def test_a_paper_too_long_to_print_is_refused(monkeypatch):
    monkeypatch.setattr("reports.render.docx.MAX_HTML", 1000)
    with pytest.raises(
        RenderRefused, match="^The paper is too long to print: .* 1,000 is the most"
    ):
        render_docx(sample.document())
    assert MAX_HTML > 1000
