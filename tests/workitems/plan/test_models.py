"""Test the constraints, methods and querysets of a plan's records."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import TextField, Value
from factory import SelfAttribute
from hypothesis import given
from hypothesis import strategies as st

from tests.constraints import declared, refused_by
from tests.factories import (
    AgencyFactory,
    AnswerKeyFactory,
    AssignmentFactory,
    AttendanceFactory,
    AuditFactory,
    CalendarFeedFactory,
    DecisionFactory,
    DelayFactory,
    EmailChoiceFactory,
    EvidenceFactory,
    FindingFactory,
    FollowFactory,
    GlossaryEntryFactory,
    HeldEntryFactory,
    KeptEstimateFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MemberFactory,
    MentionFactory,
    MilestoneAnswerFactory,
    MilestoneDraftFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    NoticeFactory,
    OfficeSeatFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PillarFactory,
    PlanFactory,
    ReadConversationFactory,
    ReadingTicksFactory,
    ReceivedMailFactory,
    ReturnFactory,
    ReturnNoteFactory,
    ReturnSheetFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    SeenFactory,
    StatusProposalFactory,
    SupportFactory,
    TargetFactory,
    TrackerMappingFactory,
    TrackerNoteFactory,
    UpdateFactory,
    UserFactory,
    VariationFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, TOMORROW, YESTERDAY
from workitems.models import (
    Decision,
    Delay,
    Meeting,
    Milestone,
    Plan,
    Return,
    Risk,
    Update,
    WorkItem,
)
from workitems.models.item import NEXT_STAGES, Stage, number_key

EARLIER = datetime(2010, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def again(factory, same, **others):
    """Make a second row with the first one's values in these fields."""
    first = factory(**others)
    factory(**others, **{field: getattr(first, field) for field in same})


def told_again(**others):
    """Make a second notice to one user about one return."""
    first = NoticeFactory()
    NoticeFactory(recipient=first.recipient, of_return=first.of_return, **others)


def told_of_it_again():
    """Make a second notice to one user about something else."""
    same = {"of_return": None, "about": "clearance 1"}
    NoticeFactory(recipient=NoticeFactory(**same).recipient, line=2, **same)


def ask_for_item(**columns):
    """Make a request to add an item."""
    of_nothing = dict.fromkeys(["item", "milestone", "due_before", "due_after"])
    row = {"kind": "item", "adds": {}, "plan": PlanFactory(), "requesting_agency": AgencyFactory()}
    VariationFactory(**of_nothing | row | columns)


def followed_up(**columns):
    DecisionFactory(owner_agency=AgencyFactory(), due_on=DUE, **columns)


# As a script may write it; Django refuses it in a field.
NOT_A_NUMBER = Value("NaN", output_field=TextField())
TOO_MUCH = Decimal("999999999999.5")


def tell_of_no_number(**columns):
    why = {"because": "The register opens in August.", "expected": SLIPPED}
    MeasureValueFactory(**{"number": None} | why | columns)


def give_share(**columns):
    MeasureValueFactory(measure__kind="share", **columns)


def correct(value, **columns):
    """Make another number of the value's measure, in its place."""
    why = {"corrects": value, "correction_reason": "One course was counted twice."}
    return MeasureValueFactory(**{"measure": value.measure} | why | columns)


