"""Test plans that are not adopted: making, adopting and deleting them, and who sees them."""

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Agency
from tests.factories import (
    AgencyFactory,
    BriefingKindFactory,
    KindSectionFactory,
    MeasureFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    SeatFactory,
    SupportFactory,
    WorkItemFactory,
)
from tests.workitems.workbooks import file_of, small
from workitems.intake.plan_making import lacks_of
from workitems.intake.services import plan_making
from workitems.intake.workbook import WorkbookRefused, import_workbook
from workitems.models import (
    Delay,
    Member,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Update,
    WorkItem,
)
from workitems.narrative import Reader, Scope, history_page
from workitems.narrative.reading import Wanted
from workitems.plan.services.refusals import Conflict, Refused

pytestmark = pytest.mark.django_db

TODAY = date(2010, 6, 1)
NOON = datetime(2010, 6, 1, tzinfo=UTC)


@pytest.fixture
def labour():
    return AgencyFactory(short_name="Labour")


@pytest.fixture
def user(labour):
    return SeatFactory(agency=labour, role="coordinator", user__name="Coordinator").user


@pytest.fixture
def plan(labour, police):
    return PlanFactory(
        title="The new plan",
        slug="the-new-plan",
        adopted_on=None,
        coordinating_agency=labour,
        members=[police],
    )


@pytest.fixture
def item(plan, police):
    return WorkItemFactory(
        plan=plan,
        pillar=PillarFactory(plan=plan, number=1, title="Prevention"),
        number="1.1",
        title="Train staff",
        action="Train all staff.",
        lead_agency=police,
    )


def told(plan, **wanted):
    page = history_page(Scope(plan=plan.pk), Reader(), Wanted(**wanted))
    return [f"{entry.who} {entry.what}" for entry in page.entries]


# --- adopting ---------------------------------------------------------------------------------


def test_a_plan_is_adopted_on_a_day_by_a_person(plan, item, user):
    plan_making.adopt(
        plan=plan,
        version=1,
        adopted_on=date(2010, 5, 3),
        by=user,
        on=TODAY,
        reason="Measures follow.",
    )
    plan.refresh_from_db()
    assert (plan.adopted_on, plan.version) == (date(2010, 5, 3), 2)
    assert told(plan)[0] == f"{user.signature} adopted the plan as of 3 May 2010."


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2010, 6, 2), "That day has not come yet. Enter a day up to today."),
        (
            date(2009, 7, 30),
            "The plan was released on 31 July 2009. Enter that day or a later one, or change the "
            "day of release first.",
        ),
    ],
)
def test_a_plan_is_adopted_between_its_release_and_today(plan, item, user, day, says):
    with pytest.raises(Refused) as refused:
        plan_making.adopt(
            plan=plan, version=1, adopted_on=day, by=user, on=TODAY, reason="Measures follow."
        )
    assert (str(refused.value), refused.value.field) == (says, "adopted_on")


def test_what_a_plan_lacks_is_named_step_by_step(plan, police):
    def says():
        return [lack.says for lack in lacks_of(plan, TODAY)]

    assert says() == ["The plan has no pillar."]
    pillar = PillarFactory(plan=plan, number=1)
    assert says() == ["The plan has no work item."]
    police.valid_to = date(2010, 1, 1)
    police.save()
    WorkItemFactory(plan=plan, pillar=pillar, number="1.1", title="Train staff", lead_agency=police)
    assert says() == [
        "1.1 Train staff has neither an objective nor an action.",
        "1.1 Train staff is led by an agency that no longer exists.",
    ]
    plan.released_on = date(2010, 6, 2)
    assert says()[0] == "The plan is released on 2 June 2010. It can be adopted from then on."


def test_many_items_without_wording_are_counted(plan):
    pillar = PillarFactory(plan=plan, number=1)
    for place in range(12):
        WorkItemFactory(plan=plan, pillar=pillar, number=f"1.{place}")
    lacks = lacks_of(plan, TODAY)
    assert len(lacks) == 11
    assert lacks[-1].says == "2 more items: each has neither an objective nor an action."


def test_a_plan_that_lacks_something_is_not_adopted(plan, user):
    with pytest.raises(Refused, match="The plan has no pillar"):
        plan_making.adopt(
            plan=plan, version=1, adopted_on=TODAY, by=user, on=TODAY, reason="Measures follow."
        )


