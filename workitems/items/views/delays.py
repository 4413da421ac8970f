"""End a delay, say whether its cause is settled, add mitigations and mark them as done.

While the agency writes its return, this is part of the return; otherwise it takes effect at once.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import (
    NOTHING_CHANGED,
    carry_out,
    done,
    form_page,
    saying_refusals,
)
from agencies.pages.once import once
from workitems.models import Delay, Milestone, MilestoneAnswer, Mitigation, Return
from workitems.plan.forms.delays import (
    AddMitigationForm,
    EndDelayForm,
    FinishMitigationForm,
    SettleCauseForm,
)
from workitems.plan.services import items as item_services
from workitems.plan.views.lookups import posted, require, signed_in, visible_item, visible_milestone
from workitems.returns.services import milestone_answers


def visible_delay(
    request: HttpRequest, slug: str, number: str, milestone: int, delay: int
) -> Delay:
    """Return the delay of a milestone, or raise 404 if the user may not read the plan."""
    item = visible_item(request, slug, number)
    row = visible_milestone(item, milestone)
    found = get_object_or_404(row.delays.select_related("settling_agency"), number=delay)
    row.item, found.milestone = item, row
    return found


def return_of(delay: Delay, agency_id: int) -> Return | None:
    """Return the return that the agency is writing, if there is one."""
    return milestone_answers.return_to_write(agency_id, delay.milestone.item.plan)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, slug: str, number: str, milestone: int, delay: int) -> HttpResponse:
    row = visible_delay(request, slug, number, milestone, delay)
    require(request, "workitems.update_milestone", row.milestone)
    of_return = return_of(row, row.milestone.responsible_agency_id)
    form = EndDelayForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            cleaned = form.cleaned_data
            if of_return is not None:
                part = {"delay": row, "day": cleaned["ended_on"], "reason": cleaned["reason"]}
                outcome = MilestoneAnswer.Outcome.DELAY_OVER
                answer_part(request, of_return, row.milestone, outcome, part)
            else:
                by = signed_in(request)
                item_services.end_delay(delay=row, on=localdate(), by=by, **cleaned)
                messages.success(request, _("The delay is over. Its record stays."))
            return redirect(row.milestone)
    return show(request, "end", row, form, of_return)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(
    request: HttpRequest, slug: str, number: str, milestone: int, delay: int
) -> HttpResponse:
    """Say whether the cause of the delay is settled."""
    row = visible_delay(request, slug, number, milestone, delay)
    require(request, "workitems.update_milestone", row.milestone)
    of_return = return_of(row, row.milestone.responsible_agency_id)
    outcome = MilestoneAnswer.Outcome.SETTLEMENT
    answer = None
    if of_return is not None:
        pending = of_return.milestone_answers.pending()
        answer = pending.filter(delay=row, outcome=outcome).first()
    members = row.milestone.item.plan.agencies
    agencies = {agency.pk: agency for agency in members}
    form = SettleCauseForm(
        posted(request), delay=row, agencies=agencies, answer=answer, on=localdate()
    )
    if form.is_valid():
        with saying_refusals(form):
            cleaned = form.cleaned_data
            was = cleaned.pop("was")
            if not form.has_changed():
                messages.info(request, NOTHING_CHANGED)
            elif of_return is not None:
                answer_part(request, of_return, row.milestone, outcome, {"delay": row, **cleaned})
            else:
                by = signed_in(request)
                item_services.settle_cause(delay=row, was=was, on=localdate(), by=by, **cleaned)
                messages.success(request, _("Saved."))
            return redirect(row.milestone)
    return show(request, "settle", row, form, of_return)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_mitigation(
    request: HttpRequest, slug: str, number: str, milestone: int, delay: int
) -> HttpResponse:
    """Add what is being done about a delay: by its agency, or for it by the coordinator, with the source.

    While its agency writes its return, a mitigation is part of the return, so the page leads there.
    """
    row = visible_delay(request, slug, number, milestone, delay)
    is_own = request.user.has_perm("workitems.update_milestone", row.milestone)
    if not is_own:
        require(request, "workitems.record_for_agency", row.milestone)
    of_return = return_of(row, row.milestone.responsible_agency_id) if is_own else None
    form = AddMitigationForm(
        posted(request) if of_return is None else None, delay=row, for_agency=not is_own
    )
    if carry_out(request, form, item_services.add_mitigation, delay=row):
        place = f"{row.milestone.item.get_absolute_url()}#milestone-{row.milestone.number}"
        return done(request, _("The mitigation is recorded."), place)
    return show(request, "add_mitigation", row, form, of_return)


@require_http_methods(["GET", "HEAD", "POST"])
def finish(
    request: HttpRequest, slug: str, number: str, milestone: int, delay: int, mitigation: int
) -> HttpResponse:
    row = visible_delay(request, slug, number, milestone, delay)
    step = get_object_or_404(row.mitigations.select_related("owner_agency"), number=mitigation)
    step.delay = row
    require(request, "workitems.finish_mitigation", step)
    answers_for_milestone = request.user.has_perm("workitems.update_milestone", row.milestone)
    agency = row.milestone.responsible_agency_id if answers_for_milestone else step.owner_agency_id
    of_return = return_of(row, agency)
    form = FinishMitigationForm(posted(request))
    if form.is_valid():
        with saying_refusals(form):
            day = form.cleaned_data["done_on"]
            if of_return is not None:
                outcome = MilestoneAnswer.Outcome.STEP_DONE
                part = {"step": step, "day": day}
                answer_part(request, of_return, row.milestone, outcome, part)
            else:
                item_services.finish_mitigation(
                    mitigation=step, done_on=day, on=localdate(), by=signed_in(request)
                )
                messages.success(request, _("Recorded as done."))
            return redirect(row.milestone if answers_for_milestone else row.milestone.item)
    return show(request, "finish", row, form, of_return, step)


def answer_part(
    request: HttpRequest,
    of_return: Return,
    milestone: Milestone,
    outcome: str,
    answer: dict[str, Any],
) -> None:
    """Save an answer on a delay or a mitigation in the return. It replaces an earlier answer."""
    pending = of_return.milestone_answers.pending().filter(milestone=milestone)
    earlier = pending.filter(delay=answer.get("delay"), mitigation=answer.get("step")).first()
    milestone_answers.answer(
        of_return=of_return,
        milestone=milestone,
        version=milestone.version,
        outcome=outcome,
        answer_version=earlier.version if earlier else 0,
        by=signed_in(request),
        on=localdate(),
        at=timezone.now(),
        **answer,
    )
    done = _("Saved in the return for {round}, which is not submitted yet.").format(
        round=of_return.round
    )
    messages.success(request, done)


def show(
    request: HttpRequest,
    act: str,
    delay: Delay,
    form: AddMitigationForm | EndDelayForm | FinishMitigationForm | SettleCauseForm,
    of_return: Return | None,
    mitigation: Mitigation | None = None,
) -> HttpResponse:
    milestone = delay.milestone
    return form_page(
        request,
        f"workitems/items/delays/{act}.html",
        form,
        plan=milestone.item.plan,
        item=milestone.item,
        milestone=milestone,
        delay=delay,
        of_return=of_return,
        mitigation=mitigation,
        cancel_url=(
            milestone
            if request.user.has_perm("workitems.update_milestone", milestone)
            else milestone.item
        ).get_absolute_url(),
    )
