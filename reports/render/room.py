"""The child process that renders papers and does other jobs, one at a time, with limits on time and memory.

The process is kept, because its first paper is slow. It is killed and replaced if a paper takes too
long or fails, without affecting the worker. It has no database: JSON goes in, bytes come out.
"""

from __future__ import annotations

import os
import signal
import time
from traceback import format_exc
from types import TracebackType
from typing import TYPE_CHECKING, Self

from django.utils.module_loading import import_string

from reports.render.pdf import RenderRefused, ReportProgress

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# Seconds between progress reports.
REPORT_INTERVAL = 0.5
# The signal that ends the process when it has used its time of the processor, where a system has such a clock.
TIME_IS_UP = getattr(signal, "SIGPROF", 0)


class RoomLost(Exception):
    """The process died, failed or timed out. The paper need not be the cause."""


class TooLong(RoomLost):
    """It took more than its time."""


class NotStarted(RoomLost):
    """The process ended before it could take anything: the service is the cause, not the paper."""


class Room:
    """Runs the child process. A paper may take at most `seconds` and `mebibytes`."""

    def __init__(self, *, seconds: float, mebibytes: int) -> None:
        self.seconds, self.mebibytes = seconds, mebibytes
        self._open()

    def _open(self) -> None:
        from multiprocessing import get_context

        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_work, args=(theirs, self.mebibytes), name="paper", daemon=True
        )
        self.process.start()
        theirs.close()
        self._is_ready = False

    def is_able(self) -> bool | None:
        """Return whether the process could start; None while it starts."""
        try:
            while not self._is_ready and self.connection.poll():
                self._is_ready = self.connection.recv()[0] == "ready"
        except (EOFError, OSError):
            return False
        return self._is_ready or (None if self.process.is_alive() else False)

    def open_again(self) -> None:
        self.close()
        self._open()

    def make(
        self, form: str, document: bytes, report: ReportProgress, *, processor_seconds: float = 0
    ) -> bytes:
        """Return the file, or what a function makes whose name with its module is the form.

        Raise `RenderRefused` as `outputs.make` does; `TooLong` after the room's time, or after `processor_seconds` of
        the processor, which the system counts itself; `NotStarted` if the process never could begin; else `RoomLost`.
        """
        if not self.process.is_alive():
            self.open_again()
        try:
            answer, content = self._answer(form, document, report, processor_seconds)
        except BaseException:
            # This paper may still be rendering, so the next one gets a new process.
            self.close()
            raise
        if answer == "refused":
            raise RenderRefused(str(content))
        if answer == "failed":
            self.close()
            raise RoomLost(str(content))
        assert isinstance(content, bytes)
        return content

    def _answer(
        self, form: str, document: bytes, report: ReportProgress, processor_seconds: float
    ) -> tuple[str, bytes | str]:
        until = time.monotonic() + self.seconds
        try:
            self.connection.send((form, document, processor_seconds))
            while time.monotonic() < until:
                if not self.connection.poll(REPORT_INTERVAL):
                    report("", 0, 0)
                    continue
                kind, content = self.connection.recv()
                if kind == "ready":
                    self._is_ready = True
                elif kind != "at":
                    return kind, content
                else:
                    report(*content)
        except (EOFError, OSError) as error:  # the latter in the middle of a message
            self.process.join(1)
            if self.process.exitcode == -TIME_IS_UP:
                raise TooLong(
                    f"It took more than {processor_seconds:.0f} seconds of the processor."
                ) from error
            if not self._is_ready:
                raise NotStarted("The process that makes papers could not start.") from error
            raise RoomLost("The process that makes papers ended in the middle of one.") from error
        raise TooLong(f"It took more than {self.seconds:.0f} seconds.")

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _work(connection: Connection, mebibytes: int) -> None:
    """Make papers in the child process until the connection is closed."""
    _begin(mebibytes)
    from reports.render.outputs import make

    connection.send(("ready", ""))

    while True:
        try:
            form, document, processor_seconds = connection.recv()
        except EOFError:
            return
        reported_at, last = 0.0, ("", 0, 0)

        def report(stage: str, page: int, pages: int) -> None:
            nonlocal reported_at, last
            if pages:
                last = (stage, page, pages)
            now = time.monotonic()
            if now - reported_at >= REPORT_INTERVAL:
                reported_at = now
                connection.send(("at", (stage, page, pages)))

        answer: tuple[str, bytes | str]
        _limit_time(processor_seconds)
        try:
            if "." in form:
                answer = "made", import_string(form)(document)
            else:
                answer = "made", make(form, document, report)
            if last[2]:
                # The number of pages, which may have come too soon after another report.
                connection.send(("at", last))
        except RenderRefused as refusal:
            answer = "refused", str(refusal)
        except Exception:
            answer = "failed", format_exc()
        _limit_time(0)
        connection.send(answer)


def _begin(mebibytes: int) -> None:
    """Prepare the new process."""
    import django

    # Ctrl-C in a terminal reaches the child too, but the parent closes it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    _limit(mebibytes)
    from reports.render.pdf import get_ready

    get_ready()


def _limit_time(processor_seconds: float) -> None:
    """Let the system end the process after so much time of the processor, even in the middle of a library's work."""
    if TIME_IS_UP:
        signal.setitimer(signal.ITIMER_PROF, processor_seconds)


def _limit(mebibytes: int) -> None:
    """Limit the process's memory, so that it fails at this paper."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 1024 * 1024,) * 2)
