"""Converts typed text to the text of a document, and back. Never HTML.

Only two things are markup: `**bold**`, and lines that start with "- ", "* " or "• ", which are
sub-bullets (a second level if indented under another). A blank line ends a paragraph. Everything
else is printed as typed, including tags and other Markdown. markdown-it decides where bold may open
and close. Bullets are parsed line by line, because Markdown's lists would also match "2009. A year"
and indented text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from reports.document.text import Bullet, DocumentError, Run, Text, check_characters

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_SOURCE = 20_000  # characters in one text box
MAX_BULLETS = 100

_BULLET = re.compile(r"( *)[-*•] +(\S.*)")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")

# A word that te reo Māori spelling allows, and one that must be te reo Māori: it has a macron.
_SPELT = r"(?:(?:ng|wh|[hkmnprtw])?[aeiouāēīōū])+"
_WITH_MACRON = rf"(?=[a-z]*[āēīōū]){_SPELT}"
_MACRON = re.compile("[āēīōūĀĒĪŌŪ]")
_NAME = r"(?-i:(?=[A-ZĀĒĪŌŪ]))" + _SPELT
_MAORI = rf"(?:\b{_NAME}[ -])*\b{_WITH_MACRON}\b(?:[ -](?:{_NAME}|{_WITH_MACRON})\b|-{_SPELT}\b)*"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph's text and its sub-bullets."""

    text: Text
    bullets: tuple[Bullet, ...] = ()


def parse(source: str, *, maori: Iterable[str] = ()) -> tuple[Block, ...]:
    """Return the paragraphs of `source`; none if it is blank.

    Words with macrons, and names beside them, are marked as te reo Māori, and so are the phrases in
    `maori` (the agencies' names). A bullet without a sentence before it becomes a paragraph.

    Raise `DocumentError` for text that is too long, nested too deeply, or not printable.
    """
    if len(source) > MAX_SOURCE:
        raise DocumentError(
            f"The text is {len(source):,} characters long; the limit is {MAX_SOURCE:,}."
        )
    return _parsed(source, tuple(maori))


@lru_cache(maxsize=2000)
def _parsed(source: str, maori: tuple[str, ...]) -> tuple[Block, ...]:
    """Cache the blocks of a text: a paper is composed at several lengths, checked and shown."""
    tongue = _tongue(maori)
    drafts: list[_Draft] = []
    open_draft = False
    for line in tidy(source).split("\n"):
        if not line.strip():
            open_draft = False
        elif match := _BULLET.match(line):
            indent = len(match[1])
            if drafts and indent >= drafts[-1].least_indent:
                drafts[-1].add_bullet(indent=indent, words=match[2])
            else:
                drafts.append(_Draft(match[2], least_indent=indent + 2))
            open_draft = False
        elif drafts and drafts[-1].bullets and line.startswith("  "):
            drafts[-1].continue_bullet(line.strip())
        elif open_draft:
            drafts[-1].words += " " + line.strip()
        else:
            drafts.append(_Draft(line.strip()))
            open_draft = True
    return tuple(draft.block(tongue) for draft in drafts)


def inline(source: str, *, maori: Iterable[str] = ()) -> Text:
    """Parse one paragraph without bullets. Line breaks become spaces.

    Raise `DocumentError` for blank text, and as `parse` does.
    """
    if len(source) > MAX_SOURCE:
        raise DocumentError(
            f"The text is {len(source):,} characters long; the limit is {MAX_SOURCE:,}."
        )
    return _runs(" ".join(tidy(source).split()), _tongue(tuple(maori)))


def languages(words: str, *, maori: Iterable[str] = ()) -> Text:
    """Mark te reo Māori as `parse` does, without parsing markup."""
    runs: list[Run] = []
    _add_marked(runs, words, False, _tongue(tuple(maori)))
    return tuple(runs)


def to_source(text: Text, bullets: Iterable[Bullet] = ()) -> str:
    """Return the source that parses to this text, for editing."""
    lines = [_source_line(text)]
    for bullet in bullets:
        lines.append("- " + _source_line(bullet.text))
        lines += ["  - " + _source_line(nested.text) for nested in bullet.bullets]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Tongue:
    """Patterns of te reo Māori, of which text without a macron can hold only names without one."""

    with_macrons: re.Pattern[str]
    without: re.Pattern[str] | None


