"""Who wrote a text that has since gone, with its record, to the successor of an agency that ended: "we" is that agency."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeAlias

from agencies.models import Agency
from workitems.models import Delay, Milestone, Mitigation, Plan, Risk
from workitems.plan.asat import end_of
from workitems.terms.stems import CASE

# The kind of a record, its id, and the text.
Written: TypeAlias = tuple[str, int, str]
TEXTS_OF_DELAYS = ("explanation", "effect", "meanwhile", "needs", *CASE)


def written_by_ended(
    plan: Plan, agencies: Mapping[int, Agency], members: Collection[int]
) -> dict[Written, int]:
    """Return the texts of risks, actions and delays that an agency of `members`, those that the group ever had, wrote
    before it ended with a successor. Four queries if there was such an agency, else none."""
    ended: dict[int, date] = {
        pk: agency.valid_to
        for pk, agency in agencies.items()
        if pk in members and agency.valid_to and agency.successor_id
    }
    if not ended:
        return {}
    found: dict[Written, int] = {}
    risks: Any = Risk.history.filter(plan=plan.pk)
    actions: Any = Mitigation.history.filter(history_plan_id=plan.pk)
    for kind, rows, name in (("risk", risks, "response"), ("action", actions, "description")):
        rows = rows.filter(owner_agency__in=ended)
        for pk, text, agency in rows.values_list("id", name, "owner_agency"):
            found[kind, pk, text] = agency
    of_step = dict(
        Milestone.history.filter(history_plan_id=plan.pk, responsible_agency__in=ended).values_list(
            "id", "responsible_agency"
        )
    )
    delays = Delay.history.filter(history_plan_id=plan.pk, milestone__in=of_step)
    for row in delays.values("id", "milestone", "history_date", *TEXTS_OF_DELAYS):
        agency = of_step[row["milestone"]]
        if row["history_date"] < end_of(ended[agency]):
            for name in TEXTS_OF_DELAYS:
                found["delay", row["id"], row[name]] = agency
    return found
