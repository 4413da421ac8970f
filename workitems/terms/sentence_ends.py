"""Where a sentence ends, and typed lines as sentences on one line. Nothing here queries the database."""

import re
from functools import lru_cache

# A full stop, closing quotes or brackets, and a space, unless a small letter follows ("9 p.m. on").
SENTENCE_END = re.compile(r"[.!?][”’\"')*]*\s+(?=[^a-zāēīōū])")
# Words whose full stop ends no sentence, before a name or number: "Dr Smith" may be typed "Dr. Smith".
_SHORTENED = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Hon|Rt|St|No|Nos|cf|vs|p|pp|e\.g|i\.e|[Aa]pprox|incl|[A-Z])\.\s*$"
)
# Words whose full stop ends a sentence only before a capital letter: "$1.2m p.a. (Budget 2027)".
_MAY_END = re.compile(r"\b(?:p\.a|etc|a\.m|p\.m|no|nos)\.\s*$")
# Letters of the longest of these words: "approx".
LONGEST = 6
_CAPITAL = re.compile(r"[“\"'‘]?[A-ZĀĒĪŌŪ]")
_BULLET = re.compile(r"^[-*•–]\s+(?=\S)")
_ENDING = (".", "!", "?", ":", ";", ",", "…")
_URL = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text on one line, each with its ending mark."""
    return list(_sentences(text))


# A paper's texts are read again for each page that shows it.
@lru_cache(maxsize=5000)
def _sentences(text: str) -> tuple[str, ...]:
    found, start = [], 0
    for match in SENTENCE_END.finditer(text):
        # Only the last word is looked at.
        last, end = max(start, match.start() - LONGEST), match.end()
        is_short = _MAY_END.search(text, last, end) and not _CAPITAL.match(text, end)
        if not is_short and not _SHORTENED.search(text, last, end):
            found.append(text[start:end].strip())
            start = end
    return (*found, rest) if (rest := text[start:].strip()) else tuple(found)


def opening(text: str, words: int) -> tuple[str, str]:
    """Return the sentences of a text that reach so many words, and the rest, which is "" if it is short.

    Lines stay as they are, and no sentence is cut.
    """
    if len(text.split()) <= 2 * words:
        return text, ""
    for match in SENTENCE_END.finditer(text):
        if len(text[: match.end()].split()) >= words:
            return text[: match.end()].rstrip(), text[match.end() :].lstrip()
    return text, ""


def ended(words: str) -> str:
    """Return the words with a full stop, unless they end with one: "at 10:29 p.m."."""
    return words if words.endswith(".") else f"{words}."


def is_address(text: str) -> bool:
    """Whether a text begins with the address of a page, whose first letter stays small."""
    return bool(_URL.match(text))


def with_capital(text: str) -> str:
    """Return the text with its first letter in upper case, unless it is the address of a page."""
    return text if is_address(text) else text[:1].upper() + text[1:]


def without_capital(text: str) -> str:
    return text[:1].lower() + text[1:]


def on_one_line(text: str) -> str:
    """Return typed lines on one line. Each line of a list is a sentence of its own, with a capital and a full stop
    unless it is the first: "eleven languages live. Open rate 58%."."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        words = _BULLET.sub("", line, count=1)
        if words != line or not parts:
            parts.append(words)
        else:
            parts[-1] = f"{parts[-1]} {words}"
    ended = [part if part.endswith(_ENDING) or part is parts[-1] else f"{part}." for part in parts]
    first, rest = ended[:1], ended[1:]
    return " ".join(" ".join([*first, *map(with_capital, rest)]).split())


_GOES_ON = re.compile(
    r"(?:(?<![\w’'/-])(?P<word>a|an|and|because|but|of|or|our|the|their|whose)|(?P<mark>[,(–—]))$",
    re.IGNORECASE,
)


def stops_at(text: str) -> str:
    """Return the word or mark at the end of a text after which a sentence goes on ("the", ","), or "" if it may end so."""
    found = _GOES_ON.search(text.rstrip())
    return (found["word"] or found["mark"]) if found else ""
