"""The page that shows what an update from the records would change, and confirms it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import by_short_name
from agencies.pages.form_pages import form_page
from agencies.pages.once import once
from agencies.typed.fields import overwrite_data, say_refusal
from reports.briefings.services.gates import not_now
from reports.compose.facts import day_of
from reports.document import DocumentError
from reports.drafting.paper import composed_anew
from reports.models import Briefing, Clearance
from reports.workshop.forms.drafting import UpdateForm
from reports.workshop.services import record_updates
from reports.workshop.views.drafting.page import changeable_draft, home
from workitems.plan.services import Refused
from workitems.plan.views.lookups import posted, signed_in


@once
@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show each paragraph that would change, with a tick; change those that are confirmed."""
    briefing = changeable_draft(request, slug, pk)
    if not briefing.is_open:
        messages.error(request, str(not_now(briefing, _("its text is locked"))))
        return redirect(home(briefing))
    today = localdate()
    try:
        now, share = composed_anew(briefing, today)
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect(home(briefing))
    form = UpdateForm(posted(request))
    if form.is_valid():
        try:
            taken = record_updates.update_from_records(
                briefing=briefing,
                composed=now,
                share=share,
                by=signed_in(request),
                **form.cleaned_data,
            )
        except Refused as refusal:
            say_refusal(form, refusal)
        else:
            messages.success(request, record_updates.in_words(taken))
            return redirect(home(briefing, taken[0].key if taken[0].now else ""))
    changes = record_updates.proposed(briefing, now)
    read = set((form["shown"].value() or "").split()) if form.is_bound else None
    ticked = set(form["take"].value() or ()) if form.is_bound else set()
    shown = [
        (each, read is None or each.digest in ticked or each.digest not in read, is_new)
        for each in changes
        for is_new in [read is not None and each.digest not in read]
    ]
    if form.is_bound:
        # What is confirmed next is what the page shows now.
        overwrite_data(form, shown=" ".join(each.digest for each in changes))
    else:
        form.initial["shown"] = " ".join(each.digest for each in changes)
    agencies = sorted({name for each in changes for name in each.agencies}, key=str.casefold)
    return form_page(
        request,
        "reports/workshop/update.html",
        form,
        plan=briefing.plan,
        briefing=briefing,
        as_at=day_of(briefing, today),
        shown=shown,
        agencies=agencies,
        answers=answers_with_words(briefing, agencies),
        back=home(briefing),
    )


def answers_with_words(briefing: Briefing, agencies: list[str]) -> list[Clearance]:
    """Return the comments and dissents that leave the paper if these agencies are asked again."""
    if not agencies:
        return []
    rows = briefing.clearances.filter(agency__short_name__in=agencies).exclude(words="")
    return list(rows.select_related("agency").order_by(by_short_name()))
