"""Figures, lists and agencies in sentences, with right grammar for none, one and many.

Pure text in, text out. Nothing here knows a row or the markup of a paragraph.
"""

import re
from collections.abc import Iterable, Sequence

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# Kinds of body that English calls "the Department of …", "the New Zealand Customs Service".
_TAKES_ARTICLE = re.compile(
    r"^(Department|Ministry|Office|Treasury|Ministries)\b"
    r"|\b(Agency|Authority|Board|Bureau|Cabinet|Commission|Corporation|Council|Department|Group"
    r"|Ministry|Office|Police|Service|Trust|Unit)$"
)
_SENTENCE_END = re.compile(r"[.!?…:;]['’”\")\]*]*$")


def number(count: int) -> str:
    """Words below ten, digits from there: "no", "one", "nine", "10", "1,200"."""
    return SMALL[count] if 0 <= count < len(SMALL) else f"{count:,}"


def numbers(counts: Sequence[int]) -> list[str]:
    """Figures that are compared with each other, all in one form: digits if one of them needs them."""
    if max(counts, default=0) < len(SMALL):
        return [number(count) for count in counts]
    return [f"{count:,}" if count else number(0) for count in counts]


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "no work items", "one work item", "24 work items"."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def agree(count: int, one: str, many: str) -> str:
    """The word that goes with that many: agree(1, "is", "are")."""
    return one if count == 1 else many


def listed(parts: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"; "a; b; and c" where a part has a comma of its own."""
    words = list(parts)
    if len(words) < 3:
        return " and ".join(words)
    if any(", " in word for word in words):
        return f"{'; '.join(words[:-1])}; and {words[-1]}"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def some(parts: Sequence[str], most: int = 12) -> str:
    """All of them as `listed`, or the first ones and how many others: "a, b and 988 others"."""
    if len(parts) <= most:
        return listed(parts)
    left = len(parts) - most
    return listed([*parts[:most], f"{number(left)} {agree(left, 'other', 'others')}"])


def named(name: str) -> str:
    """An agency's name as it stands inside a sentence: with "the" where English wants it."""
    return f"the {name}" if _TAKES_ARTICLE.search(name) else name


def the(title: str) -> str:
    """A plan's title as it stands inside a sentence: "the Plan of Action"."""
    return f"the {title}" if not title.lower().startswith("the ") else f"t{title[1:]}"


def capitalised(text: str) -> str:
    """The text with its first letter large; the rest is left alone."""
    return text[:1].upper() + text[1:]


def closed(text: str) -> str:
    """The text with a full stop unless it ends as a sentence, or leads on with a colon."""
    text = text.rstrip()
    return text if not text or _SENTENCE_END.search(text) else f"{text.rstrip(',')}."


def opened(text: str) -> str:
    """The text without its last full stop, to go on inside a sentence. Other endings are kept."""
    text = text.rstrip()
    if text.endswith(("...", "etc.", "e.g.", "i.e.")):
        return text
    return text[:-1].rstrip() if text.endswith((".", ";", ",")) else text


def cited(text: str, citation: str) -> str:
    """The text with a citation in brackets before its last stop: "Done (Police, item 3.1)."."""
    text = text.rstrip()
    end = re.search(r"[.:;]$", text)
    if end and not text.endswith("..."):
        return f"{text[:-1].rstrip()} ({citation}){end.group()}"
    return f"{text} ({citation})" if _SENTENCE_END.search(text) else f"{text} ({citation})."


def mentions(text: str, names: Sequence[str]) -> bool:
    """Whether one of the names stands in the text as whole words, in this spelling."""
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names if name)
