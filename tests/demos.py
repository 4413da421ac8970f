"""Loads the demo once in a run: later tests, also of other workers and suites, get a copy.

A demo is kept after each of its commands, so that a longer one begins where a shorter one ended. On
PostgreSQL, where one test loads the demo, nothing is kept.
"""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import override_settings


class Demos:
    """Databases that the demo's commands made, with the files that belong to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, commands: tuple[str, ...]) -> None:
        """Run the commands, as far as no test of this run has run them before."""
        if connection.vendor != "sqlite":
            for command in commands:
                run(command)
            return
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            made = [n for n in range(1, len(commands) + 1) if self._kept(commands[:n]).exists()]
            done = max(made, default=0)
            if done:
                self._restore(self._kept(commands[:done]))
            for end in range(done + 1, len(commands) + 1):
                run(commands[end - 1])
                self._keep(self._kept(commands[:end]))

    def _kept(self, commands: tuple[str, ...]) -> Path:
        return self.folder / "-".join(commands)

    def _keep(self, kept: Path) -> None:
        unfinished = self.folder / "unfinished"
        shutil.copytree(default_storage.location, unfinished / "files")
        with closing(sqlite3.connect(unfinished / "database.sqlite3")) as copy:
            raw().backup(copy)
        unfinished.rename(kept)

    def _restore(self, kept: Path) -> None:
        shutil.copytree(kept / "files", default_storage.location, dirs_exist_ok=True)
        with closing(sqlite3.connect(kept / "database.sqlite3")) as copy:
            copy.backup(raw())


def run(command: str) -> None:
    with override_settings(DEBUG=True):  # the loaders refuse to run without it
        call_command(command, stdout=StringIO())


def raw() -> sqlite3.Connection:
    connection.ensure_connection()
    return connection.connection
