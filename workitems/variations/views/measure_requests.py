"""Ask to change a measure that has a number: its set-up or its targets. The working group decides."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from agencies.pages.once import once
from workitems.measures.forms import current_targets
from workitems.measures.views.pages import to_page, visible_measure
from workitems.models import Variation
from workitems.plan.views.lookups import posted, require
from workitems.variations.forms.measure_requests import MeasureRequestForm
from workitems.variations.services import held_entries
from workitems.variations.services import variations as variation_services
from workitems.variations.views.additions import askers
from workitems.variations.views.variations import ask


@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_measure(request: HttpRequest, slug: str, measure: int) -> HttpResponse:
    row = visible_measure(request, slug, measure)
    plan = row.plan
    require(request, "workitems.request_addition", row.item or plan)
    on = localdate()
    found = askers(request, plan, list(plan.agencies_on(on)))
    form = MeasureRequestForm(
        posted(request),
        row=row,
        members=plan.agencies_on(on),
        targets=current_targets(row),
        agencies=found["agencies"],
    )
    pending = plan.variations.pending().filter(kind=Variation.Kind.MEASURE)
    return ask(
        request,
        plan,
        form,
        variation_services.request_change,
        held_entries.hold_change,
        "request_measure",
        {
            "measure": row,
            "pending": pending.filter(adds__measure=row.pk).pending_in(plan),
            "url": to_page(row),
        },
        found["approving"],
        kind=Variation.Kind.MEASURE,
        row=row,
    )
