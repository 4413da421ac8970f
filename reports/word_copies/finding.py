"""What an edited Word copy would change in its draft, one finding for each paragraph and author.

The file without its tracked changes is compared with the draft as it was sent: what differs was
changed without tracking. The file with one author's changes is compared with the file without any:
what differs is that author's. A text is kept as the draft stores it, with references by key.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

from reports.comparison import matching
from reports.document import markup
from reports.drafting.draft import CLOSING, Ask, Draft, Part, printed
from reports.render.docx.keys import digest
from reports.word_copies.word_file import Block, Passage, WordFile, view
from reports.word_copies.word_merge import merged


class Kind(StrEnum):
    EDIT = "edit"
    ADD = "add"
    REMOVE = "remove"
    MOVE = "move"
    HEADING = "heading"
    COMMENT = "comment"
    UNPLACED = "unplaced"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One suggestion. `author` is empty for a change without tracking, `at` as the file says.

    `key` is the paragraph's, recommendation's or, for a heading, section's. A new paragraph has its
    own, and like a moved one a place: `after` a paragraph, or first in its `section`. `about` are the
    words that a comment is on, or where something without a place was found.
    """

    kind: Kind
    key: str = ""
    author: str = ""
    at: str = ""
    was: str = ""
    would: str = ""
    section: str = ""
    after: str = ""
    about: str = ""


@dataclass(frozen=True)
class Sent:
    """The draft as it was sent: its paragraphs as printed, and as stored, by key."""

    passages: list[Passage]
    stored: dict[str, str]
    sections: list[str]

    @classmethod
    def of(cls, draft: Draft) -> "Sent":
        passages: list[Passage] = []
        stored: dict[str, str] = {}
        sections: list[str] = []
        for portion in sorted(draft.portions, key=lambda each: each.content == CLOSING):
            if not portion.shown:
                continue
            sections.append(portion.key)
            number = len(sections)
            passages.append(Passage(f"s-{number}", "heading", 0, portion.heading))
            for part in portion.shown:
                passages.append(Passage(part.key, "part", number, _printed(draft, part)))
                stored[part.key] = part.text
            if portion.content == CLOSING:
                for ask in draft.shown_asks.values():
                    options = " / ".join(ask.options or ask.verb.options)
                    text = f"**{ask.verb}** {_printed(draft, ask)}"
                    passages.append(Passage(ask.key, "ask", number, text, options))
                    stored[ask.key] = f"**{ask.verb}** {ask.text}"
        return cls(passages, stored, sections)

    @property
    def digest(self) -> str:
        return digest({each.id: each.text for each in self.passages if each.kind != "heading"})

    def section(self, home: int) -> str:
        """Return the key of a section by its number, or that of the first before it."""
        return self.sections[min(max(home, 1), len(self.sections)) - 1] if self.sections else ""


def _printed(draft: Draft, each: Part | Ask) -> str:
    if isinstance(each, Ask):
        return markup.to_source(markup.inline(printed(draft, each.text)))
    blocks = markup.parse(printed(draft, each.text))
    return markup.to_source(blocks[0].text, blocks[0].bullets) if blocks else ""


@dataclass
class _Changes:
    """The differences of two texts. `names` identify the second's paragraphs, by position."""

    pairs: list[tuple[Passage, Passage, bool]] = field(default_factory=list)
    added: list[tuple[int, Passage]] = field(default_factory=list)
    removed: list[Passage] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)


