"""Two web nodes and two workers that stop and start under load: what users meet, and what is lost.

Each is installed in a folder of its own with its own `.env`, as docs/operations.md says. They share
one PostgreSQL and one bucket. nginx stands before the nodes, with the settings of deploy/nginx.conf.
"""

import asyncio
import configparser
import contextlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db.utils import OperationalError

from bench.load import (
    CHOICES,
    P95_BAR,
    THINKING,
    WARM_UP,
    Closed,
    Connection,
    User,
    head_of,
    request_of,
    users_of,
)
from bench.server import (
    REDIRECTS,
    ROOT,
    children,
    cookies_of,
    cpu_seconds,
    free_port,
    tree,
    wait_for,
)
from trafficking_plan.testing.installed import install_into
from trafficking_plan.testing.postgresql import Account, programs_for

BUCKET = "plan-register-files"
ACTS = {**CHOICES, "file": 0.5}
SETTLING = 10.0  # seconds between two events
PAPER_EVERY = 10.0  # seconds from one paper to the next
IDLE = 0.03  # seconds that an idle worker computes in 0.3 s, at most
PAPER_PATIENCE = 240.0  # seconds for the last papers, once the users have left
# Up to here nobody may notice anything; what comes later kills what is answering.
QUIET = ("as usual", "rolling restart", "worker killed")
UNITS = ROOT / "deploy" / "systemd"


def unit(name: str) -> configparser.SectionProxy:
    """Return the [Service] section of a unit that we ship."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / f"plan-register-{name}.service")
    return parser["Service"]


# --- what runs ------------------------------------------------------------------------------


class Installed:
    """A web node or worker in a folder of its own, started and stopped as its unit says."""

    def __init__(self, folder: Path, kind: str, settings: dict[str, str]) -> None:
        self.folder, self.unit = folder, unit(kind)
        self.port = free_port() if kind == "web" else 0
        install_into(folder / "code")
        if kind == "web":
            shutil.copytree(ROOT / "staticfiles", folder / "staticfiles")
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (folder / ".env").write_text(lines, encoding="utf-8")
        self.log = (folder / "log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program, *options = shlex.split(self.unit["ExecStart"])
        if self.port:
            options[options.index("--bind") + 1] = f"127.0.0.1:{self.port}"
        module = "gunicorn" if self.port else "django"
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *options],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self.folder / "code"),
                "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
                "MALLOC_ARENA_MAX": "2",
            },
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send the signal, wait for the end and return the seconds. SIGKILL follows as by systemd."""
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
        while old & set(children(self.process.pid)):
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
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as said:
                return bool(said.status == 200)
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


# --- what users do, and what they were told --------------------------------------------------


@dataclass
class Ledger:
    """What one user was told is saved, and what they sent without an answer."""

    began_at: int = 0  # version of the answer
    saved: int = 0
    text: str = ""  # of the last acknowledged save
    version: int = 0
    unknown_texts: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    unknown_files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Log:
    phase: str = "arriving"
    is_over: bool = False
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass
class Paper:
    """A paper that was asked for: where its progress is shown."""

    pk: int
    address: str


class Client:
    """One user's browser. `ask` returns a status; 0 if the connection was closed without an answer."""

    def __init__(self, port: int, log: Log) -> None:
        self.connection, self.log = Connection(port), log

    async def ask(self, act: str, head: str, body: bytes = b"") -> tuple[int, bytes]:
        phase, start = self.log.phase, time.monotonic()
        try:
            status, answer = await self.connection.ask(head, body)
        except (Closed, OSError):
            status, answer = 0, b""
        self.log.waits[phase].append((time.monotonic() - start) * 1000)
        if status not in (200, *REDIRECTS):
            self.log.errors[phase][f"{act}: {status or 'closed'}"] += 1
        return status, answer


async def use(user: User, place: int, port: int, log: Log, ledger: Ledger) -> None:
    client, chance = Client(port, log), random.Random(place)
    ledger.began_at = ledger.version = user.version
    numbers = count(1)
    is_sure = True  # whether the user knows the version of their answer
    await asyncio.sleep(chance.uniform(0, WARM_UP))
    while not log.is_over:
        act = chance.choices(list(ACTS), list(ACTS.values()))[0]
        number = next(numbers)
        if act in ("save", "file") and not is_sure:
            # As a person who reads the page again after an error.
            is_sure = await read_again(client, user)
        elif act == "save" or (act == "file" and not user.version):
            is_sure = await save(client, user, chance, number, ledger)
        elif act == "file":
            await send_file(client, user, f"user-{place}-{number}.pdf", ledger)
        else:
            await client.ask(act, *request_of(user, act, chance, number))
        await asyncio.sleep(chance.uniform(THINKING / 2, THINKING * 3 / 2))
    client.connection.close()


