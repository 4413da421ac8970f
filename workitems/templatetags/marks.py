"""Marks of stage, confidence and lateness, and their shapes, for pages that show hundreds of them.

Their markup is in templates/components. A mark depends only on its values, so each different one
is rendered once per process and language.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import User
from workitems.terms.lateness import Lateness
from workitems.terms.sentence_ends import opening
from workitems.terms.word_diff import Strand

register = template.Library()


class LatenessMark(NamedTuple):
    """What the mark shows of a `Lateness`."""

    state: str
    is_late: bool
    words: str


@lru_cache(maxsize=5000)
def _rendered(component: str, name: str, value: Any, language: str | None) -> SafeString:
    return mark_safe(render_to_string(f"components/{component}.html", {name: value}))


# Words of a text that stand; the rest of a long one is one press away.
STANDING_WORDS = 40


@register.filter
def standing(text: str) -> tuple[str, str]:
    """Return the beginning of a text in whole sentences, and its rest."""
    return opening(text, STANDING_WORDS)


@register.filter
def as_diff(strands: Iterable[Strand]) -> SafeString:
    """Return the words that went and came, in one text."""
    pieces = []
    for strand in strands:
        words = escape(strand.text)
        if strand.is_removed or strand.is_added:
            tag, says = ("del", _("[removed:")) if strand.is_removed else ("ins", _("[added:"))
            words = (
                f'<{tag}><span class="visually-hidden">{says} </span>{words}'
                f'<span class="visually-hidden">]</span></{tag}>'
            )
        pieces.append(words)
    return mark_safe("".join(pieces))


@register.simple_tag
def stage_mark(stage: str) -> SafeString:
    return _rendered("stage", "stage", stage, get_language())


@register.simple_tag
def confidence_mark(confidence: str) -> SafeString:
    return _rendered("confidence", "confidence", confidence, get_language())


@register.simple_tag
def lateness_mark(late: Lateness) -> SafeString:
    # Without its dates, which the mark does not show, few values differ.
    mark = LatenessMark(late.state, late.is_late, late.words)
    return _rendered("lateness", "late", mark, get_language())


@register.simple_tag
def shape(name: str) -> SafeString:
    return _rendered("shape", "name", name, get_language())


@register.simple_tag(takes_context=True)
def is_reader(context: Any, user: User | None) -> bool:
    """Whether the user is the one who reads the page, also in an include with `only`."""
    request = getattr(context, "request", None)
    return user is not None and request is not None and request.user.pk == user.pk