def found_in(file: WordFile, draft: Draft, outside: Sequence[str] | None = None) -> list[Found]:
    """Return what the file would change in the draft that it was made from.

    `outside` are the texts of the cover and annexes as sent, or None if they are not known.
    """
    sent = Sent.of(draft)
    before = view(file.blocks)
    untracked = _compare(sent.passages, before, "")
    before = [replace(each, id=untracked.names[place]) for place, each in enumerate(before)]
    named = {each.main_block: each.id for each in before}
    found = list(_findings(untracked, before, sent, ""))
    places = {block: each.id for each in before for block in each.blocks}
    for author in file.authors:
        now: list[Passage] = []
        taken: set[str] = set()
        for each in view(file.blocks, {author}):
            name = named.get(each.main_block, "")
            now.append(replace(each, id=f"#{each.main_block}" if name in {"", *taken} else name))
            taken.add(name)
        changes = _compare(before, now, author)
        now = [replace(each, id=changes.names[place]) for place, each in enumerate(now)]
        dates = _dates(file.blocks, author)
        first = min(dates.values(), default="")
        blocks = {each.id: each.blocks for each in (*before, *now)}
        for one in _findings(changes, now, sent, author):
            when = (dates[block] for block in blocks.get(one.key, ()) if block in dates)
            found.append(replace(one, at=next(when, first)))
        for each in now:
            for block in each.blocks:
                places.setdefault(block, each.id)
    found += _comments(file, places, sent)
    found += _outside(file.outside, outside)
    return found


def _dates(blocks: Iterable[Block], author: str) -> dict[int, str]:
    """Return when the author first changed each paragraph of the file."""
    found: dict[int, str] = {}
    for block in blocks:
        dates = [each.at for each in block.revisions() if each.author == author and each.at]
        if dates:
            found[block.index] = min(dates)
    return found


def _compare(was: Sequence[Passage], now: Sequence[Passage], author: str) -> _Changes:
    changes = _Changes()
    homes = {each.id for each in now if each.kind == "heading"}
    for kind in ("heading", "part", "ask"):
        old = [each for each in was if each.kind == kind]
        places = [place for place, each in enumerate(now) if each.kind == kind]
        new = [now[place] for place in places]
        passages = [
            [matching.Passage(each.id, each.home, each.text) for each in side]
            for side in (old, new)
        ]
        found = matching.pairs(*passages)
        stayed = matching.in_order(found, *passages)
        for a, b in found:
            # Where a heading is gone, its paragraphs have not moved.
            moved = (a, b) not in stayed or (
                old[a].home != new[b].home and f"s-{old[a].home}" in homes
            )
            changes.pairs.append((old[a], new[b], moved))
            changes.names[places[b]] = old[a].id
        gone, come = {a for a, _ in found}, {b for _, b in found}
        changes.removed += [each for place, each in enumerate(old) if place not in gone]
        for place, each in enumerate(new):
            if place not in come:
                changes.added.append((places[place], each))
                letter = "r" if kind == "ask" else "p" if kind == "part" else "s-new"
                name = sha256(repr((author, each.main_block, each.text)).encode()).hexdigest()[:12]
                changes.names[places[place]] = f"{letter}-{name}"
    return changes


def _findings(
    changes: _Changes, now: Sequence[Passage], sent: Sent, author: str
) -> Iterable[Found]:
    named = {each.main_block: place for place, each in enumerate(now)}
    for was, new, moved in changes.pairs:
        place = named[new.main_block]
        if was.text != new.text:
            if was.kind == "heading":
                yield _heading(was, new, sent, author)
            else:
                base, would = _as_stored(was, new, sent)
                yield Found(kind=Kind.EDIT, key=was.id, author=author, was=base, would=would)
        if was.kind == "ask" and was.options != new.options:
            yield Found(
                kind=Kind.UNPLACED, author=author, was=was.options, would=new.options,
                about="The choices printed under a recommendation",
            )  # fmt: skip
        if moved and was.kind == "part":
            after = _after(changes, now, place)
            yield Found(
                kind=Kind.MOVE, key=was.id, author=author, was=_stored(was, sent),
                section=sent.section(new.home), after=after,
            )  # fmt: skip
        elif moved:
            what = "recommendation" if was.kind == "ask" else "heading"
            yield Found(
                kind=Kind.UNPLACED, author=author, would=new.text, about=f"A {what} that was moved"
            )
    for place, new in changes.added:
        if new.kind == "heading":
            yield Found(
                kind=Kind.UNPLACED, author=author, would=new.text, about="A heading that was added"
            )
            continue
        yield Found(
            kind=Kind.ADD, key=changes.names[place], author=author, would=new.text,
            section=sent.section(new.home), after=_after(changes, now, place),
        )  # fmt: skip
    for was in changes.removed:
        if was.kind == "heading":
            yield Found(
                kind=Kind.UNPLACED, author=author, was=was.text, about="A heading that was removed"
            )
        else:
            yield Found(kind=Kind.REMOVE, key=was.id, author=author, was=_stored(was, sent))


