"""Test releasing and publishing, and that a release is whole or not there at all."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction

from reports.requests.models import Release, ReleasedPaper, RequestEvent
from reports.requests.redaction.report import Finding, Report
from reports.requests.services import deciding, purging, releases, requests
from tests.factories import SeatFactory
from tests.reports.requests.conftest import NOW, TODAY, fresh, killed_at_each_write
from tests.reports.requests.test_gate import made
from tests.reports.requests.test_requests import refusal_of
from tests.workitems.plan.test_concurrency import kinds, simultaneously
from workitems.plan.services import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PDF = made(pages=1, words="BT /F1 12 Tf 72 700 Td (Progress in Wellington 6011) Tj ET")


def passed(data=PDF, name="progress.pdf"):
    return Report(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        file_name=name,
        pages=1,
        stamp="",
        readers=("pikepdf", "poppler"),
        searched=0,
        too_short=0,
        visible_on_purpose=0,
        findings=(),
    )


def paper_of(request, **others):
    values = {"pdf": PDF, "file_name": "progress.pdf", "pages": 1, "report": passed()}
    return releases.Prepared(line=request.lines.get(), **{**values, **others})


@pytest.fixture
def act(adviser):
    return {"on": TODAY, "by": adviser, "at": NOW}


@pytest.mark.both_databases
def test_a_decided_request_is_released_once_with_its_bytes_and_report(decided, act):
    release = releases.release(request=decided, papers=[paper_of(decided)], **act)
    paper = release.papers.get()
    assert bytes(paper.pdf) == PDF
    assert paper.pdf_sha256 == paper.gate_sha256 == hashlib.sha256(PDF).hexdigest()
    assert paper.gate_report["passes"] is True
    assert release.kind == "oia"
    assert [line["decision"] for line in release.schedule] == ["full"]
    assert decided.events.get(kind="released").release == release
    assert refusal_of(releases.release, request=decided, papers=[paper_of(decided)], **act) == (
        "This request was already released. Reload the page."
    )
    assert requests.close(request=decided, **act).state == "closed"


def test_nothing_is_released_before_the_decision_is_notified(request_, act):
    assert refusal_of(releases.release, request=request_, papers=[], **act) == (
        "The requester has not been told of the decision yet. Papers are released after that."
    )


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (
            {"report": passed(b"another file")},
            "Document 1: another file was checked. Check this one.",
        ),
        (
            {
                "report": replace(
                    passed(), findings=(Finding("the text", "The name can be read on page 1."),)
                )
            },
            "Document 1: The name can be read on page 1.",
        ),
        (
            {"file_name": "../progress.pdf"},
            "Document 1: its file needs a name without folders.",
        ),
        (
            {"file_name": "for the requester.pdf"},
            "Document 1: the file’s name has the requester’s name in it.",
        ),
    ],
)
@pytest.mark.both_databases
def test_a_file_that_the_gate_did_not_pass_is_refused(decided, act, others, sentence):
    assert refusal_of(
        releases.release, request=decided, papers=[paper_of(decided, **others)], **act
    ) == (sentence)
    assert not Release.objects.exists()


def test_a_release_has_a_file_of_each_paper_that_is_given(decided, act):
    assert refusal_of(releases.release, request=decided, papers=[], **act).endswith(
        "is to be released, so it needs one file."
    )
    twice = [paper_of(decided), paper_of(decided)]
    assert refusal_of(releases.release, request=decided, papers=twice, **act).endswith(
        "is to be released, so it needs one file."
    )


def test_grounds_within_a_paper_are_counted(line, ready, sign, title_withheld, request_, act):
    title_withheld(line)
    letter = ready("part")
    reasons = {warned.key: "As agreed" for warned in deciding.warnings(request_)}
    sign(letter, warnings_left=reasons)
    release = releases.release(request=request_, papers=[paper_of(request_)], **act)
    paper = release.papers.get()
    assert (paper.withheld, paper.ground_codes) == ({"6(c)": 1}, ("6(c)",))
    assert release.schedule[0]["grounds"] == ["6(c)"]


def test_a_release_that_is_killed_at_any_write_leaves_nothing(decided, act):
    """Each of its writes fails once; afterwards it is done as if nothing had been."""
    papers = [paper_of(decided)]
    kills = killed_at_each_write(
        lambda: releases.release(request=decided, papers=papers, **act),
        stored=lambda: (
            Release.objects.count(),
            ReleasedPaper.objects.count(),
            RequestEvent.objects.filter(kind="released").count(),
        ),
    )
    assert kills == [(0, 0, 0)] * len(kills)
    assert len(kills) >= 3  # a release, a paper, an event
    assert (Release.objects.count(), ReleasedPaper.objects.count()) == (1, 1)


# --- publication ---------------------------------------------------------------------------------


@pytest.fixture
def released(decided, act):
    return releases.release(request=decided, papers=[paper_of(decided)], **act)


def test_a_release_is_published_and_taken_back_with_a_reason(released, act):
    releases.publish(release=released, **act)
    assert list(Release.objects.published()) == [released]
    assert refusal_of(releases.publish, release=released, **act) == ("This is already published.")
    assert refusal_of(releases.unpublish, release=released, reason="", **act) == (
        "Say why it is withdrawn. The reason is shown in its place."
    )
    assert (
        refusal_of(releases.unpublish, release=released, reason="The requester minds", **act)
        == "The reason names the requester, and everyone can read it."
    )
    releases.unpublish(release=released, reason="A wrong file", **act)
    assert list(Release.objects.tombstones()) == [released]
    assert refusal_of(releases.unpublish, release=released, reason="Again", **act) == (
        "This is not published."
    )


@pytest.mark.parametrize("words", ["The Requester", "12 Quiet   Street", "REQUESTER@example.org"])
@pytest.mark.both_databases
def test_nothing_that_names_its_requester_is_published(decided, act, words):
    data = made(pages=1, words=f"BT /F1 12 Tf 72 700 Td (Progress, for {words}) Tj ET")
    named = paper_of(decided, pdf=data, report=passed(data))
    release = releases.release(request=decided, papers=[named], **act)
    assert refusal_of(releases.publish, release=release, **act) == (
        "Document 1 has the requester’s name or address in it. Nothing is published with it."
    )
    assert not Release.objects.published().exists()


def test_a_schedule_that_names_its_requester_is_not_published(decided, act):
    decided.requester_name = decided.lines.get().title[:20]
    decided.save()
    release = releases.release(
        request=decided, papers=[paper_of(decided, file_name="a.pdf")], **act
    )
    assert refusal_of(releases.publish, release=release, **act) == (
        "The schedule has the requester’s name or address in it. Nothing is published with it."
    )


def test_a_release_of_no_plan_has_no_page(released, decided, act):
    row = fresh(decided)
    row.plan = None
    row.save()
    assert refusal_of(releases.publish, release=released, **act) == (
        "First say which plan this request is about. Papers are published by plan."
    )


def test_what_cannot_be_checked_any_more_is_not_published(released, decided, act):
    requests.close(request=decided, **act)
    purging.purge_requesters(closed_before=date(2020, 1, 1), on=date(2020, 1, 1))
    assert refusal_of(releases.publish, release=released, **act) == (
        "The requester’s details were removed, so we cannot check that the papers do not name them."
    )


@pytest.mark.both_databases
def test_a_plan_has_a_public_page_when_somebody_opens_it(released, plan, decision_maker, act):
    releases.publish(release=released, **act)
    assert not Release.objects.on_public_pages().exists()
    change = {"plan": plan, "by": decision_maker}
    page = releases.change_public_page(is_open=True, is_indexed=False, version=0, **change)
    assert list(Release.objects.on_public_pages()) == [released]
    with pytest.raises(Conflict), transaction.atomic():
        releases.change_public_page(is_open=True, is_indexed=True, version=0, **change)
    closing = {"is_open": False, "version": page.version, **change}
    assert refusal_of(releases.change_public_page, is_indexed=False, **closing) == (
        "Say why the page is closed."
    )
    assert (
        refusal_of(releases.change_public_page, is_indexed=True, reason="A mistake", **closing)
        == "A closed page cannot be listed by search engines."
    )
    releases.change_public_page(is_indexed=False, reason="A mistake", **closing)
    assert not Release.objects.on_public_pages().exists()


def test_the_coordinating_agencys_decision_maker_opens_the_public_page(
    plan, decision_maker, adviser
):
    assert decision_maker.has_perm("requests.change_public_page", plan)
    assert not adviser.has_perm("requests.change_public_page", plan)
    elsewhere = SeatFactory(role="oia_decision_maker").user
    assert not elsewhere.has_perm("requests.change_public_page", plan)


# --- at the same time ----------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_people_release_at_once_and_one_release_is_made(decided, act):
    papers = [paper_of(decided)]
    outcomes = simultaneously(
        2, lambda _number: releases.release(request=decided, papers=papers, **act)
    )
    assert kinds(outcomes) == {"Release": 1, "Refused": 1}
    assert (Release.objects.count(), ReleasedPaper.objects.count()) == (1, 1)
    assert RequestEvent.objects.filter(kind="released").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_dies_in_a_release_leaves_nothing(decided, act, monkeypatch):
    def die(*arguments, **others):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(releases, "record", die)
    with pytest.raises(Exception):  # noqa: B017
        releases.release(request=decided, papers=[paper_of(decided)], **act)
    connection.close()
    assert (Release.objects.count(), ReleasedPaper.objects.count()) == (0, 0)
    monkeypatch.undo()
    releases.release(request=decided, papers=[paper_of(decided)], **act)
    assert Release.objects.count() == 1


def test_a_decision_is_notified_before_its_release(decided, act):
    assert (
        refusal_of(releases.release, request=decided, papers=[], **{**act, "on": date(2013, 5, 21)})
        == "The decision was notified on 22 May 2013, after that day."
    )


def test_the_day_of_a_decision_is_corrected_up_to_its_release(decided, act, released):
    event = decided.events.get(kind="decision_notified")
    how = {"reason": "The letter is of that day", "by": act["by"], "at": NOW}
    assert requests.correct_event(event=event, on=date(2013, 5, 20), **how).outcome == "in_full"
    sent = decided.events.get(kind="decision_sent")
    requests.correct_event(event=sent, on=date(2013, 5, 20), **how)
    assert requests.clock(decided).late_by(TODAY) == 0
    out = decided.events.get(kind="released")
    assert refusal_of(requests.correct_event, event=out, on=date(2013, 5, 17), **how) == (
        "The decision was notified on 20 May 2013, after that day."
    )


def test_a_publication_is_not_corrected(decided, act, released):
    event = releases.publish(release=released, **act)
    how = {"reason": "Earlier", "by": act["by"], "at": NOW}
    assert refusal_of(requests.correct_event, event=event, on=TODAY, **how) == (
        "The record of what was public cannot be corrected. Publish or withdraw it instead."
    )
