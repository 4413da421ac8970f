"""The agencies of the register with all their names, earlier ones too, for reading trackers."""

from collections import defaultdict

from agencies.models import Agency
from workitems.tracker.words import Agencies, KnownAgency


def known_agencies() -> Agencies:
    """Return all agencies, in two queries."""
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
        )
        for agency in Agency.objects.order_by("pk")
    )
