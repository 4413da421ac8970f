"""Everything that the checks of one briefing need, read in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from agencies.composed import composed
from agencies.models import by_short_name
from reports.bad_characters import telling_places
from reports.compose import Composed as Generated
from reports.document import Document, DocumentError
from reports.drafting import draft_rows
from reports.drafting.draft import Composed, Draft, Part, Portion
from reports.drafting.page import Page
from reports.drafting.paper import assembled, composed_from, composed_without_draft, generated
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
    """Data for the checks of one briefing.

    `document` is None if it cannot be made; `refusal` then says why. `found` is None and `composed`
    empty if the records cannot be composed or the briefing is not drafted.
    """

    briefing: Briefing
    draft: Draft
    found: Generated | None
    composed: list[Composed]
    document: Document | None
    refusal: str
    missing: list[Return]
    # Unresolved comments of agencies.
    comments: list[ClearanceComment]
    # Number of open suggestions of Word copies.
    suggestions: int = 0

    def shown(self) -> list[tuple[Portion, Part]]:
        return [(portion, part) for portion in self.draft.portions for part in portion.shown]

    def named(self, key: str) -> str:
        """Return "Paragraph 12", or that the paragraph is hidden."""
        number = self.draft.numbers.get(key)
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
        where = [self.briefing.plan.slug, self.briefing.pk]
        try:
            return reverse(page, args=where)
        except NoReverseMatch:
            return reverse(BRIEFING, args=where)


def read_material(briefing: Briefing) -> Material:
    if briefing.kind_id is None:
        return _of_records(briefing)
    rows = draft_rows.read_draft(briefing)
    try:
        found = generated(briefing, rows.draft)
        composed = composed_from(found, rows.patterns)
    except DocumentError as error:
        return _of_draft(briefing, rows.draft, None, [], None, str(error))
    try:
        with telling_places(briefing.plan):
            document = assembled(rows.draft, found)
    except DocumentError as error:
        return _of_draft(briefing, rows.draft, found, composed, None, str(error))
    return _of_draft(briefing, rows.draft, found, composed, document)


def material_of_page(page: Page) -> Material:
    """Return the data from a draft's page, which has read the draft and the records already."""
    refusal = page.refusal or page.unprintable
    return _of_draft(
        page.briefing, page.draft, page.found, list(page.composed), page.document, refusal
    )


def _of_draft(
    briefing: Briefing,
    draft: Draft,
    found: Generated | None,
    composed: list[Composed],
    document: Document | None,
    refusal: str = "",
) -> Material:
    return Material(
        briefing=briefing,
        draft=draft,
        found=found,
        composed=composed,
        document=document,
        refusal=refusal,
        missing=missing_returns(briefing),
        comments=_unresolved_comments(briefing=briefing.pk),
        suggestions=Suggestion.objects.of_briefing(briefing).left_open().count(),
    )


def _of_records(briefing: Briefing) -> Material:
    """Return the data of a briefing without a draft, composed from the records alone."""
    document: Document | None = None
    refusal = ""
    try:
        document = composed_without_draft(briefing)
    except DocumentError as error:
        refusal = str(error)
    return Material(
        briefing=briefing,
        draft=Draft(()),
        found=None,
        composed=[],
        document=document,
        refusal=refusal,
        missing=[],
        comments=[],
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
