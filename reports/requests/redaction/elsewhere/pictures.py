"""Print a PDF's pages, or a picture, to pictures in a PDF, so that nothing is left but what is seen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image

from reports.requests.redaction.elsewhere.picture_files import MAX_PICTURE, as_seen, is_picture

# Dots an inch, the first with which the file is small enough.
DOTS = (150, 110, 80)
QUALITY = 80
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 12_000_000  # of a page
SCREEN = 96  # dots an inch, as programs show a picture that says nothing of its size
A4 = 842  # points, of its longer side


def printed(data: bytes, check_time: Callable[[], None]) -> bytes:
    """Return a PDF of pictures, as a reader sees the pages, with what is drawn on them. Raise `OSError` for a picture
    that cannot be opened."""
    make = _of_a_picture if is_picture(data) else _printed
    for dots in DOTS:
        made = make(data, dots, check_time)
        if len(made) <= MAX_BYTES:
            break
    return made


def _printed(data: bytes, dots: int, check_time: Callable[[], None]) -> bytes:
    out = BytesIO()
    with pikepdf.new() as pdf, pypdfium2.PdfDocument(data) as opened:
        opened.init_forms()
        for page in opened:
            check_time()
            width, height = page.get_size()
            scale = min(dots / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
            _add(pdf, page.render(scale=scale).to_pil().convert("RGB"), width, height)
            page.close()
        pdf.save(out, static_id=True)
    return out.getvalue()


def _of_a_picture(data: bytes, dots: int, check_time: Callable[[], None]) -> bytes:
    """Return a page of the picture's size on a screen, or as long as A4 if that is less."""
    out = BytesIO()
    with pikepdf.new() as pdf, Image.open(BytesIO(data)) as opened:
        if opened.width * opened.height > MAX_PICTURE:
            raise OSError("The picture has too many pixels.")
        shown = as_seen(opened)
        check_time()
        by = min(72 / SCREEN, A4 / max(shown.size))
        width, height = shown.width * by, shown.height * by
        shown.thumbnail((round(width * dots / 72) + 1, round(height * dots / 72) + 1))
        _add(pdf, shown, width, height)
        pdf.save(out, static_id=True)
    return out.getvalue()


def _add(pdf: pikepdf.Pdf, picture: Image.Image, width: float, height: float) -> None:
    is_grey = picture.convert("HSV").getextrema()[1] == (0, 0)  # of the saturation
    shown = picture.convert("L") if is_grey else picture
    shown.info = {}  # of which Pillow would keep a comment
    drawn = BytesIO()
    shown.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    image = pdf.make_stream(
        drawn.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=shown.width,
        Height=shown.height,
        ColorSpace=Name.DeviceGray if is_grey else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    page = pdf.add_blank_page(page_size=(width, height))
    page.Resources = Dictionary(XObject=Dictionary(P=image))
    page.MediaBox = Array([0, 0, width, height])
    page.Contents = pdf.make_stream(f"{width:.3f} 0 0 {height:.3f} 0 0 cm /P Do".encode())
