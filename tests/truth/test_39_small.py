"""Test rule 39: small things that readers stumble over.

That no sentence begins with a digit, `test_random_papers` holds for every random plan.
"""

from datetime import date

import pytest

from reports import checks
from reports.compose.paper_cover import cover_of
from reports.document import Verb
from reports.document.wording import capitalised, count_in_words
from reports.drafting.paper import read_drafted
from reports.workshop.services import drafts
from tests.reports.drafted import drafted
from tests.reports.in_memory import facts, item, section_texts, step, update_of
from workitems.terms.stems import remarks

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)


@pytest.mark.parametrize(
    ("count", "start"),
    [(9, "Nine items"), (12, "Twelve items"), (27, "Twenty-seven items"), (80, "Eighty items")],
)
def test_a_number_at_the_start_of_a_sentence_is_in_words(count, start):
    assert capitalised(count_in_words(count, "item")) == start


def test_eighty_headlines_make_six_main_results():
    items = [item(f"1.{n}") for n in range(1, 81)]
    updates = [
        update_of(each, achieved=f"Port {n} has the card.", key_achievement="headline")
        for n, each in enumerate(items, start=1)
    ]
    lines = section_texts(facts(*items, updates=updates), "achievements")[0].splitlines()
    assert (lines[0], len(lines)) == ("The year’s main results:", 1 + 6)


def test_a_meeting_or_an_announcement_is_a_main_result_only_if_nothing_else_is():
    one = item("1.1")
    texts = ["Police met with the boards.", *(f"Port {n} has the card." for n in range(1, 7))]
    updates = [update_of(one, achieved=text, key_achievement="headline") for text in texts]
    assert "met with" not in section_texts(facts(one, updates=updates), "achievements")[0]


RELEASE = (
    "Customs is proud to play its part in keeping people safe. Signs of forced labour are built into the choice of "
    "vessels at every port. This is a credit to our people on the front line."
)


def test_of_a_press_release_only_what_was_done_is_printed():
    one = item("1.1", is_key=True, title="Look for signs of forced labour")
    updates = [update_of(one, achieved=RELEASE, key_achievement="headline")]
    assert section_texts(facts(one, updates=updates), "achievements") == [
        "The year’s main result:\n- Signs of forced labour are built into the choice of vessels at every port."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The Minister of Customs today announced a new course.",
        "The Ministry is pleased to report good progress on the course.",
        "Minister Smith welcomed the course.",
        "A media release on the course is out.",
    ],
)
def test_an_announcement_is_no_achievement_and_its_writer_reads_so(text):
    done = step(PAST, completed_on=PAST, as_told="the course")
    one = item("1.1", done, is_key=True)
    updates = [update_of(one, achieved=text, key_achievement="headline")]
    assert section_texts(facts(one, updates=updates), "achievements")[0] == (
        "The year’s main result:\n- DoL completed the course (1.1) on 30 June 2010."
    )
    assert remarks("achieved", text, "DoL")[0] == (
        "The paper leaves praise and announcements out. Write what was launched, when, and what it has done so far, "
        "with a number."
    )


def test_a_space_before_a_comma_is_left_out():
    one = item("1.1", title="Write a card and a guide")
    updates = [
        update_of(one, achieved="Police wrote a card , a map and a guide.", key_achievement="yes")
    ]
    assert section_texts(facts(one, updates=updates), "achievements") == [
        "Police wrote a card, a map and a guide."
    ]


@pytest.mark.parametrize(
    ("office", "printed"),
    [
        ("Secretary of Labour", "for Secretary of Labour"),
        ("Secretary for Justice", "for the Secretary for Justice"),
        ("", ""),
    ],
)
def test_a_paper_is_signed_for_an_office(office, printed):
    of = facts(item())
    of.briefing.on_behalf_of = office
    assert cover_of(of).on_behalf_of == printed


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
@pytest.mark.parametrize(
    ("sought", "verb", "found"),
    [
        ("For your information", "note", []),
        (
            "For your information",
            "direct",
            ["The cover says “For your information”, but the Minister is asked to direct."],
        ),
        ("To note", "agree", ["The cover says “To note”, but the Minister is asked to agree."]),
        ("Note and agree", "agree", []),
    ],
)
def test_a_cover_for_information_on_a_paper_that_asks_for_more_is_found(
    plan, item, by, sought, verb, found
):
    briefing = drafted(plan, item, by, action_sought=sought)
    drafts.save_ask(
        briefing=briefing,
        key="r-0123456789ab",
        verb=Verb(verb),
        text="agencies to report by the end of March",
        options="",
        version=0,
        by=by,
    )
    failed = checks.failed_checks(read_drafted(briefing))
    assert [check.words for check in failed if check.key == "asks"] == found
