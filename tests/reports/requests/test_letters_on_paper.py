"""Test letters as PDF and Word: both claims, every word, the letterhead, drafts and odd characters."""

import io
import re
from base64 import b64encode
from dataclasses import replace
from datetime import date

import pytest
from openxml_audit import FileFormat, OpenXmlValidator
from PIL import Image

from reports.document import CoverDesign, Mark
from reports.render.pdf import RenderRefused, printable
from reports.requests.letters import Kind, Requester, letter_from, lines_of, public_copy, write
from reports.requests.print.letter_docx import render_letter_docx
from reports.requests.print.letter_html import letter_fragment, render_letter_pdf
from tests.reports.paper_reading import opened, pages, spoken, structure
from tests.reports.requests.letter_facts import LINES, OF_KIND, facts, random_facts
from tests.reports.validators import CLAIMS, quick_faults, rules_of, verapdf
from tests.reports.word_reading import opened as word_opened
from tests.reports.word_reading import word_lines

LOOKS = CoverDesign(
    ministry="Ministry of Justice", ministry_mi="Te Tāhū o te Ture", ink="#5a1e5a", rule="#a05a00"
)


def mark():
    file = io.BytesIO()
    Image.new("RGB", (300, 120), "#7a1f2b").save(file, "PNG")
    png = b64encode(file.getvalue()).decode()
    return Mark(png=png, width=300, height=120, alt="Crest of the ministry")


@pytest.fixture(scope="module")
def letters():
    return {kind: write(kind, known) for kind, known in OF_KIND.items()}


@pytest.fixture(scope="module")
def files(letters):
    """The PDF of each kind, one of them as a draft and one more on an agency's letterhead."""
    made = {
        kind.value: render_letter_pdf(letter, is_draft=kind == Kind.EXTEND)
        for kind, letter in letters.items()
    }
    made["letterhead"] = render_letter_pdf(letters[Kind.DECIDE], replace(LOOKS, mark=mark()))
    return made


@pytest.fixture(scope="module")
def verdicts(files):
    return verapdf({name: files[name] for name in UNLIKE})


NAMES = [*(kind.value for kind in Kind), "letterhead"]
# With a schedule, with the mark of a draft, and with a crest: the others have nothing else to validate.
UNLIKE = ["decide", "extend", "letterhead"]


def together(words):
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("name", UNLIKE)
def test_the_reference_validator_confirms_both_claims(verdicts, name, claim):
    verdict = verdicts[name, claim]
    assert verdict.faults == ()
    assert verdict.passed
    assert verdict.rules == rules_of(claim)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_validator_confirms_both_claims(files, name):
    assert quick_faults(files[name]) == []


@pytest.mark.parametrize("kind", Kind)
def test_every_word_of_the_letter_is_read_aloud_in_order(files, letters, kind):
    heard = together(" ".join(text for _role, text in spoken(files[kind])))
    at = 0
    for line in lines_of(letters[kind]):
        for word in together(line).split():
            at = heard.find(word, at)
            assert at >= 0, (line, word)


@pytest.mark.parametrize("kind", Kind)
def test_word_has_the_same_lines_as_the_letter(letters, kind):
    letter = letters[kind]
    found = word_lines(word_opened(render_letter_docx(letter)))
    missing = [line for line in lines_of(letter) if together(line).strip() not in " ".join(found)]
    assert missing == []


@pytest.mark.parametrize("kind", Kind)
def test_the_word_file_is_valid_office_open_xml(letters, kind, tmp_path):
    path = tmp_path / "letter.docx"
    path.write_bytes(render_letter_docx(letters[kind], LOOKS))
    checked = OpenXmlValidator(FileFormat.MICROSOFT_365).validate(path)
    assert [error.description for error in checked.errors] == []


