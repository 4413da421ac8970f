"""Test the check of papers that are held as Word, Excel or PowerPoint files and as pictures.

None of them is released itself. What they have and do not show is named with its place; a picture becomes a PDF of what it shows.
"""

import io
import re
import zipfile
from zlib import crc32

import docx
import openpyxl
import pypdfium2
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image, ImageDraw, PngImagePlugin

from reports.requests.redaction.elsewhere import office_parts
from reports.requests.redaction.elsewhere.examination import examine_copy
from reports.requests.redaction.elsewhere.held_text import text_of
from reports.requests.redaction.elsewhere.office_parts import TooLarge
from reports.requests.redaction.elsewhere.work import Task, check

NAME = "Hemi Tane"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = (
    "This is a file of Word, Excel or PowerPoint, which can have more than its pages show. Print it to a PDF in the "
    "program that made it, and upload that."
)
PICTURE = "This is a picture, and a picture can have more than it shows. A PDF of what it shows is released instead."


def sentences(data):
    return [each.sentence for each in examine_copy(data).found]


def decide(sentence):
    return [OFFICE, f"{sentence}. Decide on it too."]


def changed(data, parts=(), **replaced):
    """Return an archive with these parts added and, in others, one text put for another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        assert set(replaced) <= {
            name.rpartition("/")[2].partition(".")[0] for name in old.namelist()
        }
        for name in old.namelist():
            content = old.read(name)
            for before, after in replaced.get(
                name.rpartition("/")[2].partition(".")[0], {}
            ).items():
                assert before.encode() in content
                content = content.replace(before.encode(), after.encode(), 1)
            new.writestr(name, content)
        for name, content in dict(parts).items():
            new.writestr(name, content)
    return out.getvalue()


# --- Word -----------------------------------------------------------------------------------------


def word(change=None, *, parts=(), **replaced):
    """Return a Word file whose second paragraph is changed, or to whose body something is added."""
    document = docx.Document()
    about = document.core_properties
    about.author = about.title = about.comments = about.last_modified_by = ""
    document.add_paragraph("We met in May.")
    paragraph = document.add_paragraph("")
    if change is not None:
        change(document, paragraph)
    out = io.BytesIO()
    document.save(out)
    return changed(without_stored_words(out.getvalue()), parts, **replaced)


def without_stored_words(data):
    """Of the template from which the file is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if "thumbnail" not in name and "customXml" not in name:
                content = re.sub(
                    rb"<Relationship [^>]*(?:thumbnail|customXml)[^>]*/>", b"", old.read(name)
                )
                new.writestr(name, content)
    return out.getvalue()


def run(look):
    def change(_document, paragraph):
        look(paragraph.add_run(NAME))

    return change


def xml(of_paragraph):
    def change(_document, paragraph):
        for each in parse_xml(f"<w:p {W}>{of_paragraph}</w:p>"):
            paragraph._p.append(each)

    return change


def white(run_):
    run_.font.color.rgb = RGBColor(255, 255, 255)


def hidden(run_):
    run_.font.hidden = True


def tiny(run_):
    run_.font.size = Pt(1)


def marked_black(run_):
    run_.font.highlight_color = docx.enum.text.WD_COLOR_INDEX.BLACK


def shaded(run_):
    run_._r.get_or_add_rPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="112233"/>'))
    run_.font.color.rgb = RGBColor(0x11, 0x22, 0x33)


