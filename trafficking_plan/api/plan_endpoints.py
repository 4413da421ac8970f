"""Plans, items, milestones, delays and changes as at a moment: the same readings as the pages and their exports."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router

from agencies.models import Token
from reports.progress import registers
from reports.progress.changes import Kind, read_changes
from reports.progress.changes.periods import offered
from reports.progress.forms import BarForm
from reports.progress.view import PlanView
from trafficking_plan.api import as_json, schemas
from trafficking_plan.api.admission import may
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.problems import Problem, refuse_invalid
from workitems.calendar.owed import owed_in, read_for
from workitems.items.filters import SORTS, WorkItemFilter, sort_of
from workitems.measures.completion import completions_of
from workitems.models import Delay, Note, Plan, Support
from workitems.plan.asat import Moment, rows_at
from workitems.plan.forms.moments import AsAtForm
from workitems.plan.plan_at import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    PlanAt,
    agencies_at,
    delays_at,
    item_at,
    milestones_at,
    mitigations_at,
    pillars_at,
    plan_at,
    with_milestones,
)
from workitems.plan.views.lookups import signed_in, visible_plan, visible_plans
from workitems.risks.risk_register import register_at, risks_of

router = Router(tags=["Plans"])
READ = Token.Scope.READ


def plan_and_moment(request: HttpRequest, slug: str, at: str) -> tuple[Plan, Moment]:
    """Return the plan, if the program may read it, and the moment. Refuse a moment that pages refuse."""
    may(request, READ)
    plan = visible_plan(request, slug)
    form = AsAtForm({"at": at}, plan=plan, on=timezone.localdate())
    refuse_invalid(form)
    return plan, form.moment


def view_at(request: HttpRequest, slug: str, asked: schemas.Narrowed) -> tuple[PlanView, BarForm]:
    """Return the plan at the moment, narrowed and compared as on the dashboard."""
    may(request, READ)
    plan = visible_plan(request, slug)
    data = {name: value for name, value in asked.model_dump().items() if value not in (None, "")}
    bar = BarForm(data, plan=plan, on=timezone.localdate())
    refuse_invalid(bar)
    return bar.view, bar


def one_of(name: str, asked: str, known: Any) -> str:
    """Return what was asked. Raise `Problem` unless it is one of those known, or empty."""
    if asked and asked not in known:
        detail = f"Choose one of: {', '.join(str(each) for each in known)}."
        raise Problem(422, detail, wrong=[(name, detail)])
    return asked


def narrowed(view: PlanView) -> PlanAt:
    return plan_at(view.plan, view.at).narrowed(pillar=view.pillar, lead=view.agency)


@router.get("/plans/", response=schemas.PlanLines, summary="Plans that you may read")
def plans(request: HttpRequest, asked: Query[schemas.Pages]) -> Row:
    """Adopted plans, newest first."""
    may(request, READ)
    frame, shown = as_json.paged(request, visible_plans(request), asked.page, asked.limit)
    on = timezone.localdate()
    return frame | {
        "results": [as_json.plan_line(request, each, Moment.present(each, on)) for each in shown]
    }


@router.get("/due/", response=schemas.DueLines, summary="What is due in all plans")
def due(request: HttpRequest, asked: Query[schemas.Pages]) -> Row:
    """What the person's agencies owe in all plans that they read, soonest first: the page "What is due"."""
    may(request, READ)
    on = timezone.localdate()
    rows = owed_in(visible_plans(request), read_for(signed_in(request)), on)
    frame, shown = as_json.paged(request, rows, asked.page, asked.limit)
    return frame | {"results": [as_json.due(request, each, on) for each in shown]}


@router.get("/plans/{slug:slug}/", response=schemas.PlanOut, summary="One plan")
def plan(request: HttpRequest, slug: str, asked: Query[schemas.AsAt]) -> Row:
    """What a plan says of itself at a moment, its working group and its pillars."""
    found, at = plan_and_moment(request, slug, asked.at)
    return plan_at_moment(request, found, at)


