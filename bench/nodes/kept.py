"""What is there afterwards, of what was acknowledged to users."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256

from bench.load import (
    User,
)
from bench.nodes.site import BUCKET, Installed
from bench.nodes.users import PAPER_PATIENCE, Ledger, Paper, Papers, counted


def unfinished(papers: list[Paper]) -> bool:
    keys = [paper.pk for paper in papers]
    return counted(pk__in=keys, state="done") < len(set(keys))


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
    saves = row.version - ledger.began_at - ledger.saved
    if not 0 <= saves <= len(ledger.unknown_texts):
        yield f"{user.section}: version {row.version} after {ledger.saved} acknowledged saves from {ledger.began_at}"
    allowed = {ledger.text} if row.version == ledger.version else ledger.unknown_texts
    if ledger.saved and row.achieved not in allowed:
        yield f"{user.section}: {row.achieved!r} instead of {ledger.text!r}"
    newest = row.history.first()
    if (newest.version, newest.achieved) != (row.version, row.achieved):
        yield f"{user.section}: the history ends before the row"


def lost_files(user: User, ledger: Ledger) -> Iterator[str]:
    """Yield which files are not there once, with one row of history and the bytes that were sent."""
    from trafficking_plan.storage.object_storage import Bucket
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
