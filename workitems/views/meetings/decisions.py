"""List, record, change, finish and reopen decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from agencies.views.form_pages import form_page, say_saved, saying_refusals
from agencies.views.once import once
from workitems.forms.meetings import (
    ChangeDecisionForm,
    DecisionForm,
    FinishDecisionForm,
    ReopenDecisionForm,
)
from workitems.models import Decision
from workitems.services import decisions as decision_services
from workitems.views.lookups import page_of, posted, require, signed_in, state_tabs, visible_plan
from workitems.views.meetings.pages import own_meeting

STATES = {"": "All", "open": "Open", "done": "Done"}


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    on = localdate()
    chosen = request.GET.get("state", "")
    if chosen not in STATES:
        chosen = ""
    rows = Decision.objects.filter(meeting__plan=plan)
    if chosen == "open":
        rows = rows.open(on)
    elif chosen == "done":
        rows = rows.filter(done_on__lte=on)
    page = page_of(request, rows.for_list().open_first(on))
    return render(
        request,
        "workitems/meetings/decisions.html",
        {
            "plan": plan,
            "today": on,
            "page": page,
            "rows": [(row, row.is_overdue(on)) for row in page],
            "tabs": state_tabs(reverse("meetings:decisions", args=[plan.slug]), STATES, chosen),
            "chosen": chosen,
            "may_record": request.user.has_perm("workitems.record_meeting", plan),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record a decision without an agenda matter, with or without an item."""
    meeting = own_meeting(request, slug, pk)
    form = DecisionForm(posted(request), plan=meeting.plan, with_items=True)
    if form.is_valid():
        with saying_refusals(form):
            made = decision_services.record_decision(
                meeting=meeting, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
            messages.success(request, f"Decision {made.number} is recorded.")
            return redirect(f"{meeting.get_absolute_url()}#decisions")
    return form_page(
        request,
        "workitems/meetings/decision.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        cancel_url=f"{meeting.get_absolute_url()}#decisions",
    )


def own_decision(request: HttpRequest, slug: str, decision: int) -> Decision:
    plan = visible_plan(request, slug)
    rows = Decision.objects.filter(meeting__plan=plan).for_list()
    row = get_object_or_404(rows, pk=decision)
    row.meeting.plan = plan
    require(request, "workitems.record_meeting", plan)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    row = own_decision(request, slug, decision)
    form = ChangeDecisionForm(posted(request), row=row)
    return _act(request, row, form, "change", decision_services.change_decision, "is saved")


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    row = own_decision(request, slug, decision)
    on = localdate()
    form = FinishDecisionForm(posted(request), initial={"done_on": on})
    service = decision_services.finish_decision
    return _act(request, row, form, "finish", service, "is recorded as done", on=on)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    row = own_decision(request, slug, decision)
    form = ReopenDecisionForm(posted(request))
    service = decision_services.reopen_decision
    return _act(request, row, form, "reopen", service, "is followed up again")


TITLES = {
    "change": ("Change a decision", "Save the decision"),
    "finish": ("Record a decision as done", "Record it as done"),
    "reopen": ("Follow a decision up again", "Follow it up again"),
}


def _act(
    request: HttpRequest,
    row: Decision,
    form: Any,
    act: str,
    service: Callable[..., Decision],
    done: str,
    **how: Any,
) -> HttpResponse:
    """Call the service of an action on a decision, or show its page with the errors."""
    if form.is_valid():
        with saying_refusals(form):
            saved = service(decision=row, by=signed_in(request), **how, **form.cleaned_data)
            said = f"Decision {row.number} of {row.meeting} {done}."
            if isinstance(form, ChangeDecisionForm):
                say_saved(request, form, saved, said)
            else:
                messages.success(request, said)
            return redirect("meetings:decisions", row.meeting.plan.slug)
    title, submit = TITLES[act]
    return form_page(
        request,
        "workitems/meetings/decision_act.html",
        form,
        plan=row.meeting.plan,
        decision=row,
        title=title,
        submit=submit,
        shows_words=act != "change",
        cancel_url=reverse("meetings:decisions", args=[row.meeting.plan.slug]),
    )
