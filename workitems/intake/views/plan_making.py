"""Start a plan in the browser, change everything in it until it is adopted, adopt it or delete it."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from agencies.wording.translation import day_words, list_in_words
from workitems.intake.forms.plan_making import (
    AdoptForm,
    ItemForm,
    MakingForm,
    MeasureForm,
    MilestoneForm,
    PillarForm,
    PlanForm,
    SuccessorForm,
    VersionForm,
)
from workitems.intake.plan_making import doubtful, lacks_of, what_goes
from workitems.intake.services import plan_making, successor
from workitems.intake.views.tracker_people import still_to_invite
from workitems.measures.readiness import readiness_of
from workitems.models import Measure, Milestone, Pillar, Plan, WorkItem
from workitems.plan.services.items import next_number
from workitems.plan.views.lookups import plan_at_any_stage, posted, require, signed_in, visible_plan

FORM_METHODS = ["GET", "HEAD", "POST"]
# What can be added at once after an item is saved.
NEXT_OF_AN_ITEM = {"milestone": "plans:add-milestone", "measure": "plans:add-measure"}


def plan_to_shape(request: HttpRequest, slug: str) -> Plan:
    """Return a plan that is not adopted. Others are refused: they change by a variation."""
    plan = plan_at_any_stage(request, slug)
    if plan.adopted_on is not None and request.user.has_perm("workitems.manage_plan", plan):
        raise PermissionDenied(
            _(
                "This plan was adopted on {day}. Its official wording and agreed dates "
                "now change by a variation. Portfolio, background and working group change on the plan’s "
                "page."
            ).format(day=day_words(plan.adopted_on))
        )
    return require(request, "workitems.shape_plan", plan)


def item_to_shape(request: HttpRequest, slug: str, number: str) -> WorkItem:
    plan = plan_to_shape(request, slug)
    rows = plan.items.select_related("pillar", "lead_agency", "carried_from__plan")
    item = get_object_or_404(rows, number=number)
    item.plan = plan
    return item


def members_of(plan: Plan, *kept: Any) -> QuerySet[Agency]:
    """Return the members that can take work on, and those `kept`, as ids or in queries."""
    return plan.agencies_after(localdate(), reduce(or_, (Q(pk__in=each) for each in kept), Q()))


def page(
    request: HttpRequest,
    plan: Plan | None,
    form: MakingForm,
    title: str,
    submit: str,
    **context: Any,
) -> HttpResponse:
    """Render a form of the plan. `context`: `crumbs`, `another`, `remove_url`, `cancel_url`."""
    context.setdefault("cancel_url", plan.get_absolute_url() if plan else reverse("plans:list"))
    return form_page(
        request, "workitems/intake/plans/making_form.html", form, plan=plan, title=title, submit=submit, **context
    )  # fmt: skip


def another_or(request: HttpRequest, then: str, query: str = "") -> str:
    """Return the URL of the next empty form if that button was pressed, else `then`."""
    return f"{request.path}{query}" if request.POST.get("then") == "another" else then


# --- the plan ---------------------------------------------------------------------------------


@require_http_methods(FORM_METHODS)
@once
def start(request: HttpRequest) -> HttpResponse:
    require(request, "workitems.create_plan", None)
    own = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    form = PlanForm(posted(request), row=Plan(), coordinated=own, on=localdate())
    if plan := carry_out(request, form, plan_making.start_plan):
        return done(request, _("The plan is started. Only its coordinators see it for now."), plan)
    return page(request, None, form, _("Start a plan"), _("Start the plan"), is_new=True)


@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, slug: str) -> HttpResponse:
    plan = plan_to_shape(request, slug)
    own = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    form = PlanForm(posted(request), row=plan, coordinated=own, on=localdate())
    if kept := carry_out(request, form, plan_making.change_plan, plan=plan):
        return saved(request, form, kept, _("Saved."), plan)
    return page(request, plan, form, _("About the plan"), _("Save"))


@require_http_methods(FORM_METHODS)
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Adopt the plan on a day, or say what it lacks."""
    plan = plan_at_any_stage(request, slug)
    if plan.adopted_on is not None and request.user.has_perm("workitems.manage_plan", plan):
        messages.info(
            request, _("The plan was adopted on {day}.").format(day=day_words(plan.adopted_on))
        )
        return redirect(plan)
    require(request, "workitems.adopt_plan", plan)
    ready = readiness_of(plan)
    form = AdoptForm(posted(request), row=plan, is_ready=bool(ready))
    if carry_out(request, form, plan_making.adopt, plan=plan, on=localdate()):
        return done(request, _("The plan is adopted. Its working group can read it now."), plan)
    # It loads what reads workbooks: see workitems/urls.py.
    from workitems.intake.workbook.columns import changes_of_adopted

    return form_page(
        request,
        "workitems/intake/plans/adopt.html",
        form,
        plan=plan,
        lacks=lacks_of(plan, localdate()),
        doubtful=doubtful(plan, localdate()),
        readiness=ready,
        holds=list_in_words(what_goes(plan)),
        members=plan.agencies,
        then=changes_of_adopted(),
    )


