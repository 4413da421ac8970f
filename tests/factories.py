"""Factories of rows. Defaults make the plainest valid row; a test sets what matters to it."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from agencies.models import Agency, Appointment, Invitation, Seat, Token, Unit, User
from reports.document import from_json, to_json
from reports.issuing.services import record_digests
from reports.models import (
    Briefing,
    BriefingKind,
    Clearance,
    ClearanceComment,
    DraftAsk,
    DraftParagraph,
    DraftSection,
    FollowUp,
    IssuedPaper,
    IssuedParagraph,
    KindSection,
    MeetingPaper,
    PublicProgress,
    Rendering,
    Response,
    ResponseChoice,
    Suggestion,
    WordCopy,
)
from reports.models.issue import sha256
from tests.reports.sample import document as sample_document
from workitems.models import (
    AnswerKey,
    Assignment,
    Attendance,
    Audit,
    CalendarFeed,
    Decision,
    Delay,
    EmailChoice,
    Evidence,
    Finding,
    Follow,
    GlossaryEntry,
    HeldEntry,
    KeptEstimate,
    Matter,
    Measure,
    MeasureValue,
    Meeting,
    Member,
    Mention,
    Milestone,
    MilestoneAnswer,
    MilestoneDraft,
    Mitigation,
    Note,
    Notice,
    OutOfSession,
    OutOfSessionAnswer,
    Pillar,
    Plan,
    ReadConversation,
    ReadingTicks,
    ReceivedMail,
    Reminder,
    Return,
    ReturnNote,
    ReturnSheet,
    Risk,
    Round,
    Seen,
    StatusProposal,
    Support,
    Target,
    TrackerMapping,
    TrackerNote,
    Update,
    Variation,
    Wait,
    WorkItem,
)

PASSWORD = "a long enough password"


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    short_name = factory.Sequence(lambda n: f"AG{n}")
    name = factory.LazyAttribute(lambda agency: f"Agency {agency.short_name}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = Password(PASSWORD)


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"Unit {n}")
    from_on = date(2009, 1, 1)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = Seat.Role.CONTRIBUTOR
    from_on = date(2009, 1, 1)


class OfficeSeatFactory(DjangoModelFactory):
    """A seat in a Minister's office."""

    class Meta:
        model = Seat

    user = factory.SubFactory(UserFactory)
    portfolio = "Minister of Immigration"
    role = Seat.Role.MINISTERS_OFFICE
    from_on = date(2009, 1, 1)


class TokenFactory(DjangoModelFactory):
    """A token that reads as the person of its seat."""

    class Meta:
        model = Token

    user = factory.LazyAttribute(lambda token: token.seat.user)
    seat = factory.SubFactory(SeatFactory)
    name = "Power BI of the policy team"
    scope = "read"
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    created_at = datetime(2010, 5, 3, tzinfo=UTC)
    expires_on = date(2100, 12, 31)


class InvitationFactory(DjangoModelFactory):
    """A pending invitation."""

    class Meta:
        model = Invitation

    agency = factory.SubFactory(AgencyFactory)
    role = Seat.Role.CONTRIBUTOR
    name = factory.Sequence(lambda n: f"Invited {n}")
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    from_on = date(2010, 3, 1)
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    sent_at = datetime(2010, 3, 1, tzinfo=UTC)
    expires_at = datetime(2010, 3, 15, tzinfo=UTC)


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    minister = "Hon A Minister"
    portfolio = "Minister of Immigration"
    from_on = date(2008, 11, 19)


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Plan {n}")
    slug = factory.Sequence(lambda n: f"plan-{n}")
    released_on = date(2009, 7, 31)
    adopted_on = factory.SelfAttribute("released_on")
    portfolio = "Minister of Immigration"
    coordinating_agency = factory.SubFactory(AgencyFactory)

    @factory.post_generation
    def members(self, create, extracted, **kwargs):
        if create:
            for agency in [self.coordinating_agency, *(extracted or [])]:
                MemberFactory(plan=self, agency=agency)


class MemberFactory(DjangoModelFactory):
    class Meta:
        model = Member

    plan = factory.SubFactory(PlanFactory)
    agency = factory.SubFactory(AgencyFactory)


