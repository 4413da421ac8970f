"""Test the services of items, milestones, delays and mitigations."""

from datetime import date

import pytest
from simple_history.signals import pre_create_historical_record

from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    DUE,
    SLIPPED,
    SLIPPED_AGAIN,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.models import Delay, Milestone, WorkItem
from workitems.models.item import Stage
from workitems.plan.services import Conflict, items

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# --- the stage of an item, every pair ---------------------------------------------------------

MOVES = {
    ("not_started", "under_way"),
    ("not_started", "ongoing"),
    ("not_started", "complete"),
    ("under_way", "not_started"),
    ("under_way", "ongoing"),
    ("under_way", "complete"),
    ("ongoing", "under_way"),
    ("ongoing", "complete"),
    ("complete", "under_way"),
    ("complete", "ongoing"),
}
PAIRS = [(old, new) for old in Stage.values for new in Stage.values]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_stage_changes_only_by_the_allowed_transitions(old, new, plan, contributor):
    item = WorkItemFactory(
        plan=plan, number="1.2", stage=old, completed_on=YESTERDAY if old == "complete" else None
    )

    def change():
        items.change_status(
            item=item,
            version=1,
            stage=new,
            confidence="",
            by=contributor,
            on=TODAY,
            reason="" if old == new else "So.",
        )

    if old == new:
        with unchanged(item):
            change()
    elif new == "withdrawn":
        with (
            unchanged(item),
            refused("Item 1.2 can be withdrawn only by an approved variation.", "stage"),
        ):
            change()
    elif (old, new) not in MOVES:
        labels = [str(Stage(stage).label).lower() for stage in (old, new)]
        with (
            unchanged(item),
            refused(f"Item 1.2 is {labels[0]}; it cannot become {labels[1]}.", "stage"),
        ):
            change()
    else:
        change()
        item.refresh_from_db()
        assert item.stage == new
        assert item.completed_on == (TODAY if new == "complete" else None)
        assert newest(item) == ("~", "Police contributor (Police)", "So.")


@pytest.mark.parametrize(("old", "new"), sorted(MOVES))
def test_every_change_of_stage_needs_a_reason(old, new, contributor):
    item = WorkItemFactory(stage=old, completed_on=YESTERDAY if old == "complete" else None)
    why = (
        "Say why a complete item is reopened."
        if old == "complete"
        else "Say why the stage changes."
    )
    with unchanged(item), refused(why, "reason"):
        items.change_status(
            item=item, version=1, stage=new, confidence="", by=contributor, on=TODAY
        )


# --- changing a status ------------------------------------------------------------------------


def change(item, by, *, stage="under_way", confidence="on_track", version=1, **others):
    return items.change_status(
        item=item, version=version, stage=stage, confidence=confidence, by=by, on=TODAY, **others
    )


def test_a_change_of_confidence_records_author_and_reason(item, contributor):
    changed = change(item, contributor, confidence="at_risk", reason="The printer is busy.")
    item.refresh_from_db()
    assert (changed.confidence, item.confidence, item.version) == ("at_risk", "at_risk", 2)
    assert entries(item) == [
        ("+", "", ""),
        ("~", "Police contributor (Police)", "The printer is busy."),
    ]
    assert item.history.latest().history_user == contributor


def test_a_change_of_confidence_alone_needs_no_reason(item, contributor):
    change(item, contributor, confidence="off_track")
    assert newest(item) == ("~", "Police contributor (Police)", "")


def test_saving_the_same_values_writes_nothing(item, contributor):
    with unchanged(item):
        change(item, contributor, reason="")


def test_a_reason_for_the_same_values_is_kept_as_a_note(item, contributor):
    change(item, contributor, reason="The printer has called.")
    assert newest(item) == ("~", "Police contributor (Police)", "The printer has called.")


