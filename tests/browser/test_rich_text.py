"""Test the editor of words with marks alone, on a bare page under our Content-Security-Policy."""

import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reports.document import DocumentError, words
from reports.document.markup import inline, parse, to_source
from tests.content_policy import POLICY

pytestmark = pytest.mark.django_db(transaction=True)

PASTED = Path(__file__).parent / "pasted"
PAGE = """<!doctype html><html lang="en"><title>Words</title>
<link rel="stylesheet" href="/static/css/site.css"><link rel="stylesheet" href="/static/css/rich-text.css">
<main><h1>Words</h1><p><a href="#before">Before</a></p><form><div class="field">
<label for="box">Words of the paragraph</label><textarea id="box" name="text" class="govuk-textarea"></textarea>
</div></form><p><a href="#after">After</a></p></main></html>"""
KEYS = [f"p-{n:02}" for n in range(1, 13)]
BEGIN = """async ([text, keys, isSingle]) => {
  const { enrich } = await import("/static/js/rich_text.js");
  window.marks = await import("/static/js/marks.js");
  const box = document.getElementById("box");
  box.value = text;
  const all = keys.map((key, place) => ({ key, number: place + 1, words: `Words of ${key}` }));
  window.editor = enrich(box, {
    paragraphs: keys.length ? () => all : null, seen: keys.join(" "), isSingle,
  });
  window.inputs = 0;
  box.addEventListener("input", () => { window.inputs += 1; });
}"""
PASTE = """([type, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData(type, text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("[contenteditable]").dispatchEvent(event);
}"""
COPY = """() => {
  const clipboardData = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("[contenteditable]").dispatchEvent(event);
  return [clipboardData.getData("text/html"), clipboardData.getData("text/plain")];
}"""
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
HARMFUL = [
    '<p onclick="harm()">Words</p>',
    "<p/onclick=harm()/style=color:red>Words</p>",
    """<p title="a > b" onclick='harm()'>Words</p>""",
    "<p title=it's onclick=harm()>Words</p>",
    '<p a"b onclick=harm()>Words</p>',
    '<p ="x" onclick="harm()">Words</p>',
    '<p constructor=1 __proto__=1 STYLE="color: red" ONCLICK="harm()">Words</p>',
    '<p>Words<img src="/harm" srcset="/harm 2x" onerror="harm()"></p>',
    '<p>Words</p><svg onload="harm()"><style>p { color: red }</style><image href="/harm" /></svg>',
    '<p>Words</p><iframe src="/harm" srcdoc="<p onclick=harm()>"></iframe>',
    '<p>Words</p><object data="/harm"></object><embed src="/harm"><video autoplay src="/harm">',
    '<base href="/harm/"><link rel="stylesheet" href="/harm"><p>Words</p>',
    '<meta http-equiv="refresh" content="0;url=/harm"><p>Words</p>',
    '<p><!-- > <p onclick="harm()"> -->Words<!-- <p onclick="harm()"></p>',
    "<p>Words</p><script>harm()</script ><STYLE>p { color: red }</STYLE\n><style>p { color: red }",
    '<p>Words</p><template><p style="color: red" onclick="harm()"></p></template>',
    """<p>Words</p><textarea><p class="</textarea><img src=/harm onerror=harm()>"></textarea>""",
    '<p>Words</p><noscript><p class="</noscript><img onerror=harm()>"></p></noscript>',
    """<p>Words</p><select><p data-style='"><img onerror="harm()">' style='"><img onerror=harm()>'>""",
    '<p is="x-y" style="color: red">Words</p>',
]
PIECES_OF_HTML = [
    *(
        "<",
        ">",
        "</",
        "/>",
        "=",
        '"',
        "'",
        " ",
        "\n",
        "/",
        "<!--",
        "-->",
        "<!",
        "<?",
        "words",
        "&lt;",
        "&quot;",
    ),
    *(
        "p",
        "<p",
        "</p>",
        "<b ",
        "<img ",
        "<svg>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<o:p>",
    ),
    *(
        "<textarea>",
        "</textarea>",
        "<noscript>",
        "<xmp>",
        "</xmp>",
        "<title>",
        "<template>",
        "<plaintext>",
    ),
    *(
        "onclick=",
        " style=",
        'style="',
        "style='",
        " class=",
        " hidden",
        " data-ref=",
        " src=x ",
        "constructor",
    ),
]
FOUND_IN = """async htmls => {
  const { cleaned } = await import("/static/js/pasted.js");
  const found = new Set();
  const look = (within) => {
    for (const element of within.querySelectorAll("*")) {
      if (element.matches("style, script")) found.add(element.nodeName);
      for (const { name } of element.attributes) found.add(name);
      if (element.content) look(element.content);
    }
  };
  for (const html of htmls) look(new DOMParser().parseFromString(cleaned(html), "text/html"));
  return [...found].sort();
}"""
PIECES = [
    *("a", "b", "ā", " ", "*", "**", "**", "**", "***", "_", "__", "\\", "\\*", "- ", "* ", "• "),
    *("\n", "\n\n", "\n- ", "\n  - ", "\n  ", ".", "“", "{12}", "{99}", "{p-ab}", "{plan}", "<b>"),
    *("1.", "é", "𝒳", "😀", "\u00a0", "\u2009", "\t", "\r\n", "word", "(", ")"),
]


