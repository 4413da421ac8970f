"""Test the dashboard: figures and their lists, today, in the past and compared."""

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import time_machine

from agencies.records import history
from agencies.typed.asking import ENTER_A_DATE
from reports.progress import dashboard
from reports.progress.plan_counts import ATTENTION_SHOWN, CauseCount
from reports.progress.view import PlanView
from tests.factories import (
    BriefingFactory,
    DelayFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    TargetFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.progress.dashboards import read
from tests.workitems.record import DUE, SLIPPED, TODAY, YESTERDAY
from workitems.plan.asat import Moment
from workitems.terms.lateness import Status

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOON = datetime(2010, 6, 1, 0, 0, tzinfo=UTC)  # noon in New Zealand


def address(plan, part=""):
    return f"/plans/{plan.slug}/dashboard/{part}"


def attention(plan, **view):
    return [
        (line.item.number if line.item else line.title, line.why)
        for line in read(plan, **view).attention
    ]


# --- figures ----------------------------------------------------------------------------------


def test_each_item_has_one_standing_and_the_headline_counts_them(plan, police):
    one, two = PillarFactory(plan=plan, number=1), PillarFactory(plan=plan, number=2)
    common = {"plan": plan, "lead_agency": police}
    WorkItemFactory(**common, pillar=one, complete=True, confidence="on_track")
    late = WorkItemFactory(**common, pillar=one, stage="under_way", confidence="on_track")
    slipping = WorkItemFactory(**common, pillar=two, stage="under_way", confidence="at_risk")
    WorkItemFactory(**common, pillar=two, stage="under_way", confidence="off_track")
    WorkItemFactory(**common, pillar=two, stage="withdrawn")
    WorkItemFactory(**common, pillar=two, stage="not_started")
    # An item with two late milestones counts once.
    MilestoneFactory(item=late, original_due=YESTERDAY)
    MilestoneFactory(item=late, original_due=date(2010, 1, 1))
    MilestoneFactory(item=slipping, original_due=DUE, forecast_due=SLIPPED)
    VariationFactory(milestone=MilestoneFactory(item=slipping))
    MilestoneFactory(original_due=YESTERDAY)  # another plan's
    page = read(plan)
    assert page.headline == (
        "5 work items: 1 complete, 2 late, 1 in doubt, 1 cannot be judged; 1 more is withdrawn; "
        "1 variation is waiting for a decision."
    )
    assert {figure.kind: figure.count for figure in page.figures} == {
        "late": 2,
        "in_doubt": 1,
        "unjudged": 1,
        "on_time": 0,
        "complete": 1,
        "withdrawn": 1,
    }
    assert [(row.pillar.pk, row.total.count) for row in page.grid.rows] == [
        (one.pk, 2),
        (two.pk, 4),
    ]


@pytest.mark.parametrize(
    ("items", "at", "sentence"),
    [
        (0, Moment.today(TODAY), "No work items yet."),
        (0, Moment.end_of(YESTERDAY), "The plan had no work items on that day."),
        (1, Moment.today(TODAY), "1 work item: 0 complete, 0 late, 1 cannot be judged."),
        (2, Moment.today(TODAY), "2 work items: 0 complete, 0 late, 2 cannot be judged."),
    ],
)
def test_the_headline_is_grammatical(plan, items, at, sentence):
    WorkItemFactory.create_batch(items, plan=plan)
    assert read(plan, at=at).headline == sentence


def test_filtering_by_pillar_or_agency_applies_to_every_part(plan, police, customs):
    one, two = PillarFactory(plan=plan, number=1), PillarFactory(plan=plan, number=2)
    mine = WorkItemFactory(plan=plan, pillar=one, lead_agency=police, confidence="off_track")
    other = WorkItemFactory(plan=plan, pillar=two, lead_agency=customs, confidence="off_track")
    for item in (mine, other):
        DelayFactory(milestone=MilestoneFactory(item=item, original_due=SLIPPED), found_on=TODAY)
    for view in ({"pillar": one.pk}, {"agency": police.pk}):
        page = read(plan, **view)
        marks = [mark for row in page.grid.rows for cell in row.cells for mark in cell.marks]
        assert [mark.item.pk for mark in marks] == [mine.pk]
        assert [line.item.pk for line in page.attention] == [mine.pk]
        assert page.grid.total.count == 1
        assert [cause.figure.count for cause in page.causes] == [1]
        assert [strip.number for strip in page.timeline] == [mine.number]


def test_due_counts_grow_with_the_days_and_exclude_closed_items(plan, police):
    for days in (0, 30, 31, 90, 91, -1):
        MilestoneFactory(
            item=WorkItemFactory(plan=plan, lead_agency=police),
            original_due=date.fromordinal(TODAY.toordinal() + days),
        )
    MilestoneFactory(item=WorkItemFactory(plan=plan, complete=True), original_due=TODAY)
    page = read(plan)
    assert [(figure.label, figure.count) for figure in page.due] == [
        ("within 30 days", 2),
        ("within 60 days", 3),
        ("within 90 days", 4),
    ]
    assert len(page.due_soon) == 4


# --- what needs attention ---------------------------------------------------------------------


def test_attention_lists_each_record_once_with_all_reasons_worst_first(plan, police):
    common = {"plan": plan, "lead_agency": police, "stage": "under_way", "heard_on": YESTERDAY}
    WorkItemFactory(**common, number="1")
    WorkItemFactory(**common, number="2", confidence="on_track", reviewer_confidence="at_risk")
    off_track = WorkItemFactory(**common, number="3", confidence="off_track")
    MilestoneFactory(item=off_track, original_due=DUE, forecast_due=SLIPPED)
    mitigated = MilestoneFactory(
        item=WorkItemFactory(**common, number="4"), original_due=YESTERDAY, forecast_due=DUE
    )
    MitigationFactory(delay=DelayFactory(milestone=mitigated, times_moved=3))
    MilestoneFactory(item=WorkItemFactory(**common, number="5"), original_due=YESTERDAY)
    MilestoneFactory(
        item=WorkItemFactory(**common, number="6", is_key=True), original_due=YESTERDAY
    )
    VariationFactory(milestone=MilestoneFactory(item=WorkItemFactory(**common, number="7")))
    RiskFactory(plan=plan, item=None, number=4, description="Money ends", escalated_to="group",
                escalated_on=YESTERDAY)  # fmt: skip
    round = RoundFactory(plan=plan, due_on=YESTERDAY)
    ReturnFactory(round=round, agency=police)
    assert attention(plan) == [
        # A key item comes first among equally urgent ones.
        ("6", "Overdue by one day, and no mitigation is recorded."),
        ("5", "Overdue by one day, and no mitigation is recorded."),
        ("4", "Overdue by one day. Its date has moved three times."),
        ("3", "Expected three months late. Its agency says it is off track."),
        ("Money ends", "R4 is escalated."),
        ("2", "The reviewer rates it at risk; the agency says on track."),
        ("7", "A variation is waiting for a decision."),
        (f"Return for {round.name}", "Due one day ago and not submitted."),
    ]


@pytest.mark.parametrize("stage", [{"complete": True}, {"stage": "withdrawn"}])
def test_a_complete_or_withdrawn_item_needs_no_attention(plan, stage):
    item = WorkItemFactory(plan=plan, confidence="off_track", **stage)
    MilestoneFactory(item=item, original_due=YESTERDAY)
    assert attention(plan) == []


def test_a_complete_item_whose_measure_missed_its_target_needs_attention(plan):
    item = WorkItemFactory(plan=plan, complete=True, confidence="off_track")
    miss_target(item=item)
    assert attention(plan) == [
        (
            item.number,
            "The number of staff trained was 83 in May 2010; the target of 120 by 30 April 2010 was missed.",
        )
    ]


def miss_target(**of):
    """Make a measure that was to be 120 by 30 April, and was 83 on 31 May."""
    with time_machine.travel(datetime(2010, 3, 1, tzinfo=UTC)):
        measure = MeasureFactory(kind="level", as_told="the number of staff trained", **of)
        TargetFactory(measure=measure, due=date(2010, 4, 30))
        return MeasureValueFactory(
            measure=measure, day=YESTERDAY, accepted=True, accepted_on=YESTERDAY
        )


def test_the_dashboard_tells_whether_the_plan_helps(reader, plan, police):
    item = WorkItemFactory(plan=plan, lead_agency=police)
    MeasureFactory(item=item)
    assert "Does it help?" not in reader.get(address(plan)).text
    for number in (2, 3):
        miss_target(item=item, number=number)
    TargetFactory(measure__item=item, measure__number=4)
    outcome = {"outcome": True, "of_plan": plan}
    MeasureFactory(**outcome, kind="level", as_told="the number of people helped")
    miss_target(**outcome, number=2)
    text = reader.get(address(plan)).text
    section = re.search(r'<section aria-labelledby="helps">.*?</section>', text, re.DOTALL)[0]
    assert f'href="/plans/{plan.slug}/measures/"' in section
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section)).strip()
    assert words == (
        "Does it help? "
        "The number of staff trained was 83 in May 2010; the target of 120 by 30 April 2010 was missed. "
        "No number has been given for the number of people helped. "
        "Target missed 3 No number given 2"
    )


