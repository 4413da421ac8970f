"""The papers that a request may be about: what the product holds between two days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from agencies.wording.translation import day_words, in_english
from reports.models.briefing import Briefing
from reports.models.issue import IssuedPaper
from reports.models.meeting_paper import MeetingPaper
from reports.models.response import Response
from reports.requests.models.earlier_paper import EarlierPaper
from reports.requests.models.request import InformationRequest, Period
from reports.requests.models.schedule import (
    PLANS_OF_EVIDENCE,
    TITLE_LENGTH,
    Paper,
    ScheduleLine,
    plan_of,
)
from workitems.models import Evidence, Note, Plan, Return
from workitems.models.note import readable

Kind = ScheduleLine.Kind

# The column of a schedule line that holds each kind of paper.
COLUMNS: dict[type[models.Model], str] = {
    IssuedPaper: "issued",
    MeetingPaper: "meeting_paper",
    Response: "response",
    Evidence: "evidence",
    EarlierPaper: "earlier_paper",
}


@dataclass(frozen=True)
class Found:
    """A paper as a schedule would list it. `is_listed`: the schedule lists it already; `is_of_plan`: it is of the
    request's plan, or the request has none."""

    kind: ScheduleLine.Kind
    paper: Any
    title: str
    dated: date
    plan: Plan | None
    is_listed: bool = False
    is_of_plan: bool = True
    # The released paper by which anybody can read it already, where a page has set it.
    public: Any = None

    @property
    def key(self) -> str:
        """What a form calls it: "issued-7"."""
        return f"{COLUMNS[type(self.paper)]}-{self.paper.pk}"


def as_listed(paper: Paper, request: InformationRequest) -> Found:
    """Return how a schedule lists a paper, unless its adviser changes it.

    In English, since letters print it. What a meeting of another plan left names that plan, since each plan has
    meetings.
    """
    kind: ScheduleLine.Kind
    plan = plan_of(paper)
    is_of_plan = request.plan_id is None or (plan is not None and plan.pk == request.plan_id)
    if isinstance(paper, IssuedPaper):
        briefing = paper.briefing
        version = f", version {paper.number}" if paper.number > 1 else ""
        title = f"{briefing.tracker_number}: {briefing.title}{version}"
        kind, dated = Kind.ISSUED, briefing.dated
    elif isinstance(paper, MeetingPaper):
        kind, dated = Kind(paper.kind), paper.meeting.held_on
        what = "Pack" if paper.kind == MeetingPaper.Kind.PACK else "Minutes"
        title = f"{what} of the meeting of {day_words(dated)}"
        if plan is not None and plan.pk != request.plan_id:
            title += f", {plan.title}"
        title += f", version {paper.number}" if paper.number > 1 else ""
    elif isinstance(paper, Response):
        kind, dated = Kind.ANSWER, paper.decided_on
        title = f"Minister’s answer to {paper.issued.briefing.name}"
    elif isinstance(paper, Evidence):
        kind, dated, title = Kind.EVIDENCE, timezone.localdate(paper.added_at), paper.file_name
    else:
        kind, dated, title = Kind.EARLIER, paper.dated, paper.title
        title = f"{paper.number}: {title}" if paper.number else title
    return Found(kind, paper, title[:TITLE_LENGTH], dated, plan, is_of_plan=is_of_plan)


def papers_of(request: InformationRequest, model: type[models.Model]) -> "models.QuerySet[Any]":
    """Return all papers of a kind that may be listed for a request, without their files.

    These are of the request's plan and of all plans that its agency takes part in, or an agency whose work it took
    over: what is asked for is seldom of one plan alone.
    """
    agencies = request.agencies
    member = Plan.objects.adopted().filter(members__agency__in=agencies)
    plans = Plan.objects.filter(Q(pk=request.plan_id) | Q(pk__in=member.values("pk"))).values("pk")
    if model is IssuedPaper:
        issued = IssuedPaper.objects.without_contents().select_related("briefing__plan")
        return issued.filter(briefing__plan__in=plans)
    if model is MeetingPaper:
        papers = MeetingPaper.objects.without_contents().select_related("meeting__plan")
        return papers.filter(meeting__plan__in=plans)
    if model is Response:
        answers = Response.objects.uncorrected().select_related("issued__briefing__plan")
        return answers.defer("issued__document", "issued__pdf").filter(
            issued__briefing__plan__in=plans
        )
    if model is Evidence:
        files = Evidence.objects.not_withdrawn().exclude(file="")
        return files.select_related(*PLANS_OF_EVIDENCE).filter(
            Q(milestone__item__plan__in=plans)
            | Q(update__item__plan__in=plans)
            | Q(of_return__round__plan__in=plans)
            | Q(answer__out_of_session__variation__plan__in=plans)
        )
    earlier = EarlierPaper.objects.current().defer("pdf").select_related("plan")
    return earlier.filter(agency__in=agencies)


# The lookups that find each kind of paper by its days: its date, and that of its signature.
DAYS: dict[type[models.Model], tuple[str, ...]] = {
    IssuedPaper: ("briefing__dated", "authorised_at__date"),
    MeetingPaper: ("meeting__held_on",),
    Response: ("decided_on",),
    Evidence: ("added_at__date",),
    EarlierPaper: ("dated",),
}


def found_in(request: InformationRequest, periods: Sequence[Period]) -> list[Found]:
    """Return the papers with a day in one of the periods, oldest first. Seven queries; none without a period."""
    if not periods:
        return []
    listed = {
        (name, pk)
        for row in request.lines.values(*COLUMNS.values())
        for name, pk in row.items()
        if pk is not None
    }
    rows = list(_found(request, periods, listed))
    return sorted(rows, key=lambda each: (each.dated, each.kind, each.title, each.paper.pk))


