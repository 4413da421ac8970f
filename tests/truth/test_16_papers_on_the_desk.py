"""Whoever must act on a paper sees it on the desk, and can finish it from there."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from agencies.records import history
from reports.models import Briefing, Clearance
from reports.models.response import ON_THE_PAPER
from tests.factories import (
    BriefingFactory,
    ClearanceFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    ResponseChoiceFactory,
    ResponseFactory,
    SeatFactory,
)
from workitems.desk.to_dos import lines_for

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what a desk shows; the acts have tests on both"),
]

TODAY = date(2010, 8, 6)


def seated(agency, role):
    return SeatFactory(agency=agency, role=role).user


@pytest.fixture
def coordinator(labour):
    return seated(labour, "coordinator")


@pytest.fixture
def manager(labour):
    return seated(labour, "authorising_manager")


def paper(plan, state, day=date(2010, 8, 3), **columns):
    """Make a paper that has been in a state since a day."""
    made = BriefingFactory.build(plan=plan, state=state, tracker_number="10/96252", **columns)
    return history.save(made, by=None, at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def told(user, on=TODAY):
    return [(line.what, line.detail, line.when, line.is_late) for line in lines_for(user, on)]


def act_of(user, on=TODAY):
    (line,) = lines_for(user, on)
    return line.act and (line.act.words, line.act.url)


def test_an_authorised_paper_waits_with_the_coordinator_until_it_is_sent(
    plan, coordinator, manager, client
):
    made = paper(plan, "authorised")
    title = f"{made.title}. Authorised on 3 August 2010"
    assert told(coordinator) == [
        ("Send 10/96252 to the Minister", title, "Authorised three days ago", False)
    ]
    assert lines_for(coordinator, TODAY)[0].plan == plan.title
    assert told(manager) == []

    words, url = act_of(coordinator)
    assert words == "Mark as sent to the Minister"
    client.force_login(coordinator)
    desk = client.get(reverse("home")).content.decode()
    assert f'<form method="post" action="{url}">' in desk
    assert '<input type="hidden" name="from" value="desk">' in desk
    answer = client.post(url, {"from": "desk"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("home")
    assert "10/96252 is marked as sent to the Minister." in answer.content.decode()
    assert Briefing.objects.get().state == "with_minister"
    assert lines_for(coordinator, TODAY) == []


def test_a_paper_to_send_is_late_after_its_deadline(plan, coordinator):
    paper(plan, "authorised", deadline=TODAY - timedelta(days=2))
    assert [line[2:] for line in told(coordinator)] == [("Overdue by two days", True)]


@pytest.mark.parametrize(
    ("marked", "followed", "what", "rest", "closes"),
    [
        (
            "agreed",
            False,
            "Follow up the Minister’s answer to 10/96252",
            "Recommendation 2 has no follow-up yet",
            False,
        ),
        ("agreed", True, "Close 10/96252", "Every recommendation is followed up", True),
        ("noted", False, "Close 10/96252", "Every recommendation is followed up", True),
    ],
)
def test_an_answered_paper_waits_until_it_is_followed_up_and_closed(
    plan, police, coordinator, client, marked, followed, what, rest, closes
):
    made = paper(plan, "returned")
    issued = IssuedPaperFactory(briefing=made)
    choice = ResponseChoiceFactory(
        response=ResponseFactory(issued=issued), number=2, key="r-02", verb="agree", option=marked
    )
    if followed:
        FollowUpFactory(issued=issued, key="r-02", owner_agency=police)
    detail = f"{made.title}. Answered on 3 August 2010. {rest}"
    assert told(coordinator) == [(what, detail, "Answered three days ago", False)]
    (line,) = lines_for(coordinator, TODAY)
    if not closes:
        assert line.url == reverse("briefings:follow-up", args=[plan.slug, made.pk, choice.pk])
        assert line.act is None
        return
    client.force_login(coordinator)
    answer = client.post(line.act.url, {"from": "desk"})
    assert answer.url == reverse("home")
    assert lines_for(coordinator, TODAY) == []


def test_the_ministers_words_wait_for_an_action_and_can_do_without(plan, police, coordinator):
    made = paper(plan, "returned")
    issued = IssuedPaperFactory(briefing=made)
    answer = ResponseFactory(issued=issued, comment="Well done.")
    choice = ResponseChoiceFactory(
        response=answer, number=1, key="r-01", option="noted", comment="How?"
    )
    (line,) = lines_for(coordinator, TODAY)
    assert line.url == reverse("briefings:follow-up", args=[plan.slug, made.pk, choice.pk])
    FollowUpFactory(issued=issued, key="r-01", owner_agency=police)
    (line,) = lines_for(coordinator, TODAY)
    assert line.detail.endswith("The Minister’s comment on the paper has no action yet")
    assert (line.what, line.url) == ("Close 10/96252", issued.get_absolute_url())
    assert line.act is not None  # thanks need no action
    FollowUpFactory(issued=issued, key=ON_THE_PAPER, owner_agency=police)
    (line,) = lines_for(coordinator, TODAY)
    assert line.detail.endswith("Every recommendation is followed up")


def test_a_paper_to_authorise_waits_with_the_authorising_manager(plan, manager, coordinator):
    made = paper(plan, "awaiting", day=TODAY - timedelta(days=1))
    detail = f"{made.title}. Sent for authorisation on 5 August 2010"
    line = ("Read and authorise 10/96252", detail, "Sent to you yesterday", False)
    assert told(manager) == [line]
    assert lines_for(manager, TODAY)[0].plan == plan.title
    assert told(coordinator) == []


def test_a_consultation_says_how_many_agencies_are_late_and_shows_no_red(
    plan, police, customs, coordinator
):
    made = paper(plan, "in_consultation")
    for agency in (police, customs):
        ClearanceFactory(briefing=made, agency=agency, due_on=TODAY - timedelta(days=2))
    assert told(coordinator) == [
        (
            "Remind 2 agencies: 10/96252",
            "0 of 2 agencies answered, 2 are late",
            "Overdue by two days",
            False,
        )
    ]


def test_agencies_that_are_late_are_reminded_from_the_desk_once_a_day(
    plan, police, customs, coordinator, client, django_capture_on_commit_callbacks
):
    made = paper(plan, "in_consultation")
    for agency, due in ((police, -2), (customs, 3)):
        seated(agency, "approver")
        ClearanceFactory(briefing=made, agency=agency, due_on=TODAY + timedelta(days=due))
    words, url = act_of(coordinator)
    assert words == "Remind 1 agency"
    client.force_login(coordinator)
    with time_machine.travel(datetime(2010, 8, 6, 0, 0, tzinfo=UTC), tick=False):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(url, {"from": "desk"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("home")
        assert "Police is reminded by email." in answer.content.decode()
        (sent,) = mail.outbox
        assert "Clearance of 10/96252 by Police is overdue by two days" in sent.subject
        assert "The coordinator asks for your agency’s answer." in sent.body
        again = client.post(url, follow=True)
        assert "Every agency that is late was reminded today." in again.content.decode()
    assert [(line[1], line[3]) for line in told(coordinator)] == [
        ("0 of 2 agencies answered, 1 is late, reminded on 6 August 2010", False)
    ]
    assert act_of(coordinator) is None
    assert act_of(coordinator, TODAY + timedelta(days=1))[0] == "Remind 1 agency"
    row = Clearance.objects.get(agency=police)
    assert row.history.filter(history_change_reason="Reminded").count() == 1


def test_no_agency_is_reminded_before_it_is_late(plan, police, coordinator, client):
    made = paper(plan, "in_consultation")
    ClearanceFactory(briefing=made, agency=police, due_on=date(2036, 1, 1))
    client.force_login(coordinator)
    url = reverse("briefings:remind-agencies", args=[plan.slug, made.pk])
    page = client.post(url, follow=True)
    assert "No agency is late with its answer." in page.content.decode()
    assert "Remind agencies that are late" not in page.content.decode()


def test_a_clearance_is_late_for_an_approver_and_never_for_a_contributor(plan, police):
    made = paper(plan, "in_consultation")
    ClearanceFactory(briefing=made, agency=police, due_on=TODAY - timedelta(days=2))
    late = {role: told(seated(police, role))[0][2:] for role in ("approver", "contributor")}
    assert late == {
        "approver": ("Overdue by two days", True),
        "contributor": ("Overdue by two days", False),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_the_same_queries_for_any_number_of_papers(
    count, plan, labour, police, django_assert_num_queries
):
    user = seated(labour, "coordinator")
    SeatFactory(user=user, agency=labour, role="authorising_manager")
    OfficeSeatFactory(user=user, portfolio=plan.portfolio)
    states = ("authorised", "returned", "awaiting", "with_minister", "in_consultation")
    for number in range(count):
        for state in states:
            made = BriefingFactory(plan=plan, state=state, tracker_number=f"{number} {state}")
            if state in ("returned", "with_minister"):
                issued = IssuedPaperFactory(briefing=made)
            if state == "returned":
                response = ResponseFactory(issued=issued)
                ResponseChoiceFactory(response=response, key="r-02", verb="agree", option="agreed")
    # Seats, those to confirm; items of ended leads; returns to read, who is invited to the agencies that are to submit,
    # rounds that have not followed, meetings to record, variations, actions to confirm, numbers to accept, findings to
    # reply to. Of briefings: actions to confirm,
    # consultations, those to send or follow up with their recommendations, to authorise, to answer.
    # Plans that the user's agencies have left; questions of notes.
    with django_assert_num_queries(21):
        assert len(lines_for(user, TODAY)) == len(states) * count
