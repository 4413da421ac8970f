"""A draft as its page shows it: paragraphs with number, text, sources and changed records."""

from dataclasses import dataclass, field

from reports.compose import Composed as Generated
from reports.document import DocumentError, Run, Text, markup
from reports.document.markup import Block as Words
from reports.drafting import draft_rows
from reports.drafting.draft import (
    CLOSING,
    Ask,
    Composed,
    Draft,
    Drift,
    Part,
    Portion,
    broken_references,
    drifts,
    outdated,
    printed,
    sentence_ends,
    to_numbers,
)
from reports.drafting.paper import composed_from, generated
from reports.drafting.sources import Cited, RecordLinks, Shelf, sources_panel
from reports.models import Briefing, DraftParagraph
from workitems.word_diff import Strand, short_diff

# Number of last words shown to identify a sentence after which a paragraph can be split.
LAST_WORDS = 6


@dataclass(frozen=True, kw_only=True)
class Block:
    """One paragraph on the page.

    `number` is 0 if it is hidden. `typed` is the text for editing.
    """

    part: Part
    version: int
    number: int
    words: Words
    typed: str
    cited: tuple[Cited, ...]
    splits: tuple[tuple[int, str], ...]
    may_join: bool
    is_broken: bool
    drift: Drift | None = None
    strands: tuple[Strand, ...] = ()

    @property
    def key(self) -> str:
        return self.part.key

    @property
    def is_changed(self) -> bool:
        return any(source.is_changed for source in self.cited)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A recommendation on the page."""

    ask: Ask
    version: int
    number: int
    words: Text
    typed: str
    options: str
    is_broken: bool


@dataclass(frozen=True)
class Chapter:
    """A section on the page. The closing one also holds the recommendations."""

    portion: Portion
    blocks: tuple[Block, ...]

    @property
    def is_closing(self) -> bool:
        return self.portion.content == CLOSING

    @property
    def start(self) -> int:
        """The number of its first shown paragraph, or 0."""
        return next((block.number for block in self.blocks if block.number), 0)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the page shows.

    `seen` are the numbered paragraphs' keys in order, for references typed on this page. `refusal`
    says why nothing can be composed from the records, or is empty.
    """

    briefing: Briefing
    draft: Draft
    chapters: tuple[Chapter, ...]
    asks: tuple[Asked, ...]
    seen: str
    links: RecordLinks
    found: Generated | None
    composed: tuple[Composed, ...]
    to_refresh: int
    drifted: tuple[str, ...]
    refusal: str = ""
    rows: dict[str, DraftParagraph] = field(default_factory=dict, repr=False)

    def shelves(self, portion: Portion) -> list[Shelf]:
        if self.found is None:
            return []
        return sources_panel(self.draft, portion, self.found.facts, self.links)

    def block(self, key: str) -> Block | None:
        found = (block for chapter in self.chapters for block in chapter.blocks)
        return next((block for block in found if block.key == key), None)


def page_of(briefing: Briefing) -> Page:
    """Read the draft and compose the records' current text."""
    rows = draft_rows.read_draft(briefing)
    draft = rows.draft
    found: Generated | None = None
    composed: list[Composed] = []
    refusal = ""
    try:
        found = generated(briefing, draft)
        composed = composed_from(found, rows.patterns)
    except DocumentError as error:
        refusal = str(error)
    facts = found.facts if found else None
    links = RecordLinks(briefing.plan, facts, (s for part in draft.parts() for s in part.sources))
    drifted = {each.key: each for each in drifts(draft, composed)} if found else {}
    maori = facts.maori if facts else ()
    broken = set(broken_references(draft))

    def block(part: Part, following: bool) -> Block:
        drift = drifted.get(part.key)
        return Block(
            part=part,
            version=rows.paragraphs[part.key].version,
            number=draft.numbers.get(part.key, 0),
            words=_words(printed(draft, part.text), maori),
            typed=to_numbers(draft, part.text),
            cited=links.cited(part),
            splits=tuple(splits(draft, part.text)),
            may_join=following and not part.is_hidden and "\n" not in part.text,
            is_broken=part.key in broken,
            drift=drift,
            strands=tuple(_compared(draft, drift)) if drift else (),
        )

    return Page(
        briefing=briefing,
        draft=draft,
        chapters=tuple(
            Chapter(
                portion,
                tuple(
                    block(part, any(not each.is_hidden for each in portion.parts[place + 1 :]))
                    for place, part in enumerate(portion.parts)
                ),
            )
            for portion in draft.portions
        ),
        asks=tuple(
            Asked(
                ask=ask,
                version=rows.asks[ask.key].version,
                number=draft.ask_number(ask.key),
                words=_words(printed(draft, ask.text), maori).text,
                typed=to_numbers(draft, ask.text),
                options=" / ".join(ask.options or ask.verb.options),
                is_broken=ask.key in broken,
            )
            for ask in draft.asks
        ),
        seen=" ".join(draft.numbers),
        links=links,
        found=found,
        composed=tuple(composed),
        to_refresh=len(outdated(draft, composed)) if found else 0,
        drifted=tuple(part.key for part in draft.parts() if part.key in drifted),
        refusal=refusal,
        rows=rows.paragraphs,
    )


def splits(draft: Draft, text: str) -> list[tuple[int, str]]:
    """Return where a paragraph can be split: position in characters, and the words before it."""
    found = []
    for at in sentence_ends(text):
        last = printed(draft, text[:at]).replace("**", "").split()[-LAST_WORDS:]
        found.append((at, f"… {' '.join(last)}"))
    return found


def _words(text: str, maori: tuple[str, ...]) -> Words:
    """Parse a part's text as printed. Text that cannot be printed is returned unparsed."""
    try:
        blocks = markup.parse(text, maori=maori)
    except DocumentError:
        blocks = ()
    return blocks[0] if len(blocks) == 1 else Words((Run(text),))


def _compared(draft: Draft, drift: Drift) -> list[Strand]:
    was, now = (printed(draft, text).replace("**", "") for text in (drift.was, drift.now))
    return short_diff(was, now)
