"""The open requests and consultations of an agency that ends. Registered in `agencies.people.succession`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from agencies.people.succession import Holding
from reports.requests.models import Consultation, InformationRequest


def _requests(agency: int, on: date) -> Any:
    open_now = InformationRequest.objects.filter(agency=agency)
    return open_now.exclude(state__in=InformationRequest.ENDED)


def _consultations(agency: int, on: date) -> Any:
    waiting = Consultation.objects.waiting().filter(agency=agency)
    return waiting.filter(line__request__state__in=InformationRequest.OPEN)


HOLDINGS = (
    Holding(gettext_lazy("Requests for official information"), _requests, "agency", "reference"),
    Holding(
        gettext_lazy("Consultations to answer"), _consultations, "agency", "asked_on", once="line"
    ),
)
