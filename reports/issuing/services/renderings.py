"""The queue of files made from drafts. Each content is rendered once, whoever requests it.

A worker or request claims a row under a lock; then only it writes the row, until its heartbeat
stops. The attempt's number identifies a late result. Nothing is rendered in a transaction.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from reports.briefings.services import states
from reports.compose.bad_characters import with_places
from reports.compose.facts import day_of
from reports.document import Document, to_json
from reports.drafting.paper import document_of
from reports.models import Briefing, RecordChange, Rendering, RenderWorker
from reports.models.issue import sha256
from reports.models.rendering import RenderingQuerySet
from reports.render import edition
from reports.render.outputs import make
from reports.render.pdf import RenderRefused

State = Rendering.State

# Bytes of a paper's JSON that a request can render: about a dozen pages, in at most a second.
SHORT = 80_000
# Seconds that a request waits for a short paper that another process is rendering.
PATIENCE = 5.0
# Rows of the change log to keep. It is cut when it is five times as long, since cutting it changes
# the fingerprint.
CHANGES_KEPT = 1_000

DIED_TWICE = gettext_lazy(
    "We tried twice to make this file, and did not finish. The paper may need more time or memory "
    "than the service allows, or the service was stopped. Try again, leave out an annex, or ask "
    "whoever runs the service to raise the limits."
)


def rendered_file(*, briefing: Briefing, form: str, at: datetime) -> Rendering:
    """Return the briefing's file in this form.

    A short paper is rendered now; a long one is left to a worker, and the row returned is
    unfinished. An unchanged draft is not composed again. Do not call it in a transaction. Raise
    `DocumentError` if the paper cannot be composed.
    """
    if form == Rendering.Form.WORD:
        # When the copy comes back, the draft that it was made from is read from history.
        states.end_pauses(briefing)
    mark = f"{mark_now()}-{day_of(briefing, localdate(at)):%Y%m%d}"
    row = current_rendering(briefing, form, mark)
    if row is None:
        with transaction.atomic():
            document = document_of(briefing, localdate(at))
        row = ask(briefing=briefing, form=form, document=document, mark=mark, at=at)
    return render_or_wait(row, at=at)


def rendered_document(
    *, briefing: Briefing, form: str, document: Document, at: datetime, however_long: bool = False
) -> Rendering:
    """Return the file of a document that is already composed."""
    row = ask(briefing=briefing, form=form, document=document, at=at)
    return render_or_wait(row, at=at, however_long=however_long)


def render_or_wait(row: Rendering, *, at: datetime, however_long: bool = False) -> Rendering:
    """Render the row's file, or wait while another process renders it, and return the row.

    A request renders and waits for a short paper only, and not for long; with `however_long`, until
    the paper is made or refused.
    """
    if row.is_done or row.is_refused or (len(row.document) > SHORT and not however_long):
        return row
    begun = time.monotonic()
    waited = 0.0
    while (mine := claim(at=at + timedelta(seconds=waited), row=row)) is None:
        row.refresh_from_db()
        if row.is_done or row.is_refused or (waited > PATIENCE and not however_long):
            return row
        time.sleep(0.05)
        waited = time.monotonic() - begun
    return _make(mine, at=at)


def _make(row: Rendering, *, at: datetime) -> Rendering:
    pages = 0

    def count_pages(stage: str, page: int, of: int) -> None:
        nonlocal pages
        pages = of or pages

    try:
        data = make(row.form, bytes(row.document), count_pages)
    except RenderRefused as error:
        refusal = with_places(row.briefing.plan, str(error), error.character)
        refuse(row, refusal, at=at)
    except BaseException:
        fail(row, at=at)
        raise
    else:
        finish(row, data, at=at, pages=pages)
    row.refresh_from_db()
    return row


def mark_now() -> str:
    """Return the fingerprint of all data that a paper depends on. One query.

    Call it before composing: a change in between then belongs to the next fingerprint, and at worst
    the paper is composed once more than necessary.
    """
    return f"{edition.wording()[:24]}-{edition.look()[:24]}-{RecordChange.objects.mark()}"


def current_rendering(briefing: Briefing, form: str, mark: str) -> Rendering | None:
    """Return the row of the draft's current state without composing it, or None."""
    rows = briefing.renderings.filter(form=form, mark=mark)
    return rows.defer("document").order_by("-asked_at").first()


