"""The tag tree of the PDF: one element for each HTML element, even across pages.

WeasyPrint's own tree is valid but poor to listen to: a table that spans pages becomes several
tables, and running heads and repeated table heads are read out on each page. While a file is
written, this module replaces two of WeasyPrint's private functions. It therefore works with exactly
one version of WeasyPrint (`WEASYPRINT`) and one render at a time in a process; `reports.render.pdf`
ensures both. Papers have no links and no form fields.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf  # type: ignore[import-untyped]

WEASYPRINT = "70.0"
# WeasyPrint's logger: an error logged here makes `reports.render.pdf` refuse the paper.
LOGGER = logging.getLogger("weasyprint")

_POINT = 0.75  # points in a CSS pixel
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_SVG = f"{{{_SVG_NAMESPACE}}}svg"
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
    _SVG: "Figure",
    "img": "Figure",
}


@contextmanager
def own_structure(document: Any) -> Iterator[None]:
    """Make `document.write_pdf` (WeasyPrint's) write our tag tree. Not thread-safe."""
    from weasyprint.pdf import tags
    from weasyprint.pdf.stream import Stream

    builder = _Builder(document)
    build, marked = tags._build_box_tree, Stream.marked

    def mark(stream: Any, box: Any, tag: str) -> Any:
        return stream.artifact() if id(box) in builder.artifacts else marked(stream, box, tag)

    tags._build_box_tree, Stream.marked = builder.build_page, mark
    try:
        yield
    finally:
        tags._build_box_tree, Stream.marked = build, marked


class _Builder:
    """Builds the tree page by page.

    Finds the boxes that are decoration first (`artifacts`, by `id`).
    """

    def __init__(self, document: Any) -> None:
        from weasyprint.formatting_structure import boxes

        self.boxes = boxes
        self.language = document.metadata.lang
        self.artifacts: set[int] = set()
        # By HTML element and role.
        self.nodes: dict[tuple[Any, str], Any] = {}
        heads: set[Any] = set()
        for page in document.pages:
            self._find_artifacts(page._page_box, heads)

    def build_page(
        self,
        box: Any,
        parent: Any,
        pdf: Any,
        page_number: int,
        nums: dict[int, Any],
        annotations: list[Any],
        marks: dict[Any, Any],
    ) -> tuple[()]:
        """Add the page's content to `parent`.

        Has the signature of WeasyPrint's function; returns ().
        """
        self.pdf, self.page, self.nums, self.marks = (
            pdf,
            pdf.page_references[page_number],
            nums,
            marks,
        )
        self.page_height = box.margin_height() * _POINT
        self._children(box, parent)
        return ()

    def _find_artifacts(self, box: Any, heads: set[Any]) -> None:
        """Collect running heads and repeated table heads, with everything in them."""
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
        """Return the box behind a placeholder. Positioned boxes and list markers have one."""
        return getattr(box, "_box", box)

    def _children(self, box: Any, node: Any) -> None:
        for child in box.children:
            child = self._real(child)
            if id(child) in self.artifacts:
                continue
            holder = self._holder(child, node)
            if isinstance(child, self.boxes.TextBox | self.boxes.ReplacedBox):
                self._content(self.marks.pop(child)["mcid"], holder)
            else:
                self._children(child, holder)

    def _holder(self, box: Any, parent: Any) -> Any:
        """Return the node for the box's HTML element, and add it if it is new."""
        element, tag = box.element, box.element_tag
        role = _ROLES.get(tag, "")
        if element is None:
            return parent
        language = element.get("lang") or self.language
        if not role and language != self.language:
            role = "Span"
        if not role:
            return parent
        if (element, role) not in self.nodes:
            owner = self.nodes[element, "LI"] if role == "Lbl" else parent
            node = self.nodes[element, role] = self._add(role, owner)
            if language != self.language:
                node["Lang"] = pydyf.String(language)
            self._describe(node, role, box)
        return self._body(element) if role == "LI" else self.nodes[element, role]

    def _body(self, element: Any) -> Any:
        """Return the node of a list item's content, beside its label."""
        if (element, "LBody") not in self.nodes:
            self.nodes[element, "LBody"] = self._add("LBody", self.nodes[element, "LI"])
        return self.nodes[element, "LBody"]

    def _add(self, role: str, parent: Any) -> Any:
        node = pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": f"/{role}",
                "K": pydyf.Array(),
                "Pg": self.page,
                "P": parent.reference,
            }
        )
        self.pdf.add_object(node)
        # A label comes first, although it is added after the body.
        parent["K"].insert(0 if role == "Lbl" else len(parent["K"]), node.reference)
        return node

    def _content(self, mcid: int, node: Any) -> None:
        """Add content of the current page to a node, which may have begun on an earlier page."""
        if node["Pg"] == self.page:
            node["K"].append(mcid)
        else:
            node["K"].append(pydyf.Dictionary({"Type": "/MCR", "Pg": self.page, "MCID": mcid}))
        self.nums[mcid] = node.reference

    def _describe(self, node: Any, role: str, box: Any) -> None:
        """Add the attributes that assistive technology needs."""
        if role == "L":
            numbering = "Decimal" if box.element_tag == "ol" else "Disc"
            node["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{numbering}"})
        elif role in ("TH", "TD"):
            cell = {"O": "/Table"}
            if role == "TH":
                cell["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
            if box.colspan != 1:
                cell["ColSpan"] = box.colspan
            if box.rowspan != 1:
                cell["RowSpan"] = box.rowspan
            node["A"] = pydyf.Dictionary(cell)
        elif role == "Figure":
            left, top = (
                box.content_box_x() * _POINT,
                self.page_height - box.content_box_y() * _POINT,
            )
            right, bottom = left + box.width * _POINT, top - box.height * _POINT
            node["A"] = pydyf.Dictionary(
                {"O": "/Layout", "BBox": pydyf.Array((left, bottom, right, top))}
            )
            title = box.element.findtext(f"{{{_SVG_NAMESPACE}}}title", "")
            words = (box.element.get("alt") or title).strip()
            if not words:
                LOGGER.error("A picture has no words for those who cannot see it")
            node["Alt"] = pydyf.String(words)
