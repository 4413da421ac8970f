"""Rule 49: an item in doubt by the word of its agency or of the reviewer needs attention."""

from datetime import date

import pytest

from tests.factories import MilestoneFactory, WorkItemFactory
from tests.workitems.record import TODAY
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("agency", "reviewer", "why"),
    [
        ("at_risk", "", "Its agency says it is at risk."),
        ("at_risk", "at_risk", "Its agency says it is at risk."),
        ("", "at_risk", "The reviewer rates it at risk."),
        ("off_track", "", "Its agency says it is off track."),
        ("", "off_track", "The reviewer rates it off track."),
        ("on_track", "at_risk", "The reviewer rates it at risk; the agency says on track."),
    ],
)
def test_a_doubt_is_a_reason(plan, police, agency, reviewer, why):
    WorkItemFactory(plan=plan, lead_agency=police, confidence=agency, reviewer_confidence=reviewer)
    (line,) = attention(plan_at(plan, Moment.today(TODAY)))
    assert line.why == why
    assert line.asked.words


def test_late_items_come_before_those_in_doubt(plan, police):
    _, late = (
        WorkItemFactory(plan=plan, lead_agency=police, number=number, confidence=confidence)
        for number, confidence in (("1.1", "off_track"), ("1.2", "on_track"))
    )
    MilestoneFactory(item=late, original_due=date(2010, 9, 30), forecast_due=date(2010, 12, 31))
    lines = attention(plan_at(plan, Moment.today(TODAY)))
    assert [line.item.number for line in lines] == ["1.2", "1.1"]
