"""Test what every PDF must meet: briefings short, long, real and hostile; packs and minutes.

Read back by programs that did not write it: pikepdf, poppler, and two validators.
"""

import io
import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, replace
from typing import get_args

import pikepdf
import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from reports.compose import compose
from reports.document import Contact, Mark, Section, SectionKind
from reports.document.annexes import Annex
from reports.drafting.cover import draft
from reports.kinds.services.marks import made_of
from reports.meetings import services as meeting_services
from reports.meetings.meeting_html import frozen_words, paper_html, title_of
from reports.meetings.parts import LANGUAGE, AttentionLine
from reports.render.html import document_html
from reports.render.pdf import html_to_pdf, render_pdf
from tests.reports import in_memory, sample
from tests.reports.document.test_marks import GIVEN
from tests.reports.documents_at_random import PRINTABLE, documents
from tests.reports.meeting_papers import at, before_a_meeting
from tests.reports.paper_reading import (
    Page,
    families,
    html_words,
    opened,
    pages,
    spoken,
    structure,
    tokens,
)
from tests.reports.random_papers import random_facts
from tests.reports.render.test_pdf_hostile import PAYLOADS
from tests.reports.validators import CLAIMS, quick_faults, rules_of, verapdf
from workitems.demo.demo_plans import TEXT_OF_2009, import_text
from workitems.models import Plan