class PillarFactory(DjangoModelFactory):
    class Meta:
        model = Pillar

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n % 30000 + 1)
    title = factory.LazyAttribute(lambda pillar: f"Pillar {pillar.number}")


class GlossaryEntryFactory(DjangoModelFactory):
    class Meta:
        model = GlossaryEntry

    plan = factory.SubFactory(PlanFactory)
    acronym = "CNS"
    words = "customs notification system"


class WorkItemFactory(DjangoModelFactory):
    class Meta:
        model = WorkItem

    plan = factory.SubFactory(PlanFactory)
    pillar = factory.SubFactory(PillarFactory, plan=factory.SelfAttribute("..plan"))
    number = factory.Sequence(lambda n: f"1.{n + 1}")
    title = factory.LazyAttribute(lambda item: f"Work item {item.number}")
    lead_agency = factory.LazyAttribute(lambda item: item.plan.coordinating_agency)

    class Params:
        complete = factory.Trait(stage="complete", completed_on=date(2010, 5, 1))


class SupportFactory(DjangoModelFactory):
    class Meta:
        model = Support

    item = factory.SubFactory(WorkItemFactory)
    agency = factory.SubFactory(AgencyFactory)


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    item = factory.SubFactory(WorkItemFactory)
    number = 1
    description = "Share of staff trained."

    class Params:
        # Of the plan itself.
        outcome = factory.Trait(
            item=None,
            of_plan=factory.SubFactory(PlanFactory),
            responsible_agency=factory.LazyAttribute(
                lambda measure: measure.of_plan.coordinating_agency
            ),
        )


class TargetFactory(DjangoModelFactory):
    """Set on 1 March 2010, by 31 December 2010."""

    class Meta:
        model = Target

    measure = factory.SubFactory(
        MeasureFactory, kind="level", as_told="the number of staff trained"
    )
    number = 120
    due = date(2010, 12, 31)
    set_on = date(2010, 3, 1)


class MeasureValueFactory(DjangoModelFactory):
    """A number that was given between rounds and waits for the coordinator."""

    class Meta:
        model = MeasureValue

    measure = factory.SubFactory(
        MeasureFactory, kind="level", as_told="the number of staff trained"
    )
    agency = factory.LazyAttribute(lambda value: value.measure.responsible)
    day = date(2010, 6, 30)
    number = 83
    given_on = factory.SelfAttribute("day")
    written_by = factory.SubFactory(UserFactory)
    written_at = datetime(2010, 7, 1, tzinfo=UTC)

    class Params:
        accepted = factory.Trait(
            accepted_on=date(2010, 7, 20), accepted_by=factory.SubFactory(UserFactory)
        )
        # Of the plan's coordinating agency, which leads the item by default.
        in_return = factory.Trait(
            of_return=factory.SubFactory(
                "tests.factories.ReturnFactory",
                round=factory.SubFactory(
                    "tests.factories.RoundFactory", plan=factory.SelfAttribute("...measure.plan")
                ),
            )
        )


class MilestoneFactory(DjangoModelFactory):
    """Due on 30 June 2010 by all three dates."""

    class Meta:
        model = Milestone

    item = factory.SubFactory(WorkItemFactory)
    number = factory.Sequence(lambda n: n % 30000 + 1)
    description = factory.LazyAttribute(lambda milestone: f"Milestone {milestone.number}")
    responsible_agency = factory.LazyAttribute(lambda milestone: milestone.item.lead_agency)
    original_due = date(2010, 6, 30)
    agreed_due = factory.SelfAttribute("original_due")
    forecast_due = factory.SelfAttribute("agreed_due")
    agreed_known_to = factory.SelfAttribute("original_known_to")
    forecast_known_to = factory.SelfAttribute("agreed_known_to")
    original_known_to = "day"


class DelayFactory(DjangoModelFactory):
    class Meta:
        model = Delay

    milestone = factory.SubFactory(MilestoneFactory)
    number = 1
    cause = Delay.Cause.FUNDING
    explanation = "No money was set aside."
    found_on = date(2010, 5, 1)
    due_before = factory.LazyAttribute(lambda delay: delay.milestone.agreed_due)
    due_after = factory.LazyAttribute(lambda delay: delay.milestone.forecast_due)


