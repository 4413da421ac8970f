"""The web nodes and workers in folders of their own, the proxy, the database and the bucket."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bench.server import (
    ROOT,
    children,
    cpu_seconds,
    environment_of,
    free_port,
    options_of,
    tree,
    unit,
    wait_for,
)
from trafficking_plan.testing.installed import install_into
from trafficking_plan.testing.postgresql import Account, programs_for

BUCKET = "plan-register-files"


class Installed:
    """A web node or worker in a folder of its own, started and stopped as its unit says."""

    def __init__(self, folder: Path, kind: str, settings: dict[str, str]) -> None:
        self.folder, self.kind, self.unit = folder, kind, unit(kind)
        self.port, self.health = (free_port(), free_port()) if kind == "web" else (0, 0)
        install_into(folder / "code")
        if kind == "web":
            shutil.copytree(ROOT / "staticfiles", folder / "staticfiles")
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (folder / ".env").write_text(lines, encoding="utf-8")
        self.log = (folder / "log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        module = "gunicorn" if self.port else "django"
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *options_of(self.kind, self.port, self.health)],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self.folder / "code"),
                "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
                **environment_of(self.kind),
            },
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        if "CPUWeight" in self.unit:
            # The share of a session's group, as that of a unit: niceness 10 is about a tenth.
            assert self.unit["CPUWeight"] == "10"
            Path(f"/proc/{self.process.pid}/autogroup").write_text("10")

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Stop it with the signal and return how many seconds that took. What outlives its unit's limit is killed."""
        assert self.process is not None
        begun = time.monotonic()
        killed = number is signal.SIGKILL
        # systemd asks the first process first, and kills all that are left.
        if killed:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        until = begun + float(self.unit.get("TimeoutStopSec", "90"))
        while self.process.poll() is None and time.monotonic() < until:
            await asyncio.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return time.monotonic() - begun

    async def reload(self) -> float:
        """Start new processes with the code of now, as `systemctl reload`; return the seconds it took.

        The first process stays and listens all the time.
        """
        assert self.process is not None
        begun = time.monotonic()
        old = set(children(self.process.pid))
        self.process.send_signal(signal.SIGHUP)
        until = begun + float(self.unit["TimeoutStopSec"])
        while old & set(children(self.process.pid)):
            if time.monotonic() > until:
                raise TimeoutError(
                    f"{self.folder.name} does not reload; see {self.folder / 'log'}."
                )
            await asyncio.sleep(0.05)
        return time.monotonic() - begun

    async def is_ready(self) -> None:
        """Wait until `/readyz` says so, at most three minutes."""
        for _ in range(1800):
            if await asyncio.to_thread(self._asked):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"{self.folder.name} is not ready; see {self.folder / 'log'}.")

    def cpu_seconds(self) -> float:
        assert self.process is not None
        return cpu_seconds(tree(self.process.pid))

    def _asked(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.health}/readyz", timeout=5
            ) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def entries(self, event: str) -> Iterator[dict[str, Any]]:
        """Yield the lines of its log about an event."""
        for line in (self.folder / "log").read_text(errors="replace").splitlines():
            if event in line and line.startswith("{"):
                yield json.loads(line)


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait()


def proxy_settings(folder: Path, port: int, nodes: list[Installed]) -> str:
    """Return deploy/nginx.conf with these nodes, without TLS."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    listed = "\n".join(f"    server 127.0.0.1:{node.port};" for node in nodes)
    text = text.replace("    server 127.0.0.1:8000;", listed)
    # The server that leads to TLS, certificates, and ports of a real machine.
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"    ssl_.*\n|    listen \[::\].*\n|    server_name .*\n", "", text)
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    user = "user root;" if os.geteuid() == 0 else ""
    places = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user}\npid {folder / 'nginx.pid'};\nerror_log {folder / 'errors'};\n"
        f"events {{ worker_connections 2048; }}\n"
        f"http {{\naccess_log off;\n{places}{text}}}\n"
    )


class Database:
    """The PostgreSQL server of this run."""

    def __init__(self, url: str) -> None:
        self.folder = Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))

    async def restart(self, mode: str) -> None:
        account = Account.for_server()
        pg_ctl = str(programs_for(account, self.folder) / "pg_ctl")
        command = [pg_ctl, "-D", str(self.folder / "data"), "-w", "-m", mode]
        # The server's own log, which a new start would otherwise print to a closed file.
        command += ["-l", str(self.folder / "server.log"), "restart"]
        await asyncio.to_thread(account.run, command, self.folder)


def folder_in(keep: Path | None, afterwards: contextlib.ExitStack) -> Path:
    """Return an empty folder, which stays until the next run if `keep` is named."""
    if keep is None:
        return Path(afterwards.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
    folder = keep.resolve() / "nodes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def made(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def end(each: Installed) -> None:
    if each.process and each.process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait()
    each.log.close()


def settings_of(url: str, storage: int) -> dict[str, str]:
    """Return the `.env` of every node and worker."""
    return {
        "SECRET_KEY": os.environ["SECRET_KEY"],
        "SEALING_KEYS": os.environ["SEALING_KEYS"],
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "BEHIND_TLS": "no",
        "PROXIES": "1",
        "DATABASE_URL": url,
        "FILES_BUCKET": BUCKET,
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{storage}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }


def make_bucket(settings: dict[str, str]) -> None:
    """Make the bucket, which this process may read too, and mark it as that of the database."""
    import boto3

    from agencies.models import FilesMarker
    from trafficking_plan.storage.marker import NAME

    os.environ |= {name: value for name, value in settings.items() if name.startswith("AWS_")}
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key=NAME, Body=FilesMarker.objects.get().text.encode())


def keep_every_commit(url: str) -> None:
    """Let each commit reach the log of the server, which throwaway servers do without."""
    from django.db import connection

    with connection.cursor() as cursor:
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
