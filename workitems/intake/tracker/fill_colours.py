"""Name the colour that a spreadsheet's cell is filled with, if it is one of those that state a RAG. No Django."""

import colorsys
from typing import Any

from lxml import etree
from openpyxl.styles.fills import PatternFill
from openpyxl.writer.theme import theme_xml
from openpyxl.xml.constants import DRAWING_NS

from workitems.intake.tracker.colour_names import AMBER, BLUE, GREEN, GREY, RED

# The colours of a theme by their number; the file has the first four in pairs the other way round.
THEME_ORDER = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)
# Up to which hue, in degrees, a colour has a name. What is not named is purple.
HUES = ((12, RED), (65, AMBER), (170, GREEN), (255, BLUE), (345, ""), (360, RED))


class FillColours:
    """The colours of one workbook: its own, those of its theme, and those of its palette."""

    def __init__(self, workbook: Any) -> None:
        self.palette = list(workbook._colors or ())
        self.theme = _theme(workbook.loaded_theme or theme_xml.encode())

    def of(self, fill: Any) -> str:
        """Return the colour's name, or "" of a cell without fill, in white, black or another colour."""
        if not isinstance(fill, PatternFill) or fill.fill_type != "solid":
            return ""
        colour = fill.fgColor
        match colour.type:
            case "rgb":
                code = colour.rgb
            case "theme":
                code = self.theme[colour.theme] if colour.theme < len(self.theme) else ""
            case "indexed":
                code = self.palette[colour.indexed] if colour.indexed < len(self.palette) else ""
            case _:
                code = ""
        return named(code[-6:], colour.tint or 0.0)


def named(code: str, tint: float = 0.0) -> str:
    """Return the name of a colour written as six hexadecimal digits, made lighter or darker by the tint."""
    try:
        red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    except ValueError:
        return ""
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light + tint * (1 - light)
    if strength < 0.12:
        return GREY if 0.35 <= light <= 0.88 else ""
    if not 0.15 <= light <= 0.93:
        return ""
    return next(name for most, name in HUES if hue * 360 <= most)


def _theme(xml: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    scheme = etree.fromstring(xml, parser).find(f".//{{{DRAWING_NS}}}clrScheme")
    codes = [
        str(colour.get("lastClr") or colour.get("val") or "")
        for each in (scheme if scheme is not None else ())
        for colour in each
    ]
    return [codes[at] for at in THEME_ORDER if at < len(codes)]
