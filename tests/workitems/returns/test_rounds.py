"""Test the services of rounds and returns: opening, answering, submitting, accepting."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    InvitationFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.models import Return, ReturnNote, Round, Update, WorkItem
from workitems.plan.services import Conflict, Refused
from workitems.returns.return_page import return_page
from workitems.returns.services import handover, rounds
from workitems.returns.services.answers import answers_of

pytestmark = pytest.mark.django_db

# --- opening and closing a round --------------------------------------------------------------


def open_round(plan, by, **differs):
    values = {
        "name": "July to December 2010",
        "period_start": date(2010, 7, 1),
        "period_end": date(2010, 12, 31),
        "due_on": date(2011, 1, 14),
        "message": "Please be brief.",
    }
    return rounds.open_round(plan=plan, by=by, at=NOW, **{**values, **differs})


def test_opening_a_round_asks_each_agency_of_the_working_group(
    plan, labour, police, customs, coordinator
):
    led = WorkItemFactory(plan=plan, number="9.1", lead_agency=labour)
    MilestoneFactory(item=led, responsible_agency=police)
    SupportFactory(item=led, agency=customs)
    made = open_round(plan, coordinator)
    assert (made.is_open, made.opened_by, made.opened_at) == (True, coordinator, NOW)
    assert (made.name, made.message) == ("July to December 2010", "Please be brief.")
    asked = made.returns.order_by("agency__short_name")
    assert [(each.agency, each.state) for each in asked] == [
        (customs, "due"),
        (labour, "due"),
        (police, "due"),
    ]
    for row in (made, *asked):
        assert entries(row) == [("+", "Coordinator (DoL)", "")]


def test_an_agency_that_ends_before_the_due_date_is_not_asked(coordinator, labour, police):
    gone = AgencyFactory(valid_to=date(2011, 1, 13))
    to_the_last_day = AgencyFactory(valid_to=date(2011, 1, 14))
    plan = PlanFactory(coordinating_agency=labour, members=[gone, to_the_last_day])
    for number, agency in enumerate((labour, gone, to_the_last_day), 1):
        WorkItemFactory(plan=plan, number=f"1.{number}", lead_agency=agency)
    made = open_round(plan, coordinator)
    assert {each.agency for each in made.returns.all()} == {labour, to_the_last_day}


def test_an_agency_that_leads_and_supports_nothing_gets_no_return(plan, police, coordinator):
    item = WorkItemFactory(plan=plan, number="9.1", lead_agency=police)
    SupportFactory(item=WorkItemFactory(plan=plan, number="9.2", stage="withdrawn"))
    assert [each.agency for each in open_round(plan, coordinator).returns.all()] == [
        item.lead_agency
    ]


def test_agencies_that_only_support_are_asked_if_the_coordinator_says_so(
    plan, police, customs, coordinator
):
    item = WorkItemFactory(plan=plan, number="9.1", lead_agency=police)
    SupportFactory(item=item, agency=customs)
    made = open_round(plan, coordinator, asks_supporters=False)
    assert [each.agency for each in made.returns.all()] == [police]


def test_one_person_may_submit_from_the_day_on_which_the_round_is_opened(
    plan, police, customs, coordinator
):
    for number, agency in (("9.1", police), ("9.2", customs)):
        WorkItemFactory(plan=plan, number=number, lead_agency=agency)
    InvitationFactory(agency=police, role=Seat.Role.APPROVER)
    made = open_round(plan, coordinator, may_submit_alone=[police], alone_reason="Nobody else.")
    assert [
        (each.agency, each.alone_reason, each.alone_allowed_by)
        for each in made.returns.order_by("agency__short_name")
    ] == [(customs, "", None), (police, "Nobody else.", coordinator)]


@pytest.mark.parametrize(
    ("differs", "sentence", "field"),
    [
        (
            {"period_end": date(2010, 7, 1)},
            "The period ends before it begins. Enter a later day.",
            "period_end",
        ),
        (
            {"due_on": date(2010, 6, 30)},
            "Returns would be due before the period begins. Enter a later day.",
            "due_on",
        ),
    ],
)
def test_a_round_with_dates_in_the_wrong_order_is_refused(
    plan, coordinator, differs, sentence, field
):
    with refused(sentence, field):
        open_round(plan, coordinator, **differs)
    assert Round.objects.count() == 0


def test_a_round_is_not_opened_for_a_plan_that_is_not_adopted(coordinator):
    with refused("This plan is not adopted yet. Adopt it, then open a round."):
        open_round(PlanFactory(adopted_on=None), coordinator)


def test_a_second_round_cannot_be_opened_while_one_is_open(plan, coordinator):
    RoundFactory(plan=plan)
    with refused("Another round is open. Close it first."):
        open_round(plan, coordinator)


def test_two_plans_can_each_have_an_open_round(plan, coordinator):
    RoundFactory()
    assert open_round(plan, coordinator).is_open


def test_a_period_cannot_have_two_rounds(plan, coordinator):
    RoundFactory(
        plan=plan,
        period_start=date(2010, 7, 1),
        period_end=date(2010, 12, 31),
        closed_at=NOW,
    )
    with refused(
        "There has already been a round for this period. Enter another period.", "period_start"
    ):
        open_round(plan, coordinator)


def test_a_round_can_be_closed_only_once(of_return, coordinator):
    rounds.close_round(round=of_return.round, by=coordinator, at=NOW)
    made = Round.objects.get()
    assert (made.is_open, made.closed_by, made.closed_at) == (False, coordinator, NOW)
    assert newest(made) == ("~", "Coordinator (DoL)", "")
    with unchanged(made), refused("This round is already closed."):
        rounds.close_round(round=made, by=coordinator, at=NOW)


def reopen_round(made, by, reason="A return came late."):
    return rounds.reopen_round(round=made, by=by, reason=reason)


def test_a_closed_round_is_reopened_with_a_reason(plan, coordinator):
    made = RoundFactory(plan=plan, closed_at=NOW, closed_by=coordinator)
    with unchanged(made), refused("Say why the round is reopened.", "reason"):
        reopen_round(made, coordinator, reason="")
    reopen_round(made, coordinator)
    made.refresh_from_db()
    assert (made.is_open, made.closed_by) == (True, None)
    assert newest(made) == ("~", "Coordinator (DoL)", "A return came late.")


def test_a_round_cannot_be_reopened_while_another_is_open(of_return, plan, coordinator):
    closed = RoundFactory(
        plan=plan, period_start=date(2009, 7, 1), period_end=date(2009, 12, 31), closed_at=NOW
    )
    with unchanged(closed), refused("Another round is open. Close it first."):
        reopen_round(closed, coordinator)
    with unchanged(of_return.round), refused("This round is open."):
        reopen_round(of_return.round, coordinator)


# --- writing an update ------------------------------------------------------------------------


def write(of_return, item, by, **differs):
    values = {"stage": "under_way", "confidence": "on_track", "achieved": "It was printed."}
    return rounds.write_update(
        of_return=of_return, item=item, by=by, at=NOW, **{**values, **differs}
    )


def no_change(of_return, item, by, on=TODAY, version=0):
    return rounds.say_no_change(
        of_return=of_return, item=item, on=on, version=version, by=by, at=NOW
    )


def test_an_agency_reports_on_an_item(of_return, item, contributor):
    made = write(
        of_return,
        item,
        contributor,
        planned_next="Send it out.",
        challenges="Postage.",
        key_achievement="headline",
    )
    made.refresh_from_db()
    assert (made.stage, made.confidence) == ("under_way", "on_track")
    assert (made.achieved, made.planned_next, made.challenges) == (
        "It was printed.",
        "Send it out.",
        "Postage.",
    )
    assert (made.key_achievement, made.no_change_on) == ("headline", None)
    assert (made.written_by, made.written_at, made.version) == (contributor, NOW, 1)
    assert entries(made) == [("+", "Police contributor (Police)", "")]


def test_an_update_does_not_change_the_item_before_it_is_submitted(of_return, item, contributor):
    with unchanged(item, of_return):
        write(of_return, item, contributor, stage="ongoing", confidence="off_track")


def test_answering_again_changes_the_same_update(of_return, item, contributor, approver):
    write(of_return, item, contributor)
    changed = write(of_return, item, approver, achieved="5,000 were printed.", version=1)
    assert Update.objects.get() == changed
    assert (changed.achieved, changed.written_by, changed.version) == (
        "5,000 were printed.",
        approver,
        2,
    )
    assert [actor for _, actor, _ in entries(changed)] == [
        "Police contributor (Police)",
        "Police approver (Police)",
    ]


def test_repeating_the_same_answer_writes_nothing(of_return, item, contributor, approver):
    made = write(of_return, item, contributor)
    with unchanged(made):
        write(of_return, item, approver, version=1)


@pytest.mark.parametrize(("written", "version"), [(False, 1), (True, 0), (True, 2)])
def test_an_update_from_an_outdated_page_is_a_conflict(
    of_return, item, contributor, approver, written, version
):
    current = write(of_return, item, approver) if written else None
    with pytest.raises(Conflict) as conflict:
        write(of_return, item, contributor, achieved="Mine.", version=version)
    assert conflict.value.current == current
    assert list(Update.objects.values_list("achieved", flat=True)) == ["It was printed."] * written


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"stage": "stalled"}, "Choose a stage from the list.", "stage"),
        ({"confidence": "high"}, "Choose on track, at risk or off track.", "confidence"),
        (
            {"key_achievement": "perhaps"},
            "Choose no, yes (a paragraph) or headline.",
            "key_achievement",
        ),
    ],
)
def test_unknown_values_are_refused_with_a_message(
    of_return, item, contributor, values, sentence, field
):
    with refused(sentence, field):
        write(of_return, item, contributor, **values)
    assert Update.objects.count() == 0


@pytest.mark.parametrize("act", [write, no_change])
@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("submitted", "This return is submitted; it is locked."),
        ("accepted", "This return is accepted; it is locked."),
    ],
)
def test_a_submitted_return_is_locked(of_return, item, contributor, act, state, sentence):
    put(of_return, state)
    with refused(sentence):
        act(of_return, item, contributor)


def put(of_return, state):
    Return.objects.filter(pk=of_return.pk).update(
        state=state, accepted_on=TODAY if state == "accepted" else None
    )


@pytest.mark.parametrize("act", [write, no_change])
def test_a_return_that_was_sent_back_can_be_edited(of_return, item, contributor, act):
    put(of_return, "sent_back")
    assert act(of_return, item, contributor).version == 1


@pytest.mark.parametrize("act", [write, no_change])
def test_returns_of_a_closed_round_cannot_be_edited(of_return, item, contributor, act):
    Round.objects.update(closed_at=NOW)
    with refused("This round is closed."):
        act(of_return, item, contributor)


@pytest.mark.parametrize("act", [write, no_change])
def test_an_agency_can_answer_only_for_items_that_it_leads_or_supports(
    of_return, plan, police, customs, contributor, act
):
    other = WorkItemFactory(plan=plan, number="2.1", lead_agency=customs)
    with refused("Police neither leads nor supports item 2.1."):
        act(of_return, other, contributor)
    SupportFactory(item=other, agency=police)
    said = {"stage": "", "confidence": ""} if act is write else {}
    made = act(of_return, other, contributor, **said)
    assert (made.item, made.stage, made.confidence) == (other, "", "")


@pytest.mark.parametrize("act", [write, no_change])
def test_an_item_of_another_plan_cannot_be_answered_in_a_return(
    of_return, police, contributor, act
):
    with refused("This item belongs to another plan."):
        act(of_return, WorkItemFactory(lead_agency=police), contributor)


# --- no change --------------------------------------------------------------------------------


def test_no_change_is_dated_and_repeats_the_items_status(of_return, item, contributor):
    made = no_change(of_return, item, contributor)
    assert (made.no_change_on, made.stage, made.confidence) == (TODAY, "under_way", "on_track")
    assert entries(made) == [("+", "Police contributor (Police)", "")]


def test_no_change_removes_the_text_and_text_removes_no_change(of_return, item, contributor):
    write(of_return, item, contributor, key_achievement="yes", challenges="Postage.")
    made = no_change(of_return, item, contributor, version=1)
    assert (made.achieved, made.challenges, made.key_achievement) == ("", "", "no")
    assert made.history.earliest().achieved == "It was printed."
    assert write(of_return, item, contributor, version=2).no_change_on is None


def test_no_change_given_twice_on_a_day_is_written_once(of_return, item, contributor):
    made = no_change(of_return, item, contributor)
    with unchanged(made):
        no_change(of_return, item, contributor, version=1)


@pytest.mark.parametrize("is_own", [True, False])
def test_a_supporting_agency_answers_for_its_own_overdue_milestones_alone(
    of_return, plan, police, customs, contributor, is_own
):
    supported = WorkItemFactory(plan=plan, lead_agency=customs, number="1.3")
    SupportFactory(item=supported, agency=police)
    responsible = police if is_own else customs
    MilestoneFactory(item=supported, responsible_agency=responsible, agreed_due=YESTERDAY)
    (section,) = (each for each in return_page(of_return, TODAY).sections if each.item == supported)
    assert section.may_say_no_change is not is_own
    if is_own:
        with pytest.raises(Refused):
            no_change(of_return, supported, contributor)
    else:
        assert no_change(of_return, supported, contributor).no_change_on == TODAY


@pytest.mark.parametrize(("due", "overdue"), [(YESTERDAY, True), (TODAY, False)])
def test_an_item_with_an_overdue_milestone_needs_a_written_answer(
    of_return, item, contributor, due, overdue
):
    MilestoneFactory(item=item, original_due=due)
    if not overdue:
        assert no_change(of_return, item, contributor).no_change_on == TODAY
        return
    with refused(
        "Item 1.2: a milestone is overdue, so “No change” is not enough. Write at least one sentence."
    ):
        no_change(of_return, item, contributor)


def earlier_round(plan, year, agency, item, no_change_on):
    """Make a closed round with this agency's update on the item."""
    made = RoundFactory(
        plan=plan,
        period_start=date(year, 1, 1),
        period_end=date(year, 6, 30),
        closed_at=NOW,
    )
    UpdateFactory(
        of_return=Return.objects.create(round=made, agency=agency),
        item=item,
        achieved="" if no_change_on else "Something.",
        no_change_on=no_change_on,
    )


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        ([], False),
        ([True], False),
        ([True, True], True),
        ([False, True], False),
        ([True, False], False),
        ([False, True, True], True),
    ],
)
def test_no_change_cannot_be_given_three_times_in_a_row(
    of_return, plan, police, item, contributor, before, refusal
):
    for year, unchanged_then in enumerate(before, start=2010 - len(before)):
        earlier_round(plan, year, police, item, date(year, 7, 1) if unchanged_then else None)
    if refusal:
        with refused(
            "This item had “no change” twice in a row. Write at least one sentence this time."
        ):
            no_change(of_return, item, contributor)
    else:
        assert no_change(of_return, item, contributor).no_change_on == TODAY


