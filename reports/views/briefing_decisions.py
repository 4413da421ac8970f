"""Recording a meeting's decision on a briefing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from agencies.fields import say_refusal
from reports.forms.briefing_decisions import BriefingDecisionForm
from reports.services import record_decision_on
from workitems.services import Refused
from workitems.views.lookups import posted, signed_in
from workitems.views.meetings.pages import address_of, own_meeting, shown_matter


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    position = shown_matter(request)
    on_screen = meeting.matters.on_agenda().filter(position=position).first() if position else None
    form = BriefingDecisionForm(
        posted(request),
        meeting=meeting,
        initial={"matter": on_screen},
    )
    back = address_of(request, meeting, "#decisions")
    if form.is_valid():
        try:
            made = record_decision_on(
                meeting=meeting, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            messages.success(request, f"Decision {made.number} is recorded.")
            return redirect(back)
    return render(
        request,
        "reports/briefings/decision.html",
        {
            "plan": meeting.plan,
            "meeting": meeting,
            "form": form,
            "has_briefings": form.fields["briefing"].queryset.exists(),  # type: ignore[attr-defined]
            "cancel_url": back,
        },
        status=422 if form.errors else 200,
    )
