"""Test renderings: each content is rendered once, and none is retried without end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from reports.drafting.paper import document_of
from reports.issuing.services import renderings
from reports.models import RecordChange, Rendering, RenderWorker
from reports.models.rendering import HEARTBEAT_TIMEOUT, KEEP_FILES_FOR, KEEP_SUPERSEDED_FOR
from reports.render import edition
from reports.render.pdf import RenderRefused
from tests.factories import AppointmentFactory, BriefingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.prints_anew]

State = Rendering.State
NOW = datetime(2010, 7, 30, 3, tzinfo=UTC)
LATER = NOW + HEARTBEAT_TIMEOUT + timedelta(seconds=1)


@pytest.fixture
def briefing(plan, item):
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan)


@pytest.fixture
def made(monkeypatch):
    """Collect what is rendered, in order, with a fast stand-in for the renderer."""
    calls = []

    def make(form, document, report):
        calls.append(form)
        return b"a file"

    monkeypatch.setattr(renderings, "make", make)
    return calls


def asked(briefing, form="pdf", at=NOW, mark=""):
    return renderings.ask(
        briefing=briefing, form=form, document=document_of(briefing), at=at, mark=mark
    )


def now(row):
    return Rendering.objects.get(pk=row.pk)


# --- once for one content -----------------------------------------------------------------


def test_requesting_the_same_content_again_makes_no_second_row(briefing, made):
    first = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    again = renderings.rendered_file(briefing=briefing, form="pdf", at=LATER)
    assert (first.pk, made, bytes(again.data)) == (again.pk, ["pdf"], b"a file")


def test_each_format_is_a_separate_file(briefing, made):
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    renderings.rendered_file(briefing=briefing, form="docx", at=NOW)
    assert made == ["pdf", "docx"]


def test_changed_content_is_rendered_again(briefing, made):
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    briefing.title = "Another title"
    briefing.save()
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert made == ["pdf", "pdf"]


def test_a_paper_with_the_same_content_again_is_not_rendered_again(briefing, item, made):
    """Something was written, but nothing that the paper includes."""
    first = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    item.objective = "Told nowhere in the paper"
    item.save()
    again = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert (again.pk, made) == (first.pk, ["pdf"])
    assert again.mark != first.mark


def test_a_new_edition_of_the_look_is_rendered_again(briefing, made, monkeypatch):
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    monkeypatch.setattr(edition, "look", lambda: "another edition")
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert made == ["pdf", "pdf"]


def test_an_unchanged_draft_is_found_in_two_queries(briefing, made, django_assert_num_queries):
    renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    with django_assert_num_queries(2):  # the newest change, the file
        renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)


def test_two_briefings_never_share_a_file(briefing, made):
    """Not even with equal content: different users may read them."""
    other = BriefingFactory(plan=briefing.plan)
    document = document_of(briefing)
    rows = {
        renderings.ask(briefing=each, form="pdf", document=document, at=NOW).pk
        for each in (briefing, other)
    }
    assert len(rows) == 2


def simultaneously(work, count=2):
    start, outcomes = threading.Barrier(count), []

    def run():
        try:
            start.wait()
            outcomes.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_get_one_file_rendered_once(briefing, monkeypatch):
    made, slowly = [], threading.Event()

    def make(form, document, report):
        made.append(form)
        slowly.wait(0.3)
        return b"a file"

    monkeypatch.setattr(renderings, "make", make)
    rows = simultaneously(
        lambda: renderings.rendered_file(briefing=briefing, form="pdf", at=NOW), count=3
    )
    assert made == ["pdf"]
    assert [(bytes(row.data), row.pk) for row in rows] == [(b"a file", rows[0].pk)] * 3


@pytest.mark.django_db(transaction=True)
def test_simultaneous_workers_claim_different_papers_once_each(briefing):
    for number in range(3):
        briefing.title = f"Title {number}"
        asked(briefing)
    taken = simultaneously(lambda: renderings.claim(at=NOW), count=5)
    found = sorted(row.pk for row in taken if row is not None)
    remaining = list(iter(lambda: renderings.claim(at=NOW), None))
    assert sorted(found + [row.pk for row in remaining]) == sorted(
        Rendering.objects.values_list("pk", flat=True)
    )
    assert set(Rendering.objects.values_list("state", "attempts")) == {(State.RUNNING, 1)}


# --- short and long -----------------------------------------------------------------------


def test_waiting_for_a_short_paper_of_another_request_times_out(briefing, made, monkeypatch):
    renderings.claim(at=NOW, row=asked(briefing))
    monkeypatch.setattr(renderings, "PATIENCE", 0.1)
    row = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert (row.state, made) == (State.RUNNING, [])


@pytest.fixture
def passing(monkeypatch):
    """Let a minute pass at each pause, in which `act` happens."""
    passed = {"minutes": 0, "act": lambda: None}

    def pause(seconds):
        passed["minutes"] += 1
        assert passed["minutes"] < 100
        passed["act"]()

    monkeypatch.setattr(renderings.time, "sleep", pause)
    monkeypatch.setattr(renderings.time, "monotonic", lambda: 60.0 * passed["minutes"])
    return passed


def command_waits_for(briefing):
    return renderings.rendered_document(
        briefing=briefing,
        form="pdf",
        document=document_of(briefing),
        at=NOW,
        however_long=True,
    )


def test_a_command_waits_for_a_worker_however_long_it_takes(briefing, made, passing):
    working = renderings.claim(at=NOW, row=asked(briefing))

    def work():
        at = NOW + timedelta(minutes=passing["minutes"])
        if passing["minutes"] == 3:
            renderings.finish(working, b"a file", at=at, pages=1)
        else:
            assert renderings.record_progress(working, at=at, stage="drawing", page=1, pages=9)

    passing["act"] = work
    row = command_waits_for(briefing)
    assert (row.state, passing["minutes"], made) == (State.DONE, 3, [])


def test_a_command_makes_the_paper_of_a_worker_that_fell_silent(briefing, made, passing):
    renderings.claim(at=NOW, row=asked(briefing))
    row = command_waits_for(briefing)
    assert (row.state, row.attempts, len(made)) == (State.DONE, 2, 1)


# --- failures and retries -----------------------------------------------------------------


def test_an_unprintable_paper_is_refused_with_its_message(briefing, monkeypatch):
    def make(form, document, report):
        raise RenderRefused("The character “☃” cannot be printed.")

    monkeypatch.setattr(renderings, "make", make)
    row = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert (row.state, row.reason, row.is_given_up) == (
        State.REFUSED,
        "The character “☃” cannot be printed.",
        False,
    )


def test_an_unexpected_error_allows_a_second_attempt_and_no_third(briefing, monkeypatch):
    def make(form, document, report):
        raise ZeroDivisionError

    monkeypatch.setattr(renderings, "make", make)
    states = []
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
        states.append(Rendering.objects.get().state)
    row = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    assert states == [State.WAITING, State.REFUSED]
    assert (row.reason, row.is_given_up) == (renderings.DIED_TWICE, True)


def test_a_paper_of_a_silent_worker_is_retried_once_and_then_refused(briefing):
    row = asked(briefing)
    assert renderings.claim(at=NOW).attempts == 1
    assert renderings.claim(at=NOW) is None
    assert renderings.claim(at=LATER).attempts == 2
    assert renderings.claim(at=LATER + 2 * HEARTBEAT_TIMEOUT) is None
    assert (now(row).state, now(row).reason) == (State.REFUSED, renderings.DIED_TWICE)


def test_a_worker_presumed_dead_can_no_longer_write(briefing):
    asked(briefing)
    first = renderings.claim(at=NOW)
    second = renderings.claim(at=LATER)
    assert not renderings.record_progress(first, at=LATER, stage="layout", page=9, pages=10)
    assert not renderings.finish(first, b"late", at=LATER)
    renderings.put_back(first)
    assert renderings.finish(second, b"in time", at=LATER)
    assert not renderings.finish(second, b"twice", at=LATER)
    assert bytes(now(first).data) == b"in time"


def test_a_worker_that_reports_progress_keeps_its_paper(briefing):
    row = renderings.claim(at=NOW, row=asked(briefing))
    renderings.record_progress(row, at=LATER, stage="layout", page=3, pages=0)
    assert renderings.claim(at=LATER + timedelta(seconds=1)) is None
    assert (now(row).stage, now(row).page) == ("layout", 3)


def test_a_failed_rendering_starts_again_on_request(briefing, made):
    row = asked(briefing)
    for at in (NOW, LATER, LATER + 2 * HEARTBEAT_TIMEOUT):
        renderings.claim(at=at)
    renderings.ask_again(row=row, at=LATER)
    assert renderings.rendered_file(briefing=briefing, form="pdf", at=LATER).is_done


def test_requesting_a_finished_file_again_changes_nothing(briefing, made):
    row = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    renderings.ask_again(row=row, at=LATER)
    assert now(row).is_done


def test_the_expected_pages_are_those_of_the_briefings_last_file(briefing):
    asked(briefing)
    row = renderings.claim(at=NOW)
    renderings.record_progress(row, at=NOW, stage="writing", page=1, pages=7)
    renderings.finish(row, b"a file", at=NOW)
    briefing.title += "!"
    asked(briefing)
    assert (row.pages_of, renderings.claim(at=NOW).pages_of) == (0, 7)


# --- retention ----------------------------------------------------------------------------


def test_old_files_are_deleted_and_a_drafts_newest_is_kept_for_a_week(briefing, made):
    old = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW)
    briefing.title = "Another title"
    briefing.save()
    new = renderings.rendered_file(briefing=briefing, form="pdf", at=NOW + timedelta(minutes=5))

    def remaining(at):
        renderings.delete_outdated(at=at)
        return list(Rendering.objects.order_by("pk").values_list("pk", flat=True))

    assert remaining(NOW + KEEP_SUPERSEDED_FOR) == [old.pk, new.pk]
    assert remaining(NOW + KEEP_SUPERSEDED_FOR + timedelta(seconds=1)) == [new.pk]
    assert remaining(NOW + KEEP_FILES_FOR) == [new.pk]
    assert remaining(NOW + KEEP_FILES_FOR + timedelta(minutes=6)) == []


def test_a_waiting_rendering_is_never_deleted(briefing):
    asked(briefing, at=NOW)
    renderings.delete_outdated(at=NOW + 2 * KEEP_FILES_FOR)
    assert Rendering.objects.count() == 1


def test_the_log_of_changes_is_trimmed(briefing, monkeypatch):
    RecordChange.objects.all().delete()
    monkeypatch.setattr(renderings, "CHANGES_KEPT", 3)
    for _ in range(15):
        RecordChange.objects.create()
    renderings.delete_outdated(at=NOW)
    assert RecordChange.objects.count() == 15
    RecordChange.objects.create()
    newest = list(RecordChange.objects.order_by("-pk").values_list("pk", flat=True)[:3])
    before = RecordChange.objects.mark()
    renderings.delete_outdated(at=NOW)
    assert list(RecordChange.objects.order_by("-pk").values_list("pk", flat=True)) == newest
    assert RecordChange.objects.mark() != before


def test_a_worker_is_alive_while_its_heartbeat_is_recent():
    worker = renderings.sign_on(at=NOW)
    assert RenderWorker.objects.alive(NOW).exists()
    assert not RenderWorker.objects.alive(LATER).exists()
    renderings.beat(worker, at=LATER)
    assert RenderWorker.objects.alive(LATER).exists()
    renderings.delete_outdated(at=LATER + 2 * HEARTBEAT_TIMEOUT)
    assert not RenderWorker.objects.exists()
    renderings.beat(worker, at=LATER)
    assert RenderWorker.objects.alive(LATER).count() == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "done", "finished_at": NOW},
        {"state": "waiting", "data": b"a file", "sha256": "0" * 64},
        {"state": "refused", "finished_at": NOW},
        {"state": "waiting", "reason": "No."},
        {"state": "running", "attempts": 1},
        {"state": "waiting", "beat_at": NOW},
        {"state": "lost"},
    ],
)
def test_the_database_refuses_an_invalid_row(briefing, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendering.objects.create(
            briefing=briefing, form="pdf", content_sha256="0" * 64, asked_at=NOW, **columns
        )