def test_no_change_by_another_agency_does_not_count(of_return, plan, customs, item, contributor):
    for year in (2008, 2009):
        earlier_round(plan, year, customs, item, date(year, 7, 1))
    assert no_change(of_return, item, contributor).no_change_on == TODAY


# --- missing answers --------------------------------------------------------------------------


def missing(of_return, on=TODAY):
    return [fault.says for fault in answers_of(of_return, on).missing]


def test_every_item_that_the_agency_leads_needs_an_answer(of_return, plan, police, customs, item):
    WorkItemFactory(plan=plan, number="1.10", lead_agency=police)
    WorkItemFactory(plan=plan, number="3.1", lead_agency=police, stage="withdrawn")
    SupportFactory(item=WorkItemFactory(plan=plan, lead_agency=customs), agency=police)
    assert missing(of_return) == [
        "Item 1.2 has no answer yet.",
        "Item 1.10 has no answer yet.",
    ]


def test_an_agency_that_leads_nothing_has_nothing_missing(of_return):
    assert missing(of_return) == []


def answer(of_return, item, **fields):
    return UpdateFactory(of_return=of_return, item=item, **fields)


@pytest.mark.parametrize("words", ["achieved", "planned_next", "challenges"])
def test_any_text_counts_as_an_answer(of_return, item, milestone, words):
    answer(of_return, item, **{"achieved": "", words: "Something."})
    assert missing(of_return) == []


