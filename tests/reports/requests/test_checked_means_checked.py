"""Test that each redacted copy is compared with the paper that it stands for, whatever this is held as.

"Checked" on a page must mean checked: a copy from which nothing is missing is refused, what could not be compared
is looked at page by page, and the reviewer, the signatory and whoever publishes read that.
"""

import io

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string

from reports.requests.models import LineCopy, ReleasedPaper
from reports.requests.redaction.elsewhere.compared import compare
from reports.requests.redaction.elsewhere.examination import examine_copy
from reports.requests.redaction.elsewhere.looks import Apart, compare_looks
from reports.requests.redaction.elsewhere.pictures import printed
from reports.requests.redaction.elsewhere.work import without_information
from reports.requests.services import line_files, packages, releases, requests, schedule
from tests.factories import ResponseChoiceFactory, ResponseFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.test_made_elsewhere import NAME, made
from tests.reports.requests.test_requests import refusal_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="files are read and checked; requests are decided on both elsewhere"
    ),
]

WORDS = "BT /F1 12 Tf 72 700 Td (We met {} in May to hear about the orchards.) Tj ET"
HELD = made(WORDS.format(NAME))
BOX = "0 g 115 690 60 20 re f"
WORD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a Word file"
WHOLE = "Every word of the paper is still in this copy, but it is to be released in part."
ALIKE = (
    "Every page of the paper is in this copy and looks the same, but it is to be released in part."
)
ONLY_LOOKS = "Only the pictures of the pages were compared"
NOT_COMPARED = "This file was not compared with the paper"


def pictures(data):
    """A PDF of pictures of the pages, as from a scanner."""
    return printed(data, lambda: None)


def scanned(data):
    """The same of a coarser scanner."""
    with pypdfium2.PdfDocument(data) as opened:
        out = io.BytesIO()
        opened[0].render(scale=100 / 72).to_pil().save(out, "PDF", resolution=100)
    return out.getvalue()


BLACKED = pictures(made(f"{WORDS.format(NAME)} {BOX}"))


@pytest.fixture
def listed(request_, line, adviser, decide):
    """List a file, or the Minister's answer, to be released in part."""
    decide(line, "withheld", grounds=["6(a)"])

    def list_(data=HELD, name="letter.pdf", *, answer=None):
        if answer is not None:
            found = schedule.add_paper(request=request_, paper=answer, by=adviser)
        else:
            file = ContentFile(data, name=name)
            found = schedule.add_file(request=request_, file=file, title="A letter", by=adviser)
        decide(found, "part", grounds=["6(c)"])
        return fresh(found)

    return list_


@pytest.fixture
def upload(adviser):
    def upload(line, data):
        file = ContentFile(data, name="copy.pdf")
        return line_files.upload_copy(line=line, file=file, by=adviser, at=NOW)

    return upload


@pytest.fixture
def answer(issued):
    found = ResponseFactory(issued=issued, comment="Please come back in March with the costs.")
    ResponseChoiceFactory(response=found, number=1, key="r-1", text="the paper", option="noted")
    return found


def held_as_printed(line):
    return line_files.print_answer(line, is_whole=True)


def first_words(check):
    return [each.sentence.partition(". ")[0] + "." for each in check.found]


def text_of(client, *address):
    return " ".join(client.get(at(*address)).text.split())


# --- what is held is compared ---------------------------------------------------------------------


def test_an_answer_printed_from_its_record_is_compared_word_by_word(listed, upload, answer):
    """It was never compared: its withheld sentence went out."""
    line = listed(answer=answer)
    check = upload(line, without_information(held_as_printed(line)))
    assert first_words(check) == [WHOLE]


def test_pictures_that_look_as_the_answer_does_are_refused(listed, upload, answer):
    line = listed(answer=answer)
    assert first_words(upload(line, pictures(held_as_printed(line)))) == [ALIKE]


@pytest.mark.parametrize("held", [HELD, scanned(HELD)], ids=["words", "scan"])
@pytest.mark.parametrize("added", [0, 1], ids=["as it is", "with a cover"])
def test_pictures_that_look_as_the_paper_does_are_refused(listed, upload, held, added):
    copy = pictures(made(WORDS.format(NAME)) + b"\n")
    if added:
        with pikepdf.open(io.BytesIO(copy)) as pdf:
            pdf.add_blank_page()
            pdf.pages.reverse()
            out = io.BytesIO()
            pdf.save(out, static_id=True)
            copy = out.getvalue()
    assert first_words(upload(listed(held), copy)) == [ALIKE]


