"""Test the sections Talking points and Questions and answers."""

from datetime import date

import pytest

from reports.compose import CONTENTS, write
from reports.document import words
from reports.document.markup import Block, parse, to_source
from reports.drafting.concerns import OWNER_LOOKUPS
from reports.models import Content
from tests.reports.compose.test_random_papers import BAD_GRAMMAR, DATE, SIZE
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    POLICE,
    action,
    delay,
    facts,
    item,
    step,
    update_of,
    withdrawn,
)
from tests.reports.random_papers import dates_of, random_facts

PAST, NEXT, SOON = date(2010, 5, 31), date(2011, 3, 31), date(2010, 8, 31)
SECTIONS = ("talking_points", "questions")


def paragraphs(of, content):
    return write(of, SECTIONS, (), in_full=False).sections[content].paragraphs


def point_texts(*items, content="talking_points", **given):
    return [words(paragraph.text) for paragraph in paragraphs(facts(*items, **given), content)]


def late(*delays, number="1.1", **given):
    """An item with a milestone that was due and is expected in March 2011."""
    return item(number, step(PAST, *delays, forecast_due=NEXT), **given)


# --- talking points -------------------------------------------------------------------------------


def test_a_plan_without_items_has_one_point():
    assert point_texts(title="Plan of Action") == ["The Plan of Action has no work items."]


def test_an_item_on_time_makes_three_points():
    assert point_texts(item("1.1", step(NEXT)), title="Plan of Action") == [
        "The Plan of Action has one work item, which is under way.",
        "No work item is late.",
        "Next: “Brochure printed” (1.1) by March 2011.",
    ]


def test_two_items_of_which_both_are_late():
    row = delay(actions=[action("Hire trainers. They begin soon.", LABOUR, due_on=SOON)])
    assert point_texts(
        late(row, is_key=True), item("1.2", step(PAST), title="Print brochures"), title="Plan"
    ) == [
        "The Plan has two work items; both are under way.",
        "Two work items are late. The latest key item is “Train staff” (1.1): the new date for "
        "“Brochure printed” is March 2011.",
        "For “Train staff” (1.1), the Department of Labour will hire trainers, by 31 August 2010.",
        "Next: “Brochure printed” (1.1) by March 2011.",
    ]


def test_one_late_item_without_a_new_date():
    assert point_texts(item("1.1", step(PAST)))[1:] == [
        "One work item is late, “Train staff” (1.1): for “Brochure printed”, no new date is set.",
        "No further milestone has a date.",
    ]


def test_headlines_come_first_and_their_agencies_say_them():
    items = [item(f"1.{n}", step(NEXT)) for n in range(1, 10)]
    agencies = (LABOUR, POLICE, HEALTH)
    updates = [
        update_of(
            each,
            agencies[n % 3],
            achieved=f"first words of {each.number}. More words.",
            key_achievement="headline" if n == 8 else "yes",
        )
        for n, each in enumerate(items)
    ]
    points = point_texts(*items, updates=updates)
    assert points[1:3] == [
        "The Ministry of Health (MOH): first words of 1.9.",
        "The Department of Labour (DoL): first words of 1.1.",
    ]
    assert len(points) == 5


def test_what_is_too_long_to_be_said_is_left_out():
    made = item("1.1", step(NEXT))
    update = update_of(made, achieved="word " * 100, key_achievement="headline")
    assert len(point_texts(made, updates=[update])) == 3


def test_what_was_completed_stands_in_for_achievements():
    done = {"stage": "complete", "completed_on": date(2010, 3, 1)}
    items = [item(f"1.{n}", title=f"Aim {n}", **done) for n in (1, 2, 3)]
    assert point_texts(*items, title="Plan") == [
        "The Plan has three work items; all are complete.",
        "Completed in the period: “Aim 1” (1.1), “Aim 2” (1.2) and one other.",
        "No work item is late.",
        "No further milestone has a date.",
    ]


def test_what_was_due_or_done_before_the_papers_date_is_not_said_to_come():
    row = delay(actions=[action("Too late.", due_on=PAST), action("Done.", done_on=PAST)])
    assert point_texts(late(row))[2:] == ["Next: “Brochure printed” (1.1) by March 2011."]


# --- questions and answers ------------------------------------------------------------------------


def test_nothing_is_late():
    assert point_texts(item("1.1", step(NEXT)), content="questions") == [
        "Is anything late? No work item is late.",
        "What is not late yet but at risk? No agency and no reviewer has said that an item on time "
        "is at risk.",
    ]


