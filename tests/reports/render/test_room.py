"""Test the process that renders papers for a worker: how it answers, dies and stops."""

import os
import re
import subprocess
import sys
import time
from multiprocessing import Pipe
from threading import Thread

import pytest

from reports.document import to_json
from reports.render.pdf import RenderRefused
from reports.render.room import NotStarted, Room, RoomLost, TooLong, _work
from tests.reports import sample

pytestmark = pytest.mark.prints_anew

PAPER = to_json(sample.document(annexes=()))


@pytest.fixture(scope="module")
def room():
    with Room(seconds=60, mebibytes=2048) as room:
        yield room


def test_a_room_reports_its_progress(room):
    stages = []
    room.make("pdf", PAPER, lambda *at: stages.append(at))
    assert stages
    assert {stage for stage, *_ in stages} <= {"", "layout", "writing", "checking"}


def test_a_room_refuses_an_unprintable_paper_and_keeps_running(room):
    with pytest.raises(RenderRefused, match="The document cannot be read"):
        room.make("pdf", b"{}", lambda *at: None)
    assert room.make("pdf", PAPER, lambda *at: None)


def test_a_room_reports_a_dead_process_and_starts_another():
    with Room(seconds=60, mebibytes=2048) as room:

        def kill(*at):
            room.process.kill()

        room.make("pdf", PAPER, lambda *at: None)
        with pytest.raises(RoomLost, match="ended in the middle"):
            room.make("pdf", PAPER, kill)
        assert room.make("pdf", PAPER, lambda *at: None).startswith(b"%PDF")


def test_a_room_reports_a_process_that_died_while_answering(monkeypatch):
    with Room(seconds=60, mebibytes=2048) as room:

        def cut_short(*at):
            raise OSError("got end of file during message")

        room.make("pdf", PAPER, lambda *at: None)
        monkeypatch.setattr(room.connection, "recv", cut_short, raising=False)
        with pytest.raises(RoomLost, match="ended in the middle"):
            room.make("pdf", PAPER, lambda *at: None)


def test_a_room_that_lost_its_process_between_papers_starts_another():
    with Room(seconds=60, mebibytes=2048) as room:
        room.process.kill()
        room.process.join()
        assert room.make("pdf", PAPER, lambda *at: None)
        assert room.process.is_alive()


def begins_badly(connection, mebibytes):
    raise RuntimeError("The file under test cannot be the cause.")


def test_a_process_that_cannot_start_is_told_from_one_that_dies_of_a_paper(monkeypatch):
    monkeypatch.setattr("reports.render.room._work", begins_badly)
    with Room(seconds=60, mebibytes=2048) as room:
        with pytest.raises(NotStarted, match="could not start"):
            room.make("pdf", PAPER, lambda *at: None)
        assert room.is_able() is False
        monkeypatch.undo()
        room.open_again()
        room.make("pdf", PAPER, lambda *at: None)
        room.process.kill()
        room.process.join()
        assert room.is_able() is True


def test_rendering_is_stopped_at_the_time_limit():
    with Room(seconds=0.01, mebibytes=2048) as room:
        with pytest.raises(RoomLost, match=r"more than 0 seconds"):
            room.make("pdf", PAPER, lambda *at: None)
        assert not room.process.is_alive()


def busy(document):
    """Work in a library that never looks at the time: a search that goes back and back."""
    return str(re.match(b"(a|a)*$", b"a" * 60 + b"b")).encode()


def half_a_second(document):
    until = time.process_time() + 0.5
    while time.process_time() < until:
        pass
    return b"done"


def test_the_system_ends_work_that_used_its_time_of_the_processor():
    with Room(seconds=60, mebibytes=2048) as room:
        work = f"{__name__}.busy"
        with pytest.raises(TooLong, match="more than 1 seconds of the processor"):
            room.make(work, b"", lambda *at: None, processor_seconds=1)
        short = f"{__name__}.half_a_second"
        room.make(short, b"", lambda *at: None, processor_seconds=0.8)
        # The next work has its own time, or none.
        assert room.make(short, b"", lambda *at: None) == b"done"


def test_exceeding_the_memory_limit_loses_only_the_process():
    # More than the interpreter needs to start, less than a paper needs.
    with (
        Room(seconds=60, mebibytes=200) as room,
        pytest.raises(
            RoomLost, match="ended in the middle|could not start|MemoryError|SystemError"
        ),
    ):
        room.make("pdf", PAPER, lambda *at: None)


def test_a_memory_error_is_reported_by_name(monkeypatch):
    def make(*how):
        raise MemoryError

    monkeypatch.setattr("reports.render.outputs.make", make)
    monkeypatch.setattr("reports.render.room._begin", lambda mebibytes: None)
    ours, theirs = Pipe()
    thread = Thread(target=_work, args=(theirs, 0))
    thread.start()
    ours.send(("pdf", b"{}", 0))
    assert ours.recv() == ("ready", "")
    answer, words = ours.recv()
    ours.close()
    thread.join()
    assert (answer, words.splitlines()[-1]) == ("failed", "MemoryError")


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
    stages = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    pid = int(stages.stdout)
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
