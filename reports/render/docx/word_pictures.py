"""Charts as pictures in Word: the SVG itself, and a bitmap for programs that show none.

The bitmap is drawn by Pillow, which WeasyPrint depends on anyway, from the few shapes that
`reports.charts.drawing` writes. Equal charts give equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from PIL import Image, ImageDraw, ImageFont

from reports.render.docx.html_tree import Node

# Pixels for each unit of the chart; drawn twice as large and reduced, which smooths the edges.
SCALE, SMOOTH = 3, 2
FAMILY = "Calibri, Carlito, Arial, sans-serif"
FONTS = {"400": "fonts/SourceSans3-Regular.ttf", "600": "fonts/SourceSans3-Semibold.ttf"}
# Units: a higher chart would be too small to read on one page.
HIGHEST = 1_500
# Twentieths of a point in English Metric Units, and the height that a picture may have.
TWIP, TALLEST = 635, 8_600_000
WHITE = "#ffffff"
# Attributes whose case HTML forgets.
CASED = {"viewbox": "viewBox"}

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
)
RUN = """<w:r {namespaces}><w:drawing>
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>
<wp:docPr id="{number}" name="Chart {number}" descr="{title}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
<pic:nvPicPr><pic:cNvPr id="{number}" name="Chart {number}" descr="{title}"/><pic:cNvPicPr/></pic:nvPicPr>
<pic:blipFill><a:blip r:embed="{png}"><a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip
 r:embed="{svg}"/></a:ext></a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"""


def drawing_into(file: Any) -> Callable[[Node, int], Any]:
    """Return a function that adds a chart to the package of `file`, unless it cannot be drawn."""
    numbers = iter(range(1, 10_000))

    def draw(svg: Node, room: int) -> Any:
        width, height = _size(svg)
        if height > HIGHEST or any(shape.tag not in SHAPES for shape in _shapes(svg)):
            return None
        number = next(numbers)
        cx = room * TWIP
        cy = round(cx * height / width)
        if cy > TALLEST:
            cx, cy = round(cx * TALLEST / cy), TALLEST
        relations = []
        for data, kind, ending in (
            (bitmap(svg), "image/png", "png"),
            (source(svg).encode(), "image/svg+xml", "svg"),
        ):
            name = PackURI(f"/word/media/chart{number}.{ending}")
            part = Part(name, kind, data, file.part.package)
            relations.append(file.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE))
        png, vector = relations
        return parse_xml(
            RUN.format(
                namespaces=NAMESPACES, cx=cx, cy=cy, number=number, title=escape(_title(svg)),
                png=png, svg=vector,
            )
        )  # fmt: skip

    return draw


def source(svg: Node) -> str:
    """Return the chart as a file of its own, in fonts that Word has."""
    attributes = svg.attributes | {"font-family": FAMILY}
    width, height = _size(svg)
    attributes |= {"width": f"{width:g}", "height": f"{height:g}"}
    return _markup(Node(svg.tag, attributes, svg.children))


def _markup(node: Node) -> str:
    attributes = "".join(
        f' {CASED.get(name, name)}="{escape(value)}"' for name, value in node.attributes.items()
    )
    inside = "".join(
        escape(child, quote=False) if isinstance(child, str) else _markup(child)
        for child in node.children
    )
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>"


def bitmap(svg: Node) -> bytes:
    """Return the chart as PNG."""
    width, height = _size(svg)
    full = SCALE * SMOOTH
    image = Image.new("RGB", (round(width * full), round(height * full)), WHITE)
    pen = ImageDraw.Draw(image)
    for shape in _shapes(svg):
        SHAPES[shape.tag](pen, shape, full)
    image = image.resize((round(width * SCALE), round(height * SCALE)), Image.Resampling.LANCZOS)
    made = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def _shapes(node: Node) -> Iterator[Node]:
    for child in node.elements():
        if child.tag in ("g", "a"):
            yield from _shapes(child)
        elif child.tag not in ("title", "desc"):
            yield child


def _size(svg: Node) -> tuple[float, float]:
    _, _, width, height = map(float, svg.attributes["viewbox"].split())
    return width, height


def _title(svg: Node) -> str:
    return " ".join(each.words() for each in svg.elements("title"))


def _number(shape: Node, name: str, scale: int) -> float:
    return float(shape.attributes.get(name, "0")) * scale


def _paint(shape: Node, name: str) -> str | None:
    value = shape.attributes.get(name, "none")
    return None if value == "none" else value


def _stroke(shape: Node, scale: int) -> int:
    return max(1, round(_number(shape, "stroke-width", scale)))


def _rectangle(pen: Any, shape: Node, scale: int) -> None:
    x, y, width, height = (_number(shape, name, scale) for name in ("x", "y", "width", "height"))
    if width > 0 and height > 0:
        stroke = _paint(shape, "stroke")
        pen.rectangle(
            (x, y, x + width, y + height), _paint(shape, "fill"), stroke,
            _stroke(shape, scale) if stroke else 0,
        )  # fmt: skip


def _line(pen: Any, shape: Node, scale: int) -> None:
    x1, y1, x2, y2 = (_number(shape, name, scale) for name in ("x1", "y1", "x2", "y2"))
    colour, width = _paint(shape, "stroke"), _stroke(shape, scale)
    dashes = [float(each) * scale for each in shape.attributes.get("stroke-dasharray", "").split()]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    if not dashes or not length:
        pen.line((x1, y1, x2, y2), colour, width)
        return
    drawn, gap = dashes[0], dashes[-1]
    at = 0.0
    while at < length:
        ends = [each / length for each in (at, min(at + drawn, length))]
        pen.line(
            [(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share) for share in ends], colour, width
        )
        at += drawn + gap


def _circle(pen: Any, shape: Node, scale: int) -> None:
    x, y, radius = (_number(shape, name, scale) for name in ("cx", "cy", "r"))
    stroke = _paint(shape, "stroke")
    pen.ellipse(
        (x - radius, y - radius, x + radius, y + radius), _paint(shape, "fill"), stroke,
        _stroke(shape, scale) if stroke else 0,
    )  # fmt: skip


def _polygon(pen: Any, shape: Node, scale: int) -> None:
    points = [
        tuple(float(each) * scale for each in point.split(","))
        for point in shape.attributes["points"].split()
    ]
    pen.polygon(points, _paint(shape, "fill"))


def _text(pen: Any, shape: Node, scale: int) -> None:
    words = "".join(child for child in shape.children if isinstance(child, str))
    size = float(shape.attributes.get("font-size", "11.5"))
    font = _font(shape.attributes.get("font-weight", "400"), round(size * scale))
    anchor = {"middle": "ms", "end": "rs"}.get(shape.attributes.get("text-anchor", ""), "ls")
    where = (_number(shape, "x", scale), _number(shape, "y", scale))
    pen.text(where, words, _paint(shape, "fill"), font, anchor)


@cache
def _font(weight: str, size: int) -> Any:
    name = FONTS["600" if int(weight) >= 600 else "400"]
    return ImageFont.truetype(Path(str(finders.find(name))), size)


SHAPES: dict[str, Callable[[Any, Node, int], None]] = {
    "rect": _rectangle,
    "line": _line,
    "circle": _circle,
    "polygon": _polygon,
    "text": _text,
}
