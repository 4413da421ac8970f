"""Find what a picture has and does not show: words, where it was taken, a copy of itself, more pictures, clear parts.

For pictures inside PDFs and Office files, and for those that are a paper themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import ExifTags, Image, ImageFile, ImageOps, IptcImagePlugin

JPEG, PNG, JPEG_2000 = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x0cjP  "
MAX_PICTURE = 50_000_000  # pixels
# What a picture that cannot be opened raises.
NO_PICTURE = (Image.DecompressionBombError, OSError, ValueError, SyntaxError)

_MARKER = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
# Chunks of a PNG that have no words, and boxes of a JPEG 2000 that are needed to show it.
_OF_PIXELS = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB"),
    *(b"bKGD", b"hIST", b"pHYs", b"sPLT", b"tIME", b"cICP", b"mDCV", b"cLLI", b"oFFs", b"vpAg"),
    *(b"orNT", b"caNv", b"pCAL", b"sCAL", b"sTER"),
}
_OF_ANIMATIONS = {b"acTL", b"fcTL", b"fdAT"}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}  # which Pillow reads
_BOXES = {b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"rreq"}
_OF_PROGRAMS = {
    *("Software", "Creation Time", "date:create", "date:modify", "date:timestamp", "dpi"),
    *("icc:copyright", "icc:description", "icc:manufacturer", "icc:model", "signature"),
}
_TELLING = {
    *("GPSInfo", "Artist", "Copyright", "ImageDescription", "XPAuthor", "XPComment", "XPTitle"),
    *("XPSubject", "XPKeywords", "UserComment", "CameraOwnerName", "BodySerialNumber"),
}
# What is left of clear parts that have a picture in them: so much of the picture, and so many pixels, at least.
_SHARE, _PIXELS, _CLEAR, _APART = 0.002, 30, 5, 60

TECHNICAL_XMP = {
    *("CreatorTool", "Producer", "CreateDate", "ModifyDate", "MetadataDate", "DocumentID"),
    *("InstanceID", "OriginalDocumentID", "RenditionClass", "VersionID", "Trapped", "PDFVersion"),
    *("format", "part", "conformance", "instanceID", "documentID", "amd", "rev", "about", "lang"),
    *("action", "when", "softwareAgent", "changed", "parameters", "date", "xmptk"),
    *("GTS_PDFXVersion", "parseType"),
}
# What the standards of accessible and archived files ask to be said of themselves, word for word.
STANDARD_XMP = {
    "PDF/UA identification schema",
    "PDF/UA Universal Accessibility Schema",
    "PDF/A ID Schema",
    "http://www.aiim.org/pdfua/ns/id/",
    "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid",
    "pdfaid",
    "Integer",
    "internal",
    "part",
    "The part of ISO 14289 to which the file conforms",
    "Indicates, which part of ISO 14289 standard is followed",
    "Indicates, which part of ISO 14289 standard is followed.",
}


def is_picture(data: bytes) -> bool:
    return data.startswith((JPEG, PNG))


def told_by(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a picture has and does not show, as a kind with its words: "words", "camera", "small" or "more"."""
    return ((kind, words) for kind, words in _told_by(raw) if words.strip() or kind != "words")


