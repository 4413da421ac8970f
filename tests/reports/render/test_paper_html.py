"""Test the paper as HTML: every part of the reference paper in order, for screen and print."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from reports.document import Contact, MilestoneRow
from reports.render.html import (
    dates_side_by_side,
    document_fragment,
    document_html,
    milestone_line,
)
from tests.reports import sample
from workitems.terms.known_dates import KnownTo


class Outline(HTMLParser):
    """The elements of a page in order, each with its attributes, and its text in pieces."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.pieces = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.pieces.append(" ".join(data.split()))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def html():
    return document_html(sample.document())


@pytest.fixture(scope="module")
def outline(html):
    return Outline(html)


def pieces(**changes):
    return Outline(document_html(sample.document(**changes))).pieces


def cover_with(**changes):
    return pieces(cover=replace(sample.cover(), **changes))


def after(found, label):
    return found[found.index(label) + 1]


def test_parts_are_in_the_order_of_the_reference_paper(outline):
    order = [
        "Minister",
        "Portfolio",
        "Deadline",
        "Action sought",
        "Title",
        "Date",
        "Security",
        "Copied to",
        "For referral to",
        "Agencies consulted",
        "Contact information",
        "Authorising manager",
        "Tracker number",
        "Minister’s comments",
        "Minister’s feedback",
        "Quality of advice",
        "Writing style",
        "Quality of analysis",
        "Completeness of information",
        "Hon Dr Jonathan Coleman, Minister of Immigration",
        "cc Hon Kate Wilkinson, Associate Minister of Immigration",
        "Purpose",
        "Background",
        "Achievements",
        "Delay",
        "Mitigation",
        "Next steps",
        "Recommendation",
        "It is recommended that you:",
        "note",
        "the contents of this paper",
        "noted",
        "agree",
        "agreed / not agreed",
        "for Secretary of Labour",
        "Annex A: The Plan at a glance",
        "Annex B: Work items",
    ]
    places = [outline.pieces.index(words) for words in order]
    assert places == sorted(places)


def test_the_cover_prints_each_fact(outline):
    found = outline.pieces
    assert after(found, "Deadline") == "Hon Dr Jonathan Coleman"
    assert after(found, "Action sought") == "For your information"
    assert after(found, "Date") == "30 July 2010"
    assert after(found, "Security") == "IN CONFIDENCE"
    assert after(found, "Tracker number") == "10/96252"
    assert after(found, "Agencies consulted").startswith("Police, Customs, MFAT")
    assert found[found.index("Contact information") + 1 :][:3] == [
        "Business Advisor, Border Security",
        "DDI: (04) 555 0101",
        "MB: N/A",
    ]


def test_not_applicable_is_printed_where_it_was_entered():
    found = cover_with(for_referral_to=(), copied_to=(), agencies_consulted=())
    assert [after(found, w) for w in ("Copied to", "For referral to", "Agencies consulted")] == [
        "N/A"
    ] * 3
    assert not [words for words in found if words.startswith("cc ")]


def test_agencies_that_do_not_concur_are_printed_with_the_annex_of_their_reasons():
    cover = replace(sample.cover(), not_concurring=("MFAT", "MWA"))
    found = pieces(cover=cover, annexes=(sample.work_item_table(), sample.consulted_table()))
    place = found.index("Not concurring:")
    assert found[place - 1].startswith("Police, Customs, MFAT")
    assert found[place + 1] == "MFAT, MWA (reasons in Annex B)"


def test_a_deadline_is_printed_as_a_long_date():
    found = cover_with(deadline=sample.DATED)
    assert found[found.index("Deadline") + 3] == "30 July 2010"


def test_several_names_are_on_separate_lines():
    found = cover_with(copied_to=("A Minister", "B Minister"), for_referral_to=("C Minister",))
    assert found[found.index("Copied to") + 1 :][:2] == ["A Minister", "B Minister"]
    assert after(found, "For referral to") == "C Minister"
    assert [words for words in found if words.startswith("cc ")] == [
        "cc A Minister",
        "cc B Minister",
    ]


def test_a_minister_given_by_the_portfolio_is_printed_once():
    found = cover_with(minister="The Minister of Immigration", says_once=True)
    assert found[found.index("Minister") + 1 :][:3] == [
        "Deadline",
        "Minister of Immigration",
        "N/A",
    ]
    assert "Portfolio" not in found


def test_an_own_cover_has_its_rows_in_its_order_and_leaves_out_what_is_blank():
    cover = replace(sample.own_cover(), for_referral_to=(), copied_to=("N/A",))
    found = pieces(cover=cover)
    start = found.index("Briefing number")
    assert after(found, "Briefing number") == "10/96252"
    assert found[start + 2] == "Action sought"
    assert after(found, "Copied to") == "N/A"
    assert {"Deadline", "For referral to", "MB: N/A"} & set(found) == set()


def test_one_contact_spans_no_rows():
    html = document_html(sample.document(cover=replace(sample.cover(), contacts=(Contact("A"),))))
    assert "rowspan" not in html


