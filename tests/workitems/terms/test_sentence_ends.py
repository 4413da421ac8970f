"""Test where sentences end, and what typed lines become on one line."""

import pytest

from workitems.terms.sentence_ends import ended, on_one_line, sentences, with_capital


@pytest.mark.parametrize(
    "one",
    [
        "It needs $1.2m p.a. (Budget 2027).",
        "It needs $1.2m p.a. 2027 is open.",
        "See no. 5 of the list.",
        "Approx. 40 firms, e.g. Farms, were seen.",
        "It closes at 5 p.m. on Fridays.",
    ],
)
def test_the_full_stop_of_an_abbreviation_ends_no_sentence(one):
    assert sentences(one) == [one]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("Saved at 10:29 p.m.", "Saved at 10:29 p.m."), ("Saved at 22:29", "Saved at 22:29.")],
)
def test_a_sentence_that_ends_with_a_time_has_one_full_stop(words, sentence):
    assert ended(words) == sentence


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It costs $1.2m p.a. The bid is in.", ["It costs $1.2m p.a.", "The bid is in."]),
        ("They call the 0800 no. MBIE answers.", ["They call the 0800 no.", "MBIE answers."]),
        ("MBIE checked 2,147. 164 lost it.", ["MBIE checked 2,147.", "164 lost it."]),
        ("Trained w/ MBIE. It runs.", ["Trained w/ MBIE.", "It runs."]),
    ],
)
def test_a_sentence_ends_before_a_capital_letter_or_a_number(text, parts):
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("- 11 languages live\n- open rate 58%", "11 languages live. Open rate 58%"),
        ("* drafted\n• two meetings;\n- http://a.nz/b", "drafted. Two meetings; http://a.nz/b"),
        ("one\ntwo", "one two"),
        ("Done.\n\nIt runs.", "Done. It runs."),
        ("", ""),
    ],
)
def test_each_line_of_a_list_is_a_text_of_its_own(typed, line):
    assert on_one_line(typed) == line


def test_the_address_of_a_page_has_no_capital():
    assert with_capital("https://www.employment.govt.nz") == "https://www.employment.govt.nz"
    assert with_capital("www.a.nz") == "www.a.nz"
    assert with_capital("www is short") == "Www is short"
