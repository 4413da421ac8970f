"""Present a meeting in the room: one matter at a time, in large type, with its record beside it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from agencies.views.form_pages import saying_refusals
from agencies.views.once import once
from workitems import standing
from workitems.addition_parts import addition_parts
from workitems.agenda import proposals
from workitems.forms.meetings import DecideHereForm, DecisionForm
from workitems.models import Matter, Meeting, Milestone, Variation
from workitems.services import decisions as decision_services
from workitems.services import variations as variation_services
from workitems.views.lookups import signed_in, small_number
from workitems.views.meetings.matters import own_matter
from workitems.views.meetings.pages import agenda_of, visible_meeting
from workitems.word_diff import side_by_side


@require_safe
def present(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, slug, pk)
    return show(request, meeting, small_number(request.GET.get("matter", "")) or 1)


def address_of(meeting: Meeting, position: int) -> str:
    address = reverse("meetings:present", args=[meeting.plan.slug, meeting.pk])
    return f"{address}?matter={position}"


def show(
    request: HttpRequest, meeting: Meeting, position: int, status: int = 200, **forms: Any
) -> HttpResponse:
    """Show the matter at a position, or the nearest one. `forms` are those of refused actions."""
    on = localdate()
    day = meeting.plan.present_day(on)
    matters = agenda_of(meeting)
    may_record = (
        not meeting.is_closed
        and meeting.held_on <= on
        and request.user.has_perm("workitems.record_meeting", meeting)
    )
    context: dict[str, Any] = {
        "plan": meeting.plan,
        "meeting": meeting,
        "today": on,
        "day": day,
        "count": len(matters),
        "may_record": may_record,
        "present_count": meeting.attendances.present().count(),
        "acted": next(iter(forms.values()), None),
    }
    if matters:
        position = min(max(position, 1), len(matters))
        matter = matters[position - 1]
        context |= {
            "matter": matter,
            "position": position,
            "agenda": [
                (each, address_of(meeting, number), number == position)
                for number, each in enumerate(matters, start=1)
            ],
            "first_url": address_of(meeting, 1),
            "last_url": address_of(meeting, len(matters)),
            "previous_url": address_of(meeting, position - 1) if position > 1 else "",
            "next_url": address_of(meeting, position + 1) if position < len(matters) else "",
            "decisions": matter.decisions.select_related("owner_agency").order_by("number"),
        }
        context |= _subject(matter, day) | _why(matter, on)
        if may_record:
            context |= _forms(meeting, matter) | forms
    return render(request, "workitems/meetings/present.html", context, status=status)


def _why(matter: Matter, on: date) -> dict[str, Any]:
    """Return the present reasons for the matter and its line of the attention list, or after closing
    the record its original reasons."""
    if not matter.meeting.is_closed and matter.kind:
        for each in proposals(matter.meeting.plan, on):
            if (each.kind, each.subject.pk) == (matter.kind, matter.subject_pk):
                line = each.line
                # The answers beside them say the causes; of a variation or risk, its own reason is told.
                if line and matter.kind in ("item", "of_return"):
                    return {"reasons": line.told, "line": line}
                return {"reasons": each.reasons, "line": line}
    return {"reasons": matter.reasons}


def _forms(meeting: Meeting, matter: Matter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "decision_form": DecisionForm(plan=meeting.plan, with_items=False, auto_id="id_decision_%s")
    }
    if matter.variation and matter.variation.state == Variation.State.RECOMMENDED:
        found["decide_form"] = DecideHereForm(auto_id="id_decide_%s")
    return found


def _subject(matter: Matter, on: date) -> dict[str, Any]:
    """Return the context of the matter's subject: the item's dates, a variation's two texts."""
    found: dict[str, Any] = {
        "decision_late": bool(matter.decision and matter.decision.is_overdue(on))
    }
    item = matter.subject_item
    variation = matter.variation
    if variation is not None:
        found["was"], found["now"] = side_by_side(variation.text_before, variation.text_after)
        found["adds"] = addition_parts(variation.addition)
    if item is None:
        return found
    milestones = list(
        Milestone.objects.filter(item=item).select_related("responsible_agency").order_by("number")
    )
    shown = milestones
    if variation is not None and variation.milestone_id:
        shown = [each for each in milestones if each.pk == variation.milestone_id]
        found["open_milestones"] = []
    elif variation is not None:
        shown = []
        found["open_milestones"] = [each for each in milestones if each.is_open]
    return found | {
        "item": item,
        "late": standing.item_dates(item.stage, milestones, on),
        "milestones": shown,
        "span": standing.span(shown, on),
    }


@require_POST
@once
def record(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    form = DecisionForm(request.POST, plan=meeting.plan, with_items=False, auto_id="id_decision_%s")
    if form.is_valid():
        with saying_refusals(form):
            made = decision_services.record_decision(
                meeting=meeting,
                matter=row,
                on=localdate(),
                by=signed_in(request),
                **form.cleaned_data,
            )
            messages.success(request, f"Decision {made.number} is recorded.")
            return redirect(address_of(meeting, row.position))
    return show(request, meeting, row.position, status=422, decision_form=form)


@require_POST
@once
def decide(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    """Decide the matter's variation; an approval takes effect at once."""
    meeting, row = own_matter(request, slug, pk, matter)
    form = DecideHereForm(request.POST, auto_id="id_decide_%s")
    if row.variation is None:
        raise Http404
    if form.is_valid():
        with saying_refusals(form):
            decided = variation_services.decide(
                variation=row.variation,
                meeting=meeting,
                by=signed_in(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
            took = "is approved and has taken effect" if form.cleaned_data["approve"] else None
            messages.success(request, f"{decided.reference} {took or 'is declined'}.")
            return redirect(address_of(meeting, row.position))
    return show(request, meeting, row.position, status=422, decide_form=form)
