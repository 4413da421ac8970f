"""Parses the paper's HTML into a small tree, for the Word writer.

It handles only what our own templates print: every element is closed, except `br`, `col` and `img`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# A line break within text. Documents must not contain this character, so it is unambiguous.
BREAK = "\v"
_VOID = ("br", "col", "img")
_BLOCKS = frozenset(
    ("article", "div", "h1", "h2", "h3", "h4", "header", "ol", "p", "section", "svg", "table", "ul")
)
# White space that HTML collapses; a no-break space is none.
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Node:
    """An element. Its children are elements and strings."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def is_block(self) -> bool:
        return self.tag in _BLOCKS

    def elements(self, *tags: str) -> list[Node]:
        """Return child elements, only those with one of `tags` if any are given."""
        return [
            child
            for child in self.children
            if isinstance(child, Node) and (not tags or child.tag in tags)
        ]

    def words(self) -> str:
        pieces = [child if isinstance(child, str) else child.words() for child in self.children]
        return _SPACE.sub(" ", "".join(pieces)).strip(" ")


@dataclass(slots=True)
class Piece:
    """Text with one format. BREAK alone is a line break."""

    text: str
    bold: bool = False
    lang: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse_html(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def pieces(children: Iterable[Node | str], unknown: type[Exception]) -> list[Piece]:
    """Return the text of inline content, with white space collapsed.

    Raise `unknown` for any other element.
    """
    found: list[Piece] = []
    open_end = False  # whether the text so far ends in a word, so that a space may follow
    for piece in _stretches(children, False, "", unknown):
        if piece.text != BREAK:
            piece.text = _SPACE.sub(" ", piece.text)
            if not open_end:
                piece.text = piece.text.removeprefix(" ")
            if not piece.text:
                continue
            open_end = not piece.text.endswith(" ")
        else:
            open_end = False
        last = found[-1] if found else None
        if (
            last
            and piece.text != BREAK != last.text
            and (last.bold, last.lang) == (piece.bold, piece.lang)
        ):
            last.text += piece.text
        else:
            found.append(piece)
    while found and not found[-1].text.rstrip(" "):
        found.pop()
    if found:
        found[-1].text = found[-1].text.removesuffix(" ")
    return found


def _stretches(
    children: Iterable[Node | str], bold: bool, lang: str, unknown: type[Exception]
) -> Iterator[Piece]:
    for child in children:
        if isinstance(child, str):
            yield Piece(child, bold, lang)
        elif child.tag == "br":
            yield Piece(BREAK, bold, lang)
        elif child.tag in ("strong", "span"):
            inner = child.attributes.get("lang", lang)
            yield from _stretches(child.children, bold or child.tag == "strong", inner, unknown)
        else:
            raise unknown(f"A Word file has no place for this part of the paper: {child.tag}.")
