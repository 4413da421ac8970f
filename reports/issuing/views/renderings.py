"""The draft as a PDF or Word file: at once if short or made already, else by a worker."""

from typing import Any

from csp.constants import HEADER, SELF
from csp.decorators import csp_replace
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from reports.briefings.views import files
from reports.briefings.views.readers import newest_version, readable_briefing
from reports.briefings.views.unreadable import refused
from reports.document import DocumentError, from_json
from reports.issuing.services import renderings
from reports.models import Briefing, Rendering, RenderWorker
from reports.models.issue import sha256

Stage = Rendering.Stage
# Each stage's start and share of the progress bar, in percent.
SHARES = {Stage.BEGINNING: (0, 2), Stage.LAYOUT: (2, 56), Stage.WRITING: (58, 40)}
# Where to continue when the file is ready, if not with the file.
ONWARD = {"sign": "briefings:authorise"}


# Rendering takes time, and must not keep the request's transaction, and SQLite's lock, open.
@transaction.non_atomic_requests
@require_safe
def download(request: HttpRequest, slug: str, pk: int, form: str) -> HttpResponse:
    """Return the draft's file, or redirect to the progress page if a long one is not made yet."""
    briefing = readable_briefing(request, slug, pk)
    if briefing.is_issued:
        return redirect(f"briefings:version-{form}", slug, pk, newest_version(briefing))
    try:
        row = renderings.rendered_file(briefing=briefing, form=form, at=timezone.now())
    except DocumentError as refusal:
        return refused(request, briefing, str(refusal))
    if row.is_done:
        return _file(request, briefing, row)
    if row.is_refused and not row.is_given_up:
        return refused(request, briefing, row.reason)
    return to_progress(briefing, row)


# Our own pages may show it in a frame, for display only.
@transaction.non_atomic_requests
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return the saved draft's PDF, to show beside the draft, or a page that says why not yet."""
    briefing = readable_briefing(request, slug, pk)
    try:
        row = renderings.rendered_file(briefing=briefing, form="pdf", at=timezone.now())
    except DocumentError as refusal:
        reason = str(refusal)
    else:
        if row.is_done:
            response = _file(request, briefing, row, shown=True)
            # The rest of the policy is for pages; browsers show a PDF with code of their own.
            response[HEADER] = f"frame-ancestors {SELF}"
            return response
        reason = row.reason if row.is_refused else ""
    return render(
        request,
        "reports/workshop/briefings/preview.html",
        {"reason": reason, "words": "" if reason else _words(row)},
        status=422 if reason else 202,
    )


def to_progress(briefing: Briefing, row: Rendering, *, then: str = "") -> HttpResponse:
    """Redirect (303) to the progress page. `then` is a key of `ONWARD`, where it continues."""
    address = reverse("briefings:file-progress", args=[briefing.plan.slug, briefing.pk, row.pk])
    response = redirect(f"{address}?then={then}" if then else address)
    response.status_code = 303
    return response


@require_safe
def progress(request: HttpRequest, slug: str, pk: int, rendering: int) -> HttpResponse:
    """Show the progress. The page refreshes itself; with its script it polls instead."""
    briefing, row = _of_briefing(request, slug, pk, rendering)
    then = request.GET.get("then", "")
    return render(
        request,
        "reports/workshop/briefings/progress.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "row": row,
            "at": _where(row),
            "next": reverse(ONWARD[then], args=[slug, pk]) if then in ONWARD else "",
        },
    )


@require_safe
def state(request: HttpRequest, slug: str, pk: int, rendering: int) -> HttpResponse:
    """Return the progress as JSON, for the page's script."""
    _, row = _of_briefing(request, slug, pk, rendering)
    return JsonResponse(_where(row))


@require_safe
def file(request: HttpRequest, slug: str, pk: int, rendering: int) -> HttpResponse:
    """Return this very file, even if the draft has changed since."""
    briefing, row = _of_briefing(request, slug, pk, rendering)
    return _file(request, briefing, row) if row.is_done else to_progress(briefing, row)


@require_POST
def again(request: HttpRequest, slug: str, pk: int, rendering: int) -> HttpResponse:
    """Queue a rendering again that did not finish."""
    briefing, row = _of_briefing(request, slug, pk, rendering)
    renderings.ask_again(row=row, at=timezone.now())
    return to_progress(briefing, row)


def _of_briefing(
    request: HttpRequest, slug: str, pk: int, rendering: int
) -> tuple[Briefing, Rendering]:
    briefing = readable_briefing(request, slug, pk)
    rows = Rendering.objects.without_contents().filter(briefing=briefing)
    return briefing, get_object_or_404(rows, pk=rendering)


def _file(
    request: HttpRequest, briefing: Briefing, row: Rendering, *, shown: bool = False
) -> HttpResponse:
    name = f"briefing-{files.tracker_name(briefing)}.{row.form}"
    assert row.data is not None
    data, digest = bytes(row.data), row.sha256
    if row.form == Rendering.Form.WORD:
        data = _stamped(briefing, row, data)
        digest = sha256(data)
    kind = files.MIME_TYPES[row.form]
    return files.frozen(request, data, digest, name, kind, shown=shown)


def _stamped(briefing: Briefing, row: Rendering, data: bytes) -> bytes:
    """Return a Word file that says which draft it was made from, for when it comes back."""
    from reports.render.docx.keys import Stamp, digest, stamped, texts_of

    texts = texts_of(from_json(bytes(row.document)))
    return stamped(data, Stamp(briefing.pk, row.asked_at, digest(texts)))


def _where(row: Rendering) -> dict[str, Any]:
    """Return the progress in words and in percent. The percentage is None if unknown."""
    waiting = row.state == Rendering.State.WAITING
    return {
        "state": row.state,
        "words": _words(row),
        "percent": _percent(row),
        "reason": row.reason,
        "nobody": waiting and not RenderWorker.objects.alive(timezone.now()).exists(),
    }


def _words(row: Rendering) -> str:
    if row.state != Rendering.State.RUNNING:
        return str(row.get_state_display())
    if row.stage == Stage.LAYOUT:
        if row.pages_of >= row.page:
            return gettext("Laying out page {page:,} of about {pages:,}").format(
                page=row.page, pages=row.pages_of
            )
        return gettext("Laying out page {page:,}").format(page=row.page)
    if row.stage == Stage.WRITING:
        return gettext("Writing page {page:,} of {pages:,}").format(
            page=row.page, pages=row.pages_of
        )
    return str(row.get_stage_display())


def _percent(row: Rendering) -> int | None:
    if row.is_done:
        return 100
    if row.state != Rendering.State.RUNNING:
        return None
    if row.stage == Stage.CHECKING:
        return 98
    begins, takes = SHARES[Stage(row.stage)]
    if row.stage == Stage.BEGINNING:
        return begins
    if row.pages_of < max(row.page, 1):
        return None
    return begins + takes * row.page // row.pages_of
