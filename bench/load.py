"""Many users at once: each opens pages and saves parts of their agency's return, and thinks between.

The clients share one process without threads, so that they take little CPU time from the server
beside them; the result says how much.
"""

import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from bench.server import REDIRECTS, Server, cookies_of, pss_mebibytes, serving
from bench.web import open_items, section_fields, slug_of

THINKING = 2.0  # seconds on average
WARM_UP = 10  # seconds in which the users arrive; not counted
P95_BAR = 300  # ms
# What a user does next, and how often beside the others.
CHOICES = {"desk": 1, "dashboard": 1, "list": 1, "item": 2, "save": 1}


@dataclass
class User:
    """One user with a session, the items of their agency, and the section that they write."""

    cookie: str
    token: str
    root: str
    items: list[str]
    section: str
    item: Any
    version: int


def users_of(number: int, size: int) -> Iterator[User]:
    """Yield users of all agencies in turn. Their returns in the open round are made ready."""
    from bench.big_plan import make_person
    from workitems.models import Plan, Return, Update

    plan = Plan.objects.get(slug=slug_of(size))
    returns = Return.objects.filter(round__plan=plan, round__closed_at=None).order_by("agency")
    returns.update(state=Return.State.DUE, submitted_at=None, accepted_on=None)
    versions = dict(Update.objects.filter(of_return__in=returns).values_list("item", "version"))
    open_returns = list(returns.select_related("agency", "round__plan"))
    for place in range(number):
        of_return = open_returns[place % len(open_returns)]
        items = open_items(plan, of_return.agency_id)
        item = items[place // len(open_returns) % len(items)]
        person = make_person(of_return.agency, "contributor", f"{place}.")
        cookies = cookies_of(person)
        yield User(
            cookie="; ".join(f"{key}={value}" for key, value in cookies.items()),
            token=cookies["csrf"],
            root=f"/plans/{plan.slug}/",
            items=[item.number for item in items],
            section=f"{of_return.get_absolute_url()}items/{item.number}/",
            item=item,
            version=versions.get(item.pk, 0),
        )


# --- a plain HTTP/1.1 client ----------------------------------------------------------------


class Closed(Exception):
    """The server closed the connection."""


class Connection:
    """Sends one request at a time and keeps the connection open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.headers: dict[str, str] = {}  # of the last answer

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(head.encode() + body)
        try:
            return await self.answer(self.reader)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.close()
            raise Closed from error

    async def answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = self.headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join([piece async for piece in chunks(reader)])
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            raise ConnectionError("The server closes the connection after this answer.")
        return int(lines[0].split()[1]), body

    def close(self) -> None:
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


async def chunks(reader: asyncio.StreamReader) -> Any:
    while size := int((await reader.readline()).partition(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


# --- what the users do ----------------------------------------------------------------------


@dataclass
class Log:
    """What was measured since the warm-up."""

    begins: float
    ends: float
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    closed: int = 0


async def use(user: User, port: int, log: Log, chance: random.Random) -> None:
    connection = Connection(port)
    numbers = count(1)
    await asyncio.sleep(chance.uniform(0, WARM_UP))
    while time.monotonic() < log.ends:
        act = chance.choices(list(CHOICES), list(CHOICES.values()))[0]
        head, body = request_of(user, act, chance, next(numbers))
        start = time.monotonic()
        try:
            status, answer = await connection.ask(head, body)
        except Closed:
            log.closed += 1
            continue
        wait = time.monotonic() - start
        if act == "save" and status == 200:
            user.version = json.loads(answer)["version"]
        if status not in (200, *REDIRECTS):
            log.errors[f"{act}: {status}"] += 1
        if start >= log.begins:
            log.waits[act].append(wait * 1000)
        await asyncio.sleep(chance.uniform(THINKING / 2, THINKING * 3 / 2))
    connection.close()


def request_of(user: User, act: str, chance: random.Random, number: int) -> tuple[str, bytes]:
    """Return the head and body of what the user asks for."""
    headers = ["Host: 127.0.0.1", f"Cookie: {user.cookie}"]
    if act == "save":
        fields = section_fields(user.item, user.version)
        fields[f"i{user.item.pk}-achieved"] = f"The training was given {number} times."
        body = urlencode(fields | {"csrfmiddlewaretoken": user.token}).encode()
        headers += ["Accept: application/json", f"Content-Length: {len(body)}"]
        headers += ["Content-Type: application/x-www-form-urlencoded"]
        return head_of("POST", user.section, headers), body
    path = {
        "desk": "/",
        "dashboard": f"{user.root}dashboard/",
        "list": f"{user.root}items/",
        "item": f"{user.root}items/{chance.choice(user.items)}/",
    }[act]
    return head_of("GET", path, [*headers, "Accept: text/html", "Accept-Encoding: gzip"]), b""


def head_of(method: str, path: str, headers: list[str]) -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", *headers, "", ""])


async def use_all(users: list[User], port: int, log: Log) -> None:
    uses = (use(user, port, log, random.Random(place)) for place, user in enumerate(users))
    await asyncio.gather(*uses)


def run(number: int, minutes: float, size: int) -> bool:
    """Let the users work for some minutes; print what they met, and return whether all was well."""
    users = list(users_of(number, size))
    with serving() as server:
        begins = time.monotonic() + WARM_UP
        log = Log(begins, begins + minutes * 60)
        before = Spent(server)
        asyncio.run(use_all(users, server.port, log))
        return report(log, before, Spent(server), pss_mebibytes(server.pid))


class Spent:
    """CPU time of the server's workers and of the clients, up to now."""

    def __init__(self, server: Server) -> None:
        self.at, self.ours, self.server = (
            time.monotonic(),
            time.process_time(),
            server.cpu_seconds(),
        )


def report(log: Log, before: Spent, after: Spent, mebibytes: float) -> bool:
    print(f"\n{'':12}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}")
    everything = [wait for waits in log.waits.values() for wait in waits]
    for name, waits in [*((act, log.waits[act]) for act in CHOICES), ("all", everything)]:
        if len(waits) > 1:
            parts = statistics.quantiles(waits, n=100)
            print(
                f"{name:12}{len(waits):>9,}{parts[49]:>9.0f}{parts[94]:>9.0f}{parts[98]:>9.0f}"
                f"{max(waits):>9.0f}"
            )
    lasted = after.at - before.at
    p95 = statistics.quantiles(everything, n=100)[94]
    errors = sum(log.errors.values())
    print(
        f"{len(everything) / (log.ends - log.begins):.1f} requests a second; CPU of the web workers "
        f"{(after.server - before.server) / lasted:.2f} cores, of the clients "
        f"{(after.ours - before.ours) / lasted:.2f}; PSS {mebibytes:.0f} MiB; load "
        f"{os.getloadavg()[0]:.1f}"
    )
    is_met = p95 <= P95_BAR and not errors and not log.closed
    print(
        f"p95 {p95:.0f} ms (≤ {P95_BAR}), {errors} errors (0) {dict(log.errors) or ''}, "
        f"{log.closed} connections closed by us (0): {'met' if is_met else 'MISSED'}"
    )
    return is_met
