"""Permissions on a plan and its rows. Rules decide who may act; services decide when.

Always pass the row: `user.has_perm("workitems.update_item", item)`.
"""

from typing import Any

import rules
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from agencies.models import WRITING_ROLES, Agency, Office, Seat, User
from agencies.people.succession import agency_on
from agencies.rules import (
    administers_place,
    agencies_of,
    approves_for_agency,
    coordinates_any_agency,
    has_role_in,
    has_seat_in,
    seated,
)
from workitems.models import (
    Action,
    Assignment,
    Audit,
    CalendarFeed,
    Finding,
    HeldEntry,
    Measure,
    Member,
    Mention,
    Milestone,
    Mitigation,
    Note,
    OutOfSessionAnswer,
    Plan,
    Return,
    Risk,
    StatusProposal,
    Variation,
    Wait,
    WorkItem,
)
from workitems.models.plan import READING_ROLES, left_by_its_agency

WRITERS = WRITING_ROLES


def plan_of(row: Any) -> Plan | None:
    """Return the plan that a row, or the plan itself, belongs to."""
    if row is None:
        return None
    if isinstance(row, Return):
        return row.round.plan
    if isinstance(row, OutOfSessionAnswer):
        return row.out_of_session.variation.plan
    if isinstance(row, Mitigation):
        row = row.delay.milestone
    if isinstance(row, Mention):
        row = row.note
    if isinstance(row, Milestone | StatusProposal | Assignment):
        return row.item.plan
    plan: Plan = getattr(row, "plan", row)
    return plan


@rules.predicate
def reads_plan(user: User, row: Any) -> bool:
    """True if the user holds a reading role today in a member agency of the plan, or audits it today.

    Only its coordinators read a plan that is not adopted.
    """
    plan = plan_of(row)
    if plan is None:
        return False
    if plan.adopted_on is None:
        return coordinates_plan.test(user, plan)
    read_by = plan.members.filter(agency__in=agencies_of(user, *READING_ROLES))
    return read_by.exists() or coordinates_plan.test(user, plan) or audits_plan.test(user, plan)


def runs_plan(user: User, plan: Plan, *roles: str) -> bool:
    """Return whether the user has one of the roles in the plan's coordinating agency or, if the plan has ended and
    that agency too, in the one that succeeds it."""
    if has_role_in(user, plan.coordinating_agency_id, *roles):
        return True
    on = localdate()
    return plan.has_ended(on) and has_role_in(
        user, agency_on(plan.coordinating_agency, on).pk, *roles
    )


@rules.predicate
def coordinates_plan(user: User, row: Any) -> bool:
    """True if the user is a coordinator in the plan's coordinating agency, or in the one that `runs_plan` names."""
    plan = plan_of(row)
    return plan is not None and runs_plan(user, plan, Seat.Role.COORDINATOR)


@rules.predicate
def audits_plan(user: User, row: Any) -> bool:
    """True for an auditor of an agency whose audit of the plan lasts today; with an audit, of that one."""
    plan, agencies = plan_of(row), agencies_of(user, Seat.Role.AUDITOR)
    if plan is None or not agencies:
        return False
    if isinstance(row, Audit):
        return row.agency_id in agencies and row.is_on(localdate())
    return plan.audits.on(localdate()).filter(agency__in=agencies).exists()


@rules.predicate
def replies_to_finding(user: User, finding: Any) -> bool:
    """True for an approver of the agency that leads the item; of a finding on the whole plan, for its coordinators."""
    if not isinstance(finding, Finding):
        return False
    if finding.item is None:
        return coordinates_plan.test(user, finding)
    return has_role_in(user, finding.item.lead_agency_id, Seat.Role.APPROVER)


@rules.predicate
def coordinates_an_audited_plan(user: User, agency: Any) -> bool:
    """True if the user coordinates a plan that the agency audits, or is to."""
    return (
        isinstance(agency, Agency)
        and Audit.objects.filter(
            agency=agency,
            to_on__gte=localdate(),
            plan__coordinating_agency__in=agencies_of(user, Seat.Role.COORDINATOR),
        ).exists()
    )


@rules.predicate
def is_being_made(user: User, row: Any) -> bool:
    """True of a plan that is not adopted yet."""
    plan = plan_of(row)
    return plan is not None and plan.adopted_on is None


