"""Examine a file that is no PDF. It is never released itself, because nobody knows here what is seen of it.

A picture is made a PDF of (`pictures`). Of a Word, Excel or PowerPoint file, whoever decides on it reads what it has and its
pages do not show. Other kinds are not examined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from struct import unpack_from

from reports.requests.redaction.elsewhere.found import Found
from reports.requests.redaction.elsewhere.held_text import WORD
from reports.requests.redaction.elsewhere.office_excel import WORKBOOK, of_excel
from reports.requests.redaction.elsewhere.office_parts import (
    MAX_READ,
    UNREADABLE_OFFICE,
    Parts,
    TooLarge,
    local_name,
    value_of,
)
from reports.requests.redaction.elsewhere.office_powerpoint import PRESENTATION, of_powerpoint
from reports.requests.redaction.elsewhere.office_word import of_word
from reports.requests.redaction.elsewhere.picture_files import (
    hides_in_clear_parts,
    is_picture,
    printable,
    told_by,
)

READERS = {WORD: of_word, WORKBOOK: of_excel, PRESENTATION: of_powerpoint}
MOST = 8  # findings of one kind
ARCHIVE, ARCHIVE_END, SUMS = b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"
HAS_SUMS = 8  # the flag of a part after which its sums stand
OF_LETTERS = re.compile(rb"[A-Za-z][A-Za-z ]{5}")
MEDIA = re.compile(r"(?:word|xl|ppt)/media/[^/]+")
DATA = re.compile(r"customXml/item\d*\.xml")
EMBEDDED = re.compile(r".*/(?:embeddings|activeX|ink)/[^/]+\.(?!rels)[^./]+|.*/oleObject\d*\.bin")
PROPERTIES = re.compile(r"docProps/(?:core|app|custom)\.xml")
PROGRAM = re.compile(r"(?i).*vba(?:project|data).*")
# Parts that are read, or that have no words of their own.
KNOWN = re.compile(
    r"\[Content_Types\]\.xml|.*_rels/[^/]*\.rels|customXml/itemProps\d*\.xml|.*/theme/[^/]+|.*/charts/[^/]+"
    r"|.*/diagrams/[^/]+|.*/printerSettings/[^/]+|.*/drawings/[^/]+|.*/fonts/[^/]+|.*/"
    r"|word/(?:document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes|comments"
    r"|header\d*|footer\d*)\.xml"
    r"|xl/(?:workbook|styles|sharedStrings|calcChain|metadata|connections)\.xml|xl/worksheets/[^/]+\.xml|xl/tables/[^/]+"
    r"|xl/chartsheets/[^/]+|xl/comments\d*\.xml|xl/comments/[^/]+|xl/threadedComments/[^/]+|xl/(?:pivotTables|pivotCache)/[^/]+"
    r"|xl/(?:externalLinks|revisions|queryTables|persons)/[^/]+"
    r"|ppt/(?:presentation|presProps|viewProps|tableStyles|commentAuthors|authors)\.xml"
    r"|ppt/(?:slides|slideLayouts|slideMasters|notesSlides|notesMasters|handoutMasters|comments)/[^/]+"
)
# Of the properties, those that programs count or name themselves by.
OF_PROGRAMS = {
    *("Application", "AppVersion", "Pages", "Words", "Characters", "CharactersWithSpaces", "Lines"),
    *("Paragraphs", "TotalTime", "DocSecurity", "ScaleCrop", "SharedDoc", "LinksUpToDate", "i4"),
    *("HyperlinksChanged", "Slides", "Notes", "HiddenSlides", "MMClips", "PresentationFormat"),
    *(
        "created",
        "modified",
        "lastPrinted",
        "revision",
        "language",
        "version",
        "TitlesOfParts",
        "HeadingPairs",
    ),
    *("lpstr", "vector", "variant", "Template", "filetime", "bool", "Properties", "coreProperties"),
}
CALLED = {"creator": "Author", "lastModifiedBy": "Last author"}


def examine_other(data: bytes, check_time: Callable[[], None]) -> tuple[Found, ...]:
    """Return why a file that is no PDF is not released itself, and what it has that it does not show."""
    if is_picture(data):
        return Found("picture_file"), *_first(_of_picture_file(data))
    if not data.startswith(ARCHIVE):
        return (Found("unexamined"),)
    try:
        with Parts(data) as parts:
            readers = [each for name, each in READERS.items() if name in parts.names]
            if len(readers) != 1:
                return (Found("unexamined"),)
            found = (*readers[0](parts, check_time), *_of_parts(parts, data, check_time))
    except TooLarge:
        return Found("office"), Found("large", words=f"{MAX_READ // 1_000_000} MB")
    except (*UNREADABLE_OFFICE, TypeError, AttributeError, RecursionError):
        return Found("unexamined"), Found("damaged")
    return Found("office"), *_first(found)


def _first(found: Iterable[Found]) -> Iterator[Found]:
    """Yield the first findings of each kind, and how many more there are."""
    counted = Counter[str]()
    for each in dict.fromkeys(found):
        counted[each.kind] += 1
        if counted[each.kind] <= MOST:
            yield each
    if more := sum(count - MOST for count in counted.values() if count > MOST):
        yield Found("office_more", words=f"{more:,}")


def _of_picture_file(data: bytes) -> Iterator[Found]:
    for kind, words in told_by(data):
        yield Found(f"picture_{kind}", words="" if kind == "more" else words)
    if hides_in_clear_parts(data):
        yield Found("picture_clear")


def _of_parts(parts: Parts, data: bytes, check_time: Callable[[], None]) -> Iterator[Found]:
    """Yield what every Office file may have beside its pages."""
    referred = set[str]()
    for name in parts.names:
        if name.endswith(".rels"):
            check_time()
            folder, _slash, own = name.rpartition("_rels/")
            for each in parts.related(f"{folder}{own.removesuffix('.rels')}").values():
                referred.add(each.target)
                is_page = each.kind == "hyperlink" and re.match(r"(?i)https?://|#|$", each.target)
                if each.is_outside and not is_page:
                    yield Found("office_outside", words=each.target)
    for name in parts.names:
        check_time()
        if PROGRAM.fullmatch(name):
            yield Found("office_macro")
        elif EMBEDDED.fullmatch(name):
            yield Found("office_embedded", words=name)
        elif PROPERTIES.fullmatch(name):
            yield from _of_properties(parts, name)
        elif DATA.fullmatch(name):
            if words := _all_text(parts, name):
                yield Found("office_data", words=words, place=f"part::{name}")
        elif MEDIA.fullmatch(name):
            yield from _of_medium(parts, name, name in referred)
        elif not KNOWN.fullmatch(name):
            yield Found("office_part", words=name)
    for rest in _beside_the_parts(parts, data):
        if rest.strip(b"\x00"):
            yield Found("office_part", words=printable(rest))
    for name, count in Counter(parts.names).items():
        if count > 1:
            yield Found("office_part", words=name)


def _beside_the_parts(parts: Parts, data: bytes) -> Iterator[bytes]:
    """Yield what the archive has between its parts, in their headings, and after its end."""
    at = 0
    for each in sorted(parts.archive.infolist(), key=lambda each: each.header_offset):
        begins = each.header_offset
        yield data[at:begins]
        named, extra = unpack_from("<HH", data, begins + 26)
        at = begins + 30 + named + extra
        for told in (data[at - extra : at], each.extra):
            yield told if OF_LETTERS.search(told) else b""
        yield each.comment
        at += each.compress_size
        if each.flag_bits & HAS_SUMS:
            at += 16 if data[at : at + 4] == SUMS else 12
    yield data[at : parts.archive.start_dir]
    yield data[data.rfind(ARCHIVE_END) + 22 :]


def _of_medium(parts: Parts, name: str, is_used: bool) -> Iterator[Found]:
    place = f"part::{name.rpartition('/')[2]}"
    if not is_used:
        yield Found("office_unused", words=name, place=place)
    raw = parts.bytes_of(name)
    if is_picture(raw):
        for kind, words in told_by(raw):
            yield Found("office_picture", words=words or kind, place=place)
        if hides_in_clear_parts(raw):
            yield Found("office_picture", words="clear", place=place)


def _of_properties(parts: Parts, name: str) -> Iterator[Found]:
    for each in parts.root(name).iter():
        own = local_name(each)
        text = (each.text or "").strip()
        if own == "property":
            says = "".join(each.itertext()).strip()
            yield Found("office_properties", words=f"{value_of(each, 'name')}: {says}")
        elif text and own not in OF_PROGRAMS and not name.endswith("custom.xml"):
            yield Found("office_properties", words=f"{CALLED.get(own, own)}: {text}")


def _all_text(parts: Parts, name: str) -> str:
    """Return the words of a part: of its elements, or else of their attributes."""
    root = parts.root(name)
    if local_name(root) == "Sources" and not len(root):
        return ""  # the list of books that Word adds to each file
    texts = [text for text in root.itertext() if text.strip()]
    if not texts:
        texts = [value for each in root.iter() for value in each.attrib.values()]
    return " ".join(" ".join(texts).split())[:200]
