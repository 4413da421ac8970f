"""Count the words that main pages show before anything is opened. Whoever looks instead of reading has few to pass."""

import pytest
from django.urls import reverse

from agencies.models import User
from reports.models import Briefing
from tests.browser.visible_words import visible_words
from workitems.demo.demo_plans import CURRENT_PLAN
from workitems.models import Meeting, OutOfSession, Plan, Variation

pytestmark = pytest.mark.django_db(transaction=True)

DEMO = ("load_demo_plan", "load_demo_briefing", "load_demo_papers", "load_demo_requests")
# The paper itself is not counted, only what is around it.
PAPER = "[data-words], .workshop-paper h2"


def pages():
    """Return each page with the words that it may show; beside it, how many it showed before it was made to be looked
    at."""
    plan = Plan.objects.get(slug=CURRENT_PLAN)
    coming = Meeting.objects.filter(plan=plan).latest("held_on")
    briefing = Briefing.objects.latest("dated")
    asked = OutOfSession.objects.open().get()
    date = Variation.objects.filter(kind="date", state="recommended").first()

    def of(name, *place):
        return reverse(name, args=[plan.slug, *place])

    return [
        (reverse("home"), 205, ""),  # 284, without the lines of requests
        # 1,022, before it said whether the plan helps (63 words now), a second thing asked of an item (23), what an
        # audit found and how many items cannot be judged
        (of("dashboard:overview"), 645, ""),
        (of("dashboard:attention"), 360, ""),  # 717
        (of("dashboard:timeline"), 160, ""),  # 354
        (of("dashboard:slips"), 360, ""),  # 1,327
        (of("dashboard:trends"), 215, ""),  # 748
        (
            of("workitems:detail", "2.3"),
            292,
            "",
        ),  # 500, before its measure (35 now) and what shows a milestone done
        (coming.get_absolute_url(), 255, ""),  # 784
        (of("meetings:list"), 60, ""),  # 71
        (of("meetings:decisions"), 165, ""),  # 185
        (of("variations:list"), 155, ""),  # 177
        (date.get_absolute_url(), 160, ""),  # 189
        (asked.variation.get_absolute_url(), 122, ""),  # 123
        (asked.get_absolute_url(), 345, ""),  # 401
        (of("workshop:draft", briefing.pk), 823, PAPER),  # 1,647
        (
            of("briefings:checks", briefing.pk),
            460,
            "",
        ),  # 653, before warnings said which measure contradicts a result
        (of("briefings:list"), 98, ""),  # 196
    ]


def test_main_pages_show_few_words(page, live_server, load_demo, sign_in):
    load_demo(*DEMO)
    sign_in(User.objects.get(email="coordinator@example.org"))
    shown = {}
    for address, most, without in pages():
        page.goto(live_server.url + address)
        shown[address] = (visible_words(page, without), most)
    assert {address: each for address, each in shown.items() if not 20 < each[0] <= each[1]} == {}
