"""Downloads of the dashboard and its lists, with the filters of the page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from reports.progress import changes, exports, list_exports, registers
from reports.progress.changes.periods import offered
from reports.progress.forms import BarForm
from reports.progress.trends import read_trends
from reports.progress.view import Look
from reports.progress.views.dashboard import chosen, look_of
from reports.render import csv, files, xlsx
from reports.render.tables import Sheet
from workitems.items.filters import WorkItemFilter, sort_of
from workitems.meetings.views import decisions as decision_pages
from workitems.models import Delay
from workitems.plan.plan_at import plan_at
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
    sheet: Callable[[HttpRequest, Look, datetime], Sheet]
    has_own_filters: bool = False


def figures(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    before = plan_at(look.plan, look.since) if look.since else None
    return exports.figures(look, plan_at(look.plan, look.at), before, made_at)


def attention(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.needing_attention(look, plan_at(look.plan, look.at), made_at)


def milestones(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.open_milestones(
        look,
        plan_at(look.plan, look.at),
        made_at,
        late=chosen(request, "late", registers.LATE),
        due=chosen(request, "due", registers.DUE),
    )


def timeline(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.all_milestones(look, plan_at(look.plan, look.at), made_at)


def delays(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    cause = chosen(request, "cause", dict(Delay.Cause.choices))
    return exports.open_delays(look, plan_at(look.plan, look.at), made_at, cause=cause)


def items(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    """Return the item list's rows by its own filters (`lead` leads, `agency` also supports)."""
    look = replace(look, since=None, pillar=None, agency=None)
    at = plan_at(look.plan, look.at)
    asked = WorkItemFilter(
        request.GET,
        pillars=[(row.pk, row.title) for row in at.pillars],
        agencies=[(pk, agency.short_name) for pk, agency in at.agencies.items()],
    )
    found = asked.among(at, sort_of(request.GET.get("sort", "")))
    return exports.items(look, at, found, made_at, *in_words(asked))


def in_words(form: Form) -> list[str]:
    """Return the list's filters in words: "Pillar: Prevention", "Number or words: brochure"."""
    said = []
    for name, value in form.cleaned_data.items():
        if value:
            choices: Any = getattr(form.fields[name], "choices", ())
            words = {str(key): label for key, label in choices}.get(str(value), value)
            said.append(f"{form.fields[name].label}: {words}")
    return said


def risks(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    found = RiskFilter(
        request.GET, queryset=register_at(look.plan, look.at), plan=look.plan, on=look.at.on
    )
    rows = risks_of(found.qs.open_first(look.at.on), look.plan, look.at)
    return list_exports.risks(look, rows, made_at, *in_words(found.form))


def variations(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    labels = {state: label for state, (label, _) in variation_pages.STATES.items()}
    state = chosen(request, "state", labels)
    rows = variation_pages.variations_in_state(look.plan, look.at, state)
    label = labels[state] if state else ""
    shown = variations_of(rows, look.plan, look.at)
    return list_exports.variations(look, shown, made_at, *([str(label)] if label else []))


def decisions(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    on = localdate(made_at)
    state = chosen(request, "state", decision_pages.STATES)
    rows = [row.within(look.plan) for row in decision_pages.decisions_of(look.plan, state, on)]
    label = str(decision_pages.STATES[state]) if state else ""
    return list_exports.decisions(look, rows, made_at, *([str(label)] if label else []))


def meetings(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    on = localdate(made_at)
    found = look.plan.meetings
    rows = [*found.coming(on).with_counts(), *found.past(on).with_counts()]
    return list_exports.meetings(look, rows, made_at)


def rounds(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    return list_exports.rounds(look, round_pages.rounds_of(look.plan), made_at)


def trends(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    found = read_trends(look.plan, look.at, pillar=look.pillar, lead=look.agency)
    narrowed = exports.narrowed_in_words(look)
    return list_exports.trends(look, found, narrowed, made_at)


def what_changed(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    """Return what changed, compared by default with the same moment as on the page."""
    if look.since is None:
        bar = BarForm(request.GET, plan=look.plan, on=localdate(made_at))
        _, usual = offered(look, bar.earlier())
        look = replace(look, since=usual.moment)
    only = chosen(request, "kind", {kind: kind.label for kind in changes.Kind})
    return exports.what_changed(look, changes.read_changes(look), made_at, only=only)


EXPORTS = {
    "dashboard": Export("dashboard:overview", figures),
    "items": Export("workitems:list", items),
    "attention": Export("dashboard:attention", attention),
    "milestones": Export("dashboard:milestones", milestones),
    "timeline": Export("dashboard:timeline", timeline),
    "delays": Export("dashboard:delays", delays),
    "changes": Export("dashboard:changes", what_changed),
    "trends": Export("dashboard:trends", trends),
    "risks": Export("risks:list", risks, has_own_filters=True),
    "variations": Export("variations:list", variations, has_own_filters=True),
    "decisions": Export("meetings:decisions", decisions, has_own_filters=True),
    "meetings": Export("meetings:list", meetings, has_own_filters=True),
    "rounds": Export("returns:list", rounds, has_own_filters=True),
}
FORMATS: dict[str, tuple[str, Callable[[Sheet, datetime], bytes]]] = {
    "xlsx": (xlsx.MIME_TYPE, xlsx.write),
    "csv": (csv.MIME_TYPE, lambda sheet, made_at: csv.write(sheet)),
}


@require_safe
def export(request: HttpRequest, slug: str, what: str, format: str) -> HttpResponse:
    """Return the file.

    Requests with invalid filters are redirected to the page, which shows the error.
    """
    look, context = look_of(request, slug)
    if what not in EXPORTS or format not in FORMATS:
        raise Http404
    ignored = {"pillar", "agency"} if EXPORTS[what].has_own_filters else set()
    if set(context["bar"].errors) - ignored:
        response = redirect(EXPORTS[what].page, slug)
        response["Location"] += f"?{request.GET.urlencode()}"
        return response
    if EXPORTS[what].has_own_filters:
        look = replace(look, since=None, pillar=None, agency=None)
    made_at = timezone.now()
    sheet = EXPORTS[what].sheet(request, look, made_at)
    mime_type, write = FORMATS[format]
    name = f"{slug} {sheet.name.lower()} {look.at.on.isoformat()}.{format}"
    return files.download(write(sheet, made_at), name, mime_type)
