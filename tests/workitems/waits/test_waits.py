"""Test what waits for what: its truths in the database, its services, and the earliest day of a milestone."""

import random
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from reports.progress.changes import Kind, read_changes
from reports.progress.view import PlanView
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PlanFactory,
    UserFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.plan.test_concurrency import kinds, simultaneously
from tests.workitems.record import (
    DUE,
    SLIPPED,
    TODAY,
    TOMORROW,
    entries,
    item_history,
    noon,
    refused,
)
from workitems.intake.services import plan_making, successor
from workitems.models import Milestone, Wait, WorkItem
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at
from workitems.plan.services import waits
from workitems.terms.earliest import Earliest, earliest, own_earliest

WHY = "Its list is needed."


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police")


@pytest.fixture
def plan(police):
    return PlanFactory(members=[police])


@pytest.fixture
def first(plan):
    with noon(date(2010, 1, 4)):
        return MilestoneFactory(item__plan=plan, item__number="1.1", number=1)


@pytest.fixture
def second(plan, police):
    with noon(date(2010, 1, 4)):
        return MilestoneFactory(
            item__plan=plan, item__number="2.2", number=3, responsible_agency=police
        )


def add(milestone, other, by, **more):
    named = {"days_after": 0, "why": WHY, "on": TODAY, **more}
    return waits.add(milestone=milestone, waits_for=other, by=by, **named)


# --- the database -----------------------------------------------------------------------------


def raw_wait(milestone, other):
    """Insert a wait by SQL alone."""
    columns = "milestone_id, waits_for_id, days_after, why, said_on, answer, answer_words, end_reason, version"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workitems_wait ({columns}) VALUES (%s, %s, 0, 'Why', %s, '', '', '', 1)",
            [milestone.pk, other.pk, TODAY],
        )


@pytest.mark.django_db
def test_the_database_refuses_a_loop_by_raw_sql(plan):
    steps = MilestoneFactory.create_batch(6, item__plan=plan)
    for milestone, other in zip(steps, steps[1:], strict=False):
        raw_wait(milestone, other)
    with pytest.raises(IntegrityError, match="loop"):
        raw_wait(steps[5], steps[0])
    with pytest.raises(IntegrityError, match="loop"):
        raw_wait(steps[1], steps[0])
    # A wait that has ended closes no loop, and cannot begin again.
    Wait.objects.filter(milestone=steps[2]).update(ended_on=TODAY, end_reason="Over.")
    with pytest.raises(IntegrityError, match="answered and ended"), transaction.atomic():
        Wait.objects.filter(milestone=steps[2]).update(ended_on=None, end_reason="")
    raw_wait(steps[5], steps[0])


@pytest.mark.django_db
def test_the_database_keeps_waits_and_what_they_say(first, second):
    wait = WaitFactory(milestone=first, waits_for=second)
    for change in ({"why": "Another"}, {"days_after": 3}, {"waits_for": MilestoneFactory()}):
        with pytest.raises(IntegrityError, match="answered and ended"), transaction.atomic():
            Wait.objects.filter(pk=wait.pk).update(**change)
    with pytest.raises(IntegrityError, match="answered and ended"), transaction.atomic():
        Wait.objects.filter(pk=wait.pk)._raw_delete("default")


@pytest.mark.django_db
def test_the_database_refuses_a_wait_for_a_plan_that_is_not_adopted(first):
    draft = MilestoneFactory(item__plan__adopted_on=None)
    for pair in ((first, draft), (draft, first)):
        with pytest.raises(IntegrityError, match="only in adopted plans"):
            raw_wait(*pair)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_thirty_writers_at_once_close_no_loop(plan, contributor):
    steps = MilestoneFactory.create_batch(30, item__plan=plan)
    pairs = list(zip(steps, [*steps[1:], steps[0]], strict=True))
    outcomes = simultaneously(30, lambda number: add(*pairs[number], contributor))
    assert kinds(outcomes) == {"Wait": 29, "Refused": 1}
    assert "would be a loop" in next(str(each) for each in outcomes if not isinstance(each, Wait))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_thirty_writers_of_raw_sql_close_no_loop(plan):
    steps = MilestoneFactory.create_batch(30, item__plan=plan)
    pairs = list(zip(steps, [*steps[1:], steps[0]], strict=True))
    outcomes = simultaneously(30, lambda number: raw_wait(*pairs[number]))
    assert kinds(outcomes) == {"NoneType": 29, "IntegrityError": 1}


