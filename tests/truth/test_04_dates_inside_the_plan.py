"""Rule 4: the days that are entered lie within the plan's life, on every surface alike."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import (
    DelayFactory,
    MeetingFactory,
    MemberFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import (
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    ready_to_decide,
    refused,
    unchanged,
)
from tests.workitems.workbooks import file_of, small
from workitems.intake.workbook import WorkbookRefused, import_workbook
from workitems.models import Plan, Variation
from workitems.out_of_session import services as out_of_session
from workitems.plan.services import items
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RELEASED, ENDS = date(2009, 7, 31), date(2012, 6, 30)
BEFORE = RELEASED - timedelta(days=1)
NOT_YET = "2 June 2010 has not come yet. Enter the day it was done, up to today."
TOO_EARLY = (
    "The plan was released on 31 July 2009, after that day. Enter a later day, or give the reason "
    "why it was done before."
)
PAST_FORECAST = (
    "A forecast cannot be before today. Enter a later date, or mark the milestone as done."
)
AFTER_TODAY = "A new agreed date must be after today. Enter a later date."
AFTER_THE_END = (
    "The plan ends on 30 June 2012. Enter a date up to then, or tick that the date is after its end "
    "and say why in the reason."
)


@pytest.fixture
def milestone(police):
    plan = PlanFactory(members=[police], released_on=RELEASED, ends_on=ENDS)
    item = WorkItemFactory(plan=plan, lead_agency=police, number="1.2", stage="under_way")
    return MilestoneFactory(item=item, number=1, description="Brochure printed")


# --- services -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "reason", "says"),
    [(TOMORROW, "So.", NOT_YET), (BEFORE, "", TOO_EARLY)],
)
def test_a_milestone_is_done_up_to_today_and_since_the_release(
    milestone, writer, day, reason, says
):
    with unchanged(milestone), refused(says, "completed_on"):
        items.close_milestone(
            milestone=milestone, version=1, completed_on=day, reason=reason, by=writer, on=TODAY
        )


@pytest.mark.parametrize(("day", "reason"), [(TODAY, ""), (RELEASED, ""), (BEFORE, "In a pilot.")])
def test_a_milestone_is_done_before_the_release_with_a_reason(milestone, writer, day, reason):
    items.close_milestone(
        milestone=milestone, version=1, completed_on=day, reason=reason, by=writer, on=TODAY
    )
    milestone.refresh_from_db()
    assert milestone.completed_on == day


def test_an_item_and_a_mitigation_are_done_up_to_today(milestone, writer):
    milestone.completed_on = YESTERDAY
    milestone.save()
    with unchanged(milestone.item), refused(NOT_YET, "completed_on"):
        items.change_status(
            item=milestone.item, version=1, stage="complete", confidence="", reason="Done.",
            completed_on=TOMORROW, by=writer, on=TODAY,
        )  # fmt: skip
    mitigation = MitigationFactory(delay=DelayFactory(milestone=milestone))
    with unchanged(mitigation), refused(NOT_YET, "done_on"):
        items.finish_mitigation(mitigation=mitigation, done_on=TOMORROW, on=TODAY, by=writer)
    says = "The plan was released on 31 July 2009. Enter a day from then on."
    with unchanged(mitigation), refused(says, "done_on"):
        items.finish_mitigation(mitigation=mitigation, done_on=BEFORE, on=TODAY, by=writer)


def test_a_forecast_before_today_is_refused_with_all_that_is_missing(milestone, writer):
    milestone.agreed_due = date(2010, 3, 31)
    with pytest.raises(items.Refused) as refusal:
        items.move_forecast(
            milestone=milestone, version=1, forecast_due=YESTERDAY, reason="", by=writer, on=TODAY
        )
    found = [(str(refusal.value), refusal.value.field), *refusal.value.others]
    assert found == [(PAST_FORECAST, "forecast_due"), ("Say why the date moves.", "reason")]


@pytest.mark.parametrize(
    ("day", "says"),
    [(YESTERDAY, AFTER_TODAY), (TODAY, AFTER_TODAY), (ENDS + timedelta(days=1), AFTER_THE_END)],
)
def test_a_new_agreed_date_lies_after_today_and_within_the_plan(
    milestone, writer, police, day, says
):
    with refused(says, "due_after"):
        variations.request_date(
            milestone=milestone, due_after=day, reason="So.", agency=police, by=writer, at=NOW
        )
    assert Variation.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "after_end"), [(TOMORROW, False), (ENDS, False), (ENDS + timedelta(days=1), True)]
)
def test_a_date_after_the_plans_end_is_asked_for_on_purpose(
    milestone, writer, police, day, after_end
):
    made = variations.request_date(
        milestone=milestone, due_after=day, reason="The law comes late.", agency=police,
        by=writer, at=NOW, after_end=after_end,
    )  # fmt: skip
    assert made.due_after == day


@pytest.mark.both_databases
def test_a_plan_without_an_end_has_no_last_day(milestone, writer, police):
    with without_decisions():
        Plan.objects.update(ends_on=None)
    made = variations.request_date(
        milestone=milestone, due_after=date(2099, 1, 1), reason="So.", agency=police,
        by=writer, at=NOW,
    )  # fmt: skip
    assert made.due_after == date(2099, 1, 1)


@pytest.fixture
def asked(milestone):
    """A request for a new date that is with a working group of two agencies."""
    MemberFactory(plan=milestone.item.plan)
    return VariationFactory(milestone=milestone, number=4, due_after=TOMORROW, state="recommended")


def decide(asked, on, by, text="", approve=True):
    meeting = asked.plan.meetings.first() or MeetingFactory(plan=asked.plan, held_on=on)
    ready_to_decide(meeting, asked)
    return variations.decide(
        variation=asked, approve=approve, meeting=meeting, by=by, at=NOW, text=text
    )


def test_a_date_that_has_come_is_not_approved_at_a_meeting(asked, milestone, writer):
    asked.due_after = TODAY
    asked.save()
    says = (
        "V4 asks for 1 June 2010, which is no longer in the future. Record it as declined; the agency can then "
        "request a later date."
    )
    with unchanged(asked, milestone), refused(says, "decision"):
        decide(asked, TODAY, writer)
    decide(asked, TODAY, writer, approve=False)
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_a_month_is_approved_until_its_last_day(asked):
    asked.after = KnownDate(date(2010, 6, 30), KnownTo.MONTH)

    def faults(on):
        found = variations.approval_faults(asked, "", on=on, instead="Decline it")
        return [says for says, _ in found]

    assert faults(date(2010, 6, 29)) == []
    says = "V4 asks for June 2010, which is no longer in the future. Decline it; the agency can then request a later date."
    assert faults(date(2010, 6, 30)) == [says]


def test_what_a_meeting_approved_in_time_is_recorded_later(asked, milestone, writer):
    asked.due_after = TODAY
    asked.save()
    decide(asked, YESTERDAY, writer)
    milestone.refresh_from_db()
    assert milestone.agreed_due == TODAY


@pytest.mark.both_databases
def test_a_date_after_the_plans_end_is_approved_with_a_reason(asked, milestone, writer):
    with without_decisions():
        Plan.objects.update(ends_on=TODAY)
    says = "V4 asks for 2 June 2010, and the plan ends on 1 June 2010. Say why in the decision."
    with unchanged(asked, milestone), refused(says, "text"):
        decide(asked, TODAY, writer)
    decide(asked, TODAY, writer, text="The printer needs one more day.")
    milestone.refresh_from_db()
    assert milestone.agreed_due == TOMORROW


def test_a_date_that_has_come_is_not_approved_out_of_session(asked, milestone, writer):
    until = {"due_on": TOMORROW, "on": TODAY, "at": NOW, "by": writer}
    asked.due_after = TODAY
    asked.save()
    says = "V4 asks for 1 June 2010, which is no longer in the future. Withdraw it; the agency can then request a later date."
    with unchanged(asked), refused(says):
        out_of_session.ask_agencies(variation=asked, **until)
    asked.due_after = TOMORROW
    asked.save()
    made = out_of_session.ask_agencies(variation=asked, **until)
    for row in made.answers.all():
        out_of_session.give_answer(answer=row, choice="agree", words="", at=NOW, by=writer)
    says = (
        "V4 asks for 2 June 2010, which is no longer in the future. End this without a decision; the agency can "
        "then request a later date."
    )
    with unchanged(made, asked, milestone), refused(says, "decision"):
        out_of_session.close(asked=made, on=TOMORROW, at=NOW, by=writer)
    with without_decisions():
        Plan.objects.update(ends_on=TODAY)
    says = "V4 asks for 2 June 2010, and the plan ends on 1 June 2010. Say why in the decision."
    with unchanged(made, asked, milestone), refused(says, "text"):
        out_of_session.close(asked=made, on=TODAY, at=NOW, by=writer)
    out_of_session.close(asked=made, on=TODAY, at=NOW, by=writer, text="One more day.")
    milestone.refresh_from_db()
    assert milestone.agreed_due == TOMORROW


# --- pages --------------------------------------------------------------------------------------


def errors(form):
    return {name: list(said) for name, said in form.errors.items()}


def test_the_milestones_page_says_so_at_the_field_beside_the_other_errors(browser, milestone):
    address = milestone.get_absolute_url()
    close = {"act": "close", "close-version": 1, "close-completed_on": "30 July 2009"}
    answer = browser.post(address, close)
    assert errors(answer.context["acted"]) == {"completed_on": [TOO_EARLY]}
    move = {"act": "move", "move-version": 1, "move-forecast_due": "31 May 2010"}
    answer = browser.post(address, move)
    assert errors(answer.context["acted"]) == {
        "forecast_due": [PAST_FORECAST],
        "reason": ["Say why the date moves."],
    }
    late = {"act": "move", "move-version": 1, "move-forecast_due": "1 May 2011"}
    answer = browser.post(address, late)
    assert errors(answer.context["acted"]) == {
        "reason": ["Say why the date moves."],
        "cause": ["The new date is after the agreed date. Choose the cause of the delay."],
        "mitigation": ["Say what is being done about the delay."],
    }


def test_the_items_page_says_what_is_wrong_with_stage_and_day_at_once(browser, milestone):
    milestone.completed_on = YESTERDAY
    milestone.save()
    address = reverse("workitems:change-status", args=[milestone.item.plan.slug, "1.2"])
    said = {"version": 1, "stage": "complete", "completed_on": "2 June 2010"}
    answer = browser.post(address, said)
    assert errors(answer.context["form"]) == {
        "completed_on": [NOT_YET],
        "reason": ["Say why the stage changes."],
    }


def test_the_returns_page_says_so_at_the_milestone(browser, milestone, police):
    of_return = ReturnFactory(round=RoundFactory(plan=milestone.item.plan), agency=police)
    item, step = milestone.item, f"m{milestone.pk}"
    address = reverse(
        "returns:save", args=[item.plan.slug, of_return.round.pk, police.pk, item.number]
    )
    said = {
        "milestone": milestone.pk,
        f"{step}-version": 1,
        f"{step}-outcome": "not_yet",
        f"{step}-forecast_due": "31 May 2010",
    }
    answer = browser.post(address, said, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert PAST_FORECAST in answer.json()["milestone"]
    assert "Say why the date moves." in answer.json()["milestone"]


def test_the_request_offers_to_go_past_the_plans_end_only_where_it_would(browser, milestone):
    item = milestone.item
    address = reverse("variations:request-date", args=[item.plan.slug, item.number, 1])
    box = "The date is after the plan’s end"
    assert box not in browser.get(address).text
    said = {"version": 1, "due_after": "1 July 2012"}
    answer = browser.post(address, said)
    assert errors(answer.context["form"]) == {
        "due_after": [AFTER_THE_END],
        "reason": ["Say why the change is needed."],
    }
    assert box in answer.text
    answer = browser.post(address, said | {"after_end": "on", "reason": "The law comes late."})
    assert answer.status_code == 302
    assert box not in browser.post(address, {"version": 1, "due_after": "1 June 2010"}).text


# --- import -------------------------------------------------------------------------------------


def test_an_import_says_which_row_and_column_has_a_day_that_cannot_be():
    sheets = deepcopy(small())
    first = sheets["Milestones"][0]
    second = first | {"Milestone": 2, "Description": "Piloted", "Forecast due": None}
    sheets["Milestones"].append(second)
    import_workbook(file_of(sheets), name="plan.xlsx", at=NOW)
    first["Forecast due"], second["Completed on"] = date(2010, 5, 31), BEFORE
    with pytest.raises(WorkbookRefused) as refusal:
        import_workbook(
            file_of(sheets),
            name="plan.xlsx",
            at=NOW + timedelta(minutes=1),
            plan=Plan.objects.get(),
        )
    assert [(f.sheet, f.row, f.column, f.problem) for f in refusal.value.faults] == [
        (
            "Milestones",
            2,
            "Forecast due",
            "31 May 2010 is before today, and the milestone is open.",
        ),
        (
            "Milestones",
            3,
            "Completed on",
            "30 July 2009 is before the plan was released, on 31 July 2009.",
        ),
    ]


def test_the_first_import_of_a_plan_takes_what_its_records_say_of_the_past():
    sheets = deepcopy(small())
    sheets["Milestones"][0] |= {"Forecast due": date(2010, 4, 30)}
    import_workbook(file_of(sheets), name="plan.xlsx", at=NOW)
    assert Plan.objects.get().items.get().milestones.get().forecast_due == date(2010, 4, 30)
