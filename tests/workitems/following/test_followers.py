"""Who follows an item on a day, why, and what they choose besides."""

import pytest

from agencies.models import Seat
from tests.factories import (
    AssignmentFactory,
    MemberFactory,
    MilestoneFactory,
    SeatFactory,
    SupportFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, YESTERDAY
from workitems.following.followers import followers
from workitems.following.services import follow_item, follow_plan

pytestmark = pytest.mark.django_db


def why(item, **options):
    """Return who follows the item, with the reason they are given."""
    return {one.user.name: one.why for one in followers([item], TODAY, **options).get(item.pk, ())}


def test_people_follow_what_their_agency_has_a_part_in(
    item, contributor, approver, coordinator, colleague, customs
):
    assert why(item) == {
        "Police contributor": "Police leads 1.2.",
        "Police approver": "Police leads 1.2.",
        "Coordinator": "You coordinate the plan.",
    }
    SupportFactory(item=item, agency=customs)
    assert why(item)["Customs contributor"] == "Customs supports 1.2."


def test_an_agency_follows_while_it_is_responsible_for_an_open_milestone(item, colleague, customs):
    milestone = MilestoneFactory(item=item, responsible_agency=customs)
    assert why(item) == {"Customs contributor": "Customs is responsible for a milestone of 1.2."}
    milestone.completed_on = TODAY
    milestone.save()
    assert why(item) == {}


def test_who_was_given_the_item_is_told_so(item, contributor, approver):
    AssignmentFactory(item=item, agency=item.lead_agency, unit=None, user=contributor)
    assert why(item) == {
        "Police contributor": "1.2 is given to you.",
        "Police approver": "Police leads 1.2.",
    }


def test_observers_follow_nothing_until_they_choose_to(item, police):
    observer = SeatFactory(user__name="Observer", agency=police, role=Seat.Role.OBSERVER).user
    assert why(item) == {}
    follow_item(item=item, choice=True, by=observer, at=NOW)
    assert why(item) == {"Observer": "You follow 1.2."}


def test_a_choice_about_an_item_counts_before_one_about_its_agency_or_plan(item, colleague, police):
    follow_plan(plan=item.plan, whole=False, agencies=[police], by=colleague, at=NOW)
    assert why(item) == {"Customs contributor": "You follow 1.2."}
    follow_item(item=item, choice=False, by=colleague, at=NOW)
    assert why(item) == {}
    follow_item(item=item, choice=None, by=colleague, at=NOW)
    assert why(item) == {"Customs contributor": "You follow 1.2."}
    follow_plan(plan=item.plan, whole=True, agencies=[], by=colleague, at=NOW)
    assert why(WorkItemFactory(plan=item.plan, lead_agency=police, number="9")) == {
        "Customs contributor": "You follow 9."
    }


def test_who_does_not_want_to_follow_an_item_does_not_though_the_agency_leads_it(item, contributor):
    follow_item(item=item, choice=False, by=contributor, at=NOW)
    assert why(item) == {}
    assert why(item, with_choices=False) == {"Police contributor": "Police leads 1.2."}


@pytest.mark.parametrize("ends", ["the seat", "the account"])
def test_following_ends_with(ends, item, contributor):
    follow_item(item=item, choice=True, by=contributor, at=NOW)
    if ends == "the seat":
        Seat.objects.filter(user=contributor).update(to_on=YESTERDAY)
    else:
        contributor.is_active = False
        contributor.save()
    assert why(item) == {}


def test_an_agency_that_left_the_working_group_follows_nothing(item):
    left = MemberFactory(plan=item.plan, left_on=YESTERDAY).agency
    SupportFactory(item=item, agency=left)
    follow_item(item=item, choice=True, by=SeatFactory(agency=left).user, at=NOW)
    assert why(item) == {}


def test_one_person_alone_is_looked_for(item, contributor, approver):
    assert why(item, only=approver) == {"Police approver": "Police leads 1.2."}
    assert why(item, only=UserFactory()) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_followers_take_the_same_queries_for_any_number_of_items(
    count, plan, contributor, coordinator, police, django_assert_num_queries
):
    items = [WorkItemFactory(plan=plan, lead_agency=police) for _ in range(count)]
    for item in items:
        AssignmentFactory(item=item, agency=police, unit=None, user=contributor)
        MemberFactory(plan=plan)
    with django_assert_num_queries(7):
        found = followers(items, TODAY)
    assert {pk: len(people) for pk, people in found.items()} == {item.pk: 2 for item in items}
