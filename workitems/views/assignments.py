"""Give an item to a unit or a person of one's agency, and read whose it was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.views.form_pages import form_page, say_saved, saying_refusals
from workitems.assigned import hands_of
from workitems.forms.assignments import AssignmentForm
from workitems.models import Assignment
from workitems.notices import mail_at_once
from workitems.notices.assignment_notices import news_of
from workitems.services import assignments
from workitems.services.milestone_answers import return_to_write
from workitems.views.lookups import posted, require, signed_in, visible_item


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, slug: str, number: str, agency: int) -> HttpResponse:
    item = visible_item(request, slug, number)
    of, on, at = get_object_or_404(Agency, pk=agency), localdate(), timezone.now()
    row = Assignment.objects.filter(item=item, agency=of).for_list(on).first()
    row = row or Assignment(item=item, agency=of)
    row.item, row.agency = item, of
    require(request, "workitems.give_item", row)
    onward = item.get_absolute_url()
    if request.GET.get("from") == "return" and (of_return := return_to_write(of.pk, item.plan)):
        onward = f"{of_return.get_absolute_url()}#item-{item.number}"
    form = AssignmentForm(posted(request), row=row, on=on)
    if form.is_valid():
        by = signed_in(request)
        with saying_refusals(form):
            saved = assignments.give(item=item, agency=of, by=by, on=on, at=at, **form.cleaned_data)
            said = _("Item {number} is given to {held_by}.").format(
                number=item.number, held_by=saved.held_by
            )
            if not saved.held_by:
                said = _("Nobody in {agency} looks after item {number} now.").format(
                    agency=of, number=item.number
                )
            say_saved(request, form, saved, said)
            if saved.version != form.cleaned_data["version"]:
                mail_at_once(lambda: news_of(saved.pk, on=on), on=on, at=at)
            return redirect(onward)
    context = {"plan": item.plan, "item": item, "agency": of, "row": row, "hands": hands_of(row)}
    context["onward"] = onward
    return form_page(request, "workitems/items/give.html", form, **context)
