"""A draft as its page shows it: paragraphs with number, text, sources and changed records."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.wording.translation import StrOrPromise
from reports.compose.facts import maori_names
from reports.document import DocumentError, Run, Text, markup
from reports.document.markup import Block as Words
from reports.document.wording import join_words
from reports.drafting import draft_rows
from reports.drafting.draft import (
    CLOSING,
    REFERENCE,
    Ask,
    Draft,
    Drift,
    Origin,
    Part,
    Portion,
    broken_references,
    printed,
    sentence_ends,
)
from reports.drafting.draft_rows import Stored
from reports.drafting.paper import Drafted, read_drafted
from reports.drafting.sources import Cited, RecordLinks, Shelf, sources_in_words, sources_panel
from reports.drafting.stories import story_of
from reports.models import Briefing
from workitems.terms.word_diff import Strand, short_diff

ACHIEVEMENTS = "achievements"
# Number of last words shown to identify a sentence after which a paragraph can be split.
LAST_WORDS = 6
# Number of first words shown to identify a paragraph.
FIRST_WORDS = 10


# What a press on an offer does, by the name of the act that it posts.
SAVE, HIDE, SPLIT, NOT_NEEDED = "save", "hide", "split", "not-needed"


class Offer(NamedTuple):
    """What one press does about a mark: the button's words, the act, and the sentence as it was and would be.

    `text` are the words that are saved, with references as numbers, or the digest of those that are not needed, and `verb`
    that of a recommendation; `at` is where the paragraph is split.
    """

    label: str
    act: str
    text: str = ""
    strands: tuple[Strand, ...] = ()
    at: int = 0
    verb: str = ""


class Mark(NamedTuple):
    """What needs work in a paragraph: what is wrong, what to do (at `url`, if it is elsewhere), and what one press would
    do about it."""

    words: str
    remedy: StrOrPromise = ""
    offers: tuple[Offer, ...] = ()
    url: StrOrPromise = ""


class NextMark(NamedTuple):
    """The next paragraph or recommendation with marks, and its number as the page says it: "7", "recommendation 1"."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """One paragraph on the page. `number` is 0 if it is hidden. `next` is the next one with marks, if it has some."""

    part: Part
    version: int
    number: int
    words: Words
    is_broken: bool
    drift: Drift | None = None
    # How the records have changed, and what their text would change in the paragraph's.
    strands: tuple[Strand, ...] = ()
    taking: tuple[Strand, ...] = ()
    marks: tuple[Mark, ...] = ()
    next: NextMark | None = None

    @property
    def key(self) -> str:
        return self.part.key

    @property
    def name(self) -> str:
        return (
            _("paragraph {number}").format(number=self.number)
            if self.number
            else _("the paragraph that is left out")
        )

    @property
    def value(self) -> str:
        """Its number as the value of its line in the list, without commas."""
        return str(self.number)

    @cached_property
    def line(self) -> str:
        """The text of a paragraph without looks, other languages or sub-bullets, or ""."""
        first, *others = self.words.text
        is_plain = not (others or first.bold or first.lang or self.words.bullets)
        return first.text if is_plain else ""

    @property
    def origin(self) -> str:
        return self.part.origin.label

    @property
    def is_ours(self) -> bool:
        return self.part.origin != Origin.GENERATED


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A recommendation on the page."""

    ask: Ask
    version: int
    number: int
    words: Text
    options: str
    is_broken: bool
    marks: tuple[Mark, ...] = ()
    next: NextMark | None = None

    @property
    def key(self) -> str:
        return self.ask.key

    @property
    def name(self) -> str:
        return (
            _("recommendation {number}").format(number=self.number)
            if self.number
            else _("the recommendation that is left out")
        )


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


