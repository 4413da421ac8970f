"""Test the timeline: every milestone as at a moment, in groups."""

import re
from datetime import UTC, date, datetime, timedelta
from html import escape

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.records import history
from reports.progress import timeline
from reports.progress.timeline import GroupBy
from reports.progress.view import PlanView
from tests.cast import scene
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.plans_at_random import moments, plans
from tests.reports.compose.test_reconcile import some_plans, undone, versions
from workitems.models import Milestone
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="drawn from the plan at its moment"),
]

TODAY = Moment.today(date(2010, 7, 30))


def strips(found):
    return [strip for group in found.groups for strip in group.strips]


# --- reading ----------------------------------------------------------------------------------


@given(data=st.data())
@some_plans
def test_the_timeline_has_every_milestone_and_the_dashboards_late_items(data):
    with undone():
        made = data.draw(plans())
        moment = data.draw(moments())
        by = data.draw(st.sampled_from(GroupBy))
        pillar = data.draw(st.sampled_from([None, *made.plan.pillars.values_list("pk", flat=True)]))
        lead = data.draw(st.sampled_from([None, *(agency.pk for agency in made.agencies)]))
        found = timeline.read_timeline(made.plan, moment, by=by, pillar=pillar, lead=lead)
        at = plan_at(made.plan, moment).narrowed(pillar=pillar, lead=lead)
        assert sorted(strip.number for strip in strips(found)) == sorted(
            item.number for item in at.items
        )
        late = {item.number for item in at.items if item.is_live and item.late.is_late}
        assert {strip.number for strip in strips(found) if strip.is_late} == late
        kept = {item.pk for item in at.items}
        assert found.milestones == sum(row.item_id in kept for row in versions(Milestone, moment))
        keys = [
            {
                GroupBy.PILLAR: item.pillar,
                GroupBy.AGENCY: item.lead,
                GroupBy.LATENESS: 3 if not item.is_live else 1 if item.number in late else 2,
            }[by]
            for item in at.items
        ]
        assert {group.key: len(group.strips) for group in found.groups} == {
            key: keys.count(key) for key in keys
        }


def test_groups_are_in_the_plans_order_and_rows_by_number():
    plan = PlanFactory()
    second, first = PillarFactory(plan=plan, number=2), PillarFactory(plan=plan, number=1)
    for pillar, number in ((second, "2.10"), (second, "2.9"), (first, "1.1")):
        WorkItemFactory(plan=plan, pillar=pillar, number=number)
    found = timeline.read_timeline(plan, TODAY)
    assert [[strip.number for strip in group.strips] for group in found.groups] == [
        ["1.1"],
        ["2.9", "2.10"],
    ]


def test_agencies_are_ordered_by_short_name():
    plan = PlanFactory()
    for name in ("Police", "Customs"):
        WorkItemFactory(plan=plan, lead_agency=AgencyFactory(short_name=name, name=f"The {name}"))
    found = timeline.read_timeline(plan, TODAY, by=GroupBy.AGENCY)
    assert [group.title for group in found.groups] == ["The Customs", "The Police"]


def test_by_lateness_the_latest_come_first_and_closed_items_last():
    plan = PlanFactory()
    for number, due in (("1", date(2010, 7, 1)), ("2", date(2010, 5, 1)), ("3", date(2010, 9, 1))):
        MilestoneFactory(item=WorkItemFactory(plan=plan, number=number), original_due=due)
    WorkItemFactory(plan=plan, number="4", stage="withdrawn")
    found = timeline.read_timeline(plan, TODAY, by=GroupBy.LATENESS)
    assert [[strip.number for strip in group.strips] for group in found.groups] == [
        ["2", "1"], ["3"], ["4"],
    ]  # fmt: skip
    assert found.words == "Timeline: two of 3 items are late"


def test_the_dates_expected_meanwhile_are_read():
    item = WorkItemFactory()
    milestone = MilestoneFactory.build(item=item, number=1, original_due=date(2010, 6, 30))
    days = [date(2010, month, 30) for month in (6, 9, 8, 12)]
    for month, day in enumerate(days, 1):
        milestone.forecast_due = day
        history.save(milestone, by=None, at=datetime(2010, month, 1, tzinfo=UTC))
    (now,) = strips(timeline.read_timeline(item.plan, TODAY, has_gaps=True))
    assert now.milestones[0].earlier == (date(2010, 8, 30), date(2010, 9, 30))


def test_items_on_time_are_together_unless_it_is_one():
    plan = PlanFactory()
    pillar = PillarFactory(plan=plan)
    for number, due in (
        ("1", date(2010, 7, 1)),
        ("2", date(2010, 9, 30)),
        ("3", date(2010, 10, 1)),
    ):
        item = WorkItemFactory(plan=plan, pillar=pillar, number=number)
        MilestoneFactory(item=item, original_due=due)
    (group,) = timeline.read_timeline(plan, TODAY).groups
    assert [strip.number for strip in group.others] == ["2", "3"]
    only = timeline.Group(1, "One", group.items[:2], group.view)
    assert only.others == []


