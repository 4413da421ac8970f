"""Refusals of the API as JSON (RFC 9457 problem details), with the sentences of the screens."""

import json
import re
from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from agencies.typed.fields import Refusal
from trafficking_plan.frame.middleware import MAX_QUERY_LENGTH
from workitems.plan.services import Conflict
from workitems.plan.views.lookups import NotAdoptedYet

PREFIX = "/api/"
# Below these addresses errors have OData's form.
ODATA = re.compile(rf"{PREFIX}plans/[^/]+/odata/")
VERSION = "OData-Version"
MIME_TYPE = "application/problem+json"
Wrong = tuple[str | None, str]  # the field, if one is at fault, and what is wrong

# What is said where nothing more exact is.
SENTENCES = {
    400: "The request cannot be read.",
    401: "Send an API key that works, in the header “Authorization: Bearer” followed by the key.",
    403: "None of the rights of this API key allows this.",
    404: "There is nothing at this address that this API key may read.",
    405: "This address does not answer this method.",
    409: "This was changed elsewhere.",
    413: "The request is too large.",
    422: "There is a problem with what was sent.",
    429: "Too many requests. Wait, then try again.",
    500: "Something went wrong here. It is logged.",
    503: "The service cannot reach its database just now. Try again soon.",
}

TOO_LONG = "The address is too long. After “?” it can have {most:,} characters."
UNKNOWN_NAME = "There is no parameter or field of this name. /api/openapi.json lists them."


class Problem(Exception):
    """A refusal with its status, and what is wrong by field."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        wrong: Iterable[Wrong] = (),
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong = status, detail, list(wrong)
        self.headers, self.members = headers or {}, members

    def response(self) -> HttpResponse:
        return problem(self.status, self.detail, self.wrong, self.headers, **self.members)


def problem(
    status: int,
    detail: str = "",
    wrong: Iterable[Wrong] = (),
    headers: dict[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or SENTENCES.get(status, HTTPStatus(status).phrase),
    }
    errors = [{"field": field, "detail": message} for field, message in wrong]
    if errors:
        content["errors"] = errors
    text = json.dumps(content | members, ensure_ascii=False)
    return HttpResponse(text, content_type=MIME_TYPE, status=status, headers=headers or {})


def refuse_invalid(form: forms.BaseForm) -> None:
    """Raise `Problem` with what the form says, unless it is valid."""
    if form.is_valid():
        return
    wrong: list[Wrong] = [
        (None if name == "__all__" else name, str(message))
        for name, errors in form.errors.items()
        for message in errors
    ]
    raise Problem(422, wrong[0][1], wrong=wrong)


def refuse_names(names: Iterable[str]) -> None:
    """Raise `Problem` with the names that an address does not take, if there are any."""
    if wrong := [(name, UNKNOWN_NAME) for name in names]:
        raise Problem(422, wrong=wrong)


def of_exception(error: Exception) -> HttpResponse | None:
    """Return the response to an exception that says something to the reader; None for others."""
    # Here, because the middleware below is loaded by every process and the library only by requests
    # to the API.
    from ninja.errors import HttpError, ValidationError

    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, Http404):
        return problem(404)
    if isinstance(error, PermissionDenied):
        return problem(403, str(error))
    if isinstance(error, NotAdoptedYet):
        return problem(409, str(error))
    if isinstance(error, HttpError):  # the body is no JSON
        return problem(error.status_code)
    if isinstance(error, ValidationError):
        wrong = [_of_parameter(each) for each in error.errors]
        return problem(422, "", wrong)
    if isinstance(error, Refusal):
        faults = [(str(error), error.field), *error.others]
        status = 409 if isinstance(error, Conflict) else 422
        wrong = [(field, str(message)) for message, field in faults if field]
        members: dict[str, Any] = {}
        if isinstance(error, Conflict):
            members["version"] = getattr(error.current, "version", 0)
        return Problem(status, str(error), wrong=wrong, **members).response()
    return None


def answer_of(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer with what the view returns, or with the problem that its exception says to the reader."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            found = of_exception(error)
            if found is None:
                raise
            return found

    return answer


def is_problem(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "") == MIME_TYPE


def as_odata(response: HttpResponse) -> HttpResponse:
    """Give a problem OData's form of errors."""
    said = json.loads(response.content)
    # A parameter is refused with 400 there, as the standard says.
    response.status_code = 400 if said["status"] == 422 else said["status"]
    error: dict[str, Any] = {"code": str(response.status_code), "message": said["detail"]}
    if wrong := said.get("errors"):
        error["target"] = wrong[0]["field"]
    response.content = json.dumps({"error": error}, ensure_ascii=False).encode()
    response["Content-Type"], response[VERSION] = "application/json", "4.0"
    return response


def _of_parameter(error: dict[str, Any]) -> Wrong:
    """Return what is wrong with a parameter, of what the library that checks them says."""
    place = [str(part) for part in error.get("loc", ())]
    # The first part says where it was ("query"), then comes the name of our function's argument.
    field = place[-1] if place else None
    if error.get("type") == "extra_forbidden":
        return field, UNKNOWN_NAME
    return field, f"{error.get('msg', 'Not allowed')}."


class ProblemsForPrograms:
    """Middleware: give programs JSON in place of the pages that refuse a request before, or after, the API
    itself answers: an address that is not there, text that cannot be read, the database away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIX) or response.status_code < 400:
            return response
        if is_problem(response) or VERSION in response:  # which has errors of its own form
            return response
        kept = {name: response[name] for name in ("Retry-After", "Allow") if name in response}
        detail = ""
        if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_LENGTH:
            detail = TOO_LONG.format(most=MAX_QUERY_LENGTH)
        refusal = problem(response.status_code, detail, headers=kept)
        return as_odata(refusal) if ODATA.match(request.path_info) else refusal