def test_words_that_became_drawings_and_can_still_be_read_are_looked_at(listed, upload):
    """Words are missing, and the page looks as if none were: as where text became lines or pictures."""
    check = upload(listed(), made(WORDS.format("      ")))
    check.report["looks"] = {"same": [1], "is_whole": True}
    assert (check.passes, check.pages_to_look_at) == (True, (1,))


def test_what_the_paper_itself_says_in_the_form_of_a_label_is_not_missing():
    held = "They relied on section 9(2)(a) of the Act. Hemi Tane wrote."
    assert compare(held, held).gone == 0
    found = compare(held, "They relied on section 9(2)(a) of the Act. [s 9(2)(a)] wrote.")
    assert (found.gone, found.labels) == (2, 1)


# --- what helps ------------------------------------------------------------------------------------


def test_pictures_are_the_first_remedy_for_a_box_over_text(listed, upload):
    row = upload(listed(), made(f"{WORDS.format(NAME)} {BOX}"))
    assert [each.sentence for each in row.found][0] == (
        f"{WHOLE} Print the pages to pictures: what they do not show is then gone, and the words are "
        "compared again."
    )
    assert row.offers_pictures


def test_of_a_file_that_shows_every_word_pictures_are_not_offered_nor_is_it_said_to_be_unread(
    listed, upload, adviser, request_, today
):
    row = upload(listed(), made(f"{WORDS.format(NAME)} 0 g 400 100 4 4 re f"))
    assert [each.kind for each in row.found] == ["whole"]
    assert not row.offers_pictures
    page = text_of(client_of(adviser), "request-file-check", request_.pk, 2, row.pk)
    assert "may all be there to be read" not in page
    assert 'value="pictures"' not in page


def test_only_the_lines_that_look_different_are_listed():
    lines = [f"Line {number} is about orchards" for number in range(6)]
    text = "BT /F1 12 Tf 14 TL 72 700 Td " + " ".join(f"({each}) Tj T*" for each in lines) + " ET"
    apart = compare_looks(
        made(text), "pdf", pictures(made(f"{text} 0 g 100 670 80 10 re f")), lambda: None
    ).apart
    assert apart == (Apart(1, (lines[2],)),)


# --- what cannot be compared is looked at -----------------------------------------------------------


def test_pictures_with_a_box_are_kept_after_somebody_looked_at_each_page(
    listed, upload, adviser, reviewer, request_, today
):
    line = listed()
    row = upload(line, BLACKED)
    assert (row.found, row.compared, row.pages_to_look_at) == ((), "looks", (1,))
    client, address = client_of(adviser), ("request-file-check", request_.pk, 2, row.pk)
    page = text_of(client, *address)
    assert "Page 1: looks different from the paper" in page
    assert (
        "The pages of this file are pictures, so their words cannot be read here; those of the"
        in page
    )
    (apart,) = row.pages_apart
    assert apart == {"page": 1, "lines": [f"We met {NAME} in May to hear about the orchards."]}
    where = f'Page 1 looks different at or beside this line of the paper:</p> <ul class="findings"><li>{apart["lines"][0]}'
    assert where in page
    answer = client.post(at(*address), {"act": "keep", "has_looked": "on"})
    assert (answer.status_code, "Look at page 1, and tick it." in answer.text) == (422, True)
    client.post(at(*address), {"act": "keep", "has_looked": "on", "pages": ["1"]})
    assert LineCopy.objects.get().gate_report["compared"] == "looks"
    review = text_of(client_of(reviewer), "request-review", request_.pk)
    assert ONLY_LOOKS in review
    assert apart["lines"][0] in review


