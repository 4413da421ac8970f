"""The list of plans, the page of a plan, and its quorum."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Office, Seat, by_short_name
from agencies.pages.form_pages import carry_out, done, form_page, saved
from workitems.desk.before_a_round import missing_for_round
from workitems.desk.getting_started import WAS_OPENED
from workitems.intake.forms.plan_making import AboutForm
from workitems.intake.forms.plans import QuorumForm
from workitems.intake.services import plans as plan_services
from workitems.intake.views.plan_making import making_page, page
from workitems.intake.views.tracker_people import still_to_invite
from workitems.measures.readiness import readiness_of
from workitems.plan.asat import Moment
from workitems.plan.views.lookups import (
    plan_at_any_stage,
    plans_being_made,
    plans_read,
    posted,
    readable,
    require,
    signed_in,
    visible_plan,
    visible_plans,
)

# Members of the working group that the plan's page lists without being asked.
MOST_IN_SIGHT = 6


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "workitems/intake/plans/list.html",
        {
            "rows": visible_plans(request),
            "being_made": plans_being_made(request),
            "may_create": request.user.has_perm("workitems.create_plan"),
        },
    )


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    plan = plan_at_any_stage(request, slug)
    if plan.adopted_on is None:
        return making_page(request, plan)
    members = list(plan.members.select_related("agency").order_by(by_short_name()))
    may_manage = request.user.has_perm("workitems.manage_plan", plan)
    moment = Moment.present(plan, localdate())
    may_open_first_round = (
        may_manage and not moment.is_end_of_plan and not plan.rounds.filter(WAS_OPENED).exists()
    )
    return render(
        request,
        "workitems/intake/plans/detail.html",
        {
            "plan": plan,
            "earlier": readable(request, plan.successor_of_id),
            "later": [each for each in plans_read(request) if each.successor_of_id == plan.pk],
            "quorum": plan.quorum_of(sum(row.agency.exists_on(localdate()) for row in members)),
            "moment": moment,
            "pillars": plan.pillars.order_by("number").annotate(count=Count("items")),
            "members": members,
            # An agency that ends is handed over here, so it is always in sight.
            "folds_members": len(members) > MOST_IN_SIGHT
            and not any(row.agency.valid_to for row in members),
            "may_manage": may_manage,
            "may_propose_item": not moment.is_end_of_plan
            and request.user.has_perm("workitems.request_addition", plan),
            "may_open_first_round": may_open_first_round,
            "readiness": readiness_of(plan),
            "missing": missing_for_round(plan, localdate()) if may_open_first_round else [],
            "has_tracker_notes": may_manage and plan.tracker_notes.exists(),
            "people_to_invite": still_to_invite(plan)
            if may_manage and not moment.is_end_of_plan
            else 0,
            "office": Office(plan.portfolio),
            "approves_in": signed_in(request).agencies_as(Seat.Role.APPROVER),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the portfolio, background and working group of an adopted plan."""
    plan = require(request, "workitems.manage_plan", visible_plan(request, slug))
    form = AboutForm(posted(request), row=plan, on=localdate())
    if kept := carry_out(request, form, plan_services.change_about, plan=plan, on=localdate()):
        return saved(request, form, kept, _("Saved."), plan)
    return page(request, plan, form, _("About the plan"), _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def quorum(request: HttpRequest, slug: str) -> HttpResponse:
    """Set how many agencies must take part in deciding a variation."""
    plan = require(request, "workitems.manage_plan", visible_plan(request, slug))
    members = plan.agencies_on(localdate()).count()
    form = QuorumForm(posted(request), row=plan, members=members)
    if carry_out(request, form, plan_services.set_quorum, plan=plan):
        return done(request, _("The quorum is saved."), plan)
    return form_page(request, "workitems/intake/plans/quorum.html", form, plan=plan)
