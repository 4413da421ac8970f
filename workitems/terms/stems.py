"""Sentences that forms begin and whoever answers completes: "MBIE will …", "It is late because …".

A form prints the beginning before its box, so that what is typed fits wherever it is printed. Older and imported
texts are completions only where their first word allows it; otherwise they stay sentences of their own.
Nothing here queries the database.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from agencies.wording.translation import StrOrPromise, _, gettext_lazy
from workitems.terms.as_told import is_plural
from workitems.terms.sentence_ends import on_one_line, sentences, with_capital
from workitems.terms.third_person import without_we, word_of_us
from workitems.terms.verbs import (
    ALSO_NOUNS,
    DETERMINERS,
    FIRST_VERBS,
    FROM_TWO,
    NO_VERBS,
    PAST,
    VERBS,
    set_of,
)


class Follows(StrEnum):
    """What completes a beginning."""

    VERB = "verb"  # "publish the parts that are agreed"
    PAST = "past"  # "trained 240 of its staff"
    CLAUSE = "clause"  # "no money was set aside for it"
    THING = "thing"  # "a translator", "to appoint a translator"


# Words of a text that a paper prints whole.
MOST_WORDS = 30


class Stem(NamedTuple):
    """The beginning of a sentence, what follows it, and an example of that."""

    words: StrOrPromise
    follows: Follows
    example: StrOrPromise
    most_words: int = MOST_WORDS

    def begin(self, agency: str = "") -> str:
        return str(self.words).format(agency=agency)


# By what is asked.
STEMS = {
    "mitigation": Stem(
        gettext_lazy("{agency} will"),
        Follows.VERB,
        gettext_lazy("publish the parts that are agreed"),
    ),
    "planned_next": Stem(
        gettext_lazy("{agency} will"), Follows.VERB, gettext_lazy("train the staff of all regions")
    ),
    "response": Stem(
        gettext_lazy("{agency} will"), Follows.VERB, gettext_lazy("ask for money for two years")
    ),
    "action": Stem(
        gettext_lazy("{agency} will"),
        Follows.VERB,
        gettext_lazy("send the Minister advice on fees"),
    ),
    "achieved": Stem(
        gettext_lazy("{agency}"),
        Follows.PAST,
        gettext_lazy("trained 240 of its 900 staff"),
        most_words=0,  # reports.compose.as_printed says how much of it the paper prints
    ),
    "explanation": Stem(
        gettext_lazy("It is late because"),
        Follows.CLAUSE,
        gettext_lazy("no money was set aside for it"),
    ),
    "effect": Stem(
        gettext_lazy("For people this means that"),
        Follows.CLAUSE,
        gettext_lazy("people outside the cities wait longer"),
    ),
    "meanwhile": Stem(
        gettext_lazy("Until then,"),
        Follows.CLAUSE,
        gettext_lazy("the most urgent cases are done first"),
    ),
    "needs": Stem(
        gettext_lazy("To be done, it needs"), Follows.THING, gettext_lazy("a second tender")
    ),
    "money_from": Stem(
        gettext_lazy("The money would come from"),
        Follows.THING,
        gettext_lazy("the baseline of Vote Health"),
    ),
    "if_declined": Stem(
        gettext_lazy("If it is declined,"),
        Follows.CLAUSE,
        gettext_lazy("30 practices have no relief in 2027"),
    ),
    "reason": Stem(
        gettext_lazy("This is asked because"),
        Follows.CLAUSE,
        gettext_lazy("more businesses wish to be heard than were planned for"),
    ),
}

# What remarks call the boxes on a delay.
BOXES = {
    "explanation": gettext_lazy("Why the date moves"),
    "effect": gettext_lazy("Effect"),
    "meanwhile": gettext_lazy("Until then"),
    "needs": gettext_lazy("What it needs"),
    "money_from": gettext_lazy("Where the money would come from"),
    "if_declined": gettext_lazy("What happens if it is declined"),
    "mitigation": gettext_lazy("What is being done about it"),
}
# The boxes for the case for a decision of the Minister.
CASE = ("money_from", "if_declined")


def in_box(asked: str, found: Iterable[str]) -> list[str]:
    """Return remarks on the text for what is `asked` (a key of `BOXES`) with the name of its box: "Effect: …"."""
    return [f"{BOXES[asked]}: {remark}" for remark in found]


# --- What a text says -----------------------------------------------------------------------------

# A text of these words alone says nothing that a reader could use.
_EMPTY = set_of(
    """
    a above advised all an and any are as at attached bau be been before business by change changes closed complete
    completed continue continues continuing delivered done expected far finished for further going good has have
    in is it item just last milestone monitor monitored monitoring n/a na new nil no none normal not nothing now
    of ok on ongoing our par per period plan planned previously progress progressing refer report reported reporting same
    see so still tba tbc tbd that the there this time to track under underway update updates us usual was way we
    well will with work working applicable action activity activities quarter schedule scheduled below mitigation
    mitigations
    """
)
_WORD = re.compile(r"[^\s,;:.!?()“”\"'–—-]+")


@lru_cache(maxsize=5000)
def says_nothing(text: str) -> bool:
    """Whether a text has no content of its own: "n/a", "As above.", "This milestone has been COMPLETED."."""
    return all(match.group().casefold() in _EMPTY for match in _WORD.finditer(text))


# The language of a press release.
_ANNOUNCES = re.compile(
    r"\b(?:today announced|(?:is|are|was|were) (?:(?:so|very|\w+ly) )?(?:pleased|proud|delighted|excited|thrilled) (?:to|that|with)|(?:press|media) (?:release|statement)"
    r"|Minister(?:s|\s\w+)* (?:today )?(?:welcomes?|welcomed|announced)|a (?:credit|tribute|testament) to|great example of"
    r"|proud of)\b",
    re.IGNORECASE,
)


# The first line of a press release.
_RELEASE = re.compile(
    r"\s*(?:\W*for immediate release|\W*(?:media|press) (?:release|statement))\b", re.IGNORECASE
)


# Words of praise, which stay in a text and say nothing in it.
_PRAISE = re.compile(
    r"\b(?:amazing|awesome|exciting|fantastic|game-changing|incredibl[ey]|inspiring|remarkable|thrilled|wonderful"
    r"|world-class)\b",
    re.IGNORECASE,
)


def announces(text: str) -> bool:
    """Whether a sentence is that of a press release, which says who is proud and not what was done."""
    return bool(_ANNOUNCES.search(text))


def without_announcements(text: str) -> str:
    """Return the sentences of a text that do not announce, as they are; "" if all of them do, or if the text begins
    as a press release."""
    if _RELEASE.match(text):
        return ""
    line = on_one_line(text)
    if not announces(line):
        return text
    return " ".join(each for each in sentences(line) if not announces(each))


def says_we(text: str) -> bool:
    """Whether a text speaks of its agency as "we"; "US" is a country."""
    return bool(word_of_us(text))


# --- Fitting --------------------------------------------------------------------------------------

# Words with a capital at the start of a sentence and none within one.
_ALWAYS_SMALL = set_of(
    """
    A About Above Across After All Almost Along Also Although Among An And Another Any Around As At Because Before Behind
    Below Between Beyond Both But By Currently Despite Due During Each Either Enough Even Every Everybody Everyone Few
    Fewer First Following For From Further Half He Her Here His How However If In Instead It Its Less Little Many
    Meanwhile More Most Much Nearly Neither Next No Nobody None Not Nothing Now Often On Once One Only Or Other Our Out
    Over Part Per Quite Roughly Second Several She Since So Some Somebody Someone Still Such Than That The Their Then
    There These They Third This Those Through Throughout To Too Under Unless Until Up Very We What When Where Whether
    Which While Who With Within Without You
    """
)
# And words that are no names unless a capital follows ("Local Sports Partnerships"), some of them known by their ending.
_SMALL_ALONE = set_of(
    """
    Additional Advanced Alternative Average Bad Better Broad Clear Cold Common Complex Current Detailed Different
    Difficult Early Earlier Equal Essential Expert External Extra Fast Formal Frequent Full General Good Great Heavy
    Illegal Improved Independent Individual Initial Internal Joint Large Larger Largest Little Main Major Medical Mental
    Minor Mobile Modern National Natural Normal Old Older Original Outstanding Physical Policy Political Poor Possible
    Previous Private Proposed Quick Rapid Rare Recent Related Repeat Revised Safe Safer Separate Serious Severe Similar
    Simple Single Smaller Special Standard Strong Sufficient Tight Total Unclear Updated Urgent Usual Various Voluntary
    Vulnerable Warm Wet Wide Wrong
    Accommodation Advisers Air Amendments Analysts Animals Assessors Authorities Beaches Bids Bills Boards Boats Bodies
    Border Bridges Brochures Buildings Buses Budgets Bylaws Camps Cars Centres Charities Child Class Classes Club Coastal
    Code Codes Colleges Committees Community Company Companies Computers Consents Coroners Council Country Coverage Crews Crime Cyber
    Deaths Debt Decisions Deliveries Delivery Departments Disabled Diseases District Doctors Drivers Drowning Drownings Education
    Electricity Email Emails Emergency Employees Energy Equipment Evidence Failure Family Farm Fees Figures Fire Firms
    Fish Fishers Flood Floods Food Forms Freight Fuel Gangs Gear Goods Government Governments Grants Groups Guides Hapū
    Harm Hazards Herds Home Homes Hospital House Houses Housing Human Hundreds Internet Investors Judges Laboratories Laboratory
    Land Language Languages Law Laws Leaders Legislation Lessons Level Levels Life Lifeguards Lists Loans Machines Mail
    Mayors Medicine Message Messages Migrants Millions Mines Models Motorists Neighbours News Notices Numbers Nurses
    Operators Options Overseas Owners Paper Papers Partners Passengers Pay Phone Phones Planes Platforms
    Pool Pools Population Power Premises Product Products Profiles Programme Project Property Provider
    Pupil Queues Radio Rail Rain Rates Refugees Region Rental Research Researchers River Rivers Road Roads
    Safety Satellite Sales Scheme Schemes School Science Seasonal Security Sensors Shelters Shops Signs Skilled
    Snow Software Species Standards State Steel Stock Storm Storms Strikes Student Summer Supplier Survey Surveys Tax
    Taxes Teachers Tender Tenders Terms Thousands Ticket Tickets Traffic Trains Translators Transport Treatment Trees Trials Trucks
    Trusts Universities Users Vaccines Vessel Vessels Victim Video Videos Village Volunteer Villages Visas Waste Wages Website
    Websites Whānau Winter Wood Words Worker Year Youth
    Access Advice Agencies Applications Approval Banks Businesses Calls Capacity Care Cases Children Claims
    Clinics Clubs Communities Complaints Consultant Consultants Consultation Contracts Costs Councils Course
    Courses Courts Daily Data Delays Demand Discussions Districts Drafts Enquiries Existing Experts Families
    Farms Feedback Field Files Final Funding Funds Growth Guidance Help High Hospitals Households Hubs Industry
    Information Inspections Interest Interim Interviews Iwi Key Lack Landlords Late Lawyers Legal Limited Local
    Long Longer Low Marae Material Media Members Men Money Monthly Motels Negotiations Networks New Officers
    Offices Officials Ongoing Online Parents Patients People Permits Pilots Places Plans Poor Ports Posts
    Practices Prices Priority Programmes Progress Projects Providers Public Pupils Records Recruitment Regional
    Regions Remaining Reports Requests Residents Resources Responses Results Rules Rural Samples Schools Senior
    Services Short Sites Slow Small Social Source Specialist Staff Students Suppliers Supplies Support Supports
    Surveys Survivors Systems Talks Teams Technical Temporary Tools Towns Training Urban Vacancies Victims
    Visits Volunteers Water Weather Weekly Women Work Workers Young
    """
)
_ORDINARY = re.compile(rf"(?:{'|'.join(_ALWAYS_SMALL)}|(?i:{FROM_TWO}))(?=[\s,’'-]|$)")
_NO_NAME = re.compile(
    rf"(?:{'|'.join(_SMALL_ALONE)}|[A-Z][a-z]+-[a-z]+|[A-Z][a-z]+(?:able|ances?|ences?|ers|ful|ings?|ists|ities|ity|ments?"
    r"|ness|ors|ous|sions?|tions?))(?=[,’']?(?: [^A-Z]|$))"
)
# Names one after another: "Northland and Marlborough growers".
_TWO_NAMES = re.compile(r"[A-ZĀĒĪŌŪ]\w+(?:,? and|,)? [A-ZĀĒĪŌŪ]")
# Past forms that are as often adjectives: "limited progress", "updated guidance is out".
_ADJECTIVES = set_of(
    "advanced combined continued detailed dedicated expected improved increased limited needed planned proposed"
    " related required revised shared targeted united updated"
)
_DETERMINER = re.compile(rf"(?:{DETERMINERS}|\d\S*)\b", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"\b(?:after|as|because|before|how|if|once|so|that|until|what|when|where|whether|which|while|who|whose)\b"
)
_RELATIVE = re.compile(
    r"\b(?:because|how|if|so|that|what|when|where|whether|which|while|who|whose)\b", re.IGNORECASE
)
FINITE = re.compile(
    r"\b(?:are|begins?|can(?:not)?|continues?|could|did|does|had|has|have|is|may|must|remains?|should|starts?|was|were"
    r"|will|would)\b"
)
# Of these, what shows that the word before is no order but a subject: not "begin", as in "… and begin testing".
_FINITE_OF_A_SUBJECT = re.compile(
    r"\b(?:are|begins|can(?:not)?|continues|could|did|does|had|has|(?<!to )have|is|may|must|remains|should|starts|was"
    r"|were|will|would)\b"
)
# What shows that such a word is a noun: "tender evaluation to be completed", "contract signature expected in May".
_OF_A_NOUN = re.compile(
    rf"(?!(?:{DETERMINERS})\b)(?:[\w-]+ ){{0,4}}(?:to be|due|expected|planned|scheduled)\b"
    r"|to (?:be|issue|follow)\b"
)
# Verbs of a sentence that begin no order.
_OF_SENTENCES = set_of(
    """
    answer believe block cause claim compete conflict cost decline depend differ disagree dispute exceed exist
    expect drown face fail fall feel force grow handle happen hinge know lie lose mean miss object operate oppose
    outweigh overlap prefer prevent receive rely require rest ring rise seem serve slow spend stand
    stretch struggle suffer think vary
    """
)
# Verbs that are as such known within a sentence.
_WITHIN = VERBS | (
    FIRST_VERBS - ALSO_NOUNS - set_of("clean combat do foster mainstream rebuild separate")
)
# Words that are as often nouns within a sentence, what follows them then, and nouns of several without an s.
_OFTEN_NOUNS = set_of(
    """
    answer approach audit award bid block brief build call cause change charge check claim conflict contract cost cover
    delay design dispute draft estimate field force form fund grant group hire house increase interview issue launch limit
    link list map measure name object offer order package partner phase pilot place plan process progress project purchase
    record release rent repair report request research resource review ring sample scale scope score share sponsor staff stage station
    store study supply support survey switch table target telephone tender test track trade transfer transport trial
    trigger update upgrade visit work
    """
)
_AFTER_A_NOUN = {
    "",
    *set_of(
        "after and as at before between by during for from in of on or over since to under with"
    ),
}
_OF_SEVERAL = set_of("hapū iwi marae staff tamariki they we whānau who you")
_BETWEEN = set_of("also already always long never now often only rarely regularly still usually")
_PRONOUNS = set_of(
    "everybody everyone he it nobody one she somebody someone they there this we who you"
)
# What follows one of these is no verb, though it may look like one: "without a place", "than anticipated".
_BEFORE_A_NOUN = set_of(
    """
    a all an another any as at both by each every fewer first for from higher in into its last legal less longer lower
    more new no of on other our
    second some than the their these this those three to two with without
    """
)
_OF_A_WILL = re.compile(r"(?:will|to|plans to|intends to|is going to)\s+", re.IGNORECASE)
_WILL = re.compile(r"(?:will|plans to|intends to|is going to)\s+\w")
_OF_A_CAUSE = re.compile(
    r"(?:it is late |this is late |late )?(?:because(?: of)?|of|due to|owing to|as|since)\s+",
    re.IGNORECASE,
)
_BEFORE_A_THING = re.compile(r"\b(?:of|due to|owing to)\s+$", re.IGNORECASE)
_OF_A_TIME = re.compile(r"(?:until then|in the meantime|meanwhile),?\s+", re.IGNORECASE)
_OF_AN_EFFECT = re.compile(r"(?:this means|it means)(?: that)?,?\s+", re.IGNORECASE)
_OF_MONEY = re.compile(r"(?:the money |it )?(?:would |will )?comes? from\s+|from\s+", re.IGNORECASE)
_OF_A_REFUSAL = re.compile(
    r"if (?:it is |this is )?(?:declined|refused|not agreed),?\s+", re.IGNORECASE
)
_OF_A_NEED = re.compile(r"(?:it|this) needs\s+", re.IGNORECASE)
_REPEATED = {
    "mitigation": _OF_A_WILL,
    "planned_next": _OF_A_WILL,
    "response": _OF_A_WILL,
    "action": _OF_A_WILL,
    "explanation": _OF_A_CAUSE,
    "reason": _OF_A_CAUSE,
    "meanwhile": _OF_A_TIME,
    "effect": _OF_AN_EFFECT,
    "needs": _OF_A_NEED,
    "money_from": _OF_MONEY,
    "if_declined": _OF_A_REFUSAL,
}
# What begins no thing that is needed.
_NO_THING = set_of("as awaiting because due no not owing pending since will would")
# "Working with Police": what somebody does, while "training for staff" is a thing.
_DOING = re.compile(
    r"\w+ing (?:with|to|the|an?|its|their|on this)\b|(?:await|continu|engag|hir|liais|work)ing\b"
)
# A remedy that only looks on.
_LOOKS_ON = re.compile(
    r"(?:we |will |to |(?:continue|keep) (?:to |on )?|ongoing |regular |continued |close(?:ly)? )*"
    r"(?:monitor|observ|watch|keep an eye)\w*\b",
    re.IGNORECASE,
)
# First words of names that need no second capital to be known.
NAMES = set_of(
    """
    Budget Cabinet Crown Customs Immigration Justice Minister Ministers Ministry Parliament Police Treasury
    Māori Pacific Aotearoa Auckland Canterbury Christchurch Dunedin Gisborne Hamilton Hastings Marlborough Nelson Northland
    Otago Rotorua Southland Taranaki Tasman Tauranga Wairarapa Waikato Wellington Whanganui Ōtautahi
    January February March April May June July August September October November December
    """
)
# "Motels known to be safe": no order.
_BEFORE_AN_INFINITIVE = set_of("able due free known likely ready sure unable unlikely willing")
# "APIs not available until May": its verb is left out.
_NOT_SO = re.compile(
    r"((?:[\w’&/-]+ ){0,6}?[\w’&/-]+) (not (?:available|clear|complete|in place|ready|\w+ed)\b.*)"
)
# One of a kind, typed without its article.
_ONE = re.compile(r"(?:agreement|Budget|budget|bill|contract|contractor|site|supplier|system)")
# Causes without a verb: "not enough assessors", "lack of assessors".
_TOO_FEW = re.compile(r"(?:no|not enough|not yet enough|too (?:few|little|many|much)) (.+)")
_LACK = re.compile(r"(?:lack|shortage) of ")
_WISHES = set_of("agree aim continue expect hope intend need plan propose seek wish")
# What a thing can do by itself: "Advice on forced labour to go up first".
_OF_THINGS = set_of("begin close come continue end finish follow go issue resume start")
_ACT = re.compile(r"to (?!be\b)")
# What another did, or what happened by itself: "agreed by the group", "published 27 March", "went live", "opened in May".
_OF_ANOTHER = re.compile(
    r"\w+ (?:by\b|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))|went\b"
    r"|(?:became|began|came|closed|commenced|ended|expired|fell|finished|grew|opened|reopened|rose|started)"
    r" (?:after|ahead|as|at|before|during|early|for|from|in|into|late|on|out|over|since|under|until|up|with|within)\b"
)
_DONE = re.compile(
    r"(?:\w+ed|built|done|found|given|held|kept|made|put|read|run|seen|sent|set|shown|\w*taken|told|written)\b"
)
MOST_IN_A_SUBJECT = 10
# Things of which an agency needs one: "Decision on the Budget bid".
_COUNTED = set_of(
    "commitment contract decision lawyer meeting reply second signature supplier tender translator vote"
)
# Words of the shortest clause: a subject, its verb and one more.
LEAST_IN_A_CLAUSE = 3


def within(text: str, names: Iterable[str] = ()) -> str | None:
    """Return the text as it goes on within a sentence: its first letter small, unless it begins with one of the
    names, an acronym or two names. None if its first word may be a name that is not known."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if not first:
        return None
    if any(text.startswith(name) and not text[len(name) :][:1].isalnum() for name in names if name):
        return f"t{text[1:]}" if text.startswith("The ") else text
    is_name = sum(map(str.isupper, first)) > 1 or (
        _TWO_NAMES.match(text) and not _ORDINARY.match(text)
    )
    # A company, which begins as a number does.
    is_name = is_name or first.rstrip(",") in NAMES or bool(_NAMES_OF_TWO.match(text))
    if first[:1].islower() or first[:1].isdigit() or is_name:
        return text
    is_ordinary = _ORDINARY.match(text) or _NO_NAME.match(text) or _is_common(first, text)
    return text[:1].lower() + text[1:] if is_ordinary else None


