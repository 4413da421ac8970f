"""Test that a queryset composed once finds what it would find, with other values each time."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from agencies.models import Agency, Seat
from agencies.records.composed import composed
from tests.factories import AgencyFactory, MilestoneFactory, SupportFactory, WorkItemFactory
from workitems.models import Milestone, Support, WorkItem

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)


def milestones(of: Any, until: Any) -> Any:
    rows = Milestone.objects.filter(Q(item=of) | Q(item=None), agreed_due__lte=until)
    return rows.select_related("item__plan").order_by("number")


def leads(agencies: Any) -> Any:
    return WorkItem.objects.filter(lead_agency__among=agencies).order_by("pk")


composed_milestones, composed_leads = composed(milestones), composed(leads)


def test_other_values_find_other_rows_by_the_same_statement() -> None:
    item, other = WorkItemFactory.create(), WorkItemFactory.create()
    for day, of in enumerate((item, item, other)):
        MilestoneFactory.create(item=of, original_due=DUE + timedelta(days=day))
    for of in (item, other):
        for until in (DUE - timedelta(days=1), DUE, DUE + timedelta(days=2)):
            found = composed_milestones(of=of.pk, until=until)
            assert found == list(milestones(of.pk, until))


def test_rows_come_with_their_related_rows_in_one_query(
    django_assert_num_queries: Any,
) -> None:
    milestone = MilestoneFactory.create(original_due=DUE)
    with django_assert_num_queries(1):
        (found,) = composed_milestones(of=milestone.item_id, until=DUE)
        assert found.item.plan.title == milestone.item.plan.title
    assert found.agreed_due == DUE
    found.description = "Changed"
    found.save()
    milestone.refresh_from_db()
    assert milestone.description == "Changed"


@pytest.mark.parametrize("number", [0, 1, 3])
def test_ids_are_one_value_however_many_they_are(number: int) -> None:
    items = [WorkItemFactory.create() for _ in range(4)]
    agencies = {item.lead_agency_id for item in items[:number]}
    assert composed_leads(agencies=agencies) == items[:number]
    # Where the queryset is used as such, too.
    assert list(leads(agencies)) == items[:number]


def test_annotations_and_prefetched_rows_are_there(django_assert_num_queries: Any) -> None:
    def items(on: Any) -> Any:
        late = Milestone.objects.filter(item=OuterRef("pk"), agreed_due__lt=on)
        rows = WorkItem.objects.annotate(is_late=Exists(late), steps=Count("milestones"))
        supports = Prefetch("supports", Support.objects.select_related("agency"))
        return rows.prefetch_related(supports).order_by("pk")

    milestone = MilestoneFactory.create(original_due=DUE)
    support = SupportFactory.create(item=milestone.item)
    found = composed(items)
    for on, is_late in ((DUE, False), (DUE + timedelta(days=1), True)):
        with django_assert_num_queries(2):
            (item,) = found(on=on)
            assert [each.agency for each in item.supports.all()] == [support.agency]
        assert (item.is_late, item.steps) == (is_late, 1)


def test_a_queryset_of_columns_gives_tuples() -> None:
    agency = AgencyFactory.create(short_name="Police")

    def names(pk: Any) -> Any:
        return Agency.objects.filter(pk=pk).values_list("pk", "short_name")

    assert list(composed(names)(pk=agency.pk)) == [(agency.pk, "Police")]


def test_the_queryset_is_made_once() -> None:
    made = []

    def seats(user: Any) -> Any:
        made.append(user)
        return Seat.objects.filter(user=user)

    found = composed(seats)
    assert [found(user=1), found(user=2)] == [[], []]
    assert len(made) == 1


@pytest.mark.django_db
def test_what_is_given_without_a_name_has_a_statement_of_its_own():
    @composed
    def rows(model, pk):
        return model.objects.filter(pk=pk)

    agency, item = AgencyFactory(), WorkItemFactory()
    for _ in range(2):
        assert rows(Agency, pk=agency.pk) == [agency]
        assert rows(WorkItem, pk=item.pk) == [item]