def test_saving_from_an_outdated_page_is_a_conflict_with_the_current_row(
    item, contributor, approver
):
    change(item, contributor, confidence="at_risk")
    with pytest.raises(Conflict) as conflict:
        change(item, approver, confidence="off_track")
    assert str(conflict.value) == (
        "This was changed elsewhere while you had this page open. Check what is saved now, then try "
        "again. Nothing that you entered is lost."
    )
    assert conflict.value.current == item
    assert (conflict.value.current.confidence, conflict.value.current.version) == ("at_risk", 2)
    assert len(entries(item)) == 2


@pytest.mark.both_databases
def test_the_service_changes_the_stored_row_and_not_the_one_passed_in(item, contributor):
    """The caller's object may have outdated values in other fields."""
    WorkItem.objects.filter(pk=item.pk).update(title="A newer title")
    change(item, contributor, confidence="at_risk")
    item.refresh_from_db()
    assert item.title == "A newer title"
    assert item.history.latest().title == "A newer title"


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"stage": "stalled"}, "Choose a stage from the list.", "stage"),
        ({"confidence": "high"}, "Choose on track, at risk or off track.", "confidence"),
    ],
)
def test_unknown_values_are_refused_with_a_message(item, contributor, values, sentence, field):
    with unchanged(item), refused(sentence, field):
        change(item, contributor, reason="So.", **values)


def test_an_item_can_be_completed_when_its_milestones_are_closed(item, contributor):
    MilestoneFactory(item=item, completed_on=YESTERDAY)
    MilestoneFactory(item=item, withdrawn_on=YESTERDAY)
    change(item, contributor, stage="complete", completed_on=YESTERDAY, reason="Printed.")
    item.refresh_from_db()
    assert (item.stage, item.completed_on) == ("complete", YESTERDAY)


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "“Step 1”."),
        (3, "“Step 1”, “Step 2”, “Step 3”."),
        (5, "“Step 1”, “Step 2”, “Step 3” and 2 more."),
    ],
)
def test_an_item_cannot_be_completed_while_milestones_are_open(item, contributor, count, named):
    for number in range(count, 0, -1):
        MilestoneFactory(item=item, number=number, description=f"Step {number}")
    sentence = f"Item 1.2 has milestones to mark as done first: {named}"
    with unchanged(item), refused(sentence, "stage"):
        change(item, contributor, stage="complete", reason="Printed.")


@pytest.mark.parametrize("stage", ["under_way", "complete"])
def test_an_item_cannot_be_completed_in_the_future(plan, contributor, stage):
    item = WorkItemFactory(
        plan=plan, stage=stage, completed_on=YESTERDAY if stage == "complete" else None
    )
    with (
        unchanged(item),
        refused(
            "2 June 2010 has not come yet. Enter the day it was done, up to today.", "completed_on"
        ),
    ):
        change(item, contributor, stage="complete", completed_on=TOMORROW, reason="Soon.")


def test_the_day_of_completion_changes_only_with_a_reason(plan, contributor):
    item = WorkItemFactory(plan=plan, complete=True, confidence="on_track")
    with unchanged(item), refused("Say why the completion date changes.", "reason"):
        change(item, contributor, stage="complete", completed_on=YESTERDAY)
    change(item, contributor, stage="complete", completed_on=YESTERDAY, reason="Receipt found.")
    item.refresh_from_db()
    assert item.completed_on == YESTERDAY
    assert newest(item)[2] == "Receipt found."


def test_a_complete_item_keeps_its_day_when_only_confidence_changes(plan, contributor):
    item = WorkItemFactory(plan=plan, complete=True)
    change(item, contributor, stage="complete", confidence="on_track")
    item.refresh_from_db()
    assert item.completed_on == date(2010, 5, 1)


# --- a row and its history are saved together -------------------------------------------------


def test_changes_made_together_are_saved_together_or_not_at_all(delayed, contributor):
    """Closing a milestone ends its delay: the second history row fails, and both are undone."""
    delay = delayed.delays.get()

    def fail(sender, instance, **kwargs):
        if isinstance(instance, Delay):
            raise RuntimeError("The machine stopped half-way.")

    pre_create_historical_record.connect(fail)
    try:
        with unchanged(delayed, delay), pytest.raises(RuntimeError):
            close(delayed, contributor)
    finally:
        pre_create_historical_record.disconnect(fail)


