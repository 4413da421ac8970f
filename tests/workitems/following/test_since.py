"""What happened to what a person follows since they were last on their desk."""

from datetime import timedelta

import pytest
import time_machine

from tests.factories import (
    MilestoneFactory,
    RiskFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, SLIPPED, TODAY, TOMORROW, YESTERDAY, noon
from workitems.following.since import since
from workitems.following.visits import forget_old, visit
from workitems.models import Seen
from workitems.plan.services.items import close_milestone, move_forecast
from workitems.risks.services import escalate_risk

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def recorded(plan, police):
    """An item of Police with a milestone, recorded yesterday."""
    with noon(YESTERDAY):
        item = WorkItemFactory(plan=plan, number="1.2", lead_agency=police)
        return MilestoneFactory(item=item, number=1, description="Brochure printed")


def moved(milestone, by, to=SLIPPED, cause="procurement"):
    return move_forecast(
        milestone=milestone,
        version=milestone.version,
        forecast_due=to,
        by=by,
        on=TODAY,
        reason="The printer is late.",
        cause=cause,
        mitigation="Another printer is asked.",
    )


def told(person, plan):
    found = since(person, [plan], NOW - timedelta(hours=1), TODAY)
    return [(each.item.number, each.sentence) for each in found.lines]


def test_a_date_that_moved_is_told_with_how_late_it_is_and_its_cause(
    recorded, plan, contributor, approver, on_the_day
):
    moved(recorded, contributor)
    sentence = (
        "“Brochure printed” is now expected on 30 September 2010, three months after the agreed date."
        " Cause: procurement."
    )
    assert told(approver, plan) == [("1.2", sentence)]


def test_nobody_is_told_of_what_they_did_or_do_not_follow(
    recorded, plan, contributor, colleague, on_the_day
):
    moved(recorded, contributor)
    assert told(contributor, plan) == []
    assert told(colleague, plan) == []


@pytest.mark.both_databases
def test_what_was_done_asked_for_and_escalated_is_told_newest_first(
    recorded, plan, police, contributor, approver, coordinator
):
    with noon(YESTERDAY):
        other = MilestoneFactory(item=recorded.item, number=2, description="Words agreed")
        risk = RiskFactory(plan=plan, item=recorded.item, owner_agency=police)
    with time_machine.travel(NOW, tick=False):
        close_milestone(milestone=other, version=1, completed_on=TODAY, by=contributor, on=TODAY)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        variation = VariationFactory(
            milestone=recorded, requesting_agency=police, requested_at=NOW + timedelta(minutes=5)
        )
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        escalate_risk(risk=risk, to="group", on=TODAY, by=contributor, reason="It grew.")
    asked = f"Police asked for {variation.reference}: Move “Brochure printed” to 30 September 2010."
    assert told(approver, plan) == [
        ("1.2", f"Risk {risk.reference} was escalated to the working group."),
        ("1.2", asked),
        ("1.2", "“Words agreed” was done on 1 June 2010."),
    ]


def test_a_plan_that_has_ended_has_no_news(recorded, plan, contributor, approver, on_the_day):
    moved(recorded, contributor)
    plan.ends_on = YESTERDAY
    assert told(approver, plan) == []


def test_at_most_seven_lines_are_shown_and_the_others_counted(plan, police, contributor, approver):
    with noon(YESTERDAY):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        rows = [MilestoneFactory(item=item, number=number) for number in range(1, 10)]
    with time_machine.travel(NOW, tick=False):
        for row in rows:
            moved(row, contributor)
    found = since(approver, [plan], NOW - timedelta(hours=1), TODAY)
    assert (len(found.lines), found.others) == (7, 2)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.both_databases
def test_it_takes_the_same_queries_for_any_number_of_changes(
    count, plan, police, contributor, approver, django_assert_num_queries
):
    with noon(YESTERDAY):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        rows = [MilestoneFactory(item=item, number=number) for number in range(1, count + 1)]
    with time_machine.travel(NOW, tick=False):
        for row in rows:
            moved(row, contributor)
    # Milestones that changed, as they were and are, and their delays; risks; variations; followers.
    with django_assert_num_queries(16):
        assert len(since(approver, [plan], NOW - timedelta(hours=1), TODAY).lines) == count


# --- visits -----------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_visit_lasts_four_hours_and_the_one_before_is_remembered(contributor):
    later = NOW + timedelta(hours=3, minutes=59)
    next_day = NOW + timedelta(days=1)
    assert visit(contributor, NOW) is None
    assert visit(contributor, later) is None
    assert visit(contributor, next_day) == NOW
    assert visit(contributor, next_day + timedelta(hours=1)) == NOW


@pytest.mark.both_databases
def test_visits_are_forgotten_after_13_months(contributor, approver):
    visit(contributor, NOW)
    visit(approver, NOW + timedelta(days=30))
    forget_old(NOW + timedelta(days=401))
    assert list(Seen.objects.values_list("person__name", flat=True)) == ["Police approver"]


def test_the_desk_says_what_happened_since_the_last_visit(
    recorded, plan, contributor, approver, client_of
):
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        assert "Since you were last here" not in client_of(approver).get("/").content.decode()
    with time_machine.travel(NOW, tick=False):
        moved(recorded, contributor)
    with noon(TOMORROW):
        page = client_of(approver).get("/").content.decode()
    assert "Since you were last here" in page
    assert "is now expected on 30 September 2010" in page
