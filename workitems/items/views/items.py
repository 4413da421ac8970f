"""List and show work items, change an item's status, and record the reviewer's rating."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.pages.form_pages import carry_out, form_page, saved
from agencies.records.composed import composed
from workitems.audits.views import own_audit
from workitems.items.filters import WorkItemFilter, agencies_of, needs_dates, sort_of
from workitems.items.item_attention import line_of, plan_of_item
from workitems.items.item_page import ItemPage, item_page
from workitems.items.said_by import said_of
from workitems.measures.completion import completions_of
from workitems.measures.services.values import in_words
from workitems.meetings.agenda import matters_of
from workitems.models import (
    Assignment,
    Decision,
    Evidence,
    MeasureValue,
    Milestone,
    MilestoneAnswer,
    Note,
    Plan,
    Return,
    Risk,
    StatusProposal,
    Support,
    TrackerNote,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.models.plan import READING_ROLES
from workitems.notes.read_conversations import open_talk
from workitems.plan.asat import Moment
from workitems.plan.attention import Line, Verb
from workitems.plan.completion_notes import completion_notes
from workitems.plan.forms.items import AnswerStatusForm, ChangeStatusForm, ReviewForm
from workitems.plan.forms.moments import AsAtForm
from workitems.plan.plan_at import ItemAt, grouped, milestones_at, plan_at, with_milestones
from workitems.plan.plan_at.rows import RiskAt, VariationAt
from workitems.plan.services import items as item_services
from workitems.plan.views.lookups import (
    of_plan,
    page_of,
    plans_read,
    posted,
    require,
    signed_in,
    visible_item,
    visible_plan,
)
from workitems.plan.wait_lines import waits_of
from workitems.returns.services import rounds as round_services
from workitems.returns.services.answers import answer_of_earlier_lead, faults_of_item
from workitems.rules import WRITERS
from workitems.terms import lateness
from workitems.terms.known_dates import DUE_AND_DONE

ROWS_ON_A_PAGE = 100
# Who searches for words reads the rows one by one.
ROWS_WITH_WORDS = 25
# Characters that `reverse` leaves as they are.
IN_A_PATH = "!$&'()*+,;=~:@"
# Answers that wait for the coordinator.
SUBMITTED = Update.objects.filter(of_return__state=Return.State.SUBMITTED)
# Items with pillar, agencies and supports, and which further records there are.
IN_DETAIL = (
    WorkItem.objects.select_related("pillar", "lead_agency")
    .annotate(
        # Most items have none of these; then the page can skip their queries.
        has_variations=Exists(Variation.objects.filter(item=OuterRef("pk"))),
        added_by=Subquery(
            Variation.objects.filter(item=OuterRef("pk"), kind=Variation.Kind.ITEM).values("number")
        ),
        has_evidence=Exists(
            Evidence.objects.filter(
                Q(milestone__item=OuterRef("pk")) | Q(update__item=OuterRef("pk"))
            )
        ),
        has_matters=Exists(matters_of(OuterRef("pk")))
        | Exists(Decision.objects.filter(item=OuterRef("pk"))),
        has_submitted=Exists(SUBMITTED.filter(item=OuterRef("pk"))),
        has_proposals=Exists(StatusProposal.objects.filter(item=OuterRef("pk"))),
        has_risks=Exists(Risk.objects.filter(item=OuterRef("pk"))),
        is_carried_on=Exists(WorkItem.objects.filter(carried_from=OuterRef("pk"))),
        due_and_done=Subquery(
            TrackerNote.objects.filter(item=OuterRef("pk"), heading=DUE_AND_DONE)
            .order_by("position")
            .values("text")[:1]
        ),
        has_tracker_notes=Exists(TrackerNote.objects.filter(item=OuterRef("pk"))),
        is_given=Exists(Assignment.objects.given().filter(item=OuterRef("pk"))),
        has_notes=Exists(
            Note.objects.filter(Q(item=OuterRef("pk")) | Q(milestone__item=OuterRef("pk")))
        ),
    )
    .prefetch_related(Prefetch("supports", Support.objects.select_related("agency")))
)


@composed
def _in_detail(plan: Any, number: Any) -> Any:
    return IN_DETAIL.filter(plan=plan, number=number)


# The newest of the proposals to the lead agency.
PROPOSALS_SHOWN = 3
# The order of milestones on an item's page.
LATE_FIRST = {
    state: place
    for place, states in enumerate(
        (
            (lateness.Late.OVERDUE, lateness.Late.SLIPPING),
            (lateness.Late.DUE_SOON, lateness.Late.ON_TIME),
            (lateness.Late.DONE, lateness.Late.DONE_LATE),
            (lateness.Late.WITHDRAWN,),
        )
    )
    for state in states
}
# Frequently used filters of the list; the others are under "more".
FIELDS = ("q", "pillar", "agency", "standing")
# Of these the list shows the status, and of others how early or late their dates are.
UNSURE = (lateness.Status.IN_DOUBT, lateness.Status.UNJUDGED)


# A pending variation, and its row at the moment.
Waiting = tuple[Variation, VariationAt]


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    as_at = AsAtForm(request.GET, plan=plan, on=localdate())
    moment = as_at.moment
    sort = sort_of(request.GET.get("sort", ""))
    # The words of a search are looked for in the texts of a past moment.
    texts = not moment.is_now and "q" in request.GET
    at = plan_at(plan, moment, texts=texts, dates=needs_dates(request.GET, sort))
    agencies = dict(agencies_of(plan))
    if not moment.is_now:
        offered = {*agencies, *(item.lead for item in at.items)}
        named = sorted((at.agencies[pk] for pk in offered), key=lambda a: a.short_name.casefold())
        agencies = {agency.pk: agency.short_name for agency in named}
    form = WorkItemFilter(
        request.GET,
        pillars=[(row.pk, f"{row.number} {row.title}") for row in at.pillars],
        agencies=agencies.items(),
    )
    rows_on_a_page = ROWS_WITH_WORDS if request.GET.get("q") else ROWS_ON_A_PAGE
    page = page_of(request, form.among(at, sort), rows_on_a_page)
    every = milestones_at(moment, {"item_id__in": [item.pk for item in page.object_list]})
    not_met = at.waits.items_not_met
    list_url, kept = reverse("workitems:list", args=[plan.slug]), at_query(moment)
    chosen = {name for name in form.fields if request.GET.get(name)}
    narrowed = form.cleaned_data
    view = {"at": moment.key, "pillar": narrowed.get("pillar"), "agency": narrowed.get("lead")}
    return render(
        request,
        "workitems/items/list.html",
        {
            "plan": plan,
            "moment": moment,
            "as_at": as_at,
            "form": form,
            "fields": [*(form[name] for name in FIELDS), as_at["at"]],
            "more": [form[name] for name in form.fields if name not in FIELDS],
            "is_more_open": not chosen <= set(FIELDS),
            "page": page,
            "rows": [
                {
                    # A template looks up the keys of a dict three times faster than fields of a tuple.
                    **item._asdict(),
                    "item": item,
                    "is_live": item.is_live,
                    "is_unreported": _is_unreported(plan, item),
                    "dates": at.lateness_of(item) if item.dates.is_late else item.dates,
                    "not_met": item.pk in not_met and not item.dates.is_late,
                    "is_unsure": item.status in UNSURE,
                    "due": item.due.short if item.due else "",
                    "lead": agencies[item.lead],
                    # Not by `reverse`, which would take as long as the rest of the row.
                    "url": f"{list_url}{quote(item.number, safe=IN_A_PATH)}/{kept}",
                }
                for item in with_milestones(page.object_list, every)
            ],
            "sort": sort,
            "sort_start": sort_start(request),
            "at_query": kept,
            "is_filtered": bool(chosen),
            "is_of_dashboard": not moment.is_now or bool(chosen & {"pillar", "lead", "standing"}),
            "view_query": urlencode({name: value for name, value in view.items() if value}),
        },
    )


def sort_start(request: HttpRequest) -> str:
    """Return where the addresses of the sorted lists begin: "?q=leaflet&", or "?" without filters."""
    query = request.GET.copy()
    for name in ("sort", "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}&" if query else "?"


def _is_unreported(plan: Plan, item: WorkItem | ItemAt) -> bool:
    """Whether the spreadsheet that the plan came from says nothing of the item yet, so not that it has not started."""
    is_silent = item.heard_on is None and item.stage == Stage.NOT_STARTED
    return is_silent and plan.record_begins is not None


def at_query(moment: Moment) -> str:
    """Return the moment as a query string: "?at=2010-07-30", or "" for today."""
    return f"?{urlencode({'at': moment.key})}" if moment.key else ""


@require_safe
def detail(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    plan = visible_plan(request, slug)
    item = of_plan(plan, _in_detail(plan=plan.pk, number=number))
    as_at = AsAtForm(request.GET, plan=item.plan, on=localdate())
    moment = as_at.moment
    frame: dict[str, Any] = {
        "plan": item.plan,
        "number": item.number,
        "present_url": item.get_absolute_url(),
        "moment": moment,
        "at_query": at_query(moment),
        "as_at": as_at,
        # The page title mentions errors of "form".
        "form": as_at,
    }
    shown = item_page(item, moment, skip=known_empty(item) if moment.is_now else frozenset())
    if shown is None:
        # Status 200, because "the item did not exist yet" is a valid answer.
        return render(request, "workitems/items/not_yet.html", frame | {"item": item})
    parts = _parts(request, item, shown, moment) | _trail(request, item)
    # Past moments are read-only.
    may: dict[str, Any] = {}
    if moment.is_now:
        may = _may(request, item) | _in_returns(request, item) | _within(request, item)
        may["submitted"] = _submitted(request, item)
        if audit := own_audit(request, item.plan):
            given = audit.findings.not_shown(moment.on).filter(item=item).for_list()
            may |= {"audit": audit, "not_shown": given}
    return render(request, "workitems/items/detail.html", frame | parts | may)


def known_empty(item: WorkItem) -> frozenset[str]:
    """Return the names of the parts that are empty today, from the annotations of `IN_DETAIL`."""
    found: Any = item
    there = {
        "variations": found.has_variations,
        "evidence": found.has_evidence,
        "considered": found.has_matters,
        "risks": found.has_risks,
    }
    return frozenset(name for name, is_any in there.items() if not is_any)


def _parts(request: HttpRequest, item: WorkItem, shown: ItemPage, moment: Moment) -> dict[str, Any]:
    """Return the context of the page: late milestones first, then by their dates, done ones last.
    The history of a past page ends at its moment."""
    on, then = moment.on, shown.item
    at = plan_of_item(shown, moment)
    line = line_of(at)
    worst = line.late_milestone if line else None
    milestones = [milestone for milestone, _ in shown.milestones]
    notes = completion_notes(milestones, moment)
    is_any_done = any(row.completed_on for row in milestones)
    completed = completions_of(at, item.pk).by_milestone if is_any_done else {}
    plans = {plan.pk: plan for plan in plans_read(request)}
    history_url = reverse("workitems:history", args=[item.plan.slug, item.number])
    if not moment.is_now:
        history_url += f"?{urlencode({'until': on.isoformat()})}"

    def urgency(milestone: Milestone) -> tuple[bool, int, date, int]:
        late = lateness.milestone_lateness(milestone, on)
        is_worst = worst is not None and milestone.pk == worst.pk
        return (not is_worst, LATE_FIRST[late.state], milestone.agreed_due, milestone.number)

    return {
        "item": then,
        "supports": shown.supports,
        "measures": at.measures,
        "finding": next(iter(at.findings), None),
        "milestones": [
            {
                "milestone": milestone,
                "note": notes.get(milestone.pk, ""),
                "completion": completed.get(milestone.pk),
                "delays": delays,
                "moves": [delay for delay, _ in delays],
                "waits": waits_of(at.waits, milestone.pk, item.plan, plans),
                "may_add_wait": moment.is_now
                and milestone.is_open
                and request.user.has_perm("workitems.add_wait", milestone),
                "is_told": worst is not None and milestone.pk == worst.pk,
                "may_update": moment.is_now
                and request.user.has_perm("workitems.update_milestone", milestone),
                "closable": [
                    step
                    for _, steps in delays
                    for step in steps
                    if moment.is_now
                    and step.done_on is None
                    and request.user.has_perm("workitems.finish_mitigation", step)
                ],
                "slip": lateness.slip_in_words(milestone, [delay for delay, _ in delays]),
                "may_edit_texts": moment.is_now
                and request.user.has_perm("workitems.set_text", milestone),
                "may_add_evidence": moment.is_now
                and request.user.has_perm("workitems.add_evidence", milestone),
                "pieces": [each for each in shown.evidence if each.milestone_id == milestone.pk],
            }
            for milestone, delays in sorted(shown.milestones, key=lambda row: urgency(row[0]))
        ],
        "at": at.items[0],
        "is_of_spreadsheet": at.is_of_spreadsheet(at.items[0]),
        "said": said_of(then, shown.updates, moment),
        "is_unreported": _is_unreported(item.plan, then),
        "line": line,
        "next_milestone": next(iter(at.milestones), None),
        "span": lateness.span(milestones, on),
        "fresh": lateness.freshness(then.heard_on, on, item.plan.record_begins),
        "updates": [
            (update, [each for each in shown.evidence if each.update_id == update.pk])
            for update in shown.updates
        ],
        **_asked(request, moment, line, list(zip(shown.variations, at.variations, strict=True))),
        # The number of the variation that added it to the adopted plan.
        "added_by": item.added_by,  # type: ignore[attr-defined]
        "considered": shown.considered,
        "risks": shown.risks,
        # Which milestones it had whose completion has no day: all read it.
        "due_and_done": item.due_and_done,  # type: ignore[attr-defined]
        # They may come from hidden columns, so other agencies do not read them.
        "has_tracker_notes": item.has_tracker_notes  # type: ignore[attr-defined]
        and request.user.has_perm("workitems.manage_plan", item.plan),
        "history_url": history_url,
        "talk": open_talk(
            request,
            item.plan,
            "item",
            item,
            moment,
            at=timezone.now(),
            is_empty=not item.has_notes,  # type: ignore[attr-defined]
        ),
    }


def _asked(
    request: HttpRequest, moment: Moment, line: Line | None, waiting: list[Waiting]
) -> dict[str, Any]:
    """Return the variations that wait, without the one that the line asks the group about; that one, and whether the
    reader has to recommend it first."""
    told = next((each for each in waiting if line and each[0].reference == line.asked.of), None)
    return {
        "waiting": [each for each in waiting if each is not told],
        "told": told,
        # The others of its variations are listed on the page.
        "further": [each for each in line.further_asks if isinstance(each.about, RiskAt)]
        if line
        else [],
        "may_recommend": told is not None
        and line is not None
        and moment.is_now
        and line.verb == Verb.DECIDE
        and told[0].state == Variation.State.REQUESTED
        and request.user.has_perm("workitems.recommend_variation", told[0]),
    }


def _trail(request: HttpRequest, item: WorkItem) -> dict[str, list[WorkItem]]:
    """Return the items of other plans that this one carries on, or that carry it on, as far as the
    user may read them. A query for each way that there is."""
    ways = {}
    if item.carried_from_id is not None:
        ways["carried_from"] = WorkItem.objects.filter(pk=item.carried_from_id)
    if item.is_carried_on:  # type: ignore[attr-defined]
        ways["carried_on"] = WorkItem.objects.filter(carried_from=item)
    plans = {plan.pk: plan for plan in plans_read(request)}
    found: dict[str, list[WorkItem]] = {}
    for name, rows in ways.items():
        found[name] = list(rows.filter(plan__in=plans).order_by("pk"))
        for row in found[name]:
            row.plan = plans[row.plan_id]
    return found


def _may(request: HttpRequest, item: WorkItem) -> dict[str, bool]:
    """Return what the user may do with the item today."""
    user = request.user
    return {
        "may_update": item.stage != Stage.WITHDRAWN
        and user.has_perm("workitems.update_item", item),
        "may_propose": item.stage != Stage.WITHDRAWN
        and user.has_perm("workitems.propose_status", item),
        "may_review": user.has_perm("workitems.review_item", item),
        "may_ask": item.is_live and user.has_perm("workitems.request_variation", item),
        "may_propose_milestone": item.is_live and user.has_perm("workitems.request_addition", item),
        "may_edit_texts": user.has_perm("workitems.set_text", item),
        "may_raise": item.is_live and user.has_perm("workitems.raise_risk", item),
    }


def _within(request: HttpRequest, item: WorkItem) -> dict[str, Any]:
    """Return who looks after the item in each of the reader's own agencies that answers for it. One
    query if it is given to anybody."""
    user = signed_in(request)
    own = user.agencies_as(*READING_ROLES)
    taking_part = [item.lead_agency, *(support.agency for support in item.supports.all())]
    agencies = [each for each in taking_part if each.pk in own]
    given = {}
    if agencies and item.is_given:  # type: ignore[attr-defined]
        rows = item.assignments.given().filter(agency__in=agencies).for_list(localdate())
        given = {row.agency_id: row for row in rows}
    writing = user.agencies_as(*WRITERS)
    return {
        "within": [
            (agency, given.get(agency.pk), agency.pk in writing and item.stage != Stage.WITHDRAWN)
            for agency in agencies
            if agency.pk in writing or agency.pk in given
        ]
    }


def _pending_answers(item: Any) -> Any:
    return MilestoneAnswer.objects.pending().filter(milestone__item=item)


@composed
def _waiting_returns(agencies: Any, plan: Any, item: Any) -> Any:
    waiting = Return.objects.waiting_for_agency().filter(agency__among=agencies, round__plan=plan)
    answers = _pending_answers(item).filter(of_return=OuterRef("pk"))
    return waiting.select_related("round", "agency").annotate(has_answers=Exists(answers))


@composed
def _answers(of_return: Any, item: Any) -> Any:
    return Update.objects.filter(of_return=of_return, item=item).order_by("pk")


def _submitted(request: HttpRequest, item: WorkItem) -> list[Update]:
    """Return what is submitted on the item and not accepted yet, as far as the user may read it: the lead's first,
    each with its evidence, and with what its return said of the item's milestones and measures. Four queries if there
    is any."""
    if not item.has_submitted:  # type: ignore[attr-defined]
        return []
    rows = SUBMITTED.filter(item=item).visible_to(signed_in(request))
    pieces = Prefetch("evidence", Evidence.objects.for_list(), to_attr="evidence_listed")
    found = list(
        rows.select_related("of_return__round", "of_return__agency").prefetch_related(pieces)
    )
    answers = MilestoneAnswer.objects.not_removed().filter(
        milestone__item=item, of_return__in=[each.of_return_id for each in found]
    )
    said = grouped(answers.for_page().in_order() if found else (), "of_return_id")
    numbers = MeasureValue.objects.submitted().filter(measure__item=item).order_by("measure", "pk")
    given = grouped(numbers.select_related("measure") if found else (), "of_return_id")
    for update in found:
        update.spreadsheet = ""
        update.numbers = []  # type: ignore[attr-defined]
        for each in given[update.of_return_id]:
            each.measure.item = item
            update.numbers.append((each.measure, in_words(each.measure, each)))  # type: ignore[attr-defined]
        update.of_return.round.plan = item.plan
        update.answers = said[update.of_return_id]  # type: ignore[attr-defined]
    return sorted(found, key=lambda each: each.of_return.agency_id != item.lead_agency_id)


def _in_returns(request: HttpRequest, item: WorkItem) -> dict[str, Any]:
    """Return what the user's agencies say of the item in returns that they are writing, and the
    proposals to its lead that the user may read. No query for users who write nothing here."""
    own = signed_in(request).agencies_as(*WRITERS)
    found: dict[str, Any] = {}
    if own:
        returns = _waiting_returns(agencies=own, plan=item.plan_id, item=item.pk)
        for each in returns:
            each.round.plan = item.plan
        led = [each for each in returns if each.agency_id == item.lead_agency_id]
        if led:
            found["in_return"] = led[0]
            found["answer"] = next(iter(_answers(of_return=led[0].pk, item=item.pk)), None)
        if any(each.has_answers for each in returns):
            answers = _pending_answers(item.pk).filter(of_return__in=returns)
            found["answers"] = list(answers.for_page().in_order())
    if item.has_proposals:  # type: ignore[attr-defined]
        proposals = list(item.status_proposals.for_list()[:PROPOSALS_SHOWN])
        for proposal in proposals:
            proposal.item = item
        can = request.user.has_perm
        found["proposals"] = [row for row in proposals if can("workitems.read_proposal", row)]
        found["may_answer"] = can("workitems.update_item", item)
        found["own_agencies"] = own
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Change the status at once, or in the return while the lead writes one."""
    item = require(request, "workitems.update_item", visible_item(request, slug, number))
    of_return = Return.objects.in_open_round(item.lead_agency_id, item.plan_id).first()
    is_writing = of_return is not None and of_return.is_with_agency
    if of_return and is_writing and not answer_of_earlier_lead(of_return, item):
        return answer_status(request, item, of_return)
    form = ChangeStatusForm(posted(request), row=item, on=localdate())
    if kept := carry_out(request, form, item_services.change_status, item=item, on=localdate()):
        return saved(
            request, form, kept, gettext("Item {number} is saved."), item, number=item.number
        )
    submitted = of_return is not None and of_return.state == Return.State.SUBMITTED
    return form_page(
        request,
        "workitems/items/change_status.html",
        form,
        plan=item.plan,
        item=item,
        submitted=of_return if submitted else None,
    )


