"""The texts of a plan that papers may print now."""

from collections.abc import Iterator
from datetime import timedelta

from workitems.models import Plan, Return, Update
from workitems.plan.asat import Moment
from workitems.plan.plan_at import items_in_full, risks_at

# Updates of earlier periods are no longer printed.
A_YEAR = timedelta(days=400)


def current_texts(plan: Plan, moment: Moment) -> Iterator[str]:
    """Yield the texts of items, milestones, delays, actions and risks, and of the accepted updates of about a year.

    Seven queries. What agencies have not submitted is not among them.
    """
    yield plan.background
    for item in items_in_full(plan, moment):
        yield from (item.title, item.as_told, item.objective, item.action)
        for step in item.milestones:
            yield from (step.description, step.as_told)
            for delay in step.delays:
                yield from (delay.explanation, delay.effect, delay.meanwhile, delay.needs)
                yield from (delay.money_from, delay.if_declined)
                yield from (action.description for action in delay.mitigations)
    for risk in risks_at(moment, {"plan_id": plan.pk}):
        yield from (risk.description, risk.response)
    updates = Update.objects.filter(
        of_return__round__plan=plan,
        of_return__state=Return.State.ACCEPTED,
        of_return__round__period_end__gte=moment.on - A_YEAR,
    )
    for texts in updates.order_by("pk").values_list("achieved", "planned_next", "challenges"):
        yield from texts
