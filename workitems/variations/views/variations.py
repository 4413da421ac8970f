"""List, show, request, recommend, decide and withdraw variations."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.wording.translation import StrOrPromise
from workitems.meetings import meeting_news as meeting_notices
from workitems.meetings.addition_parts import addition_parts
from workitems.meetings.variation_effect import Effects
from workitems.meetings.views.pages import mail
from workitems.models import HeldEntry, Matter, Plan, Variation, WorkItem
from workitems.models.delay import VariationQuerySet
from workitems.notes.read_conversations import open_talk
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.views.lookups import (
    held_for,
    page_of,
    posted,
    require,
    signed_in,
    state_tabs,
    visible_item,
    visible_milestone,
    visible_plan,
)
from workitems.returns.news import notify_asked_again
from workitems.rules import WRITERS
from workitems.terms.word_diff import side_by_side
from workitems.variations.forms.variations import (
    DecideForm,
    RecommendForm,
    RequestDateForm,
    RequestForm,
    RequestWithdrawalForm,
    RequestWordingForm,
    TakeBackForm,
)
from workitems.variations.services import held_entries
from workitems.variations.services import variations as variation_services
from workitems.variations.services.change_requests import effects_of
from workitems.variations.variation_register import as_it_was, variations_at, variations_of
from workitems.variations.votes import votes_of

# Meetings with an open record, newest first, to whose agenda a variation can go.
MEETINGS_SHOWN = 3
# Filters of the list: (label, states).
STATES: dict[str, tuple[StrOrPromise, list[str]]] = {
    "": (gettext_lazy("All"), list(Variation.State.values)),
    "waiting": (gettext_lazy("Waiting"), [Variation.State.REQUESTED, Variation.State.RECOMMENDED]),
    "approved": (gettext_lazy("Approved"), [Variation.State.APPROVED]),
    "declined": (gettext_lazy("Declined"), [Variation.State.DECLINED]),
    "taken-back": (gettext_lazy("Withdrawn"), [Variation.State.TAKEN_BACK]),
}


def variations_in_state(plan: Plan, moment: Moment, chosen: str) -> VariationQuerySet:
    """Return the plan's variations in one of `STATES`, in the order of the list."""
    return variations_at(plan, moment).filter(state__in=STATES[chosen][1]).pending_first()


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    chosen = request.GET.get("state", "")
    if chosen not in STATES:
        chosen = ""
    moment = Moment.present(plan, localdate())
    page = page_of(request, variations_in_state(plan, moment, chosen))
    rows = variations_of(page, plan, moment)
    votes = votes_of([row for row in rows if row.state == Variation.State.RECOMMENDED], moment.on)
    address = reverse("variations:list", args=[plan.slug])
    return render(
        request,
        "workitems/variations/list.html",
        {
            "plan": plan,
            "moment": moment,
            "page": page,
            "rows": [(row, votes.get(row.pk)) for row in rows],
            "tabs": state_tabs(address, {key: label for key, (label, _) in STATES.items()}, chosen),
            "is_filtered": bool(chosen),
            "held": held_for(request, plan, HeldEntry.VARIATIONS),
        },
    )


def visible_variation(request: HttpRequest, slug: str, number: int) -> Variation:
    """Return the variation with its related rows, or raise 404 if the user may not read the plan."""
    plan = visible_plan(request, slug)
    rows = plan.variations.select_related(
        "item",
        "milestone",
        "requesting_agency",
        "requested_by",
        "recommended_by",
        "decided_by",
        "meeting",
        "out_of_session",
        "decision",
        "pillar",
    )
    # An agency that ended has handed the request over since.
    first = Variation.history.filter(id=OuterRef("pk")).order_by("history_id")
    asked_as = Subquery(first.values("requesting_agency__name")[:1])
    row = get_object_or_404(rows.annotate(asked_as=asked_as), number=number)
    row.plan = plan
    if row.item is not None:
        row.item.plan = plan
    return row


@require_safe
def detail(request: HttpRequest, slug: str, variation: int) -> HttpResponse:
    return show(request, visible_variation(request, slug, variation))


def agendas(row: Variation) -> dict[str, Any]:
    """Return the open meetings that have the variation on their agenda, and those that could."""
    matters = Matter.objects.on_agenda().on_variation(row)
    there = set(matters.values_list("meeting", flat=True))
    meetings = list(row.plan.meetings.not_cancelled().filter(closed_at=None).order_by("-held_on"))
    return {
        "has_it": [meeting for meeting in meetings if meeting.pk in there],
        "could": [meeting for meeting in meetings if meeting.pk not in there][:MEETINGS_SHOWN],
    }


