"""Test templates: components document their parameters, and error pages cannot fail."""

import re

import pytest
from django.template.loader import get_template

from tests.codebase.source import ROOT

TEMPLATES = ROOT / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))


def includes_without_only(text: str) -> list[str]:
    return [
        tag
        for tag in re.findall(r"""{%\s*include\s+["']components/[^%]*%}""", text)
        if not re.search(r"\bonly\s*%}$", tag)
    ]


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_starts_with_a_comment_on_its_use_and_parameters(path):
    opening = re.match(
        r"{# (.*?) #}|{% comment %}\n(.*?)\n{% endcomment %}", path.read_text(), re.S
    )
    says = " ".join((opening[1] or opening[2]).split())
    assert says.startswith(f"{path.stem}: ")
    assert re.search(r"\. Takes[: ]|^print_button: .* Takes nothing", says)


def test_components_see_only_what_they_are_given():
    faults = {
        str(path.relative_to(TEMPLATES)): found
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (found := includes_without_only(path.read_text()))
    }
    assert faults == {}


@pytest.mark.parametrize(
    "tag",
    ['{% include "components/tag.html" with text=a %}', "{% include 'components/tag.html' %}"],
)
def test_the_check_finds_an_include_without_only(tag):
    assert includes_without_only(f"<p>{tag}</p>") == [tag]
    assert includes_without_only(tag.replace(" %}", " only %}")) == []


@pytest.mark.parametrize("name", ["500.html", "503.html", "503_file.html", "507.html"])
def test_the_error_page_needs_no_context_template_tag_or_manifest(name):
    text = (TEMPLATES / name).read_text()
    assert re.findall(r"{%.*?%}|{{.*?}}", text) == []
    asked = re.findall(r'(?:href|src)="/(static/[^"]+)"', text)
    assert asked == [address for address in asked if (ROOT / address).is_file()]
    assert "static/css/base.css" in asked


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_the_page_of_a_refusal_renders_without_a_request(name):
    html = get_template(name).render()
    assert html.count("<h1>") == 1
    assert 'lang="en-NZ"' in html
    assert "Sign out" not in html


# The colours that a country may set are not counted.
SHEET = re.compile(r'<link rel="stylesheet" href="{% static')


def test_a_page_links_at_most_two_stylesheets_and_preloads_fonts_that_are_there():
    """One of every page, and one of its own in its head block; the rest are imported by these."""
    base = (TEMPLATES / "base.html").read_text()
    assert len(SHEET.findall(base)) == 1
    others = {
        str(path.relative_to(TEMPLATES)): len(SHEET.findall(path.read_text()))
        for path in sorted(TEMPLATES.rglob("*.html"))
        # Whole papers, for the PDF; error pages have one.
        if path.name != "page.html"
    }
    assert {name: count for name, count in others.items() if count > 1} == {}
    looped = r"{% for [^%]*%}\s*<link"
    assert [name for name in others if re.search(looped, (TEMPLATES / name).read_text())] == []
    for file in re.findall(r"rel=\"preload\" href=\"{% static '([^']+)'", base):
        assert (ROOT / "static" / file).is_file()
