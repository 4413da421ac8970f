"""Random plans and seats: a search shows, counts and hints exactly what its reader may read.

What a person may read is asked of the rules, row by row, and not of the queries that the search uses.
Every row has a word of all and a word of its own.
"""

import re
from datetime import UTC, date, datetime, timedelta
from random import Random

import lxml.html
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agencies.models import Seat
from reports.models import IssuedParagraph
from reports.search.paper_search import KINDS
from tests.factories import (
    AgencyFactory,
    AuditFactory,
    BriefingFactory,
    ClearanceFactory,
    DecisionFactory,
    DelayFactory,
    DraftAskFactory,
    DraftParagraphFactory,
    DraftSectionFactory,
    FindingFactory,
    HeldEntryFactory,
    IssuedPaperFactory,
    MatterFactory,
    MeasureFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    OfficeSeatFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.requests.factories import InformationRequestFactory
from workitems.models import Return
from workitems.models.plan import READING_ROLES
from workitems.notes.readers import Readers

pytestmark = pytest.mark.django_db

OF_ALL = "kaka"
PORTFOLIOS = ("Minister of Immigration", "Minister of Police")
AT = datetime(2010, 7, 2, tzinfo=UTC)


class Undo(Exception):
    """Rolls back an example."""


class World:
    """Two plans of three agencies, with one record or more of each kind, and one person."""

    def __init__(self, chance):
        self.chance = chance
        self.rows = {}
        self.agencies = AgencyFactory.create_batch(3)
        self.plans = [self.plan(n) for n in range(2)]
        self.user = self.person()

    def word(self):
        # No two begin alike: a search without a hit offers words with the same beginning.
        count = len(self.rows)
        self.last = f"{chr(97 + count % 26)}{chr(97 + count // 26)}own{count}kea"
        return f"{OF_ALL} {self.last}"

    def keep(self, kind, row):
        self.rows[self.last] = (kind, row)
        return row

    def person(self):
        chance = self.chance
        user = UserFactory()
        for _ in range(chance.randint(0, 2)):
            role = chance.choice([each for each in Seat.Role.values if each != "ministers_office"])
            ended = {"to_on": date(2010, 1, 1)} if chance.random() < 0.2 else {}
            seat = {"user": user, "agency": chance.choice(self.agencies), "role": role}
            if not user.seats.filter(agency=seat["agency"], role=role).exists():
                SeatFactory(**seat, **ended)
        if chance.random() < 0.3:
            OfficeSeatFactory(user=user, portfolio=chance.choice(PORTFOLIOS))
        return user

    def plan(self, number):
        chance, keep, word = self.chance, self.keep, self.word
        first, *others = chance.sample(self.agencies, 3)
        plan = PlanFactory(
            coordinating_agency=first,
            members=others[: chance.randint(0, 2)],
            adopted_on=chance.choice([date(2009, 7, 31)] * 5 + [None]),
        )
        lead = chance.choice(self.agencies)
        item = keep("items", WorkItemFactory(plan=plan, title=word(), lead_agency=lead))
        milestone = keep("milestones", MilestoneFactory(item=item, description=word()))
        keep("measures", MeasureFactory(item=item, description=word()))
        keep("measures", MeasureFactory(outcome=True, of_plan=plan, source=word()))
        if plan.adopted_on:
            self.findings(plan, item)
        delay = keep("delays", DelayFactory(milestone=milestone, explanation=word()))
        keep("mitigations", MitigationFactory(delay=delay, description=word()))
        keep("risks", RiskFactory(plan=plan, item=item, number=number + 1, description=word()))
        keep("variations", VariationFactory(milestone=milestone, number=number + 1, reason=word()))
        meeting = keep("meetings", MeetingFactory(plan=plan, notes=word()))
        keep("decisions", DecisionFactory(meeting=meeting, text=word()))
        keep("matters", MatterFactory(meeting=meeting, title=word()))
        keep("notes", NoteFactory(item=item, text=word()))
        for agency in self.agencies:
            for readers in ("agency", "with"):
                first = keep("notes", NoteFactory(
                    item=item, readers=readers, agency=agency, text=word()
                ))  # fmt: skip
                keep("notes", NoteFactory(first=first, text=word()))
            keep("waiting", HeldEntryFactory(
                plan=plan, agency=agency, text=word(), state="waiting"
            ))  # fmt: skip
        round = RoundFactory(plan=plan)
        for agency in self.agencies:
            keep("updates", UpdateFactory(
                item=item, achieved=word(), of_return=self.a_return(round, agency)
            ))  # fmt: skip
        for _ in range(2):
            self.briefing(plan)
        keep("requests", InformationRequestFactory(
            agency=chance.choice(self.agencies), plan=plan, text=word()
        ))  # fmt: skip
        return plan

    def findings(self, plan, item):
        """Keep findings that are shown, wait for a reply or have one."""
        began = timezone.localdate() - timedelta(days=20)
        audit = AuditFactory(plan=plan, agency=AgencyFactory(), from_on=began)
        reply = {
            "reply": "We agree.", "replied_on": began, "replied_by": UserFactory(),
            "replied_for": item.lead_agency,
        }  # fmt: skip
        for answered in ({}, reply):
            for days in (7, 30):
                self.keep("findings", FindingFactory(
                    audit=audit, item=item, note=self.word(),
                    shown_from=began + timedelta(days=days), **answered,
                ))  # fmt: skip

    def a_return(self, round, agency):
        state = self.chance.choice(Return.State.values)
        more = {"accepted_on": date(2010, 8, 1)} if state == "accepted" else {}
        if state in ("submitted", "sent_back") or self.chance.random() < 0.2:
            more["submitted_at"] = AT
        if self.chance.random() < 0.2:
            more |= {"entered_at": AT, "entered_by": UserFactory()}
        return ReturnFactory(round=round, agency=agency, state=state, **more)

    def briefing(self, plan):
        chance, keep, word = self.chance, self.keep, self.word
        state = chance.choice(
            ["drafting", "in_consultation", "in_consultation", "awaiting", "with_minister"]
        )
        briefing = keep("briefings", BriefingFactory(plan=plan, title=word(), state=state))
        section = DraftSectionFactory(briefing=briefing)
        for flags in ({}, {"is_hidden": True}, {"is_withdrawn": True}):
            keep("drafts", DraftParagraphFactory(section=section, text=word(), **flags))
        keep("recommendations", DraftAskFactory(briefing=briefing, text=word()))
        for agency in self.agencies:
            if chance.random() < 0.4:
                ClearanceFactory(
                    briefing=briefing, agency=agency, is_withdrawn=chance.random() < 0.3
                )
        for number in range(1, chance.randint(1, 3) if state != "drafting" else 2):
            paper = IssuedPaperFactory(
                briefing=briefing,
                number=number,
                note="A date." if number > 1 else "",
                portfolio=chance.choice(PORTFOLIOS),
                paragraphs=False,
            )
            keep("issued", IssuedParagraph.objects.create(
                issued=paper, key="p-1", number=1, heading="Purpose", text=word()
            ))  # fmt: skip

    # --- what the rules say ---------------------------------------------------------------

    def reads(self, plan):
        return plan.adopted_on is not None and self.user.has_perm("workitems.read_plan", plan)

    def reads_paper(self, paper):
        return self.reads(paper.briefing.plan) or paper.portfolio in self.user.portfolios

    def is_asked(self, briefing):
        return self.reads(briefing.plan) and any(
            self.user.has_perm("reports.read_clearance", each)
            for each in briefing.clearances.asked()
            if not self.user.has_perm("reports.read_briefing", briefing.plan)
        )

    def drafts(self, briefing):
        plan = briefing.plan
        return self.reads(plan) and self.user.has_perm("reports.read_briefing", plan)

    def may_read(self, kind, row):
        can = self.user.has_perm
        if kind in ("items", "measures", "risks", "variations", "meetings"):
            return self.reads(row.plan)
        if kind == "findings":
            on = timezone.localdate()
            is_sooner = can("workitems.manage_audit", row.plan) or row.item.lead_agency_id in (
                self.user.agencies_as(*READING_ROLES)
            )
            return self.reads(row.plan) and (row.is_shown(on) or is_sooner)
        if kind == "milestones":
            return self.reads(row.item.plan)
        if kind == "delays":
            return self.reads(row.milestone.item.plan)
        if kind == "mitigations":
            return self.reads(row.delay.milestone.item.plan)
        if kind in ("decisions", "matters"):
            return self.reads(row.meeting.plan)
        if kind == "waiting":
            return self.reads(row.plan) and can("workitems.read_held", row)
        if kind == "updates":
            of = row.of_return
            is_as_it_is = of.state != "sent_back" or can("workitems.write_update", of)
            return self.reads(of.round.plan) and can("workitems.read_return", of) and is_as_it_is
        if kind == "notes":
            readers = Readers(row.plan, timezone.localdate())
            return self.reads(row.plan) and readers.reads(self.user.pk, row.begins)
        if kind == "requests":
            return can("requests.read_request", row)
        if kind == "issued":
            readable = [p for p in row.issued.briefing.issued.all() if self.reads_paper(p)]
            return bool(readable) and row.issued == max(readable, key=lambda p: p.number)
        if kind == "briefings":
            is_issued = any(self.reads_paper(paper) for paper in row.issued.all())
            return self.drafts(row) or self.is_asked(row) or is_issued
        briefing = row.briefing
        if row.is_withdrawn or briefing.is_issued:
            return False
        return self.drafts(briefing) or (self.is_asked(briefing) and not row.is_hidden)


def shown_on(client, typed, **more):
    response = client.get("/search/", {"q": typed, **more}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def words_of(html, *, without=OF_ALL):
    """Return what a page says, without the word that was typed."""
    main = lxml.html.fromstring(html.replace(without, "…")).xpath("//main")[0]
    return " ".join(main.text_content().split())


@given(seed=st.integers(0, 10**6))
@hypothesis_settings(max_examples=min(8, hypothesis_settings.default.max_examples // 3))
def test_a_search_finds_counts_and_hints_what_its_reader_may_read_and_nothing_else(seed):
    with pytest.raises(Undo), transaction.atomic():
        world = World(Random(seed))
        client = Client()
        client.force_login(world.user, backend="django.contrib.auth.backends.ModelBackend")
        readable = {word for word, (kind, row) in world.rows.items() if world.may_read(kind, row)}
        pages = [shown_on(client, OF_ALL)]
        for kind in KINDS:
            wanted = {word for word in readable if world.rows[word][0] == kind.key}
            page = shown_on(client, OF_ALL, kind=kind.key)
            pages.append(page)
            assert set(re.findall(r"[a-z]{2}own\d+kea", page)) & set(world.rows) >= wanted, kind.key
            heading = f"{kind.label} ({len(wanted)})"
            assert (heading in words_of(pages[0])) == bool(wanted), kind.key
        assert set(re.findall(r"[a-z]{2}own\d+kea", " ".join(pages))) <= readable
        hidden = sorted(world.rows.keys() - readable)
        nothing = words_of(shown_on(client, "zzownnonekea"), without="zzownnonekea")
        for word in world.chance.sample(hidden, min(len(hidden), 6)):
            page = words_of(shown_on(client, word), without=word)
            assert page == nothing, world.rows[word]
        raise Undo
