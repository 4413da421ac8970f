"""Rule 46 as a property: every surface tells the same story of any moment of the demo plans."""

import random
import re
from collections import Counter
from datetime import timedelta
from html import escape

import pytest
from django.utils.timezone import localdate

from reports.meetings.opening_slide import opening_slide
from reports.meetings.pack import ATTENTION_LINES, compose_pack
from reports.progress import dashboard
from reports.progress.changes import Kind, read_changes
from reports.progress.view import PlanView, meetings_before
from tests.factories import MeetingFactory
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at
from workitems.terms.lateness import Rank, Status

MOMENTS = 20
NUMBER = re.compile(r"\b\d+\.\d+\b")


@pytest.fixture
def plans(load_demo):
    load_demo("load_demo_plan")
    return list(Plan.objects.adopted().order_by("pk"))


def moments(plan, today):
    """Twenty days of the plan, and the present."""
    chance = random.Random(plan.slug)
    last = min(today, plan.ends_on or today)
    days = (last - plan.released_on).days
    found = [last - timedelta(days=chance.randrange(1, days)) for _ in range(MOMENTS - 1)]
    return [Moment.present(plan, today), *map(Moment.end_of, found)]


def test_every_surface_tells_the_same_story_of_any_moment(plans):
    today = localdate()
    named = changed = 0
    for plan in plans:
        for moment in moments(plan, today):
            names, changes = tells_one_story(plan, moment)
            named, changed = named + names, changed + changes
    assert len(plans) == 2
    # The property says something.
    assert (named > 5, changed > 20) == (True, True)


def tells_one_story(plan, moment):
    at = plan_at(plan, moment)
    earlier = next(iter(meetings_before(plan, moment)), None)
    since = earlier.moment if earlier else Moment.end_of(moment.on - timedelta(days=90))
    view = PlanView(plan=plan, at=moment, since=since)
    page = dashboard.read_dashboard(view)
    now = Counter(item.status for item in at.items)
    before = {item.pk: item.status for item in plan_at(plan, since).items}

    # Tiles, matrix and headline count the same.
    assert +Counter({figure.kind: figure.count for figure in page.figures}) == now
    assert sum(row.total.count for row in page.grid.rows) == page.grid.total.count == now.total()
    if now.total():
        assert f"{now[Status.LATE]} late" in page.headline

    # What changed has exactly the items that became late, and they come first.
    late = {item.number for item in at.items if item.status == Status.LATE}
    became = {
        item.number
        for item in at.items
        if item.status == Status.LATE and before.get(item.pk) != Status.LATE
    }
    found = read_changes(view)
    assert {change.item.number for change in found.of(Kind.LATE)} == became
    names = NUMBER.findall(page.finding)
    assert [item.number for item in page.named] == names
    assert {each for each in names if each in late} == (became if names else set())

    # Every late item needs attention, and comes before all that is not overdue or late.
    lines = attention(at)
    of_items = [line for line in lines if line.item]
    assert {line.item.number for line in of_items[: len(late)]} == late
    assert [line.rank for line in lines] == sorted(line.rank for line in lines)
    assert page.attention_figure.count == len(lines)
    assert list(page.attention) == lines[: len(page.attention)]
    assert Rank.ACTION_OVERDUE not in {line.rank for line in of_items}

    # The pack and the slide are of the same figures, lines and words.
    meeting = plan.meetings.order_by("held_on").last() or MeetingFactory(plan=plan)
    pack = compose_pack(meeting, moment)
    assert pack.headline == page.headline
    assert [(each.label, each.count) for each in pack.standings] == [
        (figure.label, figure.count) for figure in page.figures if figure.count or figure.kind != Status.UNJUDGED
    ]  # fmt: skip
    assert pack.attention_count == len(lines)
    assert [each.number for each in pack.attention if "." in each.number] == [
        line.item.number for line in lines[:ATTENTION_LINES] if line.item
    ]
    slide = opening_slide(meeting, moment)
    assert escape(dashboard.read_dashboard(_of_slide(view, earlier)).finding) in slide
    return len(names), len(found.found)


def _of_slide(view, earlier):
    return view if earlier else view.without_comparison()
