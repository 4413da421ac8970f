"""What a report says that is a result, and how much of one: decided by its words, its item and its milestones."""

import re
from collections.abc import Sequence
from functools import lru_cache

from agencies.wording.translation import in_english
from reports.compose.slips import PEOPLE
from reports.document.dates import MONTHS
from reports.document.wording import first_sentences, opened
from workitems.terms.sentence_ends import on_one_line, sentences, with_capital
from workitems.terms.stems import FINITE, begun, has_verb, says_nothing, without_announcements
from workitems.terms.third_person import is_plural_agency, without_we
from workitems.terms.verbs import FROM_TWO

HEADLINE_WORDS = 30
# The longest list of fragments that is quoted as one sentence.
QUOTED_WORDS = 45

# What is no result by itself.
TALK = re.compile(
    r"\b(?:announced?|attended|comments|discuss(?:ed|ions?)|feedback|meetings?|met|presented|talks)\b",
    re.IGNORECASE,
)
# Words that tell of no result unless there is a number.
_FILLER = re.compile(
    r"\b(?:continu(?:e|ed|es|ing) to|(?:ongoing|continued|continuing|valuable) (?:engagement|work|discussions?|feedback)"
    r"|progress (?:has been|is being|was|continues)|(?:good|steady|excellent) progress|progressing well"
    r"|(?:is|are|remains?|work) (?:also )?(?:well )?under way|(?:is|are) (?:still )?(?:in progress|under development|under consideration)"
    r"|important to note|on track|^ongoing|substantially complete"
    r"|(?:over|in|during) the (?:reporting|last|current) period)\b",
    re.IGNORECASE,
)
# How an item stands, which is no result: "On track – 3 of 5 regions agreed".
_STANDING = re.compile(r"(?:ongoing|on track)\b", re.IGNORECASE)
# The beginning of a sentence that leans on the one before.
_LEANS = re.compile(
    r"(?:as a result|accordingly|also|and|but|he|however|in addition|in particular|instead|it|its|of (?:these|those|them)|she|so|such|that"
    r"|their|then|these|they|this|those|work is also|yet)\b",
    re.IGNORECASE,
)
# What is still to come is no result.
_AHEAD = re.compile(r"\b(?:will|would)\b", re.IGNORECASE)
# Digits that count no result: years, days, times, numbers of items and of parts, what people wrote or met for.
_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)})|(?:19|20)\d\d|\d{{1,2}} [ap]\.?m\.?"
_ITEM = r"\d+\.\d+(?!%)(?=[ ).,;]|$)|[A-Z]\d"
_PART = (
    r"(?:units?|terms?|items?|stages?|phases?|parts?|versions?|regs?|sections?|years?|no\.)"
    r" v?\d+(?:(?: to | and |-)\d+)*"
)
_TALKS = r"\d\S* (?:comments?|emails?|meetings?|questions?|workshops?)"
_NO_COUNT = re.compile(rf"\b(?:{_DAY}|{_ITEM}|{_PART}|{_TALKS})\b", re.IGNORECASE)
_COUNT = re.compile(rf"\d|\b(?:{FROM_TWO}|half)\b", re.IGNORECASE)
# A number beside what it is measured by.
_MEASURED = re.compile(
    r"%|per cent|\b(?:out of|up from|down from|compared with|target|of (?:the |its |all )?(?:agencies’ )?\d)|\bfrom \w+ to \w+",
    re.IGNORECASE,
)
_EXISTS = re.compile(
    r"\b(?:now|(?:is|are) (?:at|available|in (?:force|place|use)|live|on|open|ready)|(?:has|have) (?:helped|reached)|first time"
    r"|enacted|gazetted|issued|launched|opened|published|released|signed)\b"
    r"|\blive\b(?!s)",
    re.IGNORECASE,
)
# Praise that says nothing: "… – a game-changing investment", "In a significant step forward, …".
_PRAISE = re.compile(
    r" [–—] [^–—.]*\b(?:exciting|game-changing|ground-?breaking|historic|landmark|proud|transformative|world-class)\b"
    r"[^–—.]*(?:\d\.\d[^–—.]*)*(?=\.(?:\s|$)|$)"
)
_LEAD_IN = re.compile(
    r"^In an? (?:exciting|important|major|significant|welcome) (?:development|milestone|move|step forward), "
)
# A number of things, and no sentence: "1,120 farms with a plan".
_THING = re.compile(r"\d\S* [\w-]+ (?:at|for|in|of|on|with) ")
# What refers to another answer before it goes on: "As above – grants issued to 29 clubs".
_REFERS = re.compile(r"^(?:as|see) above\s*[-–—:;,.]\s*", re.IGNORECASE)
_LIST = re.compile(r"\s*[-*•]\s")


