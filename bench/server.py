"""A web server with production settings, browsers to ask it, and counting of what requests cost."""

import configparser
import contextlib
import gzip
import http.client
import logging
import os
import secrets
import shlex
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
UNITS = ROOT / "deploy" / "systemd"
# structlog loads these packages if they are there, 4 MiB in each process. Only developers have them.
ONLY_DEVELOPERS_HAVE = ["rich", "greenlet"]
GUNICORN = f"""
import sys
sys.modules |= dict.fromkeys({ONLY_DEVELOPERS_HAVE})
from gunicorn.app.wsgiapp import run
run()
"""
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
CLIENTS = 8
WARM_UP = 6  # requests before a page is measured
# How many seconds, and how many requests at least and at most, a page is asked for in a round.
PATIENCE, FEWEST, MOST = 2, 5, 40
REDIRECTS = (302, 303)


def production(url: str) -> dict[str, str]:
    """Return the variables of an installation that has this database."""
    return {
        "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
        "DATABASE_URL": url,
        "DEBUG": "no",
        "SECRET_KEY": "only-for-this-benchmark" * 3,
        "SEALING_KEYS": "only-for-this-benchmark".ljust(43, "-"),
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "SITE_URL": "http://127.0.0.1",
        "BEHIND_TLS": "no",
    }


def prepare(url: str) -> None:
    """Set up Django as in production on this database; migrate it and collect static files."""
    os.environ |= production(url)
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


# --- processes ------------------------------------------------------------------------------


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def tree(pid: int) -> list[int]:
    """Return the ids of a process and all that it started."""
    return [pid, *(each for child in children(pid) for each in tree(child))]


def cpu_seconds(pids: list[int]) -> float:
    """Return the user and system time of the processes so far, in seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mebibytes(pid: int) -> float:
    """Return the memory of a process and all that it started; shared pages count once."""
    rollups = (Path(f"/proc/{each}/smaps_rollup").read_text() for each in tree(pid))
    lines = (line.split() for rollup in rollups for line in rollup.splitlines())
    return sum(int(words[1]) for words in lines if words[0] == "Pss:") / 1024


def unit(name: str) -> configparser.SectionProxy:
    """Return the [Service] section of a unit that we ship."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / f"plan-register-{name}.service")
    return parser["Service"]


def environment_of(name: str) -> dict[str, str]:
    """Return the variables that a unit sets for its program."""
    return dict(each.split("=", 1) for each in unit(name).get("Environment", "").split())


def options_of(name: str, port: int = 0, health: int = 0) -> list[str]:
    """Return the options with which a unit starts its program; the web server is given ports of this machine, for pages
    and for health checks."""
    _, *options = shlex.split(unit(name)["ExecStart"])
    binds = [place for place, option in enumerate(options, 1) if option == "--bind"]
    for place, each in zip(binds, [port, health], strict=False):
        options[place] = f"127.0.0.1:{each}"
    return options


# --- the server and its clients -------------------------------------------------------------


class Browser:
    """A connection to a server on this machine, with a user's cookies."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookies = dict(cookies or {})
        # Sent with every request.
        self.always: dict[str, str] = {}
        self.status, self.body = 0, b""

    def ask(
        self, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> int:
        """Send a request and return its status. `body` is the answer as it was sent."""
        sent = urllib.parse.urlencode(form) if form is not None else None
        headers = {
            "Accept": "text/html,*/*",
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
            **({"Content-Type": "application/x-www-form-urlencoded"} if sent is not None else {}),
            **self.always,
            **(headers or {}),
        }
        method = "GET" if sent is None else "POST"
        try:
            self.connection.request(method, path, sent, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server closes a connection that was idle for a while.
            self.connection.close()
            self.connection.request(method, path, sent, headers)
            response = self.connection.getresponse()
        self.body, self.status = response.read(), response.status
        self.headers = response.headers
        for cookie in response.headers.get_all("Set-Cookie") or []:
            key, _, rest = cookie.partition("=")
            self.cookies[key] = rest.partition(";")[0]
        return self.status

    def get(self, path: str) -> None:
        status = self.ask(path)
        assert status == 200, (path, status)

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> None:
        """Send a form with the user's token; the answer may be a redirect."""
        status = self.ask(path, form | {"csrfmiddlewaretoken": self.cookies["csrf"]}, headers)
        assert status in (200, *REDIRECTS), (path, status, self.body[:200])


def plain_body(browser: Browser) -> bytes:
    """Return the browser's last answer as it was before it was compressed."""
    is_compressed = browser.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(browser.body) if is_compressed else browser.body


def client_of(person: Any) -> Any:
    """Return Django's test client, signed in, for counting statements."""
    from django.test import Client

    client = Client()
    client.force_login(person)
    client.get("/")
    return client