@dataclass(frozen=True)
class NotFrozen:
    """A return, a draft or a conversation (the note that begins it), which has no frozen paper: it is printed as it is,
    and listed as a file."""

    paper: Return | Briefing | Note
    title: str
    dated: date
    is_listed: bool

    @property
    def kind(self) -> str:
        """ "return", "draft" or "conversation"."""
        kinds = {Return: "return", Briefing: "draft", Note: "conversation"}
        return kinds[type(self.paper)]

    @property
    def key(self) -> str:
        """What a form calls it: "return-7"."""
        return f"{self.kind}-{self.paper.pk}"


# The days on which something was said in a conversation, or taken back, of its first note or an answer.
SAID_ON = ("written_at__date", "edited_at__date", "withdrawn_at__date")


def conversations_in(
    request: InformationRequest, periods: Sequence[Period], *, today: date
) -> "models.QuerySet[Note]":
    """Return the first notes of conversations in which something was said in one of the periods, and which the agency
    holds: those of all members of its plans, those of its own, and, of plans that it coordinates, those with the
    coordinators."""
    agencies = request.agencies
    notes = Note.objects.beginning().filter(
        readable(own=agencies, coordinating=agencies, on=today), plan__in=Plan.objects.adopted()
    )
    days = (*SAID_ON, *(f"answers__{day}" for day in SAID_ON), "settled_at__date")
    said = Note.objects.filter(is_in(periods, days))
    found = notes.filter(pk__in=said.values("pk")).on_subjects().select_related("written_for")
    return found.order_by("written_at", "pk")


@in_english
def title_of_conversation(begins: Note) -> str:
    """Return how a schedule lists a conversation, without a word of it: "Conversation 27 on 1.4, begun by Police"."""
    return f"Conversation {begins.pk} on {begins.place}, begun by {begins.written_for.short_name}"


def not_frozen(
    request: InformationRequest, periods: Sequence[Period], *, today: date
) -> list[NotFrozen]:
    """Return the returns accepted in one of the periods, and the briefings that are drafts today, of the plans whose
    work the agency coordinates, and the conversations that it holds. Four queries."""
    if not periods:
        return []
    plans = Plan.objects.adopted().filter(coordinating_agency__in=request.agencies).values("pk")
    returns = Return.objects.filter(is_in(periods, ("accepted_on",)), round__plan__in=plans)
    states = Briefing.State
    drafts = Briefing.objects.filter(
        plan__in=plans, state__in=(states.DRAFTING, states.IN_CONSULTATION, states.AWAITING)
    )
    listed = set(request.lines.filter(kind=Kind.FILE).values_list("title", flat=True))
    # In English, since letters print it.
    found: list[tuple[Return | Briefing | Note, str, date]] = [
        (row, f"Return of {row.agency.name}, {row.round.name}", row.accepted_on or today)
        for row in returns.select_related("agency", "round__plan").order_by("accepted_on", "pk")
    ]
    found += [
        (row, f"Draft of {row.tracker_number}: {row.title}", today)
        for row in drafts.select_related("plan").order_by("dated", "pk")
    ]
    found += [
        (row, title_of_conversation(row), timezone.localdate(row.written_at))
        for row in conversations_in(request, periods, today=today)
    ]
    return [
        NotFrozen(row, title[:TITLE_LENGTH], dated, title[:TITLE_LENGTH] in listed)
        for row, title, dated in found
    ]


def not_accepted(request: InformationRequest, periods: Sequence[Period]) -> list[tuple[str, int]]:
    """Return how many returns submitted in one of the periods await acceptance, by agency, of the plans whose work the
    agency coordinates. The agency holds them, so they may be asked for; until it accepts one, no schedule can print it.
    """
    if not periods:
        return []
    plans = Plan.objects.adopted().filter(coordinating_agency__in=request.agencies).values("pk")
    rows = Return.objects.filter(
        is_in(periods, ("submitted_at__date",)),
        state=Return.State.SUBMITTED,
        round__plan__in=plans,
    )
    counted = rows.values_list("agency__name").annotate(count=Count("pk")).order_by("agency__name")
    return list(counted)


@dataclass(frozen=True)
class FoundOfPlan:
    """What was found of one plan, or of none."""

    plan: Plan | None
    is_of_plan: bool
    found: Sequence[Found]

    @property
    def unlisted(self) -> list[Found]:
        return [each for each in self.found if not each.is_listed]


def by_plan(request: InformationRequest, found: Iterable[Found]) -> list[FoundOfPlan]:
    """Group papers by their plan, that of the request first and those of no plan last."""
    groups: dict[Plan | None, list[Found]] = {}
    for each in found:
        groups.setdefault(each.plan, []).append(each)
    rows = [FoundOfPlan(plan, rows[0].is_of_plan, rows) for plan, rows in groups.items()]
    return sorted(
        rows,
        key=lambda row: (
            row.plan is None,
            row.plan is not None and row.plan.pk != request.plan_id,
            row.plan.title if row.plan else "",
        ),
    )


def is_in(periods: Sequence[Period], days: Sequence[str]) -> Q:
    """Return what filters to the rows of which one of the days is in one of the periods."""
    return Q.create(
        [(f"{day}__range", period) for day in days for period in periods], connector=Q.OR
    )


def _found(
    request: InformationRequest, periods: Sequence[Period], listed: set[tuple[str, Any]]
) -> Iterator[Found]:
    for model, days in DAYS.items():
        for paper in papers_of(request, model).filter(is_in(periods, days)):
            is_listed = (COLUMNS[model], paper.pk) in listed
            yield replace(as_listed(paper, request), is_listed=is_listed)
