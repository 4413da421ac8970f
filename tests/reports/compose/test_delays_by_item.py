"""Test the section Delay of a paper without a section Mitigation, and which delay of an item is reported."""

from datetime import date

import pytest

from reports.compose import UNDRAFTED
from reports.compose.paper_parts import write
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    action,
    delay,
    facts,
    item,
    section_texts,
    step,
    text_of,
)

pytestmark = pytest.mark.one_database(reason="reads no database")

AGREED, EXPECTED = date(2010, 5, 31), date(2011, 5, 31)
BY = date(2010, 12, 31)
BY_ITEM = tuple(content for content in UNDRAFTED if content != "mitigation")


def by_item(*items, **given):
    """Return the paragraphs of the section Delay of a paper without a section Mitigation."""
    section = write(facts(*items, **given), BY_ITEM, in_full=False).sections["delay"]
    return [text_of(paragraph) for paragraph in section.paragraphs]


def late_step(*delays, agreed=AGREED, **given):
    return step(agreed, *delays, forecast_due=EXPECTED, **given)


def late(number, *delays, **given):
    return item(number, late_step(*delays), **{"is_key": True} | given)


def test_what_is_late_of_an_item_and_what_is_done_are_one_paragraph():
    held_up = delay(
        explanation="the trainers left",
        meanwhile="volunteers teach at two airports",
        actions=[action("hire two trainers", HEALTH, BY)],
    )
    assert by_item(late("1.1", held_up, as_told="the training")) == [
        "“Brochure printed” (1.1, the training) will be a year late, in May 2011, because the trainers left. "
        "In the meantime, volunteers teach at two airports. The Ministry of Health (MOH) will hire two trainers, "
        "by December 2010."
    ]


def test_items_with_one_cause_have_a_paragraph_each():
    items = [late("1.1", delay()), late("1.2", delay(), title="Print cards")]
    assert [text.partition(" will")[0] for text in by_item(*items)[:2]] == [
        "“Brochure printed” (1.1)",
        "“Print cards” (1.2)",
    ]


def test_every_second_paragraph_begins_with_its_item_unless_several_milestones_are_late():
    items = [late(f"1.{n}", delay(), title=f"Print {n} cards") for n in (1, 2, 3)]
    assert by_item(*items)[1].startswith(
        "“Print 2 cards” (1.2) will be a year late: “Brochure printed” is now expected in May 2011"
    )
    several = item("1.4", late_step(), late_step(description="Cards"), is_key=True, title="Print 4")
    assert by_item(items[0], several)[1].startswith("“Brochure printed” (1.4")


def test_what_an_item_needs_does_not_name_it_twice():
    held_up = delay(settlement="needs_decision", needs="to run a second tender", settling_by=BY)
    text = by_item(late("1.1", held_up, as_told="the training"))[0]
    assert text.endswith("DoL must run a second tender by December 2010.")


def test_further_items_of_a_tight_paper_are_listed_with_what_is_done():
    items = [
        late(f"1.{n}", delay(actions=[action(f"print card {n}", LABOUR, BY)]), title=f"Print {n}")
        for n in range(1, 7)
    ]
    lines = by_item(*items, most_words=60)[-1].splitlines()
    assert lines[0] == "Three more key items are late:"
    assert [line.partition(". ")[2] for line in lines[1:]] == [
        f"DoL will print card {n}, by December 2010." for n in range(4, 7)
    ]


def test_the_delay_of_the_first_of_two_late_milestones_is_told():
    first = late_step(delay(explanation="the price rose"), description="Service opens")
    second = late_step(
        delay(explanation="the service has to open first"),
        agreed=date(2010, 6, 30),
        description="Old service ends",
    )._replace(forecast_due=date(2012, 6, 30))
    text = by_item(item("1.1", first, second, is_key=True))[0]
    assert "the price rose" in text.casefold()
    assert "has to open first" not in text


def test_the_action_against_the_delay_that_is_told_comes_first_then_the_earliest():
    told = delay(
        explanation="the price rose",
        actions=[
            action("Print maps.", LABOUR, date(2011, 4, 30)),
            action("Print cards.", LABOUR, BY),
        ],
    )
    other = delay(actions=[action("Print leaflets.", LABOUR, date(2010, 9, 30))])
    steps = [
        late_step(told, description="Service opens"),
        late_step(other, agreed=date(2010, 6, 30), description="Old service ends"),
    ]
    (text,) = section_texts(facts(item("1.1", *steps, is_key=True)), "mitigation")
    assert text.index("print cards") < text.index("print maps")
    assert "leaflets" not in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"confidence": "off_track"}, " Among them, the cards (1.2) is off track."),
        ({"confidence": "at_risk"}, ""),
    ],
)
def test_a_late_item_that_is_off_track_is_named_where_others_are_counted(given, told):
    cards = late("1.2", delay(), is_key=False, as_told="the cards", **given)
    others = [late(f"1.{n}", delay(), is_key=False, title=f"Item {n}") for n in range(3, 9)]
    texts = section_texts(facts(cards, *others, most_words=60), "delay")
    assert texts == [f"Seven items are late because of a lack of funding (dates in Annex B).{told}"]