STANDARD = {
    *("Document", "Art", "Sect", "H1", "H2", "H3", "H4", "P", "L", "LI", "Lbl", "LBody"),
    *("Table", "THead", "TBody", "TR", "TH", "TD", "Span", "Figure"),
}
PAINTS = {*("Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "BI")}
# Papers of samples need no database, so they are made and read once for both.
SAMPLES = (
    "the sample, with every kind of annex",
    "a long annex",
    "hostile and long words",
    "a cover of an agency's own",
    "a cover in te reo Māori first, with long names and rows in reverse",
    "a cover with a mark alone",
    "a random plan",
)
RECORDS = ("the demo's briefing", "a frozen pack", "a long draft of a pack", "minutes")
# Printing does not ask the database.
OF_RECORDS = [pytest.mark.django_db, pytest.mark.one_database(reason="printed from documents")]
PAPERS = (*SAMPLES, *(pytest.param(name, marks=OF_RECORDS) for name in RECORDS))


@dataclass(frozen=True)
class Printed:
    """A paper's HTML page and its PDF file."""

    html: str
    title: str
    data: bytes

    @property
    def page(self):
        return Page(self.html)


def briefing(document):
    return Printed(document_html(document), document.title, render_pdf(document))


def meeting_paper(paper, state=""):
    html, title = paper_html(paper, state=state), title_of(paper)
    return Printed(html, title, html_to_pdf(html, title=title, language=LANGUAGE))


def hostile():
    """Return a document with long hostile text in every place."""
    words = [*PAYLOADS.values(), "Kaiwhakahaere" * 20]
    paragraphs = tuple(
        sample.paragraph(f"h-{n}", text, sample.bullet(text, sample.bullet(text)))
        for n, text in enumerate(words)
    )
    table = sample.work_item_table(copies=3)
    rows = tuple(
        replace(row, title=text, lead=text[:60], standing=text[:60])
        for row, text in zip(table.pillars[0].rows, words, strict=False)
    )
    return sample.document(
        plan_title=words[0],
        cover=replace(
            sample.cover(),
            title=" ".join(words[:3]),
            copied_to=tuple(words[:9]),
            contacts=tuple(Contact(text, text, text, text) for text in words[:9]),
        ),
        sections=(Section(SectionKind.PURPOSE, words[10], paragraphs),),
        annexes=(
            replace(sample.progress_picture(), note=words[-1]),
            replace(table, pillars=(replace(table.pillars[0], title=words[1], rows=rows),)),
        ),
    )


def demo_briefing():
    import_text(TEXT_OF_2009, at=timezone.now())
    period = {"period_start": sample.DATED.replace(year=2009), "period_end": sample.DATED}
    return compose(
        draft(Plan.objects.get(), dated=sample.DATED, tracker_number="10/96252", **period)
    )


def meeting_papers():
    with time_machine.travel(at(1), tick=False):
        made = before_a_meeting()
    pack = meeting_services.draft("pack", meeting=made.meeting, at=at(2))
    minutes = meeting_services.draft("minutes", meeting=made.meeting, at=at(11))
    many = tuple(AttentionLine(f"9.{n}", f"Item {n}", "Police", "Late.") for n in range(40))
    agenda = tuple(replace(pack.agenda[n % len(pack.agenda)], number=n + 1) for n in range(40))
    return {
        "a frozen pack": meeting_paper(pack, frozen_words(1, at(2))),
        "a long draft of a pack": meeting_paper(
            replace(pack, attention=many, attention_count=57, agenda=agenda)
        ),
        "minutes": meeting_paper(minutes, frozen_words(1, at(11))),
    }


def mark_of(name):
    """Return the mark that the product makes of a file that somebody might choose."""
    made = made_of(GIVEN[name])
    return Mark(b64encode(made.png).decode(), made.width, made.height, "Crest of the Ministry")


def own_cover(annexes=(), **design):
    return briefing(sample.document(cover=sample.own_cover(**design), annexes=annexes))


def from_samples():
    long = (sample.progress_picture(), sample.work_item_table(copies=9))
    return {
        "the sample, with every kind of annex": briefing(sample.document(annexes=sample.annexes())),
        "a long annex": briefing(sample.document(annexes=long)),
        "hostile and long words": briefing(hostile()),
        "a cover of an agency's own": own_cover(sample.annexes()),
        "a random plan": briefing(in_memory.paper(random_facts(9))),
        "a cover in te reo Māori first, with long names and rows in reverse": own_cover(
            (sample.delay_register(),),
            is_maori_first=True,
            ministry="Department of Labour, Immigration and Working Life " * 3,
            ministry_mi="Te Tari Mahi, Take Manene me te Oranga Mahi " * 3,
            labels=tuple(
                replace(each, label_mi="Ngā kupu Māori")
                for each in reversed(sample.design().labels)
            ),
            has_empty_rows=True,
            mark=mark_of("PNG with transparency"),
        ),
        "a cover with a mark alone": own_cover(
            ministry="",
            ministry_mi="",
            headings=(),
            has_comments=False,
            has_feedback=False,
            mark=mark_of("JPEG in CMYK"),
        ),
    }


def from_records(request):
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), transaction.atomic():
        made = meeting_papers()
        transaction.set_rollback(True)
    with blocker.unblock(), transaction.atomic():
        made["the demo's briefing"] = briefing(demo_briefing())
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="module")
def found():
    """Return a place to keep papers and verdicts, by the group that they are made in."""
    return {}


def made_with(name, request, found):
    """Return the papers that are made together with this one."""
    group = RECORDS if name in RECORDS else SAMPLES
    if group not in found:
        found[group] = from_records(request) if group == RECORDS else from_samples()
    return found[group]


@pytest.fixture(scope="module", params=PAPERS)
def paper(request, found):
    return made_with(request.param, request, found)[request.param]


@pytest.fixture(scope="module")
def pdf(paper):
    with opened(paper.data) as file:
        yield file


@pytest.fixture(scope="module")
def tree(pdf):
    return structure(pdf)


@pytest.fixture(scope="module")
def heard(paper):
    return spoken(paper.data)


@pytest.mark.parametrize("names", [SAMPLES, pytest.param(RECORDS, marks=OF_RECORDS)])
def test_every_paper_that_is_made_is_tested(request, found, names):
    assert made_with(names[0], request, found).keys() == set(names)


def test_the_samples_cover_every_kind_of_annex(request, found):
    assert {type(annex) for annex in sample.annexes()} == set(get_args(Annex))
    with opened(made_with("a long annex", request, found)["a long annex"].data) as pdf:
        assert len(pdf.pages) > 8


