"""Say what a milestone waits for, show a wait, confirm or dispute it, and end it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Seat
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from workitems.models import Plan, Wait
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.services import waits as wait_services
from workitems.plan.views.lookups import (
    posted,
    require,
    signed_in,
    visible_item,
    visible_milestone,
    visible_plan,
    visible_plans,
)
from workitems.plan.wait_lines import waits_of
from workitems.returns.services.milestone_answers import return_to_write
from workitems.waits import services
from workitems.waits.forms import AddWaitForm, AnswerWaitForm, EndWaitForm, offered
from workitems.waits.news import ask_to_answer, tell_answer

FORM_METHODS = ["GET", "HEAD", "POST"]


def visible_wait(request: HttpRequest, plan: Plan, pk: int) -> Wait:
    """Return a wait of the plan, in either direction, or raise 404."""
    row = get_object_or_404(Wait.objects.for_list(), pk=pk)
    if plan.pk not in (row.milestone.item.plan_id, row.waits_for.item.plan_id):
        raise Http404
    return row


@require_http_methods(FORM_METHODS)
@once
def add(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    """Say what a milestone waits for: at once if an approver does between rounds, else when it is released."""
    item = visible_item(request, slug, number)
    row = require(request, "workitems.add_wait", visible_milestone(item, milestone))
    on, now, user = localdate(), timezone.now(), signed_in(request)
    plans = [plan for plan in visible_plans(request) if not plan.has_ended(on)]
    form = AddWaitForm(posted(request), choices=offered(row, plans), own=item.plan)
    of_return = return_to_write(row.responsible_agency_id, item.plan)
    releases = of_return is None and row.responsible_agency_id in user.agencies_as(
        Seat.Role.APPROVER
    )
    if not releases:
        if held := carry_out(request, form, services.hold_wait, milestone=row, at=now):
            waiting = (
                _(
                    "Saved. It takes effect with the return for {round}, or when an approver of {agency} releases it."
                )
                if of_return
                else _("Saved. It waits for release by an approver of {agency}.")
            )
            return done(
                request,
                waiting,
                held,
                agency=held.agency,
                round=of_return.round if of_return else "",
            )
    elif wait := carry_out(request, form, wait_services.add, milestone=row, on=on):
        ask_to_answer(wait, on=on, at=now)
        if wait.answer:
            return done(
                request,
                _("“{milestone}” waits for “{other}” now."),
                item,
                milestone=row,
                other=wait.waits_for,
            )
        return done(
            request,
            _("Saved. {agency} is asked to confirm it."),
            item,
            agency=wait.other_agency,
        )
    return form_page(
        request,
        "workitems/waits/add.html",
        form,
        plan=item.plan,
        item=item,
        milestone=row,
        releases=releases,
        of_return=of_return,
    )


@require_http_methods(FORM_METHODS)
def detail(request: HttpRequest, slug: str, wait: int) -> HttpResponse:
    """A wait, with the form to confirm or dispute it for those who may."""
    plan, on = visible_plan(request, slug), localdate()
    row = visible_wait(request, plan, wait)
    if request.method == "POST":
        require(request, "workitems.answer_wait", row)
    form = AnswerWaitForm(posted(request), row=row)
    if kept := carry_out(request, form, wait_services.answer, wait=row, on=on):
        tell_answer(kept, on=on, at=timezone.now())
        message = _("Confirmed.") if kept.answer == Wait.Answer.CONFIRMED else _("Disputed.")
        return saved(request, form, kept, message, "waits:detail", plan.slug, row.pk)
    at = plan_at(plan, Moment.today(on))
    readable = {each.pk: each for each in visible_plans(request)}
    lines = waits_of(at.waits, row.milestone_id, plan, readable)
    may = request.user.has_perm
    goes_on = row.is_live and row.milestone.withdrawn_on is None and not row.plan.has_ended(on)
    return form_page(
        request,
        "workitems/waits/detail.html",
        form,
        plan=plan,
        wait=row,
        reads=row.plan.pk in readable,
        reads_other=row.other_plan.pk in readable,
        lines=lines,
        line=next((each for each in lines.of if each.wait.pk == row.pk), None),
        may_answer=goes_on
        and row.agency_id != row.other_agency_id
        and may("workitems.answer_wait", row),
        may_end=goes_on and may("workitems.end_wait", row),
    )


@require_http_methods(FORM_METHODS)
def end(request: HttpRequest, slug: str, wait: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = require(request, "workitems.end_wait", visible_wait(request, plan, wait))
    form = EndWaitForm(posted(request), row=row)
    if carry_out(request, form, wait_services.end, wait=row, on=localdate()):
        message = _("{reference} no longer waits for {other}. The record stays.")
        return done(
            request,
            message,
            row.milestone.item,
            reference=row.milestone.reference,
            other=row.waits_for.reference,
        )
    return form_page(request, "workitems/waits/end.html", form, plan=plan, wait=row)
