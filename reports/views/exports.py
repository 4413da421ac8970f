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

from reports.forms.bar import BarForm
from reports.progress import changes, exports, registers
from reports.progress.changes.periods import offered
from reports.progress.likely_late import read_likely_late
from reports.progress.tables import Sheet
from reports.progress.view import Look
from reports.render import csv, xlsx
from reports.views import files
from reports.views.dashboard import chosen, look_of
from workitems.filters import WorkItemFilter, sort_of
from workitems.models import Delay, WorkItem
from workitems.plan_at import plan_at


class Export(NamedTuple):
    """`page` is the page with the same rows. Requests with invalid filters are redirected to it."""

    page: str
    sheet: Callable[[HttpRequest, Look, datetime], Sheet]


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


def likely_late(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.likely_late(read_likely_late(look), plan_at(look.plan, look.at), made_at)


def items(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    """Return the item list's rows by its own filters (`lead` leads, `agency` also supports)."""
    look = replace(look, since=None, pillar=None, agency=None)
    at = plan_at(look.plan, look.at)
    asked = WorkItemFilter(
        request.GET,
        queryset=WorkItem.objects.none(),
        pillars=[(row.pk, row.title) for row in at.pillars],
        agencies=[(pk, agency.short_name) for pk, agency in at.agencies.items()],
        on=at.on,
    )
    found = asked.among(at, sort_of(request.GET.get("sort", "")))
    return exports.items(look, at, found, made_at, *in_words(asked.form))


def in_words(form: Form) -> list[str]:
    """Return the list's filters in words: "Pillar: Prevention", "Number or words: brochure"."""
    said = []
    for name, value in form.cleaned_data.items():
        if value:
            choices: Any = getattr(form.fields[name], "choices", ())
            words = {str(key): label for key, label in choices}.get(str(value), value)
            said.append(f"{form.fields[name].label}: {words}")
    return said


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
    "likely-late": Export("dashboard:likely-late", likely_late),
    "changes": Export("dashboard:changes", what_changed),
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
    if context["bar"].errors:
        response = redirect(EXPORTS[what].page, slug)
        response["Location"] += f"?{request.GET.urlencode()}"
        return response
    made_at = timezone.now()
    sheet = EXPORTS[what].sheet(request, look, made_at)
    mime_type, write = FORMATS[format]
    name = f"{slug} {sheet.name.lower()} {look.at.on.isoformat()}.{format}"
    return files.download(write(sheet, made_at), name, mime_type)
