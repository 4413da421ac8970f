"""Noun phrases within sentences: what is refused, and the sentence that a phrase makes."""

import tomllib
from datetime import date

import pytest

from workitems.demo.demo_plans import CURRENT_TEXT, TEXT_OF_2009
from workitems.models.item import Stage
from workitems.terms.as_told import (
    STAGES,
    at_start,
    fault_of_phrase,
    is_plural,
    of_item,
    of_milestone,
)
from workitems.terms.known_dates import KnownDate

JUNE = KnownDate(date(2011, 6, 30), "month")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ""),
        ("formal training for frontline staff", ""),
        ("a guide called “What to look for”, for staff", ""),
        (
            "formal training.",
            "Leave out the punctuation at the end: the phrase is used within a sentence.",
        ),
        ("“formal training”", "Leave out the quotation marks around the phrase."),
        ("formal training\nfor staff", "Write the phrase on one line."),
    ],
)
def test_a_phrase_stands_within_a_sentence(text, fault):
    assert fault_of_phrase(text) == fault


def test_a_phrase_begins_a_sentence_with_a_capital_letter():
    assert at_start("ōritetanga for staff of MBIE") == "Ōritetanga for staff of MBIE"


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [
        ("formal training for frontline staff", False),
        ("guidance for district health boards", False),
        ("advice to Ministers on options for offences and penalties", False),
        ("a list of people to ring in other countries", False),
        ("the analysis", False),
        ("brochures, a web page and newspaper notices for the public", True),
        ("agreed steps for referrals at the border", True),
        ("Police policy and training", True),
        ("the first leads from tax records", True),
        ("", False),
    ],
)
def test_plural_phrases_are_told_from_singular_ones(phrase, plural):
    assert is_plural(phrase) == plural


@pytest.mark.parametrize(
    ("phrase", "expected", "done_on", "sentences"),
    [
        (
            "formal training",
            JUNE,
            None,
            (
                "Formal training is expected by June 2011.",
                "DoL expects formal training by June 2011.",
            ),
        ),
        (
            "brochures",
            KnownDate(date(2011, 6, 30), "quarter"),
            None,
            (
                "Brochures are expected between April and June 2011.",
                "DoL expects brochures between April and June 2011.",
            ),
        ),
        (
            "the first forum",
            JUNE,
            date(2011, 6, 25),
            (
                "The first forum was finished on 25 June 2011.",
                "DoL finished the first forum on 25 June 2011.",
            ),
        ),
    ],
)
def test_the_sentences_about_a_milestone(phrase, expected, done_on, sentences):
    said = of_milestone(phrase, agency="DoL", expected=expected, done_on=done_on)
    assert said == sentences


def test_the_sentences_about_an_item():
    assert of_item("public awareness", agency="DoL", stage="under_way") == (
        "Public awareness is under way.",
        "DoL reports on public awareness.",
    )
    assert of_item("checks of vessels", agency="Customs", stage="ongoing") == (
        "Checks of vessels continue.",
        "Customs reports on checks of vessels.",
    )


def test_a_sentence_says_every_stage():
    assert set(STAGES) == set(Stage.values)


@pytest.mark.parametrize("path", [TEXT_OF_2009, CURRENT_TEXT], ids=lambda path: path.stem)
def test_every_item_and_milestone_of_the_demo_has_a_phrase(path):
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [*plan["Work items"], *plan["Milestones"]]
    assert [row for row in rows if not row.get("As told")] == []
    assert len({row["As told"] for row in plan["Milestones"]}) == len(plan["Milestones"])
