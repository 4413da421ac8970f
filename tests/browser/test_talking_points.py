"""Test a kind of briefing with talking points and questions, from making the kind to its PDF."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from reports.models import Content
from tests.cast import scene as make_scene
from tests.factories import DelayFactory, MilestoneFactory, MitigationFactory, WorkItemFactory
from tests.reports.paper_reading import pages

pytestmark = pytest.mark.django_db(transaction=True)

ADDED = {
    "What you can say": str(Content.TALKING_POINTS.label),
    "What you may be asked": str(Content.QUESTIONS.label),
}


@pytest.fixture
def scene():
    """A plan with a late key item whose cause needs a decision."""
    people = make_scene()
    today = localdate()
    item = WorkItemFactory(
        plan=people.plan,
        number="3.1",
        title="Train staff at the border",
        lead_agency=people.agencies["police"],
        stage="under_way",
        is_key=True,
    )
    late = DelayFactory(
        milestone=MilestoneFactory(
            item=item,
            description="Staff trained",
            original_due=today - timedelta(days=60),
            forecast_due=today + timedelta(days=120),
        ),
        explanation="No money was set aside for trainers.",
        found_on=today - timedelta(days=90),
        due_before=today - timedelta(days=60),
        due_after=today + timedelta(days=120),
        settlement="needs_decision",
    )
    MitigationFactory(delay=late, owner_agency=people.agencies["police"])
    return people


def test_a_kind_with_talking_points_and_questions_becomes_a_pdf(
    page, scene, sign_in, live_server, assert_accessible
):
    sign_in(scene["coordinator"])
    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/kinds/")
    page.get_by_role("link", name="Annual report").click()
    page.get_by_role("link", name="Make a copy").click()
    page.get_by_label("Name").fill("Oral briefing")
    page.get_by_role("button", name="Make the copy").click()
    for heading, content in ADDED.items():
        page.get_by_role("link", name="Add a section").click()
        page.get_by_label("Heading").fill(heading)
        page.get_by_label("Text from the records").select_option(label=content)
        page.get_by_role("button", name="Add the section").click()
    shown = page.get_by_role("region", name="As it would print today")
    for heading in ADDED:
        expect(shown.get_by_role("heading", name=heading)).to_be_visible()
    assert_accessible()

    page.goto(f"{live_server.url}/plans/plan-of-action/briefings/new/")
    page.get_by_label("Oral briefing").check()
    page.get_by_label("Tracker number").fill("27/9")
    today = localdate()
    page.get_by_label("Reports from").fill(f"{today - timedelta(days=365):%-d %B %Y}")
    page.get_by_label("Reports to").fill(f"{today:%-d %B %Y}")
    page.get_by_label("Date of the briefing").fill(f"{today:%-d %B %Y}")
    page.get_by_role("button", name="Draft the briefing").click()
    for heading in ADDED:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text("Is there money now for")).to_be_visible()
    assert_accessible()
    page.get_by_text("PDF beside the draft").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").first.click()
    text = " ".join("".join(pages(download.value.path().read_bytes(), "-raw")).split())
    asked = "WHAT YOU MAY BE ASKED"
    points, questions = text.split(asked)
    assert "WHAT YOU CAN SAY" in points
    assert (
        "Train staff at the border” (3.1): the new date for the training of the staff is" in points
    )
    assert (
        "Why is “Train staff at the border” (3.1) late? Because no money was set aside" in questions
    )
    assert "(3.1)? Not yet. A decision on the funding is needed." in questions
