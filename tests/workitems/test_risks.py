"""A risk's life: raised, weighed anew, taken higher, brought down, closed, reopened."""

import pytest

from tests.factories import RiskFactory, WorkItemFactory
from tests.workitems.record import TODAY, YESTERDAY, entries, newest, refused, unchanged
from workitems.models import Risk
from workitems.services import risks

pytestmark = pytest.mark.django_db

WHO = "Coordinator (DoL)"


def raise_risk(plan, police, by, **differs):
    return risks.raise_risk(
        plan=plan,
        description="Trained staff leave.",
        likelihood="medium",
        impact="high",
        owner_agency=police,
        by=by,
        **differs,
    )


def test_risks_are_numbered_in_their_plan(plan, item, police, coordinator):
    RiskFactory(number=40)  # of another plan
    first = raise_risk(plan, police, coordinator)
    second = raise_risk(plan, police, coordinator, item=item, response="Train two at a time.")
    assert [risk.number for risk in (first, second)] == [1, 2]
    assert (first.item, first.likelihood, first.impact) == (None, "medium", "high")
    assert (second.item, second.response) == (item, "Train two at a time.")
    assert entries(second) == [("+", WHO, "")]


def test_a_risk_to_another_plans_item_is_refused(plan, police, coordinator):
    with refused("The item belongs to another plan.", "item"):
        raise_risk(plan, police, coordinator, item=WorkItemFactory())
    assert Risk.objects.count() == 0


@pytest.mark.parametrize("to", Risk.EscalatedTo.values)
def test_a_risk_is_brought_higher_with_a_reason(coordinator, to):
    risk = RiskFactory()
    with unchanged(risk), refused("Say why it goes higher.", "reason"):
        risks.escalate_risk(risk=risk, to=to, on=TODAY, by=coordinator, reason="")
    risks.escalate_risk(risk=risk, to=to, on=TODAY, by=coordinator, reason="It happened.")
    risk.refresh_from_db()
    assert (risk.escalated_to, risk.escalated_on) == (to, TODAY)
    assert newest(risk) == ("~", WHO, "It happened.")


def test_a_risk_is_closed_with_a_reason(coordinator):
    risk = RiskFactory()
    with unchanged(risk), refused("Say why the risk is over.", "reason"):
        risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="")
    risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="Staff stayed.")
    risk.refresh_from_db()
    assert risk.closed_on == TODAY
    assert newest(risk) == ("~", WHO, "Staff stayed.")


def test_a_closed_risk_goes_nowhere(coordinator):
    risk = RiskFactory(closed_on=YESTERDAY)
    with unchanged(risk), refused("This risk is closed."):
        risks.escalate_risk(risk=risk, to="group", on=TODAY, by=coordinator, reason="So.")
    with unchanged(risk), refused("This risk was closed on 31 May 2010."):
        risks.close_risk(risk=risk, on=TODAY, by=coordinator, reason="So.")
