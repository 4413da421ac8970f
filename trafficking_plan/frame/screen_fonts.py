"""Make the fonts of the screens: a small part of each font of the papers, as WOFF2.

Run `.venv/bin/python -m trafficking_plan.frame.screen_fonts` after changing `CHARACTERS` or a font in
static/fonts, and commit the files. See docs/decisions/0021-fonts-of-the-screens-are-a-part.md.
"""

from io import BytesIO
from pathlib import Path

from trafficking_plan.running.environment import RESOURCES

FONTS = RESOURCES / "static" / "fonts"
# The licence reserves the name "Source" for the font as Adobe made it.
NAME = "Screen Sans"
WEIGHTS = ("Regular", "It", "Semibold", "Bold")
# First and last code point. Latin with macrons and the accents of other languages; quotes and
# dashes; signs, arrows and marks that pages print.
CHARACTERS = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x2BB, 0x2BC),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x202F, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
    (0x2190, 0x2195),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0x25A0, 0x25A1),
    (0x25B2, 0x25B3),
    (0x25B6, 0x25B7),
    (0x25BC, 0x25BD),
    (0x25C6, 0x25CF),
    (0x2713, 0x2717),
)
# Those that browsers apply by themselves, and the figures that our styles ask for.
FEATURES = [
    "kern",
    "mark",
    "mkmk",
    "ccmp",
    "liga",
    "clig",
    "calt",
    "rlig",
    "locl",
    "tnum",
    "lnum",
    "pnum",
]
# Copyright, names, version and licence.
NAMES_KEPT = [0, 1, 2, 3, 4, 5, 6, 13, 14]


def screen_font(weight: str) -> Path:
    """Return where the screen's font of this weight is."""
    return FONTS / f"ScreenSans-{weight}.woff2"


def part_of(weight: str) -> bytes:
    """Return the part of the paper's font of this weight that screens need, as WOFF2."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features = FEATURES
    options.layout_scripts = ["DFLT", "latn"]
    options.hinting = False  # a third of the size, and Adobe's own WOFF2 files have none
    options.drop_tables += ["gasp"]
    options.name_IDs = NAMES_KEPT
    # Browsers make a text field as wide as the largest character of the whole font asks for.
    whole = FONTS / f"SourceSans3-{weight}.ttf"
    font = TTFont(whole, recalcBBoxes=False, recalcTimestamp=False)
    part = Subsetter(options)
    part.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
    part.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 6}:
            spaces = "" if record.nameID == 6 else " "
            record.string = f"{NAME} {weight}".replace(" ", spaces)
    font["head"].flags &= ~0b100  # that instructions depend on the size
    font.flavor = "woff2"
    written = BytesIO()
    font.save(written)
    return written.getvalue()


def main() -> None:
    for weight in WEIGHTS:
        screen_font(weight).write_bytes(part_of(weight))


if __name__ == "__main__":
    main()
