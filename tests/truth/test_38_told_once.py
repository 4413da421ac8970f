"""Test rule 38: each fact stands under one heading. `test_random_papers` holds it for every random plan."""

import re
from datetime import date

from tests.reports.compose.test_random_papers import Paper, no_text_comes_under_two_headings
from tests.reports.in_memory import HEALTH, LABOUR, action, delay, facts, item, step, update_of

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)


def test_the_story_of_a_late_key_item_is_told_once():
    held_up = delay(
        explanation="qcausez qmoneyz qnonez.", effect="qeffectz qvictimsz qwaitz.",
        actions=[action("qactz qprintz qcardz.", HEALTH, date(2010, 9, 30))],
        settlement="being_settled", settling_agency=LABOUR.pk, settling_by=date(2010, 10, 29),
    )  # fmt: skip
    late = item("1.1", step(PAST, held_up, forecast_due=LATER), is_key=True, as_told="the card")
    doubtful = item("1.2", is_key=True, confidence="at_risk", as_told="the map")
    updates = [
        update_of(late, planned_next="qplanz qtrainz qstaffz."),
        update_of(
            doubtful, challenges="qwhyz qtrainersz qleavez.", planned_next="qhirez qtwoz qmorez."
        ),
    ]
    paper = Paper(facts(late, doubtful, updates=updates))
    no_text_comes_under_two_headings(paper)
    texts = list(paper.sections.values())
    found = [
        [
            word
            for word in ("qcausez", "qeffectz", "qactz", "qplanz", "qwhyz", "qhirez")
            if word in text
        ]
        for text in ("\n".join(each).casefold() for each in texts)
    ]
    assert found == [["qeffectz"], [], [], ["qcausez"], ["qactz", "qplanz"], ["qhirez"]]
    # Until when the money is to be found stands in the summary, and nowhere else.
    assert [i for i, each in enumerate(texts) if "can find the funding by" in "\n".join(each)] == [
        0
    ]
    assert "funding to be found" not in paper.text


def test_a_number_in_brackets_has_its_name_beside_it_in_sentences_about_few_items():
    items = [item(f"1.{n}", is_key=True, confidence="at_risk", as_told=f"aim {n}") for n in (1, 2)]
    brief = "\n".join(Paper(facts(*items)).sections["purpose"])
    assert re.findall(r"(\w+ \d) \((1\.\d)\)", brief) == [("Aim 1", "1.1"), ("Aim 2", "1.2")]