# --- services ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_another_agency_has_to_confirm_a_wait(first, second, contributor):
    wait = add(first, second, contributor, days_after=20)
    assert (wait.answer, wait.answered_on, wait.days_after, wait.said_on) == ("", None, 20, TODAY)
    assert [each[0] for each in entries(wait)] == ["+"]
    wait = waits.answer(
        wait=wait,
        version=1,
        answer="disputed",
        words="Ours is not needed.",
        by=contributor,
        on=TOMORROW,
    )
    assert (wait.answer, wait.answer_words, wait.answered_on) == (
        *("disputed", "Ours is not needed."), TOMORROW,
    )  # fmt: skip
    wait = waits.answer(
        wait=wait, version=2, answer="confirmed", words="", by=contributor, on=TOMORROW
    )
    assert (wait.answer, wait.answer_words, wait.version) == ("confirmed", "", 3)
    wait = waits.end(wait=wait, version=3, reason="Done otherwise.", by=contributor, on=TOMORROW)
    assert (wait.ended_on, wait.end_reason) == (TOMORROW, "Done otherwise.")
    with refused("This ended on 2 June 2010."):
        waits.end(wait=wait, version=4, reason="Again.", by=contributor, on=TOMORROW)


@pytest.mark.django_db
def test_the_items_history_says_who_said_and_answered_what(first, second, contributor):
    wait = add(first, second, contributor)
    waits.answer(wait=wait, version=1, answer="disputed", words="No.", by=contributor, on=TODAY)
    waits.end(wait=wait, version=2, reason="Over.", by=contributor, on=TOMORROW)
    said = [entry.what for entry in item_history(first.item)]
    assert said[:3] == [
        "said that 1.1.1 no longer waits for 2.2.3.",
        "disputed for Police that 1.1.1 waits for 2.2.3: “No.”",
        "said that 1.1.1 waits for 2.2.3 of Police.",
    ]


@pytest.mark.django_db
def test_the_history_names_the_plan_of_what_is_waited_for_in_another_one(first, police):
    other = PlanFactory(title="Another plan", members=[police])
    item = WorkItemFactory(plan=other, number="1.1", lead_agency=police)
    WaitFactory(milestone=first, waits_for=MilestoneFactory(item=item, number=1))
    assert item_history(first.item)[0].what == (
        "said that 1.1.1 waits for 1.1.1 in “Another plan”, of Police."
    )


@pytest.mark.django_db
def test_within_one_agency_a_wait_is_confirmed_at_once(first, plan, contributor):
    other = MilestoneFactory(item__plan=plan)
    wait = add(first, other, contributor)
    assert (wait.answer, wait.answered_on) == ("confirmed", TODAY)


@pytest.mark.django_db
def test_what_is_no_wait_is_refused_with_its_reason(first, second, contributor):
    add(first, second, contributor)
    with refused("It already waits for 2.2.3.", "waits_for"):
        add(first, second, contributor)
    with refused("A milestone cannot wait for itself. Choose another one.", "waits_for"):
        add(first, first, contributor)
    with refused("Say why it waits.", "why"):
        add(first, MilestoneFactory(item__plan=first.item.plan), contributor, why="")
    done = MilestoneFactory(item__plan=first.item.plan, completed_on=TODAY, description="Survey")
    with refused("“Survey” is closed, so nothing waits for it.", "waits_for"):
        add(first, done, contributor)
    with refused("Milestones wait for each other only in adopted plans.", "waits_for"):
        add(first, MilestoneFactory(item__plan__adopted_on=None), contributor)


