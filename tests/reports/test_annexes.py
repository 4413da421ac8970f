"""The annexes on paper: their words in HTML, PDF and Word, their tags, their breaks at any length."""

import re
from collections import Counter

import pytest

from reports.render.docx import render_docx
from reports.render.html import document_html
from reports.render.pdf import render_pdf
from tests.reports import sample
from tests.reports.paper_reading import html_words, opened, pages, spoken, structure, tokens
from tests.reports.test_paper_html import Outline
from tests.reports.word_reading import opened as opened_in_word
from tests.reports.word_reading import paper_lines, word_lines


@pytest.fixture(scope="module")
def document():
    return sample.document(annexes=sample.annexes())


@pytest.fixture(scope="module")
def html(document):
    return document_html(document)


@pytest.fixture(scope="module")
def data(document):
    return render_pdf(document)


def lines_of(annex):
    """The paper's lines from the annex's heading on."""
    found = paper_lines(sample.document(annexes=(annex,)))
    return found[found.index(f"Annex A: {annex.heading}") :]


def between(lines, start, end):
    return lines[lines.index(start) : lines.index(end)]


# --- every annex ----------------------------------------------------------------------------


def test_annexes_are_lettered_in_the_order_in_which_they_stand(html):
    found = [words for words in Outline(html).pieces if words.startswith("Annex ")]
    assert found == [
        f"Annex {letter}: {annex.heading}"
        for letter, annex in zip("ABCDEFG", sample.annexes(), strict=False)
    ]


def test_every_word_reads_back_from_the_pdf(html, data):
    assert tokens(html_words(html)) - tokens("\n".join(pages(data, "-layout"))) == Counter()


def test_a_listener_hears_the_same_words_in_the_same_order_and_no_other(html, data):
    heard = "".join(text for role, text in spoken(data) if role != "Lbl")
    assert "".join(heard.split()).casefold() == "".join(html_words(html).split()).casefold()


def test_the_word_file_has_the_same_words_in_the_same_order(document):
    assert word_lines(opened_in_word(render_docx(document))) == paper_lines(document)


def test_no_level_of_heading_is_skipped(html):
    levels = [int(tag[1]) for tag, _ in Outline(html).elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


# --- work items with their texts ------------------------------------------------------------


def test_an_item_is_told_in_the_plans_words_and_then_in_its_agencies():
    lines = lines_of(sample.work_item_texts())
    assert between(lines, "1.1 Train frontline staff to recognise the signs of trafficking",
                   "1.2 Raise public awareness, in the languages that victims read") == [
        "1.1 Train frontline staff to recognise the signs of trafficking",
        "Lead DoL · with Customs (trains its own staff), Police · Key item · Under way · "
        "■ Off track · 30 days late",
        "Objective: Staff who meet people at the border and at work notice the signs.",
        "Action: Write and deliver training on the signs of trafficking.",
        "The training covers:",
        "what to look for",
        "at the border",
        "at work",
        "whom to tell.",
        "Reported by DoL on the six months to 30 June 2010:",
        "Achieved: The pilot was held with kaupapa Māori providers; 28 people came.",
        "Planned next: The other branches follow.",
        "Challenges: Trainers are few.",
        "Rooms are small.",
        "Reported by Customs on the six months to 30 June 2010: no change, said on 5 July 2010.",
        "Milestone: Training pilot held: original 26 Feb 2010 · agreed 26 Feb 2010 · "
        "done 12 Mar 2010 · done 14 days late",
        "Milestone: All border staff trained: original 30 Jun 2010 · agreed 30 Jun 2010 · "
        "forecast 30 Jun 2011 · 30 days late",
    ]  # fmt: skip


def test_an_item_without_words_or_dates_says_so():
    lines = lines_of(sample.work_item_texts())
    assert lines[-4:] == [
        "3.3 Map what agencies hold about routes and recruiters",
        "Lead Customs · Withdrawn · Withdrawn",
        "Reported: nothing in the period.",
        "Milestones: none dated.",
    ]


def test_a_report_of_how_it_stands_alone_says_that_it_has_no_words():
    assert (
        "Reported by DoL on the six months to 30 June 2010: how it stands, without further words."
        in lines_of(sample.work_item_texts())
    )


def test_te_reo_maori_keeps_its_language_in_an_annex(html):
    assert html.count('<span lang="mi">kaupapa Māori</span>') == 2


def test_official_wording_is_told_apart_from_reports(html):
    assert Counter(
        attrs["class"]
        for tag, attrs in Outline(html).elements
        if attrs.get("class") in ("paper-official", "paper-said")
    ) == {"paper-official": 3, "paper-said": 25}


@pytest.fixture(scope="module")
def long_texts():
    return sample.document(annexes=(sample.work_item_texts(copies=12),))


def test_items_of_a_long_annex_stand_outside_the_bookmarks(long_texts):
    with opened(render_pdf(long_texts)) as pdf, pdf.open_outline() as outline:
        annex = outline.root[-1]
        assert [each.title for each in annex.children] == [
            "1 Prevention",
            "2 Protection",
            "3 Prosecution",
        ]
        assert [each.children for each in annex.children] == [[], [], []]


def test_no_heading_of_an_item_is_left_alone_at_the_foot_of_a_page(long_texts):
    data = render_pdf(long_texts)
    titles = {
        " ".join(f"{item.number} {item.title[0].text}".split())
        for pillar in long_texts.annexes[0].pillars
        for item in pillar.items
    }
    last = [
        [line.strip() for line in page.splitlines() if line.strip()][-3:] for page in pages(data)
    ]
    assert len(last) > 10
    assert [
        line for lines in last for line in lines if line in titles or line.startswith("Lead ")
    ] == []


def test_a_screen_reader_hears_each_item_as_a_heading(data, document):
    with opened(data) as pdf:
        found = structure(pdf).all("H4")
    assert len(found) == sum(len(p.items) for p in document.annexes[2].pillars)
