"""The child process that makes one paper after another, within limits of time and memory.

It is kept, because the first paper of a process is slow. It is ended and replaced when a paper takes too long or
fails, and whatever kills it kills nothing else. It knows no database: a paper's JSON goes in, bytes come out.
"""

from __future__ import annotations

import os
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from traceback import format_exc
from types import TracebackType
from typing import Self

from reports.render.pdf import RenderRefused, Tell

# Seconds between two reports of progress.
TELLING = 0.5


class RoomLost(Exception):
    """The process died, failed, or was ended because it took too long. The paper need not be the cause."""


class Room:
    """Open a child process in which a paper may take at most `seconds` and `mebibytes`."""

    def __init__(self, *, seconds: float, mebibytes: int) -> None:
        self.seconds, self.mebibytes = seconds, mebibytes
        self._open()

    def _open(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_work, args=(theirs, self.mebibytes), name="paper", daemon=True
        )
        self.process.start()
        theirs.close()

    def make(self, form: str, document: bytes, tell: Tell) -> bytes:
        """The file. Raises RenderRefused as `forms.make` does, and RoomLost."""
        if not self.process.is_alive():
            self.close()
            self._open()
        try:
            answer, content = self._answer(form, document, tell)
        except BaseException:
            # Whatever it was, this paper may still be in the works: the next one gets a new process.
            self.close()
            raise
        if answer == "refused":
            raise RenderRefused(str(content))
        if answer == "failed":
            self.close()
            raise RoomLost(str(content))
        assert isinstance(content, bytes)
        return content

    def _answer(self, form: str, document: bytes, tell: Tell) -> tuple[str, bytes | str]:
        until = time.monotonic() + self.seconds
        try:
            self.connection.send((form, document))
            while time.monotonic() < until:
                if not self.connection.poll(TELLING):
                    tell("", 0, 0)
                    continue
                kind, content = self.connection.recv()
                if kind != "at":
                    return kind, content
                tell(*content)
        except (EOFError, OSError) as error:  # the latter in the middle of a message
            raise RoomLost("The process that makes papers ended in the middle of one.") from error
        raise RoomLost(f"It took more than {self.seconds:.0f} seconds.")

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
    """Make papers, as the child process, until nobody is at the other end."""
    _begin(mebibytes)
    from reports.render.outputs import make

    while True:
        try:
            form, document = connection.recv()
        except EOFError:
            return
        told = 0.0

        def tell(stage: str, page: int, pages: int) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TELLING:
                told = now
                connection.send(("at", (stage, page, pages)))

        answer: tuple[str, bytes | str]
        try:
            answer = "made", make(form, document, tell)
        except RenderRefused as refusal:
            answer = "refused", str(refusal)
        except Exception:
            answer = "failed", format_exc()
        connection.send(answer)


def _begin(mebibytes: int) -> None:
    """Get the new process ready."""
    import signal

    import django

    # Ctrl-C in a terminal reaches us too; whoever opened the room closes it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    _limit(mebibytes)
    from reports.render.pdf import get_ready

    get_ready()


def _limit(mebibytes: int) -> None:
    """Refuse this process more memory than that, so that it fails at the paper."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 1024 * 1024,) * 2)
