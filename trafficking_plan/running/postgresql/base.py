"""Django's backend for PostgreSQL, whose connections notice that the server hangs.

A server whose processes stand still keeps its connections open, so neither the driver nor TCP ends a wait, and the
server cannot end a statement by its own limit. So whoever has waited for a while asks by a new connection whether the
server lets anybody in. If it does, a lock or a long statement is waited for; if not, the wait ends.
"""

import threading
import time
from collections.abc import Generator
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout

PATIENCE = 2.0  # seconds that a connection waits before it asks, and again before the next time
ANSWER = 2  # seconds in which a server that does not hang lets somebody in, and answers them
PAUSE = 0.5  # seconds between two questions while it hangs


class Hangs(psycopg.OperationalError):
    """The server lets nobody in, or does not answer them."""


class Connection(psycopg.Connection[Any]):
    """A connection whose waits end when the server hangs. `address` is how to connect to it once more."""

    address: dict[str, Any]
    patience = PATIENCE
    ask_at = 0.0

    def wait(self, gen: Any, *arguments: Any, **named: Any) -> Any:
        return super().wait(self._noticing(gen), *arguments, **named)

    def _noticing(self, gen: Any) -> Generator[Any, Any, Any]:
        """Pass on what the driver waits for. It is resumed every tenth of a second with nothing to read."""
        self.ask_at = time.monotonic() + self.patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and self.is_hopeless():
                    # Closed, so that to roll back what was begun does not wait as well.
                    self.pgconn.finish()
                    raise Hangs("The database server hangs.")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def is_hopeless(self) -> bool:
        if outage.is_on:
            return True
        if time.monotonic() < self.ask_at:
            return False
        self.ask_at = time.monotonic() + self.patience
        return outage.looks(self.address)


class Question(Connection):
    """A connection that only asks whether the server answers in time."""

    patience = ANSWER

    def is_hopeless(self) -> bool:
        return time.monotonic() >= self.ask_at


def hangs(address: dict[str, Any]) -> bool:
    """Return whether the server lets nobody in. One that refuses does not hang."""
    try:
        asked = Question.connect(**address | {"connect_timeout": ANSWER, "autocommit": True})
    except psycopg.Error as error:
        return isinstance(error, ConnectionTimeout)
    try:
        asked.execute("SELECT 1")
    except psycopg.Error as error:
        return isinstance(error, Hangs)
    finally:
        asked.close()
    return False


class Outage:
    """Whether the server hangs, as this process found. It ends when the server lets somebody in again.

    Meanwhile nobody waits for the server but the thread that asks it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None

    @property
    def is_on(self) -> bool:
        return self._asking is not None and self._asking.is_alive()

    def looks(self, address: dict[str, Any]) -> bool:
        """Ask the server, and return whether it hangs."""
        if hangs(address):
            self.begin(address)
        return self.is_on

    def begin(self, address: dict[str, Any]) -> None:
        with self._lock:
            if not self.is_on:
                self._asking = threading.Thread(target=self._ask, args=(address,), daemon=True)
                self._asking.start()

    def _ask(self, address: dict[str, Any]) -> None:
        while hangs(address):
            time.sleep(PAUSE)


outage = Outage()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Connect as Django does, without its pool and its option of isolation, which we do not use."""
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        if outage.is_on:
            raise Hangs("The database server hangs.")
        try:
            made = Connection.connect(**conn_params)
        except ConnectionTimeout:
            outage.begin(conn_params)
            raise
        made.address = conn_params
        return made
