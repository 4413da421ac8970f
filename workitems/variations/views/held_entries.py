"""Show, release and withdraw what a contributor raised, before others in the plan can read it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.pages.form_pages import carry_out, done, refusals_in_messages
from agencies.pages.once import once
from workitems.meetings.addition_parts import addition_parts
from workitems.models import HeldEntry
from workitems.plan.views.lookups import require, signed_in, visible_plan
from workitems.terms.word_diff import side_by_side
from workitems.variations.forms.held_entries import WithdrawHeldForm
from workitems.variations.services import held_entries


def visible_entry(request: HttpRequest, slug: str, pk: int) -> HeldEntry:
    """Return the entry; 404 if the user may not read the plan, 403 unless it is of their agency."""
    plan = visible_plan(request, slug)
    rows = plan.held_entries.for_list().select_related(
        *("variation", "risk", "settled_by", "wait__milestone__item__plan", "wait__waits_for__item")
    )
    row = get_object_or_404(rows, pk=pk)
    row.plan = plan
    for of_plan in (row.item, row.variation, row.risk):
        if of_plan is not None:
            of_plan.plan = plan
    return require(request, "workitems.read_held", row)


@require_safe
def detail(request: HttpRequest, slug: str, entry: int) -> HttpResponse:
    return show(request, visible_entry(request, slug, entry), WithdrawHeldForm())


def show(
    request: HttpRequest, row: HeldEntry, form: WithdrawHeldForm, status: int = 200
) -> HttpResponse:
    asked = held_entries.asked_change(row)
    if asked is not None:
        was, now = side_by_side(asked.text_before, asked.text_after)
    else:
        before = getattr(row.item, row.wording) if row.wording else ""
        was, now = side_by_side(before, row.text) if row.wording else ([], [])
    return render(
        request,
        "workitems/variations/held/detail.html",
        {
            "plan": row.plan,
            "entry": row,
            "asked": asked,
            "was": was,
            "now": now,
            "adds": addition_parts(row.addition),
            "form": form,
            "may_release": row.is_waiting and request.user.has_perm("workitems.release_held", row),
        },
        status=status,
    )


@require_POST
@once
def release(request: HttpRequest, slug: str, entry: int) -> HttpResponse:
    row = require(request, "workitems.release_held", visible_entry(request, slug, entry))
    with refusals_in_messages(request):
        made = held_entries.release(entry=row, by=signed_in(request), at=timezone.now())
        messages.success(
            request,
            _("Released as {reference}. Everyone in the plan can read it.").format(
                reference=made.reference
            ),
        )
        return redirect(made)
    return redirect(row)


@require_POST
def withdraw(request: HttpRequest, slug: str, entry: int) -> HttpResponse:
    row = visible_entry(request, slug, entry)
    form = WithdrawHeldForm(request.POST)
    if carry_out(request, form, held_entries.withdraw, entry=row, at=timezone.now()):
        return done(request, _("It is withdrawn. Its record stays with your agency."), row)
    return show(request, row, form, status=422)
