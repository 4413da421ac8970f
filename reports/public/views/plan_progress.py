"""The public page of a plan's progress, its data and its charts, all made of the frozen content alone.

These answers are the same for everybody, so caches may keep data and charts. The page itself is asked
for again each time: what is published or taken down is seen at once. Nobody signs in here.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.people.succession import agency_on
from reports.charts import milestone_timeline, on_screen, stage_bars
from reports.document.annexes import MilestoneRow, PillarProgress, Stage, StageCount, TimelineRow
from reports.document.dates import long_date
from reports.document.wording import named
from reports.extensions import registry
from reports.models import PublicProgress
from reports.progress.content_schema import LISTS, schema_of
from reports.public.open_data import MIME_TYPE as LD_JSON
from reports.public.open_data import Published, as_dcat, as_schema_org, within_a_page
from reports.public.views.public_frame import public_page
from reports.render import csv
from reports.render.tables import Column, Sheet
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.lateness import Status

# How long caches keep data and charts.
SECONDS_KEPT = 300
# Milestones in the chart: those overdue, then those expected nearest to the day.
MOST_DRAWN = 40
LEFT_OUT = gettext_lazy(
    "{drawn} of {every} milestones: those overdue first, then those expected nearest to {day}. "
    "All are in the table and the data of the page."
)
OVERDUE = gettext_lazy("Overdue")
TABLES = {
    "work_items": gettext_lazy("Work items by pillar"),
    "figures": gettext_lazy("Figures"),
    "stages": gettext_lazy("Work items by stage"),
    "timeline": gettext_lazy("Timeline"),
    "measures": gettext_lazy("Measures"),
    "achievements": gettext_lazy("Achievements"),
    "released_papers": gettext_lazy("Released papers"),
}


def page_of_plan(slug: str) -> PublicProgress:
    """Return the newest page of the plan, which may be taken down. Raise 404 if there is none."""
    rows = PublicProgress.objects.filter(plan__slug=slug).select_related(
        "plan__coordinating_agency"
    )
    row = rows.newest_first().first()
    if row is None:
        raise Http404
    return row


@login_not_required
@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponseBase:
    row = page_of_plan(slug)
    context = {
        "slug": slug,
        "agency": agency_on(row.plan.coordinating_agency, timezone.localdate()),
        "released_url": next(
            filter(None, (released.page_url(row.plan) for released in registry.RELEASED)), ""
        ),
    }
    if row.taken_down_at is not None:
        context |= {"plan": row.plan, "taken_down_at": row.taken_down_at}
        return public_page("reports/public/taken_down.html", context, status=410)
    published = _published(request, row)
    context |= {
        "published_at": row.published_at,
        "dataset": within_a_page(as_schema_org(published)),
        **shown(row.content, slug, published.site),
    }
    page = public_page("reports/public/progress.html", context, is_indexed=True)
    return shared(request, page, seconds=0)


def _published(request: HttpRequest, row: PublicProgress) -> Published:
    # Where it is tried out, it is served from any address.
    site = request.build_absolute_uri("/")[:-1] if settings.DEBUG else settings.SITE_URL
    return Published(row.content, row.plan.slug, site, timezone.localdate(row.published_at))


def shown(content: dict[str, Any], slug: str = "", site: str = "") -> dict[str, Any]:
    """Return the context of the page, or of its preview."""
    drawn = {name: on_screen(draw) for name, draw in charts_of(content).items()}
    return {
        "plan": {"title": content["plan"]},
        "content": content,
        "published_by": named(content["agency"]),
        "as_at": date.fromisoformat(content["as_at"]),
        "heading": _("Progress as at {day}").format(
            day=long_date(date.fromisoformat(content["as_at"]))
        ),
        "charts": drawn,
        "pillars": _by_pillar(content.get("work_items", ())),
        "tables": [(name, TABLES[name]) for name in LISTS if name in content],
        "timeline": [_in_words(row) for row in content.get("timeline", ())],
        "released": [
            {**row, "released": date.fromisoformat(row["released"])}
            for row in content.get("released_papers", ())
        ],
        "embed": {
            name: site + reverse("reports:progress-data", args=[slug, name, "svg"])
            for name in (drawn if slug else ())
        },
    }


def _by_pillar(
    items: Iterable[dict[str, Any]],
) -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    """Return each pillar with its work items, and each of these with its status in words."""
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for item in items:
        found.setdefault(item["pillar"], []).append((item, Status(item["status"]).label))
    return list(found.items())


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    dates = ("promised", "agreed", "expected", "done")
    return {**row, **{name: known(row[name]) if row[name] else None for name in dates}}


def known(code: str) -> KnownDate:
    """Return the date of a code: "2027-06-30", "2027-06", "2027-Q2"."""
    if "Q" in code:
        year, quarter = code.split("-Q")
        return KnownDate.holding(date(int(year), int(quarter) * 3, 1), KnownTo.QUARTER)
    if len(code) == len("2027-06"):
        return KnownDate.holding(date.fromisoformat(f"{code}-01"), KnownTo.MONTH)
    return KnownDate(date.fromisoformat(code))


def charts_of(content: dict[str, Any]) -> dict[str, Callable[[bool], SafeString]]:
    """Return what draws the charts of the parts that are there, narrow or not."""
    found: dict[str, Callable[[bool], SafeString]] = {}
    if content.get("stages"):
        pillars = [
            PillarProgress(
                row["pillar"], tuple(StageCount(stage, row[stage.value]) for stage in Stage)
            )
            for row in content["stages"]
        ]
        found["stages"] = lambda narrow: stage_bars(pillars, narrow=narrow)
    if content.get("timeline"):
        found["timeline"] = lambda narrow: _timeline(content, narrow=narrow)
    return found


def _timeline(content: dict[str, Any], *, narrow: bool) -> SafeString:
    """Draw the milestones, at most `MOST_DRAWN`; the drawing says so if some are left out."""
    as_at = date.fromisoformat(content["as_at"])
    every = [_drawn(row) for row in content["timeline"]]
    order = sorted(
        range(len(every)),
        key=lambda n: (
            not every[n].is_overdue,
            abs((every[n].milestone.expected_on - as_at).days),
        ),
    )
    kept = [every[n] for n in sorted(order[:MOST_DRAWN])]
    return milestone_timeline(
        kept,
        as_at=as_at,
        note=LEFT_OUT.format(drawn=len(kept), every=len(every), day=long_date(as_at))
        if len(kept) < len(every)
        else "",
        narrow=narrow,
    )


def _drawn(row: dict[str, Any]) -> TimelineRow:
    promised, agreed = known(row["promised"]), known(row["agreed"])
    expected = known(row["expected"]) if row["expected"] else None
    return TimelineRow(
        row["item"],
        MilestoneRow(
            label=row["milestone"],
            original_on=promised.last_day,
            original_known_to=KnownTo(promised.known_to),
            agreed_on=agreed.last_day,
            agreed_known_to=KnownTo(agreed.known_to),
            forecast_on=expected.last_day if expected else None,
            forecast_known_to=KnownTo(expected.known_to) if expected else KnownTo.DAY,
            completed_on=date.fromisoformat(row["done"]) if row["done"] else None,
        ),
        wraps=True,
        is_overdue=row["status"] == OVERDUE,
        has_four_marks=True,
    )


@login_not_required
@require_safe
def progress_data(request: HttpRequest, slug: str, what: str, format: str) -> HttpResponseBase:
    """Return the data as JSON, its schema, one table as CSV, one chart as SVG, or the dataset as catalogues read it."""
    row = page_of_plan(slug)
    if row.taken_down_at is not None:
        raise Http404
    if (what, format) == ("dataset", "jsonld"):
        answer: tuple[Any, str] | None = (_text(as_dcat(_published(request, row))), LD_JSON)
    else:
        make = FORMATS.get(format)
        answer = None if make is None else make(row.content, what)
    if answer is None:
        raise Http404
    text, mime_type = answer
    response = HttpResponse(text, content_type=mime_type)
    # Other sites may show the charts and read the data.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return shared(request, response, seconds=SECONDS_KEPT)


def _json(content: dict[str, Any], what: str) -> tuple[str, str] | None:
    found = {"data": lambda: content, "schema": lambda: schema_of(content)}.get(what)
    if found is None:
        return None
    return _text(found()), "application/json"


def _text(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _csv(content: dict[str, Any], what: str) -> tuple[bytes, str] | None:
    if what not in LISTS or what not in content:
        return None
    names = list(LISTS[what]["items"]["properties"])
    rows = [[_cell(row[name]) for name in names] for row in content[what]]
    sheet = Sheet(
        name=what, title=what, about=(), columns=[Column(name) for name in names], rows=rows
    )
    return csv.write(sheet), csv.MIME_TYPE


def _cell(value: Any) -> str | int:
    if isinstance(value, dict):
        # Of a file that was redacted elsewhere, nobody counted.
        return "; ".join(
            ground if count is None else f"{ground}: {count}" for ground, count in value.items()
        )
    return "" if value is None else value


def _svg(content: dict[str, Any], what: str) -> tuple[str, str] | None:
    draw = charts_of(content).get(what)
    return None if draw is None else (str(draw(False)), "image/svg+xml")


FORMATS: dict[str, Callable[[dict[str, Any], str], tuple[Any, str] | None]] = {
    "json": _json,
    "csv": _csv,
    "svg": _svg,
}


def shared(request: HttpRequest, response: HttpResponse, *, seconds: int) -> HttpResponseBase:
    """Let every cache keep the response for so many seconds, then ask whether it changed."""
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest())
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "public, no-cache"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response
