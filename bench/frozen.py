"""A database that stands still, or whose packets are lost, while users work: what they and health checks meet.

The server runs with the options of its unit. Either all processes of PostgreSQL are stopped by SIGSTOP, or the network
namespace in which it is reached loses every packet to us; both end after a minute.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.load import WARM_UP, Closed, Connection, User, head_of, users_of
from bench.nodes.kept import lost_saves
from bench.nodes.site import Database
from bench.nodes.users import ACTS, Ledger, Log, use
from bench.server import ROOT, Server, serving, tree

BEFORE = AFTER = 30  # seconds
# Saves above all, which may not be lost.
ACTS_HERE = {**ACTS, "save": 8}
HEALTH_BAR, PAGE_BAR, RETURN_BAR = 3.0, 10.0, 3.0  # seconds
# What was found is remembered for two seconds, and looked for again when somebody asks.
READY_BAR = 5.0  # seconds
ASKED_EVERY = 0.5  # seconds from one health check to the next
SPACE, HERE, THERE, PORT = "plan-register-bench", "10.91.0.1", "10.91.0.2", "5432"

Act = Callable[[], None]


@dataclass
class Health:
    """The answers of one address: seconds and statuses while the database hung, and when it answered well again."""

    path: str
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    well_at: float = 0.0

    async def ask(self, port: int, log: Log) -> None:
        head = head_of("GET", self.path, ["Host: 127.0.0.1", "Connection: close"])
        while not log.is_over:
            connection, start = Connection(port), time.monotonic()
            phase = log.phase
            try:
                status, _ = await asyncio.wait_for(connection.ask(head), 30)
            except (Closed, OSError, TimeoutError):
                status = 0
            connection.close()
            if phase == "hangs":
                self.took.append(time.monotonic() - start)
                self.statuses[status] += 1
            elif phase == "afterwards" and status == 200 and not self.well_at:
                self.well_at = time.monotonic()
            await asyncio.sleep(ASKED_EVERY)


def stopped(url: str) -> tuple[Act, Act]:
    """Return what stops all processes of the server, and what lets them go on."""
    first = int((Database(url).folder / "data" / "postmaster.pid").read_text().split()[0])
    found: list[int] = []

    def stop() -> None:
        os.kill(first, signal.SIGSTOP)
        found.extend(tree(first))
        for each in found:
            os.kill(each, signal.SIGSTOP)

    def go_on() -> None:
        for each in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)

    return stop, go_on


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def namespace(url: str) -> Iterator[str]:
    """Put the database behind a network namespace, and yield its address there. Only root can make one.

    A namespace that a killed run left behind is removed first; one in which something runs belongs to another run.
    """
    if (Path("/run/netns") / SPACE).exists():
        if subprocess.check_output(["ip", "netns", "pids", SPACE]).split():
            raise SystemExit(
                f"Another run uses the network namespace {SPACE}. Wait until it has ended."
            )
        ip("netns", "del", SPACE)
    ip("netns", "add", SPACE)
    try:
        ip(
            "link",
            "add",
            "planbench0",
            "type",
            "veth",
            "peer",
            "name",
            "planbench1",
            "netns",
            SPACE,
        )
        ip("addr", "add", f"{HERE}/30", "dev", "planbench0")
        ip("link", "set", "planbench0", "up")
        ip("-n", SPACE, "addr", "add", f"{THERE}/30", "dev", "planbench1")
        ip("-n", SPACE, "link", "set", "planbench1", "up")
        shown = subprocess.check_output(["ip", "-n", SPACE, "-json", "link", "show", "planbench1"])
        # As behind a router: that the other end is gone is not noticed by its hardware address.
        address = json.loads(shown)[0]["address"]
        ip("neigh", "replace", THERE, "lladdr", address, "dev", "planbench0", "nud", "permanent")
        socket = f"{Database(url).folder}/.s.PGSQL.5432"
        command = [
            "ip",
            "netns",
            "exec",
            SPACE,
            sys.executable,
            "-m",
            "bench.relay",
            THERE,
            PORT,
            socket,
        ]
        relay = subprocess.Popen(command, cwd=ROOT)
        try:
            time.sleep(1)
            yield f"postgresql://postgres@{THERE}:{PORT}/{url.rpartition('/')[2]}"
        finally:
            relay.terminate()
            relay.wait()
    finally:
        ip("netns", "del", SPACE)


def lost() -> tuple[Act, Act]:
    """Return what loses every packet from the database, and what lets them through."""
    route = ("-n", SPACE, "route")
    return (
        lambda: ip(*route, "add", "blackhole", f"{HERE}/32"),
        lambda: ip(*route, "del", "blackhole", f"{HERE}/32"),
    )


@contextlib.contextmanager
def failures_shown() -> Iterator[IO[bytes]]:
    """Yield a file for the server's log, and print the lines of requests that ended in a 500."""
    with tempfile.TemporaryFile() as log:
        yield log
        log.seek(0)
        for line in log:
            if b'"code": 500' in line:
                print(line.decode(), flush=True)


