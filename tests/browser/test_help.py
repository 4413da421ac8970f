"""Pictures of Help, made from the demo, and its pages in the browser.

A picture is made anew if the labels on its page have changed: run this module with PICTURES=write in the environment,
look at the pictures, and commit them with their words.
"""

import io
import json
import os
import re

import pytest
from django.conf import settings
from PIL import Image

from agencies.models import Agency, User
from reports.models import Briefing
from reports.requests.models import InformationRequest
from trafficking_plan.help.tasks import tasks
from workitems.models import Meeting, Return

pytestmark = pytest.mark.django_db(transaction=True)

DEMO = ("load_demo_plan", "load_demo_briefing", "load_demo_papers", "load_demo_requests")
FOLDER = settings.BASE_DIR / "static" / "help"
WORDS = FOLDER / "words.json"
WIDTH, HEIGHT = 960, 640
PLAN = "/plans/plan-of-action-against-forced-labour-people-trafficking-and-slavery"
# By task: who looks at which page, and what stands at the top of the picture.
PAGES = {
    "answer-return": ("mbie.contributor", PLAN + "/returns/{round}/{mbie}/", "h1"),
    "answer-late": ("mbie.contributor", PLAN + "/items/1.3/milestones/2/", "#move"),
    "mark-done": ("mbie.contributor", PLAN + "/items/1.3/milestones/2/", "#evidence"),
    "request-change": ("mbie.contributor", PLAN + "/items/1.3/milestones/2/ask/", "h1"),
    "withdraw-variation": ("coordinator", PLAN + "/variations/3/", "h1"),
    "submit-return": ("moj.approver", PLAN + "/returns/{round}/{moj}/", "h1"),
    "clear-briefing": ("police.approver", PLAN + "/briefings/{briefing}/clearance/{police}/", "h1"),
    "invite-people": ("police.approver", "/agencies/{police}/seats/", "h1"),
    "read-dashboard": ("police.contributor", PLAN + "/dashboard/", "h1"),
    "another-day": ("police.contributor", PLAN + "/dashboard/changes/", "h1"),
    "decide-by-email": ("mbie.approver", PLAN + "/variations/6/out-of-session/1/", "h1"),
    "audit-plan": ("auditor", PLAN + "/audits/", "h1"),
    "open-round": ("coordinator", PLAN + "/returns/{round}/", "h1"),
    "accept-return": ("coordinator", PLAN + "/returns/{round}/{moj}/", "h1"),
    "change-plan": ("coordinator", PLAN + "/", "h1"),
    "hold-meeting": ("coordinator", PLAN + "/meetings/{meeting}/", "h1"),
    "make-briefing": ("coordinator", PLAN + "/briefings/{briefing}/draft/", "h1"),
    "merge-paragraphs": ("coordinator", PLAN + "/briefings/{briefing}/draft/", ".workshop-acts"),
    "clear-checks": ("coordinator", PLAN + "/briefings/{briefing}/checks/", "h1"),
    "answer-request": ("oia.adviser", "/requests/{request}/", "h1"),
    "extend-request": ("oia.adviser", "/requests/{request}/letters/new/extend/", "h1"),
    "withhold-words": ("oia.adviser", "/requests/{request}/lines/1/redact/", "h1"),
}  # fmt: skip
# A menu or a part that is opened first, and which of those: that of the second paragraph.
MENUS = {
    "merge-paragraphs": ("details[data-more] > summary", 1),
    "withdraw-variation": ("summary:has-text('Withdraw the request')", 0),
}
# What is said of days and numbers differs from day to day.
CHANGING = re.compile(
    r"\d+|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


def places():
    agencies = {row.short_name.lower(): row.pk for row in Agency.objects.all()}
    of_round = Return.objects.latest("round_id").round_id
    return {
        **agencies,
        "round": of_round,
        "briefing": Briefing.objects.latest("pk").pk,
        "meeting": Meeting.objects.latest("held_on").pk,
        "request": InformationRequest.objects.latest("pk").pk,
    }


def labels(page):
    """The words of the page's boxes and buttons, without days and numbers."""
    found = page.eval_on_selector_all(
        "main :is(label, legend, button, th)",
        "all => all.filter(one => one.checkVisibility()).map(one => one.innerText)",
    )
    return sorted({" ".join(CHANGING.sub("", each).split()) for each in found} - {""})


def test_every_picture_shows_its_page_as_it_is_now(page, live_server, load_demo, sign_in):
    load_demo(*DEMO)
    is_written = os.environ.get("PICTURES") == "write"
    known = json.loads(WORDS.read_text(encoding="utf-8")) if WORDS.exists() else {}
    seen, of = {}, places()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    for slug, (person, path, top) in PAGES.items():
        sign_in(User.objects.get(email=f"{person}@example.org"))
        response = page.goto(live_server.url + path.format(**of))
        assert (slug, response.status) == (slug, 200)
        if slug in MENUS:
            menu, place = MENUS[slug]
            page.locator(menu).nth(place).click()
            # A menu of the draft is fetched when it is opened.
            page.locator("[open] [data-menu]").wait_for(state="detached")
        page.locator(top).first.evaluate(
            "one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 24)"
        )
        seen[slug] = labels(page)
        if is_written:
            image = Image.open(io.BytesIO(page.screenshot()))
            image.convert("RGB").save(FOLDER / f"{slug}.webp", quality=82, method=6)
    if is_written:
        WORDS.write_text(
            json.dumps(seen, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
    assert {slug for slug, now in seen.items() if now != known.get(slug)} == set() or is_written


def test_every_task_with_a_picture_has_one():
    shown = {task.slug for task in tasks() if task.picture}
    assert shown == set(PAGES)
    assert {path.stem for path in FOLDER.glob("*.webp")} == shown


def test_help_leads_from_a_page_to_its_task_and_is_searched(
    page, live_server, load_demo, sign_in, assert_accessible
):
    load_demo(*DEMO)
    sign_in(User.objects.get(email="coordinator@example.org"))
    page.goto(live_server.url + PLAN + "/meetings/")
    page.get_by_role("link", name="Help", exact=True).click()
    page.get_by_role("heading", name="Prepare and hold a meeting", level=1).wait_for()
    assert_accessible()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Help").click()
    page.get_by_label("What do you want to do?").fill("merge")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Merge, move or leave out paragraphs").wait_for()
    assert_accessible()
