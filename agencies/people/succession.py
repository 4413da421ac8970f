"""Find the agency that succeeds one that has ended."""

from datetime import date

from agencies.models import Agency


def agency_on(agency: Agency, day: date) -> Agency:
    """Return the agency or, if it ended before the day, the last successor known by then.

    One query for each successor.
    """
    passed = set()
    while (
        agency.valid_to and agency.valid_to < day and agency.successor and agency.pk not in passed
    ):
        passed.add(agency.pk)
        agency = agency.successor
    return agency