class MitigationFactory(DjangoModelFactory):
    class Meta:
        model = Mitigation

    delay = factory.SubFactory(DelayFactory)
    number = 1
    description = "Ask for money in the next budget."
    owner_agency = factory.LazyAttribute(
        lambda mitigation: mitigation.delay.milestone.responsible_agency
    )


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    held_on = date(2010, 6, 10)

    class Params:
        # The coordinating agency is on the record as present.
        recorded = factory.Trait(
            came=factory.RelatedFactory(
                "tests.factories.AttendanceFactory", factory_related_name="meeting"
            )
        )


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    agency = factory.LazyAttribute(lambda attendance: attendance.meeting.plan.coordinating_agency)


class MatterFactory(DjangoModelFactory):
    """A matter without a subject."""

    class Meta:
        model = Matter

    meeting = factory.SubFactory(MeetingFactory)
    position = 1
    title = "What comes next"


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    meeting = factory.SubFactory(MeetingFactory)
    number = 1
    text = "The brochure goes to print."


class MeetingPaperFactory(DjangoModelFactory):
    """A frozen pack whose file is a stand-in."""

    class Meta:
        model = MeetingPaper

    meeting = factory.SubFactory(MeetingFactory)
    kind = MeetingPaper.Kind.PACK
    number = 1
    as_at = datetime(2010, 6, 10, tzinfo=UTC)
    content = factory.LazyFunction(dict)
    pdf = b"%PDF-1.7"
    sha256 = factory.LazyAttribute(lambda paper: hashlib.sha256(paper.pdf).hexdigest())
    made_at = factory.SelfAttribute("as_at")
    made_by = factory.SubFactory(UserFactory)


class BriefingFactory(DjangoModelFactory):
    """On the year to 30 July 2010, being drafted."""

    class Meta:
        model = Briefing

    plan = factory.SubFactory(PlanFactory)
    title = "Progress on the Plan"
    tracker_number = factory.Sequence(lambda n: f"10/{n}")
    period_start = date(2009, 7, 31)
    period_end = date(2010, 7, 30)
    dated = date(2010, 7, 30)
    contact_name = "Plan coordinator"
    manager_name = "Group manager"
    created_at = datetime(2010, 7, 30, tzinfo=UTC)


class IssuedPaperFactory(DjangoModelFactory):
    """Version 1, with the sample document and a stand-in for its PDF."""

    class Meta:
        model = IssuedPaper
        skip_postgeneration_save = True

    briefing = factory.SubFactory(BriefingFactory, state="with_minister")
    number = 1
    document = factory.LazyFunction(lambda: to_json(sample_document()))
    document_sha256 = factory.LazyAttribute(lambda paper: sha256(paper.document))
    pdf = b"%PDF-1.7"
    pdf_sha256 = factory.LazyAttribute(lambda paper: sha256(paper.pdf))
    marking = "UNCLASSIFIED"
    portfolio = "Minister of Immigration"
    authorised_by = factory.SubFactory(UserFactory)
    authorised_as = factory.LazyAttribute(lambda paper: paper.authorised_by.signature)
    authorised_at = datetime(2010, 7, 31, tzinfo=UTC)

    @factory.post_generation
    def paragraphs(self, create, extracted, **kwargs):
        if create and extracted is None:
            found = self.paragraphs_of(from_json(bytes(self.document)))
            IssuedParagraph.objects.bulk_create(found)

    @factory.post_generation
    def link(self, create, extracted, **kwargs):
        if create:
            record_digests.add_paper(self, at=self.authorised_at)


class WordCopyFactory(DjangoModelFactory):
    class Meta:
        model = WordCopy

    briefing = factory.SubFactory(BriefingFactory)
    name = "edited.docx"
    size = 40_000
    sha256 = factory.Sequence(lambda n: sha256(str(n).encode()))
    exported_at = datetime(2010, 7, 20, tzinfo=UTC)
    is_exact = True
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_as = factory.LazyAttribute(lambda row: row.uploaded_by.signature)
    uploaded_at = datetime(2010, 7, 21, tzinfo=UTC)


