"""A long paper made by two processes: where it is cut, and that nobody could tell from the file."""

import re
import subprocess
from multiprocessing import get_context
from xml.etree.ElementTree import fromstring

import pytest

from reports.document import WorkItemTexts, to_json
from reports.render import halves, room
from reports.render.html import ASSETS, document_html
from reports.render.pdf import RenderRefused, html_to_pdf, render_pdf
from tests.reports import sample
from tests.reports.paper_reading import pages


def families_and_looks(document):
    """The names of the fonts in the paper: SourceSans3-Bold."""
    out = subprocess.run(
        ["pdffonts", "-"], input=render_pdf(document), capture_output=True, check=True
    ).stdout.decode()
    return {line.split()[0].partition("+")[2] for line in out.splitlines()[2:]}


PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><title>T</title></svg>'


def annex(*stretches):
    first, *others = (f"{words[:3]}</h3><p>{words[3:]}</p>" for words in stretches)
    inside = "".join(
        [f"<h3>{first}", *(f'<h3 class="paper-next-page">{words}' for words in others)]
    )
    return f'<section class="paper-annex paper-upright">{inside}</section>'


def page(*annexes, before="x" * 100):
    body = f"<body><article><p>{before}</p>{''.join(annexes)}</article></body>"
    return f"<html><head><title>T</title></head>{body}</html>"


def words_of_halves(html):
    found = []
    for keep in (halves.keep_first, halves.keep_second):
        root = fromstring(html)
        keep(root, halves.middle(root))
        found.append("".join(root.find("body").itertext()))
    return found


# --- the cut --------------------------------------------------------------------------------


def test_the_second_half_begins_with_the_annex_nearest_the_middle():
    html = page(annex("b" * 30), annex("c" * 90), annex("d" * 80))
    assert words_of_halves(html) == ["x" * 100 + "b" * 30, "c" * 90 + "d" * 80]


def test_it_begins_within_an_annex_at_a_heading_that_takes_a_new_page():
    html = page(annex("b" * 20, "c" * 50, "d" * 80, "e" * 30), annex("f" * 20), before="x" * 40)
    assert words_of_halves(html) == [
        "x" * 40 + "b" * 20 + "c" * 50,
        "d" * 80 + "e" * 30 + "f" * 20,
    ]


def test_each_half_keeps_the_head_and_what_is_around_it():
    root = fromstring(page(annex("b" * 50, "c" * 100), before="x" * 50))
    halves.keep_second(root, halves.middle(root))
    assert [each.tag for each in root.iter()] == [
        "html", "head", "title", "body", "article", "section", "h3", "p",
    ]  # fmt: skip


def test_pictures_stay_in_the_first_half():
    picture = f'<section class="paper-annex">{PICTURE}</section>'
    assert halves.middle(fromstring(page(annex("b" * 100), picture))) is None
    assert words_of_halves(page(picture, annex("b" * 9, "c" * 50))) == [
        "x" * 100 + "T",
        "b" * 9 + "c" * 50,
    ]


def test_a_paper_that_nothing_divides_stays_whole():
    assert halves.middle(fromstring(page())) is None


@pytest.mark.parametrize(("second", "is_cut"), [(30, False), (34, True), (290, True), (310, False)])
def test_a_cut_that_leaves_one_process_nearly_all_is_none(second, is_cut):
    html = page(annex("b" * second))
    assert (halves.middle(fromstring(html)) is not None) == is_cut


# --- the file -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_paper():
    """Every kind of annex, the one with texts so long that the paper has some seventy pages."""
    return sample.document(
        annexes=tuple(
            sample.work_item_texts(copies=70) if isinstance(each, WorkItemTexts) else each
            for each in sample.annexes()
        )
    )


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def data(long_paper, told):
    with room.Room(seconds=300, mebibytes=2048) as processes:
        return processes.make("pdf", to_json(long_paper), lambda *at: told.append(at))


@pytest.fixture(scope="module")
def printed(data):
    """The words of each page."""
    return pages(data)


def test_two_processes_make_the_bytes_that_one_makes(long_paper, data):
    assert len(document_html(long_paper)) > halves.LONG
    assert data == render_pdf(long_paper)


def test_pages_are_numbered_through_both_halves(printed):
    found = re.findall(r"· page (\d+) of (\d+)", "".join(printed))
    assert found == [(str(page), str(len(printed))) for page in range(1, len(printed) + 1)]


def test_it_is_said_of_the_whole_paper_how_far_it_is(printed, told):
    assert {of for stage, _, of in told if stage == "writing"} == {len(printed)}


def test_the_other_process_had_its_part_in_it(told):
    """Whoever makes half of the pages counts in twos."""
    at = [page for stage, page, of in told if stage in ("layout", "writing") and page != of]
    assert at != []
    assert [page % 2 for page in at] == [0] * len(at)


# --- when the other half fails --------------------------------------------------------------


@pytest.fixture
def helper():
    """A connection to a process that makes second halves."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=room._help, args=(theirs, 2048), daemon=True)
    process.start()
    theirs.close()
    yield ours
    ours.close()
    process.join(30)
    assert process.exitcode == 0


def in_halves(helper, second):
    html = (
        '<html lang="en-NZ"><head><title>T</title>'
        f'<link rel="stylesheet" href="{ASSETS}paper/pdf.css"/></head>'
        "<body style=\"font-family: 'Source Sans 3'\"><h1>T</h1>"
        f'<section class="paper-annex"><p>{second}</p></section></body></html>'
    )
    return html_to_pdf(html, title="T", language="en-NZ", helper=helper)


@pytest.fixture
def however_short(monkeypatch):
    monkeypatch.setattr(halves, "LONG", 0)


@pytest.mark.usefixtures("however_short")
def test_what_is_wrong_with_the_second_half_refuses_the_paper_with_its_sentence(helper):
    with pytest.raises(RenderRefused, match="objected to the paper: Ignored `nonsense: 1`"):
        in_halves(helper, '<span style="nonsense: 1">x</span>')


@pytest.mark.usefixtures("however_short")
def test_a_file_that_the_second_half_asks_for_refuses_the_paper(helper):
    with pytest.raises(RenderRefused, match="asked for a file that is not part of it"):
        in_halves(helper, '<img src="file:///etc/passwd" alt="x"/>')


@pytest.mark.usefixtures("however_short")
def test_the_helper_goes_on_after_what_it_refused(helper):
    with pytest.raises(RenderRefused):
        in_halves(helper, '<span style="nonsense: 1">x</span>')
    assert [text.split()[0] for text in pages(in_halves(helper, "Second"))] == ["T", "Second"]


@pytest.mark.usefixtures("however_short")
def test_what_the_helper_fails_at_is_told_with_its_cause(helper):
    """A text that is half transparent is drawn in a way that cannot be handed over."""
    with pytest.raises(RuntimeError, match="ValueError: The second half of the paper holds"):
        in_halves(helper, '<span style="opacity: 0.5; display: block">x</span>')


def test_no_annex_is_set_in_a_font_that_the_rest_of_the_paper_lacks():
    """A half that is handed over draws with the fonts of the other."""
    body = families_and_looks(sample.document(annexes=()))
    assert families_and_looks(sample.document(annexes=sample.annexes())) == body


def test_a_short_paper_is_made_without_help():
    class Untouchable:
        pass

    assert in_halves(Untouchable(), "x").startswith(b"%PDF")
