"""Who writes and submits each return, who is invited, and who waits to be confirmed: for desk and pages alike. Reads only."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from agencies.people.submitting import Submitters, submitters_of
from workitems.models import Return


def who_submits(
    returns: Collection[Return], on: date, *, invited_to_all: bool = False
) -> dict[int, Submitters]:
    """Return the people of each return that is with its agency, by the return's id (`submitters_of`). None or two queries."""
    if not returns:
        return {}
    people = submitters_of([each.agency for each in returns], on, invited_to_all=invited_to_all)
    return {
        each.pk: replace(people[each.agency_id], is_let_alone=each.alone_allowed_at is not None)
        for each in returns
    }
