"""Tabs between the pages of a briefing, and the links below its paragraphs."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.drafting.page import Block
from reports.drafting.sources import Cited
from reports.models import Briefing

register = template.Library()

CHANGED = gettext_lazy(' <span class="workshop-changed">changed since you wrote this</span>')
CHANGE = "reports.change_briefing"
# Label, URL name, permission, and whether the page needs a draft. Pages that change a briefing are
# left out when its text is locked.
PAGES = (
    (gettext_lazy("Paper"), "briefings:detail", "reports.read_briefing", False),
    (gettext_lazy("Draft"), "workshop:draft", "reports.read_briefing", False),
    (gettext_lazy("Word copies"), "workshop:word", CHANGE, True),
    (gettext_lazy("Checks"), "briefings:checks", "reports.read_briefing", True),
    (gettext_lazy("Clearance"), "briefings:clearance", "reports.read_briefing", True),
    (gettext_lazy("Compare"), "briefings:compare", "reports.read_briefing", True),
    (gettext_lazy("Annexes"), "briefings:annexes", CHANGE, True),
    (gettext_lazy("Cover"), "briefings:change-cover", CHANGE, False),
)


@register.simple_tag
def foot_links(block: Block, here: str, paragraphs: str, may_change: bool) -> SafeString:
    """Return the links below a paragraph, its sources and the place of its menu.

    Written here, as a page has hundreds. `paragraphs` is where their addresses begin.
    """
    key, name = escape(block.key), escape(block.name)
    address = f"{escape(paragraphs)}{key}/"
    pieces = []
    if may_change:
        pieces.append(
            _(
                '<a href="{here}?edit={key}#{key}" data-open data-edit>Edit<span '
                'class="visually-hidden"> {name}</span></a>'
            ).format(here=escape(here), key=key, name=name)
        )
    if block.cited:
        pieces.append(
            _(
                '<details id="sources-{key}"><summary>{sources}<span class="visually-hidden"> of '
                '{name}</span></summary><ul class="small">{cited}</ul></details>'
            ).format(key=key, sources=block.sources, name=name, cited=_lines(block.cited))
        )
    if may_change:
        pieces.append(
            _(
                '<details id="more-{key}" data-more><summary>More<span class="visually-hidden"> for '
                '{name}</span></summary><p data-menu><a href="{address}acts/">All '
                "actions</a></p></details>"
            ).format(key=key, name=name, address=address)
        )
    else:
        pieces.append(
            _(
                '<a href="{address}versions/">Versions<span class="visually-hidden"> of {name}</span></a>'
            ).format(address=address, name=name)
        )
    return mark_safe("\n".join(pieces))


@register.simple_tag(takes_context=True)
def suggestions_here(context: dict[str, Any], key: str, name: str) -> SafeString | str:
    """Return the number of open suggestions of Word copies at a paragraph, with the way to them.

    `suggested` in the context has them by key: number and address.
    """
    if key not in (context.get("suggested") or {}):
        return ""
    count, url = context["suggested"][key]
    words = "suggestion" if count == 1 else "suggestions"
    return format_html(
        _('<a href="{}">{} {}<span class="visually-hidden"> for {}</span></a>'),
        url,
        count,
        words,
        name,
    )


def _lines(cited: Iterable[Cited]) -> str:
    lines = []
    for each in cited:
        label = escape(each.label)
        line = (
            _('<a href="{url}">{label}</a>').format(url=escape(each.url), label=label)
            if each.url
            else label
        )
        lines.append(f"<li>{line}{CHANGED if each.is_changed else ''}</li>")
    return "\n".join(lines)


@register.inclusion_tag("components/tabs.html", takes_context=True)
def ways(context: dict[str, Any], briefing: Briefing, here: str) -> dict[str, Any]:
    """Return the tabs that the user may open; none for users who cannot read drafts."""
    user = context["request"].user
    tabs = [
        (label, reverse(name, args=[briefing.plan.slug, briefing.pk]), name == here)
        for label, name, permission, needs_draft in PAGES
        if user.has_perm(permission, briefing)
        and (briefing.is_open or permission != CHANGE)
        and (briefing.kind_id or not needs_draft)
    ]
    return {"tabs": tabs, "label": _("Briefing {briefing}").format(briefing=briefing.name)}
