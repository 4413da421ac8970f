"""The tag tree of the paper's PDF: one element for each HTML element, whatever pages it falls on.

The renderer's own tree passes a validator and still tires a listener: a table cut over pages becomes many tables, and
running heads and repeated table heads are read out on each page. While one file is written, this puts another builder
in the place of two of WeasyPrint's private functions, so it belongs to exactly one version of it (`WEASYPRINT`) and
to one render at a time in a process; `reports.render.pdf` sees to both. The paper has no links and no form fields.

A page is first read into steps, which know an element by its place in the HTML, and the steps are then written: so
pages may be read in one process and written in another (`reports.render.halves`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pydyf  # type: ignore[import-untyped]

WEASYPRINT = "70.0"
# Its own: what it is told refuses the paper (`reports.render.pdf`).
LOGGER = logging.getLogger("weasyprint")

_POINT = 0.75  # points in a CSS pixel
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
SVG = f"{{{_SVG_NAMESPACE}}}svg"
_ROLES = {
    "article": "Art",
    "section": "Sect",
    "header": "Sect",
    "p": "P",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
    "ol": "L",
    "ul": "L",
    "li": "LI",
    "li::marker": "Lbl",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
    SVG: "Figure",
}


# An element's place in the HTML, counted from its root, and the role it plays.
Key = tuple[int, str]


class Node(NamedTuple):
    """An element that is met for the first time. Without an owner it hangs under the document."""

    key: Key
    owner: Key | None
    facts: Mapping[str, Any]


class Content(NamedTuple):
    """A stretch of the page's content, by its number on the page, and the element it belongs to."""

    mcid: int
    owner: Key | None


Steps = list[Node | Content]


class ReadPage(NamedTuple):
    """Stands for the boxes of a page that was read elsewhere."""

    steps: Steps


def places(root: Any) -> dict[Any, int]:
    """Each element of the HTML and its place in it."""
    return {element: place for place, element in enumerate(root.iter())}


@contextmanager
def own_structure(reader: Reader) -> Iterator[None]:
    """Within this, WeasyPrint's `write_pdf` of the reader's document writes our tag tree. Not safe in two threads."""
    from weasyprint.pdf import tags

    writer, build = _Writer(), tags._build_box_tree

    def build_page(
        box: Any,
        parent: Any,
        pdf: Any,
        page_number: int,
        nums: dict[int, Any],
        annotations: list[Any],
        marks: dict[Any, Any],
    ) -> tuple[()]:
        """Hang the page's content under `parent`. Takes and fills what WeasyPrint's function does; yields nothing."""
        steps = box.steps if isinstance(box, ReadPage) else reader.read(box, marks)
        writer.write(steps, parent, pdf, pdf.page_references[page_number], nums)
        return ()

    tags._build_box_tree = build_page
    try:
        with decoration_unmarked(reader):
            yield
    finally:
        tags._build_box_tree = build


@contextmanager
def decoration_unmarked(reader: Reader) -> Iterator[None]:
    """Within this, pages are painted with what is only decoration outside the content."""
    from weasyprint.pdf.stream import Stream

    marked = Stream.marked

    def mark(stream: Any, box: Any, tag: str) -> Any:
        return stream.artifact() if id(box) in reader.artifacts else marked(stream, box, tag)

    Stream.marked = mark
    try:
        yield
    finally:
        Stream.marked = marked


