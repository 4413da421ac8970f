"""Standing text and title of a kind of briefing: the words in them that each briefing fills in by itself."""

import re
from collections.abc import Callable

from reports.document import DocumentError
from reports.document.dates import long_date, period
from reports.document.wording import capitalised, listed, the
from reports.models import Briefing

Filling = Callable[[Briefing], str]

# By the word between the braces: what it stands for, and how it is written.
WORDS: dict[str, tuple[str, Filling]] = {
    "plan": ("the plan’s title", lambda briefing: the(briefing.plan.title)),
    "released": (
        "the day the plan was released",
        lambda briefing: long_date(briefing.plan.released_on),
    ),
    "period": (
        "what the briefing reports on",
        lambda briefing: period(briefing.period_start, briefing.period_end),
    ),
    "date": ("the day of the briefing", lambda briefing: long_date(briefing.dated)),
}
_BRACED = re.compile(r"\{([^{}\n]*)\}")
# Up to where a sentence begins: a line's start, a sub-bullet's sign, the end of a sentence before.
_BEGINS = re.compile(r"(?:^|[.!?][”’\"')]*)[\s*•-]*$")


def check_words(text: str) -> None:
    """Refuse a word in braces that no briefing fills in; a paragraph's number is one of a draft."""
    for word in _BRACED.findall(text):
        if word.strip() not in WORDS:
            raise DocumentError(
                f"“{{{word}}}” is nothing that a briefing fills in; that is "
                f"{listed(f'{{{name}}}' for name in WORDS)}."
            )


def filled(text: str, briefing: Briefing) -> str:
    """The text with its words filled in, as it is typed; those that nobody knows stay as they are."""

    def word(match: re.Match[str]) -> str:
        _, fill = WORDS.get(match[1].strip(), ("", None))
        if fill is None:
            return match[0]
        said = fill(briefing).replace("*", r"\*")
        before = match.string[: match.start()].rpartition("\n")[2]
        return capitalised(said) if _BEGINS.search(before) else said

    return _BRACED.sub(word, text)
