"""Shared by the benchmarks: a server with production settings, a client, and counting of
statements, CPU time and response time."""

import contextlib
import http.client
import logging
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = 60
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def prepare(url: str) -> None:
    """Set up Django as in production on this database; migrate it and collect static files."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
        "DATABASE_URL": url,
        "DEBUG": "no",
        "SECRET_KEY": "only-for-this-benchmark" * 3,
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "SITE_URL": "http://127.0.0.1",
        "BEHIND_TLS": "no",
    }
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def cpu_seconds(pids: list[int]) -> float:
    """Return the user and system time of the processes so far, in seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def workers_of(pid: int) -> list[int]:
    """Return the ids of both workers; the server starts them shortly after it listens."""
    for _ in range(100):
        if len(found := children(pid)) == 2:
            return found
        time.sleep(0.1)
    raise TimeoutError("The server's workers did not start.")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server accepts connections, at most 20 seconds."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("The server did not start.")


class Browser:
    """A signed-in user's connection to the server."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {"session": session}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent = None
        if form is not None:
            sent = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrf"]})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form else "GET", path, sent, headers)
        response = self.connection.getresponse()
        body = response.read()
        # Decoding a megabyte of binary data would take longer than the request.
        is_text = response.getheader("Content-Type", "").startswith(("text/", "application/json"))
        text = body.decode() if is_text else ""
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return response.status, text


def measure(workers: list[int], ask, requests: int = REQUESTS) -> tuple[float, float]:
    """Return (CPU ms per request, median ms) over this many requests after a warm-up."""
    for _ in range(min(6, requests)):
        ask()
    times = []
    before = cpu_seconds(workers)
    for _ in range(requests):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    return (cpu_seconds(workers) - before) * 1000 / requests, statistics.median(times)


def statements(client, method: str, path: str, form: dict[str, str] | None = None) -> int:
    """Count the SQL statements of a request, without those that begin or end transactions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        response = client.post(path, form) if method == "POST" else client.get(path)
    assert response.status_code in (200, 302), response.status_code
    return sum(not q["sql"].startswith(TRANSACTION_WORDS) for q in caught.captured_queries)


def sql_alone(client, path: str, runs: int = 5) -> tuple[float, float]:
    """Return (ms, CPU ms of this process) of the page's SQL statements alone.

    They are executed one after another with a plain cursor and all rows are fetched. This is a
    lower bound for the page.
    """
    from django.db import connection

    sent = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(TRANSACTION_WORDS):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(path)
    taken = []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.process_time()
        for sql, params in sent:
            if connection.vendor == "sqlite":
                # Only Django's cursor converts the placeholders for SQLite's driver.
                with connection.cursor() as cursor:
                    cursor.execute(sql, params)
                    cursor.fetchall()
            else:
                with connection.connection.cursor() as cursor:
                    cursor.execute(sql, params)
                    if cursor.description:
                        cursor.fetchall()
        taken.append(((time.perf_counter() - start) * 1000, (time.process_time() - busy) * 1000))
    return statistics.median(ms for ms, _ in taken), statistics.median(cpu for _, cpu in taken)


def client_of(person):
    """Return Django's test client, signed in, for counting statements."""
    from django.test import Client

    client = Client()
    client.force_login(person)
    client.get("/")
    return client


@contextlib.contextmanager
def served(person) -> Iterator[tuple[Browser, list[int]]]:
    """Run a server with two workers; yield this user's `Browser` and the workers' process ids."""
    from django.conf import settings

    session = client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}"]
        + ["--log-level", "warning", "trafficking_plan.wsgi"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield Browser(port, session), workers_of(server.pid)
    finally:
        server.terminate()
        server.wait()
