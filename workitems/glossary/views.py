"""The glossary of a plan, with the acronyms that it lacks, and one of its entries."""

from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from workitems.glossary import services as glossary_services
from workitems.glossary.current_texts import current_texts
from workitems.glossary.forms import ACRONYM_LENGTH, MOST_ROWS, ChangeEntryForm, NewEntriesForm
from workitems.models import GlossaryEntry, Plan
from workitems.plan.asat import Moment
from workitems.plan.known_acronyms import named
from workitems.plan.views.lookups import posted, require, visible_plan
from workitems.terms.acronyms import acronym_of, lacking


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the glossary; let the coordinator add to it. `?acronyms=` has more that a paper lacks."""
    plan = visible_plan(request, slug)
    if request.method == "POST":
        require(request, "workitems.manage_plan", plan)
    may_manage = request.user.has_perm("workitems.manage_plan", plan)
    entries = list(plan.glossary.order_by(Lower("acronym")))
    asked = _asked(request, plan, entries) if may_manage and request.method != "POST" else []
    form = NewEntriesForm(posted(request), acronyms=asked)
    if carry_out(request, form, glossary_services.add_entries, plan=plan):
        return done(request, _("The glossary is saved."), "plans:glossary", plan.slug)
    return form_page(
        request,
        "workitems/glossary/list.html",
        form,
        plan=plan,
        entries=entries,
        may_manage=may_manage,
        not_shown=max(len(asked) - MOST_ROWS, 0),
    )


def _asked(request: HttpRequest, plan: Plan, entries: list[GlossaryEntry]) -> list[str]:
    """Return the acronyms to ask about: those of the address, then those of the plan's texts."""
    typed = " ".join(
        each
        for each in request.GET.get("acronyms", "").split()
        if len(each) <= ACRONYM_LENGTH and acronym_of(each)
    )
    known = {entry.acronym for entry in entries} | named(Agency.objects.all())
    moment = Moment.present(plan, localdate())
    return lacking([*typed.split(), *current_texts(plan, moment)], known)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, entry: int) -> HttpResponse:
    plan = require(request, "workitems.manage_plan", visible_plan(request, slug))
    row = get_object_or_404(plan.glossary, pk=entry)
    form = ChangeEntryForm(posted(request), row=row)
    if kept := carry_out(request, form, glossary_services.change_entry, entry=row):
        says = _("{acronym} is saved.")
        return saved(request, form, kept, says, "plans:glossary", plan.slug, acronym=kept)
    return form_page(request, "workitems/glossary/change.html", form, plan=plan, entry=row)