# A company that begins as a number does, and Parliament's time.
_NAMES_OF_TWO = re.compile(r"One NZ |House (?:business|calendar|sittings?|time)\b")
# "Delivery of the bags", "Lessons from 31 deaths": no name, though it begins with a capital.
_COMMON_NOUN = re.compile(r"[A-Z][a-z]+ (?:about|between|from|of) [^A-Z]")


def _is_common(first: str, text: str) -> bool:
    """Whether a first word that is no known name is an ordinary one by its form, or by what follows it: "Volunteer
    patrols", "Delivery of the bags", "Firms want"."""
    if not (first.isalpha() and first.isascii()):
        return False
    word, second = first.lower(), text.split(maxsplit=2)[1:2]
    is_plural_subject = (
        bool(second)
        and is_plural(word)
        and not word.endswith("ans")
        and (second[0] in _OF_PLURALS or second[0] in VERBS)
    )
    is_known = bool({word, word.removesuffix("s")} & (FIRST_VERBS | _OF_SENTENCES))
    # Not "Study 1.1", "Grant Thornton".
    is_named = bool(second) and not second[0][:1].islower()
    return (is_known and not is_named) or is_plural_subject or bool(_COMMON_NOUN.match(text))


_OF_PLURALS = set_of("are do have need were")


