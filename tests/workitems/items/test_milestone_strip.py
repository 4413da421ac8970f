"""Test the strip of a milestone's dates: in order, with a tail if it is late."""

import re
from dataclasses import dataclass
from datetime import date

import pytest
from django.template import Context, Template

from workitems.templatetags.milestones import milestone_axis, milestone_strip
from workitems.terms.known_dates import Known
from workitems.terms.lateness import freshness, span

TODAY = date(2010, 7, 30)


@dataclass
class Milestone:
    description: str = "Brochure printed"
    original_due: date = date(2010, 3, 31)
    agreed_due: date = date(2010, 6, 30)
    forecast_due: date = date(2010, 6, 30)
    completed_on: date | None = None
    withdrawn_on: date | None = None
    original_known_to: str = "day"
    agreed_known_to: str = "day"
    forecast_known_to: str = "day"

    original = Known("original_due", "original_known_to")
    agreed = Known("agreed_due", "agreed_known_to")
    forecast = Known("forecast_due", "forecast_known_to")


def place(percentage):
    return float(percentage.rstrip("%"))


def test_a_month_and_a_quarter_are_named_and_drawn_at_their_last_days():
    exact = milestone_strip(Milestone(), TODAY)["points"]
    strip = milestone_strip(Milestone(original_known_to="month", agreed_known_to="quarter"), TODAY)
    words = [point.words for point in strip["points"]]
    assert words == ["March 2010", "April to June 2010", "30 June 2010"]
    assert [point.at for point in strip["points"][:2]] == [point.at for point in exact]


def test_dates_that_are_the_same_are_said_once():
    def kinds(**dates):
        return [point.kind for point in milestone_strip(Milestone(**dates), TODAY)["points"]]

    assert kinds(original_due=date(2010, 6, 30)) == ["original"]
    assert kinds() == ["original", "agreed"]
    assert kinds(forecast_due=date(2010, 9, 30)) == ["original", "agreed", "forecast"]


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ((2010, 7, 1), (2010, 8, 1), ["Jul 2010", "Aug"]),
        (
            (2010, 1, 10),
            (2010, 12, 20),
            ["Jan 2010", "Apr", "Jul", "Oct", "Jan 2011"],
        ),
        ((2009, 1, 10), (2012, 12, 20), ["2009", "2010", "2011", "2012", "2013"]),
        ((1990, 1, 10), (2030, 12, 20), ["1990", "2000", "2010", "2020", "2030"]),
    ],
)
def test_an_axis_has_at_most_five_labels(start, end, labels):
    axis = milestone_axis(TODAY, date(*start), date(*end))
    assert [label for label, _ in axis["ticks"]] == labels
    at = [place(tick) for _, tick in axis["ticks"]]
    assert at == sorted(at)


def test_strips_below_an_axis_have_its_scale():
    bounds = {"start": date(2010, 1, 1), "end": date(2011, 1, 1)}
    axis = milestone_axis(TODAY, bounds["start"], bounds["end"])
    strip = milestone_strip(Milestone(), TODAY, **bounds)
    assert strip["ticks"] == axis["ticks"]


@pytest.mark.parametrize(
    ("dates", "reached"),
    [
        ({}, TODAY),
        ({"forecast_due": date(2010, 9, 30)}, date(2010, 9, 30)),
        (
            {"agreed_due": date(2010, 8, 31), "forecast_due": date(2010, 9, 30)},
            date(2010, 9, 30),
        ),
        # In time for the agreed date, and later than first promised.
        (
            {"agreed_due": date(2010, 8, 31), "forecast_due": date(2010, 8, 31)},
            date(2010, 8, 31),
        ),
        ({"completed_on": date(2010, 7, 1)}, date(2010, 7, 1)),
        ({"completed_on": date(2010, 8, 15)}, TODAY),
    ],
)
def test_the_tail_runs_from_the_first_promise_to_completion_forecast_or_today(dates, reached):
    bounds = {"start": date(2010, 1, 1), "end": date(2011, 1, 1)}
    strip = milestone_strip(Milestone(**dates), TODAY, **bounds)
    ends_there = milestone_strip(Milestone(original_due=reached), TODAY, **bounds)
    assert strip["has_tail"]
    assert strip["promised_at"] == milestone_strip(Milestone(), TODAY, **bounds)["promised_at"]
    assert strip["reached_at"] == ends_there["promised_at"]


@pytest.mark.parametrize(
    "dates",
    [
        {"completed_on": date(2010, 3, 31)},
        dict.fromkeys(("original_due", "agreed_due", "forecast_due"), date(2010, 8, 31)),
        {"withdrawn_on": date(2010, 6, 1)},
    ],
)
def test_a_milestone_that_is_not_later_than_first_promised_has_no_tail(dates):
    assert not milestone_strip(Milestone(**dates), TODAY)["has_tail"]


def test_dates_are_drawn_in_order_within_the_line():
    points = milestone_strip(Milestone(forecast_due=date(2010, 9, 30)), TODAY)["points"]
    places = [place(point.at) for point in points]
    assert [point.kind for point in points] == ["original", "agreed", "forecast"]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100


def test_strips_with_the_same_bounds_share_a_scale():
    bounds = {"start": date(2010, 1, 1), "end": date(2011, 1, 1)}
    one = milestone_strip(Milestone(), TODAY, **bounds)
    other = milestone_strip(Milestone(agreed_due=date(2010, 5, 1)), TODAY, **bounds)
    assert one["promised_at"] == other["promised_at"]
    assert one["points"][1].at != other["points"][1].at


def test_the_span_of_an_items_milestones_covers_every_date_and_today():
    early = Milestone(completed_on=date(2010, 2, 1))
    late = Milestone(forecast_due=date(2010, 12, 1))
    assert span([early, late], TODAY) == (date(2010, 2, 1), date(2010, 12, 1))
    assert span([], TODAY) == (TODAY, TODAY)


def test_a_milestone_whose_dates_are_all_one_day_can_be_drawn():
    assert milestone_strip(Milestone("One", TODAY, TODAY, TODAY), TODAY)["promised_at"] == "50.00%"


def test_the_strip_has_a_text_alternative():
    template = Template("{% load milestones %}{% milestone_strip milestone on=day %}")
    html = template.render(Context({"milestone": Milestone(), "day": TODAY}))
    assert " ".join(re.sub("<[^>]*>", " ", html).split()) == (
        "Brochure printed Overdue by a month 30 Jul 2010 First promised 31 March 2010"
        " Agreed 30 June 2010"
    )


@pytest.mark.parametrize(
    ("heard_on", "signal"),
    [(None, True), (date(2009, 1, 1), True), (date(2010, 7, 1), False)],
)
def test_an_update_that_is_too_old_has_a_warning_mark(heard_on, signal):
    template = Template("{% include 'components/freshness.html' with fresh=fresh only %}")
    html = template.render(Context({"fresh": freshness(heard_on, TODAY)}))
    assert ("mark-late" in html) == signal
