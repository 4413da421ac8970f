"""What a report says that is a result, and how much of one: decided by its words, its item and its milestones."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from agencies.wording.translation import in_english
from reports.compose.slips import PEOPLE
from reports.compose.subjects import MOST_WORDS, Names
from reports.document.dates import MONTHS
from reports.document.wording import cited, closed, first_sentences, joined, number, opened
from workitems.plan.plan_at import ItemAt
from workitems.terms.as_told import LINKS
from workitems.terms.fragments import mended, with_months, without_fragment
from workitems.terms.sentence_ends import on_one_line, sentences, with_capital
from workitems.terms.stems import (
    FINITE,
    begun,
    completion,
    has_verb,
    says_nothing,
    without_announcements,
)
from workitems.terms.third_person import is_plural_agency, without_we
from workitems.terms.verbs import FIRST_VERBS, FROM_TWO, PAST, VERBS, set_of

HEADLINE_WORDS = 30
# A text of so much worth is a result that needs no better one.
ENOUGH = 2
# The longest list of fragments that is quoted as one sentence.
QUOTED_WORDS = 45

# What is no result by itself.
TALK = re.compile(
    r"\b(?:announced?|attended|comments|discuss(?:ed|ions?)|feedback|meetings?|met|presented|talks)\b",
    re.IGNORECASE,
)
# What people said when they were asked, whatever its numbers: "Consultation closed with 1,846 submissions".
_ASKED = re.compile(r"\b(?:consult(?:ed|ation)|submissions)\b", re.IGNORECASE)
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
    r"(?:as a result|accordingly|also|and|but|he|however|in addition|in particular|instead|it|its|of (?:these|those|them)|she|since then|so|such|that"
    r"|their|then|these|they|this|those|together (?:they|these|those)|work is also|yet)\b",
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
_TALKS = r"\d\S* (?:comments?|emails?|meetings?|questions?|submissions?|workshops?)"
_NO_COUNT = re.compile(rf"\b(?:{_DAY}|{_ITEM}|{_PART}|{_TALKS})\b", re.IGNORECASE)
_COUNT = re.compile(rf"\d|\b(?:{FROM_TWO}|half)\b", re.IGNORECASE)
# A number beside what it is measured by.
_MEASURED = re.compile(
    r"%|per cent|\b(?:out of|up from|down from|compared with|target|of (?:the |its |all )?(?:agencies’ )?\d)|\bfrom \w+ to \w+"
    # "(980 in the year before)", "(14 last year)".
    r"|\(\d[\d,.]* [^()]*\b(?:before|earlier|last|previous)\b[^()]*\)",
    re.IGNORECASE,
)
_EXISTS = re.compile(
    r"\b(?:now|up and running|(?:is|are) (?:at|available|in (?:force|place|use)|live|on|open|ready)|(?:has|have) (?:helped|reached)|first time"
    r"|enacted|gazetted|issued|launched|opened|published|released|signed)\b"
    r"|\blive\b(?!s)",
    re.IGNORECASE,
)
# Praise that says nothing: "… – a game-changing investment", "…, heralding a new era", "In a significant step forward, …".
_ASIDE_OF_PRAISE = re.compile(
    r" [–—] [^–—.]*\b(?:exciting|game-changing|ground-?breaking|historic|landmark|proud|transformative|world-class)\b"
    r"[^–—.]*(?:\d\.\d[^–—.]*)*(?=\.(?:\s|$)|$)"
    r"|, (?:herald|mark|usher)ing (?:in )?(?:an?|the (?:dawn|start|beginning) of an?) (?:bold |bright |exciting |new )+"
    r"(?:chapter|dawn|era)\b[^,.;:]*(?=[.!;]|$)"
)
_LEAD_IN = re.compile(
    r"^In an? (?:exciting|important|landmark|major|significant|welcome) (?:development|milestone|moment|move|step forward)"
    r"(?: for [\w ]+)?, "
)
# "SNZ is incredibly proud to have launched …".
_PROUD_TO_HAVE = re.compile(
    r"\b(?:am|is|are|was|were) (?:\w+ly |so |very )?(?:delighted|excited|honoured|pleased|proud|thrilled) to have "
    r"(?=(?:\w+ed|brought|built|found|held|kept|led|lent|made|met|paid|put|sent|set|sold|spent|taught|told|won)\b)"
)
_PRAISE = (
    r"(?:amazing|awesome|exciting|fantastic|game-changing|ground-?breaking|hard-hitting|incredible|inspiring|passionate|thrilling"
    r"|wonderful|world-class|world-leading)"
)
# Within "its amazing partners", "an exciting new course" and "212 passionate teachers", not "it was amazing".
_PRAISING = re.compile(
    rf"\b((?:[Ii]ts|[Oo]ur|[Tt]he|[Tt]h(?:eir|ese|is|ose)|\d[\d,]*) |([Aa])n? )(?:\w+ly )?{_PRAISE},? (?!and\b|or\b)(?=[‘'“\"]?([^\W\d]+))"
)
# "Reaching an incredible 2.7 million people".
_PRAISED_NUMBER = re.compile(rf"\b(?:an? )?(?:\w+ly )?{_PRAISE} (?=\d)")
# Praise that cannot be taken out.
_BOASTS = re.compile(rf"\b(?:proud(?:ly)?|{_PRAISE})\b", re.IGNORECASE)
# A number of things, and no sentence: "1,120 farms with a plan".
_THING = re.compile(r"\d\S* [\w-]+ (?:at|for|in|of|on|with) ")
# What refers to another answer before it goes on: "As above – grants issued to 29 clubs".
_REFERS = re.compile(r"^(?:as|see) above\s*[-–—:;,.]\s*", re.IGNORECASE)
_LIST = re.compile(r"\s*[-*•]\s")


def counts(text: str) -> bool:
    """Whether a text has a number that counts something, and not only years, dates or numbers of items."""
    return bool(_COUNT.search(_NO_COUNT.sub("", text)))


def is_filler(sentence: str) -> bool:
    """Whether a sentence tells of no result: it says nothing, or only that work goes on or somebody cheers, without a number."""
    is_news = counts(sentence) and not _STANDING.match(sentence)
    is_cheer = sentence.endswith("!") and not _EXISTS.search(sentence)
    return says_nothing(sentence) or (not is_news and (is_cheer or bool(_FILLER.search(sentence))))


def tells_of_asking(sentence: str) -> bool:
    """Whether a sentence only tells what people were asked or said: a consultation, submissions."""
    return bool(_ASKED.search(sentence))


def leans_on_another(sentence: str) -> bool:
    """Whether a sentence leans on the one before: "This was …"."""
    return bool(_LEANS.match(sentence))


def is_talk(sentence: str) -> bool:
    """Whether a sentence is only of a meeting or an announcement, without a number of more than its meetings."""
    return bool(TALK.search(sentence)) and not any(map(str.isdigit, _NO_COUNT.sub("", sentence)))


@lru_cache(maxsize=5000)
def own_words(typed: str) -> str:
    """Return what was typed on one line, as `stated` does, without what it only announces; "" if that is nothing."""
    return stated(without_announcements(with_verbs(without_praise(on_one_line(typed)))))


# A count that lacks its verb: "206 safety officers trained, in 71 clubs", "41 of 60 sites done".
_COUNT_DONE = re.compile(
    rf"(?P<what>\d[\d,]* (?:of (?:the )?\d[\d,]* )?(?:[a-z-]+ ){{0,3}}(?:[a-z-]+s|people|children|staff)(?: (?:at|from|in) (?:\d+ )?[a-z]+s)?) (?P<done>{PAST.pattern}|done)"
    r"(?=[.,;]|$| (?:across|at|by|for|from|in|on|since|to|with)\b)"
)


def with_verbs(text: str) -> str:
    """Return a text on one line with the verb that a count at the start of a sentence lacks: "206 officers were trained."."""
    return " ".join(map(_with_verb, sentences(text)))


# "Contracts signed for all 14 regions".
_THINGS_DONE = re.compile(
    r"(?P<what>(?:[A-Z][a-z]+ )?[A-Za-z][a-z]+s) (?P<done>adopted|agreed|awarded|delivered|installed|issued|published|repaired|replaced|signed)"
    r"(?= (?:across|at|by|for|from|in|on|since|to|with)\b)"
)


def _with_verb(sentence: str) -> str:
    found = _COUNT_DONE.match(sentence) or _THINGS_DONE.match(sentence)
    if found is None or FINITE.search(sentence) or _HAPPENED.match(found["done"]):
        return sentence
    verb = "are" if found["done"] == "done" else "were"
    return f"{found['what']} {verb} {sentence[found.start('done') :]}"


def without_praise(text: str) -> str:
    """Return a text on one line without the praise that its sentences can do without: "SNZ launched the course." of
    "SNZ is proud to have launched the exciting course!"."""
    return " ".join(map(_without_praise, sentences(text)))


def _without_praise(sentence: str) -> str:
    told = _PROUD_TO_HAVE.sub("", _ASIDE_OF_PRAISE.sub("", sentence))
    told = _PRAISED_NUMBER.sub("", told)
    told = _PRAISING.sub(_unpraised, told)
    if lead_in := _LEAD_IN.match(told):
        told = with_capital(told[lead_in.end() :])
    return sentence if told == sentence else re.sub("!+$", ".", told)


def _unpraised(found: re.Match[str]) -> str:
    """Return what stands before praise as it stands before the next word: "a course" of "an exciting course"."""
    before, article, word = found.groups()
    vowel = re.match(r"[aeio]|u(?!ni|s)", word, re.IGNORECASE)
    return f"{article}{'n' if vowel else ''} " if article else before


def boasts(text: str) -> bool:
    """Whether a text has praise that cannot be taken out of it."""
    return bool(_BOASTS.search(text))


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


def is_typed_as_list(typed: str) -> bool:
    return bool(_LIST.match(typed))


def is_list_without_verbs(typed: str, flat: str) -> bool:
    """Whether a text is typed as a list whose first line has no verb; `flat` is its text on one line."""
    if not (_LIST.match(typed) and flat):
        return False
    first = sentences(flat)[0]
    return not (has_verb(first) or _is_act(first))


# --- Whether a sentence is whole ------------------------------------------------------------------

# What stands after a verb in the passive without "was": "Used in the floods".
_BESIDE_A_PASSIVE = re.compile(r"(?:as|at|by|for|from|in|into|of|on|to|with)\b")
# Past forms that are no participles, and what happens by itself: "Volunteers gave …", "The fund opened in March".
_HAPPENED = re.compile(
    r"\b(?:began|broke|came|chose|closed|commenced|doubled|drew|drove|dropped|ended|expired|fell|gave|grew|halved|knew"
    r"|opened|reopened|rose|sank|shrank|spoke|started|threw|took|voted|went|withdrew|wrote)\b(?! by\b)"
)
# Who acts: "The Department consulted …", "Officials tested …", "In June MSD paid …".
_ACTS = re.compile(
    r"(?:^(?:(?:An?|Its|The|Their) [\w’ -]+?|[\w’-]+ and [\w’-]+|Agencies|Cabinet|Councils|Members|Ministers|Officials"
    r"|Parliament|Staff)|\b(?:[A-Z]\w*[A-Z]\w*|Police))"
    rf" {PAST.pattern} (?:an?|all|both|each|its|that|the|their|to|\d[\d,]*|{FROM_TWO})\b"
)
_NOW = re.compile(r"\b(?:already|also|now|still) (?P<verb>[a-z]+)")


def is_told(sentence: str) -> bool:
    """Whether a sentence has a subject and its verb: "The fund opened in March", but not "31 deaths reviewed"."""
    without_days = _NO_COUNT.sub("–", sentence)
    now = (found["verb"] for found in _NOW.finditer(sentence))
    return any(each.search(without_days) for each in (FINITE, _HAPPENED, _ACTS)) or any(
        verb.removesuffix("s") in VERBS for verb in now
    )


def _is_act(sentence: str) -> bool:
    """Whether a sentence begins with what its agency did: "Trained 54 of 70 technicians"."""
    _verb, _space, rest = sentence.partition(" ")
    return completion("achieved", sentence) is not None and not _BESIDE_A_PASSIVE.match(rest)


@lru_cache(maxsize=5000)
@in_english
def as_result_in_english(typed: str, flat: str, who: str, names: tuple[str, ...]) -> str:
    """Return what `as_result` does for a paper."""
    return as_result(typed, flat, who, names)


def as_result(typed: str, flat: str, who: str, names: Sequence[str]) -> str:
    """Return what was achieved on one line, from its first sentence that says something. What begins with a verb gets
    its agency `who` as the subject; of things without a verb it is told that the agency reports them. `flat` is the
    text `typed` as it can be printed."""
    told = without_announcements(with_verbs(without_praise(with_months(flat))))
    text = without_we(" ".join(map(mended, sentences(told))), min(names, key=len))
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
    first, *others = sentences(begun("achieved", told, who, names)) or [""]
    others = [
        closed(begun("achieved", each, who, names)) if _is_act(each) else each for each in others
    ]
    return " ".join([first, *others])


# --- What it is about -----------------------------------------------------------------------------

_NAMING = re.compile(r"[^\W\d_]{3,}")
# Words that name no subject.
_NAMING_NONE = set_of(
    """
    about across after against all and any are been before between both can each every few first for from had has have
    high how into its last late least less long made make many may more most national need new not now number off one
    only other our out over per plan set some such than that the their them then there these they this those three time
    two under until use was were what when where which while who will with within without work would year
    """
)
# A word without these ends, and of that no more letters, is the same in "assess" and "assessment".
_ENDING = re.compile(r"(?:ies|ing|ed|es|s|e|y)$")
_MOST_LETTERS = 6
# A text that shares so many words with a name says what it is about.
_SHARED = 2
# "The standard was …" is of "the standard for hazard signs" and "The rule has …" of "the lifejacket rule".
_HEAD = re.compile(rf"The ((?:[\w-]+ )?[\w-]+) (?={FINITE.pattern}|{_HAPPENED.pattern})")


def told_alone(names: Names, item: ItemAt, text: str, agencies: Iterable[str]) -> str:
    """Return a result of an item as it is told where nothing before it says what it is about: with the item's name
    before it, unless it has the head of that or shares words with it. `agencies` are names with which it may begin."""
    first = (sentences(text) or [""])[0]
    name, said = names.alone(item), named_by(first)
    own = named_by(item.title) | named_by(item.as_told)
    shared = len(own & said)
    # A name made from an order is awkward ("reducing …"), so that one word is enough beside it.
    if not item.as_told and re.match(r"[\w-]+ing\b", name):
        shared = _SHARED if own & named_by(text) else 0
    if (shared and shared >= min(_SHARED, len(own))) or f"({item.number}" in text:
        return text
    if (head := _HEAD.match(first)) and _is_head(head[1], name):
        return with_capital(name) + text[head.end(1) :]
    # "Policy" is the head of "a policy for investigators".
    heads = named_by(LINKS.split(name, maxsplit=1)[0])
    if item.as_told and heads and heads <= said:
        return text
    is_whole = is_told(first) or first.startswith(tuple(filter(None, agencies)))
    about = _about(names, item)
    if first.startswith(tuple(filter(None, agencies))):
        # The sentence has its own subject: "Police opened the service in July (4.1, the help line)."
        of = names.bare(item)
        is_long = len(of.split()) > MOST_WORDS
        return text.replace(
            first, cited(first, item.number if is_long else f"{item.number}, {of}"), 1
        )
    text = without_fragment(text)
    text = _FEW_OF_FEW.sub(
        lambda found: f"{number(int(found[1]))} of {number(int(found[2]))} ", text
    )
    return joined(about, ",", text, agencies) if is_whole else f"{about}: {text}"


# "7 of 9 languages", where a sentence does not begin with it.
_FEW_OF_FEW = re.compile(r"^([1-9]) of ([1-9]) ")
# "Set up a national workforce" is about "the national workforce".
_OBJECT = re.compile(r"[A-Z][a-z]+(?: up| out)? (?:an?|one|the) (?P<what>.+)")


def _about(names: Names, item: ItemAt) -> str:
    """Return what a result of an item is about, to stand before it."""
    found = _OBJECT.fullmatch(item.title) if not item.as_told else None
    if found and found[0].partition(" ")[0].casefold() in FIRST_VERBS:
        return f"For the {found['what']} ({item.number})"
    return f"On {names.alone(item)}"


def named_by(text: str) -> set[str]:
    """Return the words of a text that can name its subject, without their endings. The verb of a title is none."""
    first, _space, rest = text.casefold().partition(" ")
    words = _NAMING.findall(rest if first in FIRST_VERBS else f"{first} {rest}")
    return {_ENDING.sub("", word)[:_MOST_LETTERS] for word in words if word not in _NAMING_NONE}


def _is_head(words: str, name: str) -> bool:
    """Whether words are what a name says more about: "rule" of "the lifejacket rule", "standard" of "the standard for
    signs"."""
    head = LINKS.split(name, maxsplit=1)[0]
    return head.startswith("the ") and head.endswith(f" {words}")


