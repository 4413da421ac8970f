"""Print a PDF's pages to pictures, so that nothing is left but what is seen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image

# Dots an inch, the first with which the file is small enough.
DOTS = (150, 110, 80)
QUALITY = 80
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 12_000_000  # of a page


def printed(data: bytes, check_time: Callable[[], None]) -> bytes:
    """Return a PDF of pictures, as a reader sees the pages, with what is drawn on them."""
    for dots in DOTS:
        made = _printed(data, dots, check_time)
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


def _add(pdf: pikepdf.Pdf, picture: Image.Image, width: float, height: float) -> None:
    is_grey = picture.convert("HSV").getextrema()[1] == (0, 0)  # of the saturation
    shown = picture.convert("L") if is_grey else picture
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