def test_the_file_carries_title_language_agency_and_the_letters_date(files, letters):
    with opened(files["decide"]) as pdf:
        assert str(pdf.docinfo.Title) == letters[Kind.DECIDE].title
        assert str(pdf.docinfo.Author) == "Ministry of Business, Innovation and Employment"
        assert str(pdf.docinfo.CreationDate).startswith("D:20130522")
        assert str(pdf.Root.Lang) == "en-NZ"
        roles = [element.role for element in structure(pdf).walk()]
    assert (roles.count("H1"), roles.count("H2"), roles.count("Table")) == (1, 5, 1)
    about = word_opened(render_letter_docx(letters[Kind.DECIDE])).core_properties
    assert (about.title, about.identifier) == (letters[Kind.DECIDE].title, "13/02025")
    assert about.created.date() == date(2013, 5, 22)


def test_the_title_does_not_name_the_requester(files):
    with opened(files["decide"]) as pdf:
        assert "Requester" not in str(pdf.docinfo.Title)


def test_the_letterhead_is_the_agencys_own_and_else_its_name(files):
    heads = [text for _role, text in spoken(files["letterhead"]) if text][:2]
    assert heads == ["Ministry of Justice", "Te Tāhū o te Ture"]
    assert pages(files["decide"])[0].lstrip().startswith("Ministry of Business, Innovation")
    with opened(files["letterhead"]) as pdf:
        (figure,) = structure(pdf).all("Figure")
        assert str(figure.node.Alt) == "Crest of the ministry"


def test_only_a_draft_says_so_on_its_pages(files):
    assert "DRAFT" in pages(files["extend"])[0]
    assert "DRAFT" not in "".join(pages(files["decide"]))


@pytest.mark.prints_anew
def test_equal_letters_give_equal_bytes(files, letters):
    again = letter_from(letters[Kind.DECIDE].as_plain())
    assert render_letter_pdf(again) == files["decide"]
    assert render_letter_docx(again) == render_letter_docx(letters[Kind.DECIDE])


def test_an_unknown_character_in_the_request_is_a_box_and_the_rest_is_printed():
    letter = write(Kind.DECIDE, facts(text="Thank you 🙂 <b>and</b> 你"))
    assert "Thank you □ &lt;b&gt;and&lt;/b&gt; □" in letter_fragment(letter)
    assert "Thank you □ <b>and</b> □" in together(pages(render_letter_pdf(letter))[0])


def test_an_unknown_character_elsewhere_is_refused_by_name():
    letter = write(Kind.DECIDE, facts(requester=Requester(name="你")))
    with pytest.raises(RenderRefused, match="The character “你”"):
        render_letter_pdf(letter)
    with pytest.raises(RenderRefused, match="The character “你”"):
        render_letter_docx(letter)


@pytest.mark.parametrize("seed", [0, *range(2000, 2010)])
def test_any_letter_meets_both_claims_and_word_has_its_lines(seed):
    kind, known = random_facts(seed)
    letter = write(kind, known)
    assert quick_faults(render_letter_pdf(letter)) == []
    found = " ".join(word_lines(word_opened(render_letter_docx(letter))))
    typed = [printable(together(line).strip()) for line in lines_of(letter)]
    assert [line for line in typed if line not in found] == []


def test_a_long_schedule_repeats_its_heading_on_every_page():
    lines = tuple(replace(LINES[1], number=number) for number in range(1, 101))
    data = render_letter_pdf(write(Kind.DECIDE, facts(lines=lines)))
    assert ["Section of the Act" in page for page in pages(data)[2:]] == [True, True]
    assert quick_faults(data) == []


def test_the_bytes_of_a_public_copy_have_no_requester(letters):
    data = render_letter_pdf(public_copy(letters[Kind.DECIDE_AND_RELEASE]))
    words = "".join(pages(data)) + " ".join(text for _role, text in spoken(data))
    assert "A Requester" not in words
    assert "a.requester@example.org" not in words
    assert "[s 9(2)(a)]" in words