def test_an_answer_without_text_does_not_count(of_return, item):
    answer(of_return, item, achieved="")
    assert missing(of_return) == ["Item 1.2: write at least one sentence, or choose “No change”."]


@pytest.mark.parametrize(("on", "late"), [(DUE, False), (date(2010, 7, 1), True)])
def test_no_change_counts_until_a_milestone_is_overdue(of_return, item, milestone, on, late):
    DelayFactory(milestone=milestone)
    MitigationFactory(delay=milestone.delays.get())
    answer(of_return, item, achieved="", no_change_on=TODAY)
    sentence = "Item 1.2: a milestone is overdue, so “No change” is not enough. Write at least one sentence."
    assert missing(of_return, on) == [sentence] * late


LATE = "Item 1.2: is “Brochure printed” done, or not yet? If not yet, record the delay and what is done about it."


@pytest.mark.parametrize(
    ("dates", "late"),
    [
        ({"original_due": YESTERDAY}, True),
        ({"original_due": TODAY}, False),
        ({"forecast_due": SLIPPED}, True),
        ({"original_due": YESTERDAY, "completed_on": TODAY}, False),
        ({"original_due": YESTERDAY, "withdrawn_on": TODAY}, False),
    ],
)
def test_a_late_milestone_needs_a_delay_and_a_mitigation(of_return, item, dates, late):
    milestone = MilestoneFactory(item=item, description="Brochure printed", **dates)
    answer(of_return, item)
    assert missing(of_return) == [LATE] * late
    delay = DelayFactory(milestone=milestone)
    assert missing(of_return) == [LATE] * late
    MitigationFactory(delay=delay)
    assert missing(of_return) == []


