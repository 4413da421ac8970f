"""The clearances that an agency which ends has not answered. Registered in `agencies.people.succession`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from agencies.people.succession import Holding
from reports.models import Clearance


def _waiting(agency: int, on: date) -> Any:
    return Clearance.objects.waiting().filter(agency=agency)


# Where the successor is asked itself, the ended agency is asked no more.
CLEARANCES = Holding(
    gettext_lazy("Clearances to give"),
    _waiting,
    "agency",
    "briefing__plan__title",
    once="briefing",
    left=(("is_withdrawn", True),),
)
