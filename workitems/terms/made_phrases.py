"""Noun phrases made from an item's title or a milestone's description, for sentences about those that have no phrase
of their own (`as_told`): "reducing waiting times" of "Reduce waiting times", "the publication of the guidance" of
"Guidance published". A text of another form has none, and is quoted. Nothing here queries the database.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from workitems.terms.as_told import is_plural
from workitems.terms.stems import has_verb, is_thing, keeps_capital, within
from workitems.terms.verbs import (
    ALSO_NOUNS,
    DETERMINERS,
    FIRST_VERBS,
    FROM_TWO,
    NO_VERBS,
    PAST,
    set_of,
)

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
    "begun": "the start of",
    "built": "the building of",
    "certified": "the certification of",
    "checked": "the checking of",
    "chosen": "the choice of",
    "circulated": "the circulation of",
    "commenced": "the start of",
    "commissioned": "the commissioning of",
    "compared": "the comparison of",
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
    "formed": "the formation of",
    "funded": "the funding of",
    "given": "",
    "held": "",
    "implemented": "the implementation of",
    "gazetted": "the gazettal of",
    "in force": "the coming into force of",
    "in operation": "",
    "in service": "",
    "in place": "",
    "in use": "",
    "included": "the inclusion of",
    "inspected": "the inspection of",
    "installed": "the installation of",
    "introduced": "the introduction of",
    "issued": "the issue of",
    "launched": "the launch of",
    "live": "",
    "made": "",
    "made available": "",
    "mapped": "the mapping of",
    "named": "the naming of",
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
    "repaired": "the repair of",
    "remediated": "the remediation of",
    "replaced": "the replacement of",
    "reported": "the report on",
    "reviewed": "the review of",
    "revised": "the revision of",
    "selected": "the selection of",
    "shared": "the sharing of",
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
# Verbs with which a title begins, and no other order.
_IN_ORDERS = set_of("know")
# What may follow that: where, for whom, when.
_TAIL = r"(?P<tail> (?:at|by|for|in|on|to|with|across|under|through) .+)?"
_DONE = re.compile(
    rf"(?P<what>\S.*?)(?: (?P<first>{'|'.join(_NOUNS)}) and)? (?P<done>{'|'.join(_NOUNS)}){_TAIL}"
)
# How a description says that a thing is there.
_STATE = re.compile(
    r"(?P<what>\S+(?: \S+){0,4}) (?P<state>in (?:force|operation|place|service|use)|live|open|operational|ready|running)"
)
_NO_PHRASE = re.compile(
    "|".join(
        (
            r"[;:–—“”\"]",
            # What is left of two verbs: "Rules consulted upon and adopted".
            r"\band$|\b(?:upon|and (?:then )?\w+ed)\b",
            r"\b(?:be|been|has|have|is|are|not|that|waiting|was|were|which|who|will)\b",
            # Who does it, not what is done: "Cabinet agreed".
            r"^(?:Cabinet|Iwi|Ministers?|Parliament)$",
            r"^(?:Nothing|Number of)\b",
        )
    )
)
# How a description that is a thing begins: with a number, with what precedes "of", "on" and the like, or with a word that
# only stands before a thing.
_HEAD = re.compile(
    r"(?!(?:In|On|Ready|Under)\b)"
    r"(?:\d|(?:[\w’'-]+ ){1,4}(?:for|of|on|to) "
    r"|(?:Annual|Draft|Final|First|Interim|Joint|Monthly|National|New|Quarterly|Regional|Second|Third|Weekday|Yearly) "
    # Or it ends with what happens or is made: "Breath testing trial".
    rf"|(?!(?i:{'|'.join(FIRST_VERBS)})\b)(?:[\w’'-]+ ){{1,3}}(?:assessment|campaign|conference|evaluation|exercise|pilot|survey|trial)$)"
)
# The same if its first word is no verb: "lessons at 40 pools", but not "sign agreements in eight regions".
_HEAD_OF_NO_VERB = re.compile(
    r"(?!(?:available|live|open|operational|ready)\b)([\w’'-]+) (?:[\w’'-]+ ){0,3}(?:at|between|in|with) "
)
_LINKS_OF = set_of("at between by for in on out to with")
# "1,500", "$2m" and "80%", but not the year of "2027 report".
_FIGURE = r"(?!(?:19|20)\d\d\b)\$?\d[\d,.]*(?:%|bn|[bkm])?"
# "DIA’s register".
_OF_AN_ACRONYM = r"(?-i:[A-Z][A-Z&]+[’']s?)"
# Before these no article stands.
_WITHOUT_ARTICLE = re.compile(
    rf"(?:{_FIGURE}|one|{FROM_TWO}|{_OF_AN_ACRONYM}|{DETERMINERS}|another|at least|half|more|most|several|some)(?=\s)",
    re.IGNORECASE,
)
# A verb that is as often a noun begins a title as a verb if one of these follows.
_OBJECT_AFTER = re.compile(
    rf"(?:(?:and \w+ )?(?:{DETERMINERS})|existing|how|new|whether)\b", re.IGNORECASE
)
# A verb by its object: "Retire the old platform".
_WITH_OBJECT = re.compile(
    r"(?P<verb>[A-Z][a-z]{2,}(?<!ed)(?<!ing)(?<!ly)) (?P<rest>(?:all|an?|another|each|every|its|the|these) .+)"
)
_DOUBLED = set_of(
    """
    begin bid deter drop embed equip get let map plan put refer rerun retrofit run set split stop submit transfer trial
    """
)
# One vowel before one consonant: "ship" becomes "shipping".
_IS_SHORT = re.compile(r"[^aeiou\W]+[aeiou][^aeiouwxy\W]")
# "Develop, pilot and evaluate the course": the verbs of a title, and what they are about.
_TITLE = re.compile(
    r"(?P<verb>(?:[A-Z]|Co-|Fast-|Pre-|Re-)[a-z]+)(?P<more>(?:, [a-z]+)*(?:,? (?:and|or) [a-z]+)?) (?P<rest>\S.*)"
)
_VERB = re.compile(r"\b(?!(?:and|or)\b)[a-z-]+")
# More verbs, or none.
_NO_OBJECT = ("& ", "and ", "and/or ", "of ")
# A later verb: one that is no noun, or with what shows that it is one ("and pilot the course"). After "to find" it stays as it is.
_LATER = re.compile(
    rf"\bto (?:{'|'.join(FIRST_VERBS)})\b.*"
    rf"|(?<=\band )(?P<verb>{'|'.join(FIRST_VERBS - ALSO_NOUNS)}|(?:{'|'.join(ALSO_NOUNS)})(?= (?:{DETERMINERS}|how)\b))"
    r"(?= )"
)
# Words of a long name, which ends before one of these if enough of it is left.
LONG_PHRASE = 9
LEAST_IN_A_PHRASE = 4
_ENDS = re.compile(
    r": | [–—-] |,? (?:by means of|including|in accordance with|in line with|in order to|in relation to|in respect of|on a \w+ basis|so as to"
    r"|so that|through|to ensure|to improve|to include|to support|with (?:a|particular) (?:regard|view|focus|emphasis))\b"
    r"|, (?:and|as|by|for|from|in|on|to|where|which|with)\b"
)
# One that is still too long for a sentence ends before the last of these that leaves no more than so many words. If
# that is not possible, it is none, and the title or description is quoted.
MOST_IN_A_PHRASE = 15
_LINKS = re.compile(
    r",? (?:across|among|as|between|directed|for|from|in|likely|on|that|(?<!\d )to(?! \d)|which|who|with)\b"
)
# The name of an item is cut there too if it has more words than are easy to read again and again, and if enough is left.
COMFORTABLE = 10
ENOUGH = 5


# A paper is composed several times until it has its length.
@lru_cache(maxsize=2_000)
def phrase_of_title(title: str, *, in_orders: bool = False) -> str:
    """Return what an item does as a noun phrase, from a title that begins with a verb: "training frontline staff";
    shortened before "including", "in order to" and the like if it is long. "" of another title. A first word that may
    be a noun is taken for a verb if a word such as "the" follows, or if the plan's other titles are `in_orders`."""
    found = _TITLE.fullmatch(title.strip().rstrip("."))
    if found is None:
        return ""
    begun, rest = found["verb"].casefold() + found["more"], found["rest"]
    # "Co-design" is known by its second part.
    verbs = [verb.rpartition("-")[2] for verb in _VERB.findall(begun)]
    known = FIRST_VERBS | _IN_ORDERS if in_orders else FIRST_VERBS
    is_plain = known.issuperset(verbs) and not rest.startswith(_NO_OBJECT)
    is_sure = len(verbs) > 1 or verbs[0] not in ALSO_NOUNS or in_orders
    if not is_plain or not (is_sure or _OBJECT_AFTER.match(rest)):
        return ""
    begun = _VERB.sub(lambda each: _gerund(each.group()), begun)
    rest = _LATER.sub(lambda each: _gerund(each["verb"]) if each["verb"] else each.group(), rest)
    return _comfortable(_not_too_long(f"{begun} {rest}"))


