"""Rule 17: the Minister's own words become actions, and the next paper reports on them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from reports.compose import compose
from reports.document import words
from reports.drafting.concerns import OWNER_LOOKUPS
from reports.drafting.cover import draft
from reports.models import FollowUp
from reports.models.response import ON_THE_PAPER
from reports.responses import services as responses
from tests.factories import (
    AppointmentFactory,
    BriefingFactory,
    CalendarFeedFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    ResponseChoiceFactory,
    ResponseFactory,
)
from tests.workitems.record import refused
from workitems.calendar.due_calendar import Owing, entries_of
from workitems.meetings.services import actions

pytestmark = pytest.mark.django_db

ANSWERED, DUE, DONE = date(2010, 8, 3), date(2010, 9, 30), date(2010, 9, 12)
NOW = datetime(2010, 9, 12, tzinfo=UTC)
NEXT_YEAR = date(2011, 7, 29)
COMMENT = "Good to see Police and Customs working together. Do the same with the banks."


@pytest.fixture
def issued(plan):
    """A paper of 30 July 2010, 10/96252, which the Minister answered."""
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(plan=plan, tracker_number="10/96252", state="returned")
    return IssuedPaperFactory(briefing=briefing)


@pytest.fixture
def answer(issued):
    """An answer with a comment on the paper, and one recommendation noted with a comment."""
    made = ResponseFactory(issued=issued, comment=COMMENT)
    ResponseChoiceFactory(
        response=made, number=1, key="r-01", option="noted", comment="Tell me about the training."
    )
    ResponseChoiceFactory(
        response=made,
        number=2,
        key="r-02",
        verb="agree",
        text="that training be finished",
        option="",
    )
    return made


def add(answer, key, agency, by, text="Write to the banks.", due_on=DUE):
    return responses.follow_up(
        response=answer, key=key, text=text, owner_agency=agency, due_on=due_on, by=by
    )


def told(plan, dated=NEXT_YEAR):
    """Return next year's paragraphs on the answer, with bullets and sub-bullets."""
    paper = draft(plan, period_start=date(2010, 7, 31), period_end=dated, dated=dated)
    paper.tracker_number = "11/1"
    background = next(s for s in compose(paper).sections if s.heading == "Background")
    lines = []
    for paragraph in background.paragraphs[1:]:
        lines.append(words(paragraph.text))
        for bullet in paragraph.bullets:
            lines.append(f"- {words(bullet.text)}")
            lines += [f"  - {words(inner.text)}" for inner in bullet.bullets]
    return lines


# --- from words to actions ----------------------------------------------------------------------


@pytest.mark.parametrize("key", [ON_THE_PAPER, "r-01", "r-02"])
def test_an_action_follows_from_a_comment_or_from_any_recommendation(
    answer, police, customs, coordinator, key
):
    """Whatever was marked there: noted, or nothing at all. There may be several."""
    with time_machine.travel(NOW):
        first = add(answer, key, police, coordinator)
        second = add(answer, key, customs, coordinator)
        third = add(answer, key, police, coordinator, text="Meet them.")
    assert list(FollowUp.objects.open().order_by("pk")) == [first, second, third]
    assert (first.key, first.owner_agency, first.due_on) == (key, police, DUE)
    with refused("Police already has this action."):
        add(answer, key, police, coordinator)


def test_an_action_follows_only_from_what_is_there(issued, police, coordinator):
    silent = ResponseFactory(issued=issued)
    with refused("The Minister wrote no comment on the paper."):
        add(silent, ON_THE_PAPER, police, coordinator)
    with refused("This paper has no such recommendation."):
        add(silent, "r-99", police, coordinator)
    with refused(
        "The Minister answered on 3 August 2010. Enter that day or a later one.", "due_on"
    ):
        add(
            ResponseFactory(comment="Well done.", issued__briefing__plan=issued.briefing.plan),
            ON_THE_PAPER, police, coordinator, due_on=date(2010, 8, 2),
        )  # fmt: skip


@time_machine.travel(NOW, tick=False)
def test_the_coordinator_adds_actions_on_the_papers_page(
    client_of, issued, answer, police, coordinator, contributor
):
    manager = client_of(coordinator)
    args = [issued.briefing.plan.slug, issued.briefing.pk]
    page = manager.get(issued.get_absolute_url()).text
    comment = reverse("briefings:follow-up-comment", args=[*args, answer.pk])
    choices = [
        reverse("briefings:follow-up", args=[*args, choice.pk]) for choice in answer.choices.all()
    ]
    assert [address for address in (comment, *choices) if f'href="{address}"' not in page] == []
    form = manager.get(comment)
    assert form.context["form"]["text"].value() == COMMENT
    typed = {"text": "Write to the banks.", "owner_agency": police.pk, "due_on": ""}
    assert manager.post(comment, typed).status_code == 422
    manager.post(comment, typed | {"due_on": "30 September 2010"})
    manager.post(choices[0], typed | {"text": "Report.", "due_on": "30 September 2010"})
    by_key = dict(FollowUp.objects.values_list("key", "text"))
    assert by_key == {ON_THE_PAPER: "Write to the banks.", "r-01": "Report."}
    page = client_of(contributor).get(FollowUp.objects.get(key=ON_THE_PAPER).get_absolute_url())
    assert COMMENT in page.text
    assert "finish_form" in page.context


