"""Mends what hurried officials type, so that it stands in a sentence: months written short, a beginning that says only that something
is late, a thing without its article or its verb. A text of another form stays as it is."""

import re
from functools import lru_cache

from agencies.typed.typed_dates import MONTHS
from workitems.terms.as_told import is_plural
from workitems.terms.sentence_ends import with_capital
from workitems.terms.stems import FINITE
from workitems.terms.verbs import FROM_TWO, PAST

_SHORT_MONTHS = {month[:3]: month for month in MONTHS} | {"Sept": "September"}
# "8 Oct", "in Feb", "Jan to Sept", "Oct 2026", but not "Mar" alone and "and Jan", which may be names.
_MONTH = re.compile(
    r"(?:(?P<before>\b\d{1,2}(?:st|nd|rd|th)? |\b(?:and|between|by|during|early|from|in|late|mid|of|on|since|this|to|until) )"
    r"(?P<month>(?<!and )(?<!to )Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b(?:\.(?=,|(?-i: [a-z])))?|\b(?P<dated>Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?= 20\d\d\b))",
    re.IGNORECASE,
)
_HOURS = re.compile(r"\b((?!1h)\d+)h\b")
_AND_SO_ON = re.compile(r", (?P<last>[^\s,;:.]+(?: [^\s,;:.]+)?),? etc\.?,?(?= [a-z])")
# What says only that something is late, before why.
_IS_LATE = re.compile(
    r"(?:(?:it|this|work) (?:is|was|has been) )?(?:delayed|deferred|held up|late)(?: by (?:[A-Z]{2,}|the \w+|\w+))? (?:as|because|since) (?=\S)",
    re.IGNORECASE,
)
_DEPENDS = re.compile(
    r"(?:is )?(?:dependent|depending|depends|reliant) (?:on|upon) ", re.IGNORECASE
)
_WAITS = re.compile(r"(?:await(?:ing|s)|(?:waiting|waits) (?:for|on)) (?=\S)", re.IGNORECASE)
UNDER_WAY = ("This depends on ", "This waits for ")
# One of a kind that a report speaks of without its article: "Panel has reviewed 52 deaths".
_KNOWN = (
    "Agreement|App|Bill|Board|Builder|Campaign|Code|Committee|Contract|Contractor|Council|Exercise|Fund|Group|Insurer|Law|Map|Minister|"
    "Ministry|Page|Panel|Pilot|Plan|Policy|Programme|Project|Register|Report|Review|Rule|Scheme|Service|Stocktake|Strategy|"
    "Supplier|Survey|System|Team|Tender|Trial|Website"
)
_WITHOUT_ARTICLE = re.compile(
    rf"(?i:(?:budget |business |discussion |draft |final |interim )?(?:{_KNOWN}|bid|paper)) "
    rf"(?=(?:(?:about|for|on) (?:the )?(?:[\w’-]+,? ){{1,9}}?)?(?:{FINITE.pattern}|asked|closed|found|got|heard|opened|ran|reported|went|wants)\b)"
)
# "61 submissions were received, i.e. 61 in total".
_SAID_AGAIN = re.compile(r"(?<=[\w)]),? i\.?e\.? (?P<aside>[^.,;()]*[^.,;()\s])")
# What follows a semicolon and is no sentence: "used after the storm", "Tongan and Hindi left".
_IS_DONE = re.compile(r"\w+ed (?:after|as|at|by|for|from|in|on|since|to|until|when|with)\b")
_ENDS_UNDONE = re.compile(r", (?!\w+(?:ed|ing) |(?:and|or|which|who) )(?!.* and )[^,;]+ \w+ed$")
MOST_IN_A_FRAGMENT = 5
_NOT_DONE = re.compile(r"(?P<thing>[^:;–]+?) (?P<rest>not (?:yet )?\w+ed\b.*)", re.DOTALL)


@lru_cache(maxsize=5000)
def with_months(text: str) -> str:
    """Return a text with its months and hours written out: "8 October" of "8 Oct", "24 hours" of "24h"; and the end of a list
    within a sentence: "Haast and Mōkau, among others, wait" of "Haast, Mōkau etc. wait"."""

    def written(found: re.Match[str]) -> str:
        short = found["month"] or found["dated"]
        if not short[:1].isupper():
            return found[0]
        return f"{found['before'] or ''}{_SHORT_MONTHS[short.title()]}"

    text = _AND_SO_ON.sub(r" and \g<last>, among others,", _HOURS.sub(r"\1 hours", text))
    return _MONTH.sub(written, text)


@lru_cache(maxsize=5000)
def mended(sentence: str) -> str:
    """Return a sentence with what it lacks: an article ("The panel has …") or its verb ("the data was not delivered"), and without
    an aside that says a number again."""
    for found in reversed([*_SAID_AGAIN.finditer(sentence)]):
        figures = re.findall(r"\d+", found["aside"])
        if figures and set(figures) <= set(re.findall(r"\d+", sentence[: found.start()])):
            sentence = sentence[: found.start()] + sentence[found.end() :]
    if _WITHOUT_ARTICLE.match(sentence):
        is_name = sentence.startswith(("Minister", "Budget"))
        return f"The {sentence if is_name else f'{sentence[:1].lower()}{sentence[1:]}'}"
    undone = _NOT_DONE.fullmatch(sentence)
    if undone and not FINITE.search(sentence) and not PAST.search(undone["thing"]):
        return (
            f"{undone['thing']} {'were' if is_plural(undone['thing']) else 'was'} {undone['rest']}"
        )
    return sentence


