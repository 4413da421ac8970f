"""Middleware: refuse unreadable requests and huge numbers, report a database outage, read without a
lock, limit sessions, compress text, set headers."""

import errno
import secrets
import time
from collections.abc import Callable, Iterator
from gzip import GzipFile
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import psycopg
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from structlog.contextvars import bind_contextvars

from trafficking_plan.running import health, metrics
from trafficking_plan.sign_in import unsent
from trafficking_plan.sign_in.security_log import network_behind
from trafficking_plan.storage.marker import StorageAway
from workitems.plan.views.lookups import NotAdoptedYet

Handler = Callable[[HttpRequest], HttpResponse]

# Papers, workbooks and archives are compressed already.
COMPRESSED_TYPES = ("text/", "application/json", "image/svg+xml")
LONG_PAGE = 500_000  # bytes
QUICK = 3  # of gzip's levels: 30 % larger than level 6, which Django takes, in 40 % of its time
GREATEST_ID = 2**63 - 1
WRITING = "IMMEDIATE"  # as in the settings
MAX_QUERY_LENGTH = 4000  # characters of a query string; our longest forms stay far below


def plain_page(template: str, status: int) -> HttpResponse:
    """Render a page that needs neither the database nor a user."""
    return HttpResponse(render_to_string(template), status=status)


class Middleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response


class RefuseUnreadableRequests(Middleware):
    """Answer requests with text that cannot be stored with our 400 page.

    PostgreSQL raises an error for NUL characters, while SQLite stores them. A charset other than
    UTF-8 makes Django fail while it parses the form. Overlong query strings are refused as well.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.is_unreadable(request):
            return plain_page("400.html", 400)
        return self.get_response(request)

    def is_unreadable(self, request: HttpRequest) -> bool:
        charset = (request.content_params or {}).get("charset", "")
        if charset and charset.casefold() != "utf-8":
            return True
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_LENGTH or "\0" in request.path:
            return True
        # A quoted cookie can contain NUL as \000, and the session key goes to the database.
        if any("\0" in value for value in request.COOKIES.values()):
            return True
        raw = unquote_to_bytes(query.replace("+", " "))
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return True
        # A posted form's fields refuse NUL themselves (Django's ProhibitNullCharactersValidator).
        return b"\0" in raw


class HealthChecks(Middleware):
    """Answer `/healthz`, `/readyz` and `/metrics` by any host name, without a line in the request log."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health.answer(request) or metrics.answer(request) or self.get_response(request)


class LinkToWhatServes(Middleware):
    """Lets links in emails and calendars lead to the address of the last request.

    For development alone, and only if SITE_URL is not set: a live service never trusts a request here.
    """

    def __init__(self, get_response: Handler) -> None:
        if not (settings.DEBUG and settings.SITE_URL_IS_GUESSED):
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        settings.SITE_URL = request.build_absolute_uri("/").rstrip("/")
        return self.get_response(request)


class DatabaseAway(Middleware):
    """Answer with a page of its own instead of 500 if the database, the storage or the disk failed.

    503 while the database cannot be reached, or while others write to SQLite for so long that the request
    gave up waiting; 507 if what was sent could not be kept, since a disk is full or storage is away.
    The transaction was rolled back, and half a file was removed, so nothing of it is there.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 500:
            return response
        failures = list(causes(getattr(request, "failure", None)))
        at_fault = next((each for each in failures if is_full_or_away(each)), None)
        if at_fault is not None and request.method not in {"GET", "HEAD"}:
            return plain_page("507.html", 507)
        if isinstance(at_fault, OSError):
            return plain_page("503_file.html", 503)
        if at_fault is not None or any(map(is_of_connection, failures)):
            response = plain_page("503.html", 503)
            is_locked = any("is locked" in str(each) for each in failures)
            response["Retry-After"] = "5" if is_locked else "30"
        return response


# No space, no quota, read-only, or a disk or network file system that fails.
NOT_KEPT = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENODEV}
DISK_FULL = "53100"  # PostgreSQL's code


def is_full_or_away(failure: BaseException) -> bool:
    if isinstance(failure, OSError):
        return isinstance(failure, StorageAway) or failure.errno in NOT_KEPT
    is_full = getattr(failure, "sqlstate", "") == DISK_FULL
    return is_full or (isinstance(failure, OperationalError) and "disk is full" in str(failure))


def causes(failure: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and those that led to it: what it was raised from, or while handling which."""
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def is_of_connection(failure: BaseException) -> bool:
    """Return whether the exception says that the database is away, closed the connection, or gave up waiting.

    By the exception, since a database that restarted answers again. SQLite has one kind for a locked file and for
    a table that is not there, so there the database is asked.
    """
    if isinstance(failure, psycopg.InterfaceError | psycopg.OperationalError):
        return True
    is_sqlite = connection.vendor == "sqlite"
    return isinstance(failure, InterfaceError | OperationalError) and (
        not is_sqlite or "is locked" in str(failure) or not database_answers()
    )