# --- the reviewer's rating --------------------------------------------------------------------


def test_the_reviewers_rating_does_not_replace_the_agencys(item, coordinator):
    items.review(
        item=item, version=1, confidence="off_track", by=coordinator, reason="No printer yet."
    )
    item.refresh_from_db()
    assert (item.confidence, item.reviewer_confidence) == ("on_track", "off_track")
    assert (item.version, newest(item)) == (2, ("~", "Coordinator (DoL)", "No printer yet."))


@pytest.mark.parametrize(
    ("confidence", "reason", "sentence", "field"),
    [
        ("at_risk", "", "Enter the reason for your rating.", "reason"),
        ("high", "So.", "Choose on track, at risk or off track.", "confidence"),
    ],
)
def test_a_review_needs_a_known_rating_and_a_reason(
    item, coordinator, confidence, reason, sentence, field
):
    with unchanged(item), refused(sentence, field):
        items.review(item=item, version=1, confidence=confidence, by=coordinator, reason=reason)


def test_a_reason_for_the_same_review_is_kept_as_a_note(item, coordinator):
    items.review(item=item, version=1, confidence="", by=coordinator, reason="Still so.")
    assert newest(item) == ("~", "Coordinator (DoL)", "Still so.")


def test_a_review_of_a_row_that_changed_is_a_conflict(item, coordinator, contributor):
    change(item, contributor, confidence="at_risk")
    with unchanged(item), pytest.raises(Conflict):
        items.review(item=item, version=1, confidence="at_risk", by=coordinator, reason="So.")


# --- closing and reopening a milestone --------------------------------------------------------


def close(milestone, by, completed_on=TODAY, version=1):
    return items.close_milestone(
        milestone=milestone,
        version=version,
        completed_on=completed_on,
        by=by,
        on=TODAY,
        reason="The printer delivered.",
    )


def reopen(milestone, by, reason="The print was faulty."):
    return items.reopen_milestone(
        milestone=milestone, version=milestone.version, by=by, reason=reason
    )


def test_a_milestone_is_closed_on_the_day_it_was_met(milestone, contributor):
    close(milestone, contributor, completed_on=YESTERDAY)
    milestone.refresh_from_db()
    assert (milestone.completed_on, milestone.version) == (YESTERDAY, 2)
    assert newest(milestone) == ("~", "Police contributor (Police)", "The printer delivered.")


@pytest.mark.parametrize("closed", [{"completed_on": YESTERDAY}, {"withdrawn_on": YESTERDAY}])
def test_a_closed_milestone_cannot_be_closed_again(item, contributor, closed):
    milestone = MilestoneFactory(item=item, **closed)
    with unchanged(milestone), refused("This milestone is already done."):
        close(milestone, contributor)


def test_a_milestone_cannot_be_closed_in_the_future(milestone, contributor):
    sentence = "2 June 2010 has not come yet. Enter the day it was done, up to today."
    with unchanged(milestone), refused(sentence, "completed_on"):
        close(milestone, contributor, completed_on=TOMORROW)


def test_closing_a_milestone_that_changed_is_a_conflict(milestone, contributor):
    with unchanged(milestone), pytest.raises(Conflict):
        close(milestone, contributor, version=2)


@pytest.mark.parametrize(
    ("completed_on", "ended_on"), [(TODAY, TODAY), (date(2010, 4, 1), date(2010, 5, 1))]
)
@pytest.mark.both_databases
def test_closing_a_milestone_ends_its_delays_no_earlier_than_they_were_found(
    delayed, contributor, completed_on, ended_on
):
    over = DelayFactory(milestone=delayed, number=2, ended_on=date(2010, 5, 15))
    close(delayed, contributor, completed_on=completed_on)
    delay = delayed.delays.get(number=1)
    assert delay.ended_on == ended_on
    assert newest(delay) == ("~", "Police contributor (Police)", "Milestone completed")
    assert entries(over) == [("+", "", "")]


