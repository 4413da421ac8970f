"""Test that the page of an item answers as the attention list does, and shows the late first."""

import random
import re
from datetime import date

import pytest

from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    RiskFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY, TOMORROW, YESTERDAY, noon
from workitems.items.item_attention import line_of, plan_of_item
from workitems.items.item_page import item_page
from workitems.models import Delay, WorkItem
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at

pytestmark = pytest.mark.django_db

ANSWERS = ("reason", "further", "cause", "expected", "doing", "also_doing", "asked", "why")


def answers(line):
    return line and [getattr(line, name) for name in ANSWERS]


@pytest.fixture
def any_items(plan, police, customs):
    """Thirty items, each with other records."""
    pick = random.Random(7)
    days = (date(2010, 5, 1), YESTERDAY, TODAY, DUE, SLIPPED)
    with noon(date(2010, 5, 3)):
        for number in range(30):
            item = WorkItemFactory(
                plan=plan,
                lead_agency=police,
                number=f"1.{number}",
                stage=pick.choice(["under_way", "not_started", "ongoing", "withdrawn"]),
                confidence=pick.choice(["on_track", "at_risk", "off_track", ""]),
                reviewer_confidence=pick.choice(["", "", "at_risk"]),
                heard_on=pick.choice([None, date(2009, 5, 1), YESTERDAY]),
            )
            for _ in range(pick.randrange(3)):
                milestone = MilestoneFactory(
                    item=item,
                    responsible_agency=pick.choice([police, customs]),
                    original_due=pick.choice(days),
                    completed_on=pick.choice([None, None, YESTERDAY]),
                )
                for one in range(pick.randrange(3)):
                    delay = DelayFactory(
                        milestone=milestone,
                        number=one + 1,
                        cause=pick.choice(Delay.Cause.values),
                        found_on=date(2010, 5, one + 1),
                        ended_on=pick.choice([None, YESTERDAY]),
                        times_moved=pick.choice([1, 2]),
                    )
                    for step in range(pick.randrange(3)):
                        MitigationFactory(
                            delay=delay, number=step + 1, owner_agency=customs,
                            due_on=pick.choice([None, DUE]),
                            done_on=pick.choice([None, YESTERDAY]),
                        )  # fmt: skip
                if pick.random() < 0.3:
                    VariationFactory(
                        milestone=milestone, state=pick.choice(["requested", "taken_back"])
                    )
            if pick.random() < 0.3:
                RiskFactory(
                    plan=plan, item=item, number=number + 1, owner_agency=customs,
                    escalated_to="group", escalated_on=date(2010, 5, 2),
                )  # fmt: skip
    return plan


@pytest.mark.parametrize("moment", [Moment.today(TODAY), Moment.end_of(date(2010, 5, 20))])
def test_the_page_of_any_item_answers_as_the_list_does(
    any_items, moment, django_assert_max_num_queries
):
    listed = {line.item.pk: answers(line) for line in attention(plan_at(any_items, moment))}
    assert len(listed) > 10
    rows = WorkItem.objects.select_related("pillar", "lead_agency", "plan")
    assert any_items.record_begins is None  # as pages know from the query of their plans
    for item in rows.prefetch_related("supports__agency"):
        item.plan = any_items
        shown = item_page(item, moment)
        with django_assert_max_num_queries(2):
            found = line_of(plan_of_item(shown, moment))
            assert answers(found) == listed.get(item.pk)


@pytest.fixture
def late(item, customs):
    """The item's second milestone, late, with two steps that are being taken."""
    MilestoneFactory(item=item, number=1, description="Text agreed", completed_on=date(2010, 5, 1))
    late = MilestoneFactory(
        item=item, number=2, description="Brochure printed", original_due=YESTERDAY,
        forecast_due=SLIPPED,
    )  # fmt: skip
    MilestoneFactory(item=item, number=3, description="Staff told", original_due=TOMORROW)
    delay = DelayFactory(milestone=late, explanation="No money was set aside.")
    MitigationFactory(delay=delay, number=1, description="Borrow paper.", due_on=DUE)
    MitigationFactory(delay=delay, number=2, description="Ask again.", owner_agency=customs)
    return late


def words_of(page):
    main = page.text.partition('<main id="main"')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.usefixtures("on_the_day")
def test_the_page_begins_with_the_late_milestone_and_its_answers(client_of, colleague, item, late):
    UpdateFactory(item=item, achieved="Half of it.", of_return__accepted=True)
    page = client_of(colleague).get(item.get_absolute_url())
    said = words_of(page)
    order = [
        "Late: overdue by one day",
        "Brochure printed",
        "Overdue by one day expected 30 September, first promised for 31 May",
        "Staff told",
        "Due 2 June",
        "Text agreed",
        "Done 1 May",
        "How it is going",
        "Why Funding: No money was set aside.",
        "Being done Borrow paper. Police, by 30 June 2010 Customs will ask again.",
        "For the group",
        "Latest update",
        "Half of it.",
        "Facts",
        "Lead",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.usefixtures("on_the_day")
def test_the_page_of_an_item_on_time_says_what_is_next(client_of, colleague, plan, police):
    item = WorkItemFactory(plan=plan, lead_agency=police, heard_on=YESTERDAY)
    MilestoneFactory(item=item, description="Staff told", original_due=SLIPPED)
    said = words_of(client_of(colleague).get(item.get_absolute_url()))
    assert "Staff told Due 30 September" in said
    assert "For the group Nothing" in said