def answer_status(request: HttpRequest, item: WorkItem, of_return: Return) -> HttpResponse:
    """Write the stage and confidence into the answer of the return that the lead is writing."""
    of_return.round.plan = item.plan
    update = of_return.updates.filter(item=item).first()
    form = AnswerStatusForm(posted(request), row=item, update=update)
    if made := carry_out(
        request,
        form,
        round_services.write_status,
        of_return=of_return,
        item=item,
        at=timezone.now(),
    ):
        response = saved(
            request,
            form,
            made,
            gettext(
                "Item {number} is saved in the return for {round}, which is not submitted yet."
            ),
            item,
            number=item.number,
            round=of_return.round,
        )
        if made.pk is not None:
            for fault in faults_of_item(of_return, item, made, localdate()):
                messages.warning(request, fault.says)
        return response
    return form_page(
        request,
        "workitems/items/answer_status.html",
        form,
        plan=item.plan,
        item=item,
        of_return=of_return,
        update=update,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = require(request, "workitems.review_item", visible_item(request, slug, number))
    form = ReviewForm(posted(request), row=item)
    if kept := carry_out(request, form, item_services.review, item=item):
        message = gettext("Your rating of item {number} is saved.")
        return saved(request, form, kept, message, item, number=item.number)
    return form_page(request, "workitems/items/review.html", form, plan=item.plan, item=item)
