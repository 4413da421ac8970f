"""Test that the paper of a small plan leaves no page half empty."""

import re
from datetime import date

import pytest

from reports.document.text import words
from reports.render.html import FEW_ROWS, present
from reports.render.pdf import render_pdf
from tests.reports import in_memory, sample
from tests.reports.paper_reading import opened, run

PAST, NEXT, SOON = date(2010, 5, 31), date(2011, 3, 31), date(2010, 12, 31)
FOOT = 0.9  # of the page's height; below it stands only the running foot
ALL = ("progress", "items", "delays", "risks", "consulted")


def small_plan(annexes=("progress", "items")):
    """Three items, one of them late."""
    late = in_memory.delay(
        explanation="No money was set aside.",
        actions=[in_memory.action("Police trains its own staff first.", due_on=SOON)],
    )
    items = [
        in_memory.item("1.1", in_memory.step(PAST, late, forecast_due=NEXT), is_key=True),
        in_memory.item("1.2", in_memory.step(NEXT), title="Print a brochure"),
        in_memory.item("2.1", in_memory.step(NEXT), title="Share a case file"),
    ]
    return in_memory.paper(in_memory.facts(*items, title="Plan of Action"), annexes)


def filled(data):
    """Return how far down each page has words, as a share of its height."""
    found = []
    for page in re.findall(r"<page.*?</page>", run("pdftotext", data, "-bbox").decode(), re.DOTALL):
        height = float(re.search(r'height="([\d.]+)"', page)[1])
        ends = [float(each) / height for each in re.findall(r'yMax="([\d.]+)"', page)]
        found.append(max(end for end in ends if end < FOOT))
    return found


@pytest.mark.parametrize("annexes", [("progress", "items"), ("items",), ("items", "delays"), ALL])
def test_no_page_but_the_last_is_half_empty(annexes):
    data = render_pdf(small_plan(annexes))
    assert min(filled(data)[:-1]) > 0.5
    with opened(data) as pdf:
        assert {page.mediabox[2] > page.mediabox[3] for page in pdf.pages} == {False}


def test_no_word_of_a_heading_breaks_in_the_narrower_tables():
    text = run("pdftotext", render_pdf(small_plan(ALL)), "-layout").decode()
    for heading in ("Confidence", "Standing", "Milestones", "Found", "Dates"):
        assert re.search(rf"\b{heading}\b", text)


@pytest.mark.parametrize(
    "annexes",
    [(sample.work_item_texts(),), (sample.risk_register(),), (sample.work_item_table(9),)],
)
def test_texts_risks_and_long_tables_keep_their_own_pages(annexes):
    document = sample.document(annexes=annexes)
    assert {annex["style"] for annex in present(document)["annexes"]}.isdisjoint({"paper-small"})


def test_the_annexes_of_a_plan_with_one_row_too_many_have_their_own_pages():
    items = [in_memory.item(f"1.{n}", in_memory.step(NEXT)) for n in range(1, FEW_ROWS // 2 + 2)]
    for count, styles in ((-1, {"paper-small"}), (None, {"paper-upright", "paper-wide"})):
        annexes = present(in_memory.paper(in_memory.facts(*items[:count])))["annexes"]
        assert {annex["style"] for annex in annexes} == styles
        assert words(annexes[0]["heading"]) == "Annex A: Progress at a glance"