async def save(
    client: Client, user: User, chance: random.Random, number: int, ledger: Ledger
) -> bool:
    """Save the section. Return whether an answer came that says how it stands."""
    text = f"The training was given {number} times."
    status, answer = await client.ask("save", *request_of(user, "save", chance, number))
    if status != 200:
        ledger.unknown_texts.add(text)
        return False
    user.version = json.loads(answer)["version"]
    ledger.saved += 1
    ledger.text, ledger.version = text, user.version
    return True


async def read_again(client: Client, user: User) -> bool:
    headers = ["Host: 127.0.0.1", f"Cookie: {user.cookie}", "Accept: text/html"]
    status, answer = await client.ask("read again", head_of("GET", user.section, headers))
    name = f'name="i{user.item.pk}-version" value="'
    found = re.search(rf'{name}(\d+)"', answer.decode())
    if status == 200 and found:
        user.version = int(found[1])
    return status == 200


async def send_file(client: Client, user: User, name: str, ledger: Ledger) -> None:
    content = b"%PDF-1.7 " + name.encode() * 500
    edge = "edge-of-a-part"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{user.token}\r\n'.encode(),
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
        b"Content-Type: application/pdf\r\n\r\n" + content + f"\r\n--{edge}--\r\n".encode(),
    ]
    body = b"".join(parts)
    headers = ["Host: 127.0.0.1", f"Cookie: {user.cookie}", f"Content-Length: {len(body)}"]
    headers += [f"Content-Type: multipart/form-data; boundary={edge}"]
    status, _ = await client.ask("file", head_of("POST", f"{user.section}evidence/", headers), body)
    (ledger.files if status == 302 else ledger.unknown_files)[name] = content


class Papers:
    """A coordinator who changes the draft and asks for its PDF, again and again."""

    def __init__(self, port: int, log: Log) -> None:
        from django.urls import reverse

        from agencies.models import User as Person
        from bench.web import PARAGRAPHS
        from reports.models import Briefing

        self.briefing = Briefing.objects.get(plan__slug=f"plan-of-{PARAGRAPHS}")
        self.briefing.annexes = ["progress", "items_texts"]
        self.briefing.save()
        place = [self.briefing.plan.slug, self.briefing.pk]
        self.address = reverse("briefings:pdf", args=place)
        cookies = cookies_of(Person.objects.get(seats__role="coordinator"))
        self.cookie = "; ".join(f"{key}={value}" for key, value in cookies.items())
        self.client, self.log = Client(port, log), log
        self.asked: list[Paper] = []
        self.lock = asyncio.Lock()

    async def ask_until_the_end(self) -> None:
        """Ask every ten seconds, unless both workers still have papers of before."""
        while not self.log.is_over:
            keys = [paper.pk for paper in self.asked]
            with contextlib.suppress(OperationalError):  # the database is away
                if await asyncio.to_thread(counted, pk__in=keys, finished_at=None) < 2:
                    await self.ask()
            await asyncio.sleep(PAPER_EVERY)

    async def ask(self) -> None:
        """Change the draft and ask for its PDF, until we are told where it is being made."""
        async with self.lock:
            title = f"Draft {len(self.asked) + 1} of the briefing"
            for _ in range(60):
                with contextlib.suppress(OperationalError):
                    await asyncio.to_thread(self._change, title)
                    break
                await asyncio.sleep(1)
            for _ in range(60):
                status, answer, where = await self.get("paper", self.address)
                if status == 303 and where:
                    pk = int(re.findall(r"\d+", where)[-1])
                    self.asked.append(Paper(pk, where))
                    return
                assert status != 200, "The paper is too short to be left to a worker."
                await asyncio.sleep(1)
            raise TimeoutError(f"The paper cannot be asked for: {status} {answer[:200]!r}")

    def _change(self, title: str) -> None:
        from django.db import connection

        from reports.models import Briefing

        try:
            Briefing.objects.filter(pk=self.briefing.pk).update(title=title)
        finally:
            connection.close()

    async def get(self, act: str, address: str) -> tuple[int, bytes, str]:
        headers = ["Host: 127.0.0.1", f"Cookie: {self.cookie}", "Accept: text/html"]
        status, answer = await self.client.ask(act, head_of("GET", address, headers))
        return status, answer, self.client.connection.headers.get("location", "")

    async def begun(self) -> None:
        """Ask for a paper and wait until a worker lays out its pages."""
        await self.ask()
        last = self.asked[-1].pk
        for _ in range(1200):
            if await asyncio.to_thread(counted, pk=last, page__gte=1):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError("No worker began to make the paper.")


