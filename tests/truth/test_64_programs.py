"""Rule 64: a program's misspelt field or filter is refused with its name, and never dropped."""

import json

import pytest
from django.urls import reverse

from tests.api.programs import program_of
from tests.factories import PlanFactory, ReturnFactory, SeatFactory, UpdateFactory, WorkItemFactory
from workitems.models import Update

pytestmark = pytest.mark.django_db


def wrong(answer):
    assert answer.status_code == 422
    return [each["field"] for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("plans", []),
        ("plan", ["plan"]),
        ("items", ["plan"]),
        ("item", ["plan", "1.1"]),
        ("milestones", ["plan"]),
        ("delays", ["plan"]),
        ("changes", ["plan"]),
        ("papers", ["plan"]),
        ("rounds", ["plan"]),
    ],
)
def test_a_misspelt_filter_is_refused_with_its_name(name, arguments, police):
    plan = PlanFactory(slug="plan", members=[police])
    WorkItemFactory(plan=plan, number="1.1", lead_agency=police)
    reader = program_of(SeatFactory(agency=police, role="observer").user)
    address = reverse(f"api:{name}", args=arguments)
    assert reader.get(address).status_code == 200
    assert wrong(reader.get(address, {"standnig": "late"})) == ["standnig"]


@pytest.fixture
def draft(police):
    """A draft of an answer that a colleague wrote, and its address in the API."""
    of_return = ReturnFactory(agency=police, round__plan=PlanFactory(slug="plan", members=[police]))
    item = WorkItemFactory(plan=of_return.round.plan, number="1.1", lead_agency=police)
    row = UpdateFactory(of_return=of_return, item=item, achieved="Printed 200 brochures.")
    return row, reverse(
        "api:answer", args=["plan", of_return.round_id, of_return.agency_id, item.number]
    )


def test_a_misspelt_field_is_refused_and_empties_nobodys_draft(draft, police):
    row, address = draft
    writer = program_of(SeatFactory(agency=police, role="contributor").user, "write")
    sent = {"version": row.version, "stage": "under_way", "acheived": "Printed 300."}
    answer = writer.put(address, json.dumps(sent), content_type="application/json")
    assert wrong(answer) == ["acheived"]
    assert Update.objects.get().achieved == "Printed 200 brochures."
