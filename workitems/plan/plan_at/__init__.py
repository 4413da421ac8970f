"""The plan at a moment, which may be now: the one model for pages, papers and tables.

`rows` defines the records as they were and what is derived from them (open, late, status),
`loading` queries them, `whole_plan` combines them. Decision 18 explains why history is queried by
our own code.
"""

from workitems.plan.plan_at.loading import (
    agencies_at,
    delays_at,
    grouped,
    in_plan_order,
    items_at,
    items_in_any_order,
    items_in_full,
    milestones_at,
    mitigations_at,
    pillar_titles,
    pillars_at,
    risks_at,
    variations_at,
    with_milestones,
)
from workitems.plan.plan_at.rows import (
    ActionAt,
    DelayAt,
    ItemAt,
    MilestoneAt,
    MitigationAt,
    PillarAt,
    ReturnAt,
    RiskAt,
    VariationAt,
    days_of,
    told_order,
)
from workitems.plan.plan_at.whole_plan import PlanAt, causes_in_words, item_at, plan_at