def plan_at_moment(request: HttpRequest, found: Plan, at: Moment) -> Row:
    then = found if at.is_now else _as_it_said(found, at)
    members = {each.pk: each for each in found.agencies}
    leader = found.coordinating_agency
    named = agencies_at({**members, leader.pk: leader}, at)
    return as_json.plan_line(request, then, at) | {
        "coordinating_agency": named[leader.pk].short_name,
        "as_at": as_json.moment(at, timezone.now()),
        "background": then.background,
        "members": [
            {"id": pk, "short_name": named[pk].short_name, "name": named[pk].name} for pk in members
        ],
        "pillars": [
            {"id": row.pk, "number": row.number, "title": row.title}
            for row in pillars_at(found, at)
        ],
    }


def _as_it_said(plan: Plan, at: Moment) -> Plan:
    """Return the plan with its own words at a moment. Before it was recorded, they are today's."""
    columns = ("title", "released_on", "ends_on", "portfolio", "background")
    then = rows_at(Plan, at, of={"pk": plan.pk}).values(*columns).first() or {}
    for name, value in then.items():
        setattr(plan, name, value)
    return plan


@router.get("/plans/{slug:slug}/items/", response=schemas.ItemLines, summary="Work items")
def items(request: HttpRequest, slug: str, asked: Query[schemas.ItemFilters]) -> Row:
    """The work items of a plan with their status, as in the list of work items."""
    found, moment = plan_and_moment(request, slug, asked.at)
    sort = one_of("sort", asked.sort, [*SORTS, *(f"-{each}" for each in SORTS)])
    at = plan_at(found, moment)
    chosen = WorkItemFilter(
        {name: str(value) for name, value in asked.model_dump().items() if value is not None},
        pillars=[(row.pk, row.title) for row in at.pillars],
        agencies=[(pk, agency.short_name) for pk, agency in at.agencies.items()],
    )
    refuse_invalid(chosen)
    frame, shown = as_json.paged(request, chosen.among(at, sort_of(sort)), asked.page, asked.limit)
    return frame | {
        "as_at": as_json.moment(moment, timezone.now()),
        "results": item_lines(request, at, shown),
    }


def item_lines(request: HttpRequest, at: PlanAt, items: Iterable[ItemAt]) -> list[Row]:
    pillars = {row.pk: row.number for row in at.pillars}
    page_of = as_json.pages_of(request, at.plan, at.moment)
    return [
        as_json.item_line(
            request, at.plan, each, pillars, at.agencies, at.reasons(each.pk), at.lateness_of(each)
        )
        | {"page_url": page_of(each.number)}
        for each in items
    ]


@router.get("/plans/{slug:slug}/items/{number}/", response=schemas.ItemOut, summary="One work item")
def item(request: HttpRequest, slug: str, number: str, asked: Query[schemas.AsAt]) -> Row:
    """A work item with its wording, milestones, delays and mitigations, open and closed."""
    found, moment = plan_and_moment(request, slug, asked.at)
    today = get_object_or_404(found.items, number=number)
    at = item_at(found, moment, today.pk)
    if not at.items:
        raise Http404
    (row,), agencies = at.items, at.agencies
    steps = [(step, number) for step in row.milestones]
    supports = rows_at(Support, moment, of={"item_id": row.pk}, ended_on=None).values_list(
        "agency_id", flat=True
    )
    (line,) = item_lines(request, at, at.items)
    return line | {
        "as_at": as_json.moment(moment, timezone.now()),
        "objective": row.objective,
        "action": row.action,
        "months": row.months,
        "starts_on": row.starts_on,
        "supporting_agencies": sorted(agencies[pk].short_name for pk in supports),
        "milestones": [
            step_line
            | {
                "delays": [
                    as_json.delay(each, number, step.number, agencies) for each in step.delays
                ]
            }
            for step, step_line in zip(
                row.milestones, milestone_lines(request, at, steps, row.pk), strict=True
            )
        ],
    }


