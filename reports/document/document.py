"""The briefing as plain data: what is printed or previewed is always a `Document`.

A `Document` is a frozen tree without Django, database rows or a clock. `reports.compose` makes one
from records, `reports.render` prints it, and `to_json` and `from_json` convert it.

To make one, leave all numbers at 0 and call `Document.assemble`, which numbers the paragraphs
throughout and the recommendations separately, then checks the whole. Keys are opaque and unique in
the document ("p-3f9c"), and anchors on screen. Users see the message of a `DocumentError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from reports.document import plain_json
from reports.document.annexes import (
    Annex,
    ConsultedTable,
    DelayRegister,
    FindingTable,
    MeasureTable,
    RiskRegister,
    WorkItemTable,
    WorkItemTexts,
)
from reports.document.cover_design import USUAL_DESIGN, CoverDesign
from reports.document.text import (
    Bullet,
    DocumentError,
    Text,
    bullet_texts,
    check_length,
    check_text,
    words,
)

# Steps that upgrade plain data from schema 1 to 2, and so on. A new entry (`plain_json.added`) needs no
# step; an entry that is renamed, removed or changes its meaning does. See `docs/recipes.md`.
UPGRADES: list[plain_json.Upgrade] = []
SCHEMA = len(UPGRADES) + 1
# Of papers that name none: those of New Zealand, and all earlier ones.
LANGUAGE = "en-NZ"
LANGUAGES = re.compile(r"en(-[A-Z]{2})?")
PAPER_SIZES = ("A4", "Letter")
MAX_BYTES = 8_000_000  # of a document's JSON: about 5,000 work items

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Marking(StrEnum):
    """The security markings that this product may hold. Higher markings are refused."""

    UNCLASSIFIED = "UNCLASSIFIED"
    IN_CONFIDENCE = "IN CONFIDENCE"
    SENSITIVE = "SENSITIVE"


class SectionKind(StrEnum):
    """Content of a section. The kind of briefing determines the order of sections."""

    PURPOSE = "purpose"
    BACKGROUND = "background"
    ACHIEVEMENTS = "achievements"
    DELAY = "delay"
    MITIGATION = "mitigation"
    NEXT_STEPS = "next_steps"
    RISKS = "risks"
    OTHER = "other"


class Verb(StrEnum):
    """What a recommendation asks of the Minister. Printed in bold at its start."""

    NOTE = "note"
    AGREE = "agree"
    APPROVE = "approve"
    DIRECT = "direct"
    FORWARD = "forward"

    @property
    def options(self) -> tuple[str, ...]:
        """The options printed for this verb, unless the recommendation has its own."""
        return {
            Verb.NOTE: ("noted",),
            Verb.AGREE: ("agreed", "not agreed"),
            Verb.APPROVE: ("approved", "not approved"),
            Verb.DIRECT: ("directed", "not directed"),
            Verb.FORWARD: ("forwarded", "not forwarded"),
        }[self]


@dataclass(frozen=True, slots=True)
class Source:
    """A record that a paragraph was written from, at one version, with a label for screens."""

    model: str
    pk: int
    history_id: int | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    key: str
    text: Text
    bullets: tuple[Bullet, ...] = ()
    sources: tuple[Source, ...] = ()
    number: int = 0

    def __post_init__(self) -> None:
        check_length(self.text, "A paragraph")


@dataclass(frozen=True, slots=True)
class Section:
    kind: SectionKind
    heading: str
    paragraphs: tuple[Paragraph, ...]

    def __post_init__(self) -> None:
        check_text(self.heading, "A section's heading")
        if not self.paragraphs:
            raise DocumentError(
                f"The section “{self.heading}” has no paragraph; leave it out or write one."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A recommendation. The text follows the verb: "the contents of this paper".

    `withheld` is the label printed instead of all of it, in a paper that is released.
    """

    key: str
    verb: Verb
    text: Text
    options: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    number: int = 0
    withheld: str = ""

    def __post_init__(self) -> None:
        check_length(self.text, "A recommendation")
        for option in self.options:
            check_text(option, "A recommendation's option")

    @property
    def printed_options(self) -> tuple[str, ...]:
        return self.options or self.verb.options


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The closing section. Its lead is a numbered paragraph; its items are numbered from 1."""

    lead: Paragraph
    items: tuple[Recommendation, ...]
    heading: str = "Recommendation"

    def __post_init__(self) -> None:
        check_text(self.heading, "The recommendation's heading")
        if not self.items:
            raise DocumentError("A briefing must have at least one recommendation.")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person, by name, role, or both. Empty telephone numbers print as N/A."""

    name: str
    role: str = ""
    direct_dial: str = ""
    mobile: str = ""

    def __post_init__(self) -> None:
        check_text(self.name or self.role, "A contact's name and role")
        for value in (self.name, self.role, self.direct_dial, self.mobile):
            check_text(value, "A contact's name, role or telephone", blank=True)

    @property
    def who(self) -> str:
        """The name and the role, with a comma between."""
        return ", ".join(filter(None, (self.name, self.role)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The cover. `None` and empty tuples are valid answers and print as N/A, unless the design leaves
    empty rows out. Without a design it looks like that of 2010."""

    minister: str
    portfolio: str
    title: str
    dated: date
    tracker_number: str
    action_sought: str
    authorising_manager: Contact
    contacts: tuple[Contact, ...]
    marking: Marking = Marking.UNCLASSIFIED
    deadline: date | None = None
    copied_to: tuple[str, ...] = ()
    for_referral_to: tuple[str, ...] = ()
    agencies_consulted: tuple[str, ...] = ()
    not_concurring: tuple[str, ...] = ()  # of those consulted; their reasons are in an annex
    on_behalf_of: str = (
        ""  # printed under the authorising manager's name: "for Secretary of Labour"
    )
    design: CoverDesign | None = None
    # Papers of version 1.0 print "cc N/A", and a Minister without a name twice.
    says_once: bool = False
    # What is printed for the marking in this country; "" prints the marking itself.
    marking_words: str = plain_json.added("")

    def __post_init__(self) -> None:
        for what, value in (
            ("The Minister's name", self.minister),
            ("The portfolio", self.portfolio),
            ("The title", self.title),
            ("The tracker number", self.tracker_number),
            ("The action sought", self.action_sought),
        ):
            check_text(value, what)
        check_text(self.on_behalf_of, "On whose behalf the paper is signed", blank=True)
        for value in (
            *self.copied_to,
            *self.for_referral_to,
            *self.agencies_consulted,
            *self.not_concurring,
        ):
            check_text(value, "A name on the cover")
        if not isinstance(self.marking, Marking):
            raise DocumentError("The marking must be UNCLASSIFIED, IN CONFIDENCE or SENSITIVE.")
        check_text(self.marking_words, "What is printed for the marking", blank=True)
        if not self.contacts:
            raise DocumentError("The cover names at least one contact.")

    @property
    def printed_marking(self) -> str:
        return self.marking_words or self.marking.value

    @property
    def looks(self) -> CoverDesign:
        return self.design or USUAL_DESIGN

    @property
    def addressee(self) -> tuple[str, ...]:
        """The Minister's name and the portfolio; the portfolio alone if that is given as the name."""
        name = self.minister.casefold().removeprefix("the ")
        if self.says_once and name == self.portfolio.casefold():
            return (self.portfolio,)
        return self.minister, self.portfolio

    @property
    def copies(self) -> tuple[str, ...]:
        """Who gets a copy. "N/A" on the cover means that nobody does."""
        if not self.says_once:
            return self.copied_to
        return tuple(name for name in self.copied_to if name.casefold() != "n/a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole briefing. It is checked when built; use `assemble` to build one."""

    plan_title: str
    cover: Cover
    sections: tuple[Section, ...]
    recommendation: Recommendations
    annexes: tuple[Annex, ...] = ()
    language: str = LANGUAGE
    paper_size: str = plain_json.added(PAPER_SIZES[0])

    @classmethod
    def assemble(
        cls,
        *,
        plan_title: str,
        cover: Cover,
        sections: Iterable[Section],
        recommendation: Recommendations,
        annexes: Iterable[Annex] = (),
        language: str = LANGUAGE,
        paper_size: str = PAPER_SIZES[0],
    ) -> Document:
        """Build the document with paragraphs and recommendations numbered anew."""
        numbered, closing = number_through(tuple(sections), recommendation)
        return cls(
            plan_title=plan_title,
            cover=cover,
            sections=numbered,
            recommendation=closing,
            annexes=tuple(annexes),
            language=language,
            paper_size=paper_size,
        )

    def __post_init__(self) -> None:
        check_text(self.plan_title, "The plan's title")
        if not LANGUAGES.fullmatch(self.language):
            raise DocumentError("A briefing is written in English, such as en-NZ.")
        if self.paper_size not in PAPER_SIZES:
            raise DocumentError("A paper is printed on A4 or Letter.")
        kinds = [s.kind for s in self.sections if s.kind != SectionKind.OTHER]
        if len(set(kinds)) != len(kinds):
            raise DocumentError("Each kind of section stands once.")
        if number_through(self.sections, self.recommendation) != (
            self.sections,
            self.recommendation,
        ):
            raise DocumentError(
                "Paragraphs must be numbered 1, 2, 3 … through the paper, recommendations apart."
            )
        keys = list(self._keys())
        for key in keys:
            if not _KEY.fullmatch(key):
                raise DocumentError(
                    f"“{key}” cannot be a key: small letters, digits and hyphens only."
                )
        if len(set(keys)) != len(keys):
            raise DocumentError("Two parts of the document have the same key.")

    @property
    def title(self) -> str:
        return self.cover.title

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the numbered paragraphs in printed order; the recommendations' lead comes last."""
        for section in self.sections:
            yield from section.paragraphs
        yield self.recommendation.lead

    def _keys(self) -> Iterator[str]:
        for paragraph in self.paragraphs():
            yield paragraph.key
        for item in self.recommendation.items:
            yield item.key
        for annex in self.annexes:
            yield annex.key
            if isinstance(annex, WorkItemTable):
                for pillar in annex.pillars:
                    for row in pillar.rows:
                        yield row.key
            elif isinstance(annex, WorkItemTexts):
                for texts in annex.pillars:
                    for text in texts.items:
                        yield text.key
            elif isinstance(
                annex, DelayRegister | RiskRegister | ConsultedTable | MeasureTable | FindingTable
            ):
                for entry in annex.rows:
                    yield entry.key


def printed_words(document: Document) -> Iterator[tuple[str, Paragraph | Recommendation, int, str]]:
    """Yield each paragraph and recommendation in printed order: its heading, itself, its number, its words."""
    closing = document.recommendation
    sections = [(section.heading, section.paragraphs) for section in document.sections]
    for heading, paragraphs in [*sections, (closing.heading, (closing.lead,))]:
        for part in paragraphs:
            texts = [part.text, *bullet_texts(part.bullets)]
            yield heading, part, part.number, "\n".join(map(words, texts))
    for item in closing.items:
        yield closing.heading, item, item.number, f"{item.verb.capitalize()} {words(item.text)}"


def number_through(
    sections: tuple[Section, ...], recommendation: Recommendations
) -> tuple[tuple[Section, ...], Recommendations]:
    """Return the same parts, paragraphs numbered from 1 and recommendations from 1."""
    number = 0
    numbered = []
    for section in sections:
        paragraphs = []
        for paragraph in section.paragraphs:
            number += 1
            is_right = paragraph.number == number
            paragraphs.append(paragraph if is_right else replace(paragraph, number=number))
        numbered.append(replace(section, paragraphs=tuple(paragraphs)))
    items = tuple(
        replace(item, number=index) for index, item in enumerate(recommendation.items, start=1)
    )
    return tuple(numbered), replace(
        recommendation, lead=replace(recommendation.lead, number=number + 1), items=items
    )


def to_json(document: Document) -> bytes:
    """Return canonical JSON. Equal documents give equal bytes, which can be hashed and stored."""
    data = plain_json.dump({"schema": SCHEMA, "document": plain_json.plain(document)})
    if len(data) > MAX_BYTES:
        raise DocumentError(f"The document is too long to keep ({len(data):,} bytes).")
    return data


def from_json(data: bytes) -> Document:
    """Return the document from JSON that this or an earlier release wrote with `to_json`.

    Keep the stored bytes, as they are what was signed; writing an older document again may add
    entries. Raise `DocumentError` for a newer schema, and for unknown or malformed entries.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"The document is too long to read ({len(data):,} bytes).")
    try:
        content = plain_json.load(data)
        if not isinstance(content, dict) or content.keys() != {"schema", "document"}:
            raise plain_json.Malformed("it is not a briefing's JSON")
        document = plain_json.upgraded(content["document"], content["schema"], UPGRADES)
        return plain_json.build(Document, document)
    except plain_json.Malformed as fault:
        raise DocumentError(f"The document cannot be read: {fault}.") from fault
    except RecursionError as fault:
        raise DocumentError("The document cannot be read: it is nested too deeply.") from fault
