"""The agencies of the register with all their names, earlier ones too, for reading trackers."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from agencies.models import Agency
from agencies.people.succession import agency_on
from workitems.intake.tracker.words import Agencies, KnownAgency


def known_agencies(on: date, answers: Mapping[str, str] | None = None) -> Agencies:
    """Return all agencies, in two queries, with the answers of an imported tracker. An agency that has ended by the day has its successor in `became`."""
    rows = {agency.pk: agency for agency in Agency.objects.order_by("pk")}
    for agency in rows.values():
        if agency.successor_id is not None:
            agency.successor = rows[agency.successor_id]
    names: dict[int, set[str]] = defaultdict(set)
    past = Agency.history.values_list("id", "short_name", "name", "name_mi").distinct()
    for pk, *texts in past:
        names[pk].update(texts)
    known = (
        KnownAgency(
            agency.short_name,
            agency.name,
            tuple(
                sorted({*names[agency.pk], agency.name_mi} - {"", agency.short_name, agency.name})
            ),
            has_ended=not agency.exists_on(on),
            became=_became(agency, on),
        )
        for agency in rows.values()
    )
    return Agencies(known, answers)


def _became(agency: Agency, on: date) -> str:
    """Return the short name of what an agency has become on the day, or "" if that is nothing."""
    now = agency_on(agency, on)
    return now.short_name if now.exists_on(on) else ""
