"""What users and a coordinator do, and which saves were acknowledged."""

import asyncio
import contextlib
import json
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db.utils import OperationalError

from bench.load import (
    CHOICES,
    THINKING,
    WARM_UP,
    Closed,
    Connection,
    User,
    head_of,
    request_of,
)
from bench.server import (
    REDIRECTS,
    cookies_of,
)

ACTS = {**CHOICES, "file": 0.5}
PAPER_EVERY = 10.0  # seconds from one paper to the next
PAPER_PATIENCE = 240.0  # seconds for a paper and all that wait before it, beside users who leave workers little of the machine


@dataclass
class Ledger:
    """What was acknowledged to one user, and what they sent without an answer."""

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
    # When each request began, how long it took in seconds, and its status.
    answers: list[tuple[float, float, int]] = field(default_factory=list)


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
        took = time.monotonic() - start
        self.log.waits[phase].append(took * 1000)
        self.log.answers.append((start, took, status))
        if status not in (200, *REDIRECTS):
            self.log.errors[phase][f"{act}: {status or 'closed'}"] += 1
        return status, answer


async def use(
    user: User, place: int, port: int, log: Log, ledger: Ledger, acts: dict[str, float] = ACTS
) -> None:
    client, chance = Client(port, log), random.Random(place)
    ledger.began_at = ledger.version = user.version
    numbers = count(1)
    is_sure = True  # whether the user knows the version of their answer
    await asyncio.sleep(chance.uniform(0, WARM_UP))
    while not log.is_over:
        act = chance.choices(list(acts), list(acts.values()))[0]
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
        """Change the draft and ask for its PDF until the page of its progress comes back."""
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
        last, until = self.asked[-1].pk, time.monotonic() + PAPER_PATIENCE
        while time.monotonic() < until:
            if await asyncio.to_thread(counted, pk=last, page__gte=1):
                return
            await asyncio.sleep(0.05)
        keys = [paper.pk for paper in self.asked]
        waiting = await asyncio.to_thread(counted, pk__in=keys, pk__lt=last, finished_at=None)
        raise TimeoutError(
            f"No worker began the paper in {PAPER_PATIENCE:.0f} s; {waiting} wait before it. See the workers' logs."
        )


def counted(**rows: Any) -> int:
    """Count renderings, with a connection of this thread that is closed afterwards."""
    from django.db import connection

    from reports.models import Rendering

    try:
        return Rendering.objects.filter(**rows).count()
    finally:
        connection.close()
