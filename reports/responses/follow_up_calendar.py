"""What an agency owes to papers, in its calendar: its clearances, and actions after the Minister's answers. A source of
`workitems.calendar.due_calendar`.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports.models import Clearance, FollowUp
from workitems.calendar.due_calendar import Entry, Owing, entry_of, with_changes


def follow_up_entries(owing: Owing) -> Iterator[Entry]:
    """Yield the open follow-ups of the agency in the plan, also after the plan's end. One query."""
    rows = (
        FollowUp.objects.open()
        .filter(issued__briefing__plan__in=owing.by_id, owner_agency=owing.agency)
        .for_lines()
    )
    for row in with_changes(rows, own=(FollowUp, "pk")):
        lines = [
            _("After the Minister’s answer to {briefing}").format(
                briefing=row.issued.briefing.tracker_number
            )
        ]
        yield entry_of(
            "follow-up",
            owing.by_id[row.issued.briefing.plan_id],
            row,
            row.due_on,
            row.text,
            lines,
            _("Action"),
        )


def clearance_entries(owing: Owing) -> Iterator[Entry]:
    """Yield the clearances that wait for the agency. A feed has no sign-in, so it does not name the paper. One query."""
    rows = Clearance.objects.waiting().filter(briefing__plan__in=owing.by_id, agency=owing.agency)
    for row in with_changes(rows.select_related("briefing"), own=(Clearance, "pk")):
        plan = row.briefing.plan = owing.by_id[row.briefing.plan_id]
        title = _("Answer on a draft briefing")
        yield entry_of("clearance", plan, row, row.due_on, title, [], _("Clearance"))
