"""What becomes of measures when agencies end, items are withdrawn, plans end, and returns are sent back."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from agencies.people.services import handing_over
from agencies.records import history
from tests.factories import (
    AgencyFactory,
    MeasureFactory,
    MeasureValueFactory,
    PlanFactory,
    SeatFactory,
    TargetFactory,
    UpdateFactory,
    UserFactory,
)
from tests.workitems.record import NOW, TODAY, YESTERDAY
from workitems.intake.services import successor
from workitems.measures.asked import measures_asked, wanted_in
from workitems.models import Return
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.plan_at.measures_at import measures_of
from workitems.returns.services import rounds

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.usefixtures("on_the_day"),
]
MARCH = date(2010, 3, 31)


@pytest.fixture
def measure(item):
    return MeasureFactory(item=item, kind="level", as_told="the number of staff trained")


def read(plan, on=TODAY):
    return measures_of(plan_at(plan, Moment.present(plan, on)))


def test_the_successor_of_an_agency_is_asked_and_old_numbers_keep_their_giver(
    of_return, item, police, approver, measure
):
    outcome = MeasureFactory(outcome=True, of_plan=item.plan, responsible_agency=police, kind="level", as_told="x")  # fmt: skip
    given = MeasureValueFactory(measure=measure, day=MARCH, accepted_on=MARCH)
    draft = MeasureValueFactory(measure=measure, day=YESTERDAY, of_return=of_return)
    police.valid_to, police.successor = YESTERDAY, AgencyFactory(short_name="MSD")
    police.save()
    by = UserFactory(is_superuser=True)
    handing_over.hand_over(agency=police, version=police.version, reason="Merged.", by=by, on=TODAY, at=NOW)  # fmt: skip
    of_return.refresh_from_db()
    assert of_return.agency.short_name == "MSD"
    assert [each.measure for each in measures_asked(of_return, TODAY)] == [outcome, measure]
    assert wanted_in([of_return]) == {of_return.pk: 1}
    given.refresh_from_db()
    assert given.agency == police
    # What was typed before can be accepted with the return that went on.
    UpdateFactory(of_return=of_return, item=item)
    Return.objects.filter(pk=of_return.pk).update(state="submitted", submitted_at=NOW)
    rounds.accept(of_return=of_return, by=by, on=TODAY)
    draft.refresh_from_db()
    assert draft.accepted_on == TODAY


def test_a_withdrawn_items_measures_are_neither_asked_nor_counted(of_return, item, measure):
    TargetFactory(measure=measure, number=100, due=YESTERDAY)
    MeasureValueFactory(measure=measure, number=83, day=YESTERDAY, accepted_on=YESTERDAY)
    assert [row.pk for row in read(item.plan).needing_attention] == [measure.pk]
    item.stage = "withdrawn"
    item.save()
    assert (list(read(item.plan)), measures_asked(of_return, TODAY)) == ([], [])
    assert wanted_in([of_return]) == {of_return.pk: 0}


def test_an_ended_plan_is_judged_on_its_last_day():
    plan = PlanFactory(ends_on=date(2010, 6, 30))
    measure = MeasureFactory(outcome=True, of_plan=plan, kind="level", as_told="the number")
    TargetFactory(measure=measure, number=100, due=date(2010, 7, 1))
    MeasureValueFactory(measure=measure, number=83, day=MARCH, accepted_on=MARCH)
    (row,) = read(plan, date(2011, 7, 1))
    assert row.sentence == "The number was 83 in March 2010; the target is 100 by 1 July 2010."


def test_the_next_plan_is_offered_the_last_number_as_what_was_before(item, coordinator, measure):
    TargetFactory(measure=measure, number=100)
    first = MeasureValueFactory(measure=measure, number=83, day=MARCH, accepted_on=MARCH)
    MeasureValueFactory(measure=measure, number=79, day=MARCH, accepted_on=TODAY, corrects=first, correction_reason="x")  # fmt: skip
    MeasureValueFactory(measure=measure, number=99, day=YESTERDAY)  # waits
    new = successor.start_successor(
        plan=item.plan, title="The next plan", released_on=date(2011, 7, 1), ends_on=None, items=[item],
        with_kinds=False, by=coordinator, on=TODAY,
    )  # fmt: skip
    found = new.items.get().measures.get()
    assert (found.baseline, found.baseline_on, found.targets.count()) == (79, MARCH, 0)


def test_others_read_of_a_return_that_was_sent_back_what_was_submitted(
    of_return, item, measure, contributor, approver, coordinator, client_of
):
    given = MeasureValueFactory(measure=measure, number=83, day=YESTERDAY, of_return=of_return, given_on=TODAY, written_at=NOW)  # fmt: skip
    UpdateFactory(of_return=of_return, item=item)
    rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    rounds.send_back(
        of_return=of_return, note="Again.", by=coordinator, at=NOW + timedelta(minutes=1)
    )
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        given.number = 74747
        history.save(given, by=contributor)
        own, others = (client_of(each).get(of_return.get_absolute_url()).text for each in (contributor, coordinator))  # fmt: skip
    name = f'name="v{measure.pk}-number"'
    assert (re.search("74,?747", own) is not None, name in own) == (True, True)
    assert (re.search("74,?747", others) is not None, "was 83" in others, name in others) == (
        False,
        True,
        False,
    )


def test_the_page_of_a_measure_gives_the_notes_of_its_numbers_and_its_unit(item, client_of, police):
    measure = MeasureFactory(
        item=item, kind="level", unit="month/months", as_told="the time to payment"
    )
    TargetFactory(measure=measure, number=6)
    MeasureValueFactory(
        measure=measure, day=MARCH, note="By telephone too.", not_comparable=True, accepted_on=MARCH
    )
    MeasureValueFactory(measure=measure, day=YESTERDAY, note="Not accepted.")
    page = client_of(SeatFactory(agency=police, role="observer").user).get(
        reverse("measures:detail", args=[item.plan.slug, measure.pk])
    )
    assert [line["note"] for line in page.context["lines"]] == [
        "Counted differently from before.\nBy telephone too."
    ]
    assert page.context["targets"][0]["words"] == "Six by 31 December 2010"
    assert "A level on a day (months)" in page.text
