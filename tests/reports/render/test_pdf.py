"""Test the briefing's PDF: its look, tags, text and reproducible bytes.

`test_every_paper` tests what every PDF must meet.
"""

import hashlib
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageStat

from reports.document import Marking, Paragraph, Run, Section, SectionKind, plain
from reports.render import pdf as pdf_module
from reports.render.html import ASSETS, document_html
from reports.render.pdf import RenderRefused, check_file, render_pdf
from reports.render.structure import WEASYPRINT
from tests.reports import sample
from tests.reports.paper_reading import (
    opened,
    pages,
    run,
    spoken,
    spoken_by_poppler,
    structure,
)

pytestmark = pytest.mark.prints_anew


@pytest.fixture(scope="module")
def data():
    return render_pdf(sample.document())


@pytest.fixture(scope="module")
def pdf(data):
    with opened(data) as file:
        yield file


@pytest.fixture(scope="module")
def tree(pdf):
    return structure(pdf)


@pytest.fixture(scope="module")
def long_document():
    return sample.document(annexes=(sample.progress_picture(), sample.work_item_table(copies=9)))


@pytest.fixture(scope="module")
def long_data(long_document):
    return render_pdf(long_document)


# --- the file -------------------------------------------------------------------------------


def test_the_bookmarks_are_the_cover_the_sections_and_the_annexes(pdf):
    with pdf.open_outline() as outline:
        found = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert found == [
        ("Cover", []),
        (
            "Progress on the Plan of Action to Prevent People Trafficking",
            [
                "Purpose",
                "Background",
                "Achievements",
                "Delay",
                "Mitigation",
                "Next steps",
                "Recommendation",
            ],
        ),
        (
            "Annex A: The Plan at a glance",
            ["Work items by stage", "Milestones: promised and now expected"],
        ),
        ("Annex B: Work items", ["1 Prevention", "2 Protection", "3 Prosecution"]),
    ]


def test_progress_is_reported_page_by_page_and_then_out_of_all_pages(long_document, long_data):
    stages = []
    render_pdf(long_document, lambda *at: stages.append(at))
    laid_out = [page for stage, page, _ in stages if stage == "layout"]
    assert laid_out == list(range(1, max(laid_out) + 1))
    count = len(pages(long_data))
    written = [(page, of) for stage, page, of in stages if stage == "writing"]
    assert written == [(page, count) for page in range(1, count + 1)]
    assert stages[-1] == ("checking", 0, 0)


def test_two_processes_render_the_same_bytes(data, project_root):
    code = (
        "import django; django.setup(); from tests.reports import sample; import hashlib;"
        "from reports.render.pdf import render_pdf;"
        "own = sample.document(cover=sample.own_cover(), annexes=());"
        "print(*(hashlib.sha256(render_pdf(d)).hexdigest() for d in (sample.document(), own)))"
    )
    own = render_pdf(sample.document(cover=sample.own_cover(), annexes=()))
    environment = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "UTC-9"}
    out = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project_root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.split() == [hashlib.sha256(each).hexdigest() for each in (data, own)]


# --- the text -------------------------------------------------------------------------------


def test_poppler_reads_the_same_tags_as_our_tests(data):
    assert spoken_by_poppler(data) == "".join(text for _, text in spoken(data))


def test_a_paragraph_over_two_pages_is_read_once_in_full():
    long = " ".join(f"word{n}" for n in range(700))
    section = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph("p-01", long),))
    data = render_pdf(sample.document(sections=(section,), annexes=()))
    assert [("word1 " in page, "word699" in page) for page in pages(data)] == [
        (False, False),
        (True, False),
        (False, True),
        *[(False, False)] * (len(pages(data)) - 3),
    ]
    heard = " ".join(text.strip() for role, text in spoken(data) if "word" in text)
    assert heard == long


def test_macrons_are_printed_correctly(tmp_path, project_root):
    """The text layer can be right while the page shows other letters; only an image shows it."""
    letters = plain("Āā Ēē Īī Ōō Ūū Kāinga whānau Ōtautahi ngā hapū Māori")
    without = plain("Aa Ee Ii Oo Uu Kainga whanau Otautahi nga hapu Maori")
    stored = Image.open(project_root / "tests/reports/pictures/macrons.png").convert("L")
    assert difference(picture_of(letters, tmp_path), stored) < 6
    assert difference(picture_of(without, tmp_path), stored) > 12


def picture_of(text, folder):
    """Return an image of the first paragraph, cropped to its ink."""
    paragraph = replace(sample.paragraph("p-01", text), bullets=())
    section = Section(SectionKind.PURPOSE, "Purpose", (paragraph,))
    data = render_pdf(sample.document(sections=(section,), annexes=()))
    folder.joinpath("paper.pdf").write_bytes(data)
    area = area_between(data, text[0].text.split()[0], text[0].text.split()[-1])
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-f", "2", "-l", "2", *area, "paper.pdf", "page"],
        cwd=folder,
        check=True,
    )
    picture = Image.open(folder / "page.png").convert("L")
    return picture.crop(ImageChops.invert(picture).getbbox())


