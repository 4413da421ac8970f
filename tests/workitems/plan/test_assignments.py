"""Test who looks after an item within an agency: giving, seeing, mail, and what it never does."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Seat
from agencies.people.services import seats as seat_services
from tests.factories import (
    AssignmentFactory,
    SeatFactory,
    UnitFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY
from workitems.desk import to_dos as desk
from workitems.models import Assignment
from workitems.plan.services import Conflict, Refused, assignments

pytestmark = pytest.mark.django_db

MONDAY = TODAY + timedelta(days=4)


@pytest.fixture
def investigator(police, unit):
    return SeatFactory(agency=police, unit=unit, user__name="Investigator").user


@pytest.fixture
def customs_reader(customs):
    return SeatFactory(agency=customs).user


@pytest.fixture
def give(item, police, approver):
    def give(**more):
        asked = {"unit": None, "user": None, "by_on": None, "version": 0} | more
        return assignments.give(item=item, agency=police, by=approver, on=TODAY, at=NOW, **asked)

    return give


def address(item, agency):
    return reverse("workitems:give", args=[item.plan.slug, item.number, agency.pk])


def texts(user):
    return [(line.what, line.detail, line.when) for line in desk.lines_for(user, TODAY)]


# --- giving --------------------------------------------------------------------------------------


def test_an_item_is_given_changes_hands_and_is_taken_back_with_its_history(
    give, unit, investigator, item, client, contributor
):
    first = give(unit=unit, by_on=MONDAY)
    second = give(unit=unit, user=investigator, version=first.version)
    give(version=second.version)
    client.force_login(contributor)
    page = client.get(address(item, item.lead_agency))
    assert [hand.what for hand in page.context["hands"]] == [
        "took the item back.",
        "gave the item to Investigator (Financial Crime Group).",
        f"gave the item to Financial Crime Group, by {MONDAY:%-d %B %Y}.",
    ]
    assert {hand.who for hand in page.context["hands"]} == {"Police approver (Police)"}


def test_giving_the_same_again_writes_nothing(give, unit):
    first = give(unit=unit)
    assert give(unit=unit, version=first.version).version == first.version == 1
    assert Assignment.history.count() == 1


def test_a_second_person_sees_both_sides(give, unit, investigator, item, client, contributor):
    give(unit=unit)
    with pytest.raises(Conflict):
        give(user=investigator)
    client.force_login(contributor)
    answer = client.post(address(item, item.lead_agency), {"version": 0, "user": investigator.pk})
    assert answer.status_code == 422
    assert "Given to Financial Crime Group" in answer.text
    assert answer.context["form"]["user"].value() == str(investigator.pk)


@pytest.mark.parametrize(
    ("asked", "says", "field"),
    [
        (lambda world: {"unit": UnitFactory()}, "This is not a unit of Police today. Choose another one.", "unit"),
        (
            lambda world: {"unit": UnitFactory(agency=world["police"], to_on=TODAY - timedelta(days=1))},
            "This is not a unit of Police today. Choose another one.",
            "unit",
        ),
        (
            lambda world: {"user": SeatFactory(user__name="Officer").user},
            "Officer cannot write for Police today. Choose another person.",
            "user",
        ),
        (
            lambda world: {"user": SeatFactory(agency=world["police"], role="observer", user__name="Guest").user},
            "Guest cannot write for Police today. Choose another person.",
            "user",
        ),
        (lambda world: {"by_on": MONDAY}, "Choose a unit or a person, or clear the day.", "by_on"),
        (
            lambda world: {"unit": world["unit"], "by_on": TODAY - timedelta(days=1)},
            "Enter today or a later day.",
            "by_on",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(give, police, unit, asked, says, field):
    with pytest.raises(Refused) as refused:
        give(**asked({"police": police, "unit": unit}))
    assert (str(refused.value), refused.value.field) == (says, field)
    assert Assignment.objects.count() == 0


def test_only_an_item_that_the_agency_leads_or_supports_is_given(give, item, customs, approver):
    with pytest.raises(Refused, match="Customs neither leads nor supports item"):
        assignments.give(
            item=item, agency=customs, unit=None, user=approver, by_on=None, version=0, by=approver, on=TODAY, at=NOW
        )  # fmt: skip


def test_the_database_refuses_another_agencys_unit(item):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentFactory(item=item, unit=UnitFactory())


def test_rights_do_not_change(give, unit, investigator, contributor, item, of_return):
    give(user=investigator)
    assert contributor.has_perm("workitems.update_item", item)
    assert contributor.has_perm("workitems.write_update", of_return)
    assert item.lead_agency.short_name == "Police"


# --- where it is seen ----------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["unit", "person"])
def test_it_is_on_the_desk_until_the_item_is_answered(
    give, unit, investigator, item, contributor, of_return, to
):
    row = give(**({"unit": unit} if to == "unit" else {"user": investigator}), by_on=MONDAY)
    line = (
        f"Item {item.number} {item.title}",
        f"Given to {'Financial Crime Group' if to == 'unit' else 'you'} by Police approver",
        "Due in 4 days",
    )
    assert line in texts(investigator)
    assert line not in texts(contributor)
    UpdateFactory(of_return=of_return, item=item, written_at=row.given_at)
    assert line not in texts(investigator)


def test_only_the_agencys_own_people_see_it(
    give, unit, investigator, item, client, contributor, customs_reader, coordinator
):
    give(unit=unit, by_on=MONDAY)
    observer = SeatFactory(agency=item.lead_agency, role="observer").user
    for user, sees in (
        (contributor, True),
        (observer, True),
        (customs_reader, False),
        (coordinator, False),
    ):
        client.force_login(user)
        page = client.get(item.get_absolute_url())
        assert ("Financial Crime Group" in page.text) is sees
        assert client.get(address(item, item.lead_agency)).status_code == (
            200 if user == contributor else 403
        )


def test_when_the_seat_ends_it_is_nobodys(give, investigator, item, client, contributor, approver):
    give(user=investigator)
    seat_services.end_seat(
        seat=investigator.seats.get(), on=TODAY - timedelta(days=1), by=approver, reason="Left."
    )
    client.force_login(contributor)
    page = client.get(item.get_absolute_url())
    assert "Nobody (Investigator has left)" in page.text
    assert desk.lines_for(type(investigator).objects.get(pk=investigator.pk), TODAY) == []


def test_a_unit_that_ended_is_nobody(give, unit, item, client, contributor):
    give(unit=unit)
    unit.to_on = TODAY - timedelta(days=1)
    unit.save()
    client.force_login(contributor)
    assert "Nobody (Financial Crime Group has left)" in client.get(item.get_absolute_url()).text


def test_the_return_shows_it_and_narrows_to_ones_own(
    give, unit, investigator, item, client, of_return, police
):
    WorkItemFactory(plan=item.plan, lead_agency=police)
    give(unit=unit)
    client.force_login(investigator)
    page = client.get(of_return.get_absolute_url())
    assert page.context["mine"] == 1
    assert "Show only the items given to you or your unit (1)" in page.text
    narrowed = client.get(of_return.get_absolute_url(), {"only": "mine"})
    assert [entry.section.item for entry in narrowed.context["led"]] == [item]
    assert narrowed.context["page"].total == 2


@pytest.mark.parametrize(
    "act",
    ["save", "no-change-rest", "ready", "not-ready", "copy:1.2", "open:1.2", "keep-answer:1.2"],
)
def test_a_return_that_shows_ones_own_goes_on_to_do_so(
    give, unit, investigator, item, client, of_return, act
):
    give(unit=unit)
    client.force_login(investigator)
    answer = client.post(f"{of_return.get_absolute_url()}?only=mine", {"act": act})
    assert answer.status_code == 302
    assert answer.url.startswith(f"{of_return.get_absolute_url()}?only=mine")
    assert "only=" not in client.post(of_return.get_absolute_url(), {"act": act}).url


@pytest.mark.parametrize("count", [1, 3])
def test_a_return_asks_once_for_all_that_is_given(
    client, contributor, of_return, item, police, unit, count, django_assert_max_num_queries
):
    items = [item, *WorkItemFactory.create_batch(count - 1, plan=item.plan, lead_agency=police)]
    client.force_login(contributor)
    client.get(of_return.get_absolute_url())
    with django_assert_max_num_queries(60) as before:
        client.get(of_return.get_absolute_url())
    for each in items:
        AssignmentFactory(item=each, unit=unit)
    with django_assert_max_num_queries(60) as after:
        client.get(of_return.get_absolute_url())
    assert len(after) == len(before)


# --- mail ----------------------------------------------------------------------------------------


def posted(client, giver, item, django_capture_on_commit_callbacks, **asked):
    client.force_login(giver)
    with django_capture_on_commit_callbacks(execute=True):
        return client.post(address(item, item.lead_agency), {"version": 0} | asked)


def test_a_person_is_told_at_once_and_the_giver_is_not(
    client, approver, item, unit, investigator, django_capture_on_commit_callbacks
):
    SeatFactory(agency=item.lead_agency, unit=unit)  # another of the unit, which is not asked alone
    answer = posted(client, approver, item, django_capture_on_commit_callbacks, user=investigator.pk, unit=unit.pk, by_on="tomorrow")  # fmt: skip
    assert answer.status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [investigator.email]
    assert f"Item {item.number}" in sent.subject
    assert "Police approver gave this item to Investigator (Financial Crime Group)" in sent.body


def test_everyone_of_a_unit_is_told_but_who_gave_it(
    client, approver, item, unit, investigator, django_capture_on_commit_callbacks
):
    approver.seats.update(unit=unit)
    other = SeatFactory(agency=item.lead_agency, unit=unit, role=Seat.Role.CONTRIBUTOR).user
    answer = posted(client, approver, item, django_capture_on_commit_callbacks, unit=unit.pk)
    assert answer.status_code == 302
    assert sorted(each.to[0] for each in mail.outbox) == sorted([investigator.email, other.email])


def test_nobody_is_told_when_it_is_taken_back(
    client, approver, give, item, unit, investigator, django_capture_on_commit_callbacks
):
    row = give(unit=unit)
    posted(client, approver, item, django_capture_on_commit_callbacks, version=row.version)
    assert mail.outbox == []
    row.refresh_from_db()
    assert row.held_by == ""


# --- from the return ----------------------------------------------------------------------------


def test_an_item_is_given_from_the_return_and_leads_back_to_it(
    client, contributor, item, of_return, unit, police
):
    client.force_login(contributor)
    link = f"{address(item, police)}?from=return"
    assert link in client.get(of_return.get_absolute_url()).text
    data = {"version": "0", "unit": unit.pk, "user": "", "by_on": ""}
    answer = client.post(link, data)
    assert answer.url == f"{of_return.get_absolute_url()}#item-{item.number}"
    assert client.post(address(item, police), data | {"version": "1", "unit": ""}).url == (
        item.get_absolute_url()
    )


def test_one_button_takes_an_item_back(client, contributor, item, give, unit, police):
    row = give(unit=unit, by_on=MONDAY)
    client.force_login(contributor)
    assert "Take it back" in client.get(address(item, police)).text
    answer = client.post(
        address(item, police),
        {"version": row.version, "unit": "", "user": "", "by_on": ""},
        follow=True,
    )
    assert f"Nobody in Police looks after item {item.number} now." in answer.text
    assert "Take it back" not in client.get(address(item, police)).text


@pytest.mark.usefixtures("on_the_day")  # a Tuesday
def test_a_weekday_is_the_next_one(client, contributor, item, unit, police):
    client.force_login(contributor)
    client.post(
        address(item, police), {"version": "0", "unit": unit.pk, "user": "", "by_on": "friday"}
    )
    assert Assignment.objects.get().by_on == TODAY + timedelta(days=3)
