"""Test rule 26: a length in words never exceeds what its two dates give."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.compose import compose
from reports.drafting.cover import draft
from reports.progress.timeline import read_timeline
from tests.factories import AppointmentFactory, DelayFactory, MilestoneFactory, WorkItemFactory
from tests.reports.compose.test_compose import on
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.terms import lateness
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.spans import NUMBERS, add_months, span_in_words

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
AFTER = st.integers(1, 3000).map(lambda days: timedelta(days=days))
LENGTH = re.compile(r"(?:nearly )?(\w+) (day|week|month|year)s?(?: and (\w+) months?)?")


def read_back(words, first, more=0):
    """Return the last day of the length that the words give, counted from the first day; of months or years, of so many
    months `more`."""
    match = LENGTH.fullmatch(words)
    count, rest = (number(word) for word in (match[1], match[3] or "0"))
    match match[2]:
        case "day":
            return first + timedelta(days=count)
        case "week":
            return first + timedelta(weeks=count)
        case "month":
            return add_months(first, count + more)
    return add_months(first, 12 * count + rest + more)


def number(word):
    if word == "a":
        return 1
    return NUMBERS.index(word) + 1 if word in NUMBERS else int(word)


@given(DAYS, AFTER, st.booleans())
def test_a_length_does_not_pass_its_last_day(first, after, at_least):
    last = first + after
    words = span_in_words(first, last, at_least=at_least)
    reached = read_back(words, first)
    if words.startswith("nearly "):
        assert not at_least
        assert last < reached <= last + timedelta(days=7)
    else:
        assert reached <= last


@given(DAYS, AFTER)
@example(date(2000, 8, 29), timedelta(days=211))
def test_no_larger_length_fits_between_the_days(first, after):
    last = first + after
    words = span_in_words(first, last, at_least=True)
    count, unit = number(LENGTH.fullmatch(words)[1]), LENGTH.fullmatch(words)[2]
    is_whole = unit in ("month", "year")
    one_more = read_back(words, first, more=1) if is_whole else None
    if unit == "week":
        one_more = first + timedelta(weeks=count + 1)
        assert last < add_months(first, 3)
    if unit == "day":
        one_more = first + timedelta(days=count + 1)
        assert count <= 13
    assert last < one_more


@given(DAYS, AFTER, st.sampled_from([KnownTo.MONTH, KnownTo.QUARTER]))
def test_what_is_late_at_least_counts_to_the_first_day_it_can_be_reached(first, after, known_to):
    last = KnownDate.holding(first + after + timedelta(days=92), known_to)
    assert read_back(span_in_words(first, last, at_least=True), first) <= last.first_day


def test_a_quarter_at_the_earliest_is_told_by_its_first_day():
    april_to_june = KnownDate.holding(date(2027, 5, 1), KnownTo.QUARTER)
    assert span_in_words(date(2026, 5, 29), april_to_june, at_least=True) == "10 months"
    assert span_in_words(date(2026, 5, 29), april_to_june) == "a year and a month"


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_of_two_months_the_length_is_in_months(day, count):
    first = KnownDate.holding(day, KnownTo.MONTH)
    last = KnownDate.holding(add_months(day.replace(day=1), count), KnownTo.MONTH)
    words = span_in_words(first, last)
    assert read_back(words, day.replace(day=1)) == last.last_day.replace(day=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("settlement", "mark", "slip", "moved"),
    [
        (
            "needs_decision",
            "Expected at least three months late",
            "Expected at least three months after the agreed date.",
            "at least three months",
        ),
        (
            "",
            "Expected nearly four months late",
            "Expected nearly four months after the agreed date.",
            "nearly four months",
        ),
    ],
)
def test_a_milestone_has_one_length_in_its_mark_its_sentence_and_its_delay(
    settlement, mark, slip, moved
):
    step = MilestoneFactory(original_due=date(2010, 5, 20), forecast_due=date(2010, 9, 16))
    delay = DelayFactory(milestone=step, settlement=settlement)
    late = lateness.milestone_lateness(step, date(2010, 5, 1))
    assert lateness.while_waiting(late, step, [delay]).words == mark
    assert (lateness.slip_in_words(step, [delay]), delay.length) == (slip, moved)


@pytest.mark.django_db
def test_an_item_has_the_length_of_its_milestone_wherever_it_is_listed():
    day = date(2010, 5, 1)
    with on(day):
        step = MilestoneFactory(original_due=date(2010, 5, 20), forecast_due=date(2010, 9, 16))
        DelayFactory(milestone=step, found_on=day, settlement="needs_decision")
        plan = step.item.plan
        AppointmentFactory(portfolio=plan.portfolio, from_on=date(2009, 7, 1), to_on=None)
        words = "Expected at least three months late"

        at = plan_at(plan, Moment.today(day))
        (strip,) = read_timeline(plan, Moment.today(day)).groups[0].strips
        of_day = draft(plan, period_start=date(2009, 7, 31), period_end=day, dated=day)
        ((row,),) = [pillar.rows for pillar in compose(of_day).annexes[1].pillars if pillar.rows]
    assert at.lateness_of(at.items[0]).words == words
    assert strip.words == words
    assert (row.standing, row.milestones[0].standing) == (words, words)


@pytest.mark.django_db
def test_a_milestone_that_is_alike_but_waits_for_nothing_keeps_its_own_length_on_the_timeline():
    day = date(2010, 5, 1)
    with on(day):
        dates = {"original_due": date(2010, 5, 20), "forecast_due": date(2010, 9, 16)}
        waits = MilestoneFactory(description="Leaflet printed", **dates)
        alike = WorkItemFactory(plan=waits.item.plan, pillar=waits.item.pillar)
        MilestoneFactory(item=alike, description="Leaflet printed", **dates)
        DelayFactory(milestone=waits, found_on=day, settlement="needs_decision")
        (group,) = read_timeline(waits.item.plan, Moment.today(day)).groups
    words = {strip.number: strip.words for strip in group.strips}
    assert words == {
        waits.item.number: "Expected at least three months late",
        alike.number: "Expected nearly four months late",
    }
