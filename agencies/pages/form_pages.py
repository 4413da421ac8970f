"""Shared steps of views with a form: call its service, show a refusal, redirect, render."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from agencies.pages.permissions import signed_in
from agencies.typed.fields import Form, Refusal, VersionedForm, say_refusal
from agencies.wording.translation import StrOrPromise

Row = TypeVar("Row", bound=Model)

NOTHING_CHANGED = gettext_lazy("Nothing was changed.")


@contextmanager
def saying_refusals(form: forms.BaseForm) -> Iterator[None]:
    """Make a refusal within the block an error of the form, and go on after the block."""
    try:
        yield
    except Refusal as refusal:
        if isinstance(form, VersionedForm):
            form.refuse(refusal)
        else:
            say_refusal(form, refusal)


@contextmanager
def refusals_in_messages(request: HttpRequest) -> Iterator[None]:
    """Show a refusal within the block as a message on the next page, and go on after the block."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, str(refusal))


def carry_out(
    request: HttpRequest, form: Form, service: Callable[..., Row], /, **arguments: Any
) -> Row | None:
    """Call the service for the user with `arguments` and those of the form. Return its row.

    Return None if the form is not posted or has errors. A refusal becomes an error of the form.
    """
    if form.is_valid():
        with saying_refusals(form):
            return service(by=signed_in(request), **arguments, **form.arguments())
    return None


def done(
    request: HttpRequest, message: StrOrPromise, to: Any, /, *args: Any, **names: Any
) -> HttpResponse:
    """Redirect as `redirect(to, *args)` does, and show the message there, with `names` filled in."""
    messages.success(request, message.format(**names) if names else str(message))
    return redirect(to, *args)


def saved(
    request: HttpRequest,
    form: VersionedForm,
    row: Any,
    message: StrOrPromise,
    to: Any,
    /,
    *args: Any,
    **names: Any,
) -> HttpResponse:
    """Do as `done` does, but say that nothing was changed if the service wrote nothing.

    `row` is what the service returned. It then has the version that the form was made from.
    """
    if row.version != form.cleaned_data["version"]:
        return done(request, message, to, *args, **names)
    messages.info(request, NOTHING_CHANGED)
    return redirect(to, *args)


def after_act(request: HttpRequest, to: Any, /, *args: Any) -> HttpResponse:
    """Redirect to the desk if the button was pressed there, else as `redirect(to, *args)` does."""
    return redirect("home") if request.POST.get("from") == "desk" else redirect(to, *args)


def form_page(
    request: HttpRequest, template: str, form: forms.BaseForm, **context: Any
) -> HttpResponse:
    """Render a page with its form, and the row that another user saved first, if one did.

    The status is 422 if the form has errors.
    """
    context |= {"form": form, "conflict": getattr(form, "conflict", None)}
    return render(request, template, context, status=422 if form.errors else 200)
