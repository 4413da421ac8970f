"""An agency that ends hands over what it leads, owes and holds, in one act, and nothing typed is lost."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Agency, Seat
from agencies.people.seating import seating_of
from agencies.people.services import handing_over
from agencies.people.succession import HOLDINGS, held_by
from agencies.records import history
from reports.checks.material import missing_returns
from reports.compose import compose
from reports.progress.changes.load import read_changes
from reports.progress.date_moves import read_slips
from reports.progress.trends import read_trends
from reports.progress.view import PlanView
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    DelayFactory,
    FollowUpFactory,
    MatterFactory,
    MeasureValueFactory,
    MeetingFactory,
    MentionFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    OutOfSessionFactory,
    PlanFactory,
    ReturnFactory,
    ReturnNoteFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    UpdateFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import (
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    item_history,
    newest,
    noon,
    refused,
    unchanged,
)
from workitems.desk.to_dos import lines_for
from workitems.following.services import follow_plan
from workitems.models import (
    Follow,
    Matter,
    Member,
    Return,
    ReturnNote,
    StatusProposal,
    Support,
    Update,
)
from workitems.narrative.reading import Reader
from workitems.out_of_session.services import count
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.returns.news import return_news
from workitems.returns.page_sections import Came
from workitems.returns.return_page import return_page
from workitems.returns.services import rounds
from workitems.returns.services.answers import answers_of
from workitems.returns.services.handover import mendings_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

WHY = "Merged by Order in Council."
BEFORE = NOW - timedelta(days=1)


@pytest.fixture
def msd(plan):
    """The successor, which is in no plan yet."""
    return AgencyFactory(short_name="MSD", name="Ministry of Social Development")


@pytest.fixture
def ended(police, msd):
    """Police ended yesterday."""
    police.valid_to, police.successor = YESTERDAY, msd
    police.save()
    return police


def hand_over(agency, by, **values):
    values = {"version": agency.version, "reason": WHY, "on": TODAY, "at": NOW} | values
    return handing_over.hand_over(agency=agency, by=by, **values)


def lines(agency):
    return {str(label): found for label, found in held_by(agency, TODAY)}


def test_all_that_it_holds_is_shown_and_goes_to_the_successor_in_one_act(
    ended, msd, item, milestone, of_return, contributor, administrator, client_of
):
    delay = DelayFactory(milestone=milestone)
    held = [
        (item, "lead_agency"),
        (milestone, "responsible_agency"),
        (MitigationFactory(delay=delay, owner_agency=ended), "owner_agency"),
        (RiskFactory(plan=item.plan, owner_agency=ended, number=7), "owner_agency"),
        (of_return, "agency"),
    ]
    plan = item.plan.title
    assert lines(ended) == {
        "People": ["Police contributor"],
        "Member of the working group": [plan],
        "Leads work items": [f"1.2 ({plan})"],
        "Open milestones": [f"1.2 ({plan})"],
        "Open mitigations": [f"1.2 ({plan})"],
        "Open risks": [f"R7 ({plan})"],
        "Open returns": [f"{of_return.round.name} ({plan})"],
    }
    address = reverse("agencies:hand-over", args=[ended.pk])
    page = client_of(administrator).post(address, {"reason": WHY, "version": ended.version})
    assert page.url == address
    for row, column in held:
        row.refresh_from_db()
        assert (getattr(row, column), newest(row)) == (
            msd,
            ("~", "Administrator", f"Police ended: {WHY}"),
        )
    assert lines(ended) == {}
    assert newest(ended) == ("~", "Administrator", WHY)
    assert item.plan.members.filter(agency=msd).count() == 1
    assert contributor.seats.get(agency=msd).from_on == TODAY
    assert contributor.seats.get(agency=ended).to_on == YESTERDAY


def test_everyone_who_worked_there_is_emailed_where_their_roles_are_now(
    ended, msd, contributor, approver, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    SeatFactory(agency=ended, user=contributor, role=Seat.Role.OBSERVER)
    SeatFactory(agency=ended, user__is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        hand_over(ended, administrator)
    of_people = {mail.to[0]: mail for mail in mailoutbox if "your role is now at" in mail.subject}
    assert set(of_people) == {contributor.email, approver.email}
    body = of_people[contributor.email].body
    assert f"{ended.name} ended on 31 May 2010." in body
    for role in ("a contributor", "an observer"):
        assert f"- {role} at {msd.short_name}\n" in body
    # An approver signs, so a second person confirms them first.
    seat = approver.seats.get(agency=msd)
    waits = ", once a second person has confirmed it." in of_people[approver.email].body
    assert waits == seat.is_waiting(TODAY)


def test_the_items_history_says_who_gave_what_to_whom_and_why(
    ended, item, milestone, administrator
):
    hand_over(ended, administrator)
    said = {(entry.what, entry.why) for entry in item_history(item)}
    why = f"Police ended: {WHY}"
    assert {
        ("gave the lead from Police to MSD.", why),
        ("gave “Brochure printed” from Police to MSD.", why),
    } <= said


def test_a_plan_is_coordinated_by_the_successor_and_its_history_says_so(
    labour, msd, plan, coordinator, administrator, client_of
):
    labour.valid_to, labour.successor = YESTERDAY, msd
    labour.save()
    hand_over(labour, administrator)
    assert coordinator.seats.get(agency=msd).role == Seat.Role.COORDINATOR
    history = client_of(coordinator).get(f"/plans/{plan.slug}/history/").text
    assert "gave the coordination from DoL to MSD." in history


def test_saving_a_last_day_leads_to_what_the_agency_holds(
    police, msd, item, administrator, client_of
):
    values = {"short_name": "Police", "name": police.name, "valid_to": "31 May 2010"}
    values |= {"successor": msd.pk, "reason": "It merges.", "version": police.version}
    client = client_of(administrator)
    page = client.post(reverse("agencies:change", args=[police.pk]), values, follow=True)
    assert page.redirect_chain == [(reverse("agencies:hand-over", args=[police.pk]), 302)]
    assert "What Police leads, owes and holds" in page.text
    assert f"1.2 ({item.plan.title})" in page.text


@pytest.mark.parametrize(
    ("ends", "has_successor", "sentence"),
    [
        (None, False, "Police has no last day. Enter it first."),
        (YESTERDAY, False, "Police has no successor. Enter it first."),
        (
            date(2010, 6, 30),
            True,
            "Police hands over on 30 June 2010 or later: until then it works on.",
        ),
    ],
)
def test_an_agency_that_goes_on_or_has_no_successor_hands_nothing_over(
    police, msd, item, administrator, ends, has_successor, sentence
):
    police.valid_to, police.successor = ends, msd if has_successor else None
    police.save()
    with unchanged(item, police), refused(sentence):
        hand_over(police, administrator)


def test_handing_over_needs_a_reason(ended, item, administrator):
    with unchanged(item), refused("Say why its work goes to the successor.", "reason"):
        hand_over(ended, administrator, reason="")


def test_a_plan_that_has_ended_keeps_its_lead(ended, item, administrator):
    with without_decisions():
        item.plan.ends_on = YESTERDAY
        item.plan.save()
    with unchanged(item):
        hand_over(ended, administrator)


def test_what_the_successor_has_already_ends_for_the_agency_that_ended(
    ended, msd, item, administrator, coordinator, client_of
):
    Member.objects.create(plan=item.plan, agency=msd)
    SupportFactory(item=item, agency=msd)  # led by Police
    led = WorkItemFactory(plan=item.plan, number="2.1", lead_agency=msd)
    both = WorkItemFactory(plan=item.plan, number="2.2", lead_agency=item.plan.coordinating_agency)
    for supported, agency in ((led, ended), (both, ended), (both, msd)):
        SupportFactory(item=supported, agency=agency)
    hand_over(ended, administrator)
    assert lines(ended) == {}
    assert ended not in item.plan.agencies
    assert Member._base_manager.get(agency=ended).left_on == YESTERDAY
    supporting = Support.objects.order_by("item__number").values_list("item__number", "agency")
    assert list(supporting) == [("2.2", msd.pk)]
    page = client_of(coordinator).get(item.plan.get_absolute_url()).text
    assert (msd.name in page, ended.name in page) == (True, False)


def test_one_that_left_the_group_or_the_item_comes_back(ended, msd, item, administrator):
    both = WorkItemFactory(plan=item.plan, number="2.2", lead_agency=item.plan.coordinating_agency)
    SupportFactory(item=both, agency=ended)
    SupportFactory(item=both, agency=msd, ended_on=YESTERDAY)
    Member.objects.create(plan=item.plan, agency=msd, left_on=YESTERDAY)
    hand_over(ended, administrator)
    assert [each.agency for each in both.supports.all()] == [msd]
    assert msd in item.plan.agencies


def test_nobody_waits_for_its_vote_where_the_successor_is_asked_too(
    ended, msd, milestone, administrator
):
    variation = VariationFactory(milestone=milestone, state="recommended")
    asked = OutOfSessionFactory(variation=variation)
    own = asked.answers.create(agency=msd)
    vote = asked.answers.create(agency=ended)
    hand_over(ended, administrator)
    vote.refresh_from_db()
    assert (vote.choice, vote.words) == (
        "no_view",
        "Police ended on 31 May 2010. MSD answers itself.",
    )
    assert list(asked.answers.filter(choice="")) == [own]
    told = [each.what for each in item_history(milestone.item)]
    says = f"closed the answer of Police on variation {variation.reference}: it ended without answering."
    assert told[0] == says


def test_a_vote_of_an_ended_agency_is_not_counted_and_the_quorum_is_that_of_the_others(
    ended, msd, plan, milestone, administrator, client_of, coordinator
):
    asked = OutOfSessionFactory(
        variation=VariationFactory(milestone=milestone, state="recommended"), quorum=3
    )
    for agency in (msd, ended, plan.coordinating_agency):
        asked.answers.create(agency=agency)
    hand_over(ended, administrator)
    asked.refresh_from_db()
    found = count(asked, TODAY)
    assert (found.words, found.asked, found.quorum) == (
        "none agree, none decline; 2 have not answered",
        2,
        2,
    )
    page = client_of(coordinator).get(asked.get_absolute_url())
    shown = [row.agency.short_name for row in page.context["answers"]]
    assert shown == [plan.coordinating_agency.short_name, "MSD"]


def test_its_proposal_of_a_status_to_the_successor_is_withdrawn(
    ended, msd, plan, contributor, administrator
):
    theirs = WorkItemFactory(plan=plan, number="2.1", lead_agency=msd)
    others = WorkItemFactory(plan=plan, number="2.2", lead_agency=plan.coordinating_agency)
    proposals = [
        StatusProposal.objects.create(
            item=each,
            agency=ended,
            stage="complete",
            reason="Done.",
            proposed_by=contributor,
            proposed_at=NOW,
        )
        for each in (theirs, others)
    ]
    hand_over(ended, administrator)
    found = StatusProposal.objects.order_by("pk").values_list("pk", "state", "agency")
    assert list(found) == [
        (proposals[0].pk, "withdrawn", ended.pk),
        (proposals[1].pk, "open", msd.pk),
    ]


def test_what_the_successor_proposed_for_an_item_that_it_leads_now_is_withdrawn(
    ended, msd, item, contributor, administrator
):
    proposal = StatusProposal.objects.create(
        item=item,
        agency=msd,
        stage="complete",
        reason="Done.",
        proposed_by=contributor,
        proposed_at=NOW,
    )
    hand_over(ended, administrator)
    proposal.refresh_from_db()
    assert (proposal.state, newest(proposal)[2]) == ("withdrawn", f"Police ended: {WHY}")


def test_without_a_hand_over_no_support_or_membership_ends_by_itself(police, msd, item):
    Member.objects.create(plan=item.plan, agency=msd)
    member = Member.objects.get(agency=police)
    with pytest.raises(IntegrityError, match="only through an approved variation"):
        Member.objects.filter(pk=member.pk).update(left_on=YESTERDAY)


def test_the_history_leaves_words_to_their_author_and_says_each_thing_once(
    ended, msd, item, milestone, of_return, contributor, administrator
):
    other = ReturnFactory(round=of_return.round, agency=msd)
    rounds.write_update(
        of_return=of_return,
        item=item,
        stage="under_way",
        achieved="Printed.",
        by=contributor,
        at=NOW,
    )
    hand_over(ended, administrator)
    insiders = Reader(agencies=frozenset({msd.pk, ended.pk}))
    found = [(each.who, each.what) for each in item_history(item, insiders)]
    moved = ("Administrator", "moved Police’s answer on 1.2 to MSD.")
    says = "stage under way, confidence not given."
    wrote = ("Police contributor (Police)", f"wrote an update for Police: {says}")
    assert [each for each in found if "update" in each[1] or "answer" in each[1]] == [moved, wrote]
    given = ("Administrator", f"gave “{milestone}” from Police to MSD.")
    assert found.count(given) == 1
    Return.objects.filter(pk=other.pk).update(submitted_at=NOW)
    found = [(each.who, each.what) for each in item_history(item, Reader(coordinates=True))]
    assert [each for each in found if "update" in each[1]] == [
        ("Police contributor", f"wrote an update for MSD: {says}")
    ]


def test_the_history_says_for_whom_it_was_written_then_and_makes_no_act_of_what_moved(
    ended, msd, plan, item, of_return, contributor, approver, coordinator, administrator
):
    value = MeasureValueFactory(
        measure__item=item, of_return=of_return, agency=ended, number=8, written_by=contributor
    )
    history.save(value, by=contributor, at=NOW)
    RiskFactory(plan=plan, item=item, owner_agency=ended, number=7)
    MitigationFactory(delay__milestone__item=item, owner_agency=ended, description="Use motels.")
    rounds.write_update(
        of_return=of_return,
        item=item,
        stage="under_way",
        achieved="Printed.",
        by=contributor,
        at=NOW,
    )
    note = ReturnNoteFactory(of_return=of_return, item=item, by=coordinator)
    history.save(note, by=coordinator, at=NOW)
    hand_over(ended, administrator, on=TOMORROW, at=NOW + timedelta(days=1))
    reader = Reader(agencies=frozenset({msd.pk}))
    found = [each.what for each in item_history(item, reader)]
    number = "the number for the number of staff trained"
    assert [each for each in found if "wrote" in each] == [
        "wrote an update for Police: stage under way, confidence not given.",
        "wrote a note to Police.",
    ]
    assert {
        "moved the number of Police for the number of staff trained to MSD.",
        "gave R7 from Police to MSD.",
        "gave the mitigation “Use motels.” from Police to MSD.",
    } <= set(found)
    assert [each for each in found if f"changed {number}" in each] == []


def test_a_decision_that_changed_a_supporter_wrote_no_note(item, coordinator):
    history.save_version(item, by=coordinator, reason="Variation V9: Police has no part in it.")
    assert [each.what for each in item_history(item)] == ["entered the item."]
    history.save_version(item, by=coordinator, reason="Variations are discussed in May.")
    found = [each.what for each in item_history(item)]
    assert found == ["wrote a note.", "entered the item."]


# --- returns --------------------------------------------------------------------------------------


def test_answers_move_into_the_successors_return_and_both_texts_are_kept(
    ended, msd, item, of_return, administrator
):
    supported = WorkItemFactory(plan=item.plan, number="2.1", lead_agency=msd)
    SupportFactory(item=supported, agency=ended)
    other = ReturnFactory(round=of_return.round, agency=msd)
    own = UpdateFactory(of_return=other, item=supported, achieved="We paid.", stage="under_way")
    UpdateFactory(of_return=of_return, item=supported, achieved="We taught.", stage="")
    moved = UpdateFactory(of_return=of_return, item=item, achieved="Printed.")
    hand_over(ended, administrator)
    for row in (own, moved, of_return):
        row.refresh_from_db()
    assert (moved.of_return, moved.achieved) == (other, "Printed.")
    assert (own.achieved, own.stage) == ("We paid.\n\nWe taught.", "under_way")
    assert (of_return.state, of_return.agency) == (Return.State.MOVED, ended)
    assert rounds.still_open(of_return.round) == [other]


def test_the_successor_finishes_the_return(
    ended, msd, item, of_return, contributor, approver, administrator
):
    UpdateFactory(of_return=of_return, item=item, achieved="Printed.", written_by=contributor)
    hand_over(ended, administrator)
    of_return.refresh_from_db()
    chief = SeatFactory(agency=msd, role=Seat.Role.APPROVER).user
    assert chief.has_perm("workitems.submit_return", of_return)
    done = rounds.submit(of_return=of_return, by=chief, on=TODAY, at=NOW)
    assert (done.state, done.agency) == ("submitted", msd)


def test_what_the_coordinator_is_reading_is_not_moved(ended, msd, item, of_return, administrator):
    ReturnFactory(round=of_return.round, agency=msd, state="submitted", submitted_at=NOW)
    sentence = (
        f"The return of MSD for {of_return.round} is submitted, so the answers of Police cannot move "
        "into MSD’s. First the coordinator has to accept both, send it back, or close the round."
    )
    with unchanged(item, of_return), refused(sentence):
        hand_over(ended, administrator)


@pytest.fixture
def merged(ended, msd, item, of_return, administrator):
    """The round of two returns, of which Police’s went into MSD’s."""
    Return.objects.filter(pk=of_return.pk).update(state="sent_back", submitted_at=NOW)
    ReturnFactory(round=of_return.round, agency=msd)
    UpdateFactory(of_return=of_return, item=item, achieved="Printed.")
    hand_over(ended, administrator)
    return of_return.round


def test_a_return_that_went_to_the_successor_is_no_news_and_in_no_count(
    merged, ended, msd, coordinator, client_of
):
    with noon(merged.due_on + timedelta(days=3)):
        on = localdate()
        moved = [line for line in return_news(on) if line.of_return.agency == ended]
        at = plan_at(merged.plan, Moment.present(merged.plan, on))
        assert (moved, [each.agency for each in at.returns]) == ([], [msd])
        client = client_of(coordinator)
        page = client.get(merged.get_absolute_url()).text
        overview = client.get(reverse("dashboard:overview", args=[merged.plan.slug])).text
    assert "1 of 1 return is not accepted." in page
    assert "Moved to the successor" in page
    assert "Moved to the successor" not in overview


def test_no_agenda_ahead_has_a_return_that_moved(ended, msd, of_return, plan, administrator):
    matters = [
        MatterFactory(meeting=MeetingFactory(plan=plan, held_on=day), of_return=of_return)
        for day in (YESTERDAY, TODAY)
    ]
    ReturnFactory(round=of_return.round, agency=msd)
    hand_over(ended, administrator)
    assert list(Matter.objects.on_agenda()) == matters[:1]


@pytest.mark.parametrize("is_closed", [False, True])
def test_an_agenda_names_the_holder_of_a_return_and_reasons_of_its_own_day(
    ended, msd, of_return, plan, coordinator, administrator, client_of, is_closed
):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    title = f"Return of Police for {of_return.round}"
    matter = MatterFactory(
        meeting=meeting, title=title, of_return=of_return, why="Sent back two days ago."
    )
    history.save(matter, by=coordinator, at=BEFORE)
    if is_closed:
        meeting.closed_at, meeting.closed_by = NOW, coordinator
        meeting.save()
    hand_over(ended, administrator, on=TOMORROW, at=NOW + timedelta(days=1))
    client = client_of(coordinator)
    for address in (
        meeting.get_absolute_url(),
        reverse("meetings:present", args=[plan.slug, meeting.pk]) + "?matter=1",
        reverse("papers:pack", args=[plan.slug, meeting.pk]),
    ):
        page = " ".join(client.get(address).text.split())
        assert (title in page, title.replace("Police", "MSD") in page) == (
            is_closed,
            not is_closed,
        ), address
        assert ("On 31 May 2010: Sent back two days ago." in page) == is_closed, address
        assert page.count("Sent back two days ago.") == is_closed, address


def test_its_people_are_led_from_the_old_return_to_the_successors(
    contributor, merged, ended, msd, of_return, customs, client_of
):
    there = Return.objects.get(round=merged, agency=msd)
    page = client_of(contributor).get(of_return.get_absolute_url(), follow=True)
    assert page.redirect_chain == [(there.get_absolute_url(), 302)]
    assert f"The return of Police for {merged} moved to MSD." in page.text
    other = SeatFactory(agency=customs).user
    page = client_of(other).get(of_return.get_absolute_url())
    says = "The return of Police moved to MSD. You can read that one once it is accepted."
    assert (page.status_code, says in page.text) == (403, True)


def test_a_coordinator_finds_the_successors_return_on_the_old_one(
    merged, ended, msd, of_return, coordinator, client_of
):
    there = Return.objects.get(round=merged, agency=msd).get_absolute_url()
    text = client_of(coordinator).get(of_return.get_absolute_url()).text
    assert f'<strong>Moved</strong> to the <a href="{there}">return of MSD</a>' in text


def test_items_that_came_say_whence_and_show_the_last_words(
    ended, msd, item, of_return, administrator, client_of
):
    earlier = RoundFactory(
        plan=item.plan, period_start=date(2009, 1, 1), period_end=date(2009, 6, 30), closed_at=NOW
    )
    accepted = ReturnFactory(round=earlier, agency=ended, state="accepted", accepted_on=YESTERDAY)
    UpdateFactory(of_return=accepted, item=item, achieved="Drafted the brochure.")
    bare = WorkItemFactory(plan=item.plan, number="1.3", lead_agency=ended)
    own = WorkItemFactory(plan=item.plan, number="1.4", lead_agency=msd)
    hand_over(ended, administrator)
    of_return.refresh_from_db()
    sections = {each.item: each for each in return_page(of_return, TODAY).sections}
    came = Came("Police", TODAY)
    assert [
        (each.came, each.last and each.last.achieved)
        for each in map(sections.get, (item, bare, own))
    ] == [
        (came, "Drafted the brochure."),
        (came, None),
        (None, None),
    ]
    page = client_of(SeatFactory(agency=msd).user).get(of_return.get_absolute_url()).text
    assert page.count("Police handed this item over on 1 June 2010.") == 2
    assert page.count("There was no answer in an earlier round.") == 1


def test_a_closed_milestone_of_an_ended_agency_is_told_as_past(
    ended, msd, item, milestone, of_return, administrator, client_of
):
    milestone.completed_on = of_return.round.period_start
    milestone.save()
    hand_over(ended, administrator)
    of_return.refresh_from_db()
    page = client_of(SeatFactory(agency=msd).user).get(of_return.get_absolute_url()).text
    assert "Police answered for this milestone." in page
    assert "Police answers for this milestone." not in page


def test_only_a_return_that_was_sent_back_shows_what_changed_since(
    ended, msd, item, of_return, administrator, coordinator
):
    other = ReturnFactory(round=of_return.round, agency=msd)
    history.save(
        ReturnNote(
            of_return=of_return,
            item=item,
            body="Say how many.",
            by=coordinator,
            at=NOW - timedelta(days=1),
        ),
        by=coordinator,
    )
    Return.objects.filter(pk=of_return.pk).update(state="sent_back", submitted_at=NOW)
    UpdateFactory(of_return=of_return, item=item, achieved="Printed.")
    hand_over(ended, administrator)
    other.refresh_from_db()
    (section,) = return_page(other, TODAY, is_for_reading=True).sections
    assert section.since_sent_back == []


def test_a_request_says_who_asked_and_a_delay_and_a_date_count_for_who_has_the_work_now(
    ended, msd, item, milestone, administrator, contributor, client_of
):
    variation = VariationFactory(milestone=milestone, requesting_agency=ended)
    DelayFactory(milestone=milestone, found_on=YESTERDAY)
    day = NOW + timedelta(days=1)
    with time_machine.travel(day, tick=False):
        hand_over(ended, administrator, on=TOMORROW, at=day)
        page = client_of(contributor).get(variation.get_absolute_url()).text
    variation.refresh_from_db()
    assert variation.requesting_agency == msd
    asked = page[page.index("Asked by") :]
    assert asked.index(ended.name) < asked.index(f"Now with {msd.name}")
    now = Moment.today(milestone.agreed_due + timedelta(days=1))
    trends = read_trends(item.plan, now)
    slips = read_slips(PlanView(plan=item.plan, at=now), [])
    label = [f"{msd.short_name} (Police until 31 May 2010)"]
    assert [row.label for row in trends.delayed_agencies] == label
    # The successor had the milestone when its date came.
    assert [row.label for row in trends.met_by_agency] == [msd.short_name]
    assert [row.label for row in slips.by_agency] == [msd.short_name]


def test_what_an_ended_agency_did_before_counts_for_its_successor_and_says_so(
    ended, msd, item, administrator
):
    with time_machine.travel(BEFORE, tick=False):
        milestone = MilestoneFactory(
            item=item, number=8, responsible_agency=ended, original_due=BEFORE.date()
        )
        milestone.completed_on = BEFORE.date()
        history.save(milestone, by=administrator)
    hand_over(ended, administrator)
    found = read_trends(item.plan, Moment.today(TODAY)).met_by_agency
    assert [(row.label, row.agreed.on_time) for row in found] == [
        (f"{msd.short_name} (Police until 31 May 2010)", 1)
    ]


def test_what_is_held_until_a_day_says_the_day(ended, plan):
    FollowUpFactory(owner_agency=ended, due_on=date(2010, 7, 5))
    clearance = ClearanceFactory(agency=ended, briefing__plan=plan)
    paper = clearance.briefing
    assert (
        lines(ended)["Follow-ups of the Minister’s answers"],
        lines(ended)["Clearances to give"],
    ) == (
        ["5 July 2010"],
        [f"{paper.tracker_number} of {paper.dated:%-d %B %Y} ({plan})"],
    )


@pytest.fixture
def came(ended, msd, item, of_return, contributor, coordinator, administrator):
    """MSD's return was sent back as a whole, and then Police's came into it with a note on its item."""
    second = WorkItemFactory(plan=item.plan, number="9.1", title="Teach", lead_agency=ended)
    drafted = WorkItemFactory(plan=item.plan, number="9.2", title="Test", lead_agency=ended)
    days = [NOW - timedelta(days=each) for each in (5, 3, 2, 1)]
    with time_machine.travel(days[0], tick=False):
        for each in (item, second):
            row = Update(of_return=of_return, item=each, achieved="More.", stage="under_way")
            row.written_by, row.written_at = contributor, days[0]
            history.save(row, by=contributor)
        Return.objects.filter(pk=of_return.pk).update(state="submitted", submitted_at=days[0])
    with time_machine.travel(days[1], tick=False):
        of_return.refresh_from_db()
        rounds.send_back(
            of_return=of_return, on_items={item: "How many?"}, by=coordinator, at=days[1]
        )
    with time_machine.travel(days[2], tick=False):
        row = Update(of_return=of_return, item=drafted, achieved="Draft.", stage="under_way")
        row.written_by, row.written_at = contributor, days[2]
        history.save(row, by=contributor)
        other = ReturnFactory(
            round=of_return.round, agency=msd, state="submitted", submitted_at=days[2]
        )
        rounds.send_back(of_return=other, note="Police’s come in.", by=coordinator, at=days[2])
    with time_machine.travel(days[3], tick=False):
        of_return.refresh_from_db()
        hand_over(ended, administrator, at=days[3])
    other.refresh_from_db()
    return other


def test_a_note_that_came_with_an_answer_is_still_to_be_followed(came, item, approver):
    bodies = [(each.note.body, each.is_mended) for each in mendings_of(came)]
    assert bodies == [("How many?", False), ("Police’s come in.", False)]
    chief = SeatFactory(agency=came.agency, role=Seat.Role.APPROVER).user
    says = (
        f"You have not changed item {item.number} or replied to the note since the return was sent "
        "back."
    )
    with refused(says):
        rounds.submit(of_return=came, by=chief, on=TODAY, at=NOW)
    done = rounds.submit(of_return=came, by=chief, on=TODAY, at=NOW, with_unmended=True)
    sections = {each.item: each for each in return_page(done, TODAY, is_for_reading=True).sections}
    assert sections[item].since_sent_back == []
    assert [each.note.body for each in sections[item].mendings] == ["How many?"]


def test_the_coordinator_counts_as_the_round_does_and_sees_what_was_handed_in(
    came, item, coordinator, client_of
):
    page = return_page(came, TODAY, is_for_reading=True, as_handed_in=True)
    counted = Return.objects.with_progress().get(pk=came.pk)
    assert (page.answered, page.total) == (counted.answered, counted.items) == (3, 3)
    shown = {
        each.item.number: (each.update and each.update.achieved, each.is_not_shown)
        for each in page.sections
    }
    assert shown == {
        item.number: ("More.", False),
        "9.1": ("More.", False),
        "9.2": (None, True),
    }
    text = client_of(coordinator).get(came.get_absolute_url()).text
    assert text.count("Not shown until it is submitted") == 1
    assert "MSD has an answer. It is shown once the return is submitted." in text
    assert "Not answered yet" not in text


def test_what_changed_and_the_next_paper_say_who_took_over_what(
    ended, msd, item, plan, administrator
):
    others = [WorkItemFactory(plan=plan, number=f"8.{each}") for each in (1, 2)]
    for each in others:
        SupportFactory(item=each, agency=ended)
    SupportFactory(item=others[1], agency=msd)
    Agency.objects.filter(pk=ended.pk).update(valid_to=TODAY)
    ended.refresh_from_db()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        hand_over(ended, administrator, on=TOMORROW, at=NOW + timedelta(days=1))
    view = PlanView(plan=plan, at=Moment.today(TOMORROW), since=Moment.end_of(TODAY))
    found = read_changes(view).found
    day = f"{TODAY:%-d %B %Y}"
    told = [each.words for each in found if each.kind in ("plan", "support", "moved")]
    assert told == [
        f"Police ended on {day}, and its work went to MSD: the lead of item 1.2 and its part in 2 items.",
        "MSD joined the working group.",
    ]
    # Of one agency's items, each says it itself.
    found = read_changes(replace(view, agency=msd.pk)).found
    assert [each.words for each in found if each.kind == "moved"] == [
        "Lead moved from Police to MSD."
    ]
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan, dated=TOMORROW, period_start=date(2010, 1, 1), period_end=TODAY
    )
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        text = str(compose(briefing))
    assert re.findall(r"Police ended[^.]*", text) == [
        f"Police ended on {day}, and the Ministry of Social Development (MSD) took over its item"
    ]


def test_the_next_paper_takes_our_for_the_agency_that_wrote_it(
    ended, msd, item, plan, administrator
):
    risk = RiskFactory(
        plan=plan,
        owner_agency=ended,
        response="Budget bid is with our CE.",
        escalated_to="minister",
        escalated_on=YESTERDAY,
    )
    hand_over(ended, administrator)
    risk.refresh_from_db()
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan, dated=TODAY, period_start=date(2010, 1, 1), period_end=TODAY
    )
    assert risk.owner_agency == msd
    assert "Budget bid is with Police’s CE" in str(compose(briefing))


def test_papers_miss_no_return_of_an_agency_that_has_ended_or_leads_nothing(
    merged, plan, customs, msd
):
    ReturnFactory(round=merged, agency=customs)  # asked about no item
    others = AgencyFactory(short_name="MFE")
    WorkItemFactory(plan=plan, number="3.1", lead_agency=others)
    ReturnFactory(round=merged, agency=others)
    briefing = BriefingFactory(plan=plan, period_end=merged.period_end, dated=merged.due_on)
    assert [row.agency for row in missing_returns(briefing)] == [others, msd]
    others.valid_to = merged.due_on - timedelta(days=1)
    others.save()
    assert [row.agency for row in missing_returns(briefing)] == [msd]


def test_nobody_is_invited_to_submit_for_an_agency_on_its_last_day(
    police, customs, item, coordinator, administrator, client_of
):
    WorkItemFactory(plan=item.plan, lead_agency=customs)
    people = reverse("agencies:seats", args=[police.pk])
    opening = reverse("returns:open-round", args=[item.plan.slug])

    def asked():
        missing = client_of(coordinator).get(opening).context["missing"]
        says = " ".join(each.says for each in missing)
        asked_of = [each.short_name for each in (police, customs) if each.short_name in says]
        return asked_of, "Invite one." in client_of(administrator).get(people).text

    assert asked() == (["Police", "Customs"], True)
    police.valid_to = TODAY
    police.save()
    assert asked() == (["Customs"], False)


def test_a_clearance_goes_on_at_the_successor(ended, msd, plan, administrator):
    clearance = ClearanceFactory(
        agency=ended, briefing__plan=plan, briefing__state="in_consultation"
    )
    hand_over(ended, administrator)
    clearance.refresh_from_db()
    assert (clearance.agency, clearance.answer) == (msd, "")


def test_the_answer_that_an_ended_agency_gave_stays_its_own(
    ended, msd, plan, contributor, coordinator, administrator, client_of
):
    clearance = ClearanceFactory(
        agency=ended,
        briefing__plan=plan,
        briefing__state="in_consultation",
        answer="concurs",
        answered_by=contributor,
        answered_as="Ana (Police)",
        answered_at=BEFORE,
    )
    ClearanceCommentFactory(clearance=clearance, made_at=BEFORE)
    history.save(clearance, by=contributor, at=BEFORE)
    clearance.answer, clearance.answered_as = "", ""
    clearance.answered_by = clearance.answered_at = None
    clearance.reopened_because = "Paragraph 7 was changed."
    history.save(clearance, by=coordinator, at=BEFORE)
    hand_over(ended, administrator)
    address = reverse("briefings:clearance", args=[plan.slug, clearance.briefing_id])
    page = client_of(coordinator).get(address).text
    says = "Earlier answer, no longer printed: Concurs, Ana (Police), 31 May 2010."
    assert says in " ".join(page.split())
    assert "<strong>Police</strong> on" in page


def test_people_of_an_ended_agency_are_shown_until_its_own_last_day(
    ended, contributor, administrator
):
    hand_over(ended, administrator, on=TOMORROW, at=NOW + timedelta(days=1))
    (seat,) = seating_of(ended, TOMORROW).before
    assert (seat.to_on, seat.last_day) == (YESTERDAY, YESTERDAY)
    # One that was to end later, or was stored so by an earlier release.
    seat.to_on = TOMORROW
    seat.save()
    (seat,) = seating_of(ended, TOMORROW + timedelta(days=1)).before
    assert seat.last_day == YESTERDAY


def test_what_an_ended_agency_still_names_is_not_called_nothing(
    ended, item, administrator, client_of
):
    item.stage, item.completed_on = "withdrawn", None
    item.save()
    hand_over(ended, administrator)
    page = client_of(administrator).get(reverse("agencies:hand-over", args=[ended.pk])).text
    says = "It holds nothing open. What it finished, and work items that were withdrawn, stay in its name."
    assert says in page


def test_whoever_followed_its_items_follows_the_successors_and_nobody_else_is_told(
    ended, msd, plan, administrator
):
    both, one = UserFactory(), UserFactory()
    for person, agencies in ((both, {ended, msd}), (one, {ended})):
        follow_plan(plan=plan, whole=False, agencies=agencies, by=person, at=NOW)
    assert lines(ended) == {"Member of the working group": [plan.title]}
    hand_over(ended, administrator)
    assert {each.person: each.agency for each in Follow.objects.all()} == {both: msd, one: msd}
    assert Follow.objects.count() == 2


def test_the_successor_reads_the_conversations_of_an_ended_agency_and_is_asked_its_questions(
    ended, msd, plan, administrator
):
    note = NoteFactory(item=WorkItemFactory(plan=plan), readers="with", agency=ended)
    question = MentionFactory(note=note, agency=ended)
    closed = MentionFactory(closed_by=administrator, closed_at=NOW, agency=ended)
    hand_over(ended, administrator)
    for row in (note, question, closed):
        row.refresh_from_db()
    assert (note.agency, question.agency, closed.agency) == (msd, msd, ended)


# --- items without a living lead ------------------------------------------------------------------

WORDS = "Item 1.2 has no lead: Police ended on 31 May 2010."


@pytest.mark.parametrize("page", ["returns:open-round", "dashboard:overview"])
def test_pages_name_an_item_without_a_living_lead_with_the_way_to_mend_it(
    ended, item, coordinator, client_of, page
):
    text = client_of(coordinator).get(reverse(page, args=[item.plan.slug])).text
    assert WORDS in text
    assert reverse("agencies:hand-over", args=[ended.pk]) in text


def test_the_coordinators_desk_names_it_too(ended, item, coordinator):
    found = [(line.what, line.detail, line.url) for line in lines_for(coordinator, TODAY)]
    address = reverse("agencies:hand-over", args=[ended.pk])
    assert found == [("Hand over the work of Police", WORDS, address)]


def test_the_coordinators_desk_names_it_before_its_last_day(police, item, coordinator):
    police.valid_to = date(2010, 6, 30)
    police.save()
    address = reverse("agencies:hand-over", args=[police.pk])
    (line,) = lines_for(coordinator, TODAY)
    assert (line.what, line.detail, line.when, line.url) == (
        "Police ends on 30 June 2010: hand over its work",
        "It leads item 1.2.",
        "Due in 29 days",
        address,
    )
    assert lines_for(coordinator, TODAY - timedelta(days=2)) == []


def test_nothing_is_named_once_it_is_handed_over(ended, item, coordinator, client_of):
    hand_over(ended, coordinator)
    assert lines_for(coordinator, TODAY) == []
    text = client_of(coordinator).get(reverse("dashboard:overview", args=[item.plan.slug])).text
    assert "has no lead" not in text


def test_only_administrators_and_the_plans_coordinators_hand_over(
    ended, item, coordinator, administrator, approver, colleague
):
    people = (administrator, coordinator, approver, colleague, SeatFactory().user)
    may = [each.has_perm("agencies.hand_over", ended) for each in people]
    assert may == [True, True, False, False, False]


# Columns with an agency that stay with one that ended, or are no work of its.
STAY = {
    "Agency.successor",
    "Invitation.agency",  # withdrawn
    "Unit.agency",
    "Assignment.agency",  # who looks after an item within the agency is chosen anew
    "Attendance.agency",
    "TrackerMapping.agency",
    "AgencyCover.agency",
    "CoverMark.agency",
    "RequestEvent.agency",
    "EarlierPaper.agency",
    "MeasureValue.agency",  # who gave the number
    "Audit.agency",  # only its last day ever changes: one of the successor is set up anew
    "Finding.replied_for",  # who replied
    "Note.written_for",  # who wrote it
    # What was typed of another agency, in an answer or a request that moves itself.
    "MilestoneAnswer.owner_agency",
    "MilestoneAnswer.settling_agency",
    "HeldEntry.owner_agency",
    # What a decision changes stays as it was asked.
    "Variation.agency_before",
    "Variation.agency_after",
}


def test_every_column_with_an_agency_moves_or_is_known_to_stay():
    columns = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        for field in model._meta.fields
        if field.related_model is Agency
    }
    moved = {
        f"{holding.rows(0, TODAY).model.__name__}.{holding.field}" for holding in HOLDINGS
    } - STAY
    assert columns == moved | STAY


# --- a plan that has ended ----------------------------------------------------------------------


@pytest.fixture
def ended_plan(labour):
    """A plan that ended before its coordinating agency did, twice succeeded."""
    plan = PlanFactory(
        title="Plan of 2009",
        slug="plan-of-2009",
        coordinating_agency=labour,
        released_on=date(2009, 7, 1),
        ends_on=date(2010, 3, 31),
    )
    middle = AgencyFactory(short_name="Middle", name="Ministry between")
    last = AgencyFactory(short_name="MBIE", name="Ministry of Business")
    for agency, successor in ((labour, middle), (middle, last)):
        agency.valid_to, agency.successor = YESTERDAY, successor
        agency.save()
    return plan


def test_coordinators_of_the_successor_look_after_a_plan_that_had_ended(ended_plan, client_of):
    last = Agency.objects.get(short_name="MBIE")
    coordinator = SeatFactory(agency=last, role=Seat.Role.COORDINATOR).user
    contributor = SeatFactory(agency=last, role=Seat.Role.CONTRIBUTOR).user
    export = reverse("plans:export", args=[ended_plan.slug])
    page = ended_plan.get_absolute_url()
    client = client_of(coordinator)
    assert (client.get(page).status_code, client.get(export).status_code) == (200, 200)
    assert "Ministry of Business" not in client.get(page).text
    assert client_of(contributor).get(page).status_code == 404
    observer = SeatFactory(agency=ended_plan.coordinating_agency, role=Seat.Role.OBSERVER).user
    refused_page = client_of(observer).get(export)
    assert refused_page.status_code == 403
    assert "Only coordinators of MBIE can do this." in refused_page.text


def test_a_plan_that_goes_on_waits_for_the_hand_over(plan, labour, msd, client_of):
    labour.valid_to, labour.successor = YESTERDAY, msd
    labour.save()
    coordinator = SeatFactory(agency=msd, role=Seat.Role.COORDINATOR).user
    assert client_of(coordinator).get(plan.get_absolute_url()).status_code == 404


def test_whoever_handed_over_sees_the_page_after_it_with_their_reason(ended, msd, plan, client_of):
    coordinator = SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user
    client = client_of(coordinator)
    address = reverse("agencies:hand-over", args=[ended.pk])
    after = client.post(address, {"reason": WHY, "version": ended.version}, follow=True)
    assert after.status_code == 200
    assert after.redirect_chain == [(address, 302)]
    assert (f"The work of {ended.name} is handed over." in after.text, WHY in after.text) == (
        True,
        True,
    )


# --- what it answered in this round ---------------------------------------------------------------


@pytest.fixture
def heard(ended, msd, item, of_return, approver, administrator):
    """The successor's return, after the answer of Police for the round was accepted and its work handed over."""
    facts = {"state": "accepted", "accepted_on": TODAY, "submitted_by": approver}
    Return.objects.filter(pk=of_return.pk).update(submitted_at=NOW, **facts)
    UpdateFactory(of_return=of_return, item=item, stage="under_way", achieved="We printed it.")
    other = WorkItemFactory(plan=item.plan, number="2.1", lead_agency=msd)
    own = ReturnFactory(round=of_return.round, agency=msd)
    hand_over(ended, administrator)
    UpdateFactory(of_return=own, item=other, stage="under_way", achieved="We taught.")
    return own