# How to break each constraint, one way at a time.
BROKEN = {
    # The plan and its items
    "plan_quorum_of_several": [lambda: PlanFactory(quorum=1)],
    "plan_period": [lambda: PlanFactory(ends_on=date(2009, 7, 31))],
    "member_once_per_plan": [lambda: again(MemberFactory, ["plan", "agency"])],
    "pillar_number_unique_in_plan": [lambda: again(PillarFactory, ["plan", "number"])],
    "workitem_number_unique_in_plan": [lambda: again(WorkItemFactory, ["plan", "number"])],
    "workitem_date_is_of_complete": [
        lambda: WorkItemFactory(stage="under_way", completed_on=TODAY),
        lambda: WorkItem.objects.filter(pk=WorkItemFactory(complete=True).pk).update(
            stage="ongoing"
        ),
    ],
    "workitem_told_within_sentences": [
        lambda: WorkItemFactory(as_told="training for staff."),
        lambda: WorkItemFactory(as_told="“training for staff”"),
    ],
    "workitem_stage_known": [lambda: WorkItemFactory(stage="stalled")],
    "workitem_confidence_known": [
        lambda: WorkItemFactory(confidence="high"),
        lambda: WorkItemFactory(reviewer_confidence="high"),
    ],
    "support_once_per_item": [lambda: again(SupportFactory, ["item", "agency"])],
    "measure_number_unique": [lambda: again(MeasureFactory, ["item", "number"])],
    "measure_outcome_number_unique": [
        lambda: again(MeasureFactory, ["of_plan", "number"], outcome=True)
    ],
    "measure_of_item_or_plan": [
        lambda: MeasureFactory(item=None),
        lambda: MeasureFactory(item=None, responsible_agency=AgencyFactory()),
        lambda: MeasureFactory(of_plan=PlanFactory()),
        lambda: MeasureFactory(outcome=True, responsible_agency=None),
    ],
    "measure_values_known": [
        lambda: MeasureFactory(kind="number", as_told="the number of staff trained"),
        lambda: MeasureFactory(better="more"),
        lambda: MeasureFactory(asked="weekly"),
    ],
    "measure_set_up_is_told": [lambda: MeasureFactory(kind="level")],
    "measure_baseline_has_day": [
        lambda: MeasureFactory(baseline=40),
        lambda: MeasureFactory(baseline_on=TODAY),
        lambda: MeasureFactory(baseline=40, baseline_on=TODAY, baseline_unknown="Not counted."),
    ],
    "measure_baseline_finite": [
        lambda: MeasureFactory(baseline=NOT_A_NUMBER, baseline_on=TODAY),
        lambda: MeasureFactory(baseline=-TOO_MUCH, baseline_on=TODAY),
    ],
    "wait_once_a_pair": [
        lambda: [
            WaitFactory(milestone=one.milestone, waits_for=one.waits_for) for one in [WaitFactory()]
        ]
    ],
    "wait_for_another": [lambda: WaitFactory(waits_for=SelfAttribute("milestone"))],
    "wait_answered_on": [
        lambda: WaitFactory(answered_on=None),
        lambda: WaitFactory(answer="disputed"),
    ],
    "wait_says_why": [lambda: WaitFactory(why="")],
    "wait_ended_with_reason": [
        lambda: WaitFactory(ended_on=date(2010, 6, 1), said_on=date(2010, 6, 1)),
        lambda: WaitFactory(
            ended_on=date(2010, 5, 1), said_on=date(2010, 6, 1), end_reason="Over."
        ),
    ],
    "audit_period": [lambda: AuditFactory(to_on=date(2009, 1, 1))],
    "audit_has_scope": [lambda: AuditFactory(scope="")],
    "finding_number_unique": [
        lambda: FindingFactory(audit=FindingFactory(number=1).audit, number=1),
    ],
    "finding_values_known": [
        lambda: FindingFactory(verdict="perhaps"),
        lambda: FindingFactory(note=""),
    ],
    "finding_days": [
        lambda: FindingFactory(as_at=date(2999, 1, 1)),
        lambda: FindingFactory(shown_from=date(2009, 1, 1)),
    ],
    "finding_replied_by_whom": [
        lambda: FindingFactory(reply="On paper."),
        lambda: FindingFactory(replied=True, reply=""),
        lambda: FindingFactory(replied=True, replied_on=date(2009, 1, 1)),
    ],
    "target_finite": [
        lambda: TargetFactory(number=NOT_A_NUMBER),
        lambda: TargetFactory(number=TOO_MUCH),
    ],
    "target_months": [lambda: TargetFactory(months=0), lambda: TargetFactory(months=121)],
    "measurevalue_number_or_none_yet": [
        lambda: MeasureValueFactory(because="The register opens in August."),
        lambda: MeasureValueFactory(expected=SLIPPED),
        lambda: MeasureValueFactory(number=None),
        lambda: tell_of_no_number(because=""),
        lambda: tell_of_no_number(expected=None),
        lambda: tell_of_no_number(of=90),
        lambda: tell_of_no_number(not_comparable=True),
        lambda: correct(
            MeasureValueFactory(accepted=True), number=None, because="Lost.", expected=SLIPPED
        ),
    ],
    "measurevalue_part_of_whole": [
        lambda: give_share(number=-1, of=90),
        lambda: give_share(number=91, of=90),
    ],
    "measurevalue_finite": [
        lambda: MeasureValueFactory(number=NOT_A_NUMBER),
        lambda: give_share(number=9, of=NOT_A_NUMBER),
        lambda: give_share(number=9, of=TOO_MUCH),
    ],
    "measurevalue_not_in_future": [lambda: MeasureValueFactory(day=TOMORROW, given_on=TODAY)],
    "measurevalue_period": [
        lambda: MeasureValueFactory(measure__kind="period", starts_on=TOMORROW, day=TODAY)
    ],
    "measurevalue_corrected_with_why": [
        lambda: MeasureValueFactory(correction_reason="One course was counted twice."),
        lambda: correct(MeasureValueFactory(accepted=True), correction_reason=""),
    ],
    # Of two between rounds; of one of these and one that was accepted with its return.
    "measurevalue_one_a_day": [
        lambda: again(MeasureValueFactory, ["measure"]),
        lambda: again(MeasureValueFactory, ["measure"], accepted=True),
        lambda: MeasureValueFactory(
            measure=MeasureValueFactory().measure, in_return=True, accepted=True
        ),
    ],
    "measurevalue_corrected_once": [
        lambda: correct(correct(MeasureValueFactory(accepted=True)).corrects),
        lambda: correct(
            correct(MeasureValueFactory(accepted=True)).corrects, in_return=True, accepted=True
        ),
    ],
    "measurevalue_one_a_return": [
        lambda: again(MeasureValueFactory, ["measure", "of_return"], in_return=True),
    ],
    "milestone_number_unique_in_item": [lambda: again(MilestoneFactory, ["item", "number"])],
    "milestone_told_within_sentences": [
        lambda: MilestoneFactory(as_told="a brochure for travellers."),
        lambda: MilestoneFactory(as_told="“a brochure for travellers”"),
    ],
    "milestone_done_or_withdrawn": [
        lambda: MilestoneFactory(completed_on=TODAY, withdrawn_on=TODAY)
    ],
    "milestone_no_evidence_of_completion": [
        lambda: MilestoneFactory(no_evidence="No receipt."),
        lambda: MilestoneFactory(no_evidence="No receipt.", withdrawn_on=TODAY),
    ],
    # Delays, risks and variations
    "delay_number_unique_in_milestone": [lambda: again(DelayFactory, ["milestone", "number"])],
    "delay_period": [lambda: DelayFactory(found_on=TODAY, ended_on=YESTERDAY)],
    "milestone_answer_settled_by_somebody": [
        lambda: MilestoneAnswerFactory(settlement="being_settled"),
        lambda: MilestoneAnswerFactory(settlement="settled", settling_by=TODAY),
        lambda: MilestoneAnswerFactory(settling_agency=AgencyFactory()),
        lambda: MilestoneAnswerFactory(settling_other="Cabinet"),
    ],
    "delay_settled_by_somebody": [
        lambda: DelayFactory(settlement="being_settled"),
        lambda: DelayFactory(settlement="being_settled", settling_by=TODAY),
        lambda: DelayFactory(settlement="settled", settling_agency=AgencyFactory()),
        lambda: DelayFactory(settlement="needs_decision", settling_by=TODAY),
        lambda: DelayFactory(settling_agency=AgencyFactory()),
        lambda: DelayFactory(settlement="settled", settling_other="Cabinet"),
        lambda: DelayFactory(
            settlement="being_settled", settling_other="Cabinet", settling_agency=AgencyFactory()
        ),
        lambda: DelayFactory(settlement="perhaps"),
    ],
    "delay_moved_at_least_once": [lambda: DelayFactory(due_after=date(2011, 6, 30), times_moved=0)],
    "delay_cause_known": [lambda: DelayFactory(cause="weather")],
    "mitigation_number_unique_in_delay": [lambda: again(MitigationFactory, ["delay", "number"])],
    "variation_recommends_known": [lambda: VariationFactory(recommends="perhaps")],
    "variation_number_unique_in_plan": [
        lambda: VariationFactory(
            milestone=MilestoneFactory(item=VariationFactory(number=7).item), number=7
        )
    ],
    "variation_one_pending_date_per_milestone": [lambda: again(VariationFactory, ["milestone"])],
    "variation_state_known": [lambda: VariationFactory(state="lost")],
    "variation_says_what_changes": [
        lambda: VariationFactory(due_after=None),
        lambda: VariationFactory(due_before=None),
        lambda: VariationFactory(kind="wording", wording=""),
        lambda: VariationFactory(kind="withdrawal"),
        lambda: ask_for_item(adds=None),
        lambda: ask_for_item(kind="milestone", adds=None, item=WorkItemFactory()),
    ],
    "variation_changes_what_is_or_adds": [
        lambda: VariationFactory(adds={}),
        lambda: VariationFactory(kind="milestone", adds={}),
        lambda: ask_for_item(item=WorkItemFactory()),
        lambda: ask_for_item(kind="milestone"),
        lambda: ask_for_item(kind="milestone", item=WorkItemFactory(), approved=True),
        lambda: ask_for_item(kind="withdrawal", adds=None),
    ],
    "variation_recommended_by_and_at": [
        lambda: VariationFactory(recommended_at=NOW),
        lambda: VariationFactory(recommended_by=UserFactory()),
    ],
    "variation_decided_by_the_group": [
        lambda: VariationFactory(approved=True, meeting=None),
        lambda: VariationFactory(approved=True, decided_by=None),
        lambda: VariationFactory(approved=True, decided_at=None),
        lambda: VariationFactory(decided=True, state="declined", meeting=None),
        lambda: VariationFactory(decided=True, state="recommended"),
        lambda: VariationFactory(approved=True, out_of_session=OutOfSessionFactory()),
    ],
    "outofsession_one_open_per_variation": [lambda: again(OutOfSessionFactory, ["variation"])],
    "outofsession_closed_by_and_on": [
        lambda: OutOfSessionFactory(state="approved"),
        lambda: OutOfSessionFactory(closed=True),
        lambda: OutOfSessionFactory(closed=True, state="lost"),
        lambda: OutOfSessionFactory(closed=True, state="ended", closed_by=None),
    ],
    "outofsession_quorum": [lambda: OutOfSessionFactory(quorum=0)],
    "outofsessionanswer_once_per_agency": [
        lambda: again(OutOfSessionAnswerFactory, ["out_of_session", "agency"])
    ],
    "outofsessionanswer_by_and_at": [
        lambda: OutOfSessionAnswerFactory(choice="agree"),
        lambda: OutOfSessionAnswerFactory(words="Yes."),
        lambda: OutOfSessionAnswerFactory(is_recorded=True),
        lambda: OutOfSessionAnswerFactory(agrees=True, choice="perhaps"),
        lambda: OutOfSessionAnswerFactory(agrees=True, answered_at=None),
    ],
    "risk_number_unique_in_plan": [lambda: again(RiskFactory, ["plan", "number"])],
    "risk_levels_known": [
        lambda: RiskFactory(likelihood="certain"),
        lambda: RiskFactory(impact="none"),
    ],
    "risk_escalated_to_and_on": [
        lambda: RiskFactory(escalated_to="group"),
        lambda: RiskFactory(escalated_on=TODAY),
    ],
    "note_has_text": [lambda: NoteFactory(text="")],
    "note_about_one_thing": [
        lambda: NoteFactory(first=NoteFactory(), item=WorkItemFactory()),
    ],
    "note_readers_known": [
        lambda: NoteFactory(readers=""),
        lambda: NoteFactory(readers="agency"),
        lambda: NoteFactory(agency=AgencyFactory()),
        lambda: NoteFactory(first=NoteFactory(), readers="all"),
    ],
    "note_withdrawn_by_whom_and_when": [lambda: NoteFactory(withdrawn_at=NOW)],
    "note_settled_by_whom_and_how": [
        lambda: NoteFactory(settled_at=NOW, settled_by=UserFactory()),
        lambda: NoteFactory(settled_words="So."),
    ],
    "mention_of_one": [lambda: MentionFactory(person=UserFactory(), agency=AgencyFactory())],
    "mention_closed_by_whom_and_when": [
        lambda: MentionFactory(closed_at=NOW),
        lambda: MentionFactory(answer=NoteFactory()),
    ],
    "mention_person_once": [lambda: again(MentionFactory, ["note"], person=UserFactory())],
    "mention_agency_once": [lambda: again(MentionFactory, ["note"], agency=AgencyFactory())],
    "mention_coordinators_once": [lambda: again(MentionFactory, ["note"])],
    # Returns and updates
    "round_once_per_period": [
        lambda: again(RoundFactory, ["plan", "period_start", "period_end"], closed_at=NOW)
    ],
    "round_one_open_per_plan": [
        lambda: RoundFactory(
            plan=RoundFactory().plan,
            period_start=date(2010, 7, 1),
            period_end=date(2010, 12, 31),
        )
    ],
    "round_period": [lambda: RoundFactory(period_end=date(2010, 1, 1))],
    "round_closed_by_and_at": [lambda: RoundFactory(closed_by=UserFactory())],
    "return_one_per_agency_and_round": [lambda: again(ReturnFactory, ["round", "agency"])],
    "return_state_known": [lambda: ReturnFactory(state="lost")],
    "return_submitted_by_and_at": [lambda: ReturnFactory(submitted_by=UserFactory())],
    "return_ready_by_and_at": [
        lambda: ReturnFactory(ready_by=UserFactory()),
        lambda: ReturnFactory(ready_at=NOW),
        lambda: ReturnFactory(state="submitted", ready_at=NOW, ready_by=UserFactory()),
    ],
    "return_first_read_by_and_at": [
        lambda: ReturnFactory(state="submitted", first_read_at=NOW),
        lambda: ReturnFactory(first_read_at=NOW, first_read_by=UserFactory()),
    ],
    "return_entered_by_and_at": [
        lambda: ReturnFactory(entered_by=UserFactory()),
        lambda: ReturnFactory(entered_at=NOW),
    ],
    "return_alone_by_at_and_why": [
        lambda: ReturnFactory(alone_reason="She is alone."),
        lambda: ReturnFactory(is_by_one_person=True),
        lambda: ReturnFactory(alone_allowed_at=NOW, alone_allowed_by=UserFactory()),
    ],
    "returnnote_reply_by_and_at": [lambda: ReturnNoteFactory(reply="In Suva.")],
    "return_accepted_has_date": [
        lambda: ReturnFactory(state="accepted"),
        lambda: ReturnFactory(state="submitted", accepted_on=TODAY),
        lambda: ReturnFactory(state="sent_back", accepted_by=UserFactory()),
    ],
    "update_one_per_item_and_return": [lambda: again(UpdateFactory, ["of_return", "item"])],
    "update_values_known": [
        lambda: UpdateFactory(stage="stalled"),
        lambda: UpdateFactory(confidence="high"),
        lambda: UpdateFactory(key_achievement="perhaps"),
    ],
    "update_no_change_says_nothing_else": [
        lambda: UpdateFactory(no_change_on=TODAY),
        lambda: UpdateFactory(no_change_on=TODAY, achieved="", planned_next="Print."),
        lambda: UpdateFactory(no_change_on=TODAY, achieved="", challenges="Money."),
        lambda: UpdateFactory(no_change_on=TODAY, achieved="", key_achievement="yes"),
    ],
    # What is not submitted, released or answered yet
    "milestone_answer_one_pending": [
        lambda: again(MilestoneAnswerFactory, ["of_return", "milestone"])
    ],
    "milestone_answer_one_pending_per_delay": [
        lambda: again(
            MilestoneAnswerFactory, ["of_return"], outcome="delay_over", delay=DelayFactory()
        )
    ],
    "milestone_answer_one_pending_per_step": [
        lambda: again(
            MilestoneAnswerFactory,
            ["of_return"],
            outcome="step_done",
            mitigation=MitigationFactory(),
        )
    ],
    "milestone_answer_of_one_thing": [
        lambda: MilestoneAnswerFactory(outcome="lost"),
        lambda: MilestoneAnswerFactory(day=None),
        lambda: MilestoneAnswerFactory(outcome="reopened"),
        lambda: MilestoneAnswerFactory(outcome="delay_over"),
        lambda: MilestoneAnswerFactory(outcome="settlement", day=None),
        lambda: MilestoneAnswerFactory(outcome="settlement", delay=DelayFactory()),
        lambda: MilestoneAnswerFactory(outcome="step_done"),
        lambda: MilestoneAnswerFactory(delay=DelayFactory()),
        lambda: MilestoneAnswerFactory(
            outcome="step_done", mitigation=MitigationFactory(), day=None
        ),
    ],
    "milestone_answer_applied_or_removed": [
        lambda: MilestoneAnswerFactory(applied_at=NOW, removed_at=NOW)
    ],
    "status_proposal_one_open_per_agency": [
        lambda: again(StatusProposalFactory, ["item", "agency"])
    ],
    "status_proposal_values_known": [
        lambda: StatusProposalFactory(stage="withdrawn"),
        lambda: StatusProposalFactory(confidence="high"),
        lambda: StatusProposalFactory(reason=""),
    ],
    "status_proposal_answered_by_and_at": [
        lambda: StatusProposalFactory(state="accepted"),
        lambda: StatusProposalFactory(answered_by=UserFactory(), answered_at=NOW),
    ],
    "status_proposal_declined_with_words": [
        lambda: StatusProposalFactory(state="declined", answered_by=UserFactory(), answered_at=NOW)
    ],
    "assignment_once_in_agency": [lambda: again(AssignmentFactory, ["item", "agency"])],
    "assignment_day_is_somebodys": [lambda: AssignmentFactory(unit=None, by_on=NOW)],
    "held_entry_says_what_is_asked": [
        lambda: HeldEntryFactory(text=""),
        lambda: HeldEntryFactory(owner_agency=None),
        lambda: HeldEntryFactory(kind="date", milestone=MilestoneFactory()),
        lambda: HeldEntryFactory(kind="wording", item=WorkItemFactory(), wording="pillar"),
        lambda: HeldEntryFactory(kind="withdrawal"),
    ],
    "held_entry_settled_by_and_at": [
        lambda: HeldEntryFactory(state="withdrawn"),
        lambda: HeldEntryFactory(settled_by=UserFactory(), settled_at=NOW),
    ],
    "held_entry_released_as_one_record": [
        lambda: HeldEntryFactory(state="released", settled_by=UserFactory(), settled_at=NOW),
        lambda: HeldEntryFactory(risk=RiskFactory()),
    ],
    "evidence_of_one_thing": [
        lambda: EvidenceFactory(update=UpdateFactory()),
        lambda: EvidenceFactory(milestone=None),
        lambda: EvidenceFactory(of_return=ReturnFactory()),
        lambda: EvidenceFactory(answer=OutOfSessionAnswerFactory()),
    ],
    "evidence_shows_something": [lambda: EvidenceFactory(note="")],
    "evidence_file_has_name": [
        lambda: EvidenceFactory(file="evidence/1f"),
        lambda: EvidenceFactory(file_name="receipt.pdf"),
    ],
    "evidence_withdrawn_by_whom_and_why": [
        lambda: EvidenceFactory(withdrawn_at=NOW),
        lambda: EvidenceFactory(withdrawn_at=NOW, withdrawn_by=UserFactory()),
        lambda: EvidenceFactory(withdrawn_at=NOW, withdrawn_reason="The wrong file."),
        lambda: EvidenceFactory(withdrawn_by=UserFactory(), withdrawn_reason="The wrong file."),
    ],
    # Notices
    "notice_told_once": [lambda: told_again(told_on=TODAY)],
    "notice_of_one_thing": [
        lambda: NoticeFactory(about="clearance 1"),
        lambda: NoticeFactory(of_return=None),
    ],
    "notice_about_told_once": [lambda: told_of_it_again()],
    "notice_one_mail_a_day": [lambda: told_again(reason="ready")],
    "notice_values_known": [
        lambda: NoticeFactory(told_as="auditor"),
        lambda: NoticeFactory(reason="late"),
    ],
    "notice_has_occasion": [lambda: NoticeFactory(occasion=""), lambda: NoticeFactory(line=0)],
    # Following
    "follow_item_or_agency": [
        lambda: FollowFactory(item=WorkItemFactory(), agency=AgencyFactory())
    ],
    "follow_plan_once": [lambda: again(FollowFactory, ["person", "plan"])],
    "follow_item_once": [lambda: again(FollowFactory, ["person"], item=WorkItemFactory())],
    "follow_agency_once": [
        lambda: again(FollowFactory, ["person", "plan"], agency=AgencyFactory())
    ],
    "emailchoice_known": [lambda: EmailChoiceFactory(wants="nothing")],
    "seen_in_order": [lambda: SeenFactory(before_at=NOW)],
    "readconversation_once": [
        lambda: again(ReadConversationFactory, ["person", "first"]),
    ],
    "readconversation_in_order": [
        lambda: ReadConversationFactory(began_at=NOW, read_at=EARLIER),
        lambda: ReadConversationFactory(began_at=EARLIER, before_at=NOW),
    ],
    # Answers by email
    "answerkey_act_known": [lambda: AnswerKeyFactory(act="open")],
    "answerkey_is_hashed": [lambda: AnswerKeyFactory(digest="0123456789abcdef")],
    "receivedmail_is_hashed": [lambda: ReceivedMailFactory(message_digest="<1@example.org>")],
    "receivedmail_became_what_it_says": [
        lambda: ReceivedMailFactory(outcome="note"),
        lambda: ReceivedMailFactory(outcome="sheet", note=NoteFactory()),
        lambda: ReceivedMailFactory(note=NoteFactory()),
        lambda: ReceivedMailFactory(below="Quoted."),
        lambda: ReceivedMailFactory(outcome="note", note=NoteFactory(), why="Too long."),
        lambda: ReceivedMailFactory(outcome="lost"),
    ],
    # Calendars
    "calendarfeed_has_label": [lambda: CalendarFeedFactory(label="")],
    "calendarfeed_revoked_by_and_at": [
        lambda: CalendarFeedFactory(revoked_at=NOW),
        lambda: CalendarFeedFactory(revoked_by=UserFactory()),
    ],
    # Estimates
    "keptestimate_once_a_moment": [
        lambda: KeptEstimateFactory.create_batch(2, plan=PlanFactory()),
    ],
    "keptestimate_not_ahead": [
        lambda: KeptEstimateFactory(made_at=datetime(2010, 6, 30, tzinfo=UTC))
    ],
    "keptestimate_band": [
        lambda: KeptEstimateFactory(low=3, high=2),
        lambda: KeptEstimateFactory(due=1, high=2),
        lambda: KeptEstimateFactory(due=0, low=0, high=0),
    ],
    "keptestimate_method_named": [lambda: KeptEstimateFactory(method="")],
    # Meetings
    "meeting_closed_by_and_at": [
        lambda: MeetingFactory(closed_at=NOW),
        lambda: MeetingFactory(closed_by=UserFactory()),
    ],
    "decision_at_a_meeting_or_out_of_session": [
        lambda: DecisionFactory(meeting=None),
        lambda: DecisionFactory(out_of_session=OutOfSessionFactory(closed=True, state="declined")),
    ],
    "decision_done_before_confirmed": [
        lambda: followed_up(awaits_confirmation=True),
        lambda: followed_up(confirmed_on=TODAY),
        lambda: followed_up(done_on=TODAY, awaits_confirmation=True, confirmed_on=TODAY),
    ],
    "matter_position": [lambda: MatterFactory(position=0)],
    "matter_has_title": [lambda: MatterFactory(title="")],
    "matter_about_one_thing": [
        lambda: MatterFactory(item=WorkItemFactory(), variation=VariationFactory()),
        lambda: MatterFactory(variation=VariationFactory(), decision=DecisionFactory()),
        lambda: MatterFactory(decision=DecisionFactory(), risk=RiskFactory()),
        lambda: MatterFactory(risk=RiskFactory(), of_return=ReturnFactory()),
        lambda: MatterFactory(of_return=ReturnFactory(), item=WorkItemFactory()),
    ],
    "matter_considered_or_withdrawn": [
        lambda: MatterFactory(considered_on=TODAY, withdrawn_on=TODAY)
    ],
    "matter_item_once_on_agenda": [
        lambda: again(MatterFactory, ["meeting"], item=WorkItemFactory())
    ],
    "matter_variation_once_on_agenda": [
        lambda: again(MatterFactory, ["meeting"], variation=VariationFactory())
    ],
    "matter_decision_once_on_agenda": [
        lambda: again(MatterFactory, ["meeting"], decision=DecisionFactory())
    ],
    "matter_risk_once_on_agenda": [lambda: again(MatterFactory, ["meeting"], risk=RiskFactory())],
    "matter_of_return_once_on_agenda": [
        lambda: again(MatterFactory, ["meeting"], of_return=ReturnFactory())
    ],
    "meeting_cancelled_with_reason": [
        lambda: MeetingFactory(cancelled_on=NOW.date()),
        lambda: MeetingFactory(cancelled_because="Nobody could come."),
        lambda: MeetingFactory(
            cancelled_on=NOW.date(), cancelled_because="No.", closed_at=NOW, closed_by=UserFactory()
        ),
    ],
    "meeting_one_a_day": [lambda: again(MeetingFactory, ["plan", "held_on"])],
    "attendance_once_per_meeting": [lambda: again(AttendanceFactory, ["meeting", "agency"])],
    "decision_number_unique_in_meeting": [lambda: again(DecisionFactory, ["meeting", "number"])],
    "returnsheet_taken_by_and_at": [
        lambda: ReturnSheetFactory(taken=[]),
        lambda: ReturnSheetFactory(taken_at=NOW),
        lambda: ReturnSheetFactory(taken_by=UserFactory()),
    ],
    "returnsheet_discarded_by_and_at_and_not_taken": [
        lambda: ReturnSheetFactory(discarded_at=NOW),
        lambda: ReturnSheetFactory(discarded_by=UserFactory()),
        lambda: ReturnSheetFactory(
            **{
                f"{act}_{name}": value
                for act in ("taken", "discarded")
                for name, value in {"by": UserFactory(), "at": NOW}.items()
            },
            taken={},
        ),
    ],
    "glossaryentry_once_in_plan": [
        lambda: GlossaryEntryFactory(plan=GlossaryEntryFactory(acronym="RFP").plan, acronym="rfp"),
    ],
    "glossaryentry_has_acronym": [lambda: GlossaryEntryFactory(acronym="")],
    "trackernote_position_in_plan": [
        lambda: again(TrackerNoteFactory, ["plan", "position"]),
    ],
    "trackermapping_once_per_shape": [
        lambda: again(TrackerMappingFactory, ["agency", "shape"]),
    ],
    "milestonedraft_one_per_milestone": [
        lambda: again(MilestoneDraftFactory, ["of_return", "milestone"]),
    ],
    "readingticks_one_of_a_person": [
        lambda: again(ReadingTicksFactory, ["of_return", "person"]),
    ],
    "decision_owner_and_due": [
        lambda: DecisionFactory(due_on=TODAY),
        lambda: DecisionFactory(owner_agency=AgencyFactory()),
        lambda: DecisionFactory(done_on=TODAY),
    ],
}


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name, ways in BROKEN.items() for way in ways],
    ids=[f"{name}-{index}" for name, ways in BROKEN.items() for index, _ in enumerate(ways)],
)
def test_the_database_refuses_a_row_that_breaks_a_constraint(name, way):
    with refused_by(name):
        way()


