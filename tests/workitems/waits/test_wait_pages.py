"""Test the pages of waits: what is said, answered and shown, and to whom."""

import re
from contextlib import contextmanager
from itertools import pairwise

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    VariationFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.conftest import seated
from tests.workitems.record import DUE, NOW, SLIPPED, TODAY, TOMORROW
from workitems.models import HeldEntry, Milestone, Wait
from workitems.plan.services import items
from workitems.returns.services import rounds
from workitems.variations.services import held_entries
from workitems.waits import news
from workitems.waits.services import release_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police")


@pytest.fixture
def revenue():
    return AgencyFactory(short_name="Inland Revenue")


@pytest.fixture
def plan(police, revenue):
    return PlanFactory(title="Plan against trafficking", members=[police, revenue])


@pytest.fixture
def leads(plan, revenue):
    item = WorkItemFactory(plan=plan, number="3.6", title="Read tax records", lead_agency=revenue)
    return MilestoneFactory(item=item, number=2, description="First leads passed on")


@pytest.fixture
def tracing(plan, police):
    item = WorkItemFactory(plan=plan, number="3.3", title="Trace money", lead_agency=police)
    return MilestoneFactory(
        item=item, number=2, description="Way of tracing agreed", forecast_due=SLIPPED
    )


@pytest.fixture
def writer(revenue):
    return seated("Revenue contributor", revenue, Seat.Role.CONTRIBUTOR)


@pytest.fixture
def releaser(revenue):
    return seated("Revenue approver", revenue, Seat.Role.APPROVER)


@pytest.fixture
def answerer(police):
    return seated("Police approver", police, Seat.Role.APPROVER)


def page(client, user, name, *args, data=None):
    client.force_login(user)
    url = reverse(name, args=args)
    return client.get(url) if data is None else client.post(url, data)


def add_url(row):
    return "waits:add", row.item.plan.slug, row.item.number, row.number


def said(other):
    return {"waits_for": other.pk, "days_after": 20, "why": "Banks trace the money first."}


def words(response):
    return " ".join(response.content.decode().split())


def test_what_an_approver_says_is_asked_of_the_other_agency_at_once(
    client, leads, tracing, releaser, answerer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = page(client, releaser, *add_url(leads), data=said(tracing))
    assert response.status_code == 302
    wait = Wait.objects.get()
    assert (wait.milestone, wait.waits_for, wait.days_after, wait.answer) == (
        leads,
        tracing,
        20,
        "",
    )
    (sent,) = mail.outbox
    assert sent.to == [answerer.email]
    assert "Inland Revenue says that 3.6.2 “First leads passed on” waits for it." in " ".join(
        sent.body.split()
    )


def test_what_a_contributor_says_waits_for_release(client, leads, tracing, writer, releaser):
    page(client, writer, *add_url(leads), data=said(tracing))
    assert Wait.objects.count() == 0
    held = HeldEntry.objects.get()
    milestone = page(client, writer, "workitems:milestone", held.plan.slug, "3.6", 2)
    assert held.get_absolute_url() in words(milestone)
    shown = words(page(client, releaser, "held:detail", held.plan.slug, held.pk))
    assert "“First leads passed on” waits for “Way of tracing agreed”" in shown
    page(client, releaser, "held:release", held.plan.slug, held.pk, data={})
    held.refresh_from_db()
    assert (held.state, held.wait) == ("released", Wait.objects.get())
    assert held.wait.history.get().history_actor.startswith("Revenue contributor")


def test_in_an_open_round_it_takes_effect_with_the_return(
    client, plan, leads, tracing, revenue, releaser
):
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=revenue)
    page(client, releaser, *add_url(leads), data=said(tracing))
    assert Wait.objects.count() == 0
    release_with(of_return, by=releaser, at=NOW)
    assert Wait.objects.get().waits_for == tracing
    assert [release_with] == rounds.WITH_THE_RETURN


