"""The queue of files to be checked before they are released (`redaction/elsewhere`). A worker checks them.

A worker claims a row under a lock; then only it writes the row, until its heartbeat stops. Nothing is checked in
a transaction, and no other row is locked meanwhile.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from reports.models.issue import sha256
from reports.requests.models import FileCheck, InformationRequest, ScheduleLine
from reports.requests.models.file_check import FileCheckQuerySet

State = FileCheck.State
# What the check is: a file that passed an earlier edition is checked anew.
EDITION = 3
# What follows when a check is asked for: nothing here, for a worker looks. Tests check at once.
ASKED: list[Callable[[FileCheck], None]] = []


def check_of(line: ScheduleLine, data: bytes) -> FileCheck:
    """Return the newest check of this file under the line's decision, queued if it is new."""
    found = (
        line.checks.without_contents()
        .filter(pdf_sha256=sha256(data), decision=line.decision, edition=EDITION)
        .filter(pdf=None)
        .order_by("-pk")
        .first()
    )
    return found or ask(line, data, at=timezone.now())


def ask(
    line: ScheduleLine,
    data: bytes,
    *,
    at: datetime,
    upload: bytes | None = None,
    by: User | None = None,
    as_pictures: bool = False,
) -> FileCheck:
    """Queue a file. `upload` is kept with the check; without it, the line has the file."""
    made = FileCheck(
        line=line,
        decision=line.decision,
        pdf=upload,
        pdf_sha256=sha256(data),
        as_pictures=as_pictures,
        edition=EDITION,
        asked_at=at,
        added_by=by,
        added_as=by.signature if by is not None else "",
    )
    made.save(force_insert=True)
    for each in ASKED:
        each(made)
    return made


def ask_again(row: FileCheck, *, at: datetime) -> None:
    """Queue a check again that did not finish."""
    FileCheck.objects.filter(pk=row.pk, state=State.REFUSED).update(
        state=State.WAITING, attempts=0, beat_at=None, asked_at=at
    )


def claim(*, at: datetime) -> FileCheck | None:
    """Claim the oldest check that is waiting or abandoned, or return None. One abandoned twice is given up."""
    rows = FileCheck.objects.to_begin(at)
    if not rows.exists():
        return None
    with transaction.atomic():
        while found := rows.select_for_update(skip_locked=True, of=("self",)).first():
            if found.may_be_begun_again:
                begin(found, at=at)
                return found
            found.state = State.REFUSED
            found.save(update_fields=["state"])
    return None


def begin(row: FileCheck, *, at: datetime) -> None:
    row.state, row.beat_at = State.RUNNING, at
    row.attempts += 1
    row.save(update_fields=["state", "beat_at", "attempts"])


def beat(row: FileCheck, *, at: datetime) -> bool:
    """Record that the check goes on. Return False if another worker has claimed it since."""
    return _mine(row).update(beat_at=at) == 1


def finish(row: FileCheck, report: dict[str, Any], made: bytes) -> bool:
    """Store the report and, if the pages were printed to pictures or the file cleaned, what was made."""
    columns: dict[str, Any] = {"pdf": made, "pdf_sha256": sha256(made)} if made else {}
    return _mine(row).update(state=State.DONE, report=report, **columns) == 1


def fail(row: FileCheck) -> None:
    """Record a failure that is not of the file: queue it once more, then give it up."""
    if row.may_be_begun_again:
        _mine(row).update(state=State.WAITING, beat_at=None)
    else:
        _mine(row).update(state=State.REFUSED)


def put_back(row: FileCheck) -> None:
    """Queue it again, because its worker must stop. This does not count as an attempt."""
    _mine(row).update(state=State.WAITING, beat_at=None, attempts=row.attempts - 1)


def delete_outdated(*, at: datetime) -> None:
    """Delete uploads that nobody kept. Why a file was refused stays, without its words, for whoever reviews the request."""
    for row in FileCheck.objects.removable(at).without_contents():
        if row.state == State.DONE and row.found:
            row.pdf = None
            row.report |= {
                "found": [asdict(each.wordless) for each in row.found],
                "comparison": None,
                "looks": None,
            }
            row.save(update_fields=["pdf", "report"])
        else:
            row.delete()


def forget_missing_words(request: InformationRequest) -> None:
    """Remove what was withheld from the checks of a request that has ended."""
    for check in FileCheck.objects.without_contents().filter(
        line__request=request, state=State.DONE
    ):
        compared, looks = check.report["comparison"] or {}, check.report.get("looks") or {}
        if compared.get("changes") or looks.get("apart"):
            compared |= {"changes": []} if compared else {}
            looks |= {"apart": []} if looks else {}
            check.save(update_fields=["report"])


def _mine(row: FileCheck) -> FileCheckQuerySet:
    return FileCheck.objects.filter(pk=row.pk, state=State.RUNNING, attempts=row.attempts)
