"""Links that keep the selected moment, comparison, pillar and agency."""

from collections.abc import Sequence
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.progress.dashboard import Cell, Figure, Mark
from reports.progress.view import Earlier, PlanView
from workitems.plan.attention import Line, Point

register = template.Library()

# More words of an answer are on the page of all that needs attention.
WORDS_OF_A_POINT = 12

PARTS = (
    (gettext_lazy("Dashboard"), "overview"),
    (gettext_lazy("What changed"), "changes"),
    (gettext_lazy("Timeline"), "timeline"),
    (gettext_lazy("Trends"), "trends"),
)


@register.filter
def parts(view: PlanView) -> "tuple[tuple[StrOrPromise, str], ...]":
    """Return the dashboard's pages as (label, URL name)."""
    return PARTS


@register.simple_tag
def view_link(view: PlanView, page: str, **params: Any) -> str:
    return view.link(page, **params)


@register.simple_tag
def view_fields(view: PlanView, without: str, group: str | None = "") -> SafeString:
    """Return hidden fields that keep the view in a form that chooses `without` anew."""
    asked = view.asked | {"group": group}
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        ((name, value) for name, value in asked.items() if value and name != without),
    )


@register.simple_tag
def compared_words(view: PlanView, earlier: Sequence[Earlier] | None = None) -> str:
    """Return what the page is compared with: "Since the meeting of 3 May 2010"."""
    if view.since is None:
        return _("Nothing to compare with")
    chosen = (each.within for each in earlier or () if each.moment == view.since)
    return _("Since {moment}").format(moment=next(chosen, view.since.words))


@register.simple_tag
def view_query(view: PlanView, **params: Any) -> str:
    return view.query(**params)


@register.simple_tag
def item_link(view: PlanView, number: str) -> str:
    """Return the URL of the item's page at the same moment."""
    return view.item(number)


@register.simple_tag
def item_history_link(view: PlanView, number: str) -> str:
    return view.item_history(number)


@register.simple_tag
def point(found: Point, is_short: bool = False) -> SafeString:
    """Return an answer of a line that needs attention, with its note. A long one can be cut.

    Written here, as a page has many.
    """
    if is_short:
        found = found._replace(words=Truncator(found.words).words(WORDS_OF_A_POINT))
    words = escape(found.words)
    if found.is_gap:
        words = f'<span class="gap">{words}</span>'
    note = f' <span class="note">{escape(found.note)}</span>' if found.note else ""
    return SafeString(f"{words}{found.comma}{note}")


@register.simple_tag
def line_link(view: PlanView, line: Line) -> str:
    return view.item(line.item.number) if line.item else line.url


@register.simple_tag
def answered_of(page: Any, row: Any) -> str:
    """Return the answered items of a return, such as "6 of 9"."""
    done, total = page.answered[row.pk]
    return _("{done} of {total}").format(done=done, total=total)


@register.simple_tag
def figure_link(figure: Figure) -> SafeString:
    """Return a number that opens its list, with what it was.

    Written here, with Python's `escape`, as a page has hundreds.
    """
    return SafeString(f'<a href="{escape(figure.url)}">{_number(figure)}</a>{_was(figure)}')


@register.simple_tag
def figure_with_change(figure: Figure) -> SafeString:
    """Return a number that opens its list, its change, and a bar of its part of all."""
    change = ""
    if figure.change:
        tone = {True: " is-better", False: " is-worse", None: ""}[figure.is_better]
        arrow, words = (
            ("▲", _(", {count} more than before"))
            if figure.change > 0
            else ("▼", _(", {count} fewer than before"))
        )
        count = abs(figure.change)
        change = (
            f' <span class="change{tone}"><span aria-hidden="true">{arrow}\u2009{count}'
            f'</span><span class="visually-hidden">{escape(words.format(count=count))}</span></span>'
        )
    return SafeString(
        f'<a href="{escape(figure.url)}">{_number(figure)}</a>{change}'
        f'<svg class="gauge is-{figure.kind}" width="100%" height="10" aria-hidden="true" focusable="false">'
        f'<rect class="gauge-all" y="3" width="100%" height="4"/>'
        f'<rect y="3" width="{figure.share}" height="4"/></svg>'
    )


@register.simple_tag
def grid_cell(view: PlanView, cell: Cell) -> SafeString:
    """Return a cell's number that opens its list, with what it was, and a mark for each item, or for each
    status with its number.

    Written here, as a page has hundreds of marks.
    """
    figure = cell.figure
    if not (figure.count or figure.was):
        return SafeString(
            '<span class="quiet" aria-hidden="true">·</span>'
            f'<span class="visually-hidden">{escape(_("None"))}</span>'
        )
    marks = "".join(_mark(view, mark) for mark in cell.marks)
    counts = "".join(
        f'<a class="mark mark-{each.kind}" href="{escape(each.url)}"><svg aria-hidden="true"'
        f' focusable="false"><use href="#mark-{each.kind}"/></svg>{_number(each)}</a>{_was(each)}'
        for each in cell.counts
    )
    return SafeString(
        f'<a class="cell-count" href="{escape(figure.url)}">{_number(figure)}</a>{_was(figure)}'
        f' <span class="cell-marks">{marks}{counts}</span>'
    )


def _mark(view: PlanView, mark: Mark) -> str:
    item, was = mark.item, mark.was
    name = escape(f"{item.number} {item.title}")
    words = item.status.label
    if was:
        words = _("{status}, was {before}").format(status=words, before=was.label)
    return (
        f'<a class="mark-link mark-{item.status}{" has-changed" if was else ""}"'
        f' href="{escape(view.item(item.number))}" title="{name}"><svg aria-hidden="true" focusable="false">'
        f'<use href="#mark-{item.status}"/></svg><span class="visually-hidden">{name}:'
        f" {escape(words)}</span></a>"
    )


def _number(figure: Figure) -> str:
    return f'{figure.count}<span class="visually-hidden"> {escape(figure.label)}</span>'


def _was(figure: Figure) -> str:
    if not figure.change:
        return ""
    return f' <span class="was">{escape(_("was {count}").format(count=figure.was))}</span>'
