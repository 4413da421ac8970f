"""A process of its own that makes one paper after another, within limits of time and memory.

It stays, because the first paper is slow; it is ended and replaced when one takes too long, and
whatever kills it kills nothing else. It knows no database: a paper's JSON goes in, bytes come out.
"""

from __future__ import annotations

import os
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from reports.render.pdf import RenderRefused, Tell

# Seconds between two words on how far it is.
TELLING = 0.5


class RoomLost(Exception):
    """The process died, or was ended because it took too long. It is not said that the paper did it."""


class Room:
    """`seconds` and `mebibytes` are the most that one paper may take."""

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
        except (EOFError, ConnectionError) as error:
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
    """What the process does: until nobody is at the other end."""
    import signal

    import django

    # Ctrl-C in a terminal reaches us too; whoever opened the room closes it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    from reports.render.forms import make

    _limit(mebibytes)
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
        except MemoryError:
            answer = (
                "refused",
                f"Making this file needs more memory than it may have ({mebibytes:,} MiB). "
                "Leave an annex out, or ask for the limit to be raised.",
            )
        except Exception as error:
            answer = "failed", f"{type(error).__name__}: {error}"
        connection.send(answer)


def _limit(mebibytes: int) -> None:
    """Above that it is refused memory, and then it refuses the paper."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 1024 * 1024,) * 2)