def test_what_cannot_be_released_with_the_return_stays(plan, leads, tracing, revenue, releaser):
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=revenue)
    held = held_entries.hold(
        HeldEntry(
            kind="wait", plan=plan, agency=revenue, item=leads.item, milestone=leads,
            waits_for=tracing, adds={"days_after": 0}, reason="Why.",
        ),
        by=releaser, at=NOW,
    )  # fmt: skip
    Milestone.objects.filter(pk=tracing.pk).update(completed_on=TODAY)
    release_with(of_return, by=releaser, at=NOW)
    held.refresh_from_db()
    assert (held.state, Wait.objects.count()) == ("waiting", 0)


def test_the_other_agency_confirms_it_on_its_desk(
    client, leads, tracing, answerer, releaser, django_capture_on_commit_callbacks
):
    wait = WaitFactory(milestone=leads, waits_for=tracing, unanswered=True)
    desk = words(page(client, answerer, "home"))
    assert f"Confirm or dispute that “{leads}” of Inland Revenue waits for “{tracing}”" in desk
    address = ("waits:detail", leads.item.plan.slug, wait.pk)
    assert (
        page(client, releaser, *address, data={"answer": "confirmed", "version": 1}).status_code
        == 403
    )
    refused = page(client, answerer, *address, data={"answer": "disputed", "version": 1})
    assert "Say why you dispute it." in words(refused)
    with django_capture_on_commit_callbacks(execute=True):
        page(client, answerer, *address, data={"answer": "confirmed", "version": 1})
    wait.refresh_from_db()
    assert (wait.answer, [sent.to for sent in mail.outbox]) == ("confirmed", [[releaser.email]])
    assert "Confirm or dispute that" not in words(page(client, answerer, "home"))


def test_the_item_says_what_it_waits_for_in_both_directions(client, leads, tracing, releaser):
    wait = WaitFactory(milestone=leads, waits_for=tracing, unanswered=True)
    item = ("workitems:detail", leads.item.plan.slug, "3.6")
    shown = words(page(client, releaser, *item))
    assert "Inland Revenue says so; Police has not answered yet." in shown
    assert "can no longer be met" not in shown
    Wait.objects.filter(pk=wait.pk).update(answer="confirmed", answered_on=TODAY)
    shown = words(page(client, releaser, *item))
    assert "The agreed date can no longer be met." in shown
    assert "Earliest: 30 September 2010" in shown
    other = words(page(client, releaser, "workitems:detail", leads.item.plan.slug, "3.3"))
    assert "Waited for by" in other and "“First leads passed on” of Inland Revenue (3.6)" in other


def test_the_milestone_page_has_a_link_to_add_what_it_waits_for(client, leads, releaser):
    response = page(client, releaser, "workitems:milestone", leads.item.plan.slug, "3.6", 2)
    assert reverse("waits:add", args=[leads.item.plan.slug, "3.6", 2]) in words(response)


def test_a_wait_is_ended_with_its_reason(client, leads, tracing, writer):
    wait = WaitFactory(milestone=leads, waits_for=tracing)
    address = ("waits:end", leads.item.plan.slug, wait.pk)
    assert page(client, writer, *address, data={"version": 1}).status_code == 422
    page(client, writer, *address, data={"version": 1, "reason": "Found another way."})
    wait.refresh_from_db()
    assert (wait.ended_on, wait.end_reason) == (TODAY, "Found another way.")


@pytest.mark.parametrize("name", ["overview", "attention", "timeline", "changes"])
def test_a_dashboard_takes_three_more_queries_for_waits_at_most(
    client, leads, tracing, releaser, name
):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert (
                page(client, releaser, f"dashboard:{name}", leads.item.plan.slug).status_code == 200
            )
        return len(found)

    queries()  # what a process keeps
    before = queries()
    WaitFactory(milestone=leads, waits_for=tracing)
    assert queries() - before == (3 if name == "changes" else 2)


# --- between plans ----------------------------------------------------------------------------


def test_every_list_says_that_a_date_can_no_longer_be_met(client, leads, tracing, writer, plan):
    def lists():
        return [
            len(
                re.findall(
                    "(?:can no longer|Cannot) be met", words(page(client, writer, name, plan.slug))
                )
            )
            for name in ("workitems:list", "dashboard:milestones", "dashboard:slips")
        ]

    wait = WaitFactory(milestone=leads, waits_for=tracing, unanswered=True)
    assert lists() == [0, 0, 0]
    Wait.objects.filter(pk=wait.pk).update(answer="confirmed", answered_on=NOW.date())
    assert lists() == [1, 1, 1]