def test_the_cases_above_cover_every_constraint_of_workitems():
    assert declared("workitems") == set(BROKEN)


# --- searching and sorting --------------------------------------------------------------------


def test_items_sort_in_natural_order():
    plan = PlanFactory()
    for number in ("1.10", "2.1", "1.2", "1.1a", "1.1"):
        WorkItemFactory(plan=plan, number=number)
    in_order = [item.number for item in WorkItem.objects.in_order()]
    assert in_order == ["1.1", "1.1a", "1.2", "1.10", "2.1"]


@given(st.lists(st.integers(0, 99), max_size=3), st.integers(0, 999), st.integers(1, 999))
def test_a_larger_number_always_sorts_later(parts, last, step):
    smaller, larger = (".".join(map(str, [*parts, end])) for end in (last, last + step))
    assert number_key(smaller) < number_key(larger)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_the_sort_key_of_any_number_fits_into_its_column(number):
    assert len(number_key(number)) <= WorkItem._meta.get_field("number_key").max_length


def test_the_longest_possible_sort_key_fits_into_its_column():
    assert len(number_key("1." * 10)) == WorkItem._meta.get_field("number_key").max_length


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("maori", True),
        ("MĀORI wardens", True),
        ("wardens 3.4", True),
        ("hui", True),
        ("wellington", True),
        ("maori brochure", False),
        ("100%", False),
        ("_", False),
    ],
)
def test_search_ignores_case_and_macrons(words, found):
    item = WorkItemFactory(
        number="3.4", title="Brief Māori wardens", objective="A hui", action="In Wellington"
    )
    assert list(WorkItem.objects.matching(words)) == [item] * found


