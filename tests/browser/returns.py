"""A round in which Police owes a return of nine items, its users, and places on the return's page."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import Seat, User
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from workitems.models import Milestone, Return, WorkItem

Role = Seat.Role


@dataclass(frozen=True)
class Owed:
    of_return: Return
    items: list[WorkItem]
    overdue: Milestone
    contributor: User
    approver: User
    coordinator: User


def owed(count: int = 9) -> Owed:
    """Due in four days. Each item has a last answer; the third has a milestone that is overdue."""
    today = localdate()
    labour = AgencyFactory(short_name="Labour", name="Department of Labour")
    police = AgencyFactory(short_name="Police", name="New Zealand Police")
    plan = PlanFactory(
        title="Plan of Action", slug="plan", coordinating_agency=labour, members=[police]
    )
    earlier = ReturnFactory(
        accepted=True,
        agency=police,
        round=RoundFactory(
            plan=plan,
            name="The round before",
            period_start=today - timedelta(days=360),
            period_end=today - timedelta(days=181),
            due_on=today - timedelta(days=170),
            closed_at=datetime(2010, 8, 1, tzinfo=UTC),
        ),
    )
    of_return = ReturnFactory(
        agency=police,
        round=RoundFactory(
            plan=plan,
            name="This round",
            period_start=today - timedelta(days=180),
            period_end=today - timedelta(days=1),
            due_on=today + timedelta(days=4),
        ),
    )
    items = [
        WorkItemFactory(
            plan=plan,
            lead_agency=police,
            number=f"1.{n}",
            title=f"Promise {n}",
            stage="under_way",
            confidence="on_track",
        )
        for n in range(1, count + 1)
    ]
    for item in items:
        UpdateFactory(of_return=earlier, item=item, achieved=f"What {item} came to last time.")
    late = min(2, count - 1)
    due = today - timedelta(days=5)
    return Owed(
        of_return=of_return,
        items=items,
        overdue=MilestoneFactory(
            item=items[late], description="Brochure printed", original_due=due
        ),
        contributor=seated("Police contributor", Role.CONTRIBUTOR, police),
        approver=seated("Police approver", Role.APPROVER, police),
        coordinator=seated("Coordinator", Role.COORDINATOR, labour),
    )


def seated(name, role, agency) -> User:
    return SeatFactory(user__name=name, agency=agency, role=role).user


def section(page, item):
    """The item's section, which on a phone is chosen first, because one is shown at a time."""
    found = page.locator(f'[id="item-{item.number}"]')
    if is_on_a_phone(page) and found.and_(page.locator("[data-away]")).count():
        choose(page, f"item-{item.number}")
    return found


def end(page):
    """Where the return is handed over, which on a phone is chosen first."""
    if is_on_a_phone(page):
        choose(page, "missing")
    return page.locator(".return-end")


def is_on_a_phone(page):
    return page.viewport_size["width"] <= 640


def choose(page, place):
    page.locator("[data-items] summary").click()
    page.locator(f'[data-items] a[href="#{place}"]').click()


def box(page, item, label="Achieved in this period"):
    return section(page, item).get_by_label(label)


def milestone(page, scene):
    return section(page, scene.overdue.item).locator(f"#milestone-{scene.overdue.pk}")


def seen(page):
    """Return what the bar says, as far as it is inside the window and nothing covers it."""
    return page.evaluate(
        """() => {
          const line = document.querySelector(".return-saved");
          const { left, right, top, bottom } = line.getBoundingClientRect();
          const isIn = top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth;
          const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return isIn && hit.closest(".return-bar") ? line.innerText.trim() : "";
        }"""
    )


def close(page):
    """Close the page without a network. A request that outlives its page is not held by the emulated one."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.close()


def reopened(page, address):
    """Close the page while it is offline, and return the one that is opened once the network is back."""
    context, size = page.context, page.viewport_size
    close(page)
    context.set_offline(False)
    again = context.new_page()
    again.set_viewport_size(size)
    again.goto(address)
    return again


def bar(page):
    return page.locator(".return-saved")


def state(page, item):
    return section(page, item).locator("[data-state]")


def kept(page, scene):
    expect(milestone(page, scene).locator("[data-step-state]")).to_have_text(
        re.compile("^Kept at ")
    )


def focus(page):
    """Return the id of the focused element."""
    return page.evaluate("document.activeElement.id")
