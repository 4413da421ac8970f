"""Test the check of Word files against a corpus: what was hidden is named, what was really taken out is not missed.

The files of `made_elsewhere` were made by pandoc, by two libraries of JavaScript and two of Python (`make_word.py` there);
those of this module and of `test_other_kinds`, by python-docx and by hand.
"""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor
from hypothesis import given, note
from hypothesis import strategies as st

from reports.requests.redaction.elsewhere.held_text import text_of
from tests.reports.requests.test_other_kinds import (
    NAME,
    OF_WORD,
    OFFICE,
    SHOWN_IN_WORD,
    W,
    changed,
    decide,
    sentences,
    white,
    without_stored_words,
    word,
    xml,
)

FILES = Path(__file__).parent / "made_elsewhere"
LABEL = "[s 9(2)(a)]"


def of_paragraph(number, says):
    return decide(f"Paragraph {number}: {says}: “{NAME}”")


FALSE = {
    "docx_deletion": decide(f"Paragraph 1: there is a tracked change: “{NAME} (Office)”"),
    "docx_hidden": of_paragraph(1, "there is hidden text"),
    "docx_marked_black": of_paragraph(1, "text has the colour of its background"),
    "docx_revisions": decide(f"Paragraph 1: there is a tracked change: “{NAME} (Office)”"),
    "docx_shaded_black": of_paragraph(1, "text has the colour of its background"),
    "docx_tiny": of_paragraph(1, "text is too small to read"),
    "docx_title": decide(f"Its properties say: “title: What {NAME} said”"),
    "docx_white": of_paragraph(1, "text has the colour of its background"),
    "html_to_docx_white": of_paragraph(1, "text has the colour of its background"),
    "pandoc_author": decide(f"Its properties say: “Author: {NAME}”"),
    "pandoc_comment": decide(f"Paragraph 1: there is a comment: “Ask {NAME} (Office)”"),
    "pandoc_deletion": decide(f"Paragraph 1: there is a tracked change: “{NAME} (Office)”"),
    "pandoc_description": of_paragraph(2, "a picture has a description"),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_redaction_is_named_with_its_place(name):
    assert sentences((FILES / "false" / f"{name}.docx").read_bytes()) == FALSE[name]


# --- by hand, with what is left behind ------------------------------------------------------------


def edited(data, part, before, after):
    """Return an archive in one part of which this text stands for that one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                assert before.encode() in content
                content = content.replace(before.encode(), after.encode(), 1)
            new.writestr(name, content)
    return out.getvalue()


def in_document(before, after):
    return edited(word(), "word/document.xml", before, after)


NOTES = f'<w:footnotes {W}><w:footnote w:id="7"><w:p><w:r><w:t>{{}}</w:t></w:r></w:p></w:footnote></w:footnotes>'
FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
LINK = f'<Relationship Id="rId99" Type="{FOOTNOTES}" Target="footnotes.xml"/></Relationships>'


def with_notes(reference, words=NAME):
    """Return a file with the footnote 7, and a reference to this or another one."""
    referring = word(xml(f'<w:r><w:footnoteReference w:id="{reference}"/></w:r>'))
    data = changed(referring, {"word/footnotes.xml": NOTES.format(words)})
    return edited(data, "word/_rels/document.xml.rels", "</Relationships>", LINK)


def between_parts(data):
    """Return an archive with words between two of its parts, of which its list knows nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at, listed = archive.infolist()[-1].header_offset, archive.start_dir
    words = NAME.encode()
    entry = data.rindex(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    moved = bytearray(data[:at] + words + data[at:])
    place = entry + len(words) + 42
    moved[place : place + 4] = (at + len(words)).to_bytes(4, "little")
    place = end + len(words) + 16
    moved[place : place + 4] = (listed + len(words)).to_bytes(4, "little")
    return bytes(moved)


def told_by_a_part(data, **about):
    """Return an archive whose last part has this comment or these extra data."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            told = zipfile.ZipInfo(each.filename)
            if each is old.infolist()[-1]:
                for name, value in about.items():
                    setattr(told, name, value)
            new.writestr(told, old.read(each))
    return out.getvalue()


def unused(part, words=NAME):
    return decide(f"Part {part}: words are kept that nothing shows: “{words}”")


A_PART = decide(f"It has a part that no page shows: “{NAME}”")
LEFT_BEHIND = {
    "a note without its reference": (with_notes(8), unused("footnotes.xml")),
    "a note of a part to which nothing refers": (
        changed(
            word(xml('<w:r><w:footnoteReference w:id="7"/></w:r>')),
            {"word/footnotes.xml": NOTES.format(NAME)},
        ),
        unused("footnotes.xml", "word/footnotes.xml"),
    ),
    "a remark in the XML": (
        in_document("<w:body>", f"<w:body><!-- {NAME} -->"),
        unused("document.xml"),
    ),
    "an instruction in the XML": (
        in_document("<w:body>", f"<w:body><?who {NAME}?>"),
        unused("document.xml", f"who {NAME}"),
    ),
    "words between elements": (
        in_document("<w:body>", f"<w:body>{NAME}"),
        unused("document.xml"),
    ),
    "a text outside paragraphs": (
        in_document("<w:body>", f"<w:body><w:r><w:t>{NAME}</w:t></w:r>"),
        unused("document.xml"),
    ),
    "a text among the styles": (
        word(styles={"</w:styles>": f"<w:t>{NAME}</w:t></w:styles>"}),
        unused("styles.xml"),
    ),
    "a bookmark": (
        word(xml(f'<w:bookmarkStart w:id="1" w:name="{NAME}"/>')),
        unused("document.xml"),
    ),
    "a tag of a field": (
        word(xml(f'<w:sdt><w:sdtPr><w:tag w:val="{NAME}"/></w:sdtPr></w:sdt>')),
        unused("document.xml"),
    ),
    "a remark of a link": (
        word(xml(f'<w:hyperlink w:tooltip="{NAME}"/>')),
        unused("document.xml"),
    ),
    "between its parts": (between_parts(word()), A_PART),
    "a comment of the archive": (told_by_a_part(word(), comment=NAME.encode()), A_PART),
}


@pytest.mark.parametrize("how", LEFT_BEHIND)
def test_what_a_program_left_behind_is_named(how):
    data, expected = LEFT_BEHIND[how]
    assert sentences(data) == expected


# --- by hand, and truly redacted ------------------------------------------------------------------


def letter():
    """Return a letter that says the name in each place where a letter can."""
    document = docx.Document()
    document.add_heading(f"What {NAME} said", 1)
    document.add_paragraph(f"We met {NAME} in May.")
    document.add_paragraph(f"To {NAME}", style="List Number")
    document.add_paragraph("We left.")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("Who", "Hours", NAME, "12"), strict=True):
        cell.text = words
    section = document.sections[0]
    section.header.paragraphs[0].text = f"For {NAME}"
    section.footer.paragraphs[0].text = "In confidence"
    return document


def each_paragraph(document):
    section = document.sections[0]
    yield from document.paragraphs
    yield from (each for cell in document.tables[0]._cells for each in cell.paragraphs)
    yield from section.header.paragraphs


def replaced(document, label=LABEL):
    for each in each_paragraph(document):
        if NAME in each.text:
            each.text = each.text.replace(NAME, label)


def deleted(document):
    for each in each_paragraph(document):
        if NAME in each.text and each._p.getparent().tag.endswith("}body"):
            each._p.getparent().remove(each._p)
    replaced(document, "")


def row_deleted(document):
    document.tables[0]._tbl.remove(document.tables[0].rows[1]._tr)
    replaced(document)


def column_deleted(document):
    for row in document.tables[0].rows:
        row._tr.remove(row._tr.tc_lst[0])
    replaced(document)


def table_deleted(document):
    document.tables[0]._tbl.getparent().remove(document.tables[0]._tbl)
    for each in [*document.paragraphs, *document.sections[0].header.paragraphs]:
        each.text = each.text.replace(NAME, LABEL)


def header_unlinked(document):
    replaced(document)
    document.sections[0].header.is_linked_to_previous = True


def shown_as_a_label(document):
    replaced(document, "")
    run = document.paragraphs[1].add_run(LABEL)
    run._r.get_or_add_rPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="000000"/>'))
    run.font.color.rgb = RGBColor(255, 255, 255)


def marked_in_yellow(document):
    replaced(document)
    document.paragraphs[1].runs[0].font.highlight_color = docx.enum.text.WD_COLOR_INDEX.YELLOW


def in_grey_and_small(document):
    replaced(document)
    look = document.paragraphs[1].runs[0].font
    look.color.rgb, look.size = RGBColor(0x77, 0x77, 0x77), Pt(6)


def in_two_sections(document):
    replaced(document)
    document.add_section().orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
    document.add_paragraph("Ngā mihi nui.")


def by_a_style(document):
    replaced(document)
    style = document.styles.add_style("Withheld", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.bold = True
    document.paragraphs[1].add_run(LABEL, style="Withheld")


def in_a_header_row(document):
    replaced(document)
    for cell in document.tables[0].rows[0].cells:
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="003366"/>'))
        white(cell.paragraphs[0].runs[0])


def with_a_page_number(document):
    replaced(document)
    field = parse_xml(f'<w:fldSimple {W} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    document.sections[0].footer.paragraphs[0]._p.append(field)


def with_a_bookmark_of_its_words(document):
    replaced(document)
    document.add_heading("Advice", 2)._p.append(
        parse_xml(f'<w:bookmarkStart {W} w:id="1" w:name="advice"/>')
    )


BY_PYTHON_DOCX = (
    *(replaced, deleted, row_deleted, column_deleted, table_deleted, header_unlinked),
    *(shown_as_a_label, marked_in_yellow, in_grey_and_small, in_two_sections, by_a_style),
    *(in_a_header_row, with_a_page_number, with_a_bookmark_of_its_words),
)


def written(document):
    about = document.core_properties
    about.author = about.title = about.comments = about.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return without_stored_words(out.getvalue())


def redacted(how):
    document = letter()
    how(document)
    return written(document)


def packed(data, how, *, backwards=False):
    """Return an archive packed anew, as programs do that write one themselves."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", how) as new:
        for name in old.namelist()[:: -1 if backwards else 1]:
            new.writestr(name, old.read(name))
    return out.getvalue()


class Flowing(io.BytesIO):
    """Where a program writes that cannot go back, so that sums stand after each part."""

    def seekable(self):
        return False

    def seek(self, *_of):
        raise io.UnsupportedOperation


def flowing(data):
    out = Flowing()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


TRUE = {
    **{f"by programs: {path.stem}": path for path in sorted((FILES / "true").glob("*.docx"))},
    **{f"by python-docx: {how.__name__}": how for how in BY_PYTHON_DOCX},
    "by hand: a note with its reference": lambda: with_notes(7, LABEL),
    "by hand: stored": lambda: packed(redacted(replaced), zipfile.ZIP_STORED),
    "by hand: packed": lambda: packed(redacted(replaced), zipfile.ZIP_DEFLATED),
    "by hand: backwards": lambda: packed(redacted(deleted), zipfile.ZIP_DEFLATED, backwards=True),
    "by hand: in a flow": lambda: flowing(redacted(replaced)),
}


def made(how):
    """Return a file of the corpus and, of what was redacted by python-docx, the words around."""
    if isinstance(how, Path):
        return how.read_bytes()
    return redacted(how) if how in BY_PYTHON_DOCX else how()


def stored(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("how", TRUE.values(), ids=TRUE)
def test_a_true_redaction_is_only_asked_for_as_a_pdf(how):
    """And it is one: no part has the name, and the words around it are there."""
    data = made(how)
    assert sentences(data) == [OFFICE]
    assert b"Hemi" not in stored(data)
    assert text_of(data, "docx", lambda: None).strip()


def test_the_letter_says_the_name_in_each_place():
    """Else nothing would be redacted above."""
    assert stored(written(letter())).count(NAME.encode()) == 5


def test_each_file_of_the_corpus_is_counted():
    """At least 25 of each are asked for; the figures are those of today, so that none is lost unseen."""
    assert {path.stem for path in (FILES / "false").glob("*.docx")} == set(FALSE)
    assert len(FALSE) + len(LEFT_BEHIND) + len(OF_WORD) == 50
    assert len(TRUE) + len(SHOWN_IN_WORD) == 49


# --- at random ------------------------------------------------------------------------------------

SOME = [redacted(replaced), with_notes(7, LABEL)] + [
    (FILES / "true" / f"{name}.docx").read_bytes()
    for name in ("pandoc_list", "docx_header_and_page_number", "html_to_docx_table")
]
LOOKS = (
    "<w:vanish/>",
    '<w:color w:val="FFFFFF"/>',
    '<w:color w:val="FEFEFE"/>',
    '<w:color w:themeColor="background1"/>',
    '<w:highlight w:val="black"/>',
    '<w:shd w:val="clear" w:fill="101010"/><w:color w:val="000000"/>',
    '<w:sz w:val="2"/>',
)
T = f"<w:t>{NAME}</w:t>"
RUNS = (
    *(f"<w:r><w:rPr>{look}</w:rPr>{T}</w:r>" for look in LOOKS),
    f'<w:del w:id="9"><w:r><w:delText>{NAME}</w:delText></w:r></w:del>',
    f'<w:ins w:id="9"><w:r>{T}</w:r></w:ins>',
    f'<w:moveFrom w:id="9"><w:r>{T}</w:r></w:moveFrom>',
    f"<w:r><w:instrText>QUOTE {NAME}</w:instrText></w:r>",
    f'<w:fldSimple w:instr="QUOTE {NAME}"/>',
    f'<w:hyperlink w:tooltip="{NAME}"/>',
    f'<w:bookmarkStart w:id="9" w:name="{NAME}"/>',
    f'<w:r><w:drawing><docPr descr="{NAME}"/></w:drawing></w:r>',
    f'<w:r><w:drawing><docPr title="{NAME}"/></w:drawing></w:r>',
    f'<w:r><w:drawing><docPr name="{NAME}.jpg"/></w:drawing></w:r>',
    f"<w:r>{NAME}</w:r>",
    T,
    f"<!--{NAME}-->",
)


class File(bytes):
    """A file that a failed test names by its size."""

    def __repr__(self):
        return f"{len(self):,} bytes"


@st.composite
def mutations(draw):
    """How a truly redacted file was changed, and the file, with the name somewhere in its package."""
    data = SOME[draw(st.integers(0, len(SOME) - 1))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    how = draw(st.sampled_from(["run", "text", "part", "property", "link", "end", "between"]))
    if how == "run":
        written = [
            name
            for name in parts
            if name.startswith("word/") and b"</w:p>" in parts[name] and "notes" not in name
        ]
        name, run = draw(st.sampled_from(sorted(written))), draw(st.sampled_from(RUNS))
        before, after = cut_at(draw, parts[name], b"</w:p>")
        parts[name] = before + run.encode() + after
        note(f"{run} in {name}")
    elif how == "text":
        words = draw(st.sampled_from([NAME, f"<!--{NAME}-->", f"<?who {NAME}?>"]))
        own = ("document", "styles", "settings", "numbering", "footnotes", "fontTable", "header1")
        names = [f"word/{each}.xml" for each in own]
        name = draw(st.sampled_from([each for each in names if b"</w:" in parts.get(each, b"")]))
        before, after = cut_at(draw, parts[name], b"</w:")
        parts[name] = before + words.encode() + after
        note(f"{words} after {before[-60:]!r} in {name}")
    elif how == "part":
        folder = draw(st.sampled_from(["", "word/", "customXml/", "docProps/", "word/embeddings/"]))
        ending = draw(st.sampled_from(["xml", "bin", "txt", "docx"]))
        kept = f"<a>{NAME}</a>"
        parts[f"{folder}{draw(st.text('abcxyz', min_size=4, max_size=9))}.{ending}"] = kept.encode()
    elif how == "property":
        name = draw(
            st.sampled_from(["creator", "title", "subject", "keywords", "description", "category"])
        )
        parts["docProps/core.xml"] = (
            f"<coreProperties><{name}>{NAME}</{name}></coreProperties>".encode()
        )
    elif how == "link":
        name = "word/_rels/document.xml.rels"
        link = f'<Relationship Id="rId98" Type="x/image" TargetMode="External" Target="file:///{NAME}"/>'
        parts[name] = parts[name].replace(b"</Relationships>", f"{link}</Relationships>".encode())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    made = out.getvalue()
    if how == "between":
        made = between_parts(made)
    return how, File(made + NAME.encode() * (how == "end"))


def cut_at(draw, content, mark):
    """Return a part before and after one of the places where this stands."""
    number = draw(st.integers(1, content.count(mark)))
    before = mark.join(content.split(mark)[:number])
    return before, content[len(before) :]


@given(mutated=mutations())
def test_a_withheld_name_anywhere_in_the_package_is_named_unless_it_is_shown(mutated):
    """Only words put beside others may have come into a text that a page shows."""
    how, data = mutated
    is_shown = how == "text" and NAME in text_of(data, "docx", lambda: None)
    assert is_shown or len(sentences(data)) > 1
