"""Everything that the checks of one briefing read, in a fixed number of queries."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from reports.compose import Composed as Generated
from reports.document import Document, DocumentError
from reports.models import Briefing
from reports.workshop import stored
from reports.workshop.draft import Composed, Draft, Part, Portion
from reports.workshop.paper import assembled, composed_from, generated
from workitems.models import Return

WORKSHOP = "workshop:draft"
COVER = "briefings:change-cover"
ANNEXES = "briefings:annexes"


@dataclass(frozen=True)
class Material:
    """`found`, `composed` and `document` are missing where `refusal` says why nothing can be made."""

    briefing: Briefing
    draft: Draft
    found: Generated | None
    composed: list[Composed]
    document: Document | None
    refusal: str
    missing: list[Return]

    def shown(self) -> list[tuple[Portion, Part]]:
        return [(portion, part) for portion in self.draft.portions for part in portion.shown]

    def named(self, key: str) -> str:
        """ "Paragraph 12", or that a part is hidden."""
        number = self.draft.numbers.get(key)
        return f"Paragraph {number}" if number else "A paragraph that is left out"

    def paragraph_url(self, key: str) -> str:
        return f"{self.url(WORKSHOP)}#{key}"

    def url(self, page: str) -> str:
        """The address of a page about the briefing ("workshop:draft"); of the briefing's own where
        that one is not built in."""
        where = [self.briefing.plan.slug, self.briefing.pk]
        try:
            return reverse(page, args=where)
        except NoReverseMatch:
            return reverse("briefings:detail", args=where)


def read(briefing: Briefing) -> Material:
    rows = stored.read(briefing)
    draft = rows.draft
    found: Generated | None = None
    composed: list[Composed] = []
    document: Document | None = None
    refusal = ""
    try:
        found = generated(briefing, draft)
        composed = composed_from(found, rows.patterns)
        document = assembled(draft, found)
    except DocumentError as error:
        refusal = str(error)
    return Material(
        briefing=briefing,
        draft=draft,
        found=found,
        composed=composed,
        document=document,
        refusal=refusal,
        missing=missing_returns(briefing),
    )


def missing_returns(briefing: Briefing) -> list[Return]:
    """Returns of rounds that end in the period, not accepted by the paper's date. One query."""
    returns = Return.objects.filter(
        round__plan=briefing.plan,
        round__period_end__range=(briefing.period_start, briefing.period_end),
    )
    returns = returns.exclude(
        state=Return.State.ACCEPTED, accepted_on__lte=briefing.dated
    ).select_related("round", "agency")
    found = list(returns.order_by("round__period_end", "agency__short_name"))
    for each in found:
        each.round.plan = briefing.plan
    return found
