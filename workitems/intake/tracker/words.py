"""Words as trackers write them: agencies, status and RAG, yes and no, kinds, causes. No Django."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from workitems.intake.tracker.doubts import name_of
from workitems.intake.tracker.headings import plain

# --- status ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Status:
    """A stage, a confidence, or both; "" where the words do not say."""

    stage: str = ""
    confidence: str = ""

    @property
    def code(self) -> str:
        return f"{self.stage}/{self.confidence}"

    @classmethod
    def of(cls, code: str) -> "Status":
        stage, _, confidence = code.partition("/")
        return cls(stage, confidence)


_STATUS = {
    Status("", "on_track"): "g|green|on track|ontrack|on schedule|on target|good|on plan|on time",
    Status(
        "", "at_risk"
    ): "a|amber|y|yellow|orange|at risk|some risk|minor delay|minor issues|slipping|"
    "amber green|minor concern|minor concerns|some concern|some concerns|caution",
    Status("", "off_track"): "r|red|off track|offtrack|delayed|late|overdue|behind|behind schedule|"
    "amber red|significant delay|critical|major delay|significant issues",
    Status(
        "complete"
    ): "complete|completed|done|closed|achieved|delivered|finished|100 percent|c|kua oti|"
    "implemented|met|complete bau",
    Status(
        "not_started"
    ): "not started|ns|0 percent|not yet started|not commenced|planned|to start|"
    "not due|future|yet to start|to do|todo|scheduled|not begun|upcoming",
    Status(
        "under_way"
    ): "under way|underway|in progress|started|commenced|wip|in train|active|begun|"
    "in development|progressing|initiated|ip|partially complete|partly complete|open",
    Status("ongoing"): "ongoing|on going|bau|business as usual|continuous|continuing",
    Status("withdrawn"): "withdrawn|cancelled|canceled|superseded|discontinued|removed|stopped|"
    "no longer required|descoped|ceased",
}
_STATUS_OF = {word: status for status, words in _STATUS.items() for word in words.split("|")}
# What these mean differs between agencies.
_UNSURE_STATUS = {
    "blue": (Status("complete"), Status("not_started")),
    "b": (Status("complete"), Status("not_started")),
    "grey": (Status("not_started"), Status("withdrawn")),
    "gray": (Status("not_started"), Status("withdrawn")),
    "white": (Status("not_started"),),
    "on hold": (Status("under_way", "off_track"), Status("not_started"), Status("withdrawn")),
    "paused": (Status("under_way", "off_track"), Status("not_started"), Status("withdrawn")),
    "deferred": (Status("not_started", "off_track"), Status("under_way", "off_track")),
    "stalled": (Status("under_way", "off_track"), Status("not_started")),
    "substantially complete": (Status("under_way", "on_track"), Status("complete")),
    "nearly complete": (Status("under_way", "on_track"), Status("complete")),
}
# What a cell holds in place of nothing.
_BLANK_WORDS = (
    "n a|na|nil|none|tbc|tbd|tba|to be confirmed|to be advised|not applicable|unknown|not known|not set|"
    "not reported|no update|no status|blank|not rated"
)
_BLANK = frozenset(_BLANK_WORDS.split("|"))
_DASHES = frozenset("-–—?. ")
_ELSEWHERE = re.compile(
    r"(?:see|refer(?: to)?|as for|as per|same as|as)(?: (?:above|below|under|item|action|row|no\.?|before))?"
    r"(?: ?#?\d[\d.]*)?\.?|ditto|[\"”]",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]+[)\]]")
# Initials with a day or a colon, an order, or several marks.
_REMARK = re.compile(
    r"^.(?:[A-Z]{2,3}\b[ ,]*(?:\d{1,2}/\d{1,2}|:)|[A-Z][a-z]+ \d{1,2}/\d{1,2}|\d{1,2}/\d{1,2}[^)]*:)|!!|\?\?|"
    r"\b(?:ask|check|chase|remind|follow up|to ?do|fixme|don.t send|internal|confidential|between us|nb|call|ring)\b"
)
_NEWS = frozenset(("latest", "update", "updates", "news"))
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=\S)")
_UNFINISHED = re.compile(
    r"\b(?:not|no|never|nobody|nothing|cannot|can.t|isn.t|hasn.t|haven.t|won.t|waiting|awaiting|late|delay\w*|paused?|stalled|"
    r"on hold|bust|blocked|stuck|unable|outstanding|short of|lack\w*|behind|overdue|slipp\w+|missed)\b(?! (?:later|less) than)",
    re.IGNORECASE,
)
# A sentence that says nothing without the one before it.
_GOES_ON = re.compile(
    r"(?:[Bb]ut|[Hh]owever|[Tt]hen|[Ss]ince|[Ss]o|[Aa]lthough|[Yy]et|[Ss]till|[Aa]nd|[Tt]his|[Tt]hat|[Ii]t|[Tt]hey)\b"
)
_LEADING = re.compile(r"\s*(?:[-–—:;,(/\n]|\.\s)\s*")


@dataclass(frozen=True)
class StatusRead:
    """What a cell says of the status: choices, the likeliest first, and whether it says more."""

    choices: tuple[Status, ...] = ()
    is_sure: bool = False
    has_more: bool = False


def is_blank(text: str) -> bool:
    """Return whether a text stands for nothing: "n/a", "-", "TBC"."""
    return plain(text) in _BLANK or _DASHES.issuperset(text)


def read_status(text: str) -> StatusRead:
    """Return what the text says. With a question mark it is only what somebody asks."""
    read = _read_status(text)
    return replace(read, is_sure=False) if "?" in text else read


def _read_status(text: str) -> StatusRead:
    folded = plain(text)
    if found := _STATUS_OF.get(folded):
        return StatusRead((found,), is_sure=True)
    if several := _UNSURE_STATUS.get(folded):
        return StatusRead(several)
    if match := re.fullmatch(r"(\d{1,3})(?: (\d+))? percent", folded):
        number = int(match[1])
        if 0 < number < 100:
            # The figure itself has no place in a plan.
            return StatusRead((Status("under_way"),), is_sure=True, has_more=True)
        return StatusRead()
    parts = [plain(part) for part in _LEADING.split(text) if plain(part)]
    read = [_STATUS_OF[part] for part in parts if part in _STATUS_OF]
    if len(parts) > 1 and len(read) == len(parts):
        stages = {each.stage for each in read if each.stage}
        doubts = {each.confidence for each in read if each.confidence}
        if len(stages) <= 1 and len(doubts) <= 1:
            both = Status("".join(stages), "".join(doubts))
            return StatusRead((both,), is_sure=True)
        return StatusRead(tuple(dict.fromkeys(read)))
    if parts and parts[0] in _STATUS_OF and len(parts[0]) > 1:
        return StatusRead((_STATUS_OF[parts[0]],), is_sure=True, has_more=True)
    return StatusRead()


# --- yes or no, kinds, timeframes, causes ---------------------------------------------------------

_YES = frozenset(("yes", "y", "true", "1", "x", "key", "tick", "ae", "●", "★"))
_NO = frozenset(("no", "n", "false", "0", "kao", "-"))


def read_yes(text: str) -> bool | None:
    """Return what a word, a tick, a cross or a ballot box says; None if it says nothing."""
    folded = text.strip().casefold()
    drawn = unicodedata.name(folded, "") if len(folded) == 1 else ""
    if folded in _YES or "CHECK" in drawn:
        return True
    return False if folded in _NO or "BALLOT" in drawn else None


def read_done(text: str) -> tuple[bool | None, bool]:
    """Return what a cell says to "Done?", None if it does not, and whether it says more: "Y – late"."""
    first, *more = _LEADING.split(text.strip(), maxsplit=1)
    said = read_yes(first)
    return said, said is not None and any(map(plain, more))


def says_done(text: str) -> bool:
    """Return whether a text is a word for complete and nothing else: "Done" in place of a date."""
    read = read_status(text)
    return read.is_sure and not read.has_more and read.choices[0] == Status("complete")


def points_elsewhere(text: str) -> bool:
    """Return whether a text only says where something else is: "see 4.1", "as above"."""
    return bool(_ELSEWHERE.fullmatch(" ".join(text.split())))


def remarks_in(text: str) -> list[str]:
    """Return the remarks in brackets that look like notes to oneself: "(AB 12/9: ask for new date!!)"."""
    return [each for each in _IN_BRACKETS.findall(text) if _REMARK.search(each)]


def is_news(heading: str) -> bool:
    """Return whether a heading says news of any kind, "Latest", and not achievements."""
    return bool(_NEWS & set(plain(heading).split()))


def unfinished_in(text: str) -> str:
    """Return the sentences from the first on that says what is not done: "Supplier went bust." of "3 of 12 in. Supplier went bust."

    What follows them stays with them, so that no cut turns the sense.
    """
    parts = _SENTENCE.split(text.strip())
    first = next((n for n, part in enumerate(parts) if _UNFINISHED.search(part)), None)
    if first is None:
        return ""
    start = 0 if first and _GOES_ON.match(parts[first]) else text.index(parts[first])
    return text.strip()[start:].strip()


def read_kind(text: str) -> str:
    folded = plain(text)
    if folded in ("bau", "business as usual", "existing", "ongoing bau", "current"):
        return "business_as_usual"
    if folded in ("action", "action item", "new", "new action", "project", "initiative", "item"):
        return "action_item"
    return ""


def read_timeframe(text: str) -> str:
    folded = plain(text)
    for word in ("short", "medium", "long"):
        if folded in (word, f"{word} term", word[0]):
            return word
    if folded in ("ongoing", "on going", "continuous", "bau"):
        return "ongoing"
    if match := re.fullmatch(r"(?:(\d+) (?:to )?)?(\d+) (months?|years?|yrs?|mths?)", folded):
        return timeframe_of(int(match[2]) * (12 if match[3][0] == "y" else 1))
    return ""


def timeframe_of(months: int) -> str:
    return "short" if months <= 12 else "medium" if months <= 36 else "long"


CAUSES = {
    "funding": "fund|budget|money|financ|cost",
    "staffing": "staff|vacan|resourc|recruit|fte|personnel|people|turnover|capacity|sick",
    "prior_commitments": "priorit|commitment|competing|workload|other work",
    "legislation": "legislat|bill|act |law|statut|parliament|regulation",
    "cabinet": "cabinet",
    "procurement": "procure|tender|contract|vendor|supplier|rfp",
    "consultation": "consult|engagement|feedback|submission",
    "outside_event": "covid|cyclone|flood|earthquake|election|weather|pandemic|fire",
    "another_agency": "waiting on|waiting for|dependent on|depends on|another agency|partner",
}


def read_cause(text: str) -> str:
    """Return the cause that the words of an explanation point to, or "other"."""
    folded = f"{text.casefold()} "
    for cause, roots in CAUSES.items():
        if any(re.search(rf"\b{re.escape(root)}", folded) for root in roots.split("|")):
            return cause
    return "other"


# --- agencies -----------------------------------------------------------------------------------

_AND = re.compile(r"(\s*(?:[;/+\n|]|&|,|\band\b|\bwith\b)\s*)", re.IGNORECASE)
_BRACKETS = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*$", re.DOTALL)
_LEAD = re.compile(r"^(?:lead|co lead|lead agency|l)$")
_FORMAL = re.compile(
    r"^(?:ministry|min|department|dept|office|te |crown|new zealand|authority)\b", re.I
)


SMALL_WORDS = ("the", "nz", "and", "of", "for")
# Words that trackers shorten in the names of agencies.
SHORTENED = {
    "min": "ministry",
    "dept": "department",
    "dep": "department",
    "govt": "government",
    "gov": "government",
    "auth": "authority",
    "comm": "commission",
    "natl": "national",
}
_SHORTENED_AS_TYPED = re.compile(rf"\b({'|'.join(SHORTENED)})\b\.?(?= )", re.IGNORECASE)
# What shows that a name is an agency's: a word of it, or that it is initials.
_AGENCY = re.compile(
    r"\b(?:ministry|min|department|dept|agency|office|authority|trust|council|commission|service|board|institute|"
    r"bureau|directorate|police|customs|treasury|corporation|inspectorate|secretariat|fund|nz|new zealand|aotearoa|\w+service)\b",
    re.IGNORECASE,
)
# What names several bodies, or everybody.
_SEVERAL = re.compile(
    r"(?:all|every|everyone|everybody|various|several|others?|many|both)\b.*|local government|industry|"
    r".*\b(?:councils|agencies|ministries|departments|providers|boards|trusts|ngos|iwi|partners)",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z]")


def is_initials(name: str) -> bool:
    return bool(_INITIALS.fullmatch(name.strip()))


def looks_like_agency(name: str) -> bool:
    return is_initials(name) or (bool(_AGENCY.search(name)) and not names_several(name))


def names_several(name: str) -> bool:
    """Return whether a name is not one agency's: "all", "regional councils"."""
    return bool(_SEVERAL.fullmatch(name.strip()))