def decide_form(row: Variation, data: Any = None) -> DecideForm:
    """Return the form with the meetings that were held and have the variation on their agenda."""
    on_agenda = Matter.objects.on_agenda().on_variation(row).values("meeting")
    held = row.plan.meetings.not_cancelled().filter(
        pk__in=on_agenda, held_on__lte=localdate(), closed_at=None
    )
    return DecideForm(data, meetings=list(held.order_by("-held_on")))


def show(
    request: HttpRequest, row: Variation, acted: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Show a variation. `acted` is the form of a refused action, by its name in the context."""
    moment = Moment.present(row.plan, localdate())
    if not moment.is_now:
        return _show_at_the_end(request, row, moment)
    can = request.user.has_perm
    forms: dict[str, Any] = {}
    if row.state == Variation.State.REQUESTED and can("workitems.recommend_variation", row):
        forms["recommend_form"] = RecommendForm()
    asked = list(row.out_of_session_decisions.order_by("-pk"))
    for each in asked:
        each.variation = row
    answering = next((each for each in asked if each.is_open), None)
    may_decide = row.state == Variation.State.RECOMMENDED and can("workitems.decide_variation", row)
    if may_decide and answering is None:
        form = decide_form(row)
        if form.meetings:
            forms["decide_form"] = form
    if row.is_pending and answering is None and can("workitems.take_back_variation", row):
        forms["take_back_form"] = TakeBackForm()
    was, now = side_by_side(row.text_before, row.text_after)
    return render(
        request,
        "workitems/variations/detail.html",
        {
            "plan": row.plan,
            "moment": moment,
            "variation": row,
            "was": was,
            "now": now,
            "open_milestones": row.item.milestones.open().order_by("number")
            if row.item and row.kind == Variation.Kind.WITHDRAWAL and row.is_pending
            else [],
            "effects": _effects(row, moment) if row.is_pending else [],
            "adds": addition_parts(row.addition),
            "withdrawn": _withdrawal(row),
            # What else is asked of its milestone: one of them may leave nothing for the other.
            "meeting_it": Variation.objects.filter(milestone=row.milestone)
            .exclude(pk=row.pk)
            .pending_in(row.plan)
            if row.milestone and row.is_pending
            else [],
            "asked_out_of_session": [(each, each.state_on(moment.on)) for each in asked],
            "answering": answering,
            "vote": votes_of([row], moment.on).get(row.pk) if answering else None,
            "may_decide": may_decide and answering is None,
            "agendas": agendas(row)
            if row.state == Variation.State.RECOMMENDED and answering is None
            else None,
            "acted": next(iter((acted or {}).values()), None),
            "talk": open_talk(request, row.plan, "variation", row, moment, at=timezone.now()),
        }
        | forms
        | (acted or {}),
        status=status,
    )


def _withdrawal(row: Variation) -> Any:
    """Return the history row of its being withdrawn, with who did it and why; None unless it was. One query then."""
    if row.state != Variation.State.TAKEN_BACK:
        return None
    return row.history.filter(state=row.state).order_by("history_date", "history_id").first()


def _effects(row: Variation, moment: Moment) -> list[str]:
    if row.kind == Variation.Kind.DATE:
        return Effects(plan_at(row.plan, moment)).of(row)
    return effects_of(row)


def _show_at_the_end(request: HttpRequest, row: Variation, moment: Moment) -> HttpResponse:
    """Show a variation of an ended plan in its state at the end, with what happened since.

    A variation recorded after the end is shown in its present state.
    """
    found = variations_at(row.plan, moment).filter(id=row.pk).first()
    then = as_it_was(row, found) if found is not None else row
    was, now = side_by_side(then.text_before, then.text_after)
    return render(
        request,
        "workitems/variations/detail.html",
        {
            "plan": row.plan,
            "moment": moment,
            "variation": then,
            "later": row.get_state_display() if row.state != then.state else "",
            "was": was,
            "now": now,
            "adds": addition_parts(then.addition),
            "talk": open_talk(request, row.plan, "variation", row, moment, at=timezone.now()),
        },
    )


def act(
    request: HttpRequest,
    row: Variation,
    form: Any,
    name: str,
    service: Callable[..., Variation],
    message: str,
    **moment: Any,
) -> HttpResponse:
    """Call the service of an action on a variation, or show its page again with the errors."""
    if carry_out(request, form, service, variation=row, **moment):
        return done(request, message, row, reference=row.reference)
    return show(request, row, {name: form}, status=422)


@require_POST
def recommend(request: HttpRequest, slug: str, variation: int) -> HttpResponse:
    row = visible_variation(request, slug, variation)
    require(request, "workitems.recommend_variation", row)
    form = RecommendForm(request.POST)
    message = gettext("{reference} is with the working group, with your recommendation.")
    service = variation_services.recommend
    return act(request, row, form, "recommend_form", service, message, at=timezone.now())


@require_POST
@once
def decide(request: HttpRequest, slug: str, variation: int) -> HttpResponse:
    row = visible_variation(request, slug, variation)
    require(request, "workitems.decide_variation", row)
    form = decide_form(row, request.POST)
    approve = request.POST.get("decision") == "approve"
    message = (
        gettext("{reference} is approved and has taken effect.")
        if approve
        else gettext("{reference} is declined.")
    )
    service = variation_services.decide
    response = act(request, row, form, "decide_form", service, message, at=timezone.now())
    if response.status_code == HTTPStatus.FOUND:
        mail(meeting_notices.decided_notices, row)
        notify_asked_again(row, on=localdate(), at=timezone.now())
    return response


@require_POST
def take_back(request: HttpRequest, slug: str, variation: int) -> HttpResponse:
    row = visible_variation(request, slug, variation)
    require(request, "workitems.take_back_variation", row)
    form = TakeBackForm(request.POST)
    service = variation_services.take_back
    return act(request, row, form, "take_back_form", service, gettext("{reference} is withdrawn."))


# --- requesting -----------------------------------------------------------------------------


def agencies_for(request: HttpRequest, item: WorkItem) -> list[Agency]:
    """Return the item's agencies that the user may make a request for; the lead first."""
    own = signed_in(request).agencies_as(*WRITERS)
    parts = [item.lead_agency, *(support.agency for support in item.supports.all())]
    return [agency for agency in parts if agency.pk in own]


def about_item(item: WorkItem) -> dict[str, Any]:
    """Return the context of a page that asks for a change of the item."""
    return {"item": item, "pending": Variation.objects.filter(item=item).pending_in(item.plan)}


def ask(
    request: HttpRequest,
    of_plan: Plan,
    form: RequestForm,
    service: Callable[..., Variation],
    hold: Callable[..., HeldEntry],
    template: str,
    context: dict[str, Any],
    approving: set[int] | None = None,
    **row: Any,
) -> HttpResponse:
    """Make a request for a change, or show its page with the errors.

    What a contributor asks is held until an approver of the agency releases it. `approving` are the
    agencies for which the user needs no release, if not only those that the user approves for.
    """
    user = signed_in(request)
    if approving is None:
        approving = user.agencies_as(Seat.Role.APPROVER)
    if form.is_valid():
        with saying_refusals(form):
            asked = {**row, "by": user, "at": timezone.now(), **form.asked()}
            if asked["agency"].pk not in approving:
                held = hold(**asked)
                waits = gettext("Saved. It waits for release by an approver of {agency}.")
                return done(request, waits, held, agency=held.agency)
            made = service(**asked)
            goes = gettext(
                "{reference} is with the coordinator. Nothing changes until the working group approves it."
            )
            return done(request, goes, made, reference=made.reference)
    return form_page(
        request,
        f"workitems/variations/{template}.html",
        form,
        plan=of_plan,
        releases=all(agency.pk in approving for agency in form.agencies),
        **context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def request_date(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    item = require(request, "workitems.request_variation", visible_item(request, slug, number))
    row = visible_milestone(item, milestone)
    agencies = agencies_for(request, item)
    form = RequestDateForm(posted(request), row=row, agencies=agencies, on=localdate())
    return ask(
        request,
        item.plan,
        form,
        variation_services.request_date,
        held_entries.hold_date,
        "request_date",
        about_item(item) | {"milestone": row},
        milestone=row,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def request_wording(request: HttpRequest, slug: str, number: str, wording: str) -> HttpResponse:
    if wording not in Variation.OF_ITEM:
        raise Http404
    item = require(request, "workitems.request_variation", visible_item(request, slug, number))
    form = RequestWordingForm(
        posted(request), row=item, wording=wording, agencies=agencies_for(request, item)
    )
    tabs = [
        (
            Variation.Wording(each).label,
            reverse("variations:request-wording", args=[item.plan.slug, item.number, each]),
            each == wording,
        )
        for each in Variation.OF_ITEM
    ]
    return ask(
        request,
        item.plan,
        form,
        variation_services.request_wording,
        held_entries.hold_wording,
        "request_wording",
        about_item(item) | {"tabs": tabs, "wording": wording, "before": getattr(item, wording)},
        item=item,
        wording=wording,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def request_withdrawal(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = require(request, "workitems.request_variation", visible_item(request, slug, number))
    form = RequestWithdrawalForm(posted(request), row=item, agencies=agencies_for(request, item))
    return ask(
        request,
        item.plan,
        form,
        variation_services.request_withdrawal,
        held_entries.hold_withdrawal,
        "request_withdrawal",
        about_item(item) | {"open_milestones": item.milestones.open().order_by("number")},
        item=item,
    )