class SuggestionFactory(DjangoModelFactory):
    class Meta:
        model = Suggestion

    copy = factory.SubFactory(WordCopyFactory)
    position = factory.Sequence(lambda n: n + 1)
    kind = "edit"
    author = "Legal reviewer"
    is_tracked = True
    was = "This paper tells you of progress."
    would = "This paper tells you about progress."


class RenderingFactory(DjangoModelFactory):
    """A finished rendering; its bytes are not a real file."""

    class Meta:
        model = Rendering

    briefing = factory.SubFactory(BriefingFactory)
    form = "pdf"
    content_sha256 = factory.Sequence(lambda n: sha256(str(n).encode()))
    document = b"{}"
    state = "done"
    attempts = 1
    data = b"%PDF-1.7 a draft"
    sha256 = factory.LazyAttribute(lambda row: sha256(row.data) if row.data else "")
    asked_at = datetime(2010, 7, 30, tzinfo=UTC)
    finished_at = factory.LazyAttribute(
        lambda row: row.asked_at if row.state in ("done", "refused") else None
    )

    class Params:
        waiting = factory.Trait(state="waiting", attempts=0, data=None)
        running = factory.Trait(
            state="running", data=None, beat_at=factory.SelfAttribute("asked_at")
        )
        refused = factory.Trait(state="refused", data=None, reason="It cannot be printed.")


class ResponseFactory(DjangoModelFactory):
    """An answer of 3 August 2010 without any choice."""

    class Meta:
        model = Response

    issued = factory.SubFactory(IssuedPaperFactory)
    decided_on = date(2010, 8, 3)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_as = factory.LazyAttribute(lambda response: response.recorded_by.signature)
    recorded_at = datetime(2010, 8, 4, tzinfo=UTC)


class ResponseChoiceFactory(DjangoModelFactory):
    class Meta:
        model = ResponseChoice

    response = factory.SubFactory(ResponseFactory)
    number = 1
    key = "r-1"
    verb = "note"
    text = "the contents of this paper"
    option = "noted"


class FollowUpFactory(DjangoModelFactory):
    """Due on 30 September 2010."""

    class Meta:
        model = FollowUp

    issued = factory.SubFactory(IssuedPaperFactory)
    key = "r-02"
    text = "Finish the training of border staff."
    owner_agency = factory.LazyAttribute(lambda made: made.issued.briefing.plan.coordinating_agency)
    due_on = date(2010, 9, 30)


class VariationFactory(DjangoModelFactory):
    """A pending request to move a milestone by three months."""

    class Meta:
        model = Variation
        skip_postgeneration_save = True

    class Params:
        decided = factory.Trait(
            meeting=factory.SubFactory(MeetingFactory, plan=factory.SelfAttribute("..plan")),
            decided_by=factory.SubFactory(UserFactory),
            decided_at=datetime(2010, 6, 10, tzinfo=UTC),
            matter=factory.RelatedFactory(
                MatterFactory,
                factory_related_name="variation",
                meeting=factory.SelfAttribute("variation.meeting"),
            ),
        )
        approved = factory.Trait(decided=True, state="approved")

    plan = factory.LazyAttribute(lambda variation: variation.milestone.item.plan)
    number = factory.Sequence(lambda n: n + 1)
    kind = Variation.Kind.DATE
    milestone = factory.SubFactory(MilestoneFactory)
    item = factory.LazyAttribute(lambda variation: variation.milestone.item)
    due_before = factory.LazyAttribute(lambda variation: variation.milestone.agreed_due)
    due_after = date(2010, 9, 30)
    reason = "The printer is late."
    requesting_agency = factory.LazyAttribute(lambda variation: variation.item.lead_agency)
    requested_at = datetime(2010, 5, 3, tzinfo=UTC)


class OutOfSessionFactory(DjangoModelFactory):
    """Open until 20 June 2010; two agencies must agree or decline."""

    class Meta:
        model = OutOfSession

    variation = factory.SubFactory(VariationFactory, state="recommended")
    due_on = date(2010, 6, 20)
    quorum = 2
    asked_by = factory.SubFactory(UserFactory)
    asked_at = datetime(2010, 6, 1, tzinfo=UTC)

    class Params:
        closed = factory.Trait(
            closed_by=factory.SubFactory(UserFactory), closed_on=date(2010, 6, 21)
        )