# --- the two claims -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verdicts(request, found, spoilt):
    """veraPDF's on all papers and damaged files: to start Java once more takes longer than some of them."""
    papers = {**made_with(SAMPLES[0], request, found), **made_with(RECORDS[0], request, found)}
    files = {name: paper.data for name, paper in papers.items()}
    return verapdf(files | {spoil.__name__: data for spoil, data in spoilt.items()})


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("name", [*SAMPLES, *RECORDS])
def test_the_reference_validator_confirms_the_claim(verdicts, name, claim):
    verdict = verdicts[name, claim]
    assert verdict.faults == ()
    assert verdict.passed
    assert verdict.rules == rules_of(claim)
    assert verdict.checks > 2_000


def test_a_second_validator_confirms_both_claims(paper):
    assert quick_faults(paper.data) == []


@given(document=documents(PRINTABLE))
@hypothesis_settings(max_examples=15)
def test_any_briefing_meets_both_claims(document):
    assert quick_faults(render_pdf(document)) == []


def without_accessible_claim(pdf):
    packet = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(re.sub(rb"<pdfuaid:part>1</pdfuaid:part>", b"", packet))


def without_description_of_the_claim(pdf):
    packet = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(
        re.sub(rb"<pdfaExtension:.*</pdfaExtension:schemas>", b"", packet, flags=re.S)
    )


def without_archive_claim(pdf):
    packet = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(packet.replace(b'pdfaid:part="2" pdfaid:conformance="A"', b""))


def without_colours(pdf):
    del pdf.Root.OutputIntents


def without_words_for_a_picture(pdf):
    del structure(pdf).all("Figure")[0].node.Alt


def without_language(pdf):
    del pdf.Root.Lang


def without_tags(pdf):
    del pdf.Root.StructTreeRoot


def with_a_script(pdf):
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = pdf.make_indirect(script)


# By kind of damage: the clauses of each standard that veraPDF then reports.
FAULTS = {
    without_accessible_claim: {"ua1": ["5-1"]},
    without_description_of_the_claim: {"2a": ["6.6.2.3.1-1", "6.6.2.3.1-2"]},
    without_archive_claim: {"2a": ["6.6.4-1"]},
    without_colours: {"2a": ["6.2.10-2", "6.2.4.3-2"]},
    without_words_for_a_picture: {"ua1": ["7.3-1"]},
    without_language: {"ua1": ["7.2-2", "7.2-22", "7.2-33", "7.2-34"]},
    without_tags: {"ua1": ["7.1-11", "7.1-3"], "2a": ["6.7.3.3-1"]},
    with_a_script: {"2a": ["6.5.1-1"]},
}


@pytest.fixture(scope="module")
def spoilt(request, found):
    """Return damaged versions of the sample by kind of damage."""
    name = "the sample, with every kind of annex"
    sound, damaged = made_with(name, request, found)[name].data, {}
    for spoil in FAULTS:
        with opened(sound) as pdf:
            spoil(pdf)
            out = io.BytesIO()
            pdf.save(out, fix_metadata_version=False)
        damaged[spoil] = out.getvalue()
    return damaged


def test_the_reference_validator_finds_a_damaged_file(verdicts):
    found = {
        spoil: {
            claim: verdicts[spoil.__name__, claim].clauses
            for claim in CLAIMS
            if not verdicts[spoil.__name__, claim].passed
        }
        for spoil in FAULTS
    }
    assert found == FAULTS


@pytest.mark.parametrize("spoil", FAULTS)
def test_the_second_validator_finds_a_damaged_file(spoilt, spoil):
    assert quick_faults(spoilt[spoil]) != []


# --- the file -------------------------------------------------------------------------------


def test_the_file_is_complete_and_has_one_revision(paper, pdf):
    assert paper.data.startswith(b"%PDF-1.7")
    assert paper.data.count(b"%%EOF") == 1
    assert pdf.check_pdf_syntax() == []


def test_the_file_states_its_language_title_tags_and_claims(paper, pdf):
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert root.StructTreeRoot.Type == "/StructTreeRoot"
    assert str(root.Lang) == "en-NZ"
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.docinfo.Title) == paper.title
    metadata = pdf.open_metadata()
    assert metadata["dc:title"] == paper.title
    assert metadata["pdfuaid:part"] == "1"
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")