@pytest.mark.parametrize("ended_on", [YESTERDAY, TODAY])
def test_an_ended_delay_does_not_explain_a_late_milestone(of_return, item, ended_on):
    milestone = MilestoneFactory(item=item, description="Brochure printed", original_due=YESTERDAY)
    MitigationFactory(delay=DelayFactory(milestone=milestone, ended_on=ended_on))
    answer(of_return, item)
    assert missing(of_return) == [LATE]


def test_each_late_milestone_needs_its_own_explanation(of_return, item, delayed):
    answer(of_return, item)
    assert missing(of_return) == []
    MilestoneFactory(item=item, number=9, description="Brochure printed", forecast_due=SLIPPED)
    assert missing(of_return) == [LATE]


OFF_TRACK = (
    "Item 1.2 is off track. Move the forecast of the milestone that slips, with the cause and "
    "what is done about it."
)


def test_an_item_off_track_needs_a_delay_on_a_milestone(of_return, item, milestone):
    answer(of_return, item, confidence="off_track")
    assert missing(of_return) == [OFF_TRACK]
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    assert missing(of_return) == []


def test_an_item_off_track_needs_a_delay_before_it_has_an_answer(of_return, item, milestone):
    WorkItem.objects.update(confidence="off_track")
    assert missing(of_return) == ["Item 1.2 has no answer yet.", OFF_TRACK]
    answer(of_return, item, confidence="on_track")
    assert missing(of_return) == []


