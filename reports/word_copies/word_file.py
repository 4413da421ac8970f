"""Reads a Word file as paragraphs with tracked changes, their authors, and comments.

`docx-revisions` was tried: it knows neither moved text nor inserted and deleted paragraph ends, nor
what a comment is about, so the XML is read here. A view of the file (`view`) accepts the changes of
some authors and rejects those of the others, as Word would.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from agencies.typed.characters import is_unprintable
from reports.document import markup
from reports.document.text import DocumentError
from reports.render.docx.keys import NAME, SECTION, Stamp, key_of
from reports.word_copies.word_package import DAMAGED, MAX_DEPTH, Package
from workitems.plan.services.refusals import Refused

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Styles by their names, which no program changes. Any other paragraph among these is a new one.
STYLES = {
    "numbered paragraph": "numbered",
    "list number": "ask",
    "list bullet": "bullet",
    "list bullet 2": "bullet2",
    "decision options": "options",
    "heading 1": "heading",
    "heading 2": "other heading",
    "title": "other heading",
}
INSERTED, REMOVED = ("ins", "moveTo"), ("del", "moveFrom")
BREAKS = ("tab", "br", "cr", "ptab")
# What is read through: its content counts as if it were not there.
WRAPPERS = frozenset(
    ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo", "ruby", "rubyBase")
)  # fmt: skip
# A character that cannot be printed is shown as this.
UNPRINTABLE = "\ufffd"
MOST_BLOCKS = 20_000
MOST_AUTHORS = 50
NAME_LENGTH = 100


@dataclass(frozen=True)
class Revision:
    """Who changed a place, and when as the file says, which may be empty."""

    author: str
    at: str = ""


@dataclass(frozen=True)
class Stretch:
    """Text with one look and one state of tracking, and the comments that are on it."""

    text: str
    bold: bool = False
    inserted: Revision | None = None
    removed: Revision | None = None
    comments: tuple[str, ...] = ()

    def is_in(self, accepted: Collection[str]) -> bool:
        if self.inserted and self.inserted.author not in accepted:
            return False
        return not (self.removed and self.removed.author in accepted)


@dataclass
class Block:
    """A paragraph of the file. `inserted` and `removed` are about its end."""

    index: int
    style: str
    in_table: bool = False
    keys: list[str] = field(default_factory=list)
    section: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    inserted: Revision | None = None
    removed: Revision | None = None

    def ends_in(self, accepted: Collection[str]) -> bool:
        return Stretch("", False, self.inserted, self.removed).is_in(accepted)

    def text(self, accepted: Collection[str]) -> str:
        return source_of(each for each in self.stretches if each.is_in(accepted))

    def revisions(self) -> Iterator[Revision]:
        ends: list[Block | Stretch] = [self, *self.stretches]
        for each in ends:
            yield from filter(None, (each.inserted, each.removed))


@dataclass(frozen=True)
class Comment:
    id: str
    author: str
    at: str
    text: str


@dataclass(frozen=True)
class Passage:
    """A paragraph, recommendation or heading of a draft or of a view of a file.

    `id` is its key or, if it has none, another name. `home` is the number of its section from 1.
    `kind` is "part", "ask" or "heading". `blocks` are the indexes of its paragraphs in the file, and
    `main_block` is that of the paragraph that has its key and style.
    """

    id: str
    kind: str
    home: int
    text: str
    options: str = ""
    main_block: int = -1
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class WordFile:
    """What was read: `blocks` of the numbered text, and `outside` them (cover, annexes, notes)."""

    stamp: Stamp | None
    blocks: tuple[Block, ...]
    outside: tuple[Block, ...]
    comments: dict[str, Comment]

    @property
    def authors(self) -> list[str]:
        """The authors of tracked changes, in order of appearance."""
        found = (r.author for block in (*self.blocks, *self.outside) for r in block.revisions())
        return list(dict.fromkeys(found))


def read_word_file(data: bytes) -> WordFile:
    """Read a file. Raise `Refused` with a sentence if it cannot be read or is none of ours."""
    package = Package(data)
    body = package.document.find(f"{W}body")
    if body is None:
        raise Refused(DAMAGED, "file")
    reader = _Reader(package)
    reader.body(body)
    authors = {each.author for block in reader.blocks for each in block.revisions()}
    if len(authors) > MOST_AUTHORS:
        raise Refused(
            f"The copy has tracked changes of {len(authors)} people; the limit is {MOST_AUTHORS}. Accept some of "
            "them in Word first.",
            "file",
        )
    blocks = reader.blocks
    marked = [place for place, block in enumerate(blocks) if block.keys or block.section]
    if not any(block.keys for block in blocks):
        raise Refused(
            "This is not a copy of a briefing made here: its paragraphs do not carry their keys. Edit the "
            "Word file that is downloaded from the draft.",
            "file",
        )
    first, last = marked[0], marked[-1]
    while last + 1 < len(blocks) and not (
        blocks[last + 1].in_table or "heading" in blocks[last + 1].style
    ):
        last += 1
    inside = blocks[first : last + 1]
    notes = reader.notes()
    return WordFile(
        stamp=_stamp(package.properties()),
        blocks=tuple(each for each in inside if not each.in_table),
        outside=(*blocks[:first], *(b for b in inside if b.in_table), *blocks[last + 1 :], *notes),
        comments=_comments(package.related("comments")),
    )


class _Reader:
    """Walks the body. Depth is limited, so that no file exhausts the stack."""

    def __init__(self, package: Package) -> None:
        self.blocks: list[Block] = []
        self._package = package
        self._styles = _styles(package.related("styles"))
        self._bulleted = _bulleted(package.related("numbering"))
        self._open: dict[str, None] = {}
        self._seen: set[str] = set()
        self._pending: list[Any] = []

    def body(self, node: Any, in_table: bool = False, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            raise Refused(DAMAGED, "file")
        for child in node:
            name = _name(child)
            if name == "p":
                self._paragraph(child, in_table, depth)
            elif name in ("tbl", "tr", "tc"):
                self.body(child, True, depth + 1)
            elif name in WRAPPERS or name in INSERTED or name in REMOVED:
                self.body(child, in_table, depth + 1)
            else:
                self._anchor(child, None)

    def notes(self) -> list[Block]:
        """Return the paragraphs of footnotes and endnotes, which a briefing has none of."""
        before, self.blocks = self.blocks, []
        for kind in ("footnotes", "endnotes"):
            root = self._package.related(kind)
            for note in () if root is None else root:
                if note.get(f"{W}type") in (None, "normal"):
                    self.body(note, True)
        found, self.blocks = self.blocks, before
        return found

    def _paragraph(self, node: Any, in_table: bool, depth: int) -> None:
        if len(self.blocks) == MOST_BLOCKS:
            raise Refused(DAMAGED, "file")
        block = Block(len(self.blocks), self._style(node), in_table)
        self.blocks.append(block)
        for child in self._pending:
            self._anchor(child, block)
        self._pending = []
        ends = node.find(f"{W}pPr/{W}rPr")
        for child in () if ends is None else ends:
            if _name(child) in INSERTED:
                block.inserted = _revision(child)
            elif _name(child) in REMOVED:
                block.removed = _revision(child)
        self._content(node, block, None, None, depth)
        if block.inserted and all(each.inserted for each in block.stretches):
            # What others wrote into a new paragraph belongs to it.
            block.stretches = [replace(s, inserted=block.inserted) for s in block.stretches]

    def _content(
        self,
        node: Any,
        block: Block,
        inserted: Revision | None,
        removed: Revision | None,
        depth: int,
    ) -> None:
        if depth > MAX_DEPTH:
            raise Refused(DAMAGED, "file")
        for child in node:
            name = _name(child)
            if name == "r":
                self._run(child, block, inserted, removed, depth)
            elif name in INSERTED:
                self._content(child, block, _revision(child), removed, depth + 1)
            elif name in REMOVED:
                self._content(child, block, inserted, _revision(child), depth + 1)
            elif name in WRAPPERS:
                self._content(child, block, inserted, removed, depth + 1)
            else:
                self._anchor(child, block)

    def _anchor(self, node: Any, block: Block | None) -> None:
        """Take a bookmark, or an end of a comment's range. Between paragraphs it is the next one's."""
        name = _name(node)
        if name == "bookmarkStart":
            if block is None:
                self._pending.append(node)
                return
            mark = node.get(f"{W}name", "")
            key = key_of(mark)
            if key and key not in self._seen:
                self._seen.add(key)
                block.keys.append(key)
            elif mark.startswith(SECTION) and mark[len(SECTION) :].isdecimal() and len(mark) < 9:
                block.section = int(mark[len(SECTION) :])
        elif name == "commentRangeStart":
            self._open[node.get(f"{W}id", "")] = None
        elif name == "commentRangeEnd":
            self._open.pop(node.get(f"{W}id", ""), None)

    def _run(
        self,
        node: Any,
        block: Block,
        inserted: Revision | None,
        removed: Revision | None,
        depth: int,
    ) -> None:
        properties = node.find(f"{W}rPr")
        bold = properties is not None and (
            _is_on(properties.find(f"{W}b")) or _value(properties, "rStyle").lower() == "strong"
        )
        text = ""
        comments = list(self._open)
        for child in node:
            name = _name(child)
            if name in ("t", "delText"):
                text += child.text or ""
            elif name in BREAKS:
                text += " "
            elif name == "noBreakHyphen":
                text += "‑"
            elif name == "commentReference" and child.get(f"{W}id", "") not in comments:
                comments.append(child.get(f"{W}id", ""))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                self._boxes(child, depth)
        if text or comments:
            block.stretches.append(
                Stretch(_printable(text), bold, inserted, removed, tuple(comments))
            )

    def _boxes(self, node: Any, depth: int) -> None:
        """Take the text boxes of a picture, as paragraphs outside the text."""
        for box in node.iter(f"{W}txbxContent"):
            self.body(box, True, depth + 1)
            break

    def _style(self, node: Any) -> str:
        properties = node.find(f"{W}pPr")
        if properties is None:
            return "other"
        style = self._styles.get(_value(properties, "pStyle"), "other")
        numbers = properties.find(f"{W}numPr")
        if style in ("other", "numbered") and numbers is not None:
            level = _value(numbers, "ilvl") or "0"
            if (_value(numbers, "numId"), level) in self._bulleted:
                return "bullet" if level == "0" else "bullet2"
        return style


def _name(node: Any) -> str:
    """Return the name of an element without its namespace; "" for anything else."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _value(node: Any, name: str) -> str:
    child = node.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val", "")