def test_a_past_moment_shows_the_dates_of_then():
    plan = PlanFactory()
    item = history.save(
        WorkItemFactory.build(plan=plan, pillar=PillarFactory(plan=plan)),
        by=None,
        at=datetime(2010, 1, 1, tzinfo=UTC),
    )
    milestone = MilestoneFactory.build(item=item, number=1, original_due=date(2010, 6, 30))
    history.save(milestone, by=None, at=datetime(2010, 1, 1, tzinfo=UTC))
    milestone.forecast_due = date(2011, 6, 30)
    history.save(milestone, by=None, at=datetime(2010, 7, 1, tzinfo=UTC))
    (then,) = strips(timeline.read_timeline(plan, Moment.end_of(date(2010, 6, 1))))
    (now,) = strips(timeline.read_timeline(plan, TODAY))
    assert [strip.milestones[0].forecast_due for strip in (then, now)] == [
        date(2010, 6, 30),
        date(2011, 6, 30),
    ]
    assert (then.url, now.url) == (
        f"{item.get_absolute_url()}?at=2010-06-01",
        item.get_absolute_url(),
    )


def test_a_completion_after_the_day_is_ignored():
    item = WorkItemFactory()
    MilestoneFactory(item=item, original_due=date(2010, 7, 1), completed_on=date(2010, 8, 3))
    (strip,) = strips(timeline.read_timeline(item.plan, TODAY))
    assert (strip.words, strip.milestones[0].completed_on) == ("Overdue by four weeks", None)


@pytest.mark.parametrize(
    ("item", "milestones", "words"),
    [
        ({}, [], "No milestones"),
        ({}, [{"completed_on": date(2010, 6, 1)}], "All milestones done"),
        ({}, [{"withdrawn_on": date(2010, 6, 1)}], "No open milestone"),
        ({"stage": "complete", "completed_on": date(2010, 6, 1)}, [{}], "Complete"),
        ({"stage": "withdrawn"}, [{}], "Withdrawn"),
        ({}, [{"original_due": date(2010, 9, 30)}], ""),
    ],
)
def test_a_row_describes_the_state_of_its_dates(item, milestones, words):
    made = WorkItemFactory(**item)
    for fields in milestones:
        MilestoneFactory(item=made, **fields)
    (strip,) = strips(timeline.read_timeline(made.plan, TODAY))
    assert (strip.words, strip.is_late) == (words, False)


@pytest.mark.parametrize("number", ["1.2", "A 1", "é/ü", "1?2"])
def test_links_of_rows_match_the_url_configuration(number):
    item = WorkItemFactory.build(number=number)
    address = PlanView(plan=PlanFactory(slug="a-plan"), at=TODAY).item
    if "/" in number:
        assert "/" not in address(number).removeprefix("/plans/a-plan/items/").rstrip("/")
    else:
        assert address(number) == reverse("workitems:detail", args=["a-plan", item.number])


# --- the page ---------------------------------------------------------------------------------


PAGE = "/plans/plan-of-action/dashboard/timeline/"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_three_items_as_for_one(
    client, django_assert_num_queries, count
):
    found = scene()
    for _ in range(count - 1):
        item = WorkItemFactory(plan=found.plan, pillar=PillarFactory(plan=found.plan))
        MilestoneFactory(item=item)
    client.force_login(found["observer"])
    # transactions (4) and session (2); user, seats, plans; pillars and agencies of the bar; items, milestones, their earlier
    # dates, pillars
    with django_assert_num_queries(16):
        response = client.get(PAGE)
    assert len(strips(response.context["timeline"])) == count + 1  # with item 1.2 of the scene


def test_each_mark_is_a_link_labelled_with_its_dates(client):
    found = scene()
    client.force_login(found["observer"])
    with time_machine.travel(datetime(2010, 7, 30, tzinfo=UTC)):
        page = client.get(PAGE).content.decode()
    names = re.findall(r'<a href="([^"]*)"><title>([^<]*)</title>', page)
    assert names == [
        (
            "/plans/plan-of-action/items/1.1/#milestones",
            f"{step}: promised 30 June 2010, expected 30 June 2010",
        )
        for step in ("Brochure printed", "Brochure handed out")
    ]


def test_a_short_timeline_is_open_and_a_long_one_shows_its_groups_first(client, monkeypatch):
    found = scene()
    client.force_login(found["observer"])
    opened = '<details class="timeline-group" open>'
    assert client.get(PAGE).content.decode().count(opened) == 1
    WorkItemFactory(plan=found.plan)
    monkeypatch.setattr(timeline, "OPEN_UP_TO", 1)
    page = client.get(PAGE).content.decode()
    assert (page.count('<details class="timeline-group">'), page.count(opened)) == (2, 0)
    assert client.get(f"{PAGE}?open=all").content.decode().count(opened) == 2


