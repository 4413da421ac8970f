"""What people write in a hurry, with the words for a paper. What has one meaning in every text, such as "w/o", the composer
writes out by itself (`WRITTEN_OUT` in reports.compose.paragraphs). This list is offered to a person, as it may be meant otherwise."""

import re
from collections.abc import Iterator

# In English, the language of papers; in the order in which they are sought.
SHORTHAND = {
    "T&Cs": "terms and conditions",
    "i.e.": "that is",
    "e.g.": "for example",
    "approx.": "about",
    "incl.": "including",
    "asap": "as soon as possible",
    "ASAP": "as soon as possible",
    "large ops": "large operations",
    "ops": "operations",
    "comms": "communications",
    "CE": "chief executive",
    "CEs": "chief executives",
    "govt": "government",
    "gov’t": "government",
    "dept": "department",
    "info": "information",
    "stats": "figures",
    "reps": "representatives",
    "yrs": "years",
    "mths": "months",
    "wks": "weeks",
    "vs": "against",
    "in Y1": "in the first year",
    "in Y2": "in the second year",
    "1 x": "one",
    "2 x": "two",
    "3 x": "three",
}
_SHORTHAND = re.compile(
    rf"(?<![\w.@/&])(?:{'|'.join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True)))})(?![\w@/&])"
)


def shorthand_in(text: str) -> Iterator[str]:
    """Yield the shorthand in a text, each once, as written."""
    yield from dict.fromkeys(_SHORTHAND.findall(text))


def written_out(text: str) -> str:
    """Return a text with words for its shorthand."""
    return _SHORTHAND.sub(lambda found: SHORTHAND[found.group()], text)


def shorthand_acronyms() -> frozenset[str]:
    """Return what looks like an acronym of the list: "T&C", "CE"."""
    return frozenset(each.removesuffix("s") for each in SHORTHAND if each[:2].upper() == each[:2])
