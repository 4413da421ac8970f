"""Show what an agency typed as the sentences that its form promised."""

from django import template

from agencies.models import Agency
from workitems.terms import stems

register = template.Library()


@register.simple_tag
def in_sentences(asked: str, text: str, agency: Agency) -> str:
    """Return the text for what is `asked` (a key of `STEMS`) as the sentences of the agency."""
    return stems.in_sentences(asked, text, agency.short_name, (agency.short_name, agency.name))