def completion(asked: str, text: str, names: Iterable[str] = ()) -> str | None:
    """Return what completes the beginning for what is `asked` (a key of `STEMS`), without it and without a full
    stop. None if the text does not complete it. `text` is one sentence on one line; `names` are those of agencies.
    """
    names = tuple(names)
    typed, text = text.strip(), _without_beginning(asked, text.strip(), names)
    if not text or text.endswith("?") or says_nothing(text) or _names_a_cause(asked, typed):
        return None
    first, _space, rest = text.partition(" ")
    match STEMS[asked].follows:
        case Follows.VERB:
            verb = first.casefold()
            begins = (
                _says_will(typed, names)
                or (is_verb(verb) and not _is_noun(verb, rest))
                or (_takes_object(verb, rest) and not is_plural(verb))
                or _is_compound_verb(verb, rest)
                or _is_with_a_particle(verb, rest)
            )
            rest = rest.replace(" and to ", " and ") if _OF_A_WILL.match(typed) else rest
            return _opened(f"{verb} {rest}") if begins and _is_object(rest) else None
        case Follows.PAST:
            verb = first.casefold()
            is_past = PAST.fullmatch(verb) and (verb not in _ADJECTIVES or _DETERMINER.match(rest))
            # What follows a colon is what was found: "Published the count: 25 per cent were damp".
            is_act = (
                is_past
                and _is_object(rest.partition(": ")[0])
                and not _OF_ANOTHER.match(f"{verb} {rest}")
            )
            return _opened(f"{verb} {rest}") if is_act else None
        case Follows.CLAUSE:
            found = within(text, names)
            is_clause = found and _is_clause(found) and future(text, names) is None
            return _opened(found) if found and is_clause else None
    if rest and is_order(text):
        return f"to {_opened(f'{first.lower()} {rest}')}"
    found = within(text, names)
    if found is None and not keeps_capital(text):
        found = f"{text[:1].lower()}{text[1:]}"
    if found is None or not is_thing(found):
        return None
    if found.partition(" ")[0] in _COUNTED:
        found = f"a {found}"
    return _opened(found)


