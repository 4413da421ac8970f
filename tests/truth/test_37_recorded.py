"""Test rule 37: what an agency plans for a late key item is told, and what the paper leaves out is listed."""

from datetime import date

import pytest

from agencies.records import history
from reports import checks
from reports.drafting.paper import read_drafted
from tests.factories import DelayFactory, MilestoneFactory, MitigationFactory, UpdateFactory
from tests.reports.drafted import BEFORE, drafted
from tests.reports.in_memory import action, delay, facts, item, section_texts, step, update_of

PAST, LATER = date(2010, 6, 30), date(2011, 6, 30)
PLAN = "Training begins as soon as the Immigration Act training is complete."


def late(*actions, **more):
    return item("1.1", step(PAST, delay(actions=actions), forecast_due=LATER), is_key=True, **more)


def mitigations(one, plan=PLAN):
    return section_texts(facts(one, updates=[update_of(one, planned_next=plan)]), "mitigation")[0]


def test_what_is_planned_for_a_late_key_item_stands_with_what_is_done_about_it():
    assert mitigations(late(), "train staff once the Act is in force.") == (
        "For “Train staff” (1.1), DoL will train staff once the Act is in force."
    )
    assert mitigations(late(action("Police print it."))) == (
        "For “Train staff” (1.1), the New Zealand Police will print it; no date is set. Next, DoL plans: "
        f"“{PLAN[:-1]}”."
    )


@pytest.fixture
def listed(plan, item, by, accepted):
    """Return what the check lists of a paper with these annexes."""

    def read(annexes, settlement="needs_decision"):
        UpdateFactory(
            of_return=accepted,
            item=item,
            achieved="Police printed the brochure in ten languages.",
            key_achievement="yes",
            planned_next="Police will hand it out at the airports.",
            challenges="n/a",
        )
        step = MilestoneFactory(item=item, original_due=PAST, agreed_due=PAST, forecast_due=LATER)
        held_up = DelayFactory(
            milestone=step,
            found_on=PAST,
            explanation="The printer is late.",
            effect="Boards wait.",
            settlement=settlement,
        )
        acts = [
            MitigationFactory(delay=held_up, number=number, description=words, done_on=PAST)
            for number, words in enumerate(("Print it in another town.", "Monitor."), start=1)
        ]
        for row in (step, held_up, *acts):
            history.save(row, by=None, at=BEFORE)
        briefing = drafted(plan, item, by)
        briefing.annexes = annexes
        found = checks.failed_checks(read_drafted(briefing))
        return [(check.words, *check.lines) for check in found if check.key == "unprinted"]

    return read


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
@pytest.mark.parametrize(
    ("annexes", "left_out"),
    [
        (["items"], "planned next, effect, mitigation"),
        (["items", "delays"], "planned next"),
        (["items", "items_texts"], "effect, mitigation"),
        (["items_texts", "delays"], ""),
    ],
)
def test_a_check_lists_what_is_neither_in_the_text_nor_in_an_annex(listed, annexes, left_out):
    sentence = "What agencies wrote is neither in the text nor in an annex, on one late item."
    line = f"1.2, Print a brochure: {left_out}"
    assert listed(annexes) == ([(sentence, line)] if left_out else [])


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_what_is_left_out_of_an_item_that_is_not_key_and_needs_no_decision_is_only_counted(listed):
    assert listed(["items"], settlement="") == [
        ("What agencies wrote is neither in the text nor in an annex, on one item.",)
    ]