def test_closed_groups_and_their_dates_are_drawn_on_request(client, monkeypatch):
    found = scene()
    pillar = PillarFactory(plan=found.plan, number=2, title="Protection")
    item = WorkItemFactory(plan=found.plan, pillar=pillar)
    MilestoneFactory(item=item, original_due=date(2090, 1, 1))
    client.force_login(found["observer"])
    monkeypatch.setattr(timeline, "OPEN_UP_TO", 1)

    def drawn(page):
        return [page.count(part) for part in ('class="strip-item"', 'id="table-', " open>")]

    page = client.get(PAGE).content.decode()
    assert ("1 item, 0 late" in page, drawn(page)) == (True, [0, 0, 0])
    opened = f"{PAGE}?group=pillar&open={pillar.pk}"
    dates = f"{opened}&dates={pillar.pk}"
    assert link(f"{opened}#group-{pillar.pk}", "Show Protection") in page
    page = client.get(opened).content.decode()
    assert (f'id="group-{pillar.pk}"' in page, drawn(page)) == (True, [1, 0, 1])
    assert link(f"{dates}#dates-{pillar.pk}", "Show the dates") in page
    page = client.get(dates).content.decode()
    assert (f'id="dates-{pillar.pk}"' in page, drawn(page)) == (True, [1, 1, 2])
    only = f"{PAGE}?pillar={pillar.pk}&group=pillar"
    assert drawn(client.get(only).content.decode()) == [1, 1, 1]
    assert drawn(client.get(f"{PAGE}?open=all").content.decode()) == [3, 0, 2]


def link(url, words):
    return f'<a href="{escape(url)}">{words}</a>'


def test_a_large_timeline_has_few_elements_for_each_item(client, monkeypatch):
    found = scene()
    client.force_login(found["observer"])
    monkeypatch.setattr(timeline, "OPEN_UP_TO", 1)

    def elements():
        return len(re.findall("<[a-z]", client.get(f"{PAGE}?open=all").content.decode()))

    before = elements()
    for _ in range(10):
        item = WorkItemFactory(plan=found.plan, pillar=found.item.pillar)
        MilestoneFactory.create_batch(2, item=item)
    assert elements() - before <= 10 * 15


def test_an_unknown_grouping_falls_back_to_pillars(client):
    client.force_login(scene()["observer"])
    response = client.get(f"{PAGE}?group=colour")
    assert (response.status_code, response.context["by"]) == (200, GroupBy.PILLAR)


def test_a_timeline_without_items_says_so(client):
    client.force_login(scene()["other plan's coordinator"])
    page = client.get("/plans/another-plan/dashboard/timeline/").content.decode()
    assert "No work items yet." in page
    assert "strip-rows" not in page


def test_text_written_by_users_is_escaped(client):
    found = scene()
    pillar = PillarFactory(plan=found.plan, title="<i>Pillar</i>")
    item = WorkItemFactory(
        plan=found.plan, pillar=pillar, number="<9>", title='</title><script>"x"'
    )
    MilestoneFactory(
        item=item, description="<script>go()</script>", original_due=TODAY.on + timedelta(days=9)
    )
    client.force_login(found["observer"])
    page = client.get(PAGE).content.decode()
    assert [tag for tag in ("<script>", "<i>", "<9>") if tag in page] == []


def test_of_two_milestones_with_the_same_dates_only_the_one_that_waits_is_dotted_and_says_so(
    client,
):
    found = scene()
    item = WorkItemFactory(plan=found.plan, number="9.9")
    due = date(2010, 9, 30)
    waiting, free, slow = (
        MilestoneFactory(item=item, number=number, original_due=due, description=f"Step {number}")
        for number in (1, 2, 3)
    )
    client.force_login(found["coordinator"])
    address = reverse("dashboard:timeline", args=[item.plan.slug])
    with time_machine.travel(datetime(2010, 7, 30, 3, tzinfo=UTC), tick=False):
        assert "Earliest possible" not in client.get(address).text
        Milestone.objects.filter(pk=slow.pk).update(forecast_due=date(2012, 6, 30))
        WaitFactory(milestone=waiting, waits_for=slow)
        page = client.get(address).text
    titles = re.findall(r"<title>(Step [12]): ([^<]*)</title>", page)
    agency = slow.responsible_agency.short_name
    assert titles == [
        (
            "Step 1",
            f"promised 30 September 2010, expected 30 September 2010, waits for “{slow}” of {agency} (9.9), now "
            "expected on "
            "30 June 2012 (confirmed), earliest 30 June 2012",
        ),
        ("Step 2", "promised 30 September 2010, expected 30 September 2010"),
    ]
    assert page.count('stroke-dasharray="1 4"') == 2  # in the legend, and of one milestone
    assert "Earliest possible" in page
