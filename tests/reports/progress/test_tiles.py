"""Test tiles, what is asked, what changed, and when late items land."""

import re
from datetime import UTC, date, datetime

import lxml.html
import pytest
import time_machine

from agencies.records import history
from reports.progress import tiles
from reports.progress.scrubber import Scrubber
from reports.progress.view import Earlier, PlanView
from tests.factories import (
    DelayFactory,
    MeetingFactory,
    MilestoneFactory,
    OutOfSessionFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.progress.dashboards import read
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY
from workitems.models import Variation
from workitems.plan.asat import Moment

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def live(plan, **fields):
    return WorkItemFactory(plan=plan, stage="under_way", heard_on=YESTERDAY, **fields)


# --- tiles ------------------------------------------------------------------------------------


def test_each_item_is_one_tile_under_its_pillar_in_the_plans_order(plan):
    two, one = PillarFactory(plan=plan, number=2), PillarFactory(plan=plan, number=1)
    PillarFactory(plan=plan, number=3)  # has no items, so no column
    for pillar, number in ((two, "2.1"), (one, "1.10"), (one, "1.9")):
        live(plan, pillar=pillar, number=number)
    found = read(plan).tiles
    assert found.kind == "titles"
    assert [
        (column.pillar.number, [tile.item.number for tile in column.tiles])
        for column in found.columns
    ] == [(1, ["1.9", "1.10"]), (2, ["2.1"])]


def test_an_overdue_item_and_one_expected_late_differ_by_shape_and_share_the_word(plan):
    MilestoneFactory(item=live(plan, number="1.1"), original_due=YESTERDAY)
    MilestoneFactory(item=live(plan, number="1.2"), original_due=DUE, forecast_due=SLIPPED)
    MilestoneFactory(item=live(plan, number="1.3"), original_due=DUE)
    found = [tile for column in read(plan).tiles.columns for tile in column.tiles]
    assert [(tile.item.number, tile.mark, tile.word) for tile in found] == [
        ("1.1", "late", "late"),
        ("1.2", "expected_late", "late"),
        ("1.3", "on_time", ""),
    ]


def test_a_tile_says_why_it_is_late_or_what_comes_next(plan, police):
    pillar = PillarFactory(plan=plan)
    late = MilestoneFactory(
        item=live(plan, pillar=pillar, number="1.1", is_key=True, lead_agency=police), original_due=YESTERDAY,
        forecast_due=SLIPPED,
    )  # fmt: skip
    DelayFactory(milestone=late, cause="staffing", explanation="Two posts are empty.")
    MilestoneFactory(
        item=live(plan, pillar=pillar, number="1.2", lead_agency=police),
        original_due=DUE,
        description="Printed",
    )
    of_late, of_next = read(plan).tiles.columns[0].tiles
    assert (of_late.place, of_next.place) == (f"{police}, key item", str(police))
    assert of_late.facts == [
        "Overdue by one day.",
        "Staffing: Two posts are empty.",
        f"Expected {SLIPPED:%-d %B %Y}.",
    ]
    assert of_next.facts == ["On time.", f"Next: Printed, {DUE:%-d %B %Y}."]


def test_what_became_late_since_then_is_new(plan):
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        pillar = PillarFactory(plan=plan)
        for number, due in (("1.1", date(2010, 2, 1)), ("1.2", YESTERDAY)):
            MilestoneFactory(item=live(plan, pillar=pillar, number=number), original_due=due)
    page = read(plan, since=Moment.end_of(date(2010, 3, 10)))
    assert {tile.item.number: tile.is_new for tile in page.tiles.columns[0].tiles} == {
        "1.1": False,
        "1.2": True,
    }
    assert [item.number for item in page.named] == ["1.2"]


@pytest.mark.parametrize(
    ("limits", "kind"), [((3, 5), "titles"), ((2, 5), "numbers"), ((1, 2), "counts")]
)
def test_a_larger_plan_has_smaller_tiles_and_the_largest_has_numbers(
    reader, plan, police, monkeypatch, limits, kind
):
    monkeypatch.setattr(tiles, "TITLES_UP_TO", limits[0])
    monkeypatch.setattr(tiles, "TILES_UP_TO", limits[1])
    pillar = PillarFactory(plan=plan, number=1)
    for number in ("1.1", "1.2", "1.3"):
        live(plan, pillar=pillar, number=number, lead_agency=police, confidence="on_track")
    found = read(plan).tiles
    assert found.kind == kind
    page = lxml.html.fromstring(reader.get(f"/plans/{plan.slug}/dashboard/").text)
    words = [
        " ".join(" ".join(each.itertext()).split())
        for each in page.xpath("//a[contains(@class, 'tile-')]")
    ]
    if kind == "counts":
        assert words == ["3 cannot be judged"]
    else:
        assert [text.split()[0] for text in words] == ["1.1", "1.2", "1.3"]


def test_the_headline_links_the_items_that_it_names(reader, plan):
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        for number in ("1.1", "11.1"):
            MilestoneFactory(item=live(plan, number=number), original_due=YESTERDAY)
    text = reader.get(f"/plans/{plan.slug}/dashboard/?since=2010-03-10").text
    headline = re.search(r"<h1>(.*?)</h1>", text, re.S)[1]
    assert re.findall(r'<a class="named" href="[^"]*/items/([\d.]+)/">([\d.]+)</a>', headline) == [
        ("1.1", "1.1"),
        ("11.1", "11.1"),
    ]


# --- what is asked ----------------------------------------------------------------------------


@pytest.mark.both_databases
def test_what_is_asked_is_grouped_by_what_the_group_does(plan, police):
    def item(number, **fields):
        return live(plan, number=number, lead_agency=police, **fields)

    def dated(number, **fields):
        return MilestoneFactory(item=item(number, **fields), original_due=DUE)

    VariationFactory(
        milestone=dated("1"), number=3, state="recommended", due_before=DUE, due_after=SLIPPED
    )
    VariationFactory(
        milestone=dated("2"), number=4, state="requested", due_before=DUE, due_after=SLIPPED
    )
    asked = VariationFactory(
        milestone=dated("3"), number=5, state="recommended", due_before=DUE, due_after=SLIPPED
    )
    OutOfSessionFactory(variation=asked, due_on=date(2010, 6, 20))
    RiskFactory(
        plan=plan, item=None, number=4, description="Money ends", escalated_to="group",
        escalated_on=YESTERDAY,
    )  # fmt: skip
    item("5", confidence="on_track", reviewer_confidence="at_risk")
    item("6", confidence="off_track")
    MilestoneFactory(item=item("7"), original_due=YESTERDAY)
    ReturnFactory(round=RoundFactory(plan=plan, due_on=YESTERDAY), agency=police)
    move = {row.number: row.asks for row in Variation.objects.all()}
    assert {
        str(group.verb): [(each.line.number, each.ask.short, each.ask.of) for each in group.asks]
        for group in read(plan).asked
    } == {
        "decide": [
            ("1", f"{move[3]}?", "V3"),
            ("2", f"{move[4]}? Not advised yet", "V4"),
        ],
        "discuss": [("", "Money ends", "R4"), ("5", "At risk, or on track?", str(police))],
        "hear": [("6", "Its agency says it is off track", str(police))],
        "chase": [
            ("7", "Late, no cause or action recorded", str(police)),
            ("", "Return: due one day ago", str(police)),
        ],
        "by_email": [("3", f"{move[5]}? Answers by 20 June", "V5")],
    }


def test_nothing_asked_is_said(reader, plan):
    MilestoneFactory(item=live(plan, confidence="on_track"), original_due=DUE)
    assert "Nothing is asked." in reader.get(f"/plans/{plan.slug}/dashboard/").text


# --- what changed, and when late items land ----------------------------------------------------


def test_changes_are_counted_by_kind_with_the_numbers_of_their_items(plan):
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        done = live(plan, number="1.1")
        MilestoneFactory(item=live(plan, number="1.2"), original_due=YESTERDAY)
    with time_machine.travel(datetime(2010, 4, 1, tzinfo=UTC)):
        done.stage, done.completed_on = "complete", date(2010, 3, 31)
        history.save(done, by=None, reason="Printed")
    page = read(plan, since=Moment.end_of(date(2010, 3, 10)))
    assert [
        (str(group.kind), group.count, [item.number for item in group.items])
        for group in page.changed_groups
    ] == [("late", 1, ["1.2"]), ("overdue", 1, ["1.2"]), ("completed", 1, ["1.1"])]


@pytest.mark.parametrize(
    ("expected", "finding"),
    [
        ([date(2010, 7, 1), date(2010, 7, 31), date(2010, 9, 1)],
         "Two are expected in July 2010, the last in September 2010"),
        ([date(2010, 7, 1)], "One is expected in July 2010"),
        ([date(2010, 7, 1), None], "One is expected in July 2010; one has no new date"),
        ([None, None], "The late items have no new dates"),
    ],
)  # fmt: skip
def test_a_sentence_says_when_late_items_land(plan, expected, finding):
    for place, day in enumerate(expected):
        MilestoneFactory(
            item=live(plan, number=f"1.{place}"), original_due=YESTERDAY,
            forecast_due=day or YESTERDAY,
        )  # fmt: skip
    page = read(plan)
    assert page.landing.finding == finding
    assert [strip.number for strip in page.landing.strips] == [
        f"1.{place}" for place in range(len(expected))
    ]


# --- the rail ---------------------------------------------------------------------------------


def rail(plan, at, since=None, events=(), coming=None, today=TODAY):
    view = PlanView(plan=plan, at=at, since=since)
    return Scrubber(view=view, today=today, events=events, coming=coming)


def met(*day):
    return Earlier(Moment.end_of(date(*day)), f"Meeting of {day}", "", is_meeting=True)


def test_the_rail_spans_the_plan_from_its_release_to_the_next_meeting():
    plan = PlanFactory.build(released_on=date(2009, 7, 1))
    coming = MeetingFactory.build(plan=plan, held_on=date(2010, 6, 15))
    found = rail(plan, Moment.today(TODAY), coming=coming)
    assert (found.first, found.until, found.last) == (date(2009, 7, 1), TODAY, date(2010, 6, 15))
    far = MeetingFactory.build(plan=plan, held_on=date(2012, 6, 15))
    # One far ahead would leave the life of the plan no room.
    assert rail(plan, Moment.today(TODAY), coming=far).last < date(2010, 8, 1)


def test_arrows_lead_to_the_events_before_and_after_the_day_shown():
    plan = PlanFactory.build(released_on=date(2009, 7, 1))
    events = [met(2010, 5, 3), met(2010, 2, 1), met(2009, 11, 2)]
    found = rail(plan, Moment.end_of(date(2010, 3, 1)), events=events)
    assert (found.before.day, found.after_key) == (date(2010, 2, 1), "2010-05-03")
    last = rail(plan, Moment.end_of(date(2010, 5, 20)), events=events)
    assert (last.before.day, last.after_key, last.after_words) == (date(2010, 5, 3), "", "Today")
    assert rail(plan, Moment.end_of(date(2009, 8, 1)), events=events).before is None


def test_ticks_that_stand_close_together_have_one_date_in_words():
    plan = PlanFactory.build(released_on=date(2009, 7, 1))
    events = [met(2010, 5, 10), met(2010, 5, 3), met(2009, 11, 2)]
    ticks = rail(plan, Moment.today(TODAY), events=events).ticks
    assert [(tick.label, tick.has_words) for tick in ticks] == [
        ("2 Nov", True),
        ("3 May", False),
        ("10 May", True),
    ]


def test_the_line_of_late_items_says_its_steps_and_keeps_its_filters(reader, plan, police, customs):
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        MilestoneFactory(item=live(plan, lead_agency=police), original_due=date(2010, 4, 1))
        MilestoneFactory(item=live(plan, lead_agency=customs), original_due=date(2010, 5, 1))
    address = f"/plans/{plan.slug}/dashboard/late.svg"
    every, own = reader.get(address), reader.get(f"{address}?agency={police.pk}")
    assert every["Content-Type"] == "image/svg+xml"
    assert 'data-steps="2010-03-01:0 2010-04-02:1 2010-05-02:2"' in every.text
    assert 'data-steps="2010-03-01:0 2010-04-02:1"' in own.text
