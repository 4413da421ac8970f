"""What a browser posts on the page of a return."""

from django.urls import reverse

from tests.workitems.record import NOW
from workitems.returns.services import rounds

LATE = {
    "outcome": "not_yet",
    "forecast_due": "30 September 2010",
    "reason": "The printer is late.",
    "cause": "procurement",
    "mitigation": "Another printer.",
    "mitigation_due_on": "15 July 2010",
}
BEGUN = {"outcome": "not_yet", "forecast_due": "about Sept", "mitigation": "Another pri"}
MILESTONE = (
    *("outcome", "completed_on", "shown_by", "forecast_due", "reason", "cause", "effect"),
    *("meanwhile", "needs", "mitigation", "mitigation_due_on"),
    *("settlement", "settling_agency", "settling_by"),
)


def posted(prefix, said):
    """`said` are fields by name; "initial-…" is what the page showed in one."""
    return {
        f"initial-{prefix}-{name.removeprefix('initial-')}"
        if name.startswith("initial-")
        else f"{prefix}-{name}": value
        for name, value in said.items()
    }


def typed(item, shown=None, **said):
    """Return the fields of an item's answer, on a page that showed the answer `shown`."""
    begun = {
        "stage": shown.stage if shown else item.stage,
        "confidence": shown.confidence if shown else item.confidence,
        "achieved": shown.achieved if shown else "",
        "planned_next": shown.planned_next if shown else "",
        "challenges": shown.challenges if shown else "",
        "key_achievement": shown.key_achievement if shown else "no",
    }
    was = {f"initial-{name}": value for name, value in begun.items()}
    version = {"version": shown.version if shown else 0}
    return posted(f"i{item.pk}", {**was, **version, **begun, **said})


def asked(milestone, **said):
    """Return the fields of a milestone, on a page that showed none filled in."""
    blank = dict.fromkeys(MILESTONE, "")
    blank |= {"version": milestone.version, "owner_agency": milestone.responsible_agency_id}
    was = {f"initial-{name}": "" for name in MILESTONE}
    return posted(f"m{milestone.pk}", {**was, **blank, **said})


def address_of(of_return, item):
    plan, round, agency = of_return.round.plan.slug, of_return.round_id, of_return.agency_id
    return reverse("returns:save", args=[plan, round, agency, item.number])


def save(client, of_return, item, **data):
    """Save one section as the script does; return the status and the answer."""
    response = client.post(address_of(of_return, item), data)
    return response.status_code, response.json()


def in_suva(of_return, item, by):
    """Write the answer that a page begins with."""
    return rounds.write_update(
        of_return=of_return, item=item, stage="under_way", achieved="In Suva.", by=by, at=NOW
    )
