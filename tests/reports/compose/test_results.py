"""Test what is a main result: decided by what a report says, not only by its agency's mark."""

from datetime import date

import pytest

from reports.compose.as_printed import Answer, of_answer
from reports.compose.reported import Reports
from reports.compose.results import (
    counts,
    headline,
    is_filler,
    is_told,
    passage,
    stated,
    told_alone,
    with_verbs,
    without_lead,
    without_praise,
    worth,
)
from reports.compose.subjects import Names
from reports.document import words
from tests.reports.compose.test_paper_achievements import achieved, pair
from tests.reports.in_memory import HEALTH, LABOUR, POLICE, facts, item, step, update_of

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
        "Swimmers are fighting back!",
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Work was hard. The list is open to 40 firms.", "The list is open to 40 firms."),
        ("The list is open. It has 12 of 40 firms.", "The list is open. It has 12 of 40 firms."),
        ("The list is open to 4 firms. 12 of 40 came.", "The list is open to 4 firms."),
        (
            "The list was drawn up. Work on all 12 goes on. But it has 9 of 40.",
            "Work on all 12 goes on. But it has 9 of 40.",
        ),
        ("They are proud. A list of 9 firms will open. Sent to 40.", "They are proud."),
        # A number with the one before is measured.
        (
            "DoL inspected 1,720 homes (980 in the year before). 38 per cent of homes failed.",
            "DoL inspected 1,720 homes (980 in the year before).",
        ),
    ],
)
def test_of_a_text_the_sentence_that_tells_the_result_is_printed(text, told):
    assert passage(text, 30).least == told


def test_a_second_sentence_that_tells_the_result_has_the_first_beside_it_where_both_fit():
    text = "DoL opened a desk in May. It was paid for. In June DoL paid 40 of 57 people."
    assert passage(text, 60).least == "In June DoL paid 40 of 57 people."
    text = "DoL opened a desk in May. In June DoL paid 40 of 57 people."
    assert headline(text) == passage(text, 60).beside == text
    assert passage(text, 10) == ("In June DoL paid 40 of 57 people.",) * 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "We are incredibly proud to have launched an exciting new course with our amazing partners! 40 came.",
            "We launched a new course with our partners. 40 came.",
        ),
        ("40 passionate staff are trained.", "40 staff are trained."),
        ("A desk is open, heralding a new era for safety.", "A desk is open."),
        ("An incredible upgrade is in use.", "An upgrade is in use."),
        ("It reached an incredible 2.7 million people.", "It reached 2.7 million people."),
        ("The hard-hitting “Pause” campaign ran.", "The “Pause” campaign ran."),
        ("Staff were proud. It was amazing!", "Staff were proud. It was amazing!"),
        ("It is a fantastic and new course.", "It is a fantastic and new course."),
    ],
)
def test_praise_is_taken_out_where_a_good_sentence_stays(typed, told):
    assert without_praise(typed) == told


def test_praise_that_stays_comes_last():
    boast = pair("The 57 houses of 90 are open and amazing.", "1.1", LABOUR, "headline")
    assert results(boast, pair("Police moved office.", "1.2", key="headline")) == [
        "Police moved office.",
        "The 57 houses of 90 are open and amazing.",
    ]


@pytest.mark.parametrize(
    ("sentence", "is_whole"),
    [
        ("Consultation closed in December 2025 with 1,846 submissions.", True),
        ("The Department consulted 61 councils.", True),
        ("The fund opened in March.", True),
        ("Cabinet agreed to the policy.", True),
        ("Volunteers gave 300 hours.", True),
        ("Panel appointed 9 March.", False),
        ("31 deaths reviewed.", False),
        ("Audit completed of 20 councils.", False),
        ("Film shown by two airlines.", False),
    ],
)
def test_a_sentence_has_a_verb_in_the_past_or_another(sentence, is_whole):
    assert is_told(sentence) is is_whole


@pytest.mark.parametrize(
    ("as_told", "text", "told"),
    [
        (
            "lessons in water safety",
            "437 schools now use it.",
            "On lessons in water safety, 437 schools now use it.",
        ),
        (
            "the alert platform",
            "The contract was signed.",
            "On the alert platform, the contract was signed.",
        ),
        (
            "the lifejacket rule",
            "The rule was signed in May.",
            "The lifejacket rule was signed in May.",
        ),
        (
            "the standard for hazard signs",
            "The standard is out.",
            "The standard for hazard signs is out.",
        ),
        (
            "the standard for hazard signs",
            "Councils use the standard for signs.",
            "Councils use the standard for signs.",
        ),
        # It has the head of the recorded phrase.
        (
            "a policy for investigators",
            "Police have written an internal policy.",
            "Police have written an internal policy.",
        ),
        ("the map", "206 officers trained.", "On the map: 206 officers trained."),
        ("the map", "Police drew 3 plans.", "Police drew 3 plans (1.1, the map)."),
        (
            "",
            "14 of 20 plans are complete.",
            "On “Train staff” (1.1), 14 of 20 plans are complete.",
        ),
        ("", "DoL completed the course (1.1) in May.", "DoL completed the course (1.1) in May."),
    ],
)
def test_a_result_that_does_not_say_what_it_is_about_begins_with_its_item(as_told, text, told):
    of = item(as_told=as_told)
    assert told_alone(Names([of]), of, text, ["Police"]) == told


def test_an_act_in_a_list_gets_its_agency():
    typed = "- ordered lifting equipment\n- trained 54 of 70 technicians\n- used in the floods"
    assert results(pair(typed, key="headline", title="Lifting equipment")) == [
        "Police ordered lifting equipment. Police trained 54 of 70 technicians."
    ]


