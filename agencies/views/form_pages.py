"""How a view answers with a form: its page, and what a service refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from agencies.fields import Refusal, VersionedForm, say_refusal

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


def say_saved(request: HttpRequest, form: VersionedForm, row: Any, said: str) -> None:
    """Say that what was typed is kept, or that nothing was changed.

    `row` is what the service returned. If it has the version that the form was made from, the
    service wrote nothing.
    """
    if row.version == form.cleaned_data["version"]:
        messages.info(request, NOTHING_CHANGED)
    else:
        messages.success(request, said)


def form_page(
    request: HttpRequest, template: str, form: forms.BaseForm, **context: Any
) -> HttpResponse:
    """Render a page with its form, and the row that another user saved first, if one did.

    The status is 422 if the form has errors.
    """
    context |= {"form": form, "conflict": getattr(form, "conflict", None)}
    return render(request, template, context, status=422 if form.errors else 200)
