"""Test that what a person sees or hears of a script can be translated, and that English needs no catalogue."""

import struct

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from tests.codebase.scripts import unmarked_words
from tests.codebase.source import ROOT
from tests.pseudo_locale import in_a_language
from trafficking_plan.frame.views import catalogue

# What looks like words and is none.
CLASSES = {
    "button-link show-all",
    "callout callout-attention",
    "dialog reference-dialog",
    "govuk-textarea rich-surface",
    "mark mark-",
    "message message-error",
    "quiet drop-hint",
    "rich-note small",
    "rich-note small quiet",
    "small form-state",
    "small quiet",
    "small stem-remark",
    "workshop-block is-new",
}
SELECTORS = {
    ".error-summary li",
    '.workshop-lines a[href^="#"]',
    "p:last-of-type a",
}
KEYS = {"Control", "Ctrl", "End", "Enter", "Escape", "Home", "Shift", "Tab"}
NAMES_OF_BROWSERS = {"Accept", "Files"}
FOR_PROGRAMMERS = {"The options came with "}
ACCEPTED = CLASSES | SELECTORS | KEYS | NAMES_OF_BROWSERS | FOR_PROGRAMMERS


def test_every_word_of_a_script_can_be_translated():
    found = {
        f"{path.name}:{line}: {words}": words
        for path in sorted((ROOT / "static" / "js").glob("*.js"))
        for line, words in unmarked_words(path.read_text())
    }
    faults = [place for place, words in found.items() if words not in ACCEPTED]
    assert faults == [], 'write _("Words") with `_` of words.js'
    assert ACCEPTED - set(found.values()) == set(), "stands in no script any more"


@pytest.mark.parametrize(
    "line",
    [
        'line.textContent = "Not saved yet";',
        "line.textContent = 'not saved yet';",
        "line.textContent = `Item ${number} is not saved`;",
        'button.textContent = "Cancel";',
        'say(isOurs ? _("Saved") : "Not saved", "late");',
        'say(filled("Saved at {time}", { time: _("noon") }));',
        'say(`${_("Saved")} at noon`);',
        'box.innerHTML = `<ul id="${id}" aria-label="All paragraphs"></ul>`;',
        "box.innerHTML = `<p>Refer to it</p>`;",
        'say(count / 2 + "of them all"); // a "/"',
    ],
)
def test_the_check_finds_words_that_are_not_marked(line):
    assert {place for place, _ in unmarked_words(f"const a = 1;\n{line}\n")} == {2}


@pytest.mark.parametrize(
    "line",
    [
        'say(_("Not saved yet"));',
        'say(_("One sentence. " + "And one more."));',
        'say(filled(ngettext("{count} item", "{count} items", count), { count }));',
        'say(`⠿ ${_("Drag it")}`);',
        '// It\'s not saved yet, as "they" say',
        r'const SIGN = /["\'`] not a word/.test(text);',
        'box.innerHTML = `<p class="small quiet" id="${id}"></p>`;',
        'element.setAttribute("aria-label", _("Text tools"));',
    ],
)
def test_the_check_passes_over_marked_words_and_code(line):
    assert list(unmarked_words(line)) == []


def has_catalogue() -> bool:
    return '<script src="/words.js" defer>' in render_to_string(
        "base.html", request=RequestFactory().get("/")
    )


def test_only_another_language_loads_a_catalogue():
    assert has_catalogue() is False
    with in_a_language("de"):
        assert has_catalogue() is True


def test_the_catalogue_comes_before_the_scripts():
    with in_a_language("de"):
        page = render_to_string("base.html", request=RequestFactory().get("/"))
    assert page.index("/words.js") < page.index('type="module"')


def compiled(words: dict[str, str]) -> bytes:
    """Return a catalogue as `compilemessages` writes it."""
    words = {"": "Content-Type: text/plain; charset=UTF-8\n", **words}
    texts = [text.encode() for text in (*sorted(words), *(words[key] for key in sorted(words)))]
    places, at = b"", 28 + 8 * len(texts)
    for text in texts:
        places += struct.pack("<2I", len(text), at)
        at += len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(words), 28, 28 + 4 * len(texts), 0, 0)
    return head + places + b"\0".join(texts) + b"\0"


@pytest.fixture
def in_german(tmp_path, settings):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "djangojs.mo").write_bytes(compiled({"Not saved yet": "Noch nicht gesichert"}))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGE_CODE = "de"
    with in_a_language("de"):
        yield


def test_the_catalogue_is_of_our_own_words_and_asked_for_again_by_its_etag(in_german):
    first = catalogue(RequestFactory().get("/words.js"))
    assert first["Content-Type"] == 'text/javascript; charset="utf-8"'
    assert first["Cache-Control"] == "public, max-age=600"
    assert '"Not saved yet": "Noch nicht gesichert"' in first.content.decode()
    again = catalogue(RequestFactory().get("/words.js", headers={"if-none-match": first["ETag"]}))
    assert (again.status_code, again.content) == (304, b"")
