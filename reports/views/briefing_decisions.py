"""Recording a meeting's decision on a briefing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.views.form_pages import form_page, saying_refusals
from agencies.views.once import once
from reports.forms.briefing_decisions import BriefingDecisionForm
from reports.services import record_decision_on
from workitems.views.lookups import posted, signed_in
from workitems.views.meetings.pages import address_of, own_meeting, shown_matter


@require_http_methods(["GET", "HEAD", "POST"])
@once
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
        with saying_refusals(form):
            made = record_decision_on(
                meeting=meeting, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
            messages.success(
                request, _("Decision {number} is recorded.").format(number=made.number)
            )
            return redirect(back)
    return form_page(
        request,
        "reports/briefings/decision.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        has_briefings=form.fields["briefing"].queryset.exists(),  # type: ignore[attr-defined]
        cancel_url=back,
    )