def test_the_authorising_manager_and_the_minister_sign(outline):
    first = outline.pieces.index("for Secretary of Labour")
    assert outline.pieces[first - 2 : first + 9] == [
        "Group Manager",
        "Border Security Group",
        "for Secretary of Labour",
        *["Signature", "Date", "/", "/"],
        *["Hon Dr Jonathan Coleman", "Minister of Immigration", "Signature", "Date"],
    ]


def test_each_sections_list_starts_at_its_own_number(outline):
    starts = [int(attrs["start"]) for attrs in outline.all("ol") if "start" in attrs]
    assert starts == [1, 2, 4, 9, 10, 12, 14]


def test_the_items_table_has_one_row_for_each_item(html):
    assert len(re.findall(r'<tr id="w-', html)) == len(sample.ITEMS)


def test_a_pillar_without_items_says_so():
    table = sample.work_item_table()
    empty = replace(table, pillars=(replace(table.pillars[0], rows=()),))
    assert pieces(annexes=(empty,))[-2:] == ["1 Prevention", "No work items."]


def test_confidence_is_a_shape_and_a_word(outline):
    assert {"■ Off track", "▲ At risk", "● On track"} <= set(outline.pieces)


def test_a_milestone_line_has_only_the_dates_that_differ():
    row = MilestoneRow(label="Printed", original_on=sample.DATED)
    day = sample.DATED.replace
    assert milestone_line(row) == "Printed: due 30 Jul 2010"
    assert milestone_line(replace(row, agreed_on=day(), forecast_on=day())) == milestone_line(row)
    moved = replace(row, agreed_on=day(month=8), forecast_on=day(month=9), standing="on time")
    assert milestone_line(moved) == (
        "Printed: due 30 Jul 2010, agreed 30 Aug 2010, forecast 30 Sep 2010; on time"
    )
    done = replace(moved, completed_on=day(month=10), standing="Done 92 days late")
    assert milestone_line(done) == (
        "Printed: due 30 Jul 2010, agreed 30 Aug 2010, done 30 Oct 2010; done 92 days late"
    )
    assert milestone_line(replace(done, standing="Done")) == (
        "Printed: due 30 Jul 2010, agreed 30 Aug 2010, done 30 Oct 2010"
    )


def test_a_milestone_line_has_months_and_quarters():
    end = date(2010, 9, 30)
    row = MilestoneRow(
        label="Printed", original_on=end, agreed_on=end, original_known_to=KnownTo.QUARTER
    )
    assert milestone_line(row) == "Printed: due Jul–Sep 2010, agreed 30 Sep 2010"
    row = replace(row, agreed_known_to=KnownTo.MONTH, forecast_on=end)
    assert milestone_line(row) == (
        "Printed: due Jul–Sep 2010, agreed Sep 2010, forecast 30 Sep 2010"
    )
    assert dates_side_by_side(row) == (
        "Printed: original Jul–Sep 2010 · agreed Sep 2010 · forecast 30 Sep 2010"
    )


def test_te_reo_maori_is_marked_for_readers(html):
    assert re.findall(r'<span lang="mi">([^<]+)</span>', html) == [
        "Te Tari Mahi",
        "kaupapa Māori",
        "whānau",
    ]


def test_bold_is_strong(html):
    found = re.findall(r"<strong>([^<]+)</strong>", html)
    assert found == ["Not concurring:", "28 of them", "note", "agree"]


def test_no_space_is_added_between_runs(html):
    assert "Labour (<span" in html
    assert "</span>) coordinates" in html


def test_the_fragment_is_the_body_of_the_page(html):
    fragment = document_fragment(sample.document())
    assert fragment.strip() in html
    assert "<html" not in fragment
    assert "<link" not in fragment


def test_there_is_no_inline_style_or_script(outline):
    tags = {tag for tag, _ in outline.elements}
    assert not tags & {"style", "script", "iframe", "object", "img", "a", "form"}
    assert not [attrs for _, attrs in outline.elements if "style" in attrs]
    assert not [name for _, attrs in outline.elements for name in attrs if name.startswith("on")]


def test_ids_are_the_documents_own_opaque_keys(outline):
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[prwa]-[0-9-]+", key) for key in ids)


HOSTILE = '"><script>alert(1)</script>&amp;{{ 7|add:1 }}{% now "Y" %}'


def test_every_text_is_escaped_in_every_place():
    html = document_html(sample.written_everywhere(HOSTILE))
    assert "<script" not in html
    assert "&amp;amp;{{ 7|add:1 }}{% now" in html
    text = "".join(Outline(html).pieces)
    assert text.count("<script>alert(1)</script>") >= 30


def test_templates_never_switch_off_escaping(project_root):
    for template in sorted((project_root / "templates/reports/paper").glob("*.html")):
        found = re.findall(r"\|\s*safe|autoescape|mark_safe|safeseq", template.read_text())
        assert (template.name, found) == (template.name, [])
