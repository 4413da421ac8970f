"""Changes to a draft's recommendations. Each function returns a new draft.

What cannot be done raises `DraftError`; text that cannot be printed raises `DocumentError`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from reports.compose.decisions import Ask as Composed
from reports.document import Verb, markup
from reports.drafting.draft import Ask, Draft, DraftError, to_keys

# The verb at the start of a recommendation, bold or not.
_VERB = re.compile(
    rf"(?:\*\*)?\s*(?P<verb>{'|'.join(Verb)})\s*(?:\*\*)?\s+(?P<rest>\S.*)",
    re.DOTALL | re.IGNORECASE,
)
# "Direct costs" and "forward estimates" begin with no verb.
_ADJECTIVE = re.compile(
    r"(?i:direct|forward)\b\**\s+(?!(?:the|this|that|these|those|all|any|a|an|its|your|officials)\b|\{)[a-z]"
)


def split_verb(text: str) -> tuple[Verb, str] | None:
    """Return a recommendation's verb and what follows, or None if it begins with no verb of the list."""
    match = _VERB.fullmatch(text.strip())
    return (Verb(match["verb"].lower()), match["rest"]) if match else None


def parted(verb: Verb, text: str) -> tuple[Verb, str]:
    """Return the chosen verb and what follows; a text that begins with a verb of the list has its own."""
    return (not _ADJECTIVE.match(text.strip()) and split_verb(text)) or (verb, text)


def begun(composed: Iterable[Composed]) -> list[Ask]:
    """Return the recommendations with which a new draft begins."""
    return [Ask(key=each.key, verb=each.verb, text=each.text) for each in composed]


def ask_of(draft: Draft, key: str) -> Ask:
    for ask in draft.asks:
        if ask.key == key:
            return ask
    raise DraftError(_("That recommendation is not in this draft."))


def add(
    draft: Draft,
    key: str,
    verb: Verb,
    typed: str,
    options: tuple[str, ...] = (),
    *,
    seen: Sequence[str] = (),
) -> Draft:
    """Append a recommendation."""
    return replace(
        draft,
        asks=(
            *draft.asks,
            Ask(key=key, verb=verb, text=_words(draft, typed, seen), options=options),
        ),
    )


def edit(
    draft: Draft,
    key: str,
    verb: Verb,
    typed: str,
    options: tuple[str, ...] = (),
    *,
    seen: Sequence[str] = (),
) -> Draft:
    text = _words(draft, typed, seen)
    return _replaced(draft, replace(ask_of(draft, key), verb=verb, text=text, options=options))


def step(draft: Draft, key: str, by: int) -> Draft:
    """Move a recommendation one place up (-1) or down (1)."""
    asks = list(draft.asks)
    place = asks.index(ask_of(draft, key))
    if not 0 <= place + by < len(asks):
        raise DraftError(
            _("The recommendation is first already.")
            if by < 0
            else _("The recommendation is last already.")
        )
    asks.insert(place + by, asks.pop(place))
    return replace(draft, asks=tuple(asks))


def hide(draft: Draft, key: str) -> Draft:
    """Leave a recommendation out of the paper but keep it in the draft.

    The last one cannot be hidden.
    """
    changed = _replaced(draft, replace(ask_of(draft, key), is_hidden=True))
    if all(ask.is_hidden for ask in changed.asks):
        raise DraftError(_("A briefing must have at least one recommendation."))
    return changed


def restore(draft: Draft, key: str) -> Draft:
    return _replaced(draft, replace(ask_of(draft, key), is_hidden=False))


def _words(draft: Draft, typed: str, seen: Sequence[str]) -> str:
    """Return the text after the verb, as stored.

    Raise `DraftError` unless it is one sentence, and `DocumentError` if it cannot be printed.
    """
    blocks = markup.parse(to_keys(draft, typed, seen))
    if not blocks:
        raise DraftError(_("Say what is recommended."))
    if len(blocks) > 1 or blocks[0].bullets:
        raise DraftError(_("Write a recommendation as one sentence, without sub-bullets."))
    return markup.to_source(blocks[0].text)


def _replaced(draft: Draft, changed: Ask) -> Draft:
    return replace(
        draft, asks=tuple(changed if each.key == changed.key else each for each in draft.asks)
    )
