"""Test annexes on paper: text in HTML, PDF and Word, tags, and page breaks at any length."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from reports.document import plain
from reports.render.docx import render_docx
from reports.render.html import document_html
from reports.render.pdf import render_pdf
from tests.reports import sample
from tests.reports.paper_reading import opened, pages, structure, tokens
from tests.reports.render.test_paper_html import Outline
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
    """Return the paper's lines from the annex's heading on."""
    found = paper_lines(sample.document(annexes=(annex,)))
    return found[found.index(f"Annex A: {annex.heading}") :]


def between(lines, start, end):
    return lines[lines.index(start) : lines.index(end)]


# --- every annex ----------------------------------------------------------------------------


def test_annexes_are_lettered_in_their_order(html):
    found = [words for words in Outline(html).pieces if words.startswith("Annex ")]
    assert found == [
        f"Annex {letter}: {annex.heading}"
        for letter, annex in zip("ABCDEFGH", sample.annexes(), strict=False)
    ]


def test_the_word_file_has_the_same_words_in_the_same_order(document):
    assert word_lines(opened_in_word(render_docx(document))) == paper_lines(document)


# --- work items with their texts ------------------------------------------------------------


def test_an_item_shows_the_plans_text_and_then_its_agencys_report():
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


def test_a_report_with_only_a_status_says_that_it_has_no_text():
    assert (
        "Reported by DoL on the six months to 30 June 2010: how it stands, without further words."
        in lines_of(sample.work_item_texts())
    )


def test_te_reo_maori_is_marked_with_its_language_in_an_annex(html):
    assert html.count('<span lang="mi">kaupapa Māori</span>') == 2


def test_official_wording_is_distinguished_from_reports(html):
    assert Counter(
        attrs["class"]
        for tag, attrs in Outline(html).elements
        if attrs.get("class") in ("paper-official", "paper-said")
    ) == {"paper-official": 3, "paper-said": 25}


@pytest.fixture(scope="module")
def long_texts():
    return sample.document(annexes=(sample.work_item_texts(copies=12),))


def test_items_of_a_long_annex_are_not_bookmarks(long_texts):
    with opened(render_pdf(long_texts)) as pdf, pdf.open_outline() as outline:
        annex = outline.root[-1]
        assert [each.title for each in annex.children] == [
            "1 Prevention",
            "2 Protection",
            "3 Prosecution",
        ]
        assert [each.children for each in annex.children] == [[], [], []]


def texts_of(*lengths):
    """Return the annex with pillars of so many items, numbered throughout."""
    annex = sample.work_item_texts()
    item = annex.pillars[-1].items[-1]
    return replace(
        annex,
        pillars=tuple(
            replace(
                annex.pillars[place],
                items=tuple(
                    replace(item, key=f"w-{place}-{n}", number=f"{place + 1}.{n}")
                    for n in range(1, length + 1)
                ),
            )
            for place, length in enumerate(lengths)
        ),
    )


def test_a_long_pillar_is_split_into_blocks_that_start_new_pages():
    document = sample.document(annexes=(texts_of(101, 50, 1),))
    assert [words for words in Outline(document_html(document)).pieces if words[1:3] == " P"] == [
        "1 Prevention: items 1.1 to 1.50",
        "1 Prevention: items 1.51 to 1.100",
        "1 Prevention: item 1.101",
        "2 Protection",
        "3 Prosecution",
    ]
    below_the_marking = [
        [line for line in page.splitlines() if line.strip()][1]
        for page in pages(render_pdf(document))
    ]
    assert [words for words in below_the_marking if words[1:3] == " P"] == [
        "1 Prevention: items 1.51 to 1.100",
        "1 Prevention: item 1.101",
        "2 Protection",
        "3 Prosecution",
    ]


def test_short_pillars_share_a_page():
    found = pages(render_pdf(sample.document(annexes=(texts_of(2, 1, 1),))))
    assert re.findall(r"^\d Pro?\w+$", found[-1], re.MULTILINE) == [
        "1 Prevention",
        "2 Protection",
        "3 Prosecution",
    ]


def test_a_long_annex_has_the_same_text_in_word():
    document = sample.document(annexes=(texts_of(51, 1),))
    assert word_lines(opened_in_word(render_docx(document))) == paper_lines(document)


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


def test_a_screen_reader_announces_each_item_as_a_heading(data, document):
    with opened(data) as pdf:
        found = structure(pdf).all("H4")
    assert len(found) == sum(len(p.items) for p in document.annexes[2].pillars)


# --- registers and agencies consulted -------------------------------------------------------


def rows(annex):
    """Return the cells of the annex's table in Word, without its header."""
    file = opened_in_word(render_docx(sample.document(annexes=(annex,))))
    return [[cell.text for cell in row.cells] for row in file.tables[-1].rows[1:]]


