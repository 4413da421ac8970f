"""PDFs, and Word files, crafted to keep the check of files busy: `python3 -m bench.crafted`. Each must end within its time.

The time is that of the processor, in the worker's own process, with its limits of time and memory.
"""

import io
import json
import os
import random
import sys
import time
import zlib
from collections.abc import Callable
from typing import Any

BAR = 20.0  # seconds: what a check may take, and to stop
WORDS = b"BT /F1 12 Tf 72 700 Td (We met in May.) Tj ET "
chance = random.Random(1)


def pdf_of(
    content: bytes, *, pages: int = 1, change: Callable[[Any, Any], None] | None = None
) -> bytes:
    """Return a PDF whose pages share this content; `change` may add to the first one."""
    import pikepdf
    from pikepdf import Dictionary, Name

    pdf = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    shared = pdf.make_stream(content)
    for _number in range(pages):
        page = pdf.add_blank_page()
        page.obj.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
        page.obj.Contents = shared
    if change:
        change(pdf, pdf.pages[0].obj)
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def somewhere() -> bytes:
    return b"%d %d" % (chance.randrange(600), chance.randrange(780))


def streams_in_streams() -> bytes:
    return b"%PDF-1.7\n" + b"stream\n\x78\x01\x00\xff\xff\x00\x00" * 700_000


def many_objects() -> bytes:
    objects = b"".join(b"%d 0 obj\n<<>>\nendobj\n" % number for number in range(1, 400_000))
    return b"%PDF-1.7\n" + objects + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


def unpacks_to_much() -> bytes:
    packed = zlib.compress(bytes(300_000_000))
    return b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + packed + b"\nendstream"


def boxes() -> bytes:
    return pdf_of(WORDS + b"".join(b"%b 20 20 re f " % somewhere() for _each in range(95_000)))


def letters() -> bytes:
    one = b"BT /F1 4 Tf %b Td (abcdefgh) Tj ET "
    return pdf_of(b"".join(one % somewhere() for _each in range(45_000)))


def letters_on_many_pages() -> bytes:
    one = b"BT /F1 4 Tf %b Td (abcdefgh) Tj ET "
    return pdf_of(b"".join(one % somewhere() for _each in range(3_000)), pages=400)


def dense_pages() -> bytes:
    line = (
        b"BT /F1 9 Tf 30 %d Td (The quick brown fox jumps over the lazy dog and on and on) Tj ET "
    )
    return pdf_of(b"".join(line % height for height in range(10, 780, 9)), pages=400)


def huge_picture() -> bytes:
    from pikepdf import Dictionary, Name

    def add(pdf: Any, page: Any) -> None:
        entries: dict[str, Any] = {"Type": Name.XObject, "Subtype": Name.Image}
        entries |= {"Width": 19_000, "Height": 10_000, "BitsPerComponent": 8}
        entries |= {"ColorSpace": Name.DeviceGray, "Filter": Name.FlateDecode}
        drawn = pdf.make_stream(zlib.compress(bytes(190_000_000)), **entries)
        page.Resources.XObject = Dictionary(P=drawn)

    return pdf_of(b"q 612 0 0 792 0 0 cm /P Do Q " + WORDS, change=add)


def huge_page() -> bytes:
    def grow(_pdf: Any, page: Any) -> None:
        page.MediaBox = [0, 0, 14_400, 14_400]

    return pdf_of(WORDS, change=grow)


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 5_000_000 + b"\nendobj\nstartxref\n0\n%%EOF"


def no_end() -> bytes:
    return pdf_of(WORDS)[:-10] + b"%" * 10_000_000


# --- without any text ------------------------------------------------------------------------------


def picture(pdf: Any, width: int, height: int, *, is_noise: bool = False) -> Any:
    from pikepdf import Dictionary, Name

    entries: dict[str, Any] = {"Type": Name.XObject, "Subtype": Name.Image}
    entries |= {"Width": width, "Height": height, "BitsPerComponent": 8}
    entries |= {"ColorSpace": Name.DeviceGray, "Filter": Name.FlateDecode}
    drawn = chance.randbytes(width * height) if is_noise else bytes(width * height)
    return Dictionary(P=pdf.make_stream(zlib.compress(drawn), **entries))


