"""Undoing and redoing the user's own acts on a draft."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.pages.permissions import wants_json
from reports.drafting import draft_rows
from reports.drafting.page import page_of
from reports.drafting.undo_steps import words_of
from reports.models import Briefing
from reports.workshop.forms.drafting import StepForm
from reports.workshop.services import undoing
from reports.workshop.views.drafting.page import changeable_draft, changed, home, show
from workitems.plan.services import Refused
from workitems.plan.views.lookups import signed_in

SERVICES = {"undo": undoing.undo, "redo": undoing.redo}


@require_POST
def undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Undo or redo what the button named. An undo that others overtook is shown with both texts."""
    briefing = changeable_draft(request, slug, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    service = SERVICES[form.cleaned_data["act"]]
    try:
        act = service(briefing=briefing, act=form.wanted, by=signed_in(request))
    except undoing.ChangedSince as overtaken:
        if not wants_json(request):
            page = page_of(Briefing.objects.select_related("plan", "kind").get(pk=pk), localdate())
            return show(request, page, overtaken=overtaken, status=422)
        html = render_to_string("reports/workshop/overtaken.html", {"overtaken": overtaken})
        return changed(request, briefing, message=_("Nothing was changed."), overtaken=html)
    except Refused as refusal:
        level, message, key = messages.ERROR, str(refusal), ""
    else:
        rows = draft_rows.read_draft(briefing)
        level, message = messages.SUCCESS, f"{act.get_step_display()}: {words_of(rows, act)}."
        key = f"section-{act.key}" if act.kind == act.Kind.HEADING else act.key
    if wants_json(request):
        return changed(request, briefing, message=message, key=key)
    messages.add_message(request, level, message)
    return redirect(home(briefing, key))
