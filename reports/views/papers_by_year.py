"""The papers on a plan, year on year: issued briefings, and papers from before the product."""

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from reports.models.issue import IssuedPaperQuerySet
from reports.requests.models import EarlierPaper
from workitems.models import Plan


class Listed(NamedTuple):
    """A paper as the list has it. `sort` is its kind: "Issued here", or in its agency's words."""

    dated: date
    title: str
    number: str
    sort: str
    url: str


def papers_by_year(
    user: User, plan: Plan, papers: IssuedPaperQuerySet
) -> list[tuple[int, list[Listed]]]:
    """Return the years with their papers, newest first; empty if there is no earlier paper, as the list
    of briefings then says the same. `papers` are the issued ones that the user may read. Two queries.
    """
    earlier = EarlierPaper.objects.readable_by(user).current().filter(plan=plan).for_list()
    found = [
        Listed(
            row.dated,
            row.title,
            row.number,
            row.kind,
            reverse("reports:earlier-paper", args=[row.pk]),
        )
        for row in earlier
    ]
    if not found:
        return []
    issued = papers.select_related("briefing").without_contents().newest_first()
    for row in {row.briefing_id: row for row in reversed(list(issued))}.values():
        briefing = row.briefing
        url = reverse("briefings:issued", args=[plan.slug, briefing.pk])
        found.append(
            Listed(briefing.dated, briefing.title, briefing.tracker_number, _("Issued here"), url)
        )
    years: dict[int, list[Listed]] = {}
    for each in sorted(found, key=lambda each: (each.dated, each.title), reverse=True):
        years.setdefault(each.dated.year, []).append(each)
    return list(years.items())
