"""Test the worker: what it renders, what it does when its process dies, and how it stops."""

import os
import signal
import time
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from agencies.people import outbox
from reports.drafting.paper import document_of
from reports.issuing.services import renderings
from reports.management.commands.render_papers import Worker
from reports.models import Rendering, RenderWorker
from reports.render.pdf import render_pdf
from reports.render.room import NotStarted, Room, RoomLost
from tests.factories import AppointmentFactory, BriefingFactory
from trafficking_plan.running.service_checks import State as Found
from trafficking_plan.running.service_checks import check_worker

pytestmark = [pytest.mark.django_db, pytest.mark.prints_anew, pytest.mark.one_database]

State = Rendering.State
NOW = datetime(2010, 7, 30, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_thread_for_mail(monkeypatch):
    """The worker sends waiting mail in a thread, which would go on after its test."""
    monkeypatch.setattr(outbox, "wake", lambda: None)


@pytest.fixture
def briefing(plan, item):
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan)


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


def test_a_paper_that_kills_its_process_is_retried_once_and_then_refused(briefing, monkeypatch):
    tries = []

    def make(self, form, document, report):
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


def worker_in(room):
    worker = Worker(room, once=True)
    worker.mailed_at = timezone.now()  # no thread for emails
    return worker


class UnableRoom:
    """A room whose process cannot start until it is mended."""

    opened, able = 0, False

    def is_able(self):
        return self.able

    def open_again(self):
        self.opened += 1

    def make(self, *how, **limits):
        if not self.able:
            raise NotStarted("It could not start.")
        return b"a file"


@pytest.mark.both_databases
def test_a_worker_that_cannot_start_its_process_gives_up_no_paper_and_says_so(briefing):
    room = UnableRoom()
    row, worker = asked(briefing), worker_in(room)
    assert [worker._turn() for _ in range(3)] == [False] * 3
    row.refresh_from_db()
    assert (row.state, row.attempts, room.opened) == (State.WAITING, 0, 1)
    assert not RenderWorker.objects.alive(RenderWorker.objects.get().beat_at).exists()
    assert (check_worker().state, check_worker().sentence) == (
        Found.WRONG,
        "1 worker running, but unable to start the process that makes papers and checks files. See the "
        "log of render_papers.",
    )
    room.able = True
    assert worker._turn()
    row.refresh_from_db()
    assert (row.state, check_worker().sentence) == (State.DONE, "1 worker running.")


def test_a_paper_whose_process_could_not_start_is_queued_again(briefing, monkeypatch):
    room = UnableRoom()
    monkeypatch.setattr(room, "is_able", lambda: None)
    row = asked(briefing)
    assert worker_in(room)._turn()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.WAITING, 0)


def test_no_transaction_is_open_while_the_worker_renders(briefing, monkeypatch):
    outside, within = connection.in_atomic_block, []
    depth = len(connection.savepoint_ids)

    def make(self, form, document, report):
        within.append((connection.in_atomic_block, len(connection.savepoint_ids)))
        return b"a file"

    monkeypatch.setattr(Room, "make", make)
    asked(briefing)
    work()
    assert within == [(outside, depth)]


@pytest.mark.both_databases
def test_a_worker_skips_a_paper_claimed_by_another(briefing, monkeypatch):
    made = []

    def make(self, form, document, report):
        Rendering.objects.update(attempts=2, state=State.RUNNING)
        report("layout", 3, 0)
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

    def make(self, form, document, report):
        os.kill(os.getpid(), signal.SIGTERM)
        went_on.append("to the next report of progress")
        report("layout", 1, 0)
        went_on.append("to the end of the paper")
        return b"a file"

    monkeypatch.setattr(Room, "make", make)
    row = asked(briefing)
    work()
    row.refresh_from_db()
    assert went_on == ["to the next report of progress"]
    assert (row.state, row.attempts) == (State.WAITING, 0)
    assert not RenderWorker.objects.exists()


def test_while_the_database_is_away_a_worker_waits_longer_each_time_and_stops_when_asked(
    monkeypatch, caplog
):
    worker, waits = worker_in(UnableRoom()), []
    worker.once = False

    def away():
        raise OperationalError("It is away.")

    def rest(seconds):
        waits.append(seconds)
        worker.is_stopped = len(waits) == 8

    monkeypatch.setattr(worker, "_turn", away)
    monkeypatch.setattr(worker, "_rest", rest)
    worker.work()
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    # The traceback once, or it would fill the log.
    assert [bool(each.exc_info) for each in caplog.records] == [True] + [False] * 7
    began = time.monotonic()
    Worker._rest(worker, 30)
    assert time.monotonic() - began < 1