def test_the_claims_can_be_read_without_a_pdf_reader(paper, pdf):
    assert "/Filter" not in pdf.Root.Metadata
    assert pdf.Root.Metadata.read_bytes() in paper.data


def test_the_file_has_an_output_intent_for_its_colours(pdf):
    (intent,) = pdf.Root.OutputIntents
    assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
    assert b"sRGB" in intent.DestOutputProfile.read_bytes()


def test_the_file_is_dated_by_the_paper_and_not_by_the_clock(paper, pdf):
    (dated,) = set(re.findall(r'<meta name="dcterms\.\w+" content="(\d{4}-\d\d-\d\d)', paper.html))
    digits = dated.replace("-", "")
    assert {str(pdf.docinfo[key])[:10] for key in ("/CreationDate", "/ModDate")} == {f"D:{digits}"}
    metadata = pdf.open_metadata()
    assert {metadata[key][:10] for key in ("xmp:CreateDate", "xmp:ModifyDate")} == {dated}


def test_the_bookmarks_are_the_headings(paper, pdf):
    """Except those of single items, which are too many."""

    def titles(items):
        for item in items:
            yield item.title
            yield from titles(item.children)

    with pdf.open_outline() as outline:
        found = [title for title in titles(outline.root) if title != "Cover"]
    assert found == paper.page.headings


def test_the_tab_order_of_every_page_is_the_reading_order(pdf):
    assert {str(page.get("/Tabs")) for page in pdf.pages} == {"/S"}


def test_the_file_has_no_actions_links_or_attachments(pdf):
    keys = set()
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            keys |= set(thing.keys())
            assert thing.get("/Type") not in ("/Filespec", "/EmbeddedFile", "/Action", "/Annot")
            assert thing.get("/S") not in ("/JavaScript", "/URI", "/Launch", "/GoToR")
    assert not keys & {"/JS", "/JavaScript", "/EF", "/AA", "/OpenAction", "/EmbeddedFiles"}
    assert not keys & {"/Annots", "/AcroForm", "/Dests"}


def test_only_our_fonts_are_used_embedded_and_mapped_to_unicode(paper, pdf):
    assert {name.split(",")[0].removesuffix("-") for name in families(paper.data)} <= {
        "Source-Sans-3",
        "Source-Sans-3-Semi-Bold",
        "Source-Sans-3-Bold",
        "Source-Sans-3-Italic",
    }
    fonts = [
        f for f in pdf.objects if isinstance(f, pikepdf.Dictionary) and f.get("/Type") == "/Font"
    ]
    outer = [font for font in fonts if font.Subtype == "/Type0"]
    assert len(outer) == len(families(paper.data)) > 0
    for font in outer:
        assert "/ToUnicode" in font
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_nothing_is_transparent(pdf):
    """Content under a translucent colour is neither visible nor removed."""
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            assert {thing.get(key, 1) for key in ("/ca", "/CA")} == {1}
            assert thing.get("/SMask", "/None") == "/None"


# --- the tags -------------------------------------------------------------------------------


def test_only_standard_types_are_used(tree):
    assert {element.role for element in tree.walk()} <= STANDARD