def test_searching_a_number_finds_the_item_with_that_number():
    plan = PlanFactory()
    wanted, _ = WorkItemFactory(plan=plan, number="1.1"), WorkItemFactory(plan=plan, number="1.12")
    assert wanted in WorkItem.objects.matching("1.1")


def test_a_partial_save_updates_the_search_columns():
    item = WorkItemFactory(title="Old words")
    item.title = "New words"
    item.save(update_fields=["title"])
    assert list(WorkItem.objects.matching("new")) == [item]


# --- visibility and ownership -----------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    ["contributor", "approver", "coordinator", "authorising_manager", "observer"],
)
def test_a_plan_is_visible_to_readers_in_its_working_group(role):
    item = WorkItemFactory()
    user = SeatFactory(agency=item.plan.coordinating_agency, role=role).user
    assert list(Plan.objects.visible_to(user)) == [item.plan]
    assert list(WorkItem.objects.visible_to(user)) == [item]


def test_a_plan_is_not_visible_to_the_office_of_its_minister():
    item = WorkItemFactory()
    user = OfficeSeatFactory(portfolio=item.plan.portfolio).user
    assert list(Plan.objects.visible_to(user)) == []
    assert list(WorkItem.objects.visible_to(user)) == []


def test_a_plan_is_not_visible_from_outside_its_working_group():
    WorkItemFactory()
    assert list(Plan.objects.visible_to(SeatFactory().user)) == []
    assert list(Plan.objects.visible_to(UserFactory())) == []


