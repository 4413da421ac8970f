"""Timeline for pages: one row for each item, with its milestones on a strip of the page's width.

Positions are percentages of the strip's width, so one drawing fits every screen. Labels are text of
the page. Marks are `<use>` elements of the shapes from `strip_shapes`, which keeps a page with
2,000 marks small. The marks of a milestone are one link, whose name gives its dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import NamedTuple, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.charts.drawing import ACCENT, INK, QUIET, RULE, SIGNAL, WHITE, month_name, month_ticks
from reports.document.dates import long_date, short_date
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import MilestoneLike
from workitems.terms.spans import span_in_words

LANE = 28  # In pixels. Links are 24 high, the minimum target size.
# Of longer lists, browsers lay out only the rows in sight.
LAID_OUT_UP_TO = 100
# The smallest gap between marks, in percent: 26 pixels of the narrowest strip, which has 300.
_GAP = 26 / 300 * 100

# Closer than this, in percent, the ring of a promise and the mark of its end touch, so only the end
# is drawn.
TOUCHING = 1.6


class HasMilestones(Protocol):
    @property
    def milestones(self) -> Sequence[MilestoneLike]: ...


class Strip(NamedTuple):
    """An item's row: number, title, link, its status in words unless it is on time, and milestones in order. Of a late
    item on the dashboard also how long after the date first promised it is expected, and the cause."""

    number: str
    title: str
    url: str
    words: str
    is_late: bool
    milestones: Sequence[MilestoneLike]
    after: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The days that a strip spans. Rows in the same list share it."""

    first: date
    last: date

    @classmethod
    def of(cls, rows: Iterable[HasMilestones], on: date) -> Scale:
        """Return a scale over all dates and `on`, with some space at both ends."""
        days = {on}
        for row in rows:
            for one in row.milestones:
                days.update(
                    (one.original_due, one.agreed_due, one.completed_on or one.forecast_due)
                )
                if (least := getattr(one, "earliest", None)) is not None:
                    days.add(least)
        first, last = min(days), max(days)
        air = max(timedelta(days=20), (last - first) / 24)
        return cls(
            max(first, date.min + air + timedelta(days=1)) - air,
            min(last, date.max - air - timedelta(days=1)) + air,
        )

    def share(self, day: date) -> float:
        """Return the day's position as a percentage."""
        return 100 * (day - self.first).days / (self.last - self.first).days


def strip_shapes() -> SafeString:
    """Return the shapes that the marks use. Needed once in a page, before its first strip."""
    tick = f'<path d="m-3 .3 2.1 2.2L3-2.1" fill="none" stroke="{WHITE}" stroke-width="1.6"/>'
    return SafeString(
        '<svg class="strip-shapes" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        # Every milestone has this mark, so it brings the click target, as high as the lane and wider
        # than the marks.
        '<g id="m-promised"><rect x="-12" y="-12" width="24" height="24" fill="none" stroke="none"'
        f' pointer-events="all"/><circle r="4.5" fill="{WHITE}" stroke="{INK}" stroke-width="1.6"/></g>'
        '<rect id="m-target" x="-12" y="-12" width="24" height="24" fill="none" stroke="none"'
        ' pointer-events="all"/>'
        f'<path id="m-agreed" d="M0-8V8" stroke="{INK}" stroke-width="2"/>'
        f'<g id="m-done" fill="{ACCENT}"><circle r="6"/>{tick}</g>'
        f'<path id="m-was" d="M0-3V3" stroke="{WHITE}" stroke-width="2.4"/>'
        f'<path id="m-missed" d="M0-6.5 6.5 0 0 6.5-6.5 0z" fill="{SIGNAL}"/>'
        f'<path id="m-forecast" d="M-8-6 3 0-8 6z" fill="{ACCENT}"/>'
        f'<path id="m-forecast-late" d="M-8-6 3 0-8 6z" fill="{SIGNAL}"/>'
        f'<path id="m-withdrawn" d="M-5 0H5" stroke="{QUIET}" stroke-width="2.4"/>'
        "</defs></svg>"
    )