def test_there_is_one_h1_and_no_level_is_skipped(tree):
    levels = [int(e.role[1]) for e in tree.walk() if re.fullmatch("H[1-6]", e.role)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_each_html_element_is_one_tag_over_any_number_of_pages(paper, tree):
    tags = paper.page.tags
    roles = Counter(element.role for element in tree.walk())
    assert roles["L"] == tags["ol"] + tags["ul"]
    assert roles["Sect"] == tags["section"] + tags["header"]
    assert {role: roles[role] for role in ("LI", "P", "Table", "TR", "TH", "TD")} == {
        role: tags[role.lower()] for role in ("LI", "P", "Table", "TR", "TH", "TD")
    }
    assert (roles["THead"], roles["TBody"]) == (tags["thead"], tags["tbody"])
    assert (roles["Figure"], roles["Art"]) == (tags["svg"] + tags["img"], 1)


def test_the_tag_tree_is_nested_as_the_standard_requires(tree):
    parents = {
        "LI": "L",
        "Lbl": "LI",
        "LBody": "LI",
        "THead": "Table",
        "TBody": "Table",
        "TH": "TR",
        "TD": "TR",
    }
    for element in tree.walk():
        for child in element.children:
            assert element.role == parents.get(child.role, element.role)
            assert child.role != "TR" or element.role in ("THead", "TBody")
            assert child.role != "L" or element.role in ("Sect", "LBody")


def test_every_table_has_header_cells_with_a_scope(tree):
    for table in tree.all("Table"):
        assert {th.attribute("/Scope") for th in table.all("TH")} <= {"/Row", "/Column"}
        assert table.all("TH")


def test_lists_state_their_numbering_and_label_each_item(paper, tree):
    tags = paper.page.tags
    lists = tree.all("L")
    found = Counter(each.attribute("/ListNumbering") for each in lists)
    assert found == +Counter({"/Decimal": tags["ol"], "/Disc": tags["ul"]})
    for item in tree.all("LI"):
        assert [child.role for child in item.children] == ["Lbl", "LBody"]


def test_the_labels_in_tags_match_the_printed_numbers(paper, heard):
    labels = [text.strip() for role, text in heard if role == "Lbl"]
    assert [int(label) for label in labels if label.isdigit()] == paper.page.numbers
    assert {label for label in labels if not label.isdigit()} <= {"•", "–"}


def test_every_picture_has_alternative_text_and_a_bounding_box(tree, pdf):
    for figure in tree.all("Figure"):
        assert len(str(figure.node.Alt)) > 10
        left, bottom, right, top = figure.node.A.BBox
        page = next(page for page in pdf.pages if page.objgen == figure.node.Pg.objgen)
        assert 0 < left < right < page.mediabox[2]
        assert 0 < bottom < top < page.mediabox[3]


def test_te_reo_maori_is_tagged_wherever_the_html_marks_it(paper, tree):
    found = [element for element in tree.walk() if str(element.node.get("/Lang", "")) == "mi"]
    assert len(found) == paper.page.in_maori
    assert {str(each.node.Lang) for each in tree.walk() if "/Lang" in each.node} <= {"mi"}


def test_nothing_is_painted_outside_a_tag_or_an_artifact(pdf):
    painted = 0
    for page in pdf.pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += operator in ("BDC", "BMC")
            depth -= operator == "EMC"
            painted += operator in PAINTS
            assert depth > 0 or operator not in PAINTS
        assert depth == 0
    assert painted > 50


def test_every_piece_of_content_belongs_to_one_element(pdf):
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(pdf.pages):
        marked = [
            int(instruction.operands[1]["/MCID"])
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "BDC"
        ]
        assert sorted(marked) == list(range(len(marked)))
        assert len(parents[2 * number + 1]) == len(marked)


# --- the text -------------------------------------------------------------------------------


def without_spaces(text):
    return re.sub(r"\s+", "", text).casefold()


def test_a_screen_reader_reads_exactly_the_words_of_the_page_in_order(paper, heard):
    words = "".join(text for role, text in heard if role != "Lbl")
    assert without_spaces(words) == without_spaces(html_words(paper.html))


def test_text_extraction_gives_exactly_the_words_of_the_page(paper):
    """Also allowed: paragraph numbers, running headers and repeated table headers."""
    read = "\n".join(pages(paper.data))
    running = " ".join(re.findall(r"^.*page \d+ of \d+.*$", read, re.M))
    again = set(tokens(running)) | set(tokens(" ".join(paper.page.heads)))
    again |= {"•", "–", "unclassified", "confidence", "in", "draft", *map(str, paper.page.numbers)}
    html, found = tokens(html_words(paper.html)), tokens(read)
    longest = max(html, key=len)
    if len(longest) > 60:  # broken over lines, unlike ordinary text
        assert without_spaces(longest) in without_spaces(read)
        return
    assert html - found == Counter()
    assert (found - html).keys() <= again
