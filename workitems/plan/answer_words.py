"""The texts of an answer as pages show them."""

from agencies.models import Agency
from workitems.models import Update
from workitems.terms.stems import STEMS, in_sentences


def words_of(update: Update, name: str, agency: Agency) -> str:
    """Return a text of an agency's answer as the sentences that its form promised. What was imported nobody has seen as
    such sentences, so it stays as it is: "Agreed by the group" does not say that the agency agreed."""
    text: str = getattr(update, name)
    if update.written_by_id is None or name not in STEMS:
        return text
    return in_sentences(name, text, agency.short_name, (agency.short_name, agency.name))