def test_an_item_off_track_without_milestones_needs_no_delay(of_return, item):
    answer(of_return, item, confidence="off_track")
    assert missing(of_return) == []


@pytest.mark.parametrize(
    ("stage", "answered", "sentences"),
    [
        ("under_way", "under_way", []),
        ("under_way", "ongoing", []),
        (
            "under_way",
            "complete",
            ["Item 1.2 has milestones to mark as done first: “Brochure printed”."],
        ),
        (
            "under_way",
            "withdrawn",
            ["Item 1.2 can be withdrawn only by an approved variation."],
        ),
        (
            "ongoing",
            "not_started",
            ["Item 1.2 is ongoing; it cannot become not started."],
        ),
        ("complete", "under_way", []),
        ("complete", "not_started", ["Item 1.2 is complete; it cannot become not started."]),
    ],
)
def test_an_unacceptable_stage_is_reported_before_submission(
    of_return, plan, police, stage, answered, sentences
):
    item = WorkItemFactory(
        plan=plan,
        number="1.2",
        lead_agency=police,
        stage=stage,
        completed_on=TODAY if stage == "complete" else None,
    )
    MilestoneFactory(item=item, description="Brochure printed")
    answer(of_return, item, stage=answered)
    assert missing(of_return) == sentences


@pytest.mark.parametrize("count", [1, 3])
def test_finding_missing_answers_takes_the_same_queries_for_any_number_of_items(
    of_return, plan, police, count, django_assert_num_queries
):
    for item in WorkItemFactory.create_batch(count, plan=plan, lead_agency=police):
        MilestoneFactory.create_batch(count, item=item, original_due=YESTERDAY)
        answer(of_return, item)
    of_return = Return.objects.select_related("round").get(pk=of_return.pk)
    # Updates, items, items with own milestones; answers on milestones, open milestones, delays; measures.
    with django_assert_num_queries(7):
        assert len(answers_of(of_return, TODAY).missing) == count * count