@dataclass(slots=True)
class _Draft:
    words: str
    least_indent: int = 0  # of its bullets: more than its own sign's if it was a bullet itself
    bullets: list[tuple[int, str]] = field(default_factory=list)

    def add_bullet(self, *, indent: int, words: str) -> None:
        if len(self.bullets) == MAX_BULLETS:
            raise DocumentError(f"A paragraph has {MAX_BULLETS} sub-bullets at most.")
        self.bullets.append((indent, words))

    def continue_bullet(self, words: str) -> None:
        indent, before = self.bullets[-1]
        self.bullets[-1] = (indent, f"{before} {words}")

    def block(self, tongue: _Tongue) -> Block:
        bullets: list[Bullet] = []
        outer = inner = 0
        for indent, words in self.bullets:
            bullet = Bullet(_runs(words, tongue))
            if not bullets or indent < outer + 2:
                bullets.append(bullet)
                outer, inner = indent, 0
            elif inner and indent >= inner + 2:
                raise DocumentError("Sub-bullets go two levels deep at most.")
            else:
                bullets[-1] = replace(bullets[-1], bullets=(*bullets[-1].bullets, bullet))
                inner = inner or indent
        return Block(_runs(self.words, tongue), tuple(bullets))


def tidy(source: str) -> str:
    """Normalise letters (NFC) and line ends, and remove invisible joiners of word processors."""
    if source.isprintable() and unicodedata.is_normalized("NFC", source):
        return source  # one line without any of those
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", source))
    text = _INVISIBLE.sub("", text).replace("\t", "    ")
    check_characters(text.replace("\n", " "), "The text")
    return text


def _runs(words: str, tongue: _Tongue) -> Text:
    runs: list[Run] = []
    for text, bold in _looks(re.sub(r"  +", " ", words)):
        _add_marked(runs, text, bold, tongue)
    return tuple(runs)


def _add_marked(runs: list[Run], text: str, bold: bool, tongue: _Tongue) -> None:
    pattern = tongue.with_macrons if _MACRON.search(text) else tongue.without
    start = 0
    for match in pattern.finditer(text) if pattern else ():
        _add(runs, text[start : match.start()], bold, "")
        _add(runs, match.group(), bold, "mi")
        start = match.end()
    _add(runs, text[start:], bold, "")


@cache
def _inline() -> MarkdownIt:
    """Return the parser of bold, loaded when a text has an asterisk."""
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["emphasis", "escape"]).disable("text_join")


def _looks(words: str) -> list[tuple[str, bool]]:
    """Return runs of text, each with whether it is bold. Neighbours of one format are joined."""
    if "*" not in words:
        return [(words, False)]
    stretches: list[tuple[str, bool]] = []
    bold = False
    for token in _inline().parseInline(words)[0].children or []:
        text = token.content
        if token.markup == "**" and token.nesting:
            bold = token.nesting == 1
            continue
        if token.nesting or (token.type == "text_special" and token.markup != r"\*"):
            text = token.markup  # the characters of emphasis and escapes that are not supported
        if stretches and stretches[-1][1] == bold:
            stretches[-1] = (stretches[-1][0] + text, bold)
        else:
            stretches.append((text, bold))
    return stretches


def _add(runs: list[Run], text: str, bold: bool, lang: str) -> None:
    if text:
        runs.append(Run(text, bold, lang))


@lru_cache(maxsize=32)
def _tongue(maori: tuple[str, ...]) -> _Tongue:
    phrases = sorted(
        {unicodedata.normalize("NFC", phrase) for phrase in maori}, key=len, reverse=True
    )
    named = [rf"\b{re.escape(phrase)}\b" for phrase in phrases if phrase.strip()]
    plain = [phrase for phrase in named if not _MACRON.search(phrase)]
    return _Tongue(
        with_macrons=re.compile("|".join([*named, _MAORI]), re.IGNORECASE),
        without=re.compile("|".join(plain), re.IGNORECASE) if plain else None,
    )


def _source_line(text: Text) -> str:
    parts = []
    bold = False
    for run in text:
        if run.bold != bold:
            parts.append("**")
            bold = run.bold
        parts.append(run.text.replace("*", r"\*"))
    return "".join(parts) + ("**" if bold else "")
