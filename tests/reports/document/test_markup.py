"""Test parsing typed text: bold, bullets and sub-bullets; everything else is literal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import Bullet, DocumentError, Run, words
from reports.document.markup import inline, parse, to_source


def looks(text):
    return [(run.text, run.bold) for run in text]


def outline(block):
    return words(block.text), [
        (words(b.text), [words(nested.text) for nested in b.bullets]) for b in block.bullets
    ]


def test_bold_is_parsed():
    assert looks(inline("the **contents** of")) == [
        ("the ", False),
        ("contents", True),
        (" of", False),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "a *slanted* word",
        "__twice__ and _once_",
        "<b>bold</b> &amp; <img src=x onerror=alert(1)>",
        "[link](https://example.org) ![picture](file:///etc/passwd)",
        "`code` ~~gone~~ # heading",
        "a ** b ** c",
        "****",
        r"C:\Users\_new \[x]",
        "1. First",
        "> quoted",
        "https://example.org/?a=1&b=2",
    ],
)
def test_everything_else_is_printed_as_typed(source):
    assert [(words(block.text), looks(block.text)) for block in parse(source)] == [
        (source, [(source, False)])
    ]


def test_an_escaped_asterisk_is_an_asterisk():
    assert looks(inline(r"\*\*not bold\*\*")) == [("**not bold**", False)]


def test_bullets_and_sub_bullets_are_parsed():
    (block,) = parse("Lead:\n- one\n  - nested\n  - more\n* two\n• three")
    assert outline(block) == (
        "Lead:",
        [("one", ["nested", "more"]), ("two", []), ("three", [])],
    )


def test_an_indented_line_continues_its_bullet():
    (block,) = parse("Lead:\n- one\n  goes on\n- two")
    assert outline(block) == ("Lead:", [("one goes on", []), ("two", [])])


def test_blank_lines_end_a_paragraph_but_not_its_bullets():
    blocks = parse("One\nstill one\n\nTwo:\n\n- a\n\n- b\n\nThree")
    assert [outline(block) for block in blocks] == [
        ("One still one", []),
        ("Two:", [("a", []), ("b", [])]),
        ("Three", []),
    ]


def test_bullets_without_a_lead_in_become_paragraphs():
    assert [outline(block) for block in parse("- a\n- b\n  - c\n- d")] == [
        ("a", []),
        ("b", [("c", [])]),
        ("d", []),
    ]


def test_a_third_level_is_refused():
    with pytest.raises(DocumentError, match="two levels deep"):
        parse("Lead\n- a\n  - b\n    - c")


def test_more_than_a_hundred_bullets_are_refused():
    with pytest.raises(DocumentError, match="100 sub-bullets at most"):
        parse("Lead\n" + "- a\n" * 101)


def test_text_over_the_limit_is_refused():
    with pytest.raises(DocumentError, match="100,000 characters long"):
        parse("x" * 100_000)
    with pytest.raises(DocumentError, match="100,000 characters long"):
        inline("x" * 100_000)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\u202e", "\u2067"])
def test_control_characters_are_refused(character):
    with pytest.raises(DocumentError, match="cannot be printed"):
        parse(f"a{character}b")


def test_blank_text_has_no_paragraph():
    assert parse(" \n\n\t\n") == ()
    with pytest.raises(DocumentError, match="empty"):
        Bullet(inline("  "))


def test_special_characters_of_word_processors_are_normalised():
    (block,) = parse("Ma\u0304ori\u200b and\x0bco\u00adoperate\r\nnow")
    assert words(block.text) == "Māori and cooperate now"


def test_te_reo_maori_is_marked():
    text = inline("Te Puni Kōkiri, Kāinga Ora, the Tōkyō office, whānau and Pākehā")
    assert [run.text for run in text if run.lang == "mi"] == [
        "Te Puni Kōkiri",
        "Kāinga Ora",
        "whānau",
        "Pākehā",
    ]
    assert words(text) == "Te Puni Kōkiri, Kāinga Ora, the Tōkyō office, whānau and Pākehā"


def test_names_passed_in_are_marked_as_te_reo_without_macrons_too():
    text = inline("Ask Te Tari Mahi.", maori=["Te Tari Mahi", ""])
    assert text == (Run("Ask "), Run("Te Tari Mahi", lang="mi"), Run("."))


def test_te_reo_maori_inside_bold_keeps_both():
    assert inline("**hui ā-tau**")[1:] == (Run("ā-tau", True, "mi"),)


markup = st.text(st.sampled_from("ab ā*-•\\\n_<>1."), max_size=60)


@given(source=markup)
def test_text_written_for_editing_parses_back_the_same(source):
    try:
        blocks = parse(source)
    except DocumentError:
        return
    for block in blocks:
        again = parse(to_source(block.text, block.bullets))
        if not words(block.text).startswith(("- ", "* ", "• ")):
            assert again == (block,)


@given(source=st.text(max_size=80))
def test_parsing_loses_or_adds_no_letter(source):
    """Only asterisks, bullet signs, white space and invisible characters may be removed."""
    try:
        blocks = parse(source)
    except DocumentError:
        return
    kept = "".join(
        words(block.text)
        + "".join(words(b.text) + "".join(words(n.text) for n in b.bullets) for b in block.bullets)
        for block in blocks
    )
    letters = [c for c in kept if c.isalnum() and c.isascii()]
    assert letters == [c for c in source if c.isalnum() and c.isascii()]