def test_a_delay_shows_its_cause_dates_and_mitigation():
    assert rows(sample.delay_register()) == [
        [
            "1.1",
            "Train frontline staff to recognise the signs of trafficking\nAll border staff trained",
            "Prior commitments. Staff were bringing the Immigration Act 2009 into force.\n"
            "The cause (prior commitments) is being settled by DoL by 31 May 2011.\n"
            "Effect: Staff and whānau go without it.\n"
            "Until then: Those who came back train the others.\n"
            "It needs: Two trainers.\n"
            "It waits for 3.3.2 of Police, now expected on 29 January 2027.",
            "Original 30 Jun 2010\nAgreed 30 Jun 2010\nForecast 30 Jun 2011",
            "365 days\nMoved twice",
            "1 Jun 2010\nStill open",
            "Train the trainers first. (DoL, due 31 Dec 2010)\n"
            "Show the pilot’s slides. (Police, done 1 Jul 2010)\n"
            "Ask for rooms. (Customs, no date set)",
        ],
        [
            "1.1",
            "Train frontline staff to recognise the signs of trafficking\nTraining pilot held",
            "Funding. No money was set aside.",
            "Original 26 Feb 2010\nAgreed 26 Feb 2010\nDone 12 Mar 2010",
            "14 days\nMoved once",
            "1 Feb 2010\nEnded 12 Mar 2010",
            "Nothing recorded",
        ],
    ]


def test_a_risk_shows_its_item_owner_and_escalation():
    assert rows(sample.risk_register()) == [
        [
            *["R2", "Victims who speak te reo Māori stay silent.", "Item 1.2"],
            *["High", "Medium", "High", "MWA", "Print the brochure in more languages."],
            *["The Minister\n3 May 2010", "Open"],
        ],
        [
            *["R1", "Agencies’ money runs out.", "The Plan", "Low", "High", "Medium"],
            *["DoL", "None recorded", "–", "Open"],
        ],
        [
            *["R3", "The law comes late.", "The Plan", "Low", "Low", "Low", "MoJ"],
            *["None recorded", "–", "Closed 1 Apr 2010"],
        ],
    ]


def test_a_consulted_agency_is_listed_with_its_answer():
    assert rows(sample.consulted_table()) == [
        [
            *["New Zealand Customs Service (Customs)", "Concurs with comment", "20 Jul 2010"],
            "Say how many officers were trained.",
        ],
        ["Police", "Concurs", "21 Jul 2010", "–"],
        ["Ministry of Health", "Had not answered by 30 July 2010", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("annex", "sentence"),
    [
        (sample.delay_register(), "No delay was open in the 12 months to 30 July 2010."),
        (sample.risk_register(), "No risk was open in the 12 months to 30 July 2010."),
        (sample.consulted_table(), "No agency was consulted."),
    ],
)
def test_an_annex_without_rows_has_a_sentence_instead(annex, sentence):
    assert lines_of(replace(annex, rows=())) == [f"Annex A: {annex.heading}", sentence]


# --- breaks ---------------------------------------------------------------------------------

LONG = [
    sample.work_item_table(copies=40),
    sample.delay_register(copies=60),
    sample.risk_register(copies=60),
]


@pytest.fixture(scope="module", params=LONG, ids=lambda annex: annex.heading)
def long_table(request):
    """A table over many pages between two short portrait annexes."""
    first = replace(sample.consulted_table(), key="a-91", rows=())
    last = replace(sample.consulted_table(), key="a-92", rows=())
    return render_pdf(sample.document(annexes=(first, request.param, last)))


def table_pages(data):
    """Return text and size of the pages of the landscape annex."""
    with opened(data) as pdf:
        sizes = [tuple(map(float, page.mediabox[2:])) for page in pdf.pages]
    return [
        (text, size)
        for text, size in zip(pages(data, "-layout"), sizes, strict=True)
        if size[0] > size[1]
    ]


def test_a_wide_table_is_landscape_between_portrait_annexes(long_table):
    with opened(long_table) as pdf:
        wide = [page.mediabox[2] > page.mediabox[3] for page in pdf.pages]
    assert wide.index(True) == 4
    assert wide[4:].index(False) == len(wide) - 5
    assert len(wide) > 10


def test_the_head_of_a_table_repeats_on_each_of_its_pages(long_table):
    heads = [
        len(re.findall(r"^ *No\. ", text, re.MULTILINE)) for text, _ in table_pages(long_table)
    ]
    assert set(heads) <= {1, 2}
    assert heads.count(2) <= 2  # a pillar's table that ends where the next begins


def test_every_page_has_its_number_and_the_marking_at_both_ends(long_table):
    read = pages(long_table, "-layout")
    assert [re.findall(r"page (\d+) of (\d+)", text) for text in read] == [
        [(str(number), str(len(read)))] for number in range(1, len(read) + 1)
    ]
    assert [text.count("IN CONFIDENCE") for text in read[1:]] == [2] * (len(read) - 1)


def test_no_row_is_split_across_pages(long_table):
    """Below the header, each page of a table starts with a row's number."""
    for text, _ in table_pages(long_table):
        below = [line for line in text.split("No.", 1)[1].splitlines()[1:] if line.strip()]
        assert re.match(r" *(R\d|\d\.\d)", below[0]), below[0]


def test_a_row_taller_than_a_page_continues_without_losing_words():
    long_text = " ".join(f"word{number}" for number in range(900))
    register = sample.delay_register()
    tall = replace(
        register, rows=(replace(register.rows[0], explanation=plain(long_text)), register.rows[1])
    )
    data = render_pdf(sample.document(annexes=(tall,)))
    assert tokens(long_text) - tokens("\n".join(pages(data))) == Counter()
