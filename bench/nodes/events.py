"""What happens to the nodes, workers and the database while users work, and the report of it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import (
    P95_BAR,
    WARM_UP,
    User,
    users_of,
)
from bench.nodes.kept import lost_files, lost_saves, unfinished, wrong_papers
from bench.nodes.site import (
    Database,
    Installed,
    end,
    folder_in,
    keep_every_commit,
    made,
    make_bucket,
    proxy_settings,
    running,
    settings_of,
)
from bench.nodes.users import PAPER_PATIENCE, Ledger, Log, Papers, use
from bench.server import (
    free_port,
)

SETTLING = 10.0  # seconds between two events
IDLE = 0.03  # seconds that an idle worker computes in 0.3 s, at most
# Up to here nobody may notice anything; what comes later kills what is answering.
QUIET = ("as usual", "rolling restart", "worker killed")


@dataclass
class Site:
    nodes: list[Installed]
    workers: list[Installed]
    database: Database
    papers: Papers
    log: Log
    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)

    def announce(self, sentence: str) -> None:
        line = f"{time.monotonic() - self.began:5.0f} s  {sentence}"
        self.lines.append(line)
        print(line, flush=True)

    async def happen(self, minutes: float) -> None:
        await asyncio.sleep(WARM_UP)
        phases: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("as usual", lambda: asyncio.sleep(minutes * 60)),
            ("rolling restart", self.restart_all),
            ("worker killed", self.kill_a_worker),
            ("node killed", self.kill_a_node),
            ("database restarted", lambda: self.restart_database("fast")),
            ("database killed", lambda: self.restart_database("immediate")),
        ]
        try:
            for self.log.phase, act in phases:
                self.announce(self.log.phase)
                await act()
        finally:
            self.log.phase, self.log.is_over = "end", True

    async def restart_all(self) -> None:
        for number, node in enumerate(self.nodes, 1):
            took = await node.reload()
            await node.is_ready()
            self.announce(f"web node {number} has new processes after {took:.1f} s")
            await asyncio.sleep(SETTLING)
        for number, worker in enumerate(self.workers, 1):
            await self.has_a_paper(worker)
            took = await worker.stop()
            worker.start()
            self.announce(f"worker {number} stopped in the middle of a paper in {took:.1f} s")
            await asyncio.sleep(SETTLING)

    async def has_a_paper(self, worker: Installed) -> None:
        """Ask for papers until this worker makes one: until it computes."""
        for _ in range(20):
            await self.papers.begun()
            before = worker.cpu_seconds()
            await asyncio.sleep(0.3)
            if worker.cpu_seconds() - before > IDLE:
                return
        raise TimeoutError(f"{worker.folder.name} takes no paper; see {worker.folder / 'log'}.")

    async def kill_a_worker(self) -> None:
        worker = self.workers[0]
        await self.has_a_paper(worker)
        asked = list(self.papers.asked)
        await worker.stop(signal.SIGKILL)
        self.announce("worker 1 killed in the middle of a paper")
        await asyncio.sleep(float(worker.unit["RestartSec"]))
        worker.start()
        begun = time.monotonic()
        while await asyncio.to_thread(unfinished, asked):
            if time.monotonic() - begun > PAPER_PATIENCE:
                raise TimeoutError("The paper of the killed worker was not made.")
            await asyncio.sleep(0.2)
        self.announce(f"its paper and all before it made {time.monotonic() - begun:.0f} s later")

    async def kill_a_node(self) -> None:
        # Requests of the phase before must not be the ones that the kill cuts off.
        await asyncio.sleep(SETTLING)
        await self.nodes[0].stop(signal.SIGKILL)
        await asyncio.sleep(float(self.nodes[0].unit["RestartSec"]))
        self.nodes[0].start()
        await self.nodes[0].is_ready()
        self.announce("web node 1 is ready again")
        await asyncio.sleep(2 * SETTLING)

    async def restart_database(self, mode: str) -> None:
        await self.database.restart(mode)
        self.announce("the database accepts connections again")
        await asyncio.sleep(2 * SETTLING)


def run(number: int, minutes: float, size: int, keep: Path | None, file: Path | None) -> bool:
    """Let the users work through all events; print what they met, and return whether every bar was met."""
    if shutil.which("nginx") is None:
        raise SystemExit("nginx is not installed. Install Debian's package nginx-light or nginx.")
    url = os.environ["DATABASE_URL"]
    with contextlib.ExitStack() as afterwards:
        folder = folder_in(keep, afterwards)
        storage = free_port()
        objects = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(storage)]
        afterwards.enter_context(running(objects, storage))
        settings = settings_of(url, storage)
        keep_every_commit(url)
        make_bucket(settings)
        nodes = [Installed(made(folder, f"web-{n}"), "web", settings) for n in (1, 2)]
        workers = [Installed(made(folder, f"worker-{n}"), "worker", settings) for n in (1, 2)]
        for each in (*nodes, *workers):
            afterwards.callback(end, each)
            each.start()
        front, proxy = free_port(), made(folder, "proxy")
        (proxy / "nginx.conf").write_text(proxy_settings(proxy, front, nodes), encoding="utf-8")
        asyncio.run(all_ready(nodes))
        nginx = ["nginx", "-p", str(proxy), "-c", str(proxy / "nginx.conf"), "-g", "daemon off;"]
        afterwards.enter_context(running(nginx, front))
        people = list(users_of(number, size))
        log = Log()
        site = Site(nodes, workers, Database(url), Papers(front, log), log)
        return asyncio.run(whole(site, people, front, minutes, file))


async def whole(
    site: Site, people: list[User], port: int, minutes: float, file: Path | None
) -> bool:
    ledgers = [Ledger() for _ in people]
    log = site.log
    async with asyncio.TaskGroup() as group:
        for place, (user, ledger) in enumerate(zip(people, ledgers, strict=True)):
            group.create_task(use(user, place, port, log, ledger))
        group.create_task(site.papers.ask_until_the_end())
        group.create_task(site.happen(minutes))
    site.announce("the users have left; looking for what they saved")
    papers = await wrong_papers(site.papers, site.workers)
    saves = await asyncio.to_thread(
        lambda: [fault for pair in zip(people, ledgers, strict=True) for fault in lost_saves(*pair)]
    )
    files = await asyncio.to_thread(lost_files_of_all, people, ledgers)
    return report(site, ledgers, {"saves": saves, "files": files, "papers": papers}, file)


def lost_files_of_all(people: list[User], ledgers: list[Ledger]) -> list[str]:
    return [fault for pair in zip(people, ledgers, strict=True) for fault in lost_files(*pair)]


def report(
    site: Site, ledgers: list[Ledger], wrong: dict[str, list[str]], file: Path | None
) -> bool:
    log = site.log
    phases = [phase for phase in log.waits if phase not in ("arriving", "end")]
    print(f"\n{'':20}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}  errors")
    figures: dict[str, Any] = {}
    for phase in phases:
        parts = statistics.quantiles(log.waits[phase], n=100)
        figures[phase] = {
            "requests": len(log.waits[phase]),
            "p50": round(parts[49]),
            "p95": round(parts[94]),
            "most": round(max(log.waits[phase])),
            "errors": dict(log.errors[phase]),
        }
        found = figures[phase]
        errors = ", ".join(f"{what} × {n}" for what, n in found["errors"].items()) or "0"
        print(
            f"{phase:20}{found['requests']:>9,}{found['p50']:>9}{found['p95']:>9}{found['most']:>9}  {errors}"
        )
    noticed = sum(sum(log.errors[phase].values()) for phase in QUIET)
    kept = {
        "saves": sum(each.saved for each in ledgers),
        "files": sum(len(each.files) for each in ledgers),
        "papers": len(site.papers.asked),
    }
    print()
    for what, sentences in wrong.items():
        print(f"{kept[what]:,} {what} acknowledged, {len(sentences)} not there once as they should")
        print("".join(f"    {each}\n" for each in sentences[:20]), end="")
    p95 = figures[QUIET[0]]["p95"]
    is_met = p95 <= P95_BAR and not noticed and not any(wrong.values())
    print(
        f"p95 {p95} ms as usual (≤ {P95_BAR}), {noticed} errors up to the killed worker (0), "
        f"{sum(map(len, wrong.values()))} lost or made twice (0): {'met' if is_met else 'MISSED'}"
    )
    if file:
        whole_run = {"phases": figures, "acknowledged": kept, "wrong": wrong, "lines": site.lines}
        file.write_text(json.dumps(whole_run, indent=1), encoding="utf-8")
    return is_met


async def all_ready(nodes: list[Installed]) -> None:
    for node in nodes:
        await node.is_ready()