def test_only_the_most_urgent_lines_are_shown_and_all_are_counted(plan):
    WorkItemFactory.create_batch(ATTENTION_SHOWN + 2, plan=plan, confidence="off_track")
    page = read(plan)
    assert (len(page.attention), page.attention_figure.count) == (
        ATTENTION_SHOWN,
        ATTENTION_SHOWN + 2,
    )


# --- two moments ------------------------------------------------------------------------------


def test_a_comparison_shows_the_earlier_figures(plan, police):
    with time_machine.travel(datetime(2010, 1, 10, tzinfo=UTC)):
        item = WorkItemFactory(plan=plan, lead_agency=police, stage="under_way")
        WorkItemFactory(plan=plan, lead_agency=police, confidence="off_track")
    with time_machine.travel(datetime(2010, 3, 10, tzinfo=UTC)):
        item.stage, item.completed_on = "complete", date(2010, 3, 9)
        history.save(item, by=None, reason="Printed")
        WorkItemFactory(plan=plan, lead_agency=police, confidence="off_track")
    page = read(plan, since=Moment.end_of(date(2010, 2, 1)))
    assert {figure.kind: (figure.was, figure.count) for figure in page.figures} == {
        "late": (0, 0),
        "in_doubt": (1, 2),
        "unjudged": (1, 0),
        "on_time": (0, 0),
        "complete": (0, 1),
        "withdrawn": (0, 0),
    }
    assert page.changes == 2
    marks = {mark.item.pk: mark.was for mark in page.grid.rows[0].cells[0].marks}
    assert marks[item.pk] == "unjudged"


