"""PDFs crafted to keep the check of files busy: `python3 -m bench.crafted`. Each must end within its time.

The time is that of the processor, in a process of its own with the worker's limit of memory.
"""

import io
import os
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

BAR = 20.0  # seconds: what a check may take, and to stop
MEBIBYTES = 2048
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


CRAFTED = (
    *(streams_in_streams, many_objects, unpacks_to_much, boxes, letters, letters_on_many_pages),
    *(dense_pages, huge_picture, huge_page, nested, no_end),
)


def measure(data: bytes, pipe: Any) -> None:
    """Check the file in its own process, and send what was found and the seconds through the pipe."""
    import django

    django.setup()
    resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 1024 * 1024,) * 2)
    from reports.requests.redaction.elsewhere.work import Task, check

    start = time.process_time()
    # As a copy that is released in part: its words and its pages are compared, too.
    report, _made = check(Task(endings=("pdf",), is_part=True), data, pdf_of(WORDS))
    kinds = sorted({found["kind"] for found in report["found"]})
    pipe.send((time.process_time() - start, kinds))


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")
    names, slow = sys.argv[1:], False
    for make in CRAFTED:
        if names and make.__name__ not in names:
            continue
        data = make()
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=measure, args=(data, theirs))
        process.start()
        theirs.close()
        try:
            seconds, kinds = ours.recv()
        except EOFError:  # it was killed
            seconds, kinds = float("inf"), []
        process.join()
        slow |= seconds > BAR
        size = len(data) / 1_000_000
        print(f"{make.__name__:24}{size:6.1f} MB{seconds:7.1f} s  {', '.join(kinds)}", flush=True)
    return int(slow)


if __name__ == "__main__":
    raise SystemExit(main())
