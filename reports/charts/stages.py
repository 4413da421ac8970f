"""Work items by stage, one bar for each pillar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from reports.charts.drawing import (
    ACCENT,
    INK,
    NARROW,
    QUIET,
    WHITE,
    WIDTH,
    lines_of,
    numbered,
    picture,
    rectangle,
    text,
    textured,
    two_lines,
)
from reports.document.annexes import PillarProgress, Stage

LABEL = 176  # Width of the labels left of the bars.

# Stages from most to least complete, each with its fill, texture and number colour.
STAGES: tuple[tuple[Stage, str, str, str], ...] = (
    (Stage.COMPLETE, ACCENT, "", WHITE),
    (Stage.ONGOING, "#5f9aa0", "dots", INK),
    (Stage.UNDER_WAY, "#b9d4d5", "upright", INK),
    (Stage.NOT_STARTED, WHITE, "", INK),
    (Stage.WITHDRAWN, "#e7ebec", "level", INK),
)
_TEXTURE_INK = {"dots": WHITE, "upright": "#8fb9bb", "level": QUIET}


def stage_bars(pillars: Sequence[PillarProgress], *, narrow: bool = False) -> SafeString:
    """Draw one bar for each pillar, with its items stacked by stage. Return "" without pillars.

    Drawn `narrow`, the pillar's title is above its bar.
    """
    if not pillars:
        return SafeString("")
    width, left = (NARROW, 0) if narrow else (WIDTH, LABEL)
    scale = (width - left - 70) / max(1, *(pillar.total for pillar in pillars))
    parts, y = _legend(width, left)
    for pillar in pillars:
        names = two_lines(pillar.title, 56 if narrow else 32)
        if narrow:
            parts.append(lines_of(names, 0, y + 9))
            y += 14 * len(names)
        else:
            parts.append(lines_of(names, 0, y + 9 if len(names) == 2 else y + 15.5))
        x = float(left)
        for stage, *_ in STAGES:
            if count := pillar.count(stage):
                parts += stage_stretch(stage, x, y, count * scale, 23, str(count))
                x += count * scale
        total = ngettext("{count:,} item", "{count:,} items", pillar.total).format(
            count=pillar.total
        )
        parts.append(text(total, x + 7, y + 15.5, fill=QUIET))
        y += 31
    return picture(width, y, title=_sentence(pillars), parts=parts)


def stage_stretch(
    stage: Stage, x: float, y: float, width: float, height: float, words: str
) -> list[str]:
    """Return a segment of a bar: its fill, its texture, and its number on a plain background."""
    _stage, fill, texture, ink = next(entry for entry in STAGES if entry[0] == stage)
    return [
        rectangle(x, y, width, height, fill),
        *(textured(texture, x, y, width, height, _TEXTURE_INK[texture]) if texture else ()),
        rectangle(x, y, width, height, "none", stroke=INK),
        *numbered(words, x, y, width, height, ink, plain=not texture),
    ]


def _legend(width: float, left: float) -> tuple[list[str], float]:
    """Return the legend's shapes, and the y coordinate below it."""
    x, y = float(left), 2.0
    parts: list[str] = []
    for stage, *_ in STAGES:
        room = 32 + len(stage.label) * 5.4
        if x + room > width + 14:
            x, y = 0.0, y + 20
        parts += stage_stretch(stage, x, y, 14, 14, "")
        parts.append(text(stage.label, x + 19, y + 11, size=10.5))
        x += room
    return parts, y + 28


def _sentence(pillars: Sequence[PillarProgress]) -> str:
    return gettext("Bars of work items by stage in each pillar. {counts}").format(
        counts=" ".join(_counts(pillars))
    )


def _counts(pillars: Sequence[PillarProgress]) -> Iterator[str]:
    for pillar in pillars:
        counts = [f"{pillar.count(s)} {s.label.lower()}" for s, *_ in STAGES if pillar.count(s)]
        yield f"{pillar.title}: {', '.join(counts) or gettext('no items')}."
