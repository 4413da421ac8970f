"""Test the strip of a request's working days: what is over, what is ahead, what is late, and its marks."""

import re
from datetime import date, timedelta

from reports.charts import DayMark, WorkingDayStrip, working_day_strip
from reports.charts.drawing import SIGNAL

BEGAN = date(2026, 11, 2)


def strip_at(day, *, last=20, marks=(), is_stopped=False):
    return WorkingDayStrip(
        f"Working day {day} of {last}.", last, day, f"Today, day {day}", is_stopped, marks
    )


def due(day, words):
    return DayMark(day, BEGAN + timedelta(days=day), words, is_due=True)


def cells(drawn):
    over = drawn.count('fill-opacity="0.35"')
    late = drawn.count(f'fill="{SIGNAL}" stroke="{SIGNAL}"')
    ahead = len(re.findall(r'fill="#ffffff" stroke="#d3d9dc"', drawn))
    return over, late, ahead


def test_each_day_is_over_late_or_ahead():
    assert [cells(working_day_strip(strip_at(day))) for day in (0, 17, 20, 23)] == [
        (0, 0, 20),
        (17, 0, 3),
        (20, 0, 0),
        (20, 3, 0),
    ]


def test_a_long_extension_is_drawn_as_bars_and_a_very_late_request_stays_within_the_picture():
    assert cells(working_day_strip(strip_at(12, last=60))) == (1, 0, 1)
    assert cells(working_day_strip(strip_at(400, last=60))) == (1, 1, 0)
    for narrow, width in ((False, 600), (True, 340)):
        drawn = working_day_strip(strip_at(400), narrow=narrow)
        assert max(float(x) for x in re.findall(r' x\d?="([\d.]+)"', drawn)) <= width


def test_the_words_of_days_close_together_do_not_lie_over_each_other():
    marks = [due(7, "Question by"), due(10, "Transfer by"), due(20, "Decision due")]
    for narrow in (False, True):
        drawn = working_day_strip(strip_at(3, marks=marks), narrow=narrow)
        found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-weight="600"', drawn)[:3]
        places = [(float(x), float(y)) for x, y in found]
        for one, other in zip(places, places[1:], strict=False):
            assert one[1] != other[1] or other[0] - one[0] >= 70


def test_what_happened_and_what_is_due_are_read_aloud():
    marks = [DayMark(1, date(2026, 11, 3), "Acknowledged"), due(20, "Decision due")]
    drawn = working_day_strip(strip_at(3, marks=marks))
    assert "<title>Working day 3 of 20.</title>" in drawn
    assert "<desc>Acknowledged: 3 Nov 2026. Decision due: 22 Nov 2026.</desc>" in drawn
    assert drawn.count("<circle") == 1
