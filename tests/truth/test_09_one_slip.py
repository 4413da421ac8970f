"""Rule 9: a slip counts from the agreed date over all its causes, and every open mitigation is in
sight and can be closed, however many causes there are."""

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from agencies.models import Seat
from tests.factories import DelayFactory, MitigationFactory
from tests.workitems.conftest import seated
from tests.workitems.record import TODAY
from workitems.models import Delay, Milestone, Mitigation
from workitems.plan.services import items
from workitems.plan.services.refusals import Refused
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import (
    dates_ahead,
    milestone_lateness,
    slip_in_words,
    times_in_words,
)
from workitems.terms.spans import span_in_words

AGREED = date(2010, 6, 30)
SLIP = "Expected five months after the agreed date. Its date has moved three times."


@pytest.fixture
def slipped(milestone):
    """A milestone expected five months late for two causes, each with a mitigation."""
    milestone.agreed_due, milestone.forecast_due = AGREED, AGREED + timedelta(days=155)
    milestone.save()
    half = AGREED + timedelta(days=92)
    common = {"milestone": milestone, "found_on": date(2010, 5, 1)}
    for number, before, after, moved in (
        (1, AGREED, half, 2),
        (2, half, milestone.forecast_due, 1),
    ):
        delay = DelayFactory(
            **common, number=number, due_before=before, due_after=after, times_moved=moved
        )
        MitigationFactory(delay=delay, number=1, description=f"Step against cause {number}")
    return milestone


@pytest.mark.parametrize(
    ("moves", "words"), [(1, "once"), (2, "twice"), (3, "three times"), (11, "11 times")]
)
def test_moves_are_counted_in_words(moves, words):
    assert times_in_words(moves) == words


@pytest.mark.parametrize(
    ("forecast", "settlement", "says"),
    [
        (KnownDate(date(2010, 10, 31), "month"), "", "Expected four months after"),
        (
            KnownDate(date(2010, 10, 31), "month"),
            "needs_decision",
            "Expected at least three months after",
        ),
        (KnownDate(date(2010, 12, 31), "quarter"), "", "Expected at least three months after"),
        (KnownDate(date(2010, 9, 30), "quarter"), "settled", "Expected at least one day after"),
    ],
)
def test_a_slip_that_is_not_sure_is_told_by_what_is_sure(forecast, settlement, says):
    milestone = Milestone()
    milestone.agreed, milestone.forecast = KnownDate(AGREED), forecast
    delay = SimpleNamespace(times_moved=1, ended_on=None, settlement=settlement)
    assert slip_in_words(milestone, [delay]) == f"{says} the agreed date."
    late = milestone_lateness(milestone, TODAY)
    is_sure = forecast.known_to == "month"
    assert late.words == ("Expected four months late" if is_sure else "Expected late")
    assert late == dates_ahead([milestone], TODAY)[0]


def test_a_slip_adds_the_moves_of_open_delays_only():
    milestone = SimpleNamespace(
        agreed_due=AGREED,
        agreed=KnownDate(AGREED),
        agreed_known_to="day",
        forecast_due=AGREED + timedelta(days=1),
        forecast=KnownDate(AGREED + timedelta(days=1)),
        forecast_known_to="day",
        completed_on=None,
        withdrawn_on=None,
    )
    ended = SimpleNamespace(times_moved=5, ended_on=TODAY, settlement="")
    still = SimpleNamespace(times_moved=1, ended_on=None, settlement="")
    assert slip_in_words(milestone, [ended]) == ""
    assert slip_in_words(milestone, [ended, still]) == "Expected one day after the agreed date."
    milestone.completed_on = TODAY
    assert slip_in_words(milestone, [still]) == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_pages_show_the_whole_slip_and_each_cause(slipped, contributor, client_of):
    writer = client_of(contributor)
    page = slipped.item.get_absolute_url()
    for address, slip in (
        (page, "Moved three times, first on "),
        (f"{page}milestones/{slipped.number}/", SLIP),
    ):
        text = writer.get(address).text
        assert text.count(slip) == 1
        assert [f"Step against cause {number}" in text for number in (1, 2)] == [True, True]
    register = writer.get(f"{slipped.item.plan.get_absolute_url()}dashboard/delays/").text
    assert register.count(f"With its other causes: {SLIP}") == 2
    listed = writer.get(f"{slipped.item.plan.get_absolute_url()}dashboard/").text
    assert "Its date has moved three times." in listed


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_the_owner_of_a_mitigation_closes_it_from_the_items_page(slipped, customs, client_of):
    own = Mitigation.objects.get(description="Step against cause 2")
    own.owner_agency = customs
    own.save()
    page = slipped.item.get_absolute_url()
    links = {
        f"{page}milestones/{slipped.number}/delays/{number}/steps/1/done/": mine
        for number, mine in ((1, False), (2, True))
    }
    owner = client_of(seated("Customs writer", customs, Seat.Role.CONTRIBUTOR))
    text = owner.get(page).text
    assert {link: link in text for link in links} == links
    (address,) = (link for link, mine in links.items() if mine)
    assert owner.post(address, {"done_on": "1 June 2010"}).status_code == 302
    own.refresh_from_db()
    assert own.done_on == TODAY
    assert "Mark as done<" not in owner.get(page).text
    reader = client_of(seated("Customs reader", customs, Seat.Role.OBSERVER))
    assert "/steps/" not in reader.get(page).text


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_each_open_mitigation_can_be_closed_whatever_the_cause(slipped, contributor, client_of):
    writer = client_of(contributor)
    page = f"{slipped.item.get_absolute_url()}milestones/{slipped.number}/"
    for number in (1, 2):
        link = f"{page}delays/{number}/steps/1/done/"
        assert writer.get(page).text.count(f'<a href="{link}">') == 1
        assert writer.post(link, {"done_on": "31 May 2010"}).status_code == 302
        assert writer.get(page).text.count(f'<a href="{link}">') == 0
    assert not Mitigation.objects.filter(done_on=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_causes_add_up_to_the_slip_in_any_order_of_moves(milestone, contributor, seed):
    chance = Random(seed)
    for _ in range(12):
        milestone.refresh_from_db()
        try:
            items.move_forecast(
                milestone=milestone,
                version=milestone.version,
                forecast_due=milestone.agreed_due + timedelta(days=chance.randrange(-20, 200)),
                by=contributor,
                on=TODAY,
                reason="So.",
                cause=chance.choice(["", "funding", "staffing"]),
                mitigation=chance.choice(["", "A step."]),
            )
        except Refused:
            continue
        milestone.refresh_from_db()
        causes = Delay.objects.filter(milestone=milestone, ended_on=None)
        agreed, forecast = milestone.agreed, milestone.forecast
        slip = max(0, (forecast.last_day - agreed.last_day).days)
        assert sum(delay.days for delay in causes) == slip
        moves = sum(delay.times_moved for delay in causes)
        told = slip_in_words(milestone, causes)
        length = span_in_words(agreed, forecast) if slip else ""
        assert told.startswith(f"Expected {length} after") == bool(slip)
        assert (f"moved {times_in_words(moves)}." in told) == (moves > 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_a_return_shows_the_whole_slip_and_closes_the_mitigation_of_any_cause(
    slipped, contributor, client_of, of_return
):
    writer = client_of(contributor)
    opened = f"{of_return.get_absolute_url()}?open=m{slipped.pk}"
    text = writer.get(opened).text
    assert text.count(SLIP) == 1
    assert [
        text.count(f"Is this action done? “Step against cause {number}”") for number in (1, 2)
    ] == [
        1,
        1,
    ]
