"""The page of a request, and the public page of progress, say at most half of what they said before their new look."""

import pytest
import time_machine
from django.urls import reverse

from agencies.models import User
from reports.models import PublicProgress
from reports.requests.models import InformationRequest
from tests.browser.visible_words import visible_words

pytestmark = pytest.mark.django_db(transaction=True)

# Half of what the pages of the demo's requests said to their adviser: 504 of one that is prepared, 347 of one that is
# closed. The public page said 462 words; the titles of its work items are new, and stand within their tiles. Words in charts are not counted.
MOST_WORDS = {"preparing": 252, "closed": 173}
MOST_IN_PUBLIC = 231


def test_a_request_and_the_public_page_say_half_as_much_as_before(
    page, live_server, load_demo, sign_in, assert_accessible
):
    with time_machine.travel("2026-12-01T10:00+13:00"):
        for command in (
            "load_demo_plan",
            "load_demo_briefing",
            "load_demo_papers",
            "load_demo_requests",
        ):
            load_demo(command)
        up = PublicProgress.objects.up().select_related("plan").get()
        page.goto(live_server.url + reverse("reports:progress", args=[up.plan.slug]))
        assert 30 < visible_words(page, "svg, .tile") <= MOST_IN_PUBLIC
        assert_accessible()
        sign_in(User.objects.get(email="oia.adviser@example.org"))
        said = {}
        for row in InformationRequest.objects.all():
            page.goto(live_server.url + row.get_absolute_url())
            said[row.state] = visible_words(page, "svg")
            assert_accessible()
            page.emulate_media(color_scheme="dark")
            assert_accessible()
            page.emulate_media(color_scheme="light")
        assert {
            state: 30 < said[state] <= most for state, most in MOST_WORDS.items()
        } == dict.fromkeys(MOST_WORDS, True)
