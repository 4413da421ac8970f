"""A small plan with one user of every kind, for tests of permissions.

Police leads item 1.1, and its return is a draft. Customs is a member of the working group, leads
item 1.2, which Police supports, has no part in item 1.1, and has submitted its return. Labour coordinates. Health coordinates another plan and is no member of this one.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Seat, User
from agencies.people.services.invitations import hash_of
from reports.document import Document, from_json, to_json
from reports.models import Briefing, BriefingKind, IssuedPaper
from reports.models.issue import sha256
from reports.render import docx
from reports.requests.models import InformationRequest, PublicPage
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    BriefingKindFactory,
    CalendarFeedFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    DecisionFactory,
    DelayFactory,
    DraftAskFactory,
    DraftParagraphFactory,
    DraftSectionFactory,
    EvidenceFactory,
    FindingFactory,
    FollowUpFactory,
    GlossaryEntryFactory,
    HeldEntryFactory,
    InvitationFactory,
    IssuedPaperFactory,
    KindSectionFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MeetingPaperFactory,
    MentionFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    OfficeSeatFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PillarFactory,
    PlanFactory,
    PublicProgressFactory,
    ReceivedMailFactory,
    RenderingFactory,
    ResponseChoiceFactory,
    ResponseFactory,
    ReturnFactory,
    ReturnNoteFactory,
    ReturnSheetFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    StatusProposalFactory,
    SuggestionFactory,
    SupportFactory,
    TokenFactory,
    UnitFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.requests.factories import (
    ConsultationFactory,
    EarlierPaperFactory,
    FileCheckFactory,
    InformationRequestFactory,
    LineCopyFactory,
    NonWorkingDayFactory,
    RedactionFactory,
    ReleasedPaperFactory,
    ReleaseFactory,
    RequestEventFactory,
    RequestLetterFactory,
    ScheduleLineFactory,
)
from workitems.models import (
    Evidence,
    Meeting,
    Milestone,
    OutOfSession,
    Plan,
    Round,
    Variation,
    WorkItem,
)

Role = Seat.Role
RELEASED_ON = date(2013, 5, 22)
# Of the request to Labour that is being prepared.
REQUEST = "13/02025"
# Reads the calendar of Police.
CALENDAR_TOKEN = "a-token-that-somebody-copied"
# The slug of Labour's plan that is not adopted.
BEING_MADE = "plan-being-made"
# Opens the page of the invitation to Customs.
INVITATION_TOKEN = "a-token-that-somebody-got-by-mail"


@dataclass(frozen=True)
class Scene:
    plan: Plan
    item: WorkItem
    milestone: Milestone
    briefing: Briefing
    issued: Briefing
    consulted: Briefing
    round: Round
    variation: Variation
    asked: OutOfSession
    meeting: Meeting
    evidence: Evidence
    agencies: dict[str, Agency]
    people: dict[str, User | None]

    def __getitem__(self, who: str) -> User:
        user = self.people[who]
        assert user is not None
        return user


def client_of(scene: Scene, who: str, **options: Any) -> Client:
    """Return a client of this user. `options` are those of the client."""
    client = Client(**options)
    if who != "anonymous":
        client.force_login(scene[who], backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        # Seen in an hour, so that tests that share the client do not each store when it was seen.
        session.update({"began_at": int(time.time()), "seen_at": int(time.time()) + 3600})
        session.save()
    return client


def seated(name: str, role: Seat.Role, agency: Agency, **period: date) -> User:
    user: User = SeatFactory(user__name=name, agency=agency, role=role, **period).user
    return user


@contextmanager
def standing_scene(django_db_blocker: Any) -> Iterator[Scene]:
    """Make one scene for a whole module of tests that change nothing; making it is slow."""
    with django_db_blocker.unblock(), transaction.atomic(), papers_drawn_once():
        yield scene()
        transaction.set_rollback(True)


@contextmanager
def papers_drawn_once() -> Iterator[None]:
    """Make a paper's Word file for its first reader only: others of an equal paper get the same file.

    `tests/papers_printed_once.py` does so for PDFs.
    """
    plain, made = docx.render_docx, dict[bytes, bytes]()

    def render_docx(document: Document) -> bytes:
        key = to_json(document)
        if key not in made:
            made[key] = plain(document)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(docx, "render_docx", render_docx)
        yield


def answered_briefing(plan: Plan, customs: Agency) -> Briefing:
    """Make an issued briefing, answered by the Minister with a scan; Customs has a follow-up."""
    briefing: Briefing = BriefingFactory(plan=plan, tracker_number="09/1", state="returned")
    response = ResponseFactory(
        issued=IssuedPaperFactory(briefing=briefing),
        comment="A clear paper.",
        scan=ContentFile(b"%PDF-1.7", name="signed.pdf"),
        scan_name="signed.pdf",
    )
    ResponseChoiceFactory(response=response, number=2, key="r-02", verb="agree", option="agreed")
    FollowUpFactory(issued=response.issued, owner_agency=customs)
    return briefing


def consulted_briefing(plan: Plan, police: Agency) -> Briefing:
    """Make a briefing in consultation: Police is asked and has commented, Customs is not."""
    briefing = drafted(
        plan=plan,
        kind=BriefingKindFactory(plan=plan),
        title="Interim report",
        tracker_number="10/2",
        period_start=date(2009, 7, 31),
        period_end=date(2009, 12, 31),
        dated=date(2010, 1, 29),
        contact_name="Plan coordinator",
        manager_name="Group manager",
        created_at=datetime(2010, 1, 5, tzinfo=UTC),
        state="in_consultation",
    )
    ClearanceCommentFactory(clearance=ClearanceFactory(briefing=briefing, agency=police))
    return briefing


def redacted_request(plan: Plan, agency: Agency, paper: IssuedPaper, adviser: User) -> None:
    """Record a request that is being prepared: a word of its one briefing is proposed."""
    line = ScheduleLineFactory(
        request=InformationRequestFactory(agency=agency, plan=plan, state="preparing"),
        issued=paper,
        number=1,
    )
    words = from_json(bytes(paper.document)).cover.title[:8]
    RedactionFactory(line=line, end=8, covered_sha256=sha256(words.encode()), proposed_by=adviser)


def kind_of_briefing(plan: Plan) -> BriefingKind:
    """Make a kind with a section of standing text and the closing section."""
    kind: BriefingKind = BriefingKindFactory(plan=plan, name="Annual report")
    KindSectionFactory(kind=kind, key="purpose", heading="Purpose", standing_text="Kia ora.")
    KindSectionFactory(kind=kind, key="closing", heading="Recommendation", content="recommendation")
    return kind


def ask_for_papers(plan: Plan, agency: Agency, consulted: Agency, paper: IssuedPaper) -> None:
    """Record a request that is being prepared, with a letter, and a paper that an agency reads."""
    asked = InformationRequestFactory(
        agency=agency, plan=plan, reference=REQUEST, state="preparing"
    )
    line = ScheduleLineFactory(request=asked, issued=paper, number=1)
    ConsultationFactory(line=line, agency=consulted)
    # A file that is no briefing, with the copy that goes out for it.
    file = ScheduleLineFactory(
        request=asked,
        issued=None,
        kind="file",
        number=2,
        title="A letter",
        file=ContentFile(b"%PDF-1.7", name="letter.pdf"),
        file_name="letter.pdf",
        file_sha256=sha256(b"%PDF-1.7"),
        decision="part",
        grounds="6(c)",
        decided=True,
    )
    LineCopyFactory(line=file)
    FileCheckFactory(line=file)
    RequestLetterFactory(
        request=asked,
        kind="acknowledge",
        content={"dated": "2013-04-23"},
        typed={
            "contact": {"role": "OIA adviser", "email": "oia@example.org"},
            "signatory": {"role": "OIA adviser"},
        },
    )


def publish_a_release(plan: Plan, agency: Agency) -> None:
    """Publish a release of one paper on the plan's open page, and release another that is not."""
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    paper = ReleasedPaperFactory(
        release__request__agency=agency,
        release__request__plan=plan,
        release__released_on=RELEASED_ON,
        # Not one of the sequence, which the other briefings of the scene are in.
        line__issued__briefing__tracker_number="09/2",
        line__issued__briefing__state="closed",
    )
    for release in (paper.release, ReleaseFactory(request__agency=agency, request__plan=plan)):
        RequestEventFactory(
            request=release.request, kind="released", happened_on=RELEASED_ON, release=release
        )
    RequestEventFactory(
        request=paper.release.request,
        kind="published",
        happened_on=RELEASED_ON,
        release=paper.release,
    )


