"""Give an item to a unit or a person of one's agency, and read whose it was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.pages.form_pages import carry_out, form_page, saved
from workitems.items.assignment_news import news_of
from workitems.items.forms import AssignmentForm
from workitems.models import Assignment
from workitems.notices import mail_at_once
from workitems.plan.assigned import hands_of
from workitems.plan.services import assignments
from workitems.plan.views.lookups import posted, require, visible_item
from workitems.returns.services.milestone_answers import return_to_write


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
    if kept := carry_out(request, form, assignments.give, item=item, agency=of, on=on, at=at):
        if kept.version != form.cleaned_data["version"]:
            mail_at_once(lambda: news_of(kept.pk, on=on), on=on, at=at)
        message = _("Item {number} is given to {held_by}.")
        if not kept.held_by:
            message = _("Nobody in {agency} looks after item {number} now.")
        names = {"number": item.number, "held_by": kept.held_by, "agency": of}
        return saved(request, form, kept, message, onward, **names)
    context = {"plan": item.plan, "item": item, "agency": of, "row": row, "hands": hands_of(row)}
    context["onward"] = onward
    return form_page(request, "workitems/items/give.html", form, **context)
