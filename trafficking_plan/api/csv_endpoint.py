"""The downloads of the dashboard and its lists as CSV, for spreadsheets that read an address again by themselves."""

from collections.abc import Collection

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router

from agencies.models import Token
from agencies.typed.fields import Form
from reports.progress import registers
from reports.progress.changes import Kind
from reports.progress.forms import BarForm
from reports.progress.views.exports import EXPORTS, export
from trafficking_plan.api.admission import may
from trafficking_plan.api.paper_endpoints import file_of
from trafficking_plan.api.plan_endpoints import one_of
from trafficking_plan.api.problems import refuse_invalid, refuse_names
from trafficking_plan.api.schemas import AsAt, ShortText
from workitems.items.filters import SORTS, WorkItemFilter, agencies_of
from workitems.measures.completion import Completion
from workitems.meetings.views import decisions
from workitems.models import Delay, Plan
from workitems.plan.views.lookups import visible_plan
from workitems.risks.forms import RiskFilter
from workitems.variations.views import variations

router = Router(tags=["Plans"])
BAR = ("at", "since", "pillar", "agency")
# What a list takes besides the moment and, unless it has filters of its own, the dashboard's filters.
CHOICES: dict[str, dict[str, Collection[str]]] = {
    "items": {"sort": [*SORTS, *(f"-{each}" for each in SORTS)]},
    "milestones": {"late": registers.LATE, "due": registers.DUE},
    "completed": {"shown": Completion.values},
    "delays": {"cause": Delay.Cause.values},
    "changes": {"kind": [kind.value for kind in Kind]},
    "variations": {"state": variations.STATES},
    "decisions": {"state": decisions.STATES},
}


class Filters(AsAt):
    """Those of all lists; each refuses those that it does not take."""

    since: ShortText = Field(
        "", description="The earlier moment, of the dashboard and the changes."
    )
    pillar: ShortText = Field("", description="The id of a pillar.")
    agency: ShortText = Field("", description="The id of an agency.")
    item: ShortText = Field("", description="The number of an item, of risks.")
    lead: ShortText = Field("", description="The id of the lead agency, of items.")
    q: ShortText = Field("", description="A number, or words of the item, of items.")
    standing: ShortText = Field("", description="The status, of items.")
    stage: ShortText = Field("", description="The stage, of items.")
    confidence: ShortText = Field("", description="The agency’s confidence, of items.")
    attention: ShortText = Field("", description="“yes”: only items that need attention.")
    sort: ShortText = Field("", description="The order, of items.")
    late: ShortText = Field("", description="“overdue” or “late”, of items and milestones.")
    due: ShortText = Field("", description="30, 60 or 90, of milestones.")
    shown: ShortText = Field("", description="What shows them to be done, of completed ones.")
    cause: ShortText = Field("", description="The code of a cause, of delays.")
    kind: ShortText = Field("", description="One kind of change, of changes.")
    state: ShortText = Field("", description="The state, of risks, variations and decisions.")


@router.get(
    "/plans/{slug:slug}/csv/{slug:name}.csv",
    summary="A list as CSV",
    openapi_extra=file_of("text/csv"),
    url_name="csv",
)
def csv(request: HttpRequest, slug: str, name: str, asked: Query[Filters]) -> HttpResponse:
    """The dashboard, or one of the lists of its pages, as the page’s download gives it: items, attention, milestones,
    completed, timeline, delays, changes, trends, risks, variations, decisions, meetings, measures or rounds."""
    may(request, Token.Scope.READ)
    plan = visible_plan(request, slug)
    if name not in EXPORTS:
        raise Http404
    _refuse_unknown(request, plan, name)
    return export(request, slug, name, "csv")


def _refuse_unknown(request: HttpRequest, plan: Plan, name: str) -> None:
    """Raise `Problem` for a filter that the list does not take: the page would ignore it, and a program not notice."""
    has_bar = not EXPORTS[name].has_own_filters and name != "items"
    bar = {each for each in request.GET if each in (BAR if has_bar else BAR[:1])}
    forms: list[Form] = [
        BarForm({each: request.GET[each] for each in bar}, plan=plan, on=timezone.localdate())
    ]
    if name == "items":
        pillars = plan.pillars.values_list("pk", "title")
        forms.append(WorkItemFilter(request.GET, pillars=pillars, agencies=agencies_of(plan)))
    if name == "risks":
        forms.append(RiskFilter(request.GET, plan=plan))
    choices = CHOICES.get(name, {})
    own = {field for form in forms[1:] for field in form.fields}
    refuse_names(each for each in request.GET if each not in bar | own | {*choices})
    for form in forms:
        refuse_invalid(form)
    for each, known in choices.items():
        one_of(each, request.GET.get(each, ""), known)