def read_without_lock() -> None:
    """On SQLite, let the transactions of the rest of this request begin without the write lock."""
    if connection.vendor == "sqlite":
        # Connecting sets the mode, so it must not come later.
        connection.ensure_connection()
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]


class ReadWithoutLock(Middleware):
    """On SQLite, begin the transaction of a GET or HEAD request without the write lock.

    Then readers and a writer do not wait for each other. A view that writes on GET says so
    (`writes_on_get`): if it began as a reader, a write by others in between would make it fail.
    Transactions that a view begins by itself take the lock, as everywhere.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            if connection.vendor == "sqlite":
                connection.transaction_mode = WRITING  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        only_reads = request.method in {"GET", "HEAD"} and not getattr(view, "writes_on_get", False)
        if only_reads and not getattr(view, "_non_atomic_requests", None):
            read_without_lock()


class LeadToAdoption(MiddlewareMixin):
    """Redirect from the pages of a plan that is not adopted to the plan's page, which says what is next."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotAdoptedYet):
            return None
        messages.info(request, str(error))
        return redirect(error.plan)


class RequireSignIn(LoginRequiredMiddleware):
    """Redirect to the sign-in page, but lose nothing of a form that arrives signed out.

    It is kept for whoever sent it, if the page knows who that is, and what was typed is shown. Only a browser's own form is
    answered so: scripts, which ask for no page, say it beside the form.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        to_sign_in = super().handle_no_permission(request, view_func)
        is_page = "text/html" in request.headers.get("Accept", "")
        if request.method != "POST" or not is_page or "HX-Request" in request.headers:
            return to_sign_in
        typed = unsent.typed_in(unsent.fields_of(request))
        kept = unsent.keep(request)
        if not typed and kept is None:
            return to_sign_in
        context = {"typed": typed, "sign_in": to_sign_in.url, "unsent": kept}
        return render(request, "signed_out.html", context, status=403)


class RefuseHugeNumbers(MiddlewareMixin):
    """Answer 404 for a number in the path that no id can have: SQLite cannot even look for it."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if any(isinstance(value, int) and value > GREATEST_ID for value in kwargs.values()):
            raise Http404


class SessionLimits(Middleware):
    """End sessions that have been idle for `SESSION_IDLE_SECONDS` or are too old in total.

    The time of the last request is stored at most once a minute, to save writes. A page that asks how much time is left
    is no use of the service.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault("began_at", now)
            seen = request.session.setdefault("seen_at", now)
            if (
                now - seen > settings.SESSION_IDLE_SECONDS
                or now - began > settings.SESSION_COOKIE_AGE
            ):
                unsent.end(request)
            elif now - seen >= 60 and not self.only_asks(request):
                request.session["seen_at"] = now
        # For the logs, before the view and once more after it, which may have signed somebody in.
        bind_contextvars(user_id=request.user.pk, network=network_behind(request))
        response = self.get_response(request)
        bind_contextvars(user_id=request.user.pk)
        return response

    def only_asks(self, request: HttpRequest) -> bool:
        return request.path == reverse("signed-in-for") and "stay" not in request.GET


class NoStore(Middleware):
    """Keep pages out of all caches, so that Back shows nothing after sign-out.

    A page that is the same for everybody says `public` itself; it is sent without cookies, even if
    the reader is signed in.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" in response.get("Cache-Control", ""):
            response.cookies.clear()
            _vary_by_encoding_alone(response)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
        return response


def _vary_by_encoding_alone(response: HttpResponseBase) -> None:
    kept = [each for each in response.get("Vary", "").split(", ") if each == "Accept-Encoding"]
    if kept:
        response["Vary"] = kept[0]
    else:
        del response["Vary"]


class CompressText(GZipMiddleware):
    """Send pages, CSV files and other text with gzip; leave uploaded files as they are.

    A random number of bytes is added to each response, and Django's CSRF tokens are masked anew in
    each page, so the length of a page does not reveal its secrets (the BREACH attack).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_text = response.get("Content-Type", "").startswith(COMPRESSED_TYPES)
        if isinstance(response, FileResponse) or not is_text:
            return response
        if isinstance(response, HttpResponse) and len(response.content) > LONG_PAGE:
            self.compress_quickly(request, response)
        return super().process_response(request, response)

    def compress_quickly(self, request: HttpRequest, response: HttpResponse) -> None:
        """Compress a long page in half of the time that Django takes, which has one level for all.

        Django leaves what is compressed already as it is.
        """
        accepted = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
        if not accepted or "Content-Encoding" in response or "ETag" in response:
            return
        random_name = b"a" * secrets.randbelow(self.max_random_bytes)
        packed = BytesIO()
        with GzipFile(random_name, "wb", QUICK, packed, mtime=0) as file:
            file.write(response.content)
        response.content = packed.getvalue()
        response["Content-Length"] = str(len(response.content))
        response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ("Accept-Encoding",))


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return False
    return True
