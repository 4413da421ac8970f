"""Work items: the list, one item, and the acts of the agency that answers for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods

from workitems import item_at, lines, services, standing
from workitems.agenda import considered_of, matters_of
from workitems.asat import Moment
from workitems.desk import waiting_variations
from workitems.filters import WorkItemFilter, agencies_of, sort_of
from workitems.forms.items import ChangeStatusForm, ReviewForm
from workitems.forms.moments import AsAtForm
from workitems.models import (
    Decision,
    Delay,
    Evidence,
    Milestone,
    Mitigation,
    Plan,
    Risk,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.narrative import blocks_of, item_history, reader_of
from workitems.on_day import read as read_plan
from workitems.services import items as item_services
from workitems.views.lookups import posted, require, signed_in, visible_plan

ROWS_ON_A_PAGE = 100
# Of an item's history its page shows the newest; the rest is beside it.
HISTORY_SHOWN = 20
# What the list is mostly narrowed by; its other filters open on demand.
FIELDS = ("q", "pillar", "agency", "standing")


@require_GET
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    as_at = AsAtForm(request.GET, on=localdate())
    moment = as_at.moment
    sort, order = sort_of(request.GET.get("sort", ""))
    if moment.is_now:
        form, page, rows = _listed_today(request, plan, moment.on, sort, order)
    else:
        form, page, rows = _listed_then(request, plan, moment, sort)
    chosen = {name for name in form.fields if request.GET.get(name)}
    narrowed = form.cleaned_data
    look = {"at": moment.key, "pillar": narrowed.get("pillar"), "agency": narrowed.get("lead")}
    return render(
        request,
        "workitems/items/list.html",
        {
            "plan": plan,
            "moment": moment,
            "as_at": as_at,
            "form": form,
            "fields": [*(form[name] for name in FIELDS), as_at["at"]],
            "more": [form[name] for name in form.fields if name not in FIELDS],
            "is_more_open": not chosen <= set(FIELDS),
            "page": page,
            "rows": rows,
            "sort": sort,
            "at_query": at_query(moment),
            "is_filtered": bool(chosen),
            "is_of_dashboard": not moment.is_now or bool(chosen & {"pillar", "lead", "standing"}),
            "look_query": urlencode({name: value for name, value in look.items() if value}),
        },
    )


def at_query(moment: Moment) -> str:
    """What keeps the moment in an address: "?at=2010-07-30", or nothing for today."""
    return f"?{urlencode({'at': moment.key})}" if moment.key else ""


def _listed_today(
    request: HttpRequest, plan: Plan, on: date, sort: str, order: Sequence[Any]
) -> tuple[Form, "Page[Any]", list[dict[str, Any]]]:
    found = WorkItemFilter(
        request.GET,
        queryset=plan.items.for_list(),
        pillars=[(pillar.pk, str(pillar)) for pillar in plan.pillars.order_by("number")],
        agencies=[(agency.pk, str(agency)) for agency in agencies_of(plan)],
        on=on,
    )
    items = found.qs
    if sort.lstrip("-") == "due":
        items = items.with_next_agreed()
    page = Paginator(items.order_by(*order), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "item": item,
            "lead": item.lead_agency.short_name,
            "late": lines.lateness(item.stage, item.milestones.all(), on),
            "due": standing.next_due(item.milestones.all(), on),
        }
        for item in page
    ]
    return found.form, page, rows


def _listed_then(
    request: HttpRequest, plan: Plan, moment: Moment, sort: str
) -> tuple[Form, "Page[Any]", list[dict[str, Any]]]:
    at = read_plan(plan, moment)
    agencies = at.agencies
    offered = {item.lead for item in at.items} | {agency.pk for agency in agencies_of(plan)}
    form = WorkItemFilter(
        request.GET,
        queryset=plan.items.none(),
        pillars=[(pillar.id, f"{pillar.number} {pillar.title}") for pillar in at.pillars],
        agencies=sorted(
            ((pk, agencies[pk].short_name) for pk in offered), key=lambda pair: pair[1].casefold()
        ),
        on=moment.on,
    ).form
    form.is_valid()
    found = lines.in_order(lines.narrowed(at, form.cleaned_data), sort, agencies)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    late = lines.latenesses(page, moment)
    rows = [
        {
            "item": item,
            "lead": agencies[item.lead].short_name,
            "late": late[item.pk],
            "due": item.due,
        }
        for item in page
    ]
    return form, page, rows


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
    as_at = AsAtForm(request.GET, on=localdate())
    moment = as_at.moment
    frame: dict[str, Any] = {
        "plan": item.plan,
        "number": item.number,
        "today_url": item.get_absolute_url(),
        "moment": moment,
        "at_query": at_query(moment),
        "as_at": as_at,
        # For the title, which says where something is wrong.
        "form": as_at,
    }
    if moment.is_now:
        shown = _shown_today(request, item, moment.on)
    else:
        then = item_at.read(item, moment)
        if then is None:
            # The question has an answer, so this page is found.
            return render(request, "workitems/items/not_yet.html", frame | {"item": item})
        shown = _shown_then(request, item, then, moment)
    return render(request, "workitems/items/detail.html", frame | shown)


def _shown_today(request: HttpRequest, item: WorkItem, on: date) -> dict[str, Any]:
    found: Any = item  # with what the query added to it
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
        .newest_first()[: item_at.UPDATES_SHOWN]
    )
    history_url = reverse("workitems:history", args=[item.plan.slug, item.number])
    return {
        "item": item,
        "supports": item.supports.all(),
        "measures": item.measures.order_by("number"),
        "milestones": [
            {
                "milestone": each,
                "delays": [(delay, delay.mitigations.all()) for delay in each.delays.all()],
                "may_update": request.user.has_perm("workitems.update_milestone", each),
                "pieces": [piece for piece in pieces if piece.milestone_id == each.pk],
            }
            for each in milestones
        ],
        "span": standing.span(milestones, on),
        "late": lines.lateness(item.stage, milestones, on),
        "fresh": standing.freshness(item.heard_on, on),
        "updates": [
            (update, [piece for piece in pieces if piece.update_id == update.pk])
            for update in updates
        ],
        "waiting": waiting_variations(item.plan, item=item) if found.is_asked_about else [],
        "considered": considered_of(item) if found.was_considered else [],
        "risks": item.risks.open(on).open_first(on).for_list() if found.has_risks else [],
        "tabs": [("Item", item.get_absolute_url(), True), ("History", history_url, False)],
        "history_url": history_url,
        "history": blocks_of(
            item_history(item, reader_of(signed_in(request), item.plan), limit=HISTORY_SHOWN)
        ),
        "may_update": item.stage != Stage.WITHDRAWN
        and request.user.has_perm("workitems.update_item", item),
        "may_review": request.user.has_perm("workitems.review_item", item),
        "may_ask": item.is_live and request.user.has_perm("workitems.request_variation", item),
        "may_raise": item.is_live and request.user.has_perm("workitems.raise_risk", item),
    }


def _shown_then(
    request: HttpRequest, item: WorkItem, then: item_at.ItemAt, moment: Moment
) -> dict[str, Any]:
    """The same of a past moment; nobody may change anything in it. Its history ends there."""
    on = moment.on
    milestones = [each.milestone for each in then.milestones]
    told = [
        entry
        for entry in item_history(item, reader_of(signed_in(request), item.plan))
        if moment.until is None or entry.at < moment.until
    ]
    history_url = reverse("workitems:history", args=[item.plan.slug, item.number])
    history_url += f"?{urlencode({'until': on.isoformat()})}"
    return {
        "item": then.item,
        "supports": then.supports,
        "measures": then.measures,
        "milestones": [
            {
                "milestone": each.milestone,
                "delays": each.delays,
                "pieces": [p for p in then.evidence if p.milestone_id == each.milestone.pk],
            }
            for each in then.milestones
        ],
        "span": standing.span(milestones, on),
        "late": lines.lateness(then.item.stage, milestones, on),
        "fresh": standing.freshness(then.item.heard_on, on),
        "updates": [
            (update, [piece for piece in then.evidence if piece.update_id == update.pk])
            for update in then.updates
        ],
        "waiting": then.variations,
        "considered": then.considered,
        "risks": then.risks,
        "tabs": [
            ("Item", item.get_absolute_url() + at_query(moment), True),
            ("History", history_url, False),
        ],
        "history_url": history_url,
        "history": blocks_of(told[:HISTORY_SHOWN]),
    }


@require_http_methods(["GET", "POST"])
def change_status(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = visible_item(request, slug, number)
    require(request, "workitems.update_item", item)
    form = ChangeStatusForm(posted(request), row=item)
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
    form = ReviewForm(posted(request), row=item)
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
