"""The open follow-ups of an agency that ends. Registered in `agencies.people.succession`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from agencies.people.succession import Holding
from reports.models import FollowUp


def _open(agency: int, on: date) -> Any:
    return FollowUp.objects.open().filter(owner_agency=agency)


FOLLOW_UPS = Holding(
    gettext_lazy("Follow-ups of the Minister’s answers"), _open, "owner_agency", "due_on"
)
