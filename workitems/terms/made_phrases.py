"""Noun phrases made from an item's title or a milestone's description, for sentences about those that have no phrase
of their own (`as_told`): "reducing waiting times" of "Reduce waiting times", "the publication of the guidance" of
"Guidance published". A text of another form has none, and is quoted. Nothing here queries the database.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from workitems.terms.stems import NAMES
from workitems.terms.verbs import ALSO_NOUNS, FIRST_VERBS, PAST, set_of

# By how a description says that a thing is done or there: what stands before the thing.
_NOUNS = {
    "accredited": "the accreditation of",
    "adopted": "the adoption of",
    "agreed": "agreement on",
    "appointed": "the appointment of",
    "approved": "the approval of",
    "assessed": "the assessment of",
    "assigned": "the assignment of",
    "audited": "the audit of",
    "available": "",
    "available nationally": "",
    "available online": "",
    "awarded": "the award of",
    "built": "the building of",
    "certified": "the certification of",
    "circulated": "the circulation of",
    "commenced": "the start of",
    "commissioned": "the commissioning of",
    "completed": "the completion of",
    "concluded": "the conclusion of",
    "confirmed": "the confirmation of",
    "contracted": "the contracting of",
    "convened": "the first meeting of",
    "delivered": "the delivery of",
    "deployed": "the deployment of",
    "designed": "the design of",
    "developed": "the development of",
    "distributed": "the distribution of",
    "drafted": "the drafting of",
    "drilled": "the drilling of",
    "enacted": "the enactment of",
    "ended": "the end of",
    "enrolled": "the enrolment of",
    "established": "the establishment of",
    "evaluated": "the evaluation of",
    "extended": "the extension of",
    "filled": "the filling of",
    "finalised": "the completion of",
    "finished": "the end of",
    "funded": "the funding of",
    "given": "",
    "held": "",
    "implemented": "the implementation of",
    "gazetted": "the gazettal of",
    "in force": "",
    "in operation": "",
    "in service": "",
    "in place": "",
    "in use": "",
    "inspected": "the inspection of",
    "installed": "the installation of",
    "introduced": "the introduction of",
    "issued": "the issue of",
    "launched": "the launch of",
    "live": "",
    "made": "",
    "mapped": "the mapping of",
    "negotiated": "the negotiation of",
    "open": "the opening of",
    "opened": "the opening of",
    "operational": "",
    "piloted": "the pilot of",
    "procured": "the procurement of",
    "published": "the publication of",
    "ratified": "the ratification of",
    "received": "the receipt of",
    "recruited": "the recruitment of",
    "registered": "the registration of",
    "released": "the release of",
    "renewed": "the renewal of",
    "remediated": "the remediation of",
    "replaced": "the replacement of",
    "reported": "the report on",
    "reviewed": "the review of",
    "revised": "the revision of",
    "selected": "the selection of",
    "signed": "the signing of",
    "started": "the start of",
    "submitted": "the submission of",
    "surveyed": "the survey of",
    "tabled": "the tabling of",
    "taught": "the teaching of",
    "tested": "the testing of",
    "trained": "the training of",
    "translated": "the translation of",
    "trialled": "the trial of",
    "tried": "the trial of",
    "updated": "the update of",
    "upgraded": "the upgrade of",
    "visited": "visits to",
    "written": "the writing of",
}
# What may follow that: where, for whom, when.
_TAIL = r"(?P<tail> (?:at|by|for|in|on|to|with|across|under|through) .+)?"
_DONE = re.compile(
    rf"(?P<what>\S.*?)(?: (?P<first>{'|'.join(_NOUNS)}) and)? (?P<done>{'|'.join(_NOUNS)}){_TAIL}"
)
# A part of these has more than one verb, or is no name of a thing.
_NO_NAME = re.compile(
    r"[;:–—“”\"]|\band$|\b(?:and (?:then )?\w+ed|be|been|has|have|is|are|not|that|waiting|upon|was|were|which|who|will)\b"
)
# How a description that is a thing begins: with a number, or with what precedes "of", "on" and the like.
_HEAD = re.compile(r"(?:\d|(?:[\w’'-]+ ){1,4}(?:for|of|on|to) )")
_LINKS_OF = set_of("at by for in on to with")
# Before these no article stands.
_WITHOUT_ARTICLE = re.compile(
    r"(?:\d[\d,.]*(?=\s)|an?|all|another|both|each|every|its|no|the|their|these|this|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:one |two |three )?(?:hundreds?|thousands?)|at least|more"
    r"|most|half|some|several)\b",
    re.IGNORECASE,
)
# A verb that is as often a noun begins a title as a verb if one of these follows.
_OBJECT_AFTER = re.compile(
    r"(?:an?|all|and \w+ (?:an?|all|its|the|their)|each|every|existing|how|its|new|the|their|these|this|whether)\b",
    re.IGNORECASE,
)
_DOUBLED = set_of(
    """
    ban begin commit cut deter drop embed fit get let map permit plan put refer run set split stop submit transfer win
    """
)
# "Develop, pilot and evaluate the course": the verbs of a title, and what they are about.
_TITLE = re.compile(
    r"(?P<verb>[A-Z][a-z]+)(?P<more>(?:, [a-z]+)*(?:,? and [a-z]+)?) (?P<rest>\S.*)"
)
# A later verb, with what shows that it is one: "and evaluate the pilot".
_LATER_VERB = re.compile(
    r"(?<=\band )(?P<verb>[a-z]+)(?= (?:an?|all|each|every|how|its|the|their|these|this)\b)"
)
# A long name ends before one of these, if enough of it is left.
_ENDS = re.compile(
    r": | [–—-] |,? (?:by means of|including|in accordance with|in line with|in order to|in relation to|in respect of|on a \w+ basis|so as to"
    r"|so that|through|to ensure|to improve|to include|to support|with (?:a|particular) (?:regard|view|focus|emphasis))\b"
    r"|, (?:and|as|by|for|from|in|on|to|where|which|with)\b"
)
LONG = 9
LEAST = 4
# One that is still too long for a sentence ends before the last of these that leaves no more than so many words. If
# that is not possible, it is none, and the title or description is quoted.
_LINKS = re.compile(
    r",? (?:across|among|as|between|directed|for|from|in|likely|that|(?<!\d )to(?! \d)|which|who|with)\b"
)
MOST = 15


# A paper is composed several times until it has its length.
@lru_cache(maxsize=2_000)
def phrase_of_title(title: str, *, in_orders: bool = False) -> str:
    """Return what an item does as a noun phrase, from a title that begins with a verb: "training frontline staff";
    shortened before "including", "in order to" and the like if it is long. "" of another title. A first word that may
    be a noun is taken for a verb if a word such as "the" follows, or if the plan's other titles are `in_orders`."""
    found = _TITLE.fullmatch(title.strip().rstrip("."))
    if found is None:
        return ""
    verbs = [found["verb"].casefold(), *re.findall(r"\b(?!and\b)[a-z]+", found["more"])]
    rest = found["rest"]
    is_plain = all(verb in FIRST_VERBS for verb in verbs) and not rest.startswith(("and ", "of "))
    is_sure = len(verbs) > 1 or verbs[0] not in ALSO_NOUNS or in_orders
    if not is_plain or not (is_sure or _OBJECT_AFTER.match(rest)):
        return ""
    begun = found["verb"].casefold() + found["more"]
    for verb in verbs:
        begun = re.sub(rf"\b{verb}\b", _gerund(verb), begun)
    rest = _LATER_VERB.sub(lambda later: _as_gerund(later["verb"]), rest)
    return _not_too_long(f"{begun} {rest}")


