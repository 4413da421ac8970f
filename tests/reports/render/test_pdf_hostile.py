"""Test that user text never makes the renderer read files or networks: it prints or is refused."""

import re
from dataclasses import replace
from urllib.request import OpenerDirector

import pytest

from reports.document import DocumentError, Paragraph, markup, plain
from reports.render import pdf as pdf_module
from reports.render.html import ASSETS
from reports.render.pdf import RenderRefused, html_to_pdf, render_pdf
from tests.reports import sample
from tests.reports.paper_reading import run

pytestmark = pytest.mark.prints_anew

PAYLOADS = {
    "image of a file": "<img src=file:///etc/passwd>",
    "image of a site": '<img src="http://127.0.0.1:9/x.png" alt="x">',
    "style": "<style>@import url(http://127.0.0.1:9/x.css); p { background: url(file:///etc/passwd) }</style>",
    "style attribute": '"><p style="background:url(http://127.0.0.1:9/)">',
    "link": '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    "attachment": '<link rel="attachment" href="file:///etc/passwd">',
    "attached by a": '<a rel="attachment" href="file:///etc/hostname">here</a>',
    "script link": '<a href="javascript:alert(1)">here</a>',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "svg use": '<svg><use href="http://127.0.0.1:9/x.svg#a"/></svg>',
    "data address": '<img src="data:text/html,<script>alert(1)</script>">',
    "object": '<object data="file:///etc/passwd"></object><embed src="file:///etc/shadow">',
    "frame": '<iframe src="http://127.0.0.1:9/latest/meta-data/"></iframe>',
    "base": '<base href="http://127.0.0.1:9/"><meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
    "end of the title": "</title></head><body><h1>Another paper</h1>",
    "template": '{% include "/etc/passwd" %}{{ settings.SECRET_KEY }}{% load static %}',
    "entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "css in markdown": "![x](url(file:///etc/passwd)) [y](http://127.0.0.1:9/)",
    "bytes of a PDF": "%%EOF endobj stream (/S /JavaScript /JS (app.alert\\(1\\)))",
    "claim of a PDF": '<rdf:Description rdf:about="" pdfaid:part="2" pdfaid:conformance="A" /></rdf:RDF>',
    "long word": "w" * 400,
}


@pytest.fixture
def asked(monkeypatch):
    """Collect every URL that the renderer requests."""
    found = []
    fetcher = pdf_module._fetcher()
    plain_fetch = type(fetcher).fetch

    def fetch(self, url, headers=None):
        found.append(url)
        return plain_fetch(self, url, headers)

    monkeypatch.setattr(type(fetcher), "fetch", fetch)
    return found


def without_spaces(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_hostile_text_in_every_place_prints_as_typed_and_loads_nothing(payload, asked):
    data = render_pdf(sample.written_everywhere(payload))
    assert set(asked) <= set(pdf_module._assets())
    printed = without_spaces(run("pdftotext", data, "-raw").decode())
    assert printed.count(without_spaces(payload)) >= 5
    assert b"root:" not in data


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "\x1b[31m", "pay \u202edrawkcab", "\u2067x", "\ud83d", "x" * 100_000],
    ids=["NUL", "escape", "right to left", "isolate", "half a letter", "100 kB"],
)
def test_hidden_or_oversized_text_is_refused(text):
    with pytest.raises(DocumentError):
        Paragraph(key="p-1", text=plain(text))
    with pytest.raises(DocumentError):
        markup.parse(text)
    with pytest.raises(DocumentError):
        replace(sample.cover(), title=text)


# --- the renderer itself, with markup that our templates never produce ----------------------


def rendered(body, head=""):
    html = (
        f'<html lang="en-NZ"><head><title>T</title>{head}'
        '<style>body { font-family: "Source Sans 3" }</style>'
        f'<link rel="stylesheet" href="{ASSETS}paper/pdf.css"></head><body>{body}</body></html>'
    )
    return html_to_pdf(html, title="T", language="en-NZ")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<img src="file:///etc/passwd" alt="x">'),
        ("", '<img src="http://127.0.0.1:9/x.png" alt="x">'),
        ("", '<img src="https://paper.invalid/static/../../etc/passwd" alt="x">'),
        ("", '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">'),
        ("", '<p style="background: url(file:///etc/passwd)">x</p>'),
        (
            "",
            '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        ),
        ("", '<object data="file:///etc/passwd"></object>'),
        ("", f'<img src="{ASSETS}fonts/OFL.md" alt="x">'),
        ('<link rel="stylesheet" href="http://127.0.0.1:9/x.css">', "<p>x</p>"),
        ('<link rel="stylesheet" href="file:///etc/passwd">', "<p>x</p>"),
        ("<style>@import url(file:///etc/passwd);</style>", "<p>x</p>"),
        ("<style>@font-face { font-family: x; src: url(file:///etc/passwd) }</style>", "<p>x</p>"),
        ('<link rel="attachment" href="file:///etc/passwd">', "<p>x</p>"),
    ],
)
def test_markup_that_loads_other_resources_is_refused_without_fetching(head, body, monkeypatch):
    opened = []
    monkeypatch.setattr(OpenerDirector, "open", lambda _, request, **__: opened.append(request))
    with pytest.raises(RenderRefused) as refusal:
        rendered(body, head)
    assert "/etc/" not in str(refusal.value)
    assert opened == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "https://example.org/",
        "data:,x",
        f"{ASSETS}x",
        f"{ASSETS}fonts/OFL.md",
        "",
    ],
)
def test_the_fetcher_opens_only_listed_files(address, monkeypatch):
    opened = []
    monkeypatch.setattr(OpenerDirector, "open", lambda _, request, **__: opened.append(request))
    with pytest.raises(ValueError, match="Only the paper's own assets"):
        pdf_module._fetcher().fetch(address)
    assert opened == []


