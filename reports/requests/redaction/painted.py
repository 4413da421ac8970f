"""The text of a page as its operators paint it, hidden or not: a second reader beside other libraries.

It also notes what it was drawn with, so that what a file has and no page draws can be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|(?<!<)<([0-9A-Fa-f\s]*)>(?!>)", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_DIGITS = re.compile(rb"<([0-9A-Fa-f]*)>")
_SHOWS = re.compile(rb"T[jJ]|Do|['\"]")
# Operators of one page that show text or draw something; more is an attack.
MOST_SHOWN = 50_000
MOST_BYTES = 20_000_000  # of its operators, however often they are drawn
MOST_CODES = 200_000  # of a font


def text_of_page(page: pikepdf.Page) -> str:
    """Return a page's text in the order in which it is painted, hidden or not."""
    painted = Painted()
    painted.page(page.obj)
    for note in page.obj.get("/Annots", ()):
        for look in _looks(note.get("/AP")):
            painted.read(look, look.get("/Resources", {}), set())
    return f"{painted.text}\n{painted.instead}"


class Painted:
    """Reads pages, one after the other. `drawn` has the objects that were drawn."""

    def __init__(self) -> None:
        self.drawn: set[tuple[int, int]] = set()
        self._fonts: dict[tuple[int, int], Callable[[bytes], str]] = {}
        self._clear()

    def _clear(self) -> None:
        self._shown: list[str] = []
        self._instead: list[str] = []
        self._left, self._bytes_left = MOST_SHOWN, MOST_BYTES
        self._known: set[tuple[int, int]] = set()

    @property
    def text(self) -> str:
        return "".join(self._shown)

    @property
    def instead(self) -> str:
        """Texts that stand in the page's operators instead of what they paint."""
        return "\n".join(self._instead)

    def page(self, page: Any) -> None:
        """Read a page. Raise `OverflowError` if it shows too much."""
        self._clear()
        self.read(page, _inherited(page), set())

    def read(self, content: Any, resources: Any, within: set[Any]) -> None:
        self._check_size(content)
        self._read_beside(resources, within)
        fonts = resources.get("/Font", {})
        letters: dict[str, Callable[[bytes], str]] = {}
        font: Callable[[bytes], str] = _latin
        # Letters that are placed one by one are one word.
        single = False
        for each in pikepdf.parse_content_stream(content, "Tf Tj TJ ' \" Do BDC DP"):
            name, operands = str(each.operator), each.operands
            if name == "Tf":
                called = str(operands[0])
                if called not in letters:
                    letters[called] = self._font(fonts[called]) if called in fonts else _latin
                font = letters[called]
            elif name == "Do":
                drawn = resources.get("/XObject", {}).get(str(operands[0]))
                if drawn is not None:
                    self._draw(drawn, resources, within)
            elif name in ("BDC", "DP"):
                for operand in operands:
                    if isinstance(operand, pikepdf.Dictionary):
                        found = operand.get("/ActualText"), operand.get("/Alt"), operand.get("/E")
                        self._instead += [str(text) for text in found if text is not None]
            else:
                text = font(_codes(operands[-1]) if operands else b"")
                if not (single and len(text) <= 1):
                    self._shown.append("\n")
                single = len(text) <= 1
                self._shown.append(text)

    def _font(self, font: Any) -> Callable[[bytes], str]:
        """Return what turns a font's codes into text; the table of a font of its own is read once."""
        key = font.objgen
        if key not in self._fonts or key == (0, 0):
            self._fonts[key] = _letters_of(font)
        return self._fonts[key]

    def _check_size(self, content: Any) -> None:
        streams = content.get("/Contents") if isinstance(content, pikepdf.Dictionary) else content
        for stream in streams if isinstance(streams, pikepdf.Array) else [streams]:
            if isinstance(stream, pikepdf.Stream):
                operators = stream.read_bytes()
                self._left -= sum(1 for _found in _SHOWS.finditer(operators))
                self._bytes_left -= len(operators)
        if min(self._left, self._bytes_left) < 0:
            raise OverflowError

    def _draw(self, drawn: Any, resources: Any, within: set[Any]) -> None:
        self.drawn.add(drawn.objgen)
        self.drawn |= {drawn[mask].objgen for mask in ("/SMask", "/Mask") if mask in drawn}
        if drawn.get("/Subtype") == "/Form" and drawn.objgen not in within:
            self._shown.append("\n")
            self.read(drawn, drawn.get("/Resources", resources), within | {drawn.objgen})

    def _read_beside(self, resources: Any, within: set[Any]) -> None:
        """Read what draws without being drawn by name: patterns, masks, and letters that are drawings."""
        beside = [
            *resources.get("/Pattern", {}).values(),
            *(
                mask["/G"]
                for state in resources.get("/ExtGState", {}).values()
                if isinstance(mask := state.get("/SMask"), pikepdf.Dictionary) and "/G" in mask
            ),
            *(
                glyph
                for font in resources.get("/Font", {}).values()
                for glyph in font.get("/CharProcs", {}).values()
            ),
        ]
        for each in beside:
            if isinstance(each, pikepdf.Stream) and each.objgen not in self._known | within:
                self._known.add(each.objgen)
                self.drawn.add(each.objgen)
                inner = each.get("/Resources", resources)
                self.read(each, inner, within | {each.objgen})


