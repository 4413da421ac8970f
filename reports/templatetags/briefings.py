"""Tabs between the pages of a briefing, and the sources of its paragraphs."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from reports.drafting.sources import Cited
from reports.models import Briefing

register = template.Library()

CHANGED = ' <span class="workshop-changed">changed since you wrote this</span>'
CHANGE = "reports.change_briefing"
# Label, URL name, permission, and whether the page needs a draft. Pages that change a briefing are
# left out when its text is locked.
PAGES = (
    ("Paper", "briefings:detail", "reports.read_briefing", False),
    ("Draft", "workshop:draft", "reports.read_briefing", False),
    ("Checks", "briefings:checks", "reports.read_briefing", True),
    ("Clearance", "briefings:clearance", "reports.read_briefing", True),
    ("Compare", "briefings:compare", "reports.read_briefing", True),
    ("Annexes", "briefings:annexes", CHANGE, True),
    ("Cover", "briefings:change-cover", CHANGE, False),
)


@register.filter
def as_lines(cited: Iterable[Cited]) -> SafeString:
    """Return the sources of a paragraph as list items, of which a page has many hundreds."""
    lines = []
    for each in cited:
        label = escape(each.label)
        line = f'<a href="{escape(each.url)}">{label}</a>' if each.url else label
        lines.append(f"<li>{line}{CHANGED if each.is_changed else ''}</li>")
    return mark_safe("\n".join(lines))


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
    return {"tabs": tabs, "label": f"Briefing {briefing.tracker_number}"}