@lru_cache(maxsize=5000)
def without_fragment(text: str) -> str:
    """Return a text of one sentence up to the semicolon after which something follows that is none: "Seven are
    done." of "Seven are done; Tongan and Hindi left."."""
    start, mark, rest = text.partition("; ")
    is_short = len(rest.split()) <= MOST_IN_A_FRAGMENT and not FINITE.search(rest)
    is_one = mark and FINITE.search(start) and not re.search(r"[.!?;“”] \S", text[len(start) + 2 :])
    if not is_one or not (is_short or _IS_DONE.match(rest)):
        return text
    return f"{_ENDS_UNDONE.sub('', start)}."


@lru_cache(maxsize=5000)
def as_reason(sentence: str) -> str:
    """Return a cause as a sentence of its own without what says only that something is late: "Policy staff moved." of "Delayed as
    policy staff moved.", "This depends on the upgrade." of "Dependent on the upgrade."."""
    if found := _IS_LATE.match(sentence):
        return with_capital(sentence[found.end() :])
    if found := _DEPENDS.match(sentence):
        return f"{UNDER_WAY[0]}{sentence[found.end() :]}"
    if found := _WAITS.match(sentence):
        return f"{UNDER_WAY[1]}{sentence[found.end() :]}"
    return mended(sentence)


# A result that says when and not what: "Published 8 Oct.".
WITHOUT_A_THING = re.compile(
    r"(?P<done>Adopted|Agreed|Completed|Done|Finished|Issued|Launched|Opened|Published|Released|Signed)"
    r"(?: (?:in|on))?(?: \d{1,2})? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?(?: 20\d\d)?(?=\.|$| [A-Z0-9])"
)


# --- Milestones -----------------------------------------------------------------------------------

MOST_IN_A_SUBJECT = 6
_LINK = re.compile(r"(?:and|at|by|for|from|in|of|on|or|that|to|which|who|with)")
_BASE = {"goes": "go", "does": "do", "has": "have", "is": "be", "are": "be"}
# What is done at a milestone, as a description says it: "Five of nine black spots covered".
_DONE_AT_ITS_END = re.compile(
    r"(?P<thing>(?:All|Both|Every|Half|Most|\d[\d,]*|[A-Z][a-z]+)\b[^:;–—(]*?) (?P<done>done|met|(?!need)\w{2,}ed)(?P<tail>(?: (?:across|at|by|for|in|on|to|with)\b.*)?)"
)
# Verbs of what things and people do in a description: "1,900 schools give ten lessons".
_DOES = re.compile(
    r"(?P<who>(?:All |Each |Every |The |\d[\d,]* )?(?:[\w’'-]+ ){0,4}?[\w’'-]+?)"
    r" (?P<verb>gives?|goes|go|gets?|have|has|makes?|takes?|uses?|covers?|receives?|reach(?:es)?|teach(?:es)?|offers?|runs?|meets?|holds?)"
    r" (?P<rest>\S.*)"
)


_COUNTED = re.compile(
    rf"(?:the (?:first|last|other) )?(?:{FROM_TWO}|all|both|half|most|(?!1 )\d[\d,]*)\b",
    re.IGNORECASE,
)


def is_several(thing: str) -> bool:
    """Guess whether "are" follows a thing of a milestone: "five of nine spots", "1,900 primary schools"."""
    return bool(_COUNTED.match(thing)) or is_plural(thing)


@lru_cache(maxsize=2000)
def done_at(description: str) -> tuple[str, str]:
    """Return a milestone as a thing and what is to be done with it: ("five of nine black spots", "covered"); ("", "") of another
    description."""
    text = description.strip().rstrip(".")
    found = _DONE_AT_ITS_END.fullmatch(text)
    if not found or FINITE.search(text) or PAST.search(found["thing"]) or " and " in found["tail"]:
        return "", ""
    if len(found["thing"].split()) > MOST_IN_A_SUBJECT:
        return "", ""
    return found["thing"], f"{found['done']}{found['tail']}"


@lru_cache(maxsize=2000)
def does_at(description: str) -> tuple[str, str]:
    """Return a milestone as who or what does something and what that is, to stand around "was to": ("1,900 schools", "give ten
    lessons"); ("", "") of another description."""
    text = description.strip().rstrip(".")
    found = _DOES.fullmatch(text)
    if not found or FINITE.search(found["who"]) or any(map(_LINK.fullmatch, found["who"].split())):
        return "", ""
    verb = found["verb"]
    is_one = verb.endswith("s")
    if is_one == is_several(found["who"]):
        return "", ""
    base = _BASE.get(verb, re.sub(r"(?<=ch)es$|s$", "", verb) if is_one else verb)
    return found["who"], f"{base} {found['rest']}"
