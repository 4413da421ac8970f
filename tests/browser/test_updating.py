"""A draft in consultation is updated from the records: only the agency whose words change is asked."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import Seat
from reports.clearance import services as clearance
from reports.drafting import concerns, draft_rows
from reports.models import Clearance
from tests.browser.workshop import seated
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    WorkItemFactory,
)
from tests.reports.drafted import drafted
from workitems.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


def late_item(plan, agency, number, title):
    today = timezone.localdate()
    item = WorkItemFactory(
        plan=plan, number=number, title=title, lead_agency=agency, stage="under_way"
    )
    delay = DelayFactory(
        milestone=MilestoneFactory(item=item, original_due=today - timedelta(days=40)),
        explanation=f"The trainer of {number} was ill.",
        found_on=today - timedelta(days=30),
    )
    MitigationFactory(delay=delay, owner_agency=agency)
    return item, delay


def concur(row, by):
    row = Clearance.objects.select_related("agency", "briefing").get(pk=row.pk)
    draft = draft_rows.read_draft(row.briefing).draft
    texts = concerns.current_texts(row, draft, concerns.owners_of(draft))
    clearance.answer(
        clearance=row,
        version=row.version,
        read=concerns.fingerprint(texts),
        answer="concurs",
        words="",
        by=by,
        at=timezone.now(),
    )


def test_an_update_in_consultation_asks_the_agency_whose_words_changed(
    page, live_server, sign_in, assert_accessible
):
    today = timezone.localdate()
    labour, police, customs = (
        AgencyFactory(short_name=name, name=f"{name} of New Zealand")
        for name in ("Labour", "Police", "Customs")
    )
    plan = PlanFactory(slug="plan", coordinating_agency=labour, members=[police, customs])
    own = WorkItemFactory(plan=plan, number="1.1", lead_agency=labour, stage="under_way")
    late_item(plan, police, "1.2", "Print a brochure")
    _, delay = late_item(plan, customs, "1.3", "Train officers")
    coordinator = seated("Coordinator", Seat.Role.COORDINATOR, labour)
    approvers = {
        agency.short_name: seated(f"{agency} approver", Seat.Role.APPROVER, agency)
        for agency in (police, customs)
    }
    briefing = drafted(
        plan,
        own,
        coordinator,
        period_start=today - timedelta(days=200),
        period_end=today,
        dated=today,
    )
    briefing = clearance.ask(
        briefing=briefing,
        agencies=[police, customs],
        due_on=today + timedelta(days=7),
        by=coordinator,
        on=today,
        at=timezone.now(),
    )
    for row in briefing.clearances.select_related("agency"):
        concur(row, approvers[row.agency.short_name])
    delay.explanation = "The trainer has left."
    delay.save()

    sign_in(coordinator)
    page.goto(live_server.url + reverse("workshop:draft", args=[plan.slug, briefing.pk]))
    page.get_by_role("link", name=re.compile("^Update .* from the records$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Update from the records")
    expect(page.get_by_text("Asks again: Customs", exact=True)).to_be_visible()
    expect(page.locator(".update-changes del")).to_contain_text("was ill")

    # A record moves while the page is read.
    own = WorkItem.objects.get(pk=own.pk)
    own.stage = "ongoing"
    own.save()
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Update the selected paragraphs").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was updated.")
    expect(page.get_by_text("New since you read the page")).to_have_count(1)
    figures, listed = page.get_by_role("checkbox").all()
    expect(figures).to_be_checked()
    expect(listed).not_to_be_checked()
    assert_accessible()
    listed.check()
    page.get_by_role("button", name="Update the selected paragraphs").click()
    updated = page.locator("#main").get_by_text("Two paragraphs were updated from the records.")
    expect(updated).to_contain_text("Customs is asked again for clearance.")
    expect(page.locator("#update")).to_have_count(0)

    page.goto(live_server.url + reverse("briefings:clearance", args=[plan.slug, briefing.pk]))
    expect(page.get_by_role("row", name=re.compile("^Police"))).to_contain_text("Concurs")
    expect(page.get_by_role("row", name=re.compile("^Customs"))).to_contain_text("asked again")

    sign_in(approvers["Customs"])
    where = [plan.slug, briefing.pk, customs.pk]
    page.goto(live_server.url + reverse("briefings:clear", args=where))
    expect(page.locator(".clearance-changes ins")).to_contain_text("has left")
    expect(page.locator("#own ~ ol").first).to_contain_text("training officers")
    expect(page.locator(".clearance-changes")).not_to_contain_text("Print a brochure")
    expect(page.get_by_text("about the records of other agencies").first).to_be_visible()
    assert_accessible()
    page.get_by_label("Concurs", exact=True).check()
    page.get_by_role("button", name="Record the answer").click()
    expect(page.locator(".summary").first).to_contain_text("Concurs")