@pytest.mark.django_db
def test_a_loop_is_refused_with_its_way(first, second, plan, contributor):
    third = MilestoneFactory(item__plan=plan, item__number="3.1", number=2)
    add(first, second, contributor)
    with refused(
        "That would be a loop: 2.2.3 waits for 1.1.1, which waits for 2.2.3.", "waits_for"
    ):
        add(second, first, contributor)
    add(second, third, contributor)
    with refused(
        "That would be a loop: 3.1.2 waits for 1.1.1, which waits for 2.2.3, which waits for 3.1.2.",
        "waits_for",
    ):
        add(third, first, contributor)


@pytest.mark.django_db
def test_plans_that_are_kept_apart_have_no_waits_between_them(
    first, plan, contributor, monkeypatch
):
    other = MilestoneFactory()
    monkeypatch.setattr(waits, "KEPT_APART", [lambda each: each == other.item.plan])
    with refused(
        "A plan with a paper marked SENSITIVE has no waits from or for another plan. Tell the coordinators instead.",
        "waits_for",
    ):
        add(first, other, contributor)
    add(other, MilestoneFactory(item__plan=other.item.plan), contributor)


# --- the earliest day -------------------------------------------------------------------------


def plainly(pk, own, links, closed):
    """Return the earliest day by the plain recursion that the design has in words."""
    found = [own[pk]]
    if pk not in closed:
        found += [plainly(to, own, links, closed).after(days) for to, days in links.get(pk, ())]
    return Earliest(max(row.day for row in found), all(row.is_known for row in found))


def test_the_earliest_day_of_a_thousand_random_graphs_is_that_of_a_plain_recursion():
    chance = random.Random(36)
    for _ in range(1000):
        size = chance.randint(1, 9)
        own = {
            pk: Earliest(TODAY + timedelta(chance.randint(-50, 400)), chance.random() < 0.8)
            for pk in chance.sample(range(size), size)
        }
        links = {
            pk: [(to, chance.randint(0, 60)) for to in range(pk) if chance.random() < 0.4]
            for pk in own
        }
        closed = frozenset(pk for pk in own if chance.random() < 0.2)
        assert earliest(own, links, closed) == {pk: plainly(pk, own, links, closed) for pk in own}


def test_a_long_chain_and_a_loop_that_no_database_has_come_to_an_end():
    own = {pk: Earliest(TODAY) for pk in range(5000)}
    found = earliest(own, {pk: [(pk - 1, 1)] for pk in range(1, 5000)})
    assert found[4999] == Earliest(TODAY + timedelta(4999))
    assert earliest({1: Earliest(TODAY), 2: Earliest(TODAY)}, {1: [(2, 0)], 2: [(1, 0)]})


def test_no_day_is_known_of_what_is_overdue_without_a_date_or_has_an_end():
    named = {"completed_on": None, "has_end": False, "on": TODAY}
    assert own_earliest(forecast_due=DUE, **named) == Earliest(DUE)
    assert own_earliest(forecast_due=date(2010, 5, 1), **named) == Earliest(TODAY, False)
    named["has_end"] = True
    assert own_earliest(forecast_due=DUE, **named) == Earliest(TODAY, False)
    named["completed_on"] = date(2010, 5, 1)
    assert own_earliest(forecast_due=DUE, **named) == Earliest(date(2010, 5, 1))


