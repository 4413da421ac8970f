"""Test each kind of paper from the schedule to its released file, and the copies uploaded for some."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from reports.requests.models import LineCopy
from reports.requests.services import (
    deciding,
    letters,
    line_files,
    packages,
    redactions,
    releases,
    requests,
    schedule,
)
from reports.requests.services.handling import handling_of
from tests.factories import (
    EvidenceFactory,
    MeetingFactory,
    MeetingPaperFactory,
    ResponseChoiceFactory,
    ResponseFactory,
)
from tests.reports.paper_reading import pages
from tests.reports.requests.by_hand import made_of
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.factories import EarlierPaperFactory
from tests.reports.requests.test_gate import made
from tests.reports.requests.test_requests import refusal_of
from workitems.plan.services.refusals import Refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="files are read, printed and checked; requests are decided on both"
    ),
]

STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"
# Two revisions: an earlier one may still be in it, so the gate refuses the file.
# What another program left of a paper.
COPY = made_of(["BT /F1 12 Tf 72 700 Td (A paper.) Tj ET"])
REFUSED = made(pages=1) + b"\n%%EOF\nstartxref\n0\n%%EOF\n"


def evidence(plan, name, data):
    return EvidenceFactory(
        milestone__item__plan=plan,
        file=ContentFile(data, name=name),
        file_name=name,
        added_at=datetime(2010, 7, 1, tzinfo=UTC),
    )


def answer_to(issued, **columns):
    response = ResponseFactory(issued=issued, comment="Please come back in March.", **columns)
    ResponseChoiceFactory(response=response, number=1, key="r-1", text="the paper", option="noted")
    return response


@pytest.fixture
def papers(plan, agency, issued):
    """One paper of each kind, by a name of its own."""
    meeting = MeetingFactory(plan=plan)
    word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a Word file"
    return {
        "answer": lambda: answer_to(issued),
        "pack": lambda: MeetingPaperFactory(meeting=meeting, pdf=made(pages=3)),
        "minutes": lambda: MeetingPaperFactory(meeting=meeting, kind="minutes", pdf=made(pages=2)),
        "evidence, PDF": lambda: evidence(plan, "receipt.pdf", made(pages=1)),
        "evidence, Word": lambda: evidence(plan, "receipt.doc", word),
        "evidence, picture": lambda: evidence(plan, "room.png", b"\x89PNG\r\n\x1a\n picture"),
        "evidence, refused": lambda: evidence(plan, "old.pdf", REFUSED),
        "earlier paper": lambda: EarlierPaperFactory(agency=agency, plan=plan, pdf=made(pages=1)),
        "uploaded PDF": lambda: ContentFile(made(pages=2), name="letter.pdf"),
        "uploaded Word": lambda: ContentFile(word, name="letter.doc"),
    }


@pytest.fixture
def listed(request_, line, papers, adviser, decide):
    """List one of these papers beside the briefing, which is withheld."""
    decide(line, "withheld", grounds=["6(a)"])

    def listed(which):
        paper = papers[which]()
        if isinstance(paper, ContentFile):
            return schedule.add_file(request=request_, file=paper, title="A letter", by=adviser)
        return schedule.add_paper(request=request_, paper=paper, by=adviser)

    return listed


@pytest.fixture
def add_copy(adviser):
    """Upload a copy, have it checked, and keep it."""

    def add(line, data, **others):
        file = ContentFile(data, name="copy.pdf")
        who = {"by": adviser, "at": NOW, **others}
        check = line_files.upload_copy(line=line, file=file, **who)
        if check.found:
            raise Refused(" ".join(each.sentence for each in check.found))
        return line_files.keep_copy(check=check, pages_looked_at=check.pages_to_look_at, **who)

    return add


def blocked(request):
    found = deciding.obstacles(request, on=TODAY, ombudsman=OMBUDSMAN)
    return [each for each in found if each.startswith("Document 2")]


KINDS = [
    "answer",
    "pack",
    "minutes",
    "evidence, PDF",
    "evidence, Word",
    "evidence, picture",
    "evidence, refused",
    "earlier paper",
    "uploaded PDF",
    "uploaded Word",
]
MORE_THAN_IT_SHOWS = (
    "is held as a file that can have more than it shows, so it is released as a PDF. Upload one."
)
NO_PDF = ("evidence, Word", "evidence, picture", "uploaded Word")


@pytest.mark.parametrize("decision", ["full", "part"])
@pytest.mark.parametrize("which", KINDS)
def test_each_kind_of_paper_is_released_or_asks_for_a_copy_before_it_is_signed(
    which, decision, request_, listed, add_copy, decide, prepared, sign, adviser, reviewer
):
    line = listed(which)
    decide(line, decision, grounds=["6(c)"] if decision == "part" else [])
    lacks = ""
    if decision == "part":
        lacks = "is released in part, and has no redacted copy yet. Upload one."
    elif which in NO_PDF:
        lacks = MORE_THAN_IT_SHOWS
    expected = [f"Document 2, “{line.title}”, {lacks}"] if lacks else []
    letter = prepared(request_)
    assert blocked(request_) == expected
    refused = [each for each in packages.refusals(request_) if each.startswith("Document 2")]
    if which == "evidence, refused" and decision == "full":
        assert len(refused) == 1 and "did not pass the check. An earlier version" in refused[0]
        assert line_files.refusals_of_files(request_) == refused
    else:
        assert refused == expected
    if refused:
        add_copy(line, COPY)
    assert (blocked(request_), packages.refusals(request_)) == ([], [])
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    sign(letter)
    files = packages.prepared_papers(request_)
    release = releases.release(request=request_, papers=files, on=TODAY, by=adviser, at=NOW)
    paper = release.papers.get()
    assert (paper.is_intact, paper.gate_report["passes"]) == (True, True)
    if refused:
        assert bytes(paper.pdf) == COPY
    elif which != "answer":
        assert bytes(paper.pdf) == line_files.held_file(fresh(line))


def test_an_answer_is_printed_from_its_record_with_the_stamp(listed, decide, request_):
    line = listed("answer")
    decide(line, "full")
    (paper,) = packages.prepared_papers(request_)
    (page,) = pages(paper.pdf)
    text = " ".join(page.split())
    assert STAMP in text
    for words in ("Minister’s answer", "3 August 2010", "Noted", "Please come back in March."):
        assert words in text
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        assert "/StructTreeRoot" in pdf.Root


def test_an_answer_does_not_quote_a_briefing_that_is_withheld(listed, decide, request_):
    decide(listed("answer"), "full")
    (paper,) = packages.prepared_papers(request_)
    read = " ".join(" ".join(pages(paper.pdf)).split())
    assert "[s 6(a)]" in read and "the paper" not in read


@pytest.fixture
def repeating(line, request_, issued, propose, adviser, decide, reviewer):
    """A Minister's answer that is decided to go out in full, and that repeats a recommendation of its briefing which
    the same schedule withholds."""
    document = redactions.document_of(line)
    key = document.recommendation.items[0].key
    place = next(
        place for place in redactions.texts_of(document) if place.startswith("recommendation.items")
    )
    text = redactions.texts_of(document)[place]
    row = propose(place, end=len(text))
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    decide(line, "part")
    response = ResponseFactory(issued=issued)
    ResponseChoiceFactory(response=response, number=1, key=key, text=text, option="noted")
    answer = schedule.add_paper(request=request_, paper=response, by=adviser)
    decide(answer, "full")
    return answer, row, text


def test_an_answer_withholds_what_its_briefing_withholds(repeating, request_):
    _answer, _row, text = repeating
    _briefing, paper = packages.prepared_papers(request_)
    read = " ".join(" ".join(pages(paper.pdf)).split())
    assert paper.report.passes
    assert "[s 6(c)]" in read and text not in read


def test_an_answer_that_repeats_withheld_words_is_told_as_released_in_part(repeating, request_):
    answer = fresh(repeating[0])
    assert (answer.decision, answer.told, answer.told_in_words) == (
        *("full", "part", "Release in part"),
    )
    assert answer.printed_grounds() == ("6(c)",)
    row = releases.schedule_of(request_)[1]
    assert (row["decision"], row["grounds"]) == ("part", ["6(c)"])
    assert releases.withheld_by_ground(answer) == {"6(c)": 1}
    told = letters._lines(request_)[1]
    assert (told.decision, told.grounds, told.shows_labels) == ("part", ("6(c)",), True)
    handling = handling_of(request_, on=TODAY, with_requester=True, with_redactions=True)
    assert [(each["decision"], each["said"][0]) for each in handling["papers"]] == [
        ("Release in part", "1 place withheld."),
        ("Release in part", "1 place withheld."),
    ]


def test_an_answer_goes_out_in_full_once_the_words_are_no_longer_withheld(repeating, adviser):
    answer, row, _text = repeating
    redactions.withdraw(
        redaction=fresh(row), version=fresh(row).version, reason="No harm.", by=adviser
    )
    assert (fresh(answer).told, fresh(answer).printed_grounds()) == ("full", ())


def test_an_answer_to_a_briefing_that_is_withheld_is_told_as_released_in_part(listed, decide):
    answer = listed("answer")
    decide(answer, "full")
    assert (fresh(answer).told, fresh(answer).printed_grounds()) == ("part", ("6(a)",))


def test_the_reviewer_reads_an_answer_as_it_will_be_released(repeating, reviewer, request_):
    address, client = at("request-preview-pdf", request_.pk, 2), client_of(reviewer)
    page = client.get(at("request-review", request_.pk)).content.decode()
    assert f'href="{address}"' in page and "is released as it" not in page
    read = " ".join(" ".join(pages(client.get(address).content)).split())
    assert "[s 6(c)]" in read and repeating[2] not in read


def test_an_answer_whose_comment_says_what_is_withheld_is_refused(
    line, request_, issued, propose, adviser, decide
):
    place = "cover.contacts.0.direct_dial"
    number = redactions.texts_of(redactions.document_of(line))[place]
    propose(place, end=len(number))
    decide(line, "part")
    answer = schedule.add_paper(
        request=request_, paper=ResponseFactory(issued=issued, comment=f"Ring {number}"), by=adviser
    )
    decide(answer, "full")
    (refusal,) = packages.refusals(request_)
    assert refusal.startswith(f"Document 2, “{answer.title}”, did not pass the check. “{number}”")


# --- copies ----------------------------------------------------------------------------------------


def test_a_copy_goes_out_only_under_the_decision_that_it_was_made_for(
    listed, decide, add_copy, request_
):
    """A copy of the whole paper is never released in part, nor a redacted one in full."""
    line = listed("evidence, Word")
    decide(line, "full")
    add_copy(line, made(pages=4))
    decide(line, "part", grounds=["6(c)"])
    assert blocked(request_)[0].endswith("has no redacted copy yet. Upload one.")
    add_copy(line, made(pages=1))
    decide(line, "full")
    (paper,) = packages.prepared_papers(request_)
    assert paper.pages == 4


@pytest.mark.both_databases
def test_the_newest_copy_counts(listed, decide, add_copy, request_):
    line = listed("evidence, Word")
    decide(line, "full")
    add_copy(line, made(pages=4))
    add_copy(line, made(pages=3))
    assert line_files.standing_copy(fresh(line)).pages == 3


def test_a_copy_is_refused_when_it_is_uploaded(listed, decide, add_copy, line):
    paper = listed("earlier paper")
    decide(paper, "part", grounds=["6(c)"])
    whole = line_files.held_file(fresh(paper))
    assert refusal_of(add_copy, line=paper, data=whole) == (
        "This is the whole paper. Upload a copy without the words that are withheld."
    )
    revised = COPY + b"\n%%EOF\nstartxref\n0\n%%EOF\n"
    assert refusal_of(add_copy, line=paper, data=revised) == (
        "An earlier version of the pages may still be in the file. Save it as a new file, not for fast "
        "viewing on the web, or print the pages to pictures."
    )
    assert refusal_of(add_copy, line=paper, data=b"%PDF-1.7") == (
        "This file is no PDF that can be read. Save it as a PDF again."
    )
    assert refusal_of(add_copy, line=line, data=made()) == (
        "A briefing is redacted and printed here. It needs no copy."
    )
    assert not LineCopy.objects.exists()


@pytest.mark.both_databases
def test_a_copy_is_added_after_the_decision_only_where_nothing_can_go_out(
    ready, sign, request_, add_copy, listed, decide, line, prepared, adviser, reviewer
):
    word, pdf = listed("evidence, Word"), listed("earlier paper")
    decide(word, "full")
    add_copy(word, made(pages=1))
    decide(pdf, "full")
    letter = prepared(request_)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    assert refusal_of(add_copy, line=word, data=made()) == (
        "This request is in review; copies are uploaded while it is scoped or prepared."
    )
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    sign(letter)
    taken = "This paper has a file that can be released. Nothing is put in its place now."
    assert [refusal_of(add_copy, line=each, data=made()) for each in (word, pdf)] == [taken, taken]


@pytest.mark.both_databases
def test_whoever_uploaded_a_copy_never_signs(listed, decide, add_copy, request_, decision_maker):
    line = listed("evidence, Word")
    decide(line, "full")
    add_copy(line, made(), by=decision_maker)
    assert deciding.signatory_obstacle(request_, decision_maker) == (
        "You acted as adviser on this request. Another decision-maker must sign it."
    )


@pytest.mark.both_databases
def test_a_copy_is_never_changed_or_deleted(listed, decide, add_copy):
    line = listed("evidence, Word")
    decide(line, "full")
    copy = add_copy(line, made())
    for change in (lambda: LineCopy.objects.update(pages=9), copy.delete):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()


# --- pages -----------------------------------------------------------------------------------------


def test_the_answer_is_downloaded_from_the_schedule(listed, request_, adviser, today):
    listed("answer")
    answer = client_of(adviser).get(at("request-line-file", request_.pk, 2))
    assert answer["Content-Type"] == "application/pdf"
    assert "Please come back in March." in " ".join(" ".join(pages(answer.content)).split())


def test_the_adviser_is_led_to_the_upload_and_the_reviewer_reads_the_copy(
    listed, request_, adviser, reviewer, decision_maker, today
):
    line = listed("evidence, Word")
    client = client_of(adviser)
    answer = client.post(
        at("request-line", request_.pk, 2),
        {"decision": "part", "grounds": ["6(c)"], "version": line.version},
    )
    upload = at("request-line-copy", request_.pk, 2)
    assert answer.url == upload
    page = client_of(decision_maker).get(at("request-decision", request_.pk))
    sentence = (
        "Document 2, “receipt.doc”, is released in part, and has no redacted copy yet. Upload one."
    )
    assert (sentence, upload) in page.context["obstacles"]
    wrong = client.post(upload, {"file": io.BytesIO(b"not a PDF")})
    assert wrong.status_code == 422
    file = io.BytesIO(made(pages=4))
    file.name = "redacted.pdf"
    check = client.post(upload, {"file": file}).url
    assert "The file passed the check" in client.get(check).text
    assert client.post(check, {"act": "keep"}).status_code == 422
    assert client.post(check, {"act": "keep", "has_looked": "on"}).status_code == 422
    looked = {"act": "keep", "has_looked": "on", "pages": [1, 2, 3, 4]}
    assert client.post(check, looked).status_code == 302
    review = client_of(reviewer).get(at("request-review", request_.pk))
    assert "4 pages, uploaded by OIA adviser" in " ".join(review.text.split())
    copy = client_of(reviewer).get(at("request-line-copy-file", request_.pk, 2))
    assert copy.content == made(pages=4)


def test_what_the_check_refuses_is_neither_sent_for_review_nor_signed(
    listed, decide, request_, prepared, adviser, reviewer, decision_maker, monkeypatch, today
):
    """A letter that says the papers are enclosed would be false."""
    paper = listed("evidence, refused")
    decide(paper, "full")
    letter = prepared(request_)
    act = {"request": request_, "ombudsman": OMBUDSMAN, "by": adviser, "at": NOW}
    (refused,) = line_files.refusals_of_files(request_)
    assert refusal_of(requests.send_for_review, **act) == refused
    # Of a request that was sent for review before this was asked for.
    monkeypatch.setattr(requests, "refusals_of_files", lambda row: [])
    requests.send_for_review(**act)
    requests.finish_review(**{**act, "by": reviewer})
    client = client_of(decision_maker)
    page = client.get(at("request-decision", request_.pk))
    assert [url for _said, url in page.context["obstacles"]] == [
        at("request-line-copy", request_.pk, 2)
    ]
    answer = client.post(
        at("request-decision", request_.pk),
        {"on": "22 May 2013", "version": letter.version, "has_read": "on"},
    )
    assert answer.status_code == 422
    assert "Document 2, “old.pdf”, did not pass the check." in answer.text
    assert (fresh(letter).sent_on, fresh(request_).state) == (None, "ready")


def test_the_release_page_leads_to_the_upload_that_is_lacking(
    listed, decide, request_, prepared, sign, adviser, reviewer, decision_maker, monkeypatch, today
):
    """Of decisions that were signed before files were asked for."""
    word = listed("evidence, Word")
    decide(word, "full")
    letter = prepared(request_)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    with monkeypatch.context() as before:
        before.setattr(deciding, "lack_of", lambda line: "")
        sign(letter)
    assert refusal_of(packages.prepared_papers, request=request_) == (
        f"Document 2, “receipt.doc”, {MORE_THAN_IT_SHOWS}"
    )
    page = client_of(decision_maker).get(at("request-release", request_.pk))
    assert at("request-line-copy", request_.pk, 2) in page.text
    file = io.BytesIO(made(pages=2))
    file.name = "receipt.pdf"
    upload = client_of(decision_maker).post(at("request-line-copy", request_.pk, 2), {"file": file})
    client_of(decision_maker).post(upload.url, {"act": "keep", "has_looked": "on"})
    client_of(decision_maker).post(
        at("request-release", request_.pk), {"released_on": "22 May 2013", "act": "release"}
    )
    assert fresh(request_).release.papers.count() == 1
