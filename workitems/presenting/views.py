"""Present a meeting in the room: one slide at a time, in large type, with its record beside it.

Members follow the slide that is shown on their own devices.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency
from agencies.pages.form_pages import carry_out, done, refusals_in_messages, saved
from agencies.pages.once import once
from workitems.meetings import meeting_news as meeting_notices
from workitems.meetings.addition_parts import addition_parts
from workitems.meetings.agenda import (
    AgendaRow,
    Reasons,
    line_on,
    lines_by_subject,
    lines_of,
    moment_of,
    rows_of,
    runs_of,
)
from workitems.meetings.forms.meetings import DecideHereForm, DecisionForm, DiscussionForm
from workitems.meetings.meeting_slides import (
    AGENDA,
    CLOSING,
    OPENING,
    TITLES,
    Slide,
    is_on,
    shown_slide,
    slides_of,
)
from workitems.meetings.services import decisions as decision_services
from workitems.meetings.services import matters as matter_services
from workitems.meetings.variation_effect import Effects
from workitems.meetings.views.matters import own_matter
from workitems.meetings.views.pages import (
    FOLLOWS,
    LEADS,
    agenda_of,
    mail,
    mode_of,
    slide_address,
    visible_meeting,
)
from workitems.models import Decision, Matter, Measure, Meeting, Milestone, Variation
from workitems.notes.conversations import count_on_matters
from workitems.plan.asat import Moment
from workitems.plan.attention import Line
from workitems.plan.plan_at import PlanAt
from workitems.plan.plan_at.measures_at import Drawn, readings_of
from workitems.plan.views.lookups import require, small_number
from workitems.presenting import services as slide_services
from workitems.returns.news import notify_asked_again
from workitems.terms import lateness
from workitems.terms.word_diff import side_by_side
from workitems.variations.services import variations as variation_services
from workitems.variations.services.change_requests import effects_of

# Milestones on the slide of an item.
ON_A_SLIDE = 3
# Beside a question and its two answers.
BESIDE_A_QUESTION = 2
# Functions of apps that this one may not import; each returns the HTML of the opening slide.
OPENING_PARTS: list[Callable[[Meeting, Moment], str]] = []


@require_safe
def present(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a slide: that of a matter by its position, or one of `meeting_slides.TITLES`."""
    meeting = visible_meeting(request, slug, pk)
    slides = slides_of(agenda_of(meeting))
    asked = request.GET.get("slide", "")
    slide = next((each for each in slides if each.key == asked and asked in TITLES), None)
    if slide is None:
        slide = _of_position(slides, small_number(request.GET.get("matter", "")) or 1)
    mode = LEADS if mode_of(request) == LEADS and _may_lead(request, meeting, localdate()) else ""
    return show(request, meeting, slides, slide, mode=mode)


def _of_position(slides: Sequence[Slide], position: int) -> Slide:
    """Return the slide of the matter at a position or the nearest one; the agenda if it is empty."""
    own = [slide for slide in slides if slide.matter]
    return own[min(max(position, 1), len(own)) - 1] if own else slides[1]


def _may_lead(request: HttpRequest, meeting: Meeting, on: date) -> bool:
    return is_on(meeting, on) and request.user.has_perm("workitems.show_slide", meeting)


@require_POST
def show_slide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show members a slide on their own devices, and go to it."""
    meeting = require(request, "workitems.show_slide", visible_meeting(request, slug, pk))
    wanted = request.POST.get("slide", "")
    with refusals_in_messages(request):
        slide_services.show_slide(meeting=meeting, slide=wanted, on=localdate())
    slides = slides_of(agenda_of(meeting))
    slide = next((each for each in slides if each.key == wanted), slides[0])
    return redirect(slide_address(request, meeting, slide.query, mode=LEADS))


@require_safe
def follow(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the slide that the meeting is at, on a member's own device."""
    meeting = visible_meeting(request, slug, pk)
    on = localdate()
    if not is_on(meeting, on):
        return redirect(meeting)
    slides = slides_of(agenda_of(meeting))
    slide = shown_slide(meeting, slides, on)
    return show(request, meeting, slides, slide or slides[1], mode=FOLLOWS)


