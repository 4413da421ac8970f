"""Test what is a main result: decided by what a report says, not only by its agency's mark."""

from datetime import date

import pytest

from reports.compose.as_printed import Answer, of_answer
from reports.compose.results import counts, headline, is_filler, stated
from reports.document import words
from tests.reports.compose.test_paper_achievements import achieved, pair
from tests.reports.in_memory import HEALTH, LABOUR, POLICE, item

FILLER = "Over the reporting period Police have continued to progress the development of guidance."


def results(*pairs, **given):
    """Return the bullets of the main results."""
    above, *bullets = achieved(*pairs, **given)[0].split("\n- ")
    return bullets if "main result" in above else []


@pytest.mark.parametrize(
    "sentence",
    [
        FILLER,
        "Work is under way.",
        "Ongoing engagement with providers.",
        "On track – 3 of 5 regions agreed.",
        "The paper is substantially complete.",
        "As above.",
    ],
)
def test_a_sentence_that_work_goes_on_tells_of_no_result(sentence):
    assert is_filler(sentence)
    assert results(pair(sentence, key="headline")) == []


def test_a_number_makes_it_a_result():
    assert not is_filler("In the reporting period 1,904 assessments were made.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{FILLER} Guidance is in use.", "Guidance is in use."),
        (f"{FILLER} It was read. Guidance is in use.", "Guidance is in use."),
        (f"{FILLER} But it is late.", ""),
        ("Guidance is in use. Work is under way.", "Guidance is in use. Work is under way."),
    ],
)
def test_a_first_sentence_that_says_nothing_is_passed_over_and_no_other_is_cut(text, found):
    assert stated(text) == found


@pytest.mark.parametrize(
    "text", ["It is due on 3 May 2027.", "Units 1 to 4 are drafted.", "See 2.3.", "Terms 3 and 4."]
)
def test_years_days_and_numbers_of_parts_count_nothing(text):
    assert not counts(text)


def test_a_bullet_has_a_second_sentence_only_with_a_number_and_room():
    assert headline("Police ran it. 40 came.") == "Police ran it. 40 came."
    assert headline("Police ran it. They liked it.") == "Police ran it."
    assert headline(f"Police ran it. {'They saw ' * 14}40.") == "Police ran it."


def test_what_says_most_is_a_main_result_without_a_mark_and_people_come_first():
    assert results(
        pair(FILLER, "1.1", key="headline"),
        pair("Police moved office.", "1.2", key="headline"),
        pair("Police issued 17 notices of 40.", "1.3", key="no"),
        pair("Police issued 12 notices of 40.", "1.4", key="no", is_key=True),
        pair("Police have helped 57 workers.", "1.5", key="no"),
        pair("Police wrote a note.", "1.6", key="no"),
        pair("Of ours, 3 of 4 houses are open.", "1.7", key="no"),
    ) == [
        "Police have helped 57 workers.",
        "Police issued 12 notices of 40.",
        "Police issued 17 notices of 40.",
        "Police moved office.",
    ]


def test_each_item_has_one_main_result_and_only_the_lead_is_credited_with_what_was_done():
    over = {"stage": "complete", "completed_on": date(2010, 5, 3)}
    led, own = pair("DoL saw 12 firms.", agency=LABOUR, **over, key="no")
    part = pair("Health sent 2 advisers.", agency=HEALTH, key="no")[1]
    assert results((led, own), (led, part)) == ["DoL saw 12 firms."]
    assert results((led, part)) == []


def test_six_results_are_printed_whether_they_fit_or_not_if_they_are_short():
    pairs = [pair(f"Police issued {n} notices of 40.", f"1.{n}", key="no") for n in range(11, 18)]
    assert len(results(*pairs, most_words=60)) == 6
    pairs = [
        pair(f"Police issued {n} notices of 40{' of a kind' * 9}.", f"1.{n}", key="no")
        for n in range(11, 18)
    ]
    assert len(results(*pairs, most_words=60)) == 2


def test_a_list_without_verbs_is_reported_as_one_sentence():
    typed = "- 11 of 15 languages ready\n- open rate 58%."
    told = "Police report: 11 of 15 languages ready; open rate 58%."
    assert results(pair(typed, key="headline")) == [told]
    (printed,) = of_answer(item(), POLICE, Answer(typed, "headline", ""))
    assert words(printed.text) == told


def test_a_number_of_things_without_a_verb_is_reported():
    typed = "1,120 farms with a plan (74% of target). Others wait."
    told = "Police report 1,120 farms with a plan (74% of target)."
    assert results(pair(typed, key="headline")) == [told]


def test_the_subject_stays_when_a_later_sentence_begins_with_a_number():
    assert results(pair("checked 2,147 firms. 164 were suspended.", key="headline")) == [
        "Police checked 2,147 firms. 164 were suspended."
    ]


def test_a_return_says_that_an_answer_tells_of_no_result():
    (printed,) = of_answer(item(), POLICE, Answer(FILLER, "headline", ""))
    assert not printed.text
    assert printed.advice[-1].startswith("Say what was achieved")
