"""The pages of a briefing say at most half of what they said before their new look."""

import pytest
from django.urls import reverse

from agencies.models import User
from reports.models import Briefing
from tests.browser.visible_words import visible_words

pytestmark = pytest.mark.django_db(transaction=True)

# On the demo's plan, by page: half of what it said before, and what is no word of the page itself. The workshop said
# 1,647 words around the paper, its checks 653, the list of briefings 196.
MOST_WORDS = {
    "workshop:draft": (823, "[data-words], .workshop-paper h2"),
    "briefings:checks": (326, ""),
    "briefings:list": (98, ""),
}


def test_the_pages_of_a_briefing_say_half_as_much_as_before(page, live_server, load_demo, sign_in):
    for command in (
        "load_demo_plan",
        "load_demo_briefing",
        "load_demo_papers",
        "load_demo_requests",
    ):
        load_demo(command)
    sign_in(User.objects.get(email="coordinator@example.org"))
    briefing = Briefing.objects.latest("dated")
    for name, (most, without) in MOST_WORDS.items():
        place = [briefing.plan.slug, *([] if name == "briefings:list" else [briefing.pk])]
        page.goto(live_server.url + reverse(name, args=place))
        assert (name, 30 < visible_words(page, without) <= most) == (name, True)
