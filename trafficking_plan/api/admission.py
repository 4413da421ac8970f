"""What every request to the API passes: its token, its limits, one transaction, and its ETag.

Sessions and cookies open nothing here, so there is nothing to forge across sites. HEAD is GET.
"""

import base64
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt

from agencies.models import Token
from agencies.people.services import tokens
from agencies.records import history
from reports.models import RecordChange
from trafficking_plan.api.problems import Problem
from trafficking_plan.frame.middleware import read_without_lock
from trafficking_plan.sign_in import second_step
from workitems.calendar.limits import address_of, is_within

View = Callable[..., HttpResponseBase]

REQUESTS_A_MINUTE = 120  # of a token
WRONG_TOKENS_AN_HOUR = 60  # from an address
LONGEST_TOKEN = 200  # characters
SCHEME = "bearer"
NO_PASSWORD = (
    "Send an API key that works, as the password of any user name or after “Authorization: Bearer”."
)
WITHOUT_SECOND_STEP = "The person of this API key must use a second step. Sign in and set one up; then the key works again."
BEARER = 'Bearer realm="Plan Register"'
# Where spreadsheets ask, which can send a name and a password: the token is the password, whatever the name.
BY_PASSWORD = 'Basic realm="Plan Register", charset="UTF-8"'


def token_of(request: HttpRequest, challenge: str = BEARER) -> Token:
    """Return the token of the request, counted. Raise `Problem` without one that works, or over a limit."""
    sentence = NO_PASSWORD if challenge == BY_PASSWORD else ""
    without = Problem(401, sentence, headers={"WWW-Authenticate": challenge})
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    text = text.strip()
    if scheme.lower() == "basic" and challenge == BY_PASSWORD:
        text = _password(text)
    elif scheme.lower() != SCHEME:
        text = ""
    if not text:
        raise without
    today = timezone.localdate()
    found = tokens.find_by_text(text, today) if len(text) <= LONGEST_TOKEN else None
    if found is None:
        who = address_of(request)
        if not is_within(WRONG_TOKENS_AN_HOUR, seconds=3600, what="api-guess", of=who):
            raise _too_many(3600)
        raise without
    if not is_within(REQUESTS_A_MINUTE, seconds=60, what="api", of=str(found.pk)):
        raise _too_many(60)
    tokens.note_use(found, today)
    return found


def _password(text: str) -> str:
    """Return the password of Basic's text; "" if it has none."""
    try:
        return base64.b64decode(text, validate=True).decode().partition(":")[2].strip()
    except ValueError:
        return ""


def _too_many(seconds: int) -> Problem:
    wait = seconds - int(time.time()) % seconds
    return Problem(429, headers={"Retry-After": str(wait)})


def may(request: HttpRequest, scope: Token.Scope) -> Token:
    """Return the request's token. Raise `Problem` with status 403 unless it has the scope; one that may
    write may read."""
    token: Token = request.token  # type: ignore[attr-defined]
    allowed = {scope, Token.Scope.WRITE} if scope == Token.Scope.READ else {scope}
    if token.scope not in allowed:
        label = Token.Scope(scope).label.lower()
        raise Problem(403, f"This API key may not do that. It needs another scope: “{label}”.")
    return token


def gated(view: View, *, by_records: bool = False, challenge: str = BEARER) -> View:
    """Let only requests with a token that works through to the view, with the person of its seat.

    What the view refuses is rolled back. `by_records`: the answer depends on the plan's records, the day and
    the address alone, so an unchanged one is answered (304) before it is read. `challenge`: `BY_PASSWORD` where the
    token may also come as a password; only where nothing is written, because browsers send passwords by themselves.
    """

    @csrf_exempt
    @login_not_required
    @transaction.non_atomic_requests
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            token = token_of(request, challenge)
        except Problem as refusal:
            return refusal.response()
        request.token = token  # type: ignore[attr-defined]
        request.user = tokens.person_of(token)
        structlog.contextvars.bind_contextvars(token_id=token.pk, user_id=token.user_id)
        method = request.method
        reads = method in {"GET", "HEAD"}
        if reads:
            # The library knows no HEAD. The server sends no body.
            request.method = "GET"
            read_without_lock()
        with transaction.atomic(), history.because(f"Through the API, “{token}”"):
            response = _answer(view, request, args, kwargs, token, by_records=by_records and reads)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        request.method = method
        return response

    return answer


def _answer(
    view: View, request: HttpRequest, args: Any, kwargs: Any, token: Token, *, by_records: bool
) -> HttpResponseBase:
    if second_step.must_use(request) and not second_step.has_second_step(request.user):
        return Problem(403, WITHOUT_SECOND_STEP).response()
    etag = _etag_of_records(request, token) if by_records else ""
    if etag and (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    response = view(request, *args, **kwargs)
    if request.method != "GET" or response.status_code != 200 or "ETag" in response:
        return response
    if response.streaming:
        return response
    assert isinstance(response, HttpResponse)
    response["ETag"] = etag or _etag(response.content)
    response["Cache-Control"] = "private, no-cache"
    if etag:
        return response
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _etag_of_records(request: HttpRequest, token: Token) -> str:
    """Return an ETag that changes with every write to a plan's records. One query."""
    day = timezone.localdate().isoformat()
    mark = RecordChange.objects.mark()
    return _etag("\0".join((str(token.pk), day, mark, request.get_full_path())).encode())


def _etag(data: bytes) -> str:
    # Keyed, so that it says nothing of what it was made from.
    return quote_etag(salted_hmac("trafficking_plan.api", data, algorithm="sha256").hexdigest())