def counted(**rows: Any) -> int:
    """Count renderings, with a connection of this thread that is closed afterwards."""
    from django.db import connection

    from reports.models import Rendering

    try:
        return Rendering.objects.filter(**rows).count()
    finally:
        connection.close()


# --- what happens ---------------------------------------------------------------------------


@dataclass
class Site:
    nodes: list[Installed]
    workers: list[Installed]
    database: Database
    papers: Papers
    log: Log
    began: float = field(default_factory=time.monotonic)
    told: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        line = f"{time.monotonic() - self.began:5.0f} s  {sentence}"
        self.told.append(line)
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
                self.tell(self.log.phase)
                await act()
        finally:
            self.log.phase, self.log.is_over = "end", True

    async def restart_all(self) -> None:
        for number, node in enumerate(self.nodes, 1):
            took = await node.reload()
            await node.is_ready()
            self.tell(f"web node {number} has new processes after {took:.1f} s")
            await asyncio.sleep(SETTLING)
        for number, worker in enumerate(self.workers, 1):
            await self.has_a_paper(worker)
            took = await worker.stop()
            worker.start()
            self.tell(f"worker {number} stopped in the middle of a paper in {took:.1f} s")
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
        self.tell("worker 1 killed in the middle of a paper")
        await asyncio.sleep(float(worker.unit["RestartSec"]))
        worker.start()
        begun = time.monotonic()
        while await asyncio.to_thread(unfinished, asked):
            if time.monotonic() - begun > PAPER_PATIENCE:
                raise TimeoutError("The paper of the killed worker was not made.")
            await asyncio.sleep(0.2)
        self.tell(f"its paper and all before it made {time.monotonic() - begun:.0f} s later")

    async def kill_a_node(self) -> None:
        # Requests of the phase before must not be the ones that the kill cuts off.
        await asyncio.sleep(SETTLING)
        await self.nodes[0].stop(signal.SIGKILL)
        await asyncio.sleep(float(self.nodes[0].unit["RestartSec"]))
        self.nodes[0].start()
        await self.nodes[0].is_ready()
        self.tell("web node 1 is ready again")
        await asyncio.sleep(2 * SETTLING)

    async def restart_database(self, mode: str) -> None:
        await self.database.restart(mode)
        self.tell("the database accepts connections again")
        await asyncio.sleep(2 * SETTLING)


def unfinished(papers: list[Paper]) -> bool:
    keys = [paper.pk for paper in papers]
    return counted(pk__in=keys, state="done") < len(set(keys))


# --- what is there afterwards ----------------------------------------------------------------


def lost_saves(user: User, ledger: Ledger) -> Iterator[str]:
    """Yield what is wrong with a user's answer and its history."""
    from workitems.models import Update

    _, _, _, _, round_pk, agency_pk, *_ = [*user.section.split("/"), "", ""]
    row = Update.objects.filter(
        item=user.item, of_return__round=int(round_pk), of_return__agency=int(agency_pk)
    ).first()
    if row is None:
        if ledger.saved:
            yield f"{user.section}: {ledger.saved} acknowledged saves, no answer"
        return
    more = row.version - ledger.began_at - ledger.saved
    if not 0 <= more <= len(ledger.unknown_texts):
        yield f"{user.section}: version {row.version} after {ledger.saved} acknowledged saves from {ledger.began_at}"
    allowed = {ledger.text} if row.version == ledger.version else ledger.unknown_texts
    if ledger.saved and row.achieved not in allowed:
        yield f"{user.section}: {row.achieved!r} instead of {ledger.text!r}"
    newest = row.history.first()
    if (newest.version, newest.achieved) != (row.version, row.achieved):
        yield f"{user.section}: the history ends before the row"


def lost_files(user: User, ledger: Ledger) -> Iterator[str]:
    """Yield which files are not there once, with one row of history and the bytes that were sent."""
    from trafficking_plan.object_storage import Bucket
    from workitems.models import Evidence

    bucket = Bucket(BUCKET)
    rows = defaultdict(list)
    for row in Evidence.objects.filter(update__item=user.item, file_name__startswith="user-"):
        rows[row.file_name].append(row)
    for name, content in [*ledger.files.items(), *ledger.unknown_files.items()]:
        found = rows.get(name, [])
        if not found and name in ledger.unknown_files:
            continue
        histories = [row.history.count() for row in found]
        if histories != [1]:
            yield f"{name}: {len(found)} rows with histories of {histories}"
            continue
        try:
            with bucket.open(found[0].file.name) as kept:
                if kept.read() != content:
                    yield f"{name}: other bytes"
        except FileNotFoundError:
            yield f"{name}: not in the bucket"