def test_a_closed_milestone_is_reopened_with_a_reason(item, contributor):
    milestone = MilestoneFactory(item=item, completed_on=YESTERDAY)
    reopen(milestone, contributor)
    milestone.refresh_from_db()
    assert (milestone.is_open, milestone.version) == (True, 2)
    assert newest(milestone) == ("~", "Police contributor (Police)", "The print was faulty.")


@pytest.mark.parametrize(
    ("fields", "reason", "sentence", "field"),
    [
        ({}, "So.", "This milestone is open.", None),
        ({"withdrawn_on": TODAY}, "So.", "This milestone was withdrawn with its item.", None),
        ({"completed_on": TODAY}, "", "Say why the milestone is reopened.", "reason"),
    ],
)
def test_a_milestone_that_cannot_be_reopened_gives_the_reason(
    item, contributor, fields, reason, sentence, field
):
    milestone = MilestoneFactory(item=item, **fields)
    with unchanged(milestone), refused(sentence, field):
        reopen(milestone, contributor, reason)


def test_a_milestone_of_a_complete_item_cannot_be_reopened(contributor):
    milestone = MilestoneFactory(item__complete=True, completed_on=YESTERDAY)
    with unchanged(milestone), refused("Reopen the item first: it is recorded as complete."):
        reopen(milestone, contributor)


# --- moving a forecast ------------------------------------------------------------------------

FULL = {
    "cause": "funding",
    "effect": "Schools go without.",
    "meanwhile": "Police lend their books.",
    "needs": "A second grant.",
    "mitigation": "Ask for money in the next budget.",
    "mitigation_due_on": DUE,
}


def move(milestone, by, forecast_due, reason="The money did not come.", **others):
    milestone.refresh_from_db()
    return items.move_forecast(
        milestone=milestone,
        version=milestone.version,
        forecast_due=forecast_due,
        by=by,
        on=TODAY,
        reason=reason,
        **others,
    )


def delays(milestone) -> list[tuple[date, date, int, date | None]]:
    return list(
        milestone.delays.order_by("number").values_list(
            "due_before", "due_after", "times_moved", "ended_on"
        )
    )


def test_a_slip_opens_a_delay_with_its_mitigation(milestone, contributor, police):
    move(milestone, contributor, SLIPPED, **FULL)
    milestone.refresh_from_db()
    assert (milestone.original_due, milestone.agreed_due) == (DUE, DUE)
    assert (milestone.forecast_due, milestone.version) == (SLIPPED, 2)
    assert newest(milestone) == ("~", "Police contributor (Police)", "The money did not come.")
    delay = milestone.delays.get()
    assert (delay.number, delay.cause, delay.effect) == (1, "funding", "Schools go without.")
    assert (delay.meanwhile, delay.needs) == ("Police lend their books.", "A second grant.")
    assert (delay.explanation, delay.found_on) == ("The money did not come.", TODAY)
    assert (delay.days, delay.times_moved, delay.ended_on) == (92, 1, None)
    mitigation = delay.mitigations.get()
    assert mitigation.description == "Ask for money in the next budget."
    assert (mitigation.owner_agency, mitigation.due_on) == (police, DUE)
    assert [len(entries(row)) for row in (delay, mitigation)] == [1, 1]


def test_another_agency_can_own_the_mitigation(milestone, contributor, labour):
    move(milestone, contributor, SLIPPED, **FULL, owner_agency=labour)
    assert milestone.delays.get().mitigations.get().owner_agency == labour


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        ("cause", "The new date is after the agreed date. Choose the cause of the delay."),
        ("mitigation", "Say what is being done about the delay."),
    ],
)
def test_a_slip_needs_a_cause_and_a_mitigation(milestone, contributor, without, sentence):
    with unchanged(milestone), refused(sentence, without):
        move(milestone, contributor, SLIPPED, **{**FULL, without: ""})
    assert delays(milestone) == []


