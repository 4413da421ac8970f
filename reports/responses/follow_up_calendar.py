"""Actions after the Minister's answers in an agency's calendar; a source of `workitems.calendar.due_calendar`."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports.models import FollowUp
from workitems.calendar.due_calendar import Entry, entry_of, with_changes
from workitems.models import CalendarFeed


def follow_up_entries(feed: CalendarFeed) -> Iterator[Entry]:
    """Yield the open follow-ups of the agency in the plan, also after the plan's end. One query."""
    rows = (
        FollowUp.objects.open()
        .filter(issued__briefing__plan=feed.plan, owner_agency=feed.agency)
        .for_lines()
    )
    for row in with_changes(rows, own=(FollowUp, "pk")):
        lines = [
            _("After the Minister’s answer to {briefing}").format(
                briefing=row.issued.briefing.tracker_number
            )
        ]
        yield entry_of("follow-up", row, row.due_on, row.text, lines, _("Action"))