class Related(NamedTuple):
    """Another paragraph about the same item. `is_ticked` to merge, if it is in the same section."""

    key: str
    number: int
    heading: str
    words: str
    is_ticked: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """What can be done with a paragraph besides editing it.

    `splits` are the places where it can be split: position in characters, and the words before it. `joins` are the
    neighbours that it can be joined with: "after" or "before", and which that is.
    `sections` are those that it can move to. `beside` and `elsewhere` are the other paragraphs about its `item`, in its
    section and in others.
    """

    key: str
    number: int
    version: int
    text: str
    section: Portion
    sections: tuple[Portion, ...]
    splits: tuple[tuple[int, str], ...]
    joins: tuple[tuple[str, str], ...]
    has_bullets: bool
    beside: tuple[Related, ...]
    elsewhere: tuple[Related, ...]
    item: str
    # The key of the section after its own.
    next_section: str

    @property
    def related(self) -> tuple[Related, ...]:
        return (*self.beside, *self.elsewhere)

    @property
    def beginning(self) -> str:
        return first_words(self.text)

    @property
    def places_beside(self) -> str:
        """The paragraphs that move with this one: "paragraphs 12 and 13"."""
        return ngettext("paragraph {numbers}", "paragraphs {numbers}", len(self.beside)).format(
            numbers=join_words(str(each.number) for each in self.beside)
        )

    @property
    def title(self) -> str:
        return (
            _("Paragraph {number}").format(number=self.number)
            if self.number
            else _("A paragraph that is left out")
        )

    @property
    def is_closing(self) -> bool:
        return self.section.content == CLOSING


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the page shows.

    `seen` are the numbered paragraphs' keys in order, for references typed on this page. `state` is
    the draft's, to learn later what has changed (see `draft_rows.state_of`).
    """

    drafted: Drafted
    chapters: tuple[Chapter, ...]
    asks: tuple[Asked, ...]
    seen: str
    links: RecordLinks
    state: str

    @property
    def to_refresh(self) -> int:
        return len(self.drafted.outdated)

    @property
    def drifted(self) -> tuple[str, ...]:
        """The keys of the edited paragraphs whose records have changed, in the paper's order."""
        return tuple(each.key for each in self.drafted.drifts)

    @property
    def words(self) -> int:
        return self.drafted.words

    @property
    def as_at(self) -> date:
        """The day of the records, if they can be read."""
        found, briefing = self.drafted.found, self.drafted.briefing
        return found.facts.as_at if found else briefing.dated

    @property
    def to_improve(self) -> list[Block | Asked]:
        """The paragraphs with marks or changed records, in the paper's order, and the recommendations with marks."""
        blocks = (block for chapter in self.chapters for block in chapter.blocks)
        return [
            *(block for block in blocks if block.marks or block.drift),
            *(asked for asked in self.asks if asked.marks),
        ]

    def shelves(self, portion: Portion) -> list[Shelf]:
        found = self.drafted.found
        return sources_panel(self.drafted.draft, portion, found.facts, self.links) if found else []

    def sources_of(self, block: Block) -> list[tuple[Cited, str]]:
        """The sources of a paragraph, each with its text."""
        found = self.drafted.found
        portion = self.drafted.draft.portion_of(block.key)
        return sources_in_words(block.part, portion, found.facts if found else None, self.links)

    def block(self, key: str) -> Block | None:
        found = (block for chapter in self.chapters for block in chapter.blocks)
        return next((block for block in found if block.key == key), None)


