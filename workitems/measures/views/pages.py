"""Read the measures of a plan, today or at a past moment; set them up; give, correct and accept numbers between rounds."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Seat
from agencies.pages.form_pages import carry_out, done, form_page, refusals_in_messages, saved
from agencies.pages.once import once
from workitems.measures.forms import (
    BaselineForm,
    GiveForm,
    OutcomeForm,
    SetUpForm,
    current_targets,
)
from workitems.measures.services import set_up as set_up_services
from workitems.measures.services import values as value_services
from workitems.models import Measure, MeasureValue, Plan, Return, Variation
from workitems.models.plan import READING_ROLES
from workitems.plan.asat import Moment
from workitems.plan.forms.moments import AsAtForm
from workitems.plan.plan_at import PlanAt
from workitems.plan.plan_at.measures_at import MeasureAt, measures_of
from workitems.plan.views.lookups import (
    after_act,
    plan_at_any_stage,
    posted,
    require,
    signed_in,
    visible_plan,
)
from workitems.terms.measure_sentence import (
    Given,
    number_in_words,
    target_in_words,
    units,
    when_in_words,
)
from workitems.terms.sentence_ends import with_capital


def found_measure(plan: Plan, pk: int) -> Measure:
    """Return the measure with all that the rules and its page need."""
    rows = Measure.objects.of(plan).select_related(*set_up_services.RELATED)
    row = get_object_or_404(rows, pk=pk)
    if row.item is not None:
        row.item.plan = plan
    else:
        row.of_plan = plan
    return row


def visible_measure(request: HttpRequest, slug: str, pk: int) -> Measure:
    return found_measure(visible_plan(request, slug), pk)


@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """All measures of the plan, as at any day; until it is adopted, for those who make it."""
    plan = plan_at_any_stage(request, slug)
    as_at = AsAtForm(request.GET, plan=plan, on=localdate())
    moment = as_at.moment
    found = measures_of(PlanAt(plan, moment, texts=False, dates=False))
    may_set_up = moment.is_now and request.user.has_perm("workitems.set_up_measure", plan)
    return render(
        request,
        "workitems/measures/register.html",
        {
            "plan": plan,
            "moment": moment,
            "as_at": as_at,
            "form": as_at,
            "measures": found,
            "may_set_up": may_set_up,
            # Once it is adopted, only outcomes can be added.
            "unmeasured": plan.items.live().filter(measures=None).in_order()
            if may_set_up and plan.adopted_on is None
            else [],
            "not_set_up": len(found) - len(found.set_up),
            "waiting": _waiting(plan) if moment.is_now else [],
            "at_query": f"?at={moment.key}" if moment.key else "",
        },
    )


def _waiting(plan: Plan) -> list[MeasureValue]:
    rows = MeasureValue.objects.of(plan).waiting().select_related("measure__item", "agency")
    return list(rows.order_by("written_at", "pk"))


@require_safe
def detail(request: HttpRequest, slug: str, measure: int) -> HttpResponse:
    """A measure as at a day: its sentence, chart and numbers; today also what waits and what may be done."""
    row = visible_measure(request, slug, measure)
    plan, on = row.plan, localdate()
    as_at = AsAtForm(request.GET, plan=plan, on=on)
    moment = as_at.moment
    at = PlanAt(plan, moment, texts=False, dates=False)
    found = next((each for each in measures_of(at) if each.pk == row.pk), None)
    context: dict[str, Any] = {
        "plan": plan,
        "measure": row,
        "at": found,
        "lines": lines_of(found) if found else [],
        "moment": moment,
        "as_at": as_at,
        "form": as_at,
        "targets": targets_of(found) if found else [],
        "units": units(found.measured) if found else "",
    }
    if moment.is_now and found is not None:
        context |= _may(request, row)
    return render(request, "workitems/measures/detail.html", context)


def _may(request: HttpRequest, row: Measure) -> dict[str, Any]:
    may = request.user.has_perm
    rows = row.values.waiting().for_list().order_by("written_at", "pk")
    needs_variation = set_up_services.needs_variation(row)
    writing = Return.objects.in_open_round(row.responsible.pk, row.plan.pk).first()
    gives = row.kind != Measure.Kind.WORDS and may("workitems.give_measure", row)
    about = Q(item=row.item_id) if row.item_id else Q(item=None)
    asked = row.plan.variations.pending().filter(about, kind=Variation.Kind.MEASURE)
    return {
        "waiting": list(rows),
        "submitted": _submitted(request, row),
        "may_accept": may("workitems.accept_measure", row),
        "may_give": gives,
        "may_set_up": not needs_variation and may("workitems.set_up_measure", row),
        "may_fill_in": needs_variation
        and row.baseline is None
        and may("workitems.set_up_measure", row),
        "may_request": needs_variation and may("workitems.request_addition", row.item or row.plan),
        "in_return": writing if writing and writing.is_with_agency else None,
        "may_read_return": writing is not None and may("workitems.read_return", writing),
        "asked": list(asked.filter(adds__measure=row.pk).order_by("number")),
    }


def _submitted(request: HttpRequest, row: Measure) -> list[tuple[MeasureValue, str]]:
    """Return the numbers in returns that wait for acceptance, in words, as far as the user may read these returns: those
    of their own agencies and, as a coordinator, all."""
    user = signed_in(request)
    rows = row.values.submitted().order_by("pk")
    if row.plan.coordinating_agency_id not in user.agencies_as(Seat.Role.COORDINATOR):
        rows = rows.filter(agency__in=user.agencies_as(*READING_ROLES))
    found = []
    for value in rows:
        assert value.of_return is not None
        value.of_return.round.plan = row.plan
        found.append((value, value_services.in_words(row, value)))
    return found


def lines_of(row: MeasureAt) -> list[dict[str, Any]]:
    """Return the rows of a measure's table, newest first: those that count, the corrected ones, "no number yet". One query."""
    corrected = {each.corrects for each in row.values}
    notes = MeasureValue.objects.filter(measure=row.pk).exclude(note="").values_list("pk", "note")
    said = dict(notes)
    lines = []
    for each in sorted(row.values, key=lambda each: (each.day, each.pk), reverse=True):
        lines.append(
            {
                "value": each,
                "when": when_in_words(each),
                "number": _number(row, each),
                "is_corrected": each.pk in corrected,
                "note": _note(each, said.get(each.pk, "")),
            }
        )
    return lines


