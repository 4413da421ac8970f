"""Links that keep the selected moment, comparison, pillar and agency."""

from typing import Any

from django import template

from reports.progress.view import Look
from workitems.attention import Line

register = template.Library()

PARTS = (
    ("Dashboard", "overview"),
    ("What changed", "changes"),
    ("Timeline", "timeline"),
    ("Trends", "trends"),
)


@register.filter
def parts(look: Look) -> tuple[tuple[str, str], ...]:
    """Return the dashboard's pages as (label, URL name)."""
    return PARTS


@register.simple_tag
def look_link(look: Look, page: str, **more: Any) -> str:
    return look.link(page, **more)


@register.simple_tag
def look_query(look: Look, **more: Any) -> str:
    return look.query(**more)


@register.simple_tag
def item_link(look: Look, number: str) -> str:
    """Return the URL of the item's page at the same moment."""
    return look.item(number)


@register.simple_tag
def line_link(look: Look, line: Line) -> str:
    return look.item(line.item.number) if line.item else line.url


@register.simple_tag
def answered_of(page: Any, row: Any) -> str:
    """Return the answered items of a return, such as "6 of 9"."""
    done, total = page.answered[row.pk]
    return f"{done} of {total}"