class OutOfSessionAnswerFactory(DjangoModelFactory):
    """Of the coordinating agency, not given yet."""

    class Meta:
        model = OutOfSessionAnswer

    out_of_session = factory.SubFactory(OutOfSessionFactory)
    agency = factory.LazyAttribute(
        lambda answer: answer.out_of_session.variation.plan.coordinating_agency
    )

    class Params:
        agrees = factory.Trait(
            choice="agree",
            answered_by=factory.SubFactory(UserFactory),
            answered_at=datetime(2010, 6, 2, tzinfo=UTC),
        )


class RoundFactory(DjangoModelFactory):
    """Open, for the first half of 2010."""

    class Meta:
        model = Round

    plan = factory.SubFactory(PlanFactory)
    name = "January to June 2010"
    period_start = date(2010, 1, 1)
    period_end = date(2010, 6, 30)
    due_on = date(2010, 7, 14)
    opened_at = datetime(2010, 6, 15, tzinfo=UTC)


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    round = factory.SubFactory(RoundFactory)
    body = "Please send us your return this week."
    by = factory.SubFactory(UserFactory)
    at = datetime(2010, 7, 10, tzinfo=UTC)


class ReturnFactory(DjangoModelFactory):
    class Meta:
        model = Return

    round = factory.SubFactory(RoundFactory)
    agency = factory.LazyAttribute(lambda made: made.round.plan.coordinating_agency)

    class Params:
        accepted = factory.Trait(state="accepted", accepted_on=date(2010, 7, 20))


class ReturnNoteFactory(DjangoModelFactory):
    class Meta:
        model = ReturnNote

    of_return = factory.SubFactory(ReturnFactory)
    body = "Say what came of the training."
    by = factory.SubFactory(UserFactory)
    at = datetime(2010, 7, 16, tzinfo=UTC)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    recipient = factory.SubFactory(UserFactory)
    told_as = "contributor"
    of_return = factory.SubFactory(ReturnFactory)
    reason = Notice.Reason.DUE_WEEK
    occasion = "2010-07-14"
    told_on = date(2010, 7, 7)
    line = 1
    sent_at = datetime(2010, 7, 7, tzinfo=UTC)


class FollowFactory(DjangoModelFactory):
    """A whole plan."""

    class Meta:
        model = Follow

    person = factory.SubFactory(UserFactory)
    plan = factory.SubFactory(PlanFactory)
    is_on = True
    chosen_at = datetime(2010, 5, 3, tzinfo=UTC)


class EmailChoiceFactory(DjangoModelFactory):
    class Meta:
        model = EmailChoice

    person = factory.SubFactory(UserFactory)
    wants = EmailChoice.Wants.DUTIES
    chosen_at = datetime(2010, 5, 3, tzinfo=UTC)


class SeenFactory(DjangoModelFactory):
    class Meta:
        model = Seen

    person = factory.SubFactory(UserFactory)
    began_at = datetime(2010, 5, 3, tzinfo=UTC)


class UpdateFactory(DjangoModelFactory):
    class Meta:
        model = Update

    item = factory.SubFactory(WorkItemFactory)
    of_return = factory.SubFactory(
        ReturnFactory,
        round=factory.SubFactory(RoundFactory, plan=factory.SelfAttribute("...item.plan")),
        agency=factory.SelfAttribute("..item.lead_agency"),
    )
    stage = "under_way"
    confidence = "on_track"
    achieved = "The brochure was written."
    item_version = factory.SelfAttribute("item.version")
    written_at = datetime(2010, 7, 1, tzinfo=UTC)


class EvidenceFactory(DjangoModelFactory):
    """A note about a milestone."""

    class Meta:
        model = Evidence

    milestone = factory.SubFactory(MilestoneFactory)
    note = "The printer's receipt is on the file."
    added_by = factory.SubFactory(UserFactory)
    added_at = datetime(2010, 7, 1, tzinfo=UTC)


class AuditFactory(DjangoModelFactory):
    """An audit of half a year, from today on."""

    class Meta:
        model = Audit

    plan = factory.SubFactory(PlanFactory)
    agency = factory.SubFactory(AgencyFactory)
    scope = "Whether evidence shows what is reported as done."
    from_on = factory.LazyFunction(timezone.localdate)
    to_on = factory.LazyAttribute(lambda audit: audit.from_on + timedelta(days=180))
    set_up_by = factory.SubFactory(UserFactory)
    set_up_at = factory.LazyFunction(timezone.now)