# Before everything that is written at `NOW`.
EARLIER = datetime(2010, 5, 31, tzinfo=NOW.tzinfo)

# --- every pair of states ---------------------------------------------------------------------

STEPS = {
    ("due", "submitted"),
    ("sent_back", "submitted"),
    ("submitted", "due"),
    ("submitted", "sent_back"),
    ("submitted", "accepted"),
}
ACTS = {
    "due": lambda of_return, by: handover.recall(of_return=of_return, by=by),
    "submitted": lambda of_return, by: rounds.submit(of_return=of_return, by=by, on=TODAY, at=NOW),
    "sent_back": lambda of_return, by: rounds.send_back(
        of_return=of_return, note="Say more.", by=by, at=NOW
    ),
    "accepted": lambda of_return, by: rounds.accept(of_return=of_return, by=by, on=TODAY),
}


@pytest.mark.parametrize("new", ACTS)
@pytest.mark.parametrize("old", Return.State.values)
def test_a_return_takes_only_the_allowed_steps(of_return, coordinator, old, new):
    put(of_return, old)
    if (old, new) in STEPS:
        ACTS[new](of_return, coordinator)
        of_return.refresh_from_db()
        assert (of_return.state, of_return.version) == (new, 2)
        assert newest(of_return)[:2] == ("~", "Coordinator (DoL)")
        return
    labels = [str(Return.State(state).label).lower() for state in (old, new)]
    refusal = f"This return is {labels[0]}; it cannot become {labels[1]}."
    if new == "due":
        refusal = f"This return is {labels[0]}, so there is nothing to recall."
    with unchanged(of_return), refused(refusal):
        ACTS[new](of_return, coordinator)


@pytest.mark.parametrize(("old", "new"), sorted(STEPS))
def test_a_return_takes_no_step_in_a_closed_round(of_return, coordinator, old, new):
    put(of_return, old)
    Round.objects.update(closed_at=NOW)
    with unchanged(of_return), refused("This round is closed."):
        ACTS[new](of_return, coordinator)


def test_each_step_has_its_act():
    assert {new for following in Return.NEXT.values() for new in following} == set(ACTS)


# --- submitting -------------------------------------------------------------------------------


def test_an_approver_submits_what_a_contributor_wrote(of_return, item, contributor, approver):
    write(of_return, item, contributor)
    ACTS["submitted"](of_return, approver)
    of_return.refresh_from_db()
    assert (of_return.state, of_return.submitted_by, of_return.submitted_at) == (
        "submitted",
        approver,
        NOW,
    )
    assert newest(of_return) == ("~", "Police approver (Police)", "")


def test_an_approver_cannot_submit_a_return_that_they_wrote_alone(of_return, item, approver):
    write(of_return, item, approver)
    with (
        unchanged(of_return),
        refused("You wrote all of this return. Another approver must submit it."),
    ):
        ACTS["submitted"](of_return, approver)