# Things of which there is one: "the review of allowances", "the coastguard service".
_ONE = re.compile(
    r"\b(?:audit|campaign|centre|charter|code|course|database|desk|evaluation|framework|fund|guide|guideline|handbook|hub|inquiry|law"
    r"|levy|library|line|network|pilot|plan|policy|portal|programme|project|protocol|register|regime|review|rule|scheme|service|set"
    r"|standard|strategy|study|survey|system|team|toolkit|trial|website)$",
    re.IGNORECASE,
)
_LINK = re.compile(
    r" (?:about|against|after|at|between|by|for|from|in|into|of|on|to|with|without) "
)


def thing_of_title(title: str, small: Collection[str]) -> str:
    """Return a title that is a thing as a sentence names it: "homes for staff" of "Homes for staff", "the review of allowances".
    "" of another title. Its first word keeps its capital if it may be a name. It is none if it is among the `small` words, which
    the plan's records have in small letters."""
    text = title.strip().rstrip(".")
    first, _space, rest = text.partition(" ")
    is_known = first.casefold() in small or "-" in first or (within(text) or first)[:1].islower()
    is_word = is_known and not rest[:1].isupper()
    head = _LINK.split(text, maxsplit=1)[0]
    has_article = first in ("A", "An", "The")
    # "Marae-based" has no verb.
    says_more = has_verb(text.replace("-", "")) or _NO_PHRASE.search(text)
    is_thing_alone = is_thing(text) and not says_more
    if first.casefold() in FIRST_VERBS and not (head == first and first.casefold() in ALSO_NOUNS):
        # "Survey harbours" may be an order, but not "Survey of harbours".
        return ""
    if not is_thing_alone or len(text.split()) > LONG_PHRASE:
        return ""
    begun = f"{text[:1].lower()}{text[1:]}" if is_word or has_article else text
    if " " in head + rest and _ONE.search(head) and not has_article:
        return f"the {begun}"
    return begun if has_article or is_plural(head) else ""