class FindingFactory(DjangoModelFactory):
    """A finding of the first day of its audit, on the whole plan, that waits for a reply."""

    class Meta:
        model = Finding

    audit = factory.SubFactory(AuditFactory)
    number = factory.Sequence(lambda n: n + 1)
    as_at = factory.SelfAttribute("given_on")
    verdict = "not_supported"
    note = "Nothing shows it."
    written_by = factory.SubFactory(UserFactory)
    written_at = factory.LazyFunction(timezone.now)
    given_on = factory.SelfAttribute("audit.from_on")
    shown_from = factory.LazyAttribute(lambda finding: finding.given_on + timedelta(days=14))

    class Params:
        replied = factory.Trait(
            reply="It is kept on paper.",
            replied_for=factory.LazyAttribute(
                lambda finding: finding.audit.plan.coordinating_agency
            ),
            replied_by=factory.SubFactory(UserFactory),
            replied_on=factory.SelfAttribute("given_on"),
        )


class WaitFactory(DjangoModelFactory):
    """A milestone waits for another one of the same plan, confirmed by its agency."""

    class Meta:
        model = Wait

    milestone = factory.SubFactory(MilestoneFactory)
    waits_for = factory.SubFactory(
        MilestoneFactory, item__plan=factory.SelfAttribute("...milestone.item.plan")
    )
    why = "It needs what the other one makes."
    said_on = factory.LazyFunction(timezone.localdate)
    answer = "confirmed"
    answered_on = factory.SelfAttribute("said_on")

    class Params:
        unanswered = factory.Trait(answer="", answered_on=None)
        disputed = factory.Trait(answer="disputed", answer_words="Nothing of ours is needed.")


class NoteFactory(DjangoModelFactory):
    """A note on an item that all members read; with `first`, an answer."""

    class Meta:
        model = Note

    plan = factory.LazyAttribute(
        lambda note: (
            note.first.plan if note.first else note.item.plan if note.item else PlanFactory()
        )
    )
    first = None
    item = factory.Maybe("first", None, factory.SubFactory(WorkItemFactory))
    text = "When does it open?"
    written_by = factory.SubFactory(UserFactory)
    written_for = factory.LazyAttribute(lambda note: note.plan.coordinating_agency)
    written_at = factory.LazyFunction(timezone.now)
    readers = factory.LazyAttribute(lambda note: "" if note.first else "all")


class ReadConversationFactory(DjangoModelFactory):
    """A conversation that was read once."""

    class Meta:
        model = ReadConversation

    person = factory.SubFactory(UserFactory)
    first = factory.SubFactory(NoteFactory)
    began_at = datetime(2010, 5, 3, tzinfo=UTC)
    read_at = factory.SelfAttribute("began_at")


class MentionFactory(DjangoModelFactory):
    """An open question of a note to the coordinators."""

    class Meta:
        model = Mention

    note = factory.SubFactory(NoteFactory)
    asked_at = factory.SelfAttribute("note.written_at")


class RiskFactory(DjangoModelFactory):
    class Meta:
        model = Risk

    plan = factory.SubFactory(PlanFactory)
    number = 1
    description = "Trained staff leave."
    likelihood = Risk.Level.MEDIUM
    impact = Risk.Level.HIGH
    owner_agency = factory.LazyAttribute(lambda risk: risk.plan.coordinating_agency)


class OfMilestoneFactory(DjangoModelFactory):
    """What is written on a milestone in the return of its responsible agency."""

    class Meta:
        abstract = True

    milestone = factory.SubFactory(MilestoneFactory)
    of_return = factory.SubFactory(
        ReturnFactory,
        round=factory.SubFactory(
            RoundFactory, plan=factory.SelfAttribute("...milestone.item.plan")
        ),
        agency=factory.SelfAttribute("..milestone.responsible_agency"),
    )
    written_by = factory.SubFactory(UserFactory)
    written_at = datetime(2010, 7, 1, tzinfo=UTC)


