"""Helpers for views: the plans that the user may read, and permission checks."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Model, OuterRef, Subquery
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.pages.form_pages import after_act as after_act
from agencies.pages.permissions import posted as posted
from agencies.pages.permissions import signed_in as signed_in
from agencies.pages.permissions import small_number as small_number
from agencies.records.composed import composed
from agencies.wording.translation import StrOrPromise, day_words
from workitems.models import Audit, HeldEntry, Milestone, Plan, Round, Wait, WorkItem
from workitems.models.plan import reading_agencies
from workitems.plan.views.who_may import who_may
from workitems.rules import CLOSED_BY_THE_END, WRITERS, plan_of

Row = TypeVar("Row", bound=Model | None)


# What is added to each plan that is read, as annotations; other apps register theirs in `AppConfig.ready`.
ADDED_TO_PLANS: dict[str, Any] = {
    "record_begins": Subquery(
        Round.objects.record_begins().filter(plan=OuterRef("pk")).values("period_end")[:1]
    ),
    "is_audited": Exists(Audit.objects.filter(plan=OuterRef("pk"))),
    "has_waits": Exists(Wait.objects.filter(milestone__item__plan=OuterRef("pk")))
    | Exists(Wait.objects.filter(waits_for__item__plan=OuterRef("pk"))),
}


class NotAdoptedYet(Exception):
    """The page is only for adopted plans. The middleware leads to the page of the plan instead."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            _("“{plan}” is not adopted yet. This page opens when it is.").format(plan=plan)
        )
        self.plan = plan


@composed
def _plans(agencies: Any, coordinating: Any, auditing: Any, on: Any) -> Any:
    plans = Plan.objects.read_by(agencies, coordinating, auditing, on).select_related(
        "coordinating_agency"
    )
    return plans.annotate(**ADDED_TO_PLANS).in_order()


def plans_read(request: HttpRequest) -> list[Plan]:
    """Return all plans that the user may read, adopted or being made, newest first."""
    if not hasattr(request, "_visible_plans"):
        agencies, coordinating, auditing = reading_agencies(signed_in(request))
        is_reader = bool(agencies or coordinating or auditing)
        request._visible_plans = (  # type: ignore[attr-defined]
            _plans(agencies=agencies, coordinating=coordinating, auditing=auditing, on=localdate())
            if is_reader
            else []
        )
    return request._visible_plans  # type: ignore[attr-defined,no-any-return]


def visible_plans(request: HttpRequest) -> list[Plan]:
    """Return the adopted plans that the user may read, newest first. One query a request."""
    return [plan for plan in plans_read(request) if plan.adopted_on is not None]


def plans_being_made(request: HttpRequest) -> list[Plan]:
    """Return the plans that are not adopted and that the user coordinates. No further query."""
    return [plan for plan in plans_read(request) if plan.adopted_on is None]


def refuse_until_adopted(request: HttpRequest, slug: str) -> None:
    """Raise `NotAdoptedYet` if the plan is one that the user is making."""
    for plan in plans_being_made(request):
        if plan.slug == slug:
            raise NotAdoptedYet(plan)


def readable(request: HttpRequest, pk: int | None) -> Plan | None:
    """Return the plan of this id, or None if there is none that the user may read."""
    return next((plan for plan in plans_read(request) if plan.pk == pk), None)


def visible_plan(request: HttpRequest, slug: str) -> Plan:
    """Return the adopted plan. Raise `Http404` if the user may not read it, and `NotAdoptedYet` if
    the user is making it."""
    refuse_until_adopted(request, slug)
    return plan_at_any_stage(request, slug)


def plan_at_any_stage(request: HttpRequest, slug: str) -> Plan:
    """Return the plan, adopted or not. Raise `Http404` if the user may not read it."""
    for plan in plans_read(request):
        if plan.slug == slug:
            return plan
    raise Http404


@composed
def _item(plan: Any, number: Any) -> Any:
    return WorkItem.objects.filter(plan=plan, number=number)


def visible_item(request: HttpRequest, slug: str, number: str) -> WorkItem:
    """Return the item with its plan, or raise 404 if the user may not read it."""
    plan = visible_plan(request, slug)
    return of_plan(plan, _item(plan=plan.pk, number=number))


def of_plan(plan: Plan, found: list[WorkItem]) -> WorkItem:
    """Return the one item that was found, with its plan, or raise 404 if there is none."""
    if not found:
        raise Http404
    found[0].plan = plan
    return found[0]


def visible_milestone(item: WorkItem, number: int) -> Milestone:
    row = get_object_or_404(
        Milestone.objects.select_related("responsible_agency"), item=item, number=number
    )
    # Set the item, which the permission rules use, to save a query.
    row.item = item
    return row


def held_for(request: HttpRequest, plan: Plan, kinds: Iterable[str]) -> list[HeldEntry]:
    """Return what waits for release in the user's agencies. No query for users who write nothing."""
    own = signed_in(request).agencies_as(*WRITERS)
    if not own:
        return []
    waiting = plan.held_entries.waiting().of_agencies(own).filter(kind__in=kinds)
    return list(waiting.for_list())


def page_of(request: HttpRequest, rows: Any, rows_on_a_page: int = 100) -> "Page[Any]":
    """Return the page of the rows that the request asks for, or the nearest one."""
    return Paginator(rows, rows_on_a_page).get_page(request.GET.get("page"))


def state_tabs(
    address: str, labels: Mapping[str, StrOrPromise], chosen: str
) -> list[tuple[StrOrPromise, str, bool]]:
    """Return the tabs (label, URL, whether chosen) that narrow a list to a state; "" is all."""
    return [
        (label, f"{address}?state={state}" if state else address, state == chosen)
        for state, label in labels.items()
    ]


def require(request: HttpRequest, permission: str, row: Row) -> Row:
    """Return the row. Raise `PermissionDenied`, with who has it, unless the user has the permission on it.

    Some permissions end with the plan; the refusal says so.
    """
    if not request.user.has_perm(permission, row):
        raise PermissionDenied(who_may(request.user, permission, row))
    if permission in CLOSED_BY_THE_END:
        refuse_after_the_end(plan_of(row))
    return row


def refuse_after_the_end(plan: Plan | None) -> None:
    """Raise `PermissionDenied` with a sentence if the plan has ended."""
    if plan is not None and plan.has_ended(localdate()):
        raise PermissionDenied(
            _(
                "This plan ended on {day}. It is shown as it stood then, so this can no "
                "longer be changed. Later results go in a return of its last round."
            ).format(day=day_words(plan.ends_on))
        )
