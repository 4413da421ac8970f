"""Everything that the checks of one briefing need, read in a fixed number of queries."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from agencies.models import by_short_name
from agencies.records.composed import composed
from reports.drafting.draft import Part, Portion
from reports.drafting.paper import Drafted
from reports.models import Briefing, ClearanceComment, Suggestion
from workitems.models import Return

BRIEFING = "briefings:detail"
WORKSHOP = "workshop:draft"
WORD_COPIES = "workshop:word"
UPDATE_PAGE = "workshop:update"
COVER = "briefings:change-cover"
ANNEXES = "briefings:annexes"
CLEARANCE = "briefings:clearance"


@dataclass(frozen=True, kw_only=True)
class Material:
    """The briefing as drafted, and what else its checks read. Before drafting that is nothing."""

    drafted: Drafted
    missing: list[Return] = field(default_factory=list)
    # Unresolved comments of agencies.
    comments: list[ClearanceComment] = field(default_factory=list)
    # Number of open suggestions of Word copies.
    suggestions: int = 0

    def shown(self) -> list[tuple[Portion, Part]]:
        return [
            (portion, part) for portion in self.drafted.draft.portions for part in portion.shown
        ]

    def named(self, key: str) -> str:
        """Return "Paragraph 12", or that the paragraph is hidden."""
        number = self.drafted.draft.numbers.get(key)
        return (
            _("Paragraph {number}").format(number=number)
            if number
            else _("A paragraph that is left out")
        )

    def paragraph_url(self, key: str) -> str:
        return f"{self.url(WORKSHOP)}#{key}"

    def url(self, page: str) -> str:
        """Return the URL of a page about the briefing, such as "workshop:draft".

        Pages that are not installed fall back to the briefing's own page.
        """
        where = [self.drafted.briefing.plan.slug, self.drafted.briefing.pk]
        try:
            return reverse(page, args=where)
        except NoReverseMatch:
            return reverse(BRIEFING, args=where)


def read_material(drafted: Drafted) -> Material:
    """Return what the checks read. Three queries, or none before drafting."""
    briefing = drafted.briefing
    if briefing.kind_id is None:
        return Material(drafted=drafted)
    return Material(
        drafted=drafted,
        missing=missing_returns(briefing),
        comments=_unresolved_comments(briefing=briefing.pk),
        suggestions=Suggestion.objects.of_briefing(briefing).left_open().count(),
    )


def missing_returns(briefing: Briefing) -> list[Return]:
    """Return returns of rounds that end in the period and were not accepted by the paper's date.

    One query.
    """
    found: list[Return] = _not_accepted(
        plan=briefing.plan_id,
        start=briefing.period_start,
        end=briefing.period_end,
        dated=briefing.dated,
    )
    for each in found:
        each.round.plan = briefing.plan
    return found


@composed
def _not_accepted(plan: Any, start: Any, end: Any, dated: Any) -> Any:
    returns = Return.objects.filter(
        round__plan=plan, round__period_end__gte=start, round__period_end__lte=end
    ).exclude(state=Return.State.ACCEPTED, accepted_on__lte=dated)
    return returns.select_related("round", "agency").order_by("round__period_end", by_short_name())


@composed
def _unresolved_comments(briefing: Any) -> Any:
    comments = ClearanceComment.objects.of_briefing(briefing).unresolved()
    return comments.select_related("clearance__agency").order_by("made_at", "pk")
