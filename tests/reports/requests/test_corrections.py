"""Test that a release with a mistake is corrected by another, and that nothing of the first one is lost."""

from datetime import datetime, timedelta

import pytest

from reports.requests.letters import letter_from, lines_of
from reports.requests.models import PublicPage, Release, RequestLetter
from reports.requests.services import (
    letters,
    packages,
    redactions,
    releases,
    requests,
    schedule,
)
from tests.reports.requests.conftest import (
    NOW,
    OMBUDSMAN,
    TODAY,
    TYPED,
    at,
    client_of,
    fresh,
    seated,
)
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LATER = NOW + timedelta(minutes=1)
WRONG = "A telephone number should not have gone out."


@pytest.fixture
def act(decision_maker):
    return {"on": TODAY, "by": decision_maker, "at": NOW}


@pytest.fixture
def released(decided, act):
    return releases.release(request=decided, papers=packages.prepared_papers(decided), **act)


@pytest.fixture
def begin(adviser):
    def begin(request, **others):
        act = {"request": request, "reason": WRONG, "by": adviser, "at": NOW, **others}
        return releases.begin_correction(**act)

    return begin


@pytest.fixture
def corrected(released, begin, decided, line, propose, decide, reviewer, act):
    """Withhold the first word of the title after the release, and release the corrected paper."""

    def correct(begins=True):
        if begins:
            begin(decided)
        row = propose()
        redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
        type(line).objects.filter(pk=line.pk).update(title="The paper")
        decide(line, "part")
        request = fresh(decided)
        return releases.release(
            request=request, papers=packages.prepared_papers(request), **{**act, "at": LATER}
        )

    return correct


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.both_databases
def test_a_corrected_release_takes_the_place_of_the_first_which_stays(
    is_closed, released, begin, corrected, decided, adviser
):
    if is_closed:
        requests.close(request=decided, on=TODAY, by=adviser, at=NOW)
    before = bytes(released.papers.get().pdf)
    row = begin(decided)
    assert (row.state, row.closed_on) == ("correcting", None)
    made = corrected(begins=False)
    row = fresh(decided)
    assert (row.state, row.release, made.corrects, made.reason) == (
        "decided",
        made,
        released,
        WRONG,
    )
    assert bytes(fresh(released).papers.get().pdf) == before != bytes(made.papers.get().pdf)
    assert [line["decision"] for line in fresh(released).schedule] == ["full"]
    assert [line["decision"] for line in made.schedule] == ["part"]
    kinds = list(row.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-3:] == ["released", "correction_begun", "corrected"]


def test_only_what_was_released_and_is_not_public_is_corrected(
    decided, begin, released, act, plan, adviser
):
    assert refusal_of(begin, request=decided, reason=" ") == "Say what is wrong with the release."
    releases.publish(release=released, **act)
    assert refusal_of(begin, request=decided) == (
        "These papers are published. Withdraw the publication first, so that nobody reads them."
    )
    releases.unpublish(release=released, reason="A mistake", **act)
    begin(decided)
    assert refusal_of(begin, request=decided) == (
        "This request is release being corrected; only what was released is corrected."
    )
    assert refusal_of(releases.publish, release=released, **act) == (
        "This release is being corrected. Publish the corrected papers."
    )


def test_nothing_is_corrected_before_it_is_released(decided, begin):
    assert refusal_of(begin, request=decided) == (
        "Nothing is released yet, so there is nothing to correct."
    )


def test_whoever_prepared_a_correction_does_not_release_it(
    released, begin, decided, act, adviser, agency
):
    both = seated(agency, "oia_decision_maker", "Adviser who signs")
    begin(decided, by=both)
    request = fresh(decided)
    files = packages.prepared_papers(request)
    refusal = refusal_of(releases.release, request=request, papers=files, **{**act, "by": both})
    assert refusal == ("You acted as adviser on this request. Another decision-maker must sign it.")


def test_a_correction_with_a_redaction_that_nobody_agreed_is_not_released(
    released, begin, decided, line, propose, decide, act
):
    begin(decided)
    propose()
    type(line).objects.filter(pk=line.pk).update(title="The paper")
    decide(line, "part")
    request = fresh(decided)
    files = packages.prepared_papers(request)
    assert refusal_of(releases.release, request=request, papers=files, **act) == (
        "Document 1, “The paper”, has a redaction that is neither agreed nor declined."
    )


@pytest.mark.both_databases
def test_the_first_files_answer_that_they_were_withdrawn_and_the_corrected_are_read(
    client, released, corrected, plan, act
):
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    releases.publish(release=released, **act)
    first = at("released-paper", plan.slug, released.papers.get().pk)
    assert client.get(first).status_code == 200
    releases.unpublish(release=released, reason="A telephone number was in it.", **act)
    assert client.get(first).status_code == 410
    made = corrected()
    releases.publish(release=made, **act)
    assert client.get(first).status_code == 410
    assert client.get(at("released-paper", plan.slug, made.papers.get().pk)).status_code == 200
    page = client.get(at("released", plan.slug)).text
    assert "These papers take the place of earlier ones, which were withdrawn." in page
    assert refusal_of(releases.publish, release=released, **act) == (
        "Another release corrects this one. Publish that."
    )