def test_an_approver_who_wrote_only_a_part_can_submit_the_return(
    of_return, plan, police, item, contributor, approver
):
    write(of_return, item, contributor)
    write(of_return, WorkItemFactory(plan=plan, lead_agency=police), approver)
    assert ACTS["submitted"](of_return, approver).state == "submitted"


@pytest.mark.parametrize(
    ("items", "more"),
    [(1, ""), (2, " Item 2.2 lacks something too."), (3, " Items 2.2 and 2.3 lack something too.")],
)
def test_an_incomplete_return_cannot_be_submitted(of_return, plan, police, approver, items, more):
    for number in range(1, items + 1):
        WorkItemFactory(plan=plan, number=f"2.{number}", lead_agency=police)
    with unchanged(of_return), refused(f"Not yet complete. Item 2.1 has no answer yet.{more}"):
        ACTS["submitted"](of_return, approver)


# --- sending back -----------------------------------------------------------------------------


def test_all_notes_of_a_return_sent_back_are_kept(of_return, item, coordinator, approver):
    for at, (note, about) in enumerate([("Say more.", None), ("How many?", item)], start=1):
        put(of_return, "submitted")
        rounds.send_back(
            of_return=of_return,
            note="" if about else note,
            on_items={about: note} if about else {},
            by=coordinator,
            at=datetime(2010, 7, at, tzinfo=ZoneInfo("Pacific/Auckland")),
        )
    notes = list(of_return.notes.order_by("at"))
    assert [(note.body, note.item, note.by) for note in notes] == [
        ("Say more.", None, coordinator),
        ("How many?", item, coordinator),
    ]
    assert newest(of_return) == ("~", "Coordinator (DoL)", "Item 1.2: How many?")
    assert entries(notes[0]) == [("+", "Coordinator (DoL)", "")]


def test_a_return_can_be_sent_back_only_with_a_note(of_return, coordinator):
    put(of_return, "submitted")
    with (
        unchanged(of_return),
        refused("Write what the agency should change, for an item or for the return.", "note"),
    ):
        rounds.send_back(of_return=of_return, note="", by=coordinator, at=NOW)
    assert ReturnNote.objects.count() == 0


# --- accepting --------------------------------------------------------------------------------


def accept(of_return, by):
    put(of_return, "submitted")
    return rounds.accept(of_return=of_return, by=by, on=TODAY)


def test_accepting_a_return_notes_the_day_of_the_latest_update(
    of_return, item, contributor, approver, coordinator
):
    write(of_return, item, contributor, stage="ongoing", confidence="at_risk")
    ACTS["submitted"](of_return, approver)
    rounds.accept(of_return=of_return, by=coordinator, on=TODAY)
    of_return.refresh_from_db()
    assert (of_return.state, of_return.accepted_by, of_return.accepted_on) == (
        "accepted",
        coordinator,
        TODAY,
    )
    item.refresh_from_db()
    assert (item.stage, item.confidence, item.heard_on, item.version) == (
        "ongoing",
        "at_risk",
        TODAY,
        3,
    )
    assert entries(item)[1:] == [
        ("~", "Police approver (Police)", "Return of Police for January to June 2010 submitted"),
        ("~", "Coordinator (DoL)", "Return of Police for January to June 2010 accepted"),
    ]


def test_no_change_counts_as_an_update_of_the_item(of_return, item, contributor, coordinator):
    no_change(of_return, item, contributor)
    accept(of_return, coordinator)
    item.refresh_from_db()
    assert (item.stage, item.confidence, item.heard_on) == ("under_way", "on_track", TODAY)


def test_an_update_by_a_supporting_agency_does_not_change_the_item(
    of_return, plan, police, customs, coordinator
):
    supported = WorkItemFactory(plan=plan, lead_agency=customs, stage="not_started")
    SupportFactory(item=supported, agency=police)
    answer(of_return, supported, stage="")
    with unchanged(supported):
        accept(of_return, coordinator)