def page_of(briefing: Briefing, today: date | None = None) -> Page:
    """Read the draft and compose the records' current text."""
    state = draft_rows.state_of(briefing)
    drafted = read_drafted(briefing, today)
    rows, draft = drafted.rows, drafted.draft
    facts = drafted.found.facts if drafted.found else None
    links = RecordLinks(briefing.plan, facts)
    drifted = {each.key: each for each in drafted.drifts}
    maori = facts.maori if facts else ()
    broken = set(broken_references(draft))
    printable = drafted.document.paragraphs() if drafted.document else ()
    parsed = {each.key: Words(each.text, each.bullets) for each in printable}

    def block(part: Part) -> Block:
        found = _block(rows, part, maori, broken, parsed.get(part.key))
        drift = drifted.get(part.key)
        if drift is None:
            return found
        return replace(
            found,
            drift=drift,
            strands=tuple(_compared(draft, drift.was, drift.now)),
            taking=tuple(_compared(draft, part.text, drift.now)) if drift.now else (),
        )

    return Page(
        drafted=drafted,
        chapters=tuple(
            Chapter(portion, tuple(block(part) for part in portion.parts))
            for portion in draft.portions
        ),
        asks=_asks(rows, maori, broken),
        seen=" ".join(draft.numbers),
        links=links,
        state=state,
    )


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What has changed in a draft since a state of it, and its order now.

    `blocks` and `asks` are as the page shows them, without what the records say since. `state` is
    the draft's state now; see `draft_rows.state_of`.
    """

    rows: Stored
    state: str
    blocks: tuple[Block, ...]
    asks: tuple[Asked, ...]

    @property
    def seen(self) -> str:
        return " ".join(self.rows.draft.numbers)

    @property
    def order(self) -> dict[str, list[str]]:
        return {
            portion.key: [part.key for part in portion.parts]
            for portion in self.rows.draft.portions
        }


def changes_since(briefing: Briefing, state: str, *, wanted: str = "") -> Changes | None:
    """Return what has changed since a state, and the paragraph or recommendation `wanted`.

    Nothing is composed from the records. Return None if the whole page must be shown anew: a
    heading has changed, or the state is not one of this draft.
    """
    now = draft_rows.state_of(briefing)
    found = draft_rows.keys_since(briefing, state, now)
    if found is None:
        return None
    rows = draft_rows.read_draft(briefing)
    draft, keys = rows.draft, {*found, wanted}
    if found:
        # A reference is printed as a number, which may be another one now.
        printable: list[Part | Ask] = [*draft.parts(), *draft.asks]
        keys |= {each.key for each in printable if REFERENCE.search(each.text)}
    parts = [part for part in draft.parts() if part.key in keys]
    maori, broken = maori_names(), set(broken_references(draft))
    asks = _asks(rows, maori, broken) if any(ask.key in keys for ask in draft.asks) else ()
    return Changes(
        rows=rows,
        state=now,
        blocks=tuple(_block(rows, part, maori, broken) for part in parts),
        asks=asks,
    )


def _block(
    rows: Stored,
    part: Part,
    maori: tuple[str, ...],
    broken: Collection[str],
    words: Words | None = None,
) -> Block:
    return Block(
        part=part,
        version=rows.paragraphs[part.key].version,
        number=rows.draft.numbers.get(part.key, 0),
        words=words or _words(printed(rows.draft, part.text), maori),
        is_broken=part.key in broken,
    )


def _asks(rows: Stored, maori: tuple[str, ...], broken: Collection[str]) -> tuple[Asked, ...]:
    draft = rows.draft
    return tuple(
        Asked(
            ask=ask,
            version=rows.asks[ask.key].version,
            number=draft.ask_number(ask.key),
            words=_words(printed(draft, ask.text), maori).text,
            options=" / ".join(ask.options or ask.verb.options),
            is_broken=ask.key in broken,
        )
        for ask in draft.asks
    )


def menu_of(rows: Stored, key: str) -> Menu:
    """Return the menu of a paragraph. Raise `DraftError` if it is not in the draft. One query for each type of record
    that the draft cites."""
    draft = rows.draft
    story = story_of(draft, key)
    part, home = draft.part(key), draft.portion_of(key)
    return Menu(
        key=key,
        number=draft.numbers.get(key, 0),
        version=rows.paragraphs[key].version,
        text=printed(draft, part.text),
        section=home,
        sections=tuple(
            each for each in draft.portions if each is not home and each.content != CLOSING
        ),
        splits=tuple(splits(draft, part.text)),
        joins=tuple(_joins(draft, part, home)),
        has_bullets="\n" in part.text,
        beside=tuple(_related(draft, each, home) for each in story.beside),
        elsewhere=tuple(_related(draft, each, home) for each in story.elsewhere),
        item=story.item,
        next_section=next(iter(draft.portions[draft.portions.index(home) + 1 :]), home).key,
    )


def _joins(draft: Draft, part: Part, home: Portion) -> Iterator[tuple[str, str]]:
    """Yield the neighbours that a part can be joined with. Only the last of joined parts may have sub-bullets."""
    if part.is_hidden:
        return
    at = home.shown.index(part)
    for after in home.shown[at + 1 : at + 2]:
        if "\n" not in part.text:
            number = draft.numbers[after.key]
            yield "after", _("paragraph {number}, after it").format(number=number)
    for before in home.shown[max(at - 1, 0) : at]:
        if "\n" not in before.text:
            number = draft.numbers[before.key]
            yield "before", _("paragraph {number}, before it").format(number=number)


def _related(draft: Draft, key: str, home: Portion) -> Related:
    portion = draft.portion_of(key)
    first = first_words(printed(draft, draft.part(key).text))
    return Related(key, draft.numbers[key], portion.heading, first, portion is home)


def first_words(text: str) -> str:
    words = text.replace("**", "").split()
    return f"{' '.join(words[:FIRST_WORDS])}{' …' if len(words) > FIRST_WORDS else ''}"


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


def _compared(draft: Draft, was: str, now: str) -> list[Strand]:
    return short_diff(*(printed(draft, text).replace("**", "") for text in (was, now)))