@pytest.fixture
def abroad(police):
    """A milestone of Police in another plan, of which Inland Revenue is no member."""
    plan = PlanFactory(title="Plan on money laundering", members=[police])
    item = WorkItemFactory(plan=plan, number="7.1", title="Secret title", lead_agency=police)
    return MilestoneFactory(item=item, number=4, description="Register open")


def test_only_who_reads_both_plans_says_that_one_waits_for_the_other(
    client, leads, tracing, abroad, releaser, revenue
):
    assert page(client, releaser, *add_url(leads), data=said(abroad)).status_code == 422
    assert "Register open" not in words(page(client, releaser, *add_url(leads)))
    abroad.item.plan.members.create(agency=revenue)
    assert page(client, releaser, *add_url(leads), data=said(abroad)).status_code == 302
    assert Wait.objects.get().waits_for == abroad


def test_readers_of_one_plan_see_of_the_other_its_plan_number_words_agency_and_dates(
    client, leads, abroad, releaser, answerer
):
    wait = WaitFactory(milestone=leads, waits_for=abroad)
    shown = words(page(client, releaser, "workitems:detail", leads.item.plan.slug, "3.6"))
    assert (
        "“Register open” of Police (7.1 in “Plan on money laundering”), expected on 30 June 2010"
        in shown
    )
    assert "Secret title" not in shown and abroad.item.plan.slug not in shown
    detail = words(page(client, releaser, "waits:detail", leads.item.plan.slug, wait.pk))
    assert "Secret title" not in detail and abroad.item.plan.slug not in detail
    client.force_login(releaser)
    other = reverse("waits:detail", args=[abroad.item.plan.slug, wait.pk])
    assert client.get(other).status_code == 404
    assert page(client, answerer, "waits:detail", abroad.item.plan.slug, wait.pk).status_code == 200