def cause(text: str, names: Iterable[str] = ()) -> str | None:
    """Return a reason as the end of a sentence: "because no money was set aside" or, of one without a verb, "because
    of 61 submissions". None if it is neither. `text` and `names` are those of `completion`."""
    names = tuple(names)
    if clause := completion("explanation", text, names):
        return f"because {clause}"
    is_thing = _names_a_cause("explanation", text.strip())
    text = _without_beginning("explanation", text.strip(), names)
    found = within(text, names)
    if found and (lacks := _NOT_SO.match(found)) and not FINITE.search(found):
        what = f"the {lacks[1].lower()}" if _ONE.fullmatch(lacks[1]) else lacks[1]
        return f"because {what} {'are' if is_plural(what) else 'is'} {_opened(lacks[2])}"
    is_other = (
        (has_verb(text) and not is_thing)
        or is_order(text)
        or text.startswith(("to ", "To "))
        or future(text, names) is not None
        or says_we(text)
        or says_nothing(text)
        or text.endswith("?")
    )
    if found is None or is_other or found.partition(" ")[0] in _PRONOUNS:
        return None
    start, _space, rest = found.partition(" ")
    if start.casefold() == "awaiting":
        rest = _opened(rest)
        return f"because {rest} {'are' if is_plural(rest) else 'is'} awaited"
    if start.casefold() == "no" and " " not in rest:
        return f"because of a lack of {_opened(rest)}"
    if lacks := _TOO_FEW.match(found):
        return f"because there {'are' if is_plural(_opened(lacks[1])) else 'is'} {_opened(found)}"
    article = "a " if _LACK.match(found) else ""
    return f"because of {article}{_opened(found)}"


