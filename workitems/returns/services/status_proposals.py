"""Propose an item's stage and confidence to its lead agency, and answer a proposal."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from workitems.models import StatusProposal, WorkItem
from workitems.models.item import Stage
from workitems.plan.services import items
from workitems.plan.services.refusals import Conflict, Refused, locked, need_reason
from workitems.returns.services import rounds
from workitems.returns.services.answers import answer_of_earlier_lead
from workitems.returns.services.milestone_answers import return_to_write

State = StatusProposal.State


@transaction.atomic
def propose(
    *,
    item: WorkItem,
    agency: Agency,
    stage: str,
    confidence: str,
    reason: str,
    by: User,
    at: datetime,
) -> StatusProposal:
    """Propose a status on behalf of a supporting agency. The item does not change.

    Raise `Refused` if the agency does not support the item, if it has a proposal open, if the
    item has this status already, or if it may not move to the stage.
    """
    item = locked(item)
    if not item.supports.filter(agency=agency).exists():
        raise Refused(
            _("{agency} does not support item {number}.").format(agency=agency, number=item.number)
        )
    if not item.is_live and item.stage != Stage.COMPLETE:
        raise Refused(
            _("Item {number} is {stage}.").format(
                number=item.number, stage=item.get_stage_display().lower()
            )
        )
    if stage != item.stage and stage not in item.next_stages or stage == Stage.WITHDRAWN:
        raise Refused(_("Choose a stage from the list."), "stage")
    items.check_confidence(confidence)
    if (stage, confidence) == (item.stage, item.confidence):
        raise Refused(
            _("The item already has this stage and confidence. Change one of them."), "stage"
        )
    need_reason(reason, _("Say why the status should change."))
    if item.status_proposals.open().filter(agency=agency).exists():
        raise Refused(
            _(
                "{agency} has already proposed a status, and {lead_agency} has not answered it yet."
            ).format(agency=agency, lead_agency=item.lead_agency)
        )
    made = StatusProposal(
        item=item,
        agency=agency,
        stage=stage,
        confidence=confidence,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    return history.save(made, by=by, reason=reason)


@transaction.atomic
def accept(
    *,
    proposal: StatusProposal,
    version: int,
    answer_version: int = 0,
    answer: str = "",
    by: User,
    on: date,
    at: datetime,
) -> StatusProposal:
    """Give the item the proposed status, as its lead.

    While the lead writes its return, the status goes into the return's answer on the item, and
    the item changes when the return is submitted. Otherwise it changes at once. `version` is the
    item's on the user's page, and `answer_version` that of the return's answer (0 for none). Raise
    `Conflict` if one of them has changed, and `Refused` if the item may not move to the stage.
    """
    proposal = _answered(proposal, State.ACCEPTED, answer, by, at)
    item, reason = proposal.item, f"Proposed by {proposal.agency}: {proposal.reason}"
    of_return = return_to_write(item.lead_agency_id, item.plan)
    if of_return is None or answer_of_earlier_lead(of_return, item):
        items.change_status(
            item=item,
            version=version,
            stage=proposal.stage,
            confidence=proposal.confidence,
            reason=reason,
            by=by,
            on=on,
        )
    else:
        if item.version != version:
            raise Conflict(item)
        rounds.write_status(
            of_return=of_return,
            item=item,
            stage=proposal.stage,
            confidence=proposal.confidence,
            version=answer_version,
            item_version=version,
            by=by,
            at=at,
        )
    return history.save(proposal, by=by, reason=answer)


@transaction.atomic
def decline(*, proposal: StatusProposal, answer: str, by: User, at: datetime) -> StatusProposal:
    """Decline a proposal, as the item's lead. The proposing agency gets the reason."""
    proposal = _answered(proposal, State.DECLINED, answer, by, at)
    if not answer:
        raise Refused(_("Say why, for {agency}.").format(agency=proposal.agency), "answer")
    return history.save(proposal, by=by, reason=answer)


@transaction.atomic
def withdraw(*, proposal: StatusProposal, by: User, at: datetime) -> StatusProposal:
    """Withdraw a proposal before it is answered, as the agency that made it."""
    proposal = _answered(proposal, State.WITHDRAWN, "", by, at)
    return history.save(proposal, by=by)


def _answered(
    proposal: StatusProposal, state: StatusProposal.State, answer: str, by: User, at: datetime
) -> StatusProposal:
    """Return the locked proposal in its new state, not saved, with its item locked."""
    proposal = locked(proposal, related=("agency",))
    if not proposal.is_open:
        raise Refused(
            _("This proposal is already {state}.").format(
                state=proposal.get_state_display().lower()
            )
        )
    proposal.item = locked(proposal.item, related=("lead_agency", "plan"))
    proposal.state, proposal.answer = state, answer
    proposal.answered_by, proposal.answered_at = by, at
    return proposal
