"""How an agency designs the covers of its briefings: letterhead, colours, and the order and names of
the cover's parts. Plain data; without a design, the cover is that of 2010."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum

from reports.document.text import DocumentError, Run, Text, check_text, plain

COLOUR = re.compile(r"#[0-9a-f]{6}")
INK = "#0b5158"
# WCAG 2.2, 1.4.3: text on white.
LEAST_CONTRAST = 4.5
# Of a mark, in pixels: at 300 dots to the inch it is at most 70 mm wide and 18 mm high.
MARK_WIDTH, MARK_HEIGHT = 827, 213
MARK_BYTES = 600_000
# Of the file that a mark is made of.
MARK_FILE_MEGABYTES = 5
# The word before an annex's letter.
ANNEX = "Annex"
PNG = b"\x89PNG\r\n\x1a\n"


class CoverPart(StrEnum):
    """What a cover prints, each with its label."""

    HEADING = "heading"
    MINISTER = "minister"
    PORTFOLIO = "portfolio"
    DEADLINE = "deadline"
    ACTION_SOUGHT = "action_sought"
    TITLE = "title"
    DATE = "date"
    SECURITY = "security"
    COPIED_TO = "copied_to"
    FOR_REFERRAL_TO = "for_referral_to"
    AGENCIES_CONSULTED = "agencies_consulted"
    CONTACTS = "contacts"
    AUTHORISING_MANAGER = "authorising_manager"
    TRACKER_NUMBER = "tracker_number"
    COMMENTS = "comments"
    FEEDBACK = "feedback"


# The cover of 2010.
USUAL_LABELS = {
    CoverPart.HEADING: "Briefing",
    CoverPart.MINISTER: "Minister",
    CoverPart.PORTFOLIO: "Portfolio",
    CoverPart.DEADLINE: "Deadline",
    CoverPart.ACTION_SOUGHT: "Action sought",
    CoverPart.TITLE: "Title",
    CoverPart.DATE: "Date",
    CoverPart.SECURITY: "Security",
    CoverPart.COPIED_TO: "Copied to",
    CoverPart.FOR_REFERRAL_TO: "For referral to",
    CoverPart.AGENCIES_CONSULTED: "Agencies consulted",
    CoverPart.CONTACTS: "Contact information",
    CoverPart.AUTHORISING_MANAGER: "Authorising manager",
    CoverPart.TRACKER_NUMBER: "Tracker number",
    CoverPart.COMMENTS: "Minister’s comments",
    CoverPart.FEEDBACK: "Minister’s feedback",
}
# The rows of the cover's table, whose order is the design's.
ROWS = tuple(CoverPart)[
    tuple(CoverPart).index(CoverPart.ACTION_SOUGHT) : tuple(CoverPart).index(CoverPart.COMMENTS)
]


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of "#rrggbb" and white, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    luminance = sum(
        share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 1.05 / (luminance + 0.05)


@dataclass(frozen=True, slots=True)
class CoverLabel:
    """The label of a part of the cover, with te reo Māori beside it if there is any."""

    part: CoverPart
    label: str
    label_mi: str = ""

    def __post_init__(self) -> None:
        check_text(self.label, "A label of the cover")
        check_text(self.label_mi, "A label of the cover in te reo Māori", blank=True)


@dataclass(frozen=True, slots=True)
class HeadingInMaori:
    """What is printed in te reo Māori beside the heading of a section or an annex, or beside "Annex"."""

    heading: str
    heading_mi: str

    def __post_init__(self) -> None:
        check_text(self.heading, "A heading")
        check_text(self.heading_mi, "A heading in te reo Māori")


@dataclass(frozen=True, slots=True)
class Mark:
    """A crest or logo: a PNG in base64, its size in pixels, and the words for those who cannot see it."""

    png: str
    width: int
    height: int
    alt: str

    def __post_init__(self) -> None:
        check_text(self.alt, "The description of the mark")
        if not (0 < self.width <= MARK_WIDTH and 0 < self.height <= MARK_HEIGHT):
            raise DocumentError("The mark is too large.")
        if not self.data.startswith(PNG) or len(self.data) > MARK_BYTES:
            raise DocumentError("The mark is not a PNG, or too long.")

    @property
    def data(self) -> bytes:
        try:
            return b64decode(self.png, validate=True)
        except ValueError as fault:
            raise DocumentError("The mark is not in base64.") from fault


def usual_labels() -> tuple[CoverLabel, ...]:
    return tuple(CoverLabel(part, label) for part, label in USUAL_LABELS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverDesign:
    """An agency's cover. `labels` has each part once; the order of its rows is the order printed."""

    ministry: str = ""
    ministry_mi: str = ""
    mark: Mark | None = None
    ink: str = INK
    rule: str = INK
    labels: tuple[CoverLabel, ...] = usual_labels()
    headings: tuple[HeadingInMaori, ...] = ()
    is_maori_first: bool = False
    has_empty_rows: bool = True  # as N/A
    has_comments: bool = True
    has_feedback: bool = True

    def __post_init__(self) -> None:
        check_text(self.ministry, "The name on the letterhead", blank=True)
        check_text(self.ministry_mi, "The name on the letterhead in te reo Māori", blank=True)
        if sorted(each.part for each in self.labels) != sorted(CoverPart):
            raise DocumentError("Each part of the cover has one label.")
        for colour in (self.ink, self.rule):
            if not COLOUR.fullmatch(colour):
                raise DocumentError(f"“{colour}” is not a colour such as {INK}.")
            if contrast_with_white(colour) < LEAST_CONTRAST:
                raise DocumentError(f"The colour {colour} is too light on white paper.")

    @property
    def has_letterhead(self) -> bool:
        return bool(self.ministry or self.ministry_mi or self.mark)

    @property
    def names(self) -> Text:
        """The ministry's names, one a line."""
        names = (Run(self.ministry) if self.ministry else None, _maori(self.ministry_mi))
        found = [name for name in names if name]
        return tuple(reversed(found) if self.is_maori_first else found)

    def rows(self) -> tuple[CoverPart, ...]:
        return tuple(each.part for each in self.labels if each.part in ROWS)

    def label(self, part: CoverPart) -> Text:
        found = next(each for each in self.labels if each.part == part)
        return self._beside(found.label, found.label_mi)

    def heading(self, heading: str) -> Text:
        """Return a section's heading, with te reo Māori beside it if the design has any."""
        return self._beside(heading, self._in_maori(heading))

    def annex_heading(self, letter: str, heading: str) -> Text:
        """Return an annex's heading: "Annex A: Work items / Āpitihanga A: Ngā mahi"."""
        annex = self._in_maori(ANNEX)
        parts = (f"{annex} {letter}" if annex else "", self._in_maori(heading))
        return self._beside(f"{ANNEX} {letter}: {heading}", ": ".join(filter(None, parts)))

    def _in_maori(self, heading: str) -> str:
        known = {each.heading.casefold(): each.heading_mi for each in self.headings}
        return known.get(heading.casefold(), "")

    def _beside(self, english: str, maori: str) -> Text:
        beside = _maori(maori)
        if beside is None:
            return plain(english)
        if self.is_maori_first:
            return beside, Run(f" / {english}")
        return Run(f"{english} / "), beside


def _maori(words: str) -> Run | None:
    return Run(words, lang="mi") if words else None


# Of papers without a design.
USUAL_DESIGN = CoverDesign()
