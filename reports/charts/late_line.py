"""How many items were late on each day, as a line over the plan's life, as wide as the page."""

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString

from reports.charts.drawing import SIGNAL

WIDTH, HEIGHT = 1000, 40


def late_line(
    steps: Sequence[tuple[date, int]], *, first: date, last: date, until: date
) -> SafeString:
    """Return an SVG that fills its frame. `steps` are the days on which the number changes, with the number from then;
    the line ends at `until`. Its `data-steps` says the same for scripts: "2010-05-03:2 2010-06-01:3"."""
    days = max((last - first).days, 1)
    most = max((count for _, count in steps), default=0) or 1

    def x(day: date) -> str:
        return f"{WIDTH * (min(max(day, first), until) - first).days / days:.1f}"

    def y(count: int) -> str:
        return f"{HEIGHT - 2 - (HEIGHT - 6) * count / most:.1f}"

    line = f"M0 {y(0)}" + "".join(f"H{x(day)}V{y(count)}" for day, count in steps) + f"H{x(until)}"
    said = " ".join(f"{day.isoformat()}:{count}" for day, count in steps)
    return SafeString(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="{HEIGHT}"'
        f' preserveAspectRatio="none" aria-hidden="true" data-steps="{said}">'
        f'<path class="late-area" d="{line}V{y(0)}H0z" fill="{SIGNAL}" fill-opacity="0.13"/>'
        f'<path class="late-line" d="{line}" fill="none" stroke="{SIGNAL}" stroke-width="1.8"'
        ' vector-effect="non-scaling-stroke"/></svg>'
    )
