"""Test what becomes of a file that is chosen as an agency's mark."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from reports.document.cover_design import MARK_BYTES, MARK_HEIGHT, MARK_WIDTH
from reports.kinds.services.marks import MarkRefused, made_of

RED = (122, 31, 43)


def picture(mode="RGB", size=(400, 400), ground="white", ink="#7a1f2b"):
    """A disc in the middle, with a margin of a quarter around it."""
    image = Image.new("RGBA", size, ground)
    across, down = size
    ImageDraw.Draw(image).ellipse(
        (across // 4, down // 4, 3 * across // 4, 3 * down // 4), fill=ink
    )
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def file_of(image, format="PNG", **others):
    file = io.BytesIO()
    image.save(file, format, **others)
    return file.getvalue()


def read(made):
    return Image.open(io.BytesIO(made.png))


def middle(made):
    image = read(made)
    return image.getpixel((image.width // 2, image.height // 2))


def chunks(png):
    """Return the kinds of the chunks of a PNG."""
    found, place = [], 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        found.append(png[place + 4 : place + 8].decode())
        place += length + 12
    return found


def with_exif():
    exif = Image.Exif()
    exif[0x010E] = "Where it was taken"
    exif[0x0112] = 6  # turned by a quarter
    return exif


GIVEN = {
    "PNG": file_of(picture()),
    "PNG with transparency": file_of(picture("RGBA", ground=(0, 0, 0, 0))),
    "PNG with a palette": file_of(picture().quantize(16)),
    "PNG with text": file_of(picture(), pnginfo=None, dpi=(600, 600)),
    "JPEG": file_of(picture(), "JPEG", quality=95),
    "JPEG in CMYK": file_of(picture("CMYK"), "JPEG", quality=95),
    "JPEG with EXIF": file_of(picture(), "JPEG", quality=95, exif=with_exif()),
}


@pytest.mark.parametrize("data", GIVEN.values(), ids=GIVEN)
def test_a_picture_is_written_anew_in_rgb_on_white_without_metadata_or_margin(data):
    made = made_of(data)
    image = read(made)
    assert (image.mode, image.format, image.size) == ("RGB", "PNG", (made.width, made.height))
    assert image.info == {}
    assert set(chunks(made.png)) == {"IHDR", "IDAT", "IEND"}
    assert max(made.width, made.height) <= MARK_HEIGHT
    assert all(abs(found - wanted) < 12 for found, wanted in zip(middle(made), RED, strict=True))
    assert min(image.getpixel((0, 0))) > 230


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "LA"])
def test_a_grey_picture_becomes_rgb(mode):
    grey = picture(ink="black").convert("L")
    if mode == "I;16":
        grey = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        grey = grey.convert(mode)
    made = made_of(file_of(grey))
    assert read(made).mode == "RGB"
    assert max(middle(made)) < 30


def test_a_turned_photograph_stands_upright():
    wide = Image.new("RGB", (400, 200), "#7a1f2b")
    made = made_of(file_of(wide, "JPEG", exif=with_exif()))
    assert (made.width, made.height) == (106, 213)


def test_the_same_file_gives_the_same_bytes_and_its_own_result_changes_no_more():
    once = made_of(GIVEN["JPEG with EXIF"])
    assert made_of(GIVEN["JPEG with EXIF"]) == once
    assert made_of(once.png) == once


def test_a_large_detailed_picture_is_made_small_enough_to_print():
    noise = Image.effect_noise((3000, 800), 120).convert("RGB")
    made = made_of(file_of(noise))
    assert (made.width, made.height) == (799, 213)
    assert made.width <= MARK_WIDTH
    assert len(made.png) <= MARK_BYTES


def bomb(across=60_000, down=60_000):
    """A PNG of a few bytes that says that it has 3.6 thousand million pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", across, down, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


REFUSED = {
    "an SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "An SVG drawing"),
    "a GIF": (file_of(picture("P"), "GIF"), "This file is neither PNG nor JPEG."),
    "text": (b"A crest", "This file is neither PNG nor JPEG."),
    "nothing": (b"", "This file is neither PNG nor JPEG."),
    "a PNG cut short": (GIVEN["PNG"][:300], "The file is damaged"),
    "a JPEG cut short": (GIVEN["JPEG"][:900], "The file is damaged"),
    "a bomb": (bomb(), "The picture has too many pixels."),
    "a small bomb": (bomb(6000, 6000), "The picture has 6,000 by 6,000 pixels."),
    "a blank page": (file_of(Image.new("RGB", (400, 400), "white")), "The picture is blank."),
    "nothing visible": (
        file_of(Image.new("RGBA", (400, 400), (0, 0, 0, 0))),
        "The picture is blank.",
    ),
    "an icon": (file_of(picture(size=(64, 64))), "The picture is too small to print: 33 by 33"),
    "a long file": (GIVEN["PNG"] + bytes(5_000_001), "The file is larger than 5 MB."),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_printed_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(MarkRefused) as refusal:
        made_of(data)
    assert str(refusal.value).startswith(sentence)