@pytest.mark.django_db
def test_only_confirmed_waits_say_that_a_date_cannot_be_met(first, second, plan):
    Milestone.objects.filter(pk=second.pk).update(forecast_due=SLIPPED)
    wait = WaitFactory(milestone=first, waits_for=second, unanswered=True)
    for answer in ("", "disputed"):
        if answer:
            Wait.objects.update(answer=answer, answer_words="No.", answered_on=TODAY)
        at = plan_at(plan, Moment.today(TODAY))
        assert (at.waits.not_met, at.waits.earliest[first.pk]) == ([], Earliest(DUE))
    Wait.objects.filter(pk=wait.pk).update(answer="confirmed")
    at = plan_at(plan, Moment.today(TODAY))
    assert [step.pk for step in at.waits.not_met] == [first.pk]
    assert at.waits.earliest[first.pk] == Earliest(SLIPPED)
    (item,) = (each for each in at.items if each.pk == first.item_id)
    assert [reason.words for reason in at.reasons(item.pk)] == [
        f"The agreed date of “{first.description}” can no longer be met: it waits for "
        f"“{second.description}” of Police (2.2), now expected on 30 September 2010."
    ]
    (line,) = (each for each in attention(at) if each.number == item.number)
    assert (line.gist, line.cause) == (
        "The agreed date can no longer be met.",
        at.reasons(item.pk)[0].words,
    )
    assert (line.asked.words, line.verb) == (f"Hear from {at.agencies[item.lead]}", "hear")
    # Nothing moves: no date, status or count.
    assert (item.status, item.is_late, item.due.last_day) == ("on_time", False, DUE)


@pytest.mark.django_db
def test_a_list_says_when_what_is_waited_for_can_come_and_who_waits(first, plan, police):
    def step(number, due, forecast):
        return MilestoneFactory(
            item__plan=plan, item__number=number, number=1, responsible_agency=police,
            original_due=due, agreed_due=due, forecast_due=forecast,
        )  # fmt: skip

    second = step("2.2", date(2010, 6, 1), date(2010, 6, 1))
    third = step("3.1", date(2010, 5, 1), date(2010, 9, 1))
    WaitFactory(milestone=second, waits_for=third, days_after=10)
    WaitFactory(milestone=first, waits_for=second, days_after=30)
    WaitFactory(milestone=first, waits_for=third, disputed=True)
    found = plan_at(plan, Moment(date(2010, 4, 1))).waits
    assert found.in_words(first.pk).split("; ") == [
        f"“{second}” of Police (2.2), expected on 1 June 2010, on 11 September 2010 at the earliest, and 30 days needed after it (confirmed)",
        f"“{third}” of Police (3.1), now expected on 1 September 2010 (disputed)",
    ]
    # By their numbers, whichever was entered first.
    agency, agreed = first.responsible_agency.short_name, found.steps[first.pk].agreed
    assert found.back_in_words(third.pk).split("; ") == [
        f"“{first}” of {agency} (1.1), agreed for {agreed} (disputed, so it counts for no date)",
        f"“{second}” of Police (2.2), agreed for 1 June 2010, which can no longer be met",
    ]


@pytest.mark.django_db
def test_the_past_has_its_own_waits(first, second, plan, contributor):
    with noon(TODAY):
        wait = add(first, second, contributor)
    with noon(TOMORROW):
        waits.answer(
            wait=wait, version=1, answer="confirmed", words="", by=contributor, on=TOMORROW
        )
    with noon(date(2010, 6, 3)):
        waits.end(wait=wait, version=2, reason="Over.", by=contributor, on=date(2010, 6, 3))
    shown = [
        [row.answer for row in plan_at(plan, moment).waits.rows]
        for moment in (
            *(Moment.end_of(date(2010, 5, 31)), Moment.end_of(TODAY), Moment.end_of(TOMORROW)),
            Moment.end_of(date(2010, 6, 3)),
        )
    ]
    assert shown == [[], [""], ["confirmed"], []]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "says"),
    [(TODAY, [" That it waits was confirmed on 2 June 2010."]), (TOMORROW, [])],
)
def test_what_changed_says_when_a_wait_came_to_be_known(
    first, second, plan, contributor, since, says
):
    with noon(date(2010, 1, 5)):
        second.forecast_due = SLIPPED
        second.save()
    with noon(TODAY):
        wait = add(first, second, contributor)
    with noon(TOMORROW):
        waits.answer(
            wait=wait, version=1, answer="confirmed", words="", by=contributor, on=TOMORROW
        )
    view = PlanView(plan=plan, at=Moment.today(date(2010, 6, 3)), since=Moment.end_of(since))
    found = [each.words for each in read_changes(view).changes if each.kind == Kind.CANNOT_BE_MET]
    why = plan_at(plan, view.at).waits.why_not_met
    assert found == [
        f"{why(step)}{end}" for step in plan_at(plan, view.at).waits.not_met for end in says
    ]


