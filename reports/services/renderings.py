"""Making papers into files: each content once, whoever asks and however many workers there are.

A row is begun by claiming it, under a lock, and whoever has claimed it is the only one to write it
until it falls silent. The number of the attempt tells a late answer from the right one. Nothing is
rendered within a transaction.
"""

import time
from datetime import datetime

from django.db import transaction

from reports.document import Document, to_json
from reports.drafting.paper import document_of
from reports.models import Briefing, RecordChange, Rendering, RenderWorker
from reports.models.issue import sha256
from reports.models.rendering import RenderingQuerySet
from reports.render import edition
from reports.render.outputs import make
from reports.render.pdf import RenderRefused

State = Rendering.State

# Bytes of a paper's JSON that are a dozen pages: a second's work at most, which a request can do.
SHORT = 80_000
# Seconds that a request waits for a short paper which another one is just making.
PATIENCE = 5.0
# A log of so many changes is as good as a longer one; it is cut when it is five times that, since
# cutting it moves the mark.
CHANGES_KEPT = 1_000

DIED_TWICE = (
    "Making this file was begun twice and did not come to an end, so it is not tried again by "
    "itself. The paper may need more time or memory than this service gives to one, or the service "
    "was stopped meanwhile. Try again, leave an annex out, or ask for the limits to be raised."
)


def made(*, briefing: Briefing, form: str, at: datetime) -> Rendering:
    """The briefing's paper in this form: made now where it is short, left to a worker where it is
    long; then the row is unfinished. An unchanged draft is not even composed.

    A `DocumentError` where there is no such paper. Not to be called within a transaction.
    """
    mark = mark_now()
    row = kept(briefing, form, mark)
    if row is None:
        with transaction.atomic():
            document = document_of(briefing)
        row = ask(briefing=briefing, form=form, document=document, mark=mark, at=at)
    return settled(row, at=at)


def made_of(
    *, briefing: Briefing, form: str, document: Document, at: datetime, however_long: bool = False
) -> Rendering:
    """The same for a document that is composed already."""
    row = ask(briefing=briefing, form=form, document=document, at=at)
    return settled(row, at=at, however_long=however_long)


def settled(row: Rendering, *, at: datetime, however_long: bool = False) -> Rendering:
    """The row as it is once what a request can do about it is done."""
    if row.is_done or row.is_refused or (len(row.document) > SHORT and not however_long):
        return row
    if (mine := claim(at=at, row=row)) is not None:
        return _make(mine, at=at)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        row.refresh_from_db()
        if row.is_done or row.is_refused:
            break
        time.sleep(0.05)
    return row


def _make(row: Rendering, *, at: datetime) -> Rendering:
    try:
        data = make(row.form, bytes(row.document))
    except RenderRefused as error:
        refuse(row, str(error), at=at)
    except BaseException:
        fail(row, at=at)
        raise
    else:
        finish(row, data, at=at)
    row.refresh_from_db()
    return row


def mark_now() -> str:
    """Stands for everything that a paper is composed from: one query.

    To be asked before composing. A change in between then goes with the next mark, and the paper
    is composed once more than it need be.
    """
    return f"{edition.wording()[:24]}-{edition.look()[:24]}-{RecordChange.objects.mark()}"


def kept(briefing: Briefing, form: str, mark: str) -> Rendering | None:
    """What was made, or is being made, of the draft as it is: without composing it."""
    rows = briefing.renderings.filter(form=form, mark=mark)
    return rows.defer("document").order_by("-asked_at").first()


def ask(
    *, briefing: Briefing, form: str, document: Document, at: datetime, mark: str = ""
) -> Rendering:
    """The row of this paper in this form, which may be done already; else it waits to be begun.

    `mark` is what `mark_now` said before the document was composed, where that was asked.
    """
    content = to_json(document)
    key = sha256(f"{edition.look()}\n".encode() + content)
    found = {"briefing": briefing, "form": form, "content_sha256": key}
    with transaction.atomic():
        # The constraint decides between two who ask at once.
        row, made = Rendering.objects.get_or_create(
            **found, defaults={"document": content, "mark": mark, "asked_at": at}
        )
        if made:
            tidy(at=at)
        elif mark not in ("", row.mark):
            row.mark, row.asked_at = mark, at
            row.save(update_fields=["mark", "asked_at"])
    return row


