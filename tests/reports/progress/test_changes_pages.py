"""Test what changed, as read from records and history, and its page."""

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from agencies.models import Agency
from agencies.records import history
from reports.progress.changes import Kind, read_both
from reports.progress.changes import read_changes as read_changes
from reports.progress.changes.compare import PlanThen
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
    TargetFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.progress.test_changes import compare
from tests.scenery import without_decisions
from tests.workitems.record import TODAY
from workitems.models import Milestone, Pillar, Plan, WorkItem
from workitems.models.item import Confidence
from workitems.plan.asat import Moment
from workitems.plan.plan_at import items_in_full, plan_at
from workitems.plan.services.items import move_forecast

pytestmark = pytest.mark.django_db
NOON = datetime(2010, 6, 1, 0, 0, tzinfo=UTC)  # noon in New Zealand
JANUARY, MARCH = date(2010, 1, 10), date(2010, 3, 10)
FEBRUARY = Moment.end_of(date(2010, 2, 1))


def on(day):
    """Write everything in the block at noon of that day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, tzinfo=UTC), tick=False)


def changed(row, day, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with on(day), without_decisions():
        history.save(row, by=None, reason="As told")


def sentences(plan, since=FEBRUARY, at=None, **narrowed):
    view = PlanView(plan=plan, at=at or Moment.today(TODAY), since=since, **narrowed)
    return [(change.kind, change.sentence) for change in read_changes(view).changes]


def address(plan):
    return f"/plans/{plan.slug}/dashboard/changes/"


@pytest.fixture
def brochure(plan, police):
    """An item with a milestone due in January."""
    with on(JANUARY):
        item = WorkItemFactory(
            plan=plan,
            pillar=PillarFactory(plan=plan, number=1, title="Prevention"),
            number="1.2",
            title="Print a brochure",
            action="Print a brochure for the border.",
            lead_agency=police,
            stage="under_way",
            confidence="on_track",
        )
        MilestoneFactory(
            item=item, number=1, description="Brochure printed", original_due=date(2010, 4, 30)
        )
    return item


# --- reading ----------------------------------------------------------------------------------


def test_a_date_that_moves_again_has_the_reason_of_that_move_and_not_of_the_first(
    plan, brochure, police
):
    milestone = brochure.milestones.get()
    with on(JANUARY):
        DelayFactory(
            milestone=milestone,
            found_on=JANUARY,
            due_after=date(2010, 9, 30),
            explanation="the money came in July",
        )
        milestone.forecast_due = date(2010, 9, 30)
        history.save(milestone, by=None, reason="Dated")
        MitigationFactory(delay=milestone.delays.get())
    with on(MARCH):
        move_forecast(
            milestone=milestone,
            version=milestone.version,
            forecast_due=date(2010, 10, 29),
            by=UserFactory(),
            on=MARCH,
            reason="the bank asked for a later meeting",
        )
    (found,) = [words for kind, words in sentences(plan) if kind == Kind.SLIPPED]
    assert found == (
        "1.2 Print a brochure: “Brochure printed” slipped from 30 September 2010 to 29 October 2010 "
        "(four weeks). The bank asked for a later meeting."
    )


def test_changes_written_between_the_moments_are_shown_with_their_cause(plan, brochure):
    milestone = brochure.milestones.get()
    changed(milestone, MARCH, forecast_due=date(2010, 9, 30))
    with on(MARCH):
        DelayFactory(milestone=milestone, found_on=MARCH, explanation="the money came in July")
    changed(brochure, MARCH, confidence="off_track")
    assert sentences(plan) == [
        (
            Kind.LATE,
            "1.2 Print a brochure: became late: overdue by four weeks, because of funding. Before, its "
            "status was “on time”. The money came in July.",
        ),
        (
            Kind.SLIPPED,
            "1.2 Print a brochure: “Brochure printed” slipped from 30 April 2010 to "
            "30 September 2010 (five months), because of funding. The money came in July.",
        ),
        (
            Kind.OVERDUE,
            "1.2 Print a brochure: “Brochure printed” passed its agreed date, 30 April 2010 "
            "(overdue by four weeks).",
        ),
        (
            Kind.CONFIDENCE,
            "1.2 Print a brochure: agency’s confidence moved from on track to off track.",
        ),
    ]
    assert sentences(plan, at=Moment.end_of(date(2010, 3, 1))) == []
    assert sentences(plan, since=Moment.end_of(MARCH), at=Moment.end_of(date(2010, 4, 30))) == []


def test_a_date_that_passed_is_reported_without_any_write(plan, brochure):
    with on(JANUARY):
        DelayFactory(milestone=brochure.milestones.get(), found_on=JANUARY)
    assert sentences(plan) == [
        (
            Kind.LATE,
            "1.2 Print a brochure: became late: overdue by four weeks, because of funding. Before, its "
            "status was “on time”. No money was set aside.",
        ),
        (
            Kind.OVERDUE,
            "1.2 Print a brochure: “Brochure printed” passed its agreed date, 30 April 2010 "
            "(overdue by four weeks), because of funding. No money was set aside.",
        ),
    ]
    assert sentences(plan, at=Moment.end_of(date(2010, 4, 30))) == []
    assert [kind for kind, _ in sentences(plan, since=Moment.end_of(date(2010, 4, 30)))] == [
        Kind.LATE,
        Kind.OVERDUE,
    ]
    assert sentences(plan, since=Moment.end_of(date(2010, 5, 1))) == []


def test_a_later_record_is_new_and_a_later_withdrawal_is_ignored(plan, police, brochure):
    with on(MARCH):
        WorkItemFactory(
            plan=plan, pillar=brochure.pillar, number="1.3", title="Train", lead_agency=police
        )
    changed(brochure, date(2010, 5, 1), stage="withdrawn")
    assert [kind for kind, _ in sentences(plan)] == [Kind.NEW, Kind.WITHDRAWN]
    assert sentences(plan, at=Moment.end_of(date(2010, 4, 1))) == [
        (Kind.NEW, "1.3 Train: added under Prevention, led by Police.")
    ]


def test_a_moved_agreed_date_names_its_variation(plan, brochure):
    milestone = brochure.milestones.get()
    with on(MARCH):
        VariationFactory(
            milestone=milestone,
            approved=True,
            number=4,
            due_after=date(2010, 8, 31),
            meeting=MeetingFactory(plan=plan, held_on=MARCH),
        )
    changed(milestone, MARCH, agreed_due=date(2010, 8, 31))
    line = (
        Kind.AGREED,
        "1.2 Print a brochure: agreed date of “Brochure printed” moved from 30 April 2010 to "
        "31 August 2010 (four months later) by V4. The printer is late.",
    )
    assert sentences(plan) == [line]
    # On the next day, the same variation is not a change.
    assert sentences(plan, since=Moment.end_of(MARCH)) == []


def test_filters_use_the_items_pillar_and_agency_at_the_later_moment(
    plan, brochure, police, customs
):
    changed(brochure, MARCH, lead_agency=customs)
    moved = [(Kind.MOVED, "1.2 Print a brochure: lead moved from Police to Customs.")]
    at = Moment.end_of(date(2010, 4, 1))
    assert sentences(plan, at=at, agency=customs.pk) == moved
    assert sentences(plan, at=at, agency=police.pk) == []
    assert sentences(plan, at=at, pillar=brochure.pillar_id) == moved
    assert sentences(plan, at=at, pillar=PillarFactory(plan=plan).pk) == []


@pytest.fixture
def trained(brochure):
    """A measure of the item: 83 in January, to be 120 by the end of the year."""
    with on(JANUARY):
        measure = MeasureFactory(item=brochure, kind="level", as_told="the number of staff trained")
        TargetFactory(measure=measure, set_on=JANUARY)
        MeasureValueFactory(measure=measure, day=JANUARY, accepted=True, accepted_on=JANUARY)
    return measure


def measured(plan, **narrowed):
    view = PlanView(plan=plan, at=Moment.today(TODAY), since=FEBRUARY, **narrowed)
    found = [change for change in read_changes(view).changes if change.kind == Kind.MEASURED]
    return [(change.item.number, change.words, change.why) for change in found]


def test_a_number_is_told_once_it_is_accepted(plan, trained):
    value = MeasureValueFactory(measure=trained, day=MARCH, number=90)
    assert measured(plan) == []
    changed(value, MARCH, accepted_on=MARCH)
    words = (
        "The number of staff trained was 90 in March 2010, up from 83 in January 2010; "
        "the target is 120 by 31 December 2010."
    )
    assert measured(plan) == [("1.2", words, "")]
    assert measured(plan, pillar=PillarFactory(plan=plan).pk) == []


def test_that_there_is_no_number_yet_is_no_number_given(plan, trained):
    MeasureValueFactory(
        measure=trained, day=MARCH, number=None, because="the register opens in May",
        expected=TODAY + timedelta(days=90), expected_known_to="day", accepted=True, accepted_on=MARCH,
    )  # fmt: skip
    assert measured(plan) == []


def test_a_corrected_number_is_told_with_what_was_given_first_and_why(plan, trained):
    MeasureValueFactory(
        measure=trained, day=JANUARY, number=79, corrects=trained.values.get(),
        correction_reason="two courses were counted twice", accepted=True, accepted_on=MARCH,
    )  # fmt: skip
    told = "The number first given was 83; it is 79, because two courses were counted twice."
    now = (
        "The number of staff trained was 79 in January 2010; the target is 120 by 31 December 2010."
    )
    assert measured(plan) == [("1.2", f"{now} {told}", "")]
    # The sentence of a later number does not say it.
    MeasureValueFactory(measure=trained, day=MARCH, number=90, accepted=True, accepted_on=MARCH)
    now = (
        "The number of staff trained was 90 in March 2010, up from 79 in January 2010; "
        "the target is 120 by 31 December 2010."
    )
    assert measured(plan) == [("1.2", now, told)]


def test_a_replaced_target_is_told_with_what_was_promised_first(plan, brochure, trained):
    approved = VariationFactory(
        kind="measure", plan=plan, item=brochure, milestone=None, due_before=None, due_after=None,
        adds={}, approved=True,
    )  # fmt: skip
    TargetFactory(
        measure=trained, number=100, replaces=trained.targets.get(), variation=approved,
        set_on=MARCH,
    )  # fmt: skip
    words = (
        "The number of staff trained was 83 in January 2010; the target is 100 by 31 December 2010 "
        "(first promised: 120)."
    )
    assert measured(plan) == [("1.2", words, "")]


def test_a_number_of_the_plan_itself_is_a_change_of_the_plan(plan, brochure):
    with on(JANUARY):
        target = TargetFactory(measure__outcome=True, measure__of_plan=plan)
    MeasureValueFactory(measure=target.measure, day=MARCH, accepted=True, accepted_on=MARCH)
    words = (
        "The number of staff trained was 83 in March 2010; the target is 120 by 31 December 2010."
    )
    assert measured(plan) == [("", words, "")]
    assert measured(plan, pillar=brochure.pillar_id) == []


def test_changes_of_another_plan_are_not_shown(plan, brochure):
    other = PlanFactory()
    changed(brochure, MARCH, stage="ongoing")
    assert sentences(other) == []


def whole(plan: Plan, moment: Moment) -> PlanThen:
    """The plan with everything in it."""
    items = {item.pk: item for item in items_in_full(plan, moment)}
    return PlanThen(
        on=moment.on,
        items=items,
        milestones={pk: item.milestones for pk, item in items.items()},
        approved={},
        pillars=dict(Pillar.objects.values_list("pk", "title")),
        agencies=dict(Agency.objects.values_list("pk", "short_name")),
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_reduced_read_finds_the_same_changes_as_the_full_read(plan, police, customs, seed):
    """The reduced read, the full read and the counts of the dashboard agree."""
    chance = random.Random(seed)
    pillar = PillarFactory(plan=plan)
    days = [date(2010, 1, 10) + timedelta(days=20 * step) for step in range(7)]

    def soon():
        return date(2010, 1, 1) + timedelta(days=chance.randrange(200))

    found: list = []
    for day in days:
        with on(day):
            for _ in range(chance.randrange(3)):
                item = WorkItemFactory(plan=plan, pillar=pillar, lead_agency=police)
                steps = MilestoneFactory.create_batch(2, item=item, original_due=soon())
                found += [item, *steps, DelayFactory(milestone=steps[0], found_on=day)]
        for row in chance.sample(found, k=len(found) // 3):
            if isinstance(row, WorkItem):
                done = chance.random() < 0.3
                values = {
                    "stage": "complete" if done else chance.choice(["under_way", "withdrawn"]),
                    "completed_on": day if done else None,
                    "confidence": chance.choice(Confidence.values),
                    "lead_agency": chance.choice([police, customs]),
                }
            elif isinstance(row, Milestone):
                done = chance.random() < 0.3
                values = {"forecast_due": soon(), "completed_on": day if done else None}
            else:
                values = {"ended_on": max(row.found_on, soon())}
            changed(row, day, **values)
    moments = [Moment.end_of(day - timedelta(days=1)) for day in days] + [Moment.today(TODAY)]
    line = 0
    for place, since in enumerate(moments):
        for at in moments[place + 1 :]:
            expected = compare(whole(plan, since), whole(plan, at))
            items = plan_at(plan, at).items
            assert [
                (change.kind, change.sentence)
                for change in compare(*read_both(plan, since, at, items))
            ] == [(change.kind, change.sentence) for change in expected]
            line += len(expected)
    assert line > 50


# --- the page ---------------------------------------------------------------------------------


def test_the_page_has_a_summary_and_links_each_item_as_at_the_moment(reader, plan, brochure):
    changed(brochure, MARCH, action="Print a brochure for the airport.")
    page = reader.get(f"{address(plan)}?at=2010-04-01&since=2010-02-01").text
    assert "Between 1 February and 1 April 2010: 1 reworded." in _plain(page)
    assert f'href="/plans/{plan.slug}/items/1.2/?at=2010-04-01"' in page
    history_of_it = f"/plans/{plan.slug}/items/1.2/history/?since=2010-02-02&amp;until=2010-04-01"
    assert f'href="{history_of_it}"' in page
    assert "changed the action" in reader.get(history_of_it.replace("&amp;", "&")).text
    assert "[removed: border]" in _plain(page)
    assert "[added: airport]" in _plain(page)


def test_the_page_lists_numbers_under_a_heading_of_their_own(reader, plan, trained):
    MeasureValueFactory(measure=trained, day=MARCH, accepted=True, accepted_on=MARCH)
    page = reader.get(f"{address(plan)}?since=2010-02-01").text
    section = re.search(r'<section aria-labelledby="measured">.*?</section>', page, re.DOTALL)[0]
    assert _plain(section).strip() == (
        "Numbers given 1 1.2 Print a brochure The number of staff trained was 83 in March 2010, the same as in "
        "January 2010; the target is 120 by 31 December 2010. Police Who and when: 1.2"
    )


def _plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize(
    ("meeting", "briefing", "query", "chosen", "words"),
    [
        (True, True, "", "Meeting of 3 May 2010", "the meeting of 3 May 2010"),
        (False, True, "", "Briefing of 20 May 2010", "the briefing of 20 May 2010"),
        (False, False, "", "A quarter ago", "a quarter ago"),
        (True, False, "?at=2010-05-03", "A quarter before", "a quarter before"),
        (True, False, "?since=2010-02-01", "", "1 February 2010"),
    ],
)
def test_the_default_comparison_is_the_last_meeting_or_briefing_or_quarter(
    reader, plan, brochure, meeting, briefing, query, chosen, words
):
    if meeting:
        MeetingFactory(plan=plan, held_on=date(2010, 5, 3), recorded=True)
        MeetingFactory(plan=plan, held_on=date(2010, 2, 3), recorded=True) if not query else None
    if briefing:
        day = date(2010, 5, 20)
        BriefingFactory(plan=plan, period_end=day, dated=day)
    page = reader.get(address(plan) + query)
    assert f"<summary>Since {words}</summary>" in page.text
    if chosen:
        assert f'aria-current="true">{chosen}</a>' in page.text


def test_a_plan_in_which_nothing_changed_says_so(reader, plan, brochure):
    page = reader.get(f"{address(plan)}?at=2010-04-01&since=2010-02-01").text
    assert "Between 1 February and 1 April 2010: nothing changed." in _plain(page)
    assert "Nothing changed." in page


def test_long_lists_of_changes_are_counted_and_paged(reader, plan, police):
    with on(JANUARY):
        items = WorkItemFactory.create_batch(53, plan=plan, lead_agency=police)
    for item in items:
        changed(item, MARCH, stage="complete", completed_on=MARCH)
    changed(items[0], date(2010, 3, 11), confidence="on_track")
    page = reader.get(f"{address(plan)}?since=2010-02-01").text
    assert page.count("Completed on 10 March 2010.") == 50
    link = f'<a href="{address(plan)}?since=2010-02-01&amp;kind=completed">All 53 completed</a>'
    assert link in page
    second = reader.get(f"{address(plan)}?since=2010-02-01&kind=completed&page=2").text
    assert second.count("Completed on 10 March 2010.") == 3
    assert "51–53 of 53 completed" in _plain(second)
    assert "confidence moved" not in second
    unknown = reader.get(f"{address(plan)}?since=2010-02-01&kind=bogus").text
    assert _plain(unknown) == _plain(page)
    empty = reader.get(f"{address(plan)}?since=2010-02-01&kind=slipped").text
    assert "There are no changes of this kind." in empty


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("at=2010-06-02", "Choose a day up to today."),
        ("at=1 May 2010&since=3 May 2010", "Choose a day before 1 May 2010."),
        ("at=1 January 0001", "Check the year: it should be between 1990 and 2100."),
    ],
)
def test_a_moment_that_cannot_be_compared_is_refused_beside_its_field(reader, plan, query, chosen):
    page = reader.get(f"{address(plan)}?{query}")
    assert page.status_code == 422
    assert chosen in page.text


# With who was in the working group then, as its rows were written since, and who said a confidence that moved; measures,
# targets and numbers, whose they are, and which of these are new.
@pytest.mark.parametrize(
    ("query", "queries"), [("?since=2010-02-01", 31), ("?at=2010-05-31&since=2010-02-01", 32)]
)
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_changes(
    reader, plan, police, count, query, queries, django_assert_num_queries
):
    for _ in range(count):
        with on(JANUARY):
            item = WorkItemFactory(plan=plan, lead_agency=police, stage="under_way")
            milestone = MilestoneFactory(item=item, original_due=date(2010, 4, 30))
        changed(milestone, MARCH, forecast_due=date(2010, 9, 30))
        changed(item, MARCH, title="Print two brochures", confidence="off_track")
        with on(MARCH):
            DelayFactory(milestone=milestone, found_on=MARCH)
            target = TargetFactory(measure__item=item)
        MeasureValueFactory(measure=target.measure, day=MARCH, accepted=True, accepted_on=MARCH)
    with django_assert_num_queries(queries):
        page = reader.get(address(plan) + query)
    assert f"{count} date{'s' if count > 1 else ''} slipped" in _plain(page.text)


def test_the_dashboard_counts_the_changes_and_links_here(reader, plan, brochure):
    changed(brochure.milestones.get(), MARCH, forecast_due=date(2010, 9, 30))
    page = reader.get(f"/plans/{plan.slug}/dashboard/?since=2010-02-01")
    line = reader.get(page.context["view"].link("changes")).context
    assert page.context["page"].changes == sum(group.total for group in line["groups"])
    assert "Since 1 February 2010" in _plain(page.text)
