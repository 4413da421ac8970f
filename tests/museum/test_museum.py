"""Test that papers and workbooks of every release still open, print, compare and take
an answer for ever.

Each folder beside this file holds what one schema number of the Document wrote. When the form of a
Document, of a meeting's paper or of the workbook changes:

1. Let the product read what is here: give a new entry a default, or raise the schema number and
   add a step to the upgrades.
2. Add a folder for the new schema number, with files written by that release and a README.md that
   says by which.
3. Never change or delete a file of an earlier folder: somebody's archive is full of them.

When the look of the paper is changed on purpose, name the schema numbers in `LOOKS_DIFFERENT`:
their words are still compared. When a label is reworded on purpose, say so in `REWORDED`.
"""

import hashlib
import io
import json
import re
from dataclasses import field, make_dataclass
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from jsonschema import Draft202012Validator

from agencies.models import User
from reports.document import SCHEMA, from_json, plain_json, to_json
from reports.document import document as document_module
from reports.document import schema as schema_module
from reports.document import words as words_of
from reports.issuing.services.issuing import faults
from reports.meetings import parts
from reports.meetings.meeting_html import frozen_words
from reports.meetings.parts import from_plain
from reports.meetings.services import print_paper
from reports.models import Briefing, FollowUp, IssuedPaper, MeetingPaper, Response
from reports.render.annex_sheets import render_workbook
from reports.render.docx import render_docx
from reports.render.html import document_html
from reports.render.pdf import render_pdf
from tests.museum.exhibits import exhibits
from tests.reports.paper_reading import pages
from tests.reports.word_reading import opened, word_lines
from workitems.intake.workbook import export_workbook, import_workbook, preview_import
from workitems.models import Plan

# Schema number: since which release, and why.
LOOKS_DIFFERENT: dict[int, str] = {1: "the next: annexes of a small plan share a page"}
# What is printed on each page, besides the paper's words.
FURNITURE = re.compile(r"· page \d+ of \d+|^\s*(UNCLASSIFIED|IN CONFIDENCE|SENSITIVE)\s*$")
HEADINGS = 2  # the row of an annex's sheet that has them, below its title and what it is of
REWORDED: dict[str, str] = {}  # a label as it was: as it is
NOW = datetime(2026, 12, 1, tzinfo=UTC)
frozen = pytest.mark.one_database(reason="drawn from frozen documents, which are served on both")
files = pytest.mark.one_database(
    reason="a workbook is compared; the demo imports its plans on both"
)


def each(pattern):
    """The kept files of that name, each with its exhibit and an id that says which one it is."""
    return [
        pytest.param(exhibit, path, id=f"{exhibit.folder.name}/{path.parent.name}/{path.name}")
        for exhibit in exhibits()
        for path in exhibit.named(pattern)
    ]


@pytest.fixture(params=exhibits(), ids=lambda exhibit: exhibit.folder.name)
def exhibited(request, db):
    """An exhibit's rows in the database, in December 2026."""
    with time_machine.travel(NOW, tick=False):
        request.param.load()
        yield request.param


@pytest.fixture
def as_coordinator(client):
    return signed_in(client, "coordinator@example.org")