def test_a_plan_is_listed_once_for_a_user_with_two_seats():
    plan = PlanFactory(members=[AgencyFactory()])
    user = UserFactory()
    for member in plan.members.all():
        SeatFactory(user=user, agency=member.agency)
    assert list(Plan.objects.visible_to(user)) == [plan]


def test_an_agency_has_the_items_that_it_leads_or_supports():
    supporter = AgencyFactory()
    led = WorkItemFactory()
    supported = SupportFactory(agency=supporter, item__lead_agency=led.lead_agency).item
    assert set(WorkItem.objects.of_agency({led.lead_agency.pk})) == {led, supported}
    assert list(WorkItem.objects.of_agency({supporter.pk})) == [supported]
    assert list(WorkItem.objects.of_agency(set())) == []


def test_the_most_recently_released_plan_comes_first():
    old, new = PlanFactory(released_on=date(2009, 7, 31)), PlanFactory(released_on=date(2021, 3, 1))
    assert list(Plan.objects.in_order()) == [new, old]


# --- periods ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found_on", "ended_on", "is_open"),
    [
        (YESTERDAY, None, True),
        (TODAY, None, True),
        (TOMORROW, None, False),
        (YESTERDAY, TODAY, False),
        (YESTERDAY, TOMORROW, True),
    ],
)
def test_a_delay_is_open_from_its_finding_until_the_day_before_its_end(found_on, ended_on, is_open):
    delay = DelayFactory(found_on=found_on, ended_on=ended_on)
    assert list(Delay.objects.open(TODAY)) == [delay] * is_open