@rules.predicate
def writes_for_item(user: User, item: Any) -> bool:
    """True for a contributor or approver of an agency that leads or supports the item."""
    if not isinstance(item, WorkItem):
        return False
    agencies = agencies_of(user, *WRITERS)
    return item.lead_agency_id in agencies or any(
        support.agency_id in agencies for support in item.supports.all()
    )


@rules.predicate
def writes_for_support(user: User, item: Any) -> bool:
    """True for a contributor or approver of an agency that supports the item."""
    if not isinstance(item, WorkItem):
        return False
    agencies = agencies_of(user, *WRITERS)
    return any(support.agency_id in agencies for support in item.supports.all())


@rules.predicate
def writes_for_milestones_item(user: User, milestone: Any) -> bool:
    """True for a contributor or approver of an agency that leads or supports the milestone's item."""
    return isinstance(milestone, Milestone) and writes_for_item.test(user, milestone.item)


@rules.predicate
def writes_for_milestones_lead(user: User, milestone: Any) -> bool:
    """True for a contributor or approver of the agency that leads the milestone's item."""
    return isinstance(milestone, Milestone) and writes_for_lead.test(user, milestone.item)


@rules.predicate
def writes_for_its_milestone(user: User, mitigation: Any) -> bool:
    """True for a contributor or approver of the agency responsible for the mitigated milestone."""
    return isinstance(mitigation, Mitigation) and writes_for_milestone.test(
        user, mitigation.delay.milestone
    )


@rules.predicate
def coordinates_item(user: User, proposal: Any) -> bool:
    """True for a coordinator of the plan of the proposal's item."""
    return isinstance(proposal, StatusProposal) and coordinates_plan.test(user, proposal.item)


@rules.predicate
def answers_proposal(user: User, proposal: Any) -> bool:
    """True for a contributor or approver of the agency that leads the item."""
    return isinstance(proposal, StatusProposal) and writes_for_lead.test(user, proposal.item)


writes_for_lead = seated(WorkItem, "lead_agency_id", *WRITERS)
writes_for_milestone = seated(Milestone, "responsible_agency_id", *WRITERS)
owns_mitigation = seated(Mitigation, "owner_agency_id", *WRITERS)
proposed_status = seated(StatusProposal, "agency_id", *WRITERS)
writes_for_held = seated(HeldEntry, "agency_id", *WRITERS)
approves_for_held = seated(HeldEntry, "agency_id", Seat.Role.APPROVER)
writes_for_return = seated(Return, "agency_id", *WRITERS)
approves_for_return = seated(Return, "agency_id", Seat.Role.APPROVER)
asked_for_variation = seated(Variation, "requesting_agency_id", *WRITERS)
owns_action = seated(Action, "owner_agency_id", *WRITERS)
answers_for_agency = seated(OutOfSessionAnswer, "agency_id", Seat.Role.APPROVER)
writes_for_owner = seated(Risk, "owner_agency_id", *WRITERS)
approves_for_waited = seated(Wait, "other_agency_id", Seat.Role.APPROVER)
writes_for_waiting = seated(Wait, "agency_id", *WRITERS)
reads_for_agency = seated(Agency, "pk", *READING_ROLES)
approves_for_feed = seated(CalendarFeed, "agency_id", Seat.Role.APPROVER)


@rules.predicate
def asked_as_coordinator(user: User, variation: Any) -> bool:
    """True for the plan's coordinators, of what their agency asks."""
    return (
        isinstance(variation, Variation)
        and variation.requesting_agency_id == variation.plan.coordinating_agency_id
        and coordinates_plan.test(user, variation)
    )


@rules.predicate
def gives_item(user: User, row: Any) -> bool:
    """True for a contributor or approver of an agency that leads or supports the assignment's item."""
    if not isinstance(row, Assignment) or not has_role_in(user, row.agency_id, *WRITERS):
        return False
    return row.item.lead_agency_id == row.agency_id or any(
        support.agency_id == row.agency_id for support in row.item.supports.all()
    )


@rules.predicate
def approves_for_measure(user: User, measure: Any) -> bool:
    """True for an approver of the agency that gives the measure's numbers."""
    return isinstance(measure, Measure) and has_role_in(
        user, measure.responsible.pk, Seat.Role.APPROVER
    )


@rules.predicate
def enters_for_return(user: User, of_return: Any) -> bool:
    """True for the plan's coordinators while they enter the return from the agency's email."""
    return (
        isinstance(of_return, Return)
        and of_return.is_entered
        and coordinates_plan.test(user, of_return)
    )


