"""Test rule 35: a paper points to nothing that its reader has not got."""

import re
from datetime import date

from hypothesis import settings

from reports.compose import UNDRAFTED, write
from tests.reports.in_memory import facts, item, risk, section_texts, text_of, update_of
from tests.reports.random_papers import random_facts

LONG = "Police " + "taught " * 130 + "them."
POINTS = re.compile(
    r"\bAnnex [A-Z]|agencies’ reports|not told here|\bin the (?:register|tracker)\b"
)


def test_a_paper_without_annexes_mentions_none_and_no_report():
    for seed in range(settings().max_examples):
        sections = write(random_facts(seed), UNDRAFTED, (), in_full=False).sections.values()
        text = "\n".join(text_of(each) for section in sections for each in section.paragraphs)
        assert POINTS.findall(text) == []


def test_key_achievements_without_room_are_named_or_left_out_or_in_an_annex_of_the_paper():
    def omitted(count, annexes):
        items = [item(f"1.{n}", title=f"Aim {n}") for n in range(count + 1)]
        updates = [update_of(each, achieved=LONG, key_achievement="yes") for each in items[1:]]
        updates.append(update_of(items[0], achieved="Police did it.", key_achievement="yes"))
        return section_texts(facts(*items, updates=updates), "achievements", annexes)

    assert omitted(2, ["items"])[1:] == ["Other key achievements: “Aim 1” (1.1) and “Aim 2” (1.2)."]
    assert omitted(9, ["items"])[1:] == []
    assert omitted(9, ["items", "items_texts"])[1:] == [
        "Nine further key achievements are in Annex B."
    ]


def test_risks_that_are_not_listed_are_only_counted_unless_an_annex_has_them():
    risks = tuple(risk(n, "Word " * 90 if n == 1 else f"Course {n} ends.") for n in range(1, 4))
    of = facts(item(), all_risks=risks, on=date(2010, 7, 30))
    for annexes, end in (([], ", two of them listed here:"), (["risks"], " (R1 is in Annex A):")):
        assert section_texts(of, "next_steps", annexes)[0].splitlines()[0] == (
            f"Three risks raised with you remain open{end}"
        )