def test_a_delay_counts_calendar_days():
    assert DelayFactory(due_before=DUE, due_after=SLIPPED).days == 92


@pytest.mark.parametrize(("closed_on", "is_open"), [(None, True), (TODAY, False), (TOMORROW, True)])
def test_a_risk_is_open_until_the_day_before_it_closes(closed_on, is_open):
    risk = RiskFactory(closed_on=closed_on)
    assert list(Risk.objects.open(TODAY)) == [risk] * is_open


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [({}, False), ({"due_on": DUE}, True), ({"due_on": DUE, "done_on": TODAY}, False)],
)
def test_a_decision_with_an_owner_is_open_until_done(fields, is_open):
    owner = AgencyFactory() if fields else None
    decision = DecisionFactory(owner_agency=owner, **fields)
    assert list(Decision.objects.open(TODAY)) == [decision] * is_open


def test_coming_meetings_include_todays():
    plan = PlanFactory()
    later, today, _ = (MeetingFactory(plan=plan, held_on=day) for day in (DUE, TODAY, YESTERDAY))
    assert list(Meeting.objects.coming(TODAY)) == [today, later]


@pytest.mark.parametrize(
    ("state", "due_on", "overdue"),
    [
        ("due", YESTERDAY, True),
        ("due", TODAY, False),
        ("sent_back", YESTERDAY, True),
        ("submitted", YESTERDAY, False),
        ("accepted", YESTERDAY, False),
    ],
)
def test_a_return_is_overdue_while_its_agency_still_owes_it(state, due_on, overdue):
    of_return = ReturnFactory(
        state=state,
        accepted_on=TODAY if state == "accepted" else None,
        round__due_on=due_on,
    )
    assert of_return.is_overdue(TODAY) == overdue


