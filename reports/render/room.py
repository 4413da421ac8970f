"""Two processes that make one paper after another, within limits of time and memory.

The first makes the papers; the second makes half of a long one meanwhile. They stay, because the first paper is slow;
they are ended and replaced when a paper takes too long or is refused, and whatever kills them kills nothing else. They
know no database: a paper's JSON goes in, bytes come out.
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

# Seconds between two words on how far it is.
TELLING = 0.5


class RoomLost(Exception):
    """The process died, failed, or was ended because it took too long. It is not said that the paper did it."""


class Room:
    """`seconds` are the most that one paper may take, `mebibytes` those of each process."""

    def __init__(self, *, seconds: float, mebibytes: int) -> None:
        self.seconds, self.mebibytes = seconds, mebibytes
        self._open()

    def _open(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        helper, asker = context.Pipe()
        self.processes = [
            context.Process(target=work, args=(*ends, self.mebibytes), name=name, daemon=True)
            for work, ends, name in (
                (_work, (theirs, helper), "paper"),
                (_help, (asker,), "half a paper"),
            )
        ]
        for process in self.processes:
            process.start()
        for end in (theirs, helper, asker):
            end.close()

    def make(self, form: str, document: bytes, tell: Tell) -> bytes:
        """The file. Raises RenderRefused as `forms.make` does, and RoomLost."""
        if not all(process.is_alive() for process in self.processes):
            self.close()
            self._open()
        try:
            answer, content = self._answer(form, document, tell)
            if answer == "refused":
                raise RenderRefused(str(content))
            if answer == "failed":
                raise RoomLost(str(content))
        except BaseException:
            # Whatever it was, this paper may still be in the works: the next one gets new processes.
            self.close()
            raise
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
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.join()
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


def _begin(mebibytes: int) -> None:
    """Get a new process ready."""
    import signal

    import django

    # Ctrl-C in a terminal reaches us too; whoever opened the room closes it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    _limit(mebibytes)
    from reports.render.pdf import get_ready

    get_ready()


def _help(asker: Connection, mebibytes: int) -> None:
    """What the second process does: until nobody is at the other end."""
    _begin(mebibytes)
    from reports.render.pdf import help_with_halves

    help_with_halves(asker)


def _work(connection: Connection, helper: Connection, mebibytes: int) -> None:
    """What the first process does: until nobody is at the other end."""
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
            answer = "made", make(form, document, tell, helper)
        except RenderRefused as refusal:
            answer = "refused", str(refusal)
        except Exception:
            answer = "failed", format_exc()
        connection.send(answer)


def _limit(mebibytes: int) -> None:
    """Above that it is refused memory, and then it fails at the paper."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 1024 * 1024,) * 2)
