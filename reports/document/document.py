"""The briefing as plain data: everything that reaches paper or preview is first a `Document`.

No Django, no database row and no clock: a frozen tree that says only what is true of itself. Reading rows into
one is `reports.compose`; drawing one is `reports.render`; its JSON is `to_json` and `from_json`, offered here too,
as are the pieces from `reports.document.text` and `reports.document.annexes`.

To make one, leave every number at 0 and call `Document.assemble`, which numbers paragraphs straight through and
recommendations apart, then checks the whole. Keys are opaque and unique in the document ("p-3f9c"): they become
anchors on screen, so they carry no words. A `DocumentError` is a sentence for the person at the screen.
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
    RiskRegister,
    WorkItemTable,
    WorkItemTexts,
)
from reports.document.text import (
    Bullet,
    DocumentError,
    Text,
    check_length,
    check_text,
)

# How plain data of schema 1 becomes data of schema 2, and so on. An entry that is added with a default needs no
# step; one that is renamed, removed or holds something else does. `docs/recipes.md` says what goes with a step.
UPGRADES: list[plain_json.Upgrade] = []
SCHEMA = len(UPGRADES) + 1
LANGUAGE = "en-NZ"
MAX_BYTES = 8_000_000  # of a document's JSON: about 5,000 work items

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Marking(StrEnum):
    """The security markings this product may hold. Anything higher is refused by not being here."""

    UNCLASSIFIED = "UNCLASSIFIED"
    IN_CONFIDENCE = "IN CONFIDENCE"
    SENSITIVE = "SENSITIVE"


class SectionKind(StrEnum):
    """What a section tells. Their order is that of the kind of briefing, which is data."""

    PURPOSE = "purpose"
    BACKGROUND = "background"
    ACHIEVEMENTS = "achievements"
    DELAY = "delay"
    MITIGATION = "mitigation"
    NEXT_STEPS = "next_steps"
    RISKS = "risks"
    OTHER = "other"


class Verb(StrEnum):
    """What a recommendation asks of the Minister; printed bold at its head."""

    NOTE = "note"
    AGREE = "agree"
    APPROVE = "approve"
    DIRECT = "direct"
    FORWARD = "forward"

    @property
    def options(self) -> tuple[str, ...]:
        """The choices printed for this verb unless the recommendation has its own."""
        return {
            Verb.NOTE: ("noted",),
            Verb.AGREE: ("agreed", "not agreed"),
            Verb.APPROVE: ("approved", "not approved"),
            Verb.DIRECT: ("directed", "not directed"),
            Verb.FORWARD: ("forwarded", "not forwarded"),
        }[self]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a record, at one version of its history, and what to call it on screen."""

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
    """One thing asked of the Minister. The text follows the verb: "the contents of this paper"."""

    key: str
    verb: Verb
    text: Text
    options: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    number: int = 0

    def __post_init__(self) -> None:
        check_length(self.text, "A recommendation")
        for option in self.options:
            check_text(option, "A recommendation's option")

    @property
    def printed_options(self) -> tuple[str, ...]:
        return self.options or self.verb.options


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The closing section: its lead-in is a numbered paragraph, its items are numbered apart from 1."""

    lead: Paragraph
    items: tuple[Recommendation, ...]
    heading: str = "Recommendation"

    def __post_init__(self) -> None:
        check_text(self.heading, "The recommendation's heading")
        if not self.items:
            raise DocumentError("A briefing makes at least one recommendation.")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person named by name or by role; an empty telephone prints as N/A."""

    name: str
    role: str = ""
    direct_dial: str = ""
    mobile: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "A contact's name")
        for value in (self.role, self.direct_dial, self.mobile):
            check_text(value, "A contact's role or telephone", blank=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The facts on the cover. `None` and empty tuples print as N/A, which is a real answer here."""

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
        if not self.contacts:
            raise DocumentError("The cover names at least one contact.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole briefing. Building one checks it; see `assemble` for the easy way."""

    plan_title: str
    cover: Cover
    sections: tuple[Section, ...]
    recommendation: Recommendations
    annexes: tuple[Annex, ...] = ()
    language: str = LANGUAGE

    @classmethod
    def assemble(
        cls,
        *,
        plan_title: str,
        cover: Cover,
        sections: Iterable[Section],
        recommendation: Recommendations,
        annexes: Iterable[Annex] = (),
    ) -> Document:
        """Number every paragraph and recommendation, whatever their numbers were, and build the document."""
        numbered, closing = number_through(tuple(sections), recommendation)
        return cls(
            plan_title=plan_title,
            cover=cover,
            sections=numbered,
            recommendation=closing,
            annexes=tuple(annexes),
        )

    def __post_init__(self) -> None:
        check_text(self.plan_title, "The plan's title")
        if self.language != LANGUAGE:
            raise DocumentError(f"A briefing is written in {LANGUAGE}.")
        told = [s.kind for s in self.sections if s.kind != SectionKind.OTHER]
        if len(set(told)) != len(told):
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
        """Every numbered paragraph in printed order, the recommendation's lead-in last."""
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
            elif isinstance(annex, DelayRegister | RiskRegister | ConsultedTable):
                for entry in annex.rows:
                    yield entry.key


def number_through(
    sections: tuple[Section, ...], recommendation: Recommendations
) -> tuple[tuple[Section, ...], Recommendations]:
    """The same parts with paragraphs numbered 1..n straight through and recommendations 1..m apart."""
    number = 0
    numbered = []
    for section in sections:
        paragraphs = []
        for paragraph in section.paragraphs:
            number += 1
            paragraphs.append(replace(paragraph, number=number))
        numbered.append(replace(section, paragraphs=tuple(paragraphs)))
    items = tuple(
        replace(item, number=index) for index, item in enumerate(recommendation.items, start=1)
    )
    return tuple(numbered), replace(
        recommendation, lead=replace(recommendation.lead, number=number + 1), items=items
    )


def to_json(document: Document) -> bytes:
    """The document as canonical JSON: equal documents give equal bytes, so the bytes can be hashed and kept."""
    data = plain_json.dump({"schema": SCHEMA, "document": plain_json.plain(document)})
    if len(data) > MAX_BYTES:
        raise DocumentError(f"The document is too long to keep ({len(data):,} bytes).")
    return data


def from_json(data: bytes) -> Document:
    """The document that this or an earlier release wrote with `to_json`.

    The bytes that are kept remain what was signed: written again, an older document may have entries more. Refuses
    a newer schema, and anything unknown, missing or malformed.
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
