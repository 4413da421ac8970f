"""The dashboard of a plan, and the lists behind its figures.

All readers of the plan may see them.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.wording.translation import StrOrPromise, day_words
from reports import charts
from reports.progress import dashboard, registers
from reports.progress.forms import BarForm
from reports.progress.scrubber import Scrubber
from reports.progress.trends import late_days
from reports.progress.view import PlanView, events_before
from workitems.measures.completion import Completion, completions_of, sentence
from workitems.meetings.asked_at import AskedAt, asked_at
from workitems.models import Delay
from workitems.plan.asat import Moment
from workitems.plan.attention import attention as attention_lines
from workitems.plan.ended_leads import ended_leads_at
from workitems.plan.plan_at import PlanAt, plan_at
from workitems.plan.views.lookups import signed_in, visible_plan

ROWS_ON_A_PAGE = 100
# A label, its URL, and whether it is chosen.
Tab = tuple[StrOrPromise, str, bool]


def view_of(request: HttpRequest, slug: str) -> tuple[PlanView, dict[str, Any]]:
    """Return the selected view of the plan, and the context that the filter bar needs."""
    plan = visible_plan(request, slug)
    bar = BarForm(request.GET, plan=plan, on=localdate())
    view = bar.view
    return view, {"plan": plan, "bar": bar, "view": view, "today": bar.today}


def dashboard_page(
    request: HttpRequest, name: str, context: dict[str, Any], **others: Any
) -> HttpResponse:
    """Render a page of the dashboard. The status is 422 if the filter bar has errors."""
    status = 422 if context["bar"].errors else 200
    context = {"here": name} | context | others
    return render(request, f"reports/progress/{name}.html", context, status=status)


def compared_view(request: HttpRequest, slug: str) -> tuple[PlanView, dict[str, Any]]:
    """Return the selected view, compared with the last meeting or briefing if nothing is selected,
    and the context of its dashboard."""
    view, context = view_of(request, slug)
    earlier = context["bar"].earlier()
    if view.since is None and earlier:
        view = replace(view, since=earlier[0].moment, is_compared_by_default=True)
    page = dashboard.read_dashboard(view)
    where = asked_at(view.plan, page.now.lines, view.at.on) if view.at.is_now else AskedAt()
    return view, context | {
        "view": view,
        "page": page,
        "asked_at": where,
        "earlier": earlier,
        "marks": dashboard.MARKS,
        "next_meeting": where.next,
    }


@require_safe
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the first screen of the dashboard, large, without controls, for a screen on a wall."""
    view, context = compared_view(request, slug)
    colours = chosen(request, "colours", {"light": _("Light"), "dark": _("Dark")})
    return dashboard_page(request, "wall", context, colours=colours)