def are_in_orders(titles: Iterable[str]) -> bool:
    """Whether at least two thirds of a plan's titles begin with a verb beyond doubt; or a third, if of all at least four fifths
    can."""
    titles = list(titles)
    sure = sum(bool(phrase_of_title(title)) for title in titles)
    maybe = sum(bool(phrase_of_title(title, in_orders=True)) for title in titles)
    most = 3 * sure >= 2 * len(titles) or (3 * sure >= len(titles) and 5 * maybe >= 4 * len(titles))
    return bool(titles) and most


@lru_cache(maxsize=2_000)
def order_of(description: str, *, in_orders: bool = False) -> str:
    """Return what a milestone is as an order, to follow "was to": "introduce the Bill" of "Introduce the Bill". "" of another
    description, and of a long one. `in_orders` is that of `phrase_of_title`."""
    text = description.strip().rstrip(".")
    is_order = phrase_of_title(text, in_orders=in_orders) or _order(text)
    if _DONE.fullmatch(text) or not is_order or len(text.split()) > MOST_IN_A_PHRASE:
        return ""
    return f"{text[:1].lower()}{text[1:]}" if ";" not in text else ""


@lru_cache(maxsize=2_000)
def state_of(description: str) -> tuple[str, str]:
    """Return a milestone as a thing and how it is to be, to stand around "was to be": ("the rule", "in force") of "Rule in
    force", ("12 programmes", "running"). ("", "") of another description."""
    found = _STATE.fullmatch(description.strip().rstrip("."))
    if found is None or _NO_PHRASE.search(found["what"]) or PAST.search(found["what"]):
        return "", ""
    return _with_the(found["what"]), found["state"]


