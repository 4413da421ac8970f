"""Emails about dates that come, pass and move."""

from datetime import date, timedelta

import pytest
from django.core import mail

from tests.factories import (
    AssignmentFactory,
    DelayFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    RiskFactory,
    SupportFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.notices.sent import run
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, noon
from workitems.following.services import choose_emails, follow_item
from workitems.items.date_news import step_on
from workitems.plan.services.items import move_forecast
from workitems.risks.services import escalate_risk

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


RECORDED = date(2010, 3, 1)


def before(days):
    return DUE - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (-31, None), (-30, "date_30"), (-24, "date_30"), (-23, None),
        (-8, None), (-7, "date_7"), (-1, "date_7"), (0, None),
        (1, "date_past"), (7, "date_past"), (8, None), (9, None),
        (10, "date_long"), (16, "date_long"), (17, None), (400, None),
    ],
)  # fmt: skip
def test_each_step_is_sent_within_a_week_of_its_day(days, step):
    assert step_on(DUE, DUE + timedelta(days=days)) == step


def test_who_is_to_do_it_is_told_four_times_and_the_coordinator_at_last(
    milestone, contributor, approver, coordinator, colleague
):
    story = {days: run(DUE + timedelta(days=days)) for days in (-30, -29, -7, 1, 10, 11)}
    assert story == {
        -30: [("Police contributor", "date_30")],
        -29: [],
        -7: [("Police contributor", "date_7")],
        1: [("Police contributor", "date_past")],
        10: [("Coordinator", "date_long"), ("Police contributor", "date_long")],
        11: [],
    }


def test_the_email_says_what_is_due_when_and_what_to_do(milestone, contributor):
    run(before(7))
    body = mail.outbox[-1].body
    assert (
        "Police is to do it on 30 June 2010: “Brochure printed”. That is in 7 days at the latest."
        in body
    )
    assert "When it is done, mark it; if it comes later, say when, and why." in body
    assert mail.outbox[-1].extra_headers["List-Unsubscribe"].endswith("/account/emails/>")
    run(DUE + timedelta(days=10))
    assert (
        "Police was to do it on 30 June 2010, 10 days ago: “Brochure printed”."
        " It is neither done, nor is there a new date."
    ) in mail.outbox[-1].body


def test_who_was_given_the_item_is_told_alone(milestone, contributor, approver):
    AssignmentFactory(
        item=milestone.item, agency=milestone.item.lead_agency, unit=None, user=approver
    )
    assert run(before(7)) == [("Police approver", "date_7")]


def test_a_month_counts_from_its_last_day(item, contributor):
    MilestoneFactory(item=item, number=5, original_due=DUE, original_known_to="month")
    assert run(before(7)) == [("Police contributor", "date_7")]
    assert "Police is to do it in June 2010" in mail.outbox[-1].body


@pytest.mark.parametrize(
    "answered",
    ["done", "new date", "delay", "variation", "in a return", "item complete"],
)
def test_no_email_about_what_is_answered(answered, milestone, contributor, of_return):
    if answered == "done":
        milestone.completed_on = TODAY
    elif answered == "new date":
        milestone.forecast_due = SLIPPED
    elif answered == "delay":
        DelayFactory(milestone=milestone, found_on=DUE + timedelta(days=1))
    elif answered == "variation":
        VariationFactory(milestone=milestone)
    elif answered == "in a return":
        MilestoneAnswerFactory(of_return=of_return, milestone=milestone)
    else:
        milestone.item.stage, milestone.item.completed_on = "complete", TODAY
        milestone.item.save()
    milestone.save()
    sent = [reason for _name, reason in run(DUE + timedelta(days=3)) if reason.startswith("date")]
    assert sent == []


def test_no_email_about_dates_of_a_plan_that_has_ended(police, contributor):
    plan = PlanFactory(members=[police], ends_on=DUE)
    MilestoneFactory(item=WorkItemFactory(plan=plan, lead_agency=police), number=1)
    assert run(DUE + timedelta(days=3)) == []
    assert run(before(7)) == [("Police contributor", "date_7")]