def plan_being_made(labour: Agency, police: Agency) -> None:
    """Make a plan of Labour that is not adopted; Police leads its one item."""
    plan = PlanFactory(
        title="Plan being made",
        slug=BEING_MADE,
        adopted_on=None,
        coordinating_agency=labour,
        members=[police],
    )
    item = WorkItemFactory(
        plan=plan, pillar=PillarFactory(plan=plan, number=1), number="1.1", lead_agency=police
    )
    MilestoneFactory(item=item, number=1)
    MeasureFactory(item=item)


def scene() -> Scene:
    labour = AgencyFactory(short_name="Labour", name="Department of Labour")
    police = AgencyFactory(short_name="Police", name="New Zealand Police")
    customs = AgencyFactory(short_name="Customs", name="New Zealand Customs Service")
    health = AgencyFactory(short_name="Health", name="Ministry of Health")
    plan = PlanFactory(
        title="Plan of Action",
        slug="plan-of-action",
        coordinating_agency=labour,
        members=[police, customs],
    )
    GlossaryEntryFactory(plan=plan)
    PlanFactory(title="Another plan", slug="another-plan", coordinating_agency=health)
    plan_being_made(labour, police)
    AppointmentFactory(portfolio=plan.portfolio)
    InvitationFactory(agency=police)
    now = timezone.now()
    InvitationFactory(
        agency=customs,
        token_hash=hash_of(INVITATION_TOKEN),
        sent_at=now,
        expires_at=now + timedelta(days=14),
    )
    item = WorkItemFactory(
        plan=plan,
        pillar=PillarFactory(plan=plan, number=1, title="Prevention"),
        number="1.1",
        title="Print a brochure",
        lead_agency=police,
        action="Print a brochure in ten languages.",
        stage="under_way",
        confidence="on_track",
    )
    measure = MeasureFactory(item=item, kind="level", as_told="the number of people helped")
    MeasureValueFactory(measure=measure, day=timezone.localdate())
    milestone = MilestoneFactory(item=item, number=1, description="Brochure printed")
    handed_out = MilestoneFactory(item=item, number=2, description="Brochure handed out")
    MitigationFactory(delay=DelayFactory(milestone=handed_out))
    RiskFactory(plan=plan, item=item, owner_agency=police)
    supported = WorkItemFactory(
        plan=plan, pillar=item.pillar, number="1.2", title="Search ships", lead_agency=customs
    )
    SupportFactory(item=supported, agency=police)
    round = RoundFactory(plan=plan)
    own_return = ReturnFactory(round=round, agency=police)
    ReturnNoteFactory(of_return=own_return)
    ReturnSheetFactory(of_return=own_return)
    ReturnFactory(
        round=round,
        agency=customs,
        state="submitted",
        submitted_at=datetime(2010, 7, 2, tzinfo=UTC),
    )
    contributor = seated("Police contributor", Role.CONTRIBUTOR, police)
    CalendarFeedFactory(
        plan=plan, agency=police, token_hash=hash_of(CALENDAR_TOKEN), created_by=contributor
    )
    TokenFactory(user=contributor, seat=contributor.seats.get())
    UnitFactory(agency=police, name="Financial Crime Group")
    audit_office = AgencyFactory(short_name="OAG", name="Office of the Auditor-General")
    FindingFactory(audit__plan=plan, audit__agency=audit_office, item=item)
    StatusProposalFactory(item=supported, agency=police, proposed_by=contributor)
    note = NoteFactory(
        item=item, readers="with", agency=police, written_by=contributor, written_for=police
    )
    MentionFactory(note=note)
    ReceivedMailFactory(person=contributor, outcome="note", note=note)
    HeldEntryFactory(plan=plan, agency=police, item=item, written_by=contributor)
    variation = VariationFactory(milestone=milestone, number=1)
    asked = OutOfSessionFactory(
        variation=VariationFactory(
            plan=plan,
            item=item,
            milestone=None,
            kind="wording",
            wording="objective",
            text_after="People know their rights.",
            due_before=None,
            due_after=None,
            number=2,
            state="recommended",
        )
    )
    OutOfSessionAnswerFactory(out_of_session=asked, agency=police)
    meeting = MeetingFactory(plan=plan)
    MatterFactory(meeting=meeting, variation=variation, title="V1")
    MeetingPaperFactory(meeting=meeting, made_by=contributor)
    MeetingPaperFactory(meeting=meeting, made_by=contributor, kind="minutes")
    DecisionFactory(meeting=meeting, owner_agency=customs, due_on=date(2010, 7, 30))
    publish_a_release(plan, labour)
    adviser = seated("OIA adviser", Role.OIA_ADVISER, labour)
    PublicProgressFactory(plan=plan)
    EarlierPaperFactory(plan=plan, agency=labour)
    NonWorkingDayFactory()
    made = Scene(
        plan=plan,
        meeting=meeting,
        item=item,
        milestone=milestone,
        round=round,
        variation=variation,
        asked=asked,
        evidence=EvidenceFactory(
            milestone=milestone,
            file=ContentFile(b"%PDF-1.7", name="receipt.pdf"),
            file_name="receipt.pdf",
        ),
        briefing=drafted(
            plan=plan,
            kind=kind_of_briefing(plan),
            title="Progress on the Plan of Action",
            tracker_number="10/96252",
            period_start=date(2009, 7, 31),
            period_end=date(2010, 7, 30),
            dated=date(2010, 7, 30),
            contact_name="Plan coordinator",
            manager_name="Group manager",
            created_at=datetime(2010, 7, 30, tzinfo=UTC),
        ),
        issued=answered_briefing(plan, customs),
        consulted=consulted_briefing(plan, police),
        agencies={"labour": labour, "police": police, "customs": customs, "health": health},
        people={
            "anonymous": None,
            "stranger": UserFactory(name="Stranger"),
            "former contributor": seated(
                "Former contributor", Role.CONTRIBUTOR, police, to_on=date(2010, 1, 31)
            ),
            "observer": seated("Observer", Role.OBSERVER, police),
            "auditor": seated("Auditor", Role.AUDITOR, audit_office),
            "contributor": contributor,
            "approver": seated("Police approver", Role.APPROVER, police),
            "other contributor": seated("Customs contributor", Role.CONTRIBUTOR, customs),
            "other approver": seated("Customs approver", Role.APPROVER, customs),
            "coordinator": seated("Coordinator", Role.COORDINATOR, labour),
            "member's coordinator": seated("Police coordinator", Role.COORDINATOR, police),
            "other plan's coordinator": seated("Health coordinator", Role.COORDINATOR, health),
            "authorising manager": seated("Group manager", Role.AUTHORISING_MANAGER, labour),
            "OIA adviser": adviser,
            "OIA reviewer": seated("OIA reviewer", Role.OIA_REVIEWER, labour),
            "OIA decision-maker": seated("OIA decision-maker", Role.OIA_DECISION_MAKER, labour),
            "minister's office": OfficeSeatFactory(user__name="Private secretary").user,
            "superuser": UserFactory(name="Administrator", is_superuser=True),
        },
    )
    redacted_request(plan, labour, made.issued.issued.get(), adviser)
    ask_for_papers(plan, labour, police, made.issued.issued.get())
    for row in InformationRequest.objects.exclude(events__kind="received"):
        RequestEventFactory(request=row)
    return made


def drafted(**columns: Any) -> Briefing:
    """Draft a briefing with a paragraph and a recommendation with its introduction."""
    briefing = Briefing.objects.create(**columns)
    purpose = DraftSectionFactory(briefing=briefing, content="purpose")
    closing = DraftSectionFactory(
        briefing=briefing, heading="Recommendation", content="recommendation"
    )
    first = DraftParagraphFactory(section=purpose, text="This paper tells you of progress.")
    SuggestionFactory(copy__briefing=briefing, key=first.key)
    DraftParagraphFactory(section=closing, text="It is recommended that you:")
    DraftAskFactory(briefing=briefing)
    RenderingFactory(briefing=briefing)
    return briefing