# Shapes and their words; without a shape, what is later than first promised. The names are those of the boxes by which
# the legend of the timeline filters.
LEGEND: tuple[tuple[str, StrOrPromise, str], ...] = (
    ("m-promised", gettext_lazy("First promised"), "promised"),
    ("m-agreed", gettext_lazy("Agreed"), ""),
    ("", gettext_lazy("Expected late"), "late"),
    ("m-done", gettext_lazy("Done"), "done"),
)
# From a milestone's own date to the earliest that what it waits for lets it be done.
DOTTED = f'stroke="{SIGNAL}" stroke-width="2" stroke-dasharray="1 4" stroke-linecap="round"'
# Of milestones that are all open and late.
LATE_LEGEND = LEGEND[:3]


def _legend(label: str) -> SafeString:
    """Return the legend of late milestones as an HTML list. `label` names the page's date ("30 July 2010", "Today")."""
    parts = []
    for shape, words, _name in LATE_LEGEND:
        parts.append(f"<li>{_key(shape)}{escape(str(words))}</li>")
    parts.append(
        '<li><svg width="8" height="18" aria-hidden="true" focusable="false">'
        f'<path d="M4 0V18" stroke="{INK}" stroke-width="1.5" stroke-dasharray="4 3"/></svg>'
        f"{escape(label)}</li>"
    )
    return SafeString(f'<ul class="strip-legend">{"".join(parts)}</ul>')


def strip_filter(*, has_earliest: bool = False) -> SafeString:
    """Return the legend of the timeline, by which milestones that are late, done or neither can be faded. `has_earliest`:
    with the dots of those that can no longer be met because of what they wait for."""
    parts = []
    for shape, words, name in LEGEND:
        says = f"{_key(shape)}{escape(str(words))}"
        box = f'<label><input type="checkbox" name="{name}" checked>{says}</label>'
        parts.append(f"<li>{box if name else says}</li>")
    if has_earliest:
        parts.append(
            '<li><svg width="20" height="18" aria-hidden="true" focusable="false">'
            f'<path d="M2 9H18" {DOTTED}/></svg>{escape(gettext("Earliest possible"))}</li>'
        )
    label = escape(gettext("Which milestones stand out"))
    return SafeString(
        f'<ul class="strip-legend strip-filter" aria-label="{label}">{"".join(parts)}</ul>'
    )


def _key(shape: str) -> str:
    """Return a shape beside its words."""
    drawn = (
        f'<use href="#{shape}" x="10" y="9"/>'
        if shape
        else f'<path d="M0 9H13" stroke="{SIGNAL}" stroke-width="4"/>'
        '<use href="#m-forecast-late" x="13" y="9"/>'
    )
    return f'<svg width="20" height="18" aria-hidden="true" focusable="false">{drawn}</svg>'


def strip_axis(scale: Scale, on: date, label: str) -> SafeString:
    """Return the months above the strips, and the page's date.

    `label` names it ("30 July 2010", "Today").
    """
    here = scale.share(on)
    anchor = "start" if here < 12 else "end" if here > 88 else "middle"
    # First, so that a month's name is printed over the line.
    parts = [
        f'<line x1="{here:.2f}%" x2="{here:.2f}%" y1="20" y2="46" stroke="{INK}" stroke-width="1.5"/>'
    ]
    ticks = _ticks(scale)
    has_januaries = any(day.month == 1 for day, minor in ticks if not minor)
    for day, minor in ticks:
        x = f"{scale.share(day):.2f}%"
        kind = ' class="strip-minor"' if minor else ""
        name = str(day.year) if day.month == 1 else month_name(day)
        parts.append(
            f'<g{kind}><line x1="{x}" x2="{x}" y1="40" y2="46" stroke="{QUIET}"/>'
            f'<text x="{x}" y="36" fill="{QUIET}" text-anchor="middle">'
            f"{name[:4].strip() if has_januaries else name}</text></g>"
        )
    parts.append(
        f'<text x="{here:.2f}%" y="14" fill="{INK}" font-weight="600" text-anchor="{anchor}">'
        f"{escape(label)}</text>"
    )
    return SafeString(
        f'<svg class="strip-axis" width="100%" height="46" aria-hidden="true" font-size="13">'
        f"{''.join(parts)}</svg>"
    )


