"""Ministers' ratings of papers over time: a row for each quality, a dot for each paper."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.charts.drawing import (
    ACCENT,
    NARROW,
    QUIET,
    RULE,
    WHITE,
    WIDTH,
    line,
    lines_of,
    number,
    picture,
    text,
    whole,
)

LABEL = 176
STEP = 30.0


def rating_rows(
    papers: Sequence[str], rows: Sequence[tuple[str, Sequence[int | None]]], *, narrow: bool = False
) -> SafeString:
    """Draw each quality's ratings from 1 to 5 as numbered dots, oldest paper first.

    A paper without a rating gets a dash. Return "" without papers.
    """
    if not papers:
        return SafeString("")
    width, left = (NARROW, 0) if narrow else (WIDTH, LABEL)
    gap = (width - left - 24) / max(len(papers), 4 if narrow else 6)
    places = [left + 14 + gap * (n + 0.5) for n in range(len(papers))]
    parts = [
        text(name, x, 11, anchor="middle", fill=QUIET, size=10.5)
        for name, x in zip(papers, places, strict=True)
    ]
    y = 22.0
    for label, marks in rows:
        if narrow:
            parts.append(text(label, 0, y + 11))
            y += 18
        else:
            labels = whole(label, 30)
            parts.append(lines_of(labels, 0, y + 27 - (len(labels) - 1) * 6.25))
        heights = [None if mark is None else y + 4 + (5 - mark) * 7.0 + 9 for mark in marks]
        parts.append(line(left, y + STEP + 16, width, y + STEP + 16, stroke=RULE))
        for (x1, y1), (x2, y2) in zip(
            list(zip(places, heights, strict=True)),
            list(zip(places, heights, strict=True))[1:],
            strict=False,
        ):
            if y1 is not None and y2 is not None:
                parts.append(line(x1, y1, x2, y2, stroke=ACCENT, width=1.2))
        for x, mark, height in zip(places, marks, heights, strict=True):
            if mark is None or height is None:
                parts.append(text("–", x, y + 27, anchor="middle", fill=QUIET))
                continue
            parts += [
                f'<circle cx="{number(x)}" cy="{number(height)}" r="8.5" fill="{ACCENT}"/>',
                text(
                    str(mark), x, height + 3.8, anchor="middle", fill=WHITE, weight="600", size=11
                ),
            ]
        y += STEP + 22
    description = " ".join(f"{label}: {_ratings_in_words(papers, marks)}." for label, marks in rows)
    return picture(
        width,
        y,
        title=_("Ratings of the papers, 1 to 5. {ratings}").format(ratings=description),
        parts=parts,
    )


def _ratings_in_words(papers: Sequence[str], marks: Sequence[int | None]) -> str:
    return ", ".join(
        _("{mark} in {paper}").format(mark=mark if mark is not None else _("none"), paper=paper)
        for paper, mark in zip(papers, marks, strict=True)
    )
