"""Test the paragraph about the Minister's answer to the last paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from agencies.models import Appointment
from agencies.records import history
from reports.compose import compose
from reports.document import Source, words
from reports.drafting.cover import draft
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    ResponseChoiceFactory,
    ResponseFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DATED = date(2011, 7, 29)
ANSWERED = "On 3 August 2010 you answered the last paper, 10/96252 of 30 July 2010"


@pytest.fixture
def last_year(plan, item):
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan, tracker_number="10/96252", state="returned")


@pytest.fixture
def issued(last_year):
    return IssuedPaperFactory(briefing=last_year)


def answer(issued, *options, **others):
    """Record the choice at each recommendation; the first is to note the paper."""
    response = ResponseFactory(issued=issued, **others)
    asked = [("note", "the contents of this paper"), ("agree", "that training be finished")]
    for number, option in enumerate(options, start=1):
        verb, text = asked[number - 1]
        ResponseChoiceFactory(
            response=response,
            number=number,
            key=f"r-0{number}",
            verb=verb,
            text=text,
            option=option,
        )
    return response


def background_texts(plan, dated=DATED):
    """Return the text of Background after the members, with bullets and sub-bullets."""
    paper = draft(plan, period_start=date(2010, 7, 31), period_end=dated, dated=dated)
    paper.tracker_number = "11/1"
    section = next(s for s in compose(paper).sections if s.heading == "Background")
    lines = []
    for paragraph in section.paragraphs[1:]:
        lines.append(words(paragraph.text))
        for bullet in paragraph.bullets:
            lines.append("- " + words(bullet.text))
            lines += ["  - " + words(inner.text) for inner in bullet.bullets]
    return lines


def test_nothing_is_printed_before_there_is_an_answer(plan, issued):
    assert background_texts(plan) == []


def test_the_answer_to_one_recommendation_is_a_sentence(plan, issued):
    answer(issued, "noted")
    assert background_texts(plan) == [f"{ANSWERED}: you noted the contents of that paper."]


def test_what_was_not_done_as_recommended_is_quoted(plan, issued):
    answer(issued, "seen")
    assert background_texts(plan) == [
        f"{ANSWERED}: the recommendation to note the contents of that paper was marked “seen”."
    ]


@pytest.mark.both_databases
def test_the_answer_of_an_earlier_minister_is_that_of_the_predecessor(plan, issued):
    answer(issued, "noted")
    day = date(2010, 8, 4)
    Appointment.objects.update(to_on=day - timedelta(days=1))
    AppointmentFactory(portfolio=plan.portfolio, from_on=day)
    assert background_texts(plan)[0].startswith(
        "On 3 August 2010 your predecessor answered the last paper, 10/96252 of 30 July 2010:"
    )


def test_answers_to_several_recommendations_are_listed_one_by_one(plan, issued):
    answer(issued, "noted", "not agreed")
    assert background_texts(plan) == [
        f"{ANSWERED}:",
        "- to note the contents of that paper: noted",
        "- to agree that training be finished: not agreed.",
    ]


def test_an_answer_without_any_choice_is_reported_too(plan, issued):
    answer(issued, "")
    assert background_texts(plan) == [f"{ANSWERED}. No recommendation was marked."]


@pytest.mark.parametrize(
    ("done_on", "when"),
    [
        (
            None,
            "It was for the New Zealand Police to train everybody by 30 September 2010, and this is not recorded as "
            "done.",
        ),
        (date(2010, 9, 12), "The New Zealand Police, done on 12 September 2010: Train everybody."),
    ],
)
def test_a_follow_up_of_an_agency_is_printed_with_its_state(plan, issued, police, done_on, when):
    answer(issued, "noted", "agreed")
    to_do = FollowUpFactory(issued=issued, owner_agency=police, text="Train everybody.")
    with time_machine.travel(datetime(2010, 9, 13, tzinfo=UTC)):
        to_do.done_on = done_on
        history.save(to_do, by=None)
    assert background_texts(plan) == [
        f"{ANSWERED}: you noted the contents of that paper and agreed that training be finished. {when}"
    ]


@pytest.mark.parametrize(
    "typed", ["Train everybody.", "Police to train everybody", "train everybody"]
)
def test_a_follow_up_that_is_ahead_is_a_sentence(plan, issued, police, typed):
    answer(issued, "noted", "agreed")
    due_on = date(2011, 9, 30)
    to_do = FollowUpFactory(issued=issued, owner_agency=police, text=typed, due_on=due_on)
    with time_machine.travel(datetime(2010, 9, 13, tzinfo=UTC)):
        history.save(to_do, by=None)
    assert background_texts(plan)[-1].endswith(
        "training be finished. The New Zealand Police will train everybody by 30 September 2011."
    )
    paper = draft(plan, period_start=date(2010, 7, 31), period_end=DATED, dated=DATED)
    paper.tracker_number = "11/1"
    ahead = next(s for s in compose(paper).sections if s.heading == "Next steps")
    assert [words(each.text) for each in ahead.paragraphs[0].bullets] == [
        "30 September 2011: Police to train everybody"
    ]


def test_the_paragraph_names_its_source(plan, issued):
    response = answer(issued, "noted")
    paper = draft(
        plan, period_start=date(2010, 7, 31), period_end=DATED, dated=DATED, tracker_number="11/1"
    )
    background = compose(paper).sections[1]
    assert background.paragraphs[-1].sources == (
        Source(
            "reports.response",
            response.pk,
            None,
            "The Minister’s answer of 3 August 2010 to 10/96252",
        ),
    )


def test_a_corrected_answer_is_printed_as_on_the_papers_date(plan, issued):
    first = answer(issued, "noted")
    answer(
        issued,
        "",
        corrects=first,
        reason="The wrong box",
        recorded_at=datetime(2011, 7, 1, tzinfo=UTC),
    )
    assert background_texts(plan, dated=date(2011, 6, 30))[0].endswith(
        "you noted the contents of that paper."
    )
    assert background_texts(plan)[0].endswith("No recommendation was marked.")


def test_an_answer_on_or_after_the_papers_date_is_left_out(plan, issued):
    response = answer(issued, "noted")
    assert background_texts(plan, dated=response.decided_on) == []
    later = response.decided_on + timedelta(days=1)
    assert background_texts(plan, dated=later)[0].startswith(ANSWERED)


def test_only_the_last_of_several_answers_is_printed(plan, issued):
    answer(issued, "noted")
    interim = BriefingFactory(plan=plan, tracker_number="11/0", dated=date(2011, 2, 1))
    answer(
        IssuedPaperFactory(briefing=interim),
        "noted",
        decided_on=date(2011, 2, 7),
        recorded_at=datetime(2011, 2, 7, tzinfo=UTC),
    )
    assert background_texts(plan)[0].startswith(
        "On 7 February 2011 you answered the last paper, 11/0 of 1 February 2011"
    )


def test_the_answer_to_the_paper_itself_is_left_out(plan, last_year, issued):
    """A correction is composed after the paper it corrects was answered."""
    answer(issued, "noted")
    last_year.dated = date(2010, 8, 31)
    background = compose(last_year).sections[1]
    assert len(background.paragraphs) == 1
