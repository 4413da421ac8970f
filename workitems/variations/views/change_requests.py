"""Ask to change what was adopted of the plan, an item or a milestone. The working group decides."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.pages.once import once
from agencies.wording.translation import StrOrPromise
from workitems.models import Milestone, Plan, Support, Variation, WorkItem
from workitems.plan.held_work import OpenParts, open_parts
from workitems.plan.views.lookups import (
    posted,
    require,
    visible_item,
    visible_milestone,
    visible_plan,
)
from workitems.variations.forms import change_requests as forms
from workitems.variations.services import held_entries
from workitems.variations.services import variations as variation_services
from workitems.variations.services.change_requests import Changed
from workitems.variations.views.additions import askers
from workitems.variations.views.variations import ask

Kind = Variation.Kind


class Page(NamedTuple):
    """A page that asks for a change: its kind, its heading, its tab, and its form."""

    kind: str
    title: StrOrPromise
    tab: StrOrPromise
    form: type[forms.ChangeForm]


# By the part of the address that names them.
OF_ITEM = {
    "lead": Page(
        Kind.LEAD,
        gettext_lazy("Ask to change the lead agency"),
        gettext_lazy("Lead agency"),
        forms.LeadForm,
    ),
    "supporters": Page(
        Kind.SUPPORTER,
        gettext_lazy("Ask to change the supporting agencies"),
        gettext_lazy("Supporting agencies"),
        forms.SupporterForm,
    ),
}
OF_MILESTONE = {
    "agency": Page(
        Kind.RESPONSIBLE,
        gettext_lazy("Ask to change the responsible agency"),
        gettext_lazy("Responsible agency"),
        forms.ResponsibleForm,
    ),
    "words": Page(
        Kind.WORDING,
        gettext_lazy("Ask to change the words of the milestone"),
        gettext_lazy("Words"),
        forms.DescriptionForm,
    ),
    "done-when": Page(
        Kind.WORDING,
        gettext_lazy("Ask to change when it is done"),
        gettext_lazy("Done when"),
        forms.DoneMeansForm,
    ),
    "cancel": Page(
        Kind.CANCEL,
        gettext_lazy("Ask to cancel the milestone"),
        gettext_lazy("Cancel the milestone"),
        forms.CancelForm,
    ),
}
WORDS = ("words", "done-when")
OF_PLAN = {
    "end": Page(
        Kind.END,
        gettext_lazy("Ask to change the plan’s end"),
        gettext_lazy("The plan’s end"),
        forms.EndForm,
    ),
    "leaving": Page(
        Kind.MEMBER,
        gettext_lazy("Ask that an agency leaves the working group"),
        gettext_lazy("Working group"),
        forms.LeavingForm,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_plan(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    plan = require(request, "workitems.request_addition", visible_plan(request, slug))
    pages = _addresses(OF_PLAN, "variations:change-plan", plan.slug)
    return _asking(request, plan, plan, OF_PLAN, what, pages)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_item(request: HttpRequest, slug: str, number: str, what: str) -> HttpResponse:
    item = require(request, "workitems.request_addition", visible_item(request, slug, number))
    pages = _addresses(OF_ITEM, "variations:change-item", slug, item.number)
    return _asking(request, item.plan, item, OF_ITEM, what, pages, item=item)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_milestone(
    request: HttpRequest, slug: str, number: str, milestone: int, what: str
) -> HttpResponse:
    item = require(request, "workitems.request_addition", visible_item(request, slug, number))
    row = visible_milestone(item, milestone)
    # Of a milestone that is done only the words can change.
    of_it = OF_MILESTONE if row.is_open else {name: OF_MILESTONE[name] for name in WORDS}
    pages = _addresses(of_it, "variations:change-milestone", slug, item.number, row.number)
    return _asking(request, item.plan, row, of_it, what, pages, item=item, milestone=row)


def _addresses(pages: dict[str, Page], name: str, *args: Any) -> dict[str, str]:
    return {what: reverse(name, args=[*args, what]) for what in pages}


def _asking(
    request: HttpRequest,
    plan: Plan,
    row: Changed,
    pages: dict[str, Page],
    what: str,
    addresses: dict[str, str],
    item: WorkItem | None = None,
    milestone: Milestone | None = None,
) -> HttpResponse:
    """Show the page, or ask for the change; 404 if there is no such page."""
    if what not in pages:
        raise Http404
    page, members = pages[what], plan.agencies_on(localdate())
    parts = list(members)
    if page.kind != Kind.MEMBER:
        # A support can end of an agency that ends itself.
        may_end = item is not None and page.kind == Kind.SUPPORTER
        kept = Q(pk__in=Support.objects.filter(item=item).values("agency")) if may_end else None
        members = plan.agencies_after(localdate(), kept)
    if item is not None:
        parts = [item.lead_agency, *(support.agency for support in item.supports.all())]
    found = askers(request, plan, parts)
    form = page.form(
        posted(request), row=row, members=members, agencies=found["agencies"], on=localdate()
    )
    same = Variation.objects.filter(item=item, milestone=milestone)
    if milestone is None:
        same = same.filter(kind=page.kind)
    return ask(
        request,
        plan,
        form,
        variation_services.request_change,
        held_entries.hold_change,
        "request_change",
        {
            "title": page.title,
            "item": item,
            "milestone": milestone,
            "what": what,
            "tabs": [(each.tab, addresses[name], name == what) for name, each in pages.items()],
            "pending": same.pending_in(plan),
            "is_last": page.kind == Kind.CANCEL
            and item is not None
            and item.milestones.open().count() == 1,
            "keeping": _keeping(plan, form) if page.kind == Kind.MEMBER else None,
            "cancel_url": (item or plan).get_absolute_url(),
        },
        found["approving"],
        kind=page.kind,
        row=row,
    )


def _keeping(plan: Plan, form: forms.ChangeForm) -> OpenParts | None:
    """Return what keeps the agency that was chosen in the working group, of a sent form."""
    form.is_valid()
    chosen = form.cleaned_data.get("to") if form.is_bound else None
    return open_parts(plan, chosen) if chosen else None
