"""Rule 4: papers of a meeting print the month or the quarter of a due date, never its last day."""

import re
from datetime import date

import pytest

from reports.meetings.meeting_html import paper_fragment
from reports.meetings.pack import compose_pack
from tests.factories import MatterFactory, MeetingFactory, MilestoneFactory, VariationFactory
from tests.workitems.record import TODAY
from workitems.plan.asat import Moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def test_a_pack_prints_months_and_quarters(item):
    milestone = MilestoneFactory(
        item=item,
        description="Brochure printed",
        original_due=date(2010, 5, 31),
        original_known_to="month",
        agreed_due=date(2010, 6, 30),
        agreed_known_to="quarter",
        forecast_due=date(2010, 8, 31),
        forecast_known_to="month",
    )
    asked = VariationFactory(
        milestone=milestone,
        before_known_to="quarter",
        due_after=date(2010, 8, 31),
        after_known_to="month",
    )
    meeting = MeetingFactory(plan=item.plan, held_on=TODAY)
    MatterFactory(meeting=meeting, variation=asked)
    html = paper_fragment(compose_pack(meeting, Moment.today(TODAY)))
    timeline, due_next, agenda = re.split("<h2>Due next</h2>|<h2>Agenda</h2>", html)
    assert "promised May 2010, expected Aug 2010, 92 days later." in timeline
    assert "<td>Apr–Jun 2010</td>" in due_next
    # Dates are compared as a whole, so no words of them are bold.
    assert re.findall('<th scope="row">(?:As agreed|Asked for)</th><td>(.+?)</td>', agenda) == [
        "<p>April to June 2010</p>",
        "<p>August 2010</p>",
    ]
    dates = " ".join(re.findall(r"<td>(.*?)</td>", agenda))
    assert "May 2010 Apr–Jun 2010 Aug 2010" in dates
