"""Test that the fonts of the screens have every character that the product prints."""

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.codebase.source import ROOT
from trafficking_plan.frame.screen_fonts import CHARACTERS, FONTS, WEIGHTS, screen_font

APPS = ("agencies", "workitems", "reports", "trafficking_plan")
# Written as numbers, in styles and scripts.
CODES = re.compile(r"\\(?:u\{?)?([0-9a-fA-F]{4,5})\b")


def texts() -> Iterator[str]:
    """Yield whatever a page may print: strings of the code, templates, scripts, styles, the demo."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if text.isascii() and "\\" not in text:
                yield text  # no string of it has another character
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
        for path in (ROOT / app).rglob("*.toml"):
            yield str(tomllib.loads(path.read_text()))
    for path in (ROOT / "templates").rglob("*.*"):
        yield html.unescape(path.read_text())
    for path in [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]:
        text = path.read_text()
        yield text
        yield from (chr(int(code, 16)) for code in CODES.findall(text))


@pytest.fixture(scope="module")
def printed() -> set[int]:
    return {ord(character) for text in texts() for character in text if character.isprintable()}


def widths(path: Path) -> dict[int, tuple[int, int]]:
    """Return the width and left bearing of each character of a font."""
    with TTFont(path) as font:
        return {code: font["hmtx"][name] for code, name in font.getBestCmap().items()}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_screens_font_has_every_character_that_the_papers_font_could_print(weight, printed):
    screen, paper = widths(screen_font(weight)), widths(FONTS / f"SourceSans3-{weight}.ttf")
    assert {chr(code) for code in printed & set(paper) - set(screen)} == set()
    assert {screen[code] == paper[code] for code in screen} == {True}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_screens_font_was_made_from_the_characters_that_are_listed(weight):
    listed = {code for first, last in CHARACTERS for code in range(first, last + 1)}
    paper = set(widths(FONTS / f"SourceSans3-{weight}.ttf"))
    assert set(widths(screen_font(weight))) == listed & paper


def test_the_test_reads_the_texts_of_every_source(printed):
    # An arrow of a template's entity, a macron of the demo, a mark of a style.
    assert {"→", "ā", "’", "–"} <= {chr(code) for code in printed}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_screens_font_is_small_and_does_not_use_the_reserved_name(weight):
    assert screen_font(weight).stat().st_size < 17_000
    with TTFont(screen_font(weight)) as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert not any("Source" in names[part] for part in (1, 3, 4, 6))
    assert "Open Font License" in names[13]


def test_every_font_of_the_styles_is_a_font_of_the_screens():
    base = (ROOT / "static/css/base.css").read_text()
    asked = set(re.findall(r'url\("\.\./fonts/([^"]+)"\)', base))
    assert asked == {screen_font(weight).name for weight in WEIGHTS}
    assert {path.name for path in FONTS.glob("*.woff2")} == asked