def test_a_page_of_a_copy_that_is_a_picture_is_looked_at(listed, upload, adviser):
    """Its words are missing in the comparison, and can be read in the picture."""
    held = made(WORDS.format(NAME), pages=2)
    words = made("BT /F1 12 Tf 72 700 Td (We met.) Tj ET")
    with (
        pikepdf.open(io.BytesIO(words)) as pdf,
        pikepdf.open(io.BytesIO(pictures(HELD))) as scan,
    ):
        pdf.pages.append(scan.pages[0])
        out = io.BytesIO()
        pdf.save(out, static_id=True)
    row = upload(listed(held), out.getvalue())
    assert (row.found, row.pages_to_look_at, row.pages_alike) == ((), (2,), (2,))
    assert refusal_of(line_files.keep_copy, check=row, by=adviser, at=NOW) == (
        "Look at page 2 too, and tick it."
    )


def test_whoever_reviews_releases_and_publishes_reads_that_a_copy_was_not_compared(
    listed, upload, prepared, sign, adviser, reviewer, decision_maker, request_, today
):
    row = upload(listed(WORD_FILE, "letter.doc"), made("BT /F1 12 Tf 72 700 Td (We met.) Tj ET"))
    assert (row.found, row.compared) == ((), "nothing")
    line_files.keep_copy(check=row, by=adviser, at=NOW, pages_looked_at=(1,))
    ticked = f"Each page was ticked as compared with the paper by {adviser.signature}."
    review = text_of(client_of(reviewer), "request-review", request_.pk)
    assert (NOT_COMPARED in review, ticked in review) == (True, True)
    letter = prepared(request_)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    sign(letter)
    client = client_of(decision_maker)
    day = {"released_on": "22 May 2013"}
    page = client.post(at("request-release", request_.pk), {**day, "act": "check"}).text
    assert NOT_COMPARED in " ".join(page.split())
    assert at("request-line-copy-file", request_.pk, 2) in page
    made_ = releases.release(
        request=request_, papers=packages.prepared_papers(request_), on=TODAY, by=adviser, at=NOW
    )
    page = text_of(client, "request-release", request_.pk)
    assert "Parts, on the ground s 6(c)" in page
    published = text_of(client, "publish", made_.pk)
    assert [(NOT_COMPARED in each, ticked in each) for each in (page, published)] == [
        (True, True),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("recorded", "withheld", "said"),
    [
        (
            {"unread": [1, 2]},
            {},
            "The withheld words could not be searched for: this file is pictures.",
        ),
        (
            {"unread": [2]},
            {},
            "The words that are withheld in other papers of the release were searched for: whole, in pieces and as digits. None was found. Page 2 has no words that can be read, so nothing could be searched for there.",
        ),
        (
            {},
            {"9(2)(a)": 2},
            "The words that are withheld, in this paper and in others of the release, were searched for: whole, in pieces and as digits. None was found.",
        ),
        (
            {"compared": "looks"},
            {},
            "The words that are withheld in other papers of the release were searched for: whole, in pieces and as digits. None was found. Words in pictures could not be searched for.",
        ),
    ],
    ids=["pictures", "one page", "a briefing", "before it was recorded"],
)
def test_a_release_says_which_withheld_words_were_searched_for(recorded, withheld, said):
    """Of pictures, to find none proves nothing."""
    paper = ReleasedPaper(pages=2, withheld=withheld, gate_report={"searched": 9, **recorded})
    shown = render_to_string("reports/requests/releasing/searched.html", {"paper": paper})
    assert " ".join(shown.split()) == said


def test_a_copy_of_which_no_page_is_ticked_asks_for_all_of_them(listed, upload, adviser):
    pages = pictures(made(f"{WORDS.format(NAME)} {BOX}", pages=2))
    row = upload(listed(made(WORDS.format(NAME), pages=2)), pages)
    kept = {"check": row, "by": adviser, "at": NOW}
    assert refusal_of(line_files.keep_copy, **kept) == "Look at pages 1 and 2, and tick them."
    assert refusal_of(line_files.keep_copy, **kept, pages_looked_at=(1,)) == (
        "Look at page 2 too, and tick it."
    )


def test_a_report_says_which_pages_have_no_words_and_whose_words_were_not_compared(
    listed, upload, adviser
):
    row = upload(listed(), BLACKED)
    report = line_files.report_of(row, size=1, file_name="copy.pdf").as_plain
    assert (report["unread"], report["unreadable"]) == ([1], "file")