@lru_cache(maxsize=2_000)
def phrase_of_description(description: str) -> str:
    """Return what a milestone is as a noun phrase, from a description that says what is done then: "the publication of
    the guidance" of "Guidance published", "publishing the guidance" of "Publish the guidance", "the decision on the
    fees" of "Decision on the fees". "" of another one."""
    text = description.strip().rstrip(".")
    found = _DONE.fullmatch(text)
    if found is None:
        return phrase_of_title(text) or _order(text) or _thing(text)
    noun = _joined_nouns(found["first"], found["done"])
    if noun is None or _NO_PHRASE.search(found["what"]):
        return ""
    return _not_too_long(f"{noun} {_with_the(found['what'])}{found['tail'] or ''}".strip())


def _joined_nouns(first: str | None, done: str) -> str | None:
    """Return what stands before the thing: "the installation and commissioning of" of two; None if they do not join."""
    noun = _NOUNS[done]
    if first is None or not noun:
        return noun if first is None else _NOUNS[first]
    if not (_NOUNS[first].endswith(" of") and noun.startswith("the ") and noun.endswith(" of")):
        return None
    return f"{_NOUNS[first].removesuffix(' of')} and {noun.removeprefix('the ')}"


def _order(text: str) -> str:
    """Return an order with a verb that need not be known, as its object follows it: "retiring the old platform"."""
    found = _WITH_OBJECT.fullmatch(text)
    if found is None or is_plural(verb := found["verb"].casefold()) or verb in NO_VERBS:
        return ""
    return _not_too_long(f"{_gerund(verb)} {found['rest']}")


def _thing(text: str) -> str:
    """Return a description that is a thing and no clause: "the decision on the fees"; "" of another one."""
    words = text.casefold().split()
    other = _HEAD_OF_NO_VERB.match(text.casefold())
    is_head = _HEAD.match(text) or (other and other[1] not in FIRST_VERBS | NO_VERBS)
    if not is_head or not is_thing(text) or len(words) > MOST_IN_A_PHRASE:
        return ""
    is_done = any(PAST.fullmatch(word) and after in _LINKS_OF for word, after in pairwise(words))
    is_clause = (
        is_done or _NO_PHRASE.search(text) or PAST.fullmatch(words[-1]) or words[-1] == "out"
    )
    return "" if is_clause else _with_the(text)


# One that Parliament passes has a capital.
_LAW = re.compile(r"Act|Bill")


def _with_the(name: str) -> str:
    if not (keeps_capital(name) or _LAW.fullmatch(name)):
        name = name[:1].lower() + name[1:]
    return name if _WITHOUT_ARTICLE.match(f"{name} ") else f"the {name}"


def _not_too_long(phrase: str) -> str:
    """Return a phrase, or the beginning of a long one that can stand alone; "" if none can, and of two clauses."""
    if len(phrase.split()) > LONG_PHRASE:
        phrase = next(_cut(phrase, _ENDS), phrase)
    if len(phrase.split()) > MOST_IN_A_PHRASE:
        fitting = [each for each in _cut(phrase, _LINKS) if len(each.split()) <= MOST_IN_A_PHRASE]
        phrase = fitting[-1] if fitting else ""
    return phrase if phrase.count("(") == phrase.count(")") and ";" not in phrase else ""


# What a name does not end in: "children residing", "a plan required", "a guide on how".
_UNFINISHED = re.compile(r"(?:\w+ing|\w+ed|known|likely|able|how|what|when|where|whether|why)$")


def _comfortable(phrase: str) -> str:
    """Return the name of an item without its end, if it is long and what is left says enough: "rolling out posts in
    schools and evaluating them" of "rolling out posts in schools and evaluating them across all of the regions"."""
    if len(phrase.split()) <= COMFORTABLE:
        return phrase
    fitting = [
        cut
        for end in _LINKS.finditer(phrase)
        if ENOUGH + (end.group().strip() in ("for", "on"))
        <= len((cut := phrase[: end.start()]).split())
        <= COMFORTABLE
        and not _UNFINISHED.search(cut)
    ]
    return fitting[-1] if fitting and fitting[-1].count("(") == fitting[-1].count(")") else phrase


def _cut(phrase: str, ends: re.Pattern[str]) -> Iterator[str]:
    """Yield the beginnings of a phrase that end before one of the `ends`, of those that are long enough."""
    for end in ends.finditer(phrase):
        if len((cut := phrase[: end.start()]).split()) >= LEAST_IN_A_PHRASE:
            yield cut


def _gerund(verb: str) -> str:
    if verb.rpartition("-")[2] in _DOUBLED or _IS_SHORT.fullmatch(verb):
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"