def future(text: str, names: Iterable[str] = ()) -> str | None:
    """Return an order of the form "X to …" as a sentence: "IR will lend an analyst" of "IR to lend an analyst.", "Legal
    advice will be published" of "Legal advice to be published". None if the text has another form, or may have:
    "Money to print it" does not act. `names` are those of agencies."""
    subject, to, rest = _opened(text.strip()).partition(" to ")
    verb, _space, more = rest.partition(" ")
    last = subject.rpartition(" ")[2].casefold()
    is_passive = verb == "be" and _DONE.match(more)
    has_its_own = FINITE.search(subject) if is_passive else has_verb(subject)
    # "Stats NZ hopes to begin" has its verb.
    has_its_own = has_its_own or (" " in subject and last.removesuffix("s") in _WISHES)
    if not to or has_its_own or PAST.fullmatch(last) or last in _BEFORE_AN_INFINITIVE:
        return None
    if subject in names or subject.partition(" ")[0] in NAMES or sum(map(str.isupper, subject)) > 1:
        fits = verb == "be" or is_verb(verb)
    else:
        fits = verb in _OF_THINGS or bool(is_passive)
    return f"{subject} will {rest}" if fits and len(subject.split()) <= MOST_IN_A_SUBJECT else None


def keeps_capital(text: str) -> bool:
    """Whether a text begins with a known name, with an acronym, or with two words with capitals, such as those of a
    law."""
    first, _space, rest = text.partition(" ")
    bare = re.sub(r"[’']s?$", "", first.rstrip(","))
    return bare in NAMES or sum(map(str.isupper, first)) > 1 or rest[:1].isupper()


def is_thing(text: str) -> bool:
    """Whether a text that goes on within a sentence can be what is needed: no sentence, lack or doing."""
    first = text.partition(" ")[0].casefold()
    if first in _NO_THING | _PRONOUNS or _DOING.match(text) or says_we(text):
        return False
    if " " not in text and is_verb(first) and first not in ALSO_NOUNS:
        return False
    head = _SUBORDINATE.split(text.partition(",")[0], maxsplit=1)[0]
    return first == "to" or not FINITE.search(head.lower() if text.isupper() else head)


# "Co-design" and "reopen" are known by what follows this, while "in-house" is no verb.
_BEFORE_A_VERB = re.compile(r"^(?:co-|cross-|double-|fast-|field-|peer-|pre-|re-?|ring-)")


