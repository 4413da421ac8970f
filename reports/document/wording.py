"""Grammar of generated sentences: numbers, lists, plurals and agencies' names.

Takes and returns strings; knows neither records nor markup.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from agencies.wording.translation import _, gettext_noop, list_in_words
from workitems.terms.sentence_ends import sentences, with_capital
from workitems.terms.spans import NUMBERS
from workitems.terms.stems import says_nothing, within

SMALL = (gettext_noop("no"), *NUMBERS)
TEENS = (
    *(
        gettext_noop("ten"),
        gettext_noop("eleven"),
        gettext_noop("twelve"),
        gettext_noop("thirteen"),
    ),
    *(gettext_noop("fourteen"), gettext_noop("fifteen"), gettext_noop("sixteen")),
    *(gettext_noop("seventeen"), gettext_noop("eighteen"), gettext_noop("nineteen")),
)
TENS = (
    *(gettext_noop("twenty"), gettext_noop("thirty"), gettext_noop("forty"), gettext_noop("fifty")),
    *(
        gettext_noop("sixty"),
        gettext_noop("seventy"),
        gettext_noop("eighty"),
        gettext_noop("ninety"),
    ),
)

# Names that need an article in English: "the Department of …", "the New Zealand Customs Service".
_TAKES_ARTICLE = re.compile(
    r"^(Controller|Department|Ministry|Office|Treasury|Ministries)\b"
    r"|^[^–:(]*\b(Agency|Authority|Board|Bureau|Cabinet|Centre|Commission|Corporation|Council|Department|Executive|Group"
    r"|Ministry|Office|Police|Service|Trust|Unit)$"
)
# A sentence that begins so may turn the sense of the one before it.
_TURNS = re.compile(
    r"(?:But|Despite|Even so|However|Instead|Nevertheless|Nonetheless|Only|Since then|Still|That said|Then|Though"
    r"|Until then|Unfortunately|Yet)\b"
)
# Not a day of a month.
_FIRST_NUMBER = re.compile(r"^\d{1,2}(?= [a-z]|$)")
_ENDING_MARK = re.compile(r"[.!?…:;]['’”\")\]*]*$")


def number(count: int) -> str:
    """Return words below ten and digits from ten: "no", "one", "nine", "10", "1,200"."""
    return _(SMALL[count]) if 0 <= count < len(SMALL) else f"{count:,}"


def times(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    if count in (1, 2):
        return _("once") if count == 1 else _("twice")
    return _("{count} times").format(count=f"{count:,}")


def numbers(counts: Sequence[int]) -> list[str]:
    """Return numbers in one form, for comparison: as digits if one of them needs digits."""
    if max(counts, default=0) < len(SMALL):
        return [number(count) for count in counts]
    return [f"{count:,}" if count else number(0) for count in counts]


def count_in_words(count: int, noun: str, plural: str = "") -> str:
    """Return "no work items", "one work item" or "24 work items"."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def agree(count: int, one: str, many: str) -> str:
    """Return the word that agrees with the number: agree(1, "is", "are")."""
    return one if count == 1 else many


def join_words(parts: Iterable[str]) -> str:
    """Return "a", "a and b" or "a, b and c", or "a; b; and c" if a part contains a comma."""
    words = list(parts)
    if len(words) > 2 and any(", " in word for word in words):
        return _("{words}; and {last}").format(words="; ".join(words[:-1]), last=words[-1])
    return list_in_words(words)


def some(parts: Sequence[str], most: int = 12) -> str:
    """Return the parts as `join_words`, or the first few: "a, b and 988 others"."""
    if len(parts) <= most:
        return join_words(parts)
    others = len(parts) - most
    return join_words([*parts[:most], f"{number(others)} {agree(others, 'other', 'others')}"])


def named(name: str) -> str:
    """Return an agency's name for use in a sentence, with "the" if English needs it."""
    return f"the {name}" if _TAKES_ARTICLE.search(name) else name


def the(title: str) -> str:
    """Return a plan's title for use in a sentence: "the Plan of Action". A motto before a colon takes no article."""
    if re.match(r"[^:]{1,60}: ", title):
        return title
    return f"the {title}" if not title.lower().startswith("the ") else f"t{title[1:]}"


def capitalised(text: str) -> str:
    """Return the text as it begins a sentence: its first letter in upper case, a number of up to two digits
    in words ("Twelve items")."""
    text = _FIRST_NUMBER.sub(lambda found: _in_words(int(found.group())), text)
    return with_capital(text)


def _in_words(count: int) -> str:
    if count < len(SMALL):
        return number(count)
    tens, ones = divmod(count, 10)
    if tens == 1:
        return _(TEENS[ones])
    return f"{_(TENS[tens - 2])}-{number(ones)}" if ones else _(TENS[tens - 2])


def joined(start: str, mark: str, sentence: str, names: Iterable[str] = ()) -> str:
    """Return the start, the mark and the sentence as one, if its first word is one that has no capital there
    ("the", "no", "until") or it begins with one of the names; else the start with a full stop or,
    before a comma, a colon: "For the card, DoL prints it", "For the card: Money was found"."""
    if (inner := within(sentence, names)) is not None:
        return f"{start}{mark} {inner}"
    return f"{start}{':' if mark == ',' else '.'} {sentence}"


@lru_cache(maxsize=5000)
def first_sentences(text: str, most: int, words: int) -> str:
    """Return the first sentences of a text: at most so many, and as many as have so many words
    together. The first one may have twice as many words; a longer one gives "".

    A sentence that turns the sense of the one before ("But …", "Then …") is not left out: it is added if there are
    words for it, else the text ends before both, or is "". Sentences that say nothing ("As above.") do not count.
    """
    all_of_them = [each for each in sentences(text) if not says_nothing(each)]
    kept: list[str] = []
    for sentence in all_of_them[:most]:
        length = sum(len(each.split()) for each in [*kept, sentence])
        if length > (words if kept else 2 * words):
            break
        kept.append(sentence)
    turned = list(kept)
    while turned and len(turned) < len(all_of_them) and _TURNS.match(all_of_them[len(turned)]):
        turned.append(all_of_them[len(turned)])
    if sum(len(each.split()) for each in turned) <= words:
        return " ".join(turned)
    while kept and len(kept) < len(all_of_them) and _TURNS.match(all_of_them[len(kept)]):
        kept.pop()
    return " ".join(kept)


def closed(text: str) -> str:
    """Return the text with a full stop, unless it has an ending mark."""
    text = text.rstrip()
    return text if not text or _ENDING_MARK.search(text) else f"{text.rstrip(',')}."


def opened(text: str) -> str:
    """Return the text without its full stop, for use within a sentence. Other endings are kept."""
    text = text.rstrip()
    if text.endswith(("...", "etc.", "e.g.", "i.e.")):
        return text
    return text[:-1].rstrip() if text.endswith((".", ";", ",")) else text


def cited(text: str, citation: str) -> str:
    """Return the text with a citation before its full stop, as in "Done (Police, item 3.1)"."""
    text = text.rstrip()
    end = re.search(r"[.:;]$", text)
    if end and not text.endswith("..."):
        return f"{text[:-1].rstrip()} ({citation}){end.group()}"
    return f"{text} ({citation})" if _ENDING_MARK.search(text) else f"{text} ({citation})."


def mentions(text: str, names: Sequence[str]) -> bool:
    """Whether one of the names occurs in the text as whole words, in this spelling."""
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        for name in names
        if name and name in text
    )