# --- mail -------------------------------------------------------------------------------------


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run a block and what waits for its commit, as if the rows before were committed."""

    @contextmanager
    def block():
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return block


def moved(milestone, by, to=SLIPPED):
    row = Milestone.objects.get(pk=milestone.pk)
    new = {} if row.delays.exists() else {"cause": "funding", "mitigation": "Ask."}
    return items.move_forecast(
        milestone=row, version=row.version, forecast_due=to, reason="No money.", by=by, on=TODAY,
        **new,
    )  # fmt: skip


def test_a_date_that_moves_is_told_once_to_who_waits_and_has_that_confirmed(
    plan, leads, police, releaser, writer, answerer, committed
):
    item = WorkItemFactory(plan=plan, number="5.1", lead_agency=police)
    five = [
        MilestoneFactory(item=item, number=number, description=f"Step {number}")
        for number in range(1, 6)
    ]
    for row in five:
        WaitFactory(milestone=leads, waits_for=row)
    not_answered = MilestoneFactory(item=WorkItemFactory(plan=plan))
    WaitFactory(milestone=not_answered, waits_for=five[0], unanswered=True)
    with committed():
        for row in five:
            moved(row, answerer)
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted([releaser.email, writer.email])
    body = " ".join(mail.outbox[0].body.split())
    assert body.count("three months later than before. Cause: funding.") == 5
    assert body.count("its agreed date, 30 June 2010, can no longer be met.") == 5
    mail.outbox.clear()
    # On the same day, another date with the same answer is not told again; one with another answer is.
    with committed():
        moved(five[0], answerer, to=SLIPPED.replace(day=20))
    assert mail.outbox == []


def test_a_milestone_that_is_done_is_told_and_a_rehearsal_is_not(
    leads, tracing, releaser, answerer, committed
):
    WaitFactory(milestone=leads, waits_for=tracing)
    with committed():
        items.close_milestone(
            milestone=tracing, version=1, completed_on=TODAY, by=answerer, on=TODAY, reason="Done."
        )
    (sent,) = mail.outbox
    assert "3.3.2 “Way of tracing agreed” was done on 1 June 2010." in " ".join(sent.body.split())
    assert list(news.moved_news({tracing.pk: [999_999]}, TODAY)) == []


def test_what_lies_further_along_the_chain_is_told_once_by_the_days_mail(
    plan, leads, tracing, releaser
):
    far = MilestoneFactory(
        item=leads.item,
        number=3,
        description="Cases opened",
        original_due=TOMORROW.replace(month=7),
    )
    WaitFactory(milestone=far, waits_for=leads)
    WaitFactory(milestone=leads, waits_for=tracing)
    found = list(news.chain_news(TODAY))
    assert [(each.recipient, each.about, each.occasion) for each in found] == [
        (releaser, f"milestone {far.pk}", "agreed 2010-07-02")
    ]


def test_nobody_outside_the_working_group_is_told(tracing, plan):
    other = AgencyFactory()
    seated("Approver of no member", other, Seat.Role.APPROVER)
    of_other = MilestoneFactory(item__plan=plan, responsible_agency=other)
    WaitFactory(milestone=of_other, waits_for=tracing)
    moved(
        tracing,
        seated("Police approver", tracing.responsible_agency, Seat.Role.APPROVER),
        SLIPPED.replace(day=20),
    )
    versions = list(tracing.history.values_list("history_id", flat=True))
    assert list(news.moved_news({tracing.pk: versions}, TODAY)) == []


@pytest.mark.parametrize("kind", ["date", "cancel", "withdrawal"])
def test_who_waits_is_asked_what_now_before_the_working_group_decides(
    leads, tracing, police, releaser, writer, kind
):
    wait = WaitFactory(milestone=leads, waits_for=tracing)
    of = {"milestone": None, "item": tracing.item, "plan": tracing.item.plan}
    variation = VariationFactory(
        kind=kind,
        requesting_agency=police,
        **({"milestone": tracing} if kind != "withdrawal" else of),
        **({} if kind == "date" else {"due_before": None, "due_after": None}),
    )
    assert list(news.variation_news(TODAY)) == []
    variation.state, variation.recommends = "recommended", "approve"
    variation.save()
    says = {
        "date": "The working group is asked to change the date of 3.3.2 “Way of tracing agreed”, for which it waits. "
        "If it approves, the agreed date of 3.6.2 “First leads passed on” can no longer be met.",
    }.get(
        kind,
        "The working group is asked to withdraw 3.3.2 “Way of tracing agreed”. 3.6.2 “First leads passed on” waits "
        "for it: tell the group what that would mean, or say what it waits for instead.",
    )
    found = list(news.variation_news(TODAY))
    assert {(each.recipient, each.sentence) for each in found} == {
        (releaser, says),
        (writer, says),
    }
    wait.ended_on, wait.end_reason = TODAY, "Another way was found."
    wait.save()
    assert list(news.variation_news(TODAY)) == []


def test_a_page_says_all_of_a_chain_and_that_one_of_more_than_five_steps_goes_on(
    client, plan, police, answerer
):
    item = WorkItemFactory(plan=plan, number="5.1", lead_agency=police)
    rows = [
        MilestoneFactory(
            item=item,
            number=number,
            description=f"Step {number}",
            original_due=DUE.replace(year=2012),
        )
        for number in range(1, 8)
    ]

    def shown():
        """Return what follows the days of each wait, down to its full stop."""
        of_item = words(page(client, answerer, "workitems:detail", plan.slug, "5.1"))
        return re.findall(r"2012, (which .*?)\. <", of_item)

    for milestone, other in pairwise(rows):
        WaitFactory(milestone=milestone, waits_for=other)
    assert shown()[0] == (
        "which waits for “Step 3” of Police (5.1), which waits for “Step 4” of Police (5.1), which waits for “Step 5” of Police (5.1), which waits for “Step 6” of Police (5.1), and so on"
    )
    assert shown()[1] == (
        "which waits for “Step 4” of Police (5.1), which waits for “Step 5” of Police (5.1), which waits for “Step 6” of Police (5.1), which waits for “Step 7” of Police (5.1)"
    )
    assert shown()[-1] == (
        "which “Step 5” of Police (5.1) waits for, which “Step 4” of Police (5.1) waits for, which “Step 3” of Police (5.1) waits for, which “Step 2” of Police (5.1) waits for, and so on"
    )