@rules.predicate
def corrects_entered_return(user: User, of_return: Any) -> bool:
    """True for the agency's writers, of a return that the coordinator has entered."""
    return (
        isinstance(of_return, Return)
        and of_return.is_entered
        and writes_for_return.test(user, of_return)
    )


@rules.predicate
def reads_return(user: User, of_return: Any) -> bool:
    """True for readers of its agency always, for the coordinator after the first submission or
    while they enter it for the agency, and for readers of the plan once it is accepted."""
    if not isinstance(of_return, Return):
        return False
    if has_role_in(user, of_return.agency_id, *READING_ROLES):
        return True
    if of_return.state == Return.State.ACCEPTED:
        return reads_plan.test(user, of_return)
    is_shown = of_return.submitted_at is not None or of_return.is_entered
    return is_shown and coordinates_plan.test(user, of_return)


@rules.predicate
def writes_for_member(user: User, plan: Any) -> bool:
    """True for a contributor or approver of a member agency of the plan."""
    return (
        isinstance(plan, Plan)
        and plan.members.filter(agency__in=agencies_of(user, *WRITERS)).exists()
    )


@rules.predicate
def writes_in_plan(user: User, row: Any) -> bool:
    """True for writers of member agencies of the plan of a row, and for the plan's coordinators."""
    plan = plan_of(row)
    return plan is not None and (
        coordinates_plan.test(user, plan) or writes_for_member.test(user, plan)
    )


@rules.predicate
def reads_as_member(user: User, row: Any) -> bool:
    """True for readers of the plan but its auditors, who are no members."""
    plan = plan_of(row)
    if plan is None:
        return False
    read_by = plan.members.filter(agency__in=agencies_of(user, *READING_ROLES))
    return coordinates_plan.test(user, plan) or read_by.exists()


@rules.predicate
def reads_note(user: User, row: Any) -> bool:
    """True if the user reads the conversation of a note, or of the note that asks."""
    note = row.note if isinstance(row, Mention) else row
    return isinstance(note, Note) and Note.objects.readable_by(user).filter(pk=note.pk).exists()


@rules.predicate
def wrote_note(user: User, note: Any) -> bool:
    return isinstance(note, Note) and note.written_by_id == user.pk


@rules.predicate
def asked_or_is_asked(user: User, mention: Any) -> bool:
    """True for who asked, the person asked, writers of the agency asked, and the coordinators if they are."""
    if not isinstance(mention, Mention):
        return False
    if user.pk in (mention.note.written_by_id, mention.person_id):
        return True
    if mention.agency_id is not None:
        return has_role_in(user, mention.agency_id, *WRITERS)
    return mention.person_id is None and coordinates_plan.test(user, mention)


@rules.predicate
def reads_a_plan_with(user: User, agency: Any) -> bool:
    """True if the user may read a plan that the agency is a member of."""
    return (
        isinstance(agency, Agency)
        and Member.objects.filter(
            agency=agency,
            plan__adopted_on__isnull=False,
            plan__members__agency__in=agencies_of(user, *READING_ROLES),
            plan__members__left_on=None,
        ).exists()
    )


@rules.predicate
def coordinates_a_plan_with(user: User, agency: Any) -> bool:
    """True if the user coordinates an adopted plan that the agency is a member of."""
    return isinstance(agency, Agency) and _coordinated(user, agency, Member.objects.all()).exists()


@rules.predicate
def coordinates_a_plan_that_had(user: User, agency: Any) -> bool:
    """True if the user coordinates an adopted plan that an agency with a last day is, or was, a member of."""
    return (
        isinstance(agency, Agency)
        and agency.valid_to is not None
        and _coordinated(user, agency, Member._base_manager.all()).exists()
    )


def _coordinated(user: User, agency: Agency, members: "QuerySet[Member]") -> "QuerySet[Member]":
    agencies = agencies_of(user, Seat.Role.COORDINATOR)
    by = Q(plan__coordinating_agency__in=agencies)
    by |= left_by_its_agency(agencies, localdate(), "plan__")
    return members.filter(by, agency=agency, plan__adopted_on__isnull=False)


@rules.predicate
def makes_a_plan_with(user: User, agency: Any) -> bool:
    """True if the user coordinates a plan that is not adopted and that the agency is a member of."""
    return (
        isinstance(agency, Agency)
        and Member.objects.filter(
            agency=agency,
            left_on=None,
            plan__adopted_on=None,
            plan__coordinating_agency__in=agencies_of(user, Seat.Role.COORDINATOR),
        ).exists()
    )


