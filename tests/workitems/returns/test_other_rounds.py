"""Returns of other plans that fall together with those of a round, said before the round is opened or extended."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import PlanFactory, ReturnFactory, RoundFactory, SeatFactory, WorkItemFactory
from tests.workitems.returns.test_round_pages import OPENED
from workitems.models import Round
from workitems.returns.other_rounds import returns_near, returns_together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

DUE = date(2011, 1, 14)  # as in OPENED


def owed(agency, *, days, **of_return):
    """Let the agency owe a return so many days from the day, in a plan of its own."""
    other = PlanFactory(title="Another plan", members=[agency])
    around = RoundFactory(plan=other, due_on=DUE + timedelta(days=days))
    return ReturnFactory(round=around, agency=agency, **of_return)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-8, []),
        (-3, ["Police has another return due on 11 January 2011, three days earlier."]),
        (0, ["Police has another return due on 14 January 2011, the same day."]),
        (7, ["Police has another return due on 21 January 2011, seven days later."]),
        (8, []),
    ],
)
def test_returns_within_a_week_are_said(days, says, plan, police):
    owed(police, days=days)
    assert returns_near(plan, [police], DUE, readable=[]) == says


def test_a_plan_is_named_only_to_its_readers_and_agencies_are_told_together(plan, police, customs):
    row = owed(police, days=1)
    ReturnFactory(round=row.round, agency=customs)
    assert returns_near(plan, [police, customs], DUE, readable=[row.round.plan]) == [
        "Customs and Police have another return due on 15 January 2011, one day later, in “Another plan”."
    ]


def test_what_is_submitted_or_extended_further_away_is_not_near(plan, police, customs):
    owed(police, days=1, state="submitted", submitted_at="2011-01-01T00:00Z")
    owed(customs, days=1, extended_to=DUE + timedelta(days=20))
    assert returns_near(plan, [police, customs], DUE, readable=[]) == []


def test_a_round_that_falls_together_with_another_is_opened_only_once_that_is_confirmed(
    manager, plan, police
):
    WorkItemFactory(plan=plan, lead_agency=police)
    owed(police, days=-3)
    address = reverse("returns:open-round", args=[plan.slug])
    refused = manager.post(address, OPENED)
    assert (refused.status_code, Round.objects.filter(plan=plan).count()) == (422, 0)
    assert "Police has another return due on 11 January 2011, three days earlier." in refused.text
    assert "Choose another day, or tick to keep this one." in refused.text
    manager.post(address, OPENED | {"together": "on"})
    assert Round.objects.get(plan=plan).due_on == DUE


def test_a_round_that_falls_together_with_none_is_not_asked_about(manager, plan, police):
    WorkItemFactory(plan=plan, lead_agency=police)
    owed(police, days=30)
    assert "Keep this day" not in manager.get(reverse("returns:open-round", args=[plan.slug])).text
    manager.post(reverse("returns:open-round", args=[plan.slug]), OPENED)
    assert Round.objects.filter(plan=plan).count() == 1


def test_a_due_date_is_not_extended_into_another_return_unasked(
    manager, plan, of_return, police, coordinator
):
    SeatFactory(user=coordinator, agency=police, role="observer")
    row = owed(police, days=0)
    address = reverse("returns:extend", args=[plan.slug, of_return.round_id])
    typed = {"agency": str(police.pk), "to": "12 January 2011", "reason": "Holidays."}
    refused = manager.post(address, typed)
    assert refused.status_code == 422
    assert "14 January 2011, two days later, in “Another plan”." in refused.text
    manager.post(address, typed | {"together": "on"})
    of_return.refresh_from_db()
    assert (of_return.due_on, row.due_on) == (date(2011, 1, 12), DUE)


def test_returns_of_several_plans_within_a_week_of_each_other_are_told_in_one_sentence(
    plan, police, customs
):
    first, second = (owed(police, days=days) for days in (0, 3))
    second.round.plan.title = "Third plan"
    second.round.plan.save()
    both = [first.round.plan, second.round.plan]
    says = "Police owes two returns within three days: 14 January 2011 in “Another plan” and 17 January 2011 in “Third plan”."
    assert returns_together(both) == returns_together(both, [police]) == [says]
    assert returns_together(both, [customs]) == returns_together(both[:1]) == []
    for row in (first, second):
        ReturnFactory(round=row.round, agency=customs)
    assert returns_together(both) == [
        says.replace("Police owes two returns", "Customs and Police owe two returns each")
    ]


def test_returns_further_apart_than_a_week_and_submitted_ones_do_not_fall_together(police):
    rows = [owed(police, days=0), owed(police, days=8)]
    rows.append(owed(police, days=2, state="submitted", submitted_at="2011-01-01T00:00Z"))
    assert returns_together([row.round.plan for row in rows]) == []