@pytest.mark.parametrize(
    ("settlement", "answer"),
    [
        ({"settlement": "settled"}, "Yes. The funding for it has since been found."),
        ({"settlement": "needs_decision"}, "Not yet. A decision on the funding is needed."),
        (
            {"settlement": "being_settled", "settling_agency": 2, "settling_by": SOON},
            "Not yet. Police must still find the funding by 31 August 2010.",
        ),
        (
            {"settlement": "being_settled", "settling_agency": 2, "settling_by": PAST},
            "Not yet. It was for Police to find the funding by 31 May 2010, and this is not recorded as "
            "done.",
        ),
        (
            {"settlement": "being_settled", "settling_agency": 2},
            "Not yet. Police must still find the funding.",
        ),
        ({}, "The records do not say."),
    ],
)
def test_a_late_key_item_has_three_questions(settlement, answer):
    row = delay(
        "funding",
        "No money was set aside. It is asked for.",
        actions=[action("DoL asks for money by 31 August 2010.", LABOUR, due_on=SOON)],
        times_moved=3,
        **settlement,
    )
    assert point_texts(late(row, is_key=True), content="questions")[:4] == [
        "Why is “Train staff” (1.1) late? Because no money was set aside. It is asked for.",
        f"Is there money now for “Train staff” (1.1)? {answer}",
        "What happens next with “Train staff” (1.1)? DoL asks for money by 31 August 2010. The new "
        "date for “Brochure printed” is March 2011. The date has moved three times.",
        "What else is late? Nothing else.",
    ]


def test_what_the_records_lack_is_said():
    assert point_texts(item("1.1", step(PAST), is_key=True), content="questions")[:2] == [
        "Why is “Train staff” (1.1) late? No cause is recorded.",
        "What happens next with “Train staff” (1.1)? No step against the delay is recorded as still "
        "to be done. For “Brochure printed”, no new date is set.",
    ]


def test_a_cause_in_one_very_long_sentence_is_not_cut():
    row = delay("other", "word " * 200)
    assert point_texts(late(row, is_key=True), content="questions")[0] == (
        "Why is “Train staff” (1.1) late? The record of this is longer than an answer."
    )


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "61 submissions, twice as many as expected",
            "Because of 61 submissions, twice as many as expected.",
        ),
        ("We went back to market.", "Because the Department of Labour (DoL) went back to market."),
        (
            "It was ours to print.",
            "In the Department of Labour’s (DoL) words: “It was ours to print.”",
        ),
        ("Banks have asked for more time.", "Because banks have asked for more time."),
    ],
)
def test_a_cause_is_an_answer_or_quoted(typed, answer):
    assert point_texts(late(delay("other", typed), is_key=True), content="questions")[0] == (
        f"Why is “Train staff” (1.1) late? {answer}"
    )


def test_what_hurts_people_is_asked_about_before_key_items():
    hurts = late(delay(effect="Victims wait."), number="1.2", title="Find homes")
    texts = point_texts(late(delay(), is_key=True), hurts, content="questions")
    assert [text.partition("?")[0] for text in texts if text.startswith("Why is")] == [
        "Why is finding homes late",
        "Why is training staff late",
    ]


def test_other_late_items_and_those_at_risk_are_named():
    items = [
        late(title="Aim 1"),
        late(number="1.2", title="Aim 2"),
        item("1.3", step(NEXT), title="Aim 3", confidence="at_risk"),
    ]
    assert point_texts(*items, content="questions") == [
        "Is anything late? Two items: “Aim 1” (1.1) and “Aim 2” (1.2). None of them is a key item.",
        "What is not late yet but at risk? “Aim 3” (1.3).",
    ]


def test_a_withdrawn_item_has_its_reason():
    line = item("1.1", title="A telephone line", stage="withdrawn")
    asked = "Why was a telephone line (1.1) withdrawn?"
    assert point_texts(line, content="questions")[-1] == (
        f"{asked} This was not decided in the period of this paper, or no reason is recorded."
    )
    of = facts(line, withdrawals={line.pk: withdrawn("Two lines do the same")})
    *_, answer = paragraphs(of, "questions")
    assert words(answer.text) == f"{asked} Two lines do the same."
    assert [source.model for source in answer.sources] == [
        "workitems.workitem",
        "workitems.variation",
    ]


# --- both -----------------------------------------------------------------------------------------


def test_each_content_of_a_kind_is_composed():
    assert set(CONTENTS) == {*Content.values} - {"", "recommendation"}


@pytest.mark.parametrize("seed", range(SIZE))
def test_any_plan_has_whole_points_and_answers_with_sources(seed):
    """Three to six points; editable; sources of the plan; no date that is not in the records."""
    of = random_facts(seed)
    keys = set()
    for content in SECTIONS:
        found = paragraphs(of, content)
        for paragraph in found:
            text = words(paragraph.text)
            assert BAD_GRAMMAR.findall(text) == []
            assert set(DATE.findall(text)) <= dates_of(of)
            assert text[-1] in ".!?”)"
            assert {source.model for source in paragraph.sources} <= {
                *OWNER_LOOKUPS,
                "workitems.plan",
                "workitems.variation",
            }
            assert paragraph.sources
            assert parse(to_source(paragraph.text)) == (Block(paragraph.text, ()),)
            assert paragraph.key not in keys
            keys.add(paragraph.key)
        if content == "talking_points" and of.items:
            assert 3 <= len(found) <= 6