def many_pictures() -> bytes:
    def add(pdf: Any, page: Any) -> None:
        for each in pdf.pages:
            each.obj.Resources.XObject = picture(pdf, 900, 27)

    return pdf_of(b"q 612 0 0 792 0 0 cm /P Do Q ", pages=400, change=add)


def one_picture_on_many_pages() -> bytes:
    def add(pdf: Any, page: Any) -> None:
        shared = picture(pdf, 3_000, 3_000, is_noise=True)
        for each in pdf.pages:
            each.obj.Resources.XObject = shared

    return pdf_of(b"q 612 0 0 792 0 0 cm /P Do Q ", pages=400, change=add)


def a_picture_again_and_again() -> bytes:
    def add(pdf: Any, page: Any) -> None:
        page.Resources.XObject = picture(pdf, 14_000, 14_000)

    return pdf_of(b"q 612 0 0 792 0 0 cm /P Do Q " * 40_000, change=add)


def blank_pages() -> bytes:
    return pdf_of(b" ", pages=400)


def large_boxes() -> bytes:
    return pdf_of(b"".join(b"%b 600 780 re f " % somewhere() for _each in range(95_000)))


def curves() -> bytes:
    one = b"%b m %b %b %b c S "
    return pdf_of(
        b"".join(one % tuple(somewhere() for _ in range(4)) for _each in range(95_000)) * 3
    )


def one_long_path() -> bytes:
    return pdf_of(
        b"0 0 m " + b"".join(b"%b l " % somewhere() for _each in range(1_200_000)) + b"f*"
    )


def clear_groups() -> bytes:
    """Return a page of nested transparency groups, each half transparent."""
    from pikepdf import Dictionary, Name

    def add(pdf: Any, page: Any) -> None:
        inner: dict[str, Any] = {}
        states = Dictionary(G=Dictionary(ca=0.5, BM=Name.Luminosity))
        for _level in range(4):
            content = b"/G gs 0 0 612 792 re f " + b"/X Do " * (12 if inner else 0)
            drawn = pdf.make_stream(
                content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 612, 792]
            )
            drawn.Group = Dictionary(S=Name.Transparency, I=True, K=True)
            drawn.Resources = Dictionary(ExtGState=states, XObject=Dictionary(inner))
            inner = {"/X": drawn}
        page.Resources.XObject, page.Resources.ExtGState = Dictionary(inner), states

    return pdf_of(b"/G gs " + b"/X Do " * 12, change=add)


def tiles() -> bytes:
    from pikepdf import Array, Dictionary, Name

    def add(pdf: Any, page: Any) -> None:
        tile = pdf.make_stream(
            b"0 0 .1 .1 re f " * 1_000,
            Type=Name.Pattern,
            PatternType=1,
            PaintType=1,
            TilingType=1,
            BBox=Array([0, 0, 900, 900]),
            XStep=0.01,
            YStep=0.01,
            Resources=Dictionary(),
        )
        page.Resources.Pattern = Dictionary(T=tile)

    return pdf_of(b"/Pattern cs /T scn " + b"0 0 612 792 re f " * 300, change=add)


def shadings() -> bytes:
    from pikepdf import Array, Dictionary, Name

    def add(pdf: Any, page: Any) -> None:
        work = b"{ " + b"sin cos atan " * 20_000 + b"dup dup }"
        function = pdf.make_stream(
            work, FunctionType=4, Domain=Array([0, 1, 0, 1]), Range=Array([0, 1] * 3)
        )
        page.Resources.Shading = Dictionary(
            S=Dictionary(ShadingType=1, ColorSpace=Name.DeviceRGB, Function=function)
        )

    return pdf_of(b"600 0 0 780 0 0 cm /S sh " * 20, change=add)


def notes() -> bytes:
    from pikepdf import Array, Dictionary, Name, String

    def add(pdf: Any, page: Any) -> None:
        page.Annots = Array(
            Dictionary(Type=Name.Annot, Subtype=Name.Text, Contents=String(f"Note {number}"))
            for number in range(130_000)
        )

    return pdf_of(b" ", change=add)


def deep_bookmarks() -> bytes:
    head, deep = (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>\nendobj\n",
        150_000,
    )
    pages = b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
    one = b"%d 0 obj\n<</Title(a%d)/Parent %d 0 R/First %d 0 R>>\nendobj\n"
    return with_table(head + pages + b"".join(one % (n, n, n - 1, n + 1) for n in range(4, deep)))


