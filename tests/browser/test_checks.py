"""Test the checks of a briefing by keyboard, and the accessibility of every kind of check."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import Seat
from agencies.records import history
from reports import checks
from reports.drafting.paper import read_drafted
from reports.models import CheckOverride
from reports.workshop.services import drafts
from reports.workshop.services import overrides as acts
from tests.browser.keyboard import tab_to
from tests.factories import (
    AgencyFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.reports.drafted import drafted

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "A long word. " * 60


@pytest.fixture
def by():
    return SeatFactory(role=Seat.Role.COORDINATOR).user


@pytest.fixture
def briefing(by):
    """Stopped by its cover, a missing return and a marking; with a warning, one that was left as it
    is, and one that was until its words changed."""
    police = AgencyFactory(short_name="Police")
    plan = PlanFactory(coordinating_agency=by.seats.get().agency, members=[police])
    item = WorkItemFactory(plan=plan, lead_agency=police)
    briefing = drafted(plan, item, by, contact_phone="(04) 555 0100")
    briefing.copied_to = ""
    history.save(briefing, by=by)
    round = RoundFactory(
        plan=plan,
        name="Half a year",
        period_start=date(2010, 1, 1),
        period_end=date(2010, 6, 30),
    )
    ReturnFactory(round=round, agency=police)
    drafts.add(briefing=briefing, section="delay", text="Told by Police (SENSITIVE).", by=by)
    for reason in ("It quotes the law.", "It quotes a treaty."):
        row = drafts.add(briefing=briefing, section="delay", text=LONG, by=by)
        found = next(
            each
            for each in checks.failed_checks(read_drafted(briefing, timezone.localdate()))
            if each.key == f"long-{row.key}"
        )
        acts.override(
            briefing=briefing,
            key=found.key,
            about=found.about,
            reason=reason,
            by=by,
            at=timezone.now(),
        )
    drafts.edit(briefing=briefing, key=row.key, text=f"{LONG}More.", version=1, by=by)
    return briefing


@pytest.fixture
def listed(page, live_server, by, briefing, sign_in):
    """The page of checks in the coordinator's browser."""
    sign_in(by)
    page.goto(live_server.url + reverse("briefings:checks", args=[briefing.plan.slug, briefing.pk]))
    return page


def said(control):
    return " ".join(control.inner_text().split())


def test_the_page_of_checks_has_no_accessibility_fault_with_every_kind_of_check(
    listed, assert_accessible
):
    marks = listed.locator(".check .mark").all_text_contents()
    assert sorted({each.strip(" :\n") for each in marks}) == ["Accepted", "Must fix", "Warning"]
    for summary in listed.locator(".check summary").all():
        summary.click()
    listed.locator(".check details button").last.click()
    expect(listed.locator(".check .govuk-error-message")).to_have_count(1)
    assert_accessible()


def test_a_warning_is_accepted_and_restored_by_keyboard(listed):
    tab_to(listed, said(listed.locator(".check summary").last))
    listed.keyboard.press("Enter")
    listed.keyboard.press("Tab")
    listed.keyboard.type("Both sit in one office.")
    listed.keyboard.press("Tab")
    listed.keyboard.press("Enter")
    left = listed.locator(".check:target")
    expect(left).to_contain_text("Both sit in one office.")
    assert CheckOverride.objects.in_force().get(key__startswith="phone-").reason == (
        "Both sit in one office."
    )
    tab_to(listed, said(left.get_by_role("button")))
    listed.keyboard.press("Enter")
    done = listed.locator(".check:target .message")
    expect(done).to_contain_text("The warning is reopened.")
    expect(done).to_be_focused()
    assert not CheckOverride.objects.in_force().filter(key__startswith="phone-").exists()


def test_a_check_links_to_the_field_with_its_details_open(listed):
    listed.locator(".check").get_by_role("link", name="cover", exact=True).first.click()
    expect(listed.locator("#id_copied_to:target")).to_be_visible()
