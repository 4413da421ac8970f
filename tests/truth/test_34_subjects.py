"""Test rule 34: every paragraph names its subject when it is read alone."""

from datetime import date

import pytest

from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    action,
    delay,
    facts,
    item,
    section_texts,
    step,
    update_of,
)

PAST, SOON, LATER = date(2010, 6, 30), date(2010, 8, 31), date(2011, 6, 30)


def late(number, *actions, **more):
    held_up = delay(explanation="They left.", actions=actions)
    return item(number, step(PAST, held_up, forecast_due=LATER), **more)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        # No sentence, and no subject.
        (
            "Motels that Police have checked, in the four regions",
            "For safe places in the regions, in the Ministry of Health’s (MOH) words: “Motels that Police have checked, in the four "
            "regions” (by 31 August 2010).",
        ),
        (
            "A shorter course by video",
            "For safe places in the regions, the Ministry of Health (MOH) plans a shorter course by video by 31 August 2010.",
        ),
        # Who acts, but not on what.
        (
            "publish the chapters that nobody objects to",
            "For safe places in the regions, by 31 August 2010, the Ministry of Health (MOH) will publish the "
            "chapters that nobody objects to.",
        ),
        # Who acts and a word of the item's do not say for what.
        (
            "open places in two regions",
            "For safe places in the regions, the Ministry of Health (MOH) will open places in two regions by 31 August "
            "2010.",
        ),
    ],
)
def test_an_action_is_read_with_what_it_is_for(typed, sentence):
    one = late("1.1", action(typed, HEALTH, SOON), as_told="safe places in the regions")
    assert section_texts(facts(one), "mitigation") == [sentence]


def test_what_is_planned_is_read_with_what_it_is_for():
    one = late("1.1", is_key=True)
    updates = [update_of(one, LABOUR, planned_next="train two more at each port.")]
    assert section_texts(facts(one, updates=updates), "mitigation")[0] == (
        "For “Train staff” (1.1), DoL will train two more at each port."
    )


def test_a_line_of_the_summary_names_its_item():
    waits = delay(effect="Victims wait longer.", settlement="needs_decision")
    one = item("1.1", step(PAST, waits, forecast_due=LATER), is_key=True, as_told="safe places")
    assert section_texts(facts(one, item("1.2")), "purpose")[1].splitlines()[2] == (
        "- The delay of safe places matters most: victims wait longer."
    )


def test_items_that_are_counted_are_called_items():
    many = [late(f"1.{n}") for n in range(1, 11)]
    assert section_texts(facts(*many), "delay")[-1].split(". ")[-1] == (
        "Seven more items are late because of a lack of funding (dates in Annex B)."
    )


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("trained 240 frontline staff.", "DoL trained 240 frontline staff."),
        ("Published the guide. It is in use.", "DoL published the guide. It is in use."),
        ("Detailed guidance was published.", "Detailed guidance was published."),
        ("Limited progress on the guide.", "Limited progress on the guide."),
    ],
)
def test_an_achievement_without_a_subject_gets_its_agency(typed, printed):
    one = item("1.1", title=typed)
    updates = [update_of(one, achieved=typed, key_achievement="yes")]
    assert section_texts(facts(one, updates=updates), "achievements") == [printed]
