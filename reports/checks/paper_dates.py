"""Finds dates that a text calls future although they are before the paper's date."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from reports.document.dates import MONTHS

NAMES = "|".join(MONTHS)
# A word for the future, a few words, then "by", "on" or "in" with a day, month or quarter. Words for the
# past in between cancel the match: "will build on the work agreed in March 2010" is correct. So is "due by March 2010 and then expected by May 2010".
AHEAD = re.compile(
    r"\b(?:will|shall|is to|are to|planned|scheduled|intends to|(?<!then )expected)\b"
    r"(?P<between>[^.;:?!()]{0,80}?)"
    r"\b(?:by|on|in|for|before|from|between|at the end of|the end of)\s+"
    rf"(?P<date>(?:(?P<day>\d{{1,2}})\s+|(?:{NAMES})(?:\s+(?:to|and)\s+|–))?"
    rf"(?P<month>{NAMES})\s+(?P<year>\d{{4}}))"
)
LOOKS_BACK = re.compile(
    r"\b(?:was|were|had|has|have|been|since|began|begun|started|agreed|made|released|held|published"
    r"|decided|approved|signed|launched|completed|issued|adopted|following|after|ended|first)\b"
)
BEFORE = re.compile(r"\b(?:was|were|had been|been|originally|first)\s+$")


def called_future(text: str, on: date) -> Iterator[str]:
    """Yield dates before `on` that the text calls future, as written: "March 2010"."""
    if not any(month in text for month in MONTHS):
        return  # most paragraphs name no month, and the pattern is slow
    for match in AHEAD.finditer(text):
        if LOOKS_BACK.search(match["between"]) or BEFORE.search(text[: match.start()]):
            continue
        year, month = int(match["year"]), MONTHS.index(match["month"]) + 1
        if not 1 <= year <= 9999:
            continue
        last = monthrange(year, month)[1]
        if date(year, month, min(int(match["day"] or last), last) or 1) < on:
            yield match["date"]
