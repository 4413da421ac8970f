"""Pictures of progress as SVG: one string serves the page, the PDF and whatever else prints it.

The PDF renderer sees no stylesheet inside an SVG, so every look is a presentation attribute; so is a strict content
policy pleased. Each picture opens with a `<title>`, which becomes its text alternative on paper, writes its own font
family, and says with words, shapes, textures and printed numbers whatever it says with colour. Every function takes
plain data. Pictures for screens are drawn twice, wide and narrow; `on_screen` puts both in the page and the stylesheet
shows one.
"""

from reports.charts.bars import BarRow, ShareRow, cause_bars, day_bars, share_bars, share_in_words
from reports.charts.drawing import on_screen
from reports.charts.months import EXPECTED_LATE, OVERDUE, Series, months_stacked
from reports.charts.stages import STAGES, stage_bars
from reports.charts.strips import (
    Scale,
    Strip,
    StripMilestone,
    dashboard_timeline,
    milestone_name,
    strip_axis,
    strip_legend,
    strip_list,
    strip_shapes,
    strip_table,
)
from reports.charts.timeline_chart import milestone_timeline, slip_words

__all__ = [
    "EXPECTED_LATE",
    "OVERDUE",
    "STAGES",
    "BarRow",
    "Scale",
    "Series",
    "ShareRow",
    "Strip",
    "StripMilestone",
    "cause_bars",
    "dashboard_timeline",
    "day_bars",
    "milestone_name",
    "milestone_timeline",
    "months_stacked",
    "on_screen",
    "share_bars",
    "share_in_words",
    "slip_words",
    "stage_bars",
    "strip_axis",
    "strip_legend",
    "strip_list",
    "strip_shapes",
    "strip_table",
]
