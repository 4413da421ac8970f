"""Recording a meeting's decision on a briefing."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, done, form_page
from agencies.pages.once import once
from reports.briefings.forms.briefing_decisions import BriefingDecisionForm
from reports.briefings.services import record_decision_on
from workitems.meetings.views.pages import address_of, own_meeting, shown_matter
from workitems.plan.views.lookups import posted


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = own_meeting(request, slug, pk)
    position = shown_matter(request)
    on_screen = meeting.matters.on_agenda().filter(position=position).first() if position else None
    form = BriefingDecisionForm(
        posted(request),
        meeting=meeting,
        on=localdate(),
        initial={"matter": on_screen},
    )
    back = address_of(request, meeting, "#decisions")
    if made := carry_out(request, form, record_decision_on, meeting=meeting, on=localdate()):
        return done(request, _("Decision {number} is recorded."), back, number=made.number)
    return form_page(
        request,
        "reports/workshop/briefings/decision.html",
        form,
        plan=meeting.plan,
        meeting=meeting,
        has_briefings=form.fields["briefing"].queryset.exists(),  # type: ignore[attr-defined]
        cancel_url=back,
    )
