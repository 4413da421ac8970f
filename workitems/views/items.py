"""Work items: the list, one item, and the acts of the agency that answers for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from workitems import services, standing
from workitems.agenda import considered_of, matters_of
from workitems.filters import WorkItemFilter, sort_of
from workitems.forms.items import ChangeStatusForm, ReviewForm
from workitems.models import (
    Decision,
    Delay,
    Evidence,
    Milestone,
    Mitigation,
    Risk,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.narrative import blocks_of, item_history, reader_of
from workitems.services import items as item_services
from workitems.views.requests import require, signed_in, visible_plan
from workitems.waiting import waiting_variations

ROWS_ON_A_PAGE = 100
# Of an item's history its page shows the newest; the rest is beside it.
HISTORY_SHOWN = 20


@require_GET
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    on = localdate()
    found = WorkItemFilter(request.GET, queryset=plan.items.for_list(), plan=plan, on=on)
    sort, order = sort_of(request.GET.get("sort", ""))
    rows = found.qs
    if sort.lstrip("-") == "due":
        rows = rows.with_next_agreed()
    page = Paginator(rows.order_by(*order), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workitems/items/list.html",
        {
            "plan": plan,
            "today": on,
            "form": found.form,
            "page": page,
            "rows": [
                {
                    "item": item,
                    "late": lateness(item, item.milestones.all(), on),
                    "due": standing.next_due(item.milestones.all(), on),
                }
                for item in page
            ],
            "sort": sort,
            "is_filtered": any(request.GET.get(name) for name in found.filters),
        },
    )


def lateness(item: WorkItem, milestones: Sequence[Milestone], on: date) -> standing.Lateness:
    """Of its worst milestone; a withdrawn item is neither late nor done, whatever was closed."""
    if item.stage == Stage.WITHDRAWN:
        return standing.Lateness(standing.Late.WITHDRAWN)
    return standing.item_lateness(milestones, on)


def visible_item(request: HttpRequest, slug: str, number: str) -> WorkItem:
    """The item with its plan, pillar and agencies, or 404 for a stranger to the plan."""
    plan = visible_plan(request, slug)
    items = (
        WorkItem.objects.filter(plan=plan)
        .select_related("pillar", "lead_agency")
        .annotate(
            # Most items have none of these, and then the page need not ask for them.
            is_asked_about=Exists(Variation.objects.pending().filter(item=OuterRef("pk"))),
            has_evidence=Exists(Evidence.objects.of_item(OuterRef("pk"))),
            was_considered=Exists(matters_of(OuterRef("pk")))
            | Exists(Decision.objects.filter(item=OuterRef("pk"))),
            has_risks=Exists(Risk.objects.open(localdate()).filter(item=OuterRef("pk"))),
        )
        .prefetch_related(Prefetch("supports", Support.objects.select_related("agency")))
    )
    item = get_object_or_404(items, number=number)
    item.plan = plan
    return item


@require_GET
def detail(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = visible_item(request, slug, number)
    found: Any = item  # with what the query added to it
    on = localdate()
    milestones = list(
        item.milestones.order_by("number")
        .select_related("responsible_agency")
        .prefetch_related(
            Prefetch(
                "delays",
                Delay.objects.order_by("-number").prefetch_related(
                    Prefetch("mitigations", Mitigation.objects.select_related("owner_agency"))
                ),
            )
        )
    )
    pieces = list(Evidence.objects.of_item(item).for_list()) if found.has_evidence else []
    updates = (
        Update.objects.filter(item=item)
        .accepted()
        .select_related("of_return__agency", "of_return__round")
        .newest_first()[:5]
    )
    return render(
        request,
        "workitems/items/detail.html",
        {
            "plan": item.plan,
            "item": item,
            "today": on,
            "measures": item.measures.order_by("number"),
            "milestones": [
                {
                    "milestone": each,
                    "late": standing.milestone_lateness(each, on),
                    "may_update": request.user.has_perm("workitems.update_milestone", each),
                    "pieces": [piece for piece in pieces if piece.milestone_id == each.pk],
                }
                for each in milestones
            ],
            "span": standing.span(milestones, on),
            "late": lateness(item, milestones, on),
            "fresh": standing.freshness(item.heard_on, on),
            "updates": [
                (update, [piece for piece in pieces if piece.update_id == update.pk])
                for update in updates
            ],
            "considered": considered_of(item) if found.was_considered else [],
            "waiting": waiting_variations(item.plan, item=item) if found.is_asked_about else [],
            "risks": item.risks.open(on).open_first(on).for_list() if found.has_risks else [],
            "tabs": [
                ("Item", item.get_absolute_url(), True),
                ("History", reverse("workitems:history", args=[slug, number]), False),
            ],
            "history": blocks_of(
                item_history(item, reader_of(signed_in(request), item.plan), limit=HISTORY_SHOWN)
            ),
            "may_update": item.stage != Stage.WITHDRAWN
            and request.user.has_perm("workitems.update_item", item),
            "may_review": request.user.has_perm("workitems.review_item", item),
            "may_ask": item.is_live and request.user.has_perm("workitems.request_variation", item),
            "may_raise": item.is_live and request.user.has_perm("workitems.raise_risk", item),
        },
    )


@require_http_methods(["GET", "POST"])
def change_status(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = visible_item(request, slug, number)
    require(request, "workitems.update_item", item)
    form = ChangeStatusForm(request.POST if request.method == "POST" else None, row=item)
    conflict: WorkItem | None = None
    if form.is_valid():
        try:
            item_services.change_status(
                item=item, by=signed_in(request), on=localdate(), **form.cleaned_data
            )
        except services.Refused as refusal:
            conflict = form.refuse(refusal)
        else:
            messages.success(request, f"Item {item.number} is saved.")
            return redirect(item)
    context: dict[str, Any] = {"plan": item.plan, "item": item, "form": form}
    return render(
        request,
        "workitems/items/change_status.html",
        context | {"conflict": conflict},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = visible_item(request, slug, number)
    require(request, "workitems.review_item", item)
    form = ReviewForm(request.POST if request.method == "POST" else None, row=item)
    conflict: WorkItem | None = None
    if form.is_valid():
        try:
            item_services.review(item=item, by=signed_in(request), **form.cleaned_data)
        except services.Refused as refusal:
            conflict = form.refuse(refusal)
        else:
            messages.success(request, f"Your view of item {item.number} is saved.")
            return redirect(item)
    return render(
        request,
        "workitems/items/review.html",
        {"plan": item.plan, "item": item, "form": form, "conflict": conflict},
        status=422 if form.errors else 200,
    )


def visible_milestone(item: WorkItem, number: int) -> Milestone:
    row = get_object_or_404(
        Milestone.objects.select_related("responsible_agency"), item=item, number=number
    )
    # With what the rules ask of it already there.
    row.item = item
    return row
