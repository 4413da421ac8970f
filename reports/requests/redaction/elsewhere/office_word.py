"""Find what a Word file has in its paragraphs, comments and settings that a page does not show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from defusedxml.ElementTree import iterparse

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.held_text import WORD, headers_shown
from reports.requests.redaction.elsewhere.office_parts import (
    WHITE,
    Parts,
    all_named,
    child_of,
    is_alike,
    is_cropped,
    is_on,
    is_on_attribute,
    local_name,
    number_of,
    value_of,
)

WRITTEN = re.compile(r"word/(?:document|footnotes|endnotes)\.xml")
HEADERS = re.compile(r"word/(?:header|footer)\d*\.xml")
OWN = re.compile(
    r"word/(?:document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes|comments"
    r"|header\d*|footer\d*)\.xml"
)
CHANGES = {"ins", "del", "moveFrom", "moveTo"}
OTHER_CHANGES = {
    *("rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange"),
    *("tblGridChange", "tblPrExChange", "numberingChange", "cellIns", "cellDel", "cellMerge"),
}
# Fields that show all that they say.
SHOWN_FIELDS = {
    *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "NOTEREF", "SEQ"),
    *(
        "DATE",
        "TIME",
        "CREATEDATE",
        "SAVEDATE",
        "PRINTDATE",
        "STYLEREF",
        "SYMBOL",
        "EQ",
        "FORMTEXT",
    ),
    *("FORMCHECKBOX", "FORMDROPDOWN", "HYPERLINK", "=", "NUMWORDS", "INDEX"),
}
BLACK = "000000"
HIGHLIGHTS = {
    "black": BLACK,
    "white": WHITE,
    "yellow": "FFFF00",
    "green": "00FF00",
    "cyan": "00FFFF",
    "magenta": "FF00FF",
    "blue": "0000FF",
    "red": "FF0000",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkMagenta": "800080",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}
# What a page shows of a part, or `of_word` names: the text of a run. Places of drawings are words too.
TEXTS = {"t", "delText", "instrText", "delInstrText"}
PLACES = {"align", "LinkType", "LockedField"}
NOTES, NOTE_REFERENCES = ("footnote", "endnote"), ("footnoteReference", "endnoteReference")
# Attributes in which somebody's words are kept, by the element that has them.
NAMED = {
    "bookmarkStart": "name",
    "hyperlink": "tooltip",
    "alias": "val",
    "tag": "val",
    "docPr": "name",
    "cNvPr": "name",
}
# The name that a program gives to a bookmark or a picture.
OF_ITSELF = re.compile(r"_.*|.*\D\s?\d+|(?i:(?:picture|image|drawing)\d*(?:\.\w+)?)|")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SMALL = 4  # half-points
FLAT = 60  # twentieths of a point: the height of a line or row
FAR = 12_000  # twentieths of a point: what is further to one side is off the page
SIDES = ("x", "y", "left", "start", "right", "end", "firstLine")
# In English Metric Units, of A4 with its margins: where a drawing's frame begins at most, and ends at least.
FARTHEST, NEAREST = 10_700_000, -1_000_000
_MOVED = re.compile(r"(?:^|;)\s*(?:margin-)?(?:left|top)\s*:\s*(-?[\d.]+)pt")


class Look(NamedTuple):
    """How a run or a style has its text. None is as the style above says."""

    hidden: bool | None = None
    colour: str | None = None
    size: int | None = None

    def over(self, other: Look) -> Look:
        return Look(
            other.hidden if self.hidden is None else self.hidden,
            other.colour if self.colour is None else self.colour,
            other.size if self.size is None else self.size,
        )


def of_word(parts: Parts, check_time: Callable[[], None]) -> Iterator[Found]:
    looks = _looks_of_styles(parts)
    used = headers_shown(parts)
    commented: dict[str, str] = {}
    for name in parts.names:
        if WRITTEN.fullmatch(name) or name in used:
            yield from _Written(parts, name, looks, commented, check_time).found()
        elif HEADERS.fullmatch(name):
            words = _text(parts.root(name))
            if words.strip():
                yield Found("office_unused", words=words, place=f"part::{_short(name)}")
    yield from _beside_the_text(parts, check_time)
    for each in parts.root("word/comments.xml"):
        place = commented.get(value_of(each, "id"), "")
        yield Found("office_comment", words=_signed(_text(each), each), place=place)
    for each in all_named(child_of(parts.root("word/settings.xml"), "docVars"), "docVar"):
        yield Found("office_variable", words=f"{value_of(each, 'name')}: {value_of(each)}")


def _beside_the_text(parts: Parts, check_time: Callable[[], None]) -> Iterator[Found]:
    """Yield the words of all parts that are no text of theirs: Word shows none of them."""
    shown, noted = set[str](), set[str]()
    linked = {each.target for each in parts.related(WORD).values()}
    for name in sorted(filter(OWN.fullmatch, parts.names), key=lambda name: name != WORD):
        unshown, names = _Beside(noted), list[str]()
        with parts.open(name) as opened:
            for event, each in iterparse(opened, events=("start", "end", "comment", "pi")):
                check_time()
                unshown.read(event, each, shown, names)
        if WRITTEN.fullmatch(name) and name != WORD and name not in linked:
            unshown.words.insert(0, name)
        unshown.words += [words for words in names if not {*_words_of(words)} <= shown]
        for words in unshown.words:
            yield Found("office_unused", words=words, place=f"part::{_short(name)}")


def _words_of(text: str) -> list[str]:
    return LETTERS.findall(text.casefold())


class _Beside:
    """Gathers what stands in a part beside the text of its runs, in notes to which nothing refers too."""

    def __init__(self, noted: set[str]) -> None:
        self.noted, self.words = noted, list[str]()
        self.above: list[str] = []
        self.note: list[str] | None = None  # the text of a note to which nothing refers

    def read(self, event: str, each: Any, shown: set[str], names: list[str]) -> None:
        if event in ("comment", "pi"):
            self._add(each.text)
            return
        name = local_name(each)
        if event == "start":
            self.above.append(name)
            if name in NOTE_REFERENCES:
                self.noted.add(name.removesuffix("Reference") + value_of(each, "id"))
            elif name in NOTES and not value_of(each, "type"):
                is_noted = name + value_of(each, "id") in self.noted
                self.note = None if is_noted else []
            if name in NAMED and not OF_ITSELF.fullmatch(said := value_of(each, NAMED[name])):
                names.append(said)
            return
        self.above.pop()
        for below in each:
            self._add(below.tail)
        if name in TEXTS and self.above[-1:] in (["r"], ["fld"]) and "p" in self.above:
            shown.update(_words_of(each.text or ""))
            if self.note is not None:
                self.note.append(each.text or "")
        elif name not in PLACES:
            self._add(each.text)
        if name in NOTES and self.note is not None:
            self._add("".join(self.note))
            self.note = None
        behind = each.tail  # which the element around it reads
        each.clear()
        each.tail = behind

    def _add(self, text: str | None) -> None:
        if text and LETTERS.search(text):
            self.words.append(text)


class _Written:
    """Reads a part paragraph by paragraph."""

    def __init__(
        self,
        parts: Parts,
        name: str,
        looks: dict[str, Look],
        commented: dict[str, str],
        check_time: Callable[[], None],
    ) -> None:
        self.parts, self.name, self.looks = parts, name, looks
        self.commented, self.check_time = commented, check_time
        self.number, self.depth = 0, 0
        self.fills: list[str | None] = []  # of the cells around
        self.rows: list[bool] = []  # whether each row around is too flat to be seen
        self.ground = WHITE

    @property
    def place(self) -> str:
        if self.name == WORD:
            return f"paragraph::{self.number}"
        return f"part::{_short(self.name)}, {self.number}"

    def found(self) -> Iterator[Found]:
        with self.parts.open(self.name) as opened:
            for event, each in iterparse(opened, events=("start", "end")):
                name = local_name(each)
                if event == "start":
                    self._begin(name)
                elif name == "p":
                    self.depth -= 1
                    if self.depth == 0:
                        self.check_time()
                        self.number += 1
                        yield from self._of_paragraph(each)
                        each.clear()
                elif self.depth == 0:
                    self.check_time()
                    self._end(name, each)
                    if name in CHANGES | OTHER_CHANGES:
                        yield Found(
                            "office_change", words=value_of(each, "author"), place=self.place
                        )

    def _begin(self, name: str) -> None:
        if name == "p":
            self.depth += 1
        elif name == "tc":
            self.fills.append(None)
        elif name == "tr":
            self.rows.append(False)

    def _end(self, name: str, each: Any) -> None:
        if name == "background":
            self.ground = value_of(each, "color") or WHITE
        elif name == "tc":
            self.fills.pop()
        elif name == "tr":
            self.rows.pop()
        elif name == "tcPr" and self.fills:
            self.fills[-1] = _fill_of(each)
        elif name == "trPr" and self.rows:
            height = child_of(each, "trHeight")
            self.rows[-1] = _is_flat(height, "val", "hRule")

    def _of_paragraph(self, p: Any) -> Iterator[Found]:
        found: dict[str, str] = {}
        own = child_of(p, "pPr")
        style = self._style(own, "pStyle")
        ground = _fill_of(own) or next(filter(None, reversed(self.fills)), self.ground)
        is_flat = any(self.rows) or _is_flat(child_of(own, "spacing"), "line", "lineRule")
        for run in all_named(p, "r"):
            self.check_time()
            words = _text(run)
            if not words.strip():
                continue
            props = child_of(run, "rPr")
            look = _look_of(props).over(self._style(props, "rStyle")).over(style)
            kind = _unseen(look, props, ground)
            if not kind and (is_flat or look.size is not None and look.size <= SMALL):
                kind = "office_small"
            if kind:
                found[kind] = found.get(kind, "") + words
        if _is_away(p):
            found["office_away"] = _text(p)
        for change in all_named(p, *CHANGES):
            found.setdefault("office_change", _signed(_text(change), change))
        for change in all_named(p, *OTHER_CHANGES):
            found.setdefault("office_change", value_of(change, "author"))
        for picture in all_named(p, "docPr", "cNvPr"):
            if words := " ".join(filter(None, (picture.get("title"), picture.get("descr")))):
                found.setdefault("office_description", words)
            if is_on_attribute(picture, "hidden"):
                found.setdefault("office_hidden", value_of(picture, "name"))
        if any(is_cropped(each) for each in all_named(p, "srcRect")):
            found["office_cropped"] = ""
        for code in _codes_of(p):
            if code.split()[:1] and code.split()[0].upper() not in SHOWN_FIELDS:
                found.setdefault("office_field", code)
        for each in all_named(p, "commentReference"):
            self.commented[value_of(each, "id")] = self.place
        for kind, words in found.items():
            yield Found(kind, words=words, place=self.place)

    def _style(self, props: Any, name: str) -> Look:
        style = child_of(props, name)
        return self.looks.get(value_of(style), Look()) if style is not None else Look()


def _unseen(look: Look, props: Any, ground: str) -> str:
    """Return the kind of text that has the colour of what is behind it or is hidden, or ""."""
    if look.hidden:
        return "office_hidden"
    for fill in all_named(child_of(props, "textFill"), "noFill", "alpha"):
        if local_name(fill) == "noFill" or int(value_of(fill) or 0) > 90_000:
            return "office_pale"
    marked = child_of(props, "highlight")
    highlight = HIGHLIGHTS.get(value_of(marked), "") if marked is not None else ""
    behind = highlight or _fill_of(props) or ground
    colour = look.colour
    if colour is None:  # Word chooses black or white by the shading, and not by the highlight.
        colour = BLACK if highlight else ""
    return "office_pale" if colour and is_alike(colour, behind) else ""


def _look_of(props: Any) -> Look:
    hidden, colour, size = (child_of(props, name) for name in ("vanish", "color", "sz"))
    shade = None
    if colour is not None:
        shade = value_of(colour).upper()
        if shade in ("", "AUTO"):
            shade = WHITE if value_of(colour, "themeColor") in ("background1", "light1") else None
    half_points = value_of(size) if size is not None else ""
    return Look(
        hidden=is_on(hidden) if hidden is not None else None,
        colour=shade,
        size=int(half_points) if half_points.isdecimal() else None,
    )


def _looks_of_styles(parts: Parts) -> dict[str, Look]:
    own, above = {}, {}
    for each in parts.root("word/styles.xml"):
        key, base = value_of(each, "styleId"), child_of(each, "basedOn")
        own[key] = _look_of(child_of(each, "rPr"))
        above[key] = value_of(base) if base is not None else ""
    found = {}
    for key in own:
        look, at, passed = Look(), key, set[str]()
        while at in own and at not in passed:
            passed.add(at)
            look, at = look.over(own[at]), above[at]
        found[key] = look
    return found


def _fill_of(props: Any) -> str | None:
    shading = child_of(props, "shd")
    if shading is None:
        return None
    fill = value_of(shading, "color" if value_of(shading) == "solid" else "fill").upper()
    if fill == "AUTO" and value_of(shading) == "solid":
        return BLACK
    return fill if len(fill) == 6 else None


def _is_flat(of: Any, height: str, rule: str) -> bool:
    if of is None or value_of(of, rule) != "exact":
        return False
    found = value_of(of, height)
    return found.isdecimal() and int(found) <= FLAT


def _is_away(p: Any) -> bool:
    """Whether a paragraph, or a frame that stands in it, is off the page."""
    own = child_of(p, "pPr")
    for placed in ("framePr", "ind"):
        each = child_of(own, placed)
        if each is not None and any(abs(number_of(value_of(each, side))) > FAR for side in SIDES):
            return True
    if any(_is_anchored_away(each) for each in all_named(p, "anchor")):
        return True
    styles = (each.get("style", "") for each in p.iter())
    return any(abs(number_of(by)) * 20 > FAR for style in styles for by in _MOVED.findall(style))


def _is_anchored_away(anchor: Any) -> bool:
    extent = child_of(anchor, "extent")
    for side, size in (("positionH", "cx"), ("positionV", "cy")):
        offset = child_of(anchor, side, "posOffset")
        if offset is not None:
            begins = number_of(offset.text or "")
            long = number_of(value_of(extent, size)) if extent is not None else 0
            if begins > FARTHEST or begins + long < NEAREST:
                return True
    return False


def _codes_of(p: Any) -> Iterator[str]:
    code = ""
    for each in p.iter():
        name = local_name(each)
        if name == "fldSimple":
            yield value_of(each, "instr")
        elif name == "instrText":
            code += each.text or ""
        elif name == "fldChar" and code:
            yield code
            code = ""
    if code:
        yield code


def _text(of: Any) -> str:
    if of is None or isinstance(of, tuple):
        return ""
    return "".join(each.text or "" for each in all_named(of, "t", "delText"))


def _signed(words: str, of: Any) -> str:
    author = value_of(of, "author")
    return f"{words} ({author})" if author else words


def _short(name: str) -> str:
    return name.rpartition("/")[2]
