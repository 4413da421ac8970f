"""Django's translation for modules that import nothing else of Django, as the layers' contract demands."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext, override

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise
else:
    StrOrPromise = str

__all__ = [
    "StrOrPromise",
    "_",
    "day_words",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "in_english",
    "list_in_words",
    "ngettext",
]

P = ParamSpec("P")
R = TypeVar("R")

_ = gettext


def in_english(make: Callable[P, R]) -> Callable[P, R]:
    """Let a function run in English, whatever the language of the screen: it makes a paper, a table
    or a text that is kept, which others read too."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        with override("en"):
            return make(*args, **kwargs)

    return made


def day_words(day: date | None) -> str:
    """Return the day as the language of the screen writes it, "30 July 2010", or "" without a day."""
    return date_format(day) if day else ""


def list_in_words(words: Sequence[str]) -> str:
    """Return "", "a", "a and b" or "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])