@pytest.mark.parametrize(
    ("closed", "completed_on"),
    [([date(2010, 3, 1), date(2010, 5, 20)], date(2010, 5, 20)), ([], TODAY)],
)
def test_an_item_is_complete_on_the_day_of_its_last_milestone(
    of_return, item, coordinator, closed, completed_on
):
    for day in closed:
        MilestoneFactory(item=item, completed_on=day)
    answer(of_return, item, stage="complete")
    accept(of_return, coordinator)
    item.refresh_from_db()
    assert (item.stage, item.completed_on) == ("complete", completed_on)


def test_a_complete_item_reported_as_complete_keeps_its_day(of_return, plan, police, coordinator):
    item = WorkItemFactory(plan=plan, lead_agency=police, complete=True)
    answer(of_return, item, stage="complete")
    accept(of_return, coordinator)
    item.refresh_from_db()
    assert (item.completed_on, item.heard_on) == (date(2010, 5, 1), TODAY)


def test_an_item_withdrawn_after_its_answer_stays_withdrawn(of_return, plan, police, coordinator):
    item = WorkItemFactory(plan=plan, lead_agency=police, stage="withdrawn")
    answer(of_return, item)
    with unchanged(item):
        accept(of_return, coordinator)


def test_a_return_is_not_accepted_if_one_item_cannot_change(
    of_return, plan, police, item, coordinator
):
    """A milestone may have been reopened after the return was submitted."""
    other = WorkItemFactory(plan=plan, number="1.3", lead_agency=police)
    MilestoneFactory(item=other, description="Brochure printed")
    answer(of_return, item, stage="ongoing")
    answer(of_return, other, stage="complete")
    put(of_return, "submitted")
    with (
        unchanged(of_return, item, other),
        refused("Item 1.3 has milestones to mark as done first: “Brochure printed”.", "stage"),
    ):
        rounds.accept(of_return=of_return, by=coordinator, on=TODAY)


def both_seats(police, labour):
    user = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    SeatFactory(user=user, agency=labour, role=Seat.Role.COORDINATOR)
    return user


def test_a_coordinator_cannot_accept_a_return_that_they_submitted(of_return, police, labour):
    both = both_seats(police, labour)
    Return.objects.filter(pk=of_return.pk).update(
        state="submitted", submitted_by=both, submitted_at=NOW
    )
    with (
        unchanged(of_return),
        refused("You submitted this return. Another coordinator must accept it."),
    ):
        rounds.accept(of_return=of_return, by=both, on=TODAY)


def test_a_coordinator_cannot_accept_a_return_that_they_wrote_alone(
    of_return, item, police, labour
):
    both = both_seats(police, labour)
    answer(of_return, item, written_by=both)
    put(of_return, "submitted")
    with (
        unchanged(of_return, item),
        refused("You wrote all of this return. Another coordinator must accept it."),
    ):
        rounds.accept(of_return=of_return, by=both, on=TODAY)


def test_a_round_runs_from_opening_to_acceptance(plan, item, coordinator, contributor, approver):
    """The main path as a whole: each step makes the next one possible."""
    made = open_round(plan, coordinator)
    of_return = made.returns.get(agency=item.lead_agency)
    write(of_return, item, contributor, stage="ongoing")
    ACTS["submitted"](of_return, approver)
    rounds.send_back(of_return=of_return, on_items={item: "How many?"}, by=coordinator, at=EARLIER)
    write(of_return, item, contributor, stage="ongoing", achieved="5,000 sent.", version=1)
    ACTS["submitted"](of_return, approver)
    rounds.accept(of_return=of_return, by=coordinator, on=TOMORROW)
    rounds.close_round(round=made, by=coordinator, at=NOW)
    assert list(Update.objects.accepted().values_list("achieved", flat=True)) == ["5,000 sent."]
    of_return.refresh_from_db()
    history = of_return.history.order_by("history_id").values_list("state", flat=True)
    assert list(history) == ["due", "submitted", "sent_back", "submitted", "accepted"]
    item.refresh_from_db()
    assert (item.stage, item.heard_on) == ("ongoing", TOMORROW)