def test_a_comparison_without_differences_says_so(reader, plan):
    WorkItemFactory(plan=plan)
    with time_machine.travel(datetime(2010, 6, 3, tzinfo=UTC)):
        page = reader.get(f"{address(plan)}?since=2010-06-02").text
    assert "Nothing changed. The figures are the same." in page


@pytest.mark.parametrize(
    ("kinds", "since", "words"),
    [
        (["meeting", "briefing"], "2010-05-03", "Since the meeting of 3 May 2010"),
        (["briefing"], "2010-05-20", "Since the briefing of 20 May 2010"),
        ([], None, "Nothing to compare with"),
    ],
)
def test_the_page_compares_with_the_last_meeting_or_else_the_last_briefing(
    reader, plan, item, kinds, since, words
):
    if "meeting" in kinds:
        MeetingFactory(plan=plan, held_on=date(2010, 5, 3), recorded=True)
        MeetingFactory(plan=plan, held_on=date(2010, 6, 3), recorded=True)
    if "briefing" in kinds:
        BriefingFactory(
            plan=plan,
            dated=date(2010, 5, 20),
            period_start=date(2009, 7, 1),
            period_end=date(2010, 4, 30),
        )
    page = reader.get(address(plan))
    view = page.context["view"]
    assert (view.since.key if view.since else None, view.query()) == (since, "")
    assert f"<summary>{words}</summary>" in page.text
    assert ("There is no earlier meeting or briefing" in page.text) is (since is None)


