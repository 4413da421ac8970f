"""Notices about follow-ups of the Minister's answers; a source of `workitems.notices`."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from reports.models import FollowUp
from workitems.meetings import action_news as action_notices
from workitems.notices.news import OtherNews


def due_notices(on: date) -> Iterator[OtherNews]:
    """Yield the notices of all follow-ups as at a day. A query a follow-up, of which there are few."""
    rows = (
        FollowUp.objects.filter(action_notices.news_worth(on))
        .for_lines()
        .select_related("issued__briefing__plan__coordinating_agency")
        .order_by("due_on", "pk")
    )
    return action_notices.action_notices(
        [
            action_notices.ActionNews(
                action=row,
                about=f"follow-up {row.pk}",
                plan=row.plan,
                title=_("Action after the Minister’s answer to {briefing}").format(
                    briefing=row.issued.briefing.name
                ),
            )
            for row in rows
        ],
        on,
    )
