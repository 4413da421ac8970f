"""Downloads of the dashboard and its lists, with the filters of the page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from reports.briefings.views import files
from reports.progress import changes, evidence_archive, exports, list_exports, registers
from reports.progress.changes.periods import offered
from reports.progress.forms import BarForm
from reports.progress.record_of_dates import record_of_dates
from reports.progress.trends import read_trends
from reports.progress.view import PlanView
from reports.progress.views.dashboard import chosen, view_of
from reports.render import csv, xlsx
from reports.render.tables import Sheet
from workitems.items.filters import WorkItemFilter, sort_of
from workitems.measures.completion import Completion
from workitems.meetings.views import decisions as decision_pages
from workitems.models import Delay, Plan
from workitems.plan.plan_at import plan_at
from workitems.plan.plan_at.measures_at import measures_of
from workitems.plan.views.lookups import require, visible_plan
from workitems.returns.views import rounds as round_pages
from workitems.risks.forms import RiskFilter
from workitems.risks.risk_register import register_at, risks_of
from workitems.variations.variation_register import variations_of
from workitems.variations.views import variations as variation_pages


class Export(NamedTuple):
    """`page` is the page with the same rows. Requests with invalid filters are redirected to it.

    A list with filters of its own ignores those of the dashboard.
    """

    page: str
    sheet: Callable[[HttpRequest, PlanView, datetime], Sheet]
    has_own_filters: bool = False


def figures(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    before = plan_at(view.plan, view.since) if view.since else None
    return exports.figures(view, plan_at(view.plan, view.at), before, made_at)


def attention(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    return exports.needing_attention(view, plan_at(view.plan, view.at), made_at)


def milestones(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    return exports.open_milestones(
        view,
        plan_at(view.plan, view.at),
        made_at,
        late=chosen(request, "late", registers.LATE),
        due=chosen(request, "due", registers.DUE),
    )


def completed(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    shown = chosen(request, "shown", dict(Completion.choices))
    return exports.completed_milestones(view, plan_at(view.plan, view.at), made_at, shown=shown)


def timeline(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    return exports.all_milestones(view, plan_at(view.plan, view.at), made_at)


def delays(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    cause = chosen(request, "cause", dict(Delay.Cause.choices))
    return exports.open_delays(view, plan_at(view.plan, view.at), made_at, cause=cause)


def items(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    """Return the item list's rows by its own filters (`lead` leads, `agency` also supports)."""
    view = replace(view, since=None, pillar=None, agency=None)
    at = plan_at(view.plan, view.at)
    asked = WorkItemFilter(
        request.GET,
        pillars=[(row.pk, row.title) for row in at.pillars],
        agencies=[(pk, agency.short_name) for pk, agency in at.agencies.items()],
    )
    found = asked.among(at, sort_of(request.GET.get("sort", "")))
    return exports.items(view, at, found, made_at, *in_words(asked))


def in_words(form: Form) -> list[str]:
    """Return the list's filters in words: "Pillar: Prevention", "Number or words: brochure"."""
    filters = []
    for name, value in form.cleaned_data.items():
        if value:
            choices: Any = getattr(form.fields[name], "choices", ())
            words = {str(key): label for key, label in choices}.get(str(value), value)
            filters.append(f"{form.fields[name].label}: {words}")
    return filters


