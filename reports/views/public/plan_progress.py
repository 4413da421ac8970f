"""The public page of a plan's progress, its data and its charts, all made of the frozen content alone.

These answers are the same for everybody, so caches may keep them. Nobody signs in here.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from reports.charts import milestone_timeline, stage_bars
from reports.document.annexes import MilestoneRow, PillarProgress, Stage, StageCount, TimelineRow
from reports.document.dates import long_date
from reports.models import PublicProgress
from reports.progress.content_schema import LISTS, schema_of
from reports.progress.tables import Column, Sheet
from reports.render import csv
from reports.views.public.public_frame import public_page
from workitems.known_dates import KnownDate, KnownTo

SECONDS_KEPT = 300
# Milestones in the chart: those expected nearest to the day. The table and the data have all.
MOST_DRAWN = 40
TABLES = {
    "figures": "Figures",
    "stages": "Work items by stage",
    "timeline": "Timeline",
    "achievements": "Achievements",
    "released_papers": "Released papers",
}


def page_of_plan(slug: str) -> PublicProgress:
    """Return the newest page of the plan, which may be taken down. Raise 404 if there is none."""
    rows = PublicProgress.objects.filter(plan__slug=slug).select_related("plan")
    row = rows.newest_first().first()
    if row is None:
        raise Http404
    return row


@login_not_required
@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponseBase:
    row = page_of_plan(slug)
    if row.taken_down_at is not None:
        context = {"plan": row.plan, "taken_down_at": row.taken_down_at}
        return public_page("reports/public/taken_down.html", context, status=410)
    context = {"slug": slug, "published_at": row.published_at, **shown(row.content, slug)}
    return shared(request, public_page("reports/public/progress.html", context, is_indexed=True))


def shown(content: dict[str, Any], slug: str = "") -> dict[str, Any]:
    """Return the context of the page, or of its preview."""
    drawn = charts_of(content)
    return {
        "plan": {"title": content["plan"]},
        "content": content,
        "as_at": date.fromisoformat(content["as_at"]),
        "heading": f"Progress as at {long_date(date.fromisoformat(content['as_at']))}",
        "charts": drawn,
        "tables": [(name, TABLES[name]) for name in LISTS if name in content],
        "timeline": [_in_words(row) for row in content.get("timeline", ())],
        "released": [
            {**row, "released": date.fromisoformat(row["released"])}
            for row in content.get("released_papers", ())
        ],
        "embed": {
            name: settings.SITE_URL + reverse("reports:progress-data", args=[slug, name, "svg"])
            for name in (drawn if slug else ())
        },
    }


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


def charts_of(content: dict[str, Any]) -> dict[str, SafeString]:
    """Return the charts of the parts that are there, each with its words in its title."""
    found = {}
    if content.get("stages"):
        found["stages"] = stage_bars(
            [
                PillarProgress(
                    row["pillar"], tuple(StageCount(stage, row[stage.value]) for stage in Stage)
                )
                for row in content["stages"]
            ]
        )
    if content.get("timeline"):
        as_at = date.fromisoformat(content["as_at"])
        rows = [_drawn(row) for row in content["timeline"]]
        near = sorted(rows, key=lambda row: abs((row.milestone.expected_on - as_at).days))
        kept = {id(row) for row in near[:MOST_DRAWN]}
        found["timeline"] = milestone_timeline(
            [row for row in rows if id(row) in kept], as_at=as_at
        )
    return found


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
    )


@login_not_required
@require_safe
def progress_data(request: HttpRequest, slug: str, what: str, format: str) -> HttpResponseBase:
    """Return the data as JSON, its schema, one table as CSV, or one chart as SVG."""
    row = page_of_plan(slug)
    make = FORMATS.get(format)
    if row.taken_down_at is not None or make is None:
        raise Http404
    answer = make(row.content, what)
    if answer is None:
        raise Http404
    text, mime_type = answer
    response = HttpResponse(text, content_type=mime_type)
    # Other sites may show the charts and read the data.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return shared(request, response)


def _json(content: dict[str, Any], what: str) -> tuple[str, str] | None:
    found = {"data": lambda: content, "schema": lambda: schema_of(content)}.get(what)
    if found is None:
        return None
    return json.dumps(found(), ensure_ascii=False, indent=2) + "\n", "application/json"


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
        return "; ".join(f"{ground}: {count}" for ground, count in value.items())
    return "" if value is None else value


def _svg(content: dict[str, Any], what: str) -> tuple[str, str] | None:
    found = charts_of(content).get(what)
    return None if found is None else (str(found), "image/svg+xml")


FORMATS: dict[str, Callable[[dict[str, Any], str], tuple[Any, str] | None]] = {
    "json": _json,
    "csv": _csv,
    "svg": _svg,
}


def shared(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Let every cache keep the response for five minutes, then ask whether it changed."""
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest())
    response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response