def _initials_of(name: str) -> set[str]:
    """Return the initials of a name: with its small words ("MoH") and without ("MH")."""
    words = plain(name.replace("&", " and ")).split()
    long = (words, [word for word in words if word not in SMALL_WORDS])
    return {"".join(word[0] for word in kept) for kept in long if len(kept) > 1}


def in_full(name: str) -> str:
    """Return a name with the words in full that trackers shorten: "Dept of Justice" is "Department of Justice"."""
    return _SHORTENED_AS_TYPED.sub(lambda found: SHORTENED[found[1].lower()].capitalize(), name)


def has_initials(name: str, initials: str) -> bool:
    return plain(initials) in _initials_of(name)


def agency_key(name: str) -> str:
    """Return how an agency's name is compared: without the country, articles and punctuation."""
    words = plain(name.replace("&", " and ")).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]  # "N.E.M.A."
    kept = [SHORTENED.get(word, word) for word in words if word not in SMALL_WORDS]
    text = " ".join(kept).replace("new zealand", "").replace("aotearoa", "")
    return " ".join(text.split())


def are_alike(name: str, other: str) -> bool:
    """Return whether two names may be one agency's: part of the other, its initials, or nearly it."""
    short, long = sorted((agency_key(name), agency_key(other)), key=len)
    initials = _initials_of(max(name, other, key=len))
    return bool(short) and (
        set(short.split()) <= set(long.split())
        or (len(short) > 1 and any(each.startswith(short) for each in initials))
        or difflib.SequenceMatcher(None, short, long).ratio() >= 0.8
    )


