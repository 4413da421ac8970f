"""Text that is written from what was written before is what WeasyPrint would have written."""

from contextlib import nullcontext

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.render import pdf
from reports.render.html import ASSETS
from tests.reports import sample

LETTERS = st.sampled_from("aAVTofflitjkw yāēīōūĀ’“”–·•—1234567890.,()½ \u00ad\u200b\ufeff\u034f")
WORDS = st.lists(LETTERS, min_size=1, max_size=300).map("".join)
LOOKS = st.sampled_from(
    [
        "",
        "font-weight: 700",
        "font-style: italic",
        "font-size: 23.3pt",
        "letter-spacing: 0.8pt",
        "text-align: justify",
        "text-decoration: underline",
        "font-variant-numeric: tabular-nums",
    ]
)


def printed(body):
    return pdf.html_to_pdf(
        '<html lang="en-NZ"><head><title>T</title>'
        f'<link rel="stylesheet" href="{ASSETS}paper/pdf.css"/></head>'
        f"<body style=\"font-family: 'Source Sans 3'\"><h1>T</h1>{body}</body></html>",
        title="T",
        language="en-NZ",
    )


def by_weasyprint(monkeypatch, make):
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "glyphs_remembered", nullcontext)
        return make()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.tuples(LOOKS, WORDS, WORDS), min_size=1, max_size=4))
def test_any_text_in_any_look_gives_weasyprints_bytes(monkeypatch, texts):
    body = "".join(
        f'<p style="{look}">{words} <strong>{others}</strong> {words}</p>'
        for look, words, others in texts
    )
    body += body  # so that the second time everything is known
    assert printed(body) == by_weasyprint(monkeypatch, lambda: printed(body))


def test_a_paper_with_every_annex_gives_weasyprints_bytes(monkeypatch):
    document = sample.document(annexes=sample.annexes())
    assert pdf.render_pdf(document) == by_weasyprint(monkeypatch, lambda: pdf.render_pdf(document))


def test_most_lines_are_not_worked_out_again(monkeypatch):
    from weasyprint.draw import text

    worked_out = []
    draw = text.draw_first_line

    def counted(stream, box, *others):
        worked_out.append(box.text)
        return draw(stream, box, *others)

    monkeypatch.setattr(text, "draw_first_line", counted)
    printed("<p>The training was given.</p>" * 100)
    assert len(worked_out) < 10