@require_http_methods(FORM_METHODS)
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether to delete the plan, saying what goes, and delete it."""
    plan = plan_to_shape(request, slug)
    form = VersionForm(posted(request), row=plan)
    if carry_out(request, form, plan_making.delete_plan, plan=plan):
        return done(request, _("“{plan}” is deleted."), "plans:list", plan=plan)
    return form_page(
        request, "workitems/intake/plans/delete.html", form, plan=plan, goes=what_goes(plan)
    )


@require_http_methods(FORM_METHODS)
@once
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the plan that follows an adopted one, with what is chosen of it."""
    plan = require(request, "workitems.manage_plan", visible_plan(request, slug))
    form = SuccessorForm(posted(request), items=plan.items.live().in_order())
    if new := carry_out(request, form, successor.start_successor, plan=plan, on=localdate()):
        return done(request, _("The plan is started. Only its coordinators see it for now."), new)
    return form_page(request, "workitems/intake/plans/follow.html", form, plan=plan)


def making_page(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show a plan that is not adopted, with the next step first. At most thirteen queries, for any plan."""
    items = plan.items.select_related("lead_agency").prefetch_related("milestones").in_order()
    by_pillar: dict[int, list[WorkItem]] = {}
    for item in items:
        by_pillar.setdefault(item.pillar_id, []).append(item)
    return render(
        request,
        "workitems/intake/plans/making.html",
        {
            "plan": plan,
            "lacks": lacks_of(plan, localdate()),
            "doubtful": doubtful(plan, localdate()),
            "pillars": [
                (pillar, by_pillar.get(pillar.pk, [])) for pillar in plan.pillars.order_by("number")
            ],
            "members": plan.agencies,
            "has_tracker_notes": plan.tracker_notes.exists(),
            "people_to_invite": still_to_invite(plan),
        },
    )


# --- pillars ----------------------------------------------------------------------------------


@require_http_methods(FORM_METHODS)
@once
def add_pillar(request: HttpRequest, slug: str) -> HttpResponse:
    plan = plan_to_shape(request, slug)
    row = Pillar(plan=plan, number=next_number(plan.pillars.all()))
    form = PillarForm(posted(request), row=row)
    if pillar := carry_out(request, form, plan_making.add_pillar, plan=plan):
        then = another_or(request, plan.get_absolute_url())
        return done(request, _("Pillar {pillar} is added."), then, pillar=pillar)
    return page(request, plan, form, _("Add a pillar"), _("Save"), is_new=True, another=True)


@require_http_methods(FORM_METHODS)
def change_pillar(request: HttpRequest, slug: str, pillar: int) -> HttpResponse:
    plan = plan_to_shape(request, slug)
    row = get_object_or_404(plan.pillars, number=pillar)
    form = PillarForm(posted(request), row=row)
    if kept := carry_out(request, form, plan_making.change_pillar, pillar=row):
        return saved(request, form, kept, _("Saved."), plan)
    remove_url = reverse("plans:remove-pillar", args=[slug, pillar])
    return page(
        request,
        plan,
        form,
        _("Pillar {pillar}").format(pillar=pillar),
        _("Save"),
        remove_url=remove_url,
    )


@require_http_methods(FORM_METHODS)
def remove_pillar(request: HttpRequest, slug: str, pillar: int) -> HttpResponse:
    plan = plan_to_shape(request, slug)
    row = get_object_or_404(plan.pillars, number=pillar)
    form = VersionForm(posted(request), row=row)
    if carry_out(request, form, plan_making.remove_pillar, pillar=row):
        return done(request, _("Pillar {pillar} is removed."), plan, pillar=row)
    return remove_page(
        request, plan, form, _("pillar {pillar}").format(pillar=row), plan.get_absolute_url()
    )


def remove_page(
    request: HttpRequest, plan: Plan, form: VersionForm, what: str, back: str, goes: str = ""
) -> HttpResponse:
    context = {"plan": plan, "what": what, "cancel_url": back, "goes": goes}
    return form_page(request, "workitems/intake/plans/remove.html", form, **context)


# --- items ------------------------------------------------------------------------------------


def item_url(item: WorkItem) -> str:
    return reverse("plans:change-item", args=[item.plan.slug, item.number])


def next_item_number(plan: Plan, pillar: Pillar | None, proposed: Iterable[str] = ()) -> str:
    """Return the next free number of the pillar: "2.4" after "2.3". `proposed` are taken too."""
    if pillar is None:
        return ""
    taken = {*plan.items.values_list("number", flat=True), *proposed}
    place = 1
    while f"{pillar.number}.{place}" in taken:
        place += 1
    return f"{pillar.number}.{place}"


def pillar_asked_for(request: HttpRequest, pillars: QuerySet[Pillar]) -> Pillar | None:
    """Return the pillar that the address names ("?pillar=2"), or the first one."""
    chosen = [each for each in pillars if str(each.number) == request.GET.get("pillar")]
    return next(iter(chosen or pillars), None)


@require_http_methods(FORM_METHODS)
@once
def add_item(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an item, to the pillar that the address names ("?pillar=2") unless another is chosen."""
    plan = plan_to_shape(request, slug)
    pillars = plan.pillars.order_by("number")
    pillar = pillar_asked_for(request, pillars)
    if pillar is None:
        messages.info(request, "Add a pillar first: each work item is in one.")
        return redirect("plans:add-pillar", slug)
    row = WorkItem(plan=plan, pillar=pillar, number=next_item_number(plan, pillar))
    form = ItemForm(posted(request), row=row, pillars=pillars, members=members_of(plan))
    if item := carry_out(request, form, plan_making.add_item, plan=plan):
        then = another_or(request, item_url(item), f"?pillar={item.pillar.number}")
        return done(request, _("Item {item} is added."), then, item=item)
    return page(request, plan, form, _("Add a work item"), _("Save"), is_new=True, another=True)


@require_http_methods(FORM_METHODS)
def change_item(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    plan = item.plan
    pillars = plan.pillars.order_by("number")
    members = members_of(plan, [item.lead_agency_id], item.supports.values("agency"))
    form = ItemForm(posted(request), row=item, pillars=pillars, members=members)
    if kept := carry_out(request, form, plan_making.change_item, item=item):
        then = request.POST.get("then")
        if then not in NEXT_OF_AN_ITEM:
            return saved(request, form, kept, _("Saved."), plan)
        if kept.version != form.cleaned_data["version"]:
            messages.success(request, _("Item {item} is saved.").format(item=kept))
        return redirect(NEXT_OF_AN_ITEM[then], plan.slug, kept.number)
    return page(
        request,
        plan,
        form,
        _("Item {number}").format(number=number),
        _("Save"),
        remove_url=reverse("plans:remove-item", args=[slug, number]),
        item=item,
        milestones=item.milestones.select_related("responsible_agency").order_by("number"),
        measures=item.measures.order_by("number"),
    )


@require_http_methods(FORM_METHODS)
def remove_item(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    form = VersionForm(posted(request), row=item)
    if carry_out(request, form, plan_making.remove_item, item=item):
        return done(request, _("Item {item} is removed."), item.plan, item=item)
    goes = _("Its milestones and measures are removed with it.")
    return remove_page(
        request, item.plan, form, _("item {item}").format(item=item), item_url(item), goes
    )


# --- milestones and measures ------------------------------------------------------------------


def part_page(
    request: HttpRequest, item: WorkItem, form: MakingForm, title: str, **context: Any
) -> HttpResponse:
    """Render the form of a milestone or measure, from which the way leads back to its item."""
    back = item_url(item)
    context |= {"crumbs": [(_("Item {item}").format(item=item), back)], "cancel_url": back}
    return page(request, item.plan, form, title, _("Save"), **context)


@require_http_methods(FORM_METHODS)
@once
def add_milestone(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = Milestone(
        item=item,
        number=next_number(item.milestones.all()),
        responsible_agency=item.lead_agency,
    )
    form = MilestoneForm(posted(request), row=row, members=members_of(item.plan))
    if step := carry_out(request, form, plan_making.add_milestone, item=item):
        warn_of_day(request, item, step)
        return done(request, _("The milestone is added."), another_or(request, item_url(item)))
    return part_page(request, item, form, _("Add a milestone"), is_new=True, another=True)


@require_http_methods(FORM_METHODS)
def change_milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = milestone_of(item, milestone)
    members = members_of(item.plan, [row.responsible_agency_id])
    form = MilestoneForm(posted(request), row=row, members=members)
    if kept := carry_out(request, form, plan_making.change_milestone, milestone=row):
        warn_of_day(request, item, kept)
        return saved(request, form, kept, _("Saved."), item_url(item))
    remove_url = reverse("plans:remove-milestone", args=[slug, number, milestone])
    return part_page(
        request,
        item,
        form,
        _("Milestone {milestone}").format(milestone=milestone),
        remove_url=remove_url,
    )


def warn_of_day(request: HttpRequest, item: WorkItem, milestone: Milestone) -> None:
    """Say in a message that a milestone is due outside its plan, or before its item starts."""
    plan, day = item.plan, milestone.agreed.last_day
    says = []
    if day < plan.released_on:
        text = _("{date} is before the plan’s release, {day}. Check the date.")
        says.append(text.format(date=milestone.agreed, day=day_words(plan.released_on)))
    if item.starts_on is not None and plan.released_on <= day < item.starts_on:
        text = _("{date} is before the item starts, {day}. Check the date.")
        says.append(text.format(date=milestone.agreed, day=day_words(item.starts_on)))
    if plan.ends_on is not None and day > plan.ends_on:
        text = _("{date} is after the plan’s last day, {day}. Check the date.")
        says.append(text.format(date=milestone.agreed, day=day_words(plan.ends_on)))
    for each in says:
        messages.warning(request, each)


def milestone_of(item: WorkItem, number: int) -> Milestone:
    row = get_object_or_404(item.milestones, number=number)
    row.item = item
    return row


def measure_of(item: WorkItem, number: int) -> Measure:
    row = get_object_or_404(item.measures, number=number)
    row.item = item
    return row


@require_http_methods(FORM_METHODS)
def remove_milestone(request: HttpRequest, slug: str, number: str, milestone: int) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = milestone_of(item, milestone)
    form = VersionForm(posted(request), row=row)
    if carry_out(request, form, plan_making.remove_milestone, milestone=row):
        return done(request, _("The milestone is removed."), item_url(item))
    return remove_page(
        request,
        item.plan,
        form,
        _("the milestone “{milestone}”").format(milestone=row),
        item_url(item),
    )


@require_http_methods(FORM_METHODS)
@once
def add_measure(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = Measure(item=item, number=next_number(item.measures.all()))
    form = MeasureForm(posted(request), row=row)
    if carry_out(request, form, plan_making.add_measure, item=item):
        return done(request, _("The measure is added."), another_or(request, item_url(item)))
    return part_page(request, item, form, _("Add a measure of success"), is_new=True, another=True)


@require_http_methods(FORM_METHODS)
def change_measure(request: HttpRequest, slug: str, number: str, measure: int) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = measure_of(item, measure)
    form = MeasureForm(posted(request), row=row)
    if kept := carry_out(request, form, plan_making.change_measure, measure=row):
        return saved(request, form, kept, _("Saved."), item_url(item))
    remove_url = reverse("plans:remove-measure", args=[slug, number, measure])
    return part_page(
        request, item, form, _("Measure {measure}").format(measure=measure), remove_url=remove_url
    )


@require_http_methods(FORM_METHODS)
def remove_measure(request: HttpRequest, slug: str, number: str, measure: int) -> HttpResponse:
    item = item_to_shape(request, slug, number)
    row = measure_of(item, measure)
    form = VersionForm(posted(request), row=row)
    if carry_out(request, form, plan_making.remove_measure, measure=row):
        return done(request, _("The measure is removed."), item_url(item))
    return remove_page(
        request, item.plan, form, _("the measure “{measure}”").format(measure=row), item_url(item)
    )
