"""Close a milestone, reopen it, or change its forecast.

While the responsible agency writes its return, the change is the return's answer on the milestone.
Otherwise it takes effect at once.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, done, form_page
from agencies.pages.once import once
from agencies.wording.translation import StrOrPromise
from workitems.models import Delay, HeldEntry, Milestone, MilestoneAnswer, Return
from workitems.notes.read_conversations import open_talk
from workitems.plan import services
from workitems.plan.asat import Moment
from workitems.plan.forms.items import (
    CloseMilestoneForm,
    DelayForAgencyForm,
    MilestoneActForm,
    MoveForecastForm,
    ReopenMilestoneForm,
)
from workitems.plan.plan_at import plan_at
from workitems.plan.services import items as item_services
from workitems.plan.views.lookups import (
    held_for,
    posted,
    require,
    signed_in,
    visible_item,
    visible_milestone,
    visible_plans,
)
from workitems.plan.wait_lines import waits_of
from workitems.returns.page_milestones import MilestoneLine
from workitems.returns.services import milestone_answers
from workitems.terms import lateness
from workitems.terms.stems import CASE

# Posted with the form of the forecast: show how it prints in the briefing, and save nothing.
TRY = "try"
ACTS: dict[str, tuple[type[MilestoneActForm], StrOrPromise]] = {
    "close": (CloseMilestoneForm, gettext_lazy("“{milestone}” is closed.")),
    "move": (MoveForecastForm, gettext_lazy("“{milestone}” has a new forecast.")),
    "reopen": (ReopenMilestoneForm, gettext_lazy("“{milestone}” is open again.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@once
def milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    """Show a milestone with a form for each of three actions. The button's value `act` selects
    one: "close", "move" or "reopen". With `try`, a new forecast is only shown as it will print."""
    item = visible_item(request, slug, number)
    row = require(request, "workitems.update_milestone", visible_milestone(item, milestone))
    of_return = milestone_answers.return_to_write(row.responsible_agency_id, item.plan)
    answers = pending_on(of_return, row)
    answer = next((each for each in answers if not each.delay_id and not each.mitigation_id), None)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms: dict[str, MilestoneActForm] = {
        name: form(
            request.POST if name == act else None,
            prefix=name,
            row=row,
            answer=answer,
            on=localdate(),
        )
        for name, (form, _) in ACTS.items()
    }
    if is_from_email(request):
        forms["close"].initial.setdefault("completed_on", localdate())
    conflict: Milestone | MilestoneAnswer | None = None
    tried: MilestoneLine | None = None
    if act == "move" and TRY in request.POST:
        tried = as_typed(row, forms[act])
    elif act in ACTS and forms[act].is_valid():
        form, (_, said) = forms[act], ACTS[act]
        try:
            perform(request, of_return, row, act, form.cleaned_data)
        except services.Refused as refusal:
            if isinstance(refusal.current, MilestoneAnswer):
                form.refuse_answer(refusal)
                answers = pending_on(of_return, row)
            else:
                conflict = form.refuse(refusal)
            if isinstance(conflict, Milestone):
                row = conflict
                row.item = item
        else:
            if of_return is not None:
                said = gettext(
                    "“{milestone}” is answered in the return for {round}, which is not submitted yet."
                )
            said = said.format(milestone=row, round=of_return.round if of_return else "")
            if form.cleaned_data.get("cause") == Delay.Cause.ANOTHER_AGENCY:
                asks = gettext("Say which milestone it waits for.")
                messages.success(request, f"{said} {asks}")
                return redirect("waits:add", slug, item.number, row.number)
            messages.success(request, said)
            return redirect(item)
    open_acts = ("close", "move") if row.is_open else ("reopen",)
    delays = row.delays.select_related("settling_agency").order_by("-number")
    delays = delays.prefetch_related("mitigations__owner_agency")
    return render(
        request,
        "workitems/items/milestones/detail.html",
        {
            "plan": item.plan,
            "item": item,
            "milestone": row,
            "of_return": of_return,
            "answers": answers,
            "has_no_date": row.is_open and row.forecast_due < localdate(),
            "late": lateness.while_waiting(
                lateness.milestone_lateness(row, localdate()), row, delays
            ),
            "forms": forms,
            "acted": forms.get(act),
            # After a conflict: the text typed into a form that no longer applies to the milestone.
            "kept": forms[act].typed() if conflict and act not in open_acts else [],
            "delays": delays,
            "waits": waits_of(
                plan_at(item.plan, Moment.today(localdate())).waits,
                *(row.pk, item.plan, {plan.pk: plan for plan in visible_plans(request)}),
            ),
            "held": [
                each
                for each in held_for(request, item.plan, [HeldEntry.Kind.WAIT])
                if each.milestone_id == row.pk
            ],
            "slip": lateness.slip_in_words(row, delays),
            "pieces": row.evidence.for_list(),
            "may_edit_texts": request.user.has_perm("workitems.set_text", row),
            "may_ask": item.is_live and request.user.has_perm("workitems.request_variation", item),
            "has_open_delay": any(delay.ended_on is None for delay in delays),
            "conflict": conflict,
            "tried": tried,
            "is_from_email": is_from_email(request),
            "talk": open_talk(
                request, item.plan, "milestone", row, Moment.today(localdate()), at=timezone.now()
            ),
        },
        status=200 if request.method != "POST" or (tried and forms[act].is_valid()) else 422,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def record_for_agency(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    """Record, for the agency and with the source, when a milestone is expected, why, and what is done about it."""
    item = visible_item(request, slug, number)
    row = require(request, "workitems.record_for_agency", visible_milestone(item, milestone))
    on = localdate()
    form = DelayForAgencyForm(posted(request), row=row, on=on)
    if carry_out(request, form, item_services.move_forecast, milestone=row, on=on):
        message = gettext_lazy("The delay of “{milestone}” is recorded for {agency}.")
        place = f"{item.get_absolute_url()}#milestone-{row.number}"
        return done(request, message, place, milestone=row, agency=row.responsible_agency)
    return form_page(
        request,
        "workitems/items/delays/for_agency.html",
        form,
        plan=item.plan,
        item=item,
        milestone=row,
        delays=row.delays.open(on).prefetch_related("mitigations__owner_agency"),
        cancel_url=item.get_absolute_url(),
    )


def is_from_email(request: HttpRequest) -> bool:
    """Whether the person came by a link in an email. Its address stays that of the form."""
    return request.GET.get("from") == "email"


def as_typed(row: Milestone, form: MilestoneActForm) -> MilestoneLine | None:
    """Return the milestone with what is typed into the form of its forecast, to show how it prints;
    None without a date. Nothing is saved."""
    form.is_valid()
    cleaned = form.cleaned_data
    if not cleaned.get("forecast_due"):
        return None
    on = localdate()
    answer = MilestoneAnswer(
        milestone=row,
        outcome=MilestoneAnswer.Outcome.NOT_YET,
        **{
            name: cleaned.get(name) or ""
            for name in ("reason", "cause", "effect", "meanwhile", "needs", *CASE, "settlement")
        },
    )
    answer.when = cleaned["forecast_due"]
    return MilestoneLine(
        milestone=row,
        on=on,
        late=lateness.milestone_lateness(row, on),
        delays=list(row.delays.open(on).order_by("-number")),
        is_own=True,
        is_asked=False,
        answer=answer,
    )


def pending_on(of_return: Return | None, milestone: Milestone) -> list[MilestoneAnswer]:
    """Return the answers of the return being written on the milestone and its parts."""
    if of_return is None:
        return []
    found = of_return.milestone_answers.pending().filter(milestone=milestone).for_page().in_order()
    rows = list(found)
    for row in rows:
        row.milestone = milestone
    return rows


def perform(
    request: HttpRequest,
    of_return: Return | None,
    row: Milestone,
    act: str,
    cleaned: dict[str, Any],
) -> None:
    """Write the change into the return being written, or let it take effect at once."""
    by, on = signed_in(request), localdate()
    answer_version = cleaned.pop("answer_version") or 0
    if of_return is not None:
        day = cleaned.pop("completed_on" if act == "close" else "forecast_due", None)
        outcome = ACTS[act][0].OUTCOME
        if act == "move" and day is None:
            outcome = MilestoneAnswer.Outcome.NO_DATE
        milestone_answers.answer(
            of_return=of_return,
            milestone=row,
            outcome=outcome,
            day=day,
            answer_version=answer_version,
            from_email=is_from_email(request),
            by=by,
            on=on,
            at=timezone.now(),
            **cleaned,
        )
    elif act == "close":
        item_services.close_milestone(milestone=row, by=by, on=on, **cleaned)
    elif act == "move":
        item_services.move_forecast(milestone=row, by=by, on=on, **cleaned)
    else:
        item_services.reopen_milestone(milestone=row, by=by, **cleaned)
