"""Test the section Achievements: main results, key achievements by pillar, completed items."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED, write
from reports.compose.paragraphs import flat
from reports.document.wording import capitalised, count_in_words
from tests.reports.in_memory import (
    HEALTH,
    POLICE,
    facts,
    item,
    paper,
    section_texts,
    step,
    text_of,
    update_of,
)

LONG = "They were taught to see signs that an officer at a border would not look for. "


def achieved(*pairs, annexes=("progress", "items"), **given):
    """Return the section on pairs of an item and an update of it."""
    items = tuple(dict.fromkeys(each for each, _ in pairs))
    return section_texts(
        facts(*items, updates=[update for _, update in pairs], **given), "achievements", annexes
    )


def pair(text, number="1.1", agency=POLICE, key="yes", **given):
    """Return an item that is called what its report says, so that no result needs its name, and the report."""
    of = item(number, **{"title": text} | given)
    return of, update_of(of, agency, achieved=text, key_achievement=key)


def test_headlines_form_one_list_and_key_achievements_a_paragraph_of_each_pillar():
    policy = "A policy is written:\n- for new staff\n- for all others.\n\nIt is in use"
    assert achieved(
        pair("Staff were trained.", "1.1", key="headline"),
        pair(policy, "1.2"),
        pair("We asked around.", "1.10", key="no"),
        pair("Police wrote a guide.", "2.1"),
        pair("A card is printed.", "2.2", HEALTH),
    ) == [
        "The year’s main result:\n- Staff were trained.",
        "A policy is written: for new staff; for all others. It is in use.",
        "Police wrote a guide. A card is printed.",
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("A policy, which:\n- lets a\n- opens b.", "A policy, which lets a; and opens b."),
        ("Those who:\n- ask.\n- go;\n- stay", "Those who ask; go; and stay."),
        ("It went to\n- DoL", "It went to DoL."),
        ("A rule that:\n- lets a; or\n- opens b", "A rule that lets a; or opens b."),
        ("A rule that:\n- lets a, and\n- opens b", "A rule that lets a, and opens b."),
        ("Which:\n- a\n- b", "Which: a; b."),
        ("It is in photo:\n- a\n  - c\n- b", "It is in photo: a; c; b."),
    ],
)
def test_a_list_goes_on_without_a_colon_where_its_words_lead_into_it(typed, printed):
    assert flat(typed) == printed


def test_each_sentence_on_a_pillar_has_the_sources_of_its_own_item():
    pairs = [pair("A policy is written. It is in use.", "1.1"), pair("A card is printed.", "1.2")]
    of = facts(*(each for each, _ in pairs), updates=[update for _, update in pairs])
    found = write(of)
    (paragraph,) = found.sections["achievements"].paragraphs
    (first,), (second,) = ([update.source] for _, update in pairs)
    assert found.lines[paragraph.key] == ((first,), (first,), (second,))


def test_of_a_headline_the_first_sentence_is_quoted():
    assert achieved(
        pair("Dr. Smith trained staff. They liked it.", key="headline"),
        pair("profiles were written:\n- for agents\n  - at sea\n- for schools", key="headline"),
    ) == [
        "The year’s main results:\n- Dr. Smith trained staff.\n"
        "- Profiles were written: for agents; at sea; for schools."
    ]


def test_headlines_written_as_fragments_get_no_full_stop():
    assert achieved(
        pair("first training of **staff**.", key="headline"),
        pair("profiles for visa staff", "1.2", key="headline"),
    ) == ["The year’s main results:\n- first training of staff\n- profiles for visa staff."]


def test_a_result_of_a_late_item_is_said_to_be_of_one_where_the_delay_is_told():
    due = step(date(2010, 6, 30))
    late = [item(f"1.{n}", due, as_told=f"card {n}") for n in range(1, 13)]
    keys = [item(f"2.{n}", due, as_told=f"map {n}", is_key=True) for n in range(1, 5)]
    updates = [
        update_of(each, POLICE, achieved=f"Police printed {n} of 40.", key_achievement="headline")
        for n, each in enumerate([*late[:2], keys[0]], start=11)
    ]
    of = facts(*late, *keys, updates=updates)
    assert not any("late" in text for text in section_texts(of, "achievements"))
    (named,) = [text for text in section_texts(of, "delay") if text.startswith("Twelve other")]
    assert named.endswith(" Among them those with results above are card 1 and card 2.")


def test_results_of_one_earlier_round_have_its_month_above_them():
    items = [item(f"1.{n}", title=f"Item {n}") for n in (1, 2)]
    updates = [
        update_of(each, achieved=f"{n}0 staff were trained.", key_achievement="headline")
        for n, each in enumerate(items, start=4)
    ]
    first, second = (f"- On “Item {n}” (1.{n}), {n + 3}0 staff were trained" for n in (1, 2))
    for each in updates:
        each.of_return.round.period_end = date(2009, 12, 31)
    of = facts(*items, updates=updates, last_round=date(2010, 6, 30))
    assert section_texts(of, "achievements") == [
        f"The year’s main results, as reported to December 2009:\n{first}.\n{second}."
    ]
    updates[1].of_return.round.period_end = date(2010, 6, 30)
    assert section_texts(of, "achievements")[0].splitlines()[1:] == [
        *(f"{first} (December 2009).", f"{second}."),
    ]


@pytest.mark.parametrize(
    ("ends", "typed", "told"),
    [
        (date(2010, 6, 30), "Forty staff were trained.", "Forty staff were trained."),
        (
            date(2009, 12, 31),
            "Forty staff were trained.",
            "Forty staff were trained (December 2009).",
        ),
        (date(2009, 12, 31), "In May, 40 staff were trained.", "In May, 40 staff were trained."),
        (date(2009, 12, 31), "The card is now in use.", "The card is in use (December 2009)."),
        (
            date(2009, 12, 31),
            "Until now the region had none.",
            "Until now the region had none (December 2009).",
        ),
        (
            date(2009, 12, 31),
            "Police trained 40 by now in ports.",
            "Police trained 40 by now in ports (December 2009).",
        ),
    ],
)
@pytest.mark.parametrize("key", ["headline", "yes"])
def test_a_result_of_an_earlier_round_has_its_month_or_a_date_of_its_own(ends, typed, told, key):
    one = item("1.1", title=typed)
    update = update_of(one, achieved=typed, key_achievement=key)
    update.of_return.round.period_end = ends
    of = facts(one, updates=[update], last_round=date(2010, 6, 30))
    (text,) = section_texts(of, "achievements")
    assert text.splitlines()[-1].removeprefix("- ").endswith(told)


def test_a_year_in_an_items_name_is_no_date_of_its_result():
    one = item("1.1", title="Write the plan for 2012")
    update = update_of(one, achieved="Staff were trained.", key_achievement="headline")
    update.of_return.round.period_end = date(2009, 12, 31)
    of = facts(one, updates=[update], last_round=date(2010, 6, 30))
    assert section_texts(of, "achievements")[0].endswith(
        "- For the plan for 2012 (1.1), staff were trained (December 2009)."
    )


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (
            "A scanner is in use at Tauranga – a game-changing investment of $1.5 million. It works.",
            "A scanner is in use at Tauranga. It works.",
        ),
        ("In a significant step forward, staff were trained.", "Staff were trained."),
        ("Staff were trained – all 40 of them.", "Staff were trained – all 40 of them."),
        (
            "Courses + guides are in use & liked -> fewer errors.",
            "Courses and guides are in use and liked to fewer errors.",
        ),
        (
            "Ppl who report are heard by ppl who work tirelessly on it.",
            "People who report are heard by people who work on it.",
        ),
    ],
)
def test_praise_is_left_out_and_signs_are_written_out(typed, printed):
    assert achieved(pair(typed, title=printed)) == [printed]


def test_each_agency_is_written_out_where_its_own_words_first_name_it():
    first = pair("MOH opened a desk for MOH staff.", "1.1", HEALTH, key="headline")
    assert achieved(
        first,
        pair("A plan of “MOH” is signed by the MOH.", "1.2", key="headline"),
        pair("opened a hut.", "1.3", HEALTH),
    ) == [
        "The year’s main results:\n- The Ministry of Health (MOH) opened a desk for MOH staff.\n"
        "- A plan of “MOH” is signed by the MOH.",
        "MOH opened a hut.",
    ]
    (told,) = achieved(pair("A plan of “MOH” is signed by MoH, not MOH’s staff.", key="headline"))
    assert told.endswith(
        "A plan of “MOH” is signed by the Ministry of Health (MOH), not MOH’s staff."
    )


def test_a_period_of_other_length_has_other_words():
    assert achieved(pair("It runs.", key="headline"), on=date(2010, 1, 29)) == [
        "The main result of the period:\n- It runs."
    ]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("A policy is in use.", "A policy is in use."),
        ("a policy is in use", "A policy is in use."),
        ("Is a policy **in use**? All staff have it!", "Is a policy in use? All staff have it!"),
    ],
)  # fmt: skip
def test_an_achievement_is_printed_as_a_sentence(text, printed):
    assert achieved(pair(text, title="Policy")) == [f"{printed}"]


def test_at_most_two_sentences_and_sixty_words_of_an_achievement_are_quoted_whole():
    assert achieved(pair("Police one. Police two. Police three.")) == ["Police one. Police two."]
    sentence = "Police " + "taught " * 38 + "them."  # 40 words
    assert achieved(pair(f"{sentence} {sentence}")) == [f"{sentence[:-1]}."]


ENDLESS = "Police " + "taught " * 130 + "them."


@pytest.mark.parametrize(
    ("annexes", "sentence"),
    [
        (["items_texts"], "Four further key achievements are in Annex A."),
        (
            ["items"],
            "Other key achievements: “Train staff” (1.1), “Train staff” (1.2), “Train staff” (1.3) and "
            "“Train staff” (1.5).",
        ),
    ],
)
def test_achievements_whose_first_sentence_is_too_long_are_named_or_in_an_annex(annexes, sentence):
    assert achieved(
        *[pair(ENDLESS, f"1.{n}", title="Train staff") for n in range(1, 4)],
        pair("Police did it.", "1.4"),
        pair("It ran " * 70, "1.5", key="headline", title="Train staff"), annexes=annexes,
    ) == ["Police did it.", sentence]  # fmt: skip


def test_of_many_achievements_without_room_none_is_named_if_no_annex_has_them():
    many = [pair(ENDLESS, f"1.{n}", title="Train staff") for n in range(1, 10)]
    assert achieved(pair("Police did it.", "1.10"), *many) == ["Police did it."]
    assert achieved(*many[:8])[0].startswith("Other key achievements: “Train staff” (1.1), ")


def test_up_to_eight_items_are_named_whose_achievements_have_no_room():
    did = pair("Police did it.", "1.9")
    one = pair(ENDLESS, title="Train")
    two = pair(ENDLESS, "1.2", as_told="the card", key="headline")
    three = pair(ENDLESS, "1.3", HEALTH, title="Ask")
    again = one[0], update_of(one[0], POLICE, achieved=ENDLESS, key_achievement="yes")
    assert [
        achieved(did, *reported)[1:] for reported in ([one], [one, again], [two, one, three])
    ] == [
        ["Another key achievement: “Train” (1.1)."],
        ["Other key achievements: “Train” (1.1)."],
        ["Other key achievements: the card (1.2), “Train” (1.1) and “Ask” (1.3)."],
    ]


def test_what_has_no_room_is_counted_and_pillars_take_turns_key_items_first():
    pairs = [pair(f"Police {n}: {LONG * 2}", f"1.{n}", is_key=n == 9) for n in range(1, 10)]
    pairs += [pair(f"Police {n}: {LONG * 2}", f"2.{n}", is_key=n == 19) for n in range(11, 20)]
    for most_words, printed in (
        # At least three, whether they fit or not.
        (100, [1, 9, 19]),
        (230, [1, 9, 19]),
        (250, [1, 9, 11, 19]),
    ):
        lines = achieved(*pairs, annexes=["items_texts"], most_words=most_words)
        found = [n for n in range(1, 20) if f"Police {n}:" in "\n".join(lines)]
        assert found == printed
        count = capitalised(f"{18 - len(found)} further")
        assert lines[-1] == f"{count} key achievements are in Annex A."


def test_the_first_sentence_of_each_goes_before_the_second_of_any():
    pairs = [
        pair(f"Police {n}. {LONG.strip(' .')} {n}.", f"1.{n}", title="Police") for n in range(1, 6)
    ]
    section_texts = "\n".join(achieved(*pairs, most_words=220))
    assert [n for n in range(1, 6) if f"Police {n}" in section_texts] == [1, 2, 3, 4, 5]
    assert 0 < section_texts.count(LONG.strip(" .")) < 5


def test_many_achievements_of_a_pillar_take_several_paragraphs():
    texts = {f"1.{n}": f"Police {n}. {LONG.strip(' .')} {n}." for n in range(1, 9)}
    lines = achieved(*[pair(text, number, title="Police") for number, text in texts.items()])
    assert len(lines) == 2
    assert max(len(line.split()) for line in lines) <= 120


@pytest.mark.parametrize(
    ("done", "printed"),
    [
        (1, "“Item 1” (1.1)"),
        (2, "“Item 1” (1.1) and “Item 2” (1.2)"),
        (13, "“Item 13” (1.13), “Item 1” (1.1), “Item 2” (1.2), “Item 3” (1.3), “Item 4” (1.4), "
             "“Item 5” (1.5), “Item 6” (1.6), “Item 7” (1.7), “Item 8” (1.8), “Item 9” (1.9), "
             "“Item 10” (1.10), “Item 11” (1.11) and one other (Annex B)"),
    ],
)  # fmt: skip
def test_items_completed_in_the_period_are_named_key_ones_first(done, printed):
    items = [
        item(
            f"1.{n}", title=f"Item {n}", stage="complete", completed_on=date(2010, 5, 3),
            is_key=n == 13,
        )
        for n in range(1, done + 1)
    ]  # fmt: skip
    old = item("1.20", stage="complete", completed_on=date(2009, 7, 30))
    assert section_texts(facts(*items, old), "achievements") == [
        f"{capitalised(count_in_words(done, 'work item'))} {'was' if done == 1 else 'were'} completed in the year: {printed}."
    ]
    assert len(paper(facts(*items, old)).sections[2].paragraphs[0].sources) == done


def test_a_few_completed_items_are_all_named_though_their_achievements_are_mentioned():
    over = {"stage": "complete", "completed_on": date(2010, 5, 3)}
    one, two = (
        pair("Police did it.", title="Train staff", **over),
        pair("Police did more.", "1.2", key="headline", **over),
    )
    long = pair(ENDLESS, "1.4", title="Ask", **over)
    silent = item("1.3", title="Write", **over)
    items = [one[0], two[0], silent]
    lines = section_texts(facts(*items, updates=[one[1], two[1]]), "achievements")
    assert lines[-1] == (
        "Three work items were completed in the year: “Train staff” (1.1), “Police did more.” (1.2) and “Write” (1.3)."
    )
    assert achieved(one, two)[-1] == (
        "Two work items were completed in the year: “Train staff” (1.1) and “Police did more.” (1.2)."
    )
    assert achieved(one, long)[-1] == (
        "Two work items were completed in the year: “Train staff” (1.1) and “Ask” (1.4)."
    )


def test_the_paper_says_when_no_report_was_accepted_or_names_a_key_achievement():
    assert section_texts(facts(item()), "achievements") == [
        "No agency’s report on the 12 months to 30 July 2010 had been accepted by 30 July 2010, so "
        "this paper can name no achievement."
    ]
    assert achieved(pair("We asked.", key="no")) == [
        "Agencies reported on one work item in the 12 months to 30 July 2010. None of the accepted "
        "reports names a key achievement."
    ]


def reached(count, first=1):
    days = [date(2010, 5, day) for day in range(first, first + count)]
    return [step(day, completed_on=day, as_told=f"course {day.day}") for day in days]


def test_without_a_key_achievement_the_milestones_reached_are_named_by_date():
    early, late = reached(1), reached(2, first=8)
    before = step(date(2009, 6, 30), completed_on=date(2009, 6, 30), as_told="an earlier course")
    items = [item("1.1", *late, before), item("1.2", *early, is_key=True)]
    updates = [update_of(items[0], achieved="Held them.")]
    assert section_texts(facts(*items, updates=updates), "achievements") == [
        "No report names a key achievement. Three milestones were reached in the year:\n"
        "- 1 May 2010: course 1 (DoL)\n"
        "- 8 May 2010: course 8 (DoL)\n"
        "- 9 May 2010: course 9 (DoL)"
    ]


def test_of_many_milestones_reached_those_of_key_items_are_named():
    items = [item("1.1", *reached(9)), item("1.2", *reached(3, first=20), is_key=True)]
    (lines,) = section_texts(facts(*items), "achievements")
    assert lines.splitlines()[0].endswith(
        " Twelve milestones were reached in the year, among them:"
    )
    assert [line.split()[-2] for line in lines.splitlines()[1:]] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "20",
        "21",
        "22",
    ]
    (few,) = section_texts(facts(*items, most_words=60), "achievements")
    assert [line.split()[-2] for line in few.splitlines()[1:]] == ["20", "21", "22"]


def test_by_item_completed_items_are_all_named_up_to_six():
    over = {"stage": "complete", "completed_on": date(2010, 5, 3)}
    pairs = [
        pair("Police did it.", f"1.{n}", title=f"Train {n}", key="headline", **over)
        for n in range(1, 7)
    ]
    items, updates = map(list, zip(*pairs, strict=True))
    by_item = tuple(content for content in UNDRAFTED if content != "mitigation")
    section = write(facts(*items, updates=updates), by_item, in_full=False).sections["achievements"]
    first, rest = map(text_of, section.paragraphs)
    assert first.endswith("- Train 1 (1.1, complete): Police did it.")
    assert rest == (
        "Also complete: “Train 2” (1.2), “Train 3” (1.3), “Train 4” (1.4), “Train 5” (1.5) and “Train 6” (1.6)."
    )