@pytest.mark.parametrize(
    ("state", "closed_at", "waits"),
    [
        ("due", None, True),
        ("sent_back", None, True),
        ("submitted", None, False),
        ("due", NOW, False),
    ],
)
def test_returns_wait_for_their_agency_while_the_round_is_open(state, closed_at, waits):
    of_return = ReturnFactory(state=state, round__closed_at=closed_at)
    assert list(Return.objects.waiting_for_agency()) == [of_return] * waits


def test_accepted_updates_are_those_of_accepted_returns_by_then():
    accepted = UpdateFactory(of_return__state="accepted", of_return__accepted_on=TODAY)
    UpdateFactory(of_return__state="submitted")
    assert list(Update.objects.accepted()) == [accepted]
    assert list(Update.objects.accepted(until=TODAY)) == [accepted]
    assert list(Update.objects.accepted(until=YESTERDAY)) == []


# --- names and small methods ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (lambda: PillarFactory(number=2, title="Protection"), "2 Protection"),
        (lambda: WorkItemFactory(number="1.2", title="Print it"), "1.2 Print it"),
        (lambda: MilestoneFactory(description="Printed"), "Printed"),
        (lambda: MeasureFactory(description="Copies sent"), "Copies sent"),
        (lambda: DelayFactory(explanation="No money."), "Funding: No money."),
        (lambda: MitigationFactory(description="Ask again."), "Ask again."),
        (lambda: RiskFactory(description="Staff leave."), "Staff leave."),
        (lambda: MeetingFactory(held_on=TODAY), "Working group, 1 June 2010"),
        (lambda: DecisionFactory(text="Print it."), "Print it."),
        (lambda: EvidenceFactory(note="A receipt"), "A receipt"),
        (lambda: EvidenceFactory(note="", link="https://example.org/"), "https://example.org/"),
        (
            lambda: VariationFactory(
                number=3, milestone__item__number="1.2", milestone__description="It is printed"
            ),
            "Move “It is printed” to 30 September 2010, 1.2 (V3)",
        ),
        (
            lambda: SupportFactory(agency__short_name="MoJ", item__number="1.2", item__title="It"),
            "MoJ supports 1.2 It",
        ),
        (
            lambda: MemberFactory(agency__short_name="MoJ", plan__title="The Plan"),
            "MoJ in The Plan",
        ),
        (
            lambda: AttendanceFactory(agency=AgencyFactory(short_name="MoJ")),
            "MoJ at Working group, 10 June 2010",
        ),
        (
            lambda: ReturnFactory(agency=AgencyFactory(short_name="MoJ")),
            "MoJ, January to June 2010",
        ),
    ],
)
def test_rows_have_readable_names(row, words):
    assert str(row()) == words


def test_background_is_paragraphs_between_blank_lines():
    plan = PlanFactory(background="One.\n\n Two\nlines. \n\n\n\n")
    assert plan.background_paragraphs == ["One.", "Two\nlines."]


def test_every_stage_lists_its_next_stages_without_itself():
    assert set(NEXT_STAGES) == set(Stage)
    assert [stage for stage, following in NEXT_STAGES.items() if stage in following] == []


def test_the_newest_updates_come_first():
    item = WorkItemFactory()
    old, new = (
        UpdateFactory(
            item=item,
            of_return__round__period_start=date(year, 1, 1),
            of_return__round__period_end=date(year, 6, 30),
            of_return__round__closed_at=datetime(year, 8, 1, tzinfo=UTC),
        )
        for year in (2010, 2011)
    )
    assert list(Update.objects.newest_first()) == [new, old]


def test_open_milestones_are_neither_done_nor_withdrawn():
    milestone = MilestoneFactory()
    MilestoneFactory(completed_on=TODAY)
    MilestoneFactory(withdrawn_on=TODAY)
    assert list(Milestone.objects.open()) == [milestone]
    assert [each.is_open for each in Milestone.objects.order_by("pk")] == [True, False, False]
