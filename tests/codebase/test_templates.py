"""Test the format of templates and the length of their lines."""

import re
from pathlib import Path

from tests.codebase.source import ROOT, name_of
from trafficking_plan.testing import templates

LONGEST = 160
ONE_TAG = re.compile(r"{%((?!%}).)*%}")


def long_lines(path: Path) -> list[int]:
    """Return the numbers of the lines that are too long. A tag cannot be divided, so one that stands alone may be."""
    lines = path.read_text().splitlines()
    return [
        number
        for number, line in enumerate(lines, start=1)
        if len(line) > LONGEST and not ONE_TAG.fullmatch(line.strip())
    ]


def test_no_line_of_a_template_is_over_160_characters():
    files = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert {name_of(path): found for path in files if (found := long_lines(path))} == {}


def test_the_check_finds_a_long_line(tmp_path):
    page = tmp_path / "page.html"
    tag = "{% include " + "a" * 160 + " %}"
    page.write_text(f"<p>\n{'a' * 160}\n{'a' * 161}\n</p>\n  {tag}\n{tag}.\n")
    assert long_lines(page) == [3, 6]


def doubled_stops(text: str) -> list[str]:
    """Return the times of day that have a full stop behind them, as "10:29 p.m." has one of its own."""
    times = re.findall(r'(\w+)=[\w.]+\|(?:date|time):"[^"]*g:i a"(?!\|ended)', text)
    return [name for name in times if re.search(rf"{{{{ {name} }}}}\.", text)]


def test_no_time_of_day_is_followed_by_a_second_full_stop():
    files = (ROOT / "templates").rglob("*.html")
    found = {name_of(path): doubled_stops(path.read_text()) for path in files}
    assert {name: times for name, times in found.items() if times} == {}


def test_the_check_finds_a_second_full_stop():
    tag = '{% blocktranslate with at=row.at|time:"g:i a" %}'
    assert doubled_stops(tag + "Saved at {{ at }}.{% endblocktranslate %}") == ["at"]
    assert doubled_stops(tag + "Saved at {{ at }}{% endblocktranslate %}") == []


def test_the_check_finds_wrong_format_and_keeps_inline_tags_on_their_line(tmp_path):
    (tmp_path / "good.html").write_text("<p>{{ text }}</p>\n")
    (tmp_path / "piece.html").write_text("<b>{{ text }}</b>")
    for name, ending in (("page.html", "\n"), ("part.html", "")):
        (tmp_path / name).write_text("{%if text%}<p>{{text}}</p>{%endif%}" + ending)

    right = "{% if text %}<p>{{ text }}</p>{% endif %}"
    assert templates.unformatted(tmp_path) == {
        tmp_path / "page.html": right + "\n",
        tmp_path / "part.html": right,
    }