@router.get("/plans/{slug:slug}/milestones/", response=schemas.MilestoneLines, summary="Milestones")
def milestones(request: HttpRequest, slug: str, asked: Query[schemas.MilestoneFilters]) -> Row:
    """All milestones in the plan's order, as in the download of the timeline; with “late” or “due”, the open
    ones of live items, as in the register."""
    view, _ = view_at(request, slug, asked)
    overdue, due = (
        one_of("late", asked.late, registers.LATE),
        one_of("due", asked.due, registers.DUE),
    )
    at = narrowed(view)
    if overdue or due:
        found = [
            (row.milestone, row.item.number)
            for row in registers.open_milestones(at, late=overdue, due=due)
        ]
    else:
        found = every_milestone(at)
    frame, shown = as_json.paged(request, found, asked.page, asked.limit)
    return frame | {
        "as_at": as_json.moment(view.at, timezone.now()),
        "results": milestone_lines(request, at, shown),
    }


def milestone_lines(
    request: HttpRequest,
    at: PlanAt,
    found: Iterable[tuple[MilestoneAt, str]],
    item: int | None = None,
) -> list[Row]:
    """Return the rows of milestones, each given with the number of its item; `item` if they are of one alone."""
    shown_by = completions_of(at, item).by_milestone
    page_of = as_json.pages_of(request, at.plan, at.moment)
    return [
        as_json.milestone(row, number, at.agencies, shown_by, at.waits, at.lateness_of(row))
        | {
            "item_title": at.by_pk[row.item].title,
            "page_url": f"{page_of(number)}#milestone-{row.number}",
        }
        for row, number in found
    ]


def every_milestone(at: PlanAt) -> list[tuple[MilestoneAt, str]]:
    """Return all milestones in the plan's order, open and closed, each with the number of its item."""
    every = milestones_at(at.moment, {"item__plan_id": at.plan.pk})
    return [
        (row, item.number) for item in with_milestones(at.items, every) for row in item.milestones
    ]


@router.get("/plans/{slug:slug}/delays/", response=schemas.DelayLines, summary="Delays")
def delays(request: HttpRequest, slug: str, asked: Query[schemas.DelayFilters]) -> Row:
    """Delays with their mitigations, open and ended, in the plan's order; with “open”, as in the register."""
    view, _ = view_at(request, slug, asked)
    cause = one_of("cause", asked.cause, Delay.Cause.values)
    state = one_of("state", asked.state, ["open"])
    at = narrowed(view)
    if state:
        found = [line.delay for line in registers.open_delays(at, cause=cause)]
    else:
        found = [row for row in every_delay(at) if cause in ("", row.cause)]
    frame, shown = as_json.paged(request, found, asked.page, asked.limit)
    every = milestones_at(view.at, {"pk__in": list({row.milestone for row in shown})}, texts=False)
    numbers = {row.pk: row.number for row in every}
    return frame | {
        "as_at": as_json.moment(view.at, timezone.now()),
        "results": [
            as_json.delay(row, at.by_pk[row.item].number, numbers[row.milestone], at.agencies)
            for row in shown
        ],
    }


def every_delay(at: PlanAt) -> list[DelayAt]:
    """Return all delays with their mitigations, open and ended, in the plan's order."""
    steps = mitigations_at(at.moment, {"delay__milestone__item__plan_id": at.plan.pk})
    place = {item.pk: index for index, item in enumerate(at.items)}
    of_plan = {"milestone__item__plan_id": at.plan.pk}
    found = [row for row in delays_at(at.moment, of_plan, steps) if row.item in place]
    return sorted(found, key=lambda row: (place[row.item], row.pk))


