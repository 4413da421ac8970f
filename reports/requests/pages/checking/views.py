"""Show the check of a file, and keep the file, print its pages to pictures, or check it again."""

from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import form_page, saying_refusals
from agencies.pages.once import once
from reports.briefings.views.files import download
from reports.models import RenderWorker
from reports.requests.models import FileCheck
from reports.requests.pages.checking.forms import KeepCopyForm
from reports.requests.pages.register.views import visible_request
from reports.requests.services import file_checks, line_files
from workitems.plan.views.lookups import signed_in

MAY = ("requests.prepare_request", "requests.publish_release")


def _check(request: HttpRequest, pk: int, number: int, check: int) -> FileCheck:
    """Return a check for whoever may upload copies: it quotes the paper."""
    row = visible_request(request, pk)
    if not any(request.user.has_perm(each, row) for each in MAY):
        raise PermissionDenied
    line = get_object_or_404(row.lines.for_list(), number=number)
    line.request = row
    found: FileCheck = get_object_or_404(line.checks.without_contents(), pk=check)
    found.line = line
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@once
def check(request: HttpRequest, pk: int, number: int, check: int) -> HttpResponse:
    """Show how far a check is and, once it is over, all that it found; keep the file if it passes."""
    found = _check(request, pk, number, check)
    act = request.POST.get("act", "keep")
    form = KeepCopyForm(
        request.POST if request.method == "POST" and act == "keep" else None, check=found
    )
    if request.method == "POST" and (act != "keep" or form.is_valid()):
        with saying_refusals(form):
            return _act(request, found, act, form)
    takes_copy = line_files.takes_copy(found.line) and found.decision == found.line.decision
    return form_page(
        request,
        "reports/requests/checking/check.html",
        form,
        row=found.line.request,
        line=found.line,
        check=found,
        may_copy=takes_copy,
        may_keep=takes_copy and found.has_file and found.passes,
        at=_where(found),
    )


def _act(request: HttpRequest, found: FileCheck, act: str, form: KeepCopyForm) -> HttpResponse:
    pk, number = found.line.request_id, found.line.number
    who: dict[str, Any] = {"by": signed_in(request), "at": timezone.now()}
    if act == "pictures":
        made = line_files.print_to_pictures(check=found, **who)
        return redirect("requests:request-file-check", pk, number, made.pk)
    if act == "again":
        file_checks.ask_again(found, at=timezone.now())
        return redirect("requests:request-file-check", pk, number, found.pk)
    pages = form.cleaned_data.get("pages", ())
    line_files.keep_copy(check=found, pages_looked_at=pages, **who)
    messages.success(
        request, _("The copy is checked and kept. It will be released for this paper.")
    )
    return redirect("requests:request-line", pk, number)


@require_safe
def state(request: HttpRequest, pk: int, number: int, check: int) -> HttpResponse:
    """Return how far a check is as JSON, for the page's script."""
    return JsonResponse(_where(_check(request, pk, number, check)))


@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def file(request: HttpRequest, pk: int, number: int, check: int) -> HttpResponse:
    """Return the uploaded file that is checked, as it would be released."""
    found = _check(request, pk, number, check)
    if found.pdf is None:
        raise Http404
    return download(bytes(found.pdf), f"copy-of-{slugify(found.line.title)[:60] or 'paper'}.pdf")


def _where(found: FileCheck) -> dict[str, Any]:
    waiting = found.state == FileCheck.State.WAITING
    return {
        # The page's script reloads the page when it is done.
        "state": "done" if found.is_over else found.state,
        "words": str(found.get_state_display()),
        "percent": None,
        "reason": "",
        "nobody": waiting and not RenderWorker.objects.alive(timezone.now()).exists(),
    }