@pytest.mark.both_databases
def test_a_second_letter_brings_the_corrected_papers_before_it_is_closed(
    today, released, corrected, decided, adviser
):
    corrected()
    client = client_of(adviser)
    page = client.get(at("request", decided.pk)).text
    assert "Write the letter with the corrected papers" in page
    form = client.get(at("request-write-letter", decided.pk, "release"))
    assert WRONG in form.text
    letter = letters.prepare_letter(
        request=decided,
        kind="release",
        typed={**TYPED, "own_words": WRONG},
        on=TODAY,
        ombudsman=OMBUDSMAN,
        by=adviser,
        at=LATER,
    )
    text = " ".join(lines_of(letter_from(letter.content)))
    assert "Corrected documents in answer to your request" in text
    assert "The document that comes with this letter replaces it." in text and WRONG in text
    RequestLetter.objects.filter(pk=letter.pk).update(
        sent_on=TODAY, sent_by=adviser, sent_as="x", sent_at=LATER, pdf_sha256="x"
    )
    assert "Close the request" in client.get(at("request", decided.pk)).text


@pytest.mark.both_databases
def test_the_package_of_the_first_release_stays_to_be_read(
    today, released, corrected, decided, decision_maker
):
    made = corrected()
    client = client_of(decision_maker)
    page = client.get(at("request-release", decided.pk)).text
    assert f"?release={released.pk}" in page
    address = at("request-package", decided.pk)
    first, now = client.get(f"{address}?release={released.pk}"), client.get(address)
    assert released.papers.get().file_name.encode() in first.content
    assert made.papers.get().file_name.encode() in now.content
    assert client.get(f"{address}?release=999999").status_code == 404


@pytest.mark.both_databases
def test_the_pages_lead_through_a_correction(
    today, released, decided, adviser, reviewer, decision_maker
):
    client = client_of(adviser)
    assert at("request-correct-release", decided.pk) in client.get(at("request", decided.pk)).text
    answer = client.post(at("request-correct-release", decided.pk), {"reason": WRONG}, follow=True)
    assert "What was released stays in the record." in answer.text
    shown = client_of(decision_maker).get(at("request-release", decided.pk)).text
    assert "This release is being corrected" in shown and "Release the papers" in shown
    client_of(decision_maker).post(
        at("request-release", decided.pk), {"released_on": "22 May 2013", "act": "release"}
    )
    assert Release.objects.filter(request=decided).count() == 2
    assert isinstance(fresh(decided).release.released_at, datetime)


AGAIN = "It was the right file."


@pytest.fixture
def cancel(adviser, decided):
    def cancel(**others):
        act = {"request": decided, "reason": AGAIN, "by": adviser, "at": LATER, **others}
        return releases.cancel_correction(**act)

    return cancel


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.both_databases
def test_a_correction_begun_by_mistake_is_cancelled(
    is_closed, released, begin, cancel, decided, adviser, act
):
    if is_closed:
        requests.close(request=decided, on=TODAY, by=adviser, at=NOW)
    was = fresh(decided)
    begin(decided)
    row = cancel()
    assert (row.state, row.closed_on) == (was.state, was.closed_on)
    assert fresh(decided).release == released
    last = row.events.order_by("-pk").first()
    assert (last.kind, last.note, last.release) == ("correction_cancelled", AGAIN, released)
    # It is published as before, and corrected again.
    releases.publish(release=released, **act)
    releases.unpublish(release=released, reason="Now there is a mistake.", **act)
    assert begin(fresh(decided)).state == "correcting"


def test_a_correction_is_cancelled_only_while_the_papers_are_as_they_were_released(
    released, begin, cancel, decided, line, propose, decide, adviser
):
    assert refusal_of(cancel) == "This request is decided; only a correction is cancelled."
    begin(decided)
    assert refusal_of(cancel, reason=" ") == "Say why the correction is cancelled."
    row = propose()
    refusal = (
        f"Document 1, “{line.title}”, was changed since the correction began. Change it back, or "
        "release the corrected papers."
    )
    assert refusal_of(cancel) == refusal
    redactions.withdraw(redaction=row, reason="", version=row.version, by=adviser)
    decide(line, "part")
    assert refusal_of(cancel) == refusal
    decide(line, "full")
    assert cancel().state == "decided"


def test_a_paper_that_was_listed_since_keeps_a_correction_from_being_cancelled(
    released, begin, cancel, decided, adviser
):
    begin(decided)
    schedule.add_not_held(request=decided, title="An annex", by=adviser)
    assert refusal_of(cancel).startswith("Document 2, “An annex”, was changed since")


def test_the_page_of_a_correction_offers_to_cancel_it(today, released, begin, decided, adviser):
    client = client_of(adviser)
    address = at("request-cancel-correction", decided.pk)
    assert address not in client.get(at("request", decided.pk)).text
    begin(decided)
    assert address in client.get(at("request", decided.pk)).text
    assert client.get(address).status_code == 200
    answer = client.post(address, {"reason": AGAIN}, follow=True)
    assert "The correction is cancelled. What was released counts as before." in answer.text
    assert fresh(decided).state == "decided"
