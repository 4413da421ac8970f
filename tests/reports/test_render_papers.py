"""Test the worker: what it renders, how it handles a process that dies, and how it stops."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from multiprocessing import Pipe
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from reports.drafting.paper import document_of
from reports.models import Rendering, RenderWorker
from reports.render.pdf import RenderRefused, render_pdf
from reports.render.room import Room, RoomLost, _work
from reports.services import renderings
from tests.factories import AppointmentFactory, BriefingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.prints_anew]

State = Rendering.State
NOW = datetime(2010, 7, 30, 3, tzinfo=UTC)


@pytest.fixture
def briefing(plan, item):
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan)


@pytest.fixture(scope="module")
def room():
    with Room(seconds=60, mebibytes=2048) as room:
        yield room


def asked(briefing, form="pdf"):
    return renderings.ask(briefing=briefing, form=form, document=document_of(briefing), at=NOW)


def work():
    call_command("render_papers", "--once", "--nice", "0")


def test_the_worker_renders_the_same_bytes_as_a_request(briefing):
    document = document_of(briefing)
    rows = [asked(briefing), asked(briefing, "docx")]
    work()
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == [State.DONE, State.DONE]
    assert bytes(rows[0].data) == render_pdf(document)
    assert not RenderWorker.objects.exists()


def test_a_room_reports_its_progress(room, briefing):
    told = []
    room.make("pdf", bytes(asked(briefing).document), lambda *at: told.append(at))
    assert told
    assert {stage for stage, *_ in told} <= {"", "layout", "writing", "checking"}


def test_a_room_refuses_an_unprintable_paper_and_keeps_running(room, briefing):
    with pytest.raises(RenderRefused, match="The document cannot be read"):
        room.make("pdf", b"{}", lambda *at: None)
    assert room.make("pdf", bytes(asked(briefing).document), lambda *at: None)


def test_a_room_reports_a_dead_process_and_starts_another(briefing):
    document = bytes(asked(briefing).document)
    with Room(seconds=60, mebibytes=2048) as room:

        def kill(*at):
            room.process.kill()

        with pytest.raises(RoomLost, match="ended in the middle"):
            room.make("pdf", document, kill)
        assert room.make("pdf", document, lambda *at: None).startswith(b"%PDF")


def test_a_room_reports_a_process_that_died_while_answering(briefing, monkeypatch):
    with Room(seconds=60, mebibytes=2048) as room:
        document = bytes(asked(briefing).document)

        def cut_short(*at):
            raise OSError("got end of file during message")

        monkeypatch.setattr(room.connection, "recv", cut_short, raising=False)
        with pytest.raises(RoomLost, match="ended in the middle"):
            room.make("pdf", document, lambda *at: None)


def test_a_room_that_lost_its_process_between_papers_starts_another(briefing):
    with Room(seconds=60, mebibytes=2048) as room:
        room.process.kill()
        room.process.join()
        assert room.make("pdf", bytes(asked(briefing).document), lambda *at: None)
        assert room.process.is_alive()


def test_rendering_is_stopped_at_the_time_limit(briefing):
    with Room(seconds=0.01, mebibytes=2048) as room:
        with pytest.raises(RoomLost, match=r"more than 0 seconds"):
            room.make("pdf", bytes(asked(briefing).document), lambda *at: None)
        assert not room.process.is_alive()


def test_exceeding_the_memory_limit_loses_only_the_process(briefing):
    # More than the interpreter needs to start, less than a paper needs.
    with (
        Room(seconds=60, mebibytes=200) as room,
        pytest.raises(RoomLost, match="ended in the middle|MemoryError|SystemError"),
    ):
        room.make("pdf", bytes(asked(briefing).document), lambda *at: None)


def test_a_memory_error_is_reported_by_name(monkeypatch):
    def make(*how):
        raise MemoryError

    monkeypatch.setattr("reports.render.outputs.make", make)
    monkeypatch.setattr("reports.render.room._begin", lambda mebibytes: None)
    ours, theirs = Pipe()
    thread = Thread(target=_work, args=(theirs, 0))
    thread.start()
    ours.send(("pdf", b"{}"))
    answer, words = ours.recv()
    ours.close()
    thread.join()
    assert (answer, words.splitlines()[-1]) == ("failed", "MemoryError")


def test_a_paper_that_kills_its_process_is_retried_once_and_then_refused(briefing, monkeypatch):
    tries = []

    def make(self, form, document, tell):
        tries.append(form)
        raise RoomLost("It died.")

    monkeypatch.setattr(Room, "make", make)
    row = asked(briefing)
    work()
    row.refresh_from_db()
    assert (tries, row.state, row.reason) == (
        ["pdf", "pdf"],
        State.REFUSED,
        renderings.DIED_TWICE,
    )


def test_no_transaction_is_open_while_the_worker_renders(briefing, monkeypatch):
    outside, within = connection.in_atomic_block, []
    depth = len(connection.savepoint_ids)

    def make(self, form, document, tell):
        within.append((connection.in_atomic_block, len(connection.savepoint_ids)))
        return b"a file"

    monkeypatch.setattr(Room, "make", make)
    asked(briefing)
    work()
    assert within == [(outside, depth)]


def test_a_worker_skips_a_paper_claimed_by_another(briefing, monkeypatch):
    made = []

    def make(self, form, document, tell):
        Rendering.objects.update(attempts=2, state=State.RUNNING)
        tell("layout", 3, 0)
        made.append(form)
        return b"a file too late"

    monkeypatch.setattr(Room, "make", make)
    row = asked(briefing)
    work()
    row.refresh_from_db()
    assert made == []
    assert (row.state, row.attempts, bytes(row.data or b"")) == (State.RUNNING, 2, b"")


def test_a_worker_that_is_stopped_returns_its_paper_to_the_queue(briefing, monkeypatch):
    """What it does at that moment, such as a statement, is not broken off."""
    went_on = []

    def make(self, form, document, tell):
        os.kill(os.getpid(), signal.SIGTERM)
        went_on.append("to the next report of progress")
        tell("layout", 1, 0)
        went_on.append("to the end of the paper")
        return b"a file"

    monkeypatch.setattr(Room, "make", make)
    row = asked(briefing)
    work()
    row.refresh_from_db()
    assert went_on == ["to the next report of progress"]
    assert (row.state, row.attempts) == (State.WAITING, 0)
    assert not RenderWorker.objects.exists()


def test_the_process_of_a_room_ends_when_its_worker_was_killed():
    """A killed worker leaves no process behind."""
    code = (
        "import os, signal\n"
        "from reports.render.room import Room\n"
        "if __name__ == '__main__':\n"
        "    room = Room(seconds=9, mebibytes=2048)\n"
        "    print(room.process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid = int(told.stdout)
    for _ in range(300):
        if not is_running(pid):
            break
        time.sleep(0.1)
    assert not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