# --- What of it is printed ------------------------------------------------------------------------


class Passage(NamedTuple):
    """What a text tells as its result: the `least` that can stand alone, and that with a second sentence `beside` it
    where that fits. Both are "" if no sentence is short enough."""

    least: str
    beside: str


@lru_cache(maxsize=5000)
def passage(text: str, most: int) -> Passage:
    """Return what a text on one line tells as its result, in sentences of at most so many words together (a single one
    may have twice as many): the first that counts or that says what exists, with the one before if it leans on that. If
    none says more than the first, that is the first."""
    all_of_them = [each for each in sentences(text) if not says_nothing(each)]
    found: list[tuple[tuple[int, bool], int, str]] = []
    for place, sentence in enumerate(all_of_them):
        if place and not _can_begin(sentence):
            continue
        leans = place > 0 and bool(_LEANS.match(sentence))
        start = place - 1 if leans else place
        if start and _LEANS.match(all_of_them[start]):
            continue
        least = first_sentences(" ".join(all_of_them[start:]), place - start + 1, most)
        if sentence in least:
            value = -1 if boasts(least) else min(worth(least, is_done=False), ENOUGH)
            found.append(((value, len(least.split()) <= most), start, least))
    if not found:
        return Passage("", "")
    _value, start, least = max(found, key=lambda each: each[0])
    # With a result in the second sentence, the first one is what goes beside it.
    start = 0 if start == 1 and not boasts(all_of_them[0]) else start
    beside = first_sentences(" ".join(all_of_them[start:]), 2, most)
    if any(_is_fragment(each) for each in sentences(beside.replace(least, ""))):
        beside = least
    return Passage(least, beside if least in beside else least)


