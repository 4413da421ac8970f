"""Makes the picture of an agency's mark that papers can print, of a file that a person chose.

The file is decoded and its pixels are written anew, so nothing else of it is kept: no metadata, no
second picture, no program.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from reports.document.cover_design import MARK_FILE_MEGABYTES, MARK_HEIGHT, MARK_WIDTH

MAX_PIXELS = 25_000_000
# On the longer side; fewer would look coarse on paper.
LEAST_PIXELS = 120
# How far a pixel of the margin may be from white.
NEARLY_WHITE = 16


class MarkRefused(Exception):
    """The file cannot be a mark. The message is shown to the user."""


class Made(NamedTuple):
    png: bytes
    width: int
    height: int


def made_of(data: bytes) -> Made:
    """Return the picture as an RGB PNG on white, without its margin, at most as large as it is printed.

    Raise `MarkRefused` for what is no PNG or JPEG, too large, too small, damaged or blank.
    """
    if len(data) > MARK_FILE_MEGABYTES * 1_000_000:
        raise MarkRefused(
            _("The file is larger than {most} MB. Choose a smaller picture.").format(
                most=MARK_FILE_MEGABYTES
            )
        )
    if b"<svg" in data[:2000].lower():
        raise MarkRefused(
            _(
                "An SVG drawing can hold programs, so it cannot be used. Save it as a PNG and choose that."
            )
        )
    try:
        with _whole_files_only(), Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise MarkRefused(
                    _(
                        "The picture has {width:,} by {height:,} pixels. Choose one with fewer than {most} "
                        "million in all."
                    ).format(width=image.width, height=image.height, most=MAX_PIXELS // 1_000_000)
                )
            picture = _on_white(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as fault:
        raise MarkRefused(
            _("This file is neither PNG nor JPEG. Choose a PNG or JPEG picture.")
        ) from fault
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise MarkRefused(
            _("The picture has too many pixels. Choose a PNG or JPEG picture.")
        ) from fault
    except (OSError, SyntaxError, ValueError, MemoryError) as fault:
        raise MarkRefused(
            _("The file is damaged and cannot be read. Choose a PNG or JPEG picture.")
        ) from fault
    margin = ImageChops.difference(picture, Image.new("RGB", picture.size, "white"))
    inside = margin.convert("L").point(lambda value: 255 * (value > NEARLY_WHITE)).getbbox()
    if inside is None:
        raise MarkRefused(_("The picture is blank. Choose one that shows something."))
    picture = picture.crop(inside)
    if max(picture.size) < LEAST_PIXELS:
        raise MarkRefused(
            _(
                "The picture is too small to print: {width} by {height} pixels without its margin. "
                "Choose one of at least {least} pixels."
            ).format(width=picture.width, height=picture.height, least=LEAST_PIXELS)
        )
    picture.thumbnail((MARK_WIDTH, MARK_HEIGHT), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    # A picture of the pixels alone, because `picture` carries what the file said of itself.
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    clean.save(file, "PNG", optimize=True)
    return Made(file.getvalue(), *clean.size)


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """Let Pillow refuse files that are cut short, which WeasyPrint turns off for the whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _on_white(image: Any) -> Image.Image:
    """Return the picture in sRGB, with white where it is transparent."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or "A" in image.mode or image.mode == "La":
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(ground, over).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            pass  # A damaged profile: the colours are taken as they are.
        else:
            image = made or image
    rgb: Image.Image = image.convert("RGB")
    return rgb
