"""Test the PDF of a released paper, and the marked-up copy for reviewers."""

import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.document import (
    ConsultedTable,
    DelayRegister,
    RiskRegister,
    WorkItemTable,
    WorkItemTexts,
)
from reports.render.pdf import RenderRefused, render_pdf
from reports.requests.law.act import act_named
from reports.requests.print.released import (
    CONTAINS,
    released_name,
    render_marked_up,
    render_released,
)
from reports.requests.redaction.gate import examine
from reports.requests.redaction.redact import (
    Span,
    leaves,
    needles,
    occurrences,
    redact,
    visible_elsewhere,
    wholes,
)
from tests.reports import sample
from tests.reports.documents_at_random import PRINTABLE, documents
from tests.reports.paper_reading import opened, pages, spoken, structure
from tests.reports.validators import CLAIMS, quick_faults, verapdf

STAMP = act_named().stamp
A, G = ("9(2)(a)",), ("9(2)(f)(iv)", "9(2)(g)(i)")


@pytest.fixture(scope="module")
def paper():
    return sample.document(cover=sample.own_cover(), annexes=sample.annexes())


@pytest.fixture(scope="module")
def spans(paper):
    """Words, a contact, a paragraph, a recommendation, and something of each kind of annex."""
    found = [replace(span, grounds=A) for span in occurrences(paper, "convention")]
    places = ["cover.contacts.0.name", "cover.contacts.0.direct_dial", "cover.title"]
    places += ["sections.2.paragraphs.1", "recommendation.items.1"]
    for index, annex in enumerate(paper.annexes):
        places += [
            f"annexes.{index}.{part}"
            for kind, parts in {
                WorkItemTable: ("pillars.0.rows.0", "pillars.0.rows.1.milestones.0"),
                WorkItemTexts: ("pillars.0.items.0", "pillars.0.items.1.reports.0"),
                DelayRegister: ("rows.0", "rows.1.milestone"),
                RiskRegister: ("rows.0",),
            }.items()
            if isinstance(annex, kind)
            for part in parts
        ]
        if isinstance(annex, ConsultedTable):
            places.append(f"annexes.{index}")
    return (*found, *(whole(paper, place, G) for place in places))


def whole(document, place, grounds=A):
    texts = {leaf.place: leaf.text for leaf in (*leaves(document), *wholes(document))}
    return Span(place, 0, len(texts[place]), grounds)


@pytest.fixture(scope="module")
def released(paper, spans):
    return render_released(paper, spans, stamp=STAMP)


@pytest.fixture(scope="module")
def marked_up(paper, spans):
    return render_marked_up(paper, spans)


def gate(data, paper, spans, **changes):
    return examine(
        data,
        needles=needles(paper, spans),
        file_name=changes.get("file_name", released_name(redact(paper, spans))),
        pages=len(pages(data)),
        stamp=STAMP,
        visible_on_purpose=visible_elsewhere(paper, spans),
    )


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_a_released_paper_passes_the_gate(released, paper, spans):
    found = gate(released, paper, spans)
    assert (found.findings, found.stamp) == ((), STAMP)
    assert found.searched > 30


def test_the_gate_refuses_the_paper_itself_and_the_marked_up_copy(marked_up, paper, spans):
    for data in (render_pdf(paper), marked_up):
        places = {finding.where for finding in gate(data, paper, spans).findings}
        # The title is withheld.
        assert {"the file’s information", "the metadata", "the text of page 1"} <= places
        assert "a bookmark" in places


def test_both_files_meet_both_standards(released, marked_up):
    files = {"released": released, "marked up": marked_up}
    assert {name: quick_faults(data) for name, data in files.items()} == dict.fromkeys(files, [])
    verdicts = verapdf(files)
    assert [key for key, verdict in verdicts.items() if not verdict.passed] == []
    assert len(verdicts) == len(files) * len(CLAIMS)


def test_each_page_has_the_stamp_once_and_it_is_not_read_aloud(released, marked_up):
    for data, stamp in ((released, STAMP), (marked_up, CONTAINS)):
        assert {text.count(stamp) for text in pages(data)} == {1}
        assert stamp not in "".join(text for _role, text in spoken(data))


def test_the_title_is_the_redacted_one_everywhere(released, paper, spans):
    with opened(released) as pdf, pdf.open_outline() as outline:
        label = "[s 9(2)(f)(iv), s 9(2)(g)(i)]"
        assert str(pdf.docinfo["/Title"]) == label
        assert label in [item.title for item in outline.root]
        (heading,) = structure(pdf).all("H1")
        assert heading
    assert released_name(redact(paper, spans)) == "10-96252-s-92fiv-s-92gi.pdf"


def test_withheld_rows_and_charts_print_their_label_alone(released):
    text = squeezed(" ".join(pages(released)))
    assert squeezed("1.1 [s 9(2)(f)(iv), s 9(2)(g)(i)] 1.2") in text
    assert squeezed("2 [s 9(2)(f)(iv), s 9(2)(g)(i)]") in text  # the recommendation
    assert squeezed("Milestones: promised and now expected [s 9(2)(f)(iv)") in text
    assert "Not started" in " ".join(pages(released))  # of another row
    assert "0001" not in text
    annex = "Annex F: Who was consulted / Āpitihanga F [s 9(2)(f)(iv), s 9(2)(g)(i)]"
    assert squeezed(annex) in text


def test_the_marked_up_copy_has_every_word_of_the_paper(marked_up, paper):
    text = squeezed("".join(text for _role, text in spoken(marked_up)))
    ground = re.compile(r"\[s9\(2\)[^\]]*\]")
    text = ground.sub("", text)
    lost = [
        leaf.place
        for leaf in leaves(paper)
        if squeezed(leaf.text) not in text
        and not leaf.place.startswith(("cover.design", "cover.not_concurring"))
        and not re.search(r"standing|heading$|plan_title", leaf.place)
    ]
    assert lost == []


def test_the_marked_up_copy_has_grounds_in_the_margin(marked_up, paper, spans):
    text = squeezed(" ".join(pages(marked_up)))
    assert text.count("[s9(2)(a)]") >= 1 and text.count("[s9(2)(f)(iv),s9(2)(g)(i)]") >= 10
    assert not re.search("[⦃⦄⧽]", text)


def test_characters_that_mark_frames_are_refused_in_a_paper(paper):
    odd = replace(paper, plan_title="A plan ⦃1⦄")
    with pytest.raises(RenderRefused, match="⦃"):
        render_marked_up(odd, ())


def test_a_paper_without_spans_is_released_whole(paper):
    data = render_released(paper, (), stamp=STAMP)
    assert gate(data, paper, ()).findings == ()
    assert "[s " not in " ".join(pages(data))


@settings(max_examples=4, deadline=None)
@given(documents(PRINTABLE), st.integers())
def test_random_papers_pass_the_gate_when_released(document, seed):
    chance = Random(seed)
    options = [leaf for leaf in (*leaves(document), *wholes(document)) if leaf.text]
    spans = [
        Span(leaf.place, 0, len(leaf.text), A)
        for leaf in chance.sample(options, min(6, len(options)))
    ]
    data = render_released(document, spans, stamp=STAMP)
    report = examine(
        data,
        needles=[text for text in needles(document, spans) if len(text) > 12],
        file_name="paper.pdf",
        pages=len(pages(data)),
        stamp=STAMP,
        visible_on_purpose=visible_elsewhere(document, spans),
    )
    assert report.findings == ()
    assert quick_faults(data) == []
    assert quick_faults(render_marked_up(document, spans)) == []
