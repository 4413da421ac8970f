"""Test the PDF of a return: what it holds, whether it says "Draft", and that it counts as reading."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from agencies.models import Seat
from reports.return_papers.return_html import return_html
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.paper_reading import pages
from workitems.returns.return_reading import reading_of

pytestmark = pytest.mark.django_db

NOW = datetime(2010, 7, 2, tzinfo=UTC)


@pytest.fixture
def of_return(plan, police, item):
    made = ReturnFactory(round=RoundFactory(plan=plan), agency=police)
    UpdateFactory(of_return=made, item=item, achieved="Police printed in <ten> languages.")
    MilestoneFactory(item=item, description="Brochure printed")
    MilestoneFactory(
        item=item,
        number=2,
        description="Handed out",
        original_known_to="month",
        forecast_due=date(2010, 9, 30),
        forecast_known_to="quarter",
    )
    WorkItemFactory(plan=plan, number="1.4", title="Train staff", lead_agency=police)
    return made


def client_of(agency, role):
    client = Client()
    client.force_login(
        SeatFactory(agency=agency, role=role).user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def address_of(of_return):
    return f"{of_return.get_absolute_url()}return.pdf"


def submit(of_return):
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()


def test_the_pdf_has_every_item_and_a_place_for_initials(of_return, police):
    response = client_of(police, Seat.Role.CONTRIBUTOR).get(address_of(of_return))
    assert response["Content-Disposition"] == (
        'attachment; filename="return-police-january-to-june-2010.pdf"'
    )
    text = " ".join(" ".join(pages(response.content)).split())
    for words in (
        "Return of New Zealand Police",
        "1 of 2 answered",
        "Police printed in <ten> languages.",
        "Brochure printed: due 30 June 2010",
        "Handed out: due June 2010, now expected July to September 2010.",
        "1.4 Train staff Not answered.",
        "Initials",
        "Draft, not submitted",
    ):
        assert words in text


def test_a_submitted_return_is_no_draft(of_return):
    submit(of_return)
    html = return_html(of_return, reading_of(of_return, NOW.date(), whole=True))
    assert "paper-state" not in html
    assert "Submitted,\nsubmitted on 2 July 2010" in html


def test_the_return_prints_a_delay_its_mitigation_and_whether_its_cause_is_settled(of_return, item):
    late = DelayFactory(
        milestone=item.milestones.get(number=2),
        settlement="being_settled",
        settling_agency=of_return.agency,
        settling_by=date(2010, 8, 31),
    )
    MitigationFactory(delay=late)
    html = return_html(of_return, reading_of(of_return, NOW.date(), whole=True))
    assert (
        "Delayed: funding. No money was set aside. The cause (funding) is being settled by "
        "Police by 31 August 2010. Police will ask for money in the next budget."
    ) in " ".join(html.split())


def test_the_coordinators_pdf_counts_as_opening_the_return(of_return, labour):
    coordinator = client_of(labour, Seat.Role.COORDINATOR)
    assert coordinator.get(address_of(of_return)).status_code == 403
    submit(of_return)
    assert coordinator.get(address_of(of_return)).status_code == 200
    of_return.refresh_from_db()
    assert of_return.first_read_at is not None


def test_what_cannot_be_printed_is_said_on_the_page(of_return, police, item):
    of_return.updates.update(achieved="A sign that no typeface has: \U0001f5a8")
    client = client_of(police, Seat.Role.CONTRIBUTOR)
    page = client.get(address_of(of_return), follow=True)
    assert page.redirect_chain == [(of_return.get_absolute_url(), 302)]
    assert "cannot be printed" in page.text