@router.get("/plans/{slug:slug}/measures/", response=schemas.MeasureLines, summary="Measures")
def measures(request: HttpRequest, slug: str, asked: Query[schemas.Narrowed]) -> Row:
    """Measures with their targets and accepted numbers: outcomes first, then in the plan’s order. With a pillar or an agency,
    those of its items."""
    view, _ = view_at(request, slug, asked)
    found = narrowed(view).measures
    frame, shown = as_json.paged(request, list(found), asked.page, asked.limit)
    return frame | {
        "as_at": as_json.moment(view.at, timezone.now()),
        "results": [as_json.measure(row) for row in shown],
    }


@router.get(
    "/plans/{slug:slug}/findings/", response=schemas.FindingLines, summary="Findings of audits"
)
def findings(request: HttpRequest, slug: str, asked: Query[schemas.Narrowed]) -> Row:
    """The latest finding on each item and on the whole plan, once every reader of the plan sees it: with a reply, or after
    ten working days without one."""
    view, _ = view_at(request, slug, asked)
    found = narrowed(view).findings
    frame, shown = as_json.paged(request, found, asked.page, asked.limit)
    return frame | {
        "as_at": as_json.moment(view.at, timezone.now()),
        "results": [as_json.finding(row, request, view.at.on) for row in shown],
    }


@router.get("/plans/{slug:slug}/risks/", response=schemas.RiskLines, summary="Risks")
def risks(request: HttpRequest, slug: str, asked: Query[schemas.PagesAsAt]) -> Row:
    """The risk register, open and closed: open ones first, the most severe before the others."""
    found, moment = plan_and_moment(request, slug, asked.at)
    frame, shown = as_json.paged(request, risk_rows(found, moment), asked.page, asked.limit)
    return frame | {"as_at": as_json.moment(moment, timezone.now()), "results": shown}


def risk_rows(plan: Plan, moment: Moment) -> list[Row]:
    rows = register_at(plan, moment).open_first(moment.on)
    return [as_json.risk(row, moment.on) for row in risks_of(rows, plan, moment)]


@router.get("/plans/{slug:slug}/notes/", response=schemas.NoteLines, summary="Notes")
def notes(request: HttpRequest, slug: str, asked: Query[schemas.NoteFilters]) -> Row:
    """Notes of the conversations that you read, the newest first."""
    may(request, READ)
    plan = visible_plan(request, slug)
    rows = Note.objects.filter(plan=plan).readable_by(signed_in(request))
    rows = rows.on_subjects().select_related("written_by", "written_for")
    found = [row for row in rows.order_by("-written_at", "-pk") if _concerns(row, asked.item)]
    frame, shown = as_json.paged(request, found, asked.page, asked.limit)
    return frame | {"results": [as_json.note(request, row) for row in shown]}


def _concerns(note: Note, number: str) -> bool:
    item = note.of_item
    return not number or (item is not None and item.number == number)


@router.get("/plans/{slug:slug}/changes/", response=schemas.ChangeLines, summary="What changed")
def changes(request: HttpRequest, slug: str, asked: Query[schemas.ChangeFilters]) -> Row:
    """What changed between two moments, as on the page of the same name (docs/changes.md)."""
    view, bar = view_at(request, slug, asked)
    only = one_of("kind", asked.kind, [kind.value for kind in Kind])
    if view.since is None:
        _, usual = offered(view, bar.earlier())
        view = PlanView(
            plan=view.plan, at=view.at, since=usual.moment, pillar=view.pillar, agency=view.agency
        )
    assert view.since is not None
    found = read_changes(view)
    every = found.of(Kind(only)) if only else found.changes
    frame, shown = as_json.paged(request, every, asked.page, asked.limit)
    now = timezone.now()
    return frame | {
        "as_at": as_json.moment(view.at, now),
        "since": as_json.moment(view.since, now),
        "summary": found.summary,
        "page_url": request.build_absolute_uri(
            replace(view, is_compared_by_default=False).link("changes")
        ),
        "results": [as_json.change(row, found.agencies) for row in shown],
    }
