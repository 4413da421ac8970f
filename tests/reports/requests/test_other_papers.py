"""Test that what one paper of a release withholds is searched for in all that the release shows."""

from dataclasses import replace

import pytest
from django.core.files.base import ContentFile

from reports.document import from_json, plain, to_json
from reports.models.issue import sha256
from reports.requests.models import InformationRequest, PublicPage, Redaction, RequestLetter
from reports.requests.redaction.page_texts import page_texts
from reports.requests.redaction.withheld_words import quoted
from reports.requests.services import (
    deciding,
    earlier_releases,
    file_checks,
    letters,
    line_files,
    other_papers,
    packages,
    redactions,
    releases,
    requests,
    schedule,
)
from tests.factories import AgencyFactory, IssuedPaperFactory, ResponseFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.factories import ReleasedPaperFactory, RequestEventFactory
from tests.reports.requests.test_earlier_releases import released
from tests.reports.requests.test_gate import made_of
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


UNLIKE = {"unlike-1-direct_dial": "The other number is published."}


def pdf_of(words):
    # A bracket of a telephone number begins a string of the PDF.
    text = words.replace("(", r"\(").replace(")", r"\)")
    return made_of([f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET"])


@pytest.fixture
def secret(line, propose, decide):
    """Withhold a telephone number on the cover of a briefing: the number."""
    place = "cover.contacts.0.direct_dial"
    number = redactions.texts_of(redactions.document_of(line))[place]
    propose(place, end=len(number))
    decide(line, "part")
    return number


@pytest.fixture
def email(request_, adviser, decide):
    """List an uploaded file that says these words, and release it in full."""

    def listed(words):
        file = ContentFile(pdf_of(words), name="email.pdf")
        row = schedule.add_file(request=request_, file=file, title="An email", by=adviser)
        return decide(row, "full")

    return listed


def said(number):
    return f"“{number}” is withheld in document 1, and can be read in document 2, page 1."


@pytest.fixture
def send(request_, adviser, prepared):
    def send(**others):
        prepared(request_)
        return requests.send_for_review(
            request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW, **others
        )

    return send


def warned(request):
    return [each for each in deciding.warnings(fresh(request)) if each.key.startswith("other-")]


def test_the_page_of_a_paper_says_which_withheld_words_can_be_read_in_it(
    request_, secret, email, adviser
):
    line = email(f"Ring {secret} tomorrow")
    page = client_of(adviser).get(at("request-line", request_.pk, line.number))
    assert [each.sentence for each in page.context["warnings"]] == [said(secret)]


def test_withheld_words_in_another_paper_stop_the_review_and_the_check(
    request_, secret, email, prepared, adviser
):
    email(f"Ring {secret} tomorrow")
    (found,) = warned(request_)
    assert (found.sentence, found.line, found.reason) == (said(secret), 2, "")
    act = {"request": request_, "ombudsman": OMBUDSMAN, "by": adviser, "at": NOW}
    assert refusal_of(requests.send_for_review, **act) == (
        f"{said(secret)} Withhold it there too, or say why it stays."
    )
    (refusal,) = packages.refusals(request_)
    assert refusal.startswith(
        f"Document 2, “An email”, did not pass the check. “{secret}” is withheld, but it is in"
    )


def test_a_reason_of_the_adviser_goes_with_it_to_the_signature_and_the_release(
    request_, secret, email, send, reviewer, sign, adviser, line
):
    email(f"Ring {secret} tomorrow")
    row = line.redactions.get()
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    (found,) = warned(request_)
    send(warnings_left={found.key: "It is on the website."})
    assert [each.reason for each in warned(request_)] == ["It is on the website."]
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    assert packages.refusals(request_) == []
    event = sign(request_.letters.get(), warnings_left=UNLIKE)
    assert event.letter.warnings_left[found.key] == "It is on the website."
    files = packages.prepared_papers(request_)
    assert [each.report.passes for each in files] == [True, True]


def test_the_page_asks_why_it_stays_and_then_sends(request_, secret, email, adviser, today):
    email(f"Ring {secret} tomorrow")
    client = client_of(adviser)
    shown = client.get(at("request-send", request_.pk))
    assert said(secret) in shown.text
    refused = client.post(at("request-send", request_.pk))
    assert (refused.status_code, fresh(request_).state) == (422, "preparing")
    assert "Fix it, or say why you leave it." in refused.text
    names = shown.context["form"].names
    client.post(at("request-send", request_.pk), dict.fromkeys(names, "It is public."))
    assert fresh(request_).state == "in_review"


def test_a_paper_without_the_words_passes_and_says_how_many_were_searched_for(
    request_, secret, email
):
    email("Ring me tomorrow")
    assert warned(request_) == []
    _briefing, other = packages.prepared_papers(request_)
    assert (other.report.passes, other.report.searched > 0) == (True, True)


def test_nothing_is_searched_where_no_words_are_withheld(
    request_, line, decide, email, django_assert_num_queries
):
    decide(line, "full")
    email("Ring me tomorrow")
    with django_assert_num_queries(3):
        assert deciding.readable_elsewhere(request_) == []


def test_the_schedule_and_the_letter_are_searched_too(request_, secret, line, adviser, prepared):
    type(line).objects.filter(pk=line.pk).update(title=f"Briefing, ring {secret}")
    prepared(request_)
    letter = request_.letters.get()
    letter.typed["own_words"] = f"Please ring {secret}."
    RequestLetter.objects.filter(pk=letter.pk).update(
        content=letters.written(letter, on=TODAY, ombudsman=OMBUDSMAN)[0].as_plain()
    )
    assert [each.sentence for each in warned(request_)] == [
        f"“{secret}” is withheld in document 1, and can be read in the letter “Our decision on your request for official information”.",
        f"“{secret}” is withheld in document 1, and can be read in the schedule, in the title of document 1.",
    ]


def test_an_answer_on_another_briefing_is_searched(request_, secret, adviser, decide, plan):
    response = ResponseFactory(issued__briefing__plan=plan, comment=f"Ring {secret}")
    decide(schedule.add_paper(request=request_, paper=response, by=adviser), "full")
    assert [each.sentence for each in warned(request_)] == [
        f"“{secret}” is withheld in document 1, and can be read in document 2."
    ]


@pytest.mark.parametrize("names_a_plan", [True, False])
def test_what_is_public_already_is_searched(request_, secret, plan, agency, names_a_plan):
    if not names_a_plan:
        type(request_).objects.filter(pk=request_.pk).update(plan=None)
        request_ = fresh(request_)
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    data = pdf_of(f"Ring {secret}")
    paper = ReleasedPaperFactory(
        release__request__plan=plan, release__request__agency=agency, title="Old paper", pdf=data
    )
    RequestEventFactory(request=paper.release.request, kind="published", release=paper.release)
    assert [each.sentence for each in warned(request_)] == [
        f"“{secret}” is withheld in document 1, and can be read in “Old paper”, which is public already, page 1."
    ]


@pytest.mark.both_databases
def test_what_is_published_says_which_words_stay_and_why(
    request_, secret, email, send, reviewer, sign, adviser, line, decision_maker
):
    email(f"Ring {secret} tomorrow")
    row = line.redactions.get()
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    (found,) = warned(request_)
    send(warnings_left={found.key: "Left"})
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    sign(request_.letters.get(), warnings_left=UNLIKE)
    files = packages.prepared_papers(request_)
    act = {"on": TODAY, "by": decision_maker, "at": NOW}
    release = releases.release(request=request_, papers=files, **act)
    # As one that was signed before this was asked.
    InformationRequest.objects.filter(pk=request_.pk).update(warnings_left={})
    (asked,) = [
        each for _line, each in releases.differences(fresh(request_)) if each.key == found.key
    ]
    # The reason of whoever signed counts as well.
    assert (asked.reason, asked.sentence) == ("Left", said(secret))
    releases.publish(release=release, **act)


def test_a_file_that_cannot_be_read_has_no_words():
    assert page_texts("no digest", lambda: b"no PDF") == ()


SENTENCES = (
    "Money is short this year, as the budget says.",
    "Victims outside the cities may be left without a place.",
    "We will say more about it in the next report.",
)


@pytest.fixture
def paragraph(line):
    """Let a paragraph of the briefing say three sentences, and return its place."""
    paper = line.issued
    document = from_json(bytes(paper.document))
    (first, *others) = document.sections
    (one, *rest) = first.paragraphs
    one = replace(one, text=plain(" ".join(SENTENCES)))
    document = replace(document, sections=(replace(first, paragraphs=(one, *rest)), *others))
    data = to_json(document)
    made = IssuedPaperFactory(
        briefing=paper.briefing,
        number=2,
        note="A correction",
        document=data,
        document_sha256=sha256(data),
    )
    type(line).objects.filter(pk=line.pk).update(issued=made)
    line.refresh_from_db()
    (place,) = [
        place
        for place, text in redactions.texts_of(document).items()
        if text == " ".join(SENTENCES) and place.endswith(".text")
    ]
    return place


def test_one_sentence_of_a_withheld_paragraph_is_found_in_another_paper(
    request_, line, paragraph, email, propose, decide
):
    propose(paragraph, end=len(" ".join(SENTENCES)), line=line)
    decide(line, "part")
    email(SENTENCES[1])
    assert [each.sentence for each in other_papers.readable_elsewhere(fresh(request_))] == [
        f"“{quoted(' '.join(SENTENCES))}” is withheld in document 1, and can be read in document 2, page 1."
    ]


def test_a_sentence_of_a_paper_that_is_withheld_whole_is_found_in_another(
    request_, line, paragraph, email, decide, prepared, adviser
):
    decide(line, "withheld", grounds=["6(a)"])
    email(SENTENCES[1])
    (found,) = other_papers.readable_elsewhere(fresh(request_))
    assert found.sentence == (
        f"Document 1 is withheld, and 1 sentence of it can be read in document 2, page 1: “{SENTENCES[1]}”"
    )
    prepared(request_)
    act = {"request": request_, "ombudsman": OMBUDSMAN, "by": adviser, "at": NOW}
    refusal = f"{found.sentence} Withhold it there too, or say why it stays."
    assert refusal_of(requests.send_for_review, **act) == refusal
    # A reason is enough: a file that quotes a withheld paper is not refused.
    assert packages.refusals(fresh(request_)) == []
    requests.send_for_review(**act, warnings_left={found.key: "It was in the newspapers."})
    assert fresh(request_).state == "in_review"


@pytest.mark.both_databases
def test_another_sentence_of_a_withheld_paper_asks_again(request_, line, paragraph, email, decide):
    decide(line, "withheld", grounds=["6(a)"])
    email(SENTENCES[1])
    (first,) = other_papers.readable_elsewhere(fresh(request_))
    line_ = request_.lines.get(number=2)
    type(line_).objects.filter(pk=line_.pk).delete()
    email(" ".join(SENTENCES[1:]))
    (second,) = other_papers.readable_elsewhere(fresh(request_))
    assert second.sentence.startswith("Document 1 is withheld, and 2 sentences of it can be read")
    assert first.key != second.key


def test_what_a_minister_quotes_of_a_briefing_that_is_withheld_is_found(
    request_, line, paragraph, adviser, decide
):
    decide(line, "withheld", grounds=["6(a)"])
    response = ResponseFactory(issued=line.issued, comment=SENTENCES[1])
    decide(schedule.add_paper(request=request_, paper=response, by=adviser), "full")
    assert [each.sentence for each in other_papers.readable_elsewhere(fresh(request_))] == [
        f"Document 1 is withheld, and 1 sentence of it can be read in document 2: “{SENTENCES[1]}”"
    ]


def test_a_paper_that_is_refused_because_it_is_public_is_not_searched_for(
    request_, line, paragraph, email, decide
):
    decide(line, "refused", grounds=["18(d)"])
    email(SENTENCES[1])
    assert other_papers.readable_elsewhere(fresh(request_)) == []


@pytest.fixture
def copied(request_, line, adviser, decide):
    """List a file of three sentences, and release a copy that is without the last two."""

    def make():
        decide(line, "full")
        file = ContentFile(pdf_of(" ".join(SENTENCES)), name="minutes.pdf")
        row = schedule.add_file(request=request_, file=file, title="Minutes", by=adviser)
        row = decide(row, "part", grounds=["6(a)"])
        who = {"by": adviser, "at": NOW}
        copy = ContentFile(pdf_of(f"{SENTENCES[0]} [s 6(a)]"), name="copy.pdf")
        check = line_files.upload_copy(line=row, file=copy, **who)
        assert check.found == ()
        line_files.keep_copy(check=check, pages_looked_at=check.pages_to_look_at, **who)
        return row

    return make


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_sentence_that_a_copy_is_without_is_found_also_after_the_request_ended(
    has_ended, request_, copied, email
):
    copied()
    email(SENTENCES[1])
    if has_ended:  # Then the check no longer has the words.
        file_checks.forget_missing_words(request_)
    (found,) = other_papers.readable_elsewhere(fresh(request_))
    assert found.sentence.endswith(
        "is withheld in document 2, and can be read in document 3, page 1."
    )


# --- what other requests withheld ------------------------------------------------------------------


@pytest.fixture
def later(request_, recorded, plan, adviser, reviewer, decide):
    """End the request as released, and list an email that says these words in another, to be released in full."""

    def later(words, **others):
        for row in Redaction.objects.filter(line__request=request_):
            redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
        released(request_)
        second = recorded(**{"plan": plan, "reference": "14/1", **others})
        requests.start_scoping(request=second, by=adviser)
        file = ContentFile(pdf_of(words), name="later.pdf")
        row = schedule.add_file(request=second, file=file, title="An email", by=adviser)
        requests.start_preparing(request=second, by=adviser)
        decide(row, "full")
        return second

    return later


def test_what_another_request_withheld_of_another_paper_is_asked_about(
    secret, line, later, adviser, prepared
):
    second = later(f"Ring {secret} tomorrow")
    sentence = (
        f"“{secret}” of “{line.title}” was withheld in 13/02025 (released 22 May 2013), and can be "
        "read in document 1, page 1."
    )
    (found,) = warned(second)
    assert (found.sentence, found.line) == (sentence, 1)
    prepared(second)
    act = {"request": second, "ombudsman": OMBUDSMAN, "by": adviser, "at": NOW}
    assert refusal_of(requests.send_for_review, **act) == (
        f"{sentence} Withhold it there too, or say why it stays."
    )
    requests.send_for_review(**act, warnings_left={found.key: "It is on the website since."})
    assert fresh(second).state == "in_review"


def test_what_a_copy_on_another_request_is_without_is_asked_about(copied, later):
    copied()
    (found,) = warned(later(SENTENCES[1]))
    assert found.sentence.endswith(
        "of “Minutes” was withheld in 13/02025 (released 22 May 2013), and can be read in document 1, page 1."
    )


def test_what_another_agency_withheld_is_not_shown_to_this_one(secret, later):
    assert warned(later(f"Ring {secret} tomorrow", agency=AgencyFactory())) == []


def test_the_same_briefing_is_asked_about_place_by_place_alone(
    secret, line, later, adviser, decide
):
    second = later("Ring me tomorrow")
    again = schedule.add_paper(request=second, paper=line.issued, by=adviser)
    decide(again, "full")
    assert warned(second) == []
    assert len(earlier_releases.differences(fresh(again))) == 1