def _heading(was: Passage, new: Passage, sent: Sent, author: str) -> Found:
    number = was.id.removeprefix("s-")
    if not number.isdecimal() or not 1 <= int(number) <= len(sent.sections):
        return Found(
            kind=Kind.UNPLACED, author=author, was=was.text, would=new.text, about="A heading"
        )
    key = sent.sections[int(number) - 1]
    return Found(kind=Kind.HEADING, key=key, author=author, was=was.text, would=new.text)


def _after(changes: _Changes, now: Sequence[Passage], place: int) -> str:
    """Return the key of the paragraph before this one in its section, or ""."""
    for before in range(place - 1, -1, -1):
        if now[before].kind == "heading":
            return ""
        if now[before].kind == now[place].kind:
            return changes.names[before]
    return ""


def _stored(passage: Passage, sent: Sent) -> str:
    return sent.stored.get(passage.id, passage.text)


def _as_stored(was: Passage, new: Passage, sent: Sent) -> tuple[str, str]:
    """Return both texts with references by key, as in the draft that was sent.

    If tracked changes overlap untracked ones, they are compared with the text that has the untracked ones.
    """
    stored = _stored(was, sent)
    would = merged(was.text, new.text, stored)
    if would is not None:
        return stored, would
    is_as_sent = any(each.id == was.id and each.text == was.text for each in sent.passages)
    return (stored if is_as_sent else was.text), new.text


def _comments(file: WordFile, places: dict[int, str], sent: Sent) -> Iterable[Found]:
    about: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    for block in (*file.blocks, *file.outside):
        for stretch in block.stretches:
            for name in stretch.comments:
                about.setdefault(name, []).append(stretch.text if stretch.is_in(()) else "")
                if block.index in places and block in file.blocks:
                    where.setdefault(name, places[block.index])
    for name, comment in file.comments.items():
        words = " ".join("".join(about.get(name, ())).split())
        key = where.get(name, "")
        if key.startswith("s-"):
            key = ""
        yield Found(
            kind=Kind.COMMENT, key=key, author=comment.author, at=comment.at,
            would=comment.text, about=words, was=sent.stored.get(key, ""),
        )  # fmt: skip


def _outside(blocks: Sequence[Block], sent: Sequence[str] | None) -> Iterable[Found]:
    """Yield what was changed in the cover, the annexes and notes, which are not edited in Word."""
    where = "Outside the numbered paragraphs"
    everybody = {each.author for block in blocks for each in block.revisions()}
    unmatched = Counter(sent or ())
    for block in blocks:
        was, would = block.text(()), block.text(everybody)
        known = sent is None or not was or unmatched[was] > 0
        unmatched[was] -= 1
        if not known:
            yield Found(kind=Kind.UNPLACED, would=was, about=where)
        if was != would or (was and not block.ends_in(everybody)):
            first = next(block.revisions())
            yield Found(
                kind=Kind.UNPLACED,
                author=first.author,
                at=first.at,
                was=was,
                would=would,
                about=where,
            )
    for text, count in unmatched.items():
        if text and count > 0:
            yield Found(kind=Kind.UNPLACED, was=text, about=where)