def _is_on(node: Any) -> bool:
    return node is not None and node.get(f"{W}val", "1") not in ("0", "false", "off")


def _revision(node: Any) -> Revision:
    return Revision(_author(node), node.get(f"{W}date", "")[:40])


def _author(node: Any) -> str:
    name = " ".join(_printable(node.get(f"{W}author", "")).split())
    return name[:NAME_LENGTH] or "An unnamed author"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(UNPRINTABLE if c not in "\n\t\r" and is_unprintable(c) else c for c in text)


def _styles(root: Any) -> dict[str, str]:
    """Return what we take a paragraph for by the id of its style, or of one that it is based on."""
    named: dict[str, str] = {}
    based: dict[str, str] = {}
    for style in () if root is None else root.iter(f"{W}style"):
        name = style.get(f"{W}styleId", "")
        named[name], based[name] = _value(style, "name").lower(), _value(style, "basedOn")
    found = {}
    for name in named:
        at, steps = name, 0
        while at in named and named[at] not in STYLES and steps < 20:
            at, steps = based[at], steps + 1
        if at in named and named[at] in STYLES:
            found[name] = STYLES[named[at]]
    return found


def _bulleted(root: Any) -> set[tuple[str, str]]:
    """Return the lists and levels that have bullets instead of numbers."""
    if root is None:
        return set()
    bullets = {
        (each.get(f"{W}abstractNumId", ""), level.get(f"{W}ilvl", "0"))
        for each in root.iter(f"{W}abstractNum")
        for level in each.iter(f"{W}lvl")
        if _value(level, "numFmt") == "bullet"
    }
    levels = [str(level) for level in range(9)]
    return {
        (num.get(f"{W}numId", ""), level)
        for num in root.iter(f"{W}num")
        for level in levels
        if (_value(num, "abstractNumId"), level) in bullets
    }


