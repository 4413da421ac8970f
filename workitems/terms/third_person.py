"""What an agency says of itself as "we", told of the agency by name: "DIA had to go back to the market" of "We had to
go back to the market". Nothing here queries the database.
"""

import re
from functools import lru_cache

from workitems.terms.sentence_ends import sentences, with_capital
from workitems.terms.verbs import ALSO_NOUNS, PAST, VERBS, set_of

_OURSELVES = re.compile(
    r"\b(?:we['’](?P<short>re|ve|ll|d)|(?P<own>our)|(?P<object>us)|(?P<bad>ours|ourselves)|(?P<subject>we))\b",
    re.IGNORECASE,
)
_SHORT = {"re": "are", "ve": "have", "ll": "will"}
_SINGULAR = {
    "are": "is",
    "aren’t": "isn’t",
    "do": "does",
    "don’t": "doesn’t",
    "have": "has",
    "haven’t": "hasn’t",
    "were": "was",
    "weren’t": "wasn’t",
}
# The same in the third person, or in the past.
_SAME = set_of(
    "can cannot could cut did didn’t had hadn’t let may might must put read set should will won’t would"
)
_BETWEEN = set_of(
    "all also already always both currently fully just never no not now often only recently still then therefore"
)
# After the verb of "we", a second one of the same subject: "we have asked and are waiting".
_SECOND = re.compile(r"(?P<before>[^,;]*?\b(?:and|but|or) )(?P<verb>are|do|have|were)\b")
_LISTED = re.compile(r"(?:,|\b(?:and|but|or)) ([a-z]+)\b")
_NEXT = re.compile(r"\s+(?P<word>[\w’-]+)")
# "havent", "dont": no words, so that an apostrophe is missing. "Cant" and "wont" are rare enough as words.
_WITHOUT_APOSTROPHE = re.compile(
    r"\b(?P<verb>are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)nt\b",
    re.IGNORECASE,
)
# The verb stands before "we" in a question: "do we have it?".
_INVERTED = re.compile(
    r"\b(?:are|can|could|did|do|have|may|must|should|were|will|would)\s+$", re.IGNORECASE
)


@lru_cache(maxsize=5000)
def without_we(text: str, who: str) -> str:
    """Return a text about the agency `who`: `in_third_person` where that is possible, else as it is, with the
    apostrophes that "havent" lacks."""
    text = _WITHOUT_APOSTROPHE.sub(r"\g<verb>n’t", text)
    return in_third_person(text, who) or text


def in_third_person(text: str, who: str) -> str | None:
    """Return a text in which the agency `who` speaks as "we" as a text about it: by its name first in each sentence,
    then "it". None if a sentence of it cannot be changed so; a text without "we" as it is."""
    told = [
        _sentence(each.replace("'", "’"), who) if word_of_us(each) else each
        for each in sentences(text)
    ]
    whole = [each for each in told if each is not None]
    return " ".join(whole) if len(whole) == len(told) else None


def is_plural_agency(name: str) -> bool:
    """Whether verbs in the plural follow the name of an agency: "Police have"."""
    return name.rpartition(" ")[2].casefold() == "police"


def word_of_us(text: str) -> str:
    """Return the first word by which an agency speaks of itself, such as "our"; "" if there is none. "US" is a
    country."""
    found = (each.group() for each in _OURSELVES.finditer(text))
    return next((word for word in found if word != "US"), "")


def _sentence(sentence: str, who: str) -> str | None:
    is_plural = is_plural_agency(who)
    pronoun, its, them = ("they", "their", "them") if is_plural else ("it", "its", "it")
    told, rest, is_named, is_pronoun = "", sentence, False, False
    while found := _OURSELVES.search(rest):
        told, rest, word = told + rest[: found.start()], rest[found.end() :], found.group()
        short = (found["short"] or "").casefold()
        if found["bad"] or (short and short not in _SHORT):
            return None
        if word == "US":
            told += word
            continue
        if found["own"]:
            told += its if is_named else possessive(who)
        elif found["object"]:
            told += them if is_named else who
        elif _INVERTED.search(told):
            return None
        else:
            # After "DIA’s analyst", "it" would be the analyst.
            told += pronoun if is_pronoun else who
            is_pronoun = True
            changed = _with_verb(f" {_SHORT[short]}{rest}" if short else rest, is_plural=is_plural)
            if changed is None:
                return None
            rest = changed
        is_named = True
    return with_capital(told + rest)


def _with_verb(rest: str, *, is_plural: bool) -> str | None:
    """Return what follows "we" with its verbs in the third person; None if its verb is not found."""
    start = 0
    while found := _NEXT.match(rest, start):
        word = found["word"].casefold()
        if word in _BETWEEN or (word.endswith("ly") and word not in VERBS):
            start = found.end()
            continue
        changed = word if is_plural else _third(word)
        if changed is None or (is_plural and _third(word) is None):
            return None
        after = rest[found.end() :]
        if not is_plural:
            after = _SECOND.sub(
                lambda each: each["before"] + _SINGULAR[each["verb"]], after, count=1
            )
        if changed != word and _has_another(after):
            return None
        return rest[: found.start("word")] + changed + after
    return None


def _has_another(after: str) -> bool:
    """Whether what follows a verb may have a second one in the present: "try, carry on", but not "need to try"."""
    listed = _LISTED.findall(after.partition(" to ")[0])
    return any(word in VERBS - ALSO_NOUNS for word in listed)


def _third(verb: str) -> str | None:
    """Return a verb as it follows "it", None if it is no known one."""
    if verb in _SINGULAR:
        return _SINGULAR[verb]
    known = verb.rpartition("-")[2]
    if verb in _SAME or (known not in VERBS and PAST.fullmatch(known)):
        return verb
    if known not in VERBS:
        return None
    if re.search(r"(?:s|x|ch|sh|o)$", verb):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"


def possessive(who: str) -> str:
    """Return "DIA’s" of an agency's name, "Customs’" of one that ends in s."""
    return f"{who}’" if who.endswith("s") else f"{who}’s"
