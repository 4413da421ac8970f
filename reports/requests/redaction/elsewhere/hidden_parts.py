"""Find what a PDF has beside its pages: comments, attached files, scripts, layers, earlier versions, names.

A file's own words (its information, bookmarks, descriptions) may stay if its pages show them too.
Everything is read once, so the time grows with the size of the file and no faster.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pikepdf

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.picture_files import of_xmp, printable, told_by
from reports.requests.redaction.painted import STRING, Painted, decoded
from reports.requests.redaction.withheld_words import folded

MAX_UNPACKED = 200_000_000  # bytes of all streams
MAX_PAGES = 400
# Bytes of a stream that are unpacked at once, and how often the whole file may be.
FIRST, STEP, FED = 256, 65_536, 8
# Letters that two readers may count differently on one page.
LEAST_UNREAD = 3

_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})\s+(\d{1,5})\s+obj\b")
# What stands between the objects of a file: its table, and where it begins.
_BETWEEN = re.compile(
    rb"startxref\s+\d+|%%EOF|xref\s[\d\snf]*trailer\s*<<.*?>>\s*(?=startxref)", re.S
)
_KEYED = re.compile(rb"/([A-Za-z]+) (?:\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f]*)>(?!>))", re.S)
_ACTION = re.compile(
    rb"/S /(Launch|SubmitForm|ImportData|ResetForm|GoToE|GoToR|Rendition|Movie|Sound|Hide|Trans|GoTo3DView|RichMediaExecute)(?![A-Za-z])"
)
_SCRIPT = re.compile(rb"/(?:JavaScript|JS)(?![A-Za-z])")
_LINK = re.compile(r"(?i)\s*(?:mailto|tel|sms|file):(.*)", re.S)

# What strings of an object are for, by their names.
ALTERNATIVE = {"Alt", "ActualText", "E"}
INFORMATION = {"Title", "Subject", "Keywords"}
TECHNICAL = {
    *("Producer", "Creator", "CreationDate", "ModDate", "Trapped", "M", "ID", "Lang", "DA", "CA"),
    *("Registry", "Ordering", "CharSet", "FontFamily", "Panose", "URI", "N", "NM", "T", "P"),
    *("OutputConditionIdentifier", "OutputCondition", "RegistryName", "Info", "CheckSum", "D"),
    *("BaseState", "Lookup", "U", "O", "OE", "UE", "Perms", "Style", "S", "ID", "SourceModified"),
}
# What properties are called in the programs that show them.
CALLED = {
    "title": "Title",
    "creator": "Author",
    "author": "Author",
    "subject": "Keywords",
    "description": "Subject",
    "Title": "Title",
    "Author": "Author",
    "Subject": "Subject",
    "Keywords": "Keywords",
}
NOTES = {
    "/Text",
    "/FreeText",
    "/Highlight",
    "/Underline",
    "/StrikeOut",
    "/Squiggly",
    "/Caret",
}
# What the standard has at the root of a file.
CATALOG = {
    *("/Type", "/Info", "/Version", "/Extensions", "/Pages", "/PageLabels", "/Names", "/Dests"),
    *("/ViewerPreferences", "/PageLayout", "/PageMode", "/Outlines", "/Threads", "/OpenAction"),
    *("/AA", "/URI", "/AcroForm", "/Metadata", "/StructTreeRoot", "/MarkInfo", "/Lang"),
    *("/SpiderInfo", "/OutputIntents", "/PieceInfo", "/OCProperties", "/Perms", "/Legal"),
    *("/Requirements", "/Collection", "/NeedsRendering", "/DSS", "/AF", "/DPartRoot"),
}
# A pop-up is the window of a comment, which is named itself.
QUIET = {"/Link", "/Popup", "/PrinterMark", "/TrapNet"}
ALONE = 2  # words of a name that says something


class Said(NamedTuple):
    """Words of the file that are accepted if its pages show them."""

    kind: str
    page: int
    words: str
    name: str = ""  # of a property


def unpacked(data: bytes, most: int = MAX_UNPACKED) -> int:
    """Return how many bytes a file's streams unpack to; above `most`, stop counting.

    Goes forward only, whatever the file says of itself, and stops where that cannot be kept to.
    """
    view, at, total, fed = memoryview(data), 0, 0, 0
    while (match := _STREAM.search(data, at)) is not None and total <= most:
        at, step = match.end(), FIRST
        inflate = zlib.decompressobj()
        try:
            while not inflate.eof and total <= most and at < len(data):
                part = view[at : at + step]
                at, step, fed = at + len(part), min(2 * step, STEP), fed + len(part)
                total += len(inflate.decompress(part, most))
            at -= len(inflate.unused_data)
        except zlib.error:
            at = match.end()
        if fed > FED * len(data) + STEP:
            return most + 1  # streams within streams that end in nothing
    return total


def of_the_bytes(data: bytes, pdf: pikepdf.Pdf) -> Iterator[Found]:
    """Yield what is in the bytes of a file beside the objects of its one table."""
    ends = data.count(b"%%EOF"), data.count(b"startxref")
    # A file for fast viewing has a table at its beginning too, and says how long it is.
    if ends != ((2, 2) if pdf.is_linearized else (1, 1)) or "/Prev" in pdf.trailer and ends[0] == 1:
        yield Found("revision")
        return
    if rest := data[data.rindex(b"%%EOF") + 5 :].strip():
        yield Found("unlisted", words=printable(rest))
    once: set[tuple[int, int]] = set()
    between: list[bytes] = []
    at = 0
    while (start := _OBJECT.search(data, at)) is not None:
        key = int(start[1]), int(start[2])
        if key in once:
            yield Found("revision")
            return
        once.add(key)
        end = data.find(b"endobj", start.end())
        if pdf.get_object(key) is None:
            yield Found("unlisted", words=printable(data[start.end() : end][:400]))
            return
        if at:  # before the first object, programs write their names
            between.append(data[at : start.start()])
        at = end + 6 if end >= 0 else len(data)
    between.append(data[at:])
    if any(each.count(b"trailer") > 1 for each in between):
        yield Found("revision")
        return
    rest = b" ".join(_BETWEEN.sub(b" ", each) for each in between)
    if letters := re.findall(rb"[A-Za-z]{3,}", rest):
        yield Found("unlisted", words=b" ".join(letters[:12]).decode())


class Structure:
    """Reads a PDF's objects. `texts` are those that its operators paint, page by page."""

    def __init__(self, pdf: pikepdf.Pdf, check_time: Callable[[], None]) -> None:
        self.pdf, self.check_time = pdf, check_time
        self.found: list[Found] = []
        self.said: list[Said] = []
        self.painted = Painted()
        self.texts: list[str] = []

    def read(self) -> None:
        root = self.pdf.Root
        pages = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages, start=1)}
        for number, page in enumerate(self.pdf.pages, start=1):
            self.check_time()
            self._of_page(page.obj, number)
        form: Any = root.get("/AcroForm", {})
        if "/XFA" in form or len(form.get("/Fields", ())):
            self.found.append(Found("form"))
        if "/OCProperties" in root:
            self.found.append(Found("layers"))
        if "/Collection" in root:
            self.found.append(Found("attachment"))
        if "/AA" in root:
            self.found.append(Found("action"))
        for holder in (self.pdf.trailer, root):  # the latter of Ghostscript
            if "/Info" in holder:
                self._of_information(holder.Info)
        own = {name for name in root if name not in CATALOG}
        for each in self.pdf.objects:
            self.check_time()
            if isinstance(each, pikepdf.Object):
                self._of_an_object(each, pages)
        if own and not {"unlisted", "undrawn"} & {each.kind for each in self.found}:
            self._once("private")

    # --- a page -------------------------------------------------------------------------------

    def _of_page(self, page: Any, number: int) -> None:
        self.painted.page(page)
        self.texts.append(self.painted.text)
        if self.painted.instead.strip():
            self.said.append(Said("replaced", number, self.painted.instead))
        if "/Thumb" in page:
            self.found.append(Found("thumbnail", number))
        if "/AA" in page:
            self.found.append(Found("action", number))
        for note in page.get("/Annots", ()):
            self.check_time()
            self._of_annotation(note, number)

    def _of_annotation(self, note: Any, number: int) -> None:
        kind = str(note.get("/Subtype", ""))
        words = " ".join(
            str(note[name]) for name in ("/Contents", "/T", "/V", "/Subj") if _is_text(note, name)
        )
        if kind == "/Redact":
            self.found.append(Found("redact", number))
        elif kind == "/Widget":
            self.found.append(Found("field", number, words))
        elif kind in NOTES:
            self.found.append(Found("note", number, words))
        elif kind == "/FileAttachment":
            self.found.append(Found("attachment", number, words))
        elif kind not in QUIET:
            self.found.append(Found("shape", number, words))
        elif words.strip():
            self.said.append(Said("note", number, words))
        action = note.get("/A", {})
        if isinstance(action, pikepdf.Dictionary) and _is_text(action, "/URI"):
            address = _LINK.match(str(action.URI))
            if address is not None:
                self.said.append(Said("link", number, address[1]))

    # --- objects ------------------------------------------------------------------------------

    def _of_an_object(self, each: Any, pages: dict[tuple[int, int], int]) -> None:
        is_stream = isinstance(each, pikepdf.Stream)
        shape = (each.stream_dict if is_stream else each).unparse(resolved=True)
        if _SCRIPT.search(shape):
            self._once("script")
        if _ACTION.search(shape):
            self._once("action")
        if b"/EF" in shape and b"/F" in shape or b"/EmbeddedFile" in shape:
            name = each.get("/UF", each.get("/F", "")) if not is_stream else ""
            if not is_stream or not any(one.kind == "attachment" for one in self.found):
                self._once("attachment", str(name) if isinstance(name, pikepdf.String) else "")
        if b"/PieceInfo" in shape:
            self._once("private")
        if b"/Alternates" in shape and is_stream:
            self._once("hidden", "Alternates")
        if each.objgen != self._information:
            self._of_strings(shape)
        if b"/Names [" in shape and isinstance(names := each.get("/Names"), pikepdf.Array):
            self._of_names(names)
        if is_stream:
            self._of_stream(each)
        elif b"/Type /Page" in shape and each.get("/Type") == "/Page" and each.objgen not in pages:
            self._once("unlisted", self._text_of(each))

    @property
    def _information(self) -> tuple[int, int]:
        return self.pdf.trailer.Info.objgen if "/Info" in self.pdf.trailer else (0, 0)

    def _text_of(self, page: Any) -> str:
        self.painted.page(page)
        return self.painted.text

    def _once(self, kind: str, words: str = "") -> None:
        for place, one in enumerate(self.found):
            if one.kind == kind and one.page == 0:
                if words and not one.words:
                    self.found[place] = Found(kind, 0, words)
                return
        self.found.append(Found(kind, 0, words))

    def _of_strings(self, shape: bytes) -> None:
        is_bookmark = b"/Parent" in shape and b"/Title" in shape
        for match in _KEYED.finditer(shape):
            name = match[1].decode()
            if name in ALTERNATIVE:
                self.said.append(Said("alternative", 0, decoded(_as_string(match))))
            elif is_bookmark and name == "Title":
                self.said.append(Said("bookmark", 0, decoded(_as_string(match))))

    def _of_names(self, names: Any) -> None:
        """Note the names of places to which links lead, if they are more than numbers."""
        if any(one.kind == "attachment" for one in self.found):
            return  # of which these are names too
        for name in list(names)[::2]:
            words = re.sub(r"[\W\d_]+", " ", str(name)).strip()
            if len(words.split()) >= ALONE:
                self.said.append(Said("hidden", 0, words))

    def _of_stream(self, each: Any) -> None:
        kind = each.get("/Subtype")
        if each.get("/Type") == "/Metadata" or kind == "/XML":
            for name, words in of_xmp(each.read_bytes()):
                kind = "author" if name in ("creator", "Author", "author") else "information"
                self.said.append(Said(kind, 0, words, CALLED.get(name, "")))
        elif kind == "/Image":
            if each.objgen not in self.painted.drawn:
                self._once("undrawn")
            ends = [float(end) for end in each.get("/Decode", ())]
            if any(
                abs(b - a) < max(abs(a), abs(b), 1) / 2
                for a, b in zip(ends[::2], ends[1::2], strict=False)
            ):
                self._once("hidden_picture")  # its colours are all the same
            if {"/DCTDecode", "/JPXDecode"} & set(_filters_of(each)):
                self._of_photograph(each.read_raw_bytes())
        elif kind == "/Form" and each.objgen not in self.painted.drawn:
            reader = Painted()
            reader.read(each, each.get("/Resources", {}), set())
            if len(folded(reader.text)):
                self._once("unlisted", reader.text)

    def _of_photograph(self, raw: bytes) -> None:
        """Note what a photograph has and does not show."""
        for kind, words in told_by(raw):
            if kind == "words":
                self.said.append(Said("hidden", 0, words))
            else:
                self._once("undrawn" if kind == "more" else "camera")

    def _of_information(self, information: Any) -> None:
        for key, value in information.items():
            name = key.lstrip("/")
            if name in TECHNICAL or not isinstance(value, pikepdf.String):
                continue
            kind = "author" if name == "Author" else "information"
            self.said.append(Said(kind, 0, str(value), CALLED.get(name, name)))


