"""Test the Word file's properties and validity, and that hostile text is harmless."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from reports.document import (
    Section,
    SectionKind,
)
from reports.render.docx import render_docx
from reports.render.pdf import MAX_HTML, RenderRefused
from reports.requests.redaction.elsewhere.examination import examine_copy
from tests.reports import sample
from tests.reports.word_reading import (
    opened,
    paper_lines,
    word_lines,
)


@pytest.fixture(scope="module")
def data():
    return render_docx(sample.document())


@pytest.fixture(scope="module")
def file(data):
    return opened(data)


# --- the file -------------------------------------------------------------------------------


def test_the_file_has_properties_and_the_date_of_the_paper(file):
    about = file.core_properties
    assert (about.title, about.subject) == (sample.document().title, sample.document().plan_title)
    assert (about.author, about.last_modified_by) == ("Secretary of Labour",) * 2
    assert (about.identifier, about.language) == ("10/96252", "en-NZ")
    assert (about.created.date(), about.modified.date()) == (date(2010, 7, 30),) * 2
    assert about.comments == about.keywords == ""


def test_the_file_hides_no_words_but_its_properties_and_descriptions(data):
    """Remarks in `parts` are for whoever changes them; the check of Word files would name them."""
    found = {each.kind for each in examine_copy(data).found}
    assert found == {"office", "office_properties", "office_description"}


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


def test_the_file_is_valid_office_open_xml(data, tmp_path):
    assert faults(data, tmp_path) == []


def test_a_file_with_two_swapped_elements_is_reported_as_invalid(data, tmp_path):
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = re.sub(rb"(<w:tblStyle [^>]*>)(<w:tblW [^>]*>)", rb"\2\1", source.read(name))
            target.writestr(name, content)
    assert faults(changed.getvalue(), tmp_path)[0] == "Unexpected element 'tblStyle' found"


def test_the_file_does_not_open_in_compatibility_mode(file):
    mode = file.settings.element.xpath(
        "w:compat/w:compatSetting[@w:name='compatibilityMode']/@w:val"
    )
    assert mode == ["15"]


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
def test_a_hostile_text_in_every_place_is_written_as_typed(payload):
    document = sample.written_everywhere(payload)
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
def test_text_that_the_paper_cannot_print_is_refused_with_a_message(text, code):
    section = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph("p-1", text),))
    with pytest.raises(
        RenderRefused, match=rf"\(U\+{code}\) cannot be printed in this paper’s typeface"
    ):
        render_docx(sample.document(sections=(section,)))


def test_a_paper_too_long_to_print_is_refused(monkeypatch):
    monkeypatch.setattr("reports.render.docx.MAX_HTML", 1000)
    with pytest.raises(
        RenderRefused, match="^The paper is too long to print: .* the limit is 1,000"
    ):
        render_docx(sample.document())
    assert MAX_HTML > 1000