def _inherited(page: Any) -> Any:
    while page is not None:
        if "/Resources" in page:
            return page.Resources
        page = page.get("/Parent")
    return {}


def _looks(appearance: Any) -> Iterator[Any]:
    """Yield the streams that draw an annotation."""
    if isinstance(appearance, pikepdf.Stream):
        yield appearance
    elif isinstance(appearance, pikepdf.Dictionary):
        for entry in appearance.values():
            yield from _looks(entry)


def _value(match: re.Match[bytes]) -> bytes:
    """Return the bytes of a PDF string."""
    literal, digits = match.groups()
    if literal is None:
        digits = re.sub(rb"\s", b"", digits)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return _ESCAPE.sub(_unescaped, literal) if b"\\" in literal else literal


def decoded(match: re.Match[bytes]) -> str:
    """Return a PDF string as text."""
    value = _value(match)
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    try:
        return value.decode("utf-8-sig")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    found = match[1]
    if found.isdigit():
        return bytes([int(found, 8) & 0xFF])
    return b"" if found in (b"\n", b"\r\n", b"\r") else _ESCAPED.get(found, found)


def _codes(shown: Any) -> bytes:
    """Return the codes of a string, or of all strings of an array, whose numbers move them."""
    if isinstance(shown, pikepdf.Array):
        written = shown.unparse()
        if b"(" not in written:  # qpdf writes hexadecimal digits in pairs
            return bytes.fromhex(b"".join(_DIGITS.findall(written)).decode())
        return b"".join(map(_value, STRING.finditer(written)))
    return bytes(shown) if isinstance(shown, pikepdf.String) else b""


def _latin(codes: bytes) -> str:
    return codes.decode("cp1252", "replace")


def _letters_of(font: Any) -> Callable[[bytes], str]:
    """Return what turns a font's codes into text."""
    is_wide = font.get("/Subtype") == "/Type0"
    table = _Letters({} if is_wide else _standard(font))
    if "/ToUnicode" in font:
        table |= _to_unicode(font.ToUnicode.read_bytes())
    encoding = "utf-16-be" if is_wide else "latin-1"  # of codes, not of letters

    def read(codes: bytes) -> str:
        return codes.decode(encoding, "surrogatepass" if is_wide else "strict").translate(table)

    return read


class _Letters(dict[int, str]):
    """The letters of a font by their codes."""

    def __missing__(self, code: int) -> str:
        return "\ufffd"


def _standard(font: Any) -> Iterator[tuple[int, str]]:
    """Yield the codes and letters of a simple font: Windows' letters, and those it differs in."""
    for code in range(256):
        yield code, bytes([code]).decode("cp1252", "replace")
    encoding = font.get("/Encoding")
    if isinstance(encoding, pikepdf.Dictionary):
        from fontTools.agl import toUnicode

        code = 0
        for entry in encoding.get("/Differences", ()):
            if isinstance(entry, pikepdf.Name):
                yield code, toUnicode(str(entry)[1:])
                code += 1
            else:
                code = int(entry)


_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.S)
_CHARACTER = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")


def _to_unicode(table: bytes) -> dict[int, str]:
    """Return the letters of a font's codes, from its own table."""
    found: dict[int, str] = {}
    codes = 0
    for kind, block in _BLOCK.findall(table):
        if kind == b"char":
            for code, letters in _CHARACTER.findall(block):
                found[int(code, 16)] = _utf16(letters)
            continue
        for first, last, letters, several in _RANGE.findall(block):
            start, end = int(first, 16), min(int(last, 16), int(first, 16) + 0xFFFF)
            codes += end - start
            if codes > MOST_CODES:
                raise OverflowError
            if several:
                each = re.findall(rb"<([0-9A-Fa-f\s]*)>", several)
                found |= {start + place: _utf16(of) for place, of in enumerate(each)}
                continue
            text = _utf16(letters)
            for code in range(start, end + 1):
                found[code] = text[:-1] + chr(ord(text[-1]) + code - start) if text else ""
    return found


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
