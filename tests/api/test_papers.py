"""Test what the API gives of issued and released papers: the bytes that were signed, and their digests."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from reports.requests.models import PublicPage, ReleasedPaper
from tests.api.programs import program_of
from tests.factories import (
    BriefingFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    PlanFactory,
    SeatFactory,
)
from tests.reports.requests.factories import ReleasedPaperFactory, RequestEventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(police):
    return PlanFactory(slug="plan", members=[police])


@pytest.fixture
def paper(plan):
    return IssuedPaperFactory(briefing=BriefingFactory(plan=plan, tracker_number="09/1"))


def papers_of(reader, **asked):
    return reader.get(reverse("api:papers", args=["plan"]), asked).json()["results"]


def path(url):
    return url.removeprefix("http://testserver")


@pytest.mark.parametrize("form", ["pdf", "document"])
def test_an_issued_paper_is_given_as_it_was_signed(reader, paper, form):
    (row,) = papers_of(reader)
    assert (row["tracker_number"], row["version"]) == ("09/1", 1)
    file = reader.get(path(row[form]["url"]))
    assert hashlib.sha256(file.content).hexdigest() == row[form]["sha256"]
    assert file["ETag"] == f'"{row[form]["sha256"]}"'
    again = reader.get(path(row[form]["url"]), headers={"If-None-Match": file["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_papers_authorised_by_a_moment(reader, paper):
    before = (paper.authorised_at - timedelta(days=2)).date().isoformat()
    assert papers_of(reader, at=before) == []
    assert len(papers_of(reader, at=localdate().isoformat())) == 1


def test_a_ministers_office_reads_the_papers_to_its_minister(paper):
    own = OfficeSeatFactory(portfolio=paper.portfolio).user
    other = OfficeSeatFactory(portfolio="Minister of Health").user
    address = reverse("api:paper_pdf", args=["plan", paper.briefing_id, 1])
    assert program_of(own).get(address).status_code == 200
    assert program_of(other).get(address).status_code == 404


def test_what_was_released_is_given_byte_for_byte_while_it_is_published(reader, plan, police):
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    paper = ReleasedPaperFactory(release__request__plan=plan, release__request__agency=police)
    address = reverse("api:released", args=["plan"])
    assert reader.get(address).json()["results"] == []
    published = {"request": paper.release.request, "release": paper.release}
    RequestEventFactory(kind="published", **published)
    (row,) = reader.get(address).json()["results"]
    assert row["is_published"]
    file = reader.get(path(row["papers"][0]["pdf"]["url"]))
    assert file.content == bytes(ReleasedPaper.objects.get().pdf)
    RequestEventFactory(kind="unpublished", **published)
    assert reader.get(address).json()["results"] == []
    assert reader.get(path(row["papers"][0]["pdf"]["url"])).status_code == 404


def test_the_oia_roles_of_its_agency_read_a_release_before_it_is_published(plan, police):
    paper = ReleasedPaperFactory(release__request__plan=plan, release__request__agency=police)
    adviser = program_of(SeatFactory(agency=police, role="oia_adviser").user)
    plan.coordinating_agency = police
    plan.save()
    (row,) = adviser.get(reverse("api:released", args=["plan"])).json()["results"]
    assert (row["id"], row["is_published"]) == (paper.release_id, False)