def run(number: int, seconds: float, size: int, file: Path | None) -> bool:
    """Let the database hang in both ways; print what was met, and return whether every bar was."""
    url = os.environ["DATABASE_URL"]
    figures: dict[str, Any] = {}
    people = list(users_of(2 * number, size))
    with failures_shown() as log, serving(log) as server:
        figures["stopped"] = asyncio.run(hang(server, people[:number], seconds, *stopped(url)))
    met = [report("stopped", figures["stopped"])]
    with namespace(url) as far, failures_shown() as log, serving(log, DATABASE_URL=far) as server:
        figures["lost"] = asyncio.run(hang(server, people[number:], seconds, *lost()))
    met.append(report("lost", figures["lost"]))
    if file:
        file.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return all(met)


async def hang(
    server: Server, people: list[User], seconds: float, begin: Act, end: Act
) -> dict[str, Any]:
    log, ledgers, opened = Log(), [Ledger() for _ in people], time.monotonic()

    def enter(phase: str) -> None:
        log.phase = phase
        print(f"{time.monotonic() - opened:5.0f} s  {phase}", flush=True)

    health = [Health("/healthz"), Health("/readyz")]
    async with asyncio.TaskGroup() as group:
        for place, (user, ledger) in enumerate(zip(people, ledgers, strict=True)):
            group.create_task(use(user, place, server.port, log, ledger, ACTS_HERE))
        for each in health:
            group.create_task(each.ask(server.health, log))
        await asyncio.sleep(WARM_UP)
        enter("as usual")
        await asyncio.sleep(BEFORE)
        enter("hangs")
        begun = time.monotonic()
        begin()
        try:
            await asyncio.sleep(seconds)
        finally:  # whatever ends the run, the database goes on
            enter("afterwards")
            ended = time.monotonic()
            end()
        await asyncio.sleep(AFTER)
        log.is_over = True
    # From the moment the database hung: what a request waited before is of the load.
    during = [
        (start + took - max(start, begun), status)
        for start, took, status in log.answers
        if start < ended and start + took > begun
    ]
    refused = [start + took for start, took, status in log.answers if status == 503]
    wrong = await asyncio.to_thread(
        lambda: [fault for pair in zip(people, ledgers, strict=True) for fault in lost_saves(*pair)]
    )
    return {
        "pages": len(during),
        "statuses": dict(Counter(status for _, status in during)),
        "longest page": round(max(took for took, _ in during), 2),
        "first 503 after": round(min(refused, default=begun) - begun, 2),
        "last 503 after the end": round(max(refused, default=ended) - ended, 2),
        "errors afterwards": {
            each: n for each, n in log.errors["afterwards"].items() if "503" not in each
        },
        "errors as usual": dict(log.errors["as usual"]),
        "saves": sum(each.saved for each in ledgers),
        "sent without an answer": sum(len(each.unknown_texts) for each in ledgers),
        "lost": wrong,
        "health": {
            each.path: {
                "asked": len(each.took),
                "longest": round(max(each.took), 2),
                "statuses": dict(each.statuses),
                "well after the end": round(each.well_at - ended, 2),
            }
            for each in health
        },
    }


def report(name: str, found: dict[str, Any]) -> bool:
    print(f"\n{name}: {json.dumps(found, indent=1)}", flush=True)
    healthy = found["health"].values()
    is_met = bool(
        found["statuses"].keys() <= {200, 302, 503}
        and found["longest page"] <= PAGE_BAR
        and found["last 503 after the end"] <= RETURN_BAR
        and not found["errors afterwards"]
        and found["saves"]
        and not found["lost"]
        and all(each["longest"] <= HEALTH_BAR and 0 not in each["statuses"] for each in healthy)
        and all(0 < each["well after the end"] <= READY_BAR for each in healthy)
    )
    print(
        f"{name}: pages 503 in ≤ {PAGE_BAR:.0f} s, health in ≤ {HEALTH_BAR:.0f} s, well ≤ {RETURN_BAR:.0f} s "
        f"afterwards, nothing lost: {'met' if is_met else 'MISSED'}"
    )
    return is_met
