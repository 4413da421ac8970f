"""List, record, change and follow up decisions."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from workitems.meetings.forms.meetings import ChangeDecisionForm, DecisionForm
from workitems.meetings.services import decisions as decision_services
from workitems.meetings.views import actions
from workitems.meetings.views.pages import own_meeting
from workitems.models import Decision, Plan
from workitems.models.meeting import DecisionQuerySet
from workitems.plan.views.lookups import page_of, posted, require, state_tabs, visible_plan

STATES = {
    "": gettext_lazy("All"),
    "open": gettext_lazy("To do"),
    "confirm": gettext_lazy("To be confirmed"),
    "done": gettext_lazy("Done"),
}


def decisions_of(plan: Plan, chosen: str, on: date) -> DecisionQuerySet:
    """Return the plan's decisions in one of `STATES`, in the order of the list."""
    rows = Decision.objects.of_plan(plan)
    if chosen == "open":
        rows = rows.open(on)
    elif chosen == "confirm":
        rows = rows.to_confirm()
    elif chosen == "done":
        rows = rows.filter(done_on__lte=on, awaits_confirmation=False)
    return rows.for_list().open_first(on)


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    on = localdate()
    chosen = request.GET.get("state", "")
    if chosen not in STATES:
        chosen = ""
    page = page_of(request, decisions_of(plan, chosen, on))
    return render(
        request,
        "workitems/meetings/decisions.html",
        {
            "plan": plan,
            "page": page,
            "rows": [(row.within(plan), row.is_overdue(plan.present_day(on))) for row in page],
            "tabs": state_tabs(reverse("meetings:decisions", args=[plan.slug]), STATES, chosen),
            "chosen": chosen,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record a decision without an agenda matter, with or without an item."""
    meeting = own_meeting(request, slug, pk)
    form = DecisionForm(posted(request), plan=meeting.plan, with_items=True, on=localdate())
    if made := carry_out(
        request, form, decision_services.record_decision, meeting=meeting, on=localdate()
    ):
        message = _("Decision {number} is recorded.")
        return done(request, message, f"{meeting.get_absolute_url()}#decisions", number=made.number)
    return form_page(
        request,
        "workitems/meetings/decision.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        cancel_url=f"{meeting.get_absolute_url()}#decisions",
    )


def visible_decision(request: HttpRequest, slug: str, decision: int) -> Decision:
    plan = visible_plan(request, slug)
    return get_object_or_404(Decision.objects.of_plan(plan).for_list(), pk=decision).within(plan)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    row = visible_decision(request, slug, decision)
    require(request, "workitems.record_meeting", row.plan)
    form = ChangeDecisionForm(posted(request), row=row, on=localdate())
    if kept := carry_out(request, form, decision_services.change_decision, decision=row):
        return saved(request, form, kept, _("The decision is saved."), row)
    return form_page(
        request,
        "workitems/meetings/change_decision.html",
        form,
        plan=row.plan,
        decision=row,
        cancel_url=row.get_absolute_url(),
    )


def _place(request: HttpRequest, slug: str, decision: int) -> actions.Place:
    row = visible_decision(request, slug, decision)
    args = [row.plan.slug, row.pk]
    is_open = row.meeting is not None and not row.meeting.is_closed
    return actions.Place(
        action=row,
        page_url=row.get_absolute_url(),
        finish_url=reverse("meetings:finish-decision", args=args),
        confirm_url=reverse("meetings:confirm-decision", args=args),
        reopen_url=reverse("meetings:reopen-decision", args=args),
        change_url=reverse("meetings:change-decision", args=args) if is_open else "",
        origin=_("Decided by the working group, {origin}").format(origin=row.origin),
        origin_url=row.place_url,
        crumbs=[(_("Decisions"), reverse("meetings:decisions", args=[row.plan.slug]))],
    )


@require_safe
def detail(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    return actions.show(request, _place(request, slug, decision))


@require_POST
def finish(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    return actions.finish(request, _place(request, slug, decision))


@require_POST
def confirm(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    return actions.confirm(request, _place(request, slug, decision))


@require_POST
def reopen(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    return actions.reopen(request, _place(request, slug, decision))