def area_between(data, first, last):
    """Return the second page's area between two words, for pdftoppm at 200 dpi."""
    boxes = run("pdftotext", data, "-bbox", "-f", "2", "-l", "2").decode()
    place = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">'
    left, top, _, bottom = (float(n) for n in re.search(place + first, boxes).groups())
    right = float(re.search(place + last, boxes)[3])
    x, y, width, height = (round(n * 200 / 72) for n in (left, top, right - left, bottom - top))
    return ("-r", "200", "-x", str(x), "-y", str(y), "-W", str(width + 4), "-H", str(height))


def difference(picture, stored):
    """Return the mean difference of two images in grey levels."""
    return ImageStat.Stat(ImageChops.difference(picture.resize(stored.size), stored)).mean[0]


# --- the tags -------------------------------------------------------------------------------


def test_cells_over_two_columns_say_so(tree):
    spans = [int(td.attribute("/ColSpan")) for td in tree.all("TD") if td.attribute("/ColSpan")]
    assert spans == [2] * 8


def test_a_nested_list_is_in_the_body_of_its_item(tree):
    nested = [e for e in tree.all("LBody") if "L" in [c.role for c in e.children]]
    assert len(nested) == 3  # two paragraphs with bullets, one bullet with its own


def test_the_renderer_has_the_version_that_the_tag_tree_is_written_for():
    """structure.py and chart_letters.py replace private functions: compare them with the new ones
    before raising this."""
    import weasyprint

    assert weasyprint.VERSION == WEASYPRINT == "70.0"


def test_the_renderers_own_functions_are_restored_after_rendering():
    from weasyprint.pdf import tags
    from weasyprint.pdf.stream import Stream
    from weasyprint.text import line_break

    render_pdf(sample.document(annexes=()))
    assert tags._build_box_tree.__module__ == "weasyprint.pdf.tags"
    assert Stream.marked.__module__ == "weasyprint.pdf.stream"
    assert line_break.split_first_line.__module__ == "weasyprint.text.line_break"


def laid_out_in_pictures(monkeypatch, document):
    """Return the file, and the texts of pictures that were laid out for it."""
    from weasyprint.text import line_break

    lay_out, texts = line_break.split_first_line, []

    def noting(text, *words):
        texts.append(text)
        return lay_out(text, *words)

    with monkeypatch.context() as patch:
        patch.setattr(line_break, "split_first_line", noting)
        return render_pdf(document), texts


def test_each_letter_of_the_charts_is_laid_out_once_and_the_bytes_stay(monkeypatch):
    document = sample.document(annexes=(sample.progress_picture(),))
    data, texts = laid_out_in_pictures(monkeypatch, document)
    monkeypatch.setattr(pdf_module, "letters_laid_out_once", nullcontext)
    plain_data, all_texts = laid_out_in_pictures(monkeypatch, document)
    assert data == plain_data
    assert set(texts) == set(all_texts)
    assert len(texts) < len(all_texts) / 2


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("marking", list(Marking))
def test_marking_and_tracker_number_are_on_each_page(marking):
    cover = replace(sample.cover(), marking=marking, tracker_number="26-0042 / B")
    found = pages(render_pdf(sample.document(cover=cover)), "-layout")
    assert len(found) == 5
    for number, page in enumerate(found, start=1):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[0] == marking.value
        assert (
            re.sub(" {3,}", " | ", lines[-1])
            == f"26-0042 / B · page {number} of 5 | {marking.value}"
        )


def test_a_cover_that_is_too_full_for_its_page_is_marked_on_the_first_page_too():
    copies = tuple(f"Office {number} of the Ministry" for number in range(45))
    cover = replace(sample.cover(), marking=Marking.SENSITIVE, copied_to=copies)
    first, second, *_ = pages(render_pdf(sample.document(cover=cover)))
    assert "Security" not in first
    assert "Security" in second
    for page in (first, second):
        assert page.count("SENSITIVE") >= 2
        assert "10/96252 · page" in page


def test_annexes_start_new_pages_and_the_items_are_landscape(pdf, data):
    found = pages(data)
    assert ["Annex A" in page for page in found] == [False, False, False, True, False]
    assert ["Annex B" in page for page in found] == [False, False, False, False, True]
    wide = [page.mediabox[2] > page.mediabox[3] for page in pdf.pages]
    assert wide == [False, False, False, False, True]


