"""Test the clock of a request and the figures of a half-year, from events alone."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from reports.requests.law.act import act_named
from reports.requests.law.working_days import WorkingDays
from reports.requests.models import InformationRequest, RequestEvent
from reports.requests.models.figures import Figures, figures_of, half_year
from reports.requests.models.request_clock import clock_of
from tests.factories import AgencyFactory
from tests.reports.requests.factories import InformationRequestFactory, RequestEventFactory

ACT = act_named()
DAYS = WorkingDays(ACT)
# As if an answer could always start the clock again.
ALWAYS = WorkingDays(replace(ACT, limits=replace(ACT.limits, clarify_since=date(1983, 7, 1))))


def event(kind, day, **others):
    event.last += 1
    return RequestEvent(pk=event.last, kind=kind, happened_on=day, **others)


event.last = 0


def clock(*events):
    return clock_of(events, DAYS)


RECEIVED = date(2013, 4, 22)


def test_an_undecided_request_grows_later_each_working_day():
    one = clock(event("received", RECEIVED))
    assert [one.late_by(date(2013, 5, day)) for day in (21, 22, 24, 25, 27)] == [0, 1, 3, 3, 4]
    assert one.day_number(RECEIVED) == 0
    assert one.day_number(date(2013, 5, 21)) == 20


@pytest.mark.parametrize(
    ("sought", "starts"), [(date(2013, 5, 2), date(2013, 5, 13)), (date(2013, 5, 3), RECEIVED)]
)
def test_only_a_question_within_seven_working_days_starts_the_clock_again(sought, starts):
    events = [
        event("received", RECEIVED),
        event("clarification_sought", sought),
        event("clarification_received", date(2013, 5, 13)),
    ]
    asked = clock_of(events, ALWAYS)
    assert asked.clarify_by == date(2013, 5, 2)
    assert asked.starts_on == starts


def test_an_answer_to_a_late_question_does_not_use_an_early_one_twice():
    events = [
        event("received", RECEIVED),
        event("clarification_sought", date(2013, 4, 24)),
        event("clarification_received", date(2013, 4, 26)),
        event("clarification_sought", date(2013, 5, 10)),
        event("clarification_received", date(2013, 5, 13)),
    ]
    assert clock_of(events, ALWAYS).starts_on == date(2013, 4, 26)


@pytest.mark.parametrize(
    ("received", "restarts"), [(date(2015, 3, 25), False), (date(2015, 3, 26), True)]
)
def test_an_answer_starts_the_clock_again_since_the_act_was_amended(received, restarts):
    asked = clock(
        event("received", received),
        event("clarification_sought", date(2015, 3, 27)),
        event("clarification_received", date(2015, 3, 30)),
    )
    assert asked.may_restart == restarts
    assert asked.starts_on == (date(2015, 3, 30) if restarts else received)


def test_an_extension_moves_the_due_day_unless_it_did_not_happen():
    extended = event("extended", date(2013, 5, 20), due_on=date(2013, 6, 18))
    events = [event("received", RECEIVED), extended]
    assert clock(*events).due == date(2013, 6, 18)
    assert clock(*events).first_due == date(2013, 5, 21)
    struck = event("extended", date(2013, 5, 20), corrects_id=extended.pk, is_struck=True)
    assert clock(*events, struck).due == date(2013, 5, 21)


def test_half_years_are_those_of_the_calendar():
    assert half_year(date(2013, 6, 30)) == (date(2013, 1, 1), date(2013, 6, 30))
    assert half_year(date(2013, 7, 1)) == (date(2013, 7, 1), date(2013, 12, 31))


@pytest.mark.django_db
def test_figures_of_a_half_year_come_from_events():
    agency = AgencyFactory()

    def asked(received, *events, **columns):
        request = InformationRequestFactory(
            agency=agency, dated=received, received_on=received, **columns
        )
        RequestEventFactory(request=request)
        for kind, day, others in events:
            RequestEventFactory(request=request, kind=kind, happened_on=day, **others)

    decided, part, refused = "decision_notified", {"outcome": "in_part"}, {"outcome": "refused"}
    # 21 working days, late; a complaint.
    asked(
        RECEIVED, (decided, date(2013, 5, 22), part), ("complaint_received", date(2013, 6, 4), {})
    )
    # 4 working days.
    asked(RECEIVED, (decided, date(2013, 4, 29), refused))
    # Extended and on time, in the second half-year.
    longer = {"due_on": date(2013, 7, 26), "extension_reason": "15A(1)(a)"}
    asked(
        date(2013, 6, 3),
        ("extended", date(2013, 6, 10), longer),
        (decided, date(2013, 7, 26), part),
    )
    asked(RECEIVED, ("transferred", date(2013, 4, 24), {"whom": "Police"}))
    asked(RECEIVED)
    own = {"channel": "own_initiative", "requester_name": "", "requester_address": ""}
    asked(RECEIVED, (decided, date(2013, 6, 28), part), **own)

    def figures(day):
        first, last = half_year(day)
        return figures_of(InformationRequest.objects.for_list(), DAYS, first=first, last=last)

    assert figures(date(2013, 1, 1)) == Figures(
        completed=2,
        on_time=1,
        average=Fraction(25, 2),
        refused=1,
        transferred=1,
        complaints=1,
    )
    assert figures(date(2013, 12, 1)) == Figures(
        completed=1, on_time=1, average=Fraction(39), extended=1
    )
    assert figures(date(2014, 1, 1)) == Figures()
