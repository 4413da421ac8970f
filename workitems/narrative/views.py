"""History pages of an item, a return and a plan, with filters and pagination."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workitems.models import Plan
from workitems.narrative import Scope, blocks_of, fields_of, history_page, reader_of
from workitems.narrative.forms import HistoryForm
from workitems.plan.views.lookups import plan_at_any_stage, signed_in, small_number, visible_item
from workitems.returns.views.return_access import visible_return


@require_safe
def of_plan(request: HttpRequest, slug: str) -> HttpResponse:
    plan = plan_at_any_stage(request, slug)
    return show(
        request,
        plan,
        Scope(plan=plan.pk),
        {
            "name": plan.title,
            "title": plan.title,
            "eyebrow": _("Plan of Action"),
            "crumbs": [(plan.title, plan.get_absolute_url())],
            "tabs": [
                (_("Plan"), plan.get_absolute_url(), False),
                (_("History"), request.path, True),
            ],
            "named_plan": plan,
        },
    )


@require_safe
def of_item(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = visible_item(request, slug, number)
    return show(
        request,
        item.plan,
        Scope(item=item.pk),
        {
            "name": _("item {number}").format(number=item.number),
            "title": item.title,
            "eyebrow": item.number,
            "crumbs": [
                (_("Work items"), reverse("workitems:list", args=[slug])),
                (str(item), item.get_absolute_url()),
            ],
            "tabs": [
                (_("Item"), item.get_absolute_url(), False),
                (_("History"), request.path, True),
            ],
        },
    )


@require_safe
def of_return(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    row = visible_return(request, slug, round, agency)
    return show(
        request,
        row.round.plan,
        Scope(of_return=row.pk),
        {
            "name": _("the return of {agency}, {round}").format(agency=row.agency, round=row.round),
            "title": row.agency.name,
            "eyebrow": _("Return"),
            "crumbs": [
                (_("Returns"), reverse("returns:list", args=[slug])),
                (row.round.name, row.round.get_absolute_url()),
            ],
            "tabs": [
                (_("Return"), row.get_absolute_url(), False),
                (_("History"), request.path, True),
            ],
            "named_plan": row.round.plan,
            "with_times": True,
        },
    )


def show(request: HttpRequest, plan: Plan, scope: Scope, frame: dict[str, Any]) -> HttpResponse:
    """Show a page of the scope's history, as far as the user may read it. An invalid filter is
    ignored, and its error is shown at the field."""
    form = HistoryForm(request.GET, plan=plan, fields=fields_of(scope))
    if scope.of_return is not None:
        del form.fields["agency"]
    form.is_valid()
    page = history_page(
        scope,
        reader_of(signed_in(request), plan),
        form.wanted(),
        small_number(request.GET.get("page", "")) or 1,
    )
    return render(
        request,
        "workitems/narrative/page.html",
        {
            "plan": plan,
            "form": form,
            "page": page,
            "blocks": blocks_of(page.entries),
            "reset_url": request.path,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            **frame,
        },
    )
