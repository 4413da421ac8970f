"""Find what a person chose to withhold in a briefing: words of a text, a whole, every occurrence."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.document import Document
from reports.requests.redaction.redact import occurrences
from reports.requests.redaction.withheld_words import quoted
from reports.requests.services.redactions import texts_of
from workitems.plan.services.refusals import Refused

Chosen = tuple[str, int, int]  # a place, from where, up to where
WORDS = "words"
NO_WORDS = gettext_lazy("Enter the words to withhold, or choose the whole text.")


def chosen(
    document: Document,
    *,
    place: str = "",
    extent: str = WORDS,
    words: str = "",
    start: int | None = None,
    end: int | None = None,
    everywhere: bool = False,
    standing: Collection[Chosen] = (),
) -> list[Chosen]:
    """Return the spans that were chosen.

    `extent` is WORDS, or the place that is withheld whole. Words are those from `start` to `end` of the
    text at `place`, or as typed, there or anywhere. With `everywhere`, they are all their occurrences
    but those withheld already, which are `standing`. Raise `Refused` for words that are not there, and
    for words that are there more than once.
    """
    texts = texts_of(document)
    if extent != WORDS:
        if not texts.get(extent):
            raise Refused(_("That is not in this paper. Choose again."), "extent")
        return [(extent, 0, len(texts[extent]))]
    if not words.strip():
        raise Refused(NO_WORDS, "words")
    text = texts.get(place, "")
    is_selected = start is not None and end is not None and text[start:end] == words
    if is_selected and not everywhere:
        return [(place, start or 0, end or 0)]
    found = [(span.place, span.start, span.end) for span in occurrences(document, words)]
    if everywhere:
        if is_selected:  # with what ends them, as they were selected
            found = [
                (place, start or 0, end or 0) if (each[0], each[1]) == (place, start) else each
                for each in found
            ]
        new = [span for span in found if span not in standing]
        return new or found or _none(words)
    here = [span for span in found if not place or span[0] == place]
    if not here:
        return _none(words, is_in_text=bool(place))
    if len(here) > 1:
        raise Refused(
            _(
                "“{words}” is there {count} times. Add the words beside it, or withhold every occurrence."
            ).format(words=quoted(words), count=len(here)),
            "words",
        )
    return here


def _none(words: str, *, is_in_text: bool = False) -> list[Chosen]:
    refusal = (
        _("“{words}” is not in this text. Enter words as they are printed.")
        if is_in_text
        else _("“{words}” is not in this paper. Enter words as they are printed.")
    )
    raise Refused(refusal.format(words=quoted(words)), "words")
