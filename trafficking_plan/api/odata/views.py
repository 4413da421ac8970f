"""The addresses of a plan's OData service: what it has, its description, and its rows a page at a time.

Errors have OData's form, also those of admission; the sentences are the API's.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt

from trafficking_plan.api.admission import BY_PASSWORD, gated
from trafficking_plan.api.odata import metadata
from trafficking_plan.api.odata.entity_sets import SETS, EntitySet, Read, with_agencies
from trafficking_plan.api.odata.options import FORMATS, Options, filter_of_key, read_options
from trafficking_plan.api.odata.row_filters import Values, refused
from trafficking_plan.api.plan_endpoints import plan_and_moment
from trafficking_plan.api.problems import VERSION, Problem, answer_of, as_odata, is_problem

JSON = "application/json;odata.metadata=minimal"
ROWS = 1_000  # on a page
AS_AT = f"@{metadata.NAMESPACE}.as_at"
NO_SUCH = "There is no entity set at this address. There are: {sets}. Of each: its rows, one by its key, and $count."
NO_ROW = "{name} has no row with this key."
WITH_KEY = re.compile(r"(\w+)\((.*)\)", re.ASCII | re.DOTALL)


def served(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Let programs with a token through to the view, and give its answers OData's headers and errors."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET":  # HEAD is GET here
            raise Problem(405, headers={"Allow": "GET, HEAD"})
        return view(request, *args, **kwargs)

    inside = gated(answer_of(answered), challenge=BY_PASSWORD)

    @csrf_exempt
    @wraps(inside)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = inside(request, *args, **kwargs)
        if is_problem(response):
            assert isinstance(response, HttpResponse)
            return as_odata(response)
        response[VERSION] = "4.0"
        return response

    return answer


@served
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """The names of the entity sets."""
    _refuse_more_than(request, "at", "$format")
    plan_and_moment(request, slug, request.GET.get("at", ""))
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in SETS]
    return _json({"@odata.context": _context(request, slug), "value": sets})


@served
def resource(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """The description, the rows of an entity set, one of them by its key, or their number."""
    if path == "$metadata":
        return _metadata(request, slug)
    with_key = WITH_KEY.fullmatch(path)
    if with_key and with_key[1] in SETS:
        return _row(request, slug, SETS[with_key[1]], with_key[2])
    name, _, rest = path.partition("/")
    if name not in SETS or rest not in ("", "$count"):
        plan_and_moment(request, slug, "")
        raise Problem(404, NO_SUCH.format(sets=", ".join(SETS)))
    plan, moment = plan_and_moment(request, slug, request.GET.get("at", ""))
    properties = SETS[name].properties
    if "$filter" in request.GET:
        properties = with_agencies(properties)
    options = read_options(request.GET, properties, moment.on)
    now = timezone.now()
    rows = _rows(SETS[name], Read(request, plan, moment), options)
    if rest:
        return HttpResponse(str(len(rows)), content_type="text/plain")
    return _page(request, slug, SETS[name], options, rows, moment.until or now)


def _row(request: HttpRequest, slug: str, of: EntitySet, key: str) -> HttpResponse:
    plan, moment = plan_and_moment(request, slug, request.GET.get("at", ""))
    _refuse_more_than(request, "$select", "$format", "at")
    asked = request.GET.copy()
    asked["$filter"] = filter_of_key(key, of)
    options = read_options(asked, of.properties, moment.on)
    now = timezone.now()
    found = _rows(of, Read(request, plan, moment), options)
    if not found:
        raise Problem(404, NO_ROW.format(name=of.name))
    content = _about(request, slug, of, options, moment.until or now, "/$entity")
    return _json(content | {name: found[0][name] for name in options.select})


def _rows(of: EntitySet, read: Read, options: Options) -> list[Values]:
    cells = of.properties
    every = ({name: cell.of(row) for name, cell in cells.items()} for row in of.rows(read))
    return options.among(every)


def _page(
    request: HttpRequest, slug: str, of: EntitySet, options: Options, rows: Any, at: datetime
) -> HttpResponse:
    end = len(rows) if options.top is None else options.skip + options.top
    asked = rows[options.skip : end]
    shown = asked[options.given : options.given + ROWS]
    content = _about(request, slug, of, options, at)
    if options.is_counted:
        content["@odata.count"] = len(rows)
    content["value"] = [{name: row[name] for name in options.select} for row in shown]
    given = options.given + len(shown)
    if shown and given < len(asked):
        # The pages of one answer are of one moment.
        following = {name: request.GET[name] for name in request.GET}
        following |= {"at": content[AS_AT], "$skiptoken": str(given)}
        content["@odata.nextLink"] = request.build_absolute_uri(
            f"{request.path}?{urlencode(following)}"
        )
    return _json(content)


def _about(
    request: HttpRequest, slug: str, of: EntitySet, options: Options, at: datetime, what: str = ""
) -> dict[str, Any]:
    """Return what stands before the rows: of which set and properties they are, and of which moment."""
    fields = f"({','.join(options.select)})" if "$select" in request.GET else ""
    instant = timezone.localtime(at, timezone.get_default_timezone()).isoformat()
    return {
        "@odata.context": f"{_context(request, slug)}#{of.name}{fields}{what}",
        AS_AT: instant,
    }


def _metadata(request: HttpRequest, slug: str) -> HttpResponse:
    _refuse_more_than(request, "at", "$format")
    plan_and_moment(request, slug, request.GET.get("at", ""))
    # Spreadsheets accept JSON first for every address, and can read a description in XML alone.
    if request.GET.get("$format", "").split(";")[0] in FORMATS:
        return _json(metadata.as_json())
    return HttpResponse(metadata.as_xml(), content_type="application/xml")


def _refuse_more_than(request: HttpRequest, *names: str) -> None:
    for name in request.GET:
        if name not in names:
            raise refused(name, f"“{name[:60]}” is not known here. Known are {', '.join(names)}.")


def _context(request: HttpRequest, slug: str) -> str:
    address = reverse("api:odata-resource", args=[slug, "$metadata"])
    return request.build_absolute_uri(address).replace("%24", "$")


def _json(content: dict[str, Any]) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, cls=DjangoJSONEncoder)
    return HttpResponse(text, content_type=JSON)
