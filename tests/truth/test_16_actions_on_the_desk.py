"""Rule 16, of actions: each waits on the desk of its agency, is finished there, and is confirmed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from agencies.models import Seat
from agencies.typed.typed_dates import in_words
from reports.models import FollowUp
from tests.factories import (
    BriefingFactory,
    DecisionFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    MeetingFactory,
    OutOfSessionFactory,
    ResponseFactory,
    VariationFactory,
)
from tests.scenery import without_decisions
from tests.workitems.conftest import seated
from tests.workitems.record import (
    DUE,
    TODAY,
    TOMORROW,
    YESTERDAY,
    newest,
    refused,
    unchanged,
)
from workitems.desk import to_dos as desk
from workitems.meetings.services import actions
from workitems.models import Action
from workitems.notices import news as notices
from workitems.plan.services import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

Progress = Action.Progress
HELD = date(2010, 5, 20)
# Where an action can come from, and what its line on the desk says of that.
ORIGINS = {
    "meeting": "Decided by the working group, meeting of 20 May 2010",
    "out of session": "Decided by the working group, 20 May 2010, out of session",
    "minister": "After the Minister’s answer to 10/96252",
}


def action_from(origin, plan, agency, **more):
    columns = {"owner_agency": agency, "due_on": DUE, "text": "Write to the four banks.", **more}
    if origin == "minister":
        briefing = BriefingFactory(plan=plan, tracker_number="10/96252", state="closed")
        paper = IssuedPaperFactory(briefing=briefing)
        ResponseFactory(issued=paper, decided_on=HELD)
        return FollowUpFactory(issued=paper, **columns)
    if origin == "meeting":
        return DecisionFactory(meeting=MeetingFactory(plan=plan, held_on=HELD), **columns)
    asked = OutOfSessionFactory(
        variation__milestone__item__plan=plan,
        variation__state="taken_back",
        closed=True,
        state="ended",
        closed_on=HELD,
    )
    return DecisionFactory(meeting=None, out_of_session=asked, **columns)


@pytest.fixture(params=ORIGINS)
def origin(request):
    return request.param


@pytest.fixture
def action(origin, plan, police):
    return action_from(origin, plan, police)


def lines(user, on=TODAY):
    return [
        (line.plan, line.what, line.detail, line.when, line.is_late)
        for line in desk.lines_for(user, on)
    ]


def finish(action, by, **more):
    how = {"done_on": TODAY, "note": "All four were written to.", "on": TODAY, "confirms": False}
    return actions.finish(action=action, by=by, **(how | more))


# --- the desk -----------------------------------------------------------------------------------


def test_an_action_waits_on_the_desk_of_its_agency_with_plan_and_date(
    action, origin, plan, contributor, approver, colleague, coordinator
):
    for user in (contributor, approver):
        assert lines(user) == [(plan.title, action.text, ORIGINS[origin], "Due in 29 days", False)]
        assert lines(user, DUE + timedelta(days=1))[0][3:] == ("Overdue by one day", True)
        (line,) = desk.lines_for(user, TODAY)
        assert line.url == action.get_absolute_url()
    assert lines(colleague) == lines(coordinator) == []


@pytest.mark.both_databases
def test_a_finished_action_moves_to_the_coordinators_desk_until_it_is_confirmed(
    action, plan, contributor, coordinator
):
    finish(action, contributor)
    assert lines(contributor) == []
    assert lines(coordinator, TOMORROW) == [
        (
            plan.title,
            f"Confirm: {action.text}",
            "Police marked it as done: All four were written to.",
            "Done yesterday",
            False,
        )
    ]
    actions.confirm(action=action, on=TOMORROW, by=coordinator)
    assert lines(coordinator, TOMORROW) == []


@pytest.mark.both_databases
def test_a_reopened_action_is_on_its_agencys_desk_with_the_reason(
    action, plan, contributor, coordinator
):
    finish(action, contributor)
    actions.reopen(action=action, reason="One bank is missing.", by=coordinator)
    assert lines(coordinator) == []
    (line,) = lines(contributor)
    assert line[2] == "Reopened: One bank is missing."


def test_of_a_plan_that_has_ended_only_what_the_minister_asked_for_waits(
    action, plan, contributor, coordinator
):
    plan.ends_on = YESTERDAY
    with without_decisions():
        plan.save()
    waiting = int(isinstance(action, FollowUp))
    assert len(lines(contributor)) == waiting
    finish(action, contributor)
    assert len(lines(coordinator)) == waiting


# --- the steps ----------------------------------------------------------------------------------

STATES = {
    Progress.OPEN: {},
    Progress.REPORTED: {"done_on": YESTERDAY, "awaits_confirmation": True},
    Progress.CONFIRMED: {"done_on": YESTERDAY, "confirmed_on": YESTERDAY},
}
SENTENCES = {
    Progress.OPEN: "This is not marked as done.",
    Progress.REPORTED: "This is already marked as done.",
    Progress.CONFIRMED: "This is already confirmed as done.",
}
ACTS = {
    ("finish", Progress.REPORTED): lambda row, by: finish(row, by),
    ("finish and confirm", Progress.CONFIRMED): lambda row, by: finish(row, by, confirms=True),
    ("confirm", Progress.CONFIRMED): lambda row, by: actions.confirm(action=row, on=TODAY, by=by),
    ("reopen", Progress.OPEN): lambda row, by: actions.reopen(action=row, reason="So.", by=by),
}
ALLOWED = {
    (Progress.OPEN, "finish"),
    (Progress.OPEN, "finish and confirm"),
    (Progress.REPORTED, "confirm"),
    (Progress.REPORTED, "reopen"),
    (Progress.REPORTED, "finish and confirm"),
    (Progress.CONFIRMED, "reopen"),
}


@pytest.mark.parametrize(("act", "new"), ACTS)
@pytest.mark.parametrize("old", Progress)
def test_an_action_takes_only_the_allowed_steps(plan, police, coordinator, old, act, new):
    row = action_from("meeting", plan, police, **STATES[old])
    if (old, act) in ALLOWED:
        done = ACTS[act, new](row, coordinator)
        assert (done.progress, done.version) == (new, 2)
        assert newest(done)[:2] == ("~", "Coordinator (DoL)")
        return
    with unchanged(row), refused(SENTENCES[old]):
        ACTS[act, new](row, coordinator)


def test_a_row_done_before_there_was_a_confirmation_counts_as_confirmed(plan, police):
    row = action_from("meeting", plan, police, done_on=YESTERDAY)
    assert row.progress == Progress.CONFIRMED


@pytest.mark.parametrize(
    ("how", "sentence", "field"),
    [
        ({"note": ""}, "Say in a few words what was done.", "note"),
        ({"done_on": TOMORROW}, "Enter today or an earlier date.", "done_on"),
        (
            {"done_on": date(2010, 5, 19)},
            "This was decided on 20 May 2010. Enter that day or a later one.",
            "done_on",
        ),
    ],
)
def test_an_invalid_report_is_refused_at_its_field(action, contributor, how, sentence, field):
    with unchanged(action), refused(sentence, field):
        finish(action, contributor, **how)


@pytest.mark.both_databases
def test_reopening_needs_a_sentence_and_the_current_version(action, contributor, coordinator):
    finish(action, contributor, version=1)
    with unchanged(action), refused("Say what is still to be done.", "reason"):
        actions.reopen(action=action, reason="", by=coordinator)
    with pytest.raises(Conflict):
        actions.reopen(action=action, reason="One is missing.", by=coordinator, version=1)


def test_a_decision_without_an_owner_has_nothing_to_finish(plan, coordinator):
    row = DecisionFactory(meeting__plan=plan, meeting__held_on=HELD)
    with refused("This decision has no owner, so there is no action to mark as done."):
        finish(row, coordinator)


# --- the page -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_the_day")
def test_the_agency_finishes_an_action_and_the_coordinator_answers(
    client_of, action, origin, contributor, colleague, coordinator
):
    own, other, manager = (client_of(user) for user in (contributor, colleague, coordinator))
    address = action.get_absolute_url()
    assert "finish_form" not in other.get(address).context
    page = own.get(address)
    assert page.context["finish_form"]["done_on"].value() == in_words(TODAY)
    done = f"{address}done/"
    page = own.post(done, {"done_on": "1 June 2010", "note": "", "version": 1})
    assert page.status_code == 422
    assert page.context["finish_form"].errors == {"note": ["Say in a few words what was done."]}
    typed = {"done_on": "1 June 2010", "note": "All four were written to.", "version": 1}
    page = own.post(done, typed, follow=True)
    assert page.redirect_chain == [(reverse("home"), 302)]
    assert "Marked as done." in page.text
    assert "All four were written to." in manager.get(address).text
    page = manager.post(
        f"{address}reopen/", {"reason": "One is missing.", "version": 2}, follow=True
    )
    assert "It is on the desk of Police again." in page.text
    assert "One is missing." in own.get(address).text
    stale = own.post(done, typed | {"note": "Now all are."})
    assert stale.context["finish_form"]["note"].value() == "Now all are."
    assert "This action was changed while you were writing" in stale.text
    own.post(done, typed | {"note": "Now all are.", "version": 3})
    assert manager.post(f"{address}confirm/", follow=True).status_code == 200
    action.refresh_from_db()
    assert (action.progress, action.done_note) == (Progress.CONFIRMED, "Now all are.")
    again = manager.post(f"{address}confirm/", follow=True)
    assert "This is already confirmed as done." in again.text


# --- the mails ----------------------------------------------------------------------------------


def news(on, *reasons):
    return sorted(
        (each.recipient.name, each.sentence) for each in notices.news(on) if each.reason in reasons
    )


def test_each_step_is_mailed_to_whoever_is_to_act_or_wants_to_know(
    action, contributor, approver, coordinator
):
    police = ["Police approver", "Police contributor"]
    asked = "Police is to do it by 30 June 2010, in 29 days. Then mark it as done."
    assert news(TODAY, "action") == [(name, asked) for name in police]
    assert [name for name, _ in news(DUE + timedelta(days=1), "overdue")] == police
    finish(action, contributor)
    assert news(TODAY, "action", "overdue") == []
    assert news(TODAY, "act_done") == [
        (
            "Coordinator",
            "Police marked it as done. Confirm it, or say what is still to be done.",
        )
    ]
    actions.reopen(action=action, reason="One is missing.", by=coordinator)
    assert [name for name, _ in news(TODAY, "act_again")] == police
    finish(action, contributor)
    actions.confirm(action=action, on=TODAY, by=coordinator)
    confirmed = "The coordinator confirmed it as done."
    assert news(TODAY, "act_ended") == [(name, confirmed) for name in police]
    assert news(TODAY + timedelta(days=30), "act_ended") == []


def test_the_words_of_an_action_stay_behind_the_sign_in(action, contributor):
    told = [each for each in notices.news(TODAY) if each.reason == "action"]
    assert told
    assert [each for each in told if "banks" in f"{each.title} {each.sentence}"] == []


def test_without_anyone_at_the_agency_the_coordinator_is_told(plan, customs, coordinator):
    action_from("meeting", plan, customs)
    assert [name for name, _ in news(TODAY, "action")] == ["Coordinator"]
    seated("Customs approver", customs, Seat.Role.APPROVER)
    assert [name for name, _ in news(TODAY, "action")] == ["Customs approver"]


def test_what_only_the_group_can_decide_is_with_others_on_the_coordinators_desk(
    milestone, coordinator
):
    variation = VariationFactory(milestone=milestone, due_after=date(2010, 9, 30))
    for state, heading in (("requested", "For you now"), ("recommended", "With others")):
        variation.state = state
        variation.save()
        groups = desk.grouped(desk.lines_for(coordinator, TODAY), TODAY)
        found = [
            group.heading for group in groups if str(variation) in {x.what for x in group.lines}
        ]
        assert found == [heading]
    assert desk.headline(desk.lines_for(coordinator, TODAY), TODAY) == "Nothing needs you now"