def ask_again(*, row: Rendering, at: datetime) -> None:
    """Begin anew what was given up. What the paper itself forbids is refused again."""
    Rendering.objects.filter(pk=row.pk, state=State.REFUSED).update(
        state=State.WAITING, attempts=0, reason="", beat_at=None, finished_at=None, asked_at=at
    )


def claim(*, at: datetime, row: Rendering | None = None) -> Rendering | None:
    """Begin this one, or the oldest that waits or was left by whoever began it. None where there
    is none; one that was left for the second time is refused."""
    rows = Rendering.objects.to_begin(at)
    if row is not None:
        rows = rows.filter(pk=row.pk)
    if not rows.exists():
        return None
    with transaction.atomic():
        while found := rows.select_for_update(skip_locked=True).first():
            if found.may_be_begun_again:
                found.state, found.begun_at, found.beat_at = State.RUNNING, at, at
                found.attempts += 1
                found.stage, found.page = Rendering.Stage.BEGINNING, 0
                found.pages_of = _pages_expected(found)
                found.save(
                    update_fields=[
                        "state",
                        "begun_at",
                        "beat_at",
                        "attempts",
                        "stage",
                        "page",
                        "pages_of",
                    ]
                )
                return found
            _refuse(found, DIED_TWICE, at)
    return None


def record_progress(row: Rendering, *, at: datetime, stage: str, page: int, pages: int) -> bool:
    """Say how far it is. False where somebody else has it by now."""
    columns = {"stage": stage, "beat_at": at}
    if page:
        columns["page"] = page
    if pages:
        columns["pages_of"] = pages
    return _mine(row).update(**columns) == 1


def finish(row: Rendering, data: bytes, *, at: datetime) -> bool:
    return _mine(row).update(state=State.DONE, data=data, sha256=sha256(data), finished_at=at) == 1


def refuse(row: Rendering, reason: str, *, at: datetime) -> bool:
    """The paper itself cannot be printed; the reason is a sentence."""
    return _mine(row).update(state=State.REFUSED, reason=reason, finished_at=at) == 1


def fail(row: Rendering, *, at: datetime) -> None:
    """It did not come to an end, and not because of what the paper says: once more, then no more."""
    if row.may_be_begun_again:
        _mine(row).update(state=State.WAITING, beat_at=None)
    else:
        refuse(row, DIED_TWICE, at=at)


def put_back(row: Rendering) -> None:
    """Whoever began it has to stop; that was no attempt."""
    _mine(row).update(state=State.WAITING, beat_at=None, attempts=row.attempts - 1)


def tidy(*, at: datetime) -> None:
    """Remove files that nobody will ask for, workers that are gone, and what the log is past."""
    Rendering.objects.removable(at).delete()
    RenderWorker.objects.silent(at).delete()
    newest = RecordChange.objects.order_by("-pk").values_list("pk", flat=True)
    if newest[5 * CHANGES_KEPT :].exists():
        RecordChange.objects.filter(pk__lte=newest[CHANGES_KEPT]).delete()


def sign_on(*, at: datetime) -> RenderWorker:
    return RenderWorker.objects.create(started_at=at, beat_at=at)


def beat(worker: RenderWorker, *, at: datetime) -> None:
    """Say that it is there; anew where it was taken for gone."""
    if not RenderWorker.objects.filter(pk=worker.pk).update(beat_at=at):
        worker.beat_at = at
        worker.save(force_insert=True)


def sign_off(worker: RenderWorker) -> None:
    RenderWorker.objects.filter(pk=worker.pk).delete()


def _mine(row: Rendering) -> RenderingQuerySet:
    return Rendering.objects.filter(pk=row.pk, state=State.RUNNING, attempts=row.attempts)


def _refuse(row: Rendering, reason: str, at: datetime) -> None:
    row.state, row.reason, row.finished_at = State.REFUSED, reason, at
    row.save(update_fields=["state", "reason", "finished_at"])


def _pages_expected(row: Rendering) -> int:
    """From the last paper of the same briefing, as long as that was to this one; 0 without one."""
    made = Rendering.objects.filter(briefing=row.briefing_id, form=row.form, state=State.DONE)
    last = made.exclude(pages_of=0).order_by("-finished_at").only("pages_of", "document").first()
    if last is None:
        return 0
    return max(1, round(last.pages_of * len(row.document) / len(last.document)))