class Words:
    """The editor on a page, and the box that it fills."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.violations = []
        page.on("console", lambda said: self.violations.append(said.text))
        page.route(
            "**/bare/",
            lambda route: route.fulfill(
                content_type="text/html",
                body=PAGE,
                headers={"Content-Security-Policy": "; ".join(sorted(POLICY))},
            ),
        )

    def begin(self, text="", *, keys=KEYS, is_single=False):
        self.page.goto(f"{self.url}/bare/")
        self.page.evaluate(BEGIN, [text, keys, is_single])
        self.surface.click()
        self.type("<Control+End>")
        return self

    @property
    def surface(self):
        return self.page.get_by_role("textbox", name="Words of the paragraph")

    @property
    def text(self):
        return self.page.locator("#box").input_value()

    def type(self, *keys):
        """Type text and press keys; a key has a name in angle brackets."""
        for key in keys:
            if key.startswith("<"):
                self.page.keyboard.press(key.strip("<>"))
                self.page.evaluate(NEXT_FRAME)  # when the editor hears where the cursor is
            else:
                self.page.keyboard.type(key)
        return self.text

    def paste(self, html="", text=""):
        self.page.evaluate(PASTE, ["text/html", html] if html else ["text/plain", text])
        return self.text

    def copied(self):
        """Return what Copy puts on the clipboard, as HTML and as text."""
        return self.page.evaluate(COPY)

    def focused(self):
        return self.page.evaluate("document.activeElement.textContent")


@pytest.fixture
def box(page, live_server):
    words = Words(page, live_server.url)
    yield words
    assert words.violations == []


def generated(count, seed):
    chance = random.Random(seed)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 16))) for _ in range(count)]


def canonical(source):
    return "\n\n".join(to_source(block.text, block.bullets) for block in parse(source))


def looks(text):
    """Return characters without spaces, each with whether it is bold."""
    return [(c, run.bold) for run in text for c in run.text if not c.isspace()]


def as_read(lines):
    return [
        (
            line["level"],
            [(c, r["bold"]) for r in line["runs"] for c in r["text"] if not c.isspace()],
        )
        for line in lines
    ]


def as_parsed(source):
    found = []
    for block in parse(source):
        found.append((0, looks(block.text)))
        for bullet in block.bullets:
            found.append((1, looks(bullet.text)))
            found += [(2, looks(nested.text)) for nested in bullet.bullets]
    return found


# --- from text to text --------------------------------------------------------------------------


def test_text_is_read_as_the_paper_reads_it_and_written_back_unchanged(box):
    box.begin()
    sources, expected, stored = [], [], []
    for source in generated(2500, seed=14):
        try:
            expected.append(as_parsed(source))
        except DocumentError:
            continue
        sources.append(source)
        text = canonical(source)
        try:
            if canonical(text) == text:
                stored.append(text)
        except DocumentError:
            pass
    read = box.page.evaluate("texts => texts.map((text) => marks.read(text))", sources)
    differing = [
        s for s, lines, e in zip(sources, read, expected, strict=True) if as_read(lines) != e
    ]
    assert differing == []

    stored = stored[:800]
    assert len(stored) == 800
    written = box.page.evaluate(
        """texts => texts.map((text) => {
          editor.box.value = text;
          editor.takeFromBox();
          editor.fillBox();
          return editor.box.value;
        })""",
        stored,
    )
    assert [pair for pair in zip(stored, written, strict=True) if pair[0] != pair[1]] == []


def test_any_bold_is_written_without_losing_or_adding_a_character(box):
    box.begin()
    chance = random.Random(15)
    letters = ["a", "ā", " ", "*", "_", ".", "“", "(", "-", "😀", "b c", "{plan}"]
    lines = [
        [
            {"text": "".join(chance.choices(letters, k=chance.randint(1, 4))), "bold": bold}
            for bold in chance.choices([True, False], k=chance.randint(1, 6))
        ]
        for _ in range(1500)
    ]
    written = box.page.evaluate("lines => lines.map((runs) => marks.wordsOf(runs))", lines)
    for runs, source in zip(lines, written, strict=True):
        meant = [(c, run["bold"]) for run in runs for c in run["text"] if not c.isspace()]
        if not meant:
            continue
        printed = looks(inline(source))
        assert [c for c, _ in printed] == [c for c, _ in meant]
        assert not any(now and not then for (_, now), (_, then) in zip(printed, meant, strict=True))


def test_nothing_is_written_before_something_is_typed(box):
    box.begin("Loose   text\nthat wraps\n* one\n\n* two")
    box.type("<ArrowLeft>", "<Home>", "<Control+b>")
    assert box.text == "Loose   text\nthat wraps\n* one\n\n* two"
    assert box.page.evaluate("inputs") == 0


def test_a_change_of_the_box_is_shown_in_the_editor(box):
    box.begin("One.")
    box.page.locator("#box").fill("Two **bold**.\n- three")
    expect(box.surface.locator("strong")).to_have_text("bold")
    expect(box.surface.locator(".rich-bullet")).to_have_text("three")


# --- typing -------------------------------------------------------------------------------------


def test_bold_and_bullets_are_made_by_keys_and_by_marks(box):
    box.begin("Lead")
    assert box.type(": a ", "<Control+b>", "b ", "<Control+b>", "c **d e** f") == (
        "Lead: a **b** c **d e** f"
    )
    box.type("<Enter>", "- one", "<Enter>", "<Tab>", "two", "<Enter>", "three", "<Shift+Home>")
    box.type("<ArrowLeft>", "<Shift+Tab>", "<End>", "<Enter>", "<Enter>", "Next * one")
    assert box.text == ("Lead: a **b** c **d e** f\n- one\n  - two\n- three\n\nNext \\* one")
    box.type("<Control+z>", "<Control+z>", "<Control+z>")
    assert "Next" not in box.text


def test_backspace_at_the_start_of_a_bullet_takes_its_sign(box):
    box.begin("Lead\n- one\n  - two")
    assert box.type("<Home>", "<Backspace>") == "Lead\n- one\n- two"
    assert box.type("<Backspace>") == "Lead\n- one\n\ntwo"
    assert box.type("<Backspace>") == "Lead\n- onetwo"


def test_a_bullet_never_begins_the_words(box):
    box.begin()
    box.page.get_by_role("button", name="Sub-bullet").click(force=True)
    expect(box.page.get_by_role("status")).to_contain_text("The first line cannot be a sub-bullet")
    box.type("Lead", "<Enter>", "- one")
    assert box.type("<Control+Home>", "<Shift+End>", "<Delete>", "<Delete>") == "one"
    nested = "<ul><li>one<ul><li>two<ul><li>three</li></ul></li></ul></li></ul>"
    assert box.begin().paste(html=nested) == "one\n- two\n  - three"
    expect(box.surface.locator(".rich-bullet")).to_have_text(["two", "three"])
    expect(box.surface.locator(".rich-bullet").first).to_have_attribute("data-level", "1")
    written = "marks.write([1, 2, 2].map((level) => ({ level, runs: [{ text: 'x' }] })))"
    assert box.page.evaluate(written) == "x\n- x\n  - x"


def test_fields_and_unknown_numbers_stay_text(box):
    box.begin(keys=[])
    assert box.type("{plan} and {12}, \\", "(x)") == "{plan} and {12}, \\(x)"
    expect(box.surface.locator("[data-ref]")).to_have_count(0)
    box.begin()
    assert box.type("{plan}, {12} and {13}.") == "{plan}, {12} and {13}."
    expect(box.surface.locator("[data-ref]")).to_have_text(["12"])


def test_words_of_one_line_stay_one_line(box):
    box.begin("note", is_single=True)
    assert box.type("<Enter>", " that") == "note that"
    assert box.paste(html="<p>one</p><ul><li>two</li></ul>") == "note thatone two"
    expect(box.page.get_by_role("button")).to_have_text(["Bold", "Refer to a paragraph"])


def test_tab_and_the_arrow_keys_never_keep_the_focus(box):
    box.begin("Lead\n- one\n- two")
    box.type("<Home>", "<Tab>")
    assert box.text == "Lead\n- one\n  - two"
    box.type("<Tab>")
    assert box.focused() == "After"
    box.type("<Shift+Tab>", "<Shift+Tab>")
    assert box.focused() == "Bold"
    box.type("<ArrowRight>", "<ArrowRight>")
    assert box.focused() == "Indent"
    box.type("<ArrowRight>", "<Enter>")
    assert box.text == "Lead\n- one\n- two"
    box.type("<End>", "<ArrowRight>", "<Shift+Tab>")
    assert box.focused() == "Before"


# --- references ---------------------------------------------------------------------------------


def test_a_reference_is_picked_by_number_or_words_and_follows_its_paragraph(
    box, accessibility_faults
):
    box.begin("This follows")
    box.type("<Control+k>", "words of p-05")
    dialog = box.page.get_by_role("dialog", name="Refer to a paragraph")
    expect(dialog.get_by_role("option")).to_have_text(["5 Words of p-05"])
    box.type("<Control+a>", "1")
    expect(dialog.get_by_role("option")).to_have_count(4)
    box.type("<ArrowDown>")
    assert accessibility_faults(box.page) == []
    box.type("<Enter>", " and ")
    expect(dialog).to_have_count(0)
    assert box.text == "This follows paragraph {10} and "
    box.page.get_by_role("button", name="Refer to a paragraph").click()
    dialog.get_by_role("option", name="3 Words").click()
    chips = box.surface.locator("[data-ref]")
    expect(chips).to_have_text(["10", "3"])
    expect(box.surface).to_be_focused()
    assert box.text == "This follows paragraph {10} and {3}"

    box.page.evaluate("keys => editor.renumber(keys)", " ".join(KEYS[4:]))
    expect(chips).to_have_text(["6", "(left out)"])
    assert box.type(".") == "This follows paragraph {6} and {p-03}."

    box.type("<Control+k>", "<Escape>")
    expect(box.surface).to_be_focused()
    assert box.type("<Backspace>", "<Backspace>") == "This follows paragraph {6} and "


# --- pasting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "word",
            "Background\n\nThe brochure was **printed in nine languages** and widely sent.\n"
            "- Police and Customs\n  - at airports\n\n**Agency**; **Cases**\n\n"
            "Police; 2 \\* so far\n\nSee it.",
        ),
        (
            "google-docs",
            "Two things came **first**:\n- whānau\n  - and friends\n  - of theirs\n- agencies",
        ),
        (
            "web-page",
            "What we do\n\nWe help **people** and agencies.\n- Ask. Then listen.\n"
            "  - often and long\n- Answer.\n\nOne line\n\nand the next\n\nYear; Cases\n\n2025; none",
        ),
    ],
)
def test_what_is_pasted_keeps_its_bold_and_bullets_alone(box, name, expected):
    box.begin()
    assert box.paste(html=(PASTED / f"{name}.html").read_text()) == expected
    assert box.page.evaluate("window.harmed") is None
    assert words(parse(box.text)[0].text)


def test_nothing_that_is_pasted_runs_or_loads_or_is_reported(box):
    box.begin()
    requests = []
    box.page.on("request", lambda request: requests.append(request.url))
    box.page.evaluate(
        """() => {
          window.harm = () => { window.harmed = true; };
          window.reported = [];
          addEventListener("securitypolicyviolation", ({ effectiveDirective }) => reported.push(effectiveDirective));
        }"""
    )
    for html in HARMFUL:
        box.type("<Control+a>", "<Delete>")
        assert box.paste(html=html) == "Words"
        box.page.evaluate(NEXT_FRAME)
        assert box.page.evaluate("[window.harmed, reported]") == [None, []], html
    assert requests == []


def test_html_of_any_form_is_parsed_without_what_a_policy_could_refuse(box):
    box.begin()
    chance = random.Random(16)
    htmls = ["".join(chance.choices(PIECES_OF_HTML, k=chance.randint(1, 24))) for _ in range(4000)]
    kept = ["class", "data-ref", "data-style", "hidden"]
    assert box.page.evaluate(FOUND_IN, htmls) == kept


def test_pasted_words_join_those_around_them(box):
    box.begin("Before after")
    box.type("<Home>", "<Control+ArrowRight>")
    assert box.paste(html="<p> the <b>bold</b> one </p>") == "Beforethe **bold** one after"
    box.begin("Lead:")
    assert box.paste(text=" **so**\n- one\n- two {2}") == "Lead:**so**\n- one\n- two {2}"


def test_what_is_copied_is_pasted_the_same(box):
    text = "Lead **bold** {3}\n- one\n  - two\n- three"
    box.begin(text)
    box.type("<Control+a>")
    copied = box.copied()
    assert copied[1] == "Lead bold 3\n• one\n  • two\n• three"
    box.begin()
    assert box.paste(html=copied[0]) == text


def test_a_reference_alone_is_copied(box):
    box.begin("See {3} now")
    box.surface.locator("[data-ref]").click()
    copied = box.copied()
    assert copied[1] == "3"
    box.type("<Control+End>")
    assert box.paste(html=copied[0]) == "See {3} now{3}"


# --- for everybody ------------------------------------------------------------------------------


def test_the_editor_is_accessible(box, assert_accessible):
    box.begin("Lead **bold** {3} {p-gone}\n- one\n  - two")
    assert_accessible()