def ask(
    *, briefing: Briefing, form: str, document: Document, at: datetime, mark: str = ""
) -> Rendering:
    """Return the row of this content in this form, queueing it if it is new.

    `mark` is the fingerprint from `mark_now` before the document was composed, if known.
    """
    content = to_json(document)
    key = sha256(f"{edition.look()}\n".encode() + content)
    found = {"briefing": briefing, "form": form, "content_sha256": key}
    with transaction.atomic():
        # The unique constraint handles concurrent requests.
        row, made = Rendering.objects.get_or_create(
            **found, defaults={"document": content, "mark": mark, "asked_at": at}
        )
        if made:
            delete_outdated(at=at)
        elif mark not in ("", row.mark):
            row.mark, row.asked_at = mark, at
            row.save(update_fields=["mark", "asked_at"])
    return row


def ask_again(*, row: Rendering, at: datetime) -> None:
    """Queue a file that was given up. Papers refused for their content will be refused again."""
    Rendering.objects.filter(pk=row.pk, state=State.REFUSED).update(
        state=State.WAITING, attempts=0, reason="", beat_at=None, finished_at=None, asked_at=at
    )


def claim(*, at: datetime, row: Rendering | None = None) -> Rendering | None:
    """Claim this row, or the oldest that is waiting or abandoned. Return None if there is none.

    A row that was abandoned twice is refused.
    """
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
            _refuse(found, str(DIED_TWICE), at)
    return None


def record_progress(row: Rendering, *, at: datetime, stage: str, page: int, pages: int) -> bool:
    """Report progress. Return False if another worker has claimed the row since."""
    columns = {"stage": stage, "beat_at": at}
    if page:
        columns["page"] = page
    if pages:
        columns["pages_of"] = pages
    return _mine(row).update(**columns) == 1


def finish(row: Rendering, data: bytes, *, at: datetime, pages: int = 0) -> bool:
    """Store the file. `pages` is its number of pages, unless progress has reported it."""
    columns = {"pages_of": pages} if pages else {}
    made = {"state": State.DONE, "data": data, "sha256": sha256(data), "finished_at": at}
    return _mine(row).update(**made, **columns) == 1


def refuse(row: Rendering, reason: str, *, at: datetime) -> bool:
    """Record that the paper cannot be printed. The reason is a sentence for the user."""
    return _mine(row).update(state=State.REFUSED, reason=reason, finished_at=at) == 1


def fail(row: Rendering, *, at: datetime) -> None:
    """Record a failure other than the paper's content: queue it once more, then refuse it."""
    if row.may_be_begun_again:
        _mine(row).update(state=State.WAITING, beat_at=None)
    else:
        refuse(row, str(DIED_TWICE), at=at)


def put_back(row: Rendering) -> None:
    """Queue the row again, because its worker must stop. This does not count as an attempt."""
    _mine(row).update(state=State.WAITING, beat_at=None, attempts=row.attempts - 1)


def delete_outdated(*, at: datetime) -> None:
    """Delete outdated files, silent workers and old rows of the change log."""
    Rendering.objects.removable(at).delete()
    RenderWorker.objects.silent(at).delete()
    newest = RecordChange.objects.order_by("-pk").values_list("pk", flat=True)
    if newest[5 * CHANGES_KEPT :].exists():
        RecordChange.objects.filter(pk__lte=newest[CHANGES_KEPT]).delete()


def sign_on(*, at: datetime) -> RenderWorker:
    return RenderWorker.objects.create(started_at=at, beat_at=at)


def beat(worker: RenderWorker, *, at: datetime) -> None:
    """Record a heartbeat, and register the worker again if it was taken for dead."""
    if not RenderWorker.objects.filter(pk=worker.pk).update(beat_at=at):
        worker.beat_at = at
        worker.save(force_insert=True)


def record_ability(worker: RenderWorker, *, is_able: bool) -> None:
    """Record whether the worker can start the process that makes and checks files."""
    worker.is_able = is_able
    RenderWorker.objects.filter(pk=worker.pk).update(is_able=is_able)


def sign_off(worker: RenderWorker) -> None:
    RenderWorker.objects.filter(pk=worker.pk).delete()


def _mine(row: Rendering) -> RenderingQuerySet:
    return Rendering.objects.filter(pk=row.pk, state=State.RUNNING, attempts=row.attempts)


def _refuse(row: Rendering, reason: str, at: datetime) -> None:
    row.state, row.reason, row.finished_at = State.REFUSED, reason, at
    row.save(update_fields=["state", "reason", "finished_at"])


def _pages_expected(row: Rendering) -> int:
    """Estimate the pages from the size of the briefing's last file; 0 without one."""
    made = Rendering.objects.filter(briefing=row.briefing_id, form=row.form, state=State.DONE)
    last = made.exclude(pages_of=0).order_by("-finished_at").only("pages_of", "document").first()
    if last is None:
        return 0
    return max(1, round(last.pages_of * len(row.document) / len(last.document)))