def is_verb(word: str) -> bool:
    """Whether a word is a verb with which an order or a plan begins."""
    return word in FIRST_VERBS or _BEFORE_A_VERB.sub("", word) in FIRST_VERBS


# An object of a verb, but for "a year", "each quarter": "the staff", "another 96 controllers".
_AN_OBJECT = re.compile(
    r"(?:an?|another|each|every|its|our|the|their|these|this|those)\b(?! (?:day|half|hour|month|night|quarter|week|year)s?\b)",
    re.IGNORECASE,
)
# Endings of words that are no verb in the present.
_NO_VERB = re.compile(r".*(?:.{2}ed|ing|ly|ment|ness|[st]ion|’s)")


def _takes_object(word: str, rest: str) -> bool:
    """Whether a word that need not be known is a verb by the object that follows it: "accredit another 96"."""
    is_word = word.isalpha() and len(word) > 2 and word not in NO_VERBS
    return is_word and not _NO_VERB.fullmatch(word) and bool(_AN_OBJECT.match(rest))


def _is_compound_verb(word: str, rest: str) -> bool:
    """Whether a word and the next one are a verb by the object that follows them: "air freight the rest"."""
    second, _space, after = rest.partition(" ")
    is_first = word.isalpha() and word not in NO_VERBS and not _NO_VERB.fullmatch(word)
    return is_first and not is_plural(word) and _takes_object(second.casefold(), after)


# "Fit out the building", "stand up a team".
_PARTICLE = re.compile(
    r"(?:down|off|out|up) (?:an?|another|each|every|its|the|their|these|\d|[a-z]+s\b)"
)


def _is_with_a_particle(word: str, rest: str) -> bool:
    """Whether a word that need not be known is a verb by the particle and the object that follow it: "fit out the building"."""
    is_word = word.isalpha() and len(word) > 2 and word not in NO_VERBS
    return is_word and not _NO_VERB.fullmatch(word) and bool(_PARTICLE.match(rest))


def _is_clause(text: str) -> bool:
    """Whether a text has a subject and a verb before its first comma, is no order and does not speak as "we", so that
    another sentence can go on with it."""
    if is_order(text.removeprefix("to ")) or text.startswith("to be "):
        return False
    is_long = len(text.split()) >= LEAST_IN_A_CLAUSE
    # In "parents, teachers and youth workers have …", the commas divide the subject.
    first = text if _LISTED.match(text) else _ASIDE.sub("", text).partition(", ")[0]
    head = _SUBORDINATE.split(first, maxsplit=1)[0]
    has_one = _verbs_in(head) > 0 or has_verb(first)
    return is_long and has_one and not _UNSAID.search(text) and not says_we(text)


_LISTED = re.compile(r"(?:[\w’-]+ ){0,2}[\w’-]+(?:, (?:[\w’-]+ ){0,2}[\w’-]+)*,? and ")
# "Nine councils, with 410,000 residents, are …".
_ASIDE = re.compile(r", (?:among|including|such as|with) [^,]*(?:,\d[^,]*)*,")
# "Funding not approved": its verb is left out.
_UNSAID = re.compile(r"^(?:(?!\b(?:are|has|have|is|was|were)\b).)*\bnot \w+ed\b")


def has_verb(text: str) -> bool:
    """Whether a part of a text between commas has a verb before a word such as "that", or more verbs than such words, so
    that it may be a sentence: not "61 submissions, twice what was expected" or "Two regions without a place"."""
    return any(
        _verbs_in(_RELATIVE.split(part, maxsplit=1)[0]) > 0
        or _verbs_in(part) > len(_RELATIVE.findall(part))
        for part in _ASIDE.sub("", text).split(", ")
    )


_BRACKETED = re.compile(r"\([^()]*\)")


# "weren’t", "can’t".
_NOT_SHORT = re.compile(
    r"\b(are|could|did|does|had|has|have|is|should|was|were|would)n[’']t\b|\bca(?=n[’']t\b)n[’']t\b"
)
_DO_NOT = re.compile(r"\b(?:do|wo)n[’']t\b")


@lru_cache(maxsize=5000)  # a paper is composed several times, until its words fit
def _verbs_in(text: str) -> int:
    """Return how many words after the first one may be verbs."""
    plain = _BRACKETED.sub(" ", text).casefold().replace("no longer ", "")
    words = _WORD.findall(
        _DO_NOT.sub("did", _NOT_SHORT.sub(lambda found: found[1] or "can", plain))
    )
    return sum(
        _may_be_verb(word, words[:place], words[place + 1 :])
        for place, word in enumerate(words)
        if place
    )


# What follows "may" in place of a verb, and verbs that say already that something is only possible.
_POSSIBLE = {
    "are": "be",
    "is": "be",
    "has": "have",
    "have": "have",
    "can": "",
    "will": "",
    "cannot": "not",
}
_ONLY_POSSIBLE = set_of("could may might should would")
_OF_A_CONDITION = set_of("although as because if unless when while")
_SUBORDINATING = _OF_A_CONDITION | set_of("so than that until where which who")


def possible(text: str) -> str | None:
    """Return a threat as what may happen: "costs may rise and the money may cover less" of "costs rise and the money covers
    less". None if its verb is not sure."""
    parts = [_possible(part) for part in text.split(" and ")]
    if parts[0] is None:
        return None
    typed = text.split(" and ")
    return " and ".join(made or part for made, part in zip(parts, typed, strict=True))