def lengthened(section, words):
    """The sample with that many short paragraphs added to one of its sections."""
    extra = tuple(sample.paragraph(f"x-{n}", f"Another, number {n}.") for n in range(words))
    sections = list(sample.sections())
    place = [kept.kind for kept in sections].index(section)
    sections[place] = replace(sections[place], paragraphs=sections[place].paragraphs + extra)
    return sample.document(sections=tuple(sections), annexes=())


@pytest.mark.parametrize("words", range(0, 14, 2))
def test_sign_offs_stay_with_the_recommendations_across_page_breaks(words):
    found = pages(render_pdf(lengthened(SectionKind.NEXT_STEPS, words)), "-layout")
    (signing,) = [page for page in found if "Signature" in page]
    assert signing.count("Signature") == 2
    assert "not agreed" in signing


@pytest.mark.parametrize("words", range(3, 9))
def test_a_heading_stays_with_its_text_across_page_breaks(words):
    for page in pages(render_pdf(lengthened(SectionKind.PURPOSE, words)), "-layout"):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert not re.fullmatch("[A-Z ]+", lines[-2])  # the last is the running footer


def test_a_full_picture_of_progress_stays_on_one_page():
    picture = sample.progress_picture()
    long_row = replace(
        picture.timeline[0],
        milestone=replace(
            picture.timeline[0].milestone, label="A milestone with words for two lines"
        ),
    )
    full = replace(picture, timeline=(long_row,) * 24, note="The 24 with the largest slips, of 61.")
    assert len(pages(render_pdf(sample.document(annexes=(full,))))) == 4


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["😀", "א", "漢", "↻"])
def test_a_character_without_a_glyph_in_our_fonts_is_refused_by_name(character):
    section = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph("p-01", f"a {character}"),))
    with pytest.raises(
        RenderRefused, match=f"“{character}” .U.{ord(character):04X}. cannot be printed"
    ):
        render_pdf(sample.document(sections=(section,)))


def test_an_incomplete_file_is_refused(data):
    for broken in (b"", data[:-10], data + b"%%EOF", data + b"more", b"x" + data):
        with pytest.raises(RenderRefused, match="came out incomplete"):
            check_file(broken)
    check_file(data)


@pytest.mark.parametrize(
    "claim",
    [b"<pdfuaid:part>1<", b'pdfaid:part="2"', b'conformance="A"', b"<pdfaSchema:prefix>pdfuaid<"],
)
def test_a_file_that_lacks_one_of_its_claims_is_refused(data, claim):
    assert data.count(claim) == 1
    with pytest.raises(
        RenderRefused, match="would not state that it is accessible and suitable for"
    ):
        check_file(data.replace(claim, b"-" * len(claim)))


def test_a_file_with_one_claim_or_no_output_intent_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_module, "claim_accessible", lambda pdf: None)
    with pytest.raises(
        RenderRefused, match="would not state that it is accessible and suitable for"
    ):
        render_pdf(sample.document(annexes=()))
    monkeypatch.setattr(pdf_module, "ARCHIVE", "pdf/ua-1")
    with pytest.raises(RenderRefused, match="would not say what its colours are"):
        render_pdf(sample.document(annexes=()))


def test_poppler_reports_no_errors(data):
    out = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    assert out.stderr == b""
    assert run("pdftotext", data)


def elements(root):
    return [
        (each.tag, dict(each.attrib), each.text or "", each.tail or "")
        for each in root.iter()
        if each.tag not in ("html", "head", "body", "article")
    ]


@pytest.mark.parametrize("paper", ["briefing", "with every annex", "in other languages"])
def test_the_html_parses_the_same_as_with_a_general_html_parser(paper, monkeypatch):
    """Our parser is faster and reads the templates' output as XML."""
    import weasyprint

    document = {
        "briefing": sample.document,
        "with every annex": lambda: sample.document(annexes=sample.annexes()),
        "in other languages": lambda: sample.document(
            sections=(
                Section(
                    SectionKind.OTHER,
                    "A < B & “C” > 'D'",
                    (
                        Paragraph(
                            key="p-1",
                            text=(Run("Tā "), Run("Aotearoa & <b>", lang="mi", bold=True)),
                        ),
                    ),
                ),
            )
        ),
    }[paper]()
    page = document_html(document)
    theirs = weasyprint.HTML(string=page, base_url=ASSETS).etree_element
    monkeypatch.delattr(weasyprint, "HTML")
    ours = pdf_module._read(page)
    plain = [
        (tag, {k: v for k, v in attributes.items() if not k.endswith("}xmlns")}, text, tail)
        for tag, attributes, text, tail in elements(theirs)
    ]
    assert elements(ours) == plain


def test_a_page_that_is_not_valid_xml_is_still_parsed():
    from weasyprint import HTML

    page = "<!doctype html><title>T</title><p>One<p>Two"
    assert elements(pdf_module._read(page)) == elements(HTML(string=page).etree_element)