def test_a_copy_is_asked_to_say_the_section_at_each_place_and_the_check_says_if_it_does_not(
    listed, upload, adviser, request_, today
):
    line = listed()
    page = text_of(client_of(adviser), "request-line-copy", request_.pk, line.number)
    assert "write the section that withholds them (s 6(c))" in page
    assert "write “RELEASED UNDER THE OFFICIAL INFORMATION ACT” on each page" in page
    without = "No section such as “9(2)(a)” stands in this file"
    shown = []
    for label in ("[s 6\\(c\\)]", "her"):
        row = upload(line, made(WORDS.format(label)))
        page = text_of(client_of(adviser), "request-file-check", request_.pk, line.number, row.pk)
        shown.append(without in page)
    assert shown == [False, True]


def test_the_reviewer_and_the_signatory_read_the_missing_words(
    listed, upload, adviser, reviewer, decision_maker, request_, today
):
    row = upload(listed(), made(WORDS.format("[s 9\\(2\\)\\(a\\)]")))
    line_files.keep_copy(check=row, by=adviser, at=NOW)
    for who in (reviewer, decision_maker):
        page = text_of(client_of(who), "request-review", request_.pk)
        assert "2 of 11 words of the paper are missing in this file." in page
        assert f"<del>{NAME}</del>" in page


# --- what is said of it ---------------------------------------------------------------------------


def test_the_words_are_counted_as_they_are_listed():
    held = "Officials fear that Treasury will refuse the money for it."
    found = compare(held, "The money was said to be enough that year for it.")
    listed = [sum(len(getattr(each, name).split()) for each in found.changes) for name in FIELDS]
    assert [found.missing, found.added] == listed
    assert found.gone < found.missing


FIELDS = ("missing", "added")


def test_what_the_standards_ask_a_file_to_say_of_itself_is_accepted(listed, answer):
    line = listed(answer=answer)
    assert examine_copy(held_as_printed(line), known=line.title).found == ()


def test_a_title_that_no_page_shows_is_taken_out_if_nothing_else_is_wrong(
    listed, upload, adviser, today
):
    line = listed()
    redacted = WORDS.format("[s 9\\(2\\)\\(a\\)]")

    def name(pdf):
        pdf.docinfo["/Title"] = "copy3-pictures"
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:creator"] = [NAME]

    row = upload(line, made(redacted, change=name))
    assert (row.found, row.report["is_cleaned"]) == ((), True)
    with pikepdf.open(io.BytesIO(bytes(row.pdf))) as pdf:
        assert ("/Info" in pdf.trailer, "/Metadata" in pdf.Root) == (False, False)
    page = text_of(client_of(adviser), "request-file-check", line.request_id, 2, row.pk)
    assert "We removed it, so the file that is kept has none." in page
    boxed = upload(line, made(f"{WORDS.format(NAME)} {BOX}", change=name))
    assert [each.name for each in boxed.found if each.name] == ["Author"]
    assert "empty “Author”" in " ".join(each.sentence for each in boxed.found)


def test_a_file_that_is_no_pdf_is_told_in_one_sentence(listed, upload, adviser, today):
    line = listed()
    row = upload(line, b"%PDF-" + b"rubbish " * 1_000)
    assert first_words(row) == ["This file is no PDF that can be read."]
    page = text_of(client_of(adviser), "request-file-check", line.request_id, 2, row.pk)
    assert "are pictures" not in page
    assert "compared" not in page


def test_nothing_is_offered_that_would_be_refused(listed, upload, adviser, request_, today):
    """After the request ended, and for a decision that has changed."""
    line = listed()
    kept, other = (
        upload(line, made(WORDS.format(f"[s {ground}]"))) for ground in ("6\\(a\\)", "6\\(c\\)")
    )
    line_files.keep_copy(check=kept, by=adviser, at=NOW)
    client = client_of(adviser)
    page = text_of(client, "request-line", request_.pk, 2)
    assert "passed the check, and is not kept yet" in page
    assert "Until another one is kept, the copy below is released." in page
    requests.withdraw(request=request_, on=TODAY, note="By email.", by=adviser, at=NOW)
    assert "is not kept yet" not in text_of(client, "request-line", request_.pk, 2)
    page = text_of(client, "request-file-check", request_.pk, 2, other.pk)
    assert "Keep this copy for release" not in page
