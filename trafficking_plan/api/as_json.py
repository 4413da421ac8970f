"""Rows of the plan at a moment, and of papers, as the API gives them. No queries."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from reports.progress.changes import Change
from reports.progress.view import PlanView
from workitems.calendar.owed import Owed
from workitems.measures.completion import Completion
from workitems.models import Finding, Note, Plan, Risk
from workitems.plan.asat import Moment
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.plan.plan_at.waits_at import WaitAt, Waits
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, Lateness, Reason
from workitems.terms.measure_sentence import units

Row = dict[str, Any]
Agencies = Mapping[int, Agency]


def paged(
    request: HttpRequest, rows: Sequence[Any], page: int, limit: int
) -> tuple[Row, Sequence[Any]]:
    """Return the page's frame, and its rows."""
    begin, count = (page - 1) * limit, len(rows)
    following = None
    if begin + limit < count:
        asked = request.GET.copy()
        asked["page"] = str(page + 1)
        following = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
    return {"count": count, "page": page, "next": following}, rows[begin : begin + limit]


def moment(at: Moment, now: datetime) -> Row:
    instant = timezone.localtime(at.until or now, timezone.get_default_timezone())
    return {"on": at.on, "at": instant, "is_now": at.is_now}


def known(due: KnownDate | None) -> Row | None:
    return None if due is None else {"code": due.code, "last_day": due.last_day}


def late(found: Lateness, sure: Lateness) -> Row:
    """Return the lateness. `sure` is the same with the length that is sure, which the words say, as on the pages."""
    return {"state": Late(found.state).value, "days": found.days, "words": sure.words}


def plan_line(request: HttpRequest, plan: Plan, at: Moment) -> Row:
    view = PlanView(plan=plan, at=at)
    return {
        "slug": plan.slug,
        "title": plan.title,
        "released_on": plan.released_on,
        "ends_on": plan.ends_on,
        "portfolio": plan.portfolio,
        "coordinating_agency": plan.coordinating_agency.short_name,
        "url": request.build_absolute_uri(reverse("api:plan", args=[plan.slug])),
        "page_url": request.build_absolute_uri(view.link("overview")),
    }


def pages_of(request: HttpRequest, plan: Plan, at: Moment) -> Callable[[str], str]:
    """Return what gives the address of an item's page as at the moment, by its number."""
    view, site = PlanView(plan=plan, at=at), request.build_absolute_uri("/").rstrip("/")
    return lambda number: site + view.item(number)


def item_line(
    request: HttpRequest,
    plan: Plan,
    item: ItemAt,
    pillars: Mapping[int, int],
    agencies: Agencies,
    reasons: Sequence[Reason],
    sure: Lateness,
) -> Row:
    return {
        "number": item.number,
        "title": item.title,
        "pillar": pillars.get(item.pillar),
        "lead_agency": agencies[item.lead].short_name,
        "is_key": item.is_key,
        "stage": item.stage,
        "status": item.status.value,
        "confidence": item.confidence,
        "reviewer_confidence": item.reviewer_confidence,
        "next_agreed": known(item.due) if item.is_live else None,
        "lateness": late(item.late, sure) if item.is_live else None,
        "updated_on": item.heard_on,
        "completed_on": item.completed_on,
        "needs_attention": [reason.words for reason in reasons],
        "url": request.build_absolute_uri(reverse("api:item", args=[plan.slug, item.number])),
    }


def due(request: HttpRequest, row: Owed, on: date) -> Row:
    return {
        "due": row.entry.day,
        "is_overdue": row.entry.day < on,
        "agency": row.agency.short_name,
        "what": row.entry.title,
        "kind": row.entry.category,
        "about": row.about,
        "plan": row.entry.plan.slug,
        "to": row.to.short_name,
        "page_url": request.build_absolute_uri(row.entry.path),
    }


def wait(row: WaitAt, waits: Waits) -> Row:
    other = waits.steps[row.waits_for]
    return {
        "id": row.pk,
        "plan": other.plan_title if other.plan != waits.plan else None,
        "waits_for": other.reference,
        "description": other.description,
        "responsible_agency": other.agency,
        "forecast": known(other.forecast),
        "days_after": row.days_after,
        "answer": row.answer,
    }


def milestone(
    row: MilestoneAt,
    item: str,
    agencies: Agencies,
    shown_by: Mapping[int, Completion],
    waits: Waits,
    sure: Lateness,
) -> Row:
    return {
        "item": item,
        "number": row.number,
        "description": row.description,
        "done_means": row.done_means,
        "responsible_agency": agencies[row.responsible].short_name,
        "original": known(row.original),
        "agreed": known(row.agreed),
        "forecast": known(row.forecast),
        "completed_on": row.completed_on,
        "shown_by": shown_by.get(row.pk),
        "withdrawn_on": row.withdrawn_on,
        "lateness": late(row.late, sure),
        "waits_for": [wait(each, waits) for each in waits.of.get(row.pk, ())],
        "earliest": waits.earliest_day(row.pk),
        "cannot_be_met": row.pk in waits.steps and waits.cannot_be_met(waits.steps[row.pk]),
    }


