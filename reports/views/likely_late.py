"""Milestones that will probably be late, and how earlier estimates went.

All readers of the plan see it, with every agency's record, as they see every date in the plan.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from agencies.rules import agencies_of
from reports.progress.likely_late import SHOWN_SCORES, read_likely_late
from reports.views.dashboard import look_of, register
from workitems.models.plan import READING_ROLES


@require_safe
def likely_late(request: HttpRequest, slug: str) -> HttpResponse:
    look, context = look_of(request, slug)
    found = read_likely_late(look, agencies_of(request.user, *READING_ROLES))
    context |= {"found": found, "scores": found.scores[:SHOWN_SCORES]}
    return register(request, "likely_late", context, found.rows)