def strip_list(strips: Sequence[Strip], scale: Scale, on: date) -> SafeString:
    """Return the rows as an HTML list, over lines for the months and the page's date."""
    drawing = _Drawing(scale, on)
    rows = "".join(map(drawing.row, strips))
    long = " strip-rows-long" if len(strips) > LAID_OUT_UP_TO else ""
    return SafeString(
        f'<div class="strips">{_lines(scale, on)}<ol class="strip-rows{long}">{rows}</ol></div>'
    )


def strips_together(strips: Sequence[Strip], scale: Scale, on: date, words: str) -> SafeString:
    """Return one row for many, with all their marks and without their tails, as the summary of what opens them."""
    places = _Places(scale)
    marks = {
        ("m-done" if one.completed_on else "m-promised", places[_reached(one)][1])
        for strip in strips
        for one in strip.milestones
        if not one.withdrawn_on
    }
    drawn = "".join(_use(shape, place, LANE // 2 + 2) for shape, place in sorted(marks))
    return SafeString(
        f'<span class="strips">{_lines(scale, on)}<span class="strip-together"><span class="strip-item">{escape(words)}'
        f'</span><svg class="strip" height="{LANE + 4}" aria-hidden="true" focusable="false">{drawn}</svg></span></span>'
    )


def _lines(scale: Scale, on: date) -> str:
    """Return the lines behind rows, for the months and the page's date."""
    lines = []
    for day, minor in _ticks(scale):
        x = f"{scale.share(day):.2f}%"
        kind = ' class="strip-minor"' if minor else ""
        lines.append(f'<line x1="{x}" x2="{x}" y1="0" y2="100%" stroke="{RULE}"{kind}/>')
    here = f"{scale.share(on):.2f}%"
    lines.append(
        f'<line x1="{here}" x2="{here}" y1="0" y2="100%" stroke="{INK}" stroke-width="1.5"'
        ' stroke-dasharray="4 3"/>'
    )
    return (
        '<svg class="strip-lines" width="100%" height="100%" aria-hidden="true" focusable="false">'
        f"{''.join(lines)}</svg>"
    )


def late_timeline(strips: Sequence[Strip], *, on: date, label: str) -> SafeString:
    """Return the late items of the dashboard, each with the milestone that makes it late, or "" without rows.

    `label` names the date ("Today", "30 July 2010"). See also `strip_table`.
    """
    if not strips:
        return SafeString("")
    scale = Scale.of(strips, on)
    return SafeString(
        strip_shapes()
        + _legend(label)
        + '<div class="timeline timeline-late"><div class="strip-head">'
        + strip_axis(scale, on, label)
        + f'<p class="strip-words" aria-hidden="true"><span></span>{escape(gettext("after promise"))}</p></div>'
        + strip_list(strips, scale, on)
        + "</div>"
    )


def strip_table(strips: Sequence[Strip], caption: str, table_id: str) -> SafeString:
    """Return the same dates as an HTML table, one row for each milestone; with what they wait for, if one does."""
    rows = []
    has_waits = any(getattr(one, "waits", "") for strip in strips for one in strip.milestones)
    ends = gettext("Withdrawn {day}"), gettext("Done {day}"), gettext("Expected {day}")
    for strip in strips:
        url = escape(f"{strip.url}#milestones")
        for one in strip.milestones:
            rows.append(
                f'<tr><td class="number">{escape(strip.number)}</td>'
                f'<th scope="row"><a href="{url}">{escape(one.description)}</a></th>'
                f'<td class="date">{one.original.short}</td>'
                f'<td class="date">{one.agreed.short}</td>'
                f'<td class="date">{escape(_end_words(one, *ends))}</td>'
                f'<td class="numeric">{_slip(one):,}</td>'
                + (f"<td>{escape(getattr(one, 'waits', ''))}</td>" if has_waits else "")
                + "</tr>"
            )
    headings = (
        gettext("Item"),
        gettext("Milestone"),
        gettext("Promised"),
        gettext("Agreed"),
        gettext("Done or expected"),
    )
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in headings)
    late = escape(gettext("Days later than promised"))
    last = f'<th scope="col">{escape(gettext("Waits for"))}</th>' if has_waits else ""
    return SafeString(
        f'<div class="table-region" role="region" tabindex="0" aria-labelledby="{table_id}">'
        f'<table class="table"><caption id="{table_id}" class="visually-hidden">{escape(caption)}'
        f'</caption><thead><tr>{heads}<th scope="col" class="numeric">{late}</th>{last}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _reached(one: MilestoneLike) -> date:
    """Return the completion date or, if it is not done, the forecast date."""
    return one.completed_on or one.forecast_due


def _known_reached(one: MilestoneLike) -> KnownDate:
    return KnownDate(one.completed_on) if one.completed_on else one.forecast


def _slip(one: MilestoneLike) -> int:
    return 0 if one.withdrawn_on else (_reached(one) - one.original_due).days


def _end_words(one: MilestoneLike, withdrawn: str, done: str, expected: str) -> str:
    if one.withdrawn_on:
        return withdrawn.format(day=short_date(one.withdrawn_on))
    return (done if one.completed_on else expected).format(day=_known_reached(one).short)


class _Places(dict[date, tuple[float, str]]):
    """The position of each day, as a number and as text for an attribute."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self.scale = scale

    def __missing__(self, day: date) -> tuple[float, str]:
        share = self.scale.share(day)
        found = self[day] = share, f"{share:.2f}%"
        return found


class _Dates:
    """Words such as "promised 31 August 2009, expected 30 September 2010, a year later than promised"."""

    def __init__(self) -> None:
        self.promised, self.agreed = gettext("promised {day}"), gettext("agreed {day}")
        self.withdrawn, self.done = gettext("withdrawn {day}"), gettext("done {day}")
        self.expected, self.waits = gettext("expected {day}"), gettext("waits for {what}")
        self.earliest = gettext("earliest {day}")
        self.later = gettext("{span} later than promised")
        self.earlier = gettext("{span} earlier than promised")

    def in_words(self, one: MilestoneLike) -> str:
        original = one.original
        parts = [self.promised.format(day=original)]
        if (agreed := one.agreed) != original:
            parts.append(self.agreed.format(day=agreed))
        if one.withdrawn_on:
            parts.append(self.withdrawn.format(day=long_date(one.withdrawn_on)))
            return ", ".join(parts)
        reached = _known_reached(one)
        parts.append((self.done if one.completed_on else self.expected).format(day=reached))
        if waits := getattr(one, "waits", ""):
            parts.append(self.waits.format(what=waits))
        if least := getattr(one, "earliest", None):
            parts.append(self.earliest.format(day=long_date(least)))
        if reached.last_day > original.last_day:
            parts.append(self.later.format(span=span_in_words(original, reached)))
        elif reached.last_day < original.last_day:
            parts.append(self.earlier.format(span=span_in_words(reached, original)))
        return ", ".join(parts)


class _Drawing:
    """Draws the rows of a list.

    Dates are often the same, such as ends of months. So positions are kept, and thousands of rows take little time.
    """

    def __init__(self, scale: Scale, on: date) -> None:
        self.on, self.places, self.dates = on, _Places(scale), _Dates()
        self.of = escape(gettext("Milestones of {number}"))
        self.after = '{{span}}<span class="visually-hidden"> {}</span>'.format(
            escape(gettext("after promise"))
        )

    def row(self, strip: Strip) -> str:
        number, title, url, words, is_late, milestones, after, cause = strip
        # Together, because to escape each alone takes as long as to draw the row. No text has NUL.
        names = [f"{one.description}: {self.dates.in_words(one)}" for one in milestones]
        together = escape("\0".join((url, number, title, words, *names)))
        url, number, title, words, *names = together.split("\0")
        lanes: list[float] = []
        marks = [
            f'<a href="{url}#milestones"><title>{name}</title>{self.marks(one, lanes)}</a>'
            for one, name in zip(milestones, names, strict=True)
        ]
        height = max(1, len(lanes)) * LANE + 4
        if words:
            words = f'<span class="mark mark-{"late" if is_late else "quiet"}">{words}</span>'
            if after or cause:
                words += f"<span>{self.after.format(span=after) if after else ''}</span><span>{escape(cause)}</span>"
            words = f'<p class="strip-words">{words}</p>'
        return (
            f'<li><p class="strip-item"><a href="{url}"><span class="number">{number}</span>'
            f' {title}</a></p><svg class="strip" height="{height}" role="group"'
            f' aria-label="{self.of.format(number=number)}">{"".join(marks)}</svg>{words}</li>'
        )

    def marks(self, one: MilestoneLike, lanes: list[float]) -> str:
        """Return the marks of a milestone, in the first lane with space for them."""
        places, least = self.places, getattr(one, "earliest", None)
        promised, agreed = places[one.original_due], places[one.agreed_due]
        reached = places[one.withdrawn_on or _reached(one)]
        start, end = min(promised, agreed, reached), max(promised, agreed, reached)
        further = places[least or _reached(one)][0]
        lane = _lane(lanes, min(start[0], further), max(end[0], further))
        y = LANE * lane + LANE // 2 + 2
        width = end[0] - start[0]
        slip = _slip(one)
        parts = []
        if width:
            # The click target from end to end; that of the mark is wider than a short one.
            parts.append(
                f'<rect x="{start[1]}" y="{y - 12}" width="{max(width, 0.1):.2f}%" height="24"/>'
            )
        ends_in_a_mark = one.withdrawn_on or one.completed_on or slip
        hides_ring = ends_in_a_mark and abs(reached[0] - promised[0]) < TOUCHING
        if one.withdrawn_on and not hides_ring:
            parts.append(_level(promised[1], reached[1], y, f'stroke="{QUIET}" stroke-width="1.2"'))
        elif slip and not hides_ring:
            look = f'stroke="{SIGNAL}" class="strip-slip"' if slip > 0 else f'stroke="{ACCENT}"'
            parts.append(_level(promised[1], reached[1], y, look))
            # A gap at each date that was expected in between.
            parts += [_use("m-was", places[day][1], y) for day in getattr(one, "earlier", ())]
        if not (one.completed_on or one.withdrawn_on) and one.forecast_due < self.on:
            # Overdue and still open: the end is unknown, so the line is dashed.
            look = f'stroke="{SIGNAL}" class="strip-open"'
            parts.append(_level(reached[1], places[self.on][1], y, look))
        if least is not None:
            # What it waits for lets it be done no sooner: dotted from its own end.
            parts.append(_level(reached[1], places[least][1], y, DOTTED))
        if one.agreed_due != one.original_due:
            parts.append(_use("m-agreed", agreed[1], y))
        parts.append(_use("m-target" if hides_ring else "m-promised", promised[1], y))
        if one.withdrawn_on:
            parts.append(_use("m-withdrawn", reached[1], y))
        elif one.completed_on:
            parts.append(_use("m-done", reached[1], y))
        elif slip:
            parts.append(_use(f"m-forecast{'-late' if slip > 0 else ''}", reached[1], y))
        return "".join(parts)


def _lane(lanes: list[float], start: float, end: float) -> int:
    """Return the first lane with enough space before `start`, and mark it as taken until `end`."""
    for lane, taken in enumerate(lanes):
        if start - _GAP >= taken:
            lanes[lane] = end
            return lane
    lanes.append(end)
    return len(lanes) - 1


def _level(start: str, end: str, y: int, look: str) -> str:
    return f'<line x1="{start}" x2="{end}" y1="{y}" y2="{y}" {look}/>'


def _use(shape: str, place: str, y: int) -> str:
    return f'<use href="#{shape}" x="{place}" y="{y}"/>'


def _ticks(scale: Scale) -> list[tuple[date, bool]]:
    """Return first days of months, each with whether it is hidden on narrow screens."""
    main = set(month_ticks(scale.first, scale.last, 5))
    every = month_ticks(scale.first, scale.last, 10)
    return [(day, day not in main) for day in sorted(main | set(every))]