def _note(value: Given, note: str) -> str:
    parts = [
        _("Because {because}.").format(because=value.because) if value.because else "",
        _("Counted differently from before.") if value.not_comparable else "",
        _("Corrected, because {why}.").format(why=value.correction_reason)
        if value.correction_reason
        else "",
        note,
    ]
    return "\n".join(filter(None, parts))


def _number(row: MeasureAt, value: Given) -> str:
    return number_in_words(row.measured, value) if value.number is not None else ""


def targets_of(row: MeasureAt) -> list[dict[str, Any]]:
    replaced = {each.replaces for each in row.targets}
    return [
        {
            "words": with_capital(target_in_words(row.measured, each)),
            "is_replaced": each.pk in replaced,
        }
        for each in sorted(row.targets, key=lambda each: (each.by.last_day, each.pk))
    ]


# --- set up by the coordinator -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, slug: str, measure: int) -> HttpResponse:
    row = found_measure(plan_at_any_stage(request, slug), measure)
    plan = row.plan
    require(request, "workitems.set_up_measure", row)
    fills_in = set_up_services.needs_variation(row)
    if fills_in and row.baseline is not None:
        messages.error(request, set_up_services.BY_VARIATION)
        return redirect(to_page(row))
    form = (BaselineForm if fills_in else SetUpForm)(
        posted(request),
        row=row,
        members=plan.agencies_on(localdate()),
        targets=current_targets(row),
    )
    if kept := carry_out(request, form, set_up_services.set_up, measure=row, on=localdate()):
        says = _("The number is saved.") if fills_in else _("The measure is set up.")
        return saved(request, form, kept, says, to_page(row))
    return form_page(
        request,
        "workitems/measures/set_up.html",
        form,
        plan=plan,
        measure=row,
        fills_in=fills_in,
        url=to_page(row),
    )