@pytest.mark.parametrize(
    ("forecast_due", "reason", "sentence", "field"),
    [
        (DUE, "So.", "That is already the forecast. Enter another date.", "forecast_due"),
        (
            YESTERDAY,
            "So.",
            "A forecast cannot be before today. Enter a later date, or mark the milestone as done.",
            "forecast_due",
        ),
        (SLIPPED, "", "Say why the date moves.", "reason"),
    ],
)
def test_an_invalid_forecast_is_refused_with_the_reason(
    milestone, contributor, forecast_due, reason, sentence, field
):
    with unchanged(milestone), refused(sentence, field):
        move(milestone, contributor, forecast_due, reason, **FULL)


def test_the_forecast_of_a_closed_milestone_cannot_be_moved(item, contributor):
    milestone = MilestoneFactory(item=item, completed_on=YESTERDAY)
    with unchanged(milestone), refused("This milestone is done, so its forecast cannot change."):
        move(milestone, contributor, SLIPPED, **FULL)


def test_moving_a_forecast_that_changed_is_a_conflict(milestone, contributor):
    Milestone.objects.filter(pk=milestone.pk).update(version=2)
    with unchanged(milestone), pytest.raises(Conflict):
        items.move_forecast(
            milestone=milestone,
            version=1,
            forecast_due=SLIPPED,
            by=contributor,
            on=TODAY,
            reason="So.",
            **FULL,
        )


def test_a_forecast_within_the_agreed_date_is_not_a_slip(milestone, contributor):
    move(milestone, contributor, TODAY)
    milestone.refresh_from_db()
    assert (milestone.forecast_due, delays(milestone)) == (TODAY, [])


@pytest.mark.both_databases
def test_a_second_slip_extends_the_same_delay(delayed, contributor):
    move(delayed, contributor, SLIPPED_AGAIN)
    assert delays(delayed) == [(DUE, SLIPPED_AGAIN, 2, None)]
    delay = delayed.delays.get()
    assert newest(delay) == ("~", "Police contributor (Police)", "The money did not come.")
    assert delay.mitigations.count() == 1


@pytest.mark.both_databases
def test_a_second_slip_can_add_a_mitigation(delayed, contributor):
    move(delayed, contributor, SLIPPED_AGAIN, mitigation="Hire a trainer.")
    written = delayed.delays.get().mitigations.order_by("number").values_list("description")
    assert list(written) == [("Ask for money in the next budget.",), ("Hire a trainer.",)]


def test_a_second_slip_of_another_cause_opens_a_second_delay(delayed, contributor):
    move(delayed, contributor, SLIPPED_AGAIN, **{**FULL, "cause": "staffing"})
    assert delays(delayed) == [
        (DUE, SLIPPED, 1, None),
        (SLIPPED, SLIPPED_AGAIN, 1, None),
    ]


def test_an_earlier_forecast_shortens_the_delay_and_is_not_a_slip(delayed, contributor):
    sooner = {**FULL, "cause": "", "mitigation": "", "mitigation_due_on": None}
    move(delayed, contributor, date(2010, 8, 31), **sooner)
    assert delays(delayed) == [(DUE, date(2010, 8, 31), 1, None)]


def test_a_forecast_that_recovers_the_second_delay_ends_only_that_one(delayed, contributor):
    move(delayed, contributor, SLIPPED_AGAIN, **{**FULL, "cause": "staffing"})
    move(delayed, contributor, date(2010, 8, 31))
    assert delays(delayed) == [
        (DUE, date(2010, 8, 31), 1, None),
        (SLIPPED, SLIPPED_AGAIN, 1, TODAY),
    ]


@pytest.mark.parametrize("forecast_due", [DUE, TODAY])
@pytest.mark.both_databases
def test_a_forecast_back_on_the_agreed_date_ends_every_delay(delayed, contributor, forecast_due):
    move(delayed, contributor, SLIPPED_AGAIN, **{**FULL, "cause": "staffing"})
    move(delayed, contributor, forecast_due, reason="A printer was found.")
    assert [delay[3] for delay in delays(delayed)] == [TODAY, TODAY]
    assert {newest(delay)[2] for delay in delayed.delays.all()} == {"A printer was found."}


