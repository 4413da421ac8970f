"""Tabs between the pages of a briefing."""

from typing import Any

from django import template
from django.urls import reverse

from reports.models import Briefing

register = template.Library()

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