def unseen_words(said: Iterable[Said], shown: set[str]) -> Iterator[Found]:
    """Yield the words of the file that no page shows, once a kind and page."""
    once: set[tuple[str, int]] = set()
    for each in said:
        words = folded(each.words)
        if (each.kind, each.page) in once or not any(map(_says_something, words)):
            continue
        if not shown.issuperset(word for word in words if _says_something(word)):
            once.add((each.kind, each.page))
            yield Found(each.kind, each.page, each.words, each.name)


def _says_something(word: str) -> bool:
    return word != "untitled" and (len(word) > 1 or not word.isascii())


def unread(painted: str, read: str) -> str:
    """Return letters that a page's operators paint and that the reader of the page does not have, or ""."""
    letters, have = folded(painted), "".join(folded(read))
    if sum(map(len, letters)) < len(have) + LEAST_UNREAD:
        return ""
    missing = [word for word in letters if word not in have]
    return " ".join(missing) if sum(map(len, missing)) >= LEAST_UNREAD else ""


def _as_string(match: re.Match[bytes]) -> re.Match[bytes]:
    """Return the string of a match of a name and a string, as a match of the string alone."""
    found = STRING.search(match[0])
    assert found is not None
    return found


def _is_text(of: Any, name: str) -> bool:
    return name in of and isinstance(of[name], pikepdf.String)


def _filters_of(stream: Any) -> list[str]:
    filters = stream.get("/Filter", ())
    return [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
