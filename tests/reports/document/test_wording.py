"""Test the wording of figures, lists, dates and agencies for none, one and many."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports.document import dates, wording

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
TEXTS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "no work items"),
        (1, "one work item"),
        (2, "two work items"),
        (9, "nine work items"),
        (10, "10 work items"),
        (1200, "1,200 work items"),
    ],
)
def test_a_count_agrees_with_its_noun(count, words):
    assert wording.count_in_words(count, "work item") == words


def test_an_irregular_noun_gives_its_plural():
    assert wording.count_in_words(2, "agency", "agencies") == "two agencies"
    assert wording.count_in_words(1, "agency", "agencies") == "one agency"


@pytest.mark.parametrize(("count", "verb"), [(0, "are"), (1, "is"), (2, "are")])
def test_a_verb_agrees_with_its_count(count, verb):
    assert wording.agree(count, "is", "are") == verb


@pytest.mark.parametrize(("count", "words"), [(0, "0 days"), (1, "1 day"), (1000, "1,000 days")])
def test_lengths_are_in_digits(count, words):
    assert dates.days(count) == words


def test_figures_in_one_sentence_are_all_words_or_all_digits():
    assert wording.numbers([2, 9]) == ["two", "nine"]
    assert wording.numbers([2, 10]) == ["2", "10"]
    assert wording.numbers([]) == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a, of b", "c", "d"], "a, of b; c; and d"),
    ],
)
def test_a_list_ends_with_and(parts, words):
    assert wording.join_words(parts) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2009, 7, 31), date(2010, 7, 30), "the 12 months to 30 July 2010"),
        (date(2009, 7, 30), date(2010, 7, 30), "the 12 months to 30 July 2010"),
        (date(2010, 1, 1), date(2010, 6, 30), "the six months to 30 June 2010"),
        (date(2010, 1, 1), date(2010, 1, 31), "the month to 31 January 2010"),
        (date(2010, 1, 31), date(2010, 2, 28), "the month to 28 February 2010"),
        (date(2010, 3, 3), date(2010, 7, 30), "the period from 3 March to 30 July 2010"),
        (date(2009, 3, 3), date(2010, 7, 30), "the period from 3 March 2009 to 30 July 2010"),
    ],
)
def test_a_period_of_whole_months_is_given_in_months(start, end, words):
    assert dates.period(start, end) == words


@given(DAYS, st.integers(1, 40))
def test_adding_months_matches_counting_them(start, count):
    assume(start.day <= 28)
    end = dates.add_months(start, count) - timedelta(days=1)
    assert dates.months_in(start, end) == count


@given(DAYS, DAYS)
def test_a_period_between_any_two_days_has_a_wording(start, end):
    assume(start < end)
    assert dates.period(start, end).endswith(dates.long_date(end))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Department of Labour", "the Department of Labour"),
        ("Ministry of Health", "the Ministry of Health"),
        ("New Zealand Police", "the New Zealand Police"),
        ("New Zealand Customs Service", "the New Zealand Customs Service"),
        (
            "Department of the Prime Minister and Cabinet",
            "the Department of the Prime Minister and Cabinet",
        ),
        ("Inland Revenue", "Inland Revenue"),
        ("Te Puni Kōkiri", "Te Puni Kōkiri"),
        ("WorkSafe New Zealand", "WorkSafe New Zealand"),
    ],
)
def test_an_agency_gets_the_correct_article(name, words):
    assert wording.named(name) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Done", "Done."),
        ("Done.", "Done."),
        ("Is it done?", "Is it done?"),
        ("“Done.”", "“Done.”"),
        ("**Done.**", "**Done.**"),
        ("Done,  ", "Done."),
        ("as follows:", "as follows:"),
        ("", ""),
    ],
)
def test_a_sentence_ends_in_exactly_one_full_stop(text, words):
    assert wording.closed(text) == words


@given(TEXTS)
def test_adding_the_full_stop_twice_changes_nothing(text):
    assert wording.closed(wording.closed(text)) == wording.closed(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("Done.", "Done"), ("Done", "Done"), ("brochures etc.", "brochures etc."), ("Done;", "Done")],
)
def test_a_fragment_loses_its_full_stop(text, words):
    assert wording.opened(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Done.", "Done (Police)."),
        ("Done", "Done (Police)."),
        ("Is it done?", "Is it done? (Police)"),
        ("It does two things:", "It does two things (Police):"),
    ],
)
def test_a_citation_is_placed_before_the_last_full_stop(text, words):
    assert wording.cited(text, "Police") == words


def test_a_name_is_matched_only_as_a_whole_word():
    assert wording.mentions("The Police have written a policy.", ["Police"])
    assert not wording.mentions("A policeman wrote it.", ["Police", "police"])
    assert not wording.mentions("Anything.", [""])
    assert wording.mentions("Te Mana Ārai o Aotearoa did.", ["Te Mana Ārai o Aotearoa"])


def test_a_long_list_ends_with_the_number_of_others():
    assert wording.some(["a", "b", "c"], 3) == "a, b and c"
    assert wording.some(["a", "b", "c", "d"], 3) == "a, b, c and one other"
    assert wording.some([str(n) for n in range(1000)], 2) == "0, 1 and 998 others"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("  ", []),
        ("No end", ["No end"]),
        ("One. Two! Three? “Four.” Five…", ["One.", "Two!", "Three?", "“Four.”", "Five…"]),
        ("Dr. Smith met Mr. Ng of St. John. They spoke.", ["Dr. Smith met Mr. Ng of St. John.", "They spoke."]),
        ("It opens at 9 a.m. on weekdays. Then 12 came.", ["It opens at 9 a.m. on weekdays.", "Then 12 came."]),
        ("See e.g. Annex 2. Or cf. No. 4.", ["See e.g. Annex 2.", "Or cf. No. 4."]),
        ("**Bold.** Then more. *", ["**Bold.**", "Then more.", "*"]),
        ("Version 2.1 is out. ātea first.", ["Version 2.1 is out. ātea first."]),
    ],
)  # fmt: skip
def test_a_text_is_split_into_its_sentences(text, found):
    assert wording.sentences(text) == found


@given(TEXTS)
def test_no_word_is_lost_between_sentences(text):
    assert " ".join(wording.sentences(text)).split() == text.split()


@pytest.mark.parametrize(
    ("most", "words", "found"),
    [
        (1, 9, "One two three."),
        (2, 9, "One two three. Four five."),
        (3, 9, "One two three. Four five. Six seven eight nine."),
        (3, 8, "One two three. Four five."),
        (3, 4, "One two three."),
        (3, 2, "One two three."),  # the first may have twice as many
        (3, 1, ""),
        (0, 9, ""),
    ],
)
def test_the_first_sentences_are_whole_or_none(most, words, found):
    text = "One two three. Four five. Six seven eight nine."
    assert wording.first_sentences(text, most, words) == found


@pytest.mark.parametrize(
    ("mark", "sentence", "whole"),
    [
        (",", "The card is printed.", "For it, the card is printed."),
        (",", "Four boards ask.", "For it, four boards ask."),
        (",", "Police print it.", "For it, Police print it."),
        (",", "Policemen print it.", "For it: Policemen print it."),
        (",", "Theft is rare.", "For it: Theft is rare."),
        (":", "No money was set aside.", "For it: no money was set aside."),
        (":", "Money was short.", "For it: money was short."),
        (":", "Theft is rare.", "For it. Theft is rare."),
    ],
)
def test_two_parts_are_one_sentence_if_the_second_needs_no_capital(mark, sentence, whole):
    assert wording.joined("For it", mark, sentence, ["Police", ""]) == whole
