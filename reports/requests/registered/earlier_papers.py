"""Papers from before the product, in the list of papers on a plan."""

from collections.abc import Iterator

from django.urls import reverse

from agencies.models import User
from reports.extensions import registry
from reports.requests.models import EarlierPaper
from workitems.models import Plan


def readable_by(user: User, plan: Plan) -> Iterator[registry.ListedPaper]:
    """Yield the papers on the plan that the person may read. One query."""
    for row in EarlierPaper.objects.readable_by(user).current().filter(plan=plan).for_list():
        url = reverse("requests:earlier-paper", args=[row.pk])
        yield registry.ListedPaper(row.dated, row.title, row.number, row.kind, url)
