"""Show what an agency typed as the sentences that its form promised."""

from django import template

from agencies.models import Agency
from workitems.models import Update
from workitems.plan import answer_words
from workitems.terms import stems

register = template.Library()


@register.simple_tag
def in_sentences(asked: str, text: str, agency: Agency) -> str:
    """Return the text for what is `asked` (a key of `STEMS`) as the sentences of the agency."""
    return stems.in_sentences(asked, text, agency.short_name, (agency.short_name, agency.name))


@register.simple_tag
def words_of(update: Update, name: str, agency: Agency) -> str:
    """Return a text of an answer (a field of `Update`) as the sentences of the agency, or as it was imported."""
    return answer_words.words_of(update, name, agency)
