"""Databases for the benchmarks: made once, kept if wanted, and copied for each run.

A run works on a copy, so that what it saves is not there in the next one.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import psycopg

from trafficking_plan.testing.postgresql import server_in, throwaway_server

RUN = "run_of_{}"


def in_process(url: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """Run in a separate process, because Django is set up for one database per process."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(url, work, arguments, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        raise SystemExit("It did not end well; see above.") from None
    finally:
        process.join()


def _work(url: str, work: Callable[..., Any], arguments: tuple[Any, ...], pipe: Any) -> None:
    from bench.server import prepare

    prepare(url)
    result = work(*arguments)
    from django.db import connections

    connections.close_all()
    pipe.send(result)


class Store(Protocol):
    """Where databases are kept."""

    version: str

    def empty(self, name: str) -> str:
        """Return the address of a new database without tables."""

    def copy(self, name: str, fill: Callable[..., Any], *arguments: Any) -> str:
        """Return the address of a copy of a database, which is made by `fill` if there is none."""


class Postgresql:
    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as connection:
            self.version = f"PostgreSQL {connection.info.parameter_status('server_version')}"

    def empty(self, name: str) -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        return self.of(name)

    def copy(self, name: str, fill: Callable[..., Any], *arguments: Any) -> str:
        run = RUN.format(name)
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            if name not in found:
                # Renamed only when it is full, so that an interrupted one is not taken for it.
                in_process(self.empty(f"{name}_half"), fill, *arguments)
                with psycopg.connect(self.of(f"{name}_half"), autocommit=True) as filled:
                    filled.execute("VACUUM ANALYZE")
                connection.execute(f"ALTER DATABASE {name}_half RENAME TO {name}")
            connection.execute(f"DROP DATABASE IF EXISTS {run}")
            connection.execute(f"CREATE DATABASE {run} TEMPLATE {name} STRATEGY FILE_COPY")
        return self.of(run)

    def of(self, name: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{name}"


class Sqlite:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = f"SQLite {sqlite3.sqlite_version}"

    def empty(self, name: str) -> str:
        path = self.folder / f"{name}.sqlite3"
        self.remove(path)
        return f"sqlite:///{path}"

    def copy(self, name: str, fill: Callable[..., Any], *arguments: Any) -> str:
        kept, half, run = (
            self.folder / f"{each}.sqlite3" for each in (name, f"{name}_half", RUN.format(name))
        )
        if not kept.exists():
            in_process(self.empty(f"{name}_half"), fill, *arguments)
            half.rename(kept)
        self.remove(run)
        shutil.copy(kept, run)
        return f"sqlite:///{run}"

    def remove(self, path: Path) -> None:
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()


@contextlib.contextmanager
def store(keep: Path | None, is_sqlite: bool) -> Iterator[Store]:
    """Yield a store in the folder `keep`, or in one that is removed afterwards.

    Uploaded files are in a folder beside the databases, which know it by its marker.
    """
    with contextlib.ExitStack() as afterwards:
        files = (keep or Path(afterwards.enter_context(tempfile.TemporaryDirectory()))) / "files"
        files.mkdir(parents=True, exist_ok=True)
        os.environ["FILES_DIR"] = str(files.resolve())
        if is_sqlite:
            folder = keep or Path(afterwards.enter_context(tempfile.TemporaryDirectory()))
            folder.mkdir(parents=True, exist_ok=True)
            yield Sqlite(folder.resolve())
        elif keep:
            keep.mkdir(parents=True, exist_ok=True)
            yield Postgresql(afterwards.enter_context(server_in(keep.resolve(), stop="fast")))
        else:
            yield Postgresql(afterwards.enter_context(throwaway_server()))