def by_a_style(document, paragraph):
    style = document.styles.add_style("Ghost", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    paragraph.add_run(NAME, style="Ghost")


def in_a_black_cell(document, _paragraph):
    cell = document.add_table(1, 1).cell(0, 0)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="000000"/>'))
    cell.paragraphs[0].add_run(NAME).font.color.rgb = RGBColor(0, 0, 0)


def in_a_flat_row(document, _paragraph):
    row = document.add_table(1, 1).rows[0]
    row.height, row.height_rule = Pt(1), docx.enum.table.WD_ROW_HEIGHT_RULE.EXACTLY
    row.cells[0].text = NAME


def pushed_away(_document, paragraph):
    paragraph.add_run(NAME)
    paragraph.paragraph_format.left_indent = Pt(-900)


def commented(document, paragraph):
    document.add_comment(paragraph.add_run("We left."), text=NAME, author="Office")


def described(document, paragraph):
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    paragraph.add_run().add_picture(io.BytesIO(picture.getvalue()))
    next(paragraph._p.iter("{*}docPr")).set("descr", NAME)


def authored(document, _paragraph):
    document.core_properties.author = NAME


def first_header_unused(document, _paragraph):
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = NAME
    document.sections[0].different_first_page_header_footer = False


def at(place, says):
    return decide(f"{place}: {says}")


FIELD = f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>QUOTE "{NAME}"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
TEXT = f"<w:r><w:t>{NAME}</w:t></w:r>"
BOX = f'<w:r><w:pict><v:shape xmlns:v="v" style="position:absolute;margin-left:-900pt"><w:txbxContent><w:p>{TEXT}</w:p></w:txbxContent></v:shape></w:pict></w:r>'
SETTINGS = {
    "</w:settings>": f'<w:docVars><w:docVar w:name="who" w:val="{NAME}"/></w:docVars></w:settings>'
}
OF_WORD = {
    "hidden text": (word(run(hidden)), at("Paragraph 2", f"there is hidden text: “{NAME}”")),
    "hidden by a style": (word(by_a_style), at("Paragraph 2", f"there is hidden text: “{NAME}”")),
    "white text": (
        word(run(white)),
        at("Paragraph 2", f"text has the colour of its background: “{NAME}”"),
    ),
    "marked black": (
        word(run(marked_black)),
        at("Paragraph 2", f"text has the colour of its background: “{NAME}”"),
    ),
    "on a ground of its colour": (
        word(run(shaded)),
        at("Paragraph 2", f"text has the colour of its background: “{NAME}”"),
    ),
    "black in a black cell": (
        word(in_a_black_cell),
        at("Paragraph 3", f"text has the colour of its background: “{NAME}”"),
    ),
    "tiny": (word(run(tiny)), at("Paragraph 2", f"text is too small to read: “{NAME}”")),
    "in a flat row": (
        word(in_a_flat_row),
        at("Paragraph 3", f"text is too small to read: “{NAME}”"),
    ),
    "moved off the page": (
        word(pushed_away),
        at("Paragraph 2", f"text was moved off the page: “{NAME}”"),
    ),
    "in a box off the page": (
        word(xml(BOX)),
        at("Paragraph 2", f"text was moved off the page: “{NAME}”"),
    ),
    "a deletion": (
        word(xml(f'<w:del w:author="Office"><w:r><w:delText>{NAME}</w:delText></w:r></w:del>')),
        at("Paragraph 2", f"there is a tracked change: “{NAME} (Office)”"),
    ),
    "an insertion": (
        word(xml(f'<w:ins w:author="Office">{TEXT}</w:ins>')),
        at("Paragraph 2", f"there is a tracked change: “{NAME} (Office)”"),
    ),
    "a changed look": (
        word(xml(f'<w:r><w:rPr><w:rPrChange w:author="{NAME}"/></w:rPr><w:t>We left.</w:t></w:r>')),
        at("Paragraph 2", f"there is a tracked change: “{NAME}”"),
    ),
    "a comment": (word(commented), at("Paragraph 2", f"there is a comment: “{NAME} (Office)”")),
    "a description": (word(described), at("Paragraph 2", f"a picture has a description: “{NAME}”")),
    "a field": (
        word(xml(FIELD)),
        at("Paragraph 2", f'a field has a code that is not shown: “QUOTE "{NAME}"”'),
    ),
    "a variable": (word(settings=SETTINGS), decide(f"A variable keeps words: “who: {NAME}”")),
    "an author": (word(authored), decide(f"Its properties say: “Author: {NAME}”")),
    "a header of no page": (
        word(first_header_unused),
        at("Part header1.xml", f"words are kept that nothing shows: “{NAME}”"),
    ),
    "a file within": (
        word(parts={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
        decide("There is a file within the file: “word/embeddings/oleObject1.bin”"),
    ),
    "data": (
        word(parts={"customXml/item1.xml": f"<who>{NAME}</who>"}),
        at("Part customXml/item1.xml", f"there are stored data: “{NAME}”"),
    ),
    "a macro": (word(parts={"word/vbaProject.bin": b""}), decide("There is a program (a macro)")),
    "a picture that nothing shows": (
        word(parts={"word/media/image9.png": b""}),
        at("Part image9.png", "words are kept that nothing shows: “word/media/image9.png”"),
    ),
    "a part of its own": (
        word(parts={"word/glossary/document.xml": "<a/>"}),
        decide("It has a part that no page shows: “word/glossary/document.xml”"),
    ),
    "after its end": (word() + b"Hemi Tane", decide(f"It has a part that no page shows: “{NAME}”")),
}


@pytest.mark.parametrize("how", OF_WORD)
def test_what_a_word_file_has_and_does_not_show_is_named_with_its_place(how):
    data, expected = OF_WORD[how]
    assert sentences(data) == expected


def in_a_header_row(document, _paragraph):
    cell = document.add_table(1, 1).cell(0, 0)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="003366"/>'))
    white(cell.paragraphs[0].add_run("Agency"))


SHOWN_IN_WORD = {
    "plain": word(),
    "white on blue": word(in_a_header_row),
    "a page number": word(xml(FIELD.replace(f'QUOTE "{NAME}"', "PAGE"))),
    "its own style shows it": word(
        xml('<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>We left.</w:t></w:r>')
    ),
    "a list of books that Word adds": word(
        parts={"customXml/item1.xml": '<b:Sources xmlns:b="b" SelectedStyle="APA"/>'}
    ),
}


@pytest.mark.parametrize("how", SHOWN_IN_WORD)
def test_a_word_file_that_shows_all_it_has_is_only_asked_for_as_a_pdf(how):
    assert sentences(SHOWN_IN_WORD[how]) == [OFFICE]


# --- Excel ----------------------------------------------------------------------------------------


def excel(change=None, *, parts=(), **replaced):
    book = openpyxl.Workbook()
    book.properties.creator = None
    book.active.title = "Costs"
    for row in range(1, 9):
        book.active.append([f"Line {row}", row, row * 2])
    if change is not None:
        change(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return changed(out.getvalue(), parts, **replaced)


def shared():
    """Return a workbook that keeps its words apart from its cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Costs").write("A1", "Line 1")
    return out.getvalue()


def on_sheet(state):
    def change(book, _sheet):
        book.create_sheet("Staff").append([NAME, 12])
        book["Staff"].sheet_state = state

    return change


def rows(_book, sheet):
    sheet["A4"] = NAME
    for row in (4, 5, 8):
        sheet.row_dimensions[row].hidden = True


def columns(_book, sheet):
    sheet["B1"] = NAME
    sheet.column_dimensions["B"].hidden = True


def in_look(**look):
    def change(_book, sheet):
        sheet["B2"] = NAME
        for name, value in look.items():
            setattr(sheet["B2"], name, value)

    return change


def noted(_book, sheet):
    sheet["B2"].comment = Comment(NAME, "Office")


def named(book, _sheet):
    book.defined_names["Who"] = DefinedName("Who", attr_text=f'"{NAME}"')


STRING = {"</sst>": f"<si><t>{NAME}</t></si></sst>"}
CACHE = f'<pivotCacheRecords><r><s v="{NAME}"/></r></pivotCacheRecords>'
LINK = f"<externalLink><sheetDataSet><cell><v>{NAME}</v></cell></sheetDataSet></externalLink>"
LOG = f"<revisions><nc><is><t>{NAME}</t></is></nc></revisions>"
OF_EXCEL = {
    "a hidden sheet": (
        excel(on_sheet("hidden")),
        at("Sheet “Staff”", f"the sheet is hidden: “{NAME} · 12”"),
    ),
    "a very hidden sheet": (
        excel(on_sheet("veryHidden")),
        at("Sheet “Staff”", f"the sheet is hidden: “{NAME} · 12”"),
    ),
    "hidden rows": (
        excel(rows),
        at(
            "Sheet “Costs”, 4–5, 8",
            f"rows are hidden: “{NAME} · 4 · 8 · Line 5 · 5 · 10 · Line 8 · 8 · 16”",
        ),
    ),
    "a hidden column": (
        excel(columns),
        at("Sheet “Costs”, B", f"columns are hidden: “{NAME} · 2 · 3 · 4 · 5 · 6 · 7 · 8”"),
    ),
    "white text": (
        excel(in_look(font=Font(color="FFFFFF"))),
        at("Sheet “Costs”, cell B2", f"text has the colour of its background: “{NAME}”"),
    ),
    "black on black": (
        excel(in_look(fill=PatternFill("solid", fgColor="FF010101"))),
        at("Sheet “Costs”, cell B2", f"text has the colour of its background: “{NAME}”"),
    ),
    "a format that shows nothing": (
        excel(in_look(number_format=";;;")),
        at("Sheet “Costs”, cell B2", f"its number format shows nothing: “{NAME}”"),
    ),
    "a comment": (excel(noted), at("Sheet “Costs”, cell B2", f"there is a comment: “{NAME}”")),
    "a name": (excel(named), decide(f'A defined name keeps words: “Who: "{NAME}"”')),
    "a word of no cell": (
        changed(shared(), sharedStrings=STRING),
        decide(f"Words are kept that nothing shows: “{NAME}”"),
    ),
    "rows of a pivot table": (
        excel(parts={"xl/pivotCache/pivotCacheRecords1.xml": CACHE}),
        decide(f"A pivot table keeps the rows that it was made from: “{NAME}”"),
    ),
    "values of another workbook": (
        excel(parts={"xl/externalLinks/externalLink1.xml": LINK}),
        decide(f"Values of another workbook are kept in it: “{NAME}”"),
    ),
    "earlier values": (
        excel(parts={"xl/revisions/revisionLog1.xml": LOG}),
        decide(f"Earlier values of cells are kept: “{NAME}”"),
    ),
    "a connection": (
        excel(
            parts={"xl/connections.xml": f'<connections><connection name="{NAME}"/></connections>'}
        ),
        decide(f"There are stored data: “{NAME}”"),
    ),
}


@pytest.mark.parametrize("how", OF_EXCEL)
def test_what_a_workbook_has_and_does_not_show_is_named_with_its_place(how):
    data, expected = OF_EXCEL[how]
    assert sentences(data) == expected


SHOWN_IN_EXCEL = {
    "plain": excel(),
    "of another program": shared(),
    "white on blue": excel(
        in_look(font=Font(color="FFFFFF"), fill=PatternFill("solid", fgColor="003366"))
    ),
    "a format for numbers alone": excel(in_look(number_format=";;;@")),
    "an empty hidden row": excel(
        lambda _book, sheet: setattr(sheet.row_dimensions[20], "hidden", True)
    ),
    "a name of cells": excel(
        lambda book, _: book.defined_names.add(DefinedName("All", attr_text="Costs!$A$1:$C$8"))
    ),
}


@pytest.mark.parametrize("how", SHOWN_IN_EXCEL)
def test_a_workbook_that_shows_all_it_has_is_only_asked_for_as_a_pdf(how):
    assert sentences(SHOWN_IN_EXCEL[how]) == [OFFICE]


# --- PowerPoint -----------------------------------------------------------------------------------


def slides(slide, *, rels="", **parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "ppt/presentation.xml", '<p:p xmlns:p="p"><p:sldSz cx="900" cy="600"/></p:p>'
        )
        archive.writestr("ppt/slides/slide1.xml", slide)
        archive.writestr("ppt/slides/_rels/slide1.xml.rels", f"<rels>{rels}</rels>")
        for name, content in parts.items():
            archive.writestr(f"ppt/{name.replace('__', '/')}.xml", content)
    return data.getvalue()


def slide(x=10, *, show="1", about=""):
    return (
        f'<p:sld xmlns:p="p" show="{show}"><p:sp><p:cNvPr descr="{about}"/><p:off x="{x}" y="0"/><p:ext cx="90" cy="9"/>'
        f"<p:p><p:t>{NAME}</p:t></p:p></p:sp></p:sld>"
    )


NOTE = f'<p:n xmlns:p="p"><p:p><p:t>{NAME}</p:t></p:p></p:n>'
REL = '<r Id="1" Type="x/{}" Target="../{}.xml"/>'
OF_POWERPOINT = {
    "a hidden slide": (slides(slide(show="0")), f"the slide is hidden: “{NAME}”"),
    "off the slide": (slides(slide(901)), f"text was moved off the page: “{NAME}”"),
    "left of the slide": (slides(slide(-90)), f"text was moved off the page: “{NAME}”"),
    "a description": (slides(slide(about=NAME)), f"a picture has a description: “{NAME}”"),
    "notes": (
        slides(slide(), rels=REL.format("notesSlide", "notesSlides/n1"), notesSlides__n1=NOTE),
        f"there are speaker’s notes: “{NAME}”",
    ),
    "a comment": (
        slides(
            slide(),
            rels=REL.format("comments", "comments/c1"),
            comments__c1=f"<c><cm><text>{NAME}</text></cm></c>",
        ),
        f"there is a comment: “{NAME}”",
    ),
}


@pytest.mark.parametrize("how", OF_POWERPOINT)
def test_what_a_presentation_has_and_does_not_show_is_named_with_its_slide(how):
    data, says = OF_POWERPOINT[how]
    assert sentences(data) == at("Slide 1", says)


def test_a_presentation_that_shows_all_it_has_is_only_asked_for_as_a_pdf():
    assert sentences(slides(slide())) == [OFFICE]


# --- pictures -------------------------------------------------------------------------------------


def drawn(mode="RGB", ground="white"):
    picture = Image.new(mode, (400, 120), ground)
    ImageDraw.Draw(picture).text((20, 40), "We met in May.", fill="black", font_size=30)
    return picture


def saved(picture, kind, **about):
    out = io.BytesIO()
    picture.save(out, kind, **about)
    return out.getvalue()


def exif(tag, value, *, ifd=None):
    told = Image.Exif()
    (told if ifd is None else told.get_ifd(ifd))[tag] = value
    return told


def chunk(kind, data):
    return len(data).to_bytes(4) + kind + data + crc32(kind + data).to_bytes(4)


def with_chunk(kind, data):
    raw = saved(drawn(), "PNG")
    return raw[:33] + chunk(kind, data) + raw[33:]


def png_text(**words):
    about = PngImagePlugin.PngInfo()
    for name, value in words.items():
        about.add_text(name, value, zip=name == "Comment")
    return saved(drawn(), "PNG", pnginfo=about)


def clear(alpha):
    """A picture whose words are behind clear parts."""
    picture = drawn().convert("RGBA")
    picture.putalpha(alpha)
    return saved(picture, "PNG")


def thumbnail():
    """A JPEG whose camera kept a small copy, by the second table of its data."""
    second = b"\x01\0\x03\x01\x03\0\x01\0\0\0\x06\0\0\0" + bytes(4)
    told = b"Exif\0\0II*\0\x08\0\0\0" + b"\0\0\x0e\0\0\0" + second
    return saved(drawn(), "JPEG", exif=told)


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{NAME}</x:xmpmeta>".encode()
WORDS = f"The picture has words that it does not show: “{NAME}”. They are not in the PDF."
TAKEN = "The picture says where or by whom it was taken: “{}”. This is not in the PDF."
MORE = "There are more pictures in the file than the first. They are not in the PDF: list them as papers of their own."
CLEAR = "Clear parts of the picture have another picture in them. It is not in the PDF, in which these parts are white."
OF_PICTURES = {
    "an author": (saved(drawn(), "JPEG", exif=exif(0x013B, NAME)), TAKEN.format(NAME)),
    "a place": (saved(drawn(), "JPEG", exif=exif(1, "S", ifd=0x8825)), TAKEN.replace(": “{}”", "")),
    "a note of its camera": (
        saved(drawn(), "JPEG", exif=exif(0x9286, NAME.encode(), ifd=0x8769)),
        TAKEN.format(NAME),
    ),
    "an author of a PNG": (saved(drawn(), "PNG", exif=exif(0x013B, NAME)), TAKEN.format(NAME)),
    "a comment": (saved(drawn(), "JPEG", comment=NAME), WORDS),
    "metadata": (saved(drawn(), "JPEG", xmp=XMP), WORDS),
    "a text": (png_text(Author=NAME), WORDS),
    "a packed text": (png_text(Comment=NAME), WORDS),
    "a chunk of a program": (with_chunk(b"prVt", NAME.encode()), WORDS),
    "words after its end": (saved(drawn(), "JPEG") + NAME.encode(), WORDS),
    "words after the end of a PNG": (saved(drawn(), "PNG") + NAME.encode(), WORDS),
    "a picture after its end": (saved(drawn(), "JPEG") + saved(drawn(), "JPEG"), MORE),
    "a second picture": (saved(drawn(), "MPO", save_all=True, append_images=[drawn()]), MORE),
    "an animation": (
        saved(drawn(), "PNG", save_all=True, append_images=[drawn(ground="grey")]),
        MORE,
    ),
    "a small copy": (
        thumbnail(),
        "The picture has a small copy of itself, perhaps from before it was redacted. It is not in the PDF.",
    ),
    "clear words": (clear(0), CLEAR),
    "nearly clear words": (clear(4), CLEAR),
}


@pytest.mark.parametrize("how", OF_PICTURES)
def test_what_a_picture_has_and_does_not_show_is_named(how):
    data, expected = OF_PICTURES[how]
    assert sentences(data) == [PICTURE, expected]


@pytest.mark.parametrize("how", OF_PICTURES)
def test_the_pdf_of_a_picture_has_only_what_it_shows(how):
    data, _expected = OF_PICTURES[how]
    report, made = check(Task(is_upload=True, as_pictures=True), data)
    assert (report["found"], report["pages"], NAME.encode() in made) == ((), 1, False)


def logo():
    picture = Image.new("RGBA", (400, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((20, 40), "We met in May.", fill=(0, 0, 0, 255), font_size=30)
    return saved(picture, "PNG")


SHOWN_PICTURES = {
    "JPEG": saved(drawn(), "JPEG"),
    "progressive JPEG": saved(drawn(), "JPEG", progressive=True),
    "PNG": saved(drawn(), "PNG", dpi=(96, 96)),
    "PNG of a palette": saved(drawn().convert("P"), "PNG"),
    "named by its program": png_text(Software="A program"),
    "clear around its words": logo(),
    "upright by its camera": saved(drawn(), "JPEG", exif=exif(0x0112, 6)),
}


@pytest.mark.parametrize("how", SHOWN_PICTURES)
def test_a_picture_that_shows_all_it_has_is_only_asked_for_as_a_pdf(how):
    assert sentences(SHOWN_PICTURES[how]) == [PICTURE]


def page_of(made):
    with pypdfium2.PdfDocument(made) as opened:
        return opened[0].render(scale=1).to_pil().convert("L")


@pytest.mark.parametrize(
    ("data", "shows"), [(clear(0), False), (logo(), True)], ids=["clear", "logo"]
)
def test_clear_parts_are_white_in_the_pdf(data, shows):
    _report, made = check(Task(as_pictures=True), data)
    assert (min(page_of(made).getextrema()) < 128) is shows


def test_the_pdf_is_upright():
    _report, made = check(Task(as_pictures=True), SHOWN_PICTURES["upright by its camera"])
    page = page_of(made)
    assert page.height > page.width


def test_a_picture_that_cannot_be_opened_is_a_sentence():
    data = b"\x89PNG\r\n\x1a\n no picture"
    report, made = check(Task(as_pictures=True), data)
    kinds = [each.kind if hasattr(each, "kind") else each["kind"] for each in report["found"]]
    assert (kinds, made) == (["unexamined", "damaged"], b"")


# --- other kinds, and limits ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"From: an official",
        b"a,b\n1,2",
        changed(excel(), {"word/document.xml": "<a/>"}),
    ],
    ids=["Word 97", "email", "CSV", "of two kinds"],
)
def test_what_is_not_examined_is_asked_for_as_a_pdf(data):
    assert sentences(data) == [
        "What a file of this kind has unseen cannot be examined. Print it to a PDF in the program that made it, and upload "
        "that."
    ]


def test_a_damaged_file_is_a_sentence():
    assert sentences(word()[:-300])[0].startswith("What a file of this kind has unseen")


def test_findings_of_one_kind_are_listed_to_a_number_and_the_rest_counted():
    def change(document, _paragraph):
        for _each in range(20):
            hidden(document.add_paragraph().add_run(NAME))

    found = sentences(word(change))
    assert (len(found), found[-1]) == (
        10,
        "There are 12 more places like this. Look for them in the program that made the file.",
    )


@pytest.mark.parametrize("part", ["document", "footnotes", "styles", "header1"])
def test_all_parts_of_a_word_file_have_one_limit(monkeypatch, part):
    """The document itself was read whatever its size."""
    data = changed(word(first_header_unused), {"word/footnotes.xml": "<a/>"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {each.filename: each.file_size for each in archive.infolist()}
    monkeypatch.setattr(office_parts, "MAX_READ", sizes[f"word/{part}.xml"] - 1)
    with pytest.raises(TooLarge):
        text_of(data, "docx", lambda: None)
    report, _made = check(Task(endings=("docx",), is_part=True), MADE, data)
    assert (report["held_is_large"], report["comparison"]) == (True, None)
    assert sentences(data)[1].startswith("The file is too large to check: unpacked,")


def test_the_words_of_slides_have_the_same_limit(monkeypatch):
    monkeypatch.setattr(office_parts, "MAX_READ", 100)
    with pytest.raises(TooLarge):
        text_of(slides(slide()), "pptx", lambda: None)


MADE = check(Task(as_pictures=True), SHOWN_PICTURES["PNG"])[1]
