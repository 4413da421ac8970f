"""Placeholders in the standing text and title of a kind of briefing."""

import re
from collections.abc import Callable

from agencies.wording.translation import StrOrPromise, gettext_lazy
from reports.document import DocumentError
from reports.document.dates import long_date, period
from reports.document.wording import capitalised, join_words, the
from reports.models import Briefing

Filling = Callable[[Briefing], str]

# By the name in braces: its meaning, and a function that returns its value.
WORDS: dict[str, tuple[StrOrPromise, Filling]] = {
    "plan": (gettext_lazy("the plan’s title"), lambda briefing: the(briefing.plan.title)),
    "released": (
        gettext_lazy("the day the plan was released"),
        lambda briefing: long_date(briefing.plan.released_on),
    ),
    "period": (
        gettext_lazy("what the briefing reports on"),
        lambda briefing: period(briefing.period_start, briefing.period_end),
    ),
    "date": (gettext_lazy("the day of the briefing"), lambda briefing: long_date(briefing.dated)),
}
_BRACED = re.compile(r"\{([^{}\n]*)\}")
# Text before the start of a sentence: the start of a line or sub-bullet, or a sentence's end.
_BEGINS = re.compile(r"(?:^|[.!?][”’\"')]*)[\s*•-]*$")


def check_words(text: str) -> None:
    """Raise `DocumentError` for unknown placeholders.

    References to paragraph numbers are unknown here, as only drafts have numbers.
    """
    for word in _BRACED.findall(text):
        if word.strip() not in WORDS:
            raise DocumentError(
                f"“{{{word}}}” is nothing that a briefing fills in; that is "
                f"{join_words(f'{{{name}}}' for name in WORDS)}."
            )


def filled(text: str, briefing: Briefing) -> str:
    """Fill in the placeholders. Unknown ones stay as they are."""

    def word(match: re.Match[str]) -> str:
        _, fill = WORDS.get(match[1].strip(), ("", None))
        if fill is None:
            return match[0]
        value = fill(briefing).replace("*", r"\*")
        before = match.string[: match.start()].rpartition("\n")[2]
        return capitalised(value) if _BEGINS.search(before) else value

    return _BRACED.sub(word, text)