def test_a_mitigation_is_due_to_its_own_agency_and_its_words_stay_behind_the_sign_in(
    delayed, contributor, colleague, customs
):
    delay = delayed.delays.get()
    MitigationFactory(
        delay=delay, number=2, owner_agency=customs, due_on=DUE, description="Hire two."
    )
    assert run(before(7)) == [("Customs contributor", "date_7")]
    assert "Hire two." not in mail.outbox[-1].body


# --- what people follow -----------------------------------------------------------------------


@pytest.fixture
def moved(plan, police, contributor):
    """A milestone of Police whose date moved at noon."""
    with noon(RECORDED):
        item = WorkItemFactory(plan=plan, number="1.2", lead_agency=police)
        row = MilestoneFactory(item=item, number=1, description="Brochure printed")
    with noon(TODAY):
        return move_forecast(
            milestone=row,
            version=1,
            forecast_due=SLIPPED,
            by=contributor,
            on=TODAY,
            reason="The printer is late.",
            cause="procurement",
            mitigation="Another printer is asked.",
        )


def test_a_supporter_is_told_once_that_the_leads_date_moved_and_why(
    moved, contributor, colleague, customs
):
    SupportFactory(item=moved.item, agency=customs)
    assert run(TODAY) == [("Customs contributor", "moved")]
    assert (
        "“Brochure printed” is now expected on 30 September 2010, three months after the agreed date."
        " Cause: procurement. Customs supports 1.2."
    ) in mail.outbox[-1].body
    assert run(TODAY + timedelta(days=1)) == []


def test_what_moved_more_than_a_week_ago_is_not_news(moved, approver):
    assert run(TODAY + timedelta(days=7)) == []


@pytest.mark.parametrize("wants", ["duties", "not this item"])
def test_who_does_not_want_to_hear_of_it_does_not(wants, moved, approver):
    if wants == "duties":
        choose_emails(wants="duties", by=approver, at=NOW)
    else:
        follow_item(item=moved.item, choice=False, by=approver, at=NOW)
    assert run(TODAY) == []


@pytest.mark.both_databases
def test_who_wants_only_duties_still_gets_them(milestone, contributor):
    choose_emails(wants="duties", by=contributor, at=NOW)
    assert run(before(7)) == [("Police contributor", "date_7")]


def test_an_escalated_risk_is_told_without_its_words(moved, contributor, approver, police):
    choose_emails(wants="followed", by=approver, at=NOW)
    with noon(RECORDED):
        risk = RiskFactory(plan=moved.item.plan, item=moved.item, owner_agency=police)
    with noon(TODAY):
        escalate_risk(risk=risk, to="minister", on=TODAY, by=contributor, reason="It grew.")
    assert run(TODAY) == [("Police approver", "escalated"), ("Police approver", "moved")]
    body = mail.outbox[-1].body
    assert f"Risk {risk.reference} was escalated to the Minister. Police leads 1.2." in body
    assert risk.description not in body


def test_an_email_has_at_most_twenty_entries_and_counts_the_others(item, contributor):
    for number in range(1, 24):
        MilestoneFactory(item=item, number=number)
    run(before(7))
    body = mail.outbox[-1].body
    assert (body.count("Police is to do it"), "And 3 more are on your desk." in body) == (20, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_news_take_the_same_queries_for_any_number_of_dates(
    count, plan, police, contributor, approver, coordinator, django_assert_num_queries
):
    from workitems.items.date_news import date_news, followed_news

    with noon(RECORDED):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        rows = [MilestoneFactory(item=item, number=number) for number in range(1, count + 1)]
        later = [
            MilestoneFactory(item=item, number=number, original_due=SLIPPED)
            for number in range(11, 11 + count)
        ]
    with noon(TODAY):
        for row in later:
            move_forecast(
                milestone=row, version=1, forecast_due=date(2010, 12, 31), by=contributor,
                on=TODAY, reason="Late.", cause="funding", mitigation="Money is asked for.",
            )  # fmt: skip
    # Milestones, mitigations, seats, members, what is given.
    with django_assert_num_queries(5):
        assert len(list(date_news(before(7)))) == count
    # Plans; milestones as for the desk; risks; followers; choices of emails.
    with django_assert_num_queries(15):
        assert len(list(followed_news(TODAY))) == 2 * count
    assert len(rows) == count
