"""Noun phrases within sentences: what is refused, and the sentence that a phrase makes."""

import tomllib
from datetime import date

import pytest

from workitems.as_told import at_start, fault_of_phrase, is_plural, sentence_of
from workitems.demo.demo_plans import CURRENT_TEXT, TEXT_OF_2009
from workitems.known_dates import KnownDate

JUNE = KnownDate(date(2011, 6, 30), "month")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ""),
        ("formal training for frontline staff", ""),
        ("a guide called “What to look for”, for staff", ""),
        (
            "formal training.",
            "Leave out the punctuation at the end: the phrase stands within a sentence.",
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


def test_the_sentence_of_a_phrase():
    assert sentence_of("formal training", JUNE) == "Formal training is expected by June 2011."
    assert sentence_of("brochures", JUNE) == "Brochures are expected by June 2011."
    assert sentence_of("public awareness", None) == "Public awareness is under way."


@pytest.mark.parametrize("path", [TEXT_OF_2009, CURRENT_TEXT], ids=lambda path: path.stem)
def test_every_item_and_milestone_of_the_demo_has_a_phrase(path):
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [*plan["Work items"], *plan["Milestones"]]
    assert [row for row in rows if not row.get("As told")] == []
    assert len({row["As told"] for row in plan["Milestones"]}) == len(plan["Milestones"])
