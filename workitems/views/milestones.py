"""Close a milestone, reopen it, or change its forecast."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from agencies.fields import VersionedForm
from agencies.views.once import once
from workitems import services, standing
from workitems.forms.items import CloseMilestoneForm, MoveForecastForm, ReopenMilestoneForm
from workitems.models import Milestone
from workitems.services import items as item_services
from workitems.views.items import visible_item, visible_milestone
from workitems.views.lookups import require, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@once
def milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    """Show a milestone with a form for each of three actions. The button's value `act` selects
    one: "close", "move" or "reopen"."""
    item = visible_item(request, slug, number)
    row = require(request, "workitems.update_milestone", visible_milestone(item, milestone))
    act = request.POST.get("act", "") if request.method == "POST" else ""
    acts: dict[str, tuple[type[VersionedForm], Callable[..., Milestone], str]] = {
        "close": (CloseMilestoneForm, item_services.close_milestone, "is closed"),
        "move": (MoveForecastForm, item_services.move_forecast, "has a new forecast"),
        "reopen": (ReopenMilestoneForm, item_services.reopen_milestone, "is open again"),
    }
    forms: dict[str, VersionedForm] = {
        name: form(request.POST if name == act else None, prefix=name, row=row)
        for name, (form, _, _) in acts.items()
    }
    conflict: Milestone | None = None
    if act in acts and forms[act].is_valid():
        form, (_, service, done) = forms[act], acts[act]
        today: dict[str, Any] = {} if act == "reopen" else {"on": localdate()}
        try:
            service(milestone=row, by=signed_in(request), **today, **form.cleaned_data)
        except services.Refused as refusal:
            conflict = form.refuse(refusal)
            if conflict is not None:
                row = conflict
                row.item = item
        else:
            messages.success(request, f"“{row}” {done}.")
            return redirect(item)
    open_acts = ("close", "move") if row.is_open else ("reopen",)
    delays = row.delays.order_by("-number").prefetch_related("mitigations__owner_agency")
    return render(
        request,
        "workitems/milestones/detail.html",
        {
            "plan": item.plan,
            "item": item,
            "milestone": row,
            "late": standing.milestone_lateness(row, localdate()),
            "forms": forms,
            "acted": forms.get(act),
            # After a conflict: the text typed into a form that no longer applies to the milestone.
            "kept": forms[act].typed() if conflict and act not in open_acts else [],
            "delays": delays,
            "slip": standing.slip_in_words(row, delays),
            "pieces": row.evidence.for_list(),
            "may_ask": item.is_live and request.user.has_perm("workitems.request_variation", item),
            "has_open_delay": any(delay.ended_on is None for delay in delays),
            "conflict": conflict,
        },
        status=200 if request.method != "POST" else 422,
    )