def token_of(person: Any) -> dict[str, str]:
    """Return the header of a new token that reads with the person's first role."""
    from datetime import timedelta

    from django.utils import timezone

    from agencies.people.services import tokens

    at = timezone.now()
    _, text = tokens.make_token(
        seat=person.seats.order_by("pk")[0],
        name="A sheet",
        scope="read",
        expires_on=timezone.localdate(at) + timedelta(days=1),
        by=person,
        at=at,
    )
    return {"Authorization": f"Bearer {text}"}


def cookies_of(person: Any) -> dict[str, str]:
    """Return the cookies of a new session; any token will do if the form has it too."""
    from django.conf import settings

    session = client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
    return {
        settings.SESSION_COOKIE_NAME: session,
        settings.CSRF_COOKIE_NAME: secrets.token_hex(16),
    }


class Server:
    """A running web server with two workers."""

    def __init__(self, port: int, health: int, pid: int) -> None:
        self.port, self.health, self.pid, self.workers = port, health, pid, workers_of(pid)

    def browser(self, cookies: dict[str, str]) -> Browser:
        return Browser(self.port, cookies)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.workers)


@contextlib.contextmanager
def serving(log: Any = subprocess.DEVNULL, **settings: str) -> Iterator[Server]:
    """Run a server with two workers on the database of this process, or with other settings. Its log goes to a file."""
    port, health = free_port(), free_port()
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            GUNICORN,
            "--log-level",
            "warning",
            *options_of("web", port, health),
        ],
        cwd=ROOT,
        # As its unit says; and with compiled modules, as where it is installed, since to compile them
        # takes memory that is never given back.
        env={**os.environ, **environment_of("web"), "PYTHONDONTWRITEBYTECODE": "", **settings},
        stderr=log,
    )
    try:
        wait_for(port)
        yield Server(port, health, server.pid)
    finally:
        server.terminate()
        server.wait()


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


# --- measuring ------------------------------------------------------------------------------


class Timed:
    """What a page costs over several rounds. `ready` comes before each request, and is not counted."""

    def __init__(
        self,
        ask: Callable[[], object],
        cpu: Callable[[], float],
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        self.ask, self.cpu, self.ready = ask, cpu, ready
        self.costs: list[float] = []
        self.waits: list[float] = []
        self.requests = 0

    def once(self) -> tuple[float, float]:
        """Return the seconds and the CPU seconds of one request."""
        self.ready()
        before = self.cpu()
        return seconds(self.ask), self.cpu() - before

    def round(self) -> None:
        """Ask for the page as often as is reasonable, after a warm-up in the first round."""
        if not self.requests:
            for _ in range(WARM_UP):
                wait, _ = self.once()
                if wait > PATIENCE:
                    break
            self.requests = max(FEWEST, min(MOST, int(PATIENCE / wait)))
        waits, costs = zip(*(self.once() for _ in range(self.requests)), strict=True)
        self.costs.append(sum(costs) * 1000 / self.requests)
        self.waits.append(statistics.median(waits) * 1000)

    def figures(self) -> dict[str, float]:
        """Return the CPU time and median response time of the best round."""
        return {"cpu": round(min(self.costs), 1), "ms": round(min(self.waits), 1)}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def together(acts: Sequence[Callable[[], object]], lasting: float) -> float:
    """Let each client act again and again for some seconds; return their acts per second."""
    until = time.perf_counter() + lasting
    counts = [0] * len(acts)
    failures: list[BaseException] = []

    def client(place: int) -> None:
        try:
            while time.perf_counter() < until:
                acts[place]()
                counts[place] += 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=client, args=(place,)) for place in range(len(acts))]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.perf_counter() - start)


def statements(client: Any, path: str, form: dict[str, str] | None = None) -> int:
    """Count the SQL statements of a request, without those that begin or end transactions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        response = client.get(path) if form is None else client.post(path, form)
        # An export is sent piece by piece.
        size = len(b"".join(response)) if response.streaming else len(response.content)
    assert response.status_code in (200, *REDIRECTS), (path, response.status_code, size)
    return sum(not q["sql"].startswith(TRANSACTION_WORDS) for q in caught.captured_queries)


def sql_alone(client: Any, path: str, runs: int = 5) -> float:
    """Return how many ms the page's SQL statements alone take; a lower bound for the page.

    They are executed one after another with a plain cursor and all rows are fetched. Statements that write, such as
    the counts of a limit of requests, are left out: they could not be executed twice.
    """
    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "WITH")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(path)

    def again() -> None:
        # Only Django's cursor converts the placeholders for SQLite's driver.
        is_sqlite = connection.vendor == "sqlite"
        for sql, params in sent:
            with connection.cursor() if is_sqlite else connection.connection.cursor() as cursor:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

    return statistics.median(seconds(again) for _ in range(runs)) * 1000