@rules.predicate
def coordinates_it_before_its_first_plan(user: User, agency: Any) -> bool:
    """True for a coordinator of an agency that is in no adopted plan yet."""
    return (
        isinstance(agency, Agency)
        and has_role_in(user, agency.pk, Seat.Role.COORDINATOR)
        and not Member.objects.filter(agency=agency, plan__adopted_on__isnull=False).exists()
    )


@rules.predicate
def coordinates_a_plan_for(user: User, office: Any) -> bool:
    """True if the user coordinates a plan that reports to the Minister of the office."""
    return (
        isinstance(office, Office)
        and Plan.objects.adopted()
        .filter(
            portfolio=office.portfolio,
            coordinating_agency__in=agencies_of(user, Seat.Role.COORDINATOR),
        )
        .exists()
    )


@rules.predicate
def coordinates_before_any_plan(user: User, office: Any) -> bool:
    """True for any coordinator while no adopted plan reports to the Minister of the office."""
    return (
        isinstance(office, Office)
        and coordinates_any_agency.test(user)
        and not Plan.objects.adopted().filter(portfolio=office.portfolio).exists()
    )


@rules.predicate
def made_feed(user: User, feed: Any) -> bool:
    """True if the user created the feed and still holds a reading role in its agency."""
    return (
        isinstance(feed, CalendarFeed)
        and feed.created_by_id == user.pk
        and has_role_in(user, feed.agency_id, *READING_ROLES)
    )


# `agencies` does not know plans, so permissions on seats that depend on a plan are added here.
rules.set_perm("agencies.see_agency", has_seat_in | reads_a_plan_with)
LOOKS_AFTER = (
    administers_place | approves_for_agency | coordinates_a_plan_with | coordinates_a_plan_for
)
# Who makes a plan invites its people, so that they are there when it is adopted, and before that their colleagues.
SEATS_OTHERS = LOOKS_AFTER | makes_a_plan_with | coordinates_it_before_its_first_plan
rules.set_perm("agencies.manage_seats", SEATS_OTHERS | coordinates_an_audited_plan)
# Of an agency that only audits a plan, its coordinators give and end no other role.
rules.set_perm("agencies.seat_others", SEATS_OTHERS)
rules.set_perm("agencies.seat_auditors", administers_place | coordinates_an_audited_plan)
rules.set_perm("agencies.oversee_seats", LOOKS_AFTER)
rules.set_perm(
    "agencies.hand_over",
    administers_place | coordinates_a_plan_with | coordinates_a_plan_that_had,
)
rules.set_perm("agencies.keep_portfolio", coordinates_a_plan_for | coordinates_before_any_plan)

