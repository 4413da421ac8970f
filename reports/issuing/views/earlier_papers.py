"""The papers on a plan from before the product, which other subjects register."""

from agencies.models import User
from reports.extensions import registry
from reports.extensions.registry import ListedPaper
from workitems.models import Plan


def earlier_papers(user: User, plan: Plan) -> list[ListedPaper]:
    """Return the earlier papers that the user may read, newest first. At most one query for each subject."""
    found = [paper for readable in registry.EARLIER_PAPERS for paper in readable(user, plan)]
    return sorted(found, key=lambda each: (each.dated, each.title), reverse=True)
