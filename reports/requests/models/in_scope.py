"""The papers that a request may be about: what the product holds between two days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.wording.translation import day_words
from reports.models.issue import IssuedPaper
from reports.models.meeting_paper import MeetingPaper
from reports.models.response import Response
from reports.requests.models.earlier_paper import EarlierPaper
from reports.requests.models.request import InformationRequest
from reports.requests.models.schedule import TITLE_LENGTH, ScheduleLine
from workitems.models import Evidence, Plan

Paper = IssuedPaper | MeetingPaper | Response | Evidence | EarlierPaper
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
    """A paper as a schedule would list it. `is_listed`: the schedule lists it already."""

    kind: ScheduleLine.Kind
    paper: Any
    title: str
    dated: date
    is_listed: bool = False

    @property
    def key(self) -> str:
        """What a form calls it: "issued-7"."""
        return f"{COLUMNS[type(self.paper)]}-{self.paper.pk}"


def as_listed(paper: Paper) -> Found:
    """Return how a schedule lists a paper, unless its adviser changes it.

    In English, since letters print it.
    """
    kind: ScheduleLine.Kind
    if isinstance(paper, IssuedPaper):
        briefing = paper.briefing
        version = f", version {paper.number}" if paper.number > 1 else ""
        title = f"{briefing.tracker_number}: {briefing.title}{version}"
        kind, dated = Kind.ISSUED, briefing.dated
    elif isinstance(paper, MeetingPaper):
        kind, dated = Kind(paper.kind), paper.meeting.held_on
        what = "Pack" if paper.kind == MeetingPaper.Kind.PACK else "Minutes"
        title = f"{what} of the meeting of {day_words(dated)}"
        title += f", version {paper.number}" if paper.number > 1 else ""
    elif isinstance(paper, Response):
        kind, dated = Kind.ANSWER, paper.decided_on
        title = f"Minister’s answer to {paper.issued.briefing.name}"
    elif isinstance(paper, Evidence):
        kind, dated, title = Kind.EVIDENCE, timezone.localdate(paper.added_at), paper.file_name
    else:
        kind, dated, title = Kind.EARLIER, paper.dated, paper.title
        title = f"{paper.number}: {title}" if paper.number else title
    return Found(kind, paper, title[:TITLE_LENGTH], dated)


def papers_of(request: InformationRequest, model: type[models.Model]) -> "models.QuerySet[Any]":
    """Return all papers of a kind that may be listed for a request, without their files.

    These are of the request's plan or, without one, of all plans that its agency takes part in, or
    an agency whose work it took over.
    """
    agencies = request.agencies
    plans = (
        Plan.objects.adopted().filter(members__agency__in=agencies)
        if request.plan_id is None
        else Plan.objects.filter(pk=request.plan_id)
    ).values("pk")
    if model is IssuedPaper:
        issued = IssuedPaper.objects.without_contents().select_related("briefing")
        return issued.filter(briefing__plan__in=plans)
    if model is MeetingPaper:
        papers = MeetingPaper.objects.without_contents().select_related("meeting")
        return papers.filter(meeting__plan__in=plans)
    if model is Response:
        answers = Response.objects.uncorrected().select_related("issued__briefing")
        return answers.defer("issued__document", "issued__pdf").filter(
            issued__briefing__plan__in=plans
        )
    if model is Evidence:
        files = Evidence.objects.not_withdrawn().exclude(file="")
        return files.filter(
            Q(milestone__item__plan__in=plans)
            | Q(update__item__plan__in=plans)
            | Q(of_return__round__plan__in=plans)
            | Q(answer__out_of_session__variation__plan__in=plans)
        )
    earlier = EarlierPaper.objects.current().defer("pdf").filter(agency__in=agencies)
    return earlier if request.plan_id is None else earlier.filter(plan=request.plan_id)


# The lookups that find each kind of paper by its days: its date, and that of its signature.
DAYS: dict[type[models.Model], tuple[str, ...]] = {
    IssuedPaper: ("briefing__dated", "authorised_at__date"),
    MeetingPaper: ("meeting__held_on",),
    Response: ("decided_on",),
    Evidence: ("added_at__date",),
    EarlierPaper: ("dated",),
}


def found_between(request: InformationRequest, first: date, last: date) -> list[Found]:
    """Return the papers with a day from `first` to `last`, oldest first. Seven queries."""
    listed = {
        (name, pk)
        for row in request.lines.values(*COLUMNS.values())
        for name, pk in row.items()
        if pk is not None
    }
    rows = list(_between(request, first, last, listed))
    return sorted(rows, key=lambda each: (each.dated, each.kind, each.title, each.paper.pk))


def _between(
    request: InformationRequest, first: date, last: date, listed: set[tuple[str, Any]]
) -> Iterator[Found]:
    for model, days in DAYS.items():
        is_between = Q.create([(f"{day}__range", (first, last)) for day in days], connector=Q.OR)
        for paper in papers_of(request, model).filter(is_between):
            found = as_listed(paper)
            is_listed = (COLUMNS[model], paper.pk) in listed
            yield Found(found.kind, paper, found.title, found.dated, is_listed)
