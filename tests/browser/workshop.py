"""A drafted briefing of today, the two coordinators who edit it, and its page."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from agencies.models import Seat, User
from agencies.records import history
from reports.models import Briefing
from tests.browser.returns import seated
from tests.factories import (
    AgencyFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.drafted import drafted
from workitems.models import Plan, WorkItem

SAVED = re.compile("^Saved at ")
MARK = "The Plan was agreed by twelve agencies. It names who leads each piece of work."
BACKGROUND = (
    "The Plan was agreed by twelve agencies. It names who leads each piece of work.\n\n"
    "Trafficking in persons is a crime in New Zealand. Few cases are known.\n\n"
    "Victims are helped by several agencies. Each of them has trained its staff."
)


@dataclass(frozen=True)
class Draft:
    plan: Plan
    items: list[WorkItem]
    briefing: Briefing
    coordinators: tuple[User, User]
    observer: User

    @property
    def address(self) -> str:
        return reverse("workshop:draft", args=[self.plan.slug, self.briefing.pk])

    def texts(self) -> list[str]:
        """Return the printed paragraphs in the paper's order."""
        rows = self.briefing.draft_paragraphs.filter(is_withdrawn=False, is_hidden=False)
        return list(rows.order_by("section__position", "position").values_list("text", flat=True))


def draft_of_today(count: int = 6) -> Draft:
    """Draft a briefing of a plan whose items each have an accepted key achievement."""
    today = localdate()
    labour = AgencyFactory(short_name="Labour", name="Department of Labour")
    police = AgencyFactory(short_name="Police", name="New Zealand Police")
    plan = PlanFactory(
        title="Plan of Action",
        slug="plan",
        background=BACKGROUND,
        coordinating_agency=labour,
        members=[police],
    )
    of_return = ReturnFactory(
        state="accepted",
        accepted_on=today,
        agency=police,
        round=RoundFactory(
            plan=plan,
            period_start=today - timedelta(days=200),
            period_end=today - timedelta(days=1),
            due_on=today,
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
        update = UpdateFactory(
            of_return=of_return,
            item=item,
            achieved=f"Promise {item.number} came on well. It was shown to the working group.",
            planned_next=f"Promise {item.number} goes on.",
            key_achievement="yes",
        )
        for row in (item, update):
            history.save(row, by=None)
    coordinators = (
        seated("First coordinator", Seat.Role.COORDINATOR, labour),
        seated("Second coordinator", Seat.Role.COORDINATOR, labour),
    )
    briefing = drafted(
        plan,
        items[0],
        coordinators[0],
        period_start=today - timedelta(days=200),
        period_end=today,
        dated=today,
    )
    observer = seated("Observer", Seat.Role.OBSERVER, police)
    return Draft(plan, items, briefing, coordinators, observer)


def bring_up_to_date(page):
    """Save a heading as it is. The answer is the whole page; open boxes stay as they are."""
    heading = page.locator(".workshop-heading").first
    heading.evaluate("details => { details.open = true }")
    heading.get_by_role("button").click()


def context_of(browser, options, url: str, user: User):
    """Return a separate browser context of a user, signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(**options)
    context.add_cookies([{"name": session.key, "value": session.value, "url": url}])
    return context


def paragraph(page, words):
    return page.locator("[data-blocks] > [data-block]").filter(has_text=words).first


def bar(page):
    return page.locator("[data-connection]")


def edit(page, words):
    """Open a paragraph and return its text box, which holds what its editor shows."""
    key = paragraph(page, words).get_attribute("data-block")
    paragraph(page, words).locator("[data-edit]").click()
    expect(page.locator(f'[data-editor="{key}"] [contenteditable=true]')).to_be_visible()
    return page.locator(f'[data-editor="{key}"] textarea')


def surface(page):
    """Return the editor in the place of a text box, where people type."""
    return page.locator("[data-editor] [contenteditable=true]")


def beginnings(draft, length=3):
    return [" ".join(text.split()[:length]) for text in draft.texts()]


def warns(page):
    """Return whether closing the tab asks for confirmation."""
    return page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
