"""Test which notes a program reads."""

import pytest
from django.urls import reverse

from tests.api.programs import program_of
from tests.factories import AgencyFactory, NoteFactory, PlanFactory, SeatFactory, WorkItemFactory

pytestmark = pytest.mark.django_db


def test_a_program_reads_the_notes_that_its_seat_reads_and_no_withdrawn_words():
    police, customs = AgencyFactory(short_name="Police"), AgencyFactory(short_name="Customs")
    plan = PlanFactory(slug="plan", members=[police, customs])
    item = WorkItemFactory(plan=plan, number="1.2")
    note = NoteFactory(item=item, written_for=police)
    NoteFactory(item=item, readers="agency", agency=police, text="Only for us.")
    answer = NoteFactory(first=note, text="Never mind.", written_for=customs)
    answer.withdrawn_by, answer.withdrawn_at = answer.written_by, answer.written_at
    answer.save()
    reader = program_of(SeatFactory(agency=customs, role="observer").user)
    found = reader.get(reverse("api:notes", args=["plan"]), {"item": "1.2"}).json()
    assert [
        (each["conversation"], each["item"], each["readers"], each["agency"], each["text"])
        for each in found["results"]
    ] == [
        (note.pk, "1.2", "All members", "Customs", ""),
        (note.pk, "1.2", "All members", "Police", "When does it open?"),
    ]
    assert reader.get(reverse("api:notes", args=["plan"]), {"item": "9"}).json()["count"] == 0
