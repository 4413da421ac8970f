"""The page of an action: what is to be done by whom, mark it as done, confirm it, reopen it.

Decisions of the working group and follow-ups of the Minister's answer share it; each has its URLs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.pages.form_pages import refusals_in_messages, saying_refusals
from workitems.meetings.forms.actions import FinishForm, ReopenForm
from workitems.meetings.services import actions as action_services
from workitems.models import Action
from workitems.plan.views.lookups import require, signed_in

Progress = Action.Progress


@dataclass(frozen=True, kw_only=True)
class Place:
    """An action, its URLs, and where it comes from: `origin` in words, and the page of that."""

    action: Any
    page_url: str
    finish_url: str
    confirm_url: str
    reopen_url: str
    change_url: str
    origin: str
    origin_url: str
    crumbs: list[tuple[str, str]]
    quote: str = ""


def show(
    request: HttpRequest, place: Place, acted: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Show the page. `acted` is the form of a refused act, by its name in the context."""
    row, can = place.action, request.user.has_perm
    forms: dict[str, Any] = {}
    on = localdate()
    may_confirm = can("workitems.confirm_action", row)
    if row.owner_agency_id is not None:
        if row.progress == Progress.OPEN and can("workitems.finish_action", row):
            forms["finish_form"] = FinishForm(row=row, on=on, auto_id="id_finish_%s")
        if row.progress != Progress.OPEN and may_confirm:
            forms["reopen_form"] = ReopenForm(row=row, auto_id="id_reopen_%s")
    return render(
        request,
        "workitems/meetings/actions/detail.html",
        {
            "plan": row.plan,
            "place": place,
            "action": row,
            "is_late": row.is_overdue(on),
            "may_confirm": may_confirm,
            "may_change": bool(place.change_url) and may_confirm and row.progress == Progress.OPEN,
            "acted": next(iter((acted or {}).values()), None),
        }
        | forms
        | (acted or {}),
        status=status,
    )


def finish(request: HttpRequest, place: Place) -> HttpResponse:
    """Mark the action as done; from the coordinator it is confirmed at once."""
    row, on = require(request, "workitems.finish_action", place.action), localdate()
    form = FinishForm(request.POST, row=row, on=on, auto_id="id_finish_%s")
    confirms = request.user.has_perm("workitems.confirm_action", row)

    def act() -> HttpResponse:
        action_services.finish(
            action=row, on=on, by=signed_in(request), confirms=confirms, **form.cleaned_data
        )
        if confirms:
            messages.success(request, _("Marked as done."))
            return redirect(place.page_url)
        messages.success(
            request, _("Marked as done. We’ll email you when the coordinator confirms it.")
        )
        return redirect("home")

    return _act(request, place, "finish_form", form, act)


def reopen(request: HttpRequest, place: Place) -> HttpResponse:
    row = require(request, "workitems.confirm_action", place.action)
    form = ReopenForm(request.POST, row=row, auto_id="id_reopen_%s")

    def act() -> HttpResponse:
        action_services.reopen(action=row, by=signed_in(request), **form.cleaned_data)
        messages.success(
            request,
            _("Reopened. It is on the desk of {agency} again.").format(agency=row.owner_agency),
        )
        return redirect(place.page_url)

    return _act(request, place, "reopen_form", form, act)


def _act(
    request: HttpRequest, place: Place, name: str, form: Any, act: Callable[[], HttpResponse]
) -> HttpResponse:
    if form.is_valid():
        with saying_refusals(form):
            return act()
    if form.conflict is not None:
        place.action.refresh_from_db()
    return show(request, place, {name: form}, status=422)


def confirm(request: HttpRequest, place: Place) -> HttpResponse:
    row = require(request, "workitems.confirm_action", place.action)
    with refusals_in_messages(request):
        action_services.confirm(action=row, on=localdate(), by=signed_in(request))
        messages.success(
            request,
            _("Confirmed as done. We’ll email {agency}.").format(agency=row.owner_agency),
        )
    return redirect(place.page_url)
