"""What the dashboard says of the time since an earlier moment: the figures of then, and the changes.

Read from the records that may differ between the two moments, however many others the plan has. A
property test checks that the figures equal those counted from the whole plan of then.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.progress.changes import Comparison, compare, read_both
from reports.progress.plan_counts import Place, PlanCounts
from reports.progress.view import Look
from workitems.plan_at import ItemAt
from workitems.standing import Standing


@dataclass(frozen=True)
class Since:
    """`standings` are the numbers of items by place and status of then, and `stood` is the status
    of items that may have had another one."""

    standings: Mapping[Place, Counter[Standing]]
    stood: Mapping[int, Standing]
    changes: Comparison


def read_since(look: Look, now: PlanCounts) -> Since:
    """Return what was otherwise at `look.since`, given the counts of now. At most 11 queries, 9 for today."""
    assert look.since is not None
    # The names of another day than today are read again.
    names = None
    if look.at.is_now:
        agencies = {pk: agency.short_name for pk, agency in now.agencies.items()}
        names = agencies, {row.pk: row.title for row in now.pillars}
    before, after = read_both(look.plan, look.since, look.at, whole_items=True, names=names)
    became = _narrowed(look, after.items)
    found = {place: Counter(count) for place, count in now.standings.items()}
    for item in became.values():
        found[item.pillar, item.lead][item.standing] -= 1
    for item in _narrowed(look, before.items).values():
        found.setdefault((item.pillar, item.lead), Counter())[item.standing] += 1
    return Since(
        {place: +count for place, count in found.items() if +count},
        {pk: item.standing for pk, item in before.items.items()},
        Comparison(compare(before, replace(after, items=became)), after.agencies),
    )


def _narrowed(look: Look, items: Mapping[int, ItemAt]) -> dict[int, ItemAt]:
    """Keep the items of the view, by where they were."""
    return {
        pk: item
        for pk, item in items.items()
        if look.pillar in (None, item.pillar) and look.agency in (None, item.lead)
    }
