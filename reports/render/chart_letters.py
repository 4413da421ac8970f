"""The letters of a paper's charts, each laid out once for a file.

WeasyPrint lays out every letter of a picture by itself, once to place it and once to draw it. The
two charts of a briefing have 1,600 letters, but only 130 that differ in letter, weight or size:
reusing their layouts saves a tenth of the time of a paper of eleven pages. While a file is written,
this module replaces the function that WeasyPrint lays a picture's text out with; the text of pages
is laid out before. Like `reports.render.structure`, it works with exactly one version of WeasyPrint
and one render at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def letters_laid_out_once() -> Iterator[None]:
    """Reuse the layout of each letter while WeasyPrint draws pictures. Not thread-safe."""
    from weasyprint.text import line_break

    lay_out = line_break.split_first_line
    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def once(text: str, style: Any, *limits: Any) -> tuple[Any, ...]:
        # All that `weasyprint.svg.text` sets of a style.
        font = (style["font_style"], style["font_weight"], style["font_size"], style["direction"])
        key = (text, *style["font_family"], *font)
        if key not in known:
            layout, *measures = lay_out(text, style, *limits)
            known[key] = (_Letter(layout), *measures)
        return known[key]

    line_break.split_first_line = once
    try:
        yield
    finally:
        line_break.split_first_line = lay_out


class _Letter:
    """A layout (WeasyPrint's) that is set up when it is first drawn, and not each time."""

    def __init__(self, laid_out: Any) -> None:
        self.laid_out, self.text, self.layout = laid_out, laid_out.text, None

    def reactivate(self, style: Any) -> None:
        if self.layout is None:
            self.laid_out.reactivate(style)
            self.layout = self.laid_out.layout

    def get_first_line(self) -> Any:
        return self.laid_out.get_first_line()
