"""Set the noun phrase by which papers name an item or a milestone, and show the sentences it makes.

The script of the page asks for the page again with what is typed, and takes the sentences from it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.views.form_pages import NOTHING_CHANGED, form_page, saying_refusals
from workitems import as_told
from workitems.forms.as_told import AsToldForm
from workitems.models import Milestone, WorkItem
from workitems.models.item import AS_TOLD_LENGTH
from workitems.services import items as item_services
from workitems.views.lookups import posted, require, signed_in, visible_item, visible_milestone

Sentences = Callable[[str], tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
def of_item(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = require(request, "workitems.set_as_told", visible_item(request, slug, number))

    def sentences(phrase: str) -> tuple[str, str]:
        agency = item.lead_agency.short_name
        return as_told.of_item(phrase, agency=agency, stage=item.stage)

    return answer(request, item, item, sentences, official=item.title)


@require_http_methods(["GET", "HEAD", "POST"])
def of_milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    item = visible_item(request, slug, number)
    row = require(request, "workitems.set_as_told", visible_milestone(item, milestone))

    def sentences(phrase: str) -> tuple[str, str]:
        return as_told.of_milestone(
            phrase,
            agency=row.responsible_agency.short_name,
            expected=row.forecast,
            done_on=row.completed_on,
        )

    return answer(request, item, row, sentences, official=row.description, milestone=row)


def answer(
    request: HttpRequest,
    item: WorkItem,
    row: WorkItem | Milestone,
    sentences: Sentences,
    **context: Any,
) -> HttpResponse:
    """Save what was posted and say the sentence that it makes, or show the form."""
    form = AsToldForm(posted(request), row=row)
    if form.is_valid():
        with saying_refusals(form):
            phrase, was = form.cleaned_data["as_told"], form.cleaned_data["was"]
            item_services.set_as_told(row=row, was=was, phrase=phrase, by=signed_in(request))
            if phrase == was:
                messages.info(request, NOTHING_CHANGED)
            elif phrase:
                messages.success(
                    request,
                    _("Saved. Briefings can now say: {phrase}").format(phrase=sentences(phrase)[0]),
                )
            else:
                messages.success(request, _("Saved. Briefings quote the title."))
            return redirect(item)
    typed = request.GET.get("as_told", form["as_told"].value() or "")[:AS_TOLD_LENGTH].strip()
    fault = as_told.fault_of_phrase(typed)
    return form_page(
        request,
        "workitems/items/set_as_told.html",
        form,
        plan=item.plan,
        item=item,
        sentences=sentences(typed) if typed and not fault else (),
        fault=fault,
        cancel_url=item.get_absolute_url(),
        **context,
    )
