"""A plan at a moment, which may be now: the one model that every page, paper and table narrows.

`rows` are the records as they stood, with the words derived from them (open, late, stands); `loading`
reads them; `whole_plan` puts them together. Decision 18 says why history is read by hand.
"""

from workitems.plan_at.loading import (
    as_called,
    delays_at,
    grouped,
    items_among,
    items_at,
    items_in_full,
    milestones_at,
    pillar_titles,
    pillars_at,
    risks_at,
    variations_at,
    with_milestones,
)
from workitems.plan_at.rows import (
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PillarAt,
    ReturnAt,
    RiskAt,
    VariationAt,
)
from workitems.plan_at.whole_plan import PlanAt, plan_at

__all__ = [
    "DelayAt",
    "ItemAt",
    "MilestoneAt",
    "MitigationAt",
    "PillarAt",
    "PlanAt",
    "ReturnAt",
    "RiskAt",
    "VariationAt",
    "as_called",
    "delays_at",
    "grouped",
    "items_among",
    "items_at",
    "items_in_full",
    "milestones_at",
    "pillar_titles",
    "pillars_at",
    "plan_at",
    "risks_at",
    "variations_at",
    "with_milestones",
]