# --- how it is going, in a sentence ------------------------------------------------------------

LAST = Moment.end_of(date(2010, 4, 20))


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ({"late": 7, "on_time": 14, "complete": 4}, {"late": 5},
         "Seven of 25 work items are late, two more than on 20 April."),
        ({"late": 1, "on_time": 1}, {"late": 1},
         "One of two work items is late, as many as on 20 April."),
        ({"late": 1}, None, "One of one work item is late."),
        ({"on_time": 3, "in_doubt": 2}, {"late": 1},
         "No work item is late, one fewer than on 20 April. Two are in doubt."),
        ({"on_time": 3}, {"late": 0, "on_time": 3}, "No work item is late, as on 20 April."),
        ({"complete": 12}, None, "All 12 work items are complete."),
        ({"complete": 1}, None, "The only work item is complete."),
        ({"complete": 3, "withdrawn": 2}, None,
         "Three of five work items are complete and the others withdrawn."),
    ],
)  # fmt: skip
def test_a_sentence_says_how_the_plan_is_going(now, then, expected):
    view = PlanView(plan=PlanFactory.build(), at=Moment.today(TODAY), since=LAST if then else None)
    counts = [Counter({Status(kind): n for kind, n in each.items()}) for each in (now, then or {})]
    assert dashboard.finding(view, counts[0], counts[1] if then else None) == expected


@pytest.mark.parametrize(
    ("causes", "is_now", "sentence"),
    [
        ([("other", 900), ("consultation", 90)], True,
         "Consultation costs most: 90 of 990 days in open delays."),
        ([("prior_commitments", 1200)], True,
         "Prior commitments cost most: 1,200 of 1,200 days in open delays."),
        ([("funding", 8)], False, "Funding had cost most: 8 of 8 days in open delays."),
        # Of no days, and of causes without a name of their own, nothing is said.
        ([("funding", 0)], True, ""),
        ([("other", 8)], True, ""),
        ([], True, ""),
    ],
)  # fmt: skip
def test_a_sentence_says_which_cause_costs_most(causes, is_now, sentence):
    counted = [CauseCount(cause, 1, days) for cause, days in causes]
    assert dashboard.costliest(counted, is_now=is_now) == sentence


@pytest.mark.parametrize(
    ("causes", "unexplained", "is_now", "sentence"),
    [
        ([("procurement", 182)], 3, True,
         "The only cause recorded is procurement: 182 days in open delays. Three late items have no cause recorded."),
        ([("procurement", 182)], 1, False,
         "The only cause recorded was procurement: 182 days in open delays. One late item had no cause recorded."),
        ([("consultation", 90), ("funding", 8)], 1, True,
         "Consultation costs most: 90 of 98 days in open delays. One late item has no cause recorded."),
    ],
)  # fmt: skip
def test_late_items_without_a_cause_are_named_beside_what_costs_most(
    causes, unexplained, is_now, sentence
):
    counted = [CauseCount(cause, 1, days) for cause, days in causes]
    assert dashboard.costliest(counted, is_now=is_now, unexplained=unexplained) == sentence


