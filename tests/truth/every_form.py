"""Every address that takes a form: what it creates and how to send it, or why it creates nothing."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import lxml.html
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import (
    Agency,
    Appointment,
    Invitation,
    Maintenance,
    Seat,
    Token,
    Unit,
    User,
)
from reports.briefings.services import states
from reports.drafting.paper import document_of
from reports.kinds.services.kinds import patterns
from reports.models import (
    Briefing,
    BriefingKind,
    CheckOverride,
    Clearance,
    ClearanceComment,
    ClearanceReply,
    DraftParagraph,
    DraftSection,
    FollowUp,
    IssuedPaper,
    KindSection,
    MeetingPaper,
    PublicProgress,
    Response,
    ResponseChoice,
    WordCopy,
)
from reports.render.docx import render_docx
from reports.requests.models import (
    Consultation,
    EarlierPaper,
    FileCheck,
    InformationRequest,
    LineCopy,
    NonWorkingDay,
    Redaction,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.services import requests
from tests.cast import REQUEST, Scene
from tests.factories import (
    PASSWORD,
    BriefingFactory,
    MatterFactory,
    OutOfSessionAnswerFactory,
    PlanFactory,
    ResponseChoiceFactory,
    TrackerNoteFactory,
    WorkItemFactory,
)
from tests.reports.drafted import drafted
from tests.reports.requests.factories import RequestEventFactory
from tests.reports.requests.test_gate import made
from tests.reports.word_edits import Edited
from tests.test_permissions import RULES
from tests.workitems.trackers import sheet_of
from tests.workitems.workbooks import file_of, small
from workitems.intake.tracker.doubts import name_of
from workitems.meetings.agenda import proposals
from workitems.meetings.services import meetings
from workitems.models import (
    Attendance,
    Audit,
    CalendarFeed,
    Decision,
    Delay,
    Evidence,
    Finding,
    GlossaryEntry,
    HeldEntry,
    Matter,
    Measure,
    MeasureValue,
    Meeting,
    Milestone,
    MilestoneAnswer,
    Mitigation,
    Note,
    OutOfSession,
    Pillar,
    Plan,
    Reminder,
    Return,
    ReturnSheet,
    Risk,
    Round,
    StatusProposal,
    Update,
    Variation,
    WorkItem,
)
from workitems.returns.services import rounds
from workitems.returns.sheet import write_workbook
from workitems.variations.services import variations

Says = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Creates:
    """What a form makes (a model, and rows of it), who sends it, and what it says.

    The other fields of the form are sent as the page has them.
    """

    makes: Any
    who: str
    says: Says = lambda world: {}
    rows: int = 1
    # What must have happened before.
    first: Callable[[Scene], Any] = lambda world: None
    # The page that has the form, if not its own address; None if a script sends it without a form.
    page: Callable[[Scene, Client, str], Any] | None = lambda world, client, address: client.get(
        address
    )
    # Of its address, if not those of the matrix of permissions.
    arguments: Callable[[Scene], list[Any]] | None = None
    # Why it needs no token: the record can be made only once. Then a second answer may refuse.
    held_by: str = ""

    def address(self, name: str, world: Scene) -> str:
        return reverse(name, args=(self.arguments or RULES[name].arguments)(world))

    def fields(self, world: Scene, client: Client, address: str) -> dict[str, Any]:
        """Return what a browser sends of the page's form, with what the person typed."""
        says = self.says(world)
        found = {}
        if self.page is not None:
            page = self.page(world, client, address)
            found = fields_of(page, address, str(says.get("act", says.get("add", ""))))
        return found | says


def fields_of(page: Any, address: str, button: str = "") -> dict[str, Any]:
    """Return the fields of the page's form that is sent to the address and has the button."""
    for form in lxml.html.fromstring(page.text).forms:
        goes_to = (form.action or page.request["PATH_INFO"]).partition("#")[0]
        buttons = {"", *(each.get("value") for each in form.iter("button", "input"))}
        if (form.method, goes_to) == ("POST", address) and button in buttons:
            found: dict[str, Any] = {}
            for name, value in form.form_values():
                chosen = "" if value == "on" else value or ""  # lxml's word for an empty choice
                found.setdefault(name, []).append(chosen)
            return found
    raise AssertionError(
        f"no form for {address} on {page.request['PATH_INFO']}: {page.status_code}"
    )


def at(name: str, *arguments: str, query: str = "") -> Any:
    """Return the page of this address, with the arguments of the matrix of permissions."""

    def page(world: Scene, client: Client, address: str) -> Any:
        return client.get(reverse(name, args=RULES[name].arguments(world)) + query)

    return page


# --- what must have happened before -------------------------------------------------------------


def on_another_plan(world: Scene) -> list[Any]:
    return ["another-plan"]


def briefing(number: str) -> Callable[[Scene], list[Any]]:
    """Return the arguments of a page of the briefing with this tracker number."""
    return lambda world: [world.plan.slug, Briefing.objects.get(tracker_number=number).pk]


