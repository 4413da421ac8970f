"""Test comparing two wordings word by word."""

import pytest

from workitems.terms.word_diff import MAX_PAIRS, SHOWN, short_diff, side_by_side


def marked(before: str, after: str) -> str:
    return "".join(
        f"[-{strand.text}]"
        if strand.is_removed
        else f"[+{strand.text}]"
        if strand.is_added
        else strand.text
        for strand in short_diff(before, after)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We wrote it.", "We printed it.", "We [-wrote ][+printed ]it."),
        ("Print it.", "Print it in Māori.", "Print it [+in Māori]."),
        ("one two three", "one three", "one [-two ]three"),
        ("", "New", "[+New]"),
        ("Old", "", "[-Old]"),
        ("a b c d", "x b y d", "[-a ][+x ]b [-c ][+y ]d"),
        ("a a a", "a a", "a a[- a]"),
        ("We print it", "We print, always", "We print[- it][+, always]"),
    ],
)
def test_removed_and_added_words_are_marked(before, after, expected):
    # A kept word has the white space that follows it in the later text.
    assert marked(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [("We wrote it.", "We printed it now."), ("", "x"), ("same", "same"), ("a b a b", "b a b a b")],
)
def test_joined_pieces_give_both_texts_again(before, after):
    was, now = side_by_side(before, after)
    assert ("".join(piece.text for piece in was), "".join(piece.text for piece in now)) == (
        before,
        after,
    )


def test_a_long_unchanged_passage_is_cut_to_the_words_around_the_change():
    words = [f"w{n} " for n in range(100)]
    before = "".join(words)
    strands = short_diff(before, "".join([*words[:50], "new ", *words[50:]]))
    assert [strand.text for strand in strands] == [
        "… " + "".join(words[50 - SHOWN : 50]),
        "new ",
        "".join(words[50 : 50 + SHOWN]) + "… ",
    ]


def test_texts_too_different_to_compare_are_replaced_whole():
    """The matcher would take too long; a single change in an equally long text is still found."""
    many = int(MAX_PAIRS**0.5) + 1
    before, after = (" ".join(f"{letter}{n % 7}" for n in range(many)) for letter in "ab")
    assert [(s.is_removed, s.is_added) for s in short_diff(before, after)] == [
        (True, False),
        (False, True),
    ]
    assert [s.text.strip() for s in short_diff(f"{before} x {before}", f"{before} y {before}")][
        1:3
    ] == [
        "x",
        "y",
    ]