def test_a_slip_after_recovery_opens_a_new_delay(delayed, contributor):
    move(delayed, contributor, DUE)
    move(delayed, contributor, SLIPPED, **FULL)
    assert delays(delayed) == [(DUE, SLIPPED, 1, TODAY), (DUE, SLIPPED, 1, None)]


@pytest.mark.parametrize("has_delay", [False, True])
def test_an_imported_late_forecast_needs_its_missing_delay_or_mitigation(
    item, contributor, has_delay
):
    """An imported plan may have a late forecast without a recorded reason."""
    milestone = MilestoneFactory(item=item, forecast_due=SLIPPED)
    if has_delay:
        DelayFactory(milestone=milestone)
    with unchanged(milestone), refused("Say what is being done about the delay.", "mitigation"):
        move(milestone, contributor, SLIPPED, cause="" if has_delay else "funding")
    with unchanged(milestone):
        move(milestone, contributor, SLIPPED, **{**FULL, "cause": "" if has_delay else "funding"})
    delay = milestone.delays.get()
    assert delays(milestone) == [(DUE, SLIPPED, 1, None)]
    assert delay.mitigations.get().description == "Ask for money in the next budget."
    with (
        unchanged(milestone, delay),
        refused("That is already the forecast. Enter another date.", "forecast_due"),
    ):
        move(milestone, contributor, SLIPPED, **FULL)


# --- delays and mitigations -------------------------------------------------------------------


def test_a_mitigation_is_finished_on_the_day_it_was_done(contributor):
    mitigation = MitigationFactory()
    items.finish_mitigation(mitigation=mitigation, done_on=YESTERDAY, on=TODAY, by=contributor)
    mitigation.refresh_from_db()
    assert mitigation.done_on == YESTERDAY
    assert newest(mitigation) == ("~", "Police contributor (Police)", "")


@pytest.mark.parametrize(
    ("was_done_on", "done_on", "sentence", "field"),
    [
        (YESTERDAY, TODAY, "This was done on 31 May 2010.", None),
        (
            None,
            TOMORROW,
            "2 June 2010 has not come yet. Enter the day it was done, up to today.",
            "done_on",
        ),
    ],
)
def test_a_mitigation_that_cannot_be_finished_gives_the_reason(
    contributor, was_done_on, done_on, sentence, field
):
    mitigation = MitigationFactory(done_on=was_done_on)
    with unchanged(mitigation), refused(sentence, field):
        items.finish_mitigation(mitigation=mitigation, done_on=done_on, on=TODAY, by=contributor)


def test_a_delay_ends_with_a_reason_and_keeps_its_row(contributor):
    delay = DelayFactory()
    items.end_delay(delay=delay, ended_on=TODAY, on=TODAY, by=contributor, reason="The money came.")
    delay.refresh_from_db()
    assert delay.ended_on == TODAY
    assert newest(delay) == ("~", "Police contributor (Police)", "The money came.")


@pytest.mark.parametrize(
    ("was_ended_on", "ended_on", "reason", "sentence", "field"),
    [
        (YESTERDAY, TODAY, "So.", "This delay ended on 31 May 2010.", None),
        (
            None,
            date(2010, 4, 30),
            "So.",
            "The delay was recorded on 1 May 2010 and counts as open until then. Enter that day or a later one, "
            "and say in the reason since when it has been over.",
            "ended_on",
        ),
        (None, TOMORROW, "So.", "That day has not come yet. Enter a day up to today.", "ended_on"),
        (None, TODAY, "", "Say why the delay is over.", "reason"),
    ],
)
def test_a_delay_that_cannot_end_gives_the_reason(
    contributor, was_ended_on, ended_on, reason, sentence, field
):
    delay = DelayFactory(ended_on=was_ended_on)
    with unchanged(delay), refused(sentence, field):
        items.end_delay(delay=delay, ended_on=ended_on, on=TODAY, by=contributor, reason=reason)
