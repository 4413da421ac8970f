"""Propose an item's status to its lead agency, and answer or withdraw a proposal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.pages.form_pages import (
    carry_out,
    done,
    form_page,
    refusals_in_messages,
    saying_refusals,
)
from agencies.pages.once import once
from workitems.models import StatusProposal
from workitems.plan.forms.items import AnswerProposalForm, ProposeStatusForm
from workitems.plan.views.lookups import posted, require, signed_in, visible_item
from workitems.returns.services import status_proposals
from workitems.returns.services.milestone_answers import return_to_write
from workitems.rules import WRITERS


@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    item = require(request, "workitems.propose_status", visible_item(request, slug, number))
    own = signed_in(request).agencies_as(*WRITERS)
    agencies = [
        each.agency for each in item.supports.select_related("agency") if each.agency_id in own
    ]
    form = ProposeStatusForm(posted(request), item=item, agencies=agencies)
    if carry_out(request, form, status_proposals.propose, item=item, at=timezone.now()):
        message = _("Proposed to {agency}. You will get an email with the answer.")
        return done(request, message, item, agency=item.lead_agency)
    return form_page(
        request, "workitems/items/propose_status.html", form, plan=item.plan, item=item
    )


def visible_proposal(request: HttpRequest, slug: str, number: str, pk: int) -> StatusProposal:
    """Return the proposal; 404 if the user may not read the plan, 403 if not the proposal."""
    item = visible_item(request, slug, number)
    row = get_object_or_404(item.status_proposals.for_list(), pk=pk)
    row.item = item
    return require(request, "workitems.read_proposal", row)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, number: str, proposal: int) -> HttpResponse:
    """Accept or decline a proposal; the button's value `act` says which."""
    row = visible_proposal(request, slug, number, proposal)
    require(request, "workitems.answer_proposal", row)
    item = row.item
    of_return = return_to_write(item.lead_agency_id, item.plan)
    update = of_return.updates.filter(item=item).first() if of_return else None
    form = AnswerProposalForm(posted(request), row=item, update=update)
    if form.is_valid():
        by, at, cleaned = signed_in(request), timezone.now(), form.cleaned_data
        with saying_refusals(form):
            if request.POST.get("act") == "accept":
                status_proposals.accept(proposal=row, by=by, on=localdate(), at=at, **cleaned)
                done = _("Accepted. Item {number} is changed.").format(number=item.number)
                if of_return is not None:
                    done = _(
                        "Accepted, and saved in the return for {round}, which is not submitted yet."
                    ).format(round=of_return.round)
            else:
                status_proposals.decline(proposal=row, answer=cleaned["answer"], by=by, at=at)
                done = _("Declined. {agency} is told why.").format(agency=row.agency)
            messages.success(request, done)
            return redirect(item)
    return form_page(
        request,
        "workitems/items/answer_proposal.html",
        form,
        plan=item.plan,
        item=item,
        proposal=row,
        of_return=of_return,
        update=update,
    )


@require_POST
def withdraw(request: HttpRequest, slug: str, number: str, proposal: int) -> HttpResponse:
    row = visible_proposal(request, slug, number, proposal)
    require(request, "workitems.withdraw_proposal", row)
    with refusals_in_messages(request):
        status_proposals.withdraw(proposal=row, by=signed_in(request), at=timezone.now())
        messages.success(request, _("The proposal is withdrawn."))
    return redirect(row.item)
