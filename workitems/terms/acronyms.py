"""Acronyms in what people type: finding them, and writing them out with the words of a plan's glossary.

An acronym has two or more capitals, as in "CNS", "MoH" or "R&D", and may have a plural s. Nothing here queries
the database.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from unicodedata import normalize

from workitems.terms.verbs import set_of

# What any reader knows, in small letters. Nobody is asked about these, and they are not written out.
_KNOWN_TO_ALL = set_of(
    """
    ai am cctv ceo covid dna eu faq gdp gps gst hiv id it nato nz nzd oecd ok pdf phd pm qr tv uk un unicef us usa
    """
)
# Ordinary words that people put into capitals for emphasis.
_EMPHASISED = set_of(
    """
    a above after all also an and any are as asap at be been before below but by can cannot cc closed could date
    delay delays did do does done draft due each end etc every few final first for from fyi get had has have high
    how i if in into is it its key last late less low many may medium more most must n/a na need needs never new
    next nil no none not note now of off on once one only open or other our out over past per please re red amber
    green said same see shall should so some soon still stop such tba tbc tbd than that the their them then there
    these they this those three time to today too two under until up upon urgent very via was we week were what
    when which while who will with within work would year yes you your
    """
)
# More capitals than these are a word that is shouted.
MOST_CAPITALS = 6
# As many words in capitals one after another are no acronyms either.
SHOUTED = 3

_ADDRESS = re.compile(r"\S+://\S+|\bwww\.\S+|\S+@\S+")
# A word that begins with a capital; "&" may join letters. No part of a code ("WS1.2", "AP-3") or of a name ("D’ARCY").
_TOKEN = re.compile(
    r"(?<![\w&.])(?<![^\W\d_][’'])(?<!\d-)[^\W\d_a-zāēīōū][^\W\d_]*(?:&[^\W\d_]+)*(?![\w&])(?!\.\d|\s?-\s?\d)"
)
_LINE, _WORD = re.compile(r"[^\n]+"), re.compile(r"[^\W\d_]+")
# Words with nothing but spaces between them.
_RUN = re.compile(r"(?:\b[^\W\d_]+\b ?)+")
# "MBIE" leaves it out, while "MoH" keeps the "of".
_NOT_IN_INITIALS = set_of("and the")
# Capitals joined by a hyphen are one name, such as that of a method, with what a stroke adds: "LC-MS/MS".
_JOINED = re.compile(r"(?<!\w)(?:[A-Z]+/)*[A-Z]+-[A-Z]+(?:[-/][A-Z]+)*(?!\w)")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


class Mention(NamedTuple):
    """An acronym in a text, without its plural s, and where it is."""

    acronym: str
    start: int
    end: int
    is_plural: bool


def acronym_of(word: str) -> str:
    """Return the acronym that a word is, without its plural s; "" if it is none.

    Small letters may stand only alone between capitals: "MoH" is one, "McLeod" and "iPad" are none.
    """
    letters = word[:-1] if word.endswith("s") and word[-2:-1].isupper() else word
    capitals = sum(map(str.isupper, letters))
    is_one = (
        2 <= capitals <= MOST_CAPITALS
        and letters[0].isupper()
        and letters[-1].isupper()
        and not any(a.islower() and b.islower() for a, b in zip(letters, letters[1:], strict=False))
    )
    if not is_one or _ROMAN.fullmatch(letters) or letters.casefold() in _EMPHASISED:
        return ""
    return letters


def mentions(text: str) -> list[Mention]:
    """Return the acronyms of a text in their order, each as often as it is there.

    `text` is composed (NFC), as forms keep it. Words of a line wholly in capitals, or of three and more one after
    another, are no acronyms, and neither are parts of addresses on the internet or of joined names ("LC-MS/MS").
    """
    found = []
    for match in _TOKEN.finditer(text):
        if acronym := acronym_of(match.group()):
            is_plural = len(acronym) < len(match.group())
            found.append(Mention(acronym, match.start(), match.end(), is_plural))
    if not found:
        return []
    covered = [match.span() for part in (_ADDRESS, _JOINED) for match in part.finditer(text)]
    covered += _shouted(text)
    return [each for each in found if not any(start <= each.start < end for start, end in covered)]


def _shouted(text: str) -> Iterator[tuple[int, int]]:
    for line in _LINE.finditer(text):
        words = _WORD.findall(line.group())
        if len(words) > 1 and line.group().isupper():
            yield line.span()
    for run in _RUN.finditer(text):
        of_capitals: list[re.Match[str]] = []
        for word in (*_WORD.finditer(text, run.start(), run.end()), None):
            if word and word.group().isupper():
                of_capitals.append(word)
                continue
            if len(of_capitals) >= SHOUTED:
                yield of_capitals[0].start(), of_capitals[-1].end()
            of_capitals = []


def acronyms_in(text: str) -> list[str]:
    """Return the acronyms of a text, each once, in the order of their first use."""
    return list(dict.fromkeys(found.acronym for found in mentions(normalize("NFC", text))))


def initials_of(name: str) -> set[str]:
    """Return what a name of several words may be shortened to: "TA" of "Taumata Arowai", "MoH" and "MH" of
    "Ministry of Health"."""
    words = [word for word in _WORD.findall(name) if word.casefold() not in _NOT_IN_INITIALS]
    letters = "".join(word[0] for word in words)
    capitals = "".join(letter for letter in letters if letter.isupper())
    return {each for each in (letters, capitals) if len(each) > 1}


def writes_out(text: str, acronym: str) -> bool:
    """Whether a text gives words for the acronym: "… system (CNS)" or, as within a quotation, "CNS [… system]"."""
    name = re.escape(acronym)
    pattern = rf"[^\W\d_]\s+\({name}s?\)|\b{name}s? \[[^\W\d_]"
    return re.search(pattern, text, re.IGNORECASE) is not None


def lacking(texts: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the acronyms that a text uses and does not write out, in order, each once.

    Left out are those in `known`, whatever their case, and those known to all.
    """
    passed_over = _KNOWN_TO_ALL | {each.casefold() for each in known}
    found: dict[str, str] = {}
    for text in texts:
        for acronym in acronyms_in(text):
            if acronym.casefold() not in passed_over and not writes_out(text, acronym):
                found.setdefault(acronym.casefold(), acronym)
    return list(found.values())