def another_item(world: Scene) -> None:
    WorkItemFactory(plan=world.plan, number="1.9", lead_agency=world.agencies["police"])


def of_another_item(world: Scene) -> list[Any]:
    return [world.plan.slug, world.round.pk, world.agencies["police"].pk, "1.9"]


def answer_on_another_item(world: Scene) -> dict[str, Any]:
    form = f"i{world.plan.items.get(number='1.9').pk}"
    return {
        f"{form}-version": 0,
        f"{form}-stage": "under_way",
        f"{form}-key_achievement": "no",
        f"{form}-achieved": "Printed.",
    }


def recommended(variation: Variation, world: Scene) -> None:
    variations.recommend(
        variation=variation,
        recommends="approve",
        recommendation="It is needed.",
        by=world["coordinator"],
        at=timezone.now(),
    )


def on_the_agenda(world: Scene) -> None:
    """Recommend a request that is not decided yet, and put it before the meeting."""
    variation = Variation.objects.get(milestone__number=2)
    recommended(variation, world)
    MatterFactory(meeting=world.meeting, variation=variation, title="V2", position=50)


def that_matter(world: Scene) -> list[Any]:
    return [world.plan.slug, world.meeting.pk, world.meeting.matters.get(position=50).pk]


def another_agency_agrees(world: Scene) -> None:
    customs = world.agencies["customs"]
    OutOfSessionAnswerFactory(out_of_session=world.asked, agency=customs, agrees=True)


def proposal(world: Scene) -> dict[str, Any]:
    return {"add": proposals(world.plan, timezone.localdate())[0].key}


def held_today(world: Scene) -> None:
    Meeting.objects.filter(pk=world.meeting.pk).update(held_on=timezone.localdate())


def named_in_the_tracker(world: Scene) -> None:
    cells = (("A2", "Police"), ("B2", "Tui Hill <tui@example.org>"))
    for position, (address, text) in enumerate(cells, start=1):
        TrackerNoteFactory(
            plan=world.plan, position=position, sheet="people", address=address, text=text
        )


def undrafted(world: Scene) -> None:
    BriefingFactory(plan=world.plan, tracker_number="11/2")


def waits_for_its_signature(world: Scene) -> None:
    by, police = world["coordinator"], world.agencies["police"]
    plan = PlanFactory(
        slug="short-plan", coordinating_agency=by.seats.get().agency, members=[police]
    )
    ready = drafted(plan, WorkItemFactory(plan=plan, lead_agency=police), by, tracker_number="11/1")
    states.start_consultation(briefing=ready, by=by)
    states.ask_for_authorisation(briefing=ready, by=by)


def another_choice(world: Scene) -> None:
    ResponseChoiceFactory(
        response=Response.objects.get(), number=3, key="r-03", verb="agree", option="agreed"
    )


def that_choice(world: Scene) -> list[Any]:
    return [world.plan.slug, world.issued.pk, ResponseChoice.objects.get(key="r-03").pk]


def close_the_record(world: Scene) -> None:
    meetings.close_meeting(
        meeting=Meeting.objects.get(pk=world.meeting.pk),
        on=timezone.localdate(),
        at=timezone.now(),
        by=world["coordinator"],
    )


def close_the_round(world: Scene) -> None:
    rounds.close_round(round=world.round, by=world["coordinator"], at=timezone.now())


def preview_of_import(sheets: Callable[[Scene], Any]) -> Any:
    def page(world: Scene, client: Client, address: str) -> Any:
        file = SimpleUploadedFile("plan.xlsx", sheets(world).getvalue())
        return client.post(address, {"workbook": file})

    return page


def preview_of_tracker(world: Scene, client: Client, address: str) -> Any:
    """Return the page of the plan that comes of a tracker, after its file and its columns."""
    content = sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "Police"]])
    start = reverse("plans:import-tracker")
    client.post(start, {"tracker": SimpleUploadedFile("tracker.xlsx", content)})
    columns = reverse("plans:tracker-columns")
    says = {
        "title": "Plan from a tracker",
        "released_on": "1 May 2010",
        "portfolio": "Minister of Police",
        "as_at": "30 June 2010",
        "s0-is_read": "on",
    }
    client.post(columns, fields_of(client.get(columns), columns) | says)
    return client.get(address)


def edited_copy(world: Scene) -> SimpleUploadedFile:
    """Return the Word file of the drafted briefing with a word changed."""
    key = world.briefing.draft_paragraphs.order_by("pk")[0].key
    file = Edited(render_docx(document_of(world.briefing)))
    return SimpleUploadedFile("edited.docx", file.replace(key, "progress", "success").data())


def own_workbook(world: Scene) -> SimpleUploadedFile:
    of_return = Return.objects.get(round=world.round, agency=world.agencies["police"])
    return SimpleUploadedFile("police.xlsx", write_workbook(of_return, timezone.localdate()))