def mitigation(row: MitigationAt, agencies: Agencies) -> Row:
    return {
        "number": row.number,
        "description": row.description,
        "owner_agency": agencies[row.owner].short_name,
        "due_on": row.due_on,
        "done_on": row.done_on,
    }


def delay(row: DelayAt, item: str, milestone: int, agencies: Agencies) -> Row:
    settling = agencies[row.settling_agency].short_name if row.settling_agency else None
    return {
        "item": item,
        "milestone": milestone,
        "number": row.number,
        "of": row.of,
        "cause": row.cause,
        "explanation": row.explanation,
        "effect": row.effect,
        "meanwhile": row.meanwhile,
        "needs": row.needs,
        "money_from": row.money_from,
        "if_declined": row.if_declined,
        "settlement": row.settlement,
        "settling_agency": settling,
        "settling_other": row.settling_other,
        "settling_by": row.settling_by,
        "found_on": row.found_on,
        "ended_on": row.ended_on,
        "due_before": known(row.before),
        "due_after": known(row.after),
        "days": row.days,
        "times_moved": row.times_moved,
        "mitigations": [mitigation(each, agencies) for each in row.mitigations],
    }


def note(request: HttpRequest, row: Note) -> Row:
    item = row.of_item
    return {
        "id": row.pk,
        "conversation": row.begins.pk,
        "item": item.number if item else None,
        "place": row.place,
        "readers": row.readers_words,
        "agency": row.written_for.short_name,
        "written_by": row.written_by.name,
        "written_at": row.written_at,
        "edited_at": row.edited_at,
        "withdrawn_at": row.withdrawn_at,
        "text": "" if row.withdrawn_at else row.text,
        "settled": row.settled_words,
        "url": request.build_absolute_uri(row.get_absolute_url()),
    }


def measure(row: MeasureAt) -> Row:
    corrected = {each.corrects for each in row.values}
    return {
        "id": row.pk,
        "item": row.item.number if row.item else None,
        "measure": row.name,
        "description": row.row.description,
        "kind": row.measured.kind,
        "unit": units(row.measured),
        "better": row.measured.better,
        "baseline": row.measured.baseline,
        "baseline_on": row.measured.baseline_on,
        "responsible_agency": row.responsible.short_name,
        "state": row.state.value,
        "sentence": row.sentence,
        "targets": [
            {"id": aim.pk, "number": aim.number, "by": known(aim.by), "months": aim.months}
            for aim in row.current_targets
        ],
        "values": [
            {
                "id": each.pk,
                "starts_on": each.starts_on,
                "day": each.day,
                "number": each.number,
                "of": each.of,
                "not_comparable": each.not_comparable,
                "because": each.because,
                "expected_by": known(each.expected_by),
                "corrected": each.pk in corrected,
                "correction_reason": each.correction_reason,
            }
            for each in row.values
        ],
    }


def finding(row: Finding, request: HttpRequest, on: date) -> Row:
    """Load what lists of findings print. A reply that came after the day is left out."""
    is_replied = row.replied_on is not None and row.replied_on <= on
    return {
        "id": row.pk,
        "reference": row.reference,
        "item": row.item.number if row.item else None,
        "verdict": row.verdict,
        "as_at": row.as_at,
        "note": row.note,
        "auditor": row.audit.agency.short_name,
        "given_on": row.given_on,
        "reply": row.reply if is_replied else "",
        "replied_for": row.replied_for.short_name if is_replied and row.replied_for else "",
        "replied_on": row.replied_on if is_replied else None,
        "url": request.build_absolute_uri(row.get_absolute_url()),
    }


def risk(row: Risk, on: date) -> Row:
    is_closed = row.closed_on is not None and row.closed_on <= on
    return {
        "number": row.number,
        "item": row.item.number if row.item else None,
        "description": row.description,
        "likelihood": row.likelihood,
        "impact": row.impact,
        "severity": row.severity,
        "owner_agency": row.owner_agency.short_name,
        "response": row.response,
        "escalated_to": row.escalated_to,
        "escalated_on": row.escalated_on,
        "closed_on": row.closed_on if is_closed else None,
    }


def change(row: Change, agencies: Mapping[int, str]) -> Row:
    return {
        "kind": row.kind.value,
        "item": row.item.number,
        "title": row.item.title,
        "lead_agency": agencies[row.item.lead],
        "change": row.words,
        "before": row.was,
        "after": row.now,
        "cause": row.cause,
        "why": row.why,
        "days": row.days,
    }