def _is_fragment(sentence: str) -> bool:
    """Whether a sentence has no verb beyond doubt: "Running in 21 towns.", "Median time 74 days."."""
    is_likely = any(map(str.isdigit, sentence)) or sentence.partition(" ")[0].endswith("ing")
    return is_likely and not (is_told(sentence) or has_verb(sentence) or _is_act(sentence))


def _can_begin(sentence: str) -> bool:
    """Whether what is quoted may begin with a sentence that is not the first of its text."""
    is_result = not (is_filler(sentence) or is_talk(sentence) or _AHEAD.search(sentence))
    return is_result and (is_told(sentence) or _is_act(sentence))


@lru_cache(maxsize=5000)
def headline(text: str) -> str:
    """Return of a text what one bullet prints: its result, with a second sentence that ends in a number if it fits."""
    found = passage(text, HEADLINE_WORDS)
    return found.beside if counts((sentences(found.beside) or [""])[-1]) else found.least


# How a number is divided: "…, of whom 212 are nurses, 74 are doctors and …".
_PARTS = re.compile(r", of (?:whom|which) \d[^.;:]*(?=\.|$)")


def without_lead(text: str) -> str:
    """Return a result without a sentence that leads to it and counts nothing, if it can stand without that."""
    first, *others = sentences(text) or [""]
    rest = " ".join(others)
    can_stand = bool(others) and _can_begin(others[0]) and not _LEANS.match(others[0])
    return rest if can_stand and counts(rest) and not counts(first) else text


def without_parts(text: str) -> str:
    """Return a result without how its number is divided, if it is long."""
    return _PARTS.sub("", text) if len(text.split()) > HEADLINE_WORDS else text


@lru_cache(maxsize=5000)
def worth(text: str, *, is_done: bool) -> int:
    """Return how much of a result a text is, from 0 to 4: what now exists, what `is_done` as a milestone or item, a
    number, and what that number is measured by. What people were asked is none."""
    if tells_of_asking(text):
        return 0
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
