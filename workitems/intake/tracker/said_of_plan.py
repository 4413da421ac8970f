"""What a tracker says of the plan itself: its title, and the day that it describes. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workitems.intake.tracker.date_words import read_date
from workitems.intake.tracker.grid import Cell, Sheet, Tracker
from workitems.intake.tracker.guess import Mapping
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.understood import one_line

MARKING = re.compile(
    r"^(?:unclassified|in.confidence|sensitive|restricted|official|confidential|draft)\b", re.I
)
# Before the day of a tracker: "As at 30 June 2026", "Last updated: 3 Nov (Tom)".
DAY = re.compile(
    r"\b(?:as (?:at|of)|(?:last )?(?:updated|update|revised|reviewed|saved|edited|changed)|position at)\b"
    r"(?: by [^\d\n]{1,40}?(?= (?:on )?\d))?(?: on)?[ :–-]*(.+)",
    re.IGNORECASE | re.DOTALL,
)
MOST_WORDS = 4
# In a title in capitals; a word without a vowel is initials.
SMALL = frozenset(
    ["a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)
VOWEL = re.compile("[AEIOUY]")
SPAN = r"(?:19|20)\d\d\s*(?:[-–—/]|to)\s*(?:(?:19|20)\d\d|\d\d)"
# "- Action tracker", with the years that may follow it.
TRACKER = re.compile(
    r"(?:\s*[-–—:|(]\s*|\s+)(?:(?:action|progress|status)\s+)?tracker\)?"
    rf"(?P<years>[\s:,–—-]*\(?{SPAN}\)?)?$",
    re.IGNORECASE,
)
# A cell of its own with the plan's years: "2026–2029", "Period: 2026 to 2029"; "2026-12" is a month.
YEARS = re.compile(
    r"(?:(?:plan )?(?:period|years?|term|fy)\b:?\s*)?"
    rf"\(?(?P<years>{SPAN}(?<![-–—/](?:0\d|1[0-2])))\)?",
    re.IGNORECASE,
)
HAS_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class SaidOfPlan:
    """`as_at` is the tracker's day and `place` where it says so, None and "" if it does not."""

    title: str = ""
    as_at: date | None = None
    place: str = ""


def said_of_plan(tracker: Tracker, mappings: dict[str, Mapping], today: date) -> SaidOfPlan:
    """Guess from the first sheet that is read. A day above its headings goes before its newest last update."""
    for sheet in tracker.sheets:
        mapping = mappings[sheet.name]
        if not mapping.is_read:
            continue
        above = [
            cell
            for row, cells in sheet.by_row.items()
            if row < mapping.headings.first
            for cell in cells
        ]
        titles = (
            cell.text
            for cell in above
            if len(cell.text) > 8
            and not MARKING.match(cell.text)
            and not DAY.match(cell.text)
            and not YEARS.fullmatch(one_line(cell.text))
        )
        days = [(day, cell) for cell in above if (day := _day_in(cell.text, today))]
        days += sorted(_last_updates(sheet, mapping, today), key=lambda found: found[0])[-1:]
        title = _of_plan(one_line(next(titles, "")))[:200]
        if title and not HAS_YEAR.search(title):
            years = (YEARS.fullmatch(one_line(cell.text)) for cell in above)
            title = next((f"{title} {found['years']}" for found in years if found), title)[:200]
        if not days:
            return SaidOfPlan(title)
        day, cell = days[0]
        return SaidOfPlan(title, day, f"{sheet.name}, {cell.address}")
    return SaidOfPlan()


def _of_plan(title: str) -> str:
    """Return a title without "- Action tracker", which is the spreadsheet's and not the plan's. Its years stay."""
    own = TRACKER.sub(lambda found: f" {(found['years'] or '').strip(' :,–—-')}".rstrip(), title)
    found = own if " " in own else title
    return _in_small_letters(found) if found.isupper() else found


def _in_small_letters(title: str) -> str:
    """Return a title in capitals as a title: "NATIONAL PLAN OF ACTION" is "National Plan of Action"."""
    words = [
        word.lower() if word.lower() in SMALL else word.capitalize() if VOWEL.search(word) else word
        for word in title.split(" ")
    ]
    return " ".join([words[0].capitalize() if VOWEL.search(words[0]) else words[0], *words[1:]])


def _day_in(text: str, today: date) -> date | None:
    """Return the day up to today that a text says it is as at, or None."""
    match = DAY.search(text)
    words = re.split(r"[ \n]+|(?<=\d)[.,;](?= |$)", match[1])[:MOST_WORDS] if match else []
    for count in range(len(words), 0, -1):
        read = read_date(" ".join(words[:count]).strip(" .,;()"), today)
        if read.is_sure and read.best and read.best.last_day <= today:
            return read.best.last_day
    return None


def _last_updates(sheet: Sheet, mapping: Mapping, today: date) -> Iterator[tuple[date, Cell]]:
    for column in mapping.columns(Field.UPDATED):
        for cell in sheet.column(column, mapping.headings.last):
            read = read_date(cell.value, today)
            if read.is_sure and read.best and read.best.last_day <= today:
                yield read.best.last_day, cell