class MilestoneDraftFactory(OfMilestoneFactory):
    class Meta:
        model = MilestoneDraft

    typed = factory.LazyFunction(dict)


class ReadingTicksFactory(DjangoModelFactory):
    class Meta:
        model = ReadingTicks

    of_return = factory.SubFactory(ReturnFactory)
    person = factory.SubFactory(UserFactory)


class MilestoneAnswerFactory(OfMilestoneFactory):
    """Not submitted: the milestone was done on 1 July 2010."""

    class Meta:
        model = MilestoneAnswer

    outcome = MilestoneAnswer.Outcome.DONE
    day = date(2010, 7, 1)
    milestone_version = factory.SelfAttribute("milestone.version")


class StatusProposalFactory(DjangoModelFactory):
    """With the lead agency since 1 July 2010."""

    class Meta:
        model = StatusProposal

    item = factory.SubFactory(WorkItemFactory)
    agency = factory.SubFactory(AgencyFactory)
    stage = "under_way"
    confidence = "at_risk"
    reason = "The printer cannot deliver before August."
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = datetime(2010, 7, 1, tzinfo=UTC)


class ReturnSheetFactory(DjangoModelFactory):
    """A workbook that says nothing new."""

    class Meta:
        model = ReturnSheet

    of_return = factory.SubFactory(ReturnFactory)
    name = "police.xlsx"
    read = factory.LazyFunction(lambda: {"rows": [], "faults": []})
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_as = factory.LazyAttribute(lambda row: row.uploaded_by.signature)
    uploaded_at = datetime(2010, 7, 1, tzinfo=UTC)


class AnswerKeyFactory(DjangoModelFactory):
    """Of a conversation, with a key that nobody has."""

    class Meta:
        model = AnswerKey

    person = factory.SubFactory(UserFactory)
    act = AnswerKey.Act.NOTE
    about = 1
    digest = factory.Sequence(lambda n: f"{n:064x}")
    last_day = date(2010, 8, 1)


class ReceivedMailFactory(DjangoModelFactory):
    """An email that could not be read."""

    class Meta:
        model = ReceivedMail

    person = factory.SubFactory(UserFactory)
    message_digest = factory.Sequence(lambda n: f"{n:064x}")
    at = datetime(2010, 6, 1, tzinfo=UTC)
    outcome = ReceivedMail.Outcome.REFUSED


class TrackerNoteFactory(DjangoModelFactory):
    class Meta:
        model = TrackerNote

    plan = factory.SubFactory(PlanFactory)
    position = 1
    file_name = "tracker.xlsx"
    sheet = "Tracker"
    address = "F4"
    text = "Waiting for the printer"


class TrackerMappingFactory(DjangoModelFactory):
    class Meta:
        model = TrackerMapping

    agency = factory.SubFactory(AgencyFactory)
    shape = "a" * 64
    fields = factory.LazyFunction(lambda: ["number", "title"])
    saved_on = date(2010, 7, 1)


class AssignmentFactory(DjangoModelFactory):
    """An item that its lead agency gave to one of its units."""

    class Meta:
        model = Assignment

    item = factory.SubFactory(WorkItemFactory)
    agency = factory.SelfAttribute("item.lead_agency")
    unit = factory.SubFactory(UnitFactory, agency=factory.SelfAttribute("..agency"))
    given_by = factory.SubFactory(UserFactory)
    given_at = datetime(2010, 6, 1, tzinfo=UTC)
    version = 1


class HeldEntryFactory(DjangoModelFactory):
    """A risk that waits for release."""

    class Meta:
        model = HeldEntry

    plan = factory.SubFactory(PlanFactory)
    agency = factory.LazyAttribute(lambda entry: entry.plan.coordinating_agency)
    kind = HeldEntry.Kind.RISK
    text = "Trained staff leave."
    likelihood = Risk.Level.MEDIUM
    impact = Risk.Level.HIGH
    owner_agency = factory.SelfAttribute("agency")
    written_by = factory.SubFactory(UserFactory)
    written_at = datetime(2010, 7, 1, tzinfo=UTC)


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = CalendarFeed

    agency = factory.LazyAttribute(lambda feed: feed.plan.coordinating_agency)
    plan = factory.SubFactory(PlanFactory)
    label = "Outlook of the policy team"
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    created_by = factory.SubFactory(UserFactory)
    created_at = datetime(2010, 5, 3, tzinfo=UTC)


