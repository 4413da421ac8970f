"""Test that every colour of a screen is a token, so that dark pages have it too."""

import re

from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
CHARTS = settings.BASE_DIR / "reports" / "charts"
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b")
# The tokens themselves, paper, and pictures drawn in the colours of paper.
OF_PAPER = {"base.css", "print.css", "charts.css"}


def colours_of(text: str) -> set[str]:
    without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # An id in a selector is no colour.
    return {found for found in LITERAL.findall(without_comments) if not found.startswith("#m-")}


def test_style_sheets_name_no_colour_of_their_own():
    found = {
        file.name: colours
        for file in sorted(CSS.glob("*.css"))
        if file.name not in OF_PAPER and (colours := colours_of(file.read_text()))
    }
    assert found == {}


def test_every_token_of_a_colour_has_a_value_for_dark_pages():
    base = (CSS / "base.css").read_text()
    light, _, rest = base.partition("@supports (color: light-dark")
    dark = rest.partition(":root[data-colours")[0]
    named = re.findall(r"(--[\w-]+): (#[0-9a-f]+);", light)
    assert len(named) > 10
    for name, value in named:
        assert f"{name}: light-dark({value}, #" in dark


def test_every_colour_of_a_chart_has_one_for_dark_pages():
    sheet = (CSS / "charts.css").read_text()
    used = {
        colour
        for file in CHARTS.glob("*.py")
        for colour in re.findall(r'"(#[0-9a-f]{6})"', file.read_text())
    }
    assert used - set(re.findall(r'\[fill="(#[0-9a-f]{6})"\]', sheet)) == set()
