"""Ask the MCP server ten questions about the demo, and compare each answer with the page that it links."""

import pytest

from agencies.models import Seat
from tests.api.assistants import SITE, ask, words_of
from tests.api.programs import token_of
from workitems.models import Plan


@pytest.mark.sqlite  # the demo is kept there; what is read is tested on both
@pytest.mark.django_db(transaction=True)
def test_ten_answers_about_the_demo_are_those_of_the_pages_that_they_link(load_demo, client):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers")
    plan = Plan.objects.order_by("released_on")[0]
    seat = Seat.objects.filter(role="coordinator", agency=plan.coordinating_agency)[0]
    token = token_of(seat.user, seat=seat)
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")

    # 1. Which plans are there?
    found = ask(token, "plans")
    assert plan.title in [each["title"] for each in found["results"]]
    for each in found["results"]:
        assert each["title"] in words_of(client, each["page_url"])
    # 2. How many items are late, complete, under way today? 3. And at the end of July 2010?
    for day in ("", "2010-07-30"):
        found = ask(token, "plan_on_day", plan=plan.slug, day=day)
        page = client.get(found["link"].removeprefix(SITE)).context["page"]
        told = {row["Figure"]: row["Number"] for row in found["figures"] if row["Part"] == "Status"}
        assert told == {str(figure.label): str(figure.count) for figure in page.figures}
        assert found["link"].endswith(f"/dashboard/?at={day}" if day else "/dashboard/")
        assert found["figures_source"].endswith(
            f"dashboard.csv?at={day}" if day else "dashboard.csv"
        )
    # 4. Which items need attention, and why?
    wanting = [each for each in found["items"] if each["needs_attention"]]
    page = words_of(client, found["link"].replace("/dashboard/", "/dashboard/attention/"))
    assert wanting
    for each in wanting:
        # The page has the rest of it in columns of their own.
        assert each["title"] in page and each["needs_attention"][0].partition(".")[0] in page
    # 5. Who leads each item, and what is it called?
    assert len(found["items"]) == found["items_in_all"] == plan.items.count()
    for each in found["items"][:3]:
        page = words_of(client, each["page_url"])
        assert each["title"] in page and each["lead_agency"] in page
    # 6. What slipped between two days, and why?
    found = ask(token, "what_changed", plan=plan.slug, since="2010-01-01", until="2010-07-30")
    page = words_of(client, found["link"])
    assert found["summary"] in page
    slips = [each for each in found["results"] if each["kind"] == "slipped"]
    assert slips
    for each in slips:
        assert each["item"] in page and each["change"] in page and each["why"] in page
    # 7. What does an item promise? 8. When is its milestone due, and when was that promised first?
    found = ask(token, "item", plan=plan.slug, number=slips[0]["item"], day="2010-07-30")
    page = words_of(client, found["link"])
    assert found["title"] in page and " ".join(found["action"].split()) in page
    for step in found["milestones"]:
        assert step["description"] in page
    # 9. Why is it late, and what is being done?
    late = [each for step in found["milestones"] for each in step["delays"]]
    assert late
    for each in late:
        assert each["explanation"] in page
        assert all(done["description"] in page for done in each["mitigations"])
    # 10. What did the Minister get?
    found = ask(token, "papers", plan=plan.slug)
    (paper,) = found["results"]
    assert paper["tracker_number"] in words_of(client, paper["page_url"])
    assert paper["title"] in words_of(client, found["link"])
    assert ask(token, "papers", plan=plan.slug, day="2010-01-01")["results"] == []