class Reader:
    """Reads pages into steps, one after another; knows from the start which boxes are only decoration."""

    def __init__(self, document: Any, places: Mapping[Any, int]) -> None:
        from weasyprint.formatting_structure import boxes

        self.boxes, self.places = boxes, places
        self.language = document.metadata.lang
        self.artifacts: set[int] = set()
        self.met: set[Key] = set()
        heads: set[Any] = set()
        for page in document.pages:
            self._find_artifacts(page._page_box, heads)

    def read(self, box: Any, marks: dict[Any, Any]) -> Steps:
        """What the page's box holds. Takes what was marked on the page and empties it."""
        self.page_height = box.margin_height() * _POINT
        self.steps: Steps = []
        self.marks = marks
        self._children(box, None)
        return self.steps

    def _find_artifacts(self, box: Any, heads: set[Any]) -> None:
        """Running heads, and table heads seen before, with everything in them."""
        for child in box.children:
            child = self._real(child)
            again = False
            if isinstance(child, self.boxes.TableRowGroupBox) and child.is_header:
                again = child.element in heads
                heads.add(child.element)
            if again or isinstance(child, self.boxes.MarginBox):
                self.artifacts.update(id(box) for box in [child, *child.descendants()])
            elif isinstance(child, self.boxes.ParentBox):
                self._find_artifacts(child, heads)

    def _real(self, box: Any) -> Any:
        """Positioned boxes, list markers among them, stand behind a placeholder."""
        return getattr(box, "_box", box)

    def _children(self, box: Any, owner: Key | None) -> None:
        for child in box.children:
            child = self._real(child)
            if id(child) in self.artifacts:
                continue
            holder = self._holder(child, owner)
            if isinstance(child, self.boxes.TextBox | self.boxes.ReplacedBox):
                self.steps.append(Content(self.marks.pop(child)["mcid"], holder))
            else:
                self._children(child, holder)

    def _holder(self, box: Any, owner: Key | None) -> Key | None:
        """The element that the box's content belongs to: its HTML element's, noted when first met."""
        element, tag = box.element, box.element_tag
        role = _ROLES.get(tag, "")
        if element is None:
            return owner
        language = element.get("lang") or self.language
        if not role and language != self.language:
            role = "Span"
        if not role:
            return owner
        place = self.places[element]
        key = place, role
        if key not in self.met:
            facts: dict[str, Any] = {}
            if language != self.language:
                facts["Lang"] = pydyf.String(language)
            self._describe(facts, role, box)
            self._note(key, (place, "LI") if role == "Lbl" else owner, facts)
        if role != "LI":
            return key
        # What holds a list item's content, beside its label.
        body = place, "LBody"
        if body not in self.met:
            self._note(body, key, {})
        return body

    def _note(self, key: Key, owner: Key | None, facts: Mapping[str, Any]) -> None:
        self.met.add(key)
        self.steps.append(Node(key, owner, facts))

    def _describe(self, facts: dict[str, Any], role: str, box: Any) -> None:
        """The facts that a reader of the tags needs about some elements."""
        if role == "L":
            numbering = "Decimal" if box.element_tag == "ol" else "Disc"
            facts["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{numbering}"})
        elif role in ("TH", "TD"):
            cell = {"O": "/Table"}
            if role == "TH":
                cell["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
            if box.colspan != 1:
                cell["ColSpan"] = box.colspan
            if box.rowspan != 1:
                cell["RowSpan"] = box.rowspan
            facts["A"] = pydyf.Dictionary(cell)
        elif role == "Figure":
            left, top = (
                box.content_box_x() * _POINT,
                self.page_height - box.content_box_y() * _POINT,
            )
            right, bottom = left + box.width * _POINT, top - box.height * _POINT
            facts["A"] = pydyf.Dictionary(
                {"O": "/Layout", "BBox": pydyf.Array((left, bottom, right, top))}
            )
            words = box.element.findtext(f"{{{_SVG_NAMESPACE}}}title", "").strip()
            if not words:
                LOGGER.error("A picture has no words for those who cannot see it")
            facts["Alt"] = pydyf.String(words)


class _Writer:
    """Writes the tree page by page."""

    def __init__(self) -> None:
        self.nodes: dict[Key | None, Any] = {}

    def write(
        self, steps: Steps, document: Any, pdf: Any, page: bytes, nums: dict[int, Any]
    ) -> None:
        self.nodes[None] = document
        for step in steps:
            if isinstance(step, Content):
                self._content(step.mcid, self.nodes[step.owner], page)
                nums[step.mcid] = self.nodes[step.owner].reference
            elif step.key not in self.nodes:
                self.nodes[step.key] = self._node(step, pdf, page)

    def _node(self, step: Node, pdf: Any, page: bytes) -> Any:
        owner, (_, role) = self.nodes[step.owner], step.key
        node = pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": f"/{role}",
                "K": pydyf.Array(),
                "Pg": page,
                "P": owner.reference,
                **step.facts,
            }
        )
        pdf.add_object(node)
        # A label is met after the body it stands before.
        owner["K"].insert(0 if role == "Lbl" else len(owner["K"]), node.reference)
        return node

    def _content(self, mcid: int, node: Any, page: bytes) -> None:
        """Hang a stretch of the page's content on an element that may have begun on another page."""
        if node["Pg"] == page:
            node["K"].append(mcid)
        else:
            node["K"].append(pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": mcid}))
