"""End a delay, and mark its mitigations as done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from agencies.views.form_pages import form_page, saying_refusals
from workitems.forms.delays import EndDelayForm, FinishMitigationForm
from workitems.models import Delay, Mitigation
from workitems.services import items as item_services
from workitems.views.items import visible_item, visible_milestone
from workitems.views.lookups import posted, require, signed_in


def own_delay(request: HttpRequest, slug: str, number: str, milestone: int, delay: int) -> Delay:
    """Return the delay of a milestone that the user may update; otherwise raise 404 or 403."""
    item = visible_item(request, slug, number)
    row = require(request, "workitems.update_milestone", visible_milestone(item, milestone))
    found = get_object_or_404(row.delays.all(), number=delay)
    row.item, found.milestone = item, row
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, slug: str, number: str, milestone: int, delay: int) -> HttpResponse:
    row = own_delay(request, slug, number, milestone, delay)
    form = EndDelayForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            item_services.end_delay(
                delay=row, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
            messages.success(request, "The delay is over. Its record stays.")
            return redirect(row.milestone)
    return show(request, "end", row, form)


@require_http_methods(["GET", "HEAD", "POST"])
def finish(
    request: HttpRequest, slug: str, number: str, milestone: int, delay: int, mitigation: int
) -> HttpResponse:
    row = own_delay(request, slug, number, milestone, delay)
    step = get_object_or_404(row.mitigations.select_related("owner_agency"), number=mitigation)
    form = FinishMitigationForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            item_services.finish_mitigation(
                mitigation=step, on=localdate(), by=signed_in(request), **form.cleaned_data
            )
            messages.success(request, "Recorded as done.")
            return redirect(row.milestone)
    return show(request, "finish", row, form, step)


def show(
    request: HttpRequest,
    act: str,
    delay: Delay,
    form: EndDelayForm | FinishMitigationForm,
    mitigation: Mitigation | None = None,
) -> HttpResponse:
    milestone = delay.milestone
    return form_page(
        request,
        f"workitems/delays/{act}.html",
        form,
        plan=milestone.item.plan,
        item=milestone.item,
        milestone=milestone,
        delay=delay,
        mitigation=mitigation,
        cancel_url=milestone.get_absolute_url(),
    )