def risks(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    form, on = RiskFilter(request.GET, plan=view.plan), view.at.on
    found = form.narrowed(register_at(view.plan, view.at), on)
    rows = risks_of(found.open_first(on), view.plan, view.at)
    return list_exports.risks(view, rows, made_at, *in_words(form))


def variations(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    labels = {state: label for state, (label, _) in variation_pages.STATES.items()}
    state = chosen(request, "state", labels)
    rows = variation_pages.variations_in_state(view.plan, view.at, state)
    label = labels[state] if state else ""
    shown = variations_of(rows, view.plan, view.at)
    return list_exports.variations(view, shown, made_at, *([str(label)] if label else []))


def decisions(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    on = localdate(made_at)
    state = chosen(request, "state", decision_pages.STATES)
    rows = [row.within(view.plan) for row in decision_pages.decisions_of(view.plan, state, on)]
    label = str(decision_pages.STATES[state]) if state else ""
    return list_exports.decisions(view, rows, made_at, *([str(label)] if label else []))


def meetings(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    on = localdate(made_at)
    found = view.plan.meetings
    rows = [*found.coming(on).with_counts(), *found.past(on).with_counts()]
    return list_exports.meetings(view, rows, made_at)


def measures(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    return list_exports.measures(view, measures_of(plan_at(view.plan, view.at)), made_at)


def rounds(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    return list_exports.rounds(view, round_pages.rounds_of(view.plan), made_at)


def trends(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    view = view.without_comparison()
    found = read_trends(view.plan, view.at, pillar=view.pillar, lead=view.agency)
    dates = record_of_dates(view.plan, view.at, pillar=view.pillar, lead=view.agency)
    narrowed = exports.narrowed_in_words(view)
    return list_exports.trends(view, found, dates, narrowed, made_at)


def what_changed(request: HttpRequest, view: PlanView, made_at: datetime) -> Sheet:
    """Return what changed, compared by default with the same moment as on the page."""
    if view.since is None:
        bar = BarForm(request.GET, plan=view.plan, on=localdate(made_at))
        _, usual = offered(view, bar.earlier())
        view = replace(view, since=usual.moment)
    only = chosen(request, "kind", {kind: kind.label for kind in changes.Kind})
    return exports.what_changed(view, changes.read_changes(view), made_at, only=only)


EXPORTS = {
    "dashboard": Export("dashboard:overview", figures),
    "items": Export("workitems:list", items),
    "attention": Export("dashboard:attention", attention),
    "milestones": Export("dashboard:milestones", milestones),
    "completed": Export("dashboard:completed", completed),
    "timeline": Export("dashboard:timeline", timeline),
    "delays": Export("dashboard:delays", delays),
    "changes": Export("dashboard:changes", what_changed),
    "trends": Export("dashboard:trends", trends),
    "risks": Export("risks:list", risks, has_own_filters=True),
    "variations": Export("variations:list", variations, has_own_filters=True),
    "decisions": Export("meetings:decisions", decisions, has_own_filters=True),
    "meetings": Export("meetings:list", meetings, has_own_filters=True),
    "measures": Export("measures:register", measures, has_own_filters=True),
    "rounds": Export("returns:list", rounds, has_own_filters=True),
}
FORMATS: dict[str, tuple[str, Callable[[Sheet, datetime], bytes]]] = {
    "xlsx": (files.XLSX, xlsx.write),
    "csv": (csv.MIME_TYPE, lambda sheet, made_at: csv.write(sheet)),
}


@require_safe
def export(request: HttpRequest, slug: str, what: str, format: str) -> HttpResponse:
    """Return the file.

    Requests with invalid filters are redirected to the page, which shows the error.
    """
    view, context = view_of(request, slug)
    if what not in EXPORTS or format not in FORMATS:
        raise Http404
    ignored = {"pillar", "agency"} if EXPORTS[what].has_own_filters else set()
    if set(context["bar"].errors) - ignored:
        response = redirect(EXPORTS[what].page, slug)
        response["Location"] += f"?{request.GET.urlencode()}"
        return response
    if EXPORTS[what].has_own_filters:
        view = replace(view, since=None, pillar=None, agency=None)
    made_at = timezone.now()
    sheet = EXPORTS[what].sheet(request, view, made_at)
    mime_type, write = FORMATS[format]
    name = f"{slug} {sheet.name.lower()} {view.at.on.isoformat()}.{format}"
    return files.download(write(sheet, made_at), name, mime_type)


@require_safe
def evidence(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All evidence of the plan that its readers see, as a ZIP, for its coordinators and its auditors."""
    plan = require(request, "workitems.take_evidence", visible_plan(request, slug))
    name = f"{slug}-evidence-{localdate().isoformat()}.zip"
    return StreamingHttpResponse(
        _archive_of(plan),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _archive_of(plan: Plan) -> Iterator[bytes]:
    """Yield the archive in pieces. Its file is made when the first is asked for, and closed with the last."""
    with TemporaryFile() as file:
        evidence_archive.write_archive(plan, file, localdate())
        file.seek(0)
        while piece := file.read(2**16):
            yield piece