class KeptEstimateFactory(DjangoModelFactory):
    """Of four milestones due by 31 December 2010, one to two expected late."""

    class Meta:
        model = KeptEstimate

    plan = factory.SubFactory(PlanFactory)
    as_at = datetime(2010, 6, 30, 12, tzinfo=UTC)
    until = date(2010, 12, 31)
    method = "2026-11"
    due, low, high = 4, 1, 2
    lines = factory.LazyFunction(list)
    made_at = datetime(2010, 7, 1, tzinfo=UTC)


class BriefingKindFactory(DjangoModelFactory):
    class Meta:
        model = BriefingKind

    plan = factory.SubFactory(PlanFactory)
    name = factory.Sequence(lambda n: f"Kind {n}")
    title = "Progress on {plan}"
    slug = factory.Sequence(lambda n: f"kind-{n}")
    position = 1
    asks = factory.List([{"verb": "note", "text": "the contents of this paper"}])


class KindSectionFactory(DjangoModelFactory):
    """A section with standing text only; pass its kind."""

    class Meta:
        model = KindSection

    key = factory.Sequence(lambda n: f"s-{n:012x}")
    position = factory.Sequence(lambda n: n + 1)
    heading = factory.Sequence(lambda n: f"Section {n}")


class DraftSectionFactory(DjangoModelFactory):
    class Meta:
        model = DraftSection

    key = factory.Sequence(lambda n: f"section-{n}")
    position = factory.Sequence(lambda n: n + 1)
    heading = "Purpose"


class DraftParagraphFactory(DjangoModelFactory):
    """Pass its section; the briefing is the section's."""

    class Meta:
        model = DraftParagraph

    briefing = factory.SelfAttribute("section.briefing")
    key = factory.Sequence(lambda n: f"p-{n:012x}")
    position = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"Paragraph {n}.")
    origin = "written"


class DraftAskFactory(DjangoModelFactory):
    class Meta:
        model = DraftAsk

    key = factory.Sequence(lambda n: f"r-{n:012x}")
    position = factory.Sequence(lambda n: n + 1)
    verb = "note"
    text = "the contents of this paper"


class ClearanceFactory(DjangoModelFactory):
    """Due on 15 July 2010, not answered."""

    class Meta:
        model = Clearance

    class Params:
        concurs = factory.Trait(
            answer="concurs",
            answered_by=factory.SubFactory(UserFactory),
            answered_as=factory.LazyAttribute(lambda made: made.answered_by.signature),
            answered_at=datetime(2010, 7, 12, tzinfo=UTC),
        )

    briefing = factory.SubFactory(BriefingFactory, state="in_consultation")
    agency = factory.SubFactory(AgencyFactory)
    due_on = date(2010, 7, 15)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = datetime(2010, 7, 5, tzinfo=UTC)


class ClearanceCommentFactory(DjangoModelFactory):
    """On the whole paper, open."""

    class Meta:
        model = ClearanceComment

    clearance = factory.SubFactory(ClearanceFactory)
    text = "Say what it costs."
    made_by = factory.SubFactory(UserFactory)
    made_as = factory.LazyAttribute(lambda made: made.made_by.signature)
    made_at = datetime(2010, 7, 8, tzinfo=UTC)


class PublicProgressFactory(DjangoModelFactory):
    """One figure, up."""

    class Meta:
        model = PublicProgress

    plan = factory.SubFactory(PlanFactory)
    number = 1
    content = factory.LazyAttribute(
        lambda page: {
            "format": 1,
            "plan": page.plan.title,
            "agency": page.plan.coordinating_agency.name,
            "agency_mi": "",
            "as_at": "2010-07-30",
            "licence": {"name": "A licence", "url": "https://example.org/licence"},
            "figures": [
                {"key": "items", "label": "Work items", "value": 2, "source": "Counted."},
            ],
            "stages": [],
        }
    )
    content_sha256 = "0" * 64
    published_by = factory.SubFactory(UserFactory)
    published_as = factory.LazyAttribute(lambda page: page.published_by.signature)
    published_at = datetime(2010, 7, 31, tzinfo=UTC)