@dataclass(frozen=True)
class KnownAgency:
    """An agency by its short name, with all its names, earlier ones too. `became` is the short name of
    what one that has ended is now."""

    short: str
    name: str
    others: tuple[str, ...] = ()
    has_ended: bool = False
    became: str = ""


@dataclass(frozen=True)
class Named:
    """An agency as a cell names it. `short` is the known agency, `near` a guess; both may be ""."""

    text: str
    short: str = ""
    near: str = ""
    role: str = ""
    is_lead: bool = False

    @property
    def key(self) -> str:
        return agency_key(self.text) or self.text.casefold()


class Agencies:
    """The agencies that are known, found by any of their names.

    `answers` are those of an imported tracker, by the names of its doubts: whom its other names mean.
    """

    def __init__(
        self, known: Iterable[KnownAgency], answers: Mapping[str, str] | None = None
    ) -> None:
        self.answers = answers or {}
        every = sorted(known, key=lambda each: each.short.casefold())
        self.known = [each for each in every if not each.has_ended]
        self.ended = {
            key: each
            for each in every
            if each.has_ended
            for name in (each.short, each.name, *each.others)
            if (key := agency_key(name))
        }
        self._cells: dict[str, list[Named]] = {}

    @cached_property
    def _by_key(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for agency in self.known:
            for name in (agency.short, agency.name, *agency.others):
                if key := agency_key(name):
                    found.setdefault(key, set()).add(agency.short)
        return found

    @cached_property
    def shorts(self) -> set[str]:
        return {agency.short for agency in self.known}

    def find(self, name: str) -> str:
        """Return the short name of the one agency that is called so, or ""."""
        for agency in self.known:
            if name.strip().casefold() == agency.short.casefold():
                return agency.short
        found = self._by_key.get(agency_key(name), set())
        if len(found) == 1:
            return next(iter(found))
        said = self.answers.get(name_of(f"agency:{agency_key(name)}"), "")
        return said if said in self.shorts else ""

    def with_new(self, named: Mapping[str, list[str]]) -> "Agencies":
        """Return the same agencies with those of a tracker, which calls each by these names."""
        new = [
            KnownAgency(short, names[0], tuple(names))
            for short, names in named.items()
            if short not in self.shorts
        ]
        known = [
            replace(each, others=(*each.others, *named.get(each.short, ()))) for each in self.known
        ]
        return Agencies([*known, *new], self.answers)

    def near(self, name: str) -> str:
        """Return an agency that the name may be meant for, or ""."""
        key = agency_key(name)
        if not key:
            return ""
        if key in self.ended:
            return self.ended[key].became
        several = self._by_key.get(key)
        if several:
            return min(several)
        close = difflib.get_close_matches(key, self._by_key, n=1, cutoff=0.8)
        if close:
            return min(self._by_key[close[0]])
        meant = [each.short for each in self.known if key in _initials_of(each.name)]
        if len(meant) == 1:
            return meant[0]
        words = set(key.split())
        for known, shorts in self._by_key.items():
            if len(words) > 1 and len(known) > 2 and known in words:
                return min(shorts)
            if len(key) > 3 and words <= set(known.split()):
                return min(shorts)
        return ""

    def read(self, text: str) -> list[Named]:
        """Return the agencies that a cell names, in its order: "MBIE (lead), Customs"."""
        if text not in self._cells:
            self._cells[text] = self._read(text)
        return self._cells[text]

    def _read(self, text: str) -> list[Named]:
        whole = " ".join(text.split())
        if is_blank(whole):
            return []
        if self.find(whole):
            return [Named(whole, self.find(whole))]
        parts = _AND.split(text.strip())
        fragments, between = parts[::2], parts[1::2]
        found: list[Named] = []
        start = 0
        while start < len(fragments):
            # The longest run of fragments that is one agency's name: "Business, Innovation and ...".
            for end in range(min(len(fragments), start + 6), start, -1):
                run = fragments[start] + "".join(
                    between[i] + fragments[i + 1] for i in range(start, end - 1)
                )
                named = self._one(run)
                if named and (named.short or end == start + 1):
                    found.append(named)
                    break
            start = end
        is_list = any(re.search(r"[;/+\n|]", each) for each in between) or any(
            _FORMAL.match(each.text) for each in found[1:]
        )
        is_known = any(each.short for each in found)
        if len(found) > 1 and not is_known and not is_list and _FORMAL.match(whole):
            # "Ministry of Forests, Fish and Fowl": one agency that is not known.
            return [Named(whole, near=self.near(whole))]
        return [each for index, each in enumerate(found) if each.text not in
                {other.text for other in found[:index]}]  # fmt: skip

    def _one(self, text: str) -> Named | None:
        text = " ".join(text.split()).strip(" .,:;-–")
        if not text:
            return None
        if short := self.find(text):
            return Named(text, short)
        role, is_lead = "", False
        if match := _BRACKETS.match(text):
            text, role = match[1].strip(), match[2].strip()
        elif match := re.match(r"^(lead|supporting|support)\s*[:\-–]\s*(.+)$", text, re.IGNORECASE):
            role, text = match[1], match[2].strip()
        if _LEAD.match(plain(role)):
            role, is_lead = "", True
        elif plain(role) in ("support", "supporting", "s"):
            role = ""
        if not text:
            return None
        short = self.find(text)
        return Named(text, short, "" if short else self.near(text), role[:200], is_lead)