async def wrong_papers(papers: Papers, workers: list[Installed]) -> list[str]:
    """Return which papers were not made, made twice, or come with other bytes than were made."""
    from reports.models import Rendering

    until = time.monotonic() + PAPER_PATIENCE
    while await asyncio.to_thread(unfinished, papers.asked) and time.monotonic() < until:
        await asyncio.sleep(1)
    times = Counter(
        line["rendering"] for worker in workers for line in worker.entries("Paper made")
    )
    wrong = []
    for paper in papers.asked:
        row = await asyncio.to_thread(Rendering.objects.get, pk=paper.pk)
        address = f"{paper.address}file"
        status, content, _ = await papers.get("read paper", address)
        if not status:  # nginx closes a connection that was idle, and a browser asks again
            status, content, _ = await papers.get("read paper", address)
        if row.state != "done" or times[paper.pk] != 1:
            wrong.append(f"paper {paper.pk}: {row.state}, made {times[paper.pk]} times")
        elif status != 200 or sha256(content).hexdigest() != row.sha256:
            wrong.append(f"paper {paper.pk}: reading it gave {status} or other bytes")
    if len({paper.pk for paper in papers.asked}) != len(papers.asked):
        wrong.append("two asked-for papers share a row")
    return wrong


# --- the whole ------------------------------------------------------------------------------


def run(
    number: int, minutes: float, size: int, url: str, keep: Path | None, told: Path | None
) -> bool:
    """Let the users work while all this happens; print it, and return whether all was well."""
    if shutil.which("nginx") is None:
        raise SystemExit("nginx is not installed. Install Debian's package nginx-light or nginx.")
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
        return asyncio.run(whole(site, people, front, minutes, told))


async def whole(
    site: Site, people: list[User], port: int, minutes: float, told: Path | None
) -> bool:
    ledgers = [Ledger() for _ in people]
    log = site.log
    async with asyncio.TaskGroup() as group:
        for place, (user, ledger) in enumerate(zip(people, ledgers, strict=True)):
            group.create_task(use(user, place, port, log, ledger))
        group.create_task(site.papers.ask_until_the_end())
        group.create_task(site.happen(minutes))
    site.tell("the users have left; looking for what they saved")
    papers = await wrong_papers(site.papers, site.workers)
    saves = await asyncio.to_thread(
        lambda: [said for pair in zip(people, ledgers, strict=True) for said in lost_saves(*pair)]
    )
    files = await asyncio.to_thread(lost_files_of_all, people, ledgers)
    return report(site, ledgers, {"saves": saves, "files": files, "papers": papers}, told)


def lost_files_of_all(people: list[User], ledgers: list[Ledger]) -> list[str]:
    return [said for pair in zip(people, ledgers, strict=True) for said in lost_files(*pair)]


def report(
    site: Site, ledgers: list[Ledger], wrong: dict[str, list[str]], told: Path | None
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
        said = ", ".join(f"{what} × {n}" for what, n in found["errors"].items()) or "0"
        print(
            f"{phase:20}{found['requests']:>9,}{found['p50']:>9}{found['p95']:>9}{found['most']:>9}  {said}"
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
    if told:
        whole_run = {"phases": figures, "acknowledged": kept, "wrong": wrong, "told": site.told}
        told.write_text(json.dumps(whole_run, indent=1), encoding="utf-8")
    return is_met


def folder_in(keep: Path | None, afterwards: contextlib.ExitStack) -> Path:
    """Return an empty folder, which stays until the next run if `keep` is named."""
    if keep is None:
        return Path(afterwards.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
    folder = keep.resolve() / "nodes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


async def all_ready(nodes: list[Installed]) -> None:
    for node in nodes:
        await node.is_ready()


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
    """Make the bucket, which this process may read too."""
    import boto3

    os.environ |= {name: value for name, value in settings.items() if name.startswith("AWS_")}
    boto3.client("s3").create_bucket(Bucket=BUCKET)


def keep_every_commit(url: str) -> None:
    """Let each commit reach the log of the server, which throwaway servers do without."""
    from django.db import connection

    with connection.cursor() as cursor:
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