@pytest.mark.django_db
def test_an_agencys_changes_have_its_own_date_in_an_item_of_another(plan, police, second):
    with noon(date(2010, 1, 5)):
        own = MilestoneFactory(item__plan=plan, number=1, responsible_agency=police)
        second.forecast_due = SLIPPED
        second.save()
    with noon(TODAY):
        WaitFactory(milestone=own, waits_for=second)
    for agency, count in ((police.pk, 1), (own.item.lead_agency_id, 1), (AgencyFactory().pk, 0)):
        view = PlanView(
            plan=plan,
            at=Moment.today(TOMORROW),
            since=Moment.end_of(date(2010, 5, 1)),
            agency=agency,
        )
        kinds_found = [each.kind for each in read_changes(view).changes]
        assert kinds_found.count(Kind.CANNOT_BE_MET) == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_waits_take_two_queries_and_none_without_any(plan, count, django_assert_num_queries):
    assert plan.has_waits is False
    with django_assert_num_queries(0):
        assert plan_at(plan, Moment.today(TODAY)).waits.rows == []
    for _ in range(count):
        WaitFactory(milestone__item__plan=plan)
    del plan.has_waits
    assert plan.has_waits is True
    with django_assert_num_queries(2):
        assert len(plan_at(plan, Moment.today(TODAY)).waits.earliest) == 2 * count


# --- the plan that follows --------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_carried_into_the_next_plan_waits_there_as_before(first, second, police):
    user = UserFactory()
    WorkItem.objects.update(action="Write it.", objective="It is read.")
    third = MilestoneFactory(
        item=second.item, number=4, responsible_agency=police, completed_on=TODAY
    )
    other = MilestoneFactory(item__plan=PlanFactory(members=[police]), item__number="7.1", number=1)
    within = WaitFactory(milestone=first, waits_for=second, days_after=9, why=WHY, said_on=TODAY)
    to_done = WaitFactory(milestone=first, waits_for=third, said_on=TODAY)
    between = WaitFactory(
        milestone=other, waits_for=second, answer="disputed", answer_words="No need.", said_on=TODAY,
    )  # fmt: skip
    new = successor.start_successor(
        plan=first.item.plan, title="The next plan", released_on=TODAY, ends_on=None, items=first.item.plan.items.in_order(),
        with_kinds=False, by=user, on=TODAY,
    )  # fmt: skip
    assert Wait.objects.count() == 3  # none is carried into a plan that is being made
    plan_making.adopt(
        plan=new, version=1, adopted_on=TODAY, by=user, on=TODAY, reason="Measures follow."
    )
    carried = Wait.objects.exclude(pk__in=[within.pk, to_done.pk, between.pk]).for_list()
    assert [
        (row.plan, row.reference, row.other_plan, row.days_after, row.why, row.answer)
        for row in carried
    ] == [
        (new, f"“{first}” waits for “{second}”", new, 9, WHY, "confirmed"),
        (other.item.plan, f"“{other}” waits for “{second}”", new, 0, between.why, "disputed"),
    ]
    for row in (within, to_done, between):
        row.refresh_from_db()
    assert [row.end_reason for row in (within, to_done, between)] == [
        "",
        "",
        "Carried over into The next plan",
    ]