def to_page(row: Measure) -> str:
    """Return the address of the measure's page, or of its item until the plan is adopted."""
    plan = row.plan
    if plan.adopted_on is None:
        return reverse("measures:register", args=[plan.slug])
    return reverse("measures:detail", args=[plan.slug, row.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.set_up_measure", plan_at_any_stage(request, slug))
    form = OutcomeForm(
        posted(request),
        members=plan.agencies_on(localdate()),
        needs_reason=plan.adopted_on is not None,
    )
    if made := carry_out(request, form, set_up_services.add_outcome, plan=plan):
        message = _("The outcome is added. Set up how it is counted.")
        return done(request, message, "measures:set-up", plan.slug, made.pk)
    return form_page(request, "workitems/measures/add_outcome.html", form, plan=plan)


# --- numbers between rounds ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def give(request: HttpRequest, slug: str, measure: int) -> HttpResponse:
    """Give a number, or change one that waits (`value`), or correct an accepted one (`corrects`)."""
    row = require(request, "workitems.give_measure", visible_measure(request, slug, measure))
    on = localdate()
    corrects = _of_query(request, row, "corrects", accepted_on__isnull=False)
    value = _of_query(request, row, "value", of_return=None, accepted_on=None)
    numbers = row.values.accepted().filter(number__isnull=False)
    form = GiveForm(
        posted(request),
        measure=row,
        row=corrects or value,
        corrects=corrects is not None,
        is_first=not numbers.exists(),
        on=on,
    )
    kept = carry_out(
        request,
        form,
        value_services.give,
        measure=row,
        agency=row.responsible,
        value=value,
        corrects=corrects,
        on=on,
        at=timezone.now(),
    )
    if kept:
        message = _("Saved. It counts when the coordinator accepts it.")
        return done(request, message, "measures:detail", slug, row.pk)
    return form_page(
        request,
        "workitems/measures/give.html",
        form,
        plan=row.plan,
        measure=row,
        corrects=corrects,
        words=value_services.in_words(row, corrects) if corrects else "",
        last=_last(row, on),
        url=to_page(row),
    )


def _last(row: Measure, on: Any) -> MeasureAt | None:
    at = PlanAt(row.plan, Moment.today(on), texts=False, dates=False)
    return next((each for each in measures_of(at) if each.pk == row.pk), None)


def _of_query(request: HttpRequest, row: Measure, name: str, **only: Any) -> MeasureValue | None:
    asked = request.GET.get(name, "")
    if not asked:
        return None
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    found: MeasureValue = get_object_or_404(
        row.values.filter(**only).select_related("agency"), pk=pk
    )
    found.measure = row
    return found


@require_POST
def accept(request: HttpRequest, slug: str, measure: int, value: int) -> HttpResponse:
    row = require(request, "workitems.accept_measure", visible_measure(request, slug, measure))
    found = get_object_or_404(row.values, pk=value, of_return=None)
    with refusals_in_messages(request):
        value_services.accept(value=found, by=signed_in(request), on=localdate())
        messages.success(request, _("The number is accepted."))
    return after_act(request, to_page(row))


@require_POST
def take_back(request: HttpRequest, slug: str, measure: int, value: int) -> HttpResponse:
    row = require(request, "workitems.give_measure", visible_measure(request, slug, measure))
    found = get_object_or_404(row.values, pk=value, of_return=None)
    with refusals_in_messages(request):
        value_services.take_back(value=found, version=found.version, by=signed_in(request))
        return done(request, _("The number is taken back."), to_page(row))
    return after_act(request, to_page(row))