def test_the_fetcher_serves_only_fonts_and_stylesheets():
    assert sorted(address.removeprefix(ASSETS) for address in pdf_module._assets()) == [
        "fonts/SourceSans3-Bold.ttf",
        "fonts/SourceSans3-It.ttf",
        "fonts/SourceSans3-Regular.ttf",
        "fonts/SourceSans3-Semibold.ttf",
        "paper/marked_up.css",
        "paper/meeting.css",
        "paper/paper.css",
        "paper/pdf.css",
        "paper/released.css",
        "paper/us-letter.css",
    ]


def test_any_warning_of_the_renderer_refuses_the_paper():
    with pytest.raises(RenderRefused, match="The paper could not be printed: .*colr"):
        rendered("<p>x</p>", "<style>p { colr: red }</style>")


@pytest.mark.parametrize("address", ["https://example.org/", "#p-1", "mailto:a@example.org"])
def test_a_link_that_the_tags_do_not_describe_refuses_the_paper(address):
    with pytest.raises(RenderRefused, match="would hold a link, which its tags do not describe"):
        rendered(f'<p id="p-1"><a href="{address}">here</a></p>')


@pytest.mark.parametrize("title", ["", "<title></title>", "<title> </title>"])
def test_a_picture_without_alternative_text_refuses_the_paper(title):
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{title}</svg>'
    with pytest.raises(RenderRefused, match="A picture has no words for those who cannot see it"):
        rendered(picture)


def test_a_paper_without_language_or_title_is_refused():
    html = f'<html lang="en-NZ"><head><title>T</title><link rel="stylesheet" href="{ASSETS}paper/pdf.css"></head></html>'
    with pytest.raises(RenderRefused, match="title"):
        html_to_pdf(html, title="Another", language="en-NZ")
    with pytest.raises(RenderRefused, match="language"):
        html_to_pdf(html, title="T", language="mi")


def test_a_page_too_long_to_print_is_refused_before_parsing():
    with pytest.raises(RenderRefused, match="too long to print: 6,000,001 characters"):
        html_to_pdf("x" * 6_000_001, title="T", language="en-NZ")


def test_a_refused_render_does_not_affect_the_next_one():
    with pytest.raises(RenderRefused):
        rendered('<img src="file:///etc/passwd" alt="x">')
    assert rendered("<p>x</p>").startswith(b"%PDF")