def counts(text: str) -> bool:
    """Whether a text has a number that counts something, and not only years, dates or numbers of items."""
    return bool(_COUNT.search(_NO_COUNT.sub("", text)))


def is_filler(sentence: str) -> bool:
    """Whether a sentence tells of no result: it says nothing, or only that work goes on, without a number."""
    is_news = counts(sentence) and not _STANDING.match(sentence)
    return says_nothing(sentence) or (not is_news and bool(_FILLER.search(sentence)))


def is_talk(sentence: str) -> bool:
    """Whether a sentence is only of a meeting or an announcement, without a number of more than its meetings."""
    return bool(TALK.search(sentence)) and not any(map(str.isdigit, _NO_COUNT.sub("", sentence)))


@lru_cache(maxsize=5000)
def own_words(typed: str) -> str:
    """Return what was typed on one line, as `stated` does, without what it only announces; "" if that is nothing."""
    return stated(on_one_line(without_announcements(typed)))


def stated(text: str) -> str:
    """Return a text on one line from its first sentence that says something; "" if none does. What is skipped says
    nothing, and no sentence that leans on what was skipped comes first."""
    if refers := _REFERS.match(text):
        text = with_capital(text[refers.end() :])
    all_of_them = sentences(text)
    for place, sentence in enumerate(all_of_them):
        leans = place > 0 and (_LEANS.match(sentence) or _AHEAD.search(sentence))
        if not (is_filler(sentence) or leans or (place > 0 and is_talk(sentence))):
            return " ".join(all_of_them[place:]) if place else text
        if place == 0 and is_talk(sentence) and not is_filler(sentence):
            return text
    return ""


def is_list_without_verbs(typed: str, flat: str) -> bool:
    """Whether a text is typed as a list whose first line has no verb; `flat` is its text on one line."""
    return bool(_LIST.match(typed) and flat and not has_verb(sentences(flat)[0]))


@lru_cache(maxsize=5000)
@in_english
def as_result_in_english(typed: str, flat: str, who: str, names: tuple[str, ...]) -> str:
    """Return what `as_result` does for a paper."""
    return as_result(typed, flat, who, names)


def as_result(typed: str, flat: str, who: str, names: Sequence[str]) -> str:
    """Return what was achieved on one line, from its first sentence that says something. What begins with a verb gets
    its agency `who` as the subject; of things without a verb it is told that the agency reports them. `flat` is the
    text `typed` as it can be printed."""
    text = without_we(without_announcements(_PRAISE.sub("", flat)), min(names, key=len))
    if lead_in := _LEAD_IN.match(text):
        text = with_capital(text[lead_in.end() :])
    reports = f"{who} {'report' if is_plural_agency(who) else 'reports'}"
    if is_list_without_verbs(typed, text):
        lines = "; ".join(
            opened(_LIST.sub("", line)) for line in typed.splitlines() if line.strip()
        )
        if len(lines.split()) <= QUOTED_WORDS:
            return f"{reports}: {lines}."
    told = stated(text)
    if _THING.match(told) and not FINITE.search(sentences(told)[0]):
        return f"{reports} {told}"
    return begun("achieved", told, who, names)


@lru_cache(maxsize=5000)
def headline(text: str) -> str:
    """Return of a text what one bullet prints: its first sentence, and a second one that has a number if it fits."""
    one = first_sentences(text, 1, HEADLINE_WORDS)
    two = first_sentences(text, 2, HEADLINE_WORDS)
    return two if one and two.startswith(one) and counts(two[len(one) :]) else one


@lru_cache(maxsize=5000)
def worth(text: str, *, is_done: bool) -> int:
    """Return how much of a result a text is, from 0 to 4: what now exists, what `is_done` as a milestone or item, a
    number, and what that number is measured by."""
    has_number = counts(text)
    return sum(
        [
            bool(_EXISTS.search(text)),
            is_done,
            has_number,
            has_number and bool(_MEASURED.search(text)),
        ]
    )


@lru_cache(maxsize=5000)
def is_of_people(text: str) -> bool:
    return bool(PEOPLE.search(text))
