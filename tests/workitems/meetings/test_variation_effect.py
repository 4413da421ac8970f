"""Test what is said of a request's effects beside it: on its slide, the agenda and its own page."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    AgencyFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    UserFactory,
    VariationFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, YESTERDAY
from workitems.meetings.variation_effect import Effects
from workitems.models import Milestone
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def asked(milestone):
    """A request to move the milestone from 30 June to 30 September 2010."""
    return VariationFactory(milestone=milestone, number=7, state="recommended")


def effects(variation):
    return Effects(plan_at(variation.plan, Moment.present(variation.plan, TODAY))).of(variation)


def expected_late(milestone, until=SLIPPED):
    Milestone.objects.filter(pk=milestone.pk).update(forecast_due=until)


def test_the_length_of_the_move_and_nothing_that_does_not_change(asked):
    assert effects(asked) == ["The date moves three months (92 days) later."]


def test_late_items_fall_where_the_new_date_covers_the_forecast(asked, milestone):
    expected_late(milestone)
    assert effects(asked)[1] == "Late items fall from 1 to 0."


def test_an_item_stays_late_where_the_forecast_is_later_still(asked, milestone):
    expected_late(milestone, date(2010, 10, 30))
    assert effects(asked)[1:] == [
        "Police now expects 30 October 2010, later than the date asked for.",
        "The item stays late: expected a month late.",
    ]


def test_late_items_rise_where_an_earlier_date_is_asked_for(milestone):
    sooner = VariationFactory(
        milestone=milestone, number=7, state="recommended", due_after=date(2010, 6, 16)
    )
    assert effects(sooner) == [
        "The date moves two weeks (14 days) earlier.",
        "Late items rise from 0 to 1.",
    ]


def test_how_many_dates_of_others_can_no_longer_be_met_if_it_is_approved(asked, milestone, plan):
    one = WaitFactory(milestone__item=WorkItemFactory(plan=plan), waits_for=milestone)
    WaitFactory(milestone__item=WorkItemFactory(plan=plan), waits_for=one.milestone)
    WaitFactory(milestone__item=WorkItemFactory(plan=plan), waits_for=milestone, unanswered=True)
    assert effects(asked)[1:] == ["If approved, two milestones of DoL can no longer be met."]
    other = MilestoneFactory(
        item=WorkItemFactory(plan=plan), responsible_agency=AgencyFactory(short_name="MOH")
    )
    WaitFactory(milestone=other, waits_for=milestone)
    assert effects(asked)[1:] == [
        "If approved, three milestones of two agencies can no longer be met."
    ]


def test_a_request_to_cancel_says_how_many_wait(milestone, plan):
    WaitFactory(milestone__item=WorkItemFactory(plan=plan), waits_for=milestone)
    cancel = VariationFactory(
        milestone=milestone, number=8, kind="cancel", due_before=None, due_after=None
    )
    assert effects(cancel) == ["One milestone of DoL waits for it."]


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2010, 12, 30), "is due three months after that."),
        (SLIPPED, "is due at the same time."),
        (date(2010, 8, 31), "is due before that: 31 August 2010."),
    ],
)
def test_how_the_next_milestone_lies_to_the_new_date(asked, item, due, words):
    MilestoneFactory(
        item=item, number=2, description="Handed out", agreed_due=due, forecast_due=due
    )
    assert effects(asked)[-1] == f"The next milestone, “Handed out”, {words}"


def moved(plan, number, item, **columns):
    """A milestone whose agreed date was moved by an approved variation."""
    dates = {"original_due": date(2010, 3, 31), "agreed_due": DUE, "forecast_due": DUE}
    milestone = MilestoneFactory(item=item, number=number, **(dates | columns))
    VariationFactory(
        milestone=milestone,
        number=number + 10,
        state="approved",
        due_before=date(2010, 3, 31),
        due_after=milestone.agreed_due,
        meeting=MeetingFactory(plan=plan, held_on=date(2010, 2, number)),
        decided_at=NOW.replace(month=2),
        decided_by=UserFactory(),
    )
    return milestone


def test_how_dates_that_were_moved_before_have_held(asked, plan, item, customs):
    """Those of the agency if three have come, else all of the plan, with those that are still ahead."""
    other = WorkItemFactory(plan=plan, pillar=item.pillar, number="3.1", lead_agency=customs)
    moved(plan, 2, other, agreed_due=YESTERDAY, forecast_due=YESTERDAY, responsible_agency=customs)
    assert (
        effects(asked)[-1]
        == "In the whole plan, one agreed date was moved before; it did not hold."
    )
    moved(plan, 3, item, completed_on=date(2010, 5, 1))
    moved(plan, 4, item)
    assert (
        effects(asked)[-1]
        == "In the whole plan, of three dates that were moved before, one moved again or was missed. One is still ahead."
    )
    moved(plan, 5, item, agreed_due=YESTERDAY, forecast_due=YESTERDAY)
    moved(plan, 6, item, forecast_due=SLIPPED)
    assert effects(asked)[-1] == (
        "Of four dates that Police had moved before, two moved again or were missed. One is still ahead."
    )


def test_a_decided_request_and_one_of_another_kind_have_no_effects(asked, plan, item, police):
    asked.state = "declined"
    assert effects(asked) == []
    withdrawal = VariationFactory(
        plan=plan,
        milestone=None,
        item=item,
        number=8,
        kind="withdrawal",
        due_before=None,
        due_after=None,
        requesting_agency=police,
    )
    assert effects(withdrawal) == []


def test_the_effects_are_on_the_slide_and_the_variations_page(
    client_of, colleague, plan, item, asked
):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    MatterFactory(meeting=meeting, item=item, title="1.2 Print a brochure")
    reader = client_of(colleague)
    for address in (
        reverse("meetings:present", args=[plan.slug, meeting.pk]),
        asked.get_absolute_url(),
    ):
        assert "The date moves three months (92 days) later." in reader.get(address).text


def test_a_slide_says_what_stays_if_a_request_is_declined(plan, asked, milestone):
    at = plan_at(plan, Moment.present(plan, TODAY))
    assert Effects(at).declined(asked) == ["The agreed date stays 30 June 2010."]
    milestone.forecast_due = SLIPPED
    milestone.save()
    at = plan_at(plan, Moment.present(plan, TODAY))
    assert Effects(at).declined(asked) == [
        "The agreed date stays 30 June 2010, and the item stays late.",
        "Police still expects 30 September 2010.",
    ]
