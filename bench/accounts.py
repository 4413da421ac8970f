"""What the accounts of docs/operations.md may not do, tried by real accounts and roles: `python3 -m bench accounts`.

It runs the page's own commands, in a folder of its own and with a PostgreSQL server of its own, as root; makes the accounts
plan, plan_owner and plan_backup, which must not be there, and removes them. Packages are fetched, so it takes minutes.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.nodes.site import Database
from bench.server import ROOT, free_port, options_of
from trafficking_plan.testing.postgresql import find_programs, throwaway_server

ACCOUNTS = ("plan", "plan_owner", "plan_backup")
PSQL = "psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username"
# Who tries, what, and how.
REFUSED = [
    ("plan", "rename the environment", "mv venv other"),
    ("plan", "change the code", "touch venv/lib/python3*/site-packages/agencies/apps.py"),
    ("plan", "change the settings", "echo DEBUG=yes >> .env"),
    ("plan", "put settings in their place", "mv .env other"),
    ("plan", "change a script of the pages", "touch staticfiles/other.js"),
    ("plan", "write a backup", "touch backups/other"),
    ("plan", "read the backups", "ls backups"),
    ("plan", "change what makes backups", "echo true >> backup.sh"),
    ("plan", "sign in as the owner", f"{PSQL} plan_owner plan --command 'SELECT 1'"),
    ("plan", "sign in as the superuser", f"{PSQL} postgres plan --command 'SELECT 1'"),
    *(
        ("plan", what, f'{PSQL} plan plan --command "{statement}"')
        for what, statement in {
            "become the owner": "SET ROLE plan_owner",
            "disable a trigger": "ALTER TABLE reports_issuedpaper DISABLE TRIGGER ALL",
            "lay all triggers still": "SET session_replication_role = replica",
            "drop a trigger": "DROP TRIGGER issuedpaper_frozen_update ON reports_issuedpaper",
            "truncate": "TRUNCATE reports_issuedpaper CASCADE",
            "drop a table": "DROP TABLE reports_recorddigest CASCADE",
            "own a table": "ALTER TABLE reports_recorddigest OWNER TO plan",
            "make a table": "CREATE TABLE other ()",
            "make a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "stand before a table": "CREATE TEMPORARY TABLE agencies_user ()",
        }.items()
    ),
    ("plan_backup", "change an uploaded file", "echo other >> files/2010/kept"),
    ("plan_backup", "change the code", "touch venv/other"),
    ("plan_backup", "sign in as the owner", f"{PSQL} plan_owner plan --command 'SELECT 1'"),
    ("plan_owner", "change an uploaded file", "echo other >> files/2010/kept"),
    ("plan_owner", "change the code", "touch venv/other"),
    ("plan_owner", "read the backups", "ls backups"),
]
DONE = [
    ("plan", "keep an uploaded file", "umask 027; mkdir files/2010; echo words > files/2010/kept"),
    ("plan", "read rows", f"{PSQL} plan plan --command 'SELECT count(*) FROM agencies_user'"),
    ("plan", "add a digest", "venv/bin/plan-register digests add"),
    ("plan_backup", "back up", "./backup.sh backups"),
    ("plan_backup", "verify papers", "venv/bin/plan-register verify_issued"),
    ("plan_backup", "check digests", "venv/bin/plan-register digests check --kept backups/digests"),
    (
        "plan_backup",
        "check them again",
        "venv/bin/plan-register digests check --kept backups/digests",
    ),
    ("plan_owner", "migrate again", "DATABASE_URL={owner} venv/bin/plan-register migrate"),
]


class Trial:
    """An installation by the page's commands. `run` says whether a command of an account succeeded."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.database, self.source = folder, Database(url).folder, folder / "source"
        self.began = time.monotonic()
        self.page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        self.owner = f"postgresql://plan_owner@{quote(str(self.database), safe='')}/plan"
        self.env = {
            "PATH": f"{find_programs()}:/usr/sbin:/usr/bin:/sbin:/bin",
            "PGHOST": str(self.database),
            "LC_ALL": "C.UTF-8",
        }

    def block(self, title: str, number: int = 0) -> str:
        """Return a block of commands of a section, for this machine."""
        section = self.page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        text = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)[number]
        text = re.sub(
            r"^apt-get .*\n(    .*\n)?|^.*createsuperuser.*\n", "", text, flags=re.MULTILINE
        )
        for named, here in {
            "/usr/local/src/plan-register": self.source,
            "/srv/plan-register": self.folder / "service",
            "%2Fvar%2Frun%2Fpostgresql": quote(str(self.database), safe=""),
            "/etc/postgresql/*/main": self.database / "data",
            "service postgresql restart": f"su postgres -c 'pg_ctl -D {self.database}/data reload'",
        }.items():
            text = text.replace(named, str(here))
        return text

    def follow(self, title: str, number: int = 0) -> None:
        print(f"{time.monotonic() - self.began:5.0f} s  {title}, {number + 1}", flush=True)
        subprocess.run(
            ["sh", "-eu", "-c", self.block(title, number)], env=self.env, cwd="/", check=True
        )

    def run(self, account: str, command: str) -> tuple[bool, str]:
        ran = subprocess.run(
            ["su", account, "-s", "/bin/sh", "-c", command.replace("{owner}", self.owner)],
            env=self.env,
            cwd=self.folder / "service",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        said = (ran.stderr or ran.stdout).strip().splitlines()
        of_error = [line for line in said if "ERROR" in line]
        return ran.returncode == 0, (of_error or said[-1:] or [""])[0]

    def try_all(self, acts: list[tuple[str, str, str]], *, may: bool) -> int:
        """Print the result of each act, and return the number of unexpected ones."""
        faults = 0
        for account, what, command in acts:
            done, said = self.run(account, command)
            faults += done is not may
            print(f"{'ok   ' if done is may else 'FAULT'} {account:12}{what:28} {said[:110]}")
        return faults

    def serves(self) -> bool:
        """Start the web server as its unit does, and return whether it gets ready."""
        port, health = free_port(), free_port()
        words = " ".join(options_of("web", port, health))
        command = f"exec venv/bin/gunicorn {words}"
        server = subprocess.Popen(
            ["setpriv", "--reuid=plan", "--regid=plan", "--init-groups", "sh", "-c", command],
            env={**self.env, "XDG_CACHE_HOME": "/tmp"},
            cwd=self.folder / "service",
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(120):
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    address = f"http://127.0.0.1:{health}/readyz"
                    with urllib.request.urlopen(address, timeout=5) as page:
                        return bool(page.status == 200)
            return False
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def place() -> Iterator[Path]:
    """Yield a folder; remove it and the accounts afterwards."""
    for account in ACCOUNTS:
        if subprocess.run(["id", account], capture_output=True).returncode == 0:
            raise SystemExit(f"There is an account {account}. Run this on another machine.")
    folder = Path("/srv/trial-of-plan")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        for account in reversed(ACCOUNTS):
            subprocess.run(["userdel", account], capture_output=True)


def run() -> bool:
    """Install, try everything, and return whether each act ended as it should."""
    if os.geteuid() != 0:
        raise SystemExit("Only root can make accounts.")
    with place() as folder, throwaway_server() as url:
        trial = Trial(folder, url)
        trial.source.mkdir()
        listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT)
        archive = ["tar", "--null", "--files-from=-", "--create"]
        packed = subprocess.run(
            [*archive], cwd=ROOT, input=listed, stdout=subprocess.PIPE, check=True
        )
        subprocess.run(["tar", "--extract"], cwd=trial.source, input=packed.stdout, check=True)
        # The server's folder lets only its own account in, and its socket is there.
        Database(url).folder.chmod(0o711)
        trial.follow("Install")
        trial.follow("Install", 1)
        # As on Debian; the servers of tests trust everybody.
        (trial.database / "data/pg_hba.conf").write_text("local all all peer\n")
        trial.follow("The database and its two roles")
        trial.follow("The database and its two roles", 1)
        trial.follow("Configure")
        faults = trial.try_all(
            [("plan_backup", "back up before migrate", "./backup.sh backups")], may=True
        )
        trial.follow("Configure", 1)
        faults += trial.try_all(DONE, may=True)
        faults += trial.try_all(REFUSED, may=False)
        is_ready = trial.serves()
        print(
            f"{'ok   ' if is_ready else 'FAULT'} plan        serve pages, and be ready", flush=True
        )
        print(
            f"{len(DONE) + len(REFUSED) + 2} acts, {faults + (not is_ready)} ended otherwise than they should"
        )
        return not faults and is_ready


if __name__ == "__main__":
    sys.exit(not run())