@require_safe
def shown(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return what the page that follows compares: a digest of the slide that is shown and of what is
    recorded. Answers 304 while it is the same."""
    meeting = visible_meeting(request, slug, pk)
    etag = quote_etag(state_of(meeting, localdate()))
    answer = get_conditional_response(request, etag=etag)
    return answer or JsonResponse({"state": etag.strip('"')}, headers={"ETag": etag})


def state_of(meeting: Meeting, on: date) -> str:
    """Return a digest that changes when another slide is shown or something is recorded on one. Three
    queries."""
    matters = meeting.matters.aggregate(n=Count("pk"), sum=Sum("version"))
    decisions = meeting.decisions.aggregate(n=Count("pk"), sum=Sum("version"))
    parts = [
        meeting.slide if is_on(meeting, on) else "over",
        *matters.values(),
        *decisions.values(),
    ]
    return sha256(repr(parts).encode()).hexdigest()[:24]


def show(
    request: HttpRequest,
    meeting: Meeting,
    slides: Sequence[Slide],
    slide: Slide,
    *,
    mode: str = "",
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """Show a slide. `forms` are those of refused actions."""
    on = localdate()
    day = meeting.plan.present_day(on)
    own = [each for each in slides if each.matter]
    may_record = (
        not meeting.is_closed
        and meeting.held_on <= on
        and request.user.has_perm("workitems.record_meeting", meeting)
    )
    at = slides.index(slide)

    show_url = reverse("meetings:show-slide", args=[meeting.plan.slug, meeting.pk])

    def step(position: int) -> dict[str, str]:
        """Return the key and URL of the slide at a position, and where a screen that leads shows it; {} beyond
        the ends."""
        if not 0 <= position < len(slides):
            return {}
        query = slides[position].query
        # A screen that follows stops following when its person reads on.
        address = slide_address(request, meeting, query, mode=LEADS if mode == LEADS else "")
        found = {"key": slides[position].key, "url": address}
        return found | {"show_url": show_url} if mode == LEADS else found

    context: dict[str, Any] = {
        "plan": meeting.plan,
        "meeting": meeting,
        "slide": slide,
        "mode": mode,
        "leads": mode == LEADS,
        "follows": mode == FOLLOWS,
        "is_on": is_on(meeting, on),
        "may_lead": _may_lead(request, meeting, on),
        "shown": shown_slide(meeting, slides, on),
        "state": state_of(meeting, on) if mode == FOLLOWS else "",
        "today": on,
        "day": day,
        "moment": moment_of(meeting, on),
        "count": len(own),
        "may_record": may_record,
        "present_count": meeting.attendances.present().count(),
        "acted": next(iter(forms.values()), None),
        "agenda_step": step(slides.index(next(each for each in slides if each.key == AGENDA))),
        "first": step(0),
        "last": step(len(slides) - 1),
        "here": step(at)["url"],
        "previous": step(at - 1),
        "next": step(at + 1),
    }
    if slide.matter is not None:
        matter = slide.matter
        context |= {
            "matter": matter,
            "position": slide.position,
            "decisions": matter.decisions.select_related("owner_agency").order_by("number"),
        }
        shows_reasons = matter.kind and not meeting.is_closed
        lines = lines_of(meeting, on) if shows_reasons else []
        context |= _subject(matter, day) | _why(matter, lines, day) | _within(matter, day)
        context["row"] = row = AgendaRow(matter, line_on(matter, lines_by_subject(lines)))
        context["verb"] = row.verb
        # Whoever is in the room sees it, so only what all members read.
        context["notes"] = count_on_matters(None, [matter.pk]).get(matter.pk, 0)
        milestones = context.get("all_milestones", [])
        whole = lines[0].at if lines else None
        context["requests"] = _requests(matter, milestones, whole, may_record, **forms)
        asked = {each.variation.milestone_id for each in context["requests"]}
        context |= _strips(milestones, asked, day, len(asked))
        if may_record:
            context |= _forms(meeting, matter) | forms
    elif slide.key == AGENDA:
        matters = (each.matter for each in own if each.matter)
        rows = rows_of(matters, lines_of(meeting, on), day)
        steps = {each.key: step(slides.index(each)) for each in own}
        context["runs"] = [
            (verb, [(row, steps[str(row.matter.pk)]) for row in run])
            for verb, run in (runs_of(rows) if not meeting.is_closed else [(None, rows)])
        ]
    elif slide.key == OPENING:
        moment = moment_of(meeting, on)
        context["parts"] = [part(meeting, moment) for part in OPENING_PARTS]
    elif slide.key == CLOSING:
        context |= _closing(meeting)
    return render(request, "workitems/presenting/present.html", context, status=status)


def _closing(meeting: Meeting) -> dict[str, Any]:
    """Return what was decided, who does what by when, and when the group meets next."""
    decided = list(meeting.decisions.for_list().order_by("number"))
    for row in decided:
        row.within(meeting.plan)
    return {
        "decided": decided,
        "actions": sorted(
            (row for row in decided if row.owner_agency and row.due_on),
            key=lambda row: (row.due_on, row.number),
        ),
        "coming": meeting.plan.meetings.not_cancelled()
        .filter(held_on__gt=meeting.held_on)
        .order_by("held_on")
        .first(),
    }


def _again(request: HttpRequest, meeting: Meeting, matter: Matter, **forms: Any) -> HttpResponse:
    """Show the matter's slide with the form that was refused."""
    slides = slides_of(agenda_of(meeting))
    slide = next((each for each in slides if each.key == str(matter.pk)), slides[1])
    mode = LEADS if mode_of(request) == LEADS else ""
    return show(request, meeting, slides, slide, mode=mode, status=422, **forms)


def _why(matter: Matter, lines: Sequence[Line], day: date) -> dict[str, Any]:
    """Return the present reasons for the matter and its line of the attention list, or after closing
    the record its original reasons with their day."""
    why = Reasons(matter.meeting.plan, day)
    if matter.meeting.is_closed or not matter.kind:
        return {"reasons": why.on(matter, None)}
    line = line_on(matter, lines_by_subject(lines))
    return {"reasons": why.on(matter, line), "line": line}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A variation on a slide, with what it would change, what follows if it is approved or declined, and the form to
    decide it."""

    variation: Variation
    was: Any
    now: Any
    adds: Any
    open_milestones: Sequence[Milestone]
    effects: Sequence[str]
    declined: Sequence[str]
    form: DecideHereForm | None

    @property
    def is_decided(self) -> bool:
        return not self.variation.is_pending


def _requests(
    matter: Matter,
    milestones: Sequence[Milestone],
    at: PlanAt | None,
    may_record: bool,
    **forms: Any,
) -> list[Request]:
    """Return the variations to decide with the matter: its own, or those of its item that are with the
    working group or were decided at this meeting. `forms` are refused ones, by "decide_" and the id."""
    rows = [matter.variation] if matter.variation else _of_item(matter)
    effects = Effects(at) if at is not None else None
    return [
        Request(
            variation=row,
            was=pieces[0],
            now=pieces[1],
            adds=addition_parts(row.addition),
            open_milestones=[each for each in milestones if each.is_open]
            if row.milestone_id is None
            else [],
            effects=effects.of(row) or effects_of(row) if effects and row.is_pending else [],
            declined=effects.declined(row) if effects and row.is_pending else [],
            form=forms.get(f"decide_{row.pk}") or _decide_form(row)
            if may_record and row.state == Variation.State.RECOMMENDED
            else None,
        )
        for row in rows
        for pieces in [side_by_side(row.text_before, row.text_after)]
    ]


def _decide_form(row: Variation, data: Any = None) -> DecideHereForm:
    return DecideHereForm(data, auto_id=f"id_decide_{row.pk}_%s")


def _of_item(matter: Matter) -> list[Variation]:
    if matter.item is None:
        return []
    waiting = Variation.objects.filter(state=Variation.State.RECOMMENDED).for_meetings()
    is_here = Q(pk__in=waiting.values("pk")) | Q(meeting=matter.meeting)
    found = list(Variation.objects.filter(is_here, item=matter.item).for_list().order_by("number"))
    for row in found:
        row.plan = matter.meeting.plan
    return found


def _within(matter: Matter, day: date) -> dict[str, Any]:
    """Return what else there is to an item: its escalated risks, decisions to follow up, and what its measures say."""
    if matter.item is None:
        return {}
    plan = matter.meeting.plan
    risks = list(
        plan.risks.open(day)
        .escalated()
        .filter(item=matter.item)
        .select_related("owner_agency")
        .order_by("number")
    )
    for risk in risks:
        risk.plan = plan
    earlier = (
        Decision.objects.open(day)
        .filter(item=matter.item)
        .exclude(meeting=matter.meeting)
        .for_list()
        .order_by("due_on", "pk")
    )
    measures = list(matter.item.measures.exclude(kind=Measure.Kind.WORDS).order_by("number"))
    recorded = readings_of(measures, plan.released_on, day)
    return {
        "risks": risks,
        "measures": [Drawn(*recorded[row.pk], day) for row in measures],
        "earlier": [(row.within(plan), row.is_overdue(day)) for row in earlier],
    }


def _lead(matter: Matter) -> Agency | None:
    """Return the agency that leads the matter's item."""
    item = matter.subject_item
    return item.lead_agency if item is not None else None


def _forms(meeting: Meeting, matter: Matter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "decision_form": DecisionForm(
            plan=meeting.plan,
            with_items=False,
            on=localdate(),
            lead=_lead(matter),
            auto_id="id_decision_%s",
        ),
        "discussion_form": DiscussionForm(row=matter, auto_id="id_discussion_%s"),
    }
    return found


def _soonest(milestone: Milestone, on: date) -> tuple[bool, int, date, int]:
    late = lateness.milestone_lateness(milestone, on)
    return (not late.is_late, -late.days, milestone.agreed_due, milestone.number)


def _subject(matter: Matter, on: date) -> dict[str, Any]:
    """Return the context of the matter's subject: its item with the dates that are open."""
    found: dict[str, Any] = {
        "decision_late": bool(matter.decision and matter.decision.is_overdue(on))
    }
    item = matter.subject_item
    if item is None:
        return found
    milestones = list(
        Milestone.objects.filter(item=item)
        .select_related("responsible_agency")
        .prefetch_related("delays")
        .order_by("number")
    )
    return found | {
        "item": item,
        "late": lateness.item_dates(item.stage, milestones, on),
        "all_milestones": milestones,
    }


def _strips(
    milestones: Sequence[Milestone], asked: Collection[int | None], on: date, questions: int
) -> dict[str, Any]:
    """Return the milestones that a slide has room for, those asked about first, then the latest and the next, with
    their delays; and the days of their axis."""
    waiting = [each for each in milestones if each.is_open or each.pk in asked] or milestones
    shown = sorted(waiting, key=lambda each: (each.pk not in asked, *_soonest(each, on)))
    shown = shown[: BESIDE_A_QUESTION if questions else ON_A_SLIDE]
    return {
        "milestones": [(each, list(each.delays.all())) for each in shown],
        "span": lateness.span(shown, on),
    }


@require_POST
@once
def record(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    meeting, row = own_matter(request, slug, pk, matter)
    form = DecisionForm(
        request.POST,
        plan=meeting.plan,
        with_items=False,
        on=localdate(),
        lead=_lead(row),
        auto_id="id_decision_%s",
    )
    if made := carry_out(
        request,
        form,
        decision_services.record_decision,
        meeting=meeting,
        matter=row,
        on=localdate(),
    ):
        return done(
            request,
            _("Decision {number} is recorded."),
            slide_address(request, meeting, f"?matter={row.position}"),
            number=made.number,
        )
    return _again(request, meeting, row, decision_form=form)


@require_POST
def discuss(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    """Save the notes of the discussion on a matter."""
    meeting, row = own_matter(request, slug, pk, matter)
    form = DiscussionForm(request.POST, row=row, auto_id="id_discussion_%s")
    if kept := carry_out(
        request, form, matter_services.note_discussion, matter=row, on=localdate()
    ):
        return saved(
            request,
            form,
            kept,
            _("The notes are saved."),
            slide_address(request, meeting, f"?matter={row.position}"),
        )
    return _again(request, meeting, row, discussion_form=form)


@require_POST
@once
def decide(request: HttpRequest, slug: str, pk: int, matter: int) -> HttpResponse:
    """Decide the matter's variation; an approval takes effect at once."""
    meeting, row = own_matter(request, slug, pk, matter)
    asked = small_number(request.POST.get("variation", ""))
    of_item = {each.pk: each for each in _of_item(row)}
    variation = row.variation or of_item.get(asked or 0)
    if variation is None:
        raise Http404
    form = _decide_form(variation, request.POST)
    if decided := carry_out(
        request,
        form,
        variation_services.decide,
        variation=variation,
        meeting=meeting,
        at=timezone.now(),
    ):
        mail(meeting_notices.decided_notices, decided)
        notify_asked_again(decided, on=localdate(), at=timezone.now())
        says = (
            _("{reference} is approved and has taken effect.")
            if form.cleaned_data["approve"]
            else _("{reference} is declined.")
        )
        return done(
            request,
            says.format(reference=decided.reference),
            slide_address(request, meeting, f"?matter={row.position}"),
        )
    return _again(request, meeting, row, **{f"decide_{variation.pk}": form})
