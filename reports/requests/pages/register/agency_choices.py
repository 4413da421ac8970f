"""The choice of an agency in a form, among those that the user acts for."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Agency
from reports.document.dates import long_date


def offer_agencies(field: Any, agencies: list[Agency], today: date) -> None:
    """Offer agencies by their full names. The one that exists today is chosen; if several do, none is."""
    living = [agency for agency in agencies if agency.exists_on(today)]
    first = living if len(living) == 1 else agencies if len(agencies) == 1 else []
    field.choices = [
        *([] if first else [("", _("Choose an agency"))]),
        *((str(agency.pk), with_end(agency, today)) for agency in agencies),
    ]
    field.initial = str(first[0].pk) if first else ""


def with_end(agency: Agency, today: date) -> str:
    """Return an agency's full name, with the last day of one that is over."""
    if agency.exists_on(today) or agency.valid_to is None:
        return agency.name
    return _("{agency} (until {day})").format(agency=agency.name, day=long_date(agency.valid_to))
