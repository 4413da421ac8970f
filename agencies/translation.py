"""Translation of the screens, and what is never translated.

Modules that otherwise do without Django take their translation from here: the layers' contract lets them.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext, gettext_lazy, ngettext, override

__all__ = ["_", "gettext", "gettext_lazy", "in_english", "ngettext"]

Taken = ParamSpec("Taken")
Given = TypeVar("Given")

_ = gettext


def in_english(compose: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """Let a function run in English, whatever the language of the screens: papers are composed so."""

    @wraps(compose)
    def composed(*args: Taken.args, **kwargs: Taken.kwargs) -> Given:
        with override("en"):
            return compose(*args, **kwargs)

    return composed