def _comments(root: Any) -> dict[str, Comment]:
    found: dict[str, Comment] = {}
    for each in () if root is None else root.iter(f"{W}comment"):
        lines = ("".join(t.text or "" for t in p.iter(f"{W}t")).strip() for p in each.iter(f"{W}p"))
        text = _printable("\n".join(filter(None, lines)))
        name = each.get(f"{W}id", "")
        if text and name not in found:
            found[name] = Comment(name, _author(each), each.get(f"{W}date", "")[:40], text)
    return found


def _stamp(root: Any) -> Stamp | None:
    for each in () if root is None else root:
        if each.get("name") == NAME:
            return Stamp.read("".join(each.itertext()).strip())
    return None


# --- views ---------------------------------------------------------------------------------------


def source_of(stretches: Iterable[Stretch]) -> str:
    """Return text as typed in a draft: with **bold**, and white space as in print."""
    looks: list[tuple[str, bool]] = []
    for each in stretches:
        text = each.text.replace("*", r"\*")
        if looks and (looks[-1][1] == each.bold or not text.strip()):
            looks[-1] = (looks[-1][0] + text, looks[-1][1])
        elif text:
            looks.append((text, each.bold))
    pieces = []
    for text, bold in looks:
        inner = text.strip()
        if bold and inner:
            lead, tail = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
            text = f"{lead}**{inner}**{tail}"
        pieces.append(text)
    return tidied("".join(pieces))


