"""Test rule 28: a sentence that divides a whole counts each member once. `test_random_papers` holds it for every
random plan."""

import re
from datetime import date

import pytest

from tests.reports.in_memory import delay, facts, item, risk, section_texts, step

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)


def late(number, cause="funding", **more):
    return item(number, step(PAST, *([delay(cause)] if cause else []), forecast_due=LATER), **more)


def summary(*items):
    return section_texts(facts(*items), "purpose")[1].splitlines()


def test_late_key_items_are_named_or_counted():
    def line(count):
        cards = [late(f"1.{n}", is_key=True, as_told=f"card {n}") for n in range(1, count + 1)]
        return summary(*cards)[1]

    assert line(5) == (
        "- All of the Plan is late or at risk, and five items are late: card 1, card 2, card 3, card 4 and card 5, "
        "all five key items."
    )
    assert line(7) == (
        "- All of the Plan is late or at risk, and seven items are late, all seven of them key items, among them "
        "card 1, card 2 and card 3."
    )


def test_other_key_items_are_those_that_are_not_late():
    keys = [late("1.1", is_key=True), late("1.2", is_key=True)]
    rest = [item(f"2.{n}", is_key=True, confidence="on_track") for n in range(1, 8)]
    assert summary(*keys, *rest)[1].endswith("The seven other key items are on track.")


def late_for(*causes):
    named = enumerate(causes, start=1)
    return [late(f"1.{n}", cause, as_told=f"card {n}") for n, cause in named]


@pytest.mark.parametrize(
    ("causes", "sentence"),
    [
        # Few are named, with the cause of each.
        (
            ["funding", "funding", "other", ""],
            "Four items are late: card 1 and card 2 because of a lack of funding and card 3 (1.3) and card 4 (1.4).",
        ),
        (
            ["funding"] * 3,
            "Three items are late because of a lack of funding: card 1, card 2 and card 3.",
        ),
        # Of many, the first ones are named if no annex has them.
        (
            ["funding"] * 4 + ["other", ""],
            "Six items are late, four because of a lack of funding, one without a recorded cause and one for another "
            "reason: card 1, card 2, card 3, card 4 and two others.",
        ),
    ],
)
def test_late_items_without_room_are_named_by_cause(causes, sentence):
    texts = section_texts(facts(*late_for(*causes), most_words=60), "delay", ())
    assert re.sub(r"(card \d) \(1\.\d\)", r"\1", texts[0]) == re.sub(
        r"(card \d) \(1\.\d\)", r"\1", sentence
    )


def test_many_late_items_without_room_are_counted_and_the_annex_has_them():
    few, many = (
        late_for("funding", "staffing", "legislation"),
        late_for(*["funding"] * 5, "staffing", "legislation"),
    )
    assert section_texts(facts(*few, most_words=60), "delay")[0] == (
        "Three items are late (dates in Annex B): card 1 (1.1), card 2 (1.2) and card 3 (1.3)."
    )
    assert section_texts(facts(*many, most_words=60), "delay")[0] == (
        "Seven items are late, five because of a lack of funding and one each because of a shortage of staff and "
        "legislation that has to come first (dates in Annex B)."
    )


@pytest.mark.parametrize(
    ("annexes", "introduction"),
    [
        ([], "Seven risks raised with you remain open, five of them listed here:"),
        (
            ["risks"],
            "Seven risks raised with you remain open (R6 and R7 are in Annex A):",
        ),
    ],
)
def test_risks_are_listed_or_counted(annexes, introduction):
    risks = tuple(risk(n, f"Course {n} ends.", "") for n in range(1, 8))
    lines = section_texts(facts(all_risks=risks), "next_steps", annexes)[0].splitlines()
    assert (lines[0], len(lines)) == (introduction, 1 + 5)
