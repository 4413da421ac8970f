"""The pages that people wait for, at three sizes of plan, on PostgreSQL behind gunicorn.

Prints, for each page and size: SQL statements, CPU ms a request of the two web workers together,
and the median ms that one client waits. The bars are in the table beside what was measured.
"""

import http.client
import logging
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from trafficking_plan.testing.postgresql import throwaway_server  # noqa: E402

SIZES = (100, 1_000, 10_000)
REQUESTS = 60
# page: (statements, CPU ms) at most
BARS = {
    "list of 100 rows": (10, 60),
    "item page": (12, 50),
    "saving a status": (20, 40),
}
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def cpu_seconds(pids: list[int]) -> float:
    """User and system time that the processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server takes connections; at most 20 seconds."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("The server did not start.")


class Browser:
    """One signed-in person's connection to the server."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {"session": session}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrf"]})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form else "GET", path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return response.status, text


def measure(workers: list[int], ask) -> tuple[float, float]:
    """(CPU ms a request, median ms) over REQUESTS requests after a warm-up."""
    for _ in range(6):
        ask()
    times = []
    before = cpu_seconds(workers)
    for _ in range(REQUESTS):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    return (cpu_seconds(workers) - before) * 1000 / REQUESTS, statistics.median(times)


def statements(client, method: str, path: str, form: dict[str, str] | None = None) -> int:
    """SQL statements of one request, words of transactions apart."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        response = client.post(path, form) if method == "POST" else client.get(path)
    assert response.status_code in (200, 302), response.status_code
    return sum(not q["sql"].startswith(TRANSACTION_WORDS) for q in caught.captured_queries)


def main(url: str) -> bool:
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
    from big_plan import make_person, make_plan
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils.timezone import localdate

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    today = localdate()
    plans = {}
    for size in SIZES:
        start = time.perf_counter()
        plans[size] = make_plan(size, today)
        print(f"made a plan of {size:,} items in {time.perf_counter() - start:.0f} s", flush=True)
    person = make_person(plans[SIZES[0]].coordinating_agency, "contributor")
    from django.db import connection

    connection.cursor().execute("ANALYZE")
    client = Client()
    client.force_login(person)
    client.get("/")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}"]
        + ["--log-level", "warning", "trafficking_plan.wsgi"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    within = True
    try:
        browser = Browser(port, session)
        wait_for(port)
        workers = children(server.pid)
        cpu_at: dict[tuple[str, int], float] = {}
        count_at: dict[str, set[int]] = {name: set() for name in BARS}
        print(f"\n{'page':18} {'items':>7} {'statements':>11} {'CPU ms':>7} {'median ms':>10}")
        for size, plan in plans.items():
            item = plan.items.filter(lead_agency=plan.coordinating_agency, stage="under_way")[0]
            listing = f"/plans/{plan.slug}/items/"
            page = f"{listing}{item.number}/"

            def save(page: str = page, item=item) -> tuple[int, str]:
                item.refresh_from_db(fields=["version", "confidence"])
                sure = "at_risk" if item.confidence == "on_track" else "on_track"
                answer = browser.ask(
                    f"{page}status/",
                    {"version": str(item.version), "stage": "under_way", "confidence": sure}
                    | {"reason": "Benchmark"},
                )
                assert answer[0] == 302, answer
                return answer

            form = {"version": str(item.version), "stage": "under_way", "confidence": "off_track"}
            counts = {
                "list of 100 rows": statements(client, "GET", listing),
                "item page": statements(client, "GET", page),
                "saving a status": statements(client, "POST", f"{page}status/", form),
            }
            browser.ask(f"{page}status/")  # brings the cookie that guards the form
            acts = {
                "list of 100 rows": lambda listing=listing: browser.ask(listing),
                "item page": lambda page=page: browser.ask(page),
                "saving a status": save,
            }
            for name, act in acts.items():
                cpu, median = measure(workers, act)
                cpu_at[name, size] = cpu
                count_at[name].add(counts[name])
                at_most, cpu_bar = BARS[name]
                ok = counts[name] <= at_most and cpu <= cpu_bar
                within &= ok
                print(
                    f"{name:18} {size:>7,} {counts[name]:>6} ≤ {at_most:<2} "
                    f"{cpu:>7.1f} {median:>10.1f}   {'' if ok else f'over ({cpu_bar} CPU ms)'}"
                )
        for name, (_, cpu_bar) in BARS.items():
            growth = cpu_at[name, SIZES[-1]] / cpu_at[name, SIZES[-2]]
            same = len(count_at[name]) == 1
            within &= same and growth <= 1.3
            print(
                f"{name}: bar {cpu_bar} CPU ms; statements "
                f"{'equal' if same else 'NOT equal'} at all sizes; CPU at "
                f"{SIZES[-1]:,} is {growth:.2f} x that at {SIZES[-2]:,} (bar 1.3)"
            )
    finally:
        server.terminate()
        server.wait()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MiB. {'Within all bars.' if within else 'Over a bar.'}")
    return within


if __name__ == "__main__":
    with throwaway_server() as address:
        sys.exit(not main(address))