def new_plan(world: Scene) -> io.BytesIO:
    """Return the workbook of a plan that Labour coordinates."""
    sheets = json.dumps(small(), default=str).replace('"DoL"', '"Labour"')
    sheets = json.loads(sheets.replace("Plan of Action", "Imported plan"))
    return file_of(sheets)


def new_plan_and_an_item(world: Scene) -> io.BytesIO:
    book = openpyxl.load_workbook(new_plan(world))
    rows = book["Work items"]
    rows.append([cell.value for cell in rows[rows.max_row]])
    rows.cell(rows.max_row, 1).value = "1.2"
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


VERSIONED = "an answer has the version that its page was made from"
FROZEN = "a version is frozen after the one that the page showed"

# In an order in which one world can send them all.
CREATES = {
    "reports:progress-page": Creates(
        PublicProgress,
        "coordinator",
        page=at("reports:progress-page", query="?on=2010-07-30&parts=figures"),
    ),
    "requests:add-earlier-paper": Creates(
        EarlierPaper,
        "OIA adviser",
        lambda world: {
            "agency": str(world.agencies["labour"].pk),
            "title": "Second annual report",
            "dated": "1 December 2008",
            "kind": "Annual report",
            "file": SimpleUploadedFile("second.pdf", b"%PDF-1.7 second"),
        },
    ),
    "requests:request-days": Creates(
        NonWorkingDay,
        "OIA adviser",
        lambda world: {"day": "5 May 2014", "is_working": "no", "authority": "A notice of 2014"},
    ),
    "requests:replace-earlier-paper": Creates(
        EarlierPaper,
        "OIA adviser",
        lambda world: {"file": SimpleUploadedFile("third.pdf", b"%PDF-1.7 third")},
    ),
    "requests:record-request": Creates(
        InformationRequest,
        "OIA adviser",
        lambda world: {
            "agency": world.agencies["labour"].pk,
            "reference": "13/02026",
            "requester_name": "A newspaper",
            "dated": "21 April 2013",
            "received_on": "22 April 2013",
            "text": "All minutes, please.",
        },
    ),
    "requests:request-clarified": Creates(
        RequestEvent,
        "OIA adviser",
        lambda world: {"on": "2 May 2013", "note": "The annual ones."},
        first=lambda world: requests.seek_clarification(
            request=InformationRequest.objects.get(reference=REQUEST),
            on=date(2013, 4, 30),
            note="Which reports?",
            by=world["OIA adviser"],
            at=timezone.now(),
        ),
    ),
    "requests:request-sent": Creates(
        RequestEvent,
        "OIA adviser",
        lambda world: {"on": "2 May 2013", "note": ""},
        first=lambda world: RequestEventFactory(
            request=InformationRequest.objects.get(reference=REQUEST),
            kind=RequestEvent.Kind.DECISION_NOTIFIED,
            outcome=RequestEvent.Outcome.REFUSED,
            happened_on=date(2013, 5, 1),
        ),
    ),
    "requests:request-withdraw": Creates(
        RequestEvent,
        "OIA adviser",
        lambda world: {"on": "2 May 2013", "note": "By telephone."},
        arguments=lambda world: [InformationRequest.objects.get(reference="13/02026").pk],
    ),
    "requests:request-complaint": Creates(
        RequestEvent,
        "OIA adviser",
        lambda world: {"on": "3 June 2013", "note": "It took too long."},
    ),
    "requests:request-complaint-closed": Creates(
        RequestEvent,
        "OIA adviser",
        lambda world: {"on": "3 July 2013", "note": "We apologised."},
    ),
    "requests:request-add-file": Creates(
        ScheduleLine,
        "OIA adviser",
        lambda world: {
            "title": "A letter",
            "file": SimpleUploadedFile("letter.pdf", b"%PDF-1.7"),
        },
    ),
    "requests:request-line-copy": Creates(
        FileCheck,
        "OIA adviser",
        lambda world: {"file": SimpleUploadedFile("copy.pdf", made())},
    ),
    "requests:request-file-check": Creates(
        LineCopy, "OIA adviser", lambda world: {"has_looked": "on", "pages": ["1"]}
    ),
    "requests:request-add-not-held": Creates(
        ScheduleLine, "OIA adviser", lambda world: {"title": "The budget of 2008"}
    ),
    "requests:request-ask-agency": Creates(
        Consultation,
        "OIA adviser",
        lambda world: {
            "agency": world.agencies["customs"].pk,
            "question": "May the paragraph on ports go out?",
        },
    ),
    "requests:request-write-letter": Creates(RequestLetter, "OIA adviser"),
    "requests:proactive": Creates(
        InformationRequest,
        "OIA adviser",
        lambda world: {
            "agency": str(world.agencies["labour"].pk),
            "plan": str(world.plan.pk),
            "reference": "PR 1",
            "text": "The annual reports.",
        },
    ),
    "agencies:add": Creates(
        Agency,
        "superuser",
        lambda world: {"short_name": "MSD", "name": "Ministry of Social Development"},
    ),
    "maintenance": Creates(
        Maintenance,
        "superuser",
        lambda world: {
            "begin_day": "1 May 2027",
            "begin_time": "6 pm",
            "end_day": "1 May 2027",
            "end_time": "8 pm",
        },
    ),
    "agencies:appoint": Creates(
        Appointment,
        "coordinator",
        lambda world: {
            "portfolio": "Minister of Justice",
            "minister": "The Minister of Justice",
            "from_on": "1 May 2026",
        },
    ),
    "agencies:invite-many": Creates(
        Invitation,
        "approver",
        lambda world: {"lines": "Mere, mere@example.org, Police, contributor"},
    ),
    "plans:tracker-people": Creates(
        Invitation,
        "coordinator",
        lambda world: {f"{name_of('tui@example.org:Police')}-invite": "on"},
        first=named_in_the_tracker,
    ),
    "agencies:invite": Creates(
        Invitation,
        "approver",
        lambda world: {"name": "Aroha", "email": "aroha@example.org", "role": "contributor"},
    ),
    "agencies:add-unit": Creates(Unit, "approver", lambda world: {"name": "Border Group"}),
    "agencies:cover": Creates(
        Seat,
        "approver",
        lambda world: {
            "user": world["contributor"].pk,
            "role": "approver",
            "from_on": "1 May 2027",
            "to_on": "5 May 2027",
            "reason": "Leave.",
        },
    ),
    "agencies:accept-invitation": Creates(
        User,
        "anonymous",
        lambda world: {"name": "Aroha", "password1": PASSWORD, "password2": PASSWORD},
    ),
    "agencies:tokens": Creates(
        Token,
        "contributor",
        lambda world: {
            "name": "Power BI",
            "scope": "read",
            "expires_on": timezone.localdate().isoformat(),
        },
    ),
    "feeds:list": Creates(CalendarFeed, "contributor", lambda world: {"label": "Outlook"}),
    # While Police writes its return, a milestone is answered there.
    "workitems:milestone": Creates(
        MilestoneAnswer,
        "contributor",
        lambda world: {
            "act": "move",
            "move-forecast_due": "30 July 2027",
            "move-reason": "No money.",
            "move-cause": "funding",
            "move-effect": "Late.",
            "move-mitigation": "Ask.",
            "move-mitigation_due_on": "1 May 2027",
        },
    ),
    "workitems:record-delay": Creates(
        Delay,
        "coordinator",
        lambda world: {
            "forecast_due": "30 July 2027",
            "reason": "No money.",
            "cause": "funding",
            "effect": "Late.",
            "mitigation": "Ask.",
            "mitigation_due_on": "1 May 2027",
            "source": "Email of Police.",
        },
    ),
    "workitems:add-mitigation": Creates(
        Mitigation,
        "coordinator",
        lambda world: {"mitigation": "Ask.", "source": "Email of Police."},
    ),
    "returns:detail": Creates(
        Update,
        "contributor",
        lambda world: {"act": "save", f"i{world.item.pk}-achieved": "Printed."},
        held_by=VERSIONED,
    ),
    "returns:save": Creates(
        Update,
        "contributor",
        answer_on_another_item,
        first=another_item,
        page=None,
        arguments=of_another_item,
        held_by=VERSIONED,
    ),
    "evidence:add-to-milestone": Creates(
        Evidence, "contributor", lambda world: {"note": "In the cabinet."}
    ),
    "evidence:add-to-answer": Creates(
        Evidence, "contributor", lambda world: {"note": "In the cabinet."}
    ),
    "workitems:propose-status": Creates(
        StatusProposal,
        "contributor",
        lambda world: {"stage": "under_way", "confidence": "at_risk", "reason": "No money."},
        first=lambda world: StatusProposal.objects.update(
            state="withdrawn", answered_by=world["contributor"], answered_at=timezone.now()
        ),
    ),
    "held:release": Creates(Risk, "approver", page=at("held:detail")),
    "variations:request-date": Creates(
        Variation,
        "approver",
        lambda world: {"due_after": "30 July 2027", "reason": "No money."},
        arguments=lambda world: [world.plan.slug, world.item.number, 2],
    ),
    # A contributor's request waits for release.
    "variations:request-wording": Creates(
        HeldEntry,
        "contributor",
        lambda world: {"text_after": "Print a brochure in two languages.", "reason": "No money."},
    ),
    "variations:request-withdrawal": Creates(
        Variation, "approver", lambda world: {"reason": "No money."}
    ),
    "variations:propose-item": Creates(
        Variation,
        "approver",
        lambda world: {
            "title": "Open a help line",
            "action": "Open a help line.",
            "lead_agency": world.agencies["police"].pk,
            "kind": "action_item",
            "timeframe": "short",
            "milestone_1": "Line opened",
            "due_1": "30 July 2027",
            "reason": "A new law.",
        },
    ),
    "variations:propose-milestone": Creates(
        Variation,
        "approver",
        lambda world: {
            "description": "Brochure reviewed",
            "due": "30 July 2027",
            "reason": "A new law.",
            "responsible_agency": world.agencies["police"].pk,
        },
    ),
    "variations:change-plan": Creates(
        Variation,
        "approver",
        lambda world: {"ends_on": "30 July 2037", "reason": "A new law."},
        arguments=lambda world: [world.plan.slug, "end"],
    ),
    "variations:change-item": Creates(
        Variation,
        "approver",
        lambda world: {"to": world.agencies["customs"].pk, "reason": "A new law."},
        arguments=lambda world: [world.plan.slug, world.item.number, "lead"],
    ),
    "variations:change-milestone": Creates(
        Variation,
        "approver",
        lambda world: {"text": "Brochure printed and sent", "reason": "A new law."},
        arguments=lambda world: [world.plan.slug, world.item.number, 1, "words"],
    ),
    "meetings:attendance": Creates(
        Attendance,
        "coordinator",
        lambda world: {"agencies": [world.agencies[name].pk for name in ("police", "customs")]},
        rows=2,
    ),
    "variations:decide": Creates(
        Decision,
        "coordinator",
        lambda world: {"decision": "decline", "meeting": world.meeting.pk, "text": "Not now."},
        first=lambda world: recommended(world.variation, world),
        page=at("variations:detail"),
    ),
    "variations:ask-agencies": Creates(
        OutOfSession,
        "coordinator",
        lambda world: {"due_on": "1 May 2027"},
        first=lambda world: recommended(Variation.objects.get(kind="withdrawal"), world),
        arguments=lambda world: [
            world.plan.slug,
            Variation.objects.get(kind="withdrawal").number,
        ],
    ),
    "variations:record-answer": Creates(
        Evidence,
        "coordinator",
        lambda world: {"choice": "agree", "note": "Email of 2 June 2010."},
    ),
    "variations:close": Creates(
        Decision,
        "coordinator",
        lambda world: {"text": "All who answered agree."},
        first=another_agency_agrees,
        page=at("variations:out-of-session"),
    ),
    "risks:raise": Creates(
        Risk,
        "coordinator",
        lambda world: {
            "description": "The printer burns down.",
            "likelihood": "low",
            "impact": "high",
            "owner_agency": world.agencies["police"].pk,
        },
    ),
    "waits:add": Creates(
        HeldEntry,
        "contributor",
        lambda world: {
            "waits_for": world.milestone.item.milestones.get(number=2).pk,
            "why": "It is printed first.",
        },
    ),
    "audits:set-up": Creates(
        Audit,
        "coordinator",
        lambda world: {
            "agency": world.agencies["health"].pk,
            "scope": "All items.",
            "from_on": "today",
            "to_on": f"31 December {timezone.localdate().year}",
            "reason": "Asked for by the Minister.",
        },
    ),
    "audits:find": Creates(
        Finding,
        "auditor",
        lambda world: {"as_at": "today", "verdict": "supported", "note": "Seen."},
        arguments=lambda world: [world.plan.slug, world.plan.audits.earliest("pk").pk],
    ),
    "notes:on": Creates(
        Note,
        "contributor",
        lambda world: {"text": "When does it open?", "readers": "all"},
    ),
    "notes:conversation": Creates(Note, "coordinator", lambda world: {"text": "On Monday."}),
    "measures:add-outcome": Creates(
        Measure,
        "coordinator",
        lambda world: {
            "description": "Fewer people are exploited.",
            "responsible_agency": world.agencies["police"].pk,
            "reason": "Agreed by the group.",
        },
    ),
    "measures:give": Creates(
        MeasureValue, "approver", lambda world: {"number": "12", "day": "1 June 2010"}
    ),
    "measures:change": Creates(
        Variation,
        "coordinator",
        lambda world: {"source": "A register.", "reason": "All are to count alike."},
    ),
    "meetings:call": Creates(Meeting, "coordinator", lambda world: {"held_on": "1 May 2027"}),
    "meetings:record-on": Creates(
        Decision,
        "coordinator",
        lambda world: {"text": "Print it at home."},
        page=at("meetings:present"),
    ),
    "meetings:decide": Creates(
        Decision,
        "coordinator",
        lambda world: {"decision": "decline", "text": "Not now."},
        first=on_the_agenda,
        page=at("meetings:present", query="?matter=50"),
        arguments=that_matter,
    ),
    "meetings:record": Creates(
        Decision, "coordinator", lambda world: {"text": "Print it at home."}
    ),
    "briefings:record-decision": Creates(
        Decision,
        "coordinator",
        lambda world: {"text": "Send it.", "briefing": world.briefing.pk},
    ),
    "meetings:add-matter": Creates(
        Matter, "coordinator", lambda world: {"title": "The printer", "note": "Who speaks?"}
    ),
    "meetings:draft": Creates(
        Matter, "coordinator", proposal, page=at("meetings:detail"), first=held_today
    ),
    "papers:pack-freeze": Creates(
        MeetingPaper,
        "coordinator",
        lambda world: {"after": 1},
        page=at("papers:pack"),
        held_by=FROZEN,
    ),
    "papers:minutes-freeze": Creates(
        MeetingPaper,
        "coordinator",
        lambda world: {"after": 1},
        first=close_the_record,
        page=at("papers:minutes"),
        held_by=FROZEN,
    ),
    "briefings:create": Creates(
        Briefing,
        "coordinator",
        lambda world: {"tracker_number": "11/3", "contact_name": "A", "manager_name": "B"},
    ),
    "briefings:kinds": Creates(
        BriefingKind, "other plan's coordinator", rows=len(patterns()), arguments=on_another_plan
    ),
    "workshop:begin": Creates(
        DraftSection,
        "coordinator",
        lambda world: {"kind": world.briefing.kind.slug},
        rows=2,
        first=undrafted,
        page=lambda world, client, address: client.get(address.removesuffix("begin/")),
        arguments=briefing("11/2"),
    ),
    "briefings:copy-kind": Creates(
        BriefingKind, "coordinator", lambda world: {"name": "Half-year"}
    ),
    "briefings:add-section": Creates(
        KindSection,
        "coordinator",
        lambda world: {"heading": "Next steps", "standing_text": "Print.", "act": "save"},
    ),
    "briefings:checks": Creates(
        CheckOverride, "coordinator", lambda world: {"act": "override", "reason": "It is meant."}
    ),
    "workshop:paragraph": Creates(
        DraftParagraph,
        "coordinator",
        lambda world: {
            "act": "save",
            "text": "It is printed.",
            "version": 0,
            "section": world.briefing.draft_sections.order_by("pk")[0].key,
        },
        page=None,
        arguments=lambda world: [world.plan.slug, world.briefing.pk, "p-many-times"],
        held_by="the page chooses the key of a new paragraph",
    ),
    "workshop:word": Creates(WordCopy, "coordinator", lambda world: {"file": edited_copy(world)}),
    "workshop:update": Creates(DraftParagraph, "coordinator", rows=2),
    "briefings:thread": Creates(
        ClearanceReply,
        "contributor",
        lambda world: {"act": "reply", "text": "Thank you."},
        page=at("briefings:clear"),
    ),
    "briefings:comment": Creates(
        ClearanceComment,
        "contributor",
        lambda world: {"key": "whole", "text": "It reads well."},
        page=at("briefings:clear"),
    ),
    "briefings:ask-agencies": Creates(
        Clearance,
        "coordinator",
        lambda world: {
            "agencies": [world.agencies[name].pk for name in ("police", "customs")],
            "due_on": "1 May 2027",
        },
    ),
    "briefings:authorise": Creates(
        IssuedPaper,
        "authorising manager",
        lambda world: {"has_read": "on", "password": PASSWORD},
        first=waits_for_its_signature,
        arguments=lambda world: [
            "short-plan",
            Briefing.objects.get(tracker_number="11/1").pk,
        ],
        held_by="only a paper that waits for it is authorised",
    ),
    "briefings:follow-up": Creates(
        FollowUp,
        "coordinator",
        lambda world: {
            "text": "Print more.",
            "owner_agency": world.agencies["police"].pk,
            "due_on": "1 May 2027",
        },
        first=another_choice,
        arguments=that_choice,
    ),
    "briefings:follow-up-comment": Creates(
        FollowUp,
        "coordinator",
        lambda world: {
            "text": "Thank everybody.",
            "owner_agency": world.agencies["police"].pk,
            "due_on": "1 May 2027",
        },
    ),
    "briefings:answer": Creates(
        Response,
        "minister's office",
        lambda world: {"decided_on": "3 August 2010", "reason": "The wrong box."},
    ),
    "requests:request-redact": Creates(
        Redaction,
        "OIA adviser",
        lambda world: {"words": "emergency financial help", "grounds": ["6(c)"]},
    ),
    "returns:workbook": Creates(
        ReturnSheet, "contributor", lambda world: {"workbook": own_workbook(world)}
    ),
    "returns:remind": Creates(
        Reminder, "coordinator", lambda world: {"body": "Please send us your return."}
    ),
    "returns:enter": Creates(
        Evidence,
        "coordinator",
        lambda world: {"mail": SimpleUploadedFile("return.eml", b"From: police@example.org\n")},
    ),
    "returns:open-round": Creates(
        Round,
        "coordinator",
        lambda world: {
            "name": "January to June 2027",
            "period_start": "1 January 2027",
            "period_end": "30 June 2027",
            "due_on": "14 July 2027",
        },
        first=close_the_round,
    ),
    "plans:start": Creates(
        Plan,
        "coordinator",
        lambda world: {
            "title": "The plan that comes",
            "released_on": "1 May 2010",
            "portfolio": "Minister of Police",
        },
    ),
    "plans:glossary": Creates(
        GlossaryEntry, "coordinator", lambda world: {"acronym-0": "DHB", "words-0": "health board"}
    ),
    "plans:follow": Creates(
        Plan,
        "coordinator",
        lambda world: {"title": "The plan that follows", "released_on": "1 May 2010"},
    ),
    "plans:add-pillar": Creates(Pillar, "coordinator", lambda world: {"title": "Protection"}),
    "plans:add-item": Creates(
        WorkItem,
        "coordinator",
        lambda world: {"title": "Train staff", "lead_agency": world.agencies["police"].pk},
    ),
    "plans:add-milestone": Creates(
        Milestone,
        "coordinator",
        lambda world: {"description": "Staff trained", "due": "June 2027"},
    ),
    "plans:add-measure": Creates(
        Measure, "coordinator", lambda world: {"description": "Share of staff trained."}
    ),
    "plans:tracker-preview": Creates(
        Plan, "coordinator", lambda world: {"act": "import"}, page=preview_of_tracker
    ),
    "plans:import-new": Creates(Plan, "coordinator", page=preview_of_import(new_plan)),
    "plans:import": Creates(
        WorkItem,
        "coordinator",
        page=preview_of_import(new_plan_and_an_item),
        arguments=lambda world: ["imported-plan"],
    ),
}

