"""The dashboard and its lists as files, looked at as the page does."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from reports import exports, registers
from reports.look import Look
from reports.render import csv, xlsx
from reports.sheets import Sheet
from reports.views.dashboard import chosen, look_of
from workitems.models import Delay
from workitems.on_day import read as read_plan


class Export(NamedTuple):
    """`page` is the page with the same rows, for whoever asks for what it cannot show."""

    page: str
    sheet: Callable[[HttpRequest, Look, datetime], Sheet]


def figures(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    before = read_plan(look.plan, look.since) if look.since else None
    return exports.figures(look, read_plan(look.plan, look.at), before, made_at)


def attention(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.needing_attention(look, read_plan(look.plan, look.at), made_at)


def milestones(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.open_milestones(
        look,
        read_plan(look.plan, look.at),
        made_at,
        late=chosen(request, "late", registers.LATE),
        due=chosen(request, "due", registers.DUE),
    )


def timeline(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    return exports.all_milestones(look, read_plan(look.plan, look.at), made_at)


def delays(request: HttpRequest, look: Look, made_at: datetime) -> Sheet:
    look = look.without_comparison()
    cause = chosen(request, "cause", dict(Delay.Cause.choices))
    return exports.open_delays(look, read_plan(look.plan, look.at), made_at, cause=cause)


EXPORTS = {
    "dashboard": Export("dashboard:overview", figures),
    "attention": Export("dashboard:attention", attention),
    "milestones": Export("dashboard:milestones", milestones),
    "timeline": Export("dashboard:timeline", timeline),
    "delays": Export("dashboard:delays", delays),
}
FORMATS: dict[str, tuple[str, Callable[[Sheet, datetime], bytes]]] = {
    "xlsx": (xlsx.MIME_TYPE, xlsx.write),
    "csv": (csv.MIME_TYPE, lambda sheet, made_at: csv.write(sheet)),
}


@require_GET
def export(request: HttpRequest, slug: str, what: str, format: str) -> HttpResponse:
    """The file. Asked for a moment that cannot be shown, the page says what is wrong with it."""
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
    return HttpResponse(
        write(sheet, made_at),
        content_type=mime_type,
        headers={"Content-Disposition": content_disposition_header(True, name) or ""},
    )