def signed_in(client, email):
    client.force_login(
        User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def address(name, paper, **query):
    briefing = paper.briefing
    number = [] if name in ("issued", "answer", "compare") else [paper.number]
    return reverse(
        f"briefings:{name}", args=[briefing.plan.slug, briefing.pk, *number], query=query
    )


def papers():
    rows = IssuedPaper.objects.select_related("briefing__plan").order_by("pk")
    assert rows
    return list(rows)


def meeting_papers():
    rows = MeetingPaper.objects.select_related("meeting__plan").order_by("pk")
    assert {row.kind for row in rows} == {"pack", "minutes"}
    return list(rows)


def folded(text):
    return re.sub(r"\s+", " ", text).strip()


def text_of(html):
    body = re.sub(r"(?s)<(style|script|svg|head)\b.*?</\1>", " ", html)
    text = re.sub(r"<[^>]+>", "", body)
    for mark, letter in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(mark, letter)
    return folded(text.replace("&amp;", "&"))


def said_of(document):
    """The words of every numbered paragraph and recommendation."""
    parts = [*document.paragraphs(), *document.recommendation.items]
    return [folded(words_of(part.text)) for part in parts]


def reworded(lines):
    return [REWORDED.get(line, line) for line in lines]


def cells(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


# --- the collection itself ------------------------------------------------------------------


def test_the_museum_has_papers_of_every_schema_number():
    assert [exhibit.number for exhibit in exhibits()] == list(range(1, SCHEMA + 1)), (
        "Add papers of the new schema number to the museum; its first lines say how."
    )


# SHA-256 of each folder's files; a new folder adds a line, and no line is ever changed.
HELD = {"schema-1": "4930cc4a130ad6e0e0fd8b0a4292394e2a469efde6cc45329b3b751b2e70e8ab"}


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda exhibit: exhibit.folder.name)
def test_no_file_of_the_museum_has_changed(exhibit):
    digest = hashlib.sha256()
    for path in sorted(exhibit.folder.rglob("*.*")):
        if path.name != "README.md":
            digest.update(path.relative_to(exhibit.folder).as_posix().encode())
            digest.update(path.read_bytes())
    assert digest.hexdigest() == HELD[exhibit.folder.name]


# --- briefings --------------------------------------------------------------------------------


def test_the_pages_of_an_issued_paper_open(exhibited, as_coordinator):
    for paper in papers():
        page = as_coordinator.get(address("version", paper))
        assert page.status_code == 200
        text = text_of(page.content.decode())
        assert [
            said for said in said_of(from_json(bytes(paper.document))) if said not in text
        ] == []
        assert as_coordinator.get(address("issued", paper)).status_code == 200


def test_the_signed_file_is_served_byte_for_byte(exhibited, as_coordinator):
    for paper in papers():
        assert as_coordinator.get(address("version-json", paper)).content == bytes(paper.document)
        assert as_coordinator.get(address("version-pdf", paper)).content == bytes(paper.pdf)


@frozen
def test_an_issued_paper_exports_to_word_and_a_workbook(exhibited, as_coordinator):
    for paper in papers():
        word = as_coordinator.get(address("version-docx", paper))
        assert word.status_code == 200
        assert word_lines(opened(word.getvalue()))
        assert as_coordinator.get(address("version-xlsx", paper)).status_code == 200


@frozen
def test_every_issued_paper_can_be_compared_with_every_other_of_its_plan(exhibited, as_coordinator):
    for this in papers():
        for other in papers():
            if this != other and this.briefing.plan == other.briefing.plan:
                codes = [f"{paper.briefing_id}-v{paper.number}" for paper in (this, other)]
                page = as_coordinator.get(
                    address("compare", this, **dict(zip(("this", "with"), codes, strict=True)))
                )
                assert page.status_code == 200
                assert page.context["refusals"] == []


def test_a_paper_with_the_minister_accepts_an_answer(exhibited, client):
    office = signed_in(client, "ministers.office@example.org")
    for briefing in Briefing.objects.filter(state="with_minister"):
        paper = briefing.issued.newest_first()[0]
        items = from_json(bytes(paper.document)).recommendation.items
        options = {each.key: each.printed_options[-1] for each in items}
        assert office.get(address("answer", paper)).status_code == 200
        form = {"decided_on": "1 December 2026", "comment": "Thank you.", **options}
        assert office.post(address("answer", paper), form).status_code == 302
        choices = Response.objects.get(issued=paper).choices.order_by("number")
        assert {choice.key: choice.option for choice in choices} == options
        assert [choice.text for choice in choices] == [words_of(each.text) for each in items]
        assert office.get(address("issued", paper)).status_code == 200


def test_an_existing_answer_is_shown_and_can_be_corrected(exhibited, client):
    office = signed_in(client, "ministers.office@example.org")
    answers = list(Response.objects.select_related("issued__briefing__plan"))
    assert answers
    assert FollowUp.objects.exists()
    for answer in answers:
        page = text_of(office.get(address("issued", answer.issued)).content.decode())
        assert answer.comment in page
        assert all(choice.text in page for choice in answer.choices.all())
        form = {
            "decided_on": "1 December 2026",
            "reason": "The scan shows another choice.",
            **{choice.key: "" for choice in answer.choices.all()},
        }
        assert office.post(address("answer", answer.issued), form).status_code == 302
        assert answer.issued.responses.uncorrected().get().corrects == answer


def test_every_issued_paper_verifies(exhibited, capsys):
    call_command("verify_issued")
    count = IssuedPaper.objects.count()
    assert f"{count} issued papers are sound" in capsys.readouterr().out


def test_a_paper_that_was_tampered_with_does_not_verify(exhibited):
    for paper in papers():
        assert faults(paper) == []
        paper.document = bytes(paper.document).replace(b"2010", b"2011").replace(b"2026", b"2027")
        assert faults(paper) == ["the JSON is not the one that was signed: its SHA-256 differs"]


@pytest.mark.parametrize(("exhibit", "path"), each("papers/*.json"))
def test_an_issued_paper_prints_as_before(exhibit, path):
    """Byte for byte with the libraries that made it, unless its look was changed; else by words."""
    document = from_json(path.read_bytes())
    kept, made = path.with_suffix(".pdf").read_bytes(), render_pdf(document)
    if exhibit.is_made_with_todays_libraries() and exhibit.number not in LOOKS_DIFFERENT:
        assert made == kept
    if exhibit.number in LOOKS_DIFFERENT:
        assert words_of_pages(made) == words_of_pages(kept)
    else:
        assert [page.split() for page in pages(made)] == [page.split() for page in pages(kept)]


def words_of_pages(pdf):
    """The words of a paper. A table's head is repeated on each page, so they are not counted."""
    lines = (line for page in pages(pdf) for line in page.splitlines())
    return {word for line in lines if not FURNITURE.search(line) for word in line.split()}


def test_issued_papers_match_the_published_schema_of_their_number():
    schema = json.loads(Path(schema_module.__file__).with_name("document.schema.json").read_text())
    validator = Draft202012Validator(schema)
    kept = [path for exhibit in exhibits() for path in exhibit.named("papers/*.json")]
    todays = [json.loads(path.read_bytes()) for path in kept if f"schema-{SCHEMA}" in path.parts]
    todays += [json.loads(to_json(from_json(path.read_bytes()))) for path in kept]
    assert [error.message for data in todays for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(("exhibit", "path"), each("papers/*.docx"))
def test_the_word_file_of_an_issued_paper_has_its_original_text(exhibit, path):
    document = from_json(path.with_suffix(".json").read_bytes())
    made, kept = (word_lines(opened(data)) for data in (render_docx(document), path.read_bytes()))
    assert reworded(kept) == made
    text = text_of(document_html(document))
    assert [said for said in said_of(document) if said not in text] == []


@pytest.mark.parametrize(("exhibit", "path"), each("papers/*.xlsx"))
def test_the_workbook_of_an_issued_papers_annexes_has_its_original_content(exhibit, path):
    """Every cell under its heading; a later release may have columns more."""
    document = from_json(path.with_suffix(".json").read_bytes())
    made, kept = cells(render_workbook(document)), cells(path.read_bytes())
    for title, rows in kept.items():
        headings = rows[HEADINGS]
        assert len(set(headings)) == len(headings)
        assert [row[0] for row in made[title][:HEADINGS]] == [row[0] for row in rows[:HEADINGS]]
        assert table(made[title][HEADINGS:], headings) == table(rows[HEADINGS:], headings)


# --- what a later release adds ----------------------------------------------------------------

GROWN = (
    (document_module, ("Cover", "Paragraph", "Recommendation", "WorkItemTable")),
    (parts, ("Pack", "Minutes", "Matter", "Considered")),
)


@pytest.fixture
def one_more_entry(monkeypatch):
    """Classes of the Document and of meetings' papers with an optional field that old papers have not."""
    kinds = []
    for module, names in GROWN:
        for name in names:
            kind = make_dataclass(
                name,
                [("colour", str, field(default="blue", kw_only=True))],
                bases=(getattr(module, name),),
                frozen=True,
                slots=True,
            )
            monkeypatch.setattr(module, name, kind)
            kinds.append(kind)
    clear_caches()
    yield kinds
    monkeypatch.undo()
    clear_caches()


def clear_caches():
    plain_json._hints.cache_clear()
    plain_json.required.cache_clear()


@frozen
def test_a_new_optional_field_changes_nothing_for_issued_papers(
    one_more_entry, exhibited, as_coordinator
):
    for paper in papers():
        data = bytes(paper.document)
        document = from_json(data)
        assert document.cover.colour == "blue"
        assert b'"colour":"blue"' in to_json(document)
        assert b"colour" not in data
        assert faults(paper) == []
        for name in ("version", "version-docx", "version-xlsx", "issued", "compare"):
            assert as_coordinator.get(address(name, paper)).status_code == 200
        assert as_coordinator.get(address("version-json", paper)).content == data
        office = signed_in(as_coordinator, "ministers.office@example.org")
        assert office.get(address("answer", paper)).status_code == 200
        signed_in(as_coordinator, "coordinator@example.org")


@frozen
def test_a_new_optional_field_changes_nothing_for_packs_and_minutes(
    one_more_entry, exhibited, as_coordinator
):
    for row in meeting_papers():
        assert from_plain(row.content).colour == "blue"
        args = [row.meeting.plan.slug, row.meeting_id]
        page = as_coordinator.get(reverse(f"papers:{row.kind}", args=args))
        assert page.context["refusal"] == ""


# --- meetings ---------------------------------------------------------------------------------


def test_the_pages_of_packs_and_minutes_open(exhibited, as_coordinator):
    for row in meeting_papers():
        args = [row.meeting.plan.slug, row.meeting_id]
        page = as_coordinator.get(reverse(f"papers:{row.kind}", args=args))
        assert page.status_code == 200
        assert page.context["refusal"] == ""
        text = text_of(page.content.decode())
        points = from_plain(row.content)
        points = points.agenda if row.kind == "pack" else points.considered
        assert points
        assert [point.title for point in points if folded(point.title) not in text] == []


def test_packs_and_minutes_are_served_byte_for_byte(exhibited, as_coordinator):
    for row in meeting_papers():
        page = as_coordinator.get(row.get_absolute_url())
        assert page.content == bytes(row.pdf)
        assert row.is_intact


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda exhibit: exhibit.folder.name)
def test_packs_and_minutes_print_as_before(exhibit):
    rows = [row["fields"] for row in exhibit.rows() if row["model"] == "reports.meetingpaper"]
    assert rows
    for row in rows:
        paper, made_at = from_plain(row["content"]), parse_datetime(row["made_at"])
        printed = print_paper(paper, state=frozen_words(row["number"], made_at))
        if exhibit.is_made_with_todays_libraries() and exhibit.number not in LOOKS_DIFFERENT:
            assert printed == row["pdf"]
        kept = [page.split() for page in pages(row["pdf"])]
        assert [page.split() for page in pages(printed)] == kept


# --- workbooks --------------------------------------------------------------------------------


@files
@pytest.mark.django_db
@pytest.mark.parametrize(("exhibit", "path"), each("plans/*.xlsx"))
def test_importing_a_plans_workbook_again_changes_nothing(exhibit, path):
    first = import_workbook(io.BytesIO(path.read_bytes()), name=path.name, at=NOW)
    assert first.plan_is_new
    again = preview_import(io.BytesIO(path.read_bytes()), at=NOW)
    assert again.sentences == ["No changes: nothing in the plan would change."]


@files
@pytest.mark.django_db
@pytest.mark.parametrize(("exhibit", "path"), each("plans/exported-*.xlsx"))
def test_a_plans_workbook_exports_as_it_was_imported(exhibit, path):
    """Every cell under its heading; today's workbook may have columns more, and has measures on a sheet of their own."""
    plan = import_workbook(io.BytesIO(path.read_bytes()), name=path.name, at=NOW).plan
    was, now = cells(path.read_bytes()), cells(export_workbook(plan))
    for title, rows in was.items():
        headings = [heading for heading in rows[0] if heading != "Measure"]
        assert table(rows, headings) == table(now[title], headings), title
    lines = [
        (row["Number"], line)
        for row in table(was["Work items"], ("Number", "Measure"))
        for line in (row["Measure"] or "").splitlines()
    ]
    measures = table(now["Measures"], ("Work item", "Measure"))
    assert sorted(lines) == sorted((row["Work item"], row["Measure"]) for row in measures)


def test_a_plans_workbook_imports_into_the_plan_of_its_papers(exhibited):
    for path in exhibited.named("plans/exported-*.xlsx"):
        outcome = import_workbook(io.BytesIO(path.read_bytes()), name=path.name, at=timezone.now())
        assert not outcome.plan_is_new
    assert Plan.objects.count() == 2


def table(rows, headings):
    """The rows by heading, as far as `headings` go."""
    every = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return [{heading: row[heading] for heading in headings} for row in every]


def test_a_paper_with_the_annex_of_measures_opens_and_prints_its_chart():
    """Of schema 1 too, of a release after the folder's. Its chart is drawn from its data."""
    kept = (Path(__file__).parent / "with-measures" / "paper.json").read_bytes()
    document = from_json(kept)
    assert to_json(document) == kept
    html = document_html(document)
    assert ("83 in June 2010" in html, html.count("<svg"), "100 by June 2011" in html) == (
        True,
        1,
        True,
    )