rules.add_perm("workitems.read_plan", reads_plan)
rules.add_perm("workitems.create_plan", coordinates_any_agency)
rules.add_perm("workitems.manage_plan", coordinates_plan)
# Until it is adopted: change everything in it, and delete it.
rules.add_perm("workitems.shape_plan", coordinates_plan & is_being_made)
rules.add_perm("workitems.adopt_plan", coordinates_plan & is_being_made)
# Only the lead sets an item's status; only the responsible agency closes or moves a milestone.
rules.add_perm("workitems.update_item", writes_for_lead)
rules.add_perm("workitems.propose_status", writes_for_support)
rules.add_perm("workitems.answer_proposal", answers_proposal)
rules.add_perm("workitems.withdraw_proposal", proposed_status)
rules.add_perm("workitems.read_proposal", answers_proposal | proposed_status | coordinates_item)
rules.add_perm("workitems.update_milestone", writes_for_milestone)
# The agency of the milestone says what it waits for and ends it; the other one confirms or disputes it.
rules.add_perm("workitems.add_wait", writes_for_milestone)
rules.add_perm("workitems.end_wait", writes_for_waiting | coordinates_plan)
rules.add_perm("workitems.answer_wait", approves_for_waited)
# A delay that its agency told the coordinator of, with the source.
rules.add_perm("workitems.record_for_agency", coordinates_plan)
# Checked with an item or a milestone, whose text is not official wording.
rules.add_perm(
    "workitems.set_text",
    coordinates_plan | writes_for_lead | writes_for_milestone | writes_for_milestones_lead,
)
rules.add_perm("workitems.finish_mitigation", owns_mitigation | writes_for_its_milestone)
rules.add_perm("workitems.add_evidence", writes_for_milestone | writes_for_milestones_item)
rules.add_perm("workitems.review_item", coordinates_plan)
rules.add_perm("workitems.set_up_measure", coordinates_plan)
rules.add_perm("workitems.give_measure", approves_for_measure)
rules.add_perm("workitems.accept_measure", coordinates_plan)
rules.add_perm("workitems.give_item", gives_item)
# Checked with the plan, or with an audit.
rules.add_perm("workitems.manage_audit", coordinates_plan)
rules.add_perm("workitems.give_finding", audits_plan)
rules.add_perm("workitems.take_evidence", coordinates_plan | audits_plan)
rules.add_perm("workitems.reply_to_finding", replies_to_finding)
rules.add_perm("workitems.request_variation", writes_for_item)
# Checked with the plan for a new item or a change of the plan, and with the item for a new milestone or a
# change of the item or of a milestone.
rules.add_perm("workitems.request_addition", coordinates_plan | writes_for_item | writes_for_member)
rules.add_perm("workitems.recommend_variation", coordinates_plan)
rules.add_perm("workitems.decide_variation", coordinates_plan)
rules.add_perm("workitems.take_back_variation", asked_for_variation | asked_as_coordinator)
rules.add_perm("workitems.ask_agencies", coordinates_plan)
rules.add_perm("workitems.answer_out_of_session", answers_for_agency)
# Checked with a decision, or with a follow-up of the Minister's answer.
rules.add_perm("workitems.finish_action", owns_action | coordinates_plan)
rules.add_perm("workitems.confirm_action", coordinates_plan)
rules.add_perm("workitems.read_held", writes_for_held)
rules.add_perm("workitems.release_held", approves_for_held)
rules.add_perm("workitems.open_round", coordinates_plan)
rules.add_perm("workitems.read_return", reads_return)
rules.add_perm("workitems.write_update", writes_for_return | enters_for_return)
rules.add_perm("workitems.submit_return", approves_for_return | enters_for_return)
# Not for the coordinator who enters a return: the note is the agency's own.
rules.add_perm("workitems.return_to_writers", approves_for_return)
rules.add_perm("workitems.recall_return", approves_for_return | corrects_entered_return)
rules.add_perm("workitems.enter_return", coordinates_plan)
rules.add_perm("workitems.accept_return", coordinates_plan)
rules.add_perm("workitems.record_meeting", coordinates_plan)
# Moving the slide that members see on their own devices.
rules.add_perm("workitems.show_slide", coordinates_plan)
# Checked with the item at risk, or with the plan.
rules.add_perm("workitems.raise_risk", coordinates_plan | writes_for_item | writes_for_member)
rules.add_perm("workitems.change_risk", coordinates_plan | writes_for_owner)
rules.add_perm("workitems.manage_risk", coordinates_plan)
# Checked with the plan.
rules.add_perm("workitems.read_notes", reads_as_member)
rules.add_perm("workitems.write_note", writes_in_plan)
rules.add_perm("workitems.answer_note", writes_in_plan & reads_note)
rules.add_perm("workitems.change_note", wrote_note & writes_in_plan & reads_note)
rules.add_perm("workitems.close_question", asked_or_is_asked & reads_note)
# What these allow ends with the plan. Returns, meetings and papers may still be finished after it.
CLOSED_BY_THE_END = {
    "workitems.update_item",
    "workitems.propose_status",
    "workitems.answer_proposal",
    "workitems.update_milestone",
    "workitems.add_wait",
    "workitems.end_wait",
    "workitems.answer_wait",
    "workitems.record_for_agency",
    "workitems.set_text",
    "workitems.finish_mitigation",
    "workitems.add_evidence",
    "workitems.give_item",
    "workitems.set_up_measure",
    "workitems.give_measure",
    "workitems.release_held",
    "workitems.review_item",
    "workitems.request_variation",
    "workitems.request_addition",
    "workitems.recommend_variation",
    "workitems.take_back_variation",
    "workitems.ask_agencies",
    "workitems.answer_out_of_session",
    "workitems.raise_risk",
    "workitems.change_risk",
    "workitems.manage_risk",
}
rules.add_perm("workitems.see_feeds", reads_for_agency | coordinates_a_plan_with)
rules.add_perm("workitems.make_feed", reads_for_agency)
rules.add_perm("workitems.revoke_feed", made_feed | approves_for_feed | coordinates_plan)