ACTS = {
    "change_plan": lambda plan, item, user: plan_making.change_plan(
        plan=plan, version=1, values={}, members=[], by=user
    ),
    "adopt": lambda plan, item, user: plan_making.adopt(
        plan=plan, version=1, adopted_on=TODAY, by=user, on=TODAY
    ),
    "delete": lambda plan, item, user: plan_making.delete_plan(plan=plan, version=1, by=user),
    "add_pillar": lambda plan, item, user: plan_making.add_pillar(plan=plan, values={}, by=user),
    "remove_pillar": lambda plan, item, user: plan_making.remove_pillar(
        pillar=item.pillar, version=1, by=user
    ),
    "add_item": lambda plan, item, user: plan_making.add_item(
        plan=plan, values={}, supports={}, by=user
    ),
    "change_item": lambda plan, item, user: plan_making.change_item(
        item=item, version=1, values={"title": "x"}, supports={}, by=user
    ),
    "remove_item": lambda plan, item, user: plan_making.remove_item(item=item, version=1, by=user),
    "add_milestone": lambda plan, item, user: plan_making.add_milestone(
        item=item, due=TODAY, values={}, by=user
    ),
    "add_measure": lambda plan, item, user: plan_making.add_measure(item=item, values={}, by=user),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_adopted_plan_is_not_made_any_more(act, labour, police, user):
    plan = PlanFactory(coordinating_agency=labour, members=[police])
    item = WorkItemFactory(plan=plan, lead_agency=police)
    with pytest.raises(Refused, match="This plan was adopted on 31 July 2009"):
        ACTS[act](plan, item, user)


@pytest.mark.parametrize("day", [None, date(2010, 1, 1)])
def test_the_database_keeps_the_adoption(day):
    plan = PlanFactory()
    with pytest.raises(IntegrityError, match="not taken back or moved"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(adopted_on=day)


@pytest.mark.parametrize("name", ["Plan", "Pillar", "WorkItem", "Milestone", "Measure"])
def test_the_database_deletes_nothing_of_an_adopted_plan(name):
    milestone = MilestoneFactory()
    MeasureFactory(item=milestone.item)
    model = {each.__name__: each for each in (Plan, Member, Pillar, WorkItem, Milestone)}.get(
        name, type(milestone.item.measures.get())
    )
    with pytest.raises(IntegrityError, match="Nothing of an adopted plan"), transaction.atomic():
        rows = model.objects.all()
        rows._raw_delete(rows.db)


# --- making -----------------------------------------------------------------------------------


def test_dates_move_freely_until_the_plan_is_adopted(item, user):
    milestone = MilestoneFactory(item=item, number=1)
    plan_making.change_milestone(
        milestone=milestone, version=1, due=date(2011, 1, 31), values={}, by=user
    )
    milestone.refresh_from_db()
    assert {milestone.original_due, milestone.agreed_due, milestone.forecast_due} == {
        date(2011, 1, 31)
    }
    Plan.objects.filter(pk=item.plan_id).update(adopted_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(agreed_due=date(2011, 2, 28))


def test_an_item_moves_to_another_pillar_and_number(plan, item, user):
    other = PillarFactory(plan=plan, number=2)
    plan_making.change_item(
        item=item, version=1, values={"pillar": other, "number": "2.1"}, supports={}, by=user
    )
    item.refresh_from_db()
    assert (item.pillar, item.number, item.number_key) == (other, "2.1", "000002.000001")


def test_supporting_agencies_come_change_and_go(plan, item, labour, user):
    for supports in ({labour: "Trains"}, {labour: "Trains trainers"}, {}):
        item = plan_making.change_item(
            item=item, version=item.version, values={}, supports=supports, by=user
        )
        rows = {row.agency: row.role for row in item.supports.select_related("agency")}
        assert rows == supports
    assert item.version == 4
    assert (
        plan_making.change_item(item=item, version=4, values={}, supports={}, by=user).version == 4
    )


def test_an_agency_with_a_part_does_not_leave(plan, item, user, labour):
    with pytest.raises(Refused, match="Police has a part in item 1.1"):
        plan_making.change_plan(plan=plan, version=1, values={}, members=[], by=user)
    assert plan.members.count() == 2


def test_only_members_take_part(plan, item, user):
    stranger = AgencyFactory(short_name="Health")
    with pytest.raises(Refused, match="Health is not in the plan’s working group"):
        plan_making.change_item(
            item=item, version=1, values={"lead_agency": stranger}, supports={}, by=user
        )


def test_another_persons_change_is_a_conflict(item, user):
    plan_making.change_item(
        item=item, version=1, values={"title": "Train all"}, supports={}, by=user
    )
    with pytest.raises(Conflict) as conflict:
        plan_making.change_item(item=item, version=1, values={"title": "x"}, supports={}, by=user)
    assert conflict.value.current.title == "Train all"


def test_what_is_removed_is_told_in_the_history(plan, item, user):
    milestone = MilestoneFactory(item=item, number=1, description="Staff trained")
    SupportFactory(item=item, agency=plan.coordinating_agency)
    plan_making.remove_milestone(milestone=milestone, version=1, by=user)
    plan_making.remove_item(item=item, version=1, by=user)
    plan_making.remove_pillar(pillar=item.pillar, version=1, by=user)
    said = told(plan)
    assert said[:4] == [
        f"{user.signature} removed pillar 1, “Prevention”.",
        f"{user.signature} removed item 1.1, “Train staff”.",
        f"{user.signature} no longer named Labour as supporting.",
        f"{user.signature} removed the milestone “Staff trained”.",
    ]
    assert f"{user.signature} removed the milestone “Staff trained”." in told(plan, field="dates")
    assert f"{user.signature} removed item 1.1, “Train staff”." in told(plan, field="wording")
    assert f"{user.signature} removed item 1.1, “Train staff”." not in told(plan, field="dates")


def test_a_pillar_with_items_stays(item, user):
    with pytest.raises(Refused, match="Item 1.1 is in this pillar"):
        plan_making.remove_pillar(pillar=item.pillar, version=1, by=user)


# --- workbooks --------------------------------------------------------------------------------


def imported(sheets, plan=None, **how):
    return import_workbook(file_of(sheets), name="plan.xlsx", at=NOON, plan=plan, **how).plan


@pytest.fixture
def dol():
    return AgencyFactory(short_name="DoL", name="Department of Labour")


def test_a_plan_imported_in_the_browser_is_not_adopted(dol, user):
    assert imported(small(), new_for={dol.pk}, by=user).adopted_on is None


def test_a_plan_imported_by_a_command_is_adopted_when_released():
    plan = imported(small())
    assert plan.adopted_on == plan.released_on


def test_a_workbook_changes_wording_and_dates_until_the_plan_is_adopted(dol, user):
    plan = imported(small(), new_for={dol.pk}, by=user)
    changed = small()
    changed["Work items"][0]["Action"] = "Train everybody."
    changed["Milestones"][0]["Original due"] = date(2010, 4, 30)
    imported(changed, plan, by=user)
    milestone = Milestone.objects.get(item__plan=plan)
    assert milestone.item.action == "Train everybody."
    assert milestone.original_due == date(2010, 4, 30)
    plan.refresh_from_db()
    plan_making.adopt(
        plan=plan,
        version=plan.version,
        adopted_on=TODAY,
        by=user,
        on=TODAY,
        reason="Measures follow.",
    )
    changed["Work items"][0]["Action"] = "Train nobody."
    imported(changed, plan, by=user)
    milestone.item.refresh_from_db()
    assert milestone.item.action == "Train everybody."
    with pytest.raises(WorkbookRefused, match="An original date never moves"):
        imported(small(), plan, by=user)


def test_plans_from_before_are_adopted_when_they_were_released(plan):
    migration = import_module("workitems.migrations.0015_adopt_a_plan")
    migration.adopt_on_the_release(apps, None)
    plan.refresh_from_db()
    assert plan.adopted_on == plan.released_on
    last = Plan.history.latest("history_id")
    assert (last.adopted_on, last.history_actor) == (plan.released_on, "Upgrade of the program")


# --- deleting ---------------------------------------------------------------------------------


def test_a_plan_is_deleted_with_everything_and_its_history_stays(plan, item, user):
    MilestoneFactory(item=item)
    MeasureFactory(item=item)
    KindSectionFactory(kind=BriefingKindFactory(plan=plan))
    plan_making.delete_plan(plan=plan, version=1, by=user)
    assert not Plan.objects.exists() and not WorkItem.objects.exists()
    assert not Pillar.objects.exists() and not Member.objects.exists()
    assert Agency.objects.count() == 2
    last = Plan.history.latest("history_id")
    assert (last.history_type, last.title, last.history_user) == ("-", "The new plan", user)
    assert last.history_change_reason == "The plan “The new plan” was deleted"
    assert WorkItem.history.filter(history_type="-").count() == 1


def test_an_imported_plan_is_deleted_with_its_past(dol, user):
    plan = imported(small(), new_for={dol.pk}, by=user)
    assert Update.objects.exists() and Mitigation.objects.exists() and Risk.objects.exists()
    plan_making.delete_plan(plan=plan, version=1, by=user)
    models = (Plan, Round, Return, Update, Risk, Delay, Mitigation, Milestone)
    assert [model.objects.count() for model in models] == [0] * len(models)
    assert [model.history.filter(history_type="-").count() for model in models] == [1] * len(models)


# --- who sees it ------------------------------------------------------------------------------


def test_only_its_coordinators_see_a_plan_that_is_not_adopted(plan, item, labour, police, user):
    others = [
        SeatFactory(agency=agency, role=role).user
        for agency in (labour, police)
        for role in ("contributor", "approver", "observer", "coordinator")
        if (agency, role) != (labour, "coordinator")
    ]
    assert [*Plan.objects.visible_to(user)] == [plan]
    assert [*WorkItem.objects.visible_to(user)] == [item]
    for other in others:
        assert not Plan.objects.visible_to(other).exists()
        assert not other.has_perm("workitems.read_plan", plan)


@pytest.mark.parametrize(
    "name",
    ["workitems:list", "returns:list", "meetings:list", "briefings:list", "dashboard:overview"],
)
def test_its_other_pages_lead_to_the_next_step(client, plan, user, name):
    client.force_login(user)
    answer = client.get(reverse(name, args=[plan.slug]), follow=True)
    assert answer.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert "This page opens when it is." in answer.text
    assert "Add a pillar" in answer.text


@pytest.mark.parametrize("name", ["plans:history", "plans:import", "plans:export", "plans:adopt"])
def test_its_own_pages_open_to_its_coordinators_alone(client, item, labour, police, user, name):
    address = reverse(name, args=[item.plan.slug])
    for agency, role in ((labour, "contributor"), (police, "coordinator")):
        client.force_login(SeatFactory(agency=agency, role=role).user)
        assert client.get(address).status_code == 404
    client.force_login(user)
    assert client.get(address).status_code == 200


def test_the_desk_says_nothing_of_it(client, item, police):
    MilestoneFactory(item=item, description="Staff trained")
    client.force_login(SeatFactory(agency=police).user)
    assert "Staff trained" not in client.get(reverse("home")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_plans_page_takes_as_many_queries_for_any_plan(
    client, plan, police, user, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        pillar = PillarFactory(plan=plan, number=number)
        for place in range(count):
            row = WorkItemFactory(
                plan=plan, pillar=pillar, number=f"{number}.{place}", lead_agency=police
            )
            MilestoneFactory(item=row)
    client.force_login(user)
    with django_assert_num_queries(20):
        page = client.get(plan.get_absolute_url())
    assert page.text.count("Add a work item") == count


# --- in the browser ---------------------------------------------------------------------------


def test_a_conflict_shows_both_sides(client, plan, item, user):
    client.force_login(user)
    address = reverse("plans:change-item", args=[plan.slug, "1.1"])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    plan_making.change_item(
        item=item, version=1, values={"title": "Train all"}, supports={}, by=user
    )
    page = client.post(address, typed | {"title": "Train some", "is_key": ""})
    assert page.status_code == 422
    assert page.context["form"].other_side() == [("Title", "Train all")]
    assert page.context["form"]["title"].value() == "Train some"


def test_another_item_follows_at_once(client, plan, item, police, user):
    client.force_login(user)
    address = reverse("plans:add-item", args=[plan.slug])
    typed = {
        "version": 1,
        "pillar": item.pillar_id,
        "number": "1.2",
        "title": "Print",
        "lead_agency": police.pk,
        "kind": "action_item",
        "timeframe": "short",
        "then": "another",
    }
    page = client.post(address, typed, follow=True)
    assert page.redirect_chain[0][0] == f"{address}?pillar=1"
    assert page.context["form"]["number"].value() == "1.3"


def test_an_adopted_plan_has_no_way_to_be_changed_here(client, labour, police, user):
    plan = PlanFactory(coordinating_agency=labour, members=[police])
    client.force_login(user)
    assert client.get(reverse("plans:change", args=[plan.slug])).status_code == 403
    page = client.get(reverse("plans:adopt", args=[plan.slug]), follow=True)
    assert page.redirect_chain == [(plan.get_absolute_url(), 302)]