def tidied(text: str) -> str:
    """Return text with letters and white space as a draft stores them."""
    with suppress(DocumentError):  # an unprintable character, which is shown as such
        text = markup.tidy(text)
    return re.sub("[ \n]+", " ", text).strip()


@dataclass
class _Group:
    """Paragraphs of the file that are one in a view, because the paragraph marks between them are not in it."""

    blocks: list[Block] = field(default_factory=list)

    def main(self, accepted: Collection[str]) -> Block:
        """Return the paragraph that the others are joined to: one with text, and with a key if any."""
        candidates = [each for each in self.blocks if each.text(accepted)] or self.blocks
        return next((each for each in candidates if each.keys), candidates[0])

    def text(self, accepted: Collection[str]) -> str:
        return source_of(
            each for block in self.blocks for each in block.stretches if each.is_in(accepted)
        )


def view(blocks: Sequence[Block], accepted: Collection[str] = ()) -> list[Passage]:
    """Return the text with the tracked changes of these authors accepted and all others rejected."""
    passages: list[Passage] = []
    home, taken = 0, set()
    for group in _groups(blocks, accepted):
        main, text = group.main(accepted), group.text(accepted)
        places = tuple(each.index for each in group.blocks)
        if main.style == "options":
            # Options without a recommendation before them remain of one that was deleted.
            if passages and passages[-1].kind == "ask":
                passages[-1] = replace(
                    passages[-1], options=text, blocks=passages[-1].blocks + places
                )
            continue
        if not text:
            continue
        if main.style == "heading":
            home = main.section or home
            name = f"s-{main.section}" if main.section else f"#{main.index}"
            passages.append(
                Passage(
                    name, "heading", 0, text.replace("**", ""), main_block=main.index, blocks=places
                )
            )
            continue
        key = next((each for each in main.keys if each not in taken), "")
        taken.update(main.keys)
        last = passages[-1] if passages else None
        if main.style in ("bullet", "bullet2") and not key and last and last.kind == "part":
            sign = "- " if main.style == "bullet" else "  - "
            passages[-1] = replace(
                last, text=f"{last.text}\n{sign}{text}", blocks=last.blocks + places
            )
            continue
        is_ask = main.style == "ask" or key.startswith("r-")
        kind = "ask" if is_ask else "part"
        passages.append(
            Passage(key or f"#{main.index}", kind, home, text, main_block=main.index, blocks=places)
        )
    return passages


def _groups(blocks: Sequence[Block], accepted: Collection[str]) -> Iterator[_Group]:
    group = _Group()
    for block in blocks:
        group.blocks.append(block)
        if block.ends_in(accepted):
            yield group
            group = _Group()
    if group.blocks:
        yield group
