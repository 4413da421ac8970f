"""All plans that a person reads: side by side, and what their agencies owe in them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.briefings.views import files
from reports.portfolio.forms import AgencyForm, DayForm
from reports.portfolio.last_papers import paper_rows
from reports.portfolio.owed_by_month import by_month, sheet_of
from reports.portfolio.side_by_side import month_before, plan_rows
from reports.render import csv
from workitems.calendar.owed import owed_in, own_numbers, read_for
from workitems.plan.views.lookups import signed_in, visible_plans
from workitems.returns.other_rounds import returns_together


def _tabs(here: str) -> list[tuple[str, str, bool]]:
    """Return the two pages about all plans, for `components/tabs.html`."""
    pages = {"plans": _("Side by side"), "due": _("What is due")}
    return [(words, reverse(f"portfolio:{name}"), name == here) for name, words in pages.items()]


@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    today = localdate()
    form = DayForm(request.GET, on=today)
    plans = visible_plans(request)
    rows = plan_rows(plans, form.day, today, read_for(signed_in(request)))
    is_today = form.day == today
    return render(
        request,
        "reports/portfolio/plans.html",
        {
            "form": form,
            "rows": rows,
            "going_on": [row for row in rows if not row.has_ended],
            "ended": [row for row in rows if row.has_ended],
            "papers": [] if rows else paper_rows(signed_in(request).portfolios, form.day),
            "before": month_before(form.day),
            "is_today": is_today,
            "together": returns_together(plans) if is_today else [],
            "tabs": _tabs("plans"),
        },
        status=422 if form.errors else 200,
    )


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    on = localdate()
    form = AgencyForm(request.GET, agencies=read_for(signed_in(request)))
    plans = visible_plans(request)
    rows = owed_in(plans, form.chosen, on)
    context = {
        "form": form,
        "numbers": own_numbers(rows, form.chosen, on),
        "together": returns_together(plans, form.chosen),
        "tabs": _tabs("due"),
        "months": by_month(rows, on),
        "has_several_agencies": len(form.chosen) > 1,
        "has_several_plans": len({row.entry.plan.pk for row in rows}) > 1,
    }
    return render(request, "reports/portfolio/due.html", context)


@require_safe
def due_csv(request: HttpRequest) -> HttpResponse:
    on = localdate()
    form = AgencyForm(request.GET, agencies=read_for(signed_in(request)))
    sheet = sheet_of(owed_in(visible_plans(request), form.chosen, on), on)
    name = f"due in all plans {on.isoformat()}.csv"
    return files.download(csv.write(sheet), name, csv.MIME_TYPE)