def test_a_plan_that_has_ended_is_shown_as_it_ended():
    at = Moment(TODAY, NOON, is_end_of_plan=True)
    counts = Counter({Status.COMPLETE: 5, Status.LATE: 21, Status.WITHDRAWN: 1})
    assert dashboard.finding(PlanView(plan=PlanFactory.build(), at=at), counts, None) == (
        "Five of 26 work items were complete when the plan ended; 21 were late, with no completion recorded."
    )


# --- the page ---------------------------------------------------------------------------------


def test_links_keep_the_filters_of_the_page(reader, plan, police):
    item = WorkItemFactory(plan=plan, lead_agency=police, confidence="off_track")
    with time_machine.travel(NOON.replace(month=5)):
        history.save(item, by=None)
    view = f"?at=2010-05-20&pillar={item.pillar_id}"
    page = reader.get(address(plan) + view).text
    assert f"/items/{item.number}/?at=2010-05-20" in page
    assert f'href="{address(plan)}attention/?at=2010-05-20&amp;pillar={item.pillar_id}"' in page
    assert "The plan <strong>as at 20 May 2010</strong>" in page
    assert 'value="20 May 2010"' in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("at=2010-06-02", "Choose a day up to today."),
        ("at=2010-06-02T13:00:00", "Choose a day up to today."),
        ("at=soon", ENTER_A_DATE),
        ("at=0001-01-01T00:00:00", "Check the year: it should be between 1990 and 2100."),
        ("at=99T99", ENTER_A_DATE),
        ("at=1 May 2010&since=3 May 2010", "Choose a day before 1 May 2010."),
        ("since=1 June 2010", "Choose a day before today."),
    ],
)
def test_a_moment_that_cannot_be_shown_is_refused_beside_its_field(reader, plan, query, expected):
    page = reader.get(f"{address(plan)}?{query}")
    assert page.status_code == 422
    assert str(expected) in page.text
    assert "no work items" in page.text.lower()


def test_earlier_meetings_and_briefings_are_offered_for_comparison(reader, plan):
    MeetingFactory(plan=plan, held_on=date(2010, 5, 3), recorded=True)
    MeetingFactory(plan=plan, held_on=date(2010, 7, 3))
    page = reader.get(address(plan)).text
    offered = re.findall(r'href="([^"]*)"\s+aria-current="true">(Meeting[^<]*)<', page)
    assert offered == [(f"{address(plan)}?since=2010-05-03", "Meeting of 3 May 2010")]
    assert f'href="{address(plan)}?at=2010-05-03">3 May 2010 (meeting)</a>' in page
    assert "3 July 2010" not in page


@pytest.mark.parametrize(
    ("query", "colours"),
    [("", "light dark"), ("?colours=dark", "dark"), ("?colours=pink", "light dark")],
)
def test_the_wall_has_the_first_screen_without_controls(reader, plan, police, query, colours):
    WorkItemFactory.create_batch(7, plan=plan, lead_agency=police, confidence="off_track")
    page = reader.get(address(plan, f"wall/{query}")).text
    assert "<h1>No work item is late. Seven are in doubt.</h1>" in page
    assert page.count("Its agency says it is off track</dd>") == 3
    assert f'<meta name="color-scheme" content="{colours}">' in page
    assert [page.count(control) for control in ("<form", "<button", "<summary", "<input")] == [
        0
    ] * 4


def test_an_empty_plan_shows_its_next_step_alone(reader, plan):
    page = reader.get(address(plan)).text
    assert "<h1>No work items yet.</h1>" in page
    assert "This plan is empty." in page
    assert f'href="{plan.get_absolute_url()}">Go to the plan</a>' in page
    assert page.count("<h2") == 0


def test_the_returns_are_those_of_the_open_round(plan, police, customs):
    around = RoundFactory(plan=plan)
    ReturnFactory(round=around, agency=police)
    ReturnFactory(round=around, agency=customs, state="sent_back")
    closed = RoundFactory(
        plan=plan,
        period_start=date(2009, 1, 1),
        period_end=date(2009, 6, 30),
        closed_at="2009-08-01T00:00:00Z",
    )
    ReturnFactory(round=closed, agency=police)
    ReturnFactory()  # another plan's
    page = read(plan)
    assert [(row.agency, row.state) for row in page.at.returns] == [
        (customs, "sent_back"),
        (police, "due"),
    ]


