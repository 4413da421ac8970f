"""Links that keep the selected moment, comparison, pillar and agency."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.progress.dashboard import Dashboard, Figure
from reports.progress.tiles import Tile
from reports.progress.view import Earlier, PlanView
from workitems.measures.completion import Completion, Writing, sentence
from workitems.meetings.asked_at import AskedAt
from workitems.plan.attention import Line, Point

register = template.Library()

PARTS = (
    (gettext_lazy("Now"), "overview"),
    (gettext_lazy("What changed"), "changes"),
    (gettext_lazy("Attention"), "attention"),
    (gettext_lazy("Timeline"), "timeline"),
    (gettext_lazy("Slips"), "slips"),
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
def point(found: Point) -> SafeString:
    """Return an answer of a line that needs attention, with its note. Written here, as a page has many."""
    words = escape(found.words)
    if found.is_gap:
        words = f'<span class="gap">{words}</span>'
    note = f' <span class="note">{escape(found.note)}</span>' if found.note else ""
    return SafeString(f"{words}{found.comma}{note}")


@register.simple_tag
def line_link(view: PlanView, line: Line) -> str:
    return view.item(line.item.number) if line.item else line.url


@register.simple_tag
def asked_on(asked_at: AskedAt, line: Line) -> str:
    """Return ", 10 December": at which of several meetings the line is asked, or ""."""
    day = asked_at.day_of(line)
    return f", {date_format(day, 'j F')}" if day else ""


@register.simple_tag
def figure_key(figure: Figure) -> SafeString:
    """Return a status with its number and change: the key to the tiles, and the link to its list."""
    return SafeString(
        f'<a class="mark mark-{figure.kind if figure.count else "quiet"}" href="{escape(figure.url)}"><svg aria-hidden="true"'
        f' focusable="false"><use href="#mark-{figure.kind}"/></svg>{escape(figure.label)}'
        f" {figure.count:,}</a>{_change(figure)}"
    )


@register.simple_tag
def finding_with_links(page: Dashboard) -> SafeString:
    """Return how the plan is going, with the items that it names as links."""
    text = escape(page.finding)
    for item in page.named:
        number = escape(item.number)
        link = f'<a class="named" href="{escape(page.view.item(item.number))}">{number}</a>'
        text = re.sub(rf"(?<![\w.]){re.escape(number)}(?![\w]|\.\w)", link, text, count=1)
    return SafeString(text)


@register.simple_tag
def completion_with_links(page: Dashboard) -> SafeString:
    """Return how completed milestones are shown to be done; each number opens its list."""

    def number(count: int, of: Completion | None) -> str:
        url = page.view.link("completed", shown=of or "")
        return f'<a href="{escape(url)}">{count:,}</a>'

    return SafeString(sentence(page.completions, Writing(number)))


@register.simple_tag
def tile_of(tile: Tile) -> SafeString:
    """Return a tile: a link with the item's number, title and status, and its facts for who looks closer.

    Written here, as a page has up to 120.
    """
    item, tip = tile.item, f"tile-{tile.item.pk}"
    number, title = escape(item.number), escape(item.title)
    word = f" <em>{escape(tile.word)}</em>" if tile.word else ""
    kinds = f"tile tile-{item.status}{' is-new' if tile.is_new else ''}"
    key = " is-key" if item.is_key else ""
    facts = escape(" ".join(tile.facts))
    return SafeString(
        f'<li><a class="{kinds}" href="{escape(tile.url)}" aria-describedby="{tip}">'
        f'<span class="tile-number{key}">{number}</span><svg class="glyph" aria-hidden="true"'
        f' focusable="false"><use href="#mark-{tile.mark}"/></svg>'
        f'<span class="tile-title">{title}{word}</span></a>'
        f'<span class="tip" role="tooltip" id="{tip}"><b>{number} {title}</b>'
        f" {escape(tile.place)}. {facts} {_open(tile)}</span></li>"
    )


def _open(tile: Tile) -> str:
    """Return the link that a finger finds in a tile's facts. The tile is the same link for everybody else."""
    says = escape(_("Open {number}").format(number=tile.item.number))
    return (
        f'<a class="tip-open" href="{escape(tile.url)}" tabindex="-1" aria-hidden="true">{says}</a>'
    )


def _change(figure: Figure) -> str:
    """Return how a number changed: an arrow with the difference, and the same in words."""
    if not figure.change:
        return ""
    tone = {True: " is-better", False: " is-worse", None: ""}[figure.is_better]
    arrow, words = (
        ("▲", _(", {count} more than before"))
        if figure.change > 0
        else ("▼", _(", {count} fewer than before"))
    )
    count = abs(figure.change)
    return (
        f' <span class="change{tone}"><span aria-hidden="true">{arrow}\u2009{count}'
        f'</span><span class="visually-hidden">{escape(words.format(count=count))}</span></span>'
    )
