"""Lines of text written from what was written before, which takes a third off painting a long paper.

WeasyPrint works out each glyph of each line anew: its code, and how far its advance differs from the font's. Here a
line whose glyphs were all met before, in that font, size and advance, is put together from what came out then; any
other is left to WeasyPrint and remembered. The bytes are the same. It stands in for one of WeasyPrint's private
functions: see `reports.render.structure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

# Pango's glyph in integers: its id, its advance, two offsets, and a flag.
_INTEGERS = 5
# Ids above are Pango's own words for a glyph that is invisible or missing.
_HIGHEST = 0xFFFF


class _Run(NamedTuple):
    """Neighbours in one font and size, as (id, advance) in Pango's units. `is_plain` if none of them is moved or
    invisible."""

    pango_font: Any
    font: Any
    size: float
    glyphs: list[tuple[int, int]]
    is_plain: bool


@contextmanager
def glyphs_remembered() -> Iterator[None]:
    """Within this, one of WeasyPrint's documents is painted."""
    from weasyprint.draw import text

    # By font and size: what stands for each glyph in the file.
    written: dict[tuple[str, float], dict[tuple[int, int], str]] = {}
    draw = text.draw_first_line

    def draw_first_line(
        stream: Any, box: Any, text_overflow: str, block_ellipsis: Any, matrix: Any
    ) -> Any:
        if text_overflow == "ellipsis" or block_ellipsis != "none" or not box.text.strip():
            return draw(stream, box, text_overflow, block_ellipsis, matrix)
        runs = list(_runs(stream, box))
        known = [written.setdefault((run.font.hash, run.size), {}) for run in runs]
        try:
            lines = [
                f"<{''.join([of[glyph] for glyph in run.glyphs])}>".removesuffix("<>")
                for run, of in zip(runs, known, strict=True)
                if run.is_plain
            ]
        except KeyError:
            lines = []
        if len(lines) == len(runs):
            _write(stream, runs, lines, matrix)
            return []
        drawn = draw(stream, box, text_overflow, block_ellipsis, matrix)
        for run, of in zip(runs, known, strict=True):
            if run.is_plain:
                of.update((glyph, _glyph(run, *glyph)) for glyph in run.glyphs)
        return drawn

    text.draw_first_line = draw_first_line
    try:
        yield
    finally:
        text.draw_first_line = draw


def _runs(stream: Any, box: Any) -> Iterator[_Run]:
    from weasyprint.text.ffi import ffi, pango

    pango.pango_layout_set_single_paragraph_mode(box.pango_layout.layout, True)
    line, _ = box.pango_layout.get_first_line()
    node = line.runs[0]
    while node != ffi.NULL:
        item, node = node.data, node.next
        of = item.glyphs
        integers = ffi.unpack(ffi.cast("int *", of.glyphs), of.num_glyphs * _INTEGERS)
        font, size = stream.add_font(item.item.analysis.font)
        is_odd = (
            max(integers[0::_INTEGERS], default=0) > _HIGHEST
            or any(integers[2::_INTEGERS])
            or any(integers[3::_INTEGERS])
        )
        yield _Run(
            item.item.analysis.font,
            font,
            size,
            list(zip(integers[0::_INTEGERS], integers[1::_INTEGERS], strict=True)),
            not (is_odd or font.bitmap or font.svg or font.png or font.colr),
        )


def _glyph(run: _Run, glyph: int, advance: int) -> str:
    """What WeasyPrint has just written for it. Its advance is in the font's widths by now."""
    from weasyprint.text.ffi import FROM_UNITS

    kerning = run.font.widths[glyph] - advance * 1000 * FROM_UNITS / run.size
    return f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"


def _write(stream: Any, runs: list[_Run], lines: list[str], matrix: Any) -> None:
    stream.set_text_matrix(*matrix.values)
    waiting, before = "", None
    for run, line in zip(runs, lines, strict=True):
        if run.pango_font != before:
            if waiting:
                stream.show_text(waiting)
            waiting, before = "", run.pango_font
            stream.set_font_size(run.font.hash, run.size)
        waiting += line
    stream.show_text(waiting)
