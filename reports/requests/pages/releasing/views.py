"""Release the papers of a decided request: the gate's report, the package, and the release."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import form_page, saying_refusals
from agencies.typed.fields import Refusal
from reports.briefings.views.files import download, frozen
from reports.requests.models import InformationRequest, Release, ScheduleLine
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.requester import may_read_requester
from reports.requests.pages.register.views import visible_request
from reports.requests.pages.releasing.forms import ReleaseForm
from reports.requests.print.release_package import package
from reports.requests.services import deciding, packages
from reports.requests.services import releases as services
from reports.requests.services.line_files import lack_of, standing_copy
from workitems.plan.views.lookups import signed_in

State = InformationRequest.State


def release_of(row: InformationRequest) -> Release | None:
    """Return the release that counts, with what became of its publication."""
    return Release.objects.with_publication().filter(request=row, corrected_by=None).first()


def _is_waiting(row: InformationRequest, made: Release | None) -> bool:
    """Whether papers are to be released: for the first time, or corrected."""
    return row.state == State.CORRECTING or (row.state == State.DECIDED and made is None)


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is or would be released with the gate's report on each file, and release it."""
    with transaction.atomic():
        row = visible_request(request, pk)
        if request.method == "POST":
            require(request, "requests.publish_release", row)
        made = release_of(row)
        is_waiting = _is_waiting(row, made)
        may = request.user.has_perm("requests.publish_release", row)
        found = deciding.unanswered(row) if is_waiting and may else []
    day = timezone.localdate() if row.state == State.CORRECTING else _decided_on(row)
    form = ReleaseForm(
        request.POST if request.method == "POST" else None,
        warnings=found,
        initial={"released_on": day or timezone.localdate()},
    )
    is_check = request.POST.get("act") == "check"
    if is_check:
        for name in form.names:
            form.fields[name].required = False
    if form.is_valid():
        with saying_refusals(form):
            left = {key for key, why in form.warnings_left.items() if why.strip()}
            prepared = packages.prepared_papers(row, left=left)
            if is_check:
                with transaction.atomic():
                    return _page(request, row, made, form, checked=prepared)
            _release(row, prepared, form, request)
            messages.success(request, _("The papers are released. These files stay as they are."))
            return redirect("requests:request-release", pk)
    with transaction.atomic():
        return _page(request, row, made, form)


def _decided_on(row: InformationRequest) -> date | None:
    return (
        row.events.in_force()
        .of_kind("decision_notified")
        .values_list("happened_on", flat=True)
        .first()
    )


def _release(
    row: InformationRequest, prepared: Any, form: ReleaseForm, request: HttpRequest
) -> None:
    try:
        services.release(
            request=row,
            papers=prepared,
            on=form.cleaned_data["released_on"],
            by=signed_in(request),
            at=timezone.now(),
            warnings_left=form.warnings_left,
        )
    except Refusal as refusal:
        field = "released_on" if refusal.field == "on" else refusal.field
        raise type(refusal)(str(refusal), field) from refusal


def _page(
    request: HttpRequest,
    row: InformationRequest,
    made: Release | None,
    form: ReleaseForm,
    checked: Any = (),
) -> HttpResponse:
    may_release = request.user.has_perm("requests.publish_release", row)
    is_waiting = _is_waiting(row, made)
    is_corrected = row.state == State.CORRECTING
    publish_url = _public_url(made) if made is not None and may_release else ""
    lines = list(row.lines.given().for_list().prefetch_related("redactions"))
    return form_page(
        request,
        "reports/requests/releasing/release.html",
        form,
        row=row,
        made=None if is_corrected else made,
        corrected=made if is_corrected else None,
        earlier=row.releases.exclude(corrected_by=None).order_by("-pk"),
        may_correct=made is not None
        and not is_corrected
        and request.user.has_perm("requests.prepare_request", row),
        papers=made.papers.with_keeper() if made else [],
        checked=[(each, _file_url(each.line), standing_copy(each.line)) for each in checked],
        lines=lines,
        has_ours=any(line.is_ours for line in lines),
        has_others=any(not line.is_ours for line in lines),
        may_release=may_release and is_waiting,
        may_read_redactions=request.user.has_perm("requests.read_redactions", row),
        lacks=_lacking(row) if is_waiting else [],
        publish_url="" if is_corrected else publish_url,
        is_readable=made is not None
        and Release.objects.on_public_pages().published().filter(pk=made.pk).exists(),
        is_published=made is not None and Release.objects.published().filter(pk=made.pk).exists(),
        is_decided=row.state in (State.DECIDED, State.CLOSED),
        may_read_requester=may_read_requester(signed_in(request), row),
    )


def _file_url(line: ScheduleLine) -> str:
    """Return where the file of a paper that would be released is read."""
    is_made = line.is_ours or line.response_id is not None
    name = "request-preview-pdf" if is_made else "request-line-file"
    if standing_copy(line) is not None:
        name = "request-line-copy-file"
    return reverse(f"requests:{name}", args=[line.request_id, line.number])


def _lacking(row: InformationRequest) -> list[tuple[str, ScheduleLine]]:
    """Return the papers that have no file to release, each with what it lacks."""
    lines = row.lines.given().in_order().select_related("evidence", "response")
    return [(lack, line) for line in lines for lack in [lack_of(line)] if lack]


def _public_url(made: Release) -> str:
    """Return the page on which a release is published or taken back."""
    is_published = Release.objects.published().filter(pk=made.pk).exists()
    return reverse("requests:unpublish" if is_published else "requests:publish", args=[made.pk])


def _made(row: InformationRequest) -> Release:
    return get_object_or_404(Release.objects.with_publication(), request=row, corrected_by=None)


@require_safe
def paper(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Return one released file, byte for byte, if it matches its SHA-256."""
    row = visible_request(request, pk)
    found = get_object_or_404(_made(row).papers, number=number)
    if not found.is_intact:
        raise Http404
    return frozen(request, bytes(found.pdf), found.pdf_sha256, found.file_name)


@require_safe
def package_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the letter, the schedule, the PDFs and their digests as one ZIP.

    A coordinator's has no letter, which names who asked.
    """
    row = visible_request(request, pk)
    asked = request.GET.get("release", "")
    made = get_object_or_404(row.releases, pk=asked) if asked.isdecimal() else _made(row)
    letters = row.letters.sent().filter(kind__in=("decide", "decide_and_release", "release"))
    if row.is_own_initiative:
        letters = letters.none()  # a memo is for whoever signs
    if not may_read_requester(signed_in(request), row):
        letters = letters.none()
    data = package(made, list(made.papers.order_by("number")), list(letters.order_by("pk")))
    name = slugify(row.reference.replace("/", "-")) or "request"
    return download(data, f"release {name}.zip", "application/zip")
