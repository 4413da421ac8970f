"""Agencies as they were called at a moment."""

from collections.abc import Mapping
from copy import copy

from agencies.models import Agency
from workitems.asat import Moment, rows_at


def as_called(agencies: Mapping[int, Agency], moment: Moment) -> dict[int, Agency]:
    """The agencies, by id, under their names of then. One entered later keeps its name of today,
    since plans older than this register name agencies too. One query, and none for today."""
    found = dict(agencies)
    if moment.is_now:
        return found
    rows = rows_at(Agency, moment, of={"pk__in": list(agencies)})
    for pk, short_name, name in rows.values_list("id", "short_name", "name"):
        if (found[pk].short_name, found[pk].name) != (short_name, name):
            found[pk] = copy(found[pk])
            found[pk].short_name, found[pk].name = short_name, name
    return found
