"""Test what an open return asks about answers that can be saved as they are."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import DelayFactory, MilestoneFactory, MitigationFactory
from tests.workitems.record import TODAY, TOMORROW, YESTERDAY
from tests.workitems.returns.test_return_saves import LATE, asked, typed
from workitems.models import Delay, Mitigation, Update, WorkItem
from workitems.returns.answer_questions import (
    asks_about_actions,
    asks_about_answer,
    asks_about_plan,
)
from workitems.terms.date_order import Expected
from workitems.terms.known_dates import KnownDate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

EXPECTED = "“On track” is chosen, but milestone 2, due {}, is expected by {}. Is the item at risk?"
NOT_DONE = (
    "“On track” is chosen, but milestone 2, due 31 May 2010, is not done. Is the item at risk?"
)
KEY = "This is a key item, and nothing is said to be achieved: what can the Minister be told of it?"
STARTED = "The stage is “Not started”, but something is said to be achieved. Has it started?"
NEXT_YEAR = date(2011, 3, 31)


@pytest.mark.parametrize(
    ("due", "expected", "confidence", "asks"),
    [
        (YESTERDAY, YESTERDAY, "on_track", [NOT_DONE]),
        (YESTERDAY, NEXT_YEAR, "on_track", [EXPECTED.format("31 May 2010", "31 March 2011")]),
        (TOMORROW, NEXT_YEAR, "on_track", [EXPECTED.format("2 June 2010", "31 March 2011")]),
        (YESTERDAY, NEXT_YEAR, "at_risk", []),
        (TOMORROW, date(2010, 7, 1), "on_track", []),
    ],
)
def test_on_track_is_asked_about_against_the_dates(due, expected, confidence, asks):
    step = Expected(2, KnownDate(due), KnownDate(expected))
    item = WorkItem(stage="under_way")
    update = Update(confidence=confidence, achieved="Printed.")
    assert asks_about_answer(item, update, [step], TODAY) == asks
    assert asks_about_answer(item, None, [step], TODAY) == []


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ({"achieved": "n/a"}, [KEY]),
        ({"no_change_on": TODAY}, [KEY]),
        ({"achieved": "Ten were printed."}, []),
    ],
)
def test_a_key_item_of_which_nothing_is_told_is_asked_about(said, asks):
    for is_key, found in ((True, asks), (False, [])):
        item = WorkItem(stage="under_way", is_key=is_key)
        assert asks_about_answer(item, Update(**said), [], TODAY) == found


@pytest.mark.parametrize(
    ("actions", "asks"),
    [
        ([], []),
        ([("Monitor the market.", TOMORROW)], ["The action “Monitor the market” only watches: what will be done, and by when?"]),
        ([("Hire one", None)], ["The action “Hire one” has no day: by when will it be done?"]),
        ([("Hire one", None), ("Print it", TOMORROW)], []),
    ],
)  # fmt: skip
def test_an_action_that_only_watches_or_has_no_day_is_asked_about_once(actions, asks):
    rows = [Mitigation(description=text, due_on=day) for text, day in actions]
    assert asks_about_actions([Delay(explanation="No printer.")], rows) == asks


def test_a_cause_that_says_nothing_is_asked_about():
    asks = ["The cause of the delay is not recorded in words: why is it late?"]
    assert asks_about_actions([Delay(explanation="n/a")], []) == asks


def test_the_page_asks_beside_the_milestone_and_at_the_answer(writer, of_return, item):
    step = MilestoneFactory(item=item, number=2, agreed_due=YESTERDAY, forecast_due=NEXT_YEAR)
    MitigationFactory(delay=DelayFactory(milestone=step), description="Hire one", due_on=None)
    place = [of_return.round.plan.slug, of_return.round_id, of_return.agency_id, item.number]
    writer.post(reverse("returns:save", args=place), typed(item, achieved="Printed."))
    page = writer.get(of_return.get_absolute_url()).text
    for words in (
        "The action “Hire one” has no day: by when will it be done?",
        EXPECTED.format("31 May 2010", "31 March 2011"),
    ):
        assert page.count(f'<p class="small stem-remark">{words}</p>') == 1


def test_a_new_date_is_asked_about_at_the_answer_as_soon_as_it_is_saved(writer, of_return, item):
    step = MilestoneFactory(item=item, number=2, agreed_due=TOMORROW, forecast_due=TOMORROW)
    place = [of_return.round.plan.slug, of_return.round_id, of_return.agency_id, item.number]
    url = reverse("returns:save", args=place)
    writer.post(url, typed(item, achieved="Printed."))
    said = asked(step, **LATE) | {"milestone": step.pk}
    told = writer.post(url, said).json()["in_briefing"]
    assert EXPECTED.format("2 June 2010", "30 September 2010") in told


@pytest.mark.parametrize(("stage", "asks"), [("not_started", [STARTED]), ("under_way", [])])
def test_an_achievement_of_an_item_that_has_not_started_is_asked_about(stage, asks):
    update = Update(stage=stage, achieved="Ten were printed.")
    assert asks_about_answer(WorkItem(stage="not_started"), update, [], TODAY) == asks


RENEWAL = (
    "“Planned next” names “First yearly renewal”, which was done on 1 June 2010. What comes next?"
)


@pytest.mark.parametrize(
    ("planned", "asks"),
    [
        ("First yearly renewal to go to IWG.", [RENEWAL]),
        ("The second yearly renewal.", []),
        ("Print after the first yearly renewal, in the second too.", []),
        ("Signed papers.", []),
        ("", []),
    ],
)
def test_a_plan_that_names_a_milestone_that_is_done_is_asked_about(planned, asks):
    done = [("First yearly renewal", TODAY), ("Signed", TODAY)]
    assert asks_about_plan(planned, done, ["Second yearly renewal"]) == asks


def test_a_plan_that_becomes_stale_is_asked_about_at_once_and_before_submitting(
    writer, client_of, approver, of_return, item
):
    milestone = MilestoneFactory(item=item, description="First yearly renewal")
    place = [of_return.round.plan.slug, of_return.round_id, of_return.agency_id, item.number]
    url = reverse("returns:save", args=place)
    words = {"achieved": "Printed.", "planned_next": "First yearly renewal to go to IWG."}
    assert RENEWAL not in writer.post(url, typed(item, **words)).json()["in_briefing"]
    said = asked(milestone, outcome="done", completed_on="1 June 2010") | {
        "milestone": milestone.pk
    }
    assert RENEWAL in writer.post(url, said).json()["in_briefing"]
    page = client_of(approver).get(reverse("returns:read", args=place[:-1])).text
    assert page.count(f'<p class="small stem-remark">{RENEWAL}</p>') == 1
