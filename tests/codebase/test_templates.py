"""How templates are written: formatted by a tool."""

from trafficking_plan.testing import templates


def test_the_format_is_checked_and_a_piece_of_a_line_gets_no_line_break(tmp_path):
    (tmp_path / "good.html").write_text("<p>{{ text }}</p>\n")
    (tmp_path / "piece.html").write_text("<b>{{ text }}</b>")
    for name, ending in (("page.html", "\n"), ("part.html", "")):
        (tmp_path / name).write_text("{%if text%}<p>{{text}}</p>{%endif%}" + ending)

    right = "{% if text %}<p>{{ text }}</p>{% endif %}"
    assert templates.unformatted(tmp_path) == {
        tmp_path / "page.html": right + "\n",
        tmp_path / "part.html": right,
    }
