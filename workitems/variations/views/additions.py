"""Propose a new work item, or a new milestone, of an adopted plan. The working group decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency, Seat
from agencies.pages.once import once
from workitems.intake.views.plan_making import next_item_number, pillar_asked_for
from workitems.models import Milestone, Plan, Variation, WorkItem
from workitems.plan.services.items import next_number
from workitems.plan.views.lookups import posted, require, signed_in, visible_item, visible_plan
from workitems.rules import WRITERS
from workitems.variations.forms.additions import ProposeItemForm, ProposeMilestoneForm
from workitems.variations.services import held_entries
from workitems.variations.services import variations as variation_services
from workitems.variations.views.variations import about_item, ask


def askers(request: HttpRequest, plan: Plan, taking_part: list[Agency]) -> dict[str, Any]:
    """Return `agencies`, for which the user may ask, and `approving`, for which the request needs
    no release. A coordinator asks for the coordinating agency."""
    user = signed_in(request)
    own, approving = user.agencies_as(*WRITERS), user.agencies_as(Seat.Role.APPROVER)
    if request.user.has_perm("workitems.manage_plan", plan):
        own = {*own, plan.coordinating_agency_id}
        approving = {*approving, plan.coordinating_agency_id}
        if plan.coordinating_agency not in taking_part:
            taking_part = [*taking_part, plan.coordinating_agency]
    return {
        "agencies": [agency for agency in taking_part if agency.pk in own],
        "approving": approving,
    }


def _members(plan: Plan) -> Any:
    return plan.agencies_on(localdate())


def _proposed(plan: Plan, item: WorkItem | None) -> list[Variation]:
    kind = Variation.Kind.MILESTONE if item else Variation.Kind.ITEM
    return Variation.objects.filter(kind=kind, item=item).pending_in(plan)


def _numbers(proposed: list[Variation]) -> list[str]:
    return [str(row.addition.number) for row in proposed if row.addition is not None]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose_item(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose an item, of the pillar that the address names ("?pillar=2") unless another is chosen."""
    plan = require(request, "workitems.request_addition", visible_plan(request, slug))
    pillars = plan.pillars.order_by("number")
    pillar = pillar_asked_for(request, pillars)
    if pillar is None:
        messages.error(request, _("The plan has no pillar that an item could be in."))
        return redirect(plan)
    pending = _proposed(plan, None)
    number = next_item_number(plan, pillar, _numbers(pending))
    found = askers(request, plan, list(_members(plan)))
    # An agency most likely proposes what it would lead.
    lead = found["agencies"][0] if len(found["agencies"]) == 1 else None
    form = ProposeItemForm(
        posted(request),
        row=WorkItem(plan=plan, pillar=pillar, number=number, lead_agency=lead),
        plan=plan,
        pillars=pillars,
        members=plan.agencies_after(localdate()),
        agencies=found["agencies"],
        on=localdate(),
    )
    return ask(
        request,
        plan,
        form,
        variation_services.request_item,
        held_entries.hold_item,
        "propose",
        {
            "title": _("Propose a new work item"),
            "pending": pending,
            "cancel_url": plan.get_absolute_url(),
        },
        found["approving"],
        plan=plan,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose_milestone(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = require(request, "workitems.request_addition", visible_item(request, slug, number))
    plan, pending = item.plan, _proposed(item.plan, item)
    parts = [item.lead_agency, *(support.agency for support in item.supports.all())]
    found = askers(request, plan, parts)
    row = Milestone(
        item=item,
        number=max([next_number(item.milestones.all()) - 1, *map(int, _numbers(pending))]) + 1,
        responsible_agency=item.lead_agency,
    )
    form = ProposeMilestoneForm(
        posted(request),
        row=row,
        plan=plan,
        members=plan.agencies_after(localdate()),
        agencies=found["agencies"],
        on=localdate(),
    )
    return ask(
        request,
        plan,
        form,
        variation_services.request_milestone,
        held_entries.hold_milestone,
        "propose",
        {
            **about_item(item),
            "title": _("Propose a new milestone"),
            "cancel_url": item.get_absolute_url(),
        },
        found["approving"],
        item=item,
    )