# The forms that create nothing, and why sending one twice does no harm.
VERSION = "changes a row of the version that its page was made from"
STATE = "moves a row on from the state that it is in"
GONE = "what it removes is gone"
SAME = "leaves the row as it would be left again"
ACCOUNT = "is about the person's own account"
CHANGES = {
    "read-sentence": "says how a text reads, and keeps nothing",
    "reports:progress-take-down": STATE,
    "requests:change-earlier-paper": VERSION,
    "requests:withdraw-earlier-paper": VERSION,
    "requests:request-withdraw-day": VERSION,
    "requests:request-consultation": VERSION,
    "requests:request-record-answer": VERSION,
    "requests:request-change": VERSION,
    "requests:request-correct-event": "an event is corrected once",
    "requests:request-begin": STATE,
    "requests:request-prepare": STATE,
    "requests:request-send": STATE,
    "requests:request-finish": STATE,
    "requests:request-close": STATE,
    "requests:request-send-back": STATE,
    "requests:request-correct-release": STATE,
    "requests:request-cancel-correction": STATE,
    "requests:request-scope": VERSION,
    "requests:request-add-papers": "a schedule lists a paper once",
    "requests:request-release-rest": VERSION,
    "requests:request-line": VERSION,
    "requests:request-letter": VERSION,
    "requests:request-send-letter": VERSION,
    "requests:request-decision": VERSION,
    "requests:request-release": STATE,
    "requests:released-verify": "says whether a file is one that was released, and keeps nothing",
    "requests:released-page": VERSION,
    "requests:publish": STATE,
    "requests:unpublish": STATE,
    "unsent": "removes what was kept",
    "choose-colours": "keeps a choice in the browser, and nothing in the register",
    "account_login": ACCOUNT,
    "account_logout": ACCOUNT,
    "account_signup": ACCOUNT,
    "account_reauthenticate": ACCOUNT,
    "account_change_password": ACCOUNT,
    "usersessions_list": "ends what is still open",
    "mfa_authenticate": ACCOUNT,
    "mfa_login_webauthn": ACCOUNT,
    "mfa_reauthenticate": ACCOUNT,
    "mfa_reauthenticate_webauthn": ACCOUNT,
    "mfa_activate_totp": "an app is set up once",
    "mfa_deactivate_totp": GONE,
    "mfa_add_webauthn": "a passkey answers each challenge once",
    "mfa_remove_webauthn": GONE,
    "mfa_generate_recovery_codes": "the newest codes are the only ones",
    "agencies:reset-second-step": VERSION,
    "account_reset_password": ACCOUNT,
    "account_reset_password_from_key": ACCOUNT,
    "agencies:change": VERSION,
    "agencies:end-appointment": VERSION,
    "agencies:correct-appointment": VERSION,
    "agencies:change-account": VERSION,
    "agencies:close-account": STATE,
    "agencies:reopen-account": STATE,
    "agencies:end": STATE,
    "agencies:hand-over": VERSION,
    "agencies:confirm-seat": STATE,
    "returns:allow-alone": STATE,
    "agencies:seat-unit": SAME,
    "agencies:change-unit": VERSION,
    "workitems:give": VERSION,
    "following:emails": SAME,
    "following:plan": SAME,
    "following:item": SAME,
    "agencies:send-again": VERSION,
    "organisation-signs-out": "a token is taken once",
    "maintenance-end": STATE,
    "agencies:accept-own": STATE,
    "agencies:withdraw": STATE,
    "agencies:revoke-token": STATE,
    "feeds:revoke": STATE,
    "workitems:change-status": VERSION,
    "workitems:answer-proposal": STATE,
    "workitems:withdraw-proposal": STATE,
    "held:withdraw": STATE,
    "workitems:review": VERSION,
    "workitems:set-text": SAME,
    "workitems:set-milestone-text": SAME,
    "workitems:settle-cause": SAME,
    "workitems:end-delay": STATE,
    "workitems:finish-mitigation": STATE,
    "returns:send-back": STATE,
    "returns:accept": STATE,
    "returns:read": STATE,
    "returns:recall": STATE,
    "returns:no-change": "answers what has no answer",
    "by-email:detail": STATE,
    "by-email:post": "an email is taken once, by its number",
    "returns:discard-workbook": STATE,
    "returns:reply": VERSION,
    "returns:measure": VERSION,
    "notes:edit": VERSION,
    "notes:withdraw": VERSION,
    "notes:settle": VERSION,
    "notes:close-question": STATE,
    "audits:end": VERSION,
    "audits:finding": VERSION,
    "measures:set-up": VERSION,
    "measures:accept": STATE,
    "measures:take-back": STATE,
    "returns:compare-workbook": "a workbook is taken in once, as it was shown",
    "returns:extend": SAME,
    "returns:close-round": STATE,
    "returns:reopen-round": STATE,
    "variations:recommend": STATE,
    "variations:take-back": STATE,
    "variations:give-answer": VERSION,
    "variations:extend": VERSION,
    "variations:end": STATE,
    "plans:quorum": VERSION,
    "plans:about": VERSION,
    "plans:glossary-entry": VERSION,
    "plans:change": VERSION,
    "plans:change-pillar": VERSION,
    "plans:change-item": VERSION,
    "plans:change-milestone": VERSION,
    "plans:change-measure": VERSION,
    "plans:adopt": STATE,
    "plans:delete": GONE,
    "plans:import-tracker": "keeps one file for a person, the last one",
    "plans:tracker-columns": "keeps what a person chooses, in their session",
    "plans:remove-pillar": GONE,
    "plans:remove-item": GONE,
    "plans:remove-milestone": GONE,
    "plans:remove-measure": GONE,
    "waits:detail": VERSION,
    "waits:end": VERSION,
    "risks:change": VERSION,
    "risks:escalate": STATE,
    "risks:lower": STATE,
    "risks:close": STATE,
    "risks:reopen": STATE,
    "meetings:change": VERSION,
    "meetings:change-matter": VERSION,
    "meetings:move-matter": SAME,
    "meetings:remove-matter": STATE,
    "meetings:restore-matter": STATE,
    "meetings:consider": SAME,
    "meetings:show-slide": SAME,
    "meetings:discuss": VERSION,
    "meetings:cancel": STATE,
    "meetings:close": STATE,
    "meetings:reopen": STATE,
    "meetings:change-decision": VERSION,
    "meetings:finish-decision": STATE,
    "meetings:confirm-decision": STATE,
    "meetings:reopen-decision": STATE,
    "evidence:withdraw": STATE,
    "evidence:mark": VERSION,
    "briefings:keep-answer": VERSION,
    "briefings:change-kind": VERSION,
    "briefings:cover-design": VERSION,
    "briefings:cover-mark": VERSION,
    "briefings:remove-cover-mark": VERSION,
    "briefings:change-section": VERSION,
    "briefings:withdraw-section": STATE,
    "briefings:move-section": SAME,
    "briefings:restore-section": STATE,
    "briefings:change-cover": VERSION,
    "briefings:annexes": VERSION,
    "briefings:file-again": SAME,
    "briefings:ask": STATE,
    "briefings:send": STATE,
    "briefings:close": STATE,
    "briefings:recall": STATE,
    "briefings:send-back": STATE,
    "briefings:withdraw": STATE,
    "briefings:correct": STATE,
    "briefings:give-up": STATE,
    "briefings:remind-agencies": "reminds an agency at most once a day",
    "briefings:give-clearance": VERSION,
    "briefings:change-follow-up": VERSION,
    "briefings:finish-action": STATE,
    "briefings:confirm-action": STATE,
    "briefings:reopen-action": STATE,
    "requests:request-withdraw-redaction": VERSION,
    "requests:request-leave-warnings": VERSION,
    "requests:request-propose-earlier": "proposes words once",
    "requests:request-agree-all": VERSION,
    "requests:request-review-redaction": VERSION,
    "workshop:undo": "names the act that it undoes, which is undone once",
    "workshop:section": VERSION,
    "workshop:word-copy": VERSION,
    "workshop:suggestion": VERSION,
    "workshop:ask": VERSION,
}