def _possible(clause: str) -> str | None:
    """Return a clause with "may" before its verb; None if it has none that is sure."""
    words = clause.split(" ")
    plain = [word.strip(",;:.").casefold() for word in words]
    if plain[0] in _OF_A_CONDITION:
        return None
    if found_not := re.match(r"(\S.*?) (?:do|does) not ", clause):
        return f"{found_not[1]} may not {clause[found_not.end() :]}"
    end = next((place for place, word in enumerate(plain) if word in _SUBORDINATING), len(plain))
    found = [
        place
        for place in range(1, end)
        if _may_be_verb(plain[place], plain[:place], plain[place + 1 :])
    ]
    if found[1:] and found[1] == found[0] + 1 and plain[found[0]].endswith("s"):
        # "Costs rise": the first one is a noun.
        del found[0]
    if not found:
        return None
    word = plain[found[0]]
    if word in _ONLY_POSSIBLE:
        return clause
    bases = [word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)]
    base = next((each for each in bases if each in _WITHIN or each in _OF_SENTENCES), None)
    base = _POSSIBLE.get(word, base)
    if base is None:
        return None
    typed = words[found[0]]
    stop = typed[len(typed.rstrip(",;:.")) :]
    rest = [each for each in (f"{base}{stop}", *words[found[0] + 1 :]) if each]
    return " ".join([*words[: found[0]], "may", *rest])


def _may_be_verb(word: str, before: list[str], after: list[str]) -> bool:
    """Whether a word between others may be the verb of a clause. One that is as often a noun is one after a noun that
    it agrees with, or before what no noun stands before: "victims wait for months", "lane hire costs too much", but
    not "cost of lane hire"."""
    last, follows = before[-1], "".join(after[:1])
    if FINITE.fullmatch(word):
        return True
    if last in _BEFORE_A_NOUN or FINITE.fullmatch(last):
        return False
    if PAST.fullmatch(word):
        return not word.startswith("un")
    if _takes_object(word, " ".join(after[:2])):
        return True
    stems = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}
    if stems & _OFTEN_NOUNS:
        subject = next((each for each in reversed(before) if each not in _BETWEEN), last)
        is_several = is_plural(subject) or subject in _OF_SEVERAL
        if word in _OFTEN_NOUNS:
            return is_several and word != "staff"
        return not is_several and follows not in _AFTER_A_NOUN
    return bool(stems & _OF_SENTENCES) or any(
        each in _WITHIN or each.removeprefix("re") in VERBS for each in stems
    )


def _is_object(rest: str) -> bool:
    """Whether words can follow a verb, as its object: they have no verb of their own, as in "support for victims is
    extended"."""
    is_noun = rest.startswith("of ")  # "Use of motels"
    return (
        bool(rest)
        and not is_noun
        and not _FINITE_OF_A_SUBJECT.search(
            _SUBORDINATE.split(rest.partition(";")[0], maxsplit=1)[0]
        )
    )


def _without_beginning(asked: str, text: str, names: tuple[str, ...]) -> str:
    """Return the text without a beginning that was typed although the form prints it."""
    if STEMS[asked].follows in (Follows.VERB, Follows.PAST):
        text = _without_name(text, names)
    pattern = _REPEATED.get(asked)
    match = pattern.match(text) if pattern else None
    return text[match.end() :] if match else text


def _names_a_cause(asked: str, typed: str) -> bool:
    """Whether what was typed begins as "because of the bill", so that no clause follows."""
    found = _OF_A_CAUSE.match(typed) if _REPEATED.get(asked) is _OF_A_CAUSE else None
    return bool(found and _BEFORE_A_THING.search(found.group()))


def _without_name(text: str, names: tuple[str, ...]) -> str:
    """Return the text without its subject, if that is the agency or "we"."""
    if text[:3].casefold() == "we ":
        return text[3:].lstrip()
    bare = text[4:] if text.lower().startswith("the ") else text
    for name in names:
        if name and bare.lower().startswith(f"{name.lower()} "):
            return bare[len(name) :].lstrip()
    return text


def _says_will(typed: str, names: tuple[str, ...]) -> bool:
    """Whether a text says that its agency "will", so that a verb follows, be it known or not."""
    text = _without_name(typed, names)
    return bool(_WILL.match(text)) and (text != typed or not text.startswith("will be "))


def _opened(text: str) -> str:
    if text.rstrip().endswith(("p.a.", "etc.", "a.m.", "p.m.")):
        return text.rstrip()
    return text.rstrip().rstrip(".;,!").rstrip()


