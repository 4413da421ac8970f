"""Test the lists as CSV with a token: the bytes of the page's download, and no filter that is ignored."""

import base64

import pytest
from django.urls import reverse

from reports.progress.views.exports import EXPORTS
from tests.api.programs import program, token_of
from tests.factories import MilestoneFactory, PlanFactory, SeatFactory, WorkItemFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the same download as on the pages"),
]


@pytest.fixture
def seat(police):
    plan = PlanFactory(slug="plan", members=[police])
    MilestoneFactory(item=WorkItemFactory(plan=plan, number="1.2", lead_agency=police))
    return SeatFactory(agency=police, role="observer")


@pytest.fixture
def reader(seat):
    return program(token_of(seat.user))


def address(name):
    return f"/api/plans/plan/csv/{name}.csv"


@pytest.mark.parametrize("name", EXPORTS)
def test_each_list_has_the_bytes_of_the_pages_download(client, reader, seat, name):
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("dashboard:export", args=["plan", name, "csv"]))
    got = reader.get(address(name))
    assert (got.status_code, got.content) == (200, page.content)
    assert got["Content-Type"] == "text/csv; charset=utf-8"


def test_the_token_may_be_a_password(client, seat):
    sent = base64.b64encode(f"calc:{token_of(seat.user)}".encode()).decode()
    got = client.get(address("items"), headers={"Authorization": f"Basic {sent}"})
    assert got.content.decode().splitlines()[1].startswith("1.2,")


@pytest.mark.parametrize(
    ("name", "asked", "field"),
    [
        ("items", {"stage": "nearly"}, "stage"),
        ("items", {"since": "2026-01-01"}, "since"),
        ("items", {"sort": "colour"}, "sort"),
        ("milestones", {"late": "very"}, "late"),
        ("milestones", {"stage": "complete"}, "stage"),
        ("milestones", {"agency": "9999"}, "agency"),
        ("delays", {"cause": "weather"}, "cause"),
        ("changes", {"since": "2090-01-01"}, "since"),
        ("risks", {"state": "red"}, "state"),
        ("meetings", {"state": "open"}, "state"),
        ("measures", {"at": "2090-01-01"}, "at"),
        ("timeline", {"colour": "red"}, "colour"),
    ],
)
def test_a_filter_that_the_page_would_ignore_is_refused(reader, name, asked, field):
    answer = reader.get(address(name), asked)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_a_list_that_is_not_there_is_a_404(reader):
    assert reader.get(address("ministers")).status_code == 404
