"""The addresses of the API, each behind admission, and its description."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.security import HttpBearer

from reports.extensions import registry
from trafficking_plan.api import (
    audit_endpoint,
    csv_endpoint,
    measure_endpoints,
    paper_endpoints,
    plan_endpoints,
    release_endpoints,
    return_endpoints,
)
from trafficking_plan.api.admission import BEARER, BY_PASSWORD, gated
from trafficking_plan.api.odata import views as odata
from trafficking_plan.api.problems import MIME_TYPE, of_exception
from trafficking_plan.api.schemas import ProblemOut

app_name = "api"
VERSION = "1.0"
# Not imported: the service need not have the packages that it needs.
MCP_SERVER = Path(__file__).with_name("mcp_server.py")
# Their answers depend on nothing but what `RecordChange` marks, the day and the address.
BY_RECORDS = ("plan", "plans", "items", "item", "milestones", "delays", "changes")
# What every address may answer besides.
REFUSALS: dict[int, str] = {
    400: "The request cannot be read.",
    401: "No API key, or one that does not work.",
    403: "The API key’s role or scope does not allow it.",
    404: "Nothing there that the API key may read.",
    405: "Another method is needed.",
    409: "It was changed meanwhile, or the plan is not adopted yet.",
    422: "A parameter or a field is refused.",
    429: "Too many requests; Retry-After says in how many seconds to try again.",
}


class TheToken(HttpBearer):
    """Describes the token in the OpenAPI. `admission` has checked it before the library asks."""

    openapi_description = "An API key, from the page “API keys”."

    def __call__(self, request: HttpRequest) -> Any:
        return getattr(request, "token", None)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError


class PlanRegisterAPI(NinjaAPI):
    """Refuses with our problems, and leaves faults to Django."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        found = of_exception(exc)
        if found is None:
            raise exc
        return found


api = PlanRegisterAPI(
    title=settings.PRODUCT_NAME,
    version=VERSION,
    description="Plans of Action, their progress and their papers. docs/api.md says how to begin.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=TheToken(),
)
for each in (
    plan_endpoints,
    csv_endpoint,
    paper_endpoints,
    *([release_endpoints] if registry.RELEASED else []),
    return_endpoints,
    measure_endpoints,
    audit_endpoint,
):
    api.add_router("", each.router)


def described() -> dict[str, Any]:
    """Return the OpenAPI description, with the refusals that every address has."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api"))
    content = {MIME_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, description in REFUSALS.items():
                operation["responses"][str(status)] = {
                    "description": description,
                    "content": content,
                }
            operation["responses"]["304"] = {"description": "Unchanged since the ETag."}
            operation["responses"] = {
                str(key): value for key, value in operation["responses"].items()
            }
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= problem.pop("$defs", {}) | {"Problem": problem}
    return schema


@csrf_exempt
@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the API to programs. It says nothing of any plan, so it is open to everybody."""
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def mcp_server(request: HttpRequest) -> HttpResponse:
    """Give the MCP server, one file that a reader runs beside an assistant. It says nothing of any plan either."""
    headers = {"Content-Disposition": content_disposition_header(True, MCP_SERVER.name)}
    return HttpResponse(MCP_SERVER.read_bytes(), content_type="text/x-python", headers=headers)


@csrf_exempt
@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Say where the API's description is."""
    return JsonResponse(
        {
            "openapi": request.build_absolute_uri(reverse("api:openapi")),
            "plans": request.build_absolute_uri(reverse("api:plans")),
        }
    )


def _gated(pattern: URLPattern) -> URLPattern:
    by_records = pattern.name in BY_RECORDS
    challenge = BY_PASSWORD if pattern.name == "csv" else BEARER
    pattern.callback = gated(pattern.callback, by_records=by_records, challenge=challenge)
    return pattern


urlpatterns = [
    path("", root, name="api-root"),
    path("openapi.json", openapi, name="openapi"),
    path("mcp_server.py", mcp_server, name="mcp-server"),
    path("plans/<slug:slug>/odata/", odata.service, name="odata"),
    path("plans/<slug:slug>/odata/<path:path>", odata.resource, name="odata-resource"),
    *(
        _gated(pattern)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
]