def _closed(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."


def _first(text: str) -> tuple[str, str]:
    """Return the first sentence of what was typed and the others, on one line."""
    first, *others = sentences(on_one_line(text)) or [""]
    return first, " ".join(others)


def begun(asked: str, text: str, agency: str, names: Iterable[str] = ()) -> str:
    """Return the text on one line, after the beginning of its first sentence if it completes that, in the third person
    where it speaks as "we"."""
    first, others = _first(without_we(on_one_line(text), agency))
    found = completion(asked, first, names)
    if found:
        # "It needs to be signed", but "it needs MBIE to sign it".
        who = f"{agency} " if asked == "needs" and _ACT.match(found) and agency else ""
        found = f"{STEMS[asked].begin(agency)} {who}{found}"
    if sentence := found or _other_form(asked, first, names):
        first = _closed(sentence) if others else sentence
    return f"{first} {others}".strip()


def _other_form(asked: str, text: str, names: Iterable[str]) -> str | None:
    """Return the sentence of an order of the form "X to …", or of a cause without a verb."""
    if STEMS[asked].follows == Follows.VERB:
        return future(text, names)
    if asked == "explanation" and (why := cause(text, names)):
        return f"{STEMS[asked].begin().removesuffix('because')}{why}"
    return None


def as_it_reads(asked: str, text: str, agency: str, names: Iterable[str] = ()) -> str:
    """Return the sentences that the text makes: the beginning and its completion, or the text by itself."""
    return _closed(with_capital(begun(asked, text, agency, names)))


def in_sentences(asked: str, text: str, agency: str, names: Iterable[str] = ()) -> str:
    """Return a saved text as pages show it, on the lines that were typed: `as_it_reads` where its agency begins the
    sentence, which is what the form says that it will read. The label of any other text is its beginning, so that
    only what completes it follows."""
    if STEMS[asked].follows in (Follows.VERB, Follows.PAST):
        line, *lines = text.strip().splitlines() or [""]
        if not lines:
            return as_it_reads(asked, line, agency, names)
        start = with_capital(begun(asked, line, agency, names))
        return "\n".join([start, *(without_we(each, agency) for each in lines)])
    first, others = _first(without_we(on_one_line(text), agency))
    if STEMS[asked].follows == Follows.THING:
        return _closed(f"{first} {others}".strip())
    if found := completion(asked, first, names):
        first = _closed(found) if others else found
    return _closed(with_capital(f"{first} {others}".strip()))


def remarks_on_we(text: str, agency: str) -> list[str]:
    """Return what to write instead of "we" or "our", as a sentence for the writer."""
    word = word_of_us(text)
    if not word:
        return []
    return [
        _("The paper speaks of agencies by name: write {agency} instead of “{word}”.").format(
            agency=agency, word=word.lower()
        )
    ]


def remarks_on_length(text: str, most: int = MOST_WORDS) -> list[str]:
    """Return that a text has too many words, as a sentence for its writer."""
    if len(text.split()) <= most:
        return []
    return [_("Use at most {most} words; the paper shortens what is longer.").format(most=most)]


def remarks(asked: str, text: str, agency: str, names: Iterable[str] = ()) -> list[str]:
    """Return what to improve in a typed text before a paper can print it, as sentences for its writer."""
    if not text.strip():
        return []
    stem = STEMS[asked]
    if says_nothing(text):
        return [
            _("This says nothing that a reader can use. Write, for example: {example}.").format(
                example=stem.example
            )
        ]
    found = remarks_on_we(begun(asked, text, agency, names), agency)
    if asked == "achieved" and (announces(text) or _RELEASE.match(text)):
        found.append(
            _(
                "The paper leaves praise and announcements out. Write what was launched, when, and what it has done "
                "so far, with a number."
            )
        )
    elif praise := _PRAISE.search(text):
        found.append(
            _("Leave out praise such as “{word}”: write what there is, when and how many.").format(
                word=praise.group().lower()
            )
        )
    first, others = _first(without_we(on_one_line(text), agency))
    # What was achieved may be a sentence of its own, but not an order.
    is_sentence = stem.follows == Follows.PAST and _is_told(first)
    is_sentence = is_sentence or _other_form(asked, first, names) is not None
    if asked in ("mitigation", "response") and watches(first):
        found.append(
            _("Watching changes nothing: write what will be done. For example: {example}.").format(
                example=stem.example
            )
        )
    elif not (completion(asked, first, names) or is_sentence or _may_fit(asked, first, names)):
        found.append(
            _("Continue the sentence “{beginning} …”, for example: {example}.").format(
                beginning=stem.begin(agency), example=stem.example
            )
        )
    elif stem.follows != Follows.PAST and any(map(is_order, sentences(others))):
        found.append(_("Join what follows with “and”: its sentence does not say who acts."))
    if _is_shouted(text):
        found.append(_("Write it in small letters: the paper would print the capitals."))
    if stem.most_words:
        found += remarks_on_length(text, stem.most_words)
    return found


# "Police will lend a lawyer": a sentence of its own about what is to come.
_IN_FUTURE = re.compile(r"(?!we\b|it\b|this\b)(?:[\w’&-]+ ){1,6}will ", re.IGNORECASE)


def _may_fit(asked: str, typed: str, names: Iterable[str]) -> bool:
    """Whether a text may continue its beginning though that is not sure: its subject may be a name that is not known,
    its first word, typed small as within a sentence, a verb that is not known, or it tells of itself what is to come."""
    names = tuple(names)
    text = _without_beginning(asked, typed, names)
    first, _space, rest = text.partition(" ")
    match STEMS[asked].follows:
        case Follows.VERB:
            may_be_verb = (
                first.isalpha()
                and first.islower()
                and first not in NO_VERBS | _PRONOUNS
                and not _NO_VERB.fullmatch(first)
                and not PAST.fullmatch(first)
                and not is_plural(first)
            )
            is_order = may_be_verb and bool(rest) and not FINITE.search(rest)
            return is_order or _says_will(typed, names) or bool(_IN_FUTURE.match(typed))
        case Follows.CLAUSE:
            is_known = within(text, names) is not None
            return not is_known and _is_clause(text) and future(text, names) is None
    return False


def watches(text: str) -> bool:
    """Whether an action only looks on: "Monitor the situation", "Ongoing monitoring"."""
    return bool(_LOOKS_ON.match(text))


def _is_told(text: str) -> bool:
    """Whether a sentence of one's own may tell what was achieved."""
    first = text.partition(" ")[0].casefold()
    return not is_order(text) and first not in (_NO_THING | {"to"}) and has_verb(text)


def _is_shouted(text: str) -> bool:
    """Whether a text of several words has no small letters."""
    return text.isupper() and len(_WORD.findall(text)) > 2


def is_order(text: str) -> bool:
    """Whether a sentence begins with a verb that is not in the past: "Publish the chapters"."""
    first, _space, rest = text.partition(" ")
    verb = first.casefold()
    if not is_verb(verb) or PAST.fullmatch(verb) or _is_noun(verb, rest):
        return False
    if verb in ALSO_NOUNS:
        return bool(_DETERMINER.match(rest)) and _is_object(rest)
    return not rest or _is_object(rest)


_SEVERAL = re.compile(rf"(?:\d|(?:{FROM_TWO})\b)")


def _is_noun(verb: str, rest: str) -> bool:
    """Whether what follows a word shows that it is no verb: "tender evaluation to be completed", "phase 2"."""
    is_phase = verb == "phase" and rest[:1].isdigit()
    # "Second two navigators", but not "second phase".
    is_next = verb == "second" and not (_DETERMINER.match(rest) or _SEVERAL.match(rest))
    return is_phase or is_next or (verb in ALSO_NOUNS and bool(_OF_A_NOUN.match(rest)))
