"""Test that a page is taken for one that was read only where its structure is the same."""

import pytest

from tests.browser.structures import Read, Structure

PAGE = """<!doctype html><html lang="en"><link rel="stylesheet" href="/wide.css"><title>Items</title>
<main class="wide"><label for="q-7">Search</label> <input id="q-7" name="q" value="12 days">
<p id="note-7">Three items are on time.</p> <a href="/items/7/" aria-describedby="note-7">Item</a>
<button data-url="/items/7/" data-kind="move">1</button><b title="Late">→</b>
<script>count();</script></main></html>"""
LIKE_IT = {
    "Three": "Seven",
    "items are": "were",
    ">Item<": ">Page<",
    "q-7": "q-8",
    "note-7": "note-8",
    "/items/7/": "/items/8/",
    "12 days": "3 days",
}
DIFFERENT = {
    "wide.css": "narrow.css",
    'class="wide"': 'class="narrow"',
    "Three items are on time.": "",
    "Three": "Seventeen",
    ">Search<": ">Search for it<",
    'for="q-7"': 'for="q-8"',
    'id="note-7"': 'id="q-7"',
    'lang="en"': "",
    "<p ": "<p hidden ",
    'data-kind="move"': 'data-kind="merge"',
    ' title="Late"': "",
    ">1<": ">→<",
    "count()": "count(1)",
}


def changed(changes):
    text = PAGE
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return Structure(text)


@pytest.fixture
def read(tmp_path):
    read = Read(tmp_path)
    read.add(Structure(PAGE))
    return read


def test_a_page_with_other_words_as_long_has_been_read_and_any_other_has_not(read):
    assert read.has(changed(LIKE_IT))
    taken = [old for old, new in DIFFERENT.items() if read.has(changed({old: new}))]
    assert taken == []


def test_each_place_has_been_read_with_the_longest_text_of_all_pages(read):
    long_note, long_label = {"Three": "Seventeen"}, {">Search<": ">Search for it<"}
    read.add(changed(long_note))
    read.add(changed(long_label))
    assert read.has(changed(long_note | long_label))


def test_links_are_found_in_the_html_as_they_are_written():
    assert Structure(PAGE + '<a>no</a><a href="?page=2">2</a>').links == ["/items/7/", "?page=2"]