def test_what_is_marked_comes_first_and_what_is_late_and_not_key_last():
    slipped = step(date(2010, 6, 30))
    late = item("1.1", slipped, title="Open a desk for people")
    update = update_of(
        late, POLICE, achieved="A desk is open to 5 of 9 people.", key_achievement="headline"
    )
    assert results(
        (late, update),
        pair("Police opened 2 of 4 huts.", "1.2", key="no"),
        pair("Police opened 3 of 4 cells.", "1.3", key="yes"),
        pair("Police opened 4 of 4 bars.", "1.4", key="headline"),
    ) == [
        "Police opened 4 of 4 bars.",
        "Police opened 3 of 4 cells.",
        "A desk is open to 5 of 9 people.",
        "Police opened 2 of 4 huts.",
    ]


def test_what_is_not_marked_is_a_main_result_only_if_less_than_six_are():
    unmarked = pair("Police opened 2 of 4 huts.", "2.1", key="no")
    marked = [pair(f"Police wrote guide {n}.", f"1.{n}") for n in range(1, 7)]
    assert results(unmarked, *marked) == []
    assert results(unmarked, *marked[1:]) == ["Police opened 2 of 4 huts."]


def test_a_key_item_that_is_marked_is_told_though_there_is_no_room():
    told = [
        pair(f"Police opened {n} huts of 40 now.", f"1.{n}", key="headline") for n in range(1, 4)
    ]
    key = pair("Police wrote a guide to the law of the sea for those who sail there.", "2.1")
    of_key = pair("Police have a map.", "2.2", is_key=True)
    assert achieved(*told, key, of_key, most_words=60)[1:] == ["Police have a map."]


def test_a_bullet_has_a_second_sentence_only_with_a_number_and_room():
    assert headline("Police ran it. 40 came.") == "Police ran it. 40 came."
    assert headline("Police ran it. They liked it.") == "Police ran it."
    assert headline(f"Police ran it. {'They saw ' * 14}40.") == "Police ran it."


def test_a_result_that_says_only_when_says_what_was_done():
    done = step(description="Standard published", completed_on=date(2010, 5, 14))
    of = item("1.5", done, title="What teachers must know")
    told = results(
        (
            of,
            update_of(
                of, achieved="Published 14 May. Nine firms use it.", key_achievement="headline"
            ),
        )
    )
    assert told[0].startswith(
        "On “What teachers must know” (1.5), the standard was published on 14 May."
    )


def test_a_second_sentence_without_a_verb_is_left_out():
    text = "2,150 adults finished the course. Running in 21 towns."
    assert passage(text, 60).beside == "2,150 adults finished the course."


def test_what_says_most_is_a_main_result_without_a_mark_and_key_items_come_first():
    assert results(
        pair(FILLER, "1.1", key="headline"),
        pair("Police moved office.", "1.2", key="headline"),
        pair("Police issued 17 notices of 40.", "1.3", key="no"),
        pair("Police issued 12 notices of 40.", "1.4", key="no", is_key=True),
        pair("Police have helped 57 workers.", "1.5", key="no"),
        pair("Police wrote a note.", "1.6", key="no"),
        pair("Of ours, 3 of 4 houses are open.", "1.7", key="no"),
    ) == [
        "Police issued 12 notices of 40.",
        "Police have helped 57 workers.",
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
    (printed,) = of_answer(item(title=typed), POLICE, Answer(typed, "headline", ""))
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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "206 safety officers trained, in 71 clubs",
            "206 safety officers were trained, in 71 clubs",
        ),
        ("41 of 60 sites done", "41 of 60 sites are done"),
        ("640 adults took part", "640 adults took part"),
        ("14 plans are checked by Police", "14 plans are checked by Police"),
    ],
)
def test_a_count_without_its_verb_gets_it(typed, told):
    assert with_verbs(typed) == told


def test_what_people_said_when_they_were_asked_is_no_result():
    asked = "Consultation closed with 1,846 submissions, of which 71% supported the rule."
    assert worth(asked, is_done=True) == 0
    assert worth("39 councils adopted the standard.", is_done=True) == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "We opened the form in May. In August 5,300 of 5,700 people were paid.",
            "In August 5,300 of 5,700 people were paid.",
        ),
        # What leans on the first sentence stays with it, and so does a second number.
        (
            "Two depots opened. Together they hold 100 beds.",
            "Two depots opened. Together they hold 100 beds.",
        ),
        ("437 schools use it. 61% of pupils passed.", "437 schools use it. 61% of pupils passed."),
    ],
)
def test_a_sentence_that_only_leads_to_a_number_gives_way(typed, told):
    assert without_lead(typed) == told


def test_a_result_full_of_acronyms_that_nobody_explains_comes_after_others():
    cryptic = pair("FCG/JSDU shut down 61 accts (9 NZP, 5 SW).", "1.1", key="headline")
    plain = pair("Police trained 61 officers.", "1.2", key="headline")
    assert results(cryptic, plain)[0] == "Police trained 61 officers."


def test_a_paper_by_item_tells_late_items_results_only_if_they_are_headlines():
    late = [item(f"1.{n}", step(date(2010, 6, 30)), title=f"Build hall {n}") for n in (1, 2)]
    built = [
        update_of(one, POLICE, achieved=f"Police built {n} of 9 halls.", key_achievement=mark)
        for n, (one, mark) in enumerate(zip(late, ("headline", "yes"), strict=True), 4)
    ]
    others = [pair(f"Police opened {n} huts of 40.", f"2.{n}", key="yes") for n in (2, 3)]
    given = [*zip(late, built, strict=True), *others]
    of = facts(*(each for each, _ in given), updates=[update for _, update in given])
    assert [each.number for each, _ in of.once(Reports).main_by_item] == ["2.2", "2.3", "1.1"]
