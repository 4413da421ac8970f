"""Find what an Excel workbook has that its sheets do not show: sheets, rows, columns, cells, names, stored values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from defusedxml.ElementTree import iterparse

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.office_parts import (
    WHITE,
    Parts,
    all_named,
    child_of,
    is_alike,
    is_cropped,
    is_on_attribute,
    local_name,
    value_of,
)

WORKBOOK, STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
THEME = ("FFFFFF", "000000")  # the first two colours of a theme, of paper and ink
INDEXED = {"0": "000000", "1": WHITE, "8": "000000", "9": WHITE, "64": "000000", "65": WHITE}
FIRST = 12  # values that are quoted
# What a number format has around what it shows.
_AROUND = re.compile(r'\[[^\]]*\]|"\s*"|\\\s|_.|\*.|\s')


class Sheet(NamedTuple):
    name: str
    part: str
    is_hidden: bool


class CellLook(NamedTuple):
    is_pale: bool = False
    # What the number format has for numbers above, below and of nothing, and for texts, as far as it says.
    sections: tuple[str, ...] = ("General",)


def of_excel(parts: Parts, check_time: Callable[[], None]) -> Iterator[Found]:
    book = parts.root(WORKBOOK)
    related = parts.related(WORKBOOK)
    sheets = [
        Sheet(
            value_of(each, "name"),
            related[value_of_id(each)].target,
            value_of(each, "state") not in ("", "visible"),
        )
        for each in all_named(child_of(book, "sheets"), "sheet")
    ]
    words = [_text(each) for each in parts.root(STRINGS)]
    looks, used = list(_looks(parts)), set[int]()
    for sheet in sheets:
        yield from _Cells(parts, sheet, words, looks, used, check_time).found()
        yield from _beside(parts, sheet)
    unused = [each for at, each in enumerate(words) if at not in used and each.strip()]
    if unused:
        yield Found("office_unused", words=" · ".join(unused[:FIRST]))
    for each in all_named(child_of(book, "definedNames"), "definedName"):
        says, name = each.text or "", value_of(each, "name")
        if is_on_attribute(each, "hidden") and name != "_xlnm._FilterDatabase" or '"' in says:
            yield Found("office_name", words=f"{name}: {says}")
    yield from _kept_elsewhere(parts)


def value_of_id(of: Any) -> str:
    """Return the identity of what an element refers to, and not its own."""
    return next((value for key, value in of.items() if key.endswith("}id")), "")


class _Cells:
    """Reads the cells of one sheet."""

    def __init__(
        self,
        parts: Parts,
        sheet: Sheet,
        words: list[str],
        looks: list[CellLook],
        used: set[int],
        check_time: Callable[[], None],
    ) -> None:
        self.parts, self.sheet, self.words, self.looks = parts, sheet, words, looks
        self.used, self.check_time = used, check_time
        self.hidden_columns: list[tuple[int, int]] = []
        self.all: list[str] = []
        self.rows: dict[int, list[str]] = {}
        self.columns: dict[int, list[str]] = {}

    def found(self) -> Iterator[Found]:
        name, number, is_hidden = self.sheet.name, 0, False
        with self.parts.open(self.sheet.part) as opened:
            for event, each in iterparse(opened, events=("start", "end")):
                kind = local_name(each)
                if event == "start":
                    if kind == "row":
                        number = int(value_of(each, "r") or number + 1)
                        is_hidden = is_on_attribute(each, "hidden") or value_of(each, "ht") == "0"
                elif kind == "col" and (
                    is_on_attribute(each, "hidden") or value_of(each, "width") == "0"
                ):
                    self.hidden_columns.append(
                        (int(value_of(each, "min")), int(value_of(each, "max")))
                    )
                elif kind == "row":
                    self.check_time()
                    each.clear()
                elif kind == "c" and (value := self._value(each)):
                    self.all.append(value)
                    if is_hidden:
                        self.rows.setdefault(number, []).append(value)
                    yield from self._of_cell(each, value)
        if self.sheet.is_hidden:
            yield Found("office_sheet", words=_first(self.all), place=f"sheet::{name}")
        if self.rows:
            values = [value for row in self.rows.values() for value in row]
            place = f"rows:{name}:{_ranges(self.rows, str)}"
            yield Found("office_rows", words=_first(values), place=place)
        if self.columns:
            values = [value for column in self.columns.values() for value in column]
            place = f"rows:{name}:{_ranges(self.columns, _letters)}"
            yield Found("office_columns", words=_first(values), place=place)

    def _of_cell(self, cell: Any, value: str) -> Iterator[Found]:
        at = value_of(cell, "r")
        column = _column(at)
        if any(first <= column <= last for first, last in self.hidden_columns):
            self.columns.setdefault(column, []).append(value)
        style = int(value_of(cell, "s") or 0)
        look = self.looks[style] if style < len(self.looks) else CellLook()
        if look.is_pale or _shows_nothing(look.sections, value):
            kind = "office_pale" if look.is_pale else "office_format"
            yield Found(kind, words=value, place=f"cell:{self.sheet.name}:{at}")

    def _value(self, cell: Any) -> str:
        if value_of(cell, "t") == "inlineStr":
            return _text(child_of(cell, "is"))
        found = child_of(cell, "v")
        value: str = (found.text or "").strip() if found is not None else ""
        if value_of(cell, "t") == "s" and value.isdecimal():
            self.used.add(int(value))
            return self.words[int(value)]
        return value


def _looks(parts: Parts) -> Iterator[CellLook]:
    """Yield how cells look, in the order in which they refer to it."""
    styles = parts.root("xl/styles.xml")
    if isinstance(styles, tuple):
        return
    codes = {
        value_of(each, "numFmtId"): value_of(each, "formatCode")
        for each in all_named(child_of(styles, "numFmts"), "numFmt")
    }
    inks = [_colour(child_of(each, "color"), "000000") for each in child_of(styles, "fonts") or ()]
    fills = []
    for each in child_of(styles, "fills") or ():
        pattern = child_of(each, "patternFill")
        is_solid = pattern is not None and value_of(pattern, "patternType") == "solid"
        fills.append(_colour(child_of(pattern, "fgColor"), "") if is_solid else WHITE)
    for each in child_of(styles, "cellXfs") or ():
        ink = inks[int(value_of(each, "fontId") or 0)] if inks else ""
        fill = fills[int(value_of(each, "fillId") or 0)] if fills else WHITE
        code = codes.get(value_of(each, "numFmtId"), "General")
        sections = tuple(_AROUND.sub("", code).split(";"))
        yield CellLook(bool(ink and fill) and is_alike(ink, fill), sections)


def _colour(of: Any, otherwise: str) -> str:
    """Return a colour as six digits, or "" if it cannot be known here."""
    if of is None:
        return otherwise
    theme, own = value_of(of, "theme"), value_of(of, "rgb")
    if theme in ("0", "1"):
        return THEME[int(theme)] if not value_of(of, "tint") else ""
    return own[-6:].upper() if own else INDEXED.get(value_of(of, "indexed"), "")


def _shows_nothing(sections: tuple[str, ...], value: str) -> bool:
    """Whether the section of a number format that is for this value is there and empty."""
    try:
        number = float(value)
    except ValueError:
        return len(sections) > 3 and not sections[3]
    at = 0 if number > 0 else 1 if number < 0 else 2
    return len(sections) > max(at, 1) and not sections[at]


def _beside(parts: Parts, sheet: Sheet) -> Iterator[Found]:
    """Yield the comments and drawings of a sheet."""
    for each in parts.related(sheet.part).values():
        if each.is_outside or each.target not in parts.names:
            continue
        if each.kind in ("comments", "threadedComment"):
            for note in all_named(parts.root(each.target), "comment", "threadedComment"):
                said = _text(note) or "".join(text.text or "" for text in all_named(note, "text"))
                place = f"cell:{sheet.name}:{value_of(note, 'ref')}"
                yield Found("office_comment", words=said, place=place)
        elif each.kind == "drawing":
            yield from of_drawing(parts.root(each.target), f"sheet::{sheet.name}")


def of_drawing(root: Any, place: str) -> Iterator[Found]:
    """Yield what the shapes and pictures of a sheet or slide have unseen."""
    for each in all_named(root, "cNvPr"):
        if words := " ".join(filter(None, (each.get("title"), each.get("descr")))):
            yield Found("office_description", words=words, place=place)
        if is_on_attribute(each, "hidden"):
            yield Found("office_hidden", words=value_of(each, "name"), place=place)
    if any(is_cropped(each) for each in all_named(root, "srcRect")):
        yield Found("office_cropped", place=place)


def _kept_elsewhere(parts: Parts) -> Iterator[Found]:
    """Yield what parts of a workbook keep that no sheet has to show."""
    kinds = {
        "office_pivot": r"xl/pivotCache/pivotCache(?:Definition|Records)\d*\.xml",
        "office_external": r"xl/externalLinks/externalLink\d*\.xml",
        "office_revision": r"xl/revisions/revisionLog\d*\.xml",
        "office_data": r"xl/(?:connections|queryTables/.*)\.xml",
    }
    for kind, pattern in kinds.items():
        for name in parts.names:
            if re.fullmatch(pattern, name):
                yield Found(kind, words=_first(list(_kept(parts, name))))


def _kept(parts: Parts, name: str) -> Iterator[str]:
    for each in all_named(
        parts.root(name), "s", "v", "t", "n", "d", "connection", "dbPr", "queryTable"
    ):
        for text in (each.text, each.get("v"), each.get("name"), each.get("connection")):
            if text and text.strip():
                yield text


def _text(of: Any) -> str:
    return "".join(each.text or "" for each in all_named(of, "t"))


def _first(values: list[str]) -> str:
    return " · ".join(islice((value for value in values if value.strip()), FIRST))


def _column(at: str) -> int:
    number = 0
    for letter in at:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number


def _letters(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def _ranges(numbers: dict[int, Any], shown: Callable[[int], str]) -> str:
    """Return numbers as ranges, such as "4–6, 9"."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(shown(a) if a == b else f"{shown(a)}–{shown(b)}" for a, b in found)