def test_rows_of_another_plan_are_not_shown(reader, plan):
    other = PlanFactory()
    MilestoneFactory(item=WorkItemFactory(plan=other, title="Elsewhere"), original_due=YESTERDAY)
    assert "Elsewhere" not in reader.get(address(plan)).text


def many(plan, police, count):
    around = RoundFactory(plan=plan, due_on=YESTERDAY)
    for _ in range(count):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        milestone = MilestoneFactory(item=item, original_due="2010-05-31")
        MitigationFactory(delay=DelayFactory(milestone=milestone))
        VariationFactory(milestone=milestone)
        MilestoneFactory(item=item, original_due=DUE)
        miss_target(item=item)
    ReturnFactory(round=around, agency=police)


# Savepoint and release; session, person, seats, plans.
FRAME = 6
# Items, milestones, mitigations, delays, risks, variations and those out of session, actions of meetings and out of session,
# agencies, rounds, returns, notes; measures, targets and numbers.
NEEDING = 16
# The bar's pillars and agencies.
BAR = 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("part", "own"),
    [
        # Pillars and completed milestones. Then meetings, briefings and the next meeting.
        ("", NEEDING + 2 + 3),
        # With agencies by their names of then, and the meetings and briefings of the whole rail.
        ("?at=2010-05-31", NEEDING + 2 + 3 + 1 + 2),
        # Compared, the items that may differ are found, and read as at both moments: delays, milestones
        # and variations, items as at the earlier one, with the names of agencies and pillars; numbers given and targets replaced.
        ("?since=2010-05-01", NEEDING + 2 + 3 + 1 + 2 * 3 + 1 + 3 + 2),
        ("?at=2010-05-31&since=2010-05-01", NEEDING + 2 + 3 + 1 + 2 + 1 + 2 * 3 + 1 + 3 + 2),
        # Without the choices of the bar.
        ("wall/", NEEDING + 1 + 3 - BAR),
        ("attention/", NEEDING),
        # Items and milestones; then delays, mitigations and the agencies that settle causes.
        ("milestones/", 2),
        ("delays/", 5),
        # Items with their open milestones, and those that are completed.
        ("completed/", 3),
    ],
)
def test_pages_take_the_same_queries_for_any_number_of_records(
    reader, plan, police, part, own, count, django_assert_num_queries
):
    with time_machine.travel(datetime(2010, 5, 20, tzinfo=UTC)):
        many(plan, police, count)
    reader.get("/")
    with django_assert_num_queries(FRAME + BAR + own):
        assert reader.get(address(plan, part)).status_code == 200


def test_a_view_of_an_agency_names_the_items_of_others_for_whose_milestones_it_answers(
    plan, police, customs, reader
):
    """They are left out, so "No work item is late" is not all of it."""
    others = WorkItemFactory(plan=plan, lead_agency=customs, number="1.2", stage="under_way")
    MilestoneFactory(item=others, responsible_agency=police)
    done = WorkItemFactory(plan=plan, lead_agency=customs, number="1.3", stage="under_way")
    MilestoneFactory(item=done, responsible_agency=police, completed_on=date(2010, 1, 1))
    own = WorkItemFactory(plan=plan, lead_agency=police, number="1.4", stage="under_way")
    MilestoneFactory(item=own, responsible_agency=police)
    view = PlanView(plan=plan, at=Moment.today(TODAY), agency=police.pk)
    assert view.led_by_others == ["1.2"]
    assert PlanView(plan=plan, at=Moment.today(TODAY)).led_by_others == []
    page = reader.get(f"/plans/{plan.slug}/dashboard/?agency={police.pk}")
    assert "It also answers for milestones of others:" in page.text
