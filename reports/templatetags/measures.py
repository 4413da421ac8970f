"""The chart of a measure, on pages of this app and of work items."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from reports.charts import draw_measure
from reports.charts import measure_chart as drawn
from reports.meetings.parts import MeasureTold
from workitems.plan.plan_at.measures_at import MeasureAt

register = template.Library()


@register.simple_tag
def measure_chart(row: MeasureAt, on: date) -> SafeString:
    """Draw the measure; its text alternative is the sentence."""
    return drawn(row.measured, row.targets, row.values, on, title=row.reading.sentence)


@register.filter
def chart_in_pack(told: MeasureTold) -> SafeString:
    return draw_measure(told.chart, title=told.sentence)
