"""The clearances that an agency which ends has not answered. Registered in `agencies.people.succession`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.people.succession import Holding
from agencies.wording.translation import day_words
from reports.models import Clearance


def _waiting(agency: int, on: date) -> Any:
    return Clearance.objects.waiting().filter(agency=agency)


class Clearances(Holding):
    def lines(self, agency: Agency, on: date) -> list[str]:
        """Return the papers, each with its date and plan: "26/02944 of 9 December 2026 (National Plan)"."""
        rows = self.rows(agency.pk, on).select_related("briefing__plan").order_by("briefing", "pk")
        return [
            _("{paper} of {day} ({plan})").format(
                paper=row.briefing.tracker_number or row.briefing.title,
                day=day_words(row.briefing.dated),
                plan=row.briefing.plan,
            )
            for row in rows
        ]


# Where the successor is asked itself, the ended agency is asked no more.
CLEARANCES = Clearances(
    gettext_lazy("Clearances to give"),
    _waiting,
    "agency",
    "briefing__plan__title",
    once="briefing",
    left=(("is_withdrawn", True),),
)