def test_an_action_is_in_its_agencys_calendar_until_it_is_done(
    plan, answer, police, customs, coordinator
):
    feeds = {agency: CalendarFeedFactory(plan=plan, agency=agency) for agency in (police, customs)}
    with time_machine.travel(NOW):
        row = add(answer, ON_THE_PAPER, police, coordinator)
        (entry,) = entries_of(Owing.of_feed(feeds[police]), DUE)
        assert (entry.uid, entry.day, entry.title) == (f"follow-up-{row.pk}", DUE, row.text)
        assert (entry.text, entry.category, entry.changes) == (
            "After the Minister’s answer to 10/96252",
            "Action",
            0,
        )
        assert entry.path == row.get_absolute_url()
        assert entries_of(Owing.of_feed(feeds[customs]), DUE) == []
        responses.change_follow_up(
            follow_up=row, text=row.text, owner_agency=police, due_on=DONE, reason="Sooner",
            version=row.version, by=coordinator,
        )  # fmt: skip
        (moved,) = entries_of(Owing.of_feed(feeds[police]), DUE)
        assert (moved.uid, moved.day, moved.changes) == (entry.uid, DONE, 1)
        actions.finish(
            action=row, done_on=DONE, note="All four banks have agreed.", on=DONE,
            by=coordinator, confirms=True,
        )  # fmt: skip
    assert entries_of(Owing.of_feed(feeds[police]), DUE) == []


# --- from actions to the next paper -------------------------------------------------------------


def test_the_next_paper_says_what_was_done_about_the_ministers_words(
    plan, answer, police, customs, coordinator
):
    with time_machine.travel(NOW):
        row = add(answer, ON_THE_PAPER, police, coordinator)
        add(answer, ON_THE_PAPER, customs, coordinator, "Ask two banks.", date(2011, 9, 1))
        add(answer, "r-01", police, coordinator, "Report on the training.")
        actions.finish(
            action=row, done_on=DONE, note="All four banks have agreed.", on=DONE,
            by=coordinator, confirms=True,
        )  # fmt: skip
    assert told(plan) == [
        "On 3 August 2010 you answered the last paper, 10/96252 of 30 July 2010:",
        "- to note the contents of that paper: noted, with the comment “Tell me about the training”",
        "  - It was for the New Zealand Police to report on the training by 30 September 2010, and this is not recorded "
        "as done",
        "- to agree that training be finished: not marked.",
        f"You also wrote: “{COMMENT[:-1]}”. This followed:",
        "- Police, done on 12 September 2010: Write to the banks. All four banks have agreed.",
        "- The New Zealand Customs Service will ask two banks by 1 September 2011.",
    ]


def test_what_is_not_done_at_the_next_paper_is_reported_in_the_one_after(
    plan, answer, police, coordinator
):
    with time_machine.travel(NOW):
        open_one = add(answer, ON_THE_PAPER, police, coordinator)
        done = add(answer, "r-01", police, coordinator, "Report on the training.")
        actions.finish(
            action=done, done_on=DONE, note="Told.", on=DONE, by=coordinator, confirms=True
        )
    second = BriefingFactory(plan=plan, tracker_number="11/1", dated=NEXT_YEAR, state="returned")
    later = ResponseFactory(
        issued=IssuedPaperFactory(briefing=second),
        decided_on=date(2011, 8, 5),
        recorded_at=datetime(2011, 8, 6, tzinfo=UTC),
    )
    ResponseChoiceFactory(response=later)
    day = date(2011, 10, 1)
    with time_machine.travel(datetime(2011, 10, 1, 2, tzinfo=UTC)):
        actions.finish(
            action=open_one, done_on=day, note="They agreed.", on=day, by=coordinator, confirms=True
        )
    assert told(plan, date(2012, 7, 27))[1:] == [
        "From earlier answers, this was still to be done:",
        "- 10/96252, the New Zealand Police, done on 1 October 2011: Write to the banks. They agreed.",
    ]


def test_a_comment_without_an_action_is_not_repeated(plan, answer):
    assert [line for line in told(plan) if "banks" in line] == []


def test_the_agencies_that_acted_clear_what_the_paper_says_of_them(plan, issued, police):
    model, _, lookups = OWNER_LOOKUPS["reports.followup"]
    row = FollowUpFactory(issued=issued, owner_agency=police)
    assert list(model.objects.filter(pk=row.pk).values_list(*lookups)) == [(police.pk,)]