def are_in_orders(titles: Iterable[str]) -> bool:
    """Whether at least two thirds of a plan's titles begin with a verb beyond doubt."""
    titles = list(titles)
    sure = sum(bool(phrase_of_title(title)) for title in titles)
    return bool(titles) and 3 * sure >= 2 * len(titles)


@lru_cache(maxsize=2_000)
def phrase_of_description(description: str) -> str:
    """Return what a milestone is as a noun phrase, from a description that says what is done then: "the publication of
    the guidance" of "Guidance published", "publishing the guidance" of "Publish the guidance", "the decision on the
    fees" of "Decision on the fees". "" of another one."""
    text = description.strip().rstrip(".")
    found = _DONE.fullmatch(text)
    if found is None:
        return phrase_of_title(text) or _thing(text)
    noun = _joined_nouns(found["first"], found["done"])
    if noun is None or _NO_NAME.search(found["what"]):
        return ""
    return _not_too_long(f"{noun} {_with_article(found['what'])}{found['tail'] or ''}".strip())


def _joined_nouns(first: str | None, done: str) -> str | None:
    """Return what stands before the thing: "the installation and commissioning of" of two; None if they do not join."""
    noun = _NOUNS[done]
    if first is None or not noun:
        return noun if first is None else _NOUNS[first]
    if not (_NOUNS[first].endswith(" of") and noun.startswith("the ") and noun.endswith(" of")):
        return None
    return f"{_NOUNS[first].removesuffix(' of')} and {noun.removeprefix('the ')}"


def _thing(text: str) -> str:
    """Return a description that is a thing and no clause: "the decision on the fees"; "" of another one."""
    words = text.split()
    is_clause = _NO_NAME.search(text) or PAST.fullmatch(words[-1].casefold())
    is_done = any(PAST.fullmatch(word) and after in _LINKS_OF for word, after in pairwise(words))
    if is_clause or is_done or len(words) > MOST or not _HEAD.match(text):
        return ""
    return _with_article(text)


def _with_article(name: str) -> str:
    name = _opened(name)
    return name if _WITHOUT_ARTICLE.match(name) else f"the {name}"


def _opened(name: str) -> str:
    """Return a name as it goes on within a sentence: with a small first letter unless it begins with an acronym or
    with two words with capitals, such as those of a law."""
    first, _space, rest = name.partition(" ")
    if first in NAMES or sum(map(str.isupper, first)) > 1 or rest[:1].isupper():
        return name
    return name[:1].lower() + name[1:]


def _not_too_long(phrase: str) -> str:
    if len(phrase.split()) > LONG:
        phrase = next(_cut(phrase, _ENDS), phrase)
    if len(phrase.split()) > MOST:
        fitting = [each for each in _cut(phrase, _LINKS) if len(each.split()) <= MOST]
        phrase = fitting[-1] if fitting else ""
    return phrase if phrase.count("(") == phrase.count(")") else ""


def _cut(phrase: str, ends: re.Pattern[str]) -> Iterator[str]:
    """Yield the beginnings of a phrase that end before one of the `ends`, of those that are long enough."""
    for end in ends.finditer(phrase):
        if len((cut := phrase[: end.start()]).split()) >= LEAST:
            yield cut


def _as_gerund(word: str) -> str:
    return _gerund(word) if word in FIRST_VERBS else word


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"