def letters_of_a_font() -> bytes:
    def add(pdf: Any, page: Any) -> None:
        ranges = b"<0000> <ffff> <0041>\n" * 400_000
        page.Resources.Font.F1.ToUnicode = pdf.make_stream(
            b"1 beginbfrange\n" + ranges + b"endbfrange"
        )

    return pdf_of(WORDS, change=add)


def between_the_objects() -> bytes:
    return with_table(
        pdf_of(b" ").partition(b"xref")[0]
        + b"".join(b"%d 0 obj 0 endobj\n%%%b\n" % (n, b"." * 20) for n in range(10, 200_000))
    )


def tables_between() -> bytes:
    return pdf_of(b" ").replace(b"xref\n", b"xref trailer<<" * 600_000 + b"\nxref\n", 1)


def with_table(objects: bytes) -> bytes:
    """Add the table of a file's objects, as a program would that writes them itself."""
    import re

    at = {int(each[1]): each.start() for each in re.finditer(rb"(?m)^(\d+) 0 obj", objects)}
    size = max(at) + 1
    rows = (
        b"%010d 00000 n \n" % at[n] if n in at else b"0000000000 65535 f \n" for n in range(size)
    )
    table = b"xref\n0 %d\n" % size + b"".join(rows)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(objects))
    return objects + table + end


def word_of(unit: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return a Word file that has this as often as may be read."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        body = before + unit * (48_000_000 // len(unit)) + after
        archive.writestr("word/document.xml", b'<w:document xmlns:w="w">' + body + b"</w:document>")
    return out.getvalue()


def one_paragraph() -> bytes:
    return word_of(b"<w:r><w:t>a</w:t></w:r>", b"<w:p>", b"</w:p>")


def empty_elements() -> bytes:
    return word_of(b"<w:a/>")


CRAFTED = (
    *(streams_in_streams, many_objects, unpacks_to_much, boxes, letters, letters_on_many_pages),
    *(dense_pages, huge_picture, huge_page, nested, no_end),
    *(many_pictures, one_picture_on_many_pages, a_picture_again_and_again, blank_pages),
    *(large_boxes, curves, one_long_path, clear_groups, tiles, shadings, notes, deep_bookmarks),
    *(letters_of_a_font, between_the_objects, tables_between, one_paragraph, empty_elements),
)


def timed(packed: bytes) -> bytes:
    """Check a file in the worker's process, and add the seconds to the report."""
    from reports.requests.redaction.elsewhere.work import checked

    start = time.process_time()
    report, _line, _made = checked(packed).partition(b"\n")
    took = {"took": time.process_time() - start, "size": len(report)}
    return json.dumps({**json.loads(report), **took}).encode()


def measure(room: Any, data: bytes) -> dict[str, Any]:
    """Return the report of a check with its seconds, or of what ended it."""
    from reports.render.room import RoomLost, TooLong
    from reports.requests.redaction.elsewhere.found import too_slow
    from reports.requests.redaction.elsewhere.work import Task
    from reports.requests.registered.file_checking import SECONDS

    # As a copy that is released in part: its words and its pages are compared, too; with itself, which takes longest.
    packed = Task(endings=("pdf",), is_part=True).packed(data, data)
    try:
        made = room.make(
            f"{__name__ if __name__ != '__main__' else 'bench.crafted'}.timed",
            packed,
            lambda *_at: None,
            processor_seconds=SECONDS,
        )
    except TooLong:
        return {**too_slow(SECONDS), "took": SECONDS, "size": 0, "ended": "by the system"}
    except RoomLost as lost:
        return {"found": [], "took": float("inf"), "size": 0, "ended": str(lost)[-200:]}
    found: dict[str, Any] = json.loads(made)
    return found


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")
    import django

    django.setup()
    from reports.render.room import Room

    names, is_well = sys.argv[1:], True
    with Room(seconds=300, mebibytes=2048) as room:
        for make in CRAFTED:
            if names and make.__name__ not in names:
                continue
            data = make()
            found = measure(room, data)
            kinds = sorted({each["kind"] for each in found["found"]})
            is_well &= found["took"] <= BAR
            size, ended = len(data) / 1_000_000, found.get("ended", "")
            print(
                f"{make.__name__:27}{size:6.1f} MB{found['took']:7.1f} s  {', '.join(kinds)} {ended}",
                flush=True,
            )
    return int(not is_well)


if __name__ == "__main__":
    raise SystemExit(main())
