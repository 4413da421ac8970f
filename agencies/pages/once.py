"""Let a form take effect once, even if it is sent twice.

A form that creates something has a token (`{% once %}` in its template), and its view is `@once`.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from agencies.models import SentForm
from agencies.pages import services as sent_forms
from agencies.typed.fields import TOKEN_FIELD

View = TypeVar("View", bound=Callable[..., HttpResponse])

# No part of what was typed. A digest of a password would be worth stealing.
LEFT_OUT = ("csrfmiddlewaretoken", TOKEN_FIELD, "password1", "password2")
SENT_BEFORE = gettext_lazy("You have already sent this form. It was recorded once.")


def once(view: View) -> View:
    """Let each form posted to this view take effect once, however often it is sent.

    The first answer that redirects spends the token. The same form sent again leads to the same
    place and says so. Other words with a spent token (a page brought back by the browser) are
    shown, to be sent as another act. A refused form's token can be used again.

    A form without a token counts as the same as another with the same words. The view must not be
    `non_atomic_requests`: the token is written in the transaction of the act.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        content = _digest(_parts_of_content(request))
        with transaction.atomic():
            sent = sent_forms.take(
                token=_digest(_parts_of_token(request, content)),
                content=content,
                at=timezone.now(),
            )
            if sent.led_to:
                return _sent_before(request, sent, content)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                sent_forms.keep(sent, led_to=response["Location"])
            else:
                sent_forms.give_back(sent)
            return response

    answer.__dict__["is_once"] = True
    return answer  # type: ignore[return-value]


def _sent_before(request: HttpRequest, sent: SentForm, content: str) -> HttpResponse:
    if sent.content == content:
        messages.info(request, SENT_BEFORE)
        return redirect(sent.led_to)
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
        for value in values
    ]
    context = {
        "fields": fields,
        # A choice, a number or a version says nothing without its label.
        "typed": [value for _, value in fields if " " in value.strip()],
        "led_to": sent.led_to,
        "has_files": bool(request.FILES),
    }
    return render(request, "agencies/sent_before.html", context, status=409)


def _parts_of_token(request: HttpRequest, content: str) -> Iterator[str]:
    yield str(request.user.pk)
    yield request.path
    yield request.POST.get(TOKEN_FIELD, "")[:100] or content


def _parts_of_content(request: HttpRequest) -> Iterator[str]:
    for name, values in sorted(request.POST.lists()):
        if name not in LEFT_OUT:
            yield from (name, *values, "")
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield from (name, str(file.name), _digest_of_file(file))


def _digest(parts: Iterator[str]) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest_of_file(file: Any) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
