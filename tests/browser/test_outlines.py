"""Test that pages have one outline only where axe must find the same on both."""

from tests.browser.outlines import mark_of

PAGE = """<!doctype html><html lang="en"><title>Items</title><main class="wide">
<label for="q-7">Search</label> <input id="q-7" name="q" value="12 days">
<p id="note-7">Three items.</p> <a href="/items/7/" aria-describedby="note-7">Item 7</a>
<button style="width: 30px; height: 30px">1</button>
<div style="width: 200px; height: 20px; overflow: auto">Short</div></main>"""
OTHER_WORDS = {
    "Three items": "Four",
    "Item 7": "Item eight",
    "q-7": "q-8",
    "note-7": "note-8",
    "/items/7/": "/items/8/",
    "12 days": "3 days",
}
DIFFERENT = {
    'class="wide"': 'class="narrow"',
    "Three items.": "",
    ">Search<": "> <",
    'for="q-7"': 'for="q-8"',
    'id="note-7"': 'id="q-7"',
    'lang="en"': "",
    "<title>Items": "<title>",
    "width: 30px": "width: 20px",
    ">Short<": "><br><br><br>Short<",
    "<p ": "<p hidden ",
    ">1<": ">→<",
}


def outline(page, tmp_path, changes=()):
    text = PAGE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    page.set_content(text)
    return mark_of(page, tmp_path)


def test_other_words_and_names_leave_the_outline_and_anything_else_changes_it(page, tmp_path):
    plain = outline(page, tmp_path)
    assert outline(page, tmp_path, OTHER_WORDS.items()) == plain
    changed = {old: outline(page, tmp_path, [(old, new)]) for old, new in DIFFERENT.items()}
    assert [old for old, mark in changed.items() if mark == plain] == []
    page.set_viewport_size({"width": 375, "height": 900})
    assert outline(page, tmp_path) not in {plain, *changed.values()}
