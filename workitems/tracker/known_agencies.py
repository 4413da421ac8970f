"""The agencies of the register with all their names, earlier ones too, for reading trackers."""

from collections import defaultdict
from datetime import date

from agencies.models import Agency
from workitems.tracker.words import Agencies, KnownAgency


def known_agencies(on: date) -> Agencies:
    """Return all agencies, in two queries. One that has ended by the day is told with what it became."""
    rows = {agency.pk: agency for agency in Agency.objects.order_by("pk")}
    names: dict[int, set[str]] = defaultdict(set)
    past = Agency.history.values_list("id", "short_name", "name", "name_mi").distinct()
    for pk, *texts in past:
        names[pk].update(texts)
    return Agencies(
        KnownAgency(
            agency.short_name,
            agency.name,
            tuple(
                sorted({*names[agency.pk], agency.name_mi} - {"", agency.short_name, agency.name})
            ),
            has_ended=not agency.exists_on(on),
            became=_became(agency, rows, on),
        )
        for agency in rows.values()
    )


def _became(agency: Agency, rows: dict[int, Agency], on: date) -> str:
    """Return the short name of what an agency has become on the day, or "" if that is nothing."""
    seen: set[int] = set()
    while not agency.exists_on(on) and agency.successor_id and agency.pk not in seen:
        seen.add(agency.pk)
        agency = rows[agency.successor_id]
    return agency.short_name if agency.exists_on(on) else ""