@require_safe
def late(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw how many items were late on each day of the plan, for the rail of the dashboard."""
    view, context = view_of(request, slug)
    now = Moment.present(view.plan, context["today"])
    rail = scrubber_of(replace(view, at=now), context)
    steps = late_days(view.plan, now, pillar=view.pillar, lead=view.agency)
    drawn = charts.late_line(steps, first=rail.first, last=rail.last, until=rail.until)
    return HttpResponse(drawn, content_type="image/svg+xml")


def scrubber_of(view: PlanView, context: dict[str, Any]) -> Scrubber:
    """Return the rail of a view, with all that can be chosen up to the present."""
    present, today = context["bar"].present, context["today"]
    events = context.get("earlier") if view.at == present else None
    if events is None:
        events = events_before(view.plan, present, today)
    if view.at.is_now and "next_meeting" in context:
        coming = context["next_meeting"]
    else:
        coming = view.plan.meetings.coming(today).first()
    return Scrubber(view=view, today=today, events=events, coming=coming)


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = compared_view(request, slug)
    page, plan = context["page"], view.plan
    label = _("Today") if view.at.is_now else day_words(view.at.on)
    is_going_on = view.at.is_now and not plan.has_ended(view.at.on)
    leads = ended_leads_at(page.at) if is_going_on else []
    may_manage = signed_in(request).has_perm("workitems.manage_plan", plan)
    context |= {
        "ended_leads": leads,
        "may_manage": may_manage,
        "scrub": scrubber_of(view, context),
        "landing": charts.late_timeline(page.landing.strips, on=view.at.on, label=label),
        "what": "dashboard",
    }
    return dashboard_page(request, "overview", context)


def register(
    request: HttpRequest, template: str, context: dict[str, Any], rows: Sequence[Any]
) -> HttpResponse:
    """Render one page of a register."""
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return dashboard_page(request, template, context, page=page, lines=page.object_list)


def plan_of(view: PlanView) -> PlanAt:
    return plan_at(view.plan, view.at).narrowed(pillar=view.pillar, lead=view.agency)


@require_safe
def attention(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    return register(request, "attention", context, attention_lines(plan_of(view)))


@require_safe
def milestones(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    late, due = chosen(request, "late", registers.LATE), chosen(request, "due", registers.DUE)
    tabs: list[Tab] = [(_("All open"), view.link("milestones"), not (late or due))]
    tabs += [
        (label, view.link("milestones", late=key), late == key)
        for key, label in registers.LATE.items()
    ]
    tabs += [
        (label, view.link("milestones", due=key), due == key)
        for key, label in registers.DUE.items()
    ]
    tabs.append((_("Completed"), view.link("completed"), False))
    context |= {
        "here": "milestones",
        "rows": "reports/progress/open_milestones.html",
        "words": {
            "title": _("Open milestones"),
            "tabs": _("Which milestones"),
            "noun": _("milestones"),
            "none": _("There are no open milestones."),
            "no_match": _("No open milestone matches."),
            "choose": _("Choose another pillar or agency, or another day."),
        },
        "tabs": tabs,
        "is_filtered": bool(late or due or view.is_narrowed),
    }
    found = registers.open_milestones(plan_of(view), late=late, due=due)
    return register(request, "register", context, found)


@require_safe
def completed(request: HttpRequest, slug: str) -> HttpResponse:
    """The completed milestones, by how they are shown to be done."""
    view, context = view_of(request, slug)
    shown = chosen(request, "shown", dict(Completion.choices))
    at = plan_of(view)
    found = completions_of(at)
    tabs: list[Tab] = [
        (_("Open"), view.link("milestones"), False),
        (_("All completed"), view.link("completed"), not shown),
    ]
    tabs += [
        (
            f"{each.label} ({found.counts[each]:,})",
            view.link("completed", shown=each),
            shown == each,
        )
        for each in Completion
        if found.counts[each] or shown == each
    ]
    context |= {
        "here": "completed",
        "rows": "reports/progress/completed_milestones.html",
        "words": {
            "title": _("Completed milestones"),
            "tabs": _("Which milestones"),
            "noun": _("milestones"),
            "none": _("No milestone is completed yet."),
            "no_match": _("No completed milestone matches."),
            "choose": _("Choose another pillar or agency, or another day."),
        },
        "tabs": tabs,
        "sentence": sentence(found),
        "is_filtered": bool(shown) or view.is_narrowed,
    }
    return register(request, "register", context, found.of(shown))


@require_safe
def delays(request: HttpRequest, slug: str) -> HttpResponse:
    view, context = view_of(request, slug)
    cause = chosen(request, "cause", dict(Delay.Cause.choices))
    at = plan_of(view)
    there = {delay.cause for delay in at.delays}
    tabs: list[Tab] = [(_("All open"), view.link("delays"), not cause)]
    tabs += [
        (label, view.link("delays", cause=key), cause == key)
        for key, label in Delay.Cause.choices
        if key in there or key == cause
    ]
    context |= {
        "here": "delays",
        "rows": "reports/progress/open_delays.html",
        "words": {
            "title": _("Open delays"),
            "tabs": _("Causes"),
            "noun": _("delays"),
            "none": _("There are no open delays."),
            "no_match": _("No open delay matches."),
            "choose": _("Choose another cause, pillar or agency."),
        },
        "tabs": tabs,
        "is_filtered": bool(cause or view.is_narrowed),
    }
    return register(request, "register", context, registers.open_delays(at, cause=cause))


def chosen(request: HttpRequest, name: str, known: Collection[str]) -> str:
    """Return the query parameter if its value is one of `known`, else ""."""
    asked = request.GET.get(name, "")
    return asked if asked in known else ""