def _told_by(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield the same, with words that are empty too."""
    if raw.startswith(JPEG):
        yield from _after_the_end(raw, _end_of_jpeg(raw))
    elif raw.startswith(PNG):
        yield from _of_chunks(raw)
    elif raw.startswith(JPEG_2000):
        yield from _of_boxes(raw)
    try:
        with Image.open(BytesIO(raw)) as opened:
            if opened.width * opened.height > MAX_PICTURE:
                yield "camera", ""
                return
            yield from _of_information(opened)
            yield from _of_camera(opened)
    except NO_PICTURE:
        yield "camera", ""


def as_seen(opened: Image.Image) -> Image.Image:
    """Return a picture as programs show it: upright, its clear parts white."""
    upright = ImageOps.exif_transpose(opened)
    if not _may_be_clear(upright):
        return upright.convert("RGB")
    layers = upright.convert("RGBA")
    white = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(white, layers).convert("RGB")


def hides_in_clear_parts(raw: bytes) -> bool:
    """Whether the clear parts of a picture have light and dark in them, which a program can bring back."""
    try:
        with Image.open(BytesIO(raw)) as opened:
            if opened.width * opened.height > MAX_PICTURE or not _may_be_clear(opened):
                return False
            layers = opened.convert("RGBA")
    except NO_PICTURE:
        return False
    clear = layers.getchannel("A").point([255 if shade <= _CLEAR else 0 for shade in range(256)])
    shades = layers.convert("RGB").convert("L").histogram(clear)
    present = [shade for shade, count in enumerate(shades) if count]
    if not present or present[-1] - present[0] < _APART:
        return False
    middle = (present[0] + present[-1]) // 2
    fewer = min(sum(shades[: middle + 1]), sum(shades[middle + 1 :]))
    return fewer >= max(_PIXELS, _SHARE * layers.width * layers.height)


def printable(data: bytes) -> str:
    return re.sub(r"[^\x20-\x7e]+", " ", data.decode("latin-1")).strip()[:60]


def of_xmp(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the words of metadata with what they are, without those of programs, days and identities."""
    try:
        tree = fromstring(data.strip(b"\x00 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError):
        yield "metadata", data[:200].decode("utf-8", "replace")
        return
    waiting = [(tree, "")]
    while waiting:
        each, above = waiting.pop()
        own = str(each.tag).rpartition("}")[2]
        name = above if own in ("Alt", "Seq", "Bag", "li") else own
        if name in TECHNICAL_XMP:
            continue
        waiting.extend((child, name) for child in each)
        texts = [(name, each.text or "")]
        texts += [(key.rpartition("}")[2], value) for key, value in each.attrib.items()]
        for key, text in texts:
            if text.strip() and key not in TECHNICAL_XMP and text.strip() not in STANDARD_XMP:
                yield key, text


def _may_be_clear(opened: Image.Image) -> bool:
    return "A" in opened.getbands() or "a" in opened.getbands() or "transparency" in opened.info


def _of_information(opened: ImageFile.ImageFile) -> Iterator[tuple[str, str]]:
    of_png: dict[str, Any] = getattr(opened, "text", {})  # reads the picture to its end
    if isinstance(xmp := opened.info.get("xmp"), bytes):
        yield from (("words", words) for _name, words in of_xmp(xmp))
    for name, words in of_png.items():
        if name == "XML:com.adobe.xmp":
            continue  # which is the same
        if name not in _OF_PROGRAMS:
            yield "words", str(words)
    comment = opened.info.get("comment", b"")
    yield "words", printable(comment) if isinstance(comment, bytes) else str(comment)
    for value in (IptcImagePlugin.getiptcinfo(opened) or {}).values():
        for each in value if isinstance(value, list) else [value]:
            yield "words", printable(each)
    if getattr(opened, "n_frames", 1) > 1:
        yield "more", ""


def _of_camera(opened: Image.Image) -> Iterator[tuple[str, str]]:
    told = opened.getexif()
    named = {ExifTags.TAGS.get(tag, ""): value for tag, value in told.items()}
    for tag, value in told.get_ifd(ExifTags.IFD.Exif).items():
        named[ExifTags.TAGS.get(tag, "")] = value
    if found := sorted(_TELLING & set(named)):
        words = (_words_of(named[name]) for name in found if name != "GPSInfo")
        yield "camera", " ".join(filter(None, words))
    if told.get_ifd(ExifTags.IFD.IFD1):
        yield "small", ""


def _words_of(value: Any) -> str:
    if isinstance(value, bytes):
        text = value.decode("utf-16-le", "replace") if value[1:2] == b"\x00" else printable(value)
        return text.strip("\x00 ")
    return str(value).strip("\x00 ")


def _after_the_end(raw: bytes, end: int) -> Iterator[tuple[str, str]]:
    rest = raw[end:].strip(b"\x00\r\n\t ")
    if rest:
        yield ("more" if JPEG in rest or PNG in rest else "words"), printable(rest)


def _end_of_jpeg(raw: bytes) -> int:
    """Return where a JPEG ends. What follows may be a picture too."""
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(raw[at + 2 : at + 4])
        if marker == 0xDA:  # the picture itself, up to the next marker
            following = _MARKER.search(raw, at)
            at = following.start() if following else len(raw)
    return min(at + 2, len(raw))


def _of_chunks(raw: bytes) -> Iterator[tuple[str, str]]:
    at, is_animated = len(PNG), False
    while at + 12 <= len(raw):
        size, kind = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        if kind in _OF_ANIMATIONS:
            is_animated = True
        elif kind not in _OF_PIXELS | _TEXTS:
            yield "words", printable(raw[at + 8 : at + 8 + min(size, 200)])
        at += size + 12
        if kind == b"IEND":
            break
    if is_animated:
        yield "more", ""
    yield from _after_the_end(raw, at)


def _of_boxes(raw: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at + 8 <= len(raw):
        size, kind = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        if size == 0:
            return  # to the end
        if size == 1:
            size = int.from_bytes(raw[at + 8 : at + 16])
        if kind not in _BOXES:
            yield "words", printable(raw[at + 8 : at + 8 + min(size, 400)])
        at += max(size, 8)
