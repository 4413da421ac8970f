"""Test rule 36: the paper speaks with one voice, and what says nothing is never printed."""

from datetime import date

import pytest

from reports import checks
from reports.drafting.paper import read_drafted
from reports.workshop.services import drafts
from tests.factories import UpdateFactory
from tests.reports.drafted import drafted
from tests.reports.in_memory import (
    POLICE,
    action,
    delay,
    facts,
    item,
    risk,
    section_texts,
    step,
    update_of,
)

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)
EMPTY = [
    "As above.",
    "n/a",
    "Nothing this period.",
    "This milestone has been COMPLETED.",
    "Ongoing",
]


def achieved(text, *steps, key="yes"):
    one = item("1.1", *steps)
    return section_texts(
        facts(one, updates=[update_of(one, POLICE, achieved=text, key_achievement=key)]),
        "achievements",
    )


@pytest.mark.parametrize("text", [*EMPTY, ""])
@pytest.mark.parametrize("key", ["yes", "headline"])
def test_instead_of_an_achievement_without_content_the_milestone_is_named_with_its_date(text, key):
    done = [
        step(PAST, completed_on=date(2010, 7, 9), as_told="the brochure", responsible=POLICE.pk),
        step(PAST, completed_on=date(2009, 7, 9)),
        step(LATER),
    ]
    sentence = "Police completed the brochure (1.1) on 9 July 2010."
    assert achieved(text, *done, key=key)[0].splitlines()[-1].removeprefix("- ") == sentence


@pytest.mark.parametrize("text", EMPTY)
def test_without_such_a_milestone_nothing_is_printed(text):
    assert achieved(text, step(LATER)) == [
        "Agencies reported on one work item in the 12 months to 30 July 2010. None of the accepted reports names "
        "a key achievement."
    ]


def test_an_empty_sentence_is_left_out_of_a_text():
    assert achieved("Ongoing. All ports have the card. As above.") == [
        "On “Train staff” (1.1), all ports have the card."
    ]


@pytest.mark.parametrize("key", ["yes", "headline"])
def test_the_same_achievement_of_two_items_is_printed_once(key):
    items = [item(f"1.{n}", title=f"Aim {n}") for n in (1, 2)]
    updates = [
        update_of(each, achieved="All ports have it.", key_achievement=key) for each in items
    ]
    text = "\n".join(section_texts(facts(*items, updates=updates), "achievements"))
    assert text.count("On “Aim 1” (1.1), all ports have it.") == text.count("have it") == 1
    assert text.splitlines()[-1] == "Another key achievement: “Aim 2” (1.2)."


@pytest.mark.parametrize("text", EMPTY)
def test_an_empty_cause_effect_action_plan_or_challenge_is_not_printed(text):
    held_up = delay(explanation=text, effect=text, actions=[action(text)])
    late = item("1.1", step(PAST, held_up, forecast_due=LATER), is_key=True)
    doubtful = item("1.2", is_key=True, confidence="at_risk")
    updates = [
        update_of(late, planned_next=text),
        update_of(doubtful, challenges="trainers leave for better pay."),
        update_of(doubtful, planned_next=text, challenges=text),
    ]
    of = facts(late, doubtful, updates=updates, all_risks=[risk(response=text)])
    assert section_texts(of, "delay") == [
        "“Brochure printed” (1.1) will be a year late, in June 2011. No reason is given beyond a lack of funding."
    ]
    assert section_texts(of, "mitigation") == ["No action is recorded yet for “Train staff” (1.1)."]
    assert section_texts(of, "next_steps")[0].endswith("Trained staff leave (owner: DoL).")
    assert section_texts(of, "purpose")[1].splitlines()[2] == (
        "- “Train staff” (1.2), a key item, may become late, because trainers leave for better pay."
    )


# --- the check ----------------------------------------------------------------------------------


@pytest.fixture
def warned(plan, item, by, accepted):
    """Return the warnings of a paper on an achievement, once a paragraph is added."""

    def warn(achieved, added=""):
        UpdateFactory(of_return=accepted, item=item, achieved=achieved, key_achievement="yes")
        briefing = drafted(plan, item, by)
        if added:
            drafts.add(briefing=briefing, section="delay", text=added, by=by)
        return [check.words for check in checks.failed_checks(read_drafted(briefing))]

    return warn


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
@pytest.mark.parametrize(
    ("achieved", "added", "words"),
    [
        ("Police trained all staff.", "", []),
        (
            "This year, staff of ours were trained.",
            "",
            ["Paragraph 4 says “we” of an agency. Write its name."],
        ),
        (
            "Police trained staff in spite of competing Ministerial priorities.",
            "",
            [
                "Paragraph 4 tells the Minister of Ministers’ or Cabinet’s priorities in an agency’s words. Ask for "
                "another reason."
            ],
        ),
        ("Police trained staff on the Minister who sets priorities.", "", []),
        # The paper's own "we" is no agency's.
        ("Police trained all staff.", "We shall see.", []),
        (
            "Police trained all staff.",
            "All is well in the ports. As above.",
            ["Paragraph 5 has a sentence that says nothing: “As above.”"],
        ),
        (
            "Police printed all brochures.",
            "Police printed all brochures.",
            ["Paragraph 5 repeats a sentence of paragraph 4: “Police printed all brochures.”"],
        ),
    ],
)
def test_a_check_finds_an_agencys_we_an_empty_sentence_and_a_repeated_one(
    warned, achieved, added, words
):
    assert warned(achieved, added) == words