def test_the_successor_is_not_asked_again_for_what_was_accepted_in_this_round(heard, client_of):
    (row,) = Return.objects.filter(pk=heard.pk).with_progress()
    assert (row.answered, row.items) == (1, 1)
    assert answers_of(heard, TODAY).missing == []
    page = return_page(heard, TODAY)
    assert (page.answered, page.total, page.is_complete) == (1, 1, True)
    section = next(each for each in page.sections if each.item.number == "1.2")
    assert (section.earlier.achieved, section.last) == ("We printed it.", None)
    writer = SeatFactory(agency=heard.agency, role=Seat.Role.CONTRIBUTOR).user
    text = " ".join(client_of(writer).get(heard.get_absolute_url()).text.split())
    assert "Police answered, accepted 1 June 2010" in text
    assert "MSD is not asked again in this round." in text
    chief = SeatFactory(agency=heard.agency, role=Seat.Role.APPROVER).user
    done = rounds.submit(of_return=heard, by=chief, on=TODAY, at=NOW)
    page = return_page(done, TODAY)
    assert [each.item.number for each in page.led] == ["2.1"]


@pytest.mark.both_databases
def test_one_round_has_one_accepted_answer_of_an_items_lead(heard, item):
    writer = SeatFactory(agency=heard.agency, role=Seat.Role.CONTRIBUTOR).user
    sentence = (
        "Police answered item 1.2 for this round, and its answer was accepted on 1 June 2010."
    )
    with unchanged(item), refused(sentence):
        rounds.write_update(
            of_return=heard, item=item, stage="under_way", achieved="Again.", by=writer, at=NOW
        )
    rest = rounds.say_no_change_to_the_rest(of_return=heard, by=writer, on=TODAY, at=NOW)
    assert (rest.answered, rest.not_answered) == ([], [])


def test_the_successor_changes_the_status_at_once_of_what_is_answered_for_this_round(
    heard, item, client_of
):
    writer = SeatFactory(agency=heard.agency, role=Seat.Role.CONTRIBUTOR).user
    item.refresh_from_db()
    address = reverse("workitems:change-status", args=[item.plan.slug, item.number])
    values = {"stage": "under_way", "confidence": "at_risk", "reason": "Paper is late."}
    page = client_of(writer).post(address, values | {"version": item.version})
    assert page.status_code == 302
    item.refresh_from_db()
    assert item.confidence == "at_risk"