# --- Writing out ----------------------------------------------------------------------------------

# By acronym in small letters: its words, or "" for one that readers know.
Glossary = Mapping[str, str]

_SENTENCE_BEFORE = re.compile(r"(?:^|[.!?]\s+)$")
_ARTICLE_BEFORE = re.compile(r"\b([Aa])n? $")
_OF = re.compile(r"\s(?:against|at|between|for|from|in|of|on|to|under|with)\s")


def written_out(
    text: str, glossary: Glossary, done: Collection[str] = (), *, before: str = ""
) -> tuple[str, set[str]]:
    """Return the text with each acronym of the glossary written out where it is first used, and the acronyms that
    it has, in small letters.

    It becomes "customs notification system (CNS)" and, within quotation marks, "CNS [customs notification
    system]". Those in `done`, and those that the text writes out by itself, stay; so doing it again changes
    nothing. The glossary has words as within a sentence; `before` is what stands before the text on its line.
    """
    has: set[str] = set()
    result, at = "", 0
    for mention in mentions(text):
        key = mention.acronym.casefold()
        words = glossary.get(key, "")
        if not words or key in has:
            continue
        has.add(key)
        if key in done or writes_out(text, mention.acronym):
            continue
        words = _plural(words) if mention.is_plural else words
        result += text[at : mention.start]
        at = mention.end
        typed, earlier = text[mention.start : at], before + result
        if earlier.count("“") > earlier.count("”"):
            result += f"{typed} [{words}]"
            continue
        if _SENTENCE_BEFORE.search(earlier):
            words = words[:1].upper() + words[1:]
        elif not mention.is_plural:
            article = r"\1n " if re.match(r"[aeioāēīō]|u(?!ni)", words) else r"\1 "
            result = _ARTICLE_BEFORE.sub(article, result)
        result += f"{words} ({typed})"
    return result + text[at:], has


def abbreviated(text: str, glossary: Glossary) -> str:
    """Return the text as it was before its acronyms were written out, to compare it with what was recorded."""
    lowered = text.casefold()
    for acronym, words in glossary.items():
        short = acronym.casefold()
        # Searching for letters is much faster than for the pattern.
        if f"({short}" not in lowered and not ("[" in lowered and short in lowered):
            continue
        for form, ending in ((words, ""), (_plural(words), "s")) if words else ():
            name, form = re.escape(f"{acronym}{ending}"), re.escape(form)
            pattern = rf"\b{form} \(({name})\)|\b({name}) \[{form}\]"
            text = re.sub(pattern, r"\1\2", text, flags=re.IGNORECASE)
    return text


def _plural(words: str) -> str:
    """Return the plural of a term: "memorandums of understanding", "policies"."""
    match = _OF.search(words)
    head, rest = (words[: match.start()], words[match.start() :]) if match else (words, "")
    if re.search(r"[^aeiou]y$", head):
        return f"{head[:-1]}ies{rest}"
    return f"{head}{'es' if re.search(r'(?:s|x|ch|sh)$', head) else 's'}{rest}"
