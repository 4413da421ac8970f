"""Take an email that a program posts, and show a person what became of one of theirs."""

import hashlib
import hmac
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workitems.by_email import services
from workitems.by_email.mime_reading import MOST_BYTES
from workitems.models import ReceivedMail
from workitems.notices.answer_keys import is_on
from workitems.plan.views.lookups import signed_in

SIGNED_WITHIN_SECONDS = 300
NO_SIGNATURE, AGAIN, TOO_LARGE, TAKEN = 401, 409, 413, 204


@csrf_exempt
@login_not_required
@require_POST
def posted_email(request: HttpRequest) -> HttpResponse:
    """Take the bytes of an email, signed with MAIL_POST_KEY. The answer is the same whatever comes of it, as for
    `receive_mail`: what is not taken is said on its sender's desk alone."""
    if not (is_on() and settings.MAIL_POST_KEY):
        raise Http404
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=TOO_LARGE)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=TOO_LARGE)
    signed_at = request.headers.get("X-Mail-Timestamp", "")
    signature = request.headers.get("X-Mail-Signature", "")
    if not is_signed(body, signed_at, signature):
        return HttpResponse(status=NO_SIGNATURE)
    if not cache.add(f"mail:{signature}", 1, 2 * SIGNED_WITHIN_SECONDS):
        return HttpResponse(status=AGAIN)
    services.take_email(body, at=timezone.now())
    return HttpResponse(status=TAKEN)


def is_signed(body: bytes, signed_at: str, signature: str) -> bool:
    """Whether the body and the time, in seconds of Unix, were signed with our key a short time ago."""
    if not (signed_at.isascii() and signed_at.isdecimal() and len(signed_at) <= len("10000000000")):
        return False
    if abs(time.time() - int(signed_at)) > SIGNED_WITHIN_SECONDS:
        return False
    right = signature_of(body, signed_at, settings.MAIL_POST_KEY)
    return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))


def signature_of(body: bytes, signed_at: str, key: str) -> str:
    return hmac.new(key.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _own(request: HttpRequest, **which: int) -> ReceivedMail:
    rows = ReceivedMail.objects.select_related("note__plan", "sheet__of_return__round__plan")
    return get_object_or_404(rows, person=signed_in(request), **which)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, mail: int) -> HttpResponse:
    """Show what became of an email, to its sender alone. A POST removes its line from their desk."""
    row = _own(request, pk=mail)
    if request.method == "POST":
        services.remove_from_desk(mail=row, at=timezone.now())
        return redirect("home")
    return _show(request, row)


@require_safe
def of_note(request: HttpRequest, note: int) -> HttpResponse:
    """Show the writer of a note that came by email what became of that."""
    return _show(request, _own(request, note=note))


def _show(request: HttpRequest, row: ReceivedMail) -> HttpResponse:
    return render(
        request,
        "workitems/by_email/detail.html",
        {"mail": row, "became": row.note or row.sheet, "title": _("An email in your name")},
    )
