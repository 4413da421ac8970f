"""Everything that the checks of one briefing need, read in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from agencies.models import by_short_name
from agencies.records.composed import composed
from reports.drafting.draft import Part, broken_references, printed
from reports.drafting.paper import Drafted
from reports.models import Briefing, Clearance, ClearanceComment, Suggestion
from reports.models.briefing import marking_words
from workitems.models import Return, Round, WorkItem
from workitems.models.item import Stage
from workitems.models.round import period_told

BRIEFING = "briefings:detail"
WORKSHOP = "workshop:draft"
WORD_COPIES = "workshop:word"
UPDATE_PAGE = "workshop:update"
COVER = "briefings:change-cover"
ANNEXES = "briefings:annexes"
CLEARANCE = "briefings:clearance"
GLOSSARY = "plans:glossary"
PAGES = (BRIEFING, WORKSHOP, WORD_COPIES, UPDATE_PAGE, COVER, ANNEXES, CLEARANCE)


@dataclass(frozen=True, kw_only=True)
class Material:
    """The briefing as drafted, and what else its checks read. Before drafting that is nothing.

    `urls` are the pages about the briefing, by name. `shown` are the paragraphs of the paper, `texts` what is printed of
    each, by key, and `broken_references` the keys of what refers to one that is left out. `marking` is that of the paper,
    in the country's words.
    """

    drafted: Drafted
    urls: Mapping[str, str]
    marking: str = ""
    shown: Sequence[Part] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    broken_references: Sequence[str] = ()
    missing: Sequence[Return] = ()
    # Accepted returns of rounds that end after the period.
    later: Sequence[Return] = ()
    # Unresolved comments of agencies.
    comments: Sequence[ClearanceComment] = ()
    # Agencies that did not concur, and have not answered since they were asked again.
    dissents: Sequence[Clearance] = ()
    # Number of open suggestions of Word copies.
    suggestions: int = 0


def read_material(drafted: Drafted) -> Material:
    """Return what the checks read. Three queries, and one more if an agency was asked again; none before
    drafting."""
    briefing, draft = drafted.briefing, drafted.draft
    place = [briefing.plan.slug, briefing.pk]
    urls = {page: reverse(page, args=place) for page in PAGES}
    urls[GLOSSARY] = reverse(GLOSSARY, args=[briefing.plan.slug])
    if briefing.kind_id is None:
        return Material(drafted=drafted, urls=urls)
    returns = _returns(briefing)
    shown = [part for portion in draft.portions for part in portion.shown]
    return Material(
        drafted=drafted,
        urls=urls,
        marking=marking_words(briefing.marking),
        shown=shown,
        texts={part.key: printed(draft, part.text) for part in shown},
        broken_references=broken_references(draft),
        missing=[row for row in returns if row.round.period_end <= briefing.period_end],
        later=[row for row in returns if row.round.period_end > briefing.period_end],
        comments=_unresolved_comments(briefing=briefing.pk),
        dissents=_unanswered_dissents(drafted.found.facts.clearances) if drafted.found else (),
        suggestions=Suggestion.objects.of_briefing(briefing).left_open().count(),
    )


def missing_returns(briefing: Briefing) -> list[Return]:
    """Return returns of rounds of the period that were not accepted by the paper's date.

    Those of agencies that have ended by then, or lead no item, have nothing to say. One query.
    """
    return [row for row in _returns(briefing) if row.round.period_end <= briefing.period_end]


def _returns(briefing: Briefing) -> list[Return]:
    """Return what `missing_returns` does, and the accepted returns of rounds that end after the period. One query."""
    found: list[Return] = _missing_or_later(
        plan=briefing.plan_id,
        dated=briefing.dated,
        **period_told(briefing.period_start, briefing.period_end),
    )
    for each in found:
        each.round.plan = briefing.plan
    return found


@composed
def _missing_or_later(plan: Any, start: Any, month_in: Any, end: Any, dated: Any) -> Any:
    told = Round.objects.filter(plan=plan).told_of(start=start, month_in=month_in, end=end)
    is_accepted = Q(state=Return.State.ACCEPTED, accepted_on__lte=dated)
    led = WorkItem.objects.filter(plan=OuterRef("round__plan"), lead_agency=OuterRef("agency"))
    goes_on = Q(agency__valid_to=None) | Q(agency__valid_to__gte=dated)
    is_missing = ~is_accepted & ~Q(state=Return.State.MOVED) & goes_on
    returns = Return.objects.filter(
        (Q(round__in=told) & is_missing & Exists(led.exclude(stage=Stage.WITHDRAWN)))
        | (Q(round__period_end__gt=end) & is_accepted),
        round__plan=plan,
    )
    return returns.select_related("round", "agency").order_by("round__period_end", by_short_name())


@composed
def _unresolved_comments(briefing: Any) -> Any:
    comments = ClearanceComment.objects.of_briefing(briefing).unresolved()
    return comments.select_related("clearance__agency").order_by("made_at", "pk")


def _unanswered_dissents(clearances: Iterable[Clearance]) -> list[Clearance]:
    """Return those of agencies whose last answer was that they do not concur, and that were asked again
    since. One query if any was."""
    asked_again = [row for row in clearances if row.reopened_because and not row.is_answered]
    if not asked_again:
        return []
    history: Any = Clearance.history.model
    answers = history.objects.filter(id__in=[row.pk for row in asked_again])
    answers = answers.exclude(answer=Clearance.Answer.NONE).order_by("history_id")
    last = dict(answers.values_list("id", "answer"))
    return [row for row in asked_again if last.get(row.pk) == Clearance.Answer.DISSENTS]
