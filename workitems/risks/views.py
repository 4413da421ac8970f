"""The risk register: list, raise, show, change, escalate, de-escalate, close and reopen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Seat
from agencies.pages.form_pages import carry_out, done, form_page, saved, saying_refusals
from agencies.pages.once import once
from workitems.models import HeldEntry, Plan, Risk
from workitems.narrative import blocks_of, risk_history
from workitems.notes.read_conversations import open_talk
from workitems.plan.asat import Moment
from workitems.plan.views.lookups import held_for, page_of, posted, require, signed_in, visible_plan
from workitems.risks import services as risk_services
from workitems.risks.forms import (
    ChangeRiskForm,
    CloseRiskForm,
    MoveRiskForm,
    RaiseRiskForm,
    ReopenRiskForm,
    RiskFilter,
)
from workitems.risks.risk_register import register_at, risks_of
from workitems.rules import WRITERS


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    moment = Moment.present(plan, localdate())
    form = RiskFilter(request.GET, plan=plan)
    page = page_of(
        request, form.narrowed(register_at(plan, moment), moment.on).open_first(moment.on)
    )
    return render(
        request,
        "workitems/risks/list.html",
        {
            "plan": plan,
            "moment": moment,
            "form": form,
            "page": page,
            "rows": risks_of(page, plan, moment),
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "may_raise": moment.is_now and request.user.has_perm("workitems.raise_risk", plan),
            "held": held_for(request, plan, [HeldEntry.Kind.RISK]),
        },
    )


def visible_risk(request: HttpRequest, slug: str, number: int) -> Risk:
    """Return the risk with its item and owner, or raise 404 if the user may not read the plan."""
    plan = visible_plan(request, slug)
    row = get_object_or_404(plan.risks.for_list(), number=number)
    row.plan = plan
    if row.item is not None:
        row.item.plan = plan
    return row


@require_safe
def detail(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = visible_risk(request, slug, risk)
    moment = Moment.present(row.plan, localdate())
    if not moment.is_now:
        # A risk that was recorded after the plan's end is shown as it is.
        then = register_at(row.plan, moment).filter(id=row.pk)
        row = next(iter(risks_of(then, row.plan, moment)), row)
    return render(
        request,
        "workitems/risks/detail.html",
        {
            "plan": row.plan,
            "risk": row,
            "moment": moment,
            "history": blocks_of(risk_history(row, until=moment.until)),
            "may_change": moment.is_now
            and row.closed_on is None
            and request.user.has_perm("workitems.change_risk", row),
            "may_manage": moment.is_now and request.user.has_perm("workitems.manage_risk", row),
            "talk": open_talk(request, row.plan, "risk", row, moment, at=timezone.now()),
        },
    )


# --- raising --------------------------------------------------------------------------------


def raise_form(request: HttpRequest, plan: Plan) -> RaiseRiskForm:
    """Return the form with the user's own items and agencies, or all for the coordinator."""
    coordinates = request.user.has_perm("workitems.manage_risk", plan)
    items = plan.items.live().in_order()
    agencies = plan.agencies
    if not coordinates:
        own = signed_in(request).agencies_as(*WRITERS)
        items = items.of_agency(own)
        agencies = agencies.filter(pk__in=own)
    number = request.GET.get("item")  # from the page of an item
    return RaiseRiskForm(
        posted(request),
        plan=plan,
        items=items,
        agencies=agencies,
        coordinates=coordinates,
        initial={"item": items.filter(number=number).first() if number else None},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def raise_new(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.raise_risk", visible_plan(request, slug))
    form = raise_form(request, plan)
    if form.is_valid():
        require(request, "workitems.raise_risk", form.cleaned_data["item"] or plan)
        with saying_refusals(form):
            user, cleaned = signed_in(request), form.cleaned_data
            if not may_release(request, plan, cleaned["owner_agency"].pk):
                held = risk_services.hold_risk(plan=plan, by=user, at=timezone.now(), **cleaned)
                waits = _("Saved. It waits for release by an approver of {agency}.")
                return done(request, waits, held, agency=held.agency)
            made = risk_services.raise_risk(plan=plan, by=user, **cleaned)
            return done(request, _("{reference} is recorded."), made, reference=made.reference)
    releases = all(may_release(request, plan, pk) for pk in form.offered)
    return form_page(request, "workitems/risks/raise.html", form, plan=plan, releases=releases)


def may_release(request: HttpRequest, plan: Plan, owner: int) -> bool:
    """Return whether a risk that the user raises for this owner needs no release."""
    approving = signed_in(request).agencies_as(Seat.Role.APPROVER)
    return owner in approving or request.user.has_perm("workitems.manage_risk", plan)


# --- changing -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = require(request, "workitems.change_risk", visible_risk(request, slug, risk))
    form = ChangeRiskForm(posted(request), row=row)
    if kept := carry_out(request, form, risk_services.change_risk, risk=row):
        return saved(request, form, kept, _("{reference} is saved."), row, reference=row.reference)
    return form_page(request, "workitems/risks/change.html", form, plan=row.plan, risk=row)


@require_http_methods(["GET", "HEAD", "POST"])
def escalate(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = managed(request, slug, risk)
    form = MoveRiskForm(posted(request), risk=row, steps=row.higher)
    if carry_out(request, form, risk_services.escalate_risk, risk=row, on=localdate()):
        return done(request, _("{reference} is escalated."), row, reference=row.reference)
    return form_page(request, "workitems/risks/escalate.html", form, plan=row.plan, risk=row)


@require_http_methods(["GET", "HEAD", "POST"])
def lower(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = managed(request, slug, risk)
    form = MoveRiskForm(posted(request), risk=row, steps=row.lower)
    if carry_out(request, form, risk_services.lower_risk, risk=row, on=localdate()):
        return done(request, _("{reference} is de-escalated."), row, reference=row.reference)
    return form_page(request, "workitems/risks/lower.html", form, plan=row.plan, risk=row)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = managed(request, slug, risk)
    form = CloseRiskForm(posted(request))
    if carry_out(request, form, risk_services.close_risk, risk=row, on=localdate()):
        return done(
            request, _("{reference} is closed. Its record stays."), row, reference=row.reference
        )
    return form_page(request, "workitems/risks/close.html", form, plan=row.plan, risk=row)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, slug: str, risk: int) -> HttpResponse:
    row = managed(request, slug, risk)
    form = ReopenRiskForm(posted(request))
    if carry_out(request, form, risk_services.reopen_risk, risk=row):
        return done(request, _("{reference} is reopened."), row, reference=row.reference)
    return form_page(request, "workitems/risks/reopen.html", form, plan=row.plan, risk=row)


def managed(request: HttpRequest, slug: str, number: int) -> Risk:
    return require(request, "workitems.manage_risk", visible_risk(request, slug, number))
