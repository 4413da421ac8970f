"""The papers on a plan, year on year: issued briefings, and papers from before the product."""

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from reports.extensions import registry
from reports.extensions.registry import ListedPaper
from reports.models.issue import IssuedPaperQuerySet
from workitems.models import Plan


def papers_by_year(
    user: User, plan: Plan, papers: IssuedPaperQuerySet
) -> list[tuple[int, list[ListedPaper]]]:
    """Return the years with their papers, newest first; empty if there is no earlier paper, as the list
    of briefings then says the same. `papers` are the issued ones that the user may read. Two queries.
    """
    found = [paper for readable in registry.EARLIER_PAPERS for paper in readable(user, plan)]
    if not found:
        return []
    issued = papers.select_related("briefing").without_contents().newest_first()
    for row in {row.briefing_id: row for row in reversed(list(issued))}.values():
        briefing = row.briefing
        url = reverse("briefings:issued", args=[plan.slug, briefing.pk])
        found.append(
            ListedPaper(
                briefing.dated, briefing.title, briefing.tracker_number, _("Issued here"), url
            )
        )
    years: dict[int, list[ListedPaper]] = {}
    for each in sorted(found, key=lambda each: (each.dated, each.title), reverse=True):
        years.setdefault(each.dated.year, []).append(each)
    return list(years.items())
