"""The plan at a moment: every record as it stood then, today's from the records themselves."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from agencies.records import history
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MeasureValueFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    ReturnNoteFactory,
    RiskFactory,
    RoundFactory,
    TargetFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from workitems.models import WorkItem
from workitems.plan.asat import Moment
from workitems.plan.plan_at import items_in_full, milestones_at, plan_at
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, Lateness, Rank, Status

pytestmark = pytest.mark.django_db

NZ = ZoneInfo("Pacific/Auckland")
MARCH, MAY, JULY = date(2010, 3, 1), date(2010, 5, 3), date(2010, 7, 30)
TODAY = date(2011, 2, 1)


def clock(day, hour=12, minute=0):
    """Run the block at that time."""
    return time_machine.travel(datetime.combine(day, time(hour, minute), NZ), tick=False)


def change(row, day, **values):
    """Change the row at noon of the day."""
    for name, value in values.items():
        setattr(row, name, value)
    history.save(row, by=None, actor="Test", at=datetime.combine(day, time(12), NZ))


def at(plan, day):
    """Return the plan at the end of the day, or now."""
    return plan_at(plan, Moment.today(day) if day == TODAY else Moment.end_of(day))


def stands(plan, day):
    return [(item.number, item.status) for item in at(plan, day).items]


@pytest.fixture
def plan():
    with clock(MARCH):
        return PlanFactory()


@pytest.fixture
def item(plan):
    """Item 1.2, under way since 1 March, with a milestone due on 30 June 2010."""
    with clock(MARCH):
        item = WorkItemFactory(plan=plan, number="1.2", stage="under_way", confidence="on_track")
        MilestoneFactory(item=item, number=1)
    return item


# --- existence --------------------------------------------------------------------------------


def test_a_plan_without_items_is_empty_at_any_moment(plan):
    assert (at(plan, TODAY).items, at(plan, MAY).items) == ([], [])


def test_an_item_does_not_exist_before_it_was_recorded(plan, item):
    assert stands(plan, MARCH - timedelta(days=1)) == []
    assert stands(plan, MARCH) == [("1.2", Status.ON_TIME)]


def test_items_of_another_plan_are_left_out(plan, item):
    with clock(MARCH):
        MilestoneFactory(item__number="9.9")
    assert [line.pk for line in at(plan, TODAY).items] == [item.pk]
    assert [line.pk for line in at(plan, MAY).items] == [item.pk]
    assert [row.item for row in at(plan, MAY).milestones] == [item.pk]


def test_an_item_withdrawn_later_is_shown_as_it_was(plan, item):
    change(item, JULY, stage="withdrawn")
    assert stands(plan, MAY) == [("1.2", Status.ON_TIME)]
    assert stands(plan, JULY) == [("1.2", Status.WITHDRAWN)]
    assert stands(plan, TODAY) == [("1.2", Status.WITHDRAWN)]


def test_a_milestone_withdrawn_later_still_counts_as_due(plan, item):
    with without_decisions():
        change(item.milestones.get(), JULY, withdrawn_on=JULY)
    assert at(plan, MAY).items[0].due == KnownDate(date(2010, 6, 30))
    assert at(plan, JULY).items[0].due is None


def test_phrases_and_settled_causes_are_read_as_they_were(plan, item):
    milestone = item.milestones.get()
    with clock(MARCH):
        delay = DelayFactory(
            milestone=milestone,
            found_on=MARCH,
            settlement="being_settled",
            settling_agency=item.lead_agency,
            settling_by=JULY,
        )
    change(item, MAY, as_told="training for staff")
    change(milestone, MAY, as_told="a course for staff")
    change(delay, JULY, settlement="settled", settling_agency=None, settling_by=None)

    def told(day):
        moment = Moment.today(day) if day == TODAY else Moment.end_of(day)
        [found] = items_in_full(plan, moment)
        held = found.milestones[0].delays[0]
        return (
            found.as_told,
            found.milestones[0].as_told,
            (held.settlement, held.settling_agency, held.settling_by),
        )

    being = ("being_settled", item.lead_agency.pk, JULY)
    assert told(MARCH) == ("", "", being)
    assert told(MAY) == ("training for staff", "a course for staff", being)
    assert told(TODAY) == ("training for staff", "a course for staff", ("settled", None, None))


def test_imported_history_is_read_by_its_own_dates(plan):
    """The rows were entered in 2011 about events in 2009 and 2010."""
    with clock(date(2011, 1, 20)), transaction.atomic():
        pillar = PillarFactory(plan=plan)
        item = WorkItem(
            plan=plan, pillar=pillar, number="1.1", title="As told in 2009",
            lead_agency=plan.coordinating_agency,
        )  # fmt: skip
        item.derive()
        WorkItem.objects.bulk_create([item])
        then = WorkItem(**{f.attname: getattr(item, f.attname) for f in WorkItem._meta.fields})
        item.title, item.stage = "As told in 2010", "under_way"
        WorkItem.objects.bulk_update([item], ["title", "stage"])
        states = [(then, date(2009, 7, 31)), (item, MAY)]
        history.write_past(
            [(row, datetime.combine(day, time(12), NZ), "Import") for row, day in states],
            by=None,
            actor="Spreadsheet import",
        )
    told = [[line.title for line in at(plan, day).items] for day in (date(2009, 7, 30), MARCH, MAY)]
    assert told == [[], ["As told in 2009"], ["As told in 2010"]]


# --- past values ------------------------------------------------------------------------------


def test_a_pillar_that_was_renamed_later_has_its_old_title(plan, item):
    pillar = item.pillar
    change(pillar, MAY, title="Prevention")
    change(pillar, JULY, title="Preventing trafficking")
    for day, title in [
        (MAY, "Prevention"),
        (JULY, "Preventing trafficking"),
        (TODAY, "Preventing trafficking"),
    ]:
        assert [row.title for row in at(plan, day).pillars] == [title]


def test_pillars_are_in_the_order_of_that_day(plan):
    with clock(MARCH):
        first, second = PillarFactory(plan=plan, number=1), PillarFactory(plan=plan, number=2)
    change(first, JULY, number=3)
    assert [row.pk for row in at(plan, MAY).pillars] == [first.pk, second.pk]
    assert [row.pk for row in at(plan, JULY).pillars] == [second.pk, first.pk]
    assert [row.pk for row in at(plan, TODAY).pillars] == [second.pk, first.pk]


def test_an_item_that_moved_later_is_under_its_old_pillar_and_lead(plan, item):
    was = (item.pillar_id, item.lead_agency_id)
    with clock(MARCH):
        pillar, agency = PillarFactory(plan=plan), AgencyFactory()
    with without_decisions():
        change(item, JULY, pillar=pillar, lead_agency=agency)
    now = (pillar.pk, agency.pk)
    found = [[(line.pillar, line.lead) for line in at(plan, day).items] for day in (MAY, JULY)]
    assert found == [[was], [now]]
    for day, (of, lead), (other, no_lead) in [(MAY, was, now), (JULY, now, was)]:
        then = at(plan, day)
        assert [line.pk for line in then.narrowed(pillar=of).items] == [item.pk]
        assert [line.pk for line in then.narrowed(lead=lead).items] == [item.pk]
        assert then.narrowed(pillar=other).items == then.narrowed(lead=no_lead).items == []


def test_items_are_in_natural_order_of_their_numbers(plan):
    with clock(MARCH):
        for number in ("1.10", "2.1", "1.2", "1.9a"):
            WorkItemFactory(plan=plan, number=number)
    expected = ["1.2", "1.9a", "1.10", "2.1"]
    assert [line.number for line in at(plan, TODAY).items] == expected
    assert [line.number for line in at(plan, MAY).items] == expected


def test_an_item_that_was_renumbered_has_its_old_number_and_place(plan, item):
    with clock(MARCH):
        WorkItemFactory(plan=plan, number="1.3")
    change(item, JULY, number="1.4")
    assert [line.number for line in at(plan, MAY).items] == ["1.2", "1.3"]
    assert [line.number for line in at(plan, JULY).items] == ["1.3", "1.4"]


# --- moments ----------------------------------------------------------------------------------


def test_the_later_of_two_versions_written_at_one_instant_counts(plan, item):
    instant = datetime.combine(MAY, time(12), NZ)
    for confidence in ("at_risk", "off_track"):
        item.confidence = confidence
        history.save(item, by=None, actor="Test", at=instant)
    assert [line.confidence for line in at(plan, MAY).items] == ["off_track"]


def test_a_version_counts_by_its_date_whenever_it_was_entered(plan, item):
    change(item, JULY, confidence="off_track")
    # Entered after the one of July, and true before it.
    change(item, MAY, confidence="at_risk")
    assert [line.confidence for line in at(plan, MAY).items] == ["at_risk"]
    assert [line.confidence for line in at(plan, JULY).items] == ["off_track"]


def test_a_day_ends_at_midnight_in_new_zealand(plan, item):
    for hour, confidence in [(time(0, 0), "at_risk"), (time(23, 59, 59), "off_track")]:
        item.confidence = confidence
        history.save(item, by=None, actor="Test", at=datetime.combine(MAY, hour, NZ))
    days = [MAY - timedelta(days=1), MAY]
    assert [at(plan, day).items[0].confidence for day in days] == ["on_track", "off_track"]


@pytest.mark.parametrize(
    ("instant", "confidence"),
    [(time(10, 41), "on_track"), (time(10, 42), "on_track"), (time(10, 43), "at_risk")],
)
def test_a_moment_inside_a_day_reads_what_was_written_before_it(plan, item, instant, confidence):
    item.confidence = "at_risk"
    history.save(item, by=None, actor="Test", at=datetime.combine(MAY, time(10, 42), NZ))
    then = plan_at(plan, Moment.at(datetime.combine(MAY, instant, NZ)))
    assert (then.on, [line.confidence for line in then.items]) == (MAY, [confidence])


def test_lateness_is_counted_to_that_day(plan, item):
    found = [at(plan, day).items[0].late for day in (MARCH, date(2010, 6, 1), JULY)]
    due = date(2010, 6, 30)
    assert found == [
        Lateness(Late.ON_TIME, due=due),
        Lateness(Late.DUE_SOON, due=due),
        Lateness(Late.OVERDUE, 30, due),
    ]


def test_an_agreed_date_moved_later_has_its_old_value_before(plan, item):
    milestone = item.milestones.get()
    later = date(2010, 12, 31)
    change(milestone, MAY, forecast_due=later)
    with clock(JULY):
        VariationFactory(milestone=milestone, due_after=later, approved=True)
    change(milestone, JULY, agreed_due=later)
    due = [at(plan, day).items[0].due for day in (MAY, JULY)]
    assert due == [KnownDate(date(2010, 6, 30)), KnownDate(later)]
    assert [at(plan, day).items[0].status for day in (MAY, JULY)] == ["late", "on_time"]


def test_a_withdrawn_or_complete_item_has_no_attention_and_no_upcoming_dates(plan, item):
    change(item, JULY, stage="withdrawn", confidence="off_track")
    then = at(plan, JULY)
    assert (then.reasons(item.pk), then.milestones) == ([], [])
    assert at(plan, TODAY).reasons(item.pk) == []


def test_events_after_the_day_are_ignored(plan, item):
    """A future date may be recorded; it does not count before its day."""
    milestone = item.milestones.get()
    change(milestone, MAY, completed_on=JULY)
    then = milestones_at(Moment.end_of(MAY), {"item": item.pk})[0]
    assert (then.completed_on, then.is_open, then.is_done) == (None, True, False)
    since = milestones_at(Moment.end_of(JULY), {"item": item.pk})[0]
    assert (since.completed_on, since.is_open, since.late) == (
        JULY,
        False,
        Lateness(Late.DONE_LATE, 30, date(2010, 6, 30)),
    )


# --- related records --------------------------------------------------------------------------


def ranks(plan, day):
    then = at(plan, day)
    return [[int(reason.rank) for reason in then.reasons(item.pk)] for item in then.items]


def test_a_delay_counts_from_the_day_it_was_found_to_the_day_it_ended(plan, item):
    with clock(MARCH):
        delay = DelayFactory(
            milestone=item.milestones.get(), found_on=MAY, due_after=date(2010, 9, 30)
        )
    change(delay, JULY, ended_on=JULY)
    days = [MAY - timedelta(days=1), MAY, JULY - timedelta(days=1), JULY, TODAY]
    assert [[row.days for row in at(plan, day).delays] for day in days] == [[], [92], [92], [], []]


def test_an_overdue_item_is_mitigated_from_the_day_of_its_mitigation(plan, item):
    milestone = item.milestones.get()
    with clock(MAY):
        delay = DelayFactory(milestone=milestone, found_on=MAY, due_after=date(2010, 9, 30))
    with clock(JULY):
        MitigationFactory(delay=delay)
    assert ranks(plan, JULY - timedelta(days=1)) == [[2]]
    assert ranks(plan, JULY) == ranks(plan, TODAY) == [[3]]


def test_a_variation_is_pending_until_it_is_decided(plan, item):
    with clock(MAY):
        variation = VariationFactory(milestone=item.milestones.get())
    change(variation, date(2010, 6, 10), state="taken_back")
    days = [MARCH, MAY, date(2010, 6, 10), TODAY]
    assert [[row.item for row in at(plan, day).variations] for day in days] == [
        [],
        [item.pk],
        [],
        [],
    ]
    assert ranks(plan, MAY) == [[14]]


def test_a_risk_counts_while_it_is_escalated_and_open(plan, item):
    with clock(MARCH):
        risk = RiskFactory(plan=plan, item=item)
    change(risk, MAY, escalated_to="group", escalated_on=MAY)
    change(risk, JULY, closed_on=JULY)
    days = [MARCH, MAY, JULY, TODAY]
    assert [[row.reference for row in at(plan, day).risks] for day in days] == [[], ["R1"], [], []]
    assert ranks(plan, MAY) == [[10]]


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ({"stage": "under_way", "confidence": "on_track"}, [Rank.MEASURE_FAILS]),
        # Of a complete item, nothing else counts.
        ({"complete": True, "confidence": "off_track"}, [Rank.MEASURE_FAILS]),
        ({"stage": "withdrawn"}, []),
    ],
)
def test_a_missed_target_counts_from_the_day_on_which_its_number_was_accepted(
    plan, standing, expected
):
    with clock(MARCH):
        item = WorkItemFactory(plan=plan, **standing)
        target = TargetFactory(measure__item=item, due=date(2010, 4, 30))
    value = MeasureValueFactory(measure=target.measure, day=MAY)
    assert ranks(plan, JULY) == ranks(plan, TODAY) == [[]]
    change(value, JULY, accepted_on=JULY)
    assert ranks(plan, JULY - timedelta(days=1)) == [[]]
    assert ranks(plan, JULY) == ranks(plan, TODAY) == [expected]
    words = "The number of staff trained was 83 in May 2010; the target of 120 by 30 April 2010 was missed."
    assert [reason.words for reason in at(plan, JULY).reasons(item.pk)] == [words] * len(expected)


def test_a_number_that_is_worse_than_before_the_plan_counts_and_one_on_target_does_not(plan):
    for number, given in (("1.1", 39), ("1.2", 40), ("1.3", 120)):
        with clock(MARCH):
            target = TargetFactory(
                measure__item__plan=plan, measure__item__number=number,
                measure__baseline=40, measure__baseline_on=MARCH,
            )  # fmt: skip
        MeasureValueFactory(measure=target.measure, day=MAY, number=given, accepted=True)
    assert ranks(plan, JULY) == [[Rank.MEASURE_FAILS], [], []]


def test_returns_are_those_of_the_round_that_was_open_then(plan):
    with clock(MAY):
        owed = ReturnFactory(round=RoundFactory(plan=plan, due_on=MAY))
        WorkItemFactory(plan=plan, lead_agency=owed.agency)
    with clock(date(2010, 6, 10)):
        ReturnNoteFactory(of_return=owed, at=datetime.combine(date(2010, 6, 10), time(12), NZ))
    change(owed, date(2010, 6, 10), state="sent_back")
    change(owed.round, JULY, closed_at=datetime.combine(JULY, time(12), NZ))

    def told(day):
        return [
            (row.state, [reason.words for reason in row.reasons]) for row in at(plan, day).returns
        ]

    assert told(MARCH) == told(JULY) == told(TODAY) == []
    assert told(MAY) == [("due", [])]
    assert told(MAY + timedelta(days=3)) == [("due", ["Due three days ago and not submitted."])]
    assert told(date(2010, 6, 12)) == [("sent_back", ["Sent back two days ago and not answered."])]


def test_records_of_the_whole_plan_are_left_out_when_filtered_by_pillar(plan, item):
    with clock(MAY):
        RiskFactory(plan=plan, escalated_to="group", escalated_on=MAY)
    then = at(plan, MAY)
    assert len(then.risks) == 1
    assert then.narrowed(pillar=item.pillar_id).risks == []


# --- queries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("moment", [Moment.today(TODAY), Moment.end_of(JULY)])
def test_reading_a_plan_takes_the_same_queries_for_any_number_of_items(
    plan, count, moment, django_assert_num_queries
):
    with clock(MAY):
        round_ = RoundFactory(plan=plan)
        for number in range(count):
            milestone = MilestoneFactory(item__plan=plan, item__number=f"1.{number}")
            MitigationFactory(delay=DelayFactory(milestone=milestone, due_after=TODAY))
            VariationFactory(milestone=milestone)
            RiskFactory(
                plan=plan, item=milestone.item, number=number + 1,
                escalated_to="group", escalated_on=MAY,
            )  # fmt: skip
            ReturnFactory(round=round_, agency=AgencyFactory())
            target = TargetFactory(measure__item=milestone.item)
            MeasureValueFactory(measure=target.measure, accepted=True)
    # Agencies by their names of then, unless it is today. One query, two of the past, is for which agencies have left
    # or have nothing to answer, as those of these returns lead nothing; three for measures, targets and numbers; one for whether anything ever waited.
    with django_assert_num_queries(18 if moment.is_now else 20):
        found = plan_at(plan, moment)
        parts = [found.items, found.delays, found.variations, found.risks, found.returns]
        assert [len(rows) for rows in parts] == [count] * 5
        assert (len(found.ranks), len(found.pillars)) == (count, count)
    with django_assert_num_queries(0):
        again = found.narrowed(pillar=found.pillars[0].pk)
        parts = [again.items, again.delays, again.variations, again.risks, again.returns]
        assert [len(rows) for rows in parts] == [1, 1, 1, 1, 0]
