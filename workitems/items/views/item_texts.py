"""Change a text of an item or a milestone that is not official wording.

One of them is the noun phrase by which papers name the row: its page shows the sentences that it makes.
The script of the page asks for the page again with what is typed, and takes the sentences from it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import NOTHING_CHANGED, form_page, saying_refusals
from workitems.models import Milestone, WorkItem
from workitems.models.item import AS_TOLD_LENGTH
from workitems.plan.forms.item_texts import TextForm, texts_of
from workitems.plan.services import items as item_services
from workitems.plan.views.lookups import posted, require, signed_in, visible_item, visible_milestone
from workitems.terms import as_told
from workitems.terms.item_texts import not_official

Sentences = Callable[[str], tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
def of_item(request: HttpRequest, slug: str, number: str, field: str) -> HttpResponse:
    item = require(request, "workitems.set_text", visible_item(request, slug, number))

    def sentences(phrase: str) -> tuple[str, str]:
        agency = item.lead_agency.short_name
        return as_told.of_item(phrase, agency=agency, stage=item.stage)

    return answer(request, item, item, field, sentences, official=item.title)


@require_http_methods(["GET", "HEAD", "POST"])
def of_milestone(
    request: HttpRequest, slug: str, number: str, milestone: int, field: str
) -> HttpResponse:
    item = visible_item(request, slug, number)
    row = require(request, "workitems.set_text", visible_milestone(item, milestone))

    def sentences(phrase: str) -> tuple[str, str]:
        return as_told.of_milestone(
            phrase,
            agency=row.responsible_agency.short_name,
            expected=row.forecast,
            done_on=row.completed_on,
        )

    return answer(request, item, row, field, sentences, official=row.description, milestone=row)


def answer(
    request: HttpRequest,
    item: WorkItem,
    row: WorkItem | Milestone,
    field: str,
    sentences: Sentences,
    **context: Any,
) -> HttpResponse:
    """Save what was posted, or show the form; of the noun phrase, also the sentences that it makes."""
    texts = texts_of(type(row))
    if field not in not_official(texts):
        raise Http404
    form = TextForm(posted(request), row=row, field=field)
    if form.is_valid():
        with saying_refusals(form):
            text, was = form.cleaned_data[field], form.cleaned_data["was"]
            item_services.set_text(row=row, field=field, was=was, text=text, by=signed_in(request))
            if text == was:
                messages.info(request, NOTHING_CHANGED)
            else:
                messages.success(request, _saved(field, text, sentences))
            return redirect(item)
    context |= {"sentences": None, "fault": ""}
    if field == "as_told":
        typed = request.GET.get(field, form[field].value() or "")[:AS_TOLD_LENGTH].strip()
        fault = as_told.fault_of_phrase(typed)
        context |= {"sentences": sentences(typed) if typed and not fault else (), "fault": fault}
    return form_page(
        request,
        "workitems/items/set_text.html",
        form,
        plan=item.plan,
        item=item,
        heading=texts[field].label,
        cancel_url=item.get_absolute_url(),
        **context,
    )


def _saved(field: str, text: str, sentences: Sentences) -> str:
    if field != "as_told":
        return _("Saved.")
    if not text:
        return _("Saved. Briefings quote the title.")
    return _("Saved. Briefings can now say: {phrase}").format(phrase=sentences(text)[0])
