"""What a search finds in briefings, drafts and issued papers, beside the records of plans.

Reads only. `workitems.plan.record_search` says what a kind is.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import (
    DRAFTING_ROLES,
    Briefing,
    Clearance,
    DraftAsk,
    DraftParagraph,
    IssuedPaper,
    IssuedParagraph,
)
from reports.models.briefing import CONSULTED_STATES
from reports.models.indexes import INDEXES
from workitems.models.plan import READING_ROLES
from workitems.plan.record_search import KINDS as RECORDS
from workitems.plan.record_search import Hit, Kind, Reader, numbered


def drafts_for(briefing: Briefing, reader: Reader) -> bool:
    """Return whether the person reads the plan's drafts at any time."""
    return briefing.plan_id in reader.plans and (
        briefing.plan.coordinating_agency_id in reader.user.agencies_as(*DRAFTING_ROLES)
    )


def asked(reader: Reader, briefing: str) -> "QuerySet[Clearance]":
    """Return the requests for clearance by which the person reads a draft while it is in consultation.

    `briefing` is the way from the row to its briefing.
    """
    return Clearance.objects.asked().filter(
        briefing=OuterRef(briefing),
        briefing__state__in=CONSULTED_STATES,
        briefing__plan__in=list(reader.plans),
        agency__in=reader.user.agencies_as(*READING_ROLES),
    )


# --- briefings ------------------------------------------------------------------------------


def visible_briefings(reader: Reader) -> "QuerySet[Briefing]":
    return Briefing.objects.visible_to(reader.user).select_related("plan")


def address_of(briefing: Briefing, reader: Reader) -> str:
    """Return the page of a briefing that the person may read. Those asked for clearance: one query."""
    slug = briefing.plan.slug
    if drafts_for(briefing, reader):
        page = "issued" if briefing.is_issued else "detail"
        return reverse(f"briefings:{page}", args=[slug, briefing.pk])
    if briefing.plan_id in reader.plans and briefing.state in CONSULTED_STATES:
        agencies = reader.user.agencies_as(*READING_ROLES)
        agency = (
            briefing.clearances.asked()
            .filter(agency__in=agencies)
            .values_list("agency", flat=True)
            .order_by("agency__short_name")
            .first()
        )
        if agency is not None:
            return reverse("briefings:clear", args=[slug, briefing.pk, agency])
    return reverse("briefings:issued", args=[slug, briefing.pk])


def briefing_hit(row: Briefing, reader: Reader) -> Hit:
    return Hit(
        title=str(row),
        url=address_of(row, reader),
        plan=row.plan,
        of=row.get_state_display(),
    )


# --- drafts ---------------------------------------------------------------------------------


def visible_in_drafts(model: Any, reader: Reader) -> "QuerySet[Any]":
    """Return the parts of drafts that the person may read, until the paper is issued.

    Agencies asked for clearance read the paper, which has nothing that was left out.
    """
    drafts = Q(
        briefing__plan__in=list(reader.plans),
        briefing__plan__coordinating_agency__in=reader.user.agencies_as(*DRAFTING_ROLES),
    )
    consulted = Q(Exists(asked(reader, "briefing")), is_hidden=False)
    rows: QuerySet[Any] = model.objects.filter(drafts | consulted, is_withdrawn=False)
    return rows.exclude(briefing__state__in=Briefing.ISSUED).select_related("briefing__plan")


def _draft_hit(row: Any, text: str, reader: Reader) -> Hit:
    briefing = row.briefing
    arguments = [briefing.plan.slug, briefing.pk]
    if drafts_for(briefing, reader):
        url = reverse("workshop:draft", args=arguments)
    else:
        agencies = reader.user.agencies_as(*READING_ROLES)
        agency = next(
            each.agency_id
            for each in briefing.clearances.all()
            if each.agency_id in agencies and not each.is_withdrawn
        )
        url = reverse("briefings:consulted-paper", args=[*arguments, agency])
    return Hit(
        title=briefing.title,
        url=f"{url}#{row.key}",
        of=_("Draft, {state}").format(state=briefing.get_state_display().lower()),
        plan=briefing.plan,
        texts=[("", text)],
    )


def visible_paragraphs(reader: Reader) -> "QuerySet[DraftParagraph]":
    rows = visible_in_drafts(DraftParagraph, reader)
    return rows.select_related("section").prefetch_related("briefing__clearances")


def paragraph_hit(row: DraftParagraph, reader: Reader) -> Hit:
    return _draft_hit(row, row.text, reader)


def visible_asks(reader: Reader) -> "QuerySet[DraftAsk]":
    return visible_in_drafts(DraftAsk, reader).prefetch_related("briefing__clearances")


def ask_hit(row: DraftAsk, reader: Reader) -> Hit:
    return _draft_hit(row, f"{row.verb.capitalize()} {row.text}", reader)


# --- issued papers --------------------------------------------------------------------------


def visible_issued(reader: Reader) -> "QuerySet[IssuedParagraph]":
    """Return the words of issued papers, of the newest version of each that the person may read."""
    papers = IssuedPaper.objects.filter(
        Q(briefing__plan__in=list(reader.plans)) | Q(portfolio__in=reader.user.portfolios)
    )
    rows = IssuedParagraph.objects.of_newest(papers).select_related("issued__briefing__plan")
    return rows.defer("issued__document", "issued__pdf")


def issued_hit(row: IssuedParagraph, reader: Reader) -> Hit:
    paper = row.issued
    briefing = paper.briefing
    page = reverse("briefings:version", args=[briefing.plan.slug, briefing.pk, paper.number])
    return Hit(
        title=briefing.title,
        url=f"{page}#{row.key}",
        of=f"{briefing.tracker_number}, {row.heading}, {row.number}",
        plan=briefing.plan,
        texts=[("", row.text)],
    )


PAPERS = [
    Kind(
        key="issued",
        label=gettext_lazy("Issued briefings"),
        index=INDEXES[IssuedParagraph],
        visible=visible_issued,
        order=("-issued", "pk"),
        hit=issued_hit,
    ),
    Kind(
        key="drafts",
        label=gettext_lazy("Paragraphs of drafts"),
        index=INDEXES[DraftParagraph],
        visible=visible_paragraphs,
        order=("-briefing", "position", "pk"),
        hit=paragraph_hit,
    ),
    Kind(
        key="recommendations",
        label=gettext_lazy("Recommendations of drafts"),
        index=INDEXES[DraftAsk],
        visible=visible_asks,
        order=("-briefing", "position", "pk"),
        hit=ask_hit,
    ),
    Kind(
        key="briefings",
        label=gettext_lazy("Briefings"),
        index=INDEXES[Briefing],
        visible=visible_briefings,
        order=("-dated", "-pk"),
        hit=briefing_hit,
    ),
]
KINDS = [*RECORDS, *PAPERS]
# What else has a number or reference; see `with_number`.
NUMBERED: list[Callable[[set[str], Reader], Iterable[Hit]]] = []


def with_number(typed: str, reader: Reader) -> Iterator[Hit]:
    """Yield everything with exactly this number or reference that the person may read."""
    yield from numbered(typed, reader)
    spelt = {typed, typed.upper(), typed.lower()}
    for briefing in visible_briefings(reader).filter(tracker_number__in=spelt).order_by("pk"):
        yield briefing_hit(briefing, reader)
    for source in NUMBERED:
        yield from source(spelt, reader)
