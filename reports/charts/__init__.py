"""Charts as SVG for screens and papers.

The PDF renderer applies no stylesheet inside an SVG, and the content security policy forbids inline
styles, so all styling is in presentation attributes. Each chart sets its own font family and starts
with a `<title>`, its text alternative on paper. Colour never carries meaning alone: words, shapes,
textures or numbers repeat it.

All functions take plain data. Charts for screens are drawn wide and narrow; `on_screen` puts both
in the page, and the stylesheet shows one.
"""

from reports.charts.bars import BarRow, cause_bars, day_bars
from reports.charts.drawing import on_screen
from reports.charts.events import Event
from reports.charts.late_line import late_line
from reports.charts.measure_chart import chart_of as chart_of_measure
from reports.charts.measure_chart import draw as draw_measure
from reports.charts.measure_chart import measure_chart
from reports.charts.months import EXPECTED_LATE, HATCH, OVERDUE, Series, months_stacked
from reports.charts.slip_chart import SlipLine, Stair, slip_chart
from reports.charts.stages import STAGES, stage_bars
from reports.charts.strips import (
    Scale,
    Strip,
    late_timeline,
    strip_axis,
    strip_filter,
    strip_list,
    strip_shapes,
    strip_table,
    strips_together,
)
from reports.charts.timeline_chart import milestone_timeline, slip_words
from reports.charts.working_day_strip import DayMark, WorkingDayStrip, working_day_strip
