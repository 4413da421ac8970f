"""render_papers: the worker that renders long papers, and checks files, outside the web server's processes."""

import logging
import os
import signal
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies.people import outbox
from reports.extensions import registry
from reports.issuing.services import renderings
from reports.models import Rendering, RenderWorker
from reports.render.pdf import RenderRefused
from reports.render.room import NotStarted, Room, RoomLost

log = logging.getLogger(__name__)

POLL = 0.5  # seconds between checks for work
MOST_WAIT = 30  # seconds between attempts while the database is away
BEAT = timedelta(seconds=5)
TIDY = timedelta(minutes=10)
MAIL = timedelta(seconds=30)  # between looks for emails that wait
OPEN_AGAIN = timedelta(seconds=30)  # between attempts to start the process that could not start
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Stopped(BaseException):
    """The process was asked to stop, in the middle of a paper."""


class Overtaken(Exception):
    """Another worker has taken over the paper."""


class Command(BaseCommand):
    help = (
        "Make PDF and Word files of long papers, and check files before they are released, one at a "
        "time. Run one or more beside the web server, as a service that is restarted when it ends."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="stop when no paper is waiting, for a timer or a test",
        )
        parser.add_argument(
            "--attended", action="store_true", help="stop when the process that started it ends"
        )
        parser.add_argument(
            "--nice",
            type=int,
            default=10,
            help="niceness, so that a web server on the same machine goes first (10; 0: none)",
        )

    def handle(self, *, once: bool, attended: bool, nice: int, **options: Any) -> None:
        log.info("Release %s", settings.RELEASE)
        if nice and hasattr(os, "nice"):
            os.nice(nice)
        with Room(seconds=settings.RENDER_SECONDS, mebibytes=settings.RENDER_MEBIBYTES) as room:
            worker = Worker(room, once=once, parent=os.getppid() if attended else None)
            asked = [(each, signal.signal(each, worker.stop)) for each in STOPPING]
            try:
                worker.work()
            finally:
                for each, handler in asked:
                    signal.signal(each, handler)
        if worker.is_stopped:
            self.stdout.write("Stopped.")


class Worker:
    """The worker's loop. It waits while the database is unavailable."""

    def __init__(self, room: Room, *, once: bool, parent: int | None = None) -> None:
        self.room, self.once, self.parent, self.is_stopped = room, once, parent, False
        self.worker: RenderWorker | None = None
        self.tidied_at: datetime | None = None
        self.mailed_at: datetime | None = None
        self.opened_at: datetime | None = None

    def stop(self, number: int, frame: Any) -> None:
        """Note that we are asked to stop, by a signal.

        An exception in the middle of a statement would break the connection, and then the paper
        could not be put back.
        """
        self.is_stopped = True

    def work(self) -> None:
        wait = POLL
        try:
            while not self.is_stopped:
                try:
                    busy = self._turn()
                    wait = POLL
                except (OperationalError, InterfaceError) as error:
                    # Of each time that it is away, one line has the traceback.
                    log.warning("The database is away", exc_info=error if wait == POLL else None)
                    connection.close()
                    busy, wait = False, min(2 * wait, MOST_WAIT)
                except Stopped:
                    return
                if self.once and not busy:
                    return
                if self.parent not in (None, os.getppid()):
                    return
                if not busy:
                    self._rest(wait)
        finally:
            if self.worker is not None:
                renderings.sign_off(self.worker)

    def _rest(self, seconds: float) -> None:
        """Wait, unless we are asked to stop or whoever started us is gone."""
        until = time.monotonic() + seconds
        while not self.is_stopped and self.parent in (None, os.getppid()):
            time.sleep(POLL)
            if time.monotonic() >= until:
                return

    def _turn(self) -> bool:
        """Make one paper, or do one other job, if one is waiting. Return whether it did."""
        now = timezone.now()
        if self.worker is None:
            self.worker = renderings.sign_on(at=now)
        self._beat(now)
        is_able = self._check_room(now)
        if self.mailed_at is None or now - self.mailed_at > MAIL:
            outbox.wake()
            self.mailed_at = now
        if self.tidied_at is None or now - self.tidied_at > TIDY:
            renderings.delete_outdated(at=now)
            self.tidied_at = now
        if not is_able:
            return False
        row = renderings.claim(at=now)
        if row is not None:
            self._make(row)
            return True
        return any(import_string(job)(self.room.make, self._pause) for job in registry.JOBS)

    def _check_room(self, now: datetime) -> bool:
        """Return whether files can be made and checked, and record it. Of what cannot be started, nothing is claimed:
        no file is the cause, so none is given up."""
        assert self.worker is not None
        is_able = self.room.is_able()
        if is_able is False and (self.opened_at is None or now - self.opened_at > OPEN_AGAIN):
            log.error("The process that makes papers and checks files could not start")
            self.opened_at = now
            self.room.open_again()
        if is_able is None:  # It is starting, so nothing new is known.
            return self.worker.is_able
        if is_able != self.worker.is_able:
            renderings.record_ability(self.worker, is_able=is_able)
        return is_able

    def _pause(self) -> datetime:
        """Return the moment, if we are not asked to stop."""
        if self.is_stopped:
            raise Stopped
        now = timezone.now()
        self._beat(now)
        return now

    def _beat(self, now: datetime) -> None:
        assert self.worker is not None
        if now - self.worker.beat_at >= BEAT:
            self.worker.beat_at = now
            renderings.beat(self.worker, at=now)

    def _make(self, row: Rendering) -> None:
        at = row.stage, 0, 0

        def report(stage: str, page: int, pages: int) -> None:
            nonlocal at
            if self.is_stopped:
                raise Stopped
            at = (stage, page, pages) if stage else at
            now = timezone.now()
            self._beat(now)
            if not renderings.record_progress(row, at=now, stage=at[0], page=at[1], pages=at[2]):
                raise Overtaken

        start = time.monotonic()
        try:
            data = self.room.make(row.form, bytes(row.document), report)
        except RenderRefused as refusal:
            renderings.refuse(row, str(refusal), at=timezone.now())
            log.info("Paper refused", extra={"rendering": row.pk})
        except Overtaken:
            log.warning("Paper left to another worker", extra={"rendering": row.pk})
        except NotStarted:
            renderings.put_back(row)
        except RoomLost:
            log.exception("Paper not made")
            renderings.fail(row, at=timezone.now())
        except BaseException:
            renderings.put_back(row)
            raise
        else:
            renderings.finish(row, data, at=timezone.now())
            log.info(
                "Paper made",
                extra={"rendering": row.pk, "seconds": round(time.monotonic() - start, 1)},
            )
